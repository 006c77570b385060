//! What comes over the counter: good, bad and doubled.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use crate::house::{House, house, key, noon, person, server, single, told, words};
use futures_util::future::join_all;
use gm_suite::KeyAlgorithm;
use gm_syntax::{CertificationRequest, pem_text};
use hefu_ra::{NewApplication, Stage};

async fn refused(new: NewApplication) -> (String, Vec<String>) {
    let house = house().await;
    let error = told(house.desk.enter(&house.entering, new, noon()).await);
    (error, house.refusals().await)
}

#[tokio::test]
async fn a_request_is_read_as_pem_and_as_der() {
    let House { desk, entering, .. } = &house().await;
    let mut new = person(&key(KeyAlgorithm::Sm2));
    new.csr = pem_text::encode("CERTIFICATE REQUEST", &new.csr).into_bytes();
    assert_eq!(
        desk.enter(entering, new, noon()).await.unwrap().state,
        Stage::Identified
    );
}

#[tokio::test]
async fn octets_that_are_no_request_are_malformed_and_not_a_refusal() {
    let mut new = person(&key(KeyAlgorithm::Sm2));
    new.csr.truncate(50);
    let (error, recorded) = refused(new).await;
    assert!(error.starts_with("csr-malformed: csr: "), "{error}");
    assert!(recorded.is_empty());
    let mut new = person(&key(KeyAlgorithm::Sm2));
    new.csr = vec![0x30; 40_000];
    assert!(refused(new).await.0.starts_with("csr-too-large"));
}

#[tokio::test]
async fn a_request_that_its_key_did_not_sign_is_refused() {
    let mut new = person(&key(KeyAlgorithm::Sm2));
    let other = person(&key(KeyAlgorithm::Sm2)).csr;
    // The signature of another request of the same length stands at the end.
    let length = new.csr.len();
    if other.len() == length {
        new.csr[length - 30..].copy_from_slice(&other[length - 30..]);
    } else {
        new.csr[length - 1] ^= 1;
    }
    let (error, recorded) = refused(new).await;
    assert_eq!(
        error,
        "possession-not-proven: csr: the request is not signed by its own key (Electronic Signature Law 13)"
    );
    assert_eq!(recorded, ["possession-not-proven"]);
}

#[tokio::test]
async fn a_key_that_the_profile_does_not_know_is_refused() {
    let (error, recorded) = refused(person(&key(KeyAlgorithm::P256))).await;
    assert_eq!(
        error,
        "key-not-accepted: the profile does not accept p256 keys; it accepts sm2"
    );
    assert_eq!(recorded, ["key-not-accepted"]);
    let (error, _) = refused(server(&key(KeyAlgorithm::Sm2))).await;
    assert!(error.starts_with("key-not-accepted"), "{error}");
}

#[tokio::test]
async fn a_subject_that_the_profile_does_not_allow_is_refused() {
    let mut new = person(&key(KeyAlgorithm::Sm2));
    new.subject = words(&[("common_name", "张三丰"), ("shoe_size", "43")]);
    assert!(refused(new).await.0.contains("shoe_size"));
    let mut new = person(&key(KeyAlgorithm::Sm2));
    new.subject = words(&[]);
    assert!(refused(new).await.0.contains("common_name"));
}

#[tokio::test]
async fn profiles_and_validities_have_bounds() {
    let with = |profile: &str, days| NewApplication {
        profile: profile.to_owned(),
        validity_days: days,
        ..person(&key(KeyAlgorithm::Sm2))
    };
    assert!(refused(with("person-sm3", None)).await.0.starts_with("profile-unknown"));
    for authority in ["root", "issuing", "ocsp-signer"] {
        assert!(
            refused(with(authority, None))
                .await
                .0
                .starts_with("profile-not-for-subscribers")
        );
    }
    for days in [0, 1827, u32::MAX] {
        let (error, recorded) = refused(with("person-sm2", Some(days))).await;
        assert_eq!(
            error,
            format!("validity-refused: {days} days were asked for, the profile gives 1 to 1826")
        );
        assert_eq!(recorded, ["validity-refused"]);
    }
}

#[tokio::test]
async fn a_key_belongs_to_one_application() {
    let house = house().await;
    let House { desk, entering, .. } = &house;
    let applicant = key(KeyAlgorithm::Sm2);
    house.enter(person(&applicant)).await;
    let again = told(desk.enter(entering, single(&applicant), noon()).await);
    assert_eq!(
        again,
        "duplicate-key: this key is in another application or certificate already (Electronic Signature Law 13)"
    );
    let issued = key(KeyAlgorithm::Sm2);
    house.issue(single(&issued)).await;
    assert!(told(desk.enter(entering, single(&issued), noon()).await).starts_with("duplicate-key"));
    assert_eq!(house.refusals().await, ["duplicate-key", "duplicate-key"]);
}

#[tokio::test]
async fn of_entries_with_one_key_at_the_same_moment_one_wins() {
    let house = house().await;
    let applicant = key(KeyAlgorithm::Sm2);
    let entries = (0..12).map(|_| house.desk.enter(&house.entering, single(&applicant), noon()));
    let won = join_all(entries).await.into_iter().flatten().count();
    assert_eq!((won, house.refusals().await.len()), (1, 11));
}

#[tokio::test]
async fn a_double_key_request_is_taken_with_its_temporary_key() {
    let house = house().await;
    let (signing, temporary) = (key(KeyAlgorithm::Sm2), key(KeyAlgorithm::Sm2));
    let subject = "CN=x".parse().unwrap();
    let csr = CertificationRequest::sign_request(&subject, &signing, Some(temporary.public_key())).unwrap();
    let issued = house
        .issue(NewApplication {
            csr,
            ..person(&signing)
        })
        .await;
    assert_eq!(issued.certificates.len(), 2);
}

#[tokio::test]
async fn an_auditor_enters_nothing() {
    let house = house().await;
    let error = told(
        house
            .desk
            .enter(&house.auditor, person(&key(KeyAlgorithm::Sm2)), noon())
            .await,
    );
    assert_eq!(
        error,
        "not-permitted: officer 4 is auditor and may not enter applications (Certification Services Measures 19 (unverified))"
    );
    assert_eq!(house.refusals().await, ["not-permitted"]);
}
