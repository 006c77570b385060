//! Files of applicants: registered, found again, looked at for likeness, restricted.

use hefu_database::Connection;
use hefu_officers::OfficerId;
use hefu_rulebook::day_of;
use jiff::Timestamp;

use super::{By, Refused, Registry, RegistryError, random, record};
use crate::applicant::{Applicant, ApplicantInput, SubjectKind};
use crate::erasure::{self, Erasure};
use crate::evidence::{Reason, ReasonInput, may_open};
use crate::facts;
use crate::id::ApplicantId;
use crate::keyed::Of;
use crate::look_alike::{Finding, Likeness, NameRefusal, masked_name, plain, skeleton};
use crate::number::NumberNote;
use crate::store::{self, ApplicantRow, Digests};

/// A file that was opened, and what the officer should look at.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Registered {
    /// Its number.
    pub id: ApplicantId,
    /// Files that are like it.
    pub findings: Vec<Finding>,
    /// What is odd about its numbers.
    pub notes: Vec<NumberNote>,
}

/// A file as lists show it: nothing that must be hidden.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Filed {
    /// Its number.
    pub id: ApplicantId,
    /// What sort of applicant.
    pub kind: SubjectKind,
    /// The applicant's own number, masked.
    pub masked: String,
    /// Who registered it.
    pub registered_by: OfficerId,
    /// When.
    pub registered_at: Timestamp,
    /// Since when its handling is restricted.
    pub restricted_at: Option<Timestamp>,
    /// Until when it must be kept, when its handling is restricted.
    pub retain_until: Option<Timestamp>,
}

impl Filed {
    pub(super) fn of(row: &ApplicantRow) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            masked: row.masked.clone(),
            registered_by: row.registered_by,
            registered_at: row.registered_at,
            restricted_at: row.restricted_at,
            retain_until: row.retain_until,
        }
    }
}

impl Registry {
    /// Registers an applicant. Look-alikes are found and shown, not refused.
    ///
    /// # Errors
    /// [`RegistryError::Applicant`], or a fault.
    pub async fn register(
        &self,
        input: &ApplicantInput,
        by: OfficerId,
        now: Timestamp,
    ) -> Result<Registered, RegistryError> {
        let what = Refused::new("register", "counter".to_owned(), by, now);
        let applicant = match Applicant::parse(input, day_of(now)) {
            Ok(applicant) => applicant,
            Err(error) => return Err(self.refuse(what, error.into()).await),
        };
        let row = self.fresh(input, &applicant, By::new(by, now))?;
        let id = row.id;
        let findings = self
            .act(what, move |connection| {
                Box::pin(async move {
                    insert(connection, &row).await?;
                    Ok(store::alike(connection, id, row.digests).await?)
                })
            })
            .await?;
        Ok(Registered {
            id,
            findings,
            notes: applicant.notes().to_vec(),
        })
    }

    /// The file of this applicant: the one there is with the same number, name, kind and organisation, the oldest of
    /// several, or a new one. Done again it gives the same file, so that work which was cut short can be repeated. What a
    /// file that is found says beyond these four stays as it is.
    ///
    /// # Errors
    /// [`RegistryError::Applicant`]; [`RegistryError::OtherName`] when the number stands in a file under another name
    /// and in none under this; or a fault.
    pub async fn register_once(
        &self,
        input: &ApplicantInput,
        by: OfficerId,
        now: Timestamp,
    ) -> Result<ApplicantId, RegistryError> {
        let what = Refused::new("register", "sheet".to_owned(), by, now);
        let applicant = match Applicant::parse(input, day_of(now)) {
            Ok(applicant) => applicant,
            Err(error) => return Err(self.refuse(what, error.into()).await),
        };
        let row = self.fresh(input, &applicant, By::new(by, now))?;
        let registry = self.clone();
        self.act(what, move |connection| {
            Box::pin(async move {
                let kept = store::with_number(connection, &row.digests.number).await?;
                if let Some(found) = registry.same(&kept, &applicant)? {
                    return Ok(found);
                }
                insert(connection, &row).await?;
                Ok(row.id)
            })
        })
        .await
    }

    /// Which of the files that have the applicant's number is the applicant's.
    fn same(&self, kept: &[ApplicantRow], applicant: &Applicant) -> Result<Option<ApplicantId>, RegistryError> {
        let mut refusal = None;
        for row in kept {
            match likeness(&self.unsealed(row)?, applicant) {
                Sameness::Same => return Ok(Some(row.id)),
                Sameness::OtherRole => {}
                Sameness::OtherName(kept_name, said_name) => {
                    refusal.get_or_insert(NameRefusal {
                        other: row.id,
                        kept: kept_name,
                        said: said_name,
                    });
                }
            }
        }
        refusal.map_or(Ok(None), |refusal| Err(refusal.into()))
    }

    /// A row for a new file.
    fn fresh(&self, input: &ApplicantInput, applicant: &Applicant, by: By) -> Result<ApplicantRow, RegistryError> {
        let id = ApplicantId::new(random()?);
        let plain_input = zeroize::Zeroizing::new(serde_json::to_vec(input).map_err(|_| RegistryError::Unsealed)?);
        Ok(ApplicantRow {
            id,
            kind: applicant.kind(),
            sealed: self.seal(&context(id), &plain_input)?,
            masked: applicant.masked_number(),
            digests: self.digests(applicant),
            registered_by: by.officer,
            registered_at: by.at,
            restricted_at: None,
            retain_until: None,
        })
    }

    pub(super) fn digests(&self, applicant: &Applicant) -> Digests {
        let key = &self.room.key;
        Digests::of(
            key.digest(Of::Number, &applicant.number()),
            key.digest(Of::Name, plain(applicant.name())),
            key.digest(Of::Skeleton, &skeleton(applicant.name())),
        )
    }

    /// A file as lists show it.
    ///
    /// # Errors
    /// [`RegistryError::Unknown`], or a fault.
    pub async fn filed(&self, id: ApplicantId) -> Result<Filed, RegistryError> {
        let row = row(&mut *self.room.database.read().await?, id).await?;
        Ok(Filed::of(&row))
    }

    /// The applicant in clear, for what compares and tells nobody. Personal; people read by [`Registry::read_file`].
    ///
    /// # Errors
    /// [`RegistryError::Unknown`], or a fault.
    pub async fn applicant(&self, id: ApplicantId) -> Result<Applicant, RegistryError> {
        let row = row(&mut *self.room.database.read().await?, id).await?;
        self.unsealed(&row)
    }

    /// The file as it was written at the counter, after who reads it and why was recorded. Personal.
    ///
    /// # Errors
    /// [`RegistryError::Evidence`] without a reason or while handling is restricted; [`RegistryError::Unknown`].
    pub async fn read_file(
        &self,
        id: ApplicantId,
        reason: ReasonInput,
        by: OfficerId,
        now: Timestamp,
    ) -> Result<ApplicantInput, RegistryError> {
        let what = || Refused::new("read-file", id.subject(), by, now);
        let reason = match Reason::try_from(reason) {
            Ok(reason) => reason,
            Err(error) => return Err(self.refuse(what(), error.into()).await),
        };
        let sealed_reason = self.seal(&format!("{}/reason", context(id)), reason.words().as_bytes())?;
        let words = self.room.key.digest(Of::Words, reason.words());
        let file = self
            .act(what(), move |connection| {
                Box::pin(async move {
                    let file = row(connection, id).await?;
                    let by = By::new(may_open(by, &reason, file.restricted_at)?, now);
                    store::insert_reading(connection, id, &reason, &sealed_reason, by).await?;
                    record(connection, facts::file_read(id, &reason, words, by)).await?;
                    Ok(file)
                })
            })
            .await?;
        let plain = self.unseal(&context(id), &file.sealed)?;
        serde_json::from_slice(&plain).map_err(|_| RegistryError::Unsealed)
    }

    pub(super) fn unsealed(&self, row: &ApplicantRow) -> Result<Applicant, RegistryError> {
        let plain = self.unseal(&context(row.id), &row.sealed)?;
        let input: ApplicantInput = serde_json::from_slice(&plain).map_err(|_| RegistryError::Unsealed)?;
        Applicant::parse(&input, day_of(row.registered_at)).map_err(|_| RegistryError::Unsealed)
    }

    /// Files that are like this one.
    ///
    /// # Errors
    /// [`RegistryError::Unknown`], or a fault.
    pub async fn look_alikes(&self, id: ApplicantId) -> Result<Vec<Finding>, RegistryError> {
        let mut connection = self.room.database.read().await?;
        let row = row(&mut connection, id).await?;
        Ok(store::alike(&mut connection, id, row.digests).await?)
    }

    /// Notes that a public key (SM3 of its `SubjectPublicKeyInfo`) is this applicant's. The same again is nothing new.
    ///
    /// # Errors
    /// [`RegistryError::Likeness`] when another file has it.
    pub async fn note_key(
        &self,
        id: ApplicantId,
        key_sm3: [u8; 32],
        by: OfficerId,
        now: Timestamp,
    ) -> Result<(), RegistryError> {
        let what = Refused::new("note-key", id.subject(), by, now);
        self.act(what, move |connection| {
            Box::pin(async move {
                row(connection, id).await?;
                match store::key_holder(connection, &key_sm3).await? {
                    Some(holder) if holder == id => Ok(()),
                    Some(other) => {
                        let likeness = Likeness::SameKey;
                        Finding { other, likeness }.allowed()?;
                        Ok(())
                    }
                    None => {
                        store::insert_public_key(connection, id, &key_sm3, now).await?;
                        record(connection, facts::key_noted(id, &key_sm3, By::new(by, now))).await
                    }
                }
            })
        })
        .await
    }

    /// The person wants the file deleted. While retention runs, its handling is restricted; afterwards the answer is that
    /// it is due, and nothing is changed here.
    ///
    /// # Errors
    /// [`RegistryError::Unknown`], or a fault.
    pub async fn request_erasure(
        &self,
        id: ApplicantId,
        retain_until: Option<Timestamp>,
        by: OfficerId,
        now: Timestamp,
    ) -> Result<Erasure, RegistryError> {
        let what = Refused::new("request-erasure", id.subject(), by, now);
        self.act(what, move |connection| {
            Box::pin(async move {
                row(connection, id).await?;
                let erasure = erasure::decide(retain_until, now);
                if let Erasure::Restrict { retain_until } = erasure {
                    store::restrict(connection, id, retain_until, now).await?;
                    record(connection, facts::restricted(id, retain_until, By::new(by, now))).await?;
                }
                Ok(erasure)
            })
        })
        .await
    }
}

/// How a file of the same number stands to an applicant.
enum Sameness {
    /// The applicant's.
    Same,
    /// The same person in another role: for themselves, or on another organisation's staff.
    OtherRole,
    /// Under another name; both, masked.
    OtherName(String, String),
}

fn likeness(kept: &Applicant, said: &Applicant) -> Sameness {
    let other = |kept: &str, said: &str| Sameness::OtherName(masked_name(kept), masked_name(said));
    if kept.name() != said.name() {
        return other(kept.name(), said.name());
    }
    match (kept.organisation(), said.organisation()) {
        _ if kept.kind() != said.kind() => Sameness::OtherRole,
        (Some(one), Some(two)) if one.number() != two.number() => Sameness::OtherRole,
        (Some(one), Some(two)) if one.name() != two.name() => other(one.name(), two.name()),
        _ => Sameness::Same,
    }
}

async fn insert(connection: &mut Connection, row: &ApplicantRow) -> Result<(), RegistryError> {
    store::insert_applicant(connection, row).await?;
    let by = By::new(row.registered_by, row.registered_at);
    record(connection, facts::registered(row.id, row.kind, &row.sealed, by)).await
}

fn context(id: ApplicantId) -> String {
    format!("hefu-applicants/{}", id.subject())
}

pub(super) async fn row(connection: &mut Connection, id: ApplicantId) -> Result<ApplicantRow, RegistryError> {
    store::applicant(connection, id)
        .await?
        .ok_or(RegistryError::Unknown("applicant"))
}
