//! Facts: what this crate tells others through the records; versioned, in the past tense, without personal data.
//!
//! A subscriber stands in the records as the number of their access; words are committed to by a keyed digest.

use hefu_officers::OfficerId;
use hefu_records::NewEntry;
use hefu_rulebook::Explain;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::access::{Access, AccessState};
use crate::delivery::{Answer, Delivery};
use crate::id::{AccessId, SupplementId};
use crate::matter::{Matter, Outcome};
use crate::registration::Agreeing;
use crate::store::matter::MatterRow;

/// The doer of what a stranger did.
pub(crate) const VISITOR: &str = "visitor";
/// The subject of what is about no application that is known.
const PORTAL: &str = "portal";

/// Who did something, and when.
#[derive(Clone, Debug)]
pub(crate) struct By {
    pub(crate) actor: String,
    pub(crate) at: Timestamp,
}

impl By {
    pub(crate) fn officer(officer: OfficerId, at: Timestamp) -> Self {
        Self {
            actor: officer.actor(),
            at,
        }
    }

    pub(crate) fn new(actor: impl Into<String>, at: Timestamp) -> Self {
        Self {
            actor: actor.into(),
            at,
        }
    }
}

fn entry(kind: &str, subject: String, by: &By, body: Value) -> NewEntry {
    NewEntry {
        at: by.at,
        kind: kind.to_owned(),
        subject,
        actor: by.actor.clone(),
        body,
    }
}

fn of(application: &str) -> String {
    format!("application:{application}")
}

pub(crate) fn access_made(access: &Access) -> NewEntry {
    let by = By::new(access.made_by.clone(), access.made_at);
    let body = json!({
        "access": access.id,
        "purpose": access.purpose.as_str(),
        "uses": access.uses_left,
        "expires_at": access.expires_at.as_microsecond(),
    });
    entry("access-code-made/1", of(&access.application), &by, body)
}

pub(crate) fn access_ended(id: AccessId, how: AccessState, by: &By) -> NewEntry {
    entry("access-code-ended/1", id.subject(), by, json!({ "how": how.as_str() }))
}

/// A session was opened with a code.
pub(crate) fn entered(access: &Access, at: Timestamp) -> NewEntry {
    let by = By::new(format!("subscriber:{}", access.id), at);
    let body = json!({ "purpose": access.purpose.as_str() });
    entry("subscriber-entered/1", access.id.subject(), &by, body)
}

/// A code was wrong; with the access that its number names, if it names one.
pub(crate) fn access_refused(access: Option<AccessId>, tries_left: Option<u32>, at: Timestamp) -> NewEntry {
    let subject = access.map_or_else(|| PORTAL.to_owned(), AccessId::subject);
    let by = By::new(VISITOR, at);
    entry("access-refused/1", subject, &by, json!({ "tries_left": tries_left }))
}

pub(crate) fn supplement_asked(id: SupplementId, application: &str, words: [u8; 32], by: &By) -> NewEntry {
    let body = json!({ "supplement": id, "words": hex::encode(words) });
    entry("supplement-asked/1", of(application), by, body)
}

pub(crate) fn supplement_answered(
    id: SupplementId,
    application: &str,
    words: [u8; 32],
    evidence: &[String],
    by: &By,
) -> NewEntry {
    let body = json!({ "supplement": id, "words": hex::encode(words), "evidence": evidence });
    entry("supplement-answered/1", of(application), by, body)
}

pub(crate) fn supplement_dropped(id: SupplementId, application: &str, by: &By) -> NewEntry {
    entry("supplement-dropped/1", of(application), by, json!({ "supplement": id }))
}

/// The applicant agreed through the portal; the agreement itself stands in the records of the applicant's file.
pub(crate) fn agreed(application: &str, agreeing: &Agreeing, agreement: &str, by: &By) -> NewEntry {
    let body = json!({
        "text": agreeing.kind.as_str(),
        "version": agreeing.version,
        "language": agreeing.language.tag(),
        "agreement": agreement,
    });
    entry("text-agreed-online/1", of(application), by, body)
}

/// The certificates left for the holder's hands.
pub(crate) fn handed_over(delivery: &Delivery, by: &By) -> NewEntry {
    let body = json!({ "answer_until": delivery.answer_until.as_microsecond() });
    entry("certificate-handed-over/1", of(&delivery.application), by, body)
}

pub(crate) fn answered(application: &str, answer: Answer, words: Option<[u8; 32]>, by: &By) -> NewEntry {
    let kind = match answer {
        Answer::Accepted => "certificate-accepted/1",
        Answer::Refused => "certificate-refused/1",
    };
    entry(kind, of(application), by, json!({ "words": words.map(hex::encode) }))
}

pub(crate) fn matter_opened(matter: &MatterRow, words: [u8; 32], by: &By) -> NewEntry {
    let body = json!({
        "matter": matter.id,
        "kind": matter.kind.as_str(),
        "serial": matter.serial,
        "words": hex::encode(words),
    });
    entry("matter-opened/1", of(&matter.application), by, body)
}

pub(crate) fn matter_settled(
    matter: &Matter,
    outcome: Outcome,
    became: Option<&str>,
    words: [u8; 32],
    by: &By,
) -> NewEntry {
    let body = json!({
        "matter": matter.id,
        "kind": matter.kind.as_str(),
        "outcome": outcome.as_str(),
        "serial": matter.serial,
        "became": became,
        "words": hex::encode(words),
    });
    entry("matter-settled/1", of(&matter.application), by, body)
}

/// A key was reported lost; written before the certificate is taken out of use.
pub(crate) fn loss_reported(application: &str, serial: &str, means: &str, by: &By) -> NewEntry {
    let body = json!({ "serial": serial, "means": means });
    entry("loss-reported/1", of(application), by, body)
}

/// What became of a reported loss at once.
pub(crate) fn loss_answered(application: &str, serial: &str, done: &str, by: &By) -> NewEntry {
    let body = json!({ "serial": serial, "done": done });
    entry("loss-answered/1", of(application), by, body)
}

/// A rule said no.
pub(crate) fn refused(act: &str, application: Option<&str>, by: &By, error: &dyn Explain) -> NewEntry {
    let rule = error
        .citation()
        .map(|rule| json!({ "instrument": rule.instrument, "article": rule.article }));
    let subject = application.map_or_else(|| PORTAL.to_owned(), of);
    let body = json!({ "act": act, "code": error.code(), "rule": rule });
    entry("subscriber-act-refused/1", subject, by, body)
}
