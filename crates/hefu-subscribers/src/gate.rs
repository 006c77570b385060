//! The gate: how many wrong answers strangers may give before nobody listens for a while.
//!
//! What names a code of ours is counted against that code, in the table, and ends it. What names none cannot be counted
//! against anything; so that strangers can neither fill the records nor keep the machine busy, it is counted here, for all of
//! them together. A good code is always let in: the gate closes only on wrong ones.

use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// Wrong answers that are recorded in one span: enough to see an attack by, too few to fill a log with.
const WRONG_MAX: u32 = 30;
/// The span.
const SPAN: SignedDuration = SignedDuration::from_mins(10);

/// Counts wrong answers.
pub(crate) struct Gate(Mutex<(Timestamp, u32)>);

/// What becomes of a wrong answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Heard {
    /// It is recorded and answered.
    Yes,
    /// Too many came; it is only answered.
    TooMany,
}

impl Default for Gate {
    fn default() -> Self {
        Self(Mutex::new((Timestamp::MIN, 0)))
    }
}

impl Gate {
    /// One more wrong answer.
    pub(crate) fn wrong(&self, now: Timestamp) -> Heard {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, count) = &mut *counted;
        if now.duration_since(*since) >= SPAN {
            (*since, *count) = (now, 0);
        }
        *count = count.saturating_add(1);
        if *count > WRONG_MAX { Heard::TooMany } else { Heard::Yes }
    }

    /// Whether so many were wrong that costly answers are not even looked at.
    pub(crate) fn is_closed(&self, now: Timestamp) -> bool {
        let (since, count) = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        count >= WRONG_MAX && now.duration_since(since) < SPAN
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn after_thirty_wrong_answers_nobody_listens_for_ten_minutes() {
        let (gate, at) = (Gate::default(), |second| Timestamp::from_second(second).unwrap());
        assert!((0..30).all(|second| gate.wrong(at(second)) == Heard::Yes));
        assert!(gate.is_closed(at(30)));
        assert_eq!(gate.wrong(at(30)), Heard::TooMany);
        assert!(!gate.is_closed(at(600)));
        assert_eq!(gate.wrong(at(600)), Heard::Yes);
    }
}
