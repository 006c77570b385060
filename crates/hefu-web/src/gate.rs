//! The gate: who may call what, before a handler reads a word of the request.
//!
//! M15 19 (internal control). The table is the description of the interface itself: each operation of
//! `assets/openapi.json` says in `x-permission` who may call it, and what the table does not name is not served. So a
//! route cannot be added without saying whose it is, the published description cannot differ from what is enforced, and
//! a refusal is recorded the same way for a page, a form and a program. What the capabilities decide on top of it (who
//! entered, whose rank, which step) stays theirs.
//!
//! | word | who |
//! |---|---|
//! | `public` | everybody |
//! | `peer` | a signature in the body, which the handler verifies |
//! | `subscriber` | a subscriber's session, which the portal asks for |
//! | `session` | every officer with an open session or an access token |
//! | a permission, or a list of them | officers whose post permits it, or any one of them |
//!
//! The gate stands where officers are known ([`Visitors::over`]); a process without role ra has no officers, and its
//! doors know their peers by signature or token.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use axum::body::{Body, to_bytes};
use axum::extract::MatchedPath;
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use hefu_officers::{AuthenticationError, NotPermitted, Officer, Permission};
use hefu_rulebook::{Explain as _, Language};
use jiff::Timestamp;
use serde_json::Value;

use crate::page::{self, Asked};
use crate::problem::{self, Problem};
use crate::visitor::{PageOfficer, TurnedAway, Visitor, Visitors, way_in};
use crate::{BODY_BYTES_MAX, INTERFACE, caller};

/// The member of an operation that says who may call it.
pub(crate) const MEMBER: &str = "x-permission";
/// Our own style sheet and mark, which are no interface.
const ASSETS: &str = "/assets/";
/// Where programs call; everything else is for browsers.
const PROGRAMS: &str = "/api/";
/// Digits of a number that counts from one; longer ones may be somebody's own and stay out of the records.
const COUNTED_DIGITS_MAX: usize = 8;
/// Hexadecimal digits from which on a word can only be a number that we made: serial numbers, checks, agreements.
const MADE_DIGITS_MIN: usize = 20;

/// Who may call an operation.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Need {
    /// Nobody is asked here: the public, or whoever the handler knows by other means.
    Nothing,
    /// Any officer.
    Session,
    /// An officer whose post permits one of these.
    AnyOf(Vec<Permission>),
}

impl Need {
    /// What `x-permission` says; `None` where it says nothing that is known.
    pub(crate) fn read(value: &Value) -> Option<Self> {
        match value {
            Value::String(word) if ["public", "peer", "subscriber"].contains(&word.as_str()) => Some(Self::Nothing),
            Value::String(word) if word == "session" => Some(Self::Session),
            Value::String(word) => Some(Self::AnyOf(vec![permission(word)?])),
            Value::Array(words) if !words.is_empty() => {
                let all = words.iter().map(|word| permission(word.as_str()?));
                Some(Self::AnyOf(all.collect::<Option<_>>()?))
            }
            _ => None,
        }
    }
}

fn permission(word: &str) -> Option<Permission> {
    Permission::ALL
        .into_iter()
        .find(|permission| permission.as_str() == word)
}

/// Operations by their path as the description writes it, then by method.
type Table = BTreeMap<String, BTreeMap<String, Need>>;

static TABLE: LazyLock<Table> = LazyLock::new(|| table(INTERFACE));

/// Operations whose word is missing or unknown are not in the table, and so nobody's.
fn table(interface: &str) -> Table {
    let interface: Value = serde_json::from_str(interface).unwrap_or_default();
    let paths = interface.get("paths").and_then(Value::as_object);
    let mut table = Table::new();
    for (path, operations) in paths.into_iter().flatten() {
        for (method, operation) in operations.as_object().into_iter().flatten() {
            if let Some(need) = operation.get(MEMBER).and_then(Need::read) {
                let row = table.entry(path.clone()).or_default();
                row.insert(method.to_ascii_uppercase(), need);
            }
        }
    }
    table
}

/// Lets a request on, or answers it.
pub(crate) async fn admit(visitors: &Arc<Visitors>, parts: &Parts) -> Result<(), TurnedAway> {
    let Some(route) = parts.extensions.get::<MatchedPath>() else {
        return Ok(());
    };
    let route = route.as_str().replace("{*", "{");
    if route.starts_with(ASSETS) {
        return Ok(());
    }
    // A question for the head alone is a question.
    let method = match &parts.method {
        &Method::HEAD => &Method::GET,
        method => method,
    };
    let need = TABLE.get(&route).and_then(|row| row.get(method.as_str()));
    let call = Call {
        visitors,
        parts,
        act: format!("{method} {}", told(&route, parts.uri.path())),
        language: if route.starts_with(PROGRAMS) {
            problem::language(&parts.headers)
        } else {
            Asked::of(parts).language()
        },
        now: (visitors.clock)(),
    };
    match need {
        Some(Need::Nothing) => Ok(()),
        Some(need) if route.starts_with(PROGRAMS) => call.program(need).await,
        Some(need) => call.browser(need).await,
        None => Err(StatusCode::METHOD_NOT_ALLOWED.into_response().into()),
    }
}

/// Takes what is still on its way, so that the connection serves the next request; who sends more than anybody needs
/// loses the connection.
pub(crate) async fn drain(body: Body) {
    if let Err(why) = to_bytes(body, BODY_BYTES_MAX).await {
        tracing::debug!("the body of a refused request was not taken to its end: {why}");
    }
}

/// The path for the records: numbers that we gave out as they are, the names of other parameters in place of what the
/// caller wrote, which may be anything.
fn told(route: &str, path: &str) -> String {
    let mut written = path.split('/');
    let parts = route.split('/').map(|part| {
        let value = written.next().unwrap_or_default();
        if part.starts_with('{') && is_ours(value) {
            value
        } else {
            part
        }
    });
    parts.collect::<Vec<_>>().join("/")
}

fn is_ours(value: &str) -> bool {
    let all = |test: fn(&u8) -> bool| !value.is_empty() && value.as_bytes().iter().all(test);
    (value.len() <= COUNTED_DIGITS_MAX && all(u8::is_ascii_digit))
        || ((MADE_DIGITS_MIN..=2 * MADE_DIGITS_MIN).contains(&value.len()) && all(u8::is_ascii_hexdigit))
}

/// A request that needs an officer.
struct Call<'a> {
    visitors: &'a Arc<Visitors>,
    parts: &'a Parts,
    act: String,
    language: Language,
    now: Timestamp,
}

impl Call<'_> {
    /// An access token or a session in `Authorization`; refused with a problem.
    async fn program(&self, need: &Need) -> Result<(), TurnedAway> {
        let text = caller::bearer(&self.parts.headers);
        let officer = match self.visitors.officers.authenticate(text, self.now) {
            Ok(officer) => officer,
            Err(why) => {
                self.turned_away(text, why).await;
                return Err(caller::stopped(why, self.language).into_response().into());
            }
        };
        let Some(why) = self.refusal(&officer, need).await else {
            return Ok(());
        };
        let problem = Problem::of(&why, self.language).with_status(StatusCode::FORBIDDEN);
        Err(problem.into_response().into())
    }

    /// A session in a cookie; nobody is sent to the log-in page, an officer is told on a page.
    async fn browser(&self, need: &Need) -> Result<(), TurnedAway> {
        let carried = self.visitors.session(&self.parts.headers, &self.parts.extensions);
        if let Some(session) = &carried
            && let Err(why) = self.visitors.officers.behind_cookie(session, self.now)
        {
            self.turned_away(&session.reveal(), why).await;
        }
        match self.visitors.visitor(&self.parts.headers, &self.parts.extensions) {
            Ok(Visitor::Officer(officer)) => match self.refusal(&officer, need).await {
                Some(why) => Err(self.page(&officer, &why).into()),
                None => Ok(()),
            },
            Ok(Visitor::Nobody) => {
                let way = way_in(&self.parts.method, &self.parts.uri);
                Err(Redirect::to(&way).into_response().into())
            }
            Err(why) => {
                let page = self.visitors.refused(StatusCode::FORBIDDEN, &why, self.language);
                Err(page.into())
            }
        }
    }

    fn page(&self, officer: &PageOfficer, why: &NotPermitted) -> Response {
        let asked = Asked::of(self.parts);
        let page = asked.page(&self.visitors.site).seen_by(officer.seen(self.language));
        let mut answer = page::refuse(page, why);
        *answer.status_mut() = StatusCode::FORBIDDEN;
        answer
    }

    /// Why this officer may not, after it was recorded.
    async fn refusal(&self, officer: &Officer, need: &Need) -> Option<NotPermitted> {
        let Need::AnyOf(wanted) = need else { return None };
        let mut refusals = wanted.iter().map(|permission| officer.permit(*permission));
        let first = refusals.next()?.err()?;
        if refusals.any(|one| one.is_ok()) {
            return None;
        }
        let recorded = self
            .visitors
            .officers
            .record_not_permitted(&first, wanted, &self.act, self.now);
        if let Err(why) = recorded.await {
            tracing::error!(code = why.code(), "a refusal could not be recorded: {why}");
        }
        Some(first)
    }

    async fn turned_away(&self, text: &str, why: AuthenticationError) {
        let recorded = self
            .visitors
            .officers
            .record_turned_away(text, why, &self.act, self.now);
        if let Err(why) = recorded.await {
            tracing::error!(code = why.code(), "a refusal could not be recorded: {why}");
        }
    }
}
