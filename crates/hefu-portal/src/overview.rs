//! The first page: how far the application is, what is asked, what can be done, what was asked for.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use hefu_page::page::{refuse, show};
use hefu_ra::{CertificateState, Stage, StepName};
use hefu_rulebook::Language;
use hefu_subscribers::{Matter, MatterKind, Outcome, Purpose};
use hefu_web::{Affairs, Ask, Came};

use crate::Portal;
use crate::component::{Cell, Column, Fact, Facts, Link, Road, Shape, Standing, State as Word, Step, Table};
use crate::entrance;
use crate::page::Page;
use crate::page::time::{day, time};
use crate::visitor::{PageSubscriber, frame, home};
use crate::words::PortalWords;

/// The road, in its order.
const ROAD: [StepName; 5] = [
    StepName::Notice,
    StepName::Contract,
    StepName::Identity,
    StepName::Approval,
    StepName::Issuance,
];

/// Something to do, and what for.
pub(crate) struct Task {
    pub(crate) way: Link,
    pub(crate) hint: String,
}

#[derive(Template)]
#[template(path = "portal/overview.html")]
struct Overview {
    page: Page,
    words: &'static PortalWords,
    title: String,
    road: Road,
    tasks: Vec<Task>,
    facts: Facts,
    services: Vec<Task>,
    matters: Option<Table>,
}

pub(crate) async fn overview(State(door): State<Portal>, came: Came) -> Response {
    let subscriber = match PageSubscriber::of(&door, &came).await {
        Ok(Some(subscriber)) => subscriber,
        Ok(None) => return entrance::entrance(&door, &came, "", None),
        Err(why) => return refuse(frame(&door, &came.asked(), None), &why),
    };
    let purpose = subscriber.subscriber().purpose();
    if purpose != Purpose::Portal {
        return Redirect::to(home(purpose)).into_response();
    }
    let page = subscriber.page(&door);
    let affairs = match gathered(&door, &subscriber).await {
        Ok(affairs) => affairs,
        Err(why) => return refuse(page, why.explain()),
    };
    let language = page.language;
    let words = PortalWords::of(language);
    let view = Overview {
        title: headline(&affairs, words).to_owned(),
        road: road(&affairs, language),
        tasks: affairs.asks.iter().map(|ask| task(*ask, &affairs, words)).collect(),
        facts: facts(&door, &affairs, language),
        services: services(&affairs, words),
        matters: matters(&affairs.matters, language),
        words,
        page,
    };
    show(StatusCode::OK, &view)
}

/// The affairs of who is there.
pub(crate) async fn gathered(door: &Portal, subscriber: &PageSubscriber) -> Result<Affairs, hefu_web::NotGathered> {
    let application = subscriber.subscriber().application();
    Affairs::gather(&door.office, &door.desk, application, (door.clock)()).await
}

/// One sentence that says how it stands.
fn headline(affairs: &Affairs, words: &'static PortalWords) -> &'static str {
    let state = affairs.certificate.as_ref().map(|certificate| certificate.state);
    match (affairs.view.state, state) {
        (Stage::Rejected, _) => words.is_rejected,
        (_, Some(CertificateState::Valid)) => words.is_valid,
        (_, Some(CertificateState::Suspended)) => words.is_suspended,
        (_, Some(CertificateState::Revoked)) => words.is_revoked,
        (_, Some(CertificateState::Expired)) => words.is_expired,
        _ if !affairs.asks.is_empty() => words.is_yours,
        _ => words.is_ours,
    }
}

pub(crate) fn road(affairs: &Affairs, language: Language) -> Road {
    let words = PortalWords::of(language);
    let view = &affairs.view;
    let taken = |step: StepName| view.taken.iter().find(|taken| taken.step == step);
    let entered = Step::new(Standing::Done, words.entered).note(day(view.created_at));
    let mut is_stopped = view.state == Stage::Rejected;
    let steps = ROAD.into_iter().map(|step| {
        let name = words.step(step);
        match taken(step) {
            Some(taken) => Step::new(Standing::Done, name).note(day(taken.at)),
            None if std::mem::take(&mut is_stopped) => Step::new(Standing::Stopped, name),
            None if view.next == Some(step) => Step::new(Standing::Current, name),
            None => Step::new(Standing::Ahead, name),
        }
    });
    Road::new(language, words.road, std::iter::once(entered).chain(steps).collect())
}

fn task(ask: Ask, affairs: &Affairs, words: &'static PortalWords) -> Task {
    let (href, name, hint) = match ask {
        Ask::Notice => ("/portal/texts/notice", words.ask_notice, words.ask_notice_hint),
        Ask::Contract => ("/portal/texts/contract", words.ask_contract, words.ask_contract_hint),
        Ask::Supplement => ("/portal/supplement", words.ask_supplement, words.ask_supplement_hint),
        Ask::Delivery => ("/portal/delivery", words.ask_delivery, words.ask_delivery_hint),
        Ask::Acceptance => ("/portal/certificate", words.ask_acceptance, words.ask_acceptance_hint),
    };
    let until = affairs.delivery.as_ref().filter(|_| ask == Ask::Acceptance);
    let hint = until.map_or_else(
        || hint.to_owned(),
        |delivery| format!("{hint} {} {}", words.until, time(delivery.answer_until)),
    );
    Task {
        way: Link::new(href, name),
        hint,
    }
}

pub(crate) fn facts(door: &Portal, affairs: &Affairs, language: Language) -> Facts {
    let words = PortalWords::of(language);
    let view = &affairs.view;
    let mut facts = vec![
        Fact::new(words.number, Cell::Code(view.id.to_string())),
        Fact::new(words.profile, door.profile_name(&view.profile, language)),
    ];
    if let Some(serial) = &view.replaces {
        facts.push(Fact::new(words.replaces, Cell::serial(serial, None)));
    }
    if let Some(why) = &view.rejection {
        facts.push(Fact::new(words.rejection, why.clone()));
    }
    if let Some(certificate) = &affairs.certificate {
        let href = format!("/certificates/{}", certificate.serial);
        facts.push(Fact::new(words.state, certificate_state(certificate.state, words)));
        facts.push(Fact::new(words.serial, Cell::serial(&certificate.serial, Some(href))));
        facts.push(Fact::new(words.expires, time(certificate.not_after)));
    }
    if let Some(delivery) = &affairs.delivery {
        facts.push(Fact::new(words.delivered, time(delivery.delivered_at)));
        if let (Some(answer), Some(at)) = (delivery.answer, delivery.answered_at) {
            facts.push(Fact::new(words.answer(answer), time(at)));
        }
    }
    Facts::new(facts)
}

/// The state of a certificate, by word, shape and colour.
pub(crate) fn certificate_state(state: CertificateState, words: &'static PortalWords) -> Word {
    match state {
        CertificateState::Valid => Word::new(Shape::Good, words.valid),
        CertificateState::Suspended => Word::new(Shape::Wait, words.suspended),
        CertificateState::Revoked => Word::new(Shape::Ended, words.revoked),
        CertificateState::Expired => Word::new(Shape::Plain, words.expired),
    }
}

/// What can be done besides.
fn services(affairs: &Affairs, words: &'static PortalWords) -> Vec<Task> {
    let state = affairs.certificate.as_ref().map(|certificate| certificate.state);
    let is_alive = matches!(state, Some(CertificateState::Valid | CertificateState::Suspended));
    let task = |href: &str, name, hint: &str| Task {
        way: Link::new(href, name),
        hint: hint.to_owned(),
    };
    let mut services = Vec::new();
    if state == Some(CertificateState::Valid) {
        services.push(task("/portal/wishes", words.wishes, words.wishes_hint));
    }
    if affairs.certificate.is_some() && affairs.delivery.is_some() {
        services.push(task("/portal/delivery", words.fetch_again, words.fetch_again_hint));
    }
    if is_alive {
        services.push(task("/portal/lost", words.lost, words.lost_hint));
    }
    services
}

/// What was asked for, and what came of it.
pub(crate) fn matters(matters: &[Matter], language: Language) -> Option<Table> {
    let words = PortalWords::of(language);
    let columns = [words.matter, words.asked_at, words.standing, words.said].map(Column::text);
    let rows = matters
        .iter()
        .filter(|matter| matter.kind != MatterKind::Predecessor)
        .map(|matter| {
            vec![
                words.kind(matter.kind).into(),
                time(matter.opened_at).into(),
                outcome(matter, words).into(),
                Cell::text_or_nothing(matter.said.clone(), language),
            ]
        });
    let rows: Vec<Vec<Cell>> = rows.collect();
    (!rows.is_empty()).then(|| Table::new(words.matters, columns).rows(rows))
}

/// How a matter stands.
pub(crate) fn outcome(matter: &Matter, words: &'static PortalWords) -> Word {
    match matter.outcome {
        None => Word::new(Shape::Wait, words.waits),
        Some(Outcome::Done) => Word::new(Shape::Good, words.done_word),
        Some(Outcome::Declined) => Word::new(Shape::Ended, words.declined),
    }
}
