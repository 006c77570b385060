//! The outbox: how it stands, letters by state, one letter, having it sent again, and reminders to come.

use axum::extract::Path;
use hefu_officers::Permission;
use hefu_page::mishap::Mishap;
use hefu_page::page::time::{day, time};
use hefu_page::page::{done, encoded};
use hefu_post::{FindLetters, LetterState, LetterView, Post, PostError, Summary, Upcoming};
use hefu_rulebook::Language;
use hefu_web::{Form, Query};
use serde::Deserialize;

use crate::component::{Act, Cell, Choice, Column, Empty, Fact, Facts, Field, Filters, Form as Shown, Input, Link};
use crate::component::{Manner, Method, Pages, Shape, State, Table};
use crate::page::Page;
use crate::sessions::Nothing;
use crate::sheet::{Instead, Outcome, Part, Sheet, Visit, number};
use crate::words::{AdminWords, LetterWords};

/// Letters on one page.
const PAGE_ITEMS: u32 = 50;
/// Days of the outlook.
const OUTLOOK_DAYS: u32 = 7;

/// `?state=failed&before=120`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    state: String,
    before: Option<i64>,
}

/// The outbox with the frame of the page; or the page that says that there is none.
async fn outbox(visit: &Visit) -> Result<(Page, Post), Instead> {
    let page = visit.frame().await?;
    let words = LetterWords::of(page.language);
    if let Some(post) = &visit.door.post {
        return Ok((page, post.clone()));
    }
    let title = AdminWords::of(page.language).letters;
    Err(Box::new(Sheet::new(page, title).lede(words.off).show()).into())
}

pub(crate) async fn letters(visit: Visit, Query(wanted): Query<Wanted>) -> Outcome {
    let (page, post) = outbox(&visit).await?;
    let language = page.language;
    let words = LetterWords::of(language);
    let state = LetterState::named(&wanted.state);
    let find = FindLetters {
        state,
        before: wanted.before,
        limit: Some(PAGE_ITEMS),
    };
    let refused = |why: PostError| Instead::of(&page, &why);
    let found = post.letters(find).await.map_err(refused)?;
    let summary = post.summary().await.map_err(refused)?;
    let upcoming = post.upcoming(OUTLOOK_DAYS, visit.door.now()).await.map_err(refused)?;
    let here = format!(
        "/admin/letters?state={}",
        encoded(state.map_or("", LetterState::as_str))
    );
    let pages = Pages::new(language)
        .first(wanted.before.is_some().then(|| here.clone()))
        .next(found.next.map(|next| format!("{here}&before={next}")));
    let table = table(&found.items, language).pages(pages);
    let sheet = Sheet::new(page, AdminWords::of(language).letters).lede(words.lede);
    let sheet = sheet.part(Part::Facts(words.outbox, standing(&summary, language)));
    let sheet = sheet
        .part(Part::Filters(filters(state, language)))
        .part(Part::Table(table));
    Ok(sheet.part(Part::Table(outlook(&upcoming, language))).show())
}

fn standing(summary: &Summary, language: Language) -> Facts {
    let words = LetterWords::of(language);
    let server = match &summary.closed {
        None => State::new(Shape::Good, words.server_open),
        Some(closed) => {
            let since = format!(
                "{} · {} · {}{}",
                words.server_closed,
                closed.code,
                words.since,
                time(closed.since)
            );
            State::new(Shape::Wait, since)
        }
    };
    let days: Vec<String> = summary.reminder_days.iter().map(ToString::to_string).collect();
    let failed = Link::new("/admin/letters?state=failed", summary.failed.to_string());
    Facts::new([
        Fact::new(words.waiting, summary.queued.to_string()),
        Fact::new(words.failed, failed),
        Fact::new(words.server, server),
        Fact::new(words.reminders, days.join(", ")).note(words.reminders_source),
    ])
}

fn filters(state: Option<LetterState>, language: Language) -> Filters {
    let shared = AdminWords::of(language);
    let mut choices = vec![Choice::new("", shared.all)];
    choices.extend(LetterState::ALL.map(|one| Choice::new(one.as_str(), one.name(language))));
    let field = Field::new(language, "state", shared.show, Input::Select(choices));
    let chosen = state.map_or("", LetterState::as_str);
    Filters::new(language, "/admin/letters", [field.value(chosen).optional()])
}

fn state(state: LetterState, language: Language) -> State {
    let shape = match state {
        LetterState::Sent => Shape::Good,
        LetterState::Queued | LetterState::Sending => Shape::Wait,
        LetterState::Failed => Shape::Ended,
        LetterState::Unaddressed => Shape::Plain,
    };
    State::new(shape, state.name(language))
}

fn table(letters: &[LetterView], language: Language) -> Table {
    let words = LetterWords::of(language);
    let columns = [words.letter, words.to, words.state, words.written_at, words.result].map(Column::text);
    let row = |letter: &LetterView| {
        let way = Link::new(format!("/admin/letters/{}", letter.number), letter.kind.clone());
        vec![
            Cell::NotedLink(way, letter.about.clone()),
            Cell::text_or_nothing(Some(letter.to.clone()).filter(|to| !to.is_empty()), language),
            state(letter.state, language).into(),
            time(letter.written_at).into(),
            Cell::text_or_nothing(letter.code.clone(), language),
        ]
    };
    Table::new(words.list, columns)
        .rows(letters.iter().map(row))
        .or_else(Empty::new(words.none, words.none_hint))
}

/// Reminders by day.
fn outlook(upcoming: &[Upcoming], language: Language) -> Table {
    let words = LetterWords::of(language);
    let columns = [
        Column::text(words.day),
        Column::text(words.before),
        Column::number(words.count),
    ];
    let row = |one: &Upcoming| {
        vec![
            Cell::from(day(one.from)),
            format!("{}{}", one.days, words.days).into(),
            Cell::Number(one.letters.to_string()),
        ]
    };
    Table::new(format!("{} · {}", words.upcoming, words.upcoming_caption), columns)
        .rows(upcoming.iter().map(row))
        .or_else(Empty::new(words.no_upcoming, words.no_upcoming_hint))
}

pub(crate) async fn letter(visit: Visit, Path(letter): Path<String>) -> Outcome {
    shown(&visit, number(&letter), None).await
}

pub(crate) async fn retry(visit: Visit, Path(letter): Path<String>, Form(Nothing {}): Form<Nothing>) -> Outcome {
    let (number, language) = (number(&letter), visit.language());
    let (_, post) = outbox(&visit).await?;
    let retried = async {
        let now = visit.door.now();
        let by = match visit.officer.permit(Permission::Resend) {
            Ok(by) => by,
            Err(why) => {
                let refused = visit
                    .door
                    .officers
                    .record_refused(visit.officer.id(), "resend", &why, now);
                refused.await.map_err(|why| Mishap::of(&why, language))?;
                return Err(Mishap::of(&why, language));
            }
        };
        let retried = post.retry(number, &by.actor(), now).await;
        retried.map_err(|why| Mishap::of(&why, language))
    };
    match retried.await {
        Ok(_) => Ok(done(&format!("/admin/letters/{number}"), "letter")),
        Err(mishap) => shown(&visit, number, Some(mishap)).await,
    }
}

async fn shown(visit: &Visit, number: i64, mishap: Option<Mishap>) -> Outcome {
    let (page, post) = outbox(visit).await?;
    let language = page.language;
    let (words, shared) = (LetterWords::of(language), AdminWords::of(language));
    let page = page.under(Link::new("/admin/letters", shared.letters));
    let letter = post.letter(number).await.map_err(|why| Instead::of(&page, &why))?;
    let may = letter.state == LetterState::Failed && visit.officer.permit(Permission::Resend).is_ok();
    let csrf = page.csrf().map(str::to_owned);
    let sheet = Sheet::new(page, format!("{} {number}", words.letter)).mishap(mishap);
    let sheet = sheet.part(Part::Facts(words.letter, facts(&letter, language)));
    if !may {
        return Ok(sheet.show());
    }
    let form = Shown::new(language, Method::Post, format!("/admin/letters/{number}/retry"));
    let form = form.csrf(csrf.as_deref()).act(Act::new(Manner::Main, words.retry));
    let sheet = sheet.below(words.retry, Part::Words(words.retry_does.to_owned()));
    Ok(sheet.part(Part::Form(words.retry, form)).show())
}

fn facts(letter: &LetterView, language: Language) -> Facts {
    let words = LetterWords::of(language);
    let mut facts = vec![
        Fact::new(words.kind, letter.kind.clone()),
        Fact::new(words.about, Cell::Code(letter.about.clone())),
        Fact::new(words.to, letter.to.clone()),
    ];
    let standing = Fact::new(words.state, state(letter.state, language));
    facts.push(if letter.in_doubt {
        standing.note(words.in_doubt)
    } else {
        standing
    });
    facts.push(Fact::new(words.written_at, time(letter.written_at)));
    facts.push(Fact::new(words.attempts, letter.attempts.to_string()));
    facts.extend(letter.next_try.map(|at| Fact::new(words.next_try, time(at))));
    facts.extend(letter.settled_at.map(|at| Fact::new(words.settled_at, time(at))));
    if letter.settled_at.is_none() {
        facts.push(Fact::new(words.give_up_at, time(letter.give_up_at)));
    }
    facts.extend(
        letter
            .code
            .clone()
            .map(|code| Fact::new(words.result, Cell::Code(code))),
    );
    Facts::new(facts)
}
