//! Checks of identity, texts with their versions, and agreements to them.

use hefu_database::{Connection, DatabaseError};
use jiff::Timestamp;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::{id, impossible, octets, officer, time};
use crate::agreement::{Agreement, Shown, Side};
use crate::check::IdentityCheck;
use crate::copy::Copy;
use crate::facts::By;
use crate::id::{AgreementId, ApplicantId, CheckId};
use crate::text::{Text, TextKind};

/// Versions of one text that are listed: some a year, for decades.
const VERSIONS_MAX: i64 = 500;
/// Agreements, checks or copies that one page shows: a holder of many years has some dozens.
const SHOWN_MAX: i64 = 100;

pub(crate) async fn insert_check(
    connection: &mut Connection,
    applicant: ApplicantId,
    check: &IdentityCheck,
) -> Result<(), DatabaseError> {
    let proof = check.proof();
    sqlx::query(
        "INSERT INTO applicants_check \
         (id, applicant, occasion, about, checked_by, checked_at, good_until, document, sm3) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(check.id().to_string())
    .bind(applicant.to_string())
    .bind(proof.occasion)
    .bind(proof.about.as_str())
    .bind(proof.by.number())
    .bind(proof.at.as_microsecond())
    .bind(proof.good_until.as_microsecond())
    .bind(check.document())
    .bind(proof.sm3.as_str())
    .execute(connection)
    .await?;
    Ok(())
}

/// The document of a check and the digest that was recorded.
pub(crate) async fn check(
    connection: &mut Connection,
    check: CheckId,
) -> Result<Option<(String, String)>, DatabaseError> {
    let row = sqlx::query("SELECT document, sm3 FROM applicants_check WHERE id = $1")
        .bind(check.to_string())
        .fetch_optional(connection)
        .await?;
    row.map(|row| Ok((row.try_get("document")?, row.try_get("sm3")?)))
        .transpose()
}

pub(crate) async fn insert_text(connection: &mut Connection, text: &Text, by: By) -> Result<(), DatabaseError> {
    let body = serde_json::to_string(text.input()).map_err(|error| DatabaseError::Statement {
        detail: error.to_string(),
    })?;
    sqlx::query(
        "INSERT INTO applicants_text (kind, version, body, published_by, published_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(text.kind().as_str())
    .bind(text.version())
    .bind(body)
    .bind(by.officer.number())
    .bind(by.at.as_microsecond())
    .execute(connection)
    .await?;
    Ok(())
}

/// Ends the version in force, if there is one.
pub(crate) async fn supersede(connection: &mut Connection, kind: TextKind, at: Timestamp) -> Result<(), DatabaseError> {
    sqlx::query("UPDATE applicants_text SET superseded_at = $1 WHERE kind = $2 AND superseded_at IS NULL")
        .bind(at.as_microsecond())
        .bind(kind.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

pub(crate) async fn in_force(connection: &mut Connection, kind: TextKind) -> Result<Option<Text>, DatabaseError> {
    let row = sqlx::query("SELECT body FROM applicants_text WHERE kind = $1 AND superseded_at IS NULL")
        .bind(kind.as_str())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(read_text).transpose()
}

pub(crate) async fn text(
    connection: &mut Connection,
    kind: TextKind,
    version: &str,
) -> Result<Option<Text>, DatabaseError> {
    let row = sqlx::query("SELECT body FROM applicants_text WHERE kind = $1 AND version = $2")
        .bind(kind.as_str())
        .bind(version)
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(read_text).transpose()
}

/// All versions with the moment each was published, the newest first.
pub(crate) async fn versions(
    connection: &mut Connection,
    kind: TextKind,
) -> Result<Vec<(String, Timestamp)>, DatabaseError> {
    let rows = sqlx::query(
        "SELECT version, published_at FROM applicants_text WHERE kind = $1 ORDER BY published_at DESC, version LIMIT $2",
    )
    .bind(kind.as_str())
    .bind(VERSIONS_MAX)
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| Ok((row.try_get("version")?, time(row, "published_at")?)))
        .collect()
}

fn read_text(row: &AnyRow) -> Result<Text, DatabaseError> {
    let body: String = row.try_get("body")?;
    Text::from_json(body.as_bytes()).map_err(|_| impossible("body"))
}

/// Writes an agreement; its signatory sealed.
pub(crate) async fn insert_agreement(
    connection: &mut Connection,
    agreement: &Agreement,
    signatory: Option<&[u8]>,
) -> Result<(), DatabaseError> {
    sqlx::query(
        "INSERT INTO applicants_agreement \
         (id, applicant, kind, version, language, shown_sm3, signed_by, taken_by, taken_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(agreement.id.to_string())
    .bind(agreement.applicant.to_string())
    .bind(agreement.kind.as_str())
    .bind(agreement.version.as_str())
    .bind(agreement.shown.language.tag())
    .bind(agreement.shown.sm3.as_slice())
    .bind(signatory)
    .bind(agreement.taken_by.number())
    .bind(agreement.at.as_microsecond())
    .execute(connection)
    .await?;
    Ok(())
}

/// An agreement without its signatory's name, and the name sealed.
pub(crate) async fn agreement(
    connection: &mut Connection,
    agreement: AgreementId,
) -> Result<Option<(Agreement, Option<Vec<u8>>)>, DatabaseError> {
    let row = sqlx::query("SELECT * FROM applicants_agreement WHERE id = $1")
        .bind(agreement.to_string())
        .fetch_optional(connection)
        .await?;
    let read = |row: &AnyRow| Ok((read_agreement(row)?, row.try_get("signed_by")?));
    row.as_ref().map(read).transpose()
}

fn read_agreement(row: &AnyRow) -> Result<Agreement, DatabaseError> {
    Ok(Agreement {
        id: id(row, "id")?,
        applicant: id(row, "applicant")?,
        kind: TextKind::named(row.try_get("kind")?).ok_or_else(|| impossible("kind"))?,
        version: row.try_get("version")?,
        shown: Shown {
            language: id(row, "language")?,
            sm3: octets(row, "shown_sm3")?,
        },
        signed_by: None,
        taken_by: officer(row, "taken_by")?,
        at: time(row, "taken_at")?,
    })
}

/// The newest agreements of a file, without signatories.
pub(crate) async fn agreements_of(
    connection: &mut Connection,
    applicant: ApplicantId,
) -> Result<Vec<Agreement>, DatabaseError> {
    let rows =
        sqlx::query("SELECT * FROM applicants_agreement WHERE applicant = $1 ORDER BY taken_at DESC, id LIMIT $2")
            .bind(applicant.to_string())
            .bind(SHOWN_MAX)
            .fetch_all(connection)
            .await?;
    rows.iter().map(read_agreement).collect()
}

/// Documents of the newest checks of a file.
pub(crate) async fn checks_of(
    connection: &mut Connection,
    applicant: ApplicantId,
) -> Result<Vec<String>, DatabaseError> {
    let rows =
        sqlx::query("SELECT document FROM applicants_check WHERE applicant = $1 ORDER BY checked_at DESC, id LIMIT $2")
            .bind(applicant.to_string())
            .bind(SHOWN_MAX)
            .fetch_all(connection)
            .await?;
    rows.iter().map(|row| Ok(row.try_get("document")?)).collect()
}

/// Writes that a copy was made; the same copy again is nothing new. Whether it was new.
pub(crate) async fn insert_copy(connection: &mut Connection, copy: &Copy) -> Result<bool, DatabaseError> {
    let done = sqlx::query(
        "INSERT INTO applicants_copy (agreement, side, sm3, octets, made_by, made_at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
    )
    .bind(copy.agreement.to_string())
    .bind(copy.side.as_str())
    .bind(hex::encode(copy.sm3))
    .bind(i64::try_from(copy.octets).unwrap_or(i64::MAX))
    .bind(copy.made_by.number())
    .bind(copy.made_at.as_microsecond())
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Copies that were made of an agreement, the newest first.
pub(crate) async fn copies_of(connection: &mut Connection, agreement: AgreementId) -> Result<Vec<Copy>, DatabaseError> {
    let rows = sqlx::query("SELECT * FROM applicants_copy WHERE agreement = $1 ORDER BY made_at DESC, side LIMIT $2")
        .bind(agreement.to_string())
        .bind(SHOWN_MAX)
        .fetch_all(connection)
        .await?;
    rows.iter().map(read_copy).collect()
}

fn read_copy(row: &AnyRow) -> Result<Copy, DatabaseError> {
    let sum: String = row.try_get("sm3")?;
    let mut sm3 = [0; 32];
    hex::decode_to_slice(sum, &mut sm3).map_err(|_| impossible("sm3"))?;
    let octets: i64 = row.try_get("octets")?;
    Ok(Copy {
        agreement: id(row, "agreement")?,
        side: Side::named(row.try_get("side")?).ok_or_else(|| impossible("side"))?,
        sm3,
        octets: u64::try_from(octets).map_err(|_| impossible("octets"))?,
        made_by: officer(row, "made_by")?,
        made_at: time(row, "made_at")?,
    })
}
