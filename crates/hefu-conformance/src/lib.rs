//! Conformance: from an article to its check, from the check to the evidence in the records, from the evidence to a finding.
//!
//! Serves whoever must show that obligations are kept (电子签名法 28: the provider proves that it acted rightly) and whoever
//! inspects. The rulebook says what each article asks and by what it is kept; the records say what happened.
//!
//! ```text
//! rulebook (obligation, bindings) ──┐
//! confirmations (who read the text) ├─ judge (pure) ─▶ Report ─▶ table · JSON · description for hefu-documents
//! records ─ Gathering ─▶ Evidence ──┘
//! ```
//!
//! 1. [`Gathering`] reads entries one by one and keeps counts, the latest examples, and what [trials](Trial) over the records
//!    show: who approved what they had entered, which step was skipped, which deadline passed.
//! 2. [`judge`] asks [`Evidence`] for each binding of each obligation and never calls anything met that has none: a planned
//!    check is [`Finding::NotBuilt`], a rule for people is [`Finding::Human`], whatever else there is.
//! 3. [`Report`] is data in both languages; `table` and `description` set it.
//!
//! A finding is about what the records show, not a legal opinion, and the report says so. What this crate does not know:
//! tables of the capabilities, where databases lie, whether a store was tampered with (`hefu-records` verifies; who reads
//! tells by a [`Doubt`]), and the time of day.

mod deadline;
mod description;
mod evidence;
mod finding;
mod gathering;
mod reading;
mod report;
mod table;
mod trial;

pub use deadline::{TRACKED, Tracked};
pub use evidence::{Doubt, EXAMPLES_MAX, Evidence, Example, FAULTS_MAX, Fault, FaultKind, Sighting, Trial};
pub use finding::Finding;
pub use gathering::{Gathered, Gathering};
pub use reading::{ReadingError, read_store};
pub use report::{Bilingual, Judged, JudgedBinding, Question, Report, State, Summary, Wording, judge};
