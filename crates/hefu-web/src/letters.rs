//! The officers' door to the outbox: which letters wait, which failed, and having one tried again. No address, no text.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::routing::{get, post};
use axum::{Json as Answer, Router};
use hefu_officers::{Officers, Permission};
use hefu_post::{FindLetters, LetterState, Post, PostError};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

use crate::Clock;
use crate::caller::{self, Query, Speech};
use crate::problem::Problem;

/// What the door stands on.
#[derive(Clone)]
pub struct Letters {
    /// The outbox; none where the operator set no mail server, and nothing is written.
    pub post: Option<Post>,
    /// Who may come in.
    pub officers: Arc<Officers>,
    /// The time of each act.
    pub clock: Clock,
}

type Door = State<Letters>;

impl Letters {
    /// The routes.
    pub fn routes(self) -> Router {
        Router::new()
            .route("/api/v1/letters", get(letters))
            .route("/api/v1/letters/{number}/retry", post(retry))
            .with_state(self)
    }
}

/// `?state=failed&before=120&limit=50`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    state: Option<Wanted>,
    before: Option<i64>,
    limit: Option<u32>,
}

/// A state by its word.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct Wanted(LetterState);

impl TryFrom<String> for Wanted {
    type Error = String;

    fn try_from(word: String) -> Result<Self, String> {
        let states = LetterState::ALL.map(LetterState::as_str).join(", ");
        LetterState::named(&word)
            .map(Self)
            .ok_or_else(|| format!("state: one of {states}"))
    }
}

async fn letters(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Result<Answer<Value>, Problem> {
    caller::permitted(&door.officers, &headers, Permission::Read, (door.clock)())?;
    let Some(post) = &door.post else {
        return Ok(Answer(
            json!({"mail": "off", "outbox": null, "items": [], "next": null}),
        ));
    };
    let find = FindLetters {
        state: asked.state.map(|state| state.0),
        before: asked.before,
        limit: asked.limit,
    };
    let told = |why: PostError| Problem::of(&why, language);
    let page = post.letters(find).await.map_err(told)?;
    let outbox = post.summary().await.map_err(told)?;
    let next = page.next.map(|number| number.to_string());
    Ok(Answer(
        json!({"mail": "on", "outbox": outbox, "items": page.items, "next": next}),
    ))
}

async fn retry(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Path(number): Path<String>,
) -> Result<Answer<Value>, Problem> {
    let now = (door.clock)();
    let officer = caller::permitted(&door.officers, &headers, Permission::Resend, now)?;
    // Letters count from 1, so whatever is no number is no letter.
    let number = number.parse().unwrap_or(0);
    let told = |why: PostError| Problem::of(&why, language);
    let post = door.post.as_ref().ok_or_else(|| told(PostError::Unknown(number)))?;
    let letter = post.retry(number, &officer.id().actor(), now).await.map_err(told)?;
    Ok(Answer(json!(letter)))
}
