//! Why an act about officers was not done.

use hefu_database::DatabaseError;
use hefu_records::RecordsError;
use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};

use crate::enrolment::EnrolError;
use crate::officer::{Duty, OfficerId};
use crate::role::{NotPermitted, Role};

/// Why an act about officers was not done. Refusals are recorded.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// The role does no such acts.
    #[error(transparent)]
    NotPermitted(#[from] NotPermitted),
    /// The role does such acts, but not about this post.
    #[error("the rank of {by} does not reach to {role}")]
    OutOfRank {
        /// Who asked.
        by: Role,
        /// About which post.
        role: Role,
    },
    /// A delegated body cannot delegate.
    #[error("an officer of a delegated body appoints nobody: delegation ends after one level")]
    DelegationTooDeep,
    /// Nobody acts about themselves.
    #[error("nobody proposes or decides about themselves")]
    AboutOneself,
    /// Four eyes.
    #[error("whoever proposed a change does not decide it")]
    SameOfficer,
    /// Business and audit never meet in one person.
    #[error("nobody moves between the business and the audit branch")]
    OtherBranch,
    /// It was decided before.
    #[error("the proposal has been decided")]
    Decided,
    /// The officer is not in a state for it.
    #[error("the officer's duty is \"{}\", which does not allow this", duty.as_str())]
    WrongDuty {
        /// How it stands.
        duty: Duty,
    },
    /// Two heads are the least that can decide anything.
    #[error("the branch would be left with fewer than two at its head")]
    TooFewHeads,
    /// A body without a delegated operator, or the other way round.
    #[error("a delegated operator, and nobody else, belongs to a filed delegated body")]
    BodyMismatch,
    /// Another officer holds this key.
    #[error("the key belongs to another officer")]
    KeyTaken,
    /// Not a key to log in with.
    #[error("the key is not an SM2 public key (SPKI, hexadecimal)")]
    BadKey,
    /// Another officer logs in with this certificate.
    #[error("the certificate is bound to another officer")]
    CertificateTaken,
    /// Not a fingerprint.
    #[error("the certificate or passkey is not named by its SM3 digest (64 hexadecimal digits)")]
    BadFingerprint,
    /// The officer has no such passkey, or it is not in the state for it.
    #[error(
        "the officer has no such passkey, or it is bound already (named by SM3 of its public key, 64 hexadecimal digits)"
    )]
    NoSuchPasskey,
    /// A text or a date that cannot be.
    #[error("{field} is empty, too long, or in the future")]
    BadText {
        /// Which.
        field: &'static str,
    },
    /// No such officer.
    #[error("there is no officer {0}")]
    NoSuchOfficer(OfficerId),
    /// No such proposal.
    #[error("there is no proposal {0}")]
    NoSuchProposal(i64),
    /// No such session.
    #[error("there is no such open session")]
    NoSuchSession,
    /// The name or the token.
    #[error(transparent)]
    Enrol(#[from] EnrolError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The record could not be written, so nothing was.
    #[error(transparent)]
    Record(#[from] RecordsError),
}

impl ChangeError {
    fn inner(&self) -> Option<&dyn Explain> {
        match self {
            Self::NotPermitted(error) => Some(error),
            Self::Enrol(error) => Some(error),
            Self::Database(error) => Some(error),
            Self::Record(error) => Some(error),
            _ => None,
        }
    }

    fn chinese(&self) -> String {
        match self {
            Self::OutOfRank { by, role } => format!(
                "{}无权办理{}的人员变动",
                by.name(Language::Chinese),
                role.name(Language::Chinese)
            ),
            Self::DelegationTooDeep => "受托机构人员不得任命他人：委托只限一层".to_owned(),
            Self::AboutOneself => "任何人不得提出或者决定关于本人的变动".to_owned(),
            Self::SameOfficer => "提出变动的人员不得决定该变动".to_owned(),
            Self::OtherBranch => "任何人不得在业务与审计两个系列之间调动".to_owned(),
            Self::Decided => "该提议已经决定".to_owned(),
            Self::WrongDuty { duty } => format!("该人员的在岗状态是“{}”，不能这样办理", duty.as_str()),
            Self::TooFewHeads => "该系列的最高管理员将少于两人".to_owned(),
            Self::BodyMismatch => "受托机构操作员必须属于已备案的受托机构，其他人员不得属于受托机构".to_owned(),
            Self::KeyTaken => "该密钥属于其他人员".to_owned(),
            Self::BadKey => "密钥不是SM2公钥（SPKI，十六进制）".to_owned(),
            Self::CertificateTaken => "该证书已经绑定其他人员".to_owned(),
            Self::BadFingerprint => "证书或者通行密钥须以其SM3摘要（64位十六进制）指明".to_owned(),
            Self::NoSuchPasskey => {
                "该人员没有这个通行密钥，或者它已经绑定（须以公钥的SM3摘要指明，64位十六进制）".to_owned()
            }
            Self::BadText { field } => format!("{field}为空、过长或者在将来"),
            Self::NoSuchOfficer(id) => format!("没有编号为{id}的人员"),
            Self::NoSuchProposal(id) => format!("没有编号为{id}的提议"),
            Self::NoSuchSession => "没有这个打开的会话".to_owned(),
            Self::NotPermitted(_) | Self::Enrol(_) | Self::Database(_) | Self::Record(_) => String::new(),
        }
    }
}

impl Explain for ChangeError {
    fn code(&self) -> &'static str {
        match self {
            Self::OutOfRank { .. } => "out-of-rank",
            Self::DelegationTooDeep => "delegation-too-deep",
            Self::AboutOneself => "about-oneself",
            Self::SameOfficer => "same-officer",
            Self::OtherBranch => "other-branch",
            Self::Decided => "proposal-decided",
            Self::WrongDuty { .. } => "wrong-duty",
            Self::TooFewHeads => "too-few-heads",
            Self::BodyMismatch => "body-mismatch",
            Self::KeyTaken => "key-taken",
            Self::BadKey => "bad-login-key",
            Self::CertificateTaken => "certificate-taken",
            Self::BadFingerprint => "bad-fingerprint",
            Self::NoSuchPasskey => "no-such-passkey",
            Self::BadText { .. } => "bad-text",
            Self::NoSuchOfficer(_) => "no-such-officer",
            Self::NoSuchProposal(_) => "no-such-proposal",
            Self::NoSuchSession => "no-such-session",
            Self::NotPermitted(error) => error.code(),
            Self::Enrol(error) => error.code(),
            Self::Database(error) => error.code(),
            Self::Record(error) => error.code(),
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::BadKey | Self::BadFingerprint | Self::BadText { .. } => Kind::Malformed,
            Self::NoSuchOfficer(_) | Self::NoSuchPasskey | Self::NoSuchProposal(_) | Self::NoSuchSession => {
                Kind::Absent
            }
            other => other.inner().map_or(Kind::Refusal, Explain::kind),
        }
    }

    fn blame(&self) -> Blame {
        match self {
            Self::BadKey
            | Self::BadFingerprint
            | Self::BadText { .. }
            | Self::NoSuchOfficer(_)
            | Self::NoSuchPasskey
            | Self::NoSuchProposal(_)
            | Self::NoSuchSession => Blame::Caller,
            other => other.inner().map_or(Blame::Officer, Explain::blame),
        }
    }

    fn citation(&self) -> Option<Citation> {
        match self {
            Self::DelegationTooDeep | Self::BodyMismatch => Some(Citation::new("EG24", "25")),
            Self::OutOfRank { .. } | Self::AboutOneself | Self::SameOfficer | Self::OtherBranch | Self::TooFewHeads => {
                Some(Citation::new("M15", "19"))
            }
            other => other.inner().and_then(Explain::citation),
        }
    }

    fn message(&self, language: Language) -> String {
        match (self.inner(), language) {
            (Some(error), _) => error.message(language),
            (None, Language::Chinese) => self.chinese(),
            (None, Language::English) => self.to_string(),
        }
    }
}
