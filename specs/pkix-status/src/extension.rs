//! Extensions (RFC 5280 §4.2), read one by one and written by hand.

use der::Tag;

use crate::encode::{self, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE};
use crate::walk::{Malformed, Walk};

/// Extensions looked at in one list; RFC 5280 and RFC 6960 together define fewer than twenty.
const EXTENSIONS_MAX: usize = 32;

/// One extension: the OID's content octets, whether it is critical, what its OCTET STRING holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extension<'a> {
    pub(crate) oid: &'a [u8],
    pub(crate) critical: bool,
    pub(crate) value: &'a [u8],
}

/// Calls `each` for every extension of the SEQUENCE OF that `list` walks.
pub(crate) fn for_each<'a, E: From<Malformed>>(
    place: &'static str,
    mut list: Walk<'a>,
    mut each: impl FnMut(Extension<'a>) -> Result<(), E>,
) -> Result<(), E> {
    for _ in 0..EXTENSIONS_MAX {
        if list.is_done() {
            return Ok(());
        }
        each(read(place, &mut list)?)?;
    }
    list.finish().map_err(E::from)
}

fn read<'a>(place: &'static str, list: &mut Walk<'a>) -> Result<Extension<'a>, Malformed> {
    let mut fields = list.expect(place, Tag::Sequence)?.open(place);
    let oid = fields.expect(place, Tag::ObjectIdentifier)?.value;
    let critical = match fields.optional(place, Tag::Boolean)?.map(|field| field.value) {
        // DER leaves the default out; some encoders write it, and it harms nobody.
        None | Some([0x00]) => false,
        Some([0xff]) => true,
        Some(_) => return Err(Malformed::value(place, Tag::Boolean)),
    };
    let value = fields.expect(place, Tag::OctetString)?.value;
    fields.finish()?;
    Ok(Extension { oid, critical, value })
}

/// Appends an extension that is not critical; `fill` appends what its OCTET STRING holds.
pub(crate) fn push(out: &mut Vec<u8>, oid: &[u8], fill: impl FnOnce(&mut Vec<u8>)) {
    encode::nested(out, SEQUENCE, |out| {
        encode::element(out, OBJECT_IDENTIFIER, oid);
        encode::nested(out, OCTET_STRING, fill);
    });
}

/// Like [`push`], for content that may fail.
pub(crate) fn try_push<E>(
    out: &mut Vec<u8>,
    oid: &[u8],
    fill: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
) -> Result<(), E> {
    encode::try_nested(out, SEQUENCE, |out| {
        encode::element(out, OBJECT_IDENTIFIER, oid);
        encode::try_nested(out, OCTET_STRING, fill)
    })
}

/// An OID for people: dotted, or hexadecimal when it is not even an OID.
pub(crate) fn dotted(oid: &[u8]) -> String {
    use std::fmt::Write as _;
    const_oid::ObjectIdentifier::from_bytes(oid).map_or_else(
        |_| {
            oid.iter().take(32).fold(String::new(), |mut text, octet| {
                // Writing to a String cannot fail.
                let _ = write!(text, "{octet:02x}");
                text
            })
        },
        |oid| oid.to_string(),
    )
}
