//! The table of open sessions. What ended is in the records.

use hefu_database::{Connection, DatabaseError};
use jiff::Timestamp;
use sqlx::Row as _;

use super::{id, time, unreadable};
use crate::officer::OfficerId;

/// An open session as the table has it.
pub(crate) struct Row {
    pub(crate) digest: [u8; 32],
    pub(crate) number: i64,
    pub(crate) officer: OfficerId,
    pub(crate) opened_at: Timestamp,
}

pub(crate) async fn insert(connection: &mut Connection, row: &Row) -> Result<(), DatabaseError> {
    sqlx::query("INSERT INTO officer_session (digest, number, officer, opened_at) VALUES ($1, $2, $3, $4)")
        .bind(row.digest.as_slice())
        .bind(row.number)
        .bind(row.officer.number())
        .bind(row.opened_at.as_microsecond())
        .execute(connection)
        .await?;
    Ok(())
}

/// Ends one session of an officer, or all of them.
pub(crate) async fn end(
    connection: &mut Connection,
    officer: OfficerId,
    number: Option<i64>,
) -> Result<u64, DatabaseError> {
    let query = "DELETE FROM officer_session WHERE officer = $1 AND ($2 = 0 OR number = $2)";
    let ended = sqlx::query(query)
        .bind(officer.number())
        .bind(number.unwrap_or(0))
        .execute(connection)
        .await?;
    Ok(ended.rows_affected())
}

/// Forgets sessions that ran out: opened before `limit`, they open nothing any more.
pub(crate) async fn forget(connection: &mut Connection, limit: Timestamp) -> Result<(), DatabaseError> {
    sqlx::query("DELETE FROM officer_session WHERE opened_at < $1")
        .bind(limit.as_microsecond())
        .execute(connection)
        .await?;
    Ok(())
}

pub(crate) async fn all(connection: &mut Connection) -> Result<Vec<Row>, DatabaseError> {
    let rows = sqlx::query("SELECT digest, number, officer, opened_at FROM officer_session")
        .fetch_all(connection)
        .await?;
    let read = |row: &sqlx::any::AnyRow| {
        let digest: Vec<u8> = row.try_get(0)?;
        Ok(Row {
            digest: digest.try_into().map_err(|_| unreadable("session"))?,
            number: row.try_get(1)?,
            officer: id(row.try_get(2)?)?,
            opened_at: time(row.try_get(3)?)?,
        })
    };
    rows.iter().map(read).collect()
}

/// Whose session this is.
pub(crate) async fn holder(connection: &mut Connection, number: i64) -> Result<Option<OfficerId>, DatabaseError> {
    let row = sqlx::query("SELECT officer FROM officer_session WHERE number = $1")
        .bind(number)
        .fetch_optional(connection)
        .await?;
    row.map(|row| id(row.try_get(0)?)).transpose()
}

/// Numbers of an officer's sessions.
pub(crate) async fn of(connection: &mut Connection, officer: OfficerId) -> Result<Vec<i64>, DatabaseError> {
    let rows = sqlx::query("SELECT number FROM officer_session WHERE officer = $1 ORDER BY number")
        .bind(officer.number())
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}
