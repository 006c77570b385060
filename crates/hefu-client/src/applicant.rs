//! Applicants' files: registering, evidence, consent, checks of identity, texts and agreements. Answers are JSON as the
//! server tells it.

use serde::Serialize;
use serde_json::Value;

use crate::client::{Client, ClientError, segment};

/// Why a file is read in clear.
#[derive(Clone, Debug, Serialize)]
pub struct Reading {
    /// `identity-check`, `dispute`, `authority` or `protection`.
    pub purpose: String,
    /// In words.
    pub words: String,
}

/// A separate consent to biometrics.
#[derive(Clone, Debug, Serialize)]
pub struct NewConsent {
    /// Version of the text that was shown.
    pub version: String,
    /// SM3 of exactly what was shown, in hexadecimal.
    pub text_sm3: String,
    /// `zh` or `en`.
    pub language: String,
    /// `paper`, `electronic-signature` or `separate-choice`.
    pub means: String,
}

/// A check of identity that is wanted.
#[derive(Clone, Debug, Serialize)]
pub struct NewCheck {
    /// `application`, `renewal` or `revocation`.
    pub occasion: String,
    /// The application's or the serial number.
    pub about: String,
}

/// A notice that is acknowledged, or a contract that is signed.
#[derive(Clone, Debug, Serialize)]
pub struct NewAgreement {
    /// `notice` or `contract`.
    pub kind: String,
    /// Version of the text.
    pub version: String,
    /// `zh` or `en`: in which it was shown.
    pub language: String,
    /// SM3 of exactly what was shown, in hexadecimal.
    pub sm3: String,
    /// Who signed a contract.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed_by: Option<String>,
}

impl Client {
    /// Registers an applicant.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn register_applicant(&self, applicant: &Value) -> Result<Value, ClientError> {
        self.post("/api/v1/applicants", applicant)
    }

    /// A file, masked.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn applicant(&self, id: &str) -> Result<Value, ClientError> {
        self.get(&of(id, ""))
    }

    /// A file in clear; who reads it and why is recorded first.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn read_applicant(&self, id: &str, reading: &Reading) -> Result<Value, ClientError> {
        self.post(&of(id, "/reading"), reading)
    }

    /// Takes in a piece of evidence of a kind.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn take_evidence(&self, id: &str, kind: &str, content: &[u8]) -> Result<Value, ClientError> {
        self.send(&of(id, &format!("/evidence/{}", segment(kind))), content)
    }

    /// Takes down a consent to biometrics.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn give_consent(&self, id: &str, consent: &NewConsent) -> Result<Value, ClientError> {
        self.post(&of(id, "/consent"), consent)
    }

    /// Checks identity.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn check_identity(&self, id: &str, check: &NewCheck) -> Result<Value, ClientError> {
        self.post(&of(id, "/checks"), check)
    }

    /// Acknowledges the notice, or signs the contract, that is in force.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn agree(&self, id: &str, agreement: &NewAgreement) -> Result<Value, ClientError> {
        self.post(&of(id, "/agreements"), agreement)
    }

    /// One side's copy of an agreement, `provider` or `subscriber`, as `hefu-documents` reads it.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn agreement_copy(&self, agreement: &str, side: &str) -> Result<Value, ClientError> {
        self.get(&format!(
            "/api/v1/agreements/{}/copies/{}",
            segment(agreement),
            segment(side)
        ))
    }

    /// Publishes a version of the notice or the contract.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn publish_text(&self, text: &Value) -> Result<Value, ClientError> {
        self.post("/api/v1/texts", text)
    }

    /// The text in force, `notice` or `contract`, or one of its versions.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn text(&self, kind: &str, version: Option<&str>) -> Result<Value, ClientError> {
        let kind = segment(kind);
        match version {
            None => self.get(&format!("/api/v1/texts/{kind}")),
            Some(version) => self.get(&format!("/api/v1/texts/{kind}/versions/{}", segment(version))),
        }
    }
}

fn of(id: &str, what: &str) -> String {
    format!("/api/v1/applicants/{}{what}", segment(id))
}
