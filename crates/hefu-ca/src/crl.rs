//! 证书撤销列表: the desk that makes revocation lists, one for each authority, from the table of certificates.
//!
//! A list is made on schedule, and soon after a certificate changes its status: the bell is awaited, then a little
//! longer, because revocations come in groups. Making one:
//!
//! ```text
//! COMMIT number ─▶ stream rows into the writer ─▶ sign ─▶ file beside the old one, synced ─▶ COMMIT digest + record
//!               ─▶ rename over the old one
//! ```
//!
//! The number is taken before the key is used and never again (RFC 5280 5.2.3: they only grow). The list is in the
//! records before anyone can fetch it. A reader of the file sees the old list or the new one, never half of one.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use futures_util::future::join_all;
use gm_suite::{DigestAlgorithm, Hasher};
use hefu_database::{Database, DatabaseError};
use hefu_records::RecordsError;
use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use jiff::{SignedDuration, Timestamp};
use pkix_status::{CrlHead, CrlWriteError, CrlWriter, RevocationReason};
use tokio::sync::{Mutex, watch};

use crate::authority::Authority;
use crate::changes::StatusChanges;
use crate::facts::CrlIssued;
use crate::store::{self, StoreError};

/// What the desk stands on.
pub struct CrlSettings {
    /// The CA's own database.
    pub database: Database,
    /// Whose lists are made.
    pub authorities: Vec<Authority>,
    /// Where the lists lie, as `NAME.crl`.
    pub folder: PathBuf,
    /// How long a list holds: from this update to the next.
    pub validity: SignedDuration,
    /// How often one is made when nothing changes. Shorter than `validity`, so that there is always a good one.
    pub every: SignedDuration,
    /// How long to wait for more changes after the first.
    pub settle: Duration,
}

/// Makes revocation lists.
pub struct CrlDesk {
    settings: CrlSettings,
    /// One list at a time: so that an older one never takes the place of a newer, and to spare memory.
    turn: Mutex<()>,
}

/// Why a list was not made. The one before it stays.
#[derive(Debug, thiserror::Error)]
pub enum CrlError {
    /// No such authority.
    #[error("there is no authority {0:?}")]
    UnknownAuthority(String),
    /// The schedule leaves a time without a list that holds.
    #[error("a list is to be made every {every} but holds only {validity}")]
    Schedule {
        /// How often.
        every: SignedDuration,
        /// How long.
        validity: SignedDuration,
    },
    /// The tables failed.
    #[error("the certification authority's tables cannot be used: {0}")]
    Store(#[from] StoreError),
    /// The records failed; the list is not published.
    #[error("the certification authority's records cannot be written: {0}")]
    Records(#[from] RecordsError),
    /// The record could not be encoded.
    #[error("the record of the list cannot be encoded: {0}")]
    Encoding(#[from] serde_json::Error),
    /// The list could not be written or signed.
    #[error("the list cannot be made: {0}")]
    List(#[from] CrlWriteError),
    /// The file could not be written.
    #[error("the list cannot be written to {path}: {why}")]
    File {
        /// Where.
        path: PathBuf,
        /// Why.
        why: io::Error,
    },
    /// The process is stopping.
    #[error("the certification authority is stopping")]
    Stopping,
}

impl From<DatabaseError> for CrlError {
    fn from(error: DatabaseError) -> Self {
        Self::Store(error.into())
    }
}

impl CrlDesk {
    /// Takes over settings and makes the folder.
    ///
    /// # Errors
    /// A schedule with gaps, or a folder that cannot be made.
    pub fn open(settings: CrlSettings) -> Result<Self, CrlError> {
        let CrlSettings { every, validity, .. } = settings;
        if every >= validity || every <= SignedDuration::ZERO {
            return Err(CrlError::Schedule { every, validity });
        }
        fs::create_dir_all(&settings.folder).map_err(|why| CrlError::File {
            path: settings.folder.clone(),
            why,
        })?;
        Ok(Self {
            settings,
            turn: Mutex::new(()),
        })
    }

    /// Where the list of this authority lies.
    #[must_use]
    pub fn path(&self, authority: &str) -> PathBuf {
        self.settings.folder.join(format!("{authority}.crl"))
    }

    /// Makes the list of one authority and publishes it.
    ///
    /// # Errors
    /// [`CrlError`]; the list before stays where it is, and the number is used up.
    pub async fn issue(&self, authority: &str, now: Timestamp) -> Result<CrlIssued, CrlError> {
        let authority = self
            .settings
            .authorities
            .iter()
            .find(|known| known.name == authority)
            .ok_or_else(|| CrlError::UnknownAuthority(authority.to_owned()))?;
        let _turn = self.turn.lock().await;
        let this_update = Timestamp::from_second(now.as_second()).unwrap_or(now);
        let next_update = this_update
            .saturating_add(self.settings.validity)
            .unwrap_or(Timestamp::MAX);
        let period = (this_update, next_update);
        let number = self.take_number(authority, period).await?;
        let writer = self.fill(authority, number, period).await?;
        let path = self.path(&authority.name);
        let (signer, beside) = (authority.signer.clone(), path.with_extension("crl.new"));
        let entries = writer.entries();
        let written = beside.clone();
        let sm3 = tokio::task::spawn_blocking(move || {
            write_file(&written, |out| writer.finish_into(&*signer, out).map(|_| ()))
        })
        .await
        .map_err(|_| CrlError::Stopping)??;
        let fact = CrlIssued {
            authority: authority.name.clone(),
            number,
            this_update,
            next_update,
            entries,
            sm3: hex::encode(sm3),
        };
        self.record(fact.clone(), sm3).await?;
        rename(&beside, &path)?;
        tracing::info!(authority = authority.name, number, entries, "revocation list issued");
        Ok(fact)
    }

    async fn take_number(&self, authority: &Authority, period: (Timestamp, Timestamp)) -> Result<u64, CrlError> {
        let name = authority.name.clone();
        self.settings
            .database
            .write(move |connection| {
                Box::pin(async move { Ok::<_, CrlError>(store::take_number(connection, &name, period).await?) })
            })
            .await
    }

    /// Streams what is listed into the writer.
    async fn fill(
        &self,
        authority: &Authority,
        number: u64,
        (this_update, next_update): (Timestamp, Timestamp),
    ) -> Result<CrlWriter, CrlError> {
        let mut writer = CrlWriter::new(&CrlHead {
            issuer: authority.issuer.name(),
            algorithm: authority.issuer.signature_algorithm(),
            this_update,
            next_update,
            number,
            authority_key_identifier: authority.issuer.key_identifier(),
        })?;
        // RFC 5280 3.3: an entry stays until it has been on one list after the certificate's end.
        let ended_before = this_update
            .saturating_sub(self.settings.every)
            .unwrap_or(Timestamp::MIN);
        let mut connection = self.settings.database.read().await?;
        let mut rows = pin!(store::listed(&mut connection, &authority.name, ended_before));
        while let Some(row) = rows.try_next().await? {
            let reason = RevocationReason::from_code(row.reason).unwrap_or(RevocationReason::Unspecified);
            writer.push(row.serial.as_bytes(), row.at, reason, row.invalidity)?;
        }
        Ok(writer)
    }

    async fn record(&self, fact: CrlIssued, sm3: [u8; 32]) -> Result<(), CrlError> {
        self.settings
            .database
            .write(move |connection| {
                Box::pin(async move {
                    let said = (fact.entries, sm3);
                    store::finish_list(connection, &fact.authority, fact.number, said).await?;
                    hefu_records::append(connection, &[fact.entry()?]).await?;
                    Ok(())
                })
            })
            .await
    }

    /// Makes lists when they are due until the future is dropped. `clock` says the time.
    pub async fn tend(&self, changes: &StatusChanges, clock: impl Fn() -> Timestamp + Sync) {
        let desks = self.settings.authorities.iter().map(|authority| {
            let bell = changes.listen(&authority.name);
            self.tend_one(&authority.name, bell, &clock)
        });
        join_all(desks).await;
    }

    async fn tend_one(
        &self,
        authority: &str,
        mut bell: Option<watch::Receiver<u64>>,
        clock: &(impl Fn() -> Timestamp + Sync),
    ) {
        let mut wait = self.first_wait(authority, clock()).await;
        loop {
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = rung(&mut bell) => tokio::time::sleep(self.settings.settle).await,
            }
            // What rings from here on may not be in the list that is made now.
            if let Some(bell) = &mut bell {
                bell.borrow_and_update();
            }
            wait = match self.issue(authority, clock()).await {
                Ok(_) => unsigned(self.settings.every),
                Err(error) => {
                    tracing::error!(code = error.code(), error = %error, authority, "no revocation list was made");
                    AFTER_FAILURE
                }
            };
        }
    }

    /// How long the list on the disk is good enough. Changes that were made just before the process ended may be
    /// missing from it, so it is made again at once unless it is the last one recorded and nothing changed since.
    pub(crate) async fn first_wait(&self, authority: &str, now: Timestamp) -> Duration {
        match self.is_current(authority, now).await {
            Ok(Some(made)) => {
                let age = now.duration_since(made);
                unsigned(self.settings.every.saturating_sub(age))
            }
            Ok(None) | Err(_) => Duration::ZERO,
        }
    }

    /// When the list on the disk was made, if it is the last one recorded and no status changed since.
    async fn is_current(&self, authority: &str, now: Timestamp) -> Result<Option<Timestamp>, CrlError> {
        let mut connection = self.settings.database.read().await?;
        let Some(last) = store::last_list(&mut connection, authority).await? else {
            return Ok(None);
        };
        let changed = store::changed_since(&mut connection, authority, last.this_update).await?;
        let path = self.path(authority);
        let found = tokio::task::spawn_blocking(move || digest_of(&path))
            .await
            .map_err(|_| CrlError::Stopping)?;
        let current = !changed && found.is_ok_and(|found| found == last.sm3) && last.next_update > now;
        Ok(current.then_some(last.this_update))
    }
}

/// Before trying again after a failure.
const AFTER_FAILURE: Duration = Duration::from_secs(10);

/// Octets read at once when a file is digested.
const CHUNK: usize = 1 << 16;

/// Waits for the bell; without one, for ever.
async fn rung(bell: &mut Option<watch::Receiver<u64>>) {
    if let Some(bell) = bell
        && bell.changed().await.is_ok()
    {
        return;
    }
    std::future::pending::<()>().await;
}

fn unsigned(duration: SignedDuration) -> Duration {
    Duration::try_from(duration).unwrap_or_default()
}

/// Writes through a digest.
struct Digesting<W> {
    out: W,
    digest: Hasher,
}

impl<W: Write> Write for Digesting<W> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let written = self.out.write(octets)?;
        self.digest.update(octets.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Writes a file to the disk, really; returns the SM3 of it.
fn write_file(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<(), CrlWriteError>,
) -> Result<[u8; 32], CrlError> {
    let failed = |why| CrlError::File {
        path: path.to_owned(),
        why,
    };
    let file = File::create(path).map_err(failed)?;
    let mut out = Digesting {
        out: BufWriter::new(file),
        digest: DigestAlgorithm::Sm3.hasher(),
    };
    write(&mut out)?;
    let file = out.out.into_inner().map_err(|error| failed(error.into_error()))?;
    file.sync_all().map_err(failed)?;
    sm3_of(out.digest).ok_or(CrlError::Stopping)
}

fn rename(from: &Path, to: &Path) -> Result<(), CrlError> {
    let failed = |why| CrlError::File {
        path: to.to_owned(),
        why,
    };
    fs::rename(from, to).map_err(failed)?;
    let folder = to.parent().unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)
}

fn digest_of(path: &Path) -> io::Result<[u8; 32]> {
    let mut file = File::open(path)?;
    let mut digest = DigestAlgorithm::Sm3.hasher();
    let mut chunk = vec![0; CHUNK];
    loop {
        let read = io::Read::read(&mut file, &mut chunk)?;
        if read == 0 {
            return sm3_of(digest).ok_or_else(|| io::Error::other("the digest has no 32 octets"));
        }
        digest.update(chunk.get(..read).unwrap_or_default());
    }
}

fn sm3_of(digest: Hasher) -> Option<[u8; 32]> {
    digest.finish().try_into().ok()
}

impl Explain for CrlError {
    fn code(&self) -> &'static str {
        match self {
            Self::UnknownAuthority(_) => "authority-unknown",
            Self::Schedule { .. } => "crl-schedule",
            Self::Store(StoreError::Database(error)) => error.code(),
            Self::Store(_) => "certification-store",
            Self::Records(error) => error.code(),
            Self::Encoding(_) => "certification-encoding",
            Self::List(_) => "crl-not-made",
            Self::File { .. } => "crl-file",
            Self::Stopping => "certification-stopping",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::UnknownAuthority(_) => Kind::Absent,
            Self::Schedule { .. } => Kind::Refusal,
            Self::Store(_)
            | Self::Records(_)
            | Self::Encoding(_)
            | Self::List(_)
            | Self::File { .. }
            | Self::Stopping => Kind::Fault,
        }
    }

    fn blame(&self) -> Blame {
        match self {
            Self::UnknownAuthority(_) => Blame::Caller,
            Self::Schedule { .. } | Self::File { .. } | Self::Stopping => Blame::Operator,
            Self::Store(StoreError::Database(error)) => error.blame(),
            Self::Records(error) => error.blame(),
            Self::Store(_) | Self::Encoding(_) => Blame::Hefu,
            Self::List(_) => Blame::CertificationAuthority,
        }
    }

    fn citation(&self) -> Option<Citation> {
        match self {
            Self::Schedule { .. } => Some(Citation::new("RFC 5280", "5.1.2.5")),
            Self::UnknownAuthority(_)
            | Self::Store(_)
            | Self::Records(_)
            | Self::Encoding(_)
            | Self::List(_)
            | Self::File { .. }
            | Self::Stopping => None,
        }
    }

    fn message(&self, language: Language) -> String {
        match (self, language) {
            (Self::Store(StoreError::Database(error)), _) => error.message(language),
            (Self::Records(error), _) => error.message(language),
            (_, Language::English) => self.to_string(),
            (Self::UnknownAuthority(name), Language::Chinese) => format!("没有签发机构“{name}”"),
            (Self::Schedule { every, validity }, Language::Chinese) => {
                format!("撤销列表每{every:#}签发一次，但有效期只有{validity:#}")
            }
            (Self::Store(_), Language::Chinese) => "认证机构的数据表无法读写".to_owned(),
            (Self::Encoding(why), Language::Chinese) => format!("撤销列表的记录无法编码：{why}"),
            (Self::List(why), Language::Chinese) => format!("撤销列表无法生成：{why}"),
            (Self::File { path, why }, Language::Chinese) => {
                format!("撤销列表无法写入{}：{why}", path.display())
            }
            (Self::Stopping, Language::Chinese) => "认证机构正在停止".to_owned(),
        }
    }
}
