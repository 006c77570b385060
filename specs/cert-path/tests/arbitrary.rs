//! Bytes that are not certificates, or nearly: nothing panics, and what is read is what was there.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod chains;

use cert_path::{Certificate, fuzzing};
use chains::{certificate, crl, ocsp, pem};
use proptest::prelude::*;

#[test]
fn what_is_read_is_what_openssl_wrote() {
    let read = certificate("sm2-leaf");
    assert_eq!(read.subject().to_string(), "CN=张三,O=Hefu test,C=CN");
    assert_eq!(read.issuer().to_string(), "CN=Issuing sm2,O=Hefu test,C=CN");
    assert_eq!(read.not_before().to_string(), "2026-01-01T00:00:00Z");
    assert_eq!(read.not_after().to_string(), "2029-01-01T00:00:00Z");
    assert_eq!(
        read.signature_algorithm().unwrap(),
        gm_suite::SignatureAlgorithm::Sm2Sm3
    );
    assert!(!read.is_authority() && !read.is_self_issued());
    assert!(certificate("sm2-root").is_authority() && certificate("sm2-root").is_self_issued());
}

#[test]
fn something_after_the_certificate_is_refused() {
    let mut der = pem("sm2-leaf.crt");
    der.push(0);
    assert!(Certificate::from_der(&der).is_err());
    assert!(Certificate::from_der(&vec![0; cert_path::MAX_CERTIFICATE_BYTES + 1]).is_err());
}

#[test]
fn every_truncation_is_refused() {
    let der = pem("p256-named-good.crt");
    for length in 0..der.len() {
        assert!(Certificate::from_der(&der[..length]).is_err(), "{length}");
    }
}

/// Pieces as `fuzzing::bag` splits them.
fn bag(pieces: &[Vec<u8>]) -> Vec<u8> {
    let framed = pieces.iter().map(|piece| {
        let length = u16::try_from(piece.len()).unwrap();
        [&length.to_be_bytes()[..], piece].concat()
    });
    framed.collect::<Vec<_>>().concat()
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        fuzzing::certificate(&bytes);
        fuzzing::bag(&bytes);
    }

    #[test]
    fn a_certificate_with_a_changed_octet_never_panics(place in 0usize..1000, value: u8) {
        let mut der = pem("p256-named-good.crt");
        let place = place % der.len();
        der[place] = value;
        fuzzing::certificate(&der);
    }

    #[test]
    fn a_bag_with_a_changed_octet_never_panics(place in 0usize..10_000, value: u8) {
        let pieces = [
            pem("sm2-leaf.crt"),
            pem("sm2-issuing.crt"),
            crl("sm2-issuing"),
            ocsp("sm2-good"),
            pem("sm2-root.crt"),
        ];
        let mut bytes = bag(&pieces);
        let place = place % bytes.len();
        bytes[place] = value;
        fuzzing::bag(&bytes);
    }
}
