//! The office against a real database: sheets in, rows entered once, also when the counter fails or the office is gone in
//! between. The counter is a list here; the daemon's own stands in `trials`.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use futures_util::future::BoxFuture;
use gm_suite::{KeyAlgorithm, PrivateKey};
use hefu_batch::{
    Approved, BatchError, BatchId, BatchState, BatchView, Declined, Finding, Intake, Office, OfficeSettings, Paused,
    RowEntry, RowState, Then,
};
use hefu_certificate::Profiles;
use hefu_database::Database;
use hefu_officers::{Officer, OfficerId, Officers, Role};
use hefu_rulebook::Explain as _;
use jiff::Timestamp;
use key_device::SoftwareDevice;
use serde_json::{Value, json};

const PASSPHRASE: &[u8] = b"open sesame";
const WAIT: Duration = Duration::from_secs(30);

fn now() -> Timestamp {
    "2026-11-22T08:00:00Z".parse().unwrap()
}

/// Applications by number; after `breaks_after` entries it stores one more and does not say so.
#[derive(Default)]
struct Counter {
    applications: Mutex<BTreeMap<String, RowEntry>>,
    numbers: AtomicUsize,
    breaks_after: Mutex<Option<usize>>,
}

impl Intake for Counter {
    fn examine(&self, row: &RowEntry, _: Timestamp) -> Result<(), Box<Finding>> {
        assert!(!row.csr_der().is_empty());
        Ok(())
    }
    fn examine_together(&self, together: &Value) -> Result<(), Box<Finding>> {
        if together.get("wrong").is_none() {
            return Ok(());
        }
        Err(Box::new(Finding {
            column: None,
            value: None,
            code: "wrong".to_owned(),
            zh: "错".to_owned(),
            en: "wrong".to_owned(),
            rule: None,
        }))
    }
    fn reserve(&self, _: Timestamp) -> Result<String, Declined> {
        Ok(format!("{:032x}", self.numbers.fetch_add(1, Ordering::SeqCst)))
    }
    fn is_entered<'a>(&'a self, application: &'a str) -> BoxFuture<'a, Result<bool, Declined>> {
        Box::pin(async move { Ok(self.applications.lock().unwrap().contains_key(application)) })
    }
    fn enter<'a>(
        &'a self,
        _: OfficerId,
        application: &'a str,
        row: RowEntry,
        _: &'a Value,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<(), Declined>> {
        Box::pin(async move {
            let mut applications = self.applications.lock().unwrap();
            let known = applications.insert(application.to_owned(), row);
            assert!(known.is_none(), "{application} was entered twice");
            match *self.breaks_after.lock().unwrap() {
                Some(most) if applications.len() > most => Err(Declined::Fault("the line is dead".to_owned())),
                _ => Ok(()),
            }
        })
    }
    fn approve<'a>(
        &'a self,
        _: OfficerId,
        application: &'a str,
        then: Then,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<Approved, Declined>> {
        assert_eq!(then, Then::Stop);
        Box::pin(async move {
            assert!(self.applications.lock().unwrap().contains_key(application));
            let odd = application.ends_with('1');
            Ok(if odd {
                Approved::NotReady("entered".to_owned())
            } else {
                Approved::Yes
            })
        })
    }
}

struct House {
    folder: tempfile::TempDir,
    counter: Arc<Counter>,
}

impl House {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        SoftwareDevice::create(&folder.path().join("device"), PASSPHRASE).unwrap();
        Self {
            folder,
            counter: Arc::default(),
        }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    async fn open(&self) -> (Office, Database, Vec<Officer>) {
        let url = format!("sqlite://{}", self.path().join("ra.db").display());
        let migrations = [
            hefu_records::MIGRATIONS,
            hefu_officers::MIGRATIONS,
            hefu_batch::MIGRATIONS,
        ];
        let database = Database::open(&url, &migrations).await.unwrap();
        let officers = Officers::open(database.clone()).await.unwrap();
        if officers.all().is_empty() {
            for (name, role) in [
                ("entry", Role::BUSINESS_OPERATOR),
                ("approver", Role::BUSINESS_OPERATOR),
                ("auditor", Role::AUDITOR),
            ] {
                let enrolled: Result<_, hefu_officers::EnrolError> = database
                    .write(move |connection| Box::pin(hefu_officers::enrol(connection, name, role, now())))
                    .await;
                enrolled.unwrap();
            }
        }
        let officers = Officers::open(database.clone()).await.unwrap().all();
        let office = Office::open(OfficeSettings {
            database: database.clone(),
            device: Arc::new(SoftwareDevice::unlock(&self.path().join("device"), PASSPHRASE).unwrap()),
            profiles: Arc::new(Profiles::builtin()),
            intake: self.counter.clone(),
            clock: Arc::new(now),
            faults: Arc::new(|_, error| assert!(matches!(error, BatchError::Intake(_)), "{error}")),
        });
        (office.await.unwrap(), database, officers)
    }
}

fn csr(name: &str) -> String {
    let key = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap();
    let name = format!("CN={name}").parse().unwrap();
    let der = gm_syntax::CertificationRequest::sign_request(&name, &key, None).unwrap();
    base64::engine::general_purpose::STANDARD.encode(der)
}

fn sheet(rows: usize) -> String {
    let mut text = "profile,csr,organisation,common_name\r\n".to_owned();
    for row in 0..rows {
        let name = format!("device-{row}.example");
        write!(text, "device-sm2,{},Example,{name}\r\n", csr(&name)).unwrap();
    }
    text
}

async fn until(office: &Office, id: BatchId, state: BatchState) -> BatchView {
    let start = std::time::Instant::now();
    loop {
        let view = office.batch(id).await.unwrap();
        if view.state == state && view.working.is_none() {
            return view;
        }
        assert!(start.elapsed() < WAIT, "{view:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_goes_from_dry_run_to_approval_by_another_officer() {
    let house = House::new();
    let (office, _, officers) = house.open().await;
    let (entry, approver, auditor) = (&officers[0], &officers[1], &officers[2]);
    let mut text = sheet(3);
    let twin = text.lines().nth(1).unwrap().to_owned();
    write!(text, "{twin}\r\n").unwrap();
    text.push_str("device-sm2,,Example,=HYPERLINK(1)\r\nno-such,x,,\r\n");
    let view = office.upload(entry, text.into_bytes(), now()).await.unwrap();
    let id = view.id;
    let view = until(&office, id, BatchState::Checked).await;
    assert_eq!((view.rows, view.counts.good, view.counts.bad), (6, 3, 3));
    assert!(
        house.counter.applications.lock().unwrap().is_empty(),
        "a dry run enters nothing"
    );
    let report = office.report(id).await.unwrap();
    let codes: Vec<Vec<&str>> = report
        .iter()
        .map(|row| row.findings.iter().map(|finding| finding.code.as_str()).collect())
        .collect();
    assert_eq!(codes[3], ["same-key-in-sheet"]);
    assert_eq!(codes[4], ["formula", "subject-field-missing", "csr-missing"]);
    assert_eq!(codes[5], ["profile-unknown"]);

    let refused = office.start(auditor, id, json!({}), now()).await.unwrap_err();
    assert_eq!(refused.code(), "not-permitted");
    assert!(matches!(
        office.start(entry, id, json!({"wrong": 1}), now()).await,
        Err(BatchError::Together(_))
    ));
    assert!(matches!(
        office.approve(approver, id, Then::Stop, now()).await,
        Err(BatchError::State(BatchState::Checked))
    ));
    office.start(entry, id, json!({}), now()).await.unwrap();
    let view = until(&office, id, BatchState::Finished).await;
    assert_eq!((view.counts.entered, view.counts.bad), (3, 3));
    assert!(matches!(
        office.start(entry, id, json!({}), now()).await,
        Err(BatchError::State(BatchState::Finished))
    ));

    let same = office.approve(entry, id, Then::Stop, now()).await.unwrap_err();
    assert_eq!(same.code(), "same-officer");
    office.approve(approver, id, Then::Stop, now()).await.unwrap();
    let view = until(&office, id, BatchState::Finished).await;
    assert_eq!((view.counts.approved, view.counts.not_ready), (2, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_pauses_and_resuming_enters_each_row_once() {
    let house = House::new();
    let (office, database, officers) = house.open().await;
    *house.counter.breaks_after.lock().unwrap() = Some(20);
    let id = office
        .upload(&officers[0], sheet(300).into_bytes(), now())
        .await
        .unwrap()
        .id;
    until(&office, id, BatchState::Checked).await;
    office.start(&officers[0], id, Value::Null, now()).await.unwrap();
    let view = until(&office, id, BatchState::Paused).await;
    assert_eq!(view.paused, Some(Paused::Fault));
    assert_eq!((view.counts.entered, view.counts.good), (20, 300 - 256));
    assert_eq!(view.counts.entering, 256 - 20, "stored, and not said so");

    // The program ends and is started again.
    drop(office);
    database.close().await;
    *house.counter.breaks_after.lock().unwrap() = None;
    let (office, _, officers) = house.open().await;
    office.resume(&officers[0], id, now()).await.unwrap();
    let view = until(&office, id, BatchState::Finished).await;
    assert_eq!(view.counts.entered, 300);
    let report = office.report(id).await.unwrap();
    assert!(report.iter().all(|row| row.state == RowState::Entered));
    let numbers: std::collections::BTreeSet<_> = report.iter().filter_map(|row| row.application.clone()).collect();
    let applications = house.counter.applications.lock().unwrap();
    assert!(
        numbers.iter().eq(applications.keys()),
        "each row has its own application, and there is no other"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_personal_lies_open_and_nothing_is_kept_longer_than_needed() {
    let house = House::new();
    let (office, database, officers) = house.open().await;
    let id = office
        .upload(&officers[0], sheet(2).into_bytes(), now())
        .await
        .unwrap()
        .id;
    until(&office, id, BatchState::Checked).await;
    let sealed = "SELECT COALESCE(SUM(length(sealed)), 0) FROM batch_row";
    let mut connection = database.read().await.unwrap();
    let waiting: i64 = sqlx::query_scalar(sealed).fetch_one(&mut *connection).await.unwrap();
    assert!(waiting > 500);
    let other = office
        .upload(&officers[0], sheet(2).into_bytes(), now())
        .await
        .unwrap()
        .id;
    until(&office, other, BatchState::Checked).await;
    office.discard(&officers[0], other, now()).await.unwrap();
    assert!(matches!(
        office.start(&officers[0], other, json!({}), now()).await,
        Err(BatchError::State(BatchState::Discarded))
    ));
    let open = "SELECT COUNT(*) FROM batch_row WHERE instr(sealed, CAST('Example' AS BLOB)) > 0";
    let open: i64 = sqlx::query_scalar(open).fetch_one(&mut *connection).await.unwrap();
    assert_eq!(open, 0);
    office.start(&officers[0], id, json!({}), now()).await.unwrap();
    until(&office, id, BatchState::Finished).await;
    let left: i64 = sqlx::query_scalar(sealed).fetch_one(&mut *connection).await.unwrap();
    assert_eq!(left, 0);
}
