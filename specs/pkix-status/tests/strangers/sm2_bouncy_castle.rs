//! SM2: what OpenSSL 3.0 cannot judge (it has no way to pass the ID to `crl` and `ocsp`), Bouncy Castle does,
//! and makes CRLs and answers for us to read.

use crate::authority::{Authority, LEAF_SERIAL};
use gm_suite::DigestAlgorithm;
use jiff::{SignedDuration, Timestamp};
use pkix_status::{
    AnswerBody, CertIdBuf, CertStatus, CrlHead, CrlReader, CrlWriter, Expected, IssuerHashes, Nonce, OcspRequest,
    OcspResponse, ResponseKey, ResponseSigner, RevocationReason, SingleAnswer, write_request,
};

fn now() -> Timestamp {
    Timestamp::from_second(Timestamp::now().as_second()).unwrap()
}

#[test]
fn bouncy_castle_takes_our_sm2_crl() {
    let authority = Authority::sm2();
    let (issuer, key) = authority.issuer();
    let signer = authority.signer("ca");
    let mut crl = CrlWriter::new(&CrlHead {
        issuer: &issuer,
        algorithm: signer.signature_algorithm(),
        this_update: now(),
        next_update: now() + SignedDuration::from_hours(1),
        number: 7,
        authority_key_identifier: &key.key_identifier(),
    })
    .unwrap();
    crl.push(LEAF_SERIAL, now(), RevocationReason::Superseded, None)
        .unwrap();
    authority.write("our.crl", &crl.finish(signer.as_ref()).unwrap());
    let read = authority.bouncy_castle(["crl", "our.crl", "ca.crt", "leaf.crt"]);
    assert_eq!(
        read,
        "signature true\nissuer true\nnumber 7\nkeyid true\nentries 1\nreason 4\n"
    );
}

#[test]
fn bouncy_castle_takes_our_sm2_answers_in_every_digest() {
    let authority = Authority::sm2();
    let (name, key) = authority.issuer();
    let octets = Nonce::fresh().unwrap();
    let response_key = ResponseKey::new(authority.signer("signer"), &[authority.certificate("signer")]).unwrap();
    let revoked = CertStatus::Revoked {
        at: now(),
        reason: Some(RevocationReason::CertificateHold),
    };
    for (digest, status, words) in [
        (DigestAlgorithm::Sha1, CertStatus::Good, "good"),
        (DigestAlgorithm::Sha256, revoked, "revoked 6"),
        (DigestAlgorithm::Sm3, CertStatus::Unknown, "unknown"),
    ] {
        let id = CertIdBuf::new(&IssuerHashes::of(digest, &name, &key), LEAF_SERIAL);
        let question = write_request(&[id], Nonce::new(&octets));
        let request = OcspRequest::from_der(&question).unwrap();
        let [cert_id] = *request.cert_ids() else {
            unreachable!("one was asked")
        };
        let single = SingleAnswer {
            cert_id,
            status,
            this_update: now(),
            next_update: None,
        };
        let body = AnswerBody {
            produced_at: now(),
            answers: &[single],
            nonce: request.nonce(),
        };
        authority.write("response", &response_key.answer(&body).unwrap());
        authority.write("question", &question);
        let read = authority.bouncy_castle(["ocsp", "response", "ca.crt", "leaf.crt", "question"]);
        let expected =
            format!("signature true\ndelegated true\nresponder true\ncertid true\nnonce true\nstatus {words}\n");
        assert_eq!(read, expected, "{digest}");
    }
}

#[test]
fn we_take_the_sm2_crl_and_answer_of_bouncy_castle() {
    let authority = Authority::sm2();
    let issuer = authority.issuer();
    authority.bouncy_castle(["make", "ca.key", "ca.crt", "signer.key", "signer.crt", "leaf.crt"]);

    let der = authority.read("their.crl");
    let crl = CrlReader::from_der(&der).unwrap().verify(&issuer.1).unwrap();
    let entry = crl.lookup(LEAF_SERIAL).unwrap();
    assert_eq!(entry.reason, Some(RevocationReason::AffiliationChanged));
    assert_eq!((crl.entries().count(), crl.number()), (1, Some(&[9][..])));

    let der = authority.read("their.ocsp");
    let expected = Expected {
        issuer_name: &issuer.0,
        issuer_key: &issuer.1,
        at: now(),
        nonce: None,
        skew: Expected::SKEW,
    };
    let response = OcspResponse::from_der(&der)
        .unwrap()
        .answered()
        .unwrap()
        .verify(&expected)
        .unwrap();
    assert!(matches!(
        response.signer(),
        ResponseSigner::Delegate { no_check: true, .. }
    ));
    let status = response.answer(LEAF_SERIAL).unwrap().status;
    assert!(
        matches!(
            status,
            CertStatus::Revoked {
                reason: Some(RevocationReason::KeyCompromise),
                ..
            }
        ),
        "{status:?}"
    );
}
