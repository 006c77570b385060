//! For everybody: the instruments, and one instrument with its articles, official text beside our wording.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use hefu_law_library::{Edition, Holdings};
use hefu_page::component::{Act, Cell, Choice, Column, Empty, Fact, Facts, Field, Form, Input, Link, Manner, Method};
use hefu_page::component::{Pages, State as Mark, Table};
use hefu_page::page::{Asked, Page, refuse, show};
use hefu_rulebook::{Instrument, Language, Obligation};
use hefu_web::Query;
use serde::Deserialize;

use crate::words::{LawWords, state};
use crate::{LawPages, PER_PAGE, short};

/// `?page=`, from 1, and the language, which the house reads.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Leaf {
    pub(crate) page: Option<String>,
}

#[derive(Template)]
#[template(path = "law/list.html")]
struct List {
    page: Page,
    words: &'static LawWords,
    table: Table,
}

#[derive(Template)]
#[template(path = "law/instrument.html")]
struct Shown {
    page: Page,
    words: &'static LawWords,
    title: String,
    facts: Facts,
    editions: Table,
    compare: Option<Form>,
    passages: Vec<Passage>,
    pages: Pages,
}

/// One obligation: the official text beside our wording.
#[derive(Debug)]
pub(crate) struct Passage {
    pub(crate) id: String,
    pub(crate) place: String,
    pub(crate) state: Mark,
    /// Heading and paragraphs of each article.
    pub(crate) official: Vec<(String, Vec<String>)>,
    pub(crate) zh: String,
    pub(crate) en: String,
    pub(crate) remark: Option<String>,
    pub(crate) values: Vec<String>,
    pub(crate) bindings: Vec<String>,
}

impl Passage {
    pub(crate) fn of(door: &LawPages, holdings: &Holdings, one: &Obligation, language: Language) -> Self {
        let words = LawWords::of(language);
        let newest = holdings.newest(one.instrument());
        let articles = newest.map(|edition| edition.text.beside(one)).unwrap_or_default();
        let official = articles.into_iter().map(|article| {
            let paragraphs = article.text().lines().map(str::trim).filter(|line| !line.is_empty());
            (article.number().heading(), paragraphs.map(str::to_owned).collect())
        });
        Self {
            id: one.id().to_owned(),
            place: door.library.book().place(one, language),
            state: state(&holdings.verification(one), language),
            official: official.collect(),
            zh: one.text(Language::Chinese).to_owned(),
            en: one.text(Language::English).to_owned(),
            remark: one.remark(language).map(str::to_owned),
            values: one.parameters().iter().map(|it| it.render(language)).collect(),
            bindings: one.bindings().iter().map(|it| words.binding(it, language)).collect(),
        }
    }
}

pub(crate) async fn list(State(door): State<LawPages>, asked: Asked) -> Response {
    let page = asked.page(&door.site);
    let words = LawWords::of(page.language);
    let table = instruments(&door, page.language, "/law");
    show(StatusCode::OK, &List { page, words, table })
}

/// All instruments, each with the page below `path`.
pub(crate) fn instruments(door: &LawPages, language: Language, path: &str) -> Table {
    let words = LawWords::of(language);
    let holdings = door.library.holdings().now();
    let columns = [
        Column::text(words.instrument),
        Column::text(words.in_force),
        Column::number(words.wordings),
        Column::text(words.official_text),
    ];
    let rows = door.library.book().instruments().iter().map(|one| {
        let all: Vec<_> = door.obligations(one.code()).collect();
        let verified = all.iter().filter(|it| holdings.verification(it).is_verified()).count();
        let link = Link::new(format!("{path}/{}", one.code()), one.name(language));
        let newest = holdings.newest(one.code());
        vec![
            Cell::NotedLink(link, one.edition().to_owned()),
            Cell::text_or_nothing(one.in_force().map(|day| day.to_string()), language),
            Cell::Number(format!("{verified} / {}", all.len())),
            Cell::Text(newest.map_or(words.no_text.to_owned(), |it| it.dated.to_string())),
        ]
    });
    Table::new(words.instruments, columns).rows(rows)
}

pub(crate) async fn instrument(
    State(door): State<LawPages>,
    Path(code): Path<String>,
    Query(leaf): Query<Leaf>,
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
    let holdings = door.library.holdings().now();
    let all: Vec<&Obligation> = door.obligations(&code).collect();
    let (range, pages) = leaf.cut(all.len(), &format!("/law/{code}"), language);
    let shown = all.get(range).unwrap_or_default();
    let view = Shown {
        page,
        words,
        title: short(found, language).to_owned(),
        facts: facts(found, holdings.newest(&code), language),
        editions: editions(&holdings, &code, language),
        compare: compare_form(&holdings, &code, language),
        passages: shown
            .iter()
            .map(|one| Passage::of(&door, &holdings, one, language))
            .collect(),
        pages,
    };
    show(StatusCode::OK, &view)
}

impl Leaf {
    /// Which of `all` are on this page, and the ways to the others.
    pub(crate) fn cut(&self, all: usize, path: &str, language: Language) -> (std::ops::Range<usize>, Pages) {
        self.cut_with(all, &format!("{path}?"), language)
    }

    /// The same for an address that has a query already and ends with `?` or `&`.
    pub(crate) fn cut_with(&self, all: usize, address: &str, language: Language) -> (std::ops::Range<usize>, Pages) {
        let last = all.div_ceil(PER_PAGE).max(1);
        let asked = self.page.as_deref().and_then(|text| text.parse::<usize>().ok());
        let at = asked.unwrap_or(1).clamp(1, last);
        let from = (at - 1) * PER_PAGE;
        let href = |page: usize| format!("{address}page={page}");
        let pages = Pages::new(language)
            .previous((at > 1).then(|| href(at - 1)))
            .next((at < last).then(|| href(at + 1)));
        (from..all.min(from + PER_PAGE), pages)
    }
}

fn facts(found: &Instrument, newest: Option<&Edition>, language: Language) -> Facts {
    let words = LawWords::of(language);
    let mut facts = vec![Fact::new(words.name, found.name(language))];
    if !found.edition().is_empty() {
        facts.push(Fact::new(words.edition, found.edition()));
    }
    let in_force = found.in_force().map(|day| day.to_string());
    facts.push(Fact::new(words.in_force, Cell::text_or_nothing(in_force, language)));
    let text = newest.map_or(words.no_text.to_owned(), |it| it.dated.to_string());
    facts.push(Fact::new(words.official_text, text));
    Facts::new(facts)
}

/// The editions of an instrument, the newest first.
pub(crate) fn editions(holdings: &Holdings, code: &str, language: Language) -> Table {
    let words = LawWords::of(language);
    let columns = [
        Column::text(words.dated),
        Column::text(words.source),
        Column::number(words.articles),
        Column::text(words.digest),
    ];
    let rows = holdings.editions(code).into_iter().map(|it| {
        let link = Link::new(format!("/api/v1/law/editions/{}", it.id), it.dated.to_string());
        vec![
            Cell::Link(link),
            Cell::Text(it.source.clone()),
            Cell::Number(it.text.articles().len().to_string()),
            Cell::Code(it.sm3.clone()),
        ]
    });
    let empty = Empty::new(words.editions_none, words.editions_hint);
    Table::new(words.editions, columns).rows(rows).or_else(empty)
}

/// Which two editions to compare; the last two are chosen.
pub(crate) fn compare_form(holdings: &Holdings, code: &str, language: Language) -> Option<Form> {
    let words = LawWords::of(language);
    let all = holdings.editions(code);
    let [newest, before, ..] = all.as_slice() else {
        return None;
    };
    let choices: Vec<Choice> = all
        .iter()
        .map(|it| Choice::new(it.id.to_string(), format!("{} · {}", it.dated, it.source)))
        .collect();
    let field = |name: &'static str, label, id: i64| {
        Field::new(language, name, label, Input::Select(choices.clone())).value(id.to_string())
    };
    let form = Form::new(language, Method::Get, format!("/law/{code}/compare"))
        .field(field("old", words.older, before.id))
        .field(field("new", words.newer, newest.id))
        .act(Act::new(Manner::Plain, words.show_comparison));
    Some(form)
}
