//! What a description may hold, and the check of it. A process that sets documents for others must end, and end soon,
//! whatever it is given; and a document that cannot be shown as written is refused before a page is set.

use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};

use crate::character::{Reason, code_point, why_not};
use crate::document::{Block, Document, Unprintable};

/// Bytes of a description: a million Chinese characters take three million, the rest is for names, quotes and brackets.
pub const INPUT_BYTES_MAX: usize = 8 << 20;
/// Characters of all texts together: some seven hundred pages of dense Chinese, or a table of ten thousand rows; a shaped
/// character takes about two hundred bytes of memory until its page is painted.
pub const CHARACTERS_MAX: usize = 1_000_000;
/// Characters of one text: a long paragraph of a practice statement is below 2 000; shaping holds one text at a time.
pub const TEXT_CHARACTERS_MAX: usize = 20_000;
/// Characters of a title, header, label or name: what can stand in a few lines or in the head of a page.
pub const LABEL_CHARACTERS_MAX: usize = 200;
/// Blocks of a document: a practice statement has some hundreds.
pub const BLOCKS_MAX: usize = 5_000;
/// Paragraphs of an article, items of a list, facts of a block.
pub const ITEMS_MAX: usize = 1_000;
/// Columns of a table: more cannot be read on a portrait page.
pub const COLUMNS_MAX: usize = 10;
/// Rows of one table.
pub const ROWS_MAX: usize = 20_000;
/// Those who sign one document on one page.
pub const PARTIES_MAX: usize = 8;
/// Lines to fill in for each who signs.
pub const PARTY_LINES_MAX: usize = 6;
/// Characters of the name of such a line: what leaves room to write beside it.
pub const PARTY_LINE_CHARACTERS_MAX: usize = 16;
/// Bytes in a QR code: above this the dots of a 28 mm code are too small for a photograph of paper.
pub const CODE_BYTES_MAX: usize = 300;
/// Pages of a document: bounds time and memory where short lines fill pages with few characters.
pub const PAGES_MAX: usize = 2_000;

/// A description that cannot be set: whose bytes they are, and where.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum MalformedDocument {
    /// More than [`INPUT_BYTES_MAX`].
    #[error("the description has {bytes} bytes, more than {INPUT_BYTES_MAX}")]
    TooLarge {
        /// How many were given.
        bytes: usize,
    },
    /// Not JSON, or not a document.
    #[error("the description cannot be read: {reason}")]
    Json {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
        /// What the parser says.
        reason: String,
    },
    /// A text is longer than its limit.
    #[error("{place} has {characters} characters, more than {max}")]
    TooLong {
        /// Path of the field.
        place: String,
        /// How many it has.
        characters: usize,
        /// How many it may have.
        max: usize,
    },
    /// A list is longer than its limit.
    #[error("{place} has {count} entries, more than {max}")]
    TooMany {
        /// Path of the field.
        place: String,
        /// How many it has.
        count: usize,
        /// How many it may have.
        max: usize,
    },
    /// Something that must not be empty is.
    #[error("{place} is empty")]
    Empty {
        /// Path of the field.
        place: String,
    },
    /// A row has not one cell for each column.
    #[error("{place} has {cells} cells for {columns} columns")]
    Cells {
        /// Path of the row.
        place: String,
        /// How many it has.
        cells: usize,
        /// How many the table has.
        columns: usize,
    },
    /// A heading's level is not 1, 2 or 3.
    #[error("{place} is {level}, not 1, 2 or 3")]
    Level {
        /// Path of the field.
        place: String,
        /// The level given.
        level: u8,
    },
    /// A character cannot be printed and the description asks to refuse it.
    #[error("{place} contains {}, which {reason}", code_point(*character))]
    Character {
        /// Path of the field.
        place: String,
        /// Which.
        character: char,
        /// Why not.
        reason: Reason,
    },
    /// The contents fill more than [`PAGES_MAX`] pages.
    #[error("the document has more than {PAGES_MAX} pages")]
    TooManyPages,
}

impl Explain for MalformedDocument {
    fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "document-too-large",
            Self::Json { .. } => "document-not-readable",
            Self::TooLong { .. } => "document-text-too-long",
            Self::TooMany { .. } => "document-too-many-entries",
            Self::Empty { .. } => "document-field-empty",
            Self::Cells { .. } => "document-row-width",
            Self::Level { .. } => "document-heading-level",
            Self::Character { .. } => "document-character",
            Self::TooManyPages => "document-too-many-pages",
        }
    }

    fn kind(&self) -> Kind {
        Kind::Malformed
    }

    fn blame(&self) -> Blame {
        Blame::Caller
    }

    fn citation(&self) -> Option<Citation> {
        None
    }

    fn message(&self, language: Language) -> String {
        if language == Language::English {
            return self.to_string();
        }
        match self {
            Self::TooLarge { bytes } => format!("文档描述有{bytes}字节，超过上限{INPUT_BYTES_MAX}字节"),
            Self::Json { line, column, reason } => format!("文档描述第{line}行第{column}列无法读取：{reason}"),
            Self::TooLong { place, characters, max } => format!("{place}有{characters}个字符，超过上限{max}个"),
            Self::TooMany { place, count, max } => format!("{place}有{count}项，超过上限{max}项"),
            Self::Empty { place } => format!("{place}为空"),
            Self::Cells { place, cells, columns } => format!("{place}有{cells}个单元格，而表格有{columns}列"),
            Self::Level { place, level } => format!("{place}为{level}，应为1、2或3"),
            Self::Character {
                place,
                character,
                reason,
            } => {
                format!(
                    "{place}含有字符{}，该字符{}",
                    code_point(*character),
                    reason.words(language)
                )
            }
            Self::TooManyPages => format!("文档超过{PAGES_MAX}页"),
        }
    }
}

/// Checks a description against every limit, and each of its characters.
///
/// # Errors
/// The first thing wrong with it, in reading order.
pub(crate) fn check(document: &Document, covered: &dyn Fn(char) -> bool) -> Result<(), MalformedDocument> {
    let mut check = Check {
        refuse: document.unprintable == Unprintable::Refuse,
        covered,
        characters: 0,
    };
    check.label("title", &document.title)?;
    check.optional_label("subtitle", document.subtitle.as_ref())?;
    check.label("issuer", &document.issuer)?;
    check.optional_label("number", document.number.as_ref())?;
    count("blocks", document.blocks.len(), BLOCKS_MAX)?;
    for (index, block) in document.blocks.iter().enumerate() {
        check.block(&format!("blocks[{index}]"), block)?;
    }
    Ok(())
}

struct Check<'a> {
    refuse: bool,
    covered: &'a dyn Fn(char) -> bool,
    characters: usize,
}

impl Check<'_> {
    fn block(&mut self, place: &str, block: &Block) -> Result<(), MalformedDocument> {
        match block {
            Block::Heading(heading) => {
                if !(1..=3).contains(&heading.level) {
                    let place = format!("{place}.heading.level");
                    return Err(MalformedDocument::Level {
                        place,
                        level: heading.level,
                    });
                }
                self.label(&format!("{place}.heading.text"), &heading.text)
            }
            Block::Paragraph(paragraph) => self.text(&format!("{place}.paragraph.text"), &paragraph.text),
            Block::Article(article) => {
                self.optional_label(&format!("{place}.article.label"), article.label.as_ref())?;
                self.label(&format!("{place}.article.title"), &article.title)?;
                self.texts(&format!("{place}.article.paragraphs"), &article.paragraphs)
            }
            Block::List(list) => self.texts(&format!("{place}.list.items"), &list.items),
            Block::Facts(facts) => {
                count(&format!("{place}.facts.items"), facts.items.len(), ITEMS_MAX)?;
                facts.items.iter().enumerate().try_for_each(|(index, fact)| {
                    self.label(&format!("{place}.facts.items[{index}].name"), &fact.name)?;
                    self.text(&format!("{place}.facts.items[{index}].value"), &fact.value)
                })
            }
            Block::Table(table) => self.table(&format!("{place}.table"), table),
            Block::Fingerprint(fingerprint) => {
                self.optional_label(&format!("{place}.fingerprint.label"), fingerprint.label.as_ref())?;
                self.text(&format!("{place}.fingerprint.text"), &fingerprint.text)
            }
            Block::Note(note) => self.text(&format!("{place}.note.text"), &note.text),
            Block::Signatures(signatures) => self.signatures(&format!("{place}.signatures"), signatures),
            Block::Code(code) => {
                let bytes = code.content.len();
                if bytes > CODE_BYTES_MAX {
                    let place = format!("{place}.code.content");
                    return Err(MalformedDocument::TooLong {
                        place,
                        characters: bytes,
                        max: CODE_BYTES_MAX,
                    });
                }
                not_empty(&format!("{place}.code.content"), &code.content)?;
                self.label(&format!("{place}.code.caption"), &code.caption)
            }
            Block::PageBreak => Ok(()),
        }
    }

    fn table(&mut self, place: &str, table: &crate::document::Table) -> Result<(), MalformedDocument> {
        self.optional_label(&format!("{place}.caption"), table.caption.as_ref())?;
        count(&format!("{place}.columns"), table.columns.len(), COLUMNS_MAX)?;
        count(&format!("{place}.rows"), table.rows.len(), ROWS_MAX)?;
        if table.columns.is_empty() {
            return Err(MalformedDocument::Empty {
                place: format!("{place}.columns"),
            });
        }
        for (index, column) in table.columns.iter().enumerate() {
            self.label(&format!("{place}.columns[{index}].title"), &column.title)?;
        }
        for (index, row) in table.rows.iter().enumerate() {
            if row.len() != table.columns.len() {
                return Err(MalformedDocument::Cells {
                    place: format!("{place}.rows[{index}]"),
                    cells: row.len(),
                    columns: table.columns.len(),
                });
            }
            for (column, cell) in row.iter().enumerate() {
                self.text(&format!("{place}.rows[{index}][{column}]"), cell)?;
            }
        }
        Ok(())
    }

    fn signatures(&mut self, place: &str, block: &crate::document::Signatures) -> Result<(), MalformedDocument> {
        count(&format!("{place}.parties"), block.parties.len(), PARTIES_MAX)?;
        for (index, party) in block.parties.iter().enumerate() {
            let place = format!("{place}.parties[{index}]");
            self.label(&format!("{place}.role"), &party.role)?;
            self.limited(&format!("{place}.name"), &party.name, LABEL_CHARACTERS_MAX)?;
            count(&format!("{place}.lines"), party.lines.len(), PARTY_LINES_MAX)?;
            for (line, text) in party.lines.iter().enumerate() {
                self.limited(&format!("{place}.lines[{line}]"), text, PARTY_LINE_CHARACTERS_MAX)?;
            }
        }
        Ok(())
    }

    fn optional_label(&mut self, place: &str, text: Option<&String>) -> Result<(), MalformedDocument> {
        text.map_or(Ok(()), |text| self.label(place, text))
    }

    fn label(&mut self, place: &str, text: &str) -> Result<(), MalformedDocument> {
        not_empty(place, text)?;
        self.limited(place, text, LABEL_CHARACTERS_MAX)
    }

    fn texts(&mut self, place: &str, texts: &[String]) -> Result<(), MalformedDocument> {
        count(place, texts.len(), ITEMS_MAX)?;
        let mut numbered = texts.iter().enumerate();
        numbered.try_for_each(|(index, text)| self.text(&format!("{place}[{index}]"), text))
    }

    fn text(&mut self, place: &str, text: &str) -> Result<(), MalformedDocument> {
        self.limited(place, text, TEXT_CHARACTERS_MAX)
    }

    fn limited(&mut self, place: &str, text: &str, max: usize) -> Result<(), MalformedDocument> {
        let characters = text.chars().count();
        if characters > max {
            return Err(MalformedDocument::TooLong {
                place: place.to_owned(),
                characters,
                max,
            });
        }
        self.characters += characters;
        if self.characters > CHARACTERS_MAX {
            let place = "blocks".to_owned();
            return Err(MalformedDocument::TooLong {
                place,
                characters: self.characters,
                max: CHARACTERS_MAX,
            });
        }
        if self.refuse {
            self.characters(place, text)
        } else {
            Ok(())
        }
    }

    fn characters(&self, place: &str, text: &str) -> Result<(), MalformedDocument> {
        let mut previous = None;
        for character in text.replace("\r\n", "\n").chars() {
            if let Some(reason) = why_not(previous, character, self.covered) {
                return Err(MalformedDocument::Character {
                    place: place.to_owned(),
                    character,
                    reason,
                });
            }
            previous = Some(character);
        }
        Ok(())
    }
}

fn not_empty(place: &str, text: &str) -> Result<(), MalformedDocument> {
    if text.trim().is_empty() {
        return Err(MalformedDocument::Empty {
            place: place.to_owned(),
        });
    }
    Ok(())
}

fn count(place: &str, count: usize, max: usize) -> Result<(), MalformedDocument> {
    if count > max {
        return Err(MalformedDocument::TooMany {
            place: place.to_owned(),
            count,
            max,
        });
    }
    Ok(())
}
