//! Entry points for fuzzers: each takes bytes from outside through one parser and everything that follows from it.

use std::sync::LazyLock;

use crate::view::Signed;
use crate::{Draft, IssuedCertificate, Issuer, Profiles, Publication, Usage, certificate_facts};

static PROFILES: LazyLock<Profiles> = LazyLock::new(Profiles::builtin);

/// Reads a certificate as one that was issued, as facts for people, and as an authority's.
pub fn certificate(data: &[u8]) {
    if let Ok(issued) = IssuedCertificate::parse(data) {
        debug_assert_eq!(issued.der(), data);
    }
    let _ = certificate_facts(data).map(|facts| facts.subject.len());
    let _ = Issuer::from_certificate(data, Publication::nowhere());
}

/// Lets every lint look at the to-be-signed part of a certificate, in each usage of each profile, as its own issuer.
pub fn lints(data: &[u8]) {
    let Ok(signed) = Signed::parse(data) else { return };
    let Ok(issuer) = Issuer::from_certificate(data, Publication::nowhere()) else {
        return;
    };
    for profile in PROFILES.iter() {
        for usage in [Usage::Single, Usage::Sign, Usage::Encrypt] {
            let _ = Draft::restore(signed.tbs.to_vec(), profile, &issuer, usage).lint();
        }
    }
}

/// Reads a profile.
pub fn profile(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = Profiles::from_toml(text);
    }
}
