//! The road, as its users walk it: an application by OpenSSL becomes a pair that OpenSSL, Bouncy Castle and pkilint
//! accept; then renewal, suspension, revocation, and what relying parties see of them.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a story that cannot go on has failed"
)]

use std::fs;
use std::path::Path;

use serde_json::Value;
use trials::{CaseFile, Http, Installation, Layout, judge, must, must_fail, openssl, pkilint};

const DISTID: &str = "distid:1234567812345678";
const IDENTITY: [&str; 4] = ["--identity", "in-person", "--document", "original"];

/// An SM2 key and a request for it, by OpenSSL.
fn request(folder: &Path, name: &str, curve: &str) {
    let (key, csr) = (format!("{name}.key"), format!("{name}.csr"));
    openssl(
        folder,
        &[
            "genpkey",
            "-algorithm",
            "EC",
            "-pkeyopt",
            &format!("ec_paramgen_curve:{curve}"),
            "-out",
            &key,
        ],
    );
    let mut arguments = vec!["req", "-new", "-key", &key, "-subj", "/C=CN/CN=Zhang San", "-out", &csr];
    if curve == "SM2" {
        arguments.extend(["-sm3", "-sigopt", DISTID]);
    }
    openssl(folder, &arguments);
}

const HOLDER: (&str, &str) = ("张三", "11010119900307109X");

/// Enters a person's application out of the file, and checks the identity for it; its number.
fn enter_person(ca: &Installation, csr: &str, file: &CaseFile) -> String {
    let (name, number) = (
        format!("common_name={}", HOLDER.0),
        format!("identity_number={}", HOLDER.1),
    );
    let mut arguments = vec!["apply", csr, "--profile", "person-sm2", "--applicant", &file.applicant];
    arguments.extend(["--notice-proof", &file.notice, "--contract-proof", &file.contract]);
    for field in ["country=CN", &name, &number] {
        arguments.extend(["--subject", field]);
    }
    let application = ca.json("entry", &arguments)["id"].as_str().unwrap().to_owned();
    let check = ca.check(&file.applicant, "application", &application);
    drop(ca.json("entry", &["identify", &application, "--check", &check]));
    application
}

/// A check of the holder's identity for what is to happen to a certificate.
fn checked(ca: &Installation, occasion: &str, serial: &str) -> String {
    let applications = ca.json("entry", &["search", "--applications", "--state", "issued"]);
    let file = applications["items"][0]["applicant"].as_str().unwrap().to_owned();
    ca.check(&file, occasion, serial)
}

/// Enters an application of a server with everything that is wanted first; its number.
fn enter(ca: &Installation, csr: &str, profile: &str, subject: &[&str]) -> String {
    let mut arguments = vec![
        "apply",
        csr,
        "--profile",
        profile,
        "--notice",
        "1",
        "--contract",
        "1",
        "--signed-by",
        "applicant",
    ];
    arguments.extend(IDENTITY);
    for field in subject {
        arguments.extend(["--subject", field]);
    }
    ca.json("entry", &arguments)["id"].as_str().unwrap().to_owned()
}

fn approve(ca: &Installation, application: &str, out: &str) -> Value {
    fs::create_dir_all(ca.file(out)).unwrap();
    ca.json("approver", &["approve", application, "--issue", "--out", out])
}

/// CA certificates and the current lists of an authority, as a relying party fetches them.
fn fetch(ca: &Installation, authority: &str) {
    for path in ["ca/NAME.crt", "ca/NAME-root.crt", "crl/NAME.crl", "crl/NAME-root.crl"] {
        let path = path.replace("NAME", authority);
        let reply = Http::new(ca.public_url()).get_when_there(&format!("/{path}"));
        fs::write(ca.file(path.rsplit('/').next().unwrap()), reply.body).unwrap();
    }
}

/// Fetches lists until one satisfies `wanted`, for a list follows an act within seconds.
fn fetch_until(ca: &Installation, authority: &str, wanted: impl Fn() -> bool) {
    for _ in 0..100 {
        fetch(ca, authority);
        if wanted() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("no list with the wanted content within ten seconds");
}

/// What OCSP says, by `hefu ocsp`; its exit status is 1 for what is not good.
fn status(ca: &Installation, certificate: &str) -> Value {
    let mut ask = ca.hefu("entry");
    ask.args([
        "--json",
        "ocsp",
        certificate,
        "--issuer",
        "sm2.crt",
        "--out",
        "answer.ocsp",
        "--url",
        ca.public_url(),
    ]);
    let told = ask.output().unwrap();
    let answer: Value = serde_json::from_slice(&told.stdout).unwrap();
    assert_eq!(
        told.status.code(),
        Some(i32::from(answer["status"] != "good")),
        "{answer}"
    );
    answer["status"].clone()
}

/// An installation with one pair issued to a person: files in `pair/`.
fn with_a_pair(
    layout: Layout,
    start: impl FnOnce(&Installation) -> Vec<trials::Daemon>,
) -> (Installation, Vec<trials::Daemon>) {
    let ca = Installation::fresh(layout);
    let daemons = start(&ca);
    request(ca.path(), "sign", "SM2");
    ca.publish_texts();
    let file = ca.person(HOLDER.0, HOLDER.1);
    let application = enter_person(&ca, "sign.csr", &file);
    let issued = approve(&ca, &application, "pair");
    assert_eq!(issued["state"], "issued");
    assert_eq!(issued["certificates"].as_array().unwrap().len(), 2);
    fetch(&ca, "sm2");
    (ca, daemons)
}

fn one_process(ca: &Installation) -> Vec<trials::Daemon> {
    vec![ca.start("hefud.toml")]
}

/// Asks every stranger about the pair in `pair/`.
fn strangers_accept(ca: &Installation) {
    let folder = ca.path();
    judge(folder, &["csr", "sign.csr"]);
    for half in ["pair/sign.crt", "pair/encrypt.crt"] {
        let verify = [
            "verify",
            "-x509_strict",
            "-partial_chain",
            "-vfyopt",
            DISTID,
            "-trusted",
            "sm2.crt",
            half,
        ];
        openssl(folder, &verify);
        judge(
            folder,
            &[
                "chain",
                "sm2-root.crt",
                half,
                "sm2.crt",
                "crl=sm2.crl",
                "crl=sm2-root.crl",
            ],
        );
        // RFC 8813 keeps these usages from EC keys; an SM2 key also enciphers (GB/T 35276), and an encryption
        // certificate says so.
        pkilint(
            "lint_pkix_cert",
            &[],
            &ca.file(half),
            &["pkix.key_usage_value_prohibited_for_ec"],
        );
    }
    judge(
        folder,
        &["envelope", "pair/envelope.der", "sign.key", "pair/encrypt.crt"],
    );
    judge(folder, &["crl", "sm2.crl", "sm2.crt"]);
    pkilint("lint_crl", &["-t", "CRL", "-p", "PKIX"], &ca.file("sm2.crl"), &[]);
    assert_eq!(status(ca, "pair/sign.crt"), "good");
    judge(folder, &["ocsp", "answer.ocsp", "sm2.crt", "pair/sign.crt", "good"]);
    pkilint("lint_ocsp_response", &[], &ca.file("answer.ocsp"), &[]);
    assert_eq!(status(ca, "pair/encrypt.crt"), "good");
}

#[test]
fn strangers_accept_a_pair_from_one_process() {
    let (ca, daemons) = with_a_pair(Layout::OneProcess, one_process);
    strangers_accept(&ca);
    for daemon in daemons {
        daemon.stop();
    }
    for zone in ["ra", "ca", "kmc"] {
        let (database, key) = (format!("{zone}/{zone}.db"), format!("{zone}/records-{zone}.pub"));
        must(ca.hefu("auditor").args(["records", "verify", &database, "--key", &key]));
    }
}

#[test]
fn strangers_accept_a_pair_from_four_processes() {
    let (ca, daemons) = with_a_pair(Layout::Separate, |ca| {
        let settings = |role: &str| fs::read_to_string(ca.file(&format!("{role}.toml"))).unwrap();
        let address = |role: &str| {
            let text = settings(role);
            let listen = text.lines().find_map(|line| line.strip_prefix("listen = \"")).unwrap();
            format!("http://{}", listen.trim_end_matches('"'))
        };
        ["kmc", "ca", "status", "ra"]
            .map(|role| ca.start_at(&format!("{role}.toml"), &address(role)))
            .into()
    });
    strangers_accept(&ca);
    drop(daemons);
}

#[test]
fn suspension_and_revocation_move_both_halves() {
    let (ca, _daemons) = with_a_pair(Layout::OneProcess, one_process);
    let shown = ca.json("entry", &["show", "pair/sign.crt"]);
    let serial = shown[0]["serial"].as_str().unwrap();
    let act = |act: &str, more: &[&str]| {
        let check = checked(&ca, "revocation", serial);
        let mut arguments = vec![act, serial, "--reason", "the holder asked for it", "--check", &check];
        arguments.extend(more);
        ca.json("entry", &arguments)
    };
    let both = |wanted: &str| {
        for half in ["pair/sign.crt", "pair/encrypt.crt"] {
            let reached = (0..50).any(|_| {
                std::thread::sleep(std::time::Duration::from_millis(20));
                status(&ca, half) == wanted
            });
            assert!(reached, "{half} is {}, not {wanted}", status(&ca, half));
        }
    };
    act("suspend", &[]);
    both("suspended");
    act("resume", &[]);
    both("good");
    act("revoke", &["--ground", "holder-request", "--yes"]);
    both("revoked");
    judge(
        ca.path(),
        &["ocsp", "answer.ocsp", "sm2.crt", "pair/encrypt.crt", "revoked"],
    );
    fetch_until(&ca, "sm2", || {
        ca.json("entry", &["crl", "sm2.crl", "--issuer", "sm2.crt"])["entries"]
            .as_array()
            .is_some_and(|entries| entries.len() == 2)
    });
    for half in ["pair/sign.crt", "pair/encrypt.crt"] {
        judge(
            ca.path(),
            &[
                "refused",
                "sm2-root.crt",
                half,
                "sm2.crt",
                "crl=sm2.crl",
                "crl=sm2-root.crl",
            ],
        );
        let verify = [
            "verify",
            half,
            "--trust",
            "sm2-root.crt",
            "--untrusted",
            "sm2.crt",
            "--crl",
            "sm2.crl",
        ];
        assert_eq!(ca.hefu("entry").args(verify).output().unwrap().status.code(), Some(1));
    }
    let mut resume = vec!["resume", serial, "--reason", "changed their mind"];
    resume.extend(IDENTITY);
    let told = must_fail(ca.hefu("entry").args(&resume));
    assert!(told.contains("revoked"), "{told}");
}

#[test]
fn renewal_makes_a_new_pair_and_a_second_officer_approves_it() {
    let (ca, _daemons) = with_a_pair(Layout::OneProcess, one_process);
    let serial = ca.json("entry", &["show", "pair/sign.crt"])[0]["serial"]
        .as_str()
        .unwrap()
        .to_owned();
    let check = checked(&ca, "renewal", &serial);
    let application = ca.json("entry", &["renew", &serial, "--check", &check]);
    assert_eq!(
        (&application["kind"], &application["state"]),
        (&Value::from("renewal"), &Value::from("identified"))
    );
    let renewed = approve(&ca, application["id"].as_str().unwrap(), "renewed");
    assert_eq!(renewed["state"], "issued");
    request(ca.path(), "fresh", "SM2");
    let serial = ca.json("entry", &["show", "renewed/sign.crt"])[0]["serial"]
        .as_str()
        .unwrap()
        .to_owned();
    let check = checked(&ca, "renewal", &serial);
    let application = ca.json("entry", &["renew", &serial, "--csr", "fresh.csr", "--check", &check]);
    assert_eq!(application["kind"], "rekey");
    approve(&ca, application["id"].as_str().unwrap(), "rekeyed");
    judge(
        ca.path(),
        &["envelope", "rekeyed/envelope.der", "fresh.key", "rekeyed/encrypt.crt"],
    );
}

#[test]
fn international_certificates_take_the_same_road() {
    let ca = Installation::fresh(Layout::OneProcess);
    let _daemon = ca.start("hefud.toml");
    request(ca.path(), "server", "P-256");
    let application = enter(
        &ca,
        "server.csr",
        "tls-server",
        &["common_name=www.example.com", "dns=www.example.com"],
    );
    approve(&ca, &application, "server");
    fetch(&ca, "p256");
    for file in ["p256.crt", "p256-root.crt"] {
        openssl(
            ca.path(),
            &["x509", "-inform", "DER", "-in", file, "-out", &format!("{file}.pem")],
        );
    }
    let chain = ["-CAfile", "p256-root.crt.pem", "-untrusted", "p256.crt.pem"];
    let mut verify = vec![
        "verify",
        "-x509_strict",
        "-purpose",
        "sslserver",
        "-verify_hostname",
        "www.example.com",
    ];
    verify.extend(chain);
    verify.push("server/single.crt");
    openssl(ca.path(), &verify);
    let url = format!("{}/ocsp", ca.public_url());
    let ask = [
        "ocsp",
        "-issuer",
        "p256.crt.pem",
        "-cert",
        "server/single.crt",
        "-url",
        &url,
        "-CAfile",
        "p256-root.crt.pem",
    ];
    let mut ask = ask.to_vec();
    ask.extend(["-verify_other", "p256.crt.pem"]);
    assert!(openssl(ca.path(), &ask).contains(": good"));
    pkilint("lint_pkix_cert", &[], &ca.file("server/single.crt"), &[]);
}
