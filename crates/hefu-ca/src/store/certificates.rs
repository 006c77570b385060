//! `ca_certificate`: what was signed, and how it stands.

use std::collections::HashMap;

use hefu_certificate::{CrlReason, RevocationGround, SerialNumber, Status, Usage};
use hefu_database::{Connection, Value, insert_rows};
use jiff::Timestamp;
use registration_protocol::RequestId;
use sqlx::AssertSqlSafe;

use super::StoreError;
use super::rows::{LIST_MAX, Reading, padded, placeholders};

/// A certificate that was signed.
#[derive(Clone, Debug)]
pub(crate) struct CertificateRow {
    pub(crate) serial: SerialNumber,
    pub(crate) request: RequestId,
    pub(crate) authority: String,
    pub(crate) usage: Usage,
    /// The other one of a pair.
    pub(crate) pair: Option<SerialNumber>,
    pub(crate) not_after: Timestamp,
    pub(crate) der: Vec<u8>,
    /// With the encryption certificate of a pair: its private key, for the subscriber alone.
    pub(crate) enveloped_key: Option<Vec<u8>>,
}

/// How a certificate stands.
#[derive(Clone, Debug)]
pub(crate) struct StatusRow {
    pub(crate) serial: SerialNumber,
    pub(crate) pair: Option<SerialNumber>,
    pub(crate) usage: Usage,
    pub(crate) authority: String,
    /// The RA that asked for it.
    pub(crate) ra: String,
    pub(crate) not_after: Timestamp,
    pub(crate) status: Status,
}

/// A change of status, as it is stored with each certificate that moves.
#[derive(Clone, Debug)]
pub(crate) struct Movement {
    pub(crate) to: Status,
    pub(crate) at: Timestamp,
    /// With a revocation only.
    pub(crate) ground: Option<RevocationGround>,
    /// With a suspension or revocation.
    pub(crate) reason: Option<CrlReason>,
    pub(crate) invalidity: Option<Timestamp>,
}

/// Stores certificates.
pub(crate) async fn add_certificates(connection: &mut Connection, rows: &[CertificateRow]) -> Result<(), StoreError> {
    let columns = [
        "serial",
        "request",
        "authority",
        "certificate_usage",
        "pair_serial",
        "not_after",
        "der",
        "enveloped_key",
        "status",
    ];
    let rows = rows.iter().map(|row| {
        [
            Value::from(row.serial.as_bytes().to_vec()),
            Value::from(row.request.to_vec()),
            Value::from(row.authority.as_str()),
            Value::from(row.usage.as_str()),
            Value::from(row.pair.map(|serial| serial.as_bytes().to_vec())),
            Value::from(row.not_after.as_microsecond()),
            Value::from(row.der.as_slice()),
            Value::from(row.enveloped_key.as_deref()),
            Value::from(Status::Valid.as_str()),
        ]
    });
    insert_rows(connection, "ca_certificate", columns, rows).await?;
    Ok(())
}

/// Certificates by serial number; unknown ones are left out.
pub(crate) async fn certificates(
    connection: &mut Connection,
    serials: &[SerialNumber],
) -> Result<HashMap<SerialNumber, CertificateRow>, StoreError> {
    let octets: Vec<[u8; 16]> = serials.iter().map(|serial| *serial.as_bytes()).collect();
    let mut found = HashMap::new();
    for portion in octets.chunks(LIST_MAX) {
        let list = placeholders(1, portion.len());
        let sql = format!(
            "SELECT serial, request, authority, certificate_usage, pair_serial, not_after, der, enveloped_key \
             FROM ca_certificate WHERE serial IN ({list})"
        );
        let mut statement = sqlx::query(AssertSqlSafe(sql));
        for serial in padded(portion) {
            statement = statement.bind(serial);
        }
        for row in statement.fetch_all(&mut *connection).await? {
            let reading = Reading {
                row: &row,
                table: "ca_certificate",
            };
            let certificate = CertificateRow {
                serial: reading.serial("serial")?,
                request: reading.octets("request")?,
                authority: reading.plain("authority")?,
                usage: reading.word("certificate_usage", read_usage)?,
                pair: reading.serial_if_any("pair_serial")?,
                not_after: reading.instant("not_after")?,
                der: reading.plain("der")?,
                enveloped_key: reading.plain("enveloped_key")?,
            };
            found.insert(certificate.serial, certificate);
        }
    }
    Ok(found)
}

/// How certificates stand, by serial number; unknown ones are left out.
pub(crate) async fn statuses(
    connection: &mut Connection,
    serials: &[SerialNumber],
) -> Result<HashMap<SerialNumber, StatusRow>, StoreError> {
    let octets: Vec<[u8; 16]> = serials.iter().map(|serial| *serial.as_bytes()).collect();
    let mut found = HashMap::new();
    for portion in octets.chunks(LIST_MAX) {
        let list = placeholders(1, portion.len());
        let sql = format!(
            "SELECT c.serial, c.pair_serial, c.certificate_usage, c.authority, c.not_after, c.status, r.ra \
             FROM ca_certificate c JOIN ca_request r ON r.id = c.request WHERE c.serial IN ({list})"
        );
        let mut statement = sqlx::query(AssertSqlSafe(sql));
        for serial in padded(portion) {
            statement = statement.bind(serial);
        }
        for row in statement.fetch_all(&mut *connection).await? {
            let reading = Reading {
                row: &row,
                table: "ca_certificate",
            };
            let status = StatusRow {
                serial: reading.serial("serial")?,
                pair: reading.serial_if_any("pair_serial")?,
                usage: reading.word("certificate_usage", read_usage)?,
                authority: reading.plain("authority")?,
                ra: reading.plain("ra")?,
                not_after: reading.instant("not_after")?,
                status: reading.word("status", read_status)?,
            };
            found.insert(status.serial, status);
        }
    }
    Ok(found)
}

/// Moves one certificate, or both of a pair, out of `from`. All of them must stand there.
pub(crate) async fn move_status(
    connection: &mut Connection,
    serials: &[SerialNumber],
    from: Status,
    movement: &Movement,
) -> Result<(), StoreError> {
    let octets: Vec<[u8; 16]> = serials.iter().map(|serial| *serial.as_bytes()).collect();
    let list = placeholders(7, octets.len());
    let sql = format!(
        "UPDATE ca_certificate SET status = $1, status_at = $2, ground = $3, reason = $4, invalidity = $5 \
         WHERE status = $6 AND serial IN ({list})"
    );
    let mut statement = sqlx::query(AssertSqlSafe(sql))
        .bind(movement.to.as_str())
        .bind(movement.at.as_microsecond())
        .bind(movement.ground.map(RevocationGround::slug))
        .bind(movement.reason.map(|reason| i64::from(reason.code())))
        .bind(movement.invalidity.map(Timestamp::as_microsecond))
        .bind(from.as_str());
    for serial in padded(&octets) {
        statement = statement.bind(serial);
    }
    let moved = statement.execute(connection).await?.rows_affected();
    if moved == serials.len() as u64 {
        Ok(())
    } else {
        Err(StoreError::Moved {
            table: "ca_certificate",
        })
    }
}

fn read_usage(word: &str) -> Option<Usage> {
    [Usage::Single, Usage::Sign, Usage::Encrypt]
        .into_iter()
        .find(|usage| usage.as_str() == word)
}

fn read_status(word: &str) -> Option<Status> {
    [Status::Valid, Status::Suspended, Status::Revoked]
        .into_iter()
        .find(|status| status.as_str() == word)
}
