//! Applicants: who they are, how that is checked, what they were told and agreed to, and the evidence under seal.
//!
//! 电子签名法 20: identity is verified and material reviewed; 办法 30: on application, renewal and revocation. 办法 20: what
//! is known of applicants is confidential. 办法 21, 22: they are told six things and there is a contract.
//! 个人信息保护法 17, 28–30, 47: they are told how their information is handled, consent separately to biometrics, and may
//! ask for deletion.
//!
//! ```text
//! ApplicantInput ─parse─▶ Applicant ─seal─▶ file ─▶ look-alikes, shown
//! octets ─type told by content─▶ vault (SM4-GCM, a key each) ─▶ row + record      opened only with a reason, recorded first
//! question ─▶ outside service ═ signed answer ═▶ evidence, once
//! file + evidence + policy ─▶ IdentityCheck ─▶ IdentityProof (number, SM3) ─▶ registration writes the same two
//! text ─check items─▶ published ─▶ acknowledged, signed: bound to version, language and SM3 of what was shown
//! ```
//!
//! [`Registry`] is the door. The nouns are pure: [`Applicant`], [`Media`], [`IdentityCheck`], [`Consent`], [`Text`],
//! [`Agreement`], [`verify`]. `store` has the only SQL, `vault` the only files, `facts` the records, which hold no personal
//! data: numbers of files, digests, and keyed digests of words.
//!
//! What it does not know: applications and certificates (they are named by a text), roles of officers (they come as
//! numbers), HTTP, PDF, the clock.

mod agreement;
mod applicant;
mod check;
mod consent;
mod contact;
mod copy;
mod erasure;
mod evidence;
mod facts;
mod id;
mod keyed;
mod look_alike;
mod media;
mod number;
mod policy;
mod registry;
mod store;
mod text;
mod vault;
mod verification;
mod words;

pub use agreement::{Act, Agreement, AgreementProof, Shown, Side, copy_for, copy_sm3};
pub use applicant::{
    Agent, AgentInput, Applicant, ApplicantError, ApplicantInput, DocumentKind, DocumentNumber, Organisation,
    OrganisationInput, OrganisationNumber, Person, PersonInput, SubjectKind,
};
pub use check::{CheckError, Dossier, For, IdentityCheck, IdentityProof, Missing};
pub use consent::{Consent, ConsentError, ConsentInput, ConsentMeans};
pub use copy::Copy;
pub use erasure::{Erasure, decide as decide_erasure};
pub use evidence::{Evidence, EvidenceError, EvidenceKind, Purpose, Reason, ReasonInput, may_open, may_take};
pub use id::{AgreementId, ApplicantId, CheckId, ConsentId, EvidenceId, ID_OCTETS, NotAnId, Reference};
pub use keyed::{KEY_OCTETS, KeyedDigest, LookupKey, Of};
pub use look_alike::{Finding, Likeness, LikenessRefusal, NameRefusal, skeleton};
pub use media::{EVIDENCE_OCTETS_MAX, Media, MediaError};
pub use number::{CitizenNumber, CreditCode, NumberError, NumberNote, OrganisationCode, masked};
pub use policy::{Fact, Occasion, POLICY_OCTETS_MAX, Policy, PolicyError, Requirement, Wanted};
pub use registry::{
    Described, Filed, NewEvidence, Preview, ReasonGiven, Registered, Registry, RegistryError, RegistrySettings,
};
pub use store::MIGRATIONS;
pub use text::{
    CONTRACT_ITEMS, INFORMATION_ITEMS, NOTICE_ITEMS, Section, TEXT_OCTETS_MAX, Text, TextError, TextInput, TextKind,
    Topic, Wording,
};
pub use vault::{Damage, VaultError};
pub use verification::{
    ANSWER_OCTETS_MAX, Answer, Asked, Question, Service, ServiceKey, Verdict, VerificationError, VerifiedAnswer, verify,
};
