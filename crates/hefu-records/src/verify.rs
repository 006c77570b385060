//! Verification from outside: a file, a public key, nothing else. Reads in pages, so a store of any length needs little
//! memory, and reads beside a running daemon.

use std::collections::VecDeque;

use gm_suite::PublicKey;
use hefu_database::{Database, DatabaseError, Engine, ReadConnection};
use record_log::{Hash, SignedCheckpoint};
use sqlx::Row as _;
use sqlx::any::AnyRow;

use crate::examine::{Examiner, FoundRow, FoundSeal};
use crate::records::Records;
use crate::report::{CheckpointProblem, Finding, Report};

/// Rows in one page: usually half a megabyte, and 128 MB if every one were as large as [`crate::ENTRY_LEN_MAX`] allows.
const ROWS_PAGE: i64 = 512;

/// Checkpoints in one page; each keeps up to 128 kB of leaf hashes.
const SEALS_PAGE: i64 = 16;

/// Leaf hashes carried over forged checkpoints to the next good one, in octets. Beyond that rows are no longer named one
/// by one, only ranges.
const CARRIED_MAX: usize = 16 * 1024 * 1024;

/// Rows that may be missing before one that no checkpoint covers. A row further out was put there.
const GAP_MAX: u64 = 1 << 20;

/// What is verified, and against what.
pub struct Verification<'v> {
    key: &'v PublicKey,
    origin: Option<&'v str>,
    known: Vec<(u64, Hash)>,
    progress: Box<dyn FnMut(Progress) + Send + 'v>,
}

/// How far a verification has come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Progress {
    /// Rows examined.
    pub done: u64,
    /// Rows in the store when it began.
    pub total: u64,
}

/// A store that could not be examined at all. What is wrong inside one is a [`Finding`].
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The database cannot be opened or read.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// A database without the tables of the records.
    #[error("this database holds no records")]
    NoRecords,
}

impl From<sqlx::Error> for VerifyError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(DatabaseError::from(error))
    }
}

/// Verifies the whole store at `url` against the public key of its seal.
///
/// # Errors
/// [`VerifyError`] when it cannot be read; what was tampered with stands in the [`Report`].
pub async fn verify_store(url: &str, key: &PublicKey) -> Result<Report, VerifyError> {
    Verification::new(key).run(url).await
}

impl Records {
    /// Verifies this log from its first row to its last against its own key, beside the acts that go on.
    ///
    /// # Errors
    /// As [`Verification::run`].
    pub async fn verify(&self) -> Result<Report, VerifyError> {
        let verification = Verification::new(self.seal_key()).origin(self.origin());
        verification.over(&self.inner.database).await
    }
}

impl<'v> Verification<'v> {
    /// A verification against the public key of the seal.
    #[must_use]
    pub fn new(key: &'v PublicKey) -> Self {
        Self {
            key,
            origin: None,
            known: Vec::new(),
            progress: Box::new(|_| ()),
        }
    }

    /// Also asks that the log has this name. Without it, the name in the first checkpoint by this key is the one.
    #[must_use]
    pub fn origin(mut self, origin: &'v str) -> Self {
        self.origin = Some(origin);
        self
    }

    /// Also asks that the log continues a checkpoint that was kept elsewhere: only that shows that the end of a log was cut
    /// off or rewritten with the seal key.
    ///
    /// # Errors
    /// The checkpoint's, when it is not by this key for the log named before.
    pub fn known(mut self, checkpoint: &SignedCheckpoint) -> Result<Self, record_log::CheckpointError> {
        let origin = self.origin.unwrap_or(checkpoint.unverified().origin());
        let checkpoint = checkpoint.verify(origin, self.key)?;
        self.known.push((checkpoint.size(), checkpoint.root()));
        Ok(self)
    }

    /// Tells how far it has come, once per page of rows.
    #[must_use]
    pub fn progress(mut self, tell: impl FnMut(Progress) + Send + 'v) -> Self {
        self.progress = Box::new(tell);
        self
    }

    /// Verifies the store at `url`, which is opened for reading only.
    ///
    /// # Errors
    /// [`VerifyError`] when it cannot be read.
    pub async fn run(self, url: &str) -> Result<Report, VerifyError> {
        let database = Database::open_read_only(url).await?;
        let report = self.over(&database).await;
        database.close().await;
        report
    }

    /// Verifies the store in a database that is open, beside whoever writes to it.
    pub(crate) async fn over(mut self, database: &Database) -> Result<Report, VerifyError> {
        let mut seals = Seals::open(database).await?;
        let mut rows = Rows::open(database, &mut self.progress).await?;
        let mut examiner: Option<Examiner> = None;
        let mut early = Vec::new();
        while let Some(found) = seals.next(self.key, self.origin).await? {
            match found {
                Found::Bad { size, problem } => match &mut examiner {
                    Some(examiner) => examiner.note(Finding::Checkpoint { size, problem }),
                    None => early.push(Finding::Checkpoint { size, problem }),
                },
                Found::Good { seal, after } => {
                    let examiner = examiner.get_or_insert_with(|| {
                        let origin = Some(seal.checkpoint.origin().to_owned());
                        begin(origin, &mut early, std::mem::take(&mut self.known))
                    });
                    examine_range(examiner, &mut rows, &seal, &after).await?;
                }
            }
        }
        let mut examiner = examiner.unwrap_or_else(|| begin(None, &mut early, std::mem::take(&mut self.known)));
        while let Some(row) = rows.pop(None).await? {
            let limit = examiner.position().saturating_add(GAP_MAX);
            place(&mut examiner, &row, limit);
        }
        Ok(examiner.finish())
    }
}

fn begin(origin: Option<String>, early: &mut Vec<Finding>, known: Vec<(u64, Hash)>) -> Examiner {
    let mut examiner = Examiner::new(origin, known);
    for finding in early.drain(..) {
        examiner.note(finding);
    }
    examiner
}

/// Lets the examiner see every row under one checkpoint.
async fn examine_range(
    examiner: &mut Examiner,
    rows: &mut Rows<'_>,
    seal: &FoundSeal,
    after: &[u8],
) -> Result<(), VerifyError> {
    examiner.begin(seal, after);
    let end = seal.checkpoint.size();
    while let Some(row) = rows.pop(Some(end)).await? {
        place(examiner, &row, end);
    }
    while examiner.position() < end {
        examiner.row(None);
    }
    examiner.end(seal);
    Ok(())
}

/// Gives the examiner a row where its number says, with the missing ones before it; numbers from `limit` on cannot be.
fn place(examiner: &mut Examiner, row: &FoundRow, limit: u64) {
    match u64::try_from(row.number) {
        Ok(number) if (examiner.position()..limit).contains(&number) => {
            while examiner.position() < number {
                examiner.row(None);
            }
            examiner.row(Some(row));
        }
        _ => examiner.misplaced(row),
    }
}

/// The rows in order of their numbers, page by page.
struct Rows<'p> {
    connection: ReadConnection,
    text: &'static str,
    page: VecDeque<FoundRow>,
    /// The number with which the next page begins; `None` after the last page.
    from: Option<i64>,
    done: u64,
    total: u64,
    progress: &'p mut (dyn FnMut(Progress) + Send),
}

impl<'p> Rows<'p> {
    async fn open(database: &Database, progress: &'p mut (dyn FnMut(Progress) + Send)) -> Result<Self, VerifyError> {
        let mut connection = database.read().await?;
        let row = sqlx::query("SELECT COUNT(*) FROM record_entry")
            .fetch_one(&mut *connection)
            .await
            .map_err(absent)?;
        let total = u64::try_from(row.try_get::<i64, _>(0)?).unwrap_or_default();
        // Whoever edits a SQLite file can put text where bytes belong; it is read as the bytes it is.
        let text = match database.engine() {
            Engine::Sqlite => {
                "SELECT CAST(idx AS INTEGER), COALESCE(CAST(leaf AS BLOB), x''), COALESCE(CAST(bytes AS BLOB), x'') \
                 FROM record_entry WHERE idx >= $1 ORDER BY idx LIMIT $2"
            }
            Engine::Postgres => "SELECT idx, leaf, bytes FROM record_entry WHERE idx >= $1 ORDER BY idx LIMIT $2",
        };
        Ok(Self {
            connection,
            text,
            page: VecDeque::new(),
            from: Some(i64::MIN),
            done: 0,
            total,
            progress,
        })
    }

    /// The next row, if its number is below `end`.
    async fn pop(&mut self, end: Option<u64>) -> Result<Option<FoundRow>, VerifyError> {
        if self.page.is_empty() {
            self.fill().await?;
        }
        let below = |row: &FoundRow| end.is_none_or(|end| i128::from(row.number) < i128::from(end));
        Ok(if self.page.front().is_some_and(below) {
            self.page.pop_front()
        } else {
            None
        })
    }

    async fn fill(&mut self) -> Result<(), VerifyError> {
        let Some(from) = self.from else {
            return Ok(());
        };
        let rows = sqlx::query(self.text)
            .bind(from)
            .bind(ROWS_PAGE)
            .fetch_all(&mut *self.connection)
            .await?;
        for row in &rows {
            self.page.push_back(FoundRow {
                number: row.try_get(0)?,
                leaf: row.try_get(1)?,
                bytes: row.try_get(2)?,
            });
        }
        let full = i64::try_from(rows.len()) == Ok(ROWS_PAGE);
        self.from = None;
        if let Some(last) = self.page.back().map(|last| last.number).filter(|_| full) {
            // In a table that was made anew without its key, one number can stand twice, also across two pages.
            let before = self.page.iter().take_while(|row| row.number != last).count();
            let again = if before == 0 { last.checked_add(1) } else { Some(last) };
            self.page.truncate(if before == 0 { self.page.len() } else { before });
            self.from = again;
        }
        self.done += self.page.len() as u64;
        (self.progress)(Progress {
            done: self.done,
            total: self.total.max(self.done),
        });
        Ok(())
    }
}

fn absent(error: sqlx::Error) -> VerifyError {
    match DatabaseError::from(error) {
        DatabaseError::Statement { .. } => VerifyError::NoRecords,
        other => VerifyError::Database(other),
    }
}

/// The checkpoints in order of their sizes, page by page, with one look ahead.
struct Seals {
    connection: ReadConnection,
    text: &'static str,
    page: VecDeque<SealRow>,
    from: Option<i64>,
    /// The last one that was there at the beginning; rows under later ones may not have been read any more.
    last: i64,
    /// Size of the last good one.
    good: Option<u64>,
    /// Leaves of bad ones since then.
    carried: Vec<u8>,
    origin: Option<String>,
}

struct SealRow {
    size: i64,
    note: Vec<u8>,
    peaks: Vec<u8>,
    leaves: Vec<u8>,
}

enum Found {
    Good { seal: FoundSeal, after: Vec<u8> },
    Bad { size: i64, problem: CheckpointProblem },
}

impl Seals {
    async fn open(database: &Database) -> Result<Self, VerifyError> {
        let text = match database.engine() {
            Engine::Sqlite => {
                "SELECT CAST(size AS INTEGER), COALESCE(CAST(note AS BLOB), x''), COALESCE(CAST(peaks AS BLOB), x''), \
                 COALESCE(CAST(leaves AS BLOB), x'') FROM record_checkpoint \
                 WHERE size >= $1 AND size <= $2 ORDER BY size LIMIT $3"
            }
            Engine::Postgres => {
                "SELECT size, convert_to(note, 'UTF8'), peaks, leaves FROM record_checkpoint \
                 WHERE size >= $1 AND size <= $2 ORDER BY size LIMIT $3"
            }
        };
        let mut connection = database.read().await?;
        let largest = "SELECT COALESCE(MAX(size), -1) FROM record_checkpoint";
        let last = sqlx::query(largest)
            .fetch_one(&mut *connection)
            .await
            .map_err(absent)?
            .try_get(0)?;
        let page = VecDeque::new();
        Ok(Self {
            connection,
            text,
            page,
            from: Some(i64::MIN),
            last,
            good: None,
            carried: Vec::new(),
            origin: None,
        })
    }

    async fn next(&mut self, key: &PublicKey, origin: Option<&str>) -> Result<Option<Found>, VerifyError> {
        if self.page.len() < 2 {
            self.fill().await?;
        }
        let Some(row) = self.page.pop_front() else {
            return Ok(None);
        };
        let origin = origin.or(self.origin.as_deref());
        match row.judge(key, origin, self.good) {
            Ok(checkpoint) => {
                self.good = Some(checkpoint.size());
                self.origin.get_or_insert_with(|| checkpoint.origin().to_owned());
                let mut leaves = std::mem::take(&mut self.carried);
                leaves.extend_from_slice(&row.leaves);
                let after = self.page.front().map(|next| next.leaves.clone()).unwrap_or_default();
                Ok(Some(Found::Good {
                    seal: FoundSeal {
                        checkpoint,
                        peaks: row.peaks,
                        leaves,
                    },
                    after,
                }))
            }
            Err(problem) => {
                if self.carried.len() + row.leaves.len() <= CARRIED_MAX {
                    self.carried.extend_from_slice(&row.leaves);
                }
                Ok(Some(Found::Bad {
                    size: row.size,
                    problem,
                }))
            }
        }
    }

    async fn fill(&mut self) -> Result<(), VerifyError> {
        let Some(from) = self.from else {
            return Ok(());
        };
        let query = sqlx::query(self.text).bind(from).bind(self.last).bind(SEALS_PAGE);
        let rows = query.fetch_all(&mut *self.connection).await?;
        for row in &rows {
            self.page.push_back(SealRow::read(row)?);
        }
        let full = i64::try_from(rows.len()) == Ok(SEALS_PAGE);
        self.from = self
            .page
            .back()
            .filter(|_| full)
            .and_then(|last| last.size.checked_add(1));
        Ok(())
    }
}

impl SealRow {
    fn read(row: &AnyRow) -> Result<Self, VerifyError> {
        Ok(Self {
            size: row.try_get(0)?,
            note: row.try_get(1)?,
            peaks: row.try_get(2)?,
            leaves: row.try_get(3)?,
        })
    }

    /// The checkpoint, if the key signed it for this log and this row.
    fn judge(
        &self,
        key: &PublicKey,
        origin: Option<&str>,
        good: Option<u64>,
    ) -> Result<record_log::Checkpoint, CheckpointProblem> {
        let text = std::str::from_utf8(&self.note).map_err(|_| CheckpointProblem::Malformed)?;
        let signed = SignedCheckpoint::parse(text).map_err(|error| CheckpointProblem::from(&error))?;
        let origin = origin.unwrap_or(signed.unverified().origin());
        let checkpoint = signed
            .verify(origin, key)
            .map_err(|error| CheckpointProblem::from(&error))?;
        let in_place = u64::try_from(self.size) == Ok(checkpoint.size());
        let further = good.is_none_or(|good| checkpoint.size() > good);
        if in_place && further {
            Ok(checkpoint.clone())
        } else {
            Err(CheckpointProblem::Misplaced)
        }
    }
}
