//! Why the registry did not do what was asked: one variant for each noun that can say no, and the faults.

use std::sync::Arc;

use hefu_database::DatabaseError;
use hefu_officers::NotPermitted;
use hefu_records::RecordsError;
use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use key_device::DeviceError;

use crate::applicant::ApplicantError;
use crate::check::CheckError;
use crate::consent::ConsentError;
use crate::evidence::EvidenceError;
use crate::look_alike::{LikenessRefusal, NameRefusal};
use crate::media::MediaError;
use crate::text::TextError;
use crate::vault::VaultError;
use crate::verification::VerificationError;

/// Why the registry did not do what was asked.
#[derive(Clone, Debug, thiserror::Error)]
pub enum RegistryError {
    /// The applicant cannot be taken down.
    #[error(transparent)]
    Applicant(#[from] ApplicantError),
    /// The key is another applicant's.
    #[error(transparent)]
    Likeness(#[from] LikenessRefusal),
    /// The number stands in a file under another name.
    #[error(transparent)]
    OtherName(#[from] NameRefusal),
    /// The file is not what it is claimed to be.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// Evidence is not taken in or not opened.
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
    /// The consent is not taken down.
    #[error(transparent)]
    Consent(#[from] ConsentError),
    /// An outside answer does not count.
    #[error(transparent)]
    Verification(#[from] VerificationError),
    /// Identity is not sufficiently shown.
    #[error(transparent)]
    Check(#[from] CheckError),
    /// The text is not published, acknowledged or signed.
    #[error(transparent)]
    Text(#[from] TextError),
    /// The officer's role does not permit it.
    #[error(transparent)]
    NotPermitted(#[from] NotPermitted),
    /// The vault.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The database failed; nothing was kept.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The records failed; nothing was kept.
    #[error(transparent)]
    Records(Arc<RecordsError>),
    /// The key device failed.
    #[error("the key device failed: {0}")]
    Device(#[from] DeviceError),
    /// There is no such file, evidence, consent or check.
    #[error("there is no such {0}")]
    Unknown(&'static str),
    /// What the device opened is not what was sealed.
    #[error("a sealed field of the database does not read as what it was")]
    Unsealed,
    /// The system gave no random octets.
    #[error("the system's random generator does not answer")]
    NoRandomness,
}

impl RegistryError {
    fn inner(&self) -> Option<&dyn Explain> {
        match self {
            Self::Applicant(error) => Some(error),
            Self::Likeness(error) => Some(error),
            Self::OtherName(error) => Some(error),
            Self::Media(error) => Some(error),
            Self::Evidence(error) => Some(error),
            Self::Consent(error) => Some(error),
            Self::Verification(error) => Some(error),
            Self::Check(error) => Some(error),
            Self::Text(error) => Some(error),
            Self::NotPermitted(error) => Some(error),
            Self::Vault(error) => Some(error),
            Self::Database(error) => Some(error),
            Self::Records(error) => Some(error.as_ref()),
            Self::Device(_) | Self::Unknown(_) | Self::Unsealed | Self::NoRandomness => None,
        }
    }
}

impl From<RecordsError> for RegistryError {
    fn from(error: RecordsError) -> Self {
        Self::Records(Arc::new(error))
    }
}

impl Explain for RegistryError {
    fn code(&self) -> &'static str {
        match (self, self.inner()) {
            (_, Some(inner)) => inner.code(),
            (Self::Unknown(_), None) => "not-in-the-registry",
            (Self::Unsealed, None) => "sealed-field-damaged",
            (Self::NoRandomness, None) => "no-randomness",
            (_, None) => "key-device-failed",
        }
    }

    fn kind(&self) -> Kind {
        match (self, self.inner()) {
            (_, Some(inner)) => inner.kind(),
            (Self::Unknown(_), None) => Kind::Absent,
            (_, None) => Kind::Fault,
        }
    }

    fn blame(&self) -> Blame {
        match (self, self.inner()) {
            (_, Some(inner)) => inner.blame(),
            (Self::Unknown(_), None) => Blame::Caller,
            (_, None) => Blame::Operator,
        }
    }

    fn citation(&self) -> Option<Citation> {
        self.inner().and_then(Explain::citation)
    }

    fn message(&self, language: Language) -> String {
        let chinese = match (self, self.inner()) {
            (_, Some(inner)) => return inner.message(language),
            (Self::Unknown(what), None) => format!("没有该编号的{what}"),
            (Self::Unsealed, None) => "数据库中的加密字段已损坏".to_owned(),
            (Self::NoRandomness, None) => "系统随机数发生器没有响应".to_owned(),
            (_, None) => "密码设备故障".to_owned(),
        };
        match language {
            Language::Chinese => chinese,
            Language::English => self.to_string(),
        }
    }
}
