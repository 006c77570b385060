//! What both sides say about signatures: why something is not believed, and how a batch is named.

use gm_suite::PublicKey;

/// Why a well-formed batch or reply is not believed.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Unverified {
    /// The signature is not that of the expected key over these bytes.
    #[error("the signature does not verify under the expected key")]
    Signature,
    /// The reply answers another batch: replayed or misrouted.
    #[error("the reply answers another batch")]
    OtherBatch,
}

impl From<gm_suite::BadSignature> for Unverified {
    fn from(_: gm_suite::BadSignature) -> Self {
        Self::Signature
    }
}

/// How a batch names the CA it is meant for: SM3 of the `SubjectPublicKeyInfo` under whose key that CA signs its replies,
/// which the RA knows already.
#[must_use]
pub fn addressee(reply_key: &PublicKey) -> [u8; 32] {
    gm_suite::sm3(reply_key.spki())
}

/// SM3 of the signed bytes: how a reply names the batch that it answers.
#[must_use]
pub fn digest(signed: &[u8]) -> [u8; 32] {
    gm_suite::sm3(signed)
}
