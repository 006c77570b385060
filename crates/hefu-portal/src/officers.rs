//! One application's subscriber, for officers: codes, supplements, acceptance, matters.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use hefu_officers::Permission;
use hefu_page::page::{done, nowhere, refuse, show};
use hefu_ra::ApplicationId;
use hefu_rulebook::Language;
use hefu_subscribers::{Access, AccessState, AppliedFor, Purpose, Supplement, Uses};
use hefu_web::{Affairs, Form as Posted, PageOfficer};
use jiff::Timestamp;
use serde::Deserialize;

use crate::Portal;
use crate::component::{
    Act, Answer, Cell, Choice, Column, Empty, Event, Facts, Field, Form, Input, Link, Manner, Method, Shape,
    State as Word, Table, Thread,
};
use crate::delivery::code_sheet;
use crate::matters;
use crate::mishap::{Mishap, status_and_answer};
use crate::overview;
use crate::page::time::time;
use crate::page::{Asked, Page};
use crate::visitor::mishap;
use crate::words::{OfficerWords, PortalWords};

/// Characters of a reason.
const REASON_MAX: u32 = 4000;

#[derive(Template)]
#[template(path = "portal/subscriber.html")]
struct View {
    page: Page,
    words: &'static OfficerWords,
    answer: Option<Answer>,
    facts: Facts,
    codes: Table,
    new_code: Option<Form>,
    ends: Vec<Form>,
    supplements: Option<Thread>,
    asking: Option<Form>,
    matters: Option<Table>,
}

/// Fields of the forms here; each reads its own.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    purpose: String,
    uses: String,
    reason: String,
}

type Visit<'a> = (&'a Portal, &'a PageOfficer, &'a Asked);

pub(crate) async fn subscriber(
    State(door): State<Portal>,
    officer: PageOfficer,
    asked: Asked,
    Path(id): Path<String>,
) -> Response {
    shown((&door, &officer, &asked), &id, "", None).await
}

async fn shown((door, officer, asked): Visit<'_>, id: &str, typed: &str, mishap: Option<Mishap>) -> Response {
    let page = match officer.frame(asked, Permission::Read).await {
        Ok(page) => page,
        Err(answer) => return *answer,
    };
    let language = page.language;
    let words = OfficerWords::of(language);
    let page = page.telling(asked, |word| words.done(word));
    let now = (door.clock)();
    let affairs = match Affairs::gather(&door.office, &door.desk, id, now).await {
        Ok(affairs) => affairs,
        Err(why) => return refuse(page, why.explain()),
    };
    let number = affairs.view.id.to_string();
    let page = page.under(Link::new(format!("/desk/applications/{number}"), words.application));
    let (accesses, asked_before) = match (
        door.office.accesses(&number).await,
        door.office.supplements(&number).await,
    ) {
        (Ok(accesses), Ok(supplements)) => (accesses, supplements),
        (Err(why), _) | (_, Err(why)) => return refuse(page, &why),
    };
    let may = officer.permit(Permission::Enter).is_ok();
    let (status, answer) = status_and_answer(mishap);
    let csrf = page.csrf();
    let view = View {
        words,
        answer: answer.or_else(|| overdue(&affairs, now, words)),
        facts: overview::facts(door, &affairs, language),
        codes: codes(&accesses, now, language),
        new_code: may.then(|| new_code(&number, affairs.certificate.is_some(), (csrf, language))),
        ends: if may {
            ends(&number, &accesses, now, (csrf, language))
        } else {
            Vec::new()
        },
        supplements: supplements(&asked_before, language),
        asking: may.then(|| asking(&affairs, typed, (csrf, language))).flatten(),
        matters: matters::of(&affairs.matters, language),
        page,
    };
    show(status, &view)
}

/// That the holder did not say in time whether the certificate is right.
fn overdue(affairs: &Affairs, now: Timestamp, words: &'static OfficerWords) -> Option<Answer> {
    let delivery = affairs.delivery.as_ref()?;
    delivery
        .is_overdue(now)
        .then(|| Answer::new(Shape::Wait, words.overdue))
}

fn codes(accesses: &[Access], now: Timestamp, language: Language) -> Table {
    let (words, common) = (OfficerWords::of(language), PortalWords::of(language));
    let columns = [common.code_for, words.code_state, common.code_until, words.made_by].map(Column::text);
    let rows = accesses.iter().map(|access| {
        let state = match access.state(now) {
            AccessState::Open => Word::new(Shape::Good, words.code_open),
            AccessState::Expired => Word::new(Shape::Plain, words.code_expired),
            AccessState::Spent => Word::new(Shape::Plain, words.code_spent),
            AccessState::Locked => Word::new(Shape::Ended, words.code_locked),
            AccessState::Withdrawn => Word::new(Shape::Ended, words.code_withdrawn),
        };
        vec![
            Cell::Noted(common.purpose(access.purpose).to_owned(), time(access.made_at)),
            state.into(),
            time(access.expires_at).into(),
            Cell::Code(access.made_by.clone()),
        ]
    });
    Table::new(words.codes, columns)
        .rows(rows)
        .or_else(Empty::new(words.no_codes, words.no_codes_hint))
}

fn new_code(id: &str, is_issued: bool, (csrf, language): (Option<&str>, Language)) -> Form {
    let (words, common) = (OfficerWords::of(language), PortalWords::of(language));
    let purposes: &[Purpose] = if is_issued { Purpose::ALL } else { &[Purpose::Portal] };
    let choices = purposes.iter().map(|purpose| {
        let note = match purpose {
            Purpose::Portal => common.code_note_portal,
            Purpose::Delivery => common.code_note_delivery,
            Purpose::Loss => common.code_note_loss,
        };
        Choice::new(purpose.as_str(), common.purpose(*purpose)).note(note)
    });
    let uses = vec![
        Choice::new("repeated", common.again_and_again),
        Choice::new("single", common.once),
    ];
    Form::new(
        language,
        Method::Post,
        format!("/desk/applications/{id}/subscriber/codes"),
    )
    .csrf(csrf)
    .field(Field::new(language, "purpose", common.code_for, Input::OneOf(choices.collect())).value("portal"))
    .field(Field::new(language, "uses", common.code_uses, Input::Select(uses)).value("repeated"))
    .act(Act::new(Manner::Main, words.make_code))
}

/// A button for each code that can be taken back.
fn ends(id: &str, accesses: &[Access], now: Timestamp, (csrf, language): (Option<&str>, Language)) -> Vec<Form> {
    let (words, common) = (OfficerWords::of(language), PortalWords::of(language));
    let open = accesses.iter().filter(|access| access.state(now) == AccessState::Open);
    let form = |access: &Access| {
        let label = [words.end_code, common.purpose(access.purpose), &time(access.made_at)].join(" · ");
        let action = format!("/desk/applications/{id}/subscriber/codes/{}/end", access.id);
        Form::new(language, Method::Post, action)
            .csrf(csrf)
            .act(Act::new(Manner::Plain, label))
    };
    open.map(form).collect()
}

/// What was asked and answered.
fn supplements(asked: &[Supplement], language: Language) -> Option<Thread> {
    let words = OfficerWords::of(language);
    let events = asked.iter().rev().flat_map(|one| {
        let question = Event::new(words.supplement_asked, time(one.asked_at))
            .by(one.asked_by.actor())
            .detail(one.reason.clone());
        let answer = one.closed_at.map(|at| match &one.answer {
            Some(answer) => {
                let papers = if one.evidence.is_empty() {
                    String::new()
                } else {
                    format!(" · {} {}", words.papers, one.evidence.join(" "))
                };
                Event::new(words.supplement_answered, time(at)).detail(format!("{answer}{papers}"))
            }
            None => Event::new(words.supplement_dropped, time(at)),
        });
        std::iter::once(question).chain(answer)
    });
    (!asked.is_empty()).then(|| Thread::new(language, events))
}

/// To ask for a supplement, or to take the question back; nothing once the application is decided.
fn asking(affairs: &Affairs, typed: &str, (csrf, language): (Option<&str>, Language)) -> Option<Form> {
    let words = OfficerWords::of(language);
    let path = format!("/desk/applications/{}/subscriber/supplement", affairs.view.id);
    affairs.view.next?;
    if affairs.supplement.is_some() {
        let form = Form::new(language, Method::Post, format!("{path}/end")).csrf(csrf);
        return Some(form.act(Act::new(Manner::Plain, words.drop_supplement)));
    }
    let reason = Field::new(language, "reason", words.supplement_reason, Input::Lines(4))
        .help(words.supplement_reason_help)
        .at_most(REASON_MAX)
        .value(typed);
    let form = Form::new(language, Method::Post, path).csrf(csrf).field(reason);
    Some(form.act(Act::new(Manner::Main, words.ask_supplement)))
}

/// A code is shown once: who comes back to its page, or wants it in the other language, finds where codes are made.
pub(crate) async fn no_code(Path(id): Path<String>) -> Response {
    // The number goes into an address of ours, so it is read first.
    match id.parse::<ApplicationId>() {
        Ok(id) => Redirect::to(&format!("/desk/applications/{id}/subscriber")).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

pub(crate) async fn make_code(
    State(door): State<Portal>,
    officer: PageOfficer,
    asked: Asked,
    Path(id): Path<String>,
    Posted(typed): Posted<Typed>,
) -> Response {
    let page = match officer.frame(&asked, Permission::Read).await {
        Ok(page) => page,
        Err(answer) => return *answer,
    };
    let language = page.language;
    let Some(purpose) = Purpose::named(&typed.purpose) else {
        return nowhere(page);
    };
    let uses = if typed.uses == "single" {
        Uses::Single
    } else {
        Uses::Repeated
    };
    let about = AppliedFor::Application(id.clone());
    match door
        .office
        .make_code(&officer, &about, (purpose, uses), (door.clock)())
        .await
    {
        Ok(made) => {
            let words = OfficerWords::of(language);
            let back = Link::new(format!("/desk/applications/{id}/subscriber"), words.subscriber);
            show(StatusCode::OK, &code_sheet(&door, page, &made, words.code_sheet, back))
        }
        Err(why) => shown((&door, &officer, &asked), &id, "", Some(mishap(&why, language))).await,
    }
}

pub(crate) async fn withdraw_code(
    State(door): State<Portal>,
    officer: PageOfficer,
    asked: Asked,
    Path((id, access)): Path<(String, String)>,
    Posted(_): Posted<Typed>,
) -> Response {
    let visit = (&door, &officer, &asked);
    let Ok(access) = access.parse() else {
        return nowhere(asked.page(&door.site).seen_by(officer.seen(asked.language())));
    };
    let ended = door.office.withdraw_code(&officer, access, (door.clock)()).await;
    finished(visit, &id, "", ended.map(drop), "code-ended").await
}

pub(crate) async fn ask_supplement(
    State(door): State<Portal>,
    officer: PageOfficer,
    asked: Asked,
    Path(id): Path<String>,
    Posted(typed): Posted<Typed>,
) -> Response {
    let visit = (&door, &officer, &asked);
    let outcome = door
        .office
        .ask_supplement(&officer, &id, &typed.reason, (door.clock)())
        .await;
    finished(visit, &id, &typed.reason, outcome.map(drop), "supplement-asked").await
}

pub(crate) async fn drop_supplement(
    State(door): State<Portal>,
    officer: PageOfficer,
    asked: Asked,
    Path(id): Path<String>,
    Posted(_): Posted<Typed>,
) -> Response {
    let visit = (&door, &officer, &asked);
    let outcome = door.office.drop_supplement(&officer, &id, (door.clock)()).await;
    finished(visit, &id, "", outcome, "supplement-dropped").await
}

/// On to the page that tells what was done; or the page again, with what was not.
async fn finished(
    visit: Visit<'_>,
    id: &str,
    typed: &str,
    outcome: Result<(), hefu_subscribers::SubscriberError>,
    word: &str,
) -> Response {
    match outcome {
        Ok(()) => done(&format!("/desk/applications/{id}/subscriber"), word),
        Err(why) => shown(visit, id, typed, Some(mishap(&why, visit.2.language()))).await,
    }
}
