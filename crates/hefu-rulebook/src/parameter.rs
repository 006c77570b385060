//! Parameters: the numbers of the law, with their units and the way in which they bind.
//!
//! A number of days in the code would be a number without a source. So code names a parameter (see
//! [`ParameterName`](crate::ParameterName)) and the data hold its value. Whether a period of days means natural or
//! working days is part of the value, because the instruments differ.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::language::Language;

/// What a number counts.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Days of the calendar.
    NaturalDays,
    /// Days on which offices work, by the holiday data.
    WorkingDays,
    /// Months of the calendar.
    Months,
    /// Years of the calendar.
    Years,
    /// Persons, documents, items.
    Count,
    /// Yuan of renminbi.
    Yuan,
    /// Hundredths.
    Percent,
    /// A multiple of another amount.
    Times,
}

impl Unit {
    const fn name(self, language: Language) -> &'static str {
        match (language, self) {
            (Language::Chinese, Self::NaturalDays) => "日",
            (Language::Chinese, Self::WorkingDays) => "个工作日",
            (Language::Chinese, Self::Months) => "个月",
            (Language::Chinese, Self::Years) => "年",
            (Language::Chinese, Self::Count) => "项（人）",
            (Language::Chinese, Self::Yuan) => "元",
            (Language::Chinese, Self::Times) => "倍",
            (Language::English, Self::NaturalDays) => " days",
            (Language::English, Self::WorkingDays) => " working days",
            (Language::English, Self::Months) => " months",
            (Language::English, Self::Years) => " years",
            (Language::English, Self::Count) => "",
            (Language::English, Self::Yuan) => " yuan",
            (_, Self::Percent) => "%",
            (Language::English, Self::Times) => " times",
        }
    }
}

/// How a number binds.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// Something is done within this time of an event.
    Within,
    /// Something is done not later than this time before an event.
    Before,
    /// No less than this.
    AtLeast,
    /// No more than this.
    AtMost,
    /// Just this.
    Exactly,
}

/// A day that comes every year.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
pub struct YearDay {
    month: i8,
    day: i8,
}

impl YearDay {
    /// Reads "01-15". The 29th of February does not come every year and is not one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        /// No leap year: what exists in it exists in every year.
        const ORDINARY: i16 = 2001;
        let (month, day) = text.split_once('-')?;
        if month.len() != 2 || day.len() != 2 {
            return None;
        }
        let (month, day) = (month.parse().ok()?, day.parse().ok()?);
        Date::new(ORDINARY, month, day).ok().map(|_| Self { month, day })
    }

    /// This day of the given year; `None` when jiff has no such year.
    #[must_use]
    pub fn in_year(self, year: i16) -> Option<Date> {
        Date::new(year, self.month, self.day).ok()
    }

    /// The first such day that is not before `date`; `None` at the end of jiff's calendar.
    #[must_use]
    pub fn not_before(self, date: Date) -> Option<Date> {
        let this_year = self.in_year(date.year())?;
        if this_year >= date {
            return Some(this_year);
        }
        self.in_year(date.year().checked_add(1)?)
    }
}

/// The value of a parameter.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quantity {
    /// A number with its unit.
    Number {
        /// How it binds.
        relation: Relation,
        /// The number, in `unit`.
        value: u64,
        /// What it counts.
        unit: Unit,
    },
    /// Every year by this day, the day itself included.
    EveryYearBy(YearDay),
}

/// One parameter of an obligation.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Parameter {
    name: String,
    quantity: Quantity,
}

impl Parameter {
    pub(crate) const fn new(name: String, quantity: Quantity) -> Self {
        Self { name, quantity }
    }

    /// The name in full: the obligation's id, a full stop, the parameter's own name, as in "ESL-24.retention".
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The parameter's own name, such as "retention".
    #[must_use]
    pub fn own_name(&self) -> &str {
        self.name.rsplit('.').next().unwrap_or_default()
    }

    /// The value.
    #[must_use]
    pub const fn quantity(&self) -> Quantity {
        self.quantity
    }

    /// The value as a length of time; `None` when it is none.
    #[must_use]
    pub fn term(&self) -> Option<Term> {
        let Quantity::Number { value, unit, .. } = self.quantity else {
            return None;
        };
        let length = u32::try_from(value).ok()?;
        match unit {
            Unit::NaturalDays => Term::natural_days(length),
            Unit::WorkingDays => Term::working_days(length),
            Unit::Months => Term::months(length),
            Unit::Years => Term::years(length),
            Unit::Count | Unit::Yuan | Unit::Percent | Unit::Times => None,
        }
    }

    /// The value as a bare number with its unit; `None` for a length of time or a day.
    #[must_use]
    pub fn amount(&self) -> Option<(u64, Unit)> {
        match self.quantity {
            Quantity::Number { value, unit, .. } if self.term().is_none() => Some((value, unit)),
            Quantity::Number { .. } | Quantity::EveryYearBy(_) => None,
        }
    }

    /// The value as a day of every year; `None` when it is none.
    #[must_use]
    pub const fn year_day(&self) -> Option<YearDay> {
        match self.quantity {
            Quantity::EveryYearBy(day) => Some(day),
            Quantity::Number { .. } => None,
        }
    }

    /// As people read it: "90日前", "at least 5 years".
    #[must_use]
    pub fn render(&self, language: Language) -> String {
        match self.quantity {
            Quantity::Number { relation, value, unit } => render_number(relation, value, unit, language),
            Quantity::EveryYearBy(YearDay { month, day }) => match language {
                Language::Chinese => format!("每年{month}月{day}日前"),
                Language::English => format!("every year by {month:02}-{day:02}"),
            },
        }
    }
}

fn render_number(relation: Relation, value: u64, unit: Unit, language: Language) -> String {
    let mut name = unit.name(language);
    if value == 1 && language == Language::English && unit != Unit::Times {
        name = name.strip_suffix('s').unwrap_or(name);
    }
    match (language, relation) {
        (Language::Chinese, Relation::Within) => format!("{value}{name}内"),
        (Language::Chinese, Relation::Before) => format!("{value}{name}前"),
        (Language::Chinese, Relation::AtLeast) => format!("不少于{value}{name}"),
        (Language::Chinese, Relation::AtMost) => format!("不超过{value}{name}"),
        (_, Relation::Exactly) => format!("{value}{name}"),
        (Language::English, Relation::Within) => format!("within {value}{name}"),
        (Language::English, Relation::Before) => format!("{value}{name} before"),
        (Language::English, Relation::AtLeast) => format!("at least {value}{name}"),
        (Language::English, Relation::AtMost) => format!("at most {value}{name}"),
    }
}

/// The unit of a length of time.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TermUnit {
    /// Days of the calendar.
    NaturalDays,
    /// Days on which offices work.
    WorkingDays,
    /// Months of the calendar.
    Months,
    /// Years of the calendar.
    Years,
}

/// A length of time that a rule sets: never longer than [`Term::YEARS_MAX`] years.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
pub struct Term {
    length: u32,
    unit: TermUnit,
}

impl Term {
    /// No statute sets a longer period than a century; and the arithmetic of dates stays within jiff's calendar.
    pub const YEARS_MAX: u32 = 100;
    /// The same in months.
    pub const MONTHS_MAX: u32 = Self::YEARS_MAX * 12;
    /// The same in days, leap years included.
    pub const DAYS_MAX: u32 = 36_525;

    /// No time at all.
    pub(crate) const NOTHING: Self = Self {
        length: 0,
        unit: TermUnit::NaturalDays,
    };

    /// So many days of the calendar; `None` when more than [`Term::DAYS_MAX`].
    #[must_use]
    pub const fn natural_days(length: u32) -> Option<Self> {
        Self::checked(length, TermUnit::NaturalDays, Self::DAYS_MAX)
    }

    /// So many working days; `None` when more than [`Term::DAYS_MAX`].
    #[must_use]
    pub const fn working_days(length: u32) -> Option<Self> {
        Self::checked(length, TermUnit::WorkingDays, Self::DAYS_MAX)
    }

    /// So many months; `None` when more than [`Term::MONTHS_MAX`].
    #[must_use]
    pub const fn months(length: u32) -> Option<Self> {
        Self::checked(length, TermUnit::Months, Self::MONTHS_MAX)
    }

    /// So many years; `None` when more than [`Term::YEARS_MAX`].
    #[must_use]
    pub const fn years(length: u32) -> Option<Self> {
        Self::checked(length, TermUnit::Years, Self::YEARS_MAX)
    }

    const fn checked(length: u32, unit: TermUnit, max: u32) -> Option<Self> {
        if length > max {
            return None;
        }
        Some(Self { length, unit })
    }

    /// How many of its unit.
    #[must_use]
    pub const fn length(self) -> u32 {
        self.length
    }

    /// Its unit.
    #[must_use]
    pub const fn unit(self) -> TermUnit {
        self.unit
    }
}

/// In English, for logs.
impl fmt::Display for Term {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            TermUnit::NaturalDays => "days",
            TermUnit::WorkingDays => "working days",
            TermUnit::Months => "months",
            TermUnit::Years => "years",
        };
        write!(formatter, "{} {unit}", self.length)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn number(relation: Relation, value: u64, unit: Unit) -> Parameter {
        Parameter::new("X-1.y".to_owned(), Quantity::Number { relation, value, unit })
    }

    #[test]
    fn a_parameter_reads_well_in_both_languages() {
        let check = |relation, value, unit| {
            let parameter = number(relation, value, unit);
            (parameter.render(Language::Chinese), parameter.render(Language::English))
        };
        for (given, zh, en) in [
            (
                check(Relation::Before, 90, Unit::NaturalDays),
                "90日前",
                "90 days before",
            ),
            (
                check(Relation::Within, 20, Unit::WorkingDays),
                "20个工作日内",
                "within 20 working days",
            ),
            (
                check(Relation::AtLeast, 5, Unit::Years),
                "不少于5年",
                "at least 5 years",
            ),
            (check(Relation::Within, 1, Unit::Years), "1年内", "within 1 year"),
            (check(Relation::AtMost, 3, Unit::Times), "不超过3倍", "at most 3 times"),
            (
                check(Relation::AtMost, 10_000, Unit::Yuan),
                "不超过10000元",
                "at most 10000 yuan",
            ),
        ] {
            assert_eq!(given, (zh.to_owned(), en.to_owned()));
        }
    }

    #[test]
    fn a_length_of_time_is_not_an_amount_and_the_other_way_round() {
        assert_eq!(
            number(Relation::Within, 45, Unit::NaturalDays).term(),
            Term::natural_days(45)
        );
        assert_eq!(number(Relation::Within, 45, Unit::NaturalDays).amount(), None);
        assert_eq!(number(Relation::AtLeast, 30, Unit::Count).term(), None);
        assert_eq!(
            number(Relation::AtLeast, 30, Unit::Count).amount(),
            Some((30, Unit::Count))
        );
    }

    #[test]
    fn no_term_is_longer_than_a_century() {
        assert!(Term::years(100).is_some() && Term::years(101).is_none());
        assert!(Term::months(1_200).is_some() && Term::months(1_201).is_none());
        assert!(Term::natural_days(36_525).is_some() && Term::working_days(36_526).is_none());
    }

    #[test]
    fn a_day_of_every_year_exists_in_every_year() {
        assert_eq!(YearDay::parse("02-29"), None);
        assert_eq!(YearDay::parse("1-15"), None);
        assert_eq!(YearDay::parse("13-01"), None);
        let day = YearDay::parse("01-15").unwrap();
        assert_eq!(day.not_before(jiff::civil::date(2026, 1, 15)), day.in_year(2026));
        assert_eq!(day.not_before(jiff::civil::date(2026, 1, 16)), day.in_year(2027));
    }
}
