//! Reminders before a certificate ends: how many days before, and which one is due. Pure.
//!
//! No rule set that was read sets these days for subscribers' certificates (the days of the law are about licences), so
//! they are the operator's setting and are shown as that.

use jiff::{SignedDuration, Timestamp};

/// How many reminders a certificate may have.
const REMINDERS_MAX: usize = 8;
/// The earliest reminder, in days before the end: a year.
pub const DAYS_MAX: u32 = 366;

/// Days before the end at which a subscriber is reminded, longest first.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ReminderDays(Vec<u32>);

/// Days that cannot be.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("reminders are at most {REMINDERS_MAX} different numbers of days from 1 to {DAYS_MAX}")]
pub struct ReminderError;

impl Default for ReminderDays {
    /// A month, a week and a day before.
    fn default() -> Self {
        Self(vec![30, 7, 1])
    }
}

impl ReminderDays {
    /// Takes days in any order; none at all switches reminders off.
    ///
    /// # Errors
    /// [`ReminderError`].
    pub fn new(days: &[u32]) -> Result<Self, ReminderError> {
        let mut sorted = days.to_vec();
        sorted.sort_unstable_by(|one, other| other.cmp(one));
        sorted.dedup();
        let fits = |days: &u32| (1..=DAYS_MAX).contains(days);
        if sorted.len() != days.len() || sorted.len() > REMINDERS_MAX || !sorted.iter().all(fits) {
            return Err(ReminderError);
        }
        Ok(Self(sorted))
    }

    /// The days, longest first.
    #[must_use]
    pub fn days(&self) -> &[u32] {
        &self.0
    }

    /// The last moment that a scan at `now` has to look at; none when there are no reminders.
    pub(crate) fn horizon(&self, now: Timestamp) -> Option<Timestamp> {
        self.0
            .first()
            .map(|days| now.saturating_add(span(*days)).unwrap_or(Timestamp::MAX))
    }

    /// The reminders of a span of time that begins at `from` and lasts `hours`: for each number of days the ends of the
    /// certificates that they are about, as times from which on and before which those certificates end.
    pub(crate) fn ends(&self, from: Timestamp, hours: i64) -> impl Iterator<Item = (u32, Timestamp, Timestamp)> {
        self.0.iter().map(move |days| {
            let begin = from.saturating_add(span(*days)).unwrap_or(Timestamp::MAX);
            let end = begin
                .saturating_add(SignedDuration::from_hours(hours))
                .unwrap_or(Timestamp::MAX);
            (*days, begin, end)
        })
    }

    /// The reminder that is due at `now` for a certificate of this validity, when the last one was `reminded` days before.
    ///
    /// The nearest one to the end, when several came due since the last scan: the others would say the same at the same
    /// time. None before the certificate was valid long enough to need it: one that lasts a week is not announced to end
    /// within a month on the day on which it is issued. None when it has ended.
    pub(crate) fn due(
        &self,
        not_before: Timestamp,
        not_after: Timestamp,
        reminded: Option<u32>,
        now: Timestamp,
    ) -> Option<u32> {
        if now > not_after {
            return None;
        }
        let mut reached = self.0.iter().copied().filter(|days| {
            let at = not_after.saturating_sub(span(*days)).unwrap_or(Timestamp::MIN);
            at > not_before && at <= now
        });
        reached
            .next_back()
            .filter(|days| reminded.is_none_or(|before| *days < before))
    }
}

pub(crate) fn span(days: u32) -> SignedDuration {
    SignedDuration::from_hours(24 * i64::from(days))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HOUR: i64 = 3600;

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_second(hours * HOUR).unwrap()
    }

    /// Scans at these hours, in order; the reminders that are sent.
    fn play(days: &ReminderDays, lasts_hours: i64, scans: &[i64]) -> Vec<(i64, u32)> {
        let (mut reminded, mut sent) = (None, Vec::new());
        for hour in scans {
            if let Some(days) = days.due(at(0), at(lasts_hours), reminded, at(*hour)) {
                reminded = Some(days);
                sent.push((*hour, days));
            }
        }
        sent
    }

    #[test]
    fn a_year_has_three_reminders_and_a_week_has_one() {
        let hourly = |last: i64| (0..last + 48).collect::<Vec<_>>();
        let year = 365 * 24;
        let expected = [(year - 720, 30), (year - 168, 7), (year - 24, 1)];
        assert_eq!(play(&ReminderDays::default(), year, &hourly(year)), expected);
        assert_eq!(play(&ReminderDays::default(), 168, &hourly(168)), [(144, 1)]);
    }

    #[test]
    fn after_a_long_silence_only_the_nearest_is_sent() {
        assert_eq!(play(&ReminderDays::default(), 8760, &[0, 8750, 8755]), [(8750, 1)]);
        assert_eq!(play(&ReminderDays::default(), 8760, &[0, 8761]), []);
    }

    #[test]
    fn days_are_different_and_within_a_year() {
        assert_eq!(ReminderDays::new(&[1, 30, 7]), Ok(ReminderDays::default()));
        assert_eq!(ReminderDays::new(&[]).map(|none| none.days().len()), Ok(0));
        for days in [&[0][..], &[367], &[7, 7], &[1, 2, 3, 4, 5, 6, 7, 8, 9]] {
            assert_eq!(ReminderDays::new(days), Err(ReminderError), "{days:?}");
        }
    }

    proptest! {
        #[test]
        fn each_reminder_is_sent_once_in_order_in_its_time_and_none_after_the_end(
            days in proptest::collection::btree_set(1_u32..=366, 0..=8),
            lasts in 1_i64..20_000,
            steps in proptest::collection::vec(0_i64..400, 0..120),
        ) {
            let days = ReminderDays::new(&days.into_iter().collect::<Vec<_>>()).unwrap();
            let scans: Vec<i64> = steps.iter().scan(0, |hour, step| { *hour += step; Some(*hour) }).collect();
            let sent = play(&days, lasts, &scans);
            prop_assert!(sent.windows(2).all(|pair| matches!(pair, [(_, before), (_, after)] if after < before)));
            for (hour, day) in &sent {
                prop_assert!(*hour <= lasts && *hour >= lasts - 24 * i64::from(*day), "{hour} {day}");
                prop_assert!(24 * i64::from(*day) < lasts);
            }
        }

        #[test]
        fn who_scans_every_day_misses_no_reminder(lasts in 1_i64..20_000) {
            let scans: Vec<i64> = (0..=lasts / 24).map(|day| day * 24).collect();
            let sent: Vec<u32> = play(&ReminderDays::default(), lasts, &scans).iter().map(|(_, days)| *days).collect();
            let expected: Vec<u32> = [30, 7, 1].into_iter().filter(|days| 24 * i64::from(*days) < lasts).collect();
            prop_assert_eq!(sent, expected);
        }
    }
}
