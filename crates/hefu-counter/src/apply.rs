//! An application out of the file: the kind, what the file says, the request; its proofs are taken from the file.
//!
//! 电子签名法 20; 办法 21, 22. Who the subject is comes from the file and is not typed again; it goes into the application
//! without being shown here. Notice and contract in force come along; a check of identity is made for the new application
//! when the officer asks for it, and what it lacks is said on the application's own page, where it can be tried again.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::Response;
use hefu_applicants::{For, Occasion, TextKind, masked};
use hefu_certificate::{Field as ProfileField, Profile, ProfileKind};
use hefu_officers::Permission;
use hefu_ra::{ApplicationView, Basis, Holder, NewApplication, StepName, subject_fits};
use hefu_rulebook::Language;
use hefu_web::{PageOfficer, Query, Upload, given, request_bytes};
use serde::Deserialize;

use crate::component::{Act, Cell, Choice, Fact, Facts, Field, Form, Input, Link, Manner, Method};
use crate::mishap::Mishap;
use crate::names;
use crate::page::{Asked, done};
use crate::room::{CounterPages, OfFile};
use crate::sheet::{Part, Sheet};

/// Before the names of subject fields in the form, so that none is taken for one of its own.
const SUBJECT: &str = "subject-";
/// Lines of pasted text that are shown.
const CSR_LINES: u8 = 8;
/// What a browser offers to choose as a request.
const ACCEPT: &str = ".csr,.p10,.pem,.der,.req";

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    profile: String,
}

/// What was typed, for a form that comes back.
#[derive(Default)]
struct Typed {
    profile: String,
    subject: BTreeMap<String, String>,
    csr: String,
    days: String,
    check: String,
}

impl Typed {
    fn of(upload: &Upload) -> Self {
        let names = upload.0.keys().filter_map(|name| name.strip_prefix(SUBJECT));
        let subject = names.filter_map(|name| {
            let value = given(&upload.text(&format!("{SUBJECT}{name}")))?;
            Some((name.to_owned(), value))
        });
        Self {
            profile: upload.text("profile"),
            subject: subject.collect(),
            csr: upload.text("csr"),
            days: upload.text("validity_days"),
            check: upload.text("check"),
        }
    }
}

pub(crate) async fn ask(
    State(door): State<CounterPages>,
    officer: PageOfficer,
    asked: Asked,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Response {
    let file = match door.of_file((&officer, &asked, &id), Permission::Enter).await {
        Ok(file) => file,
        Err(answer) => return *answer,
    };
    let typed = Typed {
        profile: wanted.profile,
        check: "1".to_owned(),
        ..Typed::default()
    };
    shown(&door, &file, &typed, None).await
}

pub(crate) async fn enter(
    State(door): State<CounterPages>,
    officer: PageOfficer,
    asked: Asked,
    Path(id): Path<String>,
    upload: Upload,
) -> Response {
    let file = match door.of_file((&officer, &asked, &id), Permission::Enter).await {
        Ok(file) => file,
        Err(answer) => return *answer,
    };
    let typed = Typed::of(&upload);
    match entered(&door, &officer, &file, (&typed, &upload)).await {
        Ok(view) => {
            let word = if typed.check == "1" && checked(&door, &officer, &file, &view).await {
                "identity"
            } else {
                "entered"
            };
            done(&format!("/desk/applications/{}", view.id), word)
        }
        Err(mishap) => shown(&door, &file, &typed, Some(mishap)).await,
    }
}

async fn entered(
    door: &CounterPages,
    officer: &PageOfficer,
    file: &OfFile,
    (typed, upload): (&Typed, &Upload),
) -> Result<ApplicationView, Mishap> {
    let (language, words) = (file.language, file.words);
    let missing = |text: &'static str| Mishap::missing(text, language);
    let days = given(&typed.days).map(|days| days.parse::<u32>()).transpose();
    let days = days.map_err(|_| missing(words.validity_wrong))?;
    let csr = upload.0.get("csr_file").filter(|octets| !octets.is_empty()).cloned();
    let csr = csr.or_else(|| Some(request_bytes(given(&typed.csr)?)));
    let csr = csr.ok_or_else(|| missing(words.csr_missing))?;
    let profile = door.desk.profiles().get(&typed.profile);
    let profile = profile.ok_or_else(|| missing(words.profile_missing))?;
    let holder = holder(door, file).await?;
    let mut subject = typed.subject.clone();
    for (name, value) in from_file(profile, &holder) {
        subject.insert(name.to_owned(), value.to_owned());
    }
    let (notice, contract) = proofs(door, file).await?;
    let new = NewApplication {
        profile: typed.profile.clone(),
        subject,
        applicant: Some(file.id.to_string()),
        csr,
        validity_days: days,
        // A contract without its notice would be a step too far.
        contract: contract.filter(|_| notice.is_some()).map(Basis::Proof),
        notice: notice.map(Basis::Proof),
        identity: None,
    };
    let entered = door.desk.enter(officer, new, (door.clock)()).await;
    entered.map_err(|why| Mishap::of(&why, language))
}

/// Makes a check for the application and takes the step. Where the file does not suffice, the application's own page says
/// what is missing when the officer tries there; nothing is lost here.
async fn checked(door: &CounterPages, officer: &PageOfficer, file: &OfFile, view: &ApplicationView) -> bool {
    if view.next != Some(StepName::Identity) {
        return false;
    }
    let Ok(for_what) = For::new(Occasion::Application, &view.id.to_string()) else {
        return false;
    };
    let now = (door.clock)();
    let Ok(check) = door.registry.check_identity(file.id, for_what, officer.id(), now).await else {
        return false;
    };
    let basis = Basis::Proof(check.proof().id.clone());
    door.desk.verify_identity(officer, view.id, basis, now).await.is_ok()
}

async fn holder(door: &CounterPages, file: &OfFile) -> Result<Holder, Mishap> {
    let found = door.files.holder(&file.id.to_string()).await;
    found.map_err(|why| Mishap::of(why.as_ref(), file.language))
}

/// Numbers of the newest acknowledgement and signing whose text is in force.
async fn proofs(door: &CounterPages, file: &OfFile) -> Result<(Option<String>, Option<String>), Mishap> {
    let told = |why| Mishap::of(&why, file.language);
    let agreements = door.registry.agreements_of(file.id).await.map_err(told)?;
    let mut found = (None, None);
    for kind in [TextKind::Notice, TextKind::Contract] {
        let Ok(text) = door.registry.text_in_force(kind).await else {
            continue;
        };
        let mut fitting = agreements.iter();
        let fitting = fitting.find(|one| one.kind() == kind && one.version() == text.version());
        let number = fitting.map(|one| one.id().to_string());
        match kind {
            TextKind::Notice => found.0 = number,
            TextKind::Contract => found.1 = number,
        }
    }
    Ok(found)
}

/// Fields of the profile that the file fills.
fn from_file<'a>(profile: &'a Profile, holder: &'a Holder) -> impl Iterator<Item = (&'a str, &'a str)> {
    let open = profile.fields().iter().filter(|field| field.fixed().is_none());
    open.filter_map(|field| Some((field.name(), holder.fields.get(field.name())?.as_str())))
}

async fn shown(door: &CounterPages, file: &OfFile, typed: &Typed, mishap: Option<Mishap>) -> Response {
    let (language, words) = (file.language, file.words);
    let holder = match holder(door, file).await {
        Ok(holder) => holder,
        Err(why) => {
            return Sheet::new(file.below(), words.enter_application)
                .mishap(Some(why))
                .show();
        }
    };
    let fits = |profile: &Profile| {
        profile.kind() == ProfileKind::Subscriber && subject_fits(profile, &BTreeMap::new(), &holder).is_ok()
    };
    let profiles = door.desk.profiles().iter();
    let fitting: Vec<&Profile> = profiles.map(AsRef::as_ref).filter(|profile| fits(profile)).collect();
    let sheet = Sheet::new(file.below(), words.enter_application).mishap(mishap);
    let Some(profile) = fitting.iter().find(|profile| profile.name() == typed.profile) else {
        let choices = fitting
            .iter()
            .map(|profile| Choice::new(profile.name(), profile.label().text(language)));
        let field = Field::new(
            language,
            "profile",
            words.choose_profile,
            Input::OneOf(choices.collect()),
        );
        let form = Form::new(language, Method::Get, file.path("/application"))
            .field(field)
            .act(Act::new(Manner::Main, words.go_on))
            .back(Link::new(file.path(""), words.back_to_file));
        return sheet.form(words.choose_profile, form).show();
    };
    let known = match known(door, file, (profile, &holder)).await {
        Ok(known) => known,
        Err(why) => return sheet.mishap(Some(why)).show(),
    };
    sheet
        .lede(words.apply_lede)
        .part(Part::Heading(words.from_file))
        .part(Part::Facts(words.from_file, known))
        .form(words.enter_application, form(file, (profile, &holder), typed))
        .show()
}

/// What the file brings: the subject, masked, and the proofs.
async fn known(door: &CounterPages, file: &OfFile, (profile, holder): (&Profile, &Holder)) -> Result<Facts, Mishap> {
    let (language, words) = (file.language, file.words);
    let label = |name: &str| {
        let found = profile.fields().iter().find(|field| field.name() == name);
        found.map_or_else(|| name.to_owned(), |field| field.label().text(language).to_owned())
    };
    let mut facts = vec![Fact::new(words.profile, profile.label().text(language))];
    facts.extend(from_file(profile, holder).map(|(name, value)| {
        let shown = match name {
            "identity_number" | "passport_number" => masked(value),
            "common_name" => file.described.name.clone(),
            _ => value.to_owned(),
        };
        Fact::new(label(name), shown)
    }));
    let (notice, contract) = proofs(door, file).await?;
    for (kind, found) in [(TextKind::Notice, notice), (TextKind::Contract, contract)] {
        let value = found.map_or_else(|| Cell::from(words.proof_lacking), Cell::Code);
        facts.push(Fact::new(names::text(kind, language), value));
    }
    Ok(Facts::new(facts))
}

fn form(file: &OfFile, (profile, holder): (&Profile, &Holder), typed: &Typed) -> Form {
    let (language, words) = (file.language, file.words);
    let is_typed = |field: &&ProfileField| field.fixed().is_none() && !holder.fields.contains_key(field.name());
    let form = Form::new(language, Method::Post, file.path("/application"))
        .csrf(file.page.csrf())
        .hidden("profile", profile.name());
    let form = profile.fields().iter().filter(is_typed).fold(form, |form, field| {
        let value = typed
            .subject
            .get(field.name())
            .map(String::as_str)
            .or(field.default_value());
        let shown = Field::new(
            language,
            format!("{SUBJECT}{}", field.name()),
            field.label().text(language),
            input(field),
        );
        let shown = shown.value(value.unwrap_or_default());
        let shown = match field.hint() {
            Some(hint) => shown.help(hint.text(language)),
            None => shown,
        };
        form.field(if field.is_required() { shown } else { shown.optional() })
    });
    let csr_file = Field::new(language, "csr_file", words.csr_file, Input::File(ACCEPT));
    let csr = Field::new(language, "csr", words.csr_text, Input::Lines(CSR_LINES));
    let days = Field::new(language, "validity_days", words.validity, Input::Line("number"));
    let span = match language {
        Language::Chinese => format!(
            "留空为 {}；最多 {}",
            profile.validity_days_default(),
            profile.validity_days_max()
        ),
        Language::English => format!(
            "empty for {}; at most {}",
            profile.validity_days_default(),
            profile.validity_days_max()
        ),
    };
    let check = Field::new(language, "check", words.check_now, Input::Tick);
    form.field(csr_file.help(words.csr_help).optional())
        .field(csr.value(typed.csr.clone()).optional())
        .field(days.help(span).value(typed.days.clone()).optional())
        .field(check.help(words.check_now_help).value(typed.check.clone()).optional())
        .act(Act::new(Manner::Main, words.enter_act))
        .back(Link::new(file.path("/application"), words.choose_profile))
}

fn input(field: &ProfileField) -> Input {
    if field.count_max() > 1 {
        Input::Lines(2)
    } else {
        Input::Line("text")
    }
}
