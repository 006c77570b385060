//! The records of one zone, newest first, found by kind, officer, name and time.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use hefu_page::page::time::time;
use hefu_page::page::{Asked, Page, nowhere, refuse, show};
use hefu_records::{Find, Records, RecordsError, Seen};
use hefu_rulebook::{Explain as _, Language};
use hefu_web::{PageOfficer, Query, given, next_place, place};
use jiff::civil::Date;
use serde::Deserialize;

use crate::component::{
    Answer, Cell, Choice, Column, Empty, Field, Filters, Input, Link, Pages, Shape, State as Standing, Table,
};
use crate::mishap::{Mishap, status_and_answer};
use crate::words::{AuditWords, kind_name};
use crate::{AuditPages, HERE, PAGE_ITEMS, about, day_after, midnight, next_page, with_query};

/// Characters of the longest name that is looked for.
const NAME_MAX: u32 = 128;

/// What is looked for, as it was typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    kind: String,
    actor: String,
    name: String,
    from: String,
    until: String,
    after: String,
}

impl Wanted {
    fn is_search(&self) -> bool {
        [&self.kind, &self.actor, &self.name, &self.from, &self.until]
            .into_iter()
            .any(|text| given(text).is_some())
    }

    fn href(&self, path: &str) -> String {
        let pairs = [
            ("kind", self.kind.as_str()),
            ("actor", &self.actor),
            ("name", &self.name),
            ("from", &self.from),
            ("until", &self.until),
        ];
        with_query(path, &pairs)
    }

    fn find(&self, language: Language) -> Result<Find, Mishap> {
        let after = given(&self.after).map(|text| place(&text).ok_or(()));
        let lost = |()| Mishap::missing(AuditWords::of(language).no_such_page, language);
        Ok(Find {
            kinds: given(&self.kind).into_iter().collect(),
            actor: given(&self.actor),
            name: given(&self.name),
            from: day(&self.from, language)?.and_then(midnight),
            until: day(&self.until, language)?.and_then(day_after),
            after: after.transpose().map_err(lost)?,
            limit: PAGE_ITEMS,
        })
    }
}

/// A day that was typed.
pub(crate) fn day(text: &str, language: Language) -> Result<Option<Date>, Mishap> {
    let day = given(text).map(|text| text.parse()).transpose();
    day.map_err(|_| Mishap::missing(AuditWords::of(language).no_such_day, language))
}

/// What is to be shown.
struct Shown {
    rows: Vec<Seen>,
    next: Option<String>,
    note: Option<String>,
}

#[derive(Template)]
#[template(path = "audit/records.html")]
struct List {
    page: Page,
    words: &'static AuditWords,
    title: String,
    answer: Option<Answer>,
    note: Option<String>,
    filters: Filters,
    table: Option<Table>,
    others: Vec<Link>,
}

/// Without a zone: the first one that there is.
pub(crate) async fn all(State(door): State<AuditPages>, officer: PageOfficer, asked: Asked) -> Response {
    match door.frame(&asked, &officer).await {
        Ok(page) => match door.zones.keys().next() {
            Some(zone) => Redirect::to(&format!("{HERE}/records/{zone}")).into_response(),
            None => nowhere(page),
        },
        Err(answer) => *answer,
    }
}

pub(crate) async fn records(
    State(door): State<AuditPages>,
    officer: PageOfficer,
    asked: Asked,
    Path(zone): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Response {
    let page = match door.frame(&asked, &officer).await {
        Ok(page) => page,
        Err(answer) => return *answer,
    };
    let language = page.language;
    let Some(records) = door.zones.get(zone.as_str()) else {
        return nowhere(page);
    };
    let kinds = match records.kinds().await {
        Ok(kinds) => kinds,
        Err(why) => return refuse(page, &why),
    };
    let (mut table, mut note, mut mishap) = (None, None, None);
    match looked_for(records, &wanted, language).await {
        Ok(Ok(shown)) => {
            note.clone_from(&shown.note);
            table = Some(listed(&door, &zone, shown, &wanted, language));
        }
        Ok(Err(why)) => return refuse(page, &why),
        Err(why) => mishap = Some(why),
    }
    let (status, answer) = status_and_answer(mishap);
    let words = AuditWords::of(language);
    let view = List {
        others: others(&door, &zone, words),
        title: format!("{} · {}", words.records_of, words.zone_name(&zone)),
        filters: filters(&door, &zone, &kinds, &wanted, language),
        page: page.under(Link::new(HERE, words.overview)),
        words,
        answer,
        note,
        table,
    };
    show(status, &view)
}

/// The ways to the logs of the other zones.
fn others(door: &AuditPages, zone: &str, words: &'static AuditWords) -> Vec<Link> {
    let others = door.zones.keys().filter(|other| **other != zone);
    let link = |other: &&str| Link::new(format!("{HERE}/records/{other}"), words.zone_name(other));
    others.map(link).collect()
}

/// The page that is wanted; the outer error is about the question, the inner one about the log.
async fn looked_for(
    records: &Records,
    wanted: &Wanted,
    language: Language,
) -> Result<Result<Shown, RecordsError>, Mishap> {
    if wanted.is_search() {
        let find = wanted.find(language)?;
        return Ok(found(records, &find, language).await);
    }
    let before = given(&wanted.after).map(|text| text.parse::<u64>()).transpose();
    let lost = |_| Mishap::missing(AuditWords::of(language).no_such_page, language);
    let before = before.map_err(lost)?;
    Ok(latest(records, before).await)
}

async fn latest(records: &Records, before: Option<u64>) -> Result<Shown, RecordsError> {
    let rows = records.latest(before, PAGE_ITEMS).await?;
    let last = rows.last().map(|seen| seen.index).filter(|index| *index > 0);
    Ok(Shown {
        rows,
        next: last.map(|index| index.to_string()),
        note: None,
    })
}

async fn found(records: &Records, find: &Find, language: Language) -> Result<Shown, RecordsError> {
    let found = records.find(find).await?;
    let head = records.head().await?;
    let behind = head.saturating_sub(found.labelled);
    let words = AuditWords::of(language);
    Ok(Shown {
        next: next_place(&found),
        rows: found.items,
        note: (behind > 0).then(|| format!("{} {behind}", words.not_labelled)),
    })
}

fn filters(door: &AuditPages, zone: &str, kinds: &[String], wanted: &Wanted, language: Language) -> Filters {
    let words = AuditWords::of(language);
    let here = format!("{HERE}/records/{zone}");
    let each = kinds
        .iter()
        .map(|kind| Choice::new(kind.as_str(), format!("{} · {kind}", kind_name(kind, language))));
    let kinds = std::iter::once(Choice::new("", words.any_kind)).chain(each).collect();
    let field = |name, label, input, value: &str| Field::new(language, name, label, input).value(value).optional();
    let fields = [
        field("kind", words.kind, Input::Select(kinds), &wanted.kind),
        door.officer_field(&wanted.actor, language),
        field("name", words.name, Input::Line("search"), &wanted.name).at_most(NAME_MAX),
        field("from", words.from, Input::Line("date"), &wanted.from),
        field("until", words.until, Input::Line("date"), &wanted.until),
    ];
    Filters::new(language, here.clone(), fields).clear(wanted.is_search().then_some(here))
}

fn listed(door: &AuditPages, zone: &str, shown: Shown, wanted: &Wanted, language: Language) -> Table {
    let words = AuditWords::of(language);
    let here = wanted.href(&format!("{HERE}/records/{zone}"));
    let columns = [words.number, words.when, words.what, words.who, words.subject].map(Column::text);
    let pages = Pages::new(language)
        .first(given(&wanted.after).map(|_| here.clone()))
        .next(next_page(&here, shown.next));
    let rows = shown.rows.iter().map(|seen| row(door, zone, seen, language));
    Table::new(words.records, columns)
        .rows(rows)
        .or_else(Empty::new(words.nothing_found, words.nothing_found_hint))
        .pages(pages)
}

/// One record; one that is not as it was written says so in its first place.
fn row(door: &AuditPages, zone: &str, seen: &Seen, language: Language) -> Vec<Cell> {
    let link = Link::new(
        format!("{HERE}/records/{zone}/{}", seen.index),
        format!("#{}", seen.index),
    );
    let doubt = seen.doubt.as_ref().map(|why| why.message(language));
    let first = match doubt {
        Some(doubt) => Cell::NotedLink(link, doubt),
        None => Cell::Link(link),
    };
    let words = AuditWords::of(language);
    match &seen.entry {
        Some(entry) => vec![
            first,
            time(entry.at).into(),
            Cell::Noted(kind_name(&entry.kind, language).to_owned(), entry.kind.clone()),
            door.doer(&entry.actor).into(),
            about(&entry.subject, language),
        ],
        None => vec![
            first,
            Cell::Nothing(language),
            Standing::new(Shape::Ended, words.gone).into(),
            Cell::Nothing(language),
            Cell::Nothing(language),
        ],
    }
}
