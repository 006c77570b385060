//! OCSP answers: from the cache, and signed afresh for a nonce.
#![expect(clippy::unwrap_used, reason = "benches")]

#[path = "../tests/status/zone.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod zone;

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use gm_suite::{DigestAlgorithm, KeyAlgorithm};
use hefu_status::StatusDesk;
use zone::{TestAuthority, Zone, follow, start};

fn answers(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut group = criterion.benchmark_group("ocsp");
    group.throughput(Throughput::Elements(1));
    for (algorithm, profile) in [
        (KeyAlgorithm::Sm2, "person-sm2-single"),
        (KeyAlgorithm::P256, "person-p256"),
    ] {
        let ca = TestAuthority::new("ca", algorithm);
        let fact = ca.issue(profile, &[("common_name", "Zhang San")]);
        let serial = fact.parts.first().unwrap().serial;
        let desk: StatusDesk = runtime.block_on(async {
            let zone = Zone::new().await;
            zone.record_issued(&fact, start()).await;
            let desk = zone.desk(&[&ca]).await;
            follow(&desk, start()).await;
            desk
        });
        let plain = ca.question(DigestAlgorithm::Sha1, &[serial], None);
        let asked = ca.question(DigestAlgorithm::Sha1, &[serial], Some(&[7; 32]));
        group.bench_function(format!("{algorithm}/cached"), |bencher| {
            bencher.iter(|| desk.respond_ocsp(black_box(&plain), start()).into_der());
        });
        group.bench_function(format!("{algorithm}/signed afresh"), |bencher| {
            bencher.iter(|| desk.respond_ocsp(black_box(&asked), start()).into_der());
        });
    }
    group.finish();
}

criterion_group!(benches, answers);
criterion_main!(benches);
