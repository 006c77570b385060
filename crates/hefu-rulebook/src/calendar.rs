//! The calendar of working days: weekends, the public holidays of the State Council's yearly notice, and the weekend
//! days worked in their place. One data file per year, which an operator can add or replace.
//!
//! A year without data is an error, or, if the operator chooses so, counted by weekends alone, and then every result
//! that stands on it says so. What it does not know: what day it is, and hours of the day.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, Weekday};
use jiff::tz::{Offset, TimeZone};
use serde::{Deserialize, Serialize};

use crate::citation::Citation;
use crate::explain::{Blame, Explain, Kind};
use crate::instruments::civil_date;
use crate::language::Language;

/// The years compiled in: those that the checker knows well, and that a running case can still reach back to.
const BUILTIN: &[(&str, &str)] = &[
    ("2018.toml", include_str!("../data/holidays/2018.toml")),
    ("2019.toml", include_str!("../data/holidays/2019.toml")),
    ("2020.toml", include_str!("../data/holidays/2020.toml")),
    ("2021.toml", include_str!("../data/holidays/2021.toml")),
    ("2022.toml", include_str!("../data/holidays/2022.toml")),
    ("2023.toml", include_str!("../data/holidays/2023.toml")),
    ("2024.toml", include_str!("../data/holidays/2024.toml")),
    ("2025.toml", include_str!("../data/holidays/2025.toml")),
    ("2026.toml", include_str!("../data/holidays/2026.toml")),
];

/// A year's notice has seven holidays; the file is 1 kB.
pub const HOLIDAY_FILE_OCTETS_MAX: usize = 64 << 10;
/// More holidays than days of the year make no sense; so many as this neither.
const HOLIDAYS_MAX: usize = 60;
/// The longest so far was ten days (2020, Spring Festival).
const HOLIDAY_DAYS_MAX: i32 = 31;

/// China's one time zone (UTC+8, no summer time since 1991): a constant, so that no file of the machine decides when
/// a day ends.
#[must_use]
pub const fn china_time() -> TimeZone {
    TimeZone::fixed(Offset::constant(8))
}

/// What to do about a year without data.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MissingYear {
    /// Refuse to count.
    #[default]
    Refuse,
    /// Count weekends alone, and say so in the result.
    AssumeWeekendsOnly,
}

/// What sort of day it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DayKind<'a> {
    /// An ordinary day from Monday to Friday.
    Weekday,
    /// A weekend day worked in place of a holiday.
    WorkedWeekend,
    /// Saturday or Sunday.
    Weekend,
    /// A public holiday.
    Holiday {
        /// Its name, in Chinese.
        zh: &'a str,
        /// Its name, in English.
        en: &'a str,
    },
}

/// A day, and whether that is known or assumed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Day<'a> {
    /// What sort of day.
    pub kind: DayKind<'a>,
    /// The year has no data: only the weekend was looked at.
    pub assumed: bool,
}

impl Day<'_> {
    /// Whether offices work on it.
    #[must_use]
    pub const fn is_working(&self) -> bool {
        matches!(self.kind, DayKind::Weekday | DayKind::WorkedWeekend)
    }
}

#[derive(Clone, Debug)]
struct Year {
    source: String,
    holidays: BTreeMap<Date, (String, String)>,
    worked: BTreeSet<Date>,
}

/// The calendar.
#[derive(Clone, Debug, Default)]
pub struct Calendar {
    years: BTreeMap<i16, Year>,
    missing: MissingYear,
}

impl Calendar {
    /// The years compiled in; a year without data is an error.
    ///
    /// # Errors
    /// [`CalendarError`]; for the data of this crate never, as a test proves.
    pub fn builtin() -> Result<Self, CalendarError> {
        let mut calendar = Self::default();
        for (file, text) in BUILTIN {
            calendar = calendar.with_year(file, text)?;
        }
        Ok(calendar)
    }

    /// With another way to take a year without data.
    #[must_use]
    pub fn taking(self, missing: MissingYear) -> Self {
        Self { missing, ..self }
    }

    /// With a year from a data file, in place of the year's data if there are any: notices do get amended.
    ///
    /// # Errors
    /// [`CalendarError`] names the file, the field and what is wrong.
    pub fn with_year(mut self, file: &str, text: &str) -> Result<Self, CalendarError> {
        let (number, year) = read_year(file, text)?;
        self.years.insert(number, year);
        Ok(self)
    }

    /// The years with data, and what each was checked with.
    pub fn years(&self) -> impl Iterator<Item = (i16, &str)> {
        self.years.iter().map(|(number, year)| (*number, year.source.as_str()))
    }

    /// What sort of day a date is.
    ///
    /// # Errors
    /// [`CalendarError::NoYear`] when the year has no data and the calendar refuses to assume.
    pub fn day(&self, date: Date) -> Result<Day<'_>, CalendarError> {
        let weekend = matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
        let by_week = if weekend { DayKind::Weekend } else { DayKind::Weekday };
        let Some(year) = self.years.get(&date.year()) else {
            return match self.missing {
                MissingYear::Refuse => Err(CalendarError::NoYear(date.year())),
                MissingYear::AssumeWeekendsOnly => Ok(Day {
                    kind: by_week,
                    assumed: true,
                }),
            };
        };
        let kind = match year.holidays.get(&date) {
            Some((zh, en)) => DayKind::Holiday { zh, en },
            None if year.worked.contains(&date) => DayKind::WorkedWeekend,
            None => by_week,
        };
        Ok(Day { kind, assumed: false })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawYear {
    year: i16,
    /// What the data were checked with.
    checked_with: String,
    #[serde(default)]
    holiday: Vec<RawHoliday>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHoliday {
    zh: String,
    en: String,
    first: toml::value::Datetime,
    last: toml::value::Datetime,
    #[serde(default)]
    worked: Vec<toml::value::Datetime>,
}

fn read_year(file: &str, text: &str) -> Result<(i16, Year), CalendarError> {
    if text.len() > HOLIDAY_FILE_OCTETS_MAX {
        return Err(CalendarError::TooLarge { file: file.to_owned() });
    }
    let raw: RawYear = toml::from_str(text).map_err(|error| CalendarError::Syntax {
        file: file.to_owned(),
        detail: error.to_string().trim_end().to_owned(),
    })?;
    if raw.holiday.len() > HOLIDAYS_MAX {
        return Err(CalendarError::TooLarge { file: file.to_owned() });
    }
    let mut year = Year {
        source: raw.checked_with,
        holidays: BTreeMap::new(),
        worked: BTreeSet::new(),
    };
    for holiday in &raw.holiday {
        add_holiday(&mut year, raw.year, holiday).map_err(|problem| CalendarError::Holiday {
            file: file.to_owned(),
            name: holiday.zh.clone(),
            problem,
        })?;
    }
    if year.worked.iter().any(|day| year.holidays.contains_key(day)) {
        return Err(CalendarError::Holiday {
            file: file.to_owned(),
            name: raw.year.to_string(),
            problem: HolidayProblem::WorkedHoliday,
        });
    }
    Ok((raw.year, year))
}

fn add_holiday(year: &mut Year, number: i16, holiday: &RawHoliday) -> Result<(), HolidayProblem> {
    let date = |value: &toml::value::Datetime| {
        let date = civil_date(value).filter(|_| value.time.is_none() && value.offset.is_none());
        let date = date.ok_or(HolidayProblem::NotADate)?;
        if date.year() == number {
            Ok(date)
        } else {
            Err(HolidayProblem::OtherYear)
        }
    };
    let (first, last) = (date(&holiday.first)?, date(&holiday.last)?);
    let days = (last - first).get_days() + 1;
    if !(1..=HOLIDAY_DAYS_MAX).contains(&days) {
        return Err(HolidayProblem::Span);
    }
    for day in first.series(jiff::Span::new().days(1)).take_while(|day| *day <= last) {
        let names = (holiday.zh.clone(), holiday.en.clone());
        if year.holidays.insert(day, names).is_some() {
            return Err(HolidayProblem::Twice);
        }
    }
    for value in &holiday.worked {
        let day = date(value)?;
        if !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
            return Err(HolidayProblem::NotAWeekend);
        }
        if !year.worked.insert(day) {
            return Err(HolidayProblem::Twice);
        }
    }
    Ok(())
}

/// What is wrong with a holiday.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum HolidayProblem {
    /// Not a plain date.
    #[error("a date is not a plain date")]
    NotADate,
    /// A date of another year; it belongs into that year's file.
    #[error("a date is in another year")]
    OtherYear,
    /// It ends before it begins, or lasts longer than a month.
    #[error("it ends before it begins, or is longer than {HOLIDAY_DAYS_MAX} days")]
    Span,
    /// A date stands twice.
    #[error("a date stands twice")]
    Twice,
    /// A worked day that is no weekend day is nothing to write down.
    #[error("a worked day is not a Saturday or Sunday")]
    NotAWeekend,
    /// A day is both a holiday and worked.
    #[error("a worked day is a holiday")]
    WorkedHoliday,
}

impl HolidayProblem {
    fn zh(self) -> String {
        match self {
            Self::NotADate => "日期不是完整的年月日".to_owned(),
            Self::OtherYear => "日期不在本年".to_owned(),
            Self::Span => format!("终止日早于起始日，或者超过{HOLIDAY_DAYS_MAX}天"),
            Self::Twice => "日期重复".to_owned(),
            Self::NotAWeekend => "补班日不是周六或者周日".to_owned(),
            Self::WorkedHoliday => "补班日同时是假日".to_owned(),
        }
    }
}

/// Why a day cannot be told, or holiday data not be used.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum CalendarError {
    /// No data for this year.
    #[error("there are no holiday data for {0}")]
    NoYear(i16),
    /// More than any year's notice needs.
    #[error("{file}: more than a year's holidays")]
    TooLarge {
        /// Name of the file.
        file: String,
    },
    /// Not TOML, or an unknown or missing key; the detail has line and column.
    #[error("{file}: {detail}")]
    Syntax {
        /// Name of the file.
        file: String,
        /// What the TOML reader says.
        detail: String,
    },
    /// A holiday.
    #[error("{file}: {name}: {problem}")]
    Holiday {
        /// Name of the file.
        file: String,
        /// Chinese name of the holiday.
        name: String,
        /// What is wrong with it.
        problem: HolidayProblem,
    },
}

impl Explain for CalendarError {
    fn code(&self) -> &'static str {
        match self {
            Self::NoYear(_) => "holidays-of-year-missing",
            Self::TooLarge { .. } => "holidays-too-many",
            Self::Syntax { .. } => "holidays-malformed",
            Self::Holiday { .. } => "holiday-wrong",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::NoYear(_) => Kind::Fault,
            Self::TooLarge { .. } | Self::Syntax { .. } | Self::Holiday { .. } => Kind::Malformed,
        }
    }

    fn blame(&self) -> Blame {
        Blame::Operator
    }

    fn citation(&self) -> Option<Citation> {
        None
    }

    fn message(&self, language: Language) -> String {
        match (language, self) {
            (Language::English, _) => self.to_string(),
            (Language::Chinese, Self::NoYear(year)) => format!("没有{year}年的节假日数据"),
            (Language::Chinese, Self::TooLarge { file }) => format!("节假日文件{file}超过一年所需"),
            (Language::Chinese, Self::Syntax { file, detail }) => format!("节假日文件{file}无法读取：{detail}"),
            (Language::Chinese, Self::Holiday { file, name, problem }) => {
                format!("节假日文件{file}，{name}：{}", problem.zh())
            }
        }
    }
}

#[cfg(test)]
mod tests;
