//! OCSP and CRL, written and read as streams (RFC 6960, RFC 5280).
