//! Entering the good rows, each once.
//!
//! A row's number is durable before it is entered. A row that is found "entering" may have been entered or not: the
//! registration desk is asked by that number, and only what it does not have is entered, under the same number.

use std::sync::Arc;

use hefu_officers::OfficerId;
use serde_json::Value;
use tokio::task::JoinSet;

use super::checking::limit;
use super::{Office, Turn, record};
use crate::batch::{BatchId, Paused, RowState};
use crate::error::BatchError;
use crate::facts;
use crate::finding::Finding;
use crate::intake::Declined;
use crate::row::RowEntry;
use crate::store::{self, Move, Outcome, Waiting};

/// In whose name rows are entered, and what is said of all of them.
struct Running {
    id: BatchId,
    by: OfficerId,
    together: Value,
}

impl Office {
    pub(super) fn run_in_background(&self, turn: Turn) {
        let office = self.clone();
        tokio::spawn(async move {
            let ended = office.run(&turn).await;
            let (id, now) = (turn.id, office.now());
            let to = match ended {
                Ok(true) => Move::Finished(now),
                Ok(false) => Move::Paused(Paused::ByOfficer),
                Err(error) => {
                    office.told(id, Err(error));
                    Move::Paused(Paused::Fault)
                }
            };
            // Should this fail too, the batch stays "running" and the next start of the program pauses it.
            office.told(id, office.end(id, to).await);
            drop(turn);
        });
    }

    async fn end(&self, id: BatchId, to: Move) -> Result<(), BatchError> {
        let view = self.batch(id).await?;
        self.write(move |connection| {
            Box::pin(async move {
                let finished = match &to {
                    Move::Finished(at) => Some(*at),
                    _ => None,
                };
                store::move_batch(connection, id, to).await?;
                if let Some(at) = finished {
                    record(connection, facts::finished(id, &view.sheet_sm3, view.counts, at)).await?;
                }
                Ok(())
            })
        })
        .await
    }

    /// Enters what is left; false when an officer paused it.
    async fn run(&self, turn: &Turn) -> Result<bool, BatchError> {
        let id = turn.id;
        let order = store::order(&mut *self.room.database.read().await?, id).await?;
        let order = order.ok_or(BatchError::Unknown)?;
        let (by, together) = order.started_by.zip(order.together).ok_or(BatchError::Unsealed)?;
        let running = Arc::new(Running {
            id,
            by,
            together: self.unseal(id, 0, &together)?,
        });
        loop {
            if turn.is_stopped() {
                return Ok(false);
            }
            // What an earlier run left in flight first, then the rest.
            let mut rows = self.rows(id, RowState::Entering).await?;
            if rows.is_empty() {
                rows = self.rows(id, RowState::Good).await?;
                if rows.is_empty() {
                    return Ok(true);
                }
                self.intend(id, &mut rows).await?;
                self.enter_all(&running, rows, Known::Fresh).await?;
            } else {
                self.enter_all(&running, rows, Known::LeftOver).await?;
            }
        }
    }

    async fn rows(&self, id: BatchId, state: RowState) -> Result<Vec<Waiting>, BatchError> {
        Ok(store::waiting(&mut *self.room.database.read().await?, id, state, 0, limit()).await?)
    }

    /// Reserves numbers and writes them down.
    async fn intend(&self, id: BatchId, rows: &mut [Waiting]) -> Result<(), BatchError> {
        let now = self.now();
        let mut intended = Vec::with_capacity(rows.len());
        for row in rows.iter_mut() {
            let number = self.room.intake.reserve(now).map_err(fault)?;
            row.application = Some(number.clone());
            intended.push((row.place, number));
        }
        self.write(move |connection| Box::pin(async move { Ok(store::intend(connection, id, &intended).await?) }))
            .await
    }

    /// Enters a portion, all of it in flight, and writes down what came of each. A fault is told after the others were
    /// written down; its row stays "entering".
    async fn enter_all(&self, running: &Arc<Running>, rows: Vec<Waiting>, known: Known) -> Result<(), BatchError> {
        let mut flight = JoinSet::new();
        for row in rows {
            let (office, running) = (self.clone(), Arc::clone(running));
            flight.spawn(async move { office.enter(&running, row, known).await });
        }
        let mut outcomes = Vec::new();
        let mut faulty = None;
        while let Some(landed) = flight.join_next().await {
            match landed.unwrap_or(Err(BatchError::Closed)) {
                Ok(outcome) => outcomes.push(outcome),
                Err(error) => faulty = Some(error),
            }
        }
        let id = running.id;
        self.write(move |connection| Box::pin(async move { Ok(store::save(connection, id, &outcomes).await?) }))
            .await?;
        faulty.map_or(Ok(()), Err)
    }

    async fn enter(&self, running: &Running, row: Waiting, known: Known) -> Result<Outcome, BatchError> {
        let number = row.application.as_deref().ok_or(BatchError::Unsealed)?;
        let done = known == Known::LeftOver && self.room.intake.is_entered(number).await.map_err(fault)?;
        let landed = if done {
            Ok(())
        } else {
            let entry: RowEntry = self.unseal(running.id, row.place, &row.sealed)?;
            let intake = &self.room.intake;
            intake
                .enter(running.by, number, entry, &running.together, self.now())
                .await
        };
        let (state, findings) = match landed {
            Ok(()) => (RowState::Entered, Vec::<Finding>::new()),
            // Refused because it is there already, under this number: entered.
            Err(Declined::Refused(_)) if self.room.intake.is_entered(number).await.map_err(fault)? => {
                (RowState::Entered, Vec::new())
            }
            Err(Declined::Refused(finding)) => (RowState::Refused, vec![*finding]),
            Err(Declined::Fault(why)) => return Err(BatchError::Intake(why)),
        };
        Ok(Outcome {
            place: row.place,
            state,
            sealed: Vec::new(),
            findings,
        })
    }
}

/// Whether a row may have been entered already.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Known {
    /// Its number was reserved a moment ago.
    Fresh,
    /// An earlier run left it.
    LeftOver,
}

fn fault(declined: Declined) -> BatchError {
    match declined {
        Declined::Fault(why) => BatchError::Intake(why),
        Declined::Refused(finding) => BatchError::Intake(finding.en),
    }
}
