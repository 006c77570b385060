//! What is kept: editions of instruments, confirmations of wordings, years of holidays.

use std::sync::Arc;

use hefu_officers::OfficerId;
use hefu_rulebook::{Obligation, OfficialText};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::error::LawError;
use crate::sm3_hex;

/// Characters of the longest source, a gazette's name with an address.
pub(crate) const SOURCE_MAX: usize = 500;
/// Characters of the longest reason for a withdrawal.
pub(crate) const REASON_MAX: usize = 1_000;

/// A text that an officer loads.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct NewEdition {
    /// Code of the instrument.
    pub instrument: String,
    /// The day on which this edition was made: of promulgation or amendment.
    pub dated: Date,
    /// Where the text was taken from: a gazette, an address.
    pub source: String,
    /// The text, in Markdown or plain, with headings 第N条.
    pub text: String,
}

impl NewEdition {
    /// Reads its articles.
    ///
    /// # Errors
    /// [`LawError`] says what is wrong, and in which line.
    pub(crate) fn read(&self, today: Date) -> Result<OfficialText, LawError> {
        said(&self.source, SOURCE_MAX).ok_or(LawError::Source)?;
        if self.dated > today {
            return Err(LawError::FutureEdition(self.dated));
        }
        Ok(OfficialText::parse(&self.text)?)
    }
}

/// A line of words that is there, is not too long and can be printed.
pub(crate) fn said(text: &str, characters: usize) -> Option<String> {
    let text = text.trim();
    let fits = !text.is_empty() && text.chars().count() <= characters && !text.chars().any(char::is_control);
    fits.then(|| text.to_owned())
}

/// An edition as it was loaded.
#[derive(Clone, Debug)]
pub struct Edition {
    /// Its number.
    pub id: i64,
    /// Code of the instrument.
    pub instrument: String,
    /// The day on which it was made.
    pub dated: Date,
    /// Where it was taken from.
    pub source: String,
    /// The text, octet by octet.
    pub content: Arc<str>,
    /// Its articles.
    pub text: Arc<OfficialText>,
    /// SM3 of the text, hexadecimal.
    pub sm3: String,
    /// Who loaded it.
    pub loaded_by: OfficerId,
    /// When.
    pub loaded_at: Timestamp,
}

impl Edition {
    /// SM3 of the articles that an obligation stands on; `None` when the edition has none of them.
    #[must_use]
    pub fn articles_sm3(&self, obligation: &Obligation) -> Option<String> {
        let articles = self.text.beside(obligation);
        let whole = articles.iter().map(|one| format!("{}\n{}", one.number(), one.text()));
        let whole: String = whole.collect();
        (!articles.is_empty()).then(|| sm3_hex(whole.as_bytes()))
    }
}

/// That a confirmation was taken back.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Withdrawal {
    /// By whom.
    pub by: OfficerId,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
}

/// An officer found that our wording of an obligation agrees with its article in an edition.
#[derive(Clone, Debug)]
pub struct Confirmed {
    /// Its number.
    pub id: i64,
    /// Id of the obligation.
    pub obligation: String,
    /// The wording at that time, [`Obligation::wording`].
    pub wording: String,
    /// SM3 of the articles that it was compared with.
    pub articles_sm3: String,
    /// Number of the edition.
    pub edition: i64,
    /// Who loaded that edition.
    pub loaded_by: OfficerId,
    /// Who confirmed.
    pub by: OfficerId,
    /// When.
    pub at: Timestamp,
    /// That it was taken back.
    pub withdrawn: Option<Withdrawal>,
}

/// A year of holidays as an officer set it.
#[derive(Clone, Debug)]
pub struct YearSet {
    /// Its number.
    pub id: i64,
    /// The year.
    pub year: i16,
    /// The file.
    pub content: Arc<str>,
    /// SM3 of the file, hexadecimal.
    pub sm3: String,
    /// Who set it.
    pub by: OfficerId,
    /// When.
    pub at: Timestamp,
}
