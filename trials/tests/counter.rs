//! The counter's pages: a person comes to the counter and leaves with a certificate, through real forms alone; then every
//! page in a browser, both languages, wide, narrow, printed.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a story that cannot go on has failed")]

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gm_suite::{KeyAlgorithm, PrivateKey};
use trials::{Installation, Layout, View, look, must};

/// Links of these pages whose doors are opened elsewhere.
const ABSENT: [&str; 3] = ["/announcements", "/disclosure", "/login"];
const NUMBER: &str = "11010519491231002X";
/// A picture of one dot.
const DOT: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

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
        let led = browser.ask("/login/token", &["-d", &form]).0;
        assert!(led.starts_with("303 /"), "{led}");
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

    /// Sends a form of the page that is shown at `path`, with its hidden fields; where it led.
    fn send(&self, path: &str, fields: &[(&str, &str)]) -> String {
        let (status, page) = self.sent(path, fields);
        let led = status.strip_prefix("303 ");
        led.unwrap_or_else(|| panic!("{path}: {status}: {page}")).to_owned()
    }

    fn sent(&self, path: &str, fields: &[(&str, &str)]) -> (String, String) {
        let shown = self.page(path);
        let form = shown.rsplit("<form").next().unwrap();
        let mut arguments = Vec::new();
        for hidden in form.split("type=\"hidden\" name=\"").skip(1) {
            let (name, rest) = hidden.split_once("\" value=\"").unwrap();
            let value = rest.split('"').next().unwrap();
            arguments.extend(["--data-urlencode".to_owned(), format!("{name}={value}")]);
        }
        for (name, value) in fields {
            arguments.extend(["--data-urlencode".to_owned(), format!("{name}={value}")]);
        }
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let path = path.split('?').next().unwrap();
        self.ask(path, &arguments)
    }

    /// Sends a form with a file; where it led.
    fn upload(&self, path: &str, fields: &[(&str, &str)], file: &str) -> String {
        let shown = self.page(path);
        let mark = shown.rsplit("name=\"csrf\" value=\"").next().unwrap();
        let mark = format!("csrf={}", mark.split('"').next().unwrap());
        let fields: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut arguments = vec!["--form-string", &mark];
        arguments.extend(fields.iter().flat_map(|field| ["--form-string", field.as_str()]));
        arguments.extend(["-F", file]);
        let (status, page) = self.ask(path.split('?').next().unwrap(), &arguments);
        let led = status.strip_prefix("303 ");
        led.unwrap_or_else(|| panic!("{path}: {status}: {page}")).to_owned()
    }

    /// The value of the session's cookie.
    fn cookie(&self) -> String {
        let jar = fs::read_to_string(&self.jar).unwrap();
        let line = jar.lines().find(|line| line.contains("\thefu-session\t")).unwrap();
        line.rsplit('\t').next().unwrap().to_owned()
    }

    /// Registers a person; where the file is.
    fn register(&self, name: &str, number: &str) -> String {
        let fields = [
            ("person-name", name),
            ("person-document", "resident-identity"),
            ("person-number", number),
            ("person-email", "li@example.cn"),
        ];
        let led = self.send("/desk/applicants/new/person", &fields);
        led.split('?').next().unwrap().to_owned()
    }

    /// Notice, contract, consent and papers.
    fn prepare(&self, file: &str, name: &str) {
        let paper = format!("file=@{}", self.ca.file("paper.png").display());
        assert_eq!(
            self.send(&format!("{file}/notice?text=en"), &[]),
            format!("{file}?done=notice")
        );
        let signed = self.send(&format!("{file}/contract?text=zh-CN"), &[("signed_by", name)]);
        assert_eq!(signed, format!("{file}?done=contract"));
        self.send(&format!("{file}/consent"), &[("agreed", "1"), ("means", "paper")]);
        for kind in ["identity-document-front", "identity-document-back", "portrait"] {
            let led = self.upload(&format!("{file}/evidence"), &[("kind", kind)], &paper);
            assert_eq!(led, format!("{file}?done=evidence"));
        }
    }

    /// An application out of the file; where it led.
    fn apply(&self, file: &str) -> String {
        let key = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap();
        let csr = gm_syntax::CertificationRequest::sign_request(&"CN=person".parse().unwrap(), &key, None).unwrap();
        fs::write(self.ca.file("person.csr"), csr).unwrap();
        let csr = format!("csr_file=@{}", self.ca.file("person.csr").display());
        let path = format!("{file}/application?profile=person-sm2");
        let fields = [("profile", "person-sm2"), ("subject-country", "CN"), ("check", "1")];
        self.upload(&path, &fields, &csr)
    }
}

/// An installation with the sample texts in force, and a picture of a paper.
fn opened() -> Installation {
    let ca = Installation::fresh(Layout::OneProcess);
    let octets = STANDARD.decode(DOT).unwrap();
    fs::write(ca.file("paper.png"), octets).unwrap();
    ca
}

#[test]
fn a_person_comes_to_the_counter_and_leaves_with_a_certificate() {
    let ca = opened();
    let _daemon = ca.start("hefud.toml");
    ca.publish_texts();
    let (entry, approver) = (Browser::of(&ca, "entry"), Browser::of(&ca, "approver"));
    let file = entry.register("李明", NUMBER);
    assert!(entry.page(&file).contains("Show the notice"));
    entry.prepare(&file, "李明");
    let led = entry.apply(&file);
    let application = led.split('?').next().unwrap();
    assert!(led.ends_with("?done=identity"), "{led}");

    let shown = approver.page(application);
    assert!(shown.contains(&file), "the application leads to the file: {shown}");
    let led = approver.send_act(application, "approval", &[("then", "issue")]);
    assert_eq!(led, format!("{application}?done=issued"));
    let shown = entry.page(&file);
    assert!(shown.contains("issued") && shown.contains("good until"), "{shown}");
    assert!(!shown.contains(NUMBER) && !shown.contains("李明"), "masked: {shown}");
    copies(&entry, &file, &shown);

    let asked = entry.page(&format!("{file}/restriction"));
    assert!(asked.contains("not deleted"), "{asked}");
    assert_eq!(
        entry.send(&format!("{file}/restriction"), &[]),
        format!("{file}?done=restricted")
    );
    let (status, page) = entry.sent(&format!("{file}/notice"), &[]);
    assert!(status == "409" && page.contains("47"), "{status}: {page}");
    another_without_proofs(&entry);
}

/// A copy of the contract for each side is a PDF whose digest stands beside it.
fn copies(entry: &Browser<'_>, file: &str, shown: &str) {
    let links = shown.split("/desk/agreements/").skip(1);
    let links: Vec<&str> = links.map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(links.len(), 4, "{shown}");
    for link in links {
        let pdf = entry.page(&format!("/desk/agreements/{link}"));
        assert!(pdf.starts_with("%PDF-"), "{link}");
    }
    assert_eq!(entry.page(file).matches("SM3 ").count(), 4);
}

/// Without notice and contract an application waits for the file, and is offered what the file has then.
fn another_without_proofs(entry: &Browser<'_>) {
    let file = entry.register("王芳", "110105198001010024");
    let led = entry.apply(&file);
    let application = led.split('?').next().unwrap();
    let shown = entry.page(application);
    assert!(shown.contains("To the applicant&#39;s file"), "{shown}");
    entry.send(&format!("{file}/notice"), &[]);
    let shown = entry.page(application);
    let proof = shown
        .split("name=\"proof\" value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let led = entry.send_act(application, "notice", &[("proof", proof)]);
    assert_eq!(led, format!("{application}?done=notice"));
}

impl Browser<'_> {
    /// Sends a step of an application with the mark of its page.
    fn send_act(&self, application: &str, step: &str, fields: &[(&str, &str)]) -> String {
        let shown = self.page(application);
        let mark = shown.rsplit("name=\"csrf\" value=\"").next().unwrap();
        let mut all = vec![("csrf", mark.split('"').next().unwrap())];
        all.extend(fields);
        let texts: Vec<String> = all.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let arguments: Vec<&str> = texts
            .iter()
            .flat_map(|text| ["--data-urlencode", text.as_str()])
            .collect();
        let (status, page) = self.ask(&format!("{application}/{step}"), &arguments);
        let led = status.strip_prefix("303 ");
        led.unwrap_or_else(|| panic!("{step}: {status}: {page}")).to_owned()
    }
}

/// A sheet with a good row and a bad one; where the batch is.
fn batch(ca: &Installation, entry: &Browser<'_>) -> String {
    let key = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap();
    let csr = gm_syntax::CertificationRequest::sign_request(&"CN=device".parse().unwrap(), &key, None).unwrap();
    let csr = STANDARD.encode(csr);
    let text = format!(
        "profile,csr,organisation,common_name\r\ndevice-sm2-single,{csr},示例公司,gate-1\r\ndevice-sm2-single,=1+1,示例公司,gate-2\r\n"
    );
    fs::write(ca.file("sheet.csv"), text).unwrap();
    let sheet = format!("sheet=@{}", ca.file("sheet.csv").display());
    let led = entry.upload("/desk/batches", &[], &sheet);
    led.split('?').next().unwrap().to_owned()
}

#[test]
fn every_page_of_the_counter_is_right_in_both_languages() {
    let ca = opened();
    let _daemon = ca.start("hefud.toml");
    ca.publish_texts();
    let entry = Browser::of(&ca, "entry");
    let head = Browser::of(&ca, "super-administrator");
    let file = entry.register("李明", NUMBER);
    entry.prepare(&file, "李明");
    entry.apply(&file);
    let fresh = entry.register("王芳", "110105198001010024");
    let batch = batch(&ca, &entry);
    let shown = entry.page(&file);
    let piece = shown
        .split(&format!("{file}/evidence/"))
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let cookie = entry.cookie();
    let other = head.cookie();
    let view = |name: &str, path: &str| View::of(name, path).with_cookie(ca.url(), "hefu-session", &cookie);
    let seen = |name: &str, path: &str| View::of(name, path).with_cookie(ca.url(), "hefu-session", &other);
    let below = |rest: &str| format!("{file}{rest}");
    let found = view("found", "/desk/applicants").typing("#sought", "李明");
    let views = [
        found.pressing("main form button").says("李*", "李*"),
        view("new-person-wrong", "/desk/applicants/new/person")
            .typing("#person-name", "李明")
            .typing("#person-number", "110105194912310021")
            .pressing("main form button")
            .status(409)
            .says("没有办理", "Not done"),
        view("new-person-alike", "/desk/applicants/new/person")
            .typing("#person-name", "李明")
            .typing("#person-number", NUMBER)
            .pressing("main form button")
            .says("号码相同", "same number"),
        view("new-organisation", "/desk/applicants/new/organisation"),
        view("file-fresh", &fresh).says("出示告知书", "Show the notice"),
        view("file", &file).says("有效至", "good until"),
        view("notice", &below("/notice")).says("21", "21"),
        view("consent", &format!("{fresh}/consent")).says("28-30", "28-30"),
        view("opening", &below(&format!("/evidence/{piece}"))).says("先记录", "recorded before"),
        view("check", &below("/check")).says("30", "30"),
        view("restriction", &below("/restriction")).says("47", "47"),
        view("application-form", &below("/application?profile=person-sm2")).says("取自档案", "From the file"),
        seen("texts-head", "/desk/texts").says("发布新版本", "Publish a version"),
        seen("text-draft", "/desk/texts/notice/new"),
        view("batches", "/desk/batches").says("已检查", "checked"),
        view("batch", &batch).says("csr", "csr"),
    ];
    look(ca.url(), "counter", &views, &ABSENT);
}
