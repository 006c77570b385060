//! Name constraints: RFC 5280 §4.2.1.10 and §6.1.3 (b), (c).
//!
//! Each CA's constraints are kept apart and a name must satisfy all of them; that is the intersection of §6.1.4 (g)
//! without having to compute one. Compared are dNSName, rfc822Name, directoryName, uniformResourceIdentifier and
//! iPAddress. A name of another form under a constraint on that form cannot be judged, and is refused as such.

use der::asn1::ObjectIdentifier;
use x509_cert::ext::pkix::{NameConstraints, constraints::name::GeneralSubtree, name::GeneralName};

use crate::{
    certificate::Certificate,
    names::{ComparableName, text},
    reason::Reason,
};

/// Most comparisons of a name with a subtree for one path: enough for 256 names under 1,024 subtrees.
pub const MAX_NAME_COMPARISONS: usize = 256 * 1024;

/// emailAddress in a distinguished name (PKCS#9), judged as an rfc822Name when the certificate has no other.
const EMAIL_ADDRESS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.1");

/// The constraints gathered on the way down.
#[derive(Clone, Debug, Default)]
pub(crate) struct Subtrees {
    gathered: Vec<NameConstraints>,
    comparisons: usize,
}

/// A name of a certificate, in the form in which it is compared.
enum Subject {
    Directory(ComparableName),
    Dns(String),
    Mailbox(String),
    Uri(String),
    Address(Vec<u8>),
    Other(&'static str),
}

impl Subtrees {
    pub(crate) fn add(&mut self, certificate: &Certificate) {
        if let Some(constraints) = &certificate.extensions().name_constraints {
            self.gathered.push(constraints.clone());
        }
    }

    /// Refuses a certificate with a name that is not permitted or is excluded.
    pub(crate) fn judge(&mut self, certificate: &Certificate) -> Result<(), Reason> {
        if self.gathered.is_empty() {
            return Ok(());
        }
        let gathered = core::mem::take(&mut self.gathered);
        let outcome = subjects(certificate)
            .iter()
            .try_for_each(|name| gathered.iter().try_for_each(|it| self.judge_one(name, it)));
        self.gathered = gathered;
        outcome
    }

    fn judge_one(&mut self, name: &Subject, constraints: &NameConstraints) -> Result<(), Reason> {
        let permitted = constraints.permitted_subtrees.as_deref().unwrap_or_default();
        let excluded = constraints.excluded_subtrees.as_deref().unwrap_or_default();
        self.comparisons += permitted.len() + excluded.len();
        if self.comparisons > MAX_NAME_COMPARISONS {
            return Err(Reason::TooMuchToCompare);
        }
        for subtree in excluded.iter().filter(|it| name.has_form_of(&it.base)) {
            if name.is_within(subtree, Side::Excluded)? {
                return Err(Reason::NameNotPermitted(name.shown()));
            }
        }
        let mut constrained = false;
        for subtree in permitted.iter().filter(|it| name.has_form_of(&it.base)) {
            constrained = true;
            if name.is_within(subtree, Side::Permitted)? {
                return Ok(());
            }
        }
        if constrained {
            return Err(Reason::NameNotPermitted(name.shown()));
        }
        Ok(())
    }
}

/// Which list a subtree stands in: a wildcard name is judged strictly in both.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Permitted,
    Excluded,
}

/// All names of a certificate that constraints bind.
fn subjects(certificate: &Certificate) -> Vec<Subject> {
    let alt_names = certificate.extensions().alt_names.as_ref();
    let alt_names = alt_names.map(|names| names.0.as_slice()).unwrap_or_default();
    let mut names: Vec<Subject> = alt_names.iter().map(Subject::of).collect();
    if !certificate.comparable_subject().is_empty() {
        names.push(Subject::Directory(certificate.comparable_subject().clone()));
    }
    if !names.iter().any(|name| matches!(name, Subject::Mailbox(_))) {
        let parts = certificate.subject().iter();
        let mailboxes = parts.filter(|part| part.oid == EMAIL_ADDRESS);
        names.extend(mailboxes.filter_map(|part| text(&part.value)).map(Subject::Mailbox));
    }
    names
}

impl Subject {
    fn of(name: &GeneralName) -> Self {
        match name {
            GeneralName::DirectoryName(name) => Self::Directory(ComparableName::of(name)),
            GeneralName::DnsName(name) => Self::Dns(name.as_str().to_owned()),
            GeneralName::Rfc822Name(name) => Self::Mailbox(name.as_str().to_owned()),
            GeneralName::UniformResourceIdentifier(name) => Self::Uri(name.as_str().to_owned()),
            GeneralName::IpAddress(address) => Self::Address(address.as_bytes().to_vec()),
            GeneralName::OtherName(_) => Self::Other("otherName"),
            GeneralName::EdiPartyName(_) => Self::Other("ediPartyName"),
            GeneralName::RegisteredId(_) => Self::Other("registeredID"),
        }
    }

    fn has_form_of(&self, base: &GeneralName) -> bool {
        matches!(
            (self, base),
            (Self::Directory(_), GeneralName::DirectoryName(_))
                | (Self::Dns(_), GeneralName::DnsName(_))
                | (Self::Mailbox(_), GeneralName::Rfc822Name(_))
                | (Self::Uri(_), GeneralName::UniformResourceIdentifier(_))
                | (Self::Address(_), GeneralName::IpAddress(_))
                | (Self::Other("otherName"), GeneralName::OtherName(_))
                | (Self::Other("ediPartyName"), GeneralName::EdiPartyName(_))
                | (Self::Other("registeredID"), GeneralName::RegisteredId(_))
        )
    }

    fn is_within(&self, subtree: &GeneralSubtree, side: Side) -> Result<bool, Reason> {
        if subtree.minimum != 0 || subtree.maximum.is_some() {
            return Err(Reason::NameFormUnsupported);
        }
        match (self, &subtree.base) {
            (Self::Directory(name), GeneralName::DirectoryName(base)) => Ok(name.is_under(&ComparableName::of(base))),
            (Self::Dns(name), GeneralName::DnsName(base)) => Ok(dns_is_within(name, base.as_str(), side)),
            (Self::Mailbox(name), GeneralName::Rfc822Name(base)) => Ok(mailbox_is_within(name, base.as_str())),
            (Self::Uri(name), GeneralName::UniformResourceIdentifier(base)) => uri_host(name)
                .map(|host| host_is_within(host, base.as_str()))
                .ok_or_else(|| Reason::NameNotPermitted(name.clone())),
            (Self::Address(name), GeneralName::IpAddress(base)) => {
                address_is_within(name, base.as_bytes()).ok_or(Reason::NameFormUnsupported)
            }
            _ => Err(Reason::NameFormUnsupported),
        }
    }

    fn shown(&self) -> String {
        match self {
            Self::Directory(_) => "(directory name)".to_owned(),
            Self::Dns(name) | Self::Mailbox(name) | Self::Uri(name) => name.clone(),
            Self::Address(address) => format!("{address:?}"),
            Self::Other(form) => (*form).to_owned(),
        }
    }
}

/// dNSName: the base itself and every name with labels added on its left; an empty base holds every name.
///
/// A base that begins with a dot, which the RFC does not define, holds the names below it only. A wildcard could
/// stand for any label, so it is excluded as soon as one of its names would be.
fn dns_is_within(name: &str, base: &str, side: Side) -> bool {
    let (name, base) = (name.to_ascii_lowercase(), base.to_ascii_lowercase());
    let below = |base: &str| base.is_empty() || name.ends_with(&format!(".{base}"));
    match base.strip_prefix('.') {
        Some(parent) => below(parent),
        None => name == base || below(&base) || (side == Side::Excluded && wildcard_covers(&name, &base)),
    }
}

fn wildcard_covers(name: &str, base: &str) -> bool {
    let parent = base.split_once('.').map(|(_, parent)| parent);
    name.strip_prefix("*.").is_some_and(|rest| parent == Some(rest))
}

/// rfc822Name: a whole mailbox, every mailbox on one host, or (leading dot) every mailbox in a domain.
fn mailbox_is_within(name: &str, base: &str) -> bool {
    let Some((local, host)) = name.rsplit_once('@') else {
        return false;
    };
    match base.rsplit_once('@') {
        Some((base_local, base_host)) => local == base_local && host.eq_ignore_ascii_case(base_host),
        None => host_is_within(host, base),
    }
}

/// A host alone, or (leading dot) every host in a domain.
fn host_is_within(host: &str, base: &str) -> bool {
    let (host, base) = (host.to_ascii_lowercase(), base.to_ascii_lowercase());
    if base.starts_with('.') {
        host.ends_with(&base)
    } else {
        base.is_empty() || host == base
    }
}

/// The host of a URI, when it is a name; a URI without one may not appear under a constraint (§4.2.1.10).
fn uri_host(uri: &str) -> Option<&str> {
    let (_, rest) = uri.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = host.split(':').next()?;
    let is_address = host.starts_with('[') || host.parse::<core::net::Ipv4Addr>().is_ok();
    (!host.is_empty() && !is_address).then_some(host)
}

/// iPAddress: `base` is an address and a mask of the same length. `None`: the base is neither IPv4 nor IPv6.
fn address_is_within(address: &[u8], base: &[u8]) -> Option<bool> {
    if base.len() != 8 && base.len() != 32 {
        return None;
    }
    let (network, mask) = base.split_at_checked(base.len() / 2)?;
    if address.len() != network.len() {
        return Some(false);
    }
    let octets = address.iter().zip(network).zip(mask);
    Some(octets.into_iter().all(|((a, n), m)| a & m == n & m))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dns_subtree_holds_its_base_and_what_is_below() {
        for (name, base, within) in [
            ("example.com", "example.com", true),
            ("WWW.Example.com", "example.com", true),
            ("badexample.com", "example.com", false),
            ("example.com", ".example.com", false),
            ("www.example.com", ".example.com", true),
            ("anything.test", "", true),
            ("*.example.com", "example.com", true),
            ("*.com", "example.com", false),
        ] {
            let found = dns_is_within(name, base, Side::Permitted);
            assert_eq!(found, within, "{name} in {base}");
        }
    }

    #[test]
    fn a_wildcard_is_excluded_when_one_of_its_names_is() {
        assert!(dns_is_within("*.example.com", "secret.example.com", Side::Excluded));
        assert!(!dns_is_within("*.example.com", "secret.example.com", Side::Permitted));
        assert!(!dns_is_within("*.example.com", "a.b.example.com", Side::Excluded));
    }

    #[test]
    fn a_mailbox_subtree_is_a_mailbox_a_host_or_a_domain() {
        for (name, base, within) in [
            ("li@example.com", "li@example.com", true),
            ("Li@example.com", "li@example.com", false),
            ("li@EXAMPLE.com", "example.com", true),
            ("li@mail.example.com", "example.com", false),
            ("li@mail.example.com", ".example.com", true),
            ("li@example.com", ".example.com", false),
            ("not a mailbox", "example.com", false),
        ] {
            assert_eq!(mailbox_is_within(name, base), within, "{name} in {base}");
        }
    }

    #[test]
    fn the_host_of_a_uri_is_found() {
        assert_eq!(uri_host("https://li@www.example.com:8443/x?y"), Some("www.example.com"));
        for uri in ["urn:hefu:x", "http://192.0.2.1/", "http://[2001:db8::1]/", "http:///x"] {
            assert_eq!(uri_host(uri), None, "{uri}");
        }
    }

    #[test]
    fn an_address_is_within_its_network() {
        let network = [192, 0, 2, 0, 255, 255, 255, 0];
        assert_eq!(address_is_within(&[192, 0, 2, 9], &network), Some(true));
        assert_eq!(address_is_within(&[192, 0, 3, 9], &network), Some(false));
        assert_eq!(address_is_within(&[0; 16], &network), Some(false));
        assert_eq!(address_is_within(&[192, 0, 2, 9], &[192, 0, 2]), None);
    }
}
