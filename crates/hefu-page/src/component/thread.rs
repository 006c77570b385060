//! What happened to a thing, in the order in which it happened, each act with its proof.

use askama::Template;
use hefu_rulebook::Language;

use super::{Citation, Link};
use crate::words::{Words, words};

/// One act.
#[derive(Clone, Debug)]
pub struct Event {
    title: String,
    at: String,
    by: Option<String>,
    detail: Option<String>,
    rule: Option<Citation>,
    proof: Option<Link>,
    is_grave: bool,
}

impl Event {
    /// What happened, and when, in words.
    #[must_use]
    pub fn new(title: impl Into<String>, at: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            at: at.into(),
            by: None,
            detail: None,
            rule: None,
            proof: None,
            is_grave: false,
        }
    }

    /// By whom.
    #[must_use]
    pub fn by(mut self, by: impl Into<String>) -> Self {
        self.by = Some(by.into());
        self
    }

    /// More about it.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Under which article.
    #[must_use]
    pub fn rule(mut self, rule: Citation) -> Self {
        self.rule = Some(rule);
        self
    }

    /// Where its record and the proof of it are.
    #[must_use]
    pub fn proof(mut self, proof: Link) -> Self {
        self.proof = Some(proof);
        self
    }

    /// An act that gave or ended something; marked with the seal.
    #[must_use]
    pub const fn grave(mut self) -> Self {
        self.is_grave = true;
        self
    }
}

/// A thread of acts.
#[derive(Clone, Debug, Template)]
#[template(path = "component/thread.html")]
pub struct Thread {
    events: Vec<Event>,
    words: &'static Words,
}

impl Thread {
    /// These acts.
    #[must_use]
    pub fn new(language: Language, events: impl IntoIterator<Item = Event>) -> Self {
        Self {
            events: events.into_iter().collect(),
            words: words(language),
        }
    }
}
