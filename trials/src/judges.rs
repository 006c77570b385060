//! The judges: strangers' software that says whether what we made is right.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::must;

/// The workspace's folder.
pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("."))
        .to_owned()
}

pub(crate) fn installed(path: PathBuf) -> PathBuf {
    assert!(
        path.exists(),
        "{} is missing: trials/install.sh installs the judges",
        path.display()
    );
    path
}

/// `openssl ARGUMENTS` in `folder`; must succeed.
#[expect(clippy::must_use_candidate, reason = "most stories only want it to succeed")]
pub fn openssl(folder: &Path, arguments: &[&str]) -> String {
    must(Command::new("openssl").args(arguments).current_dir(folder))
}

/// Bouncy Castle (`trials/judge/Judge.java`) in `folder`; every check must hold.
#[expect(clippy::must_use_candidate, reason = "most stories only want it to succeed")]
pub fn judge(folder: &Path, arguments: &[&str]) -> String {
    let classes = installed(workspace().join("target/judges/classes"));
    let jars = "/usr/share/java";
    let path = format!(
        "{jars}/bcprov.jar:{jars}/bcpkix.jar:{jars}/bcutil.jar:{}",
        classes.display()
    );
    must(
        Command::new("java")
            .args(["-XX:TieredStopAtLevel=1", "-cp", &path, "Judge"])
            .args(arguments)
            .current_dir(folder),
    )
}

/// The Python in which the judges written in it are installed, for a server that a story talks to.
#[must_use]
pub fn judge_python() -> PathBuf {
    installed(workspace().join("target/judges/venv/bin/aiosmtpd")).with_file_name("python3")
}

/// One of pkilint's tools (`lint_pkix_cert`, `lint_crl`, `lint_ocsp_response`); no finding of WARNING or worse, except
/// those whose code is in `explained`.
pub fn pkilint(tool: &str, arguments: &[&str], file: &Path, explained: &[&str]) {
    let program = installed(workspace().join("target/judges/venv/bin").join(tool));
    let mut command = Command::new(program);
    command.arg("lint").args(arguments).args(["-s", "WARNING"]).arg(file);
    let output = crate::run(&mut command);
    let text = crate::told(&output);
    assert!(!text.contains("Traceback"), "{command:?}\n{text}");
    let findings: Vec<&str> = text
        .lines()
        .filter(|line| {
            ["(FATAL)", "(ERROR)", "(WARNING)"]
                .iter()
                .any(|severity| line.contains(severity))
        })
        .filter(|line| !explained.iter().any(|code| line.contains(code)))
        .collect();
    assert!(
        findings.is_empty(),
        "{} on {}:\n{}",
        tool,
        file.display(),
        findings.join("\n")
    );
}
