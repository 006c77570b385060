//! Evidence: what was looked at to know who applies, and who may look at it again, for which reason.
//!
//! 电子签名法 20 and 24: identity is verified, and what was gathered is kept. 办法 20: it is kept confidential, so it is
//! opened only for a purpose and with a reason, by a named officer, and the opening is recorded before anything is seen.

use hefu_officers::OfficerId;
use hefu_rulebook::{Blame, Citation, Told, explain_by_telling, named};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{ApplicantId, EvidenceId};
use crate::media::Media;
use crate::verification::Verdict;
use crate::words::words;

/// Characters of a reason: "ok" explains nothing.
const REASON_CHARACTERS_MIN: usize = 4;
/// Characters of a reason.
const REASON_CHARACTERS_MAX: usize = 500;

const M15_20: Citation = Citation::new("M15", "20");
const PIPL_28_30: Citation = Citation::new("PIPL", "28-30");
const PIPL_47: Citation = Citation::new("PIPL", "47");

named! {
    /// What a piece of evidence shows.
    pub enum EvidenceKind {
        /// The side of an identity document with the portrait.
        IdentityDocumentFront = "identity-document-front",
        /// Its other side.
        IdentityDocumentBack = "identity-document-back",
        /// The page of a passport, or of another document that a person holds.
        Passport = "passport",
        /// Business licence, certificate of a public institution or of a social organisation.
        OrganisationLicence = "organisation-licence",
        /// The authorisation of an agent, with seal or signature.
        Authorisation = "authorisation",
        /// The organisation's word that somebody is on its staff.
        Employment = "employment",
        /// That a device belongs to its owner: a purchase, control of a domain name.
        DeviceOwnership = "device-ownership",
        /// A request signed with the key of a certificate in force.
        SignedRequest = "signed-request",
        /// A portrait taken to be compared. Biometric.
        Portrait = "portrait",
        /// A film in which a person answers. Biometric.
        LiveFilm = "live-film",
        /// The answer of an outside verification service.
        VerificationResult = "verification-result",
        /// Anything else that an officer keeps.
        Other = "other",
    }
}

impl EvidenceKind {
    /// Whether it lets a machine know a person by their body; then it needs separate consent.
    #[must_use]
    pub const fn is_biometric(self) -> bool {
        matches!(self, Self::Portrait | Self::LiveFilm)
    }
}

/// A piece of evidence, without its content.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Evidence {
    /// Its number.
    pub id: EvidenceId,
    /// Whose file it is in.
    pub applicant: ApplicantId,
    /// What it shows.
    pub kind: EvidenceKind,
    /// Of what type its content is.
    pub media: Media,
    /// Octets of its content.
    pub octets: u64,
    /// SM3 of its content.
    #[serde(serialize_with = "as_hex")]
    pub sm3: [u8; 32],
    /// Who took it in: "officer:3", "service:…".
    pub taken_by: String,
    /// When.
    pub taken_at: Timestamp,
    /// What an outside service said, when it is its answer.
    pub verdict: Option<Verdict>,
}

pub(crate) fn as_hex<S: serde::Serializer>(octets: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&hex::encode(octets))
}

named! {
    /// For what evidence is opened.
    pub enum Purpose {
        /// To check identity.
        IdentityCheck = "identity-check",
        /// To answer a complaint or to settle a dispute.
        Dispute = "dispute",
        /// Because an authority asks by law.
        Authority = "authority",
        /// To see that it is whole and safe; the only purpose while handling is restricted.
        Protection = "protection",
    }
}

/// Why evidence is opened, as an officer says it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct ReasonInput {
    /// For what.
    pub purpose: Purpose,
    /// In the officer's words.
    pub words: String,
}

/// A reason that says something.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reason {
    purpose: Purpose,
    words: String,
}

impl Reason {
    /// For what.
    #[must_use]
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// In the officer's words; may name people, so records hold a commitment to it.
    #[must_use]
    pub fn words(&self) -> &str {
        &self.words
    }
}

impl TryFrom<ReasonInput> for Reason {
    type Error = EvidenceError;

    fn try_from(input: ReasonInput) -> Result<Self, EvidenceError> {
        let said =
            words(&input.words, REASON_CHARACTERS_MAX).filter(|said| said.chars().count() >= REASON_CHARACTERS_MIN);
        Ok(Self {
            purpose: input.purpose,
            words: said.ok_or(EvidenceError::NoReason)?,
        })
    }
}

/// May this evidence be taken in? Biometrics only under a consent that is in force.
///
/// # Errors
/// [`EvidenceError::NoConsent`].
pub fn may_take(kind: EvidenceKind, consent: Option<&crate::consent::Consent>) -> Result<(), EvidenceError> {
    if kind.is_biometric() && consent.is_none_or(|consent| consent.withdrawn_at().is_some()) {
        return Err(EvidenceError::NoConsent { kind });
    }
    Ok(())
}

/// May this evidence be opened, in a file whose handling may be restricted?
///
/// # Errors
/// [`EvidenceError::Restricted`].
pub fn may_open(by: OfficerId, reason: &Reason, restricted: Option<Timestamp>) -> Result<OfficerId, EvidenceError> {
    match restricted {
        Some(since) if reason.purpose != Purpose::Protection => Err(EvidenceError::Restricted { since }),
        _ => Ok(by),
    }
}

/// Why evidence is not taken in or not opened.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum EvidenceError {
    /// Biometrics without consent, or after it was withdrawn.
    #[error("{} is biometric and needs the person's separate consent, which is not there or was withdrawn", kind.as_str())]
    NoConsent {
        /// What was to be taken in.
        kind: EvidenceKind,
    },
    /// An opening without a reason.
    #[error("evidence is opened only with a reason of {REASON_CHARACTERS_MIN} to {REASON_CHARACTERS_MAX} characters")]
    NoReason,
    /// The person asked for deletion, and retention still runs: the file is only kept.
    #[error("handling of this file is restricted since {since}: it is kept and protected, nothing else")]
    Restricted {
        /// Since when.
        since: Timestamp,
    },
}

impl EvidenceError {
    pub(crate) fn tell(&self) -> Told {
        match self {
            Self::NoConsent { kind } => Told::refusal(
                "consent-missing",
                Blame::Applicant,
                PIPL_28_30,
                format!(
                    "{}属于生物识别信息，须取得个人的单独同意；尚无同意或同意已撤回",
                    kind.as_str()
                ),
            ),
            Self::NoReason => Told::refusal(
                "evidence-opened-without-reason",
                Blame::Officer,
                M15_20,
                format!("打开证据须写明理由（{REASON_CHARACTERS_MIN}至{REASON_CHARACTERS_MAX}个字符）"),
            ),
            Self::Restricted { since } => Told::refusal(
                "restricted-not-deleted",
                Blame::Officer,
                PIPL_47,
                format!("该档案自{since}起限制处理，只作存储和安全保护"),
            ),
        }
    }
}

explain_by_telling!(EvidenceError);
