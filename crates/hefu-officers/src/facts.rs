//! What the records learn of officers: numbers, posts and words, never names or keys.

use hefu_records::NewEntry;
use hefu_rulebook::Explain;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::change::{Change, Decision, Proposal};
use crate::duty::{DelegatedBody, Training};
use crate::officer::OfficerId;

fn entry(kind: &str, subject: String, by: OfficerId, at: Timestamp, body: Value) -> NewEntry {
    NewEntry {
        at,
        kind: kind.to_owned(),
        subject,
        actor: by.actor(),
        body,
    }
}

fn proposal_name(proposal: &Proposal) -> String {
    format!("officer-change:{}", proposal.id)
}

fn told(change: &Change) -> Value {
    let role = change.post().map(|(role, _)| role.as_str());
    let body = change.post().and_then(|(_, body)| body);
    json!({
        "act": change.as_str(), "officer": change.subject(), "role": role, "body": body,
        "certificate": change.certificate(),
    })
}

pub(crate) fn proposed(proposal: &Proposal) -> NewEntry {
    let (by, at) = (proposal.proposed_by, proposal.proposed_at);
    entry(
        "officer-change-proposed/1",
        proposal_name(proposal),
        by,
        at,
        told(&proposal.change),
    )
}

pub(crate) fn decided(proposal: &Proposal, decision: Decision, officer: Option<OfficerId>) -> NewEntry {
    let body = json!({
        "outcome": decision.outcome.as_str(),
        "proposed_by": proposal.proposed_by,
        "officer": officer,
        "change": told(&proposal.change),
    });
    entry(
        "officer-change-decided/1",
        proposal_name(proposal),
        decision.by,
        decision.at,
        body,
    )
}

pub(crate) fn trained(training: &Training, by: OfficerId, at: Timestamp) -> NewEntry {
    let body = json!({ "course": training.course, "passed_at": training.passed_at.to_string() });
    entry("training-recorded/1", training.officer.actor(), by, at, body)
}

pub(crate) fn body_filed(number: i64, body: &DelegatedBody, by: OfficerId, at: Timestamp) -> NewEntry {
    let told = json!({ "name": body.name, "filing": body.filing, "filed_on": body.filed_on.to_string() });
    entry(
        "delegated-body-filed/1",
        format!("delegated-body:{number}"),
        by,
        at,
        told,
    )
}

pub(crate) fn session_opened(number: &str, officer: OfficerId, by: &str, at: Timestamp) -> NewEntry {
    entry(
        "session-opened/1",
        officer.actor(),
        officer,
        at,
        json!({ "session": number, "by": by }),
    )
}

pub(crate) fn session_ended(number: &str, officer: OfficerId, at: Timestamp) -> NewEntry {
    entry(
        "session-ended/1",
        officer.actor(),
        officer,
        at,
        json!({ "session": number }),
    )
}

/// A rule said no to an officer: to an act about officers, a log-in, a look into a room of others.
pub(crate) fn refused(act: &str, by: OfficerId, at: Timestamp, error: &dyn Explain) -> NewEntry {
    let rule = error
        .citation()
        .map(|rule| json!({ "instrument": rule.instrument, "article": rule.article }));
    let body = json!({ "act": act, "code": error.code(), "rule": rule });
    entry("officer-act-refused/1", by.actor(), by, at, body)
}

/// Somebody came with a certificate below the door's roots that nobody bound; named by its digest.
pub(crate) fn stranger_refused(fingerprint: &str, at: Timestamp, code: &str) -> NewEntry {
    NewEntry {
        at,
        kind: "login-refused/1".to_owned(),
        subject: format!("certificate:{fingerprint}"),
        actor: "visitor".to_owned(),
        body: json!({ "code": code }),
    }
}

/// The operator bound a certificate to one of the first officers.
pub(crate) fn certificate_bound(officer: OfficerId, fingerprint: &str, actor: &str, at: Timestamp) -> NewEntry {
    NewEntry {
        at,
        kind: "officer-certificate-bound/1".to_owned(),
        subject: officer.actor(),
        actor: actor.to_owned(),
        body: json!({ "certificate": fingerprint }),
    }
}

/// A form in an officer's session was not taken.
pub(crate) fn form_refused(officer: OfficerId, fault: &str, path: &str, at: Timestamp) -> NewEntry {
    let body = json!({ "fault": fault, "path": path });
    entry("form-refused/1", officer.actor(), officer, at, body)
}
