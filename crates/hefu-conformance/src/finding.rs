//! A finding, of one binding or of a whole obligation.

use hefu_rulebook::Language;
use serde::Serialize;

/// What can be said. Green is only [`Finding::Met`], and that needs evidence.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// The records show that it was not kept.
    NotMet,
    /// Nothing is built for it, or not all of it.
    NotBuilt,
    /// Only people can judge it.
    Human,
    /// Records that could tell were not to be read, or a deadline could not be counted.
    CannotTell,
    /// The check exists; nothing happened yet that would show it.
    NothingYet,
    /// The records show it.
    Met,
}

impl Finding {
    /// All, the gravest first.
    pub const ALL: [Self; 6] = [
        Self::NotMet,
        Self::NotBuilt,
        Self::Human,
        Self::CannotTell,
        Self::NothingYet,
        Self::Met,
    ];

    /// Of an obligation, from its bindings: the gravest of theirs. Met only when each of them is; with none, nothing is
    /// built.
    #[must_use]
    pub fn of(bindings: impl IntoIterator<Item = Self>) -> Self {
        bindings.into_iter().min().unwrap_or(Self::NotBuilt)
    }

    /// The word in JSON.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::NotMet => "not-met",
            Self::NotBuilt => "not-built",
            Self::Human => "human",
            Self::CannotTell => "cannot-tell",
            Self::NothingYet => "nothing-yet",
            Self::Met => "met",
        }
    }

    /// The word people read.
    #[must_use]
    pub const fn name(self, language: Language) -> &'static str {
        match (language, self) {
            (Language::Chinese, Self::NotMet) => "不符合",
            (Language::Chinese, Self::NotBuilt) => "计划中，未建成",
            (Language::Chinese, Self::Human) => "须由人判断",
            (Language::Chinese, Self::CannotTell) => "无法判断",
            (Language::Chinese, Self::NothingYet) => "有检查，尚无可示",
            (Language::Chinese, Self::Met) => "符合，有证据",
            (Language::English, Self::NotMet) => "not met",
            (Language::English, Self::NotBuilt) => "planned, not built",
            (Language::English, Self::Human) => "for people to judge",
            (Language::English, Self::CannotTell) => "cannot tell",
            (Language::English, Self::NothingYet) => "checked, nothing to show yet",
            (Language::English, Self::Met) => "met, with evidence",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Finding::{self, CannotTell, Human, Met, NotBuilt, NotMet, NothingYet};

    #[test]
    fn an_obligation_is_met_only_when_every_binding_is() {
        for (bindings, expected) in [
            (&[][..], NotBuilt),
            (&[Met], Met),
            (&[Met, Met], Met),
            (&[Met, NothingYet], NothingYet),
            (&[Met, CannotTell], CannotTell),
            (&[Met, NotBuilt], NotBuilt),
            (&[Met, Human], Human),
            (&[Human, NotBuilt], NotBuilt),
            (&[NotBuilt, NotMet], NotMet),
            (&[Met, NotMet], NotMet),
        ] {
            assert_eq!(Finding::of(bindings.iter().copied()), expected, "{bindings:?}");
        }
    }

    #[test]
    fn the_word_in_json_is_the_slug() {
        for finding in Finding::ALL {
            assert_eq!(
                serde_json::to_value(finding).ok(),
                Some(serde_json::Value::from(finding.slug()))
            );
        }
    }
}
