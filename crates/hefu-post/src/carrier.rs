//! The carrier: who takes a letter to its receiver's mail system. SMTP in earnest, a made-up one in tests.

use futures_util::future::BoxFuture;
use jiff::Timestamp;

use crate::address::Mailbox;

/// A letter on its way, in clear.
#[derive(Clone, Debug)]
pub struct Mail {
    /// Where to.
    pub to: Mailbox,
    /// The subject line.
    pub subject: String,
    /// The text.
    pub body: String,
    /// When it was written; the same each time it is sent.
    pub written_at: Timestamp,
    /// What makes it recognisable as itself, without angle brackets and domain; the same each time it is sent.
    pub identity: String,
}

/// A letter that did not arrive. The code is a word for tables and records: never a server's sentence, which may repeat the
/// address.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Returned {
    /// The receiver's side says no for good: no such mailbox, not accepted.
    #[error("refused for good: {0}")]
    Refused(String),
    /// Not now; this letter may be accepted later.
    #[error("not accepted now: {0}")]
    Later(String),
    /// The line broke, or no answer came in time: it may have arrived or not.
    #[error("no answer: {0}")]
    Doubtful(String),
    /// The mail server takes no letters at all now: down, no such login, no encryption. It is about no letter in particular.
    #[error("the mail server takes no letters now: {0}")]
    Closed(String),
}

/// Takes letters.
pub trait Carrier: Send + Sync {
    /// Takes one letter; `Ok` when the other side answered for it.
    fn carry<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), Returned>>;
}
