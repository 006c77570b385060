//! What a caller has decided to trust.

use crate::certificate::Certificate;

/// A trust anchor in the form of a certificate (RFC 5280 §6.1.1 (d), with the constraints of RFC 5937).
///
/// Narrower than the RFC's name and key: the anchor's own dates, basic constraints, key usage, path length, name
/// constraints and policies bind the path below it. It need not be self-signed: an issuing CA may be trusted alone.
/// Making one is an act of trust, so there is no conversion from [`Certificate`] besides [`Anchor::trust`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor(Certificate);

impl Anchor {
    /// Trusts this certificate as the end of a path.
    #[must_use]
    pub fn trust(certificate: Certificate) -> Self {
        Self(certificate)
    }

    /// The certificate that is trusted.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.0
    }
}
