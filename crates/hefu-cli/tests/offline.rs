//! The binary itself, offline: what it prints, where, and how it ends.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod hefu;

use hefu::{Run, hefu, vector};

#[test]
fn a_valid_chain_ends_with_0() {
    let run = hefu(&["verify", &vector("sm2-leaf.crt"), "--trust", &vector("sm2-root.crt")])
        .with(&[
            "--untrusted",
            &vector("sm2-issuing.crt"),
            "--time",
            "2026-06-15T12:00:00Z",
        ])
        .run();
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    assert!(run.out.starts_with("有效（"), "{}", run.out);
    assert!(run.out.contains("未查吊销状态"), "{}", run.out);
    assert!(run.out.contains("张三"), "{}", run.out);
    assert!(!run.out.contains('\u{1b}'), "no colours in a pipe");
}

#[test]
fn a_revoked_certificate_ends_with_1_and_says_why_in_both_languages() {
    let verify = |language| {
        hefu(&[
            "--language",
            language,
            "verify",
            &vector("sm2-revoked.crt"),
            "--trust",
            &vector("sm2-root.crt"),
        ])
        .with(&[
            "--untrusted",
            &vector("sm2-issuing.crt"),
            "--crl",
            &vector("sm2-issuing.crl"),
        ])
        .with(&["--time", "2026-06-15T12:00:00Z"])
        .run()
    };
    let chinese = verify("zh");
    assert_eq!(chinese.code, 1);
    assert!(
        chinese
            .out
            .contains("无效：已于 2026-03-01 00:00:00 +00:00 吊销：密钥泄露"),
        "{}",
        chinese.out
    );
    let english = verify("en");
    assert_eq!(english.code, 1);
    let why = "not valid: it was revoked at 2026-03-01 00:00:00 +00:00: key compromise";
    assert!(english.out.contains(why), "{}", english.out);
}

#[test]
fn a_stale_list_ends_with_2() {
    let run = hefu(&[
        "verify",
        &vector("sm2-leaf.crt"),
        "--trust",
        &vector("sm2-root.crt"),
        "--json",
    ])
    .with(&[
        "--untrusted",
        &vector("sm2-issuing.crt"),
        "--crl",
        &vector("sm2-issuing.crl"),
    ])
    .with(&["--time", "2027-01-15"])
    .run();
    assert_eq!(run.code, 2);
    let report = run.json();
    assert_eq!(report["verdict"], "unknown");
    assert_eq!(report["code"], "status-stale");
    assert_eq!(report["certificates"][0]["role"], "target");
}

#[test]
fn an_ocsp_answer_is_evidence() {
    let run = |name: &str, answer: &str| {
        hefu(&[
            "verify",
            &vector(&format!("{name}.crt")),
            "--trust",
            &vector("sm2-root.crt"),
            "--json",
        ])
        .with(&["--untrusted", &vector("sm2-issuing.crt"), "--ocsp", &vector(answer)])
        .with(&["--time", "2027-01-15"])
        .run()
    };
    let good = run("sm2-leaf", "sm2-good.ocsp");
    assert_eq!(
        (good.code, &good.json()["certificates"][0]["status_source"]),
        (0, &"ocsp".into())
    );
    assert_eq!(run("sm2-revoked", "sm2-revoked.ocsp").code, 1);
    assert_eq!(run("sm2-leaf", "sm2-stranger.ocsp").code, 2);
}

#[test]
fn the_chain_may_lie_in_the_certificates_own_file_and_in_any_order() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("chain.pem");
    let parts = [
        "p256-circle.crt",
        "p256-west-by-root.crt",
        "p256-east-by-west.crt",
        "p256-west-by-east.crt",
    ];
    let text: String = parts
        .iter()
        .map(|name| std::fs::read_to_string(vector(name)).unwrap())
        .collect();
    std::fs::write(&file, text).unwrap();
    let run = hefu(&["verify", file.to_str().unwrap(), "--trust", &vector("p256-root.crt")])
        .with(&["--time", "2026-06-15"])
        .run();
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
}

#[test]
fn what_is_no_certificate_is_told_in_three_parts() {
    let run = hefu(&[
        "--language",
        "en",
        "verify",
        &vector("make.sh"),
        "--trust",
        &vector("sm2-root.crt"),
    ])
    .run();
    assert_eq!((run.code, run.out.as_str()), (65, ""));
    let parts: Vec<&str> = run.err.lines().map(|line| line.split(": ").next().unwrap()).collect();
    assert_eq!(parts, ["not done", "why", "now"], "{}", run.err);
    assert!(run.err.contains("make.sh is not a certificate"), "{}", run.err);
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let run = hefu(&[
        "verify",
        "/no/such/file.crt",
        "--trust",
        &vector("sm2-root.crt"),
        "--json",
    ])
    .run();
    assert_eq!(run.code, 66);
    let error: serde_json::Value = serde_json::from_str(&run.err).unwrap();
    assert_eq!(error["error"]["code"], "unreadable");
    assert!(
        error["error"]["what"].as_str().unwrap().contains("/no/such/file.crt"),
        "{error}"
    );
    assert_eq!(error["error"]["exit"], 66);
}

#[test]
fn a_list_is_read_and_checked() {
    let crl = |issuer: &str| hefu(&["crl", &vector("sm2-issuing.crl"), "--issuer", &vector(issuer), "--json"]).run();
    let read = crl("sm2-issuing.crt");
    assert_eq!(read.code, 2, "genuine, and out of date by now");
    let list = read.json();
    assert_eq!((&list["genuine"], &list["total"]), (&true.into(), &2.into()));
    assert_eq!(list["entries"][0]["revoked_at"], "2026-03-01T00:00:00Z");
    assert_eq!(crl("sm2-root.crt").code, 1, "another authority's key");
}

#[test]
fn a_certificate_file_is_shown() {
    let run = hefu(&["show", &vector("sm2-leaf.crt"), "--json"]).run();
    let shown = run.json();
    assert_eq!(shown[0]["subject"], "CN=张三,O=Hefu test,C=CN");
    assert_eq!(shown[0]["key"], "sm2");
    assert_eq!(shown[0]["sm3"].as_str().unwrap().len(), 64);
    assert!(hefu(&["show", &vector("sm2-leaf.crt")]).run().out.contains("签名算法"));
}

#[test]
fn columns_are_as_wide_as_their_chinese_cells() {
    let run = hefu(&["profile", "show", "person-sm2"]).run();
    assert_eq!(run.code, 0, "{}", run.err);
    let table: Vec<&str> = run.out.lines().skip_while(|line| !line.is_empty()).skip(1).collect();
    let columns: Vec<usize> = table.iter().map(|line| width_before_second_column(line)).collect();
    assert!(
        columns.len() > 3 && columns.iter().all(|column| *column == columns[0]),
        "{}",
        run.out
    );
}

/// Cells on a screen before the second column begins: a Chinese character takes two.
fn width_before_second_column(line: &str) -> usize {
    let padded = line.find("  ").map_or(line.len(), |gap| {
        gap + line[gap..].len() - line[gap..].trim_start().len()
    });
    line[..padded]
        .chars()
        .map(|character| if character.is_ascii() { 1 } else { 2 })
        .sum()
}

#[test]
fn profiles_are_listed_and_an_unknown_one_is_absent() {
    let list = hefu(&["profile", "list", "--json"]).run().json();
    let names: Vec<&str> = list
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|it| it["name"].as_str())
        .collect();
    assert!(
        names.contains(&"person-sm2") && names.contains(&"tls-server"),
        "{names:?}"
    );
    assert_eq!(hefu(&["profile", "show", "nobody"]).run().code, 66);
}

fn usage(run: &Run) -> (i32, bool) {
    (run.code, run.err.lines().count() == 3)
}

#[test]
fn what_is_typed_wrongly_is_told_in_three_parts_too() {
    for typed in [
        &["verfy"][..],
        &["verify", "x.crt"],
        &["verify", "x.crt", "--trust", "y", "--time", "yesterday"],
        &["verify", "x.crt", "--trust", "y", "--nonsense"],
        &["init", "x", "--roles", "some"],
        &["apply", "x.csr", "--profile", "p", "--contract", "1"],
        &["completions"],
    ] {
        let run = hefu(typed).run();
        assert_eq!(usage(&run), (64, true), "{typed:?}: {}{}", run.out, run.err);
    }
    assert!(
        hefu(&["verfy"]).run().err.contains("verify"),
        "what comes close is named"
    );
}

#[test]
fn an_act_of_an_officer_needs_a_token() {
    let run = hefu(&["approve", "1"]).run();
    assert_eq!(run.code, 77);
    assert!(run.err.contains("--token-file"), "{}", run.err);
}

#[test]
fn a_revocation_needs_an_identity_and_a_yes() {
    let run = hefu(&["revoke", "00", "--ground", "holder-request", "--reason", "x"]).run();
    assert_eq!(run.code, 64);
    assert!(run.err.contains("--identity"), "{}", run.err);
}

#[test]
fn a_service_that_does_not_answer_is_named() {
    let run = hefu(&["search", "--url", "http://127.0.0.1:1"]).run();
    assert_eq!(run.code, 69);
    assert!(run.err.contains("http://127.0.0.1:1"), "{}", run.err);
}

#[test]
fn every_help_speaks_the_language_of_the_run_and_has_an_example() {
    let pages = hefu(&["manual", "--out"]).in_folder(Run::json_list);
    assert!(pages.len() > 30, "{pages:?}");
    for page in pages {
        let path: Vec<&str> = page.trim_end_matches(".1").split('-').skip(1).collect();
        let path: Vec<String> = rejoin(&path);
        let mut typed: Vec<&str> = path.iter().map(String::as_str).collect();
        typed.push("--help");
        let chinese = hefu(&typed).run();
        assert!(chinese.out.contains("用法："), "{typed:?}: {}", chinese.out);
        let english = hefu(&typed).with(&["--language", "en"]).run();
        let has_chinese = english.out.chars().any(|it| ('\u{4e00}'..='\u{9fff}').contains(&it));
        assert!(
            english.out.contains("Usage: ") && !has_chinese,
            "{typed:?}: {}",
            english.out
        );
        let is_group = matches!(path.as_slice(), [] | [_]) && english.out.contains("Commands:");
        assert!(
            is_group || english.out.contains("Examples:"),
            "{typed:?}: {}",
            english.out
        );
    }
}

/// `ocsp-signer` is one command, though its page is called `hefu-ceremony-ocsp-signer.1`.
fn rejoin(path: &[&str]) -> Vec<String> {
    match path {
        ["ceremony", rest @ ..] if rest.len() > 1 => vec!["ceremony".to_owned(), rest.join("-")],
        ["access", "code", rest @ ..] => {
            let act = rest.iter().map(|it| (*it).to_owned());
            std::iter::once("access-code".to_owned()).chain(act).collect()
        }
        ["subscriber", rest @ ..] if rest.len() > 1 => vec!["subscriber".to_owned(), rest.join("-")],
        path => path.iter().map(|it| (*it).to_owned()).collect(),
    }
}

#[test]
fn completions_are_made_for_shells() {
    for shell in ["bash", "zsh", "fish"] {
        let run = hefu(&["completions", shell]).run();
        assert!(run.code == 0 && run.out.contains("ceremony"), "{shell}");
    }
}
