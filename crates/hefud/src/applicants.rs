//! Applicants' files in the registration zone: opened, served, and lent to the desk, which knows nothing of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use hefu_applicants::{
    AgreementId, Applicant, ApplicantId, CheckId, DocumentKind, EvidenceError, Likeness, Organisation, Person, Policy,
    Registry, RegistryError, RegistrySettings, Service, ServiceKey, SubjectKind, TextKind,
};
use hefu_database::Database;
use hefu_officers::{OfficerId, Officers};
use hefu_ra::{
    Agreed, AgreementKind, AgreementProof, CaseFiles, CheckOccasion, CheckProof, FileError, Holder, HolderKind,
    LookAlike,
};
use hefu_web::Applicants;
use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::config;
use crate::keys;
use crate::start::{StartError, about, clock};
use crate::zone::Zone;

/// The folder of evidence, where the settings name none.
const EVIDENCE: &str = "evidence";

/// Opens the files of the zone's applicants.
pub(crate) async fn open(settings: &config::Ra, zone: &Zone) -> Result<Registry, StartError> {
    let policy = match &settings.applicants.policy {
        None => Policy::builtin(),
        Some(path) => Policy::from_toml(&text(path)?),
    };
    let opened = Registry::open(RegistrySettings {
        database: zone.database.clone(),
        device: Arc::clone(&zone.device),
        folder: folder(settings),
        policy: policy.map_err(about("[ra.applicants] policy"))?,
    });
    opened.await.map_err(about("[ra.applicants] evidence"))
}

/// Beside the zone's database, or beside its device where the database is no file.
fn folder(settings: &config::Ra) -> PathBuf {
    if let Some(folder) = &settings.applicants.evidence {
        return folder.clone();
    }
    let database = settings.zone.database.strip_prefix("sqlite://");
    let file = database.map(|path| Path::new(path.split('?').next().unwrap_or(path)));
    let beside = file.unwrap_or(&settings.zone.device);
    beside.parent().unwrap_or(Path::new("")).join(EVIDENCE)
}

/// The officers' door to the files.
pub(crate) fn door(
    registry: Registry,
    officers: &Arc<Officers>,
    settings: &config::Ra,
    provider: &str,
) -> Result<Applicants, StartError> {
    Ok(Applicants {
        registry,
        officers: Arc::clone(officers),
        services: Arc::new(services(settings)?),
        provider: provider.to_owned(),
        clock: clock(),
    })
}

/// The outside verification services that the settings name.
fn services(settings: &config::Ra) -> Result<Vec<Service>, StartError> {
    let named = settings.applicants.verification.iter();
    named.map(service).collect()
}

fn service(settings: &config::Verification) -> Result<Service, StartError> {
    let what = || format!("[[ra.applicants.verification]] {}", settings.name);
    let key = match (&settings.secret_file, &settings.public_key) {
        (Some(secret), None) => ServiceKey::HmacSm3(Zeroizing::new(text(secret)?.trim().as_bytes().to_vec())),
        (None, Some(key)) => ServiceKey::Sm2(keys::public_key(key)?),
        _ => return Err(about(what())("name one of `secret_file` and `public_key`")),
    };
    let window = Duration::from_secs(u64::from(settings.window_seconds));
    Service::new(&settings.name, key, window).map_err(about(what()))
}

fn text(path: &Path) -> Result<String, StartError> {
    fs::read_to_string(path).map_err(|why| StartError::File {
        path: path.to_owned(),
        why: why.to_string(),
    })
}

/// The files, as the desk sees them; the database tells what applicants owe.
pub(crate) struct Files(pub(crate) Registry, pub(crate) Database);

impl CaseFiles for Files {
    fn holder<'a>(&'a self, applicant: &'a str) -> BoxFuture<'a, Result<Holder, FileError>> {
        Box::pin(async move {
            let id = file(applicant)?;
            let filed = self.0.filed(id).await.map_err(told)?;
            if let Some(since) = filed.restricted_at {
                return Err(told(EvidenceError::Restricted { since }.into()));
            }
            Ok(holder(&self.0.applicant(id).await.map_err(told)?))
        })
    }

    fn check<'a>(&'a self, number: &'a str, about: &'a str) -> BoxFuture<'a, Result<Option<CheckProof>, FileError>> {
        Box::pin(async move {
            let Ok(id) = number.parse::<CheckId>() else {
                return Ok(None);
            };
            let Some(proof) = found(self.0.check(id).await)? else {
                return Ok(None);
            };
            let occasion = match proof.occasion {
                "application" => CheckOccasion::Application,
                "renewal" => CheckOccasion::Renewal,
                _ => CheckOccasion::Revocation,
            };
            Ok((proof.about == about).then_some(CheckProof {
                about: proof.about,
                applicant: proof.applicant,
                at: proof.at,
                by: proof.by,
                good_until: proof.good_until,
                number: proof.id,
                occasion,
                sm3: proof.sm3,
            }))
        })
    }

    fn agreement<'a>(&'a self, number: &'a str) -> BoxFuture<'a, Result<Option<Agreed>, FileError>> {
        Box::pin(async move {
            let Ok(id) = number.parse::<AgreementId>() else {
                return Ok(None);
            };
            let Some(agreement) = found(self.0.agreement(id).await)? else {
                return Ok(None);
            };
            let proof = agreement.proof();
            let (text, kind) = match TextKind::named(proof.kind) {
                Some(TextKind::Notice) => (TextKind::Notice, AgreementKind::Notice),
                _ => (TextKind::Contract, AgreementKind::Contract),
            };
            let in_force = self.0.text_in_force(text).await.map_err(told)?;
            Ok(Some(Agreed {
                in_force: in_force.version() == proof.version,
                proof: AgreementProof {
                    applicant: proof.applicant,
                    kind,
                    number: proof.id,
                    sm3: proof.sm3,
                    version: proof.version,
                },
            }))
        })
    }

    fn note_key<'a>(
        &'a self,
        applicant: &'a str,
        key_sm3: [u8; 32],
        by: OfficerId,
        at: Timestamp,
    ) -> BoxFuture<'a, Result<(), FileError>> {
        Box::pin(async move {
            let noted = self.0.note_key(file(applicant)?, key_sm3, by, at).await;
            noted.map_err(told)
        })
    }

    fn look_alikes<'a>(&'a self, applicant: &'a str) -> BoxFuture<'a, Result<Vec<LookAlike>, FileError>> {
        Box::pin(async move {
            let findings = self.0.look_alikes(file(applicant)?).await.map_err(told)?;
            let shown = findings.into_iter().map(|finding| LookAlike {
                applicant: finding.other.to_string(),
                likeness: Likeness::as_str(finding.likeness),
            });
            Ok(shown.collect())
        })
    }

    fn owes<'a>(&'a self, application: &'a str) -> BoxFuture<'a, Result<Option<Timestamp>, FileError>> {
        Box::pin(async move {
            let since = hefu_subscribers::owed(&self.1, application).await;
            since.map_err(|fault| Arc::new(fault) as FileError)
        })
    }
}

fn told(error: RegistryError) -> FileError {
    Arc::new(error)
}

fn file(number: &str) -> Result<ApplicantId, FileError> {
    number.parse().map_err(|_| told(RegistryError::Unknown("applicant")))
}

/// What there is not, is no error here: the desk says so in its own words.
fn found<T>(outcome: Result<T, RegistryError>) -> Result<Option<T>, FileError> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(RegistryError::Unknown(_)) => Ok(None),
        Err(error) => Err(told(error)),
    }
}

/// What a file says of its applicant, by the names of subject fields.
pub(crate) fn holder(applicant: &Applicant) -> Holder {
    let mut fields = vec![("common_name", applicant.name().to_owned())];
    fields.extend(applicant.organisation().into_iter().flat_map(organisation));
    if let Applicant::Person(it) | Applicant::Staff { person: it, .. } = applicant {
        fields.extend(person(it));
    }
    let kind = match applicant.kind() {
        SubjectKind::Person => HolderKind::Person,
        SubjectKind::Organisation => HolderKind::Organisation,
        SubjectKind::Staff => HolderKind::Staff,
        SubjectKind::Device => HolderKind::Device,
    };
    Holder {
        kind,
        fields: fields.into_iter().collect(),
    }
}

fn organisation(organisation: &Organisation) -> [(&'static str, String); 2] {
    [
        ("organisation", organisation.name().to_owned()),
        ("unified_social_credit_code", organisation.number().reveal().to_owned()),
    ]
}

fn person(person: &Person) -> Option<(&'static str, String)> {
    let number = person.number().reveal().to_owned();
    match person.document() {
        DocumentKind::ResidentIdentity => Some(("identity_number", number)),
        DocumentKind::Passport => Some(("passport_number", number)),
        DocumentKind::Other => None,
    }
}
