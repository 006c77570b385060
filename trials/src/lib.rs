//! Stories played end to end: real binaries, real files, real processes, and strangers as judges.
//!
//! A story starts from an empty folder ([`Installation::fresh`]), acts through the `hefu` command or HTTP as a user would,
//! and asks OpenSSL, Bouncy Castle or pkilint whether the result is right. `trials/install.sh` installs the judges.
//! A helper here panics with the command's whole output: in a story every failure is the test's failure.
#![expect(
    clippy::panic,
    clippy::missing_panics_doc,
    clippy::expect_used,
    reason = "a story that cannot go on has failed"
)]

mod authenticator;
mod browser;
mod counter;
mod http;
mod installation;
mod judges;
mod stage;
mod visit;

pub use authenticator::{Authenticator, Ended};
pub use browser::{View, look};
pub use counter::CaseFile;
pub use http::{Http, Reply};
pub use installation::{Daemon, Installation, Layout, free_port};
pub use judges::{judge, judge_python, openssl, pkilint};
pub use stage::{Player, Scene, Stage};
pub use visit::Visit;

use std::path::PathBuf;
use std::process::{Command, Output};

/// A binary of the workspace, next to the test that runs.
#[must_use]
pub fn binary(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its own path");
    let folder = test.ancestors().nth(2).expect("tests lie in target/PROFILE/deps");
    let path = folder.join(name);
    assert!(
        path.is_file(),
        "{} is missing: `cargo build --workspace --bins` makes it",
        path.display()
    );
    path
}

/// Runs a command that must succeed; its standard output as text.
pub fn must(command: &mut Command) -> String {
    let output = run(command);
    assert!(output.status.success(), "{command:?} failed\n{}", told(&output));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Runs a command that must fail; what it said on both outputs.
pub fn must_fail(command: &mut Command) -> String {
    let output = run(command);
    assert!(
        !output.status.success(),
        "{command:?} was expected to fail\n{}",
        told(&output)
    );
    told(&output)
}

fn run(command: &mut Command) -> Output {
    command
        .output()
        .unwrap_or_else(|why| panic!("cannot run {command:?}: {why}"))
}

fn told(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}
