//! The pages over a real office and a real desk, without a network: who is let in, whose forms are taken.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use futures_util::future::BoxFuture;
use gm_suite::{KeyAlgorithm, PrivateKey};
use hefu_applicants::{Policy, Registry, RegistrySettings};
use hefu_certificate::Profiles;
use hefu_database::Database;
use hefu_officers::{
    CannotTell, CertificateStanding, Officer, OfficerId, Officers, PresentedCertificate, Role, Standing,
};
use hefu_page::Site;
use hefu_portal::Portal;
use hefu_ra::{
    Agreed, AuthorityChannel, CaseFiles, CheckProof, Desk, DeskSettings, FileError, GoodFor, Holder, LookAlike,
    NewApplication, Unreachable,
};
use hefu_subscribers::{
    Agreeing, AppliedFor, Known, KnownState, Means, Office, OfficeSettings, Purpose, Registration, RegistrationError,
    Renewing, SubscriberError, Terms, Uses,
};
use hefu_web::{PlainDoor, Visitors};
use jiff::Timestamp;
use key_device::SoftwareDevice;
use tower::ServiceExt as _;

const PASSPHRASE: &[u8] = b"open sesame";

fn noon() -> Timestamp {
    "2026-11-22T04:00:00Z".parse().unwrap()
}

/// Nothing outside answers: no authority, no applicants' files, no client certificates.
struct Nobody;

impl AuthorityChannel for Nobody {
    fn submit(&self, _: Vec<u8>) -> BoxFuture<'_, Result<Vec<u8>, Unreachable>> {
        let detail = "nobody".to_owned();
        Box::pin(async { Err(Unreachable { detail }) })
    }
}

fn nobody<T>() -> Result<T, Arc<dyn hefu_rulebook::Explain + Send + Sync>> {
    Err(Arc::new(SubscriberError::NoFile))
}

impl CaseFiles for Nobody {
    fn holder<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Holder, FileError>> {
        Box::pin(async { nobody() })
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

impl CertificateStanding for Nobody {
    fn standing<'a>(
        &'a self,
        _: &'a PresentedCertificate,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<Standing, CannotTell>> {
        Box::pin(async { Err(CannotTell) })
    }
}

impl Registration for Nobody {
    fn application<'a>(&'a self, number: &'a str) -> BoxFuture<'a, Result<Known, RegistrationError>> {
        let known = Known {
            application: number.to_owned(),
            state: KnownState::Open,
            serial: None,
            has_file: false,
        };
        Box::pin(async move { Ok(known) })
    }
    fn application_of<'a>(&'a self, _: &'a str, _: Timestamp) -> BoxFuture<'a, Result<Known, RegistrationError>> {
        Box::pin(async { nobody() })
    }
    fn agree<'a>(
        &'a self,
        _: OfficerId,
        _: &'a str,
        _: &'a Agreeing,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<String, RegistrationError>> {
        Box::pin(async { nobody() })
    }
    fn keep<'a>(
        &'a self,
        _: OfficerId,
        _: &'a str,
        _: &'a [u8],
        _: Timestamp,
    ) -> BoxFuture<'a, Result<String, RegistrationError>> {
        Box::pin(async { nobody() })
    }
    fn stop<'a>(
        &'a self,
        _: &'a str,
        _: Means<'a>,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<&'static str, RegistrationError>> {
        Box::pin(async { nobody() })
    }
    fn is_signed<'a>(
        &'a self,
        _: &'a str,
        _: &'a [u8],
        _: &'a [u8],
        _: Timestamp,
    ) -> BoxFuture<'a, Result<bool, RegistrationError>> {
        Box::pin(async { Ok(false) })
    }
    fn renew<'a>(
        &'a self,
        _: &'a Officer,
        _: Renewing<'a>,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<String, RegistrationError>> {
        Box::pin(async { nobody() })
    }
}

struct House {
    _folder: tempfile::TempDir,
    office: Office,
    officer: Officer,
    application: String,
    app: Router,
}

impl House {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let device = Arc::new(SoftwareDevice::create(&folder.path().join("device"), PASSPHRASE).unwrap());
        let url = format!("sqlite://{}", folder.path().join("ra.db").display());
        let migrations = [
            hefu_records::MIGRATIONS,
            hefu_officers::MIGRATIONS,
            hefu_ra::MIGRATIONS,
            hefu_applicants::MIGRATIONS,
            hefu_subscribers::MIGRATIONS,
        ];
        let database = Database::open(&url, &migrations).await.unwrap();
        let officers = Arc::new(Officers::open(database.clone()).await.unwrap());
        let officer = officers.enrol("甲", Role::BUSINESS_OPERATOR, noon()).await.unwrap().0;
        let registry = Registry::open(RegistrySettings {
            database: database.clone(),
            device: Arc::clone(&device) as _,
            folder: folder.path().join("evidence"),
            policy: Policy::builtin().unwrap(),
        });
        let key = Arc::new(PrivateKey::generate(KeyAlgorithm::Sm2).unwrap());
        let desk = Desk::open(DeskSettings {
            database: database.clone(),
            profiles: Arc::new(Profiles::builtin()),
            name: "ra".to_owned(),
            authority_key: key.public_key().clone(),
            signer: key,
            channel: Arc::new(Nobody),
            files: Arc::new(Nobody),
            identity_good_for: GoodFor::default(),
        });
        let office = Office::open(OfficeSettings {
            database,
            device,
            registration: Arc::new(Nobody),
            terms: Terms::default(),
        });
        let office = office.await.unwrap();
        let application = entered(&desk, &officer).await;
        let site = Arc::new(Site {
            name: "合符".to_owned(),
            public_url: "https://ca.example".to_owned(),
        });
        let portal = Portal {
            office: office.clone(),
            desk,
            registry: registry.await.unwrap(),
            clock: Arc::new(noon),
            site: Arc::clone(&site),
        };
        let visitors = Visitors {
            officers,
            standing: Arc::new(Nobody),
            site,
            clock: Arc::new(noon),
            plain: PlainDoor::Open,
            tls_url: None,
        };
        Self {
            _folder: folder,
            office,
            officer,
            application,
            app: visitors.over(portal.routes()),
        }
    }

    async fn code(&self) -> String {
        let about = AppliedFor::Application(self.application.clone());
        let portal = (Purpose::Portal, Uses::Repeated);
        let made = self
            .office
            .make_code(&self.officer, &about, portal, noon())
            .await
            .unwrap();
        made.code.reveal().to_string()
    }

    /// Status, the header that matters most of it, and the page.
    async fn ask(&self, request: Request<Body>) -> (StatusCode, String, String) {
        let reply = self.app.clone().oneshot(request).await.unwrap();
        let head = |name| {
            reply
                .headers()
                .get(name)
                .map(|value| value.to_str().unwrap().to_owned())
        };
        let told = head(header::SET_COOKIE)
            .or_else(|| head(header::LOCATION))
            .unwrap_or_default();
        assert!(reply.status() == StatusCode::SEE_OTHER || head(header::CACHE_CONTROL).unwrap() == "no-store");
        let status = reply.status();
        let page = to_bytes(reply.into_body(), 1 << 20).await.unwrap();
        (status, told, String::from_utf8(page.to_vec()).unwrap())
    }

    async fn get(&self, path: &str, cookie: &str) -> (StatusCode, String, String) {
        let request = Request::get(path)
            .header("accept-language", "en")
            .header(header::COOKIE, cookie);
        self.ask(request.body(Body::empty()).unwrap()).await
    }

    async fn post(&self, path: &str, (cookie, site): (&str, &str), body: String) -> (StatusCode, String, String) {
        let request = Request::post(path)
            .header("accept-language", "en")
            .header(header::COOKIE, cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", site);
        self.ask(request.body(Body::from(body)).unwrap()).await
    }
}

/// A device's application, with nothing but its key.
async fn entered(desk: &Desk, officer: &Officer) -> String {
    let key = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap();
    let csr = gm_syntax::CertificationRequest::sign_request(&"CN=device".parse().unwrap(), &key, None).unwrap();
    let subject = [
        ("country", "CN"),
        ("organisation", "示例"),
        ("common_name", "<b>gate</b>"),
    ];
    let new = NewApplication {
        profile: "device-sm2".to_owned(),
        subject: BTreeMap::from(subject.map(|(name, value)| (name.to_owned(), value.to_owned()))),
        applicant: None,
        csr,
        validity_days: None,
        notice: None,
        contract: None,
        identity: None,
    };
    desk.enter(officer, new, noon()).await.unwrap().id.to_string()
}

#[tokio::test]
async fn a_stranger_is_asked_for_a_code_and_may_report_a_loss_at_any_hour() {
    let house = House::new().await;
    for path in [
        "/portal/delivery",
        "/portal/supplement",
        "/portal/certificate",
        "/portal/wishes",
    ] {
        let (status, to, _) = house.get(path, "").await;
        assert_eq!((status, to.as_str()), (StatusCode::SEE_OTHER, "/portal"), "{path}");
    }
    for path in ["/portal", "/portal/enter", "/portal/lost"] {
        let (status, _, page) = house.get(path, "hefu-portal=hefu-access-00").await;
        assert!(
            status == StatusCode::OK && page.contains("name=\"code\""),
            "{path}: {page}"
        );
    }
    let (status, to, _) = house.get("/desk/matters", "").await;
    assert!(status == StatusCode::SEE_OTHER && to.starts_with("/login"), "{to}");
}

#[tokio::test]
async fn a_code_opens_a_session_whose_cookie_no_script_and_no_other_site_sees() {
    let house = House::new().await;
    let wrong = house
        .post("/portal/enter", ("", "same-origin"), "code=0000".to_owned())
        .await;
    assert!(
        wrong.0 == StatusCode::FORBIDDEN && wrong.2.contains("opens nothing"),
        "{}",
        wrong.2
    );
    let form = format!("code={}", house.code().await);
    let foreign = house.post("/portal/enter", ("", "cross-site"), form.clone()).await;
    assert_eq!(foreign.0, StatusCode::FORBIDDEN);
    let (status, cookie, _) = house.post("/portal/enter", ("", "same-origin"), form).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict"), "{cookie}");
    let session = cookie.split(';').next().unwrap();
    let (status, _, page) = house.get("/portal", session).await;
    assert!(status == StatusCode::OK && page.contains(&house.application), "{page}");
    assert!(!page.contains("<b>gate"), "{page}");
}

#[tokio::test]
async fn a_form_without_the_mark_of_its_session_reaches_nothing() {
    let house = House::new().await;
    let form = format!("code={}", house.code().await);
    let (_, cookie, _) = house.post("/portal/enter", ("", "same-origin"), form).await;
    let session = cookie.split(';').next().unwrap();
    house
        .office
        .ask_supplement(&house.officer, &house.application, "papers", noon())
        .await
        .unwrap();
    let (_, _, page) = house.get("/portal/supplement", session).await;
    let mark = page
        .split("name=\"csrf\" value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let answer = |mark: &str| format!("csrf={mark}&words=here");
    for (mark, site) in [
        ("", "same-origin"),
        ("00", "same-origin"),
        (mark.as_str(), "cross-site"),
    ] {
        let (status, _, _) = house.post("/portal/supplement", (session, site), answer(mark)).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{mark} {site}");
    }
    assert!(
        house
            .office
            .supplements(&house.application)
            .await
            .unwrap()
            .iter()
            .all(hefu_subscribers::Supplement::is_open)
    );
    let (status, to, page) = house
        .post("/portal/supplement", (session, "same-origin"), answer(&mark))
        .await;
    assert_eq!(
        (status, to.as_str()),
        (StatusCode::SEE_OTHER, "/portal?done=supplemented"),
        "{page}"
    );
    let (status, cookie, _) = house
        .post("/portal/leave", (session, "same-origin"), format!("csrf={mark}"))
        .await;
    assert!(
        status == StatusCode::SEE_OTHER && cookie.contains("Max-Age=0"),
        "{cookie}"
    );
    assert_eq!(house.get("/portal/supplement", session).await.0, StatusCode::SEE_OTHER);
}
