//! Documents: a practice statement or a certificate policy, as a draft and as it was published.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use hefu_rulebook::Language;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{PolicyError, UnknownSeries, UnknownVersion};
use crate::topic::{Missing, missing_topics};

/// Octets of one text. A long practice statement has some two hundred thousand.
pub const TEXT_OCTETS_MAX: usize = 1024 * 1024;

/// Characters of a version: "2026.11.1" and the like.
const VERSION_CHARACTERS_MAX: usize = 16;

/// Characters of a series: it stands in addresses.
const SERIES_CHARACTERS_MAX: usize = 32;

/// Policies that one document covers.
const COVERS_MAX: usize = 64;

/// Which document: `cps`, the practice statement, or `cp-NAME`, a certificate policy.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Series(Arc<str>);

impl Series {
    /// The practice statement.
    #[must_use]
    pub fn cps() -> Self {
        Self("cps".into())
    }

    /// Its word in addresses, tables and records.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the practice statement.
    #[must_use]
    pub fn is_cps(&self) -> bool {
        &*self.0 == "cps"
    }

    /// What people call it.
    #[must_use]
    pub fn name(&self, language: Language) -> &'static str {
        match (language, self.is_cps()) {
            (Language::Chinese, true) => "电子认证业务规则",
            (Language::Chinese, false) => "证书策略",
            (Language::English, true) => "Certification practice statement",
            (Language::English, false) => "Certificate policy",
        }
    }
}

impl fmt::Display for Series {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

impl FromStr for Series {
    type Err = UnknownSeries;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let plain = |name: &str| {
            !name.is_empty()
                && name
                    .bytes()
                    .all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-')
        };
        let known = word == "cps" || word.strip_prefix("cp-").is_some_and(plain);
        if known && word.len() <= SERIES_CHARACTERS_MAX {
            Ok(Self(word.into()))
        } else {
            Err(UnknownSeries)
        }
    }
}

/// A version: numbers and dots, such as "1.0". No order is read into it; the order is that of publication.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Version(Arc<str>);

impl Version {
    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

impl FromStr for Version {
    type Err = UnknownVersion;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let numbers = text
            .split('.')
            .all(|part| !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit()));
        if numbers && text.len() <= VERSION_CHARACTERS_MAX {
            Ok(Self(text.into()))
        } else {
            Err(UnknownVersion)
        }
    }
}

macro_rules! as_a_word {
    ($name:ty) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = String::deserialize(deserializer)?;
                word.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

as_a_word!(Series);
as_a_word!(Version);

/// A version that is proposed.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// Which document.
    pub series: Series,
    /// Which version of it; new.
    pub version: Version,
    /// First day on which it holds, in China's time; not before its publication.
    pub effective_on: Date,
    /// Policy identifiers (dotted) that it covers; one that stands above others covers them all.
    pub covers: Vec<String>,
    /// The Chinese text, Markdown. It is the one that counts.
    pub chinese: String,
    /// The English text, Markdown.
    pub english: String,
}

impl Draft {
    /// What stands in the draft by itself: sizes and identifiers.
    pub(crate) fn check(&self) -> Result<(), PolicyError> {
        for text in [&self.chinese, &self.english] {
            if text.trim().is_empty() || text.len() > TEXT_OCTETS_MAX {
                return Err(PolicyError::TextSize);
            }
        }
        let dotted = |oid: &String| {
            oid.len() <= 128
                && oid.split('.').count() >= 2
                && oid
                    .split('.')
                    .all(|arc| !arc.is_empty() && arc.bytes().all(|it| it.is_ascii_digit()))
        };
        if self.covers.is_empty() || self.covers.len() > COVERS_MAX || !self.covers.iter().all(dotted) {
            return Err(PolicyError::Covers);
        }
        Ok(())
    }

    /// What it does not speak of, in either language. A certificate policy leaves to the statement what it does not
    /// say itself, so nothing is asked of it.
    #[must_use]
    pub fn missing(&self) -> Vec<Missing> {
        if !self.series.is_cps() {
            return Vec::new();
        }
        let mut missing = missing_topics(&self.chinese, Language::Chinese);
        missing.extend(missing_topics(&self.english, Language::English));
        missing
    }
}

/// A version as it was published. Never changed.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Published {
    /// Which document.
    pub series: Series,
    /// Which version.
    pub version: Version,
    /// First day on which it holds.
    pub effective_on: Date,
    /// Policy identifiers that it covers.
    pub covers: Vec<String>,
    /// The Chinese text.
    pub chinese: Arc<str>,
    /// The English text.
    pub english: Arc<str>,
    /// Topics that were not found in it when it was published.
    pub missing: Vec<Missing>,
    /// Whether it is the sample that an installation starts with.
    pub sample: bool,
    /// When it was published.
    pub published_at: Timestamp,
    /// Its place in the order of publication, from 1.
    pub place: i64,
}

impl Published {
    /// How records name it: "cps 1.0".
    #[must_use]
    pub fn subject(&self) -> String {
        format!("{} {}", self.series, self.version)
    }

    /// The text in a language.
    #[must_use]
    pub fn text(&self, language: Language) -> &Arc<str> {
        match language {
            Language::Chinese => &self.chinese,
            Language::English => &self.english,
        }
    }

    /// SM3 of the text in a language, hexadecimal.
    #[must_use]
    pub fn sm3(&self, language: Language) -> String {
        sm3_hex(self.text(language).as_bytes())
    }

    /// Whether it covers a policy, by itself or by an arc above it.
    #[must_use]
    pub fn covers(&self, policy: &str) -> bool {
        let below = |arc: &String| {
            policy
                .strip_prefix(arc.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.covers.iter().any(below)
    }
}

/// SM3, hexadecimal.
#[must_use]
pub fn sm3_hex(octets: &[u8]) -> String {
    hex::encode(gm_suite::sm3(octets))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_is_the_statement_or_a_named_policy() {
        for (word, known) in [
            ("cps", true),
            ("cp-person", true),
            ("cp-", false),
            ("cp-../x", false),
            ("CPS", false),
            ("cp-abcdefghijklmnopqrstuvwxyz0123456789", false),
        ] {
            assert_eq!(word.parse::<Series>().is_ok(), known, "{word}");
        }
    }

    #[test]
    fn a_version_is_numbers_and_dots() {
        for (text, known) in [
            ("1.0", true),
            ("2026.11.1", true),
            ("1..0", false),
            ("v1", false),
            ("", false),
        ] {
            assert_eq!(text.parse::<Version>().is_ok(), known, "{text}");
        }
    }
}
