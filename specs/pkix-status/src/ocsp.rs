//! The online certificate status protocol (RFC 6960), its answers small and quick to make (RFC 5019).

pub(crate) mod answer;
pub(crate) mod cert_id;
pub(crate) mod get;
pub(crate) mod nonce;
pub(crate) mod request;
pub(crate) mod response;
pub(crate) mod verify;

/// Octets of the longest request that is read. A request for one certificate has about 80, signed ones with a
/// chain a few thousand; more is not a question but a load.
pub const REQUEST_BYTES_MAX: usize = 16 * 1024;

/// Certificates asked about in one request. Clients ask about one, or about a chain of a few.
pub const CERT_IDS_MAX: usize = 64;

/// Octets of the longest response that is read: [`CERT_IDS_MAX`] answers, an ML-DSA-87 signature and a chain of
/// such certificates fit well.
pub const RESPONSE_BYTES_MAX: usize = 256 * 1024;

/// Certificates that may accompany a response: the delegated signer's and a few above it.
pub const RESPONSE_CERTIFICATES_MAX: usize = 8;
