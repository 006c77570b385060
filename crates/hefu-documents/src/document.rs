//! What a document is made of: the description that other processes write as JSON and this crate sets as PDF.
//!
//! A description says *what* stands in a document, never how it looks: no fonts, colours or positions. It knows nothing of
//! contracts, subscribers or findings; whoever describes a document has already decided what it says. Field names are the
//! JSON names; an unknown field is an error, so that a misspelt one is never silently left out of a contract.

use hefu_rulebook::Language;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::limit::{self, MalformedDocument};
use crate::moment::Moment;

/// A document as described, not yet checked.
///
/// ```
/// let document = hefu_documents::Document::read(br#"{
///   "language": "en",
///   "title": "Receipt",
///   "issuer": "Example Certification Authority",
///   "number": "R-2027-000001",
///   "generated_at": "2027-03-02T16:00:00+08:00",
///   "blocks": [
///     {"paragraph": {"text": "Your application was received."}},
///     {"facts": {"items": [{"name": "Serial", "value": "5a 01", "monospaced": true}]}}
///   ]
/// }"#)?;
/// assert_eq!(document.blocks.len(), 2);
/// # Ok::<(), hefu_documents::MalformedDocument>(())
/// ```
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// "zh-CN" or "en": the language of the fixed words, and the one declared in the metadata.
    #[serde(with = "language")]
    pub language: Language,
    /// The title, shown large on the first page and as the name of the window.
    pub title: String,
    /// A second line under the title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subtitle: Option<String>,
    /// The institution that issues the document; head of every page and author in the metadata.
    pub issuer: String,
    /// The number under which the document is filed; head and foot of every page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// When the document was generated, RFC 3339 with the offset in which it is to be shown. Never read from a clock.
    pub generated_at: Moment,
    /// What to do with a character that cannot be printed.
    #[serde(default)]
    pub unprintable: Unprintable,
    /// The contents, in reading order.
    pub blocks: Vec<Block>,
}

/// What to do with a character that no font has, or that has no visible form (controls, bidirectional overrides).
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unprintable {
    /// Refuse the document: what was agreed and what is printed must be the same. For contracts and certificates' data.
    #[default]
    Refuse,
    /// Print the code point, such as `[U+202E]`. For reports about foreign data, which must be shown as found.
    Show,
}

/// One block of contents.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Block {
    /// A heading; also a bookmark.
    Heading(Heading),
    /// Running text; a line feed breaks the line.
    Paragraph(Paragraph),
    /// A numbered article (第一条, Article 1); also a bookmark.
    Article(Article),
    /// A list with bullets or numbers.
    List(List),
    /// Names and values, as on a receipt.
    Facts(Facts),
    /// A table; its header row is repeated on every page.
    Table(Table),
    /// A fingerprint, key or code, monospaced; shown exactly as given.
    Fingerprint(Fingerprint),
    /// A remark in small print.
    Note(Note),
    /// Places to sign, kept on one page.
    Signatures(Signatures),
    /// A QR code with its caption.
    Code(Code),
    /// Continue on a new page.
    PageBreak,
}

/// A heading of level 1 to 3; the title stands above level 1.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Heading {
    /// 1 (chapter), 2 or 3.
    pub level: u8,
    /// The words.
    pub text: String,
}

/// A paragraph.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Paragraph {
    /// The words.
    pub text: String,
}

/// An article of a contract or practice statement.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Article {
    /// The number as it is to be shown ("第三条", "1.2"); counted within the document where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What it is about.
    pub title: String,
    /// Its paragraphs.
    pub paragraphs: Vec<String>,
}

/// A list.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// What stands before each item.
    pub marker: Marker,
    /// The items.
    pub items: Vec<String>,
}

/// What stands before the items of a list.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Marker {
    /// A dot.
    Bullet,
    /// （一）（二） in Chinese, 1. 2. in English.
    Number,
}

/// Names and values.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// In the order in which they are read.
    pub items: Vec<Fact>,
}

/// One name and its value.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// What it is.
    pub name: String,
    /// The value; a line feed breaks the line.
    pub value: String,
    /// Whether the value is a serial number, fingerprint or the like.
    #[serde(default)]
    pub monospaced: bool,
}

/// A table. Column widths follow the contents.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// A line above the table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    /// The columns, from left to right.
    pub columns: Vec<Column>,
    /// The rows; each has exactly one cell for each column.
    pub rows: Vec<Vec<String>>,
}

/// A column of a table.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// The header.
    pub title: String,
    /// At which side the cells stand.
    #[serde(default)]
    pub align: Align,
}

/// At which side the cells of a column stand.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Align {
    /// Left: words.
    #[default]
    Start,
    /// Right: numbers.
    End,
}

/// A fingerprint, key or code in a monospaced face.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Fingerprint {
    /// What it is the fingerprint of, and by which algorithm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The value, grouped by whoever describes the document; lines break at spaces where there are any.
    pub text: String,
}

/// A remark in small print.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// The words.
    pub text: String,
}

/// Places to sign, two to a row.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Signatures {
    /// Who signs.
    pub parties: Vec<Party>,
}

/// One who signs.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// As what: 甲方, the subscriber.
    pub role: String,
    /// Who.
    pub name: String,
    /// Names of the lines to fill in: 签字, date.
    pub lines: Vec<String>,
}

/// A QR code (ISO/IEC 18004), error correction level M.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// What a reader of the code gets, as a rule an address at which the document can be verified.
    pub content: String,
    /// What the code is for; shown beside it and read to those who cannot see it.
    pub caption: String,
}

impl Document {
    /// Reads a description from JSON.
    ///
    /// # Errors
    /// Too many bytes, not JSON, or not a `Document`; the message says where. The contents are checked by [`crate::render`].
    pub fn read(json: &[u8]) -> Result<Self, MalformedDocument> {
        if json.len() > limit::INPUT_BYTES_MAX {
            return Err(MalformedDocument::TooLarge { bytes: json.len() });
        }
        serde_json::from_slice(json).map_err(|error| MalformedDocument::Json {
            line: error.line(),
            column: error.column(),
            reason: error.to_string(),
        })
    }
}

/// A language by its tag.
mod language {
    use super::{Deserialize, Deserializer, Language, Serializer, de};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
    pub(super) fn serialize<S: Serializer>(language: &Language, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(language.tag())
    }

    pub(super) fn deserialize<'a, D: Deserializer<'a>>(deserializer: D) -> Result<Language, D::Error> {
        let tag = String::deserialize(deserializer)?;
        match tag.as_str() {
            "zh-CN" => Ok(Language::Chinese),
            "en" => Ok(Language::English),
            _ => Err(de::Error::custom("language is not one of zh-CN, en")),
        }
    }
}
