//! Why a well-formed request or answer is not believed.

/// Why a well-formed request or answer is not believed.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Unverified {
    /// The signature is not that of the expected key over these bytes.
    #[error("the signature does not verify under the expected key")]
    Signature,
    /// The answer belongs to another task: replayed or misrouted.
    #[error("the answer is for task {found}, not {expected}")]
    OtherTask {
        /// The task of the request.
        expected: u64,
        /// The task of the answer.
        found: u64,
    },
    /// The answer does not have one element for each request, of its kind and about its serial number.
    #[error("the answer does not fit the request")]
    Unfit,
}

impl From<gm_suite::BadSignature> for Unverified {
    fn from(_: gm_suite::BadSignature) -> Self {
        Self::Signature
    }
}
