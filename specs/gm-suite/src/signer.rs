//! What every key can do, wherever it lives: the two traits that software keys, PKCS#11 tokens and SDF devices share.

use zeroize::Zeroizing;

use crate::{PublicKey, RandomFailure, SignatureAlgorithm};

/// A private key that signs; the key itself may be out of reach.
pub trait Signer: Send + Sync {
    /// The public half.
    fn public_key(&self) -> &PublicKey;

    /// What [`sign`](Self::sign) signs with.
    fn signature_algorithm(&self) -> SignatureAlgorithm;

    /// Signs `message` (the message itself, not its digest).
    ///
    /// SM2 and ECDSA give DER `SEQUENCE { r, s }`; RSA, Ed25519 and ML-DSA give their octets. What goes into a BIT
    /// STRING as it is.
    ///
    /// # Errors
    /// [`SignError`]: a fault of the machine or the device; never of the message.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError>;
}

/// An SM2 private key that decrypts; the key itself may be out of reach.
pub trait Decryptor: Send + Sync {
    /// The public half.
    fn public_key(&self) -> &PublicKey;

    /// Decrypts an `SM2Cipher` (GB/T 35276, DER).
    ///
    /// # Errors
    /// [`DecryptError`]; a wrong key, a changed C2 and a changed C3 cannot be told apart.
    fn decrypt(&self, sm2_cipher_der: &[u8]) -> Result<Zeroizing<Vec<u8>>, DecryptError>;
}

/// A signature could not be made. A fault: ours or the device's.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SignError {
    /// The operating system gave no random octets.
    #[error(transparent)]
    Random(#[from] RandomFailure),
    /// The key, or the library or device that holds it, failed.
    #[error("the key could not sign: {0}")]
    Key(String),
}

/// A ciphertext was not decrypted.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum DecryptError {
    /// Not a DER `SM2Cipher`, or its C1 is no point of the curve. Malformed.
    #[error("the SM2 ciphertext is malformed: {0}")]
    Malformed(&'static str),
    /// C3 does not match: another key, or the ciphertext was changed. A refusal.
    #[error("the SM2 ciphertext was not made for this key or was changed")]
    Mismatch,
    /// The key is not an SM2 key. A refusal.
    #[error("only SM2 keys decrypt")]
    NotSm2,
    /// The device that holds the key failed. A fault.
    #[error("the key could not decrypt: {0}")]
    Key(String),
}

/// A key could not be made, written or used as asked.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum KeyError {
    /// The operating system gave no random octets. A fault.
    #[error(transparent)]
    Random(#[from] RandomFailure),
    /// The library failed to make or write a key. A fault.
    #[error("the key could not be made or written: {0}")]
    Library(&'static str),
    /// SM2 encryption was asked of a key that is not SM2. A refusal.
    #[error("only SM2 keys encrypt")]
    NotSm2,
    /// SM2 encryption of nothing, or of more than [`crate::sm2::PLAINTEXT_MAX`] octets. A refusal.
    #[error("SM2 encrypts 1 to {max} octets, not {len}", max = crate::sm2::PLAINTEXT_MAX)]
    PlaintextLength {
        /// Octets given.
        len: usize,
    },
}
