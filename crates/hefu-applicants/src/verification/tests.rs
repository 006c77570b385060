#![expect(clippy::unwrap_used, reason = "tests")]

use gm_suite::{KeyAlgorithm, PrivateKey, Signer as _};
use hefu_rulebook::Explain as _;
use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;
use crate::keyed::hmac_sm3;

const WINDOW: Duration = Duration::from_mins(10);

pub(crate) fn noon() -> Timestamp {
    "2026-11-22T04:00:00Z".parse().unwrap()
}

fn reference() -> Reference {
    Reference::new([7; 16])
}

pub(crate) fn secret_service() -> Service {
    Service::new("police", ServiceKey::HmacSm3(Zeroizing::new(vec![9; 32])), WINDOW).unwrap()
}

pub(crate) fn answer(reference: Reference, verdict: &str, at: Timestamp) -> Vec<u8> {
    let raw = "ab".repeat(32);
    format!(
        r#"{{"format":"hefu-verification-result/1","reference":"{reference}","verdict":"{verdict}","score":987,"raw_sm3":"{raw}","answered_at":"{at}"}}"#
    )
    .into_bytes()
}

pub(crate) fn tagged(body: &[u8]) -> String {
    format!("hmac-sm3={}", hex::encode(hmac_sm3(&[9; 32], &[body])))
}

fn asked(answered_at: Option<Timestamp>) -> Asked {
    Asked {
        reference: reference(),
        service: "police".to_owned(),
        asked_at: noon(),
        answered_at,
    }
}

fn check(asked: &Asked, body: &[u8], signature: &str, minutes: i64) -> String {
    let now = noon() + SignedDuration::from_mins(minutes);
    match verify(&secret_service(), asked, body, signature, now) {
        Ok(answer) => format!(
            "{} {:?} by {}",
            answer.verdict().as_str(),
            answer.score(),
            answer.actor()
        ),
        Err(error) => error.code().to_owned(),
    }
}

#[test]
fn an_answer_counts_once_in_its_window_and_signed() {
    let body = answer(reference(), "match", noon());
    let tag = tagged(&body);
    let open = asked(None);
    assert_eq!(check(&open, &body, &tag, 1), "match Some(987) by service:police");
    assert_eq!(check(&asked(Some(noon())), &body, &tag, 1), "verification-replayed");
    assert_eq!(check(&open, &body, &tag, 11), "verification-outside-window");
    assert_eq!(check(&open, &body, "", 1), "verification-not-signed");
    assert_eq!(
        check(&open, &body, &tag.replace("hmac-sm3", "sm2"), 1),
        "verification-not-signed"
    );
    let early = answer(reference(), "match", noon() - SignedDuration::from_mins(1));
    assert_eq!(check(&open, &early, &tagged(&early), 1), "verification-outside-window");
    let other = answer(Reference::new([8; 16]), "match", noon());
    assert_eq!(check(&open, &other, &tagged(&other), 1), "verification-not-asked");
    let vague = answer(reference(), "perhaps", noon());
    assert_eq!(
        check(&open, &vague, &tagged(&vague), 1),
        "verification-answer-malformed"
    );
    let elsewhere = Asked {
        service: "bank".to_owned(),
        ..asked(None)
    };
    assert_eq!(check(&elsewhere, &body, &tag, 1), "verification-not-signed");
}

#[test]
fn an_answer_may_be_signed_with_sm2() {
    let key = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap();
    let service = Service::new("police", ServiceKey::Sm2(key.public_key().clone()), WINDOW).unwrap();
    let body = answer(reference(), "no-match", noon());
    let der = key.sign(&body).unwrap();
    let signature = format!("sm2={}", base64::engine::general_purpose::STANDARD.encode(der));
    assert_eq!(
        verify(&service, &asked(None), &body, &signature, noon())
            .unwrap()
            .verdict(),
        Verdict::NoMatch
    );
    let mut changed = body;
    changed.push(b' ');
    assert_eq!(
        verify(&service, &asked(None), &changed, &signature, noon()),
        Err(VerificationError::Signature)
    );
}

#[test]
fn a_question_names_what_the_operator_chose() {
    let fields = BTreeMap::from([("name".to_owned(), "李明".to_owned())]);
    let question = Question::new(reference(), "person", fields, noon()).unwrap();
    assert_eq!(
        String::from_utf8(question.to_json().unwrap()).unwrap(),
        r#"{"format":"hefu-verification-request/1","reference":"07070707070707070707070707070707","kind":"person","fields":{"name":"李明"},"asked_at":"2026-11-22T04:00:00Z"}"#
    );
    assert!(Question::new(reference(), "person", BTreeMap::new(), noon()).is_err());
}

#[test]
fn a_short_secret_is_no_secret() {
    let short = ServiceKey::HmacSm3(Zeroizing::new(vec![9; 31]));
    assert!(Service::new("police", short, WINDOW).is_err());
    assert!(!format!("{:?}", secret_service()).contains('9'));
}

proptest! {
    #[test]
    fn no_change_of_a_signed_answer_counts(place in 0_usize..200, flip in 1_u8..=255) {
        let mut body = answer(reference(), "match", noon());
        let tag = tagged(&body);
        let place = place % body.len();
        *body.get_mut(place).unwrap() ^= flip;
        prop_assert_eq!(check(&asked(None), &body, &tag, 1), "verification-not-signed");
    }

    #[test]
    fn no_octets_make_the_reader_panic(body in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = Answer::parse(&body);
        let _ = check(&asked(None), &body, &tagged(&body), 1);
    }
}
