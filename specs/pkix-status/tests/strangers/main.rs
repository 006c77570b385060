//! What strangers think of our CRLs and answers, and we of theirs: OpenSSL for P-256, Bouncy Castle for SM2.
//!
//! Needs `openssl` on the path, and a JDK with libbcprov-java and libbcpkix-java from Debian.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod authority;
mod crl_openssl;
mod ocsp_openssl;
mod sm2_bouncy_castle;
