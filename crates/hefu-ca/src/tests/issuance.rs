//! What is issued, and what is refused and why.

use cert_checks::verify_with_openssl;
use gm_suite::{PublicKey, Signer};
use gm_syntax::Sm2EnvelopedKey;
use hefu_certificate::facts::{CERTIFICATE_ISSUED, CertificateIssued};
use hefu_certificate::{IssuedCertificate, Usage};
use registration_protocol::{Issue, Item, Outcome, RefusedKind};

use super::authority::{p256, sm2, spki, values};
use super::house::{House, id, person, revoke};
use super::key_centre::Mood;
use crate::facts::RequestRefused;

mod cert_checks {
    //! A second opinion.

    use std::path::Path;
    use std::process::Command;

    /// `openssl verify` of a chain with algorithms that it verifies whole.
    pub(super) fn verify_with_openssl(folder: &Path, root: &[u8], authority: &[u8], leaf: &[u8]) {
        for (name, der) in [("root", root), ("ca", authority), ("leaf", leaf)] {
            let text = gm_syntax::pem_text::encode("CERTIFICATE", der);
            std::fs::write(folder.join(format!("{name}.pem")), text).unwrap();
        }
        let said = Command::new("openssl")
            .args([
                "verify",
                "-x509_strict",
                "-attime",
                "1795400000",
                "-CAfile",
                "root.pem",
                "-untrusted",
                "ca.pem",
                "leaf.pem",
            ])
            .current_dir(folder)
            .output()
            .unwrap();
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    }
}

fn web_server(name: &str, common_name: &str) -> Issue {
    let mut issue = person("tls-server", &p256());
    issue.fields = values(&[("dns", name), ("common_name", common_name)]);
    issue
}

#[tokio::test]
async fn a_pair_is_two_certificates_of_one_subject_and_a_key_only_the_subscriber_opens() {
    let house = House::new().await;
    let user = sm2();
    let issued = house.issued(person("person-sm2", &user)).await;
    let sign = IssuedCertificate::parse(&issued.signing).unwrap();
    let encrypt = IssuedCertificate::parse(issued.encryption.as_ref().unwrap()).unwrap();
    let authority = house.chains[0].authority.issuer.public_key();
    sign.verify(authority).unwrap();
    encrypt.verify(authority).unwrap();
    assert_eq!(issued.issuer, house.chains[0].certificate());
    let (one, two) = (sign.facts().unwrap(), encrypt.facts().unwrap());
    assert_eq!((one.subject_der, one.not_after), (two.subject_der, two.not_after));
    assert_eq!(sign.public_key().unwrap(), *Signer::public_key(&user));

    let envelope = Sm2EnvelopedKey::from_der(issued.enveloped_key.as_ref().unwrap()).unwrap();
    let key = envelope.open(&user).unwrap();
    assert_eq!(encrypt.public_key().unwrap(), *Signer::public_key(&key));
    assert!(envelope.open(&sm2()).is_err());
}

#[tokio::test]
async fn a_pair_is_one_record_with_both_certificates() {
    let house = House::new().await;
    let issue = person("person-sm2", &sm2());
    let issued = house.issued(issue.clone()).await;
    let facts = house.facts::<CertificateIssued>(CERTIFICATE_ISSUED).await;
    assert_eq!(facts.len(), 1);
    let parts: Vec<_> = facts[0]
        .parts
        .iter()
        .map(|part| (part.usage, part.der.0.clone()))
        .collect();
    let (sign, encrypt) = (issued.signing, issued.encryption.unwrap());
    assert_eq!(parts, [(Usage::Sign, sign), (Usage::Encrypt, encrypt)]);
    assert_eq!(facts[0].request_id, hex::encode(issue.request_id));
    assert_eq!(facts[0].approval, hex::encode(issue.approval));
    assert_eq!(
        (facts[0].authority.as_str(), facts[0].registration_authority.as_str()),
        ("sm2", "ra1")
    );
    assert_eq!(facts[0].subject, "C=CN, CN=张三, serialNumber=H-0001");
}

#[tokio::test]
async fn a_temporary_key_takes_the_envelope_instead_of_the_signing_key() {
    let house = House::new().await;
    let (user, temporary) = (sm2(), sm2());
    let mut issue = person("person-sm2", &user);
    issue.temporary_key = Some(spki(&temporary));
    let issued = house.issued(issue).await;
    let envelope = Sm2EnvelopedKey::from_der(&issued.enveloped_key.unwrap()).unwrap();
    assert!(envelope.open(&temporary).is_ok());
    assert!(envelope.open(&user).is_err());
}

#[tokio::test]
async fn an_international_key_is_certified_under_the_international_authority() {
    let house = House::new().await;
    let issued = house.issued(web_server("www.example.cn", "www.example.cn")).await;
    let chain = &house.chains[1];
    assert_eq!(issued.issuer, chain.certificate());
    assert_eq!((issued.encryption, issued.enveloped_key), (None, None));
    verify_with_openssl(&house.folder, &chain.root, chain.certificate(), &issued.signing);
}

#[tokio::test]
async fn each_request_of_a_batch_is_answered_by_itself() {
    let house = House::new().await;
    let mut items: Vec<Item> = (0..40).map(|_| Item::Issue(person("person-sm2", &sm2()))).collect();
    let mut unwanted = person("person-sm2", &sm2());
    unwanted.profile = "nobody".to_owned();
    items.insert(7, Item::Issue(unwanted));
    items.push(Item::Issue(web_server("www.example.cn", "")));
    let ids: Vec<_> = items.iter().map(Item::request_id).collect();
    let reply = house.ask(items).await.unwrap();
    let answered: Vec<_> = reply.answers.iter().map(|(id, _)| *id).collect();
    assert_eq!(answered, ids, "in order");
    for (index, (_, outcome)) in reply.answers.iter().enumerate() {
        assert_eq!(
            matches!(outcome, Outcome::Issued(_)),
            index != 7,
            "{index}: {outcome:?}"
        );
    }
    assert_eq!(house.count("ca_certificate").await, 81);
    assert_eq!(house.count("ca_intent").await, 0);
    assert_eq!(house.key_centre.asked(), 1, "one message for all pairs");
}

#[tokio::test]
async fn a_refusal_names_its_rule_and_is_recorded_without_the_applicants_words() {
    let house = House::new().await;
    let mut weak = person("person-sm2", &sm2());
    let last = weak.public_key.len() - 1;
    weak.public_key[last] ^= 1;
    let mut foreign = person("person-sm2", &p256());
    foreign.fields.clear();
    let mut nameless = person("person-sm2", &sm2());
    nameless.fields = values(&[("holder_number", "H-0001")]);
    let mut unknown_field = person("person-sm2", &sm2());
    unknown_field.fields.insert("shoe_size".to_owned(), "43".to_owned());
    let mut for_ever = person("person-sm2", &sm2());
    for_ever.validity_days = Some(36_000);
    let mut root = person("root", &sm2());
    root.fields = values(&[("organisation", "合符示例"), ("common_name", "我也是根")]);
    let mut nobody = person("nobody", &sm2());
    nobody.fields.clear();
    let mut temporary = person("person-sm2", &sm2());
    temporary.temporary_key = Some(spki(&p256()));
    let mut renewal = person("person-sm2", &sm2());
    renewal.replaces = Some("40".repeat(16));
    let expected = [
        (weak, "key-weak"),
        (foreign, "key-kind"),
        (nameless, "subject-field-missing"),
        (unknown_field, "subject-field-unknown"),
        (for_ever, "validity-days"),
        (root, "profile-not-for-subscribers"),
        (nobody, "profile-unknown"),
        (temporary, "temporary-key"),
        (renewal, "renewed-unknown"),
    ];
    for (issue, code) in expected.clone() {
        let refused = house.refused(Item::Issue(issue)).await;
        assert!(refused.code == code, "{} is not {code}", refused.code);
        assert_ne!(refused.english, refused.chinese);
        assert!(
            refused.instrument.is_some() || refused.kind != RefusedKind::Refusal,
            "{refused:?}"
        );
    }
    assert_eq!(
        house.facts::<RequestRefused>(RequestRefused::KIND).await.len(),
        expected.len()
    );
    for entry in house.entries().await {
        let text = entry.body.to_string();
        assert!(!text.contains("H-0001") && !text.contains("我也是根"), "{text}");
    }
    assert_eq!(house.count("ca_certificate").await + house.count("ca_intent").await, 0);
    assert_eq!(house.key_centre.asked(), 0, "no key is spent on them");
}

#[tokio::test]
async fn a_key_that_cannot_be_read_is_malformed() {
    let house = House::new().await;
    let mut issue = person("person-sm2", &sm2());
    let key = PublicKey::from_spki(&issue.public_key).unwrap();
    // A SubjectPublicKeyInfo with an empty bit string.
    issue.public_key = key.spki()[..key.spki().len() - 66].to_vec();
    issue.public_key[1] = u8::try_from(issue.public_key.len()).unwrap();
    issue.public_key.extend([3, 1, 0]);
    issue.public_key[1] = u8::try_from(issue.public_key.len() - 2).unwrap();
    let refused = house.refused(Item::Issue(issue)).await;
    assert!(
        ["key-malformed", "key-weak"].contains(&refused.code.as_str()),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_lint_that_finds_an_error_blocks_and_is_recorded() {
    let house = House::new().await;
    // The baseline requirements: a common name is one of the DNS names.
    let issue = web_server("www.example.cn", "www.example.org");
    let refused = house.refused(Item::Issue(issue)).await;
    assert_eq!(refused.code, "lint-refused", "{refused:?}");
    let recorded = house.facts::<RequestRefused>(RequestRefused::KIND).await;
    assert_eq!(recorded[0].code, "lint-refused");
    assert_eq!(house.count("ca_certificate").await + house.count("ca_intent").await, 0);
}

#[tokio::test]
async fn the_authoritys_own_key_is_not_certified() {
    let house = House::new().await;
    let mut issue = person("person-sm2", &sm2());
    issue.public_key = house.chains[0].authority.issuer.public_key().spki().to_vec();
    assert_eq!(house.refused(Item::Issue(issue)).await.code, "key-of-authority");
}

#[tokio::test]
async fn a_renewal_names_what_it_renews_unless_that_is_revoked_or_anothers() {
    let house = House::new().await;
    let issued = house.issued(person("person-sm2", &sm2())).await;
    let old = IssuedCertificate::parse(&issued.signing).unwrap().serial();
    let renew = || {
        let mut issue = person("person-sm2", &sm2());
        issue.replaces = Some(old.to_string());
        issue
    };
    house.issued(renew()).await;
    let facts = house.facts::<CertificateIssued>(CERTIFICATE_ISSUED).await;
    assert_eq!(facts[1].replaces, Some(old.to_string()));

    let der = super::house::batch("ra2", vec![Item::Issue(renew())], super::authority::noon(), &house.ra);
    let Outcome::Refused(refused) = house.send(der).await.unwrap().answers.remove(0).1 else {
        panic!()
    };
    assert_eq!(refused.code, "renewed-unknown");

    house.ask_one(super::house::change(old, revoke())).await;
    assert_eq!(house.refused(Item::Issue(renew())).await.code, "renewed-revoked");
}

#[tokio::test]
async fn a_silent_key_centre_leaves_nothing_half_done_and_a_later_try_gets_the_same_pair() {
    for mood in [Mood::Silent, Mood::Unreachable, Mood::Forged, Mood::Nonsense] {
        let house = House::new().await;
        let user = sm2();
        let issue = person("person-sm2", &user);
        house.key_centre.behave(mood);
        let error = house.ask(vec![Item::Issue(issue.clone())]).await.unwrap_err();
        assert!(
            super::house::code(&error).starts_with("key-centre-"),
            "{mood:?}: {error}"
        );
        assert_eq!(
            hefu_rulebook::Explain::blame(&error),
            hefu_rulebook::Blame::KeyCentre,
            "{mood:?}"
        );
        assert_eq!(house.inquire(issue.request_id).await, Outcome::Pending);
        assert_eq!(house.count("ca_certificate").await + house.count("ca_intent").await, 0);
        assert!(house.entries().await.is_empty());
        let held = house.key_centre.held();

        house.key_centre.behave(Mood::Well);
        assert_eq!(house.mint.recover(super::authority::noon()).await.unwrap(), 1);
        let Outcome::Issued(issued) = house.inquire(issue.request_id).await else {
            panic!()
        };
        let envelope = Sm2EnvelopedKey::from_der(&issued.enveloped_key.unwrap()).unwrap();
        assert!(envelope.open(&user).is_ok());
        assert_eq!(
            house.key_centre.held(),
            1,
            "{mood:?}: it held {held} before and gave the same key again"
        );
        assert_eq!(house.count("ca_certificate").await, 2);
    }
}

#[tokio::test]
async fn what_needs_no_key_centre_does_not_wait_for_it() {
    let house = House::new().await;
    house.key_centre.behave(Mood::Silent);
    let pair = person("person-sm2", &sm2());
    let single = person("person-sm2-single", &sm2());
    let mixed = vec![
        Item::Issue(pair.clone()),
        Item::Issue(person("person-sm2-single", &sm2())),
    ];
    let slow = house.ask(mixed);
    let fast = house.ask(vec![Item::Issue(single)]);
    tokio::select! {
        biased;
        slow = slow => panic!("{slow:?}"),
        fast = fast => assert!(matches!(fast.unwrap().answers[0].1, Outcome::Issued(_))),
    }
}

#[tokio::test]
async fn in_a_mixed_batch_only_the_pair_is_pending() {
    let house = House::new().await;
    house.key_centre.behave(Mood::Unreachable);
    let items = vec![
        Item::Issue(person("person-sm2", &sm2())),
        Item::Issue(person("person-sm2-single", &sm2())),
    ];
    let reply = house.ask(items).await.unwrap();
    assert_eq!(reply.answers[0].1, Outcome::Pending);
    assert!(matches!(reply.answers[1].1, Outcome::Issued(_)));
}

#[tokio::test]
async fn what_the_key_centre_refuses_or_cannot_do_is_refused_for_good() {
    for (mood, code) in [
        (Mood::Refusing, "key-centre-refused"),
        (Mood::Standard, "key-centre-no-envelope"),
        (Mood::Mirror, "key-centre-unfit-key"),
    ] {
        let house = House::new().await;
        house.key_centre.behave(mood);
        let issue = person("person-sm2", &house.key_centre.mirrored);
        let refused = house.refused(Item::Issue(issue.clone())).await;
        assert_eq!((refused.code.as_str(), refused.kind), (code, RefusedKind::Fault));
        assert_eq!(house.inquire(issue.request_id).await, Outcome::Refused(refused));
        assert_eq!(house.facts::<RequestRefused>(RequestRefused::KIND).await.len(), 1);
    }
}

#[tokio::test]
async fn where_nothing_can_be_recorded_nothing_is_issued() {
    let house = House::new().await;
    house.execute("ALTER TABLE record_entry RENAME TO elsewhere").await;
    let issue = person("person-sm2-single", &sm2());
    assert!(house.ask(vec![Item::Issue(issue.clone())]).await.is_err());
    assert_eq!(house.count("ca_certificate").await, 0);
    assert_eq!(
        house.inquire(issue.request_id).await,
        Outcome::Pending,
        "its intent is stored"
    );
    house.execute("ALTER TABLE elsewhere RENAME TO record_entry").await;
    house.mint.recover(super::authority::noon()).await.unwrap();
    assert!(matches!(house.inquire(issue.request_id).await, Outcome::Issued(_)));
}

#[tokio::test]
async fn two_hundred_callers_at_once_each_get_their_own() {
    let house = House::new().await;
    let asks = (0..200).map(|n| {
        let profile = if n % 2 == 0 { "person-sm2" } else { "person-sm2-single" };
        house.issued(person(profile, &sm2()))
    });
    let issued = futures_util::future::join_all(asks).await;
    assert_eq!(issued.len(), 200);
    assert_eq!(house.count("ca_certificate").await, 300);
    assert_eq!(house.facts::<CertificateIssued>(CERTIFICATE_ISSUED).await.len(), 200);
    assert!(
        house.key_centre.asked() < 100,
        "messages are shared: {}",
        house.key_centre.asked()
    );
    assert_ne!(id(), id());
}
