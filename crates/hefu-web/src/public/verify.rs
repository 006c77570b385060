//! Verification of a certificate that somebody brings, by file or text, at a time they choose.
//!
//! The POST changes nothing and keeps nothing, so it needs no token of a session. A certificate that was issued here
//! can be asked about by GET as well (`?serial=`), so that the question has an address.

mod brought;
mod report;

use askama::Template;
use axum::extract::State;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::http::StatusCode;
use axum::response::Response;
use hefu_rulebook::Language;
use hefu_status::Question;
use jiff::Timestamp;
use serde::Deserialize;

use self::brought::{Brought, Mistake, Place};
use self::report::Shown;
use crate::caller::Query;
use crate::component::{Act, Field, Form, Input, Link, Manner, Method};
use crate::page::time::from_local;
use crate::page::{Asked, Page, refuse, show};
use crate::relying::{Relying, root_list};
use crate::words::verification::VerificationWords;

/// What the form asks for, as it was typed.
#[derive(Debug, Default)]
struct Typed {
    file: Vec<u8>,
    text: String,
    at: String,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    serial: Option<String>,
    #[serde(default)]
    at: String,
}

#[derive(Template)]
#[template(path = "public/verify.html")]
struct Ask {
    page: Page,
    words: &'static VerificationWords,
    form: Form,
}

#[derive(Template)]
#[template(path = "public/verified.html")]
struct Answered {
    page: Page,
    words: &'static VerificationWords,
    shown: Shown,
}

/// The empty form; with `?serial=`, the answer about a certificate of ours.
pub(super) async fn ask(State(door): State<Relying>, asked: Asked, Query(wanted): Query<Wanted>) -> Response {
    let page = asked.page(&door.site);
    let Some(serial) = wanted.serial.filter(|serial| !serial.is_empty()) else {
        return asking(page, &Typed::default(), None);
    };
    let der = match door.status.certificate_der(&serial).await {
        Ok(der) => der,
        Err(why) => return refuse(page, &why),
    };
    let brought = brought::read(&der);
    let now = (door.clock)();
    match brought.and_then(|brought| Ok((brought, time_of(&wanted.at, now)?))) {
        Ok((brought, at)) => answered(&door, page, brought, at, now).await,
        Err(mistake) => asking(page, &Typed::default(), Some(&mistake)),
    }
}

/// The answer about what was brought.
pub(super) async fn answer(
    State(door): State<Relying>,
    asked: Asked,
    form: Result<Multipart, MultipartRejection>,
) -> Response {
    let page = asked.page(&door.site);
    let now = (door.clock)();
    let typed = match form {
        Ok(form) => typed(form).await,
        Err(_) => Err(Mistake::Form),
    };
    let typed = match typed {
        Ok(typed) => typed,
        Err(mistake) => return asking(page, &Typed::default(), Some(&mistake)),
    };
    match brought(&typed).and_then(|brought| Ok((brought, time_of(&typed.at, now)?))) {
        Ok((brought, at)) => answered(&door, page, brought, at, now).await,
        Err(mistake) => asking(page, &typed, Some(&mistake)),
    }
}

async fn typed(mut form: Multipart) -> Result<Typed, Mistake> {
    let mut typed = Typed::default();
    let too_large_or_broken = |why: axum::extract::multipart::MultipartError| {
        if why.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Mistake::TooLarge(Place::File)
        } else {
            Mistake::Form
        }
    };
    while let Some(field) = form.next_field().await.map_err(too_large_or_broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        let content = field.bytes().await.map_err(too_large_or_broken)?;
        match name.as_str() {
            "file" => typed.file = content.to_vec(),
            "text" => String::from_utf8_lossy(&content).trim().clone_into(&mut typed.text),
            "at" => String::from_utf8_lossy(&content).trim().clone_into(&mut typed.at),
            _ => {}
        }
    }
    Ok(typed)
}

fn brought(typed: &Typed) -> Result<Brought, Mistake> {
    match (typed.file.is_empty(), typed.text.is_empty()) {
        (true, true) => Err(Mistake::Nothing),
        (false, false) => Err(Mistake::Both),
        (false, true) => brought::read(&typed.file),
        (true, false) => brought::read_text(&typed.text),
    }
}

/// The time that was asked about: now where none was typed, and never later than now.
fn time_of(typed: &str, now: Timestamp) -> Result<Timestamp, Mistake> {
    if typed.is_empty() {
        return Ok(now);
    }
    let at = from_local(typed).ok_or(Mistake::Time)?;
    if at > now { Err(Mistake::Future) } else { Ok(at) }
}

fn asking(page: Page, typed: &Typed, mistake: Option<&Mistake>) -> Response {
    let words = VerificationWords::of(page.language);
    let status = if mistake.is_some() {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::OK
    };
    let view = Ask {
        form: form(page.language, typed, mistake),
        words,
        page,
    };
    show(status, &view)
}

fn form(language: Language, typed: &Typed, mistake: Option<&Mistake>) -> Form {
    let words = VerificationWords::of(language);
    let error = |place| {
        mistake
            .filter(|mistake| mistake.place() == place)
            .map(|mistake| mistake.text(words))
    };
    let file = Field::new(language, "file", words.file, Input::File(".crt,.cer,.pem,.der"));
    let text = Field::new(language, "text", words.text, Input::Lines(6));
    let at = Field::new(language, "at", words.at, Input::Line("datetime-local"));
    Form::new(language, Method::Post, "/verify")
        .field(file.help(words.file_help).error(error(Place::File)).optional())
        .field(
            text.help(words.text_help)
                .value(&typed.text)
                .error(error(Place::Text))
                .optional(),
        )
        .field(
            at.help(words.at_help)
                .value(&typed.at)
                .error(error(Place::Time))
                .optional(),
        )
        .act(Act::new(Manner::Main, words.act))
}

async fn answered(door: &Relying, page: Page, brought: Brought, at: Timestamp, now: Timestamp) -> Response {
    let lists = lists(door).await;
    let question = Question {
        certificate: brought.certificate.clone(),
        beside: &brought.beside,
        lists: &lists,
        at,
        now,
    };
    let verification = match door.status.verify(&question).await {
        Ok(verification) => verification,
        Err(why) => return refuse(page, &why),
    };
    let words = VerificationWords::of(page.language);
    let view = Answered {
        shown: Shown::of(&verification, &brought.certificate, page.language),
        words,
        page: page.under(Link::new("/verify", words.title)),
    };
    show(StatusCode::OK, &view)
}

/// The lists of the roots.
async fn lists(door: &Relying) -> Vec<Vec<u8>> {
    let mut lists = Vec::new();
    for authority in door.status.authorities() {
        lists.extend(root_list(door, authority.name).await);
    }
    lists
}
