//! `SignedAndEnvelopedData` (GB/T 35275): content encrypted to one recipient, its signature beside it.
//!
//! ```text
//! SignedAndEnvelopedData ::= SEQUENCE {
//!     version INTEGER (1), recipientInfos SET OF RecipientInfo, digestAlgorithms SET OF AlgorithmIdentifier,
//!     encryptedContentInfo EncryptedContentInfo,
//!     certificates [0] IMPLICIT SET OF Certificate OPTIONAL, crls [1] IMPLICIT SET OF ANY OPTIONAL,
//!     signerInfos SET OF SignerInfo }
//! RecipientInfo ::= SEQUENCE {
//!     version INTEGER (1), issuerAndSerialNumber, keyEncryptionAlgorithm AlgorithmIdentifier, encryptedKey OCTET STRING }
//! EncryptedContentInfo ::= SEQUENCE {
//!     contentType OBJECT IDENTIFIER, contentEncryptionAlgorithm AlgorithmIdentifier,
//!     encryptedContent [0] IMPLICIT OCTET STRING }
//! ```
//!
//! A KMC answers with it (GM/T 0014): the content is a private key. Written: SM4-CBC (1.104.2, IV as
//! parameter), key encryption 1.301.3, the signature over the content before encryption, without
//! attributes; a private key as its 32 octets. Read also: bare SM4 1.104 (ECB without parameter, as
//! one running CA writes it, CBC with one), 1.104.1, key encryption 1.301.2 and 1.301,
//! `encryptedContent` with an explicit tag, and a private key with 32 zero octets before it (the
//! layout of SKF) or as the INTEGER of GB/T 35276.

use der::Tag;
use gm_suite::{Decryptor, PrivateKey, PublicKey, oid, random, sm4};
use x509_cert::Certificate;
use zeroize::Zeroizing;

use crate::{
    content_key::{ContentKey, read_cipher},
    csr_response::only_element,
    der_fields::{Element, Fields, collect, expect_sorted, octet_array, unsigned},
    der_writer::{self, DerWriter},
    issuer_serial::IssuerAndSerial,
    malformed::{Expected, Malformed, Problem},
    seal::{OpenError, SealError},
    signed_data::{DIGESTS_MAX, MESSAGE_BYTES_MAX, read_certificates, read_signers},
    signer_info::{MessageForm, SignedBy, SignerInfo, has_no_parameters, read_version},
};

/// Recipients of one message.
pub const RECIPIENTS_MAX: usize = 4;

const BLOCK: usize = 16;
/// Octets of an SM2 private key, and of the zeros that SKF puts before it.
const SCALAR: usize = 32;

/// Encrypted and signed content. `Debug` shows no key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SignedAndEnvelopedData {
    /// The `SEQUENCE` as it came or was made; signed messages are passed on unchanged.
    der: Vec<u8>,
    recipients: Vec<Recipient>,
    mode: ContentMode,
    encrypted: Vec<u8>,
    certificates: Vec<Certificate>,
    signers: Vec<SignerInfo>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
struct Recipient {
    name: IssuerAndSerial,
    cipher: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum ContentMode {
    Cbc { iv: [u8; BLOCK] },
    Ecb,
}

impl SignedAndEnvelopedData {
    /// Encrypts `content` to the SM2 key `recipient`, whose certificate is (or will be) `name`, and signs it.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn seal(
        content: &[u8],
        recipient: &PublicKey,
        name: &IssuerAndSerial,
        by: SignedBy<'_>,
    ) -> Result<Self, SealError> {
        Self::seal_under(&ContentKey::wrap(recipient)?, content, name, by)
    }

    /// As [`SignedAndEnvelopedData::seal`], under a content key that an [`crate::Sm2EnvelopedKey`] shares.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn seal_under(
        content_key: &ContentKey,
        content: &[u8],
        name: &IssuerAndSerial,
        by: SignedBy<'_>,
    ) -> Result<Self, SealError> {
        let iv = random::<BLOCK>()?;
        let mut message = Self {
            der: Vec::new(),
            recipients: vec![Recipient {
                name: name.clone(),
                cipher: content_key.cipher().to_vec(),
            }],
            mode: ContentMode::Cbc { iv },
            encrypted: sm4::cbc_encrypt(content_key.key(), &iv, content),
            certificates: Vec::new(),
            signers: vec![SignerInfo::sign_content(content, by)?],
        };
        message.der = message.encode()?;
        Ok(message)
    }

    /// Envelopes the SM2 private key `key` as its 32 octets.
    ///
    /// # Errors
    /// [`SealError`]; [`SealError::NotSm2`] for another kind of key.
    pub fn seal_key_under(
        content_key: &ContentKey,
        key: &PrivateKey,
        name: &IssuerAndSerial,
        by: SignedBy<'_>,
    ) -> Result<Self, SealError> {
        let scalar = key.sm2_scalar().ok_or(SealError::NotSm2)?;
        Self::seal_under(content_key, &*scalar, name, by)
    }

    /// Decrypts the content with the recipient's key and checks that `signer` signed it.
    ///
    /// # Errors
    /// [`OpenError`]: not for this key, changed, or signed by another.
    pub fn open(&self, decryptor: &dyn Decryptor, signer: &PublicKey) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let key = self.content_key(decryptor)?;
        let content = match &self.mode {
            ContentMode::Cbc { iv } => sm4::cbc_decrypt(&key, iv, &self.encrypted),
            ContentMode::Ecb => sm4::ecb_decrypt(&key, &self.encrypted),
        };
        let content = content.map_err(|_| OpenError::Content)?;
        let verified = |one: &SignerInfo| one.verify(&content, oid::GM_DATA, signer).is_ok();
        if self.signers.iter().any(verified) {
            return Ok(content);
        }
        Err(OpenError::Signature)
    }

    /// As [`SignedAndEnvelopedData::open`], for an SM2 private key.
    ///
    /// # Errors
    /// As `open`; [`OpenError::NoPrivateKey`] or [`OpenError::PrivateKey`].
    pub fn open_key(&self, decryptor: &dyn Decryptor, signer: &PublicKey) -> Result<PrivateKey, OpenError> {
        let content = self.open(decryptor, signer)?;
        let scalar = scalar(&content).ok_or(OpenError::NoPrivateKey)?;
        Ok(PrivateKey::from_sm2_scalar(&scalar)?)
    }

    /// Whom it is for.
    pub fn recipients(&self) -> impl Iterator<Item = &IssuerAndSerial> {
        self.recipients.iter().map(|recipient| &recipient.name)
    }

    /// Who claims to have signed.
    pub fn signers(&self) -> impl Iterator<Item = &IssuerAndSerial> {
        self.signers.iter().map(|signer| &signer.name)
    }

    /// The certificates that travel along. Not verified.
    #[must_use]
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// The `SEQUENCE`, without `ContentInfo` around it: as GM/T 0014 embeds it.
    #[must_use]
    pub fn to_der(&self) -> &[u8] {
        &self.der
    }

    /// The same inside a `ContentInfo`: as it stands in a file.
    ///
    /// # Errors
    /// None that are known; encoders may fail.
    pub fn to_content_info(&self) -> Result<Vec<u8>, der::Error> {
        der_writer::write(|w| {
            w.sequence(|w| {
                w.oid(&oid::GM_SIGNED_AND_ENVELOPED_DATA);
                w.context(0, |w| w.raw(&self.der));
            });
        })
    }

    /// Reads the `SEQUENCE`.
    ///
    /// # Errors
    /// [`Malformed`] under `signedAndEnvelopedData`.
    pub fn from_der(der: &[u8]) -> Result<Self, Malformed> {
        let name = "signedAndEnvelopedData";
        let (max, found) = (MESSAGE_BYTES_MAX, der.len());
        if found > max {
            return Err(Malformed::new(name, 0, Problem::TooLong { max, found }));
        }
        let mut fields = Fields::over(der);
        let element = fields.tagged(name, Tag::Sequence)?;
        fields.finish().map_err(|error| error.within(name))?;
        Self::read(&element).map_err(|error| error.within(name))
    }

    /// Reads a `ContentInfo`.
    ///
    /// # Errors
    /// [`Malformed`] under `contentInfo`.
    pub fn from_content_info(der: &[u8]) -> Result<Self, Malformed> {
        Fields::message("contentInfo", der, MESSAGE_BYTES_MAX, |fields| {
            let offset = fields.offset();
            let content_type = fields.oid("contentType")?;
            if content_type != oid::GM_SIGNED_AND_ENVELOPED_DATA {
                return Err(Malformed::new("contentType", offset, Problem::Algorithm(content_type)));
            }
            let element = fields.optional_explicit("content", 0, |fields| fields.tagged("", Tag::Sequence))?;
            let element = element.ok_or_else(|| fields.malformed("content", Problem::Truncated))?;
            Self::read(&element).map_err(|error| error.within("content"))
        })
    }

    /// Reads the `SEQUENCE` where it stands inside another structure.
    ///
    /// # Errors
    /// [`Malformed`], the path starting at the field.
    pub fn read(element: &Element<'_>) -> Result<Self, Malformed> {
        element.enter(|fields| {
            read_version(fields)?;
            let recipients = read_recipients(fields)?;
            fields.set_of("digestAlgorithms", DIGESTS_MAX, |fields| fields.algorithm(""))?;
            let (mode, encrypted) = fields.sequence("encryptedContentInfo", read_content)?;
            Ok(Self {
                der: element.whole.to_vec(),
                recipients,
                mode,
                encrypted,
                certificates: read_certificates(fields)?,
                signers: read_signers(fields)?,
            })
        })
    }

    fn content_key(&self, decryptor: &dyn Decryptor) -> Result<Zeroizing<[u8; 16]>, OpenError> {
        let mut outcome = Err(OpenError::ContentKeyLength);
        for recipient in &self.recipients {
            outcome = ContentKey::unwrap(&recipient.cipher, decryptor);
            if outcome.is_ok() {
                break;
            }
        }
        outcome
    }

    fn encode(&self) -> Result<Vec<u8>, der::Error> {
        let recipients = self.recipients.iter().map(|one| der_writer::write(|w| one.write(w)));
        let recipients = recipients.collect::<Result<Vec<_>, _>>()?;
        let digests = self.signers.iter().map(SignerInfo::digest_identifier);
        let digests = digests.collect::<Result<Vec<_>, _>>()?;
        let signers = self.signers.iter();
        let signers = signers.map(|one| der_writer::write(|w| one.write(w, MessageForm::Gbt35275)));
        let signers = signers.collect::<Result<Vec<_>, _>>()?;
        der_writer::write(|w| {
            w.sequence(|w| {
                w.unsigned_64(1);
                w.set_of(recipients);
                w.set_of(digests);
                w.sequence(|w| self.write_content(w));
                w.set_of(signers);
            });
        })
    }

    fn write_content(&self, w: &mut DerWriter) {
        w.oid(&oid::GM_DATA);
        match &self.mode {
            ContentMode::Cbc { iv } => w.sequence(|w| {
                w.oid(&oid::SM4_CBC);
                w.octets(iv);
            }),
            ContentMode::Ecb => w.algorithm(&oid::SM4_ECB),
        }
        w.context_primitive(0, &self.encrypted);
    }
}

impl Recipient {
    fn write(&self, w: &mut DerWriter) {
        w.sequence(|w| {
            w.unsigned_64(1);
            self.name.write(w);
            w.algorithm(&oid::SM2_ENCRYPT);
            w.octets(&self.cipher);
        });
    }

    fn read(fields: &mut Fields<'_>) -> Result<Self, Malformed> {
        fields.sequence("", |fields| {
            read_version(fields)?;
            let name = IssuerAndSerial::read(fields, "issuerAndSerialNumber")?;
            read_key_encryption(fields)?;
            let key = fields.tagged("encryptedKey", Tag::OctetString)?;
            let cipher = key
                .enter(|fields| read_cipher(&fields.element("")?, ""))
                .map_err(|error| error.within("encryptedKey"))?;
            Ok(Self { name, cipher })
        })
    }
}

fn read_recipients(fields: &mut Fields<'_>) -> Result<Vec<Recipient>, Malformed> {
    let set = fields.tagged("recipientInfos", Tag::Set)?;
    expect_sorted(&set, "recipientInfos")?;
    let recipients = collect(&set, "recipientInfos", RECIPIENTS_MAX, Recipient::read)?;
    if recipients.is_empty() {
        return Err(set.malformed("recipientInfos", Problem::Value("is empty")));
    }
    Ok(recipients)
}

fn read_key_encryption(fields: &mut Fields<'_>) -> Result<(), Malformed> {
    let field = "keyEncryptionAlgorithm";
    let offset = fields.offset();
    let algorithm = fields.algorithm(field)?;
    let known = [oid::SM2_ENCRYPT, oid::SM2_KEY_EXCHANGE, oid::SM2];
    if known.contains(&algorithm.oid) && has_no_parameters(&algorithm) {
        return Ok(());
    }
    Err(Malformed::new(field, offset, Problem::Algorithm(algorithm.oid)))
}

fn read_content(fields: &mut Fields<'_>) -> Result<(ContentMode, Vec<u8>), Malformed> {
    let offset = fields.offset();
    let content_type = fields.oid("contentType")?;
    if content_type != oid::GM_DATA {
        return Err(Malformed::new("contentType", offset, Problem::Algorithm(content_type)));
    }
    let mode = read_mode(fields)?;
    let encrypted = fields.element("encryptedContent")?;
    if !encrypted.is_context(0) {
        let (expected, found) = (Expected::OneOf("[0]"), encrypted.tag);
        return Err(encrypted.malformed("encryptedContent", Problem::Type { expected, found }));
    }
    let octets = if encrypted.tag.is_constructed() {
        only_element(&encrypted, Tag::OctetString).ok_or_else(|| {
            let problem = Problem::NotCanonical("an octet string in pieces");
            encrypted.malformed("encryptedContent", problem)
        })?
    } else {
        encrypted
    };
    Ok((mode, octets.content.to_vec()))
}

fn read_mode(fields: &mut Fields<'_>) -> Result<ContentMode, Malformed> {
    fields.sequence("contentEncryptionAlgorithm", |fields| {
        let offset = fields.offset();
        let algorithm = fields.oid("algorithm")?;
        let parameters = match fields.next_tag() {
            None => None,
            Some(_) => Some(fields.element("parameters")?),
        };
        let iv = parameters.filter(|parameters| parameters.tag != Tag::Null);
        match (algorithm, iv) {
            (oid::SM4_ECB | oid::SM4, None) => Ok(ContentMode::Ecb),
            (oid::SM4_CBC | oid::SM4, Some(iv)) if iv.tag == Tag::OctetString => {
                let iv = octet_array::<BLOCK>(&iv, "iv")?;
                Ok(ContentMode::Cbc { iv })
            }
            _ => Err(Malformed::new("algorithm", offset, Problem::Algorithm(algorithm))),
        }
    })
}

/// The private key in any of the layouts that are in use.
fn scalar(content: &[u8]) -> Option<Zeroizing<[u8; SCALAR]>> {
    let octets = match content.split_first_chunk::<SCALAR>() {
        Some((_, [])) => content,
        Some((zeros, key)) if *zeros == [0; SCALAR] && key.len() == SCALAR => key,
        _ => {
            let mut fields = Fields::over(content);
            let element = fields.tagged("", Tag::Integer).ok()?;
            fields.finish().ok()?;
            unsigned(&element, "", SCALAR).ok()?
        }
    };
    let mut scalar = Zeroizing::new([0; SCALAR]);
    let start = SCALAR.checked_sub(octets.len())?;
    scalar.get_mut(start..)?.copy_from_slice(octets);
    Some(scalar)
}
