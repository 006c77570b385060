//! The tables of certification: batches and requests, intents, certificates, revocation lists. The only SQL of
//! this crate. Every function takes a transaction's connection and, where it can, all rows of a round at once.

mod certificates;
mod lists;
mod requests;
mod retirements;
mod rows;

pub(crate) use certificates::{
    CertificateRow, Movement, StatusRow, add_certificates, certificates, move_status, statuses,
};
pub(crate) use lists::{changed_since, finish_list, last_list, listed, take_number};
pub(crate) use requests::{
    Act, IntentRow, RequestRow, State, add_batches, add_intents, add_replays, add_requests, advance, batch, earlier,
    intents, open_requests, refuse, remove_intents, requests,
};

pub(crate) use retirements::{add_retirements, remove_retirements, retirements};

use hefu_database::{DatabaseError, Migration};

/// The steps of this capability's schema.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        capability: "ca",
        number: 1,
        name: "request",
        sql: include_str!("../migrations/0001_request.sql"),
    },
    Migration {
        capability: "ca",
        number: 2,
        name: "certificate",
        sql: include_str!("../migrations/0002_certificate.sql"),
    },
    Migration {
        capability: "ca",
        number: 3,
        name: "crl",
        sql: include_str!("../migrations/0003_crl.sql"),
    },
    Migration {
        capability: "ca",
        number: 4,
        name: "key_retirement",
        sql: include_str!("../migrations/0004_key_retirement.sql"),
    },
];

/// Why the tables could not be read or written.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum StoreError {
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// A column holds what this program never writes.
    #[error("column {column} of {table} holds a value that this program never writes")]
    Unreadable {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
    /// A row is not in the state in which the decision found it.
    #[error("{table} changed under the transaction")]
    Moved {
        /// The table.
        table: &'static str,
    },
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error.into())
    }
}
