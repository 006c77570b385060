//! The office: load → decide → record → save, one transaction per act.
//!
//! Acts of officers ask their role first; acts of subscribers ask what their code was given for. A refusal is recorded and
//! changes nothing; a fault goes to the log of whoever calls.

mod accepting;
mod entering;
mod losing;
mod settling;
mod supplementing;

use std::sync::Arc;

use futures_util::future::BoxFuture;
use hefu_database::{Connection, Database, DatabaseError};
use hefu_officers::{Officer, OfficerId, Permission};
use hefu_records::NewEntry;
use hefu_rulebook::{Explain as _, Kind};
use jiff::{SignedDuration, Timestamp};
use key_device::KeyDevice;
use zeroize::Zeroizing;

pub use entering::AppliedFor;
pub use losing::Loss;
pub use supplementing::File;

use crate::error::SubscriberError;
use crate::facts::{self, By};
use crate::gate::Gate;
use crate::id::MatterId;
use crate::keyed::{DigestKey, KEY_OCTETS, Of};
use crate::matter::{Matter, MatterKind};
use crate::registration::{Known, Registration};
use crate::session::Subscriber;
use crate::store;
use crate::store::matter::MatterRow;

/// The name of the key of the digests in the table, and the context of its seal.
const DIGEST_KEY: &str = "subscribers-1";
/// Matters on one page.
const PAGE: i64 = 50;

/// How long things last here; all of it the operator's, because no law that is known sets it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Terms {
    /// A code for the portal.
    pub portal: SignedDuration,
    /// A code for one delivery.
    pub delivery: SignedDuration,
    /// A code to report a loss.
    pub loss: SignedDuration,
    /// Longest time between two uses of a session.
    pub idle: SignedDuration,
    /// Longest life of a session.
    pub absolute: SignedDuration,
    /// How long after delivery a holder may accept or refuse.
    pub answer: SignedDuration,
}

impl Default for Terms {
    fn default() -> Self {
        const DAY: i64 = 24;
        Self {
            // As long as an application with a supplement takes, with a holiday in it.
            portal: SignedDuration::from_hours(30 * DAY),
            // From the telephone to the machine where the key is, or over a week-end.
            delivery: SignedDuration::from_hours(3 * DAY),
            // Longer than any certificate of the built-in profiles: it lies in a drawer.
            loss: SignedDuration::from_hours(1830 * DAY),
            idle: SignedDuration::from_mins(20),
            absolute: SignedDuration::from_hours(4),
            answer: SignedDuration::from_hours(15 * DAY),
        }
    }
}

/// What an office is made of.
pub struct OfficeSettings {
    /// The registration authority's own database, with the migrations of records and of this crate.
    pub database: Database,
    /// The device that seals words and the key of the digests.
    pub device: Arc<dyn KeyDevice>,
    /// Registration and applicants' files.
    pub registration: Arc<dyn Registration>,
    /// How long things last.
    pub terms: Terms,
}

/// The office of subscribers' affairs. Cheap to clone.
#[derive(Clone)]
pub struct Office {
    room: Arc<Room>,
}

struct Room {
    database: Database,
    device: Arc<dyn KeyDevice>,
    registration: Arc<dyn Registration>,
    terms: Terms,
    key: DigestKey,
    codes: Gate,
    signatures: Gate,
}

impl std::fmt::Debug for Office {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Office")
    }
}

impl Office {
    /// Opens the office: its key, made by the device's first use.
    ///
    /// # Errors
    /// [`SubscriberError`], always a fault.
    pub async fn open(settings: OfficeSettings) -> Result<Self, SubscriberError> {
        let OfficeSettings {
            database,
            device,
            registration,
            terms,
        } = settings;
        let key = digest_key(&database, &device).await?;
        Ok(Self {
            room: Arc::new(Room {
                database,
                device,
                registration,
                terms,
                key,
                codes: Gate::default(),
                signatures: Gate::default(),
            }),
        })
    }

    /// How long things last.
    #[must_use]
    pub fn terms(&self) -> Terms {
        self.room.terms
    }

    async fn write<T, F>(&self, job: F) -> Result<T, SubscriberError>
    where
        F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T, SubscriberError>> + Send + 'static,
        T: Send + 'static,
    {
        self.room.database.write(job).await
    }

    /// Runs an act in a transaction; records it when a rule says no.
    async fn act<T, F>(&self, what: Act, job: F) -> Result<T, SubscriberError>
    where
        F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T, SubscriberError>> + Send + 'static,
        T: Send + 'static,
    {
        match self.write(job).await {
            Ok(done) => Ok(done),
            Err(error) => Err(self.refuse(&what, error).await),
        }
    }

    /// Records a refusal, if it is one, and gives it back; or the fault that kept it from being recorded.
    async fn refuse(&self, what: &Act, error: SubscriberError) -> SubscriberError {
        if error.kind() != Kind::Refusal {
            return error;
        }
        let entry = facts::refused(what.name, what.application.as_deref(), &what.by, &error);
        match self.record(entry).await {
            Ok(()) => error,
            Err(fault) => fault,
        }
    }

    /// The value, or the refusal after it was recorded.
    async fn or_refused<T>(
        &self,
        what: &Act,
        outcome: Result<T, impl Into<SubscriberError>>,
    ) -> Result<T, SubscriberError> {
        match outcome {
            Ok(value) => Ok(value),
            Err(error) => Err(self.refuse(what, error.into()).await),
        }
    }

    async fn record(&self, entry: NewEntry) -> Result<(), SubscriberError> {
        self.write(move |connection| Box::pin(async move { record(connection, &[entry]).await }))
            .await
    }

    /// Whether the officer may; a refusal is recorded.
    async fn permit(
        &self,
        officer: &Officer,
        permission: Permission,
        (name, application): (&'static str, Option<&str>),
        now: Timestamp,
    ) -> Result<OfficerId, SubscriberError> {
        let what = Act::new(name, application, By::officer(officer.id(), now));
        self.or_refused(&what, officer.permit(permission)).await
    }

    /// What registration knows of an application.
    async fn known(&self, application: &str) -> Result<Known, SubscriberError> {
        let known = self.room.registration.application(application).await;
        known.map_err(SubscriberError::elsewhere)
    }

    fn seal(&self, context: &str, plain: &str) -> Result<Vec<u8>, SubscriberError> {
        Ok(self.room.device.seal(context.as_bytes(), plain.as_bytes())?)
    }

    fn unseal(&self, context: &str, sealed: &[u8]) -> Result<String, SubscriberError> {
        let plain = self.room.device.open(context.as_bytes(), sealed)?;
        let text = std::str::from_utf8(&plain).map_err(|_| SubscriberError::Unsealed)?;
        Ok(text.to_owned())
    }

    /// What records say of words.
    fn commit(&self, words: &str) -> [u8; 32] {
        self.room.key.digest(Of::Words, words.as_bytes())
    }

    /// A new matter of a subscriber: its row, with words sealed, and its record.
    fn matter(&self, new: NewMatter<'_>, by: &By) -> Result<(MatterRow, NewEntry), SubscriberError> {
        let id = MatterId::new(in_order(by.at)?);
        let row = MatterRow {
            id,
            kind: new.kind,
            application: new.application.to_owned(),
            serial: new.serial.map(str::to_owned),
            opened_by: by.actor.clone(),
            opened_at: by.at,
            words: self.seal(&context(id, "words"), new.words)?,
            request: self.seal(&context(id, "request"), new.csr.unwrap_or_default())?,
            done: None,
            outcome: None,
            settled_by: None,
            settled_at: None,
            became: None,
            said: None,
        };
        let entry = facts::matter_opened(&row, self.commit(new.words), by);
        Ok((row, entry))
    }

    /// A matter with its words in clear.
    fn shown(&self, row: MatterRow) -> Result<Matter, SubscriberError> {
        let csr = self.unseal(&context(row.id, "request"), &row.request)?;
        let said = row.said.as_deref();
        Ok(Matter {
            words: self.unseal(&context(row.id, "words"), &row.words)?,
            csr: Some(csr).filter(|csr| !csr.is_empty()),
            said: said
                .map(|said| self.unseal(&context(row.id, "said"), said))
                .transpose()?,
            id: row.id,
            kind: row.kind,
            application: row.application,
            serial: row.serial,
            opened_by: row.opened_by,
            opened_at: row.opened_at,
            done: row.done,
            outcome: row.outcome,
            settled_by: row.settled_by,
            settled_at: row.settled_at,
            became: row.became,
        })
    }
}

/// What a new matter is about.
#[derive(Clone, Copy)]
struct NewMatter<'a> {
    kind: MatterKind,
    application: &'a str,
    serial: Option<&'a str>,
    words: &'a str,
    csr: Option<&'a str>,
}

/// An act that may be refused.
#[derive(Clone, Debug)]
struct Act {
    name: &'static str,
    application: Option<String>,
    by: By,
}

impl Act {
    fn new(name: &'static str, application: Option<&str>, by: By) -> Self {
        Self {
            name,
            application: application.map(str::to_owned),
            by,
        }
    }

    fn of(name: &'static str, subscriber: &Subscriber, now: Timestamp) -> Self {
        Self::new(name, Some(&subscriber.application), By::new(subscriber.actor(), now))
    }
}

fn context(id: MatterId, what: &str) -> String {
    format!("hefu-subscribers/{}/{what}", id.subject())
}

async fn record(connection: &mut Connection, entries: &[NewEntry]) -> Result<(), SubscriberError> {
    if !entries.is_empty() {
        hefu_records::append(connection, entries).await?;
    }
    Ok(())
}

fn random<const N: usize>() -> Result<[u8; N], SubscriberError> {
    gm_suite::random().map_err(|_| SubscriberError::NoRandomness)
}

/// Sixteen octets that sort by time: 48 bits of milliseconds, then 80 random bits.
fn in_order(now: Timestamp) -> Result<[u8; 16], SubscriberError> {
    let time = now.as_millisecond().to_be_bytes();
    let random: [u8; 10] = random()?;
    let mut octets = [0; 16];
    for (place, octet) in octets.iter_mut().zip(time.into_iter().skip(2).chain(random)) {
        *place = octet;
    }
    Ok(octets)
}

async fn digest_key(database: &Database, device: &Arc<dyn KeyDevice>) -> Result<DigestKey, SubscriberError> {
    let fresh: Zeroizing<[u8; KEY_OCTETS]> = Zeroizing::new(random()?);
    let sealed = device.seal(DIGEST_KEY.as_bytes(), fresh.as_slice())?;
    let kept: Vec<u8> = database
        .write(move |connection| {
            Box::pin(async move {
                if let Some(kept) = store::key(connection, DIGEST_KEY).await? {
                    return Ok::<_, DatabaseError>(kept);
                }
                store::insert_key(connection, DIGEST_KEY, &sealed).await?;
                Ok(sealed)
            })
        })
        .await?;
    let octets = device.open(DIGEST_KEY.as_bytes(), &kept)?;
    let octets: [u8; KEY_OCTETS] = octets.as_slice().try_into().map_err(|_| SubscriberError::Unsealed)?;
    Ok(DigestKey::new(Zeroizing::new(octets)))
}
