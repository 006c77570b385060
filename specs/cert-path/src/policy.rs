//! Certificate policies along a path: RFC 5280 §6.1.3 (d)–(f), §6.1.4 (a)–(b), §6.1.5 (g), as a graph of sets.
//!
//! The RFC's tree can grow exponentially (RFC 9618). Only the last level is needed if each node remembers from
//! which policies of the anchor's domain it can be reached: its *origins*. A node that hangs under anyPolicy is
//! its own origin; a node reached through others has the union of theirs. The union over the last level is then the
//! authority-constrained policy set, and nothing grows beyond the policies that the certificates name.

use std::collections::{BTreeMap, BTreeSet};

use der::asn1::ObjectIdentifier;
use x509_cert::ext::pkix::certpolicy::PolicyInformation;

use crate::{certificate::Certificate, options::Options, reason::Reason};

/// Most policies and mappings that one certificate may name. Real ones name fewer than ten.
pub const MAX_POLICIES: usize = 64;

/// anyPolicy (RFC 5280 §4.2.1.4).
const ANY_POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.32.0");

/// The policies under which a path is valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicySet {
    /// Every policy: anyPolicy stands on every certificate.
    Any,
    /// These, possibly none.
    Only(BTreeSet<ObjectIdentifier>),
}

/// One policy that is valid at this depth.
#[derive(Clone, Debug)]
struct Node {
    /// Policies that satisfy this one in the next certificate.
    expected: BTreeSet<ObjectIdentifier>,
    /// Policies in the anchor's domain from which this one is reached.
    origins: BTreeSet<ObjectIdentifier>,
}

/// The policy part of the state of RFC 5280 §6.1.2, between two certificates.
#[derive(Clone, Debug)]
pub(crate) struct PolicyState {
    nodes: BTreeMap<ObjectIdentifier, Node>,
    any: bool,
    explicit: u32,
    mapping: u32,
    any_inhibited: u32,
}

impl PolicyState {
    /// The state before the first certificate; `depth` is the RFC's n.
    pub(crate) fn new(options: &Options, depth: u32) -> Self {
        let counter = |inhibited: bool| if inhibited { 0 } else { depth + 1 };
        Self {
            nodes: BTreeMap::new(),
            any: true,
            explicit: counter(options.require_explicit_policy),
            mapping: counter(options.inhibit_policy_mapping),
            any_inhibited: counter(options.inhibit_any_policy),
        }
    }

    /// §6.1.3 (d)–(f).
    pub(crate) fn enter(&mut self, certificate: &Certificate, last: Position) -> Result<(), Reason> {
        match &certificate.extensions().policies {
            None => self.clear(),
            Some(policies) if policies.0.len() > MAX_POLICIES => {
                return Err(Reason::TooMuchToCompare);
            }
            Some(policies) => {
                let any_allowed =
                    self.any_inhibited > 0 || (last == Position::Intermediate && certificate.is_self_issued());
                self.descend(&policies.0, any_allowed);
            }
        }
        if self.explicit == 0 && self.is_empty() {
            return Err(Reason::PolicyMissing);
        }
        Ok(())
    }

    fn descend(&mut self, policies: &[PolicyInformation], any_allowed: bool) {
        let before = core::mem::take(&mut self.nodes);
        let named = policies.iter().map(|policy| policy.policy_identifier);
        for policy in named.clone().filter(|policy| *policy != ANY_POLICY) {
            let mut origins: BTreeSet<_> = before
                .values()
                .filter(|node| node.expected.contains(&policy))
                .flat_map(|node| node.origins.iter().copied())
                .collect();
            if origins.is_empty() && self.any {
                origins.insert(policy);
            }
            if !origins.is_empty() {
                self.nodes.insert(policy, Node::of(policy, origins));
            }
        }
        let any_stands = any_allowed && named.clone().any(|policy| policy == ANY_POLICY);
        if any_stands {
            self.carry_over(&before);
        }
        self.any &= any_stands;
    }

    /// (d)(2): anyPolicy satisfies every expected policy that was not named.
    fn carry_over(&mut self, before: &BTreeMap<ObjectIdentifier, Node>) {
        let mut carried: BTreeMap<ObjectIdentifier, Node> = BTreeMap::new();
        for node in before.values() {
            for expected in node.expected.iter().filter(|it| !self.nodes.contains_key(*it)) {
                carried
                    .entry(*expected)
                    .or_insert_with(|| Node::of(*expected, BTreeSet::new()))
                    .origins
                    .extend(&node.origins);
            }
        }
        self.nodes.extend(carried);
    }

    /// §6.1.4 (a), (b), (h), (i), (j): after a certificate that is not the last.
    pub(crate) fn leave(&mut self, certificate: &Certificate) -> Result<(), Reason> {
        self.map(certificate)?;
        if !certificate.is_self_issued() {
            for counter in [&mut self.explicit, &mut self.mapping, &mut self.any_inhibited] {
                *counter = counter.saturating_sub(1);
            }
        }
        self.constrain(certificate);
        Ok(())
    }

    /// The constraints of a certificate on what lies below it; alone, they are what RFC 5937 takes from an anchor.
    pub(crate) fn constrain(&mut self, certificate: &Certificate) {
        let extensions = certificate.extensions();
        if let Some(constraints) = &extensions.policy_constraints {
            self.explicit = least(self.explicit, constraints.require_explicit_policy);
            self.mapping = least(self.mapping, constraints.inhibit_policy_mapping);
        }
        let inhibit = extensions.inhibit_any_policy.as_ref().map(|skip| skip.0);
        self.any_inhibited = least(self.any_inhibited, inhibit);
    }

    fn map(&mut self, certificate: &Certificate) -> Result<(), Reason> {
        let Some(mappings) = &certificate.extensions().policy_mappings else {
            return Ok(());
        };
        if mappings.0.len() > MAX_POLICIES {
            return Err(Reason::TooMuchToCompare);
        }
        let mut targets: BTreeMap<ObjectIdentifier, BTreeSet<ObjectIdentifier>> = BTreeMap::new();
        for mapping in &mappings.0 {
            let (from, to) = (mapping.issuer_domain_policy, mapping.subject_domain_policy);
            if from == ANY_POLICY || to == ANY_POLICY {
                return Err(Reason::PolicyMappingInvalid);
            }
            targets.entry(from).or_default().insert(to);
        }
        for (from, to) in targets {
            if self.mapping == 0 {
                self.nodes.remove(&from);
            } else if let Some(node) = self.nodes.get_mut(&from) {
                node.expected = to;
            } else if self.any {
                let origins = BTreeSet::from([from]);
                self.nodes.insert(from, Node { expected: to, origins });
            }
        }
        Ok(())
    }

    /// §6.1.5 (a), (b), (g): after the last certificate.
    pub(crate) fn finish(
        mut self,
        certificate: &Certificate,
        wanted: Option<&BTreeSet<ObjectIdentifier>>,
    ) -> Result<PolicySet, Reason> {
        self.explicit = self.explicit.saturating_sub(1);
        let constraints = certificate.extensions().policy_constraints.as_ref();
        if constraints.and_then(|it| it.require_explicit_policy) == Some(0) {
            self.explicit = 0;
        }
        let outcome = self.outcome(wanted);
        let empty = matches!(&outcome, PolicySet::Only(policies) if policies.is_empty());
        if self.explicit == 0 && empty {
            return Err(Reason::PolicyMissing);
        }
        Ok(outcome)
    }

    fn outcome(&self, wanted: Option<&BTreeSet<ObjectIdentifier>>) -> PolicySet {
        match (self.any, wanted) {
            (true, None) => PolicySet::Any,
            (true, Some(wanted)) => PolicySet::Only(wanted.clone()),
            (false, wanted) => PolicySet::Only(
                self.nodes
                    .values()
                    .flat_map(|node| node.origins.iter().copied())
                    .filter(|policy| wanted.is_none_or(|wanted| wanted.contains(policy)))
                    .collect(),
            ),
        }
    }

    fn clear(&mut self) {
        self.nodes.clear();
        self.any = false;
    }

    fn is_empty(&self) -> bool {
        self.nodes.is_empty() && !self.any
    }
}

impl Node {
    fn of(policy: ObjectIdentifier, origins: BTreeSet<ObjectIdentifier>) -> Self {
        Self {
            expected: BTreeSet::from([policy]),
            origins,
        }
    }
}

/// Where a certificate stands on the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Position {
    Intermediate,
    Target,
}

fn least(counter: u32, skip: Option<u32>) -> u32 {
    skip.map_or(counter, |skip| skip.min(counter))
}
