//! Links, and the road of an application.

use askama::Template;
use hefu_rulebook::Language;

use crate::words::{Words, words};

/// A link.
#[derive(Clone, Debug, Template)]
#[template(source = r#"<a href="{{ href }}">{{ name }}</a>"#, ext = "html")]
pub struct Link {
    /// Where it leads.
    pub href: String,
    /// What people read.
    pub name: String,
}

impl Link {
    /// A link to `href`.
    #[must_use]
    pub fn new(href: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            href: href.into(),
            name: name.into(),
        }
    }
}

/// Where a step of the road stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Standing {
    /// Behind us.
    Done,
    /// Here we are.
    Current,
    /// Before us.
    Ahead,
    /// The road ended here: refused, withdrawn.
    Stopped,
}

/// One step.
#[derive(Clone, Debug)]
pub struct Step {
    name: String,
    note: Option<String>,
    standing: Standing,
}

impl Step {
    /// A step without a note.
    #[must_use]
    pub fn new(standing: Standing, name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            note: None,
            standing,
        }
    }

    /// The step with a note below its name: when, by whom, until when.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    pub(crate) const fn class(&self) -> &'static str {
        match self.standing {
            Standing::Done => "done",
            Standing::Current => "current",
            Standing::Ahead => "ahead",
            Standing::Stopped => "stopped",
        }
    }

    pub(crate) fn is_current(&self) -> bool {
        matches!(self.standing, Standing::Current | Standing::Stopped)
    }

    /// The standing for those who do not see the line.
    pub(crate) const fn spoken(&self, words: &Words) -> &'static str {
        match self.standing {
            Standing::Done => words.done,
            Standing::Current => words.current,
            Standing::Ahead => words.ahead,
            Standing::Stopped => words.stopped,
        }
    }
}

/// The steps of an application on top of its page.
#[derive(Clone, Debug, Template)]
#[template(path = "component/road.html")]
pub struct Road {
    label: String,
    steps: Vec<Step>,
    words: &'static Words,
}

impl Road {
    /// A road called `label` for those who do not see it.
    #[must_use]
    pub fn new(language: Language, label: impl Into<String>, steps: Vec<Step>) -> Self {
        Self {
            label: label.into(),
            steps,
            words: words(language),
        }
    }
}
