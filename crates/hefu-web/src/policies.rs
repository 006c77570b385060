//! Practice statements, certificate policies and the disclosure: pages and files for everybody, acts for officers.
//!
//! What was published is never taken away: each version keeps its address (电子政务电子认证服务管理办法 16). The text itself can
//! be fetched as it was published, so that anybody can compute its SM3 and compare it with the records.

use std::sync::Arc;

use askama::Template;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json as Answer, Router};
use hefu_officers::{Officer, Officers};
use hefu_policies::{Act, Disclosure, Outcome, Policies, PolicyError, Proposal, Published, Shelf, ShelfCell};
use hefu_rulebook::{Language, china_time, day_of};
use jiff::Timestamp;
use jiff::civil::Date;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Clock;
use crate::Site;
use crate::caller::{self, Json, Query, Speech};
use crate::page::{Asked, Page, show};
use crate::policy_words::{PolicyWords, policy_words};
use crate::problem::{self, Problem};

/// Two texts of a mebibyte each, written as JSON, where every octet may need two; and a receipt in base64.
const PROPOSAL_BYTES_MAX: usize = 6 * 1024 * 1024;

/// What the public's half of the door stands on: a shelf, the desk's own or one that follows it.
#[derive(Clone)]
pub struct Archived {
    /// Everything that was published.
    pub shelf: Arc<ShelfCell>,
    /// What every page says of the service.
    pub site: Arc<Site>,
    /// The time of each question.
    pub clock: Clock,
}

impl Archived {
    /// The routes.
    pub fn routes(self) -> Router {
        Router::new()
            .route("/cps", get(statement))
            .route("/cps/{name}", get(version_of_statement))
            .route("/policies/{series}/{name}", get(version_of_series))
            .route("/disclosure", get(disclosure_page))
            .route("/api/v1/policies", get(list))
            .route("/api/v1/policies/outline", get(outline))
            .route("/api/v1/disclosure", get(disclosure))
            .with_state(self)
    }
}

/// What the officers' half stands on.
#[derive(Clone)]
pub struct Publishing {
    /// The desk.
    pub policies: Policies,
    /// Who may come in.
    pub officers: Arc<Officers>,
    /// The time of each act.
    pub clock: Clock,
}

impl Publishing {
    /// The routes.
    pub fn routes(self) -> Router {
        Router::new()
            .route("/api/v1/policies/proposals", get(proposals).post(propose))
            .route("/api/v1/policies/proposals/{id}", get(proposal))
            .route("/api/v1/policies/proposals/{id}/decision", post(decide))
            .route("/api/v1/policy-receipts/{series}/{version}", get(receipt))
            .layer(DefaultBodyLimit::max(PROPOSAL_BYTES_MAX))
            .with_state(self)
    }

    fn officer(&self, headers: &HeaderMap) -> Result<Officer, Problem> {
        caller::officer(&self.officers, headers, (self.clock)())
    }
}

/// `?after=`: the number of the last proposal seen.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct After {
    #[serde(default)]
    after: i64,
}

/// The second officer's yes or no.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DecisionForm {
    outcome: Outcome,
}

/// A version in words.
struct Row {
    title: &'static str,
    version: String,
    address: String,
    effective_on: Date,
    published_on: Date,
    filing: String,
    covers: String,
    current: bool,
    sample: bool,
    sm3: String,
    html: String,
}

#[derive(Template)]
#[template(path = "policies/document.html")]
struct Document {
    page: Page,
    own: &'static PolicyWords,
    shown: Row,
    rows: Vec<Row>,
}

/// An item of the disclosure in words.
struct ItemRow {
    name: &'static str,
    value: String,
    rules: String,
}

#[derive(Template)]
#[template(path = "policies/disclosure.html")]
struct Disclosed {
    page: Page,
    own: &'static PolicyWords,
    state: Option<&'static str>,
    items: Vec<ItemRow>,
    statement: String,
    changes: Vec<(String, String)>,
}

async fn statement(State(door): State<Archived>, headers: HeaderMap, asked: Asked) -> Response {
    let shelf = door.shelf.now();
    let today = day_of((door.clock)());
    match shelf.current("cps", today) {
        Some(current) => document(&door, &shelf, current, &asked),
        None => absent("cps", &headers),
    }
}

async fn version_of_statement(
    State(door): State<Archived>,
    headers: HeaderMap,
    Path(name): Path<String>,
    asked: Asked,
) -> Response {
    version(&door, ("cps", &name), &headers, &asked)
}

async fn version_of_series(
    State(door): State<Archived>,
    headers: HeaderMap,
    Path((series, name)): Path<(String, String)>,
    asked: Asked,
) -> Response {
    version(&door, (&series, &name), &headers, &asked)
}

/// `1.0` is a page, `1.0.zh.md` and `1.0.en.md` the texts as they were published.
fn version(door: &Archived, (series, name): (&str, &str), headers: &HeaderMap, asked: &Asked) -> Response {
    let shelf = door.shelf.now();
    let files = [(".zh.md", Language::Chinese), (".en.md", Language::English)];
    for (ending, language) in files {
        if let Some(found) = name.strip_suffix(ending).and_then(|name| shelf.version(series, name)) {
            let content = HeaderValue::from_static("text/markdown; charset=utf-8");
            return ([(header::CONTENT_TYPE, content)], found.text(language).to_string()).into_response();
        }
    }
    match shelf.version(series, name) {
        Some(found) => document(door, &shelf, found, asked),
        None => absent(&format!("{series} {name}"), headers),
    }
}

fn absent(subject: &str, headers: &HeaderMap) -> Response {
    Problem::of(
        &PolicyError::NoSuchVersion(subject.to_owned()),
        problem::language(headers),
    )
    .into_response()
}

fn document(door: &Archived, shelf: &Shelf, found: &Published, asked: &Asked) -> Response {
    let language = asked.language();
    let today = day_of((door.clock)());
    let mut shown = row(shelf, found, language, today);
    shown.html = render_below(found.text(language));
    let rows = shelf.versions().iter().rev().map(|it| row(shelf, it, language, today));
    let view = Document {
        page: asked.page(&door.site),
        own: policy_words(language),
        shown,
        rows: rows.collect(),
    };
    show(StatusCode::OK, &view)
}

fn row(shelf: &Shelf, found: &Published, language: Language, today: Date) -> Row {
    let own = policy_words(language);
    Row {
        title: found.series.name(language),
        version: found.version.to_string(),
        address: address(found),
        effective_on: found.effective_on,
        published_on: day_of(found.published_at),
        filing: match shelf.filed(found) {
            Some(filed) => format!("{} · {}", filed.on, filed.recipient),
            None => own.not_filed.to_owned(),
        },
        covers: found.covers.join(", "),
        current: is_current(shelf, found, today),
        sample: found.sample,
        sm3: found.sm3(language),
        html: String::new(),
    }
}

fn is_current(shelf: &Shelf, found: &Published, today: Date) -> bool {
    let current = shelf.current(found.series.as_str(), today);
    current.is_some_and(|current| current.version == found.version)
}

fn address(found: &Published) -> String {
    if found.series.is_cps() {
        format!("/cps/{}", found.version)
    } else {
        format!("/policies/{}/{}", found.series, found.version)
    }
}

/// Markdown as HTML; HTML in it is shown as text.
pub(crate) fn render(markdown: &str) -> String {
    written(markdown, |event| event)
}

/// The same for a page that has a heading of its own: each heading stands one level lower.
fn render_below(markdown: &str) -> String {
    let lower = |level: HeadingLevel| HeadingLevel::try_from(level as usize + 1).unwrap_or(HeadingLevel::H6);
    written(markdown, |event| match event {
        Event::Start(Tag::Heading {
            level,
            id,
            classes,
            attrs,
        }) => Event::Start(Tag::Heading {
            level: lower(level),
            id,
            classes,
            attrs,
        }),
        Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(lower(level))),
        other => other,
    })
}

fn written<'m>(markdown: &'m str, change: impl Fn(Event<'m>) -> Event<'m>) -> String {
    let events = Parser::new_ext(markdown, Options::ENABLE_TABLES).map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        other => change(other),
    });
    let mut html = String::with_capacity(markdown.len() * 2);
    pulldown_cmark::html::push_html(&mut html, events);
    html
}

async fn disclosure_page(State(door): State<Archived>, asked: Asked) -> Response {
    let language = asked.language();
    let own = policy_words(language);
    let shelf = door.shelf.now();
    let disclosure = Disclosure::of(&shelf, (door.clock)());
    let items = disclosure.items.iter().map(|item| ItemRow {
        name: item.name(language),
        value: item.value.clone().unwrap_or_else(|| own.nothing.to_owned()),
        rules: item
            .sources
            .iter()
            .map(|source| source.render(language))
            .collect::<Vec<_>>()
            .join(match language {
                Language::Chinese => "；",
                Language::English => "; ",
            }),
    });
    let view = Disclosed {
        page: asked.page(&door.site),
        own,
        state: match disclosure.valid {
            Some(true) => None,
            Some(false) => Some(own.licence_not_valid),
            None => Some(own.no_licence),
        },
        items: items.collect(),
        statement: disclosure.statement.unwrap_or_else(|| own.nothing.to_owned()),
        changes: changes(&shelf, language),
    };
    show(StatusCode::OK, &view)
}

/// What changed and when, newest first.
fn changes(shelf: &Shelf, language: Language) -> Vec<(String, String)> {
    let own = policy_words(language);
    let licences = shelf
        .licences()
        .iter()
        .map(|it| (it.recorded_at, format!("{}{}", own.licence_recorded, it.licence.number)));
    let versions = shelf.versions().iter().map(|it| {
        let said = format!("{}{} {}", own.published, it.series.name(language), it.version);
        (it.published_at, said)
    });
    let mut all: Vec<(Timestamp, String)> = licences.chain(versions).collect();
    all.sort_by(|one, other| other.cmp(one));
    let day = |at: Timestamp| at.to_zoned(china_time()).strftime("%Y-%m-%d %H:%M (UTC+8)").to_string();
    all.into_iter().map(|(at, said)| (day(at), said)).collect()
}

async fn list(State(door): State<Archived>) -> Answer<Value> {
    let shelf = door.shelf.now();
    let today = day_of((door.clock)());
    let items = shelf.versions().iter().map(|it| {
        json!({
            "series": it.series,
            "version": it.version,
            "effective_on": it.effective_on,
            "published_at": it.published_at,
            "covers": it.covers,
            "sm3_zh": it.sm3(Language::Chinese),
            "sm3_en": it.sm3(Language::English),
            "address": address(it),
            "current": is_current(&shelf, it, today),
            "sample": it.sample,
            "missing": it.missing,
            "filing": shelf.filed(it),
            "file_by": shelf.due(it),
        })
    });
    Answer(json!({"items": items.collect::<Vec<_>>(), "next": null}))
}

async fn outline(State(door): State<Archived>) -> Answer<Shelf> {
    Answer(door.shelf.now().outline())
}

async fn disclosure(State(door): State<Archived>) -> Answer<Disclosure> {
    Answer(Disclosure::of(&door.shelf.now(), (door.clock)()))
}

type Door = State<Publishing>;

fn refused(why: &PolicyError, language: Language) -> Problem {
    let problem = Problem::of(why, language);
    match why {
        PolicyError::NotPermitted(_) => problem.with_status(StatusCode::FORBIDDEN),
        _ => problem,
    }
}

/// A proposal without its texts and octets; they are a question of their own.
fn summary(proposal: &Proposal) -> Value {
    json!({
        "id": proposal.id.to_string(),
        "act": proposal.act.as_str(),
        "subject": proposal.act.subject(),
        "proposed_by": proposal.proposed_by,
        "proposed_at": proposal.proposed_at,
        "outcome": proposal.outcome,
        "decided_by": proposal.decided_by,
        "decided_at": proposal.decided_at,
    })
}

async fn proposals(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Query(page): Query<After>,
) -> Result<Answer<Value>, Problem> {
    let officer = door.officer(&headers)?;
    let items = door.policies.proposals(&officer, page.after).await;
    let items = items.map_err(|why| refused(&why, language))?;
    let next = items.last().map(|proposal| proposal.id.to_string());
    let items: Vec<Value> = items.iter().map(summary).collect();
    Ok(Answer(json!({"items": items, "next": next})))
}

async fn proposal(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Answer<Proposal>, Problem> {
    let officer = door.officer(&headers)?;
    let found = door.policies.proposal(&officer, number(&id)).await;
    Ok(Answer(found.map_err(|why| refused(&why, language))?))
}

async fn propose(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Json(act): Json<Act>,
) -> Result<Response, Problem> {
    let officer = door.officer(&headers)?;
    let proposed = door.policies.propose(&officer, act, (door.clock)()).await;
    let proposal = proposed.map_err(|why| refused(&why, language))?;
    Ok((StatusCode::CREATED, Answer(summary(&proposal))).into_response())
}

async fn decide(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Path(id): Path<String>,
    Json(form): Json<DecisionForm>,
) -> Result<Answer<Value>, Problem> {
    let officer = door.officer(&headers)?;
    let decided = door
        .policies
        .decide(&officer, number(&id), form.outcome, (door.clock)())
        .await;
    let decided = decided.map_err(|why| refused(&why, language))?;
    Ok(Answer(summary(&decided)))
}

/// Proposals count from 1, so whatever is no number is no proposal.
fn number(id: &str) -> i64 {
    id.parse().unwrap_or(0)
}

/// The octets as they came, always as a download: nobody knows what they hold.
async fn receipt(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Path((series, version)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let officer = door.officer(&headers)?;
    let found = door.policies.receipt(&officer, &series, &version).await;
    let (_, octets) = found.map_err(|why| refused(&why, language))?;
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/octet-stream"),
        ),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment")),
    ];
    Ok((headers, octets).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_in_the_practice_statement_is_text() {
        assert_eq!(
            render("# 规则\n\n<script>alert(1)</script>"),
            "<h1>规则</h1>\n&lt;script&gt;alert(1)&lt;/script&gt;"
        );
    }

    #[test]
    fn a_text_below_a_heading_has_none_of_the_first_level() {
        assert_eq!(render_below("# 规则\n\n###### 细则"), "<h2>规则</h2>\n<h6>细则</h6>\n");
    }
}
