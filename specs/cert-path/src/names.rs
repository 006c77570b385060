//! Names compared as RFC 5280 §7.1 asks, not byte by byte.
//!
//! Strings are compared without regard to their ASN.1 string type, to case, to leading and trailing spaces and
//! to the width of inner spaces. Case is folded with Unicode's simple lower-case mapping; the full preparation of
//! RFC 4518 (normalisation, prohibited characters) is not done, which can only make fewer names equal.

use der::{
    Tag, Tagged,
    asn1::{Any, ObjectIdentifier},
};
use x509_cert::name::Name;

/// A distinguished name in the form in which names are equal when RFC 5280 says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ComparableName(Vec<Vec<(ObjectIdentifier, Value)>>);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Value {
    Text(String),
    Other(Tag, Vec<u8>),
}

impl ComparableName {
    pub(crate) fn of(name: &Name) -> Self {
        Self(
            name.iter_rdn()
                .map(|rdn| {
                    let mut parts: Vec<_> = rdn.iter().map(|part| (part.oid, Value::of(&part.value))).collect();
                    parts.sort();
                    parts
                })
                .collect(),
        )
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this name lies in the subtree under `base` (RFC 5280 §4.2.1.10: the base is a prefix).
    pub(crate) fn is_under(&self, base: &Self) -> bool {
        self.0.starts_with(&base.0)
    }
}

impl Value {
    fn of(value: &Any) -> Self {
        match text(value) {
            Some(text) => Self::Text(fold(&text)),
            None => Self::Other(value.tag(), value.value().to_vec()),
        }
    }
}

/// The text of a directory string, if it is one.
pub(crate) fn text(value: &Any) -> Option<String> {
    match value.tag() {
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String | Tag::VisibleString => {
            core::str::from_utf8(value.value()).ok().map(str::to_owned)
        }
        Tag::BmpString => {
            let units = value
                .value()
                .chunks_exact(2)
                .filter_map(|pair| <[u8; 2]>::try_from(pair).ok())
                .map(u16::from_be_bytes);
            char::decode_utf16(units).collect::<Result<_, _>>().ok()
        }
        _ => None,
    }
}

fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.extend(word.chars().flat_map(char::to_lowercase));
    }
    folded
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::str::FromStr;

    use super::*;

    fn name(text: &str) -> ComparableName {
        ComparableName::of(&Name::from_str(text).unwrap())
    }

    #[test]
    fn case_and_spaces_do_not_tell_names_apart() {
        assert_eq!(name("CN=Hefu  Demo CA,C=CN"), name("CN= hefu demo ca ,C=CN"));
        assert_ne!(name("CN=Hefu Demo CA,C=CN"), name("CN=HefuDemo CA,C=CN"));
        assert_eq!(name("CN=合符 根"), name("CN=合符  根"));
    }

    #[test]
    fn the_order_of_components_tells_names_apart() {
        assert_ne!(name("CN=a,O=b"), name("O=b,CN=a"));
    }

    #[test]
    fn a_name_is_under_its_prefix_only() {
        assert!(name("CN=a,O=b,C=CN").is_under(&name("O=B,C=CN")));
        assert!(!name("O=b,C=CN").is_under(&name("CN=a,O=b,C=CN")));
        assert!(name("CN=a").is_under(&ComparableName::of(&Name::default())));
    }
}
