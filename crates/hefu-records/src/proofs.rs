//! Proofs from the log, each checked against the signed root before it leaves.

use hefu_database::Connection;
use record_log::{
    ConsistencyProof, Frontier, Hash, InclusionProof, SignedCheckpoint, Subtree, TreeDigest, subtrees_for_consistency,
    subtrees_for_inclusion,
};

use crate::error::RecordsError;
use crate::records::Records;
use crate::store;

/// Levels of which complete subtrees are kept, highest first. A log of 2^32 entries takes all of them.
const LEVELS: [u32; 4] = [32, 24, 16, 8];

impl Records {
    /// Proves that entry `index` stands in the last checkpoint, which is given with the proof.
    ///
    /// # Errors
    /// [`RecordsError::NotSealed`]; [`RecordsError::Tree`] when the store gives no proof because it was changed.
    pub async fn inclusion_proof(&self, index: u64) -> Result<(InclusionProof, SignedCheckpoint), RecordsError> {
        let mut connection = self.inner.database.read().await?;
        let stored = store::last_checkpoint(&mut connection).await?;
        let size = stored.as_ref().map_or(0, |stored| stored.size);
        let not_sealed = RecordsError::NotSealed { index, size };
        let (Some(stored), Ok(subtrees)) = (stored, subtrees_for_inclusion(index, size)) else {
            return Err(not_sealed);
        };
        let (signed, frontier) = self.believe(&stored)?;
        let path = roots(&mut connection, &subtrees, size).await?;
        let proof = InclusionProof { index, size, path };
        let leaves = store::leaves(&mut connection, index, index + 1).await?;
        let leaf = leaves.first().ok_or(RecordsError::Missing { index })?;
        proof
            .verify(TreeDigest::Sm3, leaf, &frontier.root())
            .map_err(|_| RecordsError::Tree { size })?;
        Ok((proof, signed))
    }

    /// Proves that the checkpoint over `to` entries continues the one over `from`.
    ///
    /// # Errors
    /// [`RecordsError::NotSealed`] when there is no checkpoint of one of these sizes; [`RecordsError::Tree`].
    pub async fn consistency_proof(&self, from: u64, to: u64) -> Result<ConsistencyProof, RecordsError> {
        let mut connection = self.inner.database.read().await?;
        let not_sealed = |size| RecordsError::NotSealed { index: size, size: to };
        let mut roots_of = Vec::with_capacity(2);
        for size in [from, to] {
            let stored = store::checkpoint_at(&mut connection, size)
                .await?
                .ok_or(not_sealed(size))?;
            roots_of.push(self.believe(&stored)?.1.root());
        }
        let subtrees = subtrees_for_consistency(from, to).map_err(|_| not_sealed(from))?;
        let proof = ConsistencyProof {
            from,
            to,
            path: roots(&mut connection, &subtrees, to).await?,
        };
        if let [earlier, later] = roots_of.as_slice() {
            proof
                .verify(TreeDigest::Sm3, earlier, later)
                .map_err(|_| RecordsError::Tree { size: to })?;
        }
        Ok(proof)
    }
}

/// The roots of these subtrees of the tree over `size` entries.
async fn roots(connection: &mut Connection, subtrees: &[Subtree], size: u64) -> Result<Vec<Hash>, RecordsError> {
    let mut roots = Vec::with_capacity(subtrees.len());
    for subtree in subtrees {
        roots.push(root(connection, *subtree, size).await?);
    }
    Ok(roots)
}

/// The root of one subtree, from the largest kept subtrees and the leaves that are left over.
async fn root(connection: &mut Connection, subtree: Subtree, size: u64) -> Result<Hash, RecordsError> {
    let mut frontier = Frontier::new(TreeDigest::Sm3);
    let doubt = RecordsError::Tree { size };
    let mut at = subtree.start;
    while at < subtree.end {
        let whole = |level: &u32| at.is_multiple_of(1 << level) && subtree.end - at >= 1 << level;
        let level = LEVELS.into_iter().find(|level| whole(level)).unwrap_or(0);
        // As many of this level as fit in one go; at the left edge of a subtree no larger ones come before.
        let (from, to) = (at >> level, subtree.end >> level);
        let hashes = match level {
            0 => store::leaves(connection, from, to.min(next_node(at))).await?,
            _ => store::nodes(connection, level, from, to).await?,
        };
        if hashes.is_empty() {
            return Err(doubt);
        }
        for hash in hashes {
            frontier.append_subtree(level, hash).map_err(|_| doubt.clone())?;
            at += 1 << level;
        }
    }
    Ok(frontier.root())
}

/// Where the next subtree of the lowest kept level begins.
const fn next_node(at: u64) -> u64 {
    ((at >> 8) + 1) << 8
}
