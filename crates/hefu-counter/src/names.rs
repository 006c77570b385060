//! Names of what the registry calls by a word: kinds of applicants, documents, evidence, purposes, topics, batches.

use hefu_applicants::{ConsentMeans, DocumentKind, EvidenceKind, Occasion, Purpose, SubjectKind, TextKind, Topic};
use hefu_batch::{BatchState, Paused};
use hefu_rulebook::Language;

use crate::component::{Choice, Shape, State};

/// One of two texts.
pub(crate) const fn either(language: Language, zh: &'static str, en: &'static str) -> &'static str {
    match language {
        Language::Chinese => zh,
        Language::English => en,
    }
}

/// Kinds of applicants, in the order in which they are offered.
pub(crate) const KINDS: [SubjectKind; 4] = [
    SubjectKind::Person,
    SubjectKind::Organisation,
    SubjectKind::Staff,
    SubjectKind::Device,
];

pub(crate) const fn kind(kind: SubjectKind, language: Language) -> &'static str {
    match kind {
        SubjectKind::Person => either(language, "自然人", "Natural person"),
        SubjectKind::Organisation => either(language, "单位", "Organisation"),
        SubjectKind::Staff => either(language, "单位人员", "Staff member"),
        SubjectKind::Device => either(language, "设备", "Device"),
    }
}

pub(crate) const fn document(kind: DocumentKind, language: Language) -> &'static str {
    match kind {
        DocumentKind::ResidentIdentity => either(language, "居民身份证", "Resident identity card"),
        DocumentKind::Passport => either(language, "护照", "Passport"),
        DocumentKind::Other => either(language, "其他证件", "Other document"),
    }
}

pub(crate) const fn evidence(kind: EvidenceKind, language: Language) -> &'static str {
    match kind {
        EvidenceKind::IdentityDocumentFront => {
            either(language, "身份证件（人像面）", "Identity document, portrait side")
        }
        EvidenceKind::IdentityDocumentBack => either(language, "身份证件（另一面）", "Identity document, other side"),
        EvidenceKind::Passport => either(language, "护照或其他证件页", "Passport or other document"),
        EvidenceKind::OrganisationLicence => either(language, "营业执照或登记证书", "Business licence or registration"),
        EvidenceKind::Authorisation => either(language, "授权委托书", "Authorisation"),
        EvidenceKind::Employment => either(language, "任职证明", "Proof of employment"),
        EvidenceKind::DeviceOwnership => either(language, "设备权属证明", "Proof of ownership of the device"),
        EvidenceKind::SignedRequest => either(
            language,
            "以有效证书签名的请求",
            "Request signed with a certificate in force",
        ),
        EvidenceKind::Portrait => either(language, "比对用人像（生物识别）", "Portrait to compare (biometric)"),
        EvidenceKind::LiveFilm => either(language, "问答视频（生物识别）", "Film of the person (biometric)"),
        EvidenceKind::VerificationResult => either(language, "外部核验结果", "Answer of an outside service"),
        EvidenceKind::Other => either(language, "其他", "Other"),
    }
}

pub(crate) const fn purpose(purpose: Purpose, language: Language) -> &'static str {
    match purpose {
        Purpose::IdentityCheck => either(language, "查验身份", "to check identity"),
        Purpose::Dispute => either(language, "处理投诉或争议", "a complaint or dispute"),
        Purpose::Authority => either(language, "有权机关依法查询", "an authority asks by law"),
        Purpose::Protection => either(language, "检查存储与安全", "to see that it is whole and safe"),
    }
}

pub(crate) const fn means(means: ConsentMeans, language: Language) -> &'static str {
    match means {
        ConsentMeans::Paper => either(language, "纸面签字", "signed on paper"),
        ConsentMeans::ElectronicSignature => either(language, "电子签名", "signed electronically"),
        ConsentMeans::SeparateChoice => either(language, "页面单独勾选", "a choice of its own on a page"),
    }
}

pub(crate) const fn occasion(occasion: Occasion, language: Language) -> &'static str {
    match occasion {
        Occasion::Application => either(language, "申请证书", "application"),
        Occasion::Renewal => either(language, "更新证书", "renewal"),
        Occasion::Revocation => either(language, "撤销、挂起或恢复", "revocation, suspension, resumption"),
    }
}

pub(crate) const fn text(kind: TextKind, language: Language) -> &'static str {
    match kind {
        TextKind::Notice => either(language, "告知书", "Notice"),
        TextKind::Contract => either(language, "合同", "Contract"),
    }
}

/// What a section of a text is about.
pub(crate) const fn topic(topic: Topic, language: Language) -> &'static str {
    match topic {
        Topic::ConditionsOfUse => either(language, "证书和签名的使用条件", "Conditions of use"),
        Topic::Fees => either(language, "收费项目和标准", "Fees"),
        Topic::HolderInformation => either(language, "保存和使用持有人信息的权限和责任", "The holder's information"),
        Topic::ProviderLiability => either(language, "机构的责任范围", "Liability of the provider"),
        Topic::HolderLiability => either(language, "持有人的责任范围", "Liability of the holder"),
        Topic::OtherMatters => either(language, "其他须事先告知的事项", "Other matters"),
        Topic::InformationHandler => either(language, "个人信息处理者", "Who handles personal information"),
        Topic::InformationPurpose => either(language, "处理个人信息的目的和方式", "Purpose and manner of handling"),
        Topic::InformationKinds => either(language, "个人信息的种类", "Kinds of personal information"),
        Topic::InformationRetention => either(language, "个人信息的保存期限", "How long it is kept"),
        Topic::InformationRights => either(language, "个人行使权利的方式和程序", "Rights and how to use them"),
        Topic::ProviderDuties => either(language, "机构的权利义务", "Rights and duties of the provider"),
        Topic::SubscriberDuties => either(language, "订户的权利义务", "Rights and duties of the subscriber"),
        Topic::Other => either(language, "其他", "Other"),
    }
}

/// The state of a batch by word, shape and colour.
pub(crate) fn batch(state: BatchState, language: Language) -> State {
    let (shape, zh, en) = match state {
        BatchState::Receiving | BatchState::Uploaded => (Shape::Wait, "检查中", "being checked"),
        BatchState::Checked => (Shape::Wait, "已检查，未录入", "checked, nothing entered"),
        BatchState::Running => (Shape::Wait, "录入中", "being entered"),
        BatchState::Paused => (Shape::Wait, "已暂停", "paused"),
        BatchState::Finished => (Shape::Good, "已完成", "finished"),
        BatchState::Discarded => (Shape::Ended, "已放弃", "given up"),
    };
    State::new(shape, either(language, zh, en))
}

pub(crate) const fn paused(why: Paused, language: Language) -> &'static str {
    match why {
        Paused::ByOfficer => either(language, "操作员暂停", "an officer paused it"),
        Paused::Stopped => either(
            language,
            "程序停止时中断，可以继续",
            "the program ended meanwhile; it can go on",
        ),
        Paused::Fault => either(
            language,
            "注册服务故障，详见运行日志",
            "registration had a fault; see the log",
        ),
    }
}

/// Choices of words with their names.
pub(crate) fn choices<T: std::marker::Copy>(
    all: &[T],
    word: impl Fn(T) -> &'static str,
    name: impl Fn(T) -> &'static str,
) -> Vec<Choice> {
    all.iter().map(|one| Choice::new(word(*one), name(*one))).collect()
}
