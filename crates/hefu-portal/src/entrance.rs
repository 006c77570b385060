//! Coming in with a code, and leaving.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use hefu_page::page::{refuse, show};
use hefu_rulebook::Language;
use hefu_web::{Came, Sent};

use crate::Portal;
use crate::component::{Act, Answer, Field, Form, Input, Link, Manner, Method, Shape};
use crate::mishap::{Mishap, status_and_answer};
use crate::page::Page;
use crate::visitor::{PageSubscriber, frame, home, mishap, with_cookie};
use crate::words::PortalWords;

/// Characters of a code as people type it, with room for spaces.
const CODE_MAX: u32 = 40;

#[derive(Template)]
#[template(path = "portal/form.html")]
pub(crate) struct Sheet {
    pub(crate) page: Page,
    pub(crate) title: &'static str,
    pub(crate) lede: &'static str,
    pub(crate) answer: Option<Answer>,
    pub(crate) notes: Vec<String>,
    pub(crate) form: Form,
    pub(crate) links: Vec<Link>,
}

pub(crate) async fn ask(State(door): State<Portal>, came: Came) -> Response {
    entrance(&door, &came, &came.query("code"), None)
}

/// The page where a code is entered.
pub(crate) fn entrance(door: &Portal, came: &Came, typed: &str, mishap: Option<Mishap>) -> Response {
    let asked = came.asked();
    let (language, page) = (asked.language(), frame(door, &asked, None));
    let words = PortalWords::of(language);
    if !came.may_carry_a_session() {
        let answer = Answer::new(Shape::Wait, words.door_closed);
        let view = sheet(
            page,
            words,
            form(language, typed),
            (StatusCode::FORBIDDEN, Some(answer)),
        );
        return view;
    }
    sheet(page, words, form(language, typed), status_and_answer(mishap))
}

fn sheet(
    page: Page,
    words: &'static PortalWords,
    form: Form,
    (status, answer): (StatusCode, Option<Answer>),
) -> Response {
    let view = Sheet {
        title: words.enter,
        lede: words.enter_lede,
        answer,
        notes: vec![words.enter_lost.to_owned()],
        form,
        links: vec![Link::new("/certificates", words.public_look_up)],
        page,
    };
    show(status, &view)
}

/// The field for a code.
pub(crate) fn form(language: Language, typed: &str) -> Form {
    let words = PortalWords::of(language);
    let field = Field::new(language, "code", words.code, Input::Line("text"))
        .help(words.code_help)
        .autocomplete("one-time-code")
        .at_most(CODE_MAX)
        .value(typed);
    Form::new(language, Method::Post, "/portal/enter")
        .field(field)
        .act(Act::new(Manner::Main, words.go_on))
}

pub(crate) async fn enter(State(door): State<Portal>, came: Came, request: Request) -> Response {
    // There is no session yet that a mark could belong to; the form must be of this site, as far as the browser tells.
    let sent = match Sent::read(&came, request).await {
        Ok(sent) => sent,
        Err(answer) => return answer,
    };
    let code = sent.text("code");
    let language = came.asked().language();
    if !came.may_carry_a_session() {
        return entrance(&door, &came, "", None);
    }
    match door.office.enter(&code, (door.clock)()).await {
        Ok((token, subscriber)) => {
            if let Ok(Some(before)) = PageSubscriber::of(&door, &came).await
                && let Err(why) = door.office.leave(before.token()).await
            {
                tracing::error!("the session before a code was not ended: {why}");
            }
            with_cookie(&came, home(subscriber.purpose()), &token.reveal())
        }
        Err(why) => entrance(&door, &came, &code, Some(mishap(&why, language))),
    }
}

pub(crate) async fn leave(
    State(door): State<Portal>,
    came: Came,
    subscriber: PageSubscriber,
    request: Request,
) -> Response {
    if let Err(answer) = subscriber.form(request).await {
        return answer;
    }
    match door.office.leave(subscriber.token()).await {
        Ok(()) => with_cookie(&came, "/portal", ""),
        Err(why) => refuse(subscriber.page(&door), &why),
    }
}
