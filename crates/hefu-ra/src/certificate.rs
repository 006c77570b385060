//! Certificates as the registration authority keeps them: what came back, for whom, and what may be asked of them.
//!
//! The certification authority alone changes a certificate's status; here its signed word is written down. A pair is
//! one thing: both certificates have the same state at every moment.

use gm_suite::{KeyAlgorithm, PublicKey};
use hefu_certificate::{Change, IssuedCertificate, RevocationGround, Status, StatusRefusal, Usage};
use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use jiff::Timestamp;
use registration_protocol::Issued as IssuedParts;

use crate::application::{Application, ApplicationId, Requested};
use crate::list::CertificateState;
use crate::request::RequestError;

/// One certificate.
#[derive(Clone, Debug)]
pub struct Certificate {
    pub(crate) serial: String,
    pub(crate) pair_serial: Option<String>,
    pub(crate) application: ApplicationId,
    pub(crate) usage: Usage,
    pub(crate) profile: String,
    /// What people call the holder: the common name.
    pub(crate) name: String,
    /// The whole distinguished name, for people.
    pub(crate) subject: String,
    pub(crate) not_before: Timestamp,
    pub(crate) not_after: Timestamp,
    pub(crate) status: Status,
    pub(crate) ground: Option<RevocationGround>,
    pub(crate) changed_at: Option<Timestamp>,
    pub(crate) der: Vec<u8>,
    pub(crate) enveloped_key: Option<Vec<u8>>,
    /// SM3 of the issuer's certificate, hexadecimal.
    pub(crate) issuer: String,
}

/// What the authority handed over for one application: one certificate or a pair, and its own certificate.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Of which kind the applicant's key is.
    pub(crate) key: KeyAlgorithm,
    pub(crate) certificates: Vec<Certificate>,
    pub(crate) issuer: Vec<u8>,
}

/// Whether a profile asks for one certificate or for two.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Shape {
    /// One certificate.
    Single,
    /// A signing and an encryption certificate, with the encryption key in an envelope.
    Pair,
}

impl Delivery {
    /// Checks that what came back is what was asked for: the applicant's own key in the (signing) certificate, and a
    /// pair with its envelope exactly where the profile wants one. `issuer` is the digest of the issuer's certificate.
    pub(crate) fn check(
        application: &Application<Requested>,
        parts: IssuedParts,
        shape: Shape,
        issuer: &str,
    ) -> Result<Self, RequestError> {
        let usage = match shape {
            Shape::Single => Usage::Single,
            Shape::Pair => Usage::Sign,
        };
        let (mut first, key) = read(application, parts.signing, usage, issuer)?;
        if key.spki() != application.form.public_key {
            return Err(RequestError::Wrong("the certificate holds another key"));
        }
        let certificates = match (shape, parts.encryption, parts.enveloped_key) {
            (Shape::Single, None, None) => vec![first],
            (Shape::Pair, Some(encryption), Some(enveloped_key)) => {
                let (mut second, _) = read(application, encryption, Usage::Encrypt, issuer)?;
                second.enveloped_key = Some(enveloped_key);
                first.pair_serial = Some(second.serial.clone());
                second.pair_serial = Some(first.serial.clone());
                vec![first, second]
            }
            (Shape::Single, ..) => return Err(RequestError::Wrong("a pair instead of one certificate")),
            (Shape::Pair, ..) => return Err(RequestError::Wrong("not a whole pair")),
        };
        Ok(Self {
            key: key.algorithm(),
            certificates,
            issuer: parts.issuer,
        })
    }

    /// SM3 of the issuer's certificate, hexadecimal.
    pub(crate) fn issuer_digest(&self) -> &str {
        self.certificates
            .first()
            .map_or("", |certificate| certificate.issuer.as_str())
    }

    pub(crate) fn serials(&self) -> Vec<String> {
        self.certificates
            .iter()
            .map(|certificate| certificate.serial.clone())
            .collect()
    }
}

/// Reads one certificate; also its key.
fn read(
    application: &Application<Requested>,
    der: Vec<u8>,
    usage: Usage,
    issuer: &str,
) -> Result<(Certificate, PublicKey), RequestError> {
    const UNREADABLE: RequestError = RequestError::Wrong("a certificate that cannot be read");
    let parsed = IssuedCertificate::parse(&der).map_err(|_| UNREADABLE)?;
    let facts = parsed.facts().map_err(|_| UNREADABLE)?;
    let key = parsed.public_key().map_err(|_| UNREADABLE)?;
    let certificate = Certificate {
        serial: parsed.serial().to_string(),
        pair_serial: None,
        application: application.form.id,
        usage,
        profile: application.form.profile.clone(),
        name: called(&facts.subject, &facts.alternatives),
        subject: facts.subject,
        not_before: facts.not_before,
        not_after: facts.not_after,
        status: Status::Valid,
        ground: None,
        changed_at: None,
        der,
        enveloped_key: None,
        issuer: issuer.to_owned(),
    };
    Ok((certificate, key))
}

/// Reads a stored status.
pub(crate) fn status_from(word: &str) -> Option<Status> {
    [Status::Valid, Status::Suspended, Status::Revoked]
        .into_iter()
        .find(|status| status.as_str() == word)
}

/// Reads a stored usage.
pub(crate) fn usage_from(word: &str) -> Option<Usage> {
    [Usage::Single, Usage::Sign, Usage::Encrypt]
        .into_iter()
        .find(|usage| usage.as_str() == word)
}

/// What people call the holder: the common name, else the first alternative name ("dns:…"), else the whole name.
fn called(subject: &str, alternatives: &[String]) -> String {
    let alternative = || alternatives.first()?.split_once(':').map(|(_, name)| name.to_owned());
    common_name(subject)
        .or_else(alternative)
        .unwrap_or_else(|| subject.to_owned())
}

/// The last common name in a name as [`hefu_certificate::display_name`] writes it.
fn common_name(subject: &str) -> Option<String> {
    let mut name = None;
    let mut part = String::new();
    let mut letters = subject.chars().peekable();
    while let Some(letter) = letters.next() {
        match (letter, letters.peek()) {
            ('\\', Some(_)) => part.extend(letters.next()),
            (',', Some(' ')) => {
                letters.next();
                name = part.strip_prefix("CN=").map(str::to_owned).or(name);
                part.clear();
            }
            _ => part.push(letter),
        }
    }
    part.strip_prefix("CN=").map(str::to_owned).or(name)
}

/// A change of status that an officer may ask for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum StatusAct {
    /// Hold it, for a while.
    Suspend,
    /// Lift the hold.
    Resume,
    /// End it, on one of the law's five grounds (办法 29).
    Revoke(RevocationGround),
}

impl StatusAct {
    /// The word in tables and records.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Suspend => "suspend",
            Self::Resume => "resume",
            Self::Revoke(_) => "revoke",
        }
    }

    const fn change(self) -> Change {
        match self {
            Self::Suspend => Change::Suspend,
            Self::Resume => Change::Resume,
            Self::Revoke(_) => Change::Revoke,
        }
    }

    /// The status that it leads to.
    pub(crate) const fn leads_to(self) -> Status {
        match self {
            Self::Suspend => Status::Suspended,
            Self::Resume => Status::Valid,
            Self::Revoke(_) => Status::Revoked,
        }
    }

    /// Whether somebody stands at the counter and asks for it, whose identity can be checked.
    pub(crate) const fn is_asked_by_the_holder(self) -> bool {
        matches!(
            self,
            Self::Suspend | Self::Resume | Self::Revoke(RevocationGround::HolderRequest)
        )
    }

    pub(crate) const fn ground(self) -> Option<RevocationGround> {
        match self {
            Self::Suspend | Self::Resume => None,
            Self::Revoke(ground) => Some(ground),
        }
    }
}

impl Certificate {
    /// The serial number that stands for the pair: the signing certificate's.
    #[must_use]
    pub fn leading_serial(&self) -> &str {
        match (self.usage, &self.pair_serial) {
            (Usage::Encrypt, Some(pair)) => pair,
            _ => &self.serial,
        }
    }

    /// The state as people see it at `now`.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> CertificateState {
        match self.status {
            Status::Revoked => CertificateState::Revoked,
            Status::Valid | Status::Suspended if self.is_expired(now) => CertificateState::Expired,
            Status::Suspended => CertificateState::Suspended,
            Status::Valid => CertificateState::Valid,
        }
    }

    /// Whether its time is over.
    #[must_use]
    pub fn is_expired(&self, now: Timestamp) -> bool {
        now > self.not_after
    }

    /// Decides whether a change of status may be asked for.
    ///
    /// # Errors
    /// [`CertificateError`] when the certificate's time is over, or its status does not allow the change.
    pub fn may_change(&self, act: StatusAct, now: Timestamp) -> Result<(), CertificateError> {
        if self.is_expired(now) {
            return Err(CertificateError::Expired);
        }
        self.status.after(act.change())?;
        Ok(())
    }

    /// Decides whether a renewal may be asked for: what has ended or is in doubt is not prolonged.
    ///
    /// # Errors
    /// [`CertificateError`] when the certificate is not in force.
    pub fn may_renew(&self, now: Timestamp) -> Result<(), CertificateError> {
        match self.state(now) {
            CertificateState::Valid => Ok(()),
            CertificateState::Suspended => Err(CertificateError::Suspended),
            CertificateState::Revoked => Err(CertificateError::Revoked),
            CertificateState::Expired => Err(CertificateError::Expired),
        }
    }
}

/// Why something cannot be done with a certificate.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum CertificateError {
    /// There is no such certificate here.
    #[error("there is no certificate with this serial number")]
    Unknown,
    /// The text is no serial number.
    #[error("a serial number is written in 2 to 40 hexadecimal digits")]
    NotASerial,
    /// The word is no state of a certificate.
    #[error("no such state of a certificate; the states are valid, suspended, revoked, expired")]
    NotAState,
    /// It is revoked, for ever.
    #[error("the certificate is revoked")]
    Revoked,
    /// Its time is over.
    #[error("the certificate has expired")]
    Expired,
    /// It is suspended.
    #[error("the certificate is suspended")]
    Suspended,
    /// Its status does not allow the change.
    #[error(transparent)]
    Status(#[from] StatusRefusal),
    /// It was renewed before, or is being renewed.
    #[error("the certificate has a renewal already")]
    Renewed,
}

impl Explain for CertificateError {
    fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "certificate-unknown",
            Self::NotASerial => "serial-malformed",
            Self::NotAState => "certificate-state-malformed",
            Self::Revoked => "certificate-revoked",
            Self::Expired => "certificate-expired",
            Self::Suspended => "certificate-suspended",
            Self::Status(refusal) => refusal.code(),
            Self::Renewed => "certificate-renewed",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Unknown => Kind::Absent,
            Self::NotASerial | Self::NotAState => Kind::Malformed,
            Self::Revoked | Self::Expired | Self::Suspended | Self::Renewed => Kind::Refusal,
            Self::Status(refusal) => refusal.kind(),
        }
    }

    fn blame(&self) -> Blame {
        match self {
            Self::Unknown | Self::NotASerial | Self::NotAState => Blame::Caller,
            Self::Revoked | Self::Expired | Self::Suspended | Self::Status(_) | Self::Renewed => Blame::Officer,
        }
    }

    /// That an ended certificate is not renewed is our rule; no article that we read says it.
    fn citation(&self) -> Option<Citation> {
        match self {
            Self::Status(refusal) => refusal.citation(),
            Self::Unknown
            | Self::NotASerial
            | Self::NotAState
            | Self::Revoked
            | Self::Expired
            | Self::Suspended
            | Self::Renewed => None,
        }
    }

    fn message(&self, language: Language) -> String {
        let chinese = match self {
            Self::Status(refusal) => return refusal.message(language),
            Self::Unknown => "没有该序列号的证书",
            Self::NotASerial => "序列号应为2至40位十六进制数字",
            Self::NotAState => "没有这种证书状态；状态有 valid、suspended、revoked、expired",
            Self::Revoked => "该证书已被撤销",
            Self::Expired => "该证书已过有效期",
            Self::Suspended => "该证书已被暂停",
            Self::Renewed => "该证书已有更新申请或已经更新",
        };
        match language {
            Language::Chinese => chinese.to_owned(),
            Language::English => self.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_common_name_is_found_wherever_it_stands() {
        for (subject, name) in [
            ("CN=张三, O=合符, C=CN", Some("张三")),
            ("C=CN, O=合符, CN=张三", Some("张三")),
            ("C=CN, CN=甲\\, 乙, OU=丙", Some("甲, 乙")),
            ("C=CN, O=a\\, CN\\=b", None),
            ("O=合符, C=CN", None),
        ] {
            assert_eq!(common_name(subject).as_deref(), name, "{subject}");
        }
    }

    #[test]
    fn a_server_without_a_common_name_is_called_by_its_first_other_name() {
        assert_eq!(
            called(
                "C=CN",
                &["dns:hefu.example".to_owned(), "dns:www.hefu.example".to_owned()]
            ),
            "hefu.example"
        );
        assert_eq!(called("C=CN", &[]), "C=CN");
    }
}
