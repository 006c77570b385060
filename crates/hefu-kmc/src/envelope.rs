//! 数字信封 envelopes: the only way in which a private key leaves. It is opened from its seal, closed under the
//! subscriber's key and wiped, on a thread that serves no callers.

use std::sync::Arc;
use std::thread;

use gm_kmc::{Delivered, EntityName, Envelopes, KeyAnswer, Parties};
use gm_suite::Signer;
use gm_syntax::SealError;
use hefu_rulebook::{Explain, Language};
use key_device::KeyDevice;

use crate::custody::{Delivery, Done, Order};
use crate::spare::{self, KeyMakingError};

/// Envelopes from which a second core is worth waking: one takes some tenths of a millisecond.
const SPREAD_FROM: usize = 4;

/// Why the answer to a message could not be put together. What was assigned stays assigned; the CA asks again.
#[derive(Debug, thiserror::Error)]
pub enum EnvelopeError {
    /// A key could not be opened from its seal.
    #[error(transparent)]
    Key(#[from] KeyMakingError),
    /// An envelope could not be made.
    #[error("an envelope cannot be made: {0}")]
    Seal(#[from] SealError),
    /// The answer could not be signed.
    #[error("the answer cannot be signed: {0}")]
    Signature(String),
    /// A computation panicked.
    #[error("a computation panicked")]
    Panicked,
}

/// Who makes envelopes, for which CA.
#[derive(Clone)]
pub(crate) struct Sealer {
    pub(crate) device: Arc<dyn KeyDevice>,
    pub(crate) signer: Arc<dyn Signer>,
    pub(crate) kmc: EntityName,
    pub(crate) ca: EntityName,
    pub(crate) envelopes: Envelopes,
}

impl Sealer {
    /// Turns what was done into answers, in order.
    pub(crate) async fn answers(&self, done: Vec<Done>) -> Result<Vec<KeyAnswer>, EnvelopeError> {
        if done.len() < SPREAD_FROM {
            return done.into_iter().map(|done| self.answer(done)).collect();
        }
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let share = done.len().div_ceil(cores);
        let mut done = done.into_iter();
        let mut shares = Vec::with_capacity(cores);
        while done.len() > 0 {
            let portion: Vec<Done> = done.by_ref().take(share).collect();
            let sealer = self.clone();
            shares.push(tokio::task::spawn_blocking(move || {
                portion
                    .into_iter()
                    .map(|done| sealer.answer(done))
                    .collect::<Result<Vec<_>, _>>()
            }));
        }
        let mut answers = Vec::new();
        for share in shares {
            answers.extend(share.await.map_err(|_| EnvelopeError::Panicked)??);
        }
        Ok(answers)
    }

    fn answer(&self, done: Done) -> Result<KeyAnswer, EnvelopeError> {
        Ok(match done {
            Done::Deliver(order) => {
                let delivered = self.deliver(&order)?;
                match order.delivery {
                    Delivery::Applied | Delivery::Again => KeyAnswer::Applied(delivered),
                    Delivery::Restored => KeyAnswer::Restored(delivered),
                }
            }
            Done::Retire(holding) => KeyAnswer::Revoked { serial: holding.serial },
            Done::AlreadyRetired(serial) => KeyAnswer::Revoked { serial },
            Done::Refused(_, refusal) => KeyAnswer::Error {
                code: refusal.number(),
                text: format!("{}: {}", refusal.code(), refusal.message(Language::English)),
            },
        })
    }

    fn deliver(&self, order: &Order) -> Result<Delivered, EnvelopeError> {
        let holding = &order.holding;
        let key = spare::open(&*self.device, &holding.public_key, &holding.sealed)?;
        let parties = Parties {
            ca: &self.ca,
            kmc: &self.kmc,
            signer: &*self.signer,
        };
        Ok(Delivered::seal(
            &holding.serial,
            &key,
            &order.user_key,
            parties,
            self.envelopes,
        )?)
    }
}
