//! For officers: load a text, compare a wording with it, take a confirmation back.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use hefu_law_library::{Holdings, LawError, NewEdition, Verification};
use hefu_page::component::{
    Act, Answer, Cell, Choice, Column, Confirmation, Fact, Facts, Field, Form, Input, Link, Manner, Method, Pages,
    Table,
};
use hefu_page::mishap::{Mishap, status_and_answer};
use hefu_page::page::{Asked, Page, done, refuse, show};
use hefu_rulebook::{Language, Obligation, TextError};
use hefu_web::{Form as Typed, PageOfficer, Query, Upload};
use serde::Deserialize;

use crate::reading::{Leaf, Passage, editions, instruments};
use crate::words::{LawWords, state};
use crate::{LawPages, short};

/// Nothing but the mark, which the house reads.
#[derive(Debug, Deserialize)]
pub(crate) struct Nothing {}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Reason {
    #[serde(default)]
    reason: String,
}

/// What was typed into the form that loads.
#[derive(Debug, Default)]
struct Loading {
    instrument: String,
    dated: String,
    source: String,
}

#[derive(Template)]
#[template(path = "law/admin.html")]
struct Overview {
    page: Page,
    words: &'static LawWords,
    table: Table,
    answer: Option<Answer>,
    form: Option<Form>,
}

#[derive(Template)]
#[template(path = "law/wordings.html")]
struct Wordings {
    page: Page,
    title: String,
    table: Table,
    pages: Pages,
    editions: Table,
}

#[derive(Template)]
#[template(path = "law/confirm.html")]
struct Comparing {
    page: Page,
    words: &'static LawWords,
    title: String,
    passage: Passage,
    answer: Option<Answer>,
    form: Option<Form>,
}

#[derive(Template)]
#[template(path = "law/withdraw.html")]
struct Withdrawing {
    page: Page,
    words: &'static LawWords,
    answer: Option<Answer>,
    confirmation: Confirmation,
}

pub(crate) async fn law(State(door): State<LawPages>, officer: PageOfficer, asked: Asked) -> Response {
    match door.frame(&asked, &officer).await {
        Ok(page) => overview(&door, page, &officer, &Loading::default(), None),
        Err(answer) => *answer,
    }
}

fn overview(door: &LawPages, page: Page, officer: &PageOfficer, typed: &Loading, mishap: Option<Mishap>) -> Response {
    let words = LawWords::of(page.language);
    let (status, answer) = status_and_answer(mishap);
    let view = Overview {
        words,
        table: instruments(door, page.language, "/admin/law"),
        answer,
        form: LawPages::offers(officer).then(|| load_form(door, &page, typed)),
        page,
    };
    show(status, &view)
}

fn load_form(door: &LawPages, page: &Page, typed: &Loading) -> Form {
    let language = page.language;
    let words = LawWords::of(language);
    let all = door.library.book().instruments().iter();
    let choices = all.map(|one| Choice::new(one.code(), short(one, language))).collect();
    Form::new(language, Method::Post, "/admin/law")
        .csrf(page.csrf())
        .field(Field::new(language, "instrument", words.instrument, Input::Select(choices)).value(&*typed.instrument))
        .field(Field::new(language, "dated", words.dated_label, Input::Line("date")).value(&*typed.dated))
        .field(
            Field::new(language, "source", words.source, Input::Line("text"))
                .value(&*typed.source)
                .help(words.source_help)
                .at_most(500),
        )
        .field(Field::new(language, "file", words.file, Input::File(".md,.txt,text/plain")).help(words.file_help))
        .act(Act::new(Manner::Main, words.load))
}

pub(crate) async fn load(
    State(door): State<LawPages>,
    officer: PageOfficer,
    asked: Asked,
    mut upload: Upload,
) -> Response {
    let page = match door.frame(&asked, &officer).await {
        Ok(page) => page,
        Err(answer) => return *answer,
    };
    let language = page.language;
    let typed = Loading {
        instrument: upload.text("instrument"),
        dated: upload.text("dated"),
        source: upload.text("source"),
    };
    let Ok(dated) = typed.dated.parse() else {
        let mishap = Mishap::missing(LawWords::of(language).no_date, language);
        return overview(&door, page, &officer, &typed, Some(mishap));
    };
    let outcome = match String::from_utf8(upload.0.remove("file").unwrap_or_default()) {
        Ok(text) => {
            let new = NewEdition {
                instrument: typed.instrument.clone(),
                dated,
                source: typed.source.clone(),
                text,
            };
            door.library.load(&officer, new, (door.clock)()).await
        }
        Err(why) => Err(LawError::Text(TextError::NotUtf8 {
            offset: why.utf8_error().valid_up_to(),
        })),
    };
    match outcome {
        Ok(edition) => done(&format!("/admin/law/{}", edition.instrument), "loaded"),
        Err(why) => overview(&door, page, &officer, &typed, Some(Mishap::of(&why, language))),
    }
}

pub(crate) async fn instrument(
    State(door): State<LawPages>,
    officer: PageOfficer,
    Path(code): Path<String>,
    Query(leaf): Query<Leaf>,
    asked: Asked,
) -> Response {
    let page = match door.frame(&asked, &officer).await {
        Ok(page) => page.under(above(asked.language())),
        Err(answer) => return *answer,
    };
    let language = page.language;
    let found = match door.find(&code) {
        Ok(found) => found,
        Err(why) => return refuse(page, &why),
    };
    let holdings = door.library.holdings().now();
    let all: Vec<&Obligation> = door.obligations(&code).collect();
    let (range, pages) = leaf.cut(all.len(), &format!("/admin/law/{code}"), language);
    let view = Wordings {
        title: short(found, language).to_owned(),
        table: wordings(&door, &holdings, all.get(range).unwrap_or_default(), language),
        pages,
        editions: editions(&holdings, &code, language),
        page,
    };
    show(StatusCode::OK, &view)
}

fn above(language: Language) -> Link {
    Link::new("/admin/law", LawWords::of(language).admin_law)
}

fn way_to(one: &Obligation) -> String {
    format!("/admin/law/{}/{}", one.instrument(), one.id())
}

fn wordings(door: &LawPages, holdings: &Holdings, shown: &[&Obligation], language: Language) -> Table {
    let words = LawWords::of(language);
    let columns = [
        Column::text(words.obligation),
        Column::text(words.ours),
        Column::text(words.state),
    ];
    let rows = shown.iter().map(|one| {
        let link = Link::new(way_to(one), door.library.book().place(one, language));
        vec![
            Cell::NotedLink(link, one.id().to_owned()),
            one.text(language).into(),
            state(&holdings.verification(one), language).into(),
        ]
    });
    Table::new(words.obligations, columns).rows(rows)
}

/// The obligation of an address, of this very instrument.
fn sought<'a>(door: &'a LawPages, (code, id): &(String, String)) -> Result<&'a Obligation, LawError> {
    let found = door.library.book().obligation(id);
    found
        .filter(|one| one.instrument() == code)
        .ok_or_else(|| LawError::NoSuchObligation(id.clone()))
}

pub(crate) async fn ask_confirmation(
    State(door): State<LawPages>,
    officer: PageOfficer,
    Path(way): Path<(String, String)>,
    asked: Asked,
) -> Response {
    let page = match door.frame(&asked, &officer).await {
        Ok(page) => page,
        Err(answer) => return *answer,
    };
    match sought(&door, &way) {
        Ok(one) => comparing(&door, page, &officer, one, None),
        Err(why) => refuse(page, &why),
    }
}

fn comparing(door: &LawPages, page: Page, officer: &PageOfficer, one: &Obligation, mishap: Option<Mishap>) -> Response {
    let language = page.language;
    let words = LawWords::of(language);
    let holdings = door.library.holdings().now();
    let back = format!("/admin/law/{}", one.instrument());
    let page = page.under(above(language));
    let (status, answer) = status_and_answer(mishap);
    let form = Form::new(language, Method::Post, way_to(one)).csrf(page.csrf());
    let form = match holdings.verification(one) {
        // Reasons are asked for on a page of their own.
        Verification::Confirmed(_) | Verification::Again(..) => form.back(withdrawal(one, words)),
        _ => form.back(Link::new(&*back, words.back)),
    };
    let has_text = holdings
        .newest(one.instrument())
        .is_some_and(|it| !it.text.beside(one).is_empty());
    let view = Comparing {
        words,
        title: door.library.book().place(one, language),
        passage: Passage::of(door, &holdings, one, language),
        answer,
        form: (has_text && LawPages::offers(officer)).then(|| form.act(Act::new(Manner::Main, words.confirm_act))),
        page,
    };
    show(status, &view)
}

fn withdrawal(one: &Obligation, words: &LawWords) -> Link {
    Link::new(format!("{}/withdrawal", way_to(one)), words.withdraw)
}

pub(crate) async fn confirm(
    State(door): State<LawPages>,
    officer: PageOfficer,
    Path(way): Path<(String, String)>,
    asked: Asked,
    Typed(_): Typed<Nothing>,
) -> Response {
    let page = match door.frame(&asked, &officer).await {
        Ok(page) => page,
        Err(answer) => return *answer,
    };
    let one = match sought(&door, &way) {
        Ok(one) => one,
        Err(why) => return refuse(page, &why),
    };
    let newest = door.library.holdings().now().newest(one.instrument()).map(|it| it.id);
    let confirmed = door
        .library
        .confirm(&officer, one.id(), newest.unwrap_or(0), (door.clock)())
        .await;
    match confirmed {
        Ok(_) => done(&way_to(one), "confirmed"),
        Err(why) => {
            let mishap = Mishap::of(&why, page.language);
            comparing(&door, page, &officer, one, Some(mishap))
        }
    }
}

pub(crate) async fn ask_withdrawal(
    State(door): State<LawPages>,
    officer: PageOfficer,
    Path(way): Path<(String, String)>,
    asked: Asked,
) -> Response {
    let page = match door.frame(&asked, &officer).await {
        Ok(page) => page,
        Err(answer) => return *answer,
    };
    match sought(&door, &way) {
        Ok(one) => withdrawing(&door, page, one, "", None),
        Err(why) => refuse(page, &why),
    }
}

fn withdrawing(door: &LawPages, page: Page, one: &Obligation, typed: &str, mishap: Option<Mishap>) -> Response {
    let language = page.language;
    let words = LawWords::of(language);
    let holdings = door.library.holdings().now();
    let last = holdings.last_confirmation(one.id()).filter(|it| it.withdrawn.is_none());
    let Some(last) = last else {
        return refuse(page, &LawError::NoSuchConfirmation);
    };
    let edition = holdings
        .edition(last.edition)
        .map(|it| format!("{} · {}", it.dated, it.source));
    let concerns = Facts::new([
        Fact::new(words.obligation, door.library.book().place(one, language)),
        Fact::new(words.ours, one.text(language)),
        Fact::new(words.official_text, Cell::text_or_nothing(edition, language)),
    ]);
    let consequences = vec![words.withdraw_consequence.to_owned(), words.withdraw_record.to_owned()];
    let (status, answer) = status_and_answer(mishap);
    let confirmation = Confirmation::new(language, format!("{}/withdrawal", way_to(one)), consequences, concerns)
        .csrf(page.csrf())
        .reason(typed, None)
        .act(words.withdraw, way_to(one));
    let view = Withdrawing {
        words,
        answer,
        confirmation,
        page: page.under(above(language)),
    };
    show(status, &view)
}

pub(crate) async fn withdraw(
    State(door): State<LawPages>,
    officer: PageOfficer,
    Path(way): Path<(String, String)>,
    asked: Asked,
    Typed(typed): Typed<Reason>,
) -> Response {
    let page = match door.frame(&asked, &officer).await {
        Ok(page) => page,
        Err(answer) => return *answer,
    };
    let one = match sought(&door, &way) {
        Ok(one) => one,
        Err(why) => return refuse(page, &why),
    };
    let last = door
        .library
        .holdings()
        .now()
        .last_confirmation(one.id())
        .map(|it| it.id);
    let now = (door.clock)();
    match door
        .library
        .withdraw(&officer, last.unwrap_or(0), &typed.reason, now)
        .await
    {
        Ok(_) => done(&way_to(one), "withdrawn"),
        Err(why) => {
            let mishap = Mishap::of(&why, page.language);
            withdrawing(&door, page, one, &typed.reason, Some(mishap))
        }
    }
}
