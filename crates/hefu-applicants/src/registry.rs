//! The registry: load → decide → record → save, one transaction per act.
//!
//! It takes officers by their number: whether an officer's role permits an act is decided by whoever calls. A refusal is
//! recorded and changes nothing; a fault goes to the log of whoever calls.

mod checking;
mod error;
mod evidence;
mod filing;
mod looking;
mod reasons;
mod texts;

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use hefu_database::{Connection, Database, DatabaseError};
use hefu_officers::OfficerId;
use hefu_records::NewEntry;
use hefu_rulebook::{Explain as _, Kind};
use jiff::Timestamp;
use key_device::KeyDevice;
use zeroize::Zeroizing;

pub use error::RegistryError;
pub use evidence::NewEvidence;
pub use filing::{Filed, Registered};
pub use looking::{Described, Preview};
pub use reasons::ReasonGiven;

use crate::facts::{self, By};
use crate::id::EvidenceId;
use crate::keyed::{KEY_OCTETS, LookupKey};
use crate::policy::Policy;
use crate::store;
use crate::vault::Vault;

/// The name of the key of the keyed digests in the table, and the context of its seal.
const LOOKUP_KEY: &str = "lookup-1";

/// What a registry is made of.
pub struct RegistrySettings {
    /// The registration authority's own database, with the migrations of records and of this crate.
    pub database: Database,
    /// The device that seals personal fields and wraps the keys of evidence.
    pub device: Arc<dyn KeyDevice>,
    /// The folder of sealed evidence.
    pub folder: std::path::PathBuf,
    /// What is asked of whom.
    pub policy: Policy,
}

/// The registry of applicants. Cheap to clone.
#[derive(Clone)]
pub struct Registry {
    room: Arc<Room>,
}

struct Room {
    database: Database,
    device: Arc<dyn KeyDevice>,
    vault: Vault,
    key: LookupKey,
    policy: Policy,
}

impl Registry {
    /// Opens the registry: its key, made by the device's first use, and the vault, swept of what was not kept. Before
    /// anything is served, and once for one folder.
    ///
    /// # Errors
    /// [`RegistryError`], always a fault.
    pub async fn open(settings: RegistrySettings) -> Result<Self, RegistryError> {
        let RegistrySettings {
            database,
            device,
            folder,
            policy,
        } = settings;
        let key = lookup_key(&database, &device).await?;
        let vault = open_vault(&database, &folder, Arc::clone(&device)).await?;
        Ok(Self {
            room: Arc::new(Room {
                database,
                device,
                vault,
                key,
                policy,
            }),
        })
    }

    /// Runs an act in a transaction; records it when a rule says no.
    async fn act<T, F>(&self, what: Refused, job: F) -> Result<T, RegistryError>
    where
        F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T, RegistryError>> + Send + 'static,
        T: Send + 'static,
    {
        match self.room.database.write(job).await {
            Ok(done) => Ok(done),
            Err(error) => Err(self.refuse(what, error).await),
        }
    }

    /// Records a refusal, if it is one, and gives it back; or the fault that kept it from being recorded.
    async fn refuse(&self, what: Refused, error: RegistryError) -> RegistryError {
        if error.kind() != Kind::Refusal {
            return error;
        }
        let entry = facts::refused(what.act, what.subject, what.actor, what.at, &error);
        let recorded = self
            .room
            .database
            .write(move |connection| Box::pin(async move { record(connection, entry).await }));
        match recorded.await {
            Ok(()) => error,
            Err(fault) => fault,
        }
    }

    fn seal(&self, context: &str, plain: &[u8]) -> Result<Vec<u8>, RegistryError> {
        Ok(self.room.device.seal(context.as_bytes(), plain)?)
    }

    fn unseal(&self, context: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, RegistryError> {
        Ok(self.room.device.open(context.as_bytes(), sealed)?)
    }
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Registry")
    }
}

/// The act that may be refused.
struct Refused {
    act: &'static str,
    subject: String,
    actor: String,
    at: Timestamp,
}

impl Refused {
    fn new(act: &'static str, subject: String, by: OfficerId, at: Timestamp) -> Self {
        Self {
            act,
            subject,
            actor: by.actor(),
            at,
        }
    }
}

impl By {
    const fn new(officer: OfficerId, at: Timestamp) -> Self {
        Self { officer, at }
    }
}

async fn record(connection: &mut Connection, entry: NewEntry) -> Result<(), RegistryError> {
    hefu_records::append(connection, &[entry]).await?;
    Ok(())
}

fn random() -> Result<[u8; 16], RegistryError> {
    gm_suite::random().map_err(|_| RegistryError::NoRandomness)
}

async fn lookup_key(database: &Database, device: &Arc<dyn KeyDevice>) -> Result<LookupKey, RegistryError> {
    let fresh: Zeroizing<[u8; KEY_OCTETS]> =
        Zeroizing::new(gm_suite::random().map_err(|_| RegistryError::NoRandomness)?);
    let sealed = device.seal(LOOKUP_KEY.as_bytes(), fresh.as_slice())?;
    let kept: Vec<u8> = database
        .write(move |connection| {
            Box::pin(async move {
                if let Some(kept) = store::key(connection, LOOKUP_KEY).await? {
                    return Ok::<_, DatabaseError>(kept);
                }
                store::insert_key(connection, LOOKUP_KEY, &sealed).await?;
                Ok(sealed)
            })
        })
        .await?;
    let octets = device.open(LOOKUP_KEY.as_bytes(), &kept)?;
    let octets: [u8; KEY_OCTETS] = octets.as_slice().try_into().map_err(|_| RegistryError::Unsealed)?;
    Ok(LookupKey::new(Zeroizing::new(octets)))
}

async fn open_vault(database: &Database, folder: &Path, device: Arc<dyn KeyDevice>) -> Result<Vault, RegistryError> {
    let vault = Vault::open(folder, device)?;
    let mut connection = database.read().await?;
    for id in vault.found()? {
        let kept: HashSet<EvidenceId> = store::evidence(&mut connection, id)
            .await?
            .map(|(evidence, _)| evidence.id)
            .into_iter()
            .collect();
        vault.sweep(id, &kept);
    }
    Ok(vault)
}
