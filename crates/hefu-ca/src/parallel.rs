//! Work that costs processor time, spread over the cores when there is enough of it.

use std::thread;

/// Items from which a second core is worth waking: signing eight certificates takes about a millisecond, handing
/// work to another thread some ten microseconds.
const SPREAD_FROM: usize = 8;

/// A piece of work panicked; what it was about is as it was before.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a computation panicked")]
pub(crate) struct Panicked;

/// Does `work` to every item and keeps their order. Few items are done here and now, many on all cores.
pub(crate) async fn each<T, U, F>(items: Vec<T>, work: F) -> Result<Vec<U>, Panicked>
where
    T: Send + 'static,
    U: Send + 'static,
    F: Fn(T) -> U + Clone + Send + 'static,
{
    if items.len() < SPREAD_FROM {
        return Ok(items.into_iter().map(work).collect());
    }
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let share = items.len().div_ceil(cores);
    let mut items = items.into_iter();
    let mut shares = Vec::with_capacity(cores);
    while items.len() > 0 {
        let portion: Vec<T> = items.by_ref().take(share).collect();
        let work = work.clone();
        shares.push(tokio::task::spawn_blocking(move || {
            portion.into_iter().map(work).collect::<Vec<U>>()
        }));
    }
    let mut done = Vec::new();
    for share in shares {
        done.extend(share.await.map_err(|_| Panicked)?);
    }
    Ok(done)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::panic, reason = "tests")]
mod tests {
    use super::*;

    #[tokio::test]
    async fn few_and_many_items_keep_their_order() {
        for count in [0_usize, 1, 7, 8, 9, 1000] {
            let doubled = each((0..count).collect(), |n| n * 2).await.unwrap();
            assert_eq!(doubled, (0..count).map(|n| n * 2).collect::<Vec<_>>());
        }
    }

    #[tokio::test]
    async fn a_panic_in_the_work_is_an_error_here() {
        let done = each((0..20).collect(), |n| if n == 13 { panic!("thirteen") } else { n }).await;
        assert_eq!(done, Err(Panicked));
    }
}
