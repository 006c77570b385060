//! Applicants.
mod applicant;
mod keyed;
mod media;
mod number;
mod telling;
pub use applicant::{
    Agent, AgentInput, Applicant, ApplicantError, ApplicantInput, DocumentKind, DocumentNumber, Organisation,
    OrganisationInput, OrganisationNumber, Person, PersonInput, SubjectKind,
};
pub use keyed::{KEY_OCTETS, KeyedDigest, LookupKey, Of};
pub use media::{EVIDENCE_OCTETS_MAX, Media, MediaError};
pub use number::{CitizenNumber, CreditCode, NumberError, NumberNote, OrganisationCode, masked};
