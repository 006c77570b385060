//! Suspending, resuming and revoking, through the mint.

use hefu_certificate::facts::{STATUS_CHANGED, StatusChanged};
use hefu_certificate::{IssuedCertificate, RevocationGround, SerialNumber, Status};
use registration_protocol::{Item, Outcome, StatusAct};

use super::authority::{noon, sm2};
use super::house::{House, batch, change, person, revoke};
use super::key_centre::Mood;

async fn pair(house: &House) -> [SerialNumber; 2] {
    let issued = house.issued(person("person-sm2", &sm2())).await;
    [issued.signing, issued.encryption.unwrap()].map(|der| IssuedCertificate::parse(&der).unwrap().serial())
}

async fn statuses(house: &House, serials: &[SerialNumber]) -> Vec<Status> {
    let mut connection = house.database.read().await.unwrap();
    let rows = crate::store::statuses(&mut connection, serials).await.unwrap();
    serials.iter().map(|serial| rows[serial].status).collect()
}

async fn code(house: &House, item: Item) -> String {
    match house.ask_one(item).await {
        Outcome::StatusChanged { serials, at } => {
            assert_eq!(at, noon());
            format!("{} changed", serials.len())
        }
        Outcome::Refused(refused) => refused.code,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_pair_is_suspended_resumed_and_revoked_together_by_either_serial() {
    let house = House::new().await;
    let [sign, encrypt] = pair(&house).await;
    assert_eq!(code(&house, change(encrypt, StatusAct::Suspend)).await, "2 changed");
    assert_eq!(statuses(&house, &[sign, encrypt]).await, [Status::Suspended; 2]);
    assert_eq!(
        code(&house, change(sign, StatusAct::Suspend)).await,
        "certificate-suspended"
    );
    assert_eq!(code(&house, change(sign, StatusAct::Resume)).await, "2 changed");
    assert_eq!(statuses(&house, &[sign, encrypt]).await, [Status::Valid; 2]);
    assert_eq!(code(&house, change(sign, revoke())).await, "2 changed");
    assert_eq!(
        code(&house, change(encrypt, StatusAct::Resume)).await,
        "certificate-revoked"
    );
    assert_eq!(statuses(&house, &[sign, encrypt]).await, [Status::Revoked; 2]);

    let facts = house.facts::<StatusChanged>(STATUS_CHANGED).await;
    let said: Vec<_> = facts
        .iter()
        .map(|fact| (fact.status, fact.ground, fact.reason))
        .collect();
    assert_eq!(
        said,
        [
            (Status::Suspended, None, Some(6)),
            (Status::Valid, None, None),
            (Status::Revoked, Some(RevocationGround::HolderRequest), Some(5)),
        ]
    );
    assert!(facts.iter().all(|fact| fact.serials == [sign, encrypt]));
}

#[tokio::test]
async fn changes_of_one_certificate_in_one_batch_happen_in_order() {
    let house = House::new().await;
    let [sign, encrypt] = pair(&house).await;
    let items = vec![
        change(sign, StatusAct::Suspend),
        change(encrypt, StatusAct::Suspend),
        change(encrypt, StatusAct::Resume),
        change(sign, revoke()),
    ];
    let reply = house.ask(items).await.unwrap();
    let said: Vec<_> = reply
        .answers
        .iter()
        .map(|(_, outcome)| match outcome {
            Outcome::StatusChanged { .. } => "changed",
            Outcome::Refused(refused) => refused.code.as_str(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(said, ["changed", "certificate-suspended", "changed", "changed"]);
    assert_eq!(statuses(&house, &[sign, encrypt]).await, [Status::Revoked; 2]);
}

#[tokio::test]
async fn a_change_is_refused_for_another_registration_authority_and_for_strangers() {
    let house = House::new().await;
    let [sign, _] = pair(&house).await;
    let der = batch("ra2", vec![change(sign, revoke())], noon(), &house.ra);
    let Outcome::Refused(refused) = house.send(der).await.unwrap().answers.remove(0).1 else {
        panic!()
    };
    assert_eq!(refused.code, "certificate-of-another");
    assert_eq!(
        code(&house, change("40404040404040404040404040404040", revoke())).await,
        "certificate-unknown"
    );
    assert_eq!(code(&house, change("4000", revoke())).await, "certificate-unknown");
    let ground = StatusAct::Revoke {
        ground: "boredom".to_owned(),
        invalidity: None,
    };
    assert_eq!(code(&house, change(sign, ground)).await, "revocation-ground-unknown");
    assert_eq!(statuses(&house, &[sign]).await, [Status::Valid]);
}

#[tokio::test]
async fn an_inquiry_after_a_change_says_since_when() {
    let house = House::new().await;
    let [sign, encrypt] = pair(&house).await;
    let item = change(sign, revoke());
    let id = item.request_id();
    let outcome = house.ask_one(item.clone()).await;
    assert_eq!(
        outcome,
        Outcome::StatusChanged {
            serials: vec![sign.to_string(), encrypt.to_string()],
            at: noon()
        }
    );
    assert_eq!(house.inquire(id).await, outcome);
    assert_eq!(house.refused(item).await.code, "replayed");
}

#[tokio::test]
async fn the_bell_rings_for_the_authority_whose_certificate_moved() {
    let house = House::new().await;
    let [sign, _] = pair(&house).await;
    let changes = house.mint.changes();
    let (sm2, p256) = (changes.listen("sm2").unwrap(), changes.listen("p256").unwrap());
    house.ask_one(change(sign, StatusAct::Suspend)).await;
    assert_eq!((sm2.has_changed().unwrap(), p256.has_changed().unwrap()), (true, false));
    assert!(changes.listen("nobody").is_none());
}

#[tokio::test]
async fn the_key_centre_is_told_of_a_revoked_pair_sooner_or_later_and_once() {
    let house = House::new().await;
    let [_, encrypt] = pair(&house).await;
    let [other, _] = pair(&house).await;
    house.ask_one(change(encrypt, revoke())).await;
    house.ask_one(change(other, StatusAct::Suspend)).await;
    house.key_centre.behave(Mood::Unreachable);
    assert!(house.mint.tell_retirements(noon()).await.is_err());
    house.key_centre.behave(Mood::Well);
    assert_eq!(house.mint.tell_retirements(noon()).await.unwrap(), 1);
    assert_eq!(house.mint.tell_retirements(noon()).await.unwrap(), 0);
    assert_eq!(house.key_centre.retired(), [encrypt.as_bytes().to_vec()]);
}
