//! Supplements: asked for by an officer, answered by the applicant, taken back.

use hefu_officers::{Officer, Permission};
use jiff::Timestamp;
use zeroize::Zeroizing;

use super::{Act, NewMatter, Office, in_order, record};
use crate::access::Purpose;
use crate::error::SubscriberError;
use crate::facts::{self, By};
use crate::id::SupplementId;
use crate::matter::MatterKind;
use crate::registration::{KnownState, SUPPLEMENT_OCTETS_MAX};
use crate::session::Subscriber;
use crate::store::matter;
use crate::store::supplement::{self as table, AnswerRow, SupplementRow};
use crate::supplement::{Supplement, WORDS_CHARACTERS_MAX};
use crate::telling::words;

/// A file that comes with an answer; its type is told by its content.
#[derive(Clone)]
pub struct File(Zeroizing<Vec<u8>>);

impl File {
    /// A file.
    #[must_use]
    pub fn new(content: Vec<u8>) -> Self {
        Self(Zeroizing::new(content))
    }
}

impl std::fmt::Debug for File {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "File({} octets)", self.0.len())
    }
}

impl Office {
    /// An officer asks for a supplement, with the reason that the applicant reads. Until it is answered or taken back the
    /// application is not approved.
    ///
    /// # Errors
    /// [`SubscriberError`]; a refusal is recorded.
    pub async fn ask_supplement(
        &self,
        officer: &Officer,
        application: &str,
        reason: &str,
        now: Timestamp,
    ) -> Result<Supplement, SubscriberError> {
        let act = ("ask-supplement", Some(application));
        let by = self.permit(officer, Permission::Enter, act, now).await?;
        let reason = words(reason, WORDS_CHARACTERS_MAX).ok_or(SubscriberError::Words)?;
        let known = self.known(application).await?;
        let what = Act::new(act.0, Some(&known.application), By::officer(by, now));
        if known.state != KnownState::Open {
            return Err(self.refuse(&what, SubscriberError::Decided).await);
        }
        let id = SupplementId::new(in_order(now)?);
        let row = SupplementRow {
            id,
            application: known.application,
            asked_by: by,
            asked_at: now,
            reason: self.seal(&context(id, "reason"), &reason)?,
            answer: None,
            evidence: Vec::new(),
            closed_at: None,
        };
        let entry = facts::supplement_asked(id, &row.application, self.commit(&reason), &what.by);
        let row = self
            .act(what, move |connection| {
                Box::pin(async move {
                    if table::open(connection, &row.application).await?.is_some() {
                        return Err(SubscriberError::SupplementOpen);
                    }
                    table::insert(connection, &row).await?;
                    record(connection, &[entry]).await?;
                    Ok(row)
                })
            })
            .await?;
        self.read(row)
    }

    /// Takes a question back: what was lacking came by another way.
    ///
    /// # Errors
    /// [`SubscriberError::NoSupplement`]; a refusal is recorded.
    pub async fn drop_supplement(
        &self,
        officer: &Officer,
        application: &str,
        now: Timestamp,
    ) -> Result<(), SubscriberError> {
        let act = ("drop-supplement", Some(application));
        let by = self.permit(officer, Permission::Enter, act, now).await?;
        let by = By::officer(by, now);
        let what = Act::new(act.0, Some(application), by.clone());
        let application = application.to_owned();
        self.act(what, move |connection| {
            Box::pin(async move {
                let open = table::open(connection, &application).await?;
                let open = open.ok_or(SubscriberError::NoSupplement)?;
                table::close(connection, open.id, None, now).await?;
                record(connection, &[facts::supplement_dropped(open.id, &application, &by)]).await
            })
        })
        .await
    }

    /// The questions of an application with their answers, the newest first. Personal.
    ///
    /// # Errors
    /// A fault.
    pub async fn supplements(&self, application: &str) -> Result<Vec<Supplement>, SubscriberError> {
        let rows = table::of(&mut *self.room.database.read().await?, application).await?;
        rows.into_iter().map(|row| self.read(row)).collect()
    }

    /// The applicant answers: words, and files into their evidence. The application can go on; officers are told.
    ///
    /// Files are kept first, each with a record of its own; when the answer then fails they stay in the applicant's file, and
    /// the answer is given again.
    ///
    /// # Errors
    /// [`SubscriberError`]; a refusal is recorded.
    pub async fn answer_supplement(
        &self,
        subscriber: &Subscriber,
        (said, files): (&str, Vec<File>),
        now: Timestamp,
    ) -> Result<(), SubscriberError> {
        let what = Act::of("answer-supplement", subscriber, now);
        self.or_refused(&what, subscriber.may(&[Purpose::Portal])).await?;
        let said = words(said, WORDS_CHARACTERS_MAX).ok_or(SubscriberError::Words)?;
        let open = table::open(&mut *self.room.database.read().await?, &subscriber.application).await?;
        let open = self
            .or_refused(&what, open.ok_or(SubscriberError::NoSupplement))
            .await?;
        let answer = AnswerRow {
            answer: self.seal(&context(open.id, "answer"), &said)?,
            evidence: self.kept(subscriber, files, now).await?,
            by: subscriber.actor(),
        };
        let by = what.by.clone();
        let new = NewMatter {
            kind: MatterKind::Supplement,
            application: &open.application,
            serial: None,
            words: &said,
            csr: None,
        };
        let (row, opened) = self.matter(new, &by)?;
        let digest = self.commit(&said);
        let answered = facts::supplement_answered(open.id, &open.application, digest, &answer.evidence, &by);
        self.act(what, move |connection| {
            Box::pin(async move {
                if !table::close(connection, open.id, Some(&answer), now).await? {
                    return Err(SubscriberError::NoSupplement);
                }
                let told = matter::open_of(connection, &open.application, MatterKind::Supplement).await?;
                let mut entries = vec![answered];
                if told.is_none() {
                    matter::insert(connection, &row).await?;
                    entries.push(opened);
                }
                record(connection, &entries).await
            })
        })
        .await
    }

    /// Puts files into the applicant's evidence.
    async fn kept(
        &self,
        subscriber: &Subscriber,
        files: Vec<File>,
        now: Timestamp,
    ) -> Result<Vec<String>, SubscriberError> {
        if files.is_empty() {
            return Ok(Vec::new());
        }
        if files.iter().map(|file| file.0.len()).sum::<usize>() > SUPPLEMENT_OCTETS_MAX {
            return Err(SubscriberError::FilesTooLarge);
        }
        if !self.known(&subscriber.application).await?.has_file {
            return Err(SubscriberError::NoFile);
        }
        let mut numbers = Vec::with_capacity(files.len());
        for File(content) in files {
            let registration = &self.room.registration;
            let kept = registration.keep(subscriber.vouched_by, &subscriber.application, &content, now);
            numbers.push(kept.await.map_err(SubscriberError::elsewhere)?);
        }
        Ok(numbers)
    }

    fn read(&self, row: SupplementRow) -> Result<Supplement, SubscriberError> {
        let answer = row.answer.as_deref();
        Ok(Supplement {
            reason: self.unseal(&context(row.id, "reason"), &row.reason)?,
            answer: answer
                .map(|answer| self.unseal(&context(row.id, "answer"), answer))
                .transpose()?,
            id: row.id,
            application: row.application,
            asked_by: row.asked_by,
            asked_at: row.asked_at,
            evidence: row.evidence,
            closed_at: row.closed_at,
        })
    }
}

fn context(id: SupplementId, what: &str) -> String {
    format!("hefu-subscribers/{}/{what}", id.subject())
}
