//! Times in DER: `UTCTime` until 2049, `GeneralizedTime` from 2050 (RFC 5280 §4.1.2.5), whole seconds, UTC.

use der::Tag;
use der::asn1::{GeneralizedTime, UtcTime};
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

/// Reads a `UTCTime` or `GeneralizedTime` field.
pub(crate) fn read_time(field: &Field<'_>) -> Result<Timestamp, Malformed> {
    let since_epoch = match field.tag {
        Tag::UtcTime => field.decode::<UtcTime>()?.to_unix_duration(),
        Tag::GeneralizedTime => field.decode::<GeneralizedTime>()?.to_unix_duration(),
        _ => return Err(field.malformed()),
    };
    let seconds = i64::try_from(since_epoch.as_secs()).map_err(|_| field.malformed())?;
    // 99991231235959Z means "no end" (RFC 5280 §4.1.2.5) and lies a day beyond what a Timestamp can hold.
    Ok(Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX))
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
    use super::*;
    use crate::walk::Walk;

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
