//! The shelf: everything that was ever published, with filings and licence; public, in memory, whole.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::document::{Published, sm3_hex};
use crate::licence::{Licence, LicenceRecord};

/// That a version was filed.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Filed {
    /// With whom.
    pub recipient: String,
    /// When, in China's time.
    pub on: Date,
    /// SM3 of the receipt, hexadecimal.
    pub receipt_sm3: String,
    /// When that was recorded.
    pub recorded_at: Timestamp,
}

/// Everything public. Replaced whole when something is added.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Shelf {
    pub(crate) versions: Vec<Published>,
    /// By subject, "cps 1.0".
    pub(crate) filings: BTreeMap<String, Filed>,
    /// Last day of the time to file, by subject.
    pub(crate) due: BTreeMap<String, Date>,
    pub(crate) licences: Vec<LicenceRecord>,
}

impl Shelf {
    /// All versions, in the order of their publication.
    #[must_use]
    pub fn versions(&self) -> &[Published] {
        &self.versions
    }

    /// The shelf with SM3 (hexadecimal) in place of each text: what a follower asks for first, to fetch only what it
    /// does not have.
    #[must_use]
    pub fn outline(&self) -> Self {
        let mut outline = self.clone();
        for version in &mut outline.versions {
            version.chinese = sm3_hex(version.chinese.as_bytes()).into();
            version.english = sm3_hex(version.english.as_bytes()).into();
        }
        outline
    }

    /// An outline with its texts in place. `None` when one is missing or is not what its digest says.
    #[must_use]
    pub fn filled(mut self, text: impl Fn(&str) -> Option<Arc<str>>) -> Option<Self> {
        let genuine = |sm3: &str| text(sm3).filter(|text| sm3_hex(text.as_bytes()) == sm3);
        for version in &mut self.versions {
            version.chinese = genuine(&version.chinese)?;
            version.english = genuine(&version.english)?;
        }
        Some(self)
    }

    /// Words of the series that have a version, the practice statement first.
    pub fn series(&self) -> impl Iterator<Item = &str> {
        let mut words: BTreeSet<&str> = self.versions.iter().map(|it| it.series.as_str()).collect();
        let cps = words.remove("cps").then_some("cps");
        cps.into_iter().chain(words)
    }

    /// The version of a series that is in force on a day: of those that have begun, the last published.
    #[must_use]
    pub fn current(&self, series: &str, day: Date) -> Option<&Published> {
        let begun = |it: &&Published| it.series.as_str() == series && it.effective_on <= day;
        self.versions
            .iter()
            .filter(begun)
            .max_by_key(|it| (it.effective_on, it.place))
    }

    /// One version.
    #[must_use]
    pub fn version(&self, series: &str, version: &str) -> Option<&Published> {
        let this = |it: &&Published| it.series.as_str() == series && it.version.as_str() == version;
        self.versions.iter().find(this)
    }

    /// Its filing.
    #[must_use]
    pub fn filed(&self, document: &Published) -> Option<&Filed> {
        self.filings.get(&document.subject())
    }

    /// The last day of the time to file it.
    #[must_use]
    pub fn due(&self, document: &Published) -> Option<Date> {
        self.due.get(&document.subject()).copied()
    }

    /// The licence as it was last recorded.
    #[must_use]
    pub fn licence(&self) -> Option<&Licence> {
        self.licences.last().map(|record| &record.licence)
    }

    /// Every record of the licence, oldest first: its changes.
    #[must_use]
    pub fn licences(&self) -> &[LicenceRecord] {
        &self.licences
    }
}

/// Where the shelf of now hangs. Reading is a pointer's copy, so that issuance may ask for every certificate.
#[derive(Debug, Default)]
pub struct ShelfCell(RwLock<Arc<Shelf>>);

impl ShelfCell {
    /// The shelf of now.
    #[must_use]
    pub fn now(&self) -> Arc<Shelf> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Hangs up another.
    pub fn put(&self, other: Shelf) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(other);
    }
}
