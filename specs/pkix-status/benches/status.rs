//! How fast: reading a request and writing an answer without and with signatures, CRLs of 100,000 entries.
#![expect(clippy::unwrap_used, reason = "benches")]

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use gm_suite::{DigestAlgorithm, KeyAlgorithm, PrivateKey, Signer};
use jiff::Timestamp;
use pkix_status::{
    AnswerBody, CertIdBuf, CertStatus, CrlHead, CrlReader, CrlWriter, IssuerHashes, Nonce, OcspRequest, ResponseKey,
    RevocationReason, SingleAnswer, write_request,
};

const NAME: &[u8] = &[0x30, 0x00];
const ENTRIES: u64 = 100_000;

fn ocsp(criterion: &mut Criterion) {
    let keys =
        [KeyAlgorithm::Sm2, KeyAlgorithm::P256].map(|algorithm| Arc::new(PrivateKey::generate(algorithm).unwrap()));
    let [sm2, p256] = keys.each_ref().map(|key| ResponseKey::new(key.clone(), &[]).unwrap());
    let issuer = IssuerHashes::of(DigestAlgorithm::Sha1, NAME, keys.first().unwrap().public_key());
    let question = write_request(&[CertIdBuf::new(&issuer, &[0x77; 16])], Nonce::new(&[9; 32]));
    let now = Timestamp::from_second(1_800_000_000).unwrap();
    let body = |answers: &[SingleAnswer<'_>], nonce, make: &dyn Fn(&AnswerBody<'_>) -> Vec<u8>| {
        make(&AnswerBody {
            produced_at: now,
            answers,
            nonce,
        })
    };
    let answer = |make: &dyn Fn(&AnswerBody<'_>) -> Vec<u8>| {
        let request = OcspRequest::from_der(black_box(&question)).unwrap();
        let cert_id = *request.cert_ids().first().unwrap();
        let single = SingleAnswer {
            cert_id,
            status: CertStatus::Good,
            this_update: now,
            next_update: Some(now),
        };
        body(&[single], request.nonce(), make)
    };
    criterion.bench_function("ocsp/read request", |bencher| {
        bencher.iter(|| OcspRequest::from_der(black_box(&question)).unwrap().cert_ids().len());
    });
    criterion.bench_function("ocsp/request to response data, unsigned", |bencher| {
        bencher.iter(|| answer(&|body| sm2.response_data(body).unwrap()));
    });
    criterion.bench_function("ocsp/request to response, sm2", |bencher| {
        bencher.iter(|| answer(&|body| sm2.answer(body).unwrap()));
    });
    criterion.bench_function("ocsp/request to response, p256", |bencher| {
        bencher.iter(|| answer(&|body| p256.answer(body).unwrap()));
    });
}

fn crl(criterion: &mut Criterion) {
    let key = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap();
    let now = Timestamp::from_second(1_800_000_000).unwrap();
    let write = || {
        let mut crl = CrlWriter::new(&CrlHead {
            issuer: NAME,
            algorithm: key.signature_algorithm(),
            this_update: now,
            next_update: now + jiff::SignedDuration::from_hours(24),
            number: 1,
            authority_key_identifier: &key.public_key().key_identifier(),
        })
        .unwrap();
        for number in 1..=ENTRIES {
            crl.push(&number.to_be_bytes(), now, RevocationReason::KeyCompromise, None)
                .unwrap();
        }
        crl.finish(&key).unwrap()
    };
    let der = write();
    let mut group = criterion.benchmark_group("crl of 100,000 entries");
    group.sample_size(10);
    group.bench_function("write and sign, sm2", |bencher| bencher.iter(write));
    group.bench_function("walk", |bencher| {
        bencher.iter(|| {
            CrlReader::from_der(black_box(&der))
                .unwrap()
                .entries()
                .flatten()
                .count()
        });
    });
    group.bench_function("verify, sm2", |bencher| {
        bencher.iter(|| {
            CrlReader::from_der(black_box(&der))
                .unwrap()
                .verify(key.public_key())
                .is_ok()
        });
    });
    group.finish();
}

criterion_group!(benches, ocsp, crl);
criterion_main!(benches);
