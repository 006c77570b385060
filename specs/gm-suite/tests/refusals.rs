//! Keys and ciphertexts that are refused, each for its own reason; and that nothing from outside makes anything panic.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use gm_suite::{
    BadSignature, DecryptError, Decryptor as _, InvalidKey, KeyAlgorithm, KeyError, PrivateKey, PublicKey,
    SignatureAlgorithm, Signer as _, oid, sm2, sm4,
};
use proptest::prelude::*;

const SEQUENCE: u8 = 0x30;

/// A DER value.
fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let len = content.len();
    let header = match len {
        0..0x80 => vec![tag, u8::try_from(len).unwrap()],
        0x80..0x100 => vec![tag, 0x81, u8::try_from(len).unwrap()],
        _ => vec![
            tag,
            0x82,
            u8::try_from(len >> 8).unwrap(),
            u8::try_from(len & 0xFF).unwrap(),
        ],
    };
    [header, content.to_vec()].concat()
}

fn integer(octets: &[u8]) -> Vec<u8> {
    let zero = usize::from(octets.first().is_some_and(|octet| *octet >= 0x80));
    tlv(2, &[&vec![0; zero], octets].concat())
}

fn spki(algorithm: &[u8], raw: &[u8]) -> Vec<u8> {
    tlv(
        SEQUENCE,
        &[tlv(SEQUENCE, algorithm), tlv(3, &[&[0], raw].concat())].concat(),
    )
}

fn object(oid: gm_suite::oid::ObjectIdentifier) -> Vec<u8> {
    tlv(6, oid.as_bytes())
}

fn on_curve(curve: gm_suite::oid::ObjectIdentifier) -> Vec<u8> {
    [object(oid::EC_PUBLIC_KEY), object(curve)].concat()
}

fn sm2_key() -> PrivateKey {
    PrivateKey::generate(KeyAlgorithm::Sm2).unwrap()
}

fn rsa(modulus: &[u8], exponent: &[u8]) -> Result<PublicKey, InvalidKey> {
    let raw = tlv(SEQUENCE, &[integer(modulus), integer(exponent)].concat());
    PublicKey::from_spki(&spki(&[object(oid::RSA_ENCRYPTION), tlv(5, &[])].concat(), &raw))
}

/// The modulus of a real key, without leading zero.
fn modulus(algorithm: KeyAlgorithm) -> Vec<u8> {
    let raw = PrivateKey::generate(algorithm).unwrap().public_key().raw().to_vec();
    // SEQUENCE 82 xx xx, INTEGER 82 xx xx, 00
    let len = usize::from(raw[6]) << 8 | usize::from(raw[7]);
    raw[9..8 + len].to_vec()
}

#[test]
fn points_that_are_not_on_the_curve() {
    for (algorithm, curve) in [
        (KeyAlgorithm::Sm2, oid::SM2),
        (KeyAlgorithm::P256, oid::P256),
        (KeyAlgorithm::P384, oid::P384),
    ] {
        let good = PrivateKey::generate(algorithm).unwrap();
        let point = good.public_key().raw();
        let half = point.len() / 2;
        assert!(PublicKey::from_spki(&spki(&on_curve(curve), point)).is_ok());
        let mut off = point.to_vec();
        off[half * 2] ^= 1;
        let zero = [&[4], &vec![0; half * 2][..]].concat();
        let compressed = [&[2 + (point[half * 2] & 1)], &point[1..=half]].concat();
        for bad in [
            off,
            zero,
            compressed,
            vec![0],
            point[..point.len() - 1].to_vec(),
            [point, &[0]].concat(),
            vec![],
        ] {
            assert_eq!(
                PublicKey::from_spki(&spki(&on_curve(curve), &bad)),
                Err(InvalidKey::Point),
                "{algorithm}"
            );
        }
    }
    assert_eq!(PublicKey::from_sm2_point(&[4; 65]), Err(InvalidKey::Point));
}

#[test]
fn a_point_of_one_curve_under_the_name_of_another() {
    let sm2 = sm2_key();
    let p256 = PrivateKey::generate(KeyAlgorithm::P256).unwrap();
    assert_eq!(
        PublicKey::from_spki(&spki(&on_curve(oid::P256), sm2.public_key().raw())),
        Err(InvalidKey::Point)
    );
    assert_eq!(
        PublicKey::from_spki(&spki(&on_curve(oid::SM2), p256.public_key().raw())),
        Err(InvalidKey::Point)
    );
}

#[test]
fn wrong_parameters_and_foreign_algorithms() {
    let key = sm2_key();
    let point = key.public_key().raw();
    let wrong = |algorithm: Vec<u8>| PublicKey::from_spki(&spki(&algorithm, point)).unwrap_err();
    let parameters = InvalidKey::Parameters {
        oid: oid::EC_PUBLIC_KEY,
    };
    assert_eq!(wrong(object(oid::EC_PUBLIC_KEY)), parameters);
    assert_eq!(wrong([object(oid::EC_PUBLIC_KEY), tlv(5, &[])].concat()), parameters);
    assert_eq!(wrong(on_curve(oid::SM2_SIGN)), parameters);
    assert_eq!(wrong(object(oid::SM2)), InvalidKey::Algorithm { oid: oid::SM2 });
    let ed25519 = PrivateKey::generate(KeyAlgorithm::Ed25519).unwrap();
    let with_null = [object(oid::ED25519), tlv(5, &[])].concat();
    let refused = PublicKey::from_spki(&spki(&with_null, ed25519.public_key().raw()));
    assert_eq!(refused, Err(InvalidKey::Parameters { oid: oid::ED25519 }));
    let rsa = PrivateKey::generate(KeyAlgorithm::Rsa2048).unwrap();
    let refused = PublicKey::from_spki(&spki(&object(oid::RSA_ENCRYPTION), rsa.public_key().raw()));
    assert_eq!(
        refused,
        Err(InvalidKey::Parameters {
            oid: oid::RSA_ENCRYPTION
        })
    );
}

#[test]
fn rsa_keys_that_are_too_small_odd_in_size_or_weak() {
    let good = modulus(KeyAlgorithm::Rsa2048);
    let usual = [1, 0, 1];
    assert_eq!(rsa(&good, &usual).unwrap().algorithm(), KeyAlgorithm::Rsa2048);
    assert_eq!(
        rsa(&good[128..], &usual).unwrap_err(),
        InvalidKey::ModulusSize {
            bits: size(&good[128..])
        }
    );
    assert_eq!(
        rsa(&[&[1], &good[..]].concat(), &usual),
        Err(InvalidKey::ModulusSize { bits: 2049 })
    );
    assert_eq!(rsa(&[0xFF; 1024], &usual), Err(InvalidKey::ModulusSize { bits: 8192 }));
    let even = [&good[..255], &[0x10]].concat();
    assert_eq!(rsa(&even, &usual), Err(InvalidKey::ModulusFactor));
    // 3 divides a number whose octets sum to a multiple of 3, as 256 leaves 1
    let rest = good[..255].iter().map(|octet| u32::from(*octet)).sum::<u32>() % 3;
    let threefold = [&good[..255], &[[0x03, 0x05, 0x01][rest as usize]]].concat();
    assert_eq!(rsa(&threefold, &usual), Err(InvalidKey::ModulusFactor));
}

fn size(modulus: &[u8]) -> usize {
    modulus.len() * 8 - modulus.first().map_or(0, |octet| octet.leading_zeros() as usize)
}

#[test]
fn rsa_exponents_that_are_even_small_or_huge() {
    let modulus = modulus(KeyAlgorithm::Rsa2048);
    for exponent in [
        &[1][..],
        &[3],
        &[17],
        &[1, 0, 0],
        &[0xFF, 0xFF],
        &[1, 0, 2],
        &[2, 0, 0, 0, 1],
        &[1; 9],
        &[1; 256],
    ] {
        assert_eq!(rsa(&modulus, exponent), Err(InvalidKey::Exponent), "{exponent:?}");
    }
    assert!(rsa(&modulus, &[0xFF, 0xFF, 0xFF, 0xFF]).is_ok());
}

#[test]
fn anything_after_or_inside_that_does_not_belong() {
    for algorithm in KeyAlgorithm::ALL {
        let key = PrivateKey::generate(algorithm).unwrap();
        let good = key.public_key().spki();
        assert_eq!(&PublicKey::from_spki(good).unwrap(), key.public_key());
        assert!(PublicKey::from_spki(&[good, &[0]].concat()).is_err(), "{algorithm}");
        assert!(PublicKey::from_spki(&good[..good.len() - 1]).is_err(), "{algorithm}");
        let private = key.to_pkcs8().unwrap();
        assert_eq!(PrivateKey::from_pkcs8(&private).unwrap().public_key(), key.public_key());
        assert!(
            PrivateKey::from_pkcs8(&[private.as_slice(), &[0]].concat()).is_err(),
            "{algorithm}"
        );
        assert!(
            PrivateKey::from_pkcs8(&private[..private.len() - 1]).is_err(),
            "{algorithm}"
        );
    }
    for ber in lengths_in_ber(sm2_key().public_key().spki()) {
        assert!(
            matches!(PublicKey::from_spki(&ber), Err(InvalidKey::Malformed(_))),
            "{ber:02x?}"
        );
    }
    let key = sm2_key();
    let mut unused = key.public_key().spki().to_vec();
    let at = unused.len() - 66;
    assert_eq!(unused[at], 0);
    unused[at] = 1;
    assert!(matches!(PublicKey::from_spki(&unused), Err(InvalidKey::Malformed(_))));
    assert!(matches!(
        PublicKey::from_spki(&[0x30; 5000]),
        Err(InvalidKey::Malformed(_))
    ));
}

/// The same SM2 key with one length after another in a form that BER allows and DER does not.
fn lengths_in_ber(spki: &[u8]) -> Vec<Vec<u8>> {
    let (algorithm, raw) = (&spki[4..23], &spki[26..]);
    let long = |tag: u8, content: &[u8]| [&[tag, 0x81, u8::try_from(content.len()).unwrap()], content].concat();
    let (ec, curve) = algorithm.split_at(9);
    let inner = tlv(SEQUENCE, algorithm);
    let bits = tlv(3, &[&[0], raw].concat());
    assert_eq!(tlv(SEQUENCE, &[inner.clone(), bits.clone()].concat()), spki);
    vec![
        long(SEQUENCE, &[inner.as_slice(), &bits].concat()),
        tlv(SEQUENCE, &[long(SEQUENCE, algorithm), bits.clone()].concat()),
        tlv(SEQUENCE, &[inner.clone(), long(3, &[&[0], raw].concat())].concat()),
        tlv(
            SEQUENCE,
            &[
                tlv(SEQUENCE, &[long(6, &ec[2..]), curve.to_vec()].concat()),
                bits.clone(),
            ]
            .concat(),
        ),
        tlv(
            SEQUENCE,
            &[
                tlv(SEQUENCE, &[ec.to_vec(), long(6, &curve[2..])].concat()),
                bits.clone(),
            ]
            .concat(),
        ),
        [&[SEQUENCE, 0x80], inner.as_slice(), &bits, &[0, 0]].concat(),
    ]
}

#[test]
fn private_numbers_out_of_range() {
    let n: [u8; 32] = hex::decode("FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123")
        .unwrap()
        .try_into()
        .unwrap();
    let less = |by: u8| {
        let mut number = n;
        number[31] -= by;
        number
    };
    for bad in [[0; 32], n, less(1), [0xFF; 32]] {
        assert_eq!(PrivateKey::from_sm2_scalar(&bad).unwrap_err(), InvalidKey::Range);
    }
    let largest = PrivateKey::from_sm2_scalar(&less(2)).unwrap();
    let signature = largest.sign(b"message").unwrap();
    largest
        .public_key()
        .verify(SignatureAlgorithm::Sm2Sm3, b"message", &signature)
        .unwrap();
}

#[test]
fn a_private_key_with_anothers_public_half() {
    let (key, other) = (sm2_key(), sm2_key());
    let point = key.public_key().raw();
    let swapped = key.to_pkcs8().unwrap();
    let at = swapped.windows(point.len()).position(|window| window == point).unwrap();
    let swapped = [&swapped[..at], other.public_key().raw(), &swapped[at + point.len()..]].concat();
    assert_eq!(PrivateKey::from_pkcs8(&swapped).unwrap_err(), InvalidKey::Pair);
}

#[test]
fn signatures_in_any_but_the_one_encoding() {
    let key = sm2_key();
    let good = key.sign(b"message").unwrap();
    let verify = |signature: &[u8]| {
        key.public_key()
            .verify(SignatureAlgorithm::Sm2Sm3, b"message", signature)
    };
    verify(&good).unwrap();
    assert_eq!(verify(&[good.as_slice(), &[0]].concat()), Err(BadSignature));
    assert_eq!(
        verify(&[&[0x30, 0x81, good[1]], &good[2..]].concat()),
        Err(BadSignature)
    );
    let r_len = usize::from(good[3]);
    let longer = [&[0x30, good[1] + 1, 2, good[3] + 1, 0], &good[4..]].concat();
    assert_eq!(verify(&longer), Err(BadSignature));
    if good[4] == 0 {
        let negative = [&[0x30, good[1] - 1, 2, good[3] - 1], &good[5..]].concat();
        assert_eq!(verify(&negative), Err(BadSignature));
    }
    assert_eq!(verify(&good[4..4 + r_len]), Err(BadSignature));
    assert_eq!(verify(&[]), Err(BadSignature));
}

#[test]
fn a_key_verifies_only_with_its_own_algorithms() {
    for algorithm in KeyAlgorithm::ALL {
        let key = PrivateKey::generate(algorithm).unwrap();
        let signature = key.sign(b"message").unwrap();
        for with in SignatureAlgorithm::ALL {
            let verdict = key.public_key().verify(with, b"message", &signature);
            assert_eq!(
                verdict.is_ok(),
                with == algorithm.signature_algorithm(),
                "{algorithm} {with}"
            );
        }
    }
}

#[test]
fn only_sm2_keys_encrypt_and_decrypt_and_not_nothing() {
    let p256 = PrivateKey::generate(KeyAlgorithm::P256).unwrap();
    assert_eq!(sm2::encrypt(p256.public_key(), b"x"), Err(KeyError::NotSm2));
    assert_eq!(p256.decrypt(b"x").unwrap_err(), DecryptError::NotSm2);
    assert_eq!(sm2::za(p256.public_key(), sm2::DEFAULT_ID), None);
    assert_eq!(p256.sm2_scalar(), None);
    let key = sm2_key();
    assert_eq!(
        sm2::encrypt(key.public_key(), b""),
        Err(KeyError::PlaintextLength { len: 0 })
    );
    let long = vec![0; sm2::PLAINTEXT_MAX + 1];
    assert_eq!(
        sm2::encrypt(key.public_key(), &long),
        Err(KeyError::PlaintextLength { len: long.len() })
    );
    let longest = &long[1..];
    let cipher = sm2::encrypt(key.public_key(), longest).unwrap();
    assert_eq!(key.decrypt(&cipher).unwrap().as_slice(), longest);
    assert_eq!(sm2_key().decrypt(&cipher).unwrap_err(), DecryptError::Mismatch);
    assert!(matches!(key.decrypt(b"\x30\x00"), Err(DecryptError::Malformed(_))));
    assert_eq!(sm2::za(key.public_key(), &[0; 8192]), None);
}

#[test]
fn one_octet_is_encrypted_as_often_as_any_other() {
    let key = sm2_key();
    for octet in 0..=255 {
        let cipher = sm2::encrypt(key.public_key(), &[octet]).unwrap();
        assert_eq!(key.decrypt(&cipher).unwrap().as_slice(), [octet]);
    }
}

#[test]
fn sm4_of_partial_blocks_and_with_wrong_keys() {
    let (key, other) = ([1; 16], [2; 16]);
    assert_eq!(
        sm4::ecb_encrypt(&key, &[0; 15]),
        Err(sm4::Sm4Error::PartialBlock { len: 15 })
    );
    assert_eq!(
        sm4::ecb_decrypt(&key, &[0; 33]).unwrap_err(),
        sm4::Sm4Error::PartialBlock { len: 33 }
    );
    let sealed = sm4::gcm_seal(&key, &[0; 12], b"aad", b"plaintext").unwrap();
    assert_eq!(
        sm4::gcm_open(&other, &[0; 12], b"aad", &sealed).unwrap_err(),
        sm4::Sm4Error::Tag
    );
    assert_eq!(
        sm4::gcm_open(&key, &[1; 12], b"aad", &sealed).unwrap_err(),
        sm4::Sm4Error::Tag
    );
    assert_eq!(
        sm4::gcm_open(&key, &[0; 12], b"aad", &sealed[..8]).unwrap_err(),
        sm4::Sm4Error::Tag
    );
    assert_eq!(
        sm4::cbc_decrypt(&key, &[0; 16], &[0; 15]).unwrap_err(),
        sm4::Sm4Error::Padding
    );
    assert_eq!(
        sm4::cbc_decrypt(&key, &[0; 16], &[]).unwrap_err(),
        sm4::Sm4Error::Padding
    );
}

#[test]
fn debug_shows_no_secret() {
    for algorithm in [KeyAlgorithm::Sm2, KeyAlgorithm::P256, KeyAlgorithm::Ed25519] {
        let key = PrivateKey::generate(algorithm).unwrap();
        let shown = format!("{key:?}");
        assert!(
            shown.starts_with(&format!("PrivateKey(of PublicKey({algorithm}, ")),
            "{shown}"
        );
        assert!(shown.len() < 64, "{shown}");
        if let Some(scalar) = key.sm2_scalar() {
            assert!(!shown.contains(&hex::encode(&scalar[..4])));
        }
    }
}

#[test]
fn names_and_identifiers_of_algorithms_come_back() {
    for algorithm in KeyAlgorithm::ALL {
        assert_eq!(algorithm.to_string().parse(), Ok(algorithm));
        assert!(algorithm.serves(algorithm.signature_algorithm()));
    }
    assert!("sm9".parse::<KeyAlgorithm>().is_err());
    for algorithm in SignatureAlgorithm::ALL {
        assert_eq!(
            SignatureAlgorithm::from_identifier(&algorithm.identifier()),
            Ok(algorithm)
        );
        let mut foreign = algorithm.identifier();
        foreign.parameters = Some(oid::SM2.into());
        assert!(SignatureAlgorithm::from_identifier(&foreign).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in any::<Vec<u8>>()) {
        let _ = PublicKey::from_spki(&bytes);
        let _ = PublicKey::from_sm2_point(&bytes);
        let _ = PrivateKey::from_pkcs8(&bytes);
    }

    #[test]
    fn no_changed_key_is_taken_for_the_same(which in 0usize..10, at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let keys = keys();
        let (public, private) = &keys[which];
        let mut changed = public.clone();
        let at_public = at.index(changed.len());
        changed[at_public] = to;
        if let Ok(key) = PublicKey::from_spki(&changed) {
            prop_assert_eq!(key.spki(), changed.as_slice());
            prop_assert_eq!(&changed == public, key.spki() == public.as_slice());
        }
        let mut changed = private.clone();
        let at_private = at.index(changed.len());
        changed[at_private] = to;
        let _ = PrivateKey::from_pkcs8(&changed);
    }

    #[test]
    fn no_bytes_make_sm2_panic(bytes in any::<Vec<u8>>(), at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let key = PrivateKey::from_sm2_scalar(&[7; 32]).unwrap();
        prop_assert!(key.public_key().verify(SignatureAlgorithm::Sm2Sm3, b"", &bytes).is_err());
        prop_assert!(key.decrypt(&bytes).is_err());
        let mut signature = key.sign(b"message").unwrap();
        let at = at.index(signature.len());
        let same = signature[at] == to;
        signature[at] = to;
        prop_assert_eq!(key.public_key().verify(SignatureAlgorithm::Sm2Sm3, b"message", &signature).is_ok(), same);
    }
}

/// One key of each algorithm, as SPKI and PKCS#8.
fn keys() -> &'static [(Vec<u8>, Vec<u8>)] {
    static KEYS: std::sync::OnceLock<Vec<(Vec<u8>, Vec<u8>)>> = std::sync::OnceLock::new();
    KEYS.get_or_init(|| {
        let make = |algorithm| {
            let key = PrivateKey::generate(algorithm).unwrap();
            (key.public_key().spki().to_vec(), key.to_pkcs8().unwrap().to_vec())
        };
        KeyAlgorithm::ALL.into_iter().map(make).collect()
    })
}
