//! The follower: what it keeps, where it goes on, what stops it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use gm_suite::KeyAlgorithm;
use hefu_certificate::Status;
use hefu_records::{Entry, Feed, FeedError};
use hefu_rulebook::{Explain, Kind, Language};
use hefu_status::{NameDisplay, Pace, StatusDesk, StatusSettings};
use pkix_status::CertStatus;
use serde_json::json;

use crate::zone::{TestAuthority, VALID_FOR, Zone, after, ask, change, follow, start};

#[tokio::test]
async fn a_desk_that_was_stopped_goes_on_where_it_was() {
    let zone = Zone::new().await;
    let ca = TestAuthority::new("sm2", KeyAlgorithm::Sm2);
    let (first, second) = (ca.person("张三"), ca.person("李四"));
    zone.record_issued(&first, start()).await;
    zone.record_changed(&change(&first, Status::Revoked, after(1))).await;
    let desk = zone.desk(&[&ca]).await;
    follow(&desk, after(1)).await;
    drop(desk);

    zone.record_issued(&second, after(2)).await;
    let desk = zone.desk(&[&ca]).await;
    let followed = desk.follow_once(after(2)).await.unwrap();
    assert_eq!((followed.entries, followed.next, followed.at_end), (1, 3, false));
    assert!(desk.follow_once(after(2)).await.unwrap().at_end);
    assert_eq!(desk.certificates_known(), 4);
    assert!(matches!(
        ask(&desk, &ca, first.parts[1].serial, after(2)),
        CertStatus::Revoked { .. }
    ));
    assert_eq!(ask(&desk, &ca, second.parts[1].serial, after(2)), CertStatus::Good);
}

#[tokio::test]
async fn reading_the_records_again_from_the_beginning_changes_nothing() {
    let zone = Zone::new().await;
    let ca = TestAuthority::new("sm2", KeyAlgorithm::Sm2);
    let pair = ca.person("张三");
    zone.record_issued(&pair, start()).await;
    for (minute, status) in [(1, Status::Suspended), (2, Status::Valid), (3, Status::Revoked)] {
        zone.record_changed(&change(&pair, status, after(minute))).await;
    }
    let desk = zone.desk(&[&ca]).await;
    follow(&desk, after(3)).await;
    let serial = pair.parts[0].serial;
    let before = (
        ask(&desk, &ca, serial, after(4)),
        desk.certificate(&serial.to_string(), after(4)).await.unwrap(),
    );
    drop(desk);

    zone.database
        .write(|connection| {
            Box::pin(async move {
                sqlx::query("DELETE FROM record_cursor").execute(connection).await?;
                Ok::<_, hefu_database::DatabaseError>(())
            })
        })
        .await
        .unwrap();
    let desk = zone.desk(&[&ca]).await;
    let followed = desk.follow_once(after(4)).await.unwrap();
    assert_eq!(followed.entries, 4);
    let again = (
        ask(&desk, &ca, serial, after(4)),
        desk.certificate(&serial.to_string(), after(4)).await.unwrap(),
    );
    assert_eq!(again, before);
    assert_eq!(desk.certificates_known(), 2);
}

#[tokio::test]
async fn the_delegates_own_certificate_is_answered_for() {
    let zone = Zone::new().await;
    let ca = TestAuthority::new("sm2", KeyAlgorithm::Sm2);
    let desk = zone.desk(&[&ca]).await;
    zone.record_certified(&ca.delegate_fact()).await;
    follow(&desk, start()).await;
    let serial = hefu_certificate::IssuedCertificate::parse(&ca.delegate_certificate)
        .unwrap()
        .serial();
    assert_eq!(ask(&desk, &ca, serial, start()), CertStatus::Good);
    let view = desk.certificate(&serial.to_string(), start()).await.unwrap();
    assert_eq!(
        (view.profile.as_str(), view.subject.as_str()),
        ("ocsp-signer", "OCSP, Example CA")
    );
}

#[tokio::test]
async fn a_kind_that_came_later_or_cannot_be_read_stops_the_follower_and_nothing_is_kept() {
    for (kind, body, code) in [
        ("status-changed/2", json!({}), "record-version-unknown"),
        ("certificate-issued/1", json!({"authority": "sm2"}), "record-unreadable"),
        (
            "authority-certified/1",
            json!({"authority": "sm2"}),
            "record-unreadable",
        ),
    ] {
        let zone = Zone::new().await;
        let ca = TestAuthority::new("sm2", KeyAlgorithm::Sm2);
        let desk = zone.desk(&[&ca]).await;
        let pair = ca.person("张三");
        zone.record("key-ceremony/1", &json!({"about": "something else"}), start())
            .await;
        zone.record_issued(&pair, start()).await;
        zone.record(kind, &body, start()).await;
        let error = desk.follow_once(start()).await.unwrap_err();
        assert_eq!((error.code(), error.kind()), (code, Kind::Malformed));
        assert!(error.message(Language::Chinese).contains("第2条记录"), "{error}");
        assert_eq!((desk.certificates_known(), desk.true_at()), (0, None));
        assert!(
            desk.certificate(&pair.parts[0].serial.to_string(), start())
                .await
                .is_err()
        );
    }
}

#[tokio::test]
async fn a_pair_must_be_a_pair() {
    let zone = Zone::new().await;
    let ca = TestAuthority::new("sm2", KeyAlgorithm::Sm2);
    let desk = zone.desk(&[&ca]).await;
    let mut half = ca.person("张三");
    half.parts.pop();
    zone.record_issued(&half, start()).await;
    assert_eq!(desk.follow_once(start()).await.unwrap_err().code(), "record-unreadable");
}

/// A feed that gives what it is told to.
#[derive(Default)]
struct Scripted(Mutex<Vec<Result<Vec<Entry>, FeedError>>>);

impl Feed for Scripted {
    fn read(&self, _: u64, _: u32) -> futures_util::future::BoxFuture<'_, Result<Vec<Entry>, FeedError>> {
        let next = self.0.lock().unwrap().pop().unwrap_or_else(|| Ok(Vec::new()));
        Box::pin(async move { next })
    }
}

#[tokio::test]
async fn a_feed_with_a_gap_or_without_an_answer_is_named() {
    let zone = Zone::new().await;
    let entry = |index| Entry {
        index,
        at: start(),
        kind: "other/1".to_owned(),
        subject: String::new(),
        actor: String::new(),
        body: json!(null),
    };
    let feed = Scripted::default();
    feed.0.lock().unwrap().extend([
        Ok(vec![entry(1), entry(2)]),
        Ok(vec![entry(0), entry(2)]),
        Err(FeedError::Unreachable("no route".to_owned())),
        Ok(vec![entry(5)]),
    ]);
    let settings = StatusSettings {
        database: zone.database.clone(),
        feed: Arc::new(feed),
        authorities: Vec::new(),
        answers_valid_for: VALID_FOR,
        names: NameDisplay::Masked,
    };
    let desk = StatusDesk::open(settings, start()).await.unwrap();
    let mut codes = Vec::new();
    for _ in 0..4 {
        codes.push(
            desk.follow_once(start())
                .await
                .map(|followed| followed.next)
                .map_err(|error| error.to_string()),
        );
    }
    assert_eq!(
        codes,
        [
            Err("the feed gave record 5 where 0 comes next".to_owned()),
            Err("the records cannot be reached: no route".to_owned()),
            Err("the feed gave record 2 where 1 comes next".to_owned()),
            Err("the feed gave record 1 where 0 comes next".to_owned()),
        ]
    );
}

#[tokio::test]
async fn when_nobody_knows_whether_a_portion_was_kept_the_index_is_filled_from_the_table() {
    let zone = Zone::new().await;
    let ca = TestAuthority::new("sm2", KeyAlgorithm::Sm2);
    zone.record_issued(&ca.person("张三"), start()).await;
    let newer = Entry {
        index: 0,
        at: start(),
        kind: "certificate-issued/9".to_owned(),
        subject: String::new(),
        actor: String::new(),
        body: json!(null),
    };
    let feed = Scripted::default();
    feed.0.lock().unwrap().push(Ok(vec![newer]));
    let settings = StatusSettings {
        database: zone.database.clone(),
        feed: Arc::new(feed),
        authorities: Vec::new(),
        answers_valid_for: VALID_FOR,
        names: NameDisplay::Masked,
    };
    let desk = StatusDesk::open(settings, start()).await.unwrap();
    assert!(desk.follow_once(start()).await.is_err());
    // As if that transaction had been kept after all: the table and the cursor moved on without the index.
    follow(&zone.desk(&[&ca]).await, start()).await;
    assert_eq!(desk.certificates_known(), 0);
    assert_eq!(desk.follow_once(start()).await.unwrap().next, 1);
    assert_eq!(desk.certificates_known(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_loop_follows_when_woken_and_ends_when_told() {
    let zone = Zone::new().await;
    let ca = TestAuthority::new("sm2", KeyAlgorithm::Sm2);
    let desk = Arc::new(zone.desk(&[&ca]).await);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let pace = Pace {
        poll: Duration::from_hours(1),
        wake: Some(zone.records.subscribe()),
        gather: Duration::ZERO,
    };
    let running = tokio::spawn({
        let desk = Arc::clone(&desk);
        async move { desk.run(pace, start, async { drop(stopped.await) }).await }
    });
    let pair = ca.person("张三");
    zone.record_issued(&pair, start()).await;
    for _ in 0..1000 {
        if desk.certificates_known() == 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(ask(&desk, &ca, pair.parts[0].serial, start()), CertStatus::Good);
    stop.send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(10), running)
        .await
        .unwrap()
        .unwrap();
}
