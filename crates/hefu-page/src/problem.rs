//! Errors as the caller sees them: problem details (RFC 9457) that name the rule and who must act.
//!
//! A fault of ours is shown by its code alone; what happened goes to the log, once, here.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hefu_rulebook::{Explain, Kind, Language};
use serde::Serialize;

/// A problem in the sense of RFC 9457, with Hefu's own members. Small, so that it may stand in every `Result`.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Problem(Box<Details>);

/// The members of a problem.
#[derive(Debug, Serialize)]
pub struct Details {
    /// `urn:hefu:problem:CODE`.
    #[serde(rename = "type")]
    pub kind_uri: String,
    /// A few words for the kind of problem.
    pub title: &'static str,
    /// The HTTP status, repeated.
    pub status: u16,
    /// What happened, in the caller's language.
    pub detail: String,
    /// Stable word for programs.
    pub code: String,
    /// `malformed`, `refusal`, `absent` or `fault`.
    pub kind: &'static str,
    /// Who must act for the next attempt to succeed.
    pub blame: &'static str,
    /// The rule that refused, where there is one.
    pub rule: Option<Rule>,
}

/// The article or clause behind a refusal.
#[derive(Debug, Serialize)]
pub struct Rule {
    /// Code of the instrument.
    pub instrument: &'static str,
    /// Article or clause.
    pub article: &'static str,
    /// As people read it, with a mark when the text was not read.
    pub name: String,
}

impl Problem {
    /// An error of a capability, told in `language`; a fault is logged here and only numbered for the caller.
    pub fn of(error: &dyn Explain, language: Language) -> Self {
        if error.kind() == Kind::Fault {
            tracing::error!(code = error.code(), why = %error, "a request failed by our fault");
        }
        let rule = error.citation().map(|citation| Rule {
            instrument: citation.instrument,
            article: citation.article,
            name: citation.render(language),
        });
        Self(Box::new(Details {
            kind_uri: format!("urn:hefu:problem:{}", error.code()),
            title: title(error.kind(), language),
            status: status(error.kind()).as_u16(),
            detail: error.message(language),
            code: error.code().to_owned(),
            kind: error.kind().as_str(),
            blame: error.blame().as_str(),
            rule,
        }))
    }

    /// The same problem under a status that says more than its kind: 401, 403, 413.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.0.status = status.as_u16();
        self
    }
}

/// What sort of problem it is, in a few words.
#[must_use]
pub fn title(kind: Kind, language: Language) -> &'static str {
    match (kind, language) {
        (Kind::Malformed, Language::Chinese) => "请求无法读取",
        (Kind::Malformed, Language::English) => "the request cannot be read",
        (Kind::Refusal, Language::Chinese) => "规则不允许",
        (Kind::Refusal, Language::English) => "a rule says no",
        (Kind::Absent, Language::Chinese) => "没有这一项",
        (Kind::Absent, Language::English) => "there is no such thing",
        (Kind::Fault, Language::Chinese) => "系统故障",
        (Kind::Fault, Language::English) => "our fault",
    }
}

/// The status of an error's kind, where nothing says more.
#[must_use]
pub fn status(kind: Kind) -> StatusCode {
    match kind {
        Kind::Malformed => StatusCode::BAD_REQUEST,
        Kind::Refusal => StatusCode::CONFLICT,
        Kind::Absent => StatusCode::NOT_FOUND,
        Kind::Fault => StatusCode::SERVICE_UNAVAILABLE,
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let content = HeaderValue::from_static("application/problem+json");
        (status, [(header::CONTENT_TYPE, content)], body).into_response()
    }
}

/// The language a request asks for; Chinese where it does not say.
#[must_use]
pub fn language(headers: &HeaderMap) -> Language {
    headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .map_or(Language::default(), Language::from_accept_language)
}
