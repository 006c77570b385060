//! An application as it is found in the store, in whichever state, and what may be asked of it there.

use hefu_certificate::LawScope;
use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use jiff::Timestamp;

use crate::application::{
    Application, ApplicationId, Approved, Contracted, Entered, Form, Identified, Issued, Noticed,
    REASON_CHARACTERS_MAX, Reason, Rejected, Requested, Step, Steps,
};
use crate::contract::{Contract, Notice};
use crate::identity::Identity;
use crate::rule;
use crate::stage::{Stage, StepName};

/// An application in whichever state it was found.
#[derive(Clone, Debug)]
pub enum Case {
    /// See [`Entered`].
    Entered(Application<Entered>),
    /// See [`Noticed`].
    Noticed(Application<Noticed>),
    /// See [`Contracted`].
    Contracted(Application<Contracted>),
    /// See [`Identified`].
    Identified(Application<Identified>),
    /// See [`Approved`].
    Approved(Application<Approved>),
    /// See [`Requested`].
    Requested(Application<Requested>),
    /// See [`Issued`].
    Issued(Application<Issued>),
    /// See [`Rejected`].
    Rejected(Application<Rejected>),
}

impl Case {
    /// What was entered.
    #[must_use]
    pub fn form(&self) -> &Form {
        match self {
            Self::Entered(application) => &application.form,
            Self::Noticed(application) => &application.form,
            Self::Contracted(application) => &application.form,
            Self::Identified(application) => &application.form,
            Self::Approved(application) => &application.form,
            Self::Requested(application) => &application.form,
            Self::Issued(application) => &application.form,
            Self::Rejected(application) => &application.form,
        }
    }

    /// The steps taken so far.
    #[must_use]
    pub fn steps(&self) -> Steps<'_> {
        match self {
            Self::Entered(_) => Steps::default(),
            Self::Noticed(application) => application.state.steps(),
            Self::Contracted(application) => application.state.steps(),
            Self::Identified(application) => application.state.steps(),
            Self::Approved(application) => application.state.steps(),
            Self::Requested(application) => application.state.steps(),
            Self::Issued(application) => application.state.steps(),
            Self::Rejected(application) => application.state.steps(),
        }
    }

    /// The name of the state.
    #[must_use]
    pub const fn stage(&self) -> Stage {
        match self {
            Self::Entered(_) => Stage::Entered,
            Self::Noticed(_) => Stage::Noticed,
            Self::Contracted(_) => Stage::Contracted,
            Self::Identified(_) => Stage::Identified,
            Self::Approved(_) => Stage::Approved,
            Self::Requested(_) => Stage::Requested,
            Self::Issued(_) => Stage::Issued,
            Self::Rejected(_) => Stage::Rejected,
        }
    }

    /// The number.
    #[must_use]
    pub fn id(&self) -> ApplicationId {
        self.form().id
    }

    /// The applicant acknowledged the notice.
    ///
    /// # Errors
    /// [`ApplicationError::OutOfOrder`] unless the application was just entered.
    pub fn acknowledge(self, notice: Step<Notice>) -> Result<Application<Noticed>, ApplicationError> {
        match self {
            Self::Entered(application) => Ok(application.acknowledge(notice)),
            other => Err(other.out_of_order(StepName::Notice)),
        }
    }

    /// The applicant signed the contract.
    ///
    /// # Errors
    /// [`ApplicationError::OutOfOrder`] unless the notice, and nothing after it, was acknowledged.
    pub fn contract(self, contract: Step<Contract>) -> Result<Application<Contracted>, ApplicationError> {
        match self {
            Self::Noticed(application) => Ok(application.contract(contract)),
            other => Err(other.out_of_order(StepName::Contract)),
        }
    }

    /// An officer verified the applicant's identity. May be done again before approval, when the first
    /// verification has grown old.
    ///
    /// # Errors
    /// [`ApplicationError::OutOfOrder`] before there is a contract and after the approval.
    pub fn identify(self, identity: Step<Identity>) -> Result<Application<Identified>, ApplicationError> {
        match self {
            Self::Contracted(application) => Ok(application.identify(identity)),
            Self::Identified(Application { form, state }) => Ok(Application {
                form,
                state: state.contracted,
            }
            .identify(identity)),
            other => Err(other.out_of_order(StepName::Identity)),
        }
    }

    /// An officer ends the application. Once the certification authority has been asked, it is too late: the
    /// certificate may exist, and then it is revoked, not rejected.
    ///
    /// # Errors
    /// [`ApplicationError::OutOfOrder`] when it is requested, issued or rejected.
    pub fn reject(self, rejection: Step<Reason>) -> Result<Application<Rejected>, ApplicationError> {
        if self.stage() >= Stage::Requested {
            return Err(self.out_of_order(StepName::Rejection));
        }
        let steps = self.steps();
        let state = Rejected {
            notice: steps.notice.cloned(),
            contract: steps.contract.cloned(),
            identity: steps.identity.cloned(),
            approval: steps.approval.cloned(),
            rejection,
        };
        Ok(Application {
            form: self.form().clone(),
            state,
        })
    }

    pub(crate) fn out_of_order(&self, step: StepName) -> ApplicationError {
        ApplicationError::OutOfOrder {
            step,
            stage: self.stage(),
            scope: self.form().law_scope,
        }
    }
}

/// Why a step on an application was not taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ApplicationError {
    /// The text is no number of an application.
    #[error("an application's number is 32 hexadecimal digits")]
    NotANumber,
    /// The word is no state of an application.
    #[error(
        "no such state of an application; the states are entered, noticed, contracted, identified, approved, requested, issued, rejected"
    )]
    NotAState,
    /// There is no such application.
    #[error("there is no application {0}")]
    Unknown(ApplicationId),
    /// A reason is missing or endless.
    #[error("a reason of 1 to {REASON_CHARACTERS_MAX} characters is needed")]
    NoReason,
    /// The applicant was asked for a supplement and has not answered.
    #[error("a supplement was asked for at {since} and is not there; the application waits for it")]
    SupplementOwed {
        /// When it was asked for.
        since: Timestamp,
        /// What the certificate will be in law.
        scope: LawScope,
    },
    /// The step does not fit the state.
    #[error("the application is {}: {} is not the next step", stage.as_str(), step.as_str())]
    OutOfOrder {
        /// The step that was asked for.
        step: StepName,
        /// The state it was asked in.
        stage: Stage,
        /// What the certificate will be in law.
        scope: LawScope,
    },
}

impl Explain for ApplicationError {
    fn code(&self) -> &'static str {
        match self {
            Self::NotANumber => "application-number-malformed",
            Self::NotAState => "application-state-malformed",
            Self::Unknown(_) => "application-unknown",
            Self::NoReason => "reason-missing",
            Self::SupplementOwed { .. } => "supplement-owed",
            Self::OutOfOrder {
                stage: Stage::Issued, ..
            } => "already-issued",
            Self::OutOfOrder {
                stage: Stage::Rejected, ..
            } => "already-rejected",
            Self::OutOfOrder {
                step: StepName::Approval,
                stage: Stage::Approved | Stage::Requested,
                ..
            } => "already-approved",
            Self::OutOfOrder { .. } => "out-of-order",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::NotANumber | Self::NotAState | Self::NoReason => Kind::Malformed,
            Self::Unknown(_) => Kind::Absent,
            Self::SupplementOwed { .. } | Self::OutOfOrder { .. } => Kind::Refusal,
        }
    }

    fn blame(&self) -> Blame {
        match self {
            Self::NotANumber | Self::NotAState | Self::Unknown(_) => Blame::Caller,
            Self::NoReason | Self::OutOfOrder { .. } => Blame::Officer,
            Self::SupplementOwed { .. } => Blame::Applicant,
        }
    }

    /// The article behind the step that was skipped, or behind the one asked for when none was.
    fn citation(&self) -> Option<Citation> {
        match self {
            Self::NotANumber | Self::NotAState | Self::Unknown(_) | Self::NoReason => None,
            Self::SupplementOwed { scope, .. } => rule::review(*scope),
            Self::OutOfOrder { step, stage, scope } => stage.next().unwrap_or(*step).citation(*scope),
        }
    }

    fn message(&self, language: Language) -> String {
        let chinese = match self {
            Self::NotANumber => "申请编号应为32位十六进制数字".to_owned(),
            Self::NotAState => "没有这种申请状态".to_owned(),
            Self::Unknown(id) => format!("没有编号为{id}的申请"),
            Self::NoReason => format!("须说明理由（1至{REASON_CHARACTERS_MAX}个字符）"),
            Self::SupplementOwed { since, .. } => format!("已于{since}要求申请人补正，尚未收到答复"),
            Self::OutOfOrder { step, stage, .. } => {
                format!("申请的状态是“{}”，此时不能{}", stage.name_zh(), step.name_zh())
            }
        };
        match language {
            Language::Chinese => chinese,
            Language::English => self.to_string(),
        }
    }
}
