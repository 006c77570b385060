//! The tables `subscribers_*`: the only SQL of this crate. Every function takes the connection of a transaction.

pub(crate) mod access;
pub(crate) mod matter;
pub(crate) mod supplement;

use hefu_database::{Connection, Database, DatabaseError, Migration};
use hefu_officers::OfficerId;
use jiff::Timestamp;
use sqlx::Row as _;
use sqlx::any::AnyRow;

/// The schema of this crate, for the program that opens the database.
pub const MIGRATIONS: &[Migration] = &[Migration {
    capability: "subscribers",
    number: 1,
    name: "subscribers",
    sql: include_str!("../migrations/0001_subscribers.sql"),
}];

/// Since when the applicant of an application owes a supplement, for the desk, which then does not approve.
///
/// # Errors
/// A fault of the database.
pub async fn owed(database: &Database, application: &str) -> Result<Option<Timestamp>, DatabaseError> {
    let row = sqlx::query("SELECT asked_at FROM subscribers_supplement WHERE application = $1 AND closed_at IS NULL")
        .bind(application)
        .fetch_optional(&mut *database.read().await?)
        .await?;
    row.as_ref().map(|row| time(row, "asked_at")).transpose()
}

pub(crate) async fn key(connection: &mut Connection, name: &str) -> Result<Option<Vec<u8>>, DatabaseError> {
    let row = sqlx::query("SELECT sealed FROM subscribers_key WHERE name = $1")
        .bind(name)
        .fetch_optional(connection)
        .await?;
    Ok(match row {
        Some(row) => Some(row.try_get("sealed")?),
        None => None,
    })
}

pub(crate) async fn insert_key(connection: &mut Connection, name: &str, sealed: &[u8]) -> Result<(), DatabaseError> {
    sqlx::query("INSERT INTO subscribers_key (name, sealed) VALUES ($1, $2)")
        .bind(name)
        .bind(sealed)
        .execute(connection)
        .await?;
    Ok(())
}

fn impossible(column: &str) -> DatabaseError {
    DatabaseError::Corrupt {
        detail: format!("subscribers_* has an impossible {column}"),
    }
}

fn time(row: &AnyRow, column: &str) -> Result<Timestamp, DatabaseError> {
    Timestamp::from_microsecond(row.try_get(column)?).map_err(|_| impossible(column))
}

fn maybe_time(row: &AnyRow, column: &str) -> Result<Option<Timestamp>, DatabaseError> {
    let at: Option<i64> = row.try_get(column)?;
    at.map(Timestamp::from_microsecond)
        .transpose()
        .map_err(|_| impossible(column))
}

fn officer(row: &AnyRow, column: &str) -> Result<OfficerId, DatabaseError> {
    OfficerId::new(row.try_get(column)?).ok_or_else(|| impossible(column))
}

fn parsed<T: std::str::FromStr>(row: &AnyRow, column: &str) -> Result<T, DatabaseError> {
    let text: String = row.try_get(column)?;
    text.parse().map_err(|_| impossible(column))
}

fn word<T>(row: &AnyRow, column: &str, named: impl Fn(&str) -> Option<T>) -> Result<T, DatabaseError> {
    let text: String = row.try_get(column)?;
    named(&text).ok_or_else(|| impossible(column))
}

fn maybe_word<T>(row: &AnyRow, column: &str, named: impl Fn(&str) -> Option<T>) -> Result<Option<T>, DatabaseError> {
    let text: Option<String> = row.try_get(column)?;
    text.map(|text| named(&text).ok_or_else(|| impossible(column)))
        .transpose()
}

fn octets(row: &AnyRow, column: &str) -> Result<[u8; 32], DatabaseError> {
    let octets: Vec<u8> = row.try_get(column)?;
    octets.try_into().map_err(|_| impossible(column))
}
