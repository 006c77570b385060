//! Client certificates: what was presented, whether it is still in force, and why somebody does not come in with one.
//!
//! That the certificate chains to a root and that its key was used in the handshake, the TLS door has verified before
//! anything here sees it. Here it is found again by its SM3 digest, which two officers bound to a person
//! ([`Change::BindCertificate`](crate::Change::BindCertificate)), and looked at again at the moment of the log-in.

use futures_util::future::BoxFuture;
use gm_suite::sm3;
use hefu_certificate::IssuedCertificate;
use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use jiff::Timestamp;

/// Octets of an SM3 digest.
pub(crate) const DIGEST_LEN: usize = 32;

/// A client certificate whose chain and possession the TLS door has verified. Nothing else about it was.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PresentedCertificate {
    der: Vec<u8>,
    sm3: [u8; DIGEST_LEN],
    serial: Option<String>,
    subject: String,
    issuer_der: Vec<u8>,
    not_before: Timestamp,
    not_after: Timestamp,
}

impl PresentedCertificate {
    /// Takes the certificate (DER) of a finished handshake; `None` for what is no certificate.
    #[must_use]
    pub fn verified(der: &[u8]) -> Option<Self> {
        let facts = hefu_certificate::certificate_facts(der).ok()?;
        let serial = IssuedCertificate::parse(der).ok();
        Some(Self {
            der: der.to_vec(),
            sm3: sm3(der),
            serial: serial.map(|issued| issued.serial().to_string()),
            subject: facts.subject,
            issuer_der: facts.issuer_der,
            not_before: facts.not_before,
            not_after: facts.not_after,
        })
    }

    /// The certificate, DER.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// SM3 of the certificate, lower-case hexadecimal: what officers compare and bind.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        hex::encode(self.sm3)
    }

    /// Its serial number, lower-case hexadecimal, where it has the form of ours (sixteen octets).
    #[must_use]
    pub fn serial(&self) -> Option<&str> {
        self.serial.as_deref()
    }

    /// The subject's name for people: personal data, for the page of its holder only.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The issuer's name, DER.
    #[must_use]
    pub fn issuer_der(&self) -> &[u8] {
        &self.issuer_der
    }

    /// Last second of validity.
    #[must_use]
    pub fn not_after(&self) -> Timestamp {
        self.not_after
    }

    pub(crate) fn sm3(&self) -> &[u8; DIGEST_LEN] {
        &self.sm3
    }

    /// A connection may outlive the certificate that opened it.
    pub(crate) fn in_time(&self, now: Timestamp) -> bool {
        self.not_before <= now && now <= self.not_after
    }
}

/// Reads a digest as people give it: 64 hexadecimal digits.
pub(crate) fn fingerprint(text: &str) -> Option<[u8; DIGEST_LEN]> {
    let mut digest = [0; DIGEST_LEN];
    hex::decode_to_slice(text, &mut digest).ok()?;
    Some(digest)
}

/// How a certificate stands with who issued it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Standing {
    /// Issued here and in force.
    InForce,
    /// Issued here and suspended.
    Suspended,
    /// Issued here and revoked.
    Revoked,
    /// Not issued here: its own issuer is not asked. Such a certificate is withdrawn by unbinding it.
    NotIssuedHere,
}

/// Nobody could say how a certificate stands. What happened is in the log of who was asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the status of the certificate cannot be told")]
pub struct CannotTell;

/// Who knows how certificates stand; the daemon connects this to the registration desk.
pub trait CertificateStanding: Send + Sync {
    /// How `certificate` stands now. [`CannotTell`] keeps its holder out.
    fn standing<'a>(
        &'a self,
        certificate: &'a PresentedCertificate,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Standing, CannotTell>>;
}

/// Why nobody comes in with a certificate.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum CertificateRefused {
    /// Two officers have not bound it to anybody who is on duty.
    #[error("the client certificate is not bound to an officer on duty")]
    NotBound,
    /// Before its time or after it.
    #[error("the client certificate is not valid at this time")]
    OutOfTime,
    /// Held for a while.
    #[error("the client certificate is suspended")]
    Suspended,
    /// Ended.
    #[error("the client certificate is revoked")]
    Revoked,
    /// Its status cannot be told, and then nobody comes in with it.
    #[error("the status of the client certificate cannot be told now, so it opens nothing")]
    CannotTell,
}

impl CertificateRefused {
    pub(crate) fn unless_in_force(standing: Result<Standing, CannotTell>) -> Result<(), Self> {
        match standing {
            Ok(Standing::InForce | Standing::NotIssuedHere) => Ok(()),
            Ok(Standing::Suspended) => Err(Self::Suspended),
            Ok(Standing::Revoked) => Err(Self::Revoked),
            Err(CannotTell) => Err(Self::CannotTell),
        }
    }
}

impl Explain for CertificateRefused {
    fn code(&self) -> &'static str {
        match self {
            Self::NotBound => "certificate-not-bound",
            Self::OutOfTime => "certificate-out-of-time",
            Self::Suspended => "certificate-suspended",
            Self::Revoked => "certificate-revoked",
            Self::CannotTell => "certificate-status-unknown",
        }
    }

    fn kind(&self) -> Kind {
        Kind::Refusal
    }

    fn blame(&self) -> Blame {
        match self {
            Self::CannotTell => Blame::Operator,
            Self::NotBound | Self::OutOfTime | Self::Suspended | Self::Revoked => Blame::Officer,
        }
    }

    fn citation(&self) -> Option<Citation> {
        None
    }

    fn message(&self, language: Language) -> String {
        let chinese = match self {
            Self::NotBound => "该客户端证书没有绑定在岗人员",
            Self::OutOfTime => "该客户端证书此时不在有效期内",
            Self::Suspended => "该客户端证书已被暂停",
            Self::Revoked => "该客户端证书已被撤销",
            Self::CannotTell => "此时无法得知该客户端证书的状态，因此不能用它登录",
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
    fn only_a_certificate_in_force_or_of_another_issuer_opens_anything() {
        for (standing, verdict) in [
            (Ok(Standing::InForce), Ok(())),
            (Ok(Standing::NotIssuedHere), Ok(())),
            (Ok(Standing::Suspended), Err(CertificateRefused::Suspended)),
            (Ok(Standing::Revoked), Err(CertificateRefused::Revoked)),
            (Err(CannotTell), Err(CertificateRefused::CannotTell)),
        ] {
            assert_eq!(CertificateRefused::unless_in_force(standing), verdict);
        }
    }

    #[test]
    fn what_is_no_certificate_is_none() {
        assert!(PresentedCertificate::verified(b"").is_none());
        assert!(PresentedCertificate::verified(&[0x30, 0x00]).is_none());
        assert!(fingerprint("00").is_none() && fingerprint(&"zz".repeat(32)).is_none());
        assert_eq!(fingerprint(&"0f".repeat(32)), Some([15; 32]));
    }
}
