//! The outbox on a real database with a real device; only the mail server, the clock and the subscribers are made up.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;
use gm_suite::{KeyAlgorithm, PrivateKey};
use hefu_database::Database;
use hefu_post::{
    AddressFault, Addresses, Carrier, Correspondent, FindLetters, Letter, LetterState, LetterView, Mail, Mailbox,
    NewLetter, Office, Post, PostError, PostSettings, ReminderDays, Returned, Schedule, Summary, Term,
};
use hefu_records::{NewEntry, Records};
use jiff::{SignedDuration, Timestamp};
use key_device::SoftwareDevice;
use serde_json::{Value, json};
use sqlx::Row as _;

/// What the made-up mail server says to a letter.
#[derive(Clone, Debug)]
enum Says {
    Yes,
    No(Returned),
    /// Takes the letter and never answers.
    Nothing,
}

struct Server {
    says: Mutex<Says>,
    taken: Mutex<Vec<Mail>>,
}

impl Carrier for Server {
    fn carry<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), Returned>> {
        Box::pin(async move {
            let says = self.says.lock().unwrap().clone();
            match says {
                Says::Yes => {
                    self.taken.lock().unwrap().push(mail.clone());
                    Ok(())
                }
                Says::No(why) => Err(why),
                Says::Nothing => {
                    self.taken.lock().unwrap().push(mail.clone());
                    std::future::pending().await
                }
            }
        })
    }
}

/// Subscribers by application; none at all while `down`.
#[derive(Default)]
struct Book {
    people: Mutex<BTreeMap<String, Correspondent>>,
    down: Mutex<bool>,
}

impl Addresses for Book {
    fn application<'a>(&'a self, number: &'a str) -> BoxFuture<'a, Result<Option<Correspondent>, AddressFault>> {
        Box::pin(async move {
            if *self.down.lock().unwrap() {
                return Err(AddressFault {
                    detail: "down".to_owned(),
                });
            }
            Ok(self.people.lock().unwrap().get(number).cloned())
        })
    }
}

struct House {
    folder: tempfile::TempDir,
    database: Database,
    records: Arc<Records>,
    device: Arc<SoftwareDevice>,
    server: Arc<Server>,
    book: Arc<Book>,
    post: Post,
    now: Arc<AtomicI64>,
}

fn start() -> Timestamp {
    "2027-03-02T08:00:00Z".parse().unwrap()
}

fn term(serial: &str, not_after: &str) -> Term {
    Term {
        serial: serial.to_owned(),
        not_before: start(),
        not_after: not_after.parse().unwrap(),
        ground: None,
    }
}

fn zhang() -> Correspondent {
    Correspondent {
        holder: "张三".to_owned(),
        mailbox: Some(Mailbox::parse("zhang.san@example.cn").unwrap()),
        rejection: Some("名称不符".to_owned()),
        replaces: None,
        certificates: vec![term("4a01", "2027-06-01T00:00:00Z")],
    }
}

impl House {
    async fn build() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let device = Arc::new(SoftwareDevice::create(&folder.path().join("device"), b"open sesame").unwrap());
        let url = format!("sqlite://{}", folder.path().join("ra.db").display());
        let database = Database::open(&url, &[hefu_records::MIGRATIONS, hefu_post::MIGRATIONS])
            .await
            .unwrap();
        let seal = Arc::new(PrivateKey::generate(KeyAlgorithm::Sm2).unwrap());
        let records = Arc::new(Records::open(database.clone(), "hefu/ra", seal).await.unwrap());
        let server = Arc::new(Server {
            says: Mutex::new(Says::Yes),
            taken: Mutex::default(),
        });
        let book = Arc::new(Book::default());
        book.people.lock().unwrap().insert("01".to_owned(), zhang());
        book.people.lock().unwrap().insert(
            "02".to_owned(),
            Correspondent {
                mailbox: None,
                ..zhang()
            },
        );
        let now = Arc::new(AtomicI64::new(start().as_second()));
        let post = Self::post(&database, &records, &device, &server, &book);
        Self {
            folder,
            database,
            records,
            device,
            server,
            book,
            post,
            now,
        }
    }

    fn post(
        database: &Database,
        records: &Arc<Records>,
        device: &Arc<SoftwareDevice>,
        server: &Arc<Server>,
        book: &Arc<Book>,
    ) -> Post {
        Post::open(PostSettings {
            database: database.clone(),
            feed: Arc::<Records>::clone(records),
            device: Arc::<SoftwareDevice>::clone(device),
            addresses: Arc::<Book>::clone(book),
            carrier: Arc::<Server>::clone(server),
            office: Office {
                name: "示例认证".to_owned(),
                public_url: "https://ca.example.cn".to_owned(),
            },
            schedule: Schedule::default(),
            reminders: ReminderDays::default(),
        })
    }

    /// A new process on the same database.
    fn reopen(&mut self) {
        self.post = Self::post(&self.database, &self.records, &self.device, &self.server, &self.book);
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.now.load(Ordering::Relaxed)).unwrap()
    }

    fn pass(&self, span: SignedDuration) {
        self.now.fetch_add(span.as_secs(), Ordering::Relaxed);
    }

    async fn record(&self, kind: &str, application: &str, body: Value) {
        let entry = NewEntry {
            at: self.now(),
            kind: kind.to_owned(),
            subject: format!("application:{application}"),
            actor: "ra".to_owned(),
            body,
        };
        let write = self.database.write(move |connection| {
            Box::pin(async move {
                hefu_records::append(connection, &[entry])
                    .await
                    .map_err(PostError::from)
            })
        });
        write.await.unwrap();
    }

    async fn follow(&self) {
        while self.post.follow_once(self.now()).await.unwrap() {}
    }

    async fn send(&self) -> usize {
        let now = Arc::clone(&self.now);
        let clock = move || Timestamp::from_second(now.load(Ordering::Relaxed)).unwrap();
        self.post.send_due(&clock, &|| false).await.unwrap()
    }

    async fn letters(&self) -> Vec<LetterView> {
        self.post.letters(FindLetters::default()).await.unwrap().items
    }

    /// State, attempts and code of the newest letter.
    async fn newest(&self) -> (LetterState, u32, Option<String>) {
        let letter = self.letters().await.into_iter().next().unwrap();
        (letter.state, letter.attempts, letter.code)
    }

    async fn summary(&self) -> Summary {
        self.post.summary().await.unwrap()
    }

    fn taken(&self) -> Vec<Mail> {
        self.server.taken.lock().unwrap().clone()
    }

    fn says(&self, says: Says) {
        *self.server.says.lock().unwrap() = says;
    }

    async fn records_of(&self, kind: &str) -> Vec<Value> {
        let entries = self.records.read(0, 1000).await.unwrap();
        let of = entries.into_iter().filter(|entry| entry.kind == kind);
        of.map(|entry| json!({"subject": entry.subject, "actor": entry.actor, "body": entry.body}))
            .collect()
    }

    fn close(code: &str) -> Says {
        Says::No(Returned::Closed(code.to_owned()))
    }
}

#[tokio::test]
async fn each_step_of_an_application_is_told_once_however_often_the_records_are_read() {
    let house = House::build().await;
    house.record("application-entered/1", "01", json!({})).await;
    house.record("application-approved/1", "01", json!({})).await;
    house
        .record("certificate-delivered/1", "01", json!({"serials": ["4a01"]}))
        .await;
    house
        .record(
            "status-change-answered/1",
            "01",
            json!({"act": "suspend", "serials": ["4a01"]}),
        )
        .await;
    house.record("application-rejected/1", "01", json!({})).await;
    house.follow().await;
    let write = house.database.write(|connection| {
        Box::pin(async move {
            sqlx::query("DELETE FROM record_cursor WHERE name = 'post'")
                .execute(connection)
                .await?;
            Ok::<_, PostError>(())
        })
    });
    write.await.unwrap();
    house.follow().await;
    assert_eq!(house.send().await, 4);
    assert_eq!(house.send().await, 0);
    let subjects: Vec<String> = house.taken().into_iter().map(|mail| mail.subject).collect();
    assert_eq!(
        subjects,
        [
            "证书申请已受理 · Application received",
            "证书已签发 · Certificate issued",
            "证书已暂停 · Certificate suspended",
            "证书申请未获批准 · Application rejected",
        ]
    );
    assert!(house.taken()[3].body.contains("名称不符"));
    assert_eq!(house.records_of("letter-sent/1").await.len(), 4);
}

#[tokio::test]
async fn nothing_personal_is_in_the_clear_and_nothing_is_kept_of_what_was_sent() {
    let house = House::build().await;
    house.record("application-rejected/1", "01", json!({})).await;
    house.follow().await;
    let clear = |octets: &[u8]| {
        ["zhang.san", "张三", "名称不符"]
            .into_iter()
            .any(|word| octets.windows(word.len()).any(|window| window == word.as_bytes()))
    };
    let files = || {
        let names = ["ra.db", "ra.db-wal"].map(|name| house.folder.path().join(name));
        names.map(|name| std::fs::read(name).unwrap_or_default()).concat()
    };
    assert!(!clear(&files()));
    let letter = house.letters().await.remove(0);
    assert_eq!(
        (letter.to.as_str(), letter.state),
        ("z***@example.cn", LetterState::Queued)
    );
    house.send().await;
    let mut connection = house.database.read().await.unwrap();
    let row = sqlx::query("SELECT sealed FROM post_letter")
        .fetch_one(&mut *connection)
        .await
        .unwrap();
    assert_eq!(row.get::<Option<Vec<u8>>, _>("sealed"), None);
    let records = house.records_of("letter-sent/1").await;
    let expected = json!([{"subject": "letter:1", "actor": "hefu", "body": {
        "letter": "application-rejected", "about": "application:01", "attempts": 1, "in_doubt": false,
    }}]);
    assert_eq!(json!(records), expected);
}

#[tokio::test]
async fn a_mail_server_that_is_down_loses_nothing_and_is_seen() {
    let house = House::build().await;
    house.says(House::close("unreachable"));
    for _ in 0..3 {
        house.record("application-entered/1", "01", json!({})).await;
    }
    house.follow().await;
    assert_eq!(house.send().await, 0);
    let summary = house.summary().await;
    assert_eq!(
        (summary.queued, summary.closed.map(|closed| closed.code)),
        (3, Some("unreachable".to_owned()))
    );
    let tried: Vec<u32> = house.letters().await.iter().map(|letter| letter.attempts).collect();
    assert_eq!(tried, [0, 0, 1], "one letter asks for all");
    house.says(Says::Yes);
    house.pass(SignedDuration::from_mins(1));
    assert_eq!(house.send().await, 3);
    assert_eq!(house.summary().await.closed, None);
}

#[tokio::test]
async fn a_letter_is_given_up_after_growing_pauses_and_can_be_tried_again_by_an_officer() {
    let house = House::build().await;
    house.says(Says::No(Returned::Later("smtp-450".to_owned())));
    house.record("application-entered/1", "01", json!({})).await;
    house.follow().await;
    let mut tries = 0;
    while house.letters().await[0].state == LetterState::Queued {
        house.send().await;
        tries += 1;
        let next = house.letters().await[0].next_try;
        if let Some(next) = next {
            assert_eq!(house.send().await, 0, "not before its time");
            house.now.store(next.as_second(), Ordering::Relaxed);
        }
    }
    assert_eq!(
        house.newest().await,
        (LetterState::Failed, tries, Some("smtp-450".to_owned()))
    );
    assert_eq!(house.now().duration_since(start()), SignedDuration::from_hours(5 * 24));
    assert_eq!(
        house.records_of("letter-failed/1").await[0]["body"]["attempts"],
        json!(tries)
    );

    house.says(Says::Yes);
    assert!(house.post.retry(1, "officer:5", house.now()).await.is_ok());
    assert_eq!(house.send().await, 1);
    assert_eq!(
        house.records_of("letter-retried/1").await[0]["actor"],
        json!("officer:5")
    );
    let again = house.post.retry(1, "officer:5", house.now()).await;
    assert!(matches!(
        again,
        Err(PostError::NotFailed {
            number: 1,
            state: LetterState::Sent
        })
    ));
    assert!(matches!(
        house.post.retry(9, "officer:5", house.now()).await,
        Err(PostError::Unknown(9))
    ));
}

#[tokio::test]
async fn a_refused_letter_fails_at_once_and_its_text_is_erased_in_time() {
    let house = House::build().await;
    house.says(Says::No(Returned::Refused("smtp-550".to_owned())));
    house.record("application-entered/1", "01", json!({})).await;
    house.follow().await;
    house.send().await;
    assert_eq!(
        house.newest().await,
        (LetterState::Failed, 1, Some("smtp-550".to_owned()))
    );
    house.pass(SignedDuration::from_hours(30 * 24));
    assert_eq!(house.post.erase_old(house.now()).await.unwrap(), 0);
    house.pass(SignedDuration::from_secs(1));
    assert_eq!(house.post.erase_old(house.now()).await.unwrap(), 1);
    let late = house.post.retry(1, "officer:5", house.now()).await;
    assert!(matches!(late, Err(PostError::NotFailed { .. })));
}

#[tokio::test]
async fn a_sender_that_was_killed_sends_again_under_the_same_identity_and_says_so() {
    let mut house = House::build().await;
    house.says(Says::Nothing);
    house.record("application-entered/1", "01", json!({})).await;
    house.follow().await;
    // The process ends while the server holds the letter.
    let killed = tokio::time::timeout(std::time::Duration::from_millis(200), house.send()).await;
    assert!(killed.is_err());
    assert_eq!(house.newest().await.0, LetterState::Sending);
    house.reopen();
    house.says(Says::Yes);
    house.pass(SignedDuration::from_secs(10));
    assert_eq!(house.send().await, 1);
    let taken = house.taken();
    assert_eq!(taken.len(), 2);
    assert_eq!(taken[0].identity, taken[1].identity);
    assert_eq!(taken[0].written_at, taken[1].written_at);
    assert_eq!(
        house.records_of("letter-sent/1").await[0]["body"]["in_doubt"],
        json!(true)
    );
}

#[tokio::test]
async fn a_broken_line_leaves_a_doubt_and_a_refusal_none() {
    let house = House::build().await;
    house.record("application-entered/1", "01", json!({})).await;
    house.follow().await;
    house.says(Says::No(Returned::Later("smtp-450".to_owned())));
    house.send().await;
    assert!(!house.letters().await[0].in_doubt);
    house.says(Says::No(Returned::Doubtful("silent".to_owned())));
    house.pass(SignedDuration::from_mins(1));
    house.send().await;
    assert!(house.letters().await[0].in_doubt);
}

#[tokio::test]
async fn who_has_no_address_is_not_written_to_and_who_is_unknown_stops_nobody() {
    let house = House::build().await;
    house.record("application-entered/1", "99", json!({})).await;
    house.record("application-entered/1", "02", json!({})).await;
    *house.book.down.lock().unwrap() = true;
    assert!(matches!(
        house.post.follow_once(house.now()).await,
        Err(PostError::Addresses(_))
    ));
    assert!(house.letters().await.is_empty());
    *house.book.down.lock().unwrap() = false;
    house.follow().await;
    assert_eq!(house.send().await, 0);
    let letters = house.letters().await;
    assert_eq!(letters.len(), 1);
    assert_eq!(
        (letters[0].state, letters[0].to.as_str()),
        (LetterState::Unaddressed, "")
    );
}

#[tokio::test]
async fn news_of_long_ago_is_not_written_about_but_its_certificates_are_watched() {
    let house = House::build().await;
    house
        .record("certificate-delivered/1", "01", json!({"serials": ["4a01"]}))
        .await;
    house.pass(SignedDuration::from_hours(8 * 24));
    house.follow().await;
    assert!(house.letters().await.is_empty());
    house.now.store(
        "2027-05-10T00:00:00Z".parse::<Timestamp>().unwrap().as_second(),
        Ordering::Relaxed,
    );
    assert_eq!(house.post.remind(house.now()).await.unwrap(), 1);
}

#[tokio::test]
async fn each_reminder_is_written_once_and_none_for_what_was_renewed_or_revoked() {
    let mut house = House::build().await;
    let mut people = BTreeMap::new();
    for (application, serial) in [("01", "4a01"), ("03", "4a03"), ("04", "4a04")] {
        let certificates = vec![term(serial, "2027-06-01T00:00:00Z")];
        people.insert(
            application.to_owned(),
            Correspondent {
                certificates,
                ..zhang()
            },
        );
    }
    let renewal = Correspondent {
        replaces: Some("4a03".to_owned()),
        certificates: vec![term("4a05", "2030-06-01T00:00:00Z")],
        ..zhang()
    };
    people.insert("05".to_owned(), renewal);
    *house.book.people.lock().unwrap() = people;
    for application in ["01", "03", "04", "05"] {
        house.record("certificate-delivered/1", application, json!({})).await;
    }
    house
        .record(
            "status-change-answered/1",
            "04",
            json!({"act": "revoke", "serials": ["4a04"]}),
        )
        .await;
    house.follow().await;
    house.send().await;
    house.server.taken.lock().unwrap().clear();

    let mut foreseen = Vec::new();
    for _ in 0..100 {
        let upcoming = house.post.upcoming(1, house.now()).await.unwrap();
        foreseen.extend(upcoming.iter().map(|one| (one.from.to_string(), one.days, one.letters)));
        house.post.remind(house.now()).await.unwrap();
        house.reopen();
        house.post.remind(house.now()).await.unwrap();
        house.send().await;
        house.pass(SignedDuration::from_hours(24));
    }
    let reminders: Vec<String> = house.taken().iter().map(|mail| mail.written_at.to_string()).collect();
    assert_eq!(
        reminders,
        ["2027-05-02T08:00:00Z", "2027-05-25T08:00:00Z", "2027-05-31T08:00:00Z"]
    );
    assert!(house.taken().iter().all(|mail| mail.body.contains("4A01")));
    let day = |day: &str, days| (format!("2027-05-{day}T08:00:00Z"), days, 1);
    assert_eq!(
        foreseen,
        [day("01", 30), day("24", 7), day("30", 1)],
        "the day before each"
    );
}

#[tokio::test]
async fn others_may_have_a_letter_written_once() {
    let house = House::build().await;
    let new = NewLetter {
        origin: "fetch-code:01:1".to_owned(),
        about: "application:01".to_owned(),
        to: Mailbox::parse("zhang.san@example.cn").unwrap(),
        holder: "张三".to_owned(),
        letter: Letter::Code {
            purpose: hefu_post::Purpose {
                zh: "领取证书",
                en: "fetching your certificate",
            },
            code: "4827-1193".to_owned(),
            until: "2027-03-02T08:10:00Z".parse().unwrap(),
        },
        useless_at: Some("2027-03-02T08:10:00Z".parse().unwrap()),
    };
    assert_eq!(house.post.write(new.clone(), house.now()).await.unwrap(), Some(1));
    assert_eq!(house.post.write(new, house.now()).await.unwrap(), None);
    house.says(House::close("unreachable"));
    house.send().await;
    house.pass(SignedDuration::from_mins(10));
    house.send().await;
    assert_eq!(
        house.newest().await.0,
        LetterState::Failed,
        "a code that is void is not sent later"
    );
}

#[tokio::test]
async fn pages_go_back_from_the_newest() {
    let house = House::build().await;
    for _ in 0..5 {
        house.record("application-entered/1", "01", json!({})).await;
    }
    house.follow().await;
    let find = |before| FindLetters {
        state: Some(LetterState::Queued),
        before,
        limit: Some(2),
    };
    let mut numbers = Vec::new();
    let mut before = None;
    loop {
        let page = house.post.letters(find(before)).await.unwrap();
        numbers.extend(page.items.iter().map(|letter| letter.number));
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    assert_eq!(numbers, [5, 4, 3, 2, 1]);
}
