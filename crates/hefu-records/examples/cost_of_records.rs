//! What records cost on this machine: `cargo run --release -p hefu-records --example cost_of_records FOLDER [ENTRIES]`.
//!
//! Eight writers that record one fact each, then a backlog, its sealing, proofs, and a verification from outside. Prints
//! what `docs/performance.md` quotes.
#![expect(clippy::print_stdout, reason = "a measuring tool prints")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use gm_suite::{KeyAlgorithm, PrivateKey};
use hefu_database::Database;
use hefu_records::{MIGRATIONS, NewEntry, Records, RecordsError, append, verify_store};
use jiff::Timestamp;

/// How long the writers write.
const LONG: Duration = Duration::from_secs(3);

fn entry(number: u64) -> NewEntry {
    NewEntry {
        at: Timestamp::UNIX_EPOCH,
        kind: "certificate-issued/1".to_owned(),
        subject: format!("{number:032x}"),
        actor: "mint".to_owned(),
        body: serde_json::json!({ "number": number, "profile": "person-sm2", "der": "x".repeat(1000) }),
    }
}

async fn record(database: &Database, numbers: std::ops::Range<u64>) -> Result<u64, RecordsError> {
    let entries: Vec<NewEntry> = numbers.map(entry).collect();
    database
        .write(move |connection| Box::pin(async move { append(connection, &entries).await }))
        .await
}

fn rate(what: &str, count: u64, took: Duration) {
    let count = f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    println!(
        "{what:<36} {count:>9} in {took:>8.2?}: {:>9.0}/s",
        count / took.as_secs_f64()
    );
}

async fn eight_writers(database: &Database) -> Result<u64, RecordsError> {
    let began = Instant::now();
    let writers: Vec<_> = (0..8_u64)
        .map(|writer| {
            let database = database.clone();
            tokio::spawn(async move {
                let mut done = 0;
                while began.elapsed() < LONG {
                    record(&database, writer << 32 | done..(writer << 32 | done) + 1).await?;
                    done += 1;
                }
                Ok::<u64, RecordsError>(done)
            })
        })
        .collect();
    let mut done = 0;
    for writer in writers {
        done += writer.await.unwrap_or(Ok(0))?;
    }
    rate("acts of one record, eight writers", done, began.elapsed());
    Ok(done)
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().unwrap_or_else(|| "target".to_owned());
    let total: u64 = arguments.next().map_or(Ok(200_000), |text| text.parse())?;
    let url = format!("sqlite://{folder}/measure.db");
    let key = Arc::new(PrivateKey::generate(KeyAlgorithm::Sm2)?);
    let database = Database::open(&url, &[MIGRATIONS]).await?;
    let records = Records::open(database.clone(), "measure.example/records", Arc::clone(&key) as _).await?;
    let mut head = eight_writers(&database).await?;
    let began = Instant::now();
    let before = head;
    while head < total {
        head = record(&database, head..head + 64).await? + 64;
    }
    rate("records in acts of 64", head - before, began.elapsed());
    let began = Instant::now();
    records.checkpoint(Timestamp::UNIX_EPOCH).await?;
    rate("records sealed", head, began.elapsed());
    let began = Instant::now();
    for number in 0..200 {
        records.inclusion_proof(number * 7919 % head).await?;
    }
    rate("inclusion proofs", 200, began.elapsed());
    let began = Instant::now();
    let report = verify_store(&url, key.public_key()).await?;
    rate("records verified", report.entries, began.elapsed());
    println!(
        "sound: {}, sealed {}, checkpoints {}",
        report.is_sound(),
        report.sealed,
        report.checkpoints
    );
    if let Ok(status) = std::fs::read_to_string("/proc/self/status") {
        println!(
            "peak memory: {}",
            status
                .lines()
                .find(|line| line.starts_with("VmHWM"))
                .unwrap_or("unknown")
        );
    }
    Ok(())
}
