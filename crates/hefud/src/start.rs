//! The start: each role opened in the order in which they need one another, then the doors, then the wait for the end.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use hefu_applicants::Registry;
use hefu_database::DatabaseError;
use hefu_post::Office;
use hefu_records::RecordsError;
use jiff::Timestamp;
use key_device::DeviceError;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::config::Config;
use crate::zone::Zone;
use crate::{audit, certification, key_centre, registration, serve, status, tls, visitors};

/// Why the daemon did not start. Each names the file, the zone or the key.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    #[error("{path}: {why}")]
    File { path: PathBuf, why: String },
    #[error("key device in {folder}: {why}")]
    Device { folder: PathBuf, why: DeviceError },
    #[error("key `{label}`: {why}")]
    Key { label: String, why: DeviceError },
    #[error("database of zone {zone}: {why}")]
    Database { zone: &'static str, why: DatabaseError },
    #[error("records of zone {zone}: {why}")]
    Records { zone: &'static str, why: RecordsError },
    #[error("{what}: {why}")]
    Setting { what: String, why: String },
    #[error(transparent)]
    Network(#[from] std::io::Error),
}

/// Ties an error to the setting that it is about.
pub(crate) fn about<E: std::fmt::Display>(what: impl Into<String>) -> impl FnOnce(E) -> StartError {
    let what = what.into();
    move |why| StartError::Setting {
        what,
        why: why.to_string(),
    }
}

/// What the roles of one process share while they start: who stops them, and what runs beside the doors.
pub(crate) struct Start {
    pub(crate) stop: watch::Receiver<bool>,
    pub(crate) tasks: JoinSet<()>,
    pub(crate) zones: Vec<Zone>,
    pub(crate) router: Router,
    /// What role ra leaves for officers' pages.
    pub(crate) hosts: Option<visitors::Hosts>,
    /// Applicants' files, from role ra.
    pub(crate) registry: Option<Registry>,
}

impl Start {
    /// Nothing is open yet.
    fn new(stop: watch::Receiver<bool>) -> Self {
        Self {
            stop,
            tasks: JoinSet::new(),
            zones: Vec::new(),
            router: Router::new(),
            hosts: None,
            registry: None,
        }
    }

    /// Adds a zone: its checkpoints are signed from now on.
    pub(crate) fn zone(&mut self, zone: &Zone) {
        self.tasks.spawn(zone.clone().seal(self.stop.clone()));
        self.zones.push(zone.clone());
    }

    /// Adds routes.
    pub(crate) fn serve(&mut self, routes: Router) {
        self.router = std::mem::take(&mut self.router).merge(routes);
    }
}

/// Runs the roles of `config` until a signal, then ends them.
pub(crate) async fn run(config: Config) -> Result<(), StartError> {
    let stop = serve::stop_signal()?;
    let listener = serve::bind(config.listen).await?;
    let door = match &config.tls {
        Some(settings) => Some(tls::Door::open(settings).await?),
        None => None,
    };
    let mut start = Start::new(stop.clone());
    let vault = match &config.kmc {
        Some(settings) => Some(key_centre::open(settings, &mut start).await?),
        None => None,
    };
    let certified = match &config.ca {
        Some(settings) => Some(certification::open(&config, settings, vault, &mut start).await?),
        None => None,
    };
    if let Some(settings) = &config.ra {
        let (name, public_url) = (config.name.clone(), config.public_url.clone());
        let office = Office { name, public_url };
        let own = (settings, config.passkey_party().map_err(about("[ra.passkeys]"))?);
        registration::open(&config, own, office, certified.as_ref(), &mut start).await?;
    }
    if let Some(settings) = &config.status {
        status::open(&config, settings, certified.as_ref(), &mut start).await?;
    }
    audit::open(&mut start)?;
    let Start {
        mut tasks,
        zones,
        router,
        hosts,
        ..
    } = start;
    let router = match hosts {
        Some(hosts) => visitors::welcome(&config, hosts, router)?,
        None => router,
    };
    let app = hefu_web::app(router, zones.iter().map(|zone| zone.database.clone()).collect());
    let url = config.tls.as_ref().map(tls::Tls::url);
    tracing::info!(listen = %config.listen, tls = url, "hefud is ready");
    let encrypted = async {
        if let Some(door) = door {
            door.serve(app.clone(), stop.clone()).await;
        }
    };
    let (outcome, ()) = tokio::join!(serve::serve(listener, app.clone(), stop.clone()), encrypted);
    // The tasks saw the same signal; each ends after its last piece of work, and the last checkpoints are signed.
    while tasks.join_next().await.is_some() {}
    for zone in &zones {
        zone.close().await;
    }
    tracing::info!("hefud has stopped");
    Ok(outcome?)
}

/// The system's clock, the only one.
pub(crate) fn clock() -> Arc<dyn Fn() -> Timestamp + Send + Sync> {
    Arc::new(Timestamp::now)
}
