//! `ca_key_retirement`: keys that the key centre is still to be told of.

use hefu_certificate::SerialNumber;
use hefu_database::{Connection, Value, insert_rows};
use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use super::StoreError;
use super::rows::{LIST_MAX, Reading, padded, placeholders};

/// Notes that the keys of these encryption certificates are no longer in use.
pub(crate) async fn add_retirements(
    connection: &mut Connection,
    serials: &[SerialNumber],
    now: Timestamp,
) -> Result<(), StoreError> {
    let rows = serials.iter().map(|serial| {
        [
            Value::from(serial.as_bytes().to_vec()),
            Value::from(now.as_microsecond()),
        ]
    });
    insert_rows(connection, "ca_key_retirement", ["serial", "revoked_at"], rows).await?;
    Ok(())
}

/// Up to `limit` of them, oldest first.
pub(crate) async fn retirements(connection: &mut Connection, limit: u32) -> Result<Vec<SerialNumber>, StoreError> {
    let rows = sqlx::query("SELECT serial FROM ca_key_retirement ORDER BY revoked_at LIMIT $1")
        .bind(i64::from(limit))
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| {
            Reading {
                row,
                table: "ca_key_retirement",
            }
            .serial("serial")
        })
        .collect()
}

/// Forgets those that the key centre has answered.
pub(crate) async fn remove_retirements(
    connection: &mut Connection,
    serials: &[SerialNumber],
) -> Result<(), StoreError> {
    let octets: Vec<[u8; 16]> = serials.iter().map(|serial| *serial.as_bytes()).collect();
    for portion in octets.chunks(LIST_MAX) {
        let list = placeholders(1, portion.len());
        let sql = format!("DELETE FROM ca_key_retirement WHERE serial IN ({list})");
        let mut statement = sqlx::query(AssertSqlSafe(sql));
        for serial in padded(portion) {
            statement = statement.bind(serial);
        }
        statement.execute(&mut *connection).await?;
    }
    Ok(())
}
