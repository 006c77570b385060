//! A certificate as its octets have it: nothing is normalised, so that lints see what will be signed.
//!
//! Parsing checks the frame (tags, definite lengths, nothing trailing); meaning is for lints and callers.

use der::Tag;
use gm_syntax::der_fields::{Element, Fields};
use gm_syntax::{Malformed, Problem};
use jiff::Timestamp;

use crate::key_usage::KeyUsage;
use crate::oid;

/// Octets of a certificate; the largest with an ML-DSA-87 key and signature have about eight thousand.
pub(crate) const CERTIFICATE_MAX: usize = 64 * 1024;
/// Extensions of one certificate; ours have eleven at most.
const EXTENSIONS_MAX: usize = 64;
/// Entries of one extension's list: names, policies, purposes, points.
pub(crate) const ENTRIES_MAX: usize = 256;

/// The outer structure: what was signed, and the signature.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signed<'a> {
    pub(crate) tbs: &'a [u8],
    pub(crate) algorithm: &'a [u8],
    pub(crate) signature: &'a [u8],
}

impl<'a> Signed<'a> {
    pub(crate) fn parse(der: &'a [u8]) -> Result<Self, Malformed> {
        Fields::message("certificate", der, CERTIFICATE_MAX, |f| {
            Ok(Self {
                tbs: f.tagged("tbsCertificate", Tag::Sequence)?.whole,
                algorithm: f.tagged("signatureAlgorithm", Tag::Sequence)?.whole,
                signature: f.bit_octets("signatureValue")?,
            })
        })
    }
}

/// The to-be-signed part.
#[derive(Clone, Debug)]
pub(crate) struct Tbs<'a> {
    /// Content of the version INTEGER; `None` when it is left out.
    pub(crate) version: Option<&'a [u8]>,
    pub(crate) serial: Element<'a>,
    pub(crate) algorithm: Element<'a>,
    pub(crate) issuer: Element<'a>,
    pub(crate) start: Element<'a>,
    pub(crate) end: Element<'a>,
    pub(crate) subject: Element<'a>,
    pub(crate) spki: Element<'a>,
    pub(crate) has_unique_identifiers: bool,
    pub(crate) extensions: Vec<Extension<'a>>,
}

/// One extension.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extension<'a> {
    /// Content of the identifier.
    pub(crate) oid: &'a [u8],
    /// The octet of the critical BOOLEAN when it is written.
    pub(crate) critical_octet: Option<u8>,
    /// Content of the OCTET STRING.
    pub(crate) value: &'a [u8],
    pub(crate) offset: usize,
}

impl Extension<'_> {
    pub(crate) fn is_critical(&self) -> bool {
        self.critical_octet.is_some_and(|octet| octet != 0)
    }
}

/// Basic constraints.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct BasicConstraints {
    pub(crate) ca: bool,
    pub(crate) path_length: Option<u64>,
}

/// What decides whether a certificate is an authority's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Constraints {
    pub(crate) basic: Option<BasicConstraints>,
    pub(crate) key_usage: Option<KeyUsage>,
}

impl<'a> Tbs<'a> {
    pub(crate) fn parse(tbs: &'a [u8]) -> Result<Self, Malformed> {
        Fields::message("tbsCertificate", tbs, CERTIFICATE_MAX, |f| {
            let version = f.optional_explicit("version", 0, |f| Ok(f.tagged("version", Tag::Integer)?.content))?;
            let serial = f.tagged("serialNumber", Tag::Integer)?;
            let algorithm = f.tagged("signature", Tag::Sequence)?;
            let issuer = f.tagged("issuer", Tag::Sequence)?;
            let (start, end) = f.sequence("validity", |f| Ok((f.element("notBefore")?, f.element("notAfter")?)))?;
            let subject = f.tagged("subject", Tag::Sequence)?;
            let spki = f.tagged("subjectPublicKeyInfo", Tag::Sequence)?;
            let mut has_unique_identifiers = false;
            for number in [1, 2] {
                if f.next_is_context(number) {
                    f.element("uniqueIdentifier")?;
                    has_unique_identifiers = true;
                }
            }
            let extensions = f.optional_explicit("extensions", 3, |f| {
                f.sequence_of("extensions", EXTENSIONS_MAX, |f| f.sequence("extension", extension))
            })?;
            let extensions = extensions.unwrap_or_default();
            Ok(Self {
                version,
                serial,
                algorithm,
                issuer,
                start,
                end,
                subject,
                spki,
                has_unique_identifiers,
                extensions,
            })
        })
    }

    pub(crate) fn extension(&self, oid: const_oid::ObjectIdentifier) -> Option<&Extension<'a>> {
        self.extensions.iter().find(|extension| extension.oid == oid.as_bytes())
    }

    pub(crate) fn not_before(&self) -> Option<Timestamp> {
        time(&self.start)
    }

    pub(crate) fn not_after(&self) -> Option<Timestamp> {
        time(&self.end)
    }

    pub(crate) fn constraints(&self) -> Result<Constraints, Malformed> {
        let basic = self
            .extension(oid::CE_BASIC_CONSTRAINTS)
            .map(|found| basic_constraints(found.value))
            .transpose()?;
        let key_usage = self
            .extension(oid::CE_KEY_USAGE)
            .map(|found| key_usage(found.value))
            .transpose()?;
        Ok(Constraints { basic, key_usage })
    }

    pub(crate) fn subject_key_identifier(&self) -> Result<Option<&'a [u8]>, Malformed> {
        self.extension(oid::CE_SUBJECT_KEY_IDENTIFIER)
            .map(|found| subject_key_identifier(found.value))
            .transpose()
    }
}

fn extension<'a>(f: &mut Fields<'a>) -> Result<Extension<'a>, Malformed> {
    let offset = f.offset();
    let oid = f.tagged("extnID", Tag::ObjectIdentifier)?.content;
    let critical_octet = if f.next_tag() == Some(Tag::Boolean) {
        let critical = f.tagged("critical", Tag::Boolean)?;
        let [octet] = critical.content else {
            return Err(critical.malformed("critical", Problem::Value("is no BOOLEAN")));
        };
        Some(*octet)
    } else {
        None
    };
    let value = f.tagged("extnValue", Tag::OctetString)?.content;
    Ok(Extension {
        oid,
        critical_octet,
        value,
        offset,
    })
}

/// Reads `UTCTime` (RFC 5280 §4.1.2.5.1) or `GeneralizedTime` (§4.1.2.5.2), seconds and Z always; `None` for any other form.
pub(crate) fn time(element: &Element<'_>) -> Option<Timestamp> {
    let (year, rest) = match (element.tag, element.content.len()) {
        (Tag::UtcTime, 13) => {
            let (year, rest) = element.content.split_at_checked(2)?;
            let year = number(year)?;
            (if year >= 50 { 1900 + year } else { 2000 + year }, rest)
        }
        (Tag::GeneralizedTime, 15) => {
            let (year, rest) = element.content.split_at_checked(4)?;
            (number(year)?, rest)
        }
        _ => return None,
    };
    let (digits, zone) = rest.split_at_checked(10)?;
    if zone != b"Z" {
        return None;
    }
    let mut pairs = digits
        .chunks(2)
        .map(|pair| number(pair).and_then(|number| i8::try_from(number).ok()));
    let mut next = || pairs.next().flatten();
    let (month, day, hour, minute, second) = (next()?, next()?, next()?, next()?, next()?);
    let civil = jiff::civil::DateTime::new(year, month, day, hour, minute, second, 0).ok()?;
    jiff::tz::Offset::UTC.to_timestamp(civil).ok()
}

fn number(digits: &[u8]) -> Option<i16> {
    digits.iter().try_fold(0, |number: i16, digit| {
        let digit = digit.is_ascii_digit().then(|| i16::from(digit - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    })
}

pub(crate) fn basic_constraints(value: &[u8]) -> Result<BasicConstraints, Malformed> {
    Fields::message("basicConstraints", value, CERTIFICATE_MAX, |f| {
        let ca = if f.next_tag() == Some(Tag::Boolean) {
            f.tagged("cA", Tag::Boolean)?.content.iter().any(|octet| *octet != 0)
        } else {
            false
        };
        let path_length = if f.is_empty() {
            None
        } else {
            Some(f.unsigned_64("pathLenConstraint")?)
        };
        Ok(BasicConstraints { ca, path_length })
    })
}

pub(crate) fn key_usage(value: &[u8]) -> Result<KeyUsage, Malformed> {
    let mut fields = Fields::over(value);
    let element = fields.tagged("keyUsage", Tag::BitString)?;
    fields.finish()?;
    let wrong = || element.malformed("keyUsage", Problem::Value("is no BIT STRING"));
    KeyUsage::from_bit_string(element.content).ok_or_else(wrong)
}

pub(crate) fn subject_key_identifier(value: &[u8]) -> Result<&[u8], Malformed> {
    let mut fields = Fields::over(value);
    let identifier = fields.octets("subjectKeyIdentifier", CERTIFICATE_MAX)?;
    fields.finish()?;
    Ok(identifier)
}

/// The keyIdentifier of an authority key identifier extension; `None` inside when it names the key another way.
pub(crate) fn authority_key_identifier(value: &[u8]) -> Result<Option<&[u8]>, Malformed> {
    Fields::message("authorityKeyIdentifier", value, CERTIFICATE_MAX, |f| {
        let identifier = f.optional_primitive("keyIdentifier", 0)?.map(|element| element.content);
        while !f.is_empty() {
            f.element("authorityCert")?;
        }
        Ok(identifier)
    })
}

/// A list of OBJECT IDENTIFIERs, contents only.
pub(crate) fn purposes(value: &[u8]) -> Result<Vec<&[u8]>, Malformed> {
    let mut fields = Fields::over(value);
    let purposes = fields.sequence_of("extKeyUsage", ENTRIES_MAX, |f| {
        Ok(f.tagged("keyPurposeId", Tag::ObjectIdentifier)?.content)
    })?;
    fields.finish()?;
    Ok(purposes)
}

/// One general name: its context number and content.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct GeneralName<'a> {
    pub(crate) number: u32,
    pub(crate) content: &'a [u8],
}

impl GeneralName<'_> {
    pub(crate) const EMAIL: u32 = 1;
    pub(crate) const DNS: u32 = 2;
    pub(crate) const URI: u32 = 6;
    pub(crate) const IP: u32 = 7;

    /// The content as ASCII text.
    pub(crate) fn ascii(&self) -> Option<&str> {
        std::str::from_utf8(self.content).ok().filter(|text| text.is_ascii())
    }
}

pub(crate) fn general_names(value: &[u8]) -> Result<Vec<GeneralName<'_>>, Malformed> {
    let mut fields = Fields::over(value);
    let names = fields.sequence_of("generalNames", ENTRIES_MAX, general_name)?;
    fields.finish()?;
    Ok(names)
}

pub(crate) fn general_name<'a>(f: &mut Fields<'a>) -> Result<GeneralName<'a>, Malformed> {
    let element = f.element("generalName")?;
    if !element.tag.is_context_specific() {
        return Err(element.malformed("generalName", Problem::Value("is no GeneralName")));
    }
    Ok(GeneralName {
        number: element.tag.number().value(),
        content: element.content,
    })
}

/// One policy: its identifier and its qualifiers (identifier, and the whole qualifier).
#[derive(Clone, Debug)]
pub(crate) struct Policy<'a> {
    pub(crate) oid: &'a [u8],
    pub(crate) qualifiers: Vec<(&'a [u8], Element<'a>)>,
}

pub(crate) fn policies(value: &[u8]) -> Result<Vec<Policy<'_>>, Malformed> {
    let mut fields = Fields::over(value);
    let policies = fields.sequence_of("certificatePolicies", ENTRIES_MAX, |f| f.sequence("policy", policy))?;
    fields.finish()?;
    Ok(policies)
}

fn policy<'a>(f: &mut Fields<'a>) -> Result<Policy<'a>, Malformed> {
    let oid = f.tagged("policyIdentifier", Tag::ObjectIdentifier)?.content;
    let qualifiers = if f.is_empty() {
        Vec::new()
    } else {
        f.sequence_of("policyQualifiers", ENTRIES_MAX, |f| {
            f.sequence("qualifier", |f| {
                Ok((
                    f.tagged("policyQualifierId", Tag::ObjectIdentifier)?.content,
                    f.element("qualifier")?,
                ))
            })
        })?
    };
    Ok(Policy { oid, qualifiers })
}

/// One CRL distribution point: its full names, whether it has a name or an issuer at all, whether it limits reasons.
#[derive(Clone, Debug, Default)]
pub(crate) struct DistributionPoint<'a> {
    pub(crate) names: Vec<GeneralName<'a>>,
    pub(crate) has_name: bool,
    pub(crate) has_issuer: bool,
    pub(crate) has_reasons: bool,
}

pub(crate) fn distribution_points(value: &[u8]) -> Result<Vec<DistributionPoint<'_>>, Malformed> {
    let mut fields = Fields::over(value);
    let points = fields.sequence_of("cRLDistributionPoints", ENTRIES_MAX, |f| {
        f.sequence("distributionPoint", point)
    })?;
    fields.finish()?;
    Ok(points)
}

fn point<'a>(f: &mut Fields<'a>) -> Result<DistributionPoint<'a>, Malformed> {
    let mut point = DistributionPoint::default();
    let names = f.optional_explicit("distributionPoint", 0, |f| {
        let choice = f.element("distributionPointName")?;
        if !choice.is_context(0) {
            return Ok(Vec::new());
        }
        let mut inner = Fields::over(choice.content);
        let mut names = Vec::new();
        while !inner.is_empty() && names.len() < ENTRIES_MAX {
            names.push(general_name(&mut inner)?);
        }
        inner.finish()?;
        Ok(names)
    })?;
    point.has_name = names.is_some();
    point.names = names.unwrap_or_default();
    while !f.is_empty() {
        let element = f.element("distributionPoint")?;
        point.has_reasons |= element.is_context(1);
        point.has_issuer |= element.is_context(2);
    }
    Ok(point)
}

/// Access descriptions: method and location.
pub(crate) fn access_descriptions(value: &[u8]) -> Result<Vec<(&[u8], GeneralName<'_>)>, Malformed> {
    let mut fields = Fields::over(value);
    let descriptions = fields.sequence_of("authorityInfoAccess", ENTRIES_MAX, |f| {
        f.sequence("accessDescription", |f| {
            Ok((
                f.tagged("accessMethod", Tag::ObjectIdentifier)?.content,
                general_name(f)?,
            ))
        })
    })?;
    fields.finish()?;
    Ok(descriptions)
}

/// How deep elements may nest: nine levels occur in certificates.
const DEPTH_MAX: u32 = 24;

/// Walks everything: every constructed element holds whole elements, lengths are the shortest (X.690 §10.1).
///
/// By hand and without copies, because it sees every octet of every certificate before it is signed.
pub(crate) fn well_formed(bytes: &[u8]) -> Result<(), Malformed> {
    walk(bytes, 0, DEPTH_MAX).map_err(|(offset, problem)| Malformed::new("element", offset, Problem::Value(problem)))
}

fn walk(bytes: &[u8], start: usize, depth: u32) -> Result<(), (usize, &'static str)> {
    let mut rest = bytes;
    while let Some((tag, after_tag)) = rest.split_first() {
        let offset = start + bytes.len() - rest.len();
        let wrong = |problem| (offset, problem);
        if tag & 0x1f == 0x1f {
            return Err(wrong("has a long tag, which no certificate needs"));
        }
        let (length, content) = length(after_tag).ok_or(wrong("has a length that is not the shortest"))?;
        let (inside, next) = content.split_at_checked(length).ok_or(wrong("ends too early"))?;
        if tag & 0x20 != 0 {
            let below = depth.checked_sub(1).ok_or(wrong("is nested too deeply"))?;
            walk(inside, start + bytes.len() - content.len(), below)?;
        }
        rest = next;
    }
    Ok(())
}

/// A definite length in its shortest form, and what follows it. Lengths above 16 bits occur in no certificate.
fn length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    match bytes {
        [short @ 0..=0x7f, rest @ ..] => Some((usize::from(*short), rest)),
        [0x81, one @ 0x80..=0xff, rest @ ..] => Some((usize::from(*one), rest)),
        [0x82, high @ 1..=0xff, low, rest @ ..] => Some((usize::from(*high) << 8 | usize::from(*low), rest)),
        _ => None,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn time_of(tag: u8, text: &str) -> Option<String> {
        let mut der = vec![tag, u8::try_from(text.len()).unwrap()];
        der.extend_from_slice(text.as_bytes());
        let element = Fields::over(&der).element("time").unwrap();
        time(&element).map(|time| time.to_string())
    }

    #[test]
    fn two_digit_years_turn_at_fifty() {
        assert_eq!(time_of(0x17, "491231235959Z").as_deref(), Some("2049-12-31T23:59:59Z"));
        assert_eq!(time_of(0x17, "500101000000Z").as_deref(), Some("1950-01-01T00:00:00Z"));
        assert_eq!(
            time_of(0x18, "20500101000000Z").as_deref(),
            Some("2050-01-01T00:00:00Z")
        );
    }

    #[test]
    fn lengths_are_definite_and_shortest_at_every_depth() {
        let check = |hex_text: &str| well_formed(&hex::decode(hex_text).unwrap());
        assert!(check("3003020101").is_ok() && check("").is_ok() && check("0500300405000500").is_ok());
        for (text, offset) in [
            ("308103020101", 0),   // long form for a short length
            ("3080020101", 0),     // indefinite
            ("30820003020101", 0), // a leading zero
            ("3004020101", 0),     // ends too early
            ("300430020201", 4),   // inner element ends too early
            ("1f8101", 0),         // long tag
            ("02", 0),             // no length
        ] {
            assert_eq!(check(text).unwrap_err().offset(), offset, "{text}");
        }
        let deep = (0..40).fold(Vec::new(), |inner: Vec<u8>, _| {
            let mut outer = vec![0x30, u8::try_from(inner.len()).unwrap()];
            outer.extend(inner);
            outer
        });
        assert!(well_formed(&deep).is_err());
    }

    #[test]
    fn times_in_other_forms_are_not_read() {
        for (tag, text) in [
            (0x17, "4912312359Z"),
            (0x17, "491231235959+0800"),
            (0x17, "491331235959Z"),
            (0x18, "20500101000000.5Z"),
            (0x18, "20500101000000+"),
            (0x04, "20500101000000Z"),
        ] {
            assert_eq!(time_of(tag, text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let _ = Signed::parse(&bytes);
            let _ = well_formed(&bytes);
            if let Ok(tbs) = Tbs::parse(&bytes) {
                let _ = (tbs.not_before(), tbs.not_after());
            }
            let _ = (basic_constraints(&bytes), key_usage(&bytes), purposes(&bytes));
            let _ = (general_names(&bytes), policies(&bytes), distribution_points(&bytes), access_descriptions(&bytes));
            let _ = (authority_key_identifier(&bytes), subject_key_identifier(&bytes));
        }
    }
}
