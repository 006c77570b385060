//! The front page: what one can do here, and the way of an application.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::look_up;
use crate::component::{Act, Form, Manner, Method};
use crate::page::{Asked, Page, show};
use crate::relying::Relying;
use crate::words::public::PublicWords;

#[derive(Template)]
#[template(path = "public/front.html")]
struct Front {
    page: Page,
    words: &'static PublicWords,
    seek: Form,
    tasks: [Task; 6],
    road: [(&'static str, &'static str); 8],
}

/// Something one can do, with the page where it is done.
struct Task {
    href: &'static str,
    name: &'static str,
    hint: &'static str,
}

const fn task(href: &'static str, name: &'static str, hint: &'static str) -> Task {
    Task { href, name, hint }
}

pub(super) async fn front(State(door): State<Relying>, asked: Asked) -> Response {
    let page = asked.page(&door.site);
    let words = PublicWords::of(page.language);
    let seek = Form::new(page.language, Method::Get, "/certificates").field(look_up::field(page.language, ""));
    let view = Front {
        seek: seek.act(Act::new(Manner::Main, words.look_up)),
        tasks: tasks(words),
        road: road(words),
        words,
        page,
    };
    show(StatusCode::OK, &view)
}

const fn tasks(words: &PublicWords) -> [Task; 6] {
    [
        task("/verify", words.task_verify, words.task_verify_hint),
        task("/certificates", words.look_up, words.task_look_up),
        task("/login", words.task_apply, words.task_apply_hint),
        task(
            "/announcements",
            words.task_announcements,
            words.task_announcements_hint,
        ),
        task("/cps", words.task_practice, words.task_practice_hint),
        task("/disclosure", words.task_disclosure, words.task_disclosure_hint),
    ]
}

const fn road(words: &PublicWords) -> [(&'static str, &'static str); 8] {
    [
        (words.road_apply, words.road_apply_note),
        (words.road_tell, words.road_tell_note),
        (words.road_identity, words.road_identity_note),
        (words.road_approve, words.road_approve_note),
        (words.road_issue, words.road_issue_note),
        (words.road_record, words.road_record_note),
        (words.road_publish, words.road_publish_note),
        (words.road_verify, words.road_verify_note),
    ]
}
