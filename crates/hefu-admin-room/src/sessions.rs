//! Open sessions within one's branch, and ending one.

use axum::extract::Path;
use hefu_officers::{ChangeError, OpenSession};
use hefu_page::mishap::Mishap;
use hefu_page::page::done;
use hefu_page::page::time::time;
use hefu_rulebook::Language;
use hefu_web::{Form, Query};
use serde::Deserialize;

use crate::change::told;
use crate::component::{Cell, Column, Confirmation, Empty, Fact, Facts, Link, Pages, Table};
use crate::sheet::{Instead, Outcome, Part, Sheet, Visit};
use crate::words::{AdminWords, OfficerWords};

/// Sessions on one page.
const PAGE_ITEMS: usize = 50;

/// `?from=50`: how many were on the pages before.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    from: usize,
}

/// A form without fields of its own.
#[derive(Debug, Deserialize)]
pub(crate) struct Nothing {}

pub(crate) async fn sessions(visit: Visit, Query(wanted): Query<Wanted>) -> Outcome {
    let page = visit.frame().await?;
    let language = page.language;
    let open = visit.door.officers.open_sessions(&visit.officer, visit.door.now());
    let open = open.map_err(|why| Instead::of(&page, &why))?;
    let shown: Vec<OpenSession> = open.iter().skip(wanted.from).take(PAGE_ITEMS).cloned().collect();
    let next = wanted.from.saturating_add(PAGE_ITEMS);
    let pages = Pages::new(language)
        .first((wanted.from > 0).then(|| "/admin/sessions".to_owned()))
        .next((open.len() > next).then(|| format!("/admin/sessions?from={next}")));
    let table = table(&visit, &shown, language).pages(pages);
    let sheet = Sheet::new(page, AdminWords::of(language).sessions).lede(OfficerWords::of(language).sessions_lede);
    Ok(sheet.part(Part::Table(table)).show())
}

/// Open sessions, each with the way to its end for whoever may end it.
pub(crate) fn table(visit: &Visit, open: &[OpenSession], language: Language) -> Table {
    let words = OfficerWords::of(language);
    let columns = [words.session, words.officer, words.opened_at, words.seen_at, words.act].map(Column::text);
    let current = visit.officer.session_number();
    let row = |open: &OpenSession| {
        let number = &open.session.number;
        let name = if current.as_ref() == Some(number) {
            Cell::Noted(number.clone(), words.this_one.to_owned())
        } else {
            number.clone().into()
        };
        let act = if may_end(visit, open) {
            Link::new(format!("/admin/sessions/{number}/end"), words.end_session).into()
        } else {
            Cell::Nothing(language)
        };
        let way = Link::new(
            format!("/admin/officers/{}", open.officer),
            visit.door.name_of(open.officer),
        );
        let (opened, seen) = (time(open.session.opened_at), time(open.session.seen_at));
        vec![name, way.into(), opened.into(), seen.into(), act]
    };
    Table::new(words.sessions, columns)
        .rows(open.iter().map(row))
        .or_else(Empty::new(words.no_sessions, words.no_sessions_hint))
}

fn may_end(visit: &Visit, open: &OpenSession) -> bool {
    open.officer != visit.officer.id() && visit.door.officers.may_oversee(&visit.officer, open.officer).is_ok()
}

pub(crate) async fn ask(visit: Visit, Path(number): Path<String>) -> Outcome {
    asking(&visit, &number, None).await
}

pub(crate) async fn end(visit: Visit, Path(number): Path<String>, Form(Nothing {}): Form<Nothing>) -> Outcome {
    let ended = visit
        .door
        .officers
        .end_session_of(&visit.officer, &number, visit.door.now());
    match ended.await {
        Ok(_) => Ok(done("/admin/sessions", "session")),
        Err(why) => asking(&visit, &number, Some(told(&why, visit.language()))).await,
    }
}

async fn asking(visit: &Visit, number: &str, mishap: Option<Mishap>) -> Outcome {
    let page = visit.frame().await?;
    let language = page.language;
    let words = OfficerWords::of(language);
    let page = page.under(Link::new("/admin/sessions", AdminWords::of(language).sessions));
    let open = visit.door.officers.open_sessions(&visit.officer, visit.door.now());
    let mut open = open.map_err(|why| Instead::of(&page, &why))?.into_iter();
    let Some(open) = open.find(|open| open.session.number == number) else {
        // A refusal that was recorded is shown, whatever became of the session meanwhile.
        return match mishap {
            Some(mishap) => Ok(Sheet::new(page, words.end_session).mishap(Some(mishap)).show()),
            None => Err(Instead::of(&page, &ChangeError::NoSuchSession)),
        };
    };
    let concerns = Facts::new([
        Fact::new(words.session, open.session.number.clone()),
        Fact::new(words.officer, visit.door.name_of(open.officer)),
        Fact::new(words.opened_at, time(open.session.opened_at)),
        Fact::new(words.seen_at, time(open.session.seen_at)),
    ]);
    if !may_end(visit, &open) && open.officer != visit.officer.id() {
        let sheet = Sheet::new(page, words.session).mishap(mishap);
        return Ok(sheet.part(Part::Facts(words.session, concerns)).show());
    }
    let consequences = [words.session_ends, words.session_again, words.session_recorded].map(str::to_owned);
    let action = format!("/admin/sessions/{number}/end");
    let question = Confirmation::new(language, action, consequences.to_vec(), concerns)
        .csrf(page.csrf())
        .act(words.end_session, "/admin/sessions");
    let sheet = Sheet::new(page, words.end_session).mishap(mishap);
    Ok(sheet.part(Part::Confirmation(question)).show())
}
