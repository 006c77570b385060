//! 密钥管理中心 KMC: makes the encryption key pairs of dual certificates, keeps them, hands them out enveloped.
//!
//! Serves GM/T 0034 (the three stores, as recalled) and GM/T 0014 (signed requests and answers with a CA).
//! It may be another organisation's: it meets the CA only in signed messages, has its own database, its own
//! key device and its own records.
//!
//! ```text
//! message ─▶ verify the CA's signature ─▶ plan against the stores ─▶ one transaction (stores + records)
//!         ─▶ envelope under the subscriber's key ─▶ sign the answer
//! ```
//!
//! Invariants: a key pair is assigned durably before it leaves; it serves one certificate, and the same
//! application gets the same pair again, however often it comes; a private key is in clear only in buffers
//! that are wiped, between the device that opens its seal and the envelope that closes over it.
//!
//! What this crate does not know: certificates, subjects, HTTP, and whether a subscriber was identified;
//! that is the CA's word, given by its signature.

mod custody;
mod envelope;
pub mod facts;
mod records;
mod spare;
mod store;
mod vault;

pub use custody::KeyRefusal;
pub use envelope::EnvelopeError;
pub use spare::KeyMakingError;
pub use store::{MIGRATIONS, StoreError};
pub use vault::{KnownAuthority, Vault, VaultError, VaultSettings};
