//! The extensions of a draft, in a fixed order, each written once.

use std::net::IpAddr;

use const_oid::ObjectIdentifier;
use der::{Tag, asn1::AnyRef};
use gm_syntax::der_writer::DerWriter;

use crate::draft::{DraftError, Order};
use crate::issuer::{Issuer, Publication};
use crate::key_usage::KeyUsage;
use crate::oid;
use crate::profile::{Part, Pointer, PolicyNumber, Profile, ProfileKind};
use crate::subject::AlternativeName;

/// Content of a general name: context number.
const EMAIL: u8 = 1;
const DNS: u8 = 2;
const URI: u8 = 6;
const IP: u8 = 7;

/// Writes the extensions, one after the other, without the SEQUENCE around them.
pub(super) fn write(profile: &Profile, issuer: &Issuer, part: &Part, order: &Order<'_>) -> Result<Vec<u8>, DraftError> {
    let publication = issuer.publication();
    let mut list = List(DerWriter::new());
    list.add(oid::CE_AUTHORITY_KEY_IDENTIFIER, |value| {
        value.sequence(|inner| inner.context_primitive(0, issuer.key_identifier()));
    });
    list.add(oid::CE_SUBJECT_KEY_IDENTIFIER, |value| {
        value.octets(&order.public_key.key_identifier());
    });
    list.add_critical(oid::CE_KEY_USAGE, |value| bits(value, part.key_usage));
    list.add_critical(oid::CE_BASIC_CONSTRAINTS, |value| basic_constraints(value, profile));
    if !part.purposes.is_empty() {
        let write =
            |value: &mut DerWriter| value.sequence(|all| part.purposes.iter().for_each(|one| all.oid(&one.oid())));
        list.put(oid::CE_EXTENDED_KEY_USAGE, part.purposes_critical, write);
    }
    let policies = policies(profile, publication)?;
    if !policies.is_empty() {
        let cps = publication.cps().filter(|_| profile.publishes(Pointer::Cps));
        list.add(oid::CE_CERTIFICATE_POLICIES, |value| {
            certificate_policies(value, &policies, cps);
        });
    }
    if profile.publishes(Pointer::Crl) && !publication.crl().is_empty() {
        list.add(oid::CE_CRL_DISTRIBUTION_POINTS, |value| {
            distribution_points(value, publication.crl());
        });
    }
    access(&mut list, profile, publication);
    alternative_names(&mut list, order);
    for (oid, der) in order.subject.identities() {
        list.add(*oid, |value| value.raw(der));
    }
    if profile.kind() == ProfileKind::OcspSigner {
        list.add(oid::OCSP_NO_CHECK, DerWriter::null);
    }
    list.0.finish().map_err(|error| DraftError::Encoding(error.to_string()))
}

struct List(DerWriter);

impl List {
    fn add(&mut self, oid: ObjectIdentifier, value: impl FnOnce(&mut DerWriter)) {
        self.put(oid, false, value);
    }

    fn add_critical(&mut self, oid: ObjectIdentifier, value: impl FnOnce(&mut DerWriter)) {
        self.put(oid, true, value);
    }

    fn put(&mut self, oid: ObjectIdentifier, critical: bool, value: impl FnOnce(&mut DerWriter)) {
        self.0.sequence(|extension| {
            extension.oid(&oid);
            if critical {
                extension.value(&true);
            }
            extension.octets_holding(value);
        });
    }
}

fn bits(value: &mut DerWriter, usage: KeyUsage) {
    if let Ok(string) = AnyRef::new(Tag::BitString, &usage.bit_string()) {
        value.value(&string);
    }
}

fn basic_constraints(value: &mut DerWriter, profile: &Profile) {
    value.sequence(|inner| {
        if profile.kind().is_authority() {
            inner.value(&true);
            if let Some(length) = profile.path_length() {
                inner.unsigned_64(u64::from(length));
            }
        }
    });
}

/// The policies as whole identifiers. Those below the operator's arc are left out while there is no arc; a lint warns.
fn policies(profile: &Profile, publication: &Publication) -> Result<Vec<ObjectIdentifier>, DraftError> {
    let mut policies = Vec::with_capacity(profile.policies().len());
    for policy in profile.policies() {
        match (policy, publication.policy_arc()) {
            (PolicyNumber::Any, _) => policies.push(oid::ANY_POLICY),
            (PolicyNumber::Absolute(oid), _) => policies.push(*oid),
            (PolicyNumber::BelowOperator(_), None) => {}
            (PolicyNumber::BelowOperator(number), Some(arc)) => {
                let whole = ObjectIdentifier::new(&format!("{arc}.{number}"));
                policies.push(whole.map_err(|_| DraftError::Policy { number: number.clone() })?);
            }
        }
    }
    Ok(policies)
}

fn certificate_policies(value: &mut DerWriter, policies: &[ObjectIdentifier], cps: Option<&str>) {
    value.sequence(|all| {
        for policy in policies {
            all.sequence(|one| {
                one.oid(policy);
                let Some(address) = cps.filter(|_| *policy != oid::ANY_POLICY) else {
                    return;
                };
                one.sequence(|qualifiers| {
                    qualifiers.sequence(|qualifier| {
                        qualifier.oid(&oid::QT_CPS);
                        ia5(qualifier, address);
                    });
                });
            });
        }
    });
}

fn ia5(value: &mut DerWriter, text: &str) {
    if let Ok(string) = AnyRef::new(Tag::Ia5String, text.as_bytes()) {
        value.value(&string);
    }
}

fn distribution_points(value: &mut DerWriter, addresses: &[String]) {
    value.sequence(|points| {
        points.sequence(|point| {
            point.context(0, |name| {
                name.context(0, |full| {
                    for address in addresses {
                        full.context_primitive(URI, address.as_bytes());
                    }
                });
            });
        });
    });
}

fn access(list: &mut List, profile: &Profile, publication: &Publication) {
    let of = |wanted: bool, method: ObjectIdentifier, addresses: &[String]| {
        let addresses = if wanted { addresses.to_vec() } else { Vec::new() };
        addresses.into_iter().map(move |address| (method, address))
    };
    let all: Vec<_> = of(profile.publishes(Pointer::Ocsp), oid::AD_OCSP, publication.ocsp())
        .chain(of(
            profile.publishes(Pointer::CaIssuers),
            oid::AD_CA_ISSUERS,
            publication.ca_issuers(),
        ))
        .collect();
    if all.is_empty() {
        return;
    }
    list.add(oid::PE_AUTHORITY_INFO_ACCESS, |value| {
        value.sequence(|descriptions| {
            for (method, address) in &all {
                descriptions.sequence(|one| {
                    one.oid(method);
                    one.context_primitive(URI, address.as_bytes());
                });
            }
        });
    });
}

/// Critical when the subject has no name (RFC 5280 §4.2.1.6).
fn alternative_names(list: &mut List, order: &Order<'_>) {
    /// SEQUENCE of length zero.
    const EMPTY_NAME: [u8; 2] = [0x30, 0];
    let names = order.subject.alternatives();
    if names.is_empty() {
        return;
    }
    let critical = order.subject.name() == EMPTY_NAME;
    list.put(oid::CE_SUBJECT_ALT_NAME, critical, |value| {
        value.sequence(|all| {
            for name in names {
                match name {
                    AlternativeName::Email(text) => all.context_primitive(EMAIL, text.as_bytes()),
                    AlternativeName::Dns(text) => all.context_primitive(DNS, text.as_bytes()),
                    AlternativeName::Uri(text) => all.context_primitive(URI, text.as_bytes()),
                    AlternativeName::Ip(IpAddr::V4(address)) => all.context_primitive(IP, &address.octets()),
                    AlternativeName::Ip(IpAddr::V6(address)) => all.context_primitive(IP, &address.octets()),
                }
            }
        });
    });
}
