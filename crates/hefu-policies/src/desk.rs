//! The desk: load, decide, record, save, one transaction per act; then the shelf is read again, so that issuance and
//! the public see it before the answer leaves.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use hefu_database::{Connection, Database, DatabaseError};
use hefu_officers::{Officer, OfficerId, Permission};
use hefu_rulebook::{Calendar, Clock, Counting, Explain as _, Kind, ParameterName, Rulebook, day_of};
use jiff::Timestamp;
use tokio::sync::Mutex;

use crate::act::{Act, Filing, Outcome, Proposal, Which, may_decide};
use crate::disclosure::Disclosure;
use crate::document::{Draft, Published, Series};
use crate::error::PolicyError;
use crate::facts;
use crate::shelf::{Shelf, ShelfCell};
use crate::store;

/// The Chinese text that an installation starts with; it says that it is a sample.
pub const SAMPLE_CHINESE: &str = include_str!("../data/sample.zh.md");
/// The English text that an installation starts with.
pub const SAMPLE_ENGLISH: &str = include_str!("../data/sample.en.md");

/// Proposals in one answer of [`Policies::latest`]: each holds its texts, up to two mebibytes.
pub const LATEST_MAX: u32 = 50;

/// What the desk stands on.
#[derive(Clone)]
pub struct PolicySettings {
    /// The zone's database, migrated with [`MIGRATIONS`](crate::MIGRATIONS) and those of the records.
    pub database: Database,
    /// The rules under which times to file are counted.
    pub book: Arc<Rulebook>,
    /// Which of its sets.
    pub rules: String,
    /// Working days.
    pub calendar: Arc<Calendar>,
}

/// The first version of an installation.
#[derive(Clone, Debug)]
pub struct Founding {
    /// The Chinese text.
    pub chinese: String,
    /// The English text.
    pub english: String,
    /// What it covers.
    pub covers: Vec<String>,
}

/// The desk. Cheap to clone.
#[derive(Clone)]
pub struct Policies {
    settings: PolicySettings,
    shelf: Arc<ShelfCell>,
    reading: Arc<Mutex<()>>,
}

impl Policies {
    /// Opens the desk and reads the shelf.
    ///
    /// # Errors
    /// When the tables cannot be read, or the rule set knows no time to file.
    pub async fn open(settings: PolicySettings) -> Result<Self, PolicyError> {
        let desk = Self {
            settings,
            shelf: Arc::default(),
            reading: Arc::default(),
        };
        desk.refresh().await?;
        Ok(desk)
    }

    /// Everything public, now and later.
    #[must_use]
    pub fn shelf(&self) -> &Arc<ShelfCell> {
        &self.shelf
    }

    /// Publishes version 0.1 of the practice statement if nothing was ever published, with a record by the operator.
    /// Texts that are the sample's own are marked as such; topics that other texts lack stand in the record. Says
    /// whether it did.
    ///
    /// # Errors
    /// [`PolicyError`]; then nothing was published.
    pub async fn found(&self, founding: Founding, now: Timestamp) -> Result<bool, PolicyError> {
        if !self.shelf.now().versions().is_empty() {
            return Ok(false);
        }
        let draft = Draft {
            series: Series::cps(),
            version: "0.1"
                .parse()
                .map_err(|_| PolicyError::NoSuchVersion("cps 0.1".to_owned()))?,
            effective_on: day_of(now),
            covers: founding.covers,
            chinese: founding.chinese,
            english: founding.english,
        };
        draft.check()?;
        self.settings
            .database
            .write(move |connection| {
                Box::pin(async move {
                    let document = publish(connection, draft, now).await?;
                    hefu_records::append(connection, &[facts::published(&document, facts::OPERATOR, None)]).await?;
                    Ok::<_, PolicyError>(())
                })
            })
            .await?;
        self.refresh().await?;
        Ok(true)
    }

    /// Proposes an act; another officer decides it.
    ///
    /// # Errors
    /// [`PolicyError`]; a refusal is recorded.
    pub async fn propose(&self, by: &Officer, act: Act, now: Timestamp) -> Result<Proposal, PolicyError> {
        by.permit(Permission::ManagePolicies)?;
        let (by, word, subject) = (by.id(), act.as_str(), act.subject());
        self.write(by, word, subject, now, move |connection| {
            Box::pin(async move { propose(connection, by, act, now).await })
        })
        .await
    }

    /// Decides a proposal of another officer; if approved, it is done and public, even when the caller stops waiting.
    ///
    /// # Errors
    /// [`PolicyError`]; a refusal is recorded.
    pub async fn decide(
        &self,
        by: &Officer,
        id: i64,
        outcome: Outcome,
        now: Timestamp,
    ) -> Result<Proposal, PolicyError> {
        let (desk, officer) = (self.clone(), by.clone());
        let task = tokio::spawn(async move {
            let by = officer.id();
            let run = desk.write(by, "decide", id.to_string(), now, move |connection| {
                Box::pin(async move { decide(connection, &officer, id, outcome, now).await })
            });
            let decided = run.await?;
            desk.refresh().await?;
            Ok(decided)
        });
        task.await.unwrap_or_else(|_| Err(DatabaseError::Closed.into()))
    }

    /// Proposals after a number, oldest first, at most fifty. For whoever may read.
    ///
    /// # Errors
    /// [`PolicyError::NotPermitted`], the database's.
    pub async fn proposals(&self, by: &Officer, after: i64) -> Result<Vec<Proposal>, PolicyError> {
        by.permit(Permission::Read)?;
        Ok(store::acts_after(&mut *self.settings.database.read().await?, after).await?)
    }

    /// Proposals before a number (none: from the last), newest first, at most `limit` and at most [`LATEST_MAX`]. For
    /// whoever may read.
    ///
    /// # Errors
    /// As [`Policies::proposals`].
    pub async fn latest(
        &self,
        by: &Officer,
        which: Which,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<Proposal>, PolicyError> {
        by.permit(Permission::Read)?;
        let (before, limit) = (before.unwrap_or(i64::MAX), i64::from(limit.min(LATEST_MAX)));
        Ok(store::acts_before(&mut *self.settings.database.read().await?, before, which, limit).await?)
    }

    /// One proposal, whole.
    ///
    /// # Errors
    /// As [`Policies::proposals`], and [`PolicyError::NoSuchProposal`].
    pub async fn proposal(&self, by: &Officer, id: i64) -> Result<Proposal, PolicyError> {
        by.permit(Permission::Read)?;
        let found = store::find_act(&mut *self.settings.database.read().await?, id).await?;
        found.ok_or(PolicyError::NoSuchProposal)
    }

    /// The receipt of a filing: its name and octets. For whoever may read.
    ///
    /// # Errors
    /// [`PolicyError::NotPermitted`], [`PolicyError::NoSuchVersion`] when it was not filed, the database's.
    pub async fn receipt(&self, by: &Officer, series: &str, version: &str) -> Result<(String, Vec<u8>), PolicyError> {
        by.permit(Permission::Read)?;
        let found = store::receipt(&mut *self.settings.database.read().await?, series, version).await?;
        found.ok_or_else(|| PolicyError::NoSuchVersion(format!("{series} {version}")))
    }

    /// Runs an act; a refusal is recorded in the transaction that did nothing else.
    async fn write<T, F>(
        &self,
        by: OfficerId,
        act: &'static str,
        subject: String,
        now: Timestamp,
        run: F,
    ) -> Result<T, PolicyError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T, PolicyError>> + Send + 'static,
    {
        let outcome = self.settings.database.write(move |connection| {
            Box::pin(async move {
                match run(&mut *connection).await {
                    Err(why) if why.kind() == Kind::Refusal => {
                        hefu_records::append(connection, &[facts::refused(act, subject, by, now, &why)]).await?;
                        Ok(Err(why))
                    }
                    Err(why) => Err(why),
                    Ok(done) => Ok::<_, PolicyError>(Ok(done)),
                }
            })
        });
        outcome.await?
    }

    /// Reads the shelf again.
    async fn refresh(&self) -> Result<(), PolicyError> {
        // One after another, so that an older reading never replaces a newer one.
        let _turn = self.reading.lock().await;
        let mut read = store::shelf(&mut *self.settings.database.read().await?).await?;
        self.count(&mut read)?;
        self.shelf.put(read);
        Ok(())
    }

    /// The time to file each version, by the rulebook.
    fn count(&self, read: &mut Shelf) -> Result<(), PolicyError> {
        let settings = &self.settings;
        let unknown = || PolicyError::RuleSet(settings.rules.clone());
        let rules = settings.book.rules(&settings.rules).ok_or_else(unknown)?;
        let filing = rules
            .parameter(ParameterName::PracticeStatementFiling)
            .map_err(|_| unknown())?;
        let counting = Counting::by(&settings.calendar);
        for document in &read.versions {
            let on = day_of(document.published_at);
            let due = Clock::of(filing, on)?.due(on, &counting)?;
            read.due.insert(document.subject(), due.last_day);
        }
        Ok(())
    }
}

async fn propose(
    connection: &mut Connection,
    by: OfficerId,
    act: Act,
    now: Timestamp,
) -> Result<Proposal, PolicyError> {
    act.check()?;
    fits(connection, &act, now).await?;
    let proposal = Proposal {
        id: store::next_act(connection).await?,
        act,
        proposed_by: by,
        proposed_at: now,
        outcome: None,
        decided_by: None,
        decided_at: None,
    };
    store::insert_act(connection, &proposal).await?;
    hefu_records::append(connection, &[facts::proposed(&proposal)]).await?;
    Ok(proposal)
}

async fn decide(
    connection: &mut Connection,
    by: &Officer,
    id: i64,
    outcome: Outcome,
    now: Timestamp,
) -> Result<Proposal, PolicyError> {
    let found = store::find_act(connection, id).await?;
    let mut proposal = found.ok_or(PolicyError::NoSuchProposal)?;
    may_decide(&proposal, by)?;
    let mut entries = vec![facts::decided(&proposal, outcome, by.id(), now)];
    if outcome == Outcome::Approved {
        proposal.act.check()?;
        fits(connection, &proposal.act, now).await?;
        let actor = by.id().actor();
        match &proposal.act {
            Act::Publish(draft) => {
                let document = publish(connection, draft.clone(), now).await?;
                entries.push(facts::published(&document, &actor, Some(id)));
            }
            Act::File(filing) => {
                let receipt = filing.receipt.octets()?;
                store::insert_filing(connection, filing, &receipt, now).await?;
                entries.push(facts::filed(filing, &receipt, &actor, now, id));
            }
            Act::RecordLicence(licence) => {
                store::insert_licence(connection, licence, now).await?;
                entries.push(facts::licence(licence, &actor, now, id));
                let disclosure = Disclosure::of(&store::shelf(connection).await?, now);
                entries.push(facts::disclosed(&disclosure, &actor, now));
            }
        }
    }
    store::decide(connection, id, outcome, by.id(), now).await?;
    hefu_records::append(connection, &entries).await?;
    proposal.outcome = Some(outcome);
    proposal.decided_by = Some(by.id());
    proposal.decided_at = Some(now);
    Ok(proposal)
}

/// Whether the act fits what is on the shelf.
async fn fits(connection: &mut Connection, act: &Act, now: Timestamp) -> Result<(), PolicyError> {
    let shelf = store::shelf(connection).await?;
    let today = day_of(now);
    match act {
        Act::Publish(draft) => {
            if shelf.version(draft.series.as_str(), draft.version.as_str()).is_some() {
                return Err(PolicyError::AlreadyPublished(act.subject()));
            }
            if draft.effective_on < today {
                return Err(PolicyError::Retroactive {
                    from: draft.effective_on,
                    today,
                });
            }
            Ok(())
        }
        Act::File(filing) => may_file(&shelf, filing, now),
        Act::RecordLicence(_) => Ok(()),
    }
}

fn may_file(shelf: &Shelf, filing: &Filing, now: Timestamp) -> Result<(), PolicyError> {
    let subject = format!("{} {}", filing.series, filing.version);
    let Some(document) = shelf.version(filing.series.as_str(), filing.version.as_str()) else {
        return Err(PolicyError::NoSuchVersion(subject));
    };
    if document.sample {
        return Err(PolicyError::SampleFiled(subject));
    }
    let missing: Vec<_> = document.missing.iter().filter(|it| it.required).cloned().collect();
    if !missing.is_empty() {
        return Err(PolicyError::TopicMissing(missing));
    }
    if shelf.filed(document).is_some() {
        return Err(PolicyError::AlreadyFiled(subject));
    }
    if filing.on < day_of(document.published_at) || filing.on > day_of(now) {
        return Err(PolicyError::FilingDay(filing.on));
    }
    Ok(())
}

/// Makes a version of a draft and stores it.
async fn publish(connection: &mut Connection, draft: Draft, now: Timestamp) -> Result<Published, PolicyError> {
    let document = Published {
        missing: draft.missing(),
        sample: draft.chinese == SAMPLE_CHINESE || draft.english == SAMPLE_ENGLISH,
        series: draft.series,
        version: draft.version,
        effective_on: draft.effective_on,
        covers: draft.covers,
        chinese: draft.chinese.into(),
        english: draft.english.into(),
        published_at: now,
        place: store::next_place(connection).await?,
    };
    store::insert_version(connection, &document).await?;
    Ok(document)
}
