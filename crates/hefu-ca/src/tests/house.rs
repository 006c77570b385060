//! A certification authority in a folder of its own, and the registration authority that asks it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use gm_suite::{PrivateKey, PublicKey, Signer};
use hefu_database::{Database, DatabaseError};
use hefu_records::{Entry, Records};
use hefu_rulebook::Explain;
use jiff::{SignedDuration, Timestamp};
use registration_protocol::{
    Batch, ChangeStatus, Issue, Issued, Item, Outcome, Refused, Reply, RequestId, SignedReply, StatusAct,
};
use serde::de::DeserializeOwned;
use sqlx::Row as _;

use super::authority::{Chain, entity, fixed, noon, p256, spki, values};
use super::key_centre::OtherKeyCentre;
use super::published::Published;
use crate::{FreshWithin, KeyCentre, Mint, MintError, MintSettings, RegistrationAuthorities};

pub(super) struct House {
    pub(super) folder: PathBuf,
    pub(super) database: Database,
    pub(super) mint: Mint,
    pub(super) ra: Arc<PrivateKey>,
    pub(super) key_centre: Arc<OtherKeyCentre>,
    pub(super) chains: [Chain; 2],
    pub(super) published: Arc<Published>,
    keys: Arc<Keys>,
    temporary: Option<tempfile::TempDir>,
}

struct Keys {
    reply: Arc<PrivateKey>,
    to_key_centre: Arc<PrivateKey>,
}

impl House {
    pub(super) async fn new() -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let mut house = Self::in_folder(temporary.path()).await;
        house.temporary = Some(temporary);
        house
    }

    /// The authority that lives in a folder; a new one when nobody does.
    pub(super) async fn in_folder(folder: &Path) -> Self {
        let keys = Arc::new(Keys {
            reply: Arc::new(fixed(1)),
            to_key_centre: Arc::new(fixed(2)),
        });
        let key_centre = Arc::new(OtherKeyCentre::new(Signer::public_key(&*keys.to_key_centre)));
        let chains = [
            Chain::in_folder(folder, "sm2", fixed(3)),
            Chain::in_folder(folder, "p256", p256()),
        ];
        let ra = Arc::new(fixed(4));
        let database = database(folder).await;
        let published = Arc::new(Published::default());
        let mint = mint(&database, (&ra, &published), &keys, &key_centre, &chains);
        let folder = folder.to_owned();
        Self {
            folder,
            database,
            mint,
            ra,
            key_centre,
            chains,
            published,
            keys,
            temporary: None,
        }
    }

    /// As if the process had died and started again: nothing is left but the files, and `recover` runs.
    pub(super) async fn restart(&mut self) -> u64 {
        self.restart_without_recovery().await;
        self.mint.recover(noon()).await.unwrap()
    }

    pub(super) async fn restart_without_recovery(&mut self) {
        self.database.close().await;
        self.database = database(&self.folder).await;
        let peers = (&*self.ra, &self.published);
        self.mint = mint(&self.database, peers, &self.keys, &self.key_centre, &self.chains);
    }

    pub(super) fn sign(&self, items: Vec<Item>, sent_at: Timestamp) -> Vec<u8> {
        batch("ra1", items, sent_at, &self.ra)
    }

    /// Sends a batch at noon and verifies the reply.
    pub(super) async fn ask(&self, items: Vec<Item>) -> Result<Reply, MintError> {
        self.send(self.sign(items, noon())).await
    }

    pub(super) async fn send(&self, der: Vec<u8>) -> Result<Reply, MintError> {
        let reply = self.mint.submit(&der, noon()).await?;
        let reply = SignedReply::from_der(&reply).unwrap();
        Ok(reply
            .verify(
                Signer::public_key(&*self.keys.reply),
                registration_protocol::digest(&der),
            )
            .unwrap())
    }

    /// Sends one request; its outcome.
    pub(super) async fn ask_one(&self, item: impl Into<Item>) -> Outcome {
        let item = item.into();
        let id = item.request_id();
        let reply = self.ask(vec![item]).await.unwrap();
        assert_eq!(reply.answers.len(), 1);
        reply.outcome(&id).unwrap().clone()
    }

    /// Sends one request that is issued.
    pub(super) async fn issued(&self, issue: Issue) -> Issued {
        match self.ask_one(Item::Issue(issue)).await {
            Outcome::Issued(issued) => issued,
            other => panic!("{other:?}"),
        }
    }

    /// Sends one request that is refused.
    pub(super) async fn refused(&self, item: Item) -> Refused {
        match self.ask_one(item).await {
            Outcome::Refused(refused) => refused,
            other => panic!("{other:?}"),
        }
    }

    pub(super) async fn inquire(&self, request_id: RequestId) -> Outcome {
        self.ask_one(Item::Inquire { request_id }).await
    }

    pub(super) async fn entries(&self) -> Vec<Entry> {
        let records = Records::open(self.database.clone(), "ca.test/records", self.keys.reply.clone())
            .await
            .unwrap();
        records.read(0, 1000).await.unwrap()
    }

    /// All records of a kind.
    pub(super) async fn facts<T: DeserializeOwned>(&self, kind: &str) -> Vec<T> {
        let entries = self.entries().await.into_iter().filter(|entry| entry.kind == kind);
        entries
            .map(|entry| serde_json::from_value(entry.body).unwrap())
            .collect()
    }

    pub(super) async fn count(&self, table: &str) -> i64 {
        let mut connection = self.database.read().await.unwrap();
        let sql = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
        sqlx::query(sql).fetch_one(&mut *connection).await.unwrap().get(0)
    }

    pub(super) async fn execute(&self, sql: &'static str) {
        self.database
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query(sql).execute(connection).await?;
                    Ok::<_, DatabaseError>(())
                })
            })
            .await
            .unwrap();
    }
}

pub(super) fn code(error: &MintError) -> &'static str {
    error.code()
}

pub(super) fn batch(ra: &str, items: Vec<Item>, sent_at: Timestamp, key: &PrivateKey) -> Vec<u8> {
    addressed(fixed(1).public_key(), ra, items, sent_at, key)
}

/// A batch for the CA that signs its replies with a key of these octets.
pub(super) fn addressed(to: &PublicKey, ra: &str, items: Vec<Item>, sent_at: Timestamp, key: &PrivateKey) -> Vec<u8> {
    let nonce = gm_suite::random().unwrap();
    Batch {
        ra: ra.to_owned(),
        to: registration_protocol::addressee(to),
        sent_at,
        nonce,
        items,
    }
    .sign(key)
    .unwrap()
}

pub(super) fn id() -> RequestId {
    gm_suite::random().unwrap()
}

/// An application by 张三.
pub(super) fn person(profile: &str, key: &PrivateKey) -> Issue {
    Issue {
        request_id: id(),
        profile: profile.to_owned(),
        fields: values(&[("common_name", "张三"), ("holder_number", "H-0001")]),
        public_key: spki(key),
        temporary_key: None,
        validity_days: None,
        replaces: None,
        approval: [7; 32],
    }
}

pub(super) fn change(serial: impl std::fmt::Display + Copy, act: StatusAct) -> Item {
    Item::ChangeStatus(ChangeStatus {
        request_id: id(),
        serial: serial.to_string(),
        act,
        approval: [8; 32],
    })
}

pub(super) fn revoke() -> StatusAct {
    StatusAct::Revoke {
        ground: "holder-request".to_owned(),
        invalidity: None,
    }
}

async fn database(folder: &Path) -> Database {
    let url = format!("sqlite://{}/ca.db", folder.display());
    Database::open(&url, &[hefu_records::MIGRATIONS, crate::MIGRATIONS])
        .await
        .unwrap()
}

fn mint(
    database: &Database,
    (ra, published): (&PrivateKey, &Arc<Published>),
    keys: &Keys,
    key_centre: &Arc<OtherKeyCentre>,
    chains: &[Chain; 2],
) -> Mint {
    let known = [
        ("ra1".to_owned(), Signer::public_key(ra).clone()),
        ("ra2".to_owned(), Signer::public_key(ra).clone()),
    ];
    Mint::open(MintSettings {
        database: database.clone(),
        authorities: chains.iter().map(|chain| chain.authority.clone()).collect(),
        registration_authorities: RegistrationAuthorities::from_iter(known),
        reply_signer: keys.reply.clone(),
        key_centre: Some(KeyCentre {
            channel: key_centre.clone(),
            public_key: Signer::public_key(&key_centre.key).clone(),
            name: entity("CA", Signer::public_key(&*keys.to_key_centre)),
            signer: keys.to_key_centre.clone(),
            patience: Duration::from_millis(300),
        }),
        policies: published.clone(),
        fresh_within: FreshWithin(SignedDuration::from_mins(5)),
        clock: Arc::new(noon),
    })
}
