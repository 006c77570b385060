//! The calculator: a period that an article sets and a day, and by when; with the days that were passed over.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use hefu_law_library::{DayCounted, Reckoning};
use hefu_page::component::{Act, Answer, Choice, Column, Fact, Facts, Field, Form, Input, Manner, Method, Table};
use hefu_page::mishap::{Mishap, status_and_answer};
use hefu_page::page::{Asked, Page, show};
use hefu_rulebook::{Language, day_of};
use hefu_web::{PageOfficer, Query};
use serde::Deserialize;

use crate::LawPages;
use crate::words::LawWords;

/// What is to be counted.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Question {
    #[serde(default)]
    parameter: String,
    #[serde(default)]
    start: String,
}

#[derive(Template)]
#[template(path = "law/deadlines.html")]
struct Deadlines {
    page: Page,
    words: &'static LawWords,
    answer: Option<Answer>,
    form: Form,
    result: Option<Counted>,
}

/// The answer in words.
struct Counted {
    facts: Facts,
    way: &'static str,
    days: Option<Table>,
}

pub(crate) async fn deadlines(
    State(door): State<LawPages>,
    officer: PageOfficer,
    Query(mut question): Query<Question>,
    asked: Asked,
) -> Response {
    let page = match door.frame(&asked, &officer).await {
        Ok(page) => page,
        Err(answer) => return *answer,
    };
    let language = page.language;
    let words = LawWords::of(language);
    let (result, mishap) = if question.parameter.is_empty() {
        question.start = day_of((door.clock)()).to_string();
        (None, None)
    } else {
        match reckon(&door, &question, language) {
            Ok(counted) => (Some(counted), None),
            Err(mishap) => (None, Some(mishap)),
        }
    };
    let (status, answer) = status_and_answer(mishap);
    let view = Deadlines {
        words,
        answer,
        form: form(&door, &question, language),
        result,
        page,
    };
    show(status, &view)
}

fn form(door: &LawPages, question: &Question, language: Language) -> Form {
    let words = LawWords::of(language);
    let book = door.library.book();
    let periods = book.obligations().iter().flat_map(|one| {
        let possible = one.parameters().iter().filter(|it| Reckoning::is_possible(it));
        possible.map(move |it| {
            let name = format!(
                "{} · {} · {}",
                book.place(one, language),
                it.render(language),
                it.own_name()
            );
            Choice::new(it.name(), name)
        })
    });
    let period = Field::new(language, "parameter", words.period, Input::Select(periods.collect()));
    let start = Field::new(language, "start", words.start, Input::Line("date"));
    Form::new(language, Method::Get, "/admin/deadlines")
        .field(period.value(&*question.parameter))
        .field(start.value(&*question.start).help(words.start_help))
        .act(Act::new(Manner::Main, words.reckon))
}

fn reckon(door: &LawPages, question: &Question, language: Language) -> Result<Counted, Mishap> {
    let words = LawWords::of(language);
    let start = question.start.trim().parse();
    let start = start.map_err(|_| Mishap::missing(words.no_date, language))?;
    let holdings = door.library.holdings().now();
    let reckoned = Reckoning::of(door.library.book(), holdings.calendar(), &question.parameter, start);
    let reckoned = reckoned.map_err(|why| Mishap::of(&why, language))?;
    Ok(counted(door, &reckoned, language))
}

fn counted(door: &LawPages, reckoned: &Reckoning, language: Language) -> Counted {
    let words = LawWords::of(language);
    let book = door.library.book();
    let period = book.parameter(&reckoned.parameter).map(|it| it.render(language));
    let obligation = book.obligation(&reckoned.obligation);
    let place = obligation.map(|one| book.place(one, language)).unwrap_or_default();
    let last = if reckoned.lasting {
        words.lasting_day
    } else {
        words.last_day
    };
    let facts = Facts::new([
        Fact::new(last, reckoned.last_day.to_string()),
        Fact::new(words.period, format!("{place} · {}", period.unwrap_or_default())),
        Fact::new(words.start, reckoned.start.to_string()),
        Fact::new(words.natural_days, reckoned.natural_days.to_string()),
    ]);
    Counted {
        facts,
        way: if reckoned.working_days {
            words.working_days_way
        } else {
            words.natural_way
        },
        days: reckoned.working_days.then(|| days(&reckoned.days, language)),
    }
}

fn days(all: &[DayCounted], language: Language) -> Table {
    let words = LawWords::of(language);
    let rows = all.iter().map(|one| {
        let (day, why) = match one {
            DayCounted::Weekend { day } => (day, words.weekend.to_owned()),
            DayCounted::WorkedWeekend { day } => (day, words.worked.to_owned()),
            DayCounted::Holiday { day, zh, en } => {
                let name = match language {
                    Language::Chinese => zh,
                    Language::English => en,
                };
                (day, format!("{}{name}", words.holiday))
            }
        };
        vec![day.to_string().into(), why.into()]
    });
    Table::new(words.not_counted, [Column::text(words.day), Column::text(words.why)]).rows(rows)
}
