//! Role ra: the desk, its officers, its door; and the ways from here to the certification authority.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use hefu_applicants::Registry;
use hefu_ca::Mint;
use hefu_certificate::Profiles;
use hefu_database::Migration;
use hefu_officers::{OfficerSettings, Officers, RelyingParty, SessionLimits, TrainingRule};
use hefu_post::Office;
use hefu_ra::{AuthorityChannel, Desk, DeskSettings, GoodFor, Unreachable};
use hefu_web::{Registration, Roster};
use jiff::{SignedDuration, Timestamp};

use crate::admin::Room;
use crate::applicants::{self, Files};
use crate::certification::Certified;
use crate::config::{self, Config};
use crate::keys;
use crate::link::Link;
use crate::mail;
use crate::policies;
use crate::serve::until_stopped;
use crate::start::{Start, StartError, about, clock};
use crate::visitors::Hosts;
use crate::withdrawn;
use crate::zone::Zone;

/// Between two inquiries after requests that were under way when an earlier process ended.
const RECOVER_EVERY: Duration = Duration::from_secs(2);

/// What the capabilities of the role keep in its database.
const MIGRATIONS: [&[Migration]; 8] = [
    hefu_records::MIGRATIONS,
    hefu_officers::MIGRATIONS,
    hefu_ra::MIGRATIONS,
    hefu_applicants::MIGRATIONS,
    hefu_batch::MIGRATIONS,
    hefu_post::MIGRATIONS,
    hefu_subscribers::MIGRATIONS,
    hefu_law_library::MIGRATIONS,
];

/// Opens the desk, asks what became of requests that an earlier process left, adds the officers' door.
pub(crate) async fn open(
    config: &Config,
    (settings, passkeys): (&config::Ra, Option<RelyingParty>),
    office: Office,
    certified: Option<&Certified>,
    start: &mut Start,
) -> Result<(), StartError> {
    let zone = Zone::open("ra", &settings.zone, &MIGRATIONS).await?;
    start.zone(&zone);
    let rules = officer_settings(settings, &office.public_url, passkeys);
    let officers = Officers::open_with(zone.database.clone(), rules)
        .await
        .map_err(about("officers"))?;
    let officers = Arc::new(officers);
    let registry = applicants::open(settings, &zone).await?;
    let desk = desk(settings, &zone, &registry, certified)?;
    let (recovering, mut stop) = (desk.clone(), start.stop.clone());
    start.tasks.spawn(async move {
        tokio::select! { () = recover(recovering) => {}, () = until_stopped(&mut stop) => {} }
    });
    withdrawn::watch(&zone, &desk, &officers, start);
    let batches = crate::batch::open(&zone, &desk, &registry, &officers, start).await?;
    crate::desk::serve(&desk, &registry, &officers, &office, start);
    crate::law::open(&zone, &officers, &office, start).await?;
    crate::counter::serve(&zone, (&desk, &registry, batches), &officers, &office, start)?;
    let lent = (&desk, &registry, &officers);
    crate::subscribers::open(&settings.subscribers, &zone, lent, &office, start).await?;
    let door = applicants::door(registry.clone(), &officers, settings, &office.name)?;
    start.serve(door.routes());
    let post = mail::open(
        settings.mail.as_ref(),
        office,
        &zone,
        (&desk, &registry),
        &officers,
        start,
    )?;
    let policies = certified.map(|certified| &certified.policies);
    if let Some(policies) = policies {
        policies::serve_officers(policies, &officers, start);
    }
    let room = Room {
        desk: &desk,
        officers: &officers,
        policies,
        post,
        own: crate::admin::own_certificates(config)?,
    };
    crate::admin::serve(room, start);
    start.registry = Some(registry);
    start.hosts = Some(Hosts::new(&officers, &desk));
    serve_programs(desk, officers, start);
    Ok(())
}

/// The doors of officers' programs: the register and the desk.
fn serve_programs(desk: Desk, officers: Arc<Officers>, start: &mut Start) {
    let roster = Roster {
        officers: Arc::clone(&officers),
        clock: clock(),
    };
    start.serve(roster.routes());
    let registration = Registration {
        desk,
        officers,
        clock: clock(),
    };
    start.serve(registration.routes());
}

/// The desk, with the way to the certification authority and the applicants' files.
fn desk(
    settings: &config::Ra,
    zone: &Zone,
    registry: &Registry,
    certified: Option<&Certified>,
) -> Result<Desk, StartError> {
    Ok(Desk::open(DeskSettings {
        database: zone.database.clone(),
        profiles: Arc::new(Profiles::builtin()),
        name: settings.name.clone(),
        signer: zone.signer(&settings.key)?,
        authority_key: keys::public_key(&settings.authority_reply_key)?,
        channel: channel(settings, certified)?,
        files: Arc::new(Files(registry.clone(), zone.database.clone())),
        identity_good_for: GoodFor(SignedDuration::from_hours(i64::from(settings.identity_good_for_hours))),
    }))
}

/// What the operator set about officers; what was left out has the defaults of hefu-officers.
fn officer_settings(settings: &config::Ra, server: &str, passkeys: Option<RelyingParty>) -> OfficerSettings {
    let minutes = |minutes: u32| SignedDuration::from_mins(i64::from(minutes));
    let limits = SessionLimits::default();
    OfficerSettings {
        server: server.to_owned(),
        sessions: SessionLimits {
            idle: settings.session_idle_seconds.map_or_else(
                || settings.session_idle_minutes.map_or(limits.idle, minutes),
                |seconds| SignedDuration::from_secs(i64::from(seconds)),
            ),
            absolute: settings.session_minutes.map_or(limits.absolute, minutes),
        },
        training: TrainingRule {
            good_for: settings
                .training_good_for_days
                .map(|days| SignedDuration::from_hours(i64::from(days) * 24)),
        },
        passkeys,
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
