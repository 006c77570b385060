//! One certificate as officers see it: facts, its pair, its application, what happened to it, and what can be done.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use hefu_certificate::RevocationGround;
use hefu_officers::Permission;
use hefu_ra::{CertificateState, CertificateView};
use hefu_rulebook::Language;

use super::{DeskPages, search, search_link};
use crate::component::{Cell, Citation, Event, Fact, Facts, Link, Thread};
use crate::page::time::{grouped, time};
use crate::page::{Asked, Page, refuse, show};
use crate::words::desk::{DeskWords, certificate_state};
use hefu_web::PageOfficer;

#[derive(Template)]
#[template(path = "desk/certificate.html")]
struct One {
    page: Page,
    words: &'static DeskWords,
    serial: String,
    name: String,
    facts: Facts,
    thread: Thread,
    acts: Vec<Link>,
}

pub(super) async fn certificate(
    State(door): State<DeskPages>,
    officer: PageOfficer,
    asked: Asked,
    Path(serial): Path<String>,
) -> Response {
    let page = match door.frame(&asked, &officer).await {
        Ok(page) => page,
        Err(answer) => return *answer,
    };
    let language = page.language;
    let page = page.under(search_link(language));
    let view = match door.desk.certificate(&serial, (door.clock)()).await {
        Ok(view) => view,
        Err(why) => return refuse(page, &why),
    };
    let view = One {
        words: DeskWords::of(language),
        serial: grouped(&view.serial),
        name: view.name.clone(),
        facts: facts(&door, &view, language),
        thread: thread(&view, language),
        acts: acts(&officer, &view, language),
        page,
    };
    show(StatusCode::OK, &view)
}

pub(super) fn facts(door: &DeskPages, view: &CertificateView, language: Language) -> Facts {
    let words = DeskWords::of(language);
    let mut facts = vec![Fact::new(words.state, certificate_state(view.state, language))];
    if let Some(ground) = ground(view) {
        facts.push(Fact::new(words.ground, ground.name(language)));
    }
    facts.push(Fact::new(words.serial, Cell::serial(&view.serial, None)));
    facts.push(Fact::new(words.subject_whole, view.subject.clone()));
    facts.push(Fact::new(words.usage, search::usage(view.usage, language)));
    if let Some(pair) = &view.pair_serial {
        let href = format!("/desk/certificates/{pair}");
        facts.push(Fact::new(words.other_half, Cell::serial(pair, Some(href))));
    }
    facts.push(Fact::new(words.profile, door.profile_name(&view.profile, language)));
    facts.push(Fact::new(words.begins, time(view.not_before)));
    facts.push(Fact::new(words.expires, time(view.not_after)));
    let application = Link::new(
        format!("/desk/applications/{}", view.application),
        view.application.to_string(),
    );
    facts.push(Fact::new(words.application, application));
    Facts::new(facts)
}

fn ground(view: &CertificateView) -> Option<RevocationGround> {
    view.ground?.parse().ok()
}

/// What the desk knows of its status: issuance, and the last change.
fn thread(view: &CertificateView, language: Language) -> Thread {
    let words = DeskWords::of(language);
    let mut events = vec![Event::new(words.event_issued, time(view.not_before)).grave()];
    if let Some(changed) = view.changed_at {
        let title = match (view.ground.is_some(), view.state) {
            (true, _) | (_, CertificateState::Revoked) => words.event_revoked,
            (_, CertificateState::Suspended) => words.event_suspended,
            (_, CertificateState::Valid | CertificateState::Expired) => words.event_resumed,
        };
        let event = Event::new(title, time(changed));
        events.push(match ground(view) {
            Some(ground) => event
                .detail(ground.name(language))
                .rule(Citation::of(ground.citation(), language))
                .grave(),
            None => event,
        });
    }
    if view.state == CertificateState::Expired {
        events.push(Event::new(words.event_expired, time(view.not_after)));
    }
    Thread::new(language, events)
}

/// The ways to the questions before each act that its state allows.
fn acts(officer: &PageOfficer, view: &CertificateView, language: Language) -> Vec<Link> {
    let words = DeskWords::of(language);
    let way = |act: &str, name: &str| Link::new(format!("/desk/certificates/{}/{act}", view.serial), name);
    let mut acts = Vec::new();
    let is_alive = matches!(view.state, CertificateState::Valid | CertificateState::Suspended);
    if view.state == CertificateState::Valid && officer.permit(Permission::Enter).is_ok() {
        acts.push(way("renewal", words.renew));
    }
    if is_alive && officer.permit(Permission::ChangeStatus).is_ok() {
        acts.push(match view.state {
            CertificateState::Suspended => way("resumption", words.resume),
            _ => way("suspension", words.suspend),
        });
        acts.push(way("revocation", words.revoke));
    }
    acts
}
