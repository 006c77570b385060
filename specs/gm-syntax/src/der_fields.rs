//! Reading DER field by field, so that an error can name the field.
//!
//! `der` decodes tags, lengths and primitive values, strictly; this module walks a structure in the
//! order of its ASN.1 definition and keeps the path. Two things follow from that: every structure is
//! read to its end (nothing may trail, at any level), and what is outside the definition is refused
//! with the place where it stands.
//!
//! It does not know any particular structure, and it never copies: all values borrow the message.

use der::{Decode, Encode, Header, Reader, SliceReader, Tag, TagNumber, asn1::ObjectIdentifier};
use spki::AlgorithmIdentifierOwned;

use crate::malformed::{Expected, Malformed, Problem};

/// One tag, length and value.
#[derive(Clone, Copy, Debug)]
pub struct Element<'a> {
    /// The tag, with class and constructed bit.
    pub tag: Tag,
    /// The value without tag and length.
    pub content: &'a [u8],
    /// Tag, length and value.
    pub whole: &'a [u8],
    /// Where the element starts, in octets from the start of the message.
    pub offset: usize,
}

impl<'a> Element<'a> {
    /// Walks the content of a constructed element and insists that `read` uses all of it.
    ///
    /// # Errors
    /// What `read` says, or [`Problem::Trailing`].
    pub fn enter<T>(&self, read: impl FnOnce(&mut Fields<'a>) -> Result<T, Malformed>) -> Result<T, Malformed> {
        let header = self.whole.len() - self.content.len();
        let mut fields = Fields {
            rest: self.content,
            offset: self.offset + header,
        };
        let value = read(&mut fields)?;
        fields.finish()?;
        Ok(value)
    }

    /// An error about this element as a whole.
    #[must_use]
    pub fn malformed(&self, field: &str, problem: Problem) -> Malformed {
        Malformed::new(field, self.offset, problem)
    }

    /// Whether the element is `[number]`, primitive or constructed.
    #[must_use]
    pub fn is_context(&self, number: u32) -> bool {
        is_context(self.tag, number)
    }

    fn expect(&self, field: &str, expected: Tag) -> Result<(), Malformed> {
        if self.tag == expected {
            return Ok(());
        }
        let found = self.tag;
        let expected = Expected::Tag(expected);
        Err(self.malformed(field, Problem::Type { expected, found }))
    }
}

/// The fields of a structure that are still to be read.
#[derive(Clone, Debug)]
pub struct Fields<'a> {
    rest: &'a [u8],
    offset: usize,
}

impl<'a> Fields<'a> {
    /// Reads a message that is exactly one `SEQUENCE`, called `name` in errors.
    ///
    /// # Errors
    /// [`Problem::TooLong`] above `max` octets (checked before anything is parsed), or what `read`
    /// says, or [`Problem::Trailing`].
    pub fn message<T>(
        name: &str,
        bytes: &'a [u8],
        max: usize,
        read: impl FnOnce(&mut Self) -> Result<T, Malformed>,
    ) -> Result<T, Malformed> {
        let found = bytes.len();
        if found > max {
            return Err(Malformed::new(name, 0, Problem::TooLong { max, found }));
        }
        let mut fields = Self::over(bytes);
        let value = fields.sequence(name, read)?;
        fields.finish().map_err(|error| error.within(name))?;
        Ok(value)
    }

    /// Reads elements one after the other from `bytes`.
    #[must_use]
    pub fn over(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, offset: 0 }
    }

    /// Whether nothing is left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Where the next element starts, in octets from the start of the message.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The tag of the next element, without taking it; none at the end or when it is no tag.
    #[must_use]
    pub fn next_tag(&self) -> Option<Tag> {
        let reader = SliceReader::new(self.rest).ok()?;
        Tag::peek(&reader).ok()
    }

    /// Whether the next element is `[number]`, primitive or constructed.
    #[must_use]
    pub fn next_is_context(&self, number: u32) -> bool {
        self.next_tag().is_some_and(|tag| is_context(tag, number))
    }

    /// Insists that nothing is left.
    ///
    /// # Errors
    /// [`Problem::Trailing`].
    pub fn finish(&self) -> Result<(), Malformed> {
        match self.rest.len() {
            0 => Ok(()),
            left => Err(self.malformed("", Problem::Trailing(left))),
        }
    }

    /// An error at the place where the next element starts.
    #[must_use]
    pub fn malformed(&self, field: &str, problem: Problem) -> Malformed {
        Malformed::new(field, self.offset, problem)
    }

    /// Takes the next element, whatever it is.
    ///
    /// # Errors
    /// [`Problem::Truncated`] or [`Problem::Encoding`].
    pub fn element(&mut self, field: &str) -> Result<Element<'a>, Malformed> {
        let (tag, header, length) = header(self.rest).map_err(|problem| self.malformed(field, problem))?;
        let total = header.saturating_add(length);
        let (Some(whole), Some(rest)) = (self.rest.get(..total), self.rest.get(total..)) else {
            return Err(self.malformed(field, Problem::Truncated));
        };
        let content = whole.get(header..).unwrap_or_default();
        let element = Element {
            tag,
            content,
            whole,
            offset: self.offset,
        };
        self.rest = rest;
        self.offset += total;
        Ok(element)
    }

    /// Takes the next element, which must have this tag.
    ///
    /// # Errors
    /// As [`Fields::element`], and [`Problem::Type`].
    pub fn tagged(&mut self, field: &str, tag: Tag) -> Result<Element<'a>, Malformed> {
        let element = self.element(field)?;
        element.expect(field, tag)?;
        Ok(element)
    }

    /// `SEQUENCE { … }`, read to its end by `read`.
    ///
    /// # Errors
    /// As [`Fields::tagged`], what `read` says, or [`Problem::Trailing`].
    pub fn sequence<T>(
        &mut self,
        field: &str,
        read: impl FnOnce(&mut Self) -> Result<T, Malformed>,
    ) -> Result<T, Malformed> {
        self.constructed(field, Tag::Sequence, read)
    }

    /// A constructed element with this tag, read to its end by `read`.
    ///
    /// # Errors
    /// As [`Fields::sequence`].
    pub fn constructed<T>(
        &mut self,
        field: &str,
        tag: Tag,
        read: impl FnOnce(&mut Self) -> Result<T, Malformed>,
    ) -> Result<T, Malformed> {
        let element = self.tagged(field, tag)?;
        element.enter(read).map_err(|error| error.within(field))
    }

    /// `SEQUENCE OF`, at most `max` elements; `read` takes one element each time.
    ///
    /// # Errors
    /// As [`Fields::sequence`], and [`Problem::TooMany`]; errors of an element carry its index.
    pub fn sequence_of<T>(
        &mut self,
        field: &str,
        max: usize,
        read: impl FnMut(&mut Self) -> Result<T, Malformed>,
    ) -> Result<Vec<T>, Malformed> {
        let element = self.tagged(field, Tag::Sequence)?;
        collect(&element, field, max, read)
    }

    /// `SET OF`, at most `max` elements, in the order of X.690 clause 11.6.
    ///
    /// # Errors
    /// As [`Fields::sequence_of`], and [`Problem::NotCanonical`].
    pub fn set_of<T>(
        &mut self,
        field: &str,
        max: usize,
        read: impl FnMut(&mut Self) -> Result<T, Malformed>,
    ) -> Result<Vec<T>, Malformed> {
        let element = self.tagged(field, Tag::Set)?;
        expect_sorted(&element, field)?;
        collect(&element, field, max, read)
    }

    /// `[number] EXPLICIT … OPTIONAL`, read to its end by `read`.
    ///
    /// # Errors
    /// What `read` says, or [`Problem::Trailing`].
    pub fn optional_explicit<T>(
        &mut self,
        field: &str,
        number: u32,
        read: impl FnOnce(&mut Self) -> Result<T, Malformed>,
    ) -> Result<Option<T>, Malformed> {
        if !self.next_is_context(number) {
            return Ok(None);
        }
        let tag = context(number);
        self.constructed(field, tag, read).map(Some)
    }

    /// `[number] IMPLICIT … OPTIONAL` of a primitive type: the content alone.
    ///
    /// # Errors
    /// [`Problem::Type`] when the tag is there but constructed.
    pub fn optional_primitive(&mut self, field: &str, number: u32) -> Result<Option<Element<'a>>, Malformed> {
        if !self.next_is_context(number) {
            return Ok(None);
        }
        self.tagged(field, context_primitive(number)).map(Some)
    }

    /// `OCTET STRING` of at most `max` octets.
    ///
    /// # Errors
    /// As [`Fields::tagged`], and [`Problem::TooLong`].
    pub fn octets(&mut self, field: &str, max: usize) -> Result<&'a [u8], Malformed> {
        let element = self.tagged(field, Tag::OctetString)?;
        limit(&element, field, max)
    }

    /// `OCTET STRING (SIZE (N))`.
    ///
    /// # Errors
    /// As [`Fields::tagged`], and a length other than `N`.
    pub fn octet_array<const N: usize>(&mut self, field: &str) -> Result<[u8; N], Malformed> {
        let element = self.tagged(field, Tag::OctetString)?;
        octet_array(&element, field)
    }

    /// `UTF8String` of at most `max` octets.
    ///
    /// # Errors
    /// As [`Fields::tagged`], [`Problem::TooLong`], or octets that are no UTF-8.
    pub fn text(&mut self, field: &str, max: usize) -> Result<&'a str, Malformed> {
        let element = self.tagged(field, Tag::Utf8String)?;
        text(&element, field, max)
    }

    /// `BIT STRING` with no unused bits.
    ///
    /// # Errors
    /// As [`Fields::tagged`], and unused bits.
    pub fn bit_octets(&mut self, field: &str) -> Result<&'a [u8], Malformed> {
        let element = self.tagged(field, Tag::BitString)?;
        match element.content.split_first() {
            Some((0, octets)) => Ok(octets),
            Some(_) => Err(element.malformed(field, Problem::Value("has unused bits"))),
            None => Err(element.malformed(field, Problem::Truncated)),
        }
    }

    /// A non-negative `INTEGER` as big-endian octets without leading zeros (zero is one octet).
    ///
    /// # Errors
    /// As [`Fields::tagged`]; negative or padded numbers; more than `max` octets.
    pub fn unsigned(&mut self, field: &str, max: usize) -> Result<&'a [u8], Malformed> {
        let element = self.tagged(field, Tag::Integer)?;
        unsigned(&element, field, max)
    }

    /// A non-negative `INTEGER` that fits 64 bits.
    ///
    /// # Errors
    /// As [`Fields::unsigned`].
    pub fn unsigned_64(&mut self, field: &str) -> Result<u64, Malformed> {
        let octets = self.unsigned(field, size_of::<u64>())?;
        Ok(octets.iter().fold(0, |value, octet| value << 8 | u64::from(*octet)))
    }

    /// An `INTEGER` that fits 64 bits.
    ///
    /// # Errors
    /// As [`Fields::tagged`]; padded numbers; numbers outside 64 bits.
    pub fn signed_64(&mut self, field: &str) -> Result<i64, Malformed> {
        let element = self.tagged(field, Tag::Integer)?;
        i64::from_der(element.whole).map_err(|error| element.malformed(field, error.into()))
    }

    /// `OBJECT IDENTIFIER`.
    ///
    /// # Errors
    /// As [`Fields::tagged`].
    pub fn oid(&mut self, field: &str) -> Result<ObjectIdentifier, Malformed> {
        self.value(field)
    }

    /// `AlgorithmIdentifier`.
    ///
    /// # Errors
    /// As [`Fields::value`].
    pub fn algorithm(&mut self, field: &str) -> Result<AlgorithmIdentifierOwned, Malformed> {
        self.value(field)
    }

    /// Any value that `der` can decode.
    ///
    /// # Errors
    /// As [`Fields::element`], and what the type says.
    pub fn value<T: Decode<'a, Error = der::Error>>(&mut self, field: &str) -> Result<T, Malformed> {
        let element = self.element(field)?;
        decode(&element, field)
    }

    /// Any value that `der` can decode, and that encodes to the same octets again: `der` sorts sets
    /// and drops defaults while it reads, which would hide that the sender did neither.
    ///
    /// # Errors
    /// As [`Fields::value`], and [`Problem::NotCanonical`].
    pub fn canonical<T>(&mut self, field: &str) -> Result<T, Malformed>
    where
        T: Decode<'a, Error = der::Error> + Encode,
    {
        let element = self.element(field)?;
        canonical(&element, field)
    }
}

/// One element as a type of `der`, which must encode to the same octets again.
///
/// # Errors
/// What the type says, or [`Problem::NotCanonical`].
pub fn canonical<'a, T>(element: &Element<'a>, field: &str) -> Result<T, Malformed>
where
    T: Decode<'a, Error = der::Error> + Encode,
{
    let value = decode::<T>(element, field)?;
    match value.to_der() {
        Ok(again) if again == element.whole => Ok(value),
        _ => Err(element.malformed(field, Problem::NotCanonical("it would be encoded otherwise"))),
    }
}

fn decode<'a, T>(element: &Element<'a>, field: &str) -> Result<T, Malformed>
where
    T: Decode<'a, Error = der::Error>,
{
    T::from_der(element.whole).map_err(|error| {
        let inside = error.position().and_then(|position| usize::try_from(position).ok());
        Malformed::new(field, element.offset + inside.unwrap_or_default(), error.into())
    })
}

/// The elements of a `SEQUENCE OF` or `SET OF`, at most `max`; `read` takes one each time.
///
/// # Errors
/// [`Problem::TooMany`], and what `read` says, with the index.
pub fn collect<'a, T>(
    list: &Element<'a>,
    field: &str,
    max: usize,
    mut read: impl FnMut(&mut Fields<'a>) -> Result<T, Malformed>,
) -> Result<Vec<T>, Malformed> {
    list.enter(|fields| {
        let mut values = Vec::new();
        while !fields.is_empty() {
            if values.len() == max {
                return Err(fields.malformed(field, Problem::TooMany { max }));
            }
            let index = values.len();
            values.push(read(fields).map_err(|error| error.within_element(field, index))?);
        }
        Ok(values)
    })
}

/// Insists that the elements of a `SET OF` stand in the order of X.690 clause 11.6.
///
/// # Errors
/// [`Problem::NotCanonical`].
pub fn expect_sorted(set: &Element<'_>, field: &str) -> Result<(), Malformed> {
    let unsorted = set.malformed(field, Problem::NotCanonical("the set is not sorted"));
    set.enter(|fields| {
        let mut previous: &[u8] = &[];
        while !fields.is_empty() {
            let element = fields.element(field)?;
            if element.whole < previous {
                return Err(unsorted);
            }
            previous = element.whole;
        }
        Ok(())
    })
}

/// The content of an `OCTET STRING (SIZE (N))`, tagged as such or implicitly.
///
/// # Errors
/// A length other than `N`.
pub fn octet_array<const N: usize>(element: &Element<'_>, field: &str) -> Result<[u8; N], Malformed> {
    element.content.try_into().map_err(|_| {
        let found = element.content.len();
        let problem = if found > N {
            Problem::TooLong { max: N, found }
        } else {
            Problem::TooShort { min: N, found }
        };
        element.malformed(field, problem)
    })
}

/// The content of a `UTF8String`, tagged as such or implicitly.
///
/// # Errors
/// [`Problem::TooLong`], or octets that are no UTF-8.
pub fn text<'a>(element: &Element<'a>, field: &str, max: usize) -> Result<&'a str, Malformed> {
    let octets = limit(element, field, max)?;
    str::from_utf8(octets).map_err(|_| element.malformed(field, Problem::Value("not UTF-8")))
}

/// The content of a non-negative `INTEGER`, tagged as such or implicitly, without sign octet.
///
/// # Errors
/// Negative or padded numbers; more than `max` octets.
pub fn unsigned<'a>(element: &Element<'a>, field: &str, max: usize) -> Result<&'a [u8], Malformed> {
    let octets = match element.content {
        [] => return Err(element.malformed(field, Problem::Truncated)),
        [0x80..=0xff, ..] => return Err(element.malformed(field, Problem::Value("negative"))),
        [0, 0x80..=0xff, ..] => element.content.get(1..).unwrap_or_default(),
        [0, _, ..] => {
            let padded = Problem::NotCanonical("the number has a padding octet");
            return Err(element.malformed(field, padded));
        }
        octets => octets,
    };
    let found = octets.len();
    if found > max {
        return Err(element.malformed(field, Problem::TooLong { max, found }));
    }
    Ok(octets)
}

/// The tag `[number]`, constructed.
#[must_use]
pub const fn context(number: u32) -> Tag {
    Tag::ContextSpecific {
        constructed: true,
        number: TagNumber(number),
    }
}

/// The tag `[number]`, primitive.
#[must_use]
pub const fn context_primitive(number: u32) -> Tag {
    Tag::ContextSpecific {
        constructed: false,
        number: TagNumber(number),
    }
}

fn is_context(tag: Tag, number: u32) -> bool {
    matches!(tag, Tag::ContextSpecific { number: found, .. } if found == TagNumber(number))
}

fn limit<'a>(element: &Element<'a>, field: &str, max: usize) -> Result<&'a [u8], Malformed> {
    let found = element.content.len();
    if found > max {
        return Err(element.malformed(field, Problem::TooLong { max, found }));
    }
    Ok(element.content)
}

/// Tag, length of the header and length of the value of the first element.
fn header(bytes: &[u8]) -> Result<(Tag, usize, usize), Problem> {
    let mut reader = SliceReader::new(bytes)?;
    let header = Header::decode(&mut reader)?;
    let read = usize::try_from(reader.position()).map_err(|_| Problem::Truncated)?;
    let length = usize::try_from(header.length()).map_err(|_| Problem::Truncated)?;
    Ok((header.tag(), read, length))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn numbers(bytes: &[u8]) -> Result<Vec<u64>, Malformed> {
        Fields::message("numbers", bytes, 64, |fields| {
            fields.sequence_of("list", 3, |one| one.unsigned_64("value"))
        })
    }

    fn complaint(bytes: &[u8]) -> String {
        numbers(bytes).map_or_else(|error| error.to_string(), |values| format!("{values:?}"))
    }

    #[test]
    fn a_good_message_reads() {
        assert_eq!(complaint(&[0x30, 5, 0x30, 3, 2, 1, 7]), "[7]");
    }

    #[test]
    fn the_error_names_the_field_and_the_byte() {
        assert_eq!(
            complaint(&[0x30, 8, 0x30, 6, 2, 1, 7, 4, 1, 7]),
            "numbers.list[1].value at byte 7: expected INTEGER, found OCTET STRING"
        );
    }

    #[test]
    fn nothing_may_follow_at_any_level() {
        assert_eq!(
            complaint(&[0x30, 5, 0x30, 3, 2, 1, 7, 0]),
            "numbers at byte 7: 1 bytes too many"
        );
        assert_eq!(
            complaint(&[0x30, 7, 0x30, 3, 2, 1, 7, 5, 0]),
            "numbers at byte 7: 2 bytes too many"
        );
    }

    #[test]
    fn ber_is_refused() {
        let indefinite = [0x30, 0x80, 0x30, 3, 2, 1, 7, 0, 0];
        assert!(complaint(&indefinite).contains("not DER"), "indefinite");
        let long_length = [0x30, 0x81, 5, 0x30, 3, 2, 1, 7];
        assert!(complaint(&long_length).contains("not DER"), "padded length");
        let padded = [0x30, 6, 0x30, 4, 2, 2, 0, 7];
        assert_eq!(
            complaint(&padded),
            "numbers.list[0].value at byte 4: not DER: the number has a padding octet"
        );
    }

    #[test]
    fn limits_are_kept() {
        let four = [0x30, 14, 0x30, 12, 2, 1, 7, 2, 1, 7, 2, 1, 7, 2, 1, 7];
        assert!(complaint(&four).ends_with("more than 3 elements"));
        assert!(complaint(&[0x30; 65]).ends_with("65 bytes, at most 64 are allowed"));
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = numbers(&bytes);
            let _ = Fields::over(&bytes).element("any");
        }
    }
}
