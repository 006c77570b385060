//! A lost key, at any hour: with a code, then a question, then the certificate is out of use (电子签名法 15).

use askama::Template;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use hefu_page::page::{done, refuse, show};
use hefu_ra::CertificateState;
use hefu_rulebook::{Citation as Rule, Language};
use hefu_subscribers::Purpose;
use hefu_web::{Affairs, Came};

use crate::Portal;
use crate::component::{Answer, Cell, Citation, Confirmation, Fact, Facts, Field, Form, Input, Shape};
use crate::entrance;
use crate::mishap::{Mishap, status_and_answer};
use crate::overview::{certificate_state, gathered};
use crate::page::Page;
use crate::page::time::time;
use crate::visitor::{PageSubscriber, frame, mishap};
use crate::words::PortalWords;

/// Characters of what is said.
const WORDS_MAX: u32 = 4000;

#[derive(Template)]
#[template(path = "portal/lost.html")]
struct Lost {
    page: Page,
    words: &'static PortalWords,
    lede: &'static str,
    answer: Option<Answer>,
    form: Option<Form>,
    confirmation: Option<Confirmation>,
    facts: Option<Facts>,
    by_key: bool,
}

pub(crate) async fn ask(State(door): State<Portal>, came: Came) -> Response {
    match PageSubscriber::of(&door, &came).await {
        Ok(Some(subscriber)) if subscriber.subscriber().purpose() != Purpose::Delivery => {
            shown(&door, &subscriber, "", None).await
        }
        Ok(_) => strangers(&door, &came),
        Err(why) => refuse(frame(&door, &came.asked(), None), &why),
    }
}

/// For who has no session: what a code does here, and that the key itself may ask.
fn strangers(door: &Portal, came: &Came) -> Response {
    let asked = came.asked();
    let page = frame(door, &asked, None);
    let words = PortalWords::of(page.language);
    let view = Lost {
        words,
        lede: words.lost_lede,
        answer: None,
        form: came.may_carry_a_session().then(|| entrance::form(page.language, "")),
        confirmation: None,
        facts: None,
        by_key: true,
        page,
    };
    show(StatusCode::OK, &view)
}

async fn shown(door: &Portal, subscriber: &PageSubscriber, typed: &str, mishap: Option<Mishap>) -> Response {
    let page = subscriber.page(door);
    let language = page.language;
    let words = PortalWords::of(language);
    let affairs = match gathered(door, subscriber).await {
        Ok(affairs) => affairs,
        Err(why) => return refuse(page, why.explain()),
    };
    let state = affairs.certificate.as_ref().map(|certificate| certificate.state);
    let may = state == Some(CertificateState::Valid);
    let (status, answer) = status_and_answer(mishap);
    let stands = match state {
        None => Some((Shape::Wait, words.not_issued)),
        Some(CertificateState::Valid) => None,
        Some(CertificateState::Suspended) => Some((Shape::Good, words.lost_suspended)),
        Some(CertificateState::Revoked) => Some((Shape::Good, words.lost_revoked)),
        Some(CertificateState::Expired) => Some((Shape::Plain, words.lost_expired)),
    };
    let facts = concerned(&affairs, language);
    let view = Lost {
        words,
        lede: words.lost_lede,
        answer: answer.or_else(|| stands.map(|(shape, text)| Answer::new(shape, text))),
        form: None,
        confirmation: may.then(|| question(facts.clone(), (page.csrf(), typed), language)),
        facts: (!may && state.is_some()).then_some(facts),
        by_key: false,
        page,
    };
    show(status, &view)
}

fn concerned(affairs: &Affairs, language: Language) -> Facts {
    let words = PortalWords::of(language);
    let facts = affairs.certificate.iter().flat_map(|certificate| {
        [
            Fact::new(words.subject, certificate.subject.clone()),
            Fact::new(words.serial, Cell::serial(&certificate.serial, None)),
            Fact::new(words.state, certificate_state(certificate.state, words)),
            Fact::new(words.expires, time(certificate.not_after)),
        ]
    });
    Facts::new(facts)
}

fn question(facts: Facts, (csrf, typed): (Option<&str>, &str), language: Language) -> Confirmation {
    let words = PortalWords::of(language);
    let consequences = [words.lost_now, words.lost_seen, words.lost_later, words.lost_back];
    Confirmation::new(
        language,
        "/portal/lost",
        consequences.map(str::to_owned).to_vec(),
        facts,
    )
    .rule(Citation::of(Rule::new("ESL", "15"), language))
    .csrf(csrf)
    .field(
        Field::new(language, "words", words.lost_words, Input::Lines(3))
            .at_most(WORDS_MAX)
            .value(typed)
            .optional(),
    )
    .act(words.lost_act, "/portal")
}

pub(crate) async fn report(State(door): State<Portal>, subscriber: PageSubscriber, request: Request) -> Response {
    let sent = match subscriber.form(request).await {
        Ok(sent) => sent,
        Err(answer) => return answer,
    };
    let said = sent.text("words");
    let language = subscriber.page(&door).language;
    match door
        .office
        .report_loss(subscriber.subscriber(), &said, (door.clock)())
        .await
    {
        Ok(_) => done("/portal/lost", "lost"),
        Err(why) => shown(&door, &subscriber, &said, Some(mishap(&why, language))).await,
    }
}
