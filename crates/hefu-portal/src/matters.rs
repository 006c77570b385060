//! What subscribers ask of the officers: the queue, one matter, and how it is settled.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use hefu_officers::Permission;
use hefu_page::page::{done, nowhere, refuse, show};
use hefu_rulebook::{Citation as Rule, Language};
use hefu_subscribers::{Delivery, Matter, MatterId, MatterKind, Outcome, Settlement};
use hefu_web::{Form as Posted, PageOfficer, Query, given};
use serde::Deserialize;

use crate::Portal;
use crate::component::{
    Act, Answer, Cell, Choice, Citation, Column, Empty, Fact, Facts, Field, Form, Input, Link, Manner, Method, Pages,
    Table,
};
use crate::mishap::{Mishap, status_and_answer};
use crate::overview::outcome;
use crate::page::time::time;
use crate::page::{Asked, Page};
use crate::visitor::mishap;
use crate::words::{OfficerWords, PortalWords};

/// Characters of an officer's words.
const WORDS_MAX: u32 = 4000;
/// Characters of a number.
const NUMBER_MAX: u32 = 32;
/// As many matters as the office gives at once; fewer are the last page.
const PAGE: usize = 50;

#[derive(Template)]
#[template(path = "portal/matters.html")]
struct Queue {
    page: Page,
    words: &'static OfficerWords,
    table: Table,
    overdue: Option<Table>,
}

#[derive(Template)]
#[template(path = "portal/matter.html")]
struct One {
    page: Page,
    words: &'static OfficerWords,
    title: &'static str,
    lede: &'static str,
    rule: Option<Citation>,
    answer: Option<Answer>,
    facts: Facts,
    csr: Option<String>,
    form: Option<Form>,
}

/// `?after=`: the number of the last matter seen.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct After {
    after: String,
}

/// The form that settles a matter.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    outcome: String,
    words: String,
    check: String,
    became: String,
}

type Visit<'a> = (&'a Portal, &'a PageOfficer, &'a Asked);

pub(crate) async fn queue(
    State(door): State<Portal>,
    officer: PageOfficer,
    asked: Asked,
    Query(query): Query<After>,
) -> Response {
    let page = match officer.frame(&asked, Permission::Read).await {
        Ok(page) => page,
        Err(answer) => return *answer,
    };
    let language = page.language;
    let words = OfficerWords::of(language);
    let after: Option<MatterId> = query.after.parse().ok();
    let gathered = (
        door.office.open_matters(after).await,
        door.office.overdue((door.clock)()).await,
    );
    let (matters, overdue) = match gathered {
        (Ok(matters), Ok(overdue)) => (matters, overdue),
        (Err(why), _) | (_, Err(why)) => return refuse(page, &why),
    };
    let next = matters.last().filter(|_| matters.len() >= PAGE);
    let pages = Pages::new(language)
        .first(after.map(|_| "/desk/matters".to_owned()))
        .next(next.map(|last| format!("/desk/matters?after={}", last.id)));
    let table = table(&matters, words.matters, language)
        .or_else(Empty::new(words.no_matters, words.no_matters_hint))
        .pages(pages);
    let view = Queue {
        words,
        table,
        overdue: unanswered(&overdue, words),
        page: page.telling(&asked, |word| words.done(word)),
    };
    show(StatusCode::OK, &view)
}

fn table(matters: &[Matter], caption: &'static str, language: Language) -> Table {
    let common = PortalWords::of(language);
    let columns = [common.matter, common.asked_at, common.standing, common.application].map(Column::text);
    let rows = matters.iter().map(|matter| {
        let way = Link::new(format!("/desk/matters/{}", matter.id), common.kind(matter.kind));
        let application = Link::new(
            format!("/desk/applications/{}/subscriber", matter.application),
            matter.application.clone(),
        );
        let done = matter.done.as_deref().map(|done| common.stopped(done).to_owned());
        vec![
            done.map_or(Cell::Link(way.clone()), |done| Cell::NotedLink(way, done)),
            time(matter.opened_at).into(),
            outcome(matter, common).into(),
            application.into(),
        ]
    });
    Table::new(caption, columns).rows(rows)
}

/// The matters of one application; none when there are none.
pub(crate) fn of(matters: &[Matter], language: Language) -> Option<Table> {
    let caption = OfficerWords::of(language).matters;
    (!matters.is_empty()).then(|| table(matters, caption, language))
}

/// Certificates whose holders did not say in time whether they are right.
fn unanswered(overdue: &[Delivery], words: &'static OfficerWords) -> Option<Table> {
    let columns = [words.application, words.delivered_at, words.answer_until].map(Column::text);
    let rows = overdue.iter().map(|delivery| {
        let href = format!("/desk/applications/{}/subscriber", delivery.application);
        vec![
            Link::new(href, delivery.application.clone()).into(),
            time(delivery.delivered_at).into(),
            time(delivery.answer_until).into(),
        ]
    });
    (!overdue.is_empty()).then(|| Table::new(words.unanswered, columns).rows(rows))
}

pub(crate) async fn one(
    State(door): State<Portal>,
    officer: PageOfficer,
    asked: Asked,
    Path(id): Path<String>,
) -> Response {
    shown((&door, &officer, &asked), &id, &Typed::default(), None).await
}

async fn shown((door, officer, asked): Visit<'_>, id: &str, typed: &Typed, mishap: Option<Mishap>) -> Response {
    let page = match officer.frame(asked, Permission::Read).await {
        Ok(page) => page,
        Err(answer) => return *answer,
    };
    let language = page.language;
    let words = OfficerWords::of(language);
    let page = page.under(Link::new("/desk/matters", words.matters));
    let Ok(id) = id.parse::<MatterId>() else {
        return nowhere(page);
    };
    let matter = match door.office.matter_with(id).await {
        Ok(matter) => matter,
        Err(why) => return refuse(page, &why),
    };
    let may = matter.is_open() && officer.permit(Permission::Enter).is_ok();
    let (status, answer) = status_and_answer(mishap);
    let (lede, rule) = what_to_do(matter.kind, words);
    let view = One {
        title: PortalWords::of(language).kind(matter.kind),
        lede,
        rule: rule.map(|rule| Citation::of(rule, language)),
        answer,
        facts: facts(&matter, language),
        csr: matter.csr.clone(),
        form: may.then(|| form(&matter, typed, language).csrf(page.csrf())),
        words,
        page,
    };
    show(status, &view)
}

/// What the officer does with such a matter, and under which article.
const fn what_to_do(kind: MatterKind, words: &'static OfficerWords) -> (&'static str, Option<Rule>) {
    match kind {
        MatterKind::Loss => (words.do_loss, Some(Rule::new("M15", "30"))),
        MatterKind::Supplement => (words.do_supplement, Some(Rule::new("ESL", "20"))),
        MatterKind::Refusal => (words.do_refusal, Some(Rule::new("ESL", "22"))),
        MatterKind::Renewal | MatterKind::Rekey => (words.do_renewal, Some(Rule::new("M15", "30"))),
        MatterKind::Change => (words.do_change, Some(Rule::new("M15", "30"))),
        MatterKind::Predecessor => (words.do_predecessor, Some(Rule::new("ESL", "22"))),
    }
}

fn facts(matter: &Matter, language: Language) -> Facts {
    let (words, common) = (OfficerWords::of(language), PortalWords::of(language));
    let application = Link::new(
        format!("/desk/applications/{}", matter.application),
        matter.application.clone(),
    );
    let mut facts = vec![
        Fact::new(common.standing, outcome(matter, common)),
        Fact::new(common.asked_at, time(matter.opened_at)),
        Fact::new(words.opened_by, Cell::Code(matter.opened_by.clone())),
        Fact::new(words.application, application),
    ];
    if let Some(serial) = &matter.serial {
        let href = format!("/desk/certificates/{serial}");
        facts.push(Fact::new(common.serial, Cell::serial(serial, Some(href))));
    }
    if let Some(done) = &matter.done {
        facts.push(Fact::new(words.done_at_once, common.stopped(done)));
    }
    if !matter.words.is_empty() {
        facts.push(Fact::new(words.their_words, matter.words.clone()));
    }
    if let Some(said) = &matter.said {
        facts.push(Fact::new(common.said, said.clone()));
    }
    if let Some(became) = &matter.became {
        let way = Link::new(format!("/desk/applications/{became}"), became.clone());
        facts.push(Fact::new(words.became, way));
    }
    Facts::new(facts)
}

fn form(matter: &Matter, typed: &Typed, language: Language) -> Form {
    let words = OfficerWords::of(language);
    let outcomes = vec![
        Choice::new(Outcome::Done.as_str(), words.settle_done),
        Choice::new(Outcome::Declined.as_str(), words.settle_declined),
    ];
    let number = |name: &'static str, label, help, value: &str| {
        Field::new(language, name, label, Input::Line("text"))
            .help(help)
            .at_most(NUMBER_MAX)
            .value(value)
            .optional()
    };
    let mut form = Form::new(language, Method::Post, format!("/desk/matters/{}", matter.id))
        .field(Field::new(language, "outcome", words.settle_outcome, Input::OneOf(outcomes)).value(&typed.outcome));
    if matches!(matter.kind, MatterKind::Renewal | MatterKind::Rekey) {
        form = form.field(number("check", words.check, words.check_help, &typed.check));
    }
    if matter.kind.becomes_an_application() {
        form = form.field(number("became", words.became, words.became_help, &typed.became));
    }
    form.field(
        Field::new(language, "words", words.settle_words, Input::Lines(3))
            .help(words.settle_words_help)
            .at_most(WORDS_MAX)
            .value(&typed.words),
    )
    .act(Act::new(Manner::Main, words.settle))
}

pub(crate) async fn settle(
    State(door): State<Portal>,
    officer: PageOfficer,
    asked: Asked,
    Path(id): Path<String>,
    Posted(typed): Posted<Typed>,
) -> Response {
    let (visit, language) = ((&door, &officer, &asked), asked.language());
    let (Some(outcome), Ok(number)) = (Outcome::named(&typed.outcome), id.parse::<MatterId>()) else {
        let mishap = Mishap::missing(OfficerWords::of(language).choose_outcome, language);
        return shown(visit, &id, &typed, Some(mishap)).await;
    };
    let settlement = Settlement {
        outcome,
        words: typed.words.clone(),
        check: given(&typed.check),
        became: given(&typed.became),
    };
    match door.office.settle(&officer, number, &settlement, (door.clock)()).await {
        Ok(_) => done("/desk/matters", "settled"),
        Err(why) => shown(visit, &id, &typed, Some(mishap(&why, language))).await,
    }
}
