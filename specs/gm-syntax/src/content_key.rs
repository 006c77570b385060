//! A fresh SM4 key, encrypted once to one recipient.
//!
//! SM2 encryption is the dear part of an envelope (two multiplications on the curve), and the KMC
//! makes two envelopes of one private key for one recipient. Both may share the content key: each
//! encrypts other blocks under it (`SM2EnvelopedKey` the bare key in ECB, GB/T 35275 the padded
//! content in CBC behind a random first block).

use der::Tag;
use gm_suite::{Decryptor, PublicKey, random, sm2};
use zeroize::Zeroizing;

use crate::{
    der_fields::{Element, Fields},
    malformed::{Malformed, Problem},
    seal::{OpenError, SealError},
};

/// Octets of an SM4 key.
pub(crate) const KEY_BYTES: usize = 16;
/// Octets of a coordinate of the SM2 curve.
const COORDINATE_BYTES: usize = 32;
/// Octets of the check value in an `SM2Cipher`: SM3.
const HASH_BYTES: usize = 32;

/// A random SM4 key together with its `SM2Cipher` for one recipient.
///
/// Use it for the envelopes of one private key and drop it. It is wiped then, and never printed.
pub struct ContentKey {
    key: Zeroizing<[u8; KEY_BYTES]>,
    cipher: Vec<u8>,
}

impl ContentKey {
    /// Makes a key and encrypts it to `recipient`, an SM2 key.
    ///
    /// # Errors
    /// [`SealError::Recipient`] or [`SealError::Random`].
    pub fn wrap(recipient: &PublicKey) -> Result<Self, SealError> {
        let key = Zeroizing::new(random::<KEY_BYTES>()?);
        let cipher = sm2::encrypt(recipient, &*key)?;
        Ok(Self { key, cipher })
    }

    /// For known answers only: this key and this `SM2Cipher`.
    #[doc(hidden)]
    #[must_use]
    pub fn from_parts(key: [u8; 16], cipher: Vec<u8>) -> Self {
        Self {
            key: Zeroizing::new(key),
            cipher,
        }
    }

    /// Decrypts the `SM2Cipher` of a content key.
    pub(crate) fn unwrap(cipher: &[u8], decryptor: &dyn Decryptor) -> Result<Zeroizing<[u8; KEY_BYTES]>, OpenError> {
        let octets = decryptor.decrypt(cipher)?;
        let key = <[u8; KEY_BYTES]>::try_from(octets.as_slice());
        key.map(Zeroizing::new).map_err(|_| OpenError::ContentKeyLength)
    }

    pub(crate) fn key(&self) -> &[u8; KEY_BYTES] {
        &self.key
    }

    pub(crate) fn cipher(&self) -> &[u8] {
        &self.cipher
    }
}

/// Reads the `SM2Cipher` of a content key: shape and sizes; the numbers are checked when decrypting.
pub(crate) fn read_cipher(element: &Element<'_>, field: &str) -> Result<Vec<u8>, Malformed> {
    if element.tag != Tag::Sequence {
        return Err(element.malformed(field, Problem::Value("is no SM2Cipher")));
    }
    element
        .enter(|fields: &mut Fields<'_>| {
            fields.unsigned("xCoordinate", COORDINATE_BYTES)?;
            fields.unsigned("yCoordinate", COORDINATE_BYTES)?;
            fields.octet_array::<HASH_BYTES>("hash")?;
            fields.octet_array::<KEY_BYTES>("cipherText")?;
            Ok(())
        })
        .map_err(|error| error.within(field))?;
    Ok(element.whole.to_vec())
}
