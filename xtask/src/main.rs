//! House rules as commands. `cargo xtask tidy` reads the tree and says where it leaves the plan of `ARCHITECTURE.md`.

mod tidy;

use std::process::ExitCode;

fn main() -> ExitCode {
    if std::env::args().skip(1).eq(["tidy"]) {
        return tidy::run();
    }
    eprintln!("usage: cargo xtask tidy");
    ExitCode::from(2)
}
