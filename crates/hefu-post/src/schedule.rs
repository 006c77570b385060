//! When a letter is tried again, and when no more: growing pauses and an explicit end.
//!
//! RFC 5321 §4.5.4.1 wants a sender to try for four or five days. Its pauses of half an hour are meant between mail servers
//! that know nothing of each other; Hefu hands letters to the operator's own server, so it begins with a minute.

use jiff::{SignedDuration, Timestamp};

/// The shortest end: less than an hour would turn each restart of a mail server into lost letters.
const GIVE_UP_MIN: SignedDuration = SignedDuration::from_hours(1);
/// The longest: after a month a letter tells nobody anything.
const GIVE_UP_MAX: SignedDuration = SignedDuration::from_hours(31 * 24);

/// Pauses between tries, and the end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Schedule {
    first: SignedDuration,
    longest: SignedDuration,
    give_up_after: SignedDuration,
}

/// An end that is too near or too far.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("letters are given up after 1 hour to 31 days, not after {0:#}")]
pub struct ScheduleError(SignedDuration);

impl Default for Schedule {
    /// A minute, doubled up to four hours; five days in all.
    fn default() -> Self {
        Self {
            first: SignedDuration::from_mins(1),
            longest: SignedDuration::from_hours(4),
            give_up_after: SignedDuration::from_hours(5 * 24),
        }
    }
}

impl Schedule {
    /// The usual pauses with another end.
    ///
    /// # Errors
    /// [`ScheduleError`] outside one hour to 31 days.
    pub fn ending_after(give_up_after: SignedDuration) -> Result<Self, ScheduleError> {
        if give_up_after < GIVE_UP_MIN || give_up_after > GIVE_UP_MAX {
            return Err(ScheduleError(give_up_after));
        }
        Ok(Self {
            give_up_after,
            ..Self::default()
        })
    }

    /// The same with another first pause; the longest is never shorter than it.
    #[must_use]
    pub fn beginning_with(self, first: SignedDuration) -> Self {
        Self {
            first: first.max(SignedDuration::from_secs(1)),
            longest: self.longest.max(first),
            ..self
        }
    }

    /// The end for a letter written at `written_at`.
    #[must_use]
    pub fn give_up_at(&self, written_at: Timestamp) -> Timestamp {
        written_at.saturating_add(self.give_up_after).unwrap_or(Timestamp::MAX)
    }

    /// The next try after `attempts` that came to nothing, the last one at `now`; none when the end has come. The last try
    /// is at the end itself.
    #[must_use]
    pub fn next(&self, attempts: u32, now: Timestamp, give_up_at: Timestamp) -> Option<Timestamp> {
        if now >= give_up_at {
            return None;
        }
        let at = now.saturating_add(self.pause(attempts)).unwrap_or(Timestamp::MAX);
        Some(at.min(give_up_at))
    }

    fn pause(&self, attempts: u32) -> SignedDuration {
        let doublings = attempts.saturating_sub(1).min(30);
        let pause = self.first.saturating_mul(1 << doublings);
        pause.min(self.longest)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tries(schedule: Schedule) -> Vec<i64> {
        let written = Timestamp::UNIX_EPOCH;
        let end = schedule.give_up_at(written);
        let (mut at, mut list) = (written, vec![]);
        while let Some(next) = schedule.next(u32::try_from(list.len()).unwrap() + 1, at, end) {
            list.push(next.as_second() / 60);
            at = next;
        }
        list
    }

    #[test]
    fn pauses_double_to_four_hours_and_the_last_try_is_at_the_end() {
        let day = Schedule::ending_after(SignedDuration::from_hours(24)).unwrap();
        assert_eq!(tries(day), [1, 3, 7, 15, 31, 63, 127, 255, 495, 735, 975, 1215, 1440]);
        assert_eq!(tries(Schedule::default()).len(), 37);
    }

    #[test]
    fn an_end_is_neither_near_nor_far() {
        assert!(Schedule::ending_after(SignedDuration::from_mins(59)).is_err());
        assert!(Schedule::ending_after(SignedDuration::from_hours(32 * 24)).is_err());
    }

    proptest! {
        #[test]
        fn a_next_try_is_later_and_never_after_the_end(attempts in 0_u32..100, at in 0_i64..1_000_000, end in 0_i64..1_000_000) {
            let (now, end) = (Timestamp::from_second(at).unwrap(), Timestamp::from_second(end).unwrap());
            match Schedule::default().next(attempts, now, end) {
                Some(next) => prop_assert!(next > now && next <= end),
                None => prop_assert!(now >= end),
            }
        }
    }
}
