//! The doors to subscribers' affairs, as JSON: for officers' programs here, for subscribers' in [`holders`].
//!
//! What a subscriber sees is gathered by [`Affairs`], which the portal's pages show too.

mod affairs;
mod holders;

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json as Answer, Router};
use hefu_applicants::Registry;
use hefu_officers::{Officer, Officers, Permission};
use hefu_ra::Desk;
use hefu_rulebook::Language;
use hefu_subscribers::{AccessId, AppliedFor, Made, MatterId, Office, Purpose, Settlement, SubscriberError, Uses};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Clock;
use crate::caller::{self, Json, Query, Speech, Unreadable};
use crate::problem::Problem;

pub use affairs::{Affairs, Ask, NotGathered};

/// What the doors stand on.
#[derive(Clone)]
pub struct Subscribers {
    /// The office behind them.
    pub office: Office,
    /// Applications and certificates.
    pub desk: Desk,
    /// The texts that applicants agree to.
    pub registry: Registry,
    /// Who may come in as an officer.
    pub officers: Arc<Officers>,
    /// The time of each act.
    pub clock: Clock,
    /// Where the portal is, for people.
    pub public_url: String,
}

type Door = State<Subscribers>;

impl Subscribers {
    /// The routes of both doors.
    pub fn routes(self) -> Router {
        Router::new()
            .route("/api/v1/access-codes", post(make_code))
            .route("/api/v1/access-codes/{id}", delete(withdraw_code))
            .route("/api/v1/applications/{id}/access-codes", get(codes))
            .route(
                "/api/v1/applications/{id}/supplements",
                post(ask_supplement).get(supplements).delete(drop_supplement),
            )
            .route("/api/v1/applications/{id}/affairs", get(affairs_of))
            .route("/api/v1/matters", get(matters))
            .route("/api/v1/matters/overdue", get(overdue))
            .route("/api/v1/matters/{id}/settlement", post(settle))
            .merge(holders::routes())
            .with_state(self)
    }

    fn officer(&self, headers: &HeaderMap) -> Result<Officer, Problem> {
        caller::officer(&self.officers, headers, (self.clock)())
    }

    fn reader(&self, headers: &HeaderMap) -> Result<Officer, Problem> {
        caller::permitted(&self.officers, headers, Permission::Read, (self.clock)())
    }

    fn made(&self, made: &Made) -> Value {
        let code = made.code.reveal();
        json!({
            "access": made.access,
            "code": code.as_str(),
            "address": format!("{}/portal/enter?code={}", self.public_url, code.as_str()),
        })
    }
}

fn told(why: &SubscriberError, language: Language) -> Problem {
    let problem = Problem::of(why, language);
    match why {
        SubscriberError::NotPermitted(_) | SubscriberError::OtherPurpose(_) | SubscriberError::WrongCode => {
            problem.with_status(StatusCode::FORBIDDEN)
        }
        SubscriberError::SessionOver => problem.with_status(StatusCode::UNAUTHORIZED),
        SubscriberError::TooMany => problem.with_status(StatusCode::TOO_MANY_REQUESTS),
        SubscriberError::FilesTooLarge => problem.with_status(StatusCode::PAYLOAD_TOO_LARGE),
        _ => problem,
    }
}

fn numbered<T: std::str::FromStr>(text: &str, language: Language) -> Result<T, Problem> {
    let unread = |_| Problem::of(&Unreadable::new("a number is 32 hexadecimal digits"), language);
    text.parse().map_err(unread)
}

fn created(value: Value) -> Response {
    let kept_by_nobody = [("cache-control", "no-store")];
    (StatusCode::CREATED, kept_by_nobody, Answer(value)).into_response()
}

/// A code that is asked for: for an application or a certificate.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewCode {
    #[serde(default)]
    application: Option<String>,
    #[serde(default)]
    certificate: Option<String>,
    purpose: Purpose,
    #[serde(default)]
    single: bool,
}

/// A question for a supplement.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewSupplement {
    reason: String,
}

/// `?after=`: the number of the last matter seen.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct After {
    after: Option<String>,
}

async fn make_code(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Json(new): Json<NewCode>,
) -> Result<Response, Problem> {
    let officer = door.officer(&headers)?;
    let about = match (new.application, new.certificate) {
        (Some(number), None) => AppliedFor::Application(number),
        (None, Some(serial)) => AppliedFor::Certificate(serial),
        _ => {
            return Err(Problem::of(
                &Unreadable::new("name `application` or `certificate`"),
                language,
            ));
        }
    };
    let uses = if new.single { Uses::Single } else { Uses::Repeated };
    let made = door
        .office
        .make_code(&officer, &about, (new.purpose, uses), (door.clock)())
        .await;
    Ok(created(door.made(&made.map_err(|why| told(&why, language))?)))
}

async fn withdraw_code(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Answer<Value>, Problem> {
    let officer = door.officer(&headers)?;
    let id: AccessId = numbered(&id, language)?;
    let access = door.office.withdraw_code(&officer, id, (door.clock)()).await;
    Ok(Answer(json!(access.map_err(|why| told(&why, language))?)))
}

async fn codes(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Answer<Value>, Problem> {
    door.reader(&headers)?;
    let items = door.office.accesses(&id).await.map_err(|why| told(&why, language))?;
    Ok(Answer(json!({"items": items, "next": null})))
}

async fn ask_supplement(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Path(id): Path<String>,
    Json(new): Json<NewSupplement>,
) -> Result<Response, Problem> {
    let officer = door.officer(&headers)?;
    let asked = door
        .office
        .ask_supplement(&officer, &id, &new.reason, (door.clock)())
        .await;
    Ok(created(json!(asked.map_err(|why| told(&why, language))?)))
}

async fn supplements(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Answer<Value>, Problem> {
    door.reader(&headers)?;
    let items = door.office.supplements(&id).await.map_err(|why| told(&why, language))?;
    Ok(Answer(json!({"items": items, "next": null})))
}

async fn drop_supplement(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let officer = door.officer(&headers)?;
    let dropped = door.office.drop_supplement(&officer, &id, (door.clock)()).await;
    dropped.map_err(|why| told(&why, language))?;
    Ok(StatusCode::NO_CONTENT)
}

async fn affairs_of(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Answer<Value>, Problem> {
    door.reader(&headers)?;
    let affairs = Affairs::gather(&door.office, &door.desk, &id, (door.clock)()).await;
    let affairs = affairs.map_err(|why| why.problem(language))?;
    Ok(Answer(affairs.to_json()))
}

async fn matters(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Query(page): Query<After>,
) -> Result<Answer<Value>, Problem> {
    door.reader(&headers)?;
    let after = page.after.as_deref().map(|id| numbered::<MatterId>(id, language));
    let items = door.office.open_matters(after.transpose()?).await;
    let items = items.map_err(|why| told(&why, language))?;
    let next = items.last().map(|matter| matter.id);
    Ok(Answer(json!({"items": items, "next": next})))
}

async fn overdue(State(door): Door, Speech(language): Speech, headers: HeaderMap) -> Result<Answer<Value>, Problem> {
    door.reader(&headers)?;
    let items = door.office.overdue((door.clock)()).await;
    let items = items.map_err(|why| told(&why, language))?;
    Ok(Answer(json!({"items": items, "next": null})))
}

async fn settle(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Path(id): Path<String>,
    Json(settlement): Json<Settlement>,
) -> Result<Answer<Value>, Problem> {
    let officer = door.officer(&headers)?;
    let id: MatterId = numbered(&id, language)?;
    let settled = door.office.settle(&officer, id, &settlement, (door.clock)()).await;
    Ok(Answer(json!(settled.map_err(|why| told(&why, language))?)))
}
