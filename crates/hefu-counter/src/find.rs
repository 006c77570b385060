//! Finding a file by exact words, and the ways to a new one. There is no list of names (办法 20).

use axum::extract::State;
use axum::response::Response;
use hefu_applicants::Described;
use hefu_officers::Permission;
use hefu_rulebook::Language;
use hefu_web::{Form as Sent, PageOfficer};
use serde::Deserialize;

use crate::component::{Act, Cell, Column, Empty, Field, Form, Input, Link, Manner, Method, Table};
use crate::mishap::Mishap;
use crate::names;
use crate::page::time::time;
use crate::page::{Asked, Page};
use crate::room::CounterPages;
use crate::sheet::{Part, Sheet};
use crate::words::CounterWords;

/// Characters of what is looked for: the longest name.
const SOUGHT_MAX: u32 = 128;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    sought: String,
}

pub(crate) async fn ask(State(door): State<CounterPages>, officer: PageOfficer, asked: Asked) -> Response {
    match door.frame(&asked, &officer).await {
        Ok(page) => shown(&officer, page, "", None, None),
        Err(answer) => *answer,
    }
}

pub(crate) async fn find(
    State(door): State<CounterPages>,
    officer: PageOfficer,
    asked: Asked,
    Sent(typed): Sent<Typed>,
) -> Response {
    let page = match door.frame(&asked, &officer).await {
        Ok(page) => page,
        Err(answer) => return *answer,
    };
    match door.registry.find(&typed.sought).await {
        Ok(found) => shown(&officer, page, &typed.sought, Some(&found), None),
        Err(why) => {
            let mishap = Mishap::of(&why, page.language);
            shown(&officer, page, &typed.sought, None, Some(mishap))
        }
    }
}

fn shown(
    officer: &PageOfficer,
    page: Page,
    sought: &str,
    found: Option<&[Described]>,
    mishap: Option<Mishap>,
) -> Response {
    let language = page.language;
    let words = CounterWords::of(language);
    let field = Field::new(language, "sought", words.sought, Input::Line("text"));
    let field = field.help(words.sought_help).at_most(SOUGHT_MAX).value(sought);
    let form = Form::new(language, Method::Post, "/desk/applicants")
        .csrf(page.csrf())
        .field(field)
        .act(Act::new(Manner::Main, words.find));
    let found = found.map(|found| Part::Table(table(found, language)));
    let sheet = Sheet::new(page, words.applicants)
        .lede(words.applicants_lede)
        .mishap(mishap)
        .form(words.find, form)
        .parts(found);
    if officer.permit(Permission::Enter).is_err() {
        return sheet.show();
    }
    let ways = names::KINDS.map(|kind| {
        let href = format!("/desk/applicants/new/{}", kind.as_str());
        Link::new(href, names::kind(kind, language))
    });
    let sheet = sheet.part(Part::Heading(words.register));
    sheet
        .part(Part::Words(words.register_lede.to_owned()))
        .part(Part::Ways(ways.to_vec()))
        .show()
}

fn table(found: &[Described], language: Language) -> Table {
    let words = CounterWords::of(language);
    let columns = [words.name, words.kind, words.number_masked, words.registered_at];
    let rows = found.iter().map(|one| {
        let href = format!("/desk/applicants/{}", one.filed.id);
        vec![
            Cell::Link(Link::new(href, one.name.clone())),
            names::kind(one.filed.kind, language).into(),
            one.filed.masked.clone().into(),
            time(one.filed.registered_at).into(),
        ]
    });
    Table::new(words.found, columns.map(Column::text))
        .rows(rows)
        .or_else(Empty::new(words.found_nothing, words.found_nothing_hint))
}
