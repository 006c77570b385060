//! Why the outbox did not do what was asked.

use std::sync::Arc;

use hefu_database::DatabaseError;
use hefu_records::{FeedError, RecordsError};
use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use key_device::DeviceError;

use crate::address::AddressFault;
use crate::outbox::LetterState;

/// Why the outbox did not do what was asked.
#[derive(Clone, Debug, thiserror::Error)]
pub enum PostError {
    /// No letter has this number.
    #[error("there is no letter {0}")]
    Unknown(i64),
    /// Only a letter that failed, and whose text is still there, can be tried again.
    #[error("letter {number} is {}; only a failed one whose text is still kept can be tried again", state.as_str())]
    NotFailed {
        /// The letter.
        number: i64,
        /// Where it is.
        state: LetterState,
    },
    /// The feed left entries out or gave others than were asked for.
    #[error("the feed gave record {found} where {expected} comes next")]
    Gap {
        /// The entry that comes next.
        expected: u64,
        /// The entry that came.
        found: u64,
    },
    /// The records do not come.
    #[error(transparent)]
    Feed(#[from] FeedError),
    /// Whoever knows subscribers does not answer.
    #[error(transparent)]
    Addresses(#[from] AddressFault),
    /// The database failed; nothing was kept.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The records failed; nothing was kept.
    #[error(transparent)]
    Records(Arc<RecordsError>),
    /// The key device failed.
    #[error("the key device failed: {0}")]
    Device(#[from] DeviceError),
    /// A letter could not be worded or its stored form read: a defect, or a damaged row.
    #[error("letter {origin} is unreadable")]
    Unreadable {
        /// What it was written for.
        origin: String,
    },
}

impl From<RecordsError> for PostError {
    fn from(why: RecordsError) -> Self {
        Self::Records(Arc::new(why))
    }
}

impl From<sqlx::Error> for PostError {
    fn from(why: sqlx::Error) -> Self {
        Self::Database(why.into())
    }
}

impl Explain for PostError {
    fn code(&self) -> &'static str {
        match self {
            Self::Unknown(_) => "no-such-letter",
            Self::NotFailed { .. } => "letter-not-failed",
            Self::Gap { .. } => "feed-gap",
            Self::Feed(_) => "feed-silent",
            Self::Addresses(_) => "subscribers-unreachable",
            Self::Database(why) => why.code(),
            Self::Records(why) => why.code(),
            Self::Device(_) => "key-device",
            Self::Unreadable { .. } => "letter-unreadable",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Unknown(_) => Kind::Absent,
            Self::NotFailed { .. } => Kind::Refusal,
            _ => Kind::Fault,
        }
    }

    fn blame(&self) -> Blame {
        match self {
            Self::Unknown(_) => Blame::Caller,
            Self::NotFailed { .. } => Blame::Officer,
            Self::Gap { .. } | Self::Unreadable { .. } => Blame::Hefu,
            Self::Database(why) => why.blame(),
            Self::Records(why) => why.blame(),
            Self::Feed(_) | Self::Addresses(_) | Self::Device(_) => Blame::Operator,
        }
    }

    fn citation(&self) -> Option<Citation> {
        match self {
            Self::Database(why) => why.citation(),
            Self::Records(why) => why.citation(),
            _ => None,
        }
    }

    fn message(&self, language: Language) -> String {
        match (language, self) {
            (language, Self::Database(why)) => why.message(language),
            (language, Self::Records(why)) => why.message(language),
            (Language::English, _) => self.to_string(),
            (Language::Chinese, Self::Unknown(number)) => format!("没有第{number}号邮件"),
            (Language::Chinese, Self::NotFailed { number, state }) => format!(
                "第{number}号邮件的状态是“{}”；只有发送失败且内容仍在的邮件可以重发",
                state.name(Language::Chinese)
            ),
            (Language::Chinese, Self::Gap { expected, found }) => {
                format!("应到第{expected}条记录，收到的是第{found}条")
            }
            (Language::Chinese, Self::Feed(why)) => format!("无法取得记录：{why}"),
            (Language::Chinese, Self::Addresses(_)) => "无法取得订户的联系方式".to_owned(),
            (Language::Chinese, Self::Device(_)) => "密钥设备故障".to_owned(),
            (Language::Chinese, Self::Unreadable { origin }) => format!("邮件 {origin} 无法读取"),
        }
    }
}
