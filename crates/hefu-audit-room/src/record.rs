//! One record: what it says, and whether it is the one that was sealed; with everything that a stranger needs to check it.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use gm_syntax::pem_text;
use hefu_page::page::time::time;
use hefu_page::page::{Asked, Page, nowhere, refuse, show};
use hefu_records::{Exhibit, Records, RecordsError, Seen};
use hefu_rulebook::{Explain as _, Language};
use hefu_web::PageOfficer;
use serde_json::json;

use crate::component::{Answer, Cell, Fact, Facts, Link, Shape};
use crate::words::{AuditWords, kind_name};
use crate::{AuditPages, HERE, about, reasons};

/// The whole exhibit.
const EXHIBIT: &str = "exhibit.json";
/// The public key of the seal, and the name under which an installation keeps it.
const KEY: &str = "seal.pem";
/// The exhibit's parts.
const PARTS: [&str; 3] = ["record.json", "proof.json", "checkpoint.json"];

#[derive(Template)]
#[template(path = "audit/record.html")]
struct One {
    page: Page,
    words: &'static AuditWords,
    title: String,
    verdict: Answer,
    facts: Facts,
    body: Option<String>,
    sealed: Option<Facts>,
    note: Option<String>,
    path: Vec<String>,
    command: Option<String>,
    files: Vec<Link>,
    later: Option<Link>,
    earlier: Option<Link>,
}

pub(crate) async fn record(
    State(door): State<AuditPages>,
    officer: PageOfficer,
    asked: Asked,
    Path((zone, index)): Path<(String, String)>,
) -> Response {
    let page = match door.frame(&asked, &officer).await {
        Ok(page) => page,
        Err(answer) => return *answer,
    };
    let (Some(records), Ok(index)) = (door.zones.get(zone.as_str()), index.parse::<u64>()) else {
        return nowhere(page);
    };
    match looked_at(records, index).await {
        Ok(Some((seen, exhibit))) => {
            let reason = match &seen.entry {
                Some(entry) => reasons::behind(&*door.reasons, entry).await,
                None => None,
            };
            let facts = facts(&door, &zone, &seen, reason, page.language);
            show(StatusCode::OK, &one(page, (&zone, &seen), &exhibit, facts))
        }
        Ok(None) => nowhere(page),
        Err(why) => refuse(page, &why),
    }
}

type Shown = Result<Exhibit, RecordsError>;

/// The record and its proof, or why it has none; nothing where the log is not so long.
async fn looked_at(records: &Records, index: u64) -> Result<Option<(Seen, Shown)>, RecordsError> {
    let Some(seen) = records.seen(index).await? else {
        return Ok(None);
    };
    match records.exhibit(index).await {
        // A database that does not answer is no verdict on the record.
        Err(why @ RecordsError::Database(_)) => Err(why),
        exhibit => Ok(Some((seen, exhibit))),
    }
}

fn one(page: Page, (zone, seen): (&str, &Seen), exhibit: &Shown, facts: Facts) -> One {
    let language = page.language;
    let words = AuditWords::of(language);
    let here = format!("{HERE}/records/{zone}");
    let index = seen.index;
    let exhibit_of = exhibit.as_ref().ok();
    let entry = seen.entry.as_ref();
    let kind = entry.map_or(words.gone, |entry| kind_name(&entry.kind, language));
    let way = |index: u64, name: &str| Link::new(format!("{here}/{index}"), format!("{name} #{index}"));
    One {
        title: format!("{zone} #{index} · {kind}"),
        verdict: verdict(exhibit, language),
        facts,
        body: entry.and_then(|entry| serde_json::to_string_pretty(&entry.body).ok()),
        sealed: exhibit_of.map(|exhibit| sealed(exhibit, language)),
        note: exhibit_of.map(|exhibit| exhibit.checkpoint.text.clone()),
        path: exhibit_of.map(|exhibit| exhibit.proof.path.clone()).unwrap_or_default(),
        command: exhibit_of.map(|_| {
            let (exhibit, key) = (file_name(zone, index, EXHIBIT), key_name(zone));
            format!("hefu records check {exhibit} --key {key}")
        }),
        files: exhibit_of.map(|_| files(&here, index, words)).unwrap_or_default(),
        later: Some(way(index + 1, words.later)).filter(|_| exhibit_of.is_some_and(|one| one.proof.size > index + 1)),
        earlier: index.checked_sub(1).map(|before| way(before, words.earlier)),
        page: page
            .under(Link::new(HERE, words.overview))
            .under(Link::new(here, words.zone_name(zone))),
        words,
    }
}

fn verdict(exhibit: &Shown, language: Language) -> Answer {
    let words = AuditWords::of(language);
    match exhibit {
        Ok(exhibit) => {
            let steps = exhibit.proof.path.len();
            let (size, origin) = (exhibit.checkpoint.size, &exhibit.checkpoint.origin);
            let way = match language {
                Language::Chinese => {
                    format!("从该记录的叶哈希经 {steps} 步到达检查点的根；检查点覆盖 {origin} 的 {size} 条记录。")
                }
                Language::English => format!(
                    "From the leaf of this record {steps} steps lead to the root of the checkpoint over {size} records of {origin}."
                ),
            };
            Answer::new(Shape::Good, words.record_holds)
                .because(way, None)
                .because(words.signature_holds, None)
        }
        Err(why @ RecordsError::NotSealed { .. }) => Answer::new(Shape::Wait, words.not_sealed)
            .because(why.message(language), None)
            .because(words.not_sealed_hint, None),
        Err(why) => Answer::new(Shape::Ended, words.record_broken)
            .because(why.message(language), None)
            .because(words.record_broken_hint, None),
    }
}

/// What the record says; for an opening or a reading also why, in the officer's words.
fn facts(door: &AuditPages, zone: &str, seen: &Seen, reason: Option<(String, bool)>, language: Language) -> Facts {
    let words = AuditWords::of(language);
    let mut facts = vec![Fact::new(words.place, format!("{zone} #{}", seen.index))];
    if let Some(entry) = &seen.entry {
        let kind = kind_name(&entry.kind, language).to_owned();
        facts.push(Fact::new(words.what, Cell::Noted(kind, entry.kind.clone())));
        facts.push(Fact::new(words.when, time(entry.at)));
        facts.push(Fact::new(words.who, door.doer(&entry.actor)).note(entry.actor.clone()));
        facts.push(Fact::new(words.subject, about(&entry.subject, language)));
    }
    if let Some((reason, holds)) = reason {
        let note = if holds {
            words.reason_holds
        } else {
            words.reason_differs
        };
        facts.push(Fact::new(words.reason, reason).note(note));
    }
    if let Some(leaf) = &seen.leaf {
        facts.push(Fact::new(words.leaf, Cell::Code(leaf.to_string())));
    }
    Facts::new(facts)
}

fn sealed(exhibit: &Exhibit, language: Language) -> Facts {
    let words = AuditWords::of(language);
    let checkpoint = &exhibit.checkpoint;
    Facts::new([
        Fact::new(words.log, Cell::Code(checkpoint.origin.clone())),
        Fact::new(words.covers, Cell::Number(checkpoint.size.to_string())),
        Fact::new(words.root, Cell::Code(checkpoint.root.clone())),
    ])
}

fn files(here: &str, index: u64, words: &'static AuditWords) -> Vec<Link> {
    let names = [
        (EXHIBIT, words.file_exhibit),
        ("record.json", words.file_record),
        ("proof.json", words.file_proof),
        ("checkpoint.json", words.file_checkpoint),
        (KEY, words.file_key),
    ];
    let link = |(name, label)| Link::new(format!("{here}/{index}/files/{name}"), label);
    names.into_iter().map(link).collect()
}

/// A file of a record, for whoever checks it elsewhere.
pub(crate) async fn file(
    State(door): State<AuditPages>,
    officer: PageOfficer,
    asked: Asked,
    Path((zone, index, name)): Path<(String, String, String)>,
) -> Response {
    let page = match door.frame(&asked, &officer).await {
        Ok(page) => page,
        Err(answer) => return *answer,
    };
    let (Some(records), Ok(index)) = (door.zones.get(zone.as_str()), index.parse::<u64>()) else {
        return nowhere(page);
    };
    if name == KEY {
        let pem = pem_text::encode("PUBLIC KEY", records.seal_key().spki());
        return attached("application/x-pem-file", &key_name(&zone), pem.into_bytes());
    }
    if name != EXHIBIT && !PARTS.contains(&name.as_str()) {
        return nowhere(page);
    }
    match records.exhibit(index).await {
        Ok(exhibit) => {
            let part = match name.as_str() {
                "record.json" => json!(exhibit.record),
                "proof.json" => json!(exhibit.proof),
                "checkpoint.json" => json!(exhibit.checkpoint),
                _ => json!(exhibit),
            };
            attached(
                "application/json",
                &file_name(&zone, index, &name),
                part.to_string().into_bytes(),
            )
        }
        Err(why) => refuse(page, &why),
    }
}

/// The name under which a browser keeps a file of a record.
fn file_name(zone: &str, index: u64, name: &str) -> String {
    format!("{zone}-{index}-{name}")
}

/// The name that an installation gives to the public key of a zone's seal.
fn key_name(zone: &str) -> String {
    format!("records-{zone}.pub")
}

/// A file to keep. Its name is of our own making.
pub(crate) fn attached(kind: &'static str, name: &str, octets: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let disposition = HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment"));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    (StatusCode::OK, headers, octets).into_response()
}
