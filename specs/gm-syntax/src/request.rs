//! Certificate requests: PKCS#10 (RFC 2986), with CFCA's double-key form.
//!
//! ```text
//! CertificationRequest ::= SEQUENCE {
//!     certificationRequestInfo SEQUENCE { version INTEGER (0), subject Name,
//!                                         subjectPKInfo SubjectPublicKeyInfo, attributes [0] IMPLICIT SET OF Attribute },
//!     signatureAlgorithm AlgorithmIdentifier, signature BIT STRING }
//! ```
//!
//! A request proves that its sender holds the private key: [`CertificationRequest`] is what came,
//! [`ProvenRequest`] is what was proven. The temporary key of a double-key request is only named
//! under that proof, not proven itself; it can do no harm but to its sender.
//!
//! It does not know whether the subject is true, and it asks for no extension to be granted.

use std::{fmt, ops::Deref};

use der::Tag;
use gm_suite::{InvalidKey, KeyAlgorithm, PublicKey, SignError, SignatureAlgorithm, Signer};
use x509_cert::{ext::Extension, name::Name};

use crate::{
    der_fields::Fields,
    der_writer::{self, DerWriter},
    issuer_serial::read_name,
    malformed::{Malformed, Problem},
    pem_text,
    request_attributes::{self, Attributes},
};

/// Octets of a request: ML-DSA-87 needs 7.5 KiB, RSA-4096 with many names 3.
pub const REQUEST_BYTES_MAX: usize = 16 << 10;

/// Octets of a request as text, with the explanation that `openssl req -text` puts before it.
pub const REQUEST_TEXT_BYTES_MAX: usize = 128 << 10;

/// PEM labels of requests; the second is what old Microsoft and Netscape tools write.
pub const REQUEST_LABELS: [&str; 2] = ["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"];

/// A request as it came: well-formed, possession of the key not yet proven.
///
/// Its `Debug` shows the kind of key, not the subject.
#[derive(Clone)]
pub struct CertificationRequest {
    der: Vec<u8>,
    info: Vec<u8>,
    subject: Name,
    public_key: PublicKey,
    attributes: Attributes,
    algorithm: SignatureAlgorithm,
    signature: Vec<u8>,
}

impl CertificationRequest {
    /// Reads PEM, base64 without armour, or DER.
    ///
    /// # Errors
    /// [`RequestError::Malformed`] with the place; [`RequestError::PublicKey`] for a weak or foreign
    /// key; [`RequestError::SignatureAlgorithm`].
    pub fn from_pem_or_der(bytes: &[u8]) -> Result<Self, RequestError> {
        let (max, found) = (REQUEST_TEXT_BYTES_MAX, bytes.len());
        if found > max {
            return Err(Malformed::new("request", 0, Problem::TooLong { max, found }).into());
        }
        let der = pem_text::decode_any(bytes, &REQUEST_LABELS)?;
        Self::from_der(&der)
    }

    /// Reads DER.
    ///
    /// # Errors
    /// As [`CertificationRequest::from_pem_or_der`].
    pub fn from_der(der: &[u8]) -> Result<Self, RequestError> {
        let parts = Fields::message("request", der, REQUEST_BYTES_MAX, read_parts)?;
        let public_key = PublicKey::from_spki(parts.spki).map_err(RequestError::PublicKey)?;
        let algorithm = SignatureAlgorithm::from_identifier(&parts.algorithm)
            .map_err(|unsupported| RequestError::SignatureAlgorithm(unsupported.oid))?;
        Ok(Self {
            der: der.to_vec(),
            info: parts.info.to_vec(),
            subject: parts.subject,
            public_key,
            attributes: parts.attributes,
            algorithm,
            signature: parts.signature.to_vec(),
        })
    }

    /// Makes and signs a request. With a `temporary` SM2 key it takes CFCA's double-key form.
    ///
    /// # Errors
    /// [`SignRequestError`].
    pub fn sign_request(
        subject: &Name,
        signer: &dyn Signer,
        temporary: Option<&PublicKey>,
    ) -> Result<Vec<u8>, SignRequestError> {
        Self::sign_request_with(subject, signer, temporary, &[])
    }

    /// As [`CertificationRequest::sign_request`], asking for extensions.
    ///
    /// # Errors
    /// [`SignRequestError`].
    pub fn sign_request_with(
        subject: &Name,
        signer: &dyn Signer,
        temporary: Option<&PublicKey>,
        extensions: &[Extension],
    ) -> Result<Vec<u8>, SignRequestError> {
        if temporary.is_some_and(|key| key.algorithm() != KeyAlgorithm::Sm2) {
            return Err(SignRequestError::TemporaryKey);
        }
        let attributes = request_attributes::write(temporary, extensions)?;
        let info = der_writer::write(|w| {
            w.sequence(|w| {
                w.unsigned_64(0);
                w.value(subject);
                w.raw(signer.public_key().spki());
                w.context_set_of(0, attributes);
            });
        })?;
        let signature = signer.sign(&info)?;
        let der = der_writer::write(|w| write_signed(w, &info, signer, &signature))?;
        Ok(der)
    }

    /// The subject that the sender would like; may be empty.
    #[must_use]
    pub fn subject(&self) -> &Name {
        &self.subject
    }

    /// The key to be certified.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// The key for the envelope, when this is a double-key request.
    #[must_use]
    pub fn temporary_key(&self) -> Option<&PublicKey> {
        self.attributes.temporary_key.as_ref()
    }

    /// The extensions asked for.
    #[must_use]
    pub fn requested_extensions(&self) -> &[Extension] {
        &self.attributes.extensions
    }

    /// The challenge password; a secret in SCEP, a constant in CFCA's form.
    #[must_use]
    pub fn challenge_password(&self) -> Option<&str> {
        self.attributes.challenge_password.as_deref()
    }

    /// What the request is signed with.
    #[must_use]
    pub fn signature_algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// The request as it came.
    #[must_use]
    pub fn to_der(&self) -> &[u8] {
        &self.der
    }

    /// Checks that the sender holds the private key.
    ///
    /// SM2 signatures are checked with the default ID only (GB/T 35276); OpenSSL signs so with
    /// `-sigopt distid:1234567812345678`.
    ///
    /// # Errors
    /// [`RequestError::Possession`].
    pub fn verify(self) -> Result<ProvenRequest, RequestError> {
        self.public_key
            .verify(self.algorithm, &self.info, &self.signature)
            .map_err(|_| RequestError::Possession)?;
        Ok(ProvenRequest(self))
    }
}

impl fmt::Debug for CertificationRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CertificationRequest")
            .field("public_key", &self.public_key)
            .field("temporary_key", &self.attributes.temporary_key)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

/// A request whose sender holds the private key; only [`CertificationRequest::verify`] makes one.
#[derive(Clone, Debug)]
pub struct ProvenRequest(CertificationRequest);

impl Deref for ProvenRequest {
    type Target = CertificationRequest;

    fn deref(&self) -> &CertificationRequest {
        &self.0
    }
}

/// Why a request is not accepted.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// The bytes are no PKCS#10 request.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// The key to be certified is weak, foreign or broken.
    #[error("the public key is not accepted: {0}")]
    PublicKey(#[source] InvalidKey),
    /// The request is signed with an algorithm that is not accepted.
    #[error("requests signed with algorithm {0} are not accepted")]
    SignatureAlgorithm(der::asn1::ObjectIdentifier),
    /// The request is not signed by the key that it names.
    #[error("the request is not signed by its own key")]
    Possession,
}

/// Why a request could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignRequestError {
    /// The key did not sign. A fault.
    #[error(transparent)]
    Signature(#[from] SignError),
    /// CFCA's double-key form takes SM2 keys only.
    #[error("the temporary key of a double-key request must be an SM2 key")]
    TemporaryKey,
    /// Something could not be encoded. A fault.
    #[error("cannot be encoded: {0}")]
    Encoding(#[from] der::Error),
}

struct Parts<'a> {
    info: &'a [u8],
    subject: Name,
    spki: &'a [u8],
    attributes: Attributes,
    algorithm: spki::AlgorithmIdentifierOwned,
    signature: &'a [u8],
}

fn read_parts<'a>(fields: &mut Fields<'a>) -> Result<Parts<'a>, Malformed> {
    let info = fields.tagged("info", Tag::Sequence)?;
    let (subject, spki, attributes) = info.enter(read_info).map_err(|error| error.within("info"))?;
    Ok(Parts {
        info: info.whole,
        subject,
        spki,
        attributes,
        algorithm: fields.canonical("signatureAlgorithm")?,
        signature: fields.bit_octets("signature")?,
    })
}

fn read_info<'a>(fields: &mut Fields<'a>) -> Result<(Name, &'a [u8], Attributes), Malformed> {
    let offset = fields.offset();
    if fields.unsigned_64("version")? != 0 {
        let problem = Problem::Value("is not 0 (v1)");
        return Err(Malformed::new("version", offset, problem));
    }
    let subject = read_name(fields, "subject")?;
    let spki = fields.tagged("subjectPublicKeyInfo", Tag::Sequence)?.whole;
    let attributes = request_attributes::read(fields)?;
    Ok((subject, spki, attributes))
}

fn write_signed(w: &mut DerWriter, info: &[u8], signer: &dyn Signer, signature: &[u8]) {
    w.sequence(|w| {
        w.raw(info);
        w.value(&signer.signature_algorithm().identifier());
        w.bit_octets(signature);
    });
}
