//! Distinguished names: the attributes that profiles can fill, how they are encoded, and how a name is shown.
//!
//! Strings after RFC 5280 A.1 and GB/T 20518: country, serial number and qualifier are `PrintableString`, everything
//! else `UTF8String`. Issuer names are copied octet for octet and never encoded again.

use std::fmt;
use std::str::FromStr;

use const_oid::ObjectIdentifier;
use der::{Encode, Tag, asn1::AnyRef};
use gm_syntax::Malformed;
use gm_syntax::der_fields::Fields;
use gm_syntax::der_writer::DerWriter;

use crate::oid;

/// Attributes in one name; real ones have fewer than ten.
const ATTRIBUTES_MAX: usize = 64;
/// Attributes in one relative distinguished name; nearly always one.
const ATTRIBUTES_PER_RDN_MAX: usize = 8;

/// A naming attribute that a profile can fill.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Attribute {
    /// C, two letters of ISO 3166.
    Country,
    /// ST, province.
    Province,
    /// L, city.
    Locality,
    /// O.
    Organization,
    /// OU.
    OrganizationalUnit,
    /// CN.
    CommonName,
    /// serialNumber: a number that tells holders of the same name apart; not the certificate's.
    SerialNumber,
    /// title.
    Title,
    /// SN, family name.
    Surname,
    /// GN, given name.
    GivenName,
    /// dnQualifier.
    DnQualifier,
    /// organizationIdentifier.
    OrganizationIdentifier,
    /// UID.
    UserId,
}

/// The string type an attribute is written in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum StringForm {
    Printable,
    Utf8,
}

impl Attribute {
    /// Every attribute, in the order of this enum.
    pub const ALL: [Self; 13] = [
        Self::Country,
        Self::Province,
        Self::Locality,
        Self::Organization,
        Self::OrganizationalUnit,
        Self::CommonName,
        Self::SerialNumber,
        Self::Title,
        Self::Surname,
        Self::GivenName,
        Self::DnQualifier,
        Self::OrganizationIdentifier,
        Self::UserId,
    ];

    /// Its object identifier.
    #[must_use]
    pub const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::Country => oid::AT_COUNTRY,
            Self::Province => oid::AT_PROVINCE,
            Self::Locality => oid::AT_LOCALITY,
            Self::Organization => oid::AT_ORGANIZATION,
            Self::OrganizationalUnit => oid::AT_ORGANIZATIONAL_UNIT,
            Self::CommonName => oid::AT_COMMON_NAME,
            Self::SerialNumber => oid::AT_SERIAL_NUMBER,
            Self::Title => oid::AT_TITLE,
            Self::Surname => oid::AT_SURNAME,
            Self::GivenName => oid::AT_GIVEN_NAME,
            Self::DnQualifier => oid::AT_DN_QUALIFIER,
            Self::OrganizationIdentifier => oid::AT_ORGANIZATION_IDENTIFIER,
            Self::UserId => oid::AT_USER_ID,
        }
    }

    /// The short name, as in "CN=".
    #[must_use]
    pub const fn short(self) -> &'static str {
        match self {
            Self::Country => "C",
            Self::Province => "ST",
            Self::Locality => "L",
            Self::Organization => "O",
            Self::OrganizationalUnit => "OU",
            Self::CommonName => "CN",
            Self::SerialNumber => "serialNumber",
            Self::Title => "title",
            Self::Surname => "SN",
            Self::GivenName => "GN",
            Self::DnQualifier => "dnQualifier",
            Self::OrganizationIdentifier => "organizationIdentifier",
            Self::UserId => "UID",
        }
    }

    /// The most characters it may have (RFC 5280 A.1, ub-*); `None` where no bound is set.
    #[must_use]
    pub const fn upper_bound(self) -> Option<usize> {
        match self {
            Self::Country => Some(2),
            Self::Province | Self::Locality => Some(128),
            Self::Organization | Self::OrganizationalUnit | Self::CommonName | Self::SerialNumber | Self::Title => {
                Some(64)
            }
            Self::Surname | Self::GivenName => Some(32_768),
            Self::DnQualifier | Self::OrganizationIdentifier | Self::UserId => None,
        }
    }

    pub(crate) const fn form(self) -> StringForm {
        match self {
            Self::Country | Self::SerialNumber | Self::DnQualifier => StringForm::Printable,
            _ => StringForm::Utf8,
        }
    }

    pub(crate) fn from_oid_content(content: &[u8]) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|attribute| attribute.oid().as_bytes() == content)
    }
}

impl fmt::Display for Attribute {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.short())
    }
}

impl FromStr for Attribute {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|attribute| attribute.short() == name)
            .ok_or(())
    }
}

/// Whether every character may stand in a `PrintableString` (X.680 §41.4).
pub(crate) fn is_printable(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(&byte))
}

/// Encodes a name, one attribute per relative distinguished name, in the order given.
///
/// # Errors
/// The text of an attribute cannot be encoded; callers have checked it, so this is a fault.
pub(crate) fn encode(attributes: &[(Attribute, String)]) -> Result<Vec<u8>, der::Error> {
    let mut writer = DerWriter::new();
    let mut rdns = Vec::with_capacity(attributes.len());
    for (attribute, text) in attributes {
        let tag = match attribute.form() {
            StringForm::Printable => Tag::PrintableString,
            StringForm::Utf8 => Tag::Utf8String,
        };
        rdns.push((attribute.oid(), AnyRef::new(tag, text.as_bytes())?.to_der()?));
    }
    writer.sequence(|name| {
        for (oid, value) in &rdns {
            let mut pair = DerWriter::new();
            pair.sequence(|pair| {
                pair.oid(oid);
                pair.raw(value);
            });
            name.set_of(vec![pair.finish().unwrap_or_default()]);
        }
    });
    writer.finish()
}

/// One attribute of a name as it stands in a certificate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NameAttribute<'a> {
    /// Content of the attribute type.
    pub(crate) oid: &'a [u8],
    /// Tag of the value.
    pub(crate) tag: Tag,
    /// Content of the value.
    pub(crate) value: &'a [u8],
    /// How many attributes share its relative distinguished name.
    pub(crate) siblings: usize,
}

impl NameAttribute<'_> {
    pub(crate) fn known(&self) -> Option<Attribute> {
        Attribute::from_oid_content(self.oid)
    }

    pub(crate) fn is(&self, attribute: Attribute) -> bool {
        attribute.oid().as_bytes() == self.oid
    }

    /// The value as text; `None` when it is no string type read here or not UTF-8.
    pub(crate) fn text(&self) -> Option<&str> {
        let readable = matches!(self.tag, Tag::Utf8String | Tag::PrintableString | Tag::Ia5String);
        if readable {
            std::str::from_utf8(self.value).ok()
        } else {
            None
        }
    }

    /// "CN" or the dotted identifier.
    pub(crate) fn label(&self) -> String {
        match self.known() {
            Some(attribute) => attribute.short().to_owned(),
            None if self.oid == oid::AT_DOMAIN_COMPONENT.as_bytes() => "DC".to_owned(),
            None if self.oid == oid::AT_EMAIL_ADDRESS.as_bytes() => "emailAddress".to_owned(),
            None => {
                ObjectIdentifier::from_bytes(self.oid).map_or_else(|_| hex::encode(self.oid), |oid| oid.to_string())
            }
        }
    }
}

/// Reads a `Name`, tag and length included.
pub(crate) fn attributes(name: &[u8]) -> Result<Vec<NameAttribute<'_>>, Malformed> {
    let mut fields = Fields::over(name);
    let mut all = Vec::new();
    let rdns = fields.sequence_of("name", ATTRIBUTES_MAX, |f| f.tagged("rdn", Tag::Set))?;
    fields.finish()?;
    for rdn in rdns {
        let mut fields = Fields::over(rdn.content);
        let first = all.len();
        while !fields.is_empty() && all.len() < first + ATTRIBUTES_PER_RDN_MAX {
            let (oid, value) = fields.sequence("attribute", |f| {
                Ok((f.tagged("type", Tag::ObjectIdentifier)?, f.element("value")?))
            })?;
            all.push(NameAttribute {
                oid: oid.content,
                tag: value.tag,
                value: value.content,
                siblings: 1,
            });
        }
        fields.finish()?;
        let siblings = all.len() - first;
        for attribute in all.iter_mut().skip(first) {
            attribute.siblings = siblings;
        }
    }
    Ok(all)
}

/// A name for people: "C=CN, O=…, CN=…", in the order in which it is encoded.
///
/// Commas, equal signs and backslashes inside values are escaped; text that cannot be read is shown as hexadecimal.
///
/// # Errors
/// [`Malformed`] when `name` is not the DER of a `Name`.
pub fn display(name: &[u8]) -> Result<String, Malformed> {
    let parts = attributes(name)?.into_iter().map(|attribute| {
        let value = attribute
            .text()
            .map_or_else(|| format!("#{}", hex::encode(attribute.value)), escape);
        format!("{}={value}", attribute.label())
    });
    Ok(parts.collect::<Vec<_>>().join(", "))
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, ',' | '=' | '\\' | '+') {
            escaped.push('\\');
        }
        if character.is_control() {
            escaped.push('\u{fffd}');
        } else {
            escaped.push(character);
        }
    }
    escaped
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn zhang() -> Vec<u8> {
        let attributes = [
            (Attribute::Country, "CN".to_owned()),
            (Attribute::Organization, "合符, 有限公司".to_owned()),
            (Attribute::CommonName, "张三".to_owned()),
        ];
        encode(&attributes).unwrap()
    }

    #[test]
    fn a_name_is_shown_in_the_order_of_its_encoding() {
        assert_eq!(display(&zhang()).unwrap(), "C=CN, O=合符\\, 有限公司, CN=张三");
    }

    #[test]
    fn country_is_printable_and_the_rest_utf8() {
        let der = zhang();
        let tags: Vec<Tag> = attributes(&der)
            .unwrap()
            .iter()
            .map(|attribute| attribute.tag)
            .collect();
        assert_eq!(tags, [Tag::PrintableString, Tag::Utf8String, Tag::Utf8String]);
    }

    #[test]
    fn printable_strings_have_no_at_sign_underscore_or_chinese() {
        assert!(is_printable("A-1 (b), c.d/e:f=g?'+"));
        for text in ["a@b", "a_b", "张", "a*b", "a&b"] {
            assert!(!is_printable(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let _ = display(&bytes);
        }
    }
}
