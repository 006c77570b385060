//! Role status: the follower and its desk; and the ways from here to the CA's records and lists.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use hefu_records::{Entry, Feed, FeedError};
use hefu_status::{AnnouncedNames, AuthoritySettings, NameDisplay, Pace, StatusDesk, StatusSettings};
use hefu_web::{Announcements, Relying, Site};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::certification::Certified;
use crate::config::{self, Config};
use crate::keys;
use crate::link::Link;
use crate::policies;
use crate::serve::until_stopped;
use crate::start::{Start, StartError, about, clock};
use crate::zone::Zone;

/// How long an OCSP answer may be kept by others.
const ANSWERS_VALID_FOR: SignedDuration = SignedDuration::from_hours(1);
/// Between two looks at lists that another process makes.
const LISTS_EVERY: Duration = Duration::from_secs(2);

/// Opens the desk, follows the CA's records, adds the relying parties' door.
pub(crate) async fn open(
    config: &Config,
    settings: &config::Status,
    certified: Option<&Certified>,
    start: &mut Start,
) -> Result<(), StartError> {
    let zone = Zone::open(
        "status",
        &settings.zone,
        &[hefu_records::MIGRATIONS, hefu_status::MIGRATIONS],
    )
    .await?;
    start.zone(&zone);
    let (feed, pace) = feed(settings, certified)?;
    let lists = lists(config, settings)?;
    let opened = StatusDesk::open(
        StatusSettings {
            database: zone.database.clone(),
            feed,
            authorities: authorities(settings, &zone, &lists)?,
            answers_valid_for: ANSWERS_VALID_FOR,
            names: NameDisplay::Masked,
        },
        Timestamp::now(),
    );
    let desk = opened.await.map_err(about("[status]"))?;
    let desk = Arc::new(desk.announcing(announced(settings.announce_names)));
    let (following, mut stop) = (Arc::clone(&desk), start.stop.clone());
    let follow = async move { following.run(pace, Timestamp::now, until_stopped(&mut stop)).await };
    start.tasks.spawn(follow);
    if let Some(url) = &settings.feed_url {
        let (fetch, mut stop) = (Fetch::new(url, settings, &lists)?, start.stop.clone());
        start.tasks.spawn(async move {
            tokio::select! { () = fetch.run() => {}, () = until_stopped(&mut stop) => {} }
        });
    }
    if let (Some(url), None) = (&settings.feed_url, certified) {
        policies::follow(config, settings, url, start)?;
    }
    let site = Arc::new(Site {
        name: config.name.clone(),
        public_url: config.public_url.clone(),
    });
    let announcements = Announcements {
        status: Arc::clone(&desk),
        site: Arc::clone(&site),
    };
    start.serve(announcements.routes());
    let door = Relying {
        status: desk,
        lists: Arc::new(lists),
        site,
        clock: clock(),
    };
    start.serve(door.routes());
    Ok(())
}

fn announced(names: config::AnnounceNames) -> AnnouncedNames {
    match names {
        config::AnnounceNames::Masked => AnnouncedNames::Masked,
        config::AnnounceNames::Full => AnnouncedNames::Full,
        config::AnnounceNames::None => AnnouncedNames::None,
    }
}

fn authorities(settings: &config::Status, zone: &Zone, lists: &Path) -> Result<Vec<AuthoritySettings>, StartError> {
    let authority = |authority: &config::StatusAuthority| {
        Ok(AuthoritySettings {
            name: authority.name.clone(),
            certificate: keys::certificate(&authority.certificate)?,
            root: authority.root.as_deref().map(keys::certificate).transpose()?,
            signer: zone.signer(&authority.signer_key)?,
            signer_certificate: Some(keys::certificate(&authority.signer_certificate)?),
            crl: Some(lists.join(format!("{}.crl", authority.name))),
        })
    };
    settings.authority.iter().map(authority).collect()
}

/// Where the lists lie: the CA's own folder, or one that [`Fetch`] fills.
fn lists(config: &Config, settings: &config::Status) -> Result<PathBuf, StartError> {
    if let (Some(ca), None) = (&config.ca, &settings.feed_url) {
        return Ok(ca.crl_folder.clone());
    }
    let folder = settings.zone.device.with_file_name("crl");
    fs::create_dir_all(&folder).map_err(about(folder.display().to_string()))?;
    Ok(folder)
}

fn feed(settings: &config::Status, certified: Option<&Certified>) -> Result<(Arc<dyn Feed>, Pace), StartError> {
    match (&settings.feed_url, certified) {
        (Some(url), _) => {
            let token = settings.feed_token_file.as_deref().map(keys::token).transpose()?;
            let link = Link::new(url, "/api/v1/records/ca/entries", token).map_err(about("[status] feed_url"))?;
            Ok((Arc::new(RemoteFeed(link)), Pace::default()))
        }
        (None, Some(certified)) => {
            let pace = Pace {
                wake: Some(certified.records.subscribe()),
                ..Pace::default()
            };
            let records: Arc<dyn Feed> = certified.records.clone();
            Ok((records, pace))
        }
        (None, None) => Err(about("[status]")("neither `feed_url` nor role ca in this process")),
    }
}

/// The CA's records in another process.
struct RemoteFeed(Link);

#[derive(Deserialize)]
struct Entries {
    items: Vec<RemoteEntry>,
}

#[derive(Deserialize)]
struct RemoteEntry {
    index: u64,
    at: Timestamp,
    kind: String,
    subject: String,
    actor: String,
    body: serde_json::Value,
}

impl Feed for RemoteFeed {
    fn read(&self, from: u64, limit: u32) -> BoxFuture<'_, Result<Vec<Entry>, FeedError>> {
        Box::pin(async move {
            let bytes = self
                .0
                .get(&format!("?from={from}&limit={limit}"))
                .await
                .map_err(FeedError::Unreachable)?;
            let entries: Entries =
                serde_json::from_slice(&bytes).map_err(|why| FeedError::Malformed(why.to_string()))?;
            let entry = |read: RemoteEntry| Entry {
                index: read.index,
                at: read.at,
                kind: read.kind,
                subject: read.subject,
                actor: read.actor,
                body: read.body,
            };
            Ok(entries.items.into_iter().map(entry).collect())
        })
    }
}

/// Brings lists that another process makes into a folder. They are signed; whoever reads the folder verifies them.
struct Fetch {
    names: Vec<String>,
    folder: PathBuf,
    link: Link,
}

impl Fetch {
    /// The lists of every authority, and those of the roots above them.
    fn new(url: &str, settings: &config::Status, folder: &Path) -> Result<Self, StartError> {
        let names = settings.authority.iter().map(|authority| &authority.name);
        Ok(Self {
            names: names.flat_map(|name| [name.clone(), format!("{name}-root")]).collect(),
            folder: folder.to_owned(),
            link: Link::new(url, "/crl/", None).map_err(about("[status] feed_url"))?,
        })
    }

    async fn run(self) {
        loop {
            for name in &self.names {
                let file = format!("{name}.crl");
                let outcome = match self.link.get(&file).await {
                    Ok(der) => replace(&self.folder.join(&file), &der).map_err(|why| why.to_string()),
                    Err(why) => Err(why),
                };
                if let Err(why) = outcome {
                    tracing::warn!(list = file, "no new revocation list: {why}");
                }
            }
            tokio::time::sleep(LISTS_EVERY).await;
        }
    }
}

/// Replaces a file by one whole other one; the same content stays untouched.
pub(crate) fn replace(path: &Path, content: &[u8]) -> std::io::Result<()> {
    if fs::read(path).is_ok_and(|present| present == content) {
        return Ok(());
    }
    let draft = path.with_extension("draft");
    fs::write(&draft, content)?;
    fs::rename(&draft, path)
}
