//! Private keys as text: what OpenSSL writes is read, what is written OpenSSL reads.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod openssl;

use std::{fs, path::Path};

use gm_suite::{KeyAlgorithm, PrivateKey};
use gm_syntax::pkcs8_text::{self, KeyTextError, ROUNDS, ROUNDS_MAX};
use openssl::openssl;
use pkcs8::pkcs5::pbes2::Parameters;
use proptest::prelude::*;

const PASSPHRASE: &[u8] = "口令 and words".as_bytes();
/// Few rounds: the tests check the format, not the cost.
const FEW: u32 = 1000;

/// Those that OpenSSL 3.0 knows, but for the larger RSA keys, whose generation takes long.
const KNOWN_TO_OPENSSL: [(KeyAlgorithm, &str); 5] = [
    (KeyAlgorithm::Sm2, "-algorithm SM2"),
    (KeyAlgorithm::P256, "-algorithm EC -pkeyopt ec_paramgen_curve:P-256"),
    (KeyAlgorithm::P384, "-algorithm EC -pkeyopt ec_paramgen_curve:P-384"),
    (KeyAlgorithm::Rsa2048, "-algorithm RSA -pkeyopt rsa_keygen_bits:2048"),
    (KeyAlgorithm::Ed25519, "-algorithm ED25519"),
];

fn public_of(folder: &Path, arguments: &str) -> Vec<u8> {
    openssl(folder, &format!("pkey -pubout -outform DER {arguments}")).unwrap()
}

#[test]
fn keys_of_openssl_are_read() {
    for (algorithm, new_key) in KNOWN_TO_OPENSSL {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("pass"), PASSPHRASE).unwrap();
        openssl(folder.path(), &format!("genpkey -out key.pem {new_key}")).unwrap();
        let public = public_of(folder.path(), "-in key.pem");
        let plain = fs::read(folder.path().join("key.pem")).unwrap();
        assert!(!pkcs8_text::is_encrypted(&plain));
        let key = pkcs8_text::read_plain(&plain).unwrap();
        assert_eq!(
            (key.public_key().spki(), key.public_key().algorithm()),
            (&*public, algorithm)
        );
        for scheme in ["-v2 aes-256-cbc", "-v2 aes-128-cbc -v2prf hmacWithSHA512", "-scrypt"] {
            let convert = format!("pkcs8 -topk8 -in key.pem -passout file:pass {scheme}");
            let encrypted = openssl(folder.path(), &convert).unwrap();
            assert!(pkcs8_text::is_encrypted(&encrypted));
            let key = pkcs8_text::decrypt(&encrypted, PASSPHRASE).unwrap();
            assert_eq!(key.public_key().spki(), public, "{algorithm} {scheme}");
            let wrong = pkcs8_text::decrypt(&encrypted, b"wrong");
            assert!(matches!(wrong, Err(KeyTextError::Passphrase)));
        }
    }
}

#[test]
fn openssl_reads_our_keys() {
    for (algorithm, _) in KNOWN_TO_OPENSSL {
        let folder = tempfile::tempdir().unwrap();
        let key = PrivateKey::generate(algorithm).unwrap();
        fs::write(folder.path().join("pass"), PASSPHRASE).unwrap();
        fs::write(folder.path().join("plain.pem"), &*pkcs8_text::plain(&key).unwrap()).unwrap();
        let encrypted = pkcs8_text::encrypt_with_rounds(&key, PASSPHRASE, FEW).unwrap();
        fs::write(folder.path().join("encrypted.pem"), encrypted).unwrap();
        for file in ["-in plain.pem", "-in encrypted.pem -passin file:pass"] {
            assert_eq!(
                public_of(folder.path(), file),
                key.public_key().spki(),
                "{algorithm} {file}"
            );
        }
    }
}

#[test]
fn every_kind_of_key_survives_both_forms() {
    for algorithm in KeyAlgorithm::ALL {
        if matches!(algorithm, KeyAlgorithm::Rsa3072 | KeyAlgorithm::Rsa4096) {
            continue; // seconds to generate; Rsa2048 stands for them
        }
        let key = PrivateKey::generate(algorithm).unwrap();
        let plain = pkcs8_text::plain(&key).unwrap();
        let again = pkcs8_text::read_plain(plain.as_bytes()).unwrap();
        assert_eq!(again.public_key(), key.public_key());
        let encrypted = pkcs8_text::encrypt_with_rounds(&key, PASSPHRASE, FEW).unwrap();
        let again = pkcs8_text::decrypt(encrypted.as_bytes(), PASSPHRASE).unwrap();
        assert_eq!(again.public_key(), key.public_key());
    }
}

#[test]
fn the_usual_form_takes_the_usual_rounds() {
    let folder = tempfile::tempdir().unwrap();
    let key = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap();
    let encrypted = pkcs8_text::encrypt(&key, PASSPHRASE).unwrap();
    fs::write(folder.path().join("key.pem"), encrypted).unwrap();
    let shown = openssl(folder.path(), "asn1parse -in key.pem").unwrap();
    let shown = String::from_utf8(shown).unwrap();
    for word in [
        "PBES2",
        "PBKDF2",
        "hmacWithSHA256",
        "aes-256-cbc",
        &format!(":{ROUNDS:06X}"),
    ] {
        assert!(shown.contains(word), "{word} in {shown}");
    }
}

#[test]
fn weak_and_costly_schemes_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    openssl(folder.path(), "genpkey -algorithm SM2 -out key.pem").unwrap();
    let refused = |scheme: &str| {
        let convert = format!("pkcs8 -topk8 -in key.pem -passout pass:x {scheme}");
        let encrypted = openssl(folder.path(), &convert).unwrap();
        pkcs8_text::decrypt(&encrypted, b"x").unwrap_err().to_string()
    };
    let refusal = "the key is protected in a way that is not accepted: ";
    assert_eq!(
        refused("-v1 PBE-SHA1-3DES").split(':').next().unwrap(),
        "encryptedPrivateKey at byte 0"
    );
    assert_eq!(
        refused("-v2 aes-256-cbc -v2prf hmacWithSHA1"),
        format!("{refusal}unsupported algorithm")
    );
    assert_eq!(
        refused("-scrypt -scrypt_p 17"),
        format!("{refusal}scrypt asks for too much")
    );
    let costly = pkcs8::EncryptedPrivateKeyInfoRef {
        encryption_algorithm: Parameters::generate_pbkdf2_sha256_aes256cbc(ROUNDS_MAX + 1, &[1; 16], [2; 16])
            .unwrap()
            .into(),
        encrypted_data: der::asn1::OctetStringRef::new(&[3; 32]).unwrap(),
    };
    let costly = pkcs8_text::decrypt(&der::Encode::to_der(&costly).unwrap(), b"x");
    assert_eq!(
        costly.unwrap_err().to_string(),
        format!("{refusal}too many PBKDF2 rounds")
    );
}

#[test]
fn an_empty_passphrase_protects_nothing() {
    let key = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap();
    let refused = pkcs8_text::encrypt(&key, b"");
    assert!(matches!(refused, Err(KeyTextError::Passphrase)));
}

#[test]
fn a_key_of_the_other_form_is_not_taken() {
    let key = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap();
    let plain = pkcs8_text::plain(&key).unwrap();
    let error = pkcs8_text::decrypt(plain.as_bytes(), PASSPHRASE).unwrap_err();
    assert_eq!(
        error.to_string(),
        "text at byte 0: has no PEM block with the label that was expected"
    );
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        gm_syntax::fuzzing::private_key(&bytes);
    }

    #[test]
    fn mutated_keys_never_panic(
        place in any::<prop::sample::Index>(),
        octets in prop::collection::vec(any::<u8>(), 1..5),
    ) {
        let pem = include_str!("../../../vectors/syntax/gmcert-recipient.key.pem");
        let mut der = gm_syntax::pem_text::decode(pem.as_bytes(), "PRIVATE KEY").unwrap();
        let start = place.index(der.len());
        for (old, new) in der.iter_mut().skip(start).zip(&octets) {
            *old = *new;
        }
        gm_syntax::fuzzing::private_key(&der);
    }
}
