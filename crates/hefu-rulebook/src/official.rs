//! Official texts: an operator loads the text of an instrument, and its articles stand beside our paraphrase.
//!
//! Reads Markdown and plain text with headings 第N条 (also 第N条之N), under 第N编, 第N章 and 第N节. Hefu carries no
//! official text itself. A text is only ever shown and compared; nothing is decided by it.
//!
//! What it does not know: whether a text is authentic. That is what an officer confirms.

mod comparison;
mod numeral;
mod reading;

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use crate::citation::Citation;
use crate::explain::{Blame, Explain, Kind};
use crate::language::Language;
use crate::obligation::Obligation;

pub use self::comparison::{ArticleChange, Comparison, Piece, PieceKind, WORDS_MAX};

/// The Civil Code, the longest of all, has about 300 kB.
pub const TEXT_OCTETS_MAX: usize = 1 << 20;
/// The Civil Code has about four thousand lines.
pub const TEXT_LINES_MAX: usize = 20_000;
/// The Civil Code has 1,260 articles.
pub const ARTICLES_MAX: usize = 2_000;

/// The number of an article: 第十条 is 10, 第十条之一 is 10之1.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ArticleNumber {
    number: u16,
    inserted: u16,
}

impl ArticleNumber {
    /// 第N条; `None` for zero and beyond 9999.
    #[must_use]
    pub fn new(number: u16) -> Option<Self> {
        (1..=numeral::MAX)
            .contains(&number)
            .then_some(Self { number, inserted: 0 })
    }

    /// 第N条之M; `None` when either is zero or beyond 9999.
    #[must_use]
    pub fn inserted(number: u16, inserted: u16) -> Option<Self> {
        let fits = (1..=numeral::MAX).contains(&inserted);
        Self::new(number)
            .filter(|_| fits)
            .map(|plain| Self { inserted, ..plain })
    }

    /// The number without what was inserted after it.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.number
    }

    /// As a heading: "第二十四条", "第十条之一".
    #[must_use]
    pub fn heading(self) -> String {
        let number = numeral::write(self.number);
        match self.inserted {
            0 => format!("第{number}条"),
            inserted => format!("第{number}条之{}", numeral::write(inserted)),
        }
    }
}

/// As citations write it: "24", "10之1".
impl fmt::Display for ArticleNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.inserted {
            0 => write!(formatter, "{}", self.number),
            inserted => write!(formatter, "{}之{inserted}", self.number),
        }
    }
}

/// As a string.
impl Serialize for ArticleNumber {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Words that are no article number.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not an article number")]
pub struct NotAnArticle;

/// Reads what `Display` writes.
impl FromStr for ArticleNumber {
    type Err = NotAnArticle;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = |digits: &str| {
            let plain = !digits.is_empty() && digits.bytes().all(|one| one.is_ascii_digit());
            digits.parse::<u16>().ok().filter(|_| plain)
        };
        let read = match text.split_once('之') {
            None => number(text).and_then(Self::new),
            Some((of, inserted)) => number(of)
                .zip(number(inserted))
                .and_then(|(of, inserted)| Self::inserted(of, inserted)),
        };
        read.ok_or(NotAnArticle)
    }
}

/// One article of an official text.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Article {
    number: ArticleNumber,
    chapter: Option<String>,
    section: Option<String>,
    text: String,
    line: usize,
}

impl Article {
    /// Its number.
    #[must_use]
    pub const fn number(&self) -> ArticleNumber {
        self.number
    }

    /// The chapter it stands in, as "第一章 总则".
    #[must_use]
    pub fn chapter(&self) -> Option<&str> {
        self.chapter.as_deref()
    }

    /// The section it stands in.
    #[must_use]
    pub fn section(&self) -> Option<&str> {
        self.section.as_deref()
    }

    /// Its words without the heading; paragraphs end with a line feed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The line of its heading, from 1.
    #[must_use]
    pub const fn line(&self) -> usize {
        self.line
    }
}

/// An official text by articles.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct OfficialText {
    title: Option<String>,
    articles: Vec<Article>,
    unplaced_lines: usize,
}

impl OfficialText {
    /// Reads UTF-8, with or without a byte order mark.
    ///
    /// # Errors
    /// [`TextError`] says where.
    pub fn from_bytes(octets: &[u8]) -> Result<Self, TextError> {
        let text = std::str::from_utf8(octets).map_err(|error| TextError::NotUtf8 {
            offset: error.valid_up_to(),
        })?;
        Self::parse(text)
    }

    /// Reads Markdown or plain text.
    ///
    /// # Errors
    /// [`TextError`] says where.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        reading::read(text)
    }

    /// The title, as far as one can be told from what stands before the first article.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// The articles in order; never empty.
    #[must_use]
    pub fn articles(&self) -> &[Article] {
        &self.articles
    }

    /// Lines between a heading of a chapter and the next article that belong to no article; normally none.
    #[must_use]
    pub const fn unplaced_lines(&self) -> usize {
        self.unplaced_lines
    }

    /// The article with this number.
    #[must_use]
    pub fn article(&self, number: ArticleNumber) -> Option<&Article> {
        let found = self.articles.binary_search_by_key(&number, Article::number).ok()?;
        self.articles.get(found)
    }

    /// Plain numbers from the first to the last article that are not there: an excerpt, or a heading not recognised.
    #[must_use]
    pub fn missing(&self) -> Vec<u16> {
        let last = self.articles.last().map_or(0, |article| article.number.number);
        let there = |number: &u16| {
            self.articles
                .binary_search_by_key(number, |one| one.number.number)
                .is_ok()
        };
        (1..=last).filter(|number| !there(number)).collect()
    }

    /// The articles to be shown beside an obligation; empty when the text has none of them.
    #[must_use]
    pub fn beside(&self, obligation: &Obligation) -> Vec<&Article> {
        let bare = obligation.article().split('(').next().unwrap_or_default();
        let (first, last) = bare.split_once('-').unwrap_or((bare, bare));
        let (Ok(first), Ok(last)) = (first.parse::<ArticleNumber>(), last.parse::<ArticleNumber>()) else {
            return Vec::new();
        };
        let within = |article: &&Article| (first..=last).contains(&article.number);
        self.articles.iter().filter(within).collect()
    }

    /// What a newer edition changed, article by article.
    #[must_use]
    pub fn compare<'a>(&'a self, newer: &'a Self) -> Comparison<'a> {
        comparison::compare(&self.articles, &newer.articles)
    }
}

/// Why an official text cannot be read.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum TextError {
    /// Not UTF-8.
    #[error("not UTF-8 at octet {offset}")]
    NotUtf8 {
        /// Octets before the fault.
        offset: usize,
    },
    /// Larger than any law.
    #[error("more than {TEXT_OCTETS_MAX} octets")]
    TooLarge,
    /// More lines than any law.
    #[error("more than {TEXT_LINES_MAX} lines")]
    TooManyLines,
    /// More articles than any law.
    #[error("more than {ARTICLES_MAX} articles")]
    TooManyArticles,
    /// No line begins with 第…条.
    #[error("no article heading (第…条) was found")]
    NoArticles,
    /// An article whose number is not greater than the one before it.
    #[error("line {line}: article {found} follows article {after}")]
    OutOfOrder {
        /// The line, from 1.
        line: usize,
        /// The number found.
        found: ArticleNumber,
        /// The one before it.
        after: ArticleNumber,
    },
}

impl Explain for TextError {
    fn code(&self) -> &'static str {
        match self {
            Self::NotUtf8 { .. } => "official-text-encoding",
            Self::TooLarge => "official-text-too-large",
            Self::TooManyLines => "official-text-too-many-lines",
            Self::TooManyArticles => "official-text-too-many-articles",
            Self::NoArticles => "official-text-without-articles",
            Self::OutOfOrder { .. } => "official-text-out-of-order",
        }
    }

    fn kind(&self) -> Kind {
        Kind::Malformed
    }

    fn blame(&self) -> Blame {
        Blame::Operator
    }

    fn citation(&self) -> Option<Citation> {
        None
    }

    fn message(&self, language: Language) -> String {
        if language == Language::English {
            return self.to_string();
        }
        match self {
            Self::NotUtf8 { offset } => format!("第{offset}字节处不是UTF-8编码"),
            Self::TooLarge => format!("超过{TEXT_OCTETS_MAX}字节"),
            Self::TooManyLines => format!("超过{TEXT_LINES_MAX}行"),
            Self::TooManyArticles => format!("超过{ARTICLES_MAX}条"),
            Self::NoArticles => "没有找到“第…条”标题".to_owned(),
            Self::OutOfOrder { line, found, after } => {
                format!("第{line}行：{}之后出现{}", after.heading(), found.heading())
            }
        }
    }
}

#[cfg(test)]
mod tests;
