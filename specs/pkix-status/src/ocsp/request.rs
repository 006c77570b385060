//! Requests: read by responders, written by clients (RFC 6960 §4.1).

use der::Tag;

use super::answer::ResponseStatus;
use super::cert_id::{CertId, CertIdBuf};
use super::nonce::Nonce;
use super::{CERT_IDS_MAX, REQUEST_BYTES_MAX};
use crate::encode::{self, SEQUENCE};
use crate::walk::{Field, Malformed, Walk, constructed};
use crate::{extension, oid};

/// A request cannot be answered.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum RequestError {
    /// Not an `OCSPRequest`.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// Longer than [`REQUEST_BYTES_MAX`].
    #[error("OCSP request of {0} octets; at most {REQUEST_BYTES_MAX} are read")]
    TooLong(usize),
    /// The path of a GET is not percent-encoded Base64.
    #[error("the path of the OCSP request is not Base64")]
    NotBase64,
    /// More certificates than [`CERT_IDS_MAX`].
    #[error("OCSP request about more than {CERT_IDS_MAX} certificates")]
    TooMany,
    /// A critical extension that is not processed here.
    #[error("OCSP request has the critical extension {0}, which is not processed")]
    Critical(String),
}

impl RequestError {
    /// What the responder answers.
    #[must_use]
    pub const fn status(&self) -> ResponseStatus {
        match self {
            Self::Malformed(_) | Self::TooLong(_) | Self::NotBase64 | Self::TooMany | Self::Critical(_) => {
                ResponseStatus::MalformedRequest
            }
        }
    }
}

/// A request, borrowed from its bytes.
///
/// The optional signature is read and not verified: the service answers everybody the same.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OcspRequest<'a> {
    cert_ids: Vec<CertId<'a>>,
    nonce: Option<Nonce<'a>>,
    signed: bool,
}

impl<'a> OcspRequest<'a> {
    /// Reads a DER `OCSPRequest`.
    ///
    /// # Errors
    /// Bytes that are not one request and nothing after it, more certificates than [`CERT_IDS_MAX`], a nonce
    /// outside the limits of RFC 9654, an unknown critical extension.
    pub fn from_der(der: &'a [u8]) -> Result<Self, RequestError> {
        if der.len() > REQUEST_BYTES_MAX {
            return Err(RequestError::TooLong(der.len()));
        }
        let mut outer = Walk::sequence("OCSPRequest", der)?;
        let tbs = outer.expect("tbsRequest", Tag::Sequence)?;
        let signature = outer.optional("optionalSignature", constructed(0))?;
        outer.finish()?;
        if let Some(signature) = &signature {
            read_signature(signature)?;
        }

        let mut fields = tbs.open("tbsRequest");
        read_version(&mut fields)?;
        if let Some(name) = fields.optional("requestorName", constructed(1))? {
            let mut inside = name.open("requestorName");
            inside.any("requestorName")?;
            inside.finish()?;
        }
        let cert_ids = read_list(&fields.expect("requestList", Tag::Sequence)?)?;
        let nonce = match fields.optional("requestExtensions", constructed(2))? {
            Some(field) => read_extensions("requestExtensions", &field)?,
            None => None,
        };
        fields.finish()?;
        Ok(Self {
            cert_ids,
            nonce,
            signed: signature.is_some(),
        })
    }

    /// The certificates asked about; at least one.
    #[must_use]
    pub fn cert_ids(&self) -> &[CertId<'a>] {
        &self.cert_ids
    }

    /// The nonce to echo.
    #[must_use]
    pub const fn nonce(&self) -> Option<Nonce<'a>> {
        self.nonce
    }

    /// Whether the request carries a signature (which was not verified).
    #[must_use]
    pub const fn is_signed(&self) -> bool {
        self.signed
    }
}

/// `[0] EXPLICIT Version DEFAULT v1`: only version 1 exists.
pub(super) fn read_version(fields: &mut Walk<'_>) -> Result<(), Malformed> {
    let Some(version) = fields.optional("version", constructed(0))? else {
        return Ok(());
    };
    let number = version.only("version", Tag::Integer)?;
    if number.value == [0] {
        Ok(())
    } else {
        Err(number.malformed())
    }
}

/// The frame of `Signature`: algorithm, bits, certificates.
fn read_signature(field: &Field<'_>) -> Result<(), Malformed> {
    let place = "optionalSignature";
    let mut inside = field.only(place, Tag::Sequence)?.open(place);
    inside.expect(place, Tag::Sequence)?;
    inside.expect(place, Tag::BitString)?.bits()?;
    inside.optional(place, constructed(0))?;
    inside.finish()
}

fn read_list<'a>(field: &Field<'a>) -> Result<Vec<CertId<'a>>, RequestError> {
    let mut list = field.open("requestList");
    let mut cert_ids = Vec::with_capacity(1);
    while !list.is_done() {
        if cert_ids.len() == CERT_IDS_MAX {
            return Err(RequestError::TooMany);
        }
        let mut request = list.expect("Request", Tag::Sequence)?.open("Request");
        cert_ids.push(CertId::read(&request.expect("CertID", Tag::Sequence)?)?);
        if let Some(extensions) = request.optional("singleRequestExtensions", constructed(0))? {
            // Nothing is understood here, serviceLocator least of all; a critical one is refused.
            read_extensions("singleRequestExtensions", &extensions)?;
        }
        request.finish().map_err(RequestError::from)?;
    }
    if cert_ids.is_empty() {
        Err(field.malformed().into())
    } else {
        Ok(cert_ids)
    }
}

/// The nonce, if the list has one.
fn read_extensions<'a>(place: &'static str, field: &Field<'a>) -> Result<Option<Nonce<'a>>, RequestError> {
    let mut nonce = None;
    let list = field.only(place, Tag::Sequence)?.open(place);
    extension::for_each(place, list, |extension| match extension.oid {
        oid::OCSP_NONCE => {
            nonce = Some(Nonce::read(extension.value)?);
            Ok(())
        }
        unknown if extension.critical => Err(RequestError::Critical(extension::dotted(unknown))),
        _ => Ok(()),
    })?;
    Ok(nonce)
}

/// Writes a request about these certificates, unsigned.
///
/// Give a nonce where the responder can be expected to echo it ([`Nonce::fresh`]); without one the answer may
/// come from a cache.
#[must_use]
pub fn write_request(cert_ids: &[CertIdBuf], nonce: Option<Nonce<'_>>) -> Vec<u8> {
    let mut out = Vec::with_capacity(64 + 128 * cert_ids.len());
    encode::nested(&mut out, SEQUENCE, |out| {
        encode::nested(out, SEQUENCE, |out| {
            encode::nested(out, SEQUENCE, |out| {
                for id in cert_ids {
                    encode::element(out, SEQUENCE, id.der());
                }
            });
            if let Some(nonce) = nonce {
                encode::nested(out, encode::context(2), |out| {
                    encode::nested(out, SEQUENCE, |out| {
                        extension::push(out, oid::OCSP_NONCE, |out| nonce.push(out));
                    });
                });
            }
        });
    });
    out
}
