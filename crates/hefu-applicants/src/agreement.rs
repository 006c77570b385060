//! Acknowledging a notice and signing a contract: typed acts, bound to a version, a language and the exact text shown.

use gm_suite::sm3;
use hefu_officers::OfficerId;
use hefu_rulebook::Language;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use crate::id::{AgreementId, ApplicantId};
use crate::text::{Text, TextError, TextKind};
use crate::words::words;

/// Characters of a signatory's name.
const SIGNATORY_CHARACTERS_MAX: usize = 200;

/// That somebody was shown a text, as the page or the officer says it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Shown {
    /// In which language.
    pub language: Language,
    /// SM3 of exactly what was shown.
    pub sm3: [u8; 32],
}

/// An acknowledgement of the notice, or a signature under the contract.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Agreement {
    pub(crate) id: AgreementId,
    pub(crate) applicant: ApplicantId,
    pub(crate) kind: TextKind,
    pub(crate) version: String,
    pub(crate) shown: Shown,
    pub(crate) signed_by: Option<String>,
    pub(crate) taken_by: OfficerId,
    pub(crate) at: Timestamp,
}

/// What both registration and this crate write down of an agreement.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct AgreementProof {
    /// The agreement's number, 32 hexadecimal digits.
    pub id: String,
    /// SM3 of the text shown, 64 hexadecimal digits.
    pub sm3: String,
    /// "notice" or "contract".
    pub kind: &'static str,
    /// Version of the text.
    pub version: String,
    /// Language of the text shown.
    pub language: &'static str,
    /// Whose: the number of the file.
    pub applicant: String,
}

/// Who acknowledges or signs, before whom, when.
#[derive(Clone, Copy, Debug)]
pub struct Act {
    /// The agreement's number.
    pub id: AgreementId,
    /// The file.
    pub applicant: ApplicantId,
    /// The officer at whose counter.
    pub by: OfficerId,
    /// When.
    pub at: Timestamp,
}

impl Side {
    /// The word in paths, tables and records.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::Subscriber => "subscriber",
        }
    }

    /// The side of this word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        [Self::Provider, Self::Subscriber]
            .into_iter()
            .find(|side| side.as_str() == word)
    }
}

impl Agreement {
    /// The applicant acknowledges a notice. `text` is the version in force.
    ///
    /// # Errors
    /// [`TextError::NotWhatWasShown`]; [`TextError::Unknown`] for a contract.
    pub fn acknowledge(act: Act, text: &Text, shown: Shown) -> Result<Self, TextError> {
        Self::of(act, text, shown, TextKind::Notice, None)
    }

    /// The applicant, or who acts for them, signs a contract. `text` is the version in force.
    ///
    /// # Errors
    /// As [`Agreement::acknowledge`], and [`TextError::NoSignatory`].
    pub fn sign(act: Act, text: &Text, shown: Shown, signed_by: &str) -> Result<Self, TextError> {
        let signed_by = words(signed_by, SIGNATORY_CHARACTERS_MAX).ok_or(TextError::NoSignatory)?;
        Self::of(act, text, shown, TextKind::Contract, Some(signed_by))
    }

    fn of(act: Act, text: &Text, shown: Shown, kind: TextKind, signed_by: Option<String>) -> Result<Self, TextError> {
        if text.kind() != kind {
            return Err(TextError::Unknown);
        }
        if text.sm3(shown.language) != shown.sm3 {
            return Err(TextError::NotWhatWasShown);
        }
        Ok(Self {
            id: act.id,
            applicant: act.applicant,
            kind,
            version: text.version().to_owned(),
            shown,
            signed_by,
            taken_by: act.by,
            at: act.at,
        })
    }

    /// Its number.
    #[must_use]
    pub const fn id(&self) -> AgreementId {
        self.id
    }

    /// Whose it is.
    #[must_use]
    pub const fn applicant(&self) -> ApplicantId {
        self.applicant
    }

    /// A notice or a contract.
    #[must_use]
    pub const fn kind(&self) -> TextKind {
        self.kind
    }

    /// Version of the text.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// In which language the text was shown.
    #[must_use]
    pub const fn language(&self) -> Language {
        self.shown.language
    }

    /// Before which officer, and when.
    #[must_use]
    pub const fn taken(&self) -> (OfficerId, Timestamp) {
        (self.taken_by, self.at)
    }

    /// What registration is given.
    #[must_use]
    pub fn proof(&self) -> AgreementProof {
        AgreementProof {
            id: self.id.to_string(),
            sm3: hex::encode(self.shown.sm3),
            kind: self.kind.as_str(),
            version: self.version.clone(),
            language: self.shown.language.tag(),
            applicant: self.applicant.to_string(),
        }
    }
}

/// A side of the contract, for whom a copy is made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Side {
    /// The provider.
    Provider,
    /// The subscriber.
    Subscriber,
}

/// Describes the copy of an agreement for one side, as `hefu-documents` reads it (`hefu_documents::Document`). Both
/// copies say the same, but for whose copy it is. First the text as it was shown, to which the acknowledgement or the
/// signature is bound; after it the same version in the other language, to be read beside it. `issuer` is the provider's
/// name.
#[must_use]
pub fn copy_for(side: Side, agreement: &Agreement, text: &Text, issuer: &str) -> Value {
    let language = agreement.shown.language;
    let say = |zh: &'static str, en: &'static str| match language {
        Language::Chinese => zh,
        Language::English => en,
    };
    let wording = text.wording(language);
    let mut blocks: Vec<Value> = wording
        .sections
        .iter()
        .map(|section| json!({"article": {"title": section.heading, "paragraphs": section.paragraphs}}))
        .collect();
    let at = agreement.at.to_zoned(hefu_rulebook::china_time());
    let moment = at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
    blocks.push(json!({"facts": {"items": [
        {"name": say("版本", "Version"), "value": agreement.version},
        {"name": say("编号", "Number"), "value": agreement.id.to_string(), "monospaced": true},
        {"name": say("时间", "Time"), "value": moment},
    ]}}));
    let sum = hex::encode(agreement.shown.sm3);
    let groups: Vec<&str> = (0..sum.len())
        .step_by(8)
        .filter_map(|from| sum.get(from..from + 8))
        .collect();
    blocks.push(
        json!({"fingerprint": {"label": say("所示文本的SM3", "SM3 of the text shown"), "text": groups.join(" ")}}),
    );
    if let Some(signed_by) = &agreement.signed_by {
        let lines = [say("签字", "Signature"), say("日期", "Date")];
        blocks.push(json!({"signatures": {"parties": [
            {"role": say("电子认证服务机构", "Provider"), "name": issuer, "lines": lines},
            {"role": say("订户", "Subscriber"), "name": signed_by, "lines": lines},
        ]}}));
    }
    blocks.extend(beside(agreement, text));
    json!({
        "language": language.tag(),
        "title": wording.title,
        "subtitle": match side {
            Side::Provider => say("机构留存", "Provider's copy"),
            Side::Subscriber => say("订户留存", "Subscriber's copy"),
        },
        "issuer": issuer,
        "number": agreement.id.to_string(),
        "generated_at": moment,
        "blocks": blocks,
    })
}

/// The same version in the language in which it was not shown.
fn beside(agreement: &Agreement, text: &Text) -> Vec<Value> {
    let (other, note) = match agreement.shown.language {
        Language::Chinese => (
            Language::English,
            "以下为同一版本的英文文本，供对照阅读；以上所示中文文本为准。",
        ),
        Language::English => (
            Language::Chinese,
            "The same version in Chinese follows, to be read beside it; what was agreed to is the text above.",
        ),
    };
    let wording = text.wording(other);
    let head = [
        json!("page-break"),
        json!({"note": {"text": note}}),
        json!({"heading": {"level": 1, "text": wording.title}}),
    ];
    let sections = wording.sections.iter().flat_map(|section| {
        let heading = json!({"heading": {"level": 2, "text": section.heading}});
        let paragraphs = section.paragraphs.iter();
        std::iter::once(heading).chain(paragraphs.map(|text| json!({"paragraph": {"text": text}})))
    });
    head.into_iter().chain(sections).collect()
}

/// The digest of a copy's description, for whoever keeps the PDF.
#[must_use]
pub fn copy_sm3(copy: &Value) -> [u8; 32] {
    sm3(copy.to_string().as_bytes())
}

#[cfg(test)]
mod tests;
