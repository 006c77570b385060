//! The tables `ra_*`: the only SQL of this crate. Every function takes the connection of a transaction.
//!
//! Applications are written in groups: one multi-row INSERT when they are entered, one UPDATE from a list of values
//! when they move. Each UPDATE names the state it believes to find; a row that has moved meanwhile is not touched, and
//! the group fails with [`StoreError::Moved`].

mod application;
mod certificate;
mod list;
mod status_change;

use hefu_database::{DatabaseError, Migration};
use jiff::Timestamp;
use sqlx::Row as _;
use sqlx::any::AnyRow;

pub(crate) use application::{Changed, Move, insert, keys_taken, load, renewals_taken, requested, update};
pub(crate) use certificate::{certificates_of, change_status, insert_deliveries, issuer_of, pair_of};
pub(crate) use list::{applications, applications_of, certificates, count, ends, last_end_of};
pub(crate) use status_change::{insert_change, open_change, open_changes, settle_change};

/// The schema of this crate, for the program that opens the database.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        capability: "ra",
        number: 1,
        name: "application",
        sql: include_str!("../migrations/0001_application.sql"),
    },
    Migration {
        capability: "ra",
        number: 2,
        name: "certificate",
        sql: include_str!("../migrations/0002_certificate.sql"),
    },
    Migration {
        capability: "ra",
        number: 3,
        name: "applicant",
        sql: include_str!("../migrations/0003_applicant.sql"),
    },
    Migration {
        capability: "ra",
        number: 4,
        name: "search",
        sql: include_str!("../migrations/0004_search.sql"),
    },
    Migration {
        capability: "ra",
        number: 5,
        name: "file",
        sql: include_str!("../migrations/0005_file.sql"),
    },
];

/// Why a row was not read or written.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum StoreError {
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// A row has moved on since it was read.
    #[error("an application moved on while an act on it was written")]
    Moved,
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error.into())
    }
}

/// A value that no constraint of ours lets in: the database is damaged.
fn impossible(column: &str) -> DatabaseError {
    DatabaseError::Corrupt {
        detail: format!("a row of ra_* has an impossible {column}"),
    }
}

fn time(row: &AnyRow, column: &str) -> Result<Timestamp, DatabaseError> {
    let micros: i64 = row.try_get(column)?;
    Timestamp::from_microsecond(micros).map_err(|_| impossible(column))
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

/// The text of a stored value. Types of ours with text keys always encode.
fn json(value: &impl serde::Serialize) -> Result<String, DatabaseError> {
    serde_json::to_string(value).map_err(|error| DatabaseError::Statement {
        detail: error.to_string(),
    })
}

fn read_json<T: serde::de::DeserializeOwned>(text: &str, column: &str) -> Result<T, DatabaseError> {
    serde_json::from_str(text).map_err(|_| impossible(column))
}

/// Sizes of lists in statements. A list is filled up to the next size by repeating its last value, so that few texts
/// are prepared and kept.
const LIST_SIZES: [usize; 7] = [1, 2, 4, 8, 16, 32, 64];

/// The longest list of one statement.
const LIST_MAX: usize = 64;

/// The size that a list of `length` is filled up to; `length` is at most [`LIST_MAX`].
fn list_size(length: usize) -> usize {
    LIST_SIZES.into_iter().find(|size| *size >= length).unwrap_or(LIST_MAX)
}

/// `$1, $2, …` for a list that begins at placeholder `first`.
fn placeholders(first: usize, count: usize) -> String {
    let mut text = String::with_capacity(count * 5);
    for number in first..first + count {
        if number > first {
            text.push_str(", ");
        }
        text.push('$');
        text.push_str(&number.to_string());
    }
    text
}
