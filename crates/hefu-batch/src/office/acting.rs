//! What officers do with a batch.

use std::sync::atomic::Ordering;

use hefu_officers::{Officer, Permission};
use jiff::Timestamp;
use serde_json::Value;

use super::{Act, OPEN_MAX, Office, Then, record};
use crate::batch::{BatchId, BatchState, BatchView, Working};
use crate::error::BatchError;
use crate::facts;
use crate::finding::Finding;
use crate::heading::Columns;
use crate::intake::TOGETHER_OCTETS_MAX;
use crate::sheet::Sheet;
use crate::store::{self, Move, NewBatch};

/// Rows written in one transaction while a sheet is taken in: others wait for the database meanwhile.
const RECEIVED_AT_ONCE: usize = 512;

impl Office {
    /// Takes a sheet in; its rows are then checked in the background. Nothing is entered.
    ///
    /// # Errors
    /// [`BatchError::Sheet`] or [`BatchError::Headings`] when it is no sheet; a refusal, which is recorded; a fault.
    pub async fn upload(&self, officer: &Officer, octets: Vec<u8>, now: Timestamp) -> Result<BatchView, BatchError> {
        let act = Act {
            name: "upload",
            batch: None,
            at: now,
        };
        let by = self.permit(officer, Permission::Enter, act).await?;
        let open = store::open_count(&mut *self.room.database.read().await?).await?;
        if open >= OPEN_MAX {
            return Err(self.refuse(BatchError::TooManyOpen, act, by).await);
        }
        let random = gm_suite::random().map_err(|_| BatchError::NoRandomness)?;
        let id = BatchId::new(now, random);
        let profiles = std::sync::Arc::clone(&self.room.profiles);
        let office = self.clone();
        let read = move || {
            let sheet = Sheet::read(&octets)?;
            Columns::read(sheet.headings(), &profiles)?;
            let rows: Result<Vec<_>, BatchError> = sheet
                .rows()
                .iter()
                .map(|row| Ok((row.number, office.seal(id, row.number, &row.cells)?)))
                .collect();
            let new = NewBatch {
                id,
                sheet_kind: sheet.kind().as_str(),
                sheet_sm3: gm_suite::sm3(&octets),
                headings: serde_json::to_string(sheet.headings()).map_err(|_| BatchError::Unsealed)?,
                rows: sheet.rows().len() as u64,
                by,
                at: now,
            };
            Ok::<_, BatchError>((new, rows?))
        };
        let (new, rows) = tokio::task::spawn_blocking(read)
            .await
            .unwrap_or(Err(BatchError::Closed))?;
        // Carried through when the caller leaves; what an end of the process leaves half is forgotten at the next start.
        let office = self.clone();
        tokio::spawn(async move { office.receive(new, rows).await })
            .await
            .unwrap_or(Err(BatchError::Closed))?;
        self.check_in_background(id)?;
        self.batch(id).await
    }

    async fn receive(&self, new: NewBatch, rows: Vec<(u32, Vec<u8>)>) -> Result<(), BatchError> {
        let id = new.id;
        let entry = facts::uploaded(id, (new.sheet_kind, new.sheet_sm3), new.rows, new.by, new.at);
        self.write(move |connection| Box::pin(async move { Ok(store::insert_batch(connection, &new).await?) }))
            .await?;
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let portion: Vec<_> = rows.by_ref().take(RECEIVED_AT_ONCE).collect();
            self.write(move |connection| {
                Box::pin(async move { Ok(store::insert_batch_rows(connection, id, &portion).await?) })
            })
            .await?;
        }
        self.write(move |connection| {
            Box::pin(async move {
                store::move_batch(connection, id, Move::Uploaded).await?;
                record(connection, entry).await
            })
        })
        .await
    }

    /// Has the good rows of a checked batch entered, in the officer's name. `together` is what is said once for all rows:
    /// an object that the intake reads.
    ///
    /// # Errors
    /// [`BatchError::State`] when it is not checked; [`BatchError::Together`]; a refusal is recorded.
    pub async fn start(
        &self,
        officer: &Officer,
        id: BatchId,
        together: Value,
        now: Timestamp,
    ) -> Result<BatchView, BatchError> {
        let act = Act {
            name: "start",
            batch: Some(id),
            at: now,
        };
        let by = self.permit(officer, Permission::Enter, act).await?;
        self.examine_together(&together)?;
        let rows = self.batch(id).await?.counts.good;
        let turn = self.turn(id, Working::Entering)?;
        let sealed = self.seal(id, 0, &together)?;
        let started = self
            .write(move |connection| {
                Box::pin(async move {
                    if !store::move_batch(connection, id, Move::Started(by, now, sealed)).await? {
                        return Ok(false);
                    }
                    record(connection, facts::started(id, rows, by, now)).await?;
                    Ok(true)
                })
            })
            .await?;
        if !started {
            drop(turn);
            return Err(self.not_now(id, act, by).await);
        }
        self.run_in_background(turn);
        self.batch(id).await
    }

    fn examine_together(&self, together: &Value) -> Result<(), BatchError> {
        let long = together.to_string().len() > TOGETHER_OCTETS_MAX;
        let examined = if long {
            Err(Box::new(Finding::new("together-long", "内容过长", "too long")))
        } else {
            self.room.intake.examine_together(together)
        };
        examined.map_err(BatchError::Together)
    }

    /// Pauses a running batch: what is in flight is finished first.
    ///
    /// # Errors
    /// [`BatchError::State`] when it does not run; a refusal is recorded.
    pub async fn pause(&self, officer: &Officer, id: BatchId, now: Timestamp) -> Result<BatchView, BatchError> {
        let act = Act {
            name: "pause",
            batch: Some(id),
            at: now,
        };
        let by = self.permit(officer, Permission::Enter, act).await?;
        let view = self.batch(id).await?;
        let stopped = {
            let work = self.work();
            let stop = work.get(&id).filter(|work| work.what != Working::Checking);
            stop.is_some_and(|work| {
                work.stop.store(true, Ordering::Relaxed);
                true
            })
        };
        if stopped {
            return self.batch(id).await;
        }
        Err(self.refuse(BatchError::State(view.state), act, by).await)
    }

    /// Goes on with a paused batch, still in the name of who started it.
    ///
    /// # Errors
    /// [`BatchError::State`] when it is not paused; a refusal is recorded.
    pub async fn resume(&self, officer: &Officer, id: BatchId, now: Timestamp) -> Result<BatchView, BatchError> {
        let act = Act {
            name: "resume",
            batch: Some(id),
            at: now,
        };
        let by = self.permit(officer, Permission::Enter, act).await?;
        let turn = self.turn(id, Working::Entering)?;
        let resumed = self
            .write(move |connection| {
                Box::pin(async move { Ok(store::move_batch(connection, id, Move::Resumed).await?) })
            })
            .await?;
        if !resumed {
            drop(turn);
            return Err(self.not_now(id, act, by).await);
        }
        self.run_in_background(turn);
        self.batch(id).await
    }

    /// Gives a checked batch up: nothing was entered, and its cells are forgotten now.
    ///
    /// # Errors
    /// [`BatchError::State`] when it is not checked, or was started; a refusal is recorded.
    pub async fn discard(&self, officer: &Officer, id: BatchId, now: Timestamp) -> Result<BatchView, BatchError> {
        let act = Act {
            name: "discard",
            batch: Some(id),
            at: now,
        };
        let by = self.permit(officer, Permission::Enter, act).await?;
        let turn = self.turn(id, Working::Checking)?;
        let discarded = self
            .write(move |connection| {
                Box::pin(async move {
                    if !store::move_batch(connection, id, Move::Discarded).await? {
                        return Ok(false);
                    }
                    store::forget_cells(connection, id).await?;
                    record(connection, facts::discarded(id, by, now)).await?;
                    Ok(true)
                })
            })
            .await?;
        drop(turn);
        if discarded {
            return self.batch(id).await;
        }
        Err(self.not_now(id, act, by).await)
    }

    /// Approves every application of the batch that is ready, as another officer than those who brought and started it;
    /// each approval is the registration desk's own act, which looks once more. May be called again for those that were
    /// not ready.
    ///
    /// # Errors
    /// [`BatchError::SameOfficer`], [`BatchError::State`] while rows are being entered; a refusal is recorded.
    pub async fn approve(
        &self,
        officer: &Officer,
        id: BatchId,
        then: Then,
        now: Timestamp,
    ) -> Result<BatchView, BatchError> {
        let act = Act {
            name: "approve",
            batch: Some(id),
            at: now,
        };
        let by = self.permit(officer, Permission::Approve, act).await?;
        let view = self.batch(id).await?;
        if view.uploaded_by == by || view.started_by == Some(by) {
            return Err(self.refuse(BatchError::SameOfficer(by), act, by).await);
        }
        if view.state != BatchState::Finished {
            return Err(self.refuse(BatchError::State(view.state), act, by).await);
        }
        let turn = self.turn(id, Working::Approving)?;
        self.approve_in_background(turn, by, then);
        self.batch(id).await
    }

    async fn not_now(&self, id: BatchId, act: Act, by: hefu_officers::OfficerId) -> BatchError {
        match self.batch(id).await {
            Ok(view) => self.refuse(BatchError::State(view.state), act, by).await,
            Err(error) => error,
        }
    }
}
