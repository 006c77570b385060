//! Entry points for fuzzers: each takes bytes from outside through one parser and everything that follows from it.

use gm_suite::{DigestAlgorithm, PublicKey};
use jiff::Timestamp;

use crate::{
    CertIdBuf, CrlReader, Expected, IssuerHashes, OcspRequest, OcspResponse, from_get_path, to_get_path, write_request,
};

/// Reads a CRL and walks its entries.
pub fn crl(data: &[u8]) {
    if let Ok(crl) = CrlReader::from_der(data) {
        let _ = (crl.algorithm(), crl.number(), crl.is_current(Timestamp::UNIX_EPOCH));
        let _ = crl.entries().map(|entry| entry.is_ok()).filter(|good| *good).count();
        if let Some(key) = key() {
            let _ = crl.verify(&key).map(|crl| crl.lookup(&[1]).is_some());
        }
    }
}

/// Reads an OCSP request.
pub fn ocsp_request(data: &[u8]) {
    if let Ok(request) = OcspRequest::from_der(data) {
        let Some(key) = key() else { return };
        let issuer = IssuerHashes::of(DigestAlgorithm::Sha1, data, &key);
        let ids: Vec<CertIdBuf> = request
            .cert_ids()
            .iter()
            .map(|id| CertIdBuf::new(&issuer, id.serial()))
            .collect();
        let again = write_request(&ids, request.nonce());
        debug_assert!(OcspRequest::from_der(&again).is_ok());
    }
}

/// Reads an OCSP response and verifies it under a key that did not sign it.
pub fn ocsp_response(data: &[u8]) {
    if let (Ok(OcspResponse::Answered(basic)), Some(key)) = (OcspResponse::from_der(data), key()) {
        let expected = Expected {
            issuer_name: &[0x30, 0x00],
            issuer_key: &key,
            at: Timestamp::UNIX_EPOCH,
            nonce: None,
            skew: Expected::SKEW,
        };
        let _ = basic.verify(&expected).map(|response| response.answer(&[1]).is_ok());
    }
}

/// Reads the path of a GET.
pub fn ocsp_get(data: &[u8]) {
    if let Ok(path) = std::str::from_utf8(data)
        && let Ok(der) = from_get_path(path)
    {
        debug_assert_eq!(from_get_path(&to_get_path(&der)), Ok(der));
    }
}

/// The key of GB/T 32918.5's example.
fn key() -> Option<PublicKey> {
    const SPKI: &[u8] = &[
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x81, 0x1c,
        0xcf, 0x55, 0x01, 0x82, 0x2d, 0x03, 0x42, 0x00, 0x04, 0x09, 0xf9, 0xdf, 0x31, 0x1e, 0x54, 0x21, 0xa1, 0x50,
        0xdd, 0x7d, 0x16, 0x1e, 0x4b, 0xc5, 0xc6, 0x72, 0x17, 0x9f, 0xad, 0x18, 0x33, 0xfc, 0x07, 0x6b, 0xb0, 0x8f,
        0xf3, 0x56, 0xf3, 0x50, 0x20, 0xcc, 0xea, 0x49, 0x0c, 0xe2, 0x67, 0x75, 0xa5, 0x2d, 0xc6, 0xea, 0x71, 0x8c,
        0xc1, 0xaa, 0x60, 0x0a, 0xed, 0x05, 0xfb, 0xf3, 0x5e, 0x08, 0x4a, 0x66, 0x32, 0xf6, 0x07, 0x2d, 0xa9, 0xad,
        0x13,
    ];
    PublicKey::from_spki(SPKI).ok()
}
