//! The officers' door to applicants' files: registering, evidence, consent, checks of identity, texts and agreements.
//!
//! A handler takes the request apart, makes one call to the registry, and shows what came back. A file is shown masked;
//! in clear it is read, and evidence is opened, only with a reason, which the registry records first (办法 20). The one
//! route without an officer is the answer of an outside verification service, which is known by its signature.

mod forms;

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest as _, Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json as Answer, Router};
use hefu_applicants::{
    ANSWER_OCTETS_MAX, AgreementId, ApplicantId, ApplicantInput, CheckId, ConsentInput, EVIDENCE_OCTETS_MAX,
    EvidenceId, EvidenceKind, For, Media, NewEvidence, ReasonInput, Registry, RegistryError, Service, Shown, Side,
    TEXT_OCTETS_MAX, Text, TextError, TextInput, TextKind, copy_for,
};
use hefu_officers::{OfficerId, Officers, Permission};
use hefu_rulebook::Language;
use serde_json::{Value, json};

use crate::Clock;
use crate::caller::{self, Json, Speech, Unreadable};
use crate::problem::Problem;
use forms::{AgreementForm, CheckForm, QuestionForm};

/// What the door stands on.
#[derive(Clone)]
pub struct Applicants {
    /// The files behind it.
    pub registry: Registry,
    /// Who may come in.
    pub officers: Arc<Officers>,
    /// Outside services that verify identities.
    pub services: Arc<Vec<Service>>,
    /// The provider's name, for copies of agreements.
    pub provider: String,
    /// The time of each act.
    pub clock: Clock,
}

type Door = State<Applicants>;

impl Applicants {
    /// The routes.
    pub fn routes(self) -> Router {
        let evidence = post(take_evidence).layer(DefaultBodyLimit::max(EVIDENCE_OCTETS_MAX));
        let texts = post(publish).layer(DefaultBodyLimit::max(TEXT_OCTETS_MAX));
        let answer = post(answer).layer(DefaultBodyLimit::max(ANSWER_OCTETS_MAX));
        Router::new()
            .route("/api/v1/applicants", post(register))
            .route("/api/v1/applicants/{id}", get(show))
            .route("/api/v1/applicants/{id}/reading", post(read))
            .route("/api/v1/applicants/{id}/evidence", get(list_evidence))
            .route("/api/v1/applicants/{id}/evidence/{kind}", evidence)
            .route("/api/v1/applicants/{id}/consent", post(consent).delete(withdraw))
            .route("/api/v1/applicants/{id}/verifications", post(ask))
            .route("/api/v1/applicants/{id}/checks", post(check))
            .route("/api/v1/applicants/{id}/agreements", post(agree))
            .route("/api/v1/evidence/{id}/opening", post(open_evidence))
            .route("/api/v1/verifications/{service}", answer)
            .route("/api/v1/checks/{id}", get(check_document))
            .route("/api/v1/agreements/{id}", get(agreement))
            .route("/api/v1/agreements/{id}/copies/{side}", get(copy))
            .route("/api/v1/texts", texts)
            .route("/api/v1/texts/{kind}", get(text_in_force))
            .route("/api/v1/texts/{kind}/versions", get(versions))
            .route("/api/v1/texts/{kind}/versions/{version}", get(text))
            .with_state(self)
    }

    /// The officer behind a request, if their role permits it.
    fn permitted(&self, headers: &HeaderMap, permission: Permission) -> Result<OfficerId, Problem> {
        Ok(caller::permitted(&self.officers, headers, permission, (self.clock)())?.id())
    }

    /// An officer who handles applications: enters or reviews them. Auditors and onlookers see files masked only.
    fn handler(&self, headers: &HeaderMap) -> Result<OfficerId, Problem> {
        self.permitted(headers, Permission::Approve)
            .or_else(|_| self.permitted(headers, Permission::Enter))
    }
}

fn told(why: &RegistryError, language: Language) -> Problem {
    Problem::of(why, language)
}

/// A number of ours, or nothing that there is.
fn numbered<T: std::str::FromStr>(text: &str, what: &'static str, language: Language) -> Result<T, Problem> {
    text.parse().map_err(|_| told(&RegistryError::Unknown(what), language))
}

fn text_kind(word: &str, language: Language) -> Result<TextKind, Problem> {
    TextKind::named(word).ok_or_else(|| Problem::of(&TextError::Unknown, language))
}

fn created(answer: impl serde::Serialize) -> Response {
    (StatusCode::CREATED, Answer(answer)).into_response()
}

async fn register(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Json(input): Json<ApplicantInput>,
) -> Result<Response, Problem> {
    let by = door.permitted(&headers, Permission::Enter)?;
    let registered = door.registry.register(&input, by, (door.clock)()).await;
    let registered = registered.map_err(|why| told(&why, language))?;
    let notes: Vec<&str> = registered.notes.iter().map(|note| note.words(language)).collect();
    Ok(created(json!({
        "id": registered.id,
        "look_alikes": findings(&registered.findings, language),
        "notes": notes,
    })))
}

fn findings(findings: &[hefu_applicants::Finding], language: Language) -> Vec<Value> {
    let shown = findings.iter().map(|finding| {
        json!({
            "applicant": finding.other,
            "likeness": finding.likeness.as_str(),
            "text": finding.words(language),
        })
    });
    shown.collect()
}

async fn show(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Answer<Value>, Problem> {
    door.permitted(&headers, Permission::Read)?;
    let id: ApplicantId = numbered(&id, "applicant", language)?;
    let refused = |why: RegistryError| told(&why, language);
    let filed = door.registry.filed(id).await.map_err(refused)?;
    let alike = door.registry.look_alikes(id).await.map_err(refused)?;
    Ok(Answer(json!({
        "id": filed.id,
        "kind": filed.kind.as_str(),
        "number": filed.masked,
        "registered_by": filed.registered_by,
        "registered_at": filed.registered_at,
        "restricted_at": filed.restricted_at,
        "look_alikes": findings(&alike, language),
    })))
}

async fn read(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Path(id): Path<String>,
    Json(reason): Json<ReasonInput>,
) -> Result<Response, Problem> {
    let by = door.handler(&headers)?;
    let id = numbered(&id, "applicant", language)?;
    let file = door.registry.read_file(id, reason, by, (door.clock)()).await;
    let file = file.map_err(|why| told(&why, language))?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Answer(file)).into_response())
}

async fn list_evidence(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Answer<Value>, Problem> {
    door.permitted(&headers, Permission::Read)?;
    let id = numbered(&id, "applicant", language)?;
    let items = door.registry.evidence_of(id).await;
    let items = items.map_err(|why| told(&why, language))?;
    Ok(Answer(json!({"items": items, "next": null})))
}

/// The body is the piece itself. Its type is told by its content; a `Content-Type` that says otherwise is refused.
async fn take_evidence(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Path((id, kind)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Problem> {
    // Who may not come in does not get to send sixty megabytes first.
    let by = door.permitted(&headers, Permission::Enter)?;
    let id = numbered(&id, "applicant", language)?;
    let kind = EvidenceKind::named(&kind).ok_or_else(|| told(&RegistryError::Unknown("kind of evidence"), language))?;
    let content = octets(request, language).await?;
    let new = NewEvidence {
        kind,
        claimed: claimed(&headers, &content)
            .ok_or_else(|| unread("evidence is PNG, JPEG, PDF, MP4, JSON or XML", language))?,
        content: &content,
    };
    let taken = door.registry.take_evidence(id, new, by, (door.clock)()).await;
    Ok(created(taken.map_err(|why| told(&why, language))?))
}

async fn octets(request: Request, language: Language) -> Result<Bytes, Problem> {
    let body = Bytes::from_request(request, &()).await;
    body.map_err(|why| unread(&why.body_text(), language).with_status(why.status()))
}

fn unread(why: &str, language: Language) -> Problem {
    Problem::of(&Unreadable::new(why), language)
}

/// What the caller says it is, when it is one of our types; otherwise what the first octets tell.
fn claimed(headers: &HeaderMap, content: &[u8]) -> Option<Media> {
    let said = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let said = said.map(|said| said.split(';').next().unwrap_or(said).trim());
    said.and_then(Media::named).or_else(|| Media::told_by(content))
}

async fn open_evidence(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Path(id): Path<String>,
    Json(reason): Json<ReasonInput>,
) -> Result<Response, Problem> {
    let by = door.handler(&headers)?;
    let id: EvidenceId = numbered(&id, "evidence", language)?;
    let opened = door.registry.open_evidence(id, reason, by, (door.clock)()).await;
    let (evidence, content) = opened.map_err(|why| told(&why, language))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(evidence.media.as_str())),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, content.to_vec()).into_response())
}

async fn consent(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Path(id): Path<String>,
    Json(input): Json<ConsentInput>,
) -> Result<Response, Problem> {
    let by = door.permitted(&headers, Permission::Enter)?;
    let id = numbered(&id, "applicant", language)?;
    let given = door.registry.give_consent(id, &input, by, (door.clock)()).await;
    let given = given.map_err(|why| told(&why, language))?;
    Ok(created(json!({"id": given.id(), "given_at": given.given_at()})))
}

async fn withdraw(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Answer<Value>, Problem> {
    let by = door.permitted(&headers, Permission::Enter)?;
    let id = numbered(&id, "applicant", language)?;
    let withdrawn = door.registry.withdraw_consent(id, by, (door.clock)()).await;
    let withdrawn = withdrawn.map_err(|why| told(&why, language))?;
    Ok(Answer(
        json!({"id": withdrawn.id(), "withdrawn_at": withdrawn.withdrawn_at()}),
    ))
}

/// Gives the question back: whoever called sends it to the service. Its fields are not kept here.
async fn ask(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Path(id): Path<String>,
    Json(form): Json<QuestionForm>,
) -> Result<Response, Problem> {
    let by = door.permitted(&headers, Permission::Enter)?;
    let id = numbered(&id, "applicant", language)?;
    let service = service(&door, &form.service, language)?;
    let asked = door.registry.ask(id, (service, form.fields), by, (door.clock)()).await;
    Ok(created(asked.map_err(|why| told(&why, language))?))
}

fn service<'a>(door: &'a Applicants, name: &str, language: Language) -> Result<&'a Service, Problem> {
    let found = door.services.iter().find(|service| service.name() == name);
    found.ok_or_else(|| told(&RegistryError::Unknown("verification service"), language))
}

/// An outside service's answer; its signature stands in `Hefu-Signature`.
async fn answer(
    State(door): Door,
    Speech(language): Speech,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let service = service(&door, &name, language)?;
    let signature = headers.get("hefu-signature").and_then(|value| value.to_str().ok());
    let taken = door
        .registry
        .answer(service, &body, signature.unwrap_or_default(), (door.clock)())
        .await;
    let taken = taken.map_err(|why| told(&why, language))?;
    Ok(created(json!({"evidence": taken.id})))
}

async fn check(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Path(id): Path<String>,
    Json(form): Json<CheckForm>,
) -> Result<Response, Problem> {
    let by = door.permitted(&headers, Permission::Enter)?;
    let id = numbered(&id, "applicant", language)?;
    let for_what = For::new(form.occasion, &form.about).map_err(|why| Problem::of(&why, language))?;
    let checked = door.registry.check_identity(id, for_what, by, (door.clock)()).await;
    Ok(created(checked.map_err(|why| told(&why, language))?.proof()))
}

async fn check_document(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    door.permitted(&headers, Permission::Read)?;
    let id: CheckId = numbered(&id, "check", language)?;
    let document = door.registry.check_document(id).await;
    let document = document.map_err(|why| told(&why, language))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], document).into_response())
}

async fn agree(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Path(id): Path<String>,
    Json(form): Json<AgreementForm>,
) -> Result<Response, Problem> {
    let by = door.permitted(&headers, Permission::Enter)?;
    let id = numbered(&id, "applicant", language)?;
    let shown = Shown {
        language: form
            .language
            .parse()
            .map_err(|_| unread("language is zh or en", language))?,
        sm3: form
            .digest()
            .ok_or_else(|| unread("sm3 is 64 hexadecimal digits", language))?,
    };
    let now = (door.clock)();
    let agreed = match (form.kind, &form.signed_by) {
        (TextKind::Notice, None) => door.registry.acknowledge(id, (&form.version, shown), by, now).await,
        (TextKind::Contract, Some(name)) => door.registry.sign(id, (&form.version, shown, name), by, now).await,
        _ => return Err(unread("signed_by belongs to a contract, and to nothing else", language)),
    };
    Ok(created(agreed.map_err(|why| told(&why, language))?.proof()))
}

async fn agreement(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    door.permitted(&headers, Permission::Read)?;
    let id: AgreementId = numbered(&id, "agreement", language)?;
    let agreed = door.registry.agreement(id).await.map_err(|why| told(&why, language))?;
    Ok(Answer(agreed.proof()).into_response())
}

/// One side's copy as `hefu-documents` reads it. Names who signed, so it is for those who handle the application.
async fn copy(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Path((id, side)): Path<(String, String)>,
) -> Result<Response, Problem> {
    door.handler(&headers)?;
    let refused = |why: RegistryError| told(&why, language);
    let id: AgreementId = numbered(&id, "agreement", language)?;
    let side = match side.as_str() {
        "provider" => Side::Provider,
        "subscriber" => Side::Subscriber,
        _ => return Err(refused(RegistryError::Unknown("side of an agreement"))),
    };
    let agreed = door.registry.agreement(id).await.map_err(refused)?;
    let proof = agreed.proof();
    let kind = text_kind(proof.kind, language)?;
    let text = door.registry.text(kind, &proof.version).await.map_err(refused)?;
    let copy = copy_for(side, &agreed, &text, &door.provider);
    Ok(([(header::CACHE_CONTROL, "no-store")], Answer(copy)).into_response())
}

async fn publish(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Json(input): Json<TextInput>,
) -> Result<Response, Problem> {
    let now = (door.clock)();
    let officer = caller::officer(&door.officers, &headers, now)?;
    let published = door.registry.publish(input, &officer, now).await;
    let published = published.map_err(|why| {
        let problem = told(&why, language);
        match why {
            RegistryError::NotPermitted(_) => problem.with_status(StatusCode::FORBIDDEN),
            _ => problem,
        }
    })?;
    Ok(created(shown(&published)))
}

/// A text with what exactly is shown in each language, and its SM3.
fn shown(text: &Text) -> Value {
    let wording = |language| json!({"shown": text.shown(language), "sm3": hex(&text.sm3(language))});
    json!({
        "kind": text.kind().as_str(),
        "version": text.version(),
        "zh": wording(Language::Chinese),
        "en": wording(Language::English),
    })
}

fn hex(octets: &[u8]) -> String {
    use std::fmt::Write as _;
    octets.iter().fold(String::new(), |mut text, octet| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{octet:02x}");
        text
    })
}

async fn text_in_force(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Path(kind): Path<String>,
) -> Result<Answer<Value>, Problem> {
    door.permitted(&headers, Permission::Read)?;
    let text = door.registry.text_in_force(text_kind(&kind, language)?).await;
    Ok(Answer(shown(&text.map_err(|why| told(&why, language))?)))
}

async fn text(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Path((kind, version)): Path<(String, String)>,
) -> Result<Answer<Value>, Problem> {
    door.permitted(&headers, Permission::Read)?;
    let text = door.registry.text(text_kind(&kind, language)?, &version).await;
    Ok(Answer(shown(&text.map_err(|why| told(&why, language))?)))
}

async fn versions(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Path(kind): Path<String>,
) -> Result<Answer<Value>, Problem> {
    door.permitted(&headers, Permission::Read)?;
    let versions = door.registry.text_versions(text_kind(&kind, language)?).await;
    let versions = versions.map_err(|why| told(&why, language))?;
    let items: Vec<Value> = versions
        .iter()
        .map(|(version, at)| json!({"version": version, "published_at": at}))
        .collect();
    Ok(Answer(json!({"items": items, "next": null})))
}
