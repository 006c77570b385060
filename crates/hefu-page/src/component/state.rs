//! A state: a word, a shape before it, and a colour. Never the colour alone.

use askama::Template;

/// What kind of state it is; decides shape and colour.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Shape {
    /// As it should be: ●.
    Good,
    /// Somebody has to do something, or it does not hold for now: ◐.
    Wait,
    /// Ended for good, or refused: ■.
    Ended,
    /// Neither: ○.
    Plain,
}

impl Shape {
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Wait => "wait",
            Self::Ended => "ended",
            Self::Plain => "neutral",
        }
    }
}

/// A state in words.
#[derive(Clone, Debug, Template)]
#[template(
    source = r#"<span class="state {{ shape.class() }}">{{ word }}</span>"#,
    ext = "html"
)]
pub struct State {
    word: String,
    shape: Shape,
}

impl State {
    /// The state `word` of this shape.
    #[must_use]
    pub fn new(shape: Shape, word: impl Into<String>) -> Self {
        Self {
            word: word.into(),
            shape,
        }
    }

    /// The word alone, for lists to choose from.
    #[must_use]
    pub fn to_word(&self) -> &str {
        &self.word
    }
}
