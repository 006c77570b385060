//! The numbers under which things are kept: sixteen random octets each, one type for each sort of thing.

use std::fmt;
use std::str::FromStr;

/// Octets of a number: enough that two drawn at random never meet.
pub const ID_OCTETS: usize = 16;

/// What is no number of ours.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("this is no number: 32 hexadecimal digits are asked for")]
pub struct NotAnId;

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident, $word:literal;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub struct $name([u8; ID_OCTETS]);

        impl $name {
            /// Takes random octets.
            #[must_use]
            pub const fn new(octets: [u8; ID_OCTETS]) -> Self {
                Self(octets)
            }

            /// How records name it as what an entry is about.
            #[must_use]
            pub fn subject(self) -> String {
                format!(concat!($word, ":{}"), self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.pad(&hex::encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, concat!($word, ":{}"), self)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                let mut octets = [0; ID_OCTETS];
                hex::decode_to_slice(text, &mut octets).map_err(|_| NotAnId)?;
                Ok(Self(octets))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'d> serde::Deserialize<'d> for $name {
            fn deserialize<D: serde::Deserializer<'d>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )+};
}

ids! {
    /// An applicant's file.
    ApplicantId, "applicant";
    /// A piece of evidence.
    EvidenceId, "evidence";
    /// A check of identity.
    CheckId, "identity-check";
    /// A consent.
    ConsentId, "consent";
    /// A question to an outside verification service.
    Reference, "verification";
    /// An acknowledgement or a signing.
    AgreementId, "agreement";
}
