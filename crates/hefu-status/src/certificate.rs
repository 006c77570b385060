//! A certificate as relying parties and the public see it.

use hefu_rulebook::Language;
use jiff::Timestamp;
use serde::Serialize;

use crate::store::Row;

/// Whether names of natural persons are shown to the public.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum NameDisplay {
    /// The first character only, and found only by whoever knows the whole name.
    #[default]
    Masked,
    /// In full. The operator needs a legal ground for it.
    Full,
}

/// The state of a certificate at a time.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// In use.
    Valid,
    /// On hold.
    Suspended,
    /// Ended for good.
    Revoked,
    /// Past its last day, and not revoked before.
    Expired,
}

impl State {
    /// The word used in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Suspended => "suspended",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
        }
    }

    /// The name people read.
    #[must_use]
    pub const fn name(self, language: Language) -> &'static str {
        match (language, self) {
            (Language::Chinese, Self::Valid) => "有效",
            (Language::Chinese, Self::Suspended) => "已暂停",
            (Language::Chinese, Self::Revoked) => "已撤销",
            (Language::Chinese, Self::Expired) => "已过期",
            (Language::English, _) => self.as_str(),
        }
    }
}

impl std::fmt::Display for State {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// What the public may know of a certificate.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct CertificateView {
    /// Serial number, 32 hexadecimal digits.
    pub serial: String,
    /// The other half of a pair.
    pub pair_serial: Option<String>,
    /// "single", "sign" or "encrypt".
    pub usage: String,
    /// Name of the authority.
    pub authority: String,
    /// Name of the profile.
    pub profile: String,
    /// "signature", "government" or "outside": whether it is an 电子签名认证证书.
    pub law_scope: String,
    /// Whom it names; a natural person's name is masked unless the settings say otherwise.
    pub subject: String,
    /// First second of validity.
    pub not_before: Timestamp,
    /// Last second of validity.
    pub not_after: Timestamp,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// The state at the time asked about.
    pub state: State,
    /// Slug of the ground of a revocation.
    pub ground: Option<String>,
    /// Reason code of CRL and OCSP.
    pub reason: Option<u8>,
    /// When the state last changed.
    pub changed_at: Option<Timestamp>,
    /// Since when it should not have been trusted, where that is known.
    pub invalidity_at: Option<Timestamp>,
    /// The certificate that this one renewed.
    pub replaces: Option<String>,
}

impl CertificateView {
    pub(crate) fn new(row: Row, names: NameDisplay, now: Timestamp) -> Self {
        let state = row.status.at(row.not_after, now);
        let subject = match names {
            NameDisplay::Masked => row.holder_masked,
            NameDisplay::Full => row.holder,
        };
        Self {
            serial: row.serial.to_string(),
            pair_serial: row.pair_serial,
            usage: row.usage,
            authority: row.authority,
            profile: row.profile,
            law_scope: row.law_scope,
            subject,
            not_before: row.not_before,
            not_after: row.not_after,
            issued_at: row.issued_at,
            state,
            ground: row.ground,
            reason: row.reason,
            changed_at: row.changed_at,
            invalidity_at: row.invalidity_at,
            replaces: row.replaces,
        }
    }
}

/// What the clock adds to a status.
trait AtTime {
    fn at(self, not_after: Timestamp, now: Timestamp) -> State;
}

impl AtTime for hefu_certificate::Status {
    fn at(self, not_after: Timestamp, now: Timestamp) -> State {
        match self {
            Self::Revoked => State::Revoked,
            Self::Valid | Self::Suspended if now > not_after => State::Expired,
            Self::Suspended => State::Suspended,
            Self::Valid => State::Valid,
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use hefu_certificate::Status;

    use super::*;

    #[test]
    fn a_certificate_is_valid_through_its_last_second_and_revoked_for_ever() {
        let end: Timestamp = "2027-01-01T00:00:00Z".parse().unwrap();
        let after: Timestamp = "2027-01-01T00:00:01Z".parse().unwrap();
        assert_eq!(Status::Valid.at(end, end), State::Valid);
        assert_eq!(Status::Valid.at(end, after), State::Expired);
        assert_eq!(Status::Suspended.at(end, end), State::Suspended);
        assert_eq!(Status::Suspended.at(end, after), State::Expired);
        assert_eq!(Status::Revoked.at(end, after), State::Revoked);
    }
}
