//! What the caller asks of a path besides its existence: the inputs of RFC 5280 §6.1.1.

use std::collections::BTreeSet;

use der::asn1::ObjectIdentifier;
use x509_cert::ext::pkix::KeyUsages;

/// Which certificates of a path must have a known revocation status.
///
/// The anchor's status is never asked: nobody above it could say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RevocationScope {
    /// None: revocation is not looked at, and the report says so.
    None,
    /// The target; certificates above it are looked at where evidence was given.
    #[default]
    Target,
    /// Every certificate below the anchor.
    Chain,
}

/// Inputs of path validation. The default accepts any policy and any purpose, and asks for the target's status.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// user-initial-policy-set; `None` is anyPolicy.
    pub policies: Option<BTreeSet<ObjectIdentifier>>,
    /// initial-explicit-policy: the path must be valid for at least one policy of the set.
    pub require_explicit_policy: bool,
    /// initial-policy-mapping-inhibit.
    pub inhibit_policy_mapping: bool,
    /// initial-any-policy-inhibit.
    pub inhibit_any_policy: bool,
    /// An extended key usage that the target must allow (no extension, or one with it or anyExtendedKeyUsage).
    pub purpose: Option<ObjectIdentifier>,
    /// A key usage bit that the target must have, if it has the extension at all.
    pub key_usage: Option<KeyUsages>,
    /// Critical extensions that the caller processes itself, besides the ones that this crate knows.
    pub processed_by_caller: Vec<ObjectIdentifier>,
    /// Whose status must be known.
    pub revocation: RevocationScope,
}
