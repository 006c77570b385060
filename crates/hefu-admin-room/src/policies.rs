//! What is published, filed and disclosed, as it stands.

use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse as _;
use hefu_officers::Permission;
use hefu_page::page::time::{day, time};
use hefu_policies::{Disclosure, Policies, Published, Shelf};
use hefu_rulebook::{Language, day_of};
use jiff::civil::Date;

use crate::component::{Cell, Column, Empty, Fact, Facts, Link, Shape, State, Table};
use crate::page::Page;
use crate::sheet::{Instead, Outcome, Part, Sheet, Visit};
use crate::words::{AdminWords, PolicyWords, either};

/// The desk of this process, with the frame below the overview; or the page that says that there is none.
pub(crate) async fn desk(visit: &Visit) -> Result<(Page, Policies), Instead> {
    let page = visit.frame().await?;
    let words = PolicyWords::of(page.language);
    if let Some(policies) = &visit.door.policies {
        return Ok((page, policies.clone()));
    }
    let title = AdminWords::of(page.language).policies;
    let sheet = Sheet::new(page, title).lede(words.elsewhere);
    Err(Box::new(sheet.show()).into())
}

/// The same for a page below the one of policies.
pub(crate) async fn below(visit: &Visit) -> Result<(Page, Policies), Instead> {
    let (page, policies) = desk(visit).await?;
    let name = AdminWords::of(page.language).policies;
    Ok((page.under(Link::new("/admin/policies", name)), policies))
}

pub(crate) async fn policies(visit: Visit) -> Outcome {
    let (page, policies) = desk(&visit).await?;
    let language = page.language;
    let words = PolicyWords::of(language);
    let (shelf, now) = (policies.shelf().now(), visit.door.now());
    let mut acts = Vec::new();
    if visit.officer.permit(Permission::ManagePolicies).is_ok() {
        acts.push(Link::new("/admin/policies/version", words.publish));
        acts.push(Link::new("/admin/policies/filing", words.file));
        acts.push(Link::new("/admin/policies/licence", words.record_licence));
    }
    acts.push(Link::new("/admin/policies/proposals", words.proposals));
    let sheet = Sheet::new(page, AdminWords::of(language).policies)
        .lede(words.lede)
        .acts(acts);
    let sheet = sheet.part(Part::Table(versions(&shelf, day_of(now), language)));
    let sheet = match shelf.licence() {
        None => sheet.below(words.licence, Part::Words(words.no_licence.to_owned())),
        Some(_) => sheet.part(Part::Table(licences(&shelf, language))),
    };
    Ok(sheet
        .part(Part::Table(disclosure(&Disclosure::of(&shelf, now), language)))
        .show())
}

fn versions(shelf: &Shelf, today: Date, language: Language) -> Table {
    let words = PolicyWords::of(language);
    let columns = [
        words.document,
        words.state,
        words.effective_on,
        words.published_on,
        words.filing,
    ];
    let rows = shelf
        .versions()
        .iter()
        .rev()
        .map(|it| version(shelf, it, today, language));
    Table::new(words.versions, columns.map(Column::text))
        .rows(rows)
        .or_else(Empty::new(words.none, words.none_hint))
}

/// Where the public finds a version.
pub(crate) fn address(version: &Published) -> String {
    if version.series.is_cps() {
        format!("/cps/{}", version.version)
    } else {
        format!("/policies/{}/{}", version.series, version.version)
    }
}

fn version(shelf: &Shelf, it: &Published, today: Date, language: Language) -> Vec<Cell> {
    let way = Link::new(address(it), it.subject());
    vec![
        Cell::NotedLink(way, it.series.name(language).to_owned()),
        state(shelf, it, today, language).into(),
        it.effective_on.to_string().into(),
        day(it.published_at).into(),
        filing(shelf, it, today, language),
    ]
}

fn state(shelf: &Shelf, it: &Published, today: Date, language: Language) -> State {
    let words = PolicyWords::of(language);
    let current = shelf.current(it.series.as_str(), today);
    match current {
        Some(current) if current.version == it.version && it.sample => {
            State::new(Shape::Wait, format!("{} · {}", words.in_force, words.sample))
        }
        Some(current) if current.version == it.version => State::new(Shape::Good, words.in_force),
        _ if it.effective_on > today => State::new(Shape::Wait, words.to_come),
        _ => State::new(Shape::Plain, words.replaced),
    }
}

fn filing(shelf: &Shelf, it: &Published, today: Date, language: Language) -> Cell {
    let words = PolicyWords::of(language);
    match (shelf.filed(it), shelf.due(it)) {
        (Some(filed), _) => {
            let way = format!("/admin/policies/receipts/{}/{}", it.series, it.version);
            let name = format!("{} · {}", words.filed, words.receipt);
            Cell::NotedLink(Link::new(way, name), format!("{} · {}", filed.on, filed.recipient))
        }
        (None, _) if it.sample => words.sample_not_filed.into(),
        (None, Some(due)) if due < today => {
            let overdue = AdminWords::of(language).overdue;
            State::new(Shape::Ended, format!("{} · {overdue} ({due})", words.not_filed)).into()
        }
        (None, Some(due)) => State::new(Shape::Wait, format!("{} · {}{due}", words.not_filed, words.file_by)).into(),
        (None, None) => State::new(Shape::Wait, words.not_filed).into(),
    }
}

fn licences(shelf: &Shelf, language: Language) -> Table {
    let words = PolicyWords::of(language);
    let columns = [words.licence_number, words.name, words.valid_until, words.recorded_at].map(Column::text);
    let rows = shelf.licences().iter().rev().map(|record| {
        vec![
            Cell::from(record.licence.number.clone()),
            record.licence.name.clone().into(),
            record.licence.valid_until.to_string().into(),
            time(record.recorded_at).into(),
        ]
    });
    Table::new(words.licence_history, columns).rows(rows)
}

fn disclosure(disclosure: &Disclosure, language: Language) -> Table {
    let words = PolicyWords::of(language);
    let columns = [words.item, words.value, words.rules].map(Column::text);
    let rows = disclosure.items.iter().map(|item| {
        let rules: Vec<String> = item.sources.iter().map(|source| source.render(language)).collect();
        vec![
            Cell::from(item.name(language)),
            Cell::text_or_nothing(item.value.clone(), language),
            rules.join(either(language, "；", "; ")).into(),
        ]
    });
    Table::new(words.disclosure_caption, columns).rows(rows)
}

/// The octets of a receipt as they came, always as a download: nobody knows what they hold.
pub(crate) async fn receipt(visit: Visit, Path((series, version)): Path<(String, String)>) -> Outcome {
    let (page, policies) = below(&visit).await?;
    let found = policies.receipt(&visit.officer, &series, &version).await;
    let (_, octets) = found.map_err(|why| Instead::of(&page, &why))?;
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/octet-stream"),
        ),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment")),
    ];
    Ok((headers, octets).into_response())
}

/// What a licence says, for the second officer and for the form that changes it.
pub(crate) fn licence_facts(licence: &hefu_policies::Licence, language: Language) -> Facts {
    let words = PolicyWords::of(language);
    Facts::new([
        Fact::new(words.name, licence.name.clone()),
        Fact::new(words.legal_representative, licence.legal_representative.clone()),
        Fact::new(words.address, licence.address.clone()),
        Fact::new(words.contact, licence.contact.clone()),
        Fact::new(words.licence_number, licence.number.clone()),
        Fact::new(words.issuing_authority, licence.issuing_authority.clone()),
        Fact::new(words.issued_on, licence.issued_on.to_string()),
        Fact::new(words.valid_from, licence.valid_from.to_string()),
        Fact::new(words.valid_until, licence.valid_until.to_string()),
    ])
}
