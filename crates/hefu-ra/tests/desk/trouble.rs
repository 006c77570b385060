//! Trouble on the line to the certification authority, and crashes at every point of the road.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::sync::atomic::Ordering;

use crate::house::{House, Trouble, house, key, noon, person, single, told};
use futures_util::future::join_all;
use gm_suite::KeyAlgorithm;
use hefu_ra::{Recovery, Stage, Then};
use hefu_rulebook::{Blame, Explain as _};

/// Approves with issuance while there is trouble; the application's number and what was told.
async fn approve_in(house: &House, trouble: Trouble) -> (hefu_ra::ApplicationId, String) {
    let id = house.enter(person(&key(KeyAlgorithm::Sm2))).await.id;
    house.authority.meet(trouble);
    let error = told(house.desk.approve(&house.approving, id, Then::Issue, noon()).await);
    house.authority.meet(Trouble::None);
    (id, error)
}

fn issued(house: &House) -> usize {
    house.authority.issued.load(Ordering::Relaxed)
}

#[tokio::test]
async fn an_authority_that_cannot_be_reached_leaves_the_request_and_calling_again_is_safe() {
    let house = house().await;
    let (id, error) = approve_in(&house, Trouble::Before).await;
    assert_eq!(
        error,
        "authority-unreachable: the certification authority gave no reply: the line is down"
    );
    assert_eq!(house.desk.application(id).await.unwrap().state, Stage::Requested);
    let done = house.desk.issue(&house.approving, id, noon()).await.unwrap();
    assert_eq!(
        (done.state, done.certificates.len(), issued(&house)),
        (Stage::Issued, 2, 1)
    );
    let kinds = house.kinds(&format!("application:{id}")).await;
    assert_eq!(
        kinds.iter().filter(|kind| *kind == "certificate-requested/1").count(),
        1
    );
}

#[tokio::test]
async fn a_reply_that_is_lost_costs_no_second_certificate() {
    let house = house().await;
    let (id, error) = approve_in(&house, Trouble::After).await;
    assert!(error.starts_with("authority-unreachable"), "{error}");
    let done = house.desk.issue(&house.approving, id, noon()).await.unwrap();
    assert_eq!((done.state, issued(&house)), (Stage::Issued, 1));
    let again = house.desk.issue(&house.approving, id, noon()).await.unwrap();
    assert_eq!(
        serde_json::to_value(again).unwrap(),
        serde_json::to_value(done).unwrap()
    );
    assert_eq!(issued(&house), 1);
}

#[tokio::test]
async fn after_a_crash_every_request_is_settled_whatever_the_authority_saw() {
    let mut house = house().await;
    let (never_sent, _) = approve_in(&house, Trouble::Before).await;
    let (answer_lost, _) = approve_in(&house, Trouble::After).await;
    let approved = house.enter(person(&key(KeyAlgorithm::Sm2))).await.id;
    house
        .desk
        .approve(&house.approving, approved, Then::Stop, noon())
        .await
        .unwrap();
    house.reopen();
    assert_eq!(
        house.desk.recover(noon()).await.unwrap(),
        Recovery { settled: 2, waiting: 0 }
    );
    for id in [never_sent, answer_lost] {
        assert_eq!(house.desk.application(id).await.unwrap().state, Stage::Issued);
    }
    assert_eq!(house.desk.application(approved).await.unwrap().state, Stage::Approved);
    assert_eq!(issued(&house), 2);
    assert_eq!(house.desk.recover(noon()).await.unwrap(), Recovery::default());
}

#[tokio::test]
async fn a_start_without_the_authority_leaves_requests_waiting() {
    let mut house = house().await;
    let (id, _) = approve_in(&house, Trouble::Before).await;
    house.authority.meet(Trouble::Before);
    house.reopen();
    assert_eq!(
        house.desk.recover(noon()).await.unwrap(),
        Recovery { settled: 0, waiting: 1 }
    );
    assert_eq!(house.desk.application(id).await.unwrap().state, Stage::Requested);
}

#[tokio::test]
async fn a_reply_that_cannot_be_believed_changes_nothing() {
    let house = house().await;
    for (trouble, code) in [
        (Trouble::Garbage, "authority-reply-unbelievable"),
        (Trouble::WrongKey, "authority-reply-unbelievable"),
        (Trouble::OtherBatch, "authority-reply-unbelievable"),
        (Trouble::Silence, "authority-reply-incomplete"),
    ] {
        let (id, error) = approve_in(&house, trouble).await;
        assert!(error.starts_with(code), "{trouble:?}: {error}");
        assert_eq!(
            house.desk.application(id).await.unwrap().state,
            Stage::Requested,
            "{trouble:?}"
        );
        assert_eq!(
            house.desk.issue(&house.approving, id, noon()).await.unwrap().state,
            Stage::Issued
        );
    }
}

#[tokio::test]
async fn certificates_that_were_not_asked_for_are_not_taken() {
    let house = house().await;
    let (other_key, error) = approve_in(&house, Trouble::OtherKey).await;
    assert!(error.ends_with("the certificate holds another key"), "{error}");
    let (half, error) = approve_in(&house, Trouble::HalfPair).await;
    assert!(
        error.starts_with("authority-answer-wrong") && error.ends_with("not a whole pair"),
        "{error}"
    );
    for id in [other_key, half] {
        let view = house.desk.application(id).await.unwrap();
        assert_eq!((view.state, view.certificates.len()), (Stage::Requested, 0));
    }
}

#[tokio::test]
async fn a_request_that_is_pending_is_asked_about_again() {
    let house = house().await;
    let (id, error) = approve_in(&house, Trouble::Pending).await;
    assert!(error.starts_with("request-pending"), "{error}");
    let error = house.desk.issue(&house.approving, id, noon()).await.unwrap_err();
    assert_eq!(
        (error.code(), error.blame()),
        ("request-pending", Blame::CertificationAuthority)
    );
    assert_eq!(house.desk.application(id).await.unwrap().state, Stage::Requested);
}

#[tokio::test]
async fn an_authority_that_refuses_gives_the_application_back_to_the_officers() {
    let house = house().await;
    let (id, error) = approve_in(&house, Trouble::Refuse).await;
    assert_eq!(
        error,
        "authority-refused: the certification authority refused (lint): a rule says no (Electronic Signature Law)"
    );
    assert_eq!(house.desk.application(id).await.unwrap().state, Stage::Approved);
    let refused = house.bodies("issuance-refused/1").await;
    assert_eq!(refused[0]["code"], "lint");
    let requests = house.bodies("certificate-requested/1").await;
    assert_eq!(refused[0]["request"], requests[0]["request"]);
    assert_eq!(
        house.desk.issue(&house.approving, id, noon()).await.unwrap().state,
        Stage::Issued
    );
    let requests = house.bodies("certificate-requested/1").await;
    assert_ne!(
        requests[0]["request"], requests[1]["request"],
        "a new request has a new number"
    );
    let (id, _) = approve_in(&house, Trouble::Refuse).await;
    assert_eq!(
        house
            .desk
            .reject(&house.approving, id, "不予签发", noon())
            .await
            .unwrap()
            .state,
        Stage::Rejected
    );
}

#[tokio::test]
async fn what_the_authority_may_have_done_cannot_be_rejected() {
    let house = house().await;
    let (id, _) = approve_in(&house, Trouble::After).await;
    let error = told(house.desk.reject(&house.approving, id, "too late", noon()).await);
    assert!(
        error.starts_with("out-of-order: the application is requested"),
        "{error}"
    );
}

#[tokio::test]
async fn many_who_ask_for_one_issuance_get_the_same_certificates() {
    let house = house().await;
    let (id, _) = approve_in(&house, Trouble::Before).await;
    let answers = join_all((0..16).map(|_| house.desk.issue(&house.approving, id, noon()))).await;
    let mut serials: Vec<String> = answers
        .into_iter()
        .map(|answer| answer.unwrap().certificates[0].serial.clone())
        .collect();
    serials.dedup();
    assert_eq!((serials.len(), issued(&house)), (1, 1));
    assert_eq!(house.bodies("certificate-delivered/1").await.len(), 1);
}

#[tokio::test]
async fn a_caller_who_goes_away_does_not_stop_the_issuance() {
    let house = house().await;
    let id = house.enter(single(&key(KeyAlgorithm::Sm2))).await.id;
    house
        .desk
        .approve(&house.approving, id, Then::Stop, noon())
        .await
        .unwrap();
    let asked = tokio::time::timeout(
        std::time::Duration::from_micros(1),
        house.desk.issue(&house.approving, id, noon()),
    );
    let _ = asked.await;
    for _ in 0..200 {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        let state = house.desk.application(id).await.unwrap().state;
        if state == Stage::Issued || state == Stage::Approved {
            return;
        }
    }
    assert_ne!(house.desk.application(id).await.unwrap().state, Stage::Requested);
}
