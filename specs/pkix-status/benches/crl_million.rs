//! A CRL of a million entries, once: time and peak memory of the process.
//!
//! `cargo bench -p pkix-status --bench crl_million [-- ENTRIES]`
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "benches")]

use std::time::Instant;

use gm_suite::{KeyAlgorithm, PrivateKey, Signer, sm3};
use jiff::{SignedDuration, Timestamp};
use pkix_status::{CrlHead, CrlReader, CrlWriter, RevocationReason};

fn main() {
    let entries = std::env::args()
        .find_map(|word| word.parse().ok())
        .unwrap_or(1_000_000u64);
    for algorithm in [KeyAlgorithm::Sm2, KeyAlgorithm::P256] {
        let key = PrivateKey::generate(algorithm).unwrap();
        let start = Instant::now();
        let der = write(&key, entries);
        let written = start.elapsed();
        let peak = peak_megabytes();
        let start = Instant::now();
        let verified = CrlReader::from_der(&der).unwrap().verify(key.public_key()).unwrap();
        let checked = start.elapsed();
        let start = Instant::now();
        assert!(verified.lookup(&[0]).is_none());
        let looked_up = start.elapsed();
        println!(
            "{algorithm}: {entries} entries, {} octets; written and signed in {written:.2?}, peak {peak} MB; \
             verified in {checked:.2?}; looked up in {looked_up:.2?}",
            der.len(),
        );
    }
}

fn write(key: &PrivateKey, entries: u64) -> Vec<u8> {
    let now = Timestamp::from_second(1_800_000_000).unwrap();
    let mut crl = CrlWriter::new(&CrlHead {
        issuer: &[0x30, 0x00],
        algorithm: key.signature_algorithm(),
        this_update: now,
        next_update: now + SignedDuration::from_hours(24),
        number: 1,
        authority_key_identifier: &key.public_key().key_identifier(),
    })
    .unwrap();
    for number in 0..entries {
        // Sixteen octets that look random, as serial numbers do.
        let serial = sm3(&number.to_be_bytes());
        let at = now - SignedDuration::from_secs(i64::from(serial.last().copied().unwrap()) * 86_400);
        crl.push(
            serial.first_chunk::<16>().unwrap(),
            at,
            RevocationReason::KeyCompromise,
            None,
        )
        .unwrap();
    }
    crl.finish(key).unwrap()
}

/// `VmHWM` of this process, in megabytes; 0 where there is no /proc.
fn peak_megabytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap_or_default();
    line.split_whitespace()
        .next()
        .and_then(|kilobytes| kilobytes.parse::<u64>().ok())
        .unwrap_or(0)
        / 1024
}
