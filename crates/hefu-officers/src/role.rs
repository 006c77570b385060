//! Roles, their branches, and what each may do: a pure function.
//!
//! The standards' own texts (GM/T 0034, GB/T 25056) were not to be had; posts and their separation are recalled.
//! What they leave open is decided here: operators work the counter, administrators approve and oversee, and the
//! separation between entering and approving is by person (hefu-ra), not by role. A delegated body (EG24 25) enters
//! in the authority's name and approves nothing; it appoints nobody, so that delegation ends after one level.
//!
//! ```text
//! 超级管理员 ─appoints─▶ 业务管理员 ─appoints─▶ 业务操作员, 受托机构操作员      审计管理员 ─appoints─▶ 审计员
//!     └─────────────────▶ 密钥管理员
//! ```

use std::fmt;
use std::str::FromStr;

use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::officer::OfficerId;

/// The two branches. Nobody is in both; the database says so too.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Branch {
    /// Does the work: appoints, enters, approves, issues.
    Business,
    /// Sees everything and changes nothing.
    Audit,
}

impl Branch {
    /// The word in tables and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Business => "business",
            Self::Audit => "audit",
        }
    }
}

/// Posts of the business branch.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum BusinessRole {
    /// 超级管理员: made at initialisation; appoints business administrators. Touches no application.
    SuperAdministrator,
    /// 业务管理员: approves, issues and changes the status of certificates.
    BusinessAdministrator,
    /// 业务操作员: enters applications, verifies identity, and may approve what another officer entered.
    BusinessOperator,
    /// 密钥管理员: on duty at the key management centre; touches no application.
    KeyCentreOfficer,
    /// 受托机构操作员: of a delegated registration body; enters applications in the authority's name.
    DelegatedOperator,
}

/// Posts of the audit branch.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum AuditRole {
    /// 审计管理员: made at initialisation; appoints auditors.
    AuditAdministrator,
    /// 审计员: reads applications and records.
    Auditor,
}

/// A post, in its branch.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Role {
    /// A post of the business branch.
    Business(BusinessRole),
    /// A post of the audit branch.
    Audit(AuditRole),
}

/// A kind of act that a role may or may not do.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Permission {
    /// Enter applications, notices, contracts and identity verifications; ask for renewals.
    Enter,
    /// Approve or reject applications that another officer entered.
    Approve,
    /// Send approved applications to the certification authority.
    Issue,
    /// Suspend, resume and revoke certificates.
    ChangeStatus,
    /// Read applications and certificates.
    Read,
    /// Read records and whatever else is evidence.
    Audit,
    /// Propose and decide changes of officers of one's own branch, in so far as one's rank reaches.
    ManageOfficers,
    /// Propose and decide what is published, filed and disclosed: practice statements, policies, the licence.
    ManagePolicies,
    /// Have letters that failed sent again.
    Resend,
}

impl Permission {
    /// All of them, for tables and tests.
    pub const ALL: [Self; 9] = [
        Self::Enter,
        Self::Approve,
        Self::Issue,
        Self::ChangeStatus,
        Self::Read,
        Self::Audit,
        Self::ManageOfficers,
        Self::ManagePolicies,
        Self::Resend,
    ];

    /// The word in JSON and records.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enter => "enter",
            Self::Approve => "approve",
            Self::Issue => "issue",
            Self::ChangeStatus => "change-status",
            Self::Read => "read",
            Self::Audit => "audit",
            Self::ManageOfficers => "manage-officers",
            Self::ManagePolicies => "manage-policies",
            Self::Resend => "resend",
        }
    }

    /// The act as people read it, after "may" or 可以.
    #[must_use]
    pub const fn name(self, language: Language) -> &'static str {
        match (language, self) {
            (Language::Chinese, Self::Enter) => "录入申请",
            (Language::Chinese, Self::Approve) => "审批申请",
            (Language::Chinese, Self::Issue) => "请求签发",
            (Language::Chinese, Self::ChangeStatus) => "变更证书状态",
            (Language::Chinese, Self::Read) => "查阅",
            (Language::Chinese, Self::Audit) => "审计",
            (Language::Chinese, Self::ManageOfficers) => "办理人员变动",
            (Language::Chinese, Self::ManagePolicies) => "公布规则与登记许可",
            (Language::Chinese, Self::Resend) => "重发邮件",
            (Language::English, Self::Enter) => "enter applications",
            (Language::English, Self::Approve) => "approve applications",
            (Language::English, Self::Issue) => "request issuance",
            (Language::English, Self::ChangeStatus) => "change the status of certificates",
            (Language::English, Self::Read) => "read",
            (Language::English, Self::Audit) => "audit",
            (Language::English, Self::ManageOfficers) => "change officers",
            (Language::English, Self::ManagePolicies) => "publish policies",
            (Language::English, Self::Resend) => "have letters sent again",
        }
    }
}

impl BusinessRole {
    /// Whether this post may do acts of this kind.
    #[must_use]
    pub const fn permits(self, permission: Permission) -> bool {
        match permission {
            Permission::Read => true,
            Permission::Enter => matches!(self, Self::BusinessOperator | Self::DelegatedOperator),
            Permission::Approve | Permission::Issue | Permission::ChangeStatus => {
                matches!(self, Self::BusinessAdministrator | Self::BusinessOperator)
            }
            Permission::ManageOfficers | Permission::ManagePolicies => {
                matches!(self, Self::SuperAdministrator | Self::BusinessAdministrator)
            }
            Permission::Resend => !matches!(self, Self::KeyCentreOfficer),
            Permission::Audit => false,
        }
    }

    /// Whether a holder of this post may propose a person for `post`.
    #[must_use]
    pub const fn appoints(self, post: Self) -> bool {
        match self {
            Self::SuperAdministrator => matches!(
                post,
                Self::SuperAdministrator | Self::BusinessAdministrator | Self::KeyCentreOfficer
            ),
            Self::BusinessAdministrator => matches!(post, Self::BusinessOperator | Self::DelegatedOperator),
            Self::BusinessOperator | Self::KeyCentreOfficer | Self::DelegatedOperator => false,
        }
    }
}

impl AuditRole {
    /// Whether a holder of this post may propose a person for `post`.
    #[must_use]
    pub const fn appoints(self, post: Self) -> bool {
        matches!((self, post), (Self::AuditAdministrator, _))
    }
}

impl Role {
    /// 超级管理员.
    pub const SUPER_ADMINISTRATOR: Self = Self::Business(BusinessRole::SuperAdministrator);
    /// 业务管理员.
    pub const BUSINESS_ADMINISTRATOR: Self = Self::Business(BusinessRole::BusinessAdministrator);
    /// 业务操作员.
    pub const BUSINESS_OPERATOR: Self = Self::Business(BusinessRole::BusinessOperator);
    /// 审计管理员.
    pub const AUDIT_ADMINISTRATOR: Self = Self::Audit(AuditRole::AuditAdministrator);
    /// 审计员.
    pub const AUDITOR: Self = Self::Audit(AuditRole::Auditor);

    /// 密钥管理员.
    pub const KEY_CENTRE_OFFICER: Self = Self::Business(BusinessRole::KeyCentreOfficer);
    /// 受托机构操作员.
    pub const DELEGATED_OPERATOR: Self = Self::Business(BusinessRole::DelegatedOperator);

    /// All of them, for tables and tests.
    pub const ALL: [Self; 7] = [
        Self::SUPER_ADMINISTRATOR,
        Self::BUSINESS_ADMINISTRATOR,
        Self::BUSINESS_OPERATOR,
        Self::KEY_CENTRE_OFFICER,
        Self::DELEGATED_OPERATOR,
        Self::AUDIT_ADMINISTRATOR,
        Self::AUDITOR,
    ];

    /// The branch this role belongs to.
    #[must_use]
    pub const fn branch(self) -> Branch {
        match self {
            Self::Business(_) => Branch::Business,
            Self::Audit(_) => Branch::Audit,
        }
    }

    /// Whether this role heads its branch: these posts are filled at initialisation.
    #[must_use]
    pub const fn is_head(self) -> bool {
        matches!(self, Self::SUPER_ADMINISTRATOR | Self::AUDIT_ADMINISTRATOR)
    }

    /// Whether a holder of this role may propose a person for `role`. Never across the branches.
    #[must_use]
    pub const fn appoints(self, role: Self) -> bool {
        match (self, role) {
            (Self::Business(head), Self::Business(post)) => head.appoints(post),
            (Self::Audit(head), Self::Audit(post)) => head.appoints(post),
            (Self::Business(_), Self::Audit(_)) | (Self::Audit(_), Self::Business(_)) => false,
        }
    }

    /// Whether a holder of this role may decide about holders of `role`: whoever appoints them, and the head of the
    /// branch. Never across the branches.
    #[must_use]
    pub const fn oversees(self, role: Self) -> bool {
        self.appoints(role)
            || match (self, role) {
                (Self::Business(head), Self::Business(_)) => matches!(head, BusinessRole::SuperAdministrator),
                (Self::Audit(head), Self::Audit(_)) => matches!(head, AuditRole::AuditAdministrator),
                (Self::Business(_), Self::Audit(_)) | (Self::Audit(_), Self::Business(_)) => false,
            }
    }

    /// Whether a holder of this role sees holders of `role`, and what is proposed about them: the audit branch sees
    /// everybody, the business branch its own.
    #[must_use]
    pub const fn sees(self, role: Self) -> bool {
        matches!(
            (self, role),
            (Self::Audit(_), _) | (Self::Business(_), Self::Business(_))
        )
    }

    /// Whether this role may do acts of this kind. The audit branch only ever looks; its administrator also fills the
    /// branch's own posts, which changes nothing outside it.
    #[must_use]
    pub const fn permits(self, permission: Permission) -> bool {
        match self {
            Self::Business(role) => role.permits(permission),
            Self::Audit(AuditRole::AuditAdministrator) => matches!(
                permission,
                Permission::Read | Permission::Audit | Permission::ManageOfficers
            ),
            Self::Audit(AuditRole::Auditor) => matches!(permission, Permission::Read | Permission::Audit),
        }
    }

    /// The word in tables, JSON and commands.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Business(BusinessRole::SuperAdministrator) => "super-administrator",
            Self::Business(BusinessRole::BusinessAdministrator) => "business-administrator",
            Self::Business(BusinessRole::BusinessOperator) => "business-operator",
            Self::Business(BusinessRole::KeyCentreOfficer) => "key-centre-officer",
            Self::Business(BusinessRole::DelegatedOperator) => "delegated-operator",
            Self::Audit(AuditRole::AuditAdministrator) => "audit-administrator",
            Self::Audit(AuditRole::Auditor) => "auditor",
        }
    }

    /// The name people read.
    #[must_use]
    pub const fn name(self, language: Language) -> &'static str {
        match (language, self) {
            (Language::Chinese, Self::Business(BusinessRole::SuperAdministrator)) => "超级管理员",
            (Language::Chinese, Self::Business(BusinessRole::BusinessAdministrator)) => "业务管理员",
            (Language::Chinese, Self::Business(BusinessRole::BusinessOperator)) => "业务操作员",
            (Language::Chinese, Self::Business(BusinessRole::KeyCentreOfficer)) => "密钥管理员",
            (Language::Chinese, Self::Business(BusinessRole::DelegatedOperator)) => "受托机构操作员",
            (Language::Chinese, Self::Audit(AuditRole::AuditAdministrator)) => "审计管理员",
            (Language::Chinese, Self::Audit(AuditRole::Auditor)) => "审计员",
            (Language::English, Self::Business(BusinessRole::SuperAdministrator)) => "super administrator",
            (Language::English, Self::Business(BusinessRole::BusinessAdministrator)) => "business administrator",
            (Language::English, Self::Business(BusinessRole::BusinessOperator)) => "business operator",
            (Language::English, Self::Business(BusinessRole::KeyCentreOfficer)) => "key centre officer",
            (Language::English, Self::Business(BusinessRole::DelegatedOperator)) => "delegated operator",
            (Language::English, Self::Audit(AuditRole::AuditAdministrator)) => "audit administrator",
            (Language::English, Self::Audit(AuditRole::Auditor)) => "auditor",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == word)
            .ok_or(UnknownRole)
    }
}

impl Serialize for Role {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Role {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        word.parse().map_err(serde::de::Error::custom)
    }
}

/// A word that names no role.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "no such role; the roles are super-administrator, business-administrator, business-operator, key-centre-officer, \
     delegated-operator, audit-administrator, auditor"
)]
pub struct UnknownRole;

impl Explain for UnknownRole {
    fn code(&self) -> &'static str {
        "unknown-role"
    }

    fn kind(&self) -> Kind {
        Kind::Malformed
    }

    fn blame(&self) -> Blame {
        Blame::Caller
    }

    fn citation(&self) -> Option<Citation> {
        None
    }

    fn message(&self, language: Language) -> String {
        match language {
            Language::Chinese => {
                "没有这种角色；角色有 super-administrator、business-administrator、business-operator、key-centre-officer、\
                 delegated-operator、audit-administrator、auditor"
                    .to_owned()
            }
            Language::English => self.to_string(),
        }
    }
}

/// An officer asked for an act that the role does not permit.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("officer {officer} is {role} and may not {}", permission.name(Language::English))]
pub struct NotPermitted {
    /// Who asked.
    pub officer: OfficerId,
    /// In which role.
    pub role: Role,
    /// For what.
    pub permission: Permission,
}

impl Explain for NotPermitted {
    fn code(&self) -> &'static str {
        "not-permitted"
    }

    fn kind(&self) -> Kind {
        Kind::Refusal
    }

    fn blame(&self) -> Blame {
        Blame::Officer
    }

    /// The article that asks for security management and internal audit: posts that are kept apart are how Hefu reads
    /// it. No text that we know names the posts themselves.
    fn citation(&self) -> Option<Citation> {
        Some(Citation::new("M15", "19"))
    }

    fn message(&self, language: Language) -> String {
        match language {
            Language::Chinese => format!(
                "人员{}的角色是{}，不得{}",
                self.officer,
                self.role.name(language),
                self.permission.name(language)
            ),
            Language::English => self.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permissions(role: Role) -> Vec<&'static str> {
        Permission::ALL
            .into_iter()
            .filter(|permission| role.permits(*permission))
            .map(Permission::as_str)
            .collect()
    }

    #[test]
    fn each_role_may_do_exactly_this() {
        assert_eq!(
            permissions(Role::SUPER_ADMINISTRATOR),
            ["read", "manage-officers", "manage-policies", "resend"]
        );
        assert_eq!(
            permissions(Role::BUSINESS_ADMINISTRATOR),
            [
                "approve",
                "issue",
                "change-status",
                "read",
                "manage-officers",
                "manage-policies",
                "resend"
            ]
        );
        assert_eq!(permissions(Role::KEY_CENTRE_OFFICER), ["read"]);
        assert_eq!(permissions(Role::DELEGATED_OPERATOR), ["enter", "read", "resend"]);
        assert_eq!(
            permissions(Role::BUSINESS_OPERATOR),
            ["enter", "approve", "issue", "change-status", "read", "resend"]
        );
        assert_eq!(
            permissions(Role::AUDIT_ADMINISTRATOR),
            ["read", "audit", "manage-officers"]
        );
        assert_eq!(permissions(Role::AUDITOR), ["read", "audit"]);
    }

    #[test]
    fn no_role_both_audits_and_changes() {
        for role in Role::ALL {
            let changes = [
                Permission::Enter,
                Permission::Approve,
                Permission::Issue,
                Permission::ChangeStatus,
                Permission::ManagePolicies,
                Permission::Resend,
            ]
            .into_iter()
            .any(|permission| role.permits(permission));
            assert!(!(changes && role.permits(Permission::Audit)), "{role}");
        }
    }

    #[test]
    fn nobody_appoints_or_oversees_across_the_branches() {
        for head in Role::ALL {
            for role in Role::ALL {
                let reaches = head.appoints(role) || head.oversees(role);
                assert!(!reaches || head.branch() == role.branch(), "{head} {role}");
                assert!(!reaches || head.permits(Permission::ManageOfficers), "{head} {role}");
            }
        }
    }

    #[test]
    fn delegation_ends_after_one_level() {
        assert!(
            Role::ALL
                .into_iter()
                .all(|role| !Role::DELEGATED_OPERATOR.appoints(role))
        );
    }

    #[test]
    fn every_role_is_read_back_from_its_word() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(role));
        }
        assert_eq!("root".parse::<Role>(), Err(UnknownRole));
    }
}
