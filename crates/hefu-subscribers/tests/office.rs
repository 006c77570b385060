//! The office against a real database: codes, sessions, supplements, acceptance, wishes, lost keys. Registration is a list
//! here; the daemon's own stands in `trials`.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::path::Path;
use std::sync::{Arc, Mutex};

use futures_util::future::{BoxFuture, join_all};
use hefu_database::Database;
use hefu_officers::{Officer, OfficerId, Officers, Role};
use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use hefu_subscribers::{
    AccessState, Agreeing, Answer, AppliedFor, File, Known, KnownState, MatterKind, Means, Office, OfficeSettings,
    Outcome, Purpose, Registration, RegistrationError, Renewing, Settlement, Subscriber, SubscriberError, Terms,
    TextKind, Uses, Wish,
};
use jiff::{SignedDuration, Timestamp};
use key_device::SoftwareDevice;
use sqlx::Row as _;

const PASSPHRASE: &[u8] = b"open sesame";
const APPLICATION: &str = "00000000000000000000000000000001";
const SUCCESSOR: &str = "00000000000000000000000000000002";
const SERIAL: &str = "4f2a91c70d3e88b1";

fn noon() -> Timestamp {
    "2026-11-22T04:00:00Z".parse().unwrap()
}

fn after(minutes: i64) -> Timestamp {
    noon().checked_add(SignedDuration::from_mins(minutes)).unwrap()
}

#[derive(Debug)]
struct Silent;

impl std::fmt::Display for Silent {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("no answer")
    }
}

impl std::error::Error for Silent {}

impl Explain for Silent {
    fn code(&self) -> &'static str {
        "authority-unreachable"
    }
    fn kind(&self) -> Kind {
        Kind::Fault
    }
    fn blame(&self) -> Blame {
        Blame::CertificationAuthority
    }
    fn citation(&self) -> Option<Citation> {
        None
    }
    fn message(&self, _: Language) -> String {
        "no answer".to_owned()
    }
}

/// What registration did; and whether it is issued, and whether the authority answers.
#[derive(Default)]
struct Desk {
    done: Mutex<Vec<String>>,
    issued: Mutex<bool>,
    silent: Mutex<bool>,
}

impl Desk {
    fn note(&self, what: String) {
        self.done.lock().unwrap().push(what);
    }

    fn known(&self, application: &str) -> Known {
        let issued = *self.issued.lock().unwrap();
        Known {
            application: application.to_owned(),
            state: if issued { KnownState::Issued } else { KnownState::Open },
            serial: issued.then(|| SERIAL.to_owned()),
            has_file: true,
        }
    }
}

impl Registration for Desk {
    fn application<'a>(&'a self, number: &'a str) -> BoxFuture<'a, Result<Known, RegistrationError>> {
        Box::pin(async move { Ok(self.known(number)) })
    }
    fn application_of<'a>(&'a self, _: &'a str, _: Timestamp) -> BoxFuture<'a, Result<Known, RegistrationError>> {
        Box::pin(async move { Ok(self.known(APPLICATION)) })
    }
    fn agree<'a>(
        &'a self,
        vouched_by: OfficerId,
        _: &'a str,
        agreeing: &'a Agreeing,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<String, RegistrationError>> {
        self.note(format!("{} by {vouched_by}", agreeing.kind.as_str()));
        Box::pin(async { Ok("0c".repeat(16)) })
    }
    fn keep<'a>(
        &'a self,
        _: OfficerId,
        _: &'a str,
        content: &'a [u8],
        _: Timestamp,
    ) -> BoxFuture<'a, Result<String, RegistrationError>> {
        self.note(format!("kept {}", content.len()));
        Box::pin(async { Ok("0e".repeat(16)) })
    }
    fn stop<'a>(
        &'a self,
        serial: &'a str,
        means: Means<'a>,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<&'static str, RegistrationError>> {
        if *self.silent.lock().unwrap() {
            return Box::pin(async { Err(Arc::new(Silent) as RegistrationError) });
        }
        let done = if means == Means::Key { "revoked" } else { "suspended" };
        self.note(format!("{done} {serial}"));
        Box::pin(async move { Ok(done) })
    }
    fn is_signed<'a>(
        &'a self,
        _: &'a str,
        message: &'a [u8],
        signature: &'a [u8],
        _: Timestamp,
    ) -> BoxFuture<'a, Result<bool, RegistrationError>> {
        Box::pin(async move { Ok(message == signature) })
    }
    fn renew<'a>(
        &'a self,
        _: &'a Officer,
        renewing: Renewing<'a>,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<String, RegistrationError>> {
        self.note(format!("renewed {} with {}", renewing.serial, renewing.check));
        Box::pin(async { Ok(SUCCESSOR.to_owned()) })
    }
}

struct House {
    folder: tempfile::TempDir,
    database: Database,
    desk: Arc<Desk>,
    office: Office,
    officer: Officer,
    auditor: Officer,
}

impl House {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        SoftwareDevice::create(&folder.path().join("device"), PASSPHRASE).unwrap();
        let url = format!("sqlite://{}", folder.path().join("ra.db").display());
        let migrations = [
            hefu_records::MIGRATIONS,
            hefu_officers::MIGRATIONS,
            hefu_subscribers::MIGRATIONS,
        ];
        let database = Database::open(&url, &migrations).await.unwrap();
        let officers = Officers::open(database.clone()).await.unwrap();
        let officer = officers.enrol("甲", Role::BUSINESS_OPERATOR, noon()).await.unwrap().0;
        let auditor = officers.enrol("乙", Role::AUDITOR, noon()).await.unwrap().0;
        let desk = Arc::new(Desk::default());
        let office = open(folder.path(), &database, &desk).await;
        Self {
            folder,
            database,
            desk,
            office,
            officer,
            auditor,
        }
    }

    /// The office after the process was gone.
    async fn again(&mut self) {
        self.office = open(self.folder.path(), &self.database, &self.desk).await;
    }

    async fn code(&self, purpose: Purpose, uses: Uses) -> String {
        let about = AppliedFor::Application(APPLICATION.to_owned());
        let made = self
            .office
            .make_code(&self.officer, &about, (purpose, uses), noon())
            .await;
        made.unwrap().code.reveal().to_string()
    }

    async fn subscriber(&self, purpose: Purpose) -> Subscriber {
        let code = self.code(purpose, Uses::Repeated).await;
        self.office.enter(&code, noon()).await.unwrap().1
    }

    /// Kinds of the records, but for those of the officers' own register.
    async fn kinds(&self) -> Vec<String> {
        let rows = sqlx::query("SELECT bytes FROM record_entry ORDER BY idx")
            .fetch_all(&mut *self.database.read().await.unwrap())
            .await
            .unwrap();
        let entries = rows.iter().map(|row| row.get::<Vec<u8>, _>("bytes"));
        let entries = entries.map(|octets| serde_json::from_slice::<serde_json::Value>(&octets).unwrap());
        let kinds = entries.map(|entry| entry["kind"].as_str().unwrap().to_owned());
        kinds.filter(|kind| !kind.starts_with("officer")).collect()
    }

    fn issue(&self) {
        *self.desk.issued.lock().unwrap() = true;
    }
}

async fn open(folder: &Path, database: &Database, desk: &Arc<Desk>) -> Office {
    let settings = OfficeSettings {
        database: database.clone(),
        device: Arc::new(SoftwareDevice::unlock(&folder.join("device"), PASSPHRASE).unwrap()),
        registration: Arc::clone(desk) as _,
        terms: Terms::default(),
    };
    Office::open(settings).await.unwrap()
}

fn code_of<T>(outcome: Result<T, SubscriberError>) -> &'static str {
    outcome.err().map_or("done", |error| error.code())
}

#[tokio::test]
async fn a_code_opens_a_session_that_ends_when_idle_and_at_its_limit() {
    let mut house = House::new().await;
    let code = house.code(Purpose::Portal, Uses::Repeated).await;
    let (token, subscriber) = house.office.enter(&code.to_lowercase(), noon()).await.unwrap();
    assert_eq!(
        (subscriber.application(), subscriber.purpose()),
        (APPLICATION, Purpose::Portal)
    );
    house.again().await;
    assert!(
        house.office.behind(&token, after(20)).await.is_ok(),
        "a restart does not end it"
    );
    assert_eq!(
        code_of(house.office.behind(&token, after(41)).await),
        "access-session-over"
    );
    let (token, _) = house.office.enter(&code, noon()).await.unwrap();
    for minute in (15..=240).step_by(15) {
        assert!(house.office.behind(&token, after(minute)).await.is_ok(), "{minute}");
    }
    assert_eq!(
        code_of(house.office.behind(&token, after(241)).await),
        "access-session-over"
    );
    let (token, _) = house.office.enter(&code, noon()).await.unwrap();
    house.office.leave(&token).await.unwrap();
    assert_eq!(
        code_of(house.office.behind(&token, noon()).await),
        "access-session-over"
    );
    assert_eq!(house.kinds().await[..2], ["access-code-made/1", "subscriber-entered/1"]);
}

#[tokio::test]
async fn of_many_who_use_a_single_code_at_once_one_comes_in() {
    let mut house = House::new().await;
    let code = house.code(Purpose::Portal, Uses::Single).await;
    let tries = (0..8).map(|_| house.office.enter(&code, noon()));
    let let_in = join_all(tries).await.into_iter().flatten().count();
    assert_eq!(let_in, 1);
    house.again().await;
    assert_eq!(code_of(house.office.enter(&code, noon()).await), "access-code-wrong");
    let ended = house
        .kinds()
        .await
        .into_iter()
        .filter(|kind| kind == "access-code-ended/1");
    assert_eq!(ended.count(), 1);
}

#[tokio::test]
async fn a_caller_who_goes_away_while_a_single_code_is_used_leaves_it_used_or_unused_but_never_twice() {
    let house = House::new().await;
    for _ in 0..10 {
        let code = house.code(Purpose::Portal, Uses::Single).await;
        let office = house.office.clone();
        let typed = code.clone();
        let gone = tokio::spawn(async move { office.enter(&typed, noon()).await.is_ok() });
        tokio::task::yield_now().await;
        gone.abort();
        let before = gone.await.unwrap_or(false);
        let again = [
            house.office.enter(&code, noon()).await.is_ok(),
            house.office.enter(&code, noon()).await.is_ok(),
        ];
        let let_in = again.iter().filter(|let_in| **let_in).count() + usize::from(before);
        assert!(let_in <= 1);
        let accesses = house.office.accesses(APPLICATION).await.unwrap();
        assert!(accesses.iter().all(|access| access.state(noon()) == AccessState::Spent));
    }
}

#[tokio::test]
async fn wrong_tries_lock_a_code_and_strangers_are_heard_thirty_times() {
    let house = House::new().await;
    let code = house.code(Purpose::Portal, Uses::Repeated).await;
    let last = if code.ends_with('0') { "1" } else { "0" };
    let wrong = format!("{}{last}", &code[..code.len() - 1]);
    for _ in 0..5 {
        assert_eq!(code_of(house.office.enter(&wrong, noon()).await), "access-code-wrong");
    }
    let access = &house.office.accesses(APPLICATION).await.unwrap()[0];
    assert_eq!(access.state(noon()), AccessState::Locked);
    assert_eq!(
        code_of(house.office.enter(&code, noon()).await),
        "access-code-wrong",
        "too late"
    );
    for _ in 0..29 {
        assert_eq!(
            code_of(house.office.enter("nonsense", noon()).await),
            "access-code-wrong"
        );
    }
    assert_eq!(
        code_of(house.office.enter("nonsense", noon()).await),
        "access-codes-wrong-too-often"
    );
    let good = house.code(Purpose::Portal, Uses::Single).await;
    assert!(
        house.office.enter(&good, noon()).await.is_ok(),
        "a good code is always let in"
    );
    let refused = house
        .kinds()
        .await
        .into_iter()
        .filter(|kind| kind == "access-refused/1");
    assert_eq!(refused.count(), 5 + 30, "what is too many is not recorded");
}

#[tokio::test]
async fn a_code_is_not_kept_and_opens_only_what_it_was_given_for() {
    let house = House::new().await;
    house.issue();
    let code = house.code(Purpose::Loss, Uses::Repeated).await;
    house.database.close().await;
    let mut kept = Vec::new();
    for file in ["ra.db", "ra.db-wal"] {
        kept.extend(std::fs::read(house.folder.path().join(file)).unwrap_or_default());
    }
    let secret = code.replace('-', "")[8..].to_owned();
    assert!(!kept.windows(12).any(|window| window == secret.as_bytes()));

    let house = House::new().await;
    house.issue();
    let holder = house.subscriber(Purpose::Loss).await;
    let wish = Wish {
        kind: MatterKind::Renewal,
        csr: None,
        words: String::new(),
    };
    assert_eq!(
        code_of(house.office.wish(&holder, wish, noon()).await),
        "access-for-another-purpose"
    );
    assert_eq!(
        code_of(house.office.deliver(&holder, noon()).await),
        "access-for-another-purpose"
    );
    assert_eq!(house.kinds().await.last().unwrap(), "subscriber-act-refused/1");
}

#[tokio::test]
async fn an_officer_who_may_not_enter_makes_no_code_and_takes_none_back() {
    let house = House::new().await;
    let about = AppliedFor::Application(APPLICATION.to_owned());
    let portal = (Purpose::Portal, Uses::Repeated);
    assert!(
        house
            .office
            .make_code(&house.auditor, &about, portal, noon())
            .await
            .is_err()
    );
    let delivery = (Purpose::Delivery, Uses::Single);
    let early = house.office.make_code(&house.officer, &about, delivery, noon()).await;
    assert_eq!(code_of(early), "certificate-not-issued");
    let code = house.code(Purpose::Portal, Uses::Repeated).await;
    let (token, subscriber) = house.office.enter(&code, noon()).await.unwrap();
    let id = subscriber.access();
    assert!(house.office.withdraw_code(&house.auditor, id, noon()).await.is_err());
    house.office.withdraw_code(&house.officer, id, noon()).await.unwrap();
    assert_eq!(
        code_of(house.office.behind(&token, noon()).await),
        "access-session-over"
    );
    assert_eq!(
        code_of(house.office.withdraw_code(&house.officer, id, noon()).await),
        "matter-settled-before"
    );
}

#[tokio::test]
async fn a_supplement_is_owed_until_it_is_answered_with_words_and_papers() {
    let house = House::new().await;
    let (office, officer) = (&house.office, &house.officer);
    let subscriber = house.subscriber(Purpose::Portal).await;
    assert_eq!(
        code_of(office.answer_supplement(&subscriber, ("答", vec![]), noon()).await),
        "supplement-not-asked"
    );
    office
        .ask_supplement(officer, APPLICATION, "缺少授权书", noon())
        .await
        .unwrap();
    assert_eq!(
        code_of(office.ask_supplement(officer, APPLICATION, "再", noon()).await),
        "supplement-open"
    );
    assert_eq!(
        hefu_subscribers::owed(&house.database, APPLICATION).await.unwrap(),
        Some(noon())
    );
    let files = vec![File::new(vec![0; 7])];
    office
        .answer_supplement(&subscriber, ("见附件", files), after(1))
        .await
        .unwrap();
    assert_eq!(
        hefu_subscribers::owed(&house.database, APPLICATION).await.unwrap(),
        None
    );
    let asked = &office.supplements(APPLICATION).await.unwrap()[0];
    assert_eq!(
        (asked.reason.as_str(), asked.answer.as_deref()),
        ("缺少授权书", Some("见附件"))
    );
    assert_eq!(asked.evidence, ["0e".repeat(16)]);
    let matters = office.open_matters(None).await.unwrap();
    assert_eq!((matters.len(), matters[0].kind), (1, MatterKind::Supplement));
    office
        .ask_supplement(officer, APPLICATION, "还缺", after(2))
        .await
        .unwrap();
    office.drop_supplement(officer, APPLICATION, after(3)).await.unwrap();
    assert_eq!(
        hefu_subscribers::owed(&house.database, APPLICATION).await.unwrap(),
        None
    );
    house.issue();
    assert_eq!(
        code_of(office.ask_supplement(officer, APPLICATION, "晚", noon()).await),
        "application-decided"
    );
}

#[tokio::test]
async fn a_certificate_is_accepted_after_delivery_once_and_in_time() {
    let house = House::new().await;
    let office = &house.office;
    house.issue();
    let subscriber = house.subscriber(Purpose::Portal).await;
    let accept = (Answer::Accepted, "");
    assert_eq!(
        code_of(office.answer(&subscriber, accept, noon()).await),
        "certificate-not-delivered"
    );
    let made = office.make_delivery_code(&subscriber, noon()).await.unwrap();
    let (_, fetching) = office.enter(&made.code.reveal(), noon()).await.unwrap();
    let delivery = office.deliver(&fetching, noon()).await.unwrap();
    assert_eq!(
        office.deliver(&fetching, after(5)).await.unwrap().delivered_at,
        noon(),
        "the first counts"
    );
    let late = delivery.answer_until.checked_add(SignedDuration::from_secs(1)).unwrap();
    assert_eq!(office.overdue(late).await.unwrap().len(), 1);
    assert_eq!(
        code_of(office.answer(&subscriber, accept, late).await),
        "acceptance-too-late"
    );
    let both = [
        office.answer(&subscriber, accept, after(1)),
        office.answer(&fetching, accept, after(1)),
    ];
    let done = join_all(both).await.into_iter().flatten().count();
    assert_eq!(done, 1);
    let refuse = (Answer::Refused, "姓名有误");
    assert_eq!(
        code_of(office.answer(&subscriber, refuse, after(2)).await),
        "certificate-answered"
    );
    assert!(office.overdue(late).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_refused_certificate_waits_for_an_officer() {
    let house = House::new().await;
    let office = &house.office;
    house.issue();
    let fetching = house.subscriber(Purpose::Delivery).await;
    office.deliver(&fetching, noon()).await.unwrap();
    let silent = (Answer::Refused, " ");
    assert_eq!(code_of(office.answer(&fetching, silent, noon()).await), "words-missing");
    office
        .answer(&fetching, (Answer::Refused, "姓名有误"), noon())
        .await
        .unwrap();
    let matter = office.open_matters(None).await.unwrap().remove(0);
    assert_eq!(
        (matter.kind, matter.words.as_str(), matter.serial.as_deref()),
        (MatterKind::Refusal, "姓名有误", Some(SERIAL))
    );
    let settlement = Settlement {
        outcome: Outcome::Done,
        words: "已撤销并重新录入".to_owned(),
        check: None,
        became: None,
    };
    assert!(
        office
            .settle(&house.auditor, matter.id, &settlement, noon())
            .await
            .is_err()
    );
    let settled = office
        .settle(&house.officer, matter.id, &settlement, noon())
        .await
        .unwrap();
    assert_eq!(settled.said.as_deref(), Some("已撤销并重新录入"));
    assert_eq!(
        code_of(office.settle(&house.officer, matter.id, &settlement, noon()).await),
        "matter-settled-before"
    );
    assert!(office.open_matters(None).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_lost_key_is_suspended_by_a_code_and_revoked_by_itself() {
    let house = House::new().await;
    let office = &house.office;
    house.issue();
    let holder = house.subscriber(Purpose::Loss).await;
    *house.desk.silent.lock().unwrap() = true;
    let unanswered = office.report_loss(&holder, "手机被盗", noon()).await.unwrap_err();
    assert_eq!(
        (unanswered.code(), unanswered.kind()),
        ("loss-kept-certificate-in-use", Kind::Fault)
    );
    assert_eq!(
        office.open_matters(None).await.unwrap()[0].done,
        None,
        "written down before"
    );
    *house.desk.silent.lock().unwrap() = false;
    let loss = office.report_loss(&holder, "", after(1)).await.unwrap();
    assert_eq!((loss.serial.as_str(), loss.done), (SERIAL, "suspended"));
    let statement = Office::loss_statement(SERIAL);
    assert_eq!(
        code_of(office.report_loss_signed(SERIAL, b"guess", after(2)).await),
        "loss-not-signed-by-the-key"
    );
    let loss = office
        .report_loss_signed(SERIAL, statement.as_bytes(), after(2))
        .await
        .unwrap();
    assert_eq!(loss.done, "revoked");
    let matters = office.open_matters(None).await.unwrap();
    assert_eq!(matters.len(), 1, "one loss, however often it is told");
    assert_eq!(
        (matters[0].words.as_str(), matters[0].done.as_deref()),
        ("手机被盗", Some("revoked"))
    );
    for _ in 0..40 {
        assert!(office.report_loss_signed(SERIAL, b"guess", after(3)).await.is_err());
    }
    let flooded = office.report_loss_signed(SERIAL, b"guess", after(3)).await;
    assert_eq!(code_of(flooded), "access-codes-wrong-too-often");
}

#[tokio::test]
async fn a_renewal_becomes_an_application_with_a_new_check_of_identity() {
    let house = House::new().await;
    let office = &house.office;
    house.issue();
    let subscriber = house.subscriber(Purpose::Portal).await;
    let wish = || Wish {
        kind: MatterKind::Rekey,
        csr: Some("pem".to_owned()),
        words: String::new(),
    };
    let matter = office.wish(&subscriber, wish(), noon()).await.unwrap();
    assert_eq!(
        code_of(office.wish(&subscriber, wish(), noon()).await),
        "matter-waiting"
    );
    let mut settlement = Settlement {
        outcome: Outcome::Done,
        words: "已查验".to_owned(),
        check: None,
        became: None,
    };
    let bare = office.settle(&house.officer, matter.id, &settlement, noon()).await;
    assert_eq!(code_of(bare), "settlement-incomplete");
    settlement.check = Some("0f".repeat(16));
    let settled = office
        .settle(&house.officer, matter.id, &settlement, noon())
        .await
        .unwrap();
    assert_eq!(settled.became.as_deref(), Some(SUCCESSOR));
    let done = house.desk.done.lock().unwrap().clone();
    assert_eq!(done, [format!("renewed {SERIAL} with {}", "0f".repeat(16))]);
}

#[tokio::test]
async fn after_a_change_of_facts_the_old_certificate_goes_when_the_new_one_is_accepted() {
    let house = House::new().await;
    let office = &house.office;
    house.issue();
    let subscriber = house.subscriber(Purpose::Portal).await;
    let wish = Wish {
        kind: MatterKind::Change,
        csr: Some("pem".to_owned()),
        words: "公司更名".to_owned(),
    };
    let matter = office.wish(&subscriber, wish, noon()).await.unwrap();
    let settlement = Settlement {
        outcome: Outcome::Done,
        words: "按新档案录入".to_owned(),
        check: None,
        became: Some(SUCCESSOR.to_owned()),
    };
    office
        .settle(&house.officer, matter.id, &settlement, noon())
        .await
        .unwrap();
    let about = AppliedFor::Application(SUCCESSOR.to_owned());
    let delivery = (Purpose::Delivery, Uses::Single);
    let made = office
        .make_code(&house.officer, &about, delivery, noon())
        .await
        .unwrap();
    let (_, fetching) = office.enter(&made.code.reveal(), noon()).await.unwrap();
    office.deliver(&fetching, noon()).await.unwrap();
    assert!(office.open_matters(None).await.unwrap().is_empty());
    office.answer(&fetching, (Answer::Accepted, ""), noon()).await.unwrap();
    let next = office.open_matters(None).await.unwrap().remove(0);
    let about = (next.kind, next.application.as_str(), next.serial.as_deref());
    assert_eq!(about, (MatterKind::Predecessor, APPLICATION, Some(SERIAL)));
}

#[tokio::test]
async fn an_applicant_agrees_online_in_the_name_of_who_gave_the_code() {
    let house = House::new().await;
    let subscriber = house.subscriber(Purpose::Portal).await;
    let agreeing = Agreeing {
        kind: TextKind::Notice,
        version: "2026-11".to_owned(),
        language: Language::Chinese,
        sm3: [1; 32],
        signed_by: String::new(),
    };
    house.office.agree(&subscriber, &agreeing, noon()).await.unwrap();
    let done = house.desk.done.lock().unwrap().clone();
    assert_eq!(done, [format!("notice by {}", house.officer.id())]);
    assert_eq!(house.kinds().await.last().unwrap(), "text-agreed-online/1");
}
