//! A list that leaves the house: who takes what away is recorded before the first line goes out.

use hefu_officers::{Officer, Permission};
use jiff::Timestamp;

use super::error::DeskError;
use super::{Desk, record};
use crate::facts;
use crate::list::Find;
use crate::store;

impl Desk {
    /// Counts the certificates of a list that an officer wants to take away, at most `most`, and records that they do.
    ///
    /// # Errors
    /// The officer may not read, which is recorded; a fault, and then nothing may go out.
    pub async fn export(&self, officer: &Officer, find: &Find, most: u32, now: Timestamp) -> Result<u64, DeskError> {
        let by = self.permit(officer, &[Permission::Read], "export", None, now).await?;
        let find = find.clone().tidied();
        let mut connection = self.room.database.read().await?;
        let count = store::count(&mut connection, &find, now, i64::from(most)).await?;
        drop(connection);
        let entry = facts::exported(&find, count, by, now);
        self.room
            .database
            .write(move |connection| Box::pin(async move { record(connection, &[entry]).await }))
            .await?;
        Ok(count)
    }
}
