//! The answer as a whole: a verdict, and a line for each certificate that says how it was reached.

use jiff::Timestamp;

use crate::{
    anchor::Anchor,
    certificate::Certificate,
    options::{Options, RevocationScope},
    path::PathError,
    policy::PolicySet,
    reason::{Certainty, Reason, StatusGap},
    revocation::{CertificateStatus, Evidence},
    search::validate,
};

/// The three answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Valid at the time asked about, under what was trusted.
    Valid,
    /// Not valid, whatever else might be supplied.
    Invalid {
        /// Why.
        why: Reason,
    },
    /// It cannot be told from what was supplied.
    Unknown {
        /// What is missing.
        why: Reason,
    },
}

/// What a certificate is on its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The one that was asked about.
    Target,
    /// A certification authority between target and anchor.
    Intermediate,
    /// What is trusted.
    Anchor,
}

/// One certificate of the path.
#[derive(Clone, Debug)]
pub struct CertificateReport {
    /// The certificate.
    pub certificate: Certificate,
    /// What it is on the path.
    pub role: Role,
    /// What is known about its revocation.
    pub status: CertificateStatus,
    /// What is wrong with it, or not known about it.
    pub reason: Option<Reason>,
}

/// The whole answer.
#[derive(Clone, Debug)]
pub struct Report {
    /// The verdict.
    pub verdict: Verdict,
    /// The time asked about.
    pub at: Timestamp,
    /// The path, target first; the attempt that got furthest when there is none.
    pub certificates: Vec<CertificateReport>,
    /// The policies under which the path is valid; `None` when there is no path.
    pub policies: Option<PolicySet>,
}

/// Validates a path and looks at revocation along it.
///
/// Revocation is judged on the path that [`validate`] found; `options.revocation` says whose status must be known.
#[must_use]
pub fn check(
    target: &Certificate,
    intermediates: &[Certificate],
    anchors: &[Anchor],
    evidence: &Evidence,
    at: Timestamp,
    options: &Options,
) -> Report {
    match validate(target, intermediates, anchors, at, options) {
        Ok(path) => {
            let statuses = statuses(path.certificates(), evidence, at, options.revocation);
            let certificates = lines(path.certificates(), &statuses, options.revocation);
            Report {
                verdict: verdict(&certificates),
                at,
                certificates,
                policies: Some(path.policies().clone()),
            }
        }
        Err(failure) => failed(&failure, at),
    }
}

/// The status of each certificate; the last is the anchor, about which nobody can say anything.
fn statuses(
    path: &[Certificate],
    evidence: &Evidence,
    at: Timestamp,
    scope: RevocationScope,
) -> Vec<CertificateStatus> {
    let pairs = path.iter().zip(path.iter().skip(1));
    let below = pairs.map(|(certificate, issuer)| match scope {
        RevocationScope::None => CertificateStatus::NotChecked,
        RevocationScope::Target | RevocationScope::Chain => evidence.status(certificate, issuer, at),
    });
    below.chain([CertificateStatus::NotChecked]).collect()
}

fn lines(path: &[Certificate], statuses: &[CertificateStatus], scope: RevocationScope) -> Vec<CertificateReport> {
    path.iter()
        .zip(statuses)
        .enumerate()
        .map(|(index, (certificate, status))| {
            let role = role(index, path.len());
            let must_be_known = scope == RevocationScope::Chain || role == Role::Target;
            CertificateReport {
                certificate: certificate.clone(),
                role,
                status: *status,
                reason: reason(status).filter(|why| must_be_known || why.certainty() == Certainty::Invalid),
            }
        })
        .collect()
}

fn role(index: usize, length: usize) -> Role {
    match index {
        0 => Role::Target,
        _ if index + 1 == length => Role::Anchor,
        _ => Role::Intermediate,
    }
}

fn reason(status: &CertificateStatus) -> Option<Reason> {
    match *status {
        CertificateStatus::NotChecked | CertificateStatus::Good { .. } => None,
        CertificateStatus::Suspended { since, .. } => Some(Reason::Suspended { since }),
        CertificateStatus::Revoked { since, reason, .. } => Some(Reason::Revoked {
            since,
            reason: reason.code(),
        }),
        CertificateStatus::Unknown(gap) => Some(Reason::StatusUnknown(gap)),
    }
}

/// What is invalid decides before what is unknown.
fn verdict(certificates: &[CertificateReport]) -> Verdict {
    let reasons = || certificates.iter().filter_map(|line| line.reason.clone());
    let invalid = reasons().find(|why| why.certainty() == Certainty::Invalid);
    match (invalid, reasons().next()) {
        (Some(why), _) => Verdict::Invalid { why },
        (None, Some(why)) => Verdict::Unknown { why },
        (None, None) => Verdict::Valid,
    }
}

fn failed(failure: &PathError, at: Timestamp) -> Report {
    let attempted = failure.attempted.iter().enumerate();
    let certificates = attempted.map(|(index, certificate)| CertificateReport {
        certificate: certificate.clone(),
        role: match role(index, failure.attempted.len()) {
            Role::Anchor if !failure.anchored => Role::Intermediate,
            role => role,
        },
        status: CertificateStatus::NotChecked,
        reason: (index == failure.index).then(|| failure.reason.clone()),
    });
    let why = failure.reason.clone();
    Report {
        verdict: match failure.certainty() {
            Certainty::Invalid => Verdict::Invalid { why },
            Certainty::Unknown => Verdict::Unknown { why },
        },
        at,
        certificates: certificates.collect(),
        policies: None,
    }
}

impl Reason {
    /// The gap, where the reason is that a status is not known.
    #[must_use]
    pub fn status_gap(&self) -> Option<StatusGap> {
        match self {
            Self::StatusUnknown(gap) => Some(*gap),
            _ => None,
        }
    }
}
