//! Batches in role ra: the office, its door, and the port by which it reaches the registration desk.
//!
//! A row is entered under a number that was reserved before, so that the desk can be asked afterwards whether it was.
//! A row that names its applicant is entered on the applicant's file, which is registered first or found again by number
//! and name: a kill between the two leaves one file, and the row goes on with it. Notice, contract and the check of
//! identity are then still the officers' to do (电子签名法 20; 办法 21, 22).

mod applicant;

use std::sync::Arc;

use futures_util::future::BoxFuture;
use hefu_applicants::{Applicant, Registry};
use hefu_batch::{Approved, Declined, Finding, Intake, Office, OfficeSettings, RowEntry, Then};
use hefu_officers::{Officer, OfficerId, Officers, Permission};
use hefu_ra::{
    ApplicationError, ApplicationId, Basis, ContractInput, Desk, DeskError, IdentityInput, NewApplication, NoticeInput,
    subject_fits,
};
use hefu_rulebook::{Explain, Kind, Language, day_of};
use hefu_web::Batches;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::applicants::holder;
use crate::start::{Start, StartError, about, clock};
use crate::zone::Zone;

/// Opens the office and adds its door; the pages stand on the same one.
pub(crate) async fn open(
    zone: &Zone,
    desk: &Desk,
    registry: &Registry,
    officers: &Arc<Officers>,
    start: &mut Start,
) -> Result<Office, StartError> {
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
            office: office.clone(),
            officers: Arc::clone(officers),
            clock: clock(),
        }
        .routes(),
    );
    Ok(office)
}

/// The desk, the applicants' files and the register of officers, as batches see them.
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

    /// The number of the file of the applicant whom the row names.
    async fn file(&self, row: &RowEntry, by: OfficerId, now: Timestamp) -> Result<Option<String>, Declined> {
        let Some(input) = applicant::input(row).map_err(Declined::Refused)? else {
            return Ok(None);
        };
        let found = self.registry.register_once(&input, by, now).await;
        found.map(|id| Some(id.to_string())).map_err(|why| declined(&why))
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
        // The desk refuses, and records, an officer who may not enter any more; no file is left behind then.
        let file = match officer.permit(Permission::Enter) {
            Ok(by) => self.file(&row, by, now).await?,
            Err(_) => None,
        };
        let csr = row.csr_der();
        let new = NewApplication {
            profile: row.profile,
            subject: row.subject,
            applicant: file,
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
        let Some(input) = applicant::input(row)? else {
            let profile = self.desk.profiles().get(&row.profile);
            return if profile.is_some_and(|profile| profile.law_scope().is_inside()) {
                Err(applicant::missing())
            } else {
                Ok(())
            };
        };
        let parsed = Applicant::parse(&input, day_of(now)).map_err(|error| applicant::told(row, &error))?;
        let profile = self.desk.profiles().get(&row.profile);
        let fits = profile.map_or(Ok(()), |profile| subject_fits(profile, &row.subject, &holder(&parsed)));
        fits.map_err(|error| said(&error))
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
fn declined(error: &(impl Explain + std::fmt::Display)) -> Declined {
    if error.kind() == Kind::Fault {
        tracing::error!(
            code = error.code(),
            "a row of a batch was not entered or approved: {error}"
        );
        return Declined::Fault(error.to_string());
    }
    Declined::Refused(said(error))
}

fn said(error: &impl Explain) -> Box<Finding> {
    let mut told = finding(
        None,
        error.code(),
        &error.message(Language::Chinese),
        &error.message(Language::English),
    );
    told.rule = error.citation().map(hefu_batch::Rule::from);
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
