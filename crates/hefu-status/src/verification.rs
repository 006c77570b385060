//! Verification of a certificate that somebody brings: its chain to our authorities, its status by our records, and
//! what our lints say of it, at a time that they choose.
//!
//! Rules served: 电子签名法 22 (relying parties can verify); RFC 5280 §6 by `cert-path`. Three answers: valid, not
//! valid, cannot tell. What settles the matter decides before what is missing. The chain is judged by dates and
//! signatures; the status is that of our records, not of a list, because the records are what lists are made from.
//! Revocation of the authorities themselves is read from the lists that the caller gives.
//!
//! What it does not know: the history of a status. The tables keep the last change of each certificate; what was
//! before that change is said to be unknown rather than guessed.

use cert_path::{Anchor, Certificate, CertificateStatus, Evidence, Options, Report, RevocationScope, Verdict, check};
use hefu_certificate::{Draft, Finding, Issuer, Profiles, Publication, SerialNumber, Usage};
use jiff::Timestamp;

use crate::certificate::{CertificateView, State};
use crate::desk::StatusDesk;
use crate::query::LookUpError;

/// Certificates beside the one asked about that are looked at: a chain has two or three.
pub const BESIDE_MAX: usize = 8;

/// A question.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// The certificate asked about.
    pub certificate: Certificate,
    /// Certificates that came with it; they help to find a chain and are not trusted.
    pub beside: &'a [Certificate],
    /// Lists (DER) of the roots, for the status of the authorities below them. One that cannot be read is left out.
    pub lists: &'a [Vec<u8>],
    /// The time asked about; not after `now`.
    pub at: Timestamp,
    /// The time it is.
    pub now: Timestamp,
}

/// The answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// Valid at the time asked about.
    Valid,
    /// Not valid at that time, whatever else may become known.
    NotValid,
    /// It cannot be told from what is known here.
    CannotTell,
}

/// What our records say of the certificate at the time asked about.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Standing {
    /// Issued here and in use at that time.
    InUse(CertificateView),
    /// Issued here and ended at or before that time; or on hold then.
    NotInUse(CertificateView),
    /// Issued here; its status changed later, and what it was before is not kept.
    ChangedLater(CertificateView),
    /// Revoked later, but said to have been compromised at that time already.
    Doubted(CertificateView),
    /// A certificate with this serial number was issued here, and it is another one.
    SerialOfAnother,
    /// Not issued here.
    NotIssuedHere,
}

/// The whole answer with its reasons.
#[derive(Clone, Debug)]
pub struct Verification {
    /// The answer.
    pub outcome: Outcome,
    /// The time asked about.
    pub at: Timestamp,
    /// The path to one of our roots, and what is wrong with it.
    pub chain: Report,
    /// What our records say.
    pub standing: Standing,
    /// What the lints say, when it was issued here from a profile that is known here.
    pub findings: Vec<Finding>,
}

impl Standing {
    /// The certificate as the public sees it, when it was issued here.
    #[must_use]
    pub const fn view(&self) -> Option<&CertificateView> {
        match self {
            Self::InUse(view) | Self::NotInUse(view) | Self::ChangedLater(view) | Self::Doubted(view) => Some(view),
            Self::SerialOfAnother | Self::NotIssuedHere => None,
        }
    }

    /// What a status that was last changed at `changed_at` says of the time `at`. Dates are the chain's matter.
    fn of(view: CertificateView, at: Timestamp) -> Self {
        let changed_later = view.changed_at.is_some_and(|changed| at < changed);
        match view.state {
            State::Valid | State::Expired if changed_later => Self::ChangedLater(view),
            State::Valid | State::Expired => Self::InUse(view),
            State::Revoked | State::Suspended if !changed_later => Self::NotInUse(view),
            State::Revoked if view.invalidity_at.is_some_and(|since| since <= at) => Self::Doubted(view),
            // The last change is the only one that is kept: an earlier suspension would not be seen.
            State::Revoked | State::Suspended => Self::ChangedLater(view),
        }
    }

    const fn outcome(&self) -> Outcome {
        match self {
            Self::InUse(_) => Outcome::Valid,
            Self::NotInUse(_) | Self::SerialOfAnother => Outcome::NotValid,
            Self::ChangedLater(_) | Self::Doubted(_) | Self::NotIssuedHere => Outcome::CannotTell,
        }
    }
}

impl StatusDesk {
    /// Verifies a certificate.
    ///
    /// # Errors
    /// [`LookUpError::Store`] when the register cannot be read.
    pub async fn verify(&self, question: &Question<'_>) -> Result<Verification, LookUpError> {
        let standing = self.standing(question).await?;
        let chain = self.chain(question);
        let findings = standing
            .view()
            .map_or_else(Vec::new, |view| self.findings(&question.certificate, view));
        let of_chain = match chain.verdict {
            Verdict::Valid => Outcome::Valid,
            Verdict::Invalid { .. } => Outcome::NotValid,
            Verdict::Unknown { .. } => Outcome::CannotTell,
        };
        Ok(Verification {
            outcome: graver(of_chain, standing.outcome()),
            at: question.at,
            chain,
            standing,
            findings,
        })
    }

    async fn standing(&self, question: &Question<'_>) -> Result<Standing, LookUpError> {
        let Ok(serial) = SerialNumber::from_bytes(question.certificate.serial()) else {
            return Ok(Standing::NotIssuedHere);
        };
        let serial = serial.to_string();
        let view = match self.certificate(&serial, question.now).await {
            Ok(view) => view,
            Err(LookUpError::Absent(_)) => return Ok(Standing::NotIssuedHere),
            Err(why) => return Err(why),
        };
        if self.certificate_der(&serial).await? != question.certificate.der() {
            return Ok(Standing::SerialOfAnother);
        }
        Ok(Standing::of(view, question.at))
    }

    fn chain(&self, question: &Question<'_>) -> Report {
        let read = |der: &[u8]| Certificate::from_der(der).ok();
        let roots = self.authorities().filter_map(|authority| authority.root.and_then(read));
        let anchors: Vec<Anchor> = roots.map(Anchor::trust).collect();
        let ours = self.authorities().filter_map(|authority| read(authority.certificate));
        let beside = question.beside.iter().take(BESIDE_MAX).cloned();
        let candidates: Vec<Certificate> = ours.chain(beside).collect();
        let options = Options {
            revocation: RevocationScope::None,
            ..Options::default()
        };
        let mut evidence = Evidence::default();
        for list in question.lists {
            let _ = evidence.add_crl(list.clone());
        }
        let chain = check(
            &question.certificate,
            &candidates,
            &anchors,
            &evidence,
            question.at,
            &options,
        );
        authorities_revoked(chain, &evidence, question.at)
    }

    fn findings(&self, certificate: &Certificate, view: &CertificateView) -> Vec<Finding> {
        let profiles = Profiles::builtin();
        let authority = self.authorities().find(|authority| authority.name == view.authority);
        let issuer = authority.and_then(|it| Issuer::from_certificate(it.certificate, Publication::nowhere()).ok());
        let usage = [Usage::Single, Usage::Sign, Usage::Encrypt]
            .into_iter()
            .find(|usage| usage.as_str() == view.usage);
        let tbs = hefu_certificate::IssuedCertificate::parse(certificate.der())
            .ok()
            .and_then(|issued| issued.tbs().map(<[u8]>::to_vec).ok());
        match (profiles.get(&view.profile), issuer, usage, tbs) {
            (Some(profile), Some(issuer), Some(usage), Some(tbs)) => {
                Draft::restore(tbs, profile, &issuer, usage).lint()
            }
            _ => Vec::new(),
        }
    }
}

/// Marks an authority on the path that a list calls revoked. Silence of the lists is not held against it: the lists of
/// a root are made in ceremonies and cover the time since, not every time asked about.
fn authorities_revoked(mut report: Report, evidence: &Evidence, at: Timestamp) -> Report {
    let certificates: Vec<Certificate> = report
        .certificates
        .iter()
        .map(|line| line.certificate.clone())
        .collect();
    for (line, issuer) in report.certificates.iter_mut().zip(certificates.iter().skip(1)).skip(1) {
        let status = evidence.status(&line.certificate, issuer, at);
        if let CertificateStatus::Revoked { since, reason, .. } = status {
            let why = cert_path::Reason::Revoked {
                since,
                reason: reason.code(),
            };
            line.status = status;
            line.reason = Some(why.clone());
            report.verdict = Verdict::Invalid { why };
        }
    }
    report
}

const fn graver(one: Outcome, other: Outcome) -> Outcome {
    match (one, other) {
        (Outcome::NotValid, _) | (_, Outcome::NotValid) => Outcome::NotValid,
        (Outcome::CannotTell, _) | (_, Outcome::CannotTell) => Outcome::CannotTell,
        (Outcome::Valid, Outcome::Valid) => Outcome::Valid,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    const BEFORE: &str = "2027-03-01T00:00:00Z";
    const CHANGED: &str = "2027-03-02T00:00:00Z";
    const AFTER: &str = "2027-03-03T00:00:00Z";

    fn view(state: State, changed: Option<&str>, invalid: Option<&str>) -> CertificateView {
        let time = |text: &str| text.parse::<Timestamp>().unwrap();
        CertificateView {
            serial: "01".repeat(16),
            pair_serial: None,
            usage: "single".to_owned(),
            authority: "sm2".to_owned(),
            profile: "device-sm2".to_owned(),
            law_scope: "outside".to_owned(),
            subject: "device".to_owned(),
            not_before: time("2027-01-01T00:00:00Z"),
            not_after: time("2028-01-01T00:00:00Z"),
            issued_at: time("2027-01-01T00:00:00Z"),
            state,
            ground: None,
            reason: None,
            changed_at: changed.map(time),
            invalidity_at: invalid.map(time),
            replaces: None,
        }
    }

    fn check(view: CertificateView, at: &str) -> Outcome {
        Standing::of(view, at.parse().unwrap()).outcome()
    }

    #[test]
    fn a_certificate_that_never_changed_is_in_use() {
        assert_eq!(check(view(State::Valid, None, None), BEFORE), Outcome::Valid);
    }

    #[test]
    fn from_its_revocation_on_it_is_not_valid() {
        let revoked = view(State::Revoked, Some(CHANGED), None);
        assert_eq!(check(revoked.clone(), AFTER), Outcome::NotValid);
        assert_eq!(check(revoked, CHANGED), Outcome::NotValid);
    }

    #[test]
    fn before_its_last_change_nobody_can_tell() {
        assert_eq!(
            check(view(State::Revoked, Some(CHANGED), None), BEFORE),
            Outcome::CannotTell
        );
        assert_eq!(
            check(view(State::Valid, Some(CHANGED), None), BEFORE),
            Outcome::CannotTell
        );
        let doubted = view(State::Revoked, Some(CHANGED), Some(BEFORE));
        assert!(matches!(
            Standing::of(doubted, BEFORE.parse().unwrap()),
            Standing::Doubted(_)
        ));
    }

    #[test]
    fn after_a_suspension_was_lifted_it_is_in_use_again() {
        assert_eq!(check(view(State::Valid, Some(CHANGED), None), AFTER), Outcome::Valid);
        assert_eq!(
            check(view(State::Suspended, Some(CHANGED), None), AFTER),
            Outcome::NotValid
        );
    }

    #[test]
    fn what_settles_the_matter_decides_before_what_is_missing() {
        assert_eq!(graver(Outcome::CannotTell, Outcome::NotValid), Outcome::NotValid);
        assert_eq!(graver(Outcome::Valid, Outcome::CannotTell), Outcome::CannotTell);
    }
}
