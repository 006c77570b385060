//! Identity: how an officer made sure that applicants are who they say (电子签名法 20; 办法 30: when a certificate is
//! applied for, renewed and revoked).
//!
//! What is kept here is what was looked at and how, with digests of the evidence; the evidence itself (copies,
//! pictures) is kept elsewhere.

use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use serde::{Deserialize, Serialize};

use crate::case_file::CheckProof;
use crate::contract::words;

/// Characters of a method's name.
const METHOD_CHARACTERS_MAX: usize = 64;
/// Characters of the description of a document.
const DOCUMENT_CHARACTERS_MAX: usize = 256;
/// Pieces of evidence for one verification: a company file has a dozen.
const EVIDENCE_MAX: usize = 32;
/// Characters of the name of a piece of evidence.
const EVIDENCE_NAME_CHARACTERS_MAX: usize = 128;
/// Characters of a remark.
const REMARK_CHARACTERS_MAX: usize = 1000;
/// The method of what stands on the applicant's file.
const BY_FILE: &str = "applicant-file";

/// A verification, as an officer says it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct IdentityInput {
    /// How: "in-person", "video" and the like.
    pub method: String,
    /// Which document was looked at.
    pub document: String,
    /// Digests of what was kept.
    #[serde(default)]
    pub evidence: Vec<EvidenceInput>,
    /// What else there is to say.
    #[serde(default)]
    pub remark: Option<String>,
}

/// How a holder who is not at the counter showed who they are, to have a lost key taken out of use at once.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum HoldersWord {
    /// By a code that an officer gave them; its number. Enough to suspend: 办法 30 asks for more to revoke.
    Code(String),
    /// By a signature with the certificate's own key. Enough to revoke: the key itself asks for it.
    Key,
}

impl HoldersWord {
    const fn method(&self) -> &'static str {
        match self {
            Self::Code(_) => "access-code",
            Self::Key => "own-key",
        }
    }

    /// How records name who did it.
    pub(crate) fn actor(&self) -> String {
        match self {
            Self::Code(access) => format!("subscriber:{access}"),
            Self::Key => "holder-of-the-key".to_owned(),
        }
    }
}

/// A piece of evidence, as an officer names it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct EvidenceInput {
    /// What it is.
    pub name: String,
    /// SM3 of its octets, 64 hexadecimal digits.
    pub sm3: String,
}

/// A verification of identity. Personal data: stays in the tables, from which alone it is deserialised.
/// Either an officer's words or a check in the applicant's file; with a check, what was looked at stands there.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Identity {
    // In the order of the letters, as commitments want it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    document: Option<String>,
    evidence: Vec<Evidence>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) holders_word: Option<HoldersWord>,
    method: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) proof: Option<CheckProof>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    remark: Option<String>,
}

#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
struct Evidence {
    name: String,
    sm3: String,
}

impl Identity {
    /// What the applicant's file says.
    pub(crate) fn proven(proof: CheckProof) -> Self {
        Self {
            document: None,
            evidence: Vec::new(),
            holders_word: None,
            method: BY_FILE.to_owned(),
            proof: Some(proof),
            remark: None,
        }
    }

    /// What the holder showed without an officer.
    pub(crate) fn shown_by_holder(word: HoldersWord) -> Self {
        Self {
            document: None,
            evidence: Vec::new(),
            method: word.method().to_owned(),
            holders_word: Some(word),
            proof: None,
            remark: None,
        }
    }

    /// How it was done. Not personal: records name it.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }
}

impl TryFrom<IdentityInput> for Identity {
    type Error = IdentityError;

    fn try_from(input: IdentityInput) -> Result<Self, Self::Error> {
        if input.evidence.len() > EVIDENCE_MAX {
            return Err(IdentityError::TooMuchEvidence);
        }
        let remark = input.remark.filter(|remark| !remark.trim().is_empty());
        Ok(Self {
            method: words(&input.method, METHOD_CHARACTERS_MAX).ok_or(IdentityError::Method)?,
            document: Some(words(&input.document, DOCUMENT_CHARACTERS_MAX).ok_or(IdentityError::Document)?),
            holders_word: None,
            proof: None,
            evidence: input
                .evidence
                .into_iter()
                .enumerate()
                .map(checked_evidence)
                .collect::<Result<_, _>>()?,
            remark: remark
                .map(|remark| words(&remark, REMARK_CHARACTERS_MAX).ok_or(IdentityError::Remark))
                .transpose()?,
        })
    }
}

fn checked_evidence((place, input): (usize, EvidenceInput)) -> Result<Evidence, IdentityError> {
    let sm3 = input.sm3.to_ascii_lowercase();
    if hex::decode_to_slice(&sm3, &mut [0; 32]).is_err() {
        return Err(IdentityError::EvidenceDigest { place });
    }
    let name = words(&input.name, EVIDENCE_NAME_CHARACTERS_MAX).ok_or(IdentityError::EvidenceName { place })?;
    Ok(Evidence { name, sm3 })
}

/// Why a verification cannot be read.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum IdentityError {
    /// No method.
    #[error("identity.method: 1 to {METHOD_CHARACTERS_MAX} characters")]
    Method,
    /// No document.
    #[error("identity.document: 1 to {DOCUMENT_CHARACTERS_MAX} characters")]
    Document,
    /// More evidence than anybody reads.
    #[error("identity.evidence: at most {EVIDENCE_MAX} pieces")]
    TooMuchEvidence,
    /// Evidence without a name.
    #[error("identity.evidence[{place}].name: 1 to {EVIDENCE_NAME_CHARACTERS_MAX} characters")]
    EvidenceName {
        /// Which piece, from 0.
        place: usize,
    },
    /// Evidence without a digest.
    #[error("identity.evidence[{place}].sm3: 64 hexadecimal digits")]
    EvidenceDigest {
        /// Which piece, from 0.
        place: usize,
    },
    /// A remark that is too long.
    #[error("identity.remark: at most {REMARK_CHARACTERS_MAX} characters in one paragraph")]
    Remark,
}

impl Explain for IdentityError {
    fn code(&self) -> &'static str {
        match self {
            Self::Method => "identity-method-malformed",
            Self::Document => "identity-document-malformed",
            Self::TooMuchEvidence => "identity-evidence-too-much",
            Self::EvidenceName { .. } => "identity-evidence-name-malformed",
            Self::EvidenceDigest { .. } => "identity-evidence-digest-malformed",
            Self::Remark => "identity-remark-malformed",
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
            Self::Method => format!("identity.method：查验方式应为1至{METHOD_CHARACTERS_MAX}个字符"),
            Self::Document => format!("identity.document：证件说明应为1至{DOCUMENT_CHARACTERS_MAX}个字符"),
            Self::TooMuchEvidence => format!("identity.evidence：证据最多{EVIDENCE_MAX}件"),
            Self::EvidenceName { place } => {
                format!("identity.evidence[{place}].name：证据名称应为1至{EVIDENCE_NAME_CHARACTERS_MAX}个字符")
            }
            Self::EvidenceDigest { place } => format!("identity.evidence[{place}].sm3：应为64位十六进制的SM3摘要"),
            Self::Remark => format!("identity.remark：备注最多{REMARK_CHARACTERS_MAX}个字符，不分段"),
        };
        match language {
            Language::Chinese => chinese,
            Language::English => self.to_string(),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn input() -> IdentityInput {
        IdentityInput {
            method: "in-person".to_owned(),
            document: "居民身份证".to_owned(),
            evidence: vec![EvidenceInput {
                name: "正面".to_owned(),
                sm3: "AB".repeat(32),
            }],
            remark: Some("  ".to_owned()),
        }
    }

    #[test]
    fn a_verification_says_how_and_by_which_document() {
        let identity = Identity::try_from(input()).unwrap();
        assert_eq!(identity.method(), "in-person");
        assert_eq!(
            serde_json::to_string(&identity).unwrap(),
            format!(
                r#"{{"document":"居民身份证","evidence":[{{"name":"正面","sm3":"{}"}}],"method":"in-person"}}"#,
                "ab".repeat(32)
            )
        );
        let nothing = Identity::try_from(IdentityInput {
            document: " ".to_owned(),
            ..input()
        });
        assert_eq!(nothing, Err(IdentityError::Document));
    }

    #[test]
    fn evidence_that_cannot_be_checked_is_named_by_its_place() {
        let mut wrong = input();
        wrong.evidence.push(EvidenceInput {
            name: "背面".to_owned(),
            sm3: "ab".to_owned(),
        });
        let error = Identity::try_from(wrong).unwrap_err();
        assert_eq!(error.to_string(), "identity.evidence[1].sm3: 64 hexadecimal digits");
        let much = IdentityInput {
            evidence: vec![input().evidence.first().unwrap().clone(); 33],
            ..input()
        };
        assert_eq!(Identity::try_from(much), Err(IdentityError::TooMuchEvidence));
    }
}
