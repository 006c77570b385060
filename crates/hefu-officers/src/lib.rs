//! People on duty: who may do what, and how they prove who they are.
//!
//! The standards know two branches that never meet in one person: business (超级管理员 appoints 业务管理员, who
//! appoints 业务操作员) and audit (审计管理员 appoints 审计员), which sees everything and changes nothing. The
//! texts of GM/T 0034 and GB/T 25056 were not to be had: what is said here of posts is recalled, not read.
//!
//! ```text
//! enrol ─▶ officer_officer + officer_token + record officer-enrolled/1, one transaction
//! token ─▶ authenticate (in memory, constant time) ─▶ Officer ─▶ permit(Permission) ─▶ the act
//! ```
//!
//! - [`Role`] holds its branch in its type: an [`AuditRole`] cannot even be asked about an act that changes.
//! - [`Token`] is 32 random octets, shown once; the table holds only its SM3 digest.
//! - [`Officers`] is the register in memory, read again whenever it changes.
//!
//! What it does not know: applications, certificates, keys of authorities, HTTP. Appointment by another officer,
//! dual control of key acts and log-in by certificate are not here yet.

mod enrolment;
mod officer;
mod register;
mod role;
mod store;
mod token;

pub use enrolment::{EnrolError, enrol};
pub use officer::{Officer, OfficerId};
pub use register::{AuthenticationError, Officers, OfficersError};
pub use role::{AuditRole, Branch, BusinessRole, NotPermitted, Permission, Role, UnknownRole};
pub use store::MIGRATIONS;
pub use token::Token;
