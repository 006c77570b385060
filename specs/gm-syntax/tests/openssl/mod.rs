//! The `openssl` command as a counterpart.

use std::{path::Path, process::Command};

/// Runs `openssl` with space-separated arguments in `folder`; its standard output, or what it complained.
pub(crate) fn openssl(folder: &Path, arguments: &str) -> Result<Vec<u8>, String> {
    let output = Command::new("openssl")
        .args(arguments.split(' '))
        .current_dir(folder)
        .output()
        .expect("openssl is installed");
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(String::from_utf8_lossy(&output.stderr).into_owned())
}
