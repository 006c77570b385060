//! The applicant's file: what stands on it, and every way of not standing on it.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use crate::house::{
    FILE, House, OLD_NOTICE, OTHERS_CHECK, OTHERS_NOTICE, SHORT_CHECK, STRANGERS_CHECK, bare, contract, contract_words,
    house, identity_words, key, later, noon, notice, notice_words, person, proof, server, told, words,
};
use gm_suite::KeyAlgorithm;
use hefu_certificate::RevocationGround;
use hefu_ra::{ChangeInput, NewApplication, Stage, Then};
use serde_json::json;

#[tokio::test]
async fn words_are_not_enough_where_the_law_speaks() {
    let house = house().await;
    let House { desk, entering, .. } = &house;
    let applicant = || key(KeyAlgorithm::Sm2);
    let nobody = NewApplication {
        applicant: None,
        ..bare(&applicant())
    };
    let mut said = vec![told(desk.enter(entering, nobody, noon()).await)];
    let id = desk.enter(entering, bare(&applicant()), noon()).await.unwrap().id;
    said.push(told(
        desk.acknowledge_notice(entering, id, notice_words(), noon()).await,
    ));
    desk.acknowledge_notice(entering, id, notice(), noon()).await.unwrap();
    said.push(told(desk.sign_contract(entering, id, contract_words(), noon()).await));
    desk.sign_contract(entering, id, contract(), noon()).await.unwrap();
    said.push(told(desk.verify_identity(entering, id, identity_words(), noon()).await));
    let with_words = NewApplication {
        identity: Some(identity_words()),
        ..person(&applicant())
    };
    said.push(told(desk.enter(entering, with_words, noon()).await));
    insta::assert_snapshot!(said.join("\n"), @r"
    applicant-file-missing: a certificate for electronic signatures is applied for out of an applicant's file; name it (Electronic Signature Law 20)
    proof-missing: notice: an officer's words are not enough; a proof out of the applicant's file is needed (Certification Services Measures 21 (unverified))
    proof-missing: contract: an officer's words are not enough; a proof out of the applicant's file is needed (Certification Services Measures 22 (unverified))
    proof-missing: identity: an officer's words are not enough; a proof out of the applicant's file is needed (Electronic Signature Law 20)
    proof-missing: identity: an officer's words are not enough; a proof out of the applicant's file is needed (Electronic Signature Law 20)
    ");
    assert_eq!(house.refusals().await.len(), 5);
}

#[tokio::test]
async fn a_proof_of_something_else_is_refused() {
    let house = house().await;
    let House { desk, entering, .. } = &house;
    let id = desk
        .enter(entering, bare(&key(KeyAlgorithm::Sm2)), noon())
        .await
        .unwrap()
        .id;
    let mut said = Vec::new();
    for number in [OLD_NOTICE, OTHERS_NOTICE, "00000000000000000000000000000002", "nothing"] {
        said.push(told(desk.acknowledge_notice(entering, id, proof(number), noon()).await));
    }
    desk.acknowledge_notice(entering, id, notice(), noon()).await.unwrap();
    desk.sign_contract(entering, id, contract(), noon()).await.unwrap();
    for number in [OTHERS_CHECK, STRANGERS_CHECK, "10000000000000000000000000000001"] {
        said.push(told(desk.verify_identity(entering, id, proof(number), noon()).await));
    }
    said.push(told(
        desk.verify_identity(entering, id, proof(SHORT_CHECK), later(2)).await,
    ));
    insta::assert_snapshot!(said.join("\n"), @r"
    proof-superseded: notice: a later version of the text is in force and must be shown (Certification Services Measures 21 (unverified))
    proof-of-another-applicant: notice: the proof is out of another applicant's file (Certification Services Measures 21 (unverified))
    proof-unknown: notice: the applicant's file has no such proof for this application or certificate (Certification Services Measures 21 (unverified))
    proof-unknown: notice: the applicant's file has no such proof for this application or certificate (Certification Services Measures 21 (unverified))
    proof-unknown: identity: the applicant's file has no such proof for this application or certificate (Electronic Signature Law 20)
    proof-of-another-applicant: identity: the proof is out of another applicant's file (Electronic Signature Law 20)
    proof-of-another-occasion: identity: identity was checked on another occasion (Certification Services Measures 30 (read in the 2005 edition, current text unverified))
    proof-expired: identity: the check of identity is not good at this time; identity is checked again (Electronic Signature Law 20)
    ");
    assert_eq!(house.refusals().await.len(), 8);
    assert_eq!(desk.application(id).await.unwrap().state, Stage::Contracted);
}

#[tokio::test]
async fn a_check_that_ran_out_and_its_own_officer_do_not_approve() {
    let house = house().await;
    let House {
        desk,
        entering,
        approving,
        third,
        ..
    } = &house;
    let id = desk
        .enter(third, bare(&key(KeyAlgorithm::Sm2)), noon())
        .await
        .unwrap()
        .id;
    desk.acknowledge_notice(third, id, notice(), noon()).await.unwrap();
    desk.sign_contract(third, id, contract(), noon()).await.unwrap();
    desk.verify_identity(third, id, proof(SHORT_CHECK), noon())
        .await
        .unwrap();
    let late = told(desk.approve(approving, id, Then::Stop, later(2)).await);
    assert!(late.starts_with("stale-identity"), "{late}");
    // The check was made by officer 1, who neither entered the application nor brought the check here.
    let own = told(desk.approve(entering, id, Then::Stop, noon()).await);
    assert!(
        own.starts_with("same-officer: officer 1 verified") || own.starts_with("not-permitted"),
        "{own}"
    );
}

#[tokio::test]
async fn the_subject_is_who_the_file_says() {
    let House { desk, entering, .. } = &house().await;
    let with = |profile: &str, fields: &[(&str, &str)]| NewApplication {
        profile: profile.to_owned(),
        subject: words(fields),
        ..bare(&key(KeyAlgorithm::Sm2))
    };
    for (new, expected) in [
        (
            with("person-sm2", &[("common_name", "张三")]),
            "subject-not-in-file: subject.common_name",
        ),
        (
            with(
                "person-sm2",
                &[("common_name", "张三丰"), ("passport_number", "E12345678")],
            ),
            "subject-not-in-file: subject.passport_number",
        ),
        (
            with(
                "organisation-sm2",
                &[
                    ("common_name", "张三丰"),
                    ("organisation", "示例"),
                    ("unified_social_credit_code", "91350100M000100Y43"),
                ],
            ),
            "profile-not-for-holder",
        ),
    ] {
        let error = told(desk.enter(entering, new, noon()).await);
        assert!(
            error.starts_with(expected) && error.ends_with("(Electronic Signature Law 20)"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn both_numbers_stand_in_the_records() {
    let house = house().await;
    house.issue(person(&key(KeyAlgorithm::Sm2))).await;
    assert_eq!(house.bodies("application-entered/1").await[0]["applicant"], FILE);
    let number =
        |kind: &str, digit: &str| json!({ kind: digit, "sm3": if kind == "check" { "cd" } else { "ef" }.repeat(32) });
    assert_eq!(
        house.bodies("notice-acknowledged/1").await[0]["proof"],
        number("agreement", "00000000000000000000000000000001")
    );
    assert_eq!(
        house.bodies("contract-signed/1").await[0]["proof"],
        number("agreement", "00000000000000000000000000000002")
    );
    assert_eq!(
        house.bodies("identity-verified/1").await[0]["proof"],
        number("check", "10000000000000000000000000000000")
    );
}

#[tokio::test]
async fn a_holders_wish_needs_a_check_and_the_providers_own_decision_does_not() {
    let house = house().await;
    let serial = house.issue(person(&key(KeyAlgorithm::Sm2))).await.certificates[0]
        .serial
        .clone();
    let why = || ChangeInput {
        identity: identity_words(),
        reason: "核实".to_owned(),
    };
    let House { desk, approving, .. } = &house;
    let suspended = told(desk.suspend(approving, &serial, why(), noon()).await);
    assert!(suspended.starts_with("proof-missing"), "{suspended}");
    let wish = RevocationGround::HolderRequest;
    let revoked = told(desk.revoke(approving, &serial, wish, why(), noon()).await);
    assert!(revoked.starts_with("proof-missing"), "{revoked}");
    let untrue = RevocationGround::UntrueInformation;
    desk.revoke(approving, &serial, untrue, why(), noon()).await.unwrap();
    assert_eq!(house.refusals().await, ["proof-missing", "proof-missing"]);
}

#[tokio::test]
async fn devices_go_on_with_words() {
    let house = house().await;
    let issued = house.issue(server(&key(KeyAlgorithm::P256))).await;
    assert_eq!((issued.state, issued.applicant), (Stage::Issued, None));
}
