//! Checkpoints: what is new since the last one is read again, hashed again, joined to the tree, and signed.
//!
//! Nothing is sealed on trust: each leaf is recomputed from its bytes. A row that was changed since it was written stops
//! the sealing, because a signature over it would hide the change for ever.

use hefu_database::DatabaseError;
use jiff::Timestamp;
use record_log::{Checkpoint, Frontier, Hash, Node, SignedCheckpoint, TreeDigest, leaf_hash};

use crate::error::RecordsError;
use crate::records::Records;
use crate::store::{self, StoredEntry};

/// Entries under one checkpoint. What a checkpoint keeps of them (32 octets each) stays a moderate row, and a proof that
/// something was changed is never vaguer than this.
const SEAL_MAX: u32 = 4096;

/// Subtrees of 2^8, 2^16 … entries are kept: a proof then reads at most 255 hashes per eight levels.
const NODE_STEP: u32 = 8;

impl Records {
    /// Seals every entry that is there now, and answers the checkpoint that covers them.
    ///
    /// When nothing is new, the last checkpoint is the answer. A long backlog is sealed by several checkpoints.
    ///
    /// # Errors
    /// [`RecordsError::Missing`] or [`RecordsError::Changed`] when the new entries are not as they were written;
    /// [`RecordsError::Sign`]; the database's. Nothing false is ever signed.
    pub async fn checkpoint(&self, now: Timestamp) -> Result<SignedCheckpoint, RecordsError> {
        let mut kept = self.inner.frontier.lock().await;
        let (mut last, mut frontier) = self.last(kept.take()).await?;
        let head = self.head().await?;
        if frontier.size() > head {
            return Err(RecordsError::Missing { index: head });
        }
        loop {
            if let Some(signed) = last.filter(|_| frontier.size() >= head) {
                *kept = Some(frontier);
                return Ok(signed);
            }
            last = Some(self.seal(&mut frontier, head, now).await?);
        }
    }

    /// The last checkpoint and its frontier; an empty tree before the first.
    async fn last(&self, kept: Option<Frontier>) -> Result<(Option<SignedCheckpoint>, Frontier), RecordsError> {
        let mut connection = self.inner.database.read().await?;
        let Some(stored) = store::last_checkpoint(&mut connection).await? else {
            return Ok((None, Frontier::new(TreeDigest::Sm3)));
        };
        let (signed, frontier) = self.believe(&stored)?;
        // What this process sealed last is what it goes on from, whatever the store says now.
        match kept {
            Some(kept) if kept != frontier => Err(RecordsError::Frontier { size: kept.size() }),
            _ => Ok((Some(signed), frontier)),
        }
    }

    /// One checkpoint over up to [`SEAL_MAX`] further entries.
    async fn seal(&self, frontier: &mut Frontier, head: u64, now: Timestamp) -> Result<SignedCheckpoint, RecordsError> {
        let from = frontier.size();
        let count = u32::try_from(head.saturating_sub(from))
            .unwrap_or(SEAL_MAX)
            .min(SEAL_MAX);
        let mut connection = self.inner.database.read().await?;
        let entries = store::entries(&mut connection, from, count).await?;
        drop(connection);
        let leaves = recomputed(from, count, &entries)?;
        let mut grown = frontier.clone();
        let mut nodes: Vec<Node> = Vec::new();
        for leaf in &leaves {
            grown.append_and_tell(*leaf, |node| {
                if node.level % NODE_STEP == 0 {
                    nodes.push(node);
                }
            });
        }
        let checkpoint =
            Checkpoint::new(&self.inner.origin, grown.size(), grown.root()).map_err(RecordsError::Origin)?;
        let signed = SignedCheckpoint::sign(checkpoint, self.inner.signer.as_ref())?;
        let (note, stored, at) = (signed.clone(), grown.clone(), now.as_microsecond());
        self.inner
            .database
            .write(move |connection| {
                Box::pin(async move {
                    store::insert_checkpoint(connection, at, &note, &stored, &leaves, &nodes).await?;
                    Ok::<(), DatabaseError>(())
                })
            })
            .await?;
        *frontier = grown;
        Ok(signed)
    }
}

/// The leaf hashes of `count` entries from `from` on, each computed from its bytes and equal to the stored one.
fn recomputed(from: u64, count: u32, entries: &[StoredEntry]) -> Result<Vec<Hash>, RecordsError> {
    let mut leaves = Vec::with_capacity(entries.len());
    for (place, index) in (0..count).zip(from..) {
        let entry = usize::try_from(place).ok().and_then(|place| entries.get(place));
        let entry = entry
            .filter(|entry| entry.index == index)
            .ok_or(RecordsError::Missing { index })?;
        let leaf = leaf_hash(&entry.bytes);
        if leaf != entry.leaf {
            return Err(RecordsError::Changed { index });
        }
        leaves.push(leaf);
    }
    Ok(leaves)
}
