//! Migrations: one thought each, applied once, in order, and never edited afterwards.
//!
//! The list of what was applied stands in the database with a digest of each text. A text that reads differently now,
//! or a schema that is ahead of this program, stops the start and is named.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sm3::{Digest as _, Sm3};
use sqlx::{AssertSqlSafe, Row as _};

use crate::Connection;
use crate::address::Engine;
use crate::error::DatabaseError;

/// One step of one capability's schema.
///
/// The text is read by both engines. Lines between `-- only sqlite` or `-- only postgres` and `-- every engine` go to
/// that engine alone (triggers differ). The word `BLOB` becomes `BYTEA` for `PostgreSQL`, and `BIGINT PRIMARY KEY` becomes
/// `INTEGER PRIMARY KEY` for `SQLite`, where that spelling saves a second tree per table.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// The capability that owns the tables, such as "ra".
    pub capability: &'static str,
    /// 1, 2, 3 … within the capability.
    pub number: u32,
    /// What it is about, such as "approval".
    pub name: &'static str,
    /// The text. Its digest is kept, so even a comment is final once released.
    pub sql: &'static str,
}

impl Migration {
    fn digest(&self) -> String {
        let mut hex = String::with_capacity(64);
        for byte in Sm3::digest(self.sql.as_bytes()) {
            // Writing to a String cannot fail.
            let _ = write!(hex, "{byte:02x}");
        }
        hex
    }

    fn sql_for(&self, engine: Engine) -> String {
        let mut taken = true;
        let mut text = String::with_capacity(self.sql.len());
        for line in self.sql.lines() {
            match line.trim() {
                "-- only sqlite" => taken = engine == Engine::Sqlite,
                "-- only postgres" => taken = engine == Engine::Postgres,
                "-- every engine" => taken = true,
                _ if taken => {
                    text.push_str(line);
                    text.push('\n');
                }
                _ => {}
            }
        }
        match engine {
            // The same column, but SQLite keeps the rows themselves in the order of a key of this spelling, and needs no
            // second tree for it.
            Engine::Sqlite => text.replace("BIGINT PRIMARY KEY", "INTEGER PRIMARY KEY"),
            Engine::Postgres => replace_word(&text, "BLOB", "BYTEA"),
        }
    }

    fn edited(&self) -> DatabaseError {
        DatabaseError::MigrationEdited {
            capability: self.capability.to_owned(),
            number: self.number,
            name: self.name.to_owned(),
        }
    }
}

const LIST: &str = "CREATE TABLE IF NOT EXISTS hefu_migration (
    capability TEXT NOT NULL,
    number     BIGINT NOT NULL,
    name       TEXT NOT NULL,
    digest     TEXT NOT NULL,
    applied_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (capability, number)
)";

/// Brings the schema to where this program is. Each migration is one transaction with its line in the list.
pub(crate) async fn migrate(
    connection: &mut Connection,
    engine: Engine,
    migrations: &[&[Migration]],
) -> Result<(), DatabaseError> {
    sqlx::raw_sql(LIST).execute(&mut *connection).await?;
    let applied = applied(connection).await?;
    for (capability, steps) in by_capability(migrations)? {
        let known = steps.last().map_or(0, |last| last.number);
        let found = applied
            .keys()
            .filter(|(owner, _)| owner == capability)
            .map(|(_, number)| *number)
            .max();
        if let Some(found) = found.filter(|found| *found > known) {
            return Err(DatabaseError::NewerSchema {
                capability: capability.to_owned(),
                found,
                known,
            });
        }
        for step in steps {
            match applied.get(&(capability.to_owned(), step.number)) {
                Some(digest) if *digest == step.digest() => {}
                Some(_) => return Err(step.edited()),
                None => apply(connection, engine, step).await?,
            }
        }
    }
    Ok(())
}

async fn applied(connection: &mut Connection) -> Result<BTreeMap<(String, u32), String>, DatabaseError> {
    let rows = sqlx::query("SELECT capability, number, digest FROM hefu_migration")
        .fetch_all(connection)
        .await?;
    let mut list = BTreeMap::new();
    for row in rows {
        let number = u32::try_from(row.try_get::<i64, _>(1)?)
            .map_err(|_| DatabaseError::statement("a migration number is out of range"))?;
        list.insert((row.try_get(0)?, number), row.try_get(2)?);
    }
    Ok(list)
}

/// The steps of each capability in order, each numbered from 1 without a gap.
fn by_capability<'a>(
    migrations: &'a [&'a [Migration]],
) -> Result<BTreeMap<&'static str, Vec<&'a Migration>>, DatabaseError> {
    let mut capabilities: BTreeMap<&'static str, Vec<&Migration>> = BTreeMap::new();
    for step in migrations.iter().copied().flatten() {
        let steps = capabilities.entry(step.capability).or_default();
        let expected = steps.last().map_or(1, |last| last.number + 1);
        if step.number != expected {
            return Err(DatabaseError::MigrationsMisnumbered {
                capability: step.capability.to_owned(),
                expected,
                found: step.number,
            });
        }
        steps.push(step);
    }
    Ok(capabilities)
}

async fn apply(connection: &mut Connection, engine: Engine, step: &Migration) -> Result<(), DatabaseError> {
    let done = apply_in_transaction(connection, engine, step).await;
    if done.is_err() {
        // When the engine has rolled back already there is nothing left to undo.
        let _ = sqlx::raw_sql("ROLLBACK").execute(&mut *connection).await;
    }
    done.map_err(|source| DatabaseError::MigrationFailed {
        capability: step.capability.to_owned(),
        number: step.number,
        name: step.name.to_owned(),
        source: Box::new(source),
    })
}

async fn apply_in_transaction(
    connection: &mut Connection,
    engine: Engine,
    step: &Migration,
) -> Result<(), DatabaseError> {
    sqlx::raw_sql("BEGIN").execute(&mut *connection).await?;
    sqlx::raw_sql(AssertSqlSafe(step.sql_for(engine)))
        .execute(&mut *connection)
        .await?;
    sqlx::query("INSERT INTO hefu_migration (capability, number, name, digest) VALUES ($1, $2, $3, $4)")
        .bind(step.capability)
        .bind(i64::from(step.number))
        .bind(step.name)
        .bind(step.digest())
        .execute(&mut *connection)
        .await?;
    sqlx::raw_sql("COMMIT").execute(connection).await?;
    tracing::info!(
        capability = step.capability,
        number = step.number,
        name = step.name,
        "migration applied"
    );
    Ok(())
}

/// Replaces `word` where it stands alone, not inside a longer name.
fn replace_word(text: &str, word: &str, other: &str) -> String {
    let part_of_name = |c: char| c.is_alphanumeric() || c == '_';
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(word) {
        out.push_str(before);
        let inside = before.ends_with(part_of_name) || after.starts_with(part_of_name);
        out.push_str(if inside { word } else { other });
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEP: Migration = Migration {
        capability: "x",
        number: 1,
        name: "first",
        sql: "CREATE TABLE x (id BIGINT PRIMARY KEY, a BLOB, b_BLOB TEXT);\n-- only sqlite\nS;\n-- only postgres\nP;\n-- every engine\nE;",
    };

    #[test]
    fn each_engine_gets_its_own_lines_and_its_own_word_for_bytes() {
        assert_eq!(
            STEP.sql_for(Engine::Sqlite),
            "CREATE TABLE x (id INTEGER PRIMARY KEY, a BLOB, b_BLOB TEXT);\nS;\nE;\n"
        );
        assert_eq!(
            STEP.sql_for(Engine::Postgres),
            "CREATE TABLE x (id BIGINT PRIMARY KEY, a BYTEA, b_BLOB TEXT);\nP;\nE;\n"
        );
    }

    #[test]
    fn a_gap_in_the_numbers_is_a_defect_and_is_named() {
        let third = Migration { number: 3, ..STEP };
        let error = by_capability(&[&[STEP, third]]).err();
        assert_eq!(
            error,
            Some(DatabaseError::MigrationsMisnumbered {
                capability: "x".to_owned(),
                expected: 2,
                found: 3
            })
        );
    }
}
