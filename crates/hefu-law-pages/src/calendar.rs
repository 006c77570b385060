//! For officers: the years of holidays, and a new one.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use hefu_law_library::LawError;
use hefu_page::component::{Act, Answer, Cell, Column, Field, Form, Input, Manner, Method, Table};
use hefu_page::mishap::{Mishap, status_and_answer};
use hefu_page::page::{Asked, Page, done, show};
use hefu_rulebook::{Language, TextError, day_of};
use hefu_web::{PageOfficer, Upload};

use crate::LawPages;
use crate::words::LawWords;

#[derive(Template)]
#[template(path = "law/calendar.html")]
struct Years {
    page: Page,
    words: &'static LawWords,
    table: Table,
    answer: Option<Answer>,
    form: Option<Form>,
}

pub(crate) async fn calendar(State(door): State<LawPages>, officer: PageOfficer, asked: Asked) -> Response {
    match door.frame(&asked, &officer).await {
        Ok(page) => years(&door, page, &officer, None),
        Err(answer) => *answer,
    }
}

fn years(door: &LawPages, page: Page, officer: &PageOfficer, mishap: Option<Mishap>) -> Response {
    let language = page.language;
    let words = LawWords::of(language);
    let (status, answer) = status_and_answer(mishap);
    let file = Field::new(language, "file", words.file, Input::File(".toml,text/plain")).help(words.set_year_help);
    let form = Form::new(language, Method::Post, "/admin/calendar/years")
        .csrf(page.csrf())
        .field(file)
        .act(Act::new(Manner::Main, words.set_year));
    let view = Years {
        words,
        table: table(door, language),
        answer,
        form: LawPages::offers(officer).then_some(form),
        page,
    };
    show(status, &view)
}

fn table(door: &LawPages, language: Language) -> Table {
    let words = LawWords::of(language);
    let holdings = door.library.holdings().now();
    let set = holdings.years();
    let columns = [
        Column::text(words.year),
        Column::text(words.checked_with),
        Column::text(words.set_by),
        Column::text(words.digest),
    ];
    let mut all: Vec<(i16, &str)> = holdings.calendar().years().collect();
    all.reverse();
    let rows = all.into_iter().map(|(year, checked_with)| {
        let by_officer = set.get(&year);
        let from = match by_officer {
            Some(it) => Cell::Noted(words.by_officer.to_owned(), day_of(it.at).to_string()),
            None => words.builtin.into(),
        };
        vec![
            year.to_string().into(),
            checked_with.into(),
            from,
            by_officer.map_or(Cell::Nothing(language), |it| Cell::Code(it.sm3.clone())),
        ]
    });
    Table::new(words.years, columns).rows(rows)
}

pub(crate) async fn set_year(
    State(door): State<LawPages>,
    officer: PageOfficer,
    asked: Asked,
    mut upload: Upload,
) -> Response {
    let page = match door.frame(&asked, &officer).await {
        Ok(page) => page,
        Err(answer) => return *answer,
    };
    let outcome = match String::from_utf8(upload.0.remove("file").unwrap_or_default()) {
        Ok(file) => door.library.set_year(&officer, &file, (door.clock)()).await,
        Err(why) => Err(LawError::Text(TextError::NotUtf8 {
            offset: why.utf8_error().valid_up_to(),
        })),
    };
    match outcome {
        Ok(_) => done("/admin/calendar", "year-set"),
        Err(why) => {
            let mishap = Mishap::of(&why, page.language);
            years(&door, page, &officer, Some(mishap))
        }
    }
}
