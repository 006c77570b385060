//! Bad input over HTTP: each is refused with a code, a rule where one applies, and whose doing it is; nothing is issued.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a story that cannot go on has failed"
)]

use gm_suite::{KeyAlgorithm, PrivateKey};
use serde_json::{Value, json};
use trials::{Http, Installation, Layout};

fn csr(algorithm: KeyAlgorithm) -> Vec<u8> {
    let key = PrivateKey::generate(algorithm).unwrap();
    gm_syntax::CertificationRequest::sign_request(&"CN=device".parse().unwrap(), &key, None).unwrap()
}

fn pem(der: &[u8]) -> String {
    gm_syntax::pem_text::encode("CERTIFICATE REQUEST", der)
}

/// An application that nothing is wrong with.
fn good() -> Value {
    json!({
        "profile": "device-sm2",
        "subject": {"country": "CN", "organisation": "Example", "common_name": "device-1.example"},
        "csr": pem(&csr(KeyAlgorithm::Sm2)),
        "notice": {"version": "1"},
        "contract": {"version": "1", "signed_by": "Example"},
        "identity": {"method": "in-person", "document": "original", "evidence": []},
    })
}

fn with(field: &str, value: impl Into<Value>) -> Value {
    let mut body = good();
    body[field] = value.into();
    body
}

fn enter(http: &Http, body: &Value) -> String {
    http.post_json("/api/v1/applications", body).verdict()
}

#[test]
fn what_is_wrong_with_an_application_is_said() {
    let ca = Installation::fresh(Layout::OneProcess);
    let _daemon = ca.start("hefud.toml");
    let entry = ca.http("entry");
    let mut broken = csr(KeyAlgorithm::Sm2);
    let last = broken.len() - 1;
    broken[last] ^= 1;
    let cut = broken[..last - 8].to_vec();
    for (why, body, expected) in [
        (
            "a signature that is not the key's",
            with("csr", pem(&broken)),
            "possession-not-proven",
        ),
        ("a truncated request", with("csr", pem(&cut)), "csr-malformed"),
        ("not a request at all", with("csr", "hello"), "malformed"),
        (
            "a key of another kind than the profile's",
            with("csr", pem(&csr(KeyAlgorithm::P256))),
            "key",
        ),
        (
            "a profile that does not exist",
            with("profile", "no-such-profile"),
            "profile",
        ),
        (
            "a field that the profile does not have",
            with(
                "subject",
                json!({"country": "CN", "organisation": "E", "common_name": "d", "shoe_size": "42"}),
            ),
            "subject",
        ),
        (
            "a validity beyond the profile's",
            with("validity_days", 100_000),
            "validity",
        ),
    ] {
        let reply = entry.post_json("/api/v1/applications", &body);
        let problem = reply.json();
        assert!((400..500).contains(&reply.status), "{why}: {problem}");
        assert!(problem["code"].as_str().unwrap().contains(expected), "{why}: {problem}");
        assert!(
            !problem["detail"].as_str().unwrap().is_empty() && !problem["blame"].as_str().unwrap().is_empty(),
            "{why}: {problem}"
        );
    }
    assert_eq!(
        entry
            .post("/api/v1/applications", "application/json", b"{\"profile\":")
            .status,
        400
    );
    assert_eq!(
        entry
            .post("/api/v1/applications", "application/json", &vec![b' '; 300 << 10])
            .status,
        413
    );
}

#[test]
fn only_officers_act_and_never_twice_on_the_same_application() {
    let ca = Installation::fresh(Layout::OneProcess);
    let _daemon = ca.start("hefud.toml");
    let (entry, approver, auditor) = (ca.http("entry"), ca.http("approver"), ca.http("auditor"));
    assert_eq!(
        Http::new(ca.url()).post_json("/api/v1/applications", &good()).status,
        401
    );
    assert_eq!(
        Http::new(ca.url())
            .bearing("guess")
            .post_json("/api/v1/applications", &good())
            .status,
        401
    );
    assert_eq!(auditor.post_json("/api/v1/applications", &good()).status, 403);
    let body = good();
    let entered = entry.post_json("/api/v1/applications", &body);
    assert_eq!(entered.status, 201, "{}", entered.json());
    assert!(
        enter(&entry, &body).contains("key"),
        "the same key twice: {}",
        enter(&entry, &body)
    );
    let path = format!("/api/v1/applications/{}", entered.json()["id"].as_str().unwrap());
    let approval = format!("{path}/approval");
    assert_eq!(entry.post_json(&approval, &json!({})).verdict(), "409 same-officer");
    assert_eq!(approver.post_json(&approval, &json!({})).status, 200);
    let second = approver.post_json(&approval, &json!({}));
    assert_eq!(second.status, 409, "{}", second.json());
    assert_eq!(approver.post_json(&format!("{path}/issuance"), &json!({})).status, 200);
    assert_eq!(approver.get("/api/v1/applications/999999").status, 404);
}

#[test]
fn a_step_may_not_be_skipped() {
    let ca = Installation::fresh(Layout::OneProcess);
    let _daemon = ca.start("hefud.toml");
    let (entry, approver) = (ca.http("entry"), ca.http("approver"));
    let mut bare = good();
    for section in ["notice", "contract", "identity"] {
        bare.as_object_mut().unwrap().remove(section);
    }
    let entered = entry.post_json("/api/v1/applications", &bare).json();
    let path = format!("/api/v1/applications/{}", entered["id"].as_str().unwrap());
    let steps = [
        ("contract", json!({"version": "1", "signed_by": "Example"})),
        (
            "identity",
            json!({"method": "in-person", "document": "original", "evidence": []}),
        ),
    ];
    let post = |step: &str, body: &Value| entry.post_json(&format!("{path}/{step}"), body);
    for (step, body) in &steps {
        let reply = post(step, body);
        assert_eq!(reply.status, 409, "{step}: {}", reply.json());
    }
    assert_eq!(approver.post_json(&format!("{path}/approval"), &json!({})).status, 409);
    assert_eq!(approver.post_json(&format!("{path}/issuance"), &json!({})).status, 409);
    assert_eq!(post("notice", &json!({"version": "1"})).status, 200);
    for (step, body) in &steps {
        let reply = post(step, body);
        assert_eq!(reply.status, 200, "{step}: {}", reply.json());
    }
    assert_eq!(
        approver
            .post_json(&format!("{path}/approval"), &json!({"issue": true}))
            .status,
        200
    );
}

#[test]
fn doors_between_zones_refuse_what_is_not_signed_for_them() {
    let ca = Installation::fresh(Layout::OneProcess);
    let _daemon = ca.start("hefud.toml");
    let stranger = Http::new(ca.url());
    for path in ["/ca/v1/requests", "/kmc/v1/requests"] {
        for junk in [&b""[..], b"\x30\x84\xff\xff\xff\xff", &[0x30; 4096]] {
            let reply = stranger.post(path, "application/octet-stream", junk);
            assert!((400..500).contains(&reply.status), "{path}: {}", reply.status);
        }
    }
    let malformed = stranger.post("/ocsp", "application/ocsp-request", b"\x30\x80junk");
    assert_eq!(
        (malformed.status, malformed.body.as_slice()),
        (200, &[0x30, 0x03, 0x0a, 0x01, 0x01][..])
    );
    assert_eq!(stranger.get("/crl/no-such.crl").status, 404);
}
