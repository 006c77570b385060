//! What officers' programs send about applicants: JSON bodies, read strictly. Names and limits are those of
//! `openapi.json`.

use std::collections::BTreeMap;

use hefu_applicants::{Occasion, TextKind};
use serde::Deserialize;

/// Octets of an SM3 digest.
const SM3_OCTETS: usize = 32;

/// `POST …/checks`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CheckForm {
    pub(crate) occasion: Occasion,
    /// An application's number, or a certificate's serial number.
    pub(crate) about: String,
}

/// `POST …/verifications`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuestionForm {
    pub(crate) service: String,
    pub(crate) fields: BTreeMap<String, String>,
}

/// `POST …/agreements`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AgreementForm {
    pub(crate) kind: TextKind,
    pub(crate) version: String,
    pub(crate) language: String,
    /// SM3 of exactly what was shown.
    pub(crate) sm3: String,
    /// Who signed a contract.
    pub(crate) signed_by: Option<String>,
}

impl AgreementForm {
    /// The digest's octets.
    pub(crate) fn digest(&self) -> Option<[u8; SM3_OCTETS]> {
        let text = self.sm3.as_str();
        if text.len() != SM3_OCTETS * 2 || !text.is_ascii() {
            return None;
        }
        let mut octets = [0; SM3_OCTETS];
        for (place, octet) in octets.iter_mut().enumerate() {
            *octet = u8::from_str_radix(text.get(place * 2..place * 2 + 2)?, 16).ok()?;
        }
        Some(octets)
    }
}
