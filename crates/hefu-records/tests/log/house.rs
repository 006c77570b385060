//! A zone's log in a folder of its own, for the tests of this crate.

use std::sync::Arc;

use gm_suite::{PrivateKey, PublicKey};
use hefu_database::{Connection, Database, DatabaseError};
use hefu_records::{MIGRATIONS, NewEntry, Records, RecordsError, SignedCheckpoint, append};
use jiff::Timestamp;
use serde_json::json;

pub(crate) const ORIGIN: &str = "ca.example.org/records";

pub(crate) struct House {
    pub(crate) folder: tempfile::TempDir,
}

pub(crate) fn key(octet: u8) -> PrivateKey {
    PrivateKey::from_sm2_scalar(&[octet; 32]).unwrap()
}

pub(crate) fn public_key() -> PublicKey {
    key(7).public_key().clone()
}

pub(crate) fn now() -> Timestamp {
    "2027-03-02T08:00:00Z".parse().unwrap()
}

pub(crate) fn entry(number: u64) -> NewEntry {
    NewEntry {
        at: now(),
        kind: "certificate-issued/1".to_owned(),
        subject: format!("{number:032x}"),
        actor: "mint".to_owned(),
        body: json!({ "number": number, "profile": "person-sm2" }),
    }
}

impl House {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("sqlite://{}/ca.db", self.folder.path().display())
    }

    pub(crate) async fn database(&self) -> Database {
        Database::open(&self.url(), &[MIGRATIONS]).await.unwrap()
    }

    pub(crate) async fn open(&self) -> (Database, Records) {
        let database = self.database().await;
        let records = Records::open(database.clone(), ORIGIN, Arc::new(key(7))).await.unwrap();
        (database, records)
    }

    /// A closed store with checkpoints at these sizes and `unsealed` entries after the last.
    pub(crate) async fn filled(sizes: &[u64], unsealed: u64) -> (Self, Vec<SignedCheckpoint>) {
        let house = Self::new();
        let (database, records) = house.open().await;
        let mut checkpoints = Vec::new();
        let mut head = 0;
        for size in sizes {
            record(&database, head..*size).await.unwrap();
            head = *size;
            checkpoints.push(records.checkpoint(now()).await.unwrap());
        }
        record(&database, head..head + unsealed).await.unwrap();
        database.close().await;
        (house, checkpoints)
    }

    /// A connection such as someone with access to the file has: without Hefu, triggers dropped.
    pub(crate) async fn forger(&self) -> Forger {
        let mut connection = raw(&self.url()).await;
        for trigger in [
            "record_entry_follows",
            "record_entry_stays",
            "record_entry_remains",
            "record_checkpoint_grows",
            "record_checkpoint_stays",
            "record_checkpoint_remains",
        ] {
            let text = sqlx::AssertSqlSafe(format!("DROP TRIGGER {trigger}"));
            sqlx::raw_sql(text).execute(&mut connection).await.unwrap();
        }
        Forger { connection }
    }
}

pub(crate) async fn raw(url: &str) -> Connection {
    sqlx::any::install_default_drivers();
    <Connection as sqlx::Connection>::connect(&format!("{url}?mode=rw"))
        .await
        .unwrap()
}

pub(crate) struct Forger {
    pub(crate) connection: Connection,
}

impl Forger {
    pub(crate) async fn run(&mut self, text: &str) -> &mut Self {
        let text = sqlx::AssertSqlSafe(text.to_owned());
        sqlx::raw_sql(text).execute(&mut self.connection).await.unwrap();
        self
    }

    pub(crate) async fn done(self) {
        sqlx::Connection::close(self.connection).await.unwrap();
    }
}

/// Records these entries, one act each.
pub(crate) async fn record(database: &Database, numbers: std::ops::Range<u64>) -> Result<(), RecordsError> {
    let entries: Vec<NewEntry> = numbers.map(entry).collect();
    for some in entries.chunks(500) {
        let some = some.to_vec();
        database
            .write(move |connection| Box::pin(async move { append(connection, &some).await }))
            .await?;
    }
    Ok(())
}

pub(crate) async fn record_one(database: &Database, number: u64) -> Result<u64, RecordsError> {
    database
        .write(move |connection| Box::pin(async move { append(connection, &[entry(number)]).await }))
        .await
}

/// A job that fails after having recorded.
pub(crate) async fn record_and_fail(database: &Database, number: u64) -> RecordsError {
    let result: Result<(), RecordsError> = database
        .write(move |connection| {
            Box::pin(async move {
                append(connection, &[entry(number)]).await?;
                Err(DatabaseError::Closed.into())
            })
        })
        .await;
    result.unwrap_err()
}
