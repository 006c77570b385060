//! Times in DER: `UTCTime` until 2049, `GeneralizedTime` from 2050 (RFC 5280 §4.1.2.5), whole seconds, UTC.

use der::Tag;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

use crate::walk::{Field, Malformed};

const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// A time that X.509 cannot say: before the year 0 or, as `UTCTime` would need it, before 1950.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("time {0} cannot be written in a certificate status")]
pub struct TimeOutOfRange(pub Timestamp);

/// Appends the Time of RFC 5280: `UTCTime` for 1950 to 2049, `GeneralizedTime` later. Fractions are dropped.
pub(crate) fn push_time(out: &mut Vec<u8>, at: Timestamp) -> Result<(), TimeOutOfRange> {
    let civil = Offset::UTC.to_datetime(at);
    match civil.year() {
        1950..2050 => {
            out.extend_from_slice(&[UTC_TIME, 13]);
            push_digits(out, civil);
            Ok(())
        }
        2050.. => push_generalized(out, at),
        _ => Err(TimeOutOfRange(at)),
    }
}

/// Appends a `GeneralizedTime`, which OCSP and invalidityDate always use. Fractions are dropped.
pub(crate) fn push_generalized(out: &mut Vec<u8>, at: Timestamp) -> Result<(), TimeOutOfRange> {
    let civil = Offset::UTC.to_datetime(at);
    let century = u8::try_from(civil.year() / 100).map_err(|_| TimeOutOfRange(at))?;
    if civil.year() < 0 {
        return Err(TimeOutOfRange(at));
    }
    out.extend_from_slice(&[GENERALIZED_TIME, 15]);
    push_two(out, century);
    push_digits(out, civil);
    Ok(())
}

/// `YYMMDDHHMMSSZ`.
fn push_digits(out: &mut Vec<u8>, civil: DateTime) {
    let year = civil.year().rem_euclid(100);
    for number in [
        i8::try_from(year).unwrap_or_default(),
        civil.month(),
        civil.day(),
        civil.hour(),
        civil.minute(),
        civil.second(),
    ] {
        push_two(out, number.unsigned_abs());
    }
    out.push(b'Z');
}

fn push_two(out: &mut Vec<u8>, number: u8) {
    out.extend_from_slice(&[b'0' + number / 10 % 10, b'0' + number % 10]);
}

/// Reads a `UTCTime` or `GeneralizedTime` field, in the only form that RFC 5280 §4.1.2.5 allows: seconds, no
/// fraction, `Z`.
pub(crate) fn read_time(field: &Field<'_>) -> Result<Timestamp, Malformed> {
    let civil = match (field.tag, field.value) {
        (Tag::UtcTime, [y, z, rest @ ..]) => two([*y, *z]).and_then(|year| {
            // RFC 5280 §4.1.2.5.1: 50 and above are of the twentieth century.
            let century = if year >= 50 { 1900 } else { 2000 };
            read_digits(century + i16::from(year), rest)
        }),
        (Tag::GeneralizedTime, [c, d, y, z, rest @ ..]) => match (two([*c, *d]), two([*y, *z])) {
            (Some(century), Some(year)) => read_digits(i16::from(century) * 100 + i16::from(year), rest),
            _ => None,
        },
        _ => None,
    };
    let civil = civil.ok_or(field.malformed())?;
    // 99991231235959Z means "no end" (RFC 5280 §4.1.2.5) and lies a day beyond what a Timestamp can hold.
    Ok(Offset::UTC.to_timestamp(civil).unwrap_or(Timestamp::MAX))
}

/// `MMDDHHMMSSZ` of a year.
fn read_digits(year: i16, rest: &[u8]) -> Option<DateTime> {
    let (pairs, []) = rest.strip_suffix(b"Z")?.as_chunks() else {
        return None;
    };
    let [month, day, hour, minute, second] = *pairs else {
        return None;
    };
    let [month, day] = [two(month)?, two(day)?];
    let [hour, minute, second] = [two(hour)?, two(minute)?, two(second)?];
    DateTime::new(year, month, day, hour, minute, second, 0).ok()
}

fn two(digits: [u8; 2]) -> Option<i8> {
    match digits {
        [high @ b'0'..=b'9', low @ b'0'..=b'9'] => i8::try_from((high - b'0') * 10 + (low - b'0')).ok(),
        _ => None,
    }
}

/// Reads a `GeneralizedTime` field.
pub(crate) fn read_generalized(field: &Field<'_>) -> Result<Timestamp, Malformed> {
    if field.tag == Tag::GeneralizedTime {
        read_time(field)
    } else {
        Err(field.malformed())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use der::asn1::{GeneralizedTime, UtcTime};
    use der::{Decode, Encode};
    use proptest::prelude::*;

    use super::*;
    use crate::walk::Walk;

    fn read(der: &[u8]) -> Option<i64> {
        let field = Walk::new("time", der).any("time").unwrap();
        read_time(&field).ok().map(Timestamp::as_second)
    }

    /// What the der crate reads, which knows no time before 1970.
    fn theirs(der: &[u8]) -> Option<i64> {
        let utc = UtcTime::from_der(der).map(|time| time.to_unix_duration());
        let time = utc.or_else(|_| GeneralizedTime::from_der(der).map(|time| time.to_unix_duration()));
        time.ok().map(|time| i64::try_from(time.as_secs()).unwrap())
    }

    proptest! {
        #[test]
        fn times_are_read_as_the_der_crate_reads_them(second in 0..253_370_764_800i64) {
            let since = std::time::Duration::from_secs(second.unsigned_abs());
            let general = GeneralizedTime::from_unix_duration(since).unwrap().to_der().unwrap();
            prop_assert_eq!(read(&general), Some(second));
            if let Ok(utc) = UtcTime::from_unix_duration(since) {
                prop_assert_eq!(read(&utc.to_der().unwrap()), Some(second));
            }
        }

        #[test]
        fn what_the_der_crate_refuses_is_refused(digits in "[0-9]{2}[01][0-9][0-3][0-9][0-2][0-9][0-6][0-9][0-6][0-9][Zz+]") {
            let der = [&[0x17, 13][..], digits.as_bytes()].concat();
            let read = read(&der);
            // The der crate begins in 1970, RFC 5280 in 1950.
            prop_assert_eq!(read.filter(|second| *second >= 0), theirs(&der));
        }
    }

    #[test]
    fn a_time_of_1950_is_before_the_epoch() {
        assert_eq!(read(b"\x17\x0d500101000000Z"), Some(-631_152_000));
        assert_eq!(read(b"\x18\x0f20260230000000Z"), None);
        assert_eq!(read(b"\x18\x1120260203040506.5Z"), None);
        assert_eq!(read(b"\x17\x0b2602030405Z"), None);
    }

    fn written(at: &str) -> String {
        let mut out = Vec::new();
        let at: Timestamp = at.parse().unwrap();
        push_time(&mut out, at).unwrap();
        let read = read_time(&Walk::new("time", &out).any("time").unwrap()).unwrap();
        assert_eq!(read.as_second(), at.as_second());
        String::from_utf8(out.split_off(2)).unwrap()
    }

    #[test]
    fn the_century_is_written_from_2050_on() {
        assert_eq!(written("2049-12-31T23:59:59Z"), "491231235959Z");
        assert_eq!(written("2050-01-01T00:00:00Z"), "20500101000000Z");
        assert_eq!(written("2026-02-03T04:05:06.9Z"), "260203040506Z");
        assert_eq!(written("1970-01-01T00:00:00Z"), "700101000000Z");
    }

    #[test]
    fn a_time_before_the_christian_era_is_refused() {
        let at: Timestamp = "-000001-01-01T00:00:00Z".parse().unwrap();
        assert_eq!(push_generalized(&mut Vec::new(), at), Err(TimeOutOfRange(at)));
        assert_eq!(push_time(&mut Vec::new(), at), Err(TimeOutOfRange(at)));
    }

    #[test]
    fn the_time_without_an_end_is_the_end_of_time() {
        let octets = b"\x18\x0f99991231235959Z";
        let field = Walk::new("time", octets).any("time").unwrap();
        assert_eq!(read_time(&field).unwrap(), Timestamp::MAX);
    }
}
