//! A process that dies between any two steps: afterwards every request is finished or was never heard of.

use gm_syntax::Sm2EnvelopedKey;
use hefu_certificate::IssuedCertificate;
use hefu_certificate::facts::{CERTIFICATE_ISSUED, CertificateIssued};
use registration_protocol::{Issue, Item, Outcome};

use super::authority::sm2;
use super::house::{House, code, person};
use crate::interruption::Step;

const STEPS: [Step; 5] = [
    Step::TakenIn,
    Step::KeysFetched,
    Step::Intended,
    Step::Signed,
    Step::Stored,
];

/// Stops at `step`, starts again, and checks that `issue` is issued whole, once, and known.
async fn check(step: Step, issue: Issue, certificates: i64) {
    let mut house = House::new().await;
    house.mint.interrupt_at(step);
    let error = house.ask(vec![Item::Issue(issue.clone())]).await.unwrap_err();
    assert_eq!(code(&error), "certification-stopping");
    let stored_before = house.count("ca_certificate").await;
    assert!(stored_before == 0 || step == Step::Stored, "{step:?}");

    let finished = house.restart().await;
    assert_eq!(finished, u64::from(step != Step::Stored), "{step:?}");
    let Outcome::Issued(issued) = house.inquire(issue.request_id).await else {
        panic!("{step:?}")
    };
    IssuedCertificate::parse(&issued.signing).unwrap();
    assert_eq!(house.count("ca_certificate").await, certificates, "{step:?}");
    assert_eq!(house.count("ca_intent").await, 0, "{step:?}");
    assert_eq!(
        house.facts::<CertificateIssued>(CERTIFICATE_ISSUED).await.len(),
        1,
        "{step:?}"
    );
    assert!(
        house.key_centre.held() <= 1,
        "{step:?}: one key pair, however often it was asked for"
    );
    assert_eq!(
        house.mint.recover(super::authority::noon()).await.unwrap(),
        0,
        "{step:?}: nothing is left to do"
    );
}

#[tokio::test]
async fn a_pair_survives_a_crash_at_every_step() {
    for step in STEPS {
        check(step, person("person-sm2", &sm2()), 2).await;
    }
}

#[tokio::test]
async fn a_single_certificate_survives_a_crash_at_every_step() {
    for step in [Step::TakenIn, Step::Signed, Step::Stored] {
        check(step, person("person-sm2-single", &sm2()), 1).await;
    }
}

#[tokio::test]
async fn what_was_stored_as_intent_is_what_is_signed_after_the_crash() {
    let mut house = House::new().await;
    let issue = person("person-sm2", &sm2());
    house.mint.interrupt_at(Step::Signed);
    assert!(house.ask(vec![Item::Issue(issue.clone())]).await.is_err());
    let intended = {
        let mut connection = house.database.read().await.unwrap();
        crate::store::intents(&mut connection, &[issue.request_id])
            .await
            .unwrap()
            .remove(&issue.request_id)
            .unwrap()
    };
    house.restart().await;
    let Outcome::Issued(issued) = house.inquire(issue.request_id).await else {
        panic!()
    };
    let tbs = |der: &[u8]| IssuedCertificate::parse(der).unwrap().tbs().unwrap().to_vec();
    assert_eq!(tbs(&issued.signing), intended.first);
    assert_eq!(Some(tbs(issued.encryption.as_ref().unwrap())), intended.second);
    assert_eq!(issued.enveloped_key, intended.enveloped_key);
}

#[tokio::test]
async fn the_same_encryption_key_comes_back_after_a_crash() {
    let mut house = House::new().await;
    let user = sm2();
    let issue = person("person-sm2", &user);
    house.mint.interrupt_at(Step::KeysFetched);
    assert!(house.ask(vec![Item::Issue(issue.clone())]).await.is_err());
    assert_eq!((house.key_centre.asked(), house.key_centre.held()), (1, 1));
    house.restart().await;
    assert_eq!(
        (house.key_centre.asked(), house.key_centre.held()),
        (2, 1),
        "asked again under the same serial number"
    );
    let Outcome::Issued(issued) = house.inquire(issue.request_id).await else {
        panic!()
    };
    assert!(
        Sm2EnvelopedKey::from_der(&issued.enveloped_key.unwrap())
            .unwrap()
            .open(&user)
            .is_ok()
    );
}

#[tokio::test]
async fn a_caller_that_goes_away_takes_nothing_with_it() {
    let house = House::new().await;
    let issue = person("person-sm2", &sm2());
    let ask = house.ask(vec![Item::Issue(issue.clone())]);
    assert!(
        tokio::time::timeout(std::time::Duration::from_millis(1), ask)
            .await
            .is_err()
    );
    let mut outcome = house.inquire(issue.request_id).await;
    for _ in 0..100 {
        if outcome != Outcome::Pending && outcome != Outcome::Unknown {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        outcome = house.inquire(issue.request_id).await;
    }
    assert!(matches!(outcome, Outcome::Issued(_)), "{outcome:?}");
}

#[tokio::test]
async fn after_a_crash_a_request_whose_registration_authority_is_gone_is_refused() {
    let mut house = House::new().await;
    let issue = person("person-sm2", &sm2());
    house.mint.interrupt_at(Step::TakenIn);
    assert!(house.ask(vec![Item::Issue(issue.clone())]).await.is_err());
    // Somebody wrote into the store: the batch no longer carries the signature it came with.
    house.execute("UPDATE ca_batch SET der = X'3000'").await;
    house.restart().await;
    let Outcome::Refused(refused) = house.inquire(issue.request_id).await else {
        panic!()
    };
    assert_eq!(refused.code, "settings-changed");
    assert_eq!(house.count("ca_certificate").await, 0);
}
