//! The table of passkeys, waiting and bound.

use gm_suite::PublicKey;
use hefu_database::{Connection, DatabaseError};
use jiff::Timestamp;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::{id, time, unreadable};
use crate::certificate::DIGEST_LEN;
use crate::officer::OfficerId;

/// A passkey as the table has it.
#[derive(Clone)]
pub(crate) struct Row {
    pub(crate) sm3: [u8; DIGEST_LEN],
    pub(crate) officer: OfficerId,
    pub(crate) credential: Vec<u8>,
    pub(crate) key: PublicKey,
    pub(crate) is_synced: bool,
    pub(crate) counter: u32,
    pub(crate) made_at: Timestamp,
    pub(crate) bound_at: Option<Timestamp>,
    pub(crate) used_at: Option<Timestamp>,
}

const COLUMNS: &str = "SELECT sm3, officer, credential, spki, synced, counter, made_at, bound_at, used_at \
     FROM officer_passkey";

fn read(row: &AnyRow) -> Result<Row, DatabaseError> {
    let sm3: Vec<u8> = row.try_get(0)?;
    let spki: Vec<u8> = row.try_get(3)?;
    let counter: i64 = row.try_get(5)?;
    Ok(Row {
        sm3: sm3.try_into().map_err(|_| unreadable("passkey"))?,
        officer: id(row.try_get(1)?)?,
        credential: row.try_get(2)?,
        key: PublicKey::from_spki(&spki).map_err(|_| unreadable("passkey"))?,
        is_synced: row.try_get::<i64, _>(4)? == 1,
        counter: u32::try_from(counter).map_err(|_| unreadable("counter"))?,
        made_at: time(row.try_get(6)?)?,
        bound_at: row.try_get::<Option<i64>, _>(7)?.map(time).transpose()?,
        used_at: row.try_get::<Option<i64>, _>(8)?.map(time).transpose()?,
    })
}

/// An officer's passkeys, oldest first.
pub(crate) async fn of(connection: &mut Connection, officer: OfficerId) -> Result<Vec<Row>, DatabaseError> {
    let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
        "{COLUMNS} WHERE officer = $1 ORDER BY made_at, sm3"
    )))
    .bind(officer.number())
    .fetch_all(connection)
    .await?;
    rows.iter().map(read).collect()
}

/// The passkey of a credential identifier, whoever's it is.
pub(crate) async fn find(connection: &mut Connection, credential: &[u8]) -> Result<Option<Row>, DatabaseError> {
    let row = sqlx::query(sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE credential = $1")))
        .bind(credential)
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(read).transpose()
}

/// Writes a passkey that waits. A key or an identifier that is there already is refused by the table.
pub(crate) async fn insert(connection: &mut Connection, row: &Row) -> Result<(), DatabaseError> {
    sqlx::query(
        "INSERT INTO officer_passkey (sm3, officer, credential, spki, synced, counter, made_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(row.sm3.as_slice())
    .bind(row.officer.number())
    .bind(row.credential.as_slice())
    .bind(row.key.spki())
    .bind(i64::from(row.is_synced))
    .bind(i64::from(row.counter))
    .bind(row.made_at.as_microsecond())
    .execute(connection)
    .await?;
    Ok(())
}

/// Binds a passkey that waits; false when there is none.
pub(crate) async fn bind(
    connection: &mut Connection,
    officer: OfficerId,
    sm3: &[u8; DIGEST_LEN],
    at: Timestamp,
) -> Result<bool, DatabaseError> {
    let query = "UPDATE officer_passkey SET bound_at = $1 WHERE sm3 = $2 AND officer = $3 AND bound_at IS NULL";
    let bound = sqlx::query(query)
        .bind(at.as_microsecond())
        .bind(sm3.as_slice())
        .bind(officer.number())
        .execute(connection)
        .await?;
    Ok(bound.rows_affected() == 1)
}

/// Takes away one of an officer's passkeys, or all of them; how many there were.
pub(crate) async fn remove(
    connection: &mut Connection,
    officer: OfficerId,
    sm3: Option<&[u8; DIGEST_LEN]>,
) -> Result<u64, DatabaseError> {
    let removed = match sm3 {
        None => sqlx::query("DELETE FROM officer_passkey WHERE officer = $1").bind(officer.number()),
        Some(sm3) => sqlx::query("DELETE FROM officer_passkey WHERE officer = $1 AND sm3 = $2")
            .bind(officer.number())
            .bind(sm3.as_slice()),
    };
    Ok(removed.execute(connection).await?.rows_affected())
}

/// Moves the counter of a bound passkey on; false when it was used, unbound or changed since `row` was read.
pub(crate) async fn used(
    connection: &mut Connection,
    row: &Row,
    counter: u32,
    at: Timestamp,
) -> Result<bool, DatabaseError> {
    let query = "UPDATE officer_passkey SET counter = $1, used_at = $2 \
         WHERE sm3 = $3 AND officer = $4 AND counter = $5 AND bound_at IS NOT NULL";
    let moved = sqlx::query(query)
        .bind(i64::from(counter))
        .bind(at.as_microsecond())
        .bind(row.sm3.as_slice())
        .bind(row.officer.number())
        .bind(i64::from(row.counter))
        .execute(connection)
        .await?;
    Ok(moved.rows_affected() == 1)
}
