//! Sessions of subscribers: after a code, an opaque secret for a while, kept only as an SM3 digest.
//!
//! Text form: `hefu-access-` and 64 hexadecimal digits. A session ends when it was idle, at its limit however busy, when it is
//! left, and when an officer takes its code back. The law names no such limits: they are the operator's.

use std::fmt;

use gm_suite::sm3;
use hefu_officers::OfficerId;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::access::Purpose;
use crate::error::SubscriberError;
use crate::id::AccessId;

const PREFIX: &str = "hefu-access-";
/// Octets of a secret, as in an officer's session.
const SECRET_LEN: usize = 32;
/// Separates the mark of forms from every other use of the secret.
const FORM_LABEL: &[u8] = b"hefu subscriber form/1";

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

    /// The text for a cookie or a program.
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

/// Who is behind a session: not a name, but what a code gave.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Subscriber {
    pub(crate) access: AccessId,
    pub(crate) purpose: Purpose,
    pub(crate) application: String,
    pub(crate) vouched_by: OfficerId,
}

impl Subscriber {
    /// The access by which they came.
    #[must_use]
    pub fn access(&self) -> AccessId {
        self.access
    }

    /// What the code opens.
    #[must_use]
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// Number of the application that it is about.
    #[must_use]
    pub fn application(&self) -> &str {
        &self.application
    }

    /// How records name them as the doer of an act: "subscriber:…", with the number of the access.
    #[must_use]
    pub fn actor(&self) -> String {
        format!("subscriber:{}", self.access)
    }

    /// Whether the code was given for this.
    pub(crate) fn may(&self, purposes: &[Purpose]) -> Result<(), SubscriberError> {
        if purposes.contains(&self.purpose) {
            Ok(())
        } else {
            Err(SubscriberError::OtherPurpose(self.purpose))
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_form_belongs_to_one_session_and_does_not_tell_its_secret() {
        let (one, other) = (SessionToken::new([1; 32]), SessionToken::new([2; 32]));
        assert!(one.owns_form(&one.form_token()) && !one.owns_form(&other.form_token()) && !one.owns_form(""));
        assert!(!one.reveal().contains(&one.form_token()));
        assert_eq!(SessionToken::parse(&one.reveal()).unwrap().digest(), one.digest());
        assert_eq!(format!("{one:?}"), "SessionToken(..)");
        assert!(SessionToken::parse(&format!("hefu-session-{}", "00".repeat(32))).is_none());
    }
}
