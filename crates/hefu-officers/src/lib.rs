//! People on duty: who may do what, and how they prove who they are.
//!
//! The standards know two branches that never meet in one person: business (超级管理员 appoints 业务管理员, who
//! appoints 业务操作员) and audit (审计管理员 appoints 审计员), which sees everything and changes nothing. The
//! texts of GM/T 0034 and GB/T 25056 were not to be had: what is said here of posts is recalled, not read.
//!
//! ```text
//! first start ─▶ enrol ─▶ both heads of both branches, two each, so that four eyes are there from the first day
//! propose ─▶ officer_change ─▶ decide (another officer of the rank) ─▶ register + record, one transaction
//! token or session ─▶ authenticate (in memory, constant time) ─▶ Officer ─▶ permit(Permission) ─▶ the act
//! no permit ─▶ record_not_permitted                no officer any more ─▶ record_turned_away
//! challenge ─▶ SM2 signature of the officer's key ─▶ log_in_by_signature ─▶ SessionToken
//! passkey, made in a session, bound by two officers ─▶ log_in_by_passkey ─▶ SessionToken
//! TLS handshake ─▶ PresentedCertificate, bound by two officers, in force ─▶ log_in_by_certificate ─▶ SessionToken
//! ```
//!
//! - [`Role`] holds its branch in its type: an [`AuditRole`] cannot even be asked about an act that changes.
//! - [`Change`] is what becomes of an officer: proposed by one, decided by another, never about oneself.
//! - [`Token`] and [`SessionToken`] are 32 random octets, shown once; the tables hold only their SM3 digests.
//! - [`Officers`] is the register in memory, read again whenever it changes: what is taken away is gone at once.
//!
//! What it does not know: applications, how certificates stand (it asks [`CertificateStanding`]), keys of authorities,
//! HTTP, TLS.

mod acts;
mod certificate;
mod change;
mod change_error;
mod dossier;
mod duty;
mod enrolment;
mod entrance;
mod facts;
mod login;
mod officer;
mod oversight;
mod passkey;
mod passkeys;
mod register;
mod role;
mod session;
mod sessions;
mod store;
mod token;
mod turned_away;

pub use acts::Decided;
pub use certificate::{CannotTell, CertificateRefused, CertificateStanding, PresentedCertificate, Standing};
pub use change::{Change, Decision, HEADS_MIN, Outcome, Proposal};
pub use change_error::ChangeError;
pub use dossier::{BoundCertificate, Credentials, Dossier, Passed};
pub use duty::{DelegatedBody, Training, TrainingRule};
pub use enrolment::{EnrolError, bind_certificate, enrol};
pub use entrance::FormFault;
pub use login::Challenge;
pub use officer::{Duty, Officer, OfficerId};
pub use oversight::{FiledBody, OpenSession, PROPOSALS_PAGE, ProposalPage, Show, TrainingState, WaysIn};
pub use passkey::{PASSKEYS_MAX, Passkey, PasskeyAnswer, PasskeyRefused, PasskeyWish};
pub use register::{AuthenticationError, OfficerSettings, Officers, OfficersError};
pub use role::{AuditRole, Branch, BusinessRole, NotPermitted, Permission, Role, UnknownRole};
pub use session::{Session, SessionLimits, SessionToken};
pub use sessions::LoginError;
pub use store::MIGRATIONS;
pub use token::Token;
pub use webauthn_es256::{BadOrigin, CeremonyError, RelyingParty, Synced};
