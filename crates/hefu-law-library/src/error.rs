//! Why an act on the law library is not done.

use hefu_database::DatabaseError;
use hefu_officers::NotPermitted;
use hefu_records::RecordsError;
use hefu_rulebook::{Blame, CalendarError, DeadlineError, Explain as _, Language, TextError, Told};
use jiff::civil::Date;

/// Why an act is not done.
#[derive(Debug, thiserror::Error)]
pub enum LawError {
    /// The rulebook has no such instrument.
    #[error("the rulebook knows no instrument {0:?}")]
    NoSuchInstrument(String),
    /// There is no such edition.
    #[error("there is no such edition")]
    NoSuchEdition,
    /// The rulebook has no such obligation.
    #[error("the rulebook knows no obligation {0:?}")]
    NoSuchObligation(String),
    /// There is no such confirmation.
    #[error("there is no such confirmation")]
    NoSuchConfirmation,
    /// The rulebook has no such parameter.
    #[error("the rulebook knows no parameter {0:?}")]
    NoSuchParameter(String),
    /// The text cannot be read.
    #[error("the text cannot be read: {0}")]
    Text(#[from] TextError),
    /// The source is missing.
    #[error("the source is missing, too long or cannot be printed")]
    Source,
    /// The reason is missing.
    #[error("the reason is missing, too long or cannot be printed")]
    Reason,
    /// An edition of a day to come.
    #[error("an edition of {0} does not exist yet")]
    FutureEdition(Date),
    /// The same octets are there.
    #[error("this very text is loaded already, as edition {0}")]
    AlreadyLoaded(i64),
    /// No law is amended so often.
    #[error("an instrument has at most {0} editions")]
    TooManyEditions(usize),
    /// The obligation stands in another instrument, or its article is not in the edition.
    #[error("edition {edition} has no article for {obligation}")]
    ArticleMissing {
        /// Id of the obligation.
        obligation: String,
        /// Number of the edition.
        edition: i64,
    },
    /// A newer edition is there.
    #[error("edition {0} is newer; compare with that one")]
    NewerEdition(i64),
    /// Who loaded the text does not confirm with it.
    #[error("who loaded the text does not confirm a wording by it")]
    SameOfficer,
    /// It is confirmed.
    #[error("{0} is confirmed already by this text")]
    AlreadyConfirmed(String),
    /// It was withdrawn.
    #[error("the confirmation is withdrawn already")]
    AlreadyWithdrawn,
    /// The year's data cannot be read.
    #[error("the year of holidays cannot be read: {0}")]
    Calendar(#[source] CalendarError),
    /// The same file is in force.
    #[error("the calendar has this very file for {0} already")]
    YearUnchanged(i16),
    /// No data for a year that would have to be counted.
    #[error("it cannot be counted: there are no holiday data for {0}")]
    NoHolidays(i16),
    /// A deadline cannot be counted.
    #[error("it cannot be counted: {0}")]
    Deadline(#[source] DeadlineError),
    /// The officer's role does not permit it.
    #[error(transparent)]
    NotPermitted(#[from] NotPermitted),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The record could not be written, so nothing was.
    #[error(transparent)]
    Records(#[from] RecordsError),
}

impl From<DeadlineError> for LawError {
    fn from(why: DeadlineError) -> Self {
        match why {
            DeadlineError::Calendar(CalendarError::NoYear(year)) => Self::NoHolidays(year),
            other => Self::Deadline(other),
        }
    }
}

impl LawError {
    /// What it says of itself, apart from the English sentence.
    fn tell(&self) -> Told {
        match self {
            Self::NoSuchInstrument(_)
            | Self::NoSuchEdition
            | Self::NoSuchObligation(_)
            | Self::NoSuchConfirmation
            | Self::NoSuchParameter(_) => self.tell_absent(),
            Self::Text(_) | Self::Source | Self::Reason | Self::FutureEdition(_) | Self::Calendar(_) => {
                self.tell_malformed()
            }
            Self::NotPermitted(why) => told_by(why),
            Self::Database(why) => told_by(why),
            Self::Records(why) => told_by(why),
            Self::Deadline(why) => Told::malformed(
                why.code(),
                Blame::Caller,
                format!("无法计算：{}", why.message(Language::Chinese)),
            ),
            _ => self.tell_state(),
        }
    }

    fn tell_absent(&self) -> Told {
        match self {
            Self::NoSuchInstrument(code) => Told::absent("instrument-unknown", format!("规则库中没有法规“{code}”")),
            Self::NoSuchObligation(id) => Told::absent("obligation-unknown", format!("规则库中没有义务“{id}”")),
            Self::NoSuchParameter(name) => Told::absent("parameter-unknown", format!("规则库中没有参数“{name}”")),
            Self::NoSuchConfirmation => Told::absent("confirmation-unknown", "没有这项核对"),
            _ => Told::absent("edition-unknown", "没有这个文本"),
        }
    }

    fn tell_malformed(&self) -> Told {
        let malformed = |code, zh: String| Told::malformed(code, Blame::Caller, zh);
        match self {
            Self::Text(why) => malformed(why.code(), format!("文本无法读取：{}", why.message(Language::Chinese))),
            Self::Calendar(why) => malformed(why.code(), why.message(Language::Chinese)),
            Self::FutureEdition(day) => malformed("edition-in-future", format!("{day}尚未到来，不会有该日的文本")),
            Self::Reason => malformed(
                "reason-missing",
                "没有写明理由，或者过长、含有无法显示的字符".to_owned(),
            ),
            _ => malformed(
                "source-missing",
                "没有写明来源，或者过长、含有无法显示的字符".to_owned(),
            ),
        }
    }

    fn tell_state(&self) -> Told {
        match self {
            Self::AlreadyLoaded(id) => Told::busy("edition-already-loaded", format!("该文本已作为第{id}号文本载入")),
            Self::TooManyEditions(most) => Told::busy("editions-too-many", format!("一部法规最多{most}个文本")),
            Self::ArticleMissing { obligation, edition } => Told::busy(
                "article-not-in-edition",
                format!("第{edition}号文本中没有{obligation}对应的条文"),
            ),
            Self::NewerEdition(id) => Told::busy("edition-not-newest", format!("第{id}号文本更新，请对照该文本核对")),
            Self::SameOfficer => Told::busy("confirmed-by-loader", "载入文本的人员不得以该文本核对表述"),
            Self::AlreadyConfirmed(id) => Told::busy("wording-already-confirmed", format!("{id}已按该文本核对")),
            Self::YearUnchanged(year) => Told::busy("calendar-year-unchanged", format!("{year}年的数据与此文件相同")),
            Self::NoHolidays(year) => Told::busy(
                "holidays-of-year-missing",
                format!("无法计算：没有{year}年的节假日数据"),
            ),
            _ => Told::busy("confirmation-already-withdrawn", "该核对已经撤回"),
        }
    }
}

fn told_by(why: &dyn hefu_rulebook::Explain) -> Told {
    Told {
        code: why.code(),
        kind: why.kind(),
        blame: why.blame(),
        rule: why.citation(),
        zh: why.message(Language::Chinese),
    }
}

hefu_rulebook::explain_by_telling!(LawError);
