//! Revocation lists: what they say, in whose eyes they hold, when they are made.

use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use gm_suite::{KeyAlgorithm, PrivateKey};
use hefu_certificate::IssuedCertificate;
use jiff::{SignedDuration, Timestamp};
use pkix_status::{CrlReader, RevocationReason, VerifiedCrl};
use registration_protocol::StatusAct;

use super::authority::{noon, sm2};
use super::house::{House, change, person, revoke};
use crate::facts::CrlIssued;
use crate::{CrlDesk, CrlError, CrlSettings};

fn hours(count: i64) -> SignedDuration {
    SignedDuration::from_hours(count)
}

fn desk(house: &House) -> CrlDesk {
    CrlDesk::open(CrlSettings {
        database: house.database.clone(),
        authorities: house.chains.iter().map(|chain| chain.authority.clone()).collect(),
        folder: house.folder.join("crl"),
        validity: hours(24),
        every: hours(6),
        settle: Duration::from_millis(20),
    })
    .unwrap()
}

/// Reads the published list and verifies it with the authority's key.
fn published(house: &House, desk: &CrlDesk, name: &str) -> Vec<u8> {
    let chain = house.chains.iter().find(|chain| chain.authority.name == name).unwrap();
    let der = std::fs::read(desk.path(name)).unwrap();
    verified(&der, chain.authority.issuer.public_key());
    der
}

fn verified<'a>(der: &'a [u8], key: &gm_suite::PublicKey) -> VerifiedCrl<'a> {
    CrlReader::from_der(der).unwrap().verify(key).unwrap()
}

#[tokio::test]
async fn a_list_names_what_is_suspended_or_revoked_and_its_numbers_grow() {
    let house = House::new().await;
    let desk = desk(&house);
    let issued = house.issued(person("person-sm2", &sm2())).await;
    let valid = house.issued(person("person-sm2-single", &sm2())).await;
    let serial = |der: &[u8]| IssuedCertificate::parse(der).unwrap().serial();
    let (sign, encrypt) = (serial(&issued.signing), serial(issued.encryption.as_ref().unwrap()));
    let key = house.chains[0].authority.issuer.public_key();

    let first = desk.issue("sm2", noon()).await.unwrap();
    assert_eq!((first.number, first.entries), (1, 0));
    house.ask_one(change(sign, StatusAct::Suspend)).await;
    let second = desk.issue("sm2", noon()).await.unwrap();
    assert_eq!((second.number, second.entries), (2, 2));
    let der = published(&house, &desk, "sm2");
    assert_eq!(second.sm3, hex::encode(gm_suite::sm3(&der)));
    let list = verified(&der, key);
    for serial in [sign, encrypt] {
        let entry = list.lookup(serial.as_bytes()).unwrap();
        assert_eq!(
            (entry.reason, entry.revoked_at),
            (Some(RevocationReason::CertificateHold), noon())
        );
    }
    assert!(list.lookup(serial(&valid.signing).as_bytes()).is_none());

    house.ask_one(change(sign, StatusAct::Resume)).await;
    assert_eq!(desk.issue("sm2", noon()).await.unwrap().entries, 0);
    house.ask_one(change(sign, revoke())).await;
    desk.issue("sm2", noon()).await.unwrap();
    let der = published(&house, &desk, "sm2");
    let entry = verified(&der, key).lookup(encrypt.as_bytes()).unwrap();
    assert_eq!(entry.reason, Some(RevocationReason::CessationOfOperation));

    let numbers: Vec<_> = house
        .facts::<CrlIssued>(CrlIssued::KIND)
        .await
        .iter()
        .map(|fact| fact.number)
        .collect();
    assert_eq!(numbers, [1, 2, 3, 4]);
}

#[tokio::test]
async fn openssl_verifies_a_p256_list_and_reads_its_number() {
    let house = House::new().await;
    let desk = desk(&house);
    let key = PrivateKey::generate(KeyAlgorithm::P256).unwrap();
    let issued = house.issued(person("person-p256", &key)).await;
    let serial = IssuedCertificate::parse(&issued.signing).unwrap().serial();
    house.ask_one(change(serial, revoke())).await;
    desk.issue("p256", noon()).await.unwrap();
    let chain = gm_syntax::pem_text::encode("CERTIFICATE", house.chains[1].certificate());
    std::fs::write(house.folder.join("ca.pem"), chain).unwrap();
    let said = Command::new("openssl")
        .args([
            "crl",
            "-inform",
            "DER",
            "-in",
            "crl/p256.crl",
            "-CAfile",
            "ca.pem",
            "-noout",
            "-text",
            "-crlnumber",
        ])
        .current_dir(&house.folder)
        .output()
        .unwrap();
    let (out, err) = (
        String::from_utf8(said.stdout).unwrap(),
        String::from_utf8(said.stderr).unwrap(),
    );
    assert!(said.status.success() && err.contains("verify OK"), "{err}");
    assert!(
        out.contains("crlNumber=0x01") && out.contains(&serial.to_string().to_uppercase()),
        "{out}"
    );
}

#[tokio::test]
async fn an_ended_certificate_stays_on_one_more_list() {
    let house = House::new().await;
    let desk = desk(&house);
    let mut issue = person("person-sm2-single", &sm2());
    issue.validity_days = Some(1);
    let issued = house.issued(issue).await;
    let serial = IssuedCertificate::parse(&issued.signing).unwrap().serial();
    house.ask_one(change(serial, revoke())).await;
    let at = |hours: i64| noon() + self::hours(hours);
    assert_eq!(desk.issue("sm2", at(24)).await.unwrap().entries, 1);
    assert_eq!(desk.issue("sm2", at(29)).await.unwrap().entries, 1);
    assert_eq!(desk.issue("sm2", at(30)).await.unwrap().entries, 0);
}

#[tokio::test]
async fn a_list_that_cannot_be_recorded_is_not_published_and_its_number_is_not_used_again() {
    let house = House::new().await;
    let desk = desk(&house);
    desk.issue("sm2", noon()).await.unwrap();
    let before = published(&house, &desk, "sm2");
    house.execute("ALTER TABLE record_entry RENAME TO elsewhere").await;
    assert!(desk.issue("sm2", noon()).await.is_err());
    assert_eq!(published(&house, &desk, "sm2"), before);
    house.execute("ALTER TABLE elsewhere RENAME TO record_entry").await;
    assert_eq!(desk.issue("sm2", noon()).await.unwrap().number, 3);
}

#[tokio::test]
async fn a_schedule_with_gaps_is_refused() {
    let house = House::new().await;
    let settings = CrlSettings {
        database: house.database.clone(),
        authorities: Vec::new(),
        folder: house.folder.join("crl"),
        validity: hours(6),
        every: hours(6),
        settle: Duration::ZERO,
    };
    assert!(matches!(CrlDesk::open(settings), Err(CrlError::Schedule { .. })));
    assert!(matches!(
        desk(&house).issue("nobody", noon()).await,
        Err(CrlError::UnknownAuthority(_))
    ));
}

/// Waits until the list of `sm2` has this number.
async fn until(house: &House, number: u64) {
    for _ in 0..200 {
        let facts = house.facts::<CrlIssued>(CrlIssued::KIND).await;
        if facts
            .iter()
            .any(|fact| fact.authority == "sm2" && fact.number == number)
        {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("no list {number}");
}

#[tokio::test]
async fn a_list_is_made_at_start_and_soon_after_a_change_but_one_for_many_changes() {
    let house = House::new().await;
    let serials: Vec<_> = futures_util::future::join_all((0..5).map(|_| async {
        let issued = house.issued(person("person-sm2-single", &sm2())).await;
        IssuedCertificate::parse(&issued.signing).unwrap().serial()
    }))
    .await;
    let changes = house.mint.changes();
    let desk = Arc::new(desk(&house));
    let tending = tokio::spawn({
        let (desk, changes) = (Arc::clone(&desk), changes.clone());
        async move { desk.tend(&changes, noon).await }
    });
    until(&house, 1).await;
    futures_util::future::join_all(serials.iter().map(|serial| house.ask_one(change(serial, revoke())))).await;
    until(&house, 2).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let last = house.facts::<CrlIssued>(CrlIssued::KIND).await;
    let last = last.iter().rfind(|fact| fact.authority == "sm2").unwrap();
    assert_eq!(last.entries, 5);
    assert!(last.number <= 4, "{} lists for five changes", last.number);
    tending.abort();

    // After a restart the list is good enough, until something changes that no list says.
    let number = last.number;
    let wait = desk.first_wait("sm2", noon()).await;
    assert!(wait <= Duration::from_hours(6), "{wait:?}");
    let later: Timestamp = noon() + hours(25);
    assert_eq!(desk.first_wait("sm2", later).await, Duration::ZERO);
    std::fs::remove_file(desk.path("sm2")).unwrap();
    assert_eq!(desk.first_wait("sm2", noon()).await, Duration::ZERO);
    assert_eq!(desk.issue("sm2", later).await.unwrap().number, number + 1);
}
