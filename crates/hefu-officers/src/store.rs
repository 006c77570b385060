//! The tables `officer_*` of people and their credentials; those of changes and sessions are in their own files.

pub(crate) mod changes;
pub(crate) mod dossier;
pub(crate) mod passkeys;
pub(crate) mod sessions;

use gm_suite::PublicKey;
use hefu_database::{Connection, DatabaseError, Migration};
use jiff::Timestamp;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use crate::certificate::DIGEST_LEN;
use crate::officer::{Duty, Officer, OfficerId};
use crate::role::Role;
use crate::token::TokenDigest;

/// The schema of this crate, for the program that opens the database.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        capability: "officer",
        number: 1,
        name: "officer",
        sql: include_str!("../migrations/0001_officer.sql"),
    },
    Migration {
        capability: "officer",
        number: 2,
        name: "duty",
        sql: include_str!("../migrations/0002_duty.sql"),
    },
    Migration {
        capability: "officer",
        number: 3,
        name: "certificate",
        sql: include_str!("../migrations/0003_certificate.sql"),
    },
    Migration {
        capability: "officer",
        number: 4,
        name: "passkey",
        sql: include_str!("../migrations/0004_passkey.sql"),
    },
];

/// An officer with what they prove themselves by.
#[derive(Clone)]
pub(crate) struct Known {
    pub(crate) officer: Officer,
    pub(crate) digest: Option<TokenDigest>,
    pub(crate) key: Option<PublicKey>,
    /// SM3 of the client certificate that is bound.
    pub(crate) certificate: Option<[u8; DIGEST_LEN]>,
    pub(crate) trained_at: Option<Timestamp>,
}

/// The number that the next row of `table` gets; `table` is a constant of this crate.
pub(crate) async fn next_number(connection: &mut Connection, query: &'static str) -> Result<i64, DatabaseError> {
    Ok(sqlx::query(query).fetch_one(connection).await?.try_get(0)?)
}

/// The number that the next officer gets.
pub(crate) async fn next_officer(connection: &mut Connection) -> Result<i64, DatabaseError> {
    next_number(connection, "SELECT COALESCE(MAX(id), 0) + 1 FROM officer_officer").await
}

/// Writes an officer. A name that is there already is refused by the table.
pub(crate) async fn insert(connection: &mut Connection, officer: &Officer) -> Result<(), DatabaseError> {
    sqlx::query(
        "INSERT INTO officer_officer (id, name, role, branch, duty, body, enrolled_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(officer.id.number())
    .bind(&*officer.name)
    .bind(officer.role.as_str())
    .bind(officer.role.branch().as_str())
    .bind(officer.duty.as_str())
    .bind(officer.body)
    .bind(officer.enrolled_at.as_microsecond())
    .execute(&mut *connection)
    .await?;
    sqlx::query("INSERT INTO officer_branch (officer, branch) VALUES ($1, $2)")
        .bind(officer.id.number())
        .bind(officer.role.branch().as_str())
        .execute(connection)
        .await?;
    Ok(())
}

/// Writes role, body and duty of an officer who is there.
pub(crate) async fn update(connection: &mut Connection, officer: &Officer) -> Result<(), DatabaseError> {
    sqlx::query("UPDATE officer_officer SET role = $1, branch = $2, duty = $3, body = $4 WHERE id = $5")
        .bind(officer.role.as_str())
        .bind(officer.role.branch().as_str())
        .bind(officer.duty.as_str())
        .bind(officer.body)
        .bind(officer.id.number())
        .execute(connection)
        .await?;
    Ok(())
}

/// Gives an officer a new token, or takes the old one away.
pub(crate) async fn set_token(
    connection: &mut Connection,
    officer: OfficerId,
    digest: Option<&TokenDigest>,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    sqlx::query("DELETE FROM officer_token WHERE officer = $1")
        .bind(officer.number())
        .execute(&mut *connection)
        .await?;
    if let Some(digest) = digest {
        sqlx::query("INSERT INTO officer_token (officer, digest, issued_at) VALUES ($1, $2, $3)")
            .bind(officer.number())
            .bind(digest.as_slice())
            .bind(at.as_microsecond())
            .execute(connection)
            .await?;
    }
    Ok(())
}

/// Gives an officer a new key to log in with, or takes the old one away.
pub(crate) async fn set_key(
    connection: &mut Connection,
    officer: OfficerId,
    key: Option<&PublicKey>,
) -> Result<(), DatabaseError> {
    sqlx::query("DELETE FROM officer_key WHERE officer = $1")
        .bind(officer.number())
        .execute(&mut *connection)
        .await?;
    if let Some(key) = key {
        sqlx::query("INSERT INTO officer_key (officer, spki) VALUES ($1, $2)")
            .bind(officer.number())
            .bind(key.spki())
            .execute(connection)
            .await?;
    }
    Ok(())
}

/// Binds a client certificate to an officer in place of the one before, or takes it away.
pub(crate) async fn set_certificate(
    connection: &mut Connection,
    officer: OfficerId,
    digest: Option<&[u8; DIGEST_LEN]>,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    sqlx::query("DELETE FROM officer_certificate WHERE officer = $1")
        .bind(officer.number())
        .execute(&mut *connection)
        .await?;
    if let Some(digest) = digest {
        sqlx::query("INSERT INTO officer_certificate (officer, sm3, bound_at) VALUES ($1, $2, $3)")
            .bind(officer.number())
            .bind(digest.as_slice())
            .bind(at.as_microsecond())
            .execute(connection)
            .await?;
    }
    Ok(())
}

const KNOWN: &str = "SELECT o.id, o.name, o.role, o.enrolled_at, o.duty, o.body, t.digest, k.spki, c.sm3, \
     (SELECT MAX(passed_at) FROM officer_training n WHERE n.officer = o.id) \
     FROM officer_officer o LEFT JOIN officer_token t ON t.officer = o.id \
     LEFT JOIN officer_key k ON k.officer = o.id \
     LEFT JOIN officer_certificate c ON c.officer = o.id ORDER BY o.id";

/// Everybody who was ever enrolled, in order of enrolment.
pub(crate) async fn all(connection: &mut Connection) -> Result<Vec<Known>, DatabaseError> {
    let rows = sqlx::query(KNOWN).fetch_all(connection).await?;
    rows.iter().map(read).collect()
}

fn read(row: &AnyRow) -> Result<Known, DatabaseError> {
    let officer = Officer {
        id: id(row.try_get(0)?)?,
        name: row.try_get::<String, _>(1)?.into(),
        role: row
            .try_get::<String, _>(2)?
            .parse::<Role>()
            .map_err(|_| unreadable("role"))?,
        enrolled_at: time(row.try_get(3)?)?,
        duty: Duty::parse(&row.try_get::<String, _>(4)?).ok_or_else(|| unreadable("duty"))?,
        body: row.try_get(5)?,
    };
    let digest: Option<Vec<u8>> = row.try_get(6)?;
    let key: Option<Vec<u8>> = row.try_get(7)?;
    let bound: Option<Vec<u8>> = row.try_get(8)?;
    let trained: Option<i64> = row.try_get(9)?;
    let digest = digest.map(|octets| TokenDigest::from_slice(&octets).ok_or_else(|| unreadable("digest")));
    let key = key.map(|spki| PublicKey::from_spki(&spki).map_err(|_| unreadable("key")));
    Ok(Known {
        officer,
        digest: digest.transpose()?,
        key: key.transpose()?,
        certificate: bound
            .map(|octets| octets.try_into().map_err(|_| unreadable("certificate")))
            .transpose()?,
        trained_at: trained.map(time).transpose()?,
    })
}

pub(crate) fn id(number: i64) -> Result<OfficerId, DatabaseError> {
    OfficerId::new(number).ok_or_else(|| unreadable("officer"))
}

pub(crate) fn time(microseconds: i64) -> Result<Timestamp, DatabaseError> {
    Timestamp::from_microsecond(microseconds).map_err(|_| unreadable("time"))
}

/// A value that no constraint of ours lets in.
pub(crate) fn unreadable(column: &str) -> DatabaseError {
    DatabaseError::Corrupt {
        detail: format!("a table of officers has an impossible {column}"),
    }
}
