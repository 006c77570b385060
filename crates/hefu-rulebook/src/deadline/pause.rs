//! Time that a period does not count: expert review, supplements, a hearing.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{DeadlineError, days_between, tomorrow};

/// A case with more interruptions than this wants a person's eye, not arithmetic.
pub const PAUSES_MAX: usize = 64;

/// Whole days that are not counted. A day that was counted in part is counted: give the first whole day.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Pause {
    first: Date,
    last: Option<Date>,
}

impl Pause {
    /// From one day to another, both not counted; `None` when it would end before it begins.
    #[must_use]
    pub fn new(first: Date, last: Date) -> Option<Self> {
        (first <= last).then_some(Self {
            first,
            last: Some(last),
        })
    }

    /// From a day on, with no end yet.
    #[must_use]
    pub const fn open(first: Date) -> Self {
        Self { first, last: None }
    }

    /// The first day that is not counted.
    #[must_use]
    pub const fn first(&self) -> Date {
        self.first
    }

    /// The last day that is not counted; `None` while it is open.
    #[must_use]
    pub const fn last(&self) -> Option<Date> {
        self.last
    }
}

/// Pauses in the order of their days, apart from one another.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Pauses(Vec<Pause>);

impl Pauses {
    pub(super) const fn none() -> Self {
        Self(Vec::new())
    }

    pub(super) fn add(&mut self, pause: Pause) -> Result<(), DeadlineError> {
        if pause.last.is_some_and(|last| last < pause.first) {
            return Err(DeadlineError::Reversed);
        }
        if self.0.len() >= PAUSES_MAX {
            return Err(DeadlineError::TooManyPauses);
        }
        self.0.push(pause);
        self.0.sort_by_key(|one| one.first);
        Ok(())
    }

    /// As of a day: open pauses end on it, and pauses that touch become one.
    pub(super) fn closed(&self, as_of: Date) -> Self {
        let mut closed: Vec<Pause> = Vec::with_capacity(self.0.len());
        for pause in &self.0 {
            let last = pause.last.unwrap_or(as_of);
            if last < pause.first {
                continue;
            }
            match closed.last_mut() {
                Some(before) if before.last.is_some_and(|end| days_between(end, pause.first) <= 1) => {
                    before.last = before.last.max(Some(last));
                }
                _ => closed.push(Pause {
                    first: pause.first,
                    last: Some(last),
                }),
            }
        }
        Self(closed)
    }

    /// Whether some pause without an end began by this day.
    pub(super) fn is_open_by(&self, day: Date) -> bool {
        self.0.iter().any(|pause| pause.last.is_none() && pause.first <= day)
    }

    /// Whether the day is not counted. For closed pauses.
    pub(super) fn hold(&self, day: Date) -> bool {
        self.spans().any(|(first, last)| (first..=last).contains(&day))
    }

    /// The day itself, or the first day after the pause that holds it. For closed pauses.
    pub(super) fn skip(&self, day: Date) -> Result<Date, DeadlineError> {
        let holding = self.spans().find(|(first, last)| (*first..=*last).contains(&day));
        holding.map_or(Ok(day), |(_, last)| tomorrow(last))
    }

    /// The end of a period from the day after `start` to `last`, with every paused day in it made up for.
    /// For closed pauses.
    pub(super) fn prolong(&self, start: Date, mut last: Date) -> Result<Date, DeadlineError> {
        for (first, end) in self.spans() {
            let first = first.max(tomorrow(start)?);
            if end < first {
                continue;
            }
            if first > last {
                break;
            }
            let days = days_between(first, end) + 1;
            last = last
                .checked_add(jiff::Span::new().days(days))
                .map_err(|_| DeadlineError::OutOfRange)?;
        }
        Ok(last)
    }

    /// How many paused days there are after `from`, up to and with `to`. For closed pauses.
    pub(super) fn days_within(&self, from: Date, to: Date) -> u32 {
        let within = self.spans().map(|(first, last)| {
            let (first, last) = (first.max(from.saturating_add(jiff::Span::new().days(1))), last.min(to));
            u32::try_from(days_between(first, last) + 1).unwrap_or(0)
        });
        within.sum()
    }

    fn spans(&self) -> impl Iterator<Item = (Date, Date)> {
        self.0.iter().filter_map(|pause| Some((pause.first, pause.last?)))
    }
}
