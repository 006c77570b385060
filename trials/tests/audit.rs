//! The auditors' room over a real process: log-in leads there, an exhibit from a page convinces the command line offline,
//! another's look is recorded; then every page in a browser, both languages, wide, narrow, printed.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a story that cannot go on has failed"
)]

use std::fs;
use std::process::Command;

use gm_suite::{KeyAlgorithm, PrivateKey};
use serde_json::{Value, json};
use trials::{Installation, Layout, View, look, must};

/// Links of these pages whose doors are opened elsewhere.
const ABSENT: [&str; 2] = ["/announcements", "/disclosure"];

/// Logs in with an access token; where it leads, and the session's cookie.
fn log_in(ca: &Installation, officer: &str) -> (String, String) {
    let token = fs::read_to_string(ca.file(&format!("officers/{officer}.token"))).unwrap();
    let form = format!("token={}", token.trim());
    let mut curl = Command::new("curl");
    curl.args(["-sS", "-i", "--noproxy", "*", "-d", &form]);
    let answer = must(curl.arg(format!("{}/login/token", ca.url())));
    let header = |name: &str| {
        let mut lines = answer.lines().filter_map(|line| line.split_once(": "));
        let found = lines.find(|(found, _)| found.eq_ignore_ascii_case(name));
        found.unwrap().1.to_owned()
    };
    let cookie = header("set-cookie");
    let value = cookie.split(['=', ';']).nth(1).unwrap();
    (header("location"), value.to_owned())
}

/// A page or a file of a session; its status and its octets as text.
fn page(ca: &Installation, cookie: &str, path: &str) -> (String, String) {
    let mut curl = Command::new("curl");
    curl.args([
        "-sS",
        "--noproxy",
        "*",
        "-H",
        "Accept-Language: en",
        "-w",
        "\n%{http_code}",
    ]);
    curl.arg("-b").arg(format!("hefu-session={cookie}"));
    let text = must(curl.arg(format!("{}{path}", ca.url())));
    let (page, status) = text.rsplit_once('\n').unwrap();
    (status.to_owned(), page.to_owned())
}

/// One device's certificate, after a refusal to the officer who entered it.
fn issue(ca: &Installation) -> Value {
    let key = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap();
    let csr = gm_syntax::CertificationRequest::sign_request(&"CN=device".parse().unwrap(), &key, None).unwrap();
    let application = json!({
        "profile": "device-sm2",
        "subject": {"country": "CN", "organisation": "示例科技有限公司", "common_name": "gate-1.example"},
        "csr": gm_syntax::pem_text::encode("CERTIFICATE REQUEST", &csr),
        "notice": {"version": "1"},
        "contract": {"version": "1", "signed_by": "示例科技有限公司"},
        "identity": {"method": "in-person", "document": "original", "evidence": []},
    });
    let entered = ca.http("entry").post_json("/api/v1/applications", &application).json();
    let path = format!("/api/v1/applications/{}/approval", entered["id"].as_str().unwrap());
    let refused = ca.http("entry").post_json(&path, &json!({"issue": true}));
    assert_eq!(refused.status, 409, "{}", refused.json());
    ca.http("approver").post_json(&path, &json!({"issue": true})).json()
}

/// Where the first record of a kind is.
fn index_of(ca: &Installation, zone: &str, kind: &str) -> u64 {
    let path = format!("/api/v1/records/{zone}/search?kind={kind}");
    let found = ca.http("auditor").get(&path).json();
    found["items"][0]["index"].as_u64().unwrap()
}

/// Waits until a record is sealed: a checkpoint is made every second.
fn until_sealed(ca: &Installation, path: &str) {
    for _ in 0..100 {
        if ca.http("auditor").get(path).status == 200 {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
}

#[test]
fn an_auditor_sees_everything_and_a_stranger_can_check_it() {
    let ca = Installation::fresh(Layout::OneProcess);
    let _daemon = ca.start("hefud.toml");
    let application = issue(&ca);
    let (room, auditor) = log_in(&ca, "auditor");
    assert_eq!(room, "/audit");
    let zones = ca.http("auditor").get("/api/v1/records").json();
    let names: Vec<&str> = zones["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["zone"].as_str())
        .collect();
    assert_eq!(
        names,
        ["ca", "kmc", "ra", "status"],
        "every zone of the process, whenever it was opened"
    );
    let checkpoint = ca.http("auditor").get("/api/v1/records/status/checkpoint");
    assert_eq!(checkpoint.status, 200, "{}", checkpoint.verdict());

    let (room, entry) = log_in(&ca, "entry");
    assert_eq!(room, "/desk");
    assert_eq!(page(&ca, &entry, "/audit/officers").0, "403");
    let (_, approver) = log_in(&ca, "approver");
    let (status, list) = page(&ca, &approver, "/desk/certificates.csv?query=gate");
    assert!(status == "200" && list.lines().count() == 3, "{list}");
    let (_, refusals) = page(&ca, &auditor, "/audit/refusals");
    assert!(
        refusals.contains("not-permitted") && refusals.contains("same-officer"),
        "{refusals}"
    );
    let (_, access) = page(&ca, &auditor, "/audit/access?sort=exports");
    assert!(access.contains("2 rows · searched=name"), "{access}");

    let issued = index_of(&ca, "ca", "certificate-issued/1");
    until_sealed(&ca, &format!("/api/v1/records/ca/entries/{issued}"));
    checked_by_a_stranger(&ca, &auditor, issued);
    let serial = application["certificates"][0]["serial"].as_str().unwrap_or_default();
    let (_, found) = page(&ca, &auditor, &format!("/audit/records/ca?name={serial}"));
    assert!(
        found.contains(&format!("/audit/records/ca/{issued}\"")),
        "found by {serial}: {found}"
    );
    let (status, report) = page(&ca, &auditor, "/audit/conformance.json");
    let report: Value = serde_json::from_str(&report).unwrap();
    assert!(status == "200" && report["doubts"] == json!([]), "{report}");
    let (status, pdf) = page(&ca, &auditor, "/audit/conformance.pdf");
    assert!(
        status == "200" && pdf.starts_with("%PDF-"),
        "{}",
        pdf.chars().take(300).collect::<String>()
    );
    browsed(&ca, &auditor);
}

/// The exhibit and the installation's public key convince the command line; a changed exhibit does not.
fn checked_by_a_stranger(ca: &Installation, auditor: &str, index: u64) {
    let (status, exhibit) = page(ca, auditor, &format!("/audit/records/ca/{index}/files/exhibit.json"));
    assert_eq!(status, "200", "{exhibit}");
    let check = |name: &str, text: &str| {
        let file = ca.file(name);
        fs::write(&file, text).unwrap();
        let mut hefu = Command::new(trials::binary("hefu"));
        hefu.args(["records", "check"])
            .arg(file)
            .arg("--key")
            .arg(ca.file("ca/records-ca.pub"));
        hefu.output().unwrap().status.code()
    };
    assert_eq!(check("exhibit.json", &exhibit), Some(0));
    let forged = exhibit.replace("certificate-issued/1", "certificate-issued/2");
    assert_ne!(forged, exhibit);
    assert_eq!(check("forged.json", &forged), Some(1));
}

/// Every page, as people see it.
fn browsed(ca: &Installation, cookie: &str) {
    let refused = index_of(ca, "ra", "application-refused/1");
    let view = |name: &str, path: &str| View::of(name, path).with_cookie(ca.url(), "hefu-session", cookie);
    let views = [
        view("overview", "/audit").says("检查点有效", "verifies"),
        view("records", "/audit/records/ra").says("批准申请", "Application approved"),
        view("records-found", "/audit/records/ra?kind=application-refused%2F1").says("拒绝", "refused"),
        view("record", &format!("/audit/records/ra/{refused}")).says("已签封，未被改动", "Sealed and unchanged"),
        view("access", "/audit/access").says("导出名单", "List taken away"),
        view("refusals", "/audit/refusals").says("same-officer", "same-officer"),
        view("conformance", "/audit/conformance").says("符合", "met"),
        view("officers", "/audit/officers").says("在岗", "on duty"),
        view("officer", "/audit/officers/1").says("登记入册", "Enrolled"),
    ];
    look(ca.url(), "audit", &views, &ABSENT);
}
