//! What a search found, as comma-separated text: page after page, so that a long list needs no more room than a page.
//!
//! Every cell is made safe for spreadsheets ([`hefu_batch::csv_safe`]). An error on the way breaks the answer off, so
//! that nobody takes a part for the whole; a list that reaches [`ROWS_MAX`] says so in its last line.

use std::io;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use hefu_batch::csv_safe;
use hefu_ra::{CertificateView, Find};
use hefu_rulebook::Language;
use jiff::Timestamp;

use super::DeskPages;
use super::search::Wanted;
use crate::component::Answer;
use crate::mishap::Mishap;
use crate::page::time::time;
use crate::page::{Asked, Page, show};
use crate::words::desk::{DeskWords, certificate_state, either};
use hefu_web::PageOfficer;
use hefu_web::Query;

/// Most certificates of one file: what spreadsheet software opens without trouble.
const ROWS_MAX: usize = 50_000;
/// Certificates that are read at once.
const PAGE_ITEMS: u32 = 500;
/// So that spreadsheet software takes the text for UTF-8.
const MARK: &str = "\u{feff}";

/// Where an export stands.
struct Course {
    door: DeskPages,
    find: Find,
    language: Language,
    /// The time of the whole file, so that every state in it is of one moment.
    now: Timestamp,
    rows: usize,
    stage: Stage,
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Stage {
    Head,
    Rows,
    End,
}

#[derive(askama::Template)]
#[template(
    source = r#"{% extends "layout.html" %}{% block title %}{{ title }}{% endblock %}{% block body %}<h1>{{ title }}</h1>{{ answer }}{% endblock %}"#,
    ext = "html"
)]
struct Broken {
    page: Page,
    title: &'static str,
    answer: Answer,
}

pub(super) async fn csv(
    State(door): State<DeskPages>,
    officer: PageOfficer,
    asked: Asked,
    Query(wanted): Query<Wanted>,
) -> Response {
    let page = match door.frame(&asked, &officer).await {
        Ok(page) => page,
        Err(answer) => return *answer,
    };
    let language = page.language;
    let find = match wanted.find(language, PAGE_ITEMS) {
        Ok(find) => find,
        Err(Mishap { status, answer }) => {
            let title = DeskWords::of(language).export;
            return show(status, &Broken { page, title, answer });
        }
    };
    tracing::info!(officer = %officer.id(), "certificates are exported");
    let now = (door.clock)();
    let course = Course {
        door,
        find,
        language,
        now,
        rows: 0,
        stage: Stage::Head,
    };
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/csv; charset=utf-8"),
        ),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static("attachment; filename=\"certificates.csv\""),
        ),
    ];
    let body = Body::from_stream(stream::unfold(course, Course::next));
    (StatusCode::OK, headers, body).into_response()
}

impl Course {
    /// The next piece of the file.
    async fn next(mut self) -> Option<(io::Result<Bytes>, Self)> {
        match self.stage {
            Stage::End => None,
            Stage::Head => {
                self.stage = Stage::Rows;
                let text = format!("{MARK}{}", line(&heads(self.language)));
                Some((Ok(text.into()), self))
            }
            Stage::Rows => {
                let found = self.door.desk.certificates(self.find.clone(), self.now).await;
                let found = match found {
                    Ok(found) => found,
                    Err(why) => {
                        tracing::error!("an export was broken off: {why}");
                        self.stage = Stage::End;
                        return Some((Err(io::Error::other("the list cannot be read")), self));
                    }
                };
                let room = ROWS_MAX.saturating_sub(self.rows);
                let shown = found.items.iter().take(room);
                let mut text: String = shown.map(|view| line(&self.row(view))).collect();
                self.rows += found.items.len().min(room);
                match found.next {
                    Some(_) if self.rows >= ROWS_MAX => {
                        text.push_str(&line(&[limit(self.language)]));
                        self.stage = Stage::End;
                    }
                    Some(after) => self.find.after = Some(after),
                    None => self.stage = Stage::End,
                }
                Some((Ok(text.into()), self))
            }
        }
    }

    fn row(&self, view: &CertificateView) -> [String; 9] {
        [
            view.serial.clone(),
            view.name.clone(),
            view.subject.clone(),
            self.door.profile_name(&view.profile, self.language),
            super::search::usage(view.usage, self.language).to_owned(),
            time(view.not_before),
            time(view.not_after),
            certificate_state(view.state, self.language).to_word().to_owned(),
            view.pair_serial.clone().unwrap_or_default(),
        ]
    }
}

fn heads(language: Language) -> [String; 9] {
    let words = DeskWords::of(language);
    let heads = [
        words.serial,
        words.name,
        words.subject_whole,
        words.profile,
        words.usage,
        words.begins,
        words.expires,
        words.state,
        words.other_half,
    ];
    heads.map(str::to_owned)
}

/// The last line of a file that has no room for more.
fn limit(language: Language) -> String {
    let text = either(
        language,
        "已达行数上限，其余未导出",
        "The limit is reached; the rest is not in this file",
    );
    format!("{text} ({ROWS_MAX})")
}

fn line(cells: &[String]) -> String {
    let safe: Vec<String> = cells.iter().map(|cell| csv_safe(cell)).collect();
    format!("{}\r\n", safe.join(","))
}
