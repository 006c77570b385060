//! Confirmations: an officer compared our wording with the official text, and says so with a name, a time and a source.
//!
//! Wording that we only recall is shown as "未核对原文" or "unverified" until then. A confirmation belongs to one
//! wording: when a later release words the obligation differently, or gives another number, the mark comes back.
//!
//! What it does not know: where confirmations are kept, and whether the officer may give one. They come in as an
//! iterator from whoever keeps them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::citation::Citation;
use crate::instruments::Provenance;
use crate::language::Language;
use crate::obligation::Obligation;
use crate::rulebook::Rulebook;

/// An officer confirmed one wording against the official text.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// Id of the obligation.
    pub obligation: String,
    /// The wording that was confirmed, as [`Obligation::wording`] gave it.
    pub wording: String,
    /// Who, as the officers' register names them.
    pub officer: String,
    /// When.
    pub at: Timestamp,
    /// Which source it was compared with: a gazette, an address, a file.
    pub source: String,
}

impl Confirmation {
    /// The confirmation of an obligation as it is worded now; `None` when officer or source is blank.
    #[must_use]
    pub fn of(obligation: &Obligation, officer: &str, at: Timestamp, source: &str) -> Option<Self> {
        let (officer, source) = (officer.trim(), source.trim());
        (!officer.is_empty() && !source.is_empty()).then(|| Self {
            obligation: obligation.id().to_owned(),
            wording: obligation.wording(),
            officer: officer.to_owned(),
            at,
            source: source.to_owned(),
        })
    }
}

/// How surely an obligation's wording is known, confirmations included.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Standing<'a> {
    /// The authors read the text.
    Read,
    /// An officer confirmed it.
    Confirmed(&'a Confirmation),
    /// An officer confirmed an earlier wording; this one is unverified.
    Outdated(&'a Confirmation),
    /// Nobody here compared it with the official text.
    Unverified(&'a Provenance),
}

impl Standing<'_> {
    /// The mark that must stand beside it; `None` when the wording is verified.
    #[must_use]
    pub fn mark(&self, language: Language) -> Option<String> {
        match self {
            Self::Read | Self::Confirmed(_) => None,
            Self::Outdated(_) => Provenance::Recalled.mark(language),
            Self::Unverified(provenance) => provenance.mark(language),
        }
    }

    /// Whether the wording is verified.
    #[must_use]
    pub const fn is_verified(&self) -> bool {
        matches!(self, Self::Read | Self::Confirmed(_))
    }
}

/// Confirmations laid over a rulebook: the latest of each obligation counts.
#[derive(Clone, Debug)]
pub struct Confirmations<'a> {
    book: &'a Rulebook,
    latest: BTreeMap<String, Confirmation>,
    unmatched: Vec<Confirmation>,
}

impl<'a> Confirmations<'a> {
    /// Lays them over the rulebook, in any order.
    #[must_use]
    pub fn over(book: &'a Rulebook, confirmations: impl IntoIterator<Item = Confirmation>) -> Self {
        let mut latest: BTreeMap<String, Confirmation> = BTreeMap::new();
        let mut unmatched = Vec::new();
        for confirmation in confirmations {
            if book.obligation(&confirmation.obligation).is_none() {
                unmatched.push(confirmation);
                continue;
            }
            match latest.get_mut(&confirmation.obligation) {
                Some(known) if known.at >= confirmation.at => {}
                Some(known) => *known = confirmation,
                None => {
                    latest.insert(confirmation.obligation.clone(), confirmation);
                }
            }
        }
        Self {
            book,
            latest,
            unmatched,
        }
    }

    /// How surely an obligation's wording is known.
    #[must_use]
    pub fn standing<'b>(&'b self, obligation: &'b Obligation) -> Standing<'b> {
        match (obligation.provenance(), self.latest.get(obligation.id())) {
            (_, Some(confirmation)) if confirmation.wording == obligation.wording() => {
                Standing::Confirmed(confirmation)
            }
            (Provenance::Read, _) => Standing::Read,
            (_, Some(confirmation)) => Standing::Outdated(confirmation),
            (provenance, None) => Standing::Unverified(provenance),
        }
    }

    /// Where an obligation stands, with its mark: "电子认证服务管理办法 21（未核对原文）".
    #[must_use]
    pub fn render(&self, obligation: &Obligation, language: Language) -> String {
        let place = self.book.place(obligation, language);
        match (self.standing(obligation).mark(language), language) {
            (None, _) => place,
            (Some(mark), Language::Chinese) => format!("{place}（{mark}）"),
            (Some(mark), Language::English) => format!("{place} ({mark})"),
        }
    }

    /// A citation of the code, as people read it after these confirmations: of an article whose obligations were all
    /// confirmed the mark is gone.
    #[must_use]
    pub fn render_citation(&self, citation: Citation, language: Language) -> String {
        let article = citation.article.split('(').next().unwrap_or_default();
        let of_article = |one: &&Obligation| one.instrument() == citation.instrument && one.article() == article;
        let mut obligations = self.book.obligations().iter().filter(of_article).peekable();
        let verified = obligations.peek().is_some() && obligations.all(|one| self.standing(one).is_verified());
        if verified && citation.provenance() != Provenance::Read {
            return format!("{} {}", citation.name(language), citation.article);
        }
        citation.render(language)
    }

    /// Obligations whose wording nobody has verified: what officers have yet to do.
    pub fn open(&self) -> impl Iterator<Item = &Obligation> {
        let all = self.book.obligations().iter();
        all.filter(|obligation| !self.standing(obligation).is_verified())
    }

    /// Confirmations of obligations that are not in the data (any more).
    #[must_use]
    pub fn unmatched(&self) -> &[Confirmation] {
        &self.unmatched
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn confirmed(book: &Rulebook, id: &str, when: &str) -> Confirmation {
        Confirmation::of(book.obligation(id).unwrap(), "officer 7", at(when), "官方文本（示例）").unwrap()
    }

    #[test]
    fn a_recalled_wording_loses_its_mark_when_an_officer_confirms_it() {
        let book = Rulebook::builtin().unwrap();
        let obligation = book.obligation("M15-21").unwrap();
        let none = Confirmations::over(&book, []);
        assert_eq!(
            none.render(obligation, Language::Chinese),
            "电子认证服务管理办法 21（未核对原文）"
        );
        let one = Confirmations::over(&book, [confirmed(&book, "M15-21", "2026-11-20T08:00:00Z")]);
        assert_eq!(one.render(obligation, Language::Chinese), "电子认证服务管理办法 21");
        assert_eq!(
            one.render(obligation, Language::English),
            "Certification Services Measures 21"
        );
        assert!(matches!(one.standing(obligation), Standing::Confirmed(by) if by.officer == "officer 7"));
        assert_eq!(none.open().count(), one.open().count() + 1);
    }

    #[test]
    fn a_confirmation_of_another_wording_does_not_count() {
        let book = Rulebook::builtin().unwrap();
        let mut old = confirmed(&book, "M15-28", "2026-11-20T08:00:00Z");
        old.wording.push_str(" (an earlier release)");
        let over = Confirmations::over(&book, [old]);
        let obligation = book.obligation("M15-28").unwrap();
        assert!(matches!(over.standing(obligation), Standing::Outdated(_)));
        assert_eq!(
            over.render(obligation, Language::English),
            "Certification Services Measures 28 (unverified)"
        );
    }

    #[test]
    fn the_latest_confirmation_counts_in_whatever_order_they_come() {
        let book = Rulebook::builtin().unwrap();
        let (early, late) = (
            confirmed(&book, "M15-6", "2026-01-01T00:00:00Z"),
            confirmed(&book, "M15-6", "2026-02-01T00:00:00Z"),
        );
        for order in [[early.clone(), late.clone()], [late.clone(), early]] {
            let over = Confirmations::over(&book, order);
            assert_eq!(
                over.standing(book.obligation("M15-6").unwrap()),
                Standing::Confirmed(&late)
            );
        }
    }

    #[test]
    fn a_citation_of_the_code_follows_the_confirmation_of_its_article() {
        let book = Rulebook::builtin().unwrap();
        let over = Confirmations::over(&book, [confirmed(&book, "M15-29", "2026-11-20T08:00:00Z")]);
        let check = |article| over.render_citation(Citation::new("M15", article), Language::English);
        assert_eq!(check("29(1)"), "Certification Services Measures 29(1)");
        assert_eq!(check("21"), "Certification Services Measures 21 (unverified)");
        assert_eq!(
            over.render_citation(Citation::new("RFC 2986", "4"), Language::English),
            "RFC 2986 4 (unverified)"
        );
    }

    #[test]
    fn a_confirmation_needs_a_name_and_a_source_and_an_obligation() {
        let book = Rulebook::builtin().unwrap();
        let obligation = book.obligation("M15-6").unwrap();
        assert_eq!(Confirmation::of(obligation, " ", at("2026-01-01T00:00:00Z"), "x"), None);
        assert_eq!(Confirmation::of(obligation, "x", at("2026-01-01T00:00:00Z"), ""), None);
        let mut lost = confirmed(&book, "M15-6", "2026-01-01T00:00:00Z");
        lost.obligation = "M15-99".to_owned();
        assert_eq!(Confirmations::over(&book, [lost.clone()]).unmatched(), [lost]);
    }

    #[test]
    fn a_text_that_was_read_stays_read_when_its_confirmation_is_outdated() {
        let book = Rulebook::builtin().unwrap();
        let mut old = confirmed(&book, "ESL-24", "2026-11-20T08:00:00Z");
        old.wording.clear();
        let over = Confirmations::over(&book, [old]);
        assert_eq!(over.standing(book.obligation("ESL-24").unwrap()), Standing::Read);
    }
}
