//! Lints: checks of the octets to be signed, before a key signs them.
//!
//! Each [`Lint`] has a stable name, the rule it stands on, how grave a finding is, and its words in both languages. A
//! finding of severity [`Severity::Error`] blocks issuance. Rules whose text nobody here has read are marked as
//! unverified wherever they are shown (see `hefu-rulebook`).
//!
//! Lints see the certificate as it is encoded, the profile it was made from and the issuer. They do not know the
//! application, the status of other certificates, or the time of day.

mod authority;
mod examined;
mod extensions;
mod gm;
mod keys;
mod law;
mod names;
mod structure;
mod tls;

use std::fmt;

use hefu_rulebook::{Citation, Language};
use serde::{Serialize, Serializer, ser::SerializeStruct};

use crate::issuer::Issuer;
use crate::lint::examined::Examined;
use crate::profile::{Profile, Usage};

/// How grave a finding is.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing.
    Notice,
    /// Something that the rule only recommends is not so.
    Warning,
    /// The rule forbids it: nothing is signed.
    Error,
}

impl Severity {
    /// The word used in JSON and records.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// What a check says: nothing, or a detail in no particular language (values, identifiers).
type Verdict = Option<String>;

/// One check with its name and rule.
pub struct Lint {
    name: &'static str,
    citation: Citation,
    severity: Severity,
    zh: &'static str,
    en: &'static str,
    check: fn(&Examined<'_>) -> Verdict,
}

impl Lint {
    /// Stable name, such as "serial-positive".
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The rule it stands on.
    #[must_use]
    pub const fn citation(&self) -> Citation {
        self.citation
    }

    /// How grave a finding is.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        self.severity
    }

    /// What the rule wants, one clause.
    #[must_use]
    pub const fn text(&self, language: Language) -> &'static str {
        match language {
            Language::Chinese => self.zh,
            Language::English => self.en,
        }
    }
}

impl fmt::Debug for Lint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Lint({})", self.name)
    }
}

type Check = fn(&Examined<'_>) -> Verdict;

const fn error(name: &'static str, citation: Citation, zh: &'static str, en: &'static str, check: Check) -> Lint {
    Lint {
        name,
        citation,
        severity: Severity::Error,
        zh,
        en,
        check,
    }
}

const fn warning(name: &'static str, citation: Citation, zh: &'static str, en: &'static str, check: Check) -> Lint {
    Lint {
        name,
        citation,
        severity: Severity::Warning,
        zh,
        en,
        check,
    }
}

const fn notice(name: &'static str, citation: Citation, zh: &'static str, en: &'static str, check: Check) -> Lint {
    Lint {
        name,
        citation,
        severity: Severity::Notice,
        zh,
        en,
        check,
    }
}

const fn rfc5280(section: &'static str) -> Citation {
    Citation::new("RFC 5280", section)
}

/// A verdict without detail.
fn fires(condition: bool) -> Verdict {
    condition.then(String::new)
}

/// A verdict that names what is wrong; silent when there is nothing to name.
fn names(wrong: impl IntoIterator<Item = String>) -> Verdict {
    let wrong: Vec<String> = wrong.into_iter().collect();
    (!wrong.is_empty()).then(|| wrong.join(", "))
}

/// Fires alone, when the octets cannot be read at all.
static UNREADABLE: Lint = error(
    "tbs-readable",
    rfc5280("4.1"),
    "待签数据应为完整的TBSCertificate",
    "the octets to be signed must be one whole TBSCertificate",
    |_| None,
);

/// Every lint there is, by subject.
pub fn all() -> impl Iterator<Item = &'static Lint> {
    let groups: [&'static [Lint]; 8] = [
        law::LINTS,
        structure::LINTS,
        names::LINTS,
        extensions::LINTS,
        keys::LINTS,
        authority::LINTS,
        gm::LINTS,
        tls::LINTS,
    ];
    std::iter::once(&UNREADABLE).chain(groups.into_iter().flatten())
}

/// What a lint found in one certificate.
#[derive(Clone)]
pub struct Finding {
    lint: &'static Lint,
    detail: String,
}

impl Finding {
    /// Name of the lint.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.lint.name
    }

    /// The rule.
    #[must_use]
    pub const fn citation(&self) -> Citation {
        self.lint.citation
    }

    /// How grave.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        self.lint.severity
    }

    /// The value or identifier that the finding is about; may be empty.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// What the rule wants, and the detail.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        let text = self.lint.text(language);
        match (self.detail.is_empty(), language) {
            (true, _) => text.to_owned(),
            (false, Language::Chinese) => format!("{text}：{}", self.detail),
            (false, Language::English) => format!("{text}: {}", self.detail),
        }
    }
}

impl fmt::Debug for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let citation = self.citation().render(Language::English);
        write!(
            formatter,
            "{} {} [{citation}] {}",
            self.severity(),
            self.name(),
            self.message(Language::English)
        )
    }
}

/// As `{"lint", "severity", "citation", "zh", "en"}`.
impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Finding", 5)?;
        fields.serialize_field("lint", self.name())?;
        fields.serialize_field("severity", &self.severity())?;
        fields.serialize_field("citation", &self.citation())?;
        fields.serialize_field("zh", &self.message(Language::Chinese))?;
        fields.serialize_field("en", &self.message(Language::English))?;
        fields.end()
    }
}

/// Runs every lint; gravest findings first, otherwise in the order of [`all`].
pub(crate) fn examine(tbs: &[u8], profile: &Profile, issuer: &Issuer, usage: Usage) -> Vec<Finding> {
    let examined = match Examined::new(tbs, profile, issuer, usage) {
        Ok(examined) => examined,
        Err(malformed) => {
            return vec![Finding {
                lint: &UNREADABLE,
                detail: malformed.to_string(),
            }];
        }
    };
    let mut findings: Vec<Finding> = all()
        .filter_map(|lint| (lint.check)(&examined).map(|detail| Finding { lint, detail }))
        .collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity()));
    findings
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_are_slugs_and_used_once_and_texts_are_in_both_languages() {
        let mut seen = HashSet::new();
        for lint in all() {
            assert!(seen.insert(lint.name), "{} twice", lint.name);
            assert!(
                lint.name
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            );
            assert!(!lint.zh.is_ascii() && lint.en.is_ascii(), "{}", lint.name);
            assert!(
                lint.citation.known().is_some(),
                "{} cites an unknown instrument",
                lint.name
            );
        }
    }
}
