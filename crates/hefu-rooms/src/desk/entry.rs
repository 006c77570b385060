//! Entering an application: first the kind, then its fields, the applicant's file and the request.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use hefu_certificate::{Field as ProfileField, Profile};
use hefu_ra::{ApplicationView, NewApplication};
use hefu_rulebook::Language;
use serde::Deserialize;

use super::{DeskPages, is_for_subscribers, queue_link};
use crate::component::{Act, Answer, Choice, Field, Form, Input, Link, Manner, Method};
use crate::mishap::{Mishap, status_and_answer};
use crate::page::{Asked, Page, done, show};
use crate::words::desk::DeskWords;
use hefu_web::PageOfficer;
use hefu_web::Query;
use hefu_web::Upload;
use hefu_web::given;
use hefu_web::request_bytes;

/// Before the names of subject fields in the form, so that none is taken for one of its own.
const SUBJECT: &str = "subject-";
/// Where applications are entered.
const HERE: &str = "/desk/applications/new";
/// Digits of a file's number.
const FILE_MAX: u32 = 32;
/// Lines of pasted text that are shown.
const CSR_LINES: u8 = 8;

#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    profile: String,
}

#[derive(Template)]
#[template(path = "desk/form.html")]
pub(super) struct Filled {
    pub(super) page: Page,
    pub(super) title: String,
    pub(super) lede: String,
    pub(super) answer: Option<Answer>,
    pub(super) form: Form,
}

/// What was typed, for a form that comes back.
#[derive(Default)]
struct Typed {
    subject: BTreeMap<String, String>,
    applicant: String,
    csr: String,
    days: String,
}

pub(super) async fn ask(
    State(door): State<DeskPages>,
    officer: PageOfficer,
    asked: Asked,
    Query(wanted): Query<Wanted>,
) -> Response {
    match door.frame(&asked, &officer).await {
        Ok(page) => shown(&door, page, &wanted.profile, &Typed::default(), None),
        Err(answer) => *answer,
    }
}

/// The form of a profile, or the choice of one.
fn shown(door: &DeskPages, page: Page, profile: &str, typed: &Typed, mishap: Option<Mishap>) -> Response {
    let language = page.language;
    let words = DeskWords::of(language);
    let page = page.under(queue_link(language));
    let (status, answer) = status_and_answer(mishap);
    let profile = door.desk.profiles().get(profile);
    let view = match profile.filter(|profile| is_for_subscribers(profile)) {
        None => Filled {
            title: words.enter.to_owned(),
            lede: words.choose_lede.to_owned(),
            answer,
            form: choice(door, language),
            page,
        },
        Some(profile) => Filled {
            title: profile.label().text(language).to_owned(),
            lede: scope_words(profile, words).to_owned(),
            answer,
            form: form(profile, typed, page.csrf(), language),
            page: page.under(Link::new(HERE, words.enter)),
        },
    };
    show(status, &view)
}

fn scope_words(profile: &Profile, words: &'static DeskWords) -> &'static str {
    if profile.law_scope().is_inside() {
        words.file_number_help
    } else {
        words.scope_outside
    }
}

fn choice(door: &DeskPages, language: Language) -> Form {
    let words = DeskWords::of(language);
    let profiles = door.desk.profiles().iter();
    let choices = profiles.filter(|profile| is_for_subscribers(profile)).map(|profile| {
        let note = if profile.law_scope().is_inside() {
            words.scope_signature
        } else {
            words.scope_outside
        };
        Choice::new(profile.name(), profile.label().text(language)).note(note)
    });
    let field = Field::new(
        language,
        "profile",
        words.choose_profile,
        Input::OneOf(choices.collect()),
    );
    Form::new(language, Method::Get, HERE)
        .field(field)
        .act(Act::new(Manner::Main, words.go_on))
}

fn form(profile: &Profile, typed: &Typed, csrf: Option<&str>, language: Language) -> Form {
    let words = DeskWords::of(language);
    let open = profile.fields().iter().filter(|field| field.fixed().is_none());
    let form = Form::new(language, Method::Post, HERE).csrf(csrf);
    let form = form.hidden("profile", profile.name());
    let form = open.fold(form, |form, field| form.field(subject_field(field, typed, language)));
    let file = Field::new(language, "applicant", words.file_number, Input::Line("text"));
    let file = file
        .help(words.file_number_help)
        .at_most(FILE_MAX)
        .value(&typed.applicant);
    let file = if profile.law_scope().is_inside() {
        file
    } else {
        file.optional()
    };
    let upload = Field::new(
        language,
        "csr_file",
        words.csr_file,
        Input::File(".csr,.p10,.pem,.der,.req"),
    );
    let pasted = Field::new(language, "csr", words.csr_text, Input::Lines(CSR_LINES));
    let days = Field::new(language, "validity_days", words.validity, Input::Line("number"));
    let span = format!(
        "{} {}；{} {}",
        words.validity_default,
        profile.validity_days_default(),
        words.validity_most,
        profile.validity_days_max()
    );
    let span = if language == Language::English {
        span.replace('；', "; ")
    } else {
        span
    };
    form.field(file)
        .field(upload.help(words.csr_help).optional())
        .field(pasted.value(&typed.csr).optional())
        .field(days.help(span).value(&typed.days).optional())
        .act(Act::new(Manner::Main, words.enter_act))
        .back(Link::new(HERE, words.choose_profile))
}

fn subject_field(field: &ProfileField, typed: &Typed, language: Language) -> Field {
    let words = DeskWords::of(language);
    let input = if field.count_max() > 1 {
        Input::Lines(2)
    } else {
        Input::Line("text")
    };
    let label = field.label().text(language);
    let value = typed.subject.get(field.name()).map(String::as_str);
    let shown = Field::new(language, format!("{SUBJECT}{}", field.name()), label, input);
    let shown = shown.value(value.or(field.default_value()).unwrap_or_default());
    let hint = field.hint().map(|hint| hint.text(language).to_owned());
    let several = (field.count_max() > 1).then(|| words.several.to_owned());
    let help: Vec<String> = hint.into_iter().chain(several).collect();
    let shown = if help.is_empty() {
        shown
    } else {
        shown.help(help.join(" · "))
    };
    let shown = match u32::try_from(field.length_max().saturating_mul(field.count_max())) {
        Ok(most) => shown.at_most(most),
        Err(_) => shown,
    };
    if field.is_required() { shown } else { shown.optional() }
}

pub(super) async fn enter(
    State(door): State<DeskPages>,
    officer: PageOfficer,
    asked: Asked,
    upload: Upload,
) -> Response {
    let language = asked.language();
    let typed = typed(&upload);
    let profile = upload.text("profile");
    match entered(&door, &officer, &upload, (&typed, &profile), language).await {
        Ok(view) => done(&format!("/desk/applications/{}", view.id), "entered"),
        Err(mishap) => match door.frame(&asked, &officer).await {
            Ok(page) => shown(&door, page, &profile, &typed, Some(mishap)),
            Err(answer) => *answer,
        },
    }
}

fn typed(upload: &Upload) -> Typed {
    let names = upload.0.keys().filter_map(|name| name.strip_prefix(SUBJECT));
    let subject = names.filter_map(|name| {
        let value = given(&upload.text(&format!("{SUBJECT}{name}")))?;
        Some((name.to_owned(), value))
    });
    Typed {
        subject: subject.collect(),
        applicant: upload.text("applicant"),
        csr: upload.text("csr"),
        days: upload.text("validity_days"),
    }
}

async fn entered(
    door: &DeskPages,
    officer: &PageOfficer,
    upload: &Upload,
    (typed, profile): (&Typed, &str),
    language: Language,
) -> Result<ApplicationView, Mishap> {
    let words = DeskWords::of(language);
    let missing = |text| Mishap::missing(text, language);
    let days = given(&typed.days).map(|days| days.parse::<u32>());
    let days = days.transpose().map_err(|_| missing(words.validity_wrong))?;
    let csr = csr(upload, &typed.csr).ok_or_else(|| missing(words.csr_missing))?;
    let new = NewApplication {
        profile: profile.to_owned(),
        subject: typed.subject.clone(),
        applicant: given(&typed.applicant),
        csr,
        validity_days: days,
        notice: None,
        contract: None,
        identity: None,
    };
    let entered = door.desk.enter(officer, new, (door.clock)()).await;
    entered.map_err(|why| Mishap::of(&why, language))
}

/// The request: the file where there is one, else what was pasted.
fn csr(upload: &Upload, pasted: &str) -> Option<Vec<u8>> {
    let file = upload.0.get("csr_file").filter(|octets| !octets.is_empty());
    file.cloned().or_else(|| Some(request_bytes(given(pasted)?)))
}
