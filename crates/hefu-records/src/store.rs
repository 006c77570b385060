//! The tables of the records, and all SQL that touches them while Hefu runs.

use hefu_database::{Connection, DatabaseError, Migration, Value, insert_rows};
use record_log::{Frontier, Hash, Node, SignedCheckpoint, TreeDigest, leaf_hash};
use sqlx::Row as _;
use sqlx::any::AnyRow;

use crate::entry::NewEntry;
use crate::error::RecordsError;

/// The schema of the records; every zone's database has it, and so has every follower's.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        capability: "records",
        number: 1,
        name: "log",
        sql: include_str!("../migrations/0001_log.sql"),
    },
    Migration {
        capability: "records",
        number: 2,
        name: "label",
        sql: include_str!("../migrations/0002_label.sql"),
    },
];

/// One visit to the engine for the usual act, which records one fact.
const APPEND_ONE: &str = "INSERT INTO record_entry (idx, leaf, bytes) \
     VALUES ((SELECT COALESCE(MAX(idx) + 1, 0) FROM record_entry), $1, $2) RETURNING idx";

/// Appends entries after the last one, in the transaction of the act they tell of; answers the index of the first.
///
/// Only INSERTs; the tree is computed when the next checkpoint is made. Of nothing, the answer is the next index.
///
/// # Errors
/// [`RecordsError::Database`] as the database says, and the act must then not be kept; [`RecordsError::Kind`],
/// [`RecordsError::NotCanonical`] or [`RecordsError::TooLarge`] when an entry cannot be recorded.
pub async fn append(connection: &mut Connection, entries: &[NewEntry]) -> Result<u64, RecordsError> {
    if let [entry] = entries {
        let bytes = entry.to_bytes()?;
        let query = sqlx::query(APPEND_ONE)
            .bind(leaf_hash(&bytes).as_bytes().as_slice())
            .bind(bytes);
        let row = query.fetch_one(connection).await?;
        return unsigned(&row, 0);
    }
    let first = head(&mut *connection).await?;
    let mut rows = Vec::with_capacity(entries.len());
    for (entry, index) in entries.iter().zip(signed(first)?..) {
        let bytes = entry.to_bytes()?;
        let leaf: Value = leaf_hash(&bytes).as_bytes().to_vec().into();
        rows.push([index.into(), leaf, bytes.into()]);
    }
    insert_rows(connection, "record_entry", ["idx", "leaf", "bytes"], rows).await?;
    Ok(first)
}

/// Number of entries.
pub(crate) async fn head(connection: &mut Connection) -> Result<u64, RecordsError> {
    let row = sqlx::query("SELECT COALESCE(MAX(idx) + 1, 0) FROM record_entry")
        .fetch_one(connection)
        .await?;
    unsigned(&row, 0)
}

/// A stored entry.
pub(crate) struct StoredEntry {
    pub(crate) index: u64,
    pub(crate) leaf: Hash,
    pub(crate) bytes: Vec<u8>,
}

/// Up to `limit` entries from `from` on, in order.
pub(crate) async fn entries(
    connection: &mut Connection,
    from: u64,
    limit: u32,
) -> Result<Vec<StoredEntry>, RecordsError> {
    let rows = sqlx::query("SELECT idx, leaf, bytes FROM record_entry WHERE idx >= $1 ORDER BY idx LIMIT $2")
        .bind(signed(from)?)
        .bind(i64::from(limit))
        .fetch_all(connection)
        .await?;
    let read = |row: &AnyRow| {
        let index = unsigned(row, 0)?;
        let leaf = hash(row, 1).map_err(|_| RecordsError::Changed { index })?;
        let bytes = row.try_get(2).map_err(|_| RecordsError::Changed { index })?;
        Ok(StoredEntry { index, leaf, bytes })
    };
    rows.iter().map(read).collect()
}

/// The leaf hashes of the entries `from .. to`, as many as there are.
pub(crate) async fn leaves(connection: &mut Connection, from: u64, to: u64) -> Result<Vec<Hash>, RecordsError> {
    let rows = sqlx::query("SELECT leaf FROM record_entry WHERE idx >= $1 AND idx < $2 ORDER BY idx")
        .bind(signed(from)?)
        .bind(signed(to)?)
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| hash(row, 0)).collect()
}

/// A stored checkpoint with the frontier that leads on from it.
pub(crate) struct StoredCheckpoint {
    pub(crate) size: u64,
    pub(crate) note: String,
    pub(crate) peaks: Vec<u8>,
}

impl StoredCheckpoint {
    /// The frontier at its size, if the peaks are as many as the size asks for.
    pub(crate) fn frontier(&self) -> Option<Frontier> {
        Frontier::from_parts(TreeDigest::Sm3, self.size, split(&self.peaks)?).ok()
    }
}

/// The last checkpoint.
pub(crate) async fn last_checkpoint(connection: &mut Connection) -> Result<Option<StoredCheckpoint>, RecordsError> {
    let row = sqlx::query("SELECT size, note, peaks FROM record_checkpoint ORDER BY size DESC LIMIT 1")
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(checkpoint).transpose()
}

/// The last checkpoint that covers at most `size` entries.
pub(crate) async fn checkpoint_at(
    connection: &mut Connection,
    size: u64,
) -> Result<Option<StoredCheckpoint>, RecordsError> {
    let row = sqlx::query("SELECT size, note, peaks FROM record_checkpoint WHERE size = $1")
        .bind(signed(size)?)
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(checkpoint).transpose()
}

fn checkpoint(row: &AnyRow) -> Result<StoredCheckpoint, RecordsError> {
    Ok(StoredCheckpoint {
        size: unsigned(row, 0)?,
        note: row.try_get(1)?,
        peaks: row.try_get(2)?,
    })
}

/// Keeps a checkpoint, the leaves it adds and the subtrees it completes.
pub(crate) async fn insert_checkpoint(
    connection: &mut Connection,
    at: i64,
    note: &SignedCheckpoint,
    frontier: &Frontier,
    leaves: &[Hash],
    nodes: &[Node],
) -> Result<(), DatabaseError> {
    let row = [
        Value::Integer(i64::try_from(frontier.size()).ok()),
        at.into(),
        note.to_string().into(),
        join(frontier.peaks()).into(),
        join(leaves).into(),
    ];
    insert_rows(
        connection,
        "record_checkpoint",
        ["size", "at", "note", "peaks", "leaves"],
        [row],
    )
    .await?;
    let rows = nodes.iter().map(|node| {
        let root: Value = node.root.as_bytes().to_vec().into();
        [node.level.into(), Value::Integer(i64::try_from(node.index).ok()), root]
    });
    insert_rows(connection, "record_node", ["level", "idx", "root"], rows).await
}

/// Roots of the complete subtrees `from .. to` of a level, as many as are kept.
pub(crate) async fn nodes(
    connection: &mut Connection,
    level: u32,
    from: u64,
    to: u64,
) -> Result<Vec<Hash>, RecordsError> {
    let rows = sqlx::query("SELECT root FROM record_node WHERE level = $1 AND idx >= $2 AND idx < $3 ORDER BY idx")
        .bind(i64::from(level))
        .bind(signed(from)?)
        .bind(signed(to)?)
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| hash(row, 0)).collect()
}

/// Hashes one after the other.
fn join(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(Hash::as_bytes).copied().collect()
}

/// The other way; `None` when the length does not fit.
pub(crate) fn split(bytes: &[u8]) -> Option<Vec<Hash>> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    rest.is_empty()
        .then(|| hashes.iter().copied().map(Hash::from_bytes).collect())
}

fn hash(row: &AnyRow, column: usize) -> Result<Hash, RecordsError> {
    let bytes: &[u8] = row.try_get(column)?;
    Hash::try_from(bytes).map_err(|error| {
        DatabaseError::Corrupt {
            detail: error.to_string(),
        }
        .into()
    })
}

/// A count as the database keeps it.
pub(crate) fn signed(number: u64) -> Result<i64, RecordsError> {
    i64::try_from(number).map_err(|_| RecordsError::Missing { index: number })
}

/// A count as the database gives it.
pub(crate) fn unsigned(row: &AnyRow, column: usize) -> Result<u64, RecordsError> {
    let number: i64 = row.try_get(column)?;
    u64::try_from(number).map_err(|_| {
        DatabaseError::Corrupt {
            detail: format!("{number} is no count"),
        }
        .into()
    })
}
