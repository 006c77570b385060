//! `ra_certificate` and `ra_issuer`: what the certification authority handed over, and its status since.

use hefu_certificate::RevocationGround;
use hefu_database::{Connection, DatabaseError, insert_rows, insert_rows_or_skip};
use jiff::Timestamp;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::application::id;
use super::{impossible, time, time_if_any};
use crate::application::ApplicationId;
use crate::certificate::{Certificate, Delivery, StatusAct};

const COLUMNS: [&str; 15] = [
    "serial",
    "pair_serial",
    "application",
    "usage",
    "profile",
    "name",
    "subject",
    "not_before",
    "not_after",
    "status",
    "ground",
    "changed_at",
    "certificate",
    "enveloped_key",
    "issuer",
];

/// Writes what was handed over. `new_issuers` are certificates of issuers that may not be here yet.
pub(crate) async fn insert_deliveries(
    connection: &mut Connection,
    deliveries: &[&Delivery],
    new_issuers: &[(String, Vec<u8>)],
) -> Result<(), DatabaseError> {
    let issuers = new_issuers
        .iter()
        .map(|(digest, der)| [digest.as_str().into(), der.as_slice().into()]);
    insert_rows_or_skip(connection, "ra_issuer", ["digest", "certificate"], issuers).await?;
    let certificates = deliveries.iter().flat_map(|delivery| &delivery.certificates);
    let rows = certificates.map(|certificate| {
        [
            certificate.serial.as_str().into(),
            certificate.pair_serial.as_deref().into(),
            certificate.application.to_string().into(),
            certificate.usage.as_str().into(),
            certificate.profile.as_str().into(),
            certificate.name.as_str().into(),
            certificate.subject.as_str().into(),
            certificate.not_before.as_microsecond().into(),
            certificate.not_after.as_microsecond().into(),
            certificate.status.as_str().into(),
            certificate.ground.map(RevocationGround::slug).into(),
            certificate.changed_at.map(Timestamp::as_microsecond).into(),
            certificate.der.as_slice().into(),
            certificate.enveloped_key.as_deref().into(),
            certificate.issuer.as_str().into(),
        ]
    });
    insert_rows(connection, "ra_certificate", COLUMNS, rows).await
}

/// The certificates of an application, signing before encryption.
pub(crate) async fn certificates_of(
    connection: &mut Connection,
    application: ApplicationId,
) -> Result<Vec<Certificate>, DatabaseError> {
    let rows = sqlx::query("SELECT * FROM ra_certificate WHERE application = $1 ORDER BY usage DESC")
        .bind(application.to_string())
        .fetch_all(connection)
        .await?;
    rows.iter().map(read).collect()
}

/// The certificate with this serial number, and the other of its pair; the one asked for first.
pub(crate) async fn pair_of(connection: &mut Connection, serial: &str) -> Result<Vec<Certificate>, DatabaseError> {
    let rows = sqlx::query(
        "SELECT * FROM ra_certificate \
         WHERE serial IN ($1, (SELECT pair_serial FROM ra_certificate WHERE serial = $2))",
    )
    .bind(serial)
    .bind(serial)
    .fetch_all(connection)
    .await?;
    let mut pair: Vec<Certificate> = rows.iter().map(read).collect::<Result<_, _>>()?;
    pair.sort_by_key(|certificate| certificate.serial != serial);
    Ok(pair)
}

/// The issuer's certificate with this digest.
pub(crate) async fn issuer_of(connection: &mut Connection, digest: &str) -> Result<Vec<u8>, DatabaseError> {
    let row = sqlx::query("SELECT certificate FROM ra_issuer WHERE digest = $1")
        .bind(digest)
        .fetch_one(connection)
        .await?;
    Ok(row.try_get(0)?)
}

/// Moves a certificate or a pair to the status that `act` leads to.
pub(crate) async fn change_status(
    connection: &mut Connection,
    serials: &[String],
    act: StatusAct,
    at: Timestamp,
) -> Result<u64, DatabaseError> {
    let mut moved = 0;
    for serial in serials {
        let done = sqlx::query("UPDATE ra_certificate SET status = $1, ground = $2, changed_at = $3 WHERE serial = $4")
            .bind(act.leads_to().as_str())
            .bind(act.ground().map(RevocationGround::slug))
            .bind(at.as_microsecond())
            .bind(serial.as_str())
            .execute(&mut *connection)
            .await?;
        moved += done.rows_affected();
    }
    Ok(moved)
}

/// Reads a row.
pub(super) fn read(row: &AnyRow) -> Result<Certificate, DatabaseError> {
    let ground: Option<String> = row.try_get("ground")?;
    let usage: String = row.try_get("usage")?;
    let status: String = row.try_get("status")?;
    Ok(Certificate {
        serial: row.try_get("serial")?,
        pair_serial: row.try_get("pair_serial")?,
        application: id(row, "application")?,
        usage: crate::certificate::usage_from(&usage).ok_or_else(|| impossible("usage"))?,
        profile: row.try_get("profile")?,
        name: row.try_get("name")?,
        subject: row.try_get("subject")?,
        not_before: time(row, "not_before")?,
        not_after: time(row, "not_after")?,
        status: crate::certificate::status_from(&status).ok_or_else(|| impossible("status"))?,
        ground: ground
            .map(|ground| ground.parse())
            .transpose()
            .map_err(|_| impossible("ground"))?,
        changed_at: time_if_any(row, "changed_at")?,
        der: row.try_get("certificate")?,
        enveloped_key: row.try_get("enveloped_key")?,
        issuer: row.try_get("issuer")?,
    })
}
