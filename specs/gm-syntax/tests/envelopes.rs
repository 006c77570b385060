//! Enveloped keys and the answers that carry them.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::{str::FromStr, sync::LazyLock};

use gm_suite::{DecryptError, KeyAlgorithm, PrivateKey, PublicKey, sm2};
use gm_syntax::{ContentKey, CsrResponse, OpenError, SealError, Sm2EnvelopedKey, der_writer, pem_text};
use proptest::prelude::*;
use x509_cert::Certificate;

const KNOWN: &str = include_str!("../../../vectors/syntax/sm2-enveloped-key.hex");

static RECIPIENT: LazyLock<PrivateKey> =
    LazyLock::new(|| sm2_key("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8"));
static INSIDE: LazyLock<PrivateKey> =
    LazyLock::new(|| sm2_key("6c5a0a0b2eed3cbec3e4f1252bfe0e28c504a1c6bf1999eebb0af9ef0f8e6c85"));

fn octets<const N: usize>(digits: &str) -> [u8; N] {
    hex::decode(digits).unwrap().try_into().unwrap()
}

fn sm2_key(scalar: &str) -> PrivateKey {
    PrivateKey::from_sm2_scalar(&octets(scalar)).unwrap()
}

fn known() -> Vec<u8> {
    hex::decode(KNOWN.split_whitespace().collect::<String>()).unwrap()
}

#[test]
fn the_known_answer_opens_and_is_written_again() {
    let envelope = Sm2EnvelopedKey::from_der(&known()).unwrap();
    let key = envelope.open(&*RECIPIENT).unwrap();
    assert_eq!(key.sm2_scalar(), INSIDE.sm2_scalar());
    assert_eq!(envelope.to_der().unwrap(), known());
}

#[test]
fn the_known_answer_is_made_from_its_parts() {
    let nonce = octets("59276e27d506861a16680f3ad9c02dccef3cc1fa3cdbe4ce6d54b80deac1bc21");
    let sm4_key = octets("0123456789abcdeffedcba9876543210");
    let cipher = sm2::encrypt_with_nonce(RECIPIENT.public_key(), &sm4_key, &nonce).unwrap();
    let content_key = ContentKey::from_parts(sm4_key, cipher);
    let envelope = Sm2EnvelopedKey::seal_under(&content_key, &INSIDE).unwrap();
    assert_eq!(envelope.to_der().unwrap(), known());
}

#[test]
fn only_the_recipient_opens_an_envelope() {
    let envelope = Sm2EnvelopedKey::seal(RECIPIENT.public_key(), &INSIDE).unwrap();
    let read = Sm2EnvelopedKey::from_der(&envelope.to_der().unwrap()).unwrap();
    assert_eq!(read, envelope);
    assert_eq!(read.public_key(), INSIDE.public_key());
    assert_eq!(read.open(&*RECIPIENT).unwrap().sm2_scalar(), INSIDE.sm2_scalar());
    let other = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap();
    assert_eq!(
        read.open(&other).unwrap_err(),
        OpenError::ContentKey(DecryptError::Mismatch)
    );
}

#[test]
fn two_envelopes_of_one_key_differ() {
    let seal = || Sm2EnvelopedKey::seal(RECIPIENT.public_key(), &INSIDE).unwrap();
    assert_ne!(seal(), seal());
}

#[test]
fn a_changed_envelope_does_not_open() {
    let der = known();
    for place in 0..der.len() {
        let mut altered = der.clone();
        altered[place] ^= 1;
        if let Ok(read) = Sm2EnvelopedKey::from_der(&altered) {
            assert!(read.open(&*RECIPIENT).is_err(), "byte {place} can be changed");
        }
    }
}

#[test]
fn a_public_key_of_another_is_noticed() {
    let der = hex::encode(known());
    let theirs = hex::encode(RECIPIENT.public_key().raw());
    let swapped = der.replace(&hex::encode(INSIDE.public_key().raw()), &theirs);
    let read = Sm2EnvelopedKey::from_der(&hex::decode(swapped).unwrap()).unwrap();
    assert_eq!(read.open(&*RECIPIENT).unwrap_err(), OpenError::Pair);
}

#[test]
fn other_keys_do_not_fit_the_envelope() {
    let p256 = PrivateKey::generate(KeyAlgorithm::P256).unwrap();
    let inside = Sm2EnvelopedKey::seal(RECIPIENT.public_key(), &p256);
    assert!(matches!(inside, Err(SealError::NotSm2)));
    let outside = Sm2EnvelopedKey::seal(p256.public_key(), &INSIDE);
    assert!(matches!(outside, Err(SealError::Recipient(_))));
}

/// The known answer with another `symAlgID`.
fn with_algorithm(algorithm: &str) -> Vec<u8> {
    let der = known();
    let algorithm = hex::decode(algorithm).unwrap();
    der_writer::write(|w| {
        w.sequence(|w| {
            w.raw(&algorithm);
            w.raw(&der[17..]);
        });
    })
    .unwrap()
}

#[test]
fn sm4_goes_by_two_names_and_is_written_by_one() {
    for other in [
        "300b06072a811ccf5501680500",
        "300906072a811ccf550168",
        "300a06082a811ccf55016801",
    ] {
        let read = Sm2EnvelopedKey::from_der(&with_algorithm(other)).unwrap();
        assert_eq!(read.open(&*RECIPIENT).unwrap().sm2_scalar(), INSIDE.sm2_scalar());
        assert_eq!(read.to_der().unwrap(), known());
    }
    let cbc = Sm2EnvelopedKey::from_der(&with_algorithm("300a06082a811ccf55016802"));
    assert_eq!(
        cbc.unwrap_err().to_string(),
        "envelopedKey.symAlgID at byte 3: algorithm 1.2.156.10197.1.104.2 is not supported here"
    );
}

#[test]
fn errors_say_where_the_envelope_is_wrong() {
    let complaint = |der: &[u8]| Sm2EnvelopedKey::from_der(der).unwrap_err().to_string();
    let mut short_hash = known();
    short_hash[89] = 31;
    assert_eq!(
        complaint(&short_hash),
        "envelopedKey.symEncryptedKey.hash at byte 88: 31 bytes, at least 32 are needed"
    );
    let mut off_curve = known();
    let point = off_curve.len() - 36;
    off_curve[point] ^= 1;
    assert_eq!(
        complaint(&off_curve),
        "envelopedKey.sm2PublicKey at byte 140: is no uncompressed point of the SM2 curve"
    );
    let mut unused_bits = known();
    let last = unused_bits.len() - 33;
    unused_bits[last] = 1;
    assert_eq!(
        complaint(&unused_bits),
        "envelopedKey.sm2EncryptedPrivateKey at byte 208: has unused bits"
    );
    let mut trailing = known();
    trailing.push(0);
    assert_eq!(complaint(&trailing), "envelopedKey at byte 243: 1 bytes too many");
}

#[test]
fn debug_shows_no_private_key() {
    let shown = format!("{:?}", Sm2EnvelopedKey::from_der(&known()).unwrap());
    assert!(!shown.contains("encrypted"), "{shown}");
}

/// A certificate for `key` whose signature is nonsense: only the syntax matters here.
fn certificate(serial: u8, key: &PublicKey) -> Certificate {
    let name = x509_cert::name::Name::from_str("CN=x").unwrap();
    let algorithm = "1.2.156.10197.1.501".parse().unwrap();
    let der = der_writer::write(|w| {
        w.sequence(|w| {
            w.sequence(|w| {
                w.context(0, |w| w.unsigned_64(2));
                w.unsigned(&[serial]);
                w.algorithm(&algorithm);
                w.value(&name);
                w.sequence(|w| {
                    w.raw(b"\x17\x0d260101000000Z");
                    w.raw(b"\x17\x0d270101000000Z");
                });
                w.value(&name);
                w.raw(key.spki());
            });
            w.algorithm(&algorithm);
            w.bit_octets(&[1, 2, 3]);
        });
    });
    der::Decode::from_der(&der.unwrap()).unwrap()
}

fn response() -> CsrResponse {
    CsrResponse {
        signing: vec![
            certificate(1, RECIPIENT.public_key()),
            certificate(3, RECIPIENT.public_key()),
        ],
        enveloped_key: Some(Sm2EnvelopedKey::from_der(&known()).unwrap()),
        encryption: vec![certificate(2, INSIDE.public_key())],
    }
}

#[test]
fn an_answer_arrives_as_it_was_sent() {
    let read = CsrResponse::from_der(&response().to_der().unwrap()).unwrap();
    assert_eq!(read, response());
    let single = CsrResponse {
        enveloped_key: None,
        encryption: vec![],
        ..response()
    };
    assert_eq!(CsrResponse::from_der(&single.to_der().unwrap()).unwrap(), single);
}

#[test]
fn both_styles_of_tags_are_read_and_one_is_written() {
    let element = |certificate: &Certificate| der::Encode::to_der(certificate).unwrap();
    let response = response();
    let key = known();
    let made = |explicit_key: bool, explicit_set: bool| {
        der_writer::write(|w| {
            w.sequence(|w| {
                w.set_of(response.signing.iter().map(element).collect());
                w.context(0, |w| w.raw(if explicit_key { &key } else { &key[3..] }));
                let set = response.encryption.iter().map(element).collect();
                if explicit_set {
                    w.context(1, |w| w.set_of(set));
                } else {
                    w.context_set_of(1, set);
                }
            });
        })
        .unwrap()
    };
    for (explicit_key, explicit_set) in [(true, true), (true, false), (false, true), (false, false)] {
        let read = CsrResponse::from_der(&made(explicit_key, explicit_set)).unwrap();
        assert_eq!(read, response, "{explicit_key} {explicit_set}");
        assert_eq!(read.to_der().unwrap(), made(true, false));
    }
}

#[test]
fn errors_say_where_the_answer_is_wrong() {
    let complaint = |der: Vec<u8>| CsrResponse::from_der(&der).unwrap_err().to_string();
    let empty = der_writer::write(|w| w.sequence(|w| w.set_of(vec![]))).unwrap();
    assert_eq!(complaint(empty), "csrResponse.signCerts at byte 2: is empty");
    let key = der_writer::write(|w| {
        w.sequence(|w| {
            w.set_of(vec![der::Encode::to_der(&response().signing[0]).unwrap()]);
            w.context(0, |w| w.sequence(|w| w.algorithm(&"1.2.3".parse().unwrap())));
        });
    });
    let words = complaint(key.unwrap());
    assert!(
        words.starts_with("csrResponse.encryptedPrivateKey.symAlgID at byte"),
        "{words}"
    );
    let mut unsorted = response().to_der().unwrap();
    let first = unsorted.windows(5).position(|at| at == [0xa0, 3, 2, 1, 2]).unwrap();
    unsorted[first + 7] = 9;
    let words = complaint(unsorted);
    assert!(words.ends_with("not DER: the set is not sorted"), "{words}");
}

#[test]
fn an_answer_survives_pem() {
    let der = response().to_der().unwrap();
    let text = pem_text::encode("CSR RESPONSE", &der);
    assert_eq!(pem_text::decode(text.as_bytes(), "CSR RESPONSE").unwrap(), der);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        gm_syntax::fuzzing::enveloped_key(&bytes);
        gm_syntax::fuzzing::csr_response(&bytes);
    }

    #[test]
    fn mutated_bytes_never_panic(
        place in any::<prop::sample::Index>(),
        octets in prop::collection::vec(any::<u8>(), 1..5),
    ) {
        let mutate = |mut der: Vec<u8>| {
            let start = place.index(der.len());
            for (old, new) in der.iter_mut().skip(start).zip(&octets) {
                *old = *new;
            }
            der
        };
        gm_syntax::fuzzing::enveloped_key(&mutate(known()));
        gm_syntax::fuzzing::csr_response(&mutate(response().to_der().unwrap()));
    }
}
