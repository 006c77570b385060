//! Law as data: instruments, their articles, and how surely we know each of them.
//!
//! Every refusal, lint and document of Hefu names the rule it stands on by a [`Citation`]. A citation is
//! two short words in the code (`ESL`, `20`); names, editions and provenance stand in `instruments.toml`.
//! An article that nobody here has read says so wherever it is shown: "未核对原文" or "unverified".
//!
//! Also here, because every capability needs them and they are about speaking to people: [`Language`],
//! and [`Explain`], the trait by which every error says what happened, whose doing it is and which rule.
//!
//! What this crate does not know: databases, time, certificates, and the words of the law itself.

mod citation;
mod explain;
mod instruments;
mod language;

pub use citation::Citation;
pub use explain::{Blame, Explain, Kind};
pub use instruments::{Instrument, InstrumentKind, Instruments, InstrumentsError, Provenance};
pub use language::{Language, UnknownLanguage};
