//! What CRLs and OCSP answers say about one certificate at one time: RFC 5280 §6.3, RFC 6960 §3.2.
//!
//! Every piece of evidence is a testimony about a moment. One that is current at the time asked about counts before
//! one that was made later, and of two of a kind the newer counts, because a suspension can be lifted. A revocation
//! cannot: it counts wherever it stands, also in a list that has grown old.
//!
//! Evidence made *after* the time asked about may speak for the past (a signature is looked at years later), as long as
//! the certificate had not expired when it was made: lists drop expired certificates. A suspension that began and
//! ended in between leaves no trace in it.

use gm_suite::PublicKey;
use jiff::Timestamp;
use pkix_status::{
    CertStatus, CrlError, CrlReader, Expected, OcspError, OcspResponse, ResponseSigner, RevocationReason, Single,
};

use crate::{certificate::Certificate, reason::StatusGap};

/// Most CRLs and OCSP answers of one question together. A chain of ten needs twenty; each one costs a signature check
/// for every certificate of the chain whose issuer it names.
pub const MAX_EVIDENCE: usize = 64;

/// CRLs and OCSP answers, as they came. Nothing is believed before its signature was checked under the issuer's key.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    crls: Vec<Vec<u8>>,
    answers: Vec<Vec<u8>>,
}

/// Bytes that are no evidence.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum UnusableEvidence {
    /// Not a CRL.
    #[error(transparent)]
    Crl(#[from] CrlError),
    /// Not an OCSP answer, or one that says nothing.
    #[error(transparent)]
    Ocsp(#[from] OcspError),
    /// More than [`MAX_EVIDENCE`].
    #[error("more than {MAX_EVIDENCE} CRLs and OCSP answers")]
    TooMuch,
}

/// Where a status comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A certificate revocation list.
    Crl,
    /// An OCSP answer.
    Ocsp,
}

/// What is known about one certificate at the time asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateStatus {
    /// Nobody asked.
    NotChecked,
    /// Not revoked and not suspended.
    Good {
        /// Who says so.
        source: Source,
        /// When it was so.
        this_update: Timestamp,
        /// Until when that may be relied on.
        next_update: Option<Timestamp>,
    },
    /// Suspended.
    Suspended {
        /// Who says so.
        source: Source,
        /// Since when.
        since: Timestamp,
    },
    /// Revoked.
    Revoked {
        /// Who says so.
        source: Source,
        /// Since when.
        since: Timestamp,
        /// The reason given.
        reason: RevocationReason,
    },
    /// Not known.
    Unknown(StatusGap),
}

impl Evidence {
    /// Adds a CRL in DER.
    ///
    /// # Errors
    /// [`UnusableEvidence`]; its signature is not looked at yet.
    pub fn add_crl(&mut self, der: Vec<u8>) -> Result<(), UnusableEvidence> {
        CrlReader::from_der(&der)?;
        self.admit()?;
        self.crls.push(der);
        Ok(())
    }

    /// Adds an OCSP answer in DER.
    ///
    /// # Errors
    /// [`UnusableEvidence`]; its signature is not looked at yet. An answer of the kind "try later" is none.
    pub fn add_ocsp(&mut self, der: Vec<u8>) -> Result<(), UnusableEvidence> {
        OcspResponse::from_der(&der)?.answered()?;
        self.admit()?;
        self.answers.push(der);
        Ok(())
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.crls.is_empty() && self.answers.is_empty()
    }

    fn admit(&self) -> Result<(), UnusableEvidence> {
        if self.crls.len() + self.answers.len() >= MAX_EVIDENCE {
            return Err(UnusableEvidence::TooMuch);
        }
        Ok(())
    }

    /// The status of `certificate`, issued by `issuer`, at a time; whether the certificate is otherwise valid is not
    /// looked at here.
    #[must_use]
    pub fn status(&self, certificate: &Certificate, issuer: &Certificate, at: Timestamp) -> CertificateStatus {
        let Ok(key) = issuer.public_key() else {
            return CertificateStatus::Unknown(StatusGap::NotAuthentic);
        };
        let question = Question {
            certificate,
            issuer,
            key,
            at,
        };
        let lists = self.crls.iter().map(|der| question.ask_crl(der));
        let answers = self.answers.iter().map(|der| question.ask_ocsp(der, &self.crls));
        conclude(lists.chain(answers), at)
    }
}

/// What one piece of evidence says.
#[derive(Clone, Copy)]
struct Testimony {
    source: Source,
    finding: Finding,
    this_update: Timestamp,
    next_update: Option<Timestamp>,
    /// Whether it is about the very time asked about, not a later one.
    is_current: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Finding {
    Good,
    Suspended(Timestamp),
    Revoked(Timestamp, RevocationReason),
}

#[derive(Clone, Copy)]
struct Question<'a> {
    certificate: &'a Certificate,
    issuer: &'a Certificate,
    key: &'a PublicKey,
    at: Timestamp,
}

impl Question<'_> {
    fn ask_crl(&self, der: &[u8]) -> Result<Testimony, StatusGap> {
        let crl = CrlReader::from_der(der).map_err(|_| StatusGap::Unsupported)?;
        if !self.is_named(crl.issuer()) {
            return Err(StatusGap::NoEvidence);
        }
        let usage = self.issuer.extensions().key_usage.as_ref();
        if usage.is_some_and(|usage| !usage.crl_sign()) {
            return Err(StatusGap::NotAuthentic);
        }
        let verified = crl.verify(self.key).map_err(|error| match error {
            CrlError::Signature(_) => StatusGap::NotAuthentic,
            _ => StatusGap::Unsupported,
        })?;
        let finding = match verified.lookup(self.certificate.serial()) {
            Some(entry) => self.date(entry.revoked_at, entry.reason),
            None => Finding::Good,
        };
        let testimony = Testimony {
            source: Source::Crl,
            finding,
            this_update: crl.this_update(),
            next_update: crl.next_update(),
            is_current: crl.is_current(self.at),
        };
        self.admit(testimony)
    }

    fn ask_ocsp(&self, der: &[u8], crls: &[Vec<u8>]) -> Result<Testimony, StatusGap> {
        let answered = OcspResponse::from_der(der).and_then(OcspResponse::answered);
        let basic = answered.map_err(|_| StatusGap::Unsupported)?;
        let known_since = basic.singles().iter().map(|single| single.this_update).max();
        let moment = known_since.map_or(self.at, |since| since.max(self.at));
        let expected = Expected {
            issuer_name: self.issuer.subject_der(),
            issuer_key: self.key,
            at: moment,
            nonce: None,
            skew: Expected::SKEW,
        };
        let verified = basic.clone().verify(&expected).map_err(|error| gap(&error))?;
        if let ResponseSigner::Delegate {
            certificate,
            no_check: false,
        } = verified.signer()
        {
            self.check_delegate(certificate, crls)?;
        }
        let single = verified.answer(self.certificate.serial());
        let stale = match &single {
            Err(OcspError::Stale(_)) => self.find(basic.singles()),
            _ => None,
        };
        let single = match (single, stale) {
            (Ok(single), _) | (Err(_), Some(single)) => single,
            (Err(error), None) => return Err(gap(&error)),
        };
        let finding = match single.status {
            CertStatus::Good => Finding::Good,
            CertStatus::Revoked { at, reason } => self.date(at, reason),
            CertStatus::Unknown => return Err(StatusGap::ResponderUnaware),
        };
        let until = single.next_update;
        self.admit(Testimony {
            source: Source::Ocsp,
            finding,
            this_update: single.this_update,
            next_update: until,
            is_current: stale.is_none() && single.this_update <= self.at,
        })
    }

    /// The answer of a response that has grown old: worth hearing only for a revocation.
    fn find<'b>(&self, singles: &[Single<'b>]) -> Option<Single<'b>> {
        let serial = self.certificate.serial();
        let found = singles.iter().find(|single| single.cert_id.serial() == serial);
        found
            .copied()
            .filter(|single| matches!(single.status, CertStatus::Revoked { .. }))
    }

    /// A delegated responder without id-pkix-ocsp-nocheck may itself have been revoked (RFC 6960 §4.2.2.2.1). The
    /// CRLs at hand are asked; silence is taken for good, as an answer about the answer is nowhere else to be had.
    fn check_delegate(&self, der: &[u8], crls: &[Vec<u8>]) -> Result<(), StatusGap> {
        let delegate = Certificate::from_der(der).map_err(|_| StatusGap::Unsupported)?;
        let question = Question {
            certificate: &delegate,
            ..*self
        };
        let lists = crls.iter().map(|crl| question.ask_crl(crl));
        match conclude(lists, self.at) {
            CertificateStatus::Revoked { .. } | CertificateStatus::Suspended { .. } => Err(StatusGap::NotAuthentic),
            _ => Ok(()),
        }
    }

    /// What an entry means at the time asked about: a later revocation left the certificate good until then.
    fn date(&self, since: Timestamp, reason: Option<RevocationReason>) -> Finding {
        match reason {
            _ if since.as_second() > self.at.as_second() => Finding::Good,
            Some(RevocationReason::RemoveFromCrl) => Finding::Good,
            Some(RevocationReason::CertificateHold) => Finding::Suspended(since),
            reason => Finding::Revoked(since, reason.unwrap_or(RevocationReason::Unspecified)),
        }
    }

    /// Evidence that is neither current nor later is stale; a revocation stands in it all the same.
    fn admit(&self, testimony: Testimony) -> Result<Testimony, StatusGap> {
        let made_later = testimony.this_update > self.at && testimony.this_update <= self.certificate.not_after();
        let final_word = matches!(testimony.finding, Finding::Revoked(..));
        if testimony.is_current || made_later || final_word {
            Ok(testimony)
        } else {
            Err(StatusGap::Stale)
        }
    }

    fn is_named(&self, issuer_of_list: &[u8]) -> bool {
        issuer_of_list == self.issuer.subject_der()
    }
}

fn gap(error: &OcspError) -> StatusGap {
    match error {
        OcspError::NotAnswered => StatusGap::NoEvidence,
        OcspError::Signature(_) | OcspError::Signer(_) => StatusGap::NotAuthentic,
        OcspError::Stale(_) | OcspError::NotYet(_) => StatusGap::Stale,
        _ => StatusGap::Unsupported,
    }
}

/// One status from all testimonies.
fn conclude(heard: impl Iterator<Item = Result<Testimony, StatusGap>>, at: Timestamp) -> CertificateStatus {
    let mut best: Option<Testimony> = None;
    let mut gap = StatusGap::NoEvidence;
    for testimony in heard {
        match testimony {
            Ok(testimony) if best.is_none_or(|best| rank(&testimony, at) > rank(&best, at)) => best = Some(testimony),
            Err(why) if weight(why) > weight(gap) => gap = why,
            _ => {}
        }
    }
    let Some(best) = best else {
        return CertificateStatus::Unknown(gap);
    };
    let Testimony {
        source,
        this_update,
        next_update,
        ..
    } = best;
    match best.finding {
        Finding::Good => CertificateStatus::Good {
            source,
            this_update,
            next_update,
        },
        Finding::Suspended(since) => CertificateStatus::Suspended { source, since },
        Finding::Revoked(since, reason) => CertificateStatus::Revoked { source, since, reason },
    }
}

/// Revocation first; then what is current, the newer first; then what was made later, the nearer first.
fn rank(testimony: &Testimony, at: Timestamp) -> (bool, bool, i64) {
    let final_word = matches!(testimony.finding, Finding::Revoked(..));
    let seconds = testimony.this_update.as_second();
    let nearness = if testimony.is_current {
        seconds
    } else {
        at.as_second() - seconds
    };
    (final_word, testimony.is_current, nearness)
}

/// Which of several gaps tells most.
fn weight(gap: StatusGap) -> u8 {
    match gap {
        StatusGap::NoEvidence => 0,
        StatusGap::ResponderUnaware => 1,
        StatusGap::NotAuthentic => 2,
        StatusGap::Unsupported => 3,
        StatusGap::Stale => 4,
    }
}
