//! Another certificate in place of the one that there is: renewal, a new key, new facts.

use axum::extract::{Request, State};
use axum::response::Response;
use hefu_page::page::{done, refuse, show};
use hefu_ra::CertificateState;
use hefu_subscribers::{MatterKind, Wish};

use crate::Portal;
use crate::component::{Act, Choice, Field, Form, Input, Link, Manner, Method};
use crate::entrance::Sheet;
use crate::mishap::{Mishap, status_and_answer};
use crate::overview::gathered;
use crate::visitor::{PageSubscriber, mishap};
use crate::words::PortalWords;

/// Characters of what is said.
const WORDS_MAX: u32 = 4000;
/// Characters of a pasted request.
const CSR_MAX: u32 = 32_768;

pub(crate) async fn ask(State(door): State<Portal>, subscriber: PageSubscriber) -> Response {
    shown(&door, &subscriber, &Typed::default(), None).await
}

/// What was typed.
#[derive(Default)]
struct Typed {
    kind: String,
    csr: String,
    words: String,
}

async fn shown(door: &Portal, subscriber: &PageSubscriber, typed: &Typed, mishap: Option<Mishap>) -> Response {
    let page = subscriber.page(door);
    let language = page.language;
    let words = PortalWords::of(language);
    let page = page.under(Link::new("/portal", words.mine));
    let affairs = match gathered(door, subscriber).await {
        Ok(affairs) => affairs,
        Err(why) => return refuse(page, why.explain()),
    };
    let (status, answer) = status_and_answer(mishap);
    let is_valid = affairs.certificate.as_ref().map(|it| it.state) == Some(CertificateState::Valid);
    let mut form = Form::new(language, Method::Post, "/portal/wishes");
    if is_valid {
        let kinds = [
            (MatterKind::Renewal, words.renewal_note),
            (MatterKind::Rekey, words.rekey_note),
            (MatterKind::Change, words.change_note),
        ];
        let kinds = kinds.map(|(kind, note)| Choice::new(kind.as_str(), words.kind(kind)).note(note));
        form = form
            .csrf(page.csrf())
            .field(Field::new(language, "kind", words.wish_kind, Input::OneOf(kinds.to_vec())).value(&typed.kind))
            .field(
                Field::new(language, "csr", words.csr, Input::Lines(5))
                    .help(words.csr_help)
                    .at_most(CSR_MAX)
                    .value(&typed.csr)
                    .optional(),
            )
            .field(
                Field::new(language, "words", words.wish_words, Input::Lines(3))
                    .help(words.wish_words_help)
                    .at_most(WORDS_MAX)
                    .value(&typed.words)
                    .optional(),
            )
            .act(Act::new(Manner::Main, words.wish_send));
    }
    let view = Sheet {
        title: words.wishes,
        lede: if is_valid {
            words.wishes_lede
        } else {
            words.wishes_not_now
        },
        answer,
        notes: Vec::new(),
        form: form.back(Link::new("/portal", words.mine)),
        links: Vec::new(),
        page,
    };
    show(status, &view)
}

pub(crate) async fn wish(State(door): State<Portal>, subscriber: PageSubscriber, request: Request) -> Response {
    let sent = match subscriber.form(request).await {
        Ok(sent) => sent,
        Err(answer) => return answer,
    };
    let typed = Typed {
        kind: sent.text("kind"),
        csr: sent.text("csr"),
        words: sent.text("words"),
    };
    let language = subscriber.page(&door).language;
    let words = PortalWords::of(language);
    let Some(kind) = MatterKind::named(&typed.kind) else {
        let mishap = Mishap::missing(words.choose_kind, language);
        return shown(&door, &subscriber, &typed, Some(mishap)).await;
    };
    let wish = Wish {
        kind,
        csr: Some(typed.csr.clone()),
        words: typed.words.clone(),
    };
    match door.office.wish(subscriber.subscriber(), wish, (door.clock)()).await {
        Ok(_) => done("/portal", "wished"),
        Err(why) => shown(&door, &subscriber, &typed, Some(mishap(&why, language))).await,
    }
}
