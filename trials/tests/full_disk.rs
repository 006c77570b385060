//! The CA's disk is full: acts are refused with the reason, status goes on, nothing is lost, and with room it goes on
//! without a restart. The disk is a small memory file system in a mount namespace of the daemon's own.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a story that cannot go on has failed"
)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use gm_suite::{KeyAlgorithm, PrivateKey};
use serde_json::{Value, json};
use trials::{Http, Installation, Layout, must};

/// Applications that a disk of this size cannot hold, and the limit of the loop.
const APPLICATIONS: usize = 3_000;

/// `hefud` with the CA's folder on a file system of its own: the wrapper copies the folder there before it starts.
fn wrapper(ca: &Installation) -> std::path::PathBuf {
    let script = format!(
        "#!/bin/sh\nset -e\ncd '{folder}'\ncp -a ca ca.kept\nmount -t tmpfs -o size=3m none ca\ncp -a ca.kept/. ca/\nexec '{hefud}' \"$@\"\n",
        folder = ca.path().display(),
        hefud = trials::binary("hefud").display(),
    );
    let path = ca.file("hefud-on-a-small-disk");
    fs::write(
        &path,
        format!("#!/bin/sh\nexec unshare -rm '{}' \"$@\"\n", ca.file("inside").display()),
    )
    .unwrap();
    fs::write(ca.file("inside"), script).unwrap();
    for file in [&path, &ca.file("inside")] {
        fs::set_permissions(file, fs::Permissions::from_mode(0o755)).unwrap();
    }
    path
}

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

/// Enters and issues one; the answer to the approval and the application's path.
fn issue(entry: &Http, approver: &Http, number: usize) -> (trials::Reply, String) {
    let entered = entry.post_json("/api/v1/applications", &application(number));
    assert_eq!(entered.status, 201, "{}", String::from_utf8_lossy(&entered.body));
    let path = format!("/api/v1/applications/{}", entered.json()["id"].as_str().unwrap());
    (
        approver.post_json(&format!("{path}/approval"), &json!({"issue": true})),
        path,
    )
}

#[test]
fn a_full_disk_refuses_and_loses_nothing() {
    let ca = Installation::fresh(Layout::OneProcess);
    let daemon = ca.start_with(&wrapper(&ca), "hefud.toml");
    let (entry, approver) = (ca.http("entry"), ca.http("approver"));
    let mut issued = Vec::new();
    let refused = (0..APPLICATIONS).find_map(|number| {
        let (answer, path) = issue(&entry, &approver, number);
        if answer.status == 200 {
            issued.push(path);
            return None;
        }
        Some((answer, path))
    });
    let Some((answer, refused)) = refused else {
        panic!("three megabytes are never full")
    };
    let problem = answer.json();
    assert_eq!(answer.status, 503, "{problem}");
    assert!(problem["detail"].as_str().unwrap().contains("disk"), "{problem}");
    assert!(issued.len() > 10, "only {} before the disk was full", issued.len());
    let health = Http::new(ca.url()).get("/ca/sm2.crt");
    assert_eq!(health.status, 200, "public files go on");
    must(
        Command::new("nsenter")
            .args(["-t", &daemon.id().to_string(), "-U", "-m", "--preserve-credentials"])
            .args(["mount", "-o", "remount,size=64m", "none"])
            .arg(ca.file("ca")),
    );
    // The authority takes up what it could not finish by itself, a few seconds later.
    let finished = (0..40).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(500));
        approver.post_json(&format!("{refused}/issuance"), &json!({})).status == 200
    });
    assert!(finished, "still not issued: {}", approver.get(&refused).json());
    for path in &issued {
        assert_eq!(approver.get(path).json()["state"], "issued", "{path}");
    }
    let inside = ["-t", &daemon.id().to_string(), "-U", "-m", "--preserve-credentials"].map(str::to_owned);
    must(
        Command::new("nsenter")
            .args(&inside)
            .args(["cp", "-a"])
            .arg(ca.file("ca/."))
            .arg(ca.file("ca.after")),
    );
    daemon.stop();
    must(
        ca.hefu("auditor")
            .args(["records", "verify", "ca.after/ca.db", "--key", "ca/records-ca.pub"]),
    );
}
