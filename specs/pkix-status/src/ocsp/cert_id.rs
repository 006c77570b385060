//! Which certificate is meant: digests of its issuer's name and key, and its serial number (RFC 6960 §4.1.1).

use der::Tag;
use gm_suite::{DigestAlgorithm, PublicKey};

use crate::encode::{self, OCTET_STRING, SEQUENCE};
use crate::walk::{self, Field, Malformed, significant};

/// An issuer's name and key as one digest algorithm shows them in a `CertID`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct IssuerHashes {
    digest: DigestAlgorithm,
    name: Vec<u8>,
    key: Vec<u8>,
}

impl IssuerHashes {
    /// Digests `issuer_name`, a Name in DER, and the content of the key's BIT STRING.
    #[must_use]
    pub fn of(digest: DigestAlgorithm, issuer_name: &[u8], issuer_key: &PublicKey) -> Self {
        Self {
            digest,
            name: digest.digest(issuer_name),
            key: digest.digest(issuer_key.raw()),
        }
    }

    /// The digest algorithm.
    #[must_use]
    pub const fn digest(&self) -> DigestAlgorithm {
        self.digest
    }

    /// Whether `id` names a certificate of this issuer, in this digest algorithm.
    #[must_use]
    pub fn matches(&self, id: &CertId<'_>) -> bool {
        id.digest == Some(self.digest) && id.issuer_name_hash == self.name && id.issuer_key_hash == self.key
    }
}

/// A `CertID` as it stands in a request or a response.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CertId<'a> {
    der: &'a [u8],
    digest: Option<DigestAlgorithm>,
    issuer_name_hash: &'a [u8],
    issuer_key_hash: &'a [u8],
    serial: &'a [u8],
}

impl<'a> CertId<'a> {
    pub(crate) fn read(field: &Field<'a>) -> Result<Self, Malformed> {
        let mut inside = field.open("CertID");
        let (oid, _parameters) = walk::algorithm(&inside.expect("hashAlgorithm", Tag::Sequence)?)?;
        let issuer_name_hash = inside.expect("issuerNameHash", Tag::OctetString)?.value;
        let issuer_key_hash = inside.expect("issuerKeyHash", Tag::OctetString)?.value;
        let serial = inside.expect("serialNumber", Tag::Integer)?.integer()?;
        inside.finish()?;
        let digest = DigestAlgorithm::from_oid(&oid);
        Ok(Self {
            der: field.whole,
            digest,
            issuer_name_hash,
            issuer_key_hash,
            serial,
        })
    }

    /// The DER, to be echoed octet for octet.
    #[must_use]
    pub const fn der(&self) -> &'a [u8] {
        self.der
    }

    /// The digest algorithm; `None` for one that is not known here.
    #[must_use]
    pub const fn digest(&self) -> Option<DigestAlgorithm> {
        self.digest
    }

    /// The serial number, big-endian without leading zeros.
    #[must_use]
    pub fn serial(&self) -> &'a [u8] {
        significant(self.serial)
    }
}

/// A `CertID` that we made, to ask with.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct CertIdBuf(Vec<u8>);

impl CertIdBuf {
    /// The `CertID` of the issuer's certificate with this serial number (big-endian, leading zeros do not matter).
    ///
    /// The digest's parameters are written as NULL, as all clients do.
    #[must_use]
    pub fn new(issuer: &IssuerHashes, serial: &[u8]) -> Self {
        let mut out = Vec::with_capacity(128);
        encode::nested(&mut out, SEQUENCE, |out| {
            encode::nested(out, SEQUENCE, |out| {
                encode::element(out, encode::OBJECT_IDENTIFIER, issuer.digest.oid().as_bytes());
                encode::element(out, encode::NULL, &[]);
            });
            encode::element(out, OCTET_STRING, &issuer.name);
            encode::element(out, OCTET_STRING, &issuer.key);
            encode::push_unsigned(out, serial);
        });
        Self(out)
    }

    /// The DER.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.0
    }
}
