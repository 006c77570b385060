//! The tables `applicants_*`: the only SQL of this crate. Every function takes the connection of a transaction.

mod agreement;
mod evidence;

use hefu_database::{Connection, DatabaseError, Migration};
use hefu_officers::OfficerId;
use jiff::Timestamp;
use sqlx::Row as _;
use sqlx::any::AnyRow;

pub(crate) use agreement::{
    agreement, agreements_of, check, checks_of, copies_of, in_force, insert_agreement, insert_check, insert_copy,
    insert_text, supersede, text, versions,
};
pub(crate) use evidence::{
    consent_in_force, evidence, evidence_after, evidence_of, insert_consent, insert_evidence, insert_opening,
    insert_question, insert_reading, question, sealed_reason, settle_question, withdraw_consent,
};

use crate::applicant::SubjectKind;
use crate::id::ApplicantId;
use crate::keyed::KeyedDigest;
use crate::look_alike::{Finding, Likeness};

/// The schema of this crate, for the program that opens the database.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        capability: "applicants",
        number: 1,
        name: "applicants",
        sql: include_str!("../migrations/0001_applicants.sql"),
    },
    Migration {
        capability: "applicants",
        number: 2,
        name: "reading",
        sql: include_str!("../migrations/0002_reading.sql"),
    },
    Migration {
        capability: "applicants",
        number: 3,
        name: "copy",
        sql: include_str!("../migrations/0003_copy.sql"),
    },
];

/// Findings shown for one likeness; whoever has more namesakes is found by number.
const FINDINGS_MAX: i64 = 50;

/// A file's row.
#[derive(Clone, Debug)]
pub(crate) struct ApplicantRow {
    pub(crate) id: ApplicantId,
    pub(crate) kind: SubjectKind,
    pub(crate) sealed: Vec<u8>,
    pub(crate) masked: String,
    pub(crate) digests: Digests,
    pub(crate) registered_by: OfficerId,
    pub(crate) registered_at: Timestamp,
    pub(crate) restricted_at: Option<Timestamp>,
    pub(crate) retain_until: Option<Timestamp>,
}

/// By what a file is found again.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Digests {
    pub(crate) number: [u8; 32],
    pub(crate) name: [u8; 32],
    pub(crate) skeleton: [u8; 32],
}

impl Digests {
    pub(crate) fn of(number: KeyedDigest, name: KeyedDigest, skeleton: KeyedDigest) -> Self {
        Self {
            number: *number.as_bytes(),
            name: *name.as_bytes(),
            skeleton: *skeleton.as_bytes(),
        }
    }
}

/// The sealed octets of a key of ours.
pub(crate) async fn key(connection: &mut Connection, name: &str) -> Result<Option<Vec<u8>>, DatabaseError> {
    let row = sqlx::query("SELECT sealed FROM applicants_key WHERE name = $1")
        .bind(name)
        .fetch_optional(connection)
        .await?;
    Ok(row.map(|row| row.try_get("sealed")).transpose()?)
}

pub(crate) async fn insert_key(connection: &mut Connection, name: &str, sealed: &[u8]) -> Result<(), DatabaseError> {
    sqlx::query("INSERT INTO applicants_key (name, sealed) VALUES ($1, $2)")
        .bind(name)
        .bind(sealed)
        .execute(connection)
        .await?;
    Ok(())
}

pub(crate) async fn insert_applicant(connection: &mut Connection, row: &ApplicantRow) -> Result<(), DatabaseError> {
    sqlx::query(
        "INSERT INTO applicants_applicant \
         (id, kind, sealed, masked, number_digest, name_digest, skeleton_digest, registered_by, registered_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(row.id.to_string())
    .bind(row.kind.as_str())
    .bind(row.sealed.as_slice())
    .bind(row.masked.as_str())
    .bind(row.digests.number.as_slice())
    .bind(row.digests.name.as_slice())
    .bind(row.digests.skeleton.as_slice())
    .bind(row.registered_by.number())
    .bind(row.registered_at.as_microsecond())
    .execute(connection)
    .await?;
    Ok(())
}

pub(crate) async fn applicant(
    connection: &mut Connection,
    id: ApplicantId,
) -> Result<Option<ApplicantRow>, DatabaseError> {
    let row = sqlx::query("SELECT * FROM applicants_applicant WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(read_applicant).transpose()
}

/// Files with this number, the oldest first.
pub(crate) async fn with_number(
    connection: &mut Connection,
    number: &[u8; 32],
) -> Result<Vec<ApplicantRow>, DatabaseError> {
    let rows =
        sqlx::query("SELECT * FROM applicants_applicant WHERE number_digest = $1 ORDER BY registered_at, id LIMIT $2")
            .bind(number.as_slice())
            .bind(FINDINGS_MAX)
            .fetch_all(connection)
            .await?;
    rows.iter().map(read_applicant).collect()
}

/// Files with this very name, the newest first.
pub(crate) async fn with_name(
    connection: &mut Connection,
    name: &[u8; 32],
) -> Result<Vec<ApplicantRow>, DatabaseError> {
    let rows = sqlx::query(
        "SELECT * FROM applicants_applicant WHERE name_digest = $1 ORDER BY registered_at DESC, id LIMIT $2",
    )
    .bind(name.as_slice())
    .bind(FINDINGS_MAX)
    .fetch_all(connection)
    .await?;
    rows.iter().map(read_applicant).collect()
}

fn read_applicant(row: &AnyRow) -> Result<ApplicantRow, DatabaseError> {
    Ok(ApplicantRow {
        id: id(row, "id")?,
        kind: SubjectKind::named(row.try_get("kind")?).ok_or_else(|| impossible("kind"))?,
        sealed: row.try_get("sealed")?,
        masked: row.try_get("masked")?,
        digests: Digests {
            number: octets(row, "number_digest")?,
            name: octets(row, "name_digest")?,
            skeleton: octets(row, "skeleton_digest")?,
        },
        registered_by: officer(row, "registered_by")?,
        registered_at: time(row, "registered_at")?,
        restricted_at: time_if_any(row, "restricted_at")?,
        retain_until: time_if_any(row, "retain_until")?,
    })
}

/// Other files with the same number, name or skeleton; the nearest likeness of each.
pub(crate) async fn alike(
    connection: &mut Connection,
    own: ApplicantId,
    digests: Digests,
) -> Result<Vec<Finding>, DatabaseError> {
    let rows = sqlx::query(
        "SELECT id, number_digest, name_digest FROM applicants_applicant WHERE id <> $1 \
         AND (number_digest = $2 OR name_digest = $3 OR skeleton_digest = $4) ORDER BY registered_at, id LIMIT $5",
    )
    .bind(own.to_string())
    .bind(digests.number.as_slice())
    .bind(digests.name.as_slice())
    .bind(digests.skeleton.as_slice())
    .bind(FINDINGS_MAX)
    .fetch_all(connection)
    .await?;
    let finding = |row: &AnyRow| {
        let likeness = if octets::<32>(row, "number_digest")? == digests.number {
            Likeness::SameNumber
        } else if octets::<32>(row, "name_digest")? == digests.name {
            Likeness::SameName
        } else {
            Likeness::LookAlikeName
        };
        Ok(Finding {
            other: id(row, "id")?,
            likeness,
        })
    };
    rows.iter().map(finding).collect()
}

/// Whose key it is, if it was noted.
pub(crate) async fn key_holder(
    connection: &mut Connection,
    key_sm3: &[u8; 32],
) -> Result<Option<ApplicantId>, DatabaseError> {
    let row = sqlx::query("SELECT applicant FROM applicants_public_key WHERE key_sm3 = $1")
        .bind(key_sm3.as_slice())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(|row| id(row, "applicant")).transpose()
}

pub(crate) async fn insert_public_key(
    connection: &mut Connection,
    applicant: ApplicantId,
    key_sm3: &[u8; 32],
    at: Timestamp,
) -> Result<(), DatabaseError> {
    sqlx::query("INSERT INTO applicants_public_key (key_sm3, applicant, noted_at) VALUES ($1, $2, $3)")
        .bind(key_sm3.as_slice())
        .bind(applicant.to_string())
        .bind(at.as_microsecond())
        .execute(connection)
        .await?;
    Ok(())
}

/// Restricts a file; a later wish may only move the end of retention.
pub(crate) async fn restrict(
    connection: &mut Connection,
    applicant: ApplicantId,
    retain_until: Timestamp,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    sqlx::query(
        "UPDATE applicants_applicant SET restricted_at = COALESCE(restricted_at, $1), retain_until = $2 WHERE id = $3",
    )
    .bind(at.as_microsecond())
    .bind(retain_until.as_microsecond())
    .bind(applicant.to_string())
    .execute(connection)
    .await?;
    Ok(())
}

/// A value that no constraint of ours lets in: the database is damaged.
fn impossible(column: &str) -> DatabaseError {
    DatabaseError::Corrupt {
        detail: format!("a row of applicants_* has an impossible {column}"),
    }
}

fn id<I: std::str::FromStr>(row: &AnyRow, column: &str) -> Result<I, DatabaseError> {
    let text: String = row.try_get(column)?;
    text.parse().map_err(|_| impossible(column))
}

fn officer(row: &AnyRow, column: &str) -> Result<OfficerId, DatabaseError> {
    OfficerId::new(row.try_get(column)?).ok_or_else(|| impossible(column))
}

fn time(row: &AnyRow, column: &str) -> Result<Timestamp, DatabaseError> {
    Timestamp::from_microsecond(row.try_get(column)?).map_err(|_| impossible(column))
}

fn time_if_any(row: &AnyRow, column: &str) -> Result<Option<Timestamp>, DatabaseError> {
    let micros: Option<i64> = row.try_get(column)?;
    micros
        .map(Timestamp::from_microsecond)
        .transpose()
        .map_err(|_| impossible(column))
}

fn octets<const N: usize>(row: &AnyRow, column: &str) -> Result<[u8; N], DatabaseError> {
    let octets: Vec<u8> = row.try_get(column)?;
    octets.try_into().map_err(|_| impossible(column))
}
