//! The register as a list, and the delegated bodies.

use hefu_officers::{Duty, FiledBody, Officer, OfficerId, Role, TrainingState};
use hefu_page::page::encoded;
use hefu_page::page::time::day;
use hefu_rulebook::Language;
use hefu_web::Query;
use jiff::Timestamp;
use serde::Deserialize;

use crate::AdminPages;
use crate::component::{Cell, Choice, Column, Empty, Field, Filters, Input, Link, Pages, Table};
use crate::sheet::{Instead, Outcome, Part, Sheet, Visit};
use crate::words::{ActWords, AdminWords, OfficerWords, duty};

/// Officers on one page.
const PAGE_ITEMS: usize = 50;
/// The filter that shows everybody who was ever enrolled.
const ALL: &str = "all";

/// `?duty=suspended&after=17`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    duty: String,
    after: String,
}

pub(crate) async fn officers(visit: Visit, Query(wanted): Query<Wanted>) -> Outcome {
    let page = visit.frame().await?;
    let language = page.language;
    let words = OfficerWords::of(language);
    let seen = visit.door.officers.seen_by(&visit.officer);
    let mut seen = seen.map_err(|why| Instead::of(&page, &why))?;
    seen.retain(|officer| is_wanted(officer, &wanted));
    let mut acts = Vec::new();
    if Role::ALL.into_iter().any(|role| visit.officer.role().appoints(role)) {
        acts.push(Link::new("/admin/officers/new", words.appoint));
    }
    acts.push(Link::new("/admin/proposals", AdminWords::of(language).proposals));
    acts.push(Link::new("/admin/bodies", words.bodies));
    let table = table(&visit.door, seen, &wanted, language);
    let sheet = Sheet::new(page, AdminWords::of(language).officers).lede(words.officers_lede);
    let sheet = sheet.acts(acts).part(Part::Filters(filters(&wanted, language)));
    Ok(sheet.part(Part::Table(table)).show())
}

fn is_wanted(officer: &Officer, wanted: &Wanted) -> bool {
    match wanted.duty.as_str() {
        "" => officer.duty() != Duty::Dismissed,
        ALL => true,
        word => officer.duty().as_str() == word,
    }
}

fn filters(wanted: &Wanted, language: Language) -> Filters {
    let words = OfficerWords::of(language);
    let mut choices = vec![Choice::new("", words.current)];
    let duties = [Duty::On, Duty::Suspended, Duty::Dismissed];
    choices.extend(duties.map(|one| Choice::new(one.as_str(), duty(one, language).to_word())));
    choices.push(Choice::new(ALL, AdminWords::of(language).all));
    let field = Field::new(language, "duty", words.duty, Input::Select(choices));
    Filters::new(language, "/admin/officers", [field.value(&wanted.duty).optional()])
}

fn table(door: &AdminPages, mut officers: Vec<Officer>, wanted: &Wanted, language: Language) -> Table {
    let words = OfficerWords::of(language);
    let columns = [words.officer, words.post, words.duty, words.training, words.login].map(Column::text);
    let after = wanted.after.parse().unwrap_or(0);
    officers.retain(|officer| officer.id().number() > after);
    let is_more = officers.len() > PAGE_ITEMS;
    officers.truncate(PAGE_ITEMS);
    let here = format!("/admin/officers?duty={}", encoded(&wanted.duty));
    let last = officers.last().map(Officer::id).filter(|_| is_more);
    let pages = Pages::new(language)
        .first((after > 0).then(|| here.clone()))
        .next(last.map(|last| format!("{here}&after={last}")));
    let rows = officers.iter().map(|officer| row(door, officer, language));
    Table::new(words.register, columns)
        .rows(rows)
        .or_else(Empty::new(words.nobody, words.nobody_hint))
        .pages(pages)
}

fn row(door: &AdminPages, officer: &Officer, language: Language) -> Vec<Cell> {
    let (words, acts) = (OfficerWords::of(language), ActWords::of(language));
    let id = officer.id();
    let way = Link::new(format!("/admin/officers/{id}"), officer.name());
    let role = officer.role();
    vec![
        Cell::NotedLink(way, format!("{} {id}", AdminWords::of(language).number)),
        Cell::Noted(role.name(language).to_owned(), acts.branch(role.branch()).to_owned()),
        duty(officer.duty(), language).into(),
        training(door, id, door.now(), words).into(),
        login(door, id, language),
    ]
}

/// How training stands, in words.
pub(crate) fn training(door: &AdminPages, id: OfficerId, now: Timestamp, words: &OfficerWords) -> String {
    match door.officers.training(id) {
        TrainingState::NotAsked => words.not_asked.to_owned(),
        TrainingState::Missing => words.training_missing.to_owned(),
        TrainingState::GoodUntil(until) if until < now => words.passed_long_ago.to_owned(),
        TrainingState::GoodUntil(until) => format!("{}{}", words.good_until, day(until)),
    }
}

/// What an officer logs in with.
pub(crate) fn login(door: &AdminPages, id: OfficerId, language: Language) -> Cell {
    let words = OfficerWords::of(language);
    let held = door.officers.ways_in(id);
    let all = [
        (held.token, words.token),
        (held.key, words.key),
        (held.certificate.is_some(), words.certificate),
    ];
    let named: Vec<&str> = all
        .into_iter()
        .filter(|(is_held, _)| *is_held)
        .map(|(_, name)| name)
        .collect();
    let joint = crate::words::either(language, "、", ", ");
    Cell::text_or_nothing((!named.is_empty()).then(|| named.join(joint)), language)
}

pub(crate) async fn bodies(visit: Visit) -> Outcome {
    let page = visit.frame().await?;
    let language = page.language;
    let words = OfficerWords::of(language);
    let bodies = visit.door.officers.bodies(&visit.officer).await;
    let bodies = bodies.map_err(|why| Instead::of(&page, &why))?;
    let columns = [
        AdminWords::of(language).number,
        words.body_name,
        words.filing,
        words.filed_on,
    ]
    .map(Column::text);
    let row = |filed: FiledBody| {
        vec![
            Cell::Text(filed.number.to_string()),
            filed.body.name.into(),
            filed.body.filing.into(),
            filed.body.filed_on.to_string().into(),
        ]
    };
    let table = Table::new(words.bodies, columns)
        .rows(bodies.into_iter().map(row))
        .or_else(Empty::new(words.no_bodies, words.no_bodies_hint));
    let may_file = visit.officer.role().oversees(Role::DELEGATED_OPERATOR);
    let acts = may_file.then(|| Link::new("/admin/bodies/new", words.file_body));
    let page = page.under(Link::new("/admin/officers", AdminWords::of(language).officers));
    let sheet = Sheet::new(page, words.bodies).lede(words.bodies_lede);
    Ok(sheet.acts(acts.into_iter().collect()).part(Part::Table(table)).show())
}
