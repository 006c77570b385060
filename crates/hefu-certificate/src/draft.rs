//! From a profile, an issuer, a subject and a key to the octets that will be signed, and past the lints.
//!
//! ```text
//! Order ──draft──▶ Draft ──lint, pass──▶ Linted ──sign──▶ IssuedCertificate
//!                    ▲                     │ tbs(): store it before signing
//!                    └──── restore ────────┘ after a restart: stored octets pass the lints again
//! ```
//!
//! Only a [`Linted`] can be signed, and only [`Draft::pass`] makes one.

mod extensions;

use der::{Encode, Tag, asn1::AnyRef};
use gm_suite::{KeyAlgorithm, PublicKey, SignError, SignatureAlgorithm, Signer};
use gm_syntax::der_writer::DerWriter;
use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use jiff::Timestamp;

use crate::issued::IssuedCertificate;
use crate::issuer::Issuer;
use crate::lint::{self, Finding, Severity};
use crate::profile::{Part, Profile, ProfileKind, Usage};
use crate::serial::SerialNumber;
use crate::subject::Subject;
use crate::validity::{Validity, utc};
use crate::view::Tbs;

/// The last year that RFC 5280 §4.1.2.5 writes as `UTCTime`.
const UTC_TIME_YEAR_MAX: i16 = 2049;

/// What one certificate shall say.
#[derive(Clone, Debug)]
pub struct Order<'a> {
    /// Whom it names.
    pub subject: &'a Subject,
    /// The subject's key.
    pub public_key: &'a PublicKey,
    /// Which half of a pair, or single.
    pub usage: Usage,
    /// Its serial number.
    pub serial: SerialNumber,
    /// How long.
    pub validity: Validity,
}

/// Why an order makes no draft.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum DraftError {
    /// The profile makes no certificate with this usage.
    #[error("profile {profile} makes no certificate with usage {usage}")]
    Usage {
        /// The profile's name.
        profile: String,
        /// Usage asked for.
        usage: Usage,
    },
    /// The profile does not accept keys of this kind.
    #[error("profile {profile} takes no {key} keys, only {}", accepted.join(", "))]
    Key {
        /// The profile's name.
        profile: String,
        /// Kind of the key.
        key: KeyAlgorithm,
        /// Kinds accepted.
        accepted: Vec<String>,
    },
    /// The subject was made for another profile.
    #[error("the subject was made for profile {made_for}, not {profile}")]
    Subject {
        /// The profile's name.
        profile: String,
        /// The subject's profile.
        made_for: String,
    },
    /// A root profile signs itself; every other profile needs an issuer with a certificate.
    #[error("profile {profile} and this issuer do not go together: a root signs itself, nothing else does")]
    SelfSigned {
        /// The profile's name.
        profile: String,
    },
    /// The operator's policy arc and the profile's number make no object identifier.
    #[error("policy {number} below the operator's arc is no object identifier")]
    Policy {
        /// The profile's number.
        number: String,
    },
    /// Checked values could not be encoded: a fault.
    #[error("the certificate could not be encoded: {0}")]
    Encoding(String),
}

/// Octets to be signed that have not passed the lints.
#[derive(Clone, Debug)]
pub struct Draft<'a> {
    tbs: Vec<u8>,
    profile: &'a Profile,
    issuer: &'a Issuer,
    usage: Usage,
}

impl Profile {
    /// Writes the to-be-signed part of a certificate.
    ///
    /// # Errors
    /// [`DraftError`]; whatever else is wrong the lints say.
    pub fn draft<'a>(&'a self, issuer: &'a Issuer, order: &Order<'_>) -> Result<Draft<'a>, DraftError> {
        let part = self.check_order(issuer, order)?;
        let tbs = write(self, issuer, part, order)?;
        Ok(Draft {
            tbs,
            profile: self,
            issuer,
            usage: order.usage,
        })
    }

    fn check_order(&self, issuer: &Issuer, order: &Order<'_>) -> Result<&Part, DraftError> {
        let profile = || self.name().to_owned();
        let key = order.public_key.algorithm();
        if !self.keys().contains(&key) {
            let accepted = self.keys().iter().map(ToString::to_string).collect();
            return Err(DraftError::Key {
                profile: profile(),
                key,
                accepted,
            });
        }
        if order.subject.profile() != self.name() {
            let made_for = order.subject.profile().to_owned();
            return Err(DraftError::Subject {
                profile: profile(),
                made_for,
            });
        }
        if issuer.is_self_signed() != (self.kind() == ProfileKind::Root) {
            return Err(DraftError::SelfSigned { profile: profile() });
        }
        self.part(order.usage).ok_or_else(|| DraftError::Usage {
            profile: profile(),
            usage: order.usage,
        })
    }
}

fn write(profile: &Profile, issuer: &Issuer, part: &Part, order: &Order<'_>) -> Result<Vec<u8>, DraftError> {
    let fault = |error: der::Error| DraftError::Encoding(error.to_string());
    let not_before = time(order.validity.not_before()).map_err(fault)?;
    let not_after = time(order.validity.not_after()).map_err(fault)?;
    let extensions = extensions::write(profile, issuer, part, order)?;
    let mut writer = DerWriter::new();
    writer.sequence(|tbs| {
        tbs.context(0, |version| version.unsigned_64(2));
        tbs.unsigned(order.serial.as_bytes());
        tbs.raw(issuer.algorithm_der());
        tbs.raw(issuer.name());
        tbs.sequence(|validity| {
            validity.raw(&not_before);
            validity.raw(&not_after);
        });
        tbs.raw(order.subject.name());
        tbs.raw(order.public_key.spki());
        tbs.context(3, |explicit| explicit.sequence(|list| list.raw(&extensions)));
    });
    writer.finish().map_err(fault)
}

/// `UTCTime` through 2049, `GeneralizedTime` from 2050 (RFC 5280 §4.1.2.5).
fn time(at: Timestamp) -> Result<Vec<u8>, der::Error> {
    let at = utc(at);
    let rest = format!(
        "{:02}{:02}{:02}{:02}{:02}Z",
        at.month(),
        at.day(),
        at.hour(),
        at.minute(),
        at.second()
    );
    let (tag, text) = if at.year() <= UTC_TIME_YEAR_MAX {
        (Tag::UtcTime, format!("{:02}{rest}", at.year() % 100))
    } else {
        (Tag::GeneralizedTime, format!("{:04}{rest}", at.year()))
    };
    AnyRef::new(tag, text.as_bytes())?.to_der()
}

impl<'a> Draft<'a> {
    /// Takes octets that were stored before a restart. They pass the lints again, or do not.
    #[must_use]
    pub fn restore(tbs: Vec<u8>, profile: &'a Profile, issuer: &'a Issuer, usage: Usage) -> Self {
        Self {
            tbs,
            profile,
            issuer,
            usage,
        }
    }

    /// The octets that would be signed.
    #[must_use]
    pub fn tbs(&self) -> &[u8] {
        &self.tbs
    }

    /// Every lint that has something to say, gravest first.
    #[must_use]
    pub fn lint(&self) -> Vec<Finding> {
        lint::examine(&self.tbs, self.profile, self.issuer, self.usage)
    }

    /// Lets the draft through when no lint finds an error.
    ///
    /// # Errors
    /// [`LintRefusal`] with all findings.
    pub fn pass(self) -> Result<Linted, LintRefusal> {
        let findings = self.lint();
        let errors = findings.iter().any(|finding| finding.severity() == Severity::Error);
        let serial = Tbs::parse(&self.tbs)
            .ok()
            .and_then(|tbs| SerialNumber::from_bytes(tbs.serial.content).ok());
        match serial {
            Some(serial) if !errors => Ok(Linted {
                tbs: self.tbs,
                serial,
                usage: self.usage,
                algorithm: self.issuer.signature_algorithm(),
                algorithm_der: self.issuer.algorithm_der().to_vec(),
                issuer_key: self.issuer.public_key().clone(),
                findings,
            }),
            _ => Err(LintRefusal { findings }),
        }
    }
}

/// A draft that at least one lint refuses. Nothing was signed.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}", self.message(Language::English))]
pub struct LintRefusal {
    findings: Vec<Finding>,
}

impl LintRefusal {
    /// Every finding, gravest first; at least one is an error.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    fn first(&self) -> Option<&Finding> {
        self.findings.first()
    }
}

/// Octets that passed every lint: the only thing that can be signed.
#[derive(Clone, Debug)]
pub struct Linted {
    tbs: Vec<u8>,
    serial: SerialNumber,
    usage: Usage,
    algorithm: SignatureAlgorithm,
    algorithm_der: Vec<u8>,
    issuer_key: PublicKey,
    findings: Vec<Finding>,
}

/// Why a linted draft was not signed.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SigningError {
    /// The signer holds another key, or signs with another algorithm, than the issuer in the draft.
    #[error("the signer's key or algorithm ({offered}) is not the issuer's ({wanted})")]
    WrongSigner {
        /// What the signer signs with.
        offered: SignatureAlgorithm,
        /// What the draft names.
        wanted: SignatureAlgorithm,
    },
    /// The key did not sign.
    #[error("the issuer's key did not sign: {0}")]
    Key(#[from] SignError),
    /// The signature could not be put into the certificate.
    #[error("the certificate could not be encoded: {0}")]
    Encoding(String),
}

impl Linted {
    /// The octets that will be signed, to be stored first.
    #[must_use]
    pub fn tbs(&self) -> &[u8] {
        &self.tbs
    }

    /// The serial number in them.
    #[must_use]
    pub const fn serial(&self) -> SerialNumber {
        self.serial
    }

    /// Which half of a pair, or single.
    #[must_use]
    pub const fn usage(&self) -> Usage {
        self.usage
    }

    /// Warnings and notices; no errors.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Signs.
    ///
    /// # Errors
    /// [`SigningError`]; the draft is gone, its stored octets can be restored.
    pub fn sign(self, signer: &dyn Signer) -> Result<IssuedCertificate, SigningError> {
        let offered = signer.signature_algorithm();
        if signer.public_key() != &self.issuer_key || offered != self.algorithm {
            return Err(SigningError::WrongSigner {
                offered,
                wanted: self.algorithm,
            });
        }
        let signature = signer.sign(&self.tbs)?;
        let mut writer = DerWriter::new();
        writer.sequence(|certificate| {
            certificate.raw(&self.tbs);
            certificate.raw(&self.algorithm_der);
            certificate.bit_octets(&signature);
        });
        let der = writer
            .finish()
            .map_err(|error| SigningError::Encoding(error.to_string()))?;
        Ok(IssuedCertificate::assembled(der, self.serial))
    }
}

impl Explain for DraftError {
    fn code(&self) -> &'static str {
        match self {
            Self::Usage { .. } => "draft-usage",
            Self::Key { .. } => "draft-key",
            Self::Subject { .. } => "draft-subject",
            Self::SelfSigned { .. } => "draft-self-signed",
            Self::Policy { .. } => "draft-policy",
            Self::Encoding(_) => "draft-encoding",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Usage { .. } | Self::Key { .. } | Self::SelfSigned { .. } | Self::Policy { .. } => Kind::Refusal,
            Self::Subject { .. } | Self::Encoding(_) => Kind::Fault,
        }
    }

    fn blame(&self) -> Blame {
        match self {
            Self::Usage { .. } | Self::SelfSigned { .. } => Blame::Caller,
            Self::Key { .. } => Blame::Applicant,
            Self::Policy { .. } => Blame::Operator,
            Self::Subject { .. } | Self::Encoding(_) => Blame::Hefu,
        }
    }

    fn citation(&self) -> Option<Citation> {
        match self {
            Self::Key { .. } | Self::Usage { .. } => Some(Citation::new("M15", "16")),
            Self::SelfSigned { .. } => Some(Citation::new("RFC 5280", "4.2.1.1")),
            Self::Policy { .. } => Some(Citation::new("M15", "15")),
            Self::Subject { .. } | Self::Encoding(_) => None,
        }
    }

    fn message(&self, language: Language) -> String {
        match (language, self) {
            (Language::English, _) => self.to_string(),
            (Language::Chinese, Self::Usage { profile, usage }) => {
                format!("证书模板 {profile} 不签发用途为 {usage} 的证书")
            }
            (Language::Chinese, Self::Key { profile, key, accepted }) => {
                format!("证书模板 {profile} 不接受 {key} 密钥，只接受 {}", accepted.join("、"))
            }
            (Language::Chinese, Self::Subject { profile, made_for }) => {
                format!("证书主体是为模板 {made_for} 生成的，不能用于 {profile}")
            }
            (Language::Chinese, Self::SelfSigned { profile }) => {
                format!("证书模板 {profile} 与该签发机构不匹配：只有根证书自签名")
            }
            (Language::Chinese, Self::Policy { number }) => {
                format!("证书策略编号 {number} 与运营者的策略根不能组成对象标识符")
            }
            (Language::Chinese, Self::Encoding(problem)) => format!("证书无法编码：{problem}"),
        }
    }
}

impl Explain for LintRefusal {
    fn code(&self) -> &'static str {
        "lint-refused"
    }

    fn kind(&self) -> Kind {
        Kind::Refusal
    }

    fn blame(&self) -> Blame {
        Blame::CertificationAuthority
    }

    fn citation(&self) -> Option<Citation> {
        self.first().map(Finding::citation)
    }

    fn message(&self, language: Language) -> String {
        let errors: Vec<String> = self
            .findings
            .iter()
            .filter(|finding| finding.severity() == Severity::Error)
            .map(|finding| format!("{}: {}", finding.name(), finding.message(language)))
            .collect();
        match language {
            Language::Chinese => format!("签发前检查不通过：{}", errors.join("；")),
            Language::English => format!("the lints before signing refuse: {}", errors.join("; ")),
        }
    }
}

impl Explain for SigningError {
    fn code(&self) -> &'static str {
        match self {
            Self::WrongSigner { .. } => "signing-wrong-signer",
            Self::Key(_) => "signing-key",
            Self::Encoding(_) => "signing-encoding",
        }
    }

    fn kind(&self) -> Kind {
        Kind::Fault
    }

    fn blame(&self) -> Blame {
        match self {
            Self::WrongSigner { .. } => Blame::Operator,
            Self::Key(_) => Blame::CertificationAuthority,
            Self::Encoding(_) => Blame::Hefu,
        }
    }

    fn citation(&self) -> Option<Citation> {
        None
    }

    fn message(&self, language: Language) -> String {
        match (language, self) {
            (Language::English, _) => self.to_string(),
            (Language::Chinese, Self::WrongSigner { offered, wanted }) => {
                format!("签名密钥或算法（{offered}）不是签发机构的（{wanted}）")
            }
            (Language::Chinese, Self::Key(error)) => format!("签发机构的密钥未能签名：{error}"),
            (Language::Chinese, Self::Encoding(problem)) => format!("证书无法编码：{problem}"),
        }
    }
}
