//! Telling and contracting: the text in force is shown in the applicant's language, and acknowledged or signed.
//!
//! 办法 21, 22; 个人信息保护法 17. What the form carries is the version, the language and the SM3 of exactly what stood on
//! the page; the registry compares it letter by letter, so that a text that was superseded meanwhile is shown anew.

use axum::extract::{Path, State};
use axum::response::Response;
use hefu_applicants::{Agreement, RegistryError, Shown, Text, TextKind};
use hefu_officers::Permission;
use hefu_rulebook::Language;
use hefu_web::{Form as Sent, PageOfficer, Query};
use serde::Deserialize;

use crate::component::{Act, Citation, Field, Form, Input, Link, Manner, Method};
use crate::mishap::Mishap;
use crate::names;
use crate::page::{Asked, done};
use crate::room::{CounterPages, OfFile};
use crate::sheet::{self, Part, Sheet};

/// Characters of a signatory's name.
const SIGNATORY_MAX: u32 = 200;

/// `?text=`: in which language the text is shown.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    text: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    version: String,
    text: String,
    sm3: String,
    signed_by: String,
}

pub(crate) async fn notice(
    State(door): State<CounterPages>,
    officer: PageOfficer,
    asked: Asked,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Response {
    match door.of_file((&officer, &asked, &id), Permission::Enter).await {
        Ok(file) => shown(&door, &file, TextKind::Notice, (&wanted.text, ""), None).await,
        Err(answer) => *answer,
    }
}

pub(crate) async fn contract(
    State(door): State<CounterPages>,
    officer: PageOfficer,
    asked: Asked,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Response {
    match door.of_file((&officer, &asked, &id), Permission::Enter).await {
        Ok(file) => shown(&door, &file, TextKind::Contract, (&wanted.text, ""), None).await,
        Err(answer) => *answer,
    }
}

pub(crate) async fn acknowledge(
    State(door): State<CounterPages>,
    officer: PageOfficer,
    asked: Asked,
    Path(id): Path<String>,
    Sent(typed): Sent<Typed>,
) -> Response {
    agree(&door, (&officer, &asked, &id), TextKind::Notice, &typed).await
}

pub(crate) async fn sign(
    State(door): State<CounterPages>,
    officer: PageOfficer,
    asked: Asked,
    Path(id): Path<String>,
    Sent(typed): Sent<Typed>,
) -> Response {
    agree(&door, (&officer, &asked, &id), TextKind::Contract, &typed).await
}

async fn agree(
    door: &CounterPages,
    (officer, asked, id): (&PageOfficer, &Asked, &str),
    kind: TextKind,
    typed: &Typed,
) -> Response {
    let file = match door.of_file((officer, asked, id), Permission::Enter).await {
        Ok(file) => file,
        Err(answer) => return *answer,
    };
    match agreed(door, officer, &file, (kind, typed)).await {
        Ok(_) => done(&file.path(""), kind.as_str()),
        Err(why) => {
            let mishap = Mishap::of(&why, file.language);
            shown(door, &file, kind, (&typed.text, &typed.signed_by), Some(mishap)).await
        }
    }
}

async fn agreed(
    door: &CounterPages,
    officer: &PageOfficer,
    file: &OfFile,
    (kind, typed): (TextKind, &Typed),
) -> Result<Agreement, RegistryError> {
    let mut sm3 = [0; 32];
    // What is no digest is not what was shown, and the registry says so.
    let _ = hex::decode_to_slice(&typed.sm3, &mut sm3);
    let shown = Shown {
        language: tongue(&typed.text, file.language),
        sm3,
    };
    let (by, now) = (officer.id(), (door.clock)());
    match kind {
        TextKind::Notice => {
            door.registry
                .acknowledge(file.id, (&typed.version, shown), by, now)
                .await
        }
        TextKind::Contract => {
            let signed = (typed.version.as_str(), shown, typed.signed_by.as_str());
            door.registry.sign(file.id, signed, by, now).await
        }
    }
}

/// The language of the text: as asked for, else the page's own.
fn tongue(asked: &str, language: Language) -> Language {
    asked.parse().unwrap_or(language)
}

async fn shown(
    door: &CounterPages,
    file: &OfFile,
    kind: TextKind,
    (asked, signed_by): (&str, &str),
    mishap: Option<Mishap>,
) -> Response {
    let (language, words) = (file.language, file.words);
    let (title, lede, article) = match kind {
        TextKind::Notice => (words.notice_title, words.notice_lede, "21"),
        TextKind::Contract => (words.contract_title, words.contract_lede, "22"),
    };
    let rule = Citation::of(hefu_rulebook::Citation::new("M15", article), language);
    let sheet = Sheet::new(file.below(), title).part(Part::Ruled(lede, rule));
    let text = match door.registry.text_in_force(kind).await {
        Ok(text) => text,
        Err(why) => {
            let mishap = mishap.unwrap_or_else(|| Mishap::of(&why, language));
            let texts = Link::new("/desk/texts", words.texts);
            return sheet.mishap(Some(mishap)).part(Part::Ways(vec![texts])).show();
        }
    };
    let tongue = tongue(asked, language);
    let others = [Language::Chinese, Language::English]
        .into_iter()
        .filter(|one| *one != tongue);
    let other = others.map(|one| {
        let name = match one {
            Language::Chinese => words.text_in_chinese,
            Language::English => words.text_in_english,
        };
        Link::new(file.path(&format!("/{}?text={}", kind.as_str(), one.tag())), name)
    });
    let sheet = sheet
        .mishap(mishap)
        .part(Part::Ways(other.collect()))
        .part(Part::Wording(sheet::Shown::of(&text, tongue)));
    sheet.form(title, form(file, &text, tongue, signed_by)).show()
}

fn form(file: &OfFile, text: &Text, tongue: Language, signed_by: &str) -> Form {
    let (language, words) = (file.language, file.words);
    let form = Form::new(language, Method::Post, file.path(&format!("/{}", text.kind().as_str())))
        .csrf(file.page.csrf())
        .hidden("version", text.version())
        .hidden("text", tongue.tag())
        .hidden("sm3", hex::encode(text.sm3(tongue)));
    let back = Link::new(file.path(""), names::either(language, "返回档案", "Back to the file"));
    let form = match text.kind() {
        TextKind::Notice => form.act(Act::new(Manner::Main, words.notice_act)),
        TextKind::Contract => {
            let field = Field::new(language, "signed_by", words.signed_by, Input::Line("text"));
            let field = field.help(words.signed_by_help).at_most(SIGNATORY_MAX).value(signed_by);
            form.field(field).act(Act::new(Manner::Main, words.contract_act))
        }
    };
    form.back(back)
}
