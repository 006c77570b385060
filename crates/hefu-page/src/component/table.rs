//! Tables: a caption, columns, rows, a way to the next page, and what is said when there are no rows.

use std::iter::zip;

use askama::Template;
use hefu_rulebook::Language;

use super::{Citation, Empty, Link, State};
use crate::page::time::grouped;
use crate::words::{Words, words};

/// What stands in one place of a table or list of facts.
#[derive(Clone, Debug, Template)]
#[template(path = "component/cell.html")]
pub enum Cell {
    /// Nothing, said so.
    Nothing(Language),
    /// Words.
    Text(String),
    /// Words with smaller ones below.
    Noted(String, String),
    /// A number, with its unit if it has one; right-aligned.
    Number(String),
    /// A link.
    Link(Link),
    /// A link with smaller words below.
    NotedLink(Link, String),
    /// Several links, one a line.
    Links(Vec<Link>),
    /// A serial number, in groups, with the page that it leads to.
    Serial(String, Option<String>),
    /// Something for machines: a fingerprint, an address.
    Code(String),
    /// A state.
    State(State),
    /// An article.
    Citation(Citation),
}

impl Cell {
    /// A serial number (hexadecimal) with the page that it leads to.
    #[must_use]
    pub fn serial(serial: &str, href: Option<String>) -> Self {
        Self::Serial(grouped(serial), href)
    }

    /// Words, or that there are none.
    #[must_use]
    pub fn text_or_nothing(text: Option<String>, language: Language) -> Self {
        text.map_or(Self::Nothing(language), Self::Text)
    }

    pub(crate) const fn is_number(&self) -> bool {
        matches!(self, Self::Number(_))
    }

    pub(crate) const fn none(language: Language) -> &'static str {
        words(language).none
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<State> for Cell {
    fn from(state: State) -> Self {
        Self::State(state)
    }
}

impl From<Link> for Cell {
    fn from(link: Link) -> Self {
        Self::Link(link)
    }
}

impl From<Citation> for Cell {
    fn from(citation: Citation) -> Self {
        Self::Citation(citation)
    }
}

/// The head of a column.
#[derive(Clone, Debug)]
pub struct Column {
    name: String,
    is_number: bool,
}

impl Column {
    /// A column of words.
    #[must_use]
    pub fn text(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            is_number: false,
        }
    }

    /// A column of numbers.
    #[must_use]
    pub fn number(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            is_number: true,
        }
    }
}

/// The ways to other pages of a list.
#[derive(Clone, Debug, Template)]
#[template(path = "component/pages.html")]
pub struct Pages {
    first: Option<String>,
    previous: Option<String>,
    next: Option<String>,
    words: &'static Words,
}

impl Pages {
    /// No way yet.
    #[must_use]
    pub const fn new(language: Language) -> Self {
        Self {
            first: None,
            previous: None,
            next: None,
            words: words(language),
        }
    }

    /// With a way back to the beginning.
    #[must_use]
    pub fn first(mut self, href: Option<String>) -> Self {
        self.first = href;
        self
    }

    /// With a way to the page before.
    #[must_use]
    pub fn previous(mut self, href: Option<String>) -> Self {
        self.previous = href;
        self
    }

    /// With a way on.
    #[must_use]
    pub fn next(mut self, href: Option<String>) -> Self {
        self.next = href;
        self
    }

    pub(crate) const fn is_only_page(&self) -> bool {
        self.first.is_none() && self.previous.is_none() && self.next.is_none()
    }
}

/// A table.
#[derive(Clone, Debug, Template)]
#[template(path = "component/table.html")]
pub struct Table {
    caption: String,
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
    empty: Option<Empty>,
    pages: Option<Pages>,
}

impl Table {
    /// A table without rows. Its first column names the row.
    #[must_use]
    pub fn new(caption: impl Into<String>, columns: impl IntoIterator<Item = Column>) -> Self {
        Self {
            caption: caption.into(),
            columns: columns.into_iter().collect(),
            rows: Vec::new(),
            empty: None,
            pages: None,
        }
    }

    /// With these rows, a cell for each column.
    #[must_use]
    pub fn rows(mut self, rows: impl IntoIterator<Item = Vec<Cell>>) -> Self {
        self.rows.extend(rows);
        self
    }

    /// With what is said when there are no rows.
    #[must_use]
    pub fn or_else(mut self, empty: Empty) -> Self {
        self.empty = Some(empty);
        self
    }

    /// With the ways to other pages.
    #[must_use]
    pub fn pages(mut self, pages: Pages) -> Self {
        self.pages = Some(pages);
        self
    }

    pub(crate) fn instead(&self) -> Option<&Empty> {
        self.empty.as_ref().filter(|_| self.rows.is_empty())
    }

    pub(crate) fn labelled<'a>(&'a self, row: &'a [Cell]) -> impl Iterator<Item = (&'a Column, &'a Cell)> {
        zip(&self.columns, row)
    }
}
