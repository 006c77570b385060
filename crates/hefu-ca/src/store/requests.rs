//! `ca_batch`, `ca_request`, `ca_intent`, `ca_replay`: what was asked, and what is about to be signed.

use std::collections::{HashMap, HashSet};

use hefu_certificate::SerialNumber;
use hefu_database::{Connection, Value, insert_rows, insert_rows_or_skip};
use jiff::Timestamp;
use registration_protocol::RequestId;
use sqlx::AssertSqlSafe;
use sqlx::Row as _;

use super::StoreError;
use super::rows::{LIST_MAX, Reading, padded, placeholders};
use crate::acceptance::{Accepted, AcceptedBatch, Digest, Earlier};

/// What a request asks for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Act {
    /// A certificate or a pair.
    Issue,
    /// Suspend.
    Suspend,
    /// Lift the suspension.
    Resume,
    /// Revoke for ever.
    Revoke,
}

impl Act {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Issue => "issue",
            Self::Suspend => "suspend",
            Self::Resume => "resume",
            Self::Revoke => "revoke",
        }
    }

    fn read(word: &str) -> Option<Self> {
        [Self::Issue, Self::Suspend, Self::Resume, Self::Revoke]
            .into_iter()
            .find(|act| act.as_str() == word)
    }
}

/// How far a request has come. It only moves forward.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum State {
    /// A dual request that waits for the key centre. Nothing was drafted.
    Accepted,
    /// What will be signed is stored; the key may have signed it.
    Intended,
    /// The certificates are stored.
    Issued,
    /// The status is changed.
    Changed,
    /// It will not be done.
    Refused,
}

impl State {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Intended => "intended",
            Self::Issued => "issued",
            Self::Changed => "changed",
            Self::Refused => "refused",
        }
    }

    fn read(word: &str) -> Option<Self> {
        [
            Self::Accepted,
            Self::Intended,
            Self::Issued,
            Self::Changed,
            Self::Refused,
        ]
        .into_iter()
        .find(|state| state.as_str() == word)
    }
}

/// A row of `ca_request`.
#[derive(Clone, Debug)]
pub(crate) struct RequestRow {
    pub(crate) id: RequestId,
    pub(crate) batch: Digest,
    pub(crate) ra: String,
    pub(crate) content: Digest,
    pub(crate) act: Act,
    pub(crate) state: State,
    pub(crate) authority: Option<String>,
    pub(crate) profile: Option<String>,
    pub(crate) first_serial: Option<SerialNumber>,
    pub(crate) second_serial: Option<SerialNumber>,
    pub(crate) replaces: Option<SerialNumber>,
    pub(crate) not_before: Option<Timestamp>,
    pub(crate) not_after: Option<Timestamp>,
    pub(crate) approval: [u8; 32],
    pub(crate) refusal: Option<String>,
    pub(crate) accepted_at: Timestamp,
    pub(crate) answered_at: Option<Timestamp>,
}

/// A row of `ca_intent`: the to-be-signed part of a certificate, or of both of a pair.
#[derive(Clone, Debug)]
pub(crate) struct IntentRow {
    pub(crate) request: RequestId,
    pub(crate) first: Vec<u8>,
    pub(crate) second: Option<Vec<u8>>,
    pub(crate) enveloped_key: Option<Vec<u8>>,
}

const REQUEST_COLUMNS: [&str; 17] = [
    "id",
    "batch",
    "ra",
    "content",
    "act",
    "state",
    "authority",
    "profile",
    "first_serial",
    "second_serial",
    "replaces",
    "not_before",
    "not_after",
    "approval",
    "refusal",
    "accepted_at",
    "answered_at",
];

/// Keeps batches as they were signed.
pub(crate) async fn add_batches(
    connection: &mut Connection,
    batches: &[&AcceptedBatch],
    now: Timestamp,
) -> Result<(), StoreError> {
    let rows = batches.iter().map(|batch| {
        [
            Value::from(batch.digest().to_vec()),
            Value::from(batch.ra()),
            Value::from(now.as_microsecond()),
            Value::from(batch.der()),
        ]
    });
    insert_rows_or_skip(connection, "ca_batch", ["digest", "ra", "received_at", "der"], rows).await?;
    Ok(())
}

/// The signed bytes of a batch.
pub(crate) async fn batch(connection: &mut Connection, digest: Digest) -> Result<Option<Vec<u8>>, StoreError> {
    let row = sqlx::query("SELECT der FROM ca_batch WHERE digest = $1")
        .bind(digest.to_vec())
        .fetch_optional(connection)
        .await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}

/// What is stored under these ids, as far as replays are concerned.
pub(crate) async fn earlier(
    connection: &mut Connection,
    ids: &[RequestId],
) -> Result<HashMap<RequestId, Earlier>, StoreError> {
    let mut found = HashMap::new();
    for portion in ids.chunks(LIST_MAX) {
        let list = placeholders(1, portion.len());
        let sql = format!("SELECT id, ra, content FROM ca_request WHERE id IN ({list})");
        let mut statement = sqlx::query(AssertSqlSafe(sql));
        for id in padded(portion) {
            statement = statement.bind(id);
        }
        for row in statement.fetch_all(&mut *connection).await? {
            let reading = Reading {
                row: &row,
                table: "ca_request",
            };
            let earlier = Earlier {
                ra: reading.plain("ra")?,
                content: reading.octets("content")?,
            };
            found.insert(reading.octets("id")?, earlier);
        }
    }
    Ok(found)
}

/// Adds requests.
pub(crate) async fn add_requests(connection: &mut Connection, rows: &[RequestRow]) -> Result<(), StoreError> {
    let rows = rows.iter().map(|row| {
        [
            Value::from(row.id.to_vec()),
            Value::from(row.batch.to_vec()),
            Value::from(row.ra.as_str()),
            Value::from(row.content.to_vec()),
            Value::from(row.act.as_str()),
            Value::from(row.state.as_str()),
            Value::from(row.authority.as_deref()),
            Value::from(row.profile.as_deref()),
            Value::from(row.first_serial.map(|serial| serial.as_bytes().to_vec())),
            Value::from(row.second_serial.map(|serial| serial.as_bytes().to_vec())),
            Value::from(row.replaces.map(|serial| serial.as_bytes().to_vec())),
            Value::from(row.not_before.map(Timestamp::as_microsecond)),
            Value::from(row.not_after.map(Timestamp::as_microsecond)),
            Value::from(row.approval.to_vec()),
            Value::from(row.refusal.as_deref()),
            Value::from(row.accepted_at.as_microsecond()),
            Value::from(row.answered_at.map(Timestamp::as_microsecond)),
        ]
    });
    insert_rows(connection, "ca_request", REQUEST_COLUMNS, rows).await?;
    Ok(())
}

/// Requests by id; ids that were never seen are left out.
pub(crate) async fn requests(
    connection: &mut Connection,
    ids: &[RequestId],
) -> Result<HashMap<RequestId, RequestRow>, StoreError> {
    let mut found = HashMap::new();
    for portion in ids.chunks(LIST_MAX) {
        let list = placeholders(1, portion.len());
        let sql = format!(
            "SELECT {} FROM ca_request WHERE id IN ({list})",
            REQUEST_COLUMNS.join(", ")
        );
        let mut statement = sqlx::query(AssertSqlSafe(sql));
        for id in padded(portion) {
            statement = statement.bind(id);
        }
        for row in statement.fetch_all(&mut *connection).await? {
            let request = read_request(&Reading {
                row: &row,
                table: "ca_request",
            })?;
            found.insert(request.id, request);
        }
    }
    Ok(found)
}

/// Up to `limit` requests that are not finished, oldest first.
pub(crate) async fn open_requests(
    connection: &mut Connection,
    state: State,
    limit: u32,
) -> Result<Vec<RequestRow>, StoreError> {
    // The word stands in the text, so that the partial index answers.
    let sql = format!(
        "SELECT {} FROM ca_request WHERE state IN ('accepted', 'intended') AND state = '{}' \
         ORDER BY accepted_at LIMIT {limit}",
        REQUEST_COLUMNS.join(", "),
        state.as_str(),
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(connection).await?;
    rows.iter()
        .map(|row| {
            read_request(&Reading {
                row,
                table: "ca_request",
            })
        })
        .collect()
}

fn read_request(row: &Reading<'_>) -> Result<RequestRow, StoreError> {
    Ok(RequestRow {
        id: row.octets("id")?,
        batch: row.octets("batch")?,
        ra: row.plain("ra")?,
        content: row.octets("content")?,
        act: row.word("act", Act::read)?,
        state: row.word("state", State::read)?,
        authority: row.plain("authority")?,
        profile: row.plain("profile")?,
        first_serial: row.serial_if_any("first_serial")?,
        second_serial: row.serial_if_any("second_serial")?,
        replaces: row.serial_if_any("replaces")?,
        not_before: row.instant_if_any("not_before")?,
        not_after: row.instant_if_any("not_after")?,
        approval: row.octets("approval")?,
        refusal: row.plain("refusal")?,
        accepted_at: row.instant("accepted_at")?,
        answered_at: row.instant_if_any("answered_at")?,
    })
}

/// Moves requests one state forward. All of them must be in `from`.
pub(crate) async fn advance(
    connection: &mut Connection,
    ids: &[RequestId],
    (from, to): (State, State),
    answered_at: Option<Timestamp>,
) -> Result<(), StoreError> {
    for portion in ids.chunks(LIST_MAX) {
        let list = placeholders(4, portion.len());
        let sql = format!("UPDATE ca_request SET state = $1, answered_at = $2 WHERE state = $3 AND id IN ({list})");
        let mut statement = sqlx::query(AssertSqlSafe(sql))
            .bind(to.as_str())
            .bind(answered_at.map(Timestamp::as_microsecond))
            .bind(from.as_str());
        for id in padded(portion) {
            statement = statement.bind(id);
        }
        let moved = statement.execute(&mut *connection).await?.rows_affected();
        if moved != portion.len() as u64 {
            return Err(StoreError::Moved { table: "ca_request" });
        }
    }
    Ok(())
}

/// Refuses a request that was accepted before. `refusal` is what an inquiry will be answered with. An intent stays
/// where it is: the key may have signed it, although nothing left.
pub(crate) async fn refuse(
    connection: &mut Connection,
    id: RequestId,
    from: State,
    refusal: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let moved = sqlx::query(
        "UPDATE ca_request SET state = 'refused', refusal = $1, answered_at = $2 WHERE id = $3 AND state = $4",
    )
    .bind(refusal.to_owned())
    .bind(now.as_microsecond())
    .bind(id.to_vec())
    .bind(from.as_str())
    .execute(connection)
    .await?
    .rows_affected();
    if moved == 1 {
        Ok(())
    } else {
        Err(StoreError::Moved { table: "ca_request" })
    }
}

/// Stores what is about to be signed.
pub(crate) async fn add_intents(connection: &mut Connection, rows: &[IntentRow]) -> Result<(), StoreError> {
    let columns = ["request", "tbs_first", "tbs_second", "enveloped_key"];
    let rows = rows.iter().map(|row| {
        [
            Value::from(row.request.to_vec()),
            Value::from(row.first.as_slice()),
            Value::from(row.second.as_deref()),
            Value::from(row.enveloped_key.as_deref()),
        ]
    });
    insert_rows(connection, "ca_intent", columns, rows).await?;
    Ok(())
}

/// Forgets what was about to be signed, together with the storing of what was signed.
pub(crate) async fn remove_intents(connection: &mut Connection, ids: &[RequestId]) -> Result<(), StoreError> {
    for portion in ids.chunks(LIST_MAX) {
        let list = placeholders(1, portion.len());
        let mut statement = sqlx::query(AssertSqlSafe(format!(
            "DELETE FROM ca_intent WHERE request IN ({list})"
        )));
        for id in padded(portion) {
            statement = statement.bind(id);
        }
        let gone = statement.execute(&mut *connection).await?.rows_affected();
        if gone != portion.len() as u64 {
            return Err(StoreError::Moved { table: "ca_intent" });
        }
    }
    Ok(())
}

/// What was about to be signed for these requests.
pub(crate) async fn intents(
    connection: &mut Connection,
    ids: &[RequestId],
) -> Result<HashMap<RequestId, IntentRow>, StoreError> {
    let mut found = HashMap::new();
    for portion in ids.chunks(LIST_MAX) {
        let list = placeholders(1, portion.len());
        let sql =
            format!("SELECT request, tbs_first, tbs_second, enveloped_key FROM ca_intent WHERE request IN ({list})");
        let mut statement = sqlx::query(AssertSqlSafe(sql));
        for id in padded(portion) {
            statement = statement.bind(id);
        }
        for row in statement.fetch_all(&mut *connection).await? {
            let reading = Reading {
                row: &row,
                table: "ca_intent",
            };
            let intent = IntentRow {
                request: reading.octets("request")?,
                first: reading.plain("tbs_first")?,
                second: reading.plain("tbs_second")?,
                enveloped_key: reading.plain("enveloped_key")?,
            };
            found.insert(intent.request, intent);
        }
    }
    Ok(found)
}

/// Remembers replays and reuses; returns those that were not remembered yet, so that each is recorded once.
pub(crate) async fn add_replays<'a>(
    connection: &mut Connection,
    replays: &[&'a Accepted],
    now: Timestamp,
) -> Result<Vec<&'a Accepted>, StoreError> {
    let mut new = Vec::new();
    let mut seen = HashSet::new();
    for accepted in replays {
        let known = sqlx::query("SELECT 1 FROM ca_replay WHERE request = $1 AND content = $2")
            .bind(accepted.id().to_vec())
            .bind(accepted.content().to_vec())
            .fetch_optional(&mut *connection)
            .await?;
        if known.is_none() && seen.insert((accepted.id(), accepted.content())) {
            new.push(*accepted);
        }
    }
    let rows = new.iter().map(|accepted| {
        [
            Value::from(accepted.id().to_vec()),
            Value::from(accepted.content().to_vec()),
            Value::from(now.as_microsecond()),
        ]
    });
    insert_rows(connection, "ca_replay", ["request", "content", "at"], rows).await?;
    Ok(new)
}
