//! The queue: applications by state, or what this officer can take further.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use hefu_officers::{Officer, Permission};
use hefu_ra::{ApplicationId, ApplicationView, DeskError, FindApplications, Stage};
use hefu_rulebook::Language;
use jiff::Timestamp;
use serde::Deserialize;

use super::{DeskPages, holder};
use crate::component::{Cell, Choice, Column, Empty, Field, Filters, Input, Link, Pages, Table};
use crate::page::{Asked, Page, encoded, refuse, show};
use crate::words::desk::{DeskWords, either, stage, step};
use hefu_web::PageOfficer;
use hefu_web::Query;

/// Applications on one page.
const PAGE_ITEMS: u32 = 20;
/// How often a page that turned out empty is looked for further on, before the officer is asked to.
const EMPTY_PAGES_MAX: usize = 8;
/// The filter that shows every application.
const ALL: &str = "all";
/// Steps of the road.
const STEPS: usize = 5;

#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    state: String,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "desk/queue.html")]
struct Queue {
    page: Page,
    words: &'static DeskWords,
    may_enter: bool,
    filters: Filters,
    table: Table,
}

/// What was found, and where the next page begins.
struct Found {
    items: Vec<ApplicationView>,
    next: Option<String>,
}

pub(super) async fn queue(
    State(door): State<DeskPages>,
    officer: PageOfficer,
    asked: Asked,
    Query(wanted): Query<Wanted>,
) -> Response {
    let page = match door.frame(&asked, &officer).await {
        Ok(page) => page,
        Err(answer) => return *answer,
    };
    let found = match find(&door, &officer, &wanted).await {
        Ok(found) => found,
        Err(why) => return refuse(page, &why),
    };
    let language = page.language;
    let words = DeskWords::of(language);
    let view = Queue {
        may_enter: officer.permit(Permission::Enter).is_ok(),
        filters: filters(&officer, &wanted, language),
        table: table(&door, found, &wanted, language),
        words,
        page,
    };
    show(StatusCode::OK, &view)
}

/// The states in which this officer's post has something to do.
fn own_stages(officer: &Officer) -> Vec<Stage> {
    let may = |permission| officer.permit(permission).is_ok();
    let entering = [Stage::Entered, Stage::Noticed, Stage::Contracted];
    let mut stages = Vec::new();
    stages.extend(entering.into_iter().filter(|_| may(Permission::Enter)));
    stages.extend([Stage::Identified].into_iter().filter(|_| may(Permission::Approve)));
    let issuing = [Stage::Approved, Stage::Requested];
    stages.extend(issuing.into_iter().filter(|_| may(Permission::Issue)));
    stages
}

/// Whether the next step is this very officer's: who entered or identified does not approve.
pub(super) fn is_for(view: &ApplicationView, officer: &Officer) -> bool {
    let own = view.entered_by == officer.id() || view.identified_by == Some(officer.id());
    view.state != Stage::Identified || !own
}

async fn find(door: &DeskPages, officer: &Officer, wanted: &Wanted) -> Result<Found, DeskError> {
    let after = wanted.after.as_deref().filter(|after| !after.is_empty());
    let after: Option<ApplicationId> = after.map(str::parse).transpose()?;
    let own = own_stages(officer);
    let stages: Vec<Option<Stage>> = match wanted.state.as_str() {
        "" if !own.is_empty() => own.into_iter().map(Some).collect(),
        "" | ALL => vec![None],
        word => vec![Some(word.parse()?)],
    };
    let is_own = wanted.state.is_empty();
    let mut after = after;
    for _ in 0..EMPTY_PAGES_MAX {
        let mut found = merged(door, &stages, after).await?;
        found.items.retain(|view| !is_own || is_for(view, officer));
        after = found.next.as_deref().map(str::parse).transpose()?;
        if !found.items.is_empty() || after.is_none() {
            return Ok(found);
        }
    }
    Ok(Found {
        items: Vec::new(),
        next: after.map(|after| after.to_string()),
    })
}

/// One page over several states, newest first: numbers sort by age, so the newest of each state are the newest of all.
async fn merged(door: &DeskPages, stages: &[Option<Stage>], after: Option<ApplicationId>) -> Result<Found, DeskError> {
    let mut items = Vec::new();
    let mut is_more = false;
    for stage in stages {
        let find = FindApplications {
            stage: *stage,
            after,
            limit: Some(PAGE_ITEMS),
        };
        let page = door.desk.applications(&find).await?;
        is_more |= page.next.is_some();
        items.extend(page.items);
    }
    items.sort_by_key(|view: &ApplicationView| std::cmp::Reverse(view.id));
    let most = usize::try_from(PAGE_ITEMS).unwrap_or(usize::MAX);
    is_more |= items.len() > most;
    items.truncate(most);
    let next = items.last().filter(|_| is_more).map(|last| last.id.to_string());
    Ok(Found { items, next })
}

fn filters(officer: &Officer, wanted: &Wanted, language: Language) -> Filters {
    let words = DeskWords::of(language);
    let mut choices = Vec::new();
    if !own_stages(officer).is_empty() {
        choices.push(Choice::new("", words.mine));
    }
    choices.push(Choice::new(ALL, words.all));
    choices.extend(Stage::ALL.map(|one| Choice::new(one.as_str(), stage(one, language).to_word())));
    let field = Field::new(language, "state", words.show, Input::Select(choices));
    Filters::new(language, "/desk", [field.value(&wanted.state).optional()])
}

fn table(door: &DeskPages, found: Found, wanted: &Wanted, language: Language) -> Table {
    let words = DeskWords::of(language);
    let now = (door.clock)();
    let columns = [
        Column::text(words.subject),
        Column::text(words.state),
        Column::text(words.next_step),
        Column::number(words.waiting),
        Column::text(words.entered_by),
    ];
    let here = format!("/desk?state={}", encoded(&wanted.state));
    let pages = Pages::new(language)
        .first(wanted.after.is_some().then(|| here.clone()))
        .next(found.next.map(|after| format!("{here}&after={}", encoded(&after))));
    let empty = if wanted.state.is_empty() {
        Empty::new(words.nothing_to_do, words.nothing_to_do_hint)
    } else {
        Empty::new(words.nothing_in_state, words.nothing_in_state_hint)
    };
    let rows = found.items.iter().map(|view| row(door, view, now, language));
    Table::new(words.applications, columns)
        .rows(rows)
        .or_else(empty.act(Link::new("/desk?state=all", words.all)))
        .pages(pages)
}

fn row(door: &DeskPages, view: &ApplicationView, now: Timestamp, language: Language) -> Vec<Cell> {
    let name = holder(&view.subject, false);
    let way = Link::new(format!("/desk/applications/{}", view.id), name);
    let note = format!(
        "{} · {}",
        door.profile_name(&view.profile, language),
        crate::words::desk::kind(view.kind, language)
    );
    let next = view.next.map_or(Cell::Nothing(language), |next| {
        let place = format!("{} / {STEPS}", place(view.state));
        Cell::Noted(step(next, language).to_owned(), place)
    });
    let waiting = match view.next {
        Some(_) => Cell::Number(waited(view.updated_at, now, language)),
        None => Cell::Nothing(language),
    };
    vec![
        Cell::NotedLink(way, note),
        stage(view.state, language).into(),
        next,
        waiting,
        door.name_of(view.entered_by).into(),
    ]
}

/// Which step of the road is next, from one.
const fn place(stage: Stage) -> usize {
    match stage {
        Stage::Entered => 1,
        Stage::Noticed => 2,
        Stage::Contracted => 3,
        Stage::Identified => 4,
        _ => STEPS,
    }
}

/// How long ago, as people say it.
pub(super) fn waited(since: Timestamp, now: Timestamp, language: Language) -> String {
    let minutes = (now.as_second() - since.as_second()).max(0) / 60;
    let (days, hours) = (minutes / 60 / 24, minutes / 60 % 24);
    if days > 0 {
        return format!(
            "{days} {} {hours} {}",
            either(language, "天", "d"),
            either(language, "小时", "h")
        );
    }
    if hours > 0 {
        let minutes = minutes % 60;
        return format!(
            "{hours} {} {minutes} {}",
            either(language, "小时", "h"),
            either(language, "分", "min")
        );
    }
    format!("{minutes} {}", either(language, "分", "min"))
}
