//! Why something could not be sealed, or could not be opened.

use gm_suite::{DecryptError, InvalidKey, KeyError, RandomFailure, SignError, sm4::Sm4Error};

/// A message or envelope could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// The recipient's key does not encrypt; only SM2 keys do.
    #[error("cannot encrypt to the recipient: {0}")]
    Recipient(#[from] KeyError),
    /// Only SM2 private keys go into these envelopes.
    #[error("only SM2 private keys can be enveloped")]
    NotSm2,
    /// The operating system gave no random octets. A fault.
    #[error(transparent)]
    Random(#[from] RandomFailure),
    /// The signer failed. A fault.
    #[error(transparent)]
    Signature(#[from] SignError),
    /// The content cipher failed. A fault.
    #[error("the content could not be encrypted: {0}")]
    Content(#[from] Sm4Error),
    /// Something could not be encoded. A fault.
    #[error("cannot be encoded: {0}")]
    Encoding(#[from] der::Error),
}

/// A well-formed message or envelope is not what it claims to be, or not for us.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The content key is encrypted for another key, or was changed.
    #[error("the content key cannot be decrypted: {0}")]
    ContentKey(#[from] DecryptError),
    /// What was decrypted is no SM4 key.
    #[error("the content key does not have sixteen octets")]
    ContentKeyLength,
    /// The content does not decrypt under the content key.
    #[error("the content cannot be decrypted")]
    Content,
    /// The content is no private key in any form that we know.
    #[error("the content is no private key")]
    NoPrivateKey,
    /// The private key inside is no good.
    #[error("the private key inside is not valid: {0}")]
    PrivateKey(#[from] InvalidKey),
    /// The private key inside does not belong to the public key beside it.
    #[error("the private key inside does not belong to the public key beside it")]
    Pair,
    /// No signature verifies under the key that was given.
    #[error("no signature verifies under the expected key")]
    Signature,
    /// The content travels apart and was not given, or it is inside and was given too.
    #[error("the content must be either inside the message or given beside it")]
    WhichContent,
}
