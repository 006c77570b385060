//! Reminders: a scan by date over the certificates whose end is watched.
//!
//! A reminder and the note that it was written are kept in one transaction; its origin is the serial number with the days,
//! so that each is written once whatever happens between two scans.

use jiff::Timestamp;

use super::Post;
use crate::address::Correspondent;
use crate::error::PostError;
use crate::letter::Letter;
use crate::store::{self, NewRow, Watched};

/// Certificates looked at in one go: a few milliseconds.
const PORTION: u32 = 200;

impl Post {
    /// Writes every reminder that is due; how many.
    ///
    /// # Errors
    /// [`PostError`]; what was written before stays written, and the next scan goes on.
    pub async fn remind(&self, now: Timestamp) -> Result<usize, PostError> {
        let _turn = self.room.writing.lock().await;
        let Some(until) = self.room.settings.reminders.horizon(now) else {
            return Ok(0);
        };
        let (mut from, mut serial, mut written) = (now, String::new(), 0);
        loop {
            let portion = {
                let mut connection = self.room.settings.database.read().await?;
                store::ending(&mut connection, (from, &serial), until, i64::from(PORTION)).await?
            };
            let Some(last) = portion.last() else {
                return Ok(written);
            };
            (from, serial) = (last.term.not_after, last.term.serial.clone());
            written += self.remind_of(&portion, now).await?;
        }
    }

    async fn remind_of(&self, portion: &[Watched], now: Timestamp) -> Result<usize, PostError> {
        let mut rows = Vec::new();
        for watched in portion {
            let term = &watched.term;
            let reminders = &self.room.settings.reminders;
            let Some(days) = reminders.due(term.not_before, term.not_after, watched.reminded, now) else {
                continue;
            };
            let asked = self.room.settings.addresses.application(&watched.application).await?;
            let row = self.reminder(watched, days, asked.unwrap_or_default(), now)?;
            rows.push((row, term.serial.clone(), days));
        }
        let count = rows.len();
        if count > 0 {
            let write = self.room.settings.database.write(move |connection| {
                Box::pin(async move {
                    for (row, serial, days) in &rows {
                        store::insert(connection, row).await?;
                        store::remind(connection, serial, *days).await?;
                    }
                    Ok::<_, PostError>(())
                })
            });
            write.await?;
        }
        Ok(count)
    }

    fn reminder(&self, watched: &Watched, days: u32, who: Correspondent, now: Timestamp) -> Result<NewRow, PostError> {
        let serial = watched.term.serial.clone();
        let origin = format!("expiry:{serial}:{days}");
        let about = format!("certificate:{serial}");
        let letter = Letter::Expiring {
            serial,
            not_after: watched.term.not_after,
            days,
        };
        self.addressed(origin, about, who.mailbox, &who.holder, letter, now)
    }
}
