//! The port to registration and to applicants' files, which the daemon implements over both.
//!
//! What is done here by subscribers is done there in the name of the officer who vouched for their code; but the key of a
//! certificate is taken out of use whether that officer is on duty or not.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use hefu_officers::{Officer, OfficerId};
use hefu_rulebook::{Explain, Language};
use jiff::Timestamp;

use crate::telling::named;

/// Octets of all files of one answer together: a phone's pictures of a few pages.
pub const SUPPLEMENT_OCTETS_MAX: usize = 24 << 20;

/// Why registration did not do it: its own error, told as it tells it.
pub type RegistrationError = Arc<dyn Explain + Send + Sync>;

/// How far an application is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum KnownState {
    /// On its way.
    Open,
    /// Certificates are there.
    Issued,
    /// It was rejected.
    Rejected,
}

/// An application, as far as subscribers' affairs need it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Known {
    /// Its number.
    pub application: String,
    /// How far it is.
    pub state: KnownState,
    /// Serial number of what was issued; of a pair the signing certificate's.
    pub serial: Option<String>,
    /// Whether it is an applicant's whose file is kept.
    pub has_file: bool,
}

named! {
    /// The two texts that an applicant is shown.
    pub enum TextKind {
        /// What must be told first.
        Notice = "notice",
        /// What both sides agree on.
        Contract = "contract",
    }
}

/// An acknowledgement or a signature, as a page took it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Agreeing {
    /// Which text.
    pub kind: TextKind,
    /// The version that was shown.
    pub version: String,
    /// In which language.
    pub language: Language,
    /// SM3 of exactly what was shown.
    pub sm3: [u8; 32],
    /// The name under a contract.
    pub signed_by: String,
}

/// How a holder who reports a loss showed who they are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Means<'a> {
    /// By a code that was given to them; the certificate is suspended.
    Code(&'a str),
    /// By a signature with the certificate's own key; it is revoked.
    Key,
}

/// A renewal that an officer grants.
#[derive(Clone, Copy, Debug)]
pub struct Renewing<'a> {
    /// Serial number of the certificate.
    pub serial: &'a str,
    /// Certification request of a new key, PEM.
    pub csr: Option<&'a str>,
    /// Number of the check of identity.
    pub check: &'a str,
}

/// Registration and applicants' files, as subscribers' affairs see them.
pub trait Registration: Send + Sync {
    /// An application by its number.
    fn application<'a>(&'a self, number: &'a str) -> BoxFuture<'a, Result<Known, RegistrationError>>;

    /// The application that a certificate came from, by serial number.
    fn application_of<'a>(&'a self, serial: &'a str, now: Timestamp)
    -> BoxFuture<'a, Result<Known, RegistrationError>>;

    /// Takes down an agreement in the applicant's file and takes the application's step with it; its number.
    fn agree<'a>(
        &'a self,
        vouched_by: OfficerId,
        application: &'a str,
        agreeing: &'a Agreeing,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<String, RegistrationError>>;

    /// Puts a file into the applicant's evidence; its number there.
    fn keep<'a>(
        &'a self,
        vouched_by: OfficerId,
        application: &'a str,
        content: &'a [u8],
        now: Timestamp,
    ) -> BoxFuture<'a, Result<String, RegistrationError>>;

    /// Takes a certificate out of use at its holder's word; what was done: "suspended", "revoked".
    fn stop<'a>(
        &'a self,
        serial: &'a str,
        means: Means<'a>,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<&'static str, RegistrationError>>;

    /// Whether a signature over `message` was made with the certificate's key.
    fn is_signed<'a>(
        &'a self,
        serial: &'a str,
        message: &'a [u8],
        signature: &'a [u8],
        now: Timestamp,
    ) -> BoxFuture<'a, Result<bool, RegistrationError>>;

    /// Enters a renewal or re-key; the application's number.
    fn renew<'a>(
        &'a self,
        officer: &'a Officer,
        renewing: Renewing<'a>,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<String, RegistrationError>>;
}
