//! One process with the library, two administrators and an auditor. The law is made up: the Order of the Moon Garden.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use hefu_database::Database;
use hefu_law_library::{Library, LibrarySettings};
use hefu_law_pages::LawPages;
use hefu_officers::{CannotTell, CertificateStanding, Officers, PresentedCertificate, Role, Standing};
use hefu_rulebook::Rulebook;
use hefu_web::{PlainDoor, Site, Visitors};
use jiff::Timestamp;
use tower::ServiceExt as _;

const GARDEN: &str = r#"
[instrument]
code = "MOON"
kind = "regulation"
zh = "虚构月亮花园令"
en = "Fictional Order of the Moon Garden"
short_zh = "月亮花园令"
short_en = "Moon Garden"
edition = "made up"
state = "made up for a test"
provenance = "recalled"
in_force = 2020-01-01

[[obligation]]
id = "MOON-2"
article = "2"
zh = "园丁在播种后十个工作日内浇水。"
en = "The gardener waters within ten working days of sowing."
bound = ["provider"]
kinds = ["deadline"]
provenance = "recalled"
bindings = [{ human_zh = "只有园丁能浇水。", human_en = "Only a gardener can water." }]
[obligation.parameters]
watering = { within = 10, unit = "working-days" }
"#;

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

pub(crate) fn now() -> Timestamp {
    "2026-11-23T04:00:00Z".parse().unwrap()
}

pub(crate) struct House {
    _folder: tempfile::TempDir,
    pub(crate) router: Router,
    /// Cookies of two administrators.
    pub(crate) one: String,
    pub(crate) other: String,
    pub(crate) auditor: String,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) location: String,
    pub(crate) text: String,
}

impl House {
    pub(crate) async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/ra.db", folder.path().display());
        let migrations = [
            hefu_records::MIGRATIONS,
            hefu_officers::MIGRATIONS,
            hefu_law_library::MIGRATIONS,
        ];
        let database = Database::open(&url, &migrations).await.unwrap();
        let officers = Arc::new(Officers::open(database.clone()).await.unwrap());
        let mut cookies = Vec::new();
        for (name, role) in [
            ("甲", Role::SUPER_ADMINISTRATOR),
            ("乙", Role::SUPER_ADMINISTRATOR),
            ("丙", Role::AUDIT_ADMINISTRATOR),
        ] {
            let (_, token) = officers.enrol(name, role, now()).await.unwrap();
            let (_, session) = officers.log_in_by_token(&token.reveal(), now()).await.unwrap();
            cookies.push(format!("hefu-session={}", session.reveal().as_str()));
        }
        let [one, other, auditor] = cookies.try_into().unwrap();
        let library = Library::open(LibrarySettings {
            database,
            book: Arc::new(Rulebook::with_files([("moon.toml", GARDEN)]).unwrap()),
        });
        let site = Arc::new(Site {
            name: "某某认证".to_owned(),
            public_url: "http://ca.example".to_owned(),
        });
        let pages = LawPages {
            library: library.await.unwrap(),
            site: Arc::clone(&site),
            clock: Arc::new(now),
        };
        let visitors = Visitors {
            officers,
            standing: Arc::new(NoCertificates),
            site,
            clock: Arc::new(now),
            plain: PlainDoor::Open,
            tls_url: None,
        };
        Self {
            _folder: folder,
            router: visitors.over(pages.routes()),
            one,
            other,
            auditor,
        }
    }

    async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let location = response.headers().get(header::LOCATION);
        let location = location.map(|it| it.to_str().unwrap().to_owned()).unwrap_or_default();
        let status = response.status();
        let body = to_bytes(response.into_body(), 1 << 22).await.unwrap();
        Answer {
            status,
            location,
            text: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    pub(crate) async fn get(&self, cookie: &str, path: &str) -> Answer {
        let request = Request::get(path).header(header::COOKIE, cookie);
        self.ask(request.body(Body::empty()).unwrap()).await
    }

    /// The mark that forms of this session carry, from a page that has one.
    async fn mark(&self, cookie: &str) -> String {
        let shown = self.get(cookie, "/admin/deadlines").await.text;
        let after = shown.split_once("name=\"csrf\" value=\"").unwrap().1;
        after.split('"').next().unwrap().to_owned()
    }

    pub(crate) async fn post(&self, cookie: &str, path: &str, fields: &str) -> Answer {
        let body = format!("csrf={}&{fields}", self.mark(cookie).await);
        let request = Request::post(path)
            .header(header::COOKIE, cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.ask(request.body(Body::from(body)).unwrap()).await
    }

    pub(crate) async fn upload(&self, cookie: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mark = self.mark(cookie).await;
        let marked = [("csrf", mark.as_str())];
        let parts = fields.iter().chain(&marked).map(|(name, value)| {
            let file = if *name == "file" { "; filename=\"text.md\"" } else { "" };
            format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{value}\r\n")
        });
        let body = parts.collect::<String>() + "--edge--\r\n";
        let request = Request::post(path)
            .header(header::COOKIE, cookie)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
        self.ask(request.body(Body::from(body)).unwrap()).await
    }

    pub(crate) async fn load(&self, text: &str, dated: &str) -> Answer {
        let fields = [
            ("instrument", "MOON"),
            ("dated", dated),
            ("source", "虚构公报2020年第1号"),
            ("file", text),
        ];
        self.upload(&self.one, "/admin/law", &fields).await
    }
}
