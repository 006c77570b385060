//! A real process, killed with SIGKILL again and again while it issues.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use hefu_certificate::facts::{CERTIFICATE_ISSUED, CertificateIssued};
use registration_protocol::{Item, Outcome, RequestId};

use super::authority::{noon, sm2};
use super::house::{House, person};

/// Tells the child where to live.
const FOLDER: &str = "HEFU_CA_TEST_FOLDER";

/// How often the child is killed.
const DEATHS: u32 = 12;

#[tokio::test]
async fn a_process_killed_at_any_moment_leaves_every_request_finished_or_unknown() {
    let folder = tempfile::tempdir().unwrap();
    drop(House::in_folder(folder.path()).await);
    let mut asked: BTreeMap<RequestId, Option<String>> = BTreeMap::new();
    for death in 0..DEATHS {
        let path = folder.path().to_owned();
        let lines = tokio::task::spawn_blocking(move || live_and_die(&path, death))
            .await
            .unwrap();
        for line in lines {
            let mut words = line.split(' ');
            let (word, id) = (words.next().unwrap(), words.next());
            let Some(id) = id.and_then(|id| hex::decode(id).ok()).and_then(|id| id.try_into().ok()) else {
                continue;
            };
            match (word, words.next()) {
                ("asked", _) => drop(asked.insert(id, None)),
                ("issued", Some(sm3)) => drop(asked.insert(id, Some(sm3.to_owned()))),
                _ => {}
            }
        }
    }
    let house = House::in_folder(folder.path()).await;
    house.mint.recover(noon()).await.unwrap();
    let mut issued_requests = 0;
    for (id, told) in &asked {
        match (house.inquire(*id).await, told) {
            (Outcome::Issued(issued), Some(told)) => {
                issued_requests += 1;
                assert_eq!(
                    *told,
                    hex::encode(gm_suite::sm3(&issued.signing)),
                    "what has left is what is stored"
                );
            }
            (Outcome::Issued(_), None) => issued_requests += 1,
            (Outcome::Unknown, None) => {}
            (outcome, told) => panic!("told {told:?}, now {outcome:?}"),
        }
    }
    assert!(issued_requests > 0, "the child never got to issue anything");
    assert_eq!(house.count("ca_intent").await, 0);
    let facts = house.facts::<CertificateIssued>(CERTIFICATE_ISSUED).await;
    let recorded: usize = facts.iter().map(|fact| fact.parts.len()).sum();
    assert_eq!(i64::try_from(recorded).unwrap(), house.count("ca_certificate").await);
    assert_eq!(facts.len(), issued_requests);
    assert!(
        facts
            .iter()
            .all(|fact| fact.parts.len() == if fact.profile == "person-sm2" { 2 } else { 1 })
    );
}

/// Lets the child run for a while, kills it, and returns what it had said.
fn live_and_die(folder: &Path, death: u32) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "tests::killed::child",
            "--ignored",
            "--nocapture",
            "--test-threads=1",
        ])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut said = Vec::new();
    // It lives until it has begun to work, and then a little longer each time, at odd lengths.
    for line in lines.by_ref() {
        let line = line.unwrap();
        let begun = line.starts_with("asked ");
        said.push(line);
        if begun {
            break;
        }
    }
    std::thread::sleep(Duration::from_micros(u64::from(death * death) * 397 + 300));
    child.kill().unwrap();
    said.extend(lines.map_while(Result::ok));
    child.wait().unwrap();
    said
}

#[test]
#[ignore = "is run, and killed, by the test above"]
fn child() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else {
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let house = House::in_folder(&folder).await;
        house.mint.recover(noon()).await.unwrap();
        // The line that the test harness has begun is not ours.
        say("");
        futures_util::future::join_all((0..4).map(|n| issue_for_ever(&house, n))).await;
    });
}

async fn issue_for_ever(house: &House, n: u32) {
    let profile = if n.is_multiple_of(2) {
        "person-sm2"
    } else {
        "person-sm2-single"
    };
    loop {
        let issue = person(profile, &sm2());
        let id = hex::encode(issue.request_id);
        say(&format!("asked {id}"));
        if let Outcome::Issued(issued) = house.ask_one(Item::Issue(issue)).await {
            say(&format!("issued {id} {}", hex::encode(gm_suite::sm3(&issued.signing))));
        }
    }
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").unwrap();
    out.flush().unwrap();
}
