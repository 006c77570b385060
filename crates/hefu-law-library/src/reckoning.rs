//! One deadline of the rulebook, reckoned from a day, with the days that it passed over.

use hefu_rulebook::{
    Calendar, Clock, Counting, DayKind, Due, Lasting, Parameter, Quantity, Relation, Rulebook, TermUnit,
};
use jiff::civil::Date;
use serde::Serialize;

use crate::error::LawError;

/// A day that counts otherwise than its place in the week says, or that was passed over as a weekend.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum DayCounted {
    /// A public holiday, not counted.
    Holiday {
        /// The day.
        day: Date,
        /// Its name, in Chinese.
        zh: String,
        /// Its name, in English.
        en: String,
    },
    /// A weekend day that is worked, counted.
    WorkedWeekend {
        /// The day.
        day: Date,
    },
    /// A Saturday or Sunday, not counted.
    Weekend {
        /// The day.
        day: Date,
    },
}

/// A deadline, and how it was counted.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Reckoning {
    /// The parameter, by its name in full.
    pub parameter: String,
    /// The obligation that sets it.
    pub obligation: String,
    /// The day of the event; not counted.
    pub start: Date,
    /// The last day that belongs to the period.
    pub last_day: Date,
    /// Natural days between both.
    pub natural_days: i32,
    /// Whether it is a period of working days.
    pub working_days: bool,
    /// Whether it must last so long at least, instead of being kept within.
    pub lasting: bool,
    /// Of a period of working days, every day that was no ordinary weekday, in order.
    pub days: Vec<DayCounted>,
}

impl Reckoning {
    /// Whether a parameter sets a period that can be reckoned.
    #[must_use]
    pub fn is_possible(parameter: &Parameter) -> bool {
        match parameter.quantity() {
            Quantity::Number { relation, .. } => parameter.term().is_some() && relation != Relation::AtMost,
            Quantity::EveryYearBy(_) => true,
        }
    }

    /// Reckons the parameter with this name from a day.
    ///
    /// # Errors
    /// [`LawError`] when there is no such parameter, it sets no period, or a year has no holiday data.
    pub fn of(book: &Rulebook, calendar: &Calendar, name: &str, start: Date) -> Result<Self, LawError> {
        let unknown = || LawError::NoSuchParameter(name.to_owned());
        let parameter = book.parameter(name).ok_or_else(unknown)?;
        let (obligation, _) = name.rsplit_once('.').ok_or_else(unknown)?;
        let counting = Counting::by(calendar);
        let (due, lasting) = due(parameter, start, &counting)?;
        let working_days = parameter
            .term()
            .is_some_and(|term| term.unit() == TermUnit::WorkingDays);
        let days = if working_days {
            passed(calendar, start, due.last_day)?
        } else {
            Vec::new()
        };
        Ok(Self {
            parameter: name.to_owned(),
            obligation: obligation.to_owned(),
            start,
            last_day: due.last_day,
            natural_days: (due.last_day - start).get_days(),
            working_days,
            lasting,
            days,
        })
    }
}

fn due(parameter: &Parameter, start: Date, counting: &Counting<'_>) -> Result<(Due, bool), LawError> {
    let lasts = matches!(
        parameter.quantity(),
        Quantity::Number {
            relation: Relation::AtLeast | Relation::Exactly,
            ..
        }
    );
    if lasts {
        return Ok((Lasting::of(parameter, start)?.last_day(counting)?, true));
    }
    Ok((Clock::of(parameter, start)?.due(start, counting)?, false))
}

/// Days from the one after the earlier to the later (of a period before an event: from the last day to the one before
/// the event) that are no ordinary weekdays.
fn passed(calendar: &Calendar, start: Date, last: Date) -> Result<Vec<DayCounted>, LawError> {
    let forward = start <= last;
    let (from, to) = if forward { (start, last) } else { (last, start) };
    let within = |day: &Date| if forward { *day != start } else { *day != to };
    let days = from.series(jiff::Span::new().days(1)).take_while(|day| *day <= to);
    let mut passed = Vec::new();
    for day in days.filter(within) {
        let kind = calendar.day(day).map_err(hefu_rulebook::DeadlineError::from)?.kind;
        passed.extend(match kind {
            DayKind::Weekday => None,
            DayKind::WorkedWeekend => Some(DayCounted::WorkedWeekend { day }),
            DayKind::Weekend => Some(DayCounted::Weekend { day }),
            DayKind::Holiday { zh, en } => Some(DayCounted::Holiday {
                day,
                zh: zh.to_owned(),
                en: en.to_owned(),
            }),
        });
    }
    Ok(passed)
}
