//! What can go wrong with records. Where the log itself is in doubt, nothing more is sealed until someone has looked.

use gm_suite::SignError;
use hefu_database::DatabaseError;
use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use record_log::CheckpointError;

use crate::entry::ENTRY_LEN_MAX;

/// An entry that is not recorded, a log that cannot be read or sealed, or a proof that cannot be given.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordsError {
    /// The database. The act that wanted to be recorded is refused with it.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// A capability named a kind that is none: a defect.
    #[error("{kind:?} is no kind of record: words of a to z, a slash, a version")]
    Kind {
        /// What was given.
        kind: String,
    },
    /// A body that has no one spelling: a defect.
    #[error("the body of a record of kind {kind} has no one spelling: {what}")]
    NotCanonical {
        /// The kind.
        kind: String,
        /// Why.
        what: &'static str,
    },
    /// More than [`ENTRY_LEN_MAX`] octets.
    #[error("a record of kind {kind} takes {len} octets, at most {ENTRY_LEN_MAX} are kept")]
    TooLarge {
        /// The kind.
        kind: String,
        /// Its octets.
        len: usize,
    },
    /// A stored entry cannot be read.
    #[error("record {index} cannot be read")]
    Unreadable {
        /// The entry.
        index: u64,
    },
    /// An entry is missing. The log has been changed behind Hefu's back.
    #[error("record {index} is missing")]
    Missing {
        /// The entry.
        index: u64,
    },
    /// An entry no longer has the hash that it was written with. The log has been changed behind Hefu's back.
    #[error("record {index} was changed after it was written")]
    Changed {
        /// The entry.
        index: u64,
    },
    /// The last checkpoint in the store is not one that this zone's key signed.
    #[error("the checkpoint over {size} records is not this zone's")]
    ForeignCheckpoint {
        /// Its size.
        size: u64,
        /// Why.
        source: CheckpointError,
    },
    /// What is stored beside the last checkpoint does not lead to its root.
    #[error("the checkpoint over {size} records does not fit what is stored with it")]
    Frontier {
        /// Its size.
        size: u64,
    },
    /// The name of the log does not fit.
    #[error(transparent)]
    Origin(CheckpointError),
    /// The seal key could not sign.
    #[error("the checkpoint could not be signed")]
    Sign(#[from] SignError),
    /// A proof was asked of an entry that no checkpoint covers yet, or that is not there.
    #[error("record {index} is not sealed; the last checkpoint covers {size}")]
    NotSealed {
        /// The entry.
        index: u64,
        /// What is covered.
        size: u64,
    },
    /// The stored tree gives a proof that does not prove. The log has been changed behind Hefu's back.
    #[error("the stored tree does not lead to the root of the checkpoint over {size} records")]
    Tree {
        /// The size of the checkpoint.
        size: u64,
    },
    /// A follower's place would go back.
    #[error("the cursor {name} would go back to {position}")]
    CursorBack {
        /// The cursor.
        name: String,
        /// Where to.
        position: u64,
    },
}

impl RecordsError {
    /// Whether the store itself is in doubt, so that an operator must look before anything is sealed.
    #[must_use]
    pub const fn is_doubt(&self) -> bool {
        matches!(
            self,
            Self::Unreadable { .. }
                | Self::Missing { .. }
                | Self::Changed { .. }
                | Self::ForeignCheckpoint { .. }
                | Self::Frontier { .. }
                | Self::Tree { .. }
        )
    }

    fn in_chinese(&self) -> String {
        match self {
            Self::Database(error) => error.message(Language::Chinese),
            Self::Kind { kind } => format!("“{kind}”不是有效的记录类别"),
            Self::NotCanonical { kind, .. } => format!("类别为 {kind} 的记录内容没有唯一写法"),
            Self::TooLarge { kind, len } => {
                format!("类别为 {kind} 的记录有 {len} 字节，超过上限 {ENTRY_LEN_MAX} 字节")
            }
            Self::Unreadable { index } => format!("第 {index} 号记录无法读取"),
            Self::Missing { index } => format!("缺少第 {index} 号记录"),
            Self::Changed { index } => format!("第 {index} 号记录在写入后被改动"),
            Self::ForeignCheckpoint { size, .. } => format!("覆盖 {size} 条记录的检查点不是本区签署的"),
            Self::Frontier { size } => format!("覆盖 {size} 条记录的检查点与随附数据不符"),
            Self::Origin(_) => "日志名称不合规".to_owned(),
            Self::Sign(_) => "检查点签名失败".to_owned(),
            Self::NotSealed { index, size } => format!("第 {index} 号记录尚未封存；最近的检查点覆盖 {size} 条"),
            Self::Tree { size } => format!("存储的树与覆盖 {size} 条记录的检查点不符"),
            Self::CursorBack { name, position } => format!("游标 {name} 不得退回到 {position}"),
        }
    }
}

impl Explain for RecordsError {
    fn code(&self) -> &'static str {
        match self {
            Self::Database(error) => error.code(),
            Self::Kind { .. } => "record-kind",
            Self::NotCanonical { .. } => "record-not-canonical",
            Self::TooLarge { .. } => "record-too-large",
            Self::Unreadable { .. } => "record-unreadable",
            Self::Missing { .. } => "record-missing",
            Self::Changed { .. } => "record-changed",
            Self::ForeignCheckpoint { .. } => "checkpoint-foreign",
            Self::Frontier { .. } => "checkpoint-frontier",
            Self::Origin(_) => "record-origin",
            Self::Sign(_) => "checkpoint-unsigned",
            Self::NotSealed { .. } => "record-not-sealed",
            Self::Tree { .. } => "record-tree",
            Self::CursorBack { .. } => "cursor-back",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::NotSealed { .. } => Kind::Absent,
            Self::Database(error) => error.kind(),
            _ => Kind::Fault,
        }
    }

    fn blame(&self) -> Blame {
        match self {
            Self::Database(error) => error.blame(),
            Self::NotSealed { .. } => Blame::Caller,
            Self::Kind { .. } | Self::NotCanonical { .. } | Self::TooLarge { .. } | Self::CursorBack { .. } => {
                Blame::Hefu
            }
            Self::Unreadable { .. }
            | Self::Missing { .. }
            | Self::Changed { .. }
            | Self::ForeignCheckpoint { .. }
            | Self::Frontier { .. }
            | Self::Origin(_)
            | Self::Sign(_)
            | Self::Tree { .. } => Blame::Operator,
        }
    }

    fn citation(&self) -> Option<Citation> {
        None
    }

    fn message(&self, language: Language) -> String {
        match language {
            Language::Chinese => self.in_chinese(),
            Language::English => self.to_string(),
        }
    }
}

/// The driver's errors come through [`DatabaseError`], which knows what they mean.
impl From<sqlx::Error> for RecordsError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(DatabaseError::from(error))
    }
}
