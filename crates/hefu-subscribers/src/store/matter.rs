//! `subscribers_matter`.

use hefu_database::{Connection, DatabaseError};
use hefu_officers::OfficerId;
use jiff::Timestamp;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::{impossible, maybe_time, maybe_word, parsed, time, word};
use crate::id::MatterId;
use crate::matter::{MatterKind, Outcome};

/// A matter as it is kept: words and request sealed.
pub(crate) struct MatterRow {
    pub(crate) id: MatterId,
    pub(crate) kind: MatterKind,
    pub(crate) application: String,
    pub(crate) serial: Option<String>,
    pub(crate) opened_by: String,
    pub(crate) opened_at: Timestamp,
    pub(crate) words: Vec<u8>,
    pub(crate) request: Vec<u8>,
    pub(crate) done: Option<String>,
    pub(crate) outcome: Option<Outcome>,
    pub(crate) settled_by: Option<OfficerId>,
    pub(crate) settled_at: Option<Timestamp>,
    pub(crate) became: Option<String>,
    pub(crate) said: Option<Vec<u8>>,
}

pub(crate) async fn insert(connection: &mut Connection, row: &MatterRow) -> Result<(), DatabaseError> {
    sqlx::query(
        "INSERT INTO subscribers_matter (id, kind, application, serial, opened_by, opened_at, words, request) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(row.id.to_string())
    .bind(row.kind.as_str())
    .bind(row.application.as_str())
    .bind(row.serial.as_deref())
    .bind(row.opened_by.as_str())
    .bind(row.opened_at.as_microsecond())
    .bind(row.words.as_slice())
    .bind(row.request.as_slice())
    .execute(connection)
    .await?;
    Ok(())
}

pub(crate) async fn one(connection: &mut Connection, id: MatterId) -> Result<Option<MatterRow>, DatabaseError> {
    let row = sqlx::query("SELECT * FROM subscribers_matter WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(read).transpose()
}

/// Open matters after the one with this number, the oldest first.
pub(crate) async fn open(
    connection: &mut Connection,
    after: Option<MatterId>,
    limit: i64,
) -> Result<Vec<MatterRow>, DatabaseError> {
    let rows =
        sqlx::query("SELECT * FROM subscribers_matter WHERE settled_at IS NULL AND id > $1 ORDER BY id LIMIT $2")
            .bind(after.map(|id| id.to_string()).unwrap_or_default())
            .bind(limit)
            .fetch_all(connection)
            .await?;
    rows.iter().map(read).collect()
}

/// Matters of one application, the newest first.
pub(crate) async fn of(
    connection: &mut Connection,
    application: &str,
    limit: i64,
) -> Result<Vec<MatterRow>, DatabaseError> {
    let rows = sqlx::query("SELECT * FROM subscribers_matter WHERE application = $1 ORDER BY id DESC LIMIT $2")
        .bind(application)
        .bind(limit)
        .fetch_all(connection)
        .await?;
    rows.iter().map(read).collect()
}

/// The open matter of this kind that an application has, if it has one.
pub(crate) async fn open_of(
    connection: &mut Connection,
    application: &str,
    kind: MatterKind,
) -> Result<Option<MatterRow>, DatabaseError> {
    let row =
        sqlx::query("SELECT * FROM subscribers_matter WHERE application = $1 AND kind = $2 AND settled_at IS NULL")
            .bind(application)
            .bind(kind.as_str())
            .fetch_optional(connection)
            .await?;
    row.as_ref().map(read).transpose()
}

/// The change of facts that became this application.
pub(crate) async fn change_that_became(
    connection: &mut Connection,
    application: &str,
) -> Result<Option<MatterRow>, DatabaseError> {
    let row = sqlx::query("SELECT * FROM subscribers_matter WHERE became = $1 AND kind = 'change'")
        .bind(application)
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(read).transpose()
}

/// Writes what was done at once.
pub(crate) async fn done(connection: &mut Connection, id: MatterId, done: &str) -> Result<(), DatabaseError> {
    sqlx::query("UPDATE subscribers_matter SET done = $1 WHERE id = $2")
        .bind(done)
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Settles a matter; false when it was settled before.
pub(crate) async fn settle(
    connection: &mut Connection,
    id: MatterId,
    (outcome, became, said): (Outcome, Option<&str>, &[u8]),
    by: OfficerId,
    at: Timestamp,
) -> Result<bool, DatabaseError> {
    let done = sqlx::query(
        "UPDATE subscribers_matter SET outcome = $1, became = $2, said = $3, settled_by = $4, settled_at = $5 \
         WHERE id = $6 AND settled_at IS NULL",
    )
    .bind(outcome.as_str())
    .bind(became)
    .bind(said)
    .bind(by.number())
    .bind(at.as_microsecond())
    .bind(id.to_string())
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

fn read(row: &AnyRow) -> Result<MatterRow, DatabaseError> {
    let settled_by: Option<i64> = row.try_get("settled_by")?;
    Ok(MatterRow {
        id: parsed(row, "id")?,
        kind: word(row, "kind", MatterKind::named)?,
        application: row.try_get("application")?,
        serial: row.try_get("serial")?,
        opened_by: row.try_get("opened_by")?,
        opened_at: time(row, "opened_at")?,
        words: row.try_get("words")?,
        request: row.try_get("request")?,
        done: row.try_get("done")?,
        outcome: maybe_word(row, "outcome", Outcome::named)?,
        settled_by: settled_by
            .map(|number| OfficerId::new(number).ok_or_else(|| impossible("settled_by")))
            .transpose()?,
        settled_at: maybe_time(row, "settled_at")?,
        became: row.try_get("became")?,
        said: row.try_get("said")?,
    })
}
