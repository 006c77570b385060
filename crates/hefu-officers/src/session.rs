//! Sessions: after a log-in, an opaque secret for a while, kept only as an SM3 digest.
//!
//! Text form: `hefu-session-` and 64 hexadecimal digits. A session ends when nobody used it for [`SessionLimits::idle`],
//! after [`SessionLimits::absolute`] in any case, at log-out, and when the officer is suspended, dismissed or gets new
//! credentials. When it was last used is known in memory only; after a restart the log-in counts, which is on the safe
//! side. The law names no such limits: they are the operator's.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};

use gm_suite::sm3;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::officer::OfficerId;

const PREFIX: &str = "hefu-session-";
/// Octets of a secret, as in an access token.
const SECRET_LEN: usize = 32;
/// Separates the form token from every other use of the secret.
const FORM_LABEL: &[u8] = b"hefu session form/1";
/// Time away from the desk after which an open screen should be nobody's.
const IDLE_DEFAULT: SignedDuration = SignedDuration::from_mins(15);
/// A working day with its breaks.
const ABSOLUTE_DEFAULT: SignedDuration = SignedDuration::from_hours(10);

/// How long a session lasts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SessionLimits {
    /// Longest time between two uses.
    pub idle: SignedDuration,
    /// Longest time since the log-in.
    pub absolute: SignedDuration,
}

impl Default for SessionLimits {
    fn default() -> Self {
        Self {
            idle: IDLE_DEFAULT,
            absolute: ABSOLUTE_DEFAULT,
        }
    }
}

/// The secret of a session. `Debug` does not show it.
pub struct SessionToken(Zeroizing<[u8; SECRET_LEN]>);

impl SessionToken {
    pub(crate) fn new(secret: [u8; SECRET_LEN]) -> Self {
        Self(Zeroizing::new(secret))
    }

    /// Reads the text form; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(PREFIX)?;
        let mut secret = Zeroizing::new([0; SECRET_LEN]);
        hex::decode_to_slice(digits, secret.as_mut_slice()).ok()?;
        Some(Self(secret))
    }

    /// The text to hand to the officer's program, once.
    #[must_use]
    pub fn reveal(&self) -> Zeroizing<String> {
        let digits = Zeroizing::new(hex::encode(self.0.as_slice()));
        Zeroizing::new(format!("{PREFIX}{}", digits.as_str()))
    }

    /// What the forms of this session carry, so that no other site's form can act in it.
    #[must_use]
    pub fn form_token(&self) -> String {
        let mut labelled = Zeroizing::new(FORM_LABEL.to_vec());
        labelled.extend_from_slice(self.0.as_slice());
        hex::encode(sm3(&labelled))
    }

    /// Whether a form that came back was made for this session; in constant time.
    #[must_use]
    pub fn owns_form(&self, form_token: &str) -> bool {
        self.form_token().as_bytes().ct_eq(form_token.as_bytes()).into()
    }

    pub(crate) fn digest(&self) -> [u8; 32] {
        sm3(self.0.as_slice())
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SessionToken(..)")
    }
}

/// The number by which people name a session: from its digest, so that it says nothing of the secret and is not reused.
pub(crate) fn number(digest: &[u8; 32]) -> i64 {
    let first = digest.first_chunk::<8>().copied().unwrap_or_default();
    i64::from_be_bytes(first) & i64::MAX
}

/// An open session in memory.
pub(crate) struct Open {
    pub(crate) number: i64,
    pub(crate) officer: OfficerId,
    pub(crate) opened_at: Timestamp,
    seen_at: AtomicI64,
}

impl Open {
    pub(crate) fn new(number: i64, officer: OfficerId, opened_at: Timestamp) -> Self {
        Self {
            number,
            officer,
            opened_at,
            seen_at: AtomicI64::new(opened_at.as_microsecond()),
        }
    }

    /// Whether it still lasts at `now`; if so, it was used now.
    pub(crate) fn touch(&self, limits: SessionLimits, now: Timestamp) -> bool {
        let lasts = self.lasts(limits, now);
        if lasts {
            self.seen_at.fetch_max(now.as_microsecond(), Ordering::Relaxed);
        }
        lasts
    }

    pub(crate) fn lasts(&self, limits: SessionLimits, now: Timestamp) -> bool {
        now.duration_since(self.seen_at()) <= limits.idle && now.duration_since(self.opened_at) <= limits.absolute
    }

    fn seen_at(&self) -> Timestamp {
        Timestamp::from_microsecond(self.seen_at.load(Ordering::Relaxed)).unwrap_or(self.opened_at)
    }

    pub(crate) fn shown(&self) -> Session {
        Session {
            number: format!("{:016x}", self.number),
            opened_at: self.opened_at,
            seen_at: self.seen_at(),
        }
    }
}

/// An open session as its officer sees it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Session {
    /// Sixteen hexadecimal digits.
    pub number: String,
    /// When the officer logged in.
    pub opened_at: Timestamp,
    /// When it was last used, as far as this process knows.
    pub seen_at: Timestamp,
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(minute * 60).unwrap()
    }

    #[test]
    fn a_session_ends_when_idle_and_at_its_limit_however_busy() {
        let open = Open::new(1, OfficerId::new(1).unwrap(), at(0));
        let limits = SessionLimits {
            idle: SignedDuration::from_mins(15),
            absolute: SignedDuration::from_mins(60),
        };
        assert!(open.touch(limits, at(15)));
        assert!(open.touch(limits, at(30)));
        assert!(!open.touch(limits, at(46)), "sixteen minutes idle");
        assert!(open.touch(limits, at(45)) && open.touch(limits, at(60)));
        assert!(
            !open.touch(limits, at(61)),
            "past the absolute limit, one minute after use"
        );
    }

    #[test]
    fn a_form_belongs_to_one_session_and_does_not_tell_its_secret() {
        let (one, other) = (SessionToken::new([1; 32]), SessionToken::new([2; 32]));
        assert!(one.owns_form(&one.form_token()) && !one.owns_form(&other.form_token()));
        assert!(!one.owns_form("") && !one.reveal().contains(&one.form_token()));
        assert_eq!(SessionToken::parse(&one.reveal()).unwrap().digest(), one.digest());
        assert_eq!(format!("{one:?}"), "SessionToken(..)");
    }
}
