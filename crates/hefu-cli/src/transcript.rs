//! The transcript of a key ceremony: who, when, which device and key, each step, what came of it.
//!
//! Written twice, as Markdown to be printed and signed by those present, and as JSON for `hefu ceremony list`.
//! It holds fingerprints, never keys or passphrases.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rust_i18n::t;
use serde::{Deserialize, Serialize};

use crate::{
    describe::when,
    failure::Failure,
    files::{self, Readers},
    words::{column, word_or_slug},
};

/// Largest number of transcripts that one folder is searched for; a ceremony is held a few times a year.
const TRANSCRIPTS_MAX: usize = 10_000;

/// Ceremonies of one kind with one key in one second that get names of their own; scripts hold a few.
const CEREMONIES_PER_SECOND_MAX: usize = 100;

/// What was done in a ceremony.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Transcript {
    /// `root`, `issuing`, `ocsp-signer` or `crl`.
    pub(crate) kind: String,
    /// When it was held.
    pub(crate) held_at: Timestamp,
    /// The account and machine that ran it.
    pub(crate) held_by: String,
    /// Who watched.
    pub(crate) witnesses: Vec<String>,
    /// Version of the software.
    pub(crate) software: String,
    /// Facts by name: device, key, certificate, issuer, fingerprints.
    pub(crate) facts: Vec<Fact>,
    /// Steps in their order.
    pub(crate) steps: Vec<Step>,
}

/// One fact.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) struct Fact {
    /// Its name, a key of the catalogue under `column`.
    pub(crate) name: String,
    /// Its value.
    pub(crate) value: String,
}

/// One step.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) struct Step {
    /// When it was done.
    pub(crate) at: Timestamp,
    /// What was done, a key of the catalogue under `step`.
    pub(crate) what: String,
    /// On what.
    pub(crate) detail: String,
}

impl Transcript {
    pub(crate) fn begin(kind: &str, held_at: Timestamp) -> Self {
        Self {
            kind: kind.to_owned(),
            held_at,
            held_by: account(),
            witnesses: Vec::new(),
            software: concat!("hefu ", env!("CARGO_PKG_VERSION")).to_owned(),
            facts: Vec::new(),
            steps: Vec::new(),
        }
    }

    pub(crate) fn fact(&mut self, name: &str, value: impl Into<String>) {
        self.facts.push(Fact {
            name: name.to_owned(),
            value: value.into(),
        });
    }

    pub(crate) fn step(&mut self, at: Timestamp, what: &str, detail: impl Into<String>) {
        self.steps.push(Step {
            at,
            what: what.to_owned(),
            detail: detail.into(),
        });
    }

    pub(crate) fn value(&self, name: &str) -> &str {
        let found = self.facts.iter().find(|fact| fact.name == name);
        found.map(|fact| fact.value.as_str()).unwrap_or_default()
    }

    /// Writes both forms into a folder, under a name that tells time, kind and key; gives the Markdown's path.
    pub(crate) fn save(&self, folder: &Path) -> Result<PathBuf, Failure> {
        files::make_folder(folder)?;
        let day = self.held_at.strftime("%Y%m%dT%H%M%SZ");
        let mut stem = format!("{day}-{}-{}", self.kind, self.value("key_label"));
        for again in 2..=CEREMONIES_PER_SECOND_MAX {
            if !folder.join(format!("{stem}.md")).exists() {
                break;
            }
            stem = format!("{day}-{}-{}-{again}", self.kind, self.value("key_label"));
        }
        let markdown = folder.join(format!("{stem}.md"));
        files::create(&markdown, self.markdown().as_bytes(), Readers::Everybody)?;
        let json = serde_json::to_vec_pretty(self);
        let json = json.map_err(|why| Failure::fault(t!("fail.output").into_owned(), &why))?;
        files::create(&folder.join(format!("{stem}.json")), &json, Readers::Everybody)?;
        Ok(markdown)
    }

    /// Every transcript of a folder, oldest first; other files are passed over.
    pub(crate) fn list(folder: &Path) -> Result<Vec<Self>, Failure> {
        let shown = folder.display().to_string();
        let entries = std::fs::read_dir(folder).map_err(|error| Failure::unreadable(&shown, &error))?;
        let mut transcripts = Vec::new();
        for entry in entries.take(TRANSCRIPTS_MAX) {
            let path = entry.map_err(|error| Failure::unreadable(&shown, &error))?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                let read: Result<Self, _> = serde_json::from_slice(&files::read(&path)?);
                transcripts.extend(read);
            }
        }
        transcripts.sort_by_key(|transcript| transcript.held_at);
        Ok(transcripts)
    }

    /// The transcript for people, in the language of the run.
    pub(crate) fn markdown(&self) -> String {
        let title = t!("transcript.title", kind = word_or_slug("ceremony", &self.kind));
        let mut lines = vec![format!("# {title}"), String::new()];
        let mut pair = |name: &str, value: &str| lines.push(format!("- {name}: {}", plain(value)));
        pair(&t!("transcript.held-at"), &when(self.held_at));
        pair(&t!("transcript.held-by"), &self.held_by);
        pair(&t!("transcript.witnesses"), &self.witnesses.join(", "));
        pair(&t!("transcript.software"), &self.software);
        for fact in &self.facts {
            pair(&column(&fact.name), &fact.value);
        }
        lines.extend([String::new(), format!("## {}", t!("transcript.steps")), String::new()]);
        for (place, step) in self.steps.iter().enumerate() {
            let what = word_or_slug("step", &step.what);
            lines.push(format!(
                "{}. {} {what}: {}",
                place + 1,
                when(step.at),
                plain(&step.detail)
            ));
        }
        lines.extend([
            String::new(),
            format!("## {}", t!("transcript.signatures")),
            String::new(),
        ]);
        for who in std::iter::once(&self.held_by).chain(&self.witnesses) {
            lines.extend([format!("{}: ____________________", plain(who)), String::new()]);
        }
        lines.join("\n")
    }
}

/// A value inside Markdown: one line, nothing that would be markup.
fn plain(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\r' => safe.push(' '),
            '*' | '_' | '`' | '[' | ']' | '<' | '>' | '#' | '|' | '\\' => safe.extend(['\\', character]),
            other => safe.push(other),
        }
    }
    safe
}

/// The account that runs the ceremony and its machine, as the system names them.
fn account() -> String {
    let name = std::env::var("SUDO_USER").or_else(|_| std::env::var("USER"));
    let machine = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
    let name = name.unwrap_or_else(|_| "?".to_owned());
    match machine.trim() {
        "" => name,
        machine => format!("{name}@{machine}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_cannot_become_markup() {
        assert_eq!(plain("CN=a*b\n# c"), "CN=a\\*b \\# c");
    }
}
