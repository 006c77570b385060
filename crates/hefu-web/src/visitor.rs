//! Who is behind a request for a page: the browser's session, from its cookie.
//!
//! ```text
//! cookie ─▶ SessionToken ─▶ Visitor::Officer(PageOfficer) ─▶ handler        nobody ─▶ /login?next=…
//! form   ─▶ own site? ─▶ mark of this session? ─▶ Form<T>  ─▶ handler        otherwise a page that says so, and a record
//! ```
//!
//! A handler of any door asks for what it needs, `async fn act(officer: PageOfficer, Form(form): Form<Input>)`; the
//! daemon lays [`Visitors::over`] the routes, so no door carries the register in its own state. A page that shows a form
//! puts [`PageOfficer::csrf`] into its hidden field `csrf`; [`PageOfficer::frame`] is the frame of every page of a room, for
//! those who may see it.
//!
//! The cookie is `__Host-hefu-session` (Secure, `HttpOnly`, SameSite=Strict, no Domain) where the browser came by TLS, and
//! `hefu-session` where the operator lets browsers log in without. Cookies open pages only: the JSON interface reads
//! `Authorization`, which no other site's form can send. An access token in a cookie opens nothing.
//!
//! **A second kind of visitor** (a subscriber with an access code or a certificate): its session's text gets a prefix of
//! its own, [`Visitor`] a variant, [`Visitors::visitor`] a branch that reads that prefix, and a `PageSubscriber` is an
//! extractor as [`PageOfficer`] is. [`Form`](crate::Form) asks the [`Visitor`] only for its mark, so forms need nothing more.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRequestParts, MatchedPath, Request};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Redirect, Response};
use hefu_officers::{
    AuthenticationError, BusinessRole, CertificateStanding, Officer, Officers, Permission, PresentedCertificate, Role,
    SessionToken,
};
use hefu_rulebook::{Explain, Language};

use crate::Clock;
use crate::Site;
use crate::login;
use crate::page::navigation::Audience;
use crate::page::{self, Asked, Page};

/// The cookie's name where it travels by TLS; browsers hold the prefix against Secure, Path and Domain.
const SECURE_COOKIE: &str = "__Host-hefu-session";
/// Its name where it does not.
const PLAIN_COOKIE: &str = "hefu-session";
/// Longest own path that a log-in leads back to; longer ones lead to the first page after log-in.
const NEXT_CHARACTERS_MAX: usize = 512;
/// Where a log-in leads when it came from nowhere: to the queue, which every officer may read.
pub(crate) const AFTER_LOG_IN: &str = "/desk";

/// How a request came in, where it came through the TLS door; the door puts it into the request.
#[derive(Clone, Debug, Default)]
pub struct Arrival {
    /// The client certificate of the connection: its chain and the possession of its key are verified, nothing else.
    pub certificate: Option<Arc<PresentedCertificate>>,
}

/// What browsers may do at the door without TLS.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PlainDoor {
    /// Look at public pages; officers come in by TLS only.
    Closed,
    /// Log in: an installation on loopback, or a trial.
    Open,
    /// Log in: a TLS proxy stands in front, and the browser sees https.
    BehindTls,
}

/// What pages know of visitors.
#[derive(Clone)]
pub struct Visitors {
    /// Officers and their sessions.
    pub officers: Arc<Officers>,
    /// Who knows how client certificates stand.
    pub standing: Arc<dyn CertificateStanding>,
    /// The operator.
    pub site: Arc<Site>,
    /// The time of each act.
    pub clock: Clock,
    /// What is possible without TLS.
    pub plain: PlainDoor,
    /// Base URL of the TLS door, where this process has one.
    pub tls_url: Option<String>,
}

/// Who is behind a request for a page.
#[derive(Clone, Debug)]
pub enum Visitor {
    /// An officer with an open session.
    Officer(PageOfficer),
    /// Nobody who is known.
    Nobody,
}

/// The officer behind a request for a page. As an extractor it sends everybody else to the log-in page.
#[derive(Clone)]
pub struct PageOfficer {
    officer: Officer,
    session: Arc<SessionToken>,
    visitors: Arc<Visitors>,
    route: String,
}

impl fmt::Debug for PageOfficer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PageOfficer")
            .field("officer", &self.officer)
            .field("route", &self.route)
            .finish_non_exhaustive()
    }
}

impl PageOfficer {
    /// The officer; what they may do, the capability decides.
    #[must_use]
    pub fn officer(&self) -> &Officer {
        &self.officer
    }

    /// The frame of a page for an officer who has a permission; for others the page that says that they have it not,
    /// after the record of that. Who may act is not decided here but by the capability that is asked to.
    ///
    /// # Errors
    /// The page to show instead. Boxed, for it is large.
    pub async fn frame(&self, asked: &Asked, permission: Permission) -> Result<Page, Box<Response>> {
        let page = asked.page(&self.visitors.site).seen_by(self.seen(asked.language()));
        let Err(why) = self.officer.permit(permission) else {
            return Ok(page);
        };
        let act = format!("look at {}", self.route);
        let recorded = self
            .visitors
            .officers
            .record_refused(self.officer.id(), &act, &why, (self.visitors.clock)());
        if let Err(fault) = recorded.await {
            tracing::error!("a refused look could not be recorded: {fault}");
        }
        Err(Box::new(page::refuse_as(page, &why, StatusCode::FORBIDDEN)))
    }

    /// What the hidden field `csrf` of every form on this officer's pages holds.
    #[must_use]
    pub fn csrf(&self) -> String {
        self.session.form_token()
    }

    /// Whether a form that came back was made for this session; for bodies that [`Form`](crate::Form) does not read.
    #[must_use]
    pub fn owns(&self, csrf: &str) -> bool {
        self.session.owns_form(csrf)
    }

    /// Who looks, for the frame of a page: the room of their role, their name and post, the mark of their forms.
    #[must_use]
    pub fn seen(&self, language: Language) -> page::Visitor {
        let role = self.officer.role();
        let audience = match role {
            Role::Audit(_) => Audience::Auditor,
            Role::Business(BusinessRole::SuperAdministrator | BusinessRole::BusinessAdministrator) => {
                Audience::Administrator
            }
            Role::Business(_) => Audience::Officer,
        };
        page::Visitor {
            audience,
            name: Some(self.officer.name().to_owned()),
            note: Some(role.name(language).to_owned()),
            csrf: Some(self.csrf()),
        }
    }

    pub(crate) fn session(&self) -> &SessionToken {
        &self.session
    }
}

impl Deref for PageOfficer {
    type Target = Officer;

    fn deref(&self) -> &Officer {
        &self.officer
    }
}

/// The answer that somebody gets in place of the page. Small, so that it may stand in every `Result`.
#[derive(Debug)]
pub(crate) struct TurnedAway(Box<Response>);

impl From<Response> for TurnedAway {
    fn from(answer: Response) -> Self {
        Self(Box::new(answer))
    }
}

impl From<TurnedAway> for Response {
    fn from(TurnedAway(answer): TurnedAway) -> Self {
        *answer
    }
}

/// Whether what the browser gets and sends is carried by TLS.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Carriage {
    Tls,
    Plain,
}

impl Visitors {
    /// Lays the visitors over routes: handlers below may ask for a [`PageOfficer`] or a [`Form`](crate::Form), and what
    /// was made for one visitor is kept by no cache.
    pub fn over(self, routes: Router) -> Router {
        let visitors = Arc::new(self);
        routes.layer(from_fn(move |mut request: Request, next: Next| {
            let visitors = Arc::clone(&visitors);
            async move {
                let known = visitors.session(request.headers(), request.extensions()).is_some();
                request.extensions_mut().insert(visitors);
                let mut response = next.run(request).await;
                if known {
                    let kept = response.headers_mut().entry(header::CACHE_CONTROL);
                    kept.or_insert(HeaderValue::from_static("no-store"));
                }
                response
            }
        }))
    }

    /// How a request came; `None` where browsers may not log in.
    pub(crate) fn carriage(&self, extensions: &Extensions) -> Option<Carriage> {
        match (extensions.get::<Arrival>(), self.plain) {
            (Some(_), _) | (None, PlainDoor::BehindTls) => Some(Carriage::Tls),
            (None, PlainDoor::Open) => Some(Carriage::Plain),
            (None, PlainDoor::Closed) => None,
        }
    }

    /// The session that a browser carries, open or not.
    pub(crate) fn session(&self, headers: &HeaderMap, extensions: &Extensions) -> Option<SessionToken> {
        let name = cookie_name(self.carriage(extensions)?);
        let cookies = headers.get_all(header::COOKIE).into_iter();
        let pairs = cookies
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'));
        let mut pairs = pairs.filter_map(|pair| pair.trim().split_once('='));
        let (_, text) = pairs.find(|(found, _)| *found == name)?;
        SessionToken::parse(text)
    }

    /// Who is behind a request.
    ///
    /// # Errors
    /// An officer who is known and may not act now: training is missing.
    pub(crate) fn visitor(
        self: &Arc<Self>,
        headers: &HeaderMap,
        extensions: &Extensions,
    ) -> Result<Visitor, AuthenticationError> {
        let Some(session) = self.session(headers, extensions) else {
            return Ok(Visitor::Nobody);
        };
        match self.officers.behind_cookie(&session, (self.clock)()) {
            Ok(officer) => Ok(Visitor::Officer(PageOfficer {
                officer,
                session: Arc::new(session),
                visitors: Arc::clone(self),
                route: extensions
                    .get::<MatchedPath>()
                    .map_or("", MatchedPath::as_str)
                    .to_owned(),
            })),
            Err(AuthenticationError::Unknown) => Ok(Visitor::Nobody),
            Err(why) => Err(why),
        }
    }

    /// The officer behind a request, or the answer that everybody else gets.
    pub(crate) fn officer(self: &Arc<Self>, parts: &Parts) -> Result<PageOfficer, TurnedAway> {
        match self.visitor(&parts.headers, &parts.extensions) {
            Ok(Visitor::Officer(officer)) => Ok(officer),
            Ok(Visitor::Nobody) => Err(Redirect::to(&way_in(&parts.method, &parts.uri)).into_response().into()),
            Err(why) => {
                let language = Asked::of(parts).language();
                Err(self.refused(StatusCode::FORBIDDEN, &why, language).into())
            }
        }
    }

    /// A page that says why something was not done.
    pub(crate) fn refused(&self, status: StatusCode, why: &dyn Explain, language: Language) -> Response {
        login::refused(&self.site, status, why, language)
    }

    /// Whether a request that wants to change something comes from a page of ours, as far as the browser tells: by
    /// `Sec-Fetch-Site`, else by `Origin`. A program that tells nothing is judged by the form's mark alone.
    pub(crate) fn is_own(&self, parts: &Parts) -> bool {
        let text = |name: &str| parts.headers.get(name).map(|value| value.to_str().unwrap_or_default());
        if let Some(site) = text("sec-fetch-site") {
            return matches!(site, "same-origin" | "none");
        }
        let Some(origin) = text("origin") else { return true };
        let scheme = match self.carriage(&parts.extensions) {
            Some(Carriage::Tls) => "https",
            _ => "http",
        };
        let host = parts.uri.authority().map(axum::http::uri::Authority::as_str);
        let host = host.or_else(|| text("host")).unwrap_or_default();
        origin == format!("{scheme}://{host}") || origin == self.site.public_url
    }
}

/// The `Set-Cookie` of a new session.
pub(crate) fn cookie(session: &SessionToken, carriage: Carriage) -> String {
    let name = cookie_name(carriage);
    format!("{name}={}{}", session.reveal().as_str(), attributes(carriage))
}

/// The `Set-Cookie` that makes a browser forget.
pub(crate) fn no_cookie(carriage: Carriage) -> String {
    format!("{}=; Max-Age=0{}", cookie_name(carriage), attributes(carriage))
}

const fn cookie_name(carriage: Carriage) -> &'static str {
    match carriage {
        Carriage::Tls => SECURE_COOKIE,
        Carriage::Plain => PLAIN_COOKIE,
    }
}

const fn attributes(carriage: Carriage) -> &'static str {
    match carriage {
        Carriage::Tls => "; Path=/; Secure; HttpOnly; SameSite=Strict",
        Carriage::Plain => "; Path=/; HttpOnly; SameSite=Strict",
    }
}

/// The log-in page, leading back to a page that was only looked at; never into the middle of an act.
fn way_in(method: &Method, uri: &Uri) -> String {
    let wanted = uri.path_and_query().map_or("/", axum::http::uri::PathAndQuery::as_str);
    if *method != Method::GET || wanted == AFTER_LOG_IN || own_path(wanted).is_none() {
        return "/login".to_owned();
    }
    format!(
        "/login?{}",
        serde_urlencoded::to_string([("next", wanted)]).unwrap_or_default()
    )
}

/// A path on this server, and nothing that a browser could take for another: `//`, `/\` and control characters are not.
pub(crate) fn own_path(text: &str) -> Option<&str> {
    let rest = text.strip_prefix('/')?;
    let stays = !rest.starts_with(['/', '\\'])
        && text.len() <= NEXT_CHARACTERS_MAX
        && text.bytes().all(|octet| octet.is_ascii_graphic() && octet != b'\\');
    stays.then_some(text)
}

/// The visitors that the daemon laid over the routes.
pub(crate) fn visitors(extensions: &Extensions) -> Result<Arc<Visitors>, TurnedAway> {
    extensions.get::<Arc<Visitors>>().cloned().ok_or_else(|| {
        tracing::error!("a page for officers is served without visitors: Visitors::over was not laid over it");
        StatusCode::INTERNAL_SERVER_ERROR.into_response().into()
    })
}

impl<S: Sync> FromRequestParts<S> for PageOfficer {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        Ok(visitors(&parts.extensions)?.officer(parts)?)
    }
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Response;

    /// For pages that everybody may see and that say who is there: never refuses; an officer who may not act is nobody.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let visitors = visitors(&parts.extensions)?;
        Ok(visitors
            .visitor(&parts.headers, &parts.extensions)
            .unwrap_or(Self::Nobody))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_in_leads_back_to_own_paths_only() {
        for own in ["/", "/sessions", "/desk/7?lang=en"] {
            assert_eq!(own_path(own), Some(own));
        }
        for other in [
            "",
            "desk",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\r\nb",
            "/a\\b",
            "/ü",
        ] {
            assert_eq!(own_path(other), None, "{other:?}");
        }
        assert_eq!(own_path(&format!("/{}", "a".repeat(600))), None);
    }

    #[test]
    fn an_act_is_not_repeated_after_a_log_in() {
        let uri = Uri::from_static("/desk/7?state=open&lang=en");
        assert_eq!(
            way_in(&Method::GET, &uri),
            "/login?next=%2Fdesk%2F7%3Fstate%3Dopen%26lang%3Den"
        );
        assert_eq!(way_in(&Method::POST, &uri), "/login");
    }

    #[test]
    fn a_cookie_that_travels_by_tls_belongs_to_this_host_alone() {
        let session = SessionToken::parse(&format!("hefu-session-{}", "00".repeat(32)));
        let cookie = |carriage| {
            session
                .as_ref()
                .map(|session| cookie(session, carriage))
                .unwrap_or_default()
        };
        let tls = cookie(Carriage::Tls);
        assert!(tls.starts_with("__Host-hefu-session=hefu-session-00"), "{tls}");
        assert!(tls.ends_with("; Path=/; Secure; HttpOnly; SameSite=Strict"), "{tls}");
        let plain = cookie(Carriage::Plain);
        assert!(
            plain.starts_with("hefu-session=") && !plain.contains("Secure"),
            "{plain}"
        );
    }
}
