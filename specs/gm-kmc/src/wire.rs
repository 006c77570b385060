//! Elements that requests and answers share: times, serial numbers, keys, algorithms, alternatives.

use std::time::Duration;

use der::{
    DateTime, Tag,
    asn1::{GeneralizedTime, ObjectIdentifier},
};
use gm_suite::{PublicKey, oid};
use gm_syntax::{
    Malformed, Problem, SERIAL_BYTES_MAX,
    der_fields::{Element, Fields},
    der_writer::DerWriter,
    without_leading_zeros,
};
use jiff::Timestamp;

use crate::limits::PUBLIC_KEY_BYTES_MAX;

pub(crate) const VERSION: u64 = 1;

pub(crate) fn read_version(fields: &mut Fields<'_>) -> Result<(), Malformed> {
    let offset = fields.offset();
    if fields.unsigned_64("version")? == VERSION {
        return Ok(());
    }
    Err(Malformed::new("version", offset, Problem::Value("is not 1")))
}

/// `GeneralizedTime` in whole seconds; parts of a second are cut off. From 1970 to 9999.
pub(crate) fn general_time(field: &str, at: Timestamp) -> Result<GeneralizedTime, Malformed> {
    let outside = || Malformed::new(field, 0, Problem::Value("is no time from 1970 to 9999"));
    let seconds = u64::try_from(at.as_second()).map_err(|_| outside())?;
    GeneralizedTime::from_unix_duration(Duration::from_secs(seconds)).map_err(|_| outside())
}

pub(crate) fn read_time(fields: &mut Fields<'_>, field: &str) -> Result<Timestamp, Malformed> {
    let offset = fields.offset();
    let time: GeneralizedTime = fields.value(field)?;
    let seconds = DateTime::from(time).unix_duration().as_secs();
    i64::try_from(seconds)
        .ok()
        .and_then(|seconds| Timestamp::from_second(seconds).ok())
        .ok_or_else(|| Malformed::new(field, offset, Problem::Value("is no time from 1970 to 9999")))
}

pub(crate) fn read_serial(fields: &mut Fields<'_>) -> Result<Vec<u8>, Malformed> {
    let serial = fields.unsigned("userCertNo", SERIAL_BYTES_MAX)?;
    Ok(without_leading_zeros(serial).to_vec())
}

pub(crate) fn read_key(fields: &mut Fields<'_>, field: &str) -> Result<PublicKey, Malformed> {
    let element = fields.tagged(field, Tag::Sequence)?;
    let (max, found) = (PUBLIC_KEY_BYTES_MAX, element.whole.len());
    if found > max {
        return Err(element.malformed(field, Problem::TooLong { max, found }));
    }
    PublicKey::from_spki(element.whole)
        .map_err(|_| element.malformed(field, Problem::Value("is no public key that is accepted")))
}

/// The three algorithms of a private key's envelope.
pub(crate) fn write_envelope_algorithms(w: &mut DerWriter) {
    w.algorithm(&oid::SM2_ENCRYPT);
    w.algorithm(&oid::SM4_CBC);
    w.algorithm(&oid::SM3);
}

/// Only SM2, SM4 and SM3 are understood, by any of the names that are in use.
pub(crate) fn read_envelope_algorithms(fields: &mut Fields<'_>) -> Result<(), Malformed> {
    let asymmetric = [oid::SM2_ENCRYPT, oid::SM2_KEY_EXCHANGE, oid::SM2];
    one_of(fields, "retAsymAlg", &asymmetric)?;
    one_of(fields, "retSymAlg", &[oid::SM4_CBC, oid::SM4_ECB, oid::SM4])?;
    one_of(fields, "retHashAlg", &[oid::SM3])
}

fn one_of(fields: &mut Fields<'_>, field: &str, known: &[ObjectIdentifier]) -> Result<(), Malformed> {
    let offset = fields.offset();
    let oid = read_bare_algorithm(fields, field)?;
    if known.contains(&oid) {
        return Ok(());
    }
    Err(refused(field, offset, oid))
}

/// An algorithm without parameters, or with `NULL`.
pub(crate) fn read_bare_algorithm(fields: &mut Fields<'_>, field: &str) -> Result<ObjectIdentifier, Malformed> {
    let offset = fields.offset();
    let algorithm = fields.algorithm(field)?;
    match algorithm.parameters {
        Some(parameters) if !parameters.is_null() => Err(refused(field, offset, algorithm.oid)),
        _ => Ok(algorithm.oid),
    }
}

pub(crate) fn refused(field: &str, offset: usize, oid: ObjectIdentifier) -> Malformed {
    Malformed::new(field, offset, Problem::Algorithm(oid))
}

/// Reads the fields of a `SEQUENCE` under a context tag, explicit or implicit: explicit when the
/// content is exactly one `SEQUENCE`, which no structure here has as its only field.
pub(crate) fn enter_either<'a, T>(
    tagged: &Element<'a>,
    field: &str,
    read: impl FnOnce(&mut Fields<'a>) -> Result<T, Malformed>,
) -> Result<T, Malformed> {
    let inside = tagged.enter(|fields| fields.element(""));
    let sequence = match inside {
        Ok(inside) if inside.tag == Tag::Sequence => inside,
        _ => *tagged,
    };
    sequence.enter(read).map_err(|error| error.within(field))
}

/// An optional `[number]` of a primitive type, explicit or implicit, as its content.
pub(crate) fn optional_either<'a>(
    fields: &mut Fields<'a>,
    field: &str,
    (number, tag): (u32, Tag),
) -> Result<Option<Element<'a>>, Malformed> {
    if !fields.next_is_context(number) {
        return Ok(None);
    }
    let element = fields.element(field)?;
    if !element.tag.is_constructed() {
        return Ok(Some(element));
    }
    let inside = element.enter(|fields| fields.tagged("", tag));
    inside.map(Some).map_err(|error| error.within(field))
}
