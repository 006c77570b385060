//! Gathering: acts that wait at the same moment are done together.
//!
//! A runner takes what is queued, at most [`Limits::group`], and does it; meanwhile the next ones queue up. Alone, an act
//! goes through at once; in a crowd, a hundred acts share one transaction, one signature and one round trip.
//!
//! Whoever was answered a moment ago often has the next act ready. So a runner may linger, [`Limits::linger`] at most,
//! until as many have come as the group before had; where the last act came alone, nobody waits.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::time::timeout;

/// Bounds of one gathering: the most of each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Acts in one group.
    pub(crate) group: usize,
    /// Groups under way at once.
    pub(crate) running: usize,
    /// Acts that may wait; those who come later wait for a place in the queue.
    pub(crate) queue: usize,
    /// How long a group waits to become as large as the one before.
    pub(crate) linger: Duration,
}

/// The task that gathers is gone: the program is stopping.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the registration desk is closing")]
pub(crate) struct Closed;

struct Waiting<A, T> {
    ask: A,
    answer: oneshot::Sender<T>,
}

/// A queue of acts of one sort, each answered by itself. Stops when its last handle is dropped.
pub(crate) struct Gatherer<A, T> {
    queue: mpsc::Sender<Waiting<A, T>>,
}

impl<A, T> Gatherer<A, T>
where
    A: Send + 'static,
    T: Send + 'static,
{
    /// Starts the runner. `run` gets a group and returns one answer for each act, in order.
    pub(crate) fn start<F, R>(limits: Limits, run: F) -> Self
    where
        F: Fn(Vec<A>) -> R + Send + Sync + 'static,
        R: Future<Output = Vec<T>> + Send + 'static,
    {
        let (queue, waiting) = mpsc::channel(limits.queue);
        tokio::spawn(gather(limits, Arc::new(run), waiting));
        Self { queue }
    }

    /// Queues an act and waits for its answer. Once queued it is done even if nobody waits any more.
    pub(crate) async fn ask(&self, ask: A) -> Result<T, Closed> {
        let (answer, answered) = oneshot::channel();
        self.queue.send(Waiting { ask, answer }).await.map_err(|_| Closed)?;
        answered.await.map_err(|_| Closed)
    }
}

async fn gather<A, T, F, R>(limits: Limits, run: Arc<F>, mut waiting: mpsc::Receiver<Waiting<A, T>>)
where
    A: Send + 'static,
    T: Send + 'static,
    F: Fn(Vec<A>) -> R + Send + Sync + 'static,
    R: Future<Output = Vec<T>> + Send + 'static,
{
    let running = Arc::new(Semaphore::new(limits.running));
    let mut before = 0;
    while let Some(first) = waiting.recv().await {
        // While this waits for a turn, more come to be gathered.
        let Ok(turn) = Arc::clone(&running).acquire_owned().await else {
            return;
        };
        // Not a wait: whoever is ready to run at this moment comes first, and may have something to add.
        tokio::task::yield_now().await;
        let mut group = vec![first];
        fill(&mut group, limits.group, &mut waiting);
        if group.len() < before {
            // An end of time is no error: the group is as large as it is.
            let _ = timeout(limits.linger, linger(&mut group, before, &mut waiting)).await;
            fill(&mut group, limits.group, &mut waiting);
        }
        before = group.len();
        let (asks, answers): (Vec<A>, Vec<_>) = group.into_iter().map(|waiting| (waiting.ask, waiting.answer)).unzip();
        let run = Arc::clone(&run);
        tokio::spawn(async move {
            let done = run(asks).await;
            drop(turn);
            for (answer, done) in answers.into_iter().zip(done) {
                // Whoever asked may have gone away; the act stands.
                let _ = answer.send(done);
            }
        });
    }
}

/// Takes what is queued.
fn fill<T>(group: &mut Vec<T>, most: usize, waiting: &mut mpsc::Receiver<T>) {
    while group.len() < most {
        let Ok(next) = waiting.try_recv() else { break };
        group.push(next);
    }
}

/// Waits until the group has `wanted` members.
async fn linger<T>(group: &mut Vec<T>, wanted: usize, waiting: &mut mpsc::Receiver<T>) {
    while group.len() < wanted {
        let Some(next) = waiting.recv().await else { break };
        group.push(next);
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::sync::Mutex;

    use futures_util::future::join_all;

    use super::*;

    #[tokio::test]
    async fn what_waits_together_is_done_together_and_answered_apart() {
        let sizes = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&sizes);
        let limits = Limits {
            group: 16,
            running: 1,
            queue: 64,
            linger: Duration::ZERO,
        };
        let gatherer = Gatherer::start(limits, move |asks: Vec<u32>| {
            seen.lock().unwrap().push(asks.len());
            async move {
                tokio::task::yield_now().await;
                asks.into_iter().map(|ask| ask * 2).collect()
            }
        });
        let answers = join_all((0..50).map(|number| gatherer.ask(number))).await;
        assert!(
            answers
                .into_iter()
                .map(Result::unwrap)
                .eq((0..50).map(|number| number * 2))
        );
        let sizes = sizes.lock().unwrap();
        assert_eq!(sizes.iter().sum::<usize>(), 50);
        assert!(sizes.len() < 10 && sizes.iter().all(|size| *size <= 16), "{sizes:?}");
    }

    #[tokio::test]
    async fn a_group_waits_for_those_who_come_back_but_not_for_ever() {
        let sizes = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&sizes);
        let limits = Limits {
            group: 16,
            running: 1,
            queue: 64,
            linger: Duration::from_secs(1),
        };
        let gatherer = Gatherer::start(limits, move |asks: Vec<u32>| {
            seen.lock().unwrap().push(asks.len());
            async move { asks }
        });
        let late = |wait: u64| {
            let gatherer = &gatherer;
            async move {
                if wait > 0 {
                    tokio::time::sleep(Duration::from_millis(wait)).await;
                }
                gatherer.ask(1).await.unwrap()
            }
        };
        join_all([late(0), late(0), late(0)]).await;
        // Three again, though two of them come later.
        join_all([late(0), late(20), late(40)]).await;
        // The third does not come back.
        join_all([late(0), late(10)]).await;
        assert_eq!(*sizes.lock().unwrap(), [3, 3, 2]);
    }

    #[tokio::test]
    async fn a_runner_that_dies_answers_nobody_but_the_next_group_lives() {
        let limits = Limits {
            group: 1,
            running: 1,
            queue: 4,
            linger: Duration::ZERO,
        };
        let gatherer = Gatherer::start(limits, |asks: Vec<u32>| async move {
            assert!(!asks.contains(&13), "unlucky");
            asks
        });
        assert_eq!(gatherer.ask(13).await, Err(Closed));
        assert_eq!(gatherer.ask(1).await, Ok(1));
    }
}
