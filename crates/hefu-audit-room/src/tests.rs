//! The room as a browser meets it: who comes in, what is shown, what is shown of a log that was tampered with.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use gm_suite::{KeyAlgorithm, PrivateKey, PublicKey};
use hefu_database::Database;
use hefu_officers::{CannotTell, CertificateStanding, Officers, PresentedCertificate, Role, Standing, Training};
use hefu_records::{Exhibit, NewEntry, Records, append};
use hefu_rulebook::Language;
use hefu_web::{Archive, PlainDoor, Readers, Roster, Site, Visitors, Zones};
use jiff::Timestamp;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::{Assessor, AuditPages, Awaited, Reasons, Said, Typesetter};
use crate::across::Place;
use crate::words::{AuditWords, kind_name};

const NOW: &str = "2026-11-20T02:00:00Z";
/// Every page of the room, with words that it must hold in Chinese and in English.
const PAGES: [(&str, &str, &str); 12] = [
    ("/audit", "检查点有效", "verifies"),
    ("/audit/records/ra", "拒绝对申请的办理", "Act on an application refused"),
    ("/audit/records/ra?kind=application-refused%2F1", "条件", "Clear"),
    ("/audit/records/ra/0", "已签封，未被改动", "Sealed and unchanged"),
    ("/audit/access", "打开证据", "Evidence opened"),
    ("/audit/access?sort=exports", "导出名单", "List taken away"),
    ("/audit/refusals", "same-officer", "same-officer"),
    ("/audit/conformance", "有检查，尚无可示", "checked, nothing to show yet"),
    (
        "/audit/conformance?finding=human&kind=human",
        "须由人判断",
        "for people to judge",
    ),
    ("/audit/officers", "在岗", "on duty"),
    ("/audit/officers/1", "登记入册", "Enrolled"),
    ("/audit/officers/2", "岗前培训", "岗前培训"),
];

/// Nobody comes with a certificate here.
struct NoCertificates;

impl CertificateStanding for NoCertificates {
    fn standing<'a>(
        &'a self,
        _: &'a PresentedCertificate,
        _: Timestamp,
    ) -> std::pin::Pin<Box<dyn Future<Output = Result<Standing, CannotTell>> + Send + 'a>> {
        Box::pin(async { Err(CannotTell) })
    }
}

/// Where words of reasons are kept; the same for everything.
struct Words;

impl Reasons for Words {
    fn said<'a>(&'a self, _: &'a str, _: hefu_officers::OfficerId, _: Timestamp) -> Awaited<'a, Option<Said>> {
        let said = Said {
            words: "客户投诉第17号".to_owned(),
            commitment: "c0ffee".to_owned(),
        };
        Box::pin(async { Some(said) })
    }
}

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

/// One process with two zones, an auditor and an operator.
struct House {
    _folder: tempfile::TempDir,
    database: Database,
    records: Arc<Records>,
    key: PublicKey,
    router: Router,
    auditor: String,
    operator: String,
    operator_token: String,
    auditor_token: String,
}

impl House {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = |zone: &str| format!("sqlite://{}/{zone}.db", folder.path().display());
        let migrations = [hefu_records::MIGRATIONS, hefu_officers::MIGRATIONS];
        let database = Database::open(&url("ra"), &migrations).await.unwrap();
        let other = Database::open(&url("ca"), &[hefu_records::MIGRATIONS]).await.unwrap();
        let key = Arc::new(PrivateKey::generate(KeyAlgorithm::Sm2).unwrap());
        let open = async |database: &Database, zone: &str| {
            let records = Records::open(database.clone(), &format!("hefu/{zone}"), key.clone()).await;
            Arc::new(records.unwrap())
        };
        let (records, ca) = (open(&database, "ra").await, open(&other, "ca").await);
        let officers = Arc::new(Officers::open(database.clone()).await.unwrap());
        let (_, auditor_token) = officers.enrol("审计员甲", Role::AUDITOR, now()).await.unwrap();
        let (operator, operator_token) = officers
            .enrol("操作员乙", Role::BUSINESS_OPERATOR, now())
            .await
            .unwrap();
        let (head, _) = officers
            .enrol("超管丙", Role::SUPER_ADMINISTRATOR, now())
            .await
            .unwrap();
        let (manager, _) = officers
            .enrol("业管丁", Role::BUSINESS_ADMINISTRATOR, now())
            .await
            .unwrap();
        let training = Training {
            officer: operator.id(),
            course: "岗前培训".to_owned(),
            passed_at: now(),
        };
        officers.record_training(&manager, training, now()).await.unwrap();
        assert_ne!(head.id(), manager.id());
        tell(&database, facts()).await;
        tell(&other, vec![fact("crl-issued/1", "ca", "ca", json!({"number": 1}))]).await;
        let zones: Zones = [("ra", records.clone()), ("ca", ca)].into();
        let router = router(zones, &officers);
        let mut house = Self {
            _folder: folder,
            database,
            records,
            key: key.public_key().clone(),
            router,
            auditor: String::new(),
            operator: String::new(),
            operator_token: operator_token.reveal().to_string(),
            auditor_token: auditor_token.reveal().to_string(),
        };
        house.auditor = house.log_in(&house.auditor_token, "/audit").await;
        house.operator = house.log_in(&house.operator_token, "/desk").await;
        house.records.checkpoint(now()).await.unwrap();
        house
    }

    /// The cookie of a new session; a log-in leads each post to its own room.
    async fn log_in(&self, token: &str, room: &str) -> String {
        let request = Request::post("/login/token")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(format!("token={token}")))
            .unwrap();
        let answer = self.router.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.headers()[header::LOCATION], room);
        let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }

    async fn ask(&self, path: &str, headers: &[(header::HeaderName, &str)]) -> (StatusCode, String) {
        let request = headers.iter().fold(Request::get(path), |request, (name, value)| {
            request.header(name, *value)
        });
        let answer = self
            .router
            .clone()
            .oneshot(request.body(Body::empty()).unwrap())
            .await
            .unwrap();
        let status = answer.status();
        let octets = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8_lossy(&octets).into_owned())
    }

    async fn page(&self, path: &str, cookie: &str, language: &str) -> (StatusCode, String) {
        self.ask(path, &[(header::COOKIE, cookie), (header::ACCEPT_LANGUAGE, language)])
            .await
    }

    /// A page for the auditor, in English.
    async fn shown(&self, path: &str) -> String {
        let (status, page) = self.page(path, &self.auditor, "en").await;
        assert_eq!(status, StatusCode::OK, "{path}: {page}");
        page
    }

    async fn json(&self, path: &str, token: &str) -> (StatusCode, Value) {
        let bearer = format!("Bearer {token}");
        let (status, text) = self.ask(path, &[(header::AUTHORIZATION, &bearer)]).await;
        (status, serde_json::from_str(&text).unwrap())
    }

    /// Changes a row as somebody with the file would.
    async fn forge(&self, change: String) {
        let forged = self.database.write(move |connection| {
            Box::pin(async move {
                for text in ["DROP TRIGGER record_entry_stays".to_owned(), change] {
                    sqlx::raw_sql(sqlx::AssertSqlSafe(text))
                        .execute(&mut *connection)
                        .await?;
                }
                Ok::<_, hefu_database::DatabaseError>(())
            })
        });
        forged.await.unwrap();
    }
}

fn router(zones: Zones, officers: &Arc<Officers>) -> Router {
    let clock: hefu_web::Clock = Arc::new(now);
    let visitors = Visitors {
        officers: officers.clone(),
        standing: Arc::new(NoCertificates),
        site: Arc::new(Site {
            name: "示例 CA".to_owned(),
            public_url: "http://ca.example".to_owned(),
        }),
        clock: clock.clone(),
        plain: PlainDoor::Open,
        tls_url: None,
    };
    let pages = AuditPages {
        zones: zones.clone(),
        officers: officers.clone(),
        reasons: Arc::new(Words),
        assessor: Arc::new(Assessor::new(zones.clone(), clock.clone()).unwrap()),
        typesetter: Typesetter::at("/nonexistent/hefu-documents".into()),
        clock: clock.clone(),
    };
    let archive = Archive {
        zones,
        readers: Readers::Officers(officers.clone()),
        clock: clock.clone(),
    };
    let roster = Roster {
        officers: officers.clone(),
        clock,
    };
    let routes = pages.routes().merge(archive.routes()).merge(roster.routes());
    visitors.clone().over(routes.merge(visitors.routes()))
}

fn fact(kind: &str, actor: &str, subject: &str, body: Value) -> NewEntry {
    NewEntry {
        at: now(),
        kind: kind.to_owned(),
        subject: subject.to_owned(),
        actor: actor.to_owned(),
        body,
    }
}

fn facts() -> Vec<NewEntry> {
    let rule = json!({"instrument": "ESL", "article": "20"});
    vec![
        fact(
            "evidence-opened/1",
            "officer:2",
            "evidence:e1",
            json!({"applicant": "f00d", "purpose": "dispute", "reason": "c0ffee"}),
        ),
        fact(
            "list-exported/1",
            "officer:2",
            "certificates",
            json!({"count": 7, "filters": {"state": "valid"}}),
        ),
        fact(
            "application-refused/1",
            "officer:2",
            "application:<b>1</b>",
            json!({"act": "approval", "code": "same-officer", "rule": rule}),
        ),
    ]
}

async fn tell(database: &Database, entries: Vec<NewEntry>) {
    let told = database.write(move |connection| Box::pin(async move { append(connection, &entries).await }));
    told.await.unwrap();
}

/// Where the first record of a kind is.
async fn index_of(records: &Records, kind: &str) -> u64 {
    let entries = records.read(0, 1000).await.unwrap();
    entries.iter().find(|entry| entry.kind == kind).unwrap().index
}

#[tokio::test]
async fn every_page_is_shown_in_both_languages() {
    let house = House::new().await;
    for (path, chinese, english) in PAGES {
        for (language, words) in [("zh", chinese), ("en", english)] {
            let (status, page) = house.page(path, &house.auditor, language).await;
            assert_eq!(status, StatusCode::OK, "{path}: {page}");
            assert!(page.contains(words), "{path} in {language} says {words}: {page}");
            assert!(!page.contains("<b>1</b>"), "{path}: what stands in a record is text");
            assert_eq!(page.matches("<h1").count(), 1, "{path}");
        }
    }
    let (status, _) = house.page("/audit/records/kmc", &house.auditor, "en").await;
    assert_eq!(status, StatusCode::NOT_FOUND, "a zone of another process");
    let (status, page) = house.page("/audit/records/ra?from=soon", &house.auditor, "en").await;
    assert!(
        status == StatusCode::BAD_REQUEST && page.contains("role=\"alert\""),
        "{page}"
    );
}

#[tokio::test]
async fn every_link_of_the_room_leads_to_a_page() {
    let house = House::new().await;
    let mut links = std::collections::BTreeSet::new();
    for (path, _, _) in PAGES {
        let page = house.shown(path).await;
        let hrefs = page
            .split("href=\"")
            .skip(1)
            .filter_map(|after| after.split('"').next());
        links.extend(
            hrefs
                .filter(|href| href.starts_with("/audit"))
                .map(|href| href.replace("&#38;", "&")),
        );
    }
    assert!(links.len() > 30, "{links:?}");
    for link in links.iter().filter(|link| !link.contains(".pdf")) {
        let (status, page) = house.page(link, &house.auditor, "en").await;
        let is_there = status == StatusCode::OK || (link == "/audit/records" && status == StatusCode::SEE_OTHER);
        assert!(is_there, "{link}: {status} {page}");
    }
}

#[tokio::test]
async fn an_operator_comes_into_no_page_and_no_door_and_each_look_is_recorded() {
    let house = House::new().await;
    let paths = PAGES.map(|(path, _, _)| path);
    let more = [
        "/audit/records",
        "/audit/conformance.json",
        "/audit/conformance.pdf",
        "/audit/records/ra/0/files/exhibit.json",
    ];
    let mut looks = 0;
    // More than stand on one page.
    for path in paths.into_iter().chain(more).chain(["/audit"; 5]) {
        let (status, page) = house.page(path, &house.operator, "en").await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{path}");
        assert!(page.contains("may not"), "{page}");
        looks += 1;
    }
    for path in [
        "/api/v1/records",
        "/api/v1/records/ra/search",
        "/api/v1/records/ra/entries/0",
        "/api/v1/conformance",
        "/api/v1/officers/1",
    ] {
        let (status, problem) = house.json(path, &house.operator_token).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{path}: {problem}");
        looks += 1;
    }
    let entries = house.records.read(0, 1000).await.unwrap();
    let refused = entries.iter().filter(|entry| entry.kind == "permission-refused/1");
    assert_eq!(refused.clone().count(), looks);
    assert!(
        refused
            .clone()
            .all(|entry| entry.body["code"] == "not-permitted" && entry.actor == "officer:2")
    );
    assert!(
        refused
            .clone()
            .any(|entry| entry.body["act"] == "GET /audit/records/{zone}/0")
    );
    let page = house.shown("/audit/refusals").await;
    assert!(
        page.contains("not-permitted") && page.contains("look at /audit/officers"),
        "{page}"
    );
    assert!(page.contains("rel=\"next\""), "refusals stand on pages");
    let nobody = house.page("/audit", "", "en").await;
    assert_eq!(nobody.0, StatusCode::SEE_OTHER, "nobody is sent to the log-in");
}

#[tokio::test]
async fn the_exhibit_of_a_page_convinces_a_stranger() {
    let house = House::new().await;
    let index = index_of(&house.records, "evidence-opened/1").await;
    let here = format!("/audit/records/ra/{index}");
    let page = house.shown(&here).await;
    let file = format!("{here}/files/exhibit.json");
    assert!(
        page.contains("客户投诉第17号") && page.contains("fits the commitment"),
        "{page}"
    );
    assert!(page.contains(&file) && page.contains("hefu records check"), "{page}");
    let exhibit: Exhibit = serde_json::from_str(&house.shown(&file).await).unwrap();
    exhibit.verify(&house.key).unwrap();
    let proof: Value = serde_json::from_str(&house.shown(&format!("{here}/files/proof.json")).await).unwrap();
    assert_eq!(proof["path"], json!(exhibit.proof.path));
    for hash in &exhibit.proof.path {
        assert!(
            page.contains(&hash.replace('+', "&#43;")) || page.contains(hash),
            "the page shows {hash}"
        );
    }
    let (_, door) = house
        .json(&format!("/api/v1/records/ra/entries/{index}"), &house.auditor_token)
        .await;
    assert_eq!(door, json!(exhibit));
    tell(&house.database, vec![fact("noted/1", "mint", "x", json!({}))]).await;
    let last = house.records.head().await.unwrap() - 1;
    let page = house.shown(&format!("/audit/records/ra/{last}")).await;
    assert!(
        page.contains("Not sealed yet") && !page.contains("exhibit.json"),
        "{page}"
    );
}

#[tokio::test]
async fn a_tampered_record_is_shown_as_not_verifying() {
    let house = House::new().await;
    let index = index_of(&house.records, "application-refused/1").await;
    let here = format!("/audit/records/ra/{index}");
    assert!(house.shown(&here).await.contains("Sealed and unchanged"));
    let change = "CAST(replace(CAST(bytes AS TEXT), 'same-officer', 'some-officer') AS BLOB)";
    house
        .forge(format!("UPDATE record_entry SET bytes = {change} WHERE idx = {index}"))
        .await;
    let page = house.shown(&here).await;
    assert!(
        page.contains("Does not verify") && page.contains("was changed after it was written"),
        "{page}"
    );
    assert!(page.contains("some-officer"), "what stands there now is shown");
    let list = house.shown("/audit/records/ra").await;
    assert!(list.contains("was changed after it was written"), "{list}");
    let (status, _) = house
        .page(&format!("{here}/files/exhibit.json"), &house.auditor, "en")
        .await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    let report = house.shown("/audit/conformance").await;
    assert!(report.contains("are not as they were sealed"), "{report}");
}

#[tokio::test]
async fn records_are_found_and_paged() {
    let house = House::new().await;
    let many = (0..60).map(|number| fact("noted/1", "officer:2", &format!("application:a{number}"), json!({})));
    tell(&house.database, many.collect()).await;
    let found = house.shown("/audit/records/ra?name=A17").await;
    assert!(
        found.contains("application:a17") && !found.contains("application:a18"),
        "{found}"
    );
    let mut path = "/audit/records/ra?kind=noted%2F1&actor=officer%3A2".to_owned();
    let mut pages = 0;
    loop {
        let page = house.shown(&path).await;
        pages += 1;
        let Some(link) = page
            .split('"')
            .zip(page.split('"').skip(2))
            .find(|(_, rel)| *rel == "next")
        else {
            break;
        };
        path = link.0.replace("&#38;", "&");
    }
    assert_eq!(pages, 3);
    let (_, found) = house
        .json("/api/v1/records/ra/search?kind=noted/1&limit=2", &house.auditor_token)
        .await;
    assert_eq!(found["items"].as_array().unwrap().len(), 2);
    let next = found["next"].as_str().unwrap();
    let path = format!("/api/v1/records/ra/search?kind=noted/1&limit=2&after={next}");
    let (_, found) = house.json(&path, &house.auditor_token).await;
    assert_eq!(found["items"][0]["entry"]["subject"], "application:a57");
    let (_, refused) = house
        .json("/api/v1/records/ra/search?sort=refusals", &house.auditor_token)
        .await;
    assert_eq!(refused["items"][0]["entry"]["body"]["code"], "same-officer");
    let (_, zones) = house.json("/api/v1/records", &house.auditor_token).await;
    assert_eq!(zones["items"][1]["zone"], "ra");
    assert_eq!(zones["items"][1]["verified"], true);
}

#[tokio::test]
async fn the_report_is_the_same_on_the_page_and_at_the_door() {
    let house = House::new().await;
    let page: Value = serde_json::from_str(&house.shown("/audit/conformance.json").await).unwrap();
    let (_, door) = house.json("/api/v1/conformance", &house.auditor_token).await;
    assert_eq!(page, door);
    assert_eq!(door["format"], "hefu-conformance/1");
    assert_eq!(door["doubts"][0], json!({"doubt": "absent", "zone": "kmc"}));
    let (status, _) = house.json("/api/v1/conformance?rules=none", &house.auditor_token).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let (status, page) = house.page("/audit/conformance.pdf", &house.auditor, "en").await;
    assert!(
        status == StatusCode::SERVICE_UNAVAILABLE && page.contains("hefu-documents"),
        "{page}"
    );
}

#[test]
fn a_place_is_read_back_as_it_was_written_and_nothing_else_is() {
    let place = Place::parse("1803974400000001-ra-17");
    assert!(place.is_some());
    for text in ["", "17", "1-ra", "x-ra-1", "1-ra-x", "-ra-1"] {
        assert_eq!(Place::parse(text), None, "{text:?}");
    }
}

#[test]
fn a_kind_without_a_name_is_shown_by_its_own_word() {
    for language in [Language::Chinese, Language::English] {
        assert_eq!(kind_name("moon-landed/2", language), "moon-landed/2");
        assert_ne!(kind_name("certificate-issued/1", language), "certificate-issued/1");
        assert_eq!(
            AuditWords::of(language).zone_name("moon"),
            AuditWords::of(language).zone_other
        );
    }
}
