//! Bindings: by what an obligation is kept. Each names a check, a record or a deadline of the software, or says in
//! words why only people can keep it.
//!
//! A binding is `built` or `planned`, and `built` is a claim that `cargo xtask coverage` holds against the source: the
//! name must stand there. What a check does is known where it lives; here it is a name.

use serde::{Deserialize, Serialize};

use crate::language::Language;
use crate::obligation::Obligation;

/// Whether what a binding names exists.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Progress {
    /// Its name is found in the code.
    Built,
    /// Somebody means to build it.
    Planned,
}

/// By what an obligation is kept.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Binding {
    /// A lint or a refusal: its name or code.
    Check(String, Progress),
    /// A record: its kind.
    Record(String, Progress),
    /// A tracked deadline: the parameter that sets it, by its name in full.
    Deadline(String, Progress),
    /// People alone can keep it.
    Human {
        /// Why, in Chinese.
        zh: String,
        /// Why, in English.
        en: String,
    },
}

impl Binding {
    /// Whether it stands on something that exists: built, or people.
    #[must_use]
    pub const fn holds(&self) -> bool {
        match self {
            Self::Check(_, progress) | Self::Record(_, progress) | Self::Deadline(_, progress) => {
                matches!(progress, Progress::Built)
            }
            Self::Human { .. } => true,
        }
    }

    /// Whether something was built for it.
    #[must_use]
    pub const fn is_built(&self) -> bool {
        self.holds() && !matches!(self, Self::Human { .. })
    }

    /// The name of the check, record or deadline, or the reason why there is none.
    #[must_use]
    pub fn text(&self, language: Language) -> &str {
        match (self, language) {
            (Self::Check(name, _) | Self::Record(name, _) | Self::Deadline(name, _), _) => name,
            (Self::Human { zh, .. }, Language::Chinese) => zh,
            (Self::Human { en, .. }, Language::English) => en,
        }
    }
}

/// How far an obligation is covered.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Coverage {
    /// Nothing is named.
    None,
    /// Everything named is only planned.
    Planned,
    /// People alone, with the reason written down (and nothing built).
    Human,
    /// Something exists, something is still planned.
    Partly,
    /// Everything named exists.
    Built,
}

impl Coverage {
    /// Of one obligation.
    #[must_use]
    pub fn of(obligation: &Obligation) -> Self {
        let bindings = obligation.bindings();
        let built = bindings.iter().any(Binding::is_built);
        let planned = bindings.iter().any(|binding| !binding.holds());
        match (built, planned) {
            _ if bindings.is_empty() => Self::None,
            (true, true) => Self::Partly,
            (true, false) => Self::Built,
            (false, true) => Self::Planned,
            (false, false) => Self::Human,
        }
    }
}

/// The obligations for which nothing at all is named: the list that must be empty.
pub fn uncovered<'a>(obligations: impl IntoIterator<Item = &'a Obligation>) -> impl Iterator<Item = &'a Obligation> {
    obligations
        .into_iter()
        .filter(|obligation| Coverage::of(obligation) == Coverage::None)
}
