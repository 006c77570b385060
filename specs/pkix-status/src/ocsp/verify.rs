//! When an answer is evidence: signed by the issuer or its delegate, about the right certificate, fresh, and to
//! our question (RFC 6960 §3.2 and §4.2.2.2).

use const_oid::ObjectIdentifier;
use der::{Decode, Encode, Tag};
use gm_suite::{BadSignature, InvalidKey, PublicKey, SignatureAlgorithm, UnsupportedAlgorithm};
use jiff::{SignedDuration, Timestamp};
use x509_cert::Certificate;
use x509_cert::ext::pkix::{ExtendedKeyUsage, KeyUsage};

use super::RESPONSE_BYTES_MAX;
use super::answer::ResponseStatus;
use super::cert_id::IssuerHashes;
use super::nonce::Nonce;
use super::response::{BasicResponse, Single};
use crate::walk::{Malformed, Walk, significant};
use crate::{extension, oid};

/// A response cannot be used.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum OcspError {
    /// Not an `OCSPResponse`.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// Longer than [`RESPONSE_BYTES_MAX`].
    #[error("OCSP response of {0} octets; at most {RESPONSE_BYTES_MAX} are read")]
    TooLong(usize),
    /// The responder did not answer.
    #[error("the OCSP responder refused to answer: {0}")]
    Refused(ResponseStatus),
    /// Not the basic response type.
    #[error("OCSP response of the type {0}, which is not known")]
    Type(String),
    /// Signed with an algorithm that is not known here.
    #[error("OCSP signature algorithm: {0}")]
    Algorithm(#[from] UnsupportedAlgorithm),
    /// The signature is not the signer's.
    #[error("OCSP signature does not verify: {0}")]
    Signature(#[from] BadSignature),
    /// The signer is neither the issuer nor its delegate.
    #[error("the OCSP signer may not answer for this issuer: {0}")]
    Signer(SignerFault),
    /// The nonce is missing or another one.
    #[error("the OCSP response does not echo the nonce of the request")]
    Nonce,
    /// A critical extension that is not processed here.
    #[error("OCSP response has the critical extension {0}, which is not processed")]
    Critical(String),
    /// There is no answer about this certificate.
    #[error("the OCSP response does not speak about this certificate")]
    NotAnswered,
    /// The answer is from a time that has not come.
    #[error("the OCSP answer is true from {0} on, which has not come")]
    NotYet(Timestamp),
    /// The answer grew old.
    #[error("the OCSP answer was good until {0}")]
    Stale(Timestamp),
}

/// Why a signer may not answer for an issuer.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SignerFault {
    /// Neither the issuer nor an accompanying certificate fits the responder's ID.
    #[error("no certificate fits the responder's ID")]
    Absent,
    /// The certificate cannot be read.
    #[error("its certificate is malformed: {0}")]
    Malformed(der::ErrorKind),
    /// The certificate's key is none that we take.
    #[error("its key is not acceptable: {0}")]
    Key(#[from] InvalidKey),
    /// The certificate was not issued by the issuer of the certificate in question.
    #[error("its certificate is not issued by the same authority")]
    OtherIssuer,
    /// The certificate does not have the key purpose `OCSPSigning` (or its key usage excludes signatures).
    #[error("its certificate is not for signing OCSP answers")]
    Purpose,
    /// The certificate is not valid at the time in question.
    #[error("its certificate is valid from {not_before} to {not_after} only")]
    Validity {
        /// As in the certificate, seconds since 1970.
        not_before: Timestamp,
        /// As in the certificate.
        not_after: Timestamp,
    },
    /// The certificate has a critical extension that is not processed here.
    #[error("its certificate has the critical extension {0}, which is not processed")]
    Critical(ObjectIdentifier),
}

/// What the answer has to be.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The name of the issuer of the certificates in question, in DER.
    pub issuer_name: &'a [u8],
    /// The issuer's key.
    pub issuer_key: &'a PublicKey,
    /// When the answer is looked at.
    pub at: Timestamp,
    /// The nonce that was sent; an answer that does not echo it is refused.
    pub nonce: Option<Nonce<'a>>,
    /// How far the responder's clock may be from ours; [`Expected::SKEW`] is usual.
    pub skew: SignedDuration,
}

impl Expected<'_> {
    /// Five minutes: what other clients allow as well.
    pub const SKEW: SignedDuration = SignedDuration::from_mins(5);

    /// How long an answer without nextUpdate is good. RFC 6960 §4.2.2.1 lets such a responder claim that newer
    /// knowledge is always at hand; an hour bounds a replay.
    pub const AGE_MAX: SignedDuration = SignedDuration::from_hours(1);
}

/// Who signed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ResponseSigner<'a> {
    /// The issuer of the certificates in question.
    Issuer,
    /// Someone whom the issuer certified for it.
    Delegate {
        /// The delegate's certificate in DER.
        certificate: &'a [u8],
        /// Whether the certificate carries id-pkix-ocsp-nocheck; otherwise its own status is for the caller to
        /// look up (RFC 6960 §4.2.2.2.1).
        no_check: bool,
    },
}

impl<'a> BasicResponse<'a> {
    /// Checks signer, signature and nonce.
    ///
    /// # Errors
    /// Which of them failed. Freshness is checked per answer, by [`VerifiedResponse::answer`].
    pub fn verify(self, expected: &Expected<'a>) -> Result<VerifiedResponse<'a>, OcspError> {
        if let Some(oid) = self.critical {
            return Err(OcspError::Critical(extension::dotted(oid)));
        }
        if expected.nonce.is_some() && expected.nonce != self.nonce() {
            return Err(OcspError::Nonce);
        }
        let algorithm = self.algorithm()?;
        let signer = if self.responder().is(expected.issuer_name, expected.issuer_key) {
            expected.issuer_key.verify(algorithm, self.tbs, self.signature)?;
            ResponseSigner::Issuer
        } else {
            let delegate = self.delegate(expected).map_err(OcspError::Signer)?;
            delegate.key.verify(algorithm, self.tbs, self.signature)?;
            ResponseSigner::Delegate {
                certificate: delegate.certificate,
                no_check: delegate.no_check,
            }
        };
        Ok(VerifiedResponse {
            basic: self,
            signer,
            expected: *expected,
        })
    }

    /// The first accompanying certificate that fits the responder's ID, checked; those that do not fit may be
    /// anything.
    fn delegate(&self, expected: &Expected<'_>) -> Result<Delegate<'a>, SignerFault> {
        let mut fault = SignerFault::Absent;
        for der in &self.certificates {
            match Holder::read(der) {
                Ok(holder) if self.responder().is(&holder.name, &holder.key) => return holder.delegate(der, expected),
                Ok(_) => {}
                Err(unreadable) => fault = unreadable,
            }
        }
        Err(fault)
    }
}

/// An accompanying certificate with its subject's name and key.
struct Holder {
    certificate: Certificate,
    name: Vec<u8>,
    key: PublicKey,
}

impl Holder {
    fn read(der: &[u8]) -> Result<Self, SignerFault> {
        let certificate = Certificate::from_der(der).map_err(malformed)?;
        let tbs = certificate.tbs_certificate();
        let key = PublicKey::from_spki(&tbs.subject_public_key_info().to_der().map_err(malformed)?)?;
        let name = tbs.subject().to_der().map_err(malformed)?;
        Ok(Self { certificate, name, key })
    }

    fn delegate<'a>(self, der: &'a [u8], expected: &Expected<'_>) -> Result<Delegate<'a>, SignerFault> {
        check_issued(der, &self.certificate, expected)?;
        check_purpose(&self.certificate)?;
        check_validity(&self.certificate, expected.at)?;
        Ok(Delegate {
            certificate: der,
            no_check: check_extensions(&self.certificate)?,
            key: self.key,
        })
    }
}

struct Delegate<'a> {
    certificate: &'a [u8],
    key: PublicKey,
    no_check: bool,
}

fn malformed(error: der::Error) -> SignerFault {
    SignerFault::Malformed(error.kind())
}

/// The issuer's name stands in it and the issuer's key signed it.
fn check_issued(der: &[u8], certificate: &Certificate, expected: &Expected<'_>) -> Result<(), SignerFault> {
    let issuer = certificate.tbs_certificate().issuer().to_der().map_err(malformed)?;
    let algorithm = SignatureAlgorithm::from_identifier(certificate.signature_algorithm());
    let same = certificate.signature_algorithm() == certificate.tbs_certificate().signature();
    let (Ok(algorithm), true, true) = (algorithm, same, issuer == expected.issuer_name) else {
        return Err(SignerFault::OtherIssuer);
    };
    let tbs = Walk::sequence("certificate", der)
        .and_then(|mut fields| fields.expect("tbsCertificate", Tag::Sequence))
        .map_err(|_| SignerFault::OtherIssuer)?;
    expected
        .issuer_key
        .verify(algorithm, tbs.whole, certificate.signature().raw_bytes())
        .map_err(|_| SignerFault::OtherIssuer)
}

/// Extended key usage `OCSPSigning`, and a key usage, if any, that allows signatures.
fn check_purpose(certificate: &Certificate) -> Result<(), SignerFault> {
    let tbs = certificate.tbs_certificate();
    let purposes = tbs.get_extension::<ExtendedKeyUsage>().map_err(malformed)?;
    let usage = tbs.get_extension::<KeyUsage>().map_err(malformed)?;
    let signs = purposes.is_some_and(|(_, purposes)| purposes.0.contains(&oid::OCSP_SIGNING));
    let may_sign = usage.is_none_or(|(_, usage)| usage.digital_signature() || usage.non_repudiation());
    if signs && may_sign {
        Ok(())
    } else {
        Err(SignerFault::Purpose)
    }
}

fn check_validity(certificate: &Certificate, at: Timestamp) -> Result<(), SignerFault> {
    let validity = certificate.tbs_certificate().validity();
    let not_before = timestamp(validity.not_before);
    let not_after = timestamp(validity.not_after);
    if not_before <= at && at <= not_after {
        return Ok(());
    }
    Err(SignerFault::Validity { not_before, not_after })
}

fn timestamp(time: x509_cert::time::Time) -> Timestamp {
    let seconds = i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX)
}

/// No critical extension but those looked at here; says whether id-pkix-ocsp-nocheck is there.
fn check_extensions(certificate: &Certificate) -> Result<bool, SignerFault> {
    let mut no_check = false;
    for extension in certificate.tbs_certificate().extensions().into_iter().flatten() {
        if extension.extn_id == oid::OCSP_NO_CHECK {
            no_check = true;
        } else if extension.critical && !oid::DELEGATE_MAY_HAVE.contains(&extension.extn_id) {
            return Err(SignerFault::Critical(extension.extn_id));
        }
    }
    Ok(no_check)
}

/// A response whose signer, signature and nonce were checked.
#[derive(Clone, Debug)]
pub struct VerifiedResponse<'a> {
    basic: BasicResponse<'a>,
    signer: ResponseSigner<'a>,
    expected: Expected<'a>,
}

impl<'a> VerifiedResponse<'a> {
    /// The answer about the issuer's certificate with this serial number (big-endian, leading zeros do not
    /// matter), if it is fresh at the time in question.
    ///
    /// # Errors
    /// No answer, one that is not yet or no longer good, or one with an unknown critical extension.
    pub fn answer(&self, serial: &[u8]) -> Result<Single<'a>, OcspError> {
        let single = self.find(serial).ok_or(OcspError::NotAnswered)?;
        if let Some(oid) = single.critical {
            return Err(OcspError::Critical(extension::dotted(oid)));
        }
        let Expected { at, skew, .. } = self.expected;
        if single.this_update > later(at, skew) {
            return Err(OcspError::NotYet(single.this_update));
        }
        let until = single
            .next_update
            .unwrap_or_else(|| later(single.this_update, Expected::AGE_MAX));
        if at > later(until, skew) {
            return Err(OcspError::Stale(until));
        }
        Ok(*single)
    }

    fn find(&self, serial: &[u8]) -> Option<&Single<'a>> {
        let wanted = significant(serial);
        self.basic.singles().iter().find(|single| {
            single.cert_id.serial() == wanted
                && single.cert_id.digest().is_some_and(|digest| {
                    IssuerHashes::of(digest, self.expected.issuer_name, self.expected.issuer_key)
                        .matches(&single.cert_id)
                })
        })
    }

    /// Who signed.
    #[must_use]
    pub const fn signer(&self) -> ResponseSigner<'a> {
        self.signer
    }

    /// All that the response says.
    #[must_use]
    pub const fn basic(&self) -> &BasicResponse<'a> {
        &self.basic
    }
}

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}
