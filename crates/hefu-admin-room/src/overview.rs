//! The overview: what waits for somebody, each a link; and how things stand.
//!
//! When something is shown as ending soon is a margin of ours, not the law's: the law's own times stand on the pages that
//! count them.

use hefu_officers::{Duty, Outcome, Proposal, Show, TrainingState};
use hefu_page::page::time::day;
use hefu_policies::{Act, Policies, Proposal as PolicyProposal, Which};
use hefu_rulebook::{Explain, day_of};
use jiff::{SignedDuration, Timestamp};

use crate::component::{Cell, Column, Empty, Fact, Facts, Link, Shape, State, Table};
use crate::page::Page;
use crate::sheet::{Instead, Outcome as Answered, Part, Sheet, Visit};
use crate::words::{ActWords, AdminWords, PolicyWords};
use crate::{OwnCertificate, OwnUse};

/// Long enough before the end of a course to hold another.
const TRAINING_SOON: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Long enough before the end of a certificate of ours to hold a ceremony.
const CERTIFICATE_SOON: SignedDuration = SignedDuration::from_hours(60 * 24);
/// Long enough before the end of the licence to prepare its renewal.
const LICENCE_SOON_DAYS: i64 = 180;
/// Open proposals about documents that are told one by one: each is loaded whole.
const POLICY_PROPOSALS_MAX: u32 = 10;

/// Where the certificates of the service itself stand on the page.
const OWN: &str = "own";

/// One thing to do.
struct Task {
    way: Link,
    about: String,
    state: State,
}

impl Task {
    fn new(href: impl Into<String>, what: &str, about: impl Into<String>, state: State) -> Self {
        Self {
            way: Link::new(href, what),
            about: about.into(),
            state,
        }
    }
}

pub(crate) async fn overview(visit: Visit) -> Answered {
    let page = visit.top().await?;
    let words = AdminWords::of(page.language);
    let mut tasks = proposals(&visit, &page).await?;
    tasks.extend(training(&visit, words));
    tasks.extend(own_certificates(&visit, words));
    tasks.extend(letters(&visit, &page).await?);
    if let Some(policies) = &visit.door.policies {
        tasks.extend(published(policies, visit.door.now(), words));
    }
    let columns = [words.matter, words.about, words.state].map(Column::text);
    let rows = tasks
        .into_iter()
        .map(|task| vec![task.way.into(), task.about.into(), task.state.into()]);
    let table = Table::new(words.to_do, columns)
        .rows(rows)
        .or_else(Empty::new(words.nothing, words.nothing_hint));
    let standing = standing(&visit, &page).await?;
    let own = own_table(&visit, words);
    let sheet = Sheet::new(page, words.admin)
        .lede(words.admin_lede)
        .part(Part::Table(table));
    let sheet = sheet.below(words.standing, Part::Facts(words.standing, standing));
    let sheet = sheet.part(Part::Place(OWN, words.own_certificates));
    Ok(sheet.part(Part::Table(own)).show())
}

/// Open proposals: those of others first to be decided, one's own as waiting.
async fn proposals(visit: &Visit, page: &Page) -> Result<Vec<Task>, Instead> {
    let (door, officer) = (&visit.door, visit.officer.officer());
    let (words, acts) = (AdminWords::of(page.language), ActWords::of(page.language));
    let open = door.officers.latest_proposals(officer, Show::Open, None).await;
    let open = open.map_err(|why| Instead::of(page, &why))?.items;
    let mut tasks: Vec<Task> = Vec::new();
    for proposal in &open {
        let state = waiting(visit, proposal, words);
        let (name, _) = acts.change(&proposal.change);
        let about = format!("{name} · {}", door.name_of(proposal.proposed_by));
        tasks.push(Task::new(
            format!("/admin/proposals/{}", proposal.id),
            words.proposal_officer,
            about,
            state,
        ));
    }
    if let Some(policies) = &door.policies {
        let open = policies.latest(officer, Which::Open, None, POLICY_PROPOSALS_MAX).await;
        let open = open.map_err(|why| Instead::of(page, &why))?;
        let told = PolicyWords::of(page.language);
        tasks.extend(open.iter().map(|proposal| policy_task(visit, proposal, words, told)));
    }
    Ok(tasks)
}

fn waiting(visit: &Visit, proposal: &Proposal, words: &AdminWords) -> State {
    let may = visit
        .door
        .officers
        .may_decide(&visit.officer, proposal, Outcome::Rejected);
    match may {
        Ok(()) => State::new(Shape::Wait, words.open),
        Err(_) => State::new(Shape::Plain, words.own_open),
    }
}

fn policy_task(visit: &Visit, proposal: &PolicyProposal, words: &AdminWords, told: &PolicyWords) -> Task {
    let state = match proposal.may_be_decided_by(&visit.officer) {
        Ok(()) => State::new(Shape::Wait, words.open),
        Err(_) => State::new(Shape::Plain, words.own_open),
    };
    let name = match &proposal.act {
        Act::Publish(_) => told.act_publish,
        Act::File(_) => told.act_file,
        Act::RecordLicence(_) => told.act_licence,
    };
    let about = format!("{name} · {}", proposal.act.subject());
    Task::new(
        format!("/admin/policies/proposals/{}", proposal.id),
        words.proposal_policy,
        about,
        state,
    )
}

/// Whose training is missing, has run out or soon does.
fn training(visit: &Visit, words: &'static AdminWords) -> Vec<Task> {
    let now = visit.door.now();
    let seen = visit.door.officers.seen_by(&visit.officer).unwrap_or_default();
    let on_duty = seen.into_iter().filter(|officer| officer.duty() == Duty::On);
    let due = on_duty.filter_map(|officer| {
        let state = match visit.door.officers.training(officer.id()) {
            TrainingState::NotAsked => None,
            TrainingState::Missing => Some(State::new(Shape::Ended, words.missing)),
            TrainingState::GoodUntil(until) => soon(until, TRAINING_SOON, now, words),
        };
        let about = visit.door.name_of(officer.id());
        state.map(|state| {
            Task::new(
                format!("/admin/officers/{}", officer.id()),
                words.training,
                about,
                state,
            )
        })
    });
    due.collect()
}

/// The state of something that ends, where that is soon or over.
fn soon(until: Timestamp, margin: SignedDuration, now: Timestamp, words: &AdminWords) -> Option<State> {
    let left = until.duration_since(now);
    if left < SignedDuration::ZERO {
        return Some(State::new(Shape::Ended, words.ended));
    }
    let told = || format!("{} · {}{}", words.soon, words.until, day(until));
    (left <= margin).then(|| State::new(Shape::Wait, told()))
}

const fn used_for(used_for: OwnUse, words: &AdminWords) -> &'static str {
    match used_for {
        OwnUse::Authority => words.authority,
        OwnUse::OcspSigner => words.ocsp_signer,
        OwnUse::Door => words.door,
    }
}

fn own_certificates(visit: &Visit, words: &'static AdminWords) -> Vec<Task> {
    let now = visit.door.now();
    let ending = visit.door.own.iter().filter_map(|own| {
        let state = soon(own.not_after, CERTIFICATE_SOON, now, words)?;
        Some(Task::new(
            format!("#{OWN}"),
            used_for(own.used_for, words),
            own.name.clone(),
            state,
        ))
    });
    ending.collect()
}

/// All certificates of the service itself, ending soon or not.
fn own_table(visit: &Visit, words: &'static AdminWords) -> Table {
    let now = visit.door.now();
    let columns = [words.used_for, words.name, words.not_after, words.state].map(Column::text);
    let row = |own: &OwnCertificate| {
        let state = soon(own.not_after, CERTIFICATE_SOON, now, words);
        let state = state.unwrap_or_else(|| State::new(Shape::Good, words.in_order));
        vec![
            Cell::from(used_for(own.used_for, words)),
            own.name.clone().into(),
            day(own.not_after).into(),
            state.into(),
        ]
    };
    Table::new(words.own_caption, columns)
        .rows(visit.door.own.iter().map(row))
        .or_else(Empty::new(words.own_certificates, words.unknown_certificates))
}

async fn letters(visit: &Visit, page: &Page) -> Result<Vec<Task>, Instead> {
    let words = AdminWords::of(page.language);
    let Some(post) = &visit.door.post else {
        return Ok(Vec::new());
    };
    let summary = post.summary().await.map_err(|why| Instead::of(page, &why))?;
    let mut tasks = Vec::new();
    if summary.failed > 0 {
        let state = State::new(Shape::Ended, words.failed);
        let way = "/admin/letters?state=failed";
        tasks.push(Task::new(way, words.letters_failed, summary.failed.to_string(), state));
    }
    if let Some(closed) = summary.closed {
        let state = State::new(Shape::Wait, words.letters_waiting);
        let about = format!("{} · {}", closed.code, day(closed.since));
        tasks.push(Task::new("/admin/letters", words.mail_closed, about, state));
    }
    Ok(tasks)
}

/// The licence's end, and versions that are not filed in time.
fn published(policies: &Policies, now: Timestamp, words: &'static AdminWords) -> Vec<Task> {
    let (shelf, today) = (policies.shelf().now(), day_of(now));
    let mut tasks = Vec::new();
    if let Some(licence) = shelf.licence() {
        let left = (licence.valid_until - today).get_days();
        let state = match i64::from(left) {
            left if left < 0 => Some(State::new(Shape::Ended, words.ended)),
            left if left <= LICENCE_SOON_DAYS => Some(State::new(
                Shape::Wait,
                format!("{} · {}{}", words.soon, words.until, licence.valid_until),
            )),
            _ => None,
        };
        tasks.extend(state.map(|state| Task::new("/admin/policies", words.licence, licence.number.clone(), state)));
    }
    // A version that was superseded before it was filed is nobody's task any more.
    let current = shelf.series().filter_map(|series| shelf.current(series, today));
    for version in current.filter(|version| !version.sample && shelf.filed(version).is_none()) {
        let due = shelf.due(version);
        let state = match due {
            Some(due) if due < today => State::new(Shape::Ended, words.overdue),
            _ => State::new(Shape::Wait, words.not_filed),
        };
        let about = match due {
            Some(due) => format!("{} · {}{due}", version.subject(), words.file_by),
            None => version.subject(),
        };
        tasks.push(Task::new("/admin/policies/filing", words.not_filed, about, state));
    }
    tasks
}

/// How things stand, each with the way to more.
async fn standing(visit: &Visit, page: &Page) -> Result<Facts, Instead> {
    let (door, words) = (&visit.door, AdminWords::of(page.language));
    let refused = |why: &dyn Explain| Instead::of(page, why);
    let seen = door.officers.seen_by(&visit.officer).map_err(|why| refused(&why))?;
    let on_duty = seen.iter().filter(|officer| officer.duty() == Duty::On).count();
    let sessions = door.officers.open_sessions(&visit.officer, door.now());
    let sessions = sessions.map_err(|why| refused(&why))?.len();
    let mut facts = vec![
        Fact::new(words.on_duty, Link::new("/admin/officers", on_duty.to_string())),
        Fact::new(words.open_sessions, Link::new("/admin/sessions", sessions.to_string())),
    ];
    let waiting = match &door.post {
        Some(post) => post.summary().await.map_err(|why| refused(&why))?.queued.to_string(),
        None => words.mail_off.to_owned(),
    };
    facts.push(Fact::new(words.letters_waiting, Link::new("/admin/letters", waiting)));
    let (statement, licence) = match &door.policies {
        None => (words.elsewhere.to_owned(), words.elsewhere.to_owned()),
        Some(policies) => {
            let shelf = policies.shelf().now();
            let statement = shelf.current("cps", day_of(door.now()));
            let statement = statement.map_or(words.none_yet.to_owned(), hefu_policies::Published::subject);
            let licence = shelf.licence();
            let licence = licence.map(|it| format!("{} · {}{}", it.number, words.until, it.valid_until));
            (statement, licence.unwrap_or_else(|| words.no_licence.to_owned()))
        }
    };
    facts.push(Fact::new(words.statement, Link::new("/admin/policies", statement)));
    facts.push(Fact::new(words.licence, Link::new("/admin/policies", licence)));
    let profiles = door.profiles.iter().count().to_string();
    facts.push(Fact::new(words.profiles, Link::new("/admin/profiles", profiles)));
    Ok(Facts::new(facts))
}
