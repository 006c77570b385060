//! Registering an applicant: a form for each kind, errors beside the field, and what is alike shown before it is kept.
//!
//! 电子签名法 20: information is true, complete and accurate; numbers are checked (GB 11643, GB 32100). A file that is like
//! another is not refused: the officer sees the other, and says that this one is kept all the same.

mod form;

use axum::extract::{Path, State};
use axum::response::Response;
use hefu_applicants::{ApplicantError, Preview, Registered, RegistryError, SubjectKind};
use hefu_officers::Permission;
use hefu_rulebook::{Explain as _, Language};
use hefu_web::{Form as Sent, PageOfficer};

use crate::component::{Answer, Link, Shape};
use crate::mishap::Mishap;
use crate::names;
use crate::page::{Asked, Page, done, nowhere};
use crate::room::CounterPages;
use crate::sheet::{Part, Sheet};
use crate::words::CounterWords;
use form::Typed;

pub(crate) async fn ask(
    State(door): State<CounterPages>,
    officer: PageOfficer,
    asked: Asked,
    Path(kind): Path<String>,
) -> Response {
    let page = match door.framed(&asked, &officer, Permission::Enter).await {
        Ok(page) => page,
        Err(answer) => return *answer,
    };
    match SubjectKind::named(&kind) {
        Some(kind) => shown(page, kind, &Typed::default(), None),
        None => nowhere(page),
    }
}

/// Why a file was not opened yet.
enum Stop {
    /// Something in a field, or a fault.
    Error(RegistryError),
    /// A date that is none.
    Date,
    /// What must be looked at first, with the mark that says that it was.
    Look(Vec<(String, Option<Link>)>, String),
}

pub(crate) async fn register(
    State(door): State<CounterPages>,
    officer: PageOfficer,
    asked: Asked,
    Path(kind): Path<String>,
    Sent(typed): Sent<Typed>,
) -> Response {
    let page = match door.framed(&asked, &officer, Permission::Enter).await {
        Ok(page) => page,
        Err(answer) => return *answer,
    };
    let Some(kind) = SubjectKind::named(&kind) else {
        return nowhere(page);
    };
    match registered(&door, &officer, kind, &typed, page.language).await {
        Ok(file) => done(&format!("/desk/applicants/{}", file.id), "registered"),
        Err(stop) => shown(page, kind, &typed, Some(stop)),
    }
}

async fn registered(
    door: &CounterPages,
    officer: &PageOfficer,
    kind: SubjectKind,
    typed: &Typed,
    language: Language,
) -> Result<Registered, Stop> {
    let input = typed.input(kind).ok_or(Stop::Date)?;
    let now = (door.clock)();
    if let Ok(preview) = door.registry.preview(&input, now).await {
        let mark = mark(&preview);
        if !mark.is_empty() && typed.looked_at() != mark {
            let look = look(door, &preview, language).await.map_err(Stop::Error)?;
            return Err(Stop::Look(look, mark));
        }
    }
    // What the preview could not read, the registry says again, and records where a rule is behind it.
    door.registry
        .register(&input, officer.id(), now)
        .await
        .map_err(Stop::Error)
}

/// What there is to look at, so that something that turns up meanwhile is shown too. Empty for nothing.
fn mark(preview: &Preview) -> String {
    let files = preview.findings.iter().map(|finding| finding.other.to_string());
    let notes = preview
        .notes
        .iter()
        .map(|note| note.words(Language::English).to_owned());
    let all: Vec<String> = files.chain(notes).collect();
    if all.is_empty() {
        return String::new();
    }
    hex::encode(gm_suite::sm3(all.join("\n").as_bytes()))
}

async fn look(
    door: &CounterPages,
    preview: &Preview,
    language: Language,
) -> Result<Vec<(String, Option<Link>)>, RegistryError> {
    let notes = preview.notes.iter();
    let mut look: Vec<(String, Option<Link>)> = notes.map(|note| (note.words(language).to_owned(), None)).collect();
    for finding in &preview.findings {
        let other = door.registry.described(finding.other).await?;
        let name = format!("{} · {}", other.name, other.filed.masked);
        let link = Link::new(format!("/desk/applicants/{}", finding.other), name);
        look.push((finding.words(language).to_owned(), Some(link)));
    }
    Ok(look)
}

fn shown(page: Page, kind: SubjectKind, typed: &Typed, stop: Option<Stop>) -> Response {
    let language = page.language;
    let words = CounterWords::of(language);
    let page = page.under(Link::new("/desk/applicants", words.applicants));
    let mut wrong = None;
    let mut mishap = None;
    let mut first: Vec<Part> = Vec::new();
    let mut looked_at = String::new();
    match stop {
        None => {}
        Some(Stop::Date) => mishap = Some(Mishap::missing(words.date_wrong, language)),
        Some(Stop::Error(why)) => {
            if let RegistryError::Applicant(error) = &why {
                wrong = Some((form::field_of(error), words_of(*error, language)));
            }
            mishap = Some(Mishap::of(&why, language));
        }
        Some(Stop::Look(look, mark)) => {
            let links: Vec<Link> = look.iter().filter_map(|(_, link)| link.clone()).collect();
            let said = Answer::new(Shape::Wait, words.look_first);
            let said = look.into_iter().fold(said, |said, (text, link)| {
                let named = link.map_or(text.clone(), |link| format!("{text}：{}", link.name));
                said.because(named, None)
            });
            first.push(Part::Warning(said));
            if !links.is_empty() {
                first.push(Part::Ways(links));
            }
            looked_at = mark;
        }
    }
    let form = form::form(kind, typed, (&looked_at, wrong), page.csrf(), language);
    let title = format!("{} · {}", words.register, names::kind(kind, language));
    let sheet = Sheet::new(page, title).lede(words.register_form_lede).mishap(mishap);
    sheet.parts(first).form(words.register, form).show()
}

/// What is wrong, without the name of the part: the field stands beside it.
fn words_of(error: ApplicantError, language: Language) -> String {
    let text = error.message(language);
    match text.split_once(['：', ':']) {
        Some((_, rest)) => rest.trim().to_owned(),
        None => text,
    }
}

/// The input that a form makes, for tests.
#[cfg(test)]
pub(crate) fn input_of(kind: SubjectKind, fields: &[(&str, &str)]) -> Option<hefu_applicants::ApplicantInput> {
    Typed::of(fields).input(kind)
}
