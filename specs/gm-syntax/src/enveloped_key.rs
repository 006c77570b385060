//! `SM2EnvelopedKey` (GB/T 35276): an SM2 private key on its way to the only one who may open it.
//!
//! ```text
//! SM2EnvelopedKey ::= SEQUENCE {
//!     symAlgID                AlgorithmIdentifier,  -- SM4 in ECB, parameters NULL
//!     symEncryptedKey         SM2Cipher,            -- the SM4 key, for the recipient
//!     sm2PublicKey            BIT STRING,           -- 04 || X || Y of the key inside
//!     sm2EncryptedPrivateKey  BIT STRING }          -- 32 octets, no padding
//! ```
//!
//! Tokens (SKF) and GM/T 0092 take this form. It carries no signature: who made it is told by what
//! carries it. Written with SM4-ECB 1.104.1; read also with the bare 1.104 that others write.

use std::fmt;

use der::Tag;
use gm_suite::{Decryptor, PrivateKey, PublicKey, oid, sm4};

use crate::{
    content_key::{ContentKey, read_cipher},
    der_fields::Fields,
    der_writer::{self, DerWriter},
    malformed::{Malformed, Problem},
    seal::{OpenError, SealError},
};

/// Octets of the encoding; it has about 243.
pub const ENVELOPED_KEY_BYTES_MAX: usize = 1024;

/// An SM2 private key under a recipient's public key. Its `Debug` shows only whose key it is.
#[derive(Clone, Eq, PartialEq)]
pub struct Sm2EnvelopedKey {
    cipher: Vec<u8>,
    public_key: PublicKey,
    encrypted: [u8; 32],
}

impl Sm2EnvelopedKey {
    /// Envelopes the SM2 key `key` for the SM2 key `recipient`.
    ///
    /// # Errors
    /// [`SealError`]: one of the keys is no SM2 key, or the machine failed.
    pub fn seal(recipient: &PublicKey, key: &PrivateKey) -> Result<Self, SealError> {
        Self::seal_under(&ContentKey::wrap(recipient)?, key)
    }

    /// As [`Sm2EnvelopedKey::seal`], under a content key that another envelope of `key` shares.
    ///
    /// # Errors
    /// [`SealError`]: `key` is no SM2 key, or the machine failed.
    pub fn seal_under(content_key: &ContentKey, key: &PrivateKey) -> Result<Self, SealError> {
        let scalar = key.sm2_scalar().ok_or(SealError::NotSm2)?;
        let blocks = sm4::ecb_encrypt(content_key.key(), &*scalar)?;
        let encrypted = <[u8; 32]>::try_from(blocks).map_err(|_| SealError::NotSm2)?;
        Ok(Self {
            cipher: content_key.cipher().to_vec(),
            public_key: gm_suite::Signer::public_key(key).clone(),
            encrypted,
        })
    }

    /// Opens it with the recipient's key, and checks that the key inside belongs to
    /// [`Sm2EnvelopedKey::public_key`].
    ///
    /// # Errors
    /// [`OpenError`]: not for this key, changed, or a foreign pair.
    pub fn open(&self, decryptor: &dyn Decryptor) -> Result<PrivateKey, OpenError> {
        let key = ContentKey::unwrap(&self.cipher, decryptor)?;
        let octets = sm4::ecb_decrypt(&key, &self.encrypted).map_err(|_| OpenError::Content)?;
        let scalar = octets.first_chunk::<32>().ok_or(OpenError::Content)?;
        let private = PrivateKey::from_sm2_scalar(scalar)?;
        if *gm_suite::Signer::public_key(&private) != self.public_key {
            return Err(OpenError::Pair);
        }
        Ok(private)
    }

    /// The public half of the key inside.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// The encoding, always with SM4-ECB as 1.104.1 and NULL.
    ///
    /// # Errors
    /// None that are known; encoders may fail.
    pub fn to_der(&self) -> Result<Vec<u8>, der::Error> {
        der_writer::write(|w| self.write(w))
    }

    /// Reads the encoding.
    ///
    /// # Errors
    /// [`Malformed`] under `envelopedKey`.
    pub fn from_der(der: &[u8]) -> Result<Self, Malformed> {
        Fields::message("envelopedKey", der, ENVELOPED_KEY_BYTES_MAX, Self::read)
    }

    /// Writes the `SEQUENCE`.
    pub fn write(&self, w: &mut DerWriter) {
        w.sequence(|w| {
            w.algorithm_null(&oid::SM4_ECB);
            w.raw(&self.cipher);
            w.bit_octets(self.public_key.raw());
            w.bit_octets(&self.encrypted);
        });
    }

    /// Reads the fields inside the `SEQUENCE`.
    ///
    /// # Errors
    /// [`Malformed`], the path starting at the field.
    pub fn read(fields: &mut Fields<'_>) -> Result<Self, Malformed> {
        read_sm4_ecb(fields)?;
        let cipher = read_cipher(&fields.tagged("symEncryptedKey", Tag::Sequence)?, "symEncryptedKey")?;
        let offset = fields.offset();
        let point = fields.bit_octets("sm2PublicKey")?;
        let public_key = PublicKey::from_sm2_point(point).map_err(|_| {
            let problem = Problem::Value("is no uncompressed point of the SM2 curve");
            Malformed::new("sm2PublicKey", offset, problem)
        })?;
        let offset = fields.offset();
        let encrypted = fields.bit_octets("sm2EncryptedPrivateKey")?;
        let encrypted = encrypted.try_into().map_err(|_| {
            let problem = Problem::Value("does not have 32 octets");
            Malformed::new("sm2EncryptedPrivateKey", offset, problem)
        })?;
        Ok(Self {
            cipher,
            public_key,
            encrypted,
        })
    }
}

impl fmt::Debug for Sm2EnvelopedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sm2EnvelopedKey")
            .field("public_key", &self.public_key)
            .finish_non_exhaustive()
    }
}

fn read_sm4_ecb(fields: &mut Fields<'_>) -> Result<(), Malformed> {
    let offset = fields.offset();
    let algorithm = fields.algorithm("symAlgID")?;
    let bare = algorithm.parameters.as_ref().is_none_or(der::Any::is_null);
    if bare && [oid::SM4_ECB, oid::SM4].contains(&algorithm.oid) {
        return Ok(());
    }
    Err(Malformed::new("symAlgID", offset, Problem::Algorithm(algorithm.oid)))
}
