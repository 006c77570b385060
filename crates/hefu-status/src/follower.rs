//! The follower: reads what the records say since its cursor and keeps it.
//!
//! Rows and cursor are written in one transaction, so that it can be stopped anywhere and goes on where it was;
//! reading an entry twice changes nothing. The index in memory learns only what is durable.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use hefu_database::{Connection, Database};
use hefu_records::{Entry, Feed, FeedError, RecordsError};
use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use jiff::Timestamp;
use tokio::sync::{Mutex, watch};

use crate::announcement::NewAnnouncement;
use crate::fact::{self, Act, FactError};
use crate::index::{Index, News};
use crate::store::{self, StoreError};

/// The follower's name in the table of cursors.
const CURSOR: &str = "status";

/// Entries in one transaction: a few milliseconds of work, a few megabytes of certificates.
const ENTRIES_MAX: u32 = 500;

/// The longest rest after a failure; the first is [`Pace::poll`], each one doubles.
const REST_MAX: Duration = Duration::from_secs(30);

/// The records could not be followed.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// The records do not come.
    #[error(transparent)]
    Feed(#[from] FeedError),
    /// The feed left entries out or gave others than were asked for.
    #[error("the feed gave record {found} where {expected} comes next")]
    Gap {
        /// The entry that comes next.
        expected: u64,
        /// The entry that came.
        found: u64,
    },
    /// An entry that this program cannot take in.
    #[error(transparent)]
    Fact(#[from] FactError),
    /// The tables cannot be written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The cursor cannot be read or moved.
    #[error(transparent)]
    Cursor(#[from] RecordsError),
}

impl From<hefu_database::DatabaseError> for FollowError {
    fn from(error: hefu_database::DatabaseError) -> Self {
        Self::Store(error.into())
    }
}

impl Explain for FollowError {
    fn code(&self) -> &'static str {
        match self {
            Self::Feed(_) => "feed-silent",
            Self::Gap { .. } => "feed-gap",
            Self::Fact(FactError::Version { .. }) => "record-version-unknown",
            Self::Fact(FactError::Body { .. }) => "record-unreadable",
            Self::Store(store) => store.code(),
            Self::Cursor(cursor) => cursor.code(),
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Gap { .. } | Self::Fact(_) => Kind::Malformed,
            Self::Feed(_) | Self::Store(_) | Self::Cursor(_) => Kind::Fault,
        }
    }

    fn blame(&self) -> Blame {
        match self {
            Self::Feed(_) | Self::Fact(FactError::Version { .. }) => Blame::Operator,
            Self::Gap { .. } | Self::Fact(FactError::Body { .. }) => Blame::CertificationAuthority,
            Self::Store(store) => store.blame(),
            Self::Cursor(cursor) => cursor.blame(),
        }
    }

    fn citation(&self) -> Option<Citation> {
        None
    }

    fn message(&self, language: Language) -> String {
        match (language, self) {
            (language, Self::Store(store)) => store.message(language),
            (language, Self::Cursor(cursor)) => cursor.message(language),
            (Language::English, _) => self.to_string(),
            (Language::Chinese, Self::Feed(feed)) => format!("无法取得认证机构的记录：{feed}"),
            (Language::Chinese, Self::Gap { expected, found }) => {
                format!("应到第{expected}条记录，收到的是第{found}条")
            }
            (Language::Chinese, Self::Fact(FactError::Version { index, kind })) => {
                format!("第{index}条记录的类型 {kind} 比本版本新，请升级状态服务")
            }
            (Language::Chinese, Self::Fact(FactError::Body { index, kind, why })) => {
                format!("第{index}条记录（{kind}）无法读取：{why}")
            }
        }
    }
}

/// How far the follower got.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Followed {
    /// Entries read this time.
    pub entries: usize,
    /// Index of the entry that comes next.
    pub next: u64,
    /// Whether the end of the records was reached.
    pub at_end: bool,
}

/// When the follower looks.
#[derive(Clone, Debug)]
pub struct Pace {
    /// How long to wait before looking again.
    pub poll: Duration,
    /// Changes when there is something to read, where the records are in the same process.
    pub wake: Option<watch::Receiver<u64>>,
    /// How long to let more come after a wake: what is read together is written with one flush to the disk.
    pub gather: Duration,
}

impl Default for Pace {
    /// Every 200 ms: a revocation is answered within the second, and looking costs next to nothing.
    fn default() -> Self {
        Self {
            poll: Duration::from_millis(200),
            wake: None,
            gather: Duration::from_millis(50),
        }
    }
}

/// What the follower remembers between two portions.
#[derive(Debug, Default)]
struct Turn {
    /// The cursor; none while nobody knows whether the last transaction was kept.
    cursor: Option<u64>,
    /// Up to which cursor the index knows what the table says.
    indexed: Option<u64>,
}

/// Follows one feed into one database and one index.
pub(crate) struct Follower {
    pub(crate) database: Database,
    pub(crate) feed: Arc<dyn Feed>,
    pub(crate) index: Arc<Index>,
    /// Held while following: one at a time.
    turn: Mutex<Turn>,
    /// Until when what the index says is all there is.
    true_at: watch::Sender<Option<Timestamp>>,
}

impl Follower {
    pub(crate) fn new(database: Database, feed: Arc<dyn Feed>, index: Arc<Index>) -> Self {
        Self {
            database,
            feed,
            index,
            turn: Mutex::default(),
            true_at: watch::Sender::new(None),
        }
    }

    /// Until when what the index says is all there is; none before anything was followed.
    pub(crate) fn true_at(&self) -> Option<Timestamp> {
        *self.true_at.borrow()
    }

    /// Reads one portion.
    pub(crate) async fn follow_once(&self, now: Timestamp) -> Result<Followed, FollowError> {
        let mut turn = self.turn.lock().await;
        let from = self.begin(&mut turn).await?;
        let entries = self.feed.read(from, ENTRIES_MAX).await?;
        let next = check(&entries, from)?;
        if next > from {
            turn.cursor = None;
            self.take_in(&entries, next, now).await?;
            *turn = Turn {
                cursor: Some(next),
                indexed: Some(next),
            };
        }
        // What is known is complete up to the last entry; at the end of the records it is complete now. A feed may
        // give fewer entries than there are, so only an empty answer is the end.
        self.true_until(entries.last().map_or(now, |last| last.at.min(now)));
        Ok(Followed {
            entries: entries.len(),
            next,
            at_end: entries.is_empty(),
        })
    }

    fn true_until(&self, at: Timestamp) {
        self.true_at.send_modify(|true_at| *true_at = (*true_at).max(Some(at)));
    }

    /// Where to go on. When the index does not know what the table says up to there (at start, and after a
    /// transaction of which nobody knew whether it was kept), it is filled first.
    async fn begin(&self, turn: &mut Turn) -> Result<u64, FollowError> {
        if let Some(cursor) = turn.cursor {
            return Ok(cursor);
        }
        let mut connection = self.database.read().await?;
        let cursor = hefu_records::cursor(&mut connection, CURSOR).await?;
        if turn.indexed != Some(cursor) {
            store::load(&mut connection, &self.index).await?;
        }
        *turn = Turn {
            cursor: Some(cursor),
            indexed: Some(cursor),
        };
        Ok(cursor)
    }

    async fn take_in(&self, entries: &[Entry], next: u64, now: Timestamp) -> Result<(), FollowError> {
        let read: Result<Vec<Option<Act>>, FactError> = entries.iter().map(fact::read).collect();
        let acts: Vec<Act> = read?.into_iter().flatten().collect();
        let news: Vec<News> = self
            .database
            .write(move |connection| {
                Box::pin(async move {
                    let news = store::apply(connection, &acts).await?;
                    announce(connection, &acts, now).await?;
                    hefu_records::advance(connection, CURSOR, next).await?;
                    Ok::<_, FollowError>(news)
                })
            })
            .await?;
        self.index.note(&news);
        Ok(())
    }

    /// Follows until `stop`; failures are logged when they begin and when they end, and tried again.
    pub(crate) async fn run(&self, mut pace: Pace, clock: impl Fn() -> Timestamp, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        let mut failed: Option<String> = None;
        let mut rest = pace.poll;
        loop {
            let wait = match self.follow_once(clock()).await {
                Ok(followed) => {
                    if failed.take().is_some() {
                        tracing::info!(next = followed.next, "the records are followed again");
                    }
                    rest = pace.poll;
                    match followed {
                        Followed { at_end: true, .. } => rest,
                        Followed { entries, .. } if entries >= ENTRIES_MAX as usize => Duration::ZERO,
                        _ => pace.gather,
                    }
                }
                Err(error) => {
                    let words = error.to_string();
                    if failed.as_ref() != Some(&words) {
                        tracing::error!(code = error.code(), error = words, "the records cannot be followed");
                        failed = Some(words);
                    }
                    rest = (rest * 2).min(REST_MAX);
                    rest
                }
            };
            tokio::select! {
                () = &mut stop => return,
                () = tokio::time::sleep(wait) => {}
                () = woken(&mut pace.wake, pace.gather), if failed.is_none() => {}
            }
        }
    }
}

/// Announces what the acts change, and records that it was announced, each once.
async fn announce(connection: &mut Connection, acts: &[Act], now: Timestamp) -> Result<(), FollowError> {
    let mut published = Vec::new();
    for new in acts.iter().filter_map(NewAnnouncement::of) {
        if store::announcements::keep(connection, &new).await? {
            published.push(new.published(now));
        }
    }
    if !published.is_empty() {
        hefu_records::append(connection, &published).await?;
    }
    Ok(())
}

/// Waits for the next change and for what comes soon after it; for ever when nobody will announce one.
async fn woken(wake: &mut Option<watch::Receiver<u64>>, gather: Duration) {
    let changed = match wake {
        Some(wake) => wake.changed().await,
        None => std::future::pending().await,
    };
    if changed.is_err() {
        *wake = None;
        std::future::pending::<()>().await;
    }
    tokio::time::sleep(gather).await;
}

/// The entries must be those that come next, without a gap; gives the index of the one after them.
fn check(entries: &[Entry], from: u64) -> Result<u64, FollowError> {
    let mut expected = from;
    for entry in entries {
        if entry.index != expected {
            return Err(FollowError::Gap {
                expected,
                found: entry.index,
            });
        }
        expected += 1;
    }
    Ok(expected)
}
