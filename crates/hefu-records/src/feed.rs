//! How followers read a log that may be elsewhere, and how they remember where they are.

use futures_util::future::BoxFuture;
use hefu_database::Connection;
use sqlx::Row as _;

use crate::entry::Entry;
use crate::error::RecordsError;
use crate::store::{signed, unsigned};

/// A log that can be read from any place on. [`crate::Records`] is one; a log behind HTTP is another.
pub trait Feed: Send + Sync {
    /// Up to `limit` entries from index `from` on, in order, without gaps; none when there is nothing new.
    fn read(&self, from: u64, limit: u32) -> BoxFuture<'_, Result<Vec<Entry>, FeedError>>;
}

/// A log that could not be read. A follower waits and tries again from the same place.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FeedError {
    /// Whoever keeps the log does not answer, or not properly.
    #[error("the records cannot be reached: {0}")]
    Unreachable(String),
    /// What came is not a run of entries from the place asked for.
    #[error("the records came malformed: {0}")]
    Malformed(String),
    /// The log in our own database.
    #[error(transparent)]
    Records(#[from] RecordsError),
}

/// The next index that the follower `name` has not yet worked off; 0 for a new follower.
///
/// # Errors
/// The database's.
pub async fn cursor(connection: &mut Connection, name: &str) -> Result<u64, RecordsError> {
    let row = sqlx::query("SELECT position FROM record_cursor WHERE name = $1")
        .bind(name)
        .fetch_optional(connection)
        .await?;
    row.map_or(Ok(0), |row| unsigned(&row, 0))
}

/// Moves the follower `name` on to `position`, in the transaction of what it did with the entries before.
///
/// # Errors
/// [`RecordsError::CursorBack`] when it stands further on already; the database's.
pub async fn advance(connection: &mut Connection, name: &str, position: u64) -> Result<(), RecordsError> {
    let row = sqlx::query(
        "INSERT INTO record_cursor (name, position) VALUES ($1, $2) \
         ON CONFLICT (name) DO UPDATE SET position = excluded.position \
         WHERE record_cursor.position <= excluded.position RETURNING position",
    )
    .bind(name)
    .bind(signed(position)?)
    .fetch_optional(connection)
    .await?;
    match row.map(|row| row.try_get::<i64, _>(0)).transpose()? {
        Some(_) => Ok(()),
        None => Err(RecordsError::CursorBack {
            name: name.to_owned(),
            position,
        }),
    }
}
