//! The door to batches: a sheet comes in, progress and report go out. The office knows the rest.
//!
//! The sheet is the body itself, whatever its type is said to be; it is read only from an officer on duty, because it is
//! larger than any other body.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest as _, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json as Answer, Router};
use hefu_batch::{
    BatchError, BatchId, BatchView, Office, SHEET_OCTETS_MAX, SheetError, Then, report_csv, template_csv,
};
use hefu_officers::{Officer, Officers, Permission};
use hefu_rulebook::Language;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Clock;
use crate::caller::{self, Json, Query, Speech};
use crate::problem::Problem;

/// What the door stands on.
#[derive(Clone)]
pub struct Batches {
    /// The office behind it.
    pub office: Office,
    /// Who may come in.
    pub officers: Arc<Officers>,
    /// The time of each act.
    pub clock: Clock,
}

type Door = State<Batches>;

impl Batches {
    /// The routes.
    pub fn routes(self) -> Router {
        // One octet more, so that the office itself says what is too large.
        let sheet = DefaultBodyLimit::max(SHEET_OCTETS_MAX + 1);
        Router::new()
            .route("/api/v1/batches", post(upload).layer(sheet).get(batches))
            .route("/api/v1/batches/template.csv", get(template))
            .route("/api/v1/batches/{id}", get(batch).delete(discard))
            .route("/api/v1/batches/{id}/start", post(start))
            .route("/api/v1/batches/{id}/pause", post(pause))
            .route("/api/v1/batches/{id}/resume", post(resume))
            .route("/api/v1/batches/{id}/approval", post(approval))
            .route("/api/v1/batches/{id}/report.csv", get(report_as_csv))
            .route("/api/v1/batches/{id}/report.json", get(report_as_json))
            .with_state(self)
    }

    fn officer(&self, headers: &HeaderMap) -> Result<Officer, Problem> {
        caller::officer(&self.officers, headers, (self.clock)())
    }

    fn reader(&self, headers: &HeaderMap) -> Result<Officer, Problem> {
        caller::permitted(&self.officers, headers, Permission::Read, (self.clock)())
    }
}

/// `?before=`: the number of the last batch seen.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Before {
    before: Option<String>,
}

/// `?profile=`: the template for one profile.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct OfProfile {
    profile: Option<String>,
}

/// What is said once for all rows.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Start {
    #[serde(default)]
    together: Value,
}

/// Whether issuance is asked for with each approval.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Approval {
    #[serde(default)]
    issue: bool,
}

fn told(why: &BatchError, language: Language) -> Problem {
    let problem = Problem::of(why, language);
    match why {
        BatchError::NotPermitted(_) | BatchError::SameOfficer(_) => problem.with_status(StatusCode::FORBIDDEN),
        BatchError::Sheet(SheetError::TooLarge) => problem.with_status(StatusCode::PAYLOAD_TOO_LARGE),
        _ => problem,
    }
}

fn show<T>(outcome: Result<T, BatchError>, language: Language) -> Result<Answer<T>, Problem> {
    outcome.map(Answer).map_err(|why| told(&why, language))
}

fn numbered(id: &str, language: Language) -> Result<BatchId, Problem> {
    id.parse().map_err(|why: BatchError| told(&why, language))
}

async fn upload(State(door): Door, Speech(language): Speech, request: Request) -> Result<Response, Problem> {
    let officer = door.officer(request.headers())?;
    let body = Bytes::from_request(request, &()).await;
    let body = body.map_err(|_| told(&SheetError::TooLarge.into(), language))?;
    let taken = door.office.upload(&officer, body.to_vec(), (door.clock)()).await;
    Ok((StatusCode::CREATED, show(taken, language)?).into_response())
}

async fn batches(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Query(page): Query<Before>,
) -> Result<Answer<Value>, Problem> {
    door.reader(&headers)?;
    let before = page.before.as_deref().map(|id| numbered(id, language)).transpose()?;
    let items = door.office.batches(before).await.map_err(|why| told(&why, language))?;
    let next = items.last().map(|batch| batch.id);
    Ok(Answer(json!({"items": items, "next": next})))
}

async fn batch(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Answer<BatchView>, Problem> {
    door.reader(&headers)?;
    show(door.office.batch(numbered(&id, language)?).await, language)
}

async fn discard(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Answer<BatchView>, Problem> {
    let officer = door.officer(&headers)?;
    let id = numbered(&id, language)?;
    show(door.office.discard(&officer, id, (door.clock)()).await, language)
}

async fn start(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Path(id): Path<String>,
    Json(form): Json<Start>,
) -> Result<Answer<BatchView>, Problem> {
    let officer = door.officer(&headers)?;
    let id = numbered(&id, language)?;
    show(
        door.office.start(&officer, id, form.together, (door.clock)()).await,
        language,
    )
}

async fn pause(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Answer<BatchView>, Problem> {
    let officer = door.officer(&headers)?;
    let id = numbered(&id, language)?;
    show(door.office.pause(&officer, id, (door.clock)()).await, language)
}

async fn resume(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Answer<BatchView>, Problem> {
    let officer = door.officer(&headers)?;
    let id = numbered(&id, language)?;
    show(door.office.resume(&officer, id, (door.clock)()).await, language)
}

async fn approval(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Path(id): Path<String>,
    Json(form): Json<Approval>,
) -> Result<Answer<BatchView>, Problem> {
    let officer = door.officer(&headers)?;
    let then = if form.issue { Then::Issue } else { Then::Stop };
    let id = numbered(&id, language)?;
    show(door.office.approve(&officer, id, then, (door.clock)()).await, language)
}

async fn report_as_csv(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    door.reader(&headers)?;
    let rows = door.office.report(numbered(&id, language)?).await;
    let rows = rows.map_err(|why| told(&why, language))?;
    Ok(csv("report.csv", report_csv(&rows, language)))
}

async fn report_as_json(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Answer<Value>, Problem> {
    door.reader(&headers)?;
    let rows = door.office.report(numbered(&id, language)?).await;
    let rows = rows.map_err(|why| told(&why, language))?;
    Ok(Answer(json!({"items": rows, "next": null})))
}

async fn template(State(door): Door, headers: HeaderMap, Query(of): Query<OfProfile>) -> Result<Response, Problem> {
    door.reader(&headers)?;
    let text = template_csv(door.office.profiles(), of.profile.as_deref());
    Ok(csv("template.csv", text))
}

fn csv(name: &str, text: String) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let head = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    (head, text).into_response()
}
