//! Every step of the law skipped or faked, over HTTP: each is refused with its article and leaves a record.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a story that cannot go on has failed"
)]

use gm_suite::{KeyAlgorithm, PrivateKey};
use serde_json::{Value, json};
use trials::{CaseFile, Http, Installation, Layout, Reply};

const NAME: &str = "张三";
const NUMBER: &str = "11010119900307109X";

fn csr(key: &PrivateKey) -> String {
    let der = gm_syntax::CertificationRequest::sign_request(&"CN=x".parse().unwrap(), key, None).unwrap();
    gm_syntax::pem_text::encode("CERTIFICATE REQUEST", &der)
}

/// An application of 张三 with nothing but the file.
fn bare(file: &CaseFile) -> Value {
    bare_with(file, &PrivateKey::generate(KeyAlgorithm::Sm2).unwrap())
}

fn bare_with(file: &CaseFile, key: &PrivateKey) -> Value {
    json!({
        "profile": "person-sm2",
        "subject": {"country": "CN", "common_name": NAME, "identity_number": NUMBER},
        "applicant": file.applicant,
        "csr": csr(key),
    })
}

/// The answer is a refusal with this code, and names this article.
fn refused(reply: &Reply, code: &str, (instrument, article): (&str, &str)) {
    let problem = reply.json();
    assert_eq!(
        (
            reply.status,
            problem["code"].as_str(),
            &problem["rule"]["instrument"],
            &problem["rule"]["article"]
        ),
        (409, Some(code), &Value::from(instrument), &Value::from(article)),
        "{problem}"
    );
}

fn post(http: &Http, application: &str, step: &str, body: &Value) -> Reply {
    http.post_json(&format!("/api/v1/applications/{application}/{step}"), body)
}

fn proof(number: &str) -> Value {
    json!({ "proof": number })
}

/// Enters and takes notice and contract; the application's number.
fn contracted(entry: &Http, file: &CaseFile) -> String {
    let mut body = bare(file);
    body["notice"] = proof(&file.notice);
    body["contract"] = proof(&file.contract);
    let entered = entry.post_json("/api/v1/applications", &body);
    assert_eq!(entered.status, 201, "{}", entered.json());
    entered.json()["id"].as_str().unwrap().to_owned()
}

/// Refusals in the records of the registration authority, by code.
fn recorded(ca: &Installation) -> Vec<String> {
    let page = ca.json("auditor", &["records", "show", "ra", "--limit", "1000"]);
    let refusals = page["items"].as_array().unwrap().iter();
    refusals
        .filter(|entry| entry["kind"].as_str().unwrap().contains("refused"))
        .map(|entry| entry["body"]["code"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn no_step_of_the_law_can_be_skipped() {
    let ca = Installation::fresh(Layout::OneProcess);
    let _daemon = ca.start("hefud.toml");
    ca.publish_texts();
    let (file, other) = (ca.person(NAME, NUMBER), ca.person("李四", "440524188001010014"));
    let (entry, approver) = (ca.http("entry"), ca.http("approver"));
    let enter = |body: &Value| entry.post_json("/api/v1/applications", body);
    let (esl_20, m15_21, m15_22) = (("ESL", "20"), ("M15", "21"), ("M15", "22"));

    let mut nobody = bare(&file);
    nobody.as_object_mut().unwrap().remove("applicant");
    refused(&enter(&nobody), "applicant-file-missing", esl_20);
    let mut words = bare(&file);
    words["notice"] = json!({"version": "1"});
    refused(&enter(&words), "proof-missing", m15_21);
    let mut another_name = bare(&file);
    another_name["subject"]["common_name"] = "张三丰".into();
    refused(&enter(&another_name), "subject-not-in-file", esl_20);
    refused(&enter(&bare(&other)), "subject-not-in-file", esl_20);

    let key = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap();
    let entered = enter(&bare_with(&file, &key)).json();
    let id = entered["id"].as_str().unwrap();
    refused(&post(&approver, id, "approval", &json!({})), "out-of-order", m15_21);
    refused(
        &post(&entry, id, "contract", &proof(&file.contract)),
        "out-of-order",
        m15_21,
    );
    refused(
        &post(&entry, id, "notice", &proof(&other.notice)),
        "proof-of-another-applicant",
        m15_21,
    );
    refused(
        &post(&entry, id, "notice", &proof(&file.contract)),
        "proof-unknown",
        m15_21,
    );
    assert_eq!(post(&entry, id, "notice", &proof(&file.notice)).status, 200);
    refused(&post(&approver, id, "approval", &json!({})), "out-of-order", m15_22);
    let signed = json!({"version": "1", "signed_by": NAME});
    refused(&post(&entry, id, "contract", &signed), "proof-missing", m15_22);
    assert_eq!(post(&entry, id, "contract", &proof(&file.contract)).status, 200);

    refused(
        &post(&approver, id, "approval", &json!({"issue": true})),
        "out-of-order",
        esl_20,
    );
    let seen = json!({"method": "in-person", "document": "original", "evidence": []});
    refused(&post(&entry, id, "identity", &seen), "proof-missing", esl_20);
    let elsewhere = ca.check(&file.applicant, "application", &contracted(&entry, &file));
    refused(
        &post(&entry, id, "identity", &proof(&elsewhere)),
        "proof-unknown",
        esl_20,
    );
    let strangers = ca.check(&other.applicant, "application", id);
    refused(
        &post(&entry, id, "identity", &proof(&strangers)),
        "proof-of-another-applicant",
        esl_20,
    );
    let renewal = ca.check(&file.applicant, "renewal", id);
    refused(
        &post(&entry, id, "identity", &proof(&renewal)),
        "proof-of-another-occasion",
        ("M15", "30"),
    );
    let check = ca.check(&file.applicant, "application", id);
    assert_eq!(post(&entry, id, "identity", &proof(&check)).status, 200);
    refused(&post(&entry, id, "approval", &json!({})), "same-officer", esl_20);
    let issued = post(&approver, id, "approval", &json!({"issue": true}));
    assert_eq!(issued.json()["state"], "issued", "{}", issued.json());
    assert_eq!(issued.json()["identity_check"], check.as_str());

    // Neither does revocation at the holder's wish go without a check.
    let serial = issued.json()["certificates"][0]["serial"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/certificates/{serial}/revocation");
    let wish = |identity: Value| json!({"ground": "holder-request", "reason": "lost", "identity": identity});
    refused(&approver.post_json(&path, &wish(seen)), "proof-missing", esl_20);
    let check = ca.check(&file.applicant, "revocation", &serial);
    assert_eq!(approver.post_json(&path, &wish(proof(&check))).status, 200);
    let expected = [
        "applicant-file-missing",
        "proof-missing",
        "subject-not-in-file",
        "subject-not-in-file",
        "out-of-order",
        "out-of-order",
        "proof-of-another-applicant",
        "proof-unknown",
        "out-of-order",
        "proof-missing",
        "out-of-order",
        "proof-missing",
        "proof-unknown",
        "proof-of-another-applicant",
        "proof-of-another-occasion",
        "same-officer",
        "proof-missing",
    ];
    assert_eq!(recorded(&ca), expected);
}

#[test]
fn a_check_that_grew_old_approves_nothing() {
    let ca = Installation::fresh(Layout::OneProcess);
    let settings = std::fs::read_to_string(ca.file("hefud.toml")).unwrap();
    let hasty = settings.replace("identity_good_for_hours = 24", "identity_good_for_hours = 0");
    assert_ne!(settings, hasty);
    std::fs::write(ca.file("hefud.toml"), hasty).unwrap();
    let _daemon = ca.start("hefud.toml");
    ca.publish_texts();
    let file = ca.person(NAME, NUMBER);
    let (entry, approver) = (ca.http("entry"), ca.http("approver"));
    let id = contracted(&entry, &file);
    let check = ca.check(&file.applicant, "application", &id);
    assert_eq!(post(&entry, &id, "identity", &proof(&check)).status, 200);
    let late = post(&approver, &id, "approval", &json!({"issue": true}));
    refused(&late, "stale-identity", ("ESL", "20"));
    assert_eq!(recorded(&ca), ["stale-identity"]);
}

#[test]
fn files_are_shown_masked_and_read_in_clear_only_with_a_reason() {
    let ca = Installation::fresh(Layout::OneProcess);
    let _daemon = ca.start("hefud.toml");
    ca.publish_texts();
    let file = ca.person(NAME, NUMBER);
    let path = format!("/api/v1/applicants/{}", file.applicant);
    let (entry, auditor) = (ca.http("entry"), ca.http("auditor"));
    for http in [&entry, &auditor] {
        let shown = String::from_utf8(http.get(&path).body).unwrap();
        assert!(
            shown.contains("person") && !shown.contains(NAME) && !shown.contains(NUMBER),
            "{shown}"
        );
    }
    let reading = format!("{path}/reading");
    let reason = json!({"purpose": "dispute", "words": "核对原件"});
    assert_eq!(auditor.post_json(&reading, &reason).status, 403);
    let hasty = entry.post_json(&reading, &json!({"purpose": "dispute", "words": "ok"}));
    assert_eq!(hasty.json()["code"], "evidence-opened-without-reason");
    assert_eq!(entry.post_json(&reading, &reason).json()["person"]["name"], NAME);
    let listed = auditor.get(&format!("{path}/evidence")).json();
    let piece = listed["items"][0]["id"].as_str().unwrap().to_owned();
    let opened = entry.post_json(&format!("/api/v1/evidence/{piece}/opening"), &reason);
    assert_eq!((opened.status, opened.content_type.as_str()), (200, "image/png"));
    let kinds = ca
        .json("auditor", &["records", "show", "ra", "--limit", "1000"])
        .to_string();
    assert!(
        kinds.contains("applicant-read/1") && kinds.contains("evidence-opened/1"),
        "{kinds}"
    );
    for personal in [NAME, NUMBER, "核对原件"] {
        assert!(!kinds.contains(personal), "{personal} stands in the records");
    }
    let told = std::fs::read_to_string(ca.file("hefud.toml.log")).unwrap();
    assert!(!told.contains(NAME) && !told.contains(NUMBER), "{told}");
    // A body larger than anything else may have is taken here, and nowhere else.
    let large = vec![b' '; 300 << 10];
    let evidence = entry.post(
        &format!("{path}/evidence/other"),
        "application/json",
        &[&b"[]"[..], &large].concat(),
    );
    assert_eq!(evidence.status, 201, "{}", evidence.json());
    assert_eq!(entry.post("/api/v1/applicants", "application/json", &large).status, 413);
    for side in ["provider", "subscriber"] {
        let copy = ca.json("entry", &["agreement", "copy", &file.contract, "--side", side]);
        assert_eq!(copy["number"], file.contract.as_str());
    }
}
