//! Evidence: handed in with its type checked by content, listed without content, opened only with a reason.
//!
//! 电子签名法 20, 24; 办法 20. The registry records who opens what and why before a content leaves it; no cache keeps it.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hefu_applicants::{Evidence, EvidenceId, EvidenceKind, Media, NewEvidence, RegistryError};
use hefu_officers::Permission;
use hefu_web::{Form as Sent, PageOfficer, Upload};

use crate::component::{Act, Cell, Citation, Fact, Facts, Field, Form, Input, Link, Manner, Method};
use crate::mishap::Mishap;
use crate::names;
use crate::page::time::time;
use crate::page::{Asked, done, nowhere, refuse};
use crate::reading::{Typed, reason_fields, reason_of};
use crate::room::{CounterPages, OfFile};
use crate::sheet::{Part, Sheet};

/// What the browser offers to choose; what counts is the content.
const ACCEPT: &str = "image/png,image/jpeg,application/pdf,video/mp4,.png,.jpg,.jpeg,.pdf,.mp4,.json,.xml";

pub(crate) async fn ask(
    State(door): State<CounterPages>,
    officer: PageOfficer,
    asked: Asked,
    Path(id): Path<String>,
) -> Response {
    match door.of_file((&officer, &asked, &id), Permission::Enter).await {
        Ok(file) => shown(&file, "", None),
        Err(answer) => *answer,
    }
}

pub(crate) async fn take(
    State(door): State<CounterPages>,
    officer: PageOfficer,
    asked: Asked,
    Path(id): Path<String>,
    upload: Upload,
) -> Response {
    let file = match door.of_file((&officer, &asked, &id), Permission::Enter).await {
        Ok(file) => file,
        Err(answer) => return *answer,
    };
    let kind = upload.text("kind");
    match taken(&door, &officer, &file, &upload).await {
        Ok(_) => done(&file.path(""), "evidence"),
        Err(mishap) => shown(&file, &kind, Some(mishap)),
    }
}

async fn taken(door: &CounterPages, officer: &PageOfficer, file: &OfFile, upload: &Upload) -> Result<Evidence, Mishap> {
    let (language, words) = (file.language, file.words);
    let missing = |text: &'static str| Mishap::missing(text, language);
    let kind = EvidenceKind::named(&upload.text("kind")).ok_or_else(|| missing(words.evidence_kind_missing))?;
    let content = upload.0.get("file").filter(|content| !content.is_empty());
    let content = content.ok_or_else(|| missing(words.evidence_file_missing))?;
    let claimed = match Media::named(&upload.text("media")) {
        Some(claimed) => claimed,
        None => Media::told_by(content).ok_or_else(|| missing(words.evidence_type_unknown))?,
    };
    let new = NewEvidence { kind, claimed, content };
    let taken = door
        .registry
        .take_evidence(file.id, new, officer.id(), (door.clock)())
        .await;
    taken.map_err(|why| Mishap::of(&why, language))
}

fn shown(file: &OfFile, kind: &str, mishap: Option<Mishap>) -> Response {
    let (language, words) = (file.language, file.words);
    // An answer of an outside service comes from the service alone.
    let handed_in = |kind: &&EvidenceKind| **kind != EvidenceKind::VerificationResult;
    let kinds: Vec<EvidenceKind> = EvidenceKind::ALL.iter().filter(handed_in).copied().collect();
    let kinds = names::choices(&kinds, EvidenceKind::as_str, |kind| names::evidence(kind, language));
    let content = Field::new(language, "file", words.evidence_file, Input::File(ACCEPT));
    let form = Form::new(language, Method::Post, file.path("/evidence"))
        .csrf(file.page.csrf())
        .field(Field::new(language, "kind", words.evidence_kind, Input::Select(kinds)).value(kind))
        .field(content.help(words.evidence_file_help))
        .act(Act::new(Manner::Main, words.evidence_act))
        .back(Link::new(file.path(""), words.back_to_file));
    let rule = Citation::of(hefu_rulebook::Citation::new("ESL", "20"), language);
    Sheet::new(file.below(), words.evidence_title)
        .mishap(mishap)
        .part(Part::Ruled(words.evidence_lede, rule))
        .form(words.evidence_title, form)
        .show()
}

pub(crate) async fn ask_opening(
    State(door): State<CounterPages>,
    officer: PageOfficer,
    asked: Asked,
    Path((id, piece)): Path<(String, String)>,
) -> Response {
    match door
        .of_file((&officer, &asked, &id), CounterPages::handling(&officer))
        .await
    {
        Ok(file) => asking(&door, &file, &piece, (&Typed::default(), None)).await,
        Err(answer) => *answer,
    }
}

pub(crate) async fn open(
    State(door): State<CounterPages>,
    officer: PageOfficer,
    asked: Asked,
    Path((id, piece)): Path<(String, String)>,
    Sent(typed): Sent<Typed>,
) -> Response {
    let file = match door
        .of_file((&officer, &asked, &id), CounterPages::handling(&officer))
        .await
    {
        Ok(file) => file,
        Err(answer) => return *answer,
    };
    let found = match of_file(&door, &file, &piece).await {
        Ok(Some(found)) => found,
        Ok(None) => return nowhere(file.below()),
        Err(why) => return refuse(file.below(), &why),
    };
    let reason = reason_of(&typed);
    let opened = door
        .registry
        .open_evidence(found.id, reason, officer.id(), (door.clock)())
        .await;
    match opened {
        Ok((evidence, content)) => given_out(&evidence, content.to_vec()),
        Err(why) => {
            let mishap = Mishap::of(&why, file.language);
            asking(&door, &file, &piece, (&typed, Some(mishap))).await
        }
    }
}

/// A piece of this very file.
async fn of_file(door: &CounterPages, file: &OfFile, piece: &str) -> Result<Option<Evidence>, RegistryError> {
    let Ok(id) = piece.parse::<EvidenceId>() else {
        return Ok(None);
    };
    let pieces = door.registry.evidence_of(file.id).await?;
    Ok(pieces.into_iter().find(|one| one.id == id))
}

async fn asking(
    door: &CounterPages,
    file: &OfFile,
    piece: &str,
    (typed, mishap): (&Typed, Option<Mishap>),
) -> Response {
    let (language, words) = (file.language, file.words);
    let found = match of_file(door, file, piece).await {
        Ok(Some(found)) => found,
        Ok(None) => return nowhere(file.below()),
        Err(why) => return refuse(file.below(), &why),
    };
    let facts = Facts::new([
        Fact::new(words.evidence_kind, names::evidence(found.kind, language)),
        Fact::new(words.evidence_media, found.media.as_str()),
        Fact::new(words.taken_at, time(found.taken_at)),
        Fact::new(words.sm3, Cell::serial(&hex::encode(found.sm3), None)),
    ]);
    let form = Form::new(language, Method::Post, file.path(&format!("/evidence/{}", found.id))).csrf(file.page.csrf());
    let form = reason_fields(form, typed, language)
        .act(Act::new(Manner::Main, words.open_act))
        .back(Link::new(file.path(""), words.back_to_file));
    let rule = Citation::of(hefu_rulebook::Citation::new("M15", "20"), language);
    Sheet::new(file.below(), words.open_title)
        .mishap(mishap)
        .part(Part::Ruled(words.open_lede, rule))
        .part(Part::Facts(words.evidence_title, facts))
        .form(words.open_title, form)
        .show()
}

/// Pictures, documents and films are shown by the browser; the rest is saved.
fn given_out(evidence: &Evidence, content: Vec<u8>) -> Response {
    let disposition = match evidence.media {
        Media::Png | Media::Jpeg | Media::Pdf | Media::Mp4 => "inline",
        Media::Json | Media::Xml => "attachment",
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(evidence.media.as_str())),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static(disposition)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (StatusCode::OK, headers, content).into_response()
}
