//! Facts: what batches tell others through the records. Counts and the SM3 of the sheet; no personal data. Each row's
//! entry has the registration desk's own record.

use hefu_officers::OfficerId;
use hefu_records::NewEntry;
use hefu_rulebook::Explain;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::batch::{BatchId, Counts};

/// The office itself, as the doer of what no officer did.
const OFFICE: &str = "batch";

/// A sheet was taken in.
pub(crate) fn uploaded(id: BatchId, sheet: (&str, [u8; 32]), rows: u64, by: OfficerId, at: Timestamp) -> NewEntry {
    let body = json!({ "sheet": sheet.0, "sheet_sm3": hex::encode(sheet.1), "rows": rows });
    entry("batch-uploaded/1", id, by.actor(), at, body)
}

/// The dry run ended.
pub(crate) fn checked(id: BatchId, good: u64, bad: u64, at: Timestamp) -> NewEntry {
    entry(
        "batch-checked/1",
        id,
        OFFICE.to_owned(),
        at,
        json!({ "good": good, "bad": bad }),
    )
}

/// An officer had its rows entered, in their own name.
pub(crate) fn started(id: BatchId, rows: u64, by: OfficerId, at: Timestamp) -> NewEntry {
    entry("batch-started/1", id, by.actor(), at, json!({ "rows": rows }))
}

/// An officer gave it up after the dry run.
pub(crate) fn discarded(id: BatchId, by: OfficerId, at: Timestamp) -> NewEntry {
    entry("batch-discarded/1", id, by.actor(), at, json!({}))
}

/// Every good row was entered or refused.
pub(crate) fn finished(id: BatchId, sheet_sm3: &str, counts: Counts, at: Timestamp) -> NewEntry {
    let body = json!({
        "sheet_sm3": sheet_sm3,
        "entered": counts.entered,
        "refused": counts.refused,
        "bad": counts.bad,
    });
    entry("batch-finished/1", id, OFFICE.to_owned(), at, body)
}

/// A rule said no to an officer's act.
pub(crate) fn refused(act: &str, id: Option<BatchId>, by: OfficerId, at: Timestamp, error: &dyn Explain) -> NewEntry {
    let rule = error
        .citation()
        .map(|rule| json!({ "instrument": rule.instrument, "article": rule.article }));
    NewEntry {
        at,
        kind: "batch-act-refused/1".to_owned(),
        subject: id.map_or_else(|| OFFICE.to_owned(), BatchId::subject),
        actor: by.actor(),
        body: json!({ "act": act, "code": error.code(), "rule": rule }),
    }
}

fn entry(kind: &str, id: BatchId, actor: String, at: Timestamp, body: Value) -> NewEntry {
    NewEntry {
        at,
        kind: kind.to_owned(),
        subject: id.subject(),
        actor,
        body,
    }
}
