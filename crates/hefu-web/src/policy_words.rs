//! The words of the pages of documents and disclosure, once in each language.

use hefu_rulebook::Language;

/// What these pages say by themselves.
#[derive(Debug)]
pub(crate) struct PolicyWords {
    pub(crate) sample: &'static str,
    pub(crate) document: &'static str,
    pub(crate) version: &'static str,
    pub(crate) in_force: &'static str,
    pub(crate) not_in_force: &'static str,
    pub(crate) effective_on: &'static str,
    pub(crate) published_on: &'static str,
    pub(crate) filing: &'static str,
    pub(crate) not_filed: &'static str,
    pub(crate) covers: &'static str,
    pub(crate) chinese_counts: &'static str,
    pub(crate) all_versions: &'static str,
    pub(crate) all_versions_caption: &'static str,
    pub(crate) disclosure: &'static str,
    pub(crate) disclosure_caption: &'static str,
    pub(crate) item: &'static str,
    pub(crate) value: &'static str,
    pub(crate) nothing: &'static str,
    pub(crate) no_licence: &'static str,
    pub(crate) licence_not_valid: &'static str,
    pub(crate) unverified: &'static str,
    pub(crate) statement: &'static str,
    pub(crate) changes: &'static str,
    pub(crate) no_changes: &'static str,
    pub(crate) licence_recorded: &'static str,
    pub(crate) published: &'static str,
}

/// The words of `language`.
pub(crate) const fn policy_words(language: Language) -> &'static PolicyWords {
    match language {
        Language::Chinese => &CHINESE,
        Language::English => &ENGLISH,
    }
}

const CHINESE: PolicyWords = PolicyWords {
    sample: "样本：由系统在建立时自动公布，仅供演示与试验，未备案。",
    document: "文件",
    version: "版本",
    in_force: "现行有效",
    not_in_force: "不是现行版本",
    effective_on: "生效日期",
    published_on: "公布日期",
    filing: "备案",
    not_filed: "未备案",
    covers: "适用的证书策略",
    chinese_counts: "以中文文本为准。",
    all_versions: "全部版本",
    all_versions_caption: "已公布的各个版本一律保留，可以查阅",
    disclosure: "信息披露",
    disclosure_caption: "由许可证登记和已公布的文件自动生成",
    item: "事项",
    value: "内容",
    nothing: "尚无",
    no_licence: "本机构没有登记电子认证服务许可证。",
    licence_not_valid: "登记的许可证今日不在有效期内。",
    unverified: "标有“未核对原文”的条款，本系统尚未与公布的文本核对。",
    statement: "现行电子认证业务规则",
    changes: "变更公告",
    no_changes: "尚无变更。",
    licence_recorded: "登记许可证信息：",
    published: "公布：",
};

const ENGLISH: PolicyWords = PolicyWords {
    sample: "A sample: published by the system at set-up, for demonstration and trial only, not filed.",
    document: "Document",
    version: "Version",
    in_force: "in force",
    not_in_force: "not the version in force",
    effective_on: "In force from",
    published_on: "Published on",
    filing: "Filing",
    not_filed: "not filed",
    covers: "Policies covered",
    chinese_counts: "The Chinese text is the one that counts.",
    all_versions: "All versions",
    all_versions_caption: "Every version that was published stays here",
    disclosure: "Disclosure",
    disclosure_caption: "Made from the records of the licence and of what was published",
    item: "Item",
    value: "Disclosed",
    nothing: "none yet",
    no_licence: "No licence for certification services is recorded here.",
    licence_not_valid: "The recorded licence is not valid today.",
    unverified: "Articles marked “unverified” have not been compared with the published text by this system.",
    statement: "Practice statement in force",
    changes: "Changes",
    no_changes: "None yet.",
    licence_recorded: "Licence recorded: ",
    published: "Published: ",
};
