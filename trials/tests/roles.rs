//! Every role on every act: each operation of the interface, as everybody who may not call it.
//!
//! The list of operations and who may call them is the description that the daemon itself serves (`x-permission` in
//! `/openapi.json`): an operation that is added is tried here without a line being written. What each post may do is said
//! once more below, so that a mistake in the product's own table does not hide itself.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a story that cannot go on has failed"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::time::Duration;

use gm_suite::{KeyAlgorithm, PrivateKey};
use serde_json::{Value, json};
use trials::{Daemon, Http, Installation, Layout, Reply, Visit};

/// Posts, and what they may do.
const POSTS: [(&str, &[&str]); 7] = [
    (
        "super-administrator",
        &["read", "manage-officers", "manage-policies", "resend"],
    ),
    (
        "business-administrator",
        &[
            "approve",
            "issue",
            "change-status",
            "read",
            "manage-officers",
            "manage-policies",
            "resend",
        ],
    ),
    (
        "business-operator",
        &["enter", "approve", "issue", "change-status", "read", "resend"],
    ),
    ("key-centre-officer", &["read"]),
    ("delegated-operator", &["enter", "read", "resend"]),
    ("audit-administrator", &["read", "audit", "manage-officers"]),
    ("auditor", &["read", "audit"]),
];
/// A number that nothing has.
const NOTHING: &str = "ffffffffffffffffffffffffffffffff";

/// Who may call an operation.
#[derive(Debug)]
enum Need {
    /// No officer is asked for.
    Nothing,
    /// Any officer.
    Session,
    /// One of these.
    AnyOf(Vec<String>),
}

impl Need {
    fn read(said: &Value) -> Self {
        match said {
            Value::String(word) if ["public", "peer", "subscriber"].contains(&word.as_str()) => Self::Nothing,
            Value::String(word) if word == "session" => Self::Session,
            Value::String(word) => Self::AnyOf(vec![word.clone()]),
            Value::Array(words) => Self::AnyOf(words.iter().map(|word| word.as_str().unwrap().to_owned()).collect()),
            _ => unreachable!("the unit test of hefu-web holds every operation to a word: {said}"),
        }
    }

    /// Whether a post that may do `these` may call it.
    fn is_met_by(&self, these: &[&str]) -> bool {
        match self {
            Self::Nothing | Self::Session => true,
            Self::AnyOf(wanted) => wanted.iter().any(|one| these.contains(&one.as_str())),
        }
    }
}

/// An operation of the interface.
#[derive(Debug)]
struct Operation {
    method: String,
    path: String,
    need: Need,
    is_upload: bool,
}

impl Operation {
    fn is_program(&self) -> bool {
        self.path.starts_with("/api/")
    }

    /// The path with something in place of each parameter.
    fn at(&self, fill: impl Fn(&str, &str) -> String) -> String {
        let parts = self.path.split('/').map(|part| {
            let name = part.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
            name.map_or_else(|| part.to_owned(), |name| fill(&self.path, name))
        });
        parts.collect::<Vec<_>>().join("/")
    }

    /// Called by a program; whatever the body is, it must not come to it.
    fn call(&self, http: &Http, path: &str) -> Reply {
        match self.method.as_str() {
            "GET" => http.get(path),
            "POST" => http.post_json(path, &json!({})),
            "DELETE" => http.delete(path),
            other => unreachable!("this trial does not know how to {other} {path}"),
        }
    }

    /// Called from a page, with the mark of the session.
    fn send(&self, visit: &Visit, path: &str) -> Reply {
        match self.method.as_str() {
            "GET" => visit.get(path),
            _ if self.is_upload => visit.upload(path, &[]),
            _ => visit.send(path, &[]),
        }
    }
}

/// Everything that the daemon says it can do.
fn interface(ca: &Installation) -> Vec<Operation> {
    let description = Http::new(ca.url()).get("/openapi.json").json();
    let mut all = Vec::new();
    for (path, operations) in description["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            all.push(Operation {
                method: method.to_ascii_uppercase(),
                path: path.clone(),
                need: Need::read(&operation["x-permission"]),
                is_upload: operation["requestBody"]["content"].get("multipart/form-data").is_some(),
            });
        }
    }
    assert!(all.len() > 100, "{} operations", all.len());
    all
}

/// An officer who is tried: with a token at the API and a session at the pages.
struct Officer {
    post: &'static str,
    may: &'static [&'static str],
    actor: String,
    http: Http,
    visit: Visit,
}

/// An installation with officers of every post, and something to lay hands on.
struct House {
    ca: Installation,
    _daemon: Daemon,
    application: String,
    serial: String,
    applicant: String,
}

impl House {
    fn open(edit: impl FnOnce(String) -> String) -> Self {
        let ca = Installation::fresh(Layout::OneProcess);
        let path = ca.file("hefud.toml");
        fs::write(&path, edit(fs::read_to_string(&path).unwrap())).unwrap();
        let daemon = ca.start("hefud.toml");
        ca.publish_texts();
        let applicant = ca.person("张三", "11010119900307109X").applicant;
        let enter = |name: &str| {
            let entered = ca.http("entry").post_json("/api/v1/applications", &device(name));
            assert_eq!(entered.status, 201, "{}", entered.json());
            entered.json()["id"].as_str().unwrap().to_owned()
        };
        let application = enter("gate-1.example");
        let path = format!("/api/v1/applications/{}/approval", enter("gate-2.example"));
        let issued = ca.http("approver").post_json(&path, &json!({"issue": true})).json();
        let serial = issued["certificates"][0]["serial"].as_str().unwrap().to_owned();
        Self {
            ca,
            _daemon: daemon,
            application,
            serial,
            applicant,
        }
    }

    /// Proposes a change by one head of the business branch and decides it by the other.
    fn change(&self, change: &Value) -> Value {
        let proposed = self
            .ca
            .http("super-administrator")
            .post_json("/api/v1/officers/proposals", change);
        assert_eq!(proposed.status, 201, "{change}: {}", proposed.json());
        self.decide(&proposed)
    }

    fn decide(&self, proposed: &Reply) -> Value {
        let decision = format!("/api/v1/officers/proposals/{}/decision", proposed.json()["id"]);
        let two = self.ca.http("super-administrator-2");
        let decided = two.post_json(&decision, &json!({"outcome": "approved"}));
        assert_eq!(decided.status, 200, "{}", decided.json());
        decided.json()
    }

    /// The access token of an officer of each post.
    fn tokens(&self) -> BTreeMap<&'static str, String> {
        let token = |decided: &Value| decided["token"].as_str().unwrap().to_owned();
        let appoint = |name: &str, role: &str| json!({"act": "appoint", "name": name, "role": role});
        let administrator = token(&self.change(&appoint("administrator", "business-administrator")));
        let centre = token(&self.change(&appoint("centre", "key-centre-officer")));
        let body = json!({"name": "Agency", "filing": "17", "filed_on": "2026-01-02"});
        let filed = self
            .ca
            .http("super-administrator")
            .post_json("/api/v1/officers/bodies", &body);
        assert_eq!(filed.status, 201, "{}", filed.json());
        let mut delegate = appoint("delegate", "delegated-operator");
        delegate["body"] = filed.json()["body"].clone();
        let proposed = Http::new(self.ca.url())
            .bearing(&administrator)
            .post_json("/api/v1/officers/proposals", &delegate);
        assert_eq!(proposed.status, 201, "{}", proposed.json());
        let delegate = token(&self.decide(&proposed));
        let own = |name: &str| fs::read_to_string(self.ca.file(&format!("officers/{name}.token"))).unwrap();
        BTreeMap::from([
            ("super-administrator", own("super-administrator")),
            ("business-administrator", administrator),
            ("business-operator", own("entry")),
            ("key-centre-officer", centre),
            ("delegated-operator", delegate),
            ("audit-administrator", own("audit-administrator")),
            ("auditor", own("auditor")),
        ])
    }

    fn officers(&self) -> Vec<Officer> {
        let tokens = self.tokens();
        let officer = |(post, may): &(&'static str, &'static [&'static str])| {
            let http = Http::new(self.ca.url()).bearing(&tokens[post]);
            let whoami = http.get("/api/v1/whoami").json();
            assert_eq!(whoami["role"], *post);
            Officer {
                post,
                may,
                actor: format!("officer:{}", whoami["id"].as_str().unwrap()),
                visit: self.ca.visit_with(&tokens[post]),
                http,
            }
        };
        POSTS.iter().map(officer).collect()
    }

    /// What stands in place of a parameter: something that is there, where something is.
    fn fill(&self, path: &str, name: &str) -> String {
        match name {
            "serial" => self.serial.clone(),
            "id" if path.contains("/applications/") => self.application.clone(),
            "id" if path.contains("/applicants/") => self.applicant.clone(),
            "zone" => "ra".to_owned(),
            "kind" => "notice".to_owned(),
            _ => "1".to_owned(),
        }
    }

    /// The records of the registration zone from an index on.
    fn records(&self, from: usize) -> Vec<Value> {
        self.ca.records("ra", from)
    }

    /// What there is to lay hands on, as it stands.
    fn state(&self) -> Vec<Value> {
        let auditor = self.ca.http("auditor");
        let paths = [
            format!("/api/v1/applications/{}", self.application),
            format!("/api/v1/certificates/{}", self.serial),
            format!("/api/v1/applicants/{}", self.applicant),
            "/api/v1/applications?limit=200".to_owned(),
            "/api/v1/officers".to_owned(),
            "/api/v1/officers/proposals".to_owned(),
            "/api/v1/policies/proposals".to_owned(),
            "/api/v1/policies".to_owned(),
            "/api/v1/batches".to_owned(),
            "/api/v1/texts/notice/versions".to_owned(),
        ];
        let look = |path: &String| {
            let shown = auditor.get(path);
            assert_eq!(shown.status, 200, "{path}: {}", shown.text());
            shown.json()
        };
        paths.iter().map(look).collect()
    }
}

/// A device, with everything that is needed before its approval.
fn device(name: &str) -> Value {
    let key = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap();
    let csr = gm_syntax::CertificationRequest::sign_request(&"CN=device".parse().unwrap(), &key, None).unwrap();
    json!({
        "profile": "device-sm2-single",
        "subject": {"country": "CN", "organisation": "Example", "common_name": name},
        "csr": gm_syntax::pem_text::encode("CERTIFICATE REQUEST", &csr),
        "notice": {"version": "1"},
        "contract": {"version": "1", "signed_by": "Example"},
        "identity": {"method": "in-person", "document": "original", "evidence": []},
    })
}

/// The answer to an officer whose post does not permit it: 403, in the words of the place, with the article.
fn assert_refused(operation: &Operation, who: &str, reply: &Reply) {
    let what = format!("{} {} as {who}", operation.method, operation.path);
    if operation.is_program() {
        let problem = reply.json();
        assert_eq!(reply.verdict(), "403 not-permitted", "{what}: {problem}");
        let rule = (&problem["rule"]["instrument"], &problem["rule"]["article"]);
        assert_eq!(rule, (&json!("M15"), &json!("19")), "{what}: {problem}");
        assert_eq!(problem["blame"], "officer", "{what}: {problem}");
    } else {
        let page = reply.text();
        assert!(reply.status == 403, "{what}: {} {page}", reply.status);
        assert!(
            page.contains("role=\"alert\"") && page.contains("may not") && page.contains("19"),
            "{what}: {page}"
        );
    }
}

#[test]
fn no_role_can_do_what_is_not_its_own_and_every_try_is_recorded() {
    let house = House::open(|text| text);
    let interface = interface(&house.ca);
    let officers = house.officers();
    let before = house.state();
    let from = house.records(0).len();

    let mut expected = Vec::new();
    for officer in &officers {
        for operation in &interface {
            let Need::AnyOf(wanted) = &operation.need else { continue };
            if operation.need.is_met_by(officer.may) {
                continue;
            }
            let path = operation.at(|path, name| house.fill(path, name));
            let reply = if operation.is_program() {
                operation.call(&officer.http, &path)
            } else {
                operation.send(&officer.visit, &path)
            };
            assert_refused(operation, officer.post, &reply);
            let told = operation.at(|path, name| match house.fill(path, name) {
                word if ["ra", "notice"].contains(&word.as_str()) => format!("{{{name}}}"),
                number => number,
            });
            expected.push(json!({
                "actor": officer.actor, "act": format!("{} {told}", operation.method), "role": officer.post,
                "wanted": wanted,
            }));
        }
    }
    assert!(expected.len() > 200, "{}", expected.len());
    let recorded: Vec<Value> = house.records(from).iter().map(told).collect();
    assert_eq!(recorded.len(), expected.len(), "one record for each try, and no other");
    for (one, other) in recorded.iter().zip(&expected) {
        assert_eq!(one, other);
    }
    assert_eq!(house.state(), before, "nothing changed");

    nobody_comes_in(&house, &interface);
    nobody_is_shown_a_way_that_is_closed(&house, &officers);
    let from = house.records(0).len();
    everybody_does_their_own(&interface, &officers);
    let refused = house.records(from);
    let refused: Vec<_> = refused
        .iter()
        .filter(|it| it["kind"] == "permission-refused/1")
        .collect();
    assert!(
        refused.is_empty(),
        "the gate refused what it said it permits: {refused:?}"
    );
}

/// A refusal as it is expected; anything else as it is.
fn told(entry: &Value) -> Value {
    let body = &entry["body"];
    let rule = json!({"instrument": "M15", "article": "19"});
    if entry["kind"] != "permission-refused/1" || body["code"] != "not-permitted" || body["rule"] != rule {
        return entry.clone();
    }
    json!({"actor": entry["actor"], "act": body["act"], "role": body["role"], "wanted": body["wanted"]})
}

/// Without a token, with a guess, without a cookie: 401, or on to the log-in page; strangers fill no records.
fn nobody_comes_in(house: &House, interface: &[Operation]) {
    let from = house.records(0).len();
    let before = house.state();
    let nobody = Http::new(house.ca.url());
    let guesses = [
        nobody.bearing("hefu-5-00"),
        nobody.bearing(&format!("hefu-session-{}", "00".repeat(32))),
    ];
    for operation in interface {
        if matches!(operation.need, Need::Nothing) {
            continue;
        }
        let path = operation.at(|path, name| house.fill(path, name));
        let what = format!("{} {path}", operation.method);
        if operation.is_program() {
            for http in guesses.iter().chain([&nobody]) {
                assert_eq!(operation.call(http, &path).verdict(), "401 unauthenticated", "{what}");
            }
        } else {
            let reply = operation.call(&nobody, &path);
            assert!(
                reply.status == 303 && reply.location.starts_with("/login"),
                "{what}: {} {}",
                reply.status,
                reply.location
            );
        }
    }
    assert_eq!(house.records(from), Vec::<Value>::new());
    assert_eq!(house.state(), before);
}

/// Links of the pages that everybody may read lead nowhere where this officer is refused.
fn nobody_is_shown_a_way_that_is_closed(house: &House, officers: &[Officer]) {
    let pages = [
        "/desk?state=all".to_owned(),
        format!("/desk/applications/{}", house.application),
        format!("/desk/certificates/{}", house.serial),
        "/sessions".to_owned(),
    ];
    for officer in officers {
        let shown: String = pages.iter().map(|path| officer.visit.get(path).text()).collect();
        let links = shown
            .split(" href=\"/")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap());
        let links: BTreeSet<String> = links.map(|link| format!("/{}", link.replace("&#38;", "&"))).collect();
        assert!(links.len() > 5, "{links:?}");
        for link in links {
            let reply = officer.visit.get(&link);
            assert!(
                reply.status != 403,
                "{} is shown {link}, and refused there",
                officer.post
            );
        }
    }
}

/// What a role may do is not refused for want of permission; that nothing is there to do it to is another matter.
fn everybody_does_their_own(interface: &[Operation], officers: &[Officer]) {
    for officer in officers {
        for operation in interface {
            let ends_the_session = operation.path == "/logout" && operation.method == "POST";
            if matches!(operation.need, Need::Nothing) || ends_the_session || !operation.need.is_met_by(officer.may) {
                continue;
            }
            let path = operation.at(|path, name| match name {
                "zone" => "ra".to_owned(),
                "kind" if path.contains("/texts/") => "notice".to_owned(),
                _ => NOTHING.to_owned(),
            });
            let what = format!("{} {path} as {}", operation.method, officer.post);
            if operation.is_program() {
                let reply = operation.call(&officer.http, &path);
                let verdict = reply.verdict();
                assert!(
                    reply.status != 401 && !verdict.ends_with("not-permitted") && reply.status < 500,
                    "{what}: {verdict}"
                );
            } else {
                let reply = operation.send(&officer.visit, &path);
                let is_turned_away = reply.status == 303 && reply.location.starts_with("/login");
                assert!(
                    reply.status != 403 && !is_turned_away && reply.status < 500,
                    "{what}: {} {}",
                    reply.status,
                    reply.location
                );
            }
        }
    }
}

/// Everything that needs an officer, with a session that is over: at the API and at the pages.
fn nothing_goes_on(house: &House, interface: &[Operation], session: &Visit) {
    let before = house.state();
    let http = Http::new(house.ca.url()).bearing(session.session());
    for operation in interface {
        if matches!(operation.need, Need::Nothing) {
            continue;
        }
        let path = operation.at(|path, name| house.fill(path, name));
        let what = format!("{} {path}", operation.method);
        if operation.is_program() {
            let reply = operation.call(&http, &path);
            assert_eq!(reply.verdict(), "401 session-over", "{what}");
            assert_eq!(reply.json()["rule"]["article"], "19", "{what}");
        } else {
            let reply = operation.send(session, &path);
            assert!(
                reply.status == 303 && reply.location.starts_with("/login"),
                "{what}: {} {}",
                reply.status,
                reply.location
            );
        }
    }
    assert_eq!(house.state(), before);
}

/// Refusals to somebody who was an officer, since an index: who, and with which code.
fn turned_away(house: &House, from: usize) -> Vec<(String, String)> {
    let entries = house.records(from);
    let refused = entries.iter().filter(|it| it["kind"] == "officer-act-refused/1");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    refused
        .map(|it| (text(&it["actor"]), text(&it["body"]["code"])))
        .collect()
}

#[test]
fn a_session_that_is_over_and_a_role_that_is_taken_away_do_nothing_more() {
    let house = House::open(|text| text.replace("[ra.zone]", "session_idle_seconds = 2\n\n[ra.zone]"));
    let interface = interface(&house.ca);

    let idle = house.ca.visit("approver");
    std::thread::sleep(Duration::from_millis(2_500));
    let from = house.records(0).len();
    nothing_goes_on(&house, &interface, &idle);
    let once = ("officer:6".to_owned(), "session-over".to_owned());
    assert_eq!(
        turned_away(&house, from),
        [once],
        "recorded once, however often it is tried"
    );

    let session = house.ca.visit("entry");
    house.change(&json!({"act": "change-role", "officer": "5", "role": "key-centre-officer"}));
    let from = house.records(0).len();
    nothing_goes_on(&house, &interface, &session);
    let once = ("officer:5".to_owned(), "session-over".to_owned());
    assert_eq!(turned_away(&house, from), [once]);
    let entry = house.ca.http("entry");
    let refused = entry.post_json("/api/v1/applications", &device("gate-3.example"));
    assert_eq!(refused.verdict(), "403 not-permitted", "the token is of the new post");

    house.change(&json!({"act": "suspend", "officer": "6"}));
    let from = house.records(0).len();
    let approval = format!("/api/v1/applications/{}/approval", house.application);
    let refused = house.ca.http("approver").post_json(&approval, &json!({}));
    assert_eq!(refused.verdict(), "401 unauthenticated");
    let who = ("officer:6".to_owned(), "unauthenticated".to_owned());
    assert_eq!(turned_away(&house, from), [who], "a token of somebody who is off duty");
}
