//! How many issuances the desk carries with a certification authority that costs nearly nothing: entering with every
//! section, then approving with issuance, durable, by a few clients who wait for each answer.
//!
//! `cargo bench -p hefu-ra --bench desk`; arguments: clients, issuances of each.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement prints")]

#[path = "../tests/desk/house.rs"]
mod house;

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use gm_suite::KeyAlgorithm;
use hefu_ra::{NewApplication, Stage, Then};
use house::{House, house, key, noon, person, single};

const CLIENTS: usize = 8;
const EACH: usize = 400;

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|argument| argument.parse().ok());
    let clients = numbers.next().unwrap_or(CLIENTS);
    let each = numbers.next().unwrap_or(EACH);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        measure("single", clients, each, single).await;
        measure("pair", clients, each, person).await;
    });
}

async fn measure(name: &str, clients: usize, each: usize, form: fn(&gm_suite::PrivateKey) -> NewApplication) {
    let house = house().await;
    house.authority.hurry();
    let forms: Vec<Vec<NewApplication>> = (0..clients)
        .map(|_| (0..each).map(|_| form(&key(KeyAlgorithm::Sm2))).collect())
        .collect();
    let (begun, cpu_before) = (Instant::now(), cpu());
    let entered = join_all(forms.into_iter().map(|forms| enter(&house, forms))).await;
    let (entering, cpu_middle) = (begun.elapsed(), cpu());
    let middle = Instant::now();
    join_all(entered.into_iter().map(|ids| approve(&house, ids))).await;
    let (approving, cpu_after) = (middle.elapsed(), cpu());
    let count = u32::try_from(clients * each).unwrap();
    let rate = |time: Duration| f64::from(count) / time.as_secs_f64();
    println!(
        "{name}: {clients} clients, {count} issuances: enter {:.0}/s ({:?} CPU each), approve and issue {:.0}/s ({:?} CPU \
         each), together {:.0}/s",
        rate(entering),
        cpu_middle.saturating_sub(cpu_before) / count,
        rate(approving),
        cpu_after.saturating_sub(cpu_middle) / count,
        rate(entering + approving),
    );
}

async fn enter(house: &House, forms: Vec<NewApplication>) -> Vec<hefu_ra::ApplicationId> {
    let mut ids = Vec::with_capacity(forms.len());
    for form in forms {
        ids.push(house.desk.enter(&house.entering, form, noon()).await.unwrap().id);
    }
    ids
}

async fn approve(house: &House, ids: Vec<hefu_ra::ApplicationId>) {
    for id in ids {
        let issued = house
            .desk
            .approve(&house.approving, id, Then::Issue, noon())
            .await
            .unwrap();
        assert_eq!(issued.state, Stage::Issued);
    }
}

/// Processor time of this process, from the kernel's count of hundredths of a second.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let ticks: u64 = stat
        .rsplit(')')
        .next()
        .unwrap()
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|word| word.parse::<u64>().ok())
        .sum();
    Duration::from_millis(ticks * 10)
}
