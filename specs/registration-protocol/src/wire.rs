//! Elements that batches and replies share: times, names, serial numbers, embedded DER.

use der::Tag;
use gm_syntax::{
    Malformed, Problem,
    der_fields::{Element, Fields},
    der_writer::DerWriter,
};
use jiff::Timestamp;

use crate::limits::{NAME_BYTES_MAX, SERIAL_DIGITS_MAX};

/// Insists on the kind of message, which the signature covers.
pub(crate) fn read_kind(fields: &mut Fields<'_>, kind: &str) -> Result<(), Malformed> {
    let offset = fields.offset();
    if fields.text("kind", NAME_BYTES_MAX)? == kind {
        return Ok(());
    }
    let problem = Problem::Value("another kind or version of message");
    Err(Malformed::new("kind", offset, problem))
}

/// Microseconds since 1970; finer parts of a time are cut off.
pub(crate) fn write_time(writer: &mut DerWriter, at: Timestamp) {
    writer.signed_64(at.as_microsecond());
}

pub(crate) fn read_time(fields: &mut Fields<'_>, field: &str) -> Result<Timestamp, Malformed> {
    let offset = fields.offset();
    let microseconds = fields.signed_64(field)?;
    Timestamp::from_microsecond(microseconds)
        .map_err(|_| Malformed::new(field, offset, Problem::Value("no time between 9999 BC and AD")))
}

/// A name: not empty, at most [`NAME_BYTES_MAX`] octets, no control characters.
pub(crate) fn read_name(fields: &mut Fields<'_>, field: &str) -> Result<String, Malformed> {
    let offset = fields.offset();
    let name = fields.text(field, NAME_BYTES_MAX)?;
    let problem = if name.is_empty() {
        Problem::Value("is empty")
    } else if name.chars().any(char::is_control) {
        Problem::Value("has a control character")
    } else {
        return Ok(name.to_owned());
    };
    Err(Malformed::new(field, offset, problem))
}

/// A serial number: lower-case hexadecimal, whole octets, one to twenty of them.
pub(crate) fn read_serial(fields: &mut Fields<'_>, field: &str) -> Result<String, Malformed> {
    let offset = fields.offset();
    let serial = fields.text(field, SERIAL_DIGITS_MAX)?;
    let digits = serial.bytes().all(|octet| matches!(octet, b'0'..=b'9' | b'a'..=b'f'));
    if serial.is_empty() || serial.len() % 2 != 0 || !digits {
        let problem = Problem::Value("no serial number in lower-case hexadecimal");
        return Err(Malformed::new(field, offset, problem));
    }
    Ok(serial.to_owned())
}

/// One embedded `SEQUENCE` (key, certificate, enveloped key) as its octets.
pub(crate) fn read_embedded(fields: &mut Fields<'_>, field: &str, max: usize) -> Result<Vec<u8>, Malformed> {
    let element = fields.tagged(field, Tag::Sequence)?;
    limit(&element, field, max)?;
    Ok(element.whole.to_vec())
}

/// Insists that `der` is one `SEQUENCE` and nothing else, before it is embedded.
pub(crate) fn check_embedded(der: &[u8], field: &str) -> Result<(), Malformed> {
    let mut fields = Fields::over(der);
    fields.tagged(field, Tag::Sequence)?;
    fields.finish().map_err(|error| error.within(field))
}

fn limit(element: &Element<'_>, field: &str, max: usize) -> Result<(), Malformed> {
    let found = element.whole.len();
    if found > max {
        return Err(element.malformed(field, Problem::TooLong { max, found }));
    }
    Ok(())
}
