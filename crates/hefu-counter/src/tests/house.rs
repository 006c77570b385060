//! A registration authority in one process, and browsers of its officers.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, header};
use futures_util::future::BoxFuture;
use gm_suite::{KeyAlgorithm, PrivateKey};
use hefu_applicants::{INFORMATION_ITEMS, NOTICE_ITEMS, Policy, Registry, RegistrySettings};
use hefu_batch::{Approved, Declined, Finding, Intake, Office, OfficeSettings, RowEntry, Then};
use hefu_certificate::Profiles;
use hefu_database::Database;
use hefu_officers::{
    CannotTell, CertificateStanding, OfficerId, OfficerSettings, Officers, PresentedCertificate, Role, Standing,
};
use hefu_ra::{
    Agreed, AuthorityChannel, CaseFiles, CheckProof, Desk, DeskSettings, FileError, GoodFor, Holder, LookAlike,
    Unreachable,
};
use hefu_rulebook::Term;
use hefu_web::{Clock, PlainDoor, Site, Visitors};
use jiff::{SignedDuration, Timestamp};
use key_device::SoftwareDevice;
use serde_json::Value;
use tower::ServiceExt as _;

use crate::{CounterPages, NotSet, Typesetter};

/// A picture of one dot.
pub(super) const PNG: [u8; 67] = [
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00, 0x00, 0x00,
    0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x00, 0x00, 0x00, 0x00, 0x3a, 0x7e, 0x9b, 0x55, 0x00, 0x00, 0x00, 0x0a, 0x49,
    0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0x60, 0x00, 0x00, 0x00, 0x02, 0x00, 0x01, 0x48, 0xaf, 0xa4, 0x71, 0x00, 0x00,
    0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
];

/// What the counter does not need here: an authority, a printer, the standing of certificates, batches that are entered.
struct Elsewhere;

impl AuthorityChannel for Elsewhere {
    fn submit(&self, _: Vec<u8>) -> BoxFuture<'_, Result<Vec<u8>, Unreachable>> {
        Box::pin(async {
            Err(Unreachable {
                detail: "not here".to_owned(),
            })
        })
    }
}

impl Typesetter for Elsewhere {
    fn set(&self, description: Value) -> BoxFuture<'_, Result<Vec<u8>, NotSet>> {
        Box::pin(async move { Ok(description.to_string().into_bytes()) })
    }
}

impl CertificateStanding for Elsewhere {
    fn standing<'a>(
        &'a self,
        _: &'a PresentedCertificate,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<Standing, CannotTell>> {
        Box::pin(async { Err(CannotTell) })
    }
}

impl Intake for Elsewhere {
    fn examine(&self, _: &RowEntry, _: Timestamp) -> Result<(), Box<Finding>> {
        Ok(())
    }

    fn examine_together(&self, _: &Value) -> Result<(), Box<Finding>> {
        Ok(())
    }

    fn reserve(&self, _: Timestamp) -> Result<String, Declined> {
        Err(Declined::Fault("not here".to_owned()))
    }

    fn is_entered<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<bool, Declined>> {
        Box::pin(async { Ok(false) })
    }

    fn enter<'a>(
        &'a self,
        _: OfficerId,
        _: &'a str,
        _: RowEntry,
        _: &'a Value,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<(), Declined>> {
        Box::pin(async { Err(Declined::Fault("not here".to_owned())) })
    }

    fn approve<'a>(
        &'a self,
        _: OfficerId,
        _: &'a str,
        _: Then,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<Approved, Declined>> {
        Box::pin(async { Err(Declined::Fault("not here".to_owned())) })
    }
}

/// Files that nothing is applied for out of.
impl CaseFiles for Elsewhere {
    fn holder<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Holder, FileError>> {
        Box::pin(async { Err(Arc::new(hefu_applicants::RegistryError::Unknown("applicant")) as FileError) })
    }

    fn check<'a>(&'a self, _: &'a str, _: &'a str) -> BoxFuture<'a, Result<Option<CheckProof>, FileError>> {
        Box::pin(async { Ok(None) })
    }

    fn agreement<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Option<Agreed>, FileError>> {
        Box::pin(async { Ok(None) })
    }

    fn note_key<'a>(
        &'a self,
        _: &'a str,
        _: [u8; 32],
        _: OfficerId,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<(), FileError>> {
        Box::pin(async { Ok(()) })
    }

    fn look_alikes<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Vec<LookAlike>, FileError>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn owes<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Option<Timestamp>, FileError>> {
        Box::pin(async { Ok(None) })
    }
}

pub(super) struct House {
    _folder: tempfile::TempDir,
    database: Database,
    officers: Arc<Officers>,
    now: Arc<Mutex<Timestamp>>,
    router: Router,
}

impl House {
    pub(super) async fn build() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let device = Arc::new(SoftwareDevice::create(&folder.path().join("device"), b"open sesame").unwrap());
        let url = format!("sqlite://{}", folder.path().join("ra.db").display());
        let migrations = [
            hefu_records::MIGRATIONS,
            hefu_officers::MIGRATIONS,
            hefu_ra::MIGRATIONS,
            hefu_applicants::MIGRATIONS,
            hefu_batch::MIGRATIONS,
        ];
        let database = Database::open(&url, &migrations).await.unwrap();
        let now = Arc::new(Mutex::new("2026-11-22T04:00:00Z".parse().unwrap()));
        let told = Arc::clone(&now);
        let clock: Clock = Arc::new(move || *told.lock().unwrap());
        let settings = OfficerSettings {
            server: "http://localhost".to_owned(),
            ..OfficerSettings::default()
        };
        let officers = Arc::new(Officers::open_with(database.clone(), settings).await.unwrap());
        let registry = Registry::open(RegistrySettings {
            database: database.clone(),
            device: Arc::<SoftwareDevice>::clone(&device),
            folder: folder.path().join("vault"),
            policy: Policy::builtin().unwrap(),
        });
        let registry = registry.await.unwrap();
        let key = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap();
        let desk = Desk::open(DeskSettings {
            database: database.clone(),
            profiles: Arc::new(Profiles::builtin()),
            name: "ra-1".to_owned(),
            authority_key: key.public_key().clone(),
            signer: Arc::new(key),
            channel: Arc::new(Elsewhere),
            files: Arc::new(Elsewhere),
            identity_good_for: GoodFor(SignedDuration::from_hours(24)),
        });
        let office = Office::open(OfficeSettings {
            database: database.clone(),
            device,
            profiles: Arc::new(Profiles::builtin()),
            intake: Arc::new(Elsewhere),
            clock: Arc::clone(&clock),
            faults: Arc::new(|_, why| panic!("{why}")),
        });
        let site = Arc::new(Site {
            name: "示例认证".to_owned(),
            public_url: "http://localhost".to_owned(),
        });
        let pages = CounterPages {
            registry,
            desk,
            files: Arc::new(Elsewhere),
            office: office.await.unwrap(),
            officers: Arc::clone(&officers),
            typesetter: Arc::new(Elsewhere),
            provider: "示例认证".to_owned(),
            retention: Term::years(5).unwrap(),
            clock: Arc::clone(&clock),
        };
        let visitors = Visitors {
            officers: Arc::clone(&officers),
            standing: Arc::new(Elsewhere),
            site,
            clock,
            plain: PlainDoor::Open,
            tls_url: None,
        };
        let router = visitors.clone().over(pages.routes().merge(visitors.routes()));
        Self {
            _folder: folder,
            database,
            officers,
            now,
            router,
        }
    }

    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    /// So many hours later.
    pub(super) fn later(&self, hours: i64) {
        let mut now = self.now.lock().unwrap();
        *now += SignedDuration::from_hours(hours);
    }

    /// A browser of a new officer with this role.
    pub(super) async fn log_in(&self, role: Role) -> Browser {
        let name = format!("officer {}", self.officers.all().len());
        let (_, token) = self.officers.enrol(&name, role, self.now()).await.unwrap();
        let mut browser = Browser {
            router: self.router.clone(),
            cookie: String::new(),
            mark: String::new(),
        };
        let form = format!("token={}", token.reveal().as_str());
        let answer = browser.post("/login/token", URLENCODED, form.into_bytes()).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        let cookie = answer.headers.get(header::SET_COOKIE).unwrap().to_str().unwrap();
        browser.cookie = cookie.split(';').next().unwrap().to_owned();
        let shown = browser.get("/desk/applicants").await;
        browser.mark = shown.hidden("csrf");
        browser
    }

    /// Records of a kind.
    pub(super) async fn recorded(&self, kind: &str) -> usize {
        let entries = hefu_records::read_entries(&self.database, 0, 500).await.unwrap();
        entries.iter().filter(|entry| entry.kind == kind).count()
    }

    /// Files that there are.
    pub(super) async fn files(&self) -> usize {
        self.recorded("applicant-registered/1").await
    }

    /// The page once it says this: batches are checked in the background.
    pub(super) async fn until(&self, browser: &Browser, path: &str, text: &str) -> String {
        for _ in 0..500 {
            let shown = browser.get(path).await.body;
            if shown.contains(text) {
                return shown;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("{path} does not say {text}");
    }
}

const URLENCODED: &str = "application/x-www-form-urlencoded";

/// An officer's browser.
pub(super) struct Browser {
    router: Router,
    cookie: String,
    pub(super) mark: String,
}

pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) octets: Vec<u8>,
    pub(super) body: String,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> String {
        self.headers.get(name).unwrap().to_str().unwrap().to_owned()
    }

    pub(super) fn location(&self) -> &str {
        self.headers.get(header::LOCATION).unwrap().to_str().unwrap()
    }

    /// The last hidden field of this name: the first one may be the form that logs out.
    pub(super) fn hidden(&self, name: &str) -> String {
        let mark = format!("name=\"{name}\" value=\"");
        let after = self.body.rsplit(&mark).next().unwrap();
        after.split('"').next().unwrap().to_owned()
    }
}

impl Browser {
    async fn ask(&self, request: Request<Body>) -> Answer {
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        let octets = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: String::from_utf8_lossy(&octets).into_owned(),
            octets,
        }
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        let request = Request::get(path)
            .header(header::COOKIE, &self.cookie)
            .header(header::ACCEPT_LANGUAGE, "en");
        self.ask(request.body(Body::empty()).unwrap()).await
    }

    pub(super) async fn post(&self, path: &str, kind: &str, body: Vec<u8>) -> Answer {
        let request = Request::post(path)
            .header(header::COOKIE, &self.cookie)
            .header(header::ACCEPT_LANGUAGE, "en")
            .header(header::CONTENT_TYPE, kind);
        self.ask(request.body(Body::from(body)).unwrap()).await
    }

    /// A form with a mark.
    pub(super) async fn send_marked(&self, path: &str, fields: &[(&str, &str)], mark: &str) -> Answer {
        let mut all = fields.to_vec();
        all.push(("csrf", mark));
        let body: Vec<String> = all
            .iter()
            .map(|(name, value)| format!("{name}={}", crate::page::encoded(value)))
            .collect();
        self.post(path, URLENCODED, body.join("&").into_bytes()).await
    }

    /// A form with this session's mark.
    pub(super) async fn send(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send_marked(path, fields, &self.mark).await
    }

    pub(super) async fn upload_as(&self, path: &str, fields: &[(&str, &str)], file: (&str, &[u8])) -> Answer {
        let mut all = vec![("csrf", self.mark.as_str())];
        all.extend(fields);
        let (kind, body) = multipart(&all, Some(file));
        self.post(path, &kind, body).await
    }

    pub(super) async fn upload(&self, path: &str, fields: &[(&str, &str)], octets: &[u8]) -> Answer {
        self.upload_as(path, fields, ("file", octets)).await
    }

    /// Registers a person; where the file is.
    pub(super) async fn register(&self, fields: &[(&str, &str)]) -> String {
        let answer = self.send("/desk/applicants/new/person", fields).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        answer.location().split('?').next().unwrap().to_owned()
    }
}

/// A form with a file: its type, and its body.
pub(super) fn multipart(fields: &[(&str, &str)], file: Option<(&str, &[u8])>) -> (String, Vec<u8>) {
    const BOUNDARY: &str = "hefu-counter-boundary";
    let mut body = Vec::new();
    for (name, value) in fields {
        let part = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(part.into_bytes());
    }
    if let Some((name, octets)) = file {
        let head =
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"file\"\r\n\r\n");
        body.extend(head.into_bytes());
        body.extend(octets);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{BOUNDARY}--\r\n").into_bytes());
    (format!("multipart/form-data; boundary={BOUNDARY}"), body)
}

/// The form of a notice that says all it must.
pub(super) fn text_fields(version: &str) -> Vec<(String, String)> {
    let mut fields = vec![
        ("version".to_owned(), version.to_owned()),
        ("title-zh".to_owned(), "告知书".to_owned()),
        ("title-en".to_owned(), "Notice".to_owned()),
    ];
    for (place, topic) in NOTICE_ITEMS.into_iter().chain(INFORMATION_ITEMS).enumerate() {
        fields.push((format!("topic-{place}"), topic.as_str().to_owned()));
        for tag in ["zh", "en"] {
            fields.push((format!("heading-{tag}-{place}"), topic.as_str().to_owned()));
            fields.push((format!("text-{tag}-{place}"), format!("conditions of {version}\nmore")));
        }
    }
    fields
}

pub(super) fn pairs(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}
