//! The subscribers' portal: one application walked from the code to the lost key by its applicant, with officers only where
//! the law wants one; then every page in a browser, both languages, wide, narrow, printed.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a story that cannot go on has failed"
)]

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gm_suite::{KeyAlgorithm, PrivateKey, Signer as _};
use serde_json::{Value, json};
use trials::{Installation, Layout, View, look, must};

/// Links of these pages whose doors are opened elsewhere.
const ABSENT: [&str; 3] = ["/announcements", "/disclosure", "/login"];
const HOLDER: (&str, &str) = ("张三", "11010119900307109X");
const APPLICATIONS: &str = "/api/v1/applications";

/// A browser: curl with a jar for cookies.
struct Browser<'a> {
    ca: &'a Installation,
    jar: PathBuf,
}

impl<'a> Browser<'a> {
    fn new(ca: &'a Installation, name: &str) -> Self {
        let jar = ca.file(&format!("jar-{name}"));
        Self { ca, jar }
    }

    /// An officer's, logged in with their access token.
    fn of(ca: &'a Installation, officer: &str) -> Self {
        let browser = Self::new(ca, officer);
        let token = fs::read_to_string(ca.file(&format!("officers/{officer}.token"))).unwrap();
        let form = format!("token={}", token.trim());
        assert_eq!(browser.ask("/login/token", &["-d", &form]).0, "303 /desk");
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

    fn page(&self, path: &str) -> String {
        let (status, page) = self.ask(path, &[]);
        assert_eq!(status, "200", "{path}: {page}");
        page
    }

    /// Comes in with a code; where that leads.
    fn enter(&self, code: &str) -> String {
        self.ask("/portal/enter", &["--data-urlencode", &format!("code={code}")])
            .0
    }

    /// Sends the form that stands on the page at `from`, with its hidden fields.
    fn send(&self, from: &str, path: &str, fields: &[(&str, &str)]) -> (String, String) {
        let shown = self.page(from);
        let form = shown
            .split("<form ")
            .find(|form| form.starts_with(&format!("action=\"{path}\"")));
        let form = form.unwrap_or_else(|| panic!("{from} has no form for {path}: {shown}"));
        let hidden = form.split("type=\"hidden\" name=\"").skip(1).map(|rest| {
            let (name, rest) = rest.split_once("\" value=\"").unwrap();
            (name.to_owned(), rest.split('"').next().unwrap().to_owned())
        });
        let typed = fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let mut arguments = Vec::new();
        for (name, value) in hidden.chain(typed) {
            arguments.extend(["-F".to_owned(), format!("{name}={value}")]);
        }
        if !form.contains("multipart/form-data") {
            arguments
                .iter_mut()
                .filter(|it| *it == "-F")
                .for_each(|it| "--data-urlencode".clone_into(it));
        }
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        self.ask(path, &arguments)
    }

    /// Sends a form that must be taken; where it leads.
    fn done(&self, from: &str, path: &str, fields: &[(&str, &str)]) -> String {
        let (status, page) = self.send(from, path, fields);
        status
            .strip_prefix("303 ")
            .unwrap_or_else(|| panic!("{path}: {status}: {page}"))
            .to_owned()
    }

    fn cookie(&self, name: &str) -> String {
        let jar = fs::read_to_string(&self.jar).unwrap();
        let line = jar.lines().find(|line| line.contains(&format!("\t{name}\t"))).unwrap();
        line.rsplit('\t').next().unwrap().to_owned()
    }
}

/// A person's application with nothing but the key; its number.
fn entered(ca: &Installation, applicant: &str, key: &PrivateKey) -> String {
    let csr = gm_syntax::CertificationRequest::sign_request(&"CN=person".parse().unwrap(), key, None).unwrap();
    let application = json!({
        "profile": "person-sm2",
        "applicant": applicant,
        "subject": {"country": "CN", "common_name": HOLDER.0, "identity_number": HOLDER.1},
        "csr": gm_syntax::pem_text::encode("CERTIFICATE REQUEST", &csr),
    });
    let entered = ca.http("entry").post_json(APPLICATIONS, &application);
    assert_eq!(entered.status, 201, "{}", entered.json());
    entered.json()["id"].as_str().unwrap().to_owned()
}

/// A code, made at the counter.
fn code(ca: &Installation, application: &str, purpose: &str) -> String {
    let asked = ["access-code", "new", "--application", application, "--purpose", purpose];
    ca.json("entry", &asked)["code"].as_str().unwrap().to_owned()
}

/// The code that a page shows.
fn shown_code(page: &str) -> String {
    let after = page
        .split("class=\"code\">")
        .nth(1)
        .unwrap_or_else(|| panic!("no code: {page}"));
    after.split('<').next().unwrap().to_owned()
}

fn act(ca: &Installation, officer: &str, path: &str, body: &Value, status: u16) -> Value {
    let reply = ca.http(officer).post_json(path, body);
    assert_eq!(reply.status, status, "{path}: {}", reply.json());
    reply.json()
}

/// What OCSP says, once it says what is wanted: status follows the records within seconds.
fn until_ocsp(ca: &Installation, wanted: &str) {
    for _ in 0..100 {
        let mut ask = ca.hefu("entry");
        let told = ask.args(["--json", "ocsp", "sign.pem", "--issuer", "sm2.crt", "--out", "a.ocsp"]);
        let told = told.args(["--url", ca.public_url()]).output().unwrap();
        let answer: Value = serde_json::from_slice(&told.stdout).unwrap_or_default();
        if answer["status"] == wanted {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("OCSP does not say {wanted} after ten seconds");
}

/// Notice and contract, read and agreed to through the portal.
fn agree(applicant: &Browser<'_>) {
    let notice = "/portal/texts/notice";
    assert!(applicant.page("/portal").contains(notice), "asks for the notice");
    let (status, page) = applicant.send(notice, notice, &[]);
    assert!(status == "400" && page.contains("tick the box"), "{status}: {page}");
    assert_eq!(
        applicant.done(notice, notice, &[("understood", "1")]),
        "/portal?done=notice"
    );
    let contract = "/portal/texts/contract";
    let signed = [("understood", "1"), ("signed_by", HOLDER.0)];
    assert_eq!(applicant.done(contract, contract, &signed), "/portal?done=contract");
}

/// A supplement stands in the way of the approval until it is answered, with a paper.
fn supplement(ca: &Installation, applicant: &Browser<'_>, application: &str) {
    let path = format!("{APPLICATIONS}/{application}");
    drop(act(
        ca,
        "entry",
        &format!("{path}/supplements"),
        &json!({"reason": "请补交证件照片"}),
        201,
    ));
    let refused = act(
        ca,
        "approver",
        &format!("{path}/approval"),
        &json!({"issue": true}),
        409,
    );
    assert_eq!(
        (&refused["code"], &refused["rule"]["article"]),
        (&json!("supplement-owed"), &json!("20"))
    );
    assert!(applicant.page("/portal/supplement").contains("请补交证件照片"));
    let paper = format!("@{}", ca.file("paper.png").display());
    let answer = [("words", "见附件"), ("file", paper.as_str())];
    let led = applicant.done("/portal/supplement", "/portal/supplement", &answer);
    assert_eq!(led, "/portal?done=supplemented");
    drop(act(
        ca,
        "approver",
        &format!("{path}/approval"),
        &json!({"issue": true}),
        200,
    ));
}

/// The certificates by a one-time code; then the code is spent.
fn deliver(ca: &Installation, applicant: &Browser<'_>) {
    let (_, page) = applicant.send("/portal/delivery", "/portal/delivery/code", &[]);
    let (code, machine) = (shown_code(&page), Browser::new(ca, "machine"));
    assert!(page.contains("<svg"), "{page}");
    assert_eq!(machine.ask("/portal/delivery/files/chain.pem", &[]).0, "303 /portal");
    assert_eq!(machine.enter(&code), "303 /portal/delivery");
    assert_eq!(
        machine.ask("/portal/delivery/files/chain.pem", &[]).0,
        "404",
        "not before it is recorded"
    );
    let led = machine.done("/portal/delivery", "/portal/delivery", &[]);
    assert_eq!(led, "/portal/delivery?done=delivered");
    for file in ["chain.pem", "sign.pem", "encrypt.pem", "issuer.pem"] {
        let pem = machine.page(&format!("/portal/delivery/files/{file}"));
        assert!(pem.starts_with("-----BEGIN CERTIFICATE-----"), "{file}: {pem}");
        fs::write(ca.file(file), pem).unwrap();
    }
    for file in ["response.der", "enveloped-key.der", "sign.der", "encrypt.der"] {
        let out = ca.file(file);
        let saved = machine.ask(
            &format!("/portal/delivery/files/{file}"),
            &["-o", out.to_str().unwrap()],
        );
        assert!(
            saved.0 == "200" && fs::read(&out).unwrap()[0] == 0x30,
            "{file}: {}",
            saved.0
        );
    }
    assert_eq!(Browser::new(ca, "second").enter(&code), "403", "a one-time code is one");
    assert_eq!(
        machine.done("/portal/certificate", "/portal/certificate", &[]),
        "/portal/certificate?done=accepted"
    );
    let (status, page) = applicant.ask("/portal/certificate", &[]);
    assert!(status == "200" && page.contains("You accepted"), "{page}");
}

/// Suspended with the code, at once; revoked with the key, at once.
fn lose(ca: &Installation, applicant: &Browser<'_>, key: &PrivateKey) {
    fs::write(ca.file("sm2.crt"), ca.http("entry").get_when_there("/ca/sm2.crt").body).unwrap();
    until_ocsp(ca, "good");
    assert!(applicant.page("/portal/lost").contains("at once"));
    assert_eq!(
        applicant.done("/portal/lost", "/portal/lost", &[("words", "手机被盗")]),
        "/portal/lost?done=lost"
    );
    assert!(applicant.page("/portal/lost").contains("is suspended"));
    until_ocsp(ca, "suspended");
    let shown = ca.json("entry", &["show", "sign.pem"]);
    let serial = shown[0]["serial"].as_str().unwrap().to_owned();
    let statement = format!("hefu loss report/1: {serial}");
    let signature = key.sign(statement.as_bytes()).unwrap();
    let anonymous = trials::Http::new(ca.url());
    let wrong = json!({"serial": serial, "signature": STANDARD.encode("no signature")});
    assert_eq!(
        anonymous.post_json("/api/v1/losses", &wrong).json()["code"],
        "loss-not-signed-by-the-key"
    );
    fs::write(ca.file("loss.sig"), signature).unwrap();
    let lost = [
        "subscriber",
        "report-lost",
        "--serial",
        &serial,
        "--signature",
        "loss.sig",
        "--yes",
    ];
    assert_eq!(ca.json("entry", &lost)["done"], "revoked");
    until_ocsp(ca, "revoked");
}

/// Kinds of the records of the registration zone about one application.
fn kinds(ca: &Installation, application: &str) -> Vec<String> {
    let auditor = ca.http("auditor");
    let (mut from, mut kinds) = (0, Vec::new());
    loop {
        let page = auditor.get(&format!("/api/v1/records/ra/entries?from={from}")).json();
        let items = page["items"].as_array().unwrap().clone();
        if items.is_empty() {
            return kinds;
        }
        from += items.len();
        let about = items
            .iter()
            .filter(|item| item["subject"] == format!("application:{application}"));
        kinds.extend(about.map(|item| item["kind"].as_str().unwrap().to_owned()));
    }
}

#[test]
fn an_applicant_walks_from_the_code_to_the_lost_key() {
    let ca = Installation::fresh(Layout::OneProcess);
    let _daemon = ca.start("hefud.toml");
    ca.publish_texts();
    let file = ca.person(HOLDER.0, HOLDER.1);
    let key = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap();
    let application = entered(&ca, &file.applicant, &key);
    let (code, applicant) = (code(&ca, &application, "portal"), Browser::new(&ca, "applicant"));
    assert_eq!(applicant.ask("/portal/delivery", &[]).0, "303 /portal");
    assert_eq!(applicant.enter("0000-0000-0000-0000-0000"), "403");
    assert_eq!(applicant.enter(&code.to_lowercase()), "303 /portal");
    let forged = applicant.ask("/portal/supplement", &["-d", "csrf=00&words=x"]);
    assert_eq!(forged.0, "403", "{}", forged.1);
    agree(&applicant);
    let check = ca.check(&file.applicant, "application", &application);
    let identity = format!("{APPLICATIONS}/{application}/identity");
    drop(act(&ca, "entry", &identity, &json!({"proof": check}), 200));
    supplement(&ca, &applicant, &application);
    deliver(&ca, &applicant);
    lose(&ca, &applicant, &key);

    let kinds = kinds(&ca, &application);
    for kind in [
        "access-code-made/1",
        "text-agreed-online/1",
        "supplement-asked/1",
        "supplement-answered/1",
        "certificate-handed-over/1",
        "certificate-accepted/1",
        "loss-reported/1",
        "loss-answered/1",
    ] {
        assert!(kinds.iter().any(|found| found == kind), "{kind}: {kinds:?}");
    }
    let officer = Browser::of(&ca, "entry");
    let queue = officer.page("/desk/matters");
    assert!(
        queue.contains("Lost key") && queue.contains("revoked at once"),
        "{queue}"
    );
    fs::write(ca.file("code.txt"), &code).unwrap();
    let told = ca.json("entry", &["subscriber", "status", "--code-file", "code.txt"]);
    assert_eq!(
        (&told["state"], &told["certificate"]["state"]),
        (&json!("issued"), &json!("revoked"))
    );
}

#[test]
fn every_page_of_the_portal_is_right_in_both_languages() {
    let ca = Installation::fresh(Layout::OneProcess);
    let _daemon = ca.start("hefud.toml");
    ca.publish_texts();
    let file = ca.person(HOLDER.0, HOLDER.1);
    let waiting = entered(&ca, &file.applicant, &PrivateKey::generate(KeyAlgorithm::Sm2).unwrap());
    let early = Browser::new(&ca, "early");
    assert_eq!(early.enter(&code(&ca, &waiting, "portal")), "303 /portal");
    let reason = json!({"reason": "身份证件照片不清楚，请重新拍摄正反两面。"});
    drop(act(
        &ca,
        "entry",
        &format!("{APPLICATIONS}/{waiting}/supplements"),
        &reason,
        201,
    ));

    let key = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap();
    let issued = entered(&ca, &file.applicant, &key);
    let holder = Browser::new(&ca, "holder");
    assert_eq!(holder.enter(&code(&ca, &issued, "portal")), "303 /portal");
    agree(&holder);
    let check = ca.check(&file.applicant, "application", &issued);
    drop(act(
        &ca,
        "entry",
        &format!("{APPLICATIONS}/{issued}/identity"),
        &json!({"proof": check}),
        200,
    ));
    drop(act(
        &ca,
        "approver",
        &format!("{APPLICATIONS}/{issued}/approval"),
        &json!({"issue": true}),
        200,
    ));
    let (_, page) = holder.send("/portal/delivery", "/portal/delivery/code", &[]);
    let machine = Browser::new(&ca, "machine");
    assert_eq!(machine.enter(&shown_code(&page)), "303 /portal/delivery");
    drop(machine.done("/portal/delivery", "/portal/delivery", &[]));
    drop(holder.done(
        "/portal/wishes",
        "/portal/wishes",
        &[("kind", "renewal"), ("words", "明年继续使用")],
    ));
    let officer = Browser::of(&ca, "entry");
    let queue = officer.page("/desk/matters");
    let matter = queue
        .split("/desk/matters/")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();

    let seen = |by: &Browser<'_>, name: &str, path: &str| {
        View::of(name, path).with_cookie(ca.url(), "hefu-portal", &by.cookie("hefu-portal"))
    };
    let desk = |name: &str, path: &str| {
        View::of(name, path).with_cookie(ca.url(), "hefu-session", &officer.cookie("hefu-session"))
    };
    let subscriber = format!("/desk/applications/{waiting}/subscriber");
    let views = [
        View::of("entrance", "/portal").says("办理码", "Your code"),
        View::of("entrance-wrong", "/portal/enter")
            .typing("#code", "K7QM-2XR9-8TVA-40HP-ZC3E")
            .pressing("main form button")
            .says("不能使用", "opens nothing")
            .status(403),
        View::of("lost-stranger", "/portal/lost").says("立即告知", "at any hour"),
        seen(&early, "overview-asked", "/portal").says("补正材料", "Add what is missing"),
        seen(&early, "notice", "/portal/texts/notice").says("已阅读并知悉", "read and understood"),
        seen(&early, "supplement", "/portal/supplement").says("不清楚", "不清楚"),
        seen(&holder, "overview-issued", "/portal").says("您的证书有效", "Your certificate is valid"),
        seen(&holder, "code", "/portal/delivery")
            .pressing("main form button")
            .says("就在这台设备上领取", "Fetch on this device"),
        seen(&machine, "files", "/portal/delivery").says("GM/T 0092", "GM/T 0092"),
        seen(&holder, "acceptance", "/portal/certificate").says("接受证书", "accept"),
        seen(&holder, "wishes", "/portal/wishes").says("信息变更", "Change of facts"),
        seen(&holder, "lost", "/portal/lost").says("立即暂停证书", "Suspend the certificate now"),
        desk("subscriber", &subscriber).says("收回补正要求", "Take the question back"),
        desk("code-sheet", &subscriber)
            .pressing("main form[action$='codes'] button")
            .says("输错五次", "five wrong tries"),
        desk("matters", "/desk/matters").says("更新", "Renewal"),
        desk("matter", &format!("/desk/matters/{matter}")).says("办结", "Settle"),
    ];
    look(ca.url(), "portal", &views, &ABSENT);
}
