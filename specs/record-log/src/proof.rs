//! Proofs that an entry is in a tree, and that a tree continues an earlier one (RFC 9162 §2.1.3 and §2.1.4).
//!
//! Making a proof is split in two, so that this crate needs no store: it names the subtrees whose hashes the proof
//! consists of, and the keeper of the log looks them up or computes them with a [`crate::Frontier`].

use crate::SIZE_MAX;
use crate::hash::{Hash, TreeDigest};

/// Hashes in a proof: an inclusion proof has at most one per level, a consistency proof one more.
const PATH_MAX: usize = 64;

/// The leaves `start .. end` whose root is a node of some tree: `start` is a multiple of the power of two that `end -
/// start` rounds up to.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Subtree {
    /// Index of its first leaf.
    pub start: u64,
    /// Index after its last leaf.
    pub end: u64,
}

/// A proof that does not prove, or a question that makes no sense.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ProofError {
    /// There is no such leaf in a tree of this size.
    #[error("a tree of {size} leaves has no leaf {index}")]
    NoSuchLeaf {
        /// The index asked for.
        index: u64,
        /// The size of the tree.
        size: u64,
    },
    /// A tree cannot continue a larger one; or it is larger than any log.
    #[error("a tree of {to} leaves cannot continue one of {from}")]
    NotAContinuation {
        /// Size of the earlier tree.
        from: u64,
        /// Size of the later tree.
        to: u64,
    },
    /// The path has too few or too many hashes.
    #[error("the proof has {found} hashes where the sizes ask for {expected}")]
    WrongLength {
        /// Hashes that a proof between these sizes has.
        expected: usize,
        /// Hashes that it has.
        found: usize,
    },
    /// The path leads to another root: of the tree, or of the earlier tree.
    #[error("the proof leads to another root")]
    WrongRoot,
}

/// A proof that a leaf is in a tree.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct InclusionProof {
    /// Index of the leaf.
    pub index: u64,
    /// Size of the tree.
    pub size: u64,
    /// Hashes from the leaf's sibling up to the root's child.
    pub path: Vec<Hash>,
}

impl InclusionProof {
    /// Proves that `leaf` is where the proof says, in the tree with this root (RFC 9162 §2.1.3.2).
    ///
    /// # Errors
    /// [`ProofError`].
    pub fn verify(&self, digest: TreeDigest, leaf: &Hash, root: &Hash) -> Result<(), ProofError> {
        let expected = subtrees_for_inclusion(self.index, self.size)?.len();
        check_length(expected, &self.path)?;
        let (mut position, mut last) = (self.index, self.size - 1);
        let mut hash = *leaf;
        for step in &self.path {
            if position & 1 == 1 || position == last {
                hash = digest.node(step, &hash);
                // Levels at which the right edge has no sibling are skipped.
                let skipped = position.trailing_zeros().min(63);
                (position, last) = (position >> skipped, last >> skipped);
            } else {
                hash = digest.node(&hash, step);
            }
            (position, last) = (position >> 1, last >> 1);
        }
        if hash == *root {
            Ok(())
        } else {
            Err(ProofError::WrongRoot)
        }
    }
}

/// A proof that one tree continues another: its first leaves are the other's.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ConsistencyProof {
    /// Size of the earlier tree.
    pub from: u64,
    /// Size of the later tree.
    pub to: u64,
    /// The hashes; none when the sizes are equal or the earlier tree is empty.
    pub path: Vec<Hash>,
}

impl ConsistencyProof {
    /// Proves that the tree with root `later` continues the tree with root `earlier` (RFC 9162 §2.1.4.2).
    ///
    /// # Errors
    /// [`ProofError`].
    pub fn verify(&self, digest: TreeDigest, earlier: &Hash, later: &Hash) -> Result<(), ProofError> {
        let expected = subtrees_for_consistency(self.from, self.to)?.len();
        check_length(expected, &self.path)?;
        let proven = if self.from == self.to {
            earlier == later
        } else if self.from == 0 {
            *earlier == digest.empty()
        } else {
            self.roots(digest, earlier) == Some((*earlier, *later))
        };
        if proven { Ok(()) } else { Err(ProofError::WrongRoot) }
    }

    /// The roots of both trees as the path gives them.
    fn roots(&self, digest: TreeDigest, earlier: &Hash) -> Option<(Hash, Hash)> {
        let shift = (self.from - 1).trailing_ones();
        let (mut position, mut last) = ((self.from - 1) >> shift, (self.to - 1) >> shift);
        let mut path = self.path.iter();
        // When the earlier tree is one complete subtree, its own root is where the path begins.
        let first = if self.from.is_power_of_two() {
            earlier
        } else {
            path.next()?
        };
        let (mut old, mut new) = (*first, *first);
        for step in path {
            if position & 1 == 1 || position == last {
                old = digest.node(step, &old);
                new = digest.node(step, &new);
                let skipped = position.trailing_zeros().min(63);
                (position, last) = (position >> skipped, last >> skipped);
            } else {
                new = digest.node(&new, step);
            }
            (position, last) = (position >> 1, last >> 1);
        }
        Some((old, new))
    }
}

fn check_length(expected: usize, path: &[Hash]) -> Result<(), ProofError> {
    if path.len() == expected {
        Ok(())
    } else {
        Err(ProofError::WrongLength {
            expected,
            found: path.len(),
        })
    }
}

/// The subtrees whose roots are the path of an inclusion proof, in its order (RFC 9162 §2.1.3.1).
///
/// # Errors
/// [`ProofError::NoSuchLeaf`].
pub fn subtrees_for_inclusion(index: u64, size: u64) -> Result<Vec<Subtree>, ProofError> {
    if index >= size || size > SIZE_MAX {
        return Err(ProofError::NoSuchLeaf { index, size });
    }
    let mut path = Vec::with_capacity(PATH_MAX);
    let mut tree = Subtree { start: 0, end: size };
    while let Some((left, right)) = tree.halves() {
        let (inside, beside) = if index < left.end { (left, right) } else { (right, left) };
        path.push(beside);
        tree = inside;
    }
    path.reverse();
    Ok(path)
}

/// The subtrees whose roots are the path of a consistency proof, in its order (RFC 9162 §2.1.4.1).
///
/// # Errors
/// [`ProofError::NotAContinuation`].
pub fn subtrees_for_consistency(from: u64, to: u64) -> Result<Vec<Subtree>, ProofError> {
    if from > to || to > SIZE_MAX {
        return Err(ProofError::NotAContinuation { from, to });
    }
    let mut path = Vec::with_capacity(PATH_MAX);
    if from == 0 {
        return Ok(path);
    }
    let mut tree = Subtree { start: 0, end: to };
    // Descends to the subtree that ends where the earlier tree ended.
    while let Some((left, right)) = tree.halves().filter(|_| tree.end != from) {
        let (inside, beside) = if from <= left.end { (left, right) } else { (right, left) };
        path.push(beside);
        tree = inside;
    }
    // When it begins at the first leaf it is the earlier tree itself, whose root the verifier has.
    if tree.start != 0 {
        path.push(tree);
    }
    path.reverse();
    Ok(path)
}

impl Subtree {
    /// Number of leaves.
    #[must_use]
    pub const fn size(self) -> u64 {
        self.end.saturating_sub(self.start)
    }

    /// Its two children: the left one as large a power of two as leaves something over. `None` for a leaf.
    fn halves(self) -> Option<(Self, Self)> {
        let size = self.size();
        if size < 2 {
            return None;
        }
        let middle = self.start + (size.next_power_of_two() >> 1);
        Some((Self { end: middle, ..self }, Self { start: middle, ..self }))
    }
}
