//! The words of the announcements, once in each language.

use hefu_rulebook::Language;

/// Everything that the page and the feed say by themselves.
#[derive(Debug)]
pub(crate) struct Words {
    pub(crate) title: &'static str,
    pub(crate) lede: &'static str,
    pub(crate) rule: &'static str,
    pub(crate) filter: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) every_kind: &'static str,
    pub(crate) month: &'static str,
    pub(crate) month_hint: &'static str,
    pub(crate) show: &'static str,
    pub(crate) feed: &'static str,
    pub(crate) data: &'static str,
    pub(crate) time: &'static str,
    pub(crate) serial: &'static str,
    pub(crate) holder: &'static str,
    pub(crate) not_named: &'static str,
    pub(crate) ground: &'static str,
    pub(crate) replaces: &'static str,
    pub(crate) none: &'static str,
    pub(crate) next: &'static str,
}

/// The words of `language`.
pub(crate) const fn words(language: Language) -> &'static Words {
    match language {
        Language::Chinese => &CHINESE,
        Language::English => &ENGLISH,
    }
}

const CHINESE: Words = Words {
    title: "证书公告",
    lede: "更新、暂停、恢复和撤销的证书在此公告。持有人名称默认遮蔽，以序列号为准。",
    rule: "依据",
    filter: "筛选公告",
    kind: "种类",
    every_kind: "全部",
    month: "月份",
    month_hint: "写作 2027-03，按北京时间",
    show: "显示",
    feed: "订阅（Atom）",
    data: "数据（JSON）",
    time: "时间",
    serial: "证书序列号",
    holder: "持有人",
    not_named: "不公布",
    ground: "撤销原因",
    replaces: "原证书序列号",
    none: "没有符合条件的公告。",
    next: "更早的公告",
};

const ENGLISH: Words = Words {
    title: "Announcements",
    lede: "Certificates that were renewed, suspended, resumed or revoked are announced here. Names of holders are masked by default; the serial number counts.",
    rule: "Rule",
    filter: "Filter announcements",
    kind: "Kind",
    every_kind: "All",
    month: "Month",
    month_hint: "Written as 2027-03, in Beijing time",
    show: "Show",
    feed: "Subscribe (Atom)",
    data: "Data (JSON)",
    time: "Time",
    serial: "Serial number",
    holder: "Holder",
    not_named: "not published",
    ground: "Ground of revocation",
    replaces: "Earlier serial number",
    none: "No announcement fits.",
    next: "Earlier announcements",
};
