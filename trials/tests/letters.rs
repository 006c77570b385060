//! Letters through a running daemon and a real SMTP server (aiosmtpd): accepted, refused, down, slow, and a killed daemon;
//! and what is announced of the same certificates.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a story that cannot go on has failed"
)]

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use gm_suite::{KeyAlgorithm, PrivateKey};
use serde_json::{Value, json};
use tempfile::TempDir;
use trials::{Http, Installation, Layout, free_port, judge_python};

/// The mail server, killed when dropped.
struct MailServer {
    folder: TempDir,
    port: u16,
    process: Option<Child>,
}

impl MailServer {
    fn new() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
            port: free_port(),
            process: None,
        }
    }

    fn start(&mut self) {
        let _ = fs::remove_file(self.folder.path().join("ready"));
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("mail/server.py");
        let mut command = Command::new(judge_python());
        command.arg(script).arg(self.port.to_string()).arg(self.folder.path());
        let process = command.stdin(Stdio::piped()).spawn().unwrap();
        self.process = Some(process);
        until(|| self.folder.path().join("ready").exists(), "the mail server is ready");
    }

    fn mode(&self, mode: &str) {
        fs::write(self.folder.path().join("mode"), mode).unwrap();
    }

    /// What it answered for, as text, in order.
    fn taken(&self) -> Vec<String> {
        let mut taken = Vec::new();
        while let Ok(octets) = fs::read(self.folder.path().join(format!("{}.eml", taken.len() + 1))) {
            taken.push(String::from_utf8(octets).unwrap());
        }
        taken
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

fn until(mut so: impl FnMut() -> bool, what: &str) {
    for _ in 0..300 {
        if so() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("fifteen seconds on, not so: {what}");
}

fn with_mail(mail: &MailServer) -> Installation {
    let ca = Installation::fresh(Layout::OneProcess);
    let path = ca.file("hefud.toml");
    let section = format!(
        "\n[ra.mail]\nhost = \"127.0.0.1\"\nport = {}\nencryption = \"none\"\nfrom = \"ca@example.cn\"\n\
         first_pause_seconds = 1\nanswer_within_seconds = 2\n",
        mail.port
    );
    fs::write(&path, fs::read_to_string(&path).unwrap() + &section).unwrap();
    ca
}

/// A citizen's number with its check digit (GB 11643): born on the given day of May 1990.
fn citizen(day: u32) -> String {
    let first = format!("1101011990{:04}001", 500 + day);
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = first
        .chars()
        .zip(weights)
        .map(|(digit, weight)| digit.to_digit(10).unwrap() * weight)
        .sum();
    format!("{first}{}", "10X98765432".chars().nth(sum as usize % 11).unwrap())
}

/// Applies for a person, out of a file that is made first; a check of identity is the last step before approval.
fn apply(ca: &Installation, name: &str, day: u32) -> String {
    let file = ca.person(name, &citizen(day));
    let key = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap();
    let request = gm_syntax::CertificationRequest::sign_request(&"CN=x".parse().unwrap(), &key, None).unwrap();
    let application = json!({
        "profile": "person-sm2",
        "subject": {"country": "CN", "common_name": name, "email": "zhang.san@example.cn"},
        "csr": gm_syntax::pem_text::encode("CERTIFICATE REQUEST", &request),
        "applicant": file.applicant,
        "notice": {"proof": file.notice},
        "contract": {"proof": file.contract},
    });
    let entered = ca.http("entry").post_json("/api/v1/applications", &application);
    assert_eq!(entered.status, 201, "{}", entered.json());
    let id = entered.json()["id"].as_str().unwrap().to_owned();
    let check = ca.check(&file.applicant, "application", &id);
    let identified = ca
        .http("entry")
        .post_json(&format!("/api/v1/applications/{id}/identity"), &json!({"proof": check}));
    assert_eq!(identified.status, 200, "{}", identified.json());
    id
}

fn letters(ca: &Installation) -> Value {
    ca.http("entry").get("/api/v1/letters").json()
}

/// The state of the newest letter.
fn state(ca: &Installation) -> String {
    letters(ca)["items"][0]["state"].as_str().unwrap_or_default().to_owned()
}

fn header<'a>(letter: &'a str, name: &str) -> &'a str {
    let of = letter
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    of.unwrap_or_default()
}

#[test]
fn a_subscriber_is_written_to_once_at_each_step_and_the_public_reads_it_masked() {
    let mut mail = MailServer::new();
    mail.start();
    let ca = with_mail(&mail);
    let daemon = ca.start("hefud.toml");
    ca.publish_texts();
    let id = apply(&ca, "张三", 1);
    let approved = ca
        .http("approver")
        .post_json(&format!("/api/v1/applications/{id}/approval"), &json!({"issue": true}));
    let serial = approved.json()["certificates"][0]["serial"]
        .as_str()
        .unwrap()
        .to_owned();
    let change = json!({
        "ground": "security-not-guaranteed", "reason": "lost",
        "identity": {"method": "in-person", "document": "original", "evidence": []},
    });
    let revoked = ca
        .http("approver")
        .post_json(&format!("/api/v1/certificates/{serial}/revocation"), &change);
    assert_eq!(revoked.status, 200, "{}", revoked.json());
    until(|| mail.taken().len() == 3, "three letters");
    daemon.stop();
    let _daemon = ca.start("hefud.toml");
    std::thread::sleep(Duration::from_secs(3));
    let taken = mail.taken();
    assert_eq!(taken.len(), 3, "a restart sends nothing again");
    for letter in &taken {
        assert_eq!(header(letter, "X-To"), "zhang.san@example.cn");
        assert_eq!(header(letter, "Auto-Submitted"), "auto-generated");
        assert!(header(letter, "Message-ID").ends_with("@example.cn>"), "{letter}");
    }
    let sent = letters(&ca);
    assert_eq!((&sent["mail"], &sent["outbox"]["queued"]), (&json!("on"), &json!(0)));
    assert!(!sent.to_string().contains("zhang.san"), "{sent}");
    let records = ca
        .http("auditor")
        .get("/api/v1/records/ra/entries?limit=200")
        .json()
        .to_string();
    assert_eq!(records.matches("letter-sent/1").count(), 3);
    assert!(!records.contains("zhang.san"));
    announced(&ca, &serial);
    let _ = ca.json("entry", &["letters", "list"]);
    assert_eq!(
        ca.json("entry", &["announcements"])["items"][0]["serial"],
        json!(serial)
    );
}

/// The page, the feed and the data about a revocation.
fn announced(ca: &Installation, serial: &str) {
    let public = Http::new(ca.url());
    let data = public.get("/api/v1/announcements?kind=revocation").json();
    assert_eq!(data["items"][0]["serial"], json!(serial));
    assert_eq!(data["items"][0]["holder"], json!("张**"));
    assert_eq!(data["items"][0]["ground"], json!("security-not-guaranteed"));
    for path in ["/announcements?lang=zh", "/announcements.atom?lang=zh"] {
        let reply = public.get(path);
        let text = String::from_utf8(reply.body).unwrap();
        assert_eq!(reply.status, 200, "{path}");
        assert!(text.contains("张**") && !text.contains("张三"), "{path}: {text}");
        assert!(text.contains(serial), "{path}");
    }
    assert_eq!(
        public.get("/api/v1/announcements?month=x").verdict(),
        "400 month-malformed"
    );
}

#[test]
fn a_mail_server_that_is_down_refuses_or_is_slow_loses_nothing() {
    let mut mail = MailServer::new();
    let ca = with_mail(&mail);
    let daemon = ca.start("hefud.toml");
    ca.publish_texts();
    apply(&ca, "张三", 1);
    until(
        || letters(&ca)["outbox"]["closed"]["code"] == "unreachable",
        "the server is seen to be down",
    );
    assert_eq!(letters(&ca)["outbox"]["queued"], json!(1));
    assert_eq!(letters(&ca)["items"][0]["to"], json!("z***@example.cn"));
    daemon.kill();
    let daemon = ca.start("hefud.toml");
    mail.start();
    until(|| state(&ca) == "sent", "what waited is sent");

    mail.mode("refuse");
    apply(&ca, "李四", 2);
    until(|| state(&ca) == "failed", "a refused letter fails");
    assert_eq!(letters(&ca)["items"][0]["code"], json!("smtp-550"));
    mail.mode("accept");
    let number = letters(&ca)["items"][0]["number"].to_string();
    let _ = ca.json("entry", &["letters", "retry", &number]);
    until(|| state(&ca) == "sent", "an officer had it tried again");
    let again = ca
        .http("entry")
        .post_json(&format!("/api/v1/letters/{number}/retry"), &json!({}));
    assert_eq!(again.verdict(), "409 letter-not-failed");
    assert_eq!(
        ca.http("auditor")
            .post_json("/api/v1/letters/1/retry", &json!({}))
            .status,
        403
    );
    assert_eq!(Http::new(ca.url()).get("/api/v1/letters").status, 401);

    mail.mode("slow");
    apply(&ca, "王五", 3);
    until(
        || letters(&ca)["items"][0]["in_doubt"] == true,
        "a slow server leaves a doubt",
    );
    daemon.kill();
    mail.mode("accept");
    let _daemon = ca.start("hefud.toml");
    until(|| state(&ca) == "sent", "what was in doubt is sent");
    let last: Vec<String> = mail.taken().into_iter().skip(2).collect();
    assert!(
        last.iter()
            .all(|letter| header(letter, "Message-ID") == header(&last[0], "Message-ID"))
    );
}

#[test]
fn without_a_mail_server_nothing_is_written_and_the_state_says_so() {
    let ca = Installation::fresh(Layout::OneProcess);
    let _daemon = ca.start("hefud.toml");
    ca.publish_texts();
    apply(&ca, "张三", 1);
    std::thread::sleep(Duration::from_secs(2));
    let state = letters(&ca);
    assert_eq!((&state["mail"], &state["items"]), (&json!("off"), &json!([])));
    let told = ca.json("entry", &["letters", "list"]);
    assert_eq!(told["mail"], json!("off"));
}
