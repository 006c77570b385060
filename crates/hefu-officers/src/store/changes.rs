//! The tables of changes, training and delegated bodies.

use hefu_database::{Connection, DatabaseError};
use jiff::Timestamp;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::{id, next_number, time, unreadable};
use crate::change::{Change, Decision, Outcome, Proposal};
use crate::duty::{DelegatedBody, Training};
use crate::officer::OfficerId;
use crate::oversight::{FiledBody, Show};

const COLUMNS: &str =
    "SELECT id, change, proposed_by, proposed_at, outcome, decided_by, decided_at FROM officer_change";
/// One page of proposals.
const PAGE: i64 = 200;

pub(crate) async fn next_proposal(connection: &mut Connection) -> Result<i64, DatabaseError> {
    next_number(connection, "SELECT COALESCE(MAX(id), 0) + 1 FROM officer_change").await
}

pub(crate) async fn insert(connection: &mut Connection, proposal: &Proposal) -> Result<(), DatabaseError> {
    let change = serde_json::to_string(&proposal.change).map_err(|_| unreadable("change"))?;
    sqlx::query(
        "INSERT INTO officer_change (id, subject, change, proposed_by, proposed_at, outcome) \
         VALUES ($1, $2, $3, $4, $5, 'open')",
    )
    .bind(proposal.id)
    .bind(proposal.change.subject().map(OfficerId::number))
    .bind(change)
    .bind(proposal.proposed_by.number())
    .bind(proposal.proposed_at.as_microsecond())
    .execute(connection)
    .await?;
    Ok(())
}

pub(crate) async fn decide(connection: &mut Connection, proposal: i64, by: Decision) -> Result<(), DatabaseError> {
    sqlx::query("UPDATE officer_change SET outcome = $1, decided_by = $2, decided_at = $3 WHERE id = $4")
        .bind(by.outcome.as_str())
        .bind(by.by.number())
        .bind(by.at.as_microsecond())
        .bind(proposal)
        .execute(connection)
        .await?;
    Ok(())
}

pub(crate) async fn find(connection: &mut Connection, number: i64) -> Result<Option<Proposal>, DatabaseError> {
    let query = sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE id = $1"));
    let row = sqlx::query(query).bind(number).fetch_optional(connection).await?;
    row.as_ref().map(read).transpose()
}

/// Proposals after a number, oldest first, one page.
pub(crate) async fn after(connection: &mut Connection, number: i64) -> Result<Vec<Proposal>, DatabaseError> {
    let query = sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE id > $1 ORDER BY id LIMIT $2"));
    let rows = sqlx::query(query).bind(number).bind(PAGE).fetch_all(connection).await?;
    rows.iter().map(read).collect()
}

/// Proposals about an officer, oldest first, at most `most`.
pub(crate) async fn about(
    connection: &mut Connection,
    officer: OfficerId,
    most: i64,
) -> Result<Vec<Proposal>, DatabaseError> {
    let query = sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE subject = $1 ORDER BY id LIMIT $2"));
    let query = sqlx::query(query).bind(officer.number()).bind(most);
    query.fetch_all(connection).await?.iter().map(read).collect()
}

/// Proposals before a number, newest first.
pub(crate) async fn before(
    connection: &mut Connection,
    show: Show,
    number: i64,
    limit: usize,
) -> Result<Vec<Proposal>, DatabaseError> {
    let (filter, subject) = match show {
        Show::All => ("", 0),
        Show::Open => (" AND outcome = 'open'", 0),
        Show::About(officer) => (" AND subject = $2", officer.number()),
    };
    let text = format!("{COLUMNS} WHERE id < $1 AND $2 = $2{filter} ORDER BY id DESC LIMIT $3");
    let rows = sqlx::query(sqlx::AssertSqlSafe(text))
        .bind(number)
        .bind(subject)
        .bind(i64::try_from(limit).unwrap_or(PAGE))
        .fetch_all(connection)
        .await?;
    rows.iter().map(read).collect()
}

fn read(row: &AnyRow) -> Result<Proposal, DatabaseError> {
    let change: String = row.try_get(1)?;
    let change: Change = serde_json::from_str(&change).map_err(|_| unreadable("change"))?;
    let outcome = Outcome::parse(&row.try_get::<String, _>(4)?);
    let by: Option<i64> = row.try_get(5)?;
    let at: Option<i64> = row.try_get(6)?;
    let decision = match (outcome, by, at) {
        (Some(outcome), Some(by), Some(at)) => Some(Decision {
            outcome,
            by: id(by)?,
            at: time(at)?,
        }),
        _ => None,
    };
    Ok(Proposal {
        id: row.try_get(0)?,
        change,
        proposed_by: id(row.try_get(2)?)?,
        proposed_at: time(row.try_get(3)?)?,
        decision,
    })
}

pub(crate) async fn insert_training(
    connection: &mut Connection,
    training: &Training,
    by: OfficerId,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    let number = next_number(connection, "SELECT COALESCE(MAX(id), 0) + 1 FROM officer_training").await?;
    sqlx::query(
        "INSERT INTO officer_training (id, officer, course, passed_at, recorded_by, recorded_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(number)
    .bind(training.officer.number())
    .bind(training.course.as_str())
    .bind(training.passed_at.as_microsecond())
    .bind(by.number())
    .bind(at.as_microsecond())
    .execute(connection)
    .await?;
    Ok(())
}

/// Writes a delegated body and gives its number.
pub(crate) async fn insert_body(connection: &mut Connection, body: &DelegatedBody) -> Result<i64, DatabaseError> {
    let number = next_number(
        connection,
        "SELECT COALESCE(MAX(id), 0) + 1 FROM officer_delegated_body",
    )
    .await?;
    sqlx::query("INSERT INTO officer_delegated_body (id, name, filing, filed_on) VALUES ($1, $2, $3, $4)")
        .bind(number)
        .bind(body.name.as_str())
        .bind(body.filing.as_str())
        .bind(body.filed_on.to_string())
        .execute(connection)
        .await?;
    Ok(number)
}

/// Every delegated body, in order of filing.
pub(crate) async fn bodies(connection: &mut Connection) -> Result<Vec<FiledBody>, DatabaseError> {
    let rows = sqlx::query("SELECT id, name, filing, filed_on FROM officer_delegated_body ORDER BY id")
        .fetch_all(connection)
        .await?;
    let read = |row: &AnyRow| {
        let filed_on: String = row.try_get(3)?;
        Ok(FiledBody {
            number: row.try_get(0)?,
            body: DelegatedBody {
                name: row.try_get(1)?,
                filing: row.try_get(2)?,
                filed_on: filed_on.parse().map_err(|_| unreadable("filed_on"))?,
            },
        })
    };
    rows.iter().map(read).collect()
}

/// Whether there is such a body.
pub(crate) async fn body_exists(connection: &mut Connection, number: i64) -> Result<bool, DatabaseError> {
    let row = sqlx::query("SELECT COUNT(*) FROM officer_delegated_body WHERE id = $1")
        .bind(number)
        .fetch_one(connection)
        .await?;
    Ok(row.try_get::<i64, _>(0)? > 0)
}
