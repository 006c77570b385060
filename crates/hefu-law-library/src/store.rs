//! The tables `law_*`. Rows are only inserted; a confirmation is marked as withdrawn, once.

use std::sync::Arc;

use hefu_database::{Connection, DatabaseError, Migration};
use hefu_officers::OfficerId;
use hefu_rulebook::OfficialText;
use jiff::Timestamp;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use crate::edition::{Confirmed, Edition, Withdrawal, YearSet};

/// The schema of this crate, for the program that opens the database.
pub const MIGRATIONS: &[Migration] = &[Migration {
    capability: "law",
    number: 1,
    name: "law",
    sql: include_str!("../migrations/0001_law.sql"),
}];

/// What the tables hold.
pub(crate) struct Kept {
    pub(crate) editions: Vec<Edition>,
    pub(crate) confirmations: Vec<Confirmed>,
    pub(crate) years: Vec<YearSet>,
}

fn unreadable(what: &str) -> DatabaseError {
    DatabaseError::Corrupt {
        detail: format!("law tables: {what} cannot be read"),
    }
}

fn time(microseconds: i64) -> Result<Timestamp, DatabaseError> {
    Timestamp::from_microsecond(microseconds).map_err(|_| unreadable("a time"))
}

fn officer(number: i64) -> Result<OfficerId, DatabaseError> {
    OfficerId::new(number).ok_or_else(|| unreadable("an officer"))
}

async fn next(connection: &mut Connection, query: &'static str) -> Result<i64, DatabaseError> {
    Ok(sqlx::query(query).fetch_one(connection).await?.try_get(0)?)
}

/// The number of the next edition.
pub(crate) async fn next_edition(connection: &mut Connection) -> Result<i64, DatabaseError> {
    next(connection, "SELECT COALESCE(MAX(id), 0) + 1 FROM law_edition").await
}

/// The number of the next confirmation.
pub(crate) async fn next_confirmation(connection: &mut Connection) -> Result<i64, DatabaseError> {
    next(connection, "SELECT COALESCE(MAX(id), 0) + 1 FROM law_confirmation").await
}

/// The number of the next year that is set.
pub(crate) async fn next_year(connection: &mut Connection) -> Result<i64, DatabaseError> {
    next(connection, "SELECT COALESCE(MAX(id), 0) + 1 FROM law_year").await
}

pub(crate) async fn insert_edition(connection: &mut Connection, edition: &Edition) -> Result<(), DatabaseError> {
    sqlx::query(
        "INSERT INTO law_edition (id, instrument, dated, source, content, sm3, loaded_by, loaded_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(edition.id)
    .bind(edition.instrument.as_str())
    .bind(edition.dated.to_string())
    .bind(edition.source.as_str())
    .bind(edition.content.to_string())
    .bind(edition.sm3.as_str())
    .bind(edition.loaded_by.number())
    .bind(edition.loaded_at.as_microsecond())
    .execute(connection)
    .await?;
    Ok(())
}

pub(crate) async fn insert_confirmation(connection: &mut Connection, one: &Confirmed) -> Result<(), DatabaseError> {
    sqlx::query(
        "INSERT INTO law_confirmation \
         (id, obligation, wording, articles_sm3, edition, loaded_by, confirmed_by, confirmed_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(one.id)
    .bind(one.obligation.as_str())
    .bind(one.wording.as_str())
    .bind(one.articles_sm3.as_str())
    .bind(one.edition)
    .bind(one.loaded_by.number())
    .bind(one.by.number())
    .bind(one.at.as_microsecond())
    .execute(connection)
    .await?;
    Ok(())
}

pub(crate) async fn withdraw(
    connection: &mut Connection,
    id: i64,
    withdrawal: &Withdrawal,
) -> Result<(), DatabaseError> {
    sqlx::query("UPDATE law_confirmation SET withdrawn_by = $1, withdrawn_at = $2, reason = $3 WHERE id = $4")
        .bind(withdrawal.by.number())
        .bind(withdrawal.at.as_microsecond())
        .bind(withdrawal.reason.as_str())
        .bind(id)
        .execute(connection)
        .await?;
    Ok(())
}

pub(crate) async fn insert_year(connection: &mut Connection, year: &YearSet) -> Result<(), DatabaseError> {
    sqlx::query("INSERT INTO law_year (id, year, content, sm3, set_by, set_at) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(year.id)
        .bind(i64::from(year.year))
        .bind(year.content.to_string())
        .bind(year.sm3.as_str())
        .bind(year.by.number())
        .bind(year.at.as_microsecond())
        .execute(connection)
        .await?;
    Ok(())
}

/// Everything, oldest first.
pub(crate) async fn kept(connection: &mut Connection) -> Result<Kept, DatabaseError> {
    let rows = sqlx::query(
        "SELECT id, instrument, dated, source, content, sm3, loaded_by, loaded_at FROM law_edition ORDER BY id",
    )
    .fetch_all(&mut *connection)
    .await?;
    let editions = rows.iter().map(read_edition).collect::<Result<_, _>>()?;
    let rows = sqlx::query(
        "SELECT id, obligation, wording, articles_sm3, edition, loaded_by, confirmed_by, confirmed_at, withdrawn_by, \
         withdrawn_at, reason FROM law_confirmation ORDER BY id",
    )
    .fetch_all(&mut *connection)
    .await?;
    let confirmations = rows.iter().map(read_confirmation).collect::<Result<_, _>>()?;
    let rows = sqlx::query("SELECT id, year, content, sm3, set_by, set_at FROM law_year ORDER BY id")
        .fetch_all(connection)
        .await?;
    let years = rows.iter().map(read_year).collect::<Result<_, _>>()?;
    Ok(Kept {
        editions,
        confirmations,
        years,
    })
}

fn read_edition(row: &AnyRow) -> Result<Edition, DatabaseError> {
    let dated: String = row.try_get(2)?;
    let content: String = row.try_get(4)?;
    let text = OfficialText::parse(&content).map_err(|_| unreadable("a text"))?;
    Ok(Edition {
        id: row.try_get(0)?,
        instrument: row.try_get(1)?,
        dated: dated.parse().map_err(|_| unreadable("a date"))?,
        source: row.try_get(3)?,
        content: content.into(),
        text: Arc::new(text),
        sm3: row.try_get(5)?,
        loaded_by: officer(row.try_get(6)?)?,
        loaded_at: time(row.try_get(7)?)?,
    })
}

fn read_confirmation(row: &AnyRow) -> Result<Confirmed, DatabaseError> {
    let by: Option<i64> = row.try_get(8)?;
    let at: Option<i64> = row.try_get(9)?;
    let reason: Option<String> = row.try_get(10)?;
    let withdrawn = match (by, at, reason) {
        (Some(by), Some(at), Some(reason)) => Some(Withdrawal {
            by: officer(by)?,
            at: time(at)?,
            reason,
        }),
        _ => None,
    };
    Ok(Confirmed {
        id: row.try_get(0)?,
        obligation: row.try_get(1)?,
        wording: row.try_get(2)?,
        articles_sm3: row.try_get(3)?,
        edition: row.try_get(4)?,
        loaded_by: officer(row.try_get(5)?)?,
        by: officer(row.try_get(6)?)?,
        at: time(row.try_get(7)?)?,
        withdrawn,
    })
}

fn read_year(row: &AnyRow) -> Result<YearSet, DatabaseError> {
    Ok(YearSet {
        id: row.try_get(0)?,
        year: i16::try_from(row.try_get::<i64, _>(1)?).map_err(|_| unreadable("a year"))?,
        content: row.try_get::<String, _>(2)?.into(),
        sm3: row.try_get(3)?,
        by: officer(row.try_get(4)?)?,
        at: time(row.try_get(5)?)?,
    })
}
