//! Against the `openssl` command (3.0): signatures, ciphertexts, digests and keys, both ways.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::fs;
use std::path::Path;
use std::process::Command;

use gm_suite::{
    Decryptor as _, DigestAlgorithm, KeyAlgorithm, PrivateKey, PublicKey, SignatureAlgorithm, Signer as _, sm2, sm4,
};
use tempfile::TempDir;

const MESSAGE: &[u8] = b"a message of forty octets, more or less..";

/// What OpenSSL 3.0 knows; ML-DSA came with 3.5.
const KNOWN: [KeyAlgorithm; 7] = [
    KeyAlgorithm::Sm2,
    KeyAlgorithm::P256,
    KeyAlgorithm::P384,
    KeyAlgorithm::Rsa2048,
    KeyAlgorithm::Rsa3072,
    KeyAlgorithm::Rsa4096,
    KeyAlgorithm::Ed25519,
];

/// Runs `openssl` in the folder; gives what it wrote, or its complaint.
fn try_openssl(folder: &TempDir, arguments: &str) -> Result<Vec<u8>, String> {
    let output = Command::new("openssl")
        .args(arguments.split(' '))
        .current_dir(folder)
        .output()
        .unwrap();
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

fn openssl(folder: &TempDir, arguments: &str) -> Vec<u8> {
    try_openssl(folder, arguments).unwrap_or_else(|complaint| panic!("openssl {arguments}: {complaint}"))
}

fn write(folder: &TempDir, name: &str, content: &[u8]) {
    fs::write(folder.path().join(name), content).unwrap();
}

fn read(folder: &TempDir, name: impl AsRef<Path>) -> Vec<u8> {
    fs::read(folder.path().join(name)).unwrap()
}

/// Arguments that make OpenSSL generate such a key.
const fn generation(algorithm: KeyAlgorithm) -> &'static str {
    match algorithm {
        KeyAlgorithm::Sm2 => "-algorithm SM2",
        KeyAlgorithm::P256 => "-algorithm EC -pkeyopt ec_paramgen_curve:P-256",
        KeyAlgorithm::P384 => "-algorithm EC -pkeyopt ec_paramgen_curve:P-384",
        KeyAlgorithm::Rsa2048 => "-algorithm RSA -pkeyopt rsa_keygen_bits:2048",
        KeyAlgorithm::Rsa3072 => "-algorithm RSA -pkeyopt rsa_keygen_bits:3072",
        KeyAlgorithm::Rsa4096 => "-algorithm RSA -pkeyopt rsa_keygen_bits:4096",
        _ => "-algorithm ED25519",
    }
}

/// Arguments that make OpenSSL sign and verify as this suite does.
const fn options(algorithm: KeyAlgorithm) -> &'static str {
    match algorithm {
        KeyAlgorithm::Sm2 => "-rawin -digest sm3 -pkeyopt distid:1234567812345678",
        KeyAlgorithm::P384 => "-rawin -digest sha384",
        KeyAlgorithm::Ed25519 => "-rawin",
        _ => "-rawin -digest sha256",
    }
}

#[test]
fn keys_and_signatures_made_here_are_good_there() {
    for algorithm in KNOWN {
        let folder = TempDir::new().unwrap();
        let key = PrivateKey::generate(algorithm).unwrap();
        write(&folder, "key.der", &key.to_pkcs8().unwrap());
        write(&folder, "public.der", key.public_key().spki());
        write(&folder, "message", MESSAGE);
        write(&folder, "signature", &key.sign(MESSAGE).unwrap());
        openssl(&folder, "pkey -inform DER -in key.der -check -noout");
        assert_eq!(
            openssl(&folder, "pkey -inform DER -in key.der -pubout -outform DER"),
            key.public_key().spki()
        );
        let with = options(algorithm);
        let verify =
            format!("pkeyutl -verify -pubin -keyform DER -inkey public.der -in message -sigfile signature {with}");
        openssl(&folder, &verify);
        write(&folder, "message", b"another message of about as many octets..");
        assert!(try_openssl(&folder, &verify).is_err(), "{algorithm}");
    }
}

#[test]
fn keys_and_signatures_made_there_are_good_here() {
    for algorithm in KNOWN {
        let folder = TempDir::new().unwrap();
        write(&folder, "message", MESSAGE);
        openssl(
            &folder,
            &format!("genpkey {} -outform DER -out key.der", generation(algorithm)),
        );
        openssl(
            &folder,
            "pkey -inform DER -in key.der -pubout -outform DER -out public.der",
        );
        openssl(
            &folder,
            "pkcs8 -topk8 -nocrypt -inform DER -in key.der -outform DER -out pkcs8.der",
        );
        let with = options(algorithm);
        openssl(
            &folder,
            &format!("pkeyutl -sign -keyform DER -inkey key.der -in message -out signature {with}"),
        );
        let public = PublicKey::from_spki(&read(&folder, "public.der")).unwrap();
        assert_eq!(public.algorithm(), algorithm);
        let signature = read(&folder, "signature");
        public
            .verify(algorithm.signature_algorithm(), MESSAGE, &signature)
            .unwrap();
        assert!(
            public
                .verify(algorithm.signature_algorithm(), b"another", &signature)
                .is_err()
        );
        let private = PrivateKey::from_pkcs8(&read(&folder, "pkcs8.der")).unwrap();
        assert_eq!(private.public_key(), &public);
        public
            .verify(
                algorithm.signature_algorithm(),
                MESSAGE,
                &private.sign(MESSAGE).unwrap(),
            )
            .unwrap();
    }
}

#[test]
fn rsa_with_the_longer_digests_verifies_here() {
    let folder = TempDir::new().unwrap();
    write(&folder, "message", MESSAGE);
    openssl(
        &folder,
        "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out key.pem",
    );
    let public = PublicKey::from_spki(&openssl(&folder, "pkey -in key.pem -pubout -outform DER")).unwrap();
    let algorithms = [
        (SignatureAlgorithm::RsaPkcs1Sha256, "sha256"),
        (SignatureAlgorithm::RsaPkcs1Sha384, "sha384"),
        (SignatureAlgorithm::RsaPkcs1Sha512, "sha512"),
    ];
    for (algorithm, digest) in algorithms {
        openssl(&folder, &format!("dgst -{digest} -sign key.pem -out signature message"));
        for (other, _) in algorithms {
            let verdict = public.verify(other, MESSAGE, &read(&folder, "signature"));
            assert_eq!(verdict.is_ok(), other == algorithm);
        }
    }
}

#[test]
fn sm2_ciphertexts_pass_both_ways() {
    let folder = TempDir::new().unwrap();
    let key = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap();
    write(&folder, "key.der", &key.to_pkcs8().unwrap());
    write(&folder, "plain", b"sixteen octets !");
    write(
        &folder,
        "cipher",
        &sm2::encrypt(key.public_key(), b"sixteen octets !").unwrap(),
    );
    assert_eq!(
        openssl(&folder, "pkeyutl -decrypt -keyform DER -inkey key.der -in cipher"),
        b"sixteen octets !"
    );
    openssl(
        &folder,
        "pkeyutl -encrypt -keyform DER -inkey key.der -in plain -out cipher",
    );
    assert_eq!(
        key.decrypt(&read(&folder, "cipher")).unwrap().as_slice(),
        b"sixteen octets !"
    );
}

#[test]
fn digests_and_sm4_agree() {
    let folder = TempDir::new().unwrap();
    write(&folder, "message", MESSAGE);
    for algorithm in DigestAlgorithm::ALL {
        let theirs = openssl(&folder, &format!("dgst -{algorithm} -binary message"));
        assert_eq!(theirs, algorithm.digest(MESSAGE));
        assert_eq!(theirs.len(), algorithm.output_len());
    }
    let (key, iv) = ([0x11; 16], [0x22; 16]);
    let arguments = format!("-K {} -iv {} -in message", "11".repeat(16), "22".repeat(16));
    assert_eq!(
        openssl(&folder, &format!("enc -sm4-cbc {arguments}")),
        sm4::cbc_encrypt(&key, &iv, MESSAGE)
    );
    write(&folder, "message", &[0x77; 64]);
    let arguments = format!("-K {} -in message", "11".repeat(16));
    let theirs = openssl(&folder, &format!("enc -sm4-ecb -nopad {arguments}"));
    assert_eq!(theirs, sm4::ecb_encrypt(&key, &[0x77; 64]).unwrap());
}
