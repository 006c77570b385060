//! Registration: from the wish for a certificate to a signed request, and back with what was issued.
//!
//! 电子签名法 20: the provider verifies who applies and reviews the material. 办法 21, 22: the applicant is told the
//! conditions first, and there is a contract. 办法 30: identity is verified when a certificate is applied for, renewed
//! and revoked. These are the steps of the road, each by an officer, none skipped, each recorded:
//!
//! ```text
//! enter (CSR, proof of possession, profile, subject) ─▶ notice ─▶ contract ─▶ identity ─▶ approval by another officer
//!   ─▶ request, stored under its number ═ one signed batch for all who wait ═▶ authority ═ signed reply ═▶ issued
//! a crash or a silent authority leaves "requested"; only an inquiry under the same number tells how it ended
//! renew, suspend, resume, revoke: identity again, then the same way; a pair is one thing and moves as one
//! every act and every refusal is one record, in the transaction of the act; personal content only as a commitment
//! ```
//!
//! [`Desk`] is the door. The nouns with their decisions are pure: [`Application`] and its states, [`Approval`] (which
//! only this crate makes), [`Request`], [`Certificate`]. `store` has the only SQL, `facts` the records.
//!
//! For certificates for electronic signatures notice, contract and identity stand on the applicant's file
//! ([`CaseFiles`]); for devices and servers an officer's words are enough.
//!
//! What it does not know: how files are kept, how certificates look, keys of authorities, CRL, OCSP, HTTP, the clock. It reaches the
//! certification authority only through bytes signed on both sides ([`AuthorityChannel`]).

mod application;
mod approval;
mod case;
mod case_file;
mod certificate;
mod contract;
mod desk;
mod entry;
mod facts;
mod gather;
mod identity;
mod list;
mod request;
mod rule;
mod stage;
mod status_change;
mod store;
mod view;

pub use application::{
    Application, ApplicationId, ApplicationKind, Approved, Contracted, Entered, Form, Identified, Issued, Noticed,
    Reason, Rejected, Requested, Salt, Step, Steps,
};
pub use approval::{Approval, ApprovalError, Did, GoodFor};
pub use case::{ApplicationError, Case};
pub use case_file::{
    Agreed, AgreementKind, AgreementProof, Basis, CaseFiles, CheckOccasion, CheckProof, FileError, Holder, HolderKind,
    LookAlike, ProofError, Why, subject_fits,
};
pub use certificate::{Certificate, CertificateError, Delivery, StatusAct};
pub use contract::{Contract, ContractError, ContractInput, Notice, NoticeInput};
pub use desk::{ChangeInput, Desk, DeskError, DeskSettings, Recovery, Then};
pub use entry::{EntryError, NewApplication, Renewal};
pub use identity::{EvidenceInput, HoldersWord, Identity, IdentityError, IdentityInput};
pub use list::{
    CertificateState, EndingIn, FORECAST_MONTHS_DEFAULT, FORECAST_MONTHS_MAX, Find, FindApplications, PAGE_DEFAULT,
    PAGE_MAX, Page,
};
pub use request::{AuthorityChannel, Request, RequestError, Unreachable};
pub use stage::{Stage, StepName};
pub use status_change::StatusChange;
pub use store::MIGRATIONS;
pub use view::{ApplicationView, CertificatePart, CertificateView, Taken};
