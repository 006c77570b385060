//! Access tokens: 32 random octets, shown once, kept only as an SM3 digest.
//!
//! Text form: `hefu-3-` and 64 hexadecimal digits, where 3 is the officer's number. The number finds the row, the
//! secret is compared as a whole and in constant time; so nothing can be learned from how long an answer takes.
//! 256 random bits need no slow password hash.

use std::fmt;

use gm_suite::sm3;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::officer::OfficerId;

/// Octets of a secret: as strong as the strongest key of the suite.
const SECRET_LEN: usize = 32;
/// Longest text looked at: prefix, nineteen digits, secret.
const TEXT_LEN_MAX: usize = 96;
const PREFIX: &str = "hefu-";

/// An officer's secret. `Debug` names the officer only.
pub struct Token {
    officer: OfficerId,
    secret: Zeroizing<[u8; SECRET_LEN]>,
}

/// What the table keeps of a token.
#[derive(Clone, Copy)]
pub(crate) struct TokenDigest([u8; 32]);

impl Token {
    pub(crate) fn new(officer: OfficerId, secret: [u8; SECRET_LEN]) -> Self {
        Self {
            officer,
            secret: Zeroizing::new(secret),
        }
    }

    /// Reads the text form; `None` for anything else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.len() > TEXT_LEN_MAX {
            return None;
        }
        let (number, digits) = text.strip_prefix(PREFIX)?.split_once('-')?;
        if !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let mut secret = Zeroizing::new([0; SECRET_LEN]);
        hex::decode_to_slice(digits, secret.as_mut_slice()).ok()?;
        Some(Self {
            officer: OfficerId::new(number.parse().ok()?)?,
            secret,
        })
    }

    /// The text to hand to the officer, once.
    #[must_use]
    pub fn reveal(&self) -> Zeroizing<String> {
        let digits = Zeroizing::new(hex::encode(self.secret.as_slice()));
        Zeroizing::new(format!("{PREFIX}{}-{}", self.officer, digits.as_str()))
    }

    /// Whose token it is.
    #[must_use]
    pub fn officer(&self) -> OfficerId {
        self.officer
    }

    pub(crate) fn digest(&self) -> TokenDigest {
        TokenDigest(sm3(self.secret.as_slice()))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Token")
            .field("officer", &self.officer.number())
            .finish_non_exhaustive()
    }
}

impl TokenDigest {
    /// A digest that no token has a known secret for; compared with where there is no row.
    pub(crate) const NOBODY: Self = Self([0; 32]);

    pub(crate) fn from_slice(octets: &[u8]) -> Option<Self> {
        octets.try_into().ok().map(Self)
    }

    pub(crate) fn as_slice(&self) -> &[u8] {
        &self.0
    }

    /// Equal or not, in constant time.
    pub(crate) fn matches(&self, token: &Token) -> bool {
        self.0.ct_eq(&token.digest().0).into()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_text_is_a_token_or_not(text: String, secret: [u8; 32], number in 1..i64::MAX) {
            prop_assert!(Token::parse(&text).is_none());
            let token = Token::new(OfficerId::new(number).unwrap(), secret);
            let read = Token::parse(&token.reveal()).unwrap();
            prop_assert!(read.officer() == token.officer() && token.digest().matches(&read));
        }
    }

    fn token() -> Token {
        Token::new(OfficerId::new(3).unwrap(), [0xa5; 32])
    }

    #[test]
    fn a_token_is_read_back_from_its_text() {
        let text = token().reveal();
        assert!(text.starts_with("hefu-3-a5a5"), "{}", text.as_str());
        let read = Token::parse(&text).unwrap();
        assert_eq!(read.officer().number(), 3);
        assert!(token().digest().matches(&read));
    }

    #[test]
    fn a_token_with_one_wrong_digit_does_not_match() {
        let text = token().reveal().replace("a5a5a5", "a5a4a5");
        assert!(!token().digest().matches(&Token::parse(&text).unwrap()));
    }

    #[test]
    fn other_texts_are_not_tokens() {
        let digits = "a5".repeat(32);
        for text in [
            String::new(),
            "hefu-".to_owned(),
            format!("hefu-3{digits}"),
            format!("hefu-0-{digits}"),
            format!("hefu--3-{digits}"),
            format!("hefu-+3-{digits}"),
            format!("hefu-3-{digits}00"),
            format!("hefu-3-{}", "zz".repeat(32)),
            format!("hefu-{}-{digits}", "9".repeat(40)),
        ] {
            assert!(Token::parse(&text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_token_does_not_print_its_secret() {
        assert_eq!(format!("{:?}", token()), "Token { officer: 3, .. }");
    }
}
