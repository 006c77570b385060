//! The law library: what each instrument asks and how surely that is known, for everybody; acts for officers.
//!
//! Everybody may read the official texts as they were loaded, compare editions and reckon deadlines. Texts are loaded,
//! wordings confirmed and years of holidays set by officers who may publish; which of them, the library decides.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json as Answer, Router};
use hefu_law_library::{Edition, Holdings, LawError, Library, NewEdition, Reckoning, Verification};
use hefu_officers::{Officer, Officers};
use hefu_rulebook::{Instrument, Language, Obligation};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Clock;
use crate::caller::{self, Json, Query, Speech};
use crate::problem::Problem;

/// A text of a mebibyte, in JSON, where every line feed needs two octets; with room.
const EDITION_BYTES_MAX: usize = 3 * 1024 * 1024;

/// What the door stands on.
#[derive(Clone)]
pub struct Laws {
    /// The desk.
    pub library: Library,
    /// Who may act.
    pub officers: Arc<Officers>,
    /// The time of each act.
    pub clock: Clock,
}

impl Laws {
    /// The routes.
    pub fn routes(self) -> Router {
        Router::new()
            .route("/api/v1/law", get(list))
            .route("/api/v1/law/instruments/{instrument}", get(instrument))
            .route("/api/v1/law/instruments/{instrument}/comparison", get(comparison))
            .route(
                "/api/v1/law/editions",
                post(load).layer(DefaultBodyLimit::max(EDITION_BYTES_MAX)),
            )
            .route("/api/v1/law/editions/{id}", get(text))
            .route("/api/v1/law/confirmations", post(confirm))
            .route("/api/v1/law/confirmations/{id}/withdrawal", post(withdraw))
            .route("/api/v1/law/calendar", get(calendar).post(set_year))
            .route("/api/v1/law/due", get(due))
            .with_state(self)
    }

    fn officer(&self, headers: &HeaderMap) -> Result<Officer, Problem> {
        caller::officer(&self.officers, headers, (self.clock)())
    }

    fn find(&self, code: &str) -> Result<&Instrument, LawError> {
        let found = self.library.book().instruments().find(code);
        found.ok_or_else(|| LawError::NoSuchInstrument(code.to_owned()))
    }

    fn obligations(&self, code: &str) -> impl Iterator<Item = &Obligation> {
        let all = self.library.book().obligations().iter();
        all.filter(move |one| one.instrument() == code)
    }
}

type Door = State<Laws>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Both {
    old: i64,
    new: i64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConfirmForm {
    obligation: String,
    edition: i64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WithdrawForm {
    reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct YearForm {
    file: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DueForm {
    parameter: String,
    start: Date,
}

fn refused(language: Language) -> impl Fn(LawError) -> Problem {
    move |why| {
        let problem = Problem::of(&why, language);
        match why {
            LawError::NotPermitted(_) => problem.with_status(StatusCode::FORBIDDEN),
            _ => problem,
        }
    }
}

fn edition(one: &Edition) -> Value {
    json!({
        "id": one.id,
        "instrument": one.instrument,
        "dated": one.dated,
        "source": one.source,
        "sm3": one.sm3,
        "title": one.text.title(),
        "articles": one.text.articles().len(),
        "missing": one.text.missing(),
        "loaded_at": one.loaded_at,
    })
}

async fn list(State(door): Door) -> Answer<Value> {
    let holdings = door.library.holdings().now();
    let items = door.library.book().instruments().iter().map(|one| {
        let obligations = door.obligations(one.code());
        let (verified, other): (Vec<_>, Vec<_>) = obligations.partition(|it| holdings.verification(it).is_verified());
        json!({
            "code": one.code(),
            "zh": one.name(Language::Chinese),
            "en": one.name(Language::English),
            "edition": one.edition(),
            "in_force": one.in_force(),
            "obligations": verified.len() + other.len(),
            "verified": verified.len(),
            "editions": holdings.editions(one.code()).into_iter().map(edition).collect::<Vec<_>>(),
        })
    });
    Answer(json!({"items": items.collect::<Vec<_>>(), "next": null}))
}

async fn instrument(
    State(door): Door,
    Speech(language): Speech,
    Path(code): Path<String>,
) -> Result<Answer<Value>, Problem> {
    let found = door.find(&code).map_err(refused(language))?;
    let holdings = door.library.holdings().now();
    let obligations: Vec<Value> = door.obligations(&code).map(|one| obligation(&holdings, one)).collect();
    Ok(Answer(json!({
        "code": found.code(),
        "zh": found.name(Language::Chinese),
        "en": found.name(Language::English),
        "editions": holdings.editions(&code).into_iter().map(edition).collect::<Vec<_>>(),
        "obligations": obligations,
    })))
}

fn obligation(holdings: &Holdings, one: &Obligation) -> Value {
    let newest = holdings.newest(one.instrument());
    let articles = newest.map(|edition| edition.text.beside(one)).unwrap_or_default();
    let verification = holdings.verification(one);
    let (word, confirmation) = match verification {
        Verification::Read => ("read", None),
        Verification::Confirmed(it) => ("confirmed", Some(it)),
        Verification::Again(it, _) => ("confirm-again", Some(it)),
        Verification::Unverified(_) => ("unverified", None),
    };
    json!({
        "id": one.id(),
        "article": one.article(),
        "zh": one.text(Language::Chinese),
        "en": one.text(Language::English),
        "parameters": one.parameters(),
        "bindings": one.bindings(),
        "official": articles.iter().map(|it| json!({"number": it.number(), "text": it.text()})).collect::<Vec<_>>(),
        "verification": word,
        "verified": verification.is_verified(),
        "mark_zh": verification.mark(Language::Chinese),
        "mark_en": verification.mark(Language::English),
        "confirmation": confirmation.map(|it| json!({"id": it.id, "edition": it.edition, "at": it.at})),
    })
}

/// What a newer edition changed; only the articles that are not the same.
async fn comparison(
    State(door): Door,
    Speech(language): Speech,
    Path(code): Path<String>,
    Query(both): Query<Both>,
) -> Result<Answer<Value>, Problem> {
    let holdings = door.library.holdings().now();
    let find = |id: i64| {
        let found = holdings.edition(id).filter(|it| it.instrument == code);
        found.map(|it| Arc::clone(&it.text)).ok_or(LawError::NoSuchEdition)
    };
    let (old, new) = (
        find(both.old).map_err(refused(language))?,
        find(both.new).map_err(refused(language))?,
    );
    // Long texts that have little in common cost a second.
    let compared = tokio::task::spawn_blocking(move || {
        let comparison = old.compare(&new);
        let differences: Vec<_> = comparison.differences().collect();
        json!({"old": both.old, "new": both.new, "differences": differences})
    });
    let compared = compared.await;
    Ok(Answer(
        compared.map_err(|_| refused(language)(LawError::NoSuchEdition))?,
    ))
}

async fn load(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Json(new): Json<NewEdition>,
) -> Result<Response, Problem> {
    let officer = door.officer(&headers)?;
    let loaded = door.library.load(&officer, new, (door.clock)()).await;
    let loaded = loaded.map_err(refused(language))?;
    Ok((StatusCode::CREATED, Answer(edition(&loaded))).into_response())
}

/// The text as it was loaded, so that anybody can compute its SM3.
async fn text(State(door): Door, Speech(language): Speech, Path(id): Path<String>) -> Result<Response, Problem> {
    let holdings = door.library.holdings().now();
    let found = holdings.edition(number(&id)).ok_or(LawError::NoSuchEdition);
    let found = found.map_err(refused(language))?;
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind)], found.content.to_string()).into_response())
}

async fn confirm(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Json(form): Json<ConfirmForm>,
) -> Result<Response, Problem> {
    let officer = door.officer(&headers)?;
    let now = (door.clock)();
    let confirmed = door
        .library
        .confirm(&officer, &form.obligation, form.edition, now)
        .await;
    let confirmed = confirmed.map_err(refused(language))?;
    let body = json!({"id": confirmed.id, "obligation": confirmed.obligation, "edition": confirmed.edition});
    Ok((StatusCode::CREATED, Answer(body)).into_response())
}

async fn withdraw(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Path(id): Path<String>,
    Json(form): Json<WithdrawForm>,
) -> Result<Answer<Value>, Problem> {
    let officer = door.officer(&headers)?;
    let now = (door.clock)();
    let withdrawn = door.library.withdraw(&officer, number(&id), &form.reason, now).await;
    let withdrawn = withdrawn.map_err(refused(language))?;
    Ok(Answer(json!({"id": withdrawn.id, "obligation": withdrawn.obligation})))
}

async fn calendar(State(door): Door) -> Answer<Value> {
    let holdings = door.library.holdings().now();
    let set = holdings.years();
    let items = holdings.calendar().years().map(|(year, checked_with)| {
        let by_officer = set.get(&year);
        json!({
            "year": year,
            "checked_with": checked_with,
            "sm3": by_officer.map(|it| it.sm3.as_str()),
            "set_at": by_officer.map(|it| it.at),
        })
    });
    Answer(json!({"items": items.collect::<Vec<_>>(), "next": null}))
}

async fn set_year(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Json(form): Json<YearForm>,
) -> Result<Response, Problem> {
    let officer = door.officer(&headers)?;
    let set = door.library.set_year(&officer, &form.file, (door.clock)()).await;
    let set = set.map_err(refused(language))?;
    let body = json!({"year": set.year, "sm3": set.sm3});
    Ok((StatusCode::CREATED, Answer(body)).into_response())
}

async fn due(
    State(door): Door,
    Speech(language): Speech,
    Query(form): Query<DueForm>,
) -> Result<Answer<Reckoning>, Problem> {
    let holdings = door.library.holdings().now();
    let reckoned = Reckoning::of(door.library.book(), holdings.calendar(), &form.parameter, form.start);
    Ok(Answer(reckoned.map_err(refused(language))?))
}

/// Everything counts from 1, so whatever is no number is nothing.
fn number(id: &str) -> i64 {
    id.parse().unwrap_or(0)
}
