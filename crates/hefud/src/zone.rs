//! A zone: one device, one database, one record log. No zone opens another's.

use std::sync::Arc;

use gm_suite::Signer;
use hefu_database::{Database, Migration};
use hefu_records::Records;
use jiff::Timestamp;
use key_device::KeyDevice;
use tokio::sync::watch;

use crate::config;
use crate::keys;
use crate::serve::until_stopped;
use crate::start::StartError;

/// Between two checkpoints while acts go on.
const CHECKPOINT_EVERY: std::time::Duration = std::time::Duration::from_secs(1);

/// Records that get their labels after each checkpoint; more at once would hold acts up while many are going on.
const LABELS_EACH: u32 = 1000;

/// An open zone.
#[derive(Clone)]
pub(crate) struct Zone {
    name: &'static str,
    pub(crate) device: Arc<dyn KeyDevice>,
    pub(crate) database: Database,
    pub(crate) records: Arc<Records>,
}

impl Zone {
    /// Unlocks the device, opens the database (migrating it), opens the records.
    pub(crate) async fn open(
        name: &'static str,
        settings: &config::Zone,
        migrations: &[&[Migration]],
    ) -> Result<Self, StartError> {
        let device = keys::unlock(settings)?;
        let named = |why| StartError::Database { zone: name, why };
        let database = Database::open(&settings.database, migrations).await.map_err(named)?;
        let signer = keys::signer(&device, &settings.records_key)?;
        let opened = Records::open(database.clone(), &format!("hefu/{name}"), signer).await;
        let records = Arc::new(opened.map_err(|why| StartError::Records { zone: name, why })?);
        Ok(Self {
            name,
            device,
            database,
            records,
        })
    }

    /// The zone's name: ra, ca, kmc or status.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// A signing key of the zone's device.
    pub(crate) fn signer(&self, label: &str) -> Result<Arc<dyn Signer>, StartError> {
        keys::signer(&self.device, label)
    }

    /// Signs checkpoints until the process stops, and a last one then; and keeps the labels up by which records are found.
    pub(crate) async fn seal(self, mut stop: watch::Receiver<bool>) {
        loop {
            let last = tokio::select! {
                () = until_stopped(&mut stop) => true,
                () = tokio::time::sleep(CHECKPOINT_EVERY) => false,
            };
            if let Err(why) = self.records.checkpoint(Timestamp::now()).await {
                tracing::error!(zone = self.name, "no checkpoint: {why}");
            }
            if let Err(why) = self.records.label(LABELS_EACH).await {
                tracing::warn!(zone = self.name, "new records get no labels: {why}");
            }
            if last {
                return;
            }
        }
    }

    /// Closes the database.
    pub(crate) async fn close(&self) {
        self.database.close().await;
    }
}
