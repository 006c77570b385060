//! The stage: people with browsers of their own, each with their client certificate and their language.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use crate::Installation;
use crate::browser::{chromium, modules};
use crate::judges::workspace;

/// The program that leads the browser.
#[derive(Debug)]
struct Leader {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Leader {
    fn ask(&mut self, line: &Value) -> Value {
        let input = self.input.as_mut().expect("the browser is being led");
        writeln!(input, "{line}").expect("the browser listens");
        let mut answer = String::new();
        self.output.read_line(&mut answer).expect("the browser answers");
        let answer: Value = serde_json::from_str(&answer).unwrap_or_else(|why| panic!("{line}: {why}: {answer}"));
        assert!(answer.get("wrong").is_none(), "{answer}");
        answer
    }
}

impl Drop for Leader {
    fn drop(&mut self) {
        // The end of its input is the end of the play.
        drop(self.input.take());
        let _ = self.child.wait();
    }
}

/// Where people with browsers act.
#[derive(Clone, Debug)]
pub struct Stage {
    leader: Arc<Mutex<Leader>>,
    screenshots: PathBuf,
}

/// Somebody with a browser.
#[derive(Debug)]
pub struct Player {
    stage: Stage,
    who: String,
}

/// What is on the screen.
#[derive(Clone, Debug)]
pub struct Scene {
    /// HTTP status.
    pub status: u64,
    /// Where one is, without the server.
    pub path: String,
    /// The language that the page says it is in.
    pub language: String,
    /// What people read in the page's main part; the body of something that is no page.
    pub text: String,
    /// The page's source.
    pub html: String,
}

impl Stage {
    /// Opens the stage; screenshots are kept in `target/screenshots/NAME`.
    #[must_use]
    pub fn open(name: &str) -> Self {
        let script = workspace().join("trials/browser/play.mjs");

        let mut child = Command::new("node")
            .args([script, modules(), chromium()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node starts");
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().expect("node speaks"));
        let screenshots = workspace().join("target/screenshots").join(name);
        std::fs::create_dir_all(&screenshots).expect("a folder for screenshots");
        Self {
            leader: Arc::new(Mutex::new(Leader { child, input, output })),
            screenshots,
        }
    }

    /// Somebody comes to the TLS door with the certificate of `officers/NAME`.
    #[must_use]
    pub fn officer(&self, ca: &Installation, name: &str, locale: &str) -> Player {
        let file = |extension: &str| ca.file(&format!("officers/{name}.{extension}"));
        self.enter(name, ca.tls_url(), locale, Some((&file("crt"), &file("key"))))
    }

    /// Somebody of the public comes to the public door.
    #[must_use]
    pub fn visitor(&self, ca: &Installation, name: &str, locale: &str) -> Player {
        self.enter(name, ca.public_url(), locale, None)
    }

    fn enter(&self, who: &str, base: &str, locale: &str, certificate: Option<(&Path, &Path)>) -> Player {
        let line = json!({
            "who": who, "act": "enter", "base": base, "locale": locale,
            "certificate": certificate.map(|(certificate, _)| certificate), "key": certificate.map(|(_, key)| key),
        });
        drop(self.ask(&line));
        Player {
            stage: self.clone(),
            who: who.to_owned(),
        }
    }

    fn ask(&self, line: &Value) -> Value {
        self.leader.lock().unwrap_or_else(PoisonError::into_inner).ask(line)
    }
}

impl Player {
    fn act(&self, act: &str, members: &[(&str, Value)]) -> Value {
        let mut line = json!({"who": self.who, "act": act});
        for (name, value) in members {
            if let Some(line) = line.as_object_mut() {
                line.insert((*name).to_owned(), value.clone());
            }
        }
        self.stage.ask(&line)
    }

    /// Opens a page.
    #[must_use]
    pub fn open(&self, path: &str) -> Scene {
        Scene::of(&self.act("open", &[("path", path.into())]))
    }

    /// Fills in the control with this name.
    pub fn fill(&self, name: &str, value: &str) {
        let selector = format!("main [name=\"{name}\"]");
        drop(self.act("fill", &[("selector", selector.into()), ("value", value.into())]));
    }

    /// Presses what this selector finds in the page's main part, and sees where it leads.
    #[must_use]
    pub fn press(&self, selector: &str) -> Scene {
        Scene::of(&self.act("press", &[("selector", format!("main {selector}").into())]))
    }

    /// Fetches something that is no page, with the cookies of the session.
    #[must_use]
    pub fn fetch(&self, path: &str) -> Scene {
        Scene::of(&self.act("send", &[("path", path.into())]))
    }

    /// Sends a form that no page showed.
    #[must_use]
    pub fn forge(&self, path: &str, fields: &[(&str, &str)]) -> Scene {
        let form: Value = fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), Value::from(*value)))
            .collect::<serde_json::Map<_, _>>()
            .into();
        Scene::of(&self.act("send", &[("path", path.into()), ("form", form)]))
    }

    /// Keeps a picture of the screen as `NAME.png`.
    pub fn picture(&self, name: &str) {
        let file = self.stage.screenshots.join(format!("{name}.png"));
        drop(self.act("shot", &[("file", file.display().to_string().into())]));
    }
}

impl Scene {
    fn of(answer: &Value) -> Self {
        let text = |name: &str| answer.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        Self {
            status: answer.get("status").and_then(Value::as_u64).unwrap_or_default(),
            path: text("path"),
            language: text("lang"),
            text: text("text"),
            html: text("html"),
        }
    }

    /// The page must be there and say all of this.
    #[must_use]
    pub fn says(self, all: &[&str]) -> Self {
        self.says_with(200, all)
    }

    /// The same of a page with another status.
    #[must_use]
    pub fn says_with(self, status: u64, all: &[&str]) -> Self {
        assert_eq!(self.status, status, "{}: {}", self.path, self.text);
        for text in all {
            assert!(
                self.text.contains(text),
                "{} does not say {text}: {}",
                self.path,
                self.text
            );
        }
        self
    }

    /// What stands between `before` and the next double quote in the source.
    #[must_use]
    pub fn after(&self, before: &str) -> Option<&str> {
        self.html.split(before).nth(1)?.split('"').next()
    }
}
