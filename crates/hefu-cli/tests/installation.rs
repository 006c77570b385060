//! `hefu init`, ceremonies and records, by the binary, on real folders; OpenSSL reads what comes out.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod hefu;

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use hefu::{Run, hefu};

struct Installation {
    _keep: tempfile::TempDir,
    folder: PathBuf,
    run: Run,
}

fn init(extra: &[&str]) -> Installation {
    let keep = tempfile::tempdir().unwrap();
    let folder = keep.path().join("my-ca");
    let run = hefu(&["init", folder.to_str().unwrap(), "--json"]).with(extra).run();
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{}", run.out);
    Installation {
        _keep: keep,
        folder,
        run,
    }
}

impl Installation {
    fn path(&self, name: &str) -> String {
        self.folder.join(name).to_str().unwrap().to_owned()
    }

    fn toml(&self, name: &str) -> toml::Table {
        fs::read_to_string(self.folder.join(name)).unwrap().parse().unwrap()
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn an_installation_is_whole_and_its_secrets_are_the_owners() {
    let made = init(&[]);
    for name in [
        "hefud.toml",
        "cps.zh.md",
        "cps.en.md",
        "root/root-sm2.crt",
        "root/root-p256.crt",
        "ca/ca-sm2.crt",
        "ca/ca-p256.crt",
        "ca/crl/sm2-root.crl",
        "status/ocsp-sm2.crt",
        "status/ocsp-p256.crt",
        "ra/ra.pub",
        "ca/ca-reply.pub",
        "ca/ca-kmc.pub",
        "kmc/kmc.pub",
        "ra/records-ra.pub",
        "ca/records-ca.pub",
        "kmc/records-kmc.pub",
        "status/records-status.pub",
        "ra/ra.db",
    ] {
        assert!(made.folder.join(name).is_file(), "{name}");
    }
    for zone in ["root", "ra", "ca", "kmc", "status"] {
        assert_eq!(mode(&made.folder.join(zone)), 0o700, "{zone}");
        let passphrase = made.folder.join(zone).join("passphrase");
        assert_eq!(mode(&passphrase), 0o600, "{zone}");
        assert_eq!(fs::read_to_string(passphrase).unwrap().len(), 64, "{zone}");
    }
    for officer in [
        "super-administrator",
        "super-administrator-2",
        "audit-administrator",
        "audit-administrator-2",
        "entry",
        "approver",
        "auditor",
    ] {
        assert_eq!(
            mode(&made.folder.join(format!("officers/{officer}.token"))),
            0o600,
            "{officer}"
        );
    }
    assert_eq!(made.run.json()["officers"].as_array().unwrap().len(), 7);
    assert!(
        !made.folder.join("ca/ca.db").exists(),
        "each zone makes its own database"
    );
    let siblings = fs::read_dir(made.folder.parent().unwrap()).unwrap().count();
    assert_eq!(siblings, 1, "nothing half-made is left beside it");
}

#[test]
fn both_chains_verify_with_their_roots_revocation_included() {
    let made = init(&[]);
    for name in ["sm2", "p256"] {
        let run = hefu(&["verify", &made.path(&format!("ca/ca-{name}.crt")), "--json"])
            .with(&["--trust", &made.path(&format!("root/root-{name}.crt"))])
            .with(&["--crl", &made.path(&format!("ca/crl/{name}-root.crl"))])
            .run();
        assert_eq!(run.code, 0, "{}{}", run.out, run.err);
        assert_eq!(run.json()["certificates"][0]["status"], "good");
        let run = hefu(&[
            "verify",
            &made.path(&format!("status/ocsp-{name}.crt")),
            "--purpose",
            "1.3.6.1.5.5.7.3.9",
        ])
        .with(&["--trust", &made.path(&format!("root/root-{name}.crt"))])
        .with(&["--untrusted", &made.path(&format!("ca/ca-{name}.crt"))])
        .run();
        assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    }
}

#[test]
fn openssl_accepts_every_link() {
    let made = init(&[]);
    for (issuer, certificate) in [
        ("root/root-sm2.crt", "ca/ca-sm2.crt"),
        ("ca/ca-sm2.crt", "status/ocsp-sm2.crt"),
        ("root/root-p256.crt", "ca/ca-p256.crt"),
        ("ca/ca-p256.crt", "status/ocsp-p256.crt"),
    ] {
        let id: &[&str] = if issuer.contains("sm2") {
            &["-vfyopt", "distid:1234567812345678"]
        } else {
            &[]
        };
        let output = Command::new("openssl")
            .args([&["verify", "-x509_strict", "-partial_chain"], id, &["-trusted"]].concat())
            .args([made.path(issuer), made.path(certificate)])
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{certificate}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

#[test]
fn certificates_point_to_the_public_url() {
    let made = init(&["--public-url", "http://ca.example.cn/", "--name", "示例认证"]);
    let text = |name: &str| {
        let output = Command::new("openssl")
            .args(["x509", "-noout", "-text", "-nameopt", "utf8", "-in", &made.path(name)])
            .output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    };
    let signer = text("status/ocsp-sm2.crt");
    assert!(signer.contains("URI:http://ca.example.cn/ca/sm2.crt"), "{signer}");
    assert!(signer.contains("示例认证 SM2 OCSP"), "{signer}");
    let issuing = text("ca/ca-sm2.crt");
    assert!(
        issuing.contains("URI:http://ca.example.cn/crl/sm2-root.crl"),
        "{issuing}"
    );
    assert_eq!(
        made.toml("hefud.toml")["public_url"].as_str(),
        Some("http://ca.example.cn")
    );
}

#[test]
fn the_configuration_names_files_that_are_there() {
    let made = init(&["--roles", "separate", "--listen", "127.0.0.1:9100"]);
    let all = made.toml("hefud.toml");
    assert_eq!(all["roles"].as_array().unwrap().len(), 4);
    let mut named = Vec::new();
    for table in [
        &all,
        &made.toml("ra.toml"),
        &made.toml("ca.toml"),
        &made.toml("kmc.toml"),
        &made.toml("status.toml"),
    ] {
        paths(&toml::Value::Table(table.clone()), &mut named);
    }
    assert!(named.len() > 30, "{named:?}");
    for path in named {
        assert!(made.folder.join(&path).exists(), "{path}");
    }
    assert_eq!(
        made.toml("ra.toml")["ra"]["authority_url"].as_str(),
        Some("http://127.0.0.1:9101")
    );
    assert_eq!(
        made.toml("ca.toml")["ca"]["kmc"]["url"].as_str(),
        Some("http://127.0.0.1:9102")
    );
    assert_eq!(made.toml("status.toml")["listen"].as_str(), Some("127.0.0.1:9103"));
    assert_eq!(mode(&made.folder.join("ca/feed.token")), 0o600);
}

/// Values that are paths: they have a slash or an extension, and are no addresses.
fn paths(value: &toml::Value, found: &mut Vec<String>) {
    match value {
        toml::Value::String(text) if text.contains("//") || text.contains(':') || text.contains(' ') => {}
        toml::Value::String(text) if text.contains('/') || text.starts_with("cps.") => found.push(text.clone()),
        toml::Value::Array(items) => items.iter().for_each(|item| paths(item, found)),
        toml::Value::Table(table) => table.iter().for_each(|(_, item)| paths(item, found)),
        _ => {}
    }
}

#[test]
fn an_installation_is_never_overwritten() {
    let made = init(&[]);
    let root = fs::read(made.folder.join("root/root-sm2.crt")).unwrap();
    let again = hefu(&["init", made.folder.to_str().unwrap()]).run();
    assert_eq!(again.code, 64);
    assert_eq!(fs::read(made.folder.join("root/root-sm2.crt")).unwrap(), root);
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(
        hefu(&["init", empty.path().to_str().unwrap()]).run().code,
        0,
        "an empty folder may exist"
    );
}

#[test]
fn an_installation_takes_less_than_a_second_even_unoptimised() {
    let start = Instant::now();
    init(&[]);
    let taken = start.elapsed().as_millis();
    assert!(taken < 5_000, "{taken} ms");
}

#[test]
fn officers_are_in_the_records_and_the_records_hold() {
    let made = init(&[]);
    let verify = |key: &str| {
        hefu(&[
            "records",
            "verify",
            &made.path("ra/ra.db"),
            "--key",
            &made.path(key),
            "--json",
        ])
        .run()
    };
    let run = verify("ra/records-ra.pub");
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    // Seven officers, each with a client certificate.
    assert_eq!(run.json()["entries"], 14);
    let people = hefu(&[
        "records",
        "verify",
        &made.path("ra/ra.db"),
        "--key",
        &made.path("ra/records-ra.pub"),
    ])
    .run();
    assert!(people.out.starts_with("记录完好：14 条"), "{}", people.out);
    assert_eq!(verify("ra/passphrase").code, 65);
    let other = hefu(&[
        "records",
        "verify",
        &made.path("cps.zh.md"),
        "--key",
        &made.path("ra/records-ra.pub"),
    ])
    .run();
    assert!(matches!(other.code, 65 | 70), "{}: {}", other.code, other.err);
}

#[test]
fn an_edited_record_is_found_and_named() {
    let made = init(&[]);
    let database = made.path("ra/ra.db");
    let edit = Command::new("python3").args(["-c", EDIT, &database]).output().unwrap();
    assert!(edit.status.success(), "{}", String::from_utf8_lossy(&edit.stderr));
    let run = hefu(&[
        "records",
        "verify",
        &database,
        "--key",
        &made.path("ra/records-ra.pub"),
        "--json",
    ])
    .run();
    assert_eq!(run.code, 1, "{}{}", run.out, run.err);
    assert_eq!(run.json()["findings"][0]["finding"], "edited");
    assert_eq!(run.json()["findings"][0]["index"], 1);
    let people = hefu(&["records", "verify", &database, "--key", &made.path("ra/records-ra.pub")]).run();
    assert!(people.out.contains("第 1 号记录的内容被改动"), "{}", people.out);
}

/// What somebody with the file could do: drop the guard, change a row.
const EDIT: &str = "
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
for (name,) in db.execute(\"SELECT name FROM sqlite_master WHERE type = 'trigger'\").fetchall():
    db.execute('DROP TRIGGER ' + name)
bytes_ = db.execute('SELECT bytes FROM record_entry WHERE idx = 1').fetchone()[0]
db.execute('UPDATE record_entry SET bytes = ? WHERE idx = 1', (bytes(bytes_).replace(b'operator', b'nobody!!'),))
db.commit()
";

#[test]
fn ceremonies_leave_transcripts() {
    let made = init(&[]);
    let list = hefu(&["ceremony", "list", &made.path("ceremonies"), "--json"])
        .run()
        .json();
    let kinds: Vec<&str> = list
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|it| it["kind"].as_str())
        .collect();
    for kind in ["root", "issuing", "ocsp-signer", "crl"] {
        assert_eq!(kinds.iter().filter(|it| **it == kind).count(), 2, "{kind}");
    }
    let people = hefu(&["ceremony", "list", &made.path("ceremonies"), "--language", "en"]).run();
    assert!(people.out.contains("issuing authority"), "{}", people.out);
}

fn ceremony<'a>(made: &'a Installation, words: &[&'a str]) -> Run {
    let transcripts = made.path("ceremonies-2");
    let call = hefu(&["ceremony"])
        .with(words)
        .with(&["--transcripts", &transcripts, "--json"]);
    call.run()
}

#[test]
fn a_root_and_what_is_below_it_are_made_by_ceremonies() {
    let made = init(&[]);
    let passphrase = made.path("passphrase");
    fs::write(&passphrase, "correct horse battery staple\n").unwrap();
    let (device, root, ca) = (made.path("offline"), made.path("r.crt"), made.path("c.crt"));
    let new = |key: &'static str| vec!["--device", &*device, "--passphrase-file", &*passphrase, "--key", key];
    let named = |name: &'static str| vec!["--name", name, "--organisation", "Example"];
    let root_words = [
        &["root"][..],
        &new("root-3"),
        &named("Example Root"),
        &["--algorithm", "p384", "--out", &root],
    ]
    .concat();
    let asked = ceremony(&made, &root_words);
    assert_eq!(asked.code, 64, "nobody can be asked: {}", asked.err);
    let done = ceremony(&made, &[&root_words[..], &["--yes", "--witness", "张三"]].concat());
    assert_eq!(done.code, 0, "{}{}", done.out, done.err);
    let transcript = done.json();
    assert_eq!(transcript["witnesses"][0], "张三");
    let steps: Vec<&str> = transcript["steps"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|it| it["what"].as_str())
        .collect();
    assert_eq!(steps, ["key-made", "lints-passed", "signed", "checked"]);

    let issuer = [
        "--issuer-device",
        &device,
        "--issuer-passphrase-file",
        &passphrase,
        "--issuer-key",
        "root-3",
    ];
    let issuer = [&issuer[..], &["--issuer-certificate", &root]].concat();
    let below = [
        &["issuing"][..],
        &new("ca-3"),
        &named("Example CA"),
        &issuer,
        &["--algorithm", "p384"],
    ]
    .concat();
    let done = ceremony(&made, &[&below[..], &["--out", &ca, "--yes"]].concat());
    assert_eq!(done.code, 0, "{}{}", done.out, done.err);
    let again = ceremony(&made, &[&below[..], &["--out", &made.path("c2.crt"), "--yes"]].concat());
    assert_eq!(again.code, 1, "a key is never made twice: {}", again.err);

    let list = made.path("r.crl");
    let words = [&["crl"][..], &issuer, &["--revoke", &ca, "--out", &list, "--yes"]].concat();
    assert_eq!(ceremony(&made, &words).code, 0);
    let words = [&["crl"][..], &issuer, &["--previous", &list, "--out", &list, "--yes"]].concat();
    assert_eq!(ceremony(&made, &words).code, 0, "entries are carried over");
    let run = hefu(&["verify", &ca, "--trust", &root, "--crl", &list, "--json"]).run();
    assert_eq!(
        (run.code, run.json()["code"].as_str()),
        (1, Some("revoked")),
        "{}",
        run.out
    );
}

#[test]
fn a_transcript_is_in_the_language_of_the_run_and_holds_no_secret() {
    let made = init(&["--language", "en"]);
    let passphrase = fs::read_to_string(made.folder.join("root/passphrase")).unwrap();
    let mut seen = 0;
    for entry in fs::read_dir(made.folder.join("ceremonies")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        assert!(!text.contains(&passphrase), "{}", path.display());
        if path.extension().is_some_and(|it| it == "md") {
            assert!(text.starts_with("# Key ceremony: "), "{text}");
            seen += 1;
        }
    }
    assert_eq!(seen, 8);
}

#[test]
fn a_wrong_passphrase_is_told_as_such() {
    let made = init(&[]);
    let wrong = made.path("wrong");
    fs::write(&wrong, "guess").unwrap();
    let [device, certificate, out] = ["root/keys", "root/root-sm2.crt", "x.crl"].map(|name| made.path(name));
    let run = ceremony(
        &made,
        &[
            "crl",
            "--issuer-device",
            &device,
            "--issuer-passphrase-file",
            &wrong,
            "--issuer-key",
            "root-sm2",
            "--issuer-certificate",
            &certificate,
            "--out",
            &out,
            "--yes",
        ],
    );
    assert_eq!(run.code, 77, "{}", run.err);
    assert!(run.err.contains("口令不对"), "{}", run.err);
    assert!(!run.err.contains("guess"));
}
