//! The names of the states and of the steps between them, with the article that puts each step on the road.

use std::str::FromStr;

use hefu_certificate::LawScope;
use hefu_rulebook::Citation;
use serde::Serialize;

use crate::case::ApplicationError;
use crate::rule;

/// The names of the states, in the order of the road.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Entered by an officer; the key was proven.
    Entered,
    /// The applicant acknowledged the notice.
    Noticed,
    /// The applicant signed the contract.
    Contracted,
    /// An officer verified the applicant's identity.
    Identified,
    /// Another officer approved.
    Approved,
    /// The request is on its way to the certification authority; only that authority knows how it ends.
    Requested,
    /// Certificates are here.
    Issued,
    /// An officer said no.
    Rejected,
}

impl Stage {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Entered,
        Self::Noticed,
        Self::Contracted,
        Self::Identified,
        Self::Approved,
        Self::Requested,
        Self::Issued,
        Self::Rejected,
    ];

    /// The word in tables and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Entered => "entered",
            Self::Noticed => "noticed",
            Self::Contracted => "contracted",
            Self::Identified => "identified",
            Self::Approved => "approved",
            Self::Requested => "requested",
            Self::Issued => "issued",
            Self::Rejected => "rejected",
        }
    }

    /// The step that comes next; `None` at the end of the road.
    #[must_use]
    pub const fn next(self) -> Option<StepName> {
        match self {
            Self::Entered => Some(StepName::Notice),
            Self::Noticed => Some(StepName::Contract),
            Self::Contracted => Some(StepName::Identity),
            Self::Identified => Some(StepName::Approval),
            Self::Approved | Self::Requested => Some(StepName::Issuance),
            Self::Issued | Self::Rejected => None,
        }
    }

    pub(crate) const fn name_zh(self) -> &'static str {
        match self {
            Self::Entered => "已录入",
            Self::Noticed => "已告知",
            Self::Contracted => "已签合同",
            Self::Identified => "已查验身份",
            Self::Approved => "已批准",
            Self::Requested => "已请求签发",
            Self::Issued => "已签发",
            Self::Rejected => "已驳回",
        }
    }
}

impl FromStr for Stage {
    type Err = ApplicationError;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|stage| stage.as_str() == word)
            .ok_or(ApplicationError::NotAState)
    }
}

/// The steps that officers take on the road.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepName {
    /// The applicant acknowledges the notice.
    Notice,
    /// The applicant signs the contract.
    Contract,
    /// An officer verifies the applicant's identity.
    Identity,
    /// Another officer approves.
    Approval,
    /// The request goes to the certification authority.
    Issuance,
    /// An officer ends the application.
    Rejection,
}

impl StepName {
    /// The word in JSON and records.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Contract => "contract",
            Self::Identity => "identity",
            Self::Approval => "approval",
            Self::Issuance => "issuance",
            Self::Rejection => "rejection",
        }
    }

    /// The article that puts this step on the road; `None` where no law speaks.
    #[must_use]
    pub const fn citation(self, scope: LawScope) -> Option<Citation> {
        match self {
            Self::Notice => rule::notice(scope),
            Self::Contract => rule::contract(scope),
            Self::Identity | Self::Approval | Self::Issuance => rule::review(scope),
            Self::Rejection => None,
        }
    }

    pub(crate) const fn name_zh(self) -> &'static str {
        match self {
            Self::Notice => "告知",
            Self::Contract => "签订合同",
            Self::Identity => "查验身份",
            Self::Approval => "审批",
            Self::Issuance => "请求签发",
            Self::Rejection => "驳回",
        }
    }
}
