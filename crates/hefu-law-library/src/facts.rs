//! What it tells others through the records. Texts stay in the tables; records name them by digest.

use hefu_officers::OfficerId;
use hefu_records::NewEntry;
use hefu_rulebook::Explain;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::edition::{Confirmed, Edition, Withdrawal, YearSet};
use crate::sm3_hex;

fn entry(kind: &str, subject: String, by: OfficerId, at: Timestamp, body: Value) -> NewEntry {
    NewEntry {
        at,
        kind: kind.to_owned(),
        subject,
        actor: by.actor(),
        body,
    }
}

/// An official text was loaded.
pub(crate) fn loaded(edition: &Edition) -> NewEntry {
    let body = json!({
        "edition": edition.id,
        "dated": edition.dated.to_string(),
        "source": edition.source,
        "sm3": edition.sm3,
        "articles": edition.text.articles().len(),
    });
    let subject = edition.instrument.clone();
    entry("law-text-loaded/1", subject, edition.loaded_by, edition.loaded_at, body)
}

/// A wording was found to agree with its article.
pub(crate) fn confirmed(one: &Confirmed) -> NewEntry {
    let body = json!({
        "confirmation": one.id,
        "edition": one.edition,
        "wording_sm3": sm3_hex(one.wording.as_bytes()),
        "articles_sm3": one.articles_sm3,
    });
    entry("wording-confirmed/1", one.obligation.clone(), one.by, one.at, body)
}

/// A confirmation was taken back.
pub(crate) fn withdrawn(one: &Confirmed, withdrawal: &Withdrawal) -> NewEntry {
    let body = json!({ "confirmation": one.id, "edition": one.edition, "reason": withdrawal.reason });
    let subject = one.obligation.clone();
    entry(
        "wording-confirmation-withdrawn/1",
        subject,
        withdrawal.by,
        withdrawal.at,
        body,
    )
}

/// A year of the calendar was set. `before` is the digest of the file that it replaces, if an officer had set one.
pub(crate) fn year_set(year: &YearSet, before: Option<&str>) -> NewEntry {
    let body = json!({ "sm3_before": before, "sm3": year.sm3 });
    entry("calendar-year-set/1", year.year.to_string(), year.by, year.at, body)
}

/// A rule said no.
pub(crate) fn refused(act: &str, subject: String, by: OfficerId, at: Timestamp, error: &dyn Explain) -> NewEntry {
    let rule = error
        .citation()
        .map(|rule| json!({ "instrument": rule.instrument, "article": rule.article }));
    let body = json!({ "act": act, "code": error.code(), "rule": rule });
    entry("law-act-refused/1", subject, by, at, body)
}
