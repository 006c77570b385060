//! What a certificate costs before a key signs it: the draft, the lints, and putting the signature on.

#[path = "../tests/certificate/samples.rs"]
#[expect(
    dead_code,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "shared with the tests"
)]
mod samples;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use gm_suite::{KeyAlgorithm, PublicKey};
use hefu_certificate::{Draft, Order, Subject, Usage};

fn benches(criterion: &mut Criterion) {
    let hierarchy = samples::hierarchy(KeyAlgorithm::Sm2);
    let person = samples::profile("person-sm2");
    let key = samples::key(KeyAlgorithm::Sm2, 2);
    let values = samples::fields(person);
    criterion.bench_function("subject from values", |b| {
        b.iter(|| Subject::new(person, black_box(&values)));
    });
    let Ok(subject) = Subject::new(person, &values) else {
        return;
    };
    let Ok(validity) = person.validity(samples::now(), None, &hierarchy.issuer) else {
        return;
    };
    let (public_key, usage, serial) = (key.public_key(), Usage::Sign, samples::serial(3));
    let order = Order {
        subject: &subject,
        public_key,
        usage,
        serial,
        validity,
    };
    criterion.bench_function("draft", |b| {
        b.iter(|| person.draft(&hierarchy.issuer, black_box(&order)));
    });
    let Ok(draft) = person.draft(&hierarchy.issuer, &order) else {
        return;
    };
    criterion.bench_function("lints", |b| b.iter(|| black_box(&draft).lint()));
    criterion.bench_function("lints, of which the key", |b| {
        b.iter(|| PublicKey::from_spki(black_box(public_key.spki())));
    });
    let tbs = draft.tbs().to_vec();
    criterion.bench_function("restore and pass", |b| {
        b.iter(|| Draft::restore(tbs.clone(), person, &hierarchy.issuer, usage).pass());
    });
    criterion.bench_function("draft, lints, SM2 signature", |b| {
        b.iter(|| {
            let linted = person.draft(&hierarchy.issuer, &order).ok()?.pass().ok()?;
            linted.sign(hierarchy.key.as_ref()).ok()
        });
    });
}

criterion_group!(group, benches);
criterion_main!(group);
