//! The walk from the anchor down to the target: RFC 5280 §6.1.2–6.1.5.
//!
//! Signatures and name chaining were checked when the path was built (`search`), so that a forged link never costs
//! more than one verification; everything else about a path is decided here, and depends on nothing but the path,
//! the time and the options.

use der::asn1::ObjectIdentifier;

use jiff::Timestamp;

use crate::{
    anchor::Anchor,
    certificate::Certificate,
    options::Options,
    policy::{PolicySet, PolicyState, Position},
    reason::Reason,
    subtrees::Subtrees,
};

/// anyExtendedKeyUsage (RFC 5280 §4.2.1.12).
const ANY_PURPOSE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37.0");

/// A broken rule and how many steps above the target it was broken.
pub(crate) struct Broken {
    pub(crate) index: usize,
    pub(crate) reason: Reason,
}

/// The state of §6.1.2 that is not about policies.
struct Walk<'a> {
    at: Timestamp,
    options: &'a Options,
    policies: PolicyState,
    subtrees: Subtrees,
    /// `max_path_length`: how many more CA certificates that are not self-issued may follow.
    authorities_left: usize,
}

/// Walks a path: `below` holds the certificates under the anchor, target first.
pub(crate) fn walk(
    below: &[Certificate],
    anchor: &Anchor,
    at: Timestamp,
    options: &Options,
) -> Result<PolicySet, Broken> {
    let depth = u32::try_from(below.len()).unwrap_or(u32::MAX - 1);
    let mut walk = Walk {
        at,
        options,
        policies: PolicyState::new(options, depth),
        subtrees: Subtrees::default(),
        authorities_left: below.len(),
    };
    walk.begin(anchor.certificate()).map_err(|reason| Broken {
        index: below.len(),
        reason,
    })?;
    let mut certificates = below.iter().enumerate().rev();
    let mut last = None;
    for (index, certificate) in certificates.by_ref() {
        let broken = |reason| Broken { index, reason };
        if index == 0 {
            last = Some(certificate);
            break;
        }
        walk.step(certificate).map_err(broken)?;
    }
    match last {
        Some(target) => walk.finish(target).map_err(|reason| Broken { index: 0, reason }),
        None => Ok(PolicySet::Any),
    }
}

/// A target that is itself trusted: its dates and its fitness are all there is to check.
pub(crate) fn trusted_target(target: &Certificate, at: Timestamp, options: &Options) -> Result<PolicySet, Reason> {
    target.check_dates(at)?;
    check_critical(target, options)?;
    check_fitness(target, options)?;
    Ok(PolicySet::Any)
}

impl Walk<'_> {
    /// The anchor: what RFC 5937 takes from its certificate.
    fn begin(&mut self, anchor: &Certificate) -> Result<(), Reason> {
        anchor.check_dates(self.at)?;
        check_critical(anchor, self.options)?;
        check_authority(anchor, AuthorityForm::Anchor)?;
        self.subtrees.add(anchor);
        self.policies.constrain(anchor);
        self.limit_depth(anchor);
        Ok(())
    }

    /// §6.1.3 and §6.1.4 for a certificate that issued another.
    fn step(&mut self, certificate: &Certificate) -> Result<(), Reason> {
        certificate.check_dates(self.at)?;
        if !certificate.is_self_issued() {
            self.subtrees.judge(certificate)?;
        }
        self.policies.enter(certificate, Position::Intermediate)?;
        self.policies.leave(certificate)?;
        check_authority(certificate, AuthorityForm::Intermediate)?;
        check_critical(certificate, self.options)?;
        check_purpose(certificate, self.options)?;
        self.subtrees.add(certificate);
        if !certificate.is_self_issued() {
            self.authorities_left = self.authorities_left.checked_sub(1).ok_or(Reason::PathTooLong)?;
        }
        self.limit_depth(certificate);
        Ok(())
    }

    /// §6.1.3 and §6.1.5 for the target.
    fn finish(mut self, target: &Certificate) -> Result<PolicySet, Reason> {
        target.check_dates(self.at)?;
        self.subtrees.judge(target)?;
        self.policies.enter(target, Position::Target)?;
        check_critical(target, self.options)?;
        check_fitness(target, self.options)?;
        self.policies.finish(target, self.options.policies.as_ref())
    }

    fn limit_depth(&mut self, certificate: &Certificate) {
        let basic = certificate.extensions().basic.as_ref();
        if let Some(limit) = basic.and_then(|basic| basic.path_len_constraint) {
            self.authorities_left = self.authorities_left.min(usize::from(limit));
        }
    }
}

/// How a certificate that issued another came to be on the path.
#[derive(Clone, Copy, PartialEq, Eq)]
enum AuthorityForm {
    /// Trusted: an old root of version 1 has no extensions to say that it is a CA.
    Anchor,
    Intermediate,
}

/// §6.1.4 (k) and (n).
fn check_authority(certificate: &Certificate, form: AuthorityForm) -> Result<(), Reason> {
    let old_anchor = form == AuthorityForm::Anchor && !certificate.is_version_3();
    if !old_anchor && !certificate.is_authority() {
        return Err(Reason::NotAuthority);
    }
    match &certificate.extensions().key_usage {
        Some(usage) if !usage.key_cert_sign() => Err(Reason::KeyMayNotCertify),
        _ => Ok(()),
    }
}

/// §6.1.4 (o), §6.1.5 (f).
fn check_critical(certificate: &Certificate, options: &Options) -> Result<(), Reason> {
    let unknown = certificate.extensions().unknown_critical.iter();
    match unknown.copied().find(|oid| !options.processed_by_caller.contains(oid)) {
        Some(oid) => Err(Reason::UnknownCritical(oid)),
        None => Ok(()),
    }
}

/// What the caller wants to use the target for.
fn check_fitness(target: &Certificate, options: &Options) -> Result<(), Reason> {
    check_purpose(target, options)?;
    match (options.key_usage, &target.extensions().key_usage) {
        (Some(wanted), Some(usage)) if !usage.0.contains(wanted) => Err(Reason::UsageMissing),
        _ => Ok(()),
    }
}

/// A purpose must be allowed by the target and, where a CA lists purposes at all, by every CA above it: not asked by
/// RFC 5280, but by what browsers and operating systems have agreed on.
fn check_purpose(certificate: &Certificate, options: &Options) -> Result<(), Reason> {
    let (Some(purpose), Some(allowed)) = (options.purpose, &certificate.extensions().purposes) else {
        return Ok(());
    };
    if allowed.0.contains(&purpose) || allowed.0.contains(&ANY_PURPOSE) {
        Ok(())
    } else {
        Err(Reason::PurposeMissing(purpose))
    }
}
