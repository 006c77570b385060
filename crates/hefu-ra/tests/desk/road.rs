//! The road as it should be walked, and every way of not walking it.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use crate::house::{
    House, bare, contract, house, identity, identity_on, key, later, noon, notice, person, server, single, told,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::future::join_all;
use gm_suite::KeyAlgorithm;
use gm_syntax::{CsrResponse, Sm2EnvelopedKey, pem_text};
use hefu_certificate::{IssuedCertificate, Usage};
use hefu_ra::{Stage, StepName, Then};

#[tokio::test]
async fn an_application_walks_the_road_step_by_step() {
    let House {
        desk,
        entering,
        approving,
        ..
    } = &house().await;
    let entered = desk
        .enter(entering, bare(&key(KeyAlgorithm::Sm2)), noon())
        .await
        .unwrap();
    let id = entered.id;
    assert_eq!((entered.state, entered.next), (Stage::Entered, Some(StepName::Notice)));
    let noticed = desk.acknowledge_notice(entering, id, notice(), noon()).await.unwrap();
    assert_eq!(
        (noticed.state, noticed.next),
        (Stage::Noticed, Some(StepName::Contract))
    );
    let contracted = desk.sign_contract(entering, id, contract(), noon()).await.unwrap();
    assert_eq!(
        (contracted.state, contracted.next),
        (Stage::Contracted, Some(StepName::Identity))
    );
    let identified = desk.verify_identity(entering, id, identity(), noon()).await.unwrap();
    assert_eq!(
        (identified.state, identified.next),
        (Stage::Identified, Some(StepName::Approval))
    );
    let approved = desk.approve(approving, id, Then::Stop, noon()).await.unwrap();
    assert_eq!(
        (approved.state, approved.next),
        (Stage::Approved, Some(StepName::Issuance))
    );
    let issued = desk.issue(approving, id, noon()).await.unwrap();
    assert_eq!((issued.state, issued.next), (Stage::Issued, None));
    assert_eq!(issued.approved_by, Some(approving.id()));
    let again = desk.application(id).await.unwrap();
    assert_eq!(
        serde_json::to_value(&again).unwrap(),
        serde_json::to_value(&issued).unwrap()
    );
}

#[tokio::test]
async fn a_pair_comes_whole_and_only_the_applicant_opens_the_encryption_key() {
    let house = house().await;
    let applicant = key(KeyAlgorithm::Sm2);
    let issued = house.issue(person(&applicant)).await;
    let usages: Vec<Usage> = issued.certificates.iter().map(|part| part.usage).collect();
    assert_eq!(usages, [Usage::Sign, Usage::Encrypt]);
    let certificate = |place: usize| {
        let der = pem_text::decode(issued.certificates[place].pem.as_bytes(), "CERTIFICATE").unwrap();
        IssuedCertificate::parse(&der).unwrap()
    };
    assert_eq!(certificate(0).public_key().unwrap(), *applicant.public_key());
    let octets = STANDARD.decode(issued.csr_response.unwrap()).unwrap();
    let response = CsrResponse::from_der(&octets).unwrap();
    assert_eq!(response.to_der().unwrap(), octets);
    assert_eq!((response.signing.len(), response.encryption.len()), (1, 1));
    let envelope = Sm2EnvelopedKey::from_der(&STANDARD.decode(issued.enveloped_key.unwrap()).unwrap()).unwrap();
    assert_eq!(Some(&envelope), response.enveloped_key.as_ref());
    let opened = envelope.open(&applicant).unwrap();
    assert_eq!(*opened.public_key(), certificate(1).public_key().unwrap());
    assert!(issued.issuer_pem.unwrap().starts_with("-----BEGIN CERTIFICATE-----"));
}

#[tokio::test]
async fn a_single_certificate_takes_the_same_road_without_an_envelope() {
    let house = house().await;
    let issued = house.issue(single(&key(KeyAlgorithm::Sm2))).await;
    assert_eq!(issued.certificates.len(), 1);
    assert_eq!(issued.certificates[0].usage, Usage::Single);
    assert!(issued.enveloped_key.is_none() && issued.csr_response.is_some());
    let issued = house.issue(server(&key(KeyAlgorithm::P256))).await;
    assert!(issued.csr_response.is_none(), "GM/T 0092 is about SM2");
}

#[tokio::test]
async fn each_step_is_one_record_also_when_they_come_in_one_call() {
    let house = house().await;
    let issued = house.issue(person(&key(KeyAlgorithm::Sm2))).await;
    assert_eq!(
        house.kinds(&format!("application:{}", issued.id)).await,
        [
            "application-entered/1",
            "notice-acknowledged/1",
            "contract-signed/1",
            "identity-verified/1",
            "application-approved/1",
            "certificate-requested/1",
            "certificate-delivered/1",
        ]
    );
    let delivered = house.bodies("certificate-delivered/1").await;
    let serials: Vec<_> = issued.certificates.iter().map(|part| part.serial.as_str()).collect();
    assert_eq!(delivered[0]["serials"], serde_json::json!(serials));
}

#[tokio::test]
async fn skipping_any_step_is_refused_and_recorded() {
    let House {
        desk,
        entering,
        approving,
        ..
    } = &house().await;
    let id = desk
        .enter(entering, bare(&key(KeyAlgorithm::Sm2)), noon())
        .await
        .unwrap()
        .id;
    let mut told_so = vec![
        told(desk.sign_contract(entering, id, contract(), noon()).await),
        told(desk.verify_identity(entering, id, identity(), noon()).await),
        told(desk.approve(approving, id, Then::Stop, noon()).await),
        told(desk.issue(approving, id, noon()).await),
    ];
    desk.acknowledge_notice(entering, id, notice(), noon()).await.unwrap();
    told_so.push(told(desk.acknowledge_notice(entering, id, notice(), noon()).await));
    told_so.push(told(desk.approve(approving, id, Then::Issue, noon()).await));
    desk.sign_contract(entering, id, contract(), noon()).await.unwrap();
    told_so.push(told(desk.approve(approving, id, Then::Stop, noon()).await));
    desk.verify_identity(entering, id, identity(), noon()).await.unwrap();
    told_so.push(told(desk.issue(approving, id, noon()).await));
    insta::assert_snapshot!(told_so.join("\n"), @r"
    out-of-order: the application is entered: contract is not the next step (Certification Services Measures 21 (unverified))
    out-of-order: the application is entered: identity is not the next step (Certification Services Measures 21 (unverified))
    out-of-order: the application is entered: approval is not the next step (Certification Services Measures 21 (unverified))
    out-of-order: the application is entered: issuance is not the next step (Certification Services Measures 21 (unverified))
    out-of-order: the application is noticed: notice is not the next step (Certification Services Measures 22 (unverified))
    out-of-order: the application is noticed: approval is not the next step (Certification Services Measures 22 (unverified))
    out-of-order: the application is contracted: approval is not the next step (Electronic Signature Law 20)
    out-of-order: the application is identified: issuance is not the next step (Electronic Signature Law 20)
    ");
}

#[tokio::test]
async fn refused_steps_leave_a_record_and_nothing_else() {
    let house = house().await;
    let id = house.enter(bare(&key(KeyAlgorithm::Sm2))).await.id;
    told(house.desk.approve(&house.approving, id, Then::Issue, noon()).await);
    told(house.desk.issue(&house.auditor, id, noon()).await);
    assert_eq!(
        house.kinds(&format!("application:{id}")).await,
        [
            "application-entered/1",
            "application-refused/1",
            "application-refused/1"
        ]
    );
    assert_eq!(house.refusals().await, ["out-of-order", "not-permitted"]);
    let refused = house.bodies("application-refused/1").await;
    assert_eq!(
        refused[0]["rule"],
        serde_json::json!({ "instrument": "M15", "article": "21" })
    );
    assert_eq!(house.desk.application(id).await.unwrap().state, Stage::Entered);
}

#[tokio::test]
async fn sections_that_come_out_of_order_make_no_application() {
    let House { desk, entering, .. } = &house().await;
    let mut new = person(&key(KeyAlgorithm::Sm2));
    new.contract = None;
    let error = told(desk.enter(entering, new, noon()).await);
    assert!(error.starts_with("out-of-order: the application is noticed"), "{error}");
}

#[tokio::test]
async fn whoever_entered_or_verified_may_not_approve() {
    let house = house().await;
    let House {
        desk,
        entering,
        approving,
        third,
        ..
    } = &house;
    let id = desk
        .enter(entering, bare(&key(KeyAlgorithm::Sm2)), noon())
        .await
        .unwrap()
        .id;
    desk.acknowledge_notice(entering, id, notice(), noon()).await.unwrap();
    desk.sign_contract(entering, id, contract(), noon()).await.unwrap();
    desk.verify_identity(third, id, identity(), noon()).await.unwrap();
    let first = told(desk.approve(entering, id, Then::Issue, noon()).await);
    let second = told(desk.approve(third, id, Then::Issue, noon()).await);
    insta::assert_snapshot!(format!("{first}\n{second}"), @r"
    same-officer: officer 1 entered this application and may not approve it (Electronic Signature Law 20)
    same-officer: officer 3 verified the identity for this application and may not approve it (Electronic Signature Law 20)
    ");
    assert_eq!(house.refusals().await, ["same-officer", "same-officer"]);
    assert_eq!(
        desk.approve(approving, id, Then::Issue, noon()).await.unwrap().state,
        Stage::Issued
    );
}

#[tokio::test]
async fn two_officers_are_also_needed_where_the_law_does_not_speak() {
    let house = house().await;
    let id = house.enter(server(&key(KeyAlgorithm::P256))).await.id;
    let error = told(house.desk.approve(&house.entering, id, Then::Issue, noon()).await);
    assert_eq!(
        error,
        "same-officer: officer 1 entered this application and may not approve it"
    );
}

#[tokio::test]
async fn a_second_approval_is_refused() {
    let house = house().await;
    let House {
        desk, approving, third, ..
    } = &house;
    let id = house.enter(person(&key(KeyAlgorithm::Sm2))).await.id;
    desk.approve(approving, id, Then::Stop, noon()).await.unwrap();
    let again = told(desk.approve(third, id, Then::Issue, noon()).await);
    assert!(
        again.starts_with("already-approved: the application is approved"),
        "{again}"
    );
    desk.issue(approving, id, noon()).await.unwrap();
    let late = told(desk.approve(third, id, Then::Stop, noon()).await);
    assert!(late.starts_with("already-issued: the application is issued"), "{late}");
}

#[tokio::test]
async fn of_approvals_at_the_same_moment_one_wins() {
    let house = house().await;
    let House {
        desk, approving, third, ..
    } = &house;
    let id = house.enter(person(&key(KeyAlgorithm::Sm2))).await.id;
    let approvals = (0..20).map(|turn| {
        let officer = if turn % 2 == 0 { approving } else { third };
        desk.approve(officer, id, Then::Issue, noon())
    });
    let (won, lost): (Vec<_>, Vec<_>) = join_all(approvals).await.into_iter().partition(Result::is_ok);
    assert_eq!((won.len(), lost.len()), (1, 19));
    assert_eq!(house.bodies("application-approved/1").await.len(), 1);
    assert_eq!(house.refusals().await.len(), 19);
    assert_eq!(house.authority.issued.load(std::sync::atomic::Ordering::Relaxed), 1);
}

#[tokio::test]
async fn many_at_once_go_in_few_batches_and_all_arrive() {
    let house = house().await;
    let entered = join_all((0..40).map(|_| house.enter(single(&key(KeyAlgorithm::Sm2))))).await;
    let approvals = entered
        .iter()
        .map(|one| house.desk.approve(&house.approving, one.id, Then::Issue, noon()));
    for issued in join_all(approvals).await {
        assert_eq!(issued.unwrap().state, Stage::Issued);
    }
    let batches = house.authority.batches.load(std::sync::atomic::Ordering::Relaxed);
    assert!(batches < 20, "{batches} batches for 40 requests that waited together");
}

#[tokio::test]
async fn an_identity_that_was_verified_too_long_ago_is_verified_again() {
    let house = house().await;
    let House {
        desk,
        entering,
        approving,
        ..
    } = &house;
    let id = house.enter(person(&key(KeyAlgorithm::Sm2))).await.id;
    let stale = told(desk.approve(approving, id, Then::Issue, later(31)).await);
    assert!(
        stale.starts_with("stale-identity: the identity was verified at 2026-11-22T04:00:00Z"),
        "{stale}"
    );
    desk.verify_identity(entering, id, identity_on(31), later(31))
        .await
        .unwrap();
    let issued = desk.approve(approving, id, Then::Issue, later(31)).await.unwrap();
    assert_eq!(issued.state, Stage::Issued);
    assert_eq!(house.bodies("identity-verified/1").await.len(), 2);
}

#[tokio::test]
async fn steps_that_wait_together_are_all_kept() {
    let house = house().await;
    let House {
        desk,
        entering,
        approving,
        third,
        ..
    } = &house;
    let id = desk
        .enter(entering, bare(&key(KeyAlgorithm::Sm2)), noon())
        .await
        .unwrap()
        .id;
    let (noticed, contracted, identified, anew) = tokio::join!(
        desk.acknowledge_notice(entering, id, notice(), noon()),
        desk.sign_contract(entering, id, contract(), noon()),
        desk.verify_identity(entering, id, identity(), noon()),
        desk.verify_identity(third, id, identity_on(40), later(40)),
    );
    for step in [noticed, contracted, identified, anew] {
        step.unwrap();
    }
    let (again, approved) = tokio::join!(
        desk.verify_identity(third, id, identity_on(80), later(80)),
        desk.approve(approving, id, Then::Stop, later(80)),
    );
    assert_eq!(again.unwrap().identified_by, Some(third.id()));
    approved.unwrap();
    let view = desk.application(id).await.unwrap();
    assert_eq!((view.state, view.identified_by), (Stage::Approved, Some(third.id())));
    assert_eq!(desk.issue(approving, id, later(80)).await.unwrap().state, Stage::Issued);
}

#[tokio::test]
async fn an_application_is_rejected_once_and_its_key_is_free_again() {
    let house = house().await;
    let House { desk, approving, .. } = &house;
    let applicant = key(KeyAlgorithm::Sm2);
    let id = house.enter(person(&applicant)).await.id;
    assert!(told(desk.reject(approving, id, "  ", noon()).await).starts_with("reason-missing"));
    let rejected = desk.reject(approving, id, "材料不全", noon()).await.unwrap();
    assert_eq!(
        (rejected.state, rejected.rejection.as_deref()),
        (Stage::Rejected, Some("材料不全"))
    );
    let again = told(desk.reject(approving, id, "材料不全", noon()).await);
    assert!(again.starts_with("already-rejected"), "{again}");
    assert!(told(desk.issue(approving, id, noon()).await).starts_with("already-rejected"));
    assert_eq!(house.issue(person(&applicant)).await.state, Stage::Issued);
    let late = told(
        desk.reject(
            approving,
            house.issue(person(&key(KeyAlgorithm::Sm2))).await.id,
            "x",
            noon(),
        )
        .await,
    );
    assert!(late.starts_with("already-issued"), "{late}");
}

#[tokio::test]
async fn the_records_hold_no_personal_data() {
    let house = house().await;
    let issued = house.issue(person(&key(KeyAlgorithm::Sm2))).await;
    let id = house.enter(person(&key(KeyAlgorithm::Sm2))).await.id;
    house
        .desk
        .reject(&house.approving, id, "张三丰的材料不全", noon())
        .await
        .unwrap();
    let change = hefu_ra::ChangeInput {
        identity: crate::house::identity_for_change(),
        reason: "张三丰丢失了密钥".to_owned(),
    };
    house
        .desk
        .suspend(&house.approving, &issued.certificates[0].serial, change, noon())
        .await
        .unwrap();
    let records = house.records().await;
    assert!(records.len() > 15);
    for record in records {
        let text = record.to_string();
        for personal in ["张三丰", "11010519491231002X", "材料", "居民", "录入员"] {
            assert!(!text.contains(personal), "{text}");
        }
    }
}

#[tokio::test]
async fn what_does_not_exist_is_absent() {
    let House {
        desk,
        entering,
        approving,
        ..
    } = &house().await;
    let id = "0".repeat(32).parse().unwrap();
    assert!(told(desk.approve(approving, id, Then::Stop, noon()).await).starts_with("application-unknown"));
    assert!(told(desk.application(id).await).starts_with("application-unknown"));
    assert!(told(desk.acknowledge_notice(entering, id, notice(), noon()).await).starts_with("application-unknown"));
    assert!(told(desk.certificate("40aa", noon()).await).starts_with("certificate-unknown"));
    assert!(told(desk.certificate("zz", noon()).await).starts_with("serial-malformed"));
    assert!("abc".parse::<hefu_ra::ApplicationId>().is_err());
}
