//! Applicants: a person, an organisation, somebody on an organisation's staff, a device.
//!
//! 电子签名法 20: the applicant gives true, complete and accurate information. What comes over the counter is an
//! [`ApplicantInput`]; [`Applicant::parse`] makes of it a value whose numbers and dates were checked on that day. Stored
//! is the input, sealed, and it is parsed again when it is opened, so nothing half-checked is ever held.
//!
//! What this does not know: evidence, certificates, and whether any of it is true.

use std::fmt;

use hefu_certificate::ValueCheck;
use hefu_rulebook::{Blame, Citation, Told, explain_by_telling, named};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::number::{CitizenNumber, CreditCode, NumberError, NumberNote, OrganisationCode, masked};
use crate::words::words;

/// Characters of a name: the longest registered names of organisations stay below 100.
const NAME_CHARACTERS_MAX: usize = 128;
/// Characters of a department, a post or the scope of an authorisation.
const PHRASE_CHARACTERS_MAX: usize = 256;
/// Digits of a telephone number with its country (E.164: fifteen), and what people write between them.
const TELEPHONE_CHARACTERS_MAX: usize = 24;

const ESL_20: Citation = Citation::new("ESL", "20");

named! {
    /// What sort of applicant; policies and records name it.
    pub enum SubjectKind {
        /// A natural person.
        Person = "person",
        /// An organisation.
        Organisation = "organisation",
        /// Somebody on an organisation's staff.
        Staff = "staff",
        /// A device with somebody responsible for it.
        Device = "device",
    }
}

/// An applicant, as written at the counter.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ApplicantInput {
    /// A natural person.
    Person(PersonInput),
    /// An organisation.
    Organisation(OrganisationInput),
    /// Somebody on an organisation's staff.
    Staff {
        /// Who.
        person: PersonInput,
        /// Whose staff.
        organisation: OrganisationInput,
        /// Department, if it is to stand in the file.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        department: Option<String>,
    },
    /// A device.
    Device {
        /// Its name: a domain name, or a maker's serial number.
        name: String,
        /// Whose it is.
        owner: OrganisationInput,
        /// Who answers for it.
        responsible: PersonInput,
    },
}

/// A person, as written.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PersonInput {
    /// The name as on the document.
    pub name: String,
    /// Which document.
    pub document: DocumentKind,
    /// Its number.
    pub number: String,
    /// A telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telephone: Option<String>,
    /// A mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// An organisation, as written.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct OrganisationInput {
    /// The name as registered.
    pub name: String,
    /// Credit code of 18 characters, or an old organisation code of 9.
    pub code: String,
    /// The legal representative.
    pub legal_representative: PersonInput,
    /// Who acts for it, when not the legal representative.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentInput>,
}

/// An agent with an authorisation, as written.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct AgentInput {
    /// Who.
    pub person: PersonInput,
    /// For what.
    pub scope: String,
    /// The first day of the authorisation.
    pub from: Date,
    /// The last day of the authorisation.
    pub until: Date,
}

named! {
    /// A document that names a person.
    pub enum DocumentKind {
        /// 居民身份证, and the residence permits that bear a number of the same form.
        ResidentIdentity = "resident-identity",
        /// 护照.
        Passport = "passport",
        /// Another document that the operator takes: a permit for Hong Kong, Macao or Taiwan residents, an officer's card.
        Other = "other",
    }
}

/// A document's number, checked as far as its kind allows.
#[derive(Clone, Eq, PartialEq)]
pub enum DocumentNumber {
    /// A citizen identity number.
    Citizen(CitizenNumber),
    /// A number without a check of its own: 5 to 20 letters and digits.
    Plain(String),
}

impl DocumentNumber {
    /// The number in clear. Personal.
    #[must_use]
    pub fn reveal(&self) -> &str {
        match self {
            Self::Citizen(number) => number.reveal(),
            Self::Plain(number) => number,
        }
    }

    /// The number as it may be shown.
    #[must_use]
    pub fn masked(&self) -> String {
        masked(self.reveal())
    }
}

impl fmt::Debug for DocumentNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.masked())
    }
}

/// A person whose name and number were checked for their form.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Person {
    name: String,
    document: DocumentKind,
    number: DocumentNumber,
    pub(crate) email: Option<String>,
}

impl Person {
    fn parse(input: &PersonInput, today: Date, place: &'static str) -> Result<Self, ApplicantError> {
        let number = match input.document {
            DocumentKind::ResidentIdentity => CitizenNumber::parse(&input.number, today)
                .map(DocumentNumber::Citizen)
                .map_err(|error| ApplicantError::Number { place, error })?,
            DocumentKind::Passport | DocumentKind::Other => {
                let number = input.number.trim().to_ascii_uppercase();
                if !ValueCheck::Passport.passes(&number) {
                    return Err(ApplicantError::Document { place });
                }
                DocumentNumber::Plain(number)
            }
        };
        if input
            .telephone
            .as_deref()
            .is_some_and(|telephone| !is_telephone(telephone))
        {
            return Err(ApplicantError::Telephone { place });
        }
        if input
            .email
            .as_deref()
            .is_some_and(|email| !ValueCheck::Email.passes(email))
        {
            return Err(ApplicantError::Email { place });
        }
        Ok(Self {
            name: words(&input.name, NAME_CHARACTERS_MAX).ok_or(ApplicantError::Name { place })?,
            document: input.document,
            number,
            email: input.email.clone(),
        })
    }

    /// The name. Personal.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Which document.
    #[must_use]
    pub fn document(&self) -> DocumentKind {
        self.document
    }

    /// Its number.
    #[must_use]
    pub fn number(&self) -> &DocumentNumber {
        &self.number
    }
}

/// An organisation's number.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum OrganisationNumber {
    /// Unified social credit code.
    Credit(CreditCode),
    /// Old organisation code.
    Old(OrganisationCode),
}

impl OrganisationNumber {
    /// Reads nine characters (ten with a hyphen) as an old code, anything else as a credit code.
    ///
    /// # Errors
    /// [`NumberError`].
    pub fn parse(text: &str) -> Result<(Self, Vec<NumberNote>), NumberError> {
        if matches!(text.trim().len(), 9 | 10) {
            OrganisationCode::parse(text).map(|(code, notes)| (Self::Old(code), notes))
        } else {
            CreditCode::parse(text).map(|(code, notes)| (Self::Credit(code), notes))
        }
    }

    /// The number in clear.
    #[must_use]
    pub fn reveal(&self) -> &str {
        match self {
            Self::Credit(code) => code.reveal(),
            Self::Old(code) => code.reveal(),
        }
    }
}

/// An agent and for how long.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Agent {
    person: Person,
    scope: String,
    from: Date,
    until: Date,
}

impl Agent {
    /// Who acts.
    #[must_use]
    pub fn person(&self) -> &Person {
        &self.person
    }

    /// For what.
    #[must_use]
    pub fn scope(&self) -> &str {
        &self.scope
    }

    /// Whether the authorisation runs on that day.
    #[must_use]
    pub fn may_act_on(&self, day: Date) -> bool {
        self.from <= day && day <= self.until
    }
}

/// An organisation whose code was checked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Organisation {
    name: String,
    number: OrganisationNumber,
    notes: Vec<NumberNote>,
    legal_representative: Person,
    agent: Option<Agent>,
}

impl Organisation {
    fn parse(input: &OrganisationInput, today: Date) -> Result<Self, ApplicantError> {
        let place = "organisation";
        let (number, notes) =
            OrganisationNumber::parse(&input.code).map_err(|error| ApplicantError::Number { place, error })?;
        let agent = input.agent.as_ref().map(|agent| Self::parse_agent(agent, today));
        Ok(Self {
            name: words(&input.name, NAME_CHARACTERS_MAX).ok_or(ApplicantError::Name { place })?,
            number,
            notes,
            legal_representative: Person::parse(&input.legal_representative, today, "legal_representative")?,
            agent: agent.transpose()?,
        })
    }

    fn parse_agent(input: &AgentInput, today: Date) -> Result<Agent, ApplicantError> {
        if input.until < input.from {
            return Err(ApplicantError::Authorisation);
        }
        Ok(Agent {
            person: Person::parse(&input.person, today, "agent")?,
            scope: words(&input.scope, PHRASE_CHARACTERS_MAX).ok_or(ApplicantError::Authorisation)?,
            from: input.from,
            until: input.until,
        })
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The code.
    #[must_use]
    pub fn number(&self) -> &OrganisationNumber {
        &self.number
    }

    /// What is odd about the code.
    #[must_use]
    pub fn notes(&self) -> &[NumberNote] {
        &self.notes
    }

    /// The legal representative.
    #[must_use]
    pub fn legal_representative(&self) -> &Person {
        &self.legal_representative
    }

    /// Who acts for it, when not the legal representative.
    #[must_use]
    pub fn agent(&self) -> Option<&Agent> {
        self.agent.as_ref()
    }
}

/// An applicant whose numbers and dates were checked on one day.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Applicant {
    /// A natural person.
    Person(Person),
    /// An organisation.
    Organisation(Organisation),
    /// Somebody on an organisation's staff.
    Staff {
        /// Who.
        person: Person,
        /// Whose staff.
        organisation: Organisation,
        /// Department.
        department: Option<String>,
    },
    /// A device.
    Device {
        /// Its name.
        name: String,
        /// Whose it is.
        owner: Organisation,
        /// Who answers for it.
        responsible: Person,
    },
}

impl Applicant {
    /// Checks what was written, as of `today`.
    ///
    /// # Errors
    /// [`ApplicantError`], with the part it is about; never with what was written.
    pub fn parse(input: &ApplicantInput, today: Date) -> Result<Self, ApplicantError> {
        Ok(match input {
            ApplicantInput::Person(person) => Self::Person(Person::parse(person, today, "person")?),
            ApplicantInput::Organisation(organisation) => Self::Organisation(Organisation::parse(organisation, today)?),
            ApplicantInput::Staff {
                person,
                organisation,
                department,
            } => Self::Staff {
                person: Person::parse(person, today, "person")?,
                organisation: Organisation::parse(organisation, today)?,
                department: phrase(department.as_deref(), "department")?,
            },
            ApplicantInput::Device {
                name,
                owner,
                responsible,
            } => Self::Device {
                name: words(name, NAME_CHARACTERS_MAX).ok_or(ApplicantError::Name { place: "device" })?,
                owner: Organisation::parse(owner, today)?,
                responsible: Person::parse(responsible, today, "responsible")?,
            },
        })
    }

    /// What sort of applicant.
    #[must_use]
    pub const fn kind(&self) -> SubjectKind {
        match self {
            Self::Person(_) => SubjectKind::Person,
            Self::Organisation(_) => SubjectKind::Organisation,
            Self::Staff { .. } => SubjectKind::Staff,
            Self::Device { .. } => SubjectKind::Device,
        }
    }

    /// The name that the certificate will be about.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Person(person) | Self::Staff { person, .. } => person.name(),
            Self::Organisation(organisation) => organisation.name(),
            Self::Device { name, .. } => name,
        }
    }

    /// The number by which duplicates are found, with what sort of number it is; a device has its owner's code and its
    /// own name.
    #[must_use]
    pub fn number(&self) -> String {
        match self {
            Self::Person(person) | Self::Staff { person, .. } => {
                format!("{}:{}", person.document.as_str(), person.number.reveal())
            }
            Self::Organisation(organisation) => format!("organisation:{}", organisation.number.reveal()),
            Self::Device { name, owner, .. } => format!("device:{}:{name}", owner.number.reveal()),
        }
    }

    /// The number as it may be shown in lists; a device's name is no secret.
    #[must_use]
    pub fn masked_number(&self) -> String {
        match self {
            Self::Person(person) | Self::Staff { person, .. } => person.number.masked(),
            Self::Organisation(organisation) => masked(organisation.number.reveal()),
            Self::Device { owner, .. } => masked(owner.number.reveal()),
        }
    }

    /// The organisation behind the applicant.
    #[must_use]
    pub fn organisation(&self) -> Option<&Organisation> {
        match self {
            Self::Person(_) => None,
            Self::Organisation(organisation) | Self::Staff { organisation, .. } => Some(organisation),
            Self::Device { owner, .. } => Some(owner),
        }
    }

    /// What is odd and must be looked at.
    #[must_use]
    pub fn notes(&self) -> &[NumberNote] {
        self.organisation().map_or(&[], Organisation::notes)
    }
}

fn phrase(text: Option<&str>, place: &'static str) -> Result<Option<String>, ApplicantError> {
    text.map(|text| words(text, PHRASE_CHARACTERS_MAX).ok_or(ApplicantError::Name { place }))
        .transpose()
}

fn is_telephone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    text.len() <= TELEPHONE_CHARACTERS_MAX
        && (5..=15).contains(&digits)
        && text
            .bytes()
            .all(|octet| octet.is_ascii_digit() || b"+-() ".contains(&octet))
}

/// Why an applicant cannot be taken down; `place` is the part, never its content.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ApplicantError {
    /// A name that is empty, too long or holds control characters.
    #[error(
        "{place}: 1 to {NAME_CHARACTERS_MAX} printable characters are asked for (a department: {PHRASE_CHARACTERS_MAX})"
    )]
    Name {
        /// Which part.
        place: &'static str,
    },
    /// A number that does not stand its check.
    #[error("{place}: {error}")]
    Number {
        /// Which part.
        place: &'static str,
        /// Why.
        error: NumberError,
    },
    /// A document without check digit, of the wrong shape.
    #[error("{place}: a document's number has 5 to 20 letters and digits")]
    Document {
        /// Which part.
        place: &'static str,
    },
    /// No telephone number.
    #[error("{place}: a telephone number has 5 to 15 digits")]
    Telephone {
        /// Which part.
        place: &'static str,
    },
    /// No mail address.
    #[error("{place}: this is no mail address")]
    Email {
        /// Which part.
        place: &'static str,
    },
    /// An authorisation without scope, or that ends before it begins.
    #[error("agent: an authorisation says for what, and ends not before it begins")]
    Authorisation,
}

impl ApplicantError {
    fn tell(&self) -> Told {
        let malformed = |code, zh: String| Told::malformed(code, Blame::Applicant, zh);
        match self {
            Self::Name { place } => malformed(
                "applicant-name-malformed",
                format!("{place}：应为1至{NAME_CHARACTERS_MAX}个可见字符（部门为{PHRASE_CHARACTERS_MAX}个）"),
            ),
            Self::Number { place, error } => {
                let told = error.tell();
                Told {
                    zh: format!("{place}：{}", told.zh),
                    ..told
                }
            }
            Self::Document { place } => malformed(
                "document-number-malformed",
                format!("{place}：证件号码应为5至20位字母或数字"),
            ),
            Self::Telephone { place } => malformed("telephone-malformed", format!("{place}：电话号码应含5至15位数字")),
            Self::Email { place } => malformed("email-malformed", format!("{place}：不是电子邮件地址")),
            Self::Authorisation => Told::refusal(
                "authorisation-malformed",
                Blame::Applicant,
                ESL_20,
                "代理人的授权应写明事项，且终止日期不早于起始日期",
            ),
        }
    }
}

explain_by_telling!(ApplicantError);

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
pub(crate) mod tests {
    use hefu_rulebook::Explain as _;
    use jiff::civil::date;

    use super::*;

    pub(crate) fn li() -> PersonInput {
        PersonInput {
            name: "李明".to_owned(),
            document: DocumentKind::ResidentIdentity,
            number: "11010519491231002X".to_owned(),
            telephone: Some("+86 10 5555 0100".to_owned()),
            email: Some("li@example.cn".to_owned()),
        }
    }

    pub(crate) fn works() -> OrganisationInput {
        OrganisationInput {
            name: "福州示例有限公司".to_owned(),
            code: "91350100M000100Y43".to_owned(),
            legal_representative: li(),
            agent: Some(AgentInput {
                person: PersonInput {
                    name: "王芳".to_owned(),
                    document: DocumentKind::Passport,
                    number: "e12345678".to_owned(),
                    telephone: None,
                    email: None,
                },
                scope: "申请、领取和更新证书".to_owned(),
                from: date(2026, 1, 1),
                until: date(2026, 12, 31),
            }),
        }
    }

    fn check(input: &ApplicantInput) -> String {
        match Applicant::parse(input, date(2026, 11, 22)) {
            Ok(applicant) => format!("{} {}", applicant.kind().as_str(), applicant.masked_number()),
            Err(error) => format!("{}: {error}", error.code()),
        }
    }

    #[test]
    fn each_sort_of_applicant_is_read_and_shown_masked() {
        let device = ApplicantInput::Device {
            name: "vpn.example.cn".to_owned(),
            owner: works(),
            responsible: li(),
        };
        let staff = ApplicantInput::Staff {
            person: li(),
            organisation: works(),
            department: Some("财务部".to_owned()),
        };
        for (input, expected) in [
            (ApplicantInput::Person(li()), "person 110*************2X"),
            (ApplicantInput::Organisation(works()), "organisation 913*************43"),
            (staff, "staff 110*************2X"),
            (device, "device 913*************43"),
        ] {
            assert_eq!(check(&input), expected);
            let json = serde_json::to_vec(&input).unwrap();
            assert_eq!(serde_json::from_slice::<ApplicantInput>(&json).unwrap(), input);
        }
    }

    #[test]
    fn what_is_wrong_is_named_by_its_part_and_never_repeated() {
        let mut nobody = works();
        nobody.legal_representative.name = "\u{7}".to_owned();
        let mut old = works();
        if let Some(agent) = &mut old.agent {
            agent.until = date(2025, 1, 1);
        }
        let person = |change: fn(&mut PersonInput)| {
            let mut person = li();
            change(&mut person);
            ApplicantInput::Person(person)
        };
        for (input, expected) in [
            (
                ApplicantInput::Organisation(nobody),
                "applicant-name-malformed: legal_representative",
            ),
            (ApplicantInput::Organisation(old), "authorisation-malformed: agent"),
            (
                person(|li| li.number = "110105194912310021".to_owned()),
                "identity-number-check: person",
            ),
            (person(|li| li.email = Some("li".to_owned())), "email-malformed: person"),
            (
                person(|li| li.telephone = Some("12".to_owned())),
                "telephone-malformed: person",
            ),
            (person(|li| li.document = DocumentKind::Passport), "person 110"),
            (
                person(|li| {
                    li.document = DocumentKind::Passport;
                    li.number = "E1".to_owned();
                }),
                "document-number-malformed: person",
            ),
        ] {
            let told = check(&input);
            assert!(told.starts_with(expected), "{told}");
            assert!(!told.contains("19491231"), "{told}");
        }
    }

    #[test]
    fn an_authorisation_has_a_first_and_a_last_day() {
        let Applicant::Organisation(works) =
            Applicant::parse(&ApplicantInput::Organisation(works()), date(2026, 11, 22)).unwrap()
        else {
            unreachable!()
        };
        let agent = works.agent().unwrap();
        assert!(agent.may_act_on(date(2026, 12, 31)) && agent.may_act_on(date(2026, 1, 1)));
        assert!(!agent.may_act_on(date(2027, 1, 1)) && !agent.may_act_on(date(2025, 12, 31)));
    }
}
