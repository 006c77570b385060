//! Responses as a client reads them (RFC 6960 §4.2): what the bytes claim, before anything is verified.

use der::{Decode, Tag};
use gm_suite::{PublicKey, SignatureAlgorithm};
use jiff::Timestamp;
use spki::AlgorithmIdentifierOwned;

use super::answer::{CertStatus, ResponseStatus};
use super::cert_id::CertId;
use super::nonce::Nonce;
use super::request::read_version;
use super::verify::OcspError;
use super::{CERT_IDS_MAX, RESPONSE_BYTES_MAX, RESPONSE_CERTIFICATES_MAX};
use crate::crl::reader::read_reason;
use crate::time::read_generalized;
use crate::walk::{Field, Malformed, Walk, constructed, primitive};
use crate::{extension, oid};

/// An `OCSPResponse`.
#[derive(Clone, Debug)]
pub enum OcspResponse<'a> {
    /// The request was answered.
    Answered(BasicResponse<'a>),
    /// The request was not answered; never [`ResponseStatus::Successful`]. Nobody signs this.
    Refused(ResponseStatus),
}

impl<'a> OcspResponse<'a> {
    /// Reads a DER `OCSPResponse`.
    ///
    /// # Errors
    /// Bytes that are not one response and nothing after it, too many of them, another response type than
    /// id-pkix-ocsp-basic.
    pub fn from_der(der: &'a [u8]) -> Result<Self, OcspError> {
        if der.len() > RESPONSE_BYTES_MAX {
            return Err(OcspError::TooLong(der.len()));
        }
        let mut fields = Walk::sequence("OCSPResponse", der)?;
        let status = fields.expect("responseStatus", Tag::Enumerated)?;
        let bytes = fields.optional("responseBytes", constructed(0))?;
        fields.finish()?;
        let code = if let [code] = status.value {
            ResponseStatus::from_code(*code)
        } else {
            None
        };
        match (code.ok_or(status.malformed())?, bytes) {
            (ResponseStatus::Successful, Some(bytes)) => Ok(Self::Answered(read_bytes(&bytes)?)),
            (ResponseStatus::Successful, None) => Err(status.malformed().into()),
            (refused, _) => Ok(Self::Refused(refused)),
        }
    }

    /// The answers.
    ///
    /// # Errors
    /// [`OcspError::Refused`] if there are none.
    pub fn answered(self) -> Result<BasicResponse<'a>, OcspError> {
        match self {
            Self::Answered(basic) => Ok(basic),
            Self::Refused(status) => Err(OcspError::Refused(status)),
        }
    }
}

fn read_bytes<'a>(field: &Field<'a>) -> Result<BasicResponse<'a>, OcspError> {
    let mut fields = field.only("responseBytes", Tag::Sequence)?.open("responseBytes");
    let kind = fields.expect("responseType", Tag::ObjectIdentifier)?;
    let octets = fields.expect("response", Tag::OctetString)?;
    fields.finish()?;
    if kind.value == oid::OCSP_BASIC {
        Ok(BasicResponse::read(octets.value)?)
    } else {
        Err(OcspError::Type(extension::dotted(kind.value)))
    }
}

/// Who says to have signed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ResponderId<'a> {
    /// A Name in DER.
    ByName(&'a [u8]),
    /// SHA-1 of the content of the key's BIT STRING.
    ByKey(&'a [u8]),
}

impl<'a> ResponderId<'a> {
    fn read(fields: &mut Walk<'a>) -> Result<Self, Malformed> {
        let place = "responderID";
        let field = fields.any(place)?;
        if field.tag == constructed(1) {
            Ok(Self::ByName(field.only(place, Tag::Sequence)?.whole))
        } else if field.tag == constructed(2) {
            Ok(Self::ByKey(field.only(place, Tag::OctetString)?.value))
        } else {
            Err(field.malformed())
        }
    }

    /// Whether the holder of this name and key is meant.
    #[must_use]
    pub fn is(&self, name: &[u8], key: &PublicKey) -> bool {
        match self {
            Self::ByName(claimed) => *claimed == name,
            Self::ByKey(claimed) => *claimed == key.key_identifier(),
        }
    }
}

/// A `BasicOCSPResponse`; [`BasicResponse::verify`](super::verify) makes it evidence.
#[derive(Clone, Debug)]
pub struct BasicResponse<'a> {
    pub(super) tbs: &'a [u8],
    pub(super) algorithm: &'a [u8],
    pub(super) signature: &'a [u8],
    pub(super) certificates: Vec<&'a [u8]>,
    responder: ResponderId<'a>,
    produced_at: Timestamp,
    singles: Vec<Single<'a>>,
    nonce: Option<Nonce<'a>>,
    pub(super) critical: Option<&'a [u8]>,
}

impl<'a> BasicResponse<'a> {
    fn read(der: &'a [u8]) -> Result<Self, Malformed> {
        let mut fields = Walk::sequence("BasicOCSPResponse", der)?;
        let tbs = fields.expect("tbsResponseData", Tag::Sequence)?;
        let algorithm = fields.expect("signatureAlgorithm", Tag::Sequence)?.whole;
        let signature = fields.expect("signature", Tag::BitString)?.bits()?;
        let certificates = match fields.optional("certs", constructed(0))? {
            Some(field) => read_certificates(&field)?,
            None => Vec::new(),
        };
        fields.finish()?;

        let mut data = tbs.open("tbsResponseData");
        read_version(&mut data)?;
        let responder = ResponderId::read(&mut data)?;
        let produced_at = read_generalized(&data.any("producedAt")?)?;
        let singles = read_singles(&data.expect("responses", Tag::Sequence)?)?;
        let mut basic = Self {
            tbs: tbs.whole,
            algorithm,
            signature,
            certificates,
            responder,
            produced_at,
            singles,
            nonce: None,
            critical: None,
        };
        if let Some(field) = data.optional("responseExtensions", constructed(1))? {
            basic.read_extensions(&field)?;
        }
        data.finish()?;
        Ok(basic)
    }

    fn read_extensions(&mut self, field: &Field<'a>) -> Result<(), Malformed> {
        let place = "responseExtensions";
        let list = field.only(place, Tag::Sequence)?.open(place);
        extension::for_each(place, list, |extension| {
            match extension.oid {
                oid::OCSP_NONCE => self.nonce = Some(Nonce::read(extension.value)?),
                unknown if extension.critical => self.critical = Some(unknown),
                _ => {}
            }
            Ok(())
        })
    }

    /// Who says to have signed.
    #[must_use]
    pub const fn responder(&self) -> ResponderId<'a> {
        self.responder
    }

    /// When it was signed.
    #[must_use]
    pub const fn produced_at(&self) -> Timestamp {
        self.produced_at
    }

    /// The answers, at least one.
    #[must_use]
    pub fn singles(&self) -> &[Single<'a>] {
        &self.singles
    }

    /// The nonce of the request that this answers.
    #[must_use]
    pub const fn nonce(&self) -> Option<Nonce<'a>> {
        self.nonce
    }

    /// The certificates that came along, each in DER; not verified.
    #[must_use]
    pub fn certificates(&self) -> &[&'a [u8]] {
        &self.certificates
    }

    /// The signature algorithm.
    ///
    /// # Errors
    /// One that is not known here.
    pub fn algorithm(&self) -> Result<SignatureAlgorithm, OcspError> {
        let identifier = AlgorithmIdentifierOwned::from_der(self.algorithm)
            .map_err(|error| Malformed::new("signatureAlgorithm", error.kind()))?;
        Ok(SignatureAlgorithm::from_identifier(&identifier)?)
    }
}

fn read_certificates<'a>(field: &Field<'a>) -> Result<Vec<&'a [u8]>, Malformed> {
    let mut list = field.only("certs", Tag::Sequence)?.open("certs");
    let mut certificates = Vec::with_capacity(1);
    while !list.is_done() {
        if certificates.len() == RESPONSE_CERTIFICATES_MAX {
            return Err(field.malformed());
        }
        certificates.push(list.expect("certificate", Tag::Sequence)?.whole);
    }
    Ok(certificates)
}

fn read_singles<'a>(field: &Field<'a>) -> Result<Vec<Single<'a>>, Malformed> {
    let mut list = field.open("responses");
    let mut singles = Vec::with_capacity(1);
    while !list.is_done() {
        if singles.len() == CERT_IDS_MAX {
            return Err(field.malformed());
        }
        singles.push(Single::read(&list.expect("SingleResponse", Tag::Sequence)?)?);
    }
    if singles.is_empty() {
        Err(field.malformed())
    } else {
        Ok(singles)
    }
}

/// A `SingleResponse`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Single<'a> {
    /// Which certificate.
    pub cert_id: CertId<'a>,
    /// What the responder knows of it.
    pub status: CertStatus,
    /// When it was known to be so.
    pub this_update: Timestamp,
    /// Until when the answer may be used.
    pub next_update: Option<Timestamp>,
    pub(super) critical: Option<&'a [u8]>,
}

impl<'a> Single<'a> {
    fn read(field: &Field<'a>) -> Result<Self, Malformed> {
        let mut fields = field.open("SingleResponse");
        let cert_id = CertId::read(&fields.expect("CertID", Tag::Sequence)?)?;
        let status = read_status(&fields.any("certStatus")?)?;
        let this_update = read_generalized(&fields.any("thisUpdate")?)?;
        let next_update = match fields.optional("nextUpdate", constructed(0))? {
            Some(field) => Some(read_generalized(&field.only("nextUpdate", Tag::GeneralizedTime)?)?),
            None => None,
        };
        let mut critical = None;
        if let Some(field) = fields.optional("singleExtensions", constructed(1))? {
            let place = "singleExtensions";
            let list = field.only(place, Tag::Sequence)?.open(place);
            extension::for_each(place, list, |extension| {
                if extension.critical {
                    critical = Some(extension.oid);
                }
                Ok::<(), Malformed>(())
            })?;
        }
        fields.finish()?;
        Ok(Self {
            cert_id,
            status,
            this_update,
            next_update,
            critical,
        })
    }
}

fn read_status(field: &Field<'_>) -> Result<CertStatus, Malformed> {
    if field.tag == primitive(0) && field.value.is_empty() {
        return Ok(CertStatus::Good);
    }
    if field.tag == primitive(2) && field.value.is_empty() {
        return Ok(CertStatus::Unknown);
    }
    if field.tag != constructed(1) {
        return Err(field.malformed());
    }
    let mut fields = field.open("revoked");
    let at = read_generalized(&fields.any("revocationTime")?)?;
    let reason = match fields.optional("revocationReason", constructed(0))? {
        Some(field) => read_reason(&field.only("revocationReason", Tag::Enumerated)?)?,
        None => None,
    };
    fields.finish()?;
    Ok(CertStatus::Revoked { at, reason })
}
