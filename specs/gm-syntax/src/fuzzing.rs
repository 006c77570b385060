//! Entry points for the fuzzer: outside bytes into each parser, round trips where parsing succeeds.

use crate::{
    CertificationRequest, CsrResponse, SignedAndEnvelopedData, SignedData, Sm2EnvelopedKey, pem_text, pkcs8_text,
};

/// PEM, base64, DER; what is found encodes and decodes to itself.
pub fn pem(data: &[u8]) {
    let _ = pem_text::first_label(data);
    let _ = pem_text::decode(data, "CERTIFICATE");
    if let Ok(all) = pem_text::decode_all(data, "CERTIFICATE") {
        for der in all {
            let text = pem_text::encode("CERTIFICATE", &der);
            let again = pem_text::decode(text.as_bytes(), "CERTIFICATE").ok();
            assert_eq!(again.as_ref(), Some(&der), "PEM changed on its way");
        }
    }
}

/// A certificate request; what parses still parses from its own PEM.
pub fn request(data: &[u8]) {
    let Ok(request) = CertificationRequest::from_pem_or_der(data) else {
        return;
    };
    let text = pem_text::encode("CERTIFICATE REQUEST", request.to_der());
    let again = CertificationRequest::from_pem_or_der(text.as_bytes());
    assert_eq!(
        again.ok().as_ref().map(CertificationRequest::to_der),
        Some(request.to_der()),
        "a request changed on its way"
    );
    let _ = request.verify();
}

/// An enveloped key; what parses is written in one form that parses as the same.
pub fn enveloped_key(data: &[u8]) {
    let Ok(key) = Sm2EnvelopedKey::from_der(data) else {
        return;
    };
    let again = key.to_der().ok().and_then(|der| Sm2EnvelopedKey::from_der(&der).ok());
    assert_eq!(again, Some(key), "an enveloped key changed on its way");
}

/// The answer to a request; what parses is written in one form that parses as the same.
pub fn csr_response(data: &[u8]) {
    let Ok(response) = CsrResponse::from_der(data) else {
        return;
    };
    let again = response.to_der().ok().and_then(|der| CsrResponse::from_der(&der).ok());
    assert_eq!(again, Some(response), "a CSR response changed on its way");
}

/// A signed message.
pub fn signed_data(data: &[u8]) {
    if let Ok(message) = SignedData::from_der(data) {
        let _ = message.signers().count();
    }
}

/// A signed and enveloped message; what parses parses again from its own bytes.
pub fn signed_and_enveloped(data: &[u8]) {
    for message in [
        SignedAndEnvelopedData::from_der(data),
        SignedAndEnvelopedData::from_content_info(data),
    ]
    .into_iter()
    .flatten()
    {
        let again = SignedAndEnvelopedData::from_der(message.to_der());
        assert_eq!(again, Ok(message), "a message changed on its way");
    }
}

/// A private key as text. Passphrases are not tried: deriving keys would eat the fuzzer's time.
pub fn private_key(data: &[u8]) {
    let _ = pkcs8_text::is_encrypted(data);
    let _ = pkcs8_text::inspect(data);
    if let Ok(key) = pkcs8_text::read_plain(data) {
        let text = pkcs8_text::plain(&key);
        let again = text.ok().and_then(|text| pkcs8_text::read_plain(text.as_bytes()).ok());
        assert!(again.is_some(), "a private key was lost on its way");
    }
}
