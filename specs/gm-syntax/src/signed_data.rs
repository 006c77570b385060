//! `SignedData` of GB/T 35275 and RFC 5652: content with signatures, or signatures alone.
//!
//! ```text
//! ContentInfo ::= SEQUENCE { contentType OBJECT IDENTIFIER, content [0] EXPLICIT SignedData }
//! SignedData  ::= SEQUENCE {
//!     version INTEGER (1), digestAlgorithms SET OF AlgorithmIdentifier,
//!     contentInfo SEQUENCE { contentType OBJECT IDENTIFIER, content [0] EXPLICIT OCTET STRING OPTIONAL },
//!     certificates [0] IMPLICIT SET OF Certificate OPTIONAL, crls [1] IMPLICIT SET OF ANY OPTIONAL,
//!     signerInfos SET OF SignerInfo }
//! ```
//!
//! Written with authenticated attributes (content type, digest). No signing time: a time that the
//! signer states proves nothing, a time stamp does. CRLs inside are skipped.

use const_oid::db::rfc5911::{ID_DATA, ID_SIGNED_DATA};
use der::asn1::ObjectIdentifier;
use gm_suite::{PublicKey, oid};
use x509_cert::Certificate;

use crate::{
    csr_response::certificates,
    der_fields::{Fields, context},
    der_writer::{self, DerWriter},
    issuer_serial::IssuerAndSerial,
    malformed::{Malformed, Problem},
    seal::{OpenError, SealError},
    signer_info::{MessageForm, SIGNERS_MAX, SignedBy, SignerInfo, read_version},
};

/// Octets of a message.
pub const MESSAGE_BYTES_MAX: usize = 64 << 20;
/// Digest algorithms listed in a message.
pub(crate) const DIGESTS_MAX: usize = 8;

/// Where the content travels.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Placement {
    /// Inside the message.
    Attached,
    /// Beside the message.
    Detached,
}

/// A signed message as it came: well-formed, not verified.
#[derive(Clone, Debug)]
pub struct SignedData {
    form: MessageForm,
    content_type: ObjectIdentifier,
    content: Option<Vec<u8>>,
    certificates: Vec<Certificate>,
    signers: Vec<SignerInfo>,
}

impl SignedData {
    /// Signs `content` and gives the encoded `ContentInfo`. `certificates` travel along.
    ///
    /// # Errors
    /// [`SealError::Signature`] or [`SealError::Encoding`].
    pub fn sign(
        form: MessageForm,
        content: &[u8],
        placement: Placement,
        by: SignedBy<'_>,
        certificates: &[Certificate],
    ) -> Result<Vec<u8>, SealError> {
        let types = ContentTypes::of(form);
        let signer = SignerInfo::sign_attributes(content, types.data, by)?;
        let digests = vec![signer.digest_identifier()?];
        let signers = vec![der_writer::write(|w| signer.write(w, form))?];
        let certificates = encoded(certificates)?;
        let body = |w: &mut DerWriter| {
            w.unsigned_64(1);
            w.set_of(digests);
            w.sequence(|w| {
                w.oid(&types.data);
                if placement == Placement::Attached {
                    w.context(0, |w| w.octets(content));
                }
            });
            if !certificates.is_empty() {
                w.context_set_of(0, certificates);
            }
            w.set_of(signers);
        };
        Ok(der_writer::write(|w| write_content_info(w, &types.signed_data, body))?)
    }

    /// Reads an encoded `ContentInfo`.
    ///
    /// # Errors
    /// [`Malformed`] under `contentInfo`.
    pub fn from_der(der: &[u8]) -> Result<Self, Malformed> {
        Fields::message("contentInfo", der, MESSAGE_BYTES_MAX, |fields| {
            let offset = fields.offset();
            let form = match fields.oid("contentType")? {
                oid::GM_SIGNED_DATA => MessageForm::Gbt35275,
                ID_SIGNED_DATA => MessageForm::Rfc5652,
                other => return Err(Malformed::new("contentType", offset, Problem::Algorithm(other))),
            };
            fields.constructed("content", context(0), |fields| {
                fields.sequence("signedData", |fields| read(fields, form))
            })
        })
    }

    /// Which vocabulary the message uses.
    #[must_use]
    pub fn form(&self) -> MessageForm {
        self.form
    }

    /// The content, when it is inside. Not verified.
    #[must_use]
    pub fn content(&self) -> Option<&[u8]> {
        self.content.as_deref()
    }

    /// The certificates that travel along. Not verified.
    #[must_use]
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// Who claims to have signed.
    pub fn signers(&self) -> impl Iterator<Item = &IssuerAndSerial> {
        self.signers.iter().map(|signer| &signer.name)
    }

    /// Checks that one of the signatures is that of `key`, over the content inside, or over
    /// `detached` when the content travels beside. Gives the content that was signed.
    ///
    /// # Errors
    /// [`OpenError::Signature`], or [`OpenError::WhichContent`].
    pub fn verify<'a>(&'a self, key: &PublicKey, detached: Option<&'a [u8]>) -> Result<&'a [u8], OpenError> {
        let content = match (self.content(), detached) {
            (Some(inside), None) => inside,
            (None, Some(beside)) => beside,
            _ => return Err(OpenError::WhichContent),
        };
        let verified = |signer: &SignerInfo| signer.verify(content, self.content_type, key).is_ok();
        if self.signers.iter().any(verified) {
            return Ok(content);
        }
        Err(OpenError::Signature)
    }
}

struct ContentTypes {
    data: ObjectIdentifier,
    signed_data: ObjectIdentifier,
}

impl ContentTypes {
    fn of(form: MessageForm) -> Self {
        match form {
            MessageForm::Gbt35275 => Self {
                data: oid::GM_DATA,
                signed_data: oid::GM_SIGNED_DATA,
            },
            MessageForm::Rfc5652 => Self {
                data: ID_DATA,
                signed_data: ID_SIGNED_DATA,
            },
        }
    }
}

pub(crate) fn encoded(certificates: &[Certificate]) -> Result<Vec<Vec<u8>>, der::Error> {
    certificates.iter().map(der::Encode::to_der).collect()
}

pub(crate) fn write_content_info(
    w: &mut DerWriter,
    content_type: &ObjectIdentifier,
    body: impl FnOnce(&mut DerWriter),
) {
    w.sequence(|w| {
        w.oid(content_type);
        w.context(0, |w| w.sequence(body));
    });
}

fn read(fields: &mut Fields<'_>, form: MessageForm) -> Result<SignedData, Malformed> {
    read_version(fields)?;
    fields.set_of("digestAlgorithms", DIGESTS_MAX, |fields| fields.algorithm(""))?;
    let (content_type, content) = fields.sequence("contentInfo", |fields| {
        let content_type = fields.oid("contentType")?;
        let content = fields.optional_explicit("content", 0, |fields| {
            fields.octets("", MESSAGE_BYTES_MAX).map(<[u8]>::to_vec)
        })?;
        Ok((content_type, content))
    })?;
    let certificates = read_certificates(fields)?;
    let signers = read_signers(fields)?;
    Ok(SignedData {
        form,
        content_type,
        content,
        certificates,
        signers,
    })
}

/// `certificates [0]` and `crls [1]`; the CRLs are skipped.
pub(crate) fn read_certificates(fields: &mut Fields<'_>) -> Result<Vec<Certificate>, Malformed> {
    let mut found = Vec::new();
    if fields.next_is_context(0) {
        found = certificates(&fields.tagged("certificates", context(0))?, "certificates")?;
    }
    if fields.next_is_context(1) {
        fields.tagged("crls", context(1))?;
    }
    Ok(found)
}

pub(crate) fn read_signers(fields: &mut Fields<'_>) -> Result<Vec<SignerInfo>, Malformed> {
    let offset = fields.offset();
    let signers = fields.set_of("signerInfos", SIGNERS_MAX, SignerInfo::read)?;
    if signers.is_empty() {
        return Err(Malformed::new("signerInfos", offset, Problem::Value("is empty")));
    }
    Ok(signers)
}
