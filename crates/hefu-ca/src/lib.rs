//! 认证机构 CA: accepts signed requests, signs certificates and revocation lists, and knows everything it ever signed.
//!
//! Serves 电子签名法 16, 21, 22 and 24, 电子认证服务管理办法 17 and 29 (as far as they were read), GM/T 0034 (recalled):
//! the RA's signed request in, the certificate or the pair out, both halves or neither.
//!
//! ```text
//! signed batch ─▶ accept ─▶ decide, draft, lint ─▶ COMMIT request (and intent) ─▶ key centre, COMMIT intent
//!              ─▶ sign ─▶ COMMIT certificate + record ─▶ signed reply          table ─▶ CRL, COMMIT + record ─▶ file
//! ```
//!
//! Invariants: an [`Accepted`] is made only by verifying the RA's signature; what will be signed is stored before the
//! key signs it, so a certificate that was ever signed is never unknown; nothing leaves before it is durable and
//! recorded; where records cannot be written, the act is refused.
//!
//! What this crate does not know: OCSP, directories and HTTP (followers read the records), who applied and how they
//! were identified (the RA's word, under its signature), practice statements and licences (a port,
//! [`PolicyStanding`]), and encryption keys (the key centre's; they pass through
//! closed).

mod acceptance;
mod authority;
mod changes;
mod crl;
pub mod facts;
mod inquiry;
mod intake;
mod interruption;
mod issuance;
mod kmc_channel;
mod mint;
mod pair;
mod parallel;
mod policy;
mod recovery;
mod refusal;
mod retirement;
mod revocation;
mod round;
mod store;
#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]
mod tests;
mod underway;

pub use acceptance::{
    AcceptanceError, Accepted, AcceptedBatch, Digest, Earlier, FreshWithin, RegistrationAuthorities, Replay, admit,
    admit_again,
};
pub use authority::Authority;
pub use changes::StatusChanges;
pub use crl::{CrlDesk, CrlError, CrlSettings};
pub use issuance::IssuanceRefusal;
pub use kmc_channel::{APPLICATIONS_MAX, KeyCentre, KeyCentreChannel, KeyCentreError, KeyCentreUnreachable};
pub use mint::{Clock, Mint, MintError, MintSettings};
pub use policy::{PolicyQuestion, PolicyRefusal, PolicyStanding};
pub use revocation::ChangeRefusal;
pub use store::{MIGRATIONS, StoreError};
