//! Killed at any moment, or with its disk full, a log stays whole and keeps every entry that was acknowledged.
//!
//! SIGKILL tests what the process leaves behind, not what a disk loses when the power goes: that the writer flushes
//! before it answers is tested in `hefu-database` by its settings.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::house::{House, ORIGIN, key, now, public_key, record_one};
use hefu_database::{Database, DatabaseError};
use hefu_records::{READ_MAX, RecordsError, verify_store};

/// How often the child is killed.
const KILLS: u32 = 20;

/// Where the child finds its store; set by the parent.
const STORE: &str = "HEFU_TEST_STORE";

#[tokio::test]
async fn killed_twenty_times_it_keeps_every_acknowledged_entry() {
    let house = House::new();
    let mut acknowledged: Vec<u64> = Vec::new();
    for kill in 0..KILLS {
        acknowledged.extend(run_and_kill(
            &house,
            Duration::from_millis(u64::from(120 + kill * 37 % 200)),
        ));
        let report = verify_store(&house.url(), &public_key()).await.unwrap();
        assert!(report.is_sound(), "after kill {kill}: {:?}", report.findings);
        let last = acknowledged.last().map_or(0, |index| index + 1);
        assert!(
            report.entries >= last,
            "after kill {kill}: {} entries, {last} acknowledged",
            report.entries
        );
    }
    let (_, records) = house.open().await;
    let head = records.head().await.unwrap();
    assert!(
        acknowledged.len() > 100,
        "the child did too little: {}",
        acknowledged.len()
    );
    let mut subjects = Vec::new();
    while (subjects.len() as u64) < head {
        let page = records.read(subjects.len() as u64, READ_MAX).await.unwrap();
        subjects.extend(page.into_iter().map(|entry| entry.index));
    }
    assert!(acknowledged.iter().all(|index| subjects.contains(index)));
    records.checkpoint(now()).await.unwrap();
    let report = verify_store(&house.url(), &public_key()).await.unwrap();
    assert!(report.is_sound() && report.unsealed == 0, "{report:?}");
}

/// Runs the child below on this store for a while, kills it, and answers the indexes it acknowledged.
fn run_and_kill(house: &House, after: Duration) -> Vec<u64> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::the_child_that_is_killed", "--ignored", "--nocapture"])
        .env(STORE, house.url())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    // The clock starts when the child is at work, however slow the machine.
    let mut line = String::new();
    while !line.contains("at work") && lines.read_line(&mut line).unwrap() > 0 {}
    std::thread::sleep(after);
    child.kill().unwrap();
    child.wait().unwrap();
    let mut rest = String::new();
    lines.read_to_string(&mut rest).unwrap();
    // A last line without its end may be cut off in the middle of a number.
    let whole = rest.rsplit_once('\n').map_or("", |(whole, _)| whole);
    whole
        .lines()
        .filter_map(|line| line.strip_prefix("kept ")?.parse().ok())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by the test above, which kills it"]
async fn the_child_that_is_killed() {
    let Ok(url) = std::env::var(STORE) else {
        return;
    };
    let database = Database::open(&url, &[hefu_records::MIGRATIONS]).await.unwrap();
    let records = hefu_records::Records::open(database.clone(), ORIGIN, std::sync::Arc::new(key(7)))
        .await
        .unwrap();
    println!("\nat work");
    for writer in 0..4_u64 {
        let database = database.clone();
        tokio::spawn(async move {
            for number in 0.. {
                let index = record_one(&database, writer << 32 | number).await.unwrap();
                println!("kept {index}");
            }
        });
    }
    loop {
        records.checkpoint(now()).await.unwrap();
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn is_full(error: &RecordsError) -> bool {
    matches!(
        error,
        RecordsError::Database(DatabaseError::DiskFull { .. } | DatabaseError::GroupLost)
    )
}

#[tokio::test]
async fn with_no_page_left_acts_are_refused_and_the_log_stays_whole() {
    let house = House::new();
    let (database, records) = house.open().await;
    let mut kept = 0;
    for _ in 0..3 {
        limit_pages(&database, 20).await;
        let mut error = None;
        for number in 0..2000 {
            match record_one(&database, number).await {
                Ok(index) => assert_eq!(index, kept, "numbers go on without a gap"),
                Err(full) => {
                    error = Some(full);
                    break;
                }
            }
            kept += 1;
        }
        let error = error.unwrap();
        assert!(is_full(&error), "{error}");
        limit_pages(&database, 100_000).await;
        records.checkpoint(now()).await.unwrap();
        let report = verify_store(&house.url(), &public_key()).await.unwrap();
        assert!(report.is_sound(), "{:?}", report.findings);
        assert_eq!((report.entries, report.unsealed), (kept, 0));
    }
}

/// Lets the database grow by so many pages and no further.
async fn limit_pages(database: &Database, more: i64) {
    let limited: Result<(), DatabaseError> = database
        .write(move |connection| {
            Box::pin(async move {
                let pages = sqlx::query("PRAGMA page_count").fetch_one(&mut *connection).await?;
                let pages: i64 = sqlx::Row::try_get(&pages, 0)?;
                let text = format!("PRAGMA max_page_count = {}", pages + more);
                sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(connection).await?;
                Ok(())
            })
        })
        .await;
    limited.unwrap();
}

/// A file system of two megabytes; only a superuser can make one, so for others the test above has to do.
struct SmallDisk<'h>(&'h House);

impl<'h> SmallDisk<'h> {
    fn mount(house: &'h House) -> Option<Self> {
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=2m", "tmpfs"])
            .arg(house.folder.path())
            .stderr(Stdio::null())
            .status();
        mount.is_ok_and(|status| status.success()).then_some(Self(house))
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.folder.path()).status();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_disk_that_is_really_full_acts_are_refused_and_work_again_later() {
    let house = House::new();
    let Some(_disk) = SmallDisk::mount(&house) else {
        println!("no small disk without a superuser: not tested");
        return;
    };
    let ballast = house.folder.path().join("ballast");
    std::fs::write(&ballast, vec![1_u8; 1 << 20]).unwrap();
    let (database, records) = house.open().await;
    let mut kept = 0;
    let mut refused = 0;
    while refused < 20 {
        match record_one(&database, kept).await {
            Ok(_) => kept += 1,
            Err(error) => {
                assert!(is_full(&error), "{error:?}");
                refused += 1;
            }
        }
        assert!(kept < 100_000, "the disk never fills");
    }
    assert!(
        records.checkpoint(now()).await.is_err(),
        "no space for a checkpoint either"
    );
    let report = verify_store(&house.url(), &public_key()).await.unwrap();
    assert!(report.is_sound(), "{:?}", report.findings);
    assert_eq!(report.entries, kept);
    std::fs::remove_file(&ballast).unwrap();
    assert_eq!(record_one(&database, kept).await, Ok(kept));
    records.checkpoint(now()).await.unwrap();
    let report = verify_store(&house.url(), &public_key()).await.unwrap();
    assert!(report.is_sound() && report.unsealed == 0, "{report:?}");
    assert_eq!(report.entries, kept + 1);
    database.close().await;
}
