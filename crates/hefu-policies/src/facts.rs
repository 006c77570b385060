//! What it tells others through the records. Texts, receipts and names of persons stay in the tables; records name them
//! by digest.

use hefu_officers::OfficerId;
use hefu_records::NewEntry;
use hefu_rulebook::{Explain, Language, day_of};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::act::{Filing, Outcome, Proposal};
use crate::disclosure::Disclosure;
use crate::document::{Published, sm3_hex};
use crate::licence::Licence;

/// Who the records name where there is no officer: the first version of an installation.
pub(crate) const OPERATOR: &str = "operator";

fn entry(kind: &str, subject: String, actor: &str, at: Timestamp, body: Value) -> NewEntry {
    NewEntry {
        at,
        kind: kind.to_owned(),
        subject,
        actor: actor.to_owned(),
        body,
    }
}

/// A version was published.
pub(crate) fn published(document: &Published, actor: &str, proposal: Option<i64>) -> NewEntry {
    let at = document.published_at;
    let body = json!({
        "on": day_of(at).to_string(),
        "series": document.series,
        "version": document.version,
        "effective_on": document.effective_on.to_string(),
        "covers": document.covers,
        "sm3_zh": document.sm3(Language::Chinese),
        "sm3_en": document.sm3(Language::English),
        "topics_missing": document.missing.iter().map(|it| format!("{}/{}", it.topic, it.language)).collect::<Vec<_>>(),
        "sample": document.sample,
        "proposal": proposal,
    });
    entry("policy-published/1", document.subject(), actor, at, body)
}

/// A version was filed.
pub(crate) fn filed(filing: &Filing, receipt: &[u8], actor: &str, at: Timestamp, proposal: i64) -> NewEntry {
    let subject = format!("{} {}", filing.series, filing.version);
    let body = json!({
        "on": filing.on.to_string(),
        "recipient": filing.recipient,
        "receipt_sm3": sm3_hex(receipt),
        "proposal": proposal,
    });
    entry("policy-filed/1", subject, actor, at, body)
}

/// The licence was recorded, or a change of it.
pub(crate) fn licence(licence: &Licence, actor: &str, at: Timestamp, proposal: i64) -> NewEntry {
    let body = json!({
        "on": day_of(at).to_string(),
        "issuing_authority": licence.issuing_authority,
        "issued_on": licence.issued_on.to_string(),
        "valid_from": licence.valid_from.to_string(),
        "valid_until": licence.valid_until.to_string(),
        "sm3": licence.sm3(),
        "proposal": proposal,
    });
    entry("licence-recorded/1", licence.number.clone(), actor, at, body)
}

/// The disclosure says something new since `at`.
pub(crate) fn disclosed(disclosure: &Disclosure, actor: &str, at: Timestamp) -> NewEntry {
    let items: Vec<&str> = disclosure.items.iter().map(|item| item.id).collect();
    let body = json!({
        "on": day_of(at).to_string(),
        "items": items,
        "sm3": sm3_hex(&serde_json::to_vec(disclosure).unwrap_or_default()),
    });
    entry("disclosure-published/1", String::new(), actor, at, body)
}

/// An act was proposed.
pub(crate) fn proposed(proposal: &Proposal) -> NewEntry {
    let body = json!({
        "proposal": proposal.id, "act": proposal.act.as_str(), "sm3": proposal.act.sm3(),
    });
    let actor = proposal.proposed_by.actor();
    entry(
        "policy-act-proposed/1",
        proposal.act.subject(),
        &actor,
        proposal.proposed_at,
        body,
    )
}

/// A proposal was decided.
pub(crate) fn decided(proposal: &Proposal, outcome: Outcome, by: OfficerId, at: Timestamp) -> NewEntry {
    let body = json!({
        "proposal": proposal.id, "act": proposal.act.as_str(), "outcome": outcome.as_str(), "sm3": proposal.act.sm3(),
    });
    entry("policy-act-decided/1", proposal.act.subject(), &by.actor(), at, body)
}

/// A rule said no.
pub(crate) fn refused(act: &str, subject: String, by: OfficerId, at: Timestamp, error: &dyn Explain) -> NewEntry {
    let rule = error
        .citation()
        .map(|rule| json!({ "instrument": rule.instrument, "article": rule.article }));
    let body = json!({ "act": act, "code": error.code(), "rule": rule });
    entry("policy-act-refused/1", subject, &by.actor(), at, body)
}
