//! The years compiled in against the checker, and what is said about years that are wrong or missing.

#![expect(clippy::unwrap_used, reason = "tests")]

use jiff::civil::date;
use proptest::prelude::*;

use super::*;

/// Working days of each month as `chinesecalendar` 1.11.0 (`PyPI`) counts them with `is_workday`: a second hand, because
/// it holds single days where our files hold spans. Run once on 2026-11-22.
const WORKING_DAYS: &[(i16, [i32; 12])] = &[
    (2018, [22, 17, 22, 20, 22, 20, 22, 23, 21, 18, 22, 21]),
    (2019, [22, 17, 21, 22, 21, 19, 23, 22, 21, 19, 21, 22]),
    (2020, [17, 20, 22, 22, 19, 21, 23, 21, 23, 17, 21, 23]),
    (2021, [20, 17, 23, 22, 19, 21, 22, 22, 22, 17, 22, 23]),
    (2022, [21, 16, 23, 21, 20, 21, 21, 23, 21, 18, 22, 22]),
    (2023, [18, 20, 23, 20, 21, 21, 21, 23, 20, 19, 22, 21]),
    (2024, [22, 18, 21, 22, 21, 19, 23, 22, 21, 19, 21, 22]),
    (2025, [19, 19, 21, 22, 19, 20, 23, 21, 23, 18, 20, 23]),
    (2026, [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23]),
];

fn wrong(holidays: &str) -> String {
    let text = format!("year = 2027\nchecked_with = \"made up\"\n{holidays}");
    Calendar::default()
        .with_year("2027.toml", &text)
        .unwrap_err()
        .to_string()
}

#[test]
fn every_month_has_the_working_days_that_the_checker_counts() {
    let calendar = Calendar::builtin().unwrap();
    for (year, months) in WORKING_DAYS {
        for (month, expected) in (1_i8..).zip(months) {
            let first = date(*year, month, 1);
            let days = (0..i64::from(first.days_in_month()))
                .map(|day| first.checked_add(jiff::Span::new().days(day)).unwrap());
            let working = days.filter(|day| calendar.day(*day).unwrap().is_working()).count();
            assert_eq!(i32::try_from(working).unwrap(), *expected, "{year}-{month}");
        }
    }
    assert_eq!(calendar.years().count(), WORKING_DAYS.len());
}

#[test]
fn days_are_told_by_what_they_are() {
    let calendar = Calendar::builtin().unwrap();
    let kind = |day| calendar.day(day).unwrap().kind;
    assert_eq!(kind(date(2026, 11, 20)), DayKind::Weekday);
    assert_eq!(kind(date(2026, 11, 21)), DayKind::Weekend);
    assert_eq!(kind(date(2026, 2, 14)), DayKind::WorkedWeekend);
    let spring = DayKind::Holiday {
        zh: "春节",
        en: "Spring Festival",
    };
    assert_eq!(kind(date(2026, 2, 17)), spring);
    assert_eq!(kind(date(2026, 2, 21)), spring, "a Saturday within the holiday");
}

#[test]
fn a_year_without_data_is_refused_or_marked_as_assumed() {
    let calendar = Calendar::builtin().unwrap();
    assert_eq!(calendar.day(date(2027, 1, 1)), Err(CalendarError::NoYear(2027)));
    assert_eq!(
        CalendarError::NoYear(2027).message(Language::Chinese),
        "没有2027年的节假日数据"
    );
    let calendar = calendar.taking(MissingYear::AssumeWeekendsOnly);
    let day = calendar.day(date(2027, 1, 1)).unwrap();
    assert!(day.assumed && day.is_working(), "New Year's Day, but nobody told us");
    assert!(!calendar.day(date(2026, 1, 1)).unwrap().assumed);
}

#[test]
fn a_year_can_be_put_in_place_of_another() {
    let text = "year = 2026\nchecked_with = \"an amended notice\"\n";
    let calendar = Calendar::builtin().unwrap().with_year("2026.toml", text).unwrap();
    assert!(calendar.day(date(2026, 10, 1)).unwrap().is_working());
    assert!(
        calendar
            .years()
            .any(|(year, source)| year == 2026 && source == "an amended notice")
    );
}

#[test]
fn holidays_that_cannot_be_are_refused() {
    let holiday = "[[holiday]]\nzh = \"春节\"\nen = \"Spring Festival\"\n";
    let check = |dates: &str| wrong(&format!("{holiday}{dates}"));
    for (dates, error) in [
        ("first = 2026-12-31\nlast = 2027-01-02", "a date is in another year"),
        (
            "first = 2027-02-10\nlast = 2027-02-09",
            "it ends before it begins, or is longer than 31 days",
        ),
        (
            "first = 2027-02-01\nlast = 2027-04-01",
            "it ends before it begins, or is longer than 31 days",
        ),
        (
            "first = 2027-02-05T00:00:00\nlast = 2027-02-09",
            "a date is not a plain date",
        ),
        (
            "first = 2027-02-05\nlast = 2027-02-09\nworked = [2027-02-01]",
            "a worked day is not a Saturday or Sunday",
        ),
        (
            "first = 2027-02-05\nlast = 2027-02-09\nworked = [2027-02-20, 2027-02-20]",
            "a date stands twice",
        ),
    ] {
        assert_eq!(check(dates), format!("2027.toml: 春节: {error}"));
    }
    let worked = "first = 2027-02-05\nlast = 2027-02-09\nworked = [2027-02-06]";
    assert_eq!(check(worked), "2027.toml: 2027: a worked day is a holiday");
    let twice = format!("{holiday}first = 2027-02-05\nlast = 2027-02-09\n");
    assert_eq!(
        wrong(&format!("{twice}{twice}")),
        "2027.toml: 春节: a date stands twice"
    );
    assert!(wrong("colour = 1").contains("colour"));
    let long = "#".repeat(HOLIDAY_FILE_OCTETS_MAX);
    assert_eq!(wrong(&long), "2027.toml: more than a year's holidays");
}

proptest! {
    #[test]
    fn no_file_makes_it_panic(text in "\\PC{0,300}") {
        let _ = Calendar::default().with_year("x", &text);
    }

    #[test]
    fn dates_beyond_sense_do_not_make_it_panic(year in any::<i16>(), first in "[0-9]{4}-[0-9]{2}-[0-9]{2}") {
        let text = format!("year = {year}\nchecked_with = 'x'\n[[holiday]]\nzh='x'\nen='x'\nfirst={first}\nlast={first}\n");
        let _ = Calendar::default().with_year("x", &text);
    }
}
