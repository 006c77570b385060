//! Profiles: what a kind of certificate looks like, as data.
//!
//! A profile is a TOML file, compiled in from `profiles/` or given by the operator; a [`Profile`] is one that was
//! checked. It says whose certificates these are, whether they are 电子签名认证证书 in the sense of the law, which keys
//! it takes, how long, which usages, which subject fields and where each of them goes. The certificate practice
//! statement promises the same things in words.
//!
//! A profile does not know issuers, addresses or the operator's policy arc; they come from settings ([`crate::Issuer`]).

mod builtin;
mod field;
mod form;

use std::collections::BTreeMap;
use std::sync::Arc;

use const_oid::ObjectIdentifier;
use gm_suite::KeyAlgorithm;
use hefu_rulebook::Language;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use crate::profile::field::{Field, Target};
pub use crate::profile::form::ProfileError;

use crate::identity_extension::ExtensionSet;
use crate::issuer::Issuer;
use crate::key_usage::{KeyPurpose, KeyUsage};
use crate::validity::{Validity, ValidityError};

/// Which half of a pair a certificate is, or that it is alone.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Usage {
    /// The only certificate of its application.
    Single,
    /// Signature certificate of a pair; its key never leaves the subscriber.
    Sign,
    /// Encryption certificate of a pair; its key comes from the key management centre.
    Encrypt,
}

impl Usage {
    /// The word used in JSON, records and profiles.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Sign => "sign",
            Self::Encrypt => "encrypt",
        }
    }
}

impl std::fmt::Display for Usage {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// Whether a profile's certificates are 电子签名认证证书 in the sense of 电子签名法 34(3).
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LawScope {
    /// They are: 电子签名法 21 and 电子认证服务管理办法 28 say what they state.
    Signature,
    /// They are, and serve government affairs: 电子政务电子认证服务管理办法 19 as well, with its policy identifier.
    Government,
    /// They are not: they identify a device, a server or an authority.
    Outside,
}

impl LawScope {
    /// Whether the Electronic Signature Law's article 21 binds.
    #[must_use]
    pub const fn is_inside(self) -> bool {
        !matches!(self, Self::Outside)
    }
}

/// What the holder does with the certificate's key, as far as rules differ.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProfileKind {
    /// A person, an organisation, a device, a server.
    Subscriber,
    /// A self-signed certification authority.
    Root,
    /// A certification authority below another.
    Issuing,
    /// A delegated signer of OCSP answers.
    OcspSigner,
    /// A time stamping authority.
    TimestampSigner,
}

impl ProfileKind {
    /// Whether its certificates certify others.
    #[must_use]
    pub const fn is_authority(self) -> bool {
        matches!(self, Self::Root | Self::Issuing)
    }
}

/// What to do when a certificate would outlive its issuer's.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum BeyondIssuer {
    /// Refuse to issue.
    Refuse,
    /// End with the issuer's certificate.
    Clip,
}

/// A name in both languages.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Label {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Label {
    /// The name in one language.
    #[must_use]
    pub fn text(&self, language: Language) -> &str {
        match language {
            Language::Chinese => &self.zh,
            Language::English => &self.en,
        }
    }
}

/// One certificate that a profile makes: its usage bits and purposes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Part {
    /// Which half, or alone.
    pub usage: Usage,
    /// Bits of the key usage extension, always critical.
    pub key_usage: KeyUsage,
    /// Purposes of the extended key usage extension; none means that the extension is left out.
    pub purposes: Vec<KeyPurpose>,
    /// Whether the extended key usage extension is critical.
    pub purposes_critical: bool,
}

/// An address of the issuer that a certificate can carry.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Pointer {
    /// CRL distribution points: "crl".
    Crl,
    /// The OCSP responder: "ocsp".
    Ocsp,
    /// The issuer's certificate: "ca-issuers".
    CaIssuers,
    /// The certification practice statement, in the policy qualifier: "cps".
    Cps,
}

/// A profile that was checked.
#[derive(Clone, Debug)]
pub struct Profile {
    name: String,
    label: Label,
    kind: ProfileKind,
    law_scope: LawScope,
    keys: Vec<KeyAlgorithm>,
    days_default: u32,
    days_max: u32,
    beyond_issuer: BeyondIssuer,
    extension_set: ExtensionSet,
    parts: Vec<Part>,
    policies: Vec<PolicyNumber>,
    pointers: Vec<Pointer>,
    path_length: Option<u8>,
    prescribed: Vec<ObjectIdentifier>,
    fields: Vec<Field>,
}

/// A certificate policy as profiles name it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum PolicyNumber {
    /// Arcs appended to the operator's, such as "1.2".
    BelowOperator(String),
    /// A policy of somebody else that the operator follows, such as "oid:2.23.140.1.2.2".
    Absolute(ObjectIdentifier),
    /// anyPolicy, for authorities that do not limit what is below them.
    Any,
}

impl Profile {
    /// The name by which requests and settings call it, such as "person-sm2".
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name that people read.
    #[must_use]
    pub const fn label(&self) -> &Label {
        &self.label
    }

    /// What the holder does with the key.
    #[must_use]
    pub const fn kind(&self) -> ProfileKind {
        self.kind
    }

    /// Whether its certificates are 电子签名认证证书.
    #[must_use]
    pub const fn law_scope(&self) -> LawScope {
        self.law_scope
    }

    /// Whether it makes a pair: a signature and an encryption certificate, as one act.
    #[must_use]
    pub fn is_dual(&self) -> bool {
        self.parts.len() > 1
    }

    /// The certificates it makes, signature before encryption.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The certificate with this usage; `None` when the profile does not make one.
    #[must_use]
    pub fn part(&self, usage: Usage) -> Option<&Part> {
        self.parts.iter().find(|part| part.usage == usage)
    }

    /// Key algorithms it accepts from subscribers.
    #[must_use]
    pub fn keys(&self) -> &[KeyAlgorithm] {
        &self.keys
    }

    /// Days of validity when none are asked for.
    #[must_use]
    pub const fn validity_days_default(&self) -> u32 {
        self.days_default
    }

    /// Most days of validity.
    #[must_use]
    pub const fn validity_days_max(&self) -> u32 {
        self.days_max
    }

    /// What it does when a certificate would outlive its issuer's.
    #[must_use]
    pub const fn beyond_issuer(&self) -> BeyondIssuer {
        self.beyond_issuer
    }

    /// Which edition's identity extensions it writes.
    #[must_use]
    pub const fn extension_set(&self) -> ExtensionSet {
        self.extension_set
    }

    /// Subject fields, in the order in which they are asked for and encoded.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// Policies its certificates name.
    #[must_use]
    pub fn policies(&self) -> &[PolicyNumber] {
        &self.policies
    }

    /// Whether its certificates carry this address of the issuer.
    #[must_use]
    pub fn publishes(&self, pointer: Pointer) -> bool {
        self.pointers.contains(&pointer)
    }

    /// How many authorities may stand below one of its authorities; `None` for no limit.
    #[must_use]
    pub const fn path_length(&self) -> Option<u8> {
        self.path_length
    }

    /// Extensions that the competent department prescribes (电子签名法 21(7)); none are known, operators may add.
    #[must_use]
    pub fn prescribed_extensions(&self) -> &[ObjectIdentifier] {
        &self.prescribed
    }

    /// The validity of a certificate issued now: the days asked for or the default, never beyond the issuer's.
    ///
    /// # Errors
    /// [`ValidityError`]: more days than the profile has, or beyond the issuer unless the profile clips.
    pub fn validity(&self, now: Timestamp, days: Option<u32>, issuer: &Issuer) -> Result<Validity, ValidityError> {
        let asked = days.unwrap_or(self.days_default);
        if asked == 0 || asked > self.days_max {
            return Err(ValidityError::Days {
                asked,
                max: self.days_max,
                profile: self.name.clone(),
            });
        }
        let wanted = Validity::days(now, asked)?;
        let Some(bounds) = issuer.validity() else {
            return Ok(wanted);
        };
        if !bounds.holds(wanted.not_before()) {
            return Err(ValidityError::OutsideIssuer {
                not_before: wanted.not_before(),
            });
        }
        if wanted.not_after() <= bounds.not_after() {
            return Ok(wanted);
        }
        match self.beyond_issuer {
            BeyondIssuer::Clip => Validity::new(wanted.not_before(), bounds.not_after()),
            BeyondIssuer::Refuse => Err(ValidityError::BeyondIssuer {
                not_after: wanted.not_after(),
                issuer_not_after: bounds.not_after(),
            }),
        }
    }

    /// What programs and pages show of it.
    #[must_use]
    pub fn summary(&self) -> ProfileSummary<'_> {
        ProfileSummary {
            name: &self.name,
            label: &self.label,
            kind: self.kind,
            law_scope: self.law_scope,
            dual: self.is_dual(),
            keys: self.keys.iter().map(ToString::to_string).collect(),
            validity_days_default: self.days_default,
            validity_days_max: self.days_max,
            extension_set: self.extension_set.name(),
            fields: &self.fields,
        }
    }
}

/// A profile as programs and pages show it.
#[derive(Clone, Debug, Serialize)]
pub struct ProfileSummary<'a> {
    /// Its name.
    pub name: &'a str,
    /// The name that people read.
    pub label: &'a Label,
    /// What the holder does with the key.
    pub kind: ProfileKind,
    /// Whether its certificates are 电子签名认证证书.
    pub law_scope: LawScope,
    /// Whether it makes a pair.
    pub dual: bool,
    /// Names of the key algorithms it accepts.
    pub keys: Vec<String>,
    /// Days of validity when none are asked for.
    pub validity_days_default: u32,
    /// Most days of validity.
    pub validity_days_max: u32,
    /// Which identity extensions it writes.
    pub extension_set: &'static str,
    /// Its subject fields.
    pub fields: &'a [Field],
}

/// Profiles by name.
#[derive(Clone, Debug, Default)]
pub struct Profiles(BTreeMap<String, Arc<Profile>>, BTreeMap<String, toml::Table>);

impl Profiles {
    /// The profiles compiled in. A test proves that each of them is sound.
    #[must_use]
    pub fn builtin() -> Self {
        builtin::profiles()
    }

    /// The TOML of a profile compiled in, to be copied and changed.
    #[must_use]
    pub fn builtin_text(name: &str) -> Option<&'static str> {
        builtin::text(name)
    }

    /// The TOML of a profile that runs, whole: what it takes from another by `like` stands in it. Reading it again gives
    /// the same profile.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        toml::to_string(self.1.get(name)?).ok()
    }

    /// The profiles compiled in and one more, as an operator's file has it.
    ///
    /// # Errors
    /// As [`Profiles::add`].
    pub fn from_toml(text: &str) -> Result<Self, ProfileError> {
        let mut profiles = Self::builtin();
        profiles.add(text)?;
        Ok(profiles)
    }

    /// Reads a profile from TOML and adds it; one with the same name is replaced.
    ///
    /// A profile may say `like = "other"`: it is the other one with the keys given here in place of its own.
    ///
    /// # Errors
    /// [`ProfileError`] names the profile, the key and what is wrong.
    pub fn add(&mut self, text: &str) -> Result<Arc<Profile>, ProfileError> {
        let (profile, table) = form::read(text, &self.1)?;
        let profile = Arc::new(profile);
        self.1.insert(profile.name.clone(), table);
        self.0.insert(profile.name.clone(), Arc::clone(&profile));
        Ok(profile)
    }

    /// The profile with this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Arc<Profile>> {
        self.0.get(name)
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Profile>> {
        self.0.values()
    }
}
