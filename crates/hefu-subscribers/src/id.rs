//! Numbers under which things are kept here.

use std::fmt;
use std::str::FromStr;

/// What is no number of ours.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("this is no number: 32 hexadecimal digits are asked for")]
pub struct NotAnId;

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident, $word:literal;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub struct $name([u8; 16]);

        impl $name {
            /// Takes octets: the first six of a time, where the order matters, and random ones.
            #[must_use]
            pub const fn new(octets: [u8; 16]) -> Self {
                Self(octets)
            }

            /// How records name it.
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
                let mut octets = [0; 16];
                hex::decode_to_slice(text, &mut octets).map_err(|_| NotAnId)?;
                Ok(Self(octets))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    )+};
}

ids! {
    /// An access: what one code gives.
    AccessId, "access";
    /// A question for a supplement.
    SupplementId, "supplement";
    /// Something that a subscriber asks of the officers.
    MatterId, "matter";
}
