//! Practice statements, policies and the licence: the desk in the ca zone, the answer that the mint gets from it, and
//! the doors. A process with role status and without ca follows the other process's shelf, as it follows its lists.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hefu_ca::{PolicyQuestion, PolicyRefusal, PolicyStanding};
use hefu_officers::Officers;
use hefu_policies::{
    Founding, Mode, Policies, PolicySettings, SAMPLE_CHINESE, SAMPLE_ENGLISH, Shelf, ShelfCell, sm3_hex,
};
use hefu_rulebook::{Calendar, Rulebook};
use hefu_web::{Archived, Publishing, Site};
use jiff::Timestamp;

use crate::config::{self, Config};
use crate::keys;
use crate::link::Link;
use crate::serve::until_stopped;
use crate::start::{Start, StartError, about, clock};
use crate::status::replace;
use crate::zone::Zone;

/// Between two looks at the shelf of another process: a version is announced days before it holds.
const SHELF_EVERY: Duration = Duration::from_secs(2);

/// Name of the file that holds the outline of a followed shelf.
const OUTLINE: &str = "outline.json";

/// Opens the desk in the ca zone; publishes a first version where nothing was ever published.
pub(crate) async fn open(config: &Config, settings: &config::Ca, zone: &Zone) -> Result<Policies, StartError> {
    let desk = Policies::open(PolicySettings {
        database: zone.database.clone(),
        book: Arc::new(Rulebook::builtin().map_err(about("rulebook"))?),
        rules: settings.policies.rules.clone(),
        calendar: Arc::new(Calendar::builtin().map_err(about("calendar"))?),
    });
    let desk = desk.await.map_err(about("[ca.policies]"))?;
    let founding = founding(config, settings)?;
    let founded = desk.found(founding, Timestamp::now()).await;
    if founded.map_err(about("[ca.policies] first version"))? {
        tracing::info!("nothing had been published; a first practice statement is, as cps 0.1");
    }
    Ok(desk)
}

/// The first version's texts: the configured ones, else the file that role status used to show, else the sample.
fn founding(config: &Config, settings: &config::Ca) -> Result<Founding, StartError> {
    let text = |path: &PathBuf| {
        String::from_utf8(keys::read(path)?).map_err(|why| StartError::File {
            path: path.clone(),
            why: why.to_string(),
        })
    };
    let policies = &settings.policies;
    let shown = config.status.as_ref().and_then(|status| status.cps.as_ref());
    let (chinese, english) = match (&policies.first_chinese, &policies.first_english, shown) {
        (Some(chinese), Some(english), _) => (text(chinese)?, text(english)?),
        (None, None, Some(both)) => (text(both)?, text(both)?),
        (None, None, None) => (SAMPLE_CHINESE.to_owned(), SAMPLE_ENGLISH.to_owned()),
        _ => {
            let why = "`first_chinese` and `first_english` are given together or not at all";
            return Err(about("[ca.policies]")(why));
        }
    };
    Ok(Founding {
        chinese,
        english,
        covers: vec![settings.policy_oid.clone()],
    })
}

/// What the mint asks, from the shelf in memory.
pub(crate) struct Standing {
    shelf: Arc<ShelfCell>,
    mode: Mode,
}

impl Standing {
    pub(crate) fn of(desk: &Policies, mode: Mode) -> Arc<Self> {
        Arc::new(Self {
            shelf: Arc::clone(desk.shelf()),
            mode,
        })
    }
}

impl PolicyStanding for Standing {
    fn stands(&self, asked: &PolicyQuestion<'_>) -> Result<(), PolicyRefusal> {
        let published = self.shelf.now();
        let standing = published.stands(self.mode, asked.policies, asked.scope, asked.now);
        standing.map_err(|why| PolicyRefusal::of(&why))
    }
}

/// Adds the public's door to a shelf.
pub(crate) fn serve_public(config: &Config, shelf: &Arc<ShelfCell>, start: &mut Start) {
    let door = Archived {
        shelf: Arc::clone(shelf),
        site: Arc::new(Site {
            name: config.name.clone(),
            public_url: config.public_url.clone(),
        }),
        clock: clock(),
    };
    start.serve(door.routes());
}

/// Adds the officers' door; where ca and ra share a process.
pub(crate) fn serve_officers(desk: &Policies, officers: &Arc<Officers>, start: &mut Start) {
    let door = Publishing {
        policies: desk.clone(),
        officers: Arc::clone(officers),
        clock: clock(),
    };
    start.serve(door.routes());
}

/// Follows the shelf of another process and adds the public's door to it.
pub(crate) fn follow(
    config: &Config,
    settings: &config::Status,
    url: &str,
    start: &mut Start,
) -> Result<(), StartError> {
    let folder = settings.zone.device.with_file_name("policies");
    fs::create_dir_all(&folder).map_err(about(folder.display().to_string()))?;
    let follower = Follower {
        link: Link::new(url, "", None).map_err(about("[status] feed_url"))?,
        folder,
        shelf: Arc::default(),
    };
    follower.remember();
    serve_public(config, &follower.shelf, start);
    let mut stop = start.stop.clone();
    start.tasks.spawn(async move {
        tokio::select! { () = follower.run() => {}, () = until_stopped(&mut stop) => {} }
    });
    Ok(())
}

/// Keeps a copy of another process's shelf, in memory and in files, so that what was published stays reachable while
/// that process is away. A text counts only if it has the SM3 that the outline names.
struct Follower {
    link: Link,
    folder: PathBuf,
    shelf: Arc<ShelfCell>,
}

impl Follower {
    async fn run(self) {
        loop {
            if let Err(why) = self.look().await {
                tracing::warn!("what is published cannot be followed: {why}");
            }
            tokio::time::sleep(SHELF_EVERY).await;
        }
    }

    /// What was there when an earlier process ended.
    fn remember(&self) {
        let outline = fs::read(self.folder.join(OUTLINE)).ok();
        let outline: Option<Shelf> = outline.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        if let Some(shelf) = outline.and_then(|outline| outline.filled(|sm3| self.kept(sm3))) {
            self.shelf.put(shelf);
        }
    }

    fn kept(&self, sm3: &str) -> Option<Arc<str>> {
        let is_digest = sm3.len() == 64 && sm3.bytes().all(|it| it.is_ascii_hexdigit());
        let text = is_digest.then(|| fs::read_to_string(self.folder.join(format!("{sm3}.md"))).ok())??;
        Some(text.into())
    }

    async fn look(&self) -> Result<(), String> {
        let bytes = self.link.get("/api/v1/policies/outline").await?;
        let outline: Shelf = serde_json::from_slice(&bytes).map_err(|why| why.to_string())?;
        if outline == self.shelf.now().outline() {
            return Ok(());
        }
        let mut texts: HashMap<String, Arc<str>> = HashMap::new();
        for version in outline.versions() {
            let (series, number) = (&version.series, &version.version);
            for (sm3, tag) in [(&version.chinese, "zh"), (&version.english, "en")] {
                let text = match self.kept(sm3).filter(|text| sm3_hex(text.as_bytes()) == **sm3) {
                    Some(text) => text,
                    None => {
                        self.fetch(&format!("/policies/{series}/{number}.{tag}.md"), sm3)
                            .await?
                    }
                };
                texts.insert(sm3.to_string(), text);
            }
        }
        let filled = outline.filled(|sm3| texts.get(sm3).cloned());
        self.shelf.put(filled.ok_or("a text is not what its digest says")?);
        replace(&self.folder.join(OUTLINE), &bytes).map_err(|why| why.to_string())
    }

    async fn fetch(&self, path: &str, sm3: &str) -> Result<Arc<str>, String> {
        let bytes = self.link.get(path).await?;
        if sm3_hex(&bytes) != sm3 {
            return Err(format!("{path} is not what its digest says"));
        }
        replace(&self.folder.join(format!("{sm3}.md")), &bytes).map_err(|why| why.to_string())?;
        let text = String::from_utf8(bytes).map_err(|why| why.to_string())?;
        Ok(text.into())
    }
}
