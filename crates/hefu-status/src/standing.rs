//! The state of one certificate in eight octets: what the index in memory is made of.

use hefu_certificate::Status;
use jiff::Timestamp;
use pkix_status::{CertStatus, RevocationReason};

/// Bits of the time, in seconds since 1970: far beyond the year 9999.
const TIME_BITS: u32 = 48;
const TIME_MASK: u64 = (1 << TIME_BITS) - 1;

/// Status, reason code and time of the last change.
///
/// Narrower than a row of the table: no ground, no invalidity date; an OCSP answer says neither.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Standing(u64);

impl Standing {
    /// Issued and never touched.
    pub(crate) const VALID: Self = Self(0);

    /// A state since `changed_at`. A reason that is not one of RFC 5280 counts as none.
    pub(crate) fn new(status: Status, reason: Option<RevocationReason>, changed_at: Timestamp) -> Self {
        let status = match status {
            Status::Valid => return Self::VALID,
            Status::Suspended => 1u64,
            Status::Revoked => 2,
        };
        // 0 is no reason at all; the codes follow.
        let reason = reason.map_or(0, |reason| u64::from(reason.code()) + 1);
        let seconds = u64::try_from(changed_at.as_second()).unwrap_or(0).min(TIME_MASK);
        Self((status << 56) | (reason << TIME_BITS) | seconds)
    }

    /// As an OCSP answer says it.
    pub(crate) fn cert_status(self) -> CertStatus {
        let reason = u8::try_from((self.0 >> TIME_BITS) & 0xff).unwrap_or(0);
        let reason = reason.checked_sub(1).and_then(RevocationReason::from_code);
        let at = Timestamp::from_second(i64::try_from(self.0 & TIME_MASK).unwrap_or(0)).unwrap_or(Timestamp::MAX);
        match self.0 >> 56 {
            0 => CertStatus::Good,
            1 => CertStatus::Revoked {
                at,
                reason: Some(RevocationReason::CertificateHold),
            },
            _ => CertStatus::Revoked { at, reason },
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out_as_ocsp_says_it() {
        let at: Timestamp = "2038-01-19T03:14:08Z".parse().unwrap();
        assert_eq!(Standing::new(Status::Valid, None, at).cert_status(), CertStatus::Good);
        assert_eq!(Standing::VALID.cert_status(), CertStatus::Good);
        for reason in [
            None,
            Some(RevocationReason::Unspecified),
            Some(RevocationReason::AaCompromise),
        ] {
            let standing = Standing::new(Status::Revoked, reason, at);
            assert_eq!(standing.cert_status(), CertStatus::Revoked { at, reason });
        }
        let hold = Some(RevocationReason::CertificateHold);
        assert_eq!(
            Standing::new(Status::Suspended, None, at).cert_status(),
            CertStatus::Revoked { at, reason: hold }
        );
    }
}
