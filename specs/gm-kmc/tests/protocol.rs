//! Requests and answers between CA and KMC: what is sent arrives, in both styles of tags; what is
//! replayed or changed is not believed.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::{str::FromStr, sync::LazyLock};

use der::Tag;
use gm_kmc::{
    Answer, ApplyKey, Delivered, EntityName, Envelopes, KeyAnswer, KeyRequest, Malformed, Parties, Request, RestoreKey,
    SignedAnswer, SignedRequest, Unverified, limits,
};
use gm_suite::{KeyAlgorithm, PrivateKey};
use gm_syntax::{
    der_fields::{Element, Fields},
    der_writer::{self, DerWriter},
};
use jiff::Timestamp;
use proptest::prelude::*;
use x509_cert::name::Name;

fn key() -> PrivateKey {
    PrivateKey::generate(KeyAlgorithm::Sm2).unwrap()
}

static CA: LazyLock<PrivateKey> = LazyLock::new(key);
static KMC: LazyLock<PrivateKey> = LazyLock::new(key);
static USER: LazyLock<PrivateKey> = LazyLock::new(key);
static ENCRYPTION: LazyLock<PrivateKey> = LazyLock::new(key);

fn entity(name: &str, key: &PrivateKey) -> EntityName {
    let name = Name::from_str(&format!("CN={name},C=CN")).unwrap();
    EntityName::new(&name, key.public_key(), &[0, 0x81]).unwrap()
}

fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

fn request() -> Request {
    let apply = ApplyKey {
        serial: vec![0xf1; 16],
        user_key: USER.public_key().clone(),
        not_before: at("2026-11-22T00:00:00Z"),
        not_after: at("2051-11-22T00:00:00Z"),
        user_name: Some("张三".into()),
    };
    let unnamed = ApplyKey {
        serial: vec![2],
        user_name: None,
        ..apply.clone()
    };
    let restore = RestoreKey {
        serial: vec![3],
        user_key: USER.public_key().clone(),
    };
    Request {
        ca: entity("签发中心", &CA),
        requests: vec![
            KeyRequest::Apply(apply),
            KeyRequest::Apply(unnamed),
            KeyRequest::Restore(restore),
            KeyRequest::Revoke { serial: vec![4] },
        ],
        at: at("2026-11-22T08:00:00Z"),
        task: u64::MAX,
    }
}

fn delivered(serial: &[u8], envelopes: Envelopes) -> Delivered {
    let parties = Parties {
        ca: &entity("签发中心", &CA),
        kmc: &entity("密钥中心", &KMC),
        signer: &*KMC,
    };
    Delivered::seal(serial, &ENCRYPTION, USER.public_key(), parties, envelopes).unwrap()
}

fn answer() -> Answer {
    let error = KeyAnswer::Error {
        code: -7,
        text: "没有这个密钥".to_owned(),
    };
    Answer {
        kmc: entity("密钥中心", &KMC),
        answers: vec![
            KeyAnswer::Applied(delivered(&[0xf1; 16], Envelopes::Both)),
            error,
            KeyAnswer::Restored(delivered(&[3], Envelopes::Signed)),
            KeyAnswer::Revoked { serial: vec![4] },
        ],
        at: at("2026-11-22T08:00:01Z"),
        task: u64::MAX,
    }
}

#[test]
fn a_request_arrives_as_it_was_sent() {
    let der = request().sign(&*CA).unwrap();
    let read = SignedRequest::from_der(&der).unwrap();
    assert_eq!(read.ca(), &request().ca);
    assert!(read.ca().has_key(CA.public_key()) && !read.ca().has_key(KMC.public_key()));
    assert_eq!(read.verify(CA.public_key()).unwrap(), request());
}

#[test]
fn an_answer_arrives_as_it_was_sent() {
    let sent = answer();
    let der = sent.sign(&*KMC).unwrap();
    let read = SignedAnswer::from_der(&der).unwrap();
    let read = read.verify_for(KMC.public_key(), &request()).unwrap();
    assert_eq!(read, sent);
}

#[test]
fn the_user_opens_both_envelopes() {
    let both = delivered(&[9], Envelopes::Both);
    let signed = both.private_key.open_key(&*USER, KMC.public_key()).unwrap();
    let bare = both.enveloped.unwrap().open(&*USER).unwrap();
    assert_eq!(signed.sm2_scalar(), ENCRYPTION.sm2_scalar());
    assert_eq!(bare.sm2_scalar(), ENCRYPTION.sm2_scalar());
    assert_eq!(both.public_key, *ENCRYPTION.public_key());
    let recipient = both.private_key.recipients().next().unwrap();
    assert_eq!(*recipient, entity("签发中心", &CA).issued(&[9]));
    assert!(delivered(&[9], Envelopes::Signed).enveloped.is_none());
}

#[test]
fn a_request_under_another_key_is_not_believed() {
    let der = request().sign(&*KMC).unwrap();
    let read = SignedRequest::from_der(&der).unwrap();
    assert_eq!(read.verify(CA.public_key()).unwrap_err(), Unverified::Signature);
}

#[test]
fn no_bit_of_a_request_can_be_changed() {
    let der = request().sign(&*CA).unwrap();
    for place in 0..der.len() {
        let mut altered = der.clone();
        altered[place] ^= 1;
        if let Ok(read) = SignedRequest::from_der(&altered) {
            assert!(read.verify(CA.public_key()).is_err(), "byte {place} can be changed");
        }
    }
}

#[test]
fn no_bit_of_an_answer_can_be_changed() {
    let der = answer().sign(&*KMC).unwrap();
    for place in 0..der.len() {
        let mut altered = der.clone();
        altered[place] ^= 1;
        if let Ok(read) = SignedAnswer::from_der(&altered) {
            assert!(read.verify(KMC.public_key()).is_err(), "byte {place} can be changed");
        }
    }
}

#[test]
fn an_answer_to_another_request_is_not_believed() {
    let der = answer().sign(&*KMC).unwrap();
    let against = |change: fn(&mut Request)| {
        let mut other = request();
        change(&mut other);
        let read = SignedAnswer::from_der(&der).unwrap();
        read.verify_for(KMC.public_key(), &other).unwrap_err()
    };
    let (expected, found) = (7, u64::MAX);
    assert_eq!(
        against(|other| other.task = 7),
        Unverified::OtherTask { expected, found }
    );
    assert_eq!(against(|other| drop(other.requests.pop())), Unverified::Unfit);
    assert_eq!(against(|other| other.requests.swap(0, 3)), Unverified::Unfit);
    let other_serial = against(|other| other.requests[3] = KeyRequest::Revoke { serial: vec![5] });
    assert_eq!(other_serial, Unverified::Unfit);
}

#[test]
fn leading_zeros_of_serial_numbers_do_not_count() {
    let zeros = |serial: &[u8]| Request {
        requests: vec![KeyRequest::Revoke {
            serial: serial.to_vec(),
        }],
        ..request()
    };
    let der = zeros(&[0, 0, 4]).sign(&*CA).unwrap();
    let read = SignedRequest::from_der(&der).unwrap().verify(CA.public_key()).unwrap();
    assert_eq!(read, zeros(&[4]));
    let revoked = Answer {
        answers: vec![KeyAnswer::Revoked { serial: vec![4] }],
        ..answer()
    };
    revoked.fits(&zeros(&[0, 0, 4])).unwrap();
}

#[test]
fn times_are_whole_seconds() {
    let sent = Request {
        at: at("2026-11-22T08:00:00.987654Z"),
        ..request()
    };
    let der = sent.sign(&*CA).unwrap();
    let read = SignedRequest::from_der(&der).unwrap().verify(CA.public_key()).unwrap();
    assert_eq!(read.at, at("2026-11-22T08:00:00Z"));
    let early = Request {
        at: at("1969-12-31T23:59:59Z"),
        ..request()
    };
    assert_eq!(
        early.sign(&*CA).unwrap_err().to_string(),
        "cannot be sent: requestTime at byte 0: is no time from 1970 to 9999"
    );
}

#[test]
fn a_request_asks_for_one_to_512_keys() {
    let with = |count: u16| {
        let requests = (1..=count).map(|n| KeyRequest::Revoke {
            serial: n.to_be_bytes().into(),
        });
        let sent = Request {
            requests: requests.collect(),
            ..request()
        };
        sent.sign(&*CA)
            .map_or_else(|error| error.to_string(), |_| "sent".to_owned())
    };
    assert_eq!(with(512), "sent");
    assert!(with(0).ends_with("is empty"), "{}", with(0));
    assert!(with(513).ends_with("more than 512 elements"), "{}", with(513));
}

#[test]
fn what_breaks_a_limit_is_not_signed() {
    let mut long = request();
    let KeyRequest::Apply(apply) = &mut long.requests[0] else {
        unreachable!("an application was put there")
    };
    apply.user_name = Some(vec![b'x'; limits::USER_NAME_BYTES_MAX + 1]);
    let words = long.sign(&*CA).unwrap_err().to_string();
    let place = "cannot be sent: caRequest.ksRequest.requestList[0].applyKeyReq.appUserInfo.userName at byte";
    assert!(words.starts_with(place), "{words}");
    let name = Name::from_str(&format!("CN={}", "x".repeat(5000))).unwrap();
    let entity = EntityName::new(&name, CA.public_key(), &[1]).unwrap_err();
    assert_eq!(
        entity.to_string(),
        "entName at byte 0: 5021 bytes, at most 4096 are allowed"
    );
}

#[test]
fn a_long_error_is_cut_and_still_sent() {
    let sent = Answer {
        answers: vec![KeyAnswer::Error {
            code: 1,
            text: "字".repeat(1000),
        }],
        ..answer()
    };
    let der = sent.sign(&*KMC).unwrap();
    let read = SignedAnswer::from_der(&der).unwrap().verify(KMC.public_key()).unwrap();
    let text = "字".repeat(limits::ERROR_TEXT_BYTES_MAX / 3);
    assert_eq!(read.answers, [KeyAnswer::Error { code: 1, text }]);
}

#[test]
fn an_envelope_for_another_key_is_malformed() {
    let mut sent = answer();
    let KeyAnswer::Applied(delivered) = &mut sent.answers[0] else {
        unreachable!("a key was put there")
    };
    delivered.public_key = USER.public_key().clone();
    let words = sent.sign(&*KMC).unwrap_err().to_string();
    let place = "cannot be sent: kmRespond.ksRespond.respondList[0].applyKeyRespond.envelopedKey at byte";
    assert!(words.starts_with(place), "{words}");
}

/// Rewrites the body of a signed message with every alternative and optional field under an implicit
/// tag, and signs it anew.
fn implicit(der: &[u8], list: usize, signer: &PrivateKey) -> Vec<u8> {
    let body = Fields::message("message", der, usize::MAX, |fields| {
        let body = fields.tagged("body", Tag::Sequence)?;
        while !fields.is_empty() {
            fields.element("rest")?;
        }
        Ok(body)
    })
    .unwrap();
    let body = der_writer::write(|w| w.sequence(|w| rewrite_body(w, &body, list))).unwrap();
    gm_syntax::SignedFrame::seal(&body, signer).unwrap()
}

fn elements<'a>(of: &Element<'a>) -> Vec<Element<'a>> {
    let all = of.enter(|fields| {
        let mut all = Vec::new();
        while !fields.is_empty() {
            all.push(fields.element("")?);
        }
        Ok::<_, Malformed>(all)
    });
    all.unwrap()
}

fn rewrite_body(w: &mut DerWriter, body: &Element<'_>, list: usize) {
    for (index, element) in elements(body).iter().enumerate() {
        if index != list {
            w.raw(element.whole);
            continue;
        }
        w.sequence(|w| {
            for choice in elements(element) {
                let number = choice.whole[0] & 0x1f;
                let sequence = elements(&choice)[0];
                w.context(number, |w| {
                    for field in elements(&sequence) {
                        rewrite_field(w, &field);
                    }
                });
            }
        });
    }
}

/// `userName` inside `appUserInfo`, and `errDesc`, become implicit; the rest stays.
fn rewrite_field(w: &mut DerWriter, field: &Element<'_>) {
    if field.is_context(0) && [Tag::OctetString, Tag::Utf8String].contains(&elements(field)[0].tag) {
        w.context_primitive(0, elements(field)[0].content);
    } else if field.tag == Tag::Sequence
        && elements(field)
            .iter()
            .any(|inner| inner.is_context(0) && inner.whole.len() < 40)
    {
        w.sequence(|w| elements(field).iter().for_each(|inner| rewrite_field(w, inner)));
    } else {
        w.raw(field.whole);
    }
}

#[test]
fn both_styles_of_tags_are_read() {
    let explicit = request().sign(&*CA).unwrap();
    let other = implicit(&explicit, 2, &CA);
    assert!(other.len() < explicit.len());
    let read = SignedRequest::from_der(&other)
        .unwrap()
        .verify(CA.public_key())
        .unwrap();
    assert_eq!(read, request());

    let sent = answer();
    let explicit = sent.sign(&*KMC).unwrap();
    let other = implicit(&explicit, 2, &KMC);
    assert!(other.len() < explicit.len());
    let read = SignedAnswer::from_der(&other).unwrap();
    assert_eq!(read.verify_for(KMC.public_key(), &request()).unwrap(), sent);
}

/// The error of an answer whose only element has this `ErrorPkgRespond`.
fn error_read_from(write: impl Fn(&mut DerWriter)) -> String {
    let whole = Answer {
        answers: vec![KeyAnswer::Revoked { serial: vec![1] }],
        ..answer()
    };
    let der = whole.sign(&*KMC).unwrap();
    let body = Fields::over(&der).tagged("", Tag::Sequence).unwrap();
    let fields = elements(&elements(&body)[0]);
    let changed = der_writer::write(|w| {
        w.sequence(|w| {
            w.raw(fields[0].whole);
            w.raw(fields[1].whole);
            w.sequence(|w| w.context(3, |w| w.sequence(&write)));
            w.raw(fields[3].whole);
            w.raw(fields[4].whole);
        });
    });
    let der = gm_syntax::SignedFrame::seal(&changed.unwrap(), &*KMC).unwrap();
    match SignedAnswer::from_der(&der).map(|read| read.verify(KMC.public_key()).unwrap()) {
        Ok(answer) => format!("{:?}", answer.answers[0]),
        Err(error) => error.field().to_owned(),
    }
}

#[test]
fn errors_are_read_in_every_form_that_is_in_use() {
    type Form = fn(&mut DerWriter);
    let forms: [Form; 6] = [
        |w| w.context(0, |w| w.text("no")),
        |w| w.context(0, |w| w.octets(b"no")),
        |w| w.context(0, |w| w.sequence(|w| w.text("no"))),
        |w| w.context_primitive(0, b"no"),
        |w| w.text("no"),
        |w| w.octets(b"no"),
    ];
    for (index, form) in forms.into_iter().enumerate() {
        let read = error_read_from(|w| {
            w.signed_64(-9);
            form(w);
        });
        assert_eq!(read, "Error { code: -9, text: \"no\" }", "form {index}");
    }
    let silent = error_read_from(|w| w.unsigned_64(0x80));
    assert_eq!(silent, "Error { code: 128, text: \"\" }");
    let null = error_read_from(|w| {
        w.signed_64(1);
        w.null();
    });
    assert_eq!(null, "kmRespond.ksRespond.respondList[0].errorPkgRespond.errDesc");
}

#[test]
fn errors_say_where_a_request_is_wrong() {
    let der = request().sign(&*CA).unwrap();
    let complaint = |der: &[u8]| SignedRequest::from_der(der).unwrap_err().to_string();
    assert_eq!(
        complaint(&der[..der.len() - 1]),
        "caRequest at byte 0: the bytes end too early"
    );
    let mut long = der.clone();
    long.push(0);
    assert_eq!(
        complaint(&long),
        format!("caRequest at byte {}: 1 bytes too many", der.len())
    );
    let mut version = der.clone();
    assert_eq!(version[8..11], [2, 1, 1]);
    version[10] = 2;
    assert_eq!(complaint(&version), "caRequest.ksRequest.version at byte 8: is not 1");
    let key_length = der.windows(4).position(|window| window == [2, 2, 1, 0]).unwrap();
    let mut short = der.clone();
    short[key_length + 3] = 1;
    assert_eq!(
        complaint(&short),
        format!(
            "caRequest.ksRequest.requestList[0].applyKeyReq.appKeyLen at byte {key_length}: \
             is not 256, the length of SM2 keys"
        )
    );
}

fn any_request() -> impl Strategy<Value = Request> {
    let serial = || {
        prop::collection::vec(any::<u8>(), 0..20).prop_map(|mut serial| {
            serial.insert(0, 1);
            serial
        })
    };
    let time = || (0_i64..250_000_000_000).prop_map(|second| Timestamp::from_second(second).unwrap());
    let name = prop::option::of(prop::collection::vec(any::<u8>(), 0..40));
    let apply = (serial(), time(), time(), name).prop_map(|(serial, not_before, not_after, user_name)| {
        KeyRequest::Apply(ApplyKey {
            serial,
            user_key: USER.public_key().clone(),
            not_before,
            not_after,
            user_name,
        })
    });
    let restore = serial().prop_map(|serial| {
        KeyRequest::Restore(RestoreKey {
            serial,
            user_key: CA.public_key().clone(),
        })
    });
    let revoke = serial().prop_map(|serial| KeyRequest::Revoke { serial });
    let requests = prop::collection::vec(prop_oneof![apply, restore, revoke], 1..6);
    (requests, time(), any::<u64>()).prop_map(|(requests, at, task)| Request {
        ca: entity("x", &CA),
        requests,
        at,
        task,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_request_arrives_as_it_was_sent(sent in any_request()) {
        let der = sent.sign(&*CA).unwrap();
        let read = SignedRequest::from_der(&der).unwrap().verify(CA.public_key()).unwrap();
        prop_assert_eq!(&read, &sent);
        let read = SignedRequest::from_der(&implicit(&der, 2, &CA)).unwrap();
        prop_assert_eq!(read.verify(CA.public_key()).unwrap(), sent);
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        gm_kmc::fuzzing::request(&bytes);
        gm_kmc::fuzzing::answer(&bytes);
    }
}

/// The bodies of a request and of an answer, and a mutation of each.
#[test]
fn mutated_bytes_never_panic() {
    let request = request().sign(&*CA).unwrap();
    let answer = answer().sign(&*KMC).unwrap();
    let body = |der: &[u8]| {
        let outer = Fields::over(der).tagged("", Tag::Sequence).unwrap();
        elements(&outer)[0].whole.to_vec()
    };
    let (request, answer) = (body(&request), body(&answer));
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(2000));
    let mutation = (any::<prop::sample::Index>(), prop::collection::vec(any::<u8>(), 1..5));
    let outcome = runner.run(&mutation, |(place, octets)| {
        for original in [&request, &answer] {
            let mut der = original.clone();
            let start = place.index(der.len());
            for (old, new) in der.iter_mut().skip(start).zip(&octets) {
                *old = *new;
            }
            gm_kmc::fuzzing::request(&der);
            gm_kmc::fuzzing::answer(&der);
        }
        Ok(())
    });
    outcome.unwrap();
}
