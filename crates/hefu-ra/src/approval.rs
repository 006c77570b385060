//! Approval: a second officer's yes. This is the only place in Hefu where an [`Approval`] can be made.
//!
//! 电子签名法 20 asks the provider to verify the applicant's identity and to review the material. We read it as two
//! acts of two people: whoever entered the application or verified the identity does not review it.

use hefu_certificate::LawScope;
use hefu_officers::OfficerId;
use hefu_records::NewEntry;
use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use jiff::{SignedDuration, Timestamp};

use crate::application::{Application, Approved, Identified};
use crate::case::{ApplicationError, Case};
use crate::facts;
use crate::rule;
use crate::stage::StepName;

/// That an officer approved, when, and the digest of the record that says so.
///
/// Its fields are private: whoever holds one got it from [`approve`](Application::approve), or from the table that
/// `approve`'s result was written to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Approval {
    by: OfficerId,
    at: Timestamp,
    record: [u8; 32],
}

impl Approval {
    /// Who approved.
    #[must_use]
    pub fn by(&self) -> OfficerId {
        self.by
    }

    /// When.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// The leaf hash of the record `application-approved/1`; the certification authority keeps it with the certificate.
    #[must_use]
    pub fn record(&self) -> [u8; 32] {
        self.record
    }

    /// Read back from the table.
    pub(crate) fn stored(by: OfficerId, at: Timestamp, record: [u8; 32]) -> Self {
        Self { by, at, record }
    }
}

/// How old a verification of identity may be when the application is approved.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct GoodFor(pub SignedDuration);

impl Default for GoodFor {
    /// Thirty days. No text that we could read names a number; the operator's practice statement does.
    fn default() -> Self {
        Self(SignedDuration::from_hours(30 * 24))
    }
}

impl Application<Identified> {
    /// Approves; also gives the record that says so, which must be written with it.
    ///
    /// # Errors
    /// [`ApprovalError::SameOfficer`] when this officer entered the application or verified the identity,
    /// [`ApprovalError::StaleIdentity`] when the verification is older than `good_for`, or its check in the applicant's
    /// file is no longer good.
    pub fn approve(
        self,
        by: OfficerId,
        at: Timestamp,
        good_for: GoodFor,
    ) -> Result<(Application<Approved>, NewEntry), ApprovalError> {
        let scope = self.form.law_scope;
        if by == self.form.entered_by {
            return Err(ApprovalError::SameOfficer {
                officer: by,
                did: Did::Entered,
                scope,
            });
        }
        let identity = &self.state.identity;
        let proof = identity.what.proof.as_ref();
        if by == identity.by || proof.is_some_and(|proof| by == proof.by) {
            return Err(ApprovalError::SameOfficer {
                officer: by,
                did: Did::VerifiedIdentity,
                scope,
            });
        }
        let verified_at = proof.map_or(identity.at, |proof| proof.at.min(identity.at));
        let expired = proof.is_some_and(|proof| at > proof.good_until);
        if expired || at.duration_since(verified_at) > good_for.0 {
            return Err(ApprovalError::StaleIdentity { verified_at, scope });
        }
        let entry = facts::approved(&self.form, by, at);
        let approval = Approval {
            by,
            at,
            record: facts::leaf(&entry),
        };
        let state = Approved {
            identified: self.state,
            approval,
        };
        let form = self.form;
        Ok((Application { form, state }, entry))
    }
}

impl Case {
    /// Approves, if this is the next step.
    ///
    /// # Errors
    /// As [`Application::approve`], or [`ApprovalError::NotNow`] when it is not the next step.
    pub fn approve(
        self,
        by: OfficerId,
        at: Timestamp,
        good_for: GoodFor,
    ) -> Result<(Application<Approved>, NewEntry), ApprovalError> {
        match self {
            Self::Identified(application) => application.approve(by, at, good_for),
            other => Err(other.out_of_order(StepName::Approval).into()),
        }
    }
}

/// What the officer who may not approve did before.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Did {
    /// Entered the application.
    Entered,
    /// Verified the applicant's identity.
    VerifiedIdentity,
}

/// Why an application was not approved.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ApprovalError {
    /// The officer would review their own work.
    #[error("officer {officer} {} and may not approve it", did.english())]
    SameOfficer {
        /// Who.
        officer: OfficerId,
        /// What they did before.
        did: Did,
        /// What the certificate will be in law.
        scope: LawScope,
    },
    /// The identity was verified too long ago; it must be verified again.
    #[error("the identity was verified at {verified_at}, too long ago to approve on")]
    StaleIdentity {
        /// When.
        verified_at: Timestamp,
        /// What the certificate will be in law.
        scope: LawScope,
    },
    /// Approval is not the next step.
    #[error(transparent)]
    NotNow(#[from] ApplicationError),
}

impl Did {
    const fn english(self) -> &'static str {
        match self {
            Self::Entered => "entered this application",
            Self::VerifiedIdentity => "verified the identity for this application",
        }
    }

    const fn chinese(self) -> &'static str {
        match self {
            Self::Entered => "录入了该申请",
            Self::VerifiedIdentity => "为该申请查验了身份",
        }
    }
}

impl Explain for ApprovalError {
    fn code(&self) -> &'static str {
        match self {
            Self::SameOfficer { .. } => "same-officer",
            Self::StaleIdentity { .. } => "stale-identity",
            Self::NotNow(error) => error.code(),
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::SameOfficer { .. } | Self::StaleIdentity { .. } => Kind::Refusal,
            Self::NotNow(error) => error.kind(),
        }
    }

    fn blame(&self) -> Blame {
        match self {
            Self::SameOfficer { .. } | Self::StaleIdentity { .. } => Blame::Officer,
            Self::NotNow(error) => error.blame(),
        }
    }

    fn citation(&self) -> Option<Citation> {
        match self {
            Self::SameOfficer { scope, .. } | Self::StaleIdentity { scope, .. } => rule::review(*scope),
            Self::NotNow(error) => error.citation(),
        }
    }

    fn message(&self, language: Language) -> String {
        let chinese = match self {
            Self::SameOfficer { officer, did, .. } => format!("人员{officer}{}，不得再行审批", did.chinese()),
            Self::StaleIdentity { verified_at, .. } => format!("身份查验于{verified_at}，距今过久，须重新查验"),
            Self::NotNow(error) => error.message(language),
        };
        match language {
            Language::Chinese => chinese,
            Language::English => self.to_string(),
        }
    }
}
