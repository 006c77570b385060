//! A revocation list of a million entries, from the table to the file: how long it takes, how much memory at the peak.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement")]

#[path = "../src/tests/authority.rs"]
#[expect(dead_code, reason = "shared with the tests")]
mod authority;

use std::path::Path;
use std::time::{Duration, Instant};

use hefu_ca::{Authority, CrlDesk, CrlSettings, MIGRATIONS};
use hefu_database::{Database, DatabaseError};
use jiff::SignedDuration;

use authority::{Chain, fixed, noon};

const ENTRIES: u32 = 1_000_000;

/// A million certificates that were revoked, one second apart. They are no certificates, but nobody looks.
const FILL: [&str; 3] = [
    "INSERT INTO ca_batch (digest, ra, received_at, der) VALUES (X'00', 'ra1', 0, X'00')",
    "INSERT INTO ca_request (id, batch, ra, content, act, state, approval, accepted_at, answered_at) \
     VALUES (X'00', X'00', 'ra1', X'00', 'issue', 'issued', X'00', 0, 0)",
    "INSERT INTO ca_certificate (serial, request, authority, certificate_usage, not_after, der, status, status_at, \
     ground, reason) \
     WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 1000000) \
     SELECT X'40' || randomblob(15), X'00', 'sm2', 'single', 4000000000000000, zeroblob(700), 'revoked', \
     1700000000000000 + n * 1000000, 'holder-request', 5 FROM n",
];

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let (database, _desk) = open(folder.path()).await;
        for sql in FILL {
            execute(&database, sql).await;
        }
        println!("filled; peak memory so far {} MiB", peak_mebibytes());
        database.close().await;
    });
    drop(runtime);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let (_database, desk) = open(folder.path()).await;
        for _ in 0..3 {
            let start = Instant::now();
            let made = desk.issue("sm2", noon()).await.unwrap();
            let seconds = start.elapsed().as_secs_f64();
            assert_eq!(made.entries, u64::from(ENTRIES));
            let octets = std::fs::metadata(desk.path("sm2")).unwrap().len();
            println!(
                "{} entries, {octets} octets: {seconds:.2} s; peak memory {} MiB",
                made.entries,
                peak_mebibytes()
            );
        }
    });
}

async fn open(folder: &Path) -> (Database, CrlDesk) {
    let url = format!("sqlite://{}/ca.db", folder.display());
    let database = Database::open(&url, &[hefu_records::MIGRATIONS, MIGRATIONS])
        .await
        .unwrap();
    let desk = CrlDesk::open(CrlSettings {
        database: database.clone(),
        authorities: vec![Chain::in_folder(folder, "sm2", fixed(3)).authority],
        folder: folder.join("crl"),
        validity: SignedDuration::from_hours(24),
        every: SignedDuration::from_hours(6),
        settle: Duration::from_millis(100),
    });
    (database, desk.unwrap())
}

async fn execute(database: &Database, sql: &'static str) {
    database
        .write(move |connection| {
            Box::pin(async move {
                sqlx::query(sql).execute(connection).await?;
                Ok::<_, DatabaseError>(())
            })
        })
        .await
        .unwrap();
}

/// The most memory that this process has had, from proc(5).
fn peak_mebibytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}
