//! A sheet: headings and rows of text, out of octets whose type is told by content and never by a name.
//!
//! ```text
//! PK.. ─▶ workbook (XLSX): directory, sizes and depth checked before it is opened      anything else ─▶ text
//! text ─▶ UTF-8, with or without mark, or GB18030 ─▶ comma-separated (RFC 4180)
//! ```
//!
//! Whatever is in a cell is text: markup in a name stays what it is. A cell of a workbook that computes its value comes
//! out as its formula, `=…`, which no row may have.

mod delimited;
mod directory;
mod text;
mod workbook;

use hefu_rulebook::{Blame, Told, explain_by_telling};

/// Octets of a sheet: ten thousand rows with a certification request each have about 8 MiB.
pub const SHEET_OCTETS_MAX: usize = 32 << 20;
/// Rows below the headings: the largest organisations come in several sheets.
pub const ROWS_MAX: usize = 50_000;
/// Columns: every field of every profile and the applicant's are fewer than forty.
pub const COLUMNS_MAX: usize = 64;
/// Characters of a cell: what a spreadsheet itself allows.
pub const CELL_CHARACTERS_MAX: usize = 32_767;
/// Octets of a workbook once unpacked, all parts together: XML is about three times what a sheet holds.
pub const WORKBOOK_OCTETS_MAX: u64 = 128 << 20;

/// What the octets were.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SheetKind {
    /// Comma-separated, UTF-8.
    Utf8,
    /// Comma-separated, GB18030.
    Gb18030,
    /// A workbook of spreadsheet software (ECMA-376).
    Workbook,
}

impl SheetKind {
    /// The word in JSON, tables and records.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Utf8 => "csv-utf8",
            Self::Gb18030 => "csv-gb18030",
            Self::Workbook => "xlsx",
        }
    }
}

/// A row: its number as a spreadsheet counts, the headings being row 1, and its cells.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SheetRow {
    /// Counted from 1.
    pub number: u32,
    /// As many as there are headings.
    pub cells: Vec<String>,
}

/// Headings and the rows below them that are not empty.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sheet {
    kind: SheetKind,
    headings: Vec<String>,
    rows: Vec<SheetRow>,
}

impl Sheet {
    /// Reads a sheet.
    ///
    /// # Errors
    /// [`SheetError`], with the place.
    pub fn read(octets: &[u8]) -> Result<Self, SheetError> {
        if octets.len() > SHEET_OCTETS_MAX {
            return Err(SheetError::TooLarge);
        }
        let (kind, records) = if octets.starts_with(b"PK\x03\x04") {
            (SheetKind::Workbook, workbook::read(octets)?)
        } else {
            let (kind, text) = text::decode(octets)?;
            (kind, delimited::read(&text)?)
        };
        Self::of(kind, records)
    }

    fn of(kind: SheetKind, records: Vec<SheetRow>) -> Result<Self, SheetError> {
        let mut records = records.into_iter();
        let first = records.next().ok_or(SheetError::Empty)?;
        let width = used(&first.cells);
        let headings: Vec<String> = first.cells.into_iter().take(width).collect();
        if headings.is_empty() {
            return Err(SheetError::Empty);
        }
        let mut rows = Vec::new();
        for mut row in records {
            let used = used(&row.cells);
            if used == 0 {
                continue;
            }
            if used > width {
                return Err(SheetError::BeyondHeadings { row: row.number });
            }
            if rows.len() == ROWS_MAX {
                return Err(SheetError::TooManyRows);
            }
            row.cells.resize(width, String::new());
            rows.push(row);
        }
        if rows.is_empty() {
            return Err(SheetError::Empty);
        }
        Ok(Self { kind, headings, rows })
    }

    /// What the octets were.
    #[must_use]
    pub fn kind(&self) -> SheetKind {
        self.kind
    }

    /// The first row.
    #[must_use]
    pub fn headings(&self) -> &[String] {
        &self.headings
    }

    /// The rows below, without empty ones; at least one.
    #[must_use]
    pub fn rows(&self) -> &[SheetRow] {
        &self.rows
    }
}

/// Cells up to the last that is not empty.
fn used(cells: &[String]) -> usize {
    cells
        .iter()
        .rposition(|cell| !cell.trim().is_empty())
        .map_or(0, |last| last + 1)
}

/// Checks a cell's place and length while a sheet is read.
fn check_cell(row: u32, column: usize, cell: &str) -> Result<(), SheetError> {
    if column >= COLUMNS_MAX {
        return Err(SheetError::TooManyColumns { row });
    }
    if cell.len() > CELL_CHARACTERS_MAX && cell.chars().count() > CELL_CHARACTERS_MAX {
        return Err(SheetError::CellTooLong {
            row,
            column: column + 1,
        });
    }
    Ok(())
}

/// Why octets are no sheet. Holds no cell.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SheetError {
    /// More octets than a sheet may have.
    #[error("the sheet has more than {SHEET_OCTETS_MAX} octets")]
    TooLarge,
    /// No headings or no rows.
    #[error("the sheet has no headings, or no row below them")]
    Empty,
    /// More rows than a batch may have.
    #[error("the sheet has more than {ROWS_MAX} rows; split it")]
    TooManyRows,
    /// More columns than can be meant.
    #[error("row {row} has more than {COLUMNS_MAX} columns")]
    TooManyColumns {
        /// The row.
        row: u32,
    },
    /// A cell has more characters than may be.
    #[error("row {row}, column {column}: more than {CELL_CHARACTERS_MAX} characters")]
    CellTooLong {
        /// The row.
        row: u32,
        /// The column, from 1.
        column: usize,
    },
    /// A row has cells where there is no heading.
    #[error("row {row} has more cells than there are headings")]
    BeyondHeadings {
        /// The row.
        row: u32,
    },
    /// Neither text nor a workbook.
    #[error("this is neither a CSV text nor an XLSX workbook: {0}")]
    Foreign(&'static str),
    /// Octets that are no text in the encoding that the others are in.
    #[error("line {line}, octet {octet} of the file is no {encoding}")]
    Encoding {
        /// The line, from 1.
        line: usize,
        /// The octet, from 1.
        octet: usize,
        /// UTF-8 or GB18030.
        encoding: &'static str,
    },
    /// A comma-separated text that cannot be taken apart.
    #[error("row {row} cannot be taken apart: {why}")]
    Delimiters {
        /// The row.
        row: u32,
        /// What the reader says.
        why: String,
    },
    /// A workbook that is not opened, because of what its directory or its parts say.
    #[error("the workbook is not opened: {0}")]
    Unsafe(Danger),
    /// A workbook that cannot be read.
    #[error("the workbook cannot be read: {0}")]
    Workbook(String),
    /// A number that the spreadsheet has rounded already.
    #[error(
        "row {row}, column {column}: a number of more than fifteen digits, which spreadsheets round; format the column as text and type it again"
    )]
    Rounded {
        /// The row.
        row: u32,
        /// The column, from 1.
        column: usize,
    },
}

/// What is dangerous in a workbook.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Danger {
    /// Unpacked, it would be too large, or is larger than it says.
    #[error("its parts would unpack to more than {WORKBOOK_OCTETS_MAX} octets, or to more than they say")]
    Bomb,
    /// Too many parts.
    #[error("it has too many parts")]
    Parts,
    /// Encrypted parts, or a way to pack that is not read.
    #[error("a part is encrypted or packed in an unusual way")]
    Packing,
    /// XML nested too deeply, or with a document type.
    #[error("its XML is nested too deeply, or declares a document type")]
    Xml,
}

impl Danger {
    const fn zh(self) -> &'static str {
        match self {
            Self::Bomb => "解压后过大，或实际大小超过其声明",
            Self::Parts => "部件过多",
            Self::Packing => "部件被加密或压缩方式不常见",
            Self::Xml => "XML嵌套过深或含文档类型声明",
        }
    }
}

impl SheetError {
    pub(crate) fn tell(&self) -> Told {
        let told = |code, zh: String| Told::malformed(code, Blame::Applicant, zh);
        match self {
            Self::TooLarge => told("sheet-too-large", format!("表格超过{SHEET_OCTETS_MAX}字节")),
            Self::Empty => told("sheet-empty", "表格没有表头，或表头下没有数据行".to_owned()),
            Self::TooManyRows => told("sheet-rows", format!("表格超过{ROWS_MAX}行，请分成几份")),
            Self::TooManyColumns { row } => told("sheet-columns", format!("第{row}行超过{COLUMNS_MAX}列")),
            Self::CellTooLong { row, column } => told(
                "sheet-cell-long",
                format!("第{row}行第{column}列超过{CELL_CHARACTERS_MAX}个字符"),
            ),
            Self::BeyondHeadings { row } => told("sheet-beyond-headings", format!("第{row}行的单元格多于表头")),
            Self::Foreign(what) => told(
                "sheet-foreign",
                format!("既不是CSV文本，也不是XLSX工作簿：{}", foreign_zh(what)),
            ),
            Self::Encoding { line, octet, encoding } => told(
                "sheet-encoding",
                format!("文件第{line}行、第{octet}个字节不是{encoding}编码"),
            ),
            Self::Delimiters { row, why } => told("sheet-delimiters", format!("第{row}行无法拆分：{why}")),
            Self::Unsafe(danger) => told("sheet-unsafe", format!("工作簿未打开：{}", danger.zh())),
            Self::Workbook(why) => told("sheet-workbook", format!("工作簿无法读取：{why}")),
            Self::Rounded { row, column } => told(
                "sheet-rounded",
                format!("第{row}行第{column}列是超过15位的数值，电子表格已将其舍入；请将该列设为文本格式后重新填写"),
            ),
        }
    }
}

const OLD_WORKBOOK: &str = "an old workbook (XLS); save it as XLSX";
const UTF_16: &str = "UTF-16; save it as UTF-8";
const BINARY: &str = "it has zero octets";

fn foreign_zh(what: &str) -> &'static str {
    match what {
        OLD_WORKBOOK => "这是旧格式工作簿（XLS），请另存为XLSX",
        UTF_16 => "这是UTF-16文本，请另存为UTF-8",
        _ => "其中有零字节",
    }
}

explain_by_telling!(SheetError);

#[cfg(test)]
mod tests;
