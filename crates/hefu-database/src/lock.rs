//! One writer per database: a lock on a file beside it, which the kernel gives back when the process ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::connect::file_error;
use crate::error::DatabaseError;

/// How long to wait for a writer that is just leaving, such as the previous daemon in a restart.
const PATIENCE: Duration = Duration::from_millis(500);

/// The writer's lock; held until dropped or until the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct WriterLock {
    _file: File,
}

impl WriterLock {
    /// Takes the lock for the database at `path`, or says who holds it.
    pub(crate) async fn take(path: &Path) -> Result<Self, DatabaseError> {
        let lock_path = beside(path);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&lock_path)
            .map_err(|error| file_error(&lock_path, &error))?;
        let deadline = Instant::now() + PATIENCE;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if Instant::now() < deadline => {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                Err(TryLockError::WouldBlock) => return Err(in_use(path, &mut file)),
                Err(TryLockError::Error(error)) => return Err(file_error(&lock_path, &error)),
            }
        }
        // The number only helps an operator to find the holder; the lock is the kernel's. A full disk must not
        // keep Hefu from starting, so a failure to write it is not one.
        let _ = file
            .set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{}", std::process::id()));
        Ok(Self { _file: file })
    }
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}

fn in_use(path: &Path, file: &mut File) -> DatabaseError {
    let mut holder = String::new();
    let _ = file.take(32).read_to_string(&mut holder);
    DatabaseError::InUse {
        place: path.display().to_string(),
        holder: match holder.trim() {
            "" => "unknown process".to_owned(),
            number => format!("process {number}"),
        },
    }
}
