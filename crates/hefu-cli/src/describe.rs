//! How things are written for people: times in the reader's zone with the zone named, numbers in hexadecimal,
//! fingerprints, certificates.

use cert_path::Certificate;
use gm_suite::sm3;
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};

/// A moment in the zone of this machine, with the offset named.
pub(crate) fn when(at: Timestamp) -> String {
    at.to_zoned(TimeZone::system())
        .strftime("%Y-%m-%d %H:%M:%S %:z")
        .to_string()
}

/// A moment that the server tells (RFC 3339), as [`when`] writes it; anything else as it came.
pub(crate) fn when_told(text: &str) -> String {
    text.parse().map_or_else(|_| text.to_owned(), when)
}

/// Octets in lower-case hexadecimal.
pub(crate) fn hex(octets: &[u8]) -> String {
    hex::encode(octets)
}

/// SM3 of some bytes in hexadecimal.
pub(crate) fn fingerprint(bytes: &[u8]) -> String {
    hex::encode(sm3(bytes))
}

/// A text short enough for a cell of a table.
pub(crate) fn clip(text: &str, characters: usize) -> String {
    if text.chars().count() <= characters {
        return text.to_owned();
    }
    let kept: String = text.chars().take(characters.saturating_sub(1)).collect();
    format!("{kept}…")
}

/// The main facts of a certificate, by name.
pub(crate) fn certificate(certificate: &Certificate) -> Vec<(&'static str, String)> {
    let algorithm = match certificate.signature_algorithm() {
        Ok(algorithm) => algorithm.to_string(),
        Err(oid) => oid.to_string(),
    };
    let key = match certificate.public_key() {
        Ok(key) => key.algorithm().to_string(),
        Err(why) => why.to_string(),
    };
    vec![
        ("subject", certificate.subject().to_string()),
        ("issuer", certificate.issuer().to_string()),
        ("serial", hex(certificate.serial())),
        ("not_before", when(certificate.not_before())),
        ("not_after", when(certificate.not_after())),
        ("key", key),
        ("signature_algorithm", algorithm),
        ("sm3", fingerprint(certificate.der())),
    ]
}

/// The same for machines.
pub(crate) fn certificate_json(read: &Certificate) -> Value {
    let mut facts: serde_json::Map<String, Value> = certificate(read)
        .into_iter()
        .map(|(name, value)| (name.to_owned(), Value::from(value)))
        .collect();
    facts.insert("not_before".to_owned(), json!(read.not_before().to_string()));
    facts.insert("not_after".to_owned(), json!(read.not_after().to_string()));
    Value::Object(facts)
}
