//! Subscribers' affairs: what holders and applicants do for themselves in the life of a certificate.
//!
//! 电子签名法 15: a signatory who learns that a key may be lost tells at once and stops using it; so the key is taken out of
//! use at any hour, without an officer. 电子签名法 20: applicants give true and whole particulars; what is lacking is asked
//! for and supplemented. 办法 21, 22: they are told, and agree. 办法 30: identity is checked when a certificate is renewed or
//! revoked; so a wish of a subscriber becomes an application or a revocation only through an officer who checks it again.
//!
//! ```text
//! officer ─ access code (shown once, kept as keyed digest) ─▶ applicant ─ code ─▶ session ─▶ status, texts, supplement
//! issued ─▶ one-time code ─▶ delivery, recorded ─▶ accepted | refused ─▶ matter      late: refused here, told to officers
//! lost key ─ code ─▶ suspended at once ─▶ matter: identity checked, then revoked     signature by the key ─▶ revoked at once
//! renew, re-key, change of facts ─▶ matter ─ officer checks identity ─▶ application that names its predecessor
//! ```
//!
//! [`Office`] is the door. The nouns are pure: [`AccessCode`], [`Access`], [`Delivery`], [`Matter`]. `store` has the only SQL,
//! `facts` the records: numbers and keyed digests of words, never personal data.
//!
//! What it does not know: applications, certificates and applicants' files (they are reached through [`Registration`], which
//! the daemon makes), pages, HTTP, the clock.

mod access;
mod code;
mod delivery;
mod error;
mod facts;
mod gate;
mod id;
mod keyed;
mod matter;
mod office;
mod registration;
mod session;
mod store;
mod supplement;
mod telling;

pub use access::{Access, AccessState, Made, Purpose, Uses};
pub use code::AccessCode;
pub use delivery::{Answer, Delivery};
pub use error::{Elsewhere, SubscriberError};
pub use id::{AccessId, MatterId, NotAnId, SupplementId};
pub use matter::{Matter, MatterKind, Outcome, Settlement, Wish};
pub use office::{AppliedFor, File, Loss, Office, OfficeSettings, Terms};
pub use registration::{
    Agreeing, Known, KnownState, Means, Registration, RegistrationError, Renewing, SUPPLEMENT_OCTETS_MAX, TextKind,
};
pub use session::{SessionToken, Subscriber};
pub use store::{MIGRATIONS, owed};
pub use supplement::Supplement;
