//! A desk that knows a million certificates: how long it takes to open, and what it keeps in memory.
//!
//! `cargo bench -p hefu-status --bench million [-- CERTIFICATES]`
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "benches")]

#[path = "../tests/status/zone.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod zone;

use std::time::Instant;

use gm_suite::{DigestAlgorithm, KeyAlgorithm, sm3};
use hefu_certificate::SerialNumber;
use hefu_database::{DatabaseError, Value, insert_rows};
use zone::{TestAuthority, Zone, follow, start};

const COLUMNS: [&str; 16] = [
    "serial",
    "issuer_key",
    "authority",
    "profile",
    "law_scope",
    "usage",
    "holder",
    "holder_masked",
    "not_before",
    "not_after",
    "issued_at",
    "certificate",
    "status",
    "reason",
    "changed_at",
    "told_by",
];

/// Rows in one transaction.
const PORTION: u64 = 10_000;

fn serial(number: u64) -> SerialNumber {
    SerialNumber::from_random(*sm3(&number.to_be_bytes()).first_chunk().unwrap())
}

fn row(number: u64, issuer_key: &[u8]) -> [Value<'static>; COLUMNS.len()] {
    let revoked = number.is_multiple_of(10);
    let at = start().as_microsecond();
    [
        Value::from(serial(number).to_string()),
        Value::from(issuer_key.to_vec()),
        Value::from("ca"),
        Value::from("person-sm2-single"),
        Value::from("signature"),
        Value::from("single"),
        Value::from("张三"),
        Value::from("张**"),
        Value::from(at),
        Value::from(at),
        Value::from(at),
        Value::from(vec![0x30; 700]),
        Value::from(if revoked { "revoked" } else { "valid" }),
        Value::from(revoked.then_some(1i64)),
        Value::from(revoked.then_some(at)),
        Value::from(0i64),
    ]
}

async fn fill(zone: &Zone, ca: &TestAuthority, certificates: u64) {
    for first in (0..certificates).step_by(usize::try_from(PORTION).unwrap()) {
        let key = ca.issuer.key_identifier().to_vec();
        let rows: Vec<_> = (first..certificates.min(first + PORTION))
            .map(|number| row(number, &key))
            .collect();
        let write = zone.database.write(move |connection| {
            Box::pin(async move { insert_rows(connection, "status_certificate", COLUMNS, rows).await })
        });
        let done: Result<(), DatabaseError> = write.await;
        done.unwrap();
    }
}

/// A line of /proc/self/status in megabytes; 0 where there is none.
fn megabytes(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(name))
        .unwrap_or_default();
    line.split_whitespace()
        .next()
        .and_then(|kilobytes| kilobytes.parse::<u64>().ok())
        .unwrap_or(0)
        / 1024
}

#[tokio::main]
async fn main() {
    let certificates = std::env::args().find_map(|word| word.parse().ok()).unwrap_or(1_000_000);
    let zone = Zone::new().await;
    let ca = TestAuthority::new("ca", KeyAlgorithm::Sm2);
    fill(&zone, &ca, certificates).await;
    let before = megabytes("VmRSS:");
    let began = Instant::now();
    let desk = zone.desk(&[&ca]).await;
    let opened = began.elapsed();
    follow(&desk, start()).await;
    let filled = began.elapsed();
    let after = megabytes("VmRSS:");
    assert_eq!(desk.certificates_known() as u64, certificates);
    let question = ca.question(DigestAlgorithm::Sm3, &[serial(certificates / 2)], Some(&[7; 32]));
    let answered = desk.respond_ocsp(&question, start());
    println!(
        "{certificates} certificates: opened in {opened:.2?}, index filled after {filled:.2?}, memory {before} MB before and {after} MB after; \
         an answer has {} octets",
        answered.der().len()
    );
}
