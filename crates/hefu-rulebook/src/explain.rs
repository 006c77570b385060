//! How an error speaks: what happened, whose doing it is, which rule, in both languages.

use crate::citation::Citation;
use crate::language::Language;

/// The kinds of error. They are never mixed: the kind decides who must act and what the answer looks like.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Kind {
    /// Bytes or words that cannot be read; the message says where. HTTP 400.
    Malformed,
    /// A rule says no; the error cites it. HTTP 409 or 403.
    Refusal,
    /// There is no such thing. HTTP 404.
    Absent,
    /// Ours: a disk, a bug, a device. HTTP 500 or 503; details go to the log, not to the caller.
    Fault,
}

impl Kind {
    /// The word used in JSON and records.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Refusal => "refusal",
            Self::Absent => "absent",
            Self::Fault => "fault",
        }
    }
}

/// Who must act for the next attempt to succeed.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Blame {
    /// The person or organisation that applies for a certificate, or holds one.
    Applicant,
    /// The officer on duty at the registration authority.
    Officer,
    /// The program that calls us.
    Caller,
    /// The registration authority as an institution.
    RegistrationAuthority,
    /// The certification authority as an institution.
    CertificationAuthority,
    /// The key management centre.
    KeyCentre,
    /// Whoever runs this installation: settings, disks, network.
    Operator,
    /// Hefu itself: a defect.
    Hefu,
}

impl Blame {
    /// The word used in JSON and records.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Applicant => "applicant",
            Self::Officer => "officer",
            Self::Caller => "caller",
            Self::RegistrationAuthority => "registration-authority",
            Self::CertificationAuthority => "certification-authority",
            Self::KeyCentre => "key-centre",
            Self::Operator => "operator",
            Self::Hefu => "hefu",
        }
    }

    /// The name people read.
    #[must_use]
    pub const fn name(self, language: Language) -> &'static str {
        match (language, self) {
            (Language::Chinese, Self::Applicant) => "申请人",
            (Language::Chinese, Self::Officer) => "经办人员",
            (Language::Chinese, Self::Caller) => "调用方",
            (Language::Chinese, Self::RegistrationAuthority) => "注册机构",
            (Language::Chinese, Self::CertificationAuthority) => "认证机构",
            (Language::Chinese, Self::KeyCentre) => "密钥管理中心",
            (Language::Chinese, Self::Operator) => "运行管理员",
            (Language::Chinese, Self::Hefu) => "合符系统",
            (Language::English, Self::Applicant) => "the applicant",
            (Language::English, Self::Officer) => "the officer",
            (Language::English, Self::Caller) => "the caller",
            (Language::English, Self::RegistrationAuthority) => "the registration authority",
            (Language::English, Self::CertificationAuthority) => "the certification authority",
            (Language::English, Self::KeyCentre) => "the key management centre",
            (Language::English, Self::Operator) => "the operator",
            (Language::English, Self::Hefu) => "Hefu",
        }
    }
}

/// An error that can explain itself to people and to programs.
///
/// Implement it with exhaustive matches, so that a new variant cannot be forgotten in either language.
pub trait Explain: std::error::Error {
    /// A stable slug for programs, such as "same-officer". Never reused for another meaning.
    fn code(&self) -> &'static str;

    /// Which of the four kinds.
    fn kind(&self) -> Kind;

    /// Who must act.
    fn blame(&self) -> Blame;

    /// The rule that says no; a refusal has one, the others rarely.
    fn citation(&self) -> Option<Citation>;

    /// What happened, one sentence, without secrets.
    fn message(&self, language: Language) -> String;

    /// The message with its rule: "… (电子签名法 20)".
    fn message_with_rule(&self, language: Language) -> String {
        let message = self.message(language);
        match (self.citation(), language) {
            (Some(rule), Language::Chinese) => format!("{message}（{}）", rule.render(language)),
            (Some(rule), Language::English) => format!("{message} ({})", rule.render(language)),
            (None, _) => message,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("officer 1 entered this application and may not approve it")]
    struct SameOfficer;

    impl Explain for SameOfficer {
        fn code(&self) -> &'static str {
            "same-officer"
        }
        fn kind(&self) -> Kind {
            Kind::Refusal
        }
        fn blame(&self) -> Blame {
            Blame::Officer
        }
        fn citation(&self) -> Option<Citation> {
            Some(Citation::new("ESL", "20"))
        }
        fn message(&self, language: Language) -> String {
            match language {
                Language::Chinese => "录入人员1不得批准本人录入的申请".to_owned(),
                Language::English => self.to_string(),
            }
        }
    }

    #[test]
    fn a_refusal_names_its_rule_in_both_languages() {
        assert_eq!(
            SameOfficer.message_with_rule(Language::Chinese),
            "录入人员1不得批准本人录入的申请（电子签名法 20）"
        );
        assert_eq!(
            SameOfficer.message_with_rule(Language::English),
            "officer 1 entered this application and may not approve it (Electronic Signature Law 20)"
        );
        assert_eq!(SameOfficer.kind().as_str(), "refusal");
        assert_eq!(SameOfficer.blame().name(Language::English), "the officer");
    }
}
