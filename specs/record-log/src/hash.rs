//! The three ways to hash in a tree: a leaf, a node, nothing (RFC 9162 §2.1.1).

use std::fmt;
use std::str::FromStr;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use gm_suite::DigestAlgorithm;

/// A hash of a leaf or of a subtree: 32 octets of SM3 or SHA-256.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Hash([u8; 32]);

impl Hash {
    /// Takes 32 octets as they are.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 octets.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Standard base64, as checkpoints write it.
    #[must_use]
    pub fn to_base64(self) -> String {
        BASE64_STANDARD.encode(self.0)
    }

    /// Reads standard base64 with padding.
    #[must_use]
    pub fn from_base64(text: &str) -> Option<Self> {
        Self::try_from(BASE64_STANDARD.decode(text).ok()?.as_slice()).ok()
    }
}

/// Octets that are not 32.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a hash has 32 octets, not {0}")]
pub struct WrongLength(pub usize);

impl TryFrom<&[u8]> for Hash {
    type Error = WrongLength;

    fn try_from(bytes: &[u8]) -> Result<Self, Self::Error> {
        bytes.try_into().map(Self).map_err(|_| WrongLength(bytes.len()))
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|octet| write!(formatter, "{octet:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Hash({self})")
    }
}

/// The digest of a tree.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum TreeDigest {
    /// SM3 (GB/T 32905).
    #[default]
    Sm3,
    /// SHA-256, as the logs of RFC 9162 and C2SP use it.
    Sha256,
}

impl TreeDigest {
    /// Hash of a leaf: digest of `0x00 || entry`.
    #[must_use]
    pub fn leaf(self, entry: &[u8]) -> Hash {
        self.over([&[0x00], entry])
    }

    /// Hash of a node: digest of `0x01 || left || right`.
    #[must_use]
    pub fn node(self, left: &Hash, right: &Hash) -> Hash {
        self.over([&[0x01], &left.0, &right.0])
    }

    /// Root of a tree without leaves: digest of nothing.
    #[must_use]
    pub fn empty(self) -> Hash {
        self.over([])
    }

    fn over<const N: usize>(self, parts: [&[u8]; N]) -> Hash {
        let mut hasher = match self {
            Self::Sm3 => DigestAlgorithm::Sm3,
            Self::Sha256 => DigestAlgorithm::Sha256,
        }
        .hasher();
        for part in parts {
            hasher.update(part);
        }
        // Both digests have 32 octets.
        Hash(hasher.finish().try_into().unwrap_or_default())
    }
}

impl fmt::Display for TreeDigest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Sm3 => "sm3",
            Self::Sha256 => "sha256",
        })
    }
}

/// A name that is no tree digest.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{0:?} is not one of sm3, sha256")]
pub struct UnknownDigest(pub String);

impl FromStr for TreeDigest {
    type Err = UnknownDigest;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "sm3" => Ok(Self::Sm3),
            "sha256" => Ok(Self::Sha256),
            _ => Err(UnknownDigest(name.to_owned())),
        }
    }
}

/// SM3 hash of a leaf, the one that Hefu's records use.
#[must_use]
pub fn leaf_hash(entry: &[u8]) -> Hash {
    TreeDigest::Sm3.leaf(entry)
}
