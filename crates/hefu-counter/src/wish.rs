//! The person wants their information deleted, or no longer used, and the answer (个人信息保护法 47).
//!
//! While the retention that 电子签名法 24 sets runs, nothing is deleted: the file is kept and protected, and nothing else is
//! done with it. When it ends is worked out from the last certificate that came of the file.

use axum::extract::{Path, State};
use axum::response::Response;
use hefu_applicants::{Erasure, decide_erasure};
use hefu_officers::Permission;
use hefu_rulebook::{Language, Term, TermUnit, china_time};
use hefu_web::{Form as Sent, PageOfficer};
use jiff::{Span, Timestamp};

use crate::component::{Citation, Confirmation, Fact, Facts, Link};
use crate::consent::Nothing;
use crate::mishap::Mishap;
use crate::page::time::time;
use crate::page::{Asked, done};
use crate::room::{CounterPages, OfFile};
use crate::sheet::{Part, Sheet};

const PIPL_47: hefu_rulebook::Citation = hefu_rulebook::Citation::new("PIPL", "47");

pub(crate) async fn ask(
    State(door): State<CounterPages>,
    officer: PageOfficer,
    asked: Asked,
    Path(id): Path<String>,
) -> Response {
    match door.of_file((&officer, &asked, &id), Permission::Enter).await {
        Ok(file) => asking(&door, &file, None).await,
        Err(answer) => *answer,
    }
}

pub(crate) async fn restrict(
    State(door): State<CounterPages>,
    officer: PageOfficer,
    asked: Asked,
    Path(id): Path<String>,
    Sent(Nothing {}): Sent<Nothing>,
) -> Response {
    let file = match door.of_file((&officer, &asked, &id), Permission::Enter).await {
        Ok(file) => file,
        Err(answer) => return *answer,
    };
    let language = file.language;
    let outcome = async {
        let retain_until = retain_until(&door, &file).await?;
        let answered = door
            .registry
            .request_erasure(file.id, retain_until, officer.id(), (door.clock)());
        answered.await.map_err(|why| Mishap::of(&why, language))
    };
    match outcome.await {
        Ok(Erasure::Restrict { .. }) => done(&file.path(""), "restricted"),
        Ok(Erasure::Due) => done(&file.path(""), "due"),
        Err(mishap) => asking(&door, &file, Some(mishap)).await,
    }
}

/// The last moment of retention; nothing when no certificate came of the file.
async fn retain_until(door: &CounterPages, file: &OfFile) -> Result<Option<Timestamp>, Mishap> {
    let last = door.desk.last_end_of(&file.id.to_string()).await;
    let last = last.map_err(|why| Mishap::of(&why, file.language))?;
    Ok(last.and_then(|last| after(last, door.retention)))
}

/// A term after a moment, counted in China's time. Working days count as days: retention is never shortened by holidays.
pub(crate) fn after(moment: Timestamp, term: Term) -> Option<Timestamp> {
    let length = i64::from(term.length());
    let span = match term.unit() {
        TermUnit::NaturalDays | TermUnit::WorkingDays => Span::new().days(length),
        TermUnit::Months => Span::new().months(length),
        TermUnit::Years => Span::new().years(length),
    };
    let end = moment.to_zoned(china_time()).checked_add(span).ok()?;
    Some(end.timestamp())
}

async fn asking(door: &CounterPages, file: &OfFile, mishap: Option<Mishap>) -> Response {
    let (language, words) = (file.language, file.words);
    let (retained, mishap) = match retain_until(door, file).await {
        Ok(retained) => (retained, mishap),
        Err(fault) => (None, Some(mishap.unwrap_or(fault))),
    };
    let erasure = decide_erasure(retained, (door.clock)());
    let consequences = match erasure {
        Erasure::Restrict { .. } => vec![
            words.restriction_keeps.to_owned(),
            words.restriction_stops.to_owned(),
            words.restriction_final.to_owned(),
        ],
        Erasure::Due => vec![words.restriction_due.to_owned()],
    };
    let until = match erasure {
        Erasure::Restrict { retain_until } => time(retain_until),
        Erasure::Due => words.nothing_to_retain.to_owned(),
    };
    let concerns = Facts::new([
        Fact::new(words.name, file.described.name.clone()),
        Fact::new(words.number_masked, file.described.filed.masked.clone()),
        Fact::new(words.retained_until, until).note(term(door.retention, language)),
    ]);
    let asking = Confirmation::new(language, file.path("/restriction"), consequences, concerns)
        .rule(Citation::of(PIPL_47, language))
        .csrf(file.page.csrf())
        .act(words.restriction_act, file.path(""));
    Sheet::new(file.below(), words.restriction_title)
        .lede(words.restriction_lede)
        .mishap(mishap)
        .part(Part::Asking(asking))
        .part(Part::Ways(vec![Link::new(file.path(""), words.back_to_file)]))
        .show()
}

/// The term behind the end of retention, in words.
fn term(term: Term, language: Language) -> String {
    let unit = match (language, term.unit()) {
        (Language::Chinese, TermUnit::Years) => "年",
        (Language::Chinese, TermUnit::Months) => "个月",
        (Language::Chinese, TermUnit::NaturalDays | TermUnit::WorkingDays) => "日",
        (Language::English, TermUnit::Years) => "years",
        (Language::English, TermUnit::Months) => "months",
        (Language::English, TermUnit::NaturalDays | TermUnit::WorkingDays) => "days",
    };
    match language {
        Language::Chinese => format!("电子签名法 24：最后一张证书失效后至少{}{unit}", term.length()),
        Language::English => format!(
            "ESL 24: at least {} {unit} after the last certificate ends",
            term.length()
        ),
    }
}
