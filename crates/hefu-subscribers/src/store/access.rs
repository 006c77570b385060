//! `subscribers_access` and `subscribers_session`.

use hefu_database::{Connection, DatabaseError};
use jiff::Timestamp;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::{impossible, maybe_word, octets, officer, parsed, time, word};
use crate::access::{Access, AccessState, Purpose};
use crate::id::AccessId;

/// Accesses of one application that are listed: the newest.
const LISTED_MAX: i64 = 50;

/// An access with what its code is found and compared by.
pub(crate) struct Kept {
    pub(crate) access: Access,
    pub(crate) digest: [u8; 32],
}

/// A session as it is kept.
pub(crate) struct SessionRow {
    pub(crate) access: Access,
    pub(crate) opened_at: Timestamp,
    pub(crate) seen_at: Timestamp,
}

pub(crate) async fn insert(
    connection: &mut Connection,
    access: &Access,
    number: &str,
    digest: [u8; 32],
) -> Result<(), DatabaseError> {
    sqlx::query(
        "INSERT INTO subscribers_access \
         (id, number, digest, purpose, application, vouched_by, made_by, made_at, expires_at, tries_left, uses_left) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(access.id.to_string())
    .bind(number)
    .bind(digest.as_slice())
    .bind(access.purpose.as_str())
    .bind(access.application.as_str())
    .bind(access.vouched_by.number())
    .bind(access.made_by.as_str())
    .bind(access.made_at.as_microsecond())
    .bind(access.expires_at.as_microsecond())
    .bind(i64::from(access.tries_left))
    .bind(access.uses_left.map(i64::from))
    .execute(connection)
    .await?;
    Ok(())
}

/// The access whose code has this number.
pub(crate) async fn numbered(connection: &mut Connection, number: &str) -> Result<Option<Kept>, DatabaseError> {
    let row = sqlx::query("SELECT * FROM subscribers_access WHERE number = $1")
        .bind(number)
        .fetch_optional(connection)
        .await?;
    row.map(|row| {
        Ok(Kept {
            access: read(&row)?,
            digest: octets(&row, "digest")?,
        })
    })
    .transpose()
}

pub(crate) async fn one(connection: &mut Connection, id: AccessId) -> Result<Option<Access>, DatabaseError> {
    let row = sqlx::query("SELECT * FROM subscribers_access WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(read).transpose()
}

/// Accesses of an application, the newest first.
pub(crate) async fn of(connection: &mut Connection, application: &str) -> Result<Vec<Access>, DatabaseError> {
    let rows =
        sqlx::query("SELECT * FROM subscribers_access WHERE application = $1 ORDER BY made_at DESC, id DESC LIMIT $2")
            .bind(application)
            .bind(LISTED_MAX)
            .fetch_all(connection)
            .await?;
    rows.iter().map(read).collect()
}

/// Writes what a try or an officer left of an access.
pub(crate) async fn update(connection: &mut Connection, access: &Access, at: Timestamp) -> Result<(), DatabaseError> {
    sqlx::query(
        "UPDATE subscribers_access SET tries_left = $1, uses_left = $2, ended = $3, ended_at = $4 \
         WHERE id = $5 AND ended IS NULL",
    )
    .bind(i64::from(access.tries_left))
    .bind(access.uses_left.map(i64::from))
    .bind(access.ended.map(AccessState::as_str))
    .bind(access.ended.map(|_| at.as_microsecond()))
    .bind(access.id.to_string())
    .execute(connection)
    .await?;
    Ok(())
}

pub(crate) async fn insert_session(
    connection: &mut Connection,
    digest: [u8; 32],
    access: AccessId,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    sqlx::query("INSERT INTO subscribers_session (digest, access, opened_at, seen_at) VALUES ($1, $2, $3, $3)")
        .bind(digest.as_slice())
        .bind(access.to_string())
        .bind(at.as_microsecond())
        .execute(connection)
        .await?;
    Ok(())
}

pub(crate) async fn session(
    connection: &mut Connection,
    digest: [u8; 32],
) -> Result<Option<SessionRow>, DatabaseError> {
    let row = sqlx::query(
        "SELECT a.*, s.opened_at, s.seen_at FROM subscribers_session s \
         JOIN subscribers_access a ON a.id = s.access WHERE s.digest = $1",
    )
    .bind(digest.as_slice())
    .fetch_optional(connection)
    .await?;
    row.map(|row| {
        Ok(SessionRow {
            access: read(&row)?,
            opened_at: time(&row, "opened_at")?,
            seen_at: time(&row, "seen_at")?,
        })
    })
    .transpose()
}

/// A session was used.
pub(crate) async fn seen(connection: &mut Connection, digest: [u8; 32], at: Timestamp) -> Result<(), DatabaseError> {
    sqlx::query("UPDATE subscribers_session SET seen_at = $1 WHERE digest = $2 AND seen_at < $1")
        .bind(at.as_microsecond())
        .bind(digest.as_slice())
        .execute(connection)
        .await?;
    Ok(())
}

pub(crate) async fn end_session(connection: &mut Connection, digest: [u8; 32]) -> Result<(), DatabaseError> {
    sqlx::query("DELETE FROM subscribers_session WHERE digest = $1")
        .bind(digest.as_slice())
        .execute(connection)
        .await?;
    Ok(())
}

/// Ends the sessions of an access that was taken back.
pub(crate) async fn end_sessions(connection: &mut Connection, access: AccessId) -> Result<(), DatabaseError> {
    sqlx::query("DELETE FROM subscribers_session WHERE access = $1")
        .bind(access.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Forgets sessions that nobody can use any more.
pub(crate) async fn forget_sessions(connection: &mut Connection, seen_before: Timestamp) -> Result<(), DatabaseError> {
    sqlx::query("DELETE FROM subscribers_session WHERE seen_at < $1")
        .bind(seen_before.as_microsecond())
        .execute(connection)
        .await?;
    Ok(())
}

fn read(row: &AnyRow) -> Result<Access, DatabaseError> {
    let count = |number: i64| u32::try_from(number).map_err(|_| impossible("count"));
    let uses: Option<i64> = row.try_get("uses_left")?;
    Ok(Access {
        id: parsed(row, "id")?,
        purpose: word(row, "purpose", Purpose::named)?,
        application: row.try_get("application")?,
        vouched_by: officer(row, "vouched_by")?,
        made_by: row.try_get("made_by")?,
        made_at: time(row, "made_at")?,
        expires_at: time(row, "expires_at")?,
        tries_left: count(row.try_get("tries_left")?)?,
        uses_left: uses.map(count).transpose()?,
        ended: maybe_word(row, "ended", AccessState::named)?,
    })
}
