//! What an auditor sees first: how each log stands, what happened lately, what was refused lately.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use hefu_page::page::time::time;
use hefu_page::page::{Asked, Page, refuse, show};
use hefu_records::{Find, Records, RecordsError};
use hefu_rulebook::{Explain as _, Language};
use hefu_web::PageOfficer;

use crate::across::{self, Found, Which};
use crate::component::{Cell, Column, Empty, Link, Shape, State as Standing, Table};
use crate::words::{AuditWords, kind_name};
use crate::{AuditPages, HERE, about, record_link};

/// Records of each of the two lists of what is latest.
const LATEST: u32 = 8;

#[derive(Template)]
#[template(path = "audit/overview.html")]
struct Overview {
    page: Page,
    words: &'static AuditWords,
    zones: Table,
    latest: Table,
    refusals: Table,
    all_refusals: Link,
}

pub(crate) async fn overview(State(door): State<AuditPages>, officer: PageOfficer, asked: Asked) -> Response {
    let page = match door.frame(&asked, &officer).await {
        Ok(page) => page,
        Err(answer) => return *answer,
    };
    match overview_of(&door, page.language).await {
        Ok((zones, latest, refusals)) => {
            let words = AuditWords::of(page.language);
            let view = Overview {
                words,
                zones,
                latest,
                refusals,
                all_refusals: Link::new(format!("{HERE}/refusals"), words.all_refusals),
                page,
            };
            show(StatusCode::OK, &view)
        }
        Err(why) => refuse(page, &why),
    }
}

async fn overview_of(door: &AuditPages, language: Language) -> Result<(Table, Table, Table), RecordsError> {
    let words = AuditWords::of(language);
    let mut rows = Vec::with_capacity(door.zones.len());
    for (zone, records) in &door.zones {
        rows.push(zone_row(zone, records, language).await?);
    }
    let columns = [
        Column::text(words.zone),
        Column::number(words.records),
        Column::text(words.last_checkpoint),
        Column::text(words.root),
        Column::text(words.verdict),
    ];
    let zones = Table::new(words.zones, columns).rows(rows);
    let find = Find {
        limit: LATEST,
        ..Find::default()
    };
    let latest = across::find(&door.zones, &Which::All, &find, None).await?;
    let refused = across::find(&door.zones, &Which::Refusals, &find, None).await?;
    let quiet = Empty::new(words.no_refusals, words.no_refusals_hint);
    Ok((
        zones,
        table(door, words.lately, &latest.items, language),
        table(door, words.refused_lately, &refused.items, language).or_else(quiet),
    ))
}

async fn zone_row(zone: &str, records: &Records, language: Language) -> Result<Vec<Cell>, RecordsError> {
    let words = AuditWords::of(language);
    let head = records.head().await?;
    let name = Link::new(format!("{HERE}/records/{zone}"), zone);
    let name = Cell::NotedLink(name, words.zone_name(zone).to_owned());
    let count = Cell::Number(head.to_string());
    let cells = match records.last_seal().await {
        Ok(Some(seal)) => {
            let stated = seal.checkpoint.unverified();
            let waiting = head.saturating_sub(stated.size());
            let covers = format!("{} {}", words.covers, stated.size());
            let sealed = match waiting {
                0 => covers,
                waiting => format!("{covers} · {waiting} {}", words.unsealed),
            };
            vec![
                name,
                count,
                Cell::Noted(time(seal.at), sealed),
                Cell::Code(stated.root().to_base64()),
                Standing::new(Shape::Good, words.verifies).into(),
            ]
        }
        Ok(None) => vec![
            name,
            count,
            Cell::Nothing(language),
            Cell::Nothing(language),
            Standing::new(Shape::Wait, words.no_checkpoint).into(),
        ],
        Err(why) => vec![
            name,
            count,
            Cell::Text(why.message(language)),
            Cell::Nothing(language),
            Standing::new(Shape::Ended, words.does_not_verify).into(),
        ],
    };
    Ok(cells)
}

/// Records of all zones as a table.
pub(crate) fn table(door: &AuditPages, caption: &str, items: &[Found], language: Language) -> Table {
    let words = AuditWords::of(language);
    let columns = [words.record, words.when, words.what, words.who, words.subject].map(Column::text);
    Table::new(caption, columns).rows(items.iter().map(|found| row(door, found, language)))
}

fn row(door: &AuditPages, found: &Found, language: Language) -> Vec<Cell> {
    let link = record_link(found.zone, found.seen.index);
    let Some(entry) = &found.seen.entry else {
        return vec![link.into()];
    };
    vec![
        link.into(),
        time(found.at).into(),
        Cell::Noted(kind_name(&entry.kind, language).to_owned(), entry.kind.clone()),
        door.doer(&entry.actor).into(),
        about(&entry.subject, language),
    ]
}
