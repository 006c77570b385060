//! Reading a file in clear: the reason first, then the record, then the file (办法 20).

use axum::extract::{Path, State};
use axum::response::Response;
use hefu_applicants::{ApplicantInput, OrganisationInput, PersonInput, Purpose, ReasonInput};
use hefu_rulebook::Language;
use hefu_web::{Form as Sent, PageOfficer};
use serde::Deserialize;

use crate::component::{Act, Citation, Fact, Facts, Field, Form, Input, Link, Manner, Method};
use crate::mishap::Mishap;
use crate::names;
use crate::page::Asked;
use crate::room::{CounterPages, OfFile};
use crate::sheet::{Part, Sheet};
use crate::words::CounterWords;

/// Characters of a reason.
const REASON_MAX: u32 = 500;

/// Why something is opened, as it was typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    purpose: String,
    reason: String,
}

/// The reason; nothing chosen is the commonest purpose, and what was typed decides whether it is one.
pub(crate) fn reason_of(typed: &Typed) -> ReasonInput {
    let purpose = Purpose::named(&typed.purpose).unwrap_or(Purpose::IdentityCheck);
    ReasonInput::new(purpose, &typed.reason)
}

/// The fields that ask for a reason.
pub(crate) fn reason_fields(form: Form, typed: &Typed, language: Language) -> Form {
    let words = CounterWords::of(language);
    let purposes = names::choices(Purpose::ALL, Purpose::as_str, |purpose| {
        names::purpose(purpose, language)
    });
    let reason = Field::new(language, "reason", words.reason, Input::Lines(2));
    form.field(Field::new(language, "purpose", words.purpose, Input::Select(purposes)).value(typed.purpose.clone()))
        .field(
            reason
                .help(words.reason_help)
                .at_most(REASON_MAX)
                .value(typed.reason.clone()),
        )
}

pub(crate) async fn ask(
    State(door): State<CounterPages>,
    officer: PageOfficer,
    asked: Asked,
    Path(id): Path<String>,
) -> Response {
    match door
        .of_file((&officer, &asked, &id), CounterPages::handling(&officer))
        .await
    {
        Ok(file) => asking(&file, &Typed::default(), None),
        Err(answer) => *answer,
    }
}

pub(crate) async fn read(
    State(door): State<CounterPages>,
    officer: PageOfficer,
    asked: Asked,
    Path(id): Path<String>,
    Sent(typed): Sent<Typed>,
) -> Response {
    let file = match door
        .of_file((&officer, &asked, &id), CounterPages::handling(&officer))
        .await
    {
        Ok(file) => file,
        Err(answer) => return *answer,
    };
    let reason = reason_of(&typed);
    match door
        .registry
        .read_file(file.id, reason, officer.id(), (door.clock)())
        .await
    {
        Ok(input) => in_clear(&file, &input),
        Err(why) => asking(&file, &typed, Some(Mishap::of(&why, file.language))),
    }
}

fn asking(file: &OfFile, typed: &Typed, mishap: Option<Mishap>) -> Response {
    let (language, words) = (file.language, file.words);
    let form = Form::new(language, Method::Post, file.path("/reading")).csrf(file.page.csrf());
    let form = reason_fields(form, typed, language)
        .act(Act::new(Manner::Main, words.reading_act))
        .back(Link::new(file.path(""), words.back_to_file));
    let rule = Citation::of(hefu_rulebook::Citation::new("M15", "20"), language);
    Sheet::new(file.below(), words.reading_title)
        .mishap(mishap)
        .part(Part::Ruled(words.reading_lede, rule))
        .form(words.reading_title, form)
        .show()
}

fn in_clear(file: &OfFile, input: &ApplicantInput) -> Response {
    let (language, words) = (file.language, file.words);
    let mut facts = vec![Fact::new(words.kind, names::kind(file.described.filed.kind, language))];
    match input {
        ApplicantInput::Person(one) => facts.extend(person(one, words.of_person, language)),
        ApplicantInput::Organisation(one) => facts.extend(organisation(one, language)),
        ApplicantInput::Staff {
            person: one,
            organisation: other,
            department,
        } => {
            facts.extend(person(one, words.of_person, language));
            facts.extend(department.clone().map(|name| Fact::new(words.department, name)));
            facts.extend(organisation(other, language));
        }
        ApplicantInput::Device {
            name,
            owner,
            responsible,
        } => {
            facts.push(Fact::new(words.device_name, name.clone()));
            facts.extend(organisation(owner, language));
            facts.extend(person(responsible, words.of_responsible, language));
        }
    }
    Sheet::new(file.below(), words.reading_shown)
        .lede(words.reading_recorded)
        .part(Part::Facts(words.reading_shown, Facts::new(facts)))
        .part(Part::Ways(vec![Link::new(file.path(""), words.back_to_file)]))
        .show()
}

fn person(one: &PersonInput, of: &str, language: Language) -> Vec<Fact> {
    let words = CounterWords::of(language);
    let label = |what: &str| match language {
        Language::Chinese => format!("{of}{what}"),
        Language::English => format!("{of}: {what}"),
    };
    let document = names::document(one.document, language);
    let contact = [(words.telephone, &one.telephone), (words.email, &one.email)];
    let contact = contact
        .into_iter()
        .filter_map(|(what, value)| Some((what, value.clone()?)));
    let mut facts = vec![
        Fact::new(label(words.name_of), one.name.clone()),
        Fact::new(label(words.document_of), document),
        Fact::new(label(words.number_of), one.number.clone()),
    ];
    facts.extend(contact.map(|(what, value)| Fact::new(label(what), value)));
    facts
}

fn organisation(one: &OrganisationInput, language: Language) -> Vec<Fact> {
    let words = CounterWords::of(language);
    let mut facts = vec![
        Fact::new(words.organisation_name, one.name.clone()),
        Fact::new(words.organisation_code, one.code.clone()),
    ];
    facts.extend(person(&one.legal_representative, words.of_representative, language));
    if let Some(agent) = &one.agent {
        facts.extend(person(&agent.person, words.of_agent, language));
        facts.push(Fact::new(words.agent_scope, agent.scope.clone()));
        facts.push(Fact::new(words.agent_from, agent.from.to_string()));
        facts.push(Fact::new(words.agent_until, agent.until.to_string()));
    }
    facts
}
