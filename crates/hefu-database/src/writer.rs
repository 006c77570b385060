//! The one writer of a database: takes the acts that wait, runs them in one transaction, and answers after COMMIT.
//!
//! An act that arrives while another one runs joins its transaction, so one flush to the disk serves all who wait.
//! Each act after the first stands behind a savepoint: when it fails, it is undone alone. On `SQLite` the first needs
//! none: when it fails, nothing else is in the transaction yet. (`PostgreSQL` needs one always: after a failed statement
//! its COMMIT quietly means ROLLBACK, and only releasing a savepoint says so.)

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::sync::{mpsc, oneshot, watch};

use crate::Connection;
use crate::address::{Address, Engine};
use crate::connect::connect_writer;
use crate::error::DatabaseError;
use crate::lock::WriterLock;
use crate::log_room::LogRoom;

/// Acts in one transaction. More would not make a flush cheaper per act, but would let the first wait longer.
const GROUP_MAX: usize = 64;

/// How long a transaction takes further acts in. Keeps the wait of its first act bounded when acts are slow.
const GROUP_TIME_MAX: Duration = Duration::from_millis(20);

/// Acts that may wait; those who come later wait for a place in the queue.
pub(crate) const QUEUE_MAX: usize = 1024;

/// An act that takes longer than this holds everybody up, and the log says so.
const SLOW: Duration = Duration::from_secs(1);

/// What the writer is asked.
pub(crate) enum Order {
    /// Run an act and keep it.
    Run(Box<dyn Act>),
    /// Finish what waits, close the connection, give the lock back, answer.
    Close(oneshot::Sender<()>),
}

/// A job with its types forgotten: it is run, or it is refused unrun.
pub(crate) trait Act: Send {
    /// Runs it; the answer is given later, when its fate is known.
    fn run(self: Box<Self>, connection: &mut Connection) -> BoxFuture<'_, Ran>;
    /// Answers it without running it.
    fn refuse(self: Box<Self>, why: DatabaseError);
}

/// An act that ran: whether it wants to be kept, and how to answer it.
pub(crate) struct Ran {
    kept: bool,
    answer: Answer,
}

type Answer = Box<dyn FnOnce(Result<(), DatabaseError>) + Send>;

/// A job and the one who waits for it.
pub(crate) struct Job<T, E, F> {
    pub(crate) job: F,
    pub(crate) answer: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Act for Job<T, E, F>
where
    F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T, E>> + Send + 'static,
    E: From<DatabaseError> + Send + 'static,
    T: Send + 'static,
{
    fn run(self: Box<Self>, connection: &mut Connection) -> BoxFuture<'_, Ran> {
        let Self { job, answer } = *self;
        Box::pin(async move {
            let result = AssertUnwindSafe(async { job(connection).await })
                .catch_unwind()
                .await
                .unwrap_or_else(|_| Err(E::from(DatabaseError::Panicked)));
            Ran {
                kept: result.is_ok(),
                answer: Box::new(move |fate| {
                    // The asker may have gone away; the act stands all the same.
                    let _ = answer.send(match (result, fate) {
                        (Ok(_), Err(error)) => Err(E::from(error)),
                        (result, _) => result,
                    });
                }),
            }
        })
    }

    fn refuse(self: Box<Self>, why: DatabaseError) {
        let _ = self.answer.send(Err(E::from(why)));
    }
}

/// The writer's own state; lives in its task.
pub(crate) struct Writer {
    pub(crate) address: Address,
    /// `None` after a failure that left its state in doubt; opened anew by the next group.
    pub(crate) connection: Option<Connection>,
    pub(crate) queue: mpsc::Receiver<Order>,
    pub(crate) commits: watch::Sender<u64>,
    /// Of a file's log; a server sees to its own.
    pub(crate) log_room: Option<LogRoom>,
    /// Held as long as the writer lives; nothing reads it.
    pub(crate) lock: Option<WriterLock>,
}

impl Writer {
    /// Serves until every asker is gone or one asks to close.
    pub(crate) async fn run(mut self) {
        let mut closing = Vec::new();
        while let Some(order) = self.queue.recv().await {
            match order {
                Order::Run(act) => self.serve(act, &mut closing).await,
                Order::Close(answer) => closing.push(answer),
            }
            if !closing.is_empty() {
                // No new orders; those that wait are still served.
                self.queue.close();
            }
        }
        if let Some(connection) = self.connection.take() {
            let _ = sqlx::Connection::close(connection).await;
        }
        drop(self.lock.take());
        for answer in closing {
            let _ = answer.send(());
        }
    }

    /// Serves a group that begins with `first`. The connection is put back only when its state is known.
    async fn serve(&mut self, first: Box<dyn Act>, closing: &mut Vec<oneshot::Sender<()>>) {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => match connect_writer(&self.address).await {
                Ok(connection) => connection,
                Err(error) => return first.refuse(error),
            },
        };
        let mut group = Group::new(&mut connection, self.address.engine());
        let mut next = Some(first);
        while let Some(act) = next.take() {
            group.run(act).await;
            if group.is_over() {
                break;
            }
            match self.queue.try_recv() {
                Ok(Order::Run(act)) => next = Some(act),
                Ok(Order::Close(answer)) => closing.push(answer),
                Err(_) => {}
            }
        }
        match group.finish().await {
            Ok(kept) => {
                if kept {
                    self.commits.send_modify(|count| *count += 1);
                    if let Some(room) = &mut self.log_room {
                        room.after_commit();
                    }
                }
                self.connection = Some(connection);
            }
            Err(error) => {
                tracing::error!(%error, "a group of acts was not kept");
                // Closing returns the locks of a transaction that may still be open.
                let _ = sqlx::Connection::close(connection).await;
            }
        }
    }
}

/// Where a transaction stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stand {
    /// No transaction.
    Outside,
    /// In a transaction that holds one act and no savepoint.
    Begun,
    /// In a transaction; the last kept act stands behind the savepoint.
    Saved,
    /// In a transaction; nothing was done since the savepoint.
    Clean,
}

/// Acts that share one transaction.
struct Group<'w> {
    connection: &'w mut Connection,
    engine: Engine,
    answers: Vec<Answer>,
    began: Instant,
    stand: Stand,
    ran: usize,
    failure: Option<DatabaseError>,
}

impl<'w> Group<'w> {
    fn new(connection: &'w mut Connection, engine: Engine) -> Self {
        Self {
            connection,
            engine,
            answers: Vec::new(),
            began: Instant::now(),
            stand: Stand::Outside,
            ran: 0,
            failure: None,
        }
    }

    fn is_over(&self) -> bool {
        self.failure.is_some() || self.ran >= GROUP_MAX || self.began.elapsed() > GROUP_TIME_MAX
    }

    async fn run(&mut self, act: Box<dyn Act>) {
        if let Err(error) = self.enter().await {
            act.refuse(error.clone());
            self.failure = Some(error);
            return;
        }
        self.ran += 1;
        let started = Instant::now();
        let ran = act.run(self.connection).await;
        let took = started.elapsed();
        if took > SLOW {
            tracing::warn!(?took, "an act held the writer");
        }
        if ran.kept {
            self.answers.push(ran.answer);
        } else {
            self.undo().await;
            (ran.answer)(Ok(()));
        }
    }

    /// Makes a place to which the next act alone can be undone.
    async fn enter(&mut self) -> Result<(), DatabaseError> {
        let (text, stand) = match (self.stand, self.engine) {
            (Stand::Clean, _) => {
                self.stand = Stand::Saved;
                return Ok(());
            }
            (Stand::Outside, Engine::Sqlite) => ("BEGIN IMMEDIATE", Stand::Begun),
            (Stand::Outside, Engine::Postgres) => ("BEGIN; SAVEPOINT act", Stand::Saved),
            (Stand::Begun, _) => ("SAVEPOINT act", Stand::Saved),
            (Stand::Saved, _) => ("RELEASE SAVEPOINT act; SAVEPOINT act", Stand::Saved),
        };
        self.say(text).await?;
        self.stand = stand;
        Ok(())
    }

    /// Undoes the act that just failed, and it alone.
    async fn undo(&mut self) {
        let (text, stand) = match self.stand {
            Stand::Saved | Stand::Clean => ("ROLLBACK TO SAVEPOINT act", Stand::Clean),
            Stand::Begun | Stand::Outside => ("ROLLBACK", Stand::Outside),
        };
        match self.say(text).await {
            Ok(()) => self.stand = stand,
            // The engine has rolled back everything by itself, as SQLite does when its disk is full.
            Err(_) => self.failure = Some(DatabaseError::GroupLost),
        }
    }

    /// Commits what was kept and answers it; tells whether anything was.
    async fn finish(mut self) -> Result<bool, DatabaseError> {
        let kept = !self.answers.is_empty();
        let fate = match (self.failure.take(), self.stand) {
            (Some(error), _) => Err(error),
            (None, Stand::Outside) => Ok(()),
            (None, _) => self.commit().await,
        };
        for answer in self.answers {
            answer(fate.clone());
        }
        fate.map(|()| kept)
    }

    async fn commit(&mut self) -> Result<(), DatabaseError> {
        match (self.engine, self.stand) {
            (Engine::Postgres, Stand::Saved) => self.say("RELEASE SAVEPOINT act; COMMIT").await,
            _ => self.say("COMMIT").await,
        }
    }

    async fn say(&mut self, text: &'static str) -> Result<(), DatabaseError> {
        match self.engine {
            // SQLite keeps these texts prepared, also where there are two statements in one.
            Engine::Sqlite => sqlx::query(text).execute(&mut *self.connection).await,
            Engine::Postgres => sqlx::raw_sql(text).execute(&mut *self.connection).await,
        }?;
        Ok(())
    }
}
