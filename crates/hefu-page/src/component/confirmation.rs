//! The question before a destructive act: what will happen, to what, under which rule, and why.
//!
//! A page of its own, reached by GET; the act itself is the POST of this form. A rule that an act needs a reason is
//! the capability's; the field is here so that every act asks alike.

use askama::Template;
use hefu_rulebook::Language;

use super::{Act, Citation, Errors, Facts, Field, Form, Input, Link, Manner, Method};
use crate::words::{Words, words};

/// Characters of the longest reason.
const REASON_MAX: u32 = 500;

/// A question whose answer cannot be taken back.
#[derive(Clone, Debug, Template)]
#[template(path = "component/confirmation.html")]
pub struct Confirmation {
    consequences: Vec<String>,
    rule: Option<Citation>,
    concerns: Facts,
    form: Form,
    words: &'static Words,
    language: Language,
}

impl Confirmation {
    /// Asks whether `action` shall be done to `concerns`; each consequence is a sentence.
    #[must_use]
    pub fn new(language: Language, action: impl Into<String>, consequences: Vec<String>, concerns: Facts) -> Self {
        Self {
            consequences,
            rule: None,
            concerns,
            form: Form::new(language, Method::Post, action),
            words: words(language),
            language,
        }
    }

    /// With the article under which it is done.
    #[must_use]
    pub fn rule(mut self, rule: Citation) -> Self {
        self.rule = Some(rule);
        self
    }

    /// With the token of the session.
    #[must_use]
    pub fn csrf(mut self, token: Option<&str>) -> Self {
        self.form = self.form.csrf(token);
        self
    }

    /// With one more field before the reason.
    #[must_use]
    pub fn field(mut self, field: Field) -> Self {
        self.form = self.form.field(field);
        self
    }

    /// With the field `reason`: what was typed, and what was wrong with it.
    #[must_use]
    pub fn reason(mut self, typed: &str, error: Option<String>) -> Self {
        let field = Field::new(self.language, "reason", self.words.reason, Input::Lines(3));
        let field = field.help(self.words.reason_help).at_most(REASON_MAX);
        self.form = self.form.field(field.value(typed).error(error));
        self
    }

    /// With the button that does it, named by what it does, and the way back.
    #[must_use]
    pub fn act(mut self, label: impl Into<String>, back: impl Into<String>) -> Self {
        let back = Link::new(back, self.words.back);
        self.form = self.form.act(Act::new(Manner::Grave, label)).back(back);
        self
    }

    /// The summary of errors, for the top of the page.
    #[must_use]
    pub fn errors(&self) -> Errors {
        self.form.errors()
    }
}
