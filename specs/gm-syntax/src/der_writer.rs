//! Writing DER by hand: short, quick, and always canonical.
//!
//! The structures of this crate are small and written often (one CSR answer, one key answer per
//! certificate pair), so they are written straight into one buffer; lengths are filled in when a
//! structure closes. Values that `der` can encode are taken as they are.
//!
//! It does not check that what is written follows any ASN.1 definition.

use der::{Encode, asn1::ObjectIdentifier};

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const NULL: u8 = 0x05;
const OBJECT_IDENTIFIER: u8 = 0x06;
const UTF8_STRING: u8 = 0x0c;
const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;
const PRINTABLE_STRING: u8 = 0x13;
const CONTEXT: u8 = 0x80;
const CONTEXT_CONSTRUCTED: u8 = 0xa0;
/// Tags above this take more than one octet; none of our structures has one.
const TAG_NUMBER_MAX: u8 = 30;

/// A buffer that grows element by element.
#[derive(Debug, Default)]
pub struct DerWriter {
    bytes: Vec<u8>,
    fault: Option<der::Error>,
}

impl DerWriter {
    /// An empty buffer.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What was written.
    ///
    /// # Errors
    /// The first value given to [`DerWriter::value`] that could not be encoded.
    pub fn finish(self) -> Result<Vec<u8>, der::Error> {
        match self.fault {
            None => Ok(self.bytes),
            Some(fault) => Err(fault),
        }
    }

    /// `SEQUENCE { … }`.
    pub fn sequence(&mut self, write: impl FnOnce(&mut Self)) {
        self.constructed(SEQUENCE, write);
    }

    /// `[number] EXPLICIT …`, or `[number] IMPLICIT SEQUENCE { … }`.
    pub fn context(&mut self, number: u8, write: impl FnOnce(&mut Self)) {
        self.constructed(CONTEXT_CONSTRUCTED | number.min(TAG_NUMBER_MAX), write);
    }

    /// `[number] IMPLICIT …` of a primitive type, from its content octets.
    pub fn context_primitive(&mut self, number: u8, content: &[u8]) {
        self.primitive(CONTEXT | number.min(TAG_NUMBER_MAX), content);
    }

    /// `SET OF` from its encoded elements, sorted here (X.690 clause 11.6).
    pub fn set_of(&mut self, elements: Vec<Vec<u8>>) {
        self.sorted(SET, elements);
    }

    /// `[number] IMPLICIT SET OF` from its encoded elements, sorted here.
    pub fn context_set_of(&mut self, number: u8, elements: Vec<Vec<u8>>) {
        self.sorted(CONTEXT_CONSTRUCTED | number.min(TAG_NUMBER_MAX), elements);
    }

    /// `OCTET STRING`.
    pub fn octets(&mut self, octets: &[u8]) {
        self.primitive(OCTET_STRING, octets);
    }

    /// `OCTET STRING` that holds other elements.
    pub fn octets_holding(&mut self, write: impl FnOnce(&mut Self)) {
        self.constructed(OCTET_STRING, write);
    }

    /// `BIT STRING` of whole octets.
    pub fn bit_octets(&mut self, octets: &[u8]) {
        self.constructed(BIT_STRING, |inner| {
            inner.bytes.push(0);
            inner.bytes.extend_from_slice(octets);
        });
    }

    /// `UTF8String`.
    pub fn text(&mut self, text: &str) {
        self.primitive(UTF8_STRING, text.as_bytes());
    }

    /// `PrintableString`; the characters are the caller's duty.
    pub fn printable(&mut self, text: &str) {
        self.primitive(PRINTABLE_STRING, text.as_bytes());
    }

    /// `NULL`.
    pub fn null(&mut self) {
        self.primitive(NULL, &[]);
    }

    /// A non-negative `INTEGER` from big-endian octets; leading zeros do not matter.
    pub fn unsigned(&mut self, octets: &[u8]) {
        self.constructed(INTEGER, |inner| inner.unsigned_content(octets));
    }

    /// A non-negative `INTEGER`.
    pub fn unsigned_64(&mut self, value: u64) {
        self.unsigned(&value.to_be_bytes());
    }

    /// `[number] IMPLICIT INTEGER`, not negative.
    pub fn context_unsigned_64(&mut self, number: u8, value: u64) {
        let tag = CONTEXT | number.min(TAG_NUMBER_MAX);
        self.constructed(tag, |inner| inner.unsigned_content(&value.to_be_bytes()));
    }

    /// An `INTEGER`.
    pub fn signed_64(&mut self, value: i64) {
        self.value(&value);
    }

    /// `OBJECT IDENTIFIER`.
    pub fn oid(&mut self, oid: &ObjectIdentifier) {
        self.primitive(OBJECT_IDENTIFIER, oid.as_bytes());
    }

    /// `AlgorithmIdentifier` without parameters.
    pub fn algorithm(&mut self, oid: &ObjectIdentifier) {
        self.sequence(|inner| inner.oid(oid));
    }

    /// `AlgorithmIdentifier` with parameters `NULL`.
    pub fn algorithm_null(&mut self, oid: &ObjectIdentifier) {
        self.sequence(|inner| {
            inner.oid(oid);
            inner.null();
        });
    }

    /// One constructed element that is DER already, under the tag `[number]` instead of its own.
    pub(crate) fn retagged_context(&mut self, number: u8, der: &[u8]) {
        if let Some((_, rest)) = der.split_first() {
            self.bytes.push(CONTEXT_CONSTRUCTED | number.min(TAG_NUMBER_MAX));
            self.bytes.extend_from_slice(rest);
        }
    }

    /// Elements that are DER already.
    pub fn raw(&mut self, der: &[u8]) {
        self.bytes.extend_from_slice(der);
    }

    /// A value that `der` can encode; a failure is kept for [`DerWriter::finish`].
    pub fn value(&mut self, value: &impl Encode) {
        if let Err(fault) = value.encode_to_vec(&mut self.bytes) {
            self.fault.get_or_insert(fault);
        }
    }

    fn sorted(&mut self, tag: u8, mut elements: Vec<Vec<u8>>) {
        elements.sort_unstable();
        self.constructed(tag, |inner| {
            for element in &elements {
                inner.raw(element);
            }
        });
    }

    fn unsigned_content(&mut self, octets: &[u8]) {
        let first = octets.iter().position(|octet| *octet != 0);
        let digits = first.and_then(|at| octets.get(at..)).unwrap_or_default();
        if digits.first().is_none_or(|octet| *octet >= 0x80) {
            self.bytes.push(0);
        }
        self.bytes.extend_from_slice(digits);
    }

    fn primitive(&mut self, tag: u8, content: &[u8]) {
        self.bytes.push(tag);
        let (length, used) = length_octets(content.len());
        self.bytes.extend(length.into_iter().take(used));
        self.bytes.extend_from_slice(content);
    }

    fn constructed(&mut self, tag: u8, write: impl FnOnce(&mut Self)) {
        self.bytes.push(tag);
        let start = self.bytes.len();
        write(self);
        let (length, used) = length_octets(self.bytes.len() - start);
        self.bytes.splice(start..start, length.into_iter().take(used));
    }
}

/// Builds one piece of DER on its own.
///
/// # Errors
/// As [`DerWriter::finish`].
pub fn write(build: impl FnOnce(&mut DerWriter)) -> Result<Vec<u8>, der::Error> {
    let mut writer = DerWriter::new();
    build(&mut writer);
    writer.finish()
}

/// The length octets of X.690 clause 10.1 (definite, shortest), and how many of the array count.
fn length_octets(length: usize) -> ([u8; 9], usize) {
    let big = (length as u64).to_be_bytes();
    let [.., last] = big;
    if last < 0x80 && length < 0x80 {
        return ([last, 0, 0, 0, 0, 0, 0, 0, 0], 1);
    }
    let zeros = big.iter().take_while(|octet| **octet == 0).count();
    let digits = big.len() - zeros;
    let mut octets = [0; 9];
    for (place, octet) in octets.iter_mut().skip(1).zip(big.iter().skip(zeros)) {
        *place = *octet;
    }
    if let Some(first) = octets.first_mut() {
        *first = 0x80 | u8::try_from(digits).unwrap_or(8);
    }
    (octets, digits + 1)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use der::{Decode, asn1::OctetStringRef};
    use proptest::prelude::*;

    use super::*;
    use crate::der_fields::Fields;

    #[test]
    fn a_set_is_sorted() {
        let set = write(|w| w.set_of(vec![vec![2, 1, 9], vec![2, 1, 3], vec![1, 1, 0xff]]));
        assert_eq!(set.unwrap(), [0x31, 9, 1, 1, 0xff, 2, 1, 3, 2, 1, 9]);
    }

    #[test]
    fn an_integer_keeps_its_sign_octet_and_no_other() {
        let numbers = write(|w| {
            w.unsigned(&[]);
            w.unsigned(&[0, 0, 0x80]);
            w.unsigned(&[0, 0x7f]);
            w.signed_64(-2);
        });
        assert_eq!(numbers.unwrap(), [2, 1, 0, 2, 2, 0, 0x80, 2, 1, 0x7f, 2, 1, 0xfe]);
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(
            octets in prop::collection::vec(any::<u8>(), 0..70_000),
            number: u64, signed: i64, text: String,
        ) {
            let der = write(|w| w.sequence(|w| {
                w.octets(&octets);
                w.unsigned_64(number);
                w.signed_64(signed);
                w.context(1, |w| w.text(&text));
            })).unwrap();
            let read = Fields::message("it", &der, usize::MAX, |f| Ok((
                f.octets("octets", usize::MAX)?.to_vec(),
                f.unsigned_64("number")?,
                f.signed_64("signed")?,
                f.optional_explicit("text", 1, |f| f.text("text", usize::MAX).map(str::to_owned))?,
            ))).unwrap();
            prop_assert_eq!(read, (octets.clone(), number, signed, Some(text)));
            let alone = write(|w| w.octets(&octets)).unwrap();
            prop_assert_eq!(<&OctetStringRef>::from_der(&alone).unwrap().as_bytes(), &octets);
        }
    }
}
