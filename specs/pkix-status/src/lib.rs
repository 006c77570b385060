//! Certificate status, written and read: certificate revocation lists (RFC 5280 §5) and the online
//! certificate status protocol (RFC 6960, RFC 5019, nonce after RFC 9654; GB/T 19713 in China).
//!
//! Built for the large and the frequent. A [`CrlWriter`] keeps encoded octets only, never a list of parsed
//! entries, so a CRL of a million entries costs its own size in memory; a [`CrlReader`] walks such a list
//! without allocating. An OCSP request is read and its answer written by hand in DER, because that is the
//! path that every relying party waits on.
//!
//! Raw and verified are different types: [`CrlReader`] and [`BasicResponse`] say what the bytes claim,
//! [`VerifiedCrl`] and [`VerifiedResponse`] exist only after the signature was checked, and only they answer
//! whether a certificate is revoked.
//!
//! What this crate does not know: clocks (time is a parameter), networks, files, which certificates exist,
//! who may ask. What it does not do yet: delta CRLs, indirect CRLs and CRLs of limited scope are recognised
//! and refused as evidence.

mod crl;
mod encode;
mod extension;
mod ocsp;
mod oid;
mod reason;
mod time;
mod walk;

pub use crl::reader::{CrlEntries, CrlEntry, CrlError, CrlReader, VerifiedCrl};
pub use crl::writer::{CrlHead, CrlSummary, CrlWriteError, CrlWriter};
pub use crl::{CRL_BYTES_MAX, SERIAL_OCTETS_MAX};
pub use ocsp::answer::{AnswerBody, AnswerError, CertStatus, ResponseKey, ResponseStatus, SingleAnswer};
pub use ocsp::cert_id::{CertId, CertIdBuf, IssuerHashes};
pub use ocsp::get::{from_get_path, to_get_path};
pub use ocsp::nonce::{NONCE_OCTETS_ASKED, NONCE_OCTETS_MAX, Nonce};
pub use ocsp::request::{OcspRequest, RequestError, write_request};
pub use ocsp::response::{BasicResponse, OcspResponse, ResponderId, Single};
pub use ocsp::verify::{Expected, OcspError, ResponseSigner, SignerFault, VerifiedResponse};
pub use ocsp::{CERT_IDS_MAX, REQUEST_BYTES_MAX, RESPONSE_BYTES_MAX, RESPONSE_CERTIFICATES_MAX};
pub use reason::RevocationReason;
pub use time::TimeOutOfRange;
pub use walk::Malformed;

#[doc(hidden)]
pub mod fuzzing;
