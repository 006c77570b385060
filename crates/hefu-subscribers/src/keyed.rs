//! Keyed digests: HMAC-SM3 (RFC 2104 over GB/T 32905) under a key that lives sealed by the key device. Whoever has only the
//! database can neither try codes nor guess words.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sm3::Sm3;
use zeroize::Zeroizing;

/// Octets of the key: as many as SM3 gives.
pub(crate) const KEY_OCTETS: usize = 32;

/// What a digest is of; part of the digest.
#[derive(Clone, Copy)]
pub(crate) enum Of {
    /// An access code.
    Code,
    /// Words that a record commits to without saying them.
    Words,
}

impl Of {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Code => b"hefu/subscribers/code\0",
            Self::Words => b"hefu/subscribers/words\0",
        }
    }
}

/// The key of the digests.
pub(crate) struct DigestKey(Zeroizing<[u8; KEY_OCTETS]>);

impl DigestKey {
    pub(crate) fn new(octets: Zeroizing<[u8; KEY_OCTETS]>) -> Self {
        Self(octets)
    }

    pub(crate) fn digest(&self, of: Of, content: &[u8]) -> [u8; 32] {
        self.prepared(of, content).finalize().into_bytes().into()
    }

    /// Whether `digest` is the one of this content; in constant time.
    pub(crate) fn matches(&self, of: Of, content: &[u8], digest: &[u8]) -> bool {
        self.prepared(of, content).verify_slice(digest).is_ok()
    }

    fn prepared(&self, of: Of, content: &[u8]) -> Hmac<Sm3> {
        // HMAC takes keys of any length, so the second branch is never taken; an empty key would only match nothing of ours.
        let mut mac = Hmac::<Sm3>::new_from_slice(self.0.as_slice())
            .unwrap_or_else(|_| Hmac::<Sm3>::new(&hmac::digest::Key::<Hmac<Sm3>>::default()));
        mac.update(of.label());
        mac.update(content);
        mac
    }
}
