//! Private keys as text: PKCS#8 in PEM, in the clear and under a passphrase.
//!
//! Written under a passphrase is PBES2 (RFC 8018) with PBKDF2 over HMAC-SHA-256 and AES-256-CBC,
//! which every tool reads, for every key algorithm. Read are also AES-128 and AES-192, HMAC with
//! SHA-224 to SHA-512, and scrypt within limits. PBES1 and HMAC-SHA-1 are refused: too weak.

use der::{Decode, asn1::OctetStringRef};
use gm_suite::{InvalidKey, KeyError, PrivateKey, RandomFailure, random};
use pkcs8::{
    EncryptedPrivateKeyInfoRef,
    pkcs5::{self, pbes2},
};
use zeroize::Zeroizing;

use crate::{
    malformed::{Malformed, Problem},
    pem_text,
};

/// PEM label of a key in the clear.
pub const PLAIN_LABEL: &str = "PRIVATE KEY";
/// PEM label of a key under a passphrase.
pub const ENCRYPTED_LABEL: &str = "ENCRYPTED PRIVATE KEY";
/// PBKDF2 rounds when writing: what OWASP recommends for HMAC-SHA-256.
pub const ROUNDS: u32 = 600_000;
/// PBKDF2 rounds that are read: some seconds of work.
pub const ROUNDS_MAX: u32 = 10_000_000;
/// scrypt memory that is read, in octets: `128 N r`.
pub const SCRYPT_BYTES_MAX: u64 = 256 << 20;
/// scrypt lanes that are read: the time grows with them.
pub const SCRYPT_LANES_MAX: u16 = 16;
/// Octets of a text; RSA-4096 needs 3.3 KiB.
pub const KEY_TEXT_BYTES_MAX: usize = 64 << 10;

const SALT_BYTES: usize = 16;
const IV_BYTES: usize = 16;

/// The key under `passphrase`, as PEM labelled [`ENCRYPTED_LABEL`].
///
/// # Errors
/// [`KeyTextError::Passphrase`] when it is empty; faults of the machine.
pub fn encrypt(key: &PrivateKey, passphrase: &[u8]) -> Result<String, KeyTextError> {
    encrypt_with_rounds(key, passphrase, ROUNDS)
}

/// As [`encrypt`], with this many PBKDF2 rounds (at least one), for tests and slow machines.
///
/// # Errors
/// As [`encrypt`].
pub fn encrypt_with_rounds(key: &PrivateKey, passphrase: &[u8], rounds: u32) -> Result<String, KeyTextError> {
    if passphrase.is_empty() {
        return Err(KeyTextError::Passphrase);
    }
    let plain = key.to_pkcs8()?;
    let (salt, iv) = (random::<SALT_BYTES>()?, random::<IV_BYTES>()?);
    let scheme = pbes2::Parameters::generate_pbkdf2_sha256_aes256cbc(rounds, &salt, iv)?;
    let encrypted_data = scheme.encrypt(passphrase, &plain)?;
    let info = EncryptedPrivateKeyInfoRef {
        encryption_algorithm: scheme.into(),
        encrypted_data: OctetStringRef::new(&encrypted_data)?,
    };
    let der = der::Encode::to_der(&info)?;
    Ok(pem_text::encode(ENCRYPTED_LABEL, &der))
}

/// Reads a key under a passphrase, PEM or DER.
///
/// # Errors
/// [`KeyTextError::Passphrase`] for a wrong passphrase; [`KeyTextError::Scheme`] for a scheme that
/// is too weak, too dear or unknown; [`KeyTextError::Malformed`].
pub fn decrypt(text: &[u8], passphrase: &[u8]) -> Result<PrivateKey, KeyTextError> {
    let der = limited(text, &[ENCRYPTED_LABEL])?;
    let info = read_encrypted(&der)?;
    let scheme = &info.encryption_algorithm;
    let plain = scheme
        .decrypt(passphrase, info.encrypted_data.as_bytes())
        .map(Zeroizing::new)?;
    // Behind a wrong passphrase the padding is right once in 256 times, and then this is garbage.
    PrivateKey::from_pkcs8(&plain).map_err(|error| match error {
        InvalidKey::Malformed(_) => KeyTextError::Passphrase,
        other => KeyTextError::Key(other),
    })
}

/// Reads a key under a passphrase as far as one can without the passphrase.
///
/// # Errors
/// As [`decrypt`].
pub fn inspect(text: &[u8]) -> Result<(), KeyTextError> {
    let der = limited(text, &[ENCRYPTED_LABEL])?;
    read_encrypted(&der).map(|_| ())
}

fn read_encrypted(der: &[u8]) -> Result<EncryptedPrivateKeyInfoRef<'_>, KeyTextError> {
    let info = EncryptedPrivateKeyInfoRef::from_der(der)
        .map_err(|error| Malformed::new("encryptedPrivateKey", 0, error.into()))?;
    check_cost(&info.encryption_algorithm)?;
    Ok(info)
}

/// The key in the clear, as PEM labelled [`PLAIN_LABEL`].
///
/// # Errors
/// Faults of the library.
pub fn plain(key: &PrivateKey) -> Result<Zeroizing<String>, KeyTextError> {
    let der = key.to_pkcs8()?;
    Ok(Zeroizing::new(pem_text::encode(PLAIN_LABEL, &der)))
}

/// Reads a key in the clear, PEM or DER.
///
/// # Errors
/// [`KeyTextError::Malformed`] or [`KeyTextError::Key`].
pub fn read_plain(text: &[u8]) -> Result<PrivateKey, KeyTextError> {
    let der = limited(text, &[PLAIN_LABEL])?;
    Ok(PrivateKey::from_pkcs8(&der)?)
}

/// Whether the PEM text holds a key under a passphrase.
#[must_use]
pub fn is_encrypted(text: &[u8]) -> bool {
    pem_text::first_label(text).is_some_and(|label| label == ENCRYPTED_LABEL)
}

/// Why a key could not be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyTextError {
    /// Not PEM, not PKCS#8.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// The passphrase is wrong, or an empty one was to protect a key.
    #[error("the passphrase is wrong or empty")]
    Passphrase,
    /// The scheme that protects the key is refused.
    #[error("the key is protected in a way that is not accepted: {0}")]
    Scheme(&'static str),
    /// The key itself is no good.
    #[error(transparent)]
    Key(#[from] InvalidKey),
    /// The key could not be encoded. A fault.
    #[error(transparent)]
    Encoding(#[from] KeyError),
    /// The operating system gave no random octets. A fault.
    #[error(transparent)]
    Random(#[from] RandomFailure),
    /// The encoder failed. A fault.
    #[error("cannot be encoded: {0}")]
    Der(#[from] der::Error),
}

impl From<pkcs5::Error> for KeyTextError {
    fn from(error: pkcs5::Error) -> Self {
        match error {
            pkcs5::Error::DecryptFailed => Self::Passphrase,
            pkcs5::Error::NoPbes1CryptSupport => Self::Scheme("PBES1"),
            pkcs5::Error::UnsupportedAlgorithm { .. } => Self::Scheme("unsupported algorithm"),
            _ => Self::Scheme("unsupported parameters"),
        }
    }
}

fn limited(text: &[u8], labels: &[&str]) -> Result<Zeroizing<Vec<u8>>, Malformed> {
    let (max, found) = (KEY_TEXT_BYTES_MAX, text.len());
    if found > max {
        return Err(Malformed::new("text", 0, Problem::TooLong { max, found }));
    }
    pem_text::decode_secret(text, labels)
}

/// A file must not be able to ask for hours of work or all memory.
fn check_cost(scheme: &pkcs5::EncryptionScheme) -> Result<(), KeyTextError> {
    let Some(scheme) = scheme.pbes2() else {
        return Err(KeyTextError::Scheme("PBES1"));
    };
    if let Some(pbkdf2) = scheme.kdf.pbkdf2()
        && pbkdf2.iteration_count > ROUNDS_MAX
    {
        return Err(KeyTextError::Scheme("too many PBKDF2 rounds"));
    }
    if let Some(scrypt) = scheme.kdf.scrypt() {
        let memory = u64::from(scrypt.block_size)
            .saturating_mul(scrypt.cost_parameter)
            .saturating_mul(128);
        if memory > SCRYPT_BYTES_MAX || scrypt.parallelization > SCRYPT_LANES_MAX {
            return Err(KeyTextError::Scheme("scrypt asks for too much"));
        }
    }
    Ok(())
}
