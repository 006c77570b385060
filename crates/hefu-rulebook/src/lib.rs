//! Law as data: instruments, obligations, parameters and official texts.
//!
//! Every refusal, lint and document of Hefu names the rule it stands on by a [`Citation`]. A citation is
//! two short words in the code (`ESL`, `20`); names, editions and provenance stand in `instruments.toml`.
//! An article that nobody here has read says so wherever it is shown: "未核对原文" or "unverified", until an officer
//! confirms our wording against the official text ([`Confirmations`]).
//!
//! - [`Rulebook`] holds what each article asks of whom ([`Obligation`]), with its numbers ([`Parameter`]) and by what
//!   it is kept ([`Binding`]). A rule set ([`Rules`]) says which instruments apply together. Code asks for a number of
//!   the law by [`ParameterName`], never by its value.
//! - [`OfficialText`] reads the text of an instrument by articles, and compares two editions.
//!
//! Also here, because every capability needs them and they are about speaking to people: [`Language`],
//! and [`Explain`], the trait by which every error says what happened, whose doing it is and which rule.
//!
//! What this crate does not know: databases, the time of day, certificates, and the words of the law itself.

mod binding;
mod citation;
mod confirmation;
mod explain;
mod instruments;
mod language;
mod obligation;
mod official;
mod parameter;
mod parameter_name;
mod rulebook;

pub use binding::{Binding, Coverage, Progress, uncovered};
pub use citation::Citation;
pub use confirmation::{Confirmation, Confirmations, Standing};
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
