//! Acts: what one officer proposes and another decides. Pure.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hefu_officers::{Officer, OfficerId, Permission};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::document::{Draft, Series, Version, sm3_hex};
use crate::error::PolicyError;
use crate::licence::Licence;

/// Octets of a receipt: a scanned page or two.
const RECEIPT_OCTETS_MAX: usize = 1024 * 1024;

/// Characters of a name in a filing.
const NAME_CHARACTERS_MAX: usize = 200;

/// What is to be done.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
pub enum Act {
    /// Publish a version.
    Publish(Draft),
    /// Enter that a published version was filed.
    File(Filing),
    /// Enter the licence, or what changed in it.
    RecordLicence(Licence),
}

/// That a version was filed with a department, and its receipt.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Filing {
    /// Which document.
    pub series: Series,
    /// Which version.
    pub version: Version,
    /// With whom.
    pub recipient: String,
    /// The day of the filing, in China's time.
    pub on: Date,
    /// The department's receipt.
    pub receipt: Receipt,
}

/// A receipt: a file as it came.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// Name of the file.
    pub name: String,
    /// Its octets, base64.
    pub content: String,
}

impl Receipt {
    /// The octets.
    pub(crate) fn octets(&self) -> Result<Vec<u8>, PolicyError> {
        let octets = STANDARD.decode(&self.content).map_err(|_| PolicyError::Receipt)?;
        let named = !self.name.trim().is_empty()
            && self.name.chars().count() <= NAME_CHARACTERS_MAX
            && !self.name.chars().any(char::is_control);
        if octets.is_empty() || octets.len() > RECEIPT_OCTETS_MAX || !named {
            return Err(PolicyError::Receipt);
        }
        Ok(octets)
    }
}

impl Act {
    /// Its word in records and JSON.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Publish(_) => "publish",
            Self::File(_) => "file",
            Self::RecordLicence(_) => "record-licence",
        }
    }

    /// What it is about: a version or a licence number.
    #[must_use]
    pub fn subject(&self) -> String {
        match self {
            Self::Publish(draft) => format!("{} {}", draft.series, draft.version),
            Self::File(filing) => format!("{} {}", filing.series, filing.version),
            Self::RecordLicence(licence) => licence.number.clone(),
        }
    }

    /// SM3 over the whole act: what the second officer agrees to.
    pub(crate) fn sm3(&self) -> String {
        sm3_hex(&serde_json::to_vec(self).unwrap_or_default())
    }

    /// What can be told from the act alone.
    pub(crate) fn check(&self) -> Result<(), PolicyError> {
        match self {
            Self::Publish(draft) => {
                draft.check()?;
                let missing: Vec<_> = draft.missing().into_iter().filter(|it| it.required).collect();
                if missing.is_empty() {
                    Ok(())
                } else {
                    Err(PolicyError::TopicMissing(missing))
                }
            }
            Self::File(filing) => {
                if filing.recipient.trim().is_empty() || filing.recipient.chars().count() > NAME_CHARACTERS_MAX {
                    return Err(PolicyError::Recipient);
                }
                filing.receipt.octets().map(drop)
            }
            Self::RecordLicence(licence) => licence.check(),
        }
    }
}

/// What became of a proposal.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Done.
    Approved,
    /// Not done.
    Rejected,
}

impl Outcome {
    /// Its word in tables and records.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Rejected => "rejected",
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        [Self::Approved, Self::Rejected]
            .into_iter()
            .find(|outcome| outcome.as_str() == word)
    }
}

/// An act that one officer proposed.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Proposal {
    /// Its number, from 1.
    pub id: i64,
    /// What is to be done.
    pub act: Act,
    /// By whom.
    pub proposed_by: OfficerId,
    /// When.
    pub proposed_at: Timestamp,
    /// How it was decided; `None` while it is open.
    pub outcome: Option<Outcome>,
    /// Who decided.
    pub decided_by: Option<OfficerId>,
    /// When.
    pub decided_at: Option<Timestamp>,
}

/// Which proposals to show.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Which {
    /// All of them.
    #[default]
    All,
    /// Those that wait for a decision.
    Open,
}

impl Proposal {
    /// Whether `by` could decide it now: open, another's, and within their permission.
    ///
    /// # Errors
    /// [`PolicyError`], which says why not. Nothing is recorded: nothing was asked for.
    pub fn may_be_decided_by(&self, by: &Officer) -> Result<(), PolicyError> {
        may_decide(self, by)
    }
}

/// Whether `by` may decide `proposal`.
pub(crate) fn may_decide(proposal: &Proposal, by: &Officer) -> Result<(), PolicyError> {
    by.permit(Permission::ManagePolicies)?;
    if proposal.proposed_by == by.id() {
        return Err(PolicyError::SameOfficer);
    }
    if proposal.outcome.is_some() {
        return Err(PolicyError::Decided);
    }
    Ok(())
}
