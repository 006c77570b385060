//! Where one can go from here: the entries of each audience's navigation and of the footer, all in this one place.
//!
//! An entry that is here is on every page of its audience, so a page that is added to a list is reachable by a link.

use hefu_rulebook::Language;

/// For whom a page is made.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Audience {
    /// Everybody: relying parties, applicants, the curious.
    #[default]
    Public,
    /// Holders of certificates and those who apply.
    Subscriber,
    /// Officers of the registration desk.
    Officer,
    /// The audit branch: sees everything, changes nothing.
    Auditor,
    /// Administrators of the business branch.
    Administrator,
}

/// One entry: a path and its name in both languages.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Path, without query.
    pub path: &'static str,
    zh: &'static str,
    en: &'static str,
}

const fn entry(path: &'static str, zh: &'static str, en: &'static str) -> Entry {
    Entry { path, zh, en }
}

impl Entry {
    /// The name people read.
    #[must_use]
    pub const fn name(&self, language: Language) -> &'static str {
        match language {
            Language::Chinese => self.zh,
            Language::English => self.en,
        }
    }
}

const PUBLIC: &[Entry] = &[
    entry("/certificates", "查询证书", "Look up"),
    entry("/verify", "验证证书", "Verify"),
    entry("/ca", "认证机构", "Authorities"),
    entry("/announcements", "公告", "Announcements"),
    entry("/cps", "业务规则", "Practice statement"),
    entry("/help", "帮助", "Help"),
    entry("/portal", "网上办理", "My application"),
];

/// Entries of the subscribers' portal are added here.
const SUBSCRIBER: &[Entry] = &[
    entry("/portal", "我的事项", "My matters"),
    entry("/portal/delivery", "领取证书", "Fetch"),
    entry("/portal/lost", "报失密钥", "Lost key"),
];
/// Entries of the officers' desk are added here.
const OFFICER: &[Entry] = &[
    entry("/desk", "待办", "Queue"),
    entry("/desk/certificates", "证书", "Certificates"),
    entry("/desk/forecast", "到期预测", "Forecast"),
    entry("/desk/applicants", "申请人", "Applicants"),
    entry("/desk/batches", "批量办理", "Batches"),
    entry("/desk/texts", "文本", "Texts"),
    entry("/desk/matters", "订户事项", "Subscribers"),
];
/// Entries of the auditors' room are added here.
const AUDITOR: &[Entry] = &[
    entry("/audit", "总览", "Overview"),
    entry("/audit/records", "记录", "Records"),
    entry("/audit/access", "查阅", "Access"),
    entry("/audit/refusals", "拒绝", "Refusals"),
    entry("/audit/conformance", "合规", "Conformance"),
    entry("/audit/officers", "人员", "Officers"),
    entry("/desk", "申请", "Applications"),
    entry("/desk/certificates", "证书", "Certificates"),
    entry("/desk/forecast", "到期预测", "Forecast"),
    entry("/admin", "管理", "Administration"),
];
/// Entries of the administrators' pages are added here.
const ADMINISTRATOR: &[Entry] = &[
    entry("/admin", "总览", "Overview"),
    entry("/admin/officers", "人员", "Officers"),
    entry("/admin/proposals", "提议", "Proposals"),
    entry("/admin/policies", "业务规则", "Policies"),
    entry("/admin/letters", "邮件", "Letters"),
    entry("/admin/profiles", "证书模板", "Profiles"),
    entry("/admin/sessions", "会话", "Sessions"),
    entry("/desk", "申请", "Applications"),
    entry("/desk/certificates", "证书", "Certificates"),
    entry("/desk/forecast", "到期预测", "Forecast"),
    entry("/desk/texts", "文本", "Texts"),
    entry("/admin/law", "法规", "Law"),
    entry("/admin/calendar", "工作日历", "Calendar"),
    entry("/admin/deadlines", "期限", "Deadlines"),
];

/// What stands at the foot of every page.
pub const FOOTER: &[Entry] = &[
    entry("/disclosure", "机构信息公开", "About the provider"),
    entry("/cps", "电子认证业务规则", "Certification practice statement"),
    entry("/announcements", "公告", "Announcements"),
    entry("/help", "依赖方帮助", "Help for relying parties"),
    entry("/api", "接口说明", "Interface (API)"),
    entry(
        "/portal/lost",
        "报失密钥（任何时候）",
        "Report a lost key (at any hour)",
    ),
    entry("/law", "法规库", "Law library"),
];

/// Where one logs in, and where the form that logs out is sent.
pub const LOG_IN: &str = "/login";
/// See [`LOG_IN`].
pub const LOG_OUT: &str = "/logout";
/// Where a subscriber enters a code, and where the form that leaves is sent.
pub const ENTER: &str = "/portal";
/// See [`ENTER`].
pub const LEAVE: &str = "/portal/leave";

impl Audience {
    /// The entries of this audience's navigation.
    #[must_use]
    pub const fn entries(self) -> &'static [Entry] {
        match self {
            Self::Public => PUBLIC,
            Self::Subscriber => SUBSCRIBER,
            Self::Officer => OFFICER,
            Self::Auditor => AUDITOR,
            Self::Administrator => ADMINISTRATOR,
        }
    }

    /// The room's name beside the mark; none for the public.
    #[must_use]
    pub const fn room(self, language: Language) -> Option<&'static str> {
        match (self, language) {
            (Self::Public, _) => None,
            (Self::Subscriber, Language::Chinese) => Some("订户服务"),
            (Self::Subscriber, Language::English) => Some("Subscribers"),
            (Self::Officer, Language::Chinese) => Some("注册受理"),
            (Self::Officer, Language::English) => Some("Registration desk"),
            (Self::Auditor, Language::Chinese) => Some("审计"),
            (Self::Auditor, Language::English) => Some("Audit"),
            (Self::Administrator, Language::Chinese) => Some("管理"),
            (Self::Administrator, Language::English) => Some("Administration"),
        }
    }
}
