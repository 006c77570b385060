//! Separate consent to biometrics: shown by itself, given in a way that can be shown, withdrawn as freely.
//!
//! 个人信息保护法 28–30. What is asked is a text of the house with a version of its own; the SM3 of exactly what stood on
//! the page is kept with the consent. The notice on personal information itself is part of the notice (办法 21).

use axum::extract::{Path, State};
use axum::response::Response;
use gm_suite::sm3;
use hefu_applicants::{ConsentInput, ConsentMeans};
use hefu_officers::Permission;
use hefu_rulebook::Language;
use hefu_web::{Form as Sent, PageOfficer};
use serde::Deserialize;

use crate::component::{Act, Citation, Confirmation, Fact, Facts, Field, Form, Input, Link, Manner, Method};
use crate::mishap::Mishap;
use crate::names;
use crate::page::time::time;
use crate::page::{Asked, done};
use crate::room::{CounterPages, OfFile};
use crate::sheet::{Part, Sheet};
use crate::words::CounterWords;

/// Version of [`CounterWords::biometrics`]; another wording has another version.
const VERSION: &str = "biometrics-1";
/// Who is asked, why, and what it means for them (个人信息保护法 30).
const PIPL_28_30: hefu_rulebook::Citation = hefu_rulebook::Citation::new("PIPL", "28-30");

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    means: String,
    agreed: String,
    text: String,
}

pub(crate) async fn ask(
    State(door): State<CounterPages>,
    officer: PageOfficer,
    asked: Asked,
    Path(id): Path<String>,
) -> Response {
    match door.of_file((&officer, &asked, &id), Permission::Enter).await {
        Ok(file) => shown(&file, &Typed::default(), None),
        Err(answer) => *answer,
    }
}

pub(crate) async fn give(
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
    let tongue: Language = typed.text.parse().unwrap_or(file.language);
    let (Some(means), "1") = (ConsentMeans::named(&typed.means), typed.agreed.as_str()) else {
        let mishap = Mishap::missing(file.words.consent_missing, file.language);
        return shown(&file, &typed, Some(mishap));
    };
    let input = ConsentInput {
        version: VERSION.to_owned(),
        text_sm3: hex::encode(sm3(CounterWords::of(tongue).biometrics.as_bytes())),
        language: tongue.tag().to_owned(),
        means,
    };
    let given = door
        .registry
        .give_consent(file.id, &input, officer.id(), (door.clock)())
        .await;
    match given {
        Ok(_) => done(&file.path(""), "consent"),
        Err(why) => shown(&file, &typed, Some(Mishap::of(&why, file.language))),
    }
}

fn shown(file: &OfFile, typed: &Typed, mishap: Option<Mishap>) -> Response {
    let (language, words) = (file.language, file.words);
    let means = names::choices(ConsentMeans::ALL, ConsentMeans::as_str, |means| {
        names::means(means, language)
    });
    let form = Form::new(language, Method::Post, file.path("/consent"))
        .csrf(file.page.csrf())
        .hidden("text", language.tag())
        .field(Field::new(language, "agreed", words.consent_agreed, Input::Tick).value(typed.agreed.clone()))
        .field(Field::new(language, "means", words.consent_means, Input::OneOf(means)).value(typed.means.clone()))
        .act(Act::new(Manner::Main, words.consent_act))
        .back(Link::new(file.path(""), words.back_to_file));
    let text = Facts::new([
        Fact::new(words.consent_text, words.biometrics),
        Fact::new(words.version, VERSION),
    ]);
    Sheet::new(file.below(), words.consent_title)
        .mishap(mishap)
        .part(Part::Ruled(words.consent_lede, Citation::of(PIPL_28_30, language)))
        .part(Part::Facts(words.consent_text, text))
        .form(words.consent_title, form)
        .show()
}

pub(crate) async fn ask_withdrawal(
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

#[derive(Debug, Deserialize)]
pub(crate) struct Nothing {}

pub(crate) async fn withdraw(
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
    match door
        .registry
        .withdraw_consent(file.id, officer.id(), (door.clock)())
        .await
    {
        Ok(_) => done(&file.path(""), "consent-withdrawn"),
        Err(why) => asking(&door, &file, Some(Mishap::of(&why, file.language))).await,
    }
}

async fn asking(door: &CounterPages, file: &OfFile, mishap: Option<Mishap>) -> Response {
    let (language, words) = (file.language, file.words);
    let given = match door.registry.consent_of(file.id).await {
        Ok(Some(consent)) => time(consent.given_at()),
        Ok(None) => words.none_yet.to_owned(),
        Err(why) => {
            return Sheet::new(file.below(), words.consent_withdraw)
                .mishap(Some(Mishap::of(&why, language)))
                .show();
        }
    };
    let concerns = Facts::new([
        Fact::new(words.name, file.described.name.clone()),
        Fact::new(words.consent_given, given),
    ]);
    let consequences = vec![words.withdrawal_stops.to_owned(), words.withdrawal_keeps.to_owned()];
    let asking = Confirmation::new(language, file.path("/consent/withdrawal"), consequences, concerns)
        .rule(Citation::of(PIPL_28_30, language))
        .csrf(file.page.csrf())
        .act(words.consent_withdraw, file.path(""));
    Sheet::new(file.below(), words.consent_withdraw)
        .mishap(mishap)
        .part(Part::Asking(asking))
        .show()
}
