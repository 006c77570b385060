//! Bytes that nobody sane would send: never a panic, always a named error; and what we write, we read.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::sync::{Arc, LazyLock};

use gm_suite::{DigestAlgorithm, KeyAlgorithm, PrivateKey, Signer};
use jiff::Timestamp;
use pkix_status::{
    AnswerBody, CERT_IDS_MAX, CertIdBuf, CertStatus, CrlError, CrlHead, CrlReader, CrlWriteError, CrlWriter, Expected,
    IssuerHashes, NONCE_OCTETS_MAX, Nonce, OcspRequest, OcspResponse, REQUEST_BYTES_MAX, RequestError, ResponseKey,
    RevocationReason, SingleAnswer, fuzzing, write_request,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

/// Name ::= { }, a name without parts.
const NAME: &[u8] = &[0x30, 0x00];

static KEY: LazyLock<Arc<PrivateKey>> = LazyLock::new(|| Arc::new(PrivateKey::generate(KeyAlgorithm::P256).unwrap()));

fn second(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn head() -> CrlHead<'static> {
    CrlHead {
        issuer: NAME,
        algorithm: KEY.signature_algorithm(),
        this_update: second(1_800_000_000),
        next_update: second(1_800_086_400),
        number: 3,
        authority_key_identifier: &[1, 2, 3],
    }
}

type Revocation = (Vec<u8>, i64, RevocationReason, Option<i64>);

fn crl(entries: &[Revocation]) -> Vec<u8> {
    let mut writer = CrlWriter::with_capacity(&head(), entries.len()).unwrap();
    for (serial, at, reason, invalidity) in entries {
        writer
            .push(serial, second(*at), *reason, invalidity.map(second))
            .unwrap();
    }
    assert_eq!(writer.entries(), entries.len() as u64);
    writer.finish(KEY.as_ref()).unwrap()
}

fn revocation() -> impl Strategy<Value = Revocation> {
    // 1970 to 2106: both forms of Time.
    let at = 0..i64::from(u32::MAX);
    let reason = proptest::sample::select(RevocationReason::ALL.to_vec());
    (vec(1u8.., 1..=20), at.clone(), reason, option::of(at))
}

fn request(serials: &[Vec<u8>], nonce: Option<&[u8]>) -> Vec<u8> {
    let issuer = IssuerHashes::of(DigestAlgorithm::Sm3, NAME, KEY.public_key());
    let ids: Vec<_> = serials.iter().map(|serial| CertIdBuf::new(&issuer, serial)).collect();
    write_request(&ids, nonce.and_then(Nonce::new))
}

fn response(request: &[u8], status: CertStatus) -> Vec<u8> {
    let request = OcspRequest::from_der(request).unwrap();
    let answers: Vec<_> = request
        .cert_ids()
        .iter()
        .map(|&cert_id| SingleAnswer {
            cert_id,
            status,
            this_update: second(9),
            next_update: Some(second(99)),
        })
        .collect();
    let body = AnswerBody {
        produced_at: second(10),
        answers: &answers,
        nonce: request.nonce(),
    };
    ResponseKey::new(KEY.clone(), &[]).unwrap().answer(&body).unwrap()
}

fn bent(mut octets: Vec<u8>, changes: &[(prop::sample::Index, u8)], cut: Option<prop::sample::Index>) -> Vec<u8> {
    for (place, value) in changes {
        let place = place.index(octets.len());
        octets[place] = *value;
    }
    if let Some(cut) = cut {
        octets.truncate(cut.index(octets.len()));
    }
    octets
}

fn changes() -> impl Strategy<Value = (Vec<(prop::sample::Index, u8)>, Option<prop::sample::Index>)> {
    (
        vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        option::of(any::<prop::sample::Index>()),
    )
}

proptest! {
    #[test]
    fn arbitrary_octets_never_panic(octets in vec(any::<u8>(), 0..400)) {
        fuzzing::crl(&octets);
        fuzzing::ocsp_request(&octets);
        fuzzing::ocsp_response(&octets);
        fuzzing::ocsp_get(&octets);
    }

    #[test]
    fn arbitrary_paths_never_panic(path in "[A-Za-z0-9+/=%]{0,80}") {
        fuzzing::ocsp_get(path.as_bytes());
    }

    #[test]
    fn a_bent_crl_never_panics_and_never_verifies(entries in vec(revocation(), 0..4), (changes, cut) in changes()) {
        let sound = crl(&entries);
        let bent = bent(sound.clone(), &changes, cut);
        fuzzing::crl(&bent);
        prop_assume!(bent != sound);
        if let Ok(read) = CrlReader::from_der(&bent) {
            prop_assert!(read.verify(KEY.public_key()).is_err());
        }
    }

    #[test]
    fn a_bent_request_never_panics(serials in vec(vec(any::<u8>(), 1..20), 1..4), (changes, cut) in changes()) {
        fuzzing::ocsp_request(&bent(request(&serials, Some(&[7; 32])), &changes, cut));
    }

    #[test]
    fn a_bent_response_never_panics(serials in vec(vec(any::<u8>(), 1..20), 1..4), (changes, cut) in changes()) {
        let status = CertStatus::Revoked { at: second(5), reason: Some(RevocationReason::Superseded) };
        fuzzing::ocsp_response(&bent(response(&request(&serials, None), status), &changes, cut));
    }

    #[test]
    fn entries_come_back_as_they_went_in(entries in vec(revocation(), 0..20)) {
        let der = crl(&entries);
        let verified = CrlReader::from_der(&der).unwrap().verify(KEY.public_key()).unwrap();
        let read: Vec<_> = verified.entries().collect();
        prop_assert_eq!(read.len(), entries.len());
        for (read, (serial, at, reason, invalidity)) in read.iter().zip(&entries) {
            let padded = [&[0][..], serial].concat();
            prop_assert_eq!(read.serial, if serial[0] < 0x80 { &serial[..] } else { &padded[..] });
            prop_assert_eq!(read.revoked_at, second(*at));
            prop_assert_eq!(read.reason.unwrap_or(RevocationReason::Unspecified), *reason);
            prop_assert_eq!(read.invalidity, invalidity.map(second));
            prop_assert!(verified.lookup(&padded).is_some());
        }
    }

    #[test]
    fn questions_and_answers_come_back(
        serials in vec(vec(any::<u8>(), 1..20), 1..5),
        nonce in option::of(vec(any::<u8>(), 1..=NONCE_OCTETS_MAX)),
        revoked in option::of((0..4_000_000_000i64, option::of(0..10usize))),
    ) {
        let status = revoked.map_or(CertStatus::Good, |(at, reason)| CertStatus::Revoked {
            at: second(at),
            reason: reason.map(|place| RevocationReason::ALL[place]),
        });
        let question = request(&serials, nonce.as_deref());
        let answer = response(&question, status);
        let expected = Expected {
            issuer_name: NAME,
            issuer_key: KEY.public_key(),
            at: second(50),
            nonce: nonce.as_deref().and_then(Nonce::new),
            skew: Expected::SKEW,
        };
        let basic = OcspResponse::from_der(&answer).unwrap().answered().unwrap();
        let verified = basic.verify(&expected).unwrap();
        for serial in &serials {
            prop_assert_eq!(verified.answer(serial).unwrap().status, status);
        }
    }
}

#[test]
fn a_request_of_too_many_or_no_certificates_is_refused() {
    let serials = vec![vec![1u8]; CERT_IDS_MAX];
    assert_eq!(
        OcspRequest::from_der(&request(&serials, None))
            .unwrap()
            .cert_ids()
            .len(),
        CERT_IDS_MAX
    );
    let serials = vec![vec![1u8]; CERT_IDS_MAX + 1];
    assert_eq!(
        OcspRequest::from_der(&request(&serials, None)),
        Err(RequestError::TooMany)
    );
    assert!(matches!(
        OcspRequest::from_der(&request(&[], None)),
        Err(RequestError::Malformed(_))
    ));
    let long = vec![0x30; REQUEST_BYTES_MAX + 1];
    assert_eq!(OcspRequest::from_der(&long), Err(RequestError::TooLong(long.len())));
}

#[test]
fn a_writer_refuses_what_no_crl_may_say_and_stays_as_it_was() {
    let mut writer = CrlWriter::new(&head()).unwrap();
    let reason = RevocationReason::KeyCompromise;
    for serial in [&[][..], &[0, 0], &[1; 21]] {
        assert!(matches!(
            writer.push(serial, second(1), reason, None),
            Err(CrlWriteError::Serial(_))
        ));
    }
    let ancient: Timestamp = "-000044-03-15T00:00:00Z".parse().unwrap();
    assert!(matches!(
        writer.push(&[1], ancient, reason, None),
        Err(CrlWriteError::Time(_))
    ));
    assert!(matches!(
        writer.push(&[1], second(1), reason, Some(ancient)),
        Err(CrlWriteError::Time(_))
    ));
    assert_eq!(writer.entries(), 0);
    let der = writer.finish(KEY.as_ref()).unwrap();
    assert_eq!(CrlReader::from_der(&der).unwrap().entries().count(), 0);

    let bad = [
        CrlHead {
            issuer: &[0x04, 0x00],
            ..head()
        },
        CrlHead {
            authority_key_identifier: &[],
            ..head()
        },
        CrlHead {
            next_update: head().this_update,
            ..head()
        },
    ];
    for head in bad {
        assert!(CrlWriter::new(&head).is_err());
    }
    let other = PrivateKey::generate(KeyAlgorithm::Ed25519).unwrap();
    let refused = CrlWriter::new(&head()).unwrap().finish(&other);
    assert!(matches!(refused, Err(CrlWriteError::Algorithm { .. })));
}

/// A CRL whose authorityKeyIdentifier has become a deltaCRLIndicator; the lengths stay, the signature does not.
fn with_extension(critical: bool) -> Vec<u8> {
    let plain = crl(&[]);
    // authorityKeyIdentifier, [0] 03 01 02 03, becomes deltaCRLIndicator (2.5.29.27), an INTEGER of as many octets.
    let place = plain
        .windows(5)
        .position(|octets| octets == [0x06, 0x03, 0x55, 0x1d, 0x23])
        .unwrap();
    let mut bent = plain;
    bent[place + 4] = 0x1b;
    if critical {
        // The OCTET STRING is 7 octets; BOOLEAN TRUE takes 3 of them.
        bent.splice(
            place + 5..place + 14,
            [0x01, 0x01, 0xff, 0x04, 0x04, 0x02, 0x02, 0x01, 0x02],
        );
    }
    bent
}

#[test]
fn a_delta_crl_is_never_evidence() {
    let delta = with_extension(true);
    let read = CrlReader::from_der(&delta).unwrap();
    assert_eq!(
        read.verify(KEY.public_key()).err(),
        Some(CrlError::Critical("2.5.29.27".to_owned()))
    );
    // Not critical, it is ignored, and the signature alone is wrong.
    let ignored = with_extension(false);
    assert!(matches!(
        CrlReader::from_der(&ignored).unwrap().verify(KEY.public_key()),
        Err(CrlError::Signature(_))
    ));
}
