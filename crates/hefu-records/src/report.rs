//! What a verification found, in words for an operator and in a form for programs.

use std::fmt;

use hefu_rulebook::Language;
use record_log::{CheckpointError, Hash};
use serde::Serialize;

/// Findings that are named one by one; a store with more is described by their number.
pub(crate) const FINDINGS_MAX: usize = 10_000;

/// The outcome of verifying a store.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The log's name, as its checkpoints say; `None` when there is no checkpoint that this key signed.
    pub origin: Option<String>,
    /// Rows that are there.
    pub entries: u64,
    /// Entries under the last checkpoint that this key signed.
    pub sealed: u64,
    /// Entries after it: protected by the database, not yet by a signature.
    pub unsealed: u64,
    /// Checkpoints that this key signed.
    pub checkpoints: u64,
    /// Root over the sealed entries, as signed; in hexadecimal.
    #[serde(serialize_with = "hexadecimal")]
    pub root: Option<Hash>,
    /// What is not as it was sealed, in the order of the log.
    pub findings: Vec<Finding>,
    /// Findings beyond the ten thousand that are named.
    pub unnamed: u64,
}

impl Report {
    /// Whether nothing was found.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.findings.is_empty() && self.unnamed == 0
    }
}

#[expect(clippy::ref_option, reason = "the shape that serde asks for")]
fn hexadecimal<S: serde::Serializer>(hash: &Option<Hash>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_some(&hash.map(|hash| hash.to_string()))
}

/// One thing that is not as it was sealed. Indexes count from 0; ranges include both ends.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(tag = "finding", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Finding {
    /// The bytes of a row are not the ones that were sealed, or (not yet sealed) not the ones that were hashed.
    Edited {
        /// The row.
        index: u64,
    },
    /// The bytes of a row are right, but the hash beside them was changed.
    LeafEdited {
        /// The row.
        index: u64,
    },
    /// Rows are gone.
    Missing {
        /// The first of them.
        first: u64,
        /// The last of them.
        last: u64,
    },
    /// Rows hold what was sealed under other numbers: they were swapped, or one was taken out or put in before them.
    Moved {
        /// The first of them.
        first: u64,
        /// The last of them.
        last: u64,
        /// Where the content of the first was sealed.
        sealed_as: u64,
    },
    /// A row that stands where none can: below zero, or twice under one number.
    Inserted {
        /// Its number.
        number: i64,
    },
    /// Somewhere in this range something was changed, and all hashes that could tell where were recomputed by whoever did
    /// it. The range lies between two signed checkpoints.
    Range {
        /// The first row of the range.
        first: u64,
        /// The last row of the range.
        last: u64,
    },
    /// The rows are right, but what is kept beside a checkpoint (peaks and leaves) was changed, or a checkpoint before it
    /// was taken out.
    SealEdited {
        /// Entries under the checkpoint.
        size: u64,
    },
    /// A checkpoint is not what this key signed for this log.
    Checkpoint {
        /// Entries that its row says it covers.
        size: i64,
        /// What is wrong with it.
        problem: CheckpointProblem,
    },
    /// A checkpoint kept elsewhere covers more entries than the store has: its end was cut off.
    Shortened {
        /// Entries under the checkpoint kept elsewhere.
        known: u64,
        /// Entries in the store.
        entries: u64,
    },
    /// A checkpoint kept elsewhere has another root: the log was rewritten after that checkpoint was given out.
    Contradicted {
        /// Entries under the checkpoint kept elsewhere.
        known: u64,
    },
}

/// What is wrong with a stored checkpoint.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum CheckpointProblem {
    /// It is no checkpoint.
    Malformed,
    /// Another key signed it.
    ForeignKey,
    /// Its text was changed after it was signed.
    Forged,
    /// It is of another log.
    ForeignLog,
    /// It stands in the row of another size.
    Misplaced,
}

impl From<&CheckpointError> for CheckpointProblem {
    fn from(error: &CheckpointError) -> Self {
        match error {
            CheckpointError::Malformed { .. } | CheckpointError::Origin(_) => Self::Malformed,
            CheckpointError::ForeignOrigin { .. } => Self::ForeignLog,
            CheckpointError::NotSigned => Self::ForeignKey,
            CheckpointError::BadSignature => Self::Forged,
        }
    }
}

impl Finding {
    /// The finding in one sentence.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        match language {
            Language::Chinese => self.in_chinese(),
            Language::English => self.to_string(),
        }
    }

    /// The next finding of the same sort continues this one; then it is taken in.
    pub(crate) fn take_in(&mut self, next: &Self) -> bool {
        match (self, next) {
            (Self::Missing { last, .. }, Self::Missing { first, last: end }) if *first == *last + 1 => *last = *end,
            (
                Self::Moved { first, last, sealed_as },
                Self::Moved {
                    first: next,
                    last: end,
                    sealed_as: from,
                },
            ) if *next == *last + 1
                && i128::from(*from) - i128::from(*next) == i128::from(*sealed_as) - i128::from(*first) =>
            {
                *last = *end;
            }
            (
                Self::Range { first, last },
                Self::Range {
                    first: again,
                    last: end,
                },
            ) if first == again => *last = *end,
            _ => return false,
        }
        true
    }

    fn in_chinese(&self) -> String {
        match self {
            Self::Edited { index } => format!("第 {index} 号记录的内容被改动"),
            Self::LeafEdited { index } => format!("第 {index} 号记录的内容未变，但旁存的散列值被改动"),
            Self::Missing { first, last } if first == last => format!("缺少第 {first} 号记录"),
            Self::Missing { first, last } => format!("缺少第 {first} 至 {last} 号记录"),
            Self::Moved { first, last, sealed_as } if first == last => {
                format!("第 {first} 号位置上是封存时的第 {sealed_as} 号记录")
            }
            Self::Moved { first, last, sealed_as } => {
                let sealed_last = sealed_as + (last - first);
                format!("第 {first} 至 {last} 号位置上是封存时的第 {sealed_as} 至 {sealed_last} 号记录")
            }
            Self::Inserted { number } => format!("编号 {number} 处多出一条不该存在的记录"),
            Self::Range { first, last } => {
                format!("第 {first} 至 {last} 号记录之间有改动，散列值已被一并重算；范围由前后两个已签名检查点确定")
            }
            Self::SealEdited { size } => {
                format!("记录无误，但覆盖 {size} 条记录的检查点的随附数据被改动，或其前的检查点被移除")
            }
            Self::Checkpoint { size, problem } => {
                let problem = match problem {
                    CheckpointProblem::Malformed => "格式不正确",
                    CheckpointProblem::ForeignKey => "由其他密钥签署",
                    CheckpointProblem::Forged => "签署后被改动",
                    CheckpointProblem::ForeignLog => "属于其他日志",
                    CheckpointProblem::Misplaced => "所在行的条数不符",
                };
                format!("条数为 {size} 的检查点{problem}")
            }
            Self::Shortened { known, entries } => {
                format!("另存的检查点覆盖 {known} 条记录，而库中只有 {entries} 条：末尾被截去")
            }
            Self::Contradicted { known } => format!("与另存的覆盖 {known} 条记录的检查点不符：日志被重写"),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Edited { index } => write!(out, "record {index} was edited"),
            Self::LeafEdited { index } => write!(out, "the hash beside record {index} was edited, its bytes were not"),
            Self::Missing { first, last } if first == last => write!(out, "record {first} is missing"),
            Self::Missing { first, last } => write!(out, "records {first} to {last} are missing"),
            Self::Moved { first, last, sealed_as } if first == last => {
                write!(out, "record {first} holds what was sealed as record {sealed_as}")
            }
            Self::Moved { first, last, sealed_as } => {
                let sealed_last = sealed_as + (last - first);
                write!(
                    out,
                    "records {first} to {last} hold what was sealed as records {sealed_as} to {sealed_last}"
                )
            }
            Self::Inserted { number } => write!(out, "a row was inserted as number {number}, where none can be"),
            Self::Range { first, last } => write!(
                out,
                "something in records {first} to {last} was changed and its hashes recomputed; \
                 the signed checkpoints before and after allow no narrower answer"
            ),
            Self::SealEdited { size } => write!(
                out,
                "the records are right, but what is kept with the checkpoint over {size} was edited, \
                 or a checkpoint before it was removed"
            ),
            Self::Checkpoint { size, problem } => {
                let problem = match problem {
                    CheckpointProblem::Malformed => "is malformed",
                    CheckpointProblem::ForeignKey => "is signed by another key",
                    CheckpointProblem::Forged => "was changed after it was signed",
                    CheckpointProblem::ForeignLog => "is of another log",
                    CheckpointProblem::Misplaced => "stands in the row of another size",
                };
                write!(out, "the checkpoint over {size} records {problem}")
            }
            Self::Shortened { known, entries } => write!(
                out,
                "a checkpoint kept elsewhere covers {known} records, the store has {entries}: its end was cut off"
            ),
            Self::Contradicted { known } => {
                write!(
                    out,
                    "a checkpoint kept elsewhere over {known} records has another root: the log was rewritten"
                )
            }
        }
    }
}
