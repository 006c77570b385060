//! Every public page in a browser: both languages, wide, narrow, printed; keyboard, labels, contrast, links.
//!
//! A page that is added gets a line here. Screenshots are for people: `target/screenshots/public/`.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a story that cannot go on has failed"
)]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gm_suite::{KeyAlgorithm, PrivateKey};
use serde_json::{Value, json};
use trials::{Http, Installation, Layout, View, look};

/// Links of the public pages whose doors are opened elsewhere.
const ABSENT: [&str; 3] = ["/announcements", "/disclosure", "/login"];

/// One device's certificate, by two officers; the serial numbers.
fn issue(ca: &Installation, name: &str) -> Vec<String> {
    let key = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap();
    let csr = gm_syntax::CertificationRequest::sign_request(&"CN=device".parse().unwrap(), &key, None).unwrap();
    let application = json!({
        "profile": "device-sm2",
        "subject": {"country": "CN", "organisation": "示例科技有限公司", "common_name": name},
        "csr": gm_syntax::pem_text::encode("CERTIFICATE REQUEST", &csr),
        "notice": {"version": "1"},
        "contract": {"version": "1", "signed_by": "示例科技有限公司"},
        "identity": {"method": "in-person", "document": "original", "evidence": []},
    });
    let entered = ca.http("entry").post_json("/api/v1/applications", &application);
    assert_eq!(entered.status, 201, "{}", entered.json());
    let path = format!(
        "/api/v1/applications/{}/approval",
        entered.json()["id"].as_str().unwrap()
    );
    let approved = ca.http("approver").post_json(&path, &json!({"issue": true}));
    assert_eq!(approved.status, 200, "{}", approved.json());
    let mut serials = Vec::new();
    gather(&approved.json(), &mut serials);
    assert!(!serials.is_empty(), "{}", approved.json());
    serials
}

/// Every "serial" in an answer.
fn gather(value: &Value, serials: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            serials.extend(members.get("serial").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|member| gather(member, serials));
        }
        Value::Array(items) => items.iter().for_each(|item| gather(item, serials)),
        _ => {}
    }
}

fn pem(der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n")
}

/// A certificate that is nobody's here, by openssl.
fn foreign(ca: &Installation) -> String {
    trials::openssl(
        ca.path(),
        &[
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            "foreign.key",
            "-out",
            "foreign.crt",
            "-days",
            "9",
            "-subj",
            "/CN=foreign.example",
        ],
    );
    std::fs::read_to_string(ca.file("foreign.crt")).unwrap()
}

fn verifying(name: &str, text: &str) -> View {
    View::of(name, "/verify")
        .typing("#text", text)
        .pressing("main form button")
}

#[test]
fn every_public_page_is_right_in_both_languages() {
    let ca = Installation::fresh(Layout::OneProcess);
    let _daemon = ca.start("hefud.toml");
    let serial = issue(&ca, "device-1.example").remove(0);
    let revoked = issue(&ca, "device-2.example").remove(0);
    for number in 3..14 {
        issue(&ca, &format!("device-{number}.example"));
    }
    let identity = json!({"method": "in-person", "document": "original", "evidence": []});
    let ground = json!({"ground": "holder-request", "reason": "trial", "identity": identity});
    let path = format!("/api/v1/certificates/{revoked}/revocation");
    let done = ca.http("approver").post_json(&path, &ground);
    assert_eq!(done.status, 200, "{}", done.json());
    let public = Http::new(ca.url());
    let der = public.get_when_there(&format!("/certificates/{serial}.crt")).body;
    until_shown(&public, &format!("/certificates/{revoked}"), "revoked");
    let mut broken = der.clone();
    broken.truncate(200);
    let page = format!("/certificates/{serial}");
    let views = [
        View::of("front", "/"),
        View::of("front-dark", "/").dark(),
        View::of("look-up", "/certificates"),
        View::of("found", "/certificates?query=device"),
        View::of("found-nothing", "/certificates?query=%E6%97%A0%E6%AD%A4%E4%BA%BA"),
        View::of("certificate", &page).says("有效", "valid"),
        View::of("certificate-revoked", &format!("/certificates/{revoked}")).says("证书持有人申请撤销", "revoked"),
        View::of("verify", "/verify"),
        View::of("verified", &format!("/verify?serial={serial}")).says("有效", "Valid"),
        View::of("verified-revoked", &format!("/verify?serial={revoked}")).says("无效", "Not valid"),
        verifying("verified-pasted", &pem(&der)).says("证书链完整", "The chain is whole"),
        verifying("verified-foreign", &foreign(&ca)).says("不是本机构签发", "not issued here"),
        verifying("verify-broken", &pem(&broken))
            .says("不是证书", "Not a certificate")
            .status(400),
        verifying("verify-nothing", "")
            .says("请选择文件", "Choose a file")
            .status(400),
        View::of("authorities", "/ca").says("SM3", "SM3"),
        View::of("authorities-dark", "/ca").dark(),
        View::of("help", "/help"),
        View::of("interface", "/api"),
        View::of("practice", "/cps"),
        View::of("nowhere", "/nowhere").status(404),
        View::of("not-a-serial", "/certificates/xyz").status(400),
    ];
    look(ca.url(), "public", &views, &ABSENT);
}

/// Waits until a page holds a text: status follows the records within seconds.
fn until_shown(public: &Http, path: &str, text: &str) {
    for _ in 0..100 {
        let reply = public.get(path);
        if String::from_utf8_lossy(&reply.body).contains(text) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("{path} does not say {text} after ten seconds");
}
