//! Forms: each field with its label, its help, its error and, where a rule asks the question, the article.
//!
//! A form that came back with errors is shown with what was typed, each error at its field, and [`Errors`] on top of
//! the page with a link to each. Nothing depends on scripts.

use std::borrow::Cow;

use askama::Template;
use hefu_rulebook::Language;

use super::{Citation, Link};
use crate::words::{Words, words};

/// One of several things that can be chosen.
#[derive(Clone, Debug)]
pub struct Choice {
    value: String,
    name: String,
    note: Option<String>,
}

impl Choice {
    /// A choice.
    #[must_use]
    pub fn new(value: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            name: name.into(),
            note: None,
        }
    }

    /// The choice with what it means.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }
}

/// What a field takes.
#[derive(Clone, Debug)]
pub enum Input {
    /// One line; the text is the HTML type: "text", "search", "email", "tel", "date", "datetime-local", "number".
    Line(&'static str),
    /// Several lines, this many shown.
    Lines(u8),
    /// One of these, all visible.
    OneOf(Vec<Choice>),
    /// One of these, in a list that opens.
    Select(Vec<Choice>),
    /// Yes or no; the words stand beside the box.
    Tick,
    /// A file of these kinds, as in the attribute `accept`.
    File(&'static str),
}

/// One field.
#[derive(Clone, Debug, Template)]
#[template(path = "component/field.html")]
pub struct Field {
    name: Cow<'static, str>,
    label: String,
    input: Input,
    value: String,
    help: Option<String>,
    rule: Option<Citation>,
    error: Option<String>,
    autocomplete: &'static str,
    characters_max: Option<u32>,
    is_optional: bool,
    words: &'static Words,
}

impl Field {
    /// A field that must be filled in.
    #[must_use]
    pub fn new(language: Language, name: impl Into<Cow<'static, str>>, label: impl Into<String>, input: Input) -> Self {
        Self {
            name: name.into(),
            label: label.into(),
            input,
            value: String::new(),
            help: None,
            rule: None,
            error: None,
            autocomplete: "off",
            characters_max: None,
            is_optional: false,
            words: words(language),
        }
    }

    /// With what was typed or chosen; "1" ticks a box.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// With help between label and field.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// With the article that asks the question.
    #[must_use]
    pub fn rule(mut self, rule: Citation) -> Self {
        self.rule = Some(rule);
        self
    }

    /// With what is wrong, if anything is.
    #[must_use]
    pub fn error(mut self, error: Option<String>) -> Self {
        self.error = error;
        self
    }

    /// With the token of the attribute `autocomplete` (WCAG 1.3.5); "off" otherwise.
    #[must_use]
    pub fn autocomplete(mut self, token: &'static str) -> Self {
        self.autocomplete = token;
        self
    }

    /// With a limit of characters.
    #[must_use]
    pub fn at_most(mut self, characters: u32) -> Self {
        self.characters_max = Some(characters);
        self
    }

    /// May be left empty, and says so.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.is_optional = true;
        self
    }

    fn is_file(&self) -> bool {
        matches!(self.input, Input::File(_))
    }

    pub(crate) fn is_group(&self) -> bool {
        matches!(self.input, Input::OneOf(_))
    }

    pub(crate) fn is_tick(&self) -> bool {
        matches!(self.input, Input::Tick)
    }

    /// Attributes that every kind of control has; made of our own names only.
    pub(crate) fn described_by(&self) -> Option<String> {
        let help = self.help.is_some().then(|| format!("{}-help", self.name));
        let error = self.error.is_some().then(|| format!("{}-error", self.name));
        let all: Vec<String> = help.into_iter().chain(error).collect();
        (!all.is_empty()).then(|| all.join(" "))
    }

    pub(crate) fn is_chosen(&self, choice: &Choice) -> bool {
        self.value == choice.value
    }

    fn wrong(&self) -> Option<Wrong> {
        let anchor = if self.is_group() {
            format!("{}-0", self.name)
        } else {
            self.name.to_string()
        };
        let text = self.error.clone()?;
        Some(Wrong { anchor, text })
    }
}

/// One error of a form.
#[derive(Clone, Debug)]
pub struct Wrong {
    anchor: String,
    text: String,
}

impl Wrong {
    /// An error at the element with this id.
    #[must_use]
    pub fn new(anchor: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            anchor: anchor.into(),
            text: text.into(),
        }
    }
}

/// The summary of errors on top of a page; shows nothing when there are none.
#[derive(Clone, Debug, Template)]
#[template(
    source = r##"{% if !wrong.is_empty() %}<div class="errors" role="alert" tabindex="-1" autofocus>
<h2>{{ words.errors }}</h2>
<ul>
{% for one in wrong %}<li><a href="#{{ one.anchor }}">{{ one.text }}</a></li>
{% endfor %}</ul>
</div>{% endif %}"##,
    ext = "html"
)]
pub struct Errors {
    wrong: Vec<Wrong>,
    words: &'static Words,
}

/// What a button does to the eye.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Manner {
    /// The one thing that this page is for.
    Main,
    /// Something else.
    Plain,
    /// Ends something.
    Grave,
}

/// A button.
#[derive(Clone, Debug)]
pub struct Act {
    label: String,
    manner: Manner,
    sends: Option<(&'static str, String)>,
}

impl Act {
    /// A button that sends the form.
    #[must_use]
    pub fn new(manner: Manner, label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            manner,
            sends: None,
        }
    }

    /// The button with a name and value of its own, for forms with several.
    #[must_use]
    pub fn sends(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.sends = Some((name, value.into()));
        self
    }

    pub(crate) const fn class(&self) -> &'static str {
        match self.manner {
            Manner::Main => "main",
            Manner::Plain => "plain",
            Manner::Grave => "grave",
        }
    }
}

/// How a form is sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Method {
    /// A question: the answer has an address of its own.
    Get,
    /// An act, or a file.
    Post,
}

/// A form.
#[derive(Clone, Debug, Template)]
#[template(path = "component/form.html")]
pub struct Form {
    action: String,
    method: Method,
    hidden: Vec<(&'static str, String)>,
    fields: Vec<Field>,
    acts: Vec<Act>,
    back: Option<Link>,
    words: &'static Words,
}

impl Form {
    /// An empty form.
    #[must_use]
    pub fn new(language: Language, method: Method, action: impl Into<String>) -> Self {
        Self {
            action: action.into(),
            method,
            hidden: Vec::new(),
            fields: Vec::new(),
            acts: Vec::new(),
            back: None,
            words: words(language),
        }
    }

    /// With the token of the session; forms that change something have it.
    #[must_use]
    pub fn csrf(self, token: Option<&str>) -> Self {
        match token {
            Some(token) => self.hidden("csrf", token),
            None => self,
        }
    }

    /// With a value that is sent and not shown.
    #[must_use]
    pub fn hidden(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.hidden.push((name, value.into()));
        self
    }

    /// With one more field.
    #[must_use]
    pub fn field(mut self, field: Field) -> Self {
        self.fields.push(field);
        self
    }

    /// With one more button.
    #[must_use]
    pub fn act(mut self, act: Act) -> Self {
        self.acts.push(act);
        self
    }

    /// With a way back beside the buttons.
    #[must_use]
    pub fn back(mut self, back: Link) -> Self {
        self.back = Some(back);
        self
    }

    /// The summary of its errors, for the top of the page.
    #[must_use]
    pub fn errors(&self) -> Errors {
        Errors {
            wrong: self.fields.iter().filter_map(Field::wrong).collect(),
            words: self.words,
        }
    }

    pub(crate) fn is_post(&self) -> bool {
        self.method == Method::Post
    }

    pub(crate) fn has_file(&self) -> bool {
        self.fields.iter().any(Field::is_file)
    }
}

/// The search bar above a list: a question by GET, so that a search has an address and the browser's way back works.
#[derive(Clone, Debug, Template)]
#[template(path = "component/filters.html")]
pub struct Filters {
    action: String,
    fields: Vec<Field>,
    clear: Option<String>,
    words: &'static Words,
}

impl Filters {
    /// A bar of these fields; the list is at `action`.
    #[must_use]
    pub fn new(language: Language, action: impl Into<String>, fields: impl IntoIterator<Item = Field>) -> Self {
        Self {
            action: action.into(),
            fields: fields.into_iter().collect(),
            clear: None,
            words: words(language),
        }
    }

    /// With a way to the whole list, while something is being filtered.
    #[must_use]
    pub fn clear(mut self, href: Option<String>) -> Self {
        self.clear = href;
        self
    }
}
