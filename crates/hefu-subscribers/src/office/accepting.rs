//! Delivery and acceptance.

use hefu_database::Connection;
use jiff::Timestamp;

use super::{Act, NewMatter, Office, record};
use crate::access::Purpose;
use crate::delivery::{Answer, Delivery};
use crate::error::SubscriberError;
use crate::facts::{self, By};
use crate::matter::MatterKind;
use crate::registration::Known;
use crate::session::Subscriber;
use crate::store::matter::{self, MatterRow};
use crate::store::supplement as table;
use crate::supplement::WORDS_CHARACTERS_MAX;
use crate::telling::words;

impl Office {
    /// The certificates are about to leave for the holder's hands: recorded before they do. The time to answer runs from the
    /// first delivery.
    ///
    /// # Errors
    /// [`SubscriberError::OtherPurpose`], [`SubscriberError::NotIssued`], or a fault.
    pub async fn deliver(&self, subscriber: &Subscriber, now: Timestamp) -> Result<Delivery, SubscriberError> {
        let what = Act::of("deliver", subscriber, now);
        self.or_refused(&what, subscriber.may(&[Purpose::Delivery])).await?;
        if self.known(&subscriber.application).await?.serial.is_none() {
            return Err(self.refuse(&what, SubscriberError::NotIssued).await);
        }
        let delivery = Delivery {
            application: subscriber.application.clone(),
            delivered_at: now,
            answer_until: now.saturating_add(self.room.terms.answer).unwrap_or(Timestamp::MAX),
            answer: None,
            answered_at: None,
        };
        let by = what.by.clone();
        self.act(what, move |connection| {
            Box::pin(async move {
                let before = table::delivery(connection, &delivery.application).await?;
                if before.is_none() {
                    table::insert_delivery(connection, &delivery).await?;
                }
                let delivery = before.unwrap_or(delivery);
                record(connection, &[facts::handed_over(&delivery, &by)]).await?;
                Ok(delivery)
            })
        })
        .await
    }

    /// What is known of a delivery, once there was one.
    ///
    /// # Errors
    /// A fault.
    pub async fn delivery(&self, application: &str) -> Result<Option<Delivery>, SubscriberError> {
        Ok(table::delivery(&mut *self.room.database.read().await?, application).await?)
    }

    /// Deliveries whose time is over without an answer, the oldest first; for officers to ask after.
    ///
    /// # Errors
    /// A fault.
    pub async fn overdue(&self, now: Timestamp) -> Result<Vec<Delivery>, SubscriberError> {
        Ok(table::overdue(&mut *self.room.database.read().await?, now).await?)
    }

    /// The holder says that the certificate is right, or that it is not and why. A refusal goes to the officers; so does,
    /// after a change of facts, the certificate before this one, which is now to be revoked.
    ///
    /// # Errors
    /// [`SubscriberError`]; a refusal by a rule is recorded.
    pub async fn answer(
        &self,
        subscriber: &Subscriber,
        (answer, reason): (Answer, &str),
        now: Timestamp,
    ) -> Result<Delivery, SubscriberError> {
        let what = Act::of("answer-certificate", subscriber, now);
        let purposes = [Purpose::Portal, Purpose::Delivery];
        self.or_refused(&what, subscriber.may(&purposes)).await?;
        let reason = match answer {
            Answer::Accepted => None,
            Answer::Refused => Some(words(reason, WORDS_CHARACTERS_MAX).ok_or(SubscriberError::Words)?),
        };
        let known = self.known(&subscriber.application).await?;
        let answered = Answered {
            answer,
            digest: reason.as_deref().map(|reason| self.commit(reason)),
            application: known.application.clone(),
            by: what.by.clone(),
            then: self.follow(&known, reason.as_deref(), &what.by).await?,
        };
        self.act(what, move |connection| {
            Box::pin(async move { answered.write(connection, now).await })
        })
        .await
    }

    /// What officers must see after an answer.
    async fn follow(
        &self,
        known: &Known,
        reason: Option<&str>,
        by: &By,
    ) -> Result<Option<(MatterRow, hefu_records::NewEntry)>, SubscriberError> {
        let new = NewMatter {
            kind: MatterKind::Refusal,
            application: &known.application,
            serial: known.serial.as_deref(),
            words: reason.unwrap_or_default(),
            csr: None,
        };
        if reason.is_some() {
            return self.matter(new, by).map(Some);
        }
        let change = matter::change_that_became(&mut *self.room.database.read().await?, &known.application).await?;
        let Some(change) = change else { return Ok(None) };
        let predecessor = NewMatter {
            kind: MatterKind::Predecessor,
            application: &change.application,
            serial: change.serial.as_deref(),
            ..new
        };
        self.matter(predecessor, by).map(Some)
    }
}

/// An answer on its way into the tables.
struct Answered {
    answer: Answer,
    digest: Option<[u8; 32]>,
    application: String,
    by: By,
    then: Option<(MatterRow, hefu_records::NewEntry)>,
}

impl Answered {
    async fn write(self, connection: &mut Connection, now: Timestamp) -> Result<Delivery, SubscriberError> {
        let delivery = table::delivery(connection, &self.application).await?;
        let delivery = delivery.ok_or(SubscriberError::NotDelivered)?;
        delivery.may_answer(now)?;
        let by = &self.by;
        table::answer(connection, &self.application, (self.answer, &by.actor), now).await?;
        let mut entries = vec![facts::answered(&self.application, self.answer, self.digest, by)];
        if let Some((row, opened)) = self.then
            && matter::open_of(connection, &row.application, row.kind).await?.is_none()
        {
            matter::insert(connection, &row).await?;
            entries.push(opened);
        }
        record(connection, &entries).await?;
        Ok(Delivery {
            answer: Some(self.answer),
            answered_at: Some(now),
            ..delivery
        })
    }
}
