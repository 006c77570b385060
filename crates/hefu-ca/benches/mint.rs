//! How many certificates and pairs a second the mint issues, durable, linted and recorded, at one load after another.
//!
//! Callers sign a batch, wait for the signed reply and go on; the key centre answers from memory, with the same
//! envelopes and signatures as a real one. Database real, in a temporary folder; two worker threads.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement")]

#[path = "../src/tests/authority.rs"]
mod authority;
#[path = "../src/tests/house.rs"]
#[expect(dead_code, clippy::panic, reason = "shared with the tests")]
mod house;
#[path = "../src/tests/key_centre.rs"]
#[expect(dead_code, clippy::panic, reason = "shared with the tests")]
mod key_centre;
#[path = "../src/tests/published.rs"]
#[expect(dead_code, reason = "shared with the tests")]
mod published;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use hefu_ca::{
    Authority, FreshWithin, KeyCentre, KeyCentreChannel, KeyCentreUnreachable, MIGRATIONS, Mint, MintError,
    MintSettings, PolicyQuestion, PolicyRefusal, PolicyStanding, RegistrationAuthorities,
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
                let before = processor_seconds();
                let (done, seconds) = load(profile, callers, items).await;
                let rate = f64::from(done) / seconds;
                let cost = (processor_seconds() - before) * 1e6 / f64::from(done);
                println!(
                    "{profile}: {callers} callers, {items} requests a batch: {rate:.0}/s, {cost:.0} µs of processor each"
                );
            }
        }
    });
}

async fn load(profile: &'static str, callers: u32, items: u32) -> (u32, f64) {
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
    (done.load(Ordering::Relaxed), start.elapsed().as_secs_f64())
}

/// Processor time of this process so far, callers and key centre included: what a busy machine does not blur.
fn processor_seconds() -> f64 {
    // Fields 14 and 15 of proc(5), in ticks of a hundredth of a second.
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let after_name = stat.rsplit(") ").next().unwrap();
    let ticks: u32 = after_name
        .split(' ')
        .skip(11)
        .take(2)
        .map(|ticks| ticks.parse::<u32>().unwrap())
        .sum();
    f64::from(ticks) / 100.0
}
