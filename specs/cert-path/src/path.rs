//! The two answers of path validation: a path, or why there is none.

use crate::{
    certificate::Certificate,
    policy::PolicySet,
    reason::{Certainty, Reason},
};

/// A validated path: only [`crate::validate`] makes one.
#[derive(Clone, Debug)]
pub struct Path {
    certificates: Vec<Certificate>,
    policies: PolicySet,
}

impl Path {
    pub(crate) fn new(certificates: Vec<Certificate>, policies: PolicySet) -> Self {
        Self { certificates, policies }
    }

    /// The certificates, target first, anchor last; a target that is itself an anchor stands alone.
    #[must_use]
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// user-constrained-policy-set: the policies under which the path is valid (RFC 5280 §6.1.6, RFC 9618).
    #[must_use]
    pub fn policies(&self) -> &PolicySet {
        &self.policies
    }
}

/// Why no path was found: the most telling of the failures met.
///
/// A complete path that breaks a rule tells more than a bad signature, and that more than a missing issuer.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("certificate {index} of the path: {reason}")]
pub struct PathError {
    /// What is wrong.
    pub reason: Reason,
    /// Which certificate of `attempted` it concerns; 0 is the target.
    pub index: usize,
    /// The path as far as it was built, target first.
    pub attempted: Vec<Certificate>,
    /// Whether the last of `attempted` is a trust anchor.
    pub anchored: bool,
}

impl PathError {
    /// Whether the failure settles the matter, or another file could change the answer.
    #[must_use]
    pub fn certainty(&self) -> Certainty {
        self.reason.certainty()
    }
}
