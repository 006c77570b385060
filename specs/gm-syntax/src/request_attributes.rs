//! The attributes of a certificate request that mean something to us.
//!
//! ```text
//! Attribute ::= SEQUENCE { type OBJECT IDENTIFIER, values SET SIZE (1..) OF ANY }
//! ```
//!
//! Three are read: extensions (RFC 2985 5.4.2), challengePassword, and CFCA's temporary public key.
//! CFCA writes its two attributes without the SET: the value stands directly behind the type. Others
//! who make double-key requests put the SET in place. Both are read; CFCA's form is written. The
//! temporary key is a 136-octet blob inside two octet strings:
//!
//! ```text
//! value ::= OCTET STRING { SEQUENCE { version INTEGER (1), key OCTET STRING (SIZE (136)) } }
//! key    =  00 B4 00 00 00 01 00 00 || X (32) || 00 x 32 || Y (32) || 00 x 32
//! ```
//!
//! (Read from CFCA's published sample request, which is a test vector here.)

use const_oid::db::rfc5912::ID_EXTENSION_REQ;
use der::{
    Tag,
    asn1::{Ia5StringRef, ObjectIdentifier, PrintableStringRef},
};
use gm_suite::{PublicKey, oid};
use x509_cert::ext::Extension;

use crate::{
    der_fields::{Element, Fields, collect, context, expect_sorted, text},
    der_writer::{self, DerWriter},
    malformed::{Expected, Malformed, Problem},
};

/// Attributes in one request; tools write up to six.
pub const ATTRIBUTES_MAX: usize = 16;
/// Extensions asked for in one request.
pub const EXTENSIONS_MAX: usize = 32;
/// Octets of a challenge password (RFC 2985 5.4.1: 255 characters).
pub const CHALLENGE_PASSWORD_BYTES_MAX: usize = 255;

/// What CFCA's tools put where a challenge password is demanded. No secret.
const CFCA_PASSWORD: &str = "111111";
const CFCA_HEADER: [u8; 8] = [0x00, 0xb4, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00];
const CFCA_PADDING: [u8; 32] = [0; 32];
const CFCA_BLOB: usize = CFCA_HEADER.len() + 4 * 32;

#[derive(Clone, Default)]
pub(crate) struct Attributes {
    pub(crate) extensions: Vec<Extension>,
    pub(crate) challenge_password: Option<String>,
    pub(crate) temporary_key: Option<PublicKey>,
}

pub(crate) fn read(fields: &mut Fields<'_>) -> Result<Attributes, Malformed> {
    let set = fields.tagged("attributes", context(0))?;
    expect_sorted(&set, "attributes")?;
    let mut attributes = Attributes::default();
    let mut seen = Vec::new();
    collect(&set, "attributes", ATTRIBUTES_MAX, |fields| {
        let offset = fields.offset();
        let (oid, value) = fields.sequence("", |fields| {
            let oid = fields.oid("type")?;
            Ok((oid, fields.element("values")?))
        })?;
        if seen.contains(&oid) {
            let problem = Problem::Value("has the type of an earlier attribute");
            return Err(Malformed::new("type", offset, problem));
        }
        seen.push(oid);
        read_attribute(&mut attributes, oid, &value)
    })?;
    Ok(attributes)
}

fn read_attribute(attributes: &mut Attributes, oid: ObjectIdentifier, value: &Element<'_>) -> Result<(), Malformed> {
    match oid {
        ID_EXTENSION_REQ => attributes.extensions = read_extensions(&single(value)?)?,
        oid::CHALLENGE_PASSWORD => {
            attributes.challenge_password = Some(read_password(&single_or_bare(value)?)?);
        }
        oid::TEMPORARY_PUBLIC_KEY => {
            attributes.temporary_key = Some(read_temporary_key(&single_or_bare(value)?)?);
        }
        _ => set_only(value)?,
    }
    Ok(())
}

/// The only value of a single-valued attribute.
fn single<'a>(values: &Element<'a>) -> Result<Element<'a>, Malformed> {
    set_only(values)?;
    values
        .enter(|fields| fields.element(""))
        .map_err(|error| error.within("values"))
}

/// CFCA leaves the SET away.
fn single_or_bare<'a>(values: &Element<'a>) -> Result<Element<'a>, Malformed> {
    if values.tag == Tag::Set {
        return single(values);
    }
    Ok(*values)
}

fn set_only(values: &Element<'_>) -> Result<(), Malformed> {
    if values.tag == Tag::Set {
        return expect_sorted(values, "values");
    }
    let (expected, found) = (Expected::Tag(Tag::Set), values.tag);
    Err(values.malformed("values", Problem::Type { expected, found }))
}

fn read_extensions(value: &Element<'_>) -> Result<Vec<Extension>, Malformed> {
    if value.tag != Tag::Sequence {
        let (expected, found) = (Expected::Tag(Tag::Sequence), value.tag);
        return Err(value.malformed("extensions", Problem::Type { expected, found }));
    }
    let mut seen = Vec::new();
    collect(value, "extensions", EXTENSIONS_MAX, |fields| {
        let offset = fields.offset();
        let extension: Extension = fields.canonical("")?;
        if seen.contains(&extension.extn_id) {
            let problem = Problem::Value("repeats an earlier extension (RFC 5280 4.2)");
            return Err(Malformed::new("", offset, problem));
        }
        seen.push(extension.extn_id);
        Ok(extension)
    })
}

fn read_password(value: &Element<'_>) -> Result<String, Malformed> {
    let field = "challengePassword";
    let allowed = match value.tag {
        Tag::Utf8String => true,
        Tag::PrintableString => PrintableStringRef::new(value.content).is_ok(),
        Tag::Ia5String => Ia5StringRef::new(value.content).is_ok(),
        found => {
            let expected = Expected::OneOf("PrintableString, UTF8String or IA5String");
            return Err(value.malformed(field, Problem::Type { expected, found }));
        }
    };
    if !allowed {
        let problem = Problem::Value("has characters outside its type");
        return Err(value.malformed(field, problem));
    }
    text(value, field, CHALLENGE_PASSWORD_BYTES_MAX).map(str::to_owned)
}

fn read_temporary_key(value: &Element<'_>) -> Result<PublicKey, Malformed> {
    let field = "temporaryKey";
    if value.tag != Tag::OctetString {
        let (expected, found) = (Expected::Tag(Tag::OctetString), value.tag);
        return Err(value.malformed(field, Problem::Type { expected, found }));
    }
    let blob = value
        .enter(|fields| {
            fields.sequence("", |fields| {
                let offset = fields.offset();
                if fields.unsigned_64("version")? != 1 {
                    return Err(Malformed::new("version", offset, Problem::Value("is not 1")));
                }
                fields.octet_array::<CFCA_BLOB>("key")
            })
        })
        .map_err(|error| error.within(field))?;
    key_from_blob(&blob).ok_or_else(|| {
        let problem = Problem::Value("is no SM2 public key in CFCA's form");
        value.malformed(field, problem)
    })
}

fn key_from_blob(blob: &[u8; CFCA_BLOB]) -> Option<PublicKey> {
    let (header, rest) = blob.split_first_chunk::<8>()?;
    let (x, rest) = rest.split_first_chunk::<32>()?;
    let (x_padding, rest) = rest.split_first_chunk::<32>()?;
    let (y, y_padding) = rest.split_first_chunk::<32>()?;
    if *header != CFCA_HEADER || *x_padding != CFCA_PADDING || *y_padding != CFCA_PADDING {
        return None;
    }
    PublicKey::from_sm2_point(&[&[0x04], x.as_slice(), y].concat()).ok()
}

/// The encoded attributes, to be sorted by whoever puts them into their SET.
pub(crate) fn write(temporary: Option<&PublicKey>, extensions: &[Extension]) -> Result<Vec<Vec<u8>>, der::Error> {
    let mut attributes = Vec::new();
    if let Some(key) = temporary {
        attributes.push(attribute(&oid::CHALLENGE_PASSWORD, write_password)?);
        let write_key = |w: &mut DerWriter| write_temporary_key(w, key);
        attributes.push(attribute(&oid::TEMPORARY_PUBLIC_KEY, write_key)?);
    }
    if !extensions.is_empty() {
        let list = der_writer::write(|w| w.sequence(|w| extensions.iter().for_each(|one| w.value(one))))?;
        attributes.push(attribute(&ID_EXTENSION_REQ, |w| w.set_of(vec![list]))?);
    }
    Ok(attributes)
}

fn attribute(oid: &ObjectIdentifier, value: impl FnOnce(&mut DerWriter)) -> Result<Vec<u8>, der::Error> {
    der_writer::write(|w| {
        w.sequence(|w| {
            w.oid(oid);
            value(w);
        });
    })
}

fn write_password(w: &mut DerWriter) {
    w.printable(CFCA_PASSWORD);
}

fn write_temporary_key(w: &mut DerWriter, key: &PublicKey) {
    let coordinates = key.raw().get(1..).unwrap_or_default();
    let (x, y) = coordinates.split_at(coordinates.len() / 2);
    let blob = [&CFCA_HEADER, x, &CFCA_PADDING, y, &CFCA_PADDING].concat();
    w.octets_holding(|w| {
        w.sequence(|w| {
            w.unsigned_64(1);
            w.octets(&blob);
        });
    });
}
