//! The registration officers' door: JSON over HTTP, one handler per act.
//!
//! A handler takes the request apart, makes one call to the desk, and shows what came back. Which step may follow which,
//! who may take it and what is recorded, the desk knows.

mod forms;

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json as Answer, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hefu_certificate::RevocationGround;
use hefu_officers::{Officer, Officers, Permission};
use hefu_ra::{
    ApplicationId, Basis, ChangeInput, ContractInput, Desk, DeskError, Find, FindApplications, IdentityInput,
    NoticeInput, Then,
};
use hefu_rulebook::Language;
use serde_json::{Value, json};

use crate::Clock;
use crate::caller::{self, Json, Query, Speech};
use crate::problem::Problem;
use forms::{Ahead, Approval, NewApplication, Page, Rejection, Renewal, Revocation, StatusChange};

/// What the door stands on.
#[derive(Clone)]
pub struct Registration {
    /// The desk behind it.
    pub desk: Desk,
    /// Who may come in.
    pub officers: Arc<Officers>,
    /// The time of each act.
    pub clock: Clock,
}

type Door = State<Registration>;

impl Registration {
    /// The routes.
    pub fn routes(self) -> Router {
        Router::new()
            .route("/api/v1/applications", post(enter).get(applications))
            .route("/api/v1/applications/{id}", get(application))
            .route("/api/v1/applications/{id}/notice", post(notice))
            .route("/api/v1/applications/{id}/contract", post(contract))
            .route("/api/v1/applications/{id}/identity", post(identity))
            .route("/api/v1/applications/{id}/approval", post(approval))
            .route("/api/v1/applications/{id}/rejection", post(rejection))
            .route("/api/v1/applications/{id}/issuance", post(issuance))
            .route("/api/v1/certificates", get(certificates))
            .route("/api/v1/certificates/forecast", get(forecast))
            .route("/api/v1/certificates/{serial}", get(certificate))
            .route("/api/v1/certificates/{serial}/renewal", post(renewal))
            .route("/api/v1/certificates/{serial}/suspension", post(suspension))
            .route("/api/v1/certificates/{serial}/resumption", post(resumption))
            .route("/api/v1/certificates/{serial}/revocation", post(revocation))
            .route("/api/v1/profiles", get(profiles))
            .route("/api/v1/grounds", get(grounds))
            .route("/api/v1/whoami", get(whoami))
            .with_state(self)
    }

    /// The officer behind a request. What they may do, the desk decides and records.
    fn officer(&self, headers: &HeaderMap) -> Result<Officer, Problem> {
        caller::officer(&self.officers, headers, (self.clock)())
    }

    /// An officer who may look.
    fn reader(&self, headers: &HeaderMap) -> Result<Officer, Problem> {
        caller::permitted(&self.officers, headers, Permission::Read, (self.clock)())
    }
}

/// What a handler answers.
type Shown<T> = Result<Answer<T>, Problem>;

fn show<T>(outcome: Result<T, DeskError>, Speech(language): Speech) -> Shown<T> {
    outcome.map(Answer).map_err(|why| told(&why, language))
}

/// A permission that the desk refused is 403; everything else as its kind says.
fn told(why: &DeskError, language: Language) -> Problem {
    let problem = Problem::of(why, language);
    match why {
        DeskError::NotPermitted(_) => problem.with_status(StatusCode::FORBIDDEN),
        _ => problem,
    }
}

fn numbered(id: &str, Speech(language): Speech) -> Result<ApplicationId, Problem> {
    id.parse()
        .map_err(|why: hefu_ra::ApplicationError| Problem::of(&why, language).with_status(StatusCode::NOT_FOUND))
}

/// PEM as it is, or base64 of DER.
#[must_use]
pub fn request_bytes(text: String) -> Vec<u8> {
    if text.contains("-----BEGIN") {
        return text.into_bytes();
    }
    let compact: String = text.split_whitespace().collect();
    STANDARD.decode(compact).unwrap_or_else(|_| text.into_bytes())
}

async fn enter(
    State(door): Door,
    speech: Speech,
    headers: HeaderMap,
    Json(form): Json<NewApplication>,
) -> Result<Response, Problem> {
    let officer = door.officer(&headers)?;
    let new = hefu_ra::NewApplication {
        profile: form.profile,
        subject: form.subject,
        applicant: form.applicant,
        csr: request_bytes(form.csr),
        validity_days: form.validity_days,
        notice: form.notice,
        contract: form.contract,
        identity: form.identity,
    };
    let entered = show(door.desk.enter(&officer, new, (door.clock)()).await, speech)?;
    Ok((StatusCode::CREATED, entered).into_response())
}

async fn applications(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Query(page): Query<Page>,
) -> Result<Response, Problem> {
    door.reader(&headers)?;
    let unread = |why: hefu_ra::ApplicationError| Problem::of(&why, language);
    let find = FindApplications {
        stage: page.state.as_deref().map(str::parse).transpose().map_err(unread)?,
        after: page.after.as_deref().map(str::parse).transpose().map_err(unread)?,
        limit: page.limit,
    };
    Ok(show(door.desk.applications(&find).await, Speech(language))?.into_response())
}

async fn application(
    State(door): Door,
    speech: Speech,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    door.reader(&headers)?;
    Ok(show(door.desk.application(numbered(&id, speech)?).await, speech)?.into_response())
}

async fn notice(
    State(door): Door,
    speech: Speech,
    headers: HeaderMap,
    Path(id): Path<String>,
    Json(form): Json<Basis<NoticeInput>>,
) -> Result<Response, Problem> {
    let officer = door.officer(&headers)?;
    let id = numbered(&id, speech)?;
    Ok(show(
        door.desk.acknowledge_notice(&officer, id, form, (door.clock)()).await,
        speech,
    )?
    .into_response())
}

async fn contract(
    State(door): Door,
    speech: Speech,
    headers: HeaderMap,
    Path(id): Path<String>,
    Json(form): Json<Basis<ContractInput>>,
) -> Result<Response, Problem> {
    let officer = door.officer(&headers)?;
    let id = numbered(&id, speech)?;
    Ok(show(
        door.desk.sign_contract(&officer, id, form, (door.clock)()).await,
        speech,
    )?
    .into_response())
}

async fn identity(
    State(door): Door,
    speech: Speech,
    headers: HeaderMap,
    Path(id): Path<String>,
    Json(form): Json<Basis<IdentityInput>>,
) -> Result<Response, Problem> {
    let officer = door.officer(&headers)?;
    let id = numbered(&id, speech)?;
    Ok(show(
        door.desk.verify_identity(&officer, id, form, (door.clock)()).await,
        speech,
    )?
    .into_response())
}

async fn approval(
    State(door): Door,
    speech: Speech,
    headers: HeaderMap,
    Path(id): Path<String>,
    Json(form): Json<Approval>,
) -> Result<Response, Problem> {
    let officer = door.officer(&headers)?;
    let then = if form.issue { Then::Issue } else { Then::Stop };
    let id = numbered(&id, speech)?;
    Ok(show(door.desk.approve(&officer, id, then, (door.clock)()).await, speech)?.into_response())
}

async fn rejection(
    State(door): Door,
    speech: Speech,
    headers: HeaderMap,
    Path(id): Path<String>,
    Json(form): Json<Rejection>,
) -> Result<Response, Problem> {
    let officer = door.officer(&headers)?;
    let id = numbered(&id, speech)?;
    Ok(show(
        door.desk.reject(&officer, id, &form.reason, (door.clock)()).await,
        speech,
    )?
    .into_response())
}

async fn issuance(
    State(door): Door,
    speech: Speech,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let officer = door.officer(&headers)?;
    let id = numbered(&id, speech)?;
    Ok(show(door.desk.issue(&officer, id, (door.clock)()).await, speech)?.into_response())
}

async fn certificates(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Query(page): Query<Page>,
) -> Result<Response, Problem> {
    door.reader(&headers)?;
    let state = page.state.as_deref().map(str::parse).transpose();
    let state = state.map_err(|why: hefu_ra::CertificateError| Problem::of(&why, language))?;
    let find = Find {
        query: page.query,
        state,
        profile: page.profile,
        ends_from: page.ends_from,
        ends_before: page.ends_before,
        after: page.after,
        limit: page.limit,
    };
    Ok(show(door.desk.certificates(find, (door.clock)()).await, Speech(language))?.into_response())
}

/// What ends in the months to come.
async fn forecast(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Query(ahead): Query<Ahead>,
) -> Result<Answer<Value>, Problem> {
    door.reader(&headers)?;
    let months = door.desk.forecast(ahead.months, (door.clock)()).await;
    let months = months.map_err(|why| told(&why, language))?;
    Ok(Answer(json!({"items": months, "next": null})))
}

async fn certificate(
    State(door): Door,
    speech: Speech,
    headers: HeaderMap,
    Path(serial): Path<String>,
) -> Result<Response, Problem> {
    door.reader(&headers)?;
    Ok(show(door.desk.certificate(&serial, (door.clock)()).await, speech)?.into_response())
}

async fn renewal(
    State(door): Door,
    speech: Speech,
    headers: HeaderMap,
    Path(serial): Path<String>,
    Json(form): Json<Renewal>,
) -> Result<Response, Problem> {
    let officer = door.officer(&headers)?;
    let renewal = hefu_ra::Renewal {
        csr: form.csr.map(request_bytes),
        validity_days: form.validity_days,
        identity: form.identity,
    };
    let entered = show(
        door.desk.renew(&officer, &serial, renewal, (door.clock)()).await,
        speech,
    )?;
    Ok((StatusCode::CREATED, entered).into_response())
}

async fn suspension(
    State(door): Door,
    speech: Speech,
    headers: HeaderMap,
    Path(serial): Path<String>,
    Json(form): Json<StatusChange>,
) -> Result<Response, Problem> {
    let officer = door.officer(&headers)?;
    let input = ChangeInput {
        identity: form.identity,
        reason: form.reason,
    };
    Ok(show(
        door.desk.suspend(&officer, &serial, input, (door.clock)()).await,
        speech,
    )?
    .into_response())
}

async fn resumption(
    State(door): Door,
    speech: Speech,
    headers: HeaderMap,
    Path(serial): Path<String>,
    Json(form): Json<StatusChange>,
) -> Result<Response, Problem> {
    let officer = door.officer(&headers)?;
    let input = ChangeInput {
        identity: form.identity,
        reason: form.reason,
    };
    Ok(show(door.desk.resume(&officer, &serial, input, (door.clock)()).await, speech)?.into_response())
}

async fn revocation(
    State(door): Door,
    speech: Speech,
    headers: HeaderMap,
    Path(serial): Path<String>,
    Json(form): Json<Revocation>,
) -> Result<Response, Problem> {
    let officer = door.officer(&headers)?;
    let ground: RevocationGround = form
        .ground
        .parse()
        .map_err(|why: hefu_certificate::UnknownGround| Problem::of(&why, speech.0))?;
    let input = ChangeInput {
        identity: form.identity,
        reason: form.reason,
    };
    Ok(show(
        door.desk.revoke(&officer, &serial, ground, input, (door.clock)()).await,
        speech,
    )?
    .into_response())
}

async fn profiles(State(door): Door, headers: HeaderMap) -> Result<Answer<Value>, Problem> {
    door.reader(&headers)?;
    let items: Vec<Value> = door
        .desk
        .profiles()
        .iter()
        .map(|profile| json!(profile.summary()))
        .collect();
    Ok(Answer(json!({"items": items, "next": null})))
}

/// The law's grounds, with their words and the article.
async fn grounds(State(door): Door, Speech(language): Speech, headers: HeaderMap) -> Result<Answer<Value>, Problem> {
    door.reader(&headers)?;
    let items: Vec<Value> = RevocationGround::ALL
        .iter()
        .map(|ground| json!({"ground": ground.slug(), "text": ground.name(language), "rule": ground.citation().render(language)}))
        .collect();
    Ok(Answer(json!({"items": items, "next": null})))
}

async fn whoami(State(door): Door, headers: HeaderMap) -> Shown<Officer> {
    door.officer(&headers).map(Answer)
}
