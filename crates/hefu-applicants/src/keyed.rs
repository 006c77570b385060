//! Keyed digests: how a number or a name is found again without being stored in clear.
//!
//! An identity number has few enough possibilities that a plain digest of it is the number. So it is HMAC-SM3 (RFC 2104
//! over GB/T 32905) under a key that lives sealed by the key device: whoever has only the database cannot try numbers.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sm3::Sm3;
use zeroize::Zeroizing;

/// Octets of a key: as many as SM3 gives.
pub const KEY_OCTETS: usize = 32;

/// What a digest is of; part of the digest, so that a name never equals a number.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Of {
    /// An identity document's number.
    Number,
    /// A name as it was written.
    Name,
    /// A name reduced to what the eye tells apart.
    Skeleton,
    /// Words that a record commits to without saying them.
    Words,
}

impl Of {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Number => b"hefu/applicants/number\0",
            Self::Name => b"hefu/applicants/name\0",
            Self::Skeleton => b"hefu/applicants/skeleton\0",
            Self::Words => b"hefu/applicants/words\0",
        }
    }
}

/// The key of the keyed digests.
pub struct LookupKey(Zeroizing<[u8; KEY_OCTETS]>);

impl LookupKey {
    /// Takes the octets that the device opened.
    #[must_use]
    pub fn new(octets: Zeroizing<[u8; KEY_OCTETS]>) -> Self {
        Self(octets)
    }

    /// The keyed digest of a text.
    #[must_use]
    pub fn digest(&self, of: Of, text: &str) -> KeyedDigest {
        KeyedDigest(hmac_sm3(self.0.as_slice(), &[of.label(), text.as_bytes()]))
    }
}

impl fmt::Debug for LookupKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("LookupKey")
    }
}

/// A keyed digest; says nothing without the key.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct KeyedDigest([u8; 32]);

impl KeyedDigest {
    /// The octets, for a table.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// HMAC-SM3 over parts that follow each other.
pub(crate) fn hmac_sm3(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    prepared(key, parts).finalize().into_bytes().into()
}

/// Whether `tag` is the HMAC-SM3 of `message`, compared in constant time.
pub(crate) fn hmac_sm3_matches(key: &[u8], message: &[u8], tag: &[u8]) -> bool {
    prepared(key, &[message]).verify_slice(tag).is_ok()
}

fn prepared(key: &[u8], parts: &[&[u8]]) -> Hmac<Sm3> {
    // HMAC takes keys of any length, so the second branch is never taken; an empty key would only match nothing of ours.
    let mut mac = Hmac::<Sm3>::new_from_slice(key)
        .unwrap_or_else(|_| Hmac::<Sm3>::new(&hmac::digest::Key::<Hmac<Sm3>>::default()));
    for part in parts {
        mac.update(part);
    }
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_hmac_that_openssl_computes() {
        // openssl dgst -sm3 -mac HMAC -macopt hexkey:000102…1f, OpenSSL 3.0, over "hello".
        let key: Vec<u8> = (0..32).collect();
        let tag = hmac_sm3(&key, &[b"hel", b"lo"]);
        assert_eq!(
            hex::encode(tag),
            "6004aa01dfe9ddb3d5faadedc3306310bc8e7b80aba8419f0e9c3735b9da8cbf"
        );
        assert!(hmac_sm3_matches(&key, b"hello", &tag));
        assert!(!hmac_sm3_matches(&key, b"hellp", &tag));
        assert!(!hmac_sm3_matches(&key, b"hello", tag.get(..31).unwrap_or_default()));
    }

    #[test]
    fn a_name_never_equals_a_number_and_another_key_finds_nothing() {
        let key = LookupKey::new(Zeroizing::new([1; 32]));
        let other = LookupKey::new(Zeroizing::new([2; 32]));
        assert_eq!(key.digest(Of::Number, "a"), key.digest(Of::Number, "a"));
        assert_ne!(key.digest(Of::Number, "a"), key.digest(Of::Name, "a"));
        assert_ne!(key.digest(Of::Number, "a"), other.digest(Of::Number, "a"));
        assert_eq!(format!("{key:?}"), "LookupKey");
    }
}
