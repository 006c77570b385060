//! From TOML to a checked profile: every rule about profiles, each with an exact error.

use std::collections::BTreeMap;

use const_oid::ObjectIdentifier;
use gm_suite::KeyAlgorithm;
use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use regex_lite::Regex;
use serde::Deserialize;

use crate::identity_extension::ExtensionSet;
use crate::key_usage::KeyUsage;
use crate::profile::field::{Field, Target};
use crate::profile::{BeyondIssuer, Label, LawScope, Part, Pointer, PolicyNumber, Profile, ProfileKind, Usage};
use crate::value_check::ValueCheck;

/// Octets of a profile's TOML; the longest one here has four thousand.
const TEXT_MAX: usize = 64 * 1024;
/// Subject fields of one profile.
const FIELDS_MAX: usize = 32;
/// Values of one field: names of one server certificate.
const COUNT_MAX: usize = 100;
/// Days of validity: a root for forty years.
const DAYS_MAX: u32 = 14_610;
/// Characters of one value where the profile does not say.
const LENGTH_DEFAULT: usize = 64;
/// Characters of one value that no profile may exceed.
const LENGTH_MAX: usize = 1024;

/// Why a profile cannot be used. Always the operator's file, never an applicant's words.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ProfileError {
    /// Not TOML, or an unknown, missing or wrongly typed key; the parser's words say where.
    #[error("profile: {0}")]
    Syntax(String),
    /// `like` names a profile that is not there.
    #[error("profile {profile}: like = {like:?} is not a profile that was read before")]
    Like {
        /// The profile's name.
        profile: String,
        /// What `like` says.
        like: String,
    },
    /// A key has a value that profiles may not have.
    #[error("profile {profile}: {key}: {problem}")]
    Value {
        /// The profile's name.
        profile: String,
        /// The key, such as "field.email.targets".
        key: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl Explain for ProfileError {
    fn code(&self) -> &'static str {
        match self {
            Self::Syntax(_) => "profile-syntax",
            Self::Like { .. } => "profile-like",
            Self::Value { .. } => "profile-value",
        }
    }

    fn kind(&self) -> Kind {
        Kind::Malformed
    }

    fn blame(&self) -> Blame {
        Blame::Operator
    }

    fn citation(&self) -> Option<Citation> {
        None
    }

    fn message(&self, language: Language) -> String {
        match (language, self) {
            (Language::English, _) => self.to_string(),
            (Language::Chinese, Self::Syntax(problem)) => format!("证书模板无法读取：{problem}"),
            (Language::Chinese, Self::Like { profile, like }) => {
                format!("证书模板 {profile}：like = {like:?} 不是已读入的证书模板")
            }
            (Language::Chinese, Self::Value { profile, key, problem }) => {
                format!("证书模板 {profile}：{key}：{problem}")
            }
        }
    }
}

/// Reads a profile; gives back its table with `like` resolved, so that others can be like it.
pub(super) fn read(text: &str, known: &BTreeMap<String, toml::Table>) -> Result<(Profile, toml::Table), ProfileError> {
    if text.len() > TEXT_MAX {
        return Err(ProfileError::Syntax(format!(
            "{} bytes, at most {TEXT_MAX} are allowed",
            text.len()
        )));
    }
    let own: toml::Table = toml::from_str(text).map_err(|error| syntax(&error))?;
    let (form, table) = match own.get("like") {
        None => (toml::from_str::<Form>(text).map_err(|error| syntax(&error))?, own),
        Some(like) => {
            let table = resolve(&own, like, known)?;
            (Form::deserialize(table.clone()).map_err(|error| syntax(&error))?, table)
        }
    };
    Ok((form.check()?, table))
}

fn resolve(
    own: &toml::Table,
    like: &toml::Value,
    known: &BTreeMap<String, toml::Table>,
) -> Result<toml::Table, ProfileError> {
    let like = like.as_str().unwrap_or_default();
    let Some(other) = known.get(like) else {
        let profile = own
            .get("name")
            .and_then(toml::Value::as_str)
            .unwrap_or_default()
            .to_owned();
        return Err(ProfileError::Like {
            profile,
            like: like.to_owned(),
        });
    };
    let mut table = other.clone();
    table.remove("name");
    for (key, value) in own.iter().filter(|(key, _)| *key != "like") {
        table.insert(key.clone(), value.clone());
    }
    Ok(table)
}

fn syntax(error: &toml::de::Error) -> ProfileError {
    ProfileError::Syntax(error.to_string().trim_end().to_owned())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    name: String,
    zh: String,
    en: String,
    kind: ProfileKind,
    law_scope: LawScope,
    keys: Vec<String>,
    #[serde(default = "gm2023")]
    extension_set: String,
    #[serde(default)]
    policies: Vec<String>,
    #[serde(default)]
    publish: Vec<String>,
    path_length: Option<u8>,
    #[serde(default)]
    prescribed_extensions: Vec<String>,
    validity: ValidityForm,
    certificate: Vec<PartForm>,
    field: Vec<FieldForm>,
}

fn gm2023() -> String {
    ExtensionSet::Gm2023.name().to_owned()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ValidityForm {
    default_days: u32,
    max_days: u32,
    #[serde(default = "refuse")]
    beyond_issuer: BeyondIssuer,
}

const fn refuse() -> BeyondIssuer {
    BeyondIssuer::Refuse
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PartForm {
    usage: Usage,
    key_usage: Vec<String>,
    #[serde(default)]
    extended_key_usage: Vec<String>,
    #[serde(default)]
    extended_key_usage_critical: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldForm {
    name: String,
    zh: String,
    en: String,
    #[serde(default)]
    required: bool,
    fixed: Option<String>,
    default: Option<String>,
    targets: Vec<String>,
    max_length: Option<usize>,
    max_count: Option<usize>,
    check: Option<String>,
    pattern: Option<String>,
    hint_zh: Option<String>,
    hint_en: Option<String>,
}

impl Form {
    fn check(self) -> Result<Profile, ProfileError> {
        let name = self.name.clone();
        self.into_profile().map_err(|(key, problem)| ProfileError::Value {
            profile: name,
            key,
            problem,
        })
    }

    fn into_profile(self) -> Result<Profile, Wrong> {
        slug("name", &self.name)?;
        let set: ExtensionSet = self
            .extension_set
            .parse()
            .map_err(|()| wrong("extension_set", "gbt20518-2018 or gmt0015-2023 is known"))?;
        let validity = self.validity;
        if validity.default_days == 0 || validity.default_days > validity.max_days || validity.max_days > DAYS_MAX {
            let problem = format!("1 ≤ default_days ≤ max_days ≤ {DAYS_MAX} does not hold");
            return Err(("validity".to_owned(), problem));
        }
        let keys = keys(&self.keys)?;
        let parts = self.certificate.iter().map(part).collect::<Result<Vec<_>, _>>()?;
        check_parts(&parts, &keys, self.kind)?;
        if self.path_length.is_some() && !self.kind.is_authority() {
            return Err(wrong("path_length", "only a root or issuing profile has one"));
        }
        if self.kind.is_authority() && self.law_scope.is_inside() {
            return Err(wrong("law_scope", "an authority's own certificate is outside"));
        }
        Ok(Profile {
            name: self.name,
            label: Label {
                zh: self.zh,
                en: self.en,
            },
            kind: self.kind,
            law_scope: self.law_scope,
            keys,
            days_default: validity.default_days,
            days_max: validity.max_days,
            beyond_issuer: validity.beyond_issuer,
            extension_set: set,
            parts,
            policies: self
                .policies
                .iter()
                .map(|policy| policy_number(policy))
                .collect::<Result<_, _>>()?,
            pointers: pointers(&self.publish)?,
            path_length: self.path_length,
            prescribed: prescribed(&self.prescribed_extensions)?,
            fields: fields(self.field, set)?,
        })
    }
}

/// Key and problem.
type Wrong = (String, String);

fn wrong(key: &str, problem: &str) -> Wrong {
    (key.to_owned(), problem.to_owned())
}

fn slug(key: &str, text: &str) -> Result<(), Wrong> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
    if text.is_empty() || text.len() > LENGTH_DEFAULT || !text.bytes().all(plain) {
        return Err(wrong(
            key,
            &format!("{text:?} is not 1 to 64 of a-z, 0-9, hyphen and underscore"),
        ));
    }
    Ok(())
}

fn keys(names: &[String]) -> Result<Vec<KeyAlgorithm>, Wrong> {
    if names.is_empty() {
        return Err(wrong("keys", "at least one key algorithm is needed"));
    }
    names
        .iter()
        .map(|name| {
            name.parse()
                .map_err(|_| wrong("keys", &format!("{name:?} is no key algorithm")))
        })
        .collect()
}

fn part(form: &PartForm) -> Result<Part, Wrong> {
    let key = |of: &str| format!("certificate.{}.{of}", form.usage);
    let mut key_usage = KeyUsage::NONE;
    for name in &form.key_usage {
        key_usage = key_usage.with(name.parse().map_err(|error| (key("key_usage"), format!("{error}")))?);
    }
    if key_usage.is_empty() {
        return Err((key("key_usage"), "at least one bit is needed".to_owned()));
    }
    let purposes = form
        .extended_key_usage
        .iter()
        .map(|name| {
            name.parse()
                .map_err(|error| (key("extended_key_usage"), format!("{error}")))
        })
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Part {
        usage: form.usage,
        key_usage,
        purposes,
        purposes_critical: form.extended_key_usage_critical,
    })
}

fn check_parts(parts: &[Part], keys: &[KeyAlgorithm], kind: ProfileKind) -> Result<(), Wrong> {
    let usages: Vec<Usage> = parts.iter().map(|part| part.usage).collect();
    if usages == [Usage::Sign, Usage::Encrypt] {
        if keys != [KeyAlgorithm::Sm2] {
            return Err(wrong(
                "keys",
                "a pair takes SM2 keys only: the encryption key comes from the KMC",
            ));
        }
        if kind != ProfileKind::Subscriber {
            return Err(wrong("certificate", "only subscribers have a pair"));
        }
    } else if usages != [Usage::Single] {
        return Err(wrong(
            "certificate",
            "either one with usage single, or sign and then encrypt",
        ));
    }
    let certifies = parts.iter().any(|part| part.key_usage.meets(KeyUsage::KEY_CERT_SIGN));
    if certifies != kind.is_authority() {
        return Err(wrong(
            "certificate",
            "key-cert-sign and kind root or issuing go together",
        ));
    }
    Ok(())
}

fn policy_number(text: &str) -> Result<PolicyNumber, Wrong> {
    if text == "any" {
        return Ok(PolicyNumber::Any);
    }
    if let Some(dotted) = text.strip_prefix("oid:") {
        return match ObjectIdentifier::new(dotted) {
            Ok(oid) if !crate::oid::is_of_the_standards(dotted) => Ok(PolicyNumber::Absolute(oid)),
            _ => Err(wrong("policies", &format!("{dotted:?} is no policy of an operator"))),
        };
    }
    let arc = |arc: &str| arc.parse::<u32>().is_ok_and(|number| number.to_string() == arc);
    if text.split('.').all(arc) {
        return Ok(PolicyNumber::BelowOperator(text.to_owned()));
    }
    let problem =
        format!("{text:?} is neither \"any\", \"oid:…\" nor numbers below the operator's arc, such as \"1.2\"");
    Err(wrong("policies", &problem))
}

fn pointers(names: &[String]) -> Result<Vec<Pointer>, Wrong> {
    let read = |name: &String| match name.as_str() {
        "crl" => Ok(Pointer::Crl),
        "ocsp" => Ok(Pointer::Ocsp),
        "ca-issuers" => Ok(Pointer::CaIssuers),
        "cps" => Ok(Pointer::Cps),
        _ => Err(wrong(
            "publish",
            &format!("{name:?} is not one of crl, ocsp, ca-issuers, cps"),
        )),
    };
    names.iter().map(read).collect()
}

fn prescribed(dotted: &[String]) -> Result<Vec<ObjectIdentifier>, Wrong> {
    let read = |text: &String| {
        ObjectIdentifier::new(text)
            .map_err(|_| wrong("prescribed_extensions", &format!("{text:?} is no object identifier")))
    };
    dotted.iter().map(read).collect()
}

fn fields(forms: Vec<FieldForm>, set: ExtensionSet) -> Result<Vec<Field>, Wrong> {
    if forms.is_empty() || forms.len() > FIELDS_MAX {
        return Err(wrong("field", &format!("1 to {FIELDS_MAX} fields are allowed")));
    }
    let mut fields: Vec<Field> = Vec::with_capacity(forms.len());
    for form in forms {
        let name = form.name.clone();
        slug("field.name", &name)?;
        if fields.iter().any(|known| known.name == name) {
            return Err((format!("field.{name}"), "appears twice".to_owned()));
        }
        fields.push(field(form, set).map_err(|(key, problem)| (format!("field.{name}.{key}"), problem))?);
    }
    Ok(fields)
}

fn field(form: FieldForm, set: ExtensionSet) -> Result<Field, Wrong> {
    let targets = targets(&form.targets, set)?;
    let check = match form.check {
        None => None,
        Some(name) => Some(name.parse::<ValueCheck>().map_err(|()| unknown_check(&name))?),
    };
    let pattern = match form.pattern {
        None => None,
        Some(text) => {
            let whole = Regex::new(&format!("^(?:{text})$")).map_err(|error| wrong("pattern", &error.to_string()))?;
            Some(whole)
        }
    };
    let length_max = form.max_length.unwrap_or(LENGTH_DEFAULT);
    check_length(length_max, &targets)?;
    let count_max = form.max_count.unwrap_or(1);
    if !(1..=COUNT_MAX).contains(&count_max) {
        return Err(wrong("max_count", &format!("1 to {COUNT_MAX} is allowed")));
    }
    let hint = match (form.hint_zh, form.hint_en) {
        (Some(zh), Some(en)) => Some(Label { zh, en }),
        (None, None) => None,
        _ => return Err(wrong("hint_zh", "hint_zh and hint_en go together")),
    };
    let field = Field {
        name: form.name,
        label: Label {
            zh: form.zh,
            en: form.en,
        },
        required: form.required,
        fixed: form.fixed,
        default: form.default,
        targets,
        length_max,
        count_max,
        check,
        pattern,
        hint,
    };
    check_own_values(&field)?;
    Ok(field)
}

fn unknown_check(name: &str) -> Wrong {
    let names: Vec<_> = ValueCheck::ALL.iter().map(|check| check.name()).collect();
    wrong("check", &format!("{name:?} is not one of {}", names.join(", ")))
}

fn targets(names: &[String], set: ExtensionSet) -> Result<Vec<Target>, Wrong> {
    if names.is_empty() {
        return Err(wrong("targets", "at least one target is needed"));
    }
    let mut targets = Vec::with_capacity(names.len());
    for name in names {
        let target: Target = name.parse().map_err(|()| {
            wrong(
                "targets",
                &format!("{name:?} is no target such as dn:CN, san:dns or gm:credit-code"),
            )
        })?;
        if let Target::Identity(number) = target
            && number.form(set).is_none()
        {
            return Err(wrong(
                "targets",
                &format!("{name} has no place in the {} set", set.name()),
            ));
        }
        targets.push(target);
    }
    Ok(targets)
}

fn check_length(length_max: usize, targets: &[Target]) -> Result<(), Wrong> {
    if !(1..=LENGTH_MAX).contains(&length_max) {
        return Err(wrong("max_length", &format!("1 to {LENGTH_MAX} is allowed")));
    }
    for target in targets {
        if let Target::Name(attribute) = target
            && let Some(bound) = attribute.upper_bound()
            && length_max > bound
        {
            return Err(wrong(
                "max_length",
                &format!("{attribute} has at most {bound} characters (RFC 5280 A.1)"),
            ));
        }
    }
    Ok(())
}

/// A fixed or default value must be one that an applicant could have given.
fn check_own_values(field: &Field) -> Result<(), Wrong> {
    for (key, value) in [("fixed", &field.fixed), ("default", &field.default)] {
        if let Some(value) = value
            && let Err(error) = crate::subject::check_value(field, value)
        {
            return Err(wrong(key, &error.to_string()));
        }
    }
    if field.fixed.is_some() && field.default.is_some() {
        return Err(wrong("default", "a fixed field has no default"));
    }
    Ok(())
}
