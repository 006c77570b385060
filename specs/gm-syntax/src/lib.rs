//! Keys, envelopes, certificate requests and their answers, as GB/T 35276, GB/T 35275, GM/T 0092,
//! PKCS#8 and PKCS#10 write them.
//!
//! | what | where it is written | here |
//! |---|---|---|
//! | certificate request, CFCA's double-key form included | RFC 2986 | [`CertificationRequest`], [`ProvenRequest`] |
//! | its answer | GM/T 0092 | [`CsrResponse`] |
//! | an SM2 private key for its owner only | GB/T 35276 | [`Sm2EnvelopedKey`] |
//! | signed messages | GB/T 35275, RFC 5652 | [`SignedData`] |
//! | signed and encrypted messages | GB/T 35275 | [`SignedAndEnvelopedData`] |
//! | signed requests and answers between services | GM/T 0014 | [`SignedFrame`] |
//! | private keys as text | RFC 5958, RFC 8018 | [`pkcs8_text`] |
//! | DER as text | RFC 7468 | [`pem_text`] |
//!
//! Written is always DER in one form. Read is DER only, too; where implementations of a standard
//! whose text could not be had differ (tags, object identifiers), all their forms are read, and the
//! module says which. Every error about bytes from outside is a [`Malformed`]: field path, octet,
//! problem.
//!
//! The crate knows no files, clocks, profiles or trust: that a request is well-formed and proven says
//! nothing about who sent it.

mod content_key;
mod csr_response;
pub mod der_fields;
pub mod der_writer;
mod enveloped_key;
#[doc(hidden)]
pub mod fuzzing;
mod issuer_serial;
mod malformed;
pub mod pem_text;
pub mod pkcs8_text;
mod request;
mod request_attributes;
mod seal;
mod signed_data;
mod signed_enveloped;
mod signed_frame;
mod signer_info;

pub use content_key::ContentKey;
pub use csr_response::{CERTIFICATES_MAX, CSR_RESPONSE_BYTES_MAX, CsrResponse};
pub use enveloped_key::{ENVELOPED_KEY_BYTES_MAX, Sm2EnvelopedKey};
pub use issuer_serial::{IssuerAndSerial, NAME_BYTES_MAX, SERIAL_BYTES_MAX, read_name, without_leading_zeros};
pub use malformed::{Expected, Malformed, Problem};
pub use request::{
    CertificationRequest, ProvenRequest, REQUEST_BYTES_MAX, REQUEST_LABELS, REQUEST_TEXT_BYTES_MAX, RequestError,
    SignRequestError,
};
pub use request_attributes::{ATTRIBUTES_MAX, CHALLENGE_PASSWORD_BYTES_MAX, EXTENSIONS_MAX};
pub use seal::{OpenError, SealError};
pub use signed_data::{MESSAGE_BYTES_MAX, Placement, SignedData};
pub use signed_enveloped::{RECIPIENTS_MAX, SignedAndEnvelopedData};
pub use signed_frame::{SendError, SignedFrame};
pub use signer_info::{MessageForm, SIGNERS_MAX, SignedBy};
