//! Wishes of subscribers, and how officers settle matters.

use hefu_officers::{Officer, Permission};
use jiff::Timestamp;

use super::{Act, NewMatter, Office, PAGE, context, record};
use crate::access::Purpose;
use crate::error::SubscriberError;
use crate::facts::{self, By};
use crate::id::MatterId;
use crate::matter::{Matter, MatterKind, Outcome, Settlement, Wish};
use crate::registration::Renewing;
use crate::session::Subscriber;
use crate::store::matter as table;
use crate::supplement::WORDS_CHARACTERS_MAX;
use crate::telling::words;

impl Office {
    /// A holder wishes another certificate in place of theirs. An officer checks the identity again (办法 30) and enters it.
    ///
    /// # Errors
    /// [`SubscriberError::Wish`], [`SubscriberError::NotIssued`], [`SubscriberError::Waiting`]; a refusal is recorded.
    pub async fn wish(&self, subscriber: &Subscriber, wish: Wish, now: Timestamp) -> Result<Matter, SubscriberError> {
        let what = Act::of("wish", subscriber, now);
        self.or_refused(&what, subscriber.may(&[Purpose::Portal])).await?;
        let wish = wish.check()?;
        let known = self.known(&subscriber.application).await?;
        let serial = self
            .or_refused(&what, known.serial.ok_or(SubscriberError::NotIssued))
            .await?;
        let new = NewMatter {
            kind: wish.kind,
            application: &known.application,
            serial: Some(&serial),
            words: &wish.words,
            csr: wish.csr.as_deref(),
        };
        let (row, opened) = self.matter(new, &what.by)?;
        let row = self
            .act(what, move |connection| {
                Box::pin(async move {
                    if table::open_of(connection, &row.application, row.kind).await?.is_some() {
                        return Err(SubscriberError::Waiting);
                    }
                    table::insert(connection, &row).await?;
                    record(connection, &[opened]).await?;
                    Ok(row)
                })
            })
            .await?;
        self.shown(row)
    }

    /// Matters that wait for an officer, the oldest first, fifty at a time; `after` is the last that was seen. Personal.
    ///
    /// # Errors
    /// A fault.
    pub async fn open_matters(&self, after: Option<MatterId>) -> Result<Vec<Matter>, SubscriberError> {
        let rows = table::open(&mut *self.room.database.read().await?, after, PAGE).await?;
        rows.into_iter().map(|row| self.shown(row)).collect()
    }

    /// The matters of one application, the newest first. Personal.
    ///
    /// # Errors
    /// A fault.
    pub async fn matters_of(&self, application: &str) -> Result<Vec<Matter>, SubscriberError> {
        let rows = table::of(&mut *self.room.database.read().await?, application, PAGE).await?;
        rows.into_iter().map(|row| self.shown(row)).collect()
    }

    /// One matter. Personal.
    ///
    /// # Errors
    /// [`SubscriberError::Unknown`], or a fault.
    pub async fn matter_with(&self, id: MatterId) -> Result<Matter, SubscriberError> {
        let row = table::one(&mut *self.room.database.read().await?, id).await?;
        self.shown(row.ok_or(SubscriberError::Unknown("matter"))?)
    }

    /// An officer settles a matter. A renewal or a re-key is entered here, with the new check of identity; a change of facts
    /// is entered at the desk out of the applicant's file, and named.
    ///
    /// # Errors
    /// [`SubscriberError::Settled`], [`SubscriberError::NothingCameOfIt`], or what the desk says; a refusal is recorded.
    pub async fn settle(
        &self,
        officer: &Officer,
        id: MatterId,
        settlement: &Settlement,
        now: Timestamp,
    ) -> Result<Matter, SubscriberError> {
        let act = "settle-matter";
        let by = self.permit(officer, Permission::Enter, (act, None), now).await?;
        let said = words(&settlement.words, WORDS_CHARACTERS_MAX).ok_or(SubscriberError::Words)?;
        let matter = self.matter_with(id).await?;
        let what = Act::new(act, Some(&matter.application), By::officer(by, now));
        if !matter.is_open() {
            return Err(self.refuse(&what, SubscriberError::Settled).await);
        }
        let became = self.came_of(officer, &matter, settlement, now).await;
        let became = self.or_refused(&what, became).await?;
        let (outcome, sealed) = (settlement.outcome, self.seal(&context(id, "said"), &said)?);
        let entry = facts::matter_settled(&matter, outcome, became.as_deref(), self.commit(&said), &what.by);
        self.act(what, move |connection| {
            Box::pin(async move {
                let how = (outcome, became.as_deref(), sealed.as_slice());
                if !table::settle(connection, id, how, by, now).await? {
                    return Err(SubscriberError::Settled);
                }
                record(connection, &[entry]).await
            })
        })
        .await?;
        self.matter_with(id).await
    }

    /// The application that came of a matter, where one must.
    async fn came_of(
        &self,
        officer: &Officer,
        matter: &Matter,
        settlement: &Settlement,
        now: Timestamp,
    ) -> Result<Option<String>, SubscriberError> {
        if settlement.outcome == Outcome::Declined || !matter.kind.becomes_an_application() {
            return Ok(None);
        }
        if let Some(number) = &settlement.became {
            return Ok(Some(self.known(number).await?.application));
        }
        match (matter.kind, &settlement.check, &matter.serial) {
            (MatterKind::Renewal | MatterKind::Rekey, Some(check), Some(serial)) => {
                let renewing = Renewing {
                    serial,
                    csr: matter.csr.as_deref(),
                    check,
                };
                let entered = self.room.registration.renew(officer, renewing, now).await;
                Ok(Some(entered.map_err(SubscriberError::elsewhere)?))
            }
            _ => Err(SubscriberError::NothingCameOfIt),
        }
    }
}
