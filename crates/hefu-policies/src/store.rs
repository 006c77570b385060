//! The tables `policy_*`. Versions, filings and licences are only inserted.

use std::collections::BTreeMap;

use hefu_database::{Connection, DatabaseError, Migration};
use hefu_officers::OfficerId;
use jiff::Timestamp;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use crate::act::{Act, Filing, Outcome, Proposal, Which};
use crate::document::{Published, sm3_hex};
use crate::licence::{Licence, LicenceRecord};
use crate::shelf::{Filed, Shelf};

/// The schema of this crate, for the program that opens the database.
pub const MIGRATIONS: &[Migration] = &[Migration {
    capability: "policy",
    number: 1,
    name: "policy",
    sql: include_str!("../migrations/0001_policy.sql"),
}];

/// One page of proposals.
const PAGE: i64 = 50;

const ACT_COLUMNS: &str = "SELECT id, act, proposed_by, proposed_at, outcome, decided_by, decided_at FROM policy_act";

fn unreadable(what: &str) -> DatabaseError {
    DatabaseError::Corrupt {
        detail: format!("policy tables: {what} cannot be read"),
    }
}

fn time(microseconds: i64) -> Result<Timestamp, DatabaseError> {
    Timestamp::from_microsecond(microseconds).map_err(|_| unreadable("a time"))
}

fn officer(number: i64) -> Result<OfficerId, DatabaseError> {
    OfficerId::new(number).ok_or_else(|| unreadable("an officer"))
}

fn word<T: std::str::FromStr>(row: &AnyRow, column: usize) -> Result<T, DatabaseError> {
    let text: String = row.try_get(column)?;
    text.parse().map_err(|_| unreadable(&text))
}

fn json<T: serde::de::DeserializeOwned>(row: &AnyRow, column: usize) -> Result<T, DatabaseError> {
    let text: String = row.try_get(column)?;
    serde_json::from_str(&text).map_err(|_| unreadable("JSON"))
}

fn to_json<T: serde::Serialize>(value: &T) -> Result<String, DatabaseError> {
    serde_json::to_string(value).map_err(|_| unreadable("JSON"))
}

async fn next(connection: &mut Connection, query: &'static str) -> Result<i64, DatabaseError> {
    Ok(sqlx::query(query).fetch_one(connection).await?.try_get(0)?)
}

/// The number that the next proposal gets.
pub(crate) async fn next_act(connection: &mut Connection) -> Result<i64, DatabaseError> {
    next(connection, "SELECT COALESCE(MAX(id), 0) + 1 FROM policy_act").await
}

/// The place of the next version.
pub(crate) async fn next_place(connection: &mut Connection) -> Result<i64, DatabaseError> {
    next(connection, "SELECT COALESCE(MAX(place), 0) + 1 FROM policy_version").await
}

pub(crate) async fn insert_act(connection: &mut Connection, proposal: &Proposal) -> Result<(), DatabaseError> {
    sqlx::query("INSERT INTO policy_act (id, act, proposed_by, proposed_at, outcome) VALUES ($1, $2, $3, $4, 'open')")
        .bind(proposal.id)
        .bind(to_json(&proposal.act)?)
        .bind(proposal.proposed_by.number())
        .bind(proposal.proposed_at.as_microsecond())
        .execute(connection)
        .await?;
    Ok(())
}

pub(crate) async fn decide(
    connection: &mut Connection,
    id: i64,
    outcome: Outcome,
    by: OfficerId,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    sqlx::query("UPDATE policy_act SET outcome = $1, decided_by = $2, decided_at = $3 WHERE id = $4")
        .bind(outcome.as_str())
        .bind(by.number())
        .bind(at.as_microsecond())
        .bind(id)
        .execute(connection)
        .await?;
    Ok(())
}

pub(crate) async fn find_act(connection: &mut Connection, id: i64) -> Result<Option<Proposal>, DatabaseError> {
    let query = sqlx::AssertSqlSafe(format!("{ACT_COLUMNS} WHERE id = $1"));
    let row = sqlx::query(query).bind(id).fetch_optional(connection).await?;
    row.as_ref().map(read_act).transpose()
}

/// Proposals after a number, oldest first, one page.
pub(crate) async fn acts_after(connection: &mut Connection, id: i64) -> Result<Vec<Proposal>, DatabaseError> {
    let query = sqlx::AssertSqlSafe(format!("{ACT_COLUMNS} WHERE id > $1 ORDER BY id LIMIT $2"));
    let rows = sqlx::query(query).bind(id).bind(PAGE).fetch_all(connection).await?;
    rows.iter().map(read_act).collect()
}

/// Proposals before a number, newest first; only those that wait for a decision, if so wished.
pub(crate) async fn acts_before(
    connection: &mut Connection,
    id: i64,
    which: Which,
    limit: i64,
) -> Result<Vec<Proposal>, DatabaseError> {
    let filter = match which {
        Which::All => "",
        Which::Open => " AND outcome = 'open'",
    };
    let query = sqlx::AssertSqlSafe(format!("{ACT_COLUMNS} WHERE id < $1{filter} ORDER BY id DESC LIMIT $2"));
    let rows = sqlx::query(query).bind(id).bind(limit).fetch_all(connection).await?;
    rows.iter().map(read_act).collect()
}

fn read_act(row: &AnyRow) -> Result<Proposal, DatabaseError> {
    let act: Act = json(row, 1)?;
    let by: Option<i64> = row.try_get(5)?;
    let at: Option<i64> = row.try_get(6)?;
    Ok(Proposal {
        id: row.try_get(0)?,
        act,
        proposed_by: officer(row.try_get(2)?)?,
        proposed_at: time(row.try_get(3)?)?,
        outcome: Outcome::parse(&row.try_get::<String, _>(4)?),
        decided_by: by.map(officer).transpose()?,
        decided_at: at.map(time).transpose()?,
    })
}

pub(crate) async fn insert_version(connection: &mut Connection, document: &Published) -> Result<(), DatabaseError> {
    sqlx::query(
        "INSERT INTO policy_version \
         (series, version, effective_on, covers, chinese, english, missing, sample, published_at, place) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(document.series.as_str())
    .bind(document.version.as_str())
    .bind(document.effective_on.to_string())
    .bind(to_json(&document.covers)?)
    .bind(&*document.chinese)
    .bind(&*document.english)
    .bind(to_json(&document.missing)?)
    .bind(i64::from(document.sample))
    .bind(document.published_at.as_microsecond())
    .bind(document.place)
    .execute(connection)
    .await?;
    Ok(())
}

pub(crate) async fn insert_filing(
    connection: &mut Connection,
    filing: &Filing,
    receipt: &[u8],
    at: Timestamp,
) -> Result<(), DatabaseError> {
    sqlx::query(
        "INSERT INTO policy_filing (series, version, recipient, filed_on, receipt_name, receipt, recorded_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(filing.series.as_str())
    .bind(filing.version.as_str())
    .bind(filing.recipient.trim())
    .bind(filing.on.to_string())
    .bind(filing.receipt.name.trim())
    .bind(receipt)
    .bind(at.as_microsecond())
    .execute(connection)
    .await?;
    Ok(())
}

pub(crate) async fn insert_licence(
    connection: &mut Connection,
    licence: &Licence,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    let id = next(connection, "SELECT COALESCE(MAX(id), 0) + 1 FROM policy_licence").await?;
    sqlx::query("INSERT INTO policy_licence (id, licence, recorded_at) VALUES ($1, $2, $3)")
        .bind(id)
        .bind(to_json(licence)?)
        .bind(at.as_microsecond())
        .execute(connection)
        .await?;
    Ok(())
}

/// A receipt: its name and octets.
pub(crate) async fn receipt(
    connection: &mut Connection,
    series: &str,
    version: &str,
) -> Result<Option<(String, Vec<u8>)>, DatabaseError> {
    let row = sqlx::query("SELECT receipt_name, receipt FROM policy_filing WHERE series = $1 AND version = $2")
        .bind(series)
        .bind(version)
        .fetch_optional(connection)
        .await?;
    row.map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).transpose()
}

/// Everything public, without the times to file.
pub(crate) async fn shelf(connection: &mut Connection) -> Result<Shelf, DatabaseError> {
    let rows = sqlx::query(
        "SELECT series, version, effective_on, covers, chinese, english, missing, sample, published_at, place \
         FROM policy_version ORDER BY place",
    )
    .fetch_all(&mut *connection)
    .await?;
    let versions: Vec<Published> = rows.iter().map(read_version).collect::<Result<_, _>>()?;
    let rows = sqlx::query("SELECT series, version, recipient, filed_on, receipt, recorded_at FROM policy_filing")
        .fetch_all(&mut *connection)
        .await?;
    let filings: BTreeMap<String, Filed> = rows.iter().map(read_filing).collect::<Result<_, _>>()?;
    let rows = sqlx::query("SELECT id, licence, recorded_at FROM policy_licence ORDER BY id")
        .fetch_all(connection)
        .await?;
    let licences = rows.iter().map(|row| {
        Ok(LicenceRecord {
            id: row.try_get(0)?,
            licence: json(row, 1)?,
            recorded_at: time(row.try_get(2)?)?,
        })
    });
    let licences = licences.collect::<Result<_, DatabaseError>>()?;
    Ok(Shelf {
        versions,
        filings,
        due: BTreeMap::new(),
        licences,
    })
}

fn read_version(row: &AnyRow) -> Result<Published, DatabaseError> {
    Ok(Published {
        series: word(row, 0)?,
        version: word(row, 1)?,
        effective_on: word(row, 2)?,
        covers: json(row, 3)?,
        chinese: row.try_get::<String, _>(4)?.into(),
        english: row.try_get::<String, _>(5)?.into(),
        missing: json(row, 6)?,
        sample: row.try_get::<i64, _>(7)? == 1,
        published_at: time(row.try_get(8)?)?,
        place: row.try_get(9)?,
    })
}

fn read_filing(row: &AnyRow) -> Result<(String, Filed), DatabaseError> {
    let (series, version): (String, String) = (row.try_get(0)?, row.try_get(1)?);
    let receipt: Vec<u8> = row.try_get(4)?;
    let filed = Filed {
        recipient: row.try_get(2)?,
        on: word(row, 3)?,
        receipt_sm3: sm3_hex(&receipt),
        recorded_at: time(row.try_get(5)?)?,
    };
    Ok((format!("{series} {version}"), filed))
}
