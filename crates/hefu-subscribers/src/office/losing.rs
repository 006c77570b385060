//! A lost key, at any hour.
//!
//! 电子签名法 15: a signatory who knows that the key is or may be compromised tells at once and stops using it. With a code
//! the certificate is suspended at once, which relying parties see as "revoked" with the reason of a hold; the revocation for
//! good waits for the check of identity that 办法 30 asks for. A signature with the certificate's own key shows more than any
//! paper that its holder, or whoever has the key, asks; then it is revoked at once.
//!
//! What must be signed has no time in it: a holder may sign it while the key is there and lay it aside for the day when it is
//! not. Whoever else can make the signature has the key, and then the certificate must go all the same.

use jiff::Timestamp;

use super::{Act, NewMatter, Office, record};
use crate::access::Purpose;
use crate::error::{Elsewhere, SubscriberError};
use crate::facts::{self, By};
use crate::gate::Heard;
use crate::id::MatterId;
use crate::matter::MatterKind;
use crate::registration::{Known, Means};
use crate::session::Subscriber;
use crate::store::matter::{self as table, MatterRow};
use crate::supplement::WORDS_CHARACTERS_MAX;
use crate::telling::words;

/// The doer of what only the key was needed for.
const HOLDER: &str = "holder-of-the-key";

/// What became of a report.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Loss {
    /// Serial number of the certificate that was taken out of use; of a pair the signing certificate's.
    pub serial: String,
    /// "suspended" or "revoked".
    pub done: &'static str,
}

impl Office {
    /// What the key signs to have its certificate revoked, as octets of UTF-8.
    #[must_use]
    pub fn loss_statement(serial: &str) -> String {
        format!("hefu loss report/1: {}", serial.to_ascii_lowercase())
    }

    /// The holder, who has a code, reports the key lost: written down first, then suspended at once. Again is the same.
    ///
    /// # Errors
    /// [`SubscriberError::NotIssued`]; [`SubscriberError::StillInUse`] when it is written down and could not be done yet: it
    /// is reported again, or done by the officers, who see it.
    pub async fn report_loss(
        &self,
        subscriber: &Subscriber,
        said: &str,
        now: Timestamp,
    ) -> Result<Loss, SubscriberError> {
        let what = Act::of("report-loss", subscriber, now);
        let purposes = [Purpose::Portal, Purpose::Loss];
        self.or_refused(&what, subscriber.may(&purposes)).await?;
        let said = match said.trim() {
            "" => String::new(),
            said => words(said, WORDS_CHARACTERS_MAX).ok_or(SubscriberError::Words)?,
        };
        let known = self.known(&subscriber.application).await?;
        let access = subscriber.access().to_string();
        self.lost(known, (Means::Code(&access), &said), what).await
    }

    /// The key itself reports that it is lost: a signature over [`Office::loss_statement`]; revoked at once.
    ///
    /// # Errors
    /// [`SubscriberError::NotTheKey`], [`SubscriberError::TooMany`]; otherwise as [`Office::report_loss`].
    pub async fn report_loss_signed(
        &self,
        serial: &str,
        signature: &[u8],
        now: Timestamp,
    ) -> Result<Loss, SubscriberError> {
        // Anybody can ask for this, and each try costs a verification.
        if self.room.signatures.is_closed(now) {
            return Err(SubscriberError::TooMany);
        }
        let registration = &self.room.registration;
        let statement = Self::loss_statement(serial);
        let signed = registration
            .is_signed(serial, statement.as_bytes(), signature, now)
            .await;
        if !signed.map_err(SubscriberError::elsewhere)? {
            return Err(match self.room.signatures.wrong(now) {
                Heard::Yes => {
                    let what = Act::new("report-loss-signed", None, By::new(facts::VISITOR, now));
                    self.refuse(&what, SubscriberError::NotTheKey).await
                }
                Heard::TooMany => SubscriberError::TooMany,
            });
        }
        let known = registration.application_of(serial, now).await;
        let known = known.map_err(SubscriberError::elsewhere)?;
        let what = Act::new("report-loss-signed", Some(&known.application), By::new(HOLDER, now));
        self.lost(known, (Means::Key, ""), what).await
    }

    async fn lost(&self, known: Known, (means, said): (Means<'_>, &str), what: Act) -> Result<Loss, SubscriberError> {
        let now = what.by.at;
        let serial = self
            .or_refused(&what, known.serial.clone().ok_or(SubscriberError::NotIssued))
            .await?;
        let id = self.note_loss(&known, (&serial, means, said), &what.by).await?;
        let stopped = self.room.registration.stop(&serial, means, now).await;
        let done = stopped.map_err(|why| SubscriberError::StillInUse(Elsewhere(why)))?;
        let entry = facts::loss_answered(&known.application, &serial, done, &what.by);
        self.write(move |connection| {
            Box::pin(async move {
                table::done(connection, id, done).await?;
                record(connection, &[entry]).await
            })
        })
        .await?;
        Ok(Loss { serial, done })
    }

    /// Writes the report down, once for as long as officers have not settled it; its number.
    async fn note_loss(
        &self,
        known: &Known,
        (serial, means, said): (&str, Means<'_>, &str),
        by: &By,
    ) -> Result<MatterId, SubscriberError> {
        let word = match means {
            Means::Code(_) => "code",
            Means::Key => "key",
        };
        let reported = facts::loss_reported(&known.application, serial, word, by);
        let new = NewMatter {
            kind: MatterKind::Loss,
            application: &known.application,
            serial: Some(serial),
            words: said,
            csr: None,
        };
        let (row, opened): (MatterRow, _) = self.matter(new, by)?;
        self.write(move |connection| {
            Box::pin(async move {
                let before = table::open_of(connection, &row.application, MatterKind::Loss).await?;
                let mut entries = vec![reported];
                let id = if let Some(before) = before {
                    before.id
                } else {
                    table::insert(connection, &row).await?;
                    entries.push(opened);
                    row.id
                };
                record(connection, &entries).await?;
                Ok(id)
            })
        })
        .await
    }
}
