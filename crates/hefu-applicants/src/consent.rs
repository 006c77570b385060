//! Consent to the use of biometrics: separate, told why, given in a way that can be shown, and withdrawn as freely.
//!
//! 个人信息保护法 28–30: faces and the like are sensitive, need separate consent, and the person is told why they are
//! necessary and what it means for them. What was told is a text with a version; the consent is bound to its digest.

use hefu_officers::OfficerId;
use hefu_rulebook::{Blame, Language, Told, explain_by_telling, named};
use jiff::Timestamp;
use serde::Deserialize;

use crate::id::{ApplicantId, ConsentId};
use crate::words::words;

/// Characters of a version.
const VERSION_CHARACTERS_MAX: usize = 64;

named! {
    /// How consent was given.
    pub enum ConsentMeans {
        /// Signed on paper at the counter.
        Paper = "paper",
        /// Signed electronically.
        ElectronicSignature = "electronic-signature",
        /// A choice of its own on a page, not set beforehand.
        SeparateChoice = "separate-choice",
    }
}

/// A consent, as it is written down.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct ConsentInput {
    /// Version of the text that was shown.
    pub version: String,
    /// SM3 of exactly what was shown, 64 hexadecimal digits.
    pub text_sm3: String,
    /// "zh" or "en": the language in which it was shown.
    pub language: String,
    /// How it was given.
    pub means: ConsentMeans,
}

/// A consent to the use of biometrics for one verification of identity.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Consent {
    pub(crate) id: ConsentId,
    pub(crate) applicant: ApplicantId,
    pub(crate) version: String,
    pub(crate) text_sm3: [u8; 32],
    pub(crate) language: Language,
    pub(crate) means: ConsentMeans,
    pub(crate) taken_by: OfficerId,
    pub(crate) given_at: Timestamp,
    pub(crate) withdrawn_at: Option<Timestamp>,
}

impl Consent {
    /// Takes a consent down.
    ///
    /// # Errors
    /// [`ConsentError`] for a text that cannot be named.
    pub fn give(
        id: ConsentId,
        applicant: ApplicantId,
        input: &ConsentInput,
        by: OfficerId,
        now: Timestamp,
    ) -> Result<Self, ConsentError> {
        let mut text_sm3 = [0; 32];
        hex::decode_to_slice(&input.text_sm3, &mut text_sm3).map_err(|_| ConsentError::Digest)?;
        Ok(Self {
            id,
            applicant,
            version: words(&input.version, VERSION_CHARACTERS_MAX).ok_or(ConsentError::Version)?,
            text_sm3,
            language: input.language.parse().map_err(|_| ConsentError::Language)?,
            means: input.means,
            taken_by: by,
            given_at: now,
            withdrawn_at: None,
        })
    }

    /// Takes it back. What was done before stays lawful; nothing new is taken in.
    ///
    /// # Errors
    /// [`ConsentError::Withdrawn`] the second time, [`ConsentError::BeforeItWasGiven`].
    pub fn withdraw(self, now: Timestamp) -> Result<Self, ConsentError> {
        if let Some(at) = self.withdrawn_at {
            return Err(ConsentError::Withdrawn { at });
        }
        if now < self.given_at {
            return Err(ConsentError::BeforeItWasGiven);
        }
        Ok(Self {
            withdrawn_at: Some(now),
            ..self
        })
    }

    /// Its number.
    #[must_use]
    pub fn id(&self) -> ConsentId {
        self.id
    }

    /// Whose it is.
    #[must_use]
    pub fn applicant(&self) -> ApplicantId {
        self.applicant
    }

    /// How it was given.
    #[must_use]
    pub fn means(&self) -> ConsentMeans {
        self.means
    }

    /// Version of the text that was shown.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// When it was given.
    #[must_use]
    pub fn given_at(&self) -> Timestamp {
        self.given_at
    }

    /// When it was withdrawn; `None` while it is in force.
    #[must_use]
    pub fn withdrawn_at(&self) -> Option<Timestamp> {
        self.withdrawn_at
    }
}

/// Why a consent is not taken down.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ConsentError {
    /// No version of a text.
    #[error("consent.version: 1 to {VERSION_CHARACTERS_MAX} characters")]
    Version,
    /// No digest.
    #[error("consent.text_sm3: 64 hexadecimal digits")]
    Digest,
    /// No language of ours.
    #[error("consent.language: zh or en")]
    Language,
    /// It was withdrawn before.
    #[error("this consent was withdrawn at {at}")]
    Withdrawn {
        /// When.
        at: Timestamp,
    },
    /// A withdrawal that is older than the consent.
    #[error("a consent is not withdrawn before it was given")]
    BeforeItWasGiven,
}

impl ConsentError {
    pub(crate) fn tell(&self) -> Told {
        let malformed = |code, zh: String| Told::malformed(code, Blame::Officer, zh);
        match self {
            Self::Version => malformed(
                "consent-version-malformed",
                format!("consent.version：应为1至{VERSION_CHARACTERS_MAX}个字符"),
            ),
            Self::Digest => malformed(
                "consent-digest-malformed",
                "consent.text_sm3：应为64位十六进制".to_owned(),
            ),
            Self::Language => malformed("consent-language-unknown", "consent.language：应为zh或en".to_owned()),
            Self::Withdrawn { at } => malformed("consent-withdrawn-already", format!("该同意已于{at}撤回")),
            Self::BeforeItWasGiven => malformed("consent-withdrawn-too-early", "撤回时间不得早于同意时间".to_owned()),
        }
    }
}

explain_by_telling!(ConsentError);
