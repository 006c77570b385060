//! Everybody on the register: posts, training, credentials and history, to be read.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use hefu_officers::{Branch, Change, Dossier, Duty, Officer, OfficerId, Outcome, Proposal};
use hefu_page::page::time::{day, time};
use hefu_page::page::{Asked, Page, nowhere, refuse, show};
use hefu_rulebook::Language;
use hefu_web::{PageOfficer, Query, given};
use serde::Deserialize;

use crate::component::{Cell, Column, Empty, Event, Fact, Facts, Link, Pages, Shape, State as Standing, Table, Thread};
use crate::words::{AuditWords, change_name};
use crate::{AuditPages, HERE, next_page};

/// Officers on one page.
const OFFICERS: usize = 25;

/// Which page.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    after: String,
}

#[derive(Template)]
#[template(path = "audit/officers.html")]
struct Everybody {
    page: Page,
    words: &'static AuditWords,
    table: Table,
}

#[derive(Template)]
#[template(path = "audit/officer.html")]
struct One {
    page: Page,
    words: &'static AuditWords,
    name: String,
    facts: Facts,
    training: Table,
    thread: Thread,
    acts: Vec<Link>,
}

pub(crate) async fn officers(
    State(door): State<AuditPages>,
    officer: PageOfficer,
    asked: Asked,
    Query(wanted): Query<Wanted>,
) -> Response {
    let page = match door.frame(&asked, &officer).await {
        Ok(page) => page,
        Err(answer) => return *answer,
    };
    let language = page.language;
    let words = AuditWords::of(language);
    let after: i64 = wanted.after.trim().parse().unwrap_or(0);
    let mut shown = door.officers.all();
    shown.retain(|one| one.id().number() > after);
    let is_more = shown.len() > OFFICERS;
    shown.truncate(OFFICERS);
    let next = shown.last().filter(|_| is_more).map(|last| last.id().to_string());
    let here = format!("{HERE}/officers");
    let columns = [words.officer, words.post, words.branch, words.duty, words.enrolled].map(Column::text);
    let pages = Pages::new(language)
        .first(given(&wanted.after).map(|_| here.clone()))
        .next(next_page(&here, next));
    let table = Table::new(words.officers, columns)
        .rows(shown.iter().map(|one| row(one, language)))
        .or_else(Empty::new(words.nothing_found, words.nothing_found_hint))
        .pages(pages);
    let view = Everybody {
        table,
        words,
        page: page.under(Link::new(HERE, words.overview)),
    };
    show(StatusCode::OK, &view)
}

fn row(officer: &Officer, language: Language) -> Vec<Cell> {
    let name = Link::new(format!("{HERE}/officers/{}", officer.id()), officer.name());
    vec![
        Cell::NotedLink(name, officer.id().actor()),
        officer.role().name(language).into(),
        branch(officer, language).into(),
        duty(officer.duty(), language).into(),
        day(officer.enrolled_at()).into(),
    ]
}

fn branch(officer: &Officer, language: Language) -> &'static str {
    let words = AuditWords::of(language);
    match officer.role().branch() {
        Branch::Business => words.branch_business,
        Branch::Audit => words.branch_audit,
    }
}

fn duty(duty: Duty, language: Language) -> Standing {
    let words = AuditWords::of(language);
    match duty {
        Duty::On => Standing::new(Shape::Good, words.duty_on),
        Duty::Suspended => Standing::new(Shape::Wait, words.duty_suspended),
        Duty::Dismissed => Standing::new(Shape::Ended, words.duty_dismissed),
    }
}

pub(crate) async fn officer(
    State(door): State<AuditPages>,
    officer: PageOfficer,
    asked: Asked,
    Path(id): Path<String>,
) -> Response {
    let page = match door.frame(&asked, &officer).await {
        Ok(page) => page,
        Err(answer) => return *answer,
    };
    let language = page.language;
    let words = AuditWords::of(language);
    let page = page
        .under(Link::new(HERE, words.overview))
        .under(Link::new(format!("{HERE}/officers"), words.officers));
    let Some(id) = id.parse().ok().and_then(OfficerId::new) else {
        return nowhere(page);
    };
    let dossier = match door.officers.dossier(id).await {
        Ok(Some(dossier)) => dossier,
        Ok(None) => return nowhere(page),
        Err(why) => return refuse(page, &why),
    };
    let view = One {
        name: dossier.officer.name().to_owned(),
        facts: facts(&dossier, language),
        training: training(&door, &dossier, language),
        thread: history(&door, &dossier, language),
        acts: acts(&door, id, words),
        words,
        page,
    };
    show(StatusCode::OK, &view)
}

fn facts(dossier: &Dossier, language: Language) -> Facts {
    let words = AuditWords::of(language);
    let officer = &dossier.officer;
    let credentials = &dossier.credentials;
    let mut facts = vec![
        Fact::new(words.duty, duty(officer.duty(), language)),
        Fact::new(words.post, officer.role().name(language)).note(officer.role().as_str()),
        Fact::new(words.branch, branch(officer, language)),
        Fact::new(words.known_as, Cell::Code(officer.id().actor())),
        Fact::new(words.enrolled, time(officer.enrolled_at())),
    ];
    if let Some(body) = &dossier.body {
        let filed = format!("{} · {}", body.filing, body.filed_on);
        facts.push(Fact::new(words.body, body.name.clone()).note(filed));
    }
    facts.push(match &credentials.certificate {
        Some(bound) => Fact::new(words.certificate, Cell::Code(bound.sm3.clone())).note(format!(
            "{} {}",
            words.since,
            time(bound.since)
        )),
        None => Fact::new(words.certificate, Cell::Nothing(language)),
    });
    facts.push(match credentials.token_since {
        Some(since) => Fact::new(words.token, time(since)),
        None => Fact::new(words.token, Cell::Nothing(language)),
    });
    let key = if credentials.has_key { words.yes } else { words.no };
    facts.push(Fact::new(words.key, key));
    Facts::new(facts)
}

fn training(door: &AuditPages, dossier: &Dossier, language: Language) -> Table {
    let words = AuditWords::of(language);
    let columns = [words.course, words.passed, words.recorded_by].map(Column::text);
    let rows = dossier.training.iter().map(|passed| {
        vec![
            passed.course.clone().into(),
            day(passed.passed_at).into(),
            Cell::Noted(door.doer(&passed.recorded_by.actor()), time(passed.recorded_at)),
        ]
    });
    Table::new(words.training, columns)
        .rows(rows)
        .or_else(Empty::new(words.no_training, words.no_training_hint))
}

/// The enrolment, then each proposal with what became of it.
fn history(door: &AuditPages, dossier: &Dossier, language: Language) -> Thread {
    let words = AuditWords::of(language);
    let enrolled = Event::new(words.event_enrolled, time(dossier.officer.enrolled_at())).grave();
    let changes = dossier.changes.iter().map(|proposal| event(door, proposal, language));
    Thread::new(language, std::iter::once(enrolled).chain(changes))
}

fn event(door: &AuditPages, proposal: &Proposal, language: Language) -> Event {
    let words = AuditWords::of(language);
    let name = change_name(proposal.change.as_str(), language);
    let what = match &proposal.change {
        Change::ChangeRole { role, .. } => format!("{name} · {}", role.name(language)),
        Change::BindCertificate { certificate, .. } => format!("{name} · {certificate}"),
        Change::BindPasskey { passkey, .. } => format!("{name} · {passkey}"),
        _ => name.to_owned(),
    };
    let event = Event::new(what, time(proposal.proposed_at)).by(door.doer(&proposal.proposed_by.actor()));
    let Some(decision) = proposal.decision else {
        return event.detail(words.undecided);
    };
    let outcome = match decision.outcome {
        Outcome::Approved => words.approved,
        Outcome::Rejected => words.rejected,
    };
    let who = door.doer(&decision.by.actor());
    event.detail(format!("{outcome} · {who} · {}", time(decision.at)))
}

/// The ways to what they did and to what was done about them, in each log.
fn acts(door: &AuditPages, id: OfficerId, words: &'static AuditWords) -> Vec<Link> {
    let actor = hefu_page::page::encoded(&id.actor());
    let mut links: Vec<Link> = door
        .zones
        .keys()
        .map(|zone| {
            let name = format!("{} · {}", words.acts_in, words.zone_name(zone));
            Link::new(format!("{HERE}/records/{zone}?actor={actor}"), name)
        })
        .collect();
    links.push(Link::new(format!("{HERE}/records/ra?name={actor}"), words.about_them));
    links.push(Link::new(format!("{HERE}/access?actor={actor}"), words.what_they_saw));
    links.push(Link::new(
        format!("{HERE}/refusals?actor={actor}"),
        words.what_was_refused,
    ));
    links
}
