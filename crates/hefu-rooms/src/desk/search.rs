//! The search over everything issued.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use hefu_certificate::Usage;
use hefu_ra::{CertificateError, CertificateState, CertificateView, Find, Page as Found};
use hefu_rulebook::Language;
use serde::Deserialize;

use super::{DeskPages, is_for_subscribers};
use crate::component::{Answer, Cell, Choice, Column, Empty, Field, Filters, Input, Link, Pages, Table};
use crate::mishap::{Mishap, status_and_answer};
use crate::page::time::day;
use crate::page::{Asked, Page, encoded, refuse, show};
use crate::words::desk::{DeskWords, certificate_state};
use hefu_web::PageOfficer;
use hefu_web::given;
use hefu_web::{Query, Unreadable};

/// Certificates on one page.
const PAGE_ITEMS: u32 = 20;
/// Characters of the longest question.
const QUERY_MAX: u32 = 128;
/// Where the search is.
const HERE: &str = "/desk/certificates";
/// The states that can be asked for.
const STATES: [CertificateState; 4] = [
    CertificateState::Valid,
    CertificateState::Suspended,
    CertificateState::Revoked,
    CertificateState::Expired,
];

/// The question, as it was typed. An empty field asks for nothing.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    query: String,
    state: String,
    profile: String,
    ends_from: String,
    ends_before: String,
    after: String,
}

impl Wanted {
    /// The question as the desk takes it.
    pub(super) fn find(&self, language: Language, limit: u32) -> Result<Find, Mishap> {
        let malformed = |why: CertificateError| Mishap::of(&why, language);
        let state = given(&self.state).map(|state| state.parse()).transpose();
        let date = |text: &str| {
            let date = given(text).map(|text| text.parse::<jiff::civil::Date>()).transpose();
            date.map_err(|why| Mishap::of(&Unreadable::new(why.to_string()), language))
        };
        Ok(Find {
            query: given(&self.query),
            state: state.map_err(malformed)?,
            profile: given(&self.profile),
            ends_from: date(&self.ends_from)?,
            ends_before: date(&self.ends_before)?,
            after: given(&self.after),
            limit: Some(limit),
        })
    }

    /// The question without its page, as a query; what was left empty is left out.
    fn as_query(&self) -> String {
        let pairs = [
            ("query", &self.query),
            ("state", &self.state),
            ("profile", &self.profile),
            ("ends_from", &self.ends_from),
            ("ends_before", &self.ends_before),
        ];
        let given = pairs.into_iter().filter(|(_, value)| !value.trim().is_empty());
        let pairs: Vec<String> = given
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect();
        pairs.join("&")
    }
}

#[derive(Template)]
#[template(path = "desk/certificates.html")]
struct Search {
    page: Page,
    words: &'static DeskWords,
    answer: Option<Answer>,
    filters: Filters,
    table: Option<Table>,
    export: Option<String>,
}

pub(super) async fn certificates(
    State(door): State<DeskPages>,
    officer: PageOfficer,
    asked: Asked,
    Query(wanted): Query<Wanted>,
) -> Response {
    let page = match door.frame(&asked, &officer).await {
        Ok(page) => page,
        Err(answer) => return *answer,
    };
    let language = page.language;
    let (mut table, mut mishap) = (None, None);
    match wanted.find(language, PAGE_ITEMS) {
        Err(why) => mishap = Some(why),
        Ok(find) => match door.desk.certificates(find, (door.clock)()).await {
            Ok(found) => table = Some(listed(&door, found, &wanted, language)),
            Err(why) => return refuse(page, &why),
        },
    }
    let (status, answer): (StatusCode, _) = status_and_answer(mishap);
    let export = format!("{HERE}.csv?{}", wanted.as_query());
    let view = Search {
        words: DeskWords::of(language),
        answer,
        filters: filters(&door, &wanted, language),
        export: table.is_some().then(|| export.trim_end_matches('?').to_owned()),
        table,
        page,
    };
    show(status, &view)
}

fn filters(door: &DeskPages, wanted: &Wanted, language: Language) -> Filters {
    let words = DeskWords::of(language);
    let any = || Choice::new("", words.any);
    let states = STATES.map(|state| Choice::new(state.as_str(), certificate_state(state, language).to_word()));
    let states = std::iter::once(any()).chain(states).collect();
    let profiles = door
        .desk
        .profiles()
        .iter()
        .filter(|profile| is_for_subscribers(profile));
    let profiles = profiles.map(|profile| Choice::new(profile.name(), profile.label().text(language)));
    let profiles = std::iter::once(any()).chain(profiles).collect();
    let field = |name, label, input, value: &str| Field::new(language, name, label, input).value(value).optional();
    let fields = [
        field("query", words.query, Input::Line("search"), &wanted.query).at_most(QUERY_MAX),
        field("state", words.state, Input::Select(states), &wanted.state),
        field("profile", words.profile, Input::Select(profiles), &wanted.profile),
        field("ends_from", words.ends_from, Input::Line("date"), &wanted.ends_from),
        field(
            "ends_before",
            words.ends_before,
            Input::Line("date"),
            &wanted.ends_before,
        ),
    ];
    let is_filtered = !wanted.as_query().is_empty();
    Filters::new(language, HERE, fields).clear(is_filtered.then(|| HERE.to_owned()))
}

fn listed(door: &DeskPages, found: Found<CertificateView>, wanted: &Wanted, language: Language) -> Table {
    let words = DeskWords::of(language);
    let columns = [words.name, words.serial, words.usage, words.ends, words.state].map(Column::text);
    let here = format!("{HERE}?{}", wanted.as_query());
    let pages = Pages::new(language)
        .first(given(&wanted.after).map(|_| here.trim_end_matches('?').to_owned()))
        .next(found.next.map(|after| format!("{here}&after={}", encoded(&after))));
    let rows = found.items.into_iter().map(|view| row(door, view, language));
    Table::new(words.found, columns)
        .rows(rows)
        .or_else(Empty::new(words.nothing_found, words.nothing_found_hint).act(Link::new(HERE, words.any)))
        .pages(pages)
}

fn row(door: &DeskPages, view: CertificateView, language: Language) -> Vec<Cell> {
    let href = format!("{HERE}/{}", view.serial);
    vec![
        Cell::Noted(view.name, door.profile_name(&view.profile, language)),
        Cell::serial(&view.serial, Some(href)),
        usage(view.usage, language).into(),
        Cell::Text(day(view.not_after)),
        certificate_state(view.state, language).into(),
    ]
}

/// What a certificate is for, in a word.
pub(super) fn usage(usage: Usage, language: Language) -> &'static str {
    hefu_web::usage(usage.as_str(), language)
}
