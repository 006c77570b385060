//! `ca_crl`: revocation lists by number; and what the next list will say.

use futures_util::{Stream, TryStreamExt as _};
use hefu_certificate::SerialNumber;
use hefu_database::Connection;
use jiff::Timestamp;
use sqlx::Row as _;

use super::StoreError;
use super::rows::Reading;

/// One entry of a revocation list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Listed {
    pub(crate) serial: SerialNumber,
    pub(crate) at: Timestamp,
    /// Reason code of RFC 5280 5.3.1.
    pub(crate) reason: u8,
    pub(crate) invalidity: Option<Timestamp>,
}

/// A list that was signed.
#[derive(Clone, Debug)]
pub(crate) struct ListRow {
    pub(crate) this_update: Timestamp,
    pub(crate) next_update: Timestamp,
    /// SM3 of the list.
    pub(crate) sm3: [u8; 32],
}

/// What is listed of `authority`, in the order of serial numbers: every certificate that is suspended or revoked
/// and whose validity had not ended before `ended_before`.
pub(crate) fn listed<'c>(
    connection: &'c mut Connection,
    authority: &'c str,
    ended_before: Timestamp,
) -> impl Stream<Item = Result<Listed, StoreError>> + 'c {
    sqlx::query(
        "SELECT serial, status_at, reason, invalidity FROM ca_certificate \
         WHERE authority = $1 AND status <> 'valid' AND not_after >= $2 ORDER BY serial",
    )
    .bind(authority)
    .bind(ended_before.as_microsecond())
    .fetch(connection)
    .map_err(StoreError::from)
    .and_then(|row| async move {
        let reading = Reading {
            row: &row,
            table: "ca_certificate",
        };
        let reason: i64 = reading.plain("reason")?;
        Ok(Listed {
            serial: reading.serial("serial")?,
            at: reading.instant("status_at")?,
            reason: u8::try_from(reason).map_err(|_| reading.unreadable("reason"))?,
            invalidity: reading.instant_if_any("invalidity")?,
        })
    })
}

/// Takes the next number for a list of `authority`. It is used up even when the list is never made.
pub(crate) async fn take_number(
    connection: &mut Connection,
    authority: &str,
    (this_update, next_update): (Timestamp, Timestamp),
) -> Result<u64, StoreError> {
    let row = sqlx::query("SELECT MAX(number) FROM ca_crl WHERE authority = $1")
        .bind(authority.to_owned())
        .fetch_one(&mut *connection)
        .await?;
    let last: Option<i64> = row.try_get(0)?;
    let number = last.unwrap_or(0) + 1;
    sqlx::query("INSERT INTO ca_crl (authority, number, this_update, next_update) VALUES ($1, $2, $3, $4)")
        .bind(authority.to_owned())
        .bind(number)
        .bind(this_update.as_microsecond())
        .bind(next_update.as_microsecond())
        .execute(connection)
        .await?;
    u64::try_from(number).map_err(|_| StoreError::Unreadable {
        table: "ca_crl",
        column: "number",
    })
}

/// Notes that a list was signed, and its digest.
pub(crate) async fn finish_list(
    connection: &mut Connection,
    authority: &str,
    number: u64,
    (entries, sm3): (u64, [u8; 32]),
) -> Result<(), StoreError> {
    let moved =
        sqlx::query("UPDATE ca_crl SET entries = $1, sm3 = $2 WHERE authority = $3 AND number = $4 AND sm3 IS NULL")
            .bind(i64::try_from(entries).unwrap_or(i64::MAX))
            .bind(sm3.to_vec())
            .bind(authority.to_owned())
            .bind(i64::try_from(number).unwrap_or(i64::MAX))
            .execute(connection)
            .await?
            .rows_affected();
    if moved == 1 {
        Ok(())
    } else {
        Err(StoreError::Moved { table: "ca_crl" })
    }
}

/// The last list of `authority` that was signed.
pub(crate) async fn last_list(connection: &mut Connection, authority: &str) -> Result<Option<ListRow>, StoreError> {
    let row = sqlx::query(
        "SELECT this_update, next_update, sm3 FROM ca_crl WHERE authority = $1 AND sm3 IS NOT NULL \
         ORDER BY number DESC LIMIT 1",
    )
    .bind(authority.to_owned())
    .fetch_optional(connection)
    .await?;
    row.map(|row| {
        let reading = Reading {
            row: &row,
            table: "ca_crl",
        };
        Ok(ListRow {
            this_update: reading.instant("this_update")?,
            next_update: reading.instant("next_update")?,
            sm3: reading.octets("sm3")?,
        })
    })
    .transpose()
}

/// Whether the status of any certificate of `authority` changed at `since` or later.
pub(crate) async fn changed_since(
    connection: &mut Connection,
    authority: &str,
    since: Timestamp,
) -> Result<bool, StoreError> {
    let row = sqlx::query(
        "SELECT 1 FROM ca_request WHERE state = 'changed' AND authority = $1 AND answered_at >= $2 LIMIT 1",
    )
    .bind(authority.to_owned())
    .bind(since.as_microsecond())
    .fetch_optional(connection)
    .await?;
    Ok(row.is_some())
}
