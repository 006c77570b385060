//! Web Authentication (W3C Recommendation, Level 2) for one kind of relying party: its users' keys are ES256 (ECDSA on
//! P-256 with SHA-256), each use is verified by the authenticator, and nobody asks who made the authenticator.
//!
//! ```text
//! create() ─▶ clientDataJSON, authenticatorData ─▶ Registration::parse ─▶ verify (§7.1) ─▶ Credential
//! get()    ─▶ the same and a signature         ─▶ Assertion::parse    ─▶ verify (§7.2) ─▶ the new counter
//! ```
//!
//! - Without attestation the key is taken from the authenticator data themselves. There an ES256 key can be written in
//!   one way only (§6.5.1.1 with the canonical form of CTAP2): 77 octets of which 13 are fixed. So no CBOR is parsed.
//! - A [`RelyingParty`] has one origin; a page of a subdomain, another port or a frame of another site is refused.
//! - What a key is bound to, which challenges were given, and that each is used once, the caller knows.
//!
//! Not here: attestation, other algorithms, extensions (an authenticator may send some; they are passed over), token
//! binding, transports.

mod authenticator;
mod ceremony;
mod client;
pub mod fuzzing;
mod party;

pub use ceremony::{Assertion, CREDENTIAL_ID_MAX, CeremonyError, Credential, Registration};
pub use party::{BadOrigin, RelyingParty, Synced};
