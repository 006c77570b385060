//! Public keys: a `SubjectPublicKeyInfo` that was found to be a key worth verifying with.
//!
//! Narrower than RFC 5280: curve points are uncompressed (as GB/T 35276 writes them), RSA moduli are exactly 2048,
//! 3072 or 4096 bits, parameters are the ones that the algorithm's document asks for, and the encoding is DER without
//! anything after it. So two keys are equal exactly when their bytes are.

use std::fmt;
use std::sync::Arc;

use der::asn1::{AnyRef, BitStringRef, ObjectIdentifier};
use der::{Decode as _, Encode as _};
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

use crate::{DigestAlgorithm, KeyAlgorithm, SignatureAlgorithm, international, oid, sm2};

/// Largest `SubjectPublicKeyInfo` that is read: an ML-DSA-87 key takes 2,614 octets, everything else far less.
const SPKI_LEN_MAX: usize = 4096;

/// A public key that passed every check of its algorithm. Cheap to clone.
#[derive(Clone)]
pub struct PublicKey(Arc<Inner>);

struct Inner {
    spki: Vec<u8>,
    raw: Vec<u8>,
    algorithm: KeyAlgorithm,
    material: Material,
}

enum Material {
    Sm2(sm2::VerifyingKey),
    International(international::VerifyingKey),
}

impl PublicKey {
    /// Reads a DER `SubjectPublicKeyInfo` and checks the key.
    ///
    /// # Errors
    /// [`InvalidKey`]: malformed, not supported, or weak.
    pub fn from_spki(der: &[u8]) -> Result<Self, InvalidKey> {
        if der.len() > SPKI_LEN_MAX {
            return Err(InvalidKey::Malformed("larger than any key of this suite"));
        }
        let spki = SubjectPublicKeyInfoRef::from_der(der).map_err(|_| InvalidKey::Malformed("SubjectPublicKeyInfo"))?;
        let raw = spki
            .subject_public_key
            .as_bytes()
            .ok_or(InvalidKey::Malformed("BIT STRING with unused bits"))?;
        let (algorithm, material) = match family(&spki.algorithm)? {
            Family::Sm2 => (KeyAlgorithm::Sm2, Material::Sm2(sm2::VerifyingKey::from_point(raw)?)),
            Family::International(family) => {
                let (algorithm, key) = international::VerifyingKey::read(family, raw, der)?;
                (algorithm, Material::International(key))
            }
        };
        Ok(Self(Arc::new(Inner {
            spki: der.to_vec(),
            raw: raw.to_vec(),
            algorithm,
            material,
        })))
    }

    /// An SM2 key from its uncompressed point `04 || X || Y`, the content of GB/T 35276 `SM2PublicKey`.
    ///
    /// # Errors
    /// [`InvalidKey`] if these are not 65 octets of that form or the point is not on the curve.
    pub fn from_sm2_point(point: &[u8]) -> Result<Self, InvalidKey> {
        let key = sm2::VerifyingKey::from_point(point)?;
        Self::of_sm2(key, point)
    }

    pub(crate) fn of_sm2(key: sm2::VerifyingKey, point: &[u8]) -> Result<Self, InvalidKey> {
        let malformed = |_| InvalidKey::Malformed("SM2 point");
        let subject_public_key = BitStringRef::from_bytes(point).map_err(malformed)?;
        let parameters = Some(AnyRef::from(&oid::SM2));
        let algorithm = AlgorithmIdentifierRef {
            oid: oid::EC_PUBLIC_KEY,
            parameters,
        };
        let spki = SubjectPublicKeyInfoRef {
            algorithm,
            subject_public_key,
        }
        .to_der()
        .map_err(malformed)?;
        let inner = Inner {
            spki,
            raw: point.to_vec(),
            algorithm: KeyAlgorithm::Sm2,
            material: Material::Sm2(key),
        };
        Ok(Self(Arc::new(inner)))
    }

    /// The DER `SubjectPublicKeyInfo`.
    #[must_use]
    pub fn spki(&self) -> &[u8] {
        &self.0.spki
    }

    /// What kind of key this is.
    #[must_use]
    pub fn algorithm(&self) -> KeyAlgorithm {
        self.0.algorithm
    }

    /// Content of the BIT STRING of the `SubjectPublicKeyInfo`; for SM2 `04 || X || Y`.
    #[must_use]
    pub fn raw(&self) -> &[u8] {
        &self.0.raw
    }

    /// The key identifier: SHA-1 of [`raw`](Self::raw) (RFC 5280 §4.2.1.2, method 1).
    #[must_use]
    pub fn key_identifier(&self) -> [u8; 20] {
        let digest = DigestAlgorithm::Sha1.digest(self.raw());
        digest.try_into().unwrap_or_default() // SHA-1 is 20 octets
    }

    /// Verifies a signature over `message` (not over its digest); SM2 uses [`sm2::DEFAULT_ID`].
    ///
    /// # Errors
    /// [`BadSignature`] if the algorithm is not this key's, the signature is malformed or it does not match.
    pub fn verify(&self, algorithm: SignatureAlgorithm, message: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        if !self.algorithm().serves(algorithm) {
            return Err(BadSignature);
        }
        match &self.0.material {
            Material::Sm2(key) => key.verify(message, signature),
            Material::International(key) => key.verify(algorithm, message, signature),
        }
    }

    /// The SM2 half, if this is an SM2 key.
    pub(crate) fn sm2(&self) -> Option<&sm2::VerifyingKey> {
        match &self.0.material {
            Material::Sm2(key) => Some(key),
            Material::International(_) => None,
        }
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.spki() == other.spki()
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "PublicKey({}, ", self.algorithm())?;
        for octet in self.key_identifier().iter().take(8) {
            write!(out, "{octet:02x}")?;
        }
        out.write_str("…)")
    }
}

/// Which library a key goes to.
pub(crate) enum Family {
    Sm2,
    International(international::Family),
}

/// Reads the algorithm of a `SubjectPublicKeyInfo` or `PrivateKeyInfo`, parameters included.
pub(crate) fn family(algorithm: &AlgorithmIdentifierRef<'_>) -> Result<Family, InvalidKey> {
    use international::Family as F;
    let without = |family| match algorithm.parameters {
        None => Ok(Family::International(family)),
        Some(_) => Err(InvalidKey::Parameters { oid: algorithm.oid }),
    };
    match algorithm.oid {
        oid::EC_PUBLIC_KEY => curve(algorithm),
        oid::RSA_ENCRYPTION if algorithm.parameters == Some(AnyRef::NULL) => Ok(Family::International(F::Rsa)),
        oid::RSA_ENCRYPTION => Err(InvalidKey::Parameters { oid: algorithm.oid }),
        oid::ED25519 => without(F::Ed25519),
        oid::ML_DSA_44 => without(F::MlDsa44),
        oid::ML_DSA_65 => without(F::MlDsa65),
        oid::ML_DSA_87 => without(F::MlDsa87),
        oid => Err(InvalidKey::Algorithm { oid }),
    }
}

fn curve(algorithm: &AlgorithmIdentifierRef<'_>) -> Result<Family, InvalidKey> {
    let wrong = InvalidKey::Parameters { oid: algorithm.oid };
    match algorithm.parameters_oid().map_err(|_| wrong.clone())? {
        oid::SM2 => Ok(Family::Sm2),
        oid::P256 => Ok(Family::International(international::Family::P256)),
        oid::P384 => Ok(Family::International(international::Family::P384)),
        _ => Err(wrong),
    }
}

/// A key, public or private, that cannot be used.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum InvalidKey {
    /// Not the structure that it should be. Malformed.
    #[error("the key is malformed: {0}")]
    Malformed(&'static str),
    /// A kind of key that this suite does not have. A refusal.
    #[error("keys of algorithm {oid} are not supported")]
    Algorithm {
        /// The algorithm named.
        oid: ObjectIdentifier,
    },
    /// Parameters (such as the curve) that do not belong or are not supported. A refusal.
    #[error("key algorithm {oid} has wrong or unsupported parameters")]
    Parameters {
        /// The algorithm named.
        oid: ObjectIdentifier,
    },
    /// The point is compressed, not on the curve, or infinity. A refusal.
    #[error("the public point is not an uncompressed point of its curve")]
    Point,
    /// The modulus is not 2048, 3072 or 4096 bits long. A refusal.
    #[error("an RSA modulus of {bits} bits is not accepted")]
    ModulusSize {
        /// Bits of the modulus.
        bits: usize,
    },
    /// The modulus is even or has a small factor (CA/Browser Forum BR 6.1.6). A refusal.
    #[error("the RSA modulus has a small factor")]
    ModulusFactor,
    /// The exponent is even, below 65537 or above 2^32 (CA/Browser Forum BR 6.1.6). A refusal.
    #[error("the RSA exponent is not an odd number from 65537 to 2^32")]
    Exponent,
    /// The private number is zero or not below the order. A refusal.
    #[error("the private key is out of range")]
    Range,
    /// The public half stored with the private key is another key's. A refusal.
    #[error("the public key does not belong to the private key")]
    Pair,
    /// The library found the key inconsistent. A refusal.
    #[error("the key is not consistent")]
    Inconsistent,
}

/// The signature does not verify: another message, key or algorithm, or not a signature at all. Nobody needs to know
/// which, and telling helps forgers.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the signature does not verify")]
pub struct BadSignature;
