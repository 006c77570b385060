//! Passkeys in a browser: registered, bound by two officers, used, replayed, tried from another name, unbound.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::fs;

use serde_json::Value;
use trials::{Authenticator, Daemon, Installation, Layout, View, look, must};

/// An installation whose officers may use passkeys at `origin`, a function of the ports of its doors.
fn house(origin: impl FnOnce(&Installation) -> String) -> (Installation, Daemon, String) {
    let ca = Installation::fresh(Layout::OneProcess);
    let path = ca.file("hefud.toml");
    let origin = origin(&ca);
    let text = fs::read_to_string(&path).unwrap();
    let section = format!("{text}\n[ra.passkeys]\norigin = \"{origin}\"\n");
    fs::write(&path, section).unwrap();
    let daemon = ca.start("hefud.toml");
    (ca, daemon, origin)
}

fn token(ca: &Installation) -> String {
    let text = fs::read_to_string(ca.file("officers/entry.token")).unwrap();
    text.trim().to_owned()
}

/// The fingerprint that the page tells to say to two administrators, with the command.
fn fingerprint(text: &str) -> String {
    let after = text.split("bind-passkey --officer 5 --passkey ").nth(1).unwrap();
    after.chars().take_while(char::is_ascii_hexdigit).collect()
}

/// A change by the two heads of the business branch, on the command line.
fn done(ca: &Installation, act: &str, passkey: &str) {
    let change = ["officer", "propose", act, "--officer", "5", "--passkey", passkey];
    let number = ca.json("super-administrator", &change)["id"].to_string();
    let _ = must(
        ca.hefu("super-administrator-2")
            .args(["officer", "decide", &number, "approved"]),
    );
}

fn records(ca: &Installation) -> Vec<Value> {
    let page = ca.http("auditor").get("/api/v1/records/ra/entries?from=0").json();
    page["items"].as_array().unwrap().clone()
}

#[test]
fn an_officer_comes_in_with_a_passkey_while_two_officers_have_it_bound() {
    let port = |ca: &Installation| ca.tls_url().rsplit(':').next().unwrap().to_owned();
    let (ca, _daemon, origin) = house(|ca| format!("https://hefu.localhost:{}", port(ca)));
    let mut browser = Authenticator::at(&origin);
    assert_eq!(browser.does(&["come-in", &token(&ca)]).path, "/desk");
    let registered = browser.does(&["register"]);
    assert_eq!(registered.path, "/passkeys?done=registered", "{}", registered.text);
    let passkey = fingerprint(&registered.text);
    assert_eq!(browser.does(&["log-out"]).path, "/login");

    let refused = browser.does(&["log-in"]);
    assert!(
        refused.status == 403 && refused.text.contains("not bound to an officer"),
        "{refused:?}"
    );
    done(&ca, "bind-passkey", &passkey);
    let opened = browser.does(&["log-in"]);
    assert_eq!(
        (opened.status, opened.path.as_str()),
        (200, "/sessions"),
        "{}",
        opened.text
    );
    let replayed = browser.does(&["replay"]);
    assert!(
        replayed.status == 403 && replayed.text.contains("used before"),
        "{replayed:?}"
    );
    assert_eq!(browser.does(&["log-out"]).path, "/login");
    let other = format!("https://other.hefu.localhost:{}", port(&ca));
    let elsewhere = browser.does(&["elsewhere", &other]);
    assert!(
        elsewhere.status == 403 && elsewhere.text.contains("another origin"),
        "{elsewhere:?}"
    );
    assert_eq!(
        browser.does(&["log-in"]).path,
        "/sessions",
        "the officer still comes in"
    );
    assert_eq!(browser.does(&["log-out"]).path, "/login");
    done(&ca, "unbind-passkey", &passkey);
    let refused = browser.does(&["log-in"]);
    assert!(
        refused.status == 403 && refused.text.contains("not bound"),
        "{refused:?}"
    );

    let records = records(&ca);
    let bodies = |kind: &str, name: &str| -> Vec<String> {
        let entries = records.iter().filter(|entry| entry["kind"] == kind);
        entries
            .map(|entry| entry["body"][name].as_str().unwrap_or_default().to_owned())
            .collect()
    };
    assert_eq!(bodies("session-opened/1", "by"), ["token", "passkey", "passkey"]);
    assert_eq!(
        bodies("officer-act-refused/1", "code"),
        [
            "passkey-not-bound",
            "passkey-challenge-stale",
            "passkey-of-another-origin"
        ]
    );
    assert_eq!(bodies("officer-passkey-registered/1", "passkey"), [passkey]);
}

#[test]
fn every_page_about_passkeys_is_right_in_both_languages() {
    let (ca, _daemon, origin) = house(|ca| ca.url().replace("127.0.0.1", "localhost"));
    let mut browser = Authenticator::at(&origin);
    assert_eq!(browser.does(&["come-in", &token(&ca)]).path, "/desk");
    let registered = browser.does(&["register"]);
    let passkey = fingerprint(&registered.text);
    let cookie = browser.cookie();
    drop(browser);
    let inside = |name: &str, path: &str| View::of(name, path).with_cookie(&origin, "hefu-session", &cookie);
    let views = [
        View::of("log-in", "/login").says("用通行密钥登录", "With a passkey"),
        View::of("log-in-passkey", "/login/passkey").says("使用通行密钥", "Use the passkey"),
        inside("list", "/passkeys?done=registered").says("等待绑定", "waits"),
        inside("new", "/passkeys/new").says("生成通行密钥", "Make the passkey"),
        inside("withdraw", &format!("/passkeys/{passkey}/withdraw")).says("立即不能再登录", "opens nothing"),
        inside("sessions", "/sessions").says("我的通行密钥", "My passkeys"),
    ];
    look(&origin, "passkeys", &views, &["/desk", "/logout"]);
}
