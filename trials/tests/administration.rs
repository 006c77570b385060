//! The administrators' pages: an appointment by two officers, the token shown once, a stale form; then every page in a
//! browser, both languages, wide, narrow, printed.
#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};
use trials::{Installation, Layout, View, look, must};

/// Links of these pages whose doors are opened elsewhere.
const ABSENT: [&str; 3] = ["/announcements", "/disclosure", "/login"];

/// An officer's browser: curl with a jar for cookies.
struct Browser<'a> {
    ca: &'a Installation,
    jar: PathBuf,
}

impl<'a> Browser<'a> {
    /// Logged in with the officer's access token; where that led.
    fn of(ca: &'a Installation, officer: &str) -> (Self, String) {
        let jar = ca.file(&format!("jar-{officer}"));
        let browser = Self { ca, jar };
        let token = fs::read_to_string(ca.file(&format!("officers/{officer}.token"))).unwrap();
        let (status, page) = browser.ask("/login/token", &["-d", &format!("token={}", token.trim())]);
        let home = status.strip_prefix("303 ").unwrap_or_default().to_owned();
        assert!(!home.is_empty(), "{status}: {page}");
        (browser, home)
    }

    /// Status with the path of a redirect, and the page.
    fn ask(&self, path: &str, arguments: &[&str]) -> (String, String) {
        let mut command = Command::new("curl");
        command.args(["-sS", "--noproxy", "*", "-H", "Accept-Language: en"]);
        command.arg("-b").arg(&self.jar).arg("-c").arg(&self.jar);
        command.args(["-w", "\n%{http_code} %{redirect_url}"]).args(arguments);
        let text = must(command.arg(format!("{}{path}", self.ca.url())));
        let (page, last) = text.rsplit_once('\n').unwrap();
        (last.replace(self.ca.url(), "").trim_end().to_owned(), page.to_owned())
    }

    /// A page that must be there.
    fn page(&self, path: &str) -> String {
        let (status, page) = self.ask(path, &[]);
        assert_eq!(status, "200", "{path}: {page}");
        page
    }

    /// Sends a form with the mark that the page at `from` carries.
    fn send(&self, from: &str, path: &str, fields: &[&str]) -> (String, String) {
        let shown = self.page(from);
        let after = shown.split("name=\"csrf\" value=\"").nth(1).unwrap();
        let mark = format!("csrf={}", after.split('"').next().unwrap());
        let mut arguments = vec!["--data-urlencode", &mark];
        arguments.extend(fields.iter().flat_map(|field| ["--data-urlencode", field]));
        self.ask(path, &arguments)
    }

    /// The value of the session's cookie.
    fn cookie(&self) -> String {
        let jar = fs::read_to_string(&self.jar).unwrap();
        let line = jar.lines().find(|line| line.contains("\thefu-session\t")).unwrap();
        line.rsplit('\t').next().unwrap().to_owned()
    }
}

#[test]
fn an_officer_is_appointed_by_two_through_the_pages() {
    let ca = Installation::fresh(Layout::OneProcess);
    let _daemon = ca.start("hefud.toml");
    let ((one, home), (two, _)) = (
        Browser::of(&ca, "super-administrator"),
        Browser::of(&ca, "super-administrator-2"),
    );
    assert_eq!(home, "/admin", "an administrator lands on the overview");
    let form = "/admin/officers/new";
    let (status, page) = one.send(form, form, &["name=王伟", "role=business-administrator"]);
    let proposal = status.strip_prefix("303 ").unwrap_or_default();
    let proposal = proposal.strip_suffix("?done=proposed").unwrap_or_default().to_owned();
    assert!(proposal.starts_with("/admin/proposals/"), "{status}: {page}");
    let decision = format!("{proposal}/decision");
    let (status, page) = one.send(&proposal, &decision, &["outcome=approved"]);
    assert!(status == "409" && page.contains("role=\"alert\""), "{status}: {page}");
    let (status, page) = two.ask(&decision, &["-d", "csrf=00&outcome=approved"]);
    assert_eq!(status, "403", "{page}");
    let (status, page) = two.send(&proposal, &decision, &["outcome=approved"]);
    assert!(status == "200" && page.contains("<code>hefu-"), "{status}: {page}");
    let token = page.split("<code>").nth(1).unwrap().split('<').next().unwrap();
    fs::write(ca.file("officers/new.token"), token).unwrap();
    let (_, home) = Browser::of(&ca, "new");
    assert_eq!(home, "/admin", "the token opens");
    let auditor = ca.http("auditor");
    let records = auditor.get("/api/v1/records/ra/entries?from=0").json().to_string();
    for kind in [
        "officer-change-proposed/1",
        "officer-change-decided/1",
        "form-refused/1",
        "same-officer",
    ] {
        assert!(records.contains(kind), "{kind} is recorded");
    }
    assert!(
        !records.contains("王伟") && !records.contains(token),
        "no name, no token"
    );
}

/// Proposals of both sorts, one of each left open; the numbers of the open ones.
fn prepared(ca: &Installation) -> [String; 2] {
    let number = |answer: &Value| match &answer["id"] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let (one, two) = (ca.http("super-administrator"), ca.http("super-administrator-2"));
    let officers = "/api/v1/officers/proposals";
    let suspend = one.post_json(officers, &json!({"act": "suspend", "officer": "6"}));
    let path = format!("{officers}/{}/decision", number(&suspend.json()));
    assert_eq!(two.post_json(&path, &json!({"outcome": "approved"})).status, 200);
    let body = json!({"name": "示例受托机构", "filing": "备2026-7", "filed_on": "2026-01-05"});
    assert_eq!(one.post_json("/api/v1/officers/bodies", &body).status, 201);
    let appoint = json!({"act": "appoint", "name": "王伟", "role": "business-administrator"});
    let appoint = one.post_json(officers, &appoint);
    assert_eq!(appoint.status, 201, "{}", appoint.json());
    let licence = json!({
        "act": "record-licence", "name": "示例电子认证服务有限公司", "legal_representative": "张三",
        "address": "北京市海淀区示例路1号", "contact": "010-12345678", "number": "ECP-示例-01",
        "issuing_authority": "工业和信息化部", "issued_on": "2026-01-01", "valid_from": "2026-01-01",
        "valid_until": "2030-12-31",
    });
    let policies = "/api/v1/policies/proposals";
    let proposed = one.post_json(policies, &licence);
    assert_eq!(proposed.status, 201, "{}", proposed.json());
    let path = format!("{policies}/{}/decision", number(&proposed.json()));
    assert_eq!(two.post_json(&path, &json!({"outcome": "approved"})).status, 200);
    let text = |name: &str| fs::read_to_string(ca.file(name)).unwrap();
    let draft = json!({
        "act": "publish", "series": "cps", "version": "1.0", "effective_on": "2099-01-01", "covers": ["1.3.6.1.4.1.32473.1"],
        "chinese": text("cps.zh.md"), "english": text("cps.en.md"),
    });
    let proposed = one.post_json(policies, &draft);
    assert_eq!(proposed.status, 201, "{}", proposed.json());
    [number(&appoint.json()), number(&proposed.json())]
}

#[test]
fn every_page_of_the_administrators_is_right_in_both_languages() {
    let ca = Installation::fresh(Layout::OneProcess);
    let _daemon = ca.start("hefud.toml");
    let [appointment, version] = prepared(&ca);
    let (one, two) = (
        Browser::of(&ca, "super-administrator").0,
        Browser::of(&ca, "super-administrator-2").0,
    );
    let auditor = Browser::of(&ca, "auditor").0.cookie();
    let session = two.page("/admin/sessions");
    let session = session.split("/admin/sessions/").nth(1).unwrap();
    let session = format!("/admin/sessions/{}", session.split('"').next().unwrap());
    let (cookie, other) = (one.cookie(), two.cookie());
    let view = |name: &str, path: &str| View::of(name, path).with_cookie(ca.url(), "hefu-session", &cookie);
    let seen = |name: &str, path: &str| View::of(name, path).with_cookie(ca.url(), "hefu-session", &other);
    let read = |name: &str, path: &str| View::of(name, path).with_cookie(ca.url(), "hefu-session", &auditor);
    let proposal = format!("/admin/proposals/{appointment}");
    let published = format!("/admin/policies/proposals/{version}");
    let views = [
        seen("overview", "/admin").says("待决定", "awaits a decision"),
        view("overview-dark", "/admin").dark(),
        read("overview-auditor", "/admin").says("须由他人决定", "awaits another officer"),
        view("officers", "/admin/officers").says("停岗", "suspended"),
        view("officer", "/admin/officers/6").says("复岗", "Reinstate"),
        view("dismissal", "/admin/officers/6/changes/dismissal").says("不能撤销", "cannot be undone"),
        view("binding", "/admin/officers/5/changes/binding").says("SM3", "SM3"),
        view("appointment", "/admin/officers/new").says("密钥管理员", "key centre officer"),
        view("bodies", "/admin/bodies").says("示例受托机构", "示例受托机构"),
        view("proposals", "/admin/proposals").says("任命", "Appoint"),
        seen("proposal", &proposal).says("批准并办理", "Approve and do it"),
        view("proposal-own", &proposal).says("不得决定", "does not decide"),
        view("policies", "/admin/policies").says("ECP-示例-01", "ECP-示例-01"),
        view("version", "/admin/policies/version").says("责任范围", "liability"),
        view("licence", "/admin/policies/licence").says("法定代表人", "Legal representative"),
        seen("policy-proposal", &published).says("批准并办理", "Approve and do it"),
        view("letters", "/admin/letters").says("没有设置邮件服务器", "No mail server is set"),
        view("profile", "/admin/profiles/staff-sm2").says("加密证书", "encryption"),
        view("lints", "/admin/lints").says("签发前检查", "Checks before signing"),
        seen("session-end", &session).says("立即结束", "ends at once"),
    ];
    look(ca.url(), "administration", &views, &ABSENT);
}
