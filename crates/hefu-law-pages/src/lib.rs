//! The pages of the law library.
//!
//! | page | who |
//! |---|---|
//! | `/law`, `/law/{instrument}`, `/law/{instrument}/compare` | everybody |
//! | `/admin/law`, `/admin/calendar`, `/admin/deadlines` | officers look; those who may publish act |
//!
//! Each page is made as [`hefu_page::page`] says. What is verified, who may confirm and how days are counted, the library
//! knows; a page asks, shows, and says what the library said beside the form. No SQL, no rules.

mod admin;
mod calendar;
mod compare;
mod deadlines;
mod reading;
mod words;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::response::Response;
use axum::routing::{get, post};
use hefu_law_library::{LawError, Library};
use hefu_officers::Permission;
use hefu_page::page::{self, Asked, Page};
use hefu_rulebook::{Instrument, Language, Obligation};
use hefu_web::{Clock, PageOfficer, Site};
use std::sync::Arc;

use crate::words::LawWords;

/// A text of a mebibyte and what a form lays around it.
const UPLOAD_BYTES_MAX: usize = (1 << 20) + (64 << 10);
/// Articles on one page; the longest of our instruments has about forty.
const PER_PAGE: usize = 20;

/// What the pages stand on.
#[derive(Clone)]
pub struct LawPages {
    /// The desk behind them.
    pub library: Library,
    /// The operator.
    pub site: Arc<Site>,
    /// The time of each act.
    pub clock: Clock,
}

impl LawPages {
    /// The routes.
    pub fn routes(self) -> Router {
        let public = Router::new()
            .route("/law", get(reading::list))
            .route("/law/{instrument}", get(reading::instrument))
            .route("/law/{instrument}/compare", get(compare::compare))
            .with_state(self.clone());
        let private = Router::new()
            .route("/admin/law", get(admin::law).post(admin::load))
            .route("/admin/law/{instrument}", get(admin::instrument))
            .route(
                "/admin/law/{instrument}/{obligation}",
                get(admin::ask_confirmation).post(admin::confirm),
            )
            .route(
                "/admin/law/{instrument}/{obligation}/withdrawal",
                get(admin::ask_withdrawal).post(admin::withdraw),
            )
            .route("/admin/calendar", get(calendar::calendar))
            .route("/admin/calendar/years", post(calendar::set_year))
            .route("/admin/deadlines", get(deadlines::deadlines))
            .layer(DefaultBodyLimit::max(UPLOAD_BYTES_MAX))
            .with_state(self);
        public.merge(page::private(private))
    }

    /// The frame of a page for an officer who may read.
    async fn frame(&self, asked: &Asked, officer: &PageOfficer) -> Result<Page, Box<Response>> {
        let page = officer.frame(asked, Permission::Read).await?;
        let words = LawWords::of(page.language);
        Ok(page.telling(asked, |word| words.done(word)))
    }

    /// Whether an officer is offered to act; whether they may, the library decides.
    fn offers(officer: &PageOfficer) -> bool {
        officer.permit(Permission::ManagePolicies).is_ok()
    }

    fn find(&self, code: &str) -> Result<&Instrument, LawError> {
        let found = self.library.book().instruments().find(code);
        found.ok_or_else(|| LawError::NoSuchInstrument(code.to_owned()))
    }

    fn obligations<'a>(&'a self, code: &'a str) -> impl Iterator<Item = &'a Obligation> {
        let all = self.library.book().obligations().iter();
        all.filter(move |one| one.instrument() == code)
    }
}

/// The short name of an instrument.
fn short(instrument: &Instrument, language: Language) -> &str {
    match language {
        Language::Chinese => instrument.short_zh(),
        Language::English => instrument.short_en(),
    }
}
