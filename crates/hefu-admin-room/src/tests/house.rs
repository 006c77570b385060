//! A house for the tests: one database with everything in it, and visitors with a session of their own.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use futures_util::future::BoxFuture;
use gm_suite::{KeyAlgorithm, PrivateKey};
use hefu_database::Database;
use hefu_officers::{
    CannotTell, CertificateStanding, Change, Officer, OfficerId, OfficerSettings, Officers, Outcome,
    PresentedCertificate, Role, SessionToken, Standing,
};
use hefu_page::Site;
use hefu_policies::{Act, Draft, Policies, PolicySettings, SAMPLE_CHINESE, SAMPLE_ENGLISH};
use hefu_post::{
    AddressFault, Addresses, Carrier, Correspondent, Letter, Mail, Mailbox, NewLetter, Office, Post, PostSettings,
    ReminderDays, Returned, Schedule,
};
use hefu_records::Records;
use hefu_rulebook::{Calendar, Rulebook};
use hefu_web::{PlainDoor, Visitors};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use key_device::SoftwareDevice;
use tower::ServiceExt as _;

use crate::AdminPages;

/// Noon of the day of the tests in China.
pub(super) fn noon() -> Timestamp {
    "2026-11-23T04:00:00Z".parse().unwrap()
}

pub(super) fn today() -> Date {
    date(2026, 11, 23)
}

/// A mail server that knows no mailbox.
struct Nobody;

impl Carrier for Nobody {
    fn carry<'a>(&'a self, _: &'a Mail) -> BoxFuture<'a, Result<(), Returned>> {
        Box::pin(async { Err(Returned::Refused("smtp-550".to_owned())) })
    }
}

/// No subscribers.
impl Addresses for Nobody {
    fn application<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Option<Correspondent>, AddressFault>> {
        Box::pin(async { Ok(None) })
    }
}

impl CertificateStanding for Nobody {
    fn standing<'a>(
        &'a self,
        _: &'a PresentedCertificate,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<Standing, CannotTell>> {
        Box::pin(async { Ok(Standing::NotIssuedHere) })
    }
}

pub(super) struct House {
    _folder: tempfile::TempDir,
    database: Database,
    pub(super) officers: Arc<Officers>,
    policies: Policies,
    post: Post,
    routes: Router,
    tokens: Vec<(String, String)>,
}

impl House {
    pub(super) async fn build() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("ra.db").display());
        let migrations = [
            hefu_records::MIGRATIONS,
            hefu_officers::MIGRATIONS,
            hefu_policies::MIGRATIONS,
            hefu_post::MIGRATIONS,
        ];
        let database = Database::open(&url, &migrations).await.unwrap();
        let officers = Officers::open_with(database.clone(), OfficerSettings::default())
            .await
            .unwrap();
        let mut tokens = Vec::new();
        for (name, role) in [
            ("甲", Role::SUPER_ADMINISTRATOR),
            ("乙", Role::SUPER_ADMINISTRATOR),
            ("丙", Role::AUDIT_ADMINISTRATOR),
            ("丁", Role::AUDIT_ADMINISTRATOR),
            ("戊0", Role::BUSINESS_OPERATOR),
        ] {
            let (_, token) = officers.enrol(name, role, noon()).await.unwrap();
            tokens.push((name.to_owned(), token.reveal().to_string()));
        }
        let policies = Policies::open(PolicySettings {
            database: database.clone(),
            book: Arc::new(Rulebook::builtin().unwrap()),
            rules: "m15".to_owned(),
            calendar: Arc::new(Calendar::builtin().unwrap()),
        });
        let policies = policies.await.unwrap();
        let post = outbox(&database, folder.path()).await;
        let officers = Arc::new(officers);
        Self {
            routes: routes(&officers, &policies, &post),
            _folder: folder,
            database,
            officers,
            policies,
            post,
            tokens,
        }
    }

    pub(super) fn officer(&self, name: &str) -> Officer {
        let all = self.officers.all();
        all.into_iter().find(|officer| officer.name() == name).unwrap()
    }

    pub(super) fn id(&self, name: &str) -> OfficerId {
        self.officer(name).id()
    }

    /// A browser of an officer who has just logged in.
    pub(super) async fn visitor(&self, name: &str) -> Visitor {
        let (_, token) = self.tokens.iter().find(|(known, _)| known == name).unwrap();
        self.logged_in(token).await
    }

    async fn logged_in(&self, token: &str) -> Visitor {
        let (_, session) = self.officers.log_in_by_token(token, noon()).await.unwrap();
        Visitor {
            routes: self.routes.clone(),
            session,
        }
    }

    /// An auditor, appointed by both heads of the branch.
    pub(super) async fn auditor(&self) -> Visitor {
        let change = Change::Appoint {
            name: "审".to_owned(),
            role: Role::AUDITOR,
            body: None,
            key: None,
        };
        let proposal = self.propose("丙", change).await;
        let head = self.officer("丁");
        let decided = self
            .officers
            .decide(&head, proposal, Outcome::Approved, noon())
            .await
            .unwrap();
        self.logged_in(&decided.token.unwrap().reveal()).await
    }

    pub(super) async fn propose(&self, by: &str, change: Change) -> i64 {
        let by = self.officer(by);
        self.officers.propose(&by, change, noon()).await.unwrap().id
    }

    pub(super) async fn propose_version(&self, by: &str, version: &str) -> i64 {
        let draft = Draft {
            series: "cps".parse().unwrap(),
            version: version.parse().unwrap(),
            effective_on: today(),
            covers: vec!["1.2.3".to_owned()],
            chinese: SAMPLE_CHINESE.replace("样本", version),
            english: SAMPLE_ENGLISH.replace("sample", version),
        };
        let by = self.officer(by);
        self.policies
            .propose(&by, Act::Publish(draft), noon())
            .await
            .unwrap()
            .id
    }

    /// A letter that the mail server refused; its number.
    pub(super) async fn failed_letter(&self) -> i64 {
        let letter = NewLetter {
            origin: "test:1".to_owned(),
            about: "application:01".to_owned(),
            to: Mailbox::parse("zhang.san@example.cn").unwrap(),
            holder: "张三".to_owned(),
            letter: Letter::Expiring {
                serial: "4a01".to_owned(),
                not_after: noon(),
                days: 7,
            },
            useless_at: None,
        };
        let number = self.post.write(letter, noon()).await.unwrap().unwrap();
        self.post.send_due(&noon, &|| false).await.unwrap();
        number
    }

    /// Numbers of an officer's open sessions; one is opened where there is none.
    pub(super) async fn sessions(&self, name: &str) -> Vec<String> {
        if self.officers.sessions(self.id(name), noon()).is_empty() {
            self.visitor(name).await;
        }
        let open = self.officers.sessions(self.id(name), noon()).into_iter();
        open.map(|session| session.number).collect()
    }

    /// Kinds of everything that was recorded.
    pub(super) async fn kinds(&self) -> Vec<String> {
        let entries = hefu_records::read_entries(&self.database, 0, 200).await.unwrap();
        entries.into_iter().map(|entry| entry.kind).collect()
    }

    /// Subject and actor of the last entry of a kind.
    pub(super) async fn last(&self, kind: &str) -> (String, String) {
        let entries = hefu_records::read_entries(&self.database, 0, 200).await.unwrap();
        let last = entries.into_iter().rev().find(|entry| entry.kind == kind).unwrap();
        (last.subject, last.actor)
    }
}

async fn outbox(database: &Database, folder: &std::path::Path) -> Post {
    let seal = Arc::new(PrivateKey::generate(KeyAlgorithm::Sm2).unwrap());
    Post::open(PostSettings {
        database: database.clone(),
        feed: Arc::new(Records::open(database.clone(), "hefu/ra", seal).await.unwrap()),
        device: Arc::new(SoftwareDevice::create(&folder.join("device"), b"open sesame").unwrap()),
        addresses: Arc::new(Nobody),
        carrier: Arc::new(Nobody),
        office: Office {
            name: "示例认证".to_owned(),
            public_url: "https://ca.example.cn".to_owned(),
        },
        schedule: Schedule::default(),
        reminders: ReminderDays::default(),
    })
}

fn routes(officers: &Arc<Officers>, policies: &Policies, post: &Post) -> Router {
    let pages = AdminPages {
        officers: Arc::clone(officers),
        policies: Some(policies.clone()),
        post: Some(post.clone()),
        profiles: Arc::new(hefu_certificate::Profiles::builtin()),
        own: Arc::new([]),
        clock: Arc::new(noon),
    };
    let visitors = Visitors {
        officers: Arc::clone(officers),
        standing: Arc::new(Nobody),
        site: Arc::new(Site {
            name: "示例认证".to_owned(),
            public_url: "https://ca.example.cn".to_owned(),
        }),
        clock: Arc::new(noon),
        plain: PlainDoor::Open,
        tls_url: None,
    };
    visitors.over(pages.routes())
}

/// A browser with a session.
pub(super) struct Visitor {
    routes: Router,
    session: SessionToken,
}

/// What came back.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    headers: axum::http::HeaderMap,
    pub(super) text: String,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> String {
        let value = self.headers.get(name).map(|value| value.to_str().unwrap());
        value.unwrap_or_default().to_owned()
    }
}

impl Visitor {
    /// What this session's forms carry.
    pub(super) fn mark(&self) -> String {
        self.session.form_token()
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        self.ask(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// Sends a form of this session.
    pub(super) async fn send(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send_with(path, &self.mark(), fields).await
    }

    /// Sends a form with another mark.
    pub(super) async fn send_with(&self, path: &str, mark: &str, fields: &[(&str, &str)]) -> Answer {
        let mark = format!("csrf={mark}");
        let pairs = fields
            .iter()
            .map(|(name, value)| format!("&{name}={}", hefu_page::page::encoded(value)));
        let body: String = std::iter::once(mark).chain(pairs).collect();
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.ask(request.body(Body::from(body)).unwrap()).await
    }

    /// Sends a form with files.
    pub(super) async fn upload(&self, path: &str, fields: &[(&str, &str)], files: &[(&str, &str)]) -> Answer {
        let mark = self.mark();
        let mut body = Vec::new();
        for (name, value) in fields.iter().chain(&[("csrf", mark.as_str())]) {
            body.push(format!(
                "--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            ));
        }
        for (name, value) in files {
            let head = format!("Content-Disposition: form-data; name=\"{name}\"; filename=\"{name}.md\"");
            body.push(format!(
                "--edge\r\n{head}\r\nContent-Type: text/markdown\r\n\r\n{value}\r\n"
            ));
        }
        body.push("--edge--\r\n".to_owned());
        let request = Request::post(path).header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
        self.ask(request.body(Body::from(body.concat())).unwrap()).await
    }

    async fn ask(&self, mut request: Request<Body>) -> Answer {
        let cookie = format!("hefu-session={}", self.session.reveal().as_str());
        request.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
        let answer = self.routes.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        let octets = to_bytes(body, 4 * 1024 * 1024).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(octets.to_vec()).unwrap(),
        }
    }
}
