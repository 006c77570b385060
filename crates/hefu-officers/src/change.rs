//! Changes of officers: proposed by one, decided by another, never about oneself, never across the branches.
//!
//! Serves M15 19 (internal control) and EG24 25 (no delegation beyond one level). Everything here is a pure decision.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::change_error::ChangeError;
use crate::officer::{Duty, Officer, OfficerId};
use crate::role::{Permission, Role};

/// Officers on duty that each branch keeps at its head: fewer than two can decide nothing under four eyes.
pub const HEADS_MIN: usize = 2;

/// What is to become of an officer.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "act", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Change {
    /// A person gets a post, and a key to log in with or an access token.
    Appoint {
        /// Name on the duty roster.
        name: String,
        /// The post.
        role: Role,
        /// Number of the delegated body, for delegated operators.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<i64>,
        /// SM2 public key (SPKI, hexadecimal) to log in with; without one, an access token is made.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<String>,
    },
    /// An officer gets another post of the same branch.
    ChangeRole {
        /// Who.
        officer: OfficerId,
        /// The new post.
        role: Role,
        /// Number of the delegated body, for delegated operators.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<i64>,
    },
    /// An officer may not act for the time being.
    Suspend {
        /// Who.
        officer: OfficerId,
    },
    /// A suspended officer may act again.
    Reinstate {
        /// Who.
        officer: OfficerId,
    },
    /// An officer never acts again.
    Dismiss {
        /// Who.
        officer: OfficerId,
    },
    /// An officer gets a new key or token; the old ones end at once, a bound certificate and all passkeys with them.
    RenewCredential {
        /// Who.
        officer: OfficerId,
        /// As in an appointment.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<String>,
    },
    /// An officer may log in with this client certificate from now on, and with no other.
    BindCertificate {
        /// Who.
        officer: OfficerId,
        /// SM3 of the certificate (DER), 64 hexadecimal digits.
        certificate: String,
    },
    /// An officer's client certificate opens nothing any more.
    UnbindCertificate {
        /// Who.
        officer: OfficerId,
    },
    /// An officer may log in with this passkey, too, which they registered and which waits.
    BindPasskey {
        /// Who.
        officer: OfficerId,
        /// SM3 of its public key (SPKI), 64 hexadecimal digits.
        passkey: String,
    },
    /// An officer's passkey opens nothing any more and is forgotten.
    UnbindPasskey {
        /// Who.
        officer: OfficerId,
        /// Which; all of them when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        passkey: Option<String>,
    },
}

impl Change {
    /// Its word in records and JSON.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Appoint { .. } => "appoint",
            Self::ChangeRole { .. } => "change-role",
            Self::Suspend { .. } => "suspend",
            Self::Reinstate { .. } => "reinstate",
            Self::Dismiss { .. } => "dismiss",
            Self::RenewCredential { .. } => "renew-credential",
            Self::BindCertificate { .. } => "bind-certificate",
            Self::UnbindCertificate { .. } => "unbind-certificate",
            Self::BindPasskey { .. } => "bind-passkey",
            Self::UnbindPasskey { .. } => "unbind-passkey",
        }
    }

    /// Whom it is about; nobody yet in an appointment.
    #[must_use]
    pub const fn subject(&self) -> Option<OfficerId> {
        match self {
            Self::Appoint { .. } => None,
            Self::ChangeRole { officer, .. }
            | Self::Suspend { officer }
            | Self::Reinstate { officer }
            | Self::Dismiss { officer }
            | Self::RenewCredential { officer, .. }
            | Self::BindCertificate { officer, .. }
            | Self::UnbindCertificate { officer }
            | Self::BindPasskey { officer, .. }
            | Self::UnbindPasskey { officer, .. } => Some(*officer),
        }
    }

    /// The post that it gives, and the body with it.
    pub(crate) const fn post(&self) -> Option<(Role, Option<i64>)> {
        match self {
            Self::Appoint { role, body, .. } | Self::ChangeRole { role, body, .. } => Some((*role, *body)),
            Self::Suspend { .. }
            | Self::Reinstate { .. }
            | Self::Dismiss { .. }
            | Self::RenewCredential { .. }
            | Self::BindCertificate { .. }
            | Self::UnbindCertificate { .. }
            | Self::BindPasskey { .. }
            | Self::UnbindPasskey { .. } => None,
        }
    }

    /// The key that it gives.
    pub(crate) fn key(&self) -> Option<&str> {
        match self {
            Self::Appoint { key, .. } | Self::RenewCredential { key, .. } => key.as_deref(),
            Self::ChangeRole { .. }
            | Self::Suspend { .. }
            | Self::Reinstate { .. }
            | Self::Dismiss { .. }
            | Self::BindCertificate { .. }
            | Self::UnbindCertificate { .. }
            | Self::BindPasskey { .. }
            | Self::UnbindPasskey { .. } => None,
        }
    }

    /// The certificate that it binds.
    pub(crate) fn certificate(&self) -> Option<&str> {
        match self {
            Self::BindCertificate { certificate, .. } => Some(certificate),
            _ => None,
        }
    }

    /// The passkey that it names.
    pub(crate) fn passkey(&self) -> Option<&str> {
        match self {
            Self::BindPasskey { passkey, .. } => Some(passkey),
            Self::UnbindPasskey { passkey, .. } => passkey.as_deref(),
            _ => None,
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
    /// Its word in tables, records and JSON.
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

/// Who decided a proposal, when and how.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Decision {
    /// How.
    pub outcome: Outcome,
    /// Who.
    pub by: OfficerId,
    /// When.
    pub at: Timestamp,
}

/// A change that one officer proposed.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Proposal {
    /// Its number, from 1.
    pub id: i64,
    /// What is to be done.
    pub change: Change,
    /// By whom.
    pub proposed_by: OfficerId,
    /// When.
    pub proposed_at: Timestamp,
    /// What became of it; `None` while it is open.
    pub decision: Option<Decision>,
}

/// Whether `by` may propose `change`, given everybody on the register.
pub(crate) fn may_propose(change: &Change, by: &Officer, everybody: &[Officer]) -> Result<(), ChangeError> {
    may_touch(change, by, everybody)?;
    if let Change::Appoint { role, .. } = change
        && !by.role().appoints(*role)
    {
        return Err(ChangeError::OutOfRank {
            by: by.role(),
            role: *role,
        });
    }
    fits(change, everybody)
}

/// Whether `by` may decide `proposal`: open, proposed by another, within the rank; and still possible, if it is to be.
pub(crate) fn may_decide(
    proposal: &Proposal,
    outcome: Outcome,
    by: &Officer,
    everybody: &[Officer],
) -> Result<(), ChangeError> {
    may_touch(&proposal.change, by, everybody)?;
    if proposal.proposed_by == by.id() {
        return Err(ChangeError::SameOfficer);
    }
    if proposal.decision.is_some() {
        return Err(ChangeError::Decided);
    }
    match outcome {
        Outcome::Approved => {
            let proposer = find(everybody, proposal.proposed_by)?;
            may_propose(&proposal.change, proposer, everybody)
        }
        Outcome::Rejected => Ok(()),
    }
}

/// Rank and person, for both halves of a change.
fn may_touch(change: &Change, by: &Officer, everybody: &[Officer]) -> Result<(), ChangeError> {
    if by.role() == Role::DELEGATED_OPERATOR {
        return Err(ChangeError::DelegationTooDeep);
    }
    by.permit(Permission::ManageOfficers)?;
    if change.subject() == Some(by.id()) {
        return Err(ChangeError::AboutOneself);
    }
    let subject = change.subject().map(|id| find(everybody, id)).transpose()?;
    let before = subject.map(Officer::role);
    let after = change.post().map(|(role, _)| role);
    if let (Some(before), Some(after)) = (before, after)
        && before.branch() != after.branch()
    {
        return Err(ChangeError::OtherBranch);
    }
    match before.into_iter().chain(after).find(|role| !by.role().oversees(*role)) {
        Some(role) => Err(ChangeError::OutOfRank { by: by.role(), role }),
        None => Ok(()),
    }
}

/// Whether the change fits how things are.
fn fits(change: &Change, everybody: &[Officer]) -> Result<(), ChangeError> {
    if let Some((role, body)) = change.post()
        && (role == Role::DELEGATED_OPERATOR) != body.is_some()
    {
        return Err(ChangeError::BodyMismatch);
    }
    let Some(subject) = change.subject() else { return Ok(()) };
    let subject = find(everybody, subject)?;
    let possible = match change {
        Change::Reinstate { .. } => subject.duty() == Duty::Suspended,
        Change::Dismiss { .. } => subject.duty() != Duty::Dismissed,
        _ => subject.duty() == Duty::On,
    };
    if !possible {
        return Err(ChangeError::WrongDuty { duty: subject.duty() });
    }
    let keeps_post = match change {
        Change::ChangeRole { role, .. } => *role == subject.role(),
        Change::Suspend { .. } | Change::Dismiss { .. } => false,
        Change::Appoint { .. }
        | Change::Reinstate { .. }
        | Change::RenewCredential { .. }
        | Change::BindCertificate { .. }
        | Change::UnbindCertificate { .. }
        | Change::BindPasskey { .. }
        | Change::UnbindPasskey { .. } => true,
    };
    let peers = everybody
        .iter()
        .filter(|officer| officer.role() == subject.role() && officer.duty() == Duty::On);
    let leaves = subject.duty() == Duty::On && !keeps_post;
    if leaves && subject.role().is_head() && peers.count() <= HEADS_MIN {
        return Err(ChangeError::TooFewHeads);
    }
    Ok(())
}

fn find(everybody: &[Officer], id: OfficerId) -> Result<&Officer, ChangeError> {
    everybody
        .iter()
        .find(|officer| officer.id() == id)
        .ok_or(ChangeError::NoSuchOfficer(id))
}
