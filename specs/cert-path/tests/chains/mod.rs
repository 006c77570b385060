//! The files of `vectors/`, by name.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    dead_code,
    reason = "tests; each binary uses its part"
)]

use std::{fs, path::Path};

use cert_path::{Anchor, Certificate};
use der::asn1::ObjectIdentifier;
use jiff::Timestamp;

pub(crate) fn file(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(name);
    fs::read(&path).unwrap_or_else(|error| panic!("{name}: {error}"))
}

pub(crate) fn pem(name: &str) -> Vec<u8> {
    der::pem::decode_vec(&file(name)).unwrap().1
}

pub(crate) fn certificate(name: &str) -> Certificate {
    Certificate::from_der(&pem(&format!("{name}.crt"))).unwrap()
}

pub(crate) fn certificates(names: &[&str]) -> Vec<Certificate> {
    names.iter().map(|name| certificate(name)).collect()
}

pub(crate) fn anchors(names: &[&str]) -> Vec<Anchor> {
    names.iter().map(|name| Anchor::trust(certificate(name))).collect()
}

pub(crate) fn crl(name: &str) -> Vec<u8> {
    pem(&format!("{name}.crl"))
}

pub(crate) fn ocsp(name: &str) -> Vec<u8> {
    file(&format!("{name}.ocsp"))
}

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new(text).unwrap()
}
