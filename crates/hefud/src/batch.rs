//! Batches in role ra: the office, its door, and the port by which it reaches the registration desk.
//!
//! A row is entered under a number that was reserved before, so that the desk can be asked afterwards whether it was.
//! Where a row names an applicant, the file is opened first, under a number that follows from the application's: so a
//! file too is there once, whenever the work was cut off. What the law wants after that (notice, contract, evidence, the
//! check of identity) happens in the file, for each applicant; a sheet cannot say it.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use hefu_applicants::{
    Applicant, ApplicantId, ApplicantInput, DocumentKind, ID_OCTETS, OrganisationInput, PersonInput, Registry,
};
use hefu_batch::{ApplicantField, Approved, Declined, Finding, Intake, Office, OfficeSettings, RowEntry, Then};
use hefu_officers::{Officer, OfficerId, Officers, Permission};
use hefu_ra::{
    ApplicationError, ApplicationId, Basis, ContractInput, Desk, DeskError, IdentityInput, NewApplication, NoticeInput,
};
use hefu_rulebook::{Citation, Explain, Kind, Language, day_of};
use hefu_web::Batches;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::start::{Start, StartError, about, clock};
use crate::zone::Zone;

/// Opens the office and adds its door.
pub(crate) async fn open(
    zone: &Zone,
    (desk, registry): (&Desk, &Registry),
    officers: &Arc<Officers>,
    start: &mut Start,
) -> Result<(), StartError> {
    let office = Office::open(OfficeSettings {
        database: zone.database.clone(),
        device: Arc::clone(&zone.device),
        profiles: Arc::clone(desk.profiles()),
        intake: Arc::new(Counter {
            desk: desk.clone(),
            registry: registry.clone(),
            officers: Arc::clone(officers),
        }),
        clock: clock(),
        faults: Arc::new(|id, why| tracing::error!(batch = %id, "work on a batch ended with a fault: {why}")),
    });
    let office = office.await.map_err(about("batches"))?;
    start.serve(
        Batches {
            office,
            officers: Arc::clone(officers),
            clock: clock(),
        }
        .routes(),
    );
    Ok(())
}

/// The desk and the register of officers, as batches see them.
struct Counter {
    desk: Desk,
    registry: Registry,
    officers: Arc<Officers>,
}

/// What is said once for all rows: sections of the application, as at the counter.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Together {
    #[serde(default)]
    notice: Option<Basis<NoticeInput>>,
    #[serde(default)]
    contract: Option<Basis<ContractInput>>,
    #[serde(default)]
    identity: Option<Basis<IdentityInput>>,
}

impl Together {
    fn read(value: &Value) -> Result<Self, serde_json::Error> {
        match value {
            Value::Null => Ok(Self::default()),
            value => Self::deserialize(value),
        }
    }
}

impl Counter {
    /// The officer in whose name is acted; one who left the register acts no more.
    fn officer(&self, id: OfficerId) -> Result<Officer, Declined> {
        let found = self.officers.all().into_iter().find(|officer| officer.id() == id);
        found.ok_or_else(|| Declined::Fault(format!("{} is not on the register", id.actor())))
    }

    /// The number of the applicant's file, which is opened unless it is there.
    async fn file(
        &self,
        officer: &Officer,
        application: &str,
        input: &ApplicantInput,
        now: Timestamp,
    ) -> Result<String, Declined> {
        officer
            .permit(Permission::Enter)
            .map_err(|why| declined(&DeskError::from(why)))?;
        let digest = gm_suite::sm3(format!("hefu-batch applicant of {application}").as_bytes());
        let mut number = [0; ID_OCTETS];
        number.iter_mut().zip(digest).for_each(|(place, octet)| *place = octet);
        let filed = self
            .registry
            .register_once(ApplicantId::new(number), input, officer.id(), now)
            .await;
        filed.map(|id| id.to_string()).map_err(|why| declined(&why))
    }

    async fn enter_row(
        &self,
        by: OfficerId,
        application: &str,
        row: RowEntry,
        together: &Value,
        now: Timestamp,
    ) -> Result<(), Declined> {
        let officer = self.officer(by)?;
        let sections = Together::read(together).map_err(|why| Declined::Fault(why.to_string()))?;
        let csr = row.csr_der();
        let applicant = match particulars(&row).map_err(Declined::Refused)? {
            Some(input) => Some(self.file(&officer, application, &input, now).await?),
            None => None,
        };
        let new = NewApplication {
            profile: row.profile,
            subject: row.subject,
            applicant,
            csr,
            validity_days: row.validity_days,
            notice: sections.notice,
            contract: sections.contract,
            identity: sections.identity,
        };
        let entered = self.desk.enter_reserved(&officer, number(application)?, new, now).await;
        entered.map(drop).map_err(|why| declined(&why))
    }
}

impl Intake for Counter {
    fn examine(&self, row: &RowEntry, now: Timestamp) -> Result<(), Box<Finding>> {
        let inside = self
            .desk
            .profiles()
            .get(&row.profile)
            .is_some_and(|profile| profile.law_scope().is_inside());
        match particulars(row)? {
            Some(input) => Applicant::parse(&input, day_of(now))
                .map(drop)
                .map_err(|why| wrong(&why)),
            None if inside => Err(lacking(ApplicantField::Number)),
            None => Ok(()),
        }
    }

    fn examine_together(&self, together: &Value) -> Result<(), Box<Finding>> {
        Together::read(together).map(drop).map_err(|why| {
            let why = why.to_string();
            finding(None, "together-malformed", &why, &why)
        })
    }

    fn reserve(&self, now: Timestamp) -> Result<String, Declined> {
        self.desk
            .reserve(now)
            .map(|id| id.to_string())
            .map_err(|why| declined(&why))
    }

    fn is_entered<'a>(&'a self, application: &'a str) -> BoxFuture<'a, Result<bool, Declined>> {
        Box::pin(async move {
            match self.desk.application(number(application)?).await {
                Ok(_) => Ok(true),
                Err(DeskError::Application(ApplicationError::Unknown(_))) => Ok(false),
                Err(error) => Err(declined(&error)),
            }
        })
    }

    fn enter<'a>(
        &'a self,
        by: OfficerId,
        application: &'a str,
        row: RowEntry,
        together: &'a Value,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<(), Declined>> {
        Box::pin(self.enter_row(by, application, row, together, now))
    }

    fn approve<'a>(
        &'a self,
        by: OfficerId,
        application: &'a str,
        then: Then,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Approved, Declined>> {
        Box::pin(async move {
            let (officer, id) = (self.officer(by)?, number(application)?);
            let then = match then {
                Then::Stop => hefu_ra::Then::Stop,
                Then::Issue => hefu_ra::Then::Issue,
            };
            let Err(error) = self.desk.approve(&officer, id, then, now).await else {
                return Ok(Approved::Yes);
            };
            match error.code() {
                "already-approved" | "already-issued" => Ok(Approved::Yes),
                "out-of-order" => {
                    let view = self.desk.application(id).await.map_err(|why| declined(&why))?;
                    let stage = serde_json::to_value(&view).unwrap_or_default();
                    let stage = stage.get("state").and_then(Value::as_str).unwrap_or_default();
                    Ok(Approved::NotReady(stage.to_owned()))
                }
                _ => Err(declined(&error)),
            }
        })
    }
}

/// What is not our fault is for good; for the rest the batch waits.
fn declined(error: &dyn Explain) -> Declined {
    if error.kind() == Kind::Fault {
        tracing::error!(
            code = error.code(),
            "a row of a batch was not entered or approved: {error}"
        );
        return Declined::Fault(error.to_string());
    }
    Declined::Refused(wrong(error))
}

/// An error as a finding about a row.
fn wrong(error: &dyn Explain) -> Box<Finding> {
    let mut told = finding(
        None,
        error.code(),
        &error.message(Language::Chinese),
        &error.message(Language::English),
    );
    told.rule = error.citation().map(hefu_batch::Rule::from);
    told
}

/// What a row says of its applicant: somebody on an organisation's staff, an organisation, or a person.
fn particulars(row: &RowEntry) -> Result<Option<ApplicantInput>, Box<Finding>> {
    use ApplicantField::{
        Document, Email, Name, Number, OrganisationCode, OrganisationName, RepresentativeDocument, RepresentativeName,
        RepresentativeNumber, Telephone,
    };
    if row.applicant.is_empty() {
        return Ok(None);
    }
    let is_person = [Name, Number].iter().any(|field| row.applicant(*field).is_some());
    let is_organisation = [OrganisationName, OrganisationCode]
        .iter()
        .any(|field| row.applicant(*field).is_some());
    let organisation = || {
        Ok::<_, Box<Finding>>(OrganisationInput {
            name: needed(row, OrganisationName)?,
            code: needed(row, OrganisationCode)?,
            legal_representative: somebody(row, [RepresentativeName, RepresentativeDocument, RepresentativeNumber])?,
            agent: None,
        })
    };
    let person = || {
        Ok::<_, Box<Finding>>(PersonInput {
            telephone: row.applicant(Telephone).map(str::to_owned),
            email: row.applicant(Email).map(str::to_owned),
            ..somebody(row, [Name, Document, Number])?
        })
    };
    Ok(Some(match (is_person, is_organisation) {
        (true, true) => ApplicantInput::Staff {
            person: person()?,
            organisation: organisation()?,
            department: row.applicant(ApplicantField::Department).map(str::to_owned),
        },
        (false, true) => ApplicantInput::Organisation(organisation()?),
        (true | false, false) => ApplicantInput::Person(person()?),
    }))
}

/// A person by name, document and number; the document is a resident's identity card when the sheet does not say.
fn somebody(row: &RowEntry, [name, document, number]: [ApplicantField; 3]) -> Result<PersonInput, Box<Finding>> {
    let kind = row
        .applicant(document)
        .map(|word| serde_json::from_value(Value::from(word)));
    Ok(PersonInput {
        name: needed(row, name)?,
        document: kind
            .unwrap_or(Ok(DocumentKind::ResidentIdentity))
            .map_err(|_| lacking(document))?,
        number: needed(row, number)?,
        telephone: None,
        email: None,
    })
}

fn needed(row: &RowEntry, field: ApplicantField) -> Result<String, Box<Finding>> {
    row.applicant(field).map(str::to_owned).ok_or_else(|| lacking(field))
}

/// A column that a row leaves empty.
fn lacking(field: ApplicantField) -> Box<Finding> {
    let mut told = finding(
        Some(&field.as_str().to_owned()),
        "applicant-incomplete",
        &format!("应填写{}：电子签名认证证书应先有申请人档案", field.zh()),
        &format!(
            "{} is needed: a certificate for electronic signatures is applied for out of an applicant's file",
            field.as_str()
        ),
    );
    told.rule = Some(hefu_batch::Rule::from(Citation::new("ESL", "20")));
    told
}

fn finding(column: Option<&String>, code: &str, zh: &str, en: &str) -> Box<Finding> {
    Box::new(Finding {
        column: column.cloned(),
        value: None,
        code: code.to_owned(),
        zh: zh.to_owned(),
        en: en.to_owned(),
        rule: None,
    })
}

fn number(application: &str) -> Result<ApplicationId, Declined> {
    application
        .parse()
        .map_err(|why: ApplicationError| Declined::Fault(why.to_string()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Together;

    #[test]
    fn what_is_said_for_all_rows_is_read_strictly() {
        for (value, good) in [
            (json!(null), true),
            (json!({}), true),
            (json!({"notice": {"version": "1"}}), true),
            (json!({"notices": {"version": "1"}}), false),
            (json!({"contract": {"version": "1"}}), false),
            (json!([1]), false),
        ] {
            assert_eq!(Together::read(&value).is_ok(), good, "{value}");
        }
    }
}
