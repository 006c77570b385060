//! Digests: SM3 (GB/T 32905) and the SHA family, in one piece or as a stream.
//!
//! SHA-1 is here to *name* keys (RFC 5280 §4.2.1.2, OCSP `CertID`), never to sign; no [`crate::SignatureAlgorithm`]
//! uses it.

use std::fmt;

use aws_lc_rs::digest as international;
use der::asn1::ObjectIdentifier;
use sm3::{Digest as _, Sm3};

use crate::oid;

/// A digest algorithm.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum DigestAlgorithm {
    /// SM3, 32 octets.
    Sm3,
    /// SHA-1, 20 octets; for names of keys only.
    Sha1,
    /// SHA-256, 32 octets.
    Sha256,
    /// SHA-384, 48 octets.
    Sha384,
    /// SHA-512, 64 octets.
    Sha512,
}

impl DigestAlgorithm {
    /// Every digest algorithm, in the order of this enum.
    pub const ALL: [Self; 5] = [Self::Sm3, Self::Sha1, Self::Sha256, Self::Sha384, Self::Sha512];

    /// Its object identifier.
    #[must_use]
    pub const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::Sm3 => oid::SM3,
            Self::Sha1 => oid::SHA1,
            Self::Sha256 => oid::SHA256,
            Self::Sha384 => oid::SHA384,
            Self::Sha512 => oid::SHA512,
        }
    }

    /// The algorithm of an object identifier, if this crate has it.
    #[must_use]
    pub fn from_oid(oid: &ObjectIdentifier) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.oid() == *oid)
    }

    /// Length of the digest in octets.
    #[must_use]
    pub const fn output_len(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sm3 | Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// The digest of `data`, [`output_len`](Self::output_len) octets.
    #[must_use]
    pub fn digest(self, data: &[u8]) -> Vec<u8> {
        let mut hasher = self.hasher();
        hasher.update(data);
        hasher.finish()
    }

    /// Starts a digest over data that comes in pieces.
    #[must_use]
    pub fn hasher(self) -> Hasher {
        let international = match self {
            Self::Sm3 => return Hasher(State::Sm3(Sm3::new())),
            Self::Sha1 => &international::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &international::SHA256,
            Self::Sha384 => &international::SHA384,
            Self::Sha512 => &international::SHA512,
        };
        Hasher(State::International(international::Context::new(international)))
    }
}

impl fmt::Display for DigestAlgorithm {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Sm3 => "sm3",
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
        })
    }
}

/// A digest under way.
#[derive(Clone)]
pub struct Hasher(State);

#[derive(Clone)]
enum State {
    Sm3(Sm3),
    International(international::Context),
}

impl Hasher {
    /// Takes in more data.
    pub fn update(&mut self, data: &[u8]) {
        match &mut self.0 {
            State::Sm3(hasher) => hasher.update(data),
            State::International(context) => context.update(data),
        }
    }

    /// The digest of all data taken in.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        match self.0 {
            State::Sm3(hasher) => hasher.finalize().to_vec(),
            State::International(context) => context.finish().as_ref().to_vec(),
        }
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Hasher")
    }
}

/// SM3 of `data`.
#[must_use]
pub fn sm3(data: &[u8]) -> [u8; 32] {
    Sm3::digest(data).into()
}
