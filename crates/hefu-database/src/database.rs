//! The door: open a database, write to it, read from it, close it.

use std::path::PathBuf;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use sqlx::AnyPool;
use tokio::sync::{mpsc, oneshot, watch};

use crate::address::{Address, Engine};
use crate::connect::{connect_writer, create_file, readers, try_reader};
use crate::error::DatabaseError;
use crate::lock::WriterLock;
use crate::log_room::LogRoom;
use crate::migration::{Migration, migrate};
use crate::writer::{Job, Order, QUEUE_MAX, Writer};
use crate::{Connection, ReadConnection};

/// An open database. Clones share one writer and one pool of readers.
#[derive(Clone, Debug)]
pub struct Database {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    engine: Engine,
    /// `None` when the database was opened for reading only.
    orders: Option<mpsc::Sender<Order>>,
    readers: AnyPool,
    commits: watch::Receiver<u64>,
}

impl Database {
    /// Opens a database for writing, makes it if it is a file that is not there yet, and brings its schema up to date.
    ///
    /// `url` is `sqlite://PATH` or `postgres://…`. `migrations` holds one list per capability. On a file, a lock keeps
    /// other writers out; that only one daemon writes to a `PostgreSQL` database is for its operator to see to.
    ///
    /// # Errors
    /// [`DatabaseError::InUse`] when another process writes to the same file; [`DatabaseError::MigrationEdited`] or
    /// [`DatabaseError::NewerSchema`] when this program does not fit the schema; the others as they say.
    pub async fn open(url: &str, migrations: &[&[Migration]]) -> Result<Self, DatabaseError> {
        let address = Address::parse(url)?;
        let lock = match &address {
            Address::Sqlite(path) => {
                let lock = WriterLock::take(path).await?;
                create_file(path)?;
                Some(lock)
            }
            Address::Postgres(_) => None,
        };
        let mut connection = connect_writer(&address).await?;
        migrate(&mut connection, address.engine(), migrations).await?;
        let (orders, queue) = mpsc::channel(QUEUE_MAX);
        let (commits_sender, commits) = watch::channel(0);
        let inner = Inner {
            engine: address.engine(),
            orders: Some(orders),
            readers: readers(&address, "rw")?,
            commits,
        };
        let log_room = match &address {
            Address::Sqlite(path) => Some(LogRoom::of(path)),
            Address::Postgres(_) => None,
        };
        let writer = Writer {
            address,
            log_room,
            connection: Some(connection),
            queue,
            commits: commits_sender,
            lock,
        };
        tokio::spawn(writer.run());
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Opens a database for reading only, beside the process that writes to it or without one. Nothing is created or
    /// migrated. A copy on a medium that cannot be written is read too.
    ///
    /// # Errors
    /// [`DatabaseError::Missing`] when there is no such file, [`DatabaseError::Corrupt`] when it is no database.
    pub async fn open_read_only(url: &str) -> Result<Self, DatabaseError> {
        let address = Address::parse(url)?;
        let mut mode = "ro";
        if let Address::Sqlite(path) = &address {
            if !path.is_file() {
                return Err(DatabaseError::Missing {
                    place: path.display().to_string(),
                });
            }
            // Reading a WAL database needs a small shared file beside it. Where that cannot be made and no log is
            // waiting, the file by itself is the whole database.
            if try_reader(&address, mode).await.is_err() && !has_log(path) {
                mode = "ro&immutable=1";
            }
        }
        try_reader(&address, mode).await?;
        let (_, commits) = watch::channel(0);
        Ok(Self {
            inner: Arc::new(Inner {
                engine: address.engine(),
                orders: None,
                readers: readers(&address, mode)?,
                commits,
            }),
        })
    }

    /// Runs `job` in a transaction and answers when it is durable.
    ///
    /// Acts that wait at the same time are committed together; one that fails is undone alone. The job must only use
    /// the connection it is given, must not begin, commit or roll back, and should be short: it holds everybody up.
    /// When the caller stops waiting (its future is dropped), the job may still be run and kept. After a failed flush, an
    /// act that was refused can come back only if the machine stops before the next act is kept.
    ///
    /// # Errors
    /// The job's own error, with nothing of it kept; or a [`DatabaseError`] turned into `E`, likewise.
    pub async fn write<T, E, F>(&self, job: F) -> Result<T, E>
    where
        F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T, E>> + Send + 'static,
        E: From<DatabaseError> + Send + 'static,
        T: Send + 'static,
    {
        let Some(orders) = &self.inner.orders else {
            return Err(E::from(DatabaseError::ReadOnly {
                detail: "opened by open_read_only".to_owned(),
            }));
        };
        let (answer, answered) = oneshot::channel();
        let order = Order::Run(Box::new(Job { job, answer }));
        if orders.send(order).await.is_err() {
            return Err(E::from(DatabaseError::Closed));
        }
        answered.await.unwrap_or_else(|_| Err(E::from(DatabaseError::Closed)))
    }

    /// A connection that can only read; it sees what was committed before its statement began.
    ///
    /// # Errors
    /// [`DatabaseError::Busy`] when all readers stay taken, [`DatabaseError::Unreachable`] when none can be opened.
    pub async fn read(&self) -> Result<ReadConnection, DatabaseError> {
        Ok(self.inner.readers.acquire().await?)
    }

    /// Counts commits; changes after each one. For followers that would rather wait than ask again and again.
    #[must_use]
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.inner.commits.clone()
    }

    /// Which engine this is.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.inner.engine
    }

    /// Finishes the acts that wait, closes every connection and gives the writer's lock back.
    ///
    /// Later writes and reads through other clones are answered [`DatabaseError::Closed`]. Dropping every clone does
    /// the same a moment later.
    pub async fn close(&self) {
        if let Some(orders) = &self.inner.orders {
            let (done, finished) = oneshot::channel();
            if orders.send(Order::Close(done)).await.is_ok() {
                let _ = finished.await;
            }
        }
        self.inner.readers.close().await;
    }
}

/// Whether a write-ahead log with content lies beside the file.
fn has_log(path: &std::path::Path) -> bool {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    std::fs::metadata(PathBuf::from(log)).is_ok_and(|log| log.len() > 0)
}
