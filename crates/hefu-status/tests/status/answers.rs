//! OCSP answers out of the index.

use gm_suite::{DigestAlgorithm, KeyAlgorithm};
use hefu_certificate::{SerialNumber, Status};
use hefu_rulebook::{Explain, Language};
use hefu_status::{NameDisplay, OpenError, StatusDesk, StatusSettings};
use pkix_status::{CertStatus, OcspResponse, ResponseSigner, ResponseStatus, RevocationReason, to_get_path};

use crate::zone::{TestAuthority, VALID_FOR, Zone, after, ask, change, follow, start};

fn refusal(der: &[u8]) -> ResponseStatus {
    match OcspResponse::from_der(der).unwrap() {
        OcspResponse::Refused(status) => status,
        OcspResponse::Answered(_) => panic!("answered"),
    }
}

#[tokio::test]
async fn two_authorities_are_answered_for_in_every_digest_by_their_own_delegates() {
    let zone = Zone::new().await;
    let sm2 = TestAuthority::new("sm2", KeyAlgorithm::Sm2);
    let p256 = TestAuthority::new("international", KeyAlgorithm::P256);
    let desk = zone.desk(&[&sm2, &p256]).await;
    let pair = sm2.person("张三");
    let single = p256.issue("person-p256", &[("common_name", "Zhang San")]);
    zone.record_issued(&pair, start()).await;
    zone.record_issued(&single, start()).await;
    follow(&desk, start()).await;
    for (authority, fact) in [(&sm2, &pair), (&p256, &single)] {
        for digest in DigestAlgorithm::ALL {
            let serials: Vec<_> = fact.parts.iter().map(|part| part.serial).collect();
            let question = authority.question(digest, &serials, Some(&[7; 32]));
            let reply = desk.respond_ocsp(&question, after(1));
            assert_eq!(reply.update(), None, "an answer with a nonce is for one asker only");
            let read = authority.read(reply.der(), Some(&[7; 32]), after(1)).unwrap();
            assert!(matches!(read.signer(), ResponseSigner::Delegate { .. }));
            for serial in serials {
                assert_eq!(read.answer(serial.as_bytes()).unwrap().status, CertStatus::Good);
            }
        }
    }
}

#[tokio::test]
async fn suspended_lifted_and_revoked_are_seen_at_once_also_by_the_cache() {
    let zone = Zone::new().await;
    let ca = TestAuthority::new("sm2", KeyAlgorithm::Sm2);
    let desk = zone.desk(&[&ca]).await;
    let pair = ca.person("张三");
    zone.record_issued(&pair, start()).await;
    follow(&desk, start()).await;
    let [sign, encrypt] = [pair.parts[0].serial, pair.parts[1].serial];
    let reason = |reason| Some(reason);
    for (minute, status, expected) in [
        (1, Status::Suspended, reason(RevocationReason::CertificateHold)),
        (2, Status::Valid, None),
        (3, Status::Revoked, reason(RevocationReason::KeyCompromise)),
    ] {
        // Asked before, so that an answer is kept.
        let _ = ask(&desk, &ca, sign, after(minute));
        zone.record_changed(&change(&pair, status, after(minute))).await;
        follow(&desk, after(minute)).await;
        for serial in [sign, encrypt] {
            let answer = ask(&desk, &ca, serial, after(minute));
            match expected {
                None => assert_eq!(answer, CertStatus::Good),
                reason => assert_eq!(
                    answer,
                    CertStatus::Revoked {
                        at: after(minute),
                        reason
                    }
                ),
            }
        }
    }
}

#[tokio::test]
async fn an_answer_without_a_nonce_is_signed_once_until_half_of_its_time() {
    let zone = Zone::new().await;
    let ca = TestAuthority::new("sm2", KeyAlgorithm::Sm2);
    let desk = zone.desk(&[&ca]).await;
    let pair = ca.person("张三");
    zone.record_issued(&pair, start()).await;
    follow(&desk, start()).await;
    let question = ca.question(DigestAlgorithm::Sha1, &[pair.parts[0].serial], None);
    let first = desk.respond_ocsp(&question, start());
    assert_eq!(first.update(), Some((start(), start() + VALID_FOR)));
    follow(&desk, after(30)).await;
    let half = desk.respond_ocsp(&question, after(30));
    assert_eq!(half.der(), first.der());
    let path = to_get_path(&question);
    assert_eq!(desk.respond_ocsp_path(&path, after(30)).der(), first.der());
    let past = desk.respond_ocsp(&question, after(31));
    assert_ne!(past.der(), first.der());
    assert_eq!(past.update(), Some((after(30), after(30) + VALID_FOR)));
    let asked = ca.question(DigestAlgorithm::Sha1, &[pair.parts[0].serial], Some(&[1; 16]));
    assert_ne!(
        desk.respond_ocsp(&asked, after(31)).der(),
        desk.respond_ocsp(&asked, after(31)).der()
    );
}

#[tokio::test]
async fn what_was_never_issued_is_unknown_and_a_strangers_certificate_unauthorized() {
    let zone = Zone::new().await;
    let ca = TestAuthority::new("sm2", KeyAlgorithm::Sm2);
    let stranger = TestAuthority::new("stranger", KeyAlgorithm::Sm2);
    let desk = zone.desk(&[&ca]).await;
    let pair = ca.person("张三");
    zone.record_issued(&pair, start()).await;
    follow(&desk, start()).await;
    let nobody = SerialNumber::random().unwrap();
    assert_eq!(ask(&desk, &ca, nobody, start()), CertStatus::Unknown);

    let question = stranger.question(DigestAlgorithm::Sha256, &[pair.parts[0].serial], None);
    assert_eq!(
        refusal(desk.respond_ocsp(&question, start()).der()),
        ResponseStatus::Unauthorized
    );
    assert_eq!(
        refusal(desk.respond_ocsp(b"nonsense", start()).der()),
        ResponseStatus::MalformedRequest
    );
    assert_eq!(
        refusal(desk.respond_ocsp_path("%%", start()).der()),
        ResponseStatus::MalformedRequest
    );
}

#[tokio::test]
async fn of_two_authorities_in_one_request_the_first_ones_delegate_answers_for_its_own() {
    let zone = Zone::new().await;
    let one = TestAuthority::new("one", KeyAlgorithm::Sm2);
    let two = TestAuthority::new("two", KeyAlgorithm::Sm2);
    let desk = zone.desk(&[&one, &two]).await;
    let (first, second) = (one.person("张三"), two.person("李四"));
    zone.record_issued(&first, start()).await;
    zone.record_issued(&second, start()).await;
    follow(&desk, start()).await;
    let mut both = one.question(DigestAlgorithm::Sm3, &[first.parts[0].serial], None);
    let other = two.question(DigestAlgorithm::Sm3, &[second.parts[0].serial], None);
    // OCSPRequest, TBSRequest and requestList all have one-octet-and-0x81 or one-octet lengths here: open and join.
    let body = |der: &[u8]| {
        let mut rest = der;
        for _ in 0..3 {
            let skip = if rest[1] < 0x80 {
                2
            } else {
                2 + usize::from(rest[1] & 0x7f)
            };
            rest = &rest[skip..];
        }
        rest.to_vec()
    };
    let mut joined = [body(&both), body(&other)].concat();
    for _ in 0..3 {
        let length = u16::try_from(joined.len()).unwrap().to_be_bytes();
        let header = if joined.len() < 256 {
            vec![0x30, 0x81, length[1]]
        } else {
            vec![0x30, 0x82, length[0], length[1]]
        };
        joined = [header, joined].concat();
    }
    both.clone_from(&joined);
    let reply = desk.respond_ocsp(&both, start());
    let read = one.read(reply.der(), None, start()).unwrap();
    assert_eq!(
        read.answer(first.parts[0].serial.as_bytes()).unwrap().status,
        CertStatus::Good
    );
    assert_eq!(read.basic().singles()[1].status, CertStatus::Unknown);
}

#[tokio::test]
async fn a_follower_that_cannot_follow_falls_silent_instead_of_calling_good() {
    let zone = Zone::new().await;
    let ca = TestAuthority::new("sm2", KeyAlgorithm::Sm2);
    let desk = zone.desk(&[&ca]).await;
    let pair = ca.person("张三");
    zone.record_issued(&pair, start()).await;
    let question = ca.question(DigestAlgorithm::Sm3, &[pair.parts[0].serial], None);
    assert_eq!(
        refusal(desk.respond_ocsp(&question, start()).der()),
        ResponseStatus::TryLater
    );
    follow(&desk, start()).await;
    assert_eq!(ask(&desk, &ca, pair.parts[0].serial, after(59)), CertStatus::Good);
    assert_eq!(
        refusal(desk.respond_ocsp(&question, after(60)).der()),
        ResponseStatus::TryLater
    );
    follow(&desk, after(60)).await;
    assert_eq!(ask(&desk, &ca, pair.parts[0].serial, after(60)), CertStatus::Good);
}

async fn opened(zone: &Zone, change: impl FnOnce(&mut StatusSettings)) -> Result<StatusDesk, OpenError> {
    let mut settings = StatusSettings {
        database: zone.database.clone(),
        feed: zone.records.clone(),
        authorities: Vec::new(),
        answers_valid_for: VALID_FOR,
        names: NameDisplay::Masked,
    };
    change(&mut settings);
    StatusDesk::open(settings, start()).await
}

#[tokio::test]
async fn a_delegate_that_relying_parties_would_refuse_stops_the_start() {
    let zone = Zone::new().await;
    let ca = TestAuthority::new("sm2", KeyAlgorithm::Sm2);
    let other = TestAuthority::new("other", KeyAlgorithm::Sm2);
    let code = |opened: Result<StatusDesk, OpenError>| {
        let error = opened.unwrap_err();
        assert!(error.message(Language::Chinese).contains("认证机构"), "{error}");
        (error.code(), error.to_string())
    };

    let mut foreign = ca.settings();
    foreign.signer_certificate = Some(other.delegate_certificate.clone());
    foreign.signer = other.delegate.clone();
    let (refused, words) = code(opened(&zone, |settings| settings.authorities = vec![foreign]).await);
    assert_eq!(refused, "ocsp-signer-not-delegated");
    assert!(words.contains("not issued by the same authority"), "{words}");

    let mut wrong_key = ca.settings();
    wrong_key.signer = other.delegate.clone();
    let (refused, _) = code(opened(&zone, |settings| settings.authorities = vec![wrong_key]).await);
    assert_eq!(refused, "ocsp-signer-not-delegated");

    let mut holder = ca.settings();
    let person = ca.person("张三");
    holder.signer_certificate = Some(person.parts[0].der.0.clone());
    let (refused, _) = code(opened(&zone, |settings| settings.authorities = vec![holder]).await);
    assert_eq!(refused, "ocsp-signer-not-delegated");

    let (refused, _) = code(
        opened(&zone, |settings| {
            settings.authorities = vec![ca.settings(), ca.settings()];
        })
        .await,
    );
    assert_eq!(refused, "authority-twice");
    let mut twin = ca.settings();
    twin.name = "twin".to_owned();
    let (refused, _) = code(opened(&zone, |settings| settings.authorities = vec![ca.settings(), twin]).await);
    assert_eq!(refused, "authority-same-key");
    let mut leaf = ca.settings();
    leaf.certificate = ca.delegate_certificate.clone();
    let (refused, _) = code(opened(&zone, |settings| settings.authorities = vec![leaf]).await);
    assert_eq!(refused, "issuer-not-an-authority");
}

#[tokio::test]
async fn an_authority_may_sign_its_answers_itself() {
    let zone = Zone::new().await;
    let ca = TestAuthority::new("sm2", KeyAlgorithm::Sm2);
    let mut own = ca.settings();
    own.signer = ca.key.clone();
    own.signer_certificate = None;
    let desk = opened(&zone, |settings| settings.authorities = vec![own])
        .await
        .unwrap();
    follow(&desk, start()).await;
    let question = ca.question(DigestAlgorithm::Sm3, &[SerialNumber::random().unwrap()], None);
    let reply = desk.respond_ocsp(&question, start());
    assert_eq!(
        ca.read(reply.der(), None, start()).unwrap().signer(),
        ResponseSigner::Issuer
    );
}
