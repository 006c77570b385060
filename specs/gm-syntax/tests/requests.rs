//! Certificate requests: those of other tools are read, ours are read by them, bad ones are named.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

mod openssl;

use std::{fs, path::Path, str::FromStr, sync::LazyLock};

use gm_suite::{KeyAlgorithm, PrivateKey, PublicKey};
use gm_syntax::{CertificationRequest, REQUEST_BYTES_MAX, RequestError, der_writer, pem_text};
use openssl::openssl;
use proptest::prelude::*;
use x509_cert::name::Name;

const CFCA: &str = include_str!("../../../vectors/syntax/cfca-double-key.csr.pem");

/// The option that gives SM2 its usual ID.
const DISTID: &str = "distid:1234567812345678";

static SM2_KEY: LazyLock<PrivateKey> = LazyLock::new(|| PrivateKey::generate(KeyAlgorithm::Sm2).unwrap());

/// A request of `openssl`, PEM.
fn made_by_openssl(folder: &Path, new_key: &str, sign: &str) -> Vec<u8> {
    openssl(folder, &format!("genpkey -out key.pem {new_key}")).unwrap();
    let extensions = "-addext subjectAltName=DNS:a.example,DNS:b.example -addext keyUsage=digitalSignature";
    let subject = "-utf8 -subj /C=CN/O=某公司/CN=张三";
    openssl(folder, &format!("req -new -key key.pem {subject} {extensions} {sign}")).unwrap()
}

fn check_openssl(new_key: &str, sign: &str, expected: KeyAlgorithm) {
    let folder = tempfile::tempdir().unwrap();
    let pem = made_by_openssl(folder.path(), new_key, sign);
    let request = CertificationRequest::from_pem_or_der(&pem).unwrap();
    let proven = request.verify().unwrap();
    assert_eq!(proven.subject().to_string(), "CN=张三,O=某公司,C=CN");
    assert_eq!(proven.public_key().algorithm(), expected);
    assert_eq!(proven.requested_extensions().len(), 2);
    assert!(proven.temporary_key().is_none());
    let der = pem_text::decode(&pem, "CERTIFICATE REQUEST").unwrap();
    assert_eq!(proven.to_der(), der);
}

#[test]
fn an_sm2_request_of_openssl_is_proven() {
    let sign = format!("-sm3 -sigopt {DISTID}");
    check_openssl("-algorithm SM2", &sign, KeyAlgorithm::Sm2);
}

#[test]
fn an_sm2_request_under_another_id_is_not_proven() {
    let folder = tempfile::tempdir().unwrap();
    let pem = made_by_openssl(folder.path(), "-algorithm SM2", "-sm3 -sigopt distid:somebody");
    let error = CertificationRequest::from_pem_or_der(&pem)
        .unwrap()
        .verify()
        .unwrap_err();
    assert_eq!(error, RequestError::Possession);
}

#[test]
fn ec_requests_of_openssl_are_proven() {
    let curve = |name: &str| format!("-algorithm EC -pkeyopt ec_paramgen_curve:{name}");
    check_openssl(&curve("P-256"), "-sha256", KeyAlgorithm::P256);
    check_openssl(&curve("P-384"), "-sha384", KeyAlgorithm::P384);
}

#[test]
fn rsa_requests_of_openssl_are_proven() {
    let bits = |bits: u32| format!("-algorithm RSA -pkeyopt rsa_keygen_bits:{bits}");
    check_openssl(&bits(2048), "-sha256", KeyAlgorithm::Rsa2048);
    check_openssl(&bits(3072), "-sha384", KeyAlgorithm::Rsa3072);
}

#[test]
fn an_ed25519_request_of_openssl_is_proven() {
    check_openssl("-algorithm ED25519", "-sha512", KeyAlgorithm::Ed25519);
}

#[test]
fn weak_and_foreign_keys_are_refused() {
    let refused = |new_key: &str, sign: &str| {
        let folder = tempfile::tempdir().unwrap();
        let pem = made_by_openssl(folder.path(), new_key, sign);
        CertificationRequest::from_pem_or_der(&pem).unwrap_err().to_string()
    };
    assert_eq!(
        refused("-algorithm RSA -pkeyopt rsa_keygen_bits:1024", "-sha256"),
        "the public key is not accepted: an RSA modulus of 1024 bits is not accepted"
    );
    let secp256k1 = refused("-algorithm EC -pkeyopt ec_paramgen_curve:secp256k1", "-sha256");
    assert!(secp256k1.starts_with("the public key is not accepted"), "{secp256k1}");
    assert_eq!(
        refused("-algorithm RSA -pkeyopt rsa_keygen_bits:2048", "-sha1"),
        "requests signed with algorithm 1.2.840.113549.1.1.5 are not accepted"
    );
}

fn name() -> Name {
    Name::from_str("CN=张三,O=某公司,C=CN").unwrap()
}

#[test]
fn openssl_reads_and_proves_our_requests() {
    for algorithm in [
        KeyAlgorithm::Sm2,
        KeyAlgorithm::P256,
        KeyAlgorithm::P384,
        KeyAlgorithm::Rsa2048,
        KeyAlgorithm::Ed25519,
    ] {
        let key = PrivateKey::generate(algorithm).unwrap();
        let der = CertificationRequest::sign_request(&name(), &key, None).unwrap();
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("request.der"), &der).unwrap();
        let option = if algorithm == KeyAlgorithm::Sm2 {
            format!(" -vfyopt {DISTID}")
        } else {
            String::new()
        };
        let verify = format!("req -in request.der -inform DER -verify -noout -subject -nameopt utf8{option}");
        let shown = String::from_utf8(openssl(folder.path(), &verify).unwrap()).unwrap();
        assert!(shown.contains("张三"), "{algorithm}: {shown}");
        CertificationRequest::from_der(&der).unwrap().verify().unwrap();
    }
}

#[test]
fn ml_dsa_requests_are_proven() {
    for algorithm in [KeyAlgorithm::MlDsa44, KeyAlgorithm::MlDsa65, KeyAlgorithm::MlDsa87] {
        let key = PrivateKey::generate(algorithm).unwrap();
        let der = CertificationRequest::sign_request(&name(), &key, None).unwrap();
        let proven = CertificationRequest::from_der(&der).unwrap().verify().unwrap();
        assert_eq!(proven.public_key().algorithm(), algorithm);
    }
}

#[test]
fn the_sample_of_cfca_is_read_and_proven() {
    let request = CertificationRequest::from_pem_or_der(CFCA.as_bytes()).unwrap();
    let proven = request.verify().unwrap();
    assert_eq!(proven.challenge_password(), Some("111111"));
    let temporary = hex::encode(proven.temporary_key().unwrap().raw());
    assert!(temporary.starts_with("0469904b24b6d3fcd0"), "{temporary}");
    assert!(temporary.ends_with("c556f6426812ca"), "{temporary}");
    assert_eq!(proven.subject().len(), 3);
}

#[test]
fn our_double_key_request_has_the_form_of_cfca() {
    let temporary = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap();
    let der = CertificationRequest::sign_request(&name(), &*SM2_KEY, Some(temporary.public_key())).unwrap();
    let proven = CertificationRequest::from_der(&der).unwrap().verify().unwrap();
    assert_eq!(proven.temporary_key(), Some(temporary.public_key()));
    assert_eq!(proven.public_key(), SM2_KEY.public_key());
    // The attributes are CFCA's, octet for octet, but for the two coordinates.
    let sample = pem_text::decode(CFCA.as_bytes(), "CERTIFICATE REQUEST").unwrap();
    let theirs = find(&sample, &[0xa0, 0x81, 0xb7]);
    let ours = find(&der, &[0xa0, 0x81, 0xb7]);
    let blob = ours.len().min(theirs.len()).min(0xba);
    assert_eq!(&ours[..50], &theirs[..50]);
    let zeros_and_header = |bytes: &[u8]| [&bytes[50..58], &bytes[90..122], &bytes[154..blob]].concat();
    assert_eq!(zeros_and_header(ours), zeros_and_header(theirs));
}

fn find<'a>(bytes: &'a [u8], pattern: &[u8]) -> &'a [u8] {
    let at = bytes.windows(pattern.len()).position(|window| window == pattern);
    &bytes[at.unwrap()..]
}

#[test]
fn the_double_key_attributes_may_stand_in_sets() {
    let temporary = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap();
    let der = with_attributes(&[
        attribute("1.2.840.113549.1.9.7", &set(&[0x0c, 1, b'x'])),
        attribute("1.2.840.113549.1.9.63", &set(&blob(temporary.public_key()))),
    ]);
    let proven = CertificationRequest::from_der(&der).unwrap().verify().unwrap();
    assert_eq!(proven.challenge_password(), Some("x"));
    assert_eq!(proven.temporary_key(), Some(temporary.public_key()));
}

#[test]
fn a_temporary_key_must_be_sm2() {
    let p256 = PrivateKey::generate(KeyAlgorithm::P256).unwrap();
    let made = CertificationRequest::sign_request(&name(), &*SM2_KEY, Some(p256.public_key()));
    assert_eq!(
        made.unwrap_err().to_string(),
        "the temporary key of a double-key request must be an SM2 key"
    );
    let point = attribute("1.2.840.113549.1.9.63", &blob(p256.public_key()));
    assert_eq!(
        complaint(&with_attributes(&[point])),
        "request.info.attributes[0].temporaryKey at byte 171: is no SM2 public key in CFCA's form"
    );
}

fn blob(key: &PublicKey) -> Vec<u8> {
    let (x, y) = key.raw()[1..].split_at(32);
    let header = [0, 0xb4, 0, 0, 0, 1, 0, 0];
    let blob = [&header, x, &[0; 32], y, &[0; 32]].concat();
    der_writer::write(|w| {
        w.octets_holding(|w| {
            w.sequence(|w| {
                w.unsigned_64(1);
                w.octets(&blob);
            });
        });
    })
    .unwrap()
}

fn set(value: &[u8]) -> Vec<u8> {
    der_writer::write(|w| w.set_of(vec![value.to_vec()])).unwrap()
}

fn attribute(oid: &str, value: &[u8]) -> Vec<u8> {
    let oid = oid.parse().unwrap();
    der_writer::write(|w| {
        w.sequence(|w| {
            w.oid(&oid);
            w.raw(value);
        });
    })
    .unwrap()
}

/// A request with these attributes, in this order, properly signed.
fn with_attributes(attributes: &[Vec<u8>]) -> Vec<u8> {
    with_info(|w| w.context(0, |w| attributes.iter().for_each(|one| w.raw(one))))
}

fn with_info(attributes: impl FnOnce(&mut der_writer::DerWriter)) -> Vec<u8> {
    let info = der_writer::write(|w| {
        w.sequence(|w| {
            w.unsigned_64(0);
            w.value(&name());
            w.raw(SM2_KEY.public_key().spki());
            attributes(w);
        });
    })
    .unwrap();
    let signature = gm_suite::Signer::sign(&*SM2_KEY, &info).unwrap();
    der_writer::write(|w| {
        w.sequence(|w| {
            w.raw(&info);
            w.algorithm(&"1.2.156.10197.1.501".parse().unwrap());
            w.bit_octets(&signature);
        });
    })
    .unwrap()
}

fn complaint(der: &[u8]) -> String {
    match CertificationRequest::from_pem_or_der(der).and_then(CertificationRequest::verify) {
        Ok(_) => "proven".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn errors_about_attributes_say_which() {
    let password = attribute("1.2.840.113549.1.9.7", &set(&[0x0c, 1, b'x']));
    let unknown = attribute("1.2.3.4", &set(&[5, 0]));
    assert_eq!(
        complaint(&with_attributes(&[unknown.clone(), password.clone()])),
        "proven"
    );
    let attributes = "request.info.attributes";
    for (made, words) in [
        (
            vec![password.clone(), unknown.clone()],
            " at byte 153: not DER: the set is not sorted",
        ),
        (
            vec![password.clone(), password],
            "[1].type at byte 173: has the type of an earlier attribute",
        ),
        (
            vec![attribute("1.2.3.4", &[5, 0])],
            "[0].values at byte 161: expected SET, found NULL",
        ),
        (
            vec![unknown; 17],
            "[1].type at byte 168: has the type of an earlier attribute",
        ),
    ] {
        assert_eq!(complaint(&with_attributes(&made)), format!("{attributes}{words}"));
    }
    let many = (0..17).map(|n| attribute(&format!("1.2.3.{n}"), &set(&[5, 0])));
    let many = complaint(&with_attributes(&many.collect::<Vec<_>>()));
    assert!(many.ends_with("more than 16 elements"), "{many}");
    assert_eq!(
        complaint(&with_info(|_| {})),
        "request.info.attributes at byte 152: the bytes end too early"
    );
}

#[test]
fn an_extension_may_not_be_asked_for_twice() {
    let folder = tempfile::tempdir().unwrap();
    let pem = made_by_openssl(folder.path(), "-algorithm SM2", &format!("-sm3 -sigopt {DISTID}"));
    let request = CertificationRequest::from_pem_or_der(&pem).unwrap();
    let one = request.requested_extensions()[0].clone();
    let twice = [one.clone(), one];
    let der = CertificationRequest::sign_request_with(&name(), &*SM2_KEY, None, &twice).unwrap();
    let words = complaint(&der);
    assert!(
        words.starts_with("request.info.attributes[0].extensions[1] at byte")
            && words.ends_with("repeats an earlier extension (RFC 5280 4.2)"),
        "{words}"
    );
}

fn sample() -> Vec<u8> {
    CertificationRequest::sign_request(&name(), &*SM2_KEY, None).unwrap()
}

#[test]
fn a_wrong_signature_is_not_proven() {
    let mut der = sample();
    *der.last_mut().unwrap() ^= 1;
    assert_eq!(complaint(&der), "the request is not signed by its own key");
    let other = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap();
    let stolen = find(&der, SM2_KEY.public_key().raw()).as_ptr() as usize - der.as_ptr() as usize;
    let mut der = sample();
    der[stolen..stolen + 65].copy_from_slice(other.public_key().raw());
    assert_eq!(complaint(&der), "the request is not signed by its own key");
}

#[test]
fn truncated_requests_are_malformed_everywhere() {
    let der = sample();
    for end in 1..der.len() {
        let words = complaint(&der[..end]);
        assert_eq!(words, "request at byte 0: the bytes end too early", "{end}");
    }
}

#[test]
fn trailing_bytes_are_malformed() {
    let mut der = sample();
    let end = der.len();
    der.extend([5, 0]);
    assert_eq!(complaint(&der), format!("request at byte {end}: 2 bytes too many"));
}

#[test]
fn ber_is_malformed() {
    let der = sample();
    let ber = [&[0x30, 0x80], &der[4..], &[0, 0]].concat();
    assert!(
        complaint(&ber).starts_with("request at byte 0: not DER"),
        "{}",
        complaint(&ber)
    );
    let padded = [&[0x30, 0x83, 0], &der[2..]].concat();
    assert!(
        complaint(&padded).starts_with("request at byte 0: not DER"),
        "{}",
        complaint(&padded)
    );
}

#[test]
fn too_long_is_refused_unread() {
    let der = der_writer::write(|w| w.sequence(|w| w.octets(&vec![0; REQUEST_BYTES_MAX]))).unwrap();
    assert_eq!(
        complaint(&der),
        format!(
            "request at byte 0: {} bytes, at most {REQUEST_BYTES_MAX} are allowed",
            der.len()
        )
    );
}

#[test]
fn debug_does_not_show_the_subject() {
    let request = CertificationRequest::from_der(&sample()).unwrap();
    assert!(!format!("{request:?}").contains("张三"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        gm_syntax::fuzzing::request(&bytes);
        gm_syntax::fuzzing::pem(&bytes);
    }

    #[test]
    fn mutated_requests_never_panic_and_are_never_proven(
        place in any::<prop::sample::Index>(),
        octets in prop::collection::vec(any::<u8>(), 1..5),
    ) {
        let original = pem_text::decode(CFCA.as_bytes(), "CERTIFICATE REQUEST").unwrap();
        let mut der = original.clone();
        let start = place.index(der.len());
        for (old, new) in der.iter_mut().skip(start).zip(&octets) {
            *old = *new;
        }
        gm_syntax::fuzzing::request(&der);
        prop_assert!(der == original || complaint(&der) != "proven");
    }
}
