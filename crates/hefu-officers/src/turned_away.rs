//! Whoever knocks and is turned away: an officer whose post does not permit the act, and somebody who was an officer.
//!
//! M15 19 wants internal control; what was tried and refused is part of it. A text that was never anybody's leaves no
//! record: strangers cannot fill the records for nothing. A session that is over is recorded once, however often a
//! forgotten browser tries it again.

use std::collections::{HashMap, VecDeque};
use std::sync::PoisonError;

use jiff::Timestamp;

use crate::facts;
use crate::officer::OfficerId;
use crate::register::{AuthenticationError, Officers};
use crate::role::{NotPermitted, Permission};
use crate::session::SessionToken;
use crate::sessions::LoginError;

/// Sessions that are remembered after their end: more than the officers of a large house open in a day.
const OVER_MAX: usize = 1024;

type Digest = [u8; 32];

/// Sessions that ended in this process, the oldest forgotten first.
#[derive(Default)]
pub(crate) struct Over {
    known: HashMap<Digest, Ended>,
    order: VecDeque<Digest>,
}

struct Ended {
    officer: OfficerId,
    is_recorded: bool,
}

impl Over {
    pub(crate) fn remember(&mut self, digest: Digest, officer: OfficerId) {
        if self.known.contains_key(&digest) {
            return;
        }
        if self.order.len() >= OVER_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
        self.order.push_back(digest);
        let is_recorded = false;
        self.known.insert(digest, Ended { officer, is_recorded });
    }

    pub(crate) fn knows(&self, digest: &Digest) -> bool {
        self.known.contains_key(digest)
    }

    /// Whose it was, the first time that this is asked.
    fn once(&mut self, digest: &Digest) -> Option<OfficerId> {
        let ended = self.known.get_mut(digest)?;
        let is_first = !std::mem::replace(&mut ended.is_recorded, true);
        is_first.then_some(ended.officer)
    }
}

impl Officers {
    /// Records that an officer's post did not permit `act`, where any one of `wanted` would have been enough.
    ///
    /// # Errors
    /// A fault; then the refusal stands all the same.
    pub async fn record_not_permitted(
        &self,
        refusal: &NotPermitted,
        wanted: &[Permission],
        act: &str,
        now: Timestamp,
    ) -> Result<(), LoginError> {
        self.record(facts::not_permitted(refusal, wanted, act, now)).await
    }

    /// Records that `text`, an access token or a session, was shown for `act` by somebody who may not act any more, or
    /// not now. Nothing is recorded of a text that is nobody's.
    ///
    /// # Errors
    /// A fault; then the refusal stands all the same.
    pub async fn record_turned_away(
        &self,
        text: &str,
        why: AuthenticationError,
        act: &str,
        now: Timestamp,
    ) -> Result<(), LoginError> {
        match self.once_known(text, why) {
            Some(officer) => self.record(facts::refused(act, officer, now, &why)).await,
            None => Ok(()),
        }
    }

    fn once_known(&self, text: &str, why: AuthenticationError) -> Option<OfficerId> {
        let Some(session) = SessionToken::parse(text) else {
            return self.behind_token(text).map(|known| known.officer.id());
        };
        match why {
            AuthenticationError::TrainingMissing { .. } => self.open_behind(&session).map(|(officer, _)| officer),
            AuthenticationError::SessionOver | AuthenticationError::Unknown => {
                let mut over = self.over.lock().unwrap_or_else(PoisonError::into_inner);
                over.once(&session.digest())
            }
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_session_that_is_over_is_told_once_and_the_oldest_is_forgotten() {
        let officer = OfficerId::new(7).unwrap();
        let digest = |number: usize| {
            let mut digest = [0; 32];
            digest[..8].copy_from_slice(&number.to_be_bytes());
            digest
        };
        let mut over = Over::default();
        for number in 0..=OVER_MAX {
            over.remember(digest(number), officer);
        }
        assert!(!over.knows(&digest(0)) && over.knows(&digest(1)));
        assert_eq!(over.once(&digest(OVER_MAX)), Some(officer));
        over.remember(digest(OVER_MAX), officer);
        assert_eq!(over.once(&digest(OVER_MAX)), None);
        assert_eq!(over.once(&digest(0)), None);
    }
}
