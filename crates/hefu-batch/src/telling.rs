//! How the errors of this crate explain themselves: one table per enum instead of five matches.

use hefu_rulebook::{Blame, Citation, Kind};

/// All that an error says of itself, apart from its English sentence, which is its `Display`.
pub(crate) struct Told {
    pub(crate) code: &'static str,
    pub(crate) kind: Kind,
    pub(crate) blame: Blame,
    pub(crate) rule: Option<Citation>,
    pub(crate) zh: String,
}

impl Told {
    /// Bytes or words that cannot be read.
    pub(crate) fn malformed(code: &'static str, blame: Blame, zh: impl Into<String>) -> Self {
        Self::of(code, Kind::Malformed, blame, None, zh.into())
    }

    /// A rule says no.
    pub(crate) fn refusal(code: &'static str, blame: Blame, rule: Citation, zh: impl Into<String>) -> Self {
        Self::of(code, Kind::Refusal, blame, Some(rule), zh.into())
    }

    /// Not now: the state of things says no, without an article.
    pub(crate) fn busy(code: &'static str, zh: String) -> Self {
        Self::of(code, Kind::Refusal, Blame::Officer, None, zh)
    }

    /// There is no such thing.
    pub(crate) fn absent(code: &'static str, zh: impl Into<String>) -> Self {
        Self::of(code, Kind::Absent, Blame::Caller, None, zh.into())
    }

    /// Ours.
    pub(crate) fn fault(code: &'static str, zh: impl Into<String>) -> Self {
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

/// Makes an error whose `tell` is an exhaustive match explain itself.
macro_rules! explain_by_telling {
    ($($error:ty),+) => {$(
        impl hefu_rulebook::Explain for $error {
            fn code(&self) -> &'static str {
                self.tell().code
            }
            fn kind(&self) -> hefu_rulebook::Kind {
                self.tell().kind
            }
            fn blame(&self) -> hefu_rulebook::Blame {
                self.tell().blame
            }
            fn citation(&self) -> Option<hefu_rulebook::Citation> {
                self.tell().rule
            }
            fn message(&self, language: hefu_rulebook::Language) -> String {
                match language {
                    hefu_rulebook::Language::Chinese => self.tell().zh,
                    hefu_rulebook::Language::English => self.to_string(),
                }
            }
        }
    )+};
}
pub(crate) use explain_by_telling;

/// Declares an enum whose members have a word in JSON, tables and reports.
macro_rules! worded {
    ($(#[$meta:meta])* $visible:vis enum $name:ident { $($(#[$inner:meta])* $member:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, serde::Serialize)]
        $visible enum $name {
            $($(#[$inner])* #[serde(rename = $word)] $member,)+
        }

        impl $name {
            /// The word in JSON, tables and reports.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$member => $word,)+
                }
            }
        }
    };
}
pub(crate) use worded;
