//! Names in a certificate: what may be shown of them and by what a certificate is found.
//!
//! 电子认证服务管理办法 31 wants certificates public, personal information law wants names of natural persons not:
//! serial number and masked name by default.

use std::collections::BTreeSet;

use const_oid::ObjectIdentifier;
use der::asn1::Any;
use der::{Decode, Tag, Tagged};
use hefu_certificate::LawScope;
use x509_cert::Certificate;

const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
const ORGANIZATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");

/// Names of one certificate by which it is found; a TLS certificate may have a hundred, more are not indexed.
const NAMES_MAX: usize = 128;

/// Characters of one name that are kept for the search: no attribute of RFC 5280 A.1 that is used here is longer
/// than a domain name.
const NAME_CHARACTERS_MAX: usize = 256;

/// What stands for the rest of a masked name, whatever its length.
const MASK: &str = "**";

/// The names of a certificate.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Names {
    /// Whom it names, in full.
    pub(crate) holder: String,
    /// The same with a natural person's name masked.
    pub(crate) masked: String,
    /// Folded names and whether each is a natural person's.
    pub(crate) found_by: BTreeSet<(String, bool)>,
}

impl Names {
    /// Reads the subject of a certificate. `alternatives` are its alternative names, such as "dns:example.test".
    ///
    /// A name is a natural person's when the certificate is 电子签名认证证书 and the common name is not the
    /// organisation's; a wrong guess masks too much, never too little.
    pub(crate) fn read(der: &[u8], alternatives: &[String], law_scope: LawScope) -> Result<Self, der::Error> {
        let certificate = Certificate::from_der(der)?;
        let (mut common, mut organization) = (None, None);
        for attribute in certificate.tbs_certificate().subject().iter() {
            match attribute.oid {
                COMMON_NAME => common = text(&attribute.value),
                ORGANIZATION => organization = text(&attribute.value),
                _ => {}
            }
        }
        let hosts = alternatives.iter().filter_map(|name| name.strip_prefix("dns:"));
        Ok(Self::of(common.as_deref(), organization.as_deref(), hosts, law_scope))
    }

    fn of<'a>(
        common: Option<&'a str>,
        organization: Option<&'a str>,
        mut hosts: impl Iterator<Item = &'a str> + Clone,
        law_scope: LawScope,
    ) -> Self {
        let personal = law_scope.is_inside() && common != organization;
        let mut found_by: BTreeSet<_> = hosts.clone().map(|host| (fold(host), false)).take(NAMES_MAX).collect();
        found_by.extend(organization.map(|name| (fold(name), false)));
        if common != organization {
            found_by.extend(common.map(|name| (fold(name), personal)));
        }
        let first = common.or_else(|| hosts.next()).or(organization).unwrap_or_default();
        let shown = if personal { mask(first) } else { first.to_owned() };
        let behind = organization.filter(|organization| *organization != first);
        Self {
            holder: join(first, behind),
            masked: join(&shown, behind),
            found_by,
        }
    }
}

/// A name, and the organisation behind it when it is another.
fn join(name: &str, organization: Option<&str>) -> String {
    organization.map_or_else(|| name.to_owned(), |organization| format!("{name}, {organization}"))
}

/// The first character and a mask: 张**.
fn mask(name: &str) -> String {
    name.chars().take(1).chain(MASK.chars()).collect()
}

/// How names are compared: lower case, white space as one space, no more than is kept.
pub(crate) fn fold(name: &str) -> String {
    let spaced = name.split_whitespace().collect::<Vec<_>>().join(" ");
    spaced.to_lowercase().chars().take(NAME_CHARACTERS_MAX).collect()
}

fn text(value: &Any) -> Option<String> {
    match value.tag() {
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String => {
            std::str::from_utf8(value.value()).ok().map(str::to_owned)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(
        common: &'static str,
        organization: &'static str,
        law_scope: LawScope,
    ) -> (String, String, Vec<(String, bool)>) {
        let some = |text: &'static str| (!text.is_empty()).then_some(text);
        let names = Names::of(
            some(common),
            some(organization),
            ["WWW.example.test"].into_iter(),
            law_scope,
        );
        (names.holder, names.masked, names.found_by.into_iter().collect())
    }

    fn found(names: &[(&str, bool)]) -> Vec<(String, bool)> {
        names
            .iter()
            .map(|(name, personal)| ((*name).to_owned(), *personal))
            .collect()
    }

    #[test]
    fn a_person_is_masked_and_the_organisation_is_not() {
        let host = ("www.example.test", false);
        assert_eq!(
            check("欧阳娜娜", "", LawScope::Signature),
            ("欧阳娜娜".into(), "欧**".into(), found(&[host, ("欧阳娜娜", true)]))
        );
        assert_eq!(
            check("Li Si", "Example Ltd", LawScope::Government),
            (
                "Li Si, Example Ltd".into(),
                "L**, Example Ltd".into(),
                found(&[("example ltd", false), ("li si", true), host])
            )
        );
        assert_eq!(
            check("示例公司", "示例公司", LawScope::Signature),
            (
                "示例公司".into(),
                "示例公司".into(),
                found(&[host, ("示例公司", false)])
            )
        );
    }

    #[test]
    fn a_device_is_not_a_person_and_a_server_may_have_a_host_name_only() {
        assert_eq!(check("gate 7", "", LawScope::Outside).1, "gate 7");
        assert_eq!(check("", "", LawScope::Outside).1, "WWW.example.test");
        assert_eq!(
            check("", "Example Ltd", LawScope::Outside).1,
            "WWW.example.test, Example Ltd"
        );
    }

    #[test]
    fn names_are_folded_in_case_and_space_and_cut() {
        assert_eq!(fold("  ÄRA \u{3000} Ltd "), "ära ltd");
        assert_eq!(fold(&"x".repeat(1000)).len(), NAME_CHARACTERS_MAX);
    }
}
