//! `hefu records`: the proof of a whole store from outside, and records and checkpoints as the service shows them.

use hefu_client::Entry;
use jiff::Timestamp;
use record_log::SignedCheckpoint;
use rust_i18n::t;
use serde_json::{Value, json};

use crate::{
    arguments::{RecordsCheckpoint, RecordsShow},
    describe::{clip, when},
    failure::{Exit, Failure},
    files,
    screen::{Screen, Tone},
    session,
    words::columns,
};

/// Widest body of a record in a table, in characters; `--json` has all of it.
const BODY_CHARACTERS: usize = 60;

/// `hefu records show`.
pub(crate) fn show(asked: &RecordsShow, screen: Screen) -> Result<(), Failure> {
    let client = session::visitor(&asked.service)?;
    let page_of = client.entries(asked.zone.name(), asked.from, asked.limit)?;
    screen.show(&page_of, |page| {
        if page_of.items.is_empty() {
            return page.line(&t!("search.nothing"));
        }
        let head = columns(&["index", "at", "kind", "subject", "actor", "body"]);
        page.table(&head, page_of.items.iter().map(row).collect())
    })
}

fn row(entry: &Entry) -> Vec<String> {
    vec![
        entry.index.to_string(),
        moment(&entry.at),
        entry.kind.clone(),
        entry.subject.clone(),
        entry.actor.clone(),
        clip(&entry.body.to_string(), BODY_CHARACTERS),
    ]
}

/// RFC 3339, or microseconds since 1970.
fn moment(at: &Value) -> String {
    let told = match at {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => number
            .as_i64()
            .and_then(|micros| Timestamp::from_microsecond(micros).ok()),
        _ => None,
    };
    told.map_or_else(|| at.to_string(), when)
}

/// `hefu records checkpoint`: with `--key` its signature is checked: exit status 0 genuine, 1 not.
pub(crate) fn checkpoint(asked: &RecordsCheckpoint, screen: Screen) -> Result<Exit, Failure> {
    let text = session::visitor(&asked.service)?.checkpoint(asked.zone.name())?;
    if let Some(out) = &asked.out {
        files::replace(out, text.as_bytes())?;
    }
    let signed = SignedCheckpoint::parse(&text);
    let signed = signed.map_err(|why| Failure::malformed(&asked.service.url, &t!("file.checkpoint"), &why))?;
    let stated = signed.unverified();
    let key = asked.key.as_deref().map(files::public_key).transpose()?;
    let genuine = key.map(|key| signed.verify(stated.origin(), &key).is_ok());
    let machine = json!({
        "origin": stated.origin(),
        "size": stated.size(),
        "root": stated.root().to_base64(),
        "genuine": genuine,
        "text": text,
    });
    screen.show(&machine, |page| {
        match genuine {
            Some(true) => page.outcome(Tone::Good, &t!("checkpoint.genuine"))?,
            Some(false) => page.outcome(Tone::Bad, &t!("checkpoint.forged"))?,
            None => page.outcome(Tone::Doubtful, &t!("checkpoint.not-checked"))?,
        }
        page.line(&text)
    })?;
    Ok(if genuine == Some(false) { Exit::No } else { Exit::Done })
}
