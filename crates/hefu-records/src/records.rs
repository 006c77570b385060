//! The log of one zone, opened to be read, followed, sealed and proven.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use gm_suite::Signer;
use hefu_database::Database;
use record_log::{Checkpoint, Frontier, Hash, SignedCheckpoint, leaf_hash};
use tokio::sync::{Mutex, watch};

use crate::entry::Entry;
use crate::error::RecordsError;
use crate::feed::{Feed, FeedError};
use crate::store;

/// Entries in one reading; a follower asks again for more.
pub const READ_MAX: u32 = 1000;

/// The records of one zone. Clones are the same log.
#[derive(Clone)]
pub struct Records {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) database: Database,
    pub(crate) origin: String,
    pub(crate) signer: Arc<dyn Signer>,
    /// Where the last checkpoint left the tree; one sealing at a time.
    pub(crate) frontier: Mutex<Option<Frontier>>,
    /// One labelling at a time.
    pub(crate) labelling: Mutex<()>,
}

impl Records {
    /// Opens the log in `database`, whose migrations must include [`crate::MIGRATIONS`].
    ///
    /// `origin` names the log in its checkpoints, such as "ca.example.org/records"; `signer` is the seal key, which signs
    /// nothing else.
    ///
    /// # Errors
    /// [`RecordsError::Origin`]; [`RecordsError::ForeignCheckpoint`] or [`RecordsError::Frontier`] when the last checkpoint
    /// in the store was not made by this key for this log.
    pub async fn open(database: Database, origin: &str, signer: Arc<dyn Signer>) -> Result<Self, RecordsError> {
        Checkpoint::new(origin, 0, Hash::from_bytes([0; 32])).map_err(RecordsError::Origin)?;
        let inner = Inner {
            database,
            origin: origin.to_owned(),
            signer,
            frontier: Mutex::new(None),
            labelling: Mutex::new(()),
        };
        let records = Self { inner: Arc::new(inner) };
        records.latest_checkpoint().await?;
        Ok(records)
    }

    /// Up to `limit` entries (at most [`READ_MAX`]) from index `from` on, in order and without gaps.
    ///
    /// # Errors
    /// [`RecordsError::Missing`], [`RecordsError::Changed`] or [`RecordsError::Unreadable`] when the store has been
    /// changed: a follower then stops rather than publish what was never decided; the database's.
    pub async fn read(&self, from: u64, limit: u32) -> Result<Vec<Entry>, RecordsError> {
        read_entries(&self.inner.database, from, limit).await
    }

    /// Number of entries; also the index that the next one will have.
    ///
    /// # Errors
    /// The database's.
    pub async fn head(&self) -> Result<u64, RecordsError> {
        let mut connection = self.inner.database.read().await?;
        store::head(&mut connection).await
    }

    /// The last checkpoint, verified; `None` before the first.
    ///
    /// # Errors
    /// [`RecordsError::ForeignCheckpoint`], [`RecordsError::Frontier`], the database's.
    pub async fn latest_checkpoint(&self) -> Result<Option<SignedCheckpoint>, RecordsError> {
        let mut connection = self.inner.database.read().await?;
        let Some(stored) = store::last_checkpoint(&mut connection).await? else {
            return Ok(None);
        };
        Ok(Some(self.believe(&stored)?.0))
    }

    /// Changes whenever something was committed to the database; a follower then reads on from its place.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.inner.database.commits()
    }

    /// The name of the log.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.inner.origin
    }

    /// A stored checkpoint and its frontier, if this zone's key signed the one and the other leads to it.
    pub(crate) fn believe(
        &self,
        stored: &store::StoredCheckpoint,
    ) -> Result<(SignedCheckpoint, Frontier), RecordsError> {
        let size = stored.size;
        let foreign = |source| RecordsError::ForeignCheckpoint { size, source };
        let signed = SignedCheckpoint::parse(&stored.note).map_err(foreign)?;
        let checkpoint = signed
            .verify(&self.inner.origin, self.inner.signer.public_key())
            .map_err(foreign)?;
        let fits = |frontier: &Frontier| checkpoint.size() == size && checkpoint.root() == frontier.root();
        let frontier = stored.frontier().filter(fits).ok_or(RecordsError::Frontier { size })?;
        Ok((signed, frontier))
    }
}

/// Reads as [`Records::read`] does, from a database that may be open for reading only: for those who hold no seal key.
///
/// Each entry is compared with the hash beside it; that the hashes are the ones that were sealed is for
/// [`crate::Verification`] to show.
///
/// # Errors
/// As [`Records::read`].
pub async fn read_entries(database: &Database, from: u64, limit: u32) -> Result<Vec<Entry>, RecordsError> {
    let mut connection = database.read().await?;
    let stored = store::entries(&mut connection, from, limit.min(READ_MAX)).await?;
    let read = stored.into_iter().zip(from..).map(|(stored, index)| {
        if stored.index != index {
            return Err(RecordsError::Missing { index });
        }
        if stored.leaf != leaf_hash(&stored.bytes) {
            return Err(RecordsError::Changed { index });
        }
        Entry::from_bytes(index, &stored.bytes)
    });
    read.collect()
}

impl Feed for Records {
    fn read(&self, from: u64, limit: u32) -> BoxFuture<'_, Result<Vec<Entry>, FeedError>> {
        Box::pin(async move { Ok(Self::read(self, from, limit).await?) })
    }
}

impl std::fmt::Debug for Records {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Records")
            .field("origin", &self.inner.origin)
            .finish_non_exhaustive()
    }
}
