//! The judgement over a store, row by row and checkpoint by checkpoint; pure, so that it can be tested without a file.
//!
//! Whom to believe: the public key, and through it the roots it signed. A root vouches for the leaves kept with its
//! checkpoint when they lead to it; those leaves then say of each row whether it is the one that was sealed. When they
//! do not lead to it, the rows themselves may; when neither does, the peaks kept with the checkpoint may at least show
//! where to go on, and the change lies between this checkpoint and the last one that held.

use std::collections::HashMap;

use record_log::{Checkpoint, Frontier, Hash, TreeDigest, leaf_hash};

use crate::report::{FINDINGS_MAX, Finding, Report};
use crate::store::split;

/// A row as it was found.
pub(crate) struct FoundRow {
    pub(crate) number: i64,
    pub(crate) leaf: Vec<u8>,
    pub(crate) bytes: Vec<u8>,
}

/// A checkpoint that the key signed, with what was found beside it.
pub(crate) struct FoundSeal {
    pub(crate) checkpoint: Checkpoint,
    pub(crate) peaks: Vec<u8>,
    /// Leaf hashes since the last one, and since any forged ones in between.
    pub(crate) leaves: Vec<u8>,
}

/// Takes rows and seals in the order of the log and keeps what it found.
pub(crate) struct Examiner {
    report: Report,
    /// The tree as sealed, as far as the leaves kept with checkpoints tell.
    sealed: Frontier,
    /// The tree over the rows as they are.
    rows: Frontier,
    /// Up to here a signed root vouches.
    trusted: u64,
    /// Found since then; what they mean is known at the next checkpoint.
    candidates: Vec<Finding>,
    /// The leaves of the range under examination, if they can be the ones that were sealed.
    range: Option<Range>,
    /// Hashes of the range before, for rows that were moved across a checkpoint.
    before: (u64, Vec<Hash>),
    /// Checkpoints kept elsewhere, by size.
    known: Vec<(u64, Hash)>,
}

struct Range {
    start: u64,
    leaves: Vec<Hash>,
    /// Leaves of the range after it, as far as they were given.
    after: Vec<Hash>,
    /// Where each hash was sealed; made when the first row does not fit.
    places: Option<HashMap<Hash, u64>>,
}

impl Examiner {
    pub(crate) fn new(origin: Option<String>, mut known: Vec<(u64, Hash)>) -> Self {
        known.sort_unstable_by_key(|(size, _)| *size);
        let report = Report {
            origin,
            entries: 0,
            sealed: 0,
            unsealed: 0,
            checkpoints: 0,
            root: None,
            findings: Vec::new(),
            unnamed: 0,
        };
        let empty = Frontier::new(TreeDigest::Sm3);
        let mut examiner = Self {
            report,
            sealed: empty.clone(),
            rows: empty,
            trusted: 0,
            candidates: Vec::new(),
            range: None,
            before: (0, Vec::new()),
            known,
        };
        examiner.compare_known();
        examiner
    }

    /// Index of the row that comes next.
    pub(crate) fn position(&self) -> u64 {
        self.rows.size()
    }

    /// Begins the range that ends with `seal`; `after` holds the leaves kept with the checkpoint after it.
    pub(crate) fn begin(&mut self, seal: &FoundSeal, after: &[u8]) {
        let start = self.position();
        let wanted = usize::try_from(seal.checkpoint.size().saturating_sub(start)).ok();
        let leaves = split(&seal.leaves).filter(|leaves| Some(leaves.len()) == wanted);
        let after = split(after).unwrap_or_default();
        self.range = leaves.map(|leaves| Range {
            start,
            leaves,
            after,
            places: None,
        });
    }

    /// A row that stands where none can: its number is not the next one nor a later one.
    pub(crate) fn misplaced(&mut self, row: &FoundRow) {
        self.report.entries += 1;
        self.note(Finding::Inserted { number: row.number });
    }

    /// The row that comes next; `None` when it is missing.
    pub(crate) fn row(&mut self, row: Option<&FoundRow>) {
        let index = self.position();
        let expected = self.range.as_ref().and_then(|range| range.expected(index));
        let found = row.map(|row| leaf_hash(&row.bytes));
        let leaf_fits = row.zip(found).is_some_and(|(row, found)| row.leaf == found.as_bytes());
        self.report.entries += u64::from(row.is_some());
        let finding = match (found, expected) {
            (None, _) => Some(Finding::Missing {
                first: index,
                last: index,
            }),
            (Some(found), Some(expected)) if found == expected => (!leaf_fits).then_some(Finding::LeafEdited { index }),
            (Some(found), Some(_)) => Some(match self.place_of(&found) {
                Some(sealed_as) => Finding::Moved {
                    first: index,
                    last: index,
                    sealed_as,
                },
                None => Finding::Edited { index },
            }),
            (Some(_), None) => (!leaf_fits).then_some(Finding::Edited { index }),
        };
        if let Some(finding) = finding {
            self.candidate(finding);
        }
        let nothing = Hash::from_bytes([0; 32]);
        self.rows.append(found.or(expected).unwrap_or(nothing));
        self.sealed.append(expected.or(found).unwrap_or(nothing));
        self.compare_known();
    }

    /// Ends the range: the signed root says which of the witnesses were telling the truth.
    pub(crate) fn end(&mut self, seal: &FoundSeal) {
        let (size, root) = (seal.checkpoint.size(), seal.checkpoint.root());
        let candidates = std::mem::take(&mut self.candidates);
        let peaks = split(&seal.peaks).and_then(|peaks| Frontier::from_parts(TreeDigest::Sm3, size, peaks).ok());
        let peaks = peaks.filter(|peaks| peaks.root() == root);
        let mut vouched = true;
        if self.sealed.root() == root {
            self.accept(candidates);
            if self.range.is_none() && size > self.trusted || peaks.is_none() {
                self.note(Finding::SealEdited { size });
            }
        } else if self.rows.root() == root {
            self.note(Finding::SealEdited { size });
            self.sealed = self.rows.clone();
        } else {
            self.accept(candidates);
            self.note(Finding::Range {
                first: self.trusted,
                last: size.saturating_sub(1),
            });
            match peaks {
                Some(peaks) => self.sealed = peaks,
                None => vouched = false,
            }
        }
        if vouched {
            self.rows = self.sealed.clone();
            self.trusted = size;
        }
        self.report.sealed = size;
        self.report.checkpoints += 1;
        self.report.root = Some(root);
        if let Some(range) = self.range.take() {
            self.before = (range.start, range.leaves);
        }
    }

    /// A finding that no checkpoint needs to confirm.
    pub(crate) fn note(&mut self, finding: Finding) {
        if self
            .report
            .findings
            .last_mut()
            .is_some_and(|last| last.take_in(&finding))
        {
            return;
        }
        if self.report.findings.len() < FINDINGS_MAX {
            self.report.findings.push(finding);
        } else {
            self.report.unnamed += 1;
        }
    }

    /// Ends the examination, after the last row.
    pub(crate) fn finish(mut self) -> Report {
        let candidates = std::mem::take(&mut self.candidates);
        self.accept(candidates);
        self.report.unsealed = self.position().saturating_sub(self.report.sealed);
        let (entries, known) = (self.report.entries, std::mem::take(&mut self.known));
        for (size, _) in known {
            self.note(Finding::Shortened { known: size, entries });
        }
        self.report
    }

    fn candidate(&mut self, finding: Finding) {
        if self.candidates.last_mut().is_some_and(|last| last.take_in(&finding)) {
            return;
        }
        if self.candidates.len() < FINDINGS_MAX {
            self.candidates.push(finding);
        } else {
            self.report.unnamed += 1;
        }
    }

    fn accept(&mut self, candidates: Vec<Finding>) {
        for finding in candidates {
            self.note(finding);
        }
    }

    /// Where a hash was sealed, in this range or its neighbours.
    fn place_of(&mut self, hash: &Hash) -> Option<u64> {
        let range = self.range.as_mut()?;
        let before = &self.before;
        let places = range.places.get_or_insert_with(|| {
            let end = range.start + range.leaves.len() as u64;
            let runs = [(end, &range.after), (before.0, &before.1), (range.start, &range.leaves)];
            runs.into_iter()
                .flat_map(|(start, leaves)| leaves.iter().copied().zip(start..))
                .collect()
        });
        places.get(hash).copied()
    }

    /// Compares with the checkpoints kept elsewhere that end here.
    fn compare_known(&mut self) {
        let size = self.position();
        while let Some((known, root)) = self.known.first().copied().filter(|(known, _)| *known == size) {
            self.known.remove(0);
            if root != self.rows.root() && root != self.sealed.root() {
                self.note(Finding::Contradicted { known });
            }
        }
    }
}

impl Range {
    fn expected(&self, index: u64) -> Option<Hash> {
        let place = usize::try_from(index.checked_sub(self.start)?).ok()?;
        self.leaves.get(place).copied()
    }
}
