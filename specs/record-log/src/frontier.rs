//! The right edge of a tree: all that is needed to append and to know the root.

use crate::SIZE_MAX;
use crate::hash::{Hash, TreeDigest};

/// A tree that grows, remembered by its peaks: the roots of the complete subtrees that make it up, largest first.
///
/// A tree of 13 = 8 + 4 + 1 leaves has three peaks. Size and peaks can be stored and taken up again; then appending
/// costs about two hashes per leaf, however long the log is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Frontier {
    digest: TreeDigest,
    size: u64,
    peaks: Vec<Hash>,
}

/// A complete subtree: the leaves from `index << level` to `(index + 1) << level`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Node {
    /// Height above the leaves; it has `2^level` of them.
    pub level: u32,
    /// Number among the subtrees of its level, from 0.
    pub index: u64,
    /// Its root.
    pub root: Hash,
}

/// Stored parts that make no frontier, or a subtree that does not fit where it was put.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum FrontierError {
    /// The number of peaks does not fit the size.
    #[error("a tree of {size} leaves has {expected} peaks, not {found}")]
    Peaks {
        /// The size given.
        size: u64,
        /// One-bits in it.
        expected: u32,
        /// Peaks given.
        found: usize,
    },
    /// Larger than [`SIZE_MAX`].
    #[error("a tree of {0} leaves is larger than any log")]
    TooLarge(u64),
    /// A subtree of 2^level leaves can only follow a multiple of 2^level leaves.
    #[error("a subtree of level {level} cannot follow {size} leaves")]
    Misplaced {
        /// The level of the subtree.
        level: u32,
        /// The size before it.
        size: u64,
    },
}

impl Frontier {
    /// A tree without leaves.
    #[must_use]
    pub const fn new(digest: TreeDigest) -> Self {
        Self {
            digest,
            size: 0,
            peaks: Vec::new(),
        }
    }

    /// Takes up a stored frontier.
    ///
    /// # Errors
    /// [`FrontierError::Peaks`] or [`FrontierError::TooLarge`] when the parts do not fit each other.
    pub fn from_parts(digest: TreeDigest, size: u64, peaks: Vec<Hash>) -> Result<Self, FrontierError> {
        if size > SIZE_MAX {
            return Err(FrontierError::TooLarge(size));
        }
        let expected = size.count_ones();
        if u32::try_from(peaks.len()) != Ok(expected) {
            return Err(FrontierError::Peaks {
                size,
                expected,
                found: peaks.len(),
            });
        }
        Ok(Self { digest, size, peaks })
    }

    /// The digest of the tree.
    #[must_use]
    pub const fn digest(&self) -> TreeDigest {
        self.digest
    }

    /// Number of leaves.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The peaks, largest subtree first; as many as `size` has one-bits.
    #[must_use]
    pub fn peaks(&self) -> &[Hash] {
        &self.peaks
    }

    /// Appends the hash of a leaf.
    pub fn append(&mut self, leaf: Hash) {
        self.join(0, leaf, |_| ());
    }

    /// Appends the hash of a leaf and tells of every complete subtree that it completes, smallest first; the leaf itself
    /// is not told. Whoever keeps some of these can make proofs without reading the whole log.
    pub fn append_and_tell(&mut self, leaf: Hash, told: impl FnMut(Node)) {
        self.join(0, leaf, told);
    }

    /// Appends the root of a complete subtree of `2^level` leaves.
    ///
    /// # Errors
    /// [`FrontierError::Misplaced`] unless the size is a multiple of `2^level`; [`FrontierError::TooLarge`].
    pub fn append_subtree(&mut self, level: u32, root: Hash) -> Result<(), FrontierError> {
        let size = self.size;
        let leaves = 1_u64
            .checked_shl(level)
            .ok_or(FrontierError::Misplaced { level, size })?;
        if !size.is_multiple_of(leaves) {
            return Err(FrontierError::Misplaced { level, size });
        }
        if size.checked_add(leaves).is_none_or(|size| size > SIZE_MAX) {
            return Err(FrontierError::TooLarge(size));
        }
        self.join(level, root, |_| ());
        Ok(())
    }

    /// The root of the tree (RFC 9162 §2.1.1): the peaks joined from the right.
    #[must_use]
    pub fn root(&self) -> Hash {
        let from_the_right = self.peaks.iter().rev().copied();
        from_the_right
            .reduce(|right, left| self.digest.node(&left, &right))
            .unwrap_or_else(|| self.digest.empty())
    }

    /// Adds a subtree of `2^level` leaves; where it completes a larger one, that becomes the peak.
    fn join(&mut self, level: u32, root: Hash, mut told: impl FnMut(Node)) {
        let mut node = Node {
            level,
            index: self.size >> level,
            root,
        };
        while node.index & 1 == 1 {
            if let Some(left) = self.peaks.pop() {
                node.root = self.digest.node(&left, &node.root);
            }
            node.index >>= 1;
            node.level += 1;
            told(node);
        }
        self.peaks.push(node.root);
        // No log reaches 2^64 leaves by appending.
        self.size = self.size.saturating_add(1 << level);
    }
}
