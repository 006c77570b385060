//! A batch through the daemon: checked, entered, killed in the middle, resumed, approved by another officer; every row has
//! one application, and there is no other.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a story that cannot go on has failed"
)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use base64::Engine as _;
use gm_suite::{KeyAlgorithm, PrivateKey};
use serde_json::{Value, json};
use trials::{Http, Installation, Layout, must, must_fail};

/// Enough that a kill comes in the middle: six portions of the office.
const ROWS: usize = 1_500;
const KILLS: usize = 3;
const WAIT: Duration = Duration::from_mins(2);

fn row(number: usize) -> String {
    let key = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap();
    let name = format!("device-{number}.example");
    let csr =
        gm_syntax::CertificationRequest::sign_request(&format!("CN={name}").parse().unwrap(), &key, None).unwrap();
    let csr = base64::engine::general_purpose::STANDARD.encode(csr);
    format!("device-sm2-single,{csr},Example,{name}\r\n")
}

fn sheet(rows: usize) -> String {
    let mut text = "profile,csr,organisation,common_name\r\n".to_owned();
    for number in 0..rows {
        text.push_str(&row(number));
    }
    text
}

fn upload(http: &Http, octets: &[u8]) -> Value {
    let reply = http.post("/api/v1/batches", "application/octet-stream", octets);
    assert_eq!(reply.status, 201, "{}", reply.verdict());
    reply.json()
}

/// Looks at a batch until it is as wanted.
fn until(http: &Http, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let start = Instant::now();
    loop {
        let batch = http.get(path).json();
        if wanted(&batch) {
            return batch;
        }
        assert!(start.elapsed() < WAIT, "{batch}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn is_done(batch: &Value) -> bool {
    batch["working"].is_null()
}

fn applications(http: &Http, state: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut after = String::new();
    loop {
        let page = http
            .get(&format!("/api/v1/applications?state={state}&limit=200{after}"))
            .json();
        for item in page["items"].as_array().unwrap() {
            assert!(found.insert(item["id"].as_str().unwrap().to_owned()));
        }
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return found,
        }
    }
}

#[test]
fn a_batch_that_is_killed_enters_every_row_once() {
    let ca = Installation::fresh(Layout::OneProcess);
    let mut daemon = ca.start("hefud.toml");
    let entry = ca.http("entry");
    let id = upload(&entry, sheet(ROWS).as_bytes())["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/api/v1/batches/{id}");
    let checked = until(&entry, &path, is_done);
    assert_eq!(
        (&checked["state"], &checked["counts"]["good"]),
        (&json!("checked"), &json!(ROWS))
    );
    let together = json!({"together": {
        "notice": {"version": "1"},
        "contract": {"version": "1", "signed_by": "Example"},
        "identity": {"method": "in-person", "document": "purchase contract", "evidence": []},
    }});
    assert_eq!(entry.post_json(&format!("{path}/start"), &together).status, 200);
    let mut interrupted = 0;
    for _ in 0..KILLS {
        let before = entry.get(&path).json()["counts"]["entered"].as_u64().unwrap();
        until(&entry, &path, |batch| {
            batch["counts"]["entered"].as_u64().unwrap() > before || is_done(batch)
        });
        daemon.kill();
        daemon = ca.start("hefud.toml");
        let batch = entry.get(&path).json();
        if batch["state"] == "paused" {
            assert_eq!(batch["paused"], "stopped");
            interrupted += 1;
            assert_eq!(entry.post_json(&format!("{path}/resume"), &json!({})).status, 200);
        }
    }
    assert!(interrupted > 0, "every kill came too late to prove anything");
    let batch = until(&entry, &path, is_done);
    assert_eq!(
        (&batch["state"], &batch["counts"]["entered"]),
        (&json!("finished"), &json!(ROWS))
    );
    let report = entry.get(&format!("{path}/report.json")).json();
    let named: BTreeSet<String> = report["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["application"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(named.len(), ROWS);
    assert!(
        applications(&entry, "identified") == named,
        "each row has its application and there is no other"
    );

    let own = entry.post_json(&format!("{path}/approval"), &json!({"issue": true}));
    assert_eq!(own.verdict(), "403 same-officer");
    let approver = ca.http("approver");
    assert_eq!(
        approver
            .post_json(&format!("{path}/approval"), &json!({"issue": true}))
            .status,
        200
    );
    let batch = until(&approver, &path, is_done);
    assert_eq!(batch["counts"]["approved"], json!(ROWS), "{batch}");
    assert!(applications(&entry, "issued") == named);
    daemon.stop();
    must(
        ca.hefu("auditor")
            .args(["records", "verify", "ra/ra.db", "--key", "ra/records-ra.pub"]),
    );
}

#[test]
fn the_command_checks_reports_and_enters() {
    let ca = Installation::fresh(Layout::OneProcess);
    let daemon = ca.start("hefud.toml");
    let template = must(
        ca.hefu("entry")
            .args(["batch", "template", "--profile", "device-sm2-single"]),
    );
    assert!(
        template
            .trim_start_matches('\u{feff}')
            .starts_with("profile,csr,validity_days,"),
        "{template}"
    );
    let mut text = sheet(3);
    write!(text, "device-sm2-single,,Example,<b>=1</b>\r\nno-such,,,@cmd\r\n").unwrap();
    std::fs::write(ca.file("devices.csv"), &text).unwrap();
    // Two bad rows: status 1, and nothing was entered.
    let output = ca
        .hefu("entry")
        .args(["--json", "batch", "check", "devices.csv"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let batch: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (&batch["counts"]["good"], &batch["counts"]["bad"]),
        (&json!(3), &json!(2)),
        "{batch}"
    );
    let id = batch["id"].as_str().unwrap();
    assert!(applications(&ca.http("entry"), "entered").is_empty());
    let report = must(ca.hefu("entry").args(["batch", "report", id]));
    assert!(report.contains("csr-missing") && report.contains("formula"), "{report}");
    assert!(
        !report
            .lines()
            .any(|line| line.split(',').any(|cell| cell.starts_with(['=', '@']))),
        "{report}"
    );
    let batch = ca.json("entry", &["batch", "start", id]);
    assert_eq!(
        (&batch["state"], &batch["counts"]["entered"]),
        (&json!("finished"), &json!(3)),
        "{batch}"
    );
    // Nothing was said of notice, contract and identity: the other officer finds none ready.
    let told = ca
        .hefu("approver")
        .args(["--json", "batch", "approve", id])
        .output()
        .unwrap();
    let batch: Value = serde_json::from_slice(&told.stdout).unwrap();
    assert_eq!(
        (told.status.code(), &batch["counts"]["not_ready"]),
        (Some(1), &json!(3)),
        "{batch}"
    );
    let told = must_fail(ca.hefu("auditor").args(["batch", "check", "devices.csv"]));
    assert!(told.contains("may not enter applications"), "{told}");
    let nobody = Http::new(ca.url()).post("/api/v1/batches", "text/csv", text.as_bytes());
    assert_eq!(nobody.status, 401);
    daemon.stop();
}

/// A citizen's number with its check digit (GB 11643), born in May 1990.
fn citizen(sequence: usize) -> String {
    let first = format!("11010119900501{sequence:03}");
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let digits = first.chars().filter_map(|digit| digit.to_digit(10));
    let sum: u32 = digits.zip(weights).map(|(digit, weight)| digit * weight).sum();
    format!("{first}{}", "10X98765432".chars().nth(sum as usize % 11).unwrap())
}

#[test]
fn an_organisations_staff_come_with_their_files_and_only_the_good_rows_are_entered() {
    let ca = Installation::fresh(Layout::OneProcess);
    let daemon = ca.start("hefud.toml");
    let mut text =
        "profile,csr,organisation,unified_social_credit_code,common_name,applicant_name,applicant_number,organisation_name,organisation_code,\
                    representative_name,representative_number\r\n"
            .to_owned();
    for number in 0..20 {
        let key = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap();
        let csr = gm_syntax::CertificationRequest::sign_request(&"CN=x".parse().unwrap(), &key, None).unwrap();
        let csr = base64::engine::general_purpose::STANDARD.encode(csr);
        let identity = match number {
            3 => "110101199005010030".to_owned(),
            other => citizen(other),
        };
        let name = format!("员工{number}");
        writeln!(
            text,
            "staff-sm2-single,{csr},示例单位,91350100M000100Y43,{name},{name},{identity},示例单位,91350100M000100Y43,李四,{}",
            citizen(900)
        )
        .unwrap();
    }
    let entry = ca.http("entry");
    let (octets, _, broken) = encoding_rs::GB18030.encode(&text);
    assert!(!broken);
    let id = upload(&entry, &octets)["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/batches/{id}");
    let checked = until(&entry, &path, is_done);
    assert_eq!(
        (&checked["counts"]["good"], &checked["counts"]["bad"]),
        (&json!(19), &json!(1)),
        "{}",
        entry.get(&format!("{path}/report.json")).json()
    );
    assert_eq!(entry.post_json(&format!("{path}/start"), &json!({})).status, 200);
    daemon.kill();
    let _daemon = ca.start("hefud.toml");
    if entry.get(&path).json()["state"] == "paused" {
        assert_eq!(entry.post_json(&format!("{path}/resume"), &json!({})).status, 200);
    }
    let done = until(&entry, &path, |batch| batch["state"] == "finished");
    assert_eq!(done["counts"]["entered"], json!(19), "{done}");
    let entered = applications(&entry, "entered");
    assert_eq!(entered.len(), 19);
    let files: BTreeSet<String> = entered
        .iter()
        .map(|id| {
            entry.get(&format!("/api/v1/applications/{id}")).json()["applicant"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(files.len(), 19, "each person has one file");
    let records = ca
        .http("auditor")
        .get("/api/v1/records/ra/entries?limit=500")
        .json()
        .to_string();
    assert_eq!(records.matches("applicant-registered/1").count(), 19);
    assert!(!records.contains("员工"));
}
