//! The subscribers' portal, and the officers' side of it.
//!
//! | pages | who |
//! |---|---|
//! | `/portal…` | who has an access code: status, texts, supplement, delivery, acceptance, wishes |
//! | `/portal/lost` | who has lost a key, at any hour |
//! | `/desk/applications/{id}/subscriber`, `/desk/matters…` | officers: codes, supplements, what subscribers ask for |
//!
//! ```text
//! /portal ─ code ─▶ cookie ─▶ /portal (status, what is asked) ─▶ texts, supplement, delivery ─▶ certificate: accept | refuse
//! /portal/lost ─ code ─▶ asks first ─▶ suspended                    /portal/wishes ─▶ /desk/matters ─ officer ─▶ settled
//! ```
//!
//! Each page is made as [`hefu_page::page`] says and works without scripts, on a telephone first. What is allowed the office
//! ([`hefu_subscribers::Office`]) decides and records. No SQL, no keys, no rules.

mod delivery;
mod entrance;
mod lost;
mod matters;
mod officers;
mod overview;
mod supplement;
mod texts;
mod visitor;
mod wishes;
mod words;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use hefu_applicants::Registry;
use hefu_page::{component, mishap, page};
use hefu_ra::Desk;
use hefu_rulebook::Language;
use hefu_subscribers::{Office, SUPPLEMENT_OCTETS_MAX};
use hefu_web::{Clock, Site};

/// Octets of a form with papers: the papers, and some room for the form around them.
const PAPERS_BODY_MAX: usize = SUPPLEMENT_OCTETS_MAX + (256 << 10);

/// What the pages stand on.
#[derive(Clone)]
pub struct Portal {
    /// Subscribers' affairs.
    pub office: Office,
    /// Applications and certificates.
    pub desk: Desk,
    /// The texts that applicants agree to.
    pub registry: Registry,
    /// The time of each act.
    pub clock: Clock,
    /// The operator.
    pub site: Arc<Site>,
}

impl Portal {
    /// The routes.
    pub fn routes(self) -> Router {
        let papers = DefaultBodyLimit::max(PAPERS_BODY_MAX);
        let routes = Router::new()
            .route("/portal", get(overview::overview))
            .route("/portal/enter", get(entrance::ask).post(entrance::enter))
            .route("/portal/leave", post(entrance::leave))
            .route("/portal/texts/{kind}", get(texts::ask).post(texts::agree))
            .route(
                "/portal/supplement",
                get(supplement::ask).post(supplement::answer).layer(papers),
            )
            .route("/portal/delivery", get(delivery::ask).post(delivery::deliver))
            .route("/portal/delivery/code", get(delivery::no_code).post(delivery::code))
            .route("/portal/delivery/files/{name}", get(delivery::file))
            .route("/portal/certificate", get(delivery::certificate).post(delivery::answer))
            .route("/portal/wishes", get(wishes::ask).post(wishes::wish))
            .route("/portal/lost", get(lost::ask).post(lost::report))
            .route("/desk/applications/{id}/subscriber", get(officers::subscriber))
            .route(
                "/desk/applications/{id}/subscriber/codes",
                get(officers::no_code).post(officers::make_code),
            )
            .route(
                "/desk/applications/{id}/subscriber/codes/{access}/end",
                post(officers::withdraw_code),
            )
            .route(
                "/desk/applications/{id}/subscriber/supplement",
                post(officers::ask_supplement),
            )
            .route(
                "/desk/applications/{id}/subscriber/supplement/end",
                post(officers::drop_supplement),
            )
            .route("/desk/matters", get(matters::queue))
            .route("/desk/matters/{id}", get(matters::one).post(matters::settle))
            .with_state(self);
        page::private(routes)
    }

    /// The name of a kind of certificate as people read it.
    fn profile_name(&self, name: &str, language: Language) -> String {
        let profile = self.desk.profiles().get(name);
        profile.map_or_else(|| name.to_owned(), |profile| profile.label().text(language).to_owned())
    }
}
