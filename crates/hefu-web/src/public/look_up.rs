//! Look-up: a search over everything issued, with pages.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use hefu_certificate::RevocationGround;
use hefu_rulebook::Language;
use hefu_status::{CertificateView, Search, State as CertificateState};
use serde::Deserialize;

use crate::caller::Query;
use crate::component::{Cell, Column, Empty, Field, Filters, Input, Link, Pages, Shape, State as StateWord, Table};
use crate::page::time::day;
use crate::page::{Asked, Page, refuse, show};
use crate::relying::Relying;
use crate::words::public::PublicWords;

/// Certificates on one page.
const PAGE_ITEMS: u32 = 20;
/// Characters of the longest question.
const QUERY_MAX: u32 = 128;

#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    query: String,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "public/certificates.html")]
struct Found {
    page: Page,
    words: &'static PublicWords,
    filters: Filters,
    table: Option<Table>,
}

pub(super) async fn certificates(State(door): State<Relying>, asked: Asked, Query(wanted): Query<Wanted>) -> Response {
    let page = asked.page(&door.site);
    let words = PublicWords::of(page.language);
    let table = if wanted.query.trim().is_empty() {
        None
    } else {
        let search = Search {
            query: &wanted.query,
            after: wanted.after.as_deref(),
            limit: Some(PAGE_ITEMS),
        };
        match door.status.search(&search, (door.clock)()).await {
            Ok(found) => Some(table(found, &wanted, page.language)),
            Err(why) => return refuse(page.under(Link::new("/certificates", words.look_up)), &why),
        }
    };
    let view = Found {
        filters: Filters::new(page.language, "/certificates", [field(page.language, &wanted.query)]),
        table,
        words,
        page,
    };
    show(StatusCode::OK, &view)
}

/// The field of the question, here and on the front page.
pub(super) fn field(language: Language, typed: &str) -> Field {
    let words = PublicWords::of(language);
    Field::new(language, "query", words.look_up_label, Input::Line("search"))
        .help(words.look_up_help)
        .at_most(QUERY_MAX)
        .value(typed)
}

fn table(found: hefu_status::Page, wanted: &Wanted, language: Language) -> Table {
    let words = PublicWords::of(language);
    let columns = [words.serial, words.holder, words.usage, words.ends, words.state].map(Column::text);
    let href = |after: &str| {
        format!(
            "/certificates?query={}&after={}",
            encoded(&wanted.query),
            encoded(after)
        )
    };
    let pages = Pages::new(language)
        .first(
            wanted
                .after
                .is_some()
                .then(|| format!("/certificates?query={}", encoded(&wanted.query))),
        )
        .next(found.next.as_deref().map(href));
    let empty = Empty::new(words.nothing_found, words.nothing_found_hint);
    Table::new(words.found, columns)
        .rows(found.items.into_iter().map(|view| row(view, language)))
        .or_else(empty.act(Link::new("/verify", words.to_verify)))
        .pages(pages)
}

fn row(view: CertificateView, language: Language) -> Vec<Cell> {
    vec![
        Cell::serial(&view.serial, Some(format!("/certificates/{}", view.serial))),
        Cell::Text(view.subject),
        usage(&view.usage, language).into(),
        Cell::Text(day(view.not_after)),
        state(view.state, language).into(),
    ]
}

/// A text as part of a query.
fn encoded(text: &str) -> String {
    askama::filters::urlencode_strict(text).map_or_else(|never| match never {}, |it| it.to_string())
}

/// What a certificate is for.
#[must_use]
pub fn usage(usage: &str, language: Language) -> &'static str {
    let words = PublicWords::of(language);
    match usage {
        "sign" => words.usage_sign,
        "encrypt" => words.usage_encrypt,
        _ => words.usage_single,
    }
}

/// The state of a certificate.
pub(super) fn state(state: CertificateState, language: Language) -> StateWord {
    let shape = match state {
        CertificateState::Valid => Shape::Good,
        CertificateState::Suspended => Shape::Wait,
        CertificateState::Revoked | CertificateState::Expired => Shape::Ended,
    };
    StateWord::new(shape, state.name(language))
}

/// The ground of a revocation.
pub(super) fn ground(slug: &str, language: Language) -> String {
    slug.parse::<RevocationGround>()
        .map_or_else(|_| slug.to_owned(), |ground| ground.name(language).to_owned())
}
