//! Load: a number of clients, each with one connection, take prepared requests from one queue until it is empty.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::wire::{Answer, Connection, Request};

/// What a run showed.
#[derive(Debug)]
pub(crate) struct Run {
    /// Requests answered as wanted.
    pub(crate) answered: usize,
    /// Requests that failed, with the first few reasons.
    pub(crate) failed: Vec<String>,
    /// Wall time of the whole run.
    pub(crate) took: Duration,
    latencies: Vec<Duration>,
    /// Bodies, in the order of the requests; empty where one failed.
    pub(crate) bodies: Vec<Vec<u8>>,
}

impl Run {
    /// Answers a second.
    pub(crate) fn rate(&self) -> f64 {
        let answered = u32::try_from(self.answered).unwrap_or(u32::MAX);
        f64::from(answered) / self.took.as_secs_f64()
    }

    /// The latency below which `percent` of the answers stayed.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let place = (self.latencies.len() * percent / 100).min(self.latencies.len().saturating_sub(1));
        self.latencies.get(place).copied().unwrap_or_default()
    }
}

/// Sends every request once, with `clients` connections at a time; `wanted` says whether an answer counts.
pub(crate) fn run(address: SocketAddr, clients: usize, requests: &[Request], wanted: fn(&Answer) -> bool) -> Run {
    let next = AtomicUsize::new(0);
    let outcomes = Mutex::new(Vec::with_capacity(requests.len()));
    let start = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..clients {
            scope.spawn(|| {
                let mut connection = Connection::new(address);
                let mut mine = Vec::new();
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let Some(request) = requests.get(place) else { break };
                    let sent = Instant::now();
                    let answer = connection.send(request);
                    mine.push((place, sent.elapsed(), answer));
                }
                if let Ok(mut outcomes) = outcomes.lock() {
                    outcomes.append(&mut mine);
                }
            });
        }
    });
    let took = start.elapsed();
    let mut outcomes = outcomes.into_inner().unwrap_or_default();
    outcomes.sort_by_key(|(place, _, _)| *place);
    let mut run = Run {
        answered: 0,
        failed: Vec::new(),
        took,
        latencies: Vec::new(),
        bodies: Vec::new(),
    };
    for (_, latency, answer) in outcomes {
        run.latencies.push(latency);
        match answer {
            Ok(answer) if wanted(&answer) => {
                run.answered += 1;
                run.bodies.push(answer.body);
            }
            Ok(answer) => run.fail(format!("{}: {}", answer.status, String::from_utf8_lossy(&answer.body))),
            Err(why) => run.fail(why.to_string()),
        }
    }
    run.latencies.sort_unstable();
    run
}

impl Run {
    fn fail(&mut self, why: String) {
        self.bodies.push(Vec::new());
        self.failed.push(why);
    }
}
