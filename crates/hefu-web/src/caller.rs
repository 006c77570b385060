//! Who calls, in which language; and bodies that are read strictly.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use hefu_officers::{AuthenticationError, Officer, Officers, Permission};
use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use jiff::Timestamp;
use serde::de::DeserializeOwned;

use crate::problem::{self, Problem};

/// The language of the answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Speech(pub(crate) Language);

impl<S: Sync> FromRequestParts<S> for Speech {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(problem::language(&parts.headers)))
    }
}

/// The token after `Bearer`; empty when there is none, which no officer has.
pub(crate) fn bearer(headers: &HeaderMap) -> &str {
    let value = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    value.strip_prefix("Bearer ").unwrap_or_default().trim()
}

/// The officer behind a request.
pub(crate) fn officer(officers: &Officers, headers: &HeaderMap, now: Timestamp) -> Result<Officer, Problem> {
    let refused = |why| stopped(why, problem::language(headers));
    officers.authenticate(bearer(headers), now).map_err(refused)
}

/// Somebody unknown is 401; an officer without training is known, and 403.
pub(crate) fn stopped(why: AuthenticationError, language: Language) -> Problem {
    let status = match why {
        AuthenticationError::Unknown | AuthenticationError::SessionOver => StatusCode::UNAUTHORIZED,
        AuthenticationError::TrainingMissing { .. } => StatusCode::FORBIDDEN,
    };
    Problem::of(&why, language).with_status(status)
}

/// The officer behind a request, if their role permits what they ask for.
pub(crate) fn permitted(
    officers: &Officers,
    headers: &HeaderMap,
    permission: Permission,
    now: Timestamp,
) -> Result<Officer, Problem> {
    let officer = officer(officers, headers, now)?;
    let refused = |why| Problem::of(&why, problem::language(headers)).with_status(StatusCode::FORBIDDEN);
    officer.permit(permission).map_err(refused)?;
    Ok(officer)
}

/// The officer behind a request, if their role permits what they ask for; a refusal is recorded under the name of `act`.
///
/// # Errors
/// 401 for somebody unknown, 403 for an officer who may not; a fault when the refusal cannot be recorded.
pub async fn admitted(
    officers: &Officers,
    headers: &HeaderMap,
    (permission, act): (Permission, &str),
    now: Timestamp,
) -> Result<Officer, Problem> {
    let language = problem::language(headers);
    let officer = officer(officers, headers, now)?;
    let Err(why) = officer.permit(permission) else {
        return Ok(officer);
    };
    let recorded = officers.record_refused(officer.id(), act, &why, now).await;
    recorded.map_err(|fault| Problem::of(&fault, language))?;
    Err(Problem::of(&why, language).with_status(StatusCode::FORBIDDEN))
}

/// A body of JSON, with the place of the mistake in the error. An empty body stands for `{}`.
#[derive(Debug)]
pub(crate) struct Json<T>(pub(crate) T);

/// A body or a query that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(String);

impl Unreadable {
    /// Says what cannot be read.
    #[must_use]
    pub fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

impl Explain for Unreadable {
    fn code(&self) -> &'static str {
        "malformed-request"
    }

    fn kind(&self) -> Kind {
        Kind::Malformed
    }

    fn blame(&self) -> Blame {
        Blame::Caller
    }

    fn citation(&self) -> Option<Citation> {
        None
    }

    fn message(&self, language: Language) -> String {
        match language {
            Language::Chinese => format!("请求内容无法读取：{}", self.0),
            Language::English => format!("the request cannot be read: {}", self.0),
        }
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let language = problem::language(request.headers());
        let body = Bytes::from_request(request, state)
            .await
            .map_err(|why| Problem::of(&Unreadable(why.body_text()), language).with_status(why.status()))?;
        let body: &[u8] = if body.is_empty() { b"{}" } else { &body };
        match serde_json::from_slice(body) {
            Ok(value) => Ok(Self(value)),
            Err(why) => Err(Problem::of(&Unreadable(why.to_string()), language)),
        }
    }
}

/// A query string, read strictly.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let language = problem::language(&parts.headers);
        axum::extract::Query::try_from_uri(&parts.uri)
            .map(|axum::extract::Query(value)| Self(value))
            .map_err(|why| Problem::of(&Unreadable(why.body_text()), language))
    }
}
