//! The pages of coming in and going out: `/login`, `/logout`, `/sessions`; those of passkeys are in `passkeys`.
//!
//! Before a session there is no mark that a form could carry; so a log-in is taken only from a page of this site, as far
//! as the browser tells ([`Visitors::is_own`]). Every log-in makes a new session and ends the one before it.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use hefu_officers::{LoginError, Officer, PresentedCertificate, SessionToken};
use hefu_rulebook::{Explain, Kind, Language};
use serde::Deserialize;

use crate::Site;
use crate::form::{self, Form, FormRefused};
use crate::login_words::{LoginWords, login_words};
use crate::page::time::time;
use crate::page::{Asked, Page, show};
use crate::passkeys::{self, Offer};
use crate::problem;
use crate::visitor::{self, Arrival, Carriage, PageOfficer, Visitors};
use crate::words::passkeys::PasskeyWords;

impl Visitors {
    /// The routes of log-in, log-out and one's own sessions.
    pub fn routes(self) -> Router {
        Router::new()
            .route("/login", get(show_login))
            .route("/login/certificate", post(by_certificate))
            .route("/login/token", post(by_token))
            .route("/logout", get(ask).post(leave))
            .route("/sessions", get(sessions))
            .route("/sessions/{number}/end", post(end))
            .merge(passkeys::routes())
            .with_state(self)
    }
}

type Door = State<Visitors>;

/// What a log-in page shows of the certificate at hand.
struct AtHand {
    subject: String,
    fingerprint: String,
    not_after: String,
}

impl AtHand {
    fn of(presented: &PresentedCertificate) -> Self {
        Self {
            subject: presented.subject().to_owned(),
            fingerprint: presented.fingerprint(),
            not_after: time(presented.not_after()),
        }
    }
}

#[derive(Template)]
#[template(path = "login/login.html")]
struct Login<'a> {
    page: Page,
    own: &'static LoginWords,
    refusal: Option<String>,
    at_hand: Option<AtHand>,
    encrypted: bool,
    open: bool,
    passkey: Option<Offer<'a>>,
    own_passkeys: &'static PasskeyWords,
    tls_url: Option<&'a str>,
    next: &'a str,
}

#[derive(Template)]
#[template(path = "login/logout.html")]
struct Logout {
    page: Page,
    own: &'static LoginWords,
    csrf: String,
}

/// One session in words.
struct Row {
    number: String,
    opened_at: String,
    seen_at: String,
    current: bool,
}

#[derive(Template)]
#[template(path = "login/sessions.html")]
struct Sessions<'a> {
    page: Page,
    own: &'static LoginWords,
    name: &'a str,
    post: &'static str,
    csrf: String,
    /// What the page of one's own passkeys is called, where there is one.
    passkeys: Option<&'static str>,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "login/refused.html")]
struct Refused {
    page: Page,
    own: &'static LoginWords,
    title: &'static str,
    detail: String,
    rule: Option<String>,
}

/// A form without fields of its own.
#[derive(Debug, Deserialize)]
struct Nothing {}

async fn show_login(State(door): Door, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    login_page(&door, &parts, &wanted(&parts), StatusCode::OK, None)
}

/// `?next=`: where the log-in leads.
pub(crate) fn wanted(parts: &Parts) -> String {
    let pairs: Vec<(String, String)> =
        serde_urlencoded::from_str(parts.uri.query().unwrap_or_default()).unwrap_or_default();
    let next = pairs.into_iter().find(|(name, _)| name == "next");
    next.map(|(_, path)| path).unwrap_or_default()
}

pub(crate) fn login_page(
    door: &Visitors,
    parts: &Parts,
    next: &str,
    status: StatusCode,
    refusal: Option<String>,
) -> Response {
    let language = Asked::of(parts).language();
    let arrival = parts.extensions.get::<Arrival>();
    let page = Login {
        page: Asked::of(parts).page(&door.site),
        own: login_words(language),
        refusal,
        at_hand: arrival
            .and_then(|arrival| arrival.certificate.as_deref())
            .map(AtHand::of),
        encrypted: arrival.is_some(),
        open: door.carriage(&parts.extensions).is_some(),
        passkey: passkeys::offer(door, parts),
        own_passkeys: PasskeyWords::of(language),
        tls_url: door.tls_url.as_deref(),
        next: visitor::own_path(next).unwrap_or_default(),
    };
    shown(status, &page)
}

/// A log-in under way: where it came from and what it said.
pub(crate) struct Attempt {
    parts: Parts,
    carriage: Carriage,
    fields: Vec<(String, String)>,
}

impl Attempt {
    /// Reads the form of a log-in, if browsers may log in at this door and the form is of this site.
    pub(crate) async fn read(door: &Visitors, request: Request) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        let language = Asked::of(&parts).language();
        let Some(carriage) = door.carriage(&parts.extensions) else {
            let why = login_words(language).door_closed.to_owned();
            return Err(login_page(door, &parts, "", StatusCode::FORBIDDEN, Some(why)));
        };
        if !door.is_own(&parts) {
            return Err(door.refused(StatusCode::FORBIDDEN, &FormRefused::OtherSite, language));
        }
        let fields = form::fields(door, Request::from_parts(parts.clone(), body), &(), &parts).await?;
        Ok(Self {
            parts,
            carriage,
            fields,
        })
    }

    /// A field of its form; empty when it was not sent.
    pub(crate) fn field(&self, name: &str) -> &str {
        let found = self.fields.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// In, with a new session; or the page again, saying why not.
    pub(crate) async fn finish(
        self,
        door: &Visitors,
        outcome: Result<(Officer, SessionToken), LoginError>,
    ) -> Response {
        match outcome {
            Ok((officer, session)) => {
                if let Some(before) = door.session(&self.parts.headers, &self.parts.extensions)
                    && let Err(why) = door.officers.leave(&before, (door.clock)()).await
                {
                    tracing::error!("the session before a log-in was not ended: {why}");
                }
                let next = visitor::own_path(self.field("next")).unwrap_or(visitor::home(officer.role()));
                with_cookie(Redirect::to(next), &visitor::cookie(&session, self.carriage))
            }
            Err(why) => {
                let language = Asked::of(&self.parts).language();
                let status = match why.kind() {
                    Kind::Refusal => StatusCode::FORBIDDEN,
                    other => problem::status(other),
                };
                if why.kind() == Kind::Fault {
                    tracing::error!(code = why.code(), why = %why, "a log-in failed by our fault");
                }
                login_page(
                    door,
                    &self.parts,
                    self.field("next"),
                    status,
                    Some(why.message(language)),
                )
            }
        }
    }
}

async fn by_certificate(State(door): Door, request: Request) -> Response {
    let attempt = match Attempt::read(&door, request).await {
        Ok(attempt) => attempt,
        Err(answer) => return answer,
    };
    let arrival = attempt.parts.extensions.get::<Arrival>();
    let Some(presented) = arrival.and_then(|arrival| arrival.certificate.clone()) else {
        let language = Asked::of(&attempt.parts).language();
        let why = login_words(language).no_certificate.to_owned();
        return login_page(
            &door,
            &attempt.parts,
            attempt.field("next"),
            StatusCode::FORBIDDEN,
            Some(why),
        );
    };
    let opened = door
        .officers
        .log_in_by_certificate(&presented, &*door.standing, (door.clock)())
        .await;
    attempt.finish(&door, opened).await
}

async fn by_token(State(door): Door, request: Request) -> Response {
    let attempt = match Attempt::read(&door, request).await {
        Ok(attempt) => attempt,
        Err(answer) => return answer,
    };
    let opened = door
        .officers
        .log_in_by_token(attempt.field("token"), (door.clock)())
        .await;
    attempt.finish(&door, opened).await
}

async fn ask(State(door): Door, officer: PageOfficer, asked: Asked) -> Response {
    let language = asked.language();
    let page = Logout {
        page: asked.page(&door.site).seen_by(officer.seen(language)),
        own: login_words(language),
        csrf: officer.csrf(),
    };
    shown(StatusCode::OK, &page)
}

async fn leave(
    State(door): Door,
    officer: PageOfficer,
    arrival: Option<axum::Extension<Arrival>>,
    _: Form<Nothing>,
) -> Response {
    if let Err(why) = door.officers.leave(officer.session(), (door.clock)()).await {
        return door.refused(problem::status(why.kind()), &why, Language::default());
    }
    let carriage = match (arrival, door.plain) {
        (None, visitor::PlainDoor::Open) => Carriage::Plain,
        _ => Carriage::Tls,
    };
    with_cookie(Redirect::to("/login"), &visitor::no_cookie(carriage))
}

async fn sessions(State(door): Door, officer: PageOfficer, asked: Asked) -> Response {
    let language = asked.language();
    let current = door.officers.session_number(&officer.session().reveal());
    let rows = door.officers.sessions(officer.id(), (door.clock)()).into_iter();
    let rows = rows.map(|session| Row {
        current: current.as_deref() == Some(session.number.as_str()),
        opened_at: time(session.opened_at),
        seen_at: time(session.seen_at),
        number: session.number,
    });
    let page = Sessions {
        page: asked.page(&door.site).seen_by(officer.seen(language)),
        own: login_words(language),
        name: officer.name(),
        post: officer.role().name(language),
        csrf: officer.csrf(),
        passkeys: door
            .officers
            .passkey_party()
            .map(|_| PasskeyWords::of(language).passkeys),
        rows: rows.collect(),
    };
    shown(StatusCode::OK, &page)
}

async fn end(State(door): Door, officer: PageOfficer, Path(number): Path<String>, _: Form<Nothing>) -> Response {
    match door.officers.end_session(officer.id(), &number, (door.clock)()).await {
        Ok(()) => Redirect::to("/sessions").into_response(),
        Err(why) => door.refused(problem::status(why.kind()), &why, Language::default()),
    }
}

/// A page that says why something was not done.
pub(crate) fn refused(site: &Arc<Site>, status: StatusCode, why: &dyn Explain, language: Language) -> Response {
    if why.kind() == Kind::Fault {
        tracing::error!(code = why.code(), why = %why, "a page failed by our fault");
    }
    let page = Refused {
        page: Asked::at("/login", language).page(site),
        own: login_words(language),
        title: problem::title(why.kind(), language),
        detail: why.message(language),
        rule: why.citation().map(|citation| citation.render(language)),
    };
    shown(status, &page)
}

fn with_cookie(redirect: Redirect, cookie: &str) -> Response {
    let mut response = redirect.into_response();
    match HeaderValue::from_str(cookie) {
        Ok(mut value) => {
            value.set_sensitive(true);
            response.headers_mut().insert(header::SET_COOKIE, value);
        }
        Err(why) => tracing::error!("a cookie is no header: {why}"),
    }
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Nothing here is kept by a cache: it is made for one visitor.
pub(crate) fn shown(status: StatusCode, view: &impl Template) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], show(status, view)).into_response()
}
