//! Finding a path among unordered certificates: depth first, bounded, most likely issuer first (RFC 4158).
//!
//! A candidate issuer carries the name that the certificate below it gives. Key identifiers only order the candidates
//! (RFC 5280 §4.2.1.1 makes them hints), and tell a missing issuer from a forged signature: a signature that fails
//! under a key that the certificate does not even claim to be signed with proves nothing.

use jiff::Timestamp;

use crate::{
    anchor::Anchor,
    certificate::Certificate,
    options::Options,
    path::{Path, PathError},
    reason::Reason,
    walk::{trusted_target, walk},
};

/// Longest path tried, anchor included. Deployed hierarchies have three or four levels.
pub const MAX_PATH_CERTIFICATES: usize = 10;

/// Most signatures verified for one question: an adversary's bag of cross-certificates costs no more than this many
/// verifications (about 30 ms of SM2), and an honest one needs one for each level.
pub const MAX_SIGNATURE_CHECKS: usize = 100;

/// Finds a path from `target` through `intermediates` (in any order) to one of `anchors`, valid at `at`.
///
/// Revocation is not looked at; [`crate::check`] does both.
///
/// # Errors
/// The most telling failure met; see [`PathError`].
pub fn validate(
    target: &Certificate,
    intermediates: &[Certificate],
    anchors: &[Anchor],
    at: Timestamp,
    options: &Options,
) -> Result<Path, PathError> {
    if anchors.iter().any(|anchor| anchor.certificate() == target) {
        let chain = vec![target.clone()];
        return match trusted_target(target, at, options) {
            Ok(policies) => Ok(Path::new(chain, policies)),
            Err(reason) => Err(PathError {
                reason,
                index: 0,
                attempted: chain,
                anchored: true,
            }),
        };
    }
    let mut search = Search {
        intermediates,
        anchors,
        at,
        options,
        checks_left: MAX_SIGNATURE_CHECKS,
        chain: vec![target.clone()],
        worst: None,
    };
    search.extend().ok_or_else(|| {
        search.worst.unwrap_or(PathError {
            reason: Reason::NoIssuer,
            index: 0,
            attempted: vec![target.clone()],
            anchored: false,
        })
    })
}

struct Search<'a> {
    intermediates: &'a [Certificate],
    anchors: &'a [Anchor],
    at: Timestamp,
    options: &'a Options,
    checks_left: usize,
    /// From the target up.
    chain: Vec<Certificate>,
    /// The most telling failure so far.
    worst: Option<PathError>,
}

/// How well a candidate's key identifier agrees with what the certificate below says.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Hint {
    Agrees,
    Silent,
    Disagrees,
}

/// A certificate that may have issued the last one of the chain.
#[derive(Clone, Copy)]
struct Candidate<'a> {
    certificate: &'a Certificate,
    anchor: Option<&'a Anchor>,
    hint: Hint,
}

impl<'a> Search<'a> {
    /// Tries every candidate issuer of the last certificate of the chain. Recursion is bounded by the path length.
    fn extend(&mut self) -> Option<Path> {
        let last = self.chain.last()?.clone();
        let mut linked = false;
        for candidate in self.candidates(&last) {
            let Some(remaining) = self.checks_left.checked_sub(1) else {
                self.note(Reason::SearchLimit);
                return None;
            };
            self.checks_left = remaining;
            match link(&last, candidate) {
                Ok(()) => linked = true,
                Err(Reason::UnusableKey(why)) => {
                    self.note_above(candidate, Reason::UnusableKey(why));
                    continue;
                }
                Err(reason) => {
                    self.note(reason);
                    continue;
                }
            }
            if let Some(path) = self.follow(candidate) {
                return Some(path);
            }
        }
        if !linked {
            self.note_dead_end(&last);
        }
        None
    }

    /// Goes on from a candidate whose key signed the last certificate.
    fn follow(&mut self, candidate: Candidate<'a>) -> Option<Path> {
        if let Some(anchor) = candidate.anchor {
            return self.complete(anchor);
        }
        if self.chain.len() + 1 >= MAX_PATH_CERTIFICATES {
            self.note(Reason::SearchLimit);
            return None;
        }
        self.chain.push(candidate.certificate.clone());
        let found = self.extend();
        self.chain.pop();
        found
    }

    fn complete(&mut self, anchor: &Anchor) -> Option<Path> {
        let mut whole = self.chain.clone();
        whole.push(anchor.certificate().clone());
        match walk(&self.chain, anchor, self.at, self.options) {
            Ok(policies) => Some(Path::new(whole, policies)),
            Err(broken) => {
                self.note_at(PathError {
                    reason: broken.reason,
                    index: broken.index,
                    attempted: whole,
                    anchored: true,
                });
                None
            }
        }
    }

    /// Anchors first, then better hints, then those whose dates fit.
    fn candidates(&self, last: &Certificate) -> Vec<Candidate<'a>> {
        let anchors = self.anchors.iter().map(|anchor| (anchor.certificate(), Some(anchor)));
        let others = self
            .intermediates
            .iter()
            .filter(|it| !self.anchors.iter().any(|anchor| anchor.certificate() == *it))
            .filter(|it| !self.chain.iter().any(|on_path| is_same_entity(on_path, it)))
            .map(|it| (it, None));
        let mut candidates: Vec<Candidate<'a>> = anchors
            .chain(others)
            .filter(|(certificate, _)| last.names(certificate))
            .map(|(certificate, anchor)| Candidate {
                certificate,
                anchor,
                hint: hint(last, certificate),
            })
            .collect();
        candidates.sort_by_key(|it| {
            let outside = !it.certificate.is_current(self.at);
            (it.anchor.is_none(), it.hint, outside)
        });
        candidates
    }

    fn note_dead_end(&mut self, last: &Certificate) {
        let own_key = last.public_key().ok();
        let self_signed = last.is_self_issued() && own_key.is_some_and(|key| last.check_signature(key).is_ok());
        self.note(if self_signed {
            Reason::UntrustedRoot
        } else {
            Reason::NoIssuer
        });
    }

    /// Something is wrong with the last certificate of the chain.
    fn note(&mut self, reason: Reason) {
        self.note_at(PathError {
            reason,
            index: self.chain.len().saturating_sub(1),
            attempted: self.chain.clone(),
            anchored: false,
        });
    }

    /// Something is wrong with a candidate for the place above it.
    fn note_above(&mut self, candidate: Candidate<'_>, reason: Reason) {
        let mut attempted = self.chain.clone();
        attempted.push(candidate.certificate.clone());
        self.note_at(PathError {
            reason,
            index: self.chain.len(),
            attempted,
            anchored: candidate.anchor.is_some(),
        });
    }

    fn note_at(&mut self, failure: PathError) {
        let rank = |it: &PathError| (it.reason.weight(), it.attempted.len());
        if self.worst.as_ref().is_none_or(|worst| rank(&failure) > rank(worst)) {
            self.worst = Some(failure);
        }
    }
}

/// Whether the candidate's key made the signature on `last`.
fn link(last: &Certificate, candidate: Candidate<'_>) -> Result<(), Reason> {
    let key = candidate
        .certificate
        .public_key()
        .map_err(|invalid| Reason::UnusableKey(invalid.to_string()))?;
    match last.check_signature(key) {
        Err(Reason::BadSignature) if candidate.hint == Hint::Disagrees => Err(Reason::NoIssuer),
        outcome => outcome,
    }
}

/// RFC 4158 §2.4.1: the same subject with the same key never stands twice on a path.
fn is_same_entity(one: &Certificate, other: &Certificate) -> bool {
    one == other
        || (one.comparable_subject() == other.comparable_subject()
            && one.tbs().subject_public_key_info() == other.tbs().subject_public_key_info())
}

fn hint(last: &Certificate, candidate: &Certificate) -> Hint {
    let authority = last.extensions().authority_key.as_ref();
    let claimed = authority.and_then(|it| it.key_identifier.as_ref());
    let own = candidate.extensions().subject_key.as_ref();
    match (claimed, own) {
        (Some(claimed), Some(own)) if *claimed == own.0 => Hint::Agrees,
        (Some(_), Some(_)) => Hint::Disagrees,
        _ => Hint::Silent,
    }
}
