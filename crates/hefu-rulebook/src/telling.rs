//! Errors of many variants that explain themselves out of one table, and enums whose members have a word.

use crate::citation::Citation;
use crate::explain::{Blame, Kind};

/// All that an error says of itself, apart from its English sentence, which is its `Display`.
///
/// An error with a method `tell` that makes one of these in an exhaustive match gets its [`Explain`](crate::Explain)
/// from [`explain_by_telling!`](crate::explain_by_telling): one table instead of five matches.
#[derive(Clone, Debug)]
pub struct Told {
    /// The stable slug.
    pub code: &'static str,
    /// Which of the four kinds.
    pub kind: Kind,
    /// Who must act.
    pub blame: Blame,
    /// The rule that says no.
    pub rule: Option<Citation>,
    /// The sentence in Chinese.
    pub zh: String,
}

impl Told {
    /// Octets or words that cannot be read.
    #[must_use]
    pub fn malformed(code: &'static str, blame: Blame, zh: impl Into<String>) -> Self {
        Self::of(code, Kind::Malformed, blame, None, zh.into())
    }

    /// A rule says no.
    #[must_use]
    pub fn refusal(code: &'static str, blame: Blame, rule: Citation, zh: impl Into<String>) -> Self {
        Self::of(code, Kind::Refusal, blame, Some(rule), zh.into())
    }

    /// Not now: the state of things says no, without an article; the officer does something else first.
    #[must_use]
    pub fn busy(code: &'static str, zh: impl Into<String>) -> Self {
        Self::of(code, Kind::Refusal, Blame::Officer, None, zh.into())
    }

    /// There is no such thing.
    #[must_use]
    pub fn absent(code: &'static str, zh: impl Into<String>) -> Self {
        Self::of(code, Kind::Absent, Blame::Caller, None, zh.into())
    }

    /// Ours.
    #[must_use]
    pub fn fault(code: &'static str, zh: impl Into<String>) -> Self {
        Self::of(code, Kind::Fault, Blame::Operator, None, zh.into())
    }

    fn of(code: &'static str, kind: Kind, blame: Blame, rule: Option<Citation>, zh: String) -> Self {
        Self {
            code,
            kind,
            blame,
            rule,
            zh,
        }
    }
}

/// Makes errors whose `tell` gives a [`Told`] explain themselves.
#[macro_export]
macro_rules! explain_by_telling {
    ($($error:ty),+ $(,)?) => {$(
        impl $crate::Explain for $error {
            fn code(&self) -> &'static str {
                self.tell().code
            }
            fn kind(&self) -> $crate::Kind {
                self.tell().kind
            }
            fn blame(&self) -> $crate::Blame {
                self.tell().blame
            }
            fn citation(&self) -> Option<$crate::Citation> {
                self.tell().rule
            }
            fn message(&self, language: $crate::Language) -> String {
                match language {
                    $crate::Language::Chinese => self.tell().zh,
                    $crate::Language::English => self.to_string(),
                }
            }
        }
    )+};
}

/// Declares an enum whose members have a word in JSON, tables, records and settings. The crate that says it needs
/// `serde` with its derives.
#[macro_export]
macro_rules! named {
    ($(#[$meta:meta])* $visible:vis enum $name:ident { $($(#[$inner:meta])* $member:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, serde::Deserialize, serde::Serialize)]
        $visible enum $name {
            $($(#[$inner])* #[serde(rename = $word)] $member,)+
        }

        impl $name {
            /// Every member, in order.
            $visible const ALL: &'static [Self] = &[$(Self::$member),+];

            /// The word in JSON, tables, records and settings.
            #[must_use]
            $visible const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$member => $word,)+
                }
            }

            /// The member of this word.
            #[must_use]
            $visible fn named(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|member| member.as_str() == word)
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::Explain;
    use crate::language::Language;

    crate::named! {
        /// A door.
        enum Door {
            /// One can go through.
            Open = "open",
            /// One cannot.
            Shut = "shut",
        }
    }

    #[derive(Debug, thiserror::Error)]
    #[error("the door is {}", .0.as_str())]
    struct AtTheDoor(Door);

    impl AtTheDoor {
        fn tell(&self) -> Told {
            match self.0 {
                Door::Open => Told::busy("door-open", "门开着"),
                Door::Shut => Told::absent("door-shut", "门关着"),
            }
        }
    }

    crate::explain_by_telling!(AtTheDoor);

    #[test]
    fn an_error_explains_itself_out_of_one_table() {
        let error = AtTheDoor(Door::Open);
        assert_eq!((error.code(), error.kind()), ("door-open", Kind::Refusal));
        assert_eq!(error.message(Language::Chinese), "门开着");
        assert_eq!(error.message(Language::English), "the door is open");
        assert_eq!(AtTheDoor(Door::Shut).kind(), Kind::Absent);
    }

    #[test]
    fn a_member_is_found_by_its_word() {
        for door in Door::ALL {
            assert_eq!(Door::named(door.as_str()), Some(*door));
        }
        assert_eq!(Door::named("ajar"), None);
        assert_eq!(serde_json::to_string(&Door::Shut).ok().as_deref(), Some("\"shut\""));
    }
}
