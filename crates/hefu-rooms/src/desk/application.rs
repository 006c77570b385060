//! One application: its road, what is known, what was done by whom, the next step, and what was issued.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hefu_certificate::{LawScope, Usage};
use hefu_ra::{ApplicationId, ApplicationView, Stage, StepName, Taken};
use hefu_rulebook::Language;

use super::next::{self, Next};
use super::{DeskPages, holder, queue_link};
use crate::component::{Answer, Cell, Citation, Event, Fact, Facts, Link, Road, Standing, Step, Thread};
use crate::mishap::{Mishap, status_and_answer};
use crate::page::time::time;
use crate::page::{Asked, Page, nowhere, refuse, show};
use crate::words::desk::{self, DeskWords};
use hefu_web::PageOfficer;

/// The road, in its order.
const ROAD: [StepName; 5] = [
    StepName::Notice,
    StepName::Contract,
    StepName::Identity,
    StepName::Approval,
    StepName::Issuance,
];

#[derive(Template)]
#[template(path = "desk/application.html")]
struct One {
    page: Page,
    words: &'static DeskWords,
    title: String,
    road: Road,
    answer: Option<Answer>,
    next: Option<Next>,
    delivered: Option<Facts>,
    facts: Facts,
    subject: Facts,
    thread: Thread,
}

pub(super) async fn application(
    State(door): State<DeskPages>,
    officer: PageOfficer,
    asked: Asked,
    Path(id): Path<String>,
) -> Response {
    match door.frame(&asked, &officer).await {
        Ok(page) => shown(&door, &officer, page, &id, None).await,
        Err(answer) => *answer,
    }
}

/// The page of an application, with what was not done, if something was not.
pub(super) async fn shown(
    door: &DeskPages,
    officer: &PageOfficer,
    page: Page,
    id: &str,
    mishap: Option<Mishap>,
) -> Response {
    let language = page.language;
    let page = page.under(queue_link(language));
    let Ok(id) = id.parse::<ApplicationId>() else {
        return nowhere(page);
    };
    let view = match door.desk.application(id).await {
        Ok(view) => view,
        Err(why) => return refuse(page, &why),
    };
    let (status, answer) = status_and_answer(mishap);
    let view = One {
        title: holder(&view.subject, true),
        road: road(&view, language),
        answer,
        next: next::of(door, officer, &view, page.csrf(), language),
        delivered: delivered(&view, language),
        facts: facts(door, &view, language).await,
        subject: subject(door, &view, language),
        thread: thread(door, &view, language),
        words: DeskWords::of(language),
        page,
    };
    show(status, &view)
}

fn road(view: &ApplicationView, language: Language) -> Road {
    let words = DeskWords::of(language);
    let taken = |step: StepName| view.taken.iter().find(|taken| taken.step == step);
    let entered = Step::new(Standing::Done, words.event_entered).note(time(view.created_at));
    let mut is_stopped = view.state == Stage::Rejected;
    let steps = ROAD.into_iter().map(|step| {
        let name = desk::step(step, language);
        match taken(step) {
            Some(taken) => Step::new(Standing::Done, name).note(time(taken.at)),
            None if std::mem::take(&mut is_stopped) => Step::new(Standing::Stopped, name),
            None if view.next == Some(step) => Step::new(Standing::Current, name),
            None => Step::new(Standing::Ahead, name),
        }
    });
    Road::new(language, words.road, std::iter::once(entered).chain(steps).collect())
}

async fn facts(door: &DeskPages, view: &ApplicationView, language: Language) -> Facts {
    let words = DeskWords::of(language);
    let scope = match door.scope(&view.profile) {
        LawScope::Signature => words.scope_signature,
        LawScope::Government => words.scope_government,
        LawScope::Outside => words.scope_outside,
    };
    let mut facts = vec![
        Fact::new(words.state, desk::stage(view.state, language)),
        Fact::new(words.number, Cell::Code(view.id.to_string())),
        Fact::new(words.kind, desk::kind(view.kind, language)),
        Fact::new(words.profile, door.profile_name(&view.profile, language)),
        Fact::new(words.scope, scope),
    ];
    if let Some(serial) = &view.replaces {
        let href = format!("/desk/certificates/{serial}");
        facts.push(Fact::new(words.replaces, Cell::serial(serial, Some(href))));
    }
    if let Some(applicant) = &view.applicant {
        facts.push(Fact::new(words.file, Cell::Code(applicant.clone())));
        facts.push(Fact::new(words.file_masked, masked(door, applicant, words).await));
    }
    if !view.look_alikes.is_empty() {
        let alike = view.look_alikes.iter();
        let alike: Vec<String> = alike
            .map(|alike| format!("{}（{}）", likeness(alike.likeness, words), alike.applicant))
            .collect();
        facts.push(Fact::new(words.look_alikes, alike.join(" ")));
    }
    facts.push(Fact::new(words.key, Cell::serial(&view.key_sm3, None)));
    if let Some(why) = &view.rejection {
        facts.push(Fact::new(words.rejection, why.clone()));
    }
    Facts::new(facts)
}

/// The number in the applicant's file, with its middle hidden.
async fn masked(door: &DeskPages, applicant: &str, words: &DeskWords) -> String {
    let Ok(id) = applicant.parse() else {
        return words.file_unread.to_owned();
    };
    match door.registry.filed(id).await {
        Ok(filed) => filed.masked,
        Err(why) => {
            tracing::warn!("the file of an application cannot be read: {why}");
            words.file_unread.to_owned()
        }
    }
}

fn likeness<'a>(word: &'a str, words: &'static DeskWords) -> &'a str {
    match word {
        "same-number" => words.same_number,
        "same-name" => words.same_name,
        "look-alike-name" => words.look_alike_name,
        "same-key" => words.same_key,
        other => other,
    }
}

/// The subject fields by the names that people read; numbers of persons with their middle hidden.
fn subject(door: &DeskPages, view: &ApplicationView, language: Language) -> Facts {
    let profile = door.desk.profiles().get(&view.profile);
    let label = |name: &str| {
        let field = profile.and_then(|profile| profile.fields().iter().find(|field| field.name() == name));
        field.map_or_else(|| name.to_owned(), |field| field.label().text(language).to_owned())
    };
    let facts = view.subject.iter().map(|(name, value)| {
        let value = match name.as_str() {
            "identity_number" | "passport_number" => hefu_applicants::masked(value),
            _ => value.clone(),
        };
        Fact::new(label(name), value)
    });
    Facts::new(facts)
}

fn thread(door: &DeskPages, view: &ApplicationView, language: Language) -> Thread {
    let words = DeskWords::of(language);
    let entered = Event::new(words.event_entered, time(view.created_at)).by(door.name_of(view.entered_by));
    let scope = door.scope(&view.profile);
    let taken = view.taken.iter().map(|taken| event(door, taken, scope, language));
    Thread::new(language, std::iter::once(entered).chain(taken))
}

fn event(door: &DeskPages, taken: &Taken, scope: LawScope, language: Language) -> Event {
    let words = DeskWords::of(language);
    let mut event = Event::new(desk::step(taken.step, language), time(taken.at));
    if let Some(by) = taken.by {
        event = event.by(door.name_of(by));
    }
    let basis = taken.basis.as_ref().map(|basis| match taken.step {
        StepName::Identity => format!("{} {}", words.method_label, method(basis, words)),
        _ => format!("{} {basis}", words.text_version),
    });
    let proof = taken
        .proof
        .as_ref()
        .map(|proof| format!("{} {proof}", words.proof_number));
    let detail: Vec<String> = basis.into_iter().chain(proof).collect();
    if !detail.is_empty() {
        event = event.detail(detail.join(" · "));
    }
    if let Some(citation) = taken.step.citation(scope) {
        event = event.rule(Citation::of(citation, language));
    }
    match taken.step {
        StepName::Issuance | StepName::Rejection => event.grave(),
        _ => event,
    }
}

fn method<'a>(method: &'a str, words: &'static DeskWords) -> &'a str {
    match method {
        "in-person" => words.in_person,
        "video" => words.video,
        "control" => words.control,
        "applicant-file" => words.file,
        other => other,
    }
}

/// The certificates and what can be taken along.
fn delivered(view: &ApplicationView, language: Language) -> Option<Facts> {
    if view.certificates.is_empty() {
        return None;
    }
    let words = DeskWords::of(language);
    let file = |name: &str, label: &str| Link::new(format!("/desk/applications/{}/files/{name}", view.id), label);
    let mut facts = Vec::new();
    let mut files = Vec::new();
    for part in &view.certificates {
        let label = usage_label(part.usage, words);
        let href = format!("/desk/certificates/{}", part.serial);
        facts.push(Fact::new(label, Cell::serial(&part.serial, Some(href))));
        files.push(file(&format!("{}.pem", part.usage.as_str()), label));
    }
    files.extend(view.issuer_pem.is_some().then(|| file("issuer.pem", words.pem_issuer)));
    files.extend(
        view.csr_response
            .is_some()
            .then(|| file("response.der", words.response)),
    );
    files.extend(
        view.enveloped_key
            .is_some()
            .then(|| file("enveloped-key.der", words.enveloped)),
    );
    facts.push(Fact::new(words.downloads, Cell::Links(files)));
    Some(Facts::new(facts))
}

const fn usage_label(usage: Usage, words: &'static DeskWords) -> &'static str {
    match usage {
        Usage::Single => words.pem_single,
        Usage::Sign => words.pem_sign,
        Usage::Encrypt => words.pem_encrypt,
    }
}

/// A file of an issued application: a certificate or the response for the applicant.
pub(super) async fn file(
    State(door): State<DeskPages>,
    officer: PageOfficer,
    asked: Asked,
    Path((id, name)): Path<(String, String)>,
) -> Response {
    let page = match door.frame(&asked, &officer).await {
        Ok(page) => page,
        Err(answer) => return *answer,
    };
    let Ok(id) = id.parse::<ApplicationId>() else {
        return nowhere(page);
    };
    let view = match door.desk.application(id).await {
        Ok(view) => view,
        Err(why) => return refuse(page, &why),
    };
    let Some((kind, octets)) = content(&view, &name) else {
        return nowhere(page);
    };
    let disposition = format!("attachment; filename=\"{id}-{name}\"");
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
        "issuer.pem" => Some((PEM, view.issuer_pem.clone()?.into_bytes())),
        "response.der" => der(&view.csr_response),
        "enveloped-key.der" => der(&view.enveloped_key),
        _ => {
            let usage = name.strip_suffix(".pem")?;
            let part = view.certificates.iter().find(|part| part.usage.as_str() == usage)?;
            Some((PEM, part.pem.clone().into_bytes()))
        }
    }
}
