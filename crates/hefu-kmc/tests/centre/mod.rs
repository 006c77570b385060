//! A key centre in a folder of its own, and the CA that asks it.

use std::str::FromStr as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use gm_kmc::{ApplyKey, Delivered, EntityName, Envelopes, KeyAnswer, KeyRequest, Request, SignedAnswer};
use gm_suite::{KeyAlgorithm, PrivateKey, PublicKey, Signer};
use hefu_database::Database;
use hefu_kmc::{KnownAuthority, Vault, VaultError, VaultSettings};
use hefu_records::Records;
use jiff::{SignedDuration, Timestamp};
use key_device::{KeyDevice, SoftwareDevice};
use serde::de::DeserializeOwned;
use sqlx::Row as _;
use x509_cert::name::Name;

pub(crate) const SPARE_LEVEL: u32 = 70;

const PASSPHRASE: &[u8] = b"correct horse battery staple";

pub(crate) struct Centre {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) database: Database,
    pub(crate) vault: Vault,
    ca: Arc<PrivateKey>,
    kmc: Arc<PrivateKey>,
    task: AtomicU64,
}

pub(crate) fn noon() -> Timestamp {
    "2026-11-22T04:00:00Z".parse().unwrap()
}

pub(crate) fn sm2() -> PrivateKey {
    PrivateKey::generate(KeyAlgorithm::Sm2).unwrap()
}

/// Serial numbers of four octets: 40000001 and so on.
pub(crate) fn serial(number: u32) -> Vec<u8> {
    (0x4000_0000 + number).to_be_bytes().to_vec()
}

pub(crate) fn apply(number: u32, user: &PrivateKey) -> KeyRequest {
    KeyRequest::Apply(ApplyKey {
        serial: serial(number),
        user_key: Signer::public_key(user).clone(),
        not_before: noon(),
        not_after: noon() + SignedDuration::from_hours(24 * 365),
        user_name: None,
    })
}

/// The only answer, which delivers.
pub(crate) fn only(mut answers: Vec<KeyAnswer>) -> Delivered {
    assert_eq!(answers.len(), 1);
    match answers.remove(0) {
        KeyAnswer::Applied(delivered) => delivered,
        other => panic!("{other:?}"),
    }
}

/// Opens both envelopes with the subscriber's key; the public halves of what is inside.
pub(crate) fn open_both(centre: &Centre, delivered: &Delivered, user: &PrivateKey) -> (Vec<u8>, Vec<u8>) {
    let first = delivered.enveloped.as_ref().unwrap().open(user).unwrap();
    let second = delivered.private_key.open_key(user, centre.public_key()).unwrap();
    let spki = |key: &PrivateKey| Signer::public_key(key).spki().to_vec();
    (spki(&first), spki(&second))
}

fn entity(name: &str, key: &PrivateKey) -> EntityName {
    let name = Name::from_str(&format!("CN={name},O=Hefu,C=CN")).unwrap();
    EntityName::new(&name, Signer::public_key(key), &[1]).unwrap()
}

impl Centre {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        SoftwareDevice::create(&folder.path().join("device"), PASSPHRASE).unwrap();
        let (ca, kmc) = (Arc::new(sm2()), Arc::new(sm2()));
        let database = database(&folder).await;
        let vault = vault(&folder, &database, &ca, &kmc, Envelopes::Both);
        Self {
            folder,
            database,
            vault,
            ca,
            kmc,
            task: AtomicU64::new(1),
        }
    }

    /// Closes everything and opens it again from the files.
    pub(crate) async fn restart(&mut self, envelopes: Envelopes) {
        self.database.close().await;
        self.database = database(&self.folder).await;
        self.vault = vault(&self.folder, &self.database, &self.ca, &self.kmc, envelopes);
    }

    pub(crate) fn public_key(&self) -> &PublicKey {
        Signer::public_key(&*self.kmc)
    }

    pub(crate) fn sign(&self, requests: Vec<KeyRequest>, at: Timestamp) -> Vec<u8> {
        self.request(requests, at).sign(&*self.ca).unwrap()
    }

    pub(crate) fn sign_with(&self, key: &PrivateKey, requests: Vec<KeyRequest>) -> Vec<u8> {
        self.request(requests, noon()).sign(key).unwrap()
    }

    fn request(&self, requests: Vec<KeyRequest>, at: Timestamp) -> Request {
        let task = self.task.fetch_add(1, Ordering::Relaxed);
        Request {
            ca: entity("CA", &self.ca),
            requests,
            at,
            task,
        }
    }

    /// Asks at noon, and verifies the answer.
    pub(crate) async fn ask(&self, requests: Vec<KeyRequest>) -> Result<Vec<KeyAnswer>, VaultError> {
        let request = self.request(requests, noon());
        let answer = self.vault.submit(&request.sign(&*self.ca).unwrap(), noon()).await?;
        let answer = SignedAnswer::from_der(&answer).unwrap();
        Ok(answer.verify_for(self.public_key(), &request).unwrap().answers)
    }

    /// All records of a kind.
    pub(crate) async fn facts<T: DeserializeOwned>(&self, kind: &str) -> Vec<T> {
        let records = Records::open(self.database.clone(), "kmc.test/records", self.kmc.clone())
            .await
            .unwrap();
        let entries = records.read(0, 1000).await.unwrap();
        entries
            .into_iter()
            .filter(|entry| entry.kind == kind)
            .map(|entry| serde_json::from_value(entry.body).unwrap())
            .collect()
    }

    pub(crate) async fn count(&self, table: &str) -> i64 {
        let mut connection = self.database.read().await.unwrap();
        let sql = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
        sqlx::query(sql).fetch_one(&mut *connection).await.unwrap().get(0)
    }

    pub(crate) async fn execute(&self, sql: &'static str) {
        self.database
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query(sql).execute(connection).await?;
                    Ok::<_, hefu_database::DatabaseError>(())
                })
            })
            .await
            .unwrap();
    }
}

async fn database(folder: &tempfile::TempDir) -> Database {
    let url = format!("sqlite://{}/kmc.db", folder.path().display());
    Database::open(&url, &[hefu_records::MIGRATIONS, hefu_kmc::MIGRATIONS])
        .await
        .unwrap()
}

fn vault(
    folder: &tempfile::TempDir,
    database: &Database,
    ca: &Arc<PrivateKey>,
    kmc: &Arc<PrivateKey>,
    envelopes: Envelopes,
) -> Vault {
    let device: Arc<dyn KeyDevice> =
        Arc::new(SoftwareDevice::unlock(&folder.path().join("device"), PASSPHRASE).unwrap());
    Vault::open(VaultSettings {
        database: database.clone(),
        device,
        name: entity("KMC", kmc),
        signer: kmc.clone(),
        authorities: vec![KnownAuthority {
            name: "ca".to_owned(),
            entity: entity("CA", ca),
            public_key: Signer::public_key(&**ca).clone(),
            envelopes,
        }],
        spare_level: SPARE_LEVEL,
        fresh_within: SignedDuration::from_mins(5),
    })
}
