//! What capabilities, followers and auditors rely on.

use std::sync::Arc;

use crate::house::{House, ORIGIN, entry, key, now, public_key, raw, record, record_and_fail, record_one};
use futures_util::future::join_all;
use gm_suite::{KeyAlgorithm, PrivateKey};
use hefu_database::{Constraint, DatabaseError};
use hefu_records::{
    Feed, READ_MAX, Records, RecordsError, Verification, VerifyError, advance, append, cursor, verify_store,
};
use record_log::TreeDigest;

#[tokio::test]
async fn entries_are_read_back_in_order_and_in_portions() {
    let house = House::new();
    let (database, records) = house.open().await;
    assert_eq!(records.head().await.unwrap(), 0);
    record(&database, 0..1500).await.unwrap();
    assert_eq!(records.head().await.unwrap(), 1500);
    let first = records.read(0, u32::MAX).await.unwrap();
    assert_eq!(first.len() as u64, u64::from(READ_MAX));
    let rest = records.read(u64::from(READ_MAX), READ_MAX).await.unwrap();
    assert_eq!((rest.len(), rest[0].index, rest[499].index), (500, 1000, 1499));
    assert_eq!(
        (&rest[0].subject, &rest[0].body),
        (&entry(1000).subject, &entry(1000).body)
    );
    assert!(records.read(1500, 10).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acts_at_the_same_time_get_numbers_without_gaps_also_when_some_fail() {
    let house = House::new();
    let (database, records) = house.open().await;
    let acts = (0..200_u64).map(|number| {
        let database = database.clone();
        async move {
            if number % 5 == 0 {
                assert_eq!(record_and_fail(&database, number).await, DatabaseError::Closed.into());
                None
            } else {
                Some((record_one(&database, number).await.unwrap(), number))
            }
        }
    });
    let mut kept: Vec<(u64, u64)> = join_all(acts).await.into_iter().flatten().collect();
    kept.sort_unstable();
    let indexes: Vec<u64> = kept.iter().map(|(index, _)| *index).collect();
    assert_eq!(indexes, (0..160).collect::<Vec<u64>>());
    let entries = records.read(0, READ_MAX).await.unwrap();
    for (index, number) in kept {
        assert_eq!(entries[usize::try_from(index).unwrap()].subject, entry(number).subject);
    }
}

#[tokio::test]
async fn appending_answers_the_first_index_whatever_the_number() {
    let house = House::new();
    let (database, _) = house.open().await;
    for (count, first) in [(0, 0), (1, 0), (3, 1), (0, 4), (1, 4), (70, 5)] {
        let entries: Vec<_> = (0..count).map(entry).collect();
        let answer: Result<u64, RecordsError> = database
            .write(move |connection| Box::pin(async move { append(connection, &entries).await }))
            .await;
        assert_eq!(answer.unwrap(), first);
    }
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_the_past() {
    let (house, _) = House::filled(&[3], 2).await;
    let mut connection = raw(&house.url()).await;
    for text in [
        "UPDATE record_entry SET bytes = x'00' WHERE idx = 1",
        "DELETE FROM record_entry WHERE idx = 4",
        "INSERT OR REPLACE INTO record_entry (idx, leaf, bytes) VALUES (1, zeroblob(32), x'00')",
        "INSERT INTO record_entry (idx, leaf, bytes) VALUES (9, zeroblob(32), x'00')",
        "INSERT INTO record_entry (idx, leaf, bytes) VALUES (-1, zeroblob(32), x'00')",
        "UPDATE record_checkpoint SET note = ''",
        "DELETE FROM record_checkpoint",
        "INSERT OR REPLACE INTO record_checkpoint (size, at, note, peaks, leaves) VALUES (3, 0, '', x'', x'')",
    ] {
        let error = DatabaseError::from(sqlx::query(text).execute(&mut connection).await.unwrap_err());
        assert!(
            matches!(
                error,
                DatabaseError::Refused {
                    constraint: Constraint::Trigger,
                    ..
                }
            ),
            "{text}: {error}"
        );
    }
    assert!(verify_store(&house.url(), &public_key()).await.unwrap().is_sound());
}

#[tokio::test]
async fn a_checkpoint_covers_what_is_there_and_the_next_goes_on_from_it() {
    let house = House::new();
    let (database, records) = house.open().await;
    let empty = records.checkpoint(now()).await.unwrap();
    assert_eq!(empty.unverified().size(), 0);
    assert_eq!(empty.unverified().root(), TreeDigest::Sm3.empty());
    record(&database, 0..5).await.unwrap();
    let first = records.checkpoint(now()).await.unwrap();
    assert_eq!(first.verify(ORIGIN, &public_key()).unwrap().size(), 5);
    assert_eq!(
        records.checkpoint(now()).await.unwrap(),
        first,
        "nothing new, no new signature"
    );
    record(&database, 5..12).await.unwrap();
    let second = records.checkpoint(now()).await.unwrap();
    let proof = records.consistency_proof(5, 12).await.unwrap();
    proof
        .verify(TreeDigest::Sm3, &first.unverified().root(), &second.unverified().root())
        .unwrap();
    assert_eq!(records.latest_checkpoint().await.unwrap(), Some(second.clone()));
    drop(records);
    database.close().await;
    let (database, records) = house.open().await;
    record(&database, 12..13).await.unwrap();
    let third = records.checkpoint(now()).await.unwrap();
    let proof = records.consistency_proof(12, 13).await.unwrap();
    proof
        .verify(TreeDigest::Sm3, &second.unverified().root(), &third.unverified().root())
        .unwrap();
}

#[tokio::test]
async fn every_sealed_entry_has_a_proof_and_no_other() {
    let house = House::new();
    let (database, records) = house.open().await;
    assert!(matches!(
        records.inclusion_proof(0).await,
        Err(RecordsError::NotSealed { index: 0, size: 0 })
    ));
    for (from, to) in [(0, 1), (1, 300), (300, 700), (700, 1100)] {
        record(&database, from..to).await.unwrap();
        records.checkpoint(now()).await.unwrap();
    }
    record(&database, 1100..1101).await.unwrap();
    let entries: Vec<_> = [
        records.read(0, 1000).await.unwrap(),
        records.read(1000, 1000).await.unwrap(),
    ]
    .concat();
    for index in [0, 1, 2, 255, 256, 257, 511, 512, 767, 768, 1000, 1023, 1024, 1098, 1099] {
        let (proof, checkpoint) = records.inclusion_proof(index).await.unwrap();
        let leaf = entries[usize::try_from(index).unwrap()].leaf().unwrap();
        proof
            .verify(TreeDigest::Sm3, &leaf, &checkpoint.unverified().root())
            .unwrap();
    }
    assert!(matches!(
        records.inclusion_proof(1100).await,
        Err(RecordsError::NotSealed {
            index: 1100,
            size: 1100
        })
    ));
    assert!(matches!(
        records.consistency_proof(2, 1100).await,
        Err(RecordsError::NotSealed { .. })
    ));
}

#[tokio::test]
async fn a_long_backlog_is_sealed_in_steps_and_verifies() {
    let house = House::new();
    let (database, records) = house.open().await;
    record(&database, 0..10_000).await.unwrap();
    let checkpoint = records.checkpoint(now()).await.unwrap();
    assert_eq!(checkpoint.unverified().size(), 10_000);
    let mut told = Vec::new();
    let key = public_key();
    let verification = Verification::new(&key)
        .origin(ORIGIN)
        .progress(|progress| told.push(progress));
    let report = verification.run(&house.url()).await.unwrap();
    assert!(report.is_sound(), "{:?}", report.findings);
    assert_eq!(
        (report.entries, report.sealed, report.unsealed, report.checkpoints),
        (10_000, 10_000, 0, 3)
    );
    assert_eq!(report.root, Some(checkpoint.unverified().root()));
    assert!(told.len() > 10);
    assert_eq!((told[told.len() - 1].done, told[0].total), (10_000, 10_000));
}

#[tokio::test]
async fn a_store_verifies_while_the_daemon_runs_and_counts_what_is_not_sealed() {
    let house = House::new();
    let (database, records) = house.open().await;
    let report = verify_store(&house.url(), &public_key()).await.unwrap();
    assert!(report.is_sound());
    assert_eq!((report.entries, report.checkpoints, report.origin), (0, 0, None));
    record(&database, 0..9).await.unwrap();
    records.checkpoint(now()).await.unwrap();
    record(&database, 9..13).await.unwrap();
    let report = verify_store(&house.url(), &public_key()).await.unwrap();
    assert!(report.is_sound());
    assert_eq!((report.entries, report.sealed, report.unsealed), (13, 9, 4));
    assert_eq!(report.origin.as_deref(), Some(ORIGIN));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_verifies_again_and_again_while_it_is_written_and_sealed() {
    let house = House::new();
    let (database, records) = house.open().await;
    let writing = tokio::spawn(async move {
        for number in 0.. {
            record_one(&database, number).await.unwrap();
            if number % 3 == 0 {
                records.checkpoint(now()).await.unwrap();
            }
        }
    });
    let mut last = 0;
    while last < 300 {
        let report = verify_store(&house.url(), &public_key()).await.unwrap();
        assert!(report.is_sound(), "{:?}", report.findings);
        assert!(report.entries >= last);
        last = report.entries;
    }
    writing.abort();
}

#[tokio::test]
async fn a_row_changed_before_it_was_sealed_stops_the_sealing() {
    let (house, _) = House::filled(&[4], 4).await;
    let mut forger = house.forger().await;
    forger
        .run("UPDATE record_entry SET bytes = x'7b7d' WHERE idx = 6")
        .await;
    forger.done().await;
    let (_, records) = house.open().await;
    let error = records.checkpoint(now()).await.unwrap_err();
    assert_eq!(error, RecordsError::Changed { index: 6 });
    assert_eq!(
        records.read(5, 10).await.unwrap_err(),
        error,
        "and no follower is told of it"
    );
    assert_eq!(records.read(0, 6).await.unwrap().len(), 6);
    assert!(error.is_doubt());
    assert_eq!(
        records.latest_checkpoint().await.unwrap().unwrap().unverified().size(),
        4
    );
}

#[tokio::test]
async fn rows_missing_before_they_were_sealed_stop_the_sealing() {
    for (text, index) in [
        ("DELETE FROM record_entry WHERE idx = 5", 5),
        ("DELETE FROM record_entry WHERE idx >= 2", 2),
    ] {
        let (house, _) = House::filled(&[4], 4).await;
        let mut forger = house.forger().await;
        forger.run(text).await;
        forger.done().await;
        let (_, records) = house.open().await;
        assert_eq!(
            records.checkpoint(now()).await.unwrap_err(),
            RecordsError::Missing { index }
        );
    }
}

#[tokio::test]
async fn a_log_sealed_by_another_key_or_for_another_log_is_not_opened() {
    let (house, _) = House::filled(&[2], 0).await;
    let database = house.database().await;
    let other = Records::open(database.clone(), ORIGIN, Arc::new(key(8))).await;
    assert!(matches!(other, Err(RecordsError::ForeignCheckpoint { size: 2, .. })));
    let other = Records::open(database.clone(), "elsewhere", Arc::new(key(7))).await;
    assert!(matches!(other, Err(RecordsError::ForeignCheckpoint { size: 2, .. })));
    let nameless = Records::open(database, "two words", Arc::new(key(7))).await;
    assert!(matches!(nameless, Err(RecordsError::Origin(_))));
}

#[tokio::test]
async fn any_algorithm_of_the_suite_can_seal() {
    for algorithm in [KeyAlgorithm::P256, KeyAlgorithm::Ed25519] {
        let house = House::new();
        let database = house.database().await;
        let key = Arc::new(PrivateKey::generate(algorithm).unwrap());
        let records = Records::open(database.clone(), ORIGIN, Arc::clone(&key) as _)
            .await
            .unwrap();
        record(&database, 0..3).await.unwrap();
        records.checkpoint(now()).await.unwrap();
        assert!(verify_store(&house.url(), key.public_key()).await.unwrap().is_sound());
    }
}

#[tokio::test]
async fn a_follower_keeps_its_place_and_never_goes_back() {
    async fn move_to(database: &hefu_database::Database, position: u64) -> Result<u64, RecordsError> {
        database
            .write(move |connection| {
                Box::pin(async move {
                    advance(connection, "status", position).await?;
                    cursor(connection, "status").await
                })
            })
            .await
    }
    let house = House::new();
    let (database, _) = house.open().await;
    let mut reader = database.read().await.unwrap();
    assert_eq!(cursor(&mut reader, "status").await.unwrap(), 0);
    assert_eq!(move_to(&database, 5).await, Ok(5));
    assert_eq!(move_to(&database, 5).await, Ok(5));
    assert_eq!(move_to(&database, 9).await, Ok(9));
    assert_eq!(
        move_to(&database, 8).await,
        Err(RecordsError::CursorBack {
            name: "status".to_owned(),
            position: 8
        })
    );
    assert_eq!(cursor(&mut reader, "directory").await.unwrap(), 0);
}

#[tokio::test]
async fn a_follower_that_waits_is_woken_by_a_commit() {
    let house = House::new();
    let (database, records) = house.open().await;
    let mut news = records.subscribe();
    news.mark_unchanged();
    let follower = tokio::spawn(async move {
        news.changed().await.unwrap();
        Feed::read(&records, 0, 10).await.unwrap().len()
    });
    record_one(&database, 1).await.unwrap();
    assert_eq!(follower.await.unwrap(), 1);
}

#[tokio::test]
async fn a_database_without_records_is_told_apart_from_an_empty_log() {
    let house = House::new();
    hefu_database::Database::open(&house.url(), &[])
        .await
        .unwrap()
        .close()
        .await;
    let error = verify_store(&house.url(), &public_key()).await.unwrap_err();
    assert_eq!(error, VerifyError::NoRecords);
    let missing = verify_store("sqlite:///nowhere/x.db", &public_key()).await.unwrap_err();
    assert!(matches!(missing, VerifyError::Database(DatabaseError::Missing { .. })));
}
