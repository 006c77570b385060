//! What the tables hold of one officer.

use hefu_database::{Connection, DatabaseError};
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::{changes, id, time, unreadable};
use crate::change::Proposal;
use crate::dossier::{BoundCertificate, Credentials, Passed};
use crate::duty::DelegatedBody;
use crate::officer::OfficerId;

/// Rows of one list: more than a working life has.
const ROWS_MAX: i64 = 200;

pub(crate) async fn credentials(connection: &mut Connection, officer: OfficerId) -> Result<Credentials, DatabaseError> {
    let row = sqlx::query(
        "SELECT (SELECT issued_at FROM officer_token WHERE officer = $1), \
         (SELECT COUNT(*) FROM officer_key WHERE officer = $1), \
         (SELECT bound_at FROM officer_certificate WHERE officer = $1)",
    )
    .bind(officer.number())
    .fetch_one(&mut *connection)
    .await?;
    let token: Option<i64> = row.try_get(0)?;
    let keys: i64 = row.try_get(1)?;
    let bound: Option<i64> = row.try_get(2)?;
    let certificate = match bound {
        Some(since) => {
            let row = sqlx::query("SELECT sm3 FROM officer_certificate WHERE officer = $1")
                .bind(officer.number())
                .fetch_one(connection)
                .await?;
            let sm3: Vec<u8> = row.try_get(0)?;
            Some(BoundCertificate {
                sm3: hex::encode(sm3),
                since: time(since)?,
            })
        }
        None => None,
    };
    Ok(Credentials {
        token_since: token.map(time).transpose()?,
        has_key: keys > 0,
        certificate,
    })
}

pub(crate) async fn training(connection: &mut Connection, officer: OfficerId) -> Result<Vec<Passed>, DatabaseError> {
    let rows = sqlx::query(
        "SELECT course, passed_at, recorded_by, recorded_at FROM officer_training WHERE officer = $1 \
         ORDER BY passed_at DESC, id DESC LIMIT $2",
    )
    .bind(officer.number())
    .bind(ROWS_MAX)
    .fetch_all(connection)
    .await?;
    rows.iter().map(passed).collect()
}

fn passed(row: &AnyRow) -> Result<Passed, DatabaseError> {
    Ok(Passed {
        course: row.try_get(0)?,
        passed_at: time(row.try_get(1)?)?,
        recorded_by: id(row.try_get(2)?)?,
        recorded_at: time(row.try_get(3)?)?,
    })
}

pub(crate) async fn changes(connection: &mut Connection, officer: OfficerId) -> Result<Vec<Proposal>, DatabaseError> {
    changes::about(connection, officer, ROWS_MAX).await
}

pub(crate) async fn body(connection: &mut Connection, number: i64) -> Result<Option<DelegatedBody>, DatabaseError> {
    let row = sqlx::query("SELECT name, filing, filed_on FROM officer_delegated_body WHERE id = $1")
        .bind(number)
        .fetch_optional(connection)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let filed_on: String = row.try_get(2)?;
    Ok(Some(DelegatedBody {
        name: row.try_get(0)?,
        filing: row.try_get(1)?,
        filed_on: filed_on.parse().map_err(|_| unreadable("date of filing"))?,
    }))
}
