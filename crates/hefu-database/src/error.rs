//! What can go wrong with a database, said exactly enough that its operator knows what to do.

use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};

/// A failure of the database, or a refusal by one of its constraints.
///
/// Cheap to clone, because one failed commit is the answer to every act of its group. `detail` is the engine's own
/// sentence: for logs, never for the public; it holds names of tables and columns, no values.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DatabaseError {
    /// The address in the settings cannot be read.
    #[error("{address:?} is not a database address: {why}")]
    InvalidAddress {
        /// The address without its password.
        address: String,
        /// What is wrong with it.
        why: String,
    },
    /// There is no such database, and nobody asked to make one.
    #[error("there is no database at {place}")]
    Missing {
        /// The file that was looked for.
        place: String,
    },
    /// Another process writes to this database, or this one opened it twice.
    #[error("the database {place} is in use by another writer ({holder})")]
    InUse {
        /// The file.
        place: String,
        /// Who holds it, as far as the lock file says: "process 4711".
        holder: String,
    },
    /// The file or server cannot be opened or does not answer.
    #[error("the database cannot be reached: {detail}")]
    Unreachable {
        /// The engine's sentence.
        detail: String,
    },
    /// No space is left. Nothing of the act was kept.
    #[error("the disk of the database is full: {detail}")]
    DiskFull {
        /// The engine's sentence.
        detail: String,
    },
    /// Reading or writing the disk failed.
    #[error("the disk of the database fails: {detail}")]
    Disk {
        /// The engine's sentence.
        detail: String,
    },
    /// Someone else held the database for too long, or two transactions collided. Trying again may help.
    #[error("the database is busy: {detail}")]
    Busy {
        /// The engine's sentence.
        detail: String,
    },
    /// The file is damaged or is no database.
    #[error("the database is damaged: {detail}")]
    Corrupt {
        /// The engine's sentence.
        detail: String,
    },
    /// A write where only reading is allowed.
    #[error("the database is open for reading only: {detail}")]
    ReadOnly {
        /// The engine's sentence.
        detail: String,
    },
    /// A constraint of the schema refused a row. Capabilities turn the ones they expect into refusals of their own.
    #[error("a {constraint} constraint refused the row: {detail}")]
    Refused {
        /// Which sort of constraint.
        constraint: Constraint,
        /// The engine's sentence; names the constraint or its columns.
        detail: String,
    },
    /// Our SQL, or our reading of its answer, is wrong.
    #[error("a statement failed: {detail}")]
    Statement {
        /// The engine's sentence.
        detail: String,
    },
    /// A migration that was applied here reads differently in this program.
    #[error("migration {capability}/{number:04}_{name} was edited after it was applied here")]
    MigrationEdited {
        /// The capability that owns it.
        capability: String,
        /// Its number.
        number: u32,
        /// Its name in this program.
        name: String,
    },
    /// A migration could not be applied; it was rolled back whole.
    #[error("migration {capability}/{number:04}_{name} failed")]
    MigrationFailed {
        /// The capability that owns it.
        capability: String,
        /// Its number.
        number: u32,
        /// Its name.
        name: String,
        /// Why.
        source: Box<DatabaseError>,
    },
    /// The migrations of one capability are not numbered 1, 2, 3 …: a defect of this program.
    #[error("the migrations of {capability} should continue with {expected}, not {found}")]
    MigrationsMisnumbered {
        /// The capability.
        capability: String,
        /// The number that should come.
        expected: u32,
        /// The number that came.
        found: u32,
    },
    /// A newer program has been here: its schema is ahead of this one.
    #[error("the schema of {capability} is at {found}, this program knows {known}")]
    NewerSchema {
        /// The capability.
        capability: String,
        /// The highest number applied here.
        found: u32,
        /// The highest number that this program knows.
        known: u32,
    },
    /// The engine rolled back the group that this act was part of, because of another act in it. Nothing was kept.
    #[error("the act was rolled back together with its group")]
    GroupLost,
    /// The code of the act panicked; the act was rolled back.
    #[error("the act panicked and was rolled back")]
    Panicked,
    /// The database was closed.
    #[error("the database is closed")]
    Closed,
}

/// The sorts of constraints that refuse a row.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Constraint {
    /// A primary key or unique index.
    Unique,
    /// A reference to a row that is not there.
    ForeignKey,
    /// A value that must not be missing.
    NotNull,
    /// A CHECK.
    Check,
    /// A trigger, such as the one that keeps records append-only.
    Trigger,
    /// Another one.
    Other,
}

impl std::fmt::Display for Constraint {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Unique => "unique",
            Self::ForeignKey => "foreign key",
            Self::NotNull => "not null",
            Self::Check => "check",
            Self::Trigger => "trigger",
            Self::Other => "schema",
        })
    }
}

impl DatabaseError {
    /// Whether a row with this key is there already.
    #[must_use]
    pub const fn is_unique_violation(&self) -> bool {
        matches!(
            self,
            Self::Refused {
                constraint: Constraint::Unique,
                ..
            }
        )
    }

    /// Whether the same act may succeed if it is simply tried again.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Busy { .. } | Self::GroupLost | Self::Unreachable { .. })
    }

    pub(crate) fn statement(detail: impl Into<String>) -> Self {
        Self::Statement { detail: detail.into() }
    }

    fn from_sqlite(code: i32, detail: String) -> Self {
        // Extended result codes keep the primary code in their low octet (sqlite.org/rescode.html).
        match code & 0xff {
            5 | 6 => Self::Busy { detail },
            8 => Self::ReadOnly { detail },
            10 => Self::Disk { detail },
            11 | 26 => Self::Corrupt { detail },
            13 => Self::DiskFull { detail },
            14 => Self::Unreachable { detail },
            19 => Self::Refused {
                constraint: match code {
                    2067 | 1555 | 2579 => Constraint::Unique,
                    787 => Constraint::ForeignKey,
                    1299 => Constraint::NotNull,
                    275 => Constraint::Check,
                    1811 => Constraint::Trigger,
                    _ => Constraint::Other,
                },
                detail,
            },
            _ => Self::Statement { detail },
        }
    }

    fn from_sqlstate(code: &str, detail: String) -> Self {
        let refused = |constraint, detail| Self::Refused { constraint, detail };
        match code {
            "53100" => Self::DiskFull { detail },
            "40001" | "40P01" | "55P03" | "53300" => Self::Busy { detail },
            "25006" | "42501" => Self::ReadOnly { detail },
            "23505" => refused(Constraint::Unique, detail),
            "23503" => refused(Constraint::ForeignKey, detail),
            "23502" => refused(Constraint::NotNull, detail),
            "23514" => refused(Constraint::Check, detail),
            "P0001" => refused(Constraint::Trigger, detail),
            _ => match code.get(..2) {
                Some("08" | "28" | "3D" | "57") => Self::Unreachable { detail },
                Some("58") => Self::Disk { detail },
                Some("XX") => Self::Corrupt { detail },
                Some("23") => refused(Constraint::Other, detail),
                _ => Self::Statement { detail },
            },
        }
    }
}

/// The driver's error by the engine's own code: `SQLite` result codes are numbers, SQLSTATE has five characters.
impl From<sqlx::Error> for DatabaseError {
    fn from(error: sqlx::Error) -> Self {
        if let Some(engine) = error.as_database_error() {
            let code = engine.code().unwrap_or_default();
            let detail = engine.message().to_owned();
            return match code.parse::<i32>() {
                Ok(number) if code.len() < 5 => Self::from_sqlite(number, detail),
                _ => Self::from_sqlstate(&code, detail),
            };
        }
        let detail = error.to_string();
        match error {
            sqlx::Error::PoolTimedOut => Self::Busy { detail },
            sqlx::Error::PoolClosed => Self::Closed,
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::WorkerCrashed => Self::Unreachable { detail },
            _ => Self::Statement { detail },
        }
    }
}

impl Explain for DatabaseError {
    fn code(&self) -> &'static str {
        match self {
            Self::InvalidAddress { .. } => "database-address",
            Self::Missing { .. } => "database-missing",
            Self::InUse { .. } => "database-in-use",
            Self::Unreachable { .. } => "database-unreachable",
            Self::DiskFull { .. } => "disk-full",
            Self::Disk { .. } => "disk-failure",
            Self::Busy { .. } => "database-busy",
            Self::Corrupt { .. } => "database-corrupt",
            Self::ReadOnly { .. } => "database-read-only",
            Self::Refused { .. } => "database-constraint",
            Self::Statement { .. } => "database-statement",
            Self::MigrationEdited { .. } => "migration-edited",
            Self::MigrationFailed { .. } => "migration-failed",
            Self::MigrationsMisnumbered { .. } => "migrations-misnumbered",
            Self::NewerSchema { .. } => "newer-schema",
            Self::GroupLost => "write-group-lost",
            Self::Panicked => "write-panicked",
            Self::Closed => "database-closed",
        }
    }

    fn kind(&self) -> Kind {
        Kind::Fault
    }

    fn blame(&self) -> Blame {
        match self {
            Self::InvalidAddress { .. }
            | Self::Missing { .. }
            | Self::InUse { .. }
            | Self::Unreachable { .. }
            | Self::DiskFull { .. }
            | Self::Disk { .. }
            | Self::Busy { .. }
            | Self::Corrupt { .. }
            | Self::ReadOnly { .. }
            | Self::NewerSchema { .. }
            | Self::GroupLost
            | Self::Closed => Blame::Operator,
            Self::MigrationFailed { source, .. } => source.blame(),
            Self::Refused { .. }
            | Self::Statement { .. }
            | Self::MigrationEdited { .. }
            | Self::MigrationsMisnumbered { .. }
            | Self::Panicked => Blame::Hefu,
        }
    }

    fn citation(&self) -> Option<Citation> {
        None
    }

    fn message(&self, language: Language) -> String {
        match language {
            Language::English => self.to_string(),
            Language::Chinese => self.in_chinese(),
        }
    }
}

impl DatabaseError {
    fn in_chinese(&self) -> String {
        match self {
            Self::InvalidAddress { address, why } => {
                format!("“{address}”不是有效的数据库地址：{why}")
            }
            Self::Missing { place } => format!("{place} 处没有数据库"),
            Self::InUse { place, holder } => format!("数据库 {place} 正由另一写入者使用（{holder}）"),
            Self::Unreachable { detail } => format!("无法访问数据库：{detail}"),
            Self::DiskFull { detail } => format!("数据库所在磁盘已满：{detail}"),
            Self::Disk { detail } => format!("数据库所在磁盘读写失败：{detail}"),
            Self::Busy { detail } => format!("数据库繁忙：{detail}"),
            Self::Corrupt { detail } => format!("数据库已损坏：{detail}"),
            Self::ReadOnly { detail } => format!("数据库以只读方式打开：{detail}"),
            Self::Refused { detail, .. } => format!("数据库约束拒绝了该记录：{detail}"),
            Self::Statement { detail } => format!("数据库语句执行失败：{detail}"),
            Self::MigrationEdited {
                capability,
                number,
                name,
            } => format!("迁移 {capability}/{number:04}_{name} 在应用之后被改动"),
            Self::MigrationFailed {
                capability,
                number,
                name,
                source,
            } => format!("迁移 {capability}/{number:04}_{name} 失败：{}", source.in_chinese()),
            Self::MigrationsMisnumbered {
                capability,
                expected,
                found,
            } => format!("{capability} 的迁移编号应为 {expected}，实为 {found}"),
            Self::NewerSchema {
                capability,
                found,
                known,
            } => format!("{capability} 的库结构版本为 {found}，本程序只认识到 {known}"),
            Self::GroupLost => "该操作与同组操作一并回滚，未保存任何内容".to_owned(),
            Self::Panicked => "该操作因程序缺陷中断并已回滚".to_owned(),
            Self::Closed => "数据库已关闭".to_owned(),
        }
    }
}
