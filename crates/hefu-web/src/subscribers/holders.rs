//! The subscribers' side, for programs: a code opens a session, whose text goes into `Authorization: Bearer`.

use axum::extract::{DefaultBodyLimit, FromRequest as _, Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json as Answer, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hefu_applicants as applicants;
use hefu_rulebook::Language;
use hefu_subscribers::{
    Agreeing, Answer as Said, File, Loss, Office, SUPPLEMENT_OCTETS_MAX, SessionToken, Subscriber, SubscriberError,
    TextKind, Wish,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::affairs::Affairs;
use super::{Door, Subscribers, created, told};
use crate::caller::{self, Json, Query, Speech, Unreadable};
use crate::problem::Problem;

/// Octets of an answer with its files as base64, and its words.
const SUPPLEMENT_BODY_MAX: usize = SUPPLEMENT_OCTETS_MAX / 3 * 4 + (64 << 10);

pub(super) fn routes() -> Router<Subscribers> {
    let papers = DefaultBodyLimit::max(SUPPLEMENT_BODY_MAX);
    Router::new()
        .route("/api/v1/portal/sessions", post(enter).delete(leave))
        .route("/api/v1/portal/application", get(affairs))
        .route("/api/v1/portal/texts/{kind}", get(text))
        .route("/api/v1/portal/agreements", post(agree))
        .route("/api/v1/portal/supplement", post(supplement).layer(papers))
        .route("/api/v1/portal/delivery-codes", post(delivery_code))
        .route("/api/v1/portal/delivery", post(deliver))
        .route("/api/v1/portal/acceptance", post(accept))
        .route("/api/v1/portal/wishes", post(wish))
        .route("/api/v1/portal/loss", post(report_loss))
        .route("/api/v1/losses", post(report_loss_signed))
}

impl Subscribers {
    async fn subscriber(&self, headers: &HeaderMap, language: Language) -> Result<Subscriber, Problem> {
        let over = |why: SubscriberError| told(&why, language);
        let token = SessionToken::parse(caller::bearer(headers)).ok_or(SubscriberError::SessionOver);
        let token = token.map_err(over)?;
        self.office.behind(&token, (self.clock)()).await.map_err(over)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Code {
    code: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct InLanguage {
    lang: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewAgreement {
    kind: TextKind,
    version: String,
    language: String,
    sm3: String,
    #[serde(default)]
    signed_by: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Supplemented {
    words: String,
    #[serde(default)]
    files: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Accepted {
    answer: Said,
    #[serde(default)]
    reason: String,
}

/// The report of a loss; `suspend` says that what follows was understood.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Lost {
    suspend: bool,
    #[serde(default)]
    words: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LostSigned {
    serial: String,
    signature: String,
}

fn unread(what: &str, language: Language) -> Problem {
    Problem::of(&Unreadable::new(what), language)
}

async fn enter(State(door): Door, Speech(language): Speech, Json(form): Json<Code>) -> Result<Response, Problem> {
    let entered = door.office.enter(&form.code, (door.clock)()).await;
    let (token, subscriber) = entered.map_err(|why| told(&why, language))?;
    Ok(created(json!({
        "session": token.reveal().as_str(),
        "purpose": subscriber.purpose(),
        "application": subscriber.application(),
    })))
}

async fn leave(State(door): Door, Speech(language): Speech, headers: HeaderMap) -> Result<StatusCode, Problem> {
    if let Some(token) = SessionToken::parse(caller::bearer(&headers)) {
        door.office.leave(&token).await.map_err(|why| told(&why, language))?;
    }
    Ok(StatusCode::NO_CONTENT)
}

async fn affairs(State(door): Door, Speech(language): Speech, headers: HeaderMap) -> Result<Answer<Value>, Problem> {
    let subscriber = door.subscriber(&headers, language).await?;
    let now = (door.clock)();
    let affairs = Affairs::gather(&door.office, &door.desk, subscriber.application(), now).await;
    Ok(Answer(affairs.map_err(|why| why.problem(language))?.to_json()))
}

async fn text(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Path(kind): Path<String>,
    Query(wanted): Query<InLanguage>,
) -> Result<Answer<Value>, Problem> {
    door.subscriber(&headers, language).await?;
    let kind = applicants::TextKind::named(&kind).ok_or_else(|| unread("kind: notice or contract", language))?;
    let shown = wanted
        .lang
        .as_deref()
        .map_or(Ok(language), |tag| tongue(tag, language))?;
    let text = door.registry.text_in_force(kind).await;
    let text = text.map_err(|why| Problem::of(&why, language))?;
    Ok(Answer(json!({
        "kind": kind.as_str(),
        "version": text.version(),
        "language": shown.tag(),
        "text": text.shown(shown),
        "sm3": hex::encode(text.sm3(shown)),
    })))
}

fn tongue(tag: &str, language: Language) -> Result<Language, Problem> {
    [Language::Chinese, Language::English]
        .into_iter()
        .find(|known| known.tag() == tag)
        .ok_or_else(|| unread("language: zh-Hans or en", language))
}

async fn agree(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Json(new): Json<NewAgreement>,
) -> Result<Response, Problem> {
    let subscriber = door.subscriber(&headers, language).await?;
    let mut sm3 = [0; 32];
    hex::decode_to_slice(&new.sm3, &mut sm3).map_err(|_| unread("sm3: 64 hexadecimal digits", language))?;
    let agreeing = Agreeing {
        kind: new.kind,
        version: new.version,
        language: tongue(&new.language, language)?,
        sm3,
        signed_by: new.signed_by,
    };
    let agreed = door.office.agree(&subscriber, &agreeing, (door.clock)()).await;
    let agreement = agreed.map_err(|why| told(&why, language))?;
    Ok(created(json!({ "agreement": agreement })))
}

async fn supplement(State(door): Door, Speech(language): Speech, request: Request) -> Result<StatusCode, Problem> {
    // Who may not come in does not get to send thirty megabytes first.
    let subscriber = door.subscriber(request.headers(), language).await?;
    let Json(form) = Json::<Supplemented>::from_request(request, &()).await?;
    let files = form.files.iter().map(|file| STANDARD.decode(file).map(File::new));
    let files: Result<Vec<File>, _> = files.collect();
    let files = files.map_err(|_| unread("files: base64", language))?;
    let said = (form.words.as_str(), files);
    let answered = door.office.answer_supplement(&subscriber, said, (door.clock)()).await;
    answered.map_err(|why| told(&why, language))?;
    Ok(StatusCode::NO_CONTENT)
}

async fn delivery_code(State(door): Door, Speech(language): Speech, headers: HeaderMap) -> Result<Response, Problem> {
    let subscriber = door.subscriber(&headers, language).await?;
    let made = door.office.make_delivery_code(&subscriber, (door.clock)()).await;
    Ok(created(door.made(&made.map_err(|why| told(&why, language))?)))
}

/// Everything at once: recorded, then given.
async fn deliver(State(door): Door, Speech(language): Speech, headers: HeaderMap) -> Result<Response, Problem> {
    let subscriber = door.subscriber(&headers, language).await?;
    let now = (door.clock)();
    let delivery = door.office.deliver(&subscriber, now).await;
    let delivery = delivery.map_err(|why| told(&why, language))?;
    let affairs = Affairs::gather(&door.office, &door.desk, subscriber.application(), now).await;
    let view = affairs.map_err(|why| why.problem(language))?.view;
    let body = json!({
        "delivery": delivery,
        "certificates": view.certificates,
        "issuer_pem": view.issuer_pem,
        "csr_response": view.csr_response,
        "enveloped_key": view.enveloped_key,
    });
    Ok(([("cache-control", "no-store")], Answer(body)).into_response())
}

async fn accept(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Json(form): Json<Accepted>,
) -> Result<Answer<Value>, Problem> {
    let subscriber = door.subscriber(&headers, language).await?;
    let said = (form.answer, form.reason.as_str());
    let delivery = door.office.answer(&subscriber, said, (door.clock)()).await;
    Ok(Answer(json!(delivery.map_err(|why| told(&why, language))?)))
}

async fn wish(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Json(wish): Json<Wish>,
) -> Result<Response, Problem> {
    let subscriber = door.subscriber(&headers, language).await?;
    let matter = door.office.wish(&subscriber, wish, (door.clock)()).await;
    Ok(created(json!(matter.map_err(|why| told(&why, language))?)))
}

async fn report_loss(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Json(form): Json<Lost>,
) -> Result<Answer<Value>, Problem> {
    let subscriber = door.subscriber(&headers, language).await?;
    if !form.suspend {
        let what = "suspend: true says that the certificate shall be suspended at once";
        return Err(unread(what, language));
    }
    let loss = door.office.report_loss(&subscriber, &form.words, (door.clock)()).await;
    Ok(Answer(lost(&loss.map_err(|why| told(&why, language))?)))
}

/// No session: the signature is one of the certificate's own key, over words that name the certificate.
async fn report_loss_signed(
    State(door): Door,
    Speech(language): Speech,
    Json(form): Json<LostSigned>,
) -> Result<Answer<Value>, Problem> {
    let signature = STANDARD.decode(form.signature.trim());
    let signature = signature.map_err(|_| {
        let statement = Office::loss_statement(&form.serial);
        unread(
            &format!("signature: base64 of a signature over `{statement}`"),
            language,
        )
    })?;
    let loss = door
        .office
        .report_loss_signed(&form.serial, &signature, (door.clock)())
        .await;
    Ok(Answer(lost(&loss.map_err(|why| told(&why, language))?)))
}

fn lost(loss: &Loss) -> Value {
    json!({ "serial": loss.serial, "done": loss.done })
}
