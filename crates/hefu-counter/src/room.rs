//! The room: what its pages stand on, its routes, who may look and who may act.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::response::Response;
use axum::routing::{get, post};
use hefu_applicants::{ApplicantId, Described, EVIDENCE_OCTETS_MAX, Registry, TEXT_OCTETS_MAX};
use hefu_batch::{Office, SHEET_OCTETS_MAX};
use hefu_officers::{OfficerId, Officers, Permission};
use hefu_ra::{CaseFiles, Desk};
use hefu_rulebook::{Language, Term};
use hefu_web::{Clock, PageOfficer};

use crate::component::Link;
use crate::page::{self, Asked, Page, nowhere, refuse};
use crate::words::CounterWords;
use crate::{apply, batches, check, consent, copy, evidence, file, find, reading, register, telling, texts, wish};

/// Octets of a form around what is uploaded with it: names of fields, boundaries, the mark.
const AROUND_UPLOAD: usize = 64 << 10;

/// What the pages stand on.
#[derive(Clone)]
pub struct CounterPages {
    /// Applicants' files.
    pub registry: Registry,
    /// The desk that takes applications.
    pub desk: Desk,
    /// What the desk asks of the files: who a file is about.
    pub files: Arc<dyn CaseFiles>,
    /// The office of batches.
    pub office: Office,
    /// Names of officers.
    pub officers: Arc<Officers>,
    /// Makes copies as PDF.
    pub typesetter: Arc<dyn copy::Typesetter>,
    /// The provider's name, for copies of agreements.
    pub provider: String,
    /// For how long after the last certificate's end a file is kept (电子签名法 24).
    pub retention: Term,
    /// The time of each act.
    pub clock: Clock,
}

/// A file, on the way to one of its pages.
pub(crate) struct OfFile {
    pub(crate) page: Page,
    pub(crate) id: ApplicantId,
    pub(crate) described: Described,
    pub(crate) language: Language,
    pub(crate) words: &'static CounterWords,
}

impl OfFile {
    /// The address of the file, with what comes after it.
    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/desk/applicants/{}{rest}", self.id)
    }

    /// The page below the file's own.
    pub(crate) fn below(&self) -> Page {
        let here = Link::new(self.path(""), self.described.name.clone());
        self.page.clone().under(here)
    }
}

impl CounterPages {
    /// The routes.
    pub fn routes(self) -> Router {
        let evidence = DefaultBodyLimit::max(EVIDENCE_OCTETS_MAX + AROUND_UPLOAD);
        let text = DefaultBodyLimit::max(TEXT_OCTETS_MAX);
        // One octet more, so that the office itself says what is too large.
        let sheet = DefaultBodyLimit::max(SHEET_OCTETS_MAX + 1 + AROUND_UPLOAD);
        let routes = Router::new()
            .route("/desk/applicants", get(find::ask).post(find::find))
            .route(
                "/desk/applicants/new/{kind}",
                get(register::ask).post(register::register),
            )
            .route("/desk/applicants/{id}", get(file::file))
            .route(
                "/desk/applicants/{id}/notice",
                get(telling::notice).post(telling::acknowledge),
            )
            .route(
                "/desk/applicants/{id}/contract",
                get(telling::contract).post(telling::sign),
            )
            .route("/desk/applicants/{id}/consent", get(consent::ask).post(consent::give))
            .route(
                "/desk/applicants/{id}/consent/withdrawal",
                get(consent::ask_withdrawal).post(consent::withdraw),
            )
            .route(
                "/desk/applicants/{id}/evidence",
                get(evidence::ask).post(evidence::take).layer(evidence),
            )
            .route(
                "/desk/applicants/{id}/evidence/{piece}",
                get(evidence::ask_opening).post(evidence::open),
            )
            .route("/desk/applicants/{id}/check", get(check::ask).post(check::check))
            .route("/desk/applicants/{id}/reading", get(reading::ask).post(reading::read))
            .route("/desk/applicants/{id}/restriction", get(wish::ask).post(wish::restrict))
            .route("/desk/applicants/{id}/application", get(apply::ask).post(apply::enter))
            .route("/desk/agreements/{id}/{side}", get(copy::copy))
            .route("/desk/texts", get(texts::list))
            .route("/desk/texts/{kind}/versions/{version}", get(texts::read))
            .route(
                "/desk/texts/{kind}/new",
                get(texts::draft).post(texts::publish).layer(text),
            )
            .route("/desk/batches", get(batches::list).post(batches::upload).layer(sheet))
            .route("/desk/batches/template.csv", get(batches::template))
            .route("/desk/batches/{id}", get(batches::batch))
            .route("/desk/batches/{id}/start", post(batches::start))
            .route("/desk/batches/{id}/pause", post(batches::pause))
            .route("/desk/batches/{id}/resume", post(batches::resume))
            .route("/desk/batches/{id}/approval", post(batches::approve))
            .route(
                "/desk/batches/{id}/discarding",
                get(batches::ask_discarding).post(batches::discard),
            )
            .route("/desk/batches/{id}/report.csv", get(batches::report))
            .with_state(self);
        page::private(routes)
    }

    /// The frame of a page for an officer who may look.
    pub(crate) async fn frame(&self, asked: &Asked, officer: &PageOfficer) -> Result<Page, Box<Response>> {
        self.framed(asked, officer, Permission::Read).await
    }

    /// The frame for an officer with a permission; who has it not is told so, and that is recorded.
    pub(crate) async fn framed(
        &self,
        asked: &Asked,
        officer: &PageOfficer,
        permission: Permission,
    ) -> Result<Page, Box<Response>> {
        let page = officer.frame(asked, permission).await?;
        let words = CounterWords::of(page.language);
        Ok(page.telling(asked, |word| words.done(word)))
    }

    /// A file for an officer with a permission, or the page that says why not.
    pub(crate) async fn of_file(
        &self,
        (officer, asked, id): (&PageOfficer, &Asked, &str),
        permission: Permission,
    ) -> Result<OfFile, Box<Response>> {
        let page = self.framed(asked, officer, permission).await?;
        let language = page.language;
        let words = CounterWords::of(language);
        let page = page.under(Link::new("/desk/applicants", words.applicants));
        let Ok(id) = id.parse::<ApplicantId>() else {
            return Err(Box::new(nowhere(page)));
        };
        match self.registry.described(id).await {
            Ok(described) => Ok(OfFile {
                page,
                id,
                described,
                language,
                words,
            }),
            Err(why) => Err(Box::new(refuse(page, &why))),
        }
    }

    /// An officer who handles applications, entering or approving: others see files masked only.
    pub(crate) fn handling(officer: &PageOfficer) -> Permission {
        match officer.permit(Permission::Approve) {
            Ok(_) => Permission::Approve,
            Err(_) => Permission::Enter,
        }
    }

    /// An officer's name, with the number that records know them by.
    pub(crate) fn name_of(&self, id: OfficerId) -> String {
        let found = self.officers.all().into_iter().find(|officer| officer.id() == id);
        found.map_or_else(|| id.to_string(), |officer| format!("{} ({id})", officer.name()))
    }

    /// The name of a profile as people read it.
    pub(crate) fn profile_name(&self, name: &str, language: Language) -> String {
        let profile = self.desk.profiles().get(name);
        profile.map_or_else(|| name.to_owned(), |profile| profile.label().text(language).to_owned())
    }
}
