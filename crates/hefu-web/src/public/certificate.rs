//! One certificate in words: what it says, where it stands, what happened to it.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use gm_suite::DigestAlgorithm;
use hefu_certificate::{IssuedCertificate, Profiles, RevocationGround};
use hefu_rulebook::Language;
use hefu_status::{CertificateView, State as CertificateState};
use jiff::Timestamp;

use super::look_up;
use crate::component::{Cell, Citation, Event, Fact, Facts, Link, Span, Thread};
use crate::page::time::{grouped, time};
use crate::page::{Asked, Page, refuse, show};
use crate::relying::Relying;
use crate::words::public::PublicWords;

#[derive(Template)]
#[template(path = "public/certificate.html")]
struct One {
    page: Page,
    words: &'static PublicWords,
    view: CertificateView,
    title: String,
    facts: Facts,
    contents: Option<Facts>,
    span: Span,
    thread: Thread,
}

/// `SERIAL` is a page, `SERIAL.crt` the certificate itself.
pub(super) async fn certificate(State(door): State<Relying>, Path(name): Path<String>, asked: Asked) -> Response {
    let page = asked.page(&door.site);
    let words = PublicWords::of(page.language);
    let page = page.under(Link::new("/certificates", words.look_up));
    if let Some(serial) = name.strip_suffix(".crt") {
        return match door.status.certificate_der(serial).await {
            Ok(der) => ([(header::CONTENT_TYPE, "application/pkix-cert")], der).into_response(),
            Err(why) => refuse(page, &why),
        };
    }
    let now = (door.clock)();
    let found = match door.status.certificate(&name, now).await {
        Ok(view) => door.status.certificate_der(&name).await.map(|der| (view, der)),
        Err(why) => Err(why),
    };
    let (view, der) = match found {
        Ok(found) => found,
        Err(why) => return refuse(page, &why),
    };
    let language = page.language;
    let view = One {
        title: grouped(&view.serial),
        facts: facts(&view, now, language),
        contents: contents(&der, language),
        span: span(&view, now, words),
        thread: thread(&view, language),
        view,
        words,
        page,
    };
    show(StatusCode::OK, &view)
}

fn facts(view: &CertificateView, now: Timestamp, language: Language) -> Facts {
    let words = PublicWords::of(language);
    let fact = |name, value: Cell| Fact::new(name, value);
    let serial = |serial: &String| Cell::serial(serial, Some(format!("/certificates/{serial}")));
    let state = Cell::State(look_up::state(view.state, language));
    let mut facts = vec![Fact::new(words.state, state).note(format!("{} {}", words.as_of, time(now)))];
    if let Some(slug) = &view.ground {
        facts.push(fact(words.ground, look_up::ground(slug, language).into()));
    }
    if let Some(since) = view.invalidity_at {
        facts.push(fact(words.invalidity, time(since).into()));
    }
    facts.push(fact(words.serial, Cell::serial(&view.serial, None)));
    facts.push(fact(words.holder, view.subject.clone().into()));
    facts.push(fact(words.usage, look_up::usage(&view.usage, language).into()));
    if let Some(other) = &view.pair_serial {
        facts.push(fact(words.other_half, serial(other)));
    }
    facts.push(fact(words.kind, kind(&view.profile, language).into()));
    facts.push(fact(words.scope, scope(&view.law_scope, words).into()));
    facts.push(fact(words.authority, Link::new("/ca", view.authority.clone()).into()));
    facts.push(fact(words.begins, time(view.not_before).into()));
    facts.push(fact(words.ends, time(view.not_after).into()));
    if let Some(before) = &view.replaces {
        facts.push(fact(words.replaces, serial(before)));
    }
    Facts::new(facts)
}

/// The name that people read of a kind that comes with Hefu; an operator's own kind by its name.
fn kind(profile: &str, language: Language) -> String {
    Profiles::builtin()
        .get(profile)
        .map_or_else(|| profile.to_owned(), |known| known.label().text(language).to_owned())
}

fn scope(scope: &str, words: &'static PublicWords) -> &'static str {
    match scope {
        "signature" => words.scope_signature,
        "government" => words.scope_government,
        _ => words.scope_outside,
    }
}

/// What the certificate itself says, as far as it names nobody.
fn contents(der: &[u8], language: Language) -> Option<Facts> {
    let words = PublicWords::of(language);
    let certificate = IssuedCertificate::parse(der).ok()?;
    let said = certificate.facts().ok()?;
    let mut facts = vec![Fact::new(
        words.key,
        certificate.public_key().ok()?.algorithm().to_string(),
    )];
    if let Some(usage) = said.key_usage {
        facts.push(Fact::new(words.key_usage, Cell::Code(usage.to_string())));
    }
    let names = said
        .alternatives
        .iter()
        .filter(|name| name.starts_with("dns:") || name.starts_with("ip:"));
    let names: Vec<&str> = names.map(String::as_str).collect();
    if !names.is_empty() {
        facts.push(Fact::new(words.names, names.join(" ")));
    }
    facts.push(Fact::new(words.fingerprint_sm3, fingerprint(DigestAlgorithm::Sm3, der)));
    facts.push(Fact::new(
        words.fingerprint_sha256,
        fingerprint(DigestAlgorithm::Sha256, der),
    ));
    Some(Facts::new(facts))
}

/// A fingerprint in groups.
pub(super) fn fingerprint(algorithm: DigestAlgorithm, der: &[u8]) -> Cell {
    Cell::serial(&hex::encode(algorithm.digest(der)), None)
}

fn span(view: &CertificateView, now: Timestamp, words: &PublicWords) -> Span {
    let summary = match (now < view.not_before, now > view.not_after) {
        (true, _) => words.validity_ahead,
        (_, true) => words.validity_over,
        _ => words.validity_runs,
    };
    Span::new(view.not_before, view.not_after, now, summary)
}

/// What the public records say happened. The last change is the only one that look-up keeps.
fn thread(view: &CertificateView, language: Language) -> Thread {
    let words = PublicWords::of(language);
    let mut events = vec![Event::new(words.event_issued, time(view.issued_at)).grave()];
    if let Some(changed) = view.changed_at {
        let event = match view.state {
            CertificateState::Revoked => Event::new(words.event_revoked, time(changed)).grave(),
            CertificateState::Suspended => Event::new(words.event_suspended, time(changed)),
            CertificateState::Valid | CertificateState::Expired => Event::new(words.event_resumed, time(changed)),
        };
        let ground = view
            .ground
            .as_deref()
            .and_then(|slug| slug.parse::<RevocationGround>().ok());
        events.push(match ground {
            Some(ground) => event
                .detail(ground.name(language))
                .rule(Citation::of(ground.citation(), language)),
            None => event,
        });
    }
    if view.state == CertificateState::Expired {
        events.push(Event::new(words.event_expired, time(view.not_after)));
    }
    Thread::new(language, events)
}
