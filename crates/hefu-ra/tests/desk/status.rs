//! Suspending, resuming, revoking and renewing.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use crate::house::{
    House, OWING, Trouble, csr, house, identity_for_change, identity_for_renewal, key, later, noon, person, single,
    told,
};
use gm_suite::KeyAlgorithm;
use hefu_certificate::RevocationGround;
use hefu_ra::{
    ApplicationKind, ApplicationView, Basis, CertificateState, ChangeInput, DeskError, HoldersWord, IdentityInput,
    Recovery, Renewal, Stage, Then,
};

fn why() -> ChangeInput {
    ChangeInput {
        identity: identity_for_change(),
        reason: "持有人申请".to_owned(),
    }
}

async fn states(house: &House, issued: &ApplicationView) -> Vec<CertificateState> {
    let mut states = Vec::new();
    for part in &issued.certificates {
        states.push(house.desk.certificate(&part.serial, noon()).await.unwrap().state);
    }
    states
}

#[tokio::test]
async fn a_pair_moves_as_one_by_either_of_its_numbers() {
    let house = house().await;
    let issued = house.issue(person(&key(KeyAlgorithm::Sm2))).await;
    let (sign, encrypt) = (&issued.certificates[0].serial, &issued.certificates[1].serial);
    let desk = &house.desk;
    let view = desk.suspend(&house.approving, encrypt, why(), noon()).await.unwrap();
    assert_eq!((&view.serial, view.state), (encrypt, CertificateState::Suspended));
    assert_eq!(states(&house, &issued).await, [CertificateState::Suspended; 2]);
    desk.resume(&house.approving, sign, why(), noon()).await.unwrap();
    assert_eq!(states(&house, &issued).await, [CertificateState::Valid; 2]);
    let ground = RevocationGround::SecurityNotGuaranteed;
    let view = desk
        .revoke(&house.approving, &encrypt.to_uppercase(), ground, why(), noon())
        .await
        .unwrap();
    assert_eq!(
        (view.ground, view.changed_at),
        (Some("security-not-guaranteed"), Some(noon()))
    );
    assert_eq!(states(&house, &issued).await, [CertificateState::Revoked; 2]);
    let kinds = house.kinds(&format!("application:{}", issued.id)).await;
    assert_eq!(
        kinds.iter().filter(|kind| *kind == "status-change-requested/1").count(),
        3
    );
    assert_eq!(
        kinds.iter().filter(|kind| *kind == "status-change-answered/1").count(),
        3
    );
}

#[tokio::test]
async fn changes_that_make_no_sense_are_refused_and_recorded() {
    let house = house().await;
    let serial = house.issue(single(&key(KeyAlgorithm::Sm2))).await.certificates[0]
        .serial
        .clone();
    let desk = &house.desk;
    let by = &house.approving;
    assert!(told(desk.resume(by, &serial, why(), noon()).await).starts_with("certificate-not-suspended"));
    desk.suspend(by, &serial, why(), noon()).await.unwrap();
    assert!(told(desk.suspend(by, &serial, why(), noon()).await).starts_with("certificate-suspended"));
    desk.revoke(by, &serial, RevocationGround::HolderRequest, why(), noon())
        .await
        .unwrap();
    assert!(told(desk.resume(by, &serial, why(), noon()).await).starts_with("certificate-revoked"));
    let twice = desk
        .revoke(by, &serial, RevocationGround::HolderRequest, why(), noon())
        .await;
    assert!(told(twice).starts_with("certificate-revoked"));
    assert_eq!(
        house.refusals().await,
        [
            "certificate-not-suspended",
            "certificate-suspended",
            "certificate-revoked",
            "certificate-revoked"
        ]
    );
    let old = house.issue(single(&key(KeyAlgorithm::Sm2))).await.certificates[0]
        .serial
        .clone();
    assert!(told(desk.suspend(by, &old, why(), later(400)).await).starts_with("certificate-expired"));
}

#[tokio::test]
async fn a_change_needs_an_identity_a_reason_and_a_role() {
    let house = house().await;
    let serial = house.issue(single(&key(KeyAlgorithm::Sm2))).await.certificates[0]
        .serial
        .clone();
    let desk = &house.desk;
    let nameless = ChangeInput {
        reason: " ".to_owned(),
        ..why()
    };
    assert!(told(desk.suspend(&house.approving, &serial, nameless, noon()).await).starts_with("reason-missing"));
    let mut unseen = why();
    unseen.identity = Basis::Words(IdentityInput {
        method: "in-person".to_owned(),
        document: String::new(),
        evidence: Vec::new(),
        remark: None,
    });
    let error = told(desk.suspend(&house.approving, &serial, unseen, noon()).await);
    assert!(error.starts_with("identity-document-malformed"), "{error}");
    assert!(told(desk.suspend(&house.auditor, &serial, why(), noon()).await).starts_with("not-permitted"));
    assert_eq!(
        desk.certificate(&serial, noon()).await.unwrap().state,
        CertificateState::Valid
    );
}

#[tokio::test]
async fn a_change_that_was_lost_on_the_line_is_settled_by_asking_again() {
    let mut house = house().await;
    for trouble in [Trouble::Before, Trouble::After] {
        let serial = house.issue(single(&key(KeyAlgorithm::Sm2))).await.certificates[0]
            .serial
            .clone();
        house.authority.meet(trouble);
        let lost = house.desk.suspend(&house.approving, &serial, why(), noon()).await;
        assert!(told(lost).starts_with("authority-unreachable"));
        house.authority.meet(Trouble::None);
        assert_eq!(
            house.desk.certificate(&serial, noon()).await.unwrap().state,
            CertificateState::Valid
        );
        let done = house
            .desk
            .suspend(&house.approving, &serial, why(), noon())
            .await
            .unwrap();
        assert_eq!(done.state, CertificateState::Suspended);
    }
    let serial = house.issue(single(&key(KeyAlgorithm::Sm2))).await.certificates[0]
        .serial
        .clone();
    house.authority.meet(Trouble::After);
    told(house.desk.suspend(&house.approving, &serial, why(), noon()).await);
    house.authority.meet(Trouble::None);
    house.reopen();
    assert_eq!(
        house.desk.recover(noon()).await.unwrap(),
        Recovery { settled: 1, waiting: 0 }
    );
    assert_eq!(
        house.desk.certificate(&serial, noon()).await.unwrap().state,
        CertificateState::Suspended
    );
}

#[tokio::test]
async fn a_change_that_is_open_is_settled_before_the_next() {
    let house = house().await;
    let serial = house.issue(single(&key(KeyAlgorithm::Sm2))).await.certificates[0]
        .serial
        .clone();
    house.authority.meet(Trouble::Before);
    told(house.desk.suspend(&house.approving, &serial, why(), noon()).await);
    house.authority.meet(Trouble::None);
    let ground = RevocationGround::HolderRequest;
    let revoked = house
        .desk
        .revoke(&house.approving, &serial, ground, why(), noon())
        .await
        .unwrap();
    assert_eq!(revoked.state, CertificateState::Revoked);
    assert_eq!(house.bodies("status-change-answered/1").await.len(), 2);
}

#[tokio::test]
async fn an_authority_that_refuses_a_change_closes_it() {
    let house = house().await;
    let serial = house.issue(single(&key(KeyAlgorithm::Sm2))).await.certificates[0]
        .serial
        .clone();
    house.authority.meet(Trouble::Refuse);
    let refused = told(house.desk.suspend(&house.approving, &serial, why(), noon()).await);
    assert!(refused.starts_with("authority-refused"), "{refused}");
    house.authority.meet(Trouble::None);
    assert_eq!(house.bodies("status-change-refused/1").await.len(), 1);
    house
        .desk
        .suspend(&house.approving, &serial, why(), noon())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_word_about_other_certificates_is_not_taken() {
    let house = house().await;
    let serial = house.issue(single(&key(KeyAlgorithm::Sm2))).await.certificates[0]
        .serial
        .clone();
    house.authority.meet(Trouble::OtherSerials);
    let error = told(house.desk.suspend(&house.approving, &serial, why(), noon()).await);
    assert!(error.starts_with("authority-answer-wrong"), "{error}");
    assert_eq!(
        house.desk.certificate(&serial, noon()).await.unwrap().state,
        CertificateState::Valid
    );
}

fn same_key() -> Renewal {
    Renewal {
        csr: None,
        validity_days: None,
        identity: identity_for_renewal(),
    }
}

async fn renew(house: &House, serial: &str, renewal: Renewal) -> Result<ApplicationView, DeskError> {
    house.desk.renew(&house.entering, serial, renewal, noon()).await
}

#[tokio::test]
async fn a_pair_is_renewed_with_its_own_key_and_identity_is_verified_again() {
    let house = house().await;
    let issued = house.issue(person(&key(KeyAlgorithm::Sm2))).await;
    let renewal = renew(&house, &issued.certificates[1].serial, same_key()).await.unwrap();
    assert_eq!(
        (renewal.kind, renewal.state),
        (ApplicationKind::Renewal, Stage::Identified)
    );
    assert_eq!(renewal.replaces.as_ref(), Some(&issued.certificates[0].serial));
    assert_eq!(renewal.subject, issued.subject);
    let by_the_same = told(
        house
            .desk
            .approve(&house.entering, renewal.id, Then::Issue, noon())
            .await,
    );
    assert!(by_the_same.starts_with("same-officer"), "{by_the_same}");
    let renewed = house
        .desk
        .approve(&house.approving, renewal.id, Then::Issue, noon())
        .await
        .unwrap();
    assert_eq!((renewed.state, renewed.certificates.len()), (Stage::Issued, 2));
    assert_eq!(
        house.kinds(&format!("application:{}", renewal.id)).await[..2],
        ["application-entered/1", "identity-verified/1"]
    );
    let twice = told(renew(&house, &issued.certificates[0].serial, same_key()).await);
    assert!(twice.starts_with("certificate-renewed"), "{twice}");
    renew(&house, &renewed.certificates[0].serial, same_key())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_certificate_is_renewed_with_a_new_key_that_is_proven() {
    let house = house().await;
    let old_key = key(KeyAlgorithm::Sm2);
    let issued = house.issue(single(&old_key)).await;
    let serial = &issued.certificates[0].serial;
    let stranger = key(KeyAlgorithm::Sm2);
    house.enter(single(&stranger)).await;
    let with = |csr| Renewal {
        csr: Some(csr),
        ..same_key()
    };
    assert!(told(renew(&house, serial, with(csr(&stranger))).await).starts_with("duplicate-key"));
    assert!(told(renew(&house, serial, with(vec![0x30, 0])).await).starts_with("csr-malformed"));
    let renewal = renew(&house, serial, with(csr(&key(KeyAlgorithm::Sm2)))).await.unwrap();
    assert_eq!(renewal.kind, ApplicationKind::Rekey);
    house
        .desk
        .reject(&house.approving, renewal.id, "重新申请", noon())
        .await
        .unwrap();
    let renewal = renew(&house, serial, with(csr(&old_key))).await.unwrap();
    assert_eq!(
        renewal.kind,
        ApplicationKind::Renewal,
        "a request with the old key is a renewal"
    );
}

#[tokio::test]
async fn what_has_ended_or_is_in_doubt_is_not_renewed() {
    let house = house().await;
    let serial = house.issue(single(&key(KeyAlgorithm::Sm2))).await.certificates[0]
        .serial
        .clone();
    let expired = told(house.desk.renew(&house.entering, &serial, same_key(), later(400)).await);
    assert!(expired.starts_with("certificate-expired"), "{expired}");
    house
        .desk
        .suspend(&house.approving, &serial, why(), noon())
        .await
        .unwrap();
    assert!(told(renew(&house, &serial, same_key()).await).starts_with("certificate-suspended"));
    house
        .desk
        .revoke(&house.approving, &serial, RevocationGround::OtherLaw, why(), noon())
        .await
        .unwrap();
    assert!(told(renew(&house, &serial, same_key()).await).starts_with("certificate-revoked"));
    assert!(told(renew(&house, "40aa", same_key()).await).starts_with("certificate-unknown"));
}

#[tokio::test]
async fn a_lost_key_is_taken_out_of_use_at_its_holders_own_word() {
    let house = house().await;
    let issued = house.issue(person(&key(KeyAlgorithm::Sm2))).await;
    let encrypt = &issued.certificates[1].serial;
    let word = || HoldersWord::Code("0a".repeat(16));
    for _ in 0..2 {
        house.desk.at_holders_word(encrypt, word(), noon()).await.unwrap();
        assert_eq!(states(&house, &issued).await, [CertificateState::Suspended; 2]);
    }
    house
        .desk
        .at_holders_word(encrypt, HoldersWord::Key, noon())
        .await
        .unwrap();
    assert_eq!(states(&house, &issued).await, [CertificateState::Revoked; 2]);
    house.desk.at_holders_word(encrypt, word(), noon()).await.unwrap();
    let asked: Vec<_> = house.records().await;
    let asked = asked
        .iter()
        .filter(|record| record["kind"] == "status-change-requested/1");
    let said: Vec<_> = asked
        .map(|record| {
            (
                record["actor"].as_str().unwrap(),
                record["body"]["vouched_by"].as_str().unwrap(),
            )
        })
        .collect();
    let code = format!("subscriber:{}", "0a".repeat(16));
    let vouched = house.entering.id().actor();
    assert_eq!(
        said,
        [
            (code.as_str(), vouched.as_str()),
            ("holder-of-the-key", vouched.as_str())
        ]
    );
}

#[tokio::test]
async fn an_application_whose_applicant_owes_a_supplement_is_not_approved() {
    let house = house().await;
    let id = house.enter(person(&key(KeyAlgorithm::Sm2))).await.id;
    OWING.lock().unwrap().insert(id.to_string(), noon());
    let refused = house.desk.approve(&house.approving, id, Then::Issue, noon()).await;
    assert!(told(refused).starts_with("supplement-owed"));
    OWING.lock().unwrap().remove(&id.to_string());
    let approved = house.desk.approve(&house.approving, id, Then::Stop, noon()).await;
    assert_eq!(approved.unwrap().state, Stage::Approved);
}
