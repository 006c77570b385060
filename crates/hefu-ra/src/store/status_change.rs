//! `ra_status_change`: changes of status that were asked for, open or settled.

use hefu_certificate::RevocationGround;
use hefu_database::{Connection, DatabaseError};
use jiff::Timestamp;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::application::{id, officer};
use super::{impossible, json, octets, read_json, time};
use crate::application::{Reason, Salt};
use crate::certificate::StatusAct;
use crate::status_change::StatusChange;

/// Writes an open change. A second one for the same pair is refused by an index.
pub(crate) async fn insert_change(connection: &mut Connection, change: &StatusChange) -> Result<(), DatabaseError> {
    sqlx::query(
        "INSERT INTO ra_status_change \
         (request, application, serial, act, ground, identity, reason, salt, asked_by, asked_at, state) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'requested')",
    )
    .bind(change.number())
    .bind(change.application.to_string())
    .bind(change.serial.as_str())
    .bind(change.act.as_str())
    .bind(change.act.ground().map(RevocationGround::slug))
    .bind(json(&change.identity)?)
    .bind(change.reason.as_str())
    .bind(change.salt.0.as_slice())
    .bind(change.by.number())
    .bind(change.at.as_microsecond())
    .execute(connection)
    .await?;
    Ok(())
}

/// The open change of a pair, if there is one.
pub(crate) async fn open_change(
    connection: &mut Connection,
    leading_serial: &str,
) -> Result<Option<StatusChange>, DatabaseError> {
    let row = sqlx::query("SELECT * FROM ra_status_change WHERE serial = $1 AND state = 'requested'")
        .bind(leading_serial)
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(read).transpose()
}

/// Open changes, after the one with this number.
pub(crate) async fn open_changes(
    connection: &mut Connection,
    after: &str,
    limit: i64,
) -> Result<Vec<StatusChange>, DatabaseError> {
    let rows = sqlx::query(
        "SELECT * FROM ra_status_change WHERE state = 'requested' AND request > $1 ORDER BY request LIMIT $2",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.iter().map(read).collect()
}

/// Settles an open change: done, or refused for the reason with this code. Says whether it was open.
pub(crate) async fn settle_change(
    connection: &mut Connection,
    change: &StatusChange,
    refusal: Option<&str>,
    at: Timestamp,
) -> Result<u64, DatabaseError> {
    let state = if refusal.is_some() { "refused" } else { "done" };
    let done = sqlx::query(
        "UPDATE ra_status_change SET state = $1, refusal = $2, settled_at = $3 \
         WHERE request = $4 AND state = 'requested'",
    )
    .bind(state)
    .bind(refusal)
    .bind(at.as_microsecond())
    .bind(change.number())
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

fn read(row: &AnyRow) -> Result<StatusChange, DatabaseError> {
    let mut request = [0; 16];
    hex::decode_to_slice(row.try_get::<String, _>("request")?, &mut request).map_err(|_| impossible("request"))?;
    let ground = row.try_get::<Option<String>, _>("ground")?;
    let ground = ground
        .map(|ground| ground.parse())
        .transpose()
        .map_err(|_| impossible("ground"))?;
    let act = match (row.try_get::<String, _>("act")?.as_str(), ground) {
        ("suspend", None) => StatusAct::Suspend,
        ("resume", None) => StatusAct::Resume,
        ("revoke", Some(ground)) => StatusAct::Revoke(ground),
        _ => return Err(impossible("act")),
    };
    Ok(StatusChange {
        request,
        application: id(row, "application")?,
        serial: row.try_get("serial")?,
        act,
        identity: read_json(row.try_get("identity")?, "identity")?,
        reason: Reason::new(row.try_get("reason")?).map_err(|_| impossible("reason"))?,
        salt: Salt(octets(row, "salt")?),
        by: officer(row, "asked_by")?,
        at: time(row, "asked_at")?,
    })
}
