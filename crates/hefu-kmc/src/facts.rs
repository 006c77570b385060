//! What the centre tells others through its own records: versioned, past tense, never key material.
//!
//! Keys appear as the SM3 of their `SubjectPublicKeyInfo`, so that a record proves which key went where to
//! anyone who holds the certificate, and nothing to anyone else.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A key pair was assigned to an encryption certificate. Kind `key-applied/1`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct KeyApplied {
    /// The CA, as the centre's settings name it.
    pub authority: String,
    /// Serial number of the encryption certificate, lower-case hexadecimal.
    pub serial: String,
    /// SM3 of the assigned public key, hexadecimal.
    pub public_key_sm3: String,
    /// SM3 of the subscriber's key for which the pair was enveloped, hexadecimal.
    pub user_key_sm3: String,
    /// Start of the certificate's validity.
    pub not_before: Timestamp,
    /// End of the certificate's validity.
    pub not_after: Timestamp,
    /// The CA's task number.
    pub task: u64,
    /// True when the CA asked again and got the same pair again, enveloped anew.
    pub again: bool,
}

impl KeyApplied {
    /// The kind of the record.
    pub const KIND: &str = "key-applied/1";
}

/// A key pair was enveloped once more, on recovery. Kind `key-restored/1`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct KeyRestored {
    /// The CA, as the centre's settings name it.
    pub authority: String,
    /// Serial number of the encryption certificate, lower-case hexadecimal.
    pub serial: String,
    /// SM3 of the public key, hexadecimal.
    pub public_key_sm3: String,
    /// SM3 of the key for which the pair was enveloped this time, hexadecimal.
    pub user_key_sm3: String,
    /// The CA's task number.
    pub task: u64,
}

impl KeyRestored {
    /// The kind of the record.
    pub const KIND: &str = "key-restored/1";
}

/// Why a key went to the history store.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RetiredBecause {
    /// The CA said that the certificate is revoked.
    Revoked,
    /// The certificate came to its end.
    Expired,
}

impl RetiredBecause {
    /// The word in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Revoked => "revoked",
            Self::Expired => "expired",
        }
    }
}

/// A key pair was moved from the in-use store to the history store. Kind `key-retired/1`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct KeyRetired {
    /// The CA, as the centre's settings name it.
    pub authority: String,
    /// Serial number of the encryption certificate, lower-case hexadecimal.
    pub serial: String,
    /// Why.
    pub because: RetiredBecause,
    /// The CA's task number; `None` when the centre retired it by itself.
    pub task: Option<u64>,
}

impl KeyRetired {
    /// The kind of the record.
    pub const KIND: &str = "key-retired/1";
}

/// The CA asked for something that was refused. Kind `key-refused/1`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct KeyRefused {
    /// The CA, as the centre's settings name it.
    pub authority: String,
    /// Serial number of the certificate, lower-case hexadecimal.
    pub serial: String,
    /// The refusal's code.
    pub code: String,
    /// The CA's task number.
    pub task: u64,
}

impl KeyRefused {
    /// The kind of the record.
    pub const KIND: &str = "key-refused/1";
}
