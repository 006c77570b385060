//! `hefu conformance` by the binary, on real folders: what it finds changes with the records, and its PDF can be set.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod hefu;

use std::path::PathBuf;

use hefu::hefu;
use hefu_conformance::{Gathering, Question, judge};
use hefu_database::Database;
use hefu_documents::{Document, FontFiles, Fonts};
use hefu_records::{NewEntry, append};
use hefu_rulebook::{Bound, Calendar, Confirmation, Confirmations, Counting, Language, Rulebook};
use serde_json::json;

struct Installation {
    _keep: tempfile::TempDir,
    folder: PathBuf,
}

fn init() -> Installation {
    let keep = tempfile::tempdir().unwrap();
    let folder = keep.path().join("my-ca");
    let run = hefu(&["init", folder.to_str().unwrap(), "--json"]).run();
    assert_eq!(run.code, 0, "{}", run.err);
    Installation { _keep: keep, folder }
}

impl Installation {
    fn conformance(&self, extra: &[&str]) -> hefu::Run {
        hefu(&["conformance", self.folder.to_str().unwrap()]).with(extra).run()
    }

    /// Makes the stores of the zones that never ran, and records these in the CA's.
    fn record(&self, entries: &[NewEntry]) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            for zone in ["kmc", "status", "ca"] {
                let url = format!("sqlite://{}", self.folder.join(format!("{zone}/{zone}.db")).display());
                let database = Database::open(&url, &[hefu_records::MIGRATIONS]).await.unwrap();
                if zone == "ca" {
                    let entries = entries.to_vec();
                    let job = database.write(|connection| Box::pin(async move { append(connection, &entries).await }));
                    job.await.unwrap();
                }
                database.close().await;
            }
        });
    }
}

/// An application from notice to approval.
fn application(subject: &str, approver: &str) -> Vec<NewEntry> {
    let steps = [
        ("notice-acknowledged/1", "officer 1"),
        ("contract-signed/1", "officer 1"),
        ("identity-verified/1", "officer 1"),
        ("application-approved/1", approver),
    ];
    let entry = |(kind, actor): (&str, &str)| NewEntry {
        at: "2026-11-03T02:00:00Z".parse().unwrap(),
        kind: kind.to_owned(),
        subject: subject.to_owned(),
        actor: actor.to_owned(),
        body: json!({"entered_by": "officer 1"}),
    };
    steps.map(entry).into()
}

fn finding(report: &serde_json::Value, id: &str) -> String {
    let obligations = report["obligations"].as_array().unwrap();
    let one = obligations.iter().find(|one| one["id"] == id).unwrap();
    one["finding"].as_str().unwrap().to_owned()
}

#[test]
fn where_a_zone_has_no_store_it_cannot_be_told() {
    let made = init();
    let run = made.conformance(&["--json", "--on", "2026-11-20"]);
    assert_eq!(run.code, 2, "{}", run.err);
    let report = run.json();
    assert_eq!(report["format"], "hefu-conformance/1");
    assert_eq!(report["doubts"][0], json!({"doubt": "absent", "zone": "ca"}));
    assert_eq!(finding(&report, "M15-22"), "cannot-tell");
    let people = made.conformance(&[]);
    assert!(people.out.contains("ca区没有记录库，未查看"), "{}", people.out);
}

#[test]
fn findings_and_exit_status_follow_the_records() {
    let made = init();
    made.record(&[]);
    let empty = made.conformance(&["--json", "--on", "2026-11-20"]);
    assert_eq!(
        (empty.code, finding(&empty.json(), "M15-22").as_str()),
        (0, "nothing-yet")
    );
    made.record(&application("a", "officer 2"));
    let met = made.conformance(&["--json"]);
    assert_eq!((met.code, finding(&met.json(), "M15-22").as_str()), (0, "met"));
    let before = made.conformance(&["--json", "--on", "2026-11-02"]);
    assert_eq!(
        finding(&before.json(), "M15-22"),
        "nothing-yet",
        "records after the day do not count"
    );
    made.record(&application("b", "officer 1"));
    let broken = made.conformance(&["--json"]);
    assert_eq!(
        (broken.code, finding(&broken.json(), "ESL-20").as_str()),
        (1, "not-met")
    );
    let people = made.conformance(&["--language", "en"]);
    assert!(
        people.out.contains("who approved had entered it (ca#7)"),
        "{}",
        people.out
    );
    let regulator = made.conformance(&["--bound", "regulator"]);
    assert_eq!(regulator.code, 0, "the fault is not theirs");
    let government = made.conformance(&["--rule-set", "eg24", "--json"]);
    assert_eq!(
        (government.code, finding(&government.json(), "ESL-20").as_str()),
        (1, "not-met")
    );
}

#[test]
fn records_that_were_changed_are_no_evidence() {
    let made = init();
    made.record(&application("a", "officer 2"));
    let edit = "import sqlite3, sys\ndb = sqlite3.connect(sys.argv[1])\n\
        for (name,) in db.execute(\"SELECT name FROM sqlite_master WHERE type = 'trigger'\").fetchall():\n\
        \x20   db.execute('DROP TRIGGER ' + name)\n\
        db.execute(\"UPDATE record_entry SET bytes = replace(bytes, 'officer 1', 'officer 9')\")\ndb.commit()\n";
    let database = made.folder.join("ca/ca.db");
    let edited = std::process::Command::new("python3")
        .args(["-c", edit])
        .arg(&database)
        .status();
    assert!(edited.unwrap().success());
    let run = made.conformance(&["--json"]);
    assert_eq!(run.code, 2, "{}", run.out);
    assert_eq!(run.json()["doubts"][0]["doubt"], "unsound");
    assert_eq!(finding(&run.json(), "M15-22"), "cannot-tell");
}

#[test]
fn a_confirmed_wording_loses_its_mark() {
    let made = init();
    let book = Rulebook::builtin().unwrap();
    let at = "2026-11-19T00:00:00Z".parse().unwrap();
    let confirmation = Confirmation::of(book.obligation("M15-22").unwrap(), "officer 9", at, "gazette").unwrap();
    let file = made.folder.join("confirmations.json");
    std::fs::write(&file, serde_json::to_vec(&[confirmation]).unwrap()).unwrap();
    let run = made.conformance(&["--json", "--confirmations", file.to_str().unwrap()]);
    let report = run.json();
    let judged = report["obligations"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["id"] == "M15-22");
    assert_eq!(judged.unwrap()["wording"]["confirmed_by"], "officer 9");
    std::fs::write(&file, "{}").unwrap();
    assert_eq!(made.conformance(&["--confirmations", file.to_str().unwrap()]).code, 65);
}

#[test]
fn what_is_typed_wrongly_is_said_so() {
    let made = init();
    let run = made.conformance(&["--rule-set", "m99", "--language", "en"]);
    assert_eq!(run.code, 64);
    assert!(run.err.contains("m15, eg24, draft-2024"), "{}", run.err);
    assert_eq!(hefu(&["conformance", "/nowhere"]).run().code, 66);
}

#[test]
fn the_description_can_be_set_in_both_languages() {
    let (book, calendar) = (Rulebook::builtin().unwrap(), Calendar::builtin().unwrap());
    let fonts = Fonts::load(&FontFiles::debian()).unwrap();
    for (set, language) in [("m15", Language::Chinese), ("eg24", Language::English)] {
        let rules = book.rules(set).unwrap();
        let question = Question {
            rules,
            confirmations: &Confirmations::over(&book, []),
            on: jiff::civil::date(2026, 11, 20),
            bound: Bound::Provider,
            at: "2026-11-20T02:00:00Z".parse().unwrap(),
        };
        let evidence = Gathering::new(rules, Counting::by(&calendar), question.at).finish();
        let description = judge(&question, &evidence).description("试验机构", &jiff::tz::TimeZone::UTC, language);
        let document = Document::read(description.to_string().as_bytes()).unwrap();
        let pdf = hefu_documents::render(&document, &fonts).unwrap();
        assert!(pdf.bytes.starts_with(b"%PDF") && pdf.pages > 2, "{} pages", pdf.pages);
    }
}

#[test]
fn a_pdf_is_written_or_it_is_said_why_not() {
    let made = init();
    let file = made.folder.join("report.pdf");
    let run = made.conformance(&["--pdf", file.to_str().unwrap()]);
    let typesetter = PathBuf::from(env!("CARGO_BIN_EXE_hefu")).with_file_name("hefu-documents");
    if typesetter.is_file() {
        assert_eq!(run.code, 2, "{}", run.err);
        assert!(std::fs::read(&file).unwrap().starts_with(b"%PDF"));
    } else {
        assert_eq!(run.code, 70, "{}", run.out);
        assert!(run.err.contains("hefu-documents") && !file.exists(), "{}", run.err);
    }
}
