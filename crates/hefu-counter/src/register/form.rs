//! The fields of each kind of applicant: what is asked, what was typed, and which field an error is about.

use std::borrow::Cow;
use std::collections::BTreeMap;

use hefu_applicants::{
    AgentInput, ApplicantError, ApplicantInput, DocumentKind, OrganisationInput, PersonInput, SubjectKind,
};
use hefu_rulebook::Language;
use hefu_web::given;
use serde::Deserialize;

use crate::component::{Act, Field, Form, Input, Link, Manner, Method};
use crate::names;
use crate::words::CounterWords;

/// Characters of a name.
const NAME_MAX: u32 = 128;
/// Characters of a number, a code.
const NUMBER_MAX: u32 = 20;
/// Characters of a telephone number.
const TELEPHONE_MAX: u32 = 24;
/// Characters of a mail address (RFC 5321: 254).
const EMAIL_MAX: u32 = 254;
/// Characters of a department, a scope.
const PHRASE_MAX: u32 = 256;
/// The field that says that what is alike was looked at.
const LOOKED_AT: &str = "looked_at";

/// What was typed, by the names of fields.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct Typed(BTreeMap<String, String>);

/// A field that is wrong, and why.
pub(super) type Wrong = Option<(String, String)>;

impl Typed {
    #[cfg(test)]
    pub(crate) fn of(fields: &[(&str, &str)]) -> Self {
        let fields = fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Self(fields.collect())
    }

    fn text(&self, name: &str) -> String {
        self.0.get(name).map(|text| text.trim().to_owned()).unwrap_or_default()
    }

    fn some(&self, name: &str) -> Option<String> {
        given(&self.text(name))
    }

    pub(super) fn looked_at(&self) -> String {
        self.text(LOOKED_AT)
    }

    fn person(&self, who: &str) -> PersonInput {
        let document = DocumentKind::named(&self.text(&format!("{who}-document")));
        PersonInput {
            name: self.text(&format!("{who}-name")),
            document: document.unwrap_or(DocumentKind::ResidentIdentity),
            number: self.text(&format!("{who}-number")),
            telephone: self.some(&format!("{who}-telephone")),
            email: self.some(&format!("{who}-email")),
        }
    }

    /// Nothing for an agent of whom nothing was typed; the outer nothing for a day that is none.
    #[expect(clippy::option_option, reason = "two questions, each with a no")]
    fn agent(&self) -> Option<Option<AgentInput>> {
        let fields = ["agent-name", "agent-number", "agent-scope", "agent-from", "agent-until"];
        if fields.iter().all(|field| self.text(field).is_empty()) {
            return Some(None);
        }
        Some(Some(AgentInput {
            person: self.person("agent"),
            scope: self.text("agent-scope"),
            from: self.text("agent-from").parse().ok()?,
            until: self.text("agent-until").parse().ok()?,
        }))
    }

    fn organisation(&self) -> Option<OrganisationInput> {
        Some(OrganisationInput {
            name: self.text("organisation-name"),
            code: self.text("organisation-number"),
            legal_representative: self.person("legal_representative"),
            agent: self.agent()?,
        })
    }

    /// The applicant as written; nothing for a day that is none.
    pub(crate) fn input(&self, kind: SubjectKind) -> Option<ApplicantInput> {
        Some(match kind {
            SubjectKind::Person => ApplicantInput::Person(self.person("person")),
            SubjectKind::Organisation => ApplicantInput::Organisation(self.organisation()?),
            SubjectKind::Staff => ApplicantInput::Staff {
                person: self.person("person"),
                organisation: self.organisation()?,
                department: self.some("department-name"),
            },
            SubjectKind::Device => ApplicantInput::Device {
                name: self.text("device-name"),
                owner: self.organisation()?,
                responsible: self.person("responsible"),
            },
        })
    }
}

/// The field that an error is about.
pub(super) fn field_of(error: &ApplicantError) -> String {
    let (place, part) = match error {
        ApplicantError::Name { place } => (place, "name"),
        ApplicantError::Number { place, .. } | ApplicantError::Document { place } => (place, "number"),
        ApplicantError::Telephone { place } => (place, "telephone"),
        ApplicantError::Email { place } => (place, "email"),
        ApplicantError::Authorisation => (&"agent", "scope"),
    };
    format!("{place}-{part}")
}

/// Fields in the making.
struct Making<'a> {
    typed: &'a Typed,
    wrong: Wrong,
    language: Language,
    words: &'static CounterWords,
    form: Form,
}

/// The form of a kind; `looked_at` marks what was shown of files that are alike.
pub(super) fn form(
    kind: SubjectKind,
    typed: &Typed,
    (looked_at, wrong): (&str, Wrong),
    csrf: Option<&str>,
    language: Language,
) -> Form {
    let words = CounterWords::of(language);
    let action = format!("/desk/applicants/new/{}", kind.as_str());
    let making = Making {
        typed,
        wrong,
        language,
        words,
        form: Form::new(language, Method::Post, action)
            .csrf(csrf)
            .hidden(LOOKED_AT, looked_at),
    };
    let making = match kind {
        SubjectKind::Person => making.person("person", words.of_person),
        SubjectKind::Organisation => making.organisation(),
        SubjectKind::Staff => {
            let making = making.person("person", words.of_person).organisation();
            making.line(
                "department-name".to_owned(),
                words.department.to_owned(),
                PHRASE_MAX,
                false,
            )
        }
        SubjectKind::Device => {
            let making = making.line("device-name".to_owned(), words.device_name.to_owned(), NAME_MAX, true);
            making.organisation().person("responsible", words.of_responsible)
        }
    };
    let act = if looked_at.is_empty() {
        words.register_act
    } else {
        words.register_anyway
    };
    making
        .form
        .act(Act::new(Manner::Main, act))
        .back(Link::new("/desk/applicants", words.applicants))
}

impl Making<'_> {
    fn field(mut self, name: String, label: String, input: Input, finish: impl FnOnce(Field) -> Field) -> Self {
        let error = match &self.wrong {
            Some((wrong, text)) if *wrong == name => Some(text.clone()),
            _ => None,
        };
        let value = self.typed.text(&name);
        let field = Field::new(self.language, Cow::Owned(name), label, input).value(value);
        self.form = self.form.field(finish(field).error(error));
        self
    }

    fn line(self, name: String, label: String, most: u32, is_asked: bool) -> Self {
        self.field(name, label, Input::Line("text"), |field| {
            let field = field.at_most(most);
            if is_asked { field } else { field.optional() }
        })
    }

    /// Name, document and number; `of` says whose.
    fn papers(self, who: &str, of: &str, is_asked: bool) -> Self {
        let (language, words) = (self.language, self.words);
        let label = |what: &str| match language {
            Language::Chinese => format!("{of}{what}"),
            Language::English => format!("{of}: {what}"),
        };
        let documents = names::choices(DocumentKind::ALL, DocumentKind::as_str, |kind| {
            names::document(kind, language)
        });
        self.line(format!("{who}-name"), label(words.name_of), NAME_MAX, is_asked)
            .field(
                format!("{who}-document"),
                label(words.document_of),
                Input::Select(documents),
                |field| field,
            )
            .line(format!("{who}-number"), label(words.number_of), NUMBER_MAX, is_asked)
    }

    fn contact(self, who: &str, of: &str) -> Self {
        let (language, words) = (self.language, self.words);
        let label = |what: &str| match language {
            Language::Chinese => format!("{of}{what}"),
            Language::English => format!("{of}: {what}"),
        };
        self.field(
            format!("{who}-telephone"),
            label(words.telephone),
            Input::Line("tel"),
            |field| field.at_most(TELEPHONE_MAX).optional(),
        )
        .field(
            format!("{who}-email"),
            label(words.email),
            Input::Line("email"),
            |field| field.at_most(EMAIL_MAX).help(words.email_help).optional(),
        )
    }

    fn person(self, who: &str, of: &str) -> Self {
        self.papers(who, of, true).contact(who, of)
    }

    fn organisation(self) -> Self {
        let words = self.words;
        let making = self
            .line(
                "organisation-name".to_owned(),
                words.organisation_name.to_owned(),
                NAME_MAX,
                true,
            )
            .field(
                "organisation-number".to_owned(),
                words.organisation_code.to_owned(),
                Input::Line("text"),
                |field| field.at_most(NUMBER_MAX).help(words.organisation_code_help),
            )
            .papers("legal_representative", words.of_representative, true)
            .contact("legal_representative", words.of_representative)
            .papers("agent", words.of_agent, false)
            .contact("agent", words.of_agent);
        let making = making.field(
            "agent-scope".to_owned(),
            words.agent_scope.to_owned(),
            Input::Line("text"),
            |field| field.at_most(PHRASE_MAX).help(words.agent_help).optional(),
        );
        making
            .field(
                "agent-from".to_owned(),
                words.agent_from.to_owned(),
                Input::Line("date"),
                Field::optional,
            )
            .field(
                "agent-until".to_owned(),
                words.agent_until.to_owned(),
                Input::Line("date"),
                Field::optional,
            )
    }
}
