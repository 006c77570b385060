//! Who is listened to, and how often.

use jiff::SignedDuration;
use registration_protocol::{Item, Outcome};

use super::authority::{noon, sm2};
use super::house::{House, addressed, batch, code, person};
use crate::facts::RequestRefused;

#[tokio::test]
async fn a_batch_counts_only_with_the_signature_of_a_known_registration_authority() {
    let house = House::new().await;
    let item = || vec![Item::Issue(person("person-sm2-single", &sm2()))];
    let check = async |der: Vec<u8>| match house.mint.submit(&der, noon()).await {
        Ok(_) => "answered",
        Err(error) => code(&error),
    };
    assert_eq!(
        check(batch("ra9", item(), noon(), &house.ra)).await,
        "registration-authority-unknown"
    );
    assert_eq!(
        check(batch("ra1", item(), noon(), &sm2())).await,
        "batch-wrong-signature"
    );
    assert_eq!(
        check(addressed(sm2().public_key(), "ra1", item(), noon(), &house.ra)).await,
        "batch-for-another-authority"
    );
    assert_eq!(check(b"nonsense".to_vec()).await, "batch-malformed");
    let mut changed = batch("ra1", item(), noon(), &house.ra);
    changed.pop();
    assert_eq!(check(changed).await, "batch-malformed");
    assert_eq!(
        house.count("ca_request").await + house.count("record_entry").await,
        0,
        "nothing is kept of it"
    );
}

#[tokio::test]
async fn a_stale_batch_leaves_no_trace_and_its_requests_may_come_again() {
    let house = House::new().await;
    let issue = person("person-sm2-single", &sm2());
    let check = async |minutes: i64| {
        let der = house.sign(
            vec![Item::Issue(issue.clone())],
            noon() + SignedDuration::from_mins(minutes),
        );
        match house.mint.submit(&der, noon()).await {
            Ok(_) => "answered",
            Err(error) => code(&error),
        }
    };
    assert_eq!(check(-6).await, "batch-stale");
    assert_eq!(check(6).await, "batch-from-the-future");
    assert_eq!(check(-5).await, "answered");
}

#[tokio::test]
async fn a_replayed_batch_is_refused_and_recorded_once() {
    let house = House::new().await;
    let issue = person("person-sm2-single", &sm2());
    let der = house.sign(vec![Item::Issue(issue.clone())], noon());
    assert!(matches!(
        house.send(der.clone()).await.unwrap().answers[0].1,
        Outcome::Issued(_)
    ));
    for _ in 0..3 {
        let reply = house.send(der.clone()).await.unwrap();
        let Outcome::Refused(refused) = &reply.answers[0].1 else {
            panic!()
        };
        assert_eq!(refused.code, "replayed");
    }
    let refused = house.facts::<RequestRefused>(RequestRefused::KIND).await;
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0].request, hex::encode(issue.request_id));
    assert_eq!(house.count("ca_certificate").await, 1);
}

#[tokio::test]
async fn the_same_request_in_a_fresh_batch_is_a_replay_too() {
    let house = House::new().await;
    let issue = person("person-sm2-single", &sm2());
    house.issued(issue.clone()).await;
    assert_eq!(house.refused(Item::Issue(issue)).await.code, "replayed");
}

#[tokio::test]
async fn a_request_id_serves_one_request_for_ever() {
    let house = House::new().await;
    let first = person("person-sm2-single", &sm2());
    house.issued(first.clone()).await;
    let mut other = person("person-sm2-single", &sm2());
    other.request_id = first.request_id;
    assert_eq!(
        house.refused(Item::Issue(other.clone())).await.code,
        "request-id-reused"
    );
    assert_eq!(house.refused(Item::Issue(other)).await.code, "request-id-reused");
    assert_eq!(house.facts::<RequestRefused>(RequestRefused::KIND).await.len(), 1);
    // The other registration authority may not use it either, not even for the same request.
    let der = batch("ra2", vec![Item::Issue(first.clone())], noon(), &house.ra);
    let reply = house.send(der).await.unwrap();
    let Outcome::Refused(refused) = &reply.answers[0].1 else {
        panic!()
    };
    assert_eq!(refused.code, "request-id-reused");
}

#[tokio::test]
async fn the_same_request_in_two_batches_at_once_is_issued_once() {
    let house = House::new().await;
    let issue = person("person-sm2", &sm2());
    let asks = (0..8).map(|_| house.ask(vec![Item::Issue(issue.clone())]));
    let replies = futures_util::future::join_all(asks).await;
    let issued = replies
        .iter()
        .filter(|reply| matches!(reply.as_ref().unwrap().answers[0].1, Outcome::Issued(_)));
    assert_eq!(issued.count(), 1);
    assert_eq!(house.count("ca_certificate").await, 2);
}

#[tokio::test]
async fn an_inquiry_says_what_became_of_a_request_to_the_one_who_asked_it() {
    let house = House::new().await;
    let single = person("person-sm2-single", &sm2());
    let pair = person("person-sm2", &sm2());
    let first = Outcome::Issued(house.issued(single.clone()).await);
    let second = Outcome::Issued(house.issued(pair.clone()).await);
    assert_eq!(house.inquire(single.request_id).await, first);
    assert_eq!(house.inquire(pair.request_id).await, second);
    assert_eq!(house.inquire([0; 16]).await, Outcome::Unknown);

    let mut unwanted = person("person-sm2-single", &sm2());
    unwanted.profile = "nobody".to_owned();
    let refused = Outcome::Refused(house.refused(Item::Issue(unwanted.clone())).await);
    assert_eq!(house.inquire(unwanted.request_id).await, refused);

    let der = batch(
        "ra2",
        vec![Item::Inquire {
            request_id: single.request_id,
        }],
        noon(),
        &house.ra,
    );
    assert_eq!(house.send(der).await.unwrap().answers[0].1, Outcome::Unknown);
}
