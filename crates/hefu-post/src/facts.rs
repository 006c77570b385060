//! Facts: what the outbox tells others through the records; versioned, in the past tense, without personal data.
//!
//! A letter is named by its number in the outbox. What it was about is named as other records name it.

use hefu_records::NewEntry;
use jiff::Timestamp;
use serde_json::json;

/// The program itself, as the doer of what no officer did.
const ACTOR: &str = "hefu";

/// A letter in the words of its records.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    pub(crate) number: i64,
    pub(crate) kind: String,
    pub(crate) about: String,
    pub(crate) attempts: u32,
}

impl Named {
    fn subject(&self) -> String {
        format!("letter:{}", self.number)
    }
}

/// A mail server answered for a letter. `in_doubt` when an earlier try may have arrived too.
pub(crate) fn sent(letter: &Named, in_doubt: bool, at: Timestamp) -> NewEntry {
    NewEntry {
        at,
        kind: "letter-sent/1".to_owned(),
        subject: letter.subject(),
        actor: ACTOR.to_owned(),
        body: json!({
            "letter": letter.kind,
            "about": letter.about,
            "attempts": letter.attempts,
            "in_doubt": in_doubt,
        }),
    }
}

/// A letter was refused for good, or given up.
pub(crate) fn failed(letter: &Named, code: &str, at: Timestamp) -> NewEntry {
    NewEntry {
        at,
        kind: "letter-failed/1".to_owned(),
        subject: letter.subject(),
        actor: ACTOR.to_owned(),
        body: json!({
            "letter": letter.kind,
            "about": letter.about,
            "attempts": letter.attempts,
            "code": code,
        }),
    }
}

/// An officer had a failed letter put back.
pub(crate) fn retried(letter: &Named, actor: &str, at: Timestamp) -> NewEntry {
    NewEntry {
        at,
        kind: "letter-retried/1".to_owned(),
        subject: letter.subject(),
        actor: actor.to_owned(),
        body: json!({ "letter": letter.kind, "about": letter.about }),
    }
}
