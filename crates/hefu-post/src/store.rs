//! The tables `post_*`: the only SQL of this crate. Every function takes the connection of a transaction.

use hefu_database::{Connection, DatabaseError, Migration, Value, insert_rows_or_skip};
use jiff::Timestamp;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use crate::address::Term;
use crate::facts::Named;
use crate::outbox::{FindLetters, LetterState, LetterView};
use crate::reminder::span;

/// The schema of this crate, for the program that opens the database.
pub const MIGRATIONS: &[Migration] = &[Migration {
    capability: "post",
    number: 1,
    name: "letter",
    sql: include_str!("../migrations/0001_letter.sql"),
}];

/// A letter that is to be kept.
#[derive(Clone, Debug)]
pub(crate) struct NewRow {
    pub(crate) origin: String,
    pub(crate) kind: &'static str,
    pub(crate) about: String,
    pub(crate) masked: String,
    /// None when there is nowhere to send it.
    pub(crate) sealed: Option<Vec<u8>>,
    pub(crate) written_at: Timestamp,
    pub(crate) give_up_at: Timestamp,
}

/// A letter that was marked and is to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Taken {
    pub(crate) named: Named,
    pub(crate) origin: String,
    pub(crate) sealed: Vec<u8>,
    pub(crate) in_doubt: bool,
    pub(crate) written_at: Timestamp,
    pub(crate) give_up_at: Timestamp,
}

/// A certificate whose end is watched.
#[derive(Clone, Debug)]
pub(crate) struct Watched {
    pub(crate) term: Term,
    pub(crate) application: String,
    pub(crate) reminded: Option<u32>,
}

/// Keeps a letter; its number, or none when one of this origin is there already.
pub(crate) async fn insert(connection: &mut Connection, row: &NewRow) -> Result<Option<i64>, DatabaseError> {
    const SQL: &str = "INSERT INTO post_letter (number, origin, kind, about, masked, sealed, state, attempts, in_doubt, \
                       written_at, next_try, give_up_at, settled_at) \
                       VALUES ((SELECT COALESCE(MAX(number) + 1, 1) FROM post_letter), \
                       $1, $2, $3, $4, $5, $6, 0, 0, $7, $8, $9, $10) ON CONFLICT (origin) DO NOTHING RETURNING number";
    let written = row.written_at.as_microsecond();
    let (state, next_try, settled) = match row.sealed {
        Some(_) => (LetterState::Queued, Some(written), None),
        None => (LetterState::Unaddressed, None, Some(written)),
    };
    let kept = sqlx::query(SQL)
        .bind(row.origin.as_str())
        .bind(row.kind)
        .bind(row.about.as_str())
        .bind(row.masked.as_str())
        .bind(row.sealed.as_deref())
        .bind(state.as_str())
        .bind(written)
        .bind(next_try)
        .bind(row.give_up_at.as_microsecond())
        .bind(settled)
        .fetch_optional(connection)
        .await?;
    Ok(kept.map(|row| row.try_get(0)).transpose()?)
}

/// Puts back what a sender left on its way: nobody knows whether it arrived. Answers how many.
pub(crate) async fn put_back(connection: &mut Connection, now: Timestamp) -> Result<u64, DatabaseError> {
    let done =
        sqlx::query("UPDATE post_letter SET state = 'queued', in_doubt = 1, next_try = $1 WHERE state = 'sending'")
            .bind(now.as_microsecond())
            .execute(connection)
            .await?;
    Ok(done.rows_affected())
}

/// Whether a sender left anything on its way; cheap, so that nothing is written when there is nothing.
pub(crate) async fn has_left(connection: &mut Connection) -> Result<bool, DatabaseError> {
    let row = sqlx::query("SELECT number FROM post_letter WHERE state = 'sending' LIMIT 1")
        .fetch_optional(connection)
        .await?;
    Ok(row.is_some())
}

/// The number of the letter that is to be sent next, if one is due.
pub(crate) async fn due(connection: &mut Connection, now: Timestamp) -> Result<Option<i64>, DatabaseError> {
    let row = sqlx::query(
        "SELECT number FROM post_letter WHERE state = 'queued' AND next_try <= $1 ORDER BY next_try, number LIMIT 1",
    )
    .bind(now.as_microsecond())
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}

/// Marks a letter as on its way, before it leaves; none when it waits no longer.
pub(crate) async fn take(connection: &mut Connection, number: i64) -> Result<Option<Taken>, DatabaseError> {
    let row = sqlx::query(
        "UPDATE post_letter SET state = 'sending', attempts = attempts + 1, next_try = NULL \
         WHERE number = $1 AND state = 'queued' \
         RETURNING number, kind, about, attempts, origin, sealed, in_doubt, written_at, give_up_at",
    )
    .bind(number)
    .fetch_optional(connection)
    .await?;
    row.as_ref().map(read_taken).transpose()
}

fn read_taken(row: &AnyRow) -> Result<Taken, DatabaseError> {
    Ok(Taken {
        named: named(row)?,
        origin: row.try_get("origin")?,
        sealed: row.try_get("sealed")?,
        in_doubt: row.try_get::<i64, _>("in_doubt")? != 0,
        written_at: time(row, "written_at")?,
        give_up_at: time(row, "give_up_at")?,
    })
}

fn named(row: &AnyRow) -> Result<Named, DatabaseError> {
    Ok(Named {
        number: row.try_get("number")?,
        kind: row.try_get("kind")?,
        about: row.try_get("about")?,
        attempts: count(row, "attempts")?,
    })
}

/// The letter is with a mail server: address and text are erased.
pub(crate) async fn settle_sent(connection: &mut Connection, number: i64, now: Timestamp) -> Result<(), DatabaseError> {
    sqlx::query(
        "UPDATE post_letter SET state = 'sent', sealed = NULL, settled_at = $1, code = NULL \
         WHERE number = $2 AND state = 'sending'",
    )
    .bind(now.as_microsecond())
    .bind(number)
    .execute(connection)
    .await?;
    Ok(())
}

/// The letter failed; its text stays for a while.
pub(crate) async fn settle_failed(
    connection: &mut Connection,
    number: i64,
    code: &str,
    now: Timestamp,
) -> Result<(), DatabaseError> {
    sqlx::query(
        "UPDATE post_letter SET state = 'failed', settled_at = $1, code = $2 WHERE number = $3 AND state = 'sending'",
    )
    .bind(now.as_microsecond())
    .bind(code)
    .bind(number)
    .execute(connection)
    .await?;
    Ok(())
}

/// The letter waits for another try; `in_doubt` when it may have arrived.
pub(crate) async fn wait(
    connection: &mut Connection,
    number: i64,
    code: &str,
    in_doubt: bool,
    next_try: Timestamp,
) -> Result<(), DatabaseError> {
    sqlx::query(
        "UPDATE post_letter SET state = 'queued', next_try = $1, code = $2, \
         in_doubt = CASE WHEN $3 = 1 THEN 1 ELSE in_doubt END WHERE number = $4 AND state = 'sending'",
    )
    .bind(next_try.as_microsecond())
    .bind(code)
    .bind(i64::from(in_doubt))
    .bind(number)
    .execute(connection)
    .await?;
    Ok(())
}

/// A failed letter waits again, as if it had been written now; none when it is not failed or its text is gone.
pub(crate) async fn revive(
    connection: &mut Connection,
    number: i64,
    now: Timestamp,
    give_up_at: Timestamp,
) -> Result<Option<Named>, DatabaseError> {
    let row = sqlx::query(
        "UPDATE post_letter SET state = 'queued', next_try = $1, give_up_at = $2, settled_at = NULL, attempts = 0 \
         WHERE number = $3 AND state = 'failed' AND sealed IS NOT NULL RETURNING number, kind, about, attempts",
    )
    .bind(now.as_microsecond())
    .bind(give_up_at.as_microsecond())
    .bind(number)
    .fetch_optional(connection)
    .await?;
    row.as_ref().map(named).transpose()
}

/// Erases the texts of letters that failed before `before`.
pub(crate) async fn erase_failed(connection: &mut Connection, before: Timestamp) -> Result<u64, DatabaseError> {
    let done = sqlx::query(
        "UPDATE post_letter SET sealed = NULL WHERE state = 'failed' AND sealed IS NOT NULL AND settled_at < $1",
    )
    .bind(before.as_microsecond())
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// A page of letters, newest first.
pub(crate) async fn letters(
    connection: &mut Connection,
    find: FindLetters,
    limit: i64,
) -> Result<Vec<LetterView>, DatabaseError> {
    const COLUMNS: &str = "SELECT number, kind, about, masked, state, attempts, in_doubt, written_at, next_try, \
                           give_up_at, settled_at, code FROM post_letter WHERE number < $1";
    let before = find.before.unwrap_or(i64::MAX);
    let rows = if let Some(state) = find.state {
        let text = format!("{COLUMNS} AND state = $2 ORDER BY number DESC LIMIT $3");
        let query = sqlx::query(sqlx::AssertSqlSafe(text)).bind(before).bind(state.as_str());
        query.bind(limit).fetch_all(connection).await?
    } else {
        let text = format!("{COLUMNS} ORDER BY number DESC LIMIT $2");
        let query = sqlx::query(sqlx::AssertSqlSafe(text)).bind(before);
        query.bind(limit).fetch_all(connection).await?
    };
    rows.iter().map(read_view).collect()
}

/// One letter.
pub(crate) async fn letter(connection: &mut Connection, number: i64) -> Result<Option<LetterView>, DatabaseError> {
    let find = FindLetters {
        before: number.checked_add(1),
        ..FindLetters::default()
    };
    let found = letters(connection, find, 1).await?.into_iter().next();
    Ok(found.filter(|letter| letter.number == number))
}

fn read_view(row: &AnyRow) -> Result<LetterView, DatabaseError> {
    Ok(LetterView {
        number: row.try_get("number")?,
        kind: row.try_get("kind")?,
        about: row.try_get("about")?,
        to: row.try_get("masked")?,
        state: LetterState::named(row.try_get("state")?).ok_or_else(|| impossible("state"))?,
        attempts: count(row, "attempts")?,
        in_doubt: row.try_get::<i64, _>("in_doubt")? != 0,
        written_at: time(row, "written_at")?,
        next_try: time_if_any(row, "next_try")?,
        give_up_at: time(row, "give_up_at")?,
        settled_at: time_if_any(row, "settled_at")?,
        code: row.try_get("code")?,
    })
}

/// How many letters wait, and how many failed and can be tried again.
pub(crate) async fn counts(connection: &mut Connection) -> Result<(u64, u64), DatabaseError> {
    let row = sqlx::query(
        "SELECT COUNT(CASE WHEN state <> 'failed' THEN 1 END), COUNT(CASE WHEN state = 'failed' THEN 1 END) \
         FROM post_letter WHERE state IN ('queued', 'sending', 'failed') AND sealed IS NOT NULL",
    )
    .fetch_one(connection)
    .await?;
    let at = |place: usize| -> Result<u64, DatabaseError> { Ok(row.try_get::<i64, _>(place)?.unsigned_abs()) };
    Ok((at(0)?, at(1)?))
}

/// Watches these certificates; those that are watched already stay as they are.
pub(crate) async fn watch(connection: &mut Connection, application: &str, terms: &[Term]) -> Result<(), DatabaseError> {
    let rows = terms.iter().map(|term| {
        [
            Value::from(term.serial.as_str()),
            Value::from(application),
            Value::from(term.not_before.as_microsecond()),
            Value::from(term.not_after.as_microsecond()),
            Value::from(i64::from(term.ground.is_some())),
        ]
    });
    let columns = ["serial", "application", "not_before", "not_after", "closed"];
    insert_rows_or_skip(connection, "post_certificate", columns, rows).await
}

/// Watches this certificate no more.
pub(crate) async fn close(connection: &mut Connection, serial: &str) -> Result<(), DatabaseError> {
    sqlx::query("UPDATE post_certificate SET closed = 1 WHERE serial = $1")
        .bind(serial)
        .execute(connection)
        .await?;
    Ok(())
}

/// Certificates that end after `from` and not after `until`, in the order of their ends, after (`from`, `serial`).
pub(crate) async fn ending(
    connection: &mut Connection,
    after: (Timestamp, &str),
    until: Timestamp,
    limit: i64,
) -> Result<Vec<Watched>, DatabaseError> {
    let (from, serial) = after;
    let rows = sqlx::query(
        "SELECT serial, application, not_before, not_after, reminded FROM post_certificate WHERE closed = 0 \
         AND not_after >= $1 AND (not_after > $2 OR serial > $3) AND not_after <= $4 ORDER BY not_after, serial LIMIT $5",
    )
    .bind(from.as_microsecond())
    .bind(from.as_microsecond())
    .bind(serial)
    .bind(until.as_microsecond())
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.iter().map(read_watched).collect()
}

/// How many of the certificates that end from `from` on and before `until` will be reminded `days` before: watched, valid
/// long enough to need it, and not reminded nearer to the end already.
pub(crate) async fn count_ending(
    connection: &mut Connection,
    (from, until): (Timestamp, Timestamp),
    days: u32,
) -> Result<u64, DatabaseError> {
    let microseconds = i64::try_from(span(days).as_micros()).unwrap_or(i64::MAX);
    let row = sqlx::query(
        "SELECT COUNT(*) FROM post_certificate WHERE closed = 0 AND not_after >= $1 AND not_after < $2 \
         AND not_after - not_before > $3 AND (reminded IS NULL OR reminded > $4)",
    )
    .bind(from.as_microsecond())
    .bind(until.as_microsecond())
    .bind(microseconds)
    .bind(i64::from(days))
    .fetch_one(connection)
    .await?;
    Ok(row.try_get::<i64, _>(0)?.unsigned_abs())
}

fn read_watched(row: &AnyRow) -> Result<Watched, DatabaseError> {
    let reminded: Option<i64> = row.try_get("reminded")?;
    Ok(Watched {
        term: Term {
            serial: row.try_get("serial")?,
            not_before: time(row, "not_before")?,
            not_after: time(row, "not_after")?,
            ground: None,
        },
        application: row.try_get("application")?,
        reminded: reminded
            .map(u32::try_from)
            .transpose()
            .map_err(|_| impossible("reminded"))?,
    })
}

/// Notes that the reminder of `days` before the end was written.
pub(crate) async fn remind(connection: &mut Connection, serial: &str, days: u32) -> Result<(), DatabaseError> {
    sqlx::query("UPDATE post_certificate SET reminded = $1 WHERE serial = $2")
        .bind(i64::from(days))
        .bind(serial)
        .execute(connection)
        .await?;
    Ok(())
}

/// A value that no constraint of ours lets in: the database is damaged.
fn impossible(column: &str) -> DatabaseError {
    DatabaseError::Corrupt {
        detail: format!("a row of post_* has an impossible {column}"),
    }
}

fn count(row: &AnyRow, column: &str) -> Result<u32, DatabaseError> {
    u32::try_from(row.try_get::<i64, _>(column)?).map_err(|_| impossible(column))
}

fn time(row: &AnyRow, column: &str) -> Result<Timestamp, DatabaseError> {
    Timestamp::from_microsecond(row.try_get(column)?).map_err(|_| impossible(column))
}

fn time_if_any(row: &AnyRow, column: &str) -> Result<Option<Timestamp>, DatabaseError> {
    let micros: Option<i64> = row.try_get(column)?;
    let read = micros.map(Timestamp::from_microsecond).transpose();
    read.map_err(|_| impossible(column))
}
