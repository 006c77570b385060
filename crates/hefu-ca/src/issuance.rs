//! 签发 issuance: from an accepted request to what will be signed. Pure: no database, no clock, no key in use.
//!
//! ```text
//! Accepted ──decide──▶ Issuance ──alone──▶ Intent
//!                        └── application to the key centre ──paired_with──▶ Intent
//! ```
//!
//! Everything that can be refused without the key centre is refused in `decide`, the lints over the signature
//! certificate included, so that no encryption key is spent on an application that will not be issued.

use std::sync::Arc;

use gm_suite::{InvalidKey, KeyAlgorithm, PublicKey};
use hefu_certificate::{
    DraftError, LintRefusal, Linted, NoRandomness, Order, Profile, ProfileKind, SerialNumber, Subject, SubjectError,
    Usage, Validity, ValidityError,
};
use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use jiff::Timestamp;
use registration_protocol::Issue;

use crate::authority::{Authorities, Authority};
use crate::kmc_channel::{Application, EncryptionKey, KeyCentreError};
use crate::pair::{Halves, Intent, Warrant};
use crate::policy::{self, PolicyRefusal, PolicyStanding};

/// Serial numbers and validity: drawn when a request is accepted, and the same ever after.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Drawn {
    /// Of the single or the signature certificate.
    pub(crate) first: SerialNumber,
    /// Of the encryption certificate of a pair.
    pub(crate) second: Option<SerialNumber>,
    /// Of both.
    pub(crate) validity: Validity,
}

/// An accepted request for a certificate or a pair, decided; its first certificate is drafted and linted.
pub(crate) struct Issuance {
    pub(crate) warrant: Warrant,
    pub(crate) drawn: Drawn,
    subject: Subject,
    envelope_key: PublicKey,
    first: Linted,
}

/// Why a request for a certificate is refused.
#[derive(Debug, thiserror::Error)]
pub enum IssuanceRefusal {
    /// No authority issues under this profile.
    #[error("no authority here issues certificates under profile {0:?}")]
    ProfileUnknown(String),
    /// Authorities and their signers are certified in a ceremony, not for an RA.
    #[error("profile {0:?} is not for subscribers")]
    ProfileNotForSubscribers(String),
    /// The subscriber's key is malformed, unsupported or weak.
    #[error("the public key cannot be certified: {0}")]
    Key(InvalidKey),
    /// The profile does not take keys of this kind.
    #[error("profile {profile} takes no {key} keys")]
    KeyKind {
        /// The profile.
        profile: String,
        /// The kind of key.
        key: KeyAlgorithm,
    },
    /// The subscriber offers the authority's own key.
    #[error("the public key is the authority's own")]
    KeyOfAuthority,
    /// The temporary key of a double-key request is no SM2 key that can be enveloped for.
    #[error("the temporary key cannot take an enveloped key")]
    TemporaryKey,
    /// The subject's fields are not what the profile allows.
    #[error(transparent)]
    Subject(#[from] SubjectError),
    /// The validity is not what profile and issuer allow.
    #[error(transparent)]
    Validity(#[from] ValidityError),
    /// The certificate cannot be drafted.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// A lint says no.
    #[error(transparent)]
    Lint(#[from] LintRefusal),
    /// What it would be issued under is not published, not filed, or not licensed.
    #[error(transparent)]
    Policy(#[from] PolicyRefusal),
    /// The certificate to be renewed was never issued here, or for another registration authority.
    #[error("the certificate to be renewed is not known here")]
    RenewedUnknown,
    /// A revoked certificate is not renewed.
    #[error("the certificate to be renewed is revoked")]
    RenewedRevoked,
    /// The key centre refused for good.
    #[error(transparent)]
    KeyCentre(#[from] KeyCentreError),
    /// No serial number could be drawn.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// What was stored about the request no longer fits the settings.
    #[error("the request was accepted under settings that are no longer there: {0}")]
    SettingsChanged(&'static str),
}

impl Issuance {
    /// Decides a new request: draws serial numbers, checks, drafts and lints.
    pub(crate) fn decide(
        issue: &Issue,
        ra: &Arc<str>,
        authorities: &Authorities,
        policies: &dyn PolicyStanding,
        now: Timestamp,
    ) -> Result<Self, IssuanceRefusal> {
        let key = PublicKey::from_spki(&issue.public_key).map_err(IssuanceRefusal::Key)?;
        let (authority, profile) = authorities
            .issuing(&issue.profile, key.algorithm())
            .ok_or_else(|| IssuanceRefusal::ProfileUnknown(issue.profile.clone()))?;
        check_profile(profile, &key)?;
        policy::ask(policies, profile, authority.issuer.publication(), now)?;
        let drawn = Drawn {
            first: SerialNumber::random()?,
            second: profile.is_dual().then(SerialNumber::random).transpose()?,
            validity: profile.validity(now, issue.validity_days, &authority.issuer)?,
        };
        Self::draft(issue, ra, (authority, profile), key, drawn)
    }

    /// Decides once more a request that was accepted before, with the numbers drawn then.
    pub(crate) fn decide_again(
        issue: &Issue,
        ra: &Arc<str>,
        authority: &Arc<Authority>,
        drawn: Drawn,
        (policies, now): (&dyn PolicyStanding, Timestamp),
    ) -> Result<Self, IssuanceRefusal> {
        let key = PublicKey::from_spki(&issue.public_key).map_err(IssuanceRefusal::Key)?;
        let profile = authority
            .profile(&issue.profile)
            .ok_or(IssuanceRefusal::SettingsChanged("profile"))?;
        check_profile(profile, &key)?;
        // The licence may have ended while the request waited for its key.
        policy::ask(policies, profile, authority.issuer.publication(), now)?;
        if profile.is_dual() != drawn.second.is_some() {
            return Err(IssuanceRefusal::SettingsChanged("single or dual"));
        }
        Self::draft(issue, ra, (authority, profile), key, drawn)
    }

    fn draft(
        issue: &Issue,
        ra: &Arc<str>,
        (authority, profile): (&Arc<Authority>, &Arc<Profile>),
        key: PublicKey,
        drawn: Drawn,
    ) -> Result<Self, IssuanceRefusal> {
        if key == *authority.issuer.public_key() {
            return Err(IssuanceRefusal::KeyOfAuthority);
        }
        let replaces = issue
            .replaces
            .as_deref()
            .map(SerialNumber::from_hex)
            .transpose()
            .map_err(|_| IssuanceRefusal::RenewedUnknown)?;
        let subject = Subject::new(profile, &issue.fields)?;
        let order = Order {
            subject: &subject,
            public_key: &key,
            usage: if drawn.second.is_some() {
                Usage::Sign
            } else {
                Usage::Single
            },
            serial: drawn.first,
            validity: drawn.validity,
        };
        let first = profile.draft(&authority.issuer, &order)?.pass()?;
        let warrant = Warrant {
            request: issue.request_id,
            approval: issue.approval,
            ra: Arc::clone(ra),
            authority: Arc::clone(authority),
            profile: Arc::clone(profile),
            validity: drawn.validity,
            replaces,
        };
        Ok(Self {
            warrant,
            drawn,
            envelope_key: envelope_key(issue, key)?,
            subject,
            first,
        })
    }

    /// What is asked of the key centre; nothing for a single certificate.
    pub(crate) fn application(&self) -> Option<Application> {
        Some(Application {
            serial: self.drawn.second?.as_bytes().to_vec(),
            user_key: self.envelope_key.clone(),
            not_before: self.drawn.validity.not_before(),
            not_after: self.drawn.validity.not_after(),
        })
    }

    /// The to-be-signed part of a single certificate; a pair has to wait for its key and comes back.
    pub(crate) fn alone(self) -> Result<Intent, Box<Self>> {
        match self.drawn.second {
            None => Ok(Intent {
                warrant: self.warrant,
                halves: Halves::Single(self.first),
            }),
            Some(_) => Err(Box::new(self)),
        }
    }

    /// The to-be-signed parts of a pair.
    pub(crate) fn paired_with(self, key: EncryptionKey) -> Result<Intent, IssuanceRefusal> {
        let serial = self
            .drawn
            .second
            .ok_or(IssuanceRefusal::SettingsChanged("single or dual"))?;
        let order = Order {
            subject: &self.subject,
            public_key: &key.public_key,
            usage: Usage::Encrypt,
            serial,
            validity: self.drawn.validity,
        };
        let Warrant { profile, authority, .. } = &self.warrant;
        let encrypt = profile.draft(&authority.issuer, &order)?.pass()?;
        let halves = Halves::Pair {
            sign: self.first,
            encrypt,
            enveloped_key: key.enveloped,
        };
        Ok(Intent {
            warrant: self.warrant,
            halves,
        })
    }
}

fn check_profile(profile: &Profile, key: &PublicKey) -> Result<(), IssuanceRefusal> {
    if profile.kind() != ProfileKind::Subscriber {
        return Err(IssuanceRefusal::ProfileNotForSubscribers(profile.name().to_owned()));
    }
    if !profile.keys().contains(&key.algorithm()) {
        return Err(IssuanceRefusal::KeyKind {
            profile: profile.name().to_owned(),
            key: key.algorithm(),
        });
    }
    Ok(())
}

/// The key that the encryption key is enveloped for: the temporary key of a double-key request, which the request
/// proved together with the signing key, or else the signing key.
fn envelope_key(issue: &Issue, key: PublicKey) -> Result<PublicKey, IssuanceRefusal> {
    let Some(temporary) = &issue.temporary_key else {
        return Ok(key);
    };
    PublicKey::from_spki(temporary)
        .ok()
        .filter(|temporary| temporary.algorithm() == KeyAlgorithm::Sm2)
        .ok_or(IssuanceRefusal::TemporaryKey)
}

/// The rule on keys: what the algorithms' documents and the profile accept.
const KEYS: Citation = Citation::new("GM/T 0015", "");

impl Explain for IssuanceRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::ProfileUnknown(_) => "profile-unknown",
            Self::ProfileNotForSubscribers(_) => "profile-not-for-subscribers",
            Self::Key(InvalidKey::Malformed(_)) => "key-malformed",
            Self::Key(_) => "key-weak",
            Self::KeyKind { .. } => "key-kind",
            Self::KeyOfAuthority => "key-of-authority",
            Self::TemporaryKey => "temporary-key",
            Self::Subject(error) => error.code(),
            Self::Validity(error) => error.code(),
            Self::Draft(error) => error.code(),
            Self::Lint(error) => error.code(),
            Self::Policy(error) => error.code(),
            Self::RenewedUnknown => "renewed-unknown",
            Self::RenewedRevoked => "renewed-revoked",
            Self::KeyCentre(error) => error.code(),
            Self::Randomness(_) => "no-randomness",
            Self::SettingsChanged(_) => "settings-changed",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Key(InvalidKey::Malformed(_)) => Kind::Malformed,
            Self::ProfileUnknown(_)
            | Self::ProfileNotForSubscribers(_)
            | Self::Key(_)
            | Self::KeyKind { .. }
            | Self::KeyOfAuthority
            | Self::TemporaryKey
            | Self::RenewedUnknown
            | Self::RenewedRevoked => Kind::Refusal,
            Self::Subject(error) => error.kind(),
            Self::Validity(error) => error.kind(),
            Self::Draft(error) => error.kind(),
            Self::Lint(error) => error.kind(),
            Self::Policy(error) => error.kind(),
            Self::KeyCentre(error) => error.kind(),
            Self::Randomness(_) | Self::SettingsChanged(_) => Kind::Fault,
        }
    }

    fn blame(&self) -> Blame {
        match self {
            Self::ProfileUnknown(_)
            | Self::ProfileNotForSubscribers(_)
            | Self::RenewedUnknown
            | Self::RenewedRevoked => Blame::RegistrationAuthority,
            Self::Key(_) | Self::KeyKind { .. } | Self::KeyOfAuthority | Self::TemporaryKey => Blame::Applicant,
            Self::Subject(error) => error.blame(),
            Self::Validity(error) => error.blame(),
            Self::Draft(error) => error.blame(),
            Self::Lint(error) => error.blame(),
            Self::Policy(error) => error.blame(),
            Self::KeyCentre(error) => error.blame(),
            Self::Randomness(_) | Self::SettingsChanged(_) => Blame::Operator,
        }
    }

    fn citation(&self) -> Option<Citation> {
        match self {
            Self::ProfileUnknown(_) | Self::ProfileNotForSubscribers(_) => Some(Citation::new("M15", "16")),
            Self::Key(_) | Self::KeyKind { .. } | Self::KeyOfAuthority => Some(KEYS),
            Self::TemporaryKey => Some(Citation::new("GM/T 0092", "")),
            Self::RenewedUnknown | Self::RenewedRevoked => Some(Citation::new("M15", "30")),
            Self::Subject(error) => error.citation(),
            Self::Validity(error) => error.citation(),
            Self::Draft(error) => error.citation(),
            Self::Lint(error) => error.citation(),
            Self::Policy(error) => error.citation(),
            Self::KeyCentre(error) => error.citation(),
            Self::Randomness(_) | Self::SettingsChanged(_) => None,
        }
    }

    fn message(&self, language: Language) -> String {
        match (self, language) {
            (Self::Subject(error), _) => error.message(language),
            (Self::Validity(error), _) => error.message(language),
            (Self::Draft(error), _) => error.message(language),
            (Self::Lint(error), _) => error.message(language),
            (Self::Policy(error), _) => error.message(language),
            (Self::KeyCentre(error), _) => error.message(language),
            (_, Language::English) => self.to_string(),
            (_, Language::Chinese) => self.in_chinese(),
        }
    }
}

impl IssuanceRefusal {
    fn in_chinese(&self) -> String {
        match self {
            Self::ProfileUnknown(name) => format!("本认证机构不按证书模板“{name}”签发证书"),
            Self::ProfileNotForSubscribers(name) => format!("证书模板“{name}”不面向订户"),
            Self::Key(error) => format!("该公钥不能用于证书：{error}"),
            Self::KeyKind { profile, key } => format!("证书模板 {profile} 不接受 {key} 密钥"),
            Self::KeyOfAuthority => "该公钥是认证机构自己的公钥".to_owned(),
            Self::TemporaryKey => "临时公钥不能用于封装加密密钥".to_owned(),
            Self::RenewedUnknown => "本认证机构没有所要更新的证书".to_owned(),
            Self::RenewedRevoked => "所要更新的证书已被撤销".to_owned(),
            Self::Randomness(_) => "系统随机数发生器没有响应，无法生成证书序列号".to_owned(),
            Self::SettingsChanged(what) => format!("受理该请求时的设置已不存在：{what}"),
            Self::Subject(error) => error.message(Language::Chinese),
            Self::Validity(error) => error.message(Language::Chinese),
            Self::Draft(error) => error.message(Language::Chinese),
            Self::Lint(error) => error.message(Language::Chinese),
            Self::Policy(error) => error.message(Language::Chinese),
            Self::KeyCentre(error) => error.message(Language::Chinese),
        }
    }
}
