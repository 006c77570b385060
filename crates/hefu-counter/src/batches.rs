//! Batches of staff and devices: a sheet comes in, is checked, entered, approved; progress and report are here.
//!
//! The office runs by itself; these pages ask it and show. Progress is a page that is loaded again: by hand, or every few
//! seconds when the officer turns that on, and not otherwise (WCAG 2.2.1).

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use hefu_batch::{BatchError, BatchId, BatchState, BatchView, Then, report_csv, template_csv};
use hefu_officers::Permission;
use hefu_rulebook::Language;
use hefu_web::{Form as Sent, PageOfficer, Query, Upload, given};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::component::{
    Act, Cell, Column, Confirmation, Empty, Fact, Facts, Field, Form, Input, Link, Manner, Method, Pages, Table,
};
use crate::consent::Nothing;
use crate::mishap::Mishap;
use crate::names;
use crate::page::time::time;
use crate::page::{Asked, Page, done, nowhere, refuse};
use crate::room::CounterPages;
use crate::sheet::{Part, Sheet};
use crate::words::CounterWords;

/// Seconds between two looks at the progress.
const AGAIN_SECONDS: &str = "3";
/// Batches that the office gives on one page; fewer are the last ones.
const PAGE: usize = 50;
/// Rows of the report on a batch's own page; all of them are in the file.
const ROWS_SHOWN: usize = 20;
/// Characters of a version, a name, a document.
const WORDS_MAX: u32 = 128;

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Before {
    #[serde(default)]
    before: String,
}

pub(crate) async fn list(
    State(door): State<CounterPages>,
    officer: PageOfficer,
    asked: Asked,
    Query(wanted): Query<Before>,
) -> Response {
    match door.frame(&asked, &officer).await {
        Ok(page) => listed(&door, &officer, page, &wanted.before, None).await,
        Err(answer) => *answer,
    }
}

pub(crate) async fn upload(
    State(door): State<CounterPages>,
    officer: PageOfficer,
    asked: Asked,
    upload: Upload,
) -> Response {
    let page = match door.framed(&asked, &officer, Permission::Enter).await {
        Ok(page) => page,
        Err(answer) => return *answer,
    };
    let language = page.language;
    let Some(sheet) = upload.0.get("sheet").filter(|octets| !octets.is_empty()) else {
        let mishap = Mishap::missing(CounterWords::of(language).sheet_missing, language);
        return listed(&door, &officer, page, "", Some(mishap)).await;
    };
    match door.office.upload(&officer, sheet.clone(), (door.clock)()).await {
        Ok(batch) => done(&path(batch.id, ""), "uploaded"),
        Err(why) => {
            let mishap = Mishap::of(&why, language);
            listed(&door, &officer, page, "", Some(mishap)).await
        }
    }
}

fn path(id: BatchId, rest: &str) -> String {
    format!("/desk/batches/{id}{rest}")
}

async fn listed(
    door: &CounterPages,
    officer: &PageOfficer,
    page: Page,
    before: &str,
    mishap: Option<Mishap>,
) -> Response {
    let language = page.language;
    let words = CounterWords::of(language);
    let found = door.office.batches(before.parse().ok()).await;
    let batches = match found {
        Ok(batches) => batches,
        Err(why) => return refuse(page, &why),
    };
    let next = batches.last().filter(|_| batches.len() == PAGE);
    let next = next.map(|last| format!("/desk/batches?before={}", last.id));
    let first = (!before.is_empty()).then(|| "/desk/batches".to_owned());
    let columns = [
        Column::text(words.batch),
        Column::text(words.state),
        Column::number(words.rows),
        Column::number(words.rows_bad),
        Column::number(words.rows_entered),
        Column::text(words.taken_by),
    ];
    let rows = batches.iter().map(|batch| row(door, batch, language));
    let table = Table::new(words.batches, columns)
        .rows(rows)
        .or_else(Empty::new(words.batches_none, words.batches_none_hint))
        .pages(Pages::new(language).first(first).next(next));
    let sheet = Sheet::new(page.clone(), words.batches)
        .lede(words.batches_lede)
        .mishap(mishap);
    if officer.permit(Permission::Enter).is_err() {
        return sheet.part(Part::Table(table)).show();
    }
    let field = Field::new(language, "sheet", words.sheet, Input::File(".csv,.xlsx"));
    let form = Form::new(language, Method::Post, "/desk/batches")
        .csrf(page.csrf())
        .field(field.help(words.sheet_help))
        .act(Act::new(Manner::Main, words.sheet_act));
    sheet
        .form(words.sheet, form)
        .part(Part::Ways(vec![Link::new(
            "/desk/batches/template.csv",
            words.template,
        )]))
        .part(Part::Table(table))
        .show()
}

fn row(door: &CounterPages, batch: &BatchView, language: Language) -> Vec<Cell> {
    vec![
        Cell::NotedLink(
            Link::new(path(batch.id, ""), time(batch.uploaded_at)),
            batch.sheet_kind.clone(),
        ),
        Cell::State(names::batch(batch.state, language)),
        Cell::Number(batch.rows.to_string()),
        Cell::Number(batch.counts.bad.to_string()),
        Cell::Number(batch.counts.entered.to_string()),
        door.name_of(batch.uploaded_by).into(),
    ]
}

/// `?follow=1`: load the page again by itself.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Follow {
    #[serde(default)]
    follow: String,
}

pub(crate) async fn batch(
    State(door): State<CounterPages>,
    officer: PageOfficer,
    asked: Asked,
    Path(id): Path<String>,
    Query(wanted): Query<Follow>,
) -> Response {
    let page = match door.frame(&asked, &officer).await {
        Ok(page) => page,
        Err(answer) => return *answer,
    };
    let follows = wanted.follow == "1";
    let (mut answer, is_moving) = shown(&door, &officer, page, &id, (&Together::default(), follows, None)).await;
    if follows && is_moving {
        answer
            .headers_mut()
            .insert(header::REFRESH, HeaderValue::from_static(AGAIN_SECONDS));
    }
    answer
}

fn below(page: Page) -> Page {
    let words = CounterWords::of(page.language);
    page.under(Link::new("/desk/batches", words.batches))
}

/// The page of a batch, and whether it is being worked on.
async fn shown(
    door: &CounterPages,
    officer: &PageOfficer,
    page: Page,
    id: &str,
    (together, follows, mishap): (&Together, bool, Option<Mishap>),
) -> (Response, bool) {
    let page = below(page);
    let language = page.language;
    let words = CounterWords::of(language);
    let found = async {
        let id: BatchId = id.parse()?;
        let batch = door.office.batch(id).await?;
        let report = door.office.report(id).await?;
        Ok::<_, BatchError>((batch, report))
    };
    let (batch, report) = match found.await {
        Ok(found) => found,
        Err(why) => return (refuse(page, &why), false),
    };
    let is_moving = batch.working.is_some();
    let bad = report.iter().filter(|row| !row.findings.is_empty());
    let rows = bad.take(ROWS_SHOWN).flat_map(|row| {
        row.findings.iter().map(move |finding| {
            vec![
                Cell::Number(row.row.to_string()),
                Cell::Text(row.state.name(language).to_owned()),
                Cell::text_or_nothing(finding.column.clone(), language),
                Cell::Text(finding.words(language)),
            ]
        })
    });
    let columns = [
        Column::number(words.row),
        Column::text(words.state),
        Column::text(words.column),
        Column::text(words.what_is_wrong),
    ];
    let table = Table::new(words.report, columns)
        .rows(rows)
        .or_else(Empty::new(words.report_clean, words.report_clean_hint));
    let title = format!("{} {}", words.batch, time(batch.uploaded_at));
    let sheet = Sheet::new(page.clone(), title)
        .mishap(mishap)
        .part(Part::Facts(words.batch, facts(door, &batch, language)))
        .parts(moving(&batch, follows, words))
        .parts(acts(officer, &batch, (&page, together)))
        .part(Part::Table(table))
        .part(Part::Ways(vec![Link::new(
            path(batch.id, "/report.csv"),
            words.report_csv,
        )]));
    (sheet.show(), is_moving)
}

fn facts(door: &CounterPages, batch: &BatchView, language: Language) -> Facts {
    let words = CounterWords::of(language);
    let counts = batch.counts;
    let number = |count: u64| Cell::Number(count.to_string());
    let mut facts = vec![
        Fact::new(words.state, names::batch(batch.state, language)),
        Fact::new(words.rows, number(batch.rows)),
        Fact::new(words.rows_good, number(counts.good)),
        Fact::new(words.rows_bad, number(counts.bad)),
        Fact::new(words.rows_entered, number(counts.entered)),
        Fact::new(words.rows_refused, number(counts.refused)),
        Fact::new(words.rows_approved, number(counts.approved)),
        Fact::new(words.taken_by, door.name_of(batch.uploaded_by)),
        Fact::new(words.sm3, Cell::serial(&batch.sheet_sm3, None)),
    ];
    if let Some(why) = batch.paused {
        facts.push(Fact::new(words.paused_because, names::paused(why, language)));
    }
    if let Some(by) = batch.started_by {
        facts.push(Fact::new(words.started_by, door.name_of(by)));
    }
    Facts::new(facts)
}

/// Ways to look at the progress, while there is any.
fn moving(batch: &BatchView, follows: bool, words: &'static CounterWords) -> Option<Part> {
    batch.working?;
    let again = Link::new(
        path(batch.id, ""),
        if follows { words.follow_stop } else { words.look_again },
    );
    let follow = (!follows).then(|| Link::new(path(batch.id, "?follow=1"), words.follow));
    Some(Part::Ways(std::iter::once(again).chain(follow).collect()))
}

/// What this officer can do with a batch in its state.
fn acts(officer: &PageOfficer, batch: &BatchView, (page, together): (&Page, &Together)) -> Vec<Part> {
    let language = page.language;
    let words = CounterWords::of(language);
    let may_enter = officer.permit(Permission::Enter).is_ok();
    let form = |rest: &str| Form::new(language, Method::Post, path(batch.id, rest)).csrf(page.csrf());
    match batch.state {
        BatchState::Checked if may_enter => {
            let start = together.fields(form("/start"), language);
            let start = start.act(Act::new(Manner::Main, words.start));
            vec![
                Part::Words(words.start_lede.to_owned()),
                Part::Form(words.start, start),
                Part::Ways(vec![Link::new(path(batch.id, "/discarding"), words.discard)]),
            ]
        }
        BatchState::Running if may_enter => {
            let pause = form("/pause").act(Act::new(Manner::Plain, words.pause));
            vec![Part::Form(words.pause, pause)]
        }
        BatchState::Paused if may_enter => {
            let resume = form("/resume").act(Act::new(Manner::Main, words.resume));
            vec![Part::Form(words.resume, resume)]
        }
        BatchState::Finished if officer.permit(Permission::Approve).is_ok() && batch.counts.entered > 0 => {
            let approve = form("/approval")
                .act(Act::new(Manner::Main, words.approve_issue).sends("then", "issue"))
                .act(Act::new(Manner::Plain, words.approve).sends("then", "stop"));
            vec![
                Part::Words(words.approve_lede.to_owned()),
                Part::Form(words.approve, approve),
            ]
        }
        _ => Vec::new(),
    }
}

/// What is said once for all rows; each section only when something was typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Together {
    notice_version: String,
    contract_version: String,
    signed_by: String,
    method: String,
    document: String,
}

impl Together {
    fn fields(&self, form: Form, language: Language) -> Form {
        let words = CounterWords::of(language);
        let line = |name: &'static str, label: &str, value: &str| {
            let field = Field::new(language, name, label, Input::Line("text")).at_most(WORDS_MAX);
            field.value(value).optional()
        };
        form.field(line("notice_version", words.together_notice, &self.notice_version).help(words.together_help))
            .field(line(
                "contract_version",
                words.together_contract,
                &self.contract_version,
            ))
            .field(line("signed_by", words.signed_by, &self.signed_by))
            .field(line("document", words.together_document, &self.document))
    }

    fn value(&self) -> Value {
        let mut all = Map::new();
        if let Some(version) = given(&self.notice_version) {
            all.insert("notice".to_owned(), json!({"version": version}));
        }
        if let Some(version) = given(&self.contract_version) {
            let contract = json!({"version": version, "signed_by": self.signed_by.trim()});
            all.insert("contract".to_owned(), contract);
        }
        if let Some(document) = given(&self.document) {
            let method = given(&self.method).unwrap_or_else(|| "in-person".to_owned());
            let identity = json!({"method": method, "document": document, "evidence": []});
            all.insert("identity".to_owned(), identity);
        }
        Value::Object(all)
    }
}

/// Shows how an act ended: the batch again, with what was done or not.
async fn ended(
    door: &CounterPages,
    (officer, asked, id): (&PageOfficer, &Asked, &str),
    (outcome, word): (Result<BatchView, BatchError>, &str),
    together: &Together,
) -> Response {
    match outcome {
        Ok(batch) => done(&path(batch.id, ""), word),
        Err(why) => match door.frame(asked, officer).await {
            Ok(page) => {
                let mishap = Mishap::of(&why, page.language);
                shown(door, officer, page, id, (together, false, Some(mishap))).await.0
            }
            Err(answer) => *answer,
        },
    }
}

pub(crate) async fn start(
    State(door): State<CounterPages>,
    officer: PageOfficer,
    asked: Asked,
    Path(id): Path<String>,
    Sent(together): Sent<Together>,
) -> Response {
    let outcome = async {
        let said = match together.value() {
            Value::Object(all) if all.is_empty() => Value::Null,
            said => said,
        };
        door.office.start(&officer, id.parse()?, said, (door.clock)()).await
    };
    ended(&door, (&officer, &asked, &id), (outcome.await, "started"), &together).await
}

pub(crate) async fn pause(
    State(door): State<CounterPages>,
    officer: PageOfficer,
    asked: Asked,
    Path(id): Path<String>,
    Sent(Nothing {}): Sent<Nothing>,
) -> Response {
    let outcome = async { door.office.pause(&officer, id.parse()?, (door.clock)()).await };
    ended(
        &door,
        (&officer, &asked, &id),
        (outcome.await, "paused"),
        &Together::default(),
    )
    .await
}

pub(crate) async fn resume(
    State(door): State<CounterPages>,
    officer: PageOfficer,
    asked: Asked,
    Path(id): Path<String>,
    Sent(Nothing {}): Sent<Nothing>,
) -> Response {
    let outcome = async { door.office.resume(&officer, id.parse()?, (door.clock)()).await };
    ended(
        &door,
        (&officer, &asked, &id),
        (outcome.await, "resumed"),
        &Together::default(),
    )
    .await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Approval {
    then: String,
}

pub(crate) async fn approve(
    State(door): State<CounterPages>,
    officer: PageOfficer,
    asked: Asked,
    Path(id): Path<String>,
    Sent(typed): Sent<Approval>,
) -> Response {
    let then = if typed.then == "issue" { Then::Issue } else { Then::Stop };
    let outcome = async { door.office.approve(&officer, id.parse()?, then, (door.clock)()).await };
    ended(
        &door,
        (&officer, &asked, &id),
        (outcome.await, "approving"),
        &Together::default(),
    )
    .await
}

pub(crate) async fn ask_discarding(
    State(door): State<CounterPages>,
    officer: PageOfficer,
    asked: Asked,
    Path(id): Path<String>,
) -> Response {
    let page = match door.framed(&asked, &officer, Permission::Enter).await {
        Ok(page) => below(page),
        Err(answer) => return *answer,
    };
    let language = page.language;
    let words = CounterWords::of(language);
    let Ok(id) = id.parse::<BatchId>() else {
        return nowhere(page);
    };
    let batch = match door.office.batch(id).await {
        Ok(batch) => batch,
        Err(why) => return refuse(page, &why),
    };
    let concerns = Facts::new([
        Fact::new(words.batch, time(batch.uploaded_at)),
        Fact::new(words.rows, Cell::Number(batch.rows.to_string())),
    ]);
    let consequences = vec![
        words.discard_forgets.to_owned(),
        words.discard_enters_nothing.to_owned(),
    ];
    let asking = Confirmation::new(language, path(id, "/discarding"), consequences, concerns)
        .csrf(page.csrf())
        .act(words.discard, path(id, ""));
    Sheet::new(page, words.discard).part(Part::Asking(asking)).show()
}

pub(crate) async fn discard(
    State(door): State<CounterPages>,
    officer: PageOfficer,
    asked: Asked,
    Path(id): Path<String>,
    Sent(Nothing {}): Sent<Nothing>,
) -> Response {
    let outcome = async { door.office.discard(&officer, id.parse()?, (door.clock)()).await };
    ended(
        &door,
        (&officer, &asked, &id),
        (outcome.await, "discarded"),
        &Together::default(),
    )
    .await
}

pub(crate) async fn report(
    State(door): State<CounterPages>,
    officer: PageOfficer,
    asked: Asked,
    Path(id): Path<String>,
) -> Response {
    let page = match door.frame(&asked, &officer).await {
        Ok(page) => page,
        Err(answer) => return *answer,
    };
    let rows = async { door.office.report(id.parse()?).await };
    match rows.await {
        Ok(rows) => csv("report.csv", report_csv(&rows, page.language)),
        Err(why) => refuse(page, &why),
    }
}

pub(crate) async fn template(State(door): State<CounterPages>, officer: PageOfficer, asked: Asked) -> Response {
    match door.frame(&asked, &officer).await {
        Ok(_) => csv("template.csv", template_csv(door.office.profiles(), None)),
        Err(answer) => *answer,
    }
}

fn csv(name: &str, text: String) -> Response {
    let head = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (head, text).into_response()
}
