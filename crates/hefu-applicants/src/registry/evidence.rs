//! Evidence: consent, taking in, opening, the answers of outside services, and whether all of it is still whole.

use std::collections::BTreeMap;

use hefu_database::Connection;
use hefu_officers::OfficerId;
use jiff::Timestamp;
use zeroize::Zeroizing;

use super::filing::row;
use super::{By, Refused, Registry, RegistryError, random, record};
use crate::consent::{Consent, ConsentInput};
use crate::evidence::{Evidence, EvidenceError, EvidenceKind, Purpose, Reason, ReasonInput, may_open, may_take};
use crate::facts;
use crate::id::{ApplicantId, ConsentId, EvidenceId, Reference};
use crate::keyed::Of;
use crate::media::Media;
use crate::store::{self, ApplicantRow};
use crate::vault::{Damage, VaultError};
use crate::verification::{self, Answer, Asked, Question, Service, VerificationError};

/// A piece that is handed in.
#[derive(Clone, Copy, Debug)]
pub struct NewEvidence<'a> {
    /// What it shows.
    pub kind: EvidenceKind,
    /// As what type it was handed in.
    pub claimed: Media,
    /// Its content.
    pub content: &'a [u8],
}

impl Registry {
    /// Takes down a consent to biometrics. One that is in force is withdrawn first by whoever wants another.
    ///
    /// # Errors
    /// [`RegistryError::Consent`], [`RegistryError::Unknown`], or a fault.
    pub async fn give_consent(
        &self,
        applicant: ApplicantId,
        input: &ConsentInput,
        by: OfficerId,
        now: Timestamp,
    ) -> Result<Consent, RegistryError> {
        let consent = Consent::give(ConsentId::new(random()?), applicant, input, by, now)?;
        let what = Refused::new("give-consent", applicant.subject(), by, now);
        self.act(what, move |connection| {
            Box::pin(async move {
                unrestricted(&row(connection, applicant).await?)?;
                if let Some(in_force) = store::consent_in_force(connection, applicant).await? {
                    return Ok(in_force);
                }
                store::insert_consent(connection, &consent).await?;
                record(connection, facts::consent_given(&consent)).await?;
                Ok(consent)
            })
        })
        .await
    }

    /// Withdraws the consent in force.
    ///
    /// # Errors
    /// [`RegistryError::Unknown`] when none is in force.
    pub async fn withdraw_consent(
        &self,
        applicant: ApplicantId,
        by: OfficerId,
        now: Timestamp,
    ) -> Result<Consent, RegistryError> {
        let what = Refused::new("withdraw-consent", applicant.subject(), by, now);
        self.act(what, move |connection| {
            Box::pin(async move {
                let consent = store::consent_in_force(connection, applicant).await?;
                let consent = consent.ok_or(RegistryError::Unknown("consent"))?.withdraw(now)?;
                store::withdraw_consent(connection, &consent).await?;
                record(connection, facts::consent_withdrawn(&consent, By::new(by, now))).await?;
                Ok(consent)
            })
        })
        .await
    }

    /// Takes in a piece of evidence: checks its type, seals it, writes it durably, then its row and record.
    ///
    /// # Errors
    /// [`RegistryError::Media`], [`RegistryError::Evidence`], [`RegistryError::Unknown`], or a fault. An answer of an
    /// outside service comes only through [`Registry::answer`].
    pub async fn take_evidence(
        &self,
        applicant: ApplicantId,
        new: NewEvidence<'_>,
        by: OfficerId,
        now: Timestamp,
    ) -> Result<Evidence, RegistryError> {
        if new.kind == EvidenceKind::VerificationResult {
            return Err(VerificationError::NotAsked.into());
        }
        new.claimed.check(new.content)?;
        let what = Refused::new("take-evidence", applicant.subject(), by, now);
        // Asked before the content is sealed, so that nothing biometric is written without consent; and again below.
        let mut reading = self.room.database.read().await?;
        let allowed = may_add(&mut reading, applicant, new.kind).await;
        drop(reading);
        if let Err(error) = allowed {
            return Err(self.refuse(what, error).await);
        }
        let evidence = Evidence {
            id: EvidenceId::new(random()?),
            applicant,
            kind: new.kind,
            media: new.claimed,
            octets: new.content.len() as u64,
            sm3: gm_suite::sm3(new.content),
            taken_by: by.actor(),
            taken_at: now,
            verdict: None,
        };
        let data_key = self.sealed(evidence.id, new.content).await?;
        let kept = evidence.clone();
        let done = self
            .act(what, move |connection| {
                Box::pin(async move {
                    may_add(connection, applicant, kept.kind).await?;
                    store::insert_evidence(connection, &kept, &data_key).await?;
                    record(connection, facts::evidence_taken(&kept)).await
                })
            })
            .await;
        self.kept(evidence, done)
    }

    /// Gives out a content, after who opens it and why was recorded.
    ///
    /// # Errors
    /// [`RegistryError::Evidence`] without a reason or while handling is restricted; [`RegistryError::Vault`] when it is
    /// damaged, which the opening's record does not hide.
    pub async fn open_evidence(
        &self,
        id: EvidenceId,
        reason: ReasonInput,
        by: OfficerId,
        now: Timestamp,
    ) -> Result<(Evidence, Zeroizing<Vec<u8>>), RegistryError> {
        let what = || Refused::new("open-evidence", id.subject(), by, now);
        let reason = match Reason::try_from(reason) {
            Ok(reason) => reason,
            Err(error) => return Err(self.refuse(what(), error.into()).await),
        };
        let sealed_reason = self.seal(
            &format!("hefu-applicants/{}/reason", id.subject()),
            reason.words().as_bytes(),
        )?;
        let words = self.room.key.digest(Of::Words, reason.words());
        let (evidence, data_key) = self
            .act(what(), move |connection| {
                Box::pin(async move {
                    let found = store::evidence(connection, id).await?;
                    let (evidence, data_key) = found.ok_or(RegistryError::Unknown("evidence"))?;
                    let file = row(connection, evidence.applicant).await?;
                    let by = By::new(may_open(by, &reason, file.restricted_at)?, now);
                    store::insert_opening(connection, id, &reason, &sealed_reason, by).await?;
                    record(connection, facts::evidence_opened(&evidence, &reason, words, by)).await?;
                    Ok((evidence, data_key))
                })
            })
            .await?;
        let (vault, wanted) = (self.room.vault.clone(), evidence.clone());
        let content = blocking(move || vault.take(&wanted, &data_key)).await?;
        Ok((evidence, content))
    }

    /// What was gathered in a file, without contents; the newest first.
    ///
    /// # Errors
    /// A fault.
    pub async fn evidence_of(&self, applicant: ApplicantId) -> Result<Vec<Evidence>, RegistryError> {
        Ok(store::evidence_of(&mut *self.room.database.read().await?, applicant).await?)
    }

    /// Asks an outside service: keeps that it was asked, and gives what to send. The fields are not kept.
    ///
    /// # Errors
    /// [`RegistryError::Verification`], [`RegistryError::Evidence`] while handling is restricted, or a fault.
    pub async fn ask(
        &self,
        applicant: ApplicantId,
        (service, fields): (&Service, BTreeMap<String, String>),
        by: OfficerId,
        now: Timestamp,
    ) -> Result<Question, RegistryError> {
        let asked = Asked {
            reference: Reference::new(random()?),
            service: service.name().to_owned(),
            asked_at: now,
            answered_at: None,
        };
        let reference = asked.reference;
        let what = Refused::new("ask-verification", applicant.subject(), by, now);
        let kind = self
            .act(what, move |connection| {
                Box::pin(async move {
                    let file = row(connection, applicant).await?;
                    unrestricted(&file)?;
                    store::insert_question(connection, &asked, applicant, by).await?;
                    record(connection, facts::asked(&asked, applicant, by)).await?;
                    Ok(file.kind)
                })
            })
            .await?;
        Ok(Question::new(reference, kind.as_str(), fields, now)?)
    }

    /// Takes in the answer of an outside service as evidence, once.
    ///
    /// # Errors
    /// [`RegistryError::Verification`]; refusals are recorded under the service's name.
    pub async fn answer(
        &self,
        service: &Service,
        body: &[u8],
        signature: &str,
        now: Timestamp,
    ) -> Result<Evidence, RegistryError> {
        let reference = Answer::parse(body)?.reference();
        let actor = format!("service:{}", service.name());
        let what = || Refused {
            act: "answer-verification",
            subject: reference.subject(),
            actor: actor.clone(),
            at: now,
        };
        let found = store::question(&mut *self.room.database.read().await?, reference).await?;
        let decided = found.ok_or(VerificationError::NotAsked).and_then(|(asked, applicant)| {
            let answer = verification::verify(service, &asked, body, signature, now)?;
            Ok((answer, applicant))
        });
        let (answer, applicant) = match decided {
            Ok(decided) => decided,
            Err(error) => return Err(self.refuse(what(), error.into()).await),
        };
        let evidence = Evidence {
            id: EvidenceId::new(random()?),
            applicant,
            kind: EvidenceKind::VerificationResult,
            media: Media::Json,
            octets: body.len() as u64,
            sm3: gm_suite::sm3(body),
            taken_by: answer.actor(),
            taken_at: now,
            verdict: Some(answer.verdict()),
        };
        let data_key = self.sealed(evidence.id, body).await?;
        let kept = evidence.clone();
        let done = self
            .act(what(), move |connection| {
                Box::pin(async move {
                    // Two copies of one answer may come at once; the second finds the question settled.
                    if store::settle_question(connection, reference, now).await? == 0 {
                        return Err(VerificationError::Replayed.into());
                    }
                    may_add(connection, applicant, kept.kind).await?;
                    store::insert_evidence(connection, &kept, &data_key).await?;
                    record(connection, facts::evidence_taken(&kept)).await
                })
            })
            .await;
        self.kept(evidence, done)
    }

    /// Opens every piece and compares it with its row: what is damaged, and how. Nothing is given out.
    ///
    /// # Errors
    /// A fault of disk or database.
    pub async fn examine(&self) -> Result<Vec<(EvidenceId, Damage)>, RegistryError> {
        let (mut damaged, mut after) = (Vec::new(), String::new());
        loop {
            let portion = store::evidence_after(&mut *self.room.database.read().await?, &after).await?;
            let Some((last, _)) = portion.last() else {
                return Ok(damaged);
            };
            after = last.id.to_string();
            for (evidence, data_key) in portion {
                let vault = self.room.vault.clone();
                match blocking(move || vault.take(&evidence, &data_key)).await {
                    Ok(_) => {}
                    Err(RegistryError::Vault(VaultError::Damaged { id, damage })) => damaged.push((id, damage)),
                    Err(fault) => return Err(fault),
                }
            }
        }
    }

    async fn sealed(&self, id: EvidenceId, content: &[u8]) -> Result<Vec<u8>, RegistryError> {
        let (vault, content) = (self.room.vault.clone(), Zeroizing::new(content.to_vec()));
        blocking(move || vault.put(id, &content)).await
    }

    /// The evidence when its row was kept; otherwise its file goes.
    fn kept(&self, evidence: Evidence, done: Result<(), RegistryError>) -> Result<Evidence, RegistryError> {
        match done {
            Ok(()) => Ok(evidence),
            Err(error) => {
                self.room.vault.discard(evidence.id);
                Err(error)
            }
        }
    }
}

async fn may_add(connection: &mut Connection, applicant: ApplicantId, kind: EvidenceKind) -> Result<(), RegistryError> {
    unrestricted(&row(connection, applicant).await?)?;
    let consent = store::consent_in_force(connection, applicant).await?;
    Ok(may_take(kind, consent.as_ref())?)
}

pub(super) fn unrestricted(file: &ApplicantRow) -> Result<(), EvidenceError> {
    match file.restricted_at {
        Some(since) => Err(EvidenceError::Restricted { since }),
        None => Ok(()),
    }
}

/// Disk and cipher work, away from the threads that serve.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, VaultError> + Send + 'static,
) -> Result<T, RegistryError> {
    let done = tokio::task::spawn_blocking(work).await;
    Ok(done.unwrap_or_else(|_| Err(VaultError::Disk("the worker died".to_owned())))?)
}

impl ReasonInput {
    /// A reason, as code that calls us says it.
    #[must_use]
    pub fn new(purpose: Purpose, words: &str) -> Self {
        Self {
            purpose,
            words: words.to_owned(),
        }
    }
}
