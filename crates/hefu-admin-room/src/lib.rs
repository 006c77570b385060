//! The administrators' room: who is on duty and what is proposed about them, what is published and filed, letters,
//! profiles, sessions; and on top of all of it what waits to be done.
//!
//! M15 19 (internal control: nobody alone), 36 (training); 电子签名法 19 and EG24 16 (what is published and filed) are kept
//! by hefu-officers and hefu-policies, whose calls these pages make. A page asks what an officer could do
//! (`Officers::may_propose`, `Proposal::may_be_decided_by`) and offers only that; whether it is done the capability decides
//! again, and records. Auditors read the same pages and are offered nothing.
//!
//! ```text
//! /admin ─▶ /admin/officers/{id} ─ asks first ─▶ proposed ─▶ /admin/proposals/{id} ─ another officer ─▶ done
//!   ├─▶ /admin/policies ─ version, filing, licence ─▶ proposed ─▶ /admin/policies/proposals/{id} ─▶ done
//!   └─▶ /admin/letters  /admin/profiles  /admin/sessions
//! ```
//!
//! A new access token is shown in the answer to the decision that gave it, kept by no cache, and nowhere else.
//!
//! What it does not know: SQL, keys, rules; applications; the clock.

mod appointment;
mod change;
mod filing;
mod letters;
mod officer;
mod officers;
mod overview;
mod policies;
mod policy_proposal;
mod profiles;
mod proposal;
mod publishing;
mod sessions;
mod sheet;
#[cfg(test)]
mod tests;
mod words;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use hefu_certificate::Profiles;
use hefu_officers::{OfficerId, Officers};
use hefu_page::{component, page};
use hefu_policies::Policies;
use hefu_post::Post;
use hefu_web::Clock;
use jiff::Timestamp;

/// Two texts of a mebibyte each, or a receipt of one, as files, and the fields beside them.
const UPLOAD_BYTES_MAX: usize = 3 * 1024 * 1024;

/// What the pages stand on.
#[derive(Clone)]
pub struct AdminPages {
    /// The register.
    pub officers: Arc<Officers>,
    /// What is published and filed; none where the certification authority runs in another process.
    pub policies: Option<Policies>,
    /// The outbox; none where the operator set no mail server.
    pub post: Option<Post>,
    /// The profiles that the desk runs with.
    pub profiles: Arc<Profiles>,
    /// Certificates of the service itself whose ends are looked after.
    pub own: Arc<[OwnCertificate]>,
    /// The time of each act.
    pub clock: Clock,
}

/// A certificate of the service itself.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OwnCertificate {
    /// What it is for.
    pub used_for: OwnUse,
    /// The authority's name, or the door's address.
    pub name: String,
    /// Last second of validity.
    pub not_after: Timestamp,
}

/// What a certificate of the service itself is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum OwnUse {
    /// An issuing authority.
    Authority,
    /// The delegated signer of OCSP answers.
    OcspSigner,
    /// The TLS door.
    Door,
}

impl AdminPages {
    /// The routes.
    pub fn routes(self) -> Router {
        let routes = Router::new()
            .route("/admin", get(overview::overview))
            .route("/admin/letters", get(letters::letters))
            .route("/admin/letters/{number}", get(letters::letter))
            .route("/admin/letters/{number}/retry", post(letters::retry))
            .route("/admin/profiles", get(profiles::profiles))
            .route("/admin/profiles/{name}", get(profiles::profile))
            .route("/admin/profiles/{name}/toml", get(profiles::toml))
            .route("/admin/lints", get(profiles::lints))
            .route("/admin/sessions", get(sessions::sessions))
            .route("/admin/sessions/{number}/end", get(sessions::ask).post(sessions::end))
            .merge(people())
            .merge(published())
            .with_state(self);
        page::private(routes)
    }

    /// An officer's name, with the number that records know them by.
    fn name_of(&self, id: OfficerId) -> String {
        let found = self.officers.all().into_iter().find(|officer| officer.id() == id);
        found.map_or_else(|| id.to_string(), |officer| format!("{} ({id})", officer.name()))
    }

    fn now(&self) -> Timestamp {
        (self.clock)()
    }
}

fn people() -> Router<AdminPages> {
    Router::new()
        .route("/admin/officers", get(officers::officers))
        .route("/admin/officers/new", get(appointment::ask).post(appointment::appoint))
        .route("/admin/officers/{id}", get(officer::officer))
        .route(
            "/admin/officers/{id}/changes/{change}",
            get(change::ask).post(change::propose),
        )
        .route(
            "/admin/officers/{id}/training",
            get(officer::ask_training).post(officer::train),
        )
        .route("/admin/bodies", get(officers::bodies))
        .route(
            "/admin/bodies/new",
            get(appointment::ask_body).post(appointment::file_body),
        )
        .route("/admin/proposals", get(proposal::proposals))
        .route("/admin/proposals/{id}", get(proposal::proposal))
        .route("/admin/proposals/{id}/decision", post(proposal::decide))
}

fn published() -> Router<AdminPages> {
    Router::new()
        .route("/admin/policies", get(policies::policies))
        .route(
            "/admin/policies/version",
            get(publishing::ask).post(publishing::publish),
        )
        .route("/admin/policies/filing", get(filing::ask).post(filing::file))
        .route(
            "/admin/policies/licence",
            get(filing::ask_licence).post(filing::record_licence),
        )
        .route("/admin/policies/receipts/{series}/{version}", get(policies::receipt))
        .route("/admin/policies/proposals", get(policy_proposal::proposals))
        .route("/admin/policies/proposals/{id}", get(policy_proposal::proposal))
        .route("/admin/policies/proposals/{id}/decision", post(policy_proposal::decide))
        .layer(DefaultBodyLimit::max(UPLOAD_BYTES_MAX))
}
