//! International algorithms by AWS-LC: the glue, and the checks of RSA keys that the library leaves out.

use std::sync::OnceLock;

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    self, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, ParsedPublicKey, PqdsaKeyPair, RsaKeyPair, VerificationAlgorithm,
};
use der::asn1::UintRef;
use der::{Decode as _, Sequence};
use zeroize::Zeroizing;

use crate::{BadSignature, InvalidKey, KeyAlgorithm, KeyError, SignError, SignatureAlgorithm};

/// Smallest public exponent: CA/Browser Forum BR 6.1.6.
const EXPONENT_MIN: u64 = 65_537;
/// Largest public exponent: what the library verifies with; larger ones only serve to slow verifiers down.
const EXPONENT_MAX: u64 = 1 << 32;

/// Kinds of international key as their `AlgorithmIdentifier` tells them apart.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Family {
    P256,
    P384,
    Rsa,
    Ed25519,
    MlDsa44,
    MlDsa65,
    MlDsa87,
}

/// A public key, parsed once.
pub(crate) enum VerifyingKey {
    Rsa(Box<RsaKey>),
    Other(ParsedPublicKey),
}

/// An RSA key for each digest: the library keeps the digest with the key.
pub(crate) struct RsaKey {
    sha256: ParsedPublicKey,
    sha384: ParsedPublicKey,
    sha512: ParsedPublicKey,
}

impl VerifyingKey {
    /// Reads a key of that family: `raw` is the content of the BIT STRING, `spki` the whole structure.
    pub(crate) fn read(family: Family, raw: &[u8], spki: &[u8]) -> Result<(KeyAlgorithm, Self), InvalidKey> {
        let (algorithm, verification): (_, &'static dyn VerificationAlgorithm) = match family {
            Family::Rsa => return Ok((check_rsa(raw)?, read_rsa(raw)?)),
            Family::P256 => (KeyAlgorithm::P256, &signature::ECDSA_P256_SHA256_ASN1),
            Family::P384 => (KeyAlgorithm::P384, &signature::ECDSA_P384_SHA384_ASN1),
            Family::Ed25519 => (KeyAlgorithm::Ed25519, &signature::ED25519),
            Family::MlDsa44 => (KeyAlgorithm::MlDsa44, &signature::ML_DSA_44),
            Family::MlDsa65 => (KeyAlgorithm::MlDsa65, &signature::ML_DSA_65),
            Family::MlDsa87 => (KeyAlgorithm::MlDsa87, &signature::ML_DSA_87),
        };
        if matches!(family, Family::P256 | Family::P384) && raw.first() != Some(&4) {
            return Err(InvalidKey::Point);
        }
        let key = ParsedPublicKey::new(verification, spki).map_err(|_| rejected(family))?;
        Ok((algorithm, Self::Other(key)))
    }

    pub(crate) fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), BadSignature> {
        let key = match (self, algorithm) {
            (Self::Other(key), _) => key,
            (Self::Rsa(keys), SignatureAlgorithm::RsaPkcs1Sha256) => &keys.sha256,
            (Self::Rsa(keys), SignatureAlgorithm::RsaPkcs1Sha384) => &keys.sha384,
            (Self::Rsa(keys), SignatureAlgorithm::RsaPkcs1Sha512) => &keys.sha512,
            (Self::Rsa(_), _) => return Err(BadSignature),
        };
        key.verify_sig(message, signature).map_err(|_| BadSignature)
    }
}

const fn rejected(family: Family) -> InvalidKey {
    match family {
        Family::P256 | Family::P384 => InvalidKey::Point,
        _ => InvalidKey::Inconsistent,
    }
}

fn read_rsa(raw: &[u8]) -> Result<VerifyingKey, InvalidKey> {
    let parse = |verification| ParsedPublicKey::new(verification, raw).map_err(|_| InvalidKey::Inconsistent);
    Ok(VerifyingKey::Rsa(Box::new(RsaKey {
        sha256: parse(&signature::RSA_PKCS1_2048_8192_SHA256)?,
        sha384: parse(&signature::RSA_PKCS1_2048_8192_SHA384)?,
        sha512: parse(&signature::RSA_PKCS1_2048_8192_SHA512)?,
    })))
}

/// `RSAPublicKey` of RFC 8017.
#[derive(Sequence)]
struct RsaPublicKey<'a> {
    modulus: UintRef<'a>,
    exponent: UintRef<'a>,
}

/// Size, small factors and exponent of an `RSAPublicKey`.
fn check_rsa(raw: &[u8]) -> Result<KeyAlgorithm, InvalidKey> {
    let key = RsaPublicKey::from_der(raw).map_err(|_| InvalidKey::Malformed("RSAPublicKey"))?;
    let modulus = key.modulus.as_bytes();
    let leading = modulus.first().map_or(8, |octet| octet.leading_zeros() as usize);
    let algorithm = match modulus.len() * 8 - leading {
        2048 => KeyAlgorithm::Rsa2048,
        3072 => KeyAlgorithm::Rsa3072,
        4096 => KeyAlgorithm::Rsa4096,
        bits => return Err(InvalidKey::ModulusSize { bits }),
    };
    let octets = key.exponent.as_bytes();
    if octets.len() > 8 {
        return Err(InvalidKey::Exponent);
    }
    let exponent = octets
        .iter()
        .fold(0u64, |number, octet| number << 8 | u64::from(*octet));
    if exponent.is_multiple_of(2) || !(EXPONENT_MIN..=EXPONENT_MAX).contains(&exponent) {
        return Err(InvalidKey::Exponent);
    }
    if has_small_factor(modulus) {
        Err(InvalidKey::ModulusFactor)
    } else {
        Ok(algorithm)
    }
}

/// Whether a prime below 752 divides the number (CA/Browser Forum BR 6.1.6).
fn has_small_factor(modulus: &[u8]) -> bool {
    small_primes().iter().any(|group| {
        let product: u64 = group.iter().product();
        let rest = modulus.chunks(4).fold(0, |rest, octets| {
            octets
                .iter()
                .fold(rest, |number, octet| number << 8 | u64::from(*octet))
                % product
        });
        group.iter().any(|prime| rest.is_multiple_of(*prime))
    })
}

/// The primes below 752, in groups whose product stays below 2^32: one division serves the whole group.
fn small_primes() -> &'static [Vec<u64>] {
    const LIMIT: u64 = 752;
    static GROUPS: OnceLock<Vec<Vec<u64>>> = OnceLock::new();
    GROUPS.get_or_init(|| {
        let mut groups: Vec<Vec<u64>> = Vec::new();
        for number in 2..LIMIT {
            let prime = groups.iter().flatten().all(|prime| !number.is_multiple_of(*prime));
            match groups.last_mut() {
                _ if !prime => {}
                Some(group) if group.iter().product::<u64>() * number < 1 << 32 => group.push(number),
                _ => groups.push(vec![number]),
            }
        }
        groups
    })
}

/// A private key in the library's hands.
pub(crate) enum SigningKey {
    Ecdsa(EcdsaKeyPair),
    Rsa(RsaKeyPair),
    Ed25519(Ed25519KeyPair),
    MlDsa(PqdsaKeyPair),
}

impl SigningKey {
    pub(crate) fn generate(algorithm: KeyAlgorithm) -> Result<Self, KeyError> {
        let rsa = |size| RsaKeyPair::generate(size).map(Self::Rsa);
        let ml_dsa = |parameters| PqdsaKeyPair::generate(parameters).map(Self::MlDsa);
        let generated = match algorithm {
            KeyAlgorithm::Sm2 => return Err(KeyError::Library("SM2 is not an international algorithm")),
            KeyAlgorithm::P256 => EcdsaKeyPair::generate(&signature::ECDSA_P256_SHA256_ASN1_SIGNING).map(Self::Ecdsa),
            KeyAlgorithm::P384 => EcdsaKeyPair::generate(&signature::ECDSA_P384_SHA384_ASN1_SIGNING).map(Self::Ecdsa),
            KeyAlgorithm::Rsa2048 => rsa(KeySize::Rsa2048),
            KeyAlgorithm::Rsa3072 => rsa(KeySize::Rsa3072),
            KeyAlgorithm::Rsa4096 => rsa(KeySize::Rsa4096),
            KeyAlgorithm::Ed25519 => Ed25519KeyPair::generate().map(Self::Ed25519),
            KeyAlgorithm::MlDsa44 => ml_dsa(&signature::ML_DSA_44_SIGNING),
            KeyAlgorithm::MlDsa65 => ml_dsa(&signature::ML_DSA_65_SIGNING),
            KeyAlgorithm::MlDsa87 => ml_dsa(&signature::ML_DSA_87_SIGNING),
        };
        generated.map_err(|_| KeyError::Library("AWS-LC generated no key"))
    }

    pub(crate) fn from_pkcs8(family: Family, pkcs8: &[u8]) -> Result<Self, InvalidKey> {
        let ml_dsa = |parameters| PqdsaKeyPair::from_pkcs8(parameters, pkcs8).map(Self::MlDsa);
        let ecdsa = |parameters| EcdsaKeyPair::from_pkcs8(parameters, pkcs8).map(Self::Ecdsa);
        let read = match family {
            Family::P256 => ecdsa(&signature::ECDSA_P256_SHA256_ASN1_SIGNING),
            Family::P384 => ecdsa(&signature::ECDSA_P384_SHA384_ASN1_SIGNING),
            Family::Rsa => RsaKeyPair::from_pkcs8(pkcs8).map(Self::Rsa),
            Family::Ed25519 => Ed25519KeyPair::from_pkcs8(pkcs8).map(Self::Ed25519),
            Family::MlDsa44 => ml_dsa(&signature::ML_DSA_44_SIGNING),
            Family::MlDsa65 => ml_dsa(&signature::ML_DSA_65_SIGNING),
            Family::MlDsa87 => ml_dsa(&signature::ML_DSA_87_SIGNING),
        };
        read.map_err(|_| InvalidKey::Inconsistent)
    }

    /// `PrivateKeyInfo` version 0, the form that OpenSSL 3.0 reads for every algorithm it knows.
    pub(crate) fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let octets = |document: aws_lc_rs::pkcs8::Document| Zeroizing::new(document.as_ref().to_vec());
        let written = match self {
            Self::Ecdsa(pair) => pair.to_pkcs8v1().map(octets),
            Self::Rsa(pair) => pair.as_der().map(|der| Zeroizing::new(der.as_ref().to_vec())),
            Self::Ed25519(pair) => pair.to_pkcs8v1().map(octets),
            Self::MlDsa(pair) => pair.to_pkcs8v1().map(octets),
        };
        written.map_err(|_| KeyError::Library("AWS-LC wrote no PKCS#8"))
    }

    /// The DER `SubjectPublicKeyInfo`.
    pub(crate) fn spki(&self) -> Result<Vec<u8>, KeyError> {
        let written = match self {
            Self::Ecdsa(pair) => pair.public_key().as_der(),
            Self::Rsa(pair) => pair.public_key().as_der(),
            Self::Ed25519(pair) => pair.public_key().as_der(),
            Self::MlDsa(pair) => pair.public_key().as_der(),
        };
        written
            .map(|der| der.as_ref().to_vec())
            .map_err(|_| KeyError::Library("AWS-LC wrote no public key"))
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let failed = |_| SignError::Key("AWS-LC made no signature".to_owned());
        let random = SystemRandom::new();
        match self {
            Self::Ecdsa(pair) => Ok(pair.sign(&random, message).map_err(failed)?.as_ref().to_vec()),
            Self::Ed25519(pair) => Ok(pair.try_sign(message).map_err(failed)?.as_ref().to_vec()),
            Self::Rsa(pair) => {
                let mut out = vec![0; pair.public_modulus_len()];
                pair.sign(&signature::RSA_PKCS1_SHA256, &random, message, &mut out)
                    .map_err(failed)?;
                Ok(out)
            }
            Self::MlDsa(pair) => {
                let mut out = vec![0; pair.algorithm().signature_len()];
                let len = pair.sign(message, &mut out).map_err(failed)?;
                out.truncate(len);
                Ok(out)
            }
        }
    }
}
