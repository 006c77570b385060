//! The vault: reads a CA's signed message, decides, stores and records in one transaction, answers signed.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use gm_kmc::{Answer, EntityName, Envelopes, KeyRequest, Request, SignedRequest};
use gm_suite::{PublicKey, Signer};
use hefu_database::{Connection, Database, DatabaseError};
use hefu_records::RecordsError;
use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use jiff::{SignedDuration, Timestamp};
use key_device::KeyDevice;

use crate::custody::{self, Done, Holding, Serial, Step};
use crate::envelope::{EnvelopeError, Sealer};
use crate::facts::RetiredBecause;
use crate::records;
use crate::spare::{self, KeyMakingError};
use crate::store::{self, Spare, StoreError};

/// Key pairs made in one portion of refilling: a tenth of a second of one core, so that an application that
/// arrives meanwhile waits no longer than that.
const REFILL_PORTION: u32 = 64;

/// Keys retired in one transaction when certificates end.
const RETIRE_PORTION: u32 = 256;

/// How long nobody must have applied before the spare store is refilled, in microseconds.
const QUIET_MICROSECONDS: i64 = 300_000;

/// A CA that this centre serves.
#[derive(Clone, Debug)]
pub struct KnownAuthority {
    /// Its name in settings, stores and records.
    pub name: String,
    /// Its name in messages.
    pub entity: EntityName,
    /// The key that signs its messages.
    pub public_key: PublicKey,
    /// What its answers look like: with `SM2EnvelopedKey`, which GM/T 0092 and tokens take and which a CA that opens
    /// nothing cannot make itself, or as GM/T 0014 has it.
    pub envelopes: Envelopes,
}

/// What a vault stands on.
pub struct VaultSettings {
    /// The centre's own database, migrated with [`MIGRATIONS`](crate::MIGRATIONS) and those of the records.
    pub database: Database,
    /// Seals and opens the private keys.
    pub device: Arc<dyn KeyDevice>,
    /// The centre's name in messages.
    pub name: EntityName,
    /// Signs the answers.
    pub signer: Arc<dyn Signer>,
    /// The CAs that are served; nobody else is.
    pub authorities: Vec<KnownAuthority>,
    /// How many pairs the spare store should hold.
    pub spare_level: u32,
    /// How far a message's time may lie from ours, either way.
    pub fresh_within: SignedDuration,
}

/// The key management centre at work. Shared between callers in an [`Arc`].
pub struct Vault {
    settings: VaultSettings,
    /// Microseconds of the last application, so that refilling keeps out of the way.
    last_applied: AtomicI64,
}

/// Why a message got no signed answer.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// Not a message of GM/T 0014.
    #[error("the key request cannot be read: {0}")]
    Malformed(String),
    /// From a CA that is not in the settings.
    #[error("the key request names a certification authority that this key centre does not serve")]
    UnknownAuthority,
    /// The signature is not the CA's.
    #[error("the signature over the key request does not verify")]
    WrongSignature,
    /// Too old, or from the future.
    #[error("the key request was made at {made_at}, too far from {now}")]
    Stale {
        /// What the message says.
        made_at: Timestamp,
        /// Our time.
        now: Timestamp,
    },
    /// Stores or records failed; nothing was assigned.
    #[error("the key centre's stores cannot be written")]
    Store(#[from] StoreError),
    /// The records failed; nothing was assigned.
    #[error("the key centre's records cannot be written")]
    Records(#[from] RecordsError),
    /// A record could not be encoded.
    #[error("a record cannot be encoded: {0}")]
    Encoding(#[from] serde_json::Error),
    /// A key pair could not be made or opened.
    #[error("an encryption key pair cannot be made or opened")]
    Key(#[from] KeyMakingError),
    /// The answer could not be enveloped or signed; asking again gets the same pair.
    #[error("the answer cannot be enveloped or signed")]
    Envelope(#[from] EnvelopeError),
    /// The process is stopping.
    #[error("the key centre is stopping")]
    Stopping,
}

impl From<DatabaseError> for VaultError {
    fn from(error: DatabaseError) -> Self {
        Self::Store(error.into())
    }
}

impl Explain for VaultError {
    fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "key-request-malformed",
            Self::UnknownAuthority => "key-request-unknown-authority",
            Self::WrongSignature => "key-request-wrong-signature",
            Self::Stale { .. } => "key-request-stale",
            Self::Store(_) => "key-centre-store",
            Self::Records(_) => "key-centre-records",
            Self::Encoding(_) => "key-centre-encoding",
            Self::Key(_) => "key-centre-key",
            Self::Envelope(_) => "key-centre-envelope",
            Self::Stopping => "key-centre-stopping",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Malformed(_) => Kind::Malformed,
            Self::UnknownAuthority | Self::WrongSignature | Self::Stale { .. } => Kind::Refusal,
            Self::Store(_)
            | Self::Records(_)
            | Self::Encoding(_)
            | Self::Key(_)
            | Self::Envelope(_)
            | Self::Stopping => Kind::Fault,
        }
    }

    fn blame(&self) -> Blame {
        match self {
            Self::Malformed(_) | Self::UnknownAuthority | Self::WrongSignature | Self::Stale { .. } => {
                Blame::CertificationAuthority
            }
            Self::Store(_)
            | Self::Records(_)
            | Self::Encoding(_)
            | Self::Key(_)
            | Self::Envelope(_)
            | Self::Stopping => Blame::KeyCentre,
        }
    }

    fn citation(&self) -> Option<Citation> {
        match self.kind() {
            Kind::Refusal => Some(Citation::new("GM/T 0014", "")),
            Kind::Malformed | Kind::Absent | Kind::Fault => None,
        }
    }

    fn message(&self, language: Language) -> String {
        if language == Language::English {
            return self.to_string();
        }
        match self {
            Self::Malformed(why) => format!("密钥请求报文无法解析：{why}"),
            Self::UnknownAuthority => "密钥请求所称的认证机构不在本中心服务范围内".to_owned(),
            Self::WrongSignature => "密钥请求的签名验证不通过".to_owned(),
            Self::Stale { made_at, now } => format!("密钥请求的时间为{made_at}，与当前时间{now}相差过大"),
            Self::Store(_) => "密钥中心的密钥库无法写入".to_owned(),
            Self::Records(_) => "密钥中心的记录无法写入".to_owned(),
            Self::Encoding(why) => format!("密钥中心的记录无法编码：{why}"),
            Self::Key(_) => "加密密钥对无法生成或取出".to_owned(),
            Self::Envelope(_) => "应答无法封装或签名".to_owned(),
            Self::Stopping => "密钥中心正在停止".to_owned(),
        }
    }
}

impl Vault {
    /// Takes over settings. Nothing is read yet.
    #[must_use]
    pub fn open(settings: VaultSettings) -> Self {
        Self {
            settings,
            last_applied: AtomicI64::new(i64::MIN),
        }
    }

    /// Answers one signed message (GM/T 0014, DER) with one signed answer.
    ///
    /// Every key pair in the answer is in the in-use store and in the records before this returns.
    ///
    /// # Errors
    /// [`VaultError`], when the message is not a served CA's or when the centre itself fails. What is refused
    /// for a single certificate is said inside the signed answer instead.
    pub async fn submit(&self, message: &[u8], now: Timestamp) -> Result<Vec<u8>, VaultError> {
        let (request, authority) = self.verify(message, now)?;
        self.last_applied.store(now.as_microsecond(), Ordering::Relaxed);
        let task = request.task;
        let done = self.carry_out(request, authority, now).await?;
        self.answer(done, authority, task, now).await
    }

    /// Reads the message, finds the CA among those served, verifies its signature and its time.
    fn verify(&self, message: &[u8], now: Timestamp) -> Result<(Request, &KnownAuthority), VaultError> {
        let signed = SignedRequest::from_der(message).map_err(|error| VaultError::Malformed(error.to_string()))?;
        let authority = self
            .settings
            .authorities
            .iter()
            .find(|authority| authority.entity == *signed.ca())
            .ok_or(VaultError::UnknownAuthority)?;
        let request = signed
            .verify(&authority.public_key)
            .map_err(|_| VaultError::WrongSignature)?;
        if now.duration_since(request.at).abs() > self.settings.fresh_within {
            return Err(VaultError::Stale {
                made_at: request.at,
                now,
            });
        }
        Ok((request, authority))
    }

    /// Decides, assigns, retires and records: one transaction for the whole message.
    async fn carry_out(
        &self,
        request: Request,
        authority: &KnownAuthority,
        now: Timestamp,
    ) -> Result<Vec<Done>, VaultError> {
        let device = Arc::clone(&self.settings.device);
        let act = Act {
            authority: authority.name.clone(),
            task: request.task,
            now,
        };
        let requests = request.requests;
        self.settings
            .database
            .write(move |connection| Box::pin(async move { act.carry_out(connection, &*device, requests).await }))
            .await
    }

    /// Envelopes what is handed out and signs the answer, away from the threads that serve callers.
    async fn answer(
        &self,
        done: Vec<Done>,
        authority: &KnownAuthority,
        task: u64,
        now: Timestamp,
    ) -> Result<Vec<u8>, VaultError> {
        let sealer = Sealer {
            device: Arc::clone(&self.settings.device),
            signer: Arc::clone(&self.settings.signer),
            kmc: self.settings.name.clone(),
            ca: authority.entity.clone(),
            envelopes: authority.envelopes,
        };
        let answer = Answer {
            kmc: self.settings.name.clone(),
            answers: sealer.answers(done).await?,
            at: now,
            task,
        };
        answer
            .sign(&*self.settings.signer)
            .map_err(|error| VaultError::Envelope(EnvelopeError::Signature(error.to_string())))
    }

    /// How many pairs wait in the spare store 备用库.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn spares(&self) -> Result<u64, VaultError> {
        let mut connection = self.settings.database.read().await?;
        Ok(store::count_spares(&mut connection).await?)
    }

    /// Makes one portion of key pairs for the spare store, unless it is full or the centre is busy.
    /// Returns how many were made; zero means that there is nothing to do now.
    ///
    /// # Errors
    /// When a pair cannot be made or the store cannot be written.
    pub async fn refill(&self, now: Timestamp) -> Result<u32, VaultError> {
        if now
            .as_microsecond()
            .saturating_sub(self.last_applied.load(Ordering::Relaxed))
            < QUIET_MICROSECONDS
        {
            return Ok(0);
        }
        let missing = u64::from(self.settings.spare_level).saturating_sub(self.spares().await?);
        let portion = u32::try_from(missing).unwrap_or(u32::MAX).min(REFILL_PORTION);
        if portion == 0 {
            return Ok(0);
        }
        let device = Arc::clone(&self.settings.device);
        let made = tokio::task::spawn_blocking(move || {
            (0..portion)
                .map(|_| spare::make(&*device))
                .collect::<Result<Vec<Spare>, _>>()
        })
        .await
        .map_err(|_| VaultError::Stopping)??;
        self.settings
            .database
            .write(move |connection| {
                Box::pin(async move {
                    store::add_spares(connection, &made, now)
                        .await
                        .map_err(VaultError::from)
                })
            })
            .await?;
        Ok(portion)
    }

    /// Moves the keys of certificates that have ended to the history store 历史库, one portion at a time.
    /// Returns how many were moved.
    ///
    /// # Errors
    /// When stores or records cannot be read or written.
    pub async fn retire_ended(&self, now: Timestamp) -> Result<u32, VaultError> {
        let ended = store::ended(&mut *self.settings.database.read().await?, now, 1).await?;
        if ended.is_empty() {
            return Ok(0);
        }
        self.settings
            .database
            .write(move |connection| Box::pin(retire_ended(connection, now)))
            .await
    }

    /// Keeps the spare store filled and retires ended keys until the future is dropped.
    ///
    /// `clock` says the time; failures are logged and tried again.
    pub async fn tend(&self, clock: impl Fn() -> Timestamp + Send) {
        let mut look_for_ended = Instant::now();
        loop {
            match self.tend_once(clock(), &mut look_for_ended).await {
                Ok(0) => tokio::time::sleep(IDLE).await,
                Ok(_) => {}
                Err(error) => {
                    tracing::error!(code = error.code(), error = %error, "the key stores cannot be tended");
                    tokio::time::sleep(AFTER_FAILURE).await;
                }
            }
        }
    }

    /// One portion of each duty that is due; how many keys it was about.
    async fn tend_once(&self, now: Timestamp, look_for_ended: &mut Instant) -> Result<u32, VaultError> {
        let made = self.refill(now).await?;
        if *look_for_ended > Instant::now() {
            return Ok(made);
        }
        let retired = self.retire_ended(now).await?;
        if retired == 0 {
            *look_for_ended = Instant::now() + LOOK_FOR_ENDED_EVERY;
        }
        Ok(made + retired)
    }
}

/// Between two looks at the spare store when it is full.
const IDLE: Duration = Duration::from_millis(500);

/// Between two looks for ended certificates: their keys are in no hurry.
const LOOK_FOR_ENDED_EVERY: Duration = Duration::from_mins(10);

/// Before trying again after a failure, so that a full disk does not fill the log as well.
const AFTER_FAILURE: Duration = Duration::from_secs(10);

/// Moves one portion of ended keys; both stores and the records in the caller's transaction.
async fn retire_ended(connection: &mut Connection, now: Timestamp) -> Result<u32, VaultError> {
    let ended = store::ended(connection, now, RETIRE_PORTION).await?;
    let mut entries = Vec::with_capacity(ended.len());
    for (authority, serial) in &ended {
        store::retire(connection, authority, serial, RetiredBecause::Expired, now).await?;
        entries.push(records::retired(authority, serial, RetiredBecause::Expired, None, now)?);
    }
    hefu_records::append(connection, &entries).await?;
    Ok(u32::try_from(ended.len()).unwrap_or(RETIRE_PORTION))
}

/// Who acts, for which task, when.
pub(crate) struct Act {
    /// The CA, as the settings name it.
    pub(crate) authority: String,
    /// The CA's task number.
    pub(crate) task: u64,
    /// Our time.
    pub(crate) now: Timestamp,
}

impl Act {
    /// Load, decide, save, record; all in the caller's transaction.
    async fn carry_out(
        self,
        connection: &mut Connection,
        device: &dyn KeyDevice,
        requests: Vec<KeyRequest>,
    ) -> Result<Vec<Done>, VaultError> {
        let serials: HashSet<Serial> = requests.iter().map(|request| request.serial().to_vec()).collect();
        let serials: Vec<Serial> = serials.into_iter().collect();
        let holdings = store::holdings(connection, &self.authority, &serials).await?;
        let steps = custody::plan(requests, &holdings);
        let fresh = fresh_keys(connection, device, &steps).await?;
        let done = custody::settle(steps, fresh, self.now);
        self.save(connection, &done).await?;
        Ok(done)
    }

    async fn save(&self, connection: &mut Connection, done: &[Done]) -> Result<(), VaultError> {
        let assigned: Vec<&Holding> = done.iter().filter_map(Done::assigned).collect();
        store::add_in_use(connection, &self.authority, &assigned).await?;
        for holding in done.iter().filter_map(Done::retired) {
            let because = RetiredBecause::Revoked;
            store::retire(connection, &self.authority, &holding.serial, because, self.now).await?;
        }
        let entries = records::entries(self, done)?;
        hefu_records::append(connection, &entries).await?;
        Ok(())
    }
}

/// A key pair for every certificate that has none: from the spare store, the rest made on the spot.
async fn fresh_keys(
    connection: &mut Connection,
    device: &dyn KeyDevice,
    steps: &[Step],
) -> Result<Vec<Spare>, VaultError> {
    let wanted = steps.iter().filter(|step| matches!(step, Step::Assign(_))).count();
    let mut fresh = store::take_spares(connection, wanted).await?;
    while fresh.len() < wanted {
        fresh.push(spare::make(device)?);
    }
    Ok(fresh)
}
