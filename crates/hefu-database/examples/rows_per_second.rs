//! Durable rows per second on this machine: `cargo run --release -p hefu-database --example rows_per_second [FOLDER [WRITERSxROWS]]`.
//!
//! Prints what `docs/performance.md` quotes: one writer with rows one by one and in groups, then eight writers.
#![expect(clippy::print_stdout, reason = "a measuring tool prints")]

use std::time::{Duration, Instant};

use hefu_database::{Database, DatabaseError, Migration, Value, insert_rows};

const TABLE: Migration = Migration {
    capability: "measure",
    number: 1,
    name: "certificate",
    sql: "CREATE TABLE certificate (id BIGINT PRIMARY KEY, serial TEXT NOT NULL UNIQUE, subject TEXT NOT NULL,
              der BLOB NOT NULL, at BIGINT NOT NULL);
          CREATE INDEX certificate_subject ON certificate (subject);",
};

/// How long each line is measured.
const LONG: Duration = Duration::from_secs(3);

fn row(id: i64) -> [Value<'static>; 5] {
    // A cheap scatter, so that the indexes are hit at random as serial numbers hit them.
    let scattered = id.cast_unsigned().wrapping_mul(0x9e37_79b9_7f4a_7c15);
    [
        id.into(),
        format!("{scattered:016x}{id:016x}").into(),
        format!("CN=subject {:x}", scattered >> 32).into(),
        vec![0x30; 700].into(),
        id.into(),
    ]
}

async fn insert(database: &Database, first: i64, rows: i64) -> Result<(), DatabaseError> {
    database
        .write(move |connection| {
            Box::pin(async move {
                let columns = ["id", "serial", "subject", "der", "at"];
                insert_rows(connection, "certificate", columns, (first..first + rows).map(row)).await
            })
        })
        .await
}

async fn measure(database: &Database, writers: i64, rows: i64, start: i64) -> Result<i64, DatabaseError> {
    let began = Instant::now();
    let mut tasks = Vec::new();
    for writer in 0..writers {
        let database = database.clone();
        tasks.push(tokio::spawn(async move {
            let mut waits = Vec::new();
            let mut id = start + writer * 1_000_000_000;
            while began.elapsed() < LONG {
                let asked = Instant::now();
                insert(&database, id, rows).await?;
                waits.push(asked.elapsed());
                id += rows;
            }
            Ok::<_, DatabaseError>(waits)
        }));
    }
    let mut waits = Vec::new();
    for task in tasks {
        waits.extend(task.await.map_err(|_| DatabaseError::Panicked)??);
    }
    let seconds = began.elapsed().as_secs_f64();
    waits.sort_unstable();
    let at = |part: usize| waits.get(waits.len() * part / 100).copied().unwrap_or_default();
    let acts = f64::from(u32::try_from(waits.len()).unwrap_or(u32::MAX)) / seconds;
    println!(
        "{writers:>3} writers, {rows:>3} rows each: {acts:>8.0} acts/s {:>8.0} rows/s   wait p50 {:?} p99 {:?}",
        acts * f64::from(u32::try_from(rows).unwrap_or(u32::MAX)),
        at(50),
        at(99)
    );
    Ok(start + writers * 1_000_000_000)
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), DatabaseError> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "target".to_owned());
    let url = if folder.contains("://") {
        folder
    } else {
        format!("sqlite://{folder}/measure.db")
    };
    let database = Database::open(&url, &[&[TABLE]]).await?;
    let mut start = 0;
    let only = std::env::args().nth(2);
    for (writers, rows) in [(1, 1), (1, 8), (1, 64), (8, 1), (8, 8), (64, 1)] {
        if only.as_ref().is_none_or(|only| *only == format!("{writers}x{rows}")) {
            start = measure(&database, writers, rows, start).await?;
        }
    }
    database.close().await;
    Ok(())
}
