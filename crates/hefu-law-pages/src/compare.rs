//! Two editions side by side.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use hefu_law_library::LawError;
use hefu_page::component::{Empty, Form, Link, Pages, Shape, State as Mark};
use hefu_page::page::{Asked, Page, refuse, show};
use hefu_rulebook::{Article, ArticleChange, Language, OfficialText, PieceKind as Kind};
use hefu_web::Query;
use serde::Deserialize;

use crate::reading::{Leaf, compare_form};
use crate::words::LawWords;
use crate::{LawPages, short};

/// Which two, and the page.
#[derive(Debug, Deserialize)]
pub(crate) struct Both {
    old: Option<i64>,
    new: Option<i64>,
    page: Option<String>,
}

#[derive(Template)]
#[template(path = "law/compare.html")]
struct Shown {
    page: Page,
    words: &'static LawWords,
    form: Option<Form>,
    between: String,
    changes: Vec<Change>,
    empty: Option<Empty>,
    pages: Pages,
}

/// One article that differs.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    heading: String,
    state: Mark,
    pieces: Vec<(Kind, String)>,
}

pub(crate) async fn compare(
    State(door): State<LawPages>,
    Path(code): Path<String>,
    Query(both): Query<Both>,
    asked: Asked,
) -> Response {
    let page = asked.page(&door.site);
    let language = page.language;
    let words = LawWords::of(language);
    let page = page.under(Link::new("/law", words.law));
    let found = match door.find(&code) {
        Ok(found) => found,
        Err(why) => return refuse(page, &why),
    };
    let page = page.under(Link::new(format!("/law/{code}"), short(found, language)));
    let holdings = door.library.holdings().now();
    let edition = |id: Option<i64>, place: usize| match id {
        Some(id) => holdings.edition(id).filter(|it| it.instrument == code),
        None => holdings.editions(&code).get(place).copied(),
    };
    let (Some(old), Some(new)) = (edition(both.old, 1), edition(both.new, 0)) else {
        return refuse(page, &LawError::NoSuchEdition);
    };
    let all = differences(Arc::clone(&old.text), Arc::clone(&new.text), language).await;
    let leaf = Leaf { page: both.page };
    let address = format!("/law/{code}/compare?old={}&new={}&", old.id, new.id);
    let (range, pages) = leaf.cut_with(all.len(), &address, language);
    let view = Shown {
        page,
        words,
        form: compare_form(&holdings, &code, language),
        between: format!("{} → {}", old.dated, new.dated),
        empty: all.is_empty().then(|| Empty::new(words.same, words.same_hint)),
        changes: all.get(range).unwrap_or_default().to_vec(),
        pages,
    };
    show(StatusCode::OK, &view)
}

/// Long texts that have little in common cost a second, so they are compared beside.
async fn differences(old: Arc<OfficialText>, new: Arc<OfficialText>, language: Language) -> Vec<Change> {
    let compared = tokio::task::spawn_blocking(move || {
        let comparison = old.compare(&new);
        comparison.differences().map(|it| change(it, language)).collect()
    });
    compared.await.unwrap_or_else(|why| {
        tracing::error!("two editions could not be compared: {why}");
        Vec::new()
    })
}

pub(crate) fn change(one: &ArticleChange<'_>, language: Language) -> Change {
    let words = LawWords::of(language);
    let whole = |article: &Article, kind, shape, word: &str| Change {
        heading: article.number().heading(),
        state: Mark::new(shape, word),
        pieces: vec![(kind, article.text().to_owned())],
    };
    match one {
        ArticleChange::Added(article) => whole(article, Kind::Added, Shape::Good, words.added),
        ArticleChange::Removed(article) => whole(article, Kind::Removed, Shape::Ended, words.removed),
        ArticleChange::Same(article) => whole(article, Kind::Kept, Shape::Plain, words.same),
        ArticleChange::Renumbered { from, article } => Change {
            heading: format!("{}（{}{}）", article.number().heading(), words.formerly, from.heading()),
            ..whole(article, Kind::Kept, Shape::Plain, words.renumbered)
        },
        ArticleChange::Changed { old, new, pieces } => {
            let heading = if old.number() == new.number() {
                new.number().heading()
            } else {
                format!(
                    "{}（{}{}）",
                    new.number().heading(),
                    words.formerly,
                    old.number().heading()
                )
            };
            Change {
                heading,
                state: Mark::new(Shape::Wait, words.changed),
                pieces: pieces.iter().map(|piece| (piece.kind, piece.text.clone())).collect(),
            }
        }
    }
}
