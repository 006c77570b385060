//! Writing DER forwards: a header is written when the length of its content is known.

use std::convert::Infallible;

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const NULL: u8 = 0x05;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const ENUMERATED: u8 = 0x0a;
pub(crate) const SEQUENCE: u8 = 0x30;

/// A tag and the longest length that this crate writes (four octets of length).
pub(crate) const HEADER_OCTETS_MAX: usize = 6;

/// `[number]`, constructed; numbers below 31.
pub(crate) const fn context(number: u8) -> u8 {
    0xa0 | number
}

/// `[number]`, primitive; numbers below 31.
pub(crate) const fn context_primitive(number: u8) -> u8 {
    0x80 | number
}

/// Appends the length octets of X.690 §10.1.
pub(crate) fn push_length(out: &mut Vec<u8>, length: usize) {
    if let Ok(short @ 0..0x80) = u8::try_from(length) {
        out.push(short);
    } else {
        let octets = length.to_be_bytes();
        let digits = crate::walk::significant(&octets);
        // At most eight digits in a usize, so the sum stays below 0xff.
        out.push(0x80 | u8::try_from(digits.len()).unwrap_or(0x7f));
        out.extend_from_slice(digits);
    }
}

/// Tag and length, alone.
pub(crate) fn header(tag: u8, length: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(HEADER_OCTETS_MAX);
    out.push(tag);
    push_length(&mut out, length);
    out
}

/// Appends one element whose content is known.
pub(crate) fn element(out: &mut Vec<u8>, tag: u8, content: &[u8]) {
    out.push(tag);
    push_length(out, content.len());
    out.extend_from_slice(content);
}

/// Appends one element whose content `fill` appends.
pub(crate) fn nested(out: &mut Vec<u8>, tag: u8, fill: impl FnOnce(&mut Vec<u8>)) {
    let result: Result<(), Infallible> = try_nested(out, tag, |out| {
        fill(out);
        Ok(())
    });
    match result {
        Ok(()) => {}
        Err(never) => match never {},
    }
}

/// Like [`nested`], for content that may fail; the buffer is then left half-written.
pub(crate) fn try_nested<E>(
    out: &mut Vec<u8>,
    tag: u8,
    fill: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
) -> Result<(), E> {
    out.push(tag);
    let at = out.len();
    out.push(0);
    fill(out)?;
    let length = out.len() - at - 1;
    if let (Ok(short @ 0..0x80), Some(slot)) = (u8::try_from(length), out.get_mut(at)) {
        *slot = short;
    } else {
        let mut octets = Vec::with_capacity(HEADER_OCTETS_MAX);
        push_length(&mut octets, length);
        out.splice(at..=at, octets);
    }
    Ok(())
}

/// Appends an INTEGER that is not negative, given as big-endian octets with or without leading zeros.
pub(crate) fn push_unsigned(out: &mut Vec<u8>, octets: &[u8]) {
    let digits = crate::walk::significant(octets);
    let pad = digits.first().is_none_or(|first| *first >= 0x80);
    out.push(INTEGER);
    push_length(out, digits.len() + usize::from(pad));
    if pad {
        out.push(0);
    }
    out.extend_from_slice(digits);
}

/// Appends a BIT STRING of whole octets.
pub(crate) fn push_bits(out: &mut Vec<u8>, octets: &[u8]) {
    out.push(BIT_STRING);
    push_length(out, octets.len() + 1);
    out.push(0);
    out.extend_from_slice(octets);
}

/// Copies `octets` into `buffer` so that they end where `end` begins; says where they begin.
///
/// The caller has left room; what would fall outside is not written.
pub(crate) fn place_before(buffer: &mut [u8], end: usize, octets: &[u8]) -> usize {
    let start = end.saturating_sub(octets.len());
    for (slot, octet) in buffer.iter_mut().skip(start).zip(octets) {
        *slot = *octet;
    }
    start
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use der::asn1::{OctetStringRef, UintRef};
    use der::{Encode, Header, Length, Tag};

    use super::*;

    #[test]
    fn lengths_are_those_of_the_der_crate_at_every_border() {
        for length in [0, 1, 127, 128, 255, 256, 65_535, 65_536, 16_777_215, 16_777_216] {
            let theirs = Header::new(Tag::Sequence, Length::new(length)).to_der().unwrap();
            assert_eq!(header(SEQUENCE, length as usize), theirs);
        }
    }

    #[test]
    fn numbers_are_padded_when_their_first_bit_is_set_and_never_otherwise() {
        for number in [&[0u8][..], &[0, 0], &[0x7f], &[0x80], &[0, 0x80], &[1, 0]] {
            let mut out = Vec::new();
            push_unsigned(&mut out, number);
            assert_eq!(out, UintRef::new(number).unwrap().to_der().unwrap());
        }
        let mut nothing = Vec::new();
        push_unsigned(&mut nothing, &[]);
        assert_eq!(nothing, [INTEGER, 1, 0]);
    }

    #[test]
    fn a_long_content_moves_over_for_its_length() {
        for length in [0usize, 127, 128, 300, 70_000] {
            let content = vec![7u8; length];
            let mut out = vec![9];
            nested(&mut out, OCTET_STRING, |out| out.extend_from_slice(&content));
            let theirs = OctetStringRef::new(&content).unwrap().to_der().unwrap();
            assert_eq!(out.get(1..).unwrap(), theirs);
        }
    }
}
