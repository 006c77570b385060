//! The desk: decide, record, save, one transaction per act; then the holdings are read again.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use hefu_database::{Connection, Database, DatabaseError};
use hefu_officers::{Officer, OfficerId, Permission};
use hefu_rulebook::{Calendar, Explain as _, Kind, Rulebook, day_of};
use jiff::Timestamp;
use tokio::sync::Mutex;

use crate::edition::{Confirmed, Edition, NewEdition, REASON_MAX, SOURCE_MAX, Withdrawal, YearSet, said};
use crate::error::LawError;
use crate::facts;
use crate::holdings::{Holdings, HoldingsCell};
use crate::{sm3_hex, store};

/// The laws of the rulebook were amended a few times in decades; each edition is kept in memory, a mebibyte at most.
const EDITIONS_MAX: usize = 32;

/// What the desk stands on.
#[derive(Clone)]
pub struct LibrarySettings {
    /// The zone's database, migrated with [`MIGRATIONS`](crate::MIGRATIONS) and those of the records.
    pub database: Database,
    /// The instruments and obligations.
    pub book: Arc<Rulebook>,
}

/// The desk. Cheap to clone.
#[derive(Clone)]
pub struct Library {
    settings: LibrarySettings,
    holdings: Arc<HoldingsCell>,
    reading: Arc<Mutex<()>>,
}

impl Library {
    /// Opens the desk and reads the holdings.
    ///
    /// # Errors
    /// When the tables cannot be read.
    pub async fn open(settings: LibrarySettings) -> Result<Self, LawError> {
        let desk = Self {
            settings,
            holdings: Arc::default(),
            reading: Arc::default(),
        };
        desk.refresh().await?;
        Ok(desk)
    }

    /// Everything, now and later.
    #[must_use]
    pub const fn holdings(&self) -> &Arc<HoldingsCell> {
        &self.holdings
    }

    /// The instruments and obligations.
    #[must_use]
    pub fn book(&self) -> &Rulebook {
        &self.settings.book
    }

    /// Loads a text as an edition of an instrument.
    ///
    /// # Errors
    /// [`LawError`]; a refusal is recorded.
    pub async fn load(&self, by: &Officer, new: NewEdition, now: Timestamp) -> Result<Edition, LawError> {
        let instrument = new.instrument.clone();
        let known = self.book().instruments().find(&instrument).is_some();
        let officer = by.clone();
        self.act(by.id(), "load", instrument, now, move |connection| {
            Box::pin(async move {
                officer.permit(Permission::ManagePolicies)?;
                if !known {
                    return Err(LawError::NoSuchInstrument(new.instrument));
                }
                load(connection, officer.id(), new, now).await
            })
        })
        .await
    }

    /// Confirms that the wording of an obligation agrees with its article in an edition that another officer loaded.
    ///
    /// # Errors
    /// [`LawError`]; a refusal is recorded.
    pub async fn confirm(
        &self,
        by: &Officer,
        obligation: &str,
        edition: i64,
        now: Timestamp,
    ) -> Result<Confirmed, LawError> {
        let (officer, book) = (by.clone(), Arc::clone(&self.settings.book));
        let obligation = obligation.to_owned();
        self.act(by.id(), "confirm", obligation.clone(), now, move |connection| {
            Box::pin(async move {
                officer.permit(Permission::ManagePolicies)?;
                confirm(connection, &book, officer.id(), (&obligation, edition), now).await
            })
        })
        .await
    }

    /// Takes a confirmation back.
    ///
    /// # Errors
    /// [`LawError`]; a refusal is recorded.
    pub async fn withdraw(&self, by: &Officer, id: i64, reason: &str, now: Timestamp) -> Result<Confirmed, LawError> {
        let (officer, reason) = (by.clone(), said(reason, REASON_MAX));
        self.act(by.id(), "withdraw", id.to_string(), now, move |connection| {
            Box::pin(async move {
                officer.permit(Permission::ManagePolicies)?;
                let kept = held(connection).await?;
                let mut found = kept.confirmation(id).cloned().ok_or(LawError::NoSuchConfirmation)?;
                if found.withdrawn.is_some() {
                    return Err(LawError::AlreadyWithdrawn);
                }
                let withdrawal = Withdrawal {
                    by: officer.id(),
                    at: now,
                    reason: reason.ok_or(LawError::Reason)?,
                };
                store::withdraw(connection, id, &withdrawal).await?;
                hefu_records::append(connection, &[facts::withdrawn(&found, &withdrawal)]).await?;
                found.withdrawn = Some(withdrawal);
                Ok(found)
            })
        })
        .await
    }

    /// Sets a year of holidays, in place of the year's data if there are any.
    ///
    /// # Errors
    /// [`LawError`]; a refusal is recorded.
    pub async fn set_year(&self, by: &Officer, file: &str, now: Timestamp) -> Result<YearSet, LawError> {
        let (officer, file) = (by.clone(), file.to_owned());
        self.act(by.id(), "set-year", String::new(), now, move |connection| {
            Box::pin(async move {
                officer.permit(Permission::ManagePolicies)?;
                set_year(connection, officer.id(), file, now).await
            })
        })
        .await
    }

    /// Runs an act to its end, even when the caller stops waiting, and reads the holdings again.
    async fn act<T, F>(
        &self,
        by: OfficerId,
        act: &'static str,
        subject: String,
        now: Timestamp,
        run: F,
    ) -> Result<T, LawError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T, LawError>> + Send + 'static,
    {
        let desk = self.clone();
        let task = tokio::spawn(async move {
            let outcome = desk.settings.database.write(move |connection| {
                Box::pin(async move {
                    match run(&mut *connection).await {
                        Err(why) if why.kind() == Kind::Refusal => {
                            let refused = facts::refused(act, subject, by, now, &why);
                            hefu_records::append(connection, &[refused]).await?;
                            Ok(Err(why))
                        }
                        Err(why) => Err(why),
                        Ok(done) => Ok::<_, LawError>(Ok(done)),
                    }
                })
            });
            let done = outcome.await??;
            desk.refresh().await?;
            Ok(done)
        });
        task.await.unwrap_or_else(|_| Err(DatabaseError::Closed.into()))
    }

    /// Reads the holdings again.
    async fn refresh(&self) -> Result<(), LawError> {
        // One after another, so that an older reading never replaces a newer one.
        let _turn = self.reading.lock().await;
        let read = held(&mut *self.settings.database.read().await?).await?;
        self.holdings.put(read);
        Ok(())
    }
}

async fn held(connection: &mut Connection) -> Result<Holdings, LawError> {
    let kept = store::kept(connection).await?;
    Holdings::of(kept).map_err(|why| {
        let detail = format!("law tables: {why}");
        DatabaseError::Corrupt { detail }.into()
    })
}

async fn load(
    connection: &mut Connection,
    by: OfficerId,
    new: NewEdition,
    now: Timestamp,
) -> Result<Edition, LawError> {
    let text = new.read(day_of(now))?;
    let sm3 = sm3_hex(new.text.as_bytes());
    let kept = held(connection).await?;
    let others = kept.editions(&new.instrument);
    if let Some(same) = others.iter().find(|it| it.sm3 == sm3) {
        return Err(LawError::AlreadyLoaded(same.id));
    }
    if others.len() >= EDITIONS_MAX {
        return Err(LawError::TooManyEditions(EDITIONS_MAX));
    }
    let edition = Edition {
        id: store::next_edition(connection).await?,
        instrument: new.instrument,
        dated: new.dated,
        source: said(&new.source, SOURCE_MAX).ok_or(LawError::Source)?,
        content: new.text.into(),
        text: Arc::new(text),
        sm3,
        loaded_by: by,
        loaded_at: now,
    };
    store::insert_edition(connection, &edition).await?;
    hefu_records::append(connection, &[facts::loaded(&edition)]).await?;
    Ok(edition)
}

async fn confirm(
    connection: &mut Connection,
    book: &Rulebook,
    by: OfficerId,
    (id, edition): (&str, i64),
    now: Timestamp,
) -> Result<Confirmed, LawError> {
    let obligation = book
        .obligation(id)
        .ok_or_else(|| LawError::NoSuchObligation(id.to_owned()))?;
    let kept = held(connection).await?;
    let edition = kept.edition(edition).ok_or(LawError::NoSuchEdition)?;
    let missing = || LawError::ArticleMissing {
        obligation: id.to_owned(),
        edition: edition.id,
    };
    if edition.instrument != obligation.instrument() {
        return Err(missing());
    }
    let newest = kept.newest(&edition.instrument).map_or(edition.id, |it| it.id);
    if newest != edition.id {
        return Err(LawError::NewerEdition(newest));
    }
    let articles_sm3 = edition.articles_sm3(obligation).ok_or_else(missing)?;
    if edition.loaded_by == by {
        return Err(LawError::SameOfficer);
    }
    let (wording, last) = (obligation.wording(), kept.last_confirmation(id));
    let holds = |it: &Confirmed| it.withdrawn.is_none() && it.edition == edition.id && it.wording == wording;
    if last.is_some_and(holds) {
        return Err(LawError::AlreadyConfirmed(id.to_owned()));
    }
    let confirmed = Confirmed {
        id: store::next_confirmation(connection).await?,
        obligation: id.to_owned(),
        wording,
        articles_sm3,
        edition: edition.id,
        loaded_by: edition.loaded_by,
        by,
        at: now,
        withdrawn: None,
    };
    store::insert_confirmation(connection, &confirmed).await?;
    hefu_records::append(connection, &[facts::confirmed(&confirmed)]).await?;
    Ok(confirmed)
}

async fn set_year(
    connection: &mut Connection,
    by: OfficerId,
    file: String,
    now: Timestamp,
) -> Result<YearSet, LawError> {
    let read = Calendar::default()
        .with_year("YEAR.toml", &file)
        .map_err(LawError::Calendar)?;
    let year = read.years().next().map_or(0, |(year, _)| year);
    let sm3 = sm3_hex(file.as_bytes());
    let kept = held(connection).await?;
    let before = kept.years().get(&year).map(|it| it.sm3.clone());
    if before.as_deref() == Some(sm3.as_str()) {
        return Err(LawError::YearUnchanged(year));
    }
    let set = YearSet {
        id: store::next_year(connection).await?,
        year,
        content: file.into(),
        sm3,
        by,
        at: now,
    };
    store::insert_year(connection, &set).await?;
    hefu_records::append(connection, &[facts::year_set(&set, before.as_deref())]).await?;
    Ok(set)
}
