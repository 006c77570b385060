//! Why an officer opened or read something, in their own words: for the audit branch.
//!
//! The words lie under seal because they may name people; the records hold a commitment to them, and words that do not
//! fit it are not given out as what was said.

use hefu_officers::OfficerId;
use jiff::Timestamp;
use zeroize::Zeroizing;

use super::{Registry, RegistryError};
use crate::keyed::Of;
use crate::store;

/// Why something was opened or read.
#[derive(Clone, Debug)]
pub struct ReasonGiven {
    /// In the officer's words.
    pub words: Zeroizing<String>,
    /// The commitment to them, hexadecimal, as the record should have it.
    pub commitment: String,
}

impl Registry {
    /// Why an officer opened evidence or read a file at a moment, by the subject of the record that tells of it
    /// ("evidence:…", "applicant:…"); `None` when nothing of the kind was kept.
    ///
    /// # Errors
    /// A fault.
    pub async fn reason_given(
        &self,
        subject: &str,
        by: OfficerId,
        at: Timestamp,
    ) -> Result<Option<ReasonGiven>, RegistryError> {
        let mut connection = self.room.database.read().await?;
        let Some(sealed) = store::sealed_reason(&mut connection, subject, by, at).await? else {
            return Ok(None);
        };
        let plain = self.unseal(&format!("hefu-applicants/{subject}/reason"), &sealed)?;
        let words = std::str::from_utf8(&plain).map_err(|_| RegistryError::Unsealed)?;
        let commitment = self.room.key.digest(Of::Words, words);
        Ok(Some(ReasonGiven {
            words: Zeroizing::new(words.to_owned()),
            commitment: hex::encode(commitment.as_bytes()),
        }))
    }
}
