//! The follower: reads what the records say since its cursor and writes the letters that follow from it.
//!
//! Letters and cursor are kept in one transaction, and a letter's origin is the record's number: a follower that is killed
//! anywhere, or reads everything again, writes no letter twice and leaves none out.

use hefu_records::Entry;
use jiff::Timestamp;

use super::{NewLetter, Post};
use crate::address::Term;
use crate::error::PostError;
use crate::event::{self, Event};
use crate::letter::Letter;
use crate::store::{self, NewRow};

/// The follower's name in the table of cursors.
const CURSOR: &str = "post";
/// Entries in one transaction: each may need a look at an application.
const ENTRIES_MAX: u32 = 200;

/// What is to be kept of one entry.
struct Kept {
    application: String,
    letter: Option<NewRow>,
    watched: Vec<Term>,
    closed: Vec<String>,
}

impl Post {
    /// Reads one portion of the records; whether more of them wait.
    ///
    /// # Errors
    /// [`PostError`]; nothing of the portion was kept.
    pub async fn follow_once(&self, now: Timestamp) -> Result<bool, PostError> {
        let _turn = self.room.writing.lock().await;
        let settings = &self.room.settings;
        let from = {
            let mut connection = settings.database.read().await?;
            hefu_records::cursor(&mut connection, CURSOR).await?
        };
        let entries = settings.feed.read(from, ENTRIES_MAX).await?;
        let next = without_gaps(&entries, from)?;
        if next == from {
            return Ok(false);
        }
        let mut kept = Vec::new();
        for entry in &entries {
            if let Some(event) = event::read(entry) {
                kept.extend(self.follow_from(entry, &event, now).await?);
            }
        }
        let written = settings.database.write(move |connection| {
            Box::pin(async move {
                for kept in &kept {
                    if let Some(row) = &kept.letter {
                        store::insert(connection, row).await?;
                    }
                    store::watch(connection, &kept.application, &kept.watched).await?;
                    for serial in &kept.closed {
                        store::close(connection, serial).await?;
                    }
                }
                Ok::<_, PostError>(hefu_records::advance(connection, CURSOR, next).await?)
            })
        });
        written.await?;
        Ok(entries.len() >= ENTRIES_MAX as usize)
    }

    /// What follows from one event; none when the application is not known, which only another zone's records would say.
    async fn follow_from(&self, entry: &Entry, event: &Event, now: Timestamp) -> Result<Option<Kept>, PostError> {
        let asked = self.room.settings.addresses.application(&event.application).await?;
        let Some(correspondent) = asked else {
            return Ok(None);
        };
        let told = event::consequence(event, &correspondent);
        let letter = told.letter.filter(|_| event::is_news(entry.at, now));
        let origin = format!("record:{}", entry.index);
        let letter = letter.map(|letter| {
            let to = correspondent.mailbox.clone();
            self.addressed(origin, entry.subject.clone(), to, &correspondent.holder, letter, now)
        });
        Ok(Some(Kept {
            application: event.application.clone(),
            letter: letter.transpose()?,
            watched: told.watched,
            closed: told.closed,
        }))
    }

    /// The row of a letter, whether there is an address or not.
    pub(super) fn addressed(
        &self,
        origin: String,
        about: String,
        to: Option<crate::Mailbox>,
        holder: &str,
        letter: Letter,
        now: Timestamp,
    ) -> Result<NewRow, PostError> {
        let Some(to) = to else {
            return Ok(Self::unaddressed(origin, about, &letter, now));
        };
        let new = NewLetter {
            origin,
            about,
            to,
            holder: holder.to_owned(),
            letter,
            useless_at: None,
        };
        self.row(&new, now)
    }
}

/// The entries must be those that come next, without a gap; gives the index of the one after them.
fn without_gaps(entries: &[Entry], from: u64) -> Result<u64, PostError> {
    let mut expected = from;
    for entry in entries {
        if entry.index != expected {
            return Err(PostError::Gap {
                expected,
                found: entry.index,
            });
        }
        expected += 1;
    }
    Ok(expected)
}
