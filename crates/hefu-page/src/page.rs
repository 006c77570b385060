//! The house in which every page lives: what a page is given, and how it is shown.
//!
//! # How to add a page
//!
//! In hefu-web (public pages) or hefu-rooms (pages behind a log-in):
//!
//! 1. **Words** go into a file of the area, `words/AREA.rs`, both languages side by side (see [`crate::words`]).
//! 2. **A template** goes into `templates/AREA/NAME.html`. It extends `layout.html`, fills the blocks `title` and
//!    `body`, and has one `h1`. Components ([`crate::component`]) are values: `{{ table }}`, `{{ form }}`.
//! 3. **A view**, a struct with `#[derive(Template)]`, has a field `page: Page`, one `words` of its area, and components.
//! 4. **A handler** extracts [`Asked`], makes one call, and shows one view:
//!
//! ```ignore
//! #[derive(Template)]
//! #[template(path = "public/help.html")]
//! struct Help {
//!     page: Page,
//!     words: &'static HelpWords,
//!     text: String,
//! }
//!
//! async fn help(State(door): State<Relying>, asked: Asked) -> Response {
//!     let page = asked.page(&door.site);
//!     show(StatusCode::OK, &Help { words: HelpWords::of(page.language), text: text(page.language), page })
//! }
//! ```
//!
//! 5. **A route** in the area's `routes()`, and its line in `assets/openapi.json`; a test holds the two together.
//! 6. **An entry** in [`navigation`] if it is the head of its area; other pages are linked from there and have a trail:
//!    `asked.page(&site).under(Link::new("/certificates", words.look_up))`.
//! 7. **Its path** in `trials/tests/pages.rs`: a browser then opens it in both languages, wide, narrow and printed.
//!
//! `public/help.rs` is the smallest whole example. Who is there is said by [`Page::seen_by`]; forms that change something
//! carry `page.csrf()` and are sent by POST, which answers with a redirect to a page with `?done=WORD`
//! ([`Asked::done`], [`Page::saying`]). Destructive acts go through [`crate::component::Confirmation`]. An error is a page:
//! [`refuse`]; what a form could not do is said beside it: [`Mishap`](crate::mishap::Mishap). Rooms that need a log-in
//! wrap their routes in [`private`]. No page needs scripts, and the content policy lets none run: no inline style, no
//! inline script, no foreign origin.

pub mod language;
pub mod navigation;
pub mod time;

use std::convert::Infallible;
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use hefu_rulebook::{Explain, Kind, Language};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::Site;
use crate::component::{Citation, Link, Notice, Shape};
use crate::problem;
use crate::words::{Words, words};
use navigation::{Audience, Entry, FOOTER};

/// Characters of the longest `?done=` that is looked at: words of ours are short.
const DONE_MAX: usize = 64;
/// For the foot of every page.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What a request asks of a page besides the page itself.
#[derive(Clone, Debug)]
pub struct Asked {
    language: Language,
    path: String,
    query: String,
}

impl<S: Sync> FromRequestParts<S> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts))
    }
}

impl Asked {
    /// What this request asks.
    pub fn of(parts: &Parts) -> Self {
        Self {
            language: language::of(&parts.uri, &parts.headers),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
        }
    }

    /// A page by itself, in a language.
    #[must_use]
    pub fn at(path: &str, language: Language) -> Self {
        Self {
            language,
            path: path.to_owned(),
            query: String::new(),
        }
    }

    /// The language of the answer.
    #[must_use]
    pub const fn language(&self) -> Language {
        self.language
    }

    /// The word in `?done=`: what the form that led here did. Pages look it up among their own words.
    #[must_use]
    pub fn done(&self) -> Option<&str> {
        let mut pairs = self.query.split('&');
        pairs
            .find_map(|pair| pair.strip_prefix("done="))
            .filter(|word| word.len() <= DONE_MAX)
    }

    /// The frame of the page, for the public until [`Page::seen_by`] says otherwise.
    #[must_use]
    pub fn page(&self, site: &Arc<Site>) -> Page {
        let kept = self
            .query
            .split('&')
            .filter(|pair| !pair.is_empty() && !pair.starts_with("lang=") && !pair.starts_with("done="));
        Page {
            site: Arc::clone(site),
            language: self.language,
            words: words(self.language),
            visitor: Visitor::default(),
            notice: None,
            trail: Vec::new(),
            path: self.path.clone(),
            kept: kept.flat_map(|pair| [pair, "&"]).collect(),
        }
    }
}

/// Who looks at a page.
#[derive(Clone, Debug, Default)]
pub struct Visitor {
    /// Which room's navigation they see.
    pub audience: Audience,
    /// Their name for the header; none for somebody who is not logged in.
    pub name: Option<String>,
    /// What stands beside the name: a role, the time that a session has left.
    pub note: Option<String>,
    /// What forms that change something must carry; none for somebody who is not logged in.
    pub csrf: Option<String>,
}

/// What the house gives to a page, for `layout.html`.
#[derive(Clone, Debug)]
pub struct Page {
    /// Whose page it is.
    pub site: Arc<Site>,
    /// The language it is written in.
    pub language: Language,
    /// The words of the house in that language.
    pub words: &'static Words,
    /// Who looks.
    pub visitor: Visitor,
    /// What was just done.
    pub notice: Option<Notice>,
    /// The way that leads here, nearest last.
    pub trail: Vec<Link>,
    path: String,
    kept: String,
}

/// An entry of the navigation as a page shows it.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    /// Where it leads.
    pub href: &'static str,
    /// What people read.
    pub name: &'static str,
    /// The value of `aria-current`, where one is here or below.
    pub current: Option<&'static str>,
}

impl Page {
    /// The page as this visitor sees it.
    #[must_use]
    pub fn seen_by(mut self, visitor: Visitor) -> Self {
        self.visitor = visitor;
        self
    }

    /// The page with the way that leads to it, nearest last.
    #[must_use]
    pub fn under(mut self, above: Link) -> Self {
        self.trail.push(above);
        self
    }

    /// The page with a message on top: what was just done.
    #[must_use]
    pub fn saying(mut self, notice: Notice) -> Self {
        self.notice = Some(notice);
        self
    }

    /// The page with what the form that led here did: the word in `?done=`, as the room's words tell it.
    #[must_use]
    pub fn telling(self, asked: &Asked, told: impl FnOnce(&str) -> Option<&'static str>) -> Self {
        match asked.done().and_then(told) {
            Some(text) => {
                let notice = Notice::new(self.language, Shape::Good, text);
                self.saying(notice)
            }
            None => self,
        }
    }

    /// The language it is written in.
    #[must_use]
    pub const fn language(&self) -> Language {
        self.language
    }

    /// What forms that change something must carry in their field `csrf`.
    #[must_use]
    pub fn csrf(&self) -> Option<&str> {
        self.visitor.csrf.as_deref()
    }

    /// The navigation of the visitor's room.
    pub fn ways(&self) -> impl Iterator<Item = Way> {
        self.ways_of(self.visitor.audience.entries())
    }

    /// What stands at the foot.
    pub fn footer(&self) -> impl Iterator<Item = Way> {
        self.ways_of(FOOTER)
    }

    fn ways_of(&self, entries: &'static [Entry]) -> impl Iterator<Item = Way> {
        entries.iter().map(|entry| Way {
            href: entry.path,
            name: entry.name(self.language),
            current: self.current(entry.path).filter(|_| !self.is_in_longer(entry, entries)),
        })
    }

    /// Whether another entry says more exactly where one is.
    fn is_in_longer(&self, entry: &Entry, entries: &[Entry]) -> bool {
        let mut longer = entries.iter().filter(|other| other.path.len() > entry.path.len());
        longer.any(|other| self.current(other.path).is_some())
    }

    fn current(&self, path: &str) -> Option<&'static str> {
        match self.path.strip_prefix(path) {
            Some("") => Some("page"),
            Some(below) if below.starts_with('/') => Some("true"),
            _ => None,
        }
    }

    /// The name of the visitor's room; none for the public.
    #[must_use]
    pub fn room(&self) -> Option<&'static str> {
        self.visitor.audience.room(self.language)
    }

    /// The language that this page is not in.
    #[must_use]
    pub const fn other(&self) -> Language {
        match self.language {
            Language::Chinese => Language::English,
            Language::English => Language::Chinese,
        }
    }

    /// The other language by its own name.
    #[must_use]
    pub const fn other_name(&self) -> &'static str {
        match self.other() {
            Language::Chinese => "中文",
            Language::English => "English",
        }
    }

    /// This page in the other language, with everything else that was asked.
    #[must_use]
    pub fn other_href(&self) -> String {
        format!("{}?{}lang={}", self.path, self.kept, language::code(self.other()))
    }

    /// Where this page is, for print.
    #[must_use]
    pub fn address(&self) -> String {
        let query = self.kept.trim_end_matches('&');
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}{}{mark}{query}", self.site.public_url, self.path)
    }
}

/// Shows a view.
pub fn show(status: StatusCode, view: &impl Template) -> Response {
    let vary = (header::VARY, HeaderValue::from_static("Accept-Language, Cookie"));
    match view.render() {
        Ok(html) => (status, [vary], Html(html)).into_response(),
        Err(why) => {
            tracing::error!("a page cannot be rendered: {why}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

#[derive(Template)]
#[template(path = "problem.html")]
struct Refused {
    page: Page,
    title: &'static str,
    detail: String,
    rule: Option<Citation>,
}

/// Shows an error of a capability as a page; a fault is logged here and only numbered for the reader.
pub fn refuse(page: Page, why: &dyn Explain) -> Response {
    if why.kind() == Kind::Fault {
        tracing::error!(code = why.code(), why = %why, "a page failed by our fault");
    }
    let language = page.language;
    let view = Refused {
        title: problem::title(why.kind(), language),
        detail: why.message(language),
        rule: why.citation().map(|citation| Citation::of(citation, language)),
        page,
    };
    show(problem::status(why.kind()), &view)
}

/// The same under a status that says more than the error's kind.
pub fn refuse_as(page: Page, why: &dyn Explain, status: StatusCode) -> Response {
    let mut answer = refuse(page, why);
    *answer.status_mut() = status;
    answer
}

/// On to the page that shows what was done, which tells it by its word ([`Page::telling`]).
#[must_use]
pub fn done(path: &str, word: &str) -> Response {
    Redirect::to(&format!("{path}?done={word}")).into_response()
}

/// A text as a value of a query in a link.
#[must_use]
pub fn encoded(text: &str) -> String {
    askama::filters::urlencode_strict(text).map_or_else(|never| match never {}, |it| it.to_string())
}

/// The page for an address where nothing is.
#[must_use]
pub fn nowhere(page: Page) -> Response {
    let view = Refused {
        title: page.words.not_found,
        detail: page.words.not_found_hint.to_owned(),
        rule: None,
        page,
    };
    show(StatusCode::NOT_FOUND, &view)
}

/// Routes whose pages no cache may keep: whatever is behind a log-in.
pub fn private(routes: Router) -> Router {
    let kept_by_nobody = HeaderValue::from_static("no-store");
    routes.layer(SetResponseHeaderLayer::overriding(
        header::CACHE_CONTROL,
        kept_by_nobody,
    ))
}

/// A frame for tests of other rooms.
#[cfg(test)]
pub(crate) fn example(site: &Arc<Site>, language: Language) -> Page {
    Asked::at("/styleguide", language).page(site)
}

#[cfg(test)]
mod tests;
