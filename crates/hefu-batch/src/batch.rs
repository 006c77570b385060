//! A batch and its rows: numbers, states, counts. No I/O.
//!
//! ```text
//! receiving ─▶ uploaded ─▶ checked ─start▶ running ⇄ paused ─▶ finished
//!                             └─▶ discarded
//! row: unchecked ─▶ good │ bad          good ─▶ entering ─▶ entered │ refused
//! ```

use std::fmt;
use std::str::FromStr;

use hefu_officers::OfficerId;
use hefu_rulebook::{Language, named};
use jiff::Timestamp;
use serde::{Serialize, Serializer};

use crate::error::BatchError;

/// A batch's number: 48 bits of time in milliseconds, then 80 random bits; 32 hexadecimal digits, which sort by age.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct BatchId([u8; 16]);

impl BatchId {
    pub(crate) fn new(now: Timestamp, random: [u8; 10]) -> Self {
        let time = now.as_millisecond().to_be_bytes();
        let mut octets = [0; 16];
        for (place, octet) in octets.iter_mut().zip(time.into_iter().skip(2).chain(random)) {
            *place = octet;
        }
        Self(octets)
    }

    /// How records name the batch: `batch:0193…`.
    #[must_use]
    pub fn subject(self) -> String {
        format!("batch:{self}")
    }
}

impl fmt::Display for BatchId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&hex::encode(self.0))
    }
}

impl FromStr for BatchId {
    type Err = BatchError;

    fn from_str(text: &str) -> Result<Self, BatchError> {
        let mut octets = [0; 16];
        hex::decode_to_slice(text, &mut octets).map_err(|_| BatchError::Unknown)?;
        Ok(Self(octets))
    }
}

impl Serialize for BatchId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

named! {
    /// How far a batch is.
    pub enum BatchState {
        /// Its rows are being written down; nobody was told its number yet.
        Receiving = "receiving",
        /// Its rows are being checked.
        Uploaded = "uploaded",
        /// The dry run is done; nothing was entered.
        Checked = "checked",
        /// Good rows are being entered.
        Running = "running",
        /// Stopped half-way; goes on when an officer says so.
        Paused = "paused",
        /// Every good row was entered or refused.
        Finished = "finished",
        /// Given up after the dry run: nothing was entered, and its cells are forgotten.
        Discarded = "discarded",
    }
}

named! {
    /// What became of a row.
    pub enum RowState {
        /// Not looked at yet.
        Unchecked = "unchecked",
        /// May be entered.
        Good = "good",
        /// Has findings; is not entered.
        Bad = "bad",
        /// Its application's number is reserved; whether it was entered, the registration desk knows.
        Entering = "entering",
        /// There is an application.
        Entered = "entered",
        /// The registration desk refused it.
        Refused = "refused",
    }
}

/// The member of a word that a table holds.
fn from_word<T: Copy>(all: &[T], word: &str, as_str: fn(T) -> &'static str) -> Option<T> {
    all.iter().copied().find(|member| as_str(*member) == word)
}

impl BatchState {
    pub(crate) fn worded(word: &str) -> Option<Self> {
        let all = [
            Self::Receiving,
            Self::Uploaded,
            Self::Checked,
            Self::Running,
            Self::Paused,
            Self::Finished,
            Self::Discarded,
        ];
        from_word(&all, word, Self::as_str)
    }
}

impl Paused {
    pub(crate) fn worded(word: &str) -> Option<Self> {
        from_word(&[Self::ByOfficer, Self::Stopped, Self::Fault], word, Self::as_str)
    }
}

impl RowState {
    pub(crate) fn worded(word: &str) -> Option<Self> {
        let all = [
            Self::Unchecked,
            Self::Good,
            Self::Bad,
            Self::Entering,
            Self::Entered,
            Self::Refused,
        ];
        from_word(&all, word, Self::as_str)
    }

    /// The state as reports name it.
    #[must_use]
    pub const fn name(self, language: Language) -> &'static str {
        match (language, self) {
            (Language::Chinese, Self::Unchecked) => "未检查",
            (Language::Chinese, Self::Good) => "合格",
            (Language::Chinese, Self::Bad) => "不合格",
            (Language::Chinese, Self::Entering) => "录入中",
            (Language::Chinese, Self::Entered) => "已录入",
            (Language::Chinese, Self::Refused) => "被拒绝",
            (Language::English, state) => state.as_str(),
        }
    }
}

named! {
    /// Why a batch is paused.
    pub enum Paused {
        /// An officer said so.
        ByOfficer = "by-officer",
        /// The program ended, or was ended, while the batch ran.
        Stopped = "stopped",
        /// Registration had a fault; the log has it.
        Fault = "fault",
    }
}

named! {
    /// What is being done with a batch at this moment.
    pub enum Working {
        /// Its rows are being checked.
        Checking = "checking",
        /// Its rows are being entered.
        Entering = "entering",
        /// Its applications are being approved.
        Approving = "approving",
    }
}

/// Rows by what became of them.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Counts {
    /// Not looked at yet.
    pub unchecked: u64,
    /// May be entered and were not yet.
    pub good: u64,
    /// Have findings.
    pub bad: u64,
    /// Under way.
    pub entering: u64,
    /// Entered.
    pub entered: u64,
    /// Refused by the registration desk.
    pub refused: u64,
    /// Of those entered: approved.
    pub approved: u64,
    /// Of those entered: not ready when approval was tried last.
    pub not_ready: u64,
    /// Of those entered: approval was refused.
    pub approval_refused: u64,
}

/// A batch as it is shown. No personal data.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct BatchView {
    /// Its number.
    pub id: BatchId,
    /// How far it is.
    pub state: BatchState,
    /// What is being done with it at this moment.
    pub working: Option<Working>,
    /// `csv-utf8`, `csv-gb18030` or `xlsx`.
    pub sheet_kind: String,
    /// SM3 of the sheet's octets, in hexadecimal.
    pub sheet_sm3: String,
    /// Rows of the sheet below the headings, without empty ones.
    pub rows: u64,
    /// What became of them.
    pub counts: Counts,
    /// Who brought it.
    pub uploaded_by: OfficerId,
    /// When.
    pub uploaded_at: Timestamp,
    /// When the dry run ended.
    pub checked_at: Option<Timestamp>,
    /// In whose name rows are entered.
    pub started_by: Option<OfficerId>,
    /// Since when.
    pub started_at: Option<Timestamp>,
    /// When the last row was entered or refused.
    pub finished_at: Option<Timestamp>,
    /// Why it is paused.
    pub paused: Option<Paused>,
}
