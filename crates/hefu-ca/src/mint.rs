//! 铸 the mint: takes signed batches, answers signed replies. What happens in between is a round.
//!
//! Batches that arrive together share a round: its commits, its message to the key centre, its hands. There is no
//! artificial wait; while rounds are under way the next arrivals gather. Pairs and everything else have lanes of
//! their own, so that a silent key centre holds up nobody who does not need it.
//!
//! ```text
//! submit ─▶ verify, fresh ─▶ lane ─▶ round: take in ─▶ key centre ─▶ intents ─▶ sign ─▶ store and record ─▶ reply
//!                                           COMMIT 1               COMMIT 2             COMMIT 3
//! ```
//!
//! A single certificate needs no key centre: its intent is in the first commit, and it takes two.

use std::sync::Arc;
use std::time::Duration;

use gm_suite::Signer;
use hefu_certificate::SigningError;
use hefu_database::{Database, DatabaseError};
use hefu_records::RecordsError;
use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use jiff::Timestamp;
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::acceptance::{AcceptanceError, FreshWithin, RegistrationAuthorities, admit};
use crate::authority::{Authorities, Authority};
use crate::changes::StatusChanges;
use crate::interruption::Interruption;
use crate::kmc_channel::{KeyCentre, KeyCentreError, TaskNumbers};
use crate::parallel::Panicked;
use crate::policy::PolicyStanding;
use crate::recovery::retry;
use crate::round::{Hands, Submission};
use crate::store::StoreError;
use crate::underway::Underway;

/// Batches that may wait in one lane; whoever comes later waits for a place.
const QUEUE_MAX: usize = 1024;

/// Requests in one round: enough that a commit is shared widely, few enough that nobody waits for a second.
const ROUND_ITEMS_MAX: usize = 256;

/// Rounds of one lane at once: one computes while the other waits for the disk.
const ROUNDS_AT_ONCE: usize = 2;

/// Between two attempts to finish what could not be finished.
pub(crate) const RETRY_EVERY: Duration = Duration::from_secs(5);

/// Says the time. The only clock the mint has: for work that no caller's `now` belongs to.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// What a mint stands on.
pub struct MintSettings {
    /// The CA's own database, migrated with [`MIGRATIONS`](crate::MIGRATIONS) and those of the records.
    pub database: Database,
    /// Issuing authorities; of several that issue under a profile the first fitting one is taken.
    pub authorities: Vec<Authority>,
    /// Whose batches count.
    pub registration_authorities: RegistrationAuthorities,
    /// Signs the replies.
    pub reply_signer: Arc<dyn Signer>,
    /// Where encryption keys come from; without it dual profiles are refused.
    pub key_centre: Option<KeyCentre>,
    /// Says whether certificates may be issued under a policy.
    pub policies: Arc<dyn PolicyStanding>,
    /// How old a batch may be.
    pub fresh_within: FreshWithin,
    /// For what is taken up again later.
    pub clock: Clock,
}

/// The certification authority at work. Shared between callers in an [`Arc`]; stops when dropped.
pub struct Mint {
    hands: Arc<Hands>,
    singles: mpsc::Sender<Submission>,
    pairs: mpsc::Sender<Submission>,
    retry: JoinHandle<()>,
}

/// Why a batch got no signed reply.
#[derive(Clone, Debug, thiserror::Error)]
pub enum MintError {
    /// It was not accepted; nothing in it counts.
    #[error(transparent)]
    Acceptance(#[from] AcceptanceError),
    /// Every request in it waits for the key centre. They are stored and are taken up again; inquire.
    #[error("the requests are accepted and wait for the key centre: {0}")]
    KeyCentre(KeyCentreError),
    /// The tables could not be read or written; nothing that was not stored before is done.
    #[error("the certification authority's tables cannot be used: {0}")]
    Store(#[from] StoreError),
    /// The records could not be written; the act is refused.
    #[error("the certification authority's records cannot be written: {0}")]
    Records(Arc<RecordsError>),
    /// The key did not sign; what is to be signed is stored.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// Something could not be put into a record or a row.
    #[error("a record cannot be encoded: {0}")]
    Encoding(String),
    /// The reply could not be signed; inquire.
    #[error("the reply cannot be signed: {0}")]
    Reply(String),
    /// A computation panicked; inquire.
    #[error("a computation panicked")]
    Panicked,
    /// The process is stopping; inquire.
    #[error("the certification authority is stopping")]
    Stopping,
}

impl From<DatabaseError> for MintError {
    fn from(error: DatabaseError) -> Self {
        Self::Store(error.into())
    }
}

impl From<RecordsError> for MintError {
    fn from(error: RecordsError) -> Self {
        Self::Records(Arc::new(error))
    }
}

impl From<serde_json::Error> for MintError {
    fn from(error: serde_json::Error) -> Self {
        Self::Encoding(error.to_string())
    }
}

impl From<Panicked> for MintError {
    fn from(_: Panicked) -> Self {
        Self::Panicked
    }
}

impl Mint {
    /// Starts the lanes. Call [`Mint::recover`] before the first batch.
    ///
    /// Needs a tokio runtime.
    #[must_use]
    pub fn open(settings: MintSettings) -> Self {
        let authorities = Authorities::new(settings.authorities);
        let hands = Arc::new(Hands {
            changes: StatusChanges::of(authorities.names()),
            authorities,
            registration_authorities: settings.registration_authorities,
            fresh_within: settings.fresh_within,
            policies: settings.policies,
            database: settings.database,
            addressee: registration_protocol::addressee(settings.reply_signer.public_key()),
            reply_signer: settings.reply_signer,
            tasks: TaskNumbers::starting_at((settings.clock)()),
            key_centre: settings.key_centre,
            underway: Underway::default(),
            interruption: Interruption::default(),
        });
        let retry = tokio::spawn(retry(Arc::downgrade(&hands), settings.clock));
        Self {
            singles: lane(&hands),
            pairs: lane(&hands),
            hands,
            retry,
        }
    }

    /// Carries out a signed batch (DER, `registration-protocol`) and returns the signed reply.
    ///
    /// Everything the reply says is durable before this returns. When the caller stops waiting, the batch is
    /// carried out all the same.
    ///
    /// # Errors
    /// [`MintError`]; what is refused for a single request is said inside the reply instead.
    pub async fn submit(&self, der: &[u8], now: Timestamp) -> Result<Vec<u8>, MintError> {
        let hands = &self.hands;
        let batch = admit(
            der,
            &hands.registration_authorities,
            &hands.addressee,
            hands.fresh_within,
            now,
        )?;
        let lane = if hands.wants_pairs(&batch) {
            &self.pairs
        } else {
            &self.singles
        };
        let (reply, replied) = oneshot::channel();
        let submission = Submission { batch, now, reply };
        lane.send(submission).await.map_err(|_| MintError::Stopping)?;
        replied.await.unwrap_or(Err(MintError::Stopping))
    }

    /// Takes up everything that was not finished when the process last ended. Returns how many requests were
    /// finished; those that wait for a silent key centre are tried again later by themselves.
    ///
    /// # Errors
    /// When the tables cannot be read or written.
    pub async fn recover(&self, now: Timestamp) -> Result<u64, MintError> {
        self.hands.resume(now).await
    }

    /// Tells when certificates of an authority change their status: for the desk that makes its revocation lists.
    #[must_use]
    pub fn changes(&self) -> StatusChanges {
        self.hands.changes.clone()
    }
}

#[cfg(test)]
impl Mint {
    /// Stops every round at a point, as if the process had died.
    pub(crate) fn interrupt_at(&self, step: crate::interruption::Step) {
        self.hands.interruption.stop_at(step);
    }

    pub(crate) async fn tell_retirements(&self, now: Timestamp) -> Result<usize, MintError> {
        self.hands.tell_retirements(now).await
    }
}

impl Drop for Mint {
    fn drop(&mut self) {
        // Stopping half-way is what recovery is for.
        self.retry.abort();
    }
}

/// Starts a lane: gathers what is submitted into rounds.
fn lane(hands: &Arc<Hands>) -> mpsc::Sender<Submission> {
    let (sender, waiting) = mpsc::channel(QUEUE_MAX);
    tokio::spawn(gather(Arc::clone(hands), waiting));
    sender
}

async fn gather(hands: Arc<Hands>, mut waiting: mpsc::Receiver<Submission>) {
    let turns = Arc::new(Semaphore::new(ROUNDS_AT_ONCE));
    while let Some(first) = waiting.recv().await {
        // While this waits for its turn, more arrive.
        let Ok(turn) = Arc::clone(&turns).acquire_owned().await else {
            return;
        };
        let mut items = first.batch.items().len();
        let mut round = vec![first];
        while items < ROUND_ITEMS_MAX {
            let Ok(next) = waiting.try_recv() else { break };
            items += next.batch.items().len();
            round.push(next);
        }
        let hands = Arc::clone(&hands);
        tokio::spawn(async move {
            hands.round(round).await;
            drop(turn);
        });
    }
}

impl Explain for MintError {
    fn code(&self) -> &'static str {
        match self {
            Self::Acceptance(error) => error.code(),
            Self::KeyCentre(error) => error.code(),
            Self::Store(StoreError::Database(error)) => error.code(),
            Self::Store(_) => "certification-store",
            Self::Records(error) => error.code(),
            Self::Signing(error) => error.code(),
            Self::Encoding(_) => "certification-encoding",
            Self::Reply(_) => "certification-reply",
            Self::Panicked => "certification-panicked",
            Self::Stopping => "certification-stopping",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Acceptance(error) => error.kind(),
            Self::KeyCentre(_)
            | Self::Store(_)
            | Self::Records(_)
            | Self::Signing(_)
            | Self::Encoding(_)
            | Self::Reply(_)
            | Self::Panicked
            | Self::Stopping => Kind::Fault,
        }
    }

    fn blame(&self) -> Blame {
        match self {
            Self::Acceptance(error) => error.blame(),
            Self::KeyCentre(error) => error.blame(),
            Self::Store(StoreError::Database(error)) => error.blame(),
            Self::Records(error) => error.blame(),
            Self::Signing(error) => error.blame(),
            Self::Store(_) | Self::Encoding(_) | Self::Panicked => Blame::Hefu,
            Self::Reply(_) => Blame::CertificationAuthority,
            Self::Stopping => Blame::Operator,
        }
    }

    fn citation(&self) -> Option<Citation> {
        match self {
            Self::Acceptance(error) => error.citation(),
            Self::KeyCentre(error) => error.citation(),
            Self::Store(_)
            | Self::Records(_)
            | Self::Signing(_)
            | Self::Encoding(_)
            | Self::Reply(_)
            | Self::Panicked
            | Self::Stopping => None,
        }
    }

    fn message(&self, language: Language) -> String {
        match (self, language) {
            (Self::Acceptance(error), _) => error.message(language),
            (Self::Store(StoreError::Database(error)), _) => error.message(language),
            (Self::Records(error), _) => error.message(language),
            (Self::Signing(error), _) => error.message(language),
            (_, Language::English) => self.to_string(),
            (Self::KeyCentre(error), Language::Chinese) => {
                format!("请求已受理，正在等待密钥管理中心：{}", error.message(language))
            }
            (Self::Store(_), Language::Chinese) => "认证机构的数据表无法读写".to_owned(),
            (Self::Encoding(why), Language::Chinese) => format!("记录无法编码：{why}"),
            (Self::Reply(why), Language::Chinese) => format!("应答无法签名：{why}"),
            (Self::Panicked, Language::Chinese) => "计算因程序缺陷中断".to_owned(),
            (Self::Stopping, Language::Chinese) => "认证机构正在停止".to_owned(),
        }
    }
}
