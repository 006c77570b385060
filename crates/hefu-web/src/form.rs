//! Forms of officers' pages: read only if they come from a page of ours and were made for this very session.
//!
//! The mark is the hidden field `csrf` ([`PageOfficer::csrf`](crate::PageOfficer::csrf)), compared in constant time. A
//! refusal is shown as a page and recorded as `form-refused/1`; a handler never sees it.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::multipart::Multipart;
use axum::extract::{FromRequest, MatchedPath, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::Response;
use hefu_officers::FormFault;
use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use serde::de::DeserializeOwned;

use crate::caller::Unreadable;
use crate::page::Asked;
use crate::visitor::{self, PageOfficer, Visitors};

/// The hidden field.
const MARK: &str = "csrf";
const URLENCODED: &str = "application/x-www-form-urlencoded";

/// A form (POST, urlencoded) in an officer's session, without its mark. Fields that `T` does not know are its own matter.
#[derive(Debug)]
pub struct Form<T>(pub T);

/// What was typed, without space around it; nothing for a field that was left empty.
#[must_use]
pub fn given(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// A form that is not taken.
#[derive(Clone, Copy, Debug, thiserror::Error)]
pub(crate) enum FormRefused {
    #[error(
        "this form is not of your present session; nothing was done. Go back, load the page again and send it once more"
    )]
    Mark,
    #[error("another site sent this form; nothing was done")]
    OtherSite,
}

impl Explain for FormRefused {
    fn code(&self) -> &'static str {
        match self {
            Self::Mark => "form-stale",
            Self::OtherSite => "form-of-another-site",
        }
    }

    fn kind(&self) -> Kind {
        Kind::Refusal
    }

    fn blame(&self) -> Blame {
        Blame::Caller
    }

    fn citation(&self) -> Option<Citation> {
        None
    }

    fn message(&self, language: Language) -> String {
        match (self, language) {
            (Self::Mark, Language::Chinese) => {
                "该表单不属于您当前的会话，未作任何办理。请返回原页，重新加载后再提交".to_owned()
            }
            (Self::OtherSite, Language::Chinese) => "该表单由其他网站发来，未作任何办理".to_owned(),
            (_, Language::English) => self.to_string(),
        }
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Form<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        let visitors = visitor::visitors(&parts.extensions)?;
        let officer = visitors.officer(&parts)?;
        if !visitors.is_own(&parts) {
            return Err(refuse(&visitors, &officer, FormFault::OtherSite, &parts).await);
        }
        let body = Request::from_parts(parts.clone(), body);
        let fields = fields(&visitors, body, state, &parts).await?;
        let (marks, fields): (Vec<_>, Vec<_>) = fields.into_iter().partition(|(name, _)| name == MARK);
        let owned = matches!(marks.as_slice(), [(_, mark)] if officer.owns(mark));
        if !owned {
            return Err(refuse(&visitors, &officer, FormFault::Mark, &parts).await);
        }
        let text = serde_urlencoded::to_string(&fields).unwrap_or_default();
        serde_urlencoded::from_str(&text)
            .map(Self)
            .map_err(|why| unreadable(&visitors, StatusCode::BAD_REQUEST, why.to_string(), &parts))
    }
}

/// A form with files (POST, multipart) in an officer's session, without its mark: the octets of each field by its name.
#[derive(Debug)]
pub struct Upload(pub BTreeMap<String, Vec<u8>>);

impl Upload {
    /// A field as text, without space around it; empty when it was not sent.
    #[must_use]
    pub fn text(&self, name: &str) -> String {
        let octets = self.0.get(name).map(Vec::as_slice).unwrap_or_default();
        String::from_utf8_lossy(octets).trim().to_owned()
    }
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        let visitors = visitor::visitors(&parts.extensions)?;
        let officer = visitors.officer(&parts)?;
        if !visitors.is_own(&parts) {
            return Err(refuse(&visitors, &officer, FormFault::OtherSite, &parts).await);
        }
        let multipart = Multipart::from_request(Request::from_parts(parts.clone(), body), state).await;
        let broken = |status, why| unreadable(&visitors, status, why, &parts);
        let mut multipart = multipart.map_err(|why| broken(why.status(), why.body_text()))?;
        let mut fields = BTreeMap::new();
        loop {
            let field = multipart.next_field().await;
            let Some(field) = field.map_err(|why| broken(why.status(), why.body_text()))? else {
                break;
            };
            let name = field.name().unwrap_or_default().to_owned();
            let octets = field
                .bytes()
                .await
                .map_err(|why| broken(why.status(), why.body_text()))?;
            fields.insert(name, octets.to_vec());
        }
        let mark = fields.remove(MARK).unwrap_or_default();
        if !officer.owns(&String::from_utf8_lossy(&mark)) {
            return Err(refuse(&visitors, &officer, FormFault::Mark, &parts).await);
        }
        Ok(Self(fields))
    }
}

/// The fields of a urlencoded body, in its order.
pub(crate) async fn fields<S: Send + Sync>(
    visitors: &Visitors,
    body: Request,
    state: &S,
    parts: &Parts,
) -> Result<Vec<(String, String)>, Response> {
    let kind = parts
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case(URLENCODED) {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Err(unreadable(visitors, status, URLENCODED.to_owned(), parts));
    }
    let bytes = Bytes::from_request(body, state).await;
    let bytes = bytes.map_err(|why| unreadable(visitors, why.status(), why.body_text(), parts))?;
    serde_urlencoded::from_bytes(&bytes)
        .map_err(|why| unreadable(visitors, StatusCode::BAD_REQUEST, why.to_string(), parts))
}

fn unreadable(visitors: &Visitors, status: StatusCode, why: String, parts: &Parts) -> Response {
    let language = Asked::of(parts).language();
    visitors.refused(status, &Unreadable::new(why), language)
}

/// The page, after the record.
async fn refuse(visitors: &Visitors, officer: &PageOfficer, fault: FormFault, parts: &Parts) -> Response {
    let route = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let recorded = visitors
        .officers
        .record_form_refused(officer.id(), fault, route, (visitors.clock)());
    if let Err(why) = recorded.await {
        tracing::error!("a refused form could not be recorded: {why}");
    }
    let why = match fault {
        FormFault::Mark => FormRefused::Mark,
        FormFault::OtherSite => FormRefused::OtherSite,
    };
    let language = Asked::of(parts).language();
    visitors.refused(StatusCode::FORBIDDEN, &why, language)
}
