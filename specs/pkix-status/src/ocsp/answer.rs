//! Responses as a responder writes them (RFC 6960 §4.2), by hand in DER: the path that every relying party
//! waits on.

use std::sync::Arc;

use der::Encode;
use gm_suite::{SignError, Signer};
use jiff::Timestamp;

use super::RESPONSE_CERTIFICATES_MAX;
use super::cert_id::CertId;
use super::nonce::Nonce;
use crate::encode::{self, ENUMERATED, SEQUENCE};
use crate::reason::RevocationReason;
use crate::time::{TimeOutOfRange, push_generalized};
use crate::walk::{Malformed, Walk};
use crate::{extension, oid};

/// Octets that one answer takes beside its `CertID`, and the frame of the response: for the first allocation only.
const FRAME_ROOM: usize = 256;

/// Whether a request was answered (`OCSPResponseStatus`).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum ResponseStatus {
    /// The response carries answers.
    Successful,
    /// The request cannot be read.
    MalformedRequest,
    /// The responder has a fault.
    InternalError,
    /// The responder cannot answer now.
    TryLater,
    /// The responder wants signed requests.
    SigRequired,
    /// The responder does not answer for this issuer (RFC 5019 §2.2.3).
    Unauthorized,
}

impl ResponseStatus {
    /// Every status, in the order of its code.
    pub const ALL: [Self; 6] = [
        Self::Successful,
        Self::MalformedRequest,
        Self::InternalError,
        Self::TryLater,
        Self::SigRequired,
        Self::Unauthorized,
    ];

    /// The number in the ENUMERATED; 4 is not used.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Successful => 0,
            Self::MalformedRequest => 1,
            Self::InternalError => 2,
            Self::TryLater => 3,
            Self::SigRequired => 5,
            Self::Unauthorized => 6,
        }
    }

    /// The status with this number.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }

    /// The name in RFC 6960.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Successful => "successful",
            Self::MalformedRequest => "malformedRequest",
            Self::InternalError => "internalError",
            Self::TryLater => "tryLater",
            Self::SigRequired => "sigRequired",
            Self::Unauthorized => "unauthorized",
        }
    }

    /// The whole response of a request that is not answered: five octets, not signed.
    #[must_use]
    pub fn response(self) -> Vec<u8> {
        vec![SEQUENCE, 3, ENUMERATED, 1, self.code()]
    }
}

impl std::fmt::Display for ResponseStatus {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.pad(self.name())
    }
}

/// What is known of a certificate.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum CertStatus {
    /// Issued, and not revoked.
    Good,
    /// Revoked, or suspended when the reason is [`RevocationReason::CertificateHold`].
    Revoked {
        /// When.
        at: Timestamp,
        /// Why, if it is said.
        reason: Option<RevocationReason>,
    },
    /// Not known: never issued, as far as the responder knows.
    Unknown,
}

/// The answer for one certificate.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SingleAnswer<'a> {
    /// As the request had it.
    pub cert_id: CertId<'a>,
    /// What is known.
    pub status: CertStatus,
    /// When it was known to be so.
    pub this_update: Timestamp,
    /// Until when the answer may be used; `None` says that newer knowledge is always at hand.
    pub next_update: Option<Timestamp>,
}

/// Everything of a response but who signs it.
#[derive(Clone, Copy, Debug)]
pub struct AnswerBody<'a> {
    /// When the response is signed.
    pub produced_at: Timestamp,
    /// One answer for every `CertID` of the request, in its order.
    pub answers: &'a [SingleAnswer<'a>],
    /// The request's nonce.
    pub nonce: Option<Nonce<'a>>,
}

/// A response could not be made.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum AnswerError {
    /// A time that DER cannot say.
    #[error(transparent)]
    Time(#[from] TimeOutOfRange),
    /// The key did not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// A certificate to accompany the responses is not DER.
    #[error(transparent)]
    Certificate(#[from] Malformed),
    /// More certificates than [`RESPONSE_CERTIFICATES_MAX`].
    #[error("{0} certificates to accompany a response; at most {RESPONSE_CERTIFICATES_MAX}")]
    Certificates(usize),
    /// The algorithm identifier could not be encoded.
    #[error("cannot encode the signature algorithm: {0}")]
    Encode(der::Error),
}

/// The key that signs responses, with what never changes between them already in DER.
///
/// Responses name it by key (`ResponderID` byKey): shorter, and true for the issuer and a delegate alike.
#[derive(Clone)]
pub struct ResponseKey {
    signer: Arc<dyn Signer>,
    responder_id: Vec<u8>,
    algorithm: Vec<u8>,
    /// `[0] EXPLICIT SEQUENCE OF Certificate`; empty when the issuer itself signs.
    certificates: Vec<u8>,
}

impl std::fmt::Debug for ResponseKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("ResponseKey")
            .field("public_key", self.signer.public_key())
            .finish_non_exhaustive()
    }
}

impl ResponseKey {
    /// A key and the certificates that accompany its responses: none when the issuer signs itself, otherwise
    /// the delegated signer's certificate first.
    ///
    /// # Errors
    /// Certificates that are not DER, or too many.
    pub fn new(signer: Arc<dyn Signer>, certificates: &[Vec<u8>]) -> Result<Self, AnswerError> {
        if certificates.len() > RESPONSE_CERTIFICATES_MAX {
            return Err(AnswerError::Certificates(certificates.len()));
        }
        for certificate in certificates {
            Walk::sequence("certificate", certificate)?;
        }
        let mut responder_id = Vec::with_capacity(24);
        encode::nested(&mut responder_id, encode::context(2), |out| {
            encode::element(out, encode::OCTET_STRING, &signer.public_key().key_identifier());
        });
        let algorithm = signer
            .signature_algorithm()
            .identifier()
            .to_der()
            .map_err(AnswerError::Encode)?;
        let mut accompanying = Vec::new();
        if !certificates.is_empty() {
            encode::nested(&mut accompanying, encode::context(0), |out| {
                encode::element(out, SEQUENCE, &certificates.concat());
            });
        }
        Ok(Self {
            signer,
            responder_id,
            algorithm,
            certificates: accompanying,
        })
    }

    /// Writes and signs a response.
    ///
    /// # Errors
    /// A time that DER cannot say, or a signer that fails.
    pub fn answer(&self, body: &AnswerBody<'_>) -> Result<Vec<u8>, AnswerError> {
        let tbs = self.response_data(body)?;
        let signature = self.signer.sign(&tbs)?;
        let room = tbs.len() + signature.len() + self.algorithm.len() + self.certificates.len() + FRAME_ROOM;
        let mut out = Vec::with_capacity(room);
        encode::nested(&mut out, SEQUENCE, |out| {
            encode::element(out, ENUMERATED, &[ResponseStatus::Successful.code()]);
            encode::nested(out, encode::context(0), |out| {
                encode::nested(out, SEQUENCE, |out| {
                    encode::element(out, encode::OBJECT_IDENTIFIER, oid::OCSP_BASIC);
                    encode::nested(out, encode::OCTET_STRING, |out| {
                        encode::nested(out, SEQUENCE, |out| {
                            out.extend_from_slice(&tbs);
                            out.extend_from_slice(&self.algorithm);
                            encode::push_bits(out, &signature);
                            out.extend_from_slice(&self.certificates);
                        });
                    });
                });
            });
        });
        Ok(out)
    }

    /// `ResponseData`: what is signed.
    ///
    /// # Errors
    /// A time that DER cannot say.
    pub fn response_data(&self, body: &AnswerBody<'_>) -> Result<Vec<u8>, TimeOutOfRange> {
        let ids: usize = body.answers.iter().map(|answer| answer.cert_id.der().len()).sum();
        let mut out = Vec::with_capacity(ids + FRAME_ROOM * (1 + body.answers.len()));
        encode::try_nested(&mut out, SEQUENCE, |out| {
            out.extend_from_slice(&self.responder_id);
            push_generalized(out, body.produced_at)?;
            encode::try_nested(out, SEQUENCE, |out| {
                body.answers.iter().try_for_each(|answer| push_single(out, answer))
            })?;
            if let Some(nonce) = body.nonce {
                encode::nested(out, encode::context(1), |out| {
                    encode::nested(out, SEQUENCE, |out| {
                        extension::push(out, oid::OCSP_NONCE, |out| nonce.push(out));
                    });
                });
            }
            Ok(())
        })?;
        Ok(out)
    }
}

fn push_single(out: &mut Vec<u8>, answer: &SingleAnswer<'_>) -> Result<(), TimeOutOfRange> {
    encode::try_nested(out, SEQUENCE, |out| {
        out.extend_from_slice(answer.cert_id.der());
        push_status(out, answer.status)?;
        push_generalized(out, answer.this_update)?;
        match answer.next_update {
            Some(at) => encode::try_nested(out, encode::context(0), |out| push_generalized(out, at)),
            None => Ok(()),
        }
    })
}

fn push_status(out: &mut Vec<u8>, status: CertStatus) -> Result<(), TimeOutOfRange> {
    match status {
        CertStatus::Good => encode::element(out, encode::context_primitive(0), &[]),
        CertStatus::Unknown => encode::element(out, encode::context_primitive(2), &[]),
        CertStatus::Revoked { at, reason } => encode::try_nested(out, encode::context(1), |out| {
            push_generalized(out, at)?;
            if let Some(reason) = reason {
                encode::nested(out, encode::context(0), |out| {
                    encode::element(out, ENUMERATED, &[reason.code()]);
                });
            }
            Ok(())
        })?,
    }
    Ok(())
}
