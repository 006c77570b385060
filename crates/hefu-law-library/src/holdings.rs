//! Everything in memory: editions, confirmations, the calendar; and how surely each wording is known.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use hefu_rulebook::{Calendar, CalendarError, Language, Obligation, Provenance};

use crate::edition::{Confirmed, Edition, YearSet};
use crate::store::Kept;

/// Why a confirmed wording has to be confirmed again.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Again {
    /// The article says something else in a newer edition, or is gone.
    ArticleChanged,
    /// Our wording, or a number in it, changed.
    WordingChanged,
}

/// How surely the wording of an obligation is known.
#[derive(Clone, Copy, Debug)]
pub enum Verification<'a> {
    /// The authors of the rulebook read the text.
    Read,
    /// An officer confirmed it.
    Confirmed(&'a Confirmed),
    /// It was confirmed, and that does not hold any more.
    Again(&'a Confirmed, Again),
    /// Nobody here compared it with the official text.
    Unverified(&'a Provenance),
}

impl Verification<'_> {
    /// Whether the wording is verified.
    #[must_use]
    pub const fn is_verified(&self) -> bool {
        matches!(self, Self::Read | Self::Confirmed(_))
    }

    /// The mark that must stand beside the wording; `None` when it is verified.
    #[must_use]
    pub fn mark(&self, language: Language) -> Option<String> {
        match (self, language) {
            (Self::Read | Self::Confirmed(_), _) => None,
            (Self::Unverified(provenance), _) => provenance.mark(language),
            (Self::Again(..), Language::Chinese) => Some("须重新核对原文".to_owned()),
            (Self::Again(..), Language::English) => Some("to be confirmed again".to_owned()),
        }
    }
}

/// Everything. Replaced whole when something is added.
#[derive(Clone, Debug, Default)]
pub struct Holdings {
    editions: Vec<Edition>,
    confirmations: Vec<Confirmed>,
    years: Vec<YearSet>,
    calendar: Arc<Calendar>,
}

impl Holdings {
    /// What the tables hold, over the years that the rulebook brings.
    ///
    /// # Errors
    /// When a year that was kept cannot be read any more.
    pub(crate) fn of(kept: Kept) -> Result<Self, CalendarError> {
        let mut calendar = Calendar::builtin()?;
        for year in &kept.years {
            calendar = calendar.with_year(&year.year.to_string(), &year.content)?;
        }
        Ok(Self {
            editions: kept.editions,
            confirmations: kept.confirmations,
            years: kept.years,
            calendar: Arc::new(calendar),
        })
    }

    /// Editions of an instrument, the newest first.
    #[must_use]
    pub fn editions(&self, instrument: &str) -> Vec<&Edition> {
        let mut all: Vec<&Edition> = self.editions.iter().filter(|it| it.instrument == instrument).collect();
        all.sort_by_key(|it| std::cmp::Reverse((it.dated, it.id)));
        all
    }

    /// The newest edition of an instrument: of the latest day, and of those the last loaded.
    #[must_use]
    pub fn newest(&self, instrument: &str) -> Option<&Edition> {
        let all = self.editions.iter().filter(|it| it.instrument == instrument);
        all.max_by_key(|it| (it.dated, it.id))
    }

    /// One edition.
    #[must_use]
    pub fn edition(&self, id: i64) -> Option<&Edition> {
        self.editions.iter().find(|it| it.id == id)
    }

    /// One confirmation.
    #[must_use]
    pub fn confirmation(&self, id: i64) -> Option<&Confirmed> {
        self.confirmations.iter().find(|it| it.id == id)
    }

    /// The last confirmation of an obligation, withdrawn or not.
    #[must_use]
    pub fn last_confirmation(&self, obligation: &str) -> Option<&Confirmed> {
        self.confirmations.iter().rev().find(|it| it.obligation == obligation)
    }

    /// How surely the wording of an obligation is known.
    #[must_use]
    pub fn verification<'a>(&'a self, obligation: &'a Obligation) -> Verification<'a> {
        let last = self
            .last_confirmation(obligation.id())
            .filter(|it| it.withdrawn.is_none());
        let plain = match obligation.provenance() {
            Provenance::Read => Verification::Read,
            other => Verification::Unverified(other),
        };
        let Some(last) = last else { return plain };
        if last.wording != obligation.wording() {
            return match plain {
                Verification::Read => plain,
                _ => Verification::Again(last, Again::WordingChanged),
            };
        }
        let newest = self.newest(obligation.instrument());
        let said = newest.and_then(|edition| edition.articles_sm3(obligation));
        if said.as_deref() == Some(last.articles_sm3.as_str()) {
            Verification::Confirmed(last)
        } else {
            Verification::Again(last, Again::ArticleChanged)
        }
    }

    /// The calendar as it is now.
    #[must_use]
    pub const fn calendar(&self) -> &Arc<Calendar> {
        &self.calendar
    }

    /// The years that officers set, the last file of each.
    #[must_use]
    pub fn years(&self) -> BTreeMap<i16, &YearSet> {
        self.years.iter().map(|it| (it.year, it)).collect()
    }
}

/// Where the holdings of now hang. Reading is a pointer's copy.
#[derive(Debug, Default)]
pub struct HoldingsCell(RwLock<Arc<Holdings>>);

impl HoldingsCell {
    /// The holdings of now.
    #[must_use]
    pub fn now(&self) -> Arc<Holdings> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Hangs up others.
    pub(crate) fn put(&self, other: Holdings) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(other);
    }
}
