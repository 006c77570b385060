//! The one view of this room: a title, what was said, and parts in reading order.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use hefu_applicants::{Section, Text};
use hefu_rulebook::Language;

use crate::component::{Answer, Citation, Confirmation, Errors, Facts, Form, Link, Road, Table};
use crate::mishap::{Mishap, status_and_answer};
use crate::page::{Page, show};

/// A part of a page.
pub(crate) enum Part {
    /// A heading.
    Heading(&'static str),
    /// Words with the article behind them.
    Ruled(&'static str, Citation),
    /// Words.
    Words(String),
    /// Facts, under a name for those who do not see the frame.
    Facts(&'static str, Facts),
    /// A form, likewise.
    Form(&'static str, Form),
    /// A list.
    Table(Table),
    /// Ways on, as buttons.
    Ways(Vec<Link>),
    /// Something to look at before one goes on.
    Warning(Answer),
    /// The question before what cannot be taken back.
    Asking(Confirmation),
    /// A notice or contract, as the applicant reads it.
    Wording(Shown),
}

/// A notice or contract in one language.
pub(crate) struct Shown {
    tag: &'static str,
    title: String,
    version: String,
    sections: Vec<Section>,
}

impl Shown {
    /// The words of a text.
    pub(crate) fn of(text: &Text, language: Language) -> Self {
        let wording = text.wording(language);
        Self {
            tag: language.tag(),
            title: wording.title.clone(),
            version: text.version().to_owned(),
            sections: wording.sections.clone(),
        }
    }
}

/// A page of this room.
#[derive(Template)]
#[template(path = "counter/sheet.html")]
pub(crate) struct Sheet {
    page: Page,
    title: String,
    lede: Option<&'static str>,
    road: Option<Road>,
    answer: Option<Answer>,
    errors: Option<Errors>,
    parts: Vec<Part>,
    status: StatusCode,
}

impl Sheet {
    /// A page with its title.
    pub(crate) fn new(page: Page, title: impl Into<String>) -> Self {
        Self {
            page,
            title: title.into(),
            lede: None,
            road: None,
            answer: None,
            errors: None,
            parts: Vec::new(),
            status: StatusCode::OK,
        }
    }

    /// With what the page is for.
    pub(crate) fn lede(mut self, lede: &'static str) -> Self {
        self.lede = Some(lede);
        self
    }

    /// With the steps on top.
    pub(crate) fn road(mut self, road: Road) -> Self {
        self.road = Some(road);
        self
    }

    /// With what was not done, if something was not.
    pub(crate) fn mishap(mut self, mishap: Option<Mishap>) -> Self {
        (self.status, self.answer) = status_and_answer(mishap);
        self
    }

    /// With one more part.
    pub(crate) fn part(mut self, part: Part) -> Self {
        self.parts.push(part);
        self
    }

    /// With several more parts.
    pub(crate) fn parts(mut self, parts: impl IntoIterator<Item = Part>) -> Self {
        self.parts.extend(parts);
        self
    }

    /// With a form, and the summary of its errors on top.
    pub(crate) fn form(mut self, label: &'static str, form: Form) -> Self {
        self.errors = Some(form.errors());
        self.part(Part::Form(label, form))
    }

    /// Shows it.
    pub(crate) fn show(self) -> Response {
        show(self.status, &self)
    }
}
