//! Writing a group of acts in one transaction, and one by one when one of them spoils it for the others.

use std::ops::Range;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use hefu_database::{Connection, Database};

use super::error::DeskError;

/// Writes a group: decides and saves all of it, and answers each act by itself. An `Err` undoes the whole group.
pub(super) type Write<A, T> =
    for<'c> fn(&'c mut Connection, &'c [A]) -> BoxFuture<'c, Result<Vec<Result<T, DeskError>>, DeskError>>;

/// Writes `asks` as one group. When a constraint or a race of one act undoes the group, each act is tried alone, so
/// that it fails alone.
pub(super) async fn write_group<A, T>(
    database: &Database,
    asks: &Arc<Vec<A>>,
    write: Write<A, T>,
) -> Vec<Result<T, DeskError>>
where
    A: Send + Sync + 'static,
    T: Send + 'static,
{
    let count = asks.len();
    match write_range(database, asks, 0..count, write).await {
        Ok(answers) => answers,
        Err(error) if count > 1 && error.may_be_anothers() => {
            let mut answers = Vec::with_capacity(count);
            for place in 0..count {
                let alone = write_range(database, asks, place..place + 1, write).await;
                answers.push(alone.and_then(|mut answers| answers.pop().unwrap_or(Err(DeskError::Closed))));
            }
            answers
        }
        Err(error) => (0..count).map(|_| Err(error.clone())).collect(),
    }
}

async fn write_range<A, T>(
    database: &Database,
    asks: &Arc<Vec<A>>,
    range: Range<usize>,
    write: Write<A, T>,
) -> Result<Vec<Result<T, DeskError>>, DeskError>
where
    A: Send + Sync + 'static,
    T: Send + 'static,
{
    let asks = Arc::clone(asks);
    database
        .write(move |connection| Box::pin(async move { write(connection, asks.get(range).unwrap_or_default()).await }))
        .await
}
