//! How a connection is made, so that every one of them is durable and strict.

use std::fs::{File, OpenOptions};
use std::path::Path;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions, install_default_drivers};
use sqlx::{AnyPool, ConnectOptions as _, Row as _};

use crate::Connection;
use crate::address::Address;
use crate::error::DatabaseError;

/// Connections that read at the same time. Each costs a thread on `SQLite`; on two to eight cores four keep up.
const READERS_MAX: u32 = 4;

/// How long a reader waits for one of them.
const READER_PATIENCE: std::time::Duration = std::time::Duration::from_secs(10);

/// What the writer is told at the start. `synchronous = FULL` is what makes a COMMIT durable; the rest is: no dangling
/// references, 8 MB of pages in memory (random serial numbers touch many), and the log folded back every 16 MB, because
/// folding more often flushes more often. Half-done acts are kept in memory, not in files under `/tmp`.
const WRITER_PRAGMAS: &str = "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000; \
     PRAGMA cache_size = -8000; PRAGMA wal_autocheckpoint = 4000; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF";

/// What a reader is told: it must not write, even by mistake.
const READER_PRAGMAS: &str = "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000; \
     PRAGMA query_only = ON; PRAGMA trusted_schema = OFF";

/// The same for a `PostgreSQL` session.
const POSTGRES_READER: &str = "SET default_transaction_read_only = on";

fn options(address: &Address, mode: &str) -> Result<AnyConnectOptions, DatabaseError> {
    install_default_drivers();
    let options: AnyConnectOptions = address.driver_url(mode).parse()?;
    // The driver would log every statement with its text; ours are logged where they matter.
    Ok(options.disable_statement_logging())
}

/// Opens the writer's connection; the file must be there.
pub(crate) async fn connect_writer(address: &Address) -> Result<Connection, DatabaseError> {
    let mut connection = options(address, "rw")?.connect().await.map_err(unreachable)?;
    if matches!(address, Address::Sqlite(_)) {
        let mode: String = sqlx::query("PRAGMA journal_mode = WAL")
            .fetch_one(&mut connection)
            .await?
            .try_get(0)?;
        if mode != "wal" {
            return Err(DatabaseError::Unreachable {
                detail: format!("its file system allows only journal mode {mode}, not WAL"),
            });
        }
        sqlx::raw_sql(WRITER_PRAGMAS).execute(&mut connection).await?;
    }
    Ok(connection)
}

/// Opens a reader once, to learn at the start what a pool would only say after trying for long.
pub(crate) async fn try_reader(address: &Address, mode: &str) -> Result<(), DatabaseError> {
    let mut connection = options(address, mode)?.connect().await.map_err(unreachable)?;
    let (greeting, question) = match address {
        // Reading the schema reads the file; SELECT 1 would not.
        Address::Sqlite(_) => (READER_PRAGMAS, "SELECT COUNT(*) FROM sqlite_master"),
        Address::Postgres(_) => (POSTGRES_READER, "SELECT 1"),
    };
    sqlx::raw_sql(greeting).execute(&mut connection).await?;
    sqlx::query(question).execute(&mut connection).await?;
    sqlx::Connection::close(connection).await?;
    Ok(())
}

/// The readers' pool. Nothing is connected before the first read.
pub(crate) fn readers(address: &Address, mode: &str) -> Result<AnyPool, DatabaseError> {
    let greeting = match address {
        Address::Sqlite(_) => READER_PRAGMAS,
        Address::Postgres(_) => POSTGRES_READER,
    };
    Ok(AnyPoolOptions::new()
        .max_connections(READERS_MAX)
        .acquire_timeout(READER_PATIENCE)
        // A file does not go away like a server does; asking costs a visit per read.
        .test_before_acquire(matches!(address, Address::Postgres(_)))
        .after_connect(move |connection, _| {
            Box::pin(async move {
                sqlx::raw_sql(greeting).execute(connection).await?;
                Ok(())
            })
        })
        .connect_lazy_with(options(address, mode)?))
}

/// Makes the file if it is not there, readable by its owner only: it holds what people told in confidence.
pub(crate) fn create_file(path: &Path) -> Result<(), DatabaseError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(file) => {
            // Both the file and its name must survive a power cut before anything is stored in it.
            let folder = path.parent().unwrap_or_else(|| Path::new("/"));
            file.sync_all()
                .and_then(|()| File::open(folder)?.sync_all())
                .map_err(|error| file_error(path, &error))
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(file_error(path, &error)),
    }
}

pub(crate) fn file_error(path: &Path, error: &std::io::Error) -> DatabaseError {
    let detail = format!("{}: {error}", path.display());
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => DatabaseError::DiskFull { detail },
        _ => DatabaseError::Unreachable { detail },
    }
}

/// A configuration error of the driver at connecting means that the place is wrong, not our SQL.
fn unreachable(error: sqlx::Error) -> DatabaseError {
    match DatabaseError::from(error) {
        DatabaseError::Statement { detail } => DatabaseError::Unreachable { detail },
        other => other,
    }
}
