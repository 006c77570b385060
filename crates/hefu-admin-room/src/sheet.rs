//! What a page of this room is made of, who visits it, and what somebody gets in its place.

use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use hefu_officers::Permission;
use hefu_page::mishap::{Mishap, status_and_answer};
use hefu_rulebook::{Explain, Language};
use hefu_web::PageOfficer;

use crate::AdminPages;
use crate::component::{Answer, Confirmation, Facts, Filters, Form, Link, Notice, Table};
use crate::page::{self, Asked, Page};
use crate::words::AdminWords;

/// A visit of an officer to a page of this room.
pub(crate) struct Visit {
    pub(crate) door: AdminPages,
    pub(crate) officer: PageOfficer,
    pub(crate) asked: Asked,
}

impl FromRequestParts<AdminPages> for Visit {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, door: &AdminPages) -> Result<Self, Response> {
        Ok(Self {
            officer: PageOfficer::from_request_parts(parts, door).await?,
            asked: Asked::of(parts),
            door: door.clone(),
        })
    }
}

/// The page that somebody gets in place of the one they asked for. Small, so that it may stand in every `Result`.
#[derive(Debug)]
pub(crate) struct Instead(Box<Response>);

impl From<Box<Response>> for Instead {
    fn from(answer: Box<Response>) -> Self {
        Self(answer)
    }
}

impl IntoResponse for Instead {
    fn into_response(self) -> Response {
        *self.0
    }
}

impl Instead {
    /// The page that says why, in the frame of the one that was asked for.
    pub(crate) fn of(page: &Page, why: &dyn Explain) -> Self {
        Self(Box::new(page::refuse(page.clone(), why)))
    }

    /// The page that says that nothing is here.
    pub(crate) fn nowhere(page: &Page) -> Self {
        Self(Box::new(page::nowhere(page.clone())))
    }
}

/// What a handler answers.
pub(crate) type Outcome = Result<Response, Instead>;

impl Visit {
    /// The frame of a page for whoever may read, below the overview.
    pub(crate) async fn frame(&self) -> Result<Page, Instead> {
        let page = self.top().await?;
        let home = Link::new("/admin", AdminWords::of(page.language).admin);
        Ok(page.under(home))
    }

    /// The frame of the overview.
    pub(crate) async fn top(&self) -> Result<Page, Instead> {
        let page = self.officer.frame(&self.asked, Permission::Read).await?;
        let words = AdminWords::of(page.language);
        Ok(page.telling(&self.asked, |word| words.done(word)))
    }

    pub(crate) const fn language(&self) -> Language {
        self.asked.language()
    }
}

/// One piece of a page.
pub(crate) enum Part {
    Heading(&'static str),
    /// A heading that links lead to: its id and its words.
    Place(&'static str, &'static str),
    Words(String),
    Notice(Notice),
    /// What it is called for those who do not see it, and the facts.
    Facts(&'static str, Facts),
    Filters(Filters),
    Table(Table),
    Form(&'static str, Form),
    Confirmation(Confirmation),
    /// Ways to do something.
    Acts(Vec<Link>),
    List(Vec<String>),
    /// A long text that opens.
    Text(&'static str, String),
    /// Something that is shown this once.
    Secret(&'static str, String),
}

/// A page.
#[derive(Template)]
#[template(path = "admin/sheet.html")]
pub(crate) struct Sheet {
    page: Page,
    title: String,
    lede: Option<String>,
    answer: Option<Answer>,
    status: StatusCode,
    parts: Vec<Part>,
}

impl Sheet {
    pub(crate) fn new(page: Page, title: impl Into<String>) -> Self {
        Self {
            page,
            title: title.into(),
            lede: None,
            answer: None,
            status: StatusCode::OK,
            parts: Vec::new(),
        }
    }

    pub(crate) fn lede(mut self, lede: impl Into<String>) -> Self {
        self.lede = Some(lede.into());
        self
    }

    /// With what was not done, on top; and its status.
    pub(crate) fn mishap(mut self, mishap: Option<Mishap>) -> Self {
        (self.status, self.answer) = status_and_answer(mishap);
        self
    }

    pub(crate) fn part(mut self, part: Part) -> Self {
        self.parts.push(part);
        self
    }

    /// With a heading and what stands below it.
    pub(crate) fn below(self, heading: &'static str, part: Part) -> Self {
        self.part(Part::Heading(heading)).part(part)
    }

    /// With ways to do something; nothing where there are none.
    pub(crate) fn acts(self, acts: Vec<Link>) -> Self {
        if acts.is_empty() {
            self
        } else {
            self.part(Part::Acts(acts))
        }
    }

    pub(crate) fn show(self) -> Response {
        page::show(self.status, &self)
    }
}

/// Proposals, letters and officers count from 1, so whatever is no number is none of them.
pub(crate) fn number(text: &str) -> i64 {
    text.parse().unwrap_or(0)
}
