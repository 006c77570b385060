//! Known answers of the standards, read from `vectors/algorithms/gm.txt`.

#![expect(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "tests")]

use gm_suite::{Decryptor as _, DigestAlgorithm, PrivateKey, PublicKey, SignatureAlgorithm, sm2, sm3, sm4};

const VECTORS: &str = include_str!("../../../vectors/algorithms/gm.txt");

fn vector(name: &str) -> Vec<u8> {
    let line = VECTORS
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(" = "));
    hex::decode(line.unwrap_or_else(|| panic!("no vector {name}"))).expect("hex")
}

fn array<const N: usize>(name: &str) -> [u8; N] {
    vector(name).try_into().expect("length")
}

fn key() -> PrivateKey {
    PrivateKey::from_sm2_scalar(&array("sm2-d")).unwrap()
}

/// A DER INTEGER of 32 octets.
fn integer(octets: &[u8]) -> Vec<u8> {
    let zero = u8::from(octets.first().is_some_and(|octet| *octet >= 0x80));
    let len = u8::try_from(octets.len()).unwrap() + zero;
    [&[2, len][..], &vec![0; usize::from(zero)], octets].concat()
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let len = u8::try_from(content.len()).unwrap();
    let header = if len < 0x80 {
        vec![0x30, len]
    } else {
        vec![0x30, 0x81, len]
    };
    [header, content].concat()
}

#[test]
fn sm3_of_the_examples_in_the_standard() {
    assert_eq!(sm3(b"abc"), array("sm3-abc"));
    assert_eq!(
        DigestAlgorithm::Sm3.digest(&b"abcd".repeat(16)),
        vector("sm3-abcd-16-times")
    );
}

#[test]
fn sm3_is_the_same_in_pieces() {
    let mut hasher = DigestAlgorithm::Sm3.hasher();
    for piece in b"abcd".repeat(16).chunks(7) {
        hasher.update(piece);
    }
    assert_eq!(hasher.finish(), vector("sm3-abcd-16-times"));
}

#[test]
fn sm4_ecb_of_the_example_in_the_standard() {
    let key = array("sm4-key");
    assert_eq!(sm4::ecb_encrypt(&key, &key).unwrap(), vector("sm4-ecb"));
    assert_eq!(*sm4::ecb_decrypt(&key, &vector("sm4-ecb")).unwrap(), key);
}

#[test]
fn sm4_gcm_of_rfc_8998() {
    let (key, nonce, aad) = (array("sm4-key"), array("sm4-gcm-nonce"), vector("sm4-gcm-aad"));
    let sealed = sm4::gcm_seal(&key, &nonce, &aad, &vector("sm4-gcm-plaintext")).unwrap();
    assert_eq!(hex::encode(&sealed), hex::encode(vector("sm4-gcm-sealed")));
    assert_eq!(
        *sm4::gcm_open(&key, &nonce, &aad, &sealed).unwrap(),
        vector("sm4-gcm-plaintext")
    );
}

#[test]
fn sm2_public_point_za_and_digest_of_the_standard() {
    let key = key();
    let public = key.public_key();
    assert_eq!(public.raw(), vector("sm2-point"));
    assert_eq!(sm2::za(public, sm2::DEFAULT_ID).unwrap(), array("sm2-za"));
    assert_eq!(sm2::message_hash(public, b"message digest").unwrap(), array("sm2-e"));
}

#[test]
fn sm2_signature_of_the_standard() {
    let signature = sm2::sign_with_nonce(&key(), b"message digest", &array("sm2-k")).unwrap();
    assert_eq!(
        signature,
        sequence(&[&integer(&vector("sm2-r")), &integer(&vector("sm2-s"))])
    );
    let public = PublicKey::from_sm2_point(&vector("sm2-point")).unwrap();
    public
        .verify(SignatureAlgorithm::Sm2Sm3, b"message digest", &signature)
        .unwrap();
    assert!(
        public
            .verify(SignatureAlgorithm::Sm2Sm3, b"message digesT", &signature)
            .is_err()
    );
}

#[test]
fn sm2_encryption_of_the_standard() {
    let public = PublicKey::from_sm2_point(&vector("sm2-point")).unwrap();
    let cipher = sm2::encrypt_with_nonce(&public, b"encryption standard", &array("sm2-k")).unwrap();
    let (c3, c2) = (vector("sm2-c3"), vector("sm2-c2"));
    let octets = |content: &[u8]| [&[4, u8::try_from(content.len()).unwrap()], content].concat();
    let x = integer(&vector("sm2-c1-x"));
    let y = integer(&vector("sm2-c1-y"));
    assert_eq!(
        hex::encode(&cipher),
        hex::encode(sequence(&[&x, &y, &octets(&c3), &octets(&c2)]))
    );
    assert_eq!(key().decrypt(&cipher).unwrap().as_slice(), b"encryption standard");
}

#[test]
fn the_cipher_inside_the_enveloped_key_example_and_the_key_it_wraps() {
    let public = PublicKey::from_sm2_point(&vector("sm2-point")).unwrap();
    let sm4_key: [u8; 16] = array("sm4-key");
    let cipher = sm2::encrypt_with_nonce(&public, &sm4_key, &array("sm2-k")).unwrap();
    assert_eq!(hex::encode(&cipher), hex::encode(vector("sm2-envelope-cipher")));
    let opened: [u8; 16] = key().decrypt(&cipher).unwrap().as_slice().try_into().unwrap();
    let wrapped = vector("sm2-envelope-encrypted-private-key");
    let private: [u8; 32] = sm4::ecb_decrypt(&opened, &wrapped)
        .unwrap()
        .as_slice()
        .try_into()
        .unwrap();
    assert_eq!(private, array("sm2-envelope-private-key"));
    let private = PrivateKey::from_sm2_scalar(&private).unwrap();
    assert_eq!(private.public_key().raw(), vector("sm2-envelope-public-key"));
}
