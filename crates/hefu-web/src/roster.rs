//! The officers' door to themselves: who is on the register, what is to change, log-in and sessions.
//!
//! Who may do what, and what is recorded, hefu-officers knows. Cookies authorise nothing here (they open pages, `visitor`): a session's text travels in
//! `Authorization`, which no other site's form can send.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json as Answer, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hefu_officers::{
    Change, ChangeError, DelegatedBody, LoginError, Officer, OfficerId, Officers, Outcome, Permission, Training,
};
use hefu_rulebook::Language;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Clock;
use crate::caller::{self, Json, Query, Speech, Unreadable};
use crate::problem::Problem;

/// What the door stands on.
#[derive(Clone)]
pub struct Roster {
    /// Who may come in, and who is talked of.
    pub officers: Arc<Officers>,
    /// The time of each act.
    pub clock: Clock,
}

type Door = State<Roster>;

impl Roster {
    /// The routes.
    pub fn routes(self) -> Router {
        Router::new()
            .route("/api/v1/officers", get(officers))
            .route("/api/v1/officers/proposals", get(proposals).post(propose))
            .route("/api/v1/officers/proposals/{id}/decision", post(decide))
            .route("/api/v1/officers/training", post(training))
            .route("/api/v1/officers/bodies", post(file_body))
            .route("/api/v1/officers/{id}", get(dossier))
            .route("/api/v1/sessions", get(sessions))
            .route("/api/v1/sessions/{number}", delete(end_session))
            .route("/api/v1/challenge", post(challenge))
            .route("/api/v1/login", post(login))
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

/// A signed challenge.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LoginForm {
    officer: OfficerId,
    challenge: String,
    signature: String,
}

fn refused(why: &ChangeError, language: Language) -> Problem {
    let problem = Problem::of(why, language);
    match why {
        ChangeError::NotPermitted(_) | ChangeError::OutOfRank { .. } | ChangeError::DelegationTooDeep => {
            problem.with_status(StatusCode::FORBIDDEN)
        }
        _ => problem,
    }
}

fn stopped(why: &LoginError, language: Language) -> Problem {
    match why {
        LoginError::Refused(why) => caller::stopped(*why, language),
        LoginError::Certificate(_) | LoginError::Passkey(_) => {
            Problem::of(why, language).with_status(StatusCode::FORBIDDEN)
        }
        other => Problem::of(other, language),
    }
}

async fn officers(State(door): Door, headers: HeaderMap) -> Result<Answer<Value>, Problem> {
    caller::permitted(&door.officers, &headers, Permission::Read, (door.clock)())?;
    Ok(Answer(json!({"items": door.officers.all(), "next": null})))
}

/// What is kept of one officer, for the audit branch: training and credentials are nobody else's to see.
async fn dossier(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Answer<Value>, Problem> {
    let asked = (Permission::Audit, "look at an officer");
    caller::admitted(&door.officers, &headers, asked, (door.clock)()).await?;
    let Some(id) = id.parse().ok().and_then(OfficerId::new) else {
        return Err(Problem::of(
            &Unreadable::new("an officer's number is a positive whole number"),
            language,
        ));
    };
    let found = door.officers.dossier(id).await;
    let found = found.map_err(|why| Problem::of(&why, language))?;
    let found = found.ok_or_else(|| Problem::of(&ChangeError::NoSuchOfficer(id), language))?;
    Ok(Answer(json!(found)))
}

async fn proposals(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Query(page): Query<After>,
) -> Result<Answer<Value>, Problem> {
    let officer = door.officer(&headers)?;
    let items = door.officers.proposals(&officer, page.after).await;
    let items = items.map_err(|why| refused(&why, language))?;
    let next = items.last().map(|proposal| proposal.id.to_string());
    Ok(Answer(json!({"items": items, "next": next})))
}

async fn propose(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Json(change): Json<Change>,
) -> Result<Response, Problem> {
    let officer = door.officer(&headers)?;
    let proposed = door.officers.propose(&officer, change, (door.clock)()).await;
    let proposal = proposed.map_err(|why| refused(&why, language))?;
    Ok((StatusCode::CREATED, Answer(proposal)).into_response())
}

async fn decide(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Path(id): Path<String>,
    Json(form): Json<DecisionForm>,
) -> Result<Answer<Value>, Problem> {
    let officer = door.officer(&headers)?;
    // Proposals count from 1, so whatever is no number is no proposal.
    let id = id.parse().unwrap_or(0);
    let decided = door.officers.decide(&officer, id, form.outcome, (door.clock)()).await;
    let decided = decided.map_err(|why| refused(&why, language))?;
    let token = decided.token.as_ref().map(|token| token.reveal().to_string());
    Ok(Answer(
        json!({"proposal": decided.proposal, "officer": decided.officer, "token": token}),
    ))
}

async fn training(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Json(training): Json<Training>,
) -> Result<Response, Problem> {
    let officer = door.officer(&headers)?;
    let recorded = door.officers.record_training(&officer, training, (door.clock)()).await;
    recorded.map_err(|why| refused(&why, language))?;
    Ok((StatusCode::CREATED, Answer(json!({}))).into_response())
}

async fn file_body(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Json(body): Json<DelegatedBody>,
) -> Result<Response, Problem> {
    let officer = door.officer(&headers)?;
    let filed = door.officers.file_body(&officer, body, (door.clock)()).await;
    let number = filed.map_err(|why| refused(&why, language))?;
    Ok((StatusCode::CREATED, Answer(json!({"body": number}))).into_response())
}

async fn sessions(State(door): Door, headers: HeaderMap) -> Result<Answer<Value>, Problem> {
    let officer = door.officer(&headers)?;
    let items = door.officers.sessions(officer.id(), (door.clock)());
    let current = door.officers.session_number(caller::bearer(&headers));
    Ok(Answer(json!({"items": items, "next": null, "current": current})))
}

async fn end_session(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Path(number): Path<String>,
) -> Result<Answer<Value>, Problem> {
    let officer = door.officer(&headers)?;
    let current = || door.officers.session_number(caller::bearer(&headers));
    let number = if number == "current" {
        current().unwrap_or_default()
    } else {
        number
    };
    let ended = door.officers.end_session(officer.id(), &number, (door.clock)()).await;
    ended.map_err(|why| stopped(&why, language))?;
    Ok(Answer(json!({"ended": number})))
}

async fn challenge(State(door): Door, Speech(language): Speech) -> Result<Response, Problem> {
    let challenge = door.officers.challenge((door.clock)());
    let challenge = challenge.map_err(|why| stopped(&why, language))?;
    Ok(Answer(challenge).into_response())
}

async fn login(State(door): Door, Speech(language): Speech, Json(form): Json<LoginForm>) -> Result<Response, Problem> {
    // What is not base64 is no signature of anybody, and is told no differently.
    let signature = STANDARD.decode(form.signature.trim()).unwrap_or_default();
    let now = (door.clock)();
    let opened = door
        .officers
        .log_in_by_signature(form.officer, &form.challenge, &signature, now)
        .await;
    let (officer, session) = opened.map_err(|why| stopped(&why, language))?;
    let answer = json!({
        "officer": officer, "session": session.reveal().as_str(), "form_token": session.form_token(),
    });
    Ok((StatusCode::CREATED, Answer(answer)).into_response())
}
