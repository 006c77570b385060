//! Log-in from a command line: the server says something new, the officer's SM2 key signs it.
//!
//! The challenge names the server, so that a signature made for one is worth nothing at another; it works once and for
//! a minute. Challenges wait in memory: a restart forgets them, and the officer asks again.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use gm_suite::{KeyAlgorithm, PublicKey, SignatureAlgorithm};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

/// Long enough for a key in a card, short enough that a stolen one is old.
const GOOD_FOR: SignedDuration = SignedDuration::from_secs(60);
/// Challenges that may wait at once; the oldest makes room. At 64 octets each they stay below 100 kB.
const WAITING_MAX: usize = 1024;

/// What an officer's key is to sign: the UTF-8 octets of `text`.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Challenge {
    /// The text to sign: a label, the server's name, a nonce.
    pub text: String,
    /// When it stops working.
    pub expires_at: Timestamp,
}

/// The challenges that were given and not yet answered.
#[derive(Default)]
pub(crate) struct Challenges(Mutex<VecDeque<Challenge>>);

impl Challenges {
    pub(crate) fn give(&self, server: &str, nonce: [u8; 32], now: Timestamp) -> Challenge {
        self.put(format!("hefu-login/1\n{server}\n{}", hex::encode(nonce)), now)
    }

    /// Gives a challenge whose text is made already; no two are the same.
    pub(crate) fn put(&self, text: String, now: Timestamp) -> Challenge {
        let challenge = Challenge {
            text,
            expires_at: now.saturating_add(GOOD_FOR).unwrap_or(now),
        };
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|waits| waits.expires_at >= now);
        if waiting.len() >= WAITING_MAX {
            waiting.pop_front();
        }
        waiting.push_back(challenge.clone());
        challenge
    }

    /// Takes a challenge away; true if it was ours, unused and in time.
    pub(crate) fn take(&self, text: &str, now: Timestamp) -> bool {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = waiting.iter().position(|waits| waits.text == text);
        let taken = place.and_then(|place| waiting.remove(place));
        taken.is_some_and(|challenge| challenge.expires_at >= now)
    }
}

/// Challenges of passkeys, in two lists: strangers who ask for log-ins push out nobody's registration.
#[derive(Default)]
pub(crate) struct Ceremonies {
    pub(crate) log_ins: Challenges,
    pub(crate) registrations: Challenges,
}

/// Reads a key to log in with; `None` unless it is SM2.
pub(crate) fn key(spki_hex: &str) -> Option<PublicKey> {
    let key = PublicKey::from_spki(&hex::decode(spki_hex).ok()?).ok()?;
    (key.algorithm() == KeyAlgorithm::Sm2).then_some(key)
}

pub(crate) fn signed(key: &PublicKey, text: &str, signature: &[u8]) -> bool {
    key.verify(SignatureAlgorithm::Sm2Sm3, text.as_bytes(), signature)
        .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_works_once_and_for_a_minute() {
        let (challenges, now) = (Challenges::default(), Timestamp::UNIX_EPOCH);
        let challenge = challenges.give("ra.example", [7; 32], now);
        assert!(challenge.text.starts_with("hefu-login/1\nra.example\n0707"));
        assert!(challenges.take(&challenge.text, challenge.expires_at));
        assert!(!challenges.take(&challenge.text, now), "used");
        let late = challenges.give("ra.example", [8; 32], now);
        assert!(
            !challenges.take(&late.text, now + SignedDuration::from_secs(61)),
            "late"
        );
        assert!(!challenges.take("hefu-login/1\nra.example\n09", now), "never given");
    }

    #[test]
    fn many_challenges_do_not_fill_the_memory() {
        let (challenges, now) = (Challenges::default(), Timestamp::UNIX_EPOCH);
        let first = challenges.give("ra", [255; 32], now);
        for count in 0..WAITING_MAX {
            let mut nonce = [0; 32];
            nonce[..8].copy_from_slice(&count.to_be_bytes());
            challenges.give("ra", nonce, now);
        }
        assert!(!challenges.take(&first.text, now), "the oldest made room");
    }
}
