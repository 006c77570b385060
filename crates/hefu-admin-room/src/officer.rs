//! One officer: post, training, what they log in with, sessions, what was proposed about them; and recording a course.

use axum::extract::Path;
use hefu_officers::{Officer, OfficerId, Passed, Proposal, Show, Training};
use hefu_page::mishap::Mishap;
use hefu_page::page::done;
use hefu_page::page::time::{day, from_local, time};
use hefu_rulebook::Language;
use hefu_web::Form;
use serde::Deserialize;

use crate::AdminPages;
use crate::change::{Kind, officer_of};
use crate::component::{
    Act, Cell, Citation, Column, Empty, Fact, Facts, Field, Form as Shown, Input, Link, Manner, Method, Table,
};
use crate::officers::{login, training};
use crate::page::Page;
use crate::proposal;
use crate::sessions;
use crate::sheet::{Instead, Outcome, Part, Sheet, Visit};
use crate::words::{ActWords, AdminWords, OfficerWords, duty};

/// Characters of a course's name.
const COURSE_MAX: u32 = 200;

/// The officer of the address, in the frame below the register.
pub(crate) async fn found(visit: &Visit, id: &str) -> Result<(Page, Officer), Instead> {
    let page = visit.frame().await?;
    let words = AdminWords::of(page.language);
    let page = page.under(Link::new("/admin/officers", words.officers));
    let id = officer_of(id).ok_or_else(|| Instead::nowhere(&page))?;
    let officer = visit.door.officers.one_seen_by(&visit.officer, id);
    let officer = officer.map_err(|why| Instead::of(&page, &why))?;
    Ok((page, officer))
}

pub(crate) async fn officer(visit: Visit, Path(id): Path<String>) -> Outcome {
    let (page, officer) = found(&visit, &id).await?;
    let (door, language) = (&visit.door, page.language);
    let words = OfficerWords::of(language);
    let courses = door.officers.courses(&visit.officer, officer.id()).await;
    let courses = courses.map_err(|why| Instead::of(&page, &why))?;
    let history = door
        .officers
        .latest_proposals(&visit.officer, Show::About(officer.id()), None);
    let history = history.await.map_err(|why| Instead::of(&page, &why))?.items;
    let own = door.officers.open_sessions(&visit.officer, door.now());
    let mut own = own.map_err(|why| Instead::of(&page, &why))?;
    own.retain(|open| open.officer == officer.id());
    let ways = ways(&visit, &officer);
    let facts = facts(door, &officer, language);
    let mut sheet = Sheet::new(page, officer.name()).part(Part::Facts(words.officer, facts));
    if !ways.is_empty() {
        sheet = sheet.below(words.acts, Part::Acts(ways));
    } else if visit.officer.permit(hefu_officers::Permission::ManageOfficers).is_ok() {
        sheet = sheet.below(words.acts, Part::Words(words.acts_none.to_owned()));
    }
    let sheet = sheet
        .part(Part::Table(courses_table(door, &courses, language)))
        .part(Part::Table(history_table(door, &history, language)));
    Ok(sheet.part(Part::Table(sessions::table(&visit, &own, language))).show())
}

/// What the visitor could do about the officer, as the register says.
fn ways(visit: &Visit, officer: &Officer) -> Vec<Link> {
    let (language, id) = (visit.language(), officer.id());
    let (acts, words) = (ActWords::of(language), OfficerWords::of(language));
    let possible = Kind::ALL.into_iter().filter(|kind| kind.is_possible(visit, officer));
    let ways = possible.map(|kind| {
        let (name, _) = acts.change(&kind.example(officer));
        Link::new(format!("/admin/officers/{id}/changes/{}", kind.path()), name)
    });
    let may_train = visit.door.officers.may_oversee(&visit.officer, id).is_ok();
    let train = may_train.then(|| Link::new(format!("/admin/officers/{id}/training"), words.record_training));
    ways.chain(train).collect()
}

/// What the register says of an officer.
pub(crate) fn facts(door: &AdminPages, officer: &Officer, language: Language) -> Facts {
    let (words, acts) = (OfficerWords::of(language), ActWords::of(language));
    let (id, role) = (officer.id(), officer.role());
    let mut facts = vec![
        Fact::new(AdminWords::of(language).number, id.to_string()),
        Fact::new(words.post, role.name(language)).note(acts.branch(role.branch())),
        Fact::new(words.duty, duty(officer.duty(), language)),
        Fact::new(words.enrolled_at, time(officer.enrolled_at())),
        Fact::new(words.training, training(door, id, door.now(), words)),
        Fact::new(words.login, login(door, id, language)),
    ];
    if let Some(sm3) = door.officers.ways_in(id).certificate {
        facts.push(Fact::new(words.certificate_sm3, Cell::Code(sm3)));
    }
    if let Some(body) = officer.body() {
        facts.push(Fact::new(words.body, Link::new("/admin/bodies", body.to_string())));
    }
    Facts::new(facts)
}

fn courses_table(door: &AdminPages, courses: &[Passed], language: Language) -> Table {
    let words = OfficerWords::of(language);
    let columns = [words.course, words.passed_on, words.recorded_by].map(Column::text);
    let row = |course: &Passed| {
        let by = Cell::Noted(door.name_of(course.recorded_by), time(course.recorded_at));
        vec![course.course.clone().into(), day(course.passed_at).into(), by]
    };
    Table::new(words.courses, columns)
        .rows(courses.iter().map(row))
        .or_else(Empty::new(words.no_courses, words.no_courses_hint))
}

fn history_table(door: &AdminPages, history: &[Proposal], language: Language) -> Table {
    let (words, shared) = (OfficerWords::of(language), AdminWords::of(language));
    Table::new(words.history, proposal::columns(language))
        .rows(history.iter().map(|one| proposal::row(door, one, language)))
        .or_else(Empty::new(shared.no_proposals, shared.no_proposals_hint))
}

/// What was typed about a course.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    course: String,
    passed_on: String,
}

pub(crate) async fn ask_training(visit: Visit, Path(id): Path<String>) -> Outcome {
    asking(&visit, &id, &Typed::default(), None).await
}

pub(crate) async fn train(visit: Visit, Path(id): Path<String>, Form(typed): Form<Typed>) -> Outcome {
    let (page, officer) = found(&visit, &id).await?;
    match record(&visit, officer.id(), &typed).await {
        Ok(()) => Ok(done(&format!("/admin/officers/{}", officer.id()), "training")),
        Err(mishap) => {
            drop(page);
            asking(&visit, &id, &typed, Some(mishap)).await
        }
    }
}

async fn record(visit: &Visit, officer: OfficerId, typed: &Typed) -> Result<(), Mishap> {
    let language = visit.language();
    let words = OfficerWords::of(language);
    let passed_at = from_local(&format!("{}T00:00", typed.passed_on.trim()));
    let training = Training {
        officer,
        course: typed.course.trim().to_owned(),
        passed_at: passed_at.ok_or_else(|| Mishap::missing(words.training_future, language))?,
    };
    let recorded = visit
        .door
        .officers
        .record_training(&visit.officer, training, visit.door.now());
    recorded.await.map_err(|why| crate::change::told(&why, language))
}

async fn asking(visit: &Visit, id: &str, typed: &Typed, mishap: Option<Mishap>) -> Outcome {
    let (page, officer) = found(visit, id).await?;
    let language = page.language;
    let words = OfficerWords::of(language);
    let here = format!("/admin/officers/{}", officer.id());
    let course = Field::new(language, "course", words.course, Input::Line("text"));
    let rule = Citation::of(hefu_rulebook::Citation::new("M15", "36"), language);
    let day = Field::new(language, "passed_on", words.passed_on, Input::Line("date"));
    let form = Shown::new(language, Method::Post, format!("{here}/training"))
        .csrf(page.csrf())
        .field(course.at_most(COURSE_MAX).rule(rule).value(&typed.course))
        .field(day.value(&typed.passed_on))
        .act(Act::new(Manner::Main, words.record_training))
        .back(Link::new(here.clone(), officer.name()));
    let title = format!("{} · {}", words.record_training, officer.name());
    let page = page.under(Link::new(here, officer.name()));
    let sheet = Sheet::new(page, title).lede(words.training_lede).mishap(mishap);
    Ok(sheet.part(Part::Form(words.record_training, form)).show())
}
