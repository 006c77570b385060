//! Walking DER: the fields of one constructed value, in order, borrowed from the input.
//!
//! Headers are read by the `der` crate, which accepts definite, shortest lengths only; nothing here
//! allocates or recurses, so the depth of hostile input does not matter.

use der::asn1::{AnyRef, ObjectIdentifier};
use der::{Decode, ErrorKind, Header, Length, Reader, SliceReader, Tag, TagNumber};

/// Bytes that are not what the standard says, and where.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("malformed {place}: {why}")]
pub struct Malformed {
    place: &'static str,
    why: ErrorKind,
}

impl Malformed {
    pub(crate) const fn new(place: &'static str, why: ErrorKind) -> Self {
        Self { place, why }
    }

    /// A value that has the right tag and the wrong content.
    pub(crate) const fn value(place: &'static str, tag: Tag) -> Self {
        Self::new(place, ErrorKind::Value { tag })
    }

    /// Which part of the message is wrong, in the words of its standard.
    #[must_use]
    pub const fn place(&self) -> &'static str {
        self.place
    }
}

/// One element: its tag, its content, and all of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field<'a> {
    pub(crate) place: &'static str,
    pub(crate) tag: Tag,
    pub(crate) value: &'a [u8],
    pub(crate) whole: &'a [u8],
}

impl<'a> Field<'a> {
    /// The fields inside this one.
    pub(crate) fn open(&self, place: &'static str) -> Walk<'a> {
        Walk::new(place, self.value)
    }

    /// The only field inside an EXPLICIT tag.
    pub(crate) fn only(&self, place: &'static str, tag: Tag) -> Result<Field<'a>, Malformed> {
        let mut inside = self.open(place);
        let field = inside.expect(place, tag)?;
        inside.finish()?;
        Ok(field)
    }

    /// This element decoded by a type of the `der` crate.
    pub(crate) fn decode<T: Decode<'a>>(&self) -> Result<T, Malformed>
    where
        T::Error: Into<der::Error>,
    {
        T::from_der(self.whole).map_err(|error| Malformed::new(self.place, error.into().kind()))
    }

    /// The content octets of a canonical INTEGER.
    pub(crate) fn integer(&self) -> Result<&'a [u8], Malformed> {
        match self.value {
            [] | [0x00, 0x00..=0x7f, ..] | [0xff, 0x80..=0xff, ..] => Err(Malformed::value(self.place, Tag::Integer)),
            octets => Ok(octets),
        }
    }

    /// A BIT STRING of whole octets.
    pub(crate) fn bits(&self) -> Result<&'a [u8], Malformed> {
        match self.value {
            [0, octets @ ..] => Ok(octets),
            _ => Err(Malformed::value(self.place, Tag::BitString)),
        }
    }

    /// The error of a field whose content is wrong.
    pub(crate) const fn malformed(&self) -> Malformed {
        Malformed::value(self.place, self.tag)
    }
}

/// A walk over elements that stand one after another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Walk<'a> {
    place: &'static str,
    rest: &'a [u8],
}

impl<'a> Walk<'a> {
    pub(crate) const fn new(place: &'static str, octets: &'a [u8]) -> Self {
        Self { place, rest: octets }
    }

    /// The fields of a SEQUENCE that is the whole input.
    pub(crate) fn sequence(place: &'static str, octets: &'a [u8]) -> Result<Self, Malformed> {
        let mut outside = Self::new(place, octets);
        let field = outside.expect(place, Tag::Sequence)?;
        outside.finish()?;
        Ok(field.open(place))
    }

    pub(crate) const fn is_done(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next element, whatever it is.
    pub(crate) fn any(&mut self, place: &'static str) -> Result<Field<'a>, Malformed> {
        let (header, tag, length) = match self.rest {
            // Nearly every element of a long list: worth a shortcut, which the tests hold to the long way.
            [tag, length @ 0..0x80, ..] if let Some(tag) = usual(*tag) => (2, tag, usize::from(*length)),
            _ => self.header(place)?,
        };
        let short = Malformed::new(
            place,
            ErrorKind::Incomplete {
                expected_len: length.try_into().unwrap_or(Length::MAX),
                actual_len: self.octets(),
            },
        );
        let (whole, rest) = self.rest.split_at_checked(header + length).ok_or(short)?;
        let value = whole.get(header..).ok_or(short)?;
        self.rest = rest;
        Ok(Field {
            place,
            tag,
            value,
            whole,
        })
    }

    /// Octets of the next header, its tag, and the length of the content.
    fn header(&self, place: &'static str) -> Result<(usize, Tag, usize), Malformed> {
        let wrong = |error: der::Error| Malformed::new(place, error.kind());
        let mut reader = SliceReader::new(self.rest).map_err(wrong)?;
        let header = Header::decode(&mut reader).map_err(wrong)?;
        let octets = usize::try_from(reader.position()).map_err(wrong)?;
        Ok((octets, header.tag(), usize::try_from(header.length()).map_err(wrong)?))
    }

    fn octets(&self) -> Length {
        self.rest.len().try_into().unwrap_or(Length::MAX)
    }

    /// The next element, which must have this tag.
    pub(crate) fn expect(&mut self, place: &'static str, tag: Tag) -> Result<Field<'a>, Malformed> {
        let field = self.any(place)?;
        if field.tag == tag {
            return Ok(field);
        }
        Err(Malformed::new(
            place,
            ErrorKind::TagUnexpected {
                expected: Some(tag),
                actual: field.tag,
            },
        ))
    }

    /// The next element if it has this tag.
    pub(crate) fn optional(&mut self, place: &'static str, tag: Tag) -> Result<Option<Field<'a>>, Malformed> {
        if self.is_done() {
            return Ok(None);
        }
        let mut ahead = *self;
        let field = ahead.any(place)?;
        if field.tag != tag {
            return Ok(None);
        }
        *self = ahead;
        Ok(Some(field))
    }

    /// Nothing may follow.
    pub(crate) fn finish(self) -> Result<(), Malformed> {
        match self.rest.first() {
            None => Ok(()),
            Some(_) => Err(Malformed::new(
                self.place,
                ErrorKind::TrailingData {
                    decoded: Length::ZERO,
                    remaining: self.octets(),
                },
            )),
        }
    }
}

/// The tags that entries and answers are made of.
const fn usual(octet: u8) -> Option<Tag> {
    match octet {
        0x02 => Some(Tag::Integer),
        0x04 => Some(Tag::OctetString),
        0x06 => Some(Tag::ObjectIdentifier),
        0x0a => Some(Tag::Enumerated),
        0x17 => Some(Tag::UtcTime),
        0x18 => Some(Tag::GeneralizedTime),
        0x30 => Some(Tag::Sequence),
        _ => None,
    }
}

/// `[number]`, constructed.
pub(crate) const fn constructed(number: u32) -> Tag {
    Tag::ContextSpecific {
        constructed: true,
        number: TagNumber(number),
    }
}

/// `[number]`, primitive.
pub(crate) const fn primitive(number: u32) -> Tag {
    Tag::ContextSpecific {
        constructed: false,
        number: TagNumber(number),
    }
}

/// The digest's or signature's OID of an `AlgorithmIdentifier`, and its parameters if there are any.
pub(crate) fn algorithm<'a>(field: &Field<'a>) -> Result<(ObjectIdentifier, Option<AnyRef<'a>>), Malformed> {
    let place = field.place;
    let mut inside = field.open(place);
    let oid: ObjectIdentifier = inside.expect(place, Tag::ObjectIdentifier)?.decode()?;
    let parameters = if inside.is_done() {
        None
    } else {
        Some(inside.any(place)?.decode()?)
    };
    inside.finish()?;
    Ok((oid, parameters))
}

/// An unsigned number without its leading zeros, so that serial numbers compare however they were padded.
pub(crate) fn significant(mut octets: &[u8]) -> &[u8] {
    while let [0, rest @ ..] = octets {
        octets = rest;
    }
    octets
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the walk makes of the first element, by the shortcut and by the long way.
    fn both(octets: &[u8]) -> [Option<(Tag, usize)>; 2] {
        let walk = Walk::new("test", octets);
        let long = walk
            .header("test")
            .ok()
            .filter(|(header, _, length)| header + length <= octets.len());
        let short = { walk }.any("test").ok().map(|field| (field.tag, field.value.len()));
        [short, long.map(|(_, tag, length)| (tag, length))]
    }

    #[test]
    fn the_shortcut_reads_every_header_as_the_der_crate_does() {
        for tag in 0..=u8::MAX {
            for length in 0..=u8::MAX {
                for content in [0, 1, 127, 128, 200] {
                    let mut octets = vec![tag, length];
                    octets.resize(2 + content, 0x80);
                    let [short, long] = both(&octets);
                    assert_eq!(short, long, "{tag:02x} {length:02x} and {content} octets");
                }
            }
        }
    }

    #[test]
    fn numbers_must_be_canonical() {
        for (value, good) in [
            (&[][..], false),
            (&[0, 1], false),
            (&[0, 0x80], true),
            (&[0xff, 0x80], false),
            (&[0], true),
        ] {
            let field = Field {
                place: "test",
                tag: Tag::Integer,
                value,
                whole: value,
            };
            assert_eq!(field.integer().is_ok(), good, "{value:?}");
        }
    }
}
