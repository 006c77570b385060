//! Taking up what was not finished: after a crash, and every few seconds while a key centre is silent or a disk full.
//!
//! Two kinds of requests are found. Those *intended* are signed: what is to be signed stands in the store, whether
//! the key had already signed it or not, and signing it once more makes no second certificate, for the serial number
//! is the same. Those *accepted* wait for the key centre: the batch that brought them is verified again, the
//! request is decided again with the serial numbers and the validity drawn then, and the key centre gives the key
//! that it gave before, if it gave one.

use std::sync::Weak;

use hefu_certificate::Validity;
use hefu_rulebook::Explain;
use jiff::Timestamp;
use registration_protocol::{Issue, Item, Refused, RequestId};

use crate::acceptance::{Accepted, admit_again};
use crate::issuance::{Drawn, Issuance, IssuanceRefusal};
use crate::mint::{Clock, MintError, RETRY_EVERY};
use crate::pair::{Intent, Warrant};
use crate::refusal::refused;
use crate::round::{Hands, refuse_all};
use crate::store::{self, RequestRow, State};
use crate::underway::InHand;

/// Requests taken up at once.
const PORTION: u32 = 256;

/// Tries again every few seconds for as long as the mint lives.
pub(crate) async fn retry(hands: Weak<Hands>, clock: Clock) {
    loop {
        tokio::time::sleep(RETRY_EVERY).await;
        let Some(hands) = hands.upgrade() else {
            return;
        };
        match hands.resume(clock()).await {
            Ok(0) => {}
            Ok(finished) => tracing::info!(finished, "requests that had waited are finished"),
            Err(error) => {
                tracing::error!(code = error.code(), error = %error, "unfinished requests cannot be taken up");
            }
        }
        if let Err(error) = hands.tell_retirements(clock()).await {
            tracing::warn!(code = error.code(), error = %error, "the key centre is not told of retired keys");
        }
    }
}

impl Hands {
    /// Takes up everything unfinished that no round has in hand. Returns how many requests were finished.
    pub(crate) async fn resume(&self, now: Timestamp) -> Result<u64, MintError> {
        let mut finished = 0;
        loop {
            let done = self.resume_intended(now).await? + self.resume_accepted(now).await?;
            if done == 0 {
                return Ok(finished);
            }
            finished += done;
        }
    }

    async fn open(&self, state: State) -> Result<(Vec<RequestRow>, InHand<'_>), MintError> {
        let mut connection = self.database.read().await?;
        let rows = store::open_requests(&mut connection, state, PORTION).await?;
        let in_hand = self.underway.take(rows.iter().map(|row| row.id));
        // A round may have finished with a request between the two lines above.
        let ids: Vec<RequestId> = rows.iter().map(|row| row.id).filter(|id| in_hand.has(id)).collect();
        let rows = store::requests(&mut connection, &ids).await?;
        let rows = rows.into_values().filter(|row| row.state == state).collect();
        Ok((rows, in_hand))
    }

    /// Signs what is to be signed.
    async fn resume_intended(&self, now: Timestamp) -> Result<u64, MintError> {
        let (rows, _in_hand) = self.open(State::Intended).await?;
        if rows.is_empty() {
            return Ok(0);
        }
        let ids: Vec<RequestId> = rows.iter().map(|row| row.id).collect();
        let mut intents = store::intents(&mut *self.database.read().await?, &ids).await?;
        let mut ready = Vec::new();
        let mut refusals = Vec::new();
        for row in &rows {
            let Some(intent) = intents.remove(&row.id) else {
                continue;
            };
            let restored = Warrant::of_row(row, &self.authorities);
            match restored.and_then(|warrant| Intent::restore(warrant, intent)) {
                Ok(intent) => ready.push(intent),
                Err(refusal) => refusals.push((row.id, refused(&refusal))),
            }
        }
        let done = refusals.len() as u64;
        self.refuse(refusals, State::Intended, now).await?;
        let signed = self.sign_and_store(ready, now).await?;
        Ok(done + signed.len() as u64)
    }

    /// Asks the key centre once more for the pairs that wait, and signs those it answers.
    async fn resume_accepted(&self, now: Timestamp) -> Result<u64, MintError> {
        let (rows, _in_hand) = self.open(State::Accepted).await?;
        let mut waiting = Vec::new();
        let mut refusals = Vec::new();
        for row in &rows {
            match self.decide_again(row, now).await? {
                Ok(issuance) => waiting.push(issuance),
                Err(refusal) => refusals.push((row.id, refused(&refusal))),
            }
        }
        let done = refusals.len() as u64;
        self.refuse(refusals, State::Accepted, now).await?;
        if waiting.is_empty() {
            return Ok(done);
        }
        let paired = self.pair_up(waiting, now).await?;
        let refused = paired.refused.len() as u64;
        let signed = self.sign_and_store(paired.ready, now).await?;
        Ok(done + refused + signed.len() as u64)
    }

    /// Verifies the stored batch and decides its request once more, with what was drawn then.
    async fn decide_again(
        &self,
        row: &RequestRow,
        now: Timestamp,
    ) -> Result<Result<Issuance, IssuanceRefusal>, MintError> {
        let gone = IssuanceRefusal::SettingsChanged;
        let Some(der) = store::batch(&mut *self.database.read().await?, row.batch).await? else {
            return Ok(Err(gone("batch")));
        };
        let Ok(batch) = admit_again(&der, &self.registration_authorities) else {
            return Ok(Err(gone("registration authority")));
        };
        let accepted = batch.items().iter().find(|accepted| accepted.id() == row.id);
        let Some((issue, accepted)) = accepted.and_then(issue_of) else {
            return Ok(Err(gone("batch")));
        };
        let Some(authority) = row.authority.as_deref().and_then(|name| self.authorities.named(name)) else {
            return Ok(Err(gone("authority")));
        };
        let standing = (&*self.policies, now);
        Ok(drawn(row).and_then(|drawn| Issuance::decide_again(issue, accepted.ra(), authority, drawn, standing)))
    }

    async fn refuse(&self, refusals: Vec<(RequestId, Refused)>, from: State, now: Timestamp) -> Result<(), MintError> {
        if refusals.is_empty() {
            return Ok(());
        }
        self.database
            .write(move |connection| Box::pin(async move { refuse_all(connection, &refusals, from, now).await }))
            .await
    }
}

fn issue_of(accepted: &Accepted) -> Option<(&Issue, &Accepted)> {
    match accepted.item() {
        Item::Issue(issue) => Some((issue, accepted)),
        Item::ChangeStatus(_) | Item::Inquire { .. } => None,
    }
}

fn drawn(row: &RequestRow) -> Result<Drawn, IssuanceRefusal> {
    let (Some(first), Some(not_before), Some(not_after)) = (row.first_serial, row.not_before, row.not_after) else {
        return Err(IssuanceRefusal::SettingsChanged("validity"));
    };
    Ok(Drawn {
        first,
        second: row.second_serial,
        validity: Validity::new(not_before, not_after)?,
    })
}
