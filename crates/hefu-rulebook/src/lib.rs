//! Law as data: instruments, obligations, parameters, official texts, the calendar and deadlines.
//!
//! Every refusal, lint and document of Hefu names the rule it stands on by a [`Citation`]. A citation is
//! two short words in the code (`ESL`, `20`); names, editions and provenance stand in `instruments.toml`.
//! An article that nobody here has read says so wherever it is shown: "未核对原文" or "unverified", until an officer
//! confirms our wording against the official text ([`Confirmations`]).
//!
//! - [`Rulebook`] holds what each article asks of whom ([`Obligation`]), with its numbers ([`Parameter`]) and by what
//!   it is kept ([`Binding`]). A rule set ([`Rules`]) says which instruments apply together. Code asks for a number of
//!   the law by [`ParameterName`], never by its value.
//! - [`Clock`], [`Joint`] and [`Lasting`] reckon deadlines over a [`Calendar`] of working days.
//! - [`OfficialText`] reads the text of an instrument by articles, and compares two editions.
//!
//! ```
//! use hefu_rulebook::{Calendar, Clock, Counting, ParameterName, RuleSet, Rulebook};
//!
//! let book = Rulebook::builtin()?;
//! let rules = book.rules(RuleSet::M15).ok_or("no such rule set")?;
//! let filing = rules.parameter(ParameterName::PracticeStatementFiling)?;
//! let published = jiff::civil::date(2026, 3, 2);
//! let calendar = Calendar::builtin()?;
//! let due = Clock::of(filing, published)?.due(published, &Counting::by(&calendar))?;
//! assert_eq!(due.last_day, jiff::civil::date(2026, 4, 1));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Also here, because every capability needs them and they are about speaking to people: [`Language`],
//! and [`Explain`], the trait by which every error says what happened, whose doing it is and which rule.
//!
//! What this crate does not know: databases, the time of day, certificates, and the words of the law itself.
//! How to add a law, a year's holidays or a confirmation stands in `data/README.md`.

mod binding;
mod calendar;
mod citation;
mod confirmation;
mod deadline;
mod explain;
#[doc(hidden)]
pub mod fuzzing;
mod instruments;
mod language;
mod obligation;
mod official;
mod parameter;
mod parameter_name;
mod rulebook;
mod telling;

pub use binding::{Binding, Coverage, Progress, uncovered};
pub use calendar::{
    Calendar, CalendarError, Day, DayKind, HOLIDAY_FILE_OCTETS_MAX, HolidayProblem, MissingYear, china_time,
};
pub use citation::Citation;
pub use confirmation::{Confirmation, Confirmations, Standing};
pub use deadline::{
    Clock, Counting, DeadlineError, Due, Joint, JointStatus, LastDay, Lasting, Left, PAUSES_MAX, Pause, Status, day_of,
    earliest_event,
};
pub use explain::{Blame, Explain, Kind};
pub use instruments::{Instrument, InstrumentKind, Instruments, InstrumentsError, Provenance};
pub use language::{Language, UnknownLanguage};
pub use obligation::{Bound, Obligation, ObligationKind};
pub use official::{
    ARTICLES_MAX, Article, ArticleChange, ArticleNumber, Comparison, NotAnArticle, OfficialText, Piece, PieceKind,
    TEXT_LINES_MAX, TEXT_OCTETS_MAX, TextError, WORDS_MAX,
};
pub use parameter::{Parameter, Quantity, Relation, Term, TermUnit, Unit, YearDay};
pub use parameter_name::{ParameterName, Shape};
pub use rulebook::{
    OBLIGATIONS_MAX, ParameterError, Problem, RULE_FILE_OCTETS_MAX, RuleSet, Rulebook, RulebookError, Rules,
};
pub use telling::Told;
