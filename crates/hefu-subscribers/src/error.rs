//! Why something was not done for a subscriber, or by an officer for one.

use std::sync::Arc;

use hefu_database::DatabaseError;
use hefu_officers::NotPermitted;
use hefu_records::RecordsError;
use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use jiff::Timestamp;
use key_device::DeviceError;

use crate::access::Purpose;
use crate::delivery::Answer;
use crate::registration::{RegistrationError, SUPPLEMENT_OCTETS_MAX};
use crate::supplement::WORDS_CHARACTERS_MAX;
use crate::telling::Told;

const ESL_15: Citation = Citation::new("ESL", "15");
const ESL_20: Citation = Citation::new("ESL", "20");
const M15_30: Citation = Citation::new("M15", "30");

/// Why it was not done.
#[derive(Clone, thiserror::Error)]
pub enum SubscriberError {
    /// The code opens nothing, whatever the reason.
    #[error("this code opens nothing: it may be mistyped, used up, or its time may be over")]
    WrongCode,
    /// So many wrong codes came that more are not looked at for a while.
    #[error("too many wrong codes came from all sides; try again in ten minutes")]
    TooMany,
    /// Nobody is behind the session, or its time is over.
    #[error("the session is over; enter the code again")]
    SessionOver,
    /// The code was given for something else.
    #[error("the code was given for {} and for nothing else", .0.as_str())]
    OtherPurpose(Purpose),
    /// The officer's role does not permit it.
    #[error(transparent)]
    NotPermitted(NotPermitted),
    /// There is no such thing.
    #[error("there is no such {0}")]
    Unknown(&'static str),
    /// Words are missing or endless.
    #[error("words are needed, 1 to {WORDS_CHARACTERS_MAX} characters")]
    Words,
    /// A wish that cannot be read.
    #[error("{0}")]
    Wish(&'static str),
    /// More octets than one answer may bring.
    #[error("the files have more than {} MiB together", SUPPLEMENT_OCTETS_MAX >> 20)]
    FilesTooLarge,
    /// Files, where no applicant's file is kept.
    #[error("no file is kept of this applicant, so no papers can be kept; answer in words")]
    NoFile,
    /// A supplement is owed already.
    #[error("a supplement is asked for already; one question at a time")]
    SupplementOpen,
    /// No supplement is asked for.
    #[error("no supplement is asked for")]
    NoSupplement,
    /// The application is not on its way.
    #[error("the application is decided; nothing can be supplemented")]
    Decided,
    /// There is no certificate yet.
    #[error("there is no certificate yet")]
    NotIssued,
    /// It was not handed over yet.
    #[error("the certificate was not handed over yet; fetch it first")]
    NotDelivered,
    /// It was accepted or refused before.
    #[error("the certificate was {} before", .0.as_str())]
    Answered(Answer),
    /// The time to answer is over.
    #[error("the time to accept or refuse here was over at {until}; ask the provider")]
    TooLate {
        /// When it was over.
        until: Timestamp,
    },
    /// The same is asked for already.
    #[error("the same is asked for already and waits for an officer")]
    Waiting,
    /// The matter was settled.
    #[error("the matter is settled")]
    Settled,
    /// The settlement does not say what came of the matter.
    #[error("say by which application it was done, or with which check of identity it shall be entered")]
    NothingCameOfIt,
    /// The signature is not one of the certificate's key.
    #[error("the signature was not made with the certificate's key over the words that it must be over")]
    NotTheKey,
    /// A loss was written down, and the certificate could not be taken out of use yet.
    #[error("the report is kept and the officers see it, but the certificate is still in use: {0}")]
    StillInUse(Elsewhere),
    /// Registration says no, or does not answer.
    #[error("{0}")]
    Registration(Elsewhere),
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
    #[error("a sealed field of the database does not read as what it was")]
    Unsealed,
    /// The system gave no random octets.
    #[error("the system's random generator does not answer")]
    NoRandomness,
}

/// Registration's own error, told as it tells it.
#[derive(Clone)]
pub struct Elsewhere(pub(crate) RegistrationError);

impl std::fmt::Display for Elsewhere {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0.message(Language::English))
    }
}

impl std::fmt::Debug for SubscriberError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "SubscriberError({}: {self})", self.code())
    }
}

impl SubscriberError {
    pub(crate) fn elsewhere(error: RegistrationError) -> Self {
        Self::Registration(Elsewhere(error))
    }

    /// The error of another noun or layer behind this one.
    fn inner(&self) -> Option<&dyn Explain> {
        match self {
            Self::NotPermitted(error) => Some(error),
            Self::Registration(Elsewhere(error)) => Some(error.as_ref()),
            Self::Database(error) => Some(error),
            Self::Records(error) => Some(error.as_ref()),
            _ => None,
        }
    }

    fn tell(&self) -> Told {
        self.tell_of_access()
            .or_else(|| self.tell_of_matters())
            .unwrap_or_else(|| self.tell_of_faults())
    }

    fn tell_of_access(&self) -> Option<Told> {
        let refusal = |code, zh: &str| Told::new(code, Kind::Refusal, Blame::Applicant, zh);
        Some(match self {
            Self::WrongCode => refusal(
                "access-code-wrong",
                "该办理码不能使用：可能输入有误、已经用完，或者已过期",
            ),
            Self::TooMany => refusal("access-codes-wrong-too-often", "错误的办理码过多，请十分钟后再试"),
            Self::SessionOver => refusal("access-session-over", "会话已结束，请重新输入办理码"),
            Self::OtherPurpose(purpose) => refusal(
                "access-for-another-purpose",
                match purpose {
                    Purpose::Portal => "该办理码仅用于网上办理",
                    Purpose::Delivery => "该办理码仅用于领取证书",
                    Purpose::Loss => "该办理码仅用于报失密钥",
                },
            ),
            _ => return None,
        })
    }

    fn tell_of_matters(&self) -> Option<Told> {
        let new = |code, kind, zh: &str| Told::new(code, kind, Blame::Applicant, zh);
        let refusal = |code, zh: &str| new(code, Kind::Refusal, zh);
        let malformed = |code, zh: &str| new(code, Kind::Malformed, zh);
        Some(match self {
            Self::Unknown(_) => new("subscriber-matter-unknown", Kind::Absent, "没有这一项"),
            Self::Words => malformed("words-missing", "须写明内容，1至4000个字符"),
            Self::Wish(_) => malformed(
                "wish-malformed",
                "申请内容有误：更新不附证书请求，换钥和变更须附新密钥的证书请求",
            ),
            Self::FilesTooLarge => malformed("files-too-large", "文件合计超过24 MiB"),
            Self::NoFile => malformed("no-file-kept", "该申请没有申请人档案，不能留存文件，请用文字答复"),
            Self::SupplementOpen => refusal("supplement-open", "已要求补正，请等待答复").rule(ESL_20),
            Self::NoSupplement => refusal("supplement-not-asked", "没有要求补正"),
            Self::Decided => refusal("application-decided", "申请已有结果，不能再补正"),
            Self::NotIssued => refusal("certificate-not-issued", "证书尚未签发"),
            Self::NotDelivered => refusal("certificate-not-delivered", "证书尚未领取，请先领取"),
            Self::Answered(Answer::Accepted) => refusal("certificate-answered", "该证书此前已接受"),
            Self::Answered(Answer::Refused) => refusal("certificate-answered", "该证书此前已拒绝"),
            Self::TooLate { .. } => refusal("acceptance-too-late", "在线接受或拒绝的期限已过，请联系机构"),
            Self::Waiting => refusal("matter-waiting", "同样的申请已提出，正在等待办理").rule(M15_30),
            Self::Settled => refusal("matter-settled-before", "该事项已办结"),
            Self::NothingCameOfIt => malformed(
                "settlement-incomplete",
                "请写明由哪一申请办理，或者据以录入的身份查验编号",
            )
            .rule(M15_30),
            Self::NotTheKey => {
                refusal("loss-not-signed-by-the-key", "签名不是用该证书的密钥对规定内容作出的").rule(M15_30)
            }
            Self::StillInUse(Elsewhere(why)) => Told::new(
                "loss-kept-certificate-in-use",
                Kind::Fault,
                Blame::CertificationAuthority,
                format!(
                    "报失已记录并通知经办人员，但证书尚未停用：{}",
                    why.message(Language::Chinese)
                ),
            )
            .rule(ESL_15),
            _ => return None,
        })
    }

    fn tell_of_faults(&self) -> Told {
        let (code, zh) = match self {
            Self::Device(_) => ("subscribers-device", "密码设备故障"),
            Self::Unsealed => ("subscribers-unsealed", "封存的内容无法还原"),
            _ => ("no-randomness", "系统随机数发生器没有响应"),
        };
        Told::new(code, Kind::Fault, Blame::Operator, zh)
    }
}

impl From<RecordsError> for SubscriberError {
    fn from(error: RecordsError) -> Self {
        Self::Records(Arc::new(error))
    }
}

impl From<DeviceError> for SubscriberError {
    fn from(error: DeviceError) -> Self {
        Self::Device(Arc::new(error))
    }
}

impl From<NotPermitted> for SubscriberError {
    fn from(refusal: NotPermitted) -> Self {
        Self::NotPermitted(refusal)
    }
}

impl Explain for SubscriberError {
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
        match (self.inner(), language) {
            (Some(inner), _) => inner.message(language),
            (None, Language::Chinese) => self.tell().zh,
            (None, Language::English) => self.to_string(),
        }
    }
}
