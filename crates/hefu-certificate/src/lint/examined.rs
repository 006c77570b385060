//! What lints look at: the certificate taken apart once, with profile and issuer beside it.

use const_oid::ObjectIdentifier;
use gm_suite::{KeyAlgorithm, PublicKey};
use gm_syntax::Malformed;
use jiff::Timestamp;

use crate::issuer::Issuer;
use crate::key_usage::KeyUsage;
use crate::name::{self, NameAttribute};
use crate::oid;
use crate::profile::{Part, Profile, ProfileKind, Usage};
use crate::view::{self, BasicConstraints, DistributionPoint, Extension, GeneralName, Policy, Tbs};

pub(super) struct Examined<'a> {
    pub(super) raw: &'a [u8],
    pub(super) tbs: Tbs<'a>,
    pub(super) profile: &'a Profile,
    pub(super) part: Option<&'a Part>,
    pub(super) issuer: &'a Issuer,
    pub(super) usage: Usage,
    pub(super) key: Option<PublicKey>,
    pub(super) not_before: Option<Timestamp>,
    pub(super) not_after: Option<Timestamp>,
    pub(super) issuer_name: Vec<NameAttribute<'a>>,
    pub(super) subject: Vec<NameAttribute<'a>>,
    pub(super) authority_key: Option<&'a [u8]>,
    pub(super) subject_key: Option<&'a [u8]>,
    pub(super) key_usage: Option<KeyUsage>,
    pub(super) basic: Option<BasicConstraints>,
    pub(super) purposes: Option<Vec<&'a [u8]>>,
    pub(super) policies: Option<Vec<Policy<'a>>>,
    pub(super) points: Option<Vec<DistributionPoint<'a>>>,
    pub(super) access: Option<Vec<(&'a [u8], GeneralName<'a>)>>,
    pub(super) alternatives: Option<Vec<GeneralName<'a>>>,
    /// Values of known extensions that cannot be read.
    pub(super) malformed: Vec<String>,
}

impl<'a> Examined<'a> {
    pub(super) fn new(
        raw: &'a [u8],
        profile: &'a Profile,
        issuer: &'a Issuer,
        usage: Usage,
    ) -> Result<Self, Malformed> {
        let tbs = Tbs::parse(raw)?;
        let mut read = Reading {
            tbs: &tbs,
            malformed: Vec::new(),
        };
        Ok(Self {
            raw,
            profile,
            part: profile.part(usage),
            issuer,
            usage,
            key: PublicKey::from_spki(tbs.spki.whole).ok(),
            not_before: tbs.not_before(),
            not_after: tbs.not_after(),
            issuer_name: name::attributes(tbs.issuer.whole)?,
            subject: name::attributes(tbs.subject.whole)?,
            authority_key: read
                .value(oid::CE_AUTHORITY_KEY_IDENTIFIER, view::authority_key_identifier)
                .flatten(),
            subject_key: read.value(oid::CE_SUBJECT_KEY_IDENTIFIER, view::subject_key_identifier),
            key_usage: read.value(oid::CE_KEY_USAGE, view::key_usage),
            basic: read.value(oid::CE_BASIC_CONSTRAINTS, view::basic_constraints),
            purposes: read.value(oid::CE_EXTENDED_KEY_USAGE, view::purposes),
            policies: read.value(oid::CE_CERTIFICATE_POLICIES, view::policies),
            points: read.value(oid::CE_CRL_DISTRIBUTION_POINTS, view::distribution_points),
            access: read.value(oid::PE_AUTHORITY_INFO_ACCESS, view::access_descriptions),
            alternatives: read.value(oid::CE_SUBJECT_ALT_NAME, view::general_names),
            malformed: read.malformed,
            tbs,
        })
    }

    pub(super) fn extension(&self, oid: ObjectIdentifier) -> Option<&Extension<'a>> {
        self.tbs.extension(oid)
    }

    pub(super) fn is_critical(&self, oid: ObjectIdentifier) -> bool {
        self.extension(oid).is_some_and(Extension::is_critical)
    }

    pub(super) fn kind(&self) -> ProfileKind {
        self.profile.kind()
    }

    /// Whether the certificate itself says that it is an authority's.
    pub(super) fn is_authority(&self) -> bool {
        self.basic.is_some_and(|basic| basic.ca)
    }

    pub(super) fn may(&self, usage: KeyUsage) -> bool {
        self.key_usage.is_some_and(|set| set.meets(usage))
    }

    pub(super) fn has_purpose(&self, purpose: ObjectIdentifier) -> bool {
        self.purposes
            .as_ref()
            .is_some_and(|all| all.contains(&purpose.as_bytes()))
    }

    pub(super) fn key_algorithm(&self) -> Option<KeyAlgorithm> {
        self.key.as_ref().map(PublicKey::algorithm)
    }

    pub(super) fn alternatives_of(&self, number: u32) -> impl Iterator<Item = &GeneralName<'a>> {
        self.alternatives
            .iter()
            .flatten()
            .filter(move |name| name.number == number)
    }
}

struct Reading<'t, 'a> {
    tbs: &'t Tbs<'a>,
    malformed: Vec<String>,
}

impl<'a> Reading<'_, 'a> {
    fn value<T>(&mut self, oid: ObjectIdentifier, read: impl FnOnce(&'a [u8]) -> Result<T, Malformed>) -> Option<T> {
        let found = self.tbs.extension(oid)?;
        read(found.value)
            .map_err(|error| self.malformed.push(error.to_string()))
            .ok()
    }
}

/// An identifier for people: dotted, or hexadecimal when it is broken.
pub(super) fn dotted(content: &[u8]) -> String {
    ObjectIdentifier::from_bytes(content).map_or_else(|_| hex::encode(content), |oid| oid.to_string())
}
