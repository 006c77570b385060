//! Components of pages: values that know how to be shown. A page builds them, its template writes `{{ table }}`.
//!
//! | component | for |
//! |---|---|
//! | [`State`] | a state by word, shape and colour |
//! | [`Table`], [`Cell`], [`Pages`] | a list with its caption; each row becomes a card on a narrow screen |
//! | [`Facts`] | names and values of one thing |
//! | [`Form`], [`Field`], [`Input`], [`Act`], [`Errors`] | a form with help, errors and their summary |
//! | [`Filters`] | the search bar above a list, by GET |
//! | [`Confirmation`] | what a destructive act will do, and the question |
//! | [`Road`] | where an application stands |
//! | [`Thread`] | what happened, with proofs |
//! | [`Chart`], [`Span`] | figures as a picture, with the figures beside it |
//! | [`Citation`] | the article, with the mark 未核对原文 where nobody read it |
//! | [`Scan`] | an address or a code, for eye and camera |
//! | [`Notice`], [`Answer`], [`Empty`] | what was just done; a verdict; nothing to show |
//!
//! Whatever is put into a component is text and is escaped; none takes HTML. The style guide in the tests shows each of
//! them in both languages.

mod chart;
mod confirmation;
mod facts;
mod form;
mod message;
mod scan;
mod state;
mod table;
mod thread;
mod way;

pub use chart::{Chart, Drawing, Point, Span};
pub use confirmation::Confirmation;
pub use facts::{Fact, Facts};
pub use form::{Act, Choice, Errors, Field, Filters, Form, Input, Manner, Method, Wrong};
pub use message::{Answer, Citation, Empty, Notice};
pub use scan::Scan;
pub use state::{Shape, State};
pub use table::{Cell, Column, Pages, Table};
pub use thread::{Event, Thread};
pub use way::{Link, Road, Standing, Step};

/// Marks templates that escape what they are given as safe inside other templates.
macro_rules! shown_as_is {
    ($($component:ty),+ $(,)?) => { $(impl askama::filters::HtmlSafe for $component {})+ };
}

shown_as_is!(
    Answer,
    Cell,
    Chart,
    Citation,
    Confirmation,
    Empty,
    Errors,
    Facts,
    Field,
    Filters,
    Form,
    Link,
    Notice,
    Pages,
    Road,
    Scan,
    Span,
    State,
    Table,
    Thread,
);

#[cfg(test)]
mod tests;
