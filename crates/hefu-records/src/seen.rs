//! Records as an auditor finds them: sound or not, one by one, so that one row that was tampered with hides no other.
//!
//! A follower stops at the first row that is not as it was written ([`Records::read`]); who inspects goes on and sees it.

use gm_suite::PublicKey;
use hefu_database::{Connection, DatabaseError};
use jiff::Timestamp;
use record_log::{Hash, SignedCheckpoint, leaf_hash};
use sqlx::Row as _;

use crate::entry::Entry;
use crate::error::RecordsError;
use crate::records::{READ_MAX, Records};
use crate::store::{self, StoredEntry};

/// A record as it stands in the store.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Its place in the log.
    pub index: u64,
    /// What it says now; `None` when it is missing or cannot be read.
    pub entry: Option<Entry>,
    /// The hash of the octets that are there now; `None` when none are.
    pub leaf: Option<Hash>,
    /// What is wrong with the row by itself. A row with nothing wrong is the one that was sealed only if its proof holds.
    pub doubt: Option<RecordsError>,
}

impl Seen {
    fn of(row: &StoredEntry) -> Self {
        let index = row.index;
        let leaf = leaf_hash(&row.bytes);
        let (entry, unreadable) = match Entry::from_bytes(index, &row.bytes) {
            Ok(entry) => (Some(entry), None),
            Err(why) => (None, Some(why)),
        };
        let changed = (leaf != row.leaf).then_some(RecordsError::Changed { index });
        Self {
            index,
            entry,
            leaf: Some(leaf),
            doubt: changed.or(unreadable),
        }
    }

    const fn missing(index: u64) -> Self {
        Self {
            index,
            entry: None,
            leaf: None,
            doubt: Some(RecordsError::Missing { index }),
        }
    }
}

/// The last checkpoint and when it was made.
#[derive(Clone, Debug)]
pub struct Seal {
    /// The checkpoint; its signature and its root were verified.
    pub checkpoint: SignedCheckpoint,
    /// When it was made.
    pub at: Timestamp,
}

impl Records {
    /// Up to `limit` records (at most [`READ_MAX`]) before the index `before`, or the last ones; the latest first. A record
    /// that is missing stands in its place and says so.
    ///
    /// # Errors
    /// The database's.
    pub async fn latest(&self, before: Option<u64>, limit: u32) -> Result<Vec<Seen>, RecordsError> {
        let mut connection = self.inner.database.read().await?;
        let head = store::head(&mut connection).await?;
        let end = before.map_or(head, |before| before.min(head));
        let first = end.saturating_sub(u64::from(limit.min(READ_MAX)));
        let rows = rows(&mut connection, first, end).await?;
        let found = |index: u64| rows.iter().find(|row| row.index == index);
        let seen = (first..end).rev();
        Ok(seen
            .map(|index| found(index).map_or(Seen::missing(index), Seen::of))
            .collect())
    }

    /// One record; `None` when the log is not so long.
    ///
    /// # Errors
    /// The database's.
    pub async fn seen(&self, index: u64) -> Result<Option<Seen>, RecordsError> {
        let mut connection = self.inner.database.read().await?;
        if index >= store::head(&mut connection).await? {
            return Ok(None);
        }
        let rows = rows(&mut connection, index, index + 1).await?;
        Ok(Some(rows.first().map_or(Seen::missing(index), Seen::of)))
    }

    /// The last checkpoint, verified, and when it was made; `None` before the first.
    ///
    /// # Errors
    /// As [`Records::latest_checkpoint`].
    pub async fn last_seal(&self) -> Result<Option<Seal>, RecordsError> {
        let mut connection = self.inner.database.read().await?;
        let Some(stored) = store::last_checkpoint(&mut connection).await? else {
            return Ok(None);
        };
        let at = sqlx::query("SELECT MAX(at) FROM record_checkpoint WHERE size = $1")
            .bind(store::signed(stored.size)?)
            .fetch_one(&mut *connection)
            .await?;
        let at: Option<i64> = at.try_get(0)?;
        let (checkpoint, _) = self.believe(&stored)?;
        let at = at.and_then(|at| Timestamp::from_microsecond(at).ok());
        let at = at.ok_or(RecordsError::Frontier { size: stored.size })?;
        Ok(Some(Seal { checkpoint, at }))
    }

    /// The public key of the seal, for whoever checks.
    #[must_use]
    pub fn seal_key(&self) -> &PublicKey {
        self.inner.signer.public_key()
    }
}

/// The rows `from .. end` that are there. A row whose columns cannot be read as what they are is as good as missing.
async fn rows(connection: &mut Connection, from: u64, end: u64) -> Result<Vec<StoredEntry>, DatabaseError> {
    let number = |place: u64| i64::try_from(place).unwrap_or(i64::MAX);
    let rows = sqlx::query("SELECT idx, leaf, bytes FROM record_entry WHERE idx >= $1 AND idx < $2 ORDER BY idx")
        .bind(number(from))
        .bind(number(end))
        .fetch_all(connection)
        .await?;
    let read = rows.iter().filter_map(|row| {
        let index = u64::try_from(row.try_get::<i64, _>(0).ok()?).ok()?;
        let leaf = Hash::try_from(row.try_get::<Vec<u8>, _>(1).ok()?.as_slice()).ok();
        Some(StoredEntry {
            index,
            // A hash that is none fits no record.
            leaf: leaf.unwrap_or(Hash::from_bytes([0; 32])),
            bytes: row.try_get(2).ok()?,
        })
    });
    Ok(read.collect())
}
