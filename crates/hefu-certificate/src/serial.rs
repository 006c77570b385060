//! Serial numbers as Hefu issues them.

use std::fmt;
use std::str::FromStr;

use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Octets of a serial number.
pub(crate) const LENGTH: usize = 16;

/// A serial number as Hefu issues it: sixteen octets, positive, never zero.
///
/// RFC 5280 §4.1.2.2 allows up to twenty octets. Sixteen always, so that a serial sorts, prints and indexes the same
/// everywhere: the first octet is 0x40 to 0x7f when drawn here, and never zero or above 0x7f when read. 126 of its
/// bits are random. Foreign serials never become this type.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct SerialNumber([u8; LENGTH]);

/// Bytes or text that are no serial number of ours.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a serial number is 16 octets, 32 hexadecimal digits, the first octet 01 to 7f")]
pub struct NotASerial;

/// The operating system gave no random octets.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("no random octets for a serial number: {0}")]
pub struct NoRandomness(String);

impl SerialNumber {
    /// Draws one from the operating system's generator.
    ///
    /// # Errors
    /// [`NoRandomness`] when the generator fails: a fault, nothing may be issued.
    pub fn random() -> Result<Self, NoRandomness> {
        let mut octets = [0; LENGTH];
        getrandom::fill(&mut octets).map_err(|error| NoRandomness(error.to_string()))?;
        Ok(Self::from_random(octets))
    }

    /// Makes one from sixteen random octets given by the caller: for tests and for other generators.
    #[must_use]
    pub const fn from_random(mut octets: [u8; LENGTH]) -> Self {
        octets[0] = (octets[0] & 0x3f) | 0x40;
        Self(octets)
    }

    /// Takes back the sixteen octets of one.
    ///
    /// # Errors
    /// [`NotASerial`] for another length, zero, or a first octet that would make the number shorter or negative.
    pub fn from_bytes(octets: &[u8]) -> Result<Self, NotASerial> {
        let octets: [u8; LENGTH] = octets.try_into().map_err(|_| NotASerial)?;
        match octets.first() {
            Some(1..=0x7f) => Ok(Self(octets)),
            _ => Err(NotASerial),
        }
    }

    /// Reads 32 hexadecimal digits; upper case, and colons or spaces between octets, are accepted.
    ///
    /// # Errors
    /// [`NotASerial`].
    pub fn from_hex(text: &str) -> Result<Self, NotASerial> {
        /// 32 digits with a separator after each, rounded up.
        const TEXT_MAX: usize = 96;
        if text.len() > TEXT_MAX {
            return Err(NotASerial);
        }
        let digits: String = text.chars().filter(|c| !matches!(c, ':' | ' ')).collect();
        let octets = hex::decode(digits).map_err(|_| NotASerial)?;
        Self::from_bytes(&octets)
    }

    /// The octets, most significant first; also the content of the DER INTEGER.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; LENGTH] {
        &self.0
    }
}

/// Lower-case hexadecimal, 32 digits.
impl fmt::Display for SerialNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&hex::encode(self.0))
    }
}

impl FromStr for SerialNumber {
    type Err = NotASerial;

    fn from_str(text: &str) -> Result<Self, NotASerial> {
        Self::from_hex(text)
    }
}

impl Serialize for SerialNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SerialNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_hex(&text).map_err(serde::de::Error::custom)
    }
}

impl Explain for NotASerial {
    fn code(&self) -> &'static str {
        "serial-malformed"
    }

    fn kind(&self) -> Kind {
        Kind::Malformed
    }

    fn blame(&self) -> Blame {
        Blame::Caller
    }

    fn citation(&self) -> Option<Citation> {
        None
    }

    fn message(&self, language: Language) -> String {
        match language {
            Language::English => self.to_string(),
            Language::Chinese => "证书序列号应为16字节，即32位十六进制数字，首字节为01至7f".to_owned(),
        }
    }
}

impl Explain for NoRandomness {
    fn code(&self) -> &'static str {
        "serial-no-randomness"
    }

    fn kind(&self) -> Kind {
        Kind::Fault
    }

    fn blame(&self) -> Blame {
        Blame::Operator
    }

    fn citation(&self) -> Option<Citation> {
        None
    }

    fn message(&self, language: Language) -> String {
        match language {
            Language::English => self.to_string(),
            Language::Chinese => format!("操作系统未能提供随机数：{}", self.0),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn serial_numbers_drawn_are_positive_and_sixteen_octets() {
        for _ in 0..200 {
            let serial = SerialNumber::random().unwrap();
            assert!((0x40..=0x7f).contains(serial.as_bytes().first().unwrap()));
        }
        assert_eq!(
            SerialNumber::from_random([0; 16]).to_string(),
            "40000000000000000000000000000000"
        );
    }

    #[test]
    fn what_is_printed_reads_back_with_any_usual_separator() {
        let serial = SerialNumber::from_random([0xab; 16]);
        assert_eq!(serial.to_string().parse(), Ok(serial));
        assert_eq!("6B:AB:ABab abababab:abababababababab".parse(), Ok(serial));
        assert_eq!(
            "6B:AB:ABab abababab:ababababababab".parse::<SerialNumber>(),
            Err(NotASerial)
        );
        assert_eq!("6BABABABABABABABABABABABABABABAB".parse(), Ok(serial));
        let spaced = "6bab abab abab abab abab abab abab abab";
        assert_eq!(spaced.parse(), Ok(serial));
    }

    #[test]
    fn zero_negative_and_short_numbers_are_refused() {
        assert_eq!(SerialNumber::from_bytes(&[0; 16]), Err(NotASerial));
        assert_eq!(SerialNumber::from_bytes(&[0x80; 16]), Err(NotASerial));
        assert_eq!(SerialNumber::from_bytes(&[1; 15]), Err(NotASerial));
        assert_eq!(SerialNumber::from_hex("zz"), Err(NotASerial));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text: String) {
            if let Ok(serial) = SerialNumber::from_hex(&text) {
                prop_assert_eq!(SerialNumber::from_bytes(serial.as_bytes()), Ok(serial));
            }
        }

        #[test]
        fn random_octets_make_a_serial_that_reads_back(octets: [u8; 16]) {
            let serial = SerialNumber::from_random(octets);
            prop_assert_eq!(SerialNumber::from_hex(&serial.to_string()), Ok(serial));
        }
    }
}
