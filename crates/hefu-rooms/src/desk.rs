//! The registration officers' pages: the queue, one application and its next step, entry, everything issued, what ends.
//!
//! 电子签名法 20, 办法 21, 22, 29, 30 are kept by the desk, whose calls these pages make; a page only asks, shows, and says
//! what the desk said, with the article, beside the form. Who may look is decided here; who may act the desk decides and
//! records. Administrators and auditors read the same pages and are offered no step.
//!
//! ```text
//! /desk ─▶ /desk/applications/{id} ─ next step ─▶ … ─▶ issued ─▶ /desk/certificates/{serial} ─ asks first ─▶ changed
//! /desk/applications/new ──┘            /desk/certificates ─▶ .csv            /desk/forecast ─▶ /desk/certificates
//! ```
//!
//! What it does not know: applicants' files beyond their masked number and the check that the registry makes.

mod application;
mod certificate;
mod change;
mod entry;
mod export;
mod forecast;
mod next;
mod queue;
mod search;
mod step;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use hefu_applicants::Registry;
use hefu_certificate::{LawScope, Profile};
use hefu_officers::{OfficerId, Officers, Permission};
use hefu_ra::{Desk, IdentityInput};
use hefu_rulebook::Language;

use crate::component::Link;
use crate::page::{self, Asked, Page};
use crate::words::desk::DeskWords;
use hefu_web::Clock;
use hefu_web::PageOfficer;
use hefu_web::Site;

/// What the pages stand on.
#[derive(Clone)]
pub struct DeskPages {
    /// The desk behind them.
    pub desk: Desk,
    /// Applicants' files: masked numbers, and checks of identity.
    pub registry: Registry,
    /// Names of officers.
    pub officers: Arc<Officers>,
    /// The time of each act.
    pub clock: Clock,
    /// The operator.
    pub site: Arc<Site>,
}

impl DeskPages {
    /// The routes.
    pub fn routes(self) -> Router {
        let routes = Router::new()
            .route("/desk", get(queue::queue))
            .route("/desk/applications/new", get(entry::ask).post(entry::enter))
            .route("/desk/applications/{id}", get(application::application))
            .route("/desk/applications/{id}/notice", post(step::notice))
            .route("/desk/applications/{id}/contract", post(step::contract))
            .route("/desk/applications/{id}/identity", post(step::identity))
            .route("/desk/applications/{id}/approval", post(step::approval))
            .route("/desk/applications/{id}/issuance", post(step::issuance))
            .route(
                "/desk/applications/{id}/rejection",
                get(step::ask_rejection).post(step::rejection),
            )
            .route("/desk/applications/{id}/files/{name}", get(application::file))
            .route("/desk/certificates", get(search::certificates))
            .route("/desk/certificates.csv", get(export::csv))
            .route("/desk/certificates/{serial}", get(certificate::certificate))
            .route(
                "/desk/certificates/{serial}/suspension",
                get(change::ask_suspension).post(change::suspension),
            )
            .route(
                "/desk/certificates/{serial}/resumption",
                get(change::ask_resumption).post(change::resumption),
            )
            .route(
                "/desk/certificates/{serial}/revocation",
                get(change::ask_revocation).post(change::revocation),
            )
            .route(
                "/desk/certificates/{serial}/renewal",
                get(change::ask_renewal).post(change::renewal),
            )
            .route("/desk/forecast", get(forecast::forecast))
            .with_state(self);
        page::private(routes)
    }

    /// The frame of a page for an officer who may read.
    async fn frame(&self, asked: &Asked, officer: &PageOfficer) -> Result<Page, Box<Response>> {
        let page = officer.frame(asked, Permission::Read).await?;
        let words = DeskWords::of(page.language);
        Ok(page.telling(asked, |word| words.done(word)))
    }

    /// An officer's name, with the number that records know them by.
    fn name_of(&self, id: OfficerId) -> String {
        let found = self.officers.all().into_iter().find(|officer| officer.id() == id);
        found.map_or_else(|| id.to_string(), |officer| format!("{} ({id})", officer.name()))
    }

    /// The name of a profile as people read it; the word itself where it is gone.
    fn profile_name(&self, name: &str, language: Language) -> String {
        let profile = self.desk.profiles().get(name);
        profile.map_or_else(|| name.to_owned(), |profile| profile.label().text(language).to_owned())
    }

    /// What certificates of a profile are in law; inside the law where nobody knows.
    fn scope(&self, profile: &str) -> LawScope {
        let profile = self.desk.profiles().get(profile);
        profile.map_or(LawScope::Signature, |profile| profile.law_scope())
    }
}

/// An officer's words about how identity was verified, where words are enough.
fn identity_words(method: String, document: String, remark: &str) -> IdentityInput {
    IdentityInput {
        method,
        document,
        evidence: Vec::new(),
        remark: Some(remark.trim().to_owned()).filter(|remark| !remark.is_empty()),
    }
}

/// What people call the holder of an application: the whole name, or with a person's given name hidden.
fn holder(subject: &BTreeMap<String, String>, is_whole: bool) -> String {
    let name = subject.get("common_name").or_else(|| subject.values().next());
    let name = name.cloned().unwrap_or_default();
    let is_person = ["identity_number", "passport_number"]
        .iter()
        .any(|field| subject.contains_key(*field));
    if is_whole || !is_person {
        return name;
    }
    let hidden = name.chars().enumerate();
    hidden
        .map(|(place, letter)| if place == 0 { letter } else { '*' })
        .collect()
}

/// The way to the queue, on top of every page below it.
fn queue_link(language: Language) -> Link {
    Link::new("/desk", DeskWords::of(language).queue)
}

/// The way to the search.
fn search_link(language: Language) -> Link {
    Link::new("/desk/certificates", DeskWords::of(language).certificates)
}

/// Whether certificates of a profile are applied for: those of authorities are made by ceremony.
fn is_for_subscribers(profile: &Profile) -> bool {
    profile.kind() == hefu_certificate::ProfileKind::Subscriber
}
