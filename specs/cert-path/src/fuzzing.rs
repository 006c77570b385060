//! What a fuzzer drives: every reader of outside bytes, and the validation of a bag of them. None may panic, and no
//! input may cost more than the named limits allow.

use jiff::Timestamp;

use crate::{Anchor, Certificate, Evidence, Options, check};

/// A certificate alone.
pub fn certificate(bytes: &[u8]) {
    if let Ok(certificate) = Certificate::from_der(bytes) {
        let key = certificate.public_key().cloned();
        drop(key.map(|key| certificate.check_signature(&key)));
    }
}

/// A bag of certificates, CRLs and OCSP answers, split by two-octet lengths: the first certificate is the target, the
/// last is trusted.
pub fn bag(bytes: &[u8]) {
    let mut certificates = Vec::new();
    let mut evidence = Evidence::default();
    let mut rest = bytes;
    while let [high, low, tail @ ..] = rest {
        let length = usize::from(u16::from_be_bytes([*high, *low])).min(tail.len());
        let (piece, after) = tail.split_at(length);
        if let Ok(certificate) = Certificate::from_der(piece) {
            certificates.push(certificate);
        } else if evidence.add_crl(piece.to_vec()).is_err() {
            drop(evidence.add_ocsp(piece.to_vec()));
        }
        rest = after;
    }
    let (Some(target), Some(last)) = (certificates.first(), certificates.last()) else {
        return;
    };
    let anchors = [Anchor::trust(last.clone())];
    let at = Timestamp::UNIX_EPOCH;
    drop(check(
        target,
        &certificates,
        &anchors,
        &evidence,
        at,
        &Options::default(),
    ));
}
