//! The tables `officer_*`: the only SQL of this crate.

use hefu_database::{Connection, DatabaseError, Migration};
use jiff::Timestamp;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use crate::officer::{Officer, OfficerId};
use crate::role::Role;
use crate::token::TokenDigest;

/// The schema of this crate, for the program that opens the database.
pub const MIGRATIONS: &[Migration] = &[Migration {
    capability: "officer",
    number: 1,
    name: "officer",
    sql: include_str!("../migrations/0001_officer.sql"),
}];

/// The number that the next officer gets.
pub(crate) async fn next_number(connection: &mut Connection) -> Result<i64, DatabaseError> {
    let row = sqlx::query("SELECT COALESCE(MAX(id), 0) + 1 FROM officer_officer")
        .fetch_one(connection)
        .await?;
    Ok(row.try_get(0)?)
}

/// Writes an officer and the digest of the token. A name that is there already is refused by the table.
pub(crate) async fn insert(
    connection: &mut Connection,
    officer: &Officer,
    digest: &TokenDigest,
) -> Result<(), DatabaseError> {
    let at = officer.enrolled_at.as_microsecond();
    sqlx::query("INSERT INTO officer_officer (id, name, role, branch, enrolled_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(officer.id.number())
        .bind(&*officer.name)
        .bind(officer.role.as_str())
        .bind(officer.role.branch().as_str())
        .bind(at)
        .execute(&mut *connection)
        .await?;
    sqlx::query("INSERT INTO officer_token (officer, digest, issued_at) VALUES ($1, $2, $3)")
        .bind(officer.id.number())
        .bind(digest.as_slice())
        .bind(at)
        .execute(connection)
        .await?;
    Ok(())
}

/// Everybody, with the digests of their tokens, in order of enrolment.
pub(crate) async fn all(connection: &mut Connection) -> Result<Vec<(Officer, TokenDigest)>, DatabaseError> {
    let rows = sqlx::query(
        "SELECT o.id, o.name, o.role, o.enrolled_at, t.digest \
         FROM officer_officer o JOIN officer_token t ON t.officer = o.id ORDER BY o.id",
    )
    .fetch_all(connection)
    .await?;
    rows.iter().map(read).collect()
}

fn read(row: &AnyRow) -> Result<(Officer, TokenDigest), DatabaseError> {
    let number: i64 = row.try_get(0)?;
    let role: Role = row.try_get::<String, _>(2)?.parse().map_err(|_| unreadable("role"))?;
    let officer = Officer {
        id: OfficerId::new(number).ok_or_else(|| unreadable("id"))?,
        name: row.try_get::<String, _>(1)?.into(),
        role,
        enrolled_at: Timestamp::from_microsecond(row.try_get(3)?).map_err(|_| unreadable("enrolled_at"))?,
    };
    let digest = TokenDigest::from_slice(&row.try_get::<Vec<u8>, _>(4)?).ok_or_else(|| unreadable("digest"))?;
    Ok((officer, digest))
}

/// A value that no constraint of ours lets in.
fn unreadable(column: &str) -> DatabaseError {
    DatabaseError::Corrupt {
        detail: format!("officer_officer or officer_token has an impossible {column}"),
    }
}
