//! The records' door: checkpoints, entries, search and proofs of the zones of this process, for auditors and followers.
//!
//! An officer who may not read them is refused, and that is recorded.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json as Answer, Router};
use hefu_officers::{Officers, Permission};
use hefu_records::{Entry, Find, Found, Records, RecordsError, Seal, Seen};
use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Clock;
use crate::caller::{self, Query, Speech, Unreadable};
use crate::problem::Problem;

/// Entries in one answer: an entry with two certificates takes about four kilobytes.
const ENTRIES_MAX: u32 = 500;

/// Records of one page of a search when none is asked for.
const FOUND_DEFAULT: u32 = 50;
/// Kinds of records that tell who saw what, who took it away, and who came in.
pub const ACCESS: [&str; 7] = [
    "applicant-read/1",
    "evidence-opened/1",
    "list-exported/1",
    "login-refused/1",
    "officer-act-refused/1",
    "session-ended/1",
    "session-opened/1",
];

/// The logs of a process by their zones.
pub type Zones = BTreeMap<&'static str, Arc<Records>>;

/// Whether a record of this kind tells of a rule that said no: so all capabilities name them.
#[must_use]
pub fn is_refusal(kind: &str) -> bool {
    kind.split_once('/').is_some_and(|(name, _)| name.ends_with("-refused"))
}

/// Who may read the records of this process.
#[derive(Clone)]
pub enum Readers {
    /// Officers whose role permits it.
    Officers(Arc<Officers>),
    /// Whoever holds the token that two processes of the same operator share.
    Holder(Arc<str>),
}

/// What the door stands on.
#[derive(Clone)]
pub struct Archive {
    /// The records by zone.
    pub zones: Zones,
    /// Who may read.
    pub readers: Readers,
    /// The time of a checkpoint that is asked for.
    pub clock: Clock,
}

/// Why records are not shown.
#[derive(Debug, thiserror::Error)]
enum ArchiveError {
    #[error("this process keeps no records of zone {0}")]
    NoSuchZone(String),
    #[error("records are shown to auditors and to followers with a token")]
    NotAReader,
}

impl Explain for ArchiveError {
    fn code(&self) -> &'static str {
        match self {
            Self::NoSuchZone(_) => "no-such-zone",
            Self::NotAReader => "not-a-reader",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::NoSuchZone(_) => Kind::Absent,
            Self::NotAReader => Kind::Refusal,
        }
    }

    fn blame(&self) -> Blame {
        Blame::Caller
    }

    fn citation(&self) -> Option<Citation> {
        None
    }

    fn message(&self, language: Language) -> String {
        match (self, language) {
            (Self::NoSuchZone(zone), Language::Chinese) => format!("本进程没有 {zone} 区的记录"),
            (Self::NotAReader, Language::Chinese) => "只有审计员和持有令牌的跟随者可以查阅记录".to_owned(),
            (_, Language::English) => self.to_string(),
        }
    }
}

/// Which entries.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Span {
    #[serde(default)]
    from: u64,
    limit: Option<u32>,
}

/// What is looked for, as a query says it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Wanted {
    kind: Option<String>,
    sort: Option<Sort>,
    actor: Option<String>,
    name: Option<String>,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    after: Option<String>,
    limit: Option<u32>,
}

/// Kinds that go together.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Sort {
    /// Those of [`ACCESS`].
    Access,
    /// Those of [`is_refusal`].
    Refusals,
}

/// Reads where the page before ended: microseconds and index.
#[must_use]
pub fn place(text: &str) -> Option<(Timestamp, u64)> {
    let (at, index) = text.split_once('-')?;
    Some((Timestamp::from_microsecond(at.parse().ok()?).ok()?, index.parse().ok()?))
}

/// Where the next page begins, if there is one.
#[must_use]
pub fn next_place(found: &Found) -> Option<String> {
    let last = found.items.last().filter(|_| found.is_more)?;
    let at = last.entry.as_ref()?.at.as_microsecond();
    Some(format!("{at}-{}", last.index))
}

impl Archive {
    /// The routes.
    pub fn routes(self) -> Router {
        Router::new()
            .route("/api/v1/records", get(zones))
            .route("/api/v1/records/{zone}/search", get(search))
            .route("/api/v1/records/{zone}/entries/{index}", get(exhibit))
            .route("/api/v1/records/{zone}/checkpoint", get(checkpoint))
            .route("/api/v1/records/{zone}/entries", get(entries))
            .with_state(self)
    }

    async fn enter(&self, headers: &HeaderMap, Speech(language): Speech) -> Result<(), Problem> {
        if self.readers.admit(headers, (self.clock)()).await {
            return Ok(());
        }
        Err(Problem::of(&ArchiveError::NotAReader, language).with_status(axum::http::StatusCode::FORBIDDEN))
    }

    async fn zone(&self, name: &str, headers: &HeaderMap, speech: Speech) -> Result<&Arc<Records>, Problem> {
        self.enter(headers, speech).await?;
        let Speech(language) = speech;
        self.zones
            .get(name)
            .ok_or_else(|| Problem::of(&ArchiveError::NoSuchZone(name.to_owned()), language))
    }
}

impl Readers {
    async fn admit(&self, headers: &HeaderMap, now: Timestamp) -> bool {
        match self {
            Self::Officers(officers) => {
                let Ok(officer) = caller::officer(officers, headers, now) else {
                    return false;
                };
                let Err(why) = officer.permit(Permission::Audit) else {
                    return true;
                };
                let recorded = officers.record_refused(officer.id(), "read the records", &why, now);
                if let Err(fault) = recorded.await {
                    tracing::error!("a refused reading could not be recorded: {fault}");
                }
                false
            }
            Self::Holder(token) => {
                let digest = |text: &str| gm_suite::sm3(text.as_bytes());
                // Digests, so that the time of the comparison tells nothing of the token.
                !token.is_empty() && digest(caller::bearer(headers)) == digest(token)
            }
        }
    }
}

/// What an auditor first wants to know of each zone.
async fn zones(State(archive): State<Archive>, speech: Speech, headers: HeaderMap) -> Result<Answer<Value>, Problem> {
    archive.enter(&headers, speech).await?;
    let mut items = Vec::with_capacity(archive.zones.len());
    for (zone, records) in &archive.zones {
        let head = records.head().await.map_err(|why| Problem::of(&why, speech.0))?;
        items.push(summary(zone, records, head, records.last_seal().await, speech.0));
    }
    Ok(Answer(json!({"items": items, "next": null})))
}

/// One zone: its size, its last checkpoint, and whether that verifies.
fn summary(
    zone: &str,
    records: &Records,
    head: u64,
    seal: Result<Option<Seal>, RecordsError>,
    language: Language,
) -> Value {
    let (seal, doubt) = match seal {
        Ok(seal) => (seal, None),
        Err(why) => (None, Some(why.message(language))),
    };
    let checkpoint = seal.map(|seal| {
        let stated = seal.checkpoint.unverified();
        json!({"at": seal.at, "size": stated.size(), "root": stated.root().to_base64()})
    });
    json!({
        "zone": zone, "origin": records.origin(), "entries": head,
        "checkpoint": checkpoint, "verified": doubt.is_none(), "doubt": doubt,
    })
}

async fn search(
    State(archive): State<Archive>,
    speech: Speech,
    headers: HeaderMap,
    Path(zone): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Answer<Value>, Problem> {
    let records = archive.zone(&zone, &headers, speech).await?;
    let told = |why: RecordsError| Problem::of(&why, speech.0);
    let after = wanted.after.as_deref().map(|text| place(text).ok_or(text)).transpose();
    let after = after.map_err(|text| Problem::of(&Unreadable::new(format!("after={text}")), speech.0))?;
    let kinds = match (wanted.kind, wanted.sort) {
        (Some(kind), _) => vec![kind],
        (None, Some(Sort::Access)) => ACCESS.map(str::to_owned).to_vec(),
        (None, Some(Sort::Refusals)) => refusals(records).await.map_err(told)?,
        (None, None) => Vec::new(),
    };
    let find = Find {
        kinds,
        actor: wanted.actor,
        name: wanted.name,
        from: wanted.from,
        until: wanted.until,
        after,
        limit: wanted.limit.unwrap_or(FOUND_DEFAULT),
    };
    let found = records.find(&find).await.map_err(told)?;
    let items: Vec<Value> = found.items.iter().map(|seen| looked_at(seen, speech.0)).collect();
    Ok(Answer(json!({
        "items": items, "next": next_place(&found), "labelled": found.labelled,
    })))
}

/// The kinds of refusals that a log has; a name that no record has where it has none, so that nothing is found.
///
/// # Errors
/// The database's.
pub async fn refusals(records: &Records) -> Result<Vec<String>, RecordsError> {
    let mut kinds = records.kinds().await?;
    kinds.retain(|kind| is_refusal(kind));
    if kinds.is_empty() {
        kinds.push("refused/1".to_owned());
    }
    Ok(kinds)
}

/// A record as it was found, sound or not.
fn looked_at(seen: &Seen, language: Language) -> Value {
    let doubt = seen.doubt.as_ref().map(|why| why.message(language));
    json!({"index": seen.index, "entry": seen.entry.as_ref().map(shown), "doubt": doubt})
}

/// One record with its proof, for a stranger to check.
async fn exhibit(
    State(archive): State<Archive>,
    speech: Speech,
    headers: HeaderMap,
    Path((zone, index)): Path<(String, u64)>,
) -> Result<Response, Problem> {
    let records = archive.zone(&zone, &headers, speech).await?;
    let exhibit = records.exhibit(index).await;
    let exhibit = exhibit.map_err(|why| Problem::of(&why, speech.0))?;
    Ok(Answer(exhibit).into_response())
}

async fn checkpoint(
    State(archive): State<Archive>,
    speech: Speech,
    headers: HeaderMap,
    Path(zone): Path<String>,
) -> Result<Response, Problem> {
    let records = archive.zone(&zone, &headers, speech).await?;
    let checkpoint = records
        .checkpoint((archive.clock)())
        .await
        .map_err(|why| Problem::of(&why, speech.0))?;
    Ok(checkpoint.to_string().into_response())
}

async fn entries(
    State(archive): State<Archive>,
    speech: Speech,
    headers: HeaderMap,
    Path(zone): Path<String>,
    Query(span): Query<Span>,
) -> Result<Response, Problem> {
    let records = archive.zone(&zone, &headers, speech).await?;
    let limit = span.limit.unwrap_or(ENTRIES_MAX).clamp(1, ENTRIES_MAX);
    let entries = records
        .read(span.from, limit)
        .await
        .map_err(|why| Problem::of(&why, speech.0))?;
    let next = entries.last().map(|entry| (entry.index + 1).to_string());
    let items: Vec<Value> = entries.iter().map(shown).collect();
    Ok(Answer(json!({"items": items, "next": next})).into_response())
}

fn shown(entry: &Entry) -> Value {
    json!({
        "index": entry.index, "at": entry.at, "kind": entry.kind,
        "subject": entry.subject, "actor": entry.actor, "body": entry.body,
    })
}
