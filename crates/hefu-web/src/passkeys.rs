//! The pages of passkeys: one's own (`/passkeys`), and the log-in with one (`/login/passkey`).
//!
//! ```text
//! /passkeys/new: a challenge in the page ─▶ script: create() ─▶ POST /passkeys (mark) ─▶ waits, shown with its fingerprint
//! /login/passkey: a challenge in the page ─▶ script: get() ─▶ POST /login/passkey ─▶ a session, as with a certificate
//! ```
//!
//! Two pages need a script, because browsers offer passkeys to nothing else; they alone let the site's own one run, a file
//! of ours and nothing inline. The script asks the authenticator and sends an ordinary form. Proposals to bind a passkey
//! are made where all changes of officers are made, not here.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hefu_officers::{LoginError, PASSKEYS_MAX, Passkey, PasskeyAnswer, PasskeyRefused, RelyingParty};
use hefu_rulebook::{Explain as _, Kind, Language};
use serde::Deserialize;

use crate::component::{Cell, Column, Confirmation, Empty, Fact, Facts, Link, Notice, Shape, State as Mark, Table};
use crate::form::Form;
use crate::login::{Attempt, login_page, shown, wanted};
use crate::page::time::time;
use crate::page::{Asked, Page};
use crate::problem;
use crate::visitor::{self, PageOfficer, PlainDoor, Visitors};
use crate::words::passkeys::PasskeyWords;

/// What runs in the two pages that need it.
const SCRIPT: &str = include_str!("../assets/passkey.js");
/// The policy of every page, and our own script files.
const SCRIPTED: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// Octets of the longest field: the largest authenticator data and client data, in base64.
const FIELD_OCTETS_MAX: usize = 6 * 1024;

type Door = State<Visitors>;

/// The routes, for those of log-in.
pub(crate) fn routes() -> Router<Visitors> {
    Router::new()
        .route("/login/passkey", get(show_log_in).post(log_in))
        .route("/passkeys", get(list).post(keep))
        .route("/passkeys/new", get(new))
        .route("/passkeys/{fingerprint}/withdraw", get(ask).post(withdraw))
        .route(
            "/assets/passkey.js",
            get(|| async { ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], SCRIPT) }),
        )
}

/// Where passkeys can be used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Offer<'a> {
    /// At the address that the browser shows.
    Here,
    /// At this one.
    At(&'a str),
}

/// Whether passkeys can be used at the address of a request; `None` where there are none.
pub(crate) fn offer<'a>(door: &'a Visitors, parts: &Parts) -> Option<Offer<'a>> {
    let relying = door.officers.passkey_party()?;
    // A proxy may have changed the name that the browser asked for.
    let proxied = door.plain == PlainDoor::BehindTls && parts.extensions.get::<visitor::Arrival>().is_none();
    if proxied || door.origin(parts) == relying.origin() {
        return Some(Offer::Here);
    }
    Some(Offer::At(relying.origin()))
}

#[derive(Template)]
#[template(path = "login/passkey.html")]
struct LogIn<'a> {
    page: Page,
    own: &'static PasskeyWords,
    challenge: &'a str,
    party: &'a str,
    next: &'a str,
}

#[derive(Template)]
#[template(path = "passkeys/list.html")]
struct List<'a> {
    page: Page,
    own: &'static PasskeyWords,
    refusal: Option<String>,
    table: Table,
    commands: Vec<String>,
    elsewhere: Option<&'a str>,
    can_register: bool,
}

#[derive(Template)]
#[template(path = "passkeys/new.html")]
struct New<'a> {
    page: Page,
    own: &'static PasskeyWords,
    challenge: &'a str,
    party: &'a str,
    user: String,
    name: &'a str,
    exclude: String,
    csrf: String,
}

#[derive(Template)]
#[template(path = "passkeys/withdraw.html")]
struct Withdraw {
    page: Page,
    own: &'static PasskeyWords,
    confirmation: Confirmation,
}

/// What the script brings of a passkey that was made.
#[derive(Debug, Deserialize)]
struct Made {
    client_data: String,
    authenticator_data: String,
}

/// A form without fields of its own.
#[derive(Debug, Deserialize)]
struct Nothing {}

/// A field in base64url; what is none is empty, and the ceremony says that it is malformed.
fn octets(text: &str) -> Vec<u8> {
    let text = Some(text).filter(|text| text.len() <= FIELD_OCTETS_MAX);
    URL_SAFE_NO_PAD.decode(text.unwrap_or_default()).unwrap_or_default()
}

/// A page in which our script runs.
fn scripted(view: &impl Template) -> Response {
    let policy = HeaderValue::from_static(SCRIPTED);
    ([(header::CONTENT_SECURITY_POLICY, policy)], shown(StatusCode::OK, view)).into_response()
}

fn refused(door: &Visitors, why: &LoginError, language: Language) -> Response {
    door.refused(problem::status(why.kind()), why, language)
}

async fn show_log_in(State(door): Door, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let (asked, next) = (Asked::of(&parts), wanted(&parts));
    let own = PasskeyWords::of(asked.language());
    if let Some(Offer::At(_)) = offer(&door, &parts) {
        // The log-in page says where passkeys work.
        return login_page(&door, &parts, &next, StatusCode::OK, None);
    }
    if door.carriage(&parts.extensions).is_none() {
        return login_page(&door, &parts, &next, StatusCode::FORBIDDEN, None);
    }
    let challenge = match door.officers.passkey_challenge((door.clock)()) {
        Ok(challenge) => challenge.text,
        Err(why) => return refused(&door, &why, asked.language()),
    };
    scripted(&LogIn {
        page: asked.page(&door.site),
        own,
        challenge: &challenge,
        party: door.officers.passkey_party().map(RelyingParty::id).unwrap_or_default(),
        next: visitor::own_path(&next).unwrap_or_default(),
    })
}

async fn log_in(State(door): Door, request: Request) -> Response {
    let attempt = match Attempt::read(&door, request).await {
        Ok(attempt) => attempt,
        Err(answer) => return answer,
    };
    let answer = PasskeyAnswer {
        credential: octets(attempt.field("credential")),
        client_data: octets(attempt.field("client_data")),
        authenticator_data: octets(attempt.field("authenticator_data")),
        signature: octets(attempt.field("signature")),
        user_handle: octets(attempt.field("user_handle")),
    };
    let opened = door.officers.log_in_by_passkey(&answer, (door.clock)()).await;
    attempt.finish(&door, opened).await
}

async fn list(State(door): Door, officer: PageOfficer, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    list_page(&door, &officer, &parts, StatusCode::OK, None).await
}

/// The officer's passkeys; with a refusal if one was asked for and not kept.
async fn list_page(
    door: &Visitors,
    officer: &PageOfficer,
    parts: &Parts,
    status: StatusCode,
    refusal: Option<String>,
) -> Response {
    let asked = Asked::of(parts);
    let language = asked.language();
    let own = PasskeyWords::of(language);
    let Some(offer) = offer(door, parts) else {
        return refused(door, &PasskeyRefused::Off.into(), language);
    };
    let mine = match door.officers.passkeys(officer.id()).await {
        Ok(mine) => mine,
        Err(why) => return refused(door, &why, language),
    };
    let waiting = mine.iter().filter(|passkey| passkey.bound_at.is_none());
    let command = |passkey: &Passkey| {
        let (number, name) = (officer.id(), &passkey.fingerprint);
        format!("hefu officer propose bind-passkey --officer {number} --passkey {name}")
    };
    let mut page = asked.page(&door.site).seen_by(officer.seen(language));
    let done = match asked.done() {
        Some("registered") => Some((Shape::Wait, own.registered)),
        Some("withdrawn") => Some((Shape::Good, own.withdrawn)),
        _ => None,
    };
    if let Some((shape, text)) = done {
        page = page.saying(Notice::new(language, shape, text));
    }
    let view = List {
        page,
        own,
        refusal,
        commands: waiting.map(command).collect(),
        elsewhere: match offer {
            Offer::Here => None,
            Offer::At(url) => Some(url),
        },
        can_register: mine.len() < PASSKEYS_MAX,
        table: table(&mine, own),
    };
    shown(status, &view)
}

fn table(mine: &[Passkey], own: &PasskeyWords) -> Table {
    let names = [own.fingerprint, own.state, own.made_at, own.used_at, own.act];
    let row = |passkey: &Passkey| {
        let state = match passkey.bound_at {
            None => Mark::new(Shape::Wait, own.waits),
            Some(_) => Mark::new(Shape::Good, own.bound),
        };
        let way = format!("/passkeys/{}/withdraw", passkey.fingerprint);
        vec![
            Cell::Code(passkey.fingerprint.clone()),
            Cell::State(state),
            Cell::Text(time(passkey.made_at)),
            Cell::Text(passkey.used_at.map_or_else(|| own.never.to_owned(), time)),
            Cell::Link(Link::new(way, own.withdraw)),
        ]
    };
    Table::new(own.caption, names.map(Column::text))
        .rows(mine.iter().map(row))
        .or_else(Empty::new(own.none, own.none_hint))
}

async fn new(State(door): Door, officer: PageOfficer, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let asked = Asked::of(&parts);
    let language = asked.language();
    if let Some(Offer::At(_)) = offer(&door, &parts) {
        return list_page(&door, &officer, &parts, StatusCode::OK, None).await;
    }
    let wish = match door.officers.passkey_wish(officer.officer(), (door.clock)()).await {
        Ok(wish) => wish,
        Err(why) => return not_kept(&door, &officer, &parts, &why).await,
    };
    let exclude: Vec<String> = wish.exclude.iter().map(|id| URL_SAFE_NO_PAD.encode(id)).collect();
    let own = PasskeyWords::of(language);
    let page = asked.page(&door.site).seen_by(officer.seen(language));
    scripted(&New {
        page: page.under(Link::new("/passkeys", own.passkeys)),
        own,
        challenge: &wish.challenge,
        party: door.officers.passkey_party().map(RelyingParty::id).unwrap_or_default(),
        user: URL_SAFE_NO_PAD.encode(wish.user_handle),
        name: officer.name(),
        exclude: exclude.join(" "),
        csrf: officer.csrf(),
    })
}

async fn keep(State(door): Door, officer: PageOfficer, parts: Parts, Form(made): Form<Made>) -> Response {
    let (client, authenticator) = (octets(&made.client_data), octets(&made.authenticator_data));
    let now = (door.clock)();
    let kept = door
        .officers
        .keep_passkey(officer.officer(), &client, &authenticator, now)
        .await;
    match kept {
        Ok(_) => Redirect::to("/passkeys?done=registered").into_response(),
        Err(why) => not_kept(&door, &officer, &parts, &why).await,
    }
}

/// The list with the reason on top; a fault and the absence of passkeys are pages of their own.
async fn not_kept(door: &Visitors, officer: &PageOfficer, parts: &Parts, why: &LoginError) -> Response {
    let language = Asked::of(parts).language();
    let status = match why.kind() {
        Kind::Refusal => StatusCode::FORBIDDEN,
        Kind::Malformed => StatusCode::BAD_REQUEST,
        _ => return refused(door, why, language),
    };
    list_page(door, officer, parts, status, Some(why.message(language))).await
}

async fn ask(State(door): Door, officer: PageOfficer, Path(name): Path<String>, asked: Asked) -> Response {
    let language = asked.language();
    let own = PasskeyWords::of(language);
    let found = match door.officers.passkeys(officer.id()).await {
        Ok(mine) => mine.into_iter().find(|passkey| passkey.fingerprint == name),
        Err(why) => return refused(&door, &why, language),
    };
    let Some(passkey) = found else {
        return refused(&door, &PasskeyRefused::NoSuch.into(), language);
    };
    let ends = passkey.bound_at.map(|_| own.withdraw_ends);
    let consequences = [Some(own.withdraw_closes), ends].into_iter().flatten();
    let concerns = Facts::new([
        Fact::new(own.fingerprint, Cell::Code(passkey.fingerprint)),
        Fact::new(own.made_at, Cell::Text(time(passkey.made_at))),
    ]);
    let action = format!("/passkeys/{name}/withdraw");
    let consequences = consequences.map(str::to_owned).collect();
    let page = asked.page(&door.site).seen_by(officer.seen(language));
    let view = Withdraw {
        page: page.under(Link::new("/passkeys", own.passkeys)),
        own,
        confirmation: Confirmation::new(language, action, consequences, concerns)
            .csrf(Some(&officer.csrf()))
            .act(own.withdraw, "/passkeys"),
    };
    shown(StatusCode::OK, &view)
}

async fn withdraw(
    State(door): Door,
    officer: PageOfficer,
    Path(name): Path<String>,
    asked: Asked,
    _: Form<Nothing>,
) -> Response {
    let now = (door.clock)();
    match door.officers.withdraw_passkey(officer.officer(), &name, now).await {
        Ok(()) => Redirect::to("/passkeys?done=withdrawn").into_response(),
        Err(why) => refused(&door, &why, asked.language()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_base64url_of_bounded_length_or_empty() {
        assert_eq!(octets("AAEC_w"), [0, 1, 2, 255]);
        for broken in ["AAEC/+", "AAEC=", "A", "中"] {
            assert_eq!(octets(broken), [0_u8; 0], "{broken}");
        }
        assert_eq!(octets(&"A".repeat(FIELD_OCTETS_MAX)).len(), FIELD_OCTETS_MAX / 4 * 3);
        assert!(octets(&"A".repeat(FIELD_OCTETS_MAX + 4)).is_empty());
    }

    #[test]
    fn the_script_and_its_pages_use_the_same_names() {
        let says = include_str!("../templates/passkeys/says.html");
        let names = says
            .split("data-says=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next());
        let names: Vec<&str> = names.collect();
        assert_eq!(names.len(), 5);
        for name in names {
            assert!(SCRIPT.contains(&format!("'{name}'")), "{name}");
        }
        let pages = [
            include_str!("../templates/passkeys/new.html"),
            include_str!("../templates/login/passkey.html"),
        ];
        for page in pages {
            let inputs = page.split("<input type=\"hidden\" name=\"").skip(1);
            let empty = inputs.filter_map(|rest| rest.split_once('"').filter(|(_, after)| after.starts_with('>')));
            let names: Vec<&str> = empty.map(|(name, _)| name).collect();
            assert!(names.len() >= 2, "{names:?}");
            for name in names {
                assert!(SCRIPT.contains(&format!("{name}:")), "{name}");
            }
        }
    }
}
