//! Why a deadline cannot be reckoned.

use crate::calendar::CalendarError;
use crate::citation::Citation;
use crate::deadline::PAUSES_MAX;
use crate::explain::{Blame, Explain, Kind};
use crate::language::Language;

/// Why a deadline cannot be reckoned.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum DeadlineError {
    /// The calendar cannot tell a day.
    #[error(transparent)]
    Calendar(#[from] CalendarError),
    /// A date beyond the year 9999 or before -9999.
    #[error("a date is out of range")]
    OutOfRange,
    /// The parameter is no such period: it has no length of time, or binds in another way.
    #[error("{0} sets no such period")]
    NoDeadline(String),
    /// A period before an event, or a fixed day, cannot be paused.
    #[error("only a period after an event can be paused")]
    NotPausable,
    /// A pause that ends before it begins.
    #[error("the pause ends before it begins")]
    Reversed,
    /// More pauses than any case has.
    #[error("more than {PAUSES_MAX} pauses")]
    TooManyPauses,
    /// No clocks, or too many on one event.
    #[error("joint clocks need between one and sixteen of them")]
    NotJoint,
}

impl Explain for DeadlineError {
    fn code(&self) -> &'static str {
        match self {
            Self::Calendar(error) => error.code(),
            Self::OutOfRange => "date-out-of-range",
            Self::NoDeadline(_) => "parameter-sets-no-period",
            Self::NotPausable => "period-not-pausable",
            Self::Reversed => "pause-reversed",
            Self::TooManyPauses => "pauses-too-many",
            Self::NotJoint => "joint-clocks-number",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Calendar(error) => error.kind(),
            Self::NoDeadline(_) | Self::NotJoint => Kind::Fault,
            Self::OutOfRange | Self::NotPausable | Self::Reversed | Self::TooManyPauses => Kind::Malformed,
        }
    }

    fn blame(&self) -> Blame {
        match self {
            Self::Calendar(error) => error.blame(),
            Self::NoDeadline(_) | Self::NotJoint => Blame::Hefu,
            Self::OutOfRange | Self::NotPausable | Self::Reversed | Self::TooManyPauses => Blame::Caller,
        }
    }

    fn citation(&self) -> Option<Citation> {
        None
    }

    fn message(&self, language: Language) -> String {
        if language == Language::English {
            return self.to_string();
        }
        match self {
            Self::Calendar(error) => error.message(language),
            Self::OutOfRange => "日期超出范围".to_owned(),
            Self::NoDeadline(name) => format!("参数{name}没有规定这样的期间"),
            Self::NotPausable => "只有自事件之后起算的期间可以中止".to_owned(),
            Self::Reversed => "中止的终止日早于起始日".to_owned(),
            Self::TooManyPauses => format!("中止超过{PAUSES_MAX}次"),
            Self::NotJoint => "并行期限须为一至十六个".to_owned(),
        }
    }
}
