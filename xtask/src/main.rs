//! House rules as commands. `cargo xtask tidy` reads the tree and says where it leaves the plan of `ARCHITECTURE.md`;
//! `cargo xtask coverage` holds the rulebook's claims against the code.

mod coverage;
mod tidy;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["tidy"] => tidy::run(),
        ["coverage"] => coverage::run(),
        _ => {
            eprintln!("usage: cargo xtask tidy | cargo xtask coverage");
            ExitCode::from(2)
        }
    }
}
