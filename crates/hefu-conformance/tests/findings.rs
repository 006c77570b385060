//! Obligations against evidence: from entries of the records to findings, in words, tables and descriptions.

#![expect(clippy::unwrap_used, reason = "tests")]

use hefu_conformance::{Doubt, Finding, Gathering, Question, Report, judge, read_store};
use hefu_database::Database;
use hefu_records::{Entry, NewEntry, append};
use hefu_rulebook::{Bound, Calendar, Confirmation, Confirmations, Counting, Language, Rulebook};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

const NOW: &str = "2026-11-20T02:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn book() -> Rulebook {
    Rulebook::with_files([("made_up.toml", include_str!("made_up.toml"))]).unwrap()
}

/// Words to a new entry: kind, subject, actor, day of November 2026, body.
fn entry(kind: &str, subject: &str, actor: &str, day: u8, body: Value) -> NewEntry {
    NewEntry {
        at: at(&format!("2026-11-{day:02}T02:00:00Z")),
        kind: kind.to_owned(),
        subject: subject.to_owned(),
        actor: actor.to_owned(),
        body,
    }
}

/// An application through its steps; the words say which are left out and who approves.
fn application(subject: &str, without: &str, approver: &str) -> Vec<NewEntry> {
    let steps = [
        ("notice-acknowledged/1", "officer 1"),
        ("contract-signed/1", "officer 1"),
        ("identity-verified/1", "officer 1"),
        ("application-approved/1", approver),
    ];
    let steps = steps.into_iter().filter(|(kind, _)| *kind != without);
    steps
        .map(|(kind, actor)| entry(kind, subject, actor, 3, json!({"entered_by": "officer 1"})))
        .collect()
}

fn issued(scope: &str) -> NewEntry {
    entry("certificate-issued/1", "01", "mint", 3, json!({"law_scope": scope}))
}

fn published(on: &str) -> NewEntry {
    entry("policy-published/1", "cps 1.0", "officer 4", 10, json!({"on": on}))
}

fn filed(on: &str) -> NewEntry {
    entry("policy-filed/1", "cps 1.0", "officer 4", 12, json!({"on": on}))
}

fn report_with(set: &str, bound: Bound, entries: Vec<NewEntry>, doubt: Option<Doubt>) -> Report {
    report_by(&book(), (set, bound), entries, doubt)
}

fn report_by(book: &Rulebook, (set, bound): (&str, Bound), entries: Vec<NewEntry>, doubt: Option<Doubt>) -> Report {
    let calendar = Calendar::builtin().unwrap();
    let rules = book.rules(set).unwrap();
    let mut gathering = Gathering::new(rules, Counting::by(&calendar), at(NOW));
    for (index, new) in (0..).zip(entries) {
        gathering.take("ra", &recorded(index, new));
    }
    if let Some(doubt) = doubt {
        gathering.doubt(doubt);
    }
    let question = Question {
        rules,
        confirmations: &Confirmations::over(book, []),
        on: jiff::civil::date(2026, 11, 20),
        bound,
        at: at(NOW),
    };
    judge(&question, &gathering.finish())
}

fn recorded(index: u64, new: NewEntry) -> Entry {
    let NewEntry {
        at,
        kind,
        subject,
        actor,
        body,
    } = new;
    Entry {
        index,
        at,
        kind,
        subject,
        actor,
        body,
    }
}

/// "1 met, 2 nothing-yet, …" of the made-up law.
fn check(entries: Vec<NewEntry>) -> String {
    told(&report_with("made", Bound::Provider, entries, None))
}

fn told(report: &Report) -> String {
    let each = report.obligations.iter();
    let each: Vec<String> = each
        .map(|one| format!("{} {}", one.id.trim_start_matches("MADE-"), one.finding.slug()))
        .collect();
    each.join(", ")
}

#[test]
fn findings_follow_the_evidence() {
    let rest = "4 not-built, 5 human";
    for (what, entries, expected) in [
        (
            "nothing",
            vec![],
            "1 nothing-yet, 2 nothing-yet, 3 nothing-yet, 4 not-built, 5 human, 6 nothing-yet",
        ),
        (
            "a whole application",
            application("a", "", "officer 2"),
            "1 met, 2 met, 3 nothing-yet, 4 not-built, 5 human, 6 nothing-yet",
        ),
        (
            "the same officer",
            application("a", "", "officer 1"),
            "1 not-met, 2 met, 3 nothing-yet, 4 not-built, 5 human, 6 nothing-yet",
        ),
        (
            "no identity",
            application("a", "identity-verified/1", "officer 2"),
            "1 not-met, 2 met, 3 nothing-yet, 4 not-built, 5 human, 6 nothing-yet",
        ),
        (
            "a certificate inside the law",
            vec![issued("signature")],
            "1 nothing-yet, 2 nothing-yet, 3 nothing-yet, 4 not-built, 5 human, 6 met",
        ),
        (
            "a certificate outside",
            vec![issued("outside")],
            "1 nothing-yet, 2 nothing-yet, 3 nothing-yet, 4 not-built, 5 human, 6 nothing-yet",
        ),
        (
            "published, time left",
            vec![published("2026-11-10")],
            "1 nothing-yet, 2 nothing-yet, 3 nothing-yet, 4 not-built, 5 human, 6 nothing-yet",
        ),
        (
            "published and never filed",
            vec![published("2026-10-20")],
            "1 nothing-yet, 2 nothing-yet, 3 not-met, 4 not-built, 5 human, 6 nothing-yet",
        ),
        (
            "the sample of a set-up, which is filed with nobody",
            vec![entry(
                "policy-published/1",
                "cps 0.1",
                "operator",
                1,
                json!({"on": "2026-10-20", "sample": true}),
            )],
            "1 nothing-yet, 2 nothing-yet, 3 nothing-yet, 4 not-built, 5 human, 6 nothing-yet",
        ),
        (
            "filed on the last day",
            vec![published("2026-10-12"), filed("2026-11-11")],
            "1 nothing-yet, 2 nothing-yet, 3 met, 4 not-built, 5 human, 6 nothing-yet",
        ),
        (
            "filed a day late",
            vec![published("2026-10-12"), filed("2026-11-12")],
            "1 nothing-yet, 2 nothing-yet, 3 not-met, 4 not-built, 5 human, 6 nothing-yet",
        ),
        (
            "a refusal alone",
            vec![entry(
                "application-refused/1",
                "a",
                "officer 1",
                3,
                json!({"code": "same-officer"}),
            )],
            "1 nothing-yet, 2 nothing-yet, 3 nothing-yet, 4 not-built, 5 human, 6 nothing-yet",
        ),
        (
            "a record with the name of a planned one",
            vec![entry("contract-filmed/1", "a", "officer 1", 3, json!({}))],
            "1 nothing-yet, 2 nothing-yet, 3 nothing-yet, 4 not-built, 5 human, 6 nothing-yet",
        ),
    ] {
        let found = check(entries);
        assert_eq!(found, expected, "{what}");
        assert!(
            found.contains(rest),
            "a planned check or a rule for people is never green"
        );
    }
}

#[test]
fn a_deadline_in_a_year_without_holiday_data_says_that_it_cannot_be_counted() {
    let text = include_str!("made_up.toml").replace("natural-days", "working-days");
    let book = Rulebook::with_files([("made_up.toml", text.as_str())]).unwrap();
    for entries in [
        vec![published("2016-10-12"), filed("2016-11-11")],
        vec![published("2016-10-12")],
    ] {
        let report = report_by(&book, ("made", Bound::Provider), entries, None);
        let filing = report.obligations.iter().find(|one| one.id == "MADE-3").unwrap();
        assert_eq!(filing.finding, Finding::CannotTell);
        let (chinese, english) = (report.table(Language::Chinese), report.table(Language::English));
        assert!(
            english.contains("cannot be counted: no holiday data for 2016"),
            "{english}"
        );
        assert!(chinese.contains("没有2016年的节假日数据"), "{chinese}");
        let json = serde_json::to_value(filing).unwrap();
        assert_eq!(json.pointer("/bindings/0/uncounted_years"), Some(&json!([2016])));
    }
}

#[test]
fn refusals_with_the_code_are_evidence_of_the_check() {
    let refusal = entry(
        "application-refused/1",
        "a",
        "officer 1",
        3,
        json!({"code": "same-officer"}),
    );
    let report = report_with("made", Bound::Provider, vec![refusal], None);
    let bindings = &report.obligations.first().unwrap().bindings;
    let findings: Vec<_> = bindings.iter().map(|one| (one.finding, one.count)).collect();
    assert_eq!(findings, [(Finding::NothingYet, 0), (Finding::Met, 1)]);
}

#[test]
fn where_records_could_not_be_read_nothing_found_is_no_answer_but_a_fault_is() {
    let doubt = Doubt::Absent { zone: "ca".to_owned() };
    let nothing = report_with("made", Bound::Provider, vec![], Some(doubt.clone()));
    assert_eq!(
        told(&nothing),
        "1 cannot-tell, 2 cannot-tell, 3 cannot-tell, 4 not-built, 5 human, 6 cannot-tell"
    );
    let fault = report_with("made", Bound::Provider, application("a", "", "officer 1"), Some(doubt));
    assert_eq!(fault.summary.not_met, 1);
}

#[test]
fn entries_after_the_day_asked_about_are_passed_over() {
    let (book, calendar) = (book(), Calendar::builtin().unwrap());
    let rules = book.rules("made").unwrap();
    let mut gathering = Gathering::new(rules, Counting::by(&calendar), at("2026-11-02T00:00:00Z"));
    for (index, new) in (0..).zip(application("a", "", "officer 1")) {
        gathering.take("ra", &recorded(index, new));
    }
    let gathered = gathering.finish();
    assert_eq!(gathered.entries().get("ra"), Some(&4));
    let question = Question {
        rules,
        confirmations: &Confirmations::over(&book, []),
        on: jiff::civil::date(2026, 11, 1),
        bound: Bound::Provider,
        at: at(NOW),
    };
    assert_eq!(judge(&question, &gathered).summary.not_met, 0);
}

#[test]
fn the_wording_is_unverified_until_an_officer_confirms_it() {
    let book = book();
    let calendar = Calendar::builtin().unwrap();
    let rules = book.rules("made").unwrap();
    let obligation = book.obligation("MADE-2").unwrap();
    let confirmation = Confirmation::of(obligation, "officer 9", at(NOW), "gazette 1/2020").unwrap();
    let wording = |confirmations: Vec<Confirmation>| {
        let question = Question {
            rules,
            confirmations: &Confirmations::over(&book, confirmations),
            on: jiff::civil::date(2026, 11, 20),
            bound: Bound::Subscriber,
            at: at(NOW),
        };
        let evidence = Gathering::new(rules, Counting::by(&calendar), at(NOW)).finish();
        let report = judge(&question, &evidence);
        let judged = report.obligations.first().unwrap();
        (
            judged.place.en.clone(),
            judged.wording.confirmed_by.clone(),
            report.summary.unverified,
        )
    };
    assert_eq!(wording(vec![]), ("Trial Measures 2 (unverified)".to_owned(), None, 1));
    assert_eq!(
        wording(vec![confirmation]),
        ("Trial Measures 2".to_owned(), Some("officer 9".to_owned()), 0)
    );
}

#[test]
fn the_table_stands_in_both_languages() {
    let mut entries = application("a", "", "officer 2");
    entries.extend(application("b", "contract-signed/1", "officer 2"));
    entries.push(issued("signature"));
    let report = report_with("made", Bound::Provider, entries, None);
    insta::assert_snapshot!("table_zh", report.table(Language::Chinese));
    insta::assert_snapshot!("table_en", report.table(Language::English));
}

#[test]
fn the_json_and_the_description_are_as_documented() {
    let report = report_with("made", Bound::Provider, application("a", "", "officer 1"), None);
    let zone = TimeZone::fixed(jiff::tz::offset(8));
    insta::assert_snapshot!("json", serde_json::to_string_pretty(&report).unwrap());
    let description = report.description("试验机构", &zone, Language::Chinese);
    insta::assert_snapshot!("description_zh", serde_json::to_string_pretty(&description).unwrap());
    let english = report.description("Example CA", &zone, Language::English);
    insta::assert_snapshot!("description_en", serde_json::to_string_pretty(&english).unwrap());
}

#[test]
fn every_obligation_of_provider_subscriber_and_regulator_is_reported() {
    for (set, bound, fewest) in [
        ("m15", Bound::Provider, 30),
        ("eg24", Bound::Provider, 30),
        ("m15", Bound::Subscriber, 2),
        ("m15", Bound::Regulator, 20),
    ] {
        let report = report_with(set, bound, vec![], None);
        assert!(
            report.obligations.len() >= fewest,
            "{set} {bound:?}: {}",
            report.obligations.len()
        );
        assert_eq!(report.summary.met, 0, "nothing is met without evidence");
        for language in [Language::Chinese, Language::English] {
            assert_eq!(report.rows(language).len(), report.obligations.len());
        }
    }
    let draft = report_with("draft-2024", Bound::Provider, vec![], None);
    assert!(!draft.not_in_force.is_empty(), "a draft is not in force and says so");
}

#[tokio::test]
async fn a_real_store_changes_the_finding() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("ra.db").display());
    let database = Database::open(&url, &[hefu_records::MIGRATIONS]).await.unwrap();
    assert_eq!(finding(&url, "M15-22").await, (Finding::NothingYet, 0));
    let entries = application("a", "", "officer 2");
    let written = database.write(|connection| Box::pin(async move { append(connection, &entries).await }));
    assert_eq!(written.await.unwrap(), 0);
    assert_eq!(finding(&url, "M15-22").await, (Finding::Met, 4));
    let skipped = application("b", "contract-signed/1", "officer 2");
    let written = database.write(|connection| Box::pin(async move { append(connection, &skipped).await }));
    assert_eq!(written.await.unwrap(), 4);
    assert_eq!(finding(&url, "M15-22").await, (Finding::NotMet, 7));
    database.close().await;
}

async fn finding(url: &str, id: &str) -> (Finding, u64) {
    let (book, calendar) = (Rulebook::builtin().unwrap(), Calendar::builtin().unwrap());
    let rules = book.rules("m15").unwrap();
    let mut gathering = Gathering::new(rules, Counting::by(&calendar), at(NOW));
    let read = read_store(&mut gathering, "ra", url, |_| ()).await.unwrap();
    let question = Question {
        rules,
        confirmations: &Confirmations::over(&book, []),
        on: jiff::civil::date(2026, 11, 20),
        bound: Bound::Provider,
        at: at(NOW),
    };
    let report = judge(&question, &gathering.finish());
    let judged = report.obligations.iter().find(|one| one.id == id).unwrap();
    (judged.finding, read)
}
