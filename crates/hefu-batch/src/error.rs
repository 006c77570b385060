//! Why the office of batches did not do what was asked.

use std::sync::Arc;

use hefu_database::DatabaseError;
use hefu_officers::{NotPermitted, OfficerId};
use hefu_records::RecordsError;
use hefu_rulebook::{Blame, Citation, Explain, Kind, Language, Told};
use key_device::DeviceError;

use crate::batch::BatchState;
use crate::finding::Finding;
use crate::sheet::SheetError;

/// Why the office did not do it.
#[derive(Clone, Debug, thiserror::Error)]
pub enum BatchError {
    /// The octets are no sheet.
    #[error(transparent)]
    Sheet(#[from] SheetError),
    /// Headings that are unknown, missing or there twice.
    #[error(
        "headings; unknown: {}; missing: {}; twice: {}",
        list(unknown),
        list(missing),
        list(double)
    )]
    Headings {
        /// Unknown or ambiguous ones, as they stand there.
        unknown: Vec<String>,
        /// Needed ones that are missing.
        missing: Vec<String>,
        /// Columns that stand there twice.
        double: Vec<String>,
    },
    /// The officer's role does not permit it.
    #[error(transparent)]
    NotPermitted(NotPermitted),
    /// Whoever brought or started a batch approves none of it.
    #[error("officer {0} brought or started this batch and may not approve it")]
    SameOfficer(OfficerId),
    /// There is no such batch.
    #[error("there is no such batch")]
    Unknown,
    /// The batch is not so far, or farther.
    #[error("the batch is {}: this cannot be done now", .0.as_str())]
    State(BatchState),
    /// Something else is being done with the batch.
    #[error("something else is being done with the batch at this moment")]
    Working,
    /// As many batches as are taken at once.
    #[error("{} batches wait or run already; finish one first", crate::office::OPEN_MAX)]
    TooManyOpen,
    /// What is said once for all rows cannot be taken.
    #[error("what is said for all rows together: {}", .0.en)]
    Together(Box<Finding>),
    /// The database failed; nothing was kept.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The records failed; nothing was kept.
    #[error(transparent)]
    Records(Arc<RecordsError>),
    /// The key device failed.
    #[error("the key device failed: {0}")]
    Device(Arc<DeviceError>),
    /// What the device opened is not what was sealed.
    #[error("a sealed row does not read as what it was")]
    Unsealed,
    /// The system gave no random octets.
    #[error("the system's random generator does not answer")]
    NoRandomness,
    /// Registration had a fault.
    #[error("registration had a fault: {0}")]
    Intake(String),
    /// The program is stopping, or the work died of a defect.
    #[error("the work on the batch ended without an answer; look at its state")]
    Closed,
}

fn list(names: &[String]) -> String {
    if names.is_empty() {
        "-".to_owned()
    } else {
        names.join(", ")
    }
}

impl BatchError {
    fn inner(&self) -> Option<&dyn Explain> {
        match self {
            Self::Sheet(error) => Some(error),
            Self::NotPermitted(error) => Some(error),
            Self::Database(error) => Some(error),
            Self::Records(error) => Some(error.as_ref()),
            _ => None,
        }
    }

    fn tell(&self) -> Told {
        let caller = |code, zh: String| Told::malformed(code, Blame::Caller, zh);
        match self {
            Self::Sheet(error) => error.tell(),
            Self::NotPermitted(error) => Told::fault("not-permitted", error.message(Language::Chinese)),
            Self::Database(error) => Told::fault(error.code(), error.message(Language::Chinese)),
            Self::Records(error) => Told::fault(error.code(), error.message(Language::Chinese)),
            Self::Headings {
                unknown,
                missing,
                double,
            } => Told::malformed(
                "sheet-headings",
                Blame::Applicant,
                format!(
                    "表头有误；无法识别：{}；缺少：{}；重复：{}",
                    list(unknown),
                    list(missing),
                    list(double)
                ),
            ),
            Self::SameOfficer(officer) => Told::refusal(
                "same-officer",
                Blame::Officer,
                Citation::new("ESL", "20"),
                format!("人员{officer}提交或启动了本批次，不得审批"),
            ),
            Self::Unknown => Told::absent("batch-unknown", "没有这个批次"),
            Self::State(state) => Told::busy("batch-state", format!("批次状态为{}，现在不能这样做", state_zh(*state))),
            Self::Working => Told::busy("batch-working", "该批次正在进行其他处理".to_owned()),
            Self::TooManyOpen => Told::busy(
                "batches-open",
                format!("已有{}个批次未完成，请先完成其中之一", crate::office::OPEN_MAX),
            ),
            Self::Together(finding) => caller("batch-together", format!("对全部行的共同说明：{}", finding.zh)),
            Self::Device(_) => Told::fault("batch-device", "密码设备故障"),
            Self::Unsealed => Told::fault("batch-unsealed", "封存的行无法还原"),
            Self::NoRandomness => Told::fault("no-randomness", "系统随机数发生器没有响应"),
            Self::Intake(_) => Told::fault("batch-intake", "注册服务故障"),
            Self::Closed => Told::fault("batch-closed", "批次处理没有应答，请查看其状态"),
        }
    }
}

fn state_zh(state: BatchState) -> &'static str {
    match state {
        BatchState::Receiving => "接收中",
        BatchState::Uploaded => "检查中",
        BatchState::Checked => "已检查",
        BatchState::Running => "录入中",
        BatchState::Paused => "已暂停",
        BatchState::Finished => "已完成",
        BatchState::Discarded => "已放弃",
    }
}

impl From<RecordsError> for BatchError {
    fn from(error: RecordsError) -> Self {
        Self::Records(Arc::new(error))
    }
}

impl From<DeviceError> for BatchError {
    fn from(error: DeviceError) -> Self {
        Self::Device(Arc::new(error))
    }
}

impl From<sqlx::Error> for BatchError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error.into())
    }
}

impl Explain for BatchError {
    fn code(&self) -> &'static str {
        self.inner().map_or_else(|| self.tell().code, Explain::code)
    }

    fn kind(&self) -> Kind {
        self.inner().map_or_else(|| self.tell().kind, Explain::kind)
    }

    fn blame(&self) -> Blame {
        self.inner().map_or_else(|| self.tell().blame, Explain::blame)
    }

    fn citation(&self) -> Option<Citation> {
        self.inner().map_or_else(|| self.tell().rule, Explain::citation)
    }

    fn message(&self, language: Language) -> String {
        match (language, self.inner()) {
            (_, Some(inner)) => inner.message(language),
            (Language::Chinese, None) => self.tell().zh,
            (Language::English, None) => self.to_string(),
        }
    }
}
