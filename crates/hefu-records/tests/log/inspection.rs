//! What an auditor relies on: found by what one asks for, shown as it stands, proven to a stranger.

use hefu_records::{ExhibitError, Find, NewEntry, Records, RecordsError, append};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::house::{House, key, now, public_key};

async fn told(database: &hefu_database::Database, entries: Vec<NewEntry>) {
    let written =
        database.write(move |connection| Box::pin(async move { append(connection, &entries).await.map(drop) }));
    written.await.unwrap();
}

fn fact(seconds: i64, kind: &str, actor: &str, subject: &str, body: Value) -> NewEntry {
    NewEntry {
        at: now() + SignedDuration::from_secs(seconds),
        kind: kind.to_owned(),
        subject: subject.to_owned(),
        actor: actor.to_owned(),
        body,
    }
}

/// Five facts, the last told out of the order of their times.
fn facts() -> Vec<NewEntry> {
    vec![
        fact(
            0,
            "application-entered/1",
            "officer:3",
            "application:A1",
            json!({"applicant": "f00d"}),
        ),
        fact(
            10,
            "application-refused/1",
            "officer:4",
            "application:A1",
            json!({"code": "same-officer"}),
        ),
        fact(
            20,
            "certificate-issued/1",
            "mint",
            "4f2a",
            json!({"parts": [{"serial": "4f2a91c7"}, {"serial": "4f2a91c8"}]}),
        ),
        fact(
            40,
            "session-opened/1",
            "officer:3",
            "officer:3",
            json!({"session": "00aa"}),
        ),
        fact(
            30,
            "application-refused/1",
            "officer:3",
            "application:B2",
            json!({"code": "out-of-order"}),
        ),
    ]
}

async fn found(records: &Records, find: Find) -> Vec<u64> {
    let found = records.find(&Find { limit: 50, ..find }).await.unwrap();
    found.items.iter().map(|seen| seen.index).collect()
}

#[tokio::test]
async fn records_are_found_by_what_one_asks_for_newest_first() {
    let house = House::new();
    let (database, records) = house.open().await;
    told(&database, facts()).await;
    let at = |seconds| Some(now() + SignedDuration::from_secs(seconds));
    let named = |name: &str| Find {
        name: Some(name.to_owned()),
        ..Find::default()
    };
    let by = |actor: &str| Find {
        actor: Some(actor.to_owned()),
        ..Find::default()
    };
    let kinds = |kinds: &[&str]| Find {
        kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
        ..Find::default()
    };
    for (find, expected) in [
        (Find::default(), &[3, 4, 2, 1, 0][..]),
        (kinds(&["application-refused/1"]), &[4, 1]),
        (kinds(&["application-refused/1", "session-opened/1"]), &[3, 4, 1]),
        (kinds(&["nothing/1"]), &[]),
        (by("officer:3"), &[3, 4, 0]),
        (
            Find {
                actor: Some("officer:3".to_owned()),
                ..kinds(&["application-refused/1"])
            },
            &[4],
        ),
        (named("application:A1"), &[1, 0]),
        (named("a1"), &[1, 0]),
        (named("4F2A 91C8"), &[2]),
        (named("f00d"), &[0]),
        (named("same-officer"), &[]),
        (
            Find {
                from: at(10),
                until: at(40),
                ..Find::default()
            },
            &[4, 2, 1],
        ),
        (
            Find {
                from: at(15),
                ..named("a1")
            },
            &[],
        ),
    ] {
        assert_eq!(found(&records, find.clone()).await, expected, "{find:?}");
    }
    let all = [
        "application-entered/1",
        "application-refused/1",
        "certificate-issued/1",
        "session-opened/1",
    ];
    assert_eq!(records.kinds().await.unwrap(), all);
}

#[tokio::test]
async fn a_page_begins_where_the_one_before_ended_also_at_one_moment() {
    let house = House::new();
    let (database, records) = house.open().await;
    told(
        &database,
        (0..23)
            .map(|number| fact(number / 5, "noted/1", "mint", "x", json!({})))
            .collect(),
    )
    .await;
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let find = Find {
            name: Some("x".to_owned()),
            after,
            limit: 4,
            ..Find::default()
        };
        let page = records.find(&find).await.unwrap();
        seen.extend(page.items.iter().map(|one| one.index));
        after = page
            .items
            .last()
            .and_then(|last| Some((last.entry.as_ref()?.at, last.index)));
        if !page.is_more {
            break;
        }
    }
    assert_eq!(seen, (0..23).rev().collect::<Vec<u64>>());
}

#[tokio::test]
async fn labels_are_given_in_portions_and_once() {
    let house = House::new();
    let (database, records) = house.open().await;
    told(
        &database,
        (0..30).map(|_| fact(0, "noted/1", "mint", "x", json!({}))).collect(),
    )
    .await;
    assert_eq!(records.label(10).await.unwrap(), 10);
    assert_eq!(records.label(10).await.unwrap(), 20);
    let (other, again) = (records.clone(), records.clone());
    let (one, two) = tokio::join!(other.label(100), again.label(100));
    assert_eq!((one.unwrap(), two.unwrap()), (30, 30));
    assert_eq!(found(&records, Find::default()).await.len(), 30);
}

#[tokio::test]
async fn a_changed_and_a_missing_record_stand_in_their_places_and_hide_no_other() {
    let (house, _) = House::filled(&[5], 1).await;
    let mut forger = house.forger().await;
    forger
        .run("UPDATE record_entry SET bytes = CAST(replace(CAST(bytes AS TEXT), 'mint', 'mink') AS BLOB) WHERE idx = 2")
        .await;
    forger.run("DELETE FROM record_entry WHERE idx = 3").await;
    forger.done().await;
    let (_database, records) = house.open().await;
    let seen = records.latest(None, 50).await.unwrap();
    let doubts: Vec<_> = seen.iter().map(|one| (one.index, one.doubt.clone())).collect();
    assert_eq!(
        doubts,
        [
            (5, None),
            (4, None),
            (3, Some(RecordsError::Missing { index: 3 })),
            (2, Some(RecordsError::Changed { index: 2 })),
            (1, None),
            (0, None),
        ]
    );
    assert_eq!(
        seen[3].entry.as_ref().unwrap().actor,
        "mink",
        "what stands there now is shown"
    );
    assert_eq!(records.latest(Some(2), 1).await.unwrap()[0].index, 1);
    assert!(records.seen(6).await.unwrap().is_none());
    assert_eq!(records.exhibit(2).await, Err(RecordsError::Changed { index: 2 }));
    assert_eq!(records.exhibit(3).await, Err(RecordsError::Missing { index: 3 }));
    assert_eq!(
        records.exhibit(5).await,
        Err(RecordsError::NotSealed { index: 5, size: 5 })
    );
    assert_eq!(
        records.exhibit(60).await,
        Err(RecordsError::NotSealed { index: 60, size: 6 })
    );
}

#[tokio::test]
async fn a_record_forged_with_its_hash_has_no_exhibit() {
    let (house, _) = House::filled(&[5], 0).await;
    let mut forger = house.forger().await;
    let bytes = fact(0, "certificate-issued/1", "mink", "x", json!({}))
        .to_bytes()
        .unwrap();
    let leaf = record_log::leaf_hash(&bytes);
    let (leaf, bytes) = (hex::encode(leaf.as_bytes()), hex::encode(bytes));
    let text = format!("UPDATE record_entry SET leaf = x'{leaf}', bytes = x'{bytes}' WHERE idx = 2");
    forger.run(&text).await;
    forger.done().await;
    let (_database, records) = house.open().await;
    assert!(
        records.seen(2).await.unwrap().unwrap().doubt.is_none(),
        "the row is sound by itself"
    );
    assert_eq!(records.exhibit(2).await, Err(RecordsError::Tree { size: 5 }));
    assert!(!records.verify().await.unwrap().is_sound());
}

#[tokio::test]
async fn a_stranger_checks_an_exhibit_with_the_public_key_alone() {
    let (house, _) = House::filled(&[300], 0).await;
    let (_database, records) = house.open().await;
    let text = serde_json::to_string(&records.exhibit(123).await.unwrap()).unwrap();
    let read = |text: &str| serde_json::from_str::<hefu_records::Exhibit>(text).unwrap();
    read(&text).verify(&public_key()).unwrap();
    assert!(matches!(
        read(&text).verify(key(8).public_key()),
        Err(ExhibitError::Checkpoint(_))
    ));
    let mut other = read(&text);
    other.record.actor = "mink".to_owned();
    assert!(matches!(other.verify(&public_key()), Err(ExhibitError::Proof(_))));
    let mut other = read(&text);
    other.proof.index = 124;
    assert_eq!(other.verify(&public_key()), Err(ExhibitError::Mismatch));
    let mut other = read(&text);
    other.checkpoint.size = 299;
    assert_eq!(other.verify(&public_key()), Err(ExhibitError::Mismatch));
    let mut other = read(&text);
    other.proof.leaf = other.checkpoint.root.clone();
    assert_eq!(other.verify(&public_key()), Err(ExhibitError::Mismatch));
}

#[tokio::test]
async fn the_last_seal_says_when_it_was_made() {
    let (house, _) = House::filled(&[3, 5], 2).await;
    let (_database, records) = house.open().await;
    let seal = records.last_seal().await.unwrap().unwrap();
    assert_eq!((seal.checkpoint.unverified().size(), seal.at), (5, now()));
    let empty = House::new();
    let (_database, records) = empty.open().await;
    assert!(records.last_seal().await.unwrap().is_none());
    assert_ne!(seal.at, Timestamp::MIN);
}
