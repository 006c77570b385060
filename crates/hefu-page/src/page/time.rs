//! Times and serial numbers as people read them.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Digits of a serial number that are read aloud together.
const GROUP: usize = 4;

/// Beijing time, in which the law counts.
fn beijing(at: Timestamp) -> jiff::Zoned {
    at.to_zoned(TimeZone::fixed(jiff::tz::offset(8)))
}

/// A time with its zone.
#[must_use]
pub fn time(at: Timestamp) -> String {
    beijing(at).strftime("%Y-%m-%d %H:%M:%S (UTC+8)").to_string()
}

/// The day of a time in Beijing.
#[must_use]
pub fn day(at: Timestamp) -> String {
    beijing(at).strftime("%Y-%m-%d").to_string()
}

/// Reads what a `datetime-local` field sends, as Beijing time.
#[must_use]
pub fn from_local(text: &str) -> Option<Timestamp> {
    let civil: jiff::civil::DateTime = text.trim().parse().ok()?;
    Some(civil.to_zoned(TimeZone::fixed(jiff::tz::offset(8))).ok()?.timestamp())
}

/// A serial number in groups that can be read aloud.
#[must_use]
pub fn grouped(serial: &str) -> String {
    let upper = serial.to_ascii_uppercase();
    let groups: Vec<&str> = upper
        .as_bytes()
        .chunks(GROUP)
        .filter_map(|group| std::str::from_utf8(group).ok())
        .collect();
    groups.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_serial_number_is_read_in_groups_of_four() {
        assert_eq!(grouped("4f2a91c70d3e88b1"), "4F2A 91C7 0D3E 88B1");
    }

    #[test]
    fn times_say_their_zone() {
        assert_eq!(time(Timestamp::UNIX_EPOCH), "1970-01-01 08:00:00 (UTC+8)");
        assert_eq!(day(Timestamp::UNIX_EPOCH), "1970-01-01");
    }

    #[test]
    fn a_field_of_date_and_time_is_beijing_time() {
        assert_eq!(from_local("1970-01-01T08:00"), Some(Timestamp::UNIX_EPOCH));
        assert_eq!(from_local("1970-01-01T08:00:00"), Some(Timestamp::UNIX_EPOCH));
        assert_eq!(from_local("tomorrow"), None);
    }
}
