//! What callers rely on: groups, durability after close, one writer, migrations that are never edited.
#![expect(clippy::unwrap_used, reason = "tests")]

use futures_util::future::join_all;
use hefu_database::{Connection, Constraint, Database, DatabaseError, Migration, insert_rows, insert_rows_or_skip};
use hefu_rulebook::{Explain as _, Language};
use sqlx::Row as _;

const FIRST: Migration = Migration {
    capability: "shop",
    number: 1,
    name: "item",
    sql: "CREATE TABLE shop_item (id BIGINT PRIMARY KEY, name TEXT NOT NULL, body BLOB,
              CONSTRAINT name_is_given CHECK (name <> ''));",
};
const SECOND: Migration = Migration {
    capability: "shop",
    number: 2,
    name: "label",
    sql: "ALTER TABLE shop_item ADD COLUMN label TEXT;",
};

struct Folder {
    folder: tempfile::TempDir,
}

impl Folder {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder }
    }

    fn url(&self) -> String {
        format!("sqlite://{}/店 1.db", self.folder.path().display())
    }

    async fn open(&self) -> Database {
        Database::open(&self.url(), &[&[FIRST]]).await.unwrap()
    }
}

async fn add(connection: &mut Connection, id: i64, name: &str) -> Result<(), DatabaseError> {
    insert_rows(connection, "shop_item", ["id", "name"], [[id.into(), name.into()]]).await
}

async fn count(database: &Database) -> i64 {
    let mut connection = database.read().await.unwrap();
    sqlx::query("SELECT COUNT(*) FROM shop_item")
        .fetch_one(&mut *connection)
        .await
        .unwrap()
        .get(0)
}

#[tokio::test]
async fn an_act_is_there_after_closing_and_opening_again() {
    let folder = Folder::new();
    let database = folder.open().await;
    database
        .write(|connection| Box::pin(add(connection, 1, "seal")))
        .await
        .unwrap();
    database.close().await;
    assert_eq!(count(&folder.open().await).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_act_that_fails_is_undone_alone_and_its_neighbours_stay() {
    let folder = Folder::new();
    let database = folder.open().await;
    let acts = (0..200_i64).map(|id| {
        let database = database.clone();
        async move {
            let result: Result<(), DatabaseError> = database
                .write(move |connection| {
                    Box::pin(async move {
                        add(connection, id, "kept or not").await?;
                        // Every third fails after it has written; every seventh by the constraint.
                        match (id % 3, id % 7) {
                            (0, _) => Err(DatabaseError::Closed),
                            (_, 0) => add(connection, 1000 + id, "").await,
                            _ => Ok(()),
                        }
                    })
                })
                .await;
            (id, result)
        }
    });
    let mut kept = 0;
    for (id, result) in join_all(acts).await {
        match (id % 3, id % 7) {
            (0, _) => assert_eq!(result, Err(DatabaseError::Closed)),
            (_, 0) => assert!(
                matches!(&result, Err(DatabaseError::Refused { constraint: Constraint::Check, detail })
                    if detail.contains("name_is_given")),
                "{result:?}"
            ),
            _ => {
                result.unwrap();
                kept += 1;
            }
        }
    }
    assert_eq!(count(&database).await, kept);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acts_that_wait_together_share_commits() {
    let folder = Folder::new();
    let database = folder.open().await;
    let acts = (0..256_i64).map(|id| database.write(move |connection| Box::pin(add(connection, id, "together"))));
    for result in join_all(acts).await {
        result.unwrap();
    }
    let commits = *database.commits().borrow();
    assert!(commits < 64, "{commits} commits for 256 acts");
    assert_eq!(count(&database).await, 256);
}

#[tokio::test]
async fn an_act_that_panics_is_undone_and_the_next_one_is_served() {
    let folder = Folder::new();
    let database = folder.open().await;
    let result: Result<(), DatabaseError> = database
        .write(|connection| {
            Box::pin(async move {
                add(connection, 1, "gone").await?;
                std::panic::resume_unwind(Box::new("a defect"))
            })
        })
        .await;
    assert_eq!(result, Err(DatabaseError::Panicked));
    database
        .write(|connection| Box::pin(add(connection, 2, "next")))
        .await
        .unwrap();
    assert_eq!(count(&database).await, 1);
}

#[tokio::test]
async fn the_second_writer_is_refused_and_told_who_is_there() {
    let folder = Folder::new();
    let database = folder.open().await;
    let error = Database::open(&folder.url(), &[&[FIRST]]).await.unwrap_err();
    let me = format!("process {}", std::process::id());
    assert!(
        matches!(&error, DatabaseError::InUse { holder, .. } if *holder == me),
        "{error}"
    );
    assert!(error.message(Language::Chinese).contains("另一写入者"));
    database.close().await;
    folder.open().await;
}

#[tokio::test]
async fn an_outside_reader_reads_beside_the_writer_and_cannot_write() {
    let folder = Folder::new();
    let database = folder.open().await;
    database
        .write(|connection| Box::pin(add(connection, 1, "seal")))
        .await
        .unwrap();
    let outside = Database::open_read_only(&folder.url()).await.unwrap();
    assert_eq!(count(&outside).await, 1);
    let refused: Result<(), DatabaseError> = outside.write(|connection| Box::pin(add(connection, 2, "no"))).await;
    assert!(matches!(refused, Err(DatabaseError::ReadOnly { .. })));
    let missing = format!("{}x", folder.url());
    assert!(matches!(
        Database::open_read_only(&missing).await,
        Err(DatabaseError::Missing { .. })
    ));
}

#[tokio::test]
async fn a_reader_of_the_pool_cannot_write_either() {
    let folder = Folder::new();
    let database = folder.open().await;
    let mut connection = database.read().await.unwrap();
    let refused = add(&mut connection, 1, "no").await;
    assert!(matches!(refused, Err(DatabaseError::ReadOnly { .. })), "{refused:?}");
}

#[tokio::test]
async fn every_connection_is_durable_and_strict() {
    async fn pragmas(connection: &mut Connection) -> Result<Vec<String>, DatabaseError> {
        let mut answers = Vec::new();
        for (name, text) in [
            ("journal_mode", "PRAGMA journal_mode"),
            ("synchronous", "PRAGMA synchronous"),
            ("foreign_keys", "PRAGMA foreign_keys"),
            ("busy_timeout", "PRAGMA busy_timeout"),
        ] {
            let row = sqlx::query(text).fetch_one(&mut *connection).await?;
            let value = row
                .try_get::<i64, _>(0)
                .map(|number| number.to_string())
                .or_else(|_| row.try_get::<String, _>(0))?;
            answers.push(format!("{name}={value}"));
        }
        Ok(answers)
    }
    let folder = Folder::new();
    let database = folder.open().await;
    let wanted = [
        "journal_mode=wal",
        "synchronous=2",
        "foreign_keys=1",
        "busy_timeout=5000",
    ];
    let writer: Vec<String> = database
        .write(|connection| Box::pin(pragmas(connection)))
        .await
        .unwrap();
    assert_eq!(writer, wanted);
    let mut held = Vec::new();
    for _ in 0..4 {
        held.push(database.read().await.unwrap());
    }
    for connection in &mut held {
        assert_eq!(pragmas(connection).await.unwrap(), wanted);
    }
}

#[tokio::test]
async fn a_migration_that_was_edited_stops_the_start_and_is_named() {
    let folder = Folder::new();
    folder.open().await.close().await;
    let edited = Migration {
        sql: "CREATE TABLE shop_item (id BIGINT PRIMARY KEY); -- shorter",
        ..FIRST
    };
    let error = Database::open(&folder.url(), &[&[edited]]).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "migration shop/0001_item was edited after it was applied here"
    );
}

#[tokio::test]
async fn a_schema_ahead_of_the_program_stops_the_start() {
    let folder = Folder::new();
    Database::open(&folder.url(), &[&[FIRST, SECOND]])
        .await
        .unwrap()
        .close()
        .await;
    let error = Database::open(&folder.url(), &[&[FIRST]]).await.unwrap_err();
    assert_eq!(error.to_string(), "the schema of shop is at 2, this program knows 1");
}

#[tokio::test]
async fn a_migration_that_fails_leaves_nothing_and_the_earlier_ones_stay() {
    let folder = Folder::new();
    let broken = Migration {
        number: 2,
        name: "broken",
        sql: "CREATE TABLE shop_half (id BIGINT); CREATE TABLE shop_item (id BIGINT);",
        ..FIRST
    };
    let error = Database::open(&folder.url(), &[&[FIRST, broken]]).await.unwrap_err();
    assert!(
        matches!(&error, DatabaseError::MigrationFailed { number: 2, .. }),
        "{error}"
    );
    let database = Database::open(&folder.url(), &[&[FIRST, SECOND]]).await.unwrap();
    assert_eq!(count(&database).await, 0);
    let mut connection = database.read().await.unwrap();
    let half = sqlx::query("SELECT 1 FROM shop_half").fetch_all(&mut *connection).await;
    assert!(half.is_err());
}

#[tokio::test]
async fn many_rows_arrive_whole_whatever_their_number() {
    let folder = Folder::new();
    let database = folder.open().await;
    let mut next = 0_i64;
    for rows in [0_i64, 1, 2, 9, 13, 63, 64, 65, 200] {
        let ids = next..next + rows;
        next += rows;
        let result: Result<(), DatabaseError> = database
            .write(|connection| {
                Box::pin(async move {
                    let rows = ids.map(|id| {
                        let body = (id % 2 == 0).then(|| id.to_be_bytes().to_vec());
                        [id.into(), format!("第 {id} 号").into(), body.into()]
                    });
                    insert_rows(connection, "shop_item", ["id", "name", "body"], rows).await
                })
            })
            .await;
        result.unwrap();
        assert_eq!(count(&database).await, next);
    }
    let mut connection = database.read().await.unwrap();
    let row = sqlx::query("SELECT name, body FROM shop_item WHERE id = $1")
        .bind(400_i64)
        .fetch_one(&mut *connection)
        .await
        .unwrap();
    assert_eq!(row.get::<String, _>(0), "第 400 号");
    assert_eq!(row.get::<Vec<u8>, _>(1), 400_i64.to_be_bytes());
}

#[tokio::test]
async fn a_row_that_is_there_is_refused_or_skipped_as_asked() {
    let folder = Folder::new();
    let database = folder.open().await;
    database
        .write(|connection| Box::pin(add(connection, 1, "first")))
        .await
        .unwrap();
    let again: Result<(), DatabaseError> = database
        .write(|connection| Box::pin(add(connection, 1, "second")))
        .await;
    assert!(again.unwrap_err().is_unique_violation());
    let skipped: Result<(), DatabaseError> = database
        .write(|connection| {
            let rows = [[1_i64.into(), "second".into()], [2_i64.into(), "new".into()]];
            Box::pin(insert_rows_or_skip(connection, "shop_item", ["id", "name"], rows))
        })
        .await;
    skipped.unwrap();
    assert_eq!(count(&database).await, 2);
}

#[tokio::test]
async fn a_full_database_refuses_acts_and_works_again_when_there_is_space() {
    async fn fill(database: &Database, id: i64) -> Result<(), DatabaseError> {
        database
            .write(move |connection| {
                Box::pin(async move {
                    let rows = [[id.into(), "big".into(), vec![7_u8; 100_000].into()]];
                    insert_rows(connection, "shop_item", ["id", "name", "body"], rows).await
                })
            })
            .await
    }
    let folder = Folder::new();
    let database = folder.open().await;
    let limited: Result<(), DatabaseError> = database
        .write(|connection| {
            Box::pin(async move {
                sqlx::query("PRAGMA max_page_count = 64").execute(connection).await?;
                Ok(())
            })
        })
        .await;
    limited.unwrap();
    let mut kept = 0;
    let mut refusals = 0;
    for id in 0..6 {
        match fill(&database, id).await {
            Ok(()) => kept += 1,
            Err(DatabaseError::DiskFull { .. }) => {
                refusals += 1;
                // The writer opened a new connection, which has no limit: space has returned.
            }
            Err(other) => assert_eq!(other.to_string(), "the disk is full"),
        }
    }
    assert!(kept >= 2 && refusals >= 1, "kept {kept}, refused {refusals}");
    assert_eq!(count(&database).await, kept);
}

#[tokio::test]
async fn after_closing_every_clone_is_told() {
    let folder = Folder::new();
    let database = folder.open().await;
    let clone = database.clone();
    database.close().await;
    let late: Result<(), DatabaseError> = clone.write(|connection| Box::pin(add(connection, 1, "late"))).await;
    assert_eq!(late, Err(DatabaseError::Closed));
    assert!(matches!(clone.read().await, Err(DatabaseError::Closed)));
}

#[tokio::test]
async fn a_file_that_is_no_database_is_called_damaged() {
    let folder = Folder::new();
    let path = folder.folder.path().join("店 1.db");
    std::fs::write(&path, [0x5a; 8192]).unwrap();
    let error = Database::open(&folder.url(), &[]).await.unwrap_err();
    assert!(matches!(error, DatabaseError::Corrupt { .. }), "{error}");
    let error = Database::open_read_only(&folder.url()).await.unwrap_err();
    assert!(matches!(error, DatabaseError::Corrupt { .. }), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_copy_in_a_folder_that_cannot_be_written_is_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    folder.open().await.close().await;
    let name = folder.folder.path();
    std::fs::set_permissions(name, std::fs::Permissions::from_mode(0o500)).unwrap();
    // For a superuser every folder can be written; then this only tests that reading works.
    let outside = Database::open_read_only(&folder.url()).await;
    std::fs::set_permissions(name, std::fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!(count(&outside.unwrap()).await, 0);
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    let _database = folder.open().await;
    let mode = std::fs::metadata(folder.folder.path().join("店 1.db"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}
