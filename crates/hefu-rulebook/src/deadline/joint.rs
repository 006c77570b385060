//! Several clocks on one event, all of which must hold: to end a service the parties are told 90 days before and the
//! department 60 days before (电子签名法 23); neither stands in for the other.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::{Clock, Count, Counting, DeadlineError, Due, Sign, Status, add, tomorrow};
use crate::deadline::pause::Pauses;
use crate::parameter::{Term, TermUnit};

/// No rule sets more acts than this before one event.
const CLOCKS_MAX: usize = 16;

/// Clocks that must all hold; each with the act it waits for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Joint(Vec<Clock>);

/// How the whole stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum JointStatus {
    /// Some act is still to be done, and none is late.
    Open,
    /// Every act was done in time.
    Met,
    /// At least one act was, or is, late: nothing makes it good.
    Broken,
}

impl Joint {
    /// Clocks of one event.
    ///
    /// # Errors
    /// [`DeadlineError::NotJoint`] for none, or more than sixteen.
    pub fn new(clocks: Vec<Clock>) -> Result<Self, DeadlineError> {
        if clocks.is_empty() || clocks.len() > CLOCKS_MAX {
            return Err(DeadlineError::NotJoint);
        }
        Ok(Self(clocks))
    }

    /// How each stands at `now`; `done` has the time of each act in the order of the clocks, and a missing one is not
    /// done.
    ///
    /// # Errors
    /// As [`Clock::due`].
    pub fn each(
        &self,
        now: Timestamp,
        done: &[Option<Timestamp>],
        counting: &Counting<'_>,
    ) -> Result<Vec<Status>, DeadlineError> {
        let clocks = self.0.iter().enumerate();
        clocks
            .map(|(at, clock)| clock.status(now, done.get(at).copied().flatten(), counting))
            .collect()
    }

    /// How the whole stands at `now`.
    ///
    /// # Errors
    /// As [`Clock::due`].
    pub fn status(
        &self,
        now: Timestamp,
        done: &[Option<Timestamp>],
        counting: &Counting<'_>,
    ) -> Result<JointStatus, DeadlineError> {
        let each = self.each(now, done, counting)?;
        Ok(if each.iter().any(Status::is_broken) {
            JointStatus::Broken
        } else if each.iter().all(|one| *one == Status::Met) {
            JointStatus::Met
        } else {
            JointStatus::Open
        })
    }

    /// The act that must be done first of those not done: its place among the clocks, and its end.
    ///
    /// # Errors
    /// As [`Clock::due`].
    pub fn next(
        &self,
        as_of: Date,
        done: &[Option<Timestamp>],
        counting: &Counting<'_>,
    ) -> Result<Option<(usize, Due)>, DeadlineError> {
        let mut first: Option<(usize, Due)> = None;
        for (at, clock) in self.0.iter().enumerate() {
            if done.get(at).copied().flatten().is_some() {
                continue;
            }
            let due = clock.due(as_of, counting)?;
            if first.as_ref().is_none_or(|(_, known)| due.last_day < known.last_day) {
                first = Some((at, due));
            }
        }
        Ok(first)
    }
}

/// The earliest day on which an event may happen when each act was done on a day and must lie a term before it;
/// `None` while an act is not done, or when there is none.
///
/// # Errors
/// As [`Clock::due`].
pub fn earliest_event(acts: &[(Term, Option<Date>)], counting: &Counting<'_>) -> Result<Option<Date>, DeadlineError> {
    let mut earliest = None;
    for (term, done) in acts {
        let Some(done) = *done else { return Ok(None) };
        let mut count = Count::new(counting.calendar);
        let mut day = match term.unit() {
            // The day of the act is one of the days before the event, if offices work on it.
            TermUnit::WorkingDays if term.length() > 0 => {
                let before = done.yesterday().map_err(|_| DeadlineError::OutOfRange)?;
                tomorrow(count.working_on(before, term.length(), &Pauses::none())?)?
            }
            TermUnit::WorkingDays | TermUnit::NaturalDays | TermUnit::Months | TermUnit::Years => {
                add(done, *term, Sign::Plus)?
            }
        };
        // Counting on and counting back differ at the ends of months; the way back is the rule.
        while Clock::before(*term, day).due(day, counting)?.last_day < done {
            day = tomorrow(day)?;
        }
        earliest = earliest.max(Some(day));
    }
    Ok(earliest)
}
