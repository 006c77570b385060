//! How many key pairs a second the vault hands out, durable and recorded, at one load after another.
//!
//! Callers wait for their answer before they ask again; database and device are real, in a temporary folder.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement")]

#[path = "../tests/centre/mod.rs"]
#[expect(dead_code, clippy::unwrap_used, clippy::panic, reason = "shared with the tests")]
mod centre;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use centre::{Centre, apply, noon, sm2};

/// How long each load runs.
const FOR: Duration = Duration::from_secs(3);

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        for (callers, keys) in [(1, 1), (8, 1), (2, 8), (8, 8), (2, 64)] {
            let rate = load(callers, keys).await;
            println!("{callers} callers, {keys} keys a message, spare store empty: {rate:.0} pairs/s");
        }
        let centre = Centre::new().await;
        let start = Instant::now();
        let mut made = 0;
        while made < centre::SPARE_LEVEL {
            made += centre.vault.refill(noon()).await.unwrap();
        }
        println!(
            "refilling: {:.0} pairs/s",
            f64::from(made) / start.elapsed().as_secs_f64()
        );
    });
}

async fn load(callers: u32, keys: u32) -> f64 {
    let centre = Arc::new(Centre::new().await);
    let user = Arc::new(sm2());
    let next = Arc::new(AtomicU32::new(0));
    let start = Instant::now();
    let callers: Vec<_> = (0..callers)
        .map(|_| {
            let (centre, user, next) = (Arc::clone(&centre), Arc::clone(&user), Arc::clone(&next));
            tokio::spawn(async move {
                while start.elapsed() < FOR {
                    let first = next.fetch_add(keys, Ordering::Relaxed);
                    let requests = (first..first + keys).map(|serial| apply(serial, &user)).collect();
                    let message = centre.sign(requests, noon());
                    centre.vault.submit(&message, noon()).await.unwrap();
                }
            })
        })
        .collect();
    for caller in callers {
        caller.await.unwrap();
    }
    f64::from(next.load(Ordering::Relaxed)) / start.elapsed().as_secs_f64()
}
