//! Key usage and key purposes, as profiles name them and certificates carry them.

use std::fmt;
use std::str::FromStr;

use const_oid::ObjectIdentifier;

use crate::oid;

/// The bits of the key usage extension (RFC 5280 §4.2.1.3), as a set.
#[derive(Clone, Copy, Default, Eq, Hash, PartialEq)]
pub struct KeyUsage(u16);

/// Names in profiles, in the order of the bits.
const NAMES: [&str; 9] = [
    "digital-signature",
    "non-repudiation",
    "key-encipherment",
    "data-encipherment",
    "key-agreement",
    "key-cert-sign",
    "crl-sign",
    "encipher-only",
    "decipher-only",
];

impl KeyUsage {
    /// No bit.
    pub const NONE: Self = Self(0);
    /// Bit 0: verifying signatures other than on certificates and CRLs.
    pub const DIGITAL_SIGNATURE: Self = Self(1 << 0);
    /// Bit 1: a signature its maker cannot deny; X.509 calls it contentCommitment now.
    pub const NON_REPUDIATION: Self = Self(1 << 1);
    /// Bit 2: enciphering keys.
    pub const KEY_ENCIPHERMENT: Self = Self(1 << 2);
    /// Bit 3: enciphering data without a symmetric key between.
    pub const DATA_ENCIPHERMENT: Self = Self(1 << 3);
    /// Bit 4: agreeing on keys.
    pub const KEY_AGREEMENT: Self = Self(1 << 4);
    /// Bit 5: verifying signatures on certificates.
    pub const KEY_CERT_SIGN: Self = Self(1 << 5);
    /// Bit 6: verifying signatures on CRLs.
    pub const CRL_SIGN: Self = Self(1 << 6);
    /// Bit 7: with key agreement, enciphering only.
    pub const ENCIPHER_ONLY: Self = Self(1 << 7);
    /// Bit 8: with key agreement, deciphering only.
    pub const DECIPHER_ONLY: Self = Self(1 << 8);

    /// Both sets together.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether at least one bit of `other` is set here.
    #[must_use]
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether no bit outside `other` is set here.
    #[must_use]
    pub const fn within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Whether no bit is set.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The names of the bits set.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        NAMES
            .into_iter()
            .enumerate()
            .filter(move |(bit, _)| self.0 & (1 << bit) != 0)
            .map(|(_, name)| name)
    }

    /// The content of the BIT STRING: unused bits, then octets, without trailing zero bits (X.690 §11.2.2).
    pub(crate) fn bit_string(self) -> Vec<u8> {
        let Some(last) = (0..NAMES.len()).rev().find(|bit| self.0 & (1 << bit) != 0) else {
            return vec![0];
        };
        let mut octets = vec![0; last / 8 + 1];
        for bit in (0..=last).filter(|bit| self.0 & (1 << bit) != 0) {
            if let Some(octet) = octets.get_mut(bit / 8) {
                *octet |= 0x80 >> (bit % 8);
            }
        }
        let unused = u8::try_from(7 - last % 8).unwrap_or(0);
        octets.insert(0, unused);
        octets
    }

    /// Reads the content of a BIT STRING; bits beyond the nine are dropped. `None` when there is no content.
    pub(crate) fn from_bit_string(content: &[u8]) -> Option<Self> {
        let (unused, octets) = content.split_first()?;
        let bits = (octets.len() * 8).checked_sub(usize::from(*unused))?;
        let set = (0..NAMES.len().min(bits)).filter(|bit| {
            octets
                .get(bit / 8)
                .is_some_and(|octet| octet & (0x80 >> (bit % 8)) != 0)
        });
        Some(Self(set.fold(0, |all, bit| all | 1 << bit)))
    }
}

/// The names with commas between, or "none".
impl fmt::Display for KeyUsage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return formatter.pad("none");
        }
        formatter.pad(&self.names().collect::<Vec<_>>().join(", "))
    }
}

impl fmt::Debug for KeyUsage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "KeyUsage({self})")
    }
}

/// No bit or purpose has this name.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{0:?} is not one of {1}")]
pub struct UnknownUsage(pub(crate) String, pub(crate) String);

/// One bit by its name.
impl FromStr for KeyUsage {
    type Err = UnknownUsage;

    fn from_str(name: &str) -> Result<Self, UnknownUsage> {
        let bit = NAMES.iter().position(|known| *known == name);
        bit.map(|bit| Self(1 << bit))
            .ok_or_else(|| UnknownUsage(name.to_owned(), NAMES.join(", ")))
    }
}

/// A purpose of the extended key usage extension (RFC 5280 §4.2.1.12).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct KeyPurpose(ObjectIdentifier);

/// Purposes that profiles can name; any other is written as its dotted identifier.
const PURPOSES: [(&str, ObjectIdentifier); 7] = [
    ("server-auth", oid::KP_SERVER_AUTH),
    ("client-auth", oid::KP_CLIENT_AUTH),
    ("code-signing", oid::KP_CODE_SIGNING),
    ("email-protection", oid::KP_EMAIL_PROTECTION),
    ("time-stamping", oid::KP_TIME_STAMPING),
    ("ocsp-signing", oid::KP_OCSP_SIGNING),
    ("document-signing", oid::KP_DOCUMENT_SIGNING),
];

impl KeyPurpose {
    /// TLS server authentication.
    pub const SERVER_AUTH: Self = Self(oid::KP_SERVER_AUTH);
    /// TLS client authentication.
    pub const CLIENT_AUTH: Self = Self(oid::KP_CLIENT_AUTH);
    /// Time stamps (RFC 3161).
    pub const TIME_STAMPING: Self = Self(oid::KP_TIME_STAMPING);
    /// OCSP answers (RFC 6960).
    pub const OCSP_SIGNING: Self = Self(oid::KP_OCSP_SIGNING);

    /// Its object identifier.
    #[must_use]
    pub const fn oid(self) -> ObjectIdentifier {
        self.0
    }
}

/// The name, or the dotted identifier of a purpose without one.
impl fmt::Display for KeyPurpose {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match PURPOSES.iter().find(|(_, oid)| *oid == self.0) {
            Some((name, _)) => formatter.pad(name),
            None => formatter.pad(&self.0.to_string()),
        }
    }
}

impl FromStr for KeyPurpose {
    type Err = UnknownUsage;

    fn from_str(name: &str) -> Result<Self, UnknownUsage> {
        if let Some((_, oid)) = PURPOSES.iter().find(|(known, _)| *known == name) {
            return Ok(Self(*oid));
        }
        let names: Vec<_> = PURPOSES.iter().map(|(known, _)| *known).collect();
        let unknown = || {
            UnknownUsage(
                name.to_owned(),
                format!("{} or a dotted object identifier", names.join(", ")),
            )
        };
        ObjectIdentifier::new(name).map(Self).map_err(|_| unknown())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn bits_are_written_without_trailing_zeros_and_read_back() {
        let sign = KeyUsage::DIGITAL_SIGNATURE.with(KeyUsage::NON_REPUDIATION);
        assert_eq!(sign.bit_string(), [6, 0xc0]);
        assert_eq!(KeyUsage::KEY_CERT_SIGN.with(KeyUsage::CRL_SIGN).bit_string(), [1, 0x06]);
        assert_eq!(KeyUsage::DECIPHER_ONLY.bit_string(), [7, 0, 0x80]);
        assert_eq!(KeyUsage::NONE.bit_string(), [0]);
        for bits in 0..512 {
            let usage = KeyUsage(bits);
            assert_eq!(KeyUsage::from_bit_string(&usage.bit_string()), Some(usage));
        }
    }

    #[test]
    fn bit_strings_that_lie_about_their_length_are_refused() {
        assert_eq!(KeyUsage::from_bit_string(&[]), None);
        assert_eq!(KeyUsage::from_bit_string(&[9, 0xff]), None);
        assert_eq!(KeyUsage::from_bit_string(&[0]), Some(KeyUsage::NONE));
    }

    #[test]
    fn names_read_back() {
        for name in NAMES {
            assert_eq!(name.parse::<KeyUsage>().unwrap().to_string(), name);
        }
        for (name, _) in PURPOSES {
            assert_eq!(name.parse::<KeyPurpose>().unwrap().to_string(), name);
        }
        assert_eq!("1.2.3.4".parse::<KeyPurpose>().unwrap().to_string(), "1.2.3.4");
        assert!("sign".parse::<KeyUsage>().is_err());
        assert!("tls".parse::<KeyPurpose>().is_err());
    }
}
