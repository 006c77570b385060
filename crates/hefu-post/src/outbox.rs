//! The outbox as officers see it: letters with masked addresses, their states and next tries. No text, no address.

use hefu_rulebook::Language;
use jiff::Timestamp;
use serde::Serialize;

/// Letters on one page: what a person reads.
pub const PAGE_MAX: u32 = 100;
/// Letters on a page when nobody says how many.
const PAGE_DEFAULT: u32 = 50;

/// Where a letter is.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LetterState {
    /// Waits for its next try.
    Queued,
    /// On its way at this moment, or was when the sender was stopped.
    Sending,
    /// A mail server answered for it. Address and text are erased.
    Sent,
    /// Given up, or refused for good. Address and text are kept for a while, so that an officer can have it tried again.
    Failed,
    /// There was no address to write to.
    Unaddressed,
}

impl LetterState {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Queued, Self::Sending, Self::Sent, Self::Failed, Self::Unaddressed];

    /// The word in JSON and in the table.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Unaddressed => "unaddressed",
        }
    }

    /// The name people read.
    #[must_use]
    pub const fn name(self, language: Language) -> &'static str {
        match (language, self) {
            (Language::Chinese, Self::Queued) => "待发",
            (Language::Chinese, Self::Sending) => "发送中",
            (Language::Chinese, Self::Sent) => "已发",
            (Language::Chinese, Self::Failed) => "失败",
            (Language::Chinese, Self::Unaddressed) => "没有地址",
            (Language::English, _) => self.as_str(),
        }
    }

    /// The state of this word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// A letter as officers see it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct LetterView {
    /// Its number.
    pub number: i64,
    /// What sort of letter: "certificate-issued".
    pub kind: String,
    /// What it is about, as records name it: "application:…", "certificate:…".
    pub about: String,
    /// Whom it goes to, masked; empty when there was no address.
    pub to: String,
    /// Where it is.
    pub state: LetterState,
    /// How often it was tried.
    pub attempts: u32,
    /// Whether a sender was stopped while it was on its way, so that its receiver may have it twice.
    pub in_doubt: bool,
    /// When it was written.
    pub written_at: Timestamp,
    /// When it is tried next.
    pub next_try: Option<Timestamp>,
    /// When it is given up.
    pub give_up_at: Timestamp,
    /// When it was sent or failed.
    pub settled_at: Option<Timestamp>,
    /// What the last try came to: "smtp-450", "unreachable".
    pub code: Option<String>,
}

/// Which letters to show.
#[derive(Clone, Copy, Debug, Default)]
pub struct FindLetters {
    /// Only those in this state.
    pub state: Option<LetterState>,
    /// Only those with a smaller number: the `next` of the page before.
    pub before: Option<i64>,
    /// How many at most; [`PAGE_MAX`] at most.
    pub limit: Option<u32>,
}

impl FindLetters {
    pub(crate) fn size(self) -> u32 {
        self.limit.unwrap_or(PAGE_DEFAULT).clamp(1, PAGE_MAX)
    }
}

/// Some letters, newest first.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Page {
    /// The letters.
    pub items: Vec<LetterView>,
    /// Where the next page begins; none when this is the last.
    pub next: Option<i64>,
}

/// How the outbox stands.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Summary {
    /// Letters that wait.
    pub queued: u64,
    /// Letters that failed and may be tried again.
    pub failed: u64,
    /// Why the mail server takes no letters now, and since when; none while it does, or before the first letter.
    pub closed: Option<Closed>,
    /// Days before a certificate's end at which its holder is reminded: the operator's setting, not the law's.
    pub reminder_days: Vec<u32>,
}

/// Since when the mail server takes no letters.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Closed {
    /// A word: "unreachable", "login-refused".
    pub code: String,
    /// Since when.
    pub since: Timestamp,
}

/// Reminders that will be written on one day, as things stand.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Upcoming {
    /// When the day begins: now, and every 24 hours after.
    pub from: Timestamp,
    /// How many days before their certificates' end.
    pub days: u32,
    /// How many.
    pub letters: u64,
}
