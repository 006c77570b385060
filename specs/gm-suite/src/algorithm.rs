//! Names of key and signature algorithms, and their `AlgorithmIdentifier`s.
//!
//! A [`KeyAlgorithm`] fixes the size and, through [`KeyAlgorithm::signature_algorithm`], what a key signs with by
//! default. A [`SignatureAlgorithm`] fixes the digest too: there is no "ECDSA" here that could be combined with a
//! weak digest.

use std::fmt;
use std::str::FromStr;

use der::asn1::{Any, Null, ObjectIdentifier};
use spki::AlgorithmIdentifierOwned;

use crate::oid;

/// What kind of key, size included.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum KeyAlgorithm {
    /// SM2 (GB/T 32918.5), signs with SM3 and the default ID, and encrypts.
    Sm2,
    /// ECDSA on P-256.
    P256,
    /// ECDSA on P-384.
    P384,
    /// RSA with a modulus of 2048 bits.
    Rsa2048,
    /// RSA with a modulus of 3072 bits.
    Rsa3072,
    /// RSA with a modulus of 4096 bits.
    Rsa4096,
    /// Ed25519 (RFC 8032).
    Ed25519,
    /// ML-DSA-44 (FIPS 204).
    MlDsa44,
    /// ML-DSA-65 (FIPS 204).
    MlDsa65,
    /// ML-DSA-87 (FIPS 204).
    MlDsa87,
}

impl KeyAlgorithm {
    /// Every key algorithm, in the order of this enum.
    pub const ALL: [Self; 10] = [
        Self::Sm2,
        Self::P256,
        Self::P384,
        Self::Rsa2048,
        Self::Rsa3072,
        Self::Rsa4096,
        Self::Ed25519,
        Self::MlDsa44,
        Self::MlDsa65,
        Self::MlDsa87,
    ];

    /// What such a key signs with unless told otherwise.
    #[must_use]
    pub const fn signature_algorithm(self) -> SignatureAlgorithm {
        match self {
            Self::Sm2 => SignatureAlgorithm::Sm2Sm3,
            Self::P256 => SignatureAlgorithm::EcdsaP256Sha256,
            Self::P384 => SignatureAlgorithm::EcdsaP384Sha384,
            Self::Rsa2048 | Self::Rsa3072 | Self::Rsa4096 => SignatureAlgorithm::RsaPkcs1Sha256,
            Self::Ed25519 => SignatureAlgorithm::Ed25519,
            Self::MlDsa44 => SignatureAlgorithm::MlDsa44,
            Self::MlDsa65 => SignatureAlgorithm::MlDsa65,
            Self::MlDsa87 => SignatureAlgorithm::MlDsa87,
        }
    }

    /// Whether such a key can make and check signatures of that algorithm.
    #[must_use]
    pub const fn serves(self, algorithm: SignatureAlgorithm) -> bool {
        use SignatureAlgorithm as S;
        matches!(
            (self, algorithm),
            (Self::Sm2, S::Sm2Sm3)
                | (Self::P256, S::EcdsaP256Sha256)
                | (Self::P384, S::EcdsaP384Sha384)
                | (
                    Self::Rsa2048 | Self::Rsa3072 | Self::Rsa4096,
                    S::RsaPkcs1Sha256 | S::RsaPkcs1Sha384 | S::RsaPkcs1Sha512
                )
                | (Self::Ed25519, S::Ed25519)
                | (Self::MlDsa44, S::MlDsa44)
                | (Self::MlDsa65, S::MlDsa65)
                | (Self::MlDsa87, S::MlDsa87)
        )
    }

    /// The `AlgorithmIdentifier` of a `SubjectPublicKeyInfo` or `PrivateKeyInfo` of such a key.
    #[must_use]
    pub fn identifier(self) -> AlgorithmIdentifierOwned {
        let on_curve = |curve| AlgorithmIdentifierOwned {
            oid: oid::EC_PUBLIC_KEY,
            parameters: Some(Any::from(curve)),
        };
        match self {
            Self::Sm2 => on_curve(oid::SM2),
            Self::P256 => on_curve(oid::P256),
            Self::P384 => on_curve(oid::P384),
            Self::Rsa2048 | Self::Rsa3072 | Self::Rsa4096 => with_null(oid::RSA_ENCRYPTION),
            Self::Ed25519 => bare(oid::ED25519),
            Self::MlDsa44 => bare(oid::ML_DSA_44),
            Self::MlDsa65 => bare(oid::ML_DSA_65),
            Self::MlDsa87 => bare(oid::ML_DSA_87),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Sm2 => "sm2",
            Self::P256 => "p256",
            Self::P384 => "p384",
            Self::Rsa2048 => "rsa2048",
            Self::Rsa3072 => "rsa3072",
            Self::Rsa4096 => "rsa4096",
            Self::Ed25519 => "ed25519",
            Self::MlDsa44 => "ml-dsa-44",
            Self::MlDsa65 => "ml-dsa-65",
            Self::MlDsa87 => "ml-dsa-87",
        }
    }
}

impl fmt::Display for KeyAlgorithm {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.name())
    }
}

/// No key algorithm has this name. Their text: malformed.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("no key algorithm is called {name:?}")]
pub struct UnknownName {
    /// The name as it was given.
    pub name: String,
}

impl FromStr for KeyAlgorithm {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        let found = Self::ALL.into_iter().find(|algorithm| algorithm.name() == name);
        found.ok_or_else(|| UnknownName { name: name.to_owned() })
    }
}

/// A signature algorithm, digest included.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum SignatureAlgorithm {
    /// SM2 with SM3 and the default ID (GB/T 35276).
    Sm2Sm3,
    /// ECDSA on P-256 with SHA-256.
    EcdsaP256Sha256,
    /// ECDSA on P-384 with SHA-384.
    EcdsaP384Sha384,
    /// RSA PKCS#1 v1.5 with SHA-256.
    RsaPkcs1Sha256,
    /// RSA PKCS#1 v1.5 with SHA-384.
    RsaPkcs1Sha384,
    /// RSA PKCS#1 v1.5 with SHA-512.
    RsaPkcs1Sha512,
    /// Ed25519.
    Ed25519,
    /// ML-DSA-44 with an empty context.
    MlDsa44,
    /// ML-DSA-65 with an empty context.
    MlDsa65,
    /// ML-DSA-87 with an empty context.
    MlDsa87,
}

impl SignatureAlgorithm {
    /// Every signature algorithm, in the order of this enum.
    pub const ALL: [Self; 10] = [
        Self::Sm2Sm3,
        Self::EcdsaP256Sha256,
        Self::EcdsaP384Sha384,
        Self::RsaPkcs1Sha256,
        Self::RsaPkcs1Sha384,
        Self::RsaPkcs1Sha512,
        Self::Ed25519,
        Self::MlDsa44,
        Self::MlDsa65,
        Self::MlDsa87,
    ];

    /// Its object identifier in certificates and what is signed like them.
    #[must_use]
    pub const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::Sm2Sm3 => oid::SM2_WITH_SM3,
            Self::EcdsaP256Sha256 => oid::ECDSA_WITH_SHA256,
            Self::EcdsaP384Sha384 => oid::ECDSA_WITH_SHA384,
            Self::RsaPkcs1Sha256 => oid::SHA256_WITH_RSA,
            Self::RsaPkcs1Sha384 => oid::SHA384_WITH_RSA,
            Self::RsaPkcs1Sha512 => oid::SHA512_WITH_RSA,
            Self::Ed25519 => oid::ED25519,
            Self::MlDsa44 => oid::ML_DSA_44,
            Self::MlDsa65 => oid::ML_DSA_65,
            Self::MlDsa87 => oid::ML_DSA_87,
        }
    }

    /// The `AlgorithmIdentifier` that goes into a certificate: NULL parameters for RSA (RFC 4055), none otherwise.
    #[must_use]
    pub fn identifier(self) -> AlgorithmIdentifierOwned {
        if self.is_rsa() {
            with_null(self.oid())
        } else {
            bare(self.oid())
        }
    }

    /// Reads an `AlgorithmIdentifier`.
    ///
    /// Parameters: none for every algorithm; NULL too for RSA (RFC 4055 asks for both) and for SM2, where software in
    /// the field writes it.
    ///
    /// # Errors
    /// [`UnsupportedAlgorithm`] for another algorithm or other parameters.
    pub fn from_identifier(identifier: &AlgorithmIdentifierOwned) -> Result<Self, UnsupportedAlgorithm> {
        let unsupported = || UnsupportedAlgorithm { oid: identifier.oid };
        let algorithm = Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.oid() == identifier.oid);
        let algorithm = algorithm.ok_or_else(unsupported)?;
        match &identifier.parameters {
            None => Ok(algorithm),
            Some(parameters) if algorithm.may_have_null() && *parameters == Any::null() => Ok(algorithm),
            Some(_) => Err(unsupported()),
        }
    }

    const fn is_rsa(self) -> bool {
        matches!(self, Self::RsaPkcs1Sha256 | Self::RsaPkcs1Sha384 | Self::RsaPkcs1Sha512)
    }

    const fn may_have_null(self) -> bool {
        self.is_rsa() || matches!(self, Self::Sm2Sm3)
    }
}

impl fmt::Display for SignatureAlgorithm {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(match self {
            Self::Sm2Sm3 => "sm2-sm3",
            Self::EcdsaP256Sha256 => "ecdsa-p256-sha256",
            Self::EcdsaP384Sha384 => "ecdsa-p384-sha384",
            Self::RsaPkcs1Sha256 => "rsa-pkcs1-sha256",
            Self::RsaPkcs1Sha384 => "rsa-pkcs1-sha384",
            Self::RsaPkcs1Sha512 => "rsa-pkcs1-sha512",
            Self::Ed25519 => "ed25519",
            Self::MlDsa44 => "ml-dsa-44",
            Self::MlDsa65 => "ml-dsa-65",
            Self::MlDsa87 => "ml-dsa-87",
        })
    }
}

/// A signature algorithm, or parameters of one, that this suite does not have. A refusal: the bytes were well formed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("signature algorithm {oid} is not supported, or not with these parameters")]
pub struct UnsupportedAlgorithm {
    /// The algorithm named.
    pub oid: ObjectIdentifier,
}

const fn bare(oid: ObjectIdentifier) -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned { oid, parameters: None }
}

fn with_null(oid: ObjectIdentifier) -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned {
        oid,
        parameters: Some(Any::from(Null)),
    }
}
