//! Nouns of a certificate: subject, serial, profile, dual certificate, validity, status, grounds; lints before signing.
//!
//! ```text
//! profiles/*.toml ─▶ Profile ──┐
//! field values ─▶ Subject ─────┤
//! CA certificate ─▶ Issuer ────┼─▶ Draft ─ lints ─▶ Linted ─ key ─▶ IssuedCertificate
//! key, serial, validity ───────┘              │ tbs() is stored before the key signs it
//! ```
//!
//! Rules served: 电子签名法 21 and 电子认证服务管理办法 28 (what a certificate states), 29 (grounds of revocation),
//! 电子政务电子认证服务管理办法 19; RFC 5280; GB/T 20518 and GM/T 0015 as far as they are known; the first of the
//! CA/Browser Forum's baseline requirements for TLS servers.
//!
//! Invariants: only what passed every lint can be signed; an encryption key's certificate never allows signing; a
//! validity never leaves the issuer's; a serial number is sixteen octets.
//!
//! What it does not know: databases, HTTP, applications, who is on duty, and the time: it is a parameter.

mod draft;
pub mod facts;
#[doc(hidden)]
pub mod fuzzing;
mod ground;
mod identity_extension;
mod issued;
mod issuer;
mod key_usage;
pub mod lint;
mod name;
mod oid;
mod profile;
mod serial;
mod status;
mod subject;
mod validity;
mod value_check;
mod view;

pub use draft::{Draft, DraftError, LintRefusal, Linted, Order, SigningError};
pub use ground::{CrlReason, RevocationGround, UnknownGround};
pub use identity_extension::{ExtensionSet, IdentityNumber};
pub use issued::{CertificateFacts, IssuedCertificate, facts as certificate_facts};
pub use issuer::{Issuer, IssuerError, Publication, PublicationError};
pub use key_usage::{KeyPurpose, KeyUsage, UnknownUsage};
pub use lint::{Finding, Lint, Severity};
pub use name::{Attribute, display as display_name};
pub use profile::{
    BeyondIssuer, Field, Label, LawScope, Part, Pointer, PolicyNumber, Profile, ProfileError, ProfileKind,
    ProfileSummary, Profiles, Target, Usage,
};
pub use serial::{NoRandomness, NotASerial, SerialNumber};
pub use status::{Change, Status, StatusRefusal};
pub use subject::{AlternativeName, Subject, SubjectError};
pub use validity::{Validity, ValidityError};
pub use value_check::ValueCheck;
