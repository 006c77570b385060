//! Facts: what this crate tells others through the records; versioned, in the past tense, without personal data.
//!
//! Who applies stands in the records only as the number of a file. Words that may name people are committed to by a
//! keyed digest; evidence and texts by their SM3.

use hefu_officers::OfficerId;
use hefu_records::NewEntry;
use hefu_rulebook::Explain;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::agreement::Agreement;
use crate::applicant::SubjectKind;
use crate::check::IdentityCheck;
use crate::consent::Consent;
use crate::evidence::{Evidence, Reason};
use crate::id::ApplicantId;
use crate::keyed::KeyedDigest;
use crate::text::{Text, TextKind};
use crate::verification::Asked;

/// Who did something, and when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct By {
    pub(crate) officer: OfficerId,
    pub(crate) at: Timestamp,
}

fn entry(kind: &str, subject: String, by: By, body: Value) -> NewEntry {
    NewEntry {
        at: by.at,
        kind: kind.to_owned(),
        subject,
        actor: by.officer.actor(),
        body,
    }
}

pub(crate) fn registered(id: ApplicantId, kind: SubjectKind, sealed: &[u8], by: By) -> NewEntry {
    let body = json!({ "kind": kind.as_str(), "sealed_sm3": hex::encode(gm_suite::sm3(sealed)) });
    entry("applicant-registered/1", id.subject(), by, body)
}

pub(crate) fn key_noted(id: ApplicantId, key_sm3: &[u8; 32], by: By) -> NewEntry {
    entry(
        "applicant-key-noted/1",
        id.subject(),
        by,
        json!({ "key_sm3": hex::encode(key_sm3) }),
    )
}

/// By an officer or by a service.
pub(crate) fn evidence_taken(evidence: &Evidence) -> NewEntry {
    NewEntry {
        at: evidence.taken_at,
        kind: "evidence-taken/1".to_owned(),
        subject: evidence.id.subject(),
        actor: evidence.taken_by.clone(),
        body: json!({
            "applicant": evidence.applicant,
            "kind": evidence.kind.as_str(),
            "media": evidence.media.as_str(),
            "octets": evidence.octets,
            "sm3": hex::encode(evidence.sm3),
            "verdict": evidence.verdict.map(crate::verification::Verdict::as_str),
        }),
    }
}

pub(crate) fn evidence_opened(evidence: &Evidence, reason: &Reason, words: KeyedDigest, by: By) -> NewEntry {
    let body = json!({
        "applicant": evidence.applicant,
        "purpose": reason.purpose().as_str(),
        "reason": hex::encode(words.as_bytes()),
        "sm3": hex::encode(evidence.sm3),
    });
    entry("evidence-opened/1", evidence.id.subject(), by, body)
}

pub(crate) fn file_read(id: ApplicantId, reason: &Reason, words: KeyedDigest, by: By) -> NewEntry {
    let body = json!({ "purpose": reason.purpose().as_str(), "reason": hex::encode(words.as_bytes()) });
    entry("applicant-read/1", id.subject(), by, body)
}

pub(crate) fn consent_given(consent: &Consent) -> NewEntry {
    let body = json!({
        "applicant": consent.applicant,
        "version": consent.version,
        "text_sm3": hex::encode(consent.text_sm3),
        "language": consent.language.tag(),
        "means": consent.means.as_str(),
    });
    let by = By {
        officer: consent.taken_by,
        at: consent.given_at,
    };
    entry("consent-given/1", consent.id.subject(), by, body)
}

pub(crate) fn consent_withdrawn(consent: &Consent, by: By) -> NewEntry {
    entry(
        "consent-withdrawn/1",
        consent.id.subject(),
        by,
        json!({ "applicant": consent.applicant }),
    )
}

pub(crate) fn asked(asked: &Asked, applicant: ApplicantId, officer: OfficerId) -> NewEntry {
    let by = By {
        officer,
        at: asked.asked_at,
    };
    let body = json!({ "applicant": applicant, "service": asked.service });
    entry("verification-asked/1", asked.reference.subject(), by, body)
}

/// The check's own document is the body, so the record can be compared with it whole.
pub(crate) fn checked(check: &IdentityCheck, by: By) -> NewEntry {
    let proof = check.proof();
    let body = json!({
        "applicant": proof.applicant,
        "document": check.document(),
        "good_until": proof.good_until.as_microsecond(),
        "sm3": proof.sm3,
    });
    entry("identity-checked/1", check.id().subject(), by, body)
}

pub(crate) fn published(text: &Text, supersedes: Option<&str>, by: By) -> NewEntry {
    use hefu_rulebook::Language::{Chinese, English};
    let body = json!({
        "version": text.version(),
        "zh_sm3": hex::encode(text.sm3(Chinese)),
        "en_sm3": hex::encode(text.sm3(English)),
        "supersedes": supersedes,
    });
    entry("text-published/1", format!("text:{}", text.kind().as_str()), by, body)
}

pub(crate) fn agreed(agreement: &Agreement, signatory: Option<KeyedDigest>, by: By) -> NewEntry {
    let kind = match agreement.kind {
        TextKind::Notice => "text-acknowledged/1",
        TextKind::Contract => "text-signed/1",
    };
    let body = json!({
        "applicant": agreement.applicant,
        "version": agreement.version,
        "language": agreement.shown.language.tag(),
        "shown_sm3": hex::encode(agreement.shown.sm3),
        "signatory": signatory.map(|digest| hex::encode(digest.as_bytes())),
    });
    entry(kind, agreement.id.subject(), by, body)
}

pub(crate) fn copied(copy: &crate::copy::Copy) -> NewEntry {
    let by = By {
        officer: copy.made_by,
        at: copy.made_at,
    };
    let body = json!({ "side": copy.side.as_str(), "octets": copy.octets, "pdf_sm3": hex::encode(copy.sm3) });
    entry("agreement-copied/1", copy.agreement.subject(), by, body)
}

pub(crate) fn restricted(id: ApplicantId, retain_until: Timestamp, by: By) -> NewEntry {
    let body = json!({ "retain_until": retain_until.as_microsecond() });
    entry("applicant-restricted/1", id.subject(), by, body)
}

/// A rule said no.
pub(crate) fn refused(act: &str, subject: String, actor: String, at: Timestamp, error: &dyn Explain) -> NewEntry {
    let rule = error
        .citation()
        .map(|rule| json!({ "instrument": rule.instrument, "article": rule.article }));
    NewEntry {
        at,
        kind: "applicant-act-refused/1".to_owned(),
        subject,
        actor,
        body: json!({ "act": act, "code": error.code(), "rule": rule }),
    }
}
