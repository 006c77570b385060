//! Officers' browsers: client certificates by TLS, cookies, forms; played by curl and openssl against a running daemon.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};
use trials::{Daemon, Http, Installation, Layout, must, must_fail, openssl};

const PROPOSALS: &str = "/api/v1/officers/proposals";

/// An installation with its daemon and the address of its TLS door.
struct House {
    ca: Installation,
    _daemon: Daemon,
}

impl House {
    /// Starts the daemon after `edit` had its way with the configuration.
    fn open(edit: impl FnOnce(String) -> String) -> Self {
        let ca = Installation::fresh(Layout::OneProcess);
        let path = ca.file("hefud.toml");
        fs::write(&path, edit(fs::read_to_string(&path).unwrap())).unwrap();
        let daemon = ca.start("hefud.toml");
        Self { ca, _daemon: daemon }
    }

    /// A browser of its own: curl with a jar for cookies, and the certificate of `NAME.crt` and `NAME.key` if named.
    fn browser(&self, certificate: Option<&str>) -> Browser {
        let jar = self.ca.file(&format!("jar-{}", trials::free_port()));
        let mut fixed: Vec<String> = vec!["--cacert".into(), self.ca.file("door/root.crt").display().to_string()];
        for (option, extension) in [("--cert", "crt"), ("--key", "key")] {
            let path = certificate.map(|name| self.ca.file(&format!("{name}.{extension}")));
            fixed.extend(
                path.into_iter()
                    .flat_map(|path| [option.into(), path.display().to_string()]),
            );
        }
        Browser {
            base: self.ca.tls_url().to_owned(),
            jar,
            fixed,
        }
    }

    fn records(&self) -> Vec<Value> {
        let mut entries: Vec<Value> = Vec::new();
        let auditor = self.ca.http("auditor");
        loop {
            let page = auditor
                .get(&format!("/api/v1/records/ra/entries?from={}", entries.len()))
                .json();
            let items = page["items"].as_array().unwrap();
            if items.is_empty() {
                return entries;
            }
            entries.extend(items.iter().cloned());
        }
    }

    /// A change of an officer by the two heads of the business branch.
    fn done(&self, change: &Value) {
        let (one, two) = (
            self.ca.http("super-administrator"),
            self.ca.http("super-administrator-2"),
        );
        let proposed = one.post_json(PROPOSALS, change);
        assert_eq!(proposed.status, 201, "{}", proposed.json());
        let decision = format!("{PROPOSALS}/{}/decision", proposed.json()["id"]);
        let decided = two.post_json(&decision, &json!({"outcome": "approved"}));
        assert_eq!(decided.status, 200, "{}", decided.json());
    }

    /// SM3 of the certificate in `NAME.crt`, as openssl has it.
    fn fingerprint(&self, name: &str) -> String {
        let der = format!("{name}.der");
        openssl(
            self.ca.path(),
            &["x509", "-in", &format!("{name}.crt"), "-outform", "DER", "-out", &der],
        );
        let told = openssl(self.ca.path(), &["dgst", "-sm3", "-r", &der]);
        told.split_whitespace().next().unwrap().to_owned()
    }
}

struct Browser {
    base: String,
    jar: PathBuf,
    fixed: Vec<String>,
}

impl Browser {
    fn curl(&self, path: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new("curl");
        command
            .args(["-sS", "--noproxy", "*", "-H", "Accept-Language: en"])
            .args(&self.fixed);
        command.arg("-b").arg(&self.jar).arg("-c").arg(&self.jar);
        command.args(["-w", "\n%{http_code} %{redirect_url}"]).args(arguments);
        command.arg(format!("{}{path}", self.base));
        command
    }

    /// Status with the path of a redirect, and the page.
    fn ask(&self, path: &str, arguments: &[&str]) -> (String, String) {
        let text = must(&mut self.curl(path, arguments));
        let (page, last) = text.rsplit_once('\n').unwrap();
        (last.replace(&self.base, "").trim_end().to_owned(), page.to_owned())
    }

    fn log_in(&self) -> (String, String) {
        self.ask("/login/certificate", &["-d", "next=/sessions"])
    }

    /// The mark of the forms on a page of this session.
    fn csrf(&self) -> String {
        let (status, page) = self.ask("/sessions", &[]);
        assert_eq!(status, "200", "{page}");
        let after = page.split("name=\"csrf\" value=\"").nth(1).unwrap();
        after.split('"').next().unwrap().to_owned()
    }
}

#[test]
fn an_officer_comes_in_with_a_client_certificate_and_goes_out_again() {
    let house = House::open(|text| text);
    let nobody = house.browser(None);
    assert_eq!(nobody.ask("/", &[]).0, "200", "public pages stand behind the same door");
    assert_eq!(
        nobody.ask("/sessions?lang=en", &[]).0,
        "303 /login?next=%2Fsessions%3Flang%3Den"
    );
    let (status, page) = nobody.log_in();
    assert!(
        status == "403" && page.contains("showed no client certificate"),
        "{status}: {page}"
    );

    let entry = house.browser(Some("officers/entry"));
    let (_, page) = entry.ask("/login", &[]);
    assert!(
        page.contains("entry") && page.contains(&house.fingerprint("officers/entry")),
        "{page}"
    );
    assert_eq!(entry.log_in().0, "303 /sessions");
    let jar = fs::read_to_string(&entry.jar).unwrap();
    let cookie = jar
        .lines()
        .find(|line| line.contains("__Host-hefu-session"))
        .unwrap()
        .to_owned();
    assert!(cookie.starts_with("#HttpOnly_127.0.0.1\tFALSE\t/\tTRUE"), "{cookie}");
    let headers = entry.ask("/sessions", &["-D", "-", "-o", "/dev/null"]).1;
    assert!(
        headers.starts_with("HTTP/2 200") && headers.contains("cache-control: no-store"),
        "{headers}"
    );
    let headers = entry.ask("/sessions", &["--http1.1", "-D", "-", "-o", "/dev/null"]).1;
    assert!(headers.starts_with("HTTP/1.1 200"), "{headers}");

    assert_eq!(entry.log_in().0, "303 /sessions");
    let rotated = fs::read_to_string(&entry.jar).unwrap();
    assert!(!rotated.contains(&cookie), "a log-in makes a new session");
    let (_, page) = entry.ask("/sessions", &[]);
    assert_eq!(page.matches("/end\"").count(), 1, "and ends the one before: {page}");
    assert_eq!(entry.ask("/api/v1/whoami", &[]).0, "401", "cookies authorise no JSON");

    let csrf = format!("csrf={}", entry.csrf());
    assert_eq!(entry.ask("/logout", &["-d", &csrf]).0, "303 /login");
    assert_eq!(entry.ask("/sessions", &[]).0, "303 /login?next=%2Fsessions");
    let how: Vec<_> = house
        .records()
        .into_iter()
        .filter(|it| it["kind"] == "session-opened/1")
        .collect();
    assert!(
        how.len() == 2 && how.iter().all(|it| it["body"]["by"] == "certificate"),
        "{how:?}"
    );
}

/// Makes `NAME.key` of the kind that browsers hold.
fn make_key(house: &House, name: &str) {
    let curve = "ec_paramgen_curve:P-256";
    let out = format!("{name}.key");
    openssl(
        house.ca.path(),
        &["genpkey", "-algorithm", "EC", "-pkeyopt", curve, "-out", &out],
    );
}

/// `own.crt` and `own.key`, issued by the P-256 authority on the ordinary road; the certificate's serial number.
fn issue_own(house: &House) -> String {
    make_key(house, "own");
    let request = "req -new -key own.key -subj /CN=entry -out own.csr";
    openssl(house.ca.path(), &request.split(' ').collect::<Vec<_>>());
    let apply = "apply own.csr --profile tls-client --subject common_name=entry --notice 1 --contract 1 \
                 --signed-by entry --identity in-person --document original";
    let entered = house.ca.json("entry", &apply.split_whitespace().collect::<Vec<_>>());
    let id = entered["id"].as_str().unwrap();
    let issued = house.ca.json("approver", &["approve", id, "--issue"]);
    let part = &issued["certificates"][0];
    fs::write(house.ca.file("own.crt"), part["pem"].as_str().unwrap()).unwrap();
    part["serial"].as_str().unwrap().to_owned()
}

#[test]
fn a_certificate_of_a_foreign_authority_does_not_pass_the_handshake() {
    let house = House::open(|text| text);
    make_key(&house, "foreign");
    let request = "req -x509 -new -key foreign.key -subj /CN=entry -days 1 -out foreign.crt";
    openssl(house.ca.path(), &request.split(' ').collect::<Vec<_>>());
    let foreign = house.browser(Some("foreign"));
    let told = must_fail(&mut foreign.curl("/login", &[]));
    assert!(told.contains("000 "), "there is no answer at all: {told}");
}

/// Waits until what a certificate opened has ended with it.
fn until_out(browser: &Browser) {
    for _ in 0..100 {
        if browser.ask("/sessions", &[]).0.starts_with("303 /login") {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("a session goes on ten seconds after its certificate was revoked");
}

#[test]
fn an_unbound_and_a_revoked_certificate_open_nothing() {
    let house = House::open(|text| text);
    let serial = issue_own(&house);
    let own = house.browser(Some("own"));
    let (status, page) = own.log_in();
    assert!(
        status == "403" && page.contains("not bound to an officer"),
        "{status}: {page}"
    );

    let fingerprint = house.fingerprint("own");
    house.done(&json!({"act": "bind-certificate", "officer": "5", "certificate": fingerprint}));
    assert_eq!(own.log_in().0, "303 /sessions");
    let (status, page) = house.browser(Some("officers/entry")).log_in();
    assert!(
        status == "403" && page.contains("not bound"),
        "one officer, one certificate: {status}"
    );

    let revoke = [
        "revoke",
        &serial,
        "--ground",
        "holder-request",
        "--reason",
        "key lost",
        "--yes",
    ];
    let identity = ["--identity", "in-person", "--document", "original"];
    let _ = house.ca.json("approver", &[&revoke[..], &identity].concat());
    until_out(&own);
    let (status, page) = own.log_in();
    assert!(
        status == "403" && page.contains("certificate is revoked"),
        "{status}: {page}"
    );
    let records = house.records();
    let codes: Vec<&str> = records.iter().filter_map(|it| it["body"]["code"].as_str()).collect();
    assert!(
        codes.contains(&"certificate-not-bound") && codes.contains(&"certificate-revoked"),
        "{codes:?}"
    );
}

#[test]
fn a_stale_or_foreign_form_is_refused_and_recorded() {
    let house = House::open(|text| text);
    let entry = house.browser(Some("officers/entry"));
    assert_eq!(entry.log_in().0, "303 /sessions");
    let stale = format!("csrf={}", entry.csrf());
    assert_eq!(entry.log_in().0, "303 /sessions");
    let (status, page) = entry.ask("/logout", &["-d", &stale]);
    assert!(
        status == "403" && page.contains("not of your present session"),
        "{status}: {page}"
    );
    assert_eq!(entry.ask("/logout", &["-d", "next=/"]).0, "403", "no mark at all");
    let fresh = format!("csrf={}", entry.csrf());
    for other in [
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
        "Origin: https://evil.example",
        "Origin: null",
    ] {
        let (status, page) = entry.ask("/logout", &["-d", &fresh, "-H", other]);
        assert!(
            status == "403" && page.contains("another site"),
            "{other}: {status}: {page}"
        );
        let (status, _) = entry.ask("/login/certificate", &["-d", "next=/", "-H", other]);
        assert_eq!(status, "403", "{other}: a log-in is of our own page, too");
    }
    let refused: Vec<_> = house
        .records()
        .into_iter()
        .filter(|it| it["kind"] == "form-refused/1")
        .collect();
    assert_eq!(refused.len(), 6, "{refused:?}");
    assert_eq!(refused[0]["body"], json!({"fault": "mark", "path": "/logout"}));
    assert_eq!(refused[2]["body"]["fault"], "other-site");
    let own = format!("Origin: {}", house.ca.tls_url());
    assert_eq!(entry.ask("/logout", &["-d", &fresh, "-H", &own]).0, "303 /login");
}

#[test]
fn a_session_ends_when_idle_and_when_the_post_is_taken_away() {
    let house = House::open(|text| text.replace("[ra.zone]", "session_idle_seconds = 2\n\n[ra.zone]"));
    let entry = house.browser(Some("officers/entry"));
    assert_eq!(entry.log_in().0, "303 /sessions");
    assert_eq!(entry.ask("/sessions", &[]).0, "200");
    std::thread::sleep(std::time::Duration::from_secs(3));
    assert_eq!(entry.ask("/sessions", &[]).0, "303 /login?next=%2Fsessions", "idle");

    assert_eq!(entry.log_in().0, "303 /sessions");
    let csrf = format!("csrf={}", entry.csrf());
    house.done(&json!({"act": "change-role", "officer": "5", "role": "business-administrator"}));
    let act = "/sessions/0000000000000001/end";
    assert_eq!(
        entry.ask(act, &["-d", &csrf]).0,
        "303 /login",
        "the next act is nobody's"
    );
    assert_eq!(entry.log_in().0, "303 /sessions");
    house.done(&json!({"act": "suspend", "officer": "5"}));
    assert_eq!(entry.ask("/sessions", &[]).0, "303 /login?next=%2Fsessions");
    assert_eq!(entry.log_in().0, "403");
}

#[test]
fn the_door_without_tls_takes_log_ins_only_where_the_operator_says_so() {
    let token = |house: &House| fs::read_to_string(house.ca.file("officers/entry.token")).unwrap();
    let plain = |house: &House| Browser {
        base: house.ca.url().to_owned(),
        jar: house.ca.file("jar-plain"),
        fixed: Vec::new(),
    };
    let closed = House::open(|text| text.replace("plain_log_in = true", "plain_log_in = false"));
    let form = format!("token={}", token(&closed).trim());
    let (status, page) = plain(&closed).ask("/login/token", &["-d", &form]);
    assert!(
        status == "403" && page.contains("use the encrypted one"),
        "{status}: {page}"
    );
    assert!(
        plain(&closed).ask("/login", &[]).1.contains(closed.ca.tls_url()),
        "says where"
    );
    assert_eq!(closed.browser(None).ask("/login/token", &["-d", &form]).0, "303 /desk");
    let machine = Http::new(closed.ca.url()).bearing(&token(&closed));
    assert_eq!(
        machine.get("/api/v1/whoami").status,
        200,
        "programs come by token as before"
    );
    drop(closed);

    let open = House::open(|text| text);
    let browser = plain(&open);
    let form = format!("token={}", token(&open).trim());
    assert_eq!(browser.ask("/login/token", &["-d", "token=hefu-5-00"]).0, "403");
    assert_eq!(browser.ask("/login/token", &["-d", &form]).0, "303 /desk");
    assert_eq!(browser.ask("/sessions", &[]).0, "200");
    let jar = fs::read_to_string(&browser.jar).unwrap();
    assert!(
        jar.contains("hefu-session\thefu-session-") && !jar.contains("__Host-"),
        "{jar}"
    );
}

#[test]
fn the_key_may_stay_in_a_device_and_old_protocols_are_refused() {
    let house = House::open(|text| {
        let file = "certificate = \"door/server.crt\"\nkey_file = \"door/server.key\"\n";
        assert!(text.contains(file), "{text}");
        let device = "device = \"status/keys\"\nkey = \"ocsp-p256\"\npassphrase_file = \"status/passphrase\"\n";
        text.replace(file, &format!("certificate = \"status/ocsp-p256.crt\"\n{device}"))
    });
    let address = house.ca.tls_url().trim_start_matches("https://").to_owned();
    let connect = |protocol: &str| {
        let mut command = Command::new("openssl");
        command.args(["s_client", "-connect", &address, "-brief", protocol]);
        command.stdin(std::process::Stdio::null());
        command
    };
    let _ = must(&mut connect("-tls1_3"));
    let _ = must(&mut connect("-tls1_2"));
    let _ = must_fail(&mut connect("-tls1_1"));
}

#[test]
fn an_officer_logs_in_on_the_command_line_and_manages_officers_there() {
    let house = House::open(|text| text);
    let ca = &house.ca;
    openssl(
        ca.path(),
        &[
            "genpkey",
            "-algorithm",
            "EC",
            "-pkeyopt",
            "ec_paramgen_curve:SM2",
            "-out",
            "sm2.key",
        ],
    );
    openssl(ca.path(), &["pkey", "-in", "sm2.key", "-pubout", "-out", "sm2.pub"]);
    let change = [
        "officer",
        "propose",
        "renew-credential",
        "--officer",
        "5",
        "--key",
        "sm2.pub",
    ];
    let number = ca.json("super-administrator", &change)["id"].to_string();
    let own = must_fail(
        ca.hefu("super-administrator")
            .args(["officer", "decide", &number, "approved"]),
    );
    assert!(own.contains("whoever proposed a change does not decide it"), "{own}");
    assert!(ca.json("super-administrator-2", &["officer", "decide", &number, "approved"])["token"].is_null());

    let session = ca.file("session");
    let hefu = |arguments: &[&str]| {
        let mut command = ca.hefu("entry");
        command
            .env_remove("HEFU_TOKEN_FILE")
            .env("HEFU_SESSION", &session)
            .args(arguments);
        command
    };
    let told = must_fail(&mut hefu(&["officer", "list"]));
    assert!(told.contains("there is no token"), "{told}");
    let told = must_fail(&mut hefu(&[
        "login",
        "5",
        "--key",
        "sm2.key",
        "--server",
        "http://ra.example",
    ]));
    assert!(told.contains("calls itself"), "{told}");
    let _ = must(&mut hefu(&["login", "5", "--key", "sm2.key"]));
    let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&session).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    let told = must(&mut hefu(&["officer", "list"]));
    assert!(
        told.contains("super-administrator-2") && told.contains("entry"),
        "{told}"
    );
    assert_eq!(
        must(&mut hefu(&["--json", "officer", "sessions"]))
            .matches("opened_at")
            .count(),
        1
    );
    let _ = must(&mut hefu(&["logout"]));
    assert!(!session.exists());
    let _ = must_fail(&mut hefu(&["officer", "list"]));

    let passed = [
        "officer",
        "training",
        "5",
        "--course",
        "intake",
        "--passed-at",
        "2026-01-02",
    ];
    let _ = ca.json("super-administrator", &passed);
    let filed = [
        "officer",
        "body",
        "--name",
        "Agency",
        "--filing",
        "17",
        "--filed-on",
        "2026-01-02",
    ];
    assert_eq!(ca.json("super-administrator", &filed)["body"], 1);
    let bound = ca.json("auditor", &["officer", "certificate", "officers/entry.crt"]);
    assert_eq!(bound["sm3"], house.fingerprint("officers/entry"));
    assert_eq!(
        ca.json("auditor", &["officer", "proposals"])["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}
