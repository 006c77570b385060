//! How long a certificate is valid: from one second to another, both included.

use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use jiff::{SignedDuration, Timestamp};

/// Seconds of a day, as RFC 5280 and the baseline requirements count.
pub(crate) const SECONDS_PER_DAY: i64 = 86_400;

/// A validity period in whole seconds; the end is not before the start, both can be written in a certificate.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Validity {
    not_before: Timestamp,
    not_after: Timestamp,
}

/// Why a validity period is refused.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ValidityError {
    /// The end is before the start, or a year has no four digits.
    #[error("a validity from {not_before} to {not_after} cannot be written in a certificate")]
    Impossible {
        /// First second.
        not_before: Timestamp,
        /// Last second.
        not_after: Timestamp,
    },
    /// More days than the profile allows, or none.
    #[error("{asked} days were asked for, profile {profile} allows 1 to {max}")]
    Days {
        /// Days asked for.
        asked: u32,
        /// Most days of the profile.
        max: u32,
        /// The profile's name.
        profile: String,
    },
    /// The certificate would outlive its issuer's certificate.
    #[error("the certificate would be valid until {not_after}, its issuer's only until {issuer_not_after}")]
    BeyondIssuer {
        /// Last second asked for.
        not_after: Timestamp,
        /// Last second of the issuer's certificate.
        issuer_not_after: Timestamp,
    },
    /// The certificate would be valid before its issuer's certificate is, or when that has ended.
    #[error("the certificate would be valid from {not_before}, outside its issuer's validity")]
    OutsideIssuer {
        /// First second asked for.
        not_before: Timestamp,
    },
}

impl Validity {
    /// From `not_before` to `not_after`, both cut to whole seconds.
    ///
    /// # Errors
    /// [`ValidityError::Impossible`].
    pub fn new(not_before: Timestamp, not_after: Timestamp) -> Result<Self, ValidityError> {
        let whole = |time: Timestamp| Timestamp::from_second(time.as_second()).ok();
        let impossible = ValidityError::Impossible { not_before, not_after };
        let (Some(start), Some(end)) = (whole(not_before), whole(not_after)) else {
            return Err(impossible);
        };
        let writable = |time: Timestamp| (1950..=9999).contains(&utc(time).year());
        if end < start || !writable(start) || !writable(end) {
            return Err(impossible);
        }
        Ok(Self {
            not_before: start,
            not_after: end,
        })
    }

    /// `days` days from `not_before`; the last second is one before the same time of day, because both ends count.
    ///
    /// # Errors
    /// [`ValidityError::Impossible`].
    pub fn days(not_before: Timestamp, days: u32) -> Result<Self, ValidityError> {
        let seconds = i64::from(days) * SECONDS_PER_DAY - 1;
        let not_after = not_before
            .checked_add(SignedDuration::from_secs(seconds))
            .map_err(|_| ValidityError::Impossible {
                not_before,
                not_after: Timestamp::MAX,
            })?;
        Self::new(not_before, not_after)
    }

    /// First second.
    #[must_use]
    pub const fn not_before(self) -> Timestamp {
        self.not_before
    }

    /// Last second.
    #[must_use]
    pub const fn not_after(self) -> Timestamp {
        self.not_after
    }

    /// Whether `at` lies within, both ends included.
    #[must_use]
    pub fn holds(self, at: Timestamp) -> bool {
        (self.not_before..=self.not_after).contains(&at)
    }
}

pub(crate) fn utc(time: Timestamp) -> jiff::civil::DateTime {
    jiff::tz::Offset::UTC.to_datetime(time)
}

impl Explain for ValidityError {
    fn code(&self) -> &'static str {
        match self {
            Self::Impossible { .. } => "validity-impossible",
            Self::Days { .. } => "validity-days",
            Self::BeyondIssuer { .. } => "validity-beyond-issuer",
            Self::OutsideIssuer { .. } => "validity-outside-issuer",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Impossible { .. } => Kind::Malformed,
            Self::Days { .. } | Self::BeyondIssuer { .. } | Self::OutsideIssuer { .. } => Kind::Refusal,
        }
    }

    fn blame(&self) -> Blame {
        match self {
            Self::Impossible { .. } | Self::Days { .. } => Blame::Caller,
            Self::BeyondIssuer { .. } | Self::OutsideIssuer { .. } => Blame::CertificationAuthority,
        }
    }

    fn citation(&self) -> Option<Citation> {
        match self {
            Self::Impossible { .. } => Some(Citation::new("RFC 5280", "4.1.2.5")),
            Self::Days { .. } => Some(Citation::new("M15", "16")),
            Self::BeyondIssuer { .. } | Self::OutsideIssuer { .. } => Some(Citation::new("ESL", "22")),
        }
    }

    fn message(&self, language: Language) -> String {
        match (language, self) {
            (Language::English, _) => self.to_string(),
            (Language::Chinese, Self::Impossible { not_before, not_after }) => {
                format!("有效期 {not_before} 至 {not_after} 无法写入证书")
            }
            (Language::Chinese, Self::Days { asked, max, profile }) => {
                format!("申请的有效期为{asked}天，证书模板 {profile} 允许1至{max}天")
            }
            (
                Language::Chinese,
                Self::BeyondIssuer {
                    not_after,
                    issuer_not_after,
                },
            ) => {
                format!("证书将于 {not_after} 到期，晚于签发机构证书的到期时间 {issuer_not_after}")
            }
            (Language::Chinese, Self::OutsideIssuer { not_before }) => {
                format!("证书生效时间 {not_before} 不在签发机构证书的有效期内")
            }
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_period_of_days_counts_both_ends() {
        let start = "2026-11-22T08:00:00.987Z".parse().unwrap();
        let validity = Validity::days(start, 1).unwrap();
        assert_eq!(validity.not_before().to_string(), "2026-11-22T08:00:00Z");
        assert_eq!(validity.not_after().to_string(), "2026-11-23T07:59:59Z");
        assert!(validity.holds(validity.not_before()) && validity.holds(validity.not_after()));
        assert!(!validity.holds("2026-11-23T08:00:00Z".parse().unwrap()));
    }

    #[test]
    fn a_period_that_ends_before_it_starts_or_cannot_be_written_is_refused() {
        let start: Timestamp = "2026-11-22T08:00:00Z".parse().unwrap();
        assert!(Validity::new(start, "2026-11-22T07:59:59Z".parse().unwrap()).is_err());
        assert!(Validity::new("1949-12-31T23:59:59Z".parse().unwrap(), start).is_err());
        assert!(Validity::days(start, u32::MAX).is_err());
    }
}
