//! Evidence: what was found in the records, with the places where anybody can look it up.
//!
//! An [`Example`] names zone, index, time and leaf hash of one entry, and nothing of its contents: a report is handed
//! around more freely than the records. What it does not know: which obligation it speaks for.

use std::collections::BTreeSet;

use hefu_rulebook::Language;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

/// Examples kept of one thing. Three show that it goes on; whoever wants all has the records.
pub const EXAMPLES_MAX: usize = 3;

/// Faults kept of one trial; more are only counted. Ten fill a page.
pub const FAULTS_MAX: usize = 10;

/// Where evidence comes from. [`crate::Gathered`] is one; a summary kept by a daemon may be another.
pub trait Evidence {
    /// Records of this kind, such as "contract-signed/1".
    fn records(&self, kind: &str) -> Sighting;
    /// Recorded refusals with this code, such as "same-officer".
    fn refusals(&self, code: &str) -> Sighting;
    /// Certificates that were signed after this lint had let them pass.
    fn lint(&self, name: &str) -> Sighting;
    /// What a trial over the records shows of the rule behind this check; `None` when there is no such trial.
    fn trial(&self, check: &str) -> Option<Trial>;
    /// What became of the deadlines that this parameter sets, by its name in full; `None` when they are not tracked.
    fn deadline(&self, parameter: &str) -> Option<Trial>;
    /// What could not be looked at. While there is any, nothing found proves nothing.
    fn doubts(&self) -> &[Doubt];
}

/// One entry of a log, by its place.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Example {
    /// When it happened.
    pub at: Timestamp,
    /// The zone whose log it stands in: "ra", "ca".
    pub zone: String,
    /// Its index in that log, from 0.
    pub index: u64,
    /// Its leaf hash (SM3), hexadecimal.
    pub digest: String,
}

/// How often something was found, and the latest places.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Sighting {
    /// How often.
    pub count: u64,
    /// The latest, newest first, at most [`EXAMPLES_MAX`].
    pub latest: Vec<Example>,
}

impl Sighting {
    /// Notes one more.
    pub fn add(&mut self, example: Example) {
        self.count += 1;
        self.keep(example);
    }

    /// Joins what was found elsewhere.
    pub fn join(&mut self, other: Self) {
        self.count += other.count;
        other.latest.into_iter().for_each(|example| self.keep(example));
    }

    fn keep(&mut self, example: Example) {
        let place = self.latest.partition_point(|known| *known > example);
        if place < EXAMPLES_MAX && self.latest.get(place) != Some(&example) {
            self.latest.insert(place, example);
            self.latest.truncate(EXAMPLES_MAX);
        }
    }
}

/// A rule tried on every entry that it is about.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Trial {
    /// Where it was kept.
    pub held: Sighting,
    /// Where it was not, in the order found, at most [`FAULTS_MAX`].
    pub faults: Vec<Fault>,
    /// Faults beyond those.
    pub more_faults: u64,
    /// Deadlines that still run.
    pub running: u64,
    /// Years for which there are no holiday data, so that a deadline could not be counted.
    pub uncounted_years: BTreeSet<i16>,
}

impl Trial {
    /// Notes a fault.
    pub fn fault(&mut self, fault: Fault) {
        if self.faults.len() < FAULTS_MAX {
            self.faults.push(fault);
        } else {
            self.more_faults += 1;
        }
    }
}

/// A rule was not kept, and where one sees it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Fault {
    /// In what way.
    #[serde(flatten)]
    pub kind: FaultKind,
    /// The entry that shows it.
    pub seen_at: Example,
}

/// In what way a rule was not kept.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(tag = "fault", rename_all = "kebab-case")]
pub enum FaultKind {
    /// Who approved is who entered.
    SameOfficer,
    /// An approval without this step before it.
    StepMissing {
        /// Kind of the record that is missing.
        record: String,
    },
    /// A revocation on none of the five grounds.
    GroundMissing,
    /// Done after the last day.
    Late {
        /// The last day in time.
        last_day: Date,
        /// Natural days after it.
        days: u32,
    },
    /// Not done, and the last day is over.
    Overdue {
        /// The last day in time.
        last_day: Date,
        /// Natural days after it.
        days: u32,
    },
}

impl FaultKind {
    /// What is wrong, one clause.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        match (language, self) {
            (Language::Chinese, Self::SameOfficer) => "批准人就是录入人".to_owned(),
            (Language::English, Self::SameOfficer) => "who approved had entered it".to_owned(),
            (Language::Chinese, Self::StepMissing { record }) => format!("批准之前没有{record}记录"),
            (Language::English, Self::StepMissing { record }) => format!("approved without {record} before it"),
            (Language::Chinese, Self::GroundMissing) => "吊销没有法定事由".to_owned(),
            (Language::English, Self::GroundMissing) => "revoked on none of the five grounds".to_owned(),
            (Language::Chinese, Self::Late { last_day, days }) => format!("应于{last_day}前完成，迟了{days}天"),
            (Language::English, Self::Late { last_day, days }) => format!("due by {last_day}, done {days} days late"),
            (Language::Chinese, Self::Overdue { last_day, days }) => {
                format!("应于{last_day}前完成，已逾期{days}天仍未完成")
            }
            (Language::English, Self::Overdue { last_day, days }) => {
                format!("due by {last_day}, not done and {days} days overdue")
            }
        }
    }
}

/// Records that could not be looked at, or not be believed.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(tag = "doubt", rename_all = "kebab-case")]
pub enum Doubt {
    /// There is no record store of this zone here.
    Absent {
        /// The zone.
        zone: String,
    },
    /// It cannot be read.
    Unreadable {
        /// The zone.
        zone: String,
        /// Why, as the reader says.
        why: String,
    },
    /// It was changed after it was sealed; what it says was not counted.
    Unsound {
        /// The zone.
        zone: String,
        /// How many findings its verification has.
        findings: u64,
    },
    /// More is open at one time than is kept track of; some trials are incomplete.
    TooMuchOpen {
        /// How much is kept track of.
        max: u64,
    },
}

impl Doubt {
    /// What could not be looked at, one sentence.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        match (language, self) {
            (Language::Chinese, Self::Absent { zone }) => format!("{zone}区没有记录库，未查看"),
            (Language::English, Self::Absent { zone }) => format!("zone {zone}: no record store, not looked at"),
            (Language::Chinese, Self::Unreadable { zone, why }) => format!("{zone}区的记录库读不出：{why}"),
            (Language::English, Self::Unreadable { zone, why }) => {
                format!("zone {zone}: the record store cannot be read: {why}")
            }
            (Language::Chinese, Self::Unsound { zone, findings }) => {
                format!("{zone}区的记录与签封不符（{findings}处），其内容不作为证据")
            }
            (Language::English, Self::Unsound { zone, findings }) => {
                format!(
                    "zone {zone}: the records are not as they were sealed ({findings} findings), so they are no evidence"
                )
            }
            (Language::Chinese, Self::TooMuchOpen { max }) => format!("未了结的事项超过{max}件，逐件核对不完整"),
            (Language::English, Self::TooMuchOpen { max }) => {
                format!("more than {max} matters are open at once; not each was tried")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(index: u64) -> Example {
        Example {
            at: Timestamp::from_second(i64::try_from(index).unwrap_or(0)).unwrap_or_default(),
            zone: "ra".to_owned(),
            index,
            digest: String::new(),
        }
    }

    #[test]
    fn the_latest_three_are_kept_newest_first_in_whatever_order_they_come() {
        let mut found = Sighting::default();
        for index in [4, 1, 9, 3, 7] {
            found.add(example(index));
        }
        let mut other = Sighting::default();
        other.add(example(8));
        found.join(other);
        let places: Vec<u64> = found.latest.iter().map(|one| one.index).collect();
        assert_eq!((found.count, places), (6, vec![9, 8, 7]));
    }

    #[test]
    fn faults_beyond_the_limit_are_counted() {
        let mut trial = Trial::default();
        for index in 0..FAULTS_MAX as u64 + 2 {
            trial.fault(Fault {
                kind: FaultKind::SameOfficer,
                seen_at: example(index),
            });
        }
        assert_eq!((trial.faults.len(), trial.more_faults), (FAULTS_MAX, 2));
    }
}
