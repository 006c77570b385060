//! `kill -9` at any point of the road: after restart each application is issued or not, nothing is half done, and no
//! certificate was given out that the store does not know.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a story that cannot go on has failed"
)]

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

use gm_suite::{KeyAlgorithm, PrivateKey};
use serde_json::{Value, json};
use trials::{Installation, Layout, must};

const ROUNDS: u64 = 6;
const PER_ROUND: usize = 60;
const CLIENTS: usize = 4;

fn application(number: usize) -> Value {
    let key = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap();
    let name = format!("device-{number}.example");
    let request =
        gm_syntax::CertificationRequest::sign_request(&format!("CN={name}").parse().unwrap(), &key, None).unwrap();
    json!({
        "profile": "device-sm2",
        "subject": {"country": "CN", "organisation": "Example", "common_name": name},
        "csr": gm_syntax::pem_text::encode("CERTIFICATE REQUEST", &request),
        "notice": {"version": "1"},
        "contract": {"version": "1", "signed_by": "Example"},
        "identity": {"method": "in-person", "document": "original", "evidence": []},
    })
}

/// Approves with several clients until the daemon is gone; the serials that were given out.
fn approve_until_killed(
    ca: &Installation,
    applications: &[String],
    daemon: trials::Daemon,
    after: Duration,
) -> BTreeSet<String> {
    let given = Mutex::new(BTreeSet::new());
    let next = std::sync::atomic::AtomicUsize::new(0);
    let token = std::fs::read_to_string(ca.file("officers/approver.token")).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                let agent = ureq::Agent::new_with_defaults();
                while let Some(id) = applications.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
                    let url = format!("{}/api/v1/applications/{id}/approval", ca.url());
                    let sent = agent
                        .post(url)
                        .header("Authorization", format!("Bearer {}", token.trim()))
                        .content_type("application/json")
                        .send("{\"issue\":true}");
                    let Ok(mut answer) = sent else { break };
                    let Ok(body) = answer.body_mut().read_to_vec() else {
                        break;
                    };
                    let body: Value = serde_json::from_slice(&body).unwrap();
                    for part in body["certificates"].as_array().into_iter().flatten() {
                        given
                            .lock()
                            .unwrap()
                            .insert(part["serial"].as_str().unwrap().to_owned());
                    }
                }
            });
        }
        std::thread::sleep(after);
        daemon.kill();
    });
    given.into_inner().unwrap()
}

#[test]
fn nothing_is_half_done_after_a_kill() {
    let ca = Installation::fresh(Layout::OneProcess);
    let mut number = 0;
    let mut stopped_half_way = 0;
    for round in 0..ROUNDS {
        let daemon = ca.start("hefud.toml");
        let entry = ca.http("entry");
        let ids: Vec<String> = (0..PER_ROUND)
            .map(|_| {
                number += 1;
                entry.post_json("/api/v1/applications", &application(number)).json()["id"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            })
            .collect();
        let given = approve_until_killed(&ca, &ids, daemon, Duration::from_millis(15 + 23 * round));
        let daemon = ca.start("hefud.toml");
        let approver = ca.http("approver");
        let mut issued = BTreeSet::new();
        for id in &ids {
            let path = format!("/api/v1/applications/{id}");
            let mut state = approver.get(&path).json();
            for _ in 0..100 {
                if state["state"] != "requested" {
                    break;
                }
                std::thread::sleep(Duration::from_millis(50));
                state = approver.get(&path).json();
            }
            let certificates = state["certificates"].as_array().unwrap();
            match state["state"].as_str().unwrap() {
                "issued" => assert_eq!(certificates.len(), 2, "{state}"),
                "approved" | "identified" => {
                    stopped_half_way += 1;
                    assert!(certificates.is_empty(), "{state}");
                }
                other => panic!("{id} is {other} after the restart"),
            }
            issued.extend(
                certificates
                    .iter()
                    .map(|part| part["serial"].as_str().unwrap().to_owned()),
            );
        }
        let unknown: Vec<&String> = given.difference(&issued).collect();
        assert!(unknown.is_empty(), "given out, but not in the store: {unknown:?}");
        for serial in &issued {
            assert_eq!(
                approver.get(&format!("/api/v1/certificates/{serial}")).status,
                200,
                "{serial}"
            );
        }
        daemon.stop();
    }
    assert!(
        stopped_half_way > 0,
        "no round was interrupted: the test kills too late to prove anything"
    );
    for zone in ["ra", "ca", "kmc"] {
        let (database, key) = (format!("{zone}/{zone}.db"), format!("{zone}/records-{zone}.pub"));
        must(ca.hefu("auditor").args(["records", "verify", &database, "--key", &key]));
    }
}
