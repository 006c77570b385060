//! The records' door: checkpoints and entries of the zones of this process, for auditors and followers.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json as Answer, Router};
use hefu_officers::{Officers, Permission};
use hefu_records::{Entry, Records};
use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Clock;
use crate::caller::{self, Query, Speech};
use crate::problem::Problem;

/// Entries in one answer: an entry with two certificates takes about four kilobytes.
const ENTRIES_MAX: u32 = 500;

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
    pub zones: BTreeMap<&'static str, Arc<Records>>,
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

impl Archive {
    /// The routes.
    pub fn routes(self) -> Router {
        Router::new()
            .route("/api/v1/records/{zone}/checkpoint", get(checkpoint))
            .route("/api/v1/records/{zone}/entries", get(entries))
            .with_state(self)
    }

    fn zone(&self, name: &str, headers: &HeaderMap, Speech(language): Speech) -> Result<&Arc<Records>, Problem> {
        if !self.readers.admit(headers, (self.clock)()) {
            return Err(Problem::of(&ArchiveError::NotAReader, language).with_status(axum::http::StatusCode::FORBIDDEN));
        }
        self.zones
            .get(name)
            .ok_or_else(|| Problem::of(&ArchiveError::NoSuchZone(name.to_owned()), language))
    }
}

impl Readers {
    fn admit(&self, headers: &HeaderMap, now: Timestamp) -> bool {
        match self {
            Self::Officers(officers) => caller::permitted(officers, headers, Permission::Audit, now).is_ok(),
            Self::Holder(token) => {
                let digest = |text: &str| gm_suite::sm3(text.as_bytes());
                // Digests, so that the time of the comparison tells nothing of the token.
                !token.is_empty() && digest(caller::bearer(headers)) == digest(token)
            }
        }
    }
}

async fn checkpoint(
    State(archive): State<Archive>,
    speech: Speech,
    headers: HeaderMap,
    Path(zone): Path<String>,
) -> Result<Response, Problem> {
    let records = archive.zone(&zone, &headers, speech)?;
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
    let records = archive.zone(&zone, &headers, speech)?;
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
