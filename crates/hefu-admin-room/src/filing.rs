//! Proposing to record a filing with its receipt, or what the licence says.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hefu_officers::Permission;
use hefu_page::mishap::Mishap;
use hefu_page::page::done;
use hefu_policies::{Act, Filing, Licence, Policies, Receipt, Shelf};
use hefu_rulebook::{Citation as Rule, Language};
use hefu_web::{Form, Upload};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::component::{Act as Button, Choice, Citation, Field, Form as Shown, Input, Link, Manner, Method};
use crate::policies::below;
use crate::sheet::{Outcome, Part, Sheet, Visit};
use crate::words::{AdminWords, PolicyWords};

/// Characters of one item, as the capability takes it.
const ITEM_MAX: u32 = 200;
/// Where a filing is asked for and sent.
const FILING: &str = "/admin/policies/filing";
/// Where the licence is.
const LICENCE: &str = "/admin/policies/licence";

/// What was typed about a filing; the receipt is a file and is chosen again.
#[derive(Debug, Default)]
struct Typed {
    version: String,
    recipient: String,
    on: String,
    receipt_name: String,
}

impl Typed {
    fn filing(&self, upload: &Upload, language: Language) -> Result<Filing, Mishap> {
        let words = PolicyWords::of(language);
        let missing = |text: &'static str| Mishap::missing(text, language);
        let chosen = self
            .version
            .split_once(' ')
            .ok_or_else(|| missing(words.choose_version))?;
        let name = match self.receipt_name.as_str() {
            "" => "receipt".to_owned(),
            name => name.to_owned(),
        };
        let octets = upload.0.get("receipt").map(Vec::as_slice).unwrap_or_default();
        Ok(Filing {
            series: chosen.0.parse().map_err(|_| missing(words.choose_version))?,
            version: chosen.1.parse().map_err(|_| missing(words.choose_version))?,
            recipient: self.recipient.clone(),
            on: self.on.parse().map_err(|_| missing(words.day_missing))?,
            receipt: Receipt {
                name,
                content: STANDARD.encode(octets),
            },
        })
    }
}

pub(crate) async fn ask(visit: Visit) -> Outcome {
    asking(&visit, &Typed::default(), None).await
}

pub(crate) async fn file(visit: Visit, upload: Upload) -> Outcome {
    let (_, policies) = below(&visit).await?;
    let language = visit.language();
    let typed = Typed {
        version: upload.text("version"),
        recipient: upload.text("recipient"),
        on: upload.text("on"),
        receipt_name: upload.text("receipt_name"),
    };
    let wanted = typed.filing(&upload, language).map(Act::File);
    match proposed(&visit, &policies, wanted).await {
        Ok(id) => Ok(done(&format!("/admin/policies/proposals/{id}"), "proposed")),
        Err(mishap) => asking(&visit, &typed, Some(mishap)).await,
    }
}

/// Proposes an act that could be read; the number of the proposal.
async fn proposed(visit: &Visit, policies: &Policies, wanted: Result<Act, Mishap>) -> Result<i64, Mishap> {
    let proposal = policies.propose(&visit.officer, wanted?, visit.door.now()).await;
    proposal
        .map(|it| it.id)
        .map_err(|why| Mishap::of(&why, visit.language()))
}

async fn asking(visit: &Visit, typed: &Typed, mishap: Option<Mishap>) -> Outcome {
    let (page, policies) = below(visit).await?;
    let language = page.language;
    let (words, shared) = (PolicyWords::of(language), AdminWords::of(language));
    let sheet = |page| Sheet::new(page, words.file).lede(words.file_lede);
    if let Err(why) = visit.officer.permit(Permission::ManagePolicies) {
        let mishap = mishap.unwrap_or_else(|| Mishap::of(&why, language));
        return Ok(sheet(page).mishap(Some(mishap)).show());
    }
    let choices = to_file(&policies.shelf().now());
    if choices.is_empty() {
        return Ok(sheet(page)
            .mishap(mishap)
            .part(Part::Words(words.nothing_to_file.to_owned()))
            .show());
    }
    let form = Shown::new(language, Method::Post, FILING).csrf(page.csrf());
    let form = fields(typed, choices, language).into_iter().fold(form, Shown::field);
    let form = form
        .act(Button::new(Manner::Main, words.propose))
        .back(Link::new("/admin/policies", shared.policies));
    let sheet = sheet(page).mishap(mishap);
    let sheet = sheet.below(shared.what_happens, Part::List(vec![words.file_does.to_owned()]));
    Ok(sheet.part(Part::Form(words.file, form)).show())
}

/// Versions that can still be filed, newest first.
fn to_file(shelf: &Shelf) -> Vec<Choice> {
    let versions = shelf.versions().iter().rev();
    let left = versions.filter(|it| !it.sample && shelf.filed(it).is_none());
    left.map(|it| Choice::new(it.subject(), it.subject())).collect()
}

fn fields(typed: &Typed, choices: Vec<Choice>, language: Language) -> [Field; 5] {
    let words = PolicyWords::of(language);
    let line = |name: &'static str, label: &str| Field::new(language, name, label, Input::Line("text"));
    let version = Field::new(language, "version", words.which_version, Input::Select(choices));
    let rule = Citation::of(Rule::new("M15", "15"), language);
    let day = Field::new(language, "on", words.filed_on, Input::Line("date"));
    let receipt = Field::new(language, "receipt", words.receipt_file, Input::File("*/*"));
    let name = line("receipt_name", words.receipt_name).help(words.receipt_name_help);
    [
        version.rule(rule).value(&typed.version),
        line("recipient", words.recipient)
            .at_most(ITEM_MAX)
            .value(&typed.recipient),
        day.value(&typed.on),
        receipt.help(words.receipt_help),
        name.at_most(ITEM_MAX).value(&typed.receipt_name).optional(),
    ]
}

/// What was typed about the licence.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Said {
    name: String,
    legal_representative: String,
    address: String,
    contact: String,
    number: String,
    issuing_authority: String,
    issued_on: String,
    valid_from: String,
    valid_until: String,
}

impl Said {
    fn of(licence: &Licence) -> Self {
        let licence = licence.clone();
        Self {
            name: licence.name,
            legal_representative: licence.legal_representative,
            address: licence.address,
            contact: licence.contact,
            number: licence.number,
            issuing_authority: licence.issuing_authority,
            issued_on: licence.issued_on.to_string(),
            valid_from: licence.valid_from.to_string(),
            valid_until: licence.valid_until.to_string(),
        }
    }

    fn licence(&self, language: Language) -> Result<Licence, Mishap> {
        let day = |text: &str| {
            let missing = || Mishap::missing(PolicyWords::of(language).day_missing, language);
            text.trim().parse::<Date>().map_err(|_| missing())
        };
        let text = |text: &str| text.trim().to_owned();
        Ok(Licence {
            name: text(&self.name),
            legal_representative: text(&self.legal_representative),
            address: text(&self.address),
            contact: text(&self.contact),
            number: text(&self.number),
            issuing_authority: text(&self.issuing_authority),
            issued_on: day(&self.issued_on)?,
            valid_from: day(&self.valid_from)?,
            valid_until: day(&self.valid_until)?,
        })
    }
}

pub(crate) async fn ask_licence(visit: Visit) -> Outcome {
    let (_, policies) = below(&visit).await?;
    let known = policies.shelf().now().licence().map(Said::of);
    asking_licence(&visit, &known.unwrap_or_default(), None).await
}

pub(crate) async fn record_licence(visit: Visit, Form(said): Form<Said>) -> Outcome {
    let (_, policies) = below(&visit).await?;
    let wanted = said.licence(visit.language()).map(Act::RecordLicence);
    match proposed(&visit, &policies, wanted).await {
        Ok(id) => Ok(done(&format!("/admin/policies/proposals/{id}"), "proposed")),
        Err(mishap) => asking_licence(&visit, &said, Some(mishap)).await,
    }
}

async fn asking_licence(visit: &Visit, said: &Said, mishap: Option<Mishap>) -> Outcome {
    let (page, _) = below(visit).await?;
    let language = page.language;
    let (words, shared) = (PolicyWords::of(language), AdminWords::of(language));
    let sheet = |page| Sheet::new(page, words.record_licence).lede(words.licence_lede);
    if let Err(why) = visit.officer.permit(Permission::ManagePolicies) {
        let mishap = mishap.unwrap_or_else(|| Mishap::of(&why, language));
        return Ok(sheet(page).mishap(Some(mishap)).show());
    }
    let form = Shown::new(language, Method::Post, LICENCE).csrf(page.csrf());
    let form = licence_fields(said, language).into_iter().fold(form, Shown::field);
    let form = form
        .act(Button::new(Manner::Main, words.propose))
        .back(Link::new("/admin/policies", shared.policies));
    let sheet = sheet(page).mishap(mishap);
    let sheet = sheet.below(shared.what_happens, Part::List(vec![words.licence_does.to_owned()]));
    Ok(sheet.part(Part::Form(words.record_licence, form)).show())
}

fn licence_fields(said: &Said, language: Language) -> [Field; 9] {
    let words = PolicyWords::of(language);
    let rule = Citation::of(Rule::new("M15", "12"), language);
    let line = |name: &'static str, label: &str, value: &str| {
        let field = Field::new(language, name, label, Input::Line("text"));
        field.at_most(ITEM_MAX).value(value)
    };
    let day = |name: &'static str, label: &str, value: &str| {
        Field::new(language, name, label, Input::Line("date")).value(value)
    };
    let representative = words.legal_representative;
    [
        line("name", words.name, &said.name).rule(rule),
        line("legal_representative", representative, &said.legal_representative),
        line("address", words.address, &said.address),
        line("contact", words.contact, &said.contact),
        line("number", words.licence_number, &said.number),
        line("issuing_authority", words.issuing_authority, &said.issuing_authority),
        day("issued_on", words.issued_on, &said.issued_on),
        day("valid_from", words.valid_from, &said.valid_from),
        day("valid_until", words.valid_until, &said.valid_until),
    ]
}
