//! The tables `batch_*`: the only SQL of this crate. Every function takes the connection of a transaction.

use hefu_database::{Connection, DatabaseError, Migration, Value, insert_rows};
use hefu_officers::OfficerId;
use jiff::Timestamp;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use crate::batch::{BatchId, BatchState, BatchView, Counts, Paused, RowState};
use crate::finding::Finding;
use crate::report::ReportRow;

/// The schema of this crate, for the program that opens the database.
pub const MIGRATIONS: &[Migration] = &[Migration {
    capability: "batch",
    number: 1,
    name: "batch",
    sql: include_str!("../migrations/0001_batch.sql"),
}];

/// A batch that is being taken in.
pub(crate) struct NewBatch {
    pub(crate) id: BatchId,
    pub(crate) sheet_kind: &'static str,
    pub(crate) sheet_sm3: [u8; 32],
    pub(crate) headings: String,
    pub(crate) rows: u64,
    pub(crate) by: OfficerId,
    pub(crate) at: Timestamp,
}

/// A row that waits, with its sealed cells.
pub(crate) struct Waiting {
    pub(crate) place: u32,
    pub(crate) sealed: Vec<u8>,
    pub(crate) application: Option<String>,
}

/// What became of a row; its cells are kept only while it is good or entering.
pub(crate) struct Outcome {
    pub(crate) place: u32,
    pub(crate) state: RowState,
    pub(crate) sealed: Vec<u8>,
    pub(crate) findings: Vec<Finding>,
}

/// What running a batch needs of its row.
pub(crate) struct Order {
    pub(crate) headings: String,
    pub(crate) started_by: Option<OfficerId>,
    pub(crate) together: Option<Vec<u8>>,
}

pub(crate) async fn insert_batch(connection: &mut Connection, new: &NewBatch) -> Result<(), DatabaseError> {
    sqlx::query(
        "INSERT INTO batch_batch (id, state, sheet_kind, sheet_sm3, headings, row_count, uploaded_by, uploaded_at) \
         VALUES ($1, 'receiving', $2, $3, $4, $5, $6, $7)",
    )
    .bind(new.id.to_string())
    .bind(new.sheet_kind)
    .bind(new.sheet_sm3.as_slice())
    .bind(new.headings.as_str())
    .bind(count_in(new.rows))
    .bind(new.by.number())
    .bind(new.at.as_microsecond())
    .execute(connection)
    .await?;
    Ok(())
}

pub(crate) async fn insert_batch_rows(
    connection: &mut Connection,
    batch: BatchId,
    rows: &[(u32, Vec<u8>)],
) -> Result<(), DatabaseError> {
    let rows = rows.iter().map(|(place, sealed)| {
        [
            Value::from(batch.to_string()),
            (*place).into(),
            RowState::Unchecked.as_str().into(),
            sealed.as_slice().into(),
            "[]".into(),
        ]
    });
    let columns = ["batch", "place", "state", "sealed", "findings"];
    insert_rows(connection, "batch_row", columns, rows).await
}

/// How a batch moves: only from one of the states that are named.
pub(crate) enum Move {
    Uploaded,
    Checked(Timestamp),
    Started(OfficerId, Timestamp, Vec<u8>),
    Resumed,
    Paused(Paused),
    Finished(Timestamp),
    Discarded,
}

/// Moves a batch; false when it is not where it can be moved from.
pub(crate) async fn move_batch(connection: &mut Connection, id: BatchId, to: Move) -> Result<bool, DatabaseError> {
    let id = id.to_string();
    let query = match to {
        Move::Uploaded => {
            sqlx::query("UPDATE batch_batch SET state = 'uploaded' WHERE id = $1 AND state = 'receiving'").bind(id)
        }
        Move::Checked(at) => sqlx::query(
            "UPDATE batch_batch SET state = 'checked', checked_at = $1 WHERE id = $2 AND state = 'uploaded'",
        )
        .bind(at.as_microsecond())
        .bind(id),
        Move::Started(by, at, together) => sqlx::query(
            "UPDATE batch_batch SET state = 'running', started_by = $1, started_at = $2, together = $3 \
             WHERE id = $4 AND state = 'checked'",
        )
        .bind(by.number())
        .bind(at.as_microsecond())
        .bind(together)
        .bind(id),
        Move::Resumed => {
            sqlx::query("UPDATE batch_batch SET state = 'running', paused = NULL WHERE id = $1 AND state = 'paused'")
                .bind(id)
        }
        Move::Paused(why) => {
            sqlx::query("UPDATE batch_batch SET state = 'paused', paused = $1 WHERE id = $2 AND state = 'running'")
                .bind(why.as_str())
                .bind(id)
        }
        Move::Discarded => {
            sqlx::query("UPDATE batch_batch SET state = 'discarded' WHERE id = $1 AND state = 'checked'").bind(id)
        }
        // What was said for all rows names who signed: it is forgotten with the cells.
        Move::Finished(at) => sqlx::query(
            "UPDATE batch_batch SET state = 'finished', finished_at = $1, together = NULL \
             WHERE id = $2 AND state = 'running'",
        )
        .bind(at.as_microsecond())
        .bind(id),
    };
    Ok(query.execute(connection).await?.rows_affected() == 1)
}

/// Forgets the cells of a batch.
pub(crate) async fn forget_cells(connection: &mut Connection, id: BatchId) -> Result<(), DatabaseError> {
    sqlx::query("UPDATE batch_row SET sealed = $1 WHERE batch = $2")
        .bind([].as_slice())
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// What an earlier process left: half-received batches are forgotten, running ones are paused.
pub(crate) async fn settle(connection: &mut Connection) -> Result<(), DatabaseError> {
    for text in [
        "DELETE FROM batch_row WHERE batch IN (SELECT id FROM batch_batch WHERE state = 'receiving')",
        "DELETE FROM batch_batch WHERE state = 'receiving'",
        "UPDATE batch_batch SET state = 'paused', paused = 'stopped' WHERE state = 'running'",
    ] {
        sqlx::query(text).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Batches whose check an earlier process did not finish.
pub(crate) async fn unchecked(connection: &mut Connection) -> Result<Vec<BatchId>, DatabaseError> {
    let rows = sqlx::query("SELECT id FROM batch_batch WHERE state = 'uploaded' ORDER BY id")
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| batch_id(row, "id")).collect()
}

/// Batches that are neither finished nor discarded.
pub(crate) async fn open_count(connection: &mut Connection) -> Result<i64, DatabaseError> {
    let row = sqlx::query("SELECT COUNT(*) AS n FROM batch_batch WHERE state NOT IN ('finished', 'discarded')")
        .fetch_one(connection)
        .await?;
    Ok(row.try_get("n")?)
}

pub(crate) async fn order(connection: &mut Connection, id: BatchId) -> Result<Option<Order>, DatabaseError> {
    let row = sqlx::query("SELECT headings, started_by, together FROM batch_batch WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let by: Option<i64> = row.try_get("started_by")?;
    Ok(Some(Order {
        headings: row.try_get("headings")?,
        started_by: by.and_then(OfficerId::new),
        together: row.try_get("together")?,
    }))
}

/// Rows in a state after a place, in order.
pub(crate) async fn waiting(
    connection: &mut Connection,
    id: BatchId,
    state: RowState,
    after: u32,
    limit: i64,
) -> Result<Vec<Waiting>, DatabaseError> {
    let rows = sqlx::query(
        "SELECT place, sealed, application FROM batch_row WHERE batch = $1 AND state = $2 AND place > $3 \
         ORDER BY place LIMIT $4",
    )
    .bind(id.to_string())
    .bind(state.as_str())
    .bind(i64::from(after))
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Waiting {
                place: place(row)?,
                sealed: row.try_get("sealed")?,
                application: row.try_get("application")?,
            })
        })
        .collect()
}

/// Writes down which numbers the rows will be entered under, before they are.
pub(crate) async fn intend(
    connection: &mut Connection,
    id: BatchId,
    rows: &[(u32, String)],
) -> Result<(), DatabaseError> {
    let text =
        "UPDATE batch_row SET state = 'entering', application = $1 WHERE batch = $2 AND place = $3 AND state = 'good'";
    for (place, application) in rows {
        sqlx::query(text)
            .bind(application.as_str())
            .bind(id.to_string())
            .bind(i64::from(*place))
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

pub(crate) async fn save(connection: &mut Connection, id: BatchId, outcomes: &[Outcome]) -> Result<(), DatabaseError> {
    let text = "UPDATE batch_row SET state = $1, sealed = $2, findings = $3 WHERE batch = $4 AND place = $5";
    for outcome in outcomes {
        let findings = serde_json::to_string(&outcome.findings).map_err(|error| DatabaseError::Statement {
            detail: error.to_string(),
        })?;
        sqlx::query(text)
            .bind(outcome.state.as_str())
            .bind(outcome.sealed.as_slice())
            .bind(findings)
            .bind(id.to_string())
            .bind(i64::from(outcome.place))
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Applications that may be approved still, after a place.
pub(crate) async fn unapproved(
    connection: &mut Connection,
    id: BatchId,
    after: u32,
    limit: i64,
) -> Result<Vec<(u32, String)>, DatabaseError> {
    let rows = sqlx::query(
        "SELECT place, application FROM batch_row WHERE batch = $1 AND state = 'entered' AND place > $2 \
         AND (approval IS NULL OR approval <> 'approved') ORDER BY place LIMIT $3",
    )
    .bind(id.to_string())
    .bind(i64::from(after))
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| Ok((place(row)?, row.try_get("application")?)))
        .collect()
}

pub(crate) async fn save_approvals(
    connection: &mut Connection,
    id: BatchId,
    rows: &[(u32, &'static str, Vec<Finding>)],
) -> Result<(), DatabaseError> {
    let text = "UPDATE batch_row SET approval = $1, findings = $2 WHERE batch = $3 AND place = $4";
    for (place, approval, findings) in rows {
        let findings = serde_json::to_string(findings).map_err(|error| DatabaseError::Statement {
            detail: error.to_string(),
        })?;
        sqlx::query(text)
            .bind(*approval)
            .bind(findings)
            .bind(id.to_string())
            .bind(i64::from(*place))
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

pub(crate) async fn view(connection: &mut Connection, id: BatchId) -> Result<Option<BatchView>, DatabaseError> {
    let row = sqlx::query("SELECT * FROM batch_batch WHERE id = $1 AND state <> 'receiving'")
        .bind(id.to_string())
        .fetch_optional(&mut *connection)
        .await?;
    match row {
        Some(row) => Ok(Some(read(&row, counts(connection, id).await?)?)),
        None => Ok(None),
    }
}

/// Batches, newest first, before a number.
pub(crate) async fn views(
    connection: &mut Connection,
    before: Option<BatchId>,
    limit: i64,
) -> Result<Vec<BatchView>, DatabaseError> {
    let before = before.map_or_else(|| "g".to_owned(), |id| id.to_string());
    let rows =
        sqlx::query("SELECT * FROM batch_batch WHERE id < $1 AND state <> 'receiving' ORDER BY id DESC LIMIT $2")
            .bind(before)
            .bind(limit)
            .fetch_all(&mut *connection)
            .await?;
    let mut views = Vec::with_capacity(rows.len());
    for row in &rows {
        let counts = counts(connection, batch_id(row, "id")?).await?;
        views.push(read(row, counts)?);
    }
    Ok(views)
}

pub(crate) async fn counts(connection: &mut Connection, id: BatchId) -> Result<Counts, DatabaseError> {
    let rows =
        sqlx::query("SELECT state, approval, COUNT(*) AS n FROM batch_row WHERE batch = $1 GROUP BY state, approval")
            .bind(id.to_string())
            .fetch_all(connection)
            .await?;
    let mut counts = Counts::default();
    for row in &rows {
        let number = count_out(row.try_get("n")?);
        let (state, approval): (String, Option<String>) = (row.try_get("state")?, row.try_get("approval")?);
        let of_state = match RowState::worded(&state).ok_or_else(|| impossible("state"))? {
            RowState::Unchecked => &mut counts.unchecked,
            RowState::Good => &mut counts.good,
            RowState::Bad => &mut counts.bad,
            RowState::Entering => &mut counts.entering,
            RowState::Entered => &mut counts.entered,
            RowState::Refused => &mut counts.refused,
        };
        *of_state += number;
        match approval.as_deref() {
            Some("approved") => counts.approved += number,
            Some("not-ready") => counts.not_ready += number,
            Some(_) => counts.approval_refused += number,
            None => {}
        }
    }
    Ok(counts)
}

/// Rows of the report after a place.
pub(crate) async fn report(
    connection: &mut Connection,
    id: BatchId,
    after: u32,
    limit: i64,
) -> Result<Vec<ReportRow>, DatabaseError> {
    let rows = sqlx::query(
        "SELECT place, state, application, approval, findings FROM batch_row WHERE batch = $1 AND place > $2 \
         ORDER BY place LIMIT $3",
    )
    .bind(id.to_string())
    .bind(i64::from(after))
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            let state = RowState::worded(row.try_get("state")?).ok_or_else(|| impossible("state"))?;
            // A number that is only reserved is nobody's application yet.
            let application: Option<String> = row.try_get("application")?;
            Ok(ReportRow {
                row: place(row)?,
                state,
                application: application.filter(|_| state == RowState::Entered),
                approval: row.try_get("approval")?,
                findings: serde_json::from_str(row.try_get("findings")?).map_err(|_| impossible("findings"))?,
            })
        })
        .collect()
}

fn read(row: &AnyRow, counts: Counts) -> Result<BatchView, DatabaseError> {
    let sheet_sm3: Vec<u8> = row.try_get("sheet_sm3")?;
    let started_by: Option<i64> = row.try_get("started_by")?;
    let paused: Option<String> = row.try_get("paused")?;
    Ok(BatchView {
        id: batch_id(row, "id")?,
        state: BatchState::worded(row.try_get("state")?).ok_or_else(|| impossible("state"))?,
        working: None,
        sheet_kind: row.try_get("sheet_kind")?,
        sheet_sm3: hex::encode(sheet_sm3),
        rows: count_out(row.try_get("row_count")?),
        counts,
        uploaded_by: OfficerId::new(row.try_get("uploaded_by")?).ok_or_else(|| impossible("uploaded_by"))?,
        uploaded_at: time_if_any(row, "uploaded_at")?.ok_or_else(|| impossible("uploaded_at"))?,
        checked_at: time_if_any(row, "checked_at")?,
        started_by: started_by.and_then(OfficerId::new),
        started_at: time_if_any(row, "started_at")?,
        finished_at: time_if_any(row, "finished_at")?,
        paused: paused.as_deref().and_then(Paused::worded),
    })
}

/// A value that no constraint of ours lets in: the database is damaged.
fn impossible(column: &str) -> DatabaseError {
    DatabaseError::Corrupt {
        detail: format!("a row of batch_* has an impossible {column}"),
    }
}

fn batch_id(row: &AnyRow, column: &str) -> Result<BatchId, DatabaseError> {
    let text: String = row.try_get(column)?;
    text.parse().map_err(|_| impossible(column))
}

fn place(row: &AnyRow) -> Result<u32, DatabaseError> {
    let place: i64 = row.try_get("place")?;
    u32::try_from(place).map_err(|_| impossible("place"))
}

fn time_if_any(row: &AnyRow, column: &str) -> Result<Option<Timestamp>, DatabaseError> {
    let micros: Option<i64> = row.try_get(column)?;
    micros
        .map(Timestamp::from_microsecond)
        .transpose()
        .map_err(|_| impossible(column))
}

fn count_in(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn count_out(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}
