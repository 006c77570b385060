//! Who is behind a page of the portal: the session that a code opened, from its cookie.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use hefu_page::page::navigation::{Audience, ENTER};
use hefu_page::page::{self, Asked, Page};
use hefu_rulebook::Language;
use hefu_subscribers::{Purpose, SessionToken, Subscriber, SubscriberError};
use hefu_web::{Came, FormFault, Sent};

use crate::Portal;
use crate::words::PortalWords;

/// The cookie of a subscriber's session; beside an officer's, so that one browser may have both.
pub(crate) const COOKIE: &str = "hefu-portal";

/// The subscriber behind a request for a page. As an extractor it sends everybody else to where a code is entered.
#[derive(Clone, Debug)]
pub(crate) struct PageSubscriber {
    subscriber: Subscriber,
    token: Arc<SessionToken>,
    came: Came,
}

impl PageSubscriber {
    /// Who is there, if anybody is; an error only where the office has a fault.
    pub(crate) async fn of(door: &Portal, came: &Came) -> Result<Option<Self>, SubscriberError> {
        let Some(token) = came.carried(COOKIE).and_then(|text| SessionToken::parse(&text)) else {
            return Ok(None);
        };
        match door.office.behind(&token, (door.clock)()).await {
            Ok(subscriber) => Ok(Some(Self {
                subscriber,
                token: Arc::new(token),
                came: came.clone(),
            })),
            Err(SubscriberError::SessionOver) => Ok(None),
            Err(why) => Err(why),
        }
    }

    /// The subscriber.
    pub(crate) fn subscriber(&self) -> &Subscriber {
        &self.subscriber
    }

    /// The session.
    pub(crate) fn token(&self) -> &SessionToken {
        &self.token
    }

    /// The frame of a page for them, telling what the form that led here did.
    pub(crate) fn page(&self, door: &Portal) -> Page {
        let asked = self.came.asked();
        let words = PortalWords::of(asked.language());
        let page = frame(door, &asked, Some(self));
        page.telling(&asked, |word| words.done(word))
    }

    /// Reads a form that must be of this session.
    pub(crate) async fn form(&self, request: Request) -> Result<Sent, Response> {
        let sent = Sent::read(&self.came, request).await?;
        if self.token.owns_form(&sent.text("csrf")) {
            Ok(sent)
        } else {
            Err(self.came.refused(FormFault::Mark))
        }
    }
}

/// The frame of a page of the portal.
pub(crate) fn frame(door: &Portal, asked: &Asked, subscriber: Option<&PageSubscriber>) -> Page {
    let words = PortalWords::of(asked.language());
    asked.page(&door.site).seen_by(page::Visitor {
        audience: Audience::Subscriber,
        name: subscriber.map(|it| format!("{} …{}", words.application, last(it.subscriber.application()))),
        note: subscriber.map(|it| words.purpose(it.subscriber.purpose()).to_owned()),
        csrf: subscriber.map(|it| it.token.form_token()),
    })
}

/// The end of a number, by which people tell it from others.
fn last(number: &str) -> &str {
    const SHOWN: usize = 6;
    number.get(number.len().saturating_sub(SHOWN)..).unwrap_or(number)
}

impl FromRequestParts<Portal> for PageSubscriber {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, door: &Portal) -> Result<Self, Response> {
        let came = Came::from_request_parts(parts, door).await?;
        match Self::of(door, &came).await {
            Ok(Some(subscriber)) => Ok(subscriber),
            Ok(None) => Err(Redirect::to(ENTER).into_response()),
            Err(why) => Err(page::refuse(frame(door, &came.asked(), None), &why)),
        }
    }
}

/// The first page for what a code opens.
pub(crate) const fn home(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Portal => "/portal",
        Purpose::Delivery => "/portal/delivery",
        Purpose::Loss => "/portal/lost",
    }
}

/// On to a page, with the cookie of a session; an empty one is forgotten.
pub(crate) fn with_cookie(came: &Came, path: &str, session: &str) -> Response {
    let mut response = Redirect::to(path).into_response();
    let cookie = came.cookie(COOKIE, session);
    if let Some(Ok(mut value)) = cookie.map(|cookie| HeaderValue::from_str(&cookie)) {
        value.set_sensitive(true);
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    response
}

/// The status of a page on which a refusal is shown.
pub(crate) fn status(why: &SubscriberError) -> Option<axum::http::StatusCode> {
    use axum::http::StatusCode as Status;
    match why {
        SubscriberError::WrongCode | SubscriberError::OtherPurpose(_) => Some(Status::FORBIDDEN),
        SubscriberError::TooMany => Some(Status::TOO_MANY_REQUESTS),
        SubscriberError::FilesTooLarge => Some(Status::PAYLOAD_TOO_LARGE),
        _ => None,
    }
}

/// What was not done, for the page to show beside its form.
pub(crate) fn mishap(why: &SubscriberError, language: Language) -> hefu_page::mishap::Mishap {
    let mut mishap = hefu_page::mishap::Mishap::of(why, language);
    if let Some(status) = status(why) {
        mishap.status = status;
    }
    mishap
}
