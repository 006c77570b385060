//! The desk: load → decide → record → save, one transaction per act.
//!
//! ```text
//! enter  ─▶ [entries]  ─▶ keys taken? ─▶ ra_application + records
//! step   ─▶ [acts]     ─▶ load ─▶ decide ─▶ UPDATE + records
//! issue  ─▶ [sendings] ─▶ the same, then as below                      (approve with issue: two acts, two records)
//! change ─▶ [requests] ─▶ one signed batch ─▶ authority ─▶ signed reply ─▶ certificates + UPDATE + records
//! ```
//!
//! The four queues gather what waits at the same moment; see [`gather`](crate::gather). An act is answered when it is
//! durable. A refusal is recorded in the same way; a fault is not, it goes to the log of whoever calls.

mod acting;
mod approving;
mod entering;
mod error;
mod exporting;
mod grouping;
mod issuing;
mod proving;
mod reading;
mod status;

use std::sync::Arc;
use std::time::Duration;

use gm_suite::{PublicKey, Signer};
use hefu_certificate::Profiles;
use hefu_database::{Connection, Database};
use hefu_officers::{NotPermitted, Officer, OfficerId, Permission};
use hefu_records::NewEntry;
use hefu_rulebook::{Explain, Kind};
use jiff::Timestamp;
use registration_protocol::RequestId;

pub use error::DeskError;
pub use issuing::Recovery;
pub use status::ChangeInput;

use crate::application::{ApplicationId, Salt, number};
use crate::approval::GoodFor;
use crate::case::Case;
use crate::case_file::CaseFiles;
use crate::facts;
use crate::gather::{Gatherer, Limits};
use crate::request::{AuthorityChannel, Exchange};
use crate::view::ApplicationView;

/// Acts in one group: as many as one transaction of the database takes, and as one list in a statement holds.
const GROUP_MAX: usize = 64;
/// Acts that may wait in one queue.
const QUEUE_MAX: usize = 1024;

/// The shortest time that the runtime's clock can tell; a group of eight takes four times as long.
const LINGER: Duration = Duration::from_millis(1);

/// Groups that only write: one at a time, because the database has one writer; whoever comes meanwhile makes the next
/// group larger.
const WRITING: Limits = Limits {
    group: GROUP_MAX,
    running: 1,
    queue: QUEUE_MAX,
    linger: LINGER,
};

/// Groups that go to the certification authority: two, so that one is written down while the other is signed.
const ASKING: Limits = Limits {
    group: GROUP_MAX,
    running: 2,
    queue: QUEUE_MAX,
    linger: LINGER,
};

/// What a desk is made of.
pub struct DeskSettings {
    /// The registration authority's own database, with the migrations of records, officers and this crate.
    pub database: Database,
    /// The profiles that may be applied for.
    pub profiles: Arc<Profiles>,
    /// The registration authority's name, by which the certification authority finds its key.
    pub name: String,
    /// The registration authority's key.
    pub signer: Arc<dyn Signer>,
    /// The key under which the certification authority signs its replies.
    pub authority_key: PublicKey,
    /// The line to the certification authority.
    pub channel: Arc<dyn AuthorityChannel>,
    /// The keeper of applicants' files.
    pub files: Arc<dyn CaseFiles>,
    /// How old a verification of identity may be at approval.
    pub identity_good_for: GoodFor,
}

/// The registration desk. Cheap to clone; all clones share the queues.
#[derive(Clone)]
pub struct Desk {
    room: Arc<Room>,
    queues: Arc<Queues>,
}

/// What every act needs.
struct Room {
    database: Database,
    profiles: Arc<Profiles>,
    exchange: Exchange,
    files: Arc<dyn CaseFiles>,
    good_for: GoodFor,
    known_issuers: issuing::KnownIssuers,
}

struct Queues {
    entries: Gatherer<Case, Result<Case, DeskError>>,
    acts: Gatherer<acting::Ask, Result<acting::Done, DeskError>>,
    sendings: Gatherer<acting::Ask, Result<approving::Sent, DeskError>>,
    requests: Gatherer<issuing::Ask, Result<issuing::Settled, DeskError>>,
}

impl Desk {
    /// Opens the desk: starts its queues on the current runtime. Call [`Desk::recover`] before serving.
    #[must_use]
    pub fn open(settings: DeskSettings) -> Self {
        let room = Arc::new(Room {
            database: settings.database,
            profiles: settings.profiles,
            exchange: Exchange {
                name: settings.name,
                signer: settings.signer,
                authority_key: settings.authority_key,
                channel: settings.channel,
            },
            files: settings.files,
            good_for: settings.identity_good_for,
            known_issuers: issuing::KnownIssuers::default(),
        });
        let (for_entries, for_acts) = (Arc::clone(&room), Arc::clone(&room));
        let (for_sendings, for_requests) = (Arc::clone(&room), Arc::clone(&room));
        let queues = Queues {
            entries: Gatherer::start(WRITING, move |cases| {
                entering::enter_group(Arc::clone(&for_entries), cases)
            }),
            acts: Gatherer::start(WRITING, move |asks| acting::act_group(Arc::clone(&for_acts), asks)),
            sendings: Gatherer::start(WRITING, move |asks| {
                approving::send_group(Arc::clone(&for_sendings), asks)
            }),
            requests: Gatherer::start(ASKING, move |asks| {
                issuing::settle_group(Arc::clone(&for_requests), asks)
            }),
        };
        Self {
            room,
            queues: Arc::new(queues),
        }
    }

    /// The profiles that may be applied for.
    #[must_use]
    pub fn profiles(&self) -> &Arc<Profiles> {
        &self.room.profiles
    }

    /// Whether the officer may; a refusal is recorded.
    async fn permit(
        &self,
        officer: &Officer,
        permissions: &[Permission],
        act: &'static str,
        application: Option<ApplicationId>,
        now: Timestamp,
    ) -> Result<OfficerId, DeskError> {
        let permitted = permissions
            .iter()
            .try_for_each(|permission| officer.permit(*permission).map(drop));
        match permitted {
            Ok(()) => Ok(officer.id()),
            Err(refusal) => Err(self
                .refuse(
                    refusal,
                    Refused {
                        act,
                        application,
                        by: officer.id(),
                        at: now,
                    },
                )
                .await),
        }
    }

    /// Records a refusal, if it is one, and gives it back; or the fault that kept it from being recorded.
    async fn refuse(&self, error: impl Into<DeskError>, what: Refused) -> DeskError {
        let error = error.into();
        let Some(entry) = what.entry(&error) else {
            return error;
        };
        let recorded = self
            .room
            .database
            .write(move |connection| Box::pin(async move { record(connection, &[entry]).await }));
        match recorded.await {
            Ok(()) => error,
            Err(fault) => fault,
        }
    }
}

/// The act that was refused.
#[derive(Clone, Copy)]
struct Refused {
    act: &'static str,
    application: Option<ApplicationId>,
    by: OfficerId,
    at: Timestamp,
}

impl Refused {
    /// The record of a refusal; nothing is recorded of what is malformed, absent or faulty.
    fn entry(self, error: &DeskError) -> Option<NewEntry> {
        (error.kind() == Kind::Refusal).then(|| facts::refused(self.act, self.application, self.by, self.at, error))
    }
}

/// Appends to the records; no entries, no visit.
async fn record(connection: &mut Connection, entries: &[NewEntry]) -> Result<(), DeskError> {
    if !entries.is_empty() {
        hefu_records::append(connection, entries).await?;
    }
    Ok(())
}

/// Runs an act to its end, also when the caller stops waiting: what was begun with the certification authority is
/// finished.
async fn detached<T: Send + 'static>(
    act: impl Future<Output = Result<T, DeskError>> + Send + 'static,
) -> Result<T, DeskError> {
    tokio::spawn(act).await.unwrap_or(Err(DeskError::Closed))
}

fn random_salt() -> Result<Salt, DeskError> {
    gm_suite::random().map(Salt).map_err(|_| DeskError::NoRandomness)
}

fn new_id(now: Timestamp) -> Result<ApplicationId, DeskError> {
    let random = gm_suite::random().map_err(|_| DeskError::NoRandomness)?;
    Ok(ApplicationId::new(now, random))
}

fn new_request_id(now: Timestamp) -> Result<RequestId, DeskError> {
    let random = gm_suite::random().map_err(|_| DeskError::NoRandomness)?;
    Ok(number(now, random))
}

/// What an officer wants done beside the approval.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Then {
    /// Nothing: issuance is another call.
    Stop,
    /// Ask for issuance at once: a second act, with a record of its own.
    Issue,
}

impl From<NotPermitted> for DeskError {
    fn from(refusal: NotPermitted) -> Self {
        Self::NotPermitted(refusal)
    }
}

impl From<&Case> for ApplicationView {
    fn from(case: &Case) -> Self {
        Self::of(case)
    }
}
