//! An exhibit: one record with the proof that it was sealed, complete in itself, for somebody who trusts only a public key.
//!
//! JSON, version `hefu-record-exhibit/1`. Who checks it recomputes the leaf from the record (RFC 9162 §2.1.1 over SM3, of
//! the canonical octets of [`crate::NewEntry::to_bytes`]), goes up the path to the root, and verifies the signature over
//! the checkpoint that names this root. Nothing else is needed: no database, no network, none of our programs.

use gm_suite::PublicKey;
use record_log::{CheckpointError, Hash, InclusionProof, ProofError, SignedCheckpoint, TreeDigest};
use serde::{Deserialize, Serialize};

use crate::entry::Entry;
use crate::error::RecordsError;
use crate::records::Records;

/// The version of the JSON.
const FORMAT: &str = "hefu-record-exhibit/1";

/// A record, its proof and the checkpoint that the proof leads to.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Exhibit {
    /// "hefu-record-exhibit/1".
    pub format: String,
    /// The record.
    pub record: Entry,
    /// The way from its leaf to the root.
    pub proof: ProofPath,
    /// What was signed.
    pub checkpoint: Sealed,
}

/// An inclusion proof (RFC 9162 §2.1.3).
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ProofPath {
    /// Index of the leaf.
    pub index: u64,
    /// Leaves of the tree.
    pub size: u64,
    /// The leaf, base64: to compare with what one computes.
    pub leaf: String,
    /// Hashes from the leaf's sibling up to the root's child, base64.
    pub path: Vec<String>,
}

/// A signed checkpoint.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Sealed {
    /// Name of the log.
    pub origin: String,
    /// Records that it covers.
    pub size: u64,
    /// Root of the tree over them, base64.
    pub root: String,
    /// The signed note itself.
    pub text: String,
}

/// What an exhibit does not show.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ExhibitError {
    /// Another version of the format, or a hash that is none.
    #[error("this is no exhibit of a record: {0}")]
    Malformed(&'static str),
    /// The checkpoint is not the log's own by this key.
    #[error("the checkpoint: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// The parts do not belong together, or the words beside the signed text say something else.
    #[error("record, proof and checkpoint do not belong together")]
    Mismatch,
    /// The record is not the one that was sealed.
    #[error("the record is not the one that was sealed: {0}")]
    Proof(#[from] ProofError),
}

impl Exhibit {
    pub(crate) fn of(record: Entry, leaf: Hash, proof: &InclusionProof, checkpoint: &SignedCheckpoint) -> Self {
        let stated = checkpoint.unverified();
        Self {
            format: FORMAT.to_owned(),
            record,
            proof: ProofPath {
                index: proof.index,
                size: proof.size,
                leaf: leaf.to_base64(),
                path: proof.path.iter().map(|hash| hash.to_base64()).collect(),
            },
            checkpoint: Sealed {
                origin: stated.origin().to_owned(),
                size: stated.size(),
                root: stated.root().to_base64(),
                text: checkpoint.to_string(),
            },
        }
    }

    /// Verifies the whole against the public key of the log's seal, trusting nothing that it says of itself.
    ///
    /// # Errors
    /// [`ExhibitError`].
    pub fn verify(&self, key: &PublicKey) -> Result<(), ExhibitError> {
        if self.format != FORMAT {
            return Err(ExhibitError::Malformed("the version is another one"));
        }
        let sealed = &self.checkpoint;
        let signed = SignedCheckpoint::parse(&sealed.text)?;
        let checkpoint = signed.verify(&sealed.origin, key)?;
        let hash = |text: &String| Hash::from_base64(text).ok_or(ExhibitError::Malformed("a hash is not 32 octets"));
        let leaf = self.record.leaf();
        let leaf = leaf.map_err(|_| ExhibitError::Malformed("the record has no one spelling"))?;
        let fits = checkpoint.size() == sealed.size
            && checkpoint.root().to_base64() == sealed.root
            && self.proof.size == sealed.size
            && self.proof.index == self.record.index;
        if !fits {
            return Err(ExhibitError::Mismatch);
        }
        let proof = InclusionProof {
            index: self.proof.index,
            size: self.proof.size,
            path: self.proof.path.iter().map(hash).collect::<Result<_, _>>()?,
        };
        proof.verify(TreeDigest::Sm3, &leaf, &checkpoint.root())?;
        if leaf.to_base64() == self.proof.leaf {
            Ok(())
        } else {
            Err(ExhibitError::Mismatch)
        }
    }
}

impl Records {
    /// One record with its proof in the last checkpoint, verified as a stranger would.
    ///
    /// # Errors
    /// [`RecordsError::NotSealed`] for a record that no checkpoint covers yet or that is not there; what is wrong with a
    /// record that was tampered with.
    pub async fn exhibit(&self, index: u64) -> Result<Exhibit, RecordsError> {
        let size = self.head().await?;
        let seen = self.seen(index).await?.ok_or(RecordsError::NotSealed { index, size })?;
        if let Some(doubt) = seen.doubt {
            return Err(doubt);
        }
        let (Some(record), Some(leaf)) = (seen.entry, seen.leaf) else {
            return Err(RecordsError::Missing { index });
        };
        let (proof, checkpoint) = self.inclusion_proof(index).await?;
        let size = proof.size;
        let exhibit = Exhibit::of(record, leaf, &proof, &checkpoint);
        exhibit
            .verify(self.seal_key())
            .map_err(|_| RecordsError::Tree { size })?;
        Ok(exhibit)
    }
}
