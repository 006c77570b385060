//! One signature in a message of GB/T 35275 or RFC 5652.
//!
//! ```text
//! SignerInfo ::= SEQUENCE {
//!     version INTEGER (1), issuerAndSerialNumber, digestAlgorithm AlgorithmIdentifier,
//!     authenticatedAttributes [0] IMPLICIT SET OF Attribute OPTIONAL,
//!     digestEncryptionAlgorithm AlgorithmIdentifier, encryptedDigest OCTET STRING,
//!     unauthenticatedAttributes [1] IMPLICIT SET OF Attribute OPTIONAL }
//! ```
//!
//! With authenticated attributes the signature covers their SET, which holds the content's digest;
//! without them it covers the content. SM2 signatures take Z with the default ID either way. The
//! signer is named by issuer and serial number only; the subject key identifier of RFC 5652 is not read.

use const_oid::db::rfc5911::{ID_CONTENT_TYPE, ID_MESSAGE_DIGEST};
use der::{Tag, asn1::ObjectIdentifier};
use gm_suite::{DigestAlgorithm, PublicKey, SignError, SignatureAlgorithm, Signer, oid};
use spki::AlgorithmIdentifierOwned;

use crate::{
    der_fields::{Element, Fields, collect, context, expect_sorted},
    der_writer::{self, DerWriter},
    issuer_serial::IssuerAndSerial,
    malformed::{Malformed, Problem},
    seal::{OpenError, SealError},
};

/// Signatures in one message.
pub const SIGNERS_MAX: usize = 8;
/// Attributes of one signature.
const ATTRIBUTES_MAX: usize = 32;
/// Octets of one signature: ML-DSA-87 needs 4,627.
const SIGNATURE_BYTES_MAX: usize = 8 << 10;

/// Who signs a message: the key, and the certificate that names it.
#[derive(Clone, Copy)]
pub struct SignedBy<'a> {
    /// The key.
    pub signer: &'a dyn Signer,
    /// Issuer and serial number of its certificate.
    pub name: &'a IssuerAndSerial,
}

/// The vocabulary of a message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum MessageForm {
    /// GB/T 35275: its own content types, SM2 signatures as 1.2.156.10197.1.301.1.
    Gbt35275,
    /// RFC 5652 (CMS): SM2 signatures as 1.2.156.10197.1.501.
    Rfc5652,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct SignerInfo {
    pub(crate) name: IssuerAndSerial,
    digest: DigestAlgorithm,
    attributes: Option<SignedAttributes>,
    algorithm: SignatureAlgorithm,
    signature: Vec<u8>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
struct SignedAttributes {
    /// Encoded as the SET that is signed.
    set: Vec<u8>,
    content_type: ObjectIdentifier,
    message_digest: Vec<u8>,
}

impl SignerInfo {
    /// Signs `content` as it is.
    pub(crate) fn sign_content(content: &[u8], by: SignedBy<'_>) -> Result<Self, SignError> {
        Self::sign(content, None, by)
    }

    /// Signs attributes that hold the digest of `content`.
    pub(crate) fn sign_attributes(
        content: &[u8],
        content_type: ObjectIdentifier,
        by: SignedBy<'_>,
    ) -> Result<Self, SealError> {
        let message_digest = digest_of(by.signer.signature_algorithm()).digest(content);
        let of = |oid, value| der_writer::write(|w| write_attribute(w, &oid, value));
        let content_type_value = der_writer::write(|w| w.oid(&content_type))?;
        let digest_value = der_writer::write(|w| w.octets(&message_digest))?;
        let elements = vec![
            of(ID_CONTENT_TYPE, content_type_value)?,
            of(ID_MESSAGE_DIGEST, digest_value)?,
        ];
        let attributes = SignedAttributes {
            set: der_writer::write(|w| w.set_of(elements))?,
            content_type,
            message_digest,
        };
        Ok(Self::sign(content, Some(attributes), by)?)
    }

    fn sign(content: &[u8], attributes: Option<SignedAttributes>, by: SignedBy<'_>) -> Result<Self, SignError> {
        let signed = attributes.as_ref().map_or(content, |attributes| &attributes.set);
        let algorithm = by.signer.signature_algorithm();
        Ok(Self {
            signature: by.signer.sign(signed)?,
            name: by.name.clone(),
            digest: digest_of(algorithm),
            attributes,
            algorithm,
        })
    }

    /// Checks the signature over `content`.
    pub(crate) fn verify(
        &self,
        content: &[u8],
        content_type: ObjectIdentifier,
        key: &PublicKey,
    ) -> Result<(), OpenError> {
        let signed = match &self.attributes {
            None => content,
            Some(attributes) => {
                let same_type = attributes.content_type == content_type;
                if !same_type || attributes.message_digest != self.digest.digest(content) {
                    return Err(OpenError::Signature);
                }
                &attributes.set
            }
        };
        key.verify(self.algorithm, signed, &self.signature)
            .map_err(|_| OpenError::Signature)
    }

    pub(crate) fn digest_identifier(&self) -> Result<Vec<u8>, der::Error> {
        der_writer::write(|w| w.algorithm(&self.digest.oid()))
    }

    pub(crate) fn write(&self, w: &mut DerWriter, form: MessageForm) {
        w.sequence(|w| {
            w.unsigned_64(1);
            self.name.write(w);
            w.algorithm(&self.digest.oid());
            if let Some(attributes) = &self.attributes {
                w.retagged_context(0, &attributes.set);
            }
            match (form, self.algorithm) {
                (MessageForm::Gbt35275, SignatureAlgorithm::Sm2Sm3) => w.algorithm(&oid::SM2_SIGN),
                _ => w.value(&self.algorithm.identifier()),
            }
            w.octets(&self.signature);
        });
    }

    pub(crate) fn read(fields: &mut Fields<'_>) -> Result<Self, Malformed> {
        fields.sequence("", |fields| {
            read_version(fields)?;
            let name = IssuerAndSerial::read(fields, "issuerAndSerialNumber")?;
            let digest = read_digest(fields, "digestAlgorithm")?;
            let attributes = read_attributes(fields)?;
            let algorithm = read_signature_algorithm(fields, digest)?;
            let signature = fields.octets("encryptedDigest", SIGNATURE_BYTES_MAX)?.to_vec();
            if fields.next_is_context(1) {
                fields.tagged("unauthenticatedAttributes", context(1))?;
            }
            Ok(Self {
                name,
                digest,
                attributes,
                algorithm,
                signature,
            })
        })
    }
}

/// The version of a message or of a part of it: 1 in all that we read.
pub(crate) fn read_version(fields: &mut Fields<'_>) -> Result<(), Malformed> {
    let offset = fields.offset();
    if fields.unsigned_64("version")? == 1 {
        return Ok(());
    }
    Err(Malformed::new("version", offset, Problem::Value("is not 1")))
}

/// The digest that goes with a signature: its own; SHA-512 where the signature has none
/// (Ed25519: RFC 8419 3.1; ML-DSA: RFC 9882 3.3).
fn digest_of(algorithm: SignatureAlgorithm) -> DigestAlgorithm {
    match algorithm {
        SignatureAlgorithm::Sm2Sm3 => DigestAlgorithm::Sm3,
        SignatureAlgorithm::EcdsaP256Sha256 | SignatureAlgorithm::RsaPkcs1Sha256 => DigestAlgorithm::Sha256,
        SignatureAlgorithm::EcdsaP384Sha384 | SignatureAlgorithm::RsaPkcs1Sha384 => DigestAlgorithm::Sha384,
        SignatureAlgorithm::RsaPkcs1Sha512
        | SignatureAlgorithm::Ed25519
        | SignatureAlgorithm::MlDsa44
        | SignatureAlgorithm::MlDsa65
        | SignatureAlgorithm::MlDsa87 => DigestAlgorithm::Sha512,
    }
}

fn write_attribute(w: &mut DerWriter, oid: &ObjectIdentifier, value: Vec<u8>) {
    w.sequence(|w| {
        w.oid(oid);
        w.set_of(vec![value]);
    });
}

fn read_attributes(fields: &mut Fields<'_>) -> Result<Option<SignedAttributes>, Malformed> {
    if !fields.next_is_context(0) {
        return Ok(None);
    }
    let name = "authenticatedAttributes";
    let element = fields.tagged(name, context(0))?;
    expect_sorted(&element, name)?;
    let (mut content_type, mut message_digest) = (None, None);
    collect(&element, name, ATTRIBUTES_MAX, |fields| {
        fields.sequence("", |fields| {
            let oid = fields.oid("type")?;
            let values = fields.tagged("values", Tag::Set)?;
            let repeated = match oid {
                ID_CONTENT_TYPE => content_type.replace(values.enter(|f| f.oid("values"))?).is_some(),
                ID_MESSAGE_DIGEST => message_digest.replace(read_message_digest(&values)?).is_some(),
                _ => false,
            };
            if repeated {
                return Err(values.malformed("", Problem::Value("has the type of an earlier attribute")));
            }
            Ok(())
        })
    })?;
    let (Some(content_type), Some(message_digest)) = (content_type, message_digest) else {
        let problem = Problem::Value("lacks contentType or messageDigest");
        return Err(element.malformed(name, problem));
    };
    Ok(Some(SignedAttributes {
        set: as_set(&element),
        content_type,
        message_digest,
    }))
}

fn read_message_digest(values: &Element<'_>) -> Result<Vec<u8>, Malformed> {
    let max = DigestAlgorithm::Sha512.output_len();
    values.enter(|fields| Ok(fields.octets("values", max)?.to_vec()))
}

/// The octets that are signed: the attributes under the tag SET instead of `[0]`.
fn as_set(element: &Element<'_>) -> Vec<u8> {
    let mut set = element.whole.to_vec();
    if let Some(tag) = set.first_mut() {
        *tag = der_writer::SET;
    }
    set
}

fn read_digest(fields: &mut Fields<'_>, field: &str) -> Result<DigestAlgorithm, Malformed> {
    let offset = fields.offset();
    let identifier = fields.algorithm(field)?;
    let known = DigestAlgorithm::from_oid(&identifier.oid)
        .filter(|digest| *digest != DigestAlgorithm::Sha1 && has_no_parameters(&identifier));
    known.ok_or_else(|| Malformed::new(field, offset, Problem::Algorithm(identifier.oid)))
}

fn read_signature_algorithm(fields: &mut Fields<'_>, digest: DigestAlgorithm) -> Result<SignatureAlgorithm, Malformed> {
    let field = "digestEncryptionAlgorithm";
    let offset = fields.offset();
    let identifier = fields.algorithm(field)?;
    let refused = || Malformed::new(field, offset, Problem::Algorithm(identifier.oid));
    let bare = has_no_parameters(&identifier);
    match (identifier.oid, digest) {
        (oid::SM2_SIGN | oid::SM2 | oid::SM2_WITH_SM3, DigestAlgorithm::Sm3) if bare => Ok(SignatureAlgorithm::Sm2Sm3),
        (oid::RSA_ENCRYPTION, DigestAlgorithm::Sha256) if bare => Ok(SignatureAlgorithm::RsaPkcs1Sha256),
        (oid::RSA_ENCRYPTION, DigestAlgorithm::Sha384) if bare => Ok(SignatureAlgorithm::RsaPkcs1Sha384),
        (oid::RSA_ENCRYPTION, DigestAlgorithm::Sha512) if bare => Ok(SignatureAlgorithm::RsaPkcs1Sha512),
        _ => SignatureAlgorithm::from_identifier(&identifier).map_err(|_| refused()),
    }
}

/// Whether parameters are absent or `NULL`.
pub(crate) fn has_no_parameters(identifier: &AlgorithmIdentifierOwned) -> bool {
    identifier.parameters.as_ref().is_none_or(der::Any::is_null)
}
