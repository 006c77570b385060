//! The office: takes sheets in, checks them, has their rows entered and approved, tells how far each is.
//!
//! ```text
//! upload ─▶ rows sealed, in portions ─▶ record ─▶ check in the background ─▶ record
//! start, resume ─▶ portion: numbers reserved, written down ─▶ all of it in flight ─▶ outcomes written down ─▶ next portion
//! ```
//!
//! Work runs by itself; whoever began it may go away. A portion is in flight at once, so that the registration desk
//! gathers it into its groups. One thing at a time is done with a batch.

mod acting;
mod approving;
mod checking;
mod running;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use hefu_certificate::Profiles;
use hefu_database::{Connection, Database};
use hefu_officers::{Officer, OfficerId, Permission};
use hefu_records::NewEntry;
use hefu_rulebook::{Explain as _, Kind};
use jiff::Timestamp;
use key_device::KeyDevice;
use zeroize::Zeroizing;

use crate::batch::{BatchId, BatchView, Working};
use crate::error::BatchError;
use crate::facts;
use crate::intake::Intake;
use crate::report::ReportRow;
use crate::store;

/// Batches that may wait or run at once: each may hold fifty thousand sealed rows.
pub(crate) const OPEN_MAX: i64 = 100;
/// Rows in flight at once: four full groups of the registration desk.
const PORTION: usize = 256;
/// Batches on one page.
const PAGE: i64 = 50;

/// Says the time: batches run by themselves.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Hears of faults that nobody waits for: the operator's log.
pub type Faults = Arc<dyn Fn(BatchId, &BatchError) + Send + Sync>;

/// What is wanted beside an approval.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Then {
    /// Nothing.
    Stop,
    /// Issuance, at once.
    Issue,
}

/// What an office is made of.
pub struct OfficeSettings {
    /// The registration authority's own database, with the migrations of records and of this crate.
    pub database: Database,
    /// The device that seals rows while they wait.
    pub device: Arc<dyn KeyDevice>,
    /// The profiles that may be applied for.
    pub profiles: Arc<Profiles>,
    /// Registration.
    pub intake: Arc<dyn Intake>,
    /// The time.
    pub clock: Clock,
    /// Where faults of work in the background are told.
    pub faults: Faults,
}

/// The office of batches. Cheap to clone.
#[derive(Clone)]
pub struct Office {
    room: Arc<Room>,
}

struct Room {
    database: Database,
    device: Arc<dyn KeyDevice>,
    profiles: Arc<Profiles>,
    intake: Arc<dyn Intake>,
    clock: Clock,
    faults: Faults,
    work: Mutex<HashMap<BatchId, Work>>,
}

/// Work on a batch that is under way.
struct Work {
    what: Working,
    stop: Arc<AtomicBool>,
}

/// The right to work on a batch, given back when dropped.
struct Turn {
    office: Office,
    id: BatchId,
    stop: Arc<AtomicBool>,
}

impl Turn {
    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.office.work().remove(&self.id);
    }
}

impl Office {
    /// Opens the office: forgets what an earlier process received half, pauses what it was running, and goes on checking
    /// what it was checking.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn open(settings: OfficeSettings) -> Result<Self, BatchError> {
        let office = Self {
            room: Arc::new(Room {
                database: settings.database,
                device: settings.device,
                profiles: settings.profiles,
                intake: settings.intake,
                clock: settings.clock,
                faults: settings.faults,
                work: Mutex::default(),
            }),
        };
        office
            .write(|connection| Box::pin(async move { Ok(store::settle(connection).await?) }))
            .await?;
        let unchecked = store::unchecked(&mut *office.room.database.read().await?).await?;
        for id in unchecked {
            office.check_in_background(id)?;
        }
        Ok(office)
    }

    /// A batch.
    ///
    /// # Errors
    /// [`BatchError::Unknown`], or a fault.
    pub async fn batch(&self, id: BatchId) -> Result<BatchView, BatchError> {
        let view = store::view(&mut *self.room.database.read().await?, id).await?;
        Ok(self.with_work(view.ok_or(BatchError::Unknown)?))
    }

    /// Batches, newest first, fifty at a time; `before` is the last that was seen.
    ///
    /// # Errors
    /// A fault.
    pub async fn batches(&self, before: Option<BatchId>) -> Result<Vec<BatchView>, BatchError> {
        let views = store::views(&mut *self.room.database.read().await?, before, PAGE).await?;
        Ok(views.into_iter().map(|view| self.with_work(view)).collect())
    }

    /// The report: every row with what became of it.
    ///
    /// # Errors
    /// [`BatchError::Unknown`], or a fault.
    pub async fn report(&self, id: BatchId) -> Result<Vec<ReportRow>, BatchError> {
        const PAGE: i64 = 5_000;
        self.batch(id).await?;
        let mut connection = self.room.database.read().await?;
        let mut rows: Vec<ReportRow> = Vec::new();
        loop {
            let after = rows.last().map_or(0, |row| row.row);
            let more = store::report(&mut connection, id, after, PAGE).await?;
            if more.is_empty() {
                return Ok(rows);
            }
            rows.extend(more);
        }
    }

    /// The profiles that may be applied for.
    #[must_use]
    pub fn profiles(&self) -> &Profiles {
        &self.room.profiles
    }

    fn with_work(&self, mut view: BatchView) -> BatchView {
        view.working = self.work().get(&view.id).map(|work| work.what);
        view
    }

    fn work(&self) -> std::sync::MutexGuard<'_, HashMap<BatchId, Work>> {
        self.room.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the turn to work on a batch.
    fn turn(&self, id: BatchId, what: Working) -> Result<Turn, BatchError> {
        let stop = Arc::new(AtomicBool::new(false));
        let mut work = self.work();
        if work.contains_key(&id) {
            return Err(BatchError::Working);
        }
        work.insert(
            id,
            Work {
                what,
                stop: Arc::clone(&stop),
            },
        );
        drop(work);
        Ok(Turn {
            office: self.clone(),
            id,
            stop,
        })
    }

    /// Tells the operator of a fault that nobody waits for.
    fn told(&self, id: BatchId, outcome: Result<(), BatchError>) {
        if let Err(error) = outcome {
            (self.room.faults)(id, &error);
        }
    }

    fn now(&self) -> Timestamp {
        (self.room.clock)()
    }

    async fn write<T, F>(&self, job: F) -> Result<T, BatchError>
    where
        F: for<'c> FnOnce(&'c mut Connection) -> futures_util::future::BoxFuture<'c, Result<T, BatchError>>
            + Send
            + 'static,
        T: Send + 'static,
    {
        self.room.database.write(job).await
    }

    /// Whether the officer may; a refusal is recorded.
    async fn permit(&self, officer: &Officer, permission: Permission, act: Act) -> Result<OfficerId, BatchError> {
        match officer.permit(permission) {
            Ok(id) => Ok(id),
            Err(refusal) => Err(self.refuse(BatchError::NotPermitted(refusal), act, officer.id()).await),
        }
    }

    /// Records a refusal, if it is one, and gives it back; or the fault that kept it from being recorded.
    async fn refuse(&self, error: BatchError, act: Act, by: OfficerId) -> BatchError {
        if error.kind() != Kind::Refusal {
            return error;
        }
        let entry = facts::refused(act.name, act.batch, by, act.at, &error);
        let recorded = self
            .write(move |connection| Box::pin(async move { record(connection, entry).await }))
            .await;
        recorded.err().unwrap_or(error)
    }

    fn seal(&self, id: BatchId, place: u32, what: &impl serde::Serialize) -> Result<Vec<u8>, BatchError> {
        let plain = Zeroizing::new(serde_json::to_vec(what).map_err(|_| BatchError::Unsealed)?);
        Ok(self.room.device.seal(&context(id, place), &plain)?)
    }

    fn unseal<T: serde::de::DeserializeOwned>(&self, id: BatchId, place: u32, sealed: &[u8]) -> Result<T, BatchError> {
        let plain = self.room.device.open(&context(id, place), sealed)?;
        serde_json::from_slice(&plain).map_err(|_| BatchError::Unsealed)
    }
}

impl std::fmt::Debug for Office {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Office")
    }
}

/// An act that may be refused.
#[derive(Clone, Copy)]
struct Act {
    name: &'static str,
    batch: Option<BatchId>,
    at: Timestamp,
}

/// What a sealed row is bound to, so that rows cannot change places; place 0 is what is said for all of them.
fn context(id: BatchId, place: u32) -> Vec<u8> {
    format!("hefu-batch/{id}/{place}").into_bytes()
}

async fn record(connection: &mut Connection, entry: NewEntry) -> Result<(), BatchError> {
    hefu_records::append(connection, &[entry]).await?;
    Ok(())
}
