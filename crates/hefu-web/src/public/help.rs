//! Help for relying parties. The smallest whole page: one text in two languages, one view, one handler.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use hefu_rulebook::Language;

use crate::page::{Asked, Page, show};
use crate::policies::render;
use crate::relying::Relying;
use crate::words::public::PublicWords;

const CHINESE: &str = include_str!("../../assets/help.zh.md");
const ENGLISH: &str = include_str!("../../assets/help.en.md");

#[derive(Template)]
#[template(path = "public/help.html")]
struct Help {
    page: Page,
    words: &'static PublicWords,
    html: String,
}

pub(super) async fn help(State(door): State<Relying>, asked: Asked) -> Response {
    let page = asked.page(&door.site);
    let authority = door
        .status
        .authorities()
        .next()
        .map_or("NAME", |authority| authority.name);
    let text = match page.language {
        Language::Chinese => CHINESE,
        Language::English => ENGLISH,
    };
    let text = text
        .replace("{url}", &page.site.public_url)
        .replace("{authority}", authority);
    let view = Help {
        html: render(&text),
        words: PublicWords::of(page.language),
        page,
    };
    show(StatusCode::OK, &view)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Headings by level, and blocks of commands: what both texts must share.
    fn shape(text: &str) -> (Vec<usize>, Vec<&str>) {
        let headings = text.lines().filter(|line| line.starts_with('#'));
        let levels = headings.map(|line| line.bytes().take_while(|octet| *octet == b'#').count());
        (levels.collect(), text.split("```").skip(1).step_by(2).collect())
    }

    #[test]
    fn both_languages_have_the_same_parts_and_the_same_commands() {
        assert_eq!(shape(CHINESE), shape(ENGLISH));
        assert!(shape(CHINESE).0.len() > 4);
    }
}
