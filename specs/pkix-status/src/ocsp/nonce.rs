//! The nonce that ties an answer to its question (RFC 9654).

use der::Tag;
use gm_suite::RandomFailure;

use crate::encode;
use crate::walk::{Malformed, Walk};

/// Longest nonce: RFC 9654 §2.1 makes it OCTET STRING (SIZE (1..128)).
pub const NONCE_OCTETS_MAX: usize = 128;

/// Octets of the nonces that we ask with: the least that RFC 9654 §2.1 wants of clients.
pub const NONCE_OCTETS_ASKED: usize = 32;

/// A nonce of 1 to [`NONCE_OCTETS_MAX`] octets. Clients of RFC 6960 and 8954 send shorter ones than RFC 9654
/// asks of new clients; they are echoed as well.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Nonce<'a>(&'a [u8]);

impl<'a> Nonce<'a> {
    /// These octets as a nonce; `None` if they are none or too many.
    #[must_use]
    pub fn new(octets: &'a [u8]) -> Option<Self> {
        (1..=NONCE_OCTETS_MAX).contains(&octets.len()).then_some(Self(octets))
    }

    /// Fresh octets for a question.
    ///
    /// # Errors
    /// The operating system gives no random octets.
    pub fn fresh() -> Result<[u8; NONCE_OCTETS_ASKED], RandomFailure> {
        gm_suite::random()
    }

    /// The octets.
    #[must_use]
    pub const fn octets(self) -> &'a [u8] {
        self.0
    }

    /// Reads the content of the extension.
    pub(crate) fn read(value: &'a [u8]) -> Result<Self, Malformed> {
        let mut inside = Walk::new("nonce", value);
        let field = inside.expect("nonce", Tag::OctetString)?;
        inside.finish()?;
        Self::new(field.value).ok_or(field.malformed())
    }

    /// Writes the content of the extension.
    pub(crate) fn push(self, out: &mut Vec<u8>) {
        encode::element(out, encode::OCTET_STRING, self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_has_1_to_128_octets() {
        assert!(Nonce::new(&[]).is_none());
        assert!(Nonce::new(&[0; NONCE_OCTETS_MAX + 1]).is_none());
        assert!(Nonce::read(&[0x04, 0x00]).is_err());
        assert!(Nonce::read(&[0x04, 0x01, 0x09]).is_ok_and(|nonce| nonce.octets() == [0x09]));
        for (length, good) in [(NONCE_OCTETS_MAX, true), (NONCE_OCTETS_MAX + 1, false)] {
            let mut value = Vec::new();
            encode::element(&mut value, encode::OCTET_STRING, &vec![7; length]);
            assert_eq!(Nonce::read(&value).is_ok(), good, "{length}");
        }
    }

    #[test]
    fn a_nonce_that_is_not_an_octet_string_is_refused() {
        assert!(Nonce::read(&[1, 2, 3, 4]).is_err());
        assert!(Nonce::read(&[]).is_err());
    }
}
