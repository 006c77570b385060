//! What is lacking, and the answer: words, and papers into the applicant's file.

use axum::extract::{Request, State};
use axum::response::Response;
use hefu_page::page::{done, refuse, show};
use hefu_subscribers::{File, SUPPLEMENT_OCTETS_MAX};

use crate::Portal;
use crate::component::{Act, Answer, Field, Form, Input, Link, Manner, Method, Shape};
use crate::entrance::Sheet;
use crate::mishap::{Mishap, status_and_answer};
use crate::overview::gathered;
use crate::page::time::time;
use crate::visitor::{PageSubscriber, mishap};
use crate::words::PortalWords;

/// Characters of an answer.
const WORDS_MAX: u32 = 4000;
/// Kinds of papers that can be kept.
const PAPERS: &str = "image/png,image/jpeg,application/pdf";

pub(crate) async fn ask(State(door): State<Portal>, subscriber: PageSubscriber) -> Response {
    shown(&door, &subscriber, "", None).await
}

async fn shown(door: &Portal, subscriber: &PageSubscriber, typed: &str, mishap: Option<Mishap>) -> Response {
    let page = subscriber.page(door);
    let language = page.language;
    let words = PortalWords::of(language);
    let page = page.under(Link::new("/portal", words.mine));
    let affairs = match gathered(door, subscriber).await {
        Ok(affairs) => affairs,
        Err(why) => return refuse(page, why.explain()),
    };
    let (status, answer) = status_and_answer(mishap);
    let mut form = Form::new(language, Method::Post, "/portal/supplement");
    let mut notes = Vec::new();
    let mut lede = words.supplement_none;
    if let Some(asked) = &affairs.supplement {
        lede = words.supplement_lede;
        notes.push(format!("{} {}", words.supplement_asked, time(asked.asked_at)));
        notes.push(asked.reason.clone());
        form = form.csrf(page.csrf()).field(
            Field::new(language, "words", words.supplement_words, Input::Lines(6))
                .at_most(WORDS_MAX)
                .value(typed),
        );
        if affairs.view.applicant.is_some() {
            let help = format!("{} {} MiB", words.papers_help, SUPPLEMENT_OCTETS_MAX >> 20);
            for name in ["file", "file2", "file3"] {
                let field = Field::new(language, name, words.papers, Input::File(PAPERS)).optional();
                form = form.field(if name == "file" {
                    field.help(help.clone())
                } else {
                    field
                });
            }
        }
        form = form.act(Act::new(Manner::Main, words.supplement_send));
    }
    let answer = answer.or_else(|| {
        let is_none = affairs.supplement.is_none();
        is_none.then(|| Answer::new(Shape::Plain, words.supplement_none))
    });
    let view = Sheet {
        title: words.ask_supplement,
        lede,
        answer,
        notes,
        form: form.back(Link::new("/portal", words.mine)),
        links: Vec::new(),
        page,
    };
    show(status, &view)
}

pub(crate) async fn answer(State(door): State<Portal>, subscriber: PageSubscriber, request: Request) -> Response {
    let sent = match subscriber.form(request).await {
        Ok(sent) => sent,
        Err(answer) => return answer,
    };
    let said = sent.text("words");
    let files = ["file", "file2", "file3"].into_iter();
    let files: Vec<File> = files.flat_map(|name| sent.files(name)).map(File::new).collect();
    let language = subscriber.page(&door).language;
    let office = &door.office;
    match office
        .answer_supplement(subscriber.subscriber(), (&said, files), (door.clock)())
        .await
    {
        Ok(()) => done("/portal", "supplemented"),
        Err(why) => shown(&door, &subscriber, &said, Some(mishap(&why, language))).await,
    }
}
