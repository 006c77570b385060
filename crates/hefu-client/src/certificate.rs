//! Certificates: looking them up, renewing them, changing their status.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::application::{Basis, Identity};

/// A certificate as the server tells it.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(default)]
pub struct Certificate {
    /// Serial number, hexadecimal.
    pub serial: String,
    /// The other certificate of a pair.
    pub pair_serial: Option<String>,
    /// `single`, `sign` or `encrypt`.
    pub usage: String,
    /// Name of the profile.
    pub profile: String,
    /// Common name of the subject.
    pub name: String,
    /// The subject's distinguished name, for people.
    pub subject: String,
    /// First second of validity (RFC 3339).
    pub not_before: String,
    /// Last second of validity (RFC 3339).
    pub not_after: String,
    /// `valid`, `suspended`, `revoked` or `expired`.
    pub state: String,
    /// Ground of a revocation.
    pub ground: Option<String>,
    /// When the state last changed (RFC 3339).
    pub changed_at: Option<String>,
    /// The application that it came from.
    pub application: Option<String>,
    /// The certificate.
    pub pem: Option<String>,
}

/// What to look for; empty fields do not narrow.
#[derive(Clone, Debug, Default)]
pub struct CertificateQuery {
    /// Words of the subject, or a serial number.
    pub query: Option<String>,
    /// `valid`, `suspended`, `revoked` or `expired`.
    pub state: Option<String>,
    /// Name of a profile.
    pub profile: Option<String>,
    /// Cursor from the page before.
    pub after: Option<String>,
    /// Most items of a page.
    pub limit: Option<u32>,
}

impl CertificateQuery {
    pub(crate) fn pairs(&self) -> BTreeMap<&'static str, String> {
        let limit = self.limit.map(|limit| limit.to_string());
        [
            ("query", &self.query),
            ("state", &self.state),
            ("profile", &self.profile),
            ("after", &self.after),
            ("limit", &limit),
        ]
        .into_iter()
        .filter_map(|(name, value)| value.clone().map(|value| (name, value)))
        .collect()
    }
}

/// A renewal: with a new key when a request comes along, with the old one otherwise.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Renewal {
    /// Certification request with the new key: PEM, or DER in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub csr: Option<String>,
    /// How the holder's identity was verified for this renewal.
    pub identity: Basis<Identity>,
}

/// A suspension or its end.
#[derive(Clone, Debug, Default, Serialize)]
pub struct StatusChange {
    /// How the identity of who asks was verified.
    pub identity: Basis<Identity>,
    /// Why, in words.
    pub reason: String,
}

/// A revocation on one of the law's grounds.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Revocation {
    /// Slug of the ground.
    pub ground: String,
    /// How the identity of who asks was verified.
    pub identity: Basis<Identity>,
    /// Why, in words.
    pub reason: String,
}
