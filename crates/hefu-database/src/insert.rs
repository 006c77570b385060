//! Many rows in few statements.
//!
//! A statement per row costs a visit to the engine per row. A multi-row `INSERT` costs one; but every count of rows is
//! another text to prepare and to keep. So rows go in portions of a few fixed sizes, whose texts stay prepared.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::future::Future;

use sqlx::{Any, Arguments as _, AssertSqlSafe, any::AnyArguments};

use crate::Connection;
use crate::address::Engine;
use crate::error::DatabaseError;

/// One value of one column. Typed also when it is missing, because `PostgreSQL` wants to know.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'v> {
    /// BIGINT.
    Integer(Option<i64>),
    /// TEXT.
    Text(Option<Cow<'v, str>>),
    /// BLOB.
    Bytes(Option<Cow<'v, [u8]>>),
}

/// Rows in one statement, largest first. Exact up to eight, so that a usual act needs one statement; eleven texts per
/// table leave room for the rest in the driver's cache of a hundred statements.
const PORTIONS: [usize; 11] = [64, 32, 16, 8, 7, 6, 5, 4, 3, 2, 1];

/// Placeholders in one statement: `SQLite` takes 32,766 and `PostgreSQL` 65,535.
const PLACEHOLDERS_MAX: usize = 32_766;

/// Inserts `rows` into `table`; each row has one value per column. A row that is there already is an error.
///
/// `table` and `columns` are names written in the code, never input.
///
/// # Errors
/// The engine's refusal of the first portion that it does not take; the act is then the caller's to end.
pub fn insert_rows<'v, const N: usize>(
    connection: &mut Connection,
    table: &'static str,
    columns: [&'static str; N],
    rows: impl IntoIterator<Item = [Value<'v>; N]>,
) -> impl Future<Output = Result<(), DatabaseError>> + Send {
    let rows: Vec<_> = rows.into_iter().collect();
    insert(connection, table, columns, rows, "")
}

/// As [`insert_rows`], but a row that is there already stays as it is.
///
/// # Errors
/// As [`insert_rows`].
pub fn insert_rows_or_skip<'v, const N: usize>(
    connection: &mut Connection,
    table: &'static str,
    columns: [&'static str; N],
    rows: impl IntoIterator<Item = [Value<'v>; N]>,
) -> impl Future<Output = Result<(), DatabaseError>> + Send {
    let rows: Vec<_> = rows.into_iter().collect();
    insert(connection, table, columns, rows, " ON CONFLICT DO NOTHING")
}

async fn insert<const N: usize>(
    connection: &mut Connection,
    table: &'static str,
    columns: [&'static str; N],
    rows: Vec<[Value<'_>; N]>,
    ending: &'static str,
) -> Result<(), DatabaseError> {
    let engine = Engine::of(connection);
    let mut rows = rows.into_iter();
    while let Some(portion) = portion(rows.len(), N) {
        let mut arguments = AnyArguments::default();
        arguments.reserve(portion * N, 0);
        for value in rows.by_ref().take(portion).flatten() {
            value.add_to(&mut arguments)?;
        }
        let text = statement(engine, table, columns, portion, ending);
        sqlx::query_with::<Any, _>(AssertSqlSafe(text), arguments)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// How many of `left` rows of `width` columns the next statement takes; `None` when none are left.
fn portion(left: usize, width: usize) -> Option<usize> {
    PORTIONS
        .into_iter()
        .find(|portion| *portion <= left && (portion * width <= PLACEHOLDERS_MAX || *portion == 1))
}

fn statement<const N: usize>(engine: Engine, table: &str, columns: [&str; N], rows: usize, ending: &str) -> String {
    let columns = columns.join(", ");
    format!(
        "INSERT INTO {table} ({columns}) VALUES {}{ending}",
        value_rows(engine, rows, N)
    )
}

/// Placeholders for `rows` rows of `width` values, bound in order: `($1, $2), ($3, $4)`.
///
/// On `SQLite` it is `(?, ?), (?, ?)`: a placeholder with a number is a name there, and the driver asks for the name of
/// each, which the engine finds by going through all of them.
#[must_use]
pub fn value_rows(engine: Engine, rows: usize, width: usize) -> String {
    let mut text = String::with_capacity(rows * (width * 6 + 4));
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..width {
            text.push_str(if column == 0 { "" } else { ", " });
            match engine {
                Engine::Sqlite => text.push('?'),
                // Writing to a String cannot fail.
                Engine::Postgres => drop(write!(text, "${}", row * width + column + 1)),
            }
        }
        text.push(')');
    }
    text
}

impl Value<'_> {
    fn add_to(self, arguments: &mut AnyArguments) -> Result<(), DatabaseError> {
        match self {
            Self::Integer(value) => arguments.add(value),
            Self::Text(value) => arguments.add(value.map(Cow::into_owned)),
            Self::Bytes(value) => arguments.add(value.map(Cow::into_owned)),
        }
        .map_err(|error| DatabaseError::statement(error.to_string()))
    }
}

impl From<i64> for Value<'_> {
    fn from(value: i64) -> Self {
        Self::Integer(Some(value))
    }
}

impl From<u32> for Value<'_> {
    fn from(value: u32) -> Self {
        Self::Integer(Some(i64::from(value)))
    }
}

impl From<bool> for Value<'_> {
    /// 1 or 0 in a BIGINT.
    fn from(value: bool) -> Self {
        Self::Integer(Some(i64::from(value)))
    }
}

impl From<Option<i64>> for Value<'_> {
    fn from(value: Option<i64>) -> Self {
        Self::Integer(value)
    }
}

impl<'v> From<&'v str> for Value<'v> {
    fn from(value: &'v str) -> Self {
        Self::Text(Some(Cow::Borrowed(value)))
    }
}

impl<'v> From<Option<&'v str>> for Value<'v> {
    fn from(value: Option<&'v str>) -> Self {
        Self::Text(value.map(Cow::Borrowed))
    }
}

impl From<String> for Value<'_> {
    fn from(value: String) -> Self {
        Self::Text(Some(Cow::Owned(value)))
    }
}

impl From<Option<String>> for Value<'_> {
    fn from(value: Option<String>) -> Self {
        Self::Text(value.map(Cow::Owned))
    }
}

impl<'v> From<&'v [u8]> for Value<'v> {
    fn from(value: &'v [u8]) -> Self {
        Self::Bytes(Some(Cow::Borrowed(value)))
    }
}

impl<'v> From<Option<&'v [u8]>> for Value<'v> {
    fn from(value: Option<&'v [u8]>) -> Self {
        Self::Bytes(value.map(Cow::Borrowed))
    }
}

impl From<Vec<u8>> for Value<'_> {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(Some(Cow::Owned(value)))
    }
}

impl From<Option<Vec<u8>>> for Value<'_> {
    fn from(value: Option<Vec<u8>>) -> Self {
        Self::Bytes(value.map(Cow::Owned))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_go_in_few_portions_of_few_sizes() {
        let portions = |mut left: usize| {
            let mut list = Vec::new();
            while let Some(next) = portion(left, 4) {
                list.push(next);
                left -= next;
            }
            list
        };
        assert_eq!(portions(0), [0_usize; 0]);
        assert_eq!(portions(1), [1]);
        assert_eq!(portions(7), [7]);
        assert_eq!(portions(13), [8, 5]);
        assert_eq!(portions(200), [64, 64, 64, 8]);
        assert_eq!(portion(64, 1000), Some(32));
    }

    #[test]
    fn each_engine_reads_its_own_placeholders() {
        let text = |engine| statement(engine, "t", ["a", "b"], 2, " ON CONFLICT DO NOTHING");
        assert_eq!(
            text(Engine::Postgres),
            "INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4) ON CONFLICT DO NOTHING"
        );
        assert_eq!(
            text(Engine::Sqlite),
            "INSERT INTO t (a, b) VALUES (?, ?), (?, ?) ON CONFLICT DO NOTHING"
        );
    }
}
