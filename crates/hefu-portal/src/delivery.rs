//! Fetching the certificates by a one-time code, and saying whether they are right.

use askama::Template;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hefu_page::page::{done, encoded, nowhere, refuse, show};
use hefu_ra::ApplicationView;
use hefu_rulebook::{Citation as Rule, Language};
use hefu_subscribers::{Answer as Said, Made, Purpose};
use hefu_web::Affairs;

use crate::Portal;
use crate::component::{
    Act, Answer, Cell, Citation, Fact, Facts, Field, Form, Input, Link, Manner, Method, Scan, Shape,
};
use crate::entrance::{self, Sheet};
use crate::mishap::{Mishap, status_and_answer};
use crate::overview::{Task, certificate_state, gathered};
use crate::page::Page;
use crate::page::time::{grouped, time};
use crate::visitor::{PageSubscriber, mishap};
use crate::words::PortalWords;

/// Characters of a reason.
const REASON_MAX: u32 = 4000;

#[derive(Template)]
#[template(path = "portal/files.html")]
struct Fetched {
    page: Page,
    words: &'static PortalWords,
    files: Vec<Task>,
    until: String,
}

/// A code on a page of its own, to be read, printed or scanned; it is shown once.
#[derive(Template)]
#[template(path = "portal/code.html")]
pub(crate) struct CodeSheet {
    pub(crate) page: Page,
    pub(crate) words: &'static PortalWords,
    pub(crate) title: &'static str,
    pub(crate) scan: Scan,
    pub(crate) facts: Facts,
    pub(crate) notes: Vec<&'static str>,
    pub(crate) here: Option<Link>,
    pub(crate) back: Link,
}

#[derive(Template)]
#[template(path = "portal/certificate.html")]
struct Judging {
    page: Page,
    words: &'static PortalWords,
    answer: Option<Answer>,
    rule: Citation,
    facts: Option<Facts>,
    forms: Vec<Form>,
}

pub(crate) async fn ask(State(door): State<Portal>, subscriber: PageSubscriber) -> Response {
    shown(&door, &subscriber, None).await
}

async fn shown(door: &Portal, subscriber: &PageSubscriber, mishap: Option<Mishap>) -> Response {
    let page = subscriber.page(door);
    let language = page.language;
    let words = PortalWords::of(language);
    let affairs = match gathered(door, subscriber).await {
        Ok(affairs) => affairs,
        Err(why) => return refuse(page, why.explain()),
    };
    let (status, mut answer) = status_and_answer(mishap);
    let is_fetching = subscriber.subscriber().purpose() == Purpose::Delivery;
    if let (true, Some(delivery)) = (is_fetching, &affairs.delivery) {
        let view = Fetched {
            words,
            files: files(&affairs.view, words),
            until: format!("{} {}", words.answer_until, time(delivery.answer_until)),
            page,
        };
        return show(status, &view);
    }
    let (lede, form) = match (affairs.certificate.is_some(), is_fetching) {
        (true, true) => (words.fetch_lede, post(language, "/portal/delivery", words.fetch)),
        (true, false) => (
            words.delivery_lede,
            post(language, "/portal/delivery/code", words.make_delivery_code),
        ),
        (false, _) => {
            answer = answer.or_else(|| Some(Answer::new(Shape::Wait, words.not_issued)));
            (words.delivery_lede, entrance::form(language, ""))
        }
    };
    let view = Sheet {
        title: words.ask_delivery,
        lede,
        answer,
        notes: vec![words.delivery_note.to_owned()],
        form: form.csrf(page.csrf()),
        links: Vec::new(),
        page,
    };
    show(status, &view)
}

fn post(language: Language, action: &'static str, label: &'static str) -> Form {
    Form::new(language, Method::Post, action).act(Act::new(Manner::Main, label))
}

/// A code is shown once: who comes back to its page, or wants it in the other language, finds where codes are made.
pub(crate) async fn no_code() -> Redirect {
    Redirect::to("/portal/delivery")
}

/// A one-time code, for the machine where the key is.
pub(crate) async fn code(State(door): State<Portal>, subscriber: PageSubscriber, request: Request) -> Response {
    if let Err(answer) = subscriber.form(request).await {
        return answer;
    }
    let page = subscriber.page(&door);
    let language = page.language;
    let words = PortalWords::of(language);
    let made = door
        .office
        .make_delivery_code(subscriber.subscriber(), (door.clock)())
        .await;
    match made {
        Ok(made) => {
            let back = Link::new("/portal", words.mine);
            let view = code_sheet(&door, page, &made, words.delivery_code, back);
            show(StatusCode::OK, &view)
        }
        Err(why) => shown(&door, &subscriber, Some(mishap(&why, language))).await,
    }
}

/// The sheet of a code that was made just now.
pub(crate) fn code_sheet(door: &Portal, page: Page, made: &Made, title: &'static str, back: Link) -> CodeSheet {
    let words = PortalWords::of(page.language);
    let code = made.code.reveal();
    let path = format!("/portal/enter?code={}", encoded(&code));
    let address = format!("{}{path}", door.site.public_url);
    let uses = match made.access.uses_left {
        Some(_) => words.once,
        None => words.again_and_again,
    };
    let notes = match made.access.purpose {
        Purpose::Portal => vec![words.code_note_portal, words.code_note_secret],
        Purpose::Delivery => vec![words.code_note_delivery, words.code_note_secret],
        Purpose::Loss => vec![words.code_note_loss, words.code_note_secret],
    };
    let is_subscribers = made.access.purpose == Purpose::Delivery && !made.access.made_by.starts_with("officer:");
    CodeSheet {
        title,
        scan: Scan::new(
            code.as_str(),
            format!("{}/portal", door.site.public_url),
            &address,
            words.code_picture,
        ),
        facts: Facts::new([
            Fact::new(words.code_for, words.purpose(made.access.purpose)),
            Fact::new(words.code_uses, uses),
            Fact::new(words.code_until, time(made.access.expires_at)),
            Fact::new(words.application, made.access.application.clone()),
        ]),
        notes,
        here: is_subscribers.then(|| Link::new(path, words.use_here)),
        back,
        words,
        page,
    }
}

/// Recorded first; then the files are there, as long as the session lasts.
pub(crate) async fn deliver(State(door): State<Portal>, subscriber: PageSubscriber, request: Request) -> Response {
    if let Err(answer) = subscriber.form(request).await {
        return answer;
    }
    let language = subscriber.page(&door).language;
    match door.office.deliver(subscriber.subscriber(), (door.clock)()).await {
        Ok(_) => done("/portal/delivery", "delivered"),
        Err(why) => shown(&door, &subscriber, Some(mishap(&why, language))).await,
    }
}

/// The files that can be taken along, and what each is for.
fn files(view: &ApplicationView, words: &'static PortalWords) -> Vec<Task> {
    let task = |name: &str, label: String, hint: &str| Task {
        way: Link::new(format!("/portal/delivery/files/{name}"), label),
        hint: hint.to_owned(),
    };
    let mut files = Vec::new();
    files.push(task("chain.pem", words.file_chain.to_owned(), words.file_chain_hint));
    if view.csr_response.is_some() {
        files.push(task(
            "response.der",
            words.file_response.to_owned(),
            words.file_response_hint,
        ));
    }
    for part in &view.certificates {
        let usage = words.usage(part.usage);
        for (end, kind) in [("pem", "PEM"), ("der", "DER")] {
            let name = format!("{}.{end}", part.usage.as_str());
            files.push(task(&name, format!("{usage} ({kind})"), &grouped(&part.serial)));
        }
    }
    if view.enveloped_key.is_some() {
        files.push(task(
            "enveloped-key.der",
            words.file_envelope.to_owned(),
            words.file_envelope_hint,
        ));
    }
    if view.issuer_pem.is_some() {
        files.push(task("issuer.pem", words.file_issuer.to_owned(), words.file_issuer_hint));
    }
    files
}

pub(crate) async fn file(State(door): State<Portal>, subscriber: PageSubscriber, Path(name): Path<String>) -> Response {
    let page = subscriber.page(&door);
    let affairs = match gathered(&door, &subscriber).await {
        Ok(affairs) => affairs,
        Err(why) => return refuse(page, why.explain()),
    };
    // Only who came by a one-time code, and only after the delivery was recorded.
    let may = subscriber.subscriber().purpose() == Purpose::Delivery && affairs.delivery.is_some();
    let found = content(&affairs.view, &name).filter(|_| may);
    let Some((kind, octets)) = found else {
        return nowhere(page);
    };
    let disposition = format!("attachment; filename=\"{}-{name}\"", affairs.view.id);
    let disposition = HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment"));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    (StatusCode::OK, headers, octets).into_response()
}

fn content(view: &ApplicationView, name: &str) -> Option<(&'static str, Vec<u8>)> {
    const PEM: &str = "application/x-pem-file";
    const DER: &str = "application/octet-stream";
    let der = |text: &Option<String>| Some((DER, STANDARD.decode(text.as_ref()?).ok()?));
    match name {
        "issuer.pem" => return Some((PEM, view.issuer_pem.clone()?.into_bytes())),
        "response.der" => return der(&view.csr_response),
        "enveloped-key.der" => return der(&view.enveloped_key),
        "chain.pem" => {
            let parts = view.certificates.iter().map(|part| part.pem.as_str());
            let whole: String = parts.chain(view.issuer_pem.as_deref()).collect();
            return Some((PEM, whole.into_bytes()));
        }
        _ => {}
    }
    let (usage, end) = name.rsplit_once('.')?;
    let part = view.certificates.iter().find(|part| part.usage.as_str() == usage)?;
    match end {
        "pem" => Some((PEM, part.pem.clone().into_bytes())),
        "der" => {
            let lines = part.pem.lines().filter(|line| !line.starts_with("-----"));
            Some((
                "application/pkix-cert",
                STANDARD.decode(lines.collect::<String>()).ok()?,
            ))
        }
        _ => None,
    }
}

pub(crate) async fn certificate(State(door): State<Portal>, subscriber: PageSubscriber) -> Response {
    judging(&door, &subscriber, "", None).await
}

async fn judging(door: &Portal, subscriber: &PageSubscriber, typed: &str, mishap: Option<Mishap>) -> Response {
    let page = subscriber.page(door);
    let language = page.language;
    let words = PortalWords::of(language);
    let affairs = match gathered(door, subscriber).await {
        Ok(affairs) => affairs,
        Err(why) => return refuse(page, why.explain()),
    };
    let (status, answer) = status_and_answer(mishap);
    let may = affairs.asks.contains(&hefu_web::Ask::Acceptance);
    let view = Judging {
        words,
        answer: answer.or_else(|| stands(&affairs, words)),
        rule: Citation::of(Rule::new("ESL", "20"), language),
        facts: stated(door, &affairs, language),
        forms: if may {
            forms(language, page.csrf(), typed)
        } else {
            Vec::new()
        },
        page,
    };
    show(status, &view)
}

/// What stands in the certificate, for its holder to compare.
fn stated(door: &Portal, affairs: &Affairs, language: Language) -> Option<Facts> {
    let words = PortalWords::of(language);
    let certificate = affairs.certificate.as_ref()?;
    let mut facts = vec![
        Fact::new(words.subject, certificate.subject.clone()),
        Fact::new(words.profile, door.profile_name(&certificate.profile, language)),
        Fact::new(words.serial, Cell::serial(&certificate.serial, None)),
        Fact::new(words.begins, time(certificate.not_before)),
        Fact::new(words.expires, time(certificate.not_after)),
        Fact::new(words.state, certificate_state(certificate.state, words)),
    ];
    if let Some(delivery) = &affairs.delivery {
        facts.push(Fact::new(words.answer_until, time(delivery.answer_until)));
    }
    Some(Facts::new(facts))
}

/// Why nothing can be said now, or what was.
fn stands(affairs: &Affairs, words: &'static PortalWords) -> Option<Answer> {
    match (&affairs.certificate, &affairs.delivery) {
        (None, _) => Some(Answer::new(Shape::Wait, words.not_issued)),
        (_, None) => Some(Answer::new(Shape::Wait, words.not_delivered)),
        (_, Some(delivery)) => match delivery.answer {
            Some(Said::Accepted) => Some(Answer::new(Shape::Good, words.accepted)),
            Some(Said::Refused) => Some(Answer::new(Shape::Ended, words.refused)),
            None => None,
        },
    }
}

fn forms(language: Language, csrf: Option<&str>, typed: &str) -> Vec<Form> {
    let words = PortalWords::of(language);
    let form = |answer: Said| {
        Form::new(language, Method::Post, "/portal/certificate")
            .csrf(csrf)
            .hidden("answer", answer.as_str())
    };
    let reason = Field::new(language, "reason", words.refuse_reason, Input::Lines(3))
        .help(words.refuse_then)
        .at_most(REASON_MAX)
        .value(typed);
    vec![
        form(Said::Accepted).act(Act::new(Manner::Main, words.accept)),
        form(Said::Refused)
            .field(reason)
            .act(Act::new(Manner::Grave, words.refuse)),
    ]
}

pub(crate) async fn answer(State(door): State<Portal>, subscriber: PageSubscriber, request: Request) -> Response {
    let sent = match subscriber.form(request).await {
        Ok(sent) => sent,
        Err(answer) => return answer,
    };
    let language = subscriber.page(&door).language;
    let reason = sent.text("reason");
    let Some(answer) = Said::named(&sent.text("answer")) else {
        return nowhere(subscriber.page(&door));
    };
    let said = (answer, reason.as_str());
    match door.office.answer(subscriber.subscriber(), said, (door.clock)()).await {
        Ok(_) => done("/portal/certificate", answer.as_str()),
        Err(why) => judging(&door, &subscriber, &reason, Some(mishap(&why, language))).await,
    }
}
