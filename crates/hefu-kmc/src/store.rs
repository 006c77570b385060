//! The three stores as tables; the only SQL of this crate. Every function takes a transaction's connection.

use std::fmt::Write as _;

use hefu_database::{Connection, DatabaseError, Migration, Value, insert_rows};
use jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row as _};

use crate::custody::{Held, Holding, Holdings, Serial};
use crate::facts::RetiredBecause;

/// The steps of this capability's schema.
pub const MIGRATIONS: &[Migration] = &[Migration {
    capability: "kmc",
    number: 1,
    name: "stores",
    sql: include_str!("../migrations/0001_stores.sql"),
}];

/// Values in one `IN` list: the largest portion; longer lists are asked for in several statements.
const LIST_MAX: usize = 64;

/// A key pair that waits in the spare store 备用库.
#[derive(Clone, Debug)]
pub(crate) struct Spare {
    /// The public half, `SubjectPublicKeyInfo`.
    pub(crate) public_key: Vec<u8>,
    /// The private half, sealed with the public half as context.
    pub(crate) sealed: Vec<u8>,
}

/// A row that does not say what its column must say: someone else wrote it.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum StoreError {
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// A column holds what this program never writes.
    #[error("column {column} of {table} holds a value that this program never writes")]
    Unreadable {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
    /// The statement changed another number of rows than the decision was about.
    #[error("{table} changed under the transaction")]
    Moved {
        /// The table.
        table: &'static str,
    },
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error.into())
    }
}

/// Puts fresh key pairs into the spare store.
pub(crate) async fn add_spares(
    connection: &mut Connection,
    spares: &[Spare],
    now: Timestamp,
) -> Result<(), StoreError> {
    let rows = spares.iter().map(|spare| {
        [
            Value::from(spare.public_key.as_slice()),
            Value::from(spare.sealed.as_slice()),
            Value::from(now.as_microsecond()),
        ]
    });
    insert_rows(connection, "kmc_spare", ["public_key", "sealed", "made_at"], rows).await?;
    Ok(())
}

/// How many key pairs wait in the spare store.
pub(crate) async fn count_spares(connection: &mut Connection) -> Result<u64, StoreError> {
    let row = sqlx::query("SELECT COUNT(*) FROM kmc_spare")
        .fetch_one(connection)
        .await?;
    u64::try_from(row.try_get::<i64, _>(0)?).map_err(|_| unreadable("kmc_spare", "count"))
}

/// Takes up to `wanted` key pairs out of the spare store; fewer when it has fewer.
pub(crate) async fn take_spares(connection: &mut Connection, wanted: usize) -> Result<Vec<Spare>, StoreError> {
    let limit = i64::try_from(wanted).unwrap_or(i64::MAX);
    let rows = sqlx::query("SELECT public_key, sealed FROM kmc_spare LIMIT $1")
        .bind(limit)
        .fetch_all(&mut *connection)
        .await?;
    let mut spares = Vec::with_capacity(rows.len());
    for row in rows {
        spares.push(Spare {
            public_key: row.try_get(0)?,
            sealed: row.try_get(1)?,
        });
    }
    let keys: Vec<&[u8]> = spares.iter().map(|spare| spare.public_key.as_slice()).collect();
    let mut gone = 0;
    for portion in keys.chunks(LIST_MAX) {
        let sql = format!("DELETE FROM kmc_spare WHERE public_key IN ({})", list(1, portion.len()));
        let mut statement = sqlx::query(AssertSqlSafe(sql));
        for key in padded(portion) {
            statement = statement.bind(key.to_vec());
        }
        gone += statement.execute(&mut *connection).await?.rows_affected();
    }
    if gone != spares.len() as u64 {
        return Err(StoreError::Moved { table: "kmc_spare" });
    }
    Ok(spares)
}

/// What the in-use and history stores hold for these serial numbers of one CA.
pub(crate) async fn holdings(
    connection: &mut Connection,
    authority: &str,
    serials: &[Serial],
) -> Result<Holdings, StoreError> {
    let mut found = Holdings::with_capacity(serials.len());
    for portion in serials.chunks(LIST_MAX) {
        for (table, wrap) in [
            ("kmc_in_use", Held::InUse as fn(Holding) -> Held),
            ("kmc_history", Held::History as fn(Holding) -> Held),
        ] {
            let sql = format!(
                "SELECT serial, user_key, public_key, sealed, not_before, not_after, applied_at \
                 FROM {table} WHERE authority = $1 AND serial IN ({})",
                list(2, portion.len())
            );
            let mut statement = sqlx::query(AssertSqlSafe(sql)).bind(authority.to_owned());
            let values: Vec<&[u8]> = portion.iter().map(Vec::as_slice).collect();
            for serial in padded(&values) {
                statement = statement.bind(serial.to_vec());
            }
            for row in statement.fetch_all(&mut *connection).await? {
                let holding = read_holding(&row, table)?;
                found.insert(holding.serial.clone(), wrap(holding));
            }
        }
    }
    Ok(found)
}

/// Puts key pairs into the in-use store.
pub(crate) async fn add_in_use(
    connection: &mut Connection,
    authority: &str,
    holdings: &[&Holding],
) -> Result<(), StoreError> {
    let columns = [
        "authority",
        "serial",
        "user_key",
        "public_key",
        "sealed",
        "not_before",
        "not_after",
        "applied_at",
    ];
    let rows = holdings.iter().map(|holding| {
        [
            Value::from(authority),
            Value::from(holding.serial.as_slice()),
            Value::from(holding.user_key.as_slice()),
            Value::from(holding.public_key.as_slice()),
            Value::from(holding.sealed.as_slice()),
            Value::from(holding.not_before.as_microsecond()),
            Value::from(holding.not_after.as_microsecond()),
            Value::from(holding.applied_at.as_microsecond()),
        ]
    });
    insert_rows(connection, "kmc_in_use", columns, rows).await?;
    Ok(())
}

/// Moves a key pair from the in-use store to the history store.
pub(crate) async fn retire(
    connection: &mut Connection,
    authority: &str,
    serial: &[u8],
    because: RetiredBecause,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO kmc_history (authority, serial, user_key, public_key, sealed, not_before, not_after, \
         applied_at, retired_at, reason) \
         SELECT authority, serial, user_key, public_key, sealed, not_before, not_after, applied_at, $1, $2 \
         FROM kmc_in_use WHERE authority = $3 AND serial = $4",
    )
    .bind(now.as_microsecond())
    .bind(because.as_str())
    .bind(authority.to_owned())
    .bind(serial.to_vec())
    .execute(&mut *connection)
    .await?;
    let gone = sqlx::query("DELETE FROM kmc_in_use WHERE authority = $1 AND serial = $2")
        .bind(authority.to_owned())
        .bind(serial.to_vec())
        .execute(connection)
        .await?
        .rows_affected();
    if gone == 1 {
        Ok(())
    } else {
        Err(StoreError::Moved { table: "kmc_in_use" })
    }
}

/// Up to `limit` certificates (CA and serial number) whose validity ended before `now` and whose key is in use.
pub(crate) async fn ended(
    connection: &mut Connection,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<(String, Serial)>, StoreError> {
    let rows = sqlx::query("SELECT authority, serial FROM kmc_in_use WHERE not_after < $1 ORDER BY not_after LIMIT $2")
        .bind(now.as_microsecond())
        .bind(i64::from(limit))
        .fetch_all(connection)
        .await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        found.push((row.try_get(0)?, row.try_get(1)?));
    }
    Ok(found)
}

fn read_holding(row: &AnyRow, table: &'static str) -> Result<Holding, StoreError> {
    let user_key: Vec<u8> = row.try_get(1)?;
    Ok(Holding {
        serial: row.try_get(0)?,
        user_key: user_key.try_into().map_err(|_| unreadable(table, "user_key"))?,
        public_key: row.try_get(2)?,
        sealed: row.try_get(3)?,
        not_before: instant(row, 4, table, "not_before")?,
        not_after: instant(row, 5, table, "not_after")?,
        applied_at: instant(row, 6, table, "applied_at")?,
    })
}

fn instant(row: &AnyRow, index: usize, table: &'static str, column: &'static str) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(row.try_get(index)?).map_err(|_| unreadable(table, column))
}

fn unreadable(table: &'static str, column: &'static str) -> StoreError {
    StoreError::Unreadable { table, column }
}

/// Placeholders of an `IN` list, `$first` onwards, for `count` values after [`padded`].
///
/// Lists come in few lengths, so that the driver keeps their statements prepared.
fn list(first: usize, count: usize) -> String {
    let mut text = String::new();
    for number in first..first + count.next_power_of_two() {
        let comma = if number == first { "" } else { ", " };
        let _ = write!(text, "{comma}${number}");
    }
    text
}

/// The values, the last repeated up to the next power of two: a set does not grow by saying a member twice.
fn padded<'v>(values: &'v [&'v [u8]]) -> impl Iterator<Item = &'v [u8]> {
    let missing = values.len().next_power_of_two() - values.len();
    let last = values.last().copied();
    values.iter().copied().chain(last.into_iter().cycle().take(missing))
}
