//! What OpenSSL says.
