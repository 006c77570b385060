//! The answer to an SM2 certificate request (GM/T 0092): both certificates and the enveloped key.
//!
//! ```text
//! CSRResponse ::= SEQUENCE {
//!     signCerts            SET OF Certificate,
//!     encryptedPrivateKey  [0] SM2EnvelopedKey OPTIONAL,
//!     encryptCerts         [1] SET OF Certificate OPTIONAL }
//! ```
//!
//! The standard's own text was not to be had, and implementations differ in their tags: `[0]` and
//! `[1]` are read both explicit and implicit. Written are `[0]` explicit and `[1]` implicit, which is
//! what the open implementations of GM/T 0092 read. (unverified against the standard)

use der::Tag;
use x509_cert::Certificate;

use crate::{
    der_fields::{Element, Fields, canonical, collect, context, expect_sorted},
    der_writer,
    enveloped_key::Sm2EnvelopedKey,
    malformed::{Malformed, Problem},
};

/// Octets of the encoding: two short chains.
pub const CSR_RESPONSE_BYTES_MAX: usize = 256 << 10;

/// Certificates in each of the two sets: the subject's and its chain.
pub const CERTIFICATES_MAX: usize = 16;

/// What a CA hands to the applicant.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CsrResponse {
    /// The signing certificate, possibly with its chain. A set: its order says nothing.
    pub signing: Vec<Certificate>,
    /// The private key of the encryption certificate.
    pub enveloped_key: Option<Sm2EnvelopedKey>,
    /// The encryption certificate, possibly with its chain; empty for a single certificate.
    pub encryption: Vec<Certificate>,
}

impl CsrResponse {
    /// The encoding; certificates are sorted as DER wants sets.
    ///
    /// # Errors
    /// A certificate that cannot be encoded.
    pub fn to_der(&self) -> Result<Vec<u8>, der::Error> {
        let signing = encoded(&self.signing)?;
        let encryption = encoded(&self.encryption)?;
        der_writer::write(|w| {
            w.sequence(|w| {
                w.set_of(signing);
                if let Some(key) = &self.enveloped_key {
                    w.context(0, |w| key.write(w));
                }
                if !encryption.is_empty() {
                    w.context_set_of(1, encryption);
                }
            });
        })
    }

    /// Reads the encoding.
    ///
    /// # Errors
    /// [`Malformed`] under `csrResponse`.
    pub fn from_der(der: &[u8]) -> Result<Self, Malformed> {
        Fields::message("csrResponse", der, CSR_RESPONSE_BYTES_MAX, |fields| {
            let set = fields.tagged("signCerts", Tag::Set)?;
            let signing = certificates(&set, "signCerts")?;
            if signing.is_empty() {
                return Err(set.malformed("signCerts", Problem::Value("is empty")));
            }
            Ok(Self {
                signing,
                enveloped_key: read_enveloped_key(fields)?,
                encryption: read_encryption(fields)?,
            })
        })
    }
}

fn encoded(certificates: &[Certificate]) -> Result<Vec<Vec<u8>>, der::Error> {
    certificates.iter().map(der::Encode::to_der).collect()
}

fn read_enveloped_key(fields: &mut Fields<'_>) -> Result<Option<Sm2EnvelopedKey>, Malformed> {
    if !fields.next_is_context(0) {
        return Ok(None);
    }
    let name = "encryptedPrivateKey";
    let element = fields.tagged(name, context(0))?;
    let key = match only_element(&element, Tag::Sequence) {
        Some(explicit) => explicit.enter(Sm2EnvelopedKey::read),
        None => element.enter(Sm2EnvelopedKey::read),
    };
    key.map(Some).map_err(|error| error.within(name))
}

fn read_encryption(fields: &mut Fields<'_>) -> Result<Vec<Certificate>, Malformed> {
    if !fields.next_is_context(1) {
        return Ok(Vec::new());
    }
    let name = "encryptCerts";
    let element = fields.tagged(name, context(1))?;
    let set = only_element(&element, Tag::Set).unwrap_or(element);
    certificates(&set, name)
}

/// The element inside an explicit tag, if the content is exactly one element with this tag.
pub(crate) fn only_element<'a>(tagged: &Element<'a>, tag: Tag) -> Option<Element<'a>> {
    let inside = tagged.enter(|fields| fields.element("")).ok()?;
    (inside.tag == tag).then_some(inside)
}

/// A `SET OF Certificate`, tagged as such or implicitly.
pub(crate) fn certificates(set: &Element<'_>, field: &str) -> Result<Vec<Certificate>, Malformed> {
    expect_sorted(set, field)?;
    collect(set, field, CERTIFICATES_MAX, |fields| {
        canonical(&fields.element("")?, "")
    })
}
