//! Short messages: an article, a notice, a verdict, and that there is nothing.

use askama::Template;
use hefu_rulebook::Language;

use super::{Link, Shape};
use crate::words::words;

/// An article of a rule, with the mark that nobody read it where that is so.
#[derive(Clone, Debug, Template)]
#[template(
    source = r#"<span class="article">{{ name }}{% if let Some(mark) = mark %} <span class="unread">{{ mark }}</span>{% endif %}</span>"#,
    ext = "html"
)]
pub struct Citation {
    name: String,
    mark: Option<String>,
}

impl Citation {
    /// The citation as it is shown in `language`.
    #[must_use]
    pub fn of(citation: hefu_rulebook::Citation, language: Language) -> Self {
        let name = citation.name(language);
        Self {
            name: format!("{name} {}", citation.article).trim_end().to_owned(),
            mark: citation.provenance().mark(language),
        }
    }
}

/// What was just done, or must be known before one reads on.
#[derive(Clone, Debug, Template)]
#[template(
    source = r#"<div class="notice {{ shape.class() }}" role="status"><p><span class="unseen">{{ spoken }} </span>{{ text }}</p></div>"#,
    ext = "html"
)]
pub struct Notice {
    shape: Shape,
    spoken: &'static str,
    text: String,
}

impl Notice {
    /// A notice.
    #[must_use]
    pub fn new(language: Language, shape: Shape, text: impl Into<String>) -> Self {
        let words = words(language);
        Self {
            shape,
            spoken: match shape {
                Shape::Good => words.good,
                Shape::Wait | Shape::Plain => words.wait,
                Shape::Ended => words.ended,
            },
            text: text.into(),
        }
    }
}

/// A verdict: one sentence that answers, and why.
#[derive(Clone, Debug, Template)]
#[template(path = "component/answer.html")]
pub struct Answer {
    shape: Shape,
    sentence: String,
    reasons: Vec<(String, Option<Citation>)>,
}

impl Answer {
    /// The verdict in one sentence.
    #[must_use]
    pub fn new(shape: Shape, sentence: impl Into<String>) -> Self {
        Self {
            shape,
            sentence: sentence.into(),
            reasons: Vec::new(),
        }
    }

    /// The verdict with one more reason.
    #[must_use]
    pub fn because(mut self, reason: impl Into<String>, rule: Option<Citation>) -> Self {
        self.reasons.push((reason.into(), rule));
        self
    }
}

/// What stands where a list would be.
#[derive(Clone, Debug, Template)]
#[template(
    source = r#"<div class="empty"><p><b>{{ title }}</b></p><p>{{ hint }}</p>{% if let Some(act) = act %}<p>{{ act }}</p>{% endif %}</div>"#,
    ext = "html"
)]
pub struct Empty {
    title: String,
    hint: String,
    act: Option<Link>,
}

impl Empty {
    /// There is nothing, and what that means.
    #[must_use]
    pub fn new(title: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            hint: hint.into(),
            act: None,
        }
    }

    /// The same with a way out.
    #[must_use]
    pub fn act(mut self, act: Link) -> Self {
        self.act = Some(act);
        self
    }
}
