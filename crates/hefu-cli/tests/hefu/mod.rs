//! Runs of the binary, in Chinese unless asked otherwise, in the zone UTC, with nothing of the tester's environment.

#![expect(clippy::unwrap_used, dead_code, reason = "tests; each binary uses its part")]

use std::{
    path::Path,
    process::{Command, Stdio},
};

pub(crate) struct Call(Command);

pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

pub(crate) fn hefu(arguments: &[&str]) -> Call {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hefu"));
    for name in [
        "HEFU_URL",
        "HEFU_TOKEN_FILE",
        "HEFU_LANGUAGE",
        "LC_ALL",
        "LC_MESSAGES",
        "LANG",
        "NO_COLOR",
    ] {
        command.env_remove(name);
    }
    command.env("TZ", "UTC").stdin(Stdio::null()).args(arguments);
    Call(command)
}

impl Call {
    pub(crate) fn with(mut self, arguments: &[&str]) -> Self {
        self.0.args(arguments);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.0.env(name, value);
        self
    }

    pub(crate) fn run(mut self) -> Run {
        let output = self.0.output().unwrap();
        Run {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Appends a new folder and `--json`, and looks at the run before the folder is gone.
    pub(crate) fn in_folder<T>(self, look: impl FnOnce(&Run) -> T) -> T {
        let folder = tempfile::tempdir().unwrap();
        let run = self.with(&[folder.path().to_str().unwrap(), "--json"]).run();
        look(&run)
    }
}

impl Run {
    pub(crate) fn json(&self) -> serde_json::Value {
        let read = serde_json::from_str(&self.out);
        assert!(read.is_ok(), "no JSON: {}{}", self.out, self.err);
        read.unwrap()
    }

    pub(crate) fn json_list(&self) -> Vec<String> {
        serde_json::from_value(self.json()).unwrap()
    }
}

/// A file that OpenSSL made for the tests of cert-path.
pub(crate) fn vector(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs/cert-path/tests/vectors");
    folder.join(name).to_str().unwrap().to_owned()
}
