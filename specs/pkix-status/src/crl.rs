//! Certificate revocation lists, version 2 (RFC 5280 §5; GB/T 20518 takes the same form).

pub(crate) mod reader;
pub(crate) mod writer;

/// Octets of the longest CRL that is written or read: about five million entries of fifty octets.
///
/// A list beyond this must be split by distribution point, which this crate does not do.
pub const CRL_BYTES_MAX: usize = 256 << 20;

/// Octets of the longest serial number (RFC 5280 §4.1.2.2).
pub const SERIAL_OCTETS_MAX: usize = 20;
