//! Entry points for fuzzers: each takes bytes from outside through one parser and everything that follows from it.

use crate::SignedCheckpoint;

/// Reads a signed checkpoint; what was read is written the same.
pub fn checkpoint(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data)
        && let Ok(signed) = SignedCheckpoint::parse(text)
    {
        let again = SignedCheckpoint::parse(&signed.to_string());
        debug_assert!(again.is_ok_and(|again| again.unverified() == signed.unverified()));
    }
}
