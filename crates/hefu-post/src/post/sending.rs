//! The sender: one letter at a time, marked before it leaves, and what became of it kept with its record.

use jiff::Timestamp;

use super::{Content, Post, context};
use crate::address::Mailbox;
use crate::carrier::{Mail, Returned};
use crate::error::PostError;
use crate::facts;
use crate::outbox::Closed;
use crate::store::{self, Taken};

/// Letters in one go, so that the loop above can see to other things.
const PORTION: usize = 100;

/// What a try came to.
enum Fate {
    Sent,
    Failed(String),
    Wait {
        code: String,
        in_doubt: bool,
        next_try: Timestamp,
    },
}

impl Post {
    /// Sends what is due, letter by letter, until nothing is, a portion is done, `ending` says so, or the mail server
    /// takes no letters; how many letters it answered for.
    ///
    /// # Errors
    /// [`PostError`]; a letter that was on its way is put back, in doubt, by the next call.
    pub async fn send_due(
        &self,
        clock: &(dyn Fn() -> Timestamp + Sync),
        ending: &(dyn Fn() -> bool + Sync),
    ) -> Result<usize, PostError> {
        let _turn = self.room.sending.lock().await;
        self.put_back(clock()).await?;
        let mut sent = 0;
        for _ in 0..PORTION {
            if ending() {
                break;
            }
            let Some(letter) = self.take(clock()).await? else {
                break;
            };
            let outcome = self.carry(&letter).await;
            let now = clock();
            self.note(&outcome, now);
            let closed = matches!(outcome, Err(Returned::Closed(_)));
            sent += usize::from(outcome.is_ok());
            let fate = self.fate(&letter, outcome, now);
            self.settle(letter, fate, now).await?;
            if closed {
                break;
            }
        }
        Ok(sent)
    }

    /// What a sender left on its way goes back into the queue.
    async fn put_back(&self, now: Timestamp) -> Result<(), PostError> {
        let database = &self.room.settings.database;
        if !store::has_left(&mut *database.read().await?).await? {
            return Ok(());
        }
        let put_back = database.write(move |connection| {
            Box::pin(async move { Ok::<_, PostError>(store::put_back(connection, now).await?) })
        });
        let letters = put_back.await?;
        tracing::warn!(
            letters,
            "letters were on their way when a sender stopped; they are sent again"
        );
        Ok(())
    }

    /// Marks the next letter that is due, durably, before it leaves.
    async fn take(&self, now: Timestamp) -> Result<Option<Taken>, PostError> {
        let database = &self.room.settings.database;
        let due = store::due(&mut *database.read().await?, now).await?;
        let Some(number) = due else { return Ok(None) };
        let taken = database.write(move |connection| {
            Box::pin(async move { Ok::<_, PostError>(store::take(connection, number).await?) })
        });
        taken.await
    }

    async fn carry(&self, letter: &Taken) -> Result<(), Returned> {
        // What cannot be opened by this device never will be.
        let mail = self
            .open_letter(letter)
            .ok_or_else(|| Returned::Refused("unreadable".to_owned()))?;
        self.room.settings.carrier.carry(&mail).await
    }

    fn open_letter(&self, letter: &Taken) -> Option<Mail> {
        let plain = self
            .room
            .settings
            .device
            .open(&context(&letter.origin), &letter.sealed)
            .ok()?;
        let content: Content = serde_json::from_slice(&plain).ok()?;
        Some(Mail {
            to: Mailbox::parse(&content.to).ok()?,
            subject: content.subject,
            body: content.body,
            written_at: letter.written_at,
            identity: format!("{}.{}", letter.named.number, letter.written_at.as_microsecond()),
        })
    }

    /// Remembers whether the mail server takes letters, and says so when that changes.
    fn note(&self, outcome: &Result<(), Returned>, now: Timestamp) {
        let mut closed = self.room.closed();
        match (outcome, closed.as_mut()) {
            (Err(Returned::Closed(code)), Some(before)) => before.code.clone_from(code),
            (Err(Returned::Closed(code)), None) => {
                tracing::error!(code, "the mail server takes no letters; they wait");
                *closed = Some(Closed {
                    code: code.clone(),
                    since: now,
                });
            }
            (_, Some(_)) => {
                tracing::info!("the mail server takes letters again");
                *closed = None;
            }
            (_, None) => {}
        }
    }

    fn fate(&self, letter: &Taken, outcome: Result<(), Returned>, now: Timestamp) -> Fate {
        let (code, in_doubt) = match outcome {
            Ok(()) => return Fate::Sent,
            Err(Returned::Refused(code)) => return Fate::Failed(code),
            Err(Returned::Later(code) | Returned::Closed(code)) => (code, false),
            Err(Returned::Doubtful(code)) => (code, true),
        };
        let next = self
            .room
            .settings
            .schedule
            .next(letter.named.attempts, now, letter.give_up_at);
        match next {
            Some(next_try) => Fate::Wait {
                code,
                in_doubt,
                next_try,
            },
            None => Fate::Failed(code),
        }
    }

    /// Keeps what became of a letter, and its record, in one transaction.
    async fn settle(&self, letter: Taken, fate: Fate, now: Timestamp) -> Result<(), PostError> {
        let settled = self.room.settings.database.write(move |connection| {
            Box::pin(async move {
                let named = &letter.named;
                let number = named.number;
                match fate {
                    Fate::Sent => {
                        store::settle_sent(connection, number, now).await?;
                        hefu_records::append(connection, &[facts::sent(named, letter.in_doubt, now)]).await?;
                    }
                    Fate::Failed(code) => {
                        store::settle_failed(connection, number, &code, now).await?;
                        hefu_records::append(connection, &[facts::failed(named, &code, now)]).await?;
                    }
                    Fate::Wait {
                        code,
                        in_doubt,
                        next_try,
                    } => store::wait(connection, number, &code, in_doubt, next_try).await?,
                }
                Ok::<_, PostError>(())
            })
        });
        settled.await
    }
}
