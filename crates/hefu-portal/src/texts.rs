//! The notice and the contract: read whole, then acknowledged or signed. What is taken down is bound to the version, the
//! language and the SM3 of what stands on the page (办法 21, 22).

use askama::Template;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use hefu_applicants::{self as applicants, Wording};
use hefu_page::page::{done, nowhere, refuse, show};
use hefu_rulebook::{Citation as Rule, Language};
use hefu_subscribers::{Agreeing, TextKind};
use hefu_web::Ask;

use crate::Portal;
use crate::component::{Act, Answer, Cell, Citation, Fact, Facts, Field, Form, Input, Link, Manner, Method};
use crate::mishap::{Mishap, status_and_answer};
use crate::overview::gathered;
use crate::page::Page;
use crate::visitor::{PageSubscriber, mishap};
use crate::words::PortalWords;

/// Characters of a signatory's name, as the applicants' files take it.
const SIGNATORY_MAX: u32 = 200;

#[derive(Template)]
#[template(path = "portal/text.html")]
struct Shown {
    page: Page,
    words: &'static PortalWords,
    lede: &'static str,
    rule: Citation,
    answer: Option<Answer>,
    wording: Wording,
    facts: Facts,
    form: Option<Form>,
}

fn kind(word: &str) -> Option<(TextKind, applicants::TextKind)> {
    Some((TextKind::named(word)?, applicants::TextKind::named(word)?))
}

pub(crate) async fn ask(State(door): State<Portal>, subscriber: PageSubscriber, Path(word): Path<String>) -> Response {
    shown(&door, &subscriber, &word, None).await
}

async fn shown(door: &Portal, subscriber: &PageSubscriber, word: &str, mishap: Option<Mishap>) -> Response {
    let page = subscriber.page(door);
    let words = PortalWords::of(page.language);
    let page = page.under(Link::new("/portal", words.mine));
    let Some((kind, filed)) = kind(word) else {
        return nowhere(page);
    };
    let language = page.language;
    let text = match door.registry.text_in_force(filed).await {
        Ok(text) => text,
        Err(why) => return refuse(page, &why),
    };
    let affairs = match gathered(door, subscriber).await {
        Ok(affairs) => affairs,
        Err(why) => return refuse(page, why.explain()),
    };
    let (wanted, lede, rule) = match kind {
        TextKind::Notice => (Ask::Notice, words.notice_lede, Rule::new("M15", "21")),
        TextKind::Contract => (Ask::Contract, words.contract_lede, Rule::new("M15", "22")),
    };
    let sm3 = hex::encode(text.sm3(language));
    let form = affairs.asks.contains(&wanted).then(|| {
        form(kind, language)
            .hidden("version", text.version())
            .hidden("language", language.tag())
            .hidden("sm3", sm3.as_str())
            .csrf(page.csrf())
    });
    let (status, answer) = status_and_answer(mishap);
    let view = Shown {
        words,
        lede,
        rule: Citation::of(rule, language),
        answer,
        wording: text.wording(language).clone(),
        facts: Facts::new([
            Fact::new(words.version, text.version().to_owned()),
            Fact::new(words.text_sm3, Cell::serial(&sm3, None)),
        ]),
        form,
        page,
    };
    show(status, &view)
}

fn form(kind: TextKind, language: Language) -> Form {
    let words = PortalWords::of(language);
    let form = Form::new(language, Method::Post, format!("/portal/texts/{}", kind.as_str()));
    match kind {
        TextKind::Notice => form
            .field(Field::new(language, "understood", words.notice_tick, Input::Tick))
            .act(Act::new(Manner::Main, words.acknowledge)),
        TextKind::Contract => form
            .field(
                Field::new(language, "signed_by", words.signed_by, Input::Line("text"))
                    .help(words.signed_by_help)
                    .autocomplete("name")
                    .at_most(SIGNATORY_MAX),
            )
            .field(Field::new(language, "understood", words.contract_tick, Input::Tick))
            .act(Act::new(Manner::Main, words.sign)),
    }
}

pub(crate) async fn agree(
    State(door): State<Portal>,
    subscriber: PageSubscriber,
    Path(word): Path<String>,
    request: Request,
) -> Response {
    let sent = match subscriber.form(request).await {
        Ok(sent) => sent,
        Err(answer) => return answer,
    };
    let language = subscriber.page(&door).language;
    let words = PortalWords::of(language);
    let Some((kind, _)) = kind(&word) else {
        return nowhere(subscriber.page(&door));
    };
    let mut sm3 = [0; 32];
    let mut tongues = [Language::Chinese, Language::English].into_iter();
    let shown_in = tongues.find(|tongue| tongue.tag() == sent.text("language"));
    let (Some(shown_in), Ok(())) = (shown_in, hex::decode_to_slice(sent.text("sm3"), &mut sm3)) else {
        return nowhere(subscriber.page(&door));
    };
    if sent.text("understood") != "1" {
        return shown(
            &door,
            &subscriber,
            &word,
            Some(Mishap::missing(words.tick_first, language)),
        )
        .await;
    }
    let agreeing = Agreeing {
        kind,
        version: sent.text("version"),
        language: shown_in,
        sm3,
        signed_by: sent.text("signed_by"),
    };
    match door
        .office
        .agree(subscriber.subscriber(), &agreeing, (door.clock)())
        .await
    {
        Ok(_) => done("/portal", kind.as_str()),
        Err(why) => shown(&door, &subscriber, &word, Some(mishap(&why, language))).await,
    }
}
