//! Notice and contract: what the applicant must be told first (办法 21), and what both sides agree on (办法 22).
//!
//! The texts themselves are documents with versions; here stands which version was acknowledged and signed.

use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use serde::{Deserialize, Serialize};

use crate::case_file::AgreementProof;

/// Characters of a version: "2026-11", "v3", a file's digest in hexadecimal.
const VERSION_CHARACTERS_MAX: usize = 64;
/// Characters of a signatory's name.
const NAME_CHARACTERS_MAX: usize = 128;

/// That the applicant acknowledged the notice, as an officer says it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct NoticeInput {
    /// Version of the text.
    pub version: String,
}

/// That the applicant signed the contract, as an officer says it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct ContractInput {
    /// Version of the text.
    pub version: String,
    /// Who signed for the applicant.
    pub signed_by: String,
}

/// The notice that the applicant acknowledged. Deserialised only from the tables.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Notice {
    // In the order of the letters, as commitments want it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) proof: Option<AgreementProof>,
    pub(crate) version: String,
}

/// The contract that the applicant signed. Deserialised only from the tables.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Contract {
    // In the order of the letters, as commitments want it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) proof: Option<AgreementProof>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) signed_by: Option<String>,
    pub(crate) version: String,
}

impl Notice {
    /// What the applicant's file says.
    pub(crate) fn proven(proof: AgreementProof) -> Self {
        Self {
            version: proof.version.clone(),
            proof: Some(proof),
        }
    }

    /// Version of the text.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }
}

impl Contract {
    /// What the applicant's file says; who signed stands there.
    pub(crate) fn proven(proof: AgreementProof) -> Self {
        Self {
            version: proof.version.clone(),
            signed_by: None,
            proof: Some(proof),
        }
    }

    /// Version of the text.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Who signed for the applicant, in an officer's words; with a proof it stands in the applicant's file.
    #[must_use]
    pub fn signed_by(&self) -> Option<&str> {
        self.signed_by.as_deref()
    }
}

impl TryFrom<NoticeInput> for Notice {
    type Error = ContractError;

    fn try_from(input: NoticeInput) -> Result<Self, Self::Error> {
        Ok(Self {
            proof: None,
            version: words(&input.version, VERSION_CHARACTERS_MAX).ok_or(ContractError::NoticeVersion)?,
        })
    }
}

impl TryFrom<ContractInput> for Contract {
    type Error = ContractError;

    fn try_from(input: ContractInput) -> Result<Self, Self::Error> {
        Ok(Self {
            proof: None,
            version: words(&input.version, VERSION_CHARACTERS_MAX).ok_or(ContractError::ContractVersion)?,
            signed_by: Some(words(&input.signed_by, NAME_CHARACTERS_MAX).ok_or(ContractError::SignedBy)?),
        })
    }
}

/// The text without space around it, when it has one to `max` printable characters.
pub(crate) fn words(text: &str, max: usize) -> Option<String> {
    let text = text.trim();
    let count = text.chars().take(max + 1).count();
    (count > 0 && count <= max && !text.chars().any(char::is_control)).then(|| text.to_owned())
}

/// Why a notice or a contract cannot be read.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ContractError {
    /// No version, or one that no document has.
    #[error("notice.version: 1 to {VERSION_CHARACTERS_MAX} characters")]
    NoticeVersion,
    /// No version, or one that no document has.
    #[error("contract.version: 1 to {VERSION_CHARACTERS_MAX} characters")]
    ContractVersion,
    /// Nobody signed.
    #[error("contract.signed_by: 1 to {NAME_CHARACTERS_MAX} characters")]
    SignedBy,
}

impl Explain for ContractError {
    fn code(&self) -> &'static str {
        match self {
            Self::NoticeVersion => "notice-version-malformed",
            Self::ContractVersion => "contract-version-malformed",
            Self::SignedBy => "contract-signatory-malformed",
        }
    }

    fn kind(&self) -> Kind {
        Kind::Malformed
    }

    fn blame(&self) -> Blame {
        Blame::Officer
    }

    fn citation(&self) -> Option<Citation> {
        None
    }

    fn message(&self, language: Language) -> String {
        let chinese = match self {
            Self::NoticeVersion => format!("notice.version：告知书版本应为1至{VERSION_CHARACTERS_MAX}个字符"),
            Self::ContractVersion => format!("contract.version：合同版本应为1至{VERSION_CHARACTERS_MAX}个字符"),
            Self::SignedBy => format!("contract.signed_by：合同签署人应为1至{NAME_CHARACTERS_MAX}个字符"),
        };
        match language {
            Language::Chinese => chinese,
            Language::English => self.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contract_needs_a_version_and_a_signatory() {
        let contract = |version: &str, signed_by: &str| {
            Contract::try_from(ContractInput {
                version: version.to_owned(),
                signed_by: signed_by.to_owned(),
            })
        };
        assert!(contract(" 2026-11 ", "张三").is_ok_and(|contract| contract.version() == "2026-11"));
        assert_eq!(contract("", "张三"), Err(ContractError::ContractVersion));
        assert_eq!(contract("1", "张\n三"), Err(ContractError::SignedBy));
        assert_eq!(contract("1", &"长".repeat(129)), Err(ContractError::SignedBy));
    }
}
