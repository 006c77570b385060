//! The installed `openssl ocsp` as client of our answers and as responder to our questions, with P-256.

use crate::authority::{Authority, LEAF_SERIAL};
use gm_suite::DigestAlgorithm;
use jiff::{SignedDuration, Timestamp};
use pkix_status::{
    AnswerBody, CertIdBuf, CertStatus, Expected, IssuerHashes, Nonce, OcspError, OcspRequest, OcspResponse,
    ResponseKey, ResponseSigner, ResponseStatus, RevocationReason, SignerFault, SingleAnswer, from_get_path,
    to_get_path, write_request,
};

fn now() -> Timestamp {
    Timestamp::from_second(Timestamp::now().as_second()).unwrap()
}

/// Our answer to a request, with one status for every certificate.
fn answer(key: &ResponseKey, request: &[u8], status: CertStatus) -> Vec<u8> {
    let request = OcspRequest::from_der(request).unwrap();
    let answers: Vec<_> = request
        .cert_ids()
        .iter()
        .map(|&cert_id| SingleAnswer {
            cert_id,
            status,
            this_update: now(),
            next_update: Some(now() + SignedDuration::from_hours(1)),
        })
        .collect();
    key.answer(&AnswerBody {
        produced_at: now(),
        answers: &answers,
        nonce: request.nonce(),
    })
    .unwrap()
}

fn delegate(authority: &Authority) -> ResponseKey {
    ResponseKey::new(authority.signer("signer"), &[authority.certificate("signer")]).unwrap()
}

fn request(authority: &Authority, extra: &[&str]) -> Vec<u8> {
    let mut words = vec!["ocsp", "-issuer", "ca.crt"];
    words.extend(extra);
    words.extend(["-cert", "leaf.crt", "-reqout", "request"]);
    authority.openssl(words);
    authority.read("request")
}

fn openssl_reads(authority: &Authority, response: &[u8], extra: &[&str]) -> String {
    authority.write("response", response);
    let mut words = vec![
        "ocsp",
        "-no_nonce",
        "-respin",
        "response",
        "-reqin",
        "request",
        "-issuer",
        "ca.crt",
    ];
    words.extend(extra);
    words.extend(["-cert", "leaf.crt", "-CAfile", "ca.crt"]);
    let output = authority.try_openssl(words);
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
}

#[test]
fn openssl_takes_our_good_revoked_suspended_and_unknown() {
    let authority = Authority::p256();
    let at: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
    for (status, words) in [
        (CertStatus::Good, "leaf.crt: good"),
        (CertStatus::Unknown, "leaf.crt: unknown"),
        (
            CertStatus::Revoked {
                at,
                reason: Some(RevocationReason::KeyCompromise),
            },
            "Reason: keyCompromise",
        ),
        (
            CertStatus::Revoked {
                at,
                reason: Some(RevocationReason::CertificateHold),
            },
            "Reason: certificateHold",
        ),
        (
            CertStatus::Revoked { at, reason: None },
            "Revocation Time: Jan  2 03:04:05 2026 GMT",
        ),
    ] {
        for digest in [&[][..], &["-sha256"], &["-sm3"]] {
            let request = request(&authority, digest);
            for key in [
                delegate(&authority),
                ResponseKey::new(authority.signer("ca"), &[]).unwrap(),
            ] {
                let read = openssl_reads(&authority, &answer(&key, &request, status), digest);
                assert!(
                    read.contains("Response verify OK") && read.contains(words),
                    "{words}\n{read}"
                );
                assert!(!read.contains("WARNING"), "nonce echoed: {read}");
            }
        }
    }
}

#[test]
fn openssl_refuses_our_answer_when_one_octet_changed() {
    let authority = Authority::p256();
    let request = request(&authority, &[]);
    let mut response = answer(&delegate(&authority), &request, CertStatus::Good);
    let place = response.windows(4).position(|octets| octets == LEAF_SERIAL).unwrap();
    response[place] ^= 1;
    assert!(openssl_reads(&authority, &response, &[]).contains("Response Verify Failure"));
}

#[test]
fn our_request_is_the_one_that_openssl_would_write() {
    let authority = Authority::p256();
    let (name, key) = authority.issuer();
    for (digest, extra) in [
        (DigestAlgorithm::Sha1, &["-no_nonce"][..]),
        (DigestAlgorithm::Sha256, &["-no_nonce", "-sha256"]),
        (DigestAlgorithm::Sm3, &["-no_nonce", "-sm3"]),
    ] {
        let theirs = request(&authority, extra);
        let id = CertIdBuf::new(&IssuerHashes::of(digest, &name, &key), LEAF_SERIAL);
        assert_eq!(write_request(&[id], None), theirs);
        assert_eq!(from_get_path(&to_get_path(&theirs)).unwrap(), theirs);
    }
    let theirs = request(&authority, &[]);
    let read = OcspRequest::from_der(&theirs).unwrap();
    let id = CertIdBuf::new(&IssuerHashes::of(DigestAlgorithm::Sha1, &name, &key), LEAF_SERIAL);
    assert_eq!(write_request(&[id], read.nonce()), theirs);
    assert_eq!(read.nonce().unwrap().octets().len(), 16);
}

#[test]
fn a_signed_request_about_three_certificates_is_read() {
    let authority = Authority::p256();
    let words = [
        "-serial",
        "0x77",
        "-serial",
        "0x8a010203",
        "-signer",
        "signer.crt",
        "-signkey",
        "signer.key",
    ];
    let der = request(&authority, &words);
    let request = OcspRequest::from_der(&der).unwrap();
    assert!(request.is_signed());
    let serials: Vec<_> = request.cert_ids().iter().map(pkix_status::CertId::serial).collect();
    assert_eq!(serials, [&[0x77][..], LEAF_SERIAL, LEAF_SERIAL]);
}

const INDEX: &str = "R\t301231000000Z\t260102030405Z,keyCompromise\t8A010203\tunknown\t/CN=leaf\n\
                     V\t301231000000Z\t\t5001\tunknown\t/CN=signer\n";

/// OpenSSL's answer to our question about these serials.
fn openssl_answers(authority: &Authority, serials: &[&[u8]], nonce: Option<Nonce<'_>>, signer: &str) -> Vec<u8> {
    let (name, key) = authority.issuer();
    let issuer = IssuerHashes::of(DigestAlgorithm::Sha1, &name, &key);
    let ids: Vec<_> = serials.iter().map(|serial| CertIdBuf::new(&issuer, serial)).collect();
    authority.write("question", &write_request(&ids, nonce));
    authority.write("index.txt", INDEX.as_bytes());
    let (certificate, key) = (format!("{signer}.crt"), format!("{signer}.key"));
    let words = [
        "ocsp",
        "-index",
        "index.txt",
        "-CA",
        "ca.crt",
        "-rsigner",
        &certificate,
        "-rkey",
        &key,
    ];
    authority.openssl(
        words
            .into_iter()
            .chain(["-reqin", "question", "-respout", "answer", "-nmin", "60"]),
    );
    authority.read("answer")
}

fn expected<'a>(issuer: &'a (Vec<u8>, gm_suite::PublicKey), nonce: Option<Nonce<'a>>) -> Expected<'a> {
    Expected {
        issuer_name: &issuer.0,
        issuer_key: &issuer.1,
        at: Timestamp::now(),
        nonce,
        skew: Expected::SKEW,
    }
}

#[test]
fn we_verify_the_answers_of_openssl_by_issuer_and_by_delegate() {
    let authority = Authority::p256();
    let issuer = authority.issuer();
    let octets = Nonce::fresh().unwrap();
    let nonce = Nonce::new(&octets);
    for signer in ["ca", "signer"] {
        let der = openssl_answers(&authority, &[LEAF_SERIAL, &[0x50, 0x01], &[0x99]], nonce, signer);
        let verified = OcspResponse::from_der(&der)
            .unwrap()
            .answered()
            .unwrap()
            .verify(&expected(&issuer, nonce))
            .unwrap();
        match verified.signer() {
            ResponseSigner::Issuer => assert_eq!(signer, "ca"),
            ResponseSigner::Delegate { no_check, certificate } => {
                assert!(no_check);
                assert_eq!(certificate, authority.certificate(signer));
            }
        }
        let at = "2026-01-02T03:04:05Z".parse().unwrap();
        let revoked = CertStatus::Revoked {
            at,
            reason: Some(RevocationReason::KeyCompromise),
        };
        assert_eq!(verified.answer(LEAF_SERIAL).unwrap().status, revoked);
        assert_eq!(verified.answer(&[0, 0x50, 0x01]).unwrap().status, CertStatus::Good);
        assert_eq!(verified.answer(&[0x99]).unwrap().status, CertStatus::Unknown);
        assert_eq!(verified.answer(&[0x98]), Err(OcspError::NotAnswered));
    }
}

#[test]
fn an_answer_is_refused_for_each_reason_that_the_standard_gives() {
    let authority = Authority::p256();
    let issuer = authority.issuer();
    let read = |der: &[u8], expected: &Expected<'_>| -> Result<CertStatus, OcspError> {
        let verified = OcspResponse::from_der(der)?.answered()?.verify(expected)?;
        Ok(verified.answer(LEAF_SERIAL)?.status)
    };
    let octets = Nonce::fresh().unwrap();
    let asked = expected(&issuer, Nonce::new(&octets));
    let plain = expected(&issuer, None);
    let der = openssl_answers(&authority, &[LEAF_SERIAL], None, "signer");
    assert!(read(&der, &plain).is_ok());
    assert_eq!(read(&der, &asked), Err(OcspError::Nonce));

    let hours = SignedDuration::from_hours(1);
    let late = Expected {
        at: plain.at + hours + hours,
        ..plain
    };
    assert!(matches!(read(&der, &late), Err(OcspError::Stale(_))));
    let early = Expected {
        at: plain.at - SignedDuration::from_mins(6),
        ..plain
    };
    // The delegate's certificate is as young as the answer, so it is refused first.
    assert!(matches!(
        read(&der, &early),
        Err(OcspError::Signer(SignerFault::Validity { .. }))
    ));
    let by_issuer = openssl_answers(&authority, &[LEAF_SERIAL], None, "ca");
    assert!(matches!(read(&by_issuer, &early), Err(OcspError::NotYet(_))));

    let by_leaf = openssl_answers(&authority, &[LEAF_SERIAL], None, "leaf");
    assert_eq!(read(&by_leaf, &plain), Err(OcspError::Signer(SignerFault::Purpose)));

    let stranger = Authority::p256();
    let by_stranger = openssl_answers(&stranger, &[LEAF_SERIAL], None, "signer");
    assert_eq!(
        read(&by_stranger, &plain),
        Err(OcspError::Signer(SignerFault::OtherIssuer))
    );

    let mut bent = der.clone();
    let place = bent.windows(4).position(|octets| octets == LEAF_SERIAL).unwrap();
    bent[place] ^= 1;
    assert!(matches!(read(&bent, &plain), Err(OcspError::Signature(_))));
    assert_eq!(
        read(&ResponseStatus::TryLater.response(), &plain),
        Err(OcspError::Refused(ResponseStatus::TryLater))
    );
}

#[test]
fn openssl_reads_our_refusals() {
    let authority = Authority::p256();
    request(&authority, &[]);
    for (status, words) in [
        (ResponseStatus::MalformedRequest, "malformedrequest (1)"),
        (ResponseStatus::InternalError, "internalerror (2)"),
        (ResponseStatus::TryLater, "trylater (3)"),
        (ResponseStatus::Unauthorized, "unauthorized (6)"),
    ] {
        let read = openssl_reads(&authority, &status.response(), &[]);
        assert!(read.contains(words), "{read}");
    }
}
