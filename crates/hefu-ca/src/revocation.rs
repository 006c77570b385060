//! 暂停、恢复、撤销: changes of status. Pure decisions: which certificates move, from where, to where, why.
//!
//! Either serial number of a pair stands for both; the pair moves together. Revocation needs one of the five grounds
//! of 电子认证服务管理办法 29 (read in the 2005 edition). A certificate moves only for the registration authority that
//! asked for it, and not after its validity has ended: then there is nothing left to change.

use std::collections::HashMap;

use hefu_certificate::facts::{STATUS_CHANGED, StatusChanged};
use hefu_certificate::{
    Change as Act, CrlReason, RevocationGround, SerialNumber, Status, StatusRefusal, UnknownGround,
};
use hefu_records::NewEntry;
use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use jiff::Timestamp;
use registration_protocol::{ChangeStatus, Outcome, StatusAct};

use crate::acceptance::Accepted;
use crate::store::{Movement, StatusRow};

/// A change that will be made: one certificate, or both of a pair.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) authority: String,
    pub(crate) serials: Vec<SerialNumber>,
    pub(crate) from: Status,
    pub(crate) movement: Movement,
    approval: [u8; 32],
}

/// Why a status is not changed.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ChangeRefusal {
    /// Not issued here, or not a serial number of ours.
    #[error("no certificate with this serial number was issued here")]
    Unknown,
    /// Another registration authority asked for this certificate.
    #[error("the certificate belongs to another registration authority")]
    OfAnother,
    /// Its validity has ended.
    #[error("the certificate's validity ended at {0}")]
    Ended(Timestamp),
    /// None of the five grounds.
    #[error(transparent)]
    Ground(#[from] UnknownGround),
    /// The status does not allow it.
    #[error(transparent)]
    Status(#[from] StatusRefusal),
    /// The key is said to have been lost in the future.
    #[error("the invalidity date {0} lies in the future")]
    InvalidityInFuture(Timestamp),
}

/// Decides a change.
///
/// # Errors
/// [`ChangeRefusal`]; then nothing moves.
pub(crate) fn decide(
    change: &ChangeStatus,
    ra: &str,
    statuses: &HashMap<SerialNumber, StatusRow>,
    now: Timestamp,
) -> Result<Change, ChangeRefusal> {
    let serial = SerialNumber::from_hex(&change.serial).map_err(|_| ChangeRefusal::Unknown)?;
    let stands = statuses.get(&serial).ok_or(ChangeRefusal::Unknown)?;
    if stands.ra != ra {
        return Err(ChangeRefusal::OfAnother);
    }
    if stands.not_after < now {
        return Err(ChangeRefusal::Ended(stands.not_after));
    }
    Ok(Change {
        authority: stands.authority.clone(),
        serials: together(stands),
        from: stands.status,
        movement: movement(&change.act, stands.status, now)?,
        approval: change.approval,
    })
}

/// The certificate and the other one of its pair, the signature certificate first.
fn together(stands: &StatusRow) -> Vec<SerialNumber> {
    match (stands.pair, stands.usage) {
        (None, _) => vec![stands.serial],
        (Some(pair), hefu_certificate::Usage::Encrypt) => vec![pair, stands.serial],
        (Some(pair), _) => vec![stands.serial, pair],
    }
}

fn movement(act: &StatusAct, from: Status, now: Timestamp) -> Result<Movement, ChangeRefusal> {
    let moved = |to, reason| Movement {
        to,
        at: now,
        ground: None,
        reason,
        invalidity: None,
    };
    match act {
        StatusAct::Suspend => Ok(moved(from.after(Act::Suspend)?, Some(CrlReason::CertificateHold))),
        StatusAct::Resume => Ok(moved(from.after(Act::Resume)?, None)),
        StatusAct::Revoke { ground, invalidity } => {
            let ground: RevocationGround = ground.parse()?;
            if let Some(since) = invalidity.filter(|since| *since > now) {
                return Err(ChangeRefusal::InvalidityInFuture(since));
            }
            Ok(Movement {
                ground: Some(ground),
                invalidity: *invalidity,
                ..moved(from.after(Act::Revoke)?, Some(ground.reason()))
            })
        }
    }
}

impl Change {
    /// The encryption certificate whose key is no longer in use after it.
    pub(crate) fn retired_key(&self) -> Option<SerialNumber> {
        let revoked = self.movement.to == Status::Revoked;
        self.serials.get(1).copied().filter(|_| revoked)
    }

    /// The one record of it.
    pub(crate) fn entry(&self, accepted: &Accepted) -> Result<NewEntry, serde_json::Error> {
        let fact = StatusChanged {
            authority: self.authority.clone(),
            serials: self.serials.clone(),
            status: self.movement.to,
            ground: self.movement.ground,
            reason: self.movement.reason.map(CrlReason::code),
            at: self.movement.at,
            invalidity: self.movement.invalidity,
            registration_authority: accepted.ra().to_string(),
            request_id: hex::encode(accepted.id()),
            approval: hex::encode(self.approval),
        };
        let subject = self.serials.first().map(ToString::to_string).unwrap_or_default();
        Ok(NewEntry {
            at: self.movement.at,
            kind: STATUS_CHANGED.to_owned(),
            subject,
            actor: accepted.ra().to_string(),
            body: serde_json::to_value(fact)?,
        })
    }

    /// What the RA is answered.
    pub(crate) fn outcome(&self) -> Outcome {
        Outcome::StatusChanged {
            serials: self.serials.iter().map(ToString::to_string).collect(),
            at: self.movement.at,
        }
    }
}

impl Explain for ChangeRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "certificate-unknown",
            Self::OfAnother => "certificate-of-another",
            Self::Ended(_) => "certificate-ended",
            Self::Ground(error) => error.code(),
            Self::Status(error) => error.code(),
            Self::InvalidityInFuture(_) => "invalidity-in-future",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Unknown => Kind::Absent,
            Self::OfAnother | Self::Ended(_) | Self::InvalidityInFuture(_) => Kind::Refusal,
            Self::Ground(error) => error.kind(),
            Self::Status(error) => error.kind(),
        }
    }

    fn blame(&self) -> Blame {
        match self {
            Self::Unknown | Self::OfAnother | Self::Ended(_) | Self::InvalidityInFuture(_) => {
                Blame::RegistrationAuthority
            }
            Self::Ground(error) => error.blame(),
            Self::Status(error) => error.blame(),
        }
    }

    fn citation(&self) -> Option<Citation> {
        match self {
            Self::Unknown | Self::Ended(_) => Some(Citation::new("RFC 5280", "3.3")),
            Self::OfAnother => Some(Citation::new("M15", "30")),
            Self::Ground(error) => error.citation(),
            Self::Status(error) => error.citation(),
            Self::InvalidityInFuture(_) => Some(Citation::new("RFC 5280", "5.3.2")),
        }
    }

    fn message(&self, language: Language) -> String {
        match (self, language) {
            (Self::Ground(error), _) => error.message(language),
            (Self::Status(error), _) => error.message(language),
            (_, Language::English) => self.to_string(),
            (Self::Unknown, Language::Chinese) => "本认证机构没有签发过该序列号的证书".to_owned(),
            (Self::OfAnother, Language::Chinese) => "该证书属于另一注册机构".to_owned(),
            (Self::Ended(at), Language::Chinese) => format!("该证书的有效期已于{at}届满"),
            (Self::InvalidityInFuture(at), Language::Chinese) => format!("失效日期{at}晚于当前时间"),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use hefu_certificate::Usage;

    use super::*;

    const NOW: &str = "2027-03-02T08:00:00Z";

    fn serial(octet: u8) -> SerialNumber {
        SerialNumber::from_random([octet; 16])
    }

    fn statuses(status: Status, not_after: &str) -> HashMap<SerialNumber, StatusRow> {
        let row = |own, pair, usage| StatusRow {
            serial: serial(own),
            pair: Some(serial(pair)),
            usage,
            authority: "sm2".to_owned(),
            ra: "ra1".to_owned(),
            not_after: not_after.parse().unwrap(),
            status,
        };
        HashMap::from([
            (serial(1), row(1, 2, Usage::Sign)),
            (serial(2), row(2, 1, Usage::Encrypt)),
        ])
    }

    fn check(act: StatusAct, of: u8, ra: &str, statuses: &HashMap<SerialNumber, StatusRow>) -> String {
        let change = ChangeStatus {
            request_id: [9; 16],
            serial: serial(of).to_string(),
            act,
            approval: [8; 32],
        };
        match decide(&change, ra, statuses, NOW.parse().unwrap()) {
            Ok(change) => {
                let serials: Vec<_> = change.serials.iter().map(|serial| serial.as_bytes()[1]).collect();
                format!(
                    "{serials:?} {} to {} reason {:?}",
                    change.from, change.movement.to, change.movement.reason
                )
            }
            Err(refusal) => format!("{}: {refusal}", refusal.code()),
        }
    }

    fn revoke(ground: &str) -> StatusAct {
        StatusAct::Revoke {
            ground: ground.to_owned(),
            invalidity: None,
        }
    }

    #[test]
    fn either_half_of_a_pair_moves_both_signature_first() {
        let valid = statuses(Status::Valid, "2028-01-01T00:00:00Z");
        let expected = "[1, 2] valid to suspended reason Some(CertificateHold)";
        assert_eq!(check(StatusAct::Suspend, 1, "ra1", &valid), expected);
        assert_eq!(check(StatusAct::Suspend, 2, "ra1", &valid), expected);
    }

    #[test]
    fn a_revocation_needs_one_of_the_five_grounds() {
        let valid = statuses(Status::Valid, "2028-01-01T00:00:00Z");
        assert_eq!(
            check(revoke("security-not-guaranteed"), 1, "ra1", &valid),
            "[1, 2] valid to revoked reason Some(KeyCompromise)"
        );
        assert!(check(revoke("superseded"), 1, "ra1", &valid).starts_with("revocation-ground-unknown: "));
    }

    #[test]
    fn a_certificate_moves_only_for_the_registration_authority_that_asked_for_it() {
        let valid = statuses(Status::Valid, "2028-01-01T00:00:00Z");
        assert_eq!(
            check(StatusAct::Suspend, 1, "ra2", &valid),
            "certificate-of-another: the certificate belongs to another registration authority"
        );
        assert!(check(StatusAct::Suspend, 3, "ra1", &valid).starts_with("certificate-unknown: "));
    }

    #[test]
    fn what_has_ended_or_is_revoked_does_not_move() {
        let ended = statuses(Status::Valid, "2027-03-02T07:59:59Z");
        assert!(check(StatusAct::Suspend, 1, "ra1", &ended).starts_with("certificate-ended: "));
        let revoked = statuses(Status::Revoked, "2028-01-01T00:00:00Z");
        assert!(check(StatusAct::Resume, 1, "ra1", &revoked).starts_with("certificate-revoked: "));
    }

    #[test]
    fn nobody_loses_a_key_in_the_future() {
        let valid = statuses(Status::Valid, "2028-01-01T00:00:00Z");
        let act = StatusAct::Revoke {
            ground: "security-not-guaranteed".to_owned(),
            invalidity: Some("2027-03-02T08:00:01Z".parse().unwrap()),
        };
        assert!(check(act, 1, "ra1", &valid).starts_with("invalidity-in-future: "));
    }
}
