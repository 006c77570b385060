//! Why an act on policies is not done.

use hefu_database::DatabaseError;
use hefu_officers::NotPermitted;
use hefu_records::RecordsError;
use hefu_rulebook::{Blame, Citation, DeadlineError, Explain, Kind, Language};
use jiff::civil::Date;

use crate::topic::Missing;

/// A word that names no series.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a series is `cps` or `cp-NAME` of a–z, 0–9 and hyphens")]
pub struct UnknownSeries;

/// A text that is no version.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a version is numbers and dots, such as 1.0")]
pub struct UnknownVersion;

/// Why an act is not done.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// A text is empty or too large.
    #[error("a text is empty or larger than a mebibyte")]
    TextSize,
    /// What is covered is no list of policy identifiers.
    #[error("`covers` is not a list of one to 64 dotted object identifiers")]
    Covers,
    /// The receipt is no file.
    #[error("the receipt has no name, is empty, larger than a mebibyte or not base64")]
    Receipt,
    /// No recipient.
    #[error("the filing does not say with whom, or says too much")]
    Recipient,
    /// An item of the licence is empty, too long or unprintable.
    #[error("the licence's item `{0}` is empty, too long or cannot be printed")]
    LicenceItem(&'static str),
    /// The dates of the licence contradict one another.
    #[error("the licence ends before it begins or was issued")]
    LicenceDates,
    /// Topics that the law asks for are not there.
    #[error("topics that the law asks for were not found: {}", listed(.0, Language::English))]
    TopicMissing(Vec<Missing>),
    /// That version is published already; what was published is never changed.
    #[error("{0} is published already and is never changed")]
    AlreadyPublished(String),
    /// It would hold before it was published.
    #[error("a version cannot hold from {from}, before its publication on {today}")]
    Retroactive {
        /// From when it should hold.
        from: Date,
        /// Today.
        today: Date,
    },
    /// There is no such version.
    #[error("{0} is not published")]
    NoSuchVersion(String),
    /// A sample is filed with nobody.
    #[error("{0} is the sample of the set-up and is not filed")]
    SampleFiled(String),
    /// It was filed already.
    #[error("{0} is filed already")]
    AlreadyFiled(String),
    /// The filing is before the publication or in the future.
    #[error("a filing on {0} is before the publication or in the future")]
    FilingDay(Date),
    /// There is no such proposal.
    #[error("there is no such proposal")]
    NoSuchProposal,
    /// The proposal is the officer's own.
    #[error("who proposed it does not decide it")]
    SameOfficer,
    /// The proposal was decided before.
    #[error("the proposal is decided already")]
    Decided,
    /// The officer's role does not permit it.
    #[error(transparent)]
    NotPermitted(#[from] NotPermitted),
    /// A time cannot be counted.
    #[error("the time to file cannot be counted: {0}")]
    Deadline(#[from] DeadlineError),
    /// The rule set has no such time, or there is no such rule set.
    #[error("rule set {0:?} does not know the time to file")]
    RuleSet(String),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The record could not be written, so nothing was.
    #[error(transparent)]
    Records(#[from] RecordsError),
}

fn listed(missing: &[Missing], language: Language) -> String {
    let words = missing.iter().map(|it| match language {
        Language::Chinese => format!("{}文本缺少{}", if it.language == "zh" { "中文" } else { "英文" }, it.zh),
        Language::English => format!("{} [{}]", it.en, it.language),
    });
    words.collect::<Vec<_>>().join(match language {
        Language::Chinese => "；",
        Language::English => "; ",
    })
}

impl Explain for PolicyError {
    fn code(&self) -> &'static str {
        match self {
            Self::TextSize => "policy-text-size",
            Self::Covers => "policy-covers",
            Self::Receipt => "policy-receipt",
            Self::Recipient => "policy-recipient",
            Self::LicenceItem(_) => "licence-item",
            Self::LicenceDates => "licence-dates",
            Self::TopicMissing(_) => "cps-topic-missing",
            Self::AlreadyPublished(_) => "policy-published-already",
            Self::Retroactive { .. } => "policy-retroactive",
            Self::NoSuchVersion(_) => "no-such-policy",
            Self::SampleFiled(_) => "policy-sample-filed",
            Self::AlreadyFiled(_) => "policy-filed-already",
            Self::FilingDay(_) => "policy-filing-day",
            Self::NoSuchProposal => "no-such-proposal",
            Self::SameOfficer => "same-officer",
            Self::Decided => "proposal-decided",
            Self::NotPermitted(error) => error.code(),
            Self::Deadline(error) => error.code(),
            Self::RuleSet(_) => "policy-rule-set",
            Self::Database(error) => error.code(),
            Self::Records(error) => error.code(),
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::TextSize
            | Self::Covers
            | Self::Receipt
            | Self::Recipient
            | Self::LicenceItem(_)
            | Self::LicenceDates => Kind::Malformed,
            Self::TopicMissing(_)
            | Self::AlreadyPublished(_)
            | Self::Retroactive { .. }
            | Self::SampleFiled(_)
            | Self::AlreadyFiled(_)
            | Self::FilingDay(_)
            | Self::SameOfficer
            | Self::Decided => Kind::Refusal,
            Self::NoSuchVersion(_) | Self::NoSuchProposal => Kind::Absent,
            Self::NotPermitted(error) => error.kind(),
            Self::Deadline(error) => error.kind(),
            Self::RuleSet(_) => Kind::Fault,
            Self::Database(error) => error.kind(),
            Self::Records(error) => error.kind(),
        }
    }

    fn blame(&self) -> Blame {
        match self {
            Self::TextSize
            | Self::Covers
            | Self::Receipt
            | Self::Recipient
            | Self::LicenceItem(_)
            | Self::LicenceDates
            | Self::NoSuchVersion(_)
            | Self::NoSuchProposal => Blame::Caller,
            Self::TopicMissing(_)
            | Self::AlreadyPublished(_)
            | Self::Retroactive { .. }
            | Self::SampleFiled(_)
            | Self::AlreadyFiled(_)
            | Self::FilingDay(_)
            | Self::SameOfficer
            | Self::Decided => Blame::Officer,
            Self::NotPermitted(error) => error.blame(),
            Self::Deadline(error) => error.blame(),
            Self::RuleSet(_) => Blame::Operator,
            Self::Database(error) => error.blame(),
            Self::Records(error) => error.blame(),
        }
    }

    fn citation(&self) -> Option<Citation> {
        match self {
            Self::TopicMissing(_) | Self::SampleFiled(_) => Some(Citation::new("ESL", "19")),
            Self::AlreadyPublished(_) | Self::Retroactive { .. } => Some(Citation::new("EG24", "16")),
            Self::AlreadyFiled(_) | Self::FilingDay(_) => Some(Citation::new("M15", "15")),
            Self::SameOfficer => Some(Citation::new("M15", "19")),
            Self::NotPermitted(error) => error.citation(),
            Self::Deadline(error) => error.citation(),
            Self::Database(error) => error.citation(),
            Self::Records(error) => error.citation(),
            _ => None,
        }
    }

    fn message(&self, language: Language) -> String {
        match (self, language) {
            (Self::NotPermitted(error), _) => error.message(language),
            (Self::Deadline(error), _) => error.message(language),
            (Self::Database(error), _) => error.message(language),
            (Self::Records(error), _) => error.message(language),
            (_, Language::English) => self.to_string(),
            (_, Language::Chinese) => self.in_chinese(),
        }
    }
}

impl PolicyError {
    fn in_chinese(&self) -> String {
        match self {
            Self::TextSize => "文本为空，或超过 1 MiB".to_owned(),
            Self::Covers => "“covers”须为 1 至 64 个点分的策略对象标识符".to_owned(),
            Self::Receipt => "回执没有名称、为空、超过 1 MiB，或不是 base64".to_owned(),
            Self::Recipient => "备案没有写明受理部门，或过长".to_owned(),
            Self::LicenceItem(item) => format!("许可证的“{item}”一项为空、过长，或含不可打印的字符"),
            Self::LicenceDates => "许可证的截止日期早于起始日期或发证日期".to_owned(),
            Self::TopicMissing(missing) => {
                format!("没有找到法律要求的事项：{}", listed(missing, Language::Chinese))
            }
            Self::AlreadyPublished(subject) => format!("{subject} 已经公布，已公布的版本不得更改"),
            Self::Retroactive { from, today } => format!("生效日期 {from} 早于公布日期 {today}"),
            Self::NoSuchVersion(subject) => format!("没有公布过 {subject}"),
            Self::SampleFiled(subject) => format!("{subject} 是建立时的样本，不能备案"),
            Self::AlreadyFiled(subject) => format!("{subject} 已经备案"),
            Self::FilingDay(day) => format!("备案日期 {day} 早于公布日期，或尚未到来"),
            Self::NoSuchProposal => "没有这项提议".to_owned(),
            Self::SameOfficer => "提议人不得决定自己的提议".to_owned(),
            Self::Decided => "该提议已经决定".to_owned(),
            Self::RuleSet(set) => format!("规则集“{set}”没有备案期限"),
            Self::NotPermitted(error) => error.message(Language::Chinese),
            Self::Deadline(error) => error.message(Language::Chinese),
            Self::Database(error) => error.message(Language::Chinese),
            Self::Records(error) => error.message(Language::Chinese),
        }
    }
}
