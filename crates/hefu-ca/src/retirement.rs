//! Telling the key centre that the keys of revoked pairs are no longer in use (GM/T 0014 `revokeKeyReq`).
//!
//! A revocation does not wait for it: the row that remembers it is written with the revocation, and it is told
//! later, again and again until there is an answer. A signed refusal is an answer too; the key centre keeps the key
//! either way, for recovery.

use jiff::Timestamp;

use crate::mint::MintError;
use crate::round::Hands;
use crate::store;

/// Keys told of in one message.
const PORTION: u32 = 256;

impl Hands {
    /// Tells the key centre of one portion of keys. Returns how many it has answered.
    ///
    /// # Errors
    /// When the tables cannot be used, or the key centre gives no answer.
    pub(crate) async fn tell_retirements(&self, now: Timestamp) -> Result<usize, MintError> {
        let Some(key_centre) = &self.key_centre else {
            return Ok(0);
        };
        let serials = store::retirements(&mut *self.database.read().await?, PORTION).await?;
        if serials.is_empty() {
            return Ok(0);
        }
        let told = serials.iter().map(|serial| serial.as_bytes().to_vec()).collect();
        key_centre
            .retire(told, &self.tasks, now)
            .await
            .map_err(MintError::KeyCentre)?;
        let count = serials.len();
        self.database
            .write(move |connection| {
                Box::pin(async move { Ok::<_, MintError>(store::remove_retirements(connection, &serials).await?) })
            })
            .await?;
        Ok(count)
    }
}
