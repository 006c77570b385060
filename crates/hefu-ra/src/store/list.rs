//! Lists for people, page by page: each page begins after the last row of the one before, so no row is counted or
//! skipped, however long the list is and whatever comes in meanwhile.

use std::fmt::Write as _;

use hefu_certificate::Status;
use hefu_database::{Connection, DatabaseError};
use jiff::Timestamp;
use sqlx::any::{Any, AnyArguments};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Row as _};

use super::{application, certificate};
use crate::application::ApplicationId;
use crate::case::Case;
use crate::certificate::Certificate;
use crate::list::{CertificateState, Find, Order, midnight};
use crate::stage::Stage;

/// A page of applications, newest first.
pub(crate) async fn applications(
    connection: &mut Connection,
    stage: Option<Stage>,
    after: Option<ApplicationId>,
    limit: i64,
) -> Result<Vec<Case>, DatabaseError> {
    let mut text = Text::new("SELECT * FROM ra_application");
    match stage {
        None => {}
        Some(Stage::Issued) => text.and("state = ?", [Stage::Issued.as_str().into()]),
        // The second condition is the words of the partial index.
        Some(stage) => text.and("state = ? AND state <> 'issued'", [stage.as_str().into()]),
    }
    if let Some(after) = after {
        text.and("id < ?", [after.to_string().into()]);
    }
    let rows = text.query("ORDER BY id DESC", limit).fetch_all(connection).await?;
    rows.iter().map(application::read).collect()
}

/// Applications of one applicant's file, newest first.
pub(crate) async fn applications_of(
    connection: &mut Connection,
    applicant: &str,
    limit: i64,
) -> Result<Vec<Case>, DatabaseError> {
    let rows = sqlx::query("SELECT * FROM ra_application WHERE applicant = $1 ORDER BY id DESC LIMIT $2")
        .bind(applicant)
        .bind(limit)
        .fetch_all(connection)
        .await?;
    rows.iter().map(application::read).collect()
}

/// The last moment of validity of any certificate that came of one applicant's file.
pub(crate) async fn last_end_of(
    connection: &mut Connection,
    applicant: &str,
) -> Result<Option<Timestamp>, DatabaseError> {
    let row = sqlx::query(
        "SELECT MAX(c.not_after) FROM ra_certificate c JOIN ra_application a ON a.id = c.application \
         WHERE a.applicant = $1",
    )
    .bind(applicant)
    .fetch_one(connection)
    .await?;
    let micros: Option<i64> = row.try_get(0)?;
    Ok(micros.and_then(|micros| Timestamp::from_microsecond(micros).ok()))
}

/// A page of certificates: by serial number or by name when there is something to find, else newest first.
pub(crate) async fn certificates(
    connection: &mut Connection,
    find: &Find,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Certificate>, DatabaseError> {
    let mut text = fitting("SELECT * FROM ra_certificate", find, now);
    let order = text.order(find);
    let rows = text.query(order, limit).fetch_all(connection).await?;
    rows.iter().map(certificate::read).collect()
}

/// How many certificates there are to find, as far as `most`.
pub(crate) async fn count(
    connection: &mut Connection,
    find: &Find,
    now: Timestamp,
    most: i64,
) -> Result<u64, DatabaseError> {
    let mut text = fitting("SELECT serial FROM ra_certificate", find, now);
    let order = text.order(find);
    let row = text.count(order, most).fetch_one(connection).await?;
    Ok(u64::try_from(row.try_get::<i64, _>(0)?).unwrap_or(0))
}

/// A list of certificates with its conditions, those of its order left out.
fn fitting(sql: &str, find: &Find, now: Timestamp) -> Text {
    let mut text = Text::new(sql);
    match find.state {
        None => {}
        Some(CertificateState::Expired) => text.and("status <> 'revoked' AND not_after < ?", [micros(now)]),
        Some(CertificateState::Valid) => text.and("status = 'valid' AND not_after >= ?", [micros(now)]),
        // The second condition is the words of the partial index.
        Some(CertificateState::Suspended) => text.and(
            "status = ? AND status <> 'valid' AND not_after >= ?",
            [Status::Suspended.as_str().into(), micros(now)],
        ),
        Some(CertificateState::Revoked) => {
            text.and("status = ? AND status <> 'valid'", [Status::Revoked.as_str().into()]);
        }
    }
    match (&find.profile, find.state) {
        (None, _) => {}
        // Few are not simply valid: their own index is the way, and the profile is looked at row by row.
        (Some(profile), Some(CertificateState::Suspended | CertificateState::Revoked)) => {
            text.and("profile || '' = ?", [profile.clone().into()]);
        }
        (Some(profile), _) => text.and("profile = ?", [profile.clone().into()]),
    }
    if let Some(from) = find.ends_from.and_then(midnight) {
        text.and("not_after >= ?", [micros(from)]);
    }
    if let Some(before) = find.ends_before.and_then(midnight) {
        text.and("not_after < ?", [micros(before)]);
    }
    text
}

/// How many certificates in force end within each of `spans`, first moment included, last excluded; a pair counts once.
pub(crate) async fn ends(
    connection: &mut Connection,
    spans: impl Iterator<Item = (Timestamp, Timestamp)>,
) -> Result<Vec<i64>, DatabaseError> {
    let mut counts = Vec::new();
    for (from, until) in spans {
        let row = sqlx::query(
            "SELECT COUNT(*) FROM ra_certificate \
             WHERE not_after >= $1 AND not_after < $2 AND usage <> 'encrypt' AND status <> 'revoked'",
        )
        .bind(from.as_microsecond())
        .bind(until.as_microsecond())
        .fetch_one(&mut *connection)
        .await?;
        counts.push(row.try_get(0)?);
    }
    Ok(counts)
}

fn micros(at: Timestamp) -> Word {
    Word::Number(at.as_microsecond())
}

/// A value of a list's condition.
enum Word {
    Text(String),
    Number(i64),
}

impl From<String> for Word {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Word {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// A SELECT in the making: conditions with `?` become `$1`, `$2` … in order.
struct Text {
    sql: String,
    words: Vec<Word>,
}

impl Text {
    fn new(sql: &str) -> Self {
        Self {
            sql: sql.to_owned(),
            words: Vec::new(),
        }
    }

    fn and<const N: usize>(&mut self, condition: &str, words: [Word; N]) {
        self.sql.push_str(if self.sql.contains(" WHERE ") {
            " AND "
        } else {
            " WHERE "
        });
        let mut words = words.into_iter();
        for part in condition.split_inclusive('?') {
            let Some(before) = part.strip_suffix('?') else {
                self.sql.push_str(part);
                continue;
            };
            self.words.extend(words.next());
            // Writing to a String cannot fail.
            let _ = write!(self.sql, "{before}${}", self.words.len());
        }
    }

    /// Adds what is to be found and where the page begins; says in which order.
    fn order(&mut self, find: &Find) -> &'static str {
        let order = find.order();
        let begins = match order {
            Order::Serial => find
                .serial_prefix()
                .map(|digits| ("serial", format!("{digits}g"), digits)),
            // Every character sorts before the last one there is.
            Order::Name => find
                .query
                .clone()
                .map(|name| ("name", format!("{name}\u{10ffff}"), name)),
            Order::EndingSoonest | Order::EndedLatest | Order::Newest => None,
        };
        if let Some((column, end, begin)) = begins {
            self.and(&format!("{column} >= ? AND {column} < ?"), [begin.into(), end.into()]);
        }
        let (place, words) = match order {
            Order::Serial => ("serial > ?", "ORDER BY serial"),
            Order::Name => (
                "(name, serial) > (SELECT name, serial FROM ra_certificate WHERE serial = ?)",
                "ORDER BY name, serial",
            ),
            Order::EndingSoonest => (
                "(not_after, serial) > (SELECT not_after, serial FROM ra_certificate WHERE serial = ?)",
                "ORDER BY not_after, serial",
            ),
            Order::EndedLatest => (
                "(not_after, serial) < (SELECT not_after, serial FROM ra_certificate WHERE serial = ?)",
                "ORDER BY not_after DESC, serial DESC",
            ),
            Order::Newest => (
                "(application, serial) < (SELECT application, serial FROM ra_certificate WHERE serial = ?)",
                "ORDER BY application DESC, serial DESC",
            ),
        };
        if let Some(after) = &find.after {
            self.and(place, [after.as_str().into()]);
        }
        words
    }

    fn query(self, order: &str, limit: i64) -> Query<'static, Any, AnyArguments> {
        self.within("", order, limit, "")
    }

    /// The same, of which only the number of rows is wanted.
    fn count(self, order: &str, limit: i64) -> Query<'static, Any, AnyArguments> {
        self.within("SELECT COUNT(*) FROM (", order, limit, ") AS found")
    }

    fn within(mut self, before: &str, order: &str, limit: i64, after: &str) -> Query<'static, Any, AnyArguments> {
        self.words.push(Word::Number(limit));
        let sql = format!("{before}{} {order} LIMIT ${}{after}", self.sql, self.words.len());
        let mut query = sqlx::query::<Any>(AssertSqlSafe(sql));
        for word in self.words {
            query = match word {
                Word::Text(text) => query.bind(text),
                Word::Number(number) => query.bind(number),
            };
        }
        query
    }
}
