//! A subject field: what is asked, what is allowed, and where the answer goes in a certificate.

use std::fmt;
use std::str::FromStr;

use regex_lite::Regex;
use serde::{Serialize, Serializer};

use crate::identity_extension::IdentityNumber;
use crate::name::Attribute;
use crate::profile::Label;
use crate::value_check::ValueCheck;

/// Where a field's value goes.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Target {
    /// An attribute of the distinguished name: "dn:CN". It takes the first of several values.
    Name(Attribute),
    /// A DNS name of the subject alternative name extension: "san:dns".
    Dns,
    /// A mail address of it: "san:email".
    Email,
    /// An IP address of it: "san:ip".
    Ip,
    /// A URI of it: "san:uri".
    Uri,
    /// An identity extension: "gm:credit-code".
    Identity(IdentityNumber),
}

impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(attribute) => write!(formatter, "dn:{attribute}"),
            Self::Dns => formatter.write_str("san:dns"),
            Self::Email => formatter.write_str("san:email"),
            Self::Ip => formatter.write_str("san:ip"),
            Self::Uri => formatter.write_str("san:uri"),
            Self::Identity(number) => write!(formatter, "gm:{number}"),
        }
    }
}

impl FromStr for Target {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text.split_once(':') {
            Some(("dn", attribute)) => attribute.parse().map(Self::Name),
            Some(("gm", number)) => number.parse().map(Self::Identity),
            Some(("san", "dns")) => Ok(Self::Dns),
            Some(("san", "email")) => Ok(Self::Email),
            Some(("san", "ip")) => Ok(Self::Ip),
            Some(("san", "uri")) => Ok(Self::Uri),
            _ => Err(()),
        }
    }
}

impl Serialize for Target {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A subject field of a profile.
#[derive(Clone, Debug, Serialize)]
pub struct Field {
    pub(super) name: String,
    pub(super) label: Label,
    pub(super) required: bool,
    pub(super) fixed: Option<String>,
    pub(super) default: Option<String>,
    pub(super) targets: Vec<Target>,
    pub(super) length_max: usize,
    pub(super) count_max: usize,
    #[serde(serialize_with = "check_name")]
    pub(super) check: Option<ValueCheck>,
    #[serde(serialize_with = "pattern_text")]
    pub(super) pattern: Option<Regex>,
    pub(super) hint: Option<Label>,
}

impl Field {
    /// The key under which requests give its value.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name that people read.
    #[must_use]
    pub const fn label(&self) -> &Label {
        &self.label
    }

    /// Whether a value must be given.
    #[must_use]
    pub const fn is_required(&self) -> bool {
        self.required
    }

    /// The one value it always has; requests may leave it out.
    #[must_use]
    pub fn fixed(&self) -> Option<&str> {
        self.fixed.as_deref()
    }

    /// The value it has when none is given.
    #[must_use]
    pub fn default_value(&self) -> Option<&str> {
        self.default.as_deref()
    }

    /// Where the value goes.
    #[must_use]
    pub fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// Most characters of one value.
    #[must_use]
    pub const fn length_max(&self) -> usize {
        self.length_max
    }

    /// Most values; more than one are separated by commas or line ends.
    #[must_use]
    pub const fn count_max(&self) -> usize {
        self.count_max
    }

    /// The named check a value must pass.
    #[must_use]
    pub const fn check(&self) -> Option<ValueCheck> {
        self.check
    }

    /// The regular expression that a value must match from start to end.
    #[must_use]
    pub fn pattern(&self) -> Option<&str> {
        self.pattern.as_ref().map(inner)
    }

    pub(crate) fn matches_pattern(&self, value: &str) -> bool {
        self.pattern.as_ref().is_none_or(|pattern| pattern.is_match(value))
    }

    /// What a value should look like, for people; the check's own words when the profile gives none.
    #[must_use]
    pub fn hint(&self) -> Option<Label> {
        let of_check = |check: ValueCheck| Label {
            zh: check.wanted_zh().to_owned(),
            en: check.wanted_en().to_owned(),
        };
        self.hint.clone().or_else(|| self.check.map(of_check))
    }

    /// The values in `text`: one, or several separated by commas or line ends where several are allowed.
    pub(crate) fn values<'a>(&self, text: &'a str) -> Vec<&'a str> {
        if self.count_max == 1 {
            return vec![text];
        }
        text.split([',', '\n', '\r'])
            .map(str::trim)
            .filter(|value| !value.is_empty())
            .collect()
    }
}

/// The pattern as the profile has it, without the anchors put around it.
fn inner(pattern: &Regex) -> &str {
    let whole = pattern.as_str();
    whole
        .strip_prefix("^(?:")
        .and_then(|rest| rest.strip_suffix(")$"))
        .unwrap_or(whole)
}

#[expect(
    clippy::ref_option,
    clippy::trivially_copy_pass_by_ref,
    reason = "serde gives a reference to the field"
)]
fn check_name<S: Serializer>(check: &Option<ValueCheck>, serializer: S) -> Result<S::Ok, S::Error> {
    check.map(ValueCheck::name).serialize(serializer)
}

#[expect(clippy::ref_option, reason = "serde gives a reference to the field")]
fn pattern_text<S: Serializer>(pattern: &Option<Regex>, serializer: S) -> Result<S::Ok, S::Error> {
    pattern.as_ref().map(inner).serialize(serializer)
}
