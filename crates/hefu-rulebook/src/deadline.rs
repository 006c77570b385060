//! The deadline engine: from an event and a term to the last day, and how things stand at a given time.
//!
//! - "Within N days of" an event: the day of the event is not counted, and the period ends with the last moment of its
//!   last day in China's time ([`Clock::within`]). Time that a rule does not count is a [`Pause`].
//! - "Not later than N days before" an event: the last day to act is N days before the event ([`Clock::before`]).
//! - "At least N days": [`Lasting`], which an act may follow but not cut short.
//! - Several clocks on one event, all of which must hold: [`joint`](crate::Joint).
//!
//! Whether a period of natural days that ends on a holiday moves to the next working day is [`LastDay`], a setting of
//! whoever counts; no article in the data says so, and the stricter reading is the default.
//!
//! What it does not know: the clock on the wall, the law's numbers (see [`Parameter::term`]), and any case.

mod error;
mod joint;
mod pause;

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::calendar::{Calendar, china_time};
use crate::parameter::{Parameter, Quantity, Relation, Term, TermUnit};

pub use self::error::DeadlineError;
pub use self::joint::{Joint, JointStatus, earliest_event};
pub use self::pause::{PAUSES_MAX, Pause};

use self::pause::Pauses;

/// What becomes of a period of natural days, months or years whose last day offices do not work.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LastDay {
    /// The day stands. The stricter reading, and the default.
    #[default]
    Stands,
    /// The period ends with the next working day.
    NextWorkingDay,
}

/// By which calendar, and by which reading of the last day.
#[derive(Clone, Copy, Debug)]
pub struct Counting<'a> {
    calendar: &'a Calendar,
    last_day: LastDay,
}

impl<'a> Counting<'a> {
    /// By this calendar, in the stricter reading.
    #[must_use]
    pub const fn by(calendar: &'a Calendar) -> Self {
        Self {
            calendar,
            last_day: LastDay::Stands,
        }
    }

    /// In another reading of the last day.
    #[must_use]
    pub const fn with_last_day(self, last_day: LastDay) -> Self {
        Self { last_day, ..self }
    }
}

/// The end of a period.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Due {
    /// The last day, in China's time; it belongs to the period.
    pub last_day: Date,
    /// The day from which the last day moved, when it did.
    pub moved_from: Option<Date>,
    /// Years that were counted by weekends alone, because no holiday data were there.
    pub assumed_years: BTreeSet<i16>,
    /// A pause is still open: the last day stands only if it ends today.
    pub provisional: bool,
}

impl Due {
    /// The first moment that is too late.
    ///
    /// # Errors
    /// [`DeadlineError::OutOfRange`] at the end of jiff's calendar.
    pub fn ends_at(&self) -> Result<Timestamp, DeadlineError> {
        let next = self.last_day.tomorrow().map_err(|_| DeadlineError::OutOfRange)?;
        let midnight = next.to_zoned(china_time()).map_err(|_| DeadlineError::OutOfRange)?;
        Ok(midnight.timestamp())
    }
}

/// How many days are left.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Left {
    /// Natural days from today to the last day; zero on the last day itself.
    pub natural_days: u32,
    /// Days after today that count: working days for a period of working days, and no paused ones.
    pub counted_days: u32,
}

/// How a deadline stands at a time.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// There is time left.
    Running(Left),
    /// Today is not counted.
    Paused(Left),
    /// Done in time.
    Met,
    /// Done, so many natural days after the last day.
    MetLate {
        /// At least one.
        days: u32,
    },
    /// Not done, so many natural days after the last day.
    Overdue {
        /// At least one.
        days: u32,
    },
}

impl Status {
    /// Whether the rule is broken.
    #[must_use]
    pub const fn is_broken(&self) -> bool {
        matches!(self, Self::MetLate { .. } | Self::Overdue { .. })
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Direction {
    Within,
    Before,
    ByDay,
}

/// A deadline: something must be done by a last day.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Clock {
    direction: Direction,
    term: Term,
    event: Date,
    pauses: Pauses,
}

impl Clock {
    const fn new(direction: Direction, term: Term, event: Date) -> Self {
        Self {
            direction,
            term,
            event,
            pauses: Pauses::none(),
        }
    }

    /// To be done within a term of the day of an event.
    #[must_use]
    pub const fn within(term: Term, event: Date) -> Self {
        Self::new(Direction::Within, term, event)
    }

    /// To be done not later than a term before the day of an event.
    #[must_use]
    pub const fn before(term: Term, event: Date) -> Self {
        Self::new(Direction::Before, term, event)
    }

    /// To be done by a day that a rule names, such as one of every year. The day itself is in time, and never moves.
    #[must_use]
    pub const fn by_day(last_day: Date) -> Self {
        Self::new(Direction::ByDay, Term::NOTHING, last_day)
    }

    /// The deadline that a parameter sets for an event, if it sets one: `within` and `before` do; of a day of every
    /// year the next one counts, the day of the event included.
    ///
    /// # Errors
    /// [`DeadlineError::NoDeadline`] when the parameter sets none.
    pub fn of(parameter: &Parameter, event: Date) -> Result<Self, DeadlineError> {
        let none = || DeadlineError::NoDeadline(parameter.name().to_owned());
        match parameter.quantity() {
            Quantity::Number { relation, .. } => {
                let term = parameter.term().ok_or_else(none)?;
                match relation {
                    Relation::Within => Ok(Self::within(term, event)),
                    Relation::Before => Ok(Self::before(term, event)),
                    Relation::AtLeast | Relation::AtMost | Relation::Exactly => Err(none()),
                }
            }
            Quantity::EveryYearBy(day) => {
                let next = day.not_before(event).ok_or(DeadlineError::OutOfRange)?;
                Ok(Self::by_day(next))
            }
        }
    }

    /// With time that is not counted. Only a period after an event can be paused.
    ///
    /// # Errors
    /// [`DeadlineError`] when it cannot be paused, or has been too often.
    pub fn paused(mut self, pause: Pause) -> Result<Self, DeadlineError> {
        if self.direction != Direction::Within {
            return Err(DeadlineError::NotPausable);
        }
        self.pauses.add(pause)?;
        Ok(self)
    }

    /// The day of the event.
    #[must_use]
    pub const fn event(&self) -> Date {
        self.event
    }

    /// The end. A pause that is still open is taken to end on the day `as_of`, and the end to be provisional.
    ///
    /// # Errors
    /// [`DeadlineError`] when a year has no holiday data and the calendar refuses to assume, or a date is out of range.
    pub fn due(&self, as_of: Date, counting: &Counting<'_>) -> Result<Due, DeadlineError> {
        let mut count = Count::new(counting.calendar);
        let mut moved_from = None;
        let pauses = self.pauses.closed(as_of);
        let last_day = match (self.direction, self.term.unit()) {
            (Direction::ByDay, _) => self.event,
            (Direction::Before, TermUnit::WorkingDays) => count.working_back(self.event, self.term.length())?,
            (Direction::Before, _) => add(self.event, self.term, Sign::Minus)?,
            (Direction::Within, TermUnit::WorkingDays) => count.working_on(self.event, self.term.length(), &pauses)?,
            (Direction::Within, _) => {
                let last = pauses.prolong(self.event, add(self.event, self.term, Sign::Plus)?)?;
                let moved = count.last_day(last, counting.last_day, &pauses)?;
                moved_from = (moved != last).then_some(last);
                moved
            }
        };
        Ok(Due {
            last_day,
            moved_from,
            assumed_years: count.assumed,
            provisional: self.pauses.is_open_by(last_day),
        })
    }

    /// How things stand at `now`, when the act was done at `done`, or not yet.
    ///
    /// # Errors
    /// As [`Clock::due`].
    pub fn status(
        &self,
        now: Timestamp,
        done: Option<Timestamp>,
        counting: &Counting<'_>,
    ) -> Result<Status, DeadlineError> {
        let today = day_of(now);
        let due = self.due(day_of(done.unwrap_or(now)), counting)?;
        let days_after = |date: Date| u32::try_from(days_between(due.last_day, date)).unwrap_or(0);
        if let Some(done) = done {
            let late = days_after(day_of(done));
            return Ok(if late == 0 {
                Status::Met
            } else {
                Status::MetLate { days: late }
            });
        }
        let overdue = days_after(today);
        if overdue > 0 {
            return Ok(Status::Overdue { days: overdue });
        }
        let not_counted = self.pauses.closed(today);
        let left = Left {
            natural_days: u32::try_from(days_between(today, due.last_day)).unwrap_or(0),
            counted_days: self.counted(today.max(self.event), due.last_day, &not_counted, counting)?,
        };
        let paused = today > self.event && not_counted.hold(today);
        Ok(if paused {
            Status::Paused(left)
        } else {
            Status::Running(left)
        })
    }

    /// Days after `today`, up to and with `last`, that count.
    fn counted(&self, today: Date, last: Date, pauses: &Pauses, counting: &Counting<'_>) -> Result<u32, DeadlineError> {
        let working = self.term.unit() == TermUnit::WorkingDays;
        if !working {
            let all = u32::try_from(days_between(today, last)).unwrap_or(0);
            return Ok(all.saturating_sub(pauses.days_within(today, last)));
        }
        let mut count = Count::new(counting.calendar);
        let mut counted = 0;
        let mut day = today;
        while day < last {
            day = tomorrow(day)?;
            if !pauses.hold(day) && count.is_working(day)? {
                counted += 1;
            }
        }
        Ok(counted)
    }
}

/// A period that must last: a consultation, the keeping of records, a bar.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Lasting {
    term: Term,
    start: Date,
}

impl Lasting {
    /// At least a term from the day of an event, which is not counted.
    #[must_use]
    pub const fn new(term: Term, start: Date) -> Self {
        Self { term, start }
    }

    /// The period that a parameter sets: `at-least` and `exactly` do.
    ///
    /// # Errors
    /// [`DeadlineError::NoDeadline`] when the parameter sets none.
    pub fn of(parameter: &Parameter, start: Date) -> Result<Self, DeadlineError> {
        let lasts = matches!(
            parameter.quantity(),
            Quantity::Number {
                relation: Relation::AtLeast | Relation::Exactly,
                ..
            }
        );
        let term = parameter.term().filter(|_| lasts);
        term.map(|term| Self::new(term, start))
            .ok_or_else(|| DeadlineError::NoDeadline(parameter.name().to_owned()))
    }

    /// The last day that still belongs to it. It never moves: a longer period would be no harm, a shorter one is not had.
    ///
    /// # Errors
    /// As [`Clock::due`].
    pub fn last_day(&self, counting: &Counting<'_>) -> Result<Due, DeadlineError> {
        let stands = Counting {
            last_day: LastDay::Stands,
            ..*counting
        };
        Clock::within(self.term, self.start).due(self.start, &stands)
    }

    /// Whether it is over at `now`.
    ///
    /// # Errors
    /// As [`Clock::due`].
    pub fn is_over(&self, now: Timestamp, counting: &Counting<'_>) -> Result<bool, DeadlineError> {
        Ok(now >= self.last_day(counting)?.ends_at()?)
    }
}

/// The day in China on which a moment falls.
#[must_use]
pub fn day_of(moment: Timestamp) -> Date {
    moment.to_zoned(china_time()).date()
}

#[derive(Clone, Copy)]
enum Sign {
    Plus,
    Minus,
}

/// So many days, months or years later or earlier. A day that a month lacks becomes its last.
fn add(date: Date, term: Term, sign: Sign) -> Result<Date, DeadlineError> {
    let length = i64::from(term.length());
    let span = match term.unit() {
        TermUnit::NaturalDays | TermUnit::WorkingDays => Span::new().try_days(length),
        TermUnit::Months => Span::new().try_months(length),
        TermUnit::Years => Span::new().try_years(length),
    };
    let span = span.map_err(|_| DeadlineError::OutOfRange)?;
    let moved = match sign {
        Sign::Plus => date.checked_add(span),
        Sign::Minus => date.checked_sub(span),
    };
    moved.map_err(|_| DeadlineError::OutOfRange)
}

fn tomorrow(date: Date) -> Result<Date, DeadlineError> {
    date.tomorrow().map_err(|_| DeadlineError::OutOfRange)
}

/// Natural days from one date to another; negative when the other is earlier.
fn days_between(from: Date, to: Date) -> i32 {
    (to - from).get_days()
}

/// Counts working days, and remembers which years it had to assume.
struct Count<'a> {
    calendar: &'a Calendar,
    assumed: BTreeSet<i16>,
}

impl<'a> Count<'a> {
    const fn new(calendar: &'a Calendar) -> Self {
        Self {
            calendar,
            assumed: BTreeSet::new(),
        }
    }

    fn is_working(&mut self, date: Date) -> Result<bool, DeadlineError> {
        let day = self.calendar.day(date)?;
        if day.assumed {
            self.assumed.insert(date.year());
        }
        Ok(day.is_working())
    }

    fn working_on(&mut self, event: Date, length: u32, pauses: &Pauses) -> Result<Date, DeadlineError> {
        let (mut day, mut left) = (event, length);
        while left > 0 {
            day = pauses.skip(tomorrow(day)?)?;
            if self.is_working(day)? {
                left -= 1;
            }
        }
        Ok(day)
    }

    fn working_back(&mut self, event: Date, length: u32) -> Result<Date, DeadlineError> {
        let (mut day, mut left) = (event, length);
        while left > 0 {
            day = day.yesterday().map_err(|_| DeadlineError::OutOfRange)?;
            if self.is_working(day)? {
                left -= 1;
            }
        }
        Ok(day)
    }

    fn last_day(&mut self, last: Date, reading: LastDay, pauses: &Pauses) -> Result<Date, DeadlineError> {
        let mut day = last;
        if reading == LastDay::NextWorkingDay {
            while pauses.hold(day) || !self.is_working(day)? {
                day = tomorrow(day)?;
            }
        }
        Ok(day)
    }
}

#[cfg(test)]
mod tests;
