//! Whom a certificate names: the applicant's field values, checked against a profile and put where they belong.

use std::collections::BTreeMap;
use std::net::IpAddr;

use const_oid::ObjectIdentifier;
use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};

use crate::name::{self, Attribute, StringForm};
use crate::profile::{Field, Label, Profile, Target};
use crate::value_check::ValueCheck;

/// An entry of the subject alternative name extension.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum AlternativeName {
    /// A DNS name.
    Dns(String),
    /// A mail address.
    Email(String),
    /// An IP address.
    Ip(IpAddr),
    /// A URI.
    Uri(String),
}

/// A subject that its profile allows, ready to be encoded.
///
/// The two certificates of a pair have the same one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Subject {
    profile: String,
    name: Vec<u8>,
    alternatives: Vec<AlternativeName>,
    identities: Vec<(ObjectIdentifier, Vec<u8>)>,
}

/// Why field values make no subject. The applicant's words, except [`SubjectError::Encoding`].
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SubjectError {
    /// The profile has no such field.
    #[error("profile {profile} has no field {field:?}")]
    Unknown {
        /// The profile's name.
        profile: String,
        /// The field given.
        field: String,
    },
    /// A required field has no value.
    #[error("{} ({field}) is missing", label.en)]
    Missing {
        /// The field.
        field: String,
        /// Its name for people.
        label: Label,
    },
    /// A field that always has one value was given another.
    #[error("{} ({field}) is always {fixed:?}", label.en)]
    Fixed {
        /// The field.
        field: String,
        /// Its name for people.
        label: Label,
        /// The value it always has.
        fixed: String,
    },
    /// More characters than the profile allows.
    #[error("{} ({field}) has {found} characters, at most {max} are allowed", label.en)]
    Long {
        /// The field.
        field: String,
        /// Its name for people.
        label: Label,
        /// Most characters.
        max: usize,
        /// Characters found.
        found: usize,
    },
    /// More values than the profile allows.
    #[error("{} ({field}) has {found} values, at most {max} are allowed", label.en)]
    Many {
        /// The field.
        field: String,
        /// Its name for people.
        label: Label,
        /// Most values.
        max: usize,
        /// Values found.
        found: usize,
    },
    /// Control characters, or spaces at an end.
    #[error("{} ({field}) has control characters, or spaces at its start or end", label.en)]
    Characters {
        /// The field.
        field: String,
        /// Its name for people.
        label: Label,
    },
    /// The value does not look as it must.
    #[error("{} ({field}) is not {}", label.en, wanted.en)]
    Value {
        /// The field.
        field: String,
        /// Its name for people.
        label: Label,
        /// What it must look like.
        wanted: Label,
    },
    /// Two values want the same identity extension, which a certificate may have once.
    #[error("{} ({field}) and another field would use extension {oid} twice", label.en)]
    SameExtension {
        /// The second field.
        field: String,
        /// Its name for people.
        label: Label,
        /// The extension.
        oid: ObjectIdentifier,
    },
    /// Checked values could not be encoded: a fault.
    #[error("the subject could not be encoded")]
    Encoding,
}

impl Subject {
    /// Takes values by field name; an empty value counts as none.
    ///
    /// # Errors
    /// [`SubjectError`] names the first field that is wrong, in the order of the profile.
    pub fn new(profile: &Profile, values: &BTreeMap<String, String>) -> Result<Self, SubjectError> {
        let known = |name: &String| profile.fields().iter().any(|field| field.name() == name);
        if let Some(unknown) = values.keys().find(|name| !known(name)) {
            let field = unknown.chars().take(64).collect();
            return Err(SubjectError::Unknown {
                profile: profile.name().to_owned(),
                field,
            });
        }
        let mut parts = Parts::default();
        for field in profile.fields() {
            let given = values
                .get(field.name())
                .map(String::as_str)
                .filter(|value| !value.is_empty());
            if let Some(text) = chosen(field, given)? {
                parts.place(profile, field, text)?;
            }
        }
        let name = name::encode(&parts.attributes).map_err(|_| SubjectError::Encoding)?;
        Ok(Self {
            profile: profile.name().to_owned(),
            name,
            alternatives: parts.alternatives,
            identities: parts.identities,
        })
    }

    /// The distinguished name, DER.
    #[must_use]
    pub fn name(&self) -> &[u8] {
        &self.name
    }

    /// Entries of the subject alternative name extension.
    #[must_use]
    pub fn alternatives(&self) -> &[AlternativeName] {
        &self.alternatives
    }

    /// The profile it was made for.
    #[must_use]
    pub fn profile(&self) -> &str {
        &self.profile
    }

    /// The distinguished name for people: "C=CN, CN=张三".
    #[must_use]
    pub fn display(&self) -> String {
        name::display(&self.name).unwrap_or_default()
    }

    pub(crate) fn identities(&self) -> &[(ObjectIdentifier, Vec<u8>)] {
        &self.identities
    }
}

#[derive(Default)]
struct Parts {
    attributes: Vec<(Attribute, String)>,
    alternatives: Vec<AlternativeName>,
    identities: Vec<(ObjectIdentifier, Vec<u8>)>,
}

impl Parts {
    fn place(&mut self, profile: &Profile, field: &Field, text: &str) -> Result<(), SubjectError> {
        let values = field.values(text);
        if values.len() > field.count_max() {
            return Err(SubjectError::Many {
                field: field.name().to_owned(),
                label: field.label().clone(),
                max: field.count_max(),
                found: values.len(),
            });
        }
        for (index, value) in values.iter().enumerate() {
            check_value(field, value)?;
            for target in field.targets() {
                self.put(profile, field, *target, value, index)?;
            }
        }
        Ok(())
    }

    fn put(
        &mut self,
        profile: &Profile,
        field: &Field,
        target: Target,
        value: &str,
        index: usize,
    ) -> Result<(), SubjectError> {
        let alternative = match target {
            Target::Name(attribute) => {
                if index == 0 {
                    self.attributes.push((attribute, value.to_owned()));
                }
                return Ok(());
            }
            Target::Identity(number) => {
                let form = number.form(profile.extension_set()).ok_or(SubjectError::Encoding)?;
                let der = number
                    .encode(profile.extension_set(), value)
                    .ok_or(SubjectError::Encoding)?;
                if self.identities.iter().any(|(oid, _)| *oid == form.oid) {
                    let (field, label) = (field.name().to_owned(), field.label().clone());
                    return Err(SubjectError::SameExtension {
                        field,
                        label,
                        oid: form.oid,
                    });
                }
                self.identities.push((form.oid, der));
                return Ok(());
            }
            Target::Dns => AlternativeName::Dns(value.to_owned()),
            Target::Email => AlternativeName::Email(value.to_owned()),
            Target::Uri => AlternativeName::Uri(value.to_owned()),
            Target::Ip => AlternativeName::Ip(value.parse().map_err(|_| SubjectError::Encoding)?),
        };
        if !self.alternatives.contains(&alternative) {
            self.alternatives.push(alternative);
        }
        Ok(())
    }
}

fn chosen<'a>(field: &'a Field, given: Option<&'a str>) -> Result<Option<&'a str>, SubjectError> {
    let (name, label) = (|| field.name().to_owned(), || field.label().clone());
    match (field.fixed(), given) {
        (Some(fixed), Some(given)) if given != fixed => Err(SubjectError::Fixed {
            field: name(),
            label: label(),
            fixed: fixed.to_owned(),
        }),
        (Some(fixed), _) => Ok(Some(fixed)),
        (None, Some(given)) => Ok(Some(given)),
        (None, None) if field.default_value().is_some() => Ok(field.default_value()),
        (None, None) if field.is_required() => Err(SubjectError::Missing {
            field: name(),
            label: label(),
        }),
        (None, None) => Ok(None),
    }
}

/// Checks one value of a field: length, characters, named check, pattern, and what its targets can hold.
pub(crate) fn check_value(field: &Field, value: &str) -> Result<(), SubjectError> {
    let (name, label) = (|| field.name().to_owned(), || field.label().clone());
    let found = value.chars().count();
    if found > field.length_max() {
        return Err(SubjectError::Long {
            field: name(),
            label: label(),
            max: field.length_max(),
            found,
        });
    }
    if value.is_empty() || value.trim() != value || value.chars().any(char::is_control) {
        return Err(SubjectError::Characters {
            field: name(),
            label: label(),
        });
    }
    let wanted = |wanted: Label| SubjectError::Value {
        field: name(),
        label: label(),
        wanted,
    };
    if let Some(check) = field.check()
        && !check.passes(value)
    {
        return Err(wanted(of_check(check)));
    }
    if !field.matches_pattern(value) {
        let text = field.pattern().unwrap_or_default();
        let plain = Label {
            zh: format!("应符合 {text}"),
            en: format!("of the form {text}"),
        };
        return Err(wanted(field.hint().unwrap_or(plain)));
    }
    for target in field.targets() {
        let check = needed_by(*target, value);
        if !check.is_none_or(|check| check.passes(value)) {
            return Err(wanted(check.map_or_else(|| of_check(ValueCheck::Printable), of_check)));
        }
    }
    Ok(())
}

fn of_check(check: ValueCheck) -> Label {
    Label {
        zh: check.wanted_zh().to_owned(),
        en: check.wanted_en().to_owned(),
    }
}

/// What a target can hold at all, whatever the profile's own checks say.
fn needed_by(target: Target, value: &str) -> Option<ValueCheck> {
    match target {
        Target::Name(Attribute::Country) => Some(ValueCheck::Country),
        Target::Name(attribute) if attribute.form() == StringForm::Printable => Some(ValueCheck::Printable),
        Target::Name(_) => None,
        Target::Dns if value.starts_with("*.") => Some(ValueCheck::DnsWildcard),
        Target::Dns => Some(ValueCheck::Dns),
        Target::Email => Some(ValueCheck::Email),
        Target::Ip => Some(ValueCheck::Ip),
        Target::Uri => Some(ValueCheck::Uri),
        Target::Identity(_) => Some(ValueCheck::Printable),
    }
}

impl Explain for SubjectError {
    fn code(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "subject-field-unknown",
            Self::Missing { .. } => "subject-field-missing",
            Self::Fixed { .. } => "subject-field-fixed",
            Self::Long { .. } => "subject-field-long",
            Self::Many { .. } => "subject-field-many",
            Self::Characters { .. } => "subject-field-characters",
            Self::Value { .. } => "subject-field-value",
            Self::SameExtension { .. } => "subject-field-same-extension",
            Self::Encoding => "subject-encoding",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Unknown { .. }
            | Self::Missing { .. }
            | Self::Long { .. }
            | Self::Many { .. }
            | Self::Characters { .. }
            | Self::Value { .. } => Kind::Malformed,
            Self::Fixed { .. } | Self::SameExtension { .. } => Kind::Refusal,
            Self::Encoding => Kind::Fault,
        }
    }

    fn blame(&self) -> Blame {
        match self {
            Self::Unknown { .. } => Blame::Caller,
            Self::Encoding => Blame::Hefu,
            _ => Blame::Applicant,
        }
    }

    fn citation(&self) -> Option<Citation> {
        match self {
            Self::Unknown { .. } | Self::Encoding => None,
            Self::SameExtension { .. } => Some(Citation::new("RFC 5280", "4.2")),
            Self::Missing { .. }
            | Self::Fixed { .. }
            | Self::Long { .. }
            | Self::Many { .. }
            | Self::Characters { .. }
            | Self::Value { .. } => Some(Citation::new("ESL", "20")),
        }
    }

    fn message(&self, language: Language) -> String {
        match (language, self) {
            (Language::English, _) => self.to_string(),
            (Language::Chinese, Self::Unknown { profile, field }) => format!("证书模板 {profile} 没有字段 {field:?}"),
            (Language::Chinese, Self::Missing { field, label }) => format!("缺少{}（{field}）", label.zh),
            (Language::Chinese, Self::Fixed { field, label, fixed }) => {
                format!("{}（{field}）固定为 {fixed}", label.zh)
            }
            (
                Language::Chinese,
                Self::Long {
                    field,
                    label,
                    max,
                    found,
                },
            ) => {
                format!("{}（{field}）有{found}个字符，最多{max}个", label.zh)
            }
            (
                Language::Chinese,
                Self::Many {
                    field,
                    label,
                    max,
                    found,
                },
            ) => {
                format!("{}（{field}）有{found}项，最多{max}项", label.zh)
            }
            (Language::Chinese, Self::Characters { field, label }) => {
                format!("{}（{field}）含有控制字符，或首尾有空格", label.zh)
            }
            (Language::Chinese, Self::Value { field, label, wanted }) => {
                format!("{}（{field}）{}", label.zh, wanted.zh)
            }
            (Language::Chinese, Self::SameExtension { field, label, oid }) => {
                format!("{}（{field}）与另一字段使用同一证书扩展 {oid}，只能填写一项", label.zh)
            }
            (Language::Chinese, Self::Encoding) => "证书主体无法编码".to_owned(),
        }
    }
}
