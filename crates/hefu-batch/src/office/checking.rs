//! The dry run: every row decided, nothing entered.

use std::sync::Arc;

use super::{Office, PORTION, record};
use crate::batch::{BatchId, RowState, Working};
use crate::error::BatchError;
use crate::facts;
use crate::finding::Finding;
use crate::heading::Columns;
use crate::row::{Duplicates, Good, decide};
use crate::sheet::SheetRow;
use crate::store::{self, Move, Outcome, Waiting};

impl Office {
    pub(super) fn check_in_background(&self, id: BatchId) -> Result<(), BatchError> {
        let turn = self.turn(id, Working::Checking)?;
        let office = self.clone();
        tokio::spawn(async move {
            // A fault leaves the batch "uploaded"; the next start of the program checks it again.
            office.told(id, office.check(id).await);
            drop(turn);
        });
        Ok(())
    }

    async fn check(&self, id: BatchId) -> Result<(), BatchError> {
        let order = store::order(&mut *self.room.database.read().await?, id).await?;
        let headings: Vec<String> =
            serde_json::from_str(&order.ok_or(BatchError::Unknown)?.headings).map_err(|_| BatchError::Unsealed)?;
        let columns = Arc::new(Columns::read(&headings, &self.room.profiles)?);
        // Verdicts are written when all are there: an end half-way leaves nothing that a second check would not know of.
        let mut duplicates = Duplicates::default();
        let mut outcomes: Vec<Outcome> = Vec::new();
        loop {
            let after = outcomes.last().map_or(0, |outcome| outcome.place);
            let mut connection = self.room.database.read().await?;
            let waiting = store::waiting(&mut connection, id, RowState::Unchecked, after, limit()).await?;
            drop(connection);
            if waiting.is_empty() {
                break;
            }
            let decided = self.decide_portion(id, waiting, &columns).await?;
            for (place, decision) in decided {
                outcomes.push(self.outcome(id, place, decision, &mut duplicates)?);
            }
        }
        self.save_check(id, outcomes).await
    }

    async fn decide_portion(
        &self,
        id: BatchId,
        waiting: Vec<Waiting>,
        columns: &Arc<Columns>,
    ) -> Result<Vec<(u32, Result<Good, Vec<Finding>>)>, BatchError> {
        let (office, columns) = (self.clone(), Arc::clone(columns));
        let decide_all = move || {
            let now = office.now();
            let decide_one = |row: Waiting| {
                let cells: Vec<String> = office.unseal(id, row.place, &row.sealed)?;
                let number = row.place;
                let decision = decide(&SheetRow { number, cells }, &columns, &office.room.profiles);
                let decision = decision.and_then(|good| match office.room.intake.examine(&good.entry, now) {
                    Ok(()) => Ok(good),
                    Err(finding) => Err(vec![*finding]),
                });
                Ok((number, decision))
            };
            waiting.into_iter().map(decide_one).collect()
        };
        tokio::task::spawn_blocking(decide_all)
            .await
            .unwrap_or(Err(BatchError::Closed))
    }

    fn outcome(
        &self,
        id: BatchId,
        place: u32,
        decision: Result<Good, Vec<Finding>>,
        duplicates: &mut Duplicates,
    ) -> Result<Outcome, BatchError> {
        let decision = decision.and_then(|good| duplicates.take(place, &good).map(|()| good));
        Ok(match decision {
            Ok(good) => Outcome {
                place,
                state: RowState::Good,
                sealed: self.seal(id, place, &good.entry)?,
                findings: Vec::new(),
            },
            Err(findings) => Outcome {
                place,
                state: RowState::Bad,
                sealed: Vec::new(),
                findings,
            },
        })
    }

    async fn save_check(&self, id: BatchId, outcomes: Vec<Outcome>) -> Result<(), BatchError> {
        let good = outcomes
            .iter()
            .filter(|outcome| outcome.state == RowState::Good)
            .count() as u64;
        let bad = outcomes.len() as u64 - good;
        let now = self.now();
        // One transaction: rows that are checked and rows that are not never stand side by side.
        self.write(move |connection| {
            Box::pin(async move {
                store::save(connection, id, &outcomes).await?;
                store::move_batch(connection, id, Move::Checked(now)).await?;
                record(connection, facts::checked(id, good, bad, now)).await
            })
        })
        .await
    }
}

pub(super) fn limit() -> i64 {
    i64::try_from(PORTION).unwrap_or(i64::MAX)
}
