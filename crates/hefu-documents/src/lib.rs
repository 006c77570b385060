//! Documents as PDF, for both sides of the counter: copies of contracts and notices, receipts, conformance reports,
//! disclosures and practice statements.
//!
//! A [`Document`] says what stands in it; [`render`] sets it. Two habits make the result fit for a file that is kept: the same
//! description with the same time and fonts gives the same bytes, and what cannot be shown exactly as written is refused
//! before a page is set. The PDF is archival and accessible (PDF/A-2a and PDF/UA-1), with bookmarks, a structure that can be
//! read aloud, and only the glyphs it uses.
//!
//! ```text
//! JSON ─▶ document ─▶ limit ─▶ block, table ─▶ text ─▶ page ─▶ paint ─▶ PDF
//!         (read)      (check)  (what goes      (lines)  (where) (krilla)
//!                               where)
//! ```
//!
//! It knows nothing of subscribers, certificates, findings or law; it reads no clock and opens no file but fonts. It is
//! **never linked into a process that holds keys**: parsers of fonts and writers of PDF are much code, and the daemon runs the
//! binary `hefu-documents` beside itself, with a description on standard input and the PDF on standard output.

mod block;
mod character;
mod document;
mod font;
pub mod limit;
mod moment;
mod page;
mod paint;
mod structure;
mod table;
mod text;
mod words;

use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};

pub use character::Reason;
pub use document::{
    Align, Article, Block, Code, Column, Document, Fact, Facts, Fingerprint, Heading, List, Marker, Note, Paragraph,
    Party, Signatures, Table, Unprintable,
};
pub use font::{FALLBACKS_MAX, FontFault, FontFile, FontFiles, Fonts, PACKAGE};
pub use limit::MalformedDocument;
pub use moment::{Moment, NotAMoment};

use text::Typesetter;

/// A document that was set.
#[derive(Clone, Eq, PartialEq)]
pub struct Pdf {
    /// The file, PDF 1.7.
    pub bytes: Vec<u8>,
    /// How many pages it has.
    pub pages: usize,
}

/// Why a document was not set.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The description cannot be set.
    #[error(transparent)]
    Malformed(#[from] MalformedDocument),
    /// The writer of the PDF refused what the check let through: a defect of ours, or a damaged font.
    #[error("the PDF could not be written: {0}")]
    Writer(String),
}

impl Explain for RenderError {
    fn code(&self) -> &'static str {
        match self {
            Self::Malformed(malformed) => malformed.code(),
            Self::Writer(_) => "document-writer",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Malformed(malformed) => malformed.kind(),
            Self::Writer(_) => Kind::Fault,
        }
    }

    fn blame(&self) -> Blame {
        match self {
            Self::Malformed(malformed) => malformed.blame(),
            Self::Writer(_) => Blame::Hefu,
        }
    }

    fn citation(&self) -> Option<Citation> {
        None
    }

    fn message(&self, language: Language) -> String {
        match (self, language) {
            (Self::Malformed(malformed), _) => malformed.message(language),
            (Self::Writer(_), Language::English) => self.to_string(),
            (Self::Writer(reason), Language::Chinese) => format!("PDF未能写出：{reason}"),
        }
    }
}

/// Sets a document as PDF.
///
/// # Errors
/// [`RenderError::Malformed`] where the description exceeds a limit, has an empty title or issuer, rows that do not fit their
/// columns, or characters that cannot be printed; [`RenderError::Writer`] for a defect.
pub fn render(document: &Document, fonts: &Fonts) -> Result<Pdf, RenderError> {
    let mut typesetter = Typesetter::new(fonts, document.language == Language::English);
    limit::check(document, &|character| typesetter.covers(character))?;
    let sheets = block::set(document, &mut typesetter)?;
    let pages = sheets.pages.len();
    let bytes = paint::paint(document, sheets, fonts, &mut typesetter)?;
    Ok(Pdf { bytes, pages })
}
