//! Typed, blocking client of Hefu's HTTP interface.
//!
//! ```text
//! Client::new("http://127.0.0.1:8440") ─▶ applications · certificates · profiles · officers · records · CRL · OCSP
//! ```
//!
//! Each method is one request. What the server refuses comes back as a [`Problem`] (RFC 9457) with the rule and whose
//! fault it is; what never reached the server, or came back unreadable, is another [`ClientError`]. Every answer has a
//! size limit. Access tokens are wiped from memory and never shown.
//!
//! What it does not know: rules, certificates' contents, retries (an act that may have happened is asked about, never
//! repeated blindly), TLS (put a proxy on each side; Hefu listens on loopback).

mod answer;
mod applicant;
mod application;
mod batch;
mod certificate;
mod client;
mod directory;
mod policy;
mod post;
mod problem;
mod record;
mod roster;
mod subscriber;
mod token;

pub use answer::List;
pub use applicant::{NewAgreement, NewCheck, NewConsent, Reading};
pub use application::{
    Application, Basis, Contract, Evidence, Identity, IssuedPart, LookAlike, NewApplication, Notice,
};
pub use batch::{Batch, BatchCounts};
pub use certificate::{Certificate, CertificateQuery, Renewal, Revocation, StatusChange};
pub use client::{Client, ClientError, MAX_ANSWER_BYTES, MAX_CRL_BYTES};
pub use directory::{Officer, Profile};
pub use policy::{
    Disclosure, DisclosureItem, DisclosureSource, Licence, PolicyAct, PolicyFiling, PolicyProposal, PolicyReceipt,
    PolicyVersion,
};
pub use post::{Announcement, Closed, Letter, Letters, Outbox};
pub use problem::{Problem, Rule};
pub use record::Entry;
pub use roster::{Challenge, Decided, Opened, Proposal, Session};
pub use subscriber::{Access, AccessCode, Loss, NewAccessCode, PortalSession};
pub use token::{Token, TokenError};
