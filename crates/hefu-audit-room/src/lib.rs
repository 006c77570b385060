//! The auditors' room: everything that was recorded, with its proofs; who saw what; what was refused; how the law's
//! obligations stand; who is on duty. It sees everything and changes nothing: there is no form here that acts.
//!
//! Serves 电子签名法 24 and 28 (records are kept, and show that the provider acted rightly) for those who must be able to look
//! without asking anybody. Only the audit branch comes in (`Permission::Audit`); whoever else asks is refused, and that is
//! recorded.
//!
//! ```text
//! /audit ─▶ /audit/records/{zone} ─▶ /audit/records/{zone}/{index} ─▶ files/exhibit.json ─▶ `hefu records check`
//!   ├────▶ /audit/access, /audit/refusals ──────────┘
//!   ├────▶ /audit/conformance ─▶ .json, .pdf
//!   └────▶ /audit/officers ─▶ /audit/officers/{id}
//! ```
//!
//! What it does not know: tables, how a proof is computed, what an obligation asks. It reads the logs of its own process;
//! of zones that run elsewhere it says that it did not see them.

#![cfg_attr(test, expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests"))]

mod access;
mod across;
mod assessor;
mod conformance;
mod officers;
mod overview;
mod reasons;
mod record;
mod records;
mod refusals;
#[cfg(test)]
mod tests;
mod typesetter;
mod words;

use std::sync::Arc;

use axum::Router;
use axum::response::Response;
use axum::routing::get;
use hefu_officers::{Officers, Permission};
use hefu_page::component::{Cell, Choice, Field, Input, Link};
use hefu_page::page::{self, Asked, Page};
use hefu_page::{component, mishap};
use hefu_rulebook::Language;
use hefu_web::{Clock, PageOfficer, Zones};
use jiff::civil::Date;
use jiff::{Span, Timestamp};

pub use assessor::{Assessor, AssessorError};
pub use reasons::{Awaited, Reasons, Said};
pub use typesetter::Typesetter;

use words::AuditWords;

/// Records on one page.
const PAGE_ITEMS: u32 = 25;
/// Where the room begins.
const HERE: &str = "/audit";

/// What the pages stand on.
#[derive(Clone)]
pub struct AuditPages {
    /// The logs of this process.
    pub zones: Zones,
    /// Who is on the register.
    pub officers: Arc<Officers>,
    /// Why officers opened and read what they did.
    pub reasons: Arc<dyn Reasons>,
    /// Who judges how obligations stand.
    pub assessor: Arc<Assessor>,
    /// Who sets PDF.
    pub typesetter: Typesetter,
    /// The time.
    pub clock: Clock,
}

impl AuditPages {
    /// The routes.
    pub fn routes(self) -> Router {
        let routes = Router::new()
            .route("/audit", get(overview::overview))
            .route("/audit/records", get(records::all))
            .route("/audit/records/{zone}", get(records::records))
            .route("/audit/records/{zone}/{index}", get(record::record))
            .route("/audit/records/{zone}/{index}/files/{name}", get(record::file))
            .route("/audit/access", get(access::access))
            .route("/audit/refusals", get(refusals::refusals))
            .route("/audit/conformance", get(conformance::conformance))
            .route("/audit/conformance.json", get(conformance::json))
            .route("/audit/conformance.pdf", get(conformance::pdf))
            .route("/audit/officers", get(officers::officers))
            .route("/audit/officers/{id}", get(officers::officer))
            .with_state(self.clone());
        let doors = Router::new()
            .route("/api/v1/conformance", get(conformance::door))
            .with_state(self);
        page::private(routes).merge(doors)
    }

    /// The frame of a page, for the audit branch alone.
    async fn frame(&self, asked: &Asked, officer: &PageOfficer) -> Result<Page, Box<Response>> {
        officer.frame(asked, Permission::Audit).await
    }

    /// Who did something, as people read it: an officer's name with the number that records know, or the record's word.
    fn doer(&self, actor: &str) -> String {
        let number = actor.strip_prefix("officer:");
        let known = number.and_then(|number| {
            let mut all = self.officers.all().into_iter();
            all.find(|officer| officer.id().to_string() == number)
        });
        known.map_or_else(
            || actor.to_owned(),
            |known| format!("{} ({})", known.name(), known.id()),
        )
    }

    /// The choice of an officer, as records name them.
    fn officer_field(&self, chosen: &str, language: Language) -> Field {
        let words = AuditWords::of(language);
        let everybody = self.officers.all();
        let each = everybody.iter().map(|officer| {
            let name = format!("{} ({})", officer.name(), officer.id());
            Choice::new(officer.id().actor(), name)
        });
        let choices = std::iter::once(Choice::new("", words.anybody)).chain(each).collect();
        Field::new(language, "actor", words.who, Input::Select(choices))
            .value(chosen)
            .optional()
    }
}

/// The way to a record.
fn record_link(zone: &str, index: u64) -> Link {
    Link::new(format!("{HERE}/records/{zone}/{index}"), format!("{zone} #{index}"))
}

/// What a record is about; long numbers as codes, so that they break where they may.
fn about(subject: &str, language: Language) -> Cell {
    match subject {
        "" => Cell::Nothing(language),
        subject => Cell::Code(subject.to_owned()),
    }
}

/// The first moment of a day in Beijing.
fn midnight(day: Date) -> Option<Timestamp> {
    jiff::tz::offset(8).to_timestamp(day.at(0, 0, 0, 0)).ok()
}

/// The first moment after a day in Beijing.
fn day_after(day: Date) -> Option<Timestamp> {
    midnight(day.checked_add(Span::new().days(1)).ok()?)
}

/// A link with these values as its query; what is empty is left out.
fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let given = pairs.iter().filter(|(_, value)| !value.trim().is_empty());
    let pairs: Vec<String> = given
        .map(|(name, value)| format!("{name}={}", page::encoded(value.trim())))
        .collect();
    match pairs.as_slice() {
        [] => path.to_owned(),
        pairs => format!("{path}?{}", pairs.join("&")),
    }
}

/// A link to the page after, which begins at `place`.
fn next_page(here: &str, place: Option<String>) -> Option<String> {
    let mark = if here.contains('?') { '&' } else { '?' };
    place.map(|place| format!("{here}{mark}after={}", page::encoded(&place)))
}
