//! What every device can do, and how it refuses.

use std::path::PathBuf;
use std::sync::Arc;

use gm_suite::{Decryptor, InvalidKey, KeyAlgorithm, KeyError, PrivateKey, PublicKey, Signer};
use zeroize::Zeroizing;

/// Characters of a label: a file name everywhere, and a `CKA_LABEL`.
pub const LABEL_CHARACTERS_MAX: usize = 64;

/// Most octets that a device seals at once: keys and small records, not archives.
pub const SEAL_OCTETS_MAX: usize = 1024 * 1024;

/// A device that holds private keys by label.
///
/// Labels are lower-case letters, digits and hyphens, at most [`LABEL_CHARACTERS_MAX`].
pub trait KeyDevice: Send + Sync {
    /// Makes a key inside the device; its public key comes out. An existing label is never overwritten.
    ///
    /// # Errors
    /// [`DeviceError::LabelTaken`], [`DeviceError::Label`], or a fault.
    fn generate(&self, label: &str, algorithm: KeyAlgorithm) -> Result<PublicKey, DeviceError>;

    /// Takes a key that was made elsewhere, for instance at a takeover.
    ///
    /// # Errors
    /// As [`KeyDevice::generate`].
    fn import(&self, label: &str, key: PrivateKey) -> Result<PublicKey, DeviceError>;

    /// A handle that signs with a key.
    ///
    /// # Errors
    /// [`DeviceError::NoSuchKey`], [`DeviceError::Damaged`], or a fault.
    fn signer(&self, label: &str) -> Result<Arc<dyn Signer>, DeviceError>;

    /// A handle that decrypts with an SM2 key.
    ///
    /// # Errors
    /// As [`KeyDevice::signer`], and [`DeviceError::CannotDecrypt`] for a key of another algorithm.
    fn decryptor(&self, label: &str) -> Result<Arc<dyn Decryptor>, DeviceError>;

    /// All labels, sorted.
    ///
    /// # Errors
    /// A fault.
    fn labels(&self) -> Result<Vec<String>, DeviceError>;

    /// Seals octets so that only this device opens them again, and only in the same context.
    ///
    /// # Errors
    /// [`DeviceError::TooLong`] above [`SEAL_OCTETS_MAX`], or a fault.
    fn seal(&self, context: &[u8], plain: &[u8]) -> Result<Vec<u8>, DeviceError>;

    /// Opens what [`KeyDevice::seal`] made.
    ///
    /// # Errors
    /// [`DeviceError::NotSealedHere`] when anything was changed, or the context is another.
    fn open(&self, context: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, DeviceError>;
}

/// Why a device did not do it.
#[derive(Clone, Debug, thiserror::Error)]
pub enum DeviceError {
    /// A label that no device takes.
    #[error("`{0}` is not a label: lower-case letters, digits and hyphens, at most {LABEL_CHARACTERS_MAX}")]
    Label(String),
    /// The label is in use; keys are never overwritten.
    #[error("the device has a key `{0}` already")]
    LabelTaken(String),
    /// There is no key of this label.
    #[error("the device has no key `{0}`")]
    NoSuchKey(String),
    /// The key is not an SM2 key.
    #[error("key `{0}` cannot decrypt")]
    CannotDecrypt(String),
    /// The folder holds a device already.
    #[error("{0} holds a device already")]
    Exists(PathBuf),
    /// An empty passphrase protects nothing.
    #[error("the passphrase is empty")]
    EmptyPassphrase,
    /// More than a device seals at once.
    #[error("a device seals at most {SEAL_OCTETS_MAX} octets at once, not {0}")]
    TooLong(usize),
    /// The passphrase does not open the device.
    #[error("the passphrase does not open the device")]
    WrongPassphrase,
    /// A file of the device is not what the device wrote.
    #[error("{path} is damaged: {why}")]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The blob was not sealed by this device in this context, or was changed.
    #[error("this was not sealed by this device in this context")]
    NotSealedHere,
    /// A file could not be read or written.
    #[error("{path}: {why}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
    /// The system gave no random octets.
    #[error("the system's random generator does not answer")]
    NoRandomness,
    /// A key could not be made.
    #[error("the key cannot be made: {0}")]
    Key(String),
}

impl From<KeyError> for DeviceError {
    fn from(error: KeyError) -> Self {
        Self::Key(error.to_string())
    }
}

impl From<InvalidKey> for DeviceError {
    fn from(error: InvalidKey) -> Self {
        Self::Key(error.to_string())
    }
}

/// Checks a label.
pub(crate) fn check_label(label: &str) -> Result<(), DeviceError> {
    let fits = (1..=LABEL_CHARACTERS_MAX).contains(&label.len())
        && label
            .bytes()
            .all(|octet| octet.is_ascii_lowercase() || octet.is_ascii_digit() || octet == b'-');
    if fits {
        Ok(())
    } else {
        Err(DeviceError::Label(label.chars().take(LABEL_CHARACTERS_MAX).collect()))
    }
}
