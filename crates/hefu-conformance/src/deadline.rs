//! Deadlines whose start and end both stand in the records: which records start and end the clock of which parameter.
//!
//! The day of the event is the fact's own `on` where the body has one (a filing is often recorded a day after its receipt),
//! else the day of the record in China's time. The engine of `hefu-rulebook` counts; nothing is counted here.

use std::collections::HashMap;

use hefu_records::Entry;
use hefu_rulebook::{CalendarError, Clock, Counting, DeadlineError, Parameter, ParameterName, Rules, Status, day_of};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::evidence::{Example, Fault, FaultKind, Trial};

/// Matters that may be open at once under one deadline: a hundred years of weekly versions.
const OPEN_MAX: usize = 5_000;

/// A deadline from one record to another about the same subject.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Tracked {
    /// The parameter, as the measures in force name it; another rule set may put its own in its place.
    pub parameter: ParameterName,
    /// Kind of the record that starts the clock.
    pub starts: &'static str,
    /// Kind of the record that ends it.
    pub ends: &'static str,
}

/// What is tracked. The records of publication and filing are those of `hefu-policies`.
pub const TRACKED: &[Tracked] = &[Tracked {
    parameter: ParameterName::PracticeStatementFiling,
    starts: "policy-published/1",
    ends: "policy-filed/1",
}];

/// One tracked deadline over a reading of the records.
pub(crate) struct Tracker<'a> {
    tracked: Tracked,
    pub(crate) parameter: &'a Parameter,
    open: HashMap<String, (Date, Example)>,
    pub(crate) trial: Trial,
    pub(crate) overflowed: bool,
}

impl<'a> Tracker<'a> {
    /// One for each that the rule set has a value for.
    pub(crate) fn all(rules: Rules<'a>) -> Vec<Self> {
        let known = TRACKED.iter().filter_map(|tracked| {
            let parameter = rules.parameter(tracked.parameter).ok()?;
            Some(Self {
                tracked: *tracked,
                parameter,
                open: HashMap::new(),
                trial: Trial::default(),
                overflowed: false,
            })
        });
        known.collect()
    }

    pub(crate) fn take(&mut self, entry: &Entry, example: &Example, counting: &Counting<'_>) {
        if entry.kind == self.tracked.starts {
            if is_sample(entry) {
                return;
            }
            if self.open.len() >= OPEN_MAX {
                self.overflowed = true;
                return;
            }
            let started = (day(entry), example.clone());
            self.open.entry(entry.subject.clone()).or_insert(started);
        } else if entry.kind == self.tracked.ends
            && let Some((event, _)) = self.open.remove(&entry.subject)
        {
            self.end(event, day(entry), example, counting);
        }
    }

    fn end(&mut self, event: Date, done: Date, example: &Example, counting: &Counting<'_>) {
        let due = Clock::of(self.parameter, event).and_then(|clock| clock.due(done, counting));
        let due = match due {
            Ok(due) => due,
            Err(why) => return self.uncounted(&why),
        };
        let days = days_after(due.last_day, done);
        if days == 0 {
            self.trial.held.add(example.clone());
        } else {
            let last_day = due.last_day;
            self.trial.fault(Fault {
                kind: FaultKind::Late { last_day, days },
                seen_at: example.clone(),
            });
        }
    }

    /// A period that cannot be counted is neither kept nor missed, and the report says for which year.
    fn uncounted(&mut self, why: &DeadlineError) {
        if let DeadlineError::Calendar(CalendarError::NoYear(year)) = why {
            self.trial.uncounted_years.insert(*year);
        }
    }

    /// What is still open at `now` runs, or is overdue.
    pub(crate) fn close(&mut self, now: Timestamp, counting: &Counting<'_>) {
        let mut open: Vec<(Date, Example)> = self.open.drain().map(|(_, started)| started).collect();
        open.sort_unstable();
        for (event, example) in open {
            let Ok(clock) = Clock::of(self.parameter, event) else {
                continue;
            };
            let (status, due) = (clock.status(now, None, counting), clock.due(day_of(now), counting));
            match (status, due) {
                (Ok(Status::Overdue { days }), Ok(due)) => self.trial.fault(Fault {
                    kind: FaultKind::Overdue {
                        last_day: due.last_day,
                        days,
                    },
                    seen_at: example,
                }),
                (Ok(_), Ok(_)) => self.trial.running += 1,
                (Err(why), _) | (_, Err(why)) => self.uncounted(&why),
            }
        }
    }
}

/// The text that an installation starts with is nobody's statement, and is filed with nobody.
fn is_sample(entry: &Entry) -> bool {
    entry.body.get("sample").and_then(serde_json::Value::as_bool) == Some(true)
}

/// The day of the event.
fn day(entry: &Entry) -> Date {
    let own = entry.body.get("on").and_then(|on| on.as_str());
    own.and_then(|on| on.parse().ok()).unwrap_or_else(|| day_of(entry.at))
}

fn days_after(last: Date, done: Date) -> u32 {
    let days = last.until(done).map_or(0, |span| span.get_days());
    u32::try_from(days).unwrap_or(0)
}
