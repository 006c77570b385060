//! What a leaf, a root and a proof cost.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use record_log::{Frontier, InclusionProof, TreeDigest, subtrees_for_inclusion};

fn trees(criterion: &mut Criterion) {
    let entry = [0x7b_u8; 400];
    for digest in [TreeDigest::Sm3, TreeDigest::Sha256] {
        let mut group = criterion.benchmark_group(digest.to_string());
        group.throughput(Throughput::Elements(1));
        group.bench_function("leaf of 400 octets", |bencher| {
            bencher.iter(|| digest.leaf(black_box(&entry)));
        });
        group.bench_function("append", |bencher| {
            let leaf = digest.leaf(&entry);
            let mut frontier = Frontier::new(digest);
            bencher.iter(|| frontier.append(black_box(leaf)));
        });
        group.bench_function("verify inclusion in a million", |bencher| {
            let leaf = digest.leaf(&entry);
            let subtrees = subtrees_for_inclusion(777_777, 1_000_000).unwrap_or_default();
            let proof = InclusionProof {
                index: 777_777,
                size: 1_000_000,
                path: vec![leaf; subtrees.len()],
            };
            bencher.iter(|| black_box(proof.verify(digest, &leaf, &leaf)));
        });
        group.finish();
    }
}

criterion_group!(benches, trees);
criterion_main!(benches);
