//! Looking at files without opening them: found by exact words, described masked, and what stands in one of them.
//!
//! 办法 20: names and numbers are confidential, so there is no list of names. A file is found by its own number, or by the
//! whole number or name of its applicant, which are compared as keyed digests.

use hefu_officers::OfficerId;
use hefu_rulebook::day_of;
use jiff::Timestamp;

use super::filing::{Filed, row};
use super::{Registry, RegistryError, random, record};
use crate::agreement::{Agreement, Side};
use crate::applicant::{Applicant, ApplicantInput, DocumentKind, OrganisationNumber, SubjectKind};
use crate::check::IdentityProof;
use crate::consent::Consent;
use crate::copy::Copy;
use crate::facts;
use crate::id::{AgreementId, ApplicantId};
use crate::keyed::Of;
use crate::look_alike::{Finding, masked_name, plain};
use crate::number::NumberNote;
use crate::store::{self, ApplicantRow};

/// Characters of what is looked for: the longest name.
const SOUGHT_CHARACTERS_MAX: usize = 128;

/// What an officer should look at before a file is opened.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Preview {
    /// Files that are like it.
    pub findings: Vec<Finding>,
    /// What is odd about its numbers.
    pub notes: Vec<NumberNote>,
}

/// A file as its own page shows it: nothing in clear that must be hidden.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Described {
    /// The file.
    pub filed: Filed,
    /// Its name: a person's masked, an organisation's or a device's whole.
    pub name: String,
    /// The organisation behind it, whole.
    pub organisation: Option<String>,
    /// Whether letters can reach the applicant.
    pub has_address: bool,
    /// What is odd about its numbers.
    pub notes: Vec<NumberNote>,
}

impl Registry {
    /// Files that are found by a file's number, or the whole number or name of an applicant.
    ///
    /// # Errors
    /// A fault.
    pub async fn find(&self, sought: &str) -> Result<Vec<Described>, RegistryError> {
        let sought: String = sought.trim().chars().take(SOUGHT_CHARACTERS_MAX).collect();
        if sought.is_empty() {
            return Ok(Vec::new());
        }
        let key = &self.room.key;
        let mut connection = self.room.database.read().await?;
        let mut rows: Vec<ApplicantRow> = Vec::new();
        if let Ok(id) = sought.parse::<ApplicantId>() {
            rows.extend(store::applicant(&mut connection, id).await?);
        }
        for number in numbers(&sought) {
            let digest = key.digest(Of::Number, &number);
            rows.extend(store::with_number(&mut connection, digest.as_bytes()).await?);
        }
        let name = key.digest(Of::Name, plain(&sought));
        rows.extend(store::with_name(&mut connection, name.as_bytes()).await?);
        rows.sort_unstable_by_key(|row| (std::cmp::Reverse(row.registered_at), row.id));
        rows.dedup_by_key(|row| row.id);
        rows.iter().map(|row| self.describe(row)).collect()
    }

    /// A file as its own page shows it.
    ///
    /// # Errors
    /// [`RegistryError::Unknown`], or a fault.
    pub async fn described(&self, id: ApplicantId) -> Result<Described, RegistryError> {
        let row = row(&mut *self.room.database.read().await?, id).await?;
        self.describe(&row)
    }

    fn describe(&self, row: &ApplicantRow) -> Result<Described, RegistryError> {
        let applicant = self.unsealed(row)?;
        Ok(Described {
            filed: Filed::of(row),
            name: match applicant.kind() {
                SubjectKind::Person | SubjectKind::Staff => masked_name(applicant.name()),
                SubjectKind::Organisation | SubjectKind::Device => applicant.name().to_owned(),
            },
            organisation: applicant.organisation().map(|it| it.name().to_owned()),
            has_address: applicant.contact().email().is_some(),
            notes: applicant.notes().to_vec(),
        })
    }

    /// Looks at an applicant before a file is opened; nothing is kept.
    ///
    /// # Errors
    /// [`RegistryError::Applicant`], or a fault.
    pub async fn preview(&self, input: &ApplicantInput, now: Timestamp) -> Result<Preview, RegistryError> {
        let applicant = Applicant::parse(input, day_of(now))?;
        let nobody = ApplicantId::new(random()?);
        let mut connection = self.room.database.read().await?;
        Ok(Preview {
            findings: store::alike(&mut connection, nobody, self.digests(&applicant)).await?,
            notes: applicant.notes().to_vec(),
        })
    }

    /// What was acknowledged and signed in a file, the newest first, without the names of who signed.
    ///
    /// # Errors
    /// A fault.
    pub async fn agreements_of(&self, applicant: ApplicantId) -> Result<Vec<Agreement>, RegistryError> {
        Ok(store::agreements_of(&mut *self.room.database.read().await?, applicant).await?)
    }

    /// Checks of identity made in a file, the newest first.
    ///
    /// # Errors
    /// [`RegistryError::Unsealed`] when a document does not read as ours, or a fault.
    pub async fn checks_of(&self, applicant: ApplicantId) -> Result<Vec<IdentityProof>, RegistryError> {
        let documents = store::checks_of(&mut *self.room.database.read().await?, applicant).await?;
        let proofs = documents.iter().map(|document| IdentityProof::read(document));
        proofs.map(|proof| proof.ok_or(RegistryError::Unsealed)).collect()
    }

    /// The consent to biometrics that is in force.
    ///
    /// # Errors
    /// A fault.
    pub async fn consent_of(&self, applicant: ApplicantId) -> Result<Option<Consent>, RegistryError> {
        Ok(store::consent_in_force(&mut *self.room.database.read().await?, applicant).await?)
    }

    /// Notes that a copy of an agreement was printed for a side: its SM3 stands in the table and in the records. The same
    /// copy again is nothing new.
    ///
    /// # Errors
    /// [`RegistryError::Unknown`], or a fault; then the copy is not to be handed out.
    pub async fn note_copy(
        &self,
        (agreement, side): (AgreementId, Side),
        pdf: &[u8],
        by: OfficerId,
        now: Timestamp,
    ) -> Result<Copy, RegistryError> {
        let copy = Copy::of(agreement, side, pdf, by, now);
        let noted = self.room.database.write(move |connection| {
            Box::pin(async move {
                let known = store::agreement(connection, agreement).await?;
                known.ok_or(RegistryError::Unknown("agreement"))?;
                if store::insert_copy(connection, &copy).await? {
                    record(connection, facts::copied(&copy)).await?;
                }
                Ok::<_, RegistryError>(copy)
            })
        });
        noted.await
    }

    /// Copies that were printed of an agreement, the newest first.
    ///
    /// # Errors
    /// A fault.
    pub async fn copies_of(&self, agreement: AgreementId) -> Result<Vec<Copy>, RegistryError> {
        Ok(store::copies_of(&mut *self.room.database.read().await?, agreement).await?)
    }
}

/// What a number may be kept as ([`Applicant::number`]): of each sort of document, and an organisation's.
fn numbers(sought: &str) -> Vec<String> {
    let number = sought.to_ascii_uppercase();
    let code = match OrganisationNumber::parse(sought) {
        Ok((code, _)) => code.reveal().to_owned(),
        Err(_) => number.clone(),
    };
    let documents = DocumentKind::ALL.iter();
    documents
        .map(|document| format!("{}:{number}", document.as_str()))
        .chain([format!("organisation:{code}")])
        .collect()
}
