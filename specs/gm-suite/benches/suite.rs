//! Speed of the suite: `cargo bench -p gm-suite`. SM2 stands beside the `sm2` crate (`RustCrypto`) in the same run.

#![expect(clippy::unwrap_used, reason = "a bench")]

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use getrandom::SysRng;
use gm_suite::{
    Decryptor as _, KeyAlgorithm, PrivateKey, PublicKey, SignatureAlgorithm, Signer as _, sm2 as ours, sm3, sm4,
};
use sm2::dsa::signature::{Signer as _, Verifier as _};
use sm2::dsa::{Signature, SigningKey};
use sm2::pke::EncryptingKey;

/// About the size of a to-be-signed certificate.
const MESSAGE: &[u8] = &[0x5A; 700];
const WITH: SignatureAlgorithm = SignatureAlgorithm::Sm2Sm3;
const SM4_KEY: &[u8; 16] = &[0x11; 16];

fn sm2_here(bench: &mut Criterion) {
    let mut group = bench.benchmark_group("sm2");
    let key = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap();
    let public = key.public_key();
    let signature = key.sign(MESSAGE).unwrap();
    let cipher = ours::encrypt(public, SM4_KEY).unwrap();
    let pkcs8 = key.to_pkcs8().unwrap();
    group.bench_function("sign", |bench| bench.iter(|| key.sign(black_box(MESSAGE)).unwrap()));
    group.bench_function("verify", |bench| {
        bench.iter(|| public.verify(WITH, black_box(MESSAGE), &signature).unwrap());
    });
    group.bench_function("encrypt", |bench| {
        bench.iter(|| ours::encrypt(public, black_box(SM4_KEY)).unwrap());
    });
    group.bench_function("decrypt", |bench| {
        bench.iter(|| key.decrypt(black_box(&cipher)).unwrap());
    });
    group.bench_function("generate", |bench| {
        bench.iter(|| PrivateKey::generate(KeyAlgorithm::Sm2).unwrap());
    });
    group.bench_function("read-private", |bench| {
        bench.iter(|| PrivateKey::from_pkcs8(black_box(&pkcs8)).unwrap());
    });
    group.bench_function("read-public", |bench| {
        bench.iter(|| PublicKey::from_spki(black_box(public.spki())).unwrap());
    });
    group.finish();
}

fn sm2_by_rustcrypto(bench: &mut Criterion) {
    let mut group = bench.benchmark_group("sm2-rustcrypto");
    let scalar = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap().sm2_scalar().unwrap();
    let key = SigningKey::from_slice("1234567812345678", scalar.as_slice()).unwrap();
    let signature: Signature = key.sign(MESSAGE);
    group.bench_function("sign", |bench| {
        bench.iter(|| -> Signature { key.sign(black_box(MESSAGE)) });
    });
    group.bench_function("verify", |bench| {
        bench.iter(|| key.verifying_key().verify(black_box(MESSAGE), &signature).unwrap());
    });
    let public = EncryptingKey::from_affine(*key.verifying_key().as_affine()).unwrap();
    group.bench_function("encrypt", |bench| {
        bench.iter(|| public.encrypt_der(&mut SysRng, black_box(SM4_KEY)).unwrap());
    });
    group.finish();
}

fn international(bench: &mut Criterion) {
    let mut group = bench.benchmark_group("international");
    for algorithm in KeyAlgorithm::ALL
        .into_iter()
        .filter(|algorithm| *algorithm != KeyAlgorithm::Sm2)
    {
        let key = PrivateKey::generate(algorithm).unwrap();
        let signature = key.sign(MESSAGE).unwrap();
        let with = algorithm.signature_algorithm();
        group.bench_function(format!("{algorithm}-sign"), |bench| {
            bench.iter(|| key.sign(black_box(MESSAGE)).unwrap());
        });
        group.bench_function(format!("{algorithm}-verify"), |bench| {
            bench.iter(|| key.public_key().verify(with, black_box(MESSAGE), &signature).unwrap());
        });
        let spki = key.public_key().spki().to_vec();
        group.bench_function(format!("{algorithm}-read-public"), |bench| {
            bench.iter(|| PublicKey::from_spki(black_box(&spki)).unwrap());
        });
    }
    group.finish();
}

fn symmetric(bench: &mut Criterion) {
    let mut group = bench.benchmark_group("symmetric");
    let data = vec![0x33; 16_384];
    group.throughput(Throughput::Bytes(16_384));
    group.bench_function("sm3", |bench| bench.iter(|| sm3(black_box(&data))));
    group.bench_function("sm4-cbc", |bench| {
        bench.iter(|| sm4::cbc_encrypt(SM4_KEY, SM4_KEY, black_box(&data)));
    });
    group.bench_function("sm4-gcm", |bench| {
        bench.iter(|| sm4::gcm_seal(SM4_KEY, &[7; 12], b"", black_box(&data)).unwrap());
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().measurement_time(Duration::from_secs(2)).warm_up_time(Duration::from_millis(500)).sample_size(30);
    targets = sm2_here, sm2_by_rustcrypto, international, symmetric
}
criterion_main!(benches);
