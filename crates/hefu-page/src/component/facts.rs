//! Names and values of one thing.

use askama::Template;

use super::Cell;

/// One name with its value.
#[derive(Clone, Debug)]
pub struct Fact {
    name: String,
    value: Cell,
    note: Option<String>,
}

impl Fact {
    /// A fact.
    #[must_use]
    pub fn new(name: impl Into<String>, value: impl Into<Cell>) -> Self {
        Self {
            name: name.into(),
            value: value.into(),
            note: None,
        }
    }

    /// The fact with words beside its value.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }
}

/// A list of facts.
#[derive(Clone, Debug, Default, Template)]
#[template(
    source = r#"<dl class="facts">
{% for fact in facts %}<div><dt>{{ fact.name }}</dt><dd>{{ fact.value }}{% if let Some(note) = fact.note %} <span class="note">{{ note }}</span>{% endif %}</dd></div>
{% endfor %}</dl>"#,
    ext = "html"
)]
pub struct Facts {
    facts: Vec<Fact>,
}

impl Facts {
    /// These facts, in this order.
    #[must_use]
    pub fn new(facts: impl IntoIterator<Item = Fact>) -> Self {
        Self {
            facts: facts.into_iter().collect(),
        }
    }
}
