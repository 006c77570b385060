//! A browser with an authenticator of its own (chromium's virtual one), told step by step what to do.

use std::io::{BufRead, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use crate::browser::{chromium, modules};
use crate::judges::workspace;

/// The browser; ends when dropped.
#[derive(Debug)]
pub struct Authenticator {
    child: Child,
    tells: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    _folder: tempfile::TempDir,
}

/// Where a step of the browser ended.
#[derive(Debug)]
pub struct Ended {
    /// HTTP status of the last page.
    pub status: u64,
    /// Its path with the query; empty where no page was shown.
    pub path: String,
    /// Its text.
    pub text: String,
}

impl Authenticator {
    /// Starts a browser for the service at `base`.
    #[must_use]
    pub fn at(base: &str) -> Self {
        let plan = json!({"base": base, "modules": modules(), "chromium": chromium()});
        let folder = tempfile::TempDir::new().expect("a temporary folder");
        let file = folder.path().join("plan.json");
        std::fs::write(&file, plan.to_string()).expect("a plan can be written");
        let mut child = Command::new("node")
            .arg(workspace().join("trials/browser/passkeys.mjs"))
            .arg(file)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node starts");
        let answers = child.stdout.take().expect("its output is ours");
        Self {
            tells: child.stdin.take(),
            answers: BufReader::new(answers),
            child,
            _folder: folder,
        }
    }

    fn ask(&mut self, act: &[&str]) -> Value {
        let tells = self.tells.as_mut().expect("open until dropped");
        writeln!(tells, "{}", json!(act)).expect("the browser listens");
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("the browser answers");
        let answer: Value = serde_json::from_str(&line).unwrap_or_else(|why| panic!("{act:?}: {why}: {line}"));
        assert!(answer.get("failed").is_none(), "{act:?}: {answer}");
        answer
    }

    /// Does one of the steps that `trials/browser/passkeys.mjs` knows; no page may have an error of script or policy.
    pub fn does(&mut self, act: &[&str]) -> Ended {
        let answer = self.ask(act);
        assert_eq!(answer.get("errors"), Some(&json!([])), "{act:?}");
        let text = |name: &str| answer.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        Ended {
            status: answer.get("status").and_then(Value::as_u64).unwrap_or_default(),
            path: text("path"),
            text: text("text"),
        }
    }

    /// The session that the browser carries.
    pub fn cookie(&mut self) -> String {
        let answer = self.ask(&["cookie"]);
        answer
            .get("cookie")
            .and_then(Value::as_str)
            .expect("a session")
            .to_owned()
    }
}

impl Drop for Authenticator {
    fn drop(&mut self) {
        drop(self.tells.take());
        let _ = self.child.wait();
    }
}
