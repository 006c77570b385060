//! How many certificates and pairs a second the mint issues, durable, linted and recorded, at one load after another.
//!
//! Callers sign a batch, wait for the signed reply and go on; the key centre answers from memory, with the same
//! envelopes and signatures as a real one. Database real, in a temporary folder; two worker threads.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement")]

#[path = "../src/tests/authority.rs"]
#[expect(dead_code, clippy::indexing_slicing, reason = "shared with the tests")]
mod authority;
#[path = "../src/tests/house.rs"]
#[expect(dead_code, clippy::panic, reason = "shared with the tests")]
mod house;
#[path = "../src/tests/key_centre.rs"]
#[expect(dead_code, clippy::panic, reason = "shared with the tests")]
mod key_centre;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use hefu_ca::{
    Authority, FreshWithin, KeyCentre, KeyCentreChannel, KeyCentreUnreachable, MIGRATIONS, Mint, MintError,
    MintSettings, RegistrationAuthorities,
};
use registration_protocol::Item;

use authority::{noon, p256, sm2};
use house::{House, person};

/// How long each load runs.
const FOR: Duration = Duration::from_secs(4);

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        for profile in ["person-sm2-single", "person-p256", "person-sm2"] {
            for (callers, items) in [(1, 1), (8, 1), (2, 8), (8, 8), (2, 64)] {
                let rate = load(profile, callers, items).await;
                println!("{profile}: {callers} callers, {items} requests a batch: {rate:.0}/s");
            }
        }
    });
}

async fn load(profile: &'static str, callers: u32, items: u32) -> f64 {
    let house = Arc::new(House::new().await);
    let key = if profile.contains("p256") { p256() } else { sm2() };
    let template = person(profile, &key);
    let done = Arc::new(AtomicU32::new(0));
    let start = Instant::now();
    let callers: Vec<_> = (0..callers)
        .map(|_| {
            let (house, template, done) = (Arc::clone(&house), template.clone(), Arc::clone(&done));
            tokio::spawn(async move {
                while start.elapsed() < FOR {
                    let batch = (0..items).map(|_| {
                        let mut issue = template.clone();
                        issue.request_id = house::id();
                        Item::Issue(issue)
                    });
                    let der = house.sign(batch.collect(), noon());
                    house.mint.submit(&der, noon()).await.unwrap();
                    done.fetch_add(items, Ordering::Relaxed);
                }
            })
        })
        .collect();
    for caller in callers {
        caller.await.unwrap();
    }
    f64::from(done.load(Ordering::Relaxed)) / start.elapsed().as_secs_f64()
}
