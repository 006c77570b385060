//! Registrations and assertions: what other implementations made is taken, and each thing that is wrong is named.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gm_suite::{DigestAlgorithm, KeyAlgorithm, PrivateKey, Signer as _};
use proptest::prelude::*;
use serde_json::{Value, json};
use webauthn_es256::{Assertion, CeremonyError, Registration, RelyingParty, Synced};

/// Made by python-fido2, judged by `py_webauthn`: `vectors/webauthn/make.py`.
const VECTORS: &str = include_str!("../../../vectors/webauthn/es256.json");

const CHALLENGE: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const ORIGIN: &str = "https://ca.example:8443";
const UP_UV: u8 = 0x05;
const AT: u8 = 0x40;
const ED: u8 = 0x80;
const BE: u8 = 0x08;
const BS: u8 = 0x10;

fn octets(value: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(value.as_str().unwrap()).unwrap()
}

fn party(synced: Synced) -> RelyingParty {
    RelyingParty::at(ORIGIN, synced).unwrap()
}

#[test]
fn keys_of_another_implementation_are_registered_and_used() {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    for (name, synced) in [("of_one_device", false), ("with_extensions", false), ("synced", true)] {
        let (vector, party) = (&vectors[name], party(Synced::Allowed));
        let made = &vector["registration"];
        let made = Registration::parse(&octets(&made["client_data"]), &octets(&made["authenticator_data"])).unwrap();
        let challenge = vector["registration"]["challenge"].as_str().unwrap();
        let credential = made.verify(&party, challenge).unwrap();
        assert_eq!(credential.id, octets(&vector["credential"]), "{name}");
        assert_eq!(hex::encode(credential.key.spki()), vector["spki"], "{name}");
        assert_eq!(credential.is_synced, synced, "{name}");
        let mut counter = credential.counter;
        for used in vector["assertions"].as_array().unwrap() {
            let [client, data, signature] =
                ["client_data", "authenticator_data", "signature"].map(|part| octets(&used[part]));
            let assertion = Assertion::parse(&client, &data, &signature).unwrap();
            let challenge = used["challenge"].as_str().unwrap();
            assert_eq!(assertion.challenge(), challenge);
            let verified = assertion.verify(&party, challenge, &credential.key, counter).unwrap();
            assert_eq!(verified, used["counter"], "{name}");
            counter = verified;
            let again = assertion.verify(&party, challenge, &credential.key, counter);
            let stored = counter;
            assert_eq!(again, Err(CeremonyError::Counter { stored, given: stored }), "{name}");
        }
    }
}

fn client_data(kind: &str) -> Value {
    json!({"type": kind, "challenge": CHALLENGE, "origin": ORIGIN, "crossOrigin": false})
}

fn head(id: &str, flags: u8, counter: u32) -> Vec<u8> {
    let hash = DigestAlgorithm::Sha256.digest(id.as_bytes());
    [hash.as_slice(), &[flags], &counter.to_be_bytes()].concat()
}

/// A key's authenticator data at its making.
fn made(key: &PrivateKey, flags: u8, id: &[u8]) -> Vec<u8> {
    let point = &key.public_key().raw()[1..];
    let length = u16::try_from(id.len()).unwrap().to_be_bytes();
    let cose = [0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 0x20];
    let (x, y) = point.split_at(32);
    [
        &head("ca.example", flags, 0),
        [9; 16].as_slice(),
        &length,
        id,
        &cose,
        x,
        &[0x22, 0x58, 0x20],
        y,
    ]
    .concat()
}

fn register(client: &Value, data: &[u8]) -> Result<(), CeremonyError> {
    let client = serde_json::to_vec(client).unwrap();
    Registration::parse(&client, data)?
        .verify(&party(Synced::Refused), CHALLENGE)
        .map(|_| ())
}

fn use_key(key: &PrivateKey, client: &Value, data: &[u8], stored: u32) -> Result<u32, CeremonyError> {
    let client = serde_json::to_vec(client).unwrap();
    let signed = [data, &DigestAlgorithm::Sha256.digest(&client)].concat();
    let assertion = Assertion::parse(&client, data, &key.sign(&signed).unwrap())?;
    assertion.verify(&party(Synced::Refused), CHALLENGE, key.public_key(), stored)
}

fn key() -> PrivateKey {
    PrivateKey::generate(KeyAlgorithm::P256).unwrap()
}

fn with(mut client: Value, name: &str, value: Value) -> Value {
    client[name] = value;
    client
}

/// Client data that both ceremonies refuse, and why.
fn wrong_clients(kind: &str, other: &str) -> Vec<(Value, CeremonyError)> {
    let good = || client_data(kind);
    let malformed = CeremonyError::Malformed("clientDataJSON");
    vec![
        (with(good(), "type", json!(other)), CeremonyError::Type),
        (with(good(), "challenge", json!("AAAA")), CeremonyError::Challenge),
        (
            with(good(), "challenge", json!(format!("{CHALLENGE}="))),
            CeremonyError::Challenge,
        ),
        (
            with(good(), "origin", json!("https://ca.example")),
            CeremonyError::Origin,
        ),
        (
            with(good(), "origin", json!("https://evil.ca.example:8443")),
            CeremonyError::Origin,
        ),
        (
            with(good(), "origin", json!("http://ca.example:8443")),
            CeremonyError::Origin,
        ),
        (with(good(), "crossOrigin", json!(true)), CeremonyError::Origin),
        (
            with(good(), "tokenBinding", json!({"status": "present", "id": "AA"})),
            CeremonyError::Origin,
        ),
        (with(good(), "crossOrigin", json!("false")), malformed),
        (with(good(), "origin", json!(null)), malformed),
        (json!({"type": kind}), malformed),
        (json!([]), malformed),
        (with(good(), "more", json!("a".repeat(5000))), malformed),
    ]
}

#[test]
fn a_registration_with_anything_wrong_is_refused_by_name() {
    let key = key();
    let good = || client_data("webauthn.create");
    let data = made(&key, UP_UV | AT, &[7; 20]);
    assert_eq!(register(&good(), &data), Ok(()));
    let supported = with(good(), "tokenBinding", json!({"status": "supported"}));
    assert_eq!(register(&with(supported, "other", json!(1)), &data), Ok(()));
    for (client, why) in wrong_clients("webauthn.create", "webauthn.get") {
        assert_eq!(register(&client, &data), Err(why), "{client}");
    }
    let malformed = CeremonyError::Malformed("authenticatorData");
    let other_party = [&head("other.example", UP_UV | AT, 0), &data[37..]].concat();
    let at = |place: usize, octet: u8| {
        let mut changed = data.clone();
        changed[place] = octet;
        changed
    };
    for (data, why) in [
        (other_party, CeremonyError::Party),
        (made(&key, 0x04 | AT, &[7; 20]), CeremonyError::NotPresent),
        (made(&key, 0x01 | AT, &[7; 20]), CeremonyError::NotVerified),
        (made(&key, UP_UV | AT | BE, &[7; 20]), CeremonyError::Synced),
        (made(&key, UP_UV | AT | BS, &[7; 20]), malformed),
        (made(&key, UP_UV | AT | ED, &[7; 20]), malformed),
        (made(&key, UP_UV | AT, &[]), malformed),
        (made(&key, UP_UV | AT, &[7; 1024]), malformed),
        (head("ca.example", UP_UV, 0), malformed),
        (head("ca.example", UP_UV | AT, 0), malformed),
        ([data.as_slice(), &[0xa0]].concat(), malformed),
        (at(79, 0x38), CeremonyError::Algorithm),
        (at(75 + 1, 3), CeremonyError::Algorithm),
        (at(75 + 12, data[87] ^ 1), malformed),
        (Vec::new(), malformed),
    ] {
        assert_eq!(register(&good(), &data), Err(why), "{}", hex::encode(&data));
    }
}

#[test]
fn an_assertion_with_anything_wrong_is_refused_by_name() {
    let key = key();
    let good = || client_data("webauthn.get");
    let data = head("ca.example", UP_UV, 5);
    assert_eq!(use_key(&key, &good(), &data, 4), Ok(5));
    for (client, why) in wrong_clients("webauthn.get", "webauthn.create") {
        assert_eq!(use_key(&key, &client, &data, 4), Err(why), "{client}");
    }
    for (data, why) in [
        (head("other.example", UP_UV, 5), CeremonyError::Party),
        (head("ca.example", 0x04, 5), CeremonyError::NotPresent),
        (head("ca.example", 0x01, 5), CeremonyError::NotVerified),
        (head("ca.example", UP_UV | BE, 5), CeremonyError::Synced),
        (
            made(&key, UP_UV | AT, &[7; 20]),
            CeremonyError::Malformed("authenticatorData"),
        ),
        (
            head("ca.example", UP_UV, 4),
            CeremonyError::Counter { stored: 4, given: 4 },
        ),
        (
            head("ca.example", UP_UV, 0),
            CeremonyError::Counter { stored: 4, given: 0 },
        ),
    ] {
        assert_eq!(use_key(&key, &good(), &data, 4), Err(why), "{}", hex::encode(&data));
    }
    let none = head("ca.example", UP_UV, 0);
    assert_eq!(
        use_key(&key, &good(), &none, 0),
        Ok(0),
        "an authenticator without a counter"
    );
}

#[test]
fn a_signature_of_another_key_or_over_other_octets_does_not_match() {
    let (key, other) = (key(), self::key());
    let client = serde_json::to_vec(&client_data("webauthn.get")).unwrap();
    let data = head("ca.example", UP_UV, 1);
    let signed = [data.as_slice(), &DigestAlgorithm::Sha256.digest(&client)].concat();
    let signature = key.sign(&signed).unwrap();
    let verify = |data: &[u8], signature: &[u8], key: &PrivateKey| {
        let assertion = Assertion::parse(&client, data, signature)?;
        assertion.verify(&party(Synced::Refused), CHALLENGE, key.public_key(), 0)
    };
    assert_eq!(verify(&data, &signature, &key), Ok(1));
    assert_eq!(verify(&data, &signature, &other), Err(CeremonyError::Signature));
    let counted = head("ca.example", UP_UV, 2);
    assert_eq!(verify(&counted, &signature, &key), Err(CeremonyError::Signature));
    assert_eq!(verify(&data, &[], &key), Err(CeremonyError::Signature));
    let long = CeremonyError::Malformed("signature");
    assert_eq!(verify(&data, &[0x30; 73], &key), Err(long));
}

#[test]
fn a_member_that_comes_twice_is_malformed() {
    let text = format!(
        r#"{{"type":"webauthn.create","type":"webauthn.create","challenge":"{CHALLENGE}","origin":"{ORIGIN}"}}"#
    );
    let data = made(&key(), UP_UV | AT, &[7; 20]);
    let why = Registration::parse(text.as_bytes(), &data).unwrap_err();
    assert_eq!(why, CeremonyError::Malformed("clientDataJSON"));
}

proptest! {
    #[test]
    fn no_octets_stop_a_parser(client in proptest::collection::vec(any::<u8>(), 0..200), data in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = Registration::parse(&client, &data);
        let _ = Assertion::parse(&client, &data, &data);
        let mut mixed = client.clone();
        mixed.extend_from_slice(&data);
        webauthn_es256::fuzzing::ceremonies(&mixed);
    }

    #[test]
    fn every_octet_of_what_is_signed_counts(place in 0_usize..37, bit in 0_u8..8) {
        let vectors: Value = serde_json::from_str(VECTORS).unwrap();
        let used = &vectors["of_one_device"]["assertions"][0];
        let made = &vectors["of_one_device"]["registration"];
        let registration = Registration::parse(&octets(&made["client_data"]), &octets(&made["authenticator_data"])).unwrap();
        let credential = registration.verify(&party(Synced::Allowed), made["challenge"].as_str().unwrap()).unwrap();
        let mut data = octets(&used["authenticator_data"]);
        data[place] ^= 1 << bit;
        let verdict = Assertion::parse(&octets(&used["client_data"]), &data, &octets(&used["signature"]))
            .and_then(|it| it.verify(&party(Synced::Allowed), used["challenge"].as_str().unwrap(), &credential.key, 0));
        prop_assert!(verdict.is_err());
    }
}
