//! The practice statement.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::page::{Asked, Page, show};
use crate::relying::Relying;
use crate::words::public::PublicWords;

#[derive(Template)]
#[template(path = "public/practice.html")]
struct Practice {
    page: Page,
    words: &'static PublicWords,
    html: String,
}

pub(super) async fn practice(State(door): State<Relying>, asked: Asked) -> Response {
    let Some(text) = door.status.practice_statement() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let html = render(&String::from_utf8_lossy(text));
    let page = asked.page(&door.site);
    let words = PublicWords::of(page.language);
    show(StatusCode::OK, &Practice { page, words, html })
}

/// Markdown as HTML; HTML in it is shown as text.
pub(super) fn render(markdown: &str) -> String {
    use pulldown_cmark::{Event, Options, Parser};
    let events = Parser::new_ext(markdown, Options::ENABLE_TABLES).map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        other => other,
    });
    let mut html = String::with_capacity(markdown.len() * 2);
    pulldown_cmark::html::push_html(&mut html, events);
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_in_the_practice_statement_is_text() {
        assert_eq!(
            render("# 规则\n\n<script>alert(1)</script>"),
            "<h1>规则</h1>\n&lt;script&gt;alert(1)&lt;/script&gt;"
        );
    }
}
