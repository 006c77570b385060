//! Every act that a rule refused, in every zone: who, what, which rule, when.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use hefu_page::page::time::time;
use hefu_page::page::{Asked, Page, refuse, show};
use hefu_records::{Entry, Find};
use hefu_rulebook::{Instruments, Language};
use hefu_web::{PageOfficer, Query, given};
use serde::Deserialize;
use serde_json::Value;

use crate::across::{self, Found, Place, Which};
use crate::component::{Answer, Cell, Column, Empty, Field, Filters, Input, Link, Pages, Table};
use crate::mishap::{Mishap, status_and_answer};
use crate::records::day;
use crate::words::{AuditWords, act_name, kind_name};
use crate::{AuditPages, HERE, PAGE_ITEMS, day_after, midnight, next_page, record_link, with_query};

/// What is looked for, as it was typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    actor: String,
    from: String,
    until: String,
    after: String,
}

#[derive(Template)]
#[template(path = "audit/list.html")]
pub(crate) struct List {
    pub(crate) page: Page,
    pub(crate) title: &'static str,
    pub(crate) lede: &'static str,
    pub(crate) answer: Option<Answer>,
    pub(crate) filters: Filters,
    pub(crate) table: Option<Table>,
}

pub(crate) async fn refusals(
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
    let (mut table, mut mishap) = (None, None);
    match wanted.find(language) {
        Ok((find, after)) => match across::find(&door.zones, &Which::Refusals, &find, after.as_ref()).await {
            Ok(found) => table = Some(listed(&door, found, &wanted, language)),
            Err(why) => return refuse(page, &why),
        },
        Err(why) => mishap = Some(why),
    }
    let (status, answer) = status_and_answer(mishap);
    let view = List {
        title: words.refusals,
        lede: words.refusals_lede,
        answer,
        filters: filters(&door, &wanted, language),
        table,
        page: page.under(Link::new(HERE, words.overview)),
    };
    show(status, &view)
}

impl Wanted {
    fn href(&self) -> String {
        let pairs = [
            ("actor", self.actor.as_str()),
            ("from", &self.from),
            ("until", &self.until),
        ];
        with_query(&format!("{HERE}/refusals"), &pairs)
    }

    fn find(&self, language: Language) -> Result<(Find, Option<Place>), Mishap> {
        let find = Find {
            actor: given(&self.actor),
            from: day(&self.from, language)?.and_then(midnight),
            until: day(&self.until, language)?.and_then(day_after),
            limit: PAGE_ITEMS,
            ..Find::default()
        };
        Ok((find, place(&self.after, language)?))
    }
}

/// Where the page before ended.
pub(crate) fn place(text: &str, language: Language) -> Result<Option<Place>, Mishap> {
    let Some(text) = given(text) else { return Ok(None) };
    let lost = || Mishap::missing(AuditWords::of(language).no_such_page, language);
    Place::parse(&text).map(Some).ok_or_else(lost)
}

fn filters(door: &AuditPages, wanted: &Wanted, language: Language) -> Filters {
    let words = AuditWords::of(language);
    let date = |name, label, value: &str| {
        Field::new(language, name, label, Input::Line("date"))
            .value(value)
            .optional()
    };
    let here = format!("{HERE}/refusals");
    let fields = [
        door.officer_field(&wanted.actor, language),
        date("from", words.from, &wanted.from),
        date("until", words.until, &wanted.until),
    ];
    Filters::new(language, here.clone(), fields).clear((wanted.href() != here).then_some(here))
}

fn listed(door: &AuditPages, found: across::Page, wanted: &Wanted, language: Language) -> Table {
    let words = AuditWords::of(language);
    let here = wanted.href();
    let columns = [words.record, words.when, words.who, words.act, words.rule].map(Column::text);
    let pages = Pages::new(language)
        .first(given(&wanted.after).map(|_| here.clone()))
        .next(next_page(&here, found.next));
    let rows = found.items.iter().map(|one| row(door, one, language));
    Table::new(words.records, columns)
        .rows(rows)
        .or_else(Empty::new(words.no_refusals, words.no_refusals_hint))
        .pages(pages)
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
        act(entry, language),
        rule(entry, language),
    ]
}

/// What was asked for: the act where the record names one, else what sort of refusal it is.
fn act(entry: &Entry, language: Language) -> Cell {
    let kind = kind_name(&entry.kind, language);
    let about = entry.body.get("act").or_else(|| entry.body.get("path"));
    match about.and_then(Value::as_str) {
        Some(act) => Cell::Noted(act_name(act, language), kind.to_owned()),
        None => Cell::Noted(kind.to_owned(), entry.subject.clone()),
    }
}

/// The refusal's code, and the article where one stands behind it.
fn rule(entry: &Entry, language: Language) -> Cell {
    let body = &entry.body;
    let text = |place: &str| body.pointer(place).and_then(Value::as_str);
    let code = text("/code").or_else(|| text("/fault")).unwrap_or_default();
    let instrument = text("/rule/instrument").or_else(|| text("/instrument"));
    let article = text("/rule/article").or_else(|| text("/article"));
    match (instrument, article) {
        (Some(instrument), Some(article)) => {
            let known = Instruments::builtin().find(instrument);
            let name = known.map_or(instrument, |known| match language {
                Language::Chinese => known.short_zh(),
                Language::English => known.short_en(),
            });
            Cell::Noted(code.to_owned(), format!("{name} {article}"))
        }
        _ => Cell::Text(code.to_owned()),
    }
}
