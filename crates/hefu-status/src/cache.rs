//! Answers that were signed already, for questions without a nonce.
//!
//! An answer may be given again while it has half of its time before it and the certificate's state is the one that
//! was signed. The state is compared, not announced: whoever changes the index cannot forget to empty the cache.
//! Two generations bound the size: when the young one is full it becomes the old one, and the old one is dropped, so
//! that what is asked for often stays.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use crate::standing::Standing;

/// Answers in one generation. An SM2 answer with its delegate's certificate has about 1,200 octets, so that the
/// two generations together stay near ten megabytes.
const GENERATION_MAX: usize = 4096;

/// One signed answer.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) der: Arc<[u8]>,
    pub(crate) standing: Standing,
    pub(crate) this_update: Timestamp,
    pub(crate) next_update: Timestamp,
}

impl Kept {
    /// Whether half of its time is before it and the state is still this one.
    fn is_good(&self, standing: Standing, now: Timestamp) -> bool {
        let left = self.next_update.duration_since(now);
        self.standing == standing && left * 2 >= self.next_update.duration_since(self.this_update)
    }
}

#[derive(Debug, Default)]
struct Generations {
    young: HashMap<Box<[u8]>, Kept>,
    old: HashMap<Box<[u8]>, Kept>,
}

/// Signed answers by `CertID`, octet for octet as it was asked.
#[derive(Debug, Default)]
pub(crate) struct Cache(Mutex<Generations>);

impl Cache {
    /// The answer to this `CertID`, if one is kept that may be given again.
    pub(crate) fn answer(&self, cert_id: &[u8], standing: Standing, now: Timestamp) -> Option<Kept> {
        // Poisoned by a panic elsewhere: the maps are whole after each change.
        let mut generations = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = generations.young.get(cert_id) {
            return kept.is_good(standing, now).then(|| kept.clone());
        }
        let kept = generations.old.remove(cert_id)?;
        if !kept.is_good(standing, now) {
            return None;
        }
        generations.keep(cert_id.into(), kept.clone());
        Some(kept)
    }

    /// Keeps an answer.
    pub(crate) fn keep(&self, cert_id: &[u8], kept: Kept) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .keep(cert_id.into(), kept);
    }
}

impl Generations {
    fn keep(&mut self, cert_id: Box<[u8]>, kept: Kept) {
        if self.young.len() >= GENERATION_MAX {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(cert_id, kept);
    }
}

#[cfg(test)]
mod tests {
    use hefu_certificate::Status;

    use super::*;

    fn second(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap_or_default()
    }

    fn kept(standing: Standing) -> Kept {
        Kept {
            der: Arc::from([1u8]),
            standing,
            this_update: second(0),
            next_update: second(100),
        }
    }

    #[test]
    fn an_answer_is_given_again_until_half_of_its_time() {
        let cache = Cache::default();
        cache.keep(b"id", kept(Standing::VALID));
        assert!(cache.answer(b"id", Standing::VALID, second(50)).is_some());
        assert!(cache.answer(b"id", Standing::VALID, second(51)).is_none());
        assert!(cache.answer(b"other", Standing::VALID, second(1)).is_none());
    }

    #[test]
    fn a_change_of_state_is_seen_at_once() {
        let cache = Cache::default();
        cache.keep(b"id", kept(Standing::VALID));
        let revoked = Standing::new(Status::Revoked, None, second(3));
        assert!(cache.answer(b"id", revoked, second(4)).is_none());
    }

    #[test]
    fn it_stays_bounded_and_keeps_what_is_asked_for() {
        let cache = Cache::default();
        cache.keep(b"often", kept(Standing::VALID));
        for number in 0..(GENERATION_MAX * 3) as u64 {
            cache.keep(&number.to_be_bytes(), kept(Standing::VALID));
            assert!(cache.answer(b"often", Standing::VALID, second(1)).is_some(), "{number}");
        }
        let generations = cache.0.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(generations.young.len() <= GENERATION_MAX && generations.old.len() <= GENERATION_MAX);
    }
}
