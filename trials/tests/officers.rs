//! Changes of officers, log-in by signature and sessions, through a running daemon.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gm_suite::{KeyAlgorithm, PrivateKey, Signer as _};
use serde_json::{Value, json};
use trials::{Http, Installation, Layout};

const PROPOSALS: &str = "/api/v1/officers/proposals";

fn propose(by: &Http, change: &Value) -> String {
    let reply = by.post_json(PROPOSALS, change);
    assert_eq!(reply.status, 201, "{}", reply.json());
    format!("{PROPOSALS}/{}/decision", reply.json()["id"])
}

fn approve(by: &Http, decision: &str) -> Value {
    let reply = by.post_json(decision, &json!({"outcome": "approved"}));
    assert_eq!(reply.status, 200, "{}", reply.json());
    reply.json()
}

fn log_in(url: &str, officer: &str, key: &PrivateKey) -> trials::Reply {
    let nobody = Http::new(url);
    let challenge = nobody.post_json("/api/v1/challenge", &json!({})).json();
    let text = challenge["text"].as_str().unwrap();
    let signature = STANDARD.encode(key.sign(text.as_bytes()).unwrap());
    nobody.post_json(
        "/api/v1/login",
        &json!({"officer": officer, "challenge": text, "signature": signature}),
    )
}

#[test]
fn an_officer_is_appointed_by_two_logs_in_with_a_key_and_is_suspended_in_the_middle_of_a_session() {
    let ca = Installation::fresh(Layout::OneProcess);
    let daemon = ca.start("hefud.toml");
    let (one, two) = (ca.http("super-administrator"), ca.http("super-administrator-2"));
    let auditor = ca.http("audit-administrator");
    let key = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap();
    let spki = hex::encode(key.public_key().spki());
    let change = json!({"act": "appoint", "name": "王伟", "role": "business-administrator", "key": spki});
    let decision = propose(&one, &change);
    let yes = json!({"outcome": "approved"});
    assert_eq!(one.post_json(&decision, &yes).verdict(), "409 same-officer");
    assert_eq!(auditor.post_json(&decision, &yes).verdict(), "403 out-of-rank");
    assert_eq!(
        ca.http("entry").post_json(&decision, &yes).verdict(),
        "403 not-permitted"
    );
    let decided = approve(&two, &decision);
    assert_eq!(decided["token"], Value::Null, "a key or a token, not both");
    let officer = decided["officer"].as_str().unwrap().to_owned();

    let stranger = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap();
    assert_eq!(log_in(ca.url(), &officer, &stranger).verdict(), "401 unauthenticated");
    let opened = log_in(ca.url(), &officer, &key);
    assert_eq!(opened.status, 201, "{}", opened.json());
    let session = Http::new(ca.url()).bearing(opened.json()["session"].as_str().unwrap());
    assert_eq!(session.get("/api/v1/whoami").json()["id"], json!(officer));
    assert_eq!(
        session.get("/api/v1/sessions").json()["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    daemon.stop();
    let _daemon = ca.start("hefud.toml");
    assert_eq!(
        session.get("/api/v1/whoami").status,
        200,
        "a session outlives a restart"
    );

    approve(&two, &propose(&one, &json!({"act": "suspend", "officer": officer})));
    assert_eq!(session.get("/api/v1/whoami").verdict(), "401 session-over");
    assert_eq!(log_in(ca.url(), &officer, &key).verdict(), "401 unauthenticated");
    let seen = auditor.get(PROPOSALS).json();
    assert_eq!(seen["items"].as_array().unwrap().len(), 2, "{seen}");
    let records = auditor.get("/api/v1/records/ra/entries").json().to_string();
    for kind in ["officer-change-decided/1", "session-opened/1", "officer-act-refused/1"] {
        assert!(records.contains(kind), "{kind}");
    }
    assert!(!records.contains("王伟"), "names stay out of the records");
}

#[test]
fn a_session_ends_at_log_out_and_bad_words_are_told_apart() {
    let ca = Installation::fresh(Layout::OneProcess);
    let _daemon = ca.start("hefud.toml");
    let (one, two) = (ca.http("super-administrator"), ca.http("super-administrator-2"));
    let key = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap();
    let spki = hex::encode(key.public_key().spki());
    let renewal = json!({"act": "renew-credential", "officer": "5", "key": spki});
    approve(&two, &propose(&one, &renewal));
    assert_eq!(
        ca.http("entry").get("/api/v1/whoami").status,
        401,
        "the old token is gone"
    );
    let opened = log_in(ca.url(), "5", &key).json();
    let session = Http::new(ca.url()).bearing(opened["session"].as_str().unwrap());
    assert_eq!(
        session.delete("/api/v1/sessions/0000000000000001").verdict(),
        "404 no-such-session"
    );
    assert_eq!(session.delete("/api/v1/sessions/current").status, 200);
    assert_eq!(session.get("/api/v1/whoami").status, 401);
    for (change, verdict) in [
        (json!({"act": "promote", "officer": "5"}), "400 malformed-request"),
        (json!({"act": "suspend", "officer": "99"}), "404 no-such-officer"),
        (json!({"act": "suspend", "officer": "1"}), "409 about-oneself"),
        (json!({"act": "suspend", "officer": "2"}), "409 too-few-heads"),
        (
            json!({"act": "change-role", "officer": "5", "role": "auditor"}),
            "409 other-branch",
        ),
        (
            json!({"act": "appoint", "name": "李", "role": "auditor"}),
            "403 out-of-rank",
        ),
    ] {
        assert_eq!(one.post_json(PROPOSALS, &change).verdict(), verdict, "{change}");
    }
}
