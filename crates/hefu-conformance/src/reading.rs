//! Reads a zone's store of records, entry by entry, beside the daemon that writes to it or without one.

use hefu_database::{Database, DatabaseError};
use hefu_records::{READ_MAX, RecordsError, read_entries};

use crate::gathering::Gathering;

/// A store that could not be read to its end.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ReadingError {
    /// It cannot be opened.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// It was opened, and an entry cannot be read.
    #[error(transparent)]
    Records(#[from] RecordsError),
}

/// Gathers the records of one zone from the database at `url`, opened for reading only; answers how many entries it has.
///
/// `progress` is told after each thousand how many were read.
///
/// # Errors
/// [`ReadingError`]; what was taken before it stays taken, so the caller adds a [`crate::Doubt`].
pub async fn read_store(
    gathering: &mut Gathering<'_>,
    zone: &str,
    url: &str,
    mut progress: impl FnMut(u64),
) -> Result<u64, ReadingError> {
    let database = Database::open_read_only(url).await?;
    let read = read_all(gathering, zone, &database, &mut progress).await;
    database.close().await;
    read
}

async fn read_all(
    gathering: &mut Gathering<'_>,
    zone: &str,
    database: &Database,
    progress: &mut impl FnMut(u64),
) -> Result<u64, ReadingError> {
    let mut next = 0;
    loop {
        let entries = read_entries(database, next, READ_MAX).await?;
        for entry in &entries {
            gathering.take(zone, entry);
        }
        next += entries.len() as u64;
        progress(next);
        if entries.len() < READ_MAX as usize {
            return Ok(next);
        }
    }
}
