//! Private keys in software: made, read from PKCS#8, written to PKCS#8, used to sign and to decrypt.
//!
//! Wiped when dropped (AWS-LC wipes its own), never printed. Where keys rest and under which passphrase is not known
//! here.

use std::fmt;

use der::asn1::{AnyRef, BitStringRef, OctetStringRef};
use der::{Decode as _, Encode as _, Sequence};
use pkcs8::PrivateKeyInfoRef;
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

use crate::public_key::{Family, family};
use crate::{
    DecryptError, Decryptor, InvalidKey, KeyAlgorithm, KeyError, PublicKey, SignError, SignatureAlgorithm, Signer,
    international, oid, sm2,
};

/// Largest PKCS#8 that is read: an expanded ML-DSA-87 key beside its seed takes about 5,000 octets.
const PKCS8_LEN_MAX: usize = 8192;

/// A private key, with its public half.
pub struct PrivateKey {
    public: PublicKey,
    secret: Secret,
}

enum Secret {
    Sm2(sm2::SigningKey),
    International(international::SigningKey),
}

impl PrivateKey {
    /// Makes a new key.
    ///
    /// # Errors
    /// [`KeyError`] if randomness or the library fails.
    pub fn generate(algorithm: KeyAlgorithm) -> Result<Self, KeyError> {
        let unusable = |_| KeyError::Library("a new key was refused");
        if algorithm == KeyAlgorithm::Sm2 {
            return Self::of_sm2(sm2::SigningKey::generate()?).map_err(unusable);
        }
        let secret = international::SigningKey::generate(algorithm)?;
        let public = PublicKey::from_spki(&secret.spki()?).map_err(unusable)?;
        Ok(Self {
            public,
            secret: Secret::International(secret),
        })
    }

    /// Reads an unencrypted PKCS#8 `PrivateKeyInfo` (RFC 5208, RFC 5958), as OpenSSL and `GmSSL` write it.
    ///
    /// # Errors
    /// [`InvalidKey`] if it is malformed, not supported, weak, or its public half does not belong to it.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, InvalidKey> {
        if der.len() > PKCS8_LEN_MAX {
            return Err(InvalidKey::Malformed("larger than any key of this suite"));
        }
        let info = PrivateKeyInfoRef::from_der(der).map_err(|_| InvalidKey::Malformed("PrivateKeyInfo"))?;
        match family(&info.algorithm)? {
            Family::Sm2 => Self::from_ec_private_key(info.private_key.as_bytes()),
            Family::International(family) => {
                let secret = international::SigningKey::from_pkcs8(family, der)?;
                let spki = secret.spki().map_err(|_| InvalidKey::Inconsistent)?;
                Ok(Self {
                    public: PublicKey::from_spki(&spki)?,
                    secret: Secret::International(secret),
                })
            }
        }
    }

    fn from_ec_private_key(der: &[u8]) -> Result<Self, InvalidKey> {
        let key = EcPrivateKey::from_der(der).map_err(|_| InvalidKey::Malformed("ECPrivateKey"))?;
        if key.version != EC_PRIVATE_KEY_VERSION {
            return Err(InvalidKey::Malformed("version of ECPrivateKey"));
        }
        if key
            .parameters
            .is_some_and(|parameters| parameters != AnyRef::from(&oid::SM2))
        {
            return Err(InvalidKey::Parameters {
                oid: oid::EC_PUBLIC_KEY,
            });
        }
        let scalar = key
            .private_key
            .as_bytes()
            .try_into()
            .map_err(|_| InvalidKey::Malformed("length of SM2 key"))?;
        let private = Self::from_sm2_scalar(scalar)?;
        match key.public_key {
            Some(public) if public.as_bytes() != Some(private.public.raw()) => Err(InvalidKey::Pair),
            _ => Ok(private),
        }
    }

    /// An SM2 key from its private number, 32 octets, big-endian.
    ///
    /// # Errors
    /// [`InvalidKey::Range`] unless the number is 1 to n - 2 (GB/T 32918.1 §6.1).
    pub fn from_sm2_scalar(scalar: &[u8; 32]) -> Result<Self, InvalidKey> {
        Self::of_sm2(sm2::SigningKey::from_scalar(scalar)?)
    }

    fn of_sm2(secret: sm2::SigningKey) -> Result<Self, InvalidKey> {
        let public = PublicKey::of_sm2(secret.verifying_key().clone(), &secret.verifying_key().point())?;
        Ok(Self {
            public,
            secret: Secret::Sm2(secret),
        })
    }

    /// The public half.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// The private number of an SM2 key, 32 octets, big-endian; nothing for other keys.
    #[must_use]
    pub fn sm2_scalar(&self) -> Option<Zeroizing<[u8; 32]>> {
        match &self.secret {
            Secret::Sm2(key) => Some(key.scalar()),
            Secret::International(_) => None,
        }
    }

    /// Writes an unencrypted PKCS#8 `PrivateKeyInfo` of version 0, which OpenSSL 3.0 reads (ML-DSA: OpenSSL 3.5, as a
    /// seed).
    ///
    /// # Errors
    /// [`KeyError::Library`], also for an ML-DSA key that was read without its seed.
    pub fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        match &self.secret {
            Secret::Sm2(key) => {
                let written = write_sm2(&key.scalar(), self.public.raw());
                written.map_err(|_| KeyError::Library("PKCS#8 was not written"))
            }
            Secret::International(key) => key.to_pkcs8(),
        }
    }

    pub(crate) fn sm2(&self) -> Option<&sm2::SigningKey> {
        match &self.secret {
            Secret::Sm2(key) => Some(key),
            Secret::International(_) => None,
        }
    }
}

impl Signer for PrivateKey {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn signature_algorithm(&self) -> SignatureAlgorithm {
        self.public.algorithm().signature_algorithm()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        match &self.secret {
            Secret::Sm2(key) => key.sign(message),
            Secret::International(key) => key.sign(message),
        }
    }
}

impl Decryptor for PrivateKey {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn decrypt(&self, sm2_cipher_der: &[u8]) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
        self.sm2().ok_or(DecryptError::NotSm2)?.decrypt(sm2_cipher_der)
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "PrivateKey(of {:?})", self.public)
    }
}

const EC_PRIVATE_KEY_VERSION: u8 = 1;

/// `ECPrivateKey` of RFC 5915.
#[derive(Sequence)]
struct EcPrivateKey<'a> {
    version: u8,
    private_key: &'a OctetStringRef,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    parameters: Option<AnyRef<'a>>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    public_key: Option<BitStringRef<'a>>,
}

fn write_sm2(scalar: &[u8; 32], point: &[u8]) -> der::Result<Zeroizing<Vec<u8>>> {
    let key = EcPrivateKey {
        version: EC_PRIVATE_KEY_VERSION,
        private_key: OctetStringRef::new(scalar)?,
        parameters: None,
        public_key: Some(BitStringRef::from_bytes(point)?),
    };
    let inner = Zeroizing::new(key.to_der()?);
    let algorithm = AlgorithmIdentifierRef {
        oid: oid::EC_PUBLIC_KEY,
        parameters: Some(AnyRef::from(&oid::SM2)),
    };
    let info = PrivateKeyInfoRef::new(algorithm, OctetStringRef::new(&inner)?);
    Ok(Zeroizing::new(info.to_der()?))
}
