//! Batches and replies: what is sent arrives unchanged, and nothing else is believed.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::{collections::BTreeMap, sync::LazyLock};

use gm_suite::{KeyAlgorithm, PrivateKey};
use jiff::Timestamp;
use proptest::prelude::*;
use registration_protocol::{
    Batch, ChangeStatus, Issue, Issued, Item, Outcome, Refused, RefusedKind, Reply, SignedBatch, SignedReply,
    StatusAct, Unverified, addressee, digest, limits,
};

static RA_KEY: LazyLock<PrivateKey> = LazyLock::new(|| PrivateKey::generate(KeyAlgorithm::Sm2).unwrap());
static CA_KEY: LazyLock<PrivateKey> = LazyLock::new(|| PrivateKey::generate(KeyAlgorithm::P256).unwrap());

fn at(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap()
}

fn subject() -> BTreeMap<String, String> {
    [("name", "张三"), ("identity-number", "11010519491231002X")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
}

fn issue(request_id: [u8; 16]) -> Issue {
    Issue {
        request_id,
        profile: "person-sm2".to_owned(),
        fields: subject(),
        public_key: RA_KEY.public_key().spki().to_vec(),
        temporary_key: Some(CA_KEY.public_key().spki().to_vec()),
        validity_days: Some(365),
        replaces: Some("00ff".to_owned()),
        approval: [7; 32],
    }
}

fn batch() -> Batch {
    let revoke = StatusAct::Revoke {
        ground: "key-lost".to_owned(),
        invalidity: Some(at(1_800_000_000_000_001)),
    };
    let change = |request_id, act| ChangeStatus {
        request_id,
        serial: "0123456789abcdef".to_owned(),
        act,
        approval: [9; 32],
    };
    Batch {
        ra: "ra-1".to_owned(),
        to: addressee(CA_KEY.public_key()),
        sent_at: at(1_800_000_000_123_456),
        nonce: [3; 16],
        items: vec![
            Item::Issue(issue([1; 16])),
            Item::ChangeStatus(change([2; 16], StatusAct::Suspend)),
            Item::ChangeStatus(change([3; 16], StatusAct::Resume)),
            Item::ChangeStatus(change([4; 16], revoke)),
            Item::Inquire { request_id: [5; 16] },
        ],
    }
}

fn refused(english: &str) -> Refused {
    Refused {
        kind: RefusedKind::Refusal,
        code: "request-id-reused".to_owned(),
        instrument: Some("ESL".to_owned()),
        article: Some("20".to_owned()),
        english: english.to_owned(),
        chinese: "请求编号已用于其他内容".to_owned(),
    }
}

fn reply(in_answer_to: [u8; 32]) -> Reply {
    let issued = Issued {
        signing: vec![0x30, 3, 2, 1, 1],
        encryption: Some(vec![0x30, 3, 2, 1, 2]),
        enveloped_key: Some(vec![0x30, 3, 2, 1, 3]),
        issuer: vec![0x30, 3, 2, 1, 4],
    };
    let changed = Outcome::StatusChanged {
        serials: vec!["01".to_owned(), "02".to_owned()],
        at: at(5),
    };
    Reply {
        in_answer_to,
        at: at(-1),
        answers: vec![
            ([1; 16], Outcome::Issued(issued)),
            ([2; 16], changed),
            ([3; 16], Outcome::Refused(refused("the number was used"))),
            ([4; 16], Outcome::Pending),
            ([5; 16], Outcome::Unknown),
        ],
    }
}

/// Signs and reads back; the words of the error if either says no.
fn sent(batch: &Batch) -> String {
    match batch.sign(&*RA_KEY) {
        Ok(der) => {
            let read = SignedBatch::from_der(&der).unwrap();
            let read = read.verify(RA_KEY.public_key()).unwrap();
            assert_eq!(read.batch(), batch);
            "sent".to_owned()
        }
        Err(error) => error.to_string(),
    }
}

fn with_issue(change: impl FnOnce(&mut Issue)) -> Batch {
    let mut one = issue([1; 16]);
    change(&mut one);
    Batch {
        items: vec![Item::Issue(one)],
        ..batch()
    }
}

#[test]
fn a_batch_arrives_as_it_was_sent() {
    let der = batch().sign(&*RA_KEY).unwrap();
    let read = SignedBatch::from_der(&der).unwrap();
    assert_eq!(read.ra(), "ra-1");
    let verified = read.verify(RA_KEY.public_key()).unwrap();
    assert_eq!(verified.batch(), &batch());
    assert_eq!(verified.digest(), digest(&der));
    assert_eq!(verified.items.len(), 5);
}

#[test]
fn a_batch_under_another_key_is_not_believed() {
    let der = batch().sign(&*CA_KEY).unwrap();
    let read = SignedBatch::from_der(&der).unwrap();
    let error = read.verify(RA_KEY.public_key()).unwrap_err();
    assert_eq!(error, Unverified::Signature);
}

#[test]
fn no_bit_of_a_batch_can_be_changed() {
    let der = batch().sign(&*RA_KEY).unwrap();
    for place in 0..der.len() {
        let mut altered = der.clone();
        altered[place] ^= 1;
        if let Ok(read) = SignedBatch::from_der(&altered) {
            assert!(read.verify(RA_KEY.public_key()).is_err(), "byte {place} can be changed");
        }
    }
}

#[test]
fn a_reply_arrives_as_it_was_sent() {
    let der = reply([8; 32]).sign(&*CA_KEY).unwrap();
    let read = SignedReply::from_der(&der).unwrap();
    let read = read.verify(CA_KEY.public_key(), [8; 32]).unwrap();
    assert_eq!(read, reply([8; 32]));
    assert_eq!(read.outcome(&[4; 16]), Some(&Outcome::Pending));
    assert_eq!(read.outcome(&[9; 16]), None);
}

#[test]
fn a_reply_to_another_batch_is_not_believed() {
    let first = batch().sign(&*RA_KEY).unwrap();
    let again = Batch {
        nonce: [4; 16],
        ..batch()
    };
    let second = again.sign(&*RA_KEY).unwrap();
    let der = reply(digest(&first)).sign(&*CA_KEY).unwrap();
    let replayed = SignedReply::from_der(&der).unwrap();
    let error = replayed.verify(CA_KEY.public_key(), digest(&second));
    assert_eq!(error, Err(Unverified::OtherBatch));
}

#[test]
fn no_bit_of_a_reply_can_be_changed() {
    let der = reply([8; 32]).sign(&*CA_KEY).unwrap();
    for place in 0..der.len() {
        let mut altered = der.clone();
        altered[place] ^= 1;
        if let Ok(read) = SignedReply::from_der(&altered) {
            assert!(
                read.verify(CA_KEY.public_key(), [8; 32]).is_err(),
                "byte {place} can be changed"
            );
        }
    }
}

#[test]
fn a_reply_is_no_batch_even_under_the_same_key() {
    let der = reply([8; 32]).sign(&*RA_KEY).unwrap();
    assert_eq!(
        SignedBatch::from_der(&der).unwrap_err().to_string(),
        "signedBatch.batch.kind at byte 8: another kind or version of message"
    );
}

#[test]
fn what_breaks_a_limit_is_not_signed() {
    let broken = |field: &str, change: fn(&mut Issue)| {
        let words = sent(&with_issue(change));
        let place = format!("cannot be sent: {field}");
        assert!(words.starts_with(&place), "{words}");
        words
    };
    let item = "signedBatch.batch.items[0].issue";
    broken(&format!("{item}.profile"), |i| i.profile.clear());
    broken(&format!("{item}.profile"), |i| i.profile = "p".repeat(129));
    broken(&format!("{item}.fields[0].name"), |i| {
        i.fields = [("a\nb".to_owned(), String::new())].into();
    });
    broken(&format!("{item}.fields[1].value"), |i| {
        i.fields.insert("name".to_owned(), "字".repeat(342));
    });
    broken(&format!("{item}.fields at"), |i| {
        i.fields = (0..65).map(|n| (format!("{n:02}"), String::new())).collect();
    });
    broken(&format!("{item}.validityDays"), |i| {
        i.validity_days = Some(0);
    });
    broken(&format!("{item}.validityDays"), |i| {
        i.validity_days = Some(36_526);
    });
    broken(&format!("{item}.replaces"), |i| {
        i.replaces = Some("FF".to_owned());
    });
    broken(&format!("{item}.replaces"), |i| {
        i.replaces = Some("123".to_owned());
    });
    broken(&format!("{item}.publicKey"), |i| {
        i.public_key = vec![0x30, 0x82, 0x20, 0x00];
        i.public_key.resize(0x2004, 0);
    });
    broken("items[0].issue.publicKey", |i| i.public_key.clear());
    broken("items[0].issue.publicKey", |i| i.public_key.push(0));
    broken("items[0].issue.temporaryKey", |i| {
        i.temporary_key = Some(vec![4, 0]);
    });
}

#[test]
fn a_batch_has_one_to_512_items() {
    let inquire = |number: u16| {
        let mut request_id = [0; 16];
        request_id[..2].copy_from_slice(&number.to_be_bytes());
        Item::Inquire { request_id }
    };
    let with = |items: Vec<Item>| sent(&Batch { items, ..batch() });
    assert!(with(vec![]).ends_with("is empty"));
    assert_eq!(with((0..512).map(inquire).collect()), "sent");
    let many = with((0..513).map(inquire).collect());
    assert!(many.ends_with("more than 512 elements"), "{many}");
}

#[test]
fn a_request_number_stands_once_in_a_batch() {
    let mut twice = batch();
    twice.items.push(Item::Inquire { request_id: [1; 16] });
    assert_eq!(
        sent(&twice).split(" at byte").next().unwrap(),
        "cannot be sent: signedBatch.batch.items[5].requestId"
    );
}

#[test]
fn a_long_explanation_is_cut_and_still_sent() {
    let mut long = reply([8; 32]);
    let words = "字".repeat(1000);
    long.answers = vec![([1; 16], Outcome::Refused(refused(&words)))];
    let der = long.sign(&*CA_KEY).unwrap();
    let read = SignedReply::from_der(&der).unwrap();
    let read = read.verify(CA_KEY.public_key(), [8; 32]).unwrap();
    let Some(Outcome::Refused(told)) = read.outcome(&[1; 16]) else {
        unreachable!("a refusal was sent")
    };
    assert_eq!(told.english, "字".repeat(limits::MESSAGE_BYTES_MAX / 3));
}

#[test]
fn truncated_and_trailing_bytes_are_malformed() {
    let der = batch().sign(&*RA_KEY).unwrap();
    for end in 0..der.len() {
        let short = SignedBatch::from_der(&der[..end]).unwrap_err();
        assert!(short.field().starts_with("signedBatch"), "{short}");
    }
    let mut long = der.clone();
    long.push(0);
    let error = SignedBatch::from_der(&long).unwrap_err();
    assert!(error.to_string().ends_with("1 bytes too many"), "{error}");
}

#[test]
fn debug_shows_no_personal_data() {
    let shown = format!("{:?}", batch());
    assert!(shown.contains("identity-number"));
    assert!(!shown.contains("11010519491231002X") && !shown.contains("张三"));
}

fn any_issue() -> impl Strategy<Value = Issue> {
    (
        any::<[u8; 16]>(),
        "[a-z0-9-]{1,40}",
        prop::collection::btree_map("[a-z-]{1,20}", "\\PC{0,40}", 0..12),
        prop::option::of(1_u32..36_525),
        prop::option::of("([0-9a-f]{2}){1,20}"),
        any::<(bool, [u8; 32])>(),
    )
        .prop_map(|(request_id, profile, fields, days, replaces, rest)| Issue {
            request_id,
            profile,
            fields,
            public_key: RA_KEY.public_key().spki().to_vec(),
            temporary_key: rest.0.then(|| CA_KEY.public_key().spki().to_vec()),
            validity_days: days,
            replaces,
            approval: rest.1,
        })
}

fn any_item() -> impl Strategy<Value = Item> {
    let change = (
        any::<[u8; 16]>(),
        "([0-9a-f]{2}){1,20}",
        any::<[u8; 32]>(),
        "[a-z-]{1,30}",
        prop::option::of(-62_000_000_000_000_000_i64..250_000_000_000_000_000),
        0..3,
    )
        .prop_map(|(request_id, serial, approval, ground, since, which)| {
            let invalidity = since.map(at);
            let act = match which {
                0 => StatusAct::Suspend,
                1 => StatusAct::Resume,
                _ => StatusAct::Revoke { ground, invalidity },
            };
            Item::ChangeStatus(ChangeStatus {
                request_id,
                serial,
                act,
                approval,
            })
        });
    prop_oneof![
        any_issue().prop_map(Item::Issue),
        change,
        any::<[u8; 16]>().prop_map(|request_id| Item::Inquire { request_id }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_batch_arrives_as_it_was_sent(
        items in prop::collection::vec(any_item(), 1..8),
        nonce: [u8; 16],
        micros in 0_i64..4_000_000_000_000_000,
    ) {
        let ra = "注册机构一".to_owned();
        let batch = Batch { ra, to: nonce.repeat(2).try_into().unwrap(), sent_at: at(micros), nonce, items };
        prop_assert_eq!(sent(&batch), "sent");
    }

    #[test]
    fn mutated_bytes_never_panic_and_never_verify(
        place in any::<prop::sample::Index>(),
        octets in prop::collection::vec(any::<u8>(), 1..6),
    ) {
        let mut der = batch().sign(&*RA_KEY).unwrap();
        let original = der.clone();
        let start = place.index(der.len());
        for (old, new) in der.iter_mut().skip(start).zip(&octets) {
            *old = *new;
        }
        registration_protocol::fuzzing::batch(&der);
        registration_protocol::fuzzing::reply(&der);
        if let Ok(read) = SignedBatch::from_der(&der) {
            prop_assert!(der == original || read.verify(RA_KEY.public_key()).is_err());
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        registration_protocol::fuzzing::batch(&bytes);
        registration_protocol::fuzzing::reply(&bytes);
    }
}
