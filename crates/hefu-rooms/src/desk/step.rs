//! The steps of an application: each form is one call to the desk, and comes back with what the desk said.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use hefu_applicants::{For, Occasion};
use hefu_officers::Permission;
use hefu_ra::{ApplicationId, ApplicationView, Basis, ContractInput, DeskError, IdentityInput, NoticeInput, Then};
use serde::Deserialize;

use super::{DeskPages, application, holder, identity_words, queue_link};
use crate::component::{Answer, Cell, Confirmation, Fact, Facts, Link};
use crate::mishap::{Mishap, status_and_answer};
use crate::page::{Asked, Page, done, nowhere, refuse, show};
use crate::words::desk::{self, DeskWords};
use hefu_web::Form;
use hefu_web::PageOfficer;

/// Fields of all steps; each step reads its own.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    proof: String,
    version: String,
    signed_by: String,
    act: String,
    method: String,
    document: String,
    remark: String,
    then: String,
    reason: String,
}

type Outcome = Result<ApplicationView, Mishap>;

/// A number in the applicant's file, or words: whichever the form had a field for.
fn basis<W>(proof: &str, words: W) -> Basis<W> {
    match proof.trim() {
        "" => Basis::Words(words),
        proof => Basis::Proof(proof.to_ascii_lowercase()),
    }
}

/// Shows how a step ended: on to the application, or the application with what was not done.
async fn ended(
    (door, officer, asked): (&DeskPages, &PageOfficer, &Asked),
    id: &str,
    outcome: Outcome,
    word: &str,
) -> Response {
    match outcome {
        Ok(view) => done(&format!("/desk/applications/{}", view.id), word),
        Err(mishap) => match door.frame(asked, officer).await {
            Ok(page) => application::shown(door, officer, page, id, Some(mishap)).await,
            Err(answer) => *answer,
        },
    }
}

fn numbered(id: &str, asked: &Asked) -> Result<ApplicationId, Mishap> {
    id.parse()
        .map_err(|why: hefu_ra::ApplicationError| Mishap::of(&why, asked.language()))
}

fn told(asked: &Asked) -> impl Fn(DeskError) -> Mishap {
    let language = asked.language();
    move |why| Mishap::of(&why, language)
}

pub(super) async fn notice(
    State(door): State<DeskPages>,
    officer: PageOfficer,
    asked: Asked,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Response {
    let basis = basis(&typed.proof, NoticeInput { version: typed.version });
    let outcome = async {
        let number = numbered(&id, &asked)?;
        let taken = door
            .desk
            .acknowledge_notice(&officer, number, basis, (door.clock)())
            .await;
        taken.map_err(told(&asked))
    };
    ended((&door, &officer, &asked), &id, outcome.await, "notice").await
}

pub(super) async fn contract(
    State(door): State<DeskPages>,
    officer: PageOfficer,
    asked: Asked,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Response {
    let input = ContractInput {
        version: typed.version,
        signed_by: typed.signed_by,
    };
    let basis = basis(&typed.proof, input);
    let outcome = async {
        let number = numbered(&id, &asked)?;
        let taken = door.desk.sign_contract(&officer, number, basis, (door.clock)()).await;
        taken.map_err(told(&asked))
    };
    ended((&door, &officer, &asked), &id, outcome.await, "contract").await
}

pub(super) async fn identity(
    State(door): State<DeskPages>,
    officer: PageOfficer,
    asked: Asked,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Response {
    let outcome = async {
        let number = numbered(&id, &asked)?;
        let basis = match typed.act.as_str() {
            "check" => checked(&door, &officer, number, &asked).await?,
            "words" => Basis::Words(identity_words(typed.method, typed.document, &typed.remark)),
            _ => Basis::Proof(typed.proof.trim().to_ascii_lowercase()),
        };
        let taken = door.desk.verify_identity(&officer, number, basis, (door.clock)()).await;
        taken.map_err(told(&asked))
    };
    ended((&door, &officer, &asked), &id, outcome.await, "identity").await
}

/// Makes a check of the file's evidence for an application. Whoever may not enter gets no check: the desk refuses the
/// step itself, and records that.
async fn checked(
    door: &DeskPages,
    officer: &PageOfficer,
    number: ApplicationId,
    asked: &Asked,
) -> Result<Basis<IdentityInput>, Mishap> {
    if officer.permit(Permission::Enter).is_err() {
        return Ok(Basis::Proof(String::new()));
    }
    let view = door.desk.application(number).await.map_err(told(asked))?;
    let about = (view.applicant.as_deref(), Occasion::Application, number.to_string());
    check(door, officer, about, asked).await
}

/// A check of identity out of an applicant's file, for one occasion, about one application or certificate.
pub(super) async fn check(
    door: &DeskPages,
    officer: &PageOfficer,
    (applicant, occasion, about): (Option<&str>, Occasion, String),
    asked: &Asked,
) -> Result<Basis<IdentityInput>, Mishap> {
    let language = asked.language();
    let applicant = applicant.and_then(|applicant| applicant.parse().ok());
    let no_file = || Mishap::missing(DeskWords::of(language).no_file, language);
    let applicant = applicant.ok_or_else(no_file)?;
    let for_what = For::new(occasion, &about).map_err(|why| Mishap::of(&why, language))?;
    let made = door
        .registry
        .check_identity(applicant, for_what, officer.id(), (door.clock)());
    let made = made.await.map_err(|why| Mishap::of(&why, language))?;
    Ok(Basis::Proof(made.proof().id.clone()))
}

pub(super) async fn approval(
    State(door): State<DeskPages>,
    officer: PageOfficer,
    asked: Asked,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Response {
    let (then, word) = match typed.then.as_str() {
        "issue" => (Then::Issue, "issued"),
        _ => (Then::Stop, "approved"),
    };
    let outcome = async {
        let number = numbered(&id, &asked)?;
        let taken = door.desk.approve(&officer, number, then, (door.clock)()).await;
        taken.map_err(told(&asked))
    };
    ended((&door, &officer, &asked), &id, outcome.await, word).await
}

pub(super) async fn issuance(
    State(door): State<DeskPages>,
    officer: PageOfficer,
    asked: Asked,
    Path(id): Path<String>,
    Form(Typed { .. }): Form<Typed>,
) -> Response {
    let outcome = async {
        let number = numbered(&id, &asked)?;
        let taken = door.desk.issue(&officer, number, (door.clock)()).await;
        taken.map_err(told(&asked))
    };
    ended((&door, &officer, &asked), &id, outcome.await, "issued").await
}

#[derive(Template)]
#[template(path = "desk/confirm.html")]
pub(super) struct Asking {
    pub(super) page: Page,
    pub(super) title: String,
    pub(super) answer: Option<Answer>,
    pub(super) confirmation: Confirmation,
}

pub(super) async fn ask_rejection(
    State(door): State<DeskPages>,
    officer: PageOfficer,
    asked: Asked,
    Path(id): Path<String>,
) -> Response {
    rejecting((&door, &officer, &asked), &id, ("", None)).await
}

pub(super) async fn rejection(
    State(door): State<DeskPages>,
    officer: PageOfficer,
    asked: Asked,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Response {
    let outcome = async {
        let number = numbered(&id, &asked)?;
        let taken = door.desk.reject(&officer, number, &typed.reason, (door.clock)()).await;
        taken.map_err(told(&asked))
    };
    match outcome.await {
        Ok(view) => done(&format!("/desk/applications/{}", view.id), "rejected"),
        Err(mishap) => rejecting((&door, &officer, &asked), &id, (&typed.reason, Some(mishap))).await,
    }
}

/// The question whether to reject.
async fn rejecting(
    (door, officer, asked): (&DeskPages, &PageOfficer, &Asked),
    id: &str,
    (reason, mishap): (&str, Option<Mishap>),
) -> Response {
    let page = match door.frame(asked, officer).await {
        Ok(page) => page,
        Err(answer) => return *answer,
    };
    let language = page.language;
    let words = DeskWords::of(language);
    let here = format!("/desk/applications/{id}");
    let page = page.under(queue_link(language));
    let Ok(number) = id.parse::<ApplicationId>() else {
        return nowhere(page);
    };
    let view = match door.desk.application(number).await {
        Ok(view) => view,
        Err(why) => return refuse(page, &why),
    };
    let page = page.under(Link::new(here.clone(), holder(&view.subject, false)));
    let concerns = Facts::new([
        Fact::new(words.subject, holder(&view.subject, true)),
        Fact::new(words.profile, door.profile_name(&view.profile, language)),
        Fact::new(words.state, Cell::State(desk::stage(view.state, language))),
    ]);
    let consequences = vec![words.reject_ends.to_owned(), words.reject_key.to_owned()];
    let confirmation = Confirmation::new(language, format!("{here}/rejection"), consequences, concerns)
        .csrf(page.csrf())
        .reason(reason, None)
        .act(words.reject, here);
    let (status, answer) = status_and_answer(mishap);
    let view = Asking {
        title: words.reject.to_owned(),
        answer,
        confirmation,
        page,
    };
    show(status, &view)
}
