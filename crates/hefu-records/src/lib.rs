//! The records of a zone: append-only, written in the transaction of the act they tell of, sealed by signed checkpoints.
//!
//! Serves 电子签名法 24 (records are kept) and 28 (the provider proves that it acted rightly): what was recorded cannot
//! be changed unnoticed, not by an operator and not by Hefu.
//!
//! ```text
//! an act ─append─▶ record_entry ─checkpoint (now and then)─▶ record_checkpoint, signed     followers ◀─read─ Feed
//!                       └──────────────── verify_store, from outside: every row against every signature ───┘
//! ```
//!
//! 1. [`append`] puts entries after the last one, in the caller's transaction: only INSERTs.
//! 2. [`Records::checkpoint`] reads what is new, recomputes each leaf, extends the Merkle tree and signs its root.
//! 3. [`Records::read`] (as a [`Feed`]) gives entries to followers, which keep their place with [`cursor`] and [`advance`].
//! 4. [`Records::find`] finds them by time, kind, doer and name, and shows each as it stands ([`Seen`]), sound or not, with
//!    its proof as an [`Exhibit`] that a stranger can check.
//! 5. [`verify_store`] proves a whole store with nothing but the file and the public key, and names what was changed.
//! 6. The database refuses UPDATE and DELETE by trigger; that stops mistakes, the seal finds intent.
//!
//! What the seal cannot show by itself: that the newest checkpoints were cut off together with their entries. Whoever
//! keeps a published checkpoint can show that too ([`Verification::known`]). Entries after the last checkpoint are counted
//! as not yet sealed.
//!
//! What this crate does not know: what entries mean, who signs certificates, HTTP.

mod entry;
mod error;
mod examine;
mod exhibit;
mod feed;
mod label;
mod proofs;
mod records;
mod report;
mod seal;
mod seen;
mod store;
mod verify;

pub use entry::{ENTRY_LEN_MAX, Entry, NewEntry};
pub use error::RecordsError;
pub use exhibit::{Exhibit, ExhibitError, ProofPath, Sealed};
pub use feed::{Feed, FeedError, advance, cursor};
pub use label::{Find, Found};
pub use records::{READ_MAX, Records, read_entries};
pub use report::{CheckpointProblem, Finding, Report};
pub use seen::{Seal, Seen};
pub use store::{MIGRATIONS, append};
pub use verify::{Progress, Verification, VerifyError, verify_store};

#[doc(no_inline)]
pub use record_log::{
    Checkpoint, CheckpointError, ConsistencyProof, Hash, InclusionProof, SignedCheckpoint, TreeDigest,
};
