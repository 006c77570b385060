//! `subscribers_supplement` and `subscribers_delivery`.

use hefu_database::{Connection, DatabaseError};
use hefu_officers::OfficerId;
use jiff::Timestamp;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::{impossible, maybe_time, maybe_word, officer, parsed, time};
use crate::delivery::{Answer, Delivery};
use crate::id::SupplementId;

/// Questions of one application that are listed.
const LISTED_MAX: i64 = 50;
/// Certificates without an answer that are listed at once.
const OVERDUE_MAX: i64 = 100;

/// A question as it is kept: its words sealed.
pub(crate) struct SupplementRow {
    pub(crate) id: SupplementId,
    pub(crate) application: String,
    pub(crate) asked_by: OfficerId,
    pub(crate) asked_at: Timestamp,
    pub(crate) reason: Vec<u8>,
    pub(crate) answer: Option<Vec<u8>>,
    pub(crate) evidence: Vec<String>,
    pub(crate) closed_at: Option<Timestamp>,
}

/// An answer that is to be written, sealed.
pub(crate) struct AnswerRow {
    pub(crate) answer: Vec<u8>,
    pub(crate) evidence: Vec<String>,
    pub(crate) by: String,
}

pub(crate) async fn insert(connection: &mut Connection, row: &SupplementRow) -> Result<(), DatabaseError> {
    sqlx::query(
        "INSERT INTO subscribers_supplement (id, application, asked_by, asked_at, reason, evidence) \
         VALUES ($1, $2, $3, $4, $5, '')",
    )
    .bind(row.id.to_string())
    .bind(row.application.as_str())
    .bind(row.asked_by.number())
    .bind(row.asked_at.as_microsecond())
    .bind(row.reason.as_slice())
    .execute(connection)
    .await?;
    Ok(())
}

/// The questions of an application, the newest first.
pub(crate) async fn of(connection: &mut Connection, application: &str) -> Result<Vec<SupplementRow>, DatabaseError> {
    let rows = sqlx::query(
        "SELECT * FROM subscribers_supplement WHERE application = $1 ORDER BY asked_at DESC, id DESC LIMIT $2",
    )
    .bind(application)
    .bind(LISTED_MAX)
    .fetch_all(connection)
    .await?;
    rows.iter().map(read).collect()
}

/// The question that is open.
pub(crate) async fn open(
    connection: &mut Connection,
    application: &str,
) -> Result<Option<SupplementRow>, DatabaseError> {
    let row = sqlx::query("SELECT * FROM subscribers_supplement WHERE application = $1 AND closed_at IS NULL")
        .bind(application)
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(read).transpose()
}

/// Closes a question, with an answer or because it was taken back; false when it was closed before.
pub(crate) async fn close(
    connection: &mut Connection,
    id: SupplementId,
    answer: Option<&AnswerRow>,
    at: Timestamp,
) -> Result<bool, DatabaseError> {
    let evidence = answer.map(|answer| answer.evidence.join(" ")).unwrap_or_default();
    let done = sqlx::query(
        "UPDATE subscribers_supplement SET answer = $1, evidence = $2, answered_by = $3, closed_at = $4 \
         WHERE id = $5 AND closed_at IS NULL",
    )
    .bind(answer.map(|answer| answer.answer.as_slice()))
    .bind(evidence)
    .bind(answer.map(|answer| answer.by.as_str()))
    .bind(at.as_microsecond())
    .bind(id.to_string())
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

fn read(row: &AnyRow) -> Result<SupplementRow, DatabaseError> {
    let evidence: String = row.try_get("evidence")?;
    Ok(SupplementRow {
        id: parsed(row, "id")?,
        application: row.try_get("application")?,
        asked_by: officer(row, "asked_by")?,
        asked_at: time(row, "asked_at")?,
        reason: row.try_get("reason")?,
        answer: row.try_get("answer")?,
        evidence: evidence.split_whitespace().map(str::to_owned).collect(),
        closed_at: maybe_time(row, "closed_at")?,
    })
}

/// Writes a first delivery.
pub(crate) async fn insert_delivery(connection: &mut Connection, delivery: &Delivery) -> Result<(), DatabaseError> {
    sqlx::query("INSERT INTO subscribers_delivery (application, delivered_at, answer_until) VALUES ($1, $2, $3)")
        .bind(delivery.application.as_str())
        .bind(delivery.delivered_at.as_microsecond())
        .bind(delivery.answer_until.as_microsecond())
        .execute(connection)
        .await?;
    Ok(())
}

pub(crate) async fn delivery(
    connection: &mut Connection,
    application: &str,
) -> Result<Option<Delivery>, DatabaseError> {
    let row = sqlx::query("SELECT * FROM subscribers_delivery WHERE application = $1")
        .bind(application)
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(read_delivery).transpose()
}

/// Deliveries whose time is over without an answer, the oldest first.
pub(crate) async fn overdue(connection: &mut Connection, now: Timestamp) -> Result<Vec<Delivery>, DatabaseError> {
    let rows = sqlx::query(
        "SELECT * FROM subscribers_delivery WHERE answer IS NULL AND answer_until < $1 ORDER BY answer_until LIMIT $2",
    )
    .bind(now.as_microsecond())
    .bind(OVERDUE_MAX)
    .fetch_all(connection)
    .await?;
    rows.iter().map(read_delivery).collect()
}

/// Writes the holder's answer; false when there was one.
pub(crate) async fn answer(
    connection: &mut Connection,
    application: &str,
    (answer, by): (Answer, &str),
    at: Timestamp,
) -> Result<bool, DatabaseError> {
    let done = sqlx::query(
        "UPDATE subscribers_delivery SET answer = $1, answered_by = $2, answered_at = $3 \
         WHERE application = $4 AND answer IS NULL",
    )
    .bind(answer.as_str())
    .bind(by)
    .bind(at.as_microsecond())
    .bind(application)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

fn read_delivery(row: &AnyRow) -> Result<Delivery, DatabaseError> {
    let delivery = Delivery {
        application: row.try_get("application")?,
        delivered_at: time(row, "delivered_at")?,
        answer_until: time(row, "answer_until")?,
        answer: maybe_word(row, "answer", Answer::named)?,
        answered_at: maybe_time(row, "answered_at")?,
    };
    if delivery.answer.is_some() == delivery.answered_at.is_some() {
        Ok(delivery)
    } else {
        Err(impossible("answer"))
    }
}
