//! The browser: Debian's chromium, led by playwright-core, with axe-core for what a machine can know of accessibility.

use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use crate::judges::{installed, workspace};
use crate::must;

/// A page that is looked at in both languages, wide, narrow and printed.
#[derive(Clone, Debug)]
pub struct View(Value);

impl View {
    /// The page at `path`, kept as `NAME-LANGUAGE-SIZE.png`.
    #[must_use]
    pub fn of(name: &str, path: &str) -> Self {
        Self(json!({"name": name, "path": path, "type": {}}))
    }

    /// With another status than 200.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.set("status", json!(status));
        self
    }

    /// With a text that the page must hold, in Chinese and in English.
    #[must_use]
    pub fn says(mut self, chinese: &str, english: &str) -> Self {
        self.set("contains", json!({"zh": chinese, "en": english}));
        self
    }

    /// After text was typed into the control that this selector finds.
    #[must_use]
    pub fn typing(mut self, selector: &str, text: &str) -> Self {
        if let Some(typed) = self.0.get_mut("type").and_then(Value::as_object_mut) {
            typed.insert(selector.to_owned(), json!(text));
        }
        self
    }

    /// After the button that this selector finds was pressed.
    #[must_use]
    pub fn pressing(mut self, selector: &str) -> Self {
        self.set("press", json!(selector));
        self
    }

    /// By somebody whose browser holds this cookie.
    #[must_use]
    pub fn with_cookie(mut self, base: &str, name: &str, value: &str) -> Self {
        self.set("cookies", json!([{"url": base, "name": name, "value": value}]));
        self
    }

    /// In a browser that prefers dark colours.
    #[must_use]
    pub fn dark(mut self) -> Self {
        self.set("scheme", json!("dark"));
        self
    }

    fn set(&mut self, key: &str, value: Value) {
        if let Some(view) = self.0.as_object_mut() {
            view.insert(key.to_owned(), value);
        }
    }
}

/// Looks at `views` of the service at `base`; everything must be right. Screenshots are in `target/screenshots/ROOM`.
/// `absent` are links whose door is not in this process.
pub fn look(base: &str, room: &str, views: &[View], absent: &[&str]) {
    let screenshots = workspace().join("target/screenshots").join(room);
    let plan = json!({
        "base": base,
        "modules": modules(),
        "chromium": chromium(),
        "screenshots": screenshots,
        "absent": absent,
        "views": views.iter().map(|view| view.0.clone()).collect::<Vec<_>>(),
    });
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let file = folder.path().join("plan.json");
    std::fs::write(&file, plan.to_string()).expect("a plan can be written");
    let script = workspace().join("trials/browser/look.mjs");
    must(Command::new("node").arg(script).arg(file));
}

/// Where the browser's modules are.
pub(crate) fn modules() -> PathBuf {
    installed(workspace().join("target/judges/browser/node_modules"))
}

pub(crate) fn chromium() -> PathBuf {
    installed(PathBuf::from("/usr/bin/chromium"))
}
