//! What is published, filed and licensed, through a running daemon: from the sample of the set-up to licensed mode, and
//! from a certificate's pointer to the page.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::fs;

use serde_json::{Value, json};
use trials::{Http, Installation, Layout, openssl};

const ONE: &str = "super-administrator";
const TWO: &str = "super-administrator-2";

fn request(ca: &Installation, name: &str) {
    let folder = ca.path();
    let (key, csr) = (format!("{name}.key"), format!("{name}.csr"));
    let curve = "ec_paramgen_curve:SM2";
    openssl(
        folder,
        &["genpkey", "-algorithm", "EC", "-pkeyopt", curve, "-out", &key],
    );
    let subject = "/C=CN/CN=Zhang San";
    let distid = "distid:1234567812345678";
    openssl(
        folder,
        &[
            "req", "-new", "-key", &key, "-subj", subject, "-sm3", "-sigopt", distid, "-out", &csr,
        ],
    );
}

/// The example number of GB 11643.
const NUMBER: &str = "11010519491231002X";

/// Applies out of a file and approves; the verdict of issuing, and the application's number.
fn issue(ca: &Installation, name: &str) -> (String, String) {
    request(ca, name);
    let csr = format!("{name}.csr");
    if ca.http("approver").get("/api/v1/texts/notice").status == 404 {
        ca.publish_texts();
    }
    let file = ca.person("Zhang San", NUMBER);
    let entered = ca.json(
        "entry",
        &[
            "apply",
            &csr,
            "--profile",
            "person-sm2",
            "--applicant",
            &file.applicant,
            "--notice-proof",
            &file.notice,
            "--contract-proof",
            &file.contract,
            "--subject",
            "common_name=Zhang San",
            "--subject",
            "holder_number=H-0001",
        ],
    );
    let id = entered["id"].as_str().unwrap().to_owned();
    let check = ca.check(&file.applicant, "application", &id);
    drop(ca.json("entry", &["identify", &id, "--check", &check]));
    let reply = ca
        .http("approver")
        .post_json(&format!("/api/v1/applications/{id}/approval"), &json!({"issue": true}));
    let told = reply.json();
    let state = told["state"].as_str().map_or_else(|| reply.verdict(), str::to_owned);
    (format!("{state} {}", refusal(&told)), id)
}

/// The code of the refusal in an application or a problem.
fn refusal(told: &Value) -> String {
    let text = told.to_string();
    let codes = [
        "policy-not-published",
        "policy-is-sample",
        "policy-not-filed",
        "licence-record-missing",
        "licence-ended",
    ];
    codes
        .into_iter()
        .find(|code| text.contains(code))
        .unwrap_or_default()
        .to_owned()
}

/// Switches an installation's configuration to licensed mode.
fn license(ca: &Installation) {
    let path = ca.file("hefud.toml");
    let text = fs::read_to_string(&path).unwrap();
    let licensed = text.replace("mode = \"open\"", "mode = \"licensed\"");
    assert_ne!(text, licensed);
    fs::write(path, licensed).unwrap();
}

fn approved(ca: &Installation, arguments: &[&str]) {
    let proposal = ca.json(ONE, arguments);
    let id = proposal["id"].as_str().unwrap();
    let own = ca.http(ONE).post_json(
        &format!("/api/v1/policies/proposals/{id}/decision"),
        &json!({"outcome": "approved"}),
    );
    assert_eq!(own.verdict(), "409 same-officer");
    let decided = ca.json(TWO, &["policy", "decide", id, "approved"]);
    assert_eq!(decided["outcome"], "approved");
}

fn today() -> String {
    let at = std::process::Command::new("date")
        .args(["+%F"])
        .env("TZ", "Asia/Shanghai")
        .output()
        .unwrap();
    String::from_utf8(at.stdout).unwrap().trim().to_owned()
}

fn licence(ca: &Installation, until: &str) {
    let licence = json!({
        "name": "某某认证有限公司", "legal_representative": "张三", "address": "某市某路1号", "contact": "010-00000000",
        "number": "ECP00000000000", "issuing_authority": "某主管部门", "issued_on": "2020-01-01",
        "valid_from": "2020-01-01", "valid_until": until,
    });
    fs::write(ca.file("licence.json"), licence.to_string()).unwrap();
    approved(ca, &["licence", "record", "licence.json"]);
}

/// What becomes of a statement that speaks of nothing.
fn thin(ca: &Installation, day: &str) -> String {
    let act = json!({"act": "publish", "series": "cps", "version": "2.0", "effective_on": day, "covers": ["1.2"],
        "chinese": "# 规则", "english": "# Rules"});
    ca.http(ONE).post_json("/api/v1/policies/proposals", &act).verdict()
}

/// The sample's texts as the operator's own.
fn own_texts(ca: &Installation) {
    for (from, to, word) in [("cps.zh.md", "own.zh.md", "样本"), ("cps.en.md", "own.en.md", "sample")] {
        let text = fs::read_to_string(ca.file(from)).unwrap();
        fs::write(ca.file(to), text.replace(word, "1.0")).unwrap();
    }
}

#[test]
fn from_the_sample_to_licensed_mode_each_step_is_wanted_and_each_lack_has_its_own_refusal() {
    let ca = Installation::fresh(Layout::OneProcess);
    let daemon = ca.start("hefud.toml");
    assert_eq!(
        issue(&ca, "open").0,
        "issued ",
        "in open mode the sample is ground enough"
    );
    daemon.stop();
    license(&ca);
    let daemon = ca.start("hefud.toml");
    assert!(issue(&ca, "sample").0.ends_with("policy-is-sample"));
    own_texts(&ca);
    let day = today();
    approved(
        &ca,
        &[
            "policy",
            "publish",
            "cps",
            "1.0",
            "--chinese",
            "own.zh.md",
            "--english",
            "own.en.md",
            "--effective-on",
            &day,
            "--covers",
            "1.3.6.1.4.1.32473.1",
        ],
    );
    assert!(issue(&ca, "unfiled").0.ends_with("policy-not-filed"));
    fs::write(ca.file("receipt.pdf"), b"%PDF").unwrap();
    approved(
        &ca,
        &[
            "policy",
            "file",
            "cps",
            "1.0",
            "--recipient",
            "某主管部门",
            "--on",
            &day,
            "--receipt",
            "receipt.pdf",
        ],
    );
    assert!(issue(&ca, "unlicensed").0.ends_with("licence-record-missing"));
    licence(&ca, "2021-01-01");
    assert!(issue(&ca, "ended").0.ends_with("licence-ended"));
    licence(&ca, "2099-12-31");
    assert_eq!(issue(&ca, "licensed").0, "issued ");
    assert_eq!(thin(&ca, &day), "409 cps-topic-missing");
    found_by_conformance(&ca, daemon);
}

/// The conformance report sees what was done, and the deadline that was kept.
fn found_by_conformance(ca: &Installation, daemon: trials::Daemon) {
    daemon.stop();
    let mut ask = ca.hefu(ONE);
    ask.args(["--json", "conformance"]).arg(ca.path());
    let told = ask.output().unwrap();
    let report: Value = serde_json::from_slice(&told.stdout)
        .unwrap_or_else(|why| panic!("{why}: {}", String::from_utf8_lossy(&told.stderr)));
    let finding = |id: &str| {
        let all = report["obligations"].as_array().unwrap();
        let one = all.iter().find(|it| it["id"] == id).unwrap();
        one["finding"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        finding("ESL-19"),
        "met",
        "published, filed, and a text without its topics refused"
    );
    let text = report.to_string();
    for shown in ["disclosure-published/1", "M15-15.filing"] {
        assert!(text.contains(shown), "{shown}");
    }
}

#[test]
fn a_certificate_leads_to_the_page_and_old_versions_stay_reachable() {
    let ca = Installation::fresh(Layout::OneProcess);
    let _daemon = ca.start("hefud.toml");
    let (state, id) = issue(&ca, "one");
    assert_eq!(state, "issued ");
    fs::create_dir_all(ca.file("out")).unwrap();
    let _ = ca.json("entry", &["show", &id, "--out", "out"]);
    let file = fs::read_dir(ca.file("out")).unwrap().map(|it| it.unwrap().path());
    let file = file
        .into_iter()
        .find(|it| it.extension().is_some_and(|it| it == "crt" || it == "pem"))
        .unwrap();
    let shown = openssl(ca.path(), &["x509", "-in", file.to_str().unwrap(), "-noout", "-text"]);
    assert!(shown.contains("Policy: 1.3.6.1.4.1.32473.1.1"), "{shown}");
    let pointer = shown
        .lines()
        .find_map(|line| line.trim().strip_prefix("CPS: "))
        .unwrap();
    let path = pointer.strip_prefix(ca.public_url()).unwrap();
    let public = Http::new(ca.public_url());
    let page = public.get(path);
    let html = String::from_utf8(page.body).unwrap();
    assert_eq!(page.status, 200);
    assert!(
        html.contains("sample") && html.contains("1.3.6.1.4.1.32473.1"),
        "{html}"
    );

    own_texts(&ca);
    let day = today();
    approved(
        &ca,
        &[
            "policy",
            "publish",
            "cps",
            "1.0",
            "--chinese",
            "own.zh.md",
            "--english",
            "own.en.md",
            "--effective-on",
            &day,
            "--covers",
            "1.3.6.1.4.1.32473.1",
        ],
    );
    let text = public.get("/cps/1.0.zh.md");
    assert_eq!(text.body, fs::read(ca.file("own.zh.md")).unwrap());
    assert_eq!(text.content_type, "text/markdown; charset=utf-8");
    assert_eq!(
        public.get("/cps/0.1.zh.md").body,
        fs::read(ca.file("cps.zh.md")).unwrap()
    );
    assert_eq!(public.get("/cps/0.1").status, 200);
    assert_eq!(public.get("/cps/9.9").verdict(), "404 no-such-policy");
    let all = public.get("/api/v1/policies").json();
    let current: Vec<&Value> = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["current"])
        .collect();
    assert_eq!(current, [false, true]);
    assert_eq!(
        ca.http("entry").get("/api/v1/policies/proposals").status,
        200,
        "whoever may read"
    );
    let operator = ca.http("entry").post_json(
        "/api/v1/policies/proposals",
        &json!({"act": "file", "series": "cps",
        "version": "1.0", "recipient": "x", "on": day, "receipt": {"name": "x", "content": "eA=="}}),
    );
    assert_eq!(operator.verdict(), "403 not-permitted");
}

#[test]
fn the_disclosure_says_what_is_recorded_and_what_was_not_read() {
    let ca = Installation::fresh(Layout::OneProcess);
    let _daemon = ca.start("hefud.toml");
    let public = Http::new(ca.public_url());
    let page = || String::from_utf8(public.get("/disclosure").body).unwrap();
    assert!(page().contains("No licence"), "{}", page());
    licence(&ca, "2099-12-31");
    let html = page();
    for part in [
        "ECP00000000000",
        "张三",
        "某市某路1号",
        "2099-12-31",
        "(unverified)",
        "Licence recorded",
    ] {
        assert!(html.contains(part), "{part}");
    }
    let items = public.get("/api/v1/disclosure").json()["items"].clone();
    let number = items
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["id"] == "licence-number")
        .unwrap()
        .clone();
    let verified: Vec<&Value> = number["sources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["verified"])
        .collect();
    assert_eq!(verified, [true, false, true]);
    let told = ca.json("entry", &["disclosure"]);
    assert_eq!(told["valid"], true);
}

#[test]
fn with_processes_apart_the_public_pages_follow_the_authority() {
    let ca = Installation::fresh(Layout::Separate);
    let at = |step: u16| {
        let (host, port) = ca.url().rsplit_once(':').unwrap();
        format!("{host}:{}", port.parse::<u16>().unwrap() + step)
    };
    let authority = ca.start_at("ca.toml", &at(1));
    let status = ca.start_at("status.toml", ca.public_url());
    let public = Http::new(ca.public_url());
    let text = public.get_when_there("/cps/0.1.zh.md");
    assert_eq!(text.body, fs::read(ca.file("cps.zh.md")).unwrap());
    authority.stop();
    status.stop();
    let _status = ca.start_at("status.toml", ca.public_url());
    assert_eq!(
        public.get("/cps").status,
        200,
        "what was published stays reachable while the authority is away"
    );
}

#[test]
fn a_configuration_from_before_versions_goes_on_working() {
    let ca = Installation::fresh(Layout::OneProcess);
    let path = ca.file("hefud.toml");
    let text = fs::read_to_string(&path).unwrap();
    let kept = text.lines().filter(|line| {
        !["[ca.policies]", "mode =", "first_chinese", "first_english"]
            .iter()
            .any(|word| line.starts_with(word))
    });
    let old = kept.collect::<Vec<_>>().join("\n");
    let old = old.replace("[status]\n", "[status]\ncps = \"cps.md\"\n");
    fs::write(path, old).unwrap();
    fs::write(ca.file("cps.md"), "# 本机构的规则\n\n## 责任\n\n如前。\n").unwrap();
    let _daemon = ca.start("hefud.toml");
    assert_eq!(issue(&ca, "one").0, "issued ");
    let public = Http::new(ca.public_url());
    assert_eq!(public.get("/cps/0.1.zh.md").body, fs::read(ca.file("cps.md")).unwrap());
    let told = public.get("/api/v1/policies").json()["items"][0].clone();
    assert_eq!(told["sample"], false);
    let missing: Vec<&str> = told["missing"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|it| it["topic"].as_str())
        .collect();
    assert!(
        missing.contains(&"security") && missing.contains(&"liability"),
        "{missing:?}: what it lacks stands beside it"
    );
}
