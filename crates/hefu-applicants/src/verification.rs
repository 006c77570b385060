//! Outside verification services: what they are asked, how their answer is known to be theirs, and that it counts once.
//!
//! The exchange is two JSON documents over whatever carries them; HTTP is not known here.
//!
//! ```text
//! ask     {"format":"hefu-verification-request/1","reference":"32 hex","kind":"…","fields":{…},"asked_at":"RFC 3339"}
//! answer  {"format":"hefu-verification-result/1","reference":"32 hex","verdict":"match","score":987,
//!          "raw_sm3":"64 hex","answered_at":"RFC 3339"}        with a signature over exactly these octets beside it:
//! Hefu-Signature: hmac-sm3=64 hex     or     Hefu-Signature: sm2=base64 of the DER signature (SM3, default identifier)
//! ```
//!
//! `score` is in thousandths and optional; `raw_sm3` is SM3 of the service's own full report, which stays with it. An
//! answer counts when its signature is right, its reference was asked for and not answered yet, and it is not older or
//! newer than the window allows.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine as _;
use gm_suite::{PublicKey, SignatureAlgorithm};
use hefu_rulebook::{Blame, Citation, Told, explain_by_telling, named};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::id::Reference;
use crate::keyed::hmac_sm3_matches;
use crate::words::words;

/// Octets of an answer; it holds six short fields.
pub const ANSWER_OCTETS_MAX: usize = 16 * 1024;
/// Characters of a signature's text; an SM2 signature takes 96 in base64.
const SIGNATURE_CHARACTERS_MAX: usize = 256;
/// Octets of an HMAC key at least: as many as the digest gives security for.
const SECRET_OCTETS_MIN: usize = 32;
/// Fields of one question: what a person and an organisation have together.
const FIELDS_MAX: usize = 16;
/// Characters of a field's name or value, and of a service's name.
const FIELD_CHARACTERS_MAX: usize = 256;
/// Thousandths in a whole.
const SCORE_MAX: u16 = 1000;

const REQUEST: &str = "hefu-verification-request/1";
const RESULT: &str = "hefu-verification-result/1";

const ESL_20: Citation = Citation::new("ESL", "20");

named! {
    /// What a service found.
    pub enum Verdict {
        /// It is the person or organisation.
        Match = "match",
        /// It is not.
        NoMatch = "no-match",
        /// The service cannot tell.
        Unsure = "unsure",
    }
}

/// By what a service's answers are known.
pub enum ServiceKey {
    /// A secret that both hold.
    HmacSm3(Zeroizing<Vec<u8>>),
    /// The service's SM2 key.
    Sm2(PublicKey),
}

/// An outside verification service, from the settings.
pub struct Service {
    name: String,
    key: ServiceKey,
    window: Duration,
}

impl Service {
    /// Takes a service from the settings. `window` is how far an answer's time may be from ours, and how long after the
    /// question it may come.
    ///
    /// # Errors
    /// [`VerificationError::Service`] for a name that cannot stand in a record or a secret that is too short.
    pub fn new(name: &str, key: ServiceKey, window: Duration) -> Result<Self, VerificationError> {
        let weak = matches!(&key, ServiceKey::HmacSm3(secret) if secret.len() < SECRET_OCTETS_MIN);
        let fits = name
            .bytes()
            .all(|octet| octet.is_ascii_lowercase() || octet.is_ascii_digit() || octet == b'-');
        if weak || !fits || name.is_empty() || name.len() > FIELD_CHARACTERS_MAX {
            return Err(VerificationError::Service);
        }
        Ok(Self {
            name: name.to_owned(),
            key,
            window,
        })
    }

    /// The name by which records know it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    fn signed(&self, body: &[u8], signature: &str) -> bool {
        if signature.len() > SIGNATURE_CHARACTERS_MAX {
            return false;
        }
        match (&self.key, signature.trim().split_once('=')) {
            (ServiceKey::HmacSm3(secret), Some(("hmac-sm3", tag))) => {
                hex::decode(tag).is_ok_and(|tag| hmac_sm3_matches(secret, body, &tag))
            }
            (ServiceKey::Sm2(key), Some(("sm2", signature))) => base64::engine::general_purpose::STANDARD
                .decode(signature)
                .is_ok_and(|der| key.verify(SignatureAlgorithm::Sm2Sm3, body, &der).is_ok()),
            _ => false,
        }
    }
}

impl std::fmt::Debug for Service {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Service")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// A question to a service. Holds personal data: it is sent, and not kept.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Question {
    format: &'static str,
    reference: Reference,
    kind: String,
    fields: BTreeMap<String, String>,
    asked_at: Timestamp,
}

impl Question {
    /// Makes a question of the fields that the operator chose for this service.
    ///
    /// # Errors
    /// [`VerificationError::Question`] for fields that are empty, too many or too long.
    pub fn new(
        reference: Reference,
        kind: &str,
        fields: BTreeMap<String, String>,
        now: Timestamp,
    ) -> Result<Self, VerificationError> {
        let fits = |text: &String| words(text, FIELD_CHARACTERS_MAX).is_some();
        let all_fit = fields.iter().all(|(name, value)| fits(name) && fits(value));
        if fields.is_empty() || fields.len() > FIELDS_MAX || !all_fit {
            return Err(VerificationError::Question);
        }
        Ok(Self {
            format: REQUEST,
            reference,
            kind: words(kind, FIELD_CHARACTERS_MAX).ok_or(VerificationError::Question)?,
            fields,
            asked_at: now,
        })
    }

    /// The octets to send.
    ///
    /// # Errors
    /// [`VerificationError::Question`], which text maps never give.
    pub fn to_json(&self) -> Result<Vec<u8>, VerificationError> {
        serde_json::to_vec(self).map_err(|_| VerificationError::Question)
    }

    /// Under which reference the answer will come.
    #[must_use]
    pub fn reference(&self) -> Reference {
        self.reference
    }
}

/// A question that waits for its answer, as it is kept.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Asked {
    /// Under which reference.
    pub reference: Reference,
    /// Which service.
    pub service: String,
    /// When.
    pub asked_at: Timestamp,
    /// When it was answered.
    pub answered_at: Option<Timestamp>,
}

/// An answer as it reads, not yet known to be anybody's.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    format: String,
    reference: Reference,
    verdict: Verdict,
    #[serde(default)]
    score: Option<u16>,
    raw_sm3: String,
    answered_at: Timestamp,
}

impl Answer {
    /// Reads an answer.
    ///
    /// # Errors
    /// [`VerificationError::Malformed`].
    pub fn parse(body: &[u8]) -> Result<Self, VerificationError> {
        if body.len() > ANSWER_OCTETS_MAX {
            return Err(VerificationError::Malformed);
        }
        let answer: Self = serde_json::from_slice(body).map_err(|_| VerificationError::Malformed)?;
        let digest = hex::decode_to_slice(&answer.raw_sm3, &mut [0; 32]).is_ok();
        let score = answer.score.is_none_or(|score| score <= SCORE_MAX);
        if answer.format == RESULT && digest && score {
            Ok(answer)
        } else {
            Err(VerificationError::Malformed)
        }
    }

    /// To which question; to look the question up before the answer is believed.
    #[must_use]
    pub fn reference(&self) -> Reference {
        self.reference
    }
}

/// An answer that is the service's, to a question that was asked, for the first time. Made only by [`verify`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct VerifiedAnswer {
    answer: Answer,
    service: String,
}

impl VerifiedAnswer {
    /// To which question.
    #[must_use]
    pub fn reference(&self) -> Reference {
        self.answer.reference
    }

    /// What was found.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.answer.verdict
    }

    /// How surely, in thousandths.
    #[must_use]
    pub fn score(&self) -> Option<u16> {
        self.answer.score
    }

    /// SM3 of the service's own report, in hexadecimal.
    #[must_use]
    pub fn raw_sm3(&self) -> &str {
        &self.answer.raw_sm3
    }

    /// Who answered, as records name it: "service:…".
    #[must_use]
    pub fn actor(&self) -> String {
        format!("service:{}", self.service)
    }
}

/// Decides whether an answer counts.
///
/// # Errors
/// [`VerificationError`]: the signature first, because nothing that is not signed is worth another look.
pub fn verify(
    service: &Service,
    asked: &Asked,
    body: &[u8],
    signature: &str,
    now: Timestamp,
) -> Result<VerifiedAnswer, VerificationError> {
    if body.len() > ANSWER_OCTETS_MAX {
        return Err(VerificationError::Malformed);
    }
    if asked.service != service.name || !service.signed(body, signature) {
        return Err(VerificationError::Signature);
    }
    let answer = Answer::parse(body)?;
    if answer.reference != asked.reference {
        return Err(VerificationError::NotAsked);
    }
    if asked.answered_at.is_some() {
        return Err(VerificationError::Replayed);
    }
    let apart = answer.answered_at.duration_since(now).unsigned_abs();
    let waited = now.duration_since(asked.asked_at).unsigned_abs();
    if apart > service.window || waited > service.window || answer.answered_at < asked.asked_at {
        return Err(VerificationError::OutsideWindow);
    }
    Ok(VerifiedAnswer {
        answer,
        service: service.name.clone(),
    })
}

/// Why a question is not asked or an answer does not count.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum VerificationError {
    /// The settings of the service.
    #[error(
        "a verification service has a name of a-z, 0-9 and hyphens, and a secret of at least {SECRET_OCTETS_MIN} octets or an SM2 key"
    )]
    Service,
    /// The question.
    #[error("a question has 1 to {FIELDS_MAX} fields of 1 to {FIELD_CHARACTERS_MAX} characters")]
    Question,
    /// The answer cannot be read.
    #[error("the answer is not {RESULT} in at most {ANSWER_OCTETS_MAX} octets")]
    Malformed,
    /// The answer is not the service's.
    #[error("the answer is not signed by the service that was asked")]
    Signature,
    /// Nobody asked.
    #[error("nothing was asked under this reference")]
    NotAsked,
    /// It was answered before.
    #[error("this question was answered before")]
    Replayed,
    /// It is too old, or from the future.
    #[error("the answer's time is outside the window of this service")]
    OutsideWindow,
}

impl VerificationError {
    pub(crate) fn tell(self) -> Told {
        let refusal = |code, zh: &str| Told::refusal(code, Blame::Caller, ESL_20, zh);
        match self {
            Self::Service => Told::malformed(
                "verification-service-malformed",
                Blame::Operator,
                "核验服务的名称应由小写字母、数字和连字符组成，并配置足够长的密钥或SM2公钥",
            ),
            Self::Question => Told::malformed(
                "verification-question-malformed",
                Blame::Officer,
                format!("核验请求应有1至{FIELDS_MAX}个字段，每个1至{FIELD_CHARACTERS_MAX}个字符"),
            ),
            Self::Malformed => {
                Told::malformed("verification-answer-malformed", Blame::Caller, "核验结果格式不符或过长")
            }
            Self::Signature => refusal("verification-not-signed", "核验结果不是由所询问的服务签名的"),
            Self::NotAsked => refusal("verification-not-asked", "没有以该编号发出的核验请求"),
            Self::Replayed => refusal("verification-replayed", "该核验请求已有结果，重复的结果不予采用"),
            Self::OutsideWindow => refusal("verification-outside-window", "核验结果的时间超出该服务允许的时间范围"),
        }
    }
}

explain_by_telling!(VerificationError);

#[cfg(test)]
pub(crate) mod tests;
