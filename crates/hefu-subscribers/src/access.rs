//! What a code gives: to whom, for what, how often, until when; and the decision whether a try is let in.

use hefu_officers::OfficerId;
use jiff::Timestamp;
use serde::Serialize;

use crate::code::AccessCode;
use crate::error::SubscriberError;
use crate::id::AccessId;
use crate::telling::named;

named! {
    /// What a code opens.
    pub enum Purpose {
        /// The portal: status, texts, supplements, acceptance, wishes, and the report of a loss.
        Portal = "portal",
        /// One delivery of the certificates.
        Delivery = "delivery",
        /// The report of a lost key alone, as long as the certificate lives: for a drawer, not for every day.
        Loss = "loss",
    }
}

/// How often a code may be used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Uses {
    /// Once.
    Single,
    /// Until its time is over.
    Repeated,
}

named! {
    /// Whether a code still opens anything.
    pub enum AccessState {
        /// It does.
        Open = "open",
        /// Its time is over.
        Expired = "expired",
        /// It was used as often as it may be.
        Spent = "spent",
        /// It was tried wrongly too often.
        Locked = "locked",
        /// An officer took it back.
        Withdrawn = "withdrawn",
    }
}

/// An access: what is kept of a code. The code itself is not.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Access {
    /// Its number; not the code's.
    pub id: AccessId,
    /// What it opens.
    pub purpose: Purpose,
    /// Number of the application that it is about.
    pub application: String,
    /// The officer who answers for it: who made it, or made the code in whose session it was made.
    pub vouched_by: OfficerId,
    /// Who made it, as records name them: "officer:3", "subscriber:…".
    pub made_by: String,
    /// When.
    pub made_at: Timestamp,
    /// Until when it opens anything.
    pub expires_at: Timestamp,
    /// Wrong tries that are left.
    pub tries_left: u32,
    /// Uses that are left; `None` until its time is over.
    pub uses_left: Option<u32>,
    /// How it ended, if it did before its time.
    pub ended: Option<AccessState>,
}

/// An access with its code, which nobody sees again.
#[derive(Debug)]
pub struct Made {
    /// The access.
    pub access: Access,
    /// Its code.
    pub code: AccessCode,
}

impl Access {
    /// Whether it opens anything at `now`.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> AccessState {
        match self.ended {
            Some(ended) => ended,
            None if now > self.expires_at => AccessState::Expired,
            None => AccessState::Open,
        }
    }

    /// Decides a try: the access afterwards, and whether it was let in. `fits` says whether the secret was the right one.
    ///
    /// A code that is over answers like a wrong one, whatever was typed: who tries codes learns nothing.
    pub(crate) fn tried(mut self, fits: bool, now: Timestamp) -> (Self, Result<(), SubscriberError>) {
        if self.state(now) != AccessState::Open {
            return (self, Err(SubscriberError::WrongCode));
        }
        if !fits {
            self.tries_left = self.tries_left.saturating_sub(1);
            if self.tries_left == 0 {
                self.ended = Some(AccessState::Locked);
            }
            return (self, Err(SubscriberError::WrongCode));
        }
        if let Some(left) = &mut self.uses_left {
            *left = left.saturating_sub(1);
            if *left == 0 {
                self.ended = Some(AccessState::Spent);
            }
        }
        (self, Ok(()))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn access(uses_left: Option<u32>) -> Access {
        Access {
            id: AccessId::new([7; 16]),
            purpose: Purpose::Portal,
            application: "00".repeat(16),
            vouched_by: OfficerId::new(3).unwrap(),
            made_by: "officer:3".to_owned(),
            made_at: at(0),
            expires_at: at(1000),
            tries_left: 3,
            uses_left,
            ended: None,
        }
    }

    #[test]
    fn a_single_code_is_spent_by_its_first_use() {
        let (after, let_in) = access(Some(1)).tried(true, at(1));
        assert!(let_in.is_ok());
        assert_eq!(after.state(at(1)), AccessState::Spent);
        assert!(after.tried(true, at(2)).1.is_err());
    }

    #[test]
    fn a_repeated_code_lets_in_until_its_time_is_over() {
        let (after, let_in) = access(None).tried(true, at(1000));
        assert!(let_in.is_ok() && after.clone().tried(true, at(1000)).1.is_ok());
        assert!(after.clone().tried(true, at(1001)).1.is_err());
        assert_eq!(after.state(at(1001)), AccessState::Expired);
    }

    #[test]
    fn wrong_tries_lock_a_code_and_the_right_one_comes_too_late() {
        let mut access = access(None);
        for left in [2, 1, 0] {
            let (after, let_in) = access.tried(false, at(1));
            assert!(let_in.is_err());
            assert_eq!(after.tries_left, left);
            access = after;
        }
        assert_eq!(access.state(at(1)), AccessState::Locked);
        assert!(access.tried(true, at(1)).1.is_err());
    }
}
