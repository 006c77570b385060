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
    pub(crate) fn new(code: &'static str, kind: Kind, blame: Blame, zh: impl Into<String>) -> Self {
        Self {
            code,
            kind,
            blame,
            rule: None,
            zh: zh.into(),
        }
    }

    pub(crate) fn rule(mut self, rule: Citation) -> Self {
        self.rule = Some(rule);
        self
    }
}

/// The text without space around it, when it has one to `max` characters; a line may end, nothing else is a control
/// character.
pub(crate) fn words(text: &str, max: usize) -> Option<String> {
    let text = text.trim().replace("\r\n", "\n");
    let count = text.chars().take(max + 1).count();
    let readable = text.chars().all(|letter| letter == '\n' || !letter.is_control());
    (count > 0 && count <= max && readable).then_some(text)
}

/// Declares an enum whose members have a word in JSON, tables and records.
macro_rules! named {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$inner:meta])* $member:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, serde::Deserialize, serde::Serialize)]
        pub enum $name {
            $($(#[$inner])* #[serde(rename = $word)] $member,)+
        }

        impl $name {
            /// Every member, in order.
            pub const ALL: &'static [Self] = &[$(Self::$member),+];

            /// The word in JSON, tables and records.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$member => $word,)+
                }
            }

            /// The member of this word.
            #[must_use]
            pub fn named(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|member| member.as_str() == word)
            }
        }
    };
}
pub(crate) use named;

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn words_have_an_end_and_no_control_characters() {
        assert_eq!(words(" a\r\nb ", 9).as_deref(), Some("a\nb"));
        assert_eq!(words("  ", 9), None);
        assert_eq!(words("abc", 2), None);
        assert_eq!(words("a\u{7}b", 9), None);
    }
}
