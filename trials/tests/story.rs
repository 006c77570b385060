//! The whole story in a browser: a person, an organisation with a hundred staff, two officers, an auditor and somebody
//! who relies on a certificate; with real client certificates, the languages in turn.
//!
//! Each step is a function of its own. Where a page is not there yet, the step goes through the JSON interface or the
//! command and says so; it is changed for the page without touching the others.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a story that cannot go on has failed"
)]

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gm_suite::{KeyAlgorithm, PrivateKey};
use serde_json::{Value, json};
use trials::{CaseFile, Http, Installation, Layout, Player, Scene, Stage};

const CHINESE: &str = "zh-CN";
const ENGLISH: &str = "en-GB";

const PERSON: &str = "张三";
const NUMBER: &str = "11010119900307109X";
const ORGANISATION: &str = "示例科技有限公司";
const CODE: &str = "91350100M000100Y43";
const STAFF: usize = 100;
/// Officers' programs that work on the staff's files at once.
const HANDS: usize = 4;
/// A follower brings a status within seconds.
const PATIENCE: Duration = Duration::from_secs(20);

fn request() -> Vec<u8> {
    let key = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap();
    gm_syntax::CertificationRequest::sign_request(&"CN=x".parse().unwrap(), &key, None).unwrap()
}

/// In by the certificate that the browser shows; the first page is that of the post's room.
fn logs_in(officer: &Player, language: &str, room: &str) {
    let door = officer.open("/login");
    assert!(door.language.starts_with(language), "{}", door.language);
    let inside = officer.press("form[action=\"/login/certificate\"] button");
    assert_eq!((inside.status, inside.path.as_str()), (200, room), "{}", inside.text);
}

// ---- a person ----

/// The file at the counter: register, papers, notice, contract. By the command; the pages are `/desk/applicants`.
fn person_comes_to_the_counter(ca: &Installation) -> CaseFile {
    ca.person(PERSON, NUMBER)
}

/// The officer enters the application on its form; its path.
fn officer_enters(officer: &Player, file: &CaseFile) -> String {
    let form = officer.open("/desk/applications/new?profile=person-sm2");
    assert_eq!(form.status, 200, "{}", form.text);
    officer.fill("subject-common_name", PERSON);
    officer.fill("subject-identity_number", NUMBER);
    officer.fill("applicant", &file.applicant);
    officer.fill("csr", &gm_syntax::pem_text::encode("CERTIFICATE REQUEST", &request()));
    let entered = officer
        .press("form[method=\"post\"] button.main")
        .says(&["已录入。请继续下一步。"]);
    let path = entered.path.split('?').next().unwrap();
    assert!(path.starts_with("/desk/applications/"), "{path}");
    path.to_owned()
}

/// The application stands in the officer's queue, with what is next, and no given name.
fn finds_it_in_the_queue(officer: &Player, application: &str, holder: &str) {
    let queue = officer.open("/desk").says(&[holder]);
    assert!(queue.html.contains(application), "{}", queue.text);
}

fn notice_and_contract_are_recorded(officer: &Player, application: &str, file: &CaseFile) {
    let shown = officer.open(application).says(&["记录告知", "21"]);
    assert_eq!(shown.after("<html lang=\""), Some("zh-CN"), "{}", shown.language);
    officer.fill("proof", &file.notice);
    let _ = officer
        .press("form[action$=\"/notice\"] button")
        .says(&["已记录告知。", "22"]);
    officer.fill("proof", &file.contract);
    let _ = officer
        .press("form[action$=\"/contract\"] button")
        .says(&["已记录合同。"]);
}

fn identity_is_checked(officer: &Player) {
    let _ = officer
        .press("button[name=\"act\"][value=\"check\"]")
        .says(&["已记录身份查验。", "须由另一名操作员审批"]);
}

/// Whoever entered it presses the button all the same.
fn same_officer_is_refused(officer: &Player) {
    let refused = officer.press("button[name=\"then\"][value=\"issue\"]");
    let refused = refused.says_with(409, &["没有办理", "电子签名法 20"]);
    assert!(refused.html.contains("role=\"alert\""));
    officer.picture("same-officer-zh");
}

/// The second officer, in the other language, approves and has it issued; the certificate's path.
fn another_officer_approves(officer: &Player, application: &str) -> String {
    let _ = officer.open(application).says(&["Approve and issue"]);
    let issued = officer
        .press("button[name=\"then\"][value=\"issue\"]")
        .says(&["Approved and issued.", "Signing certificate (PEM)"]);
    officer.picture("issued-en");
    let serial = issued.after("href=\"/desk/certificates/").unwrap();
    format!("/desk/certificates/{serial}")
}

fn subscriber_takes_it_along(officer: &Player, application: &str) {
    let pem = officer.fetch(&format!("{application}/files/sign.pem"));
    assert!(pem.text.starts_with("-----BEGIN CERTIFICATE-----"), "{}", pem.text);
}

/// Suspended and resumed: each is asked first, and says what will happen.
fn certificate_is_suspended_and_resumed(officer: &Player, certificate: &str) {
    let _ = officer.open(certificate).says(&["valid"]);
    for (act, will_happen, done) in [
        ("suspension", "nobody should trust it", "Suspended."),
        ("resumption", "It is valid again", "Resumed."),
    ] {
        let question = officer.open(&format!("{certificate}/{act}"));
        let _ = question.says(&[will_happen, "move together"]);
        officer.fill("reason", "the holder asked at the counter");
        let selector = format!("form[action$=\"/{act}\"] button");
        let _ = officer.press(&selector).says(&[done]);
    }
}

/// Revoked at the holder's wish; the five grounds are there with their article.
fn certificate_is_revoked(officer: &Player, certificate: &str) {
    let question = officer.open(&format!("{certificate}/revocation"));
    let question = question.says(&["撤销不能恢复", "29"]);
    assert_eq!(question.html.matches("name=\"ground\"").count(), 5);
    officer.picture("revocation-zh");
    officer.fill("ground", "holder-request");
    officer.fill("reason", "持有人当面申请");
    let _ = officer
        .press("form[action$=\"/revocation\"] button")
        .says(&["证书已撤销。", "已撤销"]);
}

/// Somebody who relies on it asks the public page until it says so.
fn relying_party_reads(visitor: &Player, certificate: &str, state: &str) {
    let serial = certificate.rsplit('/').next().unwrap();
    let start = Instant::now();
    loop {
        let shown = visitor.open(&format!("/certificates/{serial}"));
        if shown.status == 200 && shown.text.contains(state) {
            return;
        }
        assert!(start.elapsed() < PATIENCE, "never {state}: {}", shown.text);
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// And finds it by its serial number in the search.
fn relying_party_looks_it_up(visitor: &Player, certificate: &str) {
    let serial = certificate.rsplit('/').next().unwrap();
    let _ = visitor.open("/certificates");
    visitor.fill("query", serial);
    let found = visitor.press("form button");
    assert!(
        found.html.contains(&format!("/certificates/{serial}")),
        "{}",
        found.text
    );
}

// ---- an organisation with a hundred staff ----

/// A citizen's number with its check digit (GB 11643), born in May 1990.
fn citizen(sequence: usize) -> String {
    let first = format!("11010119900501{sequence:03}");
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let digits = first.chars().filter_map(|digit| digit.to_digit(10));
    let sum: u32 = digits.zip(weights).map(|(digit, weight)| digit * weight).sum();
    format!("{first}{}", "10X98765432".chars().nth(sum as usize % 11).unwrap())
}

fn member(number: usize) -> String {
    format!("员工{number:03}")
}

fn sheet() -> String {
    let mut text = "profile,csr,organisation,unified_social_credit_code,common_name,applicant_name,applicant_number,\
                    organisation_name,organisation_code,representative_name,representative_number\r\n"
        .to_owned();
    for number in 0..STAFF {
        let (csr, name, identity) = (STANDARD.encode(request()), member(number), citizen(number));
        let representative = citizen(900);
        writeln!(
            text,
            "staff-sm2-single,{csr},{ORGANISATION},{CODE},{name},{name},{identity},{ORGANISATION},{CODE},李四,\
             {representative}\r"
        )
        .unwrap();
    }
    text
}

/// The organisation's sheet is checked and entered; the batch's number. By the command; the pages are `/desk/batches`.
fn organisation_brings_its_staff(ca: &Installation) -> String {
    std::fs::write(ca.file("staff.csv"), sheet()).unwrap();
    let checked = ca.json("entry", &["batch", "check", "staff.csv"]);
    assert_eq!(checked["counts"]["good"], json!(STAFF), "{checked}");
    let id = checked["id"].as_str().unwrap().to_owned();
    let entered = ca.json("entry", &["batch", "start", &id]);
    assert_eq!(entered["counts"]["entered"], json!(STAFF), "{entered}");
    id
}

/// What the law asks of each member of the staff: papers, notice, contract, a check of identity. By the JSON interface;
/// the pages are `/desk/applicants`.
fn papers_of_all_are_taken(ca: &Installation, batch: &str) {
    let report = ca
        .http("entry")
        .get(&format!("/api/v1/batches/{batch}/report.json"))
        .json();
    let rows = report["items"].as_array().unwrap();
    assert_eq!(rows.len(), STAFF);
    let applications: Vec<&str> = rows.iter().map(|row| row["application"].as_str().unwrap()).collect();
    let texts = ["notice", "contract"].map(|kind| ca.http("entry").get(&format!("/api/v1/texts/{kind}")).json());
    let picture = std::fs::read(ca.file("paper.png")).unwrap();
    std::thread::scope(|scope| {
        for part in applications.chunks(STAFF.div_ceil(HANDS)) {
            let (http, texts, picture) = (ca.http("entry"), &texts, &picture);
            scope.spawn(move || {
                for application in part {
                    papers_of_one_are_taken(&http, application, texts, picture);
                }
            });
        }
    });
}

fn papers_of_one_are_taken(http: &Http, application: &str, texts: &[Value; 2], picture: &[u8]) {
    let path = format!("/api/v1/applications/{application}");
    let shown = http.get(&path).json();
    let file = format!("/api/v1/applicants/{}", shown["applicant"].as_str().unwrap());
    for paper in ["passport", "organisation-licence", "authorisation", "employment"] {
        let taken = http.post(&format!("{file}/evidence/{paper}"), "image/png", picture);
        assert_eq!(taken.status, 201, "{}", taken.json());
    }
    let created = |path: String, body: Value| -> Value {
        let made = http.post_json(&path, &body);
        assert_eq!(made.status, 201, "{path}: {}", made.json());
        json!({"proof": made.json()["id"]})
    };
    let name = &shown["subject"]["common_name"];
    for (text, signed_by) in texts.iter().zip([Value::Null, name.clone()]) {
        let kind = &text["kind"];
        let agreement = json!({
            "kind": kind, "version": text["version"], "language": "zh", "sm3": text["zh"]["sm3"],
            "signed_by": signed_by,
        });
        let agreed = created(format!("{file}/agreements"), agreement);
        let step = http.post_json(&format!("{path}/{}", kind.as_str().unwrap()), &agreed);
        assert_eq!(step.status, 200, "{}", step.json());
    }
    let check = created(
        format!("{file}/checks"),
        json!({"occasion": "application", "about": application}),
    );
    let step = http.post_json(&format!("{path}/identity"), &check);
    assert_eq!(step.status, 200, "{}", step.json());
}

/// Another officer approves the whole batch. By the command; the page is `/desk/batches/{id}`.
fn another_officer_approves_the_batch(ca: &Installation, batch: &str) {
    let approved = ca.json("approver", &["batch", "approve", batch, "--issue"]);
    assert_eq!(approved["counts"]["approved"], json!(STAFF), "{approved}");
}

/// The desk's search finds one of them, and the export has all.
fn desk_finds_all_of_them(officer: &Player) {
    let _ = officer.open("/desk/certificates");
    officer.fill("query", &member(77));
    let found = officer.press("form button").says(&[&member(77), "valid"]);
    assert!(!found.text.contains(&member(78)), "{}", found.text);
    let _ = officer
        .open("/desk/certificates?profile=staff-sm2-single")
        .says(&["Export as CSV"]);
    officer.picture("staff-en");
    let export = officer.fetch("/desk/certificates.csv?profile=staff-sm2-single");
    assert_eq!(export.status, 200);
    for number in 0..STAFF {
        assert!(export.text.contains(&member(number)), "{number}");
    }
    assert_eq!(export.text.trim().lines().count(), STAFF + 1, "a head and everybody");
}

// ---- an auditor ----

/// Sees everything that officers see, and no button.
fn auditor_reads_and_is_offered_nothing(auditor: &Player, application: &str, certificate: &str) {
    let paths = [
        "/desk?state=all",
        application,
        certificate,
        "/desk/certificates",
        "/desk/forecast",
    ];
    for path in paths {
        let shown = auditor.open(path);
        assert_eq!(shown.status, 200, "{path}: {}", shown.text);
        let offered = main_part(&shown).matches("method=\"post\"").count();
        assert_eq!(offered, 0, "{path} offers an act to an auditor: {}", shown.text);
    }
    auditor.picture("auditor-zh");
}

fn main_part(scene: &Scene) -> &str {
    let main = scene.html.split("<main").nth(1).unwrap_or_default();
    main.split("</main>").next().unwrap_or_default()
}

/// A form that no page offered, with a good mark: refused with the article, and recorded.
fn auditor_forges_a_form_in_vain(auditor: &Player, certificate: &str) {
    let mark = auditor
        .open("/logout")
        .after("name=\"csrf\" value=\"")
        .unwrap()
        .to_owned();
    let fields = [
        ("csrf", mark.as_str()),
        ("ground", "holder-request"),
        ("reason", "forged"),
    ];
    let refused = auditor.forge(&format!("{certificate}/revocation"), &fields);
    assert_eq!(refused.status, 403, "{}", refused.text);
    assert!(
        refused.text.contains("不得变更证书状态") && refused.text.contains("19"),
        "{}",
        refused.text
    );
    let page = auditor.open("/desk/applications/new");
    let _ = page.says_with(403, &["不得录入申请"]);
    auditor.picture("refused-zh");
}

fn what_the_auditor_tried_is_recorded(ca: &Installation, certificate: &str) {
    let entries = ca.records("ra", 0);
    let tried: Vec<(&str, &str)> = entries
        .iter()
        .filter(|entry| entry["kind"] == "permission-refused/1")
        .map(|entry| (entry["actor"].as_str().unwrap(), entry["body"]["act"].as_str().unwrap()))
        .collect();
    let revocation = format!("POST {certificate}/revocation");
    assert_eq!(
        tried,
        [
            ("officer:7", revocation.as_str()),
            ("officer:7", "GET /desk/applications/new")
        ]
    );
}

#[test]
fn a_person_an_organisation_two_officers_and_an_auditor_each_do_their_whole_job_in_a_browser() {
    let ca = Installation::fresh(Layout::OneProcess);
    let _daemon = ca.start("hefud.toml");
    ca.publish_texts();
    let stage = Stage::open("story");
    let (entry, approver) = (
        stage.officer(&ca, "entry", CHINESE),
        stage.officer(&ca, "approver", ENGLISH),
    );
    logs_in(&entry, "zh", "/desk");
    logs_in(&approver, "en", "/desk");

    let file = person_comes_to_the_counter(&ca);
    let application = officer_enters(&entry, &file);
    finds_it_in_the_queue(&entry, &application, "张*");
    notice_and_contract_are_recorded(&entry, &application, &file);
    identity_is_checked(&entry);
    same_officer_is_refused(&entry);
    finds_it_in_the_queue(&approver, &application, "张*");
    let certificate = another_officer_approves(&approver, &application);
    subscriber_takes_it_along(&approver, &application);

    let (relying, foreigner) = (
        stage.visitor(&ca, "relying", CHINESE),
        stage.visitor(&ca, "foreigner", ENGLISH),
    );
    relying_party_reads(&foreigner, &certificate, "valid");
    certificate_is_suspended_and_resumed(&approver, &certificate);
    relying_party_looks_it_up(&relying, &certificate);

    let batch = organisation_brings_its_staff(&ca);
    papers_of_all_are_taken(&ca, &batch);
    another_officer_approves_the_batch(&ca, &batch);
    desk_finds_all_of_them(&approver);

    let auditor = stage.officer(&ca, "auditor", CHINESE);
    logs_in(&auditor, "zh", "/audit");
    auditor_reads_and_is_offered_nothing(&auditor, &application, &certificate);
    auditor_forges_a_form_in_vain(&auditor, &certificate);
    what_the_auditor_tried_is_recorded(&ca, &certificate);

    certificate_is_revoked(&entry, &certificate);
    relying_party_reads(&relying, &certificate, "已撤销");
}
