//! Facts: what the registration authority tells others through the records; versioned, in the past tense.
//!
//! The records may be read by anybody who checks them, so they hold no personal data. Where the content of an act is
//! personal there stands a commitment: SM3 over the application's random salt, a label and the content as canonical
//! JSON (keys in order, no space). Salt and content are in the tables; whoever is shown both can check the record,
//! and nobody else can guess.

use gm_suite::sm3;
use hefu_officers::OfficerId;
use hefu_records::NewEntry;
use hefu_rulebook::Explain;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use crate::application::{ApplicationId, Form, Reason, Salt, Step};
use crate::case::Case;
use crate::case_file::{AgreementProof, CheckProof};
use crate::certificate::Delivery;
use crate::contract::{Contract, Notice};
use crate::identity::Identity;
use crate::list::{CertificateState, Find};
use crate::request::Request;
use crate::status_change::StatusChange;

/// The leaf hash of a record (RFC 9162 over SM3), by which it is named outside.
///
/// An entry that could not be written would hash like an empty one; but then `append` refuses it in the same
/// transaction, and nobody ever sees the hash.
pub(crate) fn leaf(entry: &NewEntry) -> [u8; 32] {
    const LEAF: u8 = 0x00;
    let mut octets = vec![LEAF];
    octets.extend(entry.to_bytes().unwrap_or_default());
    sm3(&octets)
}

/// The registration authority itself, as the doer of what no officer did.
const AUTHORITY: &str = "ra";

/// The subject of a refusal at the counter, where there is no application yet.
const COUNTER: &str = "counter";

/// An application was entered.
pub(crate) fn entered(form: &Form) -> NewEntry {
    let mut body = json!({
        "kind": form.kind.as_str(),
        "profile": form.profile,
        "commitment": commitment(form.salt, "form", &Entered::of(form)),
    });
    if let (Some(replaces), Value::Object(fields)) = (&form.replaces, &mut body) {
        fields.insert("replaces".to_owned(), replaces.as_str().into());
    }
    if let (Some(applicant), Value::Object(fields)) = (&form.applicant, &mut body) {
        fields.insert("applicant".to_owned(), applicant.as_str().into());
    }
    by_officer("application-entered/1", form.id, form.entered_by, form.entered_at, body)
}

/// The two numbers of an agreement in the applicant's file: the same stand in that file's own records.
fn agreed(body: &mut Value, proof: Option<&AgreementProof>) {
    if let (Some(proof), Value::Object(fields)) = (proof, body) {
        let proof = json!({ "agreement": proof.number, "sm3": proof.sm3 });
        fields.insert("proof".to_owned(), proof);
    }
}

/// The two numbers of a check in the applicant's file.
fn checked(body: &mut Value, proof: Option<&CheckProof>) {
    if let (Some(proof), Value::Object(fields)) = (proof, body) {
        let proof = json!({ "check": proof.number, "sm3": proof.sm3 });
        fields.insert("proof".to_owned(), proof);
    }
}

/// What was entered, in the order of the letters.
#[derive(Serialize)]
struct Entered<'a> {
    csr: Option<String>,
    fields: &'a std::collections::BTreeMap<String, String>,
    public_key: String,
    temporary_key: Option<String>,
    validity_days: Option<u32>,
}

impl<'a> Entered<'a> {
    fn of(form: &'a Form) -> Self {
        let digest = |octets: &[u8]| hex::encode(sm3(octets));
        Self {
            csr: form.csr.as_deref().map(digest),
            fields: &form.fields,
            public_key: digest(&form.public_key),
            temporary_key: form.temporary_key.as_deref().map(digest),
            validity_days: form.validity_days,
        }
    }
}

/// The applicant acknowledged the notice.
pub(crate) fn noticed(form: &Form, step: &Step<Notice>) -> NewEntry {
    let mut body = json!({ "version": step.what.version() });
    agreed(&mut body, step.what.proof.as_ref());
    by_officer("notice-acknowledged/1", form.id, step.by, step.at, body)
}

/// The applicant signed the contract. Who signed is personal.
pub(crate) fn contracted(form: &Form, step: &Step<Contract>) -> NewEntry {
    let mut body = json!({
        "version": step.what.version(),
        "commitment": commitment(form.salt, "contract", &step.what),
    });
    agreed(&mut body, step.what.proof.as_ref());
    by_officer("contract-signed/1", form.id, step.by, step.at, body)
}

/// An officer verified the applicant's identity.
pub(crate) fn identified(form: &Form, step: &Step<Identity>) -> NewEntry {
    let mut body = json!({ "commitment": commitment(form.salt, "identity", &step.what) });
    checked(&mut body, step.what.proof.as_ref());
    by_officer("identity-verified/1", form.id, step.by, step.at, body)
}

/// Another officer approved. The leaf hash of this record goes with the request to the certification authority.
pub(crate) fn approved(form: &Form, by: OfficerId, at: Timestamp) -> NewEntry {
    let body = json!({
        "entered_by": form.entered_by.actor(),
        "commitment": commitment(form.salt, "form", &Entered::of(form)),
    });
    by_officer("application-approved/1", form.id, by, at, body)
}

/// An officer ended the application.
pub(crate) fn rejected(form: &Form, step: &Step<Reason>) -> NewEntry {
    let body = json!({ "commitment": commitment(form.salt, "rejection", &step.what.as_str()) });
    by_officer("application-rejected/1", form.id, step.by, step.at, body)
}

/// Issuance was asked for, under this number.
pub(crate) fn requested(form: &Form, request: &Request) -> NewEntry {
    let body = json!({ "request": request.number() });
    by_officer("certificate-requested/1", form.id, request.by, request.at, body)
}

/// The certificates came, in answer to the batch with this digest.
pub(crate) fn issued(case: &Case, delivery: &Delivery, batch: [u8; 32], at: Timestamp) -> NewEntry {
    let body = json!({
        "request": case.steps().request.map(Request::number),
        "batch": hex::encode(batch),
        "serials": delivery.serials(),
    });
    by_authority("certificate-delivered/1", case.id(), at, body)
}

/// The certification authority refused for good under this number.
pub(crate) fn issuance_refused(form: &Form, request: &Request, code: &str, at: Timestamp) -> NewEntry {
    let body = json!({ "request": request.number(), "code": code });
    by_authority("issuance-refused/1", form.id, at, body)
}

/// A change of status was asked for.
pub(crate) fn change_requested(change: &StatusChange) -> NewEntry {
    let mut body = json!({
        "act": change.act.as_str(),
        "serial": change.serial,
        "request": change.number(),
        "commitment": commitment(change.salt, "status-change", &(change.reason.as_str(), &change.identity)),
    });
    checked(&mut body, change.identity.proof.as_ref());
    if let (Some(ground), Value::Object(fields)) = (change.act.ground(), &mut body) {
        fields.insert("ground".to_owned(), ground.slug().into());
    }
    let mut entry = by_officer(
        "status-change-requested/1",
        change.application,
        change.by,
        change.at,
        body,
    );
    // Nobody at the desk did it; the officer is the one who once verified the holder's identity.
    if let (Some(word), Value::Object(fields)) = (&change.identity.holders_word, &mut entry.body) {
        fields.insert("vouched_by".to_owned(), entry.actor.into());
        entry.actor = word.actor();
    }
    entry
}

/// The certification authority changed the status of these certificates.
pub(crate) fn change_done(change: &StatusChange, serials: &[String], at: Timestamp, batch: [u8; 32]) -> NewEntry {
    let body = json!({
        "act": change.act.as_str(),
        "request": change.number(),
        "batch": hex::encode(batch),
        "serials": serials,
    });
    by_authority("status-change-answered/1", change.application, at, body)
}

/// The certification authority refused the change.
pub(crate) fn change_refused(change: &StatusChange, code: &str, at: Timestamp) -> NewEntry {
    let body = json!({ "act": change.act.as_str(), "request": change.number(), "code": code });
    by_authority("status-change-refused/1", change.application, at, body)
}

/// An officer took a list of certificates away. What was searched for may be a name, so only that something was.
pub(crate) fn exported(find: &Find, count: u64, by: OfficerId, at: Timestamp) -> NewEntry {
    let day = |date: Option<jiff::civil::Date>| date.map(|date| date.to_string());
    let searched = match (find.serial_prefix(), &find.query) {
        (Some(_), _) => Some("serial"),
        (None, Some(_)) => Some("name"),
        (None, None) => None,
    };
    NewEntry {
        at,
        kind: "list-exported/1".to_owned(),
        subject: "certificates".to_owned(),
        actor: by.actor(),
        body: json!({
            "count": count,
            "filters": {
                "searched": searched,
                "state": find.state.map(CertificateState::as_str),
                "profile": find.profile,
                "ends_from": day(find.ends_from),
                "ends_before": day(find.ends_before),
            },
        }),
    }
}

/// A rule said no to an officer's act.
pub(crate) fn refused(
    act: &str,
    application: Option<ApplicationId>,
    by: OfficerId,
    at: Timestamp,
    error: &dyn Explain,
) -> NewEntry {
    let rule = error
        .citation()
        .map(|rule| json!({ "instrument": rule.instrument, "article": rule.article }));
    NewEntry {
        at,
        kind: "application-refused/1".to_owned(),
        subject: application.map_or_else(|| COUNTER.to_owned(), ApplicationId::subject),
        actor: by.actor(),
        body: json!({ "act": act, "code": error.code(), "rule": rule }),
    }
}

fn by_officer(kind: &str, application: ApplicationId, by: OfficerId, at: Timestamp, body: Value) -> NewEntry {
    NewEntry {
        at,
        kind: kind.to_owned(),
        subject: application.subject(),
        actor: by.actor(),
        body,
    }
}

fn by_authority(kind: &str, application: ApplicationId, at: Timestamp, body: Value) -> NewEntry {
    NewEntry {
        at,
        kind: kind.to_owned(),
        subject: application.subject(),
        actor: AUTHORITY.to_owned(),
        body,
    }
}

/// SM3 over salt, label, a zero octet and the content as canonical JSON, in hexadecimal.
///
/// The content's own types keep their fields in the order of the letters, and its maps are sorted.
fn commitment(salt: Salt, label: &str, content: &impl Serialize) -> String {
    let mut octets = Vec::with_capacity(512);
    octets.extend_from_slice(&salt.0);
    octets.extend_from_slice(label.as_bytes());
    octets.push(0);
    // Maps with text keys and plain values always encode; an empty tail would only make the commitment fail to open.
    let _ = serde_json::to_writer(&mut octets, content);
    hex::encode(sm3(&octets))
}
