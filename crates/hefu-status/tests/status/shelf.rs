//! The shelf of revocation lists.

use gm_suite::{KeyAlgorithm, Signer};
use hefu_rulebook::{Explain, Language};
use hefu_status::{NameDisplay, StatusDesk, StatusSettings};
use pkix_status::{CrlHead, CrlWriter, RevocationReason};

use crate::zone::{TestAuthority, VALID_FOR, Zone, after, start};

fn crl(ca: &TestAuthority, number: u64, issuer: &[u8]) -> Vec<u8> {
    let head = CrlHead {
        issuer,
        algorithm: ca.key.signature_algorithm(),
        this_update: start(),
        next_update: after(60),
        number,
        authority_key_identifier: ca.issuer.key_identifier(),
    };
    let mut crl = CrlWriter::new(&head).unwrap();
    crl.push(&[0x41; 16], start(), RevocationReason::Superseded, None)
        .unwrap();
    crl.finish(ca.key.as_ref()).unwrap()
}

#[tokio::test]
async fn only_the_authoritys_own_and_newer_list_takes_the_place() {
    let zone = Zone::new().await;
    let ca = TestAuthority::new("sm2", KeyAlgorithm::Sm2);
    let other = TestAuthority::new("other", KeyAlgorithm::Sm2);
    let desk = zone.desk(&[&ca]).await;
    let shelf = desk.shelf();
    assert!(shelf.current("sm2").is_none());
    shelf.put("sm2", crl(&ca, 255, ca.issuer.name())).unwrap();
    shelf.put("sm2", crl(&ca, 256, ca.issuer.name())).unwrap();
    let refused = |authority: &str, der: Vec<u8>| {
        let error = shelf.put(authority, der).unwrap_err();
        assert!(!error.message(Language::Chinese).is_ascii());
        error.code()
    };
    assert_eq!(refused("sm2", crl(&ca, 255, ca.issuer.name())), "crl-older");
    assert_eq!(refused("sm2", crl(&ca, 257, other.issuer.name())), "crl-other-issuer");
    assert_eq!(refused("sm2", crl(&other, 257, ca.issuer.name())), "crl-refused");
    assert_eq!(refused("sm2", b"nonsense".to_vec()), "crl-refused");
    assert_eq!(refused("nobody", crl(&ca, 257, ca.issuer.name())), "no-such-authority");
    let current = shelf.current("sm2").unwrap();
    assert_eq!(current.number(), "0100");
    assert_eq!(
        (current.this_update(), current.next_update()),
        (start(), Some(after(60)))
    );
    assert_eq!(current.as_ref(), current.der());
}

#[tokio::test]
async fn a_file_is_taken_in_when_it_changes_and_a_bad_one_is_reported_once() {
    let zone = Zone::new().await;
    let ca = TestAuthority::new("sm2", KeyAlgorithm::Sm2);
    let path = zone.folder.path().join("sm2.crl");
    let mut authority = ca.settings();
    authority.crl = Some(path.clone());
    let settings = StatusSettings {
        database: zone.database.clone(),
        feed: zone.records.clone(),
        authorities: vec![authority],
        answers_valid_for: VALID_FOR,
        names: NameDisplay::Masked,
    };
    let desk = StatusDesk::open(settings, start()).await.unwrap();
    let shelf = desk.shelf();
    let number = || shelf.current("sm2").map(|crl| crl.number());
    assert!(shelf.refresh().is_empty() && number().is_none());

    std::fs::write(&path, crl(&ca, 1, ca.issuer.name())).unwrap();
    assert!(shelf.refresh().is_empty());
    assert_eq!(number().as_deref(), Some("01"));
    let cut: Vec<u8> = crl(&ca, 2, ca.issuer.name()).into_iter().take(50).collect();
    std::fs::write(&path, cut).unwrap();
    assert_eq!(
        shelf.refresh().iter().map(Explain::code).collect::<Vec<_>>(),
        ["crl-refused"]
    );
    assert!(shelf.refresh().is_empty(), "the same file is not looked at again");
    assert_eq!(number().as_deref(), Some("01"));
    std::fs::write(&path, crl(&ca, 3, ca.issuer.name())).unwrap();
    assert!(shelf.refresh().is_empty());
    assert_eq!(number().as_deref(), Some("03"));
}
