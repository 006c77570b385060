//! Why an officer opened evidence or read a file, in their own words, which lie outside the records.

use std::pin::Pin;

use hefu_officers::OfficerId;
use hefu_records::Entry;
use jiff::Timestamp;
use serde_json::Value;

/// Kinds of records that have a reason.
const KINDS: [&str; 2] = ["applicant-read/1", "evidence-opened/1"];

/// An answer that is waited for.
pub type Awaited<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What an officer said.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Said {
    /// The words.
    pub words: String,
    /// The commitment to these words, hexadecimal.
    pub commitment: String,
}

/// Where the words are kept: the applicants' files, which this room does not know.
pub trait Reasons: Send + Sync {
    /// What an officer said when something was opened or read; `None` when it cannot be had.
    fn said<'a>(&'a self, subject: &'a str, by: OfficerId, at: Timestamp) -> Awaited<'a, Option<Said>>;
}

/// The words behind a record, and whether they are the ones that the record committed to.
pub(crate) async fn behind(reasons: &dyn Reasons, entry: &Entry) -> Option<(String, bool)> {
    if !KINDS.contains(&entry.kind.as_str()) {
        return None;
    }
    let number = entry.actor.strip_prefix("officer:")?.parse().ok();
    let officer = number.and_then(OfficerId::new)?;
    let said = reasons.said(&entry.subject, officer, entry.at).await?;
    let holds = entry.body.get("reason").and_then(Value::as_str) == Some(said.commitment.as_str());
    Some((said.words, holds))
}
