//! SM2, SM3 and SM4 against two other implementations, both ways: `sm2` of `RustCrypto` and `gmcrypto-core`.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::str::FromStr as _;

use getrandom::SysRng;
use gm_suite::{
    Decryptor as _, KeyAlgorithm, PrivateKey, PublicKey, SignatureAlgorithm, Signer as _, sm2 as ours, sm3, sm4,
};
use gmcrypto_core as second;
use proptest::prelude::*;
use sm2::dsa::signature::{Signer as _, Verifier as _};
use sm2::dsa::{Signature, SigningKey};
use sm2::elliptic_curve::bigint::U256;
use sm2::pke::{DecryptingKey, EncryptingKey};

const ID: &str = "1234567812345678";
const N_HEX: &str = "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123";

fn private() -> impl Strategy<Value = PrivateKey> {
    any::<[u8; 32]>().prop_filter_map("out of range", |octets| PrivateKey::from_sm2_scalar(&octets).ok())
}

fn rustcrypto(key: &PrivateKey) -> SigningKey {
    SigningKey::from_slice(ID, key.sm2_scalar().unwrap().as_slice()).unwrap()
}

fn second_private(key: &PrivateKey) -> second::sm2::Sm2PrivateKey {
    second::sm2::Sm2PrivateKey::from_bytes_be(&key.sm2_scalar().unwrap()).unwrap()
}

fn second_public(key: &PublicKey) -> second::sm2::Sm2PublicKey {
    second::sm2::Sm2PublicKey::from_sec1_bytes(key.raw()).unwrap()
}

fn integer(octets: &[u8]) -> Vec<u8> {
    let short: Vec<u8> = octets.iter().copied().skip_while(|octet| *octet == 0).collect();
    let zero = usize::from(short.first().is_none_or(|octet| *octet >= 0x80));
    [
        &[2, u8::try_from(short.len() + zero).unwrap()][..],
        &vec![0; zero],
        &short,
    ]
    .concat()
}

fn signature(r: &[u8], s: &[u8]) -> Vec<u8> {
    let content = [integer(r), integer(s)].concat();
    [&[0x30, u8::try_from(content.len()).unwrap()], content.as_slice()].concat()
}

/// What the `sm2` crate says of the same signature.
fn rustcrypto_accepts(key: &PrivateKey, message: &[u8], r: &[u8; 32], s: &[u8; 32]) -> bool {
    let parsed = Signature::from_scalars(*r, *s);
    parsed.is_ok_and(|signature| rustcrypto(key).verifying_key().verify(message, &signature).is_ok())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn signatures_made_here_verify_there(key in private(), message in any::<Vec<u8>>()) {
        let made = key.sign(&message).unwrap();
        prop_assert!(second::sm2::verify_with_id(&second_public(key.public_key()), ID.as_bytes(), &message, &made));
        let parsed = Signature::from_der(&made).unwrap();
        prop_assert!(rustcrypto(&key).verifying_key().verify(&message, &parsed).is_ok());
    }

    #[test]
    fn signatures_made_there_verify_here(key in private(), message in any::<Vec<u8>>()) {
        let verify = |signature: &[u8]| key.public_key().verify(SignatureAlgorithm::Sm2Sm3, &message, signature);
        let by_rustcrypto: Signature = rustcrypto(&key).sign(&message);
        prop_assert!(verify(by_rustcrypto.to_der().as_bytes()).is_ok());
        let by_second = second::sm2::sign_with_id(&second_private(&key), ID.as_bytes(), &message, &mut SysRng).unwrap();
        prop_assert!(verify(&by_second).is_ok());
    }

    #[test]
    fn ciphertexts_made_here_open_there_and_the_other_way(key in private(), plaintext in proptest::collection::vec(any::<u8>(), 2..200)) {
        let theirs = DecryptingKey::from_slice(key.sm2_scalar().unwrap().as_slice()).unwrap();
        let made = ours::encrypt(key.public_key(), &plaintext).unwrap();
        prop_assert_eq!(&theirs.decrypt_der(&made).unwrap(), &plaintext);
        prop_assert_eq!(&second::sm2::decrypt(&second_private(&key), &made).unwrap(), &plaintext);
        prop_assert_eq!(&*key.decrypt(&made).unwrap(), &plaintext);
        let by_rustcrypto = EncryptingKey::from_sec1_bytes(key.public_key().raw()).unwrap();
        let by_rustcrypto = by_rustcrypto.encrypt_der(&mut SysRng, &plaintext).unwrap();
        prop_assert_eq!(&*key.decrypt(&by_rustcrypto).unwrap(), &plaintext);
        let by_second = second::sm2::encrypt(&second_public(key.public_key()), &plaintext, &mut SysRng).unwrap();
        prop_assert_eq!(&*key.decrypt(&by_second).unwrap(), &plaintext);
    }

    #[test]
    fn a_changed_ciphertext_does_not_open(key in private(), at in any::<prop::sample::Index>(), bit in 0u8..8) {
        let mut made = ours::encrypt(key.public_key(), b"sixteen octets !").unwrap();
        let at = at.index(made.len());
        made[at] ^= 1 << bit;
        prop_assert!(key.decrypt(&made).is_err());
    }

    #[test]
    fn digests_and_ciphers_agree(key in any::<[u8; 16]>(), iv in any::<[u8; 16]>(), nonce in any::<[u8; 12]>(), data in any::<Vec<u8>>(), aad in any::<Vec<u8>>()) {
        prop_assert_eq!(sm3(&data), second::sm3::hash(&data));
        let sealed = sm4::cbc_encrypt(&key, &iv, &data);
        prop_assert_eq!(&sealed, &second::sm4::mode_cbc::encrypt(&key, &iv, &data));
        prop_assert_eq!(&*sm4::cbc_decrypt(&key, &iv, &sealed).unwrap(), &data);
        let sealed = sm4::gcm_seal(&key, &nonce, &aad, &data).unwrap();
        prop_assert_eq!(&*sm4::gcm_open(&key, &nonce, &aad, &sealed).unwrap(), &data);
        prop_assert!(sm4::gcm_open(&key, &nonce, &[aad.as_slice(), b"x"].concat(), &sealed).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    /// Signatures that are right, changed in r or s by a little, or with r or s at the ends of their range.
    #[test]
    fn verdicts_are_rustcryptos(seed in 1u64..64, message in any::<[u8; 8]>(), change in 0u8..12, by in 1u8..255) {
        let mut scalar = [0; 32];
        scalar[24..].copy_from_slice(&seed.to_be_bytes());
        let key = PrivateKey::from_sm2_scalar(&scalar).unwrap();
        let made = Signature::from_der(&key.sign(&message).unwrap()).unwrap();
        let (mut r, mut s): ([u8; 32], [u8; 32]) = (made.r_bytes().into(), made.s_bytes().into());
        let n: [u8; 32] = U256::from_be_hex(N_HEX).to_be_bytes().into();
        let less = |number: [u8; 32]| -> [u8; 32] {
            U256::from_be_hex(N_HEX).wrapping_sub(&U256::from_be_slice(&number)).to_be_bytes().into()
        };
        match change {
            0 => {}
            1 => r[31] ^= by,
            2 => s[31] ^= by,
            3 => r[0] ^= by,
            4 => r = [0; 32],
            5 => s = [0; 32],
            6 => r = n,
            7 => s = n,
            8 => r = less({ let mut one = [0; 32]; one[31] = 1; one }),
            9 => s = less({ let mut one = [0; 32]; one[31] = 1; one }),
            10 => s = less(r), // t = 0
            _ => std::mem::swap(&mut r, &mut s),
        }
        let verdict = key.public_key().verify(SignatureAlgorithm::Sm2Sm3, &message, &signature(&r, &s)).is_ok();
        prop_assert_eq!(verdict, rustcrypto_accepts(&key, &message, &r, &s));
        prop_assert_eq!(verdict, change == 0);
        let der = signature(&r, &s);
        prop_assert_eq!(verdict, second::sm2::verify_with_id(&second_public(key.public_key()), ID.as_bytes(), &message, &der));
    }
}

#[test]
fn keys_agree_through_pkcs8_and_spki() {
    use sm2::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, EncodePublicKey as _};
    let key = PrivateKey::generate(KeyAlgorithm::from_str("sm2").unwrap()).unwrap();
    let theirs = sm2::SecretKey::from_pkcs8_der(&key.to_pkcs8().unwrap()).unwrap();
    assert_eq!(theirs.to_bytes().as_slice(), key.sm2_scalar().unwrap().as_slice());
    assert_eq!(
        theirs.public_key().to_public_key_der().unwrap().as_bytes(),
        key.public_key().spki()
    );
    let back = PrivateKey::from_pkcs8(theirs.to_pkcs8_der().unwrap().as_bytes()).unwrap();
    assert_eq!(back.public_key(), key.public_key());
    let (_, in_second) = (
        second::spki::decode(key.public_key().spki()).unwrap(),
        second::pkcs8::decode(&key.to_pkcs8().unwrap()).unwrap(),
    );
    assert_eq!(&in_second.to_bytes_be(), &*key.sm2_scalar().unwrap());
}
