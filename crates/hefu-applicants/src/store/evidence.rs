//! Evidence, its openings, consents and questions to outside services.

use hefu_database::{Connection, DatabaseError};
use hefu_officers::OfficerId;
use jiff::Timestamp;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::{id, impossible, octets, officer, time, time_if_any};
use crate::consent::{Consent, ConsentMeans};
use crate::evidence::{Evidence, EvidenceKind, Reason};
use crate::facts::By;
use crate::id::{ApplicantId, EvidenceId, Reference};
use crate::media::Media;
use crate::verification::{Asked, Verdict};

/// Pieces in one file that are looked at: a company file has a dozen, a year of renewals a few more.
const EVIDENCE_MAX: i64 = 500;

/// Writes a row; its file is durable already.
pub(crate) async fn insert_evidence(
    connection: &mut Connection,
    evidence: &Evidence,
    data_key: &[u8],
) -> Result<(), DatabaseError> {
    sqlx::query(
        "INSERT INTO applicants_evidence \
         (id, applicant, kind, media, octets, sm3, data_key, taken_by, taken_at, verdict) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(evidence.id.to_string())
    .bind(evidence.applicant.to_string())
    .bind(evidence.kind.as_str())
    .bind(evidence.media.as_str())
    .bind(i64::try_from(evidence.octets).unwrap_or(i64::MAX))
    .bind(evidence.sm3.as_slice())
    .bind(data_key)
    .bind(evidence.taken_by.as_str())
    .bind(evidence.taken_at.as_microsecond())
    .bind(evidence.verdict.map(Verdict::as_str))
    .execute(connection)
    .await?;
    Ok(())
}

/// A piece and its wrapped key.
pub(crate) async fn evidence(
    connection: &mut Connection,
    evidence: EvidenceId,
) -> Result<Option<(Evidence, Vec<u8>)>, DatabaseError> {
    let row = sqlx::query("SELECT * FROM applicants_evidence WHERE id = $1")
        .bind(evidence.to_string())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(read).transpose()
}

/// The newest pieces of a file.
pub(crate) async fn evidence_of(
    connection: &mut Connection,
    applicant: ApplicantId,
) -> Result<Vec<Evidence>, DatabaseError> {
    let rows =
        sqlx::query("SELECT * FROM applicants_evidence WHERE applicant = $1 ORDER BY taken_at DESC, id LIMIT $2")
            .bind(applicant.to_string())
            .bind(EVIDENCE_MAX)
            .fetch_all(connection)
            .await?;
    rows.iter().map(|row| read(row).map(|(evidence, _)| evidence)).collect()
}

/// Pieces by number, after the one with this number.
pub(crate) async fn evidence_after(
    connection: &mut Connection,
    after: &str,
) -> Result<Vec<(Evidence, Vec<u8>)>, DatabaseError> {
    let rows = sqlx::query("SELECT * FROM applicants_evidence WHERE id > $1 ORDER BY id LIMIT $2")
        .bind(after)
        .bind(EVIDENCE_MAX)
        .fetch_all(connection)
        .await?;
    rows.iter().map(read).collect()
}

fn read(row: &AnyRow) -> Result<(Evidence, Vec<u8>), DatabaseError> {
    let verdict: Option<String> = row.try_get("verdict")?;
    let verdict = verdict.map(|verdict| Verdict::named(&verdict).ok_or_else(|| impossible("verdict")));
    let evidence = Evidence {
        id: id(row, "id")?,
        applicant: id(row, "applicant")?,
        kind: EvidenceKind::named(row.try_get("kind")?).ok_or_else(|| impossible("kind"))?,
        media: Media::named(row.try_get("media")?).ok_or_else(|| impossible("media"))?,
        octets: u64::try_from(row.try_get::<i64, _>("octets")?).map_err(|_| impossible("octets"))?,
        sm3: octets(row, "sm3")?,
        taken_by: row.try_get("taken_by")?,
        taken_at: time(row, "taken_at")?,
        verdict: verdict.transpose()?,
    };
    Ok((evidence, row.try_get("data_key")?))
}

/// Writes down who opens a piece, and why; the reason sealed.
pub(crate) async fn insert_opening(
    connection: &mut Connection,
    evidence: EvidenceId,
    reason: &Reason,
    sealed_reason: &[u8],
    by: By,
) -> Result<(), DatabaseError> {
    sqlx::query(
        "INSERT INTO applicants_opening (evidence, opened_by, opened_at, purpose, reason) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(evidence.to_string())
    .bind(by.officer.number())
    .bind(by.at.as_microsecond())
    .bind(reason.purpose().as_str())
    .bind(sealed_reason)
    .execute(connection)
    .await?;
    Ok(())
}

pub(crate) async fn insert_reading(
    connection: &mut Connection,
    applicant: ApplicantId,
    reason: &Reason,
    sealed_reason: &[u8],
    by: By,
) -> Result<(), DatabaseError> {
    sqlx::query(
        "INSERT INTO applicants_reading (applicant, read_by, read_at, purpose, reason) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(applicant.to_string())
    .bind(by.officer.number())
    .bind(by.at.as_microsecond())
    .bind(reason.purpose().as_str())
    .bind(sealed_reason)
    .execute(connection)
    .await?;
    Ok(())
}

/// The sealed reason of an opening or a reading, by the subject of its record.
pub(crate) async fn sealed_reason(
    connection: &mut Connection,
    subject: &str,
    by: OfficerId,
    at: Timestamp,
) -> Result<Option<Vec<u8>>, DatabaseError> {
    let (query, number) = match subject.split_once(':') {
        Some(("evidence", number)) => (
            "SELECT reason FROM applicants_opening WHERE evidence = $1 AND opened_by = $2 AND opened_at = $3",
            number,
        ),
        Some(("applicant", number)) => (
            "SELECT reason FROM applicants_reading WHERE applicant = $1 AND read_by = $2 AND read_at = $3",
            number,
        ),
        _ => return Ok(None),
    };
    let row = sqlx::query(query)
        .bind(number.to_owned())
        .bind(by.number())
        .bind(at.as_microsecond())
        .fetch_optional(connection)
        .await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}

pub(crate) async fn insert_question(
    connection: &mut Connection,
    asked: &Asked,
    applicant: ApplicantId,
    by: OfficerId,
) -> Result<(), DatabaseError> {
    sqlx::query(
        "INSERT INTO applicants_question (reference, service, applicant, asked_by, asked_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(asked.reference.to_string())
    .bind(asked.service.as_str())
    .bind(applicant.to_string())
    .bind(by.number())
    .bind(asked.asked_at.as_microsecond())
    .execute(connection)
    .await?;
    Ok(())
}

pub(crate) async fn question(
    connection: &mut Connection,
    reference: Reference,
) -> Result<Option<(Asked, ApplicantId)>, DatabaseError> {
    let row = sqlx::query("SELECT * FROM applicants_question WHERE reference = $1")
        .bind(reference.to_string())
        .fetch_optional(connection)
        .await?;
    let read = |row: &AnyRow| {
        let asked = Asked {
            reference,
            service: row.try_get("service")?,
            asked_at: time(row, "asked_at")?,
            answered_at: time_if_any(row, "answered_at")?,
        };
        Ok((asked, id(row, "applicant")?))
    };
    row.as_ref().map(read).transpose()
}

/// Marks a question answered; says whether it was open.
pub(crate) async fn settle_question(
    connection: &mut Connection,
    reference: Reference,
    at: Timestamp,
) -> Result<u64, DatabaseError> {
    let done =
        sqlx::query("UPDATE applicants_question SET answered_at = $1 WHERE reference = $2 AND answered_at IS NULL")
            .bind(at.as_microsecond())
            .bind(reference.to_string())
            .execute(connection)
            .await?;
    Ok(done.rows_affected())
}

pub(crate) async fn insert_consent(connection: &mut Connection, consent: &Consent) -> Result<(), DatabaseError> {
    sqlx::query(
        "INSERT INTO applicants_consent (id, applicant, version, text_sm3, language, means, taken_by, given_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(consent.id.to_string())
    .bind(consent.applicant.to_string())
    .bind(consent.version.as_str())
    .bind(consent.text_sm3.as_slice())
    .bind(consent.language.tag())
    .bind(consent.means.as_str())
    .bind(consent.taken_by.number())
    .bind(consent.given_at.as_microsecond())
    .execute(connection)
    .await?;
    Ok(())
}

pub(crate) async fn consent_in_force(
    connection: &mut Connection,
    applicant: ApplicantId,
) -> Result<Option<Consent>, DatabaseError> {
    let row = sqlx::query("SELECT * FROM applicants_consent WHERE applicant = $1 AND withdrawn_at IS NULL")
        .bind(applicant.to_string())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(read_consent).transpose()
}

fn read_consent(row: &AnyRow) -> Result<Consent, DatabaseError> {
    Ok(Consent {
        id: id(row, "id")?,
        applicant: id(row, "applicant")?,
        version: row.try_get("version")?,
        text_sm3: octets(row, "text_sm3")?,
        language: id(row, "language")?,
        means: ConsentMeans::named(row.try_get("means")?).ok_or_else(|| impossible("means"))?,
        taken_by: officer(row, "taken_by")?,
        given_at: time(row, "given_at")?,
        withdrawn_at: time_if_any(row, "withdrawn_at")?,
    })
}

pub(crate) async fn withdraw_consent(connection: &mut Connection, consent: &Consent) -> Result<(), DatabaseError> {
    sqlx::query("UPDATE applicants_consent SET withdrawn_at = $1 WHERE id = $2 AND withdrawn_at IS NULL")
        .bind(consent.withdrawn_at.map(Timestamp::as_microsecond))
        .bind(consent.id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}
