//! How messages name a certificate: its issuer and serial number.

use der::Tag;
use x509_cert::{Certificate, name::Name};

use crate::{
    der_fields::Fields,
    der_writer::DerWriter,
    malformed::{Malformed, Problem},
};

/// Octets of a serial number: RFC 5280 4.1.2.2 allows twenty; older CAs wrote up to 32.
pub const SERIAL_BYTES_MAX: usize = 32;

/// Octets of a distinguished name. The longest in use have some 600.
pub const NAME_BYTES_MAX: usize = 4096;

/// `IssuerAndSerialNumber ::= SEQUENCE { issuer Name, serialNumber INTEGER }`
/// (GB/T 35275, RFC 5652 10.2.4).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct IssuerAndSerial {
    /// The issuer's distinguished name.
    pub issuer: Name,
    /// The serial number as big-endian octets without leading zeros.
    pub serial: Vec<u8>,
}

impl IssuerAndSerial {
    /// The name of a certificate by its parts; leading zeros of `serial` do not count.
    #[must_use]
    pub fn new(issuer: Name, serial: &[u8]) -> Self {
        Self {
            issuer,
            serial: without_leading_zeros(serial).to_vec(),
        }
    }

    /// The name of this certificate.
    #[must_use]
    pub fn of(certificate: &Certificate) -> Self {
        let tbs = certificate.tbs_certificate();
        Self::new(tbs.issuer().clone(), tbs.serial_number().as_bytes())
    }

    pub(crate) fn write(&self, w: &mut DerWriter) {
        w.sequence(|w| {
            w.value(&self.issuer);
            w.unsigned(&self.serial);
        });
    }

    pub(crate) fn read(fields: &mut Fields<'_>, field: &str) -> Result<Self, Malformed> {
        fields.sequence(field, |fields| {
            let issuer = read_name(fields, "issuer")?;
            let serial = fields.unsigned("serialNumber", SERIAL_BYTES_MAX)?;
            Ok(Self::new(issuer, serial))
        })
    }
}

/// A distinguished name of at most [`NAME_BYTES_MAX`] octets.
///
/// # Errors
/// As [`Fields::canonical`], and [`Problem::TooLong`].
pub fn read_name(fields: &mut Fields<'_>, field: &str) -> Result<Name, Malformed> {
    let element = fields.tagged(field, Tag::Sequence)?;
    let found = element.whole.len();
    if found > NAME_BYTES_MAX {
        let max = NAME_BYTES_MAX;
        return Err(element.malformed(field, Problem::TooLong { max, found }));
    }
    crate::der_fields::canonical(&element, field)
}

/// Big-endian octets of a number without leading zeros; zero has no octets.
#[must_use]
pub fn without_leading_zeros(octets: &[u8]) -> &[u8] {
    let first = octets.iter().position(|octet| *octet != 0);
    first.and_then(|at| octets.get(at..)).unwrap_or_default()
}
