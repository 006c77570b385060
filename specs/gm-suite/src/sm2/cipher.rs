//! SM2 encryption (GB/T 32918.4) as `SM2Cipher` of GB/T 35276: C1, C3, C2 in DER.

use der::asn1::{OctetStringRef, UintRef};
use der::{Decode as _, Encode as _, Sequence};
use sm3::{Digest as _, Sm3};
use subtle::ConstantTimeEq as _;
use zeroize::{Zeroize as _, Zeroizing};

use super::curve::{self, Point, Scalar};
use super::{DRAWS_MAX, SigningKey, random_scalar, secret};
use crate::{DecryptError, KeyError, PublicKey, RandomFailure};

/// Most octets that are encrypted or decrypted at once: SM2 carries keys, not files.
pub const PLAINTEXT_MAX: usize = 65_536;

/// `SM2Cipher` of GB/T 35276.
#[derive(Sequence)]
struct Sm2Cipher<'a> {
    x: UintRef<'a>,
    y: UintRef<'a>,
    hash: &'a OctetStringRef,
    cipher_text: &'a OctetStringRef,
}

/// Encrypts for an SM2 key: DER `SM2Cipher`.
///
/// # Errors
/// [`KeyError::NotSm2`] for another key, [`KeyError::PlaintextLength`] for nothing or too much,
/// [`KeyError::Random`] without randomness.
pub fn encrypt(key: &PublicKey, plaintext: &[u8]) -> Result<Vec<u8>, KeyError> {
    let point = &key.sm2().ok_or(KeyError::NotSm2)?.point;
    if plaintext.is_empty() || plaintext.len() > PLAINTEXT_MAX {
        return Err(KeyError::PlaintextLength { len: plaintext.len() });
    }
    for _ in 0..DRAWS_MAX {
        if let Some(cipher) = encrypt_once(point, plaintext, &*random_scalar()?) {
            return cipher.map_err(|_| KeyError::Library("the ciphertext was not written"));
        }
    }
    Err(KeyError::Random(RandomFailure))
}

/// Encrypts with a given k: for known answers only.
#[doc(hidden)]
#[must_use]
pub fn encrypt_with_nonce(key: &PublicKey, plaintext: &[u8], k: &[u8; 32]) -> Option<Vec<u8>> {
    encrypt_once(&key.sm2()?.point, plaintext, &curve::scalar_in_range(k)?)?.ok()
}

/// Steps A1 to A8 with a given k; nothing when the standard asks for another k.
fn encrypt_once(point: &Point, plaintext: &[u8], k: &Scalar) -> Option<der::Result<Vec<u8>>> {
    let c1 = secret::mul_generator(k)?.to_uncompressed();
    let shared = Zeroizing::new(secret::mul(point, k)?.to_uncompressed());
    let (x2, y2) = coordinates(&shared)?;
    let mut c2 = plaintext.to_vec();
    if !mask(x2, y2, &mut c2) {
        return None;
    }
    let c3 = check(x2, plaintext, y2);
    let (x1, y1) = coordinates(&c1)?;
    Some(to_der(x1, y1, &c3, &c2))
}

fn to_der(x1: &[u8], y1: &[u8], c3: &[u8; 32], c2: &[u8]) -> der::Result<Vec<u8>> {
    let cipher = Sm2Cipher {
        x: UintRef::new(x1)?,
        y: UintRef::new(y1)?,
        hash: OctetStringRef::new(c3)?,
        cipher_text: OctetStringRef::new(c2)?,
    };
    cipher.to_der()
}

impl SigningKey {
    /// Steps B1 to B7 for a DER `SM2Cipher`.
    pub(crate) fn decrypt(&self, der: &[u8]) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
        let cipher = Sm2Cipher::from_der(der).map_err(|_| DecryptError::Malformed("SM2Cipher"))?;
        let ciphertext = cipher.cipher_text.as_bytes();
        if ciphertext.is_empty() || ciphertext.len() > PLAINTEXT_MAX {
            return Err(DecryptError::Malformed("length of the ciphertext"));
        }
        let c1 = first_part(&cipher).ok_or(DecryptError::Malformed("C1 is not a point of the curve"))?;
        let shared = secret::mul(&c1, &self.d).ok_or(DecryptError::Mismatch)?;
        let shared = Zeroizing::new(shared.to_uncompressed());
        let (x2, y2) = coordinates(&shared).ok_or(DecryptError::Mismatch)?;
        let mut plaintext = Zeroizing::new(ciphertext.to_vec());
        let masked = mask(x2, y2, &mut plaintext);
        let same = check(x2, &plaintext, y2).as_slice().ct_eq(cipher.hash.as_bytes());
        if masked && bool::from(same) {
            Ok(plaintext)
        } else {
            Err(DecryptError::Mismatch)
        }
    }
}

fn first_part(cipher: &Sm2Cipher<'_>) -> Option<Point> {
    let mut octets = [0; 65];
    octets[0] = 4;
    let (x, y) = (cipher.x.as_bytes(), cipher.y.as_bytes());
    octets
        .get_mut(33usize.checked_sub(x.len()).filter(|at| *at >= 1)?..33)?
        .copy_from_slice(x);
    octets
        .get_mut(65usize.checked_sub(y.len()).filter(|at| *at >= 33)?..65)?
        .copy_from_slice(y);
    Point::from_uncompressed(&octets)
}

fn coordinates(point: &[u8; 65]) -> Option<(&[u8], &[u8])> {
    Some((point.get(1..33)?, point.get(33..65)?))
}

/// XORs `data` with KDF(x2 || y2); false if the mask was all zero, where the standard asks for another k.
fn mask(x2: &[u8], y2: &[u8], data: &mut [u8]) -> bool {
    let prefix = Sm3::new().chain_update(x2).chain_update(y2);
    let mut seen = 0;
    for (counter, chunk) in (1u32..).zip(data.chunks_mut(32)) {
        let mut block: [u8; 32] = prefix.clone().chain_update(counter.to_be_bytes()).finalize().into();
        for (octet, mask) in chunk.iter_mut().zip(block) {
            *octet ^= mask;
            seen |= mask;
        }
        block.zeroize();
    }
    seen != 0
}

/// C3 = SM3(x2 || M || y2).
fn check(x2: &[u8], plaintext: &[u8], y2: &[u8]) -> [u8; 32] {
    Sm3::new()
        .chain_update(x2)
        .chain_update(plaintext)
        .chain_update(y2)
        .finalize()
        .into()
}
