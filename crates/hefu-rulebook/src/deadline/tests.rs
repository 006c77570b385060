//! Examples by hand from a wall calendar, and properties against counting day by day.

#![expect(clippy::unwrap_used, reason = "tests")]

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::calendar::{CalendarError, MissingYear};
use crate::parameter_name::ParameterName;
use crate::rulebook::{RuleSet, Rulebook};

fn calendar() -> Calendar {
    Calendar::builtin().unwrap()
}

fn days(length: u32) -> Term {
    Term::natural_days(length).unwrap()
}

fn working(length: u32) -> Term {
    Term::working_days(length).unwrap()
}

fn last(clock: &Clock) -> Date {
    clock.due(clock.event(), &Counting::by(&calendar())).unwrap().last_day
}

/// Noon in China.
fn noon(day: Date) -> Timestamp {
    day.at(12, 0, 0, 0).to_zoned(china_time()).unwrap().timestamp()
}

#[test]
fn the_day_of_the_event_is_not_counted() {
    assert_eq!(last(&Clock::within(days(15), date(2026, 3, 2))), date(2026, 3, 17));
    assert_eq!(last(&Clock::within(days(0), date(2026, 3, 2))), date(2026, 3, 2));
}

#[test]
fn a_period_ends_with_its_last_day_in_china() {
    let counting = calendar();
    let due = Clock::within(days(15), date(2026, 3, 2))
        .due(date(2026, 3, 2), &Counting::by(&counting))
        .unwrap();
    assert_eq!(due.ends_at().unwrap().to_string(), "2026-03-17T16:00:00Z");
}

#[test]
fn working_days_pass_over_holidays_and_count_worked_weekends() {
    // Thursday 12 February 2026; the 14th is worked, the 15th to 23rd are the Spring Festival, the 28th is worked.
    assert_eq!(last(&Clock::within(working(1), date(2026, 2, 12))), date(2026, 2, 13));
    assert_eq!(last(&Clock::within(working(2), date(2026, 2, 12))), date(2026, 2, 14));
    assert_eq!(last(&Clock::within(working(3), date(2026, 2, 12))), date(2026, 2, 24));
    assert_eq!(last(&Clock::within(working(7), date(2026, 2, 12))), date(2026, 2, 28));
    assert_eq!(last(&Clock::before(working(3), date(2026, 2, 25))), date(2026, 2, 13));
}

#[test]
fn months_and_years_end_on_the_same_day_or_the_last_of_the_month() {
    let months = |length| Term::months(length).unwrap();
    assert_eq!(last(&Clock::within(months(1), date(2026, 1, 31))), date(2026, 2, 28));
    assert_eq!(last(&Clock::within(months(13), date(2026, 1, 31))), date(2027, 2, 28));
    assert_eq!(
        last(&Clock::within(Term::years(5).unwrap(), date(2024, 2, 29))),
        date(2029, 2, 28)
    );
    assert_eq!(last(&Clock::before(months(1), date(2026, 3, 31))), date(2026, 2, 28));
}

#[test]
fn not_later_than_ninety_days_before_is_counted_back() {
    assert_eq!(last(&Clock::before(days(90), date(2026, 4, 1))), date(2026, 1, 1));
}

#[test]
fn a_last_day_on_a_holiday_stands_unless_the_setting_says_otherwise() {
    let calendar = calendar();
    // 15 days from 20 September 2026 end on 5 October, in the National Day holiday; the 8th is worked again.
    let clock = Clock::within(days(15), date(2026, 9, 20));
    let strict = clock.due(date(2026, 9, 20), &Counting::by(&calendar)).unwrap();
    assert_eq!((strict.last_day, strict.moved_from), (date(2026, 10, 5), None));
    let lenient = Counting::by(&calendar).with_last_day(LastDay::NextWorkingDay);
    let moved = clock.due(date(2026, 9, 20), &lenient).unwrap();
    assert_eq!(
        (moved.last_day, moved.moved_from),
        (date(2026, 10, 8), Some(date(2026, 10, 5)))
    );
    let before = Clock::before(days(15), date(2026, 10, 20))
        .due(date(2026, 9, 20), &lenient)
        .unwrap();
    assert_eq!(before.last_day, date(2026, 10, 5), "a day before an event never moves");
}

#[test]
fn a_pause_puts_off_the_end_by_its_days() {
    let pause = |first, last| Pause::new(first, last).unwrap();
    let clock = Clock::within(days(10), date(2026, 3, 2));
    assert_eq!(last(&clock), date(2026, 3, 12));
    let once = clock.clone().paused(pause(date(2026, 3, 5), date(2026, 3, 9))).unwrap();
    assert_eq!(last(&once), date(2026, 3, 17));
    let overlapping = once.paused(pause(date(2026, 3, 8), date(2026, 3, 10))).unwrap();
    assert_eq!(
        last(&overlapping),
        date(2026, 3, 18),
        "a day paused twice is paused once"
    );
    let later = clock
        .clone()
        .paused(pause(date(2026, 3, 13), date(2026, 3, 20)))
        .unwrap();
    assert_eq!(last(&later), date(2026, 3, 12), "a pause after the end changes nothing");
    let earlier = clock.paused(pause(date(2026, 2, 20), date(2026, 3, 2))).unwrap();
    assert_eq!(last(&earlier), date(2026, 3, 12), "nor one before the period");
}

#[test]
fn expert_review_is_not_counted_in_the_twenty_working_days() {
    let book = Rulebook::builtin().unwrap();
    let parameter = book
        .rules(RuleSet::EG24)
        .unwrap()
        .parameter(ParameterName::LicenceDecision)
        .unwrap();
    let accepted = date(2026, 3, 2);
    let clock = Clock::of(parameter, accepted).unwrap();
    assert_eq!(last(&clock), date(2026, 3, 30));
    let review = Pause::new(date(2026, 3, 9), date(2026, 3, 22)).unwrap();
    // Ten working days of review; Tomb-sweeping Day on 6 April (Monday) puts it off by one more.
    assert_eq!(last(&clock.paused(review).unwrap()), date(2026, 4, 14));
}

#[test]
fn an_open_pause_makes_the_end_provisional() {
    let calendar = calendar();
    let counting = Counting::by(&calendar);
    let clock = Clock::within(days(10), date(2026, 3, 2))
        .paused(Pause::open(date(2026, 3, 5)))
        .unwrap();
    let due = |as_of| clock.due(as_of, &counting).unwrap();
    assert_eq!(
        (due(date(2026, 3, 6)).last_day, due(date(2026, 3, 6)).provisional),
        (date(2026, 3, 14), true)
    );
    assert_eq!(due(date(2026, 4, 5)).last_day, date(2026, 4, 13));
    let status = clock.status(noon(date(2026, 4, 5)), None, &counting).unwrap();
    assert_eq!(
        status,
        Status::Paused(Left {
            natural_days: 8,
            counted_days: 8
        })
    );
}

#[test]
fn what_cannot_be_paused_says_so() {
    let pause = Pause::open(date(2026, 3, 5));
    assert_eq!(
        Clock::before(days(9), date(2026, 4, 1)).paused(pause),
        Err(DeadlineError::NotPausable)
    );
    assert_eq!(Pause::new(date(2026, 3, 5), date(2026, 3, 4)), None);
    let mut clock = Clock::within(days(9), date(2026, 4, 1));
    for _ in 0..PAUSES_MAX {
        clock = clock.paused(pause).unwrap();
    }
    assert_eq!(clock.paused(pause), Err(DeadlineError::TooManyPauses));
    let reversed: Pause = serde_json::from_str(r#"{"first":"2026-03-05","last":"2026-03-04"}"#).unwrap();
    assert_eq!(
        Clock::within(days(9), date(2026, 3, 1)).paused(reversed),
        Err(DeadlineError::Reversed)
    );
}

#[test]
fn a_deadline_tells_how_it_stands() {
    let calendar = calendar();
    let counting = Counting::by(&calendar);
    // Monday 2 March 2026, ten working days: until Monday 16 March.
    let clock = Clock::within(working(10), date(2026, 3, 2));
    let at = |day: i8, done: Option<i8>| {
        let done = done.map(|day| noon(date(2026, 3, day)));
        clock.status(noon(date(2026, 3, day)), done, &counting).unwrap()
    };
    let running = |natural_days, counted_days| {
        Status::Running(Left {
            natural_days,
            counted_days,
        })
    };
    assert_eq!(at(2, None), running(14, 10));
    assert_eq!(at(7, None), running(9, 6));
    assert_eq!(at(16, None), running(0, 0));
    assert_eq!(at(17, None), Status::Overdue { days: 1 });
    assert_eq!(at(20, Some(16)), Status::Met);
    assert_eq!(at(20, Some(18)), Status::MetLate { days: 2 });
}

#[test]
fn midnight_in_china_is_the_border() {
    let calendar = calendar();
    let counting = Counting::by(&calendar);
    let clock = Clock::within(days(15), date(2026, 3, 2));
    let at = |text: &str| {
        clock
            .status(text.parse().unwrap(), Some(text.parse().unwrap()), &counting)
            .unwrap()
    };
    assert_eq!(at("2026-03-17T15:59:59.999999999Z"), Status::Met);
    assert_eq!(at("2026-03-17T16:00:00Z"), Status::MetLate { days: 1 });
}

#[test]
fn a_year_without_holidays_is_an_error_or_is_named_in_the_result() {
    let clock = Clock::within(working(10), date(2026, 12, 28));
    let calendar = calendar();
    assert_eq!(
        clock.due(date(2026, 12, 28), &Counting::by(&calendar)),
        Err(DeadlineError::Calendar(CalendarError::NoYear(2027)))
    );
    let calendar = calendar.taking(MissingYear::AssumeWeekendsOnly);
    let due = clock.due(date(2026, 12, 28), &Counting::by(&calendar)).unwrap();
    assert_eq!(due.last_day, date(2027, 1, 11));
    assert_eq!(due.assumed_years.into_iter().collect::<Vec<_>>(), [2027]);
    let natural = Clock::within(days(10), date(2026, 12, 28))
        .due(date(2026, 12, 28), &Counting::by(&calendar))
        .unwrap();
    assert!(natural.assumed_years.is_empty(), "natural days need no holidays");
}

#[test]
fn the_end_of_a_service_needs_both_clocks() {
    let book = Rulebook::builtin().unwrap();
    let rules = book.rules(RuleSet::M15).unwrap();
    let (parties, regulator) = (
        rules.parameter(ParameterName::EndToldToParties).unwrap(),
        rules.parameter(ParameterName::EndToldToRegulator).unwrap(),
    );
    let end = date(2026, 9, 30);
    let joint = Joint::new(vec![
        Clock::of(parties, end).unwrap(),
        Clock::of(regulator, end).unwrap(),
    ])
    .unwrap();
    let calendar = calendar();
    let counting = Counting::by(&calendar);
    let (told, reported) = (noon(date(2026, 7, 2)), noon(date(2026, 8, 1)));
    let next = |done: &[Option<Timestamp>]| {
        let next = joint.next(date(2026, 6, 1), done, &counting).unwrap();
        next.map(|(which, due)| (which, due.last_day))
    };
    assert_eq!(next(&[]), Some((0, date(2026, 7, 2))), "the parties come first");
    assert_eq!(next(&[Some(told), None]), Some((1, date(2026, 8, 1))));
    assert_eq!(next(&[Some(told), Some(reported)]), None);
    let status = |now, done: &[Option<Timestamp>]| joint.status(now, done, &counting).unwrap();
    assert_eq!(status(told, &[Some(told), None]), JointStatus::Open);
    assert_eq!(status(reported, &[Some(told), Some(reported)]), JointStatus::Met);
    assert_eq!(status(noon(date(2026, 8, 2)), &[Some(told), None]), JointStatus::Broken);
    assert_eq!(status(reported, &[None, Some(reported)]), JointStatus::Broken);

    let acts = [
        (parties.term().unwrap(), Some(date(2026, 7, 2))),
        (regulator.term().unwrap(), Some(date(2026, 8, 3))),
    ];
    assert_eq!(earliest_event(&acts, &counting).unwrap(), Some(date(2026, 10, 2)));
    assert_eq!(earliest_event(&[(days(90), None)], &counting).unwrap(), None);
    assert_eq!(Joint::new(Vec::new()), Err(DeadlineError::NotJoint));
}

#[test]
fn a_consultation_lasts_its_thirty_days() {
    let book = Rulebook::builtin().unwrap();
    let parameter = book
        .rules(RuleSet::M15)
        .unwrap()
        .parameter(ParameterName::Consultation)
        .unwrap();
    let calendar = calendar();
    let counting = Counting::by(&calendar).with_last_day(LastDay::NextWorkingDay);
    let lasting = Lasting::of(parameter, date(2024, 9, 2)).unwrap();
    assert_eq!(lasting.last_day(&counting).unwrap().last_day, date(2024, 10, 2));
    assert!(!lasting.is_over(noon(date(2024, 10, 2)), &counting).unwrap());
    assert!(lasting.is_over(noon(date(2024, 10, 3)), &counting).unwrap());
    assert_eq!(
        Clock::of(parameter, date(2024, 9, 2)),
        Err(DeadlineError::NoDeadline("RP17-15.consultation".to_owned()))
    );
}

#[test]
fn the_annual_report_is_due_on_the_next_fifteenth_of_january() {
    let book = Rulebook::builtin().unwrap();
    let parameter = book
        .rules(RuleSet::EG24)
        .unwrap()
        .parameter(ParameterName::AnnualReport)
        .unwrap();
    assert_eq!(
        last(&Clock::of(parameter, date(2026, 3, 1)).unwrap()),
        date(2027, 1, 15)
    );
    assert_eq!(
        last(&Clock::of(parameter, date(2026, 1, 15)).unwrap()),
        date(2026, 1, 15)
    );
    assert!(Lasting::of(parameter, date(2026, 1, 1)).is_err());
}

#[test]
fn every_error_speaks_both_languages_and_has_a_code_of_its_own() {
    use crate::explain::Explain;
    use crate::language::Language;
    let errors = [
        DeadlineError::Calendar(CalendarError::NoYear(2027)),
        DeadlineError::OutOfRange,
        DeadlineError::NoDeadline("X-1.y".to_owned()),
        DeadlineError::NotPausable,
        DeadlineError::Reversed,
        DeadlineError::TooManyPauses,
        DeadlineError::NotJoint,
    ];
    let han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    let codes: BTreeSet<_> = errors.iter().map(Explain::code).collect();
    assert_eq!(codes.len(), errors.len());
    for error in errors {
        assert!(error.message(Language::Chinese).contains(han), "{error}");
        assert!(!error.message(Language::English).contains(han), "{error}");
    }
}

#[test]
fn the_end_of_the_calendar_is_an_error() {
    let calendar = calendar().taking(MissingYear::AssumeWeekendsOnly);
    let counting = Counting::by(&calendar);
    for clock in [
        Clock::within(days(10), Date::MAX),
        Clock::within(working(10), Date::MAX),
        Clock::within(Term::years(100).unwrap(), Date::MAX),
        Clock::before(days(10), Date::MIN),
        Clock::before(working(10), Date::MIN),
        Clock::before(Term::months(1).unwrap(), Date::MIN),
    ] {
        assert_eq!(clock.due(date(2026, 1, 1), &counting), Err(DeadlineError::OutOfRange));
    }
    let due = Clock::within(days(0), Date::MAX).due(Date::MAX, &counting).unwrap();
    assert_eq!(due.ends_at(), Err(DeadlineError::OutOfRange));
}

fn some_day() -> impl Strategy<Value = Date> {
    (0_i32..2_500).prop_map(|days| date(2018, 1, 1).checked_add(Span::new().days(days)).unwrap())
}

fn some_term() -> impl Strategy<Value = Term> {
    prop_oneof![
        (0_u32..200).prop_map(days),
        (0_u32..120).prop_map(working),
        (0_u32..12).prop_map(|length| Term::months(length).unwrap()),
        (0_u32..2).prop_map(|length| Term::years(length).unwrap()),
    ]
}

fn some_pause() -> impl Strategy<Value = Pause> {
    (some_day(), prop::option::of(0_i32..60)).prop_map(|(first, length)| match length {
        Some(length) => Pause::new(first, first.checked_add(Span::new().days(length)).unwrap()).unwrap(),
        None => Pause::open(first),
    })
}

fn some_counting(calendar: &Calendar) -> impl Iterator<Item = Counting<'_>> {
    [LastDay::Stands, LastDay::NextWorkingDay]
        .into_iter()
        .map(|reading| Counting::by(calendar).with_last_day(reading))
}

/// The years around the data, so that nothing runs out of them.
fn wide() -> Calendar {
    calendar().taking(MissingYear::AssumeWeekendsOnly)
}

proptest! {
    #[test]
    fn a_longer_term_never_ends_earlier(event in some_day(), term in some_term()) {
        let calendar = wide();
        let longer = match term.unit() {
            TermUnit::NaturalDays => days(term.length() + 1),
            TermUnit::WorkingDays => working(term.length() + 1),
            TermUnit::Months => Term::months(term.length() + 1).unwrap(),
            TermUnit::Years => Term::years(term.length() + 1).unwrap(),
        };
        for counting in some_counting(&calendar) {
            let end = |term| Clock::within(term, event).due(event, &counting).unwrap().last_day;
            let start = |term| Clock::before(term, event).due(event, &counting).unwrap().last_day;
            prop_assert!(end(term) <= end(longer));
            prop_assert!(start(term) >= start(longer));
            prop_assert!(end(term) >= event && start(term) <= event);
        }
    }

    #[test]
    fn another_pause_never_shortens(
        event in some_day(), term in some_term(), pauses in prop::collection::vec(some_pause(), 0..5),
        more in some_pause(), as_of in some_day(),
    ) {
        let calendar = wide();
        let fold = |clock: Clock, pause: &Pause| clock.paused(*pause).unwrap();
        let clock = pauses.iter().fold(Clock::within(term, event), fold);
        for counting in some_counting(&calendar) {
            let without = clock.due(as_of, &counting).unwrap();
            let with = clock.clone().paused(more).unwrap().due(as_of, &counting).unwrap();
            prop_assert!(with.last_day >= without.last_day);
        }
    }

    #[test]
    fn the_order_of_pauses_does_not_matter(
        event in some_day(), term in some_term(), pauses in prop::collection::vec(some_pause(), 0..6), as_of in some_day(),
    ) {
        let calendar = wide();
        let fold = |clock: Clock, pause: &Pause| clock.paused(*pause).unwrap();
        let one = pauses.iter().fold(Clock::within(term, event), fold);
        let other = pauses.iter().rev().fold(Clock::within(term, event), fold);
        let counting = Counting::by(&calendar);
        prop_assert_eq!(one.due(as_of, &counting), other.due(as_of, &counting));
    }

    #[test]
    fn counting_agrees_with_walking_day_by_day(
        event in some_day(), length in 0_u32..90, by_working_days in any::<bool>(),
        pauses in prop::collection::vec(some_pause(), 0..4), as_of in some_day(),
    ) {
        let calendar = wide();
        let term = if by_working_days { working(length) } else { days(length) };
        let fold = |clock: Clock, pause: &Pause| clock.paused(*pause).unwrap();
        let clock = pauses.iter().fold(Clock::within(term, event), fold);
        let paused = |day: Date| pauses.iter().any(|pause| {
            pause.first() <= day && day <= pause.last().unwrap_or(as_of)
        });
        let (mut day, mut left) = (event, length);
        while left > 0 {
            day = day.tomorrow().unwrap();
            if !paused(day) && (!by_working_days || calendar.day(day).unwrap().is_working()) {
                left -= 1;
            }
        }
        prop_assert_eq!(clock.due(as_of, &Counting::by(&calendar)).unwrap().last_day, day);
    }

    #[test]
    fn what_is_left_counts_down_to_the_end(event in some_day(), length in 1_u32..60, passed in 0_i32..40) {
        let calendar = wide();
        let counting = Counting::by(&calendar);
        let clock = Clock::within(working(length), event);
        let today = event.checked_add(Span::new().days(passed)).unwrap();
        let gone = (1..=passed).filter(|n| {
            calendar.day(event.checked_add(Span::new().days(*n)).unwrap()).unwrap().is_working()
        }).count();
        match clock.status(noon(today), None, &counting).unwrap() {
            Status::Running(left) => prop_assert_eq!(left.counted_days as usize + gone, length as usize),
            Status::Overdue { .. } => prop_assert!(gone >= length as usize),
            other => prop_assert!(false, "{:?}", other),
        }
    }

    #[test]
    fn the_earliest_event_is_allowed_and_the_day_before_is_not(term in some_term(), done in some_day()) {
        let calendar = wide();
        let counting = Counting::by(&calendar);
        let event = earliest_event(&[(term, Some(done))], &counting).unwrap().unwrap();
        let latest = |event: Date| Clock::before(term, event).due(event, &counting).unwrap().last_day;
        prop_assert!(latest(event) >= done);
        prop_assert!(latest(event.yesterday().unwrap()) < done);
    }

    #[test]
    fn joint_clocks_are_met_only_when_each_is(
        event in some_day(), terms in prop::collection::vec(some_term(), 1..4),
        lead in prop::collection::vec(0_i32..400, 4),
    ) {
        let calendar = wide();
        let counting = Counting::by(&calendar);
        let clocks: Vec<_> = terms.iter().map(|term| Clock::before(*term, event)).collect();
        let done: Vec<_> = lead.iter().map(|days| Some(noon(event.checked_sub(Span::new().days(*days)).unwrap()))).collect();
        let joint = Joint::new(clocks.clone()).unwrap();
        let each = clocks.iter().zip(&done).all(|(clock, done)| {
            clock.status(noon(event), *done, &counting).unwrap() == Status::Met
        });
        let whole = joint.status(noon(event), &done, &counting).unwrap();
        prop_assert_eq!(whole == JointStatus::Met, each);
        let first = joint.next(event, &[], &counting).unwrap().unwrap().1.last_day;
        for clock in &clocks {
            prop_assert!(first <= clock.due(event, &counting).unwrap().last_day);
        }
    }
}
