//! Why a certificate is revoked: the five grounds of 电子认证服务管理办法 29, and the reason codes of CRLs.

use std::fmt;
use std::str::FromStr;

use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use serde::{Deserialize, Serialize};

/// One of the five grounds on which a certificate may be revoked.
///
/// The article was read in the 2005 edition only; every citation says so.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RevocationGround {
    /// (1) The holder asks for it.
    HolderRequest,
    /// (2) What the holder said is not true.
    UntrueInformation,
    /// (3) The holder does not do what the contract says.
    BreachOfContract,
    /// (4) The certificate's security cannot be guaranteed: lost, copied or weak keys.
    SecurityNotGuaranteed,
    /// (5) Another case of a law or administrative regulation.
    OtherLaw,
}

/// A reason code of a CRL entry or OCSP answer (RFC 5280 §5.3.1), as far as Hefu writes them.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum CrlReason {
    /// 0; written by leaving the code out.
    Unspecified,
    /// 1.
    KeyCompromise,
    /// 5.
    CessationOfOperation,
    /// 6, for suspension.
    CertificateHold,
    /// 9.
    PrivilegeWithdrawn,
}

impl CrlReason {
    /// The number of the ENUMERATED.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Unspecified => 0,
            Self::KeyCompromise => 1,
            Self::CessationOfOperation => 5,
            Self::CertificateHold => 6,
            Self::PrivilegeWithdrawn => 9,
        }
    }
}

/// A word that is none of the grounds.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "{0:?} is not one of holder-request, untrue-information, breach-of-contract, security-not-guaranteed, other-law"
)]
pub struct UnknownGround(String);

impl RevocationGround {
    /// The five, in the order of the article.
    pub const ALL: [Self; 5] = [
        Self::HolderRequest,
        Self::UntrueInformation,
        Self::BreachOfContract,
        Self::SecurityNotGuaranteed,
        Self::OtherLaw,
    ];

    /// The word used in JSON, records and requests.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::HolderRequest => "holder-request",
            Self::UntrueInformation => "untrue-information",
            Self::BreachOfContract => "breach-of-contract",
            Self::SecurityNotGuaranteed => "security-not-guaranteed",
            Self::OtherLaw => "other-law",
        }
    }

    /// The item of the article.
    #[must_use]
    pub const fn citation(self) -> Citation {
        Citation::new(
            "M15",
            match self {
                Self::HolderRequest => "29(1)",
                Self::UntrueInformation => "29(2)",
                Self::BreachOfContract => "29(3)",
                Self::SecurityNotGuaranteed => "29(4)",
                Self::OtherLaw => "29(5)",
            },
        )
    }

    /// The reason code that CRLs and OCSP answers give.
    ///
    /// The law's grounds and the codes do not match one to one; this mapping is ours. A holder who asks because the
    /// key was lost names [`RevocationGround::SecurityNotGuaranteed`].
    #[must_use]
    pub const fn reason(self) -> CrlReason {
        match self {
            Self::HolderRequest => CrlReason::CessationOfOperation,
            Self::UntrueInformation | Self::BreachOfContract => CrlReason::PrivilegeWithdrawn,
            Self::SecurityNotGuaranteed => CrlReason::KeyCompromise,
            Self::OtherLaw => CrlReason::Unspecified,
        }
    }

    /// The ground in words.
    #[must_use]
    pub const fn name(self, language: Language) -> &'static str {
        match (language, self) {
            (Language::Chinese, Self::HolderRequest) => "证书持有人申请撤销证书",
            (Language::Chinese, Self::UntrueInformation) => "证书持有人提供的信息不真实",
            (Language::Chinese, Self::BreachOfContract) => "证书持有人没有履行双方合同规定的义务",
            (Language::Chinese, Self::SecurityNotGuaranteed) => "证书的安全性不能得到保证",
            (Language::Chinese, Self::OtherLaw) => "法律、行政法规规定的其他情况",
            (Language::English, Self::HolderRequest) => "the holder asks for revocation",
            (Language::English, Self::UntrueInformation) => "information given by the holder is not true",
            (Language::English, Self::BreachOfContract) => "the holder does not perform the contract",
            (Language::English, Self::SecurityNotGuaranteed) => "the certificate's security cannot be guaranteed",
            (Language::English, Self::OtherLaw) => "another case of a law or administrative regulation",
        }
    }
}

impl fmt::Display for RevocationGround {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.slug())
    }
}

impl FromStr for RevocationGround {
    type Err = UnknownGround;

    fn from_str(slug: &str) -> Result<Self, UnknownGround> {
        let unknown = || UnknownGround(slug.chars().take(64).collect());
        Self::ALL
            .into_iter()
            .find(|ground| ground.slug() == slug)
            .ok_or_else(unknown)
    }
}

impl Explain for UnknownGround {
    fn code(&self) -> &'static str {
        "revocation-ground-unknown"
    }

    fn kind(&self) -> Kind {
        Kind::Malformed
    }

    fn blame(&self) -> Blame {
        Blame::Caller
    }

    fn citation(&self) -> Option<Citation> {
        Some(Citation::new("M15", "29"))
    }

    fn message(&self, language: Language) -> String {
        match language {
            Language::English => self.to_string(),
            Language::Chinese => {
                let slugs: Vec<_> = RevocationGround::ALL.iter().map(|ground| ground.slug()).collect();
                format!("撤销理由 {:?} 不是 {} 之一", self.0, slugs.join("、"))
            }
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn slugs_read_back_in_text_and_json() {
        for ground in RevocationGround::ALL {
            assert_eq!(ground.slug().parse(), Ok(ground));
            let json = serde_json::to_string(&ground).unwrap();
            assert_eq!(json, format!("\"{ground}\""));
            assert_eq!(serde_json::from_str::<RevocationGround>(&json).unwrap(), ground);
        }
        assert!("superseded".parse::<RevocationGround>().is_err());
    }

    #[test]
    fn the_article_is_cited_as_read_in_the_2005_edition() {
        let citation = RevocationGround::HolderRequest.citation().to_string();
        assert_eq!(citation, "电子认证服务管理办法 29(1)（据2005年版，未核对现行原文）");
    }

    #[test]
    fn every_ground_has_a_reason_code() {
        let codes: Vec<u8> = RevocationGround::ALL
            .iter()
            .map(|ground| ground.reason().code())
            .collect();
        assert_eq!(codes, [5, 9, 9, 1, 0]);
        assert_eq!(CrlReason::CertificateHold.code(), 6);
    }
}
