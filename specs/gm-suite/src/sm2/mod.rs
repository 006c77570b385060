//! SM2 (GB/T 32918): signatures, encryption and their usage by GB/T 35276.
//!
//! The signer's ID is always [`DEFAULT_ID`], as GB/T 35276 has it for certificates, requests, CRLs and messages; TLS
//! 1.3 with its own ID is not served here.

mod cipher;
mod curve;
mod field;
mod public;
mod secret;
mod signature;

use std::sync::OnceLock;

use zeroize::{Zeroize as _, Zeroizing};

#[doc(hidden)]
pub use cipher::encrypt_with_nonce;
pub use cipher::{PLAINTEXT_MAX, encrypt};
#[doc(hidden)]
pub use signature::sign_with_nonce;

use crate::{InvalidKey, KeyError, PublicKey, RandomFailure, random};
use curve::Point;

use self::curve::Scalar;

/// The ID that enters ZA: sixteen octets (GB/T 35276).
pub const DEFAULT_ID: &[u8] = b"1234567812345678";

/// Draws of a random number before giving up. One in four thousand million is out of range; the standard asks for
/// another one so rarely that it never happens, but for encrypting a single octet, where one in 256 serves not: eight
/// misses in a row mean a broken generator.
const DRAWS_MAX: usize = 8;

/// ZA of GB/T 32918.2 §5.5 for an SM2 key: SM3(ENTL || ID || a || b || xG || yG || xA || yA).
///
/// Nothing if the key is not an SM2 key or the ID is longer than 8,191 octets (ENTL counts bits in sixteen bits).
#[must_use]
pub fn za(key: &PublicKey, id: &[u8]) -> Option<[u8; 32]> {
    key.sm2()?;
    signature::za(key.raw().get(1..)?, id)
}

/// The digest e = SM3(ZA || M) that SM2 signs, with [`DEFAULT_ID`]; nothing if the key is not an SM2 key.
#[must_use]
pub fn message_hash(key: &PublicKey, message: &[u8]) -> Option<[u8; 32]> {
    Some(signature::message_hash(&key.sm2()?.za, message))
}

/// A public point with what verification needs of it.
#[derive(Clone)]
pub(crate) struct VerifyingKey {
    point: Point,
    za: [u8; 32],
}

impl VerifyingKey {
    /// Reads `04 || X || Y` and checks that the point is on the curve.
    pub(crate) fn from_point(octets: &[u8]) -> Result<Self, InvalidKey> {
        let point = Point::from_uncompressed(octets).ok_or(InvalidKey::Point)?;
        Self::new(point)
    }

    fn new(point: Point) -> Result<Self, InvalidKey> {
        let octets = point.to_uncompressed();
        let coordinates = octets.get(1..).ok_or(InvalidKey::Point)?;
        let za = signature::za(coordinates, DEFAULT_ID).ok_or(InvalidKey::Point)?;
        Ok(Self { point, za })
    }

    /// `04 || X || Y`.
    pub(crate) fn point(&self) -> [u8; 65] {
        self.point.to_uncompressed()
    }
}

/// A private number d with what signing needs of it.
pub(crate) struct SigningKey {
    d: Scalar,
    /// (1 + d)^-1 mod n, the same for every signature; made with the first, since many keys only decrypt.
    inverse: OnceLock<Scalar>,
    public: VerifyingKey,
}

impl SigningKey {
    pub(crate) fn generate() -> Result<Self, KeyError> {
        for _ in 0..DRAWS_MAX {
            let octets = Zeroizing::new(random::<32>()?);
            if let Ok(key) = Self::from_scalar(&octets) {
                return Ok(key);
            }
        }
        Err(KeyError::Random(RandomFailure))
    }

    /// Takes d from 1 to n - 2; n - 1 has no (1 + d)^-1.
    pub(crate) fn from_scalar(octets: &[u8; 32]) -> Result<Self, InvalidKey> {
        let d = curve::scalar_in_range(octets).ok_or(InvalidKey::Range)?;
        if d + Scalar::ONE == Scalar::ZERO {
            return Err(InvalidKey::Range);
        }
        let public = VerifyingKey::new(secret::mul_generator(&d).ok_or(InvalidKey::Range)?)?;
        Ok(Self {
            d,
            inverse: OnceLock::new(),
            public,
        })
    }

    pub(crate) fn scalar(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.d.to_bytes().into())
    }

    pub(crate) fn verifying_key(&self) -> &VerifyingKey {
        &self.public
    }
}

impl Drop for SigningKey {
    fn drop(&mut self) {
        self.d.zeroize();
        if let Some(inverse) = self.inverse.get_mut() {
            inverse.zeroize();
        }
    }
}

/// A random number from 1 to n - 1.
fn random_scalar() -> Result<Zeroizing<Scalar>, RandomFailure> {
    for _ in 0..DRAWS_MAX {
        let octets = Zeroizing::new(random::<32>()?);
        if let Some(k) = curve::scalar_in_range(&octets) {
            return Ok(Zeroizing::new(k));
        }
    }
    Err(RandomFailure)
}

#[cfg(test)]
mod tests;
