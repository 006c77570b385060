//! Letters in the outbox, and announcements.

use serde::{Deserialize, Serialize};

/// A letter in the outbox; its address masked, its text not shown.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Letter {
    /// Its number.
    pub number: i64,
    /// What sort of letter: "certificate-issued".
    pub kind: String,
    /// What it is about: "application:…", "certificate:…".
    pub about: String,
    /// Whom it goes to, masked; empty when there was no address.
    pub to: String,
    /// "queued", "sending", "sent", "failed" or "unaddressed".
    pub state: String,
    /// How often it was tried.
    pub attempts: u32,
    /// Whether its receiver may have it twice.
    pub in_doubt: bool,
    /// When it was written, RFC 3339.
    pub written_at: String,
    /// When it is tried next.
    pub next_try: Option<String>,
    /// What the last try came to.
    pub code: Option<String>,
}

/// A page of letters, newest first, and how the outbox stands.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Letters {
    /// "on", or "off" where no mail server is set and nothing is written.
    pub mail: String,
    /// How the outbox stands; none while mail is off.
    pub outbox: Option<Outbox>,
    /// The letters.
    pub items: Vec<Letter>,
    /// Cursor of the next page, absent on the last.
    pub next: Option<String>,
}

/// How the outbox stands.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Outbox {
    /// Letters that wait.
    pub queued: u64,
    /// Letters that failed and may be tried again.
    pub failed: u64,
    /// Why the mail server takes no letters now.
    pub closed: Option<Closed>,
    /// Days before a certificate's end at which its holder is reminded.
    pub reminder_days: Vec<u32>,
}

/// Since when the mail server takes no letters.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Closed {
    /// A word: "unreachable", "login-refused".
    pub code: String,
    /// Since when, RFC 3339.
    pub since: String,
}

/// An announcement.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Announcement {
    /// The authority's record that told of it.
    pub number: u64,
    /// "renewal", "suspension", "recovery" or "revocation".
    pub kind: String,
    /// Serial number, hexadecimal.
    pub serial: String,
    /// The other half of a pair.
    pub pair_serial: Option<String>,
    /// The certificate that this one renews.
    pub replaces: Option<String>,
    /// Name of the authority.
    pub authority: String,
    /// Whom the certificate names, as the operator publishes it.
    pub holder: Option<String>,
    /// Slug of the ground of a revocation.
    pub ground: Option<String>,
    /// When it happened, RFC 3339.
    pub at: String,
}
