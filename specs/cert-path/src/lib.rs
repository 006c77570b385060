//! Certification path validation at a given time: RFC 5280 section 6, for SM2 and international certificates.
//!
//! ```text
//! bytes ─▶ Certificate ─▶ search (names, key identifiers, signatures) ─▶ walk (section 6.1) ─▶ Path
//!                                                                                               │
//!                      CRLs and OCSP answers as bytes ─▶ revocation (section 6.3, RFC 6960) ─▶ Report
//! ```
//!
//! [`validate`] answers whether a path exists from a target to something trusted; [`check`] also asks whether
//! anything on it was revoked and returns a [`Report`] with one line for each certificate and a [`Verdict`] of
//! three values: valid, invalid with the reason, or unknown with what is missing. A certificate whose issuer was
//! not supplied is *unknown*, never *invalid*: another caller with one more file may know.
//!
//! The time is a parameter. Nothing here fetches, stores, or looks at a clock; which algorithms can be verified
//! is decided by `gm-suite`. What is trusted is decided by the caller, by making an [`Anchor`].
//!
//! What it does not know: delta CRLs, indirect CRLs and CRLs limited to some reasons (each makes the status
//! unknown, never good); name forms other than dNSName, directoryName, rfc822Name, uniformResourceIdentifier
//! and iPAddress inside name constraints (refused when one must be judged); object identifiers that the `const-oid`
//! crate cannot hold (under arc 2 a second arc above 39, an arc above 32 bits), which make a certificate malformed.

mod anchor;
mod certificate;
mod names;
mod options;
mod path;
mod policy;
mod reason;
mod report;
mod revocation;
mod search;
mod subtrees;
mod walk;

#[doc(hidden)]
pub mod fuzzing;

pub use anchor::Anchor;
pub use certificate::{Certificate, MAX_CERTIFICATE_BYTES, MalformedCertificate};
pub use options::{Options, RevocationScope};
pub use path::{Path, PathError};
pub use policy::{MAX_POLICIES, PolicySet};
pub use reason::{Certainty, Reason, StatusGap};
pub use report::{CertificateReport, Report, Role, Verdict, check};
pub use revocation::{CertificateStatus, Evidence, MAX_EVIDENCE, Source, UnusableEvidence};
pub use search::{MAX_PATH_CERTIFICATES, MAX_SIGNATURE_CHECKS, validate};
pub use subtrees::MAX_NAME_COMPARISONS;
