//! A log that cannot be rewritten unnoticed: a Merkle tree over its entries, and signed statements of its root.
//!
//! The tree and its proofs are those of RFC 9162 §2.1 (the same as RFC 6962), over SM3 by default or SHA-256. The
//! statements are C2SP checkpoints (tlog-checkpoint in a signed note), so that tools and witnesses made for other logs
//! can read them; only the signature type for SM2 is ours, because C2SP has assigned none (see [`SignedCheckpoint`]).
//!
//! ```text
//! entry bytes ─leaf_hash─▶ Hash ─append─▶ Frontier ─root─▶ Checkpoint ─sign─▶ SignedCheckpoint (text)
//!                                  inclusion: this entry is in that root      consistency: this root continues that one
//! ```
//!
//! A log of any length needs only a [`Frontier`] (one hash per one-bit of its size) to grow. A proof needs the hashes of
//! a few [`Subtree`]s; this crate says which, the keeper of the log provides them.
//!
//! What this crate does not know: where entries are kept, what they mean, the time.

mod checkpoint;
mod frontier;
#[doc(hidden)]
pub mod fuzzing;
mod hash;
mod note;
mod proof;

pub use checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
pub use frontier::{Frontier, FrontierError, Node};
pub use hash::{Hash, TreeDigest, UnknownDigest, WrongLength, leaf_hash};
pub use proof::{
    ConsistencyProof, InclusionProof, ProofError, Subtree, subtrees_for_consistency, subtrees_for_inclusion,
};

/// The largest tree: sizes fit a signed 64-bit integer, as databases have them, with room to add two of them.
pub const SIZE_MAX: u64 = 1 << 62;
