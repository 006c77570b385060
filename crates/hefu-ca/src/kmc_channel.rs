//! The way to the key management centre: one signed request for a whole group of certificates, one answer.
//!
//! Messages are those of GM/T 0014 (`gm-kmc`). The channel carries octets and nothing else: in one process it
//! calls the vault, between processes it is an HTTP client. The key centre gives the same pair for the same
//! application however often it is asked, so everything here may be repeated.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use gm_kmc::{ApplyKey, Delivered, EntityName, KeyAnswer, KeyRequest, Request, SignedAnswer};
use gm_suite::{KeyAlgorithm, PublicKey, Signer};
use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use jiff::Timestamp;

/// Applications in one message to the key centre: what it envelopes in a tenth of a second.
pub const APPLICATIONS_MAX: usize = 256;

/// Carries signed messages to a key centre and its signed answers back.
pub trait KeyCentreChannel: Send + Sync {
    /// Delivers `request` (DER) and returns the answer (DER), or says why there is none.
    fn submit(&self, request: Vec<u8>) -> BoxFuture<'_, Result<Vec<u8>, KeyCentreUnreachable>>;
}

/// The key centre gave no signed answer: refused the message, could not be reached, or failed.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{why}")]
pub struct KeyCentreUnreachable {
    /// One sentence for logs.
    pub why: String,
}

/// A key centre as this CA knows it.
pub struct KeyCentre {
    /// The way to it.
    pub channel: Arc<dyn KeyCentreChannel>,
    /// The key that signs its answers.
    pub public_key: PublicKey,
    /// Our name in messages to it.
    pub name: EntityName,
    /// Signs our messages to it.
    pub signer: Arc<dyn Signer>,
    /// How long an answer may take.
    pub patience: Duration,
}

/// Why the key centre's part of a pair is missing.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum KeyCentreError {
    /// A dual certificate is asked for and no key centre is configured.
    #[error("no key centre is configured, so no dual certificate can be issued")]
    NotConfigured,
    /// It did not answer in time.
    #[error("the key centre did not answer within {0:?}")]
    Silent(Duration),
    /// It could not be reached or gave no signed answer.
    #[error("the key centre gave no answer: {0}")]
    Unreachable(String),
    /// Its answer cannot be read, or is not what was asked.
    #[error("the key centre's answer cannot be used: {0}")]
    Malformed(String),
    /// Its answer is not signed by it.
    #[error("the answer is not signed by the key centre")]
    WrongSignature,
    /// It signed a refusal for this certificate.
    #[error("the key centre refused with number {code}: {text}")]
    Refused {
        /// The number in its answer.
        code: i64,
        /// Its words.
        text: String,
    },
    /// It sent the key only in the standard's form, which a CA cannot turn into an `SM2EnvelopedKey` (GM/T 0092).
    #[error("the key centre sent no SM2EnvelopedKey")]
    NoEnvelope,
    /// It sent a key that is not an SM2 key, or the subscriber's own.
    #[error("the key centre sent a key that cannot serve for encryption")]
    UnfitKey,
    /// Our request could not be signed.
    #[error("the request to the key centre cannot be signed")]
    Unsigned,
}

impl KeyCentreError {
    /// Whether asking again later may help. A signed refusal is final; silence is not.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        match self {
            Self::Silent(_) | Self::Unreachable(_) | Self::Malformed(_) | Self::WrongSignature | Self::Unsigned => true,
            Self::NotConfigured | Self::Refused { .. } | Self::NoEnvelope | Self::UnfitKey => false,
        }
    }
}

impl Explain for KeyCentreError {
    fn code(&self) -> &'static str {
        match self {
            Self::NotConfigured => "key-centre-not-configured",
            Self::Silent(_) => "key-centre-silent",
            Self::Unreachable(_) => "key-centre-unreachable",
            Self::Malformed(_) => "key-centre-answer-malformed",
            Self::WrongSignature => "key-centre-wrong-signature",
            Self::Refused { .. } => "key-centre-refused",
            Self::NoEnvelope => "key-centre-no-envelope",
            Self::UnfitKey => "key-centre-unfit-key",
            Self::Unsigned => "key-request-unsigned",
        }
    }

    fn kind(&self) -> Kind {
        Kind::Fault
    }

    fn blame(&self) -> Blame {
        match self {
            Self::NotConfigured | Self::NoEnvelope => Blame::Operator,
            Self::Unsigned => Blame::CertificationAuthority,
            Self::Silent(_)
            | Self::Unreachable(_)
            | Self::Malformed(_)
            | Self::WrongSignature
            | Self::Refused { .. }
            | Self::UnfitKey => Blame::KeyCentre,
        }
    }

    fn citation(&self) -> Option<Citation> {
        match self {
            Self::NoEnvelope => Some(Citation::new("GM/T 0092", "")),
            Self::NotConfigured | Self::Unsigned => None,
            Self::Silent(_)
            | Self::Unreachable(_)
            | Self::Malformed(_)
            | Self::WrongSignature
            | Self::Refused { .. }
            | Self::UnfitKey => Some(Citation::new("GM/T 0014", "")),
        }
    }

    fn message(&self, language: Language) -> String {
        if language == Language::English {
            return self.to_string();
        }
        match self {
            Self::NotConfigured => "未配置密钥管理中心，无法签发双证书".to_owned(),
            Self::Silent(patience) => format!("密钥管理中心在{patience:?}内没有应答"),
            Self::Unreachable(why) => format!("密钥管理中心没有给出应答：{why}"),
            Self::Malformed(why) => format!("密钥管理中心的应答无法使用：{why}"),
            Self::WrongSignature => "应答的签名不是密钥管理中心的签名".to_owned(),
            Self::Refused { code, text } => format!("密钥管理中心拒绝，代码{code}：{text}"),
            Self::NoEnvelope => "密钥管理中心没有给出SM2EnvelopedKey".to_owned(),
            Self::UnfitKey => "密钥管理中心给出的公钥不能用于加密证书".to_owned(),
            Self::Unsigned => "无法签署发往密钥管理中心的请求".to_owned(),
        }
    }
}

/// The key centre's part of one pair: the public key to certify and the private key that we cannot open.
#[derive(Clone, Debug)]
pub(crate) struct EncryptionKey {
    /// To be certified.
    pub(crate) public_key: PublicKey,
    /// `SM2EnvelopedKey`, DER, for the subscriber alone.
    pub(crate) enveloped: Vec<u8>,
}

/// An application for one certificate's encryption key.
pub(crate) struct Application {
    /// Serial number of the encryption certificate.
    pub(crate) serial: Vec<u8>,
    /// The subscriber's key that the private key is enveloped for.
    pub(crate) user_key: PublicKey,
    /// The certificate's validity.
    pub(crate) not_before: Timestamp,
    /// The certificate's validity.
    pub(crate) not_after: Timestamp,
}

/// What came of one application.
pub(crate) type Applied = Result<EncryptionKey, KeyCentreError>;

impl KeyCentre {
    /// Applies for all keys in one signed message. Answers are in the order of applications.
    ///
    /// # Errors
    /// [`KeyCentreError`], when there is no answer to any of them; asking again gets the same keys.
    pub(crate) async fn apply(
        &self,
        applications: &[Application],
        task: &TaskNumbers,
        now: Timestamp,
    ) -> Result<Vec<Applied>, KeyCentreError> {
        let requests = applications.iter().map(Application::request).collect();
        let answers = self.ask(requests, task, now).await?;
        let answers = applications.iter().zip(answers);
        Ok(answers
            .map(|(application, answer)| key_of(application, answer))
            .collect())
    }

    /// Says that the keys of these certificates are no longer in use. A signed refusal counts as heard.
    ///
    /// # Errors
    /// [`KeyCentreError`], when there is no answer.
    pub(crate) async fn retire(
        &self,
        serials: Vec<Vec<u8>>,
        task: &TaskNumbers,
        now: Timestamp,
    ) -> Result<(), KeyCentreError> {
        let requests = serials
            .into_iter()
            .map(|serial| KeyRequest::Revoke { serial })
            .collect();
        for answer in self.ask(requests, task, now).await? {
            if let KeyAnswer::Error { code, text } = answer {
                tracing::warn!(code, text, "the key centre did not retire a key");
            }
        }
        Ok(())
    }

    /// One signed message, one signed answer that fits it.
    async fn ask(
        &self,
        requests: Vec<KeyRequest>,
        task: &TaskNumbers,
        now: Timestamp,
    ) -> Result<Vec<KeyAnswer>, KeyCentreError> {
        let request = Request {
            ca: self.name.clone(),
            requests,
            at: now,
            task: task.next(),
        };
        let message = request.sign(&*self.signer).map_err(|_| KeyCentreError::Unsigned)?;
        let answer = tokio::time::timeout(self.patience, self.channel.submit(message))
            .await
            .map_err(|_| KeyCentreError::Silent(self.patience))?
            .map_err(|error| KeyCentreError::Unreachable(error.why))?;
        let malformed = |error: &dyn std::error::Error| KeyCentreError::Malformed(error.to_string());
        let answer = SignedAnswer::from_der(&answer).map_err(|error| malformed(&error))?;
        let answer = answer
            .verify(&self.public_key)
            .map_err(|_| KeyCentreError::WrongSignature)?;
        answer.fits(&request).map_err(|error| malformed(&error))?;
        Ok(answer.answers)
    }
}

impl Application {
    fn request(&self) -> KeyRequest {
        KeyRequest::Apply(ApplyKey {
            serial: self.serial.clone(),
            user_key: self.user_key.clone(),
            not_before: self.not_before,
            not_after: self.not_after,
            user_name: None,
        })
    }
}

fn key_of(application: &Application, answer: KeyAnswer) -> Applied {
    match answer {
        KeyAnswer::Applied(delivered) => encryption_key(application, &delivered),
        KeyAnswer::Error { code, text } => Err(KeyCentreError::Refused { code, text }),
        KeyAnswer::Restored(_) | KeyAnswer::Revoked { .. } => {
            Err(KeyCentreError::Malformed("it answers something else".to_owned()))
        }
    }
}

/// Checks what can be checked without opening: the key is SM2, not the subscriber's own, and the envelope is
/// about this key.
fn encryption_key(application: &Application, delivered: &Delivered) -> Applied {
    let enveloped = delivered.enveloped.as_ref().ok_or(KeyCentreError::NoEnvelope)?;
    let fit = delivered.public_key.algorithm() == KeyAlgorithm::Sm2
        && delivered.public_key != application.user_key
        && *enveloped.public_key() == delivered.public_key;
    if !fit {
        return Err(KeyCentreError::UnfitKey);
    }
    let enveloped = enveloped
        .to_der()
        .map_err(|error| KeyCentreError::Malformed(error.to_string()))?;
    Ok(EncryptionKey {
        public_key: delivered.public_key.clone(),
        enveloped,
    })
}

/// Numbers for messages to the key centre, by which an answer is known to belong to its request.
///
/// They start at the clock's microseconds, so that no restart repeats one.
#[derive(Debug)]
pub(crate) struct TaskNumbers(AtomicU64);

impl TaskNumbers {
    /// Numbers from `now` on.
    pub(crate) fn starting_at(now: Timestamp) -> Self {
        Self(AtomicU64::new(u64::try_from(now.as_microsecond()).unwrap_or(1)))
    }

    fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}
