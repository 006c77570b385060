//! A check of identity out of the file, for an application, a renewal or what ends a certificate (电子签名法 20; 办法 30).
//!
//! The registry's policy says what is asked for; what is missing is said with its article, and the evidence can be handed
//! in before it is tried again.

use axum::extract::{Path, State};
use axum::response::Response;
use hefu_applicants::{For, Occasion};
use hefu_officers::Permission;
use hefu_ra::{ApplicationView, StepName};
use hefu_web::{Form as Sent, PageOfficer};
use serde::Deserialize;

use crate::component::{Act, Choice, Citation, Field, Form, Input, Link, Manner, Method};
use crate::mishap::Mishap;
use crate::names;
use crate::page::{Asked, done};
use crate::room::{CounterPages, OfFile};
use crate::sheet::{Part, Sheet};

/// Characters of an application's or a serial number.
const ABOUT_MAX: u32 = 128;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    application: String,
    occasion: String,
    serial: String,
}

pub(crate) async fn ask(
    State(door): State<CounterPages>,
    officer: PageOfficer,
    asked: Asked,
    Path(id): Path<String>,
) -> Response {
    match door.of_file((&officer, &asked, &id), Permission::Enter).await {
        Ok(file) => shown(&door, &file, &Typed::default(), None).await,
        Err(answer) => *answer,
    }
}

pub(crate) async fn check(
    State(door): State<CounterPages>,
    officer: PageOfficer,
    asked: Asked,
    Path(id): Path<String>,
    Sent(typed): Sent<Typed>,
) -> Response {
    let file = match door.of_file((&officer, &asked, &id), Permission::Enter).await {
        Ok(file) => file,
        Err(answer) => return *answer,
    };
    let language = file.language;
    let outcome = async {
        let (occasion, about) = match Occasion::named(&typed.occasion) {
            Some(occasion @ (Occasion::Renewal | Occasion::Revocation)) => (occasion, &typed.serial),
            _ => (Occasion::Application, &typed.application),
        };
        let for_what = For::new(occasion, about).map_err(|why| Mishap::of(&why, language))?;
        let made = door
            .registry
            .check_identity(file.id, for_what, officer.id(), (door.clock)());
        made.await.map_err(|why| Mishap::of(&why, language))
    };
    match outcome.await {
        Ok(_) => done(&file.path(""), "check"),
        Err(mishap) => shown(&door, &file, &typed, Some(mishap)).await,
    }
}

/// Applications of this file that wait for identity, the newest first.
async fn waiting(door: &CounterPages, file: &OfFile) -> Result<Vec<ApplicationView>, Mishap> {
    let all = door.desk.applications_of(&file.id.to_string()).await;
    let all = all.map_err(|why| Mishap::of(&why, file.language))?;
    let open = [
        Some(StepName::Notice),
        Some(StepName::Contract),
        Some(StepName::Identity),
    ];
    Ok(all.into_iter().filter(|one| open.contains(&one.next)).collect())
}

async fn shown(door: &CounterPages, file: &OfFile, typed: &Typed, mishap: Option<Mishap>) -> Response {
    let (language, words) = (file.language, file.words);
    let (open, mishap) = match waiting(door, file).await {
        Ok(open) => (open, mishap),
        Err(fault) => (Vec::new(), Some(mishap.unwrap_or(fault))),
    };
    let rule = Citation::of(hefu_rulebook::Citation::new("M15", "30"), language);
    let sheet = Sheet::new(file.below(), words.check_title)
        .mishap(mishap)
        .part(Part::Ruled(words.check_lede, rule))
        .part(Part::Heading(words.check_for_application));
    let sheet = if open.is_empty() {
        let enter = Link::new(file.path("/application"), words.enter_application);
        sheet
            .part(Part::Words(words.check_no_application.to_owned()))
            .part(Part::Ways(vec![enter]))
    } else {
        let choices = open.iter().map(|one| {
            let name = door.profile_name(&one.profile, language);
            Choice::new(one.id.to_string(), format!("{name} · {}", one.id))
        });
        let field = Field::new(
            language,
            "application",
            words.application,
            Input::Select(choices.collect()),
        );
        let form = Form::new(language, Method::Post, file.path("/check"))
            .csrf(file.page.csrf())
            .field(field.value(typed.application.clone()))
            .act(Act::new(Manner::Main, words.check_act));
        sheet.part(Part::Form(words.check_for_application, form))
    };
    let others = [Occasion::Renewal, Occasion::Revocation];
    let choices = names::choices(&others, Occasion::as_str, |one| names::occasion(one, language));
    let serial = Field::new(language, "serial", words.serial, Input::Line("text")).at_most(ABOUT_MAX);
    let form = Form::new(language, Method::Post, file.path("/check"))
        .csrf(file.page.csrf())
        .field(Field::new(language, "occasion", words.occasion, Input::Select(choices)).value(typed.occasion.clone()))
        .field(serial.value(typed.serial.clone()))
        .act(Act::new(Manner::Plain, words.check_act))
        .back(Link::new(file.path(""), words.back_to_file));
    sheet
        .part(Part::Heading(words.check_for_certificate))
        .part(Part::Form(words.check_for_certificate, form))
        .show()
}
