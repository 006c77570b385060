//! The door: letters in, letters out, and the loop that does both.

mod following;
mod reminding;
mod sending;

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hefu_database::Database;
use hefu_records::Feed;
use hefu_rulebook::Explain as _;
use jiff::{SignedDuration, Timestamp};
use key_device::KeyDevice;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::address::{Addresses, Mailbox};
use crate::carrier::Carrier;
use crate::error::PostError;
use crate::facts;
use crate::letter::{Letter, Office};
use crate::outbox::{Closed, FindLetters, LetterView, Page, Summary, Upcoming};
use crate::reminder::{DAYS_MAX, ReminderDays, span};
use crate::schedule::Schedule;
use crate::store::{self, NewRow};

/// How long a failed letter's text is kept for an officer to have it tried again.
const FAILED_KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Between two looks for reminders and for texts to be erased: both count in days.
const HOUSEKEEPING_EVERY: SignedDuration = SignedDuration::from_hours(1);
/// A day, for the outlook.
const DAY_HOURS: i64 = 24;
/// How long the letter under way may take when the process is to end; it is in doubt afterwards.
const GRACE: Duration = Duration::from_secs(5);
/// The longest rest after a failure of ours; the first is [`Pace::poll`], each one doubles.
const REST_MAX: Duration = Duration::from_secs(30);

/// What the outbox works with.
pub struct PostSettings {
    /// The zone's database, opened with [`MIGRATIONS`](crate::MIGRATIONS) and those of the records.
    pub database: Database,
    /// The records of the registration authority.
    pub feed: Arc<dyn Feed>,
    /// What seals addresses and texts.
    pub device: Arc<dyn KeyDevice>,
    /// Who knows subscribers.
    pub addresses: Arc<dyn Addresses>,
    /// Who takes letters away.
    pub carrier: Arc<dyn Carrier>,
    /// Who writes.
    pub office: Office,
    /// When letters are tried again and given up.
    pub schedule: Schedule,
    /// How many days before its end a certificate's holder is reminded.
    pub reminders: ReminderDays,
}

/// A letter that somebody else than the follower wants written.
#[derive(Clone, Debug)]
pub struct NewLetter {
    /// What it is written for, such as "fetch-code:0193…:1"; a second letter of the same origin is not written.
    pub origin: String,
    /// What it is about, as records name it: "application:0193…". No personal data.
    pub about: String,
    /// Where to.
    pub to: Mailbox,
    /// Whom it addresses.
    pub holder: String,
    /// What it says.
    pub letter: Letter,
    /// When it is of no use any more, if that is earlier than the usual end.
    pub useless_at: Option<Timestamp>,
}

/// How often the loops look.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Between two looks at the records and at the outbox.
    pub poll: Duration,
}

impl Default for Pace {
    /// A second: nobody waits for a letter with a stop watch, and a look costs two rows.
    fn default() -> Self {
        Self {
            poll: Duration::from_secs(1),
        }
    }
}

/// The outbox of a zone. Clones share it.
#[derive(Clone)]
pub struct Post {
    room: Arc<Room>,
}

struct Room {
    settings: PostSettings,
    /// Held while following or reminding: one at a time.
    writing: tokio::sync::Mutex<()>,
    /// Held while sending: one letter is on its way at a time.
    sending: tokio::sync::Mutex<()>,
    /// Since when the mail server takes no letters.
    closed: Mutex<Option<Closed>>,
}

/// What stands under seal.
#[derive(Deserialize, Serialize)]
struct Content {
    to: String,
    subject: String,
    body: String,
}

impl std::fmt::Debug for Post {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Post")
    }
}

impl Post {
    /// Opens the outbox. Letters that an earlier process left on their way are put back by the first
    /// [`Post::send_due`], in doubt.
    #[must_use]
    pub fn open(settings: PostSettings) -> Self {
        let room = Room {
            settings,
            writing: tokio::sync::Mutex::default(),
            sending: tokio::sync::Mutex::default(),
            closed: Mutex::default(),
        };
        Self { room: Arc::new(room) }
    }

    /// Writes a letter; its number, or none when one of this origin was written before.
    ///
    /// # Errors
    /// [`PostError`]; nothing was kept.
    pub async fn write(&self, new: NewLetter, now: Timestamp) -> Result<Option<i64>, PostError> {
        let row = self.row(&new, now)?;
        let written = self.room.settings.database.write(move |connection| {
            Box::pin(async move { Ok::<_, PostError>(store::insert(connection, &row).await?) })
        });
        written.await
    }

    /// A page of letters, newest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn letters(&self, find: FindLetters) -> Result<Page, PostError> {
        let limit = find.size() as usize;
        let mut connection = self.room.settings.database.read().await?;
        // One more than asked for says whether there is another page.
        let mut items = store::letters(&mut connection, find, i64::from(find.size()) + 1).await?;
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(|letter| letter.number);
        Ok(Page { items, next })
    }

    /// One letter.
    ///
    /// # Errors
    /// [`PostError::Unknown`], the database's.
    pub async fn letter(&self, number: i64) -> Result<LetterView, PostError> {
        let mut connection = self.room.settings.database.read().await?;
        let found = store::letter(&mut connection, number).await?;
        found.ok_or(PostError::Unknown(number))
    }

    /// How the outbox stands.
    ///
    /// # Errors
    /// The database's.
    pub async fn summary(&self) -> Result<Summary, PostError> {
        let mut connection = self.room.settings.database.read().await?;
        let (queued, failed) = store::counts(&mut connection).await?;
        Ok(Summary {
            queued,
            failed,
            closed: self.room.closed().clone(),
            reminder_days: self.room.settings.reminders.days().to_vec(),
        })
    }

    /// Reminders that will be written in the next `days` days, as things stand: a certificate that is renewed or revoked
    /// until then gets none. Days without any are left out.
    ///
    /// # Errors
    /// The database's.
    pub async fn upcoming(&self, days: u32, now: Timestamp) -> Result<Vec<Upcoming>, PostError> {
        let mut connection = self.room.settings.database.read().await?;
        let mut upcoming = Vec::new();
        for day in 0..days.min(DAYS_MAX) {
            let from = now.saturating_add(span(day)).unwrap_or(Timestamp::MAX);
            for (before, begin, end) in self.room.settings.reminders.ends(from, DAY_HOURS) {
                let letters = store::count_ending(&mut connection, (begin, end), before).await?;
                if letters > 0 {
                    upcoming.push(Upcoming {
                        from,
                        days: before,
                        letters,
                    });
                }
            }
        }
        Ok(upcoming)
    }

    /// Has a failed letter tried again from now on. `actor` is the officer, as records name them.
    ///
    /// # Errors
    /// [`PostError::Unknown`], [`PostError::NotFailed`], or a fault.
    pub async fn retry(&self, number: i64, actor: &str, now: Timestamp) -> Result<LetterView, PostError> {
        let (actor, end) = (actor.to_owned(), self.room.settings.schedule.give_up_at(now));
        let retried = self.room.settings.database.write(move |connection| {
            Box::pin(async move {
                let revived = store::revive(connection, number, now, end).await?;
                if let Some(named) = &revived {
                    hefu_records::append(connection, &[facts::retried(named, &actor, now)]).await?;
                }
                let found = store::letter(connection, number).await?;
                let letter = found.ok_or(PostError::Unknown(number))?;
                match revived {
                    Some(_) => Ok(letter),
                    None => Err(PostError::NotFailed {
                        number,
                        state: letter.state,
                    }),
                }
            })
        });
        retried.await
    }

    /// Follows, reminds and sends until `stop`; failures are logged when they begin and when they end, and tried again.
    pub async fn run(&self, pace: Pace, clock: impl Fn() -> Timestamp + Sync, stop: impl Future<Output = ()>) {
        let ending = AtomicBool::new(false);
        let work = async {
            tokio::join!(
                self.keep_writing(pace, &clock, &ending),
                self.keep_sending(pace, &clock, &ending)
            );
        };
        let limit = async {
            stop.await;
            ending.store(true, Ordering::Relaxed);
            tokio::time::sleep(GRACE).await;
        };
        tokio::select! { () = work => {}, () = limit => {} }
    }

    async fn keep_writing(&self, pace: Pace, clock: &(dyn Fn() -> Timestamp + Sync), ending: &AtomicBool) {
        let mut trouble = Trouble::new("letters cannot be written", pace);
        let mut kept_house_at = None;
        while !ending.load(Ordering::Relaxed) {
            let now = clock();
            let outcome = self.write_what_is_due(now, &mut kept_house_at).await;
            // A whole portion says that more waits.
            if matches!(outcome, Ok(true)) {
                continue;
            }
            tokio::time::sleep(trouble.rest(outcome.map(|_| ()))).await;
        }
    }

    /// Follows one portion and, now and then, reminds and erases; whether more of the records waits.
    async fn write_what_is_due(
        &self,
        now: Timestamp,
        kept_house_at: &mut Option<Timestamp>,
    ) -> Result<bool, PostError> {
        let more = self.follow_once(now).await?;
        let due = kept_house_at.is_none_or(|at| now.duration_since(at) >= HOUSEKEEPING_EVERY);
        if !more && due {
            self.remind(now).await?;
            self.erase_old(now).await?;
            *kept_house_at = Some(now);
        }
        Ok(more)
    }

    async fn keep_sending(&self, pace: Pace, clock: &(dyn Fn() -> Timestamp + Sync), ending: &AtomicBool) {
        let mut trouble = Trouble::new("letters cannot be sent", pace);
        while !ending.load(Ordering::Relaxed) {
            let outcome = self.send_due(clock, &|| ending.load(Ordering::Relaxed)).await;
            let resting = self.room.closed().is_some();
            let rest = trouble.rest(outcome.map(|_| ()));
            // A mail server that takes nothing is asked again soon, by one letter.
            tokio::time::sleep(if resting { rest.max(pace.poll * 5) } else { rest }).await;
        }
    }

    /// Erases the texts of letters that failed long ago; how many.
    ///
    /// # Errors
    /// The database's.
    pub async fn erase_old(&self, now: Timestamp) -> Result<u64, PostError> {
        let before = now.saturating_sub(FAILED_KEPT).unwrap_or(Timestamp::MIN);
        let erased = self.room.settings.database.write(move |connection| {
            Box::pin(async move { Ok::<_, PostError>(store::erase_failed(connection, before).await?) })
        });
        erased.await
    }

    /// The row of a letter: worded and sealed.
    fn row(&self, new: &NewLetter, now: Timestamp) -> Result<NewRow, PostError> {
        let unreadable = || PostError::Unreadable {
            origin: new.origin.clone(),
        };
        let body = new.letter.body(&self.room.settings.office, &new.holder);
        let content = Content {
            to: new.to.reveal().to_owned(),
            subject: new.letter.subject().to_owned(),
            body: body.map_err(|_| unreadable())?,
        };
        let plain = Zeroizing::new(serde_json::to_vec(&content).map_err(|_| unreadable())?);
        let end = self.room.settings.schedule.give_up_at(now);
        Ok(NewRow {
            origin: new.origin.clone(),
            kind: new.letter.slug(),
            about: new.about.clone(),
            masked: new.to.masked(),
            sealed: Some(self.room.settings.device.seal(&context(&new.origin), &plain)?),
            written_at: now,
            give_up_at: new.useless_at.map_or(end, |useless| useless.min(end)),
        })
    }

    /// The row of a letter that has nowhere to go.
    fn unaddressed(origin: String, about: String, letter: &Letter, now: Timestamp) -> NewRow {
        NewRow {
            origin,
            kind: letter.slug(),
            about,
            masked: String::new(),
            sealed: None,
            written_at: now,
            give_up_at: now,
        }
    }
}

impl Room {
    fn closed(&self) -> std::sync::MutexGuard<'_, Option<Closed>> {
        self.closed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a sealed letter is bound to: a row's text cannot be moved to another row.
fn context(origin: &str) -> Vec<u8> {
    [b"hefu/post/letter\0".as_slice(), origin.as_bytes()].concat()
}

/// A failure of ours that lasts: said once, tried again after growing rests.
struct Trouble {
    what: &'static str,
    words: Option<String>,
    poll: Duration,
    rest: Duration,
}

impl Trouble {
    fn new(what: &'static str, pace: Pace) -> Self {
        Self {
            what,
            words: None,
            poll: pace.poll,
            rest: pace.poll,
        }
    }

    /// How long to rest after this outcome.
    fn rest(&mut self, outcome: Result<(), PostError>) -> Duration {
        match outcome {
            Ok(()) => {
                if self.words.take().is_some() {
                    tracing::info!("no longer so: {}", self.what);
                }
                self.rest = self.poll;
            }
            Err(why) => {
                let words = why.to_string();
                if self.words.as_ref() != Some(&words) {
                    tracing::error!(code = why.code(), error = words, "{}", self.what);
                    self.words = Some(words);
                }
                self.rest = (self.rest * 2).min(REST_MAX);
            }
        }
        self.rest
    }
}
