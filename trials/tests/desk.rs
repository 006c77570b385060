//! The registration officers' pages: an application of a device walked from entry to revocation through real forms, by
//! two officers and an auditor; then every page in a browser, both languages, wide, narrow, printed.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a story that cannot go on has failed"
)]

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use gm_suite::{KeyAlgorithm, PrivateKey};
use serde_json::Value;
use trials::{Installation, Layout, View, look, must};

/// Links of these pages whose doors are opened elsewhere.
const ABSENT: [&str; 3] = ["/announcements", "/disclosure", "/login"];
const NEW: &str = "/desk/applications/new";

/// An officer's browser: curl with a jar for cookies.
struct Browser<'a> {
    ca: &'a Installation,
    jar: PathBuf,
}

impl<'a> Browser<'a> {
    /// Logged in with the officer's access token.
    fn of(ca: &'a Installation, officer: &str) -> Self {
        let jar = ca.file(&format!("jar-{officer}"));
        let browser = Self { ca, jar };
        let token = fs::read_to_string(ca.file(&format!("officers/{officer}.token"))).unwrap();
        let form = format!("token={}", token.trim());
        let room = if officer == "auditor" {
            "303 /audit"
        } else {
            "303 /desk"
        };
        assert_eq!(browser.ask("/login/token", &["-d", &form]).0, room);
        browser
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

    /// Sends a form with the mark that `shown` carries.
    fn send(&self, shown: &str, path: &str, fields: &[(&str, &str)]) -> (String, String) {
        let after = shown.split("name=\"csrf\" value=\"").nth(1).unwrap();
        let mark = format!("csrf={}", after.split('"').next().unwrap());
        let mut arguments = vec!["--data-urlencode".to_owned(), mark];
        for (name, value) in fields {
            arguments.extend(["--data-urlencode".to_owned(), format!("{name}={value}")]);
        }
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        self.ask(path, &arguments)
    }

    /// The value of the session's cookie.
    fn cookie(&self) -> String {
        let jar = fs::read_to_string(&self.jar).unwrap();
        let line = jar.lines().find(|line| line.contains("\thefu-session\t")).unwrap();
        line.rsplit('\t').next().unwrap().to_owned()
    }

    /// Enters a device through the form with a file; where its page is.
    fn enter(&self, name: &str) -> String {
        let key = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap();
        let csr = gm_syntax::CertificationRequest::sign_request(&"CN=device".parse().unwrap(), &key, None).unwrap();
        fs::write(self.ca.file("device.csr"), csr).unwrap();
        let shown = self.page(&format!("{NEW}?profile=device-sm2"));
        assert!(shown.contains("Name of the device"), "{shown}");
        let after = shown.split("name=\"csrf\" value=\"").nth(1).unwrap();
        let fields = [
            format!("csrf={}", after.split('"').next().unwrap()),
            "profile=device-sm2".to_owned(),
            "subject-country=CN".to_owned(),
            "subject-organisation=示例科技有限公司".to_owned(),
            format!("subject-common_name={name}"),
            "validity_days=30".to_owned(),
        ];
        let file = format!("csr_file=@{}", self.ca.file("device.csr").display());
        let mut arguments: Vec<&str> = fields
            .iter()
            .flat_map(|field| ["--form-string", field.as_str()])
            .collect();
        arguments.extend(["-F", &file]);
        let (status, page) = self.ask(NEW, &arguments);
        let path = status
            .strip_prefix("303 ")
            .unwrap_or_else(|| panic!("{status}: {page}"));
        path.strip_suffix("?done=entered").unwrap().to_owned()
    }

    /// Takes an application outside the law to approval.
    fn prepare(&self, application: &str) {
        let steps: [(&str, &[(&str, &str)]); 3] = [
            ("notice", &[("version", "1")]),
            ("contract", &[("version", "1"), ("signed_by", "示例科技有限公司")]),
            (
                "identity",
                &[("act", "words"), ("method", "in-person"), ("document", "licence")],
            ),
        ];
        for (step, fields) in steps {
            let shown = self.page(application);
            assert!(
                shown.contains(&format!("{application}/{step}")),
                "offers {step}: {shown}"
            );
            let (status, page) = self.send(&shown, &format!("{application}/{step}"), fields);
            assert_eq!(status, format!("303 {application}?done={step}"), "{page}");
        }
    }

    fn issue(&self, application: &str) {
        let shown = self.page(application);
        let (status, page) = self.send(&shown, &format!("{application}/approval"), &[("then", "issue")]);
        assert_eq!(status, format!("303 {application}?done=issued"), "{page}");
    }
}

/// Refusals that the registration zone recorded.
fn refusals(ca: &Installation) -> usize {
    let auditor = ca.http("auditor");
    let (mut from, mut count) = (0, 0);
    loop {
        let page = auditor.get(&format!("/api/v1/records/ra/entries?from={from}")).json();
        let items = page["items"].as_array().unwrap();
        if items.is_empty() {
            return count;
        }
        from += items.len();
        count += items.iter().filter(|item| is_refusal(item)).count();
    }
}

fn is_refusal(entry: &Value) -> bool {
    entry.to_string().contains("application-refused/1")
}

/// The first serial number that a page of an application links to.
fn serial(page: &str) -> String {
    let after = page.split("/desk/certificates/").nth(1).unwrap();
    after.split('"').next().unwrap().to_owned()
}

#[test]
fn an_application_is_walked_through_the_pages_by_two_officers() {
    let ca = Installation::fresh(Layout::OneProcess);
    let _daemon = ca.start("hefud.toml");
    let (entry, approver) = (Browser::of(&ca, "entry"), Browser::of(&ca, "approver"));
    assert!(entry.page("/desk").contains("Nothing to do"));
    let application = entry.enter("gate <b>1</b>");
    let shown = entry.page(&application);
    assert!(
        shown.contains("gate &#60;b&#62;1&#60;/b&#62;") && !shown.contains("<b>1</b>"),
        "{shown}"
    );

    let forged = entry.ask(&format!("{application}/notice"), &["-d", "csrf=00&version=1"]);
    assert_eq!(forged.0, "403", "{}", forged.1);
    entry.prepare(&application);
    let (before, shown) = (refusals(&ca), entry.page(&application));
    let own = entry.send(&shown, &format!("{application}/approval"), &[("then", "issue")]);
    assert!(
        own.0 == "409" && own.1.contains("role=\"alert\""),
        "{}: {}",
        own.0,
        own.1
    );
    assert!(own.1.contains("Not done"), "{}", own.1);
    assert_eq!(refusals(&ca), before + 1, "the desk recorded the refusal");
    assert!(!entry.page("/desk").contains(&application), "not in one's own queue");
    assert!(approver.page("/desk").contains(&application), "in the other's queue");

    approver.issue(&application);
    let shown = approver.page(&application);
    let pem = approver.page(&format!("{application}/files/sign.pem"));
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----"), "{pem}");
    status_changes(&approver, &format!("/desk/certificates/{}", serial(&shown)));
    read_by_an_auditor(&ca, &application);
}

/// Suspends, resumes, revokes; the pair is named, and a ground is needed.
fn status_changes(approver: &Browser<'_>, certificate: &str) {
    let identity = [("method", "in-person"), ("document", "licence"), ("reason", "trial")];
    for (act, done) in [("suspension", "suspended"), ("resumption", "resumed")] {
        let path = format!("{certificate}/{act}");
        let question = approver.page(&path);
        assert!(question.contains("move together"), "{question}");
        let (status, page) = approver.send(&question, &path, &identity);
        assert_eq!(status, format!("303 {certificate}?done={done}"), "{page}");
    }
    let path = format!("{certificate}/revocation");
    let question = approver.page(&path);
    let (status, page) = approver.send(&question, &path, &identity);
    assert!(status == "400" && page.contains("Choose a ground"), "{status}: {page}");
    let mut fields = identity.to_vec();
    fields.push(("ground", "security-not-guaranteed"));
    let (status, page) = approver.send(&page, &path, &fields);
    assert_eq!(status, format!("303 {certificate}?done=revoked"), "{page}");
    let shown = approver.page(certificate);
    assert!(shown.contains("revoked") && !shown.contains(&path), "{shown}");
    let found = approver.page("/desk/certificates?query=gate&state=revoked");
    assert!(found.contains(certificate), "{found}");
    let export = approver.page("/desk/certificates.csv?query=gate");
    assert_eq!(export.trim().lines().count(), 3, "a head and a pair: {export}");
    let (status, page) = approver.ask("/desk/certificates?ends_from=soon", &[]);
    assert_eq!(status, "400", "{page}");
}

fn read_by_an_auditor(ca: &Installation, application: &str) {
    let auditor = Browser::of(ca, "auditor");
    let other = Browser::of(ca, "entry").enter("gate-2");
    let shown = auditor.page(&other);
    assert!(
        !shown.contains(&format!("{other}/notice")),
        "an auditor is offered no step: {shown}"
    );
    let (status, page) = auditor.send(&shown, &format!("{other}/notice"), &[("version", "1")]);
    assert!(status == "403" && page.contains("role=\"alert\""), "{status}: {page}");
    assert!(
        auditor.page("/desk").contains(application),
        "an auditor sees all of them"
    );
}

#[test]
fn every_page_of_the_desk_is_right_in_both_languages() {
    let ca = Installation::fresh(Layout::OneProcess);
    let _daemon = ca.start("hefud.toml");
    let (entry, approver) = (Browser::of(&ca, "entry"), Browser::of(&ca, "approver"));
    let issued = entry.enter("门禁一号");
    entry.prepare(&issued);
    approver.issue(&issued);
    let waiting = entry.enter("gate-2.example");
    entry.prepare(&waiting);
    let fresh = entry.enter("gate-3.example");
    let certificate = format!("/desk/certificates/{}", serial(&approver.page(&issued)));
    let cookie = entry.cookie();
    let other = approver.cookie();
    let view = |name: &str, path: &str| View::of(name, path).with_cookie(ca.url(), "hefu-session", &cookie);
    let seen = |name: &str, path: &str| View::of(name, path).with_cookie(ca.url(), "hefu-session", &other);
    let views = [
        view("queue", "/desk").says("等待", "wait for another"),
        seen("queue-approver", "/desk").says("等待审批", "awaits approval"),
        view("queue-all", "/desk?state=all").says("门禁一号", "门禁一号"),
        view("queue-dark", "/desk?state=all").dark(),
        view("application", &fresh).says("记录告知", "Record the notice"),
        seen("application-approval", &waiting).says("批准并签发", "Approve and issue"),
        seen("application-issued", &issued).says("签名证书", "Signing certificate"),
        view("new", NEW),
        view("new-device", &format!("{NEW}?profile=device-sm2")).says("设备名称", "Name of the device"),
        seen("rejection", &format!("{waiting}/rejection")).says("不能恢复", "cannot be taken up"),
        seen("search", "/desk/certificates").says("门禁一号", "门禁一号"),
        seen("search-nothing", "/desk/certificates?query=zzz").says("没有找到", "Nothing found"),
        seen("certificate", &certificate).says("有效", "valid"),
        seen("suspension", &format!("{certificate}/suspension")),
        seen("revocation", &format!("{certificate}/revocation")).says("29", "29"),
        seen("renewal", &format!("{certificate}/renewal")),
        seen("forecast", "/desk/forecast"),
    ];
    look(ca.url(), "desk", &views, &ABSENT);
}
