//! Role ra: the desk, its officers, its door; and the ways from here to the certification authority.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use hefu_ca::Mint;
use hefu_certificate::Profiles;
use hefu_officers::{OfficerSettings, Officers, SessionLimits, TrainingRule};
use hefu_ra::{AuthorityChannel, Desk, DeskSettings, GoodFor, Unreachable};
use hefu_web::{Archive, Readers, Registration, Roster};
use jiff::{SignedDuration, Timestamp};

use crate::certification::Certified;
use crate::config;
use crate::keys;
use crate::link::Link;
use crate::policies;
use crate::serve::until_stopped;
use crate::start::{Start, StartError, about, clock};
use crate::zone::Zone;

/// Between two inquiries after requests that were under way when an earlier process ended.
const RECOVER_EVERY: Duration = Duration::from_secs(2);

/// Opens the desk, asks what became of requests that an earlier process left, adds the officers' door.
pub(crate) async fn open(
    settings: &config::Ra,
    public_url: &str,
    certified: Option<&Certified>,
    start: &mut Start,
) -> Result<(), StartError> {
    let migrations = [hefu_records::MIGRATIONS, hefu_officers::MIGRATIONS, hefu_ra::MIGRATIONS];
    let zone = Zone::open("ra", &settings.zone, &migrations).await?;
    start.zone(&zone);
    let officers = Officers::open_with(zone.database.clone(), officer_settings(settings, public_url))
        .await
        .map_err(about("officers"))?;
    let officers = Arc::new(officers);
    let desk = Desk::open(DeskSettings {
        database: zone.database.clone(),
        profiles: Arc::new(Profiles::builtin()),
        name: settings.name.clone(),
        signer: zone.signer(&settings.key)?,
        authority_key: keys::public_key(&settings.authority_reply_key)?,
        channel: channel(settings, certified)?,
        identity_good_for: GoodFor(SignedDuration::from_hours(i64::from(settings.identity_good_for_hours))),
    });
    let (recovering, mut stop) = (desk.clone(), start.stop.clone());
    start.tasks.spawn(async move {
        tokio::select! { () = recover(recovering) => {}, () = until_stopped(&mut stop) => {} }
    });
    if let Some(certified) = certified {
        policies::serve_officers(&certified.policies, &officers, start);
    }
    let readers = Readers::Officers(Arc::clone(&officers));
    let zones = start
        .zones
        .iter()
        .map(|zone| (zone.name(), Arc::clone(&zone.records)))
        .collect();
    start.serve(
        Archive {
            zones,
            readers,
            clock: clock(),
        }
        .routes(),
    );
    start.serve(
        Roster {
            officers: Arc::clone(&officers),
            clock: clock(),
        }
        .routes(),
    );
    start.serve(
        Registration {
            desk,
            officers,
            clock: clock(),
        }
        .routes(),
    );
    Ok(())
}

/// What the operator set about officers; what was left out has the defaults of hefu-officers.
fn officer_settings(settings: &config::Ra, server: &str) -> OfficerSettings {
    let minutes = |minutes: u32| SignedDuration::from_mins(i64::from(minutes));
    let limits = SessionLimits::default();
    OfficerSettings {
        server: server.to_owned(),
        sessions: SessionLimits {
            idle: settings.session_idle_minutes.map_or(limits.idle, minutes),
            absolute: settings.session_minutes.map_or(limits.absolute, minutes),
        },
        training: TrainingRule {
            good_for: settings
                .training_good_for_days
                .map(|days| SignedDuration::from_hours(i64::from(days) * 24)),
        },
    }
}

/// Inquires until nothing is left that waits for the certification authority.
async fn recover(desk: Desk) {
    loop {
        match desk.recover(Timestamp::now()).await {
            Ok(recovery) if recovery.waiting == 0 => {
                if recovery.settled > 0 {
                    tracing::info!(
                        settled = recovery.settled,
                        "requests that an earlier process left were settled"
                    );
                }
                return;
            }
            Ok(recovery) => tracing::warn!(
                waiting = recovery.waiting,
                "requests wait for the certification authority"
            ),
            Err(why) => tracing::warn!("requests that an earlier process left are not settled yet: {why}"),
        }
        tokio::time::sleep(RECOVER_EVERY).await;
    }
}

fn channel(settings: &config::Ra, certified: Option<&Certified>) -> Result<Arc<dyn AuthorityChannel>, StartError> {
    match (&settings.authority_url, certified) {
        (Some(url), _) => Ok(Arc::new(RemoteMint(
            Link::new(url, "/ca/v1/requests", None).map_err(about("[ra] authority_url"))?,
        ))),
        (None, Some(certified)) => Ok(Arc::new(LocalMint(Arc::clone(&certified.mint)))),
        (None, None) => Err(about("[ra]")("neither `authority_url` nor role ca in this process")),
    }
}

/// The authority in this process: the same signed bytes, without a wire.
struct LocalMint(Arc<Mint>);

impl AuthorityChannel for LocalMint {
    fn submit(&self, batch: Vec<u8>) -> BoxFuture<'_, Result<Vec<u8>, Unreachable>> {
        Box::pin(async move {
            let reply = self.0.submit(&batch, Timestamp::now()).await;
            reply.map_err(|why| Unreachable {
                detail: why.to_string(),
            })
        })
    }
}

/// The authority in another process.
struct RemoteMint(Link);

impl AuthorityChannel for RemoteMint {
    fn submit(&self, batch: Vec<u8>) -> BoxFuture<'_, Result<Vec<u8>, Unreachable>> {
        Box::pin(async move { self.0.post(batch).await.map_err(|detail| Unreachable { detail }) })
    }
}
