//! One database for one zone: a writer that commits in groups, a few readers, migrations that are never edited.
//!
//! The house rule behind it: *nothing leaves that is not durable first*. So [`Database::write`] answers an act only
//! after the database said that the act is on the disk, and acts that wait at the same moment share that one flush.
//!
//! ```text
//! write ─▶ queue ─▶ one writer: BEGIN, act, act, act, COMMIT ─▶ answers       read ─▶ a few read-only connections
//! ```
//!
//! The flow in five lines: an address is parsed ([`Database::open`]), the writer's lock is taken, migrations run, the
//! writer waits for acts, readers connect when first asked. `SQLite` is the embedded engine (WAL, `synchronous = FULL`,
//! on every connection); `PostgreSQL` takes the same SQL text under the cargo feature `postgres`.
//!
//! SQL that both engines read: `$1` placeholders ([`value_rows`] for many), `BIGINT` for integers and for times in microseconds, `TEXT`, `BLOB`
//! (written `BYTEA` for `PostgreSQL` when a migration runs), `ON CONFLICT … DO`. What the driver cannot carry: `BOOLEAN`
//! and date columns on `SQLite` (use `BIGINT`), and `Arc<str>` as an argument (bind `&str` or `String`).
//!
//! What this crate does not know: any table but its own list of migrations, and what an act means.

mod address;
mod connect;
mod database;
mod error;
mod insert;
mod lock;
mod log_room;
mod migration;
mod writer;

pub use database::Database;
pub use error::{Constraint, DatabaseError};
pub use insert::{Value, insert_rows, insert_rows_or_skip, value_rows};
pub use migration::Migration;

pub use address::Engine;

/// A connection to whichever engine the address named; what every `store` function takes.
pub type Connection = sqlx::AnyConnection;

/// A connection from the readers' pool; it goes back when dropped.
pub type ReadConnection = sqlx::pool::PoolConnection<sqlx::Any>;
