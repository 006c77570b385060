//! A certificate read strictly, with the bytes that its signature covers kept as they came.

use std::{ops::Range, sync::Arc};

use der::{
    Decode, Encode, Reader, SliceReader, Tag,
    asn1::{BitStringRef, ObjectIdentifier},
    oid::AssociatedOid,
};
use gm_suite::{InvalidKey, PublicKey, SignatureAlgorithm};
use jiff::Timestamp;
use x509_cert::{
    TbsCertificate,
    certificate::Version,
    ext::{
        Extension,
        pkix::{
            AuthorityKeyIdentifier, BasicConstraints, CertificatePolicies, CrlDistributionPoints, ExtendedKeyUsage,
            InhibitAnyPolicy, KeyUsage, NameConstraints, PolicyConstraints, PolicyMappings, SubjectAltName,
            SubjectKeyIdentifier,
        },
    },
    name::Name,
    time::Time,
};

use crate::{names::ComparableName, reason::Reason};

/// Largest certificate read, in octets. Real ones have one to four thousand; ML-DSA-87 adds eight thousand, and a
/// web certificate with a hundred names stays far below. A limit keeps a hostile bag of files from filling memory.
pub const MAX_CERTIFICATE_BYTES: usize = 256 * 1024;

/// id-pkix-ocsp-nocheck (RFC 6960 §4.2.2.2.1): known here, so that it may be critical.
pub(crate) const OCSP_NO_CHECK: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.5");
/// id-ce-issuerAltName: carries nothing that a path depends on.
const ISSUER_ALT_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.18");

/// Bytes that are not a certificate.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum MalformedCertificate {
    /// Longer than [`MAX_CERTIFICATE_BYTES`].
    #[error("longer than {MAX_CERTIFICATE_BYTES} octets")]
    TooLong,
    /// Not the DER of a certificate.
    #[error("not a certificate in DER: {0}")]
    Syntax(#[from] der::Error),
    /// The signature algorithm inside and outside the signed part differ (RFC 5280 §4.1.1.2).
    #[error("the signature algorithm inside and outside the signed part differ")]
    AlgorithmsDiffer,
    /// An extension appears twice (RFC 5280 §4.2).
    #[error("extension {0} appears twice")]
    RepeatedExtension(ObjectIdentifier),
    /// An extension that is understood has a value that is not.
    #[error("extension {oid} is malformed: {source}")]
    Extension {
        /// Which.
        oid: ObjectIdentifier,
        /// Where it breaks.
        source: der::Error,
    },
    /// Extensions in a certificate that is not of version 3 (RFC 5280 §4.1.2.9).
    #[error("it has extensions without being of version 3")]
    ExtensionsBeforeVersion3,
    /// A date that cannot be a time.
    #[error("a date is out of range")]
    Date,
}

/// A parsed certificate. Cheap to clone; equal when the bytes are equal.
///
/// Nothing about it is trusted: a signature is checked only on a path.
#[derive(Clone)]
pub struct Certificate(Arc<Inner>);

struct Inner {
    der: Vec<u8>,
    signed: Range<usize>,
    signature: Vec<u8>,
    algorithm: Result<SignatureAlgorithm, ObjectIdentifier>,
    tbs: TbsCertificate,
    raw_subject: Vec<u8>,
    subject: ComparableName,
    issuer: ComparableName,
    not_before: Timestamp,
    not_after: Timestamp,
    key: Result<PublicKey, InvalidKey>,
    extensions: Extensions,
}

/// The extensions that path validation reads.
#[derive(Default)]
pub(crate) struct Extensions {
    pub(crate) basic: Option<BasicConstraints>,
    pub(crate) key_usage: Option<KeyUsage>,
    pub(crate) purposes: Option<ExtendedKeyUsage>,
    pub(crate) subject_key: Option<SubjectKeyIdentifier>,
    pub(crate) authority_key: Option<AuthorityKeyIdentifier>,
    pub(crate) alt_names: Option<SubjectAltName>,
    pub(crate) name_constraints: Option<NameConstraints>,
    pub(crate) policies: Option<CertificatePolicies>,
    pub(crate) policy_mappings: Option<PolicyMappings>,
    pub(crate) policy_constraints: Option<PolicyConstraints>,
    pub(crate) inhibit_any_policy: Option<InhibitAnyPolicy>,
    pub(crate) crl_points: Option<CrlDistributionPoints>,
    pub(crate) ocsp_no_check: bool,
    pub(crate) unknown_critical: Vec<ObjectIdentifier>,
}

impl Certificate {
    /// Reads one certificate from DER.
    ///
    /// # Errors
    /// [`MalformedCertificate`] says where the bytes stop being a certificate. A public key or signature algorithm
    /// that is not known is *not* an error here: such a certificate may lie in a bag beside the ones that matter.
    pub fn from_der(bytes: &[u8]) -> Result<Self, MalformedCertificate> {
        if bytes.len() > MAX_CERTIFICATE_BYTES {
            return Err(MalformedCertificate::TooLong);
        }
        let outer = Outer::read(bytes)?;
        let tbs = TbsCertificate::from_der(outer.signed)?;
        if tbs.signature().to_der()? != outer.algorithm {
            return Err(MalformedCertificate::AlgorithmsDiffer);
        }
        let start = outer.signed.as_ptr() as usize - bytes.as_ptr() as usize;
        let parts = RawParts::read(outer.signed)?;
        let (not_before, not_after) = (
            timestamp(tbs.validity().not_before)?,
            timestamp(tbs.validity().not_after)?,
        );
        Ok(Self(Arc::new(Inner {
            signed: start..start + outer.signed.len(),
            signature: outer.signature.to_vec(),
            algorithm: SignatureAlgorithm::from_identifier(tbs.signature()).map_err(|_| tbs.signature().oid),
            raw_subject: parts.subject.to_vec(),
            subject: ComparableName::of(tbs.subject()),
            issuer: ComparableName::of(tbs.issuer()),
            not_before,
            not_after,
            key: PublicKey::from_spki(parts.key),
            extensions: Extensions::read(&tbs)?,
            tbs,
            der: bytes.to_vec(),
        })))
    }

    /// The certificate's bytes, as read.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// The subject's name.
    #[must_use]
    pub fn subject(&self) -> &Name {
        self.0.tbs.subject()
    }

    /// The subject's name in the bytes of this certificate (what an OCSP `CertID` hashes).
    #[must_use]
    pub fn subject_der(&self) -> &[u8] {
        &self.0.raw_subject
    }

    /// The issuer's name.
    #[must_use]
    pub fn issuer(&self) -> &Name {
        self.0.tbs.issuer()
    }

    /// The serial number, big-endian, without a sign octet.
    #[must_use]
    pub fn serial(&self) -> &[u8] {
        let bytes = self.0.tbs.serial_number().as_bytes();
        match bytes {
            [0, rest @ ..] if !rest.is_empty() => rest,
            _ => bytes,
        }
    }

    /// First second of validity.
    #[must_use]
    pub fn not_before(&self) -> Timestamp {
        self.0.not_before
    }

    /// Last second of validity.
    #[must_use]
    pub fn not_after(&self) -> Timestamp {
        self.0.not_after
    }

    /// The subject's public key, if it is of a known kind and sound.
    ///
    /// # Errors
    /// What is wrong with the key.
    pub fn public_key(&self) -> Result<&PublicKey, &InvalidKey> {
        self.0.key.as_ref()
    }

    /// The algorithm of the signature on it, or the OID of one that is not known.
    ///
    /// # Errors
    /// The OID of an unknown algorithm.
    pub fn signature_algorithm(&self) -> Result<SignatureAlgorithm, ObjectIdentifier> {
        self.0.algorithm
    }

    /// The whole parsed signed part, for readers that want more than path validation does.
    #[must_use]
    pub fn tbs(&self) -> &TbsCertificate {
        &self.0.tbs
    }

    /// Whether basicConstraints says that this is a certification authority.
    #[must_use]
    pub fn is_authority(&self) -> bool {
        self.0.extensions.basic.as_ref().is_some_and(|basic| basic.ca)
    }

    /// Whether subject and issuer are the same name (RFC 5280 §6.1: self-issued).
    #[must_use]
    pub fn is_self_issued(&self) -> bool {
        self.0.subject == self.0.issuer
    }

    /// Whether its dates include this moment; both ends count, to the whole second.
    #[must_use]
    pub fn is_current(&self, at: Timestamp) -> bool {
        self.check_dates(at).is_ok()
    }

    /// Checks the signature on this certificate under a key.
    ///
    /// # Errors
    /// [`Reason::UnsupportedSignature`] or [`Reason::BadSignature`].
    pub fn check_signature(&self, issuer_key: &PublicKey) -> Result<(), Reason> {
        let algorithm = self.signature_algorithm().map_err(Reason::UnsupportedSignature)?;
        let signed = self.0.der.get(self.0.signed.clone()).unwrap_or_default();
        issuer_key
            .verify(algorithm, signed, &self.0.signature)
            .map_err(|_| Reason::BadSignature)
    }

    pub(crate) fn check_dates(&self, at: Timestamp) -> Result<(), Reason> {
        if at.as_second() < self.0.not_before.as_second() {
            Err(Reason::NotYetValid {
                from: self.0.not_before,
            })
        } else if at.as_second() > self.0.not_after.as_second() {
            Err(Reason::Expired {
                until: self.0.not_after,
            })
        } else {
            Ok(())
        }
    }

    pub(crate) fn extensions(&self) -> &Extensions {
        &self.0.extensions
    }

    pub(crate) fn comparable_subject(&self) -> &ComparableName {
        &self.0.subject
    }

    pub(crate) fn names(&self, candidate: &Self) -> bool {
        self.0.issuer == candidate.0.subject
    }

    pub(crate) fn is_version_3(&self) -> bool {
        self.0.tbs.version() == Version::V3
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.0.der == other.0.der
    }
}

impl Eq for Certificate {}

impl core::fmt::Debug for Certificate {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Certificate({})", self.subject())
    }
}

/// The three parts of a certificate.
struct Outer<'a> {
    signed: &'a [u8],
    algorithm: &'a [u8],
    signature: &'a [u8],
}

impl<'a> Outer<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, der::Error> {
        let mut reader = SliceReader::new(bytes)?;
        let outer = reader.sequence(|inner| {
            let signed = inner.tlv_bytes()?;
            let algorithm = inner.tlv_bytes()?;
            let signature: BitStringRef<'a> = inner.decode()?;
            let signature = signature.as_bytes().ok_or(Tag::BitString.value_error())?;
            Ok::<_, der::Error>(Self {
                signed,
                algorithm,
                signature,
            })
        })?;
        reader.finish()?;
        Ok(outer)
    }
}

/// The parts of the signed part whose very bytes are hashed elsewhere.
struct RawParts<'a> {
    subject: &'a [u8],
    key: &'a [u8],
}

impl<'a> RawParts<'a> {
    fn read(signed: &'a [u8]) -> Result<Self, der::Error> {
        const VERSION_TAG: u8 = 0xa0;
        let mut reader = SliceReader::new(signed)?;
        reader.sequence(|inner| {
            if inner.peek_byte() == Some(VERSION_TAG) {
                inner.tlv_bytes()?;
            }
            for _serial_algorithm_issuer_validity in 0..4 {
                inner.tlv_bytes()?;
            }
            let subject = inner.tlv_bytes()?;
            let key = inner.tlv_bytes()?;
            while !inner.is_finished() {
                inner.tlv_bytes()?;
            }
            Ok(Self { subject, key })
        })
    }
}

impl Extensions {
    fn read(tbs: &TbsCertificate) -> Result<Self, MalformedCertificate> {
        let mut read = Self::default();
        let Some(extensions) = tbs.extensions() else {
            return Ok(read);
        };
        if tbs.version() != Version::V3 {
            return Err(MalformedCertificate::ExtensionsBeforeVersion3);
        }
        for (position, extension) in extensions.iter().enumerate() {
            let oid = extension.extn_id;
            if extensions.iter().skip(position + 1).any(|other| other.extn_id == oid) {
                return Err(MalformedCertificate::RepeatedExtension(oid));
            }
            read.take(extension)
                .map_err(|source| MalformedCertificate::Extension { oid, source })?;
        }
        Ok(read)
    }

    fn take(&mut self, extension: &Extension) -> Result<(), der::Error> {
        let value = extension.extn_value.as_bytes();
        match extension.extn_id {
            BasicConstraints::OID => self.basic = Some(Decode::from_der(value)?),
            KeyUsage::OID => self.key_usage = Some(Decode::from_der(value)?),
            ExtendedKeyUsage::OID => self.purposes = Some(Decode::from_der(value)?),
            SubjectKeyIdentifier::OID => self.subject_key = Some(Decode::from_der(value)?),
            AuthorityKeyIdentifier::OID => self.authority_key = Some(Decode::from_der(value)?),
            SubjectAltName::OID => self.alt_names = Some(Decode::from_der(value)?),
            NameConstraints::OID => self.name_constraints = Some(Decode::from_der(value)?),
            CertificatePolicies::OID => self.policies = Some(Decode::from_der(value)?),
            PolicyMappings::OID => self.policy_mappings = Some(Decode::from_der(value)?),
            PolicyConstraints::OID => self.policy_constraints = Some(Decode::from_der(value)?),
            InhibitAnyPolicy::OID => self.inhibit_any_policy = Some(Decode::from_der(value)?),
            CrlDistributionPoints::OID => self.crl_points = Some(Decode::from_der(value)?),
            OCSP_NO_CHECK => self.ocsp_no_check = true,
            ISSUER_ALT_NAME => {}
            unknown if extension.critical => self.unknown_critical.push(unknown),
            _ => {}
        }
        Ok(())
    }
}

fn timestamp(time: Time) -> Result<Timestamp, MalformedCertificate> {
    let seconds = i64::try_from(time.to_unix_duration().as_secs()).map_err(|_| MalformedCertificate::Date)?;
    Timestamp::from_second(seconds).map_err(|_| MalformedCertificate::Date)
}
