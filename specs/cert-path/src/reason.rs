//! Why a path is not valid, or why nobody can tell from what was given.

use der::asn1::ObjectIdentifier;
use jiff::Timestamp;

/// Whether a reason settles the matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// The certificate is not valid, whatever else may be supplied.
    Invalid,
    /// It cannot be told from what was supplied.
    Unknown,
}

/// One reason against a certificate. The text is English; [`Reason::code`] is a stable slug for translations.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// No certificate was supplied that could have issued this one.
    #[error("no certificate of its issuer was supplied")]
    NoIssuer,
    /// The chain is whole and ends in a self-signed certificate that is not trusted.
    #[error("the chain ends in a self-signed certificate that is not trusted")]
    UntrustedRoot,
    /// More candidates than the limits of the search allow.
    #[error("the supplied certificates allow too many paths to try them all")]
    SearchLimit,
    /// The key is of a kind, or broken in a way, that cannot be used.
    #[error("its public key cannot be used: {0}")]
    UnusableKey(String),
    /// The signature algorithm is not known here.
    #[error("its signature algorithm {0} is not supported")]
    UnsupportedSignature(ObjectIdentifier),
    /// The signature does not verify under the issuer's key.
    #[error("its signature does not verify under the issuer's key")]
    BadSignature,
    /// Its validity begins later.
    #[error("it is not valid before {from}")]
    NotYetValid {
        /// notBefore.
        from: Timestamp,
    },
    /// Its validity has ended.
    #[error("it expired at {until}")]
    Expired {
        /// notAfter.
        until: Timestamp,
    },
    /// It issued a certificate without being a CA (RFC 5280 §6.1.4 (k)).
    #[error("it issued a certificate but is not a certification authority")]
    NotAuthority,
    /// It issued a certificate but its key usage lacks keyCertSign (RFC 5280 §6.1.4 (n)).
    #[error("it issued a certificate but its key usage does not allow that")]
    KeyMayNotCertify,
    /// More CA certificates below it than its path length constraint allows (RFC 5280 §6.1.4 (l), (m)).
    #[error("more certification authorities stand below it than its path length constraint allows")]
    PathTooLong,
    /// A critical extension that is not understood (RFC 5280 §6.1.4 (o), §6.1.5 (f)).
    #[error("its critical extension {0} is not understood")]
    UnknownCritical(ObjectIdentifier),
    /// A name outside the permitted or inside the excluded subtrees of a CA above (RFC 5280 §6.1.3 (b), (c)).
    #[error("its name {0} is outside what a certification authority above it may certify")]
    NameNotPermitted(String),
    /// A name constraint in a form that cannot be judged here.
    #[error("a name constraint above it cannot be judged for its names")]
    NameFormUnsupported,
    /// More names or constraints than the limit allows to compare.
    #[error("it has more names or policies than can be compared")]
    TooMuchToCompare,
    /// No certificate policy that is acceptable (RFC 5280 §6.1.3 (f), §6.1.5 (g)).
    #[error("no acceptable certificate policy covers the whole chain")]
    PolicyMissing,
    /// A policy mapping to or from anyPolicy (RFC 5280 §6.1.4 (a)).
    #[error("it maps a certificate policy to or from anyPolicy")]
    PolicyMappingInvalid,
    /// Its extended key usage lacks the purpose that was asked for.
    #[error("its extended key usage does not allow the purpose {0}")]
    PurposeMissing(ObjectIdentifier),
    /// Its key usage lacks the bit that was asked for.
    #[error("its key usage does not allow what was asked for")]
    UsageMissing,
    /// It was revoked.
    #[error("it was revoked at {since}")]
    Revoked {
        /// The revocation time.
        since: Timestamp,
        /// `CRLReason` code, 0 when none was given (RFC 5280 §5.3.1).
        reason: u8,
    },
    /// It is suspended (certificateHold).
    #[error("it is suspended since {since}")]
    Suspended {
        /// The time of the suspension.
        since: Timestamp,
    },
    /// Its revocation status must be known and is not.
    #[error("its revocation status is not known: {0}")]
    StatusUnknown(StatusGap),
}

/// Why a revocation status is not known.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
pub enum StatusGap {
    /// Nothing supplied speaks about the certificate.
    #[error("no CRL or OCSP answer about it was supplied")]
    NoEvidence,
    /// There is evidence, but not for the time asked about.
    #[error("the CRL or OCSP answer is out of date at the time asked about")]
    Stale,
    /// There is evidence, but nobody with authority over the certificate signed it.
    #[error("the CRL or OCSP answer is not signed by its issuer or a responder of its issuer")]
    NotAuthentic,
    /// There is evidence of a form that cannot be judged here (delta, indirect or partial CRL, unknown critical extension).
    #[error("the CRL or OCSP answer is of a form that cannot be judged")]
    Unsupported,
    /// The responder says that it does not know the certificate.
    #[error("the responder does not know it")]
    ResponderUnaware,
}

impl Reason {
    /// Whether this settles the matter.
    #[must_use]
    pub fn certainty(&self) -> Certainty {
        match self {
            Self::NoIssuer
            | Self::SearchLimit
            | Self::UnusableKey(_)
            | Self::UnsupportedSignature(_)
            | Self::NameFormUnsupported
            | Self::TooMuchToCompare
            | Self::StatusUnknown(_) => Certainty::Unknown,
            Self::UntrustedRoot
            | Self::BadSignature
            | Self::NotYetValid { .. }
            | Self::Expired { .. }
            | Self::NotAuthority
            | Self::KeyMayNotCertify
            | Self::PathTooLong
            | Self::UnknownCritical(_)
            | Self::NameNotPermitted(_)
            | Self::PolicyMissing
            | Self::PolicyMappingInvalid
            | Self::PurposeMissing(_)
            | Self::UsageMissing
            | Self::Revoked { .. }
            | Self::Suspended { .. } => Certainty::Invalid,
        }
    }

    /// A stable slug, for catalogues and machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoIssuer => "no-issuer",
            Self::UntrustedRoot => "untrusted-root",
            Self::SearchLimit => "search-limit",
            Self::UnusableKey(_) => "unusable-key",
            Self::UnsupportedSignature(_) => "unsupported-signature",
            Self::BadSignature => "bad-signature",
            Self::NotYetValid { .. } => "not-yet-valid",
            Self::Expired { .. } => "expired",
            Self::NotAuthority => "not-authority",
            Self::KeyMayNotCertify => "key-may-not-certify",
            Self::PathTooLong => "path-too-long",
            Self::UnknownCritical(_) => "unknown-critical",
            Self::NameNotPermitted(_) => "name-not-permitted",
            Self::NameFormUnsupported => "name-form-unsupported",
            Self::TooMuchToCompare => "too-much-to-compare",
            Self::PolicyMissing => "policy-missing",
            Self::PolicyMappingInvalid => "policy-mapping-invalid",
            Self::PurposeMissing(_) => "purpose-missing",
            Self::UsageMissing => "usage-missing",
            Self::Revoked { .. } => "revoked",
            Self::Suspended { .. } => "suspended",
            Self::StatusUnknown(gap) => gap.code(),
        }
    }

    /// How much a failure tells when several were met: the larger wins.
    pub(crate) fn weight(&self) -> u8 {
        match self {
            Self::NoIssuer => 0,
            Self::UnusableKey(_) | Self::UnsupportedSignature(_) => 1,
            Self::BadSignature => 2,
            Self::UntrustedRoot => 3,
            Self::SearchLimit => 4,
            _ => 5,
        }
    }
}

impl StatusGap {
    /// A stable slug, for catalogues and machines.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NoEvidence => "status-no-evidence",
            Self::Stale => "status-stale",
            Self::NotAuthentic => "status-not-authentic",
            Self::Unsupported => "status-unsupported",
            Self::ResponderUnaware => "status-responder-unaware",
        }
    }
}
