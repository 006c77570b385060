//! Who saw what: readings of files, openings of evidence, lists taken away, log-ins and sessions.
//!
//! Why evidence was opened stands in the records as a purpose and a commitment; the officer's own words may name people and
//! lie under seal; the page of the record shows them.

use axum::extract::State;
use axum::response::Response;
use hefu_page::page::time::time;
use hefu_page::page::{Asked, refuse, show};
use hefu_records::{Entry, Find};
use hefu_rulebook::Language;
use hefu_web::{ACCESS, PageOfficer, Query, given};
use serde::Deserialize;
use serde_json::Value;

use crate::across::{self, Found, Which};
use crate::component::{Cell, Choice, Column, Empty, Field, Filters, Input, Link, Pages, Table};
use crate::mishap::{Mishap, status_and_answer};
use crate::refusals::{List, place};
use crate::words::{AuditWords, kind_name, word_name};
use crate::{AuditPages, HERE, PAGE_ITEMS, about, next_page, record_link, with_query};

/// Openings of evidence and readings of files.
const FILES: [&str; 2] = ["applicant-read/1", "evidence-opened/1"];
/// Lists that left the house.
const EXPORTS: [&str; 1] = ["list-exported/1"];
/// Coming in and going out, and who was not let in.
const SESSIONS: [&str; 4] = [
    "login-refused/1",
    "officer-act-refused/1",
    "session-ended/1",
    "session-opened/1",
];
/// The act that a refused log-in has in `officer-act-refused/1`, where refusals of other acts stand too.
const LOG_IN: &str = "log-in";
/// Characters of a file's number with its word.
const FILE_MAX: u32 = 64;

/// What is looked for, as it was typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    sort: String,
    actor: String,
    name: String,
    after: String,
}

impl Wanted {
    fn href(&self) -> String {
        let pairs = [
            ("sort", self.sort.as_str()),
            ("actor", &self.actor),
            ("name", &self.name),
        ];
        with_query(&format!("{HERE}/access"), &pairs)
    }

    fn kinds(&self) -> Vec<String> {
        let kinds: &[&str] = match self.sort.as_str() {
            "files" => &FILES,
            "exports" => &EXPORTS,
            "sessions" => &SESSIONS,
            _ => &ACCESS,
        };
        kinds.iter().map(|kind| (*kind).to_owned()).collect()
    }
}

pub(crate) async fn access(
    State(door): State<AuditPages>,
    officer: PageOfficer,
    asked: Asked,
    Query(wanted): Query<Wanted>,
) -> Response {
    let page = match door.frame(&asked, &officer).await {
        Ok(page) => page,
        Err(answer) => return *answer,
    };
    let language = page.language;
    let words = AuditWords::of(language);
    let (mut table, mut mishap): (_, Option<Mishap>) = (None, None);
    match place(&wanted.after, language) {
        Ok(after) => {
            let find = Find {
                actor: given(&wanted.actor),
                name: given(&wanted.name),
                limit: PAGE_ITEMS,
                ..Find::default()
            };
            match across::find(&door.zones, &Which::These(wanted.kinds()), &find, after.as_ref()).await {
                Ok(found) => table = Some(listed(&door, found, &wanted, language)),
                Err(why) => return refuse(page, &why),
            }
        }
        Err(why) => mishap = Some(why),
    }
    let (status, answer) = status_and_answer(mishap);
    let view = List {
        title: words.access,
        lede: words.access_lede,
        answer,
        filters: filters(&door, &wanted, language),
        table,
        page: page.under(Link::new(HERE, words.overview)),
    };
    show(status, &view)
}

fn filters(door: &AuditPages, wanted: &Wanted, language: Language) -> Filters {
    let words = AuditWords::of(language);
    let sorts = vec![
        Choice::new("", words.everything),
        Choice::new("files", words.sort_files),
        Choice::new("exports", words.sort_exports),
        Choice::new("sessions", words.sort_sessions),
    ];
    let here = format!("{HERE}/access");
    let fields = [
        Field::new(language, "sort", words.kind, Input::Select(sorts))
            .value(&wanted.sort)
            .optional(),
        door.officer_field(&wanted.actor, language),
        Field::new(language, "name", words.file, Input::Line("search"))
            .at_most(FILE_MAX)
            .value(&wanted.name)
            .optional(),
    ];
    Filters::new(language, here.clone(), fields).clear((wanted.href() != here).then_some(here))
}

fn listed(door: &AuditPages, found: across::Page, wanted: &Wanted, language: Language) -> Table {
    let words = AuditWords::of(language);
    let here = wanted.href();
    let columns = [words.record, words.when, words.who, words.what, words.subject].map(Column::text);
    let pages = Pages::new(language)
        .first(given(&wanted.after).map(|_| here.clone()))
        .next(next_page(&here, found.next));
    let rows = found.items.iter().filter(|one| is_access(one));
    let rows = rows.map(|one| row(door, one, language));
    Table::new(words.records, columns)
        .rows(rows)
        .or_else(Empty::new(words.nothing_found, words.nothing_found_hint))
        .pages(pages)
}

/// Refusals of other acts than a log-in are on their own page.
fn is_access(found: &Found) -> bool {
    let entry = found.seen.entry.as_ref();
    entry.is_none_or(|entry| {
        entry.kind != "officer-act-refused/1" || entry.body.get("act").and_then(Value::as_str) == Some(LOG_IN)
    })
}

fn row(door: &AuditPages, found: &Found, language: Language) -> Vec<Cell> {
    let link = record_link(found.zone, found.seen.index);
    let Some(entry) = &found.seen.entry else {
        return vec![link.into()];
    };
    vec![
        link.into(),
        time(found.at).into(),
        door.doer(&entry.actor).into(),
        what(entry, language),
        about(&entry.subject, language),
    ]
}

/// What was done, and what it was for.
fn what(entry: &Entry, language: Language) -> Cell {
    let words = AuditWords::of(language);
    let is_log_in = entry.kind == "officer-act-refused/1";
    let name = if is_log_in {
        words.log_in_refused
    } else {
        kind_name(&entry.kind, language)
    };
    let text = |field: &str| entry.body.get(field).and_then(Value::as_str);
    let note = match entry.kind.as_str() {
        "list-exported/1" => taken(entry, language),
        _ => ["purpose", "by", "code"]
            .into_iter()
            .find_map(text)
            .map(|word| word_name(word, language)),
    };
    match note {
        Some(note) => Cell::Noted(name.to_owned(), note),
        None => Cell::Text(name.to_owned()),
    }
}

/// How many rows left, and by which filters they were chosen.
fn taken(entry: &Entry, language: Language) -> Option<String> {
    let words = AuditWords::of(language);
    let count = entry.body.get("count").and_then(Value::as_u64)?;
    let filters = entry.body.get("filters").and_then(Value::as_object)?;
    let given = filters
        .iter()
        .filter_map(|(name, value)| Some(format!("{name}={}", value.as_str()?)));
    let mut told = vec![format!("{count} {}", words.rows)];
    told.extend(given);
    Some(told.join(" · "))
}
