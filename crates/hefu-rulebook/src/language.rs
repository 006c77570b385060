//! The two languages in which Hefu speaks.

use std::fmt;
use std::str::FromStr;

/// A language of pages, messages and documents. Chinese where nothing else is asked for.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Language {
    /// Simplified Chinese.
    #[default]
    Chinese,
    /// English.
    English,
}

/// A language that Hefu does not speak.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("language {0:?} is not one of zh, en")]
pub struct UnknownLanguage(String);

/// Ranges looked at in one Accept-Language header; browsers send fewer than ten.
const RANGES_MAX: usize = 32;

impl Language {
    /// The tag of RFC 5646, for `lang` attributes and Content-Language.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }

    /// Chooses from an Accept-Language header (RFC 9110 §12.5.4): the range with the highest weight that
    /// names a language spoken here; of equal weights the first; Chinese when none does.
    #[must_use]
    pub fn from_accept_language(header: &str) -> Self {
        let mut best = (0, Self::default());
        for range in header.split(',').take(RANGES_MAX) {
            let mut parts = range.split(';').map(str::trim);
            let Some(language) = parts.next().and_then(|tag| tag.parse().ok()) else {
                continue;
            };
            let weight = parts
                .find_map(|parameter| parameter.strip_prefix("q="))
                .map_or(Some(1000), thousandths)
                .unwrap_or(0);
            if weight > best.0 {
                best = (weight, language);
            }
        }
        best.1
    }
}

/// A weight such as "0.8" in thousandths; `None` when it is not one.
fn thousandths(weight: &str) -> Option<u32> {
    let (whole, fraction) = weight.split_once('.').unwrap_or((weight, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let whole: u32 = whole.parse().ok().filter(|whole| *whole <= 1)?;
    let fraction: u32 = format!("{fraction:0<3}").parse().ok()?;
    Some((whole * 1000 + fraction).min(1000))
}

/// Reads a language tag by its first part: "zh", "zh-CN", "zh_CN.UTF-8", "en-GB".
impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(tag: &str) -> Result<Self, Self::Err> {
        let first = tag
            .split(['-', '_', '.'])
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        match first.as_str() {
            "zh" => Ok(Self::Chinese),
            "en" => Ok(Self::English),
            _ => Err(UnknownLanguage(tag.chars().take(35).collect())),
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.tag())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_language_spoken_here_wins() {
        for (header, expected) in [
            ("", Language::Chinese),
            ("en", Language::English),
            ("en-US,en;q=0.9,zh;q=0.8", Language::English),
            ("fr, en;q=0.3, zh;q=0.7", Language::Chinese),
            ("de, *;q=0.1", Language::Chinese),
            ("zh;q=0.5,en;q=0.51", Language::English),
            ("en;q=0", Language::Chinese),
            ("en;q=oops", Language::Chinese),
        ] {
            assert_eq!(Language::from_accept_language(header), expected, "{header}");
        }
    }

    #[test]
    fn locales_are_read_by_their_first_part() {
        assert_eq!("zh_CN.UTF-8".parse(), Ok(Language::Chinese));
        assert_eq!("EN-gb".parse(), Ok(Language::English));
        assert!("fr".parse::<Language>().is_err());
    }
}
