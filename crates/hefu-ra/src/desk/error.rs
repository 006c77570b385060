//! Why the desk did not do what was asked: one variant for each noun that can say no, and the faults.

use std::sync::Arc;

use hefu_database::{Constraint, DatabaseError};
use hefu_officers::NotPermitted;
use hefu_records::RecordsError;
use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};

use crate::approval::ApprovalError;
use crate::case::ApplicationError;
use crate::case_file::{FileError, ProofError};
use crate::certificate::CertificateError;
use crate::contract::ContractError;
use crate::entry::EntryError;
use crate::gather::Closed;
use crate::identity::IdentityError;
use crate::request::RequestError;
use crate::store::StoreError;

/// Why the desk did not do what was asked.
///
/// Cheap enough to clone: one failed group is the answer to every act in it.
#[derive(Clone, Debug, thiserror::Error)]
pub enum DeskError {
    /// The officer's role does not permit it.
    #[error(transparent)]
    NotPermitted(NotPermitted),
    /// What came over the counter does not become an application.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// The step does not fit the application.
    #[error(transparent)]
    Application(#[from] ApplicationError),
    /// The notice or the contract cannot be read.
    #[error(transparent)]
    Contract(#[from] ContractError),
    /// The step does not stand on the applicant's file.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// The keeper of applicants' files says no, or does not answer.
    #[error("{0}")]
    File(FileError),
    /// The verification of identity cannot be read.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The application is not approved.
    #[error(transparent)]
    Approval(#[from] ApprovalError),
    /// The certificate does not allow it.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// The certification authority has not done it.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// The database failed; nothing was kept.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The records failed; nothing was kept.
    #[error(transparent)]
    Records(Arc<RecordsError>),
    /// The application moved on while the act was written; nothing was kept.
    #[error("the application moved on at the same moment; look at it again")]
    Moved,
    /// The system gave no random octets.
    #[error("the system's random generator does not answer")]
    NoRandomness,
    /// The desk is closing, or the act died of a defect; whether it was kept, its state tells.
    #[error("the registration desk gave no answer; look at the state before trying again")]
    Closed,
}

impl DeskError {
    /// Whether a group may have failed because of one act in it only.
    pub(super) fn may_be_anothers(&self) -> bool {
        match self {
            Self::Moved => true,
            Self::Database(DatabaseError::Refused { constraint, .. }) => *constraint != Constraint::Trigger,
            _ => false,
        }
    }

    /// The error of the noun, or of the layer, behind this one; `None` for what the desk says itself.
    fn inner(&self) -> Option<&dyn Explain> {
        match self {
            Self::NotPermitted(error) => Some(error),
            Self::Entry(error) => Some(error),
            Self::Application(error) => Some(error),
            Self::Contract(error) => Some(error),
            Self::Identity(error) => Some(error),
            Self::Proof(error) => Some(error),
            Self::File(error) => Some(error.as_ref()),
            Self::Approval(error) => Some(error),
            Self::Certificate(error) => Some(error),
            Self::Request(error) => Some(error),
            Self::Database(error) => Some(error),
            Self::Records(error) => Some(error.as_ref()),
            Self::Moved | Self::NoRandomness | Self::Closed => None,
        }
    }
}

impl From<StoreError> for DeskError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Database(error) => Self::Database(error),
            StoreError::Moved => Self::Moved,
        }
    }
}

impl From<RecordsError> for DeskError {
    fn from(error: RecordsError) -> Self {
        Self::Records(Arc::new(error))
    }
}

impl From<Closed> for DeskError {
    fn from(Closed: Closed) -> Self {
        Self::Closed
    }
}

impl Explain for DeskError {
    fn code(&self) -> &'static str {
        match (self, self.inner()) {
            (_, Some(inner)) => inner.code(),
            (Self::Moved, None) => "moved-meanwhile",
            (Self::NoRandomness, None) => "no-randomness",
            (_, None) => "desk-closed",
        }
    }

    fn kind(&self) -> Kind {
        self.inner().map_or(Kind::Fault, Explain::kind)
    }

    fn blame(&self) -> Blame {
        match (self, self.inner()) {
            (_, Some(inner)) => inner.blame(),
            (Self::Moved, None) => Blame::Caller,
            (_, None) => Blame::Operator,
        }
    }

    fn citation(&self) -> Option<Citation> {
        self.inner().and_then(Explain::citation)
    }

    fn message(&self, language: Language) -> String {
        let chinese = match (self, self.inner()) {
            (_, Some(inner)) => return inner.message(language),
            (Self::Moved, None) => "该申请同时发生了变化，请重新查看",
            (Self::NoRandomness, None) => "系统随机数发生器没有响应",
            (_, None) => "注册服务没有应答，请先查看状态再重试",
        };
        match language {
            Language::Chinese => chinese.to_owned(),
            Language::English => self.to_string(),
        }
    }
}
