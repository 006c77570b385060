//! Every step of the law skipped or faked, by programs and at the pages: each is refused with its article and leaves a
//! record.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a story that cannot go on has failed"
)]

use gm_suite::{KeyAlgorithm, PrivateKey};
use serde_json::{Value, json};
use trials::{CaseFile, Http, Installation, Layout, Reply, Visit};

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

/// An officer at both doors.
struct Officer {
    http: Http,
    visit: Visit,
}

impl Officer {
    fn of(ca: &Installation, name: &str) -> Self {
        Self {
            http: ca.http(name),
            visit: ca.visit(name),
        }
    }
}

/// What a step says, as JSON and as the fields of its form.
type Said<'a> = (Value, Vec<(&'a str, &'a str)>);

/// A proof of the applicant's file.
fn by_proof(number: &str) -> Said<'_> {
    (proof(number), vec![("act", "proof"), ("proof", number)])
}

/// Nothing to say.
fn nothing<'a>() -> Said<'a> {
    (json!({}), Vec::new())
}

/// Tries of one application, and the codes that must stand in the records in the end.
struct Walk<'a> {
    ca: &'a Installation,
    id: String,
    expected: Vec<&'static str>,
}

impl Walk<'_> {
    /// Refused to a program and at the page, in the same words, with the same article.
    fn refused(&mut self, officer: &Officer, step: &str, said: Said<'_>, code: &'static str, rule: (&str, &str)) {
        let (body, fields) = said;
        let reply = post(&officer.http, &self.id, step, &body);
        refused(&reply, code, rule);
        let path = format!("/desk/applications/{}/{step}", self.id);
        same_on_the_page(&officer.visit.send(&path, &fields), &reply.json());
        self.expected.extend([code, code]);
    }

    /// Taken, at the page.
    fn taken(&self, officer: &Officer, step: &str, (_, fields): Said<'_>) {
        let path = format!("/desk/applications/{}", self.id);
        let reply = officer.visit.send(&format!("{path}/{step}"), &fields);
        assert_eq!(reply.status, 303, "{step}: {}", reply.text());
        assert!(reply.location.starts_with(&path), "{step}: {}", reply.location);
    }

    fn state(&self) -> Value {
        let shown = self
            .ca
            .http("auditor")
            .get(&format!("/api/v1/applications/{}", self.id));
        shown.json()["state"].clone()
    }
}

/// The page says beside its form what the program was told: the message, and the article.
fn same_on_the_page(page: &Reply, problem: &Value) {
    let shown = page
        .text()
        .replace("&#39;", "'")
        .replace("&#34;", "\"")
        .replace("&#38;", "&");
    assert_eq!(page.status, 409, "{shown}");
    let detail = problem["detail"].as_str().unwrap();
    let article = problem["rule"]["name"].as_str().unwrap();
    let article = article.split(" (").next().unwrap();
    let article = format!("<span class=\"article\">{article}");
    assert!(
        shown.contains("role=\"alert\"") && shown.contains(detail) && shown.contains(&article),
        "{problem}: {shown}"
    );
}

const ESL_20: (&str, &str) = ("ESL", "20");
const M15_21: (&str, &str) = ("M15", "21");
const M15_22: (&str, &str) = ("M15", "22");

/// 张三 enters with the file, by the form; and what is wrong with an entry is said there.
fn entered_by_form(officer: &Officer, file: &CaseFile, other: &CaseFile) -> (String, Vec<&'static str>) {
    let request = csr(&PrivateKey::generate(KeyAlgorithm::Sm2).unwrap());
    let fields = |name: &'static str, applicant: &str| -> Vec<(&'static str, String)> {
        vec![
            ("profile", "person-sm2".to_owned()),
            ("subject-country", "CN".to_owned()),
            ("subject-common_name", name.to_owned()),
            ("subject-identity_number", NUMBER.to_owned()),
            ("applicant", applicant.to_owned()),
            ("csr", request.clone()),
        ]
    };
    let enter = |fields: Vec<(&'static str, String)>| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        officer.visit.upload("/desk/applications/new", &fields)
    };
    let mut expected = Vec::new();
    for (name, applicant, code) in [
        (NAME, "", "applicant-file-missing"),
        ("张三丰", file.applicant.as_str(), "subject-not-in-file"),
        (NAME, other.applicant.as_str(), "subject-not-in-file"),
    ] {
        let mut body = bare(file);
        body["subject"]["common_name"] = name.into();
        body["applicant"] = applicant.into();
        if applicant.is_empty() {
            body.as_object_mut().unwrap().remove("applicant");
        }
        let program = officer.http.post_json("/api/v1/applications", &body);
        refused(&program, code, ESL_20);
        same_on_the_page(&enter(fields(name, applicant)), &program.json());
        expected.extend([code, code]);
    }
    let entered = enter(fields(NAME, &file.applicant));
    assert_eq!(entered.status, 303, "{}", entered.text());
    let path = entered.location.split('?').next().unwrap();
    (path.rsplit('/').next().unwrap().to_owned(), expected)
}

#[test]
fn no_step_is_skipped_twice_taken_or_taken_by_the_same_officer_at_the_pages_either() {
    let ca = Installation::fresh(Layout::OneProcess);
    let _daemon = ca.start("hefud.toml");
    ca.publish_texts();
    let (file, other) = (ca.person(NAME, NUMBER), ca.person("李四", "440524188001010014"));
    let (entry, approver) = (Officer::of(&ca, "entry"), Officer::of(&ca, "approver"));
    let (id, expected) = entered_by_form(&entry, &file, &other);
    let mut walk = Walk { ca: &ca, id, expected };
    let early = ca.check(&file.applicant, "application", &walk.id);

    // Entered: nothing but the notice is next.
    walk.refused(&entry, "contract", by_proof(&file.contract), "out-of-order", M15_21);
    walk.refused(&entry, "identity", by_proof(&early), "out-of-order", M15_21);
    walk.refused(&approver, "approval", nothing(), "out-of-order", M15_21);
    walk.refused(&approver, "issuance", nothing(), "out-of-order", M15_21);
    walk.refused(
        &entry,
        "notice",
        by_proof(&other.notice),
        "proof-of-another-applicant",
        M15_21,
    );
    walk.refused(&entry, "notice", by_proof(&file.contract), "proof-unknown", M15_21);
    let words = (json!({"version": "1"}), vec![("version", "1")]);
    walk.refused(&entry, "notice", words, "proof-missing", M15_21);
    walk.taken(&entry, "notice", by_proof(&file.notice));

    // Noticed: the contract is next, and the notice is not taken twice.
    walk.refused(&entry, "notice", by_proof(&file.notice), "out-of-order", M15_22);
    walk.refused(&entry, "identity", by_proof(&early), "out-of-order", M15_22);
    walk.refused(&approver, "approval", nothing(), "out-of-order", M15_22);
    walk.refused(&approver, "issuance", nothing(), "out-of-order", M15_22);
    walk.refused(
        &entry,
        "contract",
        by_proof(&other.contract),
        "proof-of-another-applicant",
        M15_22,
    );
    walk.refused(&entry, "contract", by_proof(&file.notice), "proof-unknown", M15_22);
    let signed = json!({"version": "1", "signed_by": NAME});
    let words = (signed, vec![("version", "1"), ("signed_by", NAME)]);
    walk.refused(&entry, "contract", words, "proof-missing", M15_22);
    walk.taken(&entry, "contract", by_proof(&file.contract));

    // Contracted: identity is next, with a check about this very application.
    walk.refused(&entry, "contract", by_proof(&file.contract), "out-of-order", ESL_20);
    walk.refused(&approver, "approval", nothing(), "out-of-order", ESL_20);
    walk.refused(&approver, "issuance", nothing(), "out-of-order", ESL_20);
    faked_identities(&mut walk, &entry, &file, &other);
    walk.taken(&entry, "identity", by_proof(&early));

    // Identified: another officer approves, and nobody issues before that.
    walk.refused(&approver, "issuance", nothing(), "out-of-order", ESL_20);
    let and_issue = || (json!({"issue": true}), vec![("then", "issue")]);
    walk.refused(&entry, "approval", and_issue(), "same-officer", ESL_20);
    assert_eq!(walk.state(), "identified");
    walk.taken(&approver, "approval", (Value::Null, vec![("then", "stop")]));

    // Approved, then issued: it is done once.
    walk.refused(&approver, "approval", nothing(), "already-approved", ESL_20);
    walk.refused(&entry, "identity", by_proof(&early), "out-of-order", ESL_20);
    walk.taken(&approver, "issuance", nothing());
    assert_eq!(walk.state(), "issued");
    walk.refused(&approver, "approval", and_issue(), "already-issued", ESL_20);
    walk.refused(&entry, "notice", by_proof(&file.notice), "already-issued", M15_21);
    walk.refused(&entry, "contract", by_proof(&file.contract), "already-issued", M15_22);
    walk.refused(&entry, "identity", by_proof(&early), "already-issued", ESL_20);
    assert_eq!(recorded(&ca), walk.expected);
    revoked_with_a_check(&ca, (&approver, &walk.id), &file);
}

/// Words, a check about another application, of another person, on another occasion.
fn faked_identities(walk: &mut Walk<'_>, entry: &Officer, file: &CaseFile, other: &CaseFile) {
    let ca = walk.ca;
    let seen = json!({"method": "in-person", "document": "original", "evidence": []});
    let form = vec![("act", "words"), ("method", "in-person"), ("document", "original")];
    walk.refused(entry, "identity", (seen, form), "proof-missing", ESL_20);
    let elsewhere = ca.check(&file.applicant, "application", &contracted(&entry.http, file));
    walk.refused(entry, "identity", by_proof(&elsewhere), "proof-unknown", ESL_20);
    let strangers = ca.check(&other.applicant, "application", &walk.id);
    walk.refused(
        entry,
        "identity",
        by_proof(&strangers),
        "proof-of-another-applicant",
        ESL_20,
    );
    let renewal = ca.check(&file.applicant, "renewal", &walk.id);
    walk.refused(
        entry,
        "identity",
        by_proof(&renewal),
        "proof-of-another-occasion",
        ("M15", "30"),
    );
}

/// A holder's wish to revoke needs a check made for it; so do renewal and suspension.
fn revoked_with_a_check(ca: &Installation, (approver, application): (&Officer, &str), file: &CaseFile) {
    let issued = approver.http.get(&format!("/api/v1/applications/{application}")).json();
    let serial = issued["certificates"][0]["serial"].as_str().unwrap();
    let old = issued["identity_check"].as_str().unwrap();
    let before = recorded(ca).len();
    let mut codes = Vec::new();
    for (act, extra) in [("suspension", None), ("revocation", Some(("ground", "holder-request")))] {
        let mut body = json!({"reason": "lost", "identity": {"proof": old}});
        let mut fields = vec![("reason", "lost"), ("proof", old)];
        if let Some((name, value)) = extra {
            body[name] = value.into();
            fields.push((name, value));
        }
        let program = approver
            .http
            .post_json(&format!("/api/v1/certificates/{serial}/{act}"), &body);
        assert_eq!(program.json()["code"], "proof-unknown", "{act}: {}", program.json());
        let page = approver
            .visit
            .send(&format!("/desk/certificates/{serial}/{act}"), &fields);
        same_on_the_page(&page, &program.json());
        codes.extend(["proof-unknown"; 2]);
    }
    let renewal = json!({"identity": {"proof": old}});
    let program = approver
        .http
        .post_json(&format!("/api/v1/certificates/{serial}/renewal"), &renewal);
    assert_eq!(program.json()["code"], "proof-unknown", "{}", program.json());
    let page = approver
        .visit
        .send(&format!("/desk/certificates/{serial}/renewal"), &[("proof", old)]);
    same_on_the_page(&page, &program.json());
    codes.extend(["proof-unknown"; 2]);
    assert_eq!(recorded(ca)[before..], codes);
    let check = ca.check(&file.applicant, "revocation", serial);
    let wish = [
        ("ground", "holder-request"),
        ("reason", "lost"),
        ("proof", check.as_str()),
    ];
    let revoked = approver
        .visit
        .send(&format!("/desk/certificates/{serial}/revocation"), &wish);
    assert_eq!(revoked.status, 303, "{}", revoked.text());
}

#[test]
fn an_older_text_is_not_agreed_to_once_a_new_one_is_in_force() {
    let ca = Installation::fresh(Layout::OneProcess);
    let _daemon = ca.start("hefud.toml");
    ca.publish_texts();
    let file = ca.person(NAME, NUMBER);
    let entry = Officer::of(&ca, "entry");
    let entered = entry.http.post_json("/api/v1/applications", &bare(&file)).json();
    let id = entered["id"].as_str().unwrap().to_owned();
    let mut walk = Walk {
        ca: &ca,
        id,
        expected: Vec::new(),
    };
    publish_again(&ca, "notice");
    walk.refused(&entry, "notice", by_proof(&file.notice), "proof-superseded", M15_21);
    let notice = ca.json("entry", &["agreement", "acknowledge", &file.applicant]);
    walk.taken(&entry, "notice", by_proof(notice["id"].as_str().unwrap()));
    publish_again(&ca, "contract");
    walk.refused(&entry, "contract", by_proof(&file.contract), "proof-superseded", M15_22);
    let contract = ca.json("entry", &["agreement", "sign", &file.applicant, "--signed-by", NAME]);
    walk.taken(&entry, "contract", by_proof(contract["id"].as_str().unwrap()));
    assert_eq!(walk.state(), "contracted");
    assert_eq!(recorded(&ca), walk.expected);
}

/// Puts another version of a sample text in force.
fn publish_again(ca: &Installation, kind: &str) {
    let text = std::fs::read_to_string(ca.file(&format!("texts/{kind}.json"))).unwrap();
    let mut text: Value = serde_json::from_str(&text).unwrap();
    text["version"] = "sample-2".into();
    std::fs::write(ca.file("texts/next.json"), text.to_string()).unwrap();
    drop(ca.json("super-administrator", &["text", "publish", "texts/next.json"]));
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
    let approval = format!("/desk/applications/{id}/approval");
    same_on_the_page(
        &ca.visit("approver").send(&approval, &[("then", "issue")]),
        &late.json(),
    );
    assert_eq!(recorded(&ca), ["stale-identity", "stale-identity"]);
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
