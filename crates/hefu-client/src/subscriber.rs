//! Access codes, and what subscribers do with them.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::client::{Client, ClientError};

/// A code to be made, for an application or for the one that a certificate came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NewAccessCode {
    /// Number of the application.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application: Option<String>,
    /// Serial number of the certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
    /// "portal", "delivery" or "loss".
    pub purpose: String,
    /// Whether it may be used once only.
    pub single: bool,
}

/// What is kept of a code.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Access {
    /// Its number; not the code.
    pub id: String,
    /// "portal", "delivery" or "loss".
    pub purpose: String,
    /// Number of the application.
    pub application: String,
    /// Until when it opens anything, RFC 3339.
    pub expires_at: String,
    /// How it ended, if it did before its time.
    pub ended: Option<String>,
}

/// A code that was made: shown now and never again.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct AccessCode {
    /// What is kept of it.
    pub access: Access,
    /// The code.
    pub code: String,
    /// Where it is used, with the code in it.
    pub address: String,
}

/// A subscriber's session. Its text goes where an officer's token goes.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct PortalSession {
    /// The text.
    pub session: String,
    /// What the code opens.
    pub purpose: String,
    /// Number of the application.
    pub application: String,
}

/// What became of a reported loss.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Loss {
    /// Serial number, hexadecimal.
    pub serial: String,
    /// "suspended" or "revoked".
    pub done: String,
}

impl Client {
    /// Makes an access code, as an officer.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn make_access_code(&self, new: &NewAccessCode) -> Result<AccessCode, ClientError> {
        self.post("/api/v1/access-codes", new)
    }

    /// Takes a code back, as an officer.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn withdraw_access_code(&self, id: &str) -> Result<Access, ClientError> {
        self.delete("/api/v1/access-codes", id)
    }

    /// Comes in with a code; the client of the session is made with [`Client::with_token`].
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn enter(&self, code: &str) -> Result<PortalSession, ClientError> {
        self.post("/api/v1/portal/sessions", &json!({ "code": code }))
    }

    /// How far one's application is, and what is asked of one, in a session.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn affairs(&self) -> Result<Value, ClientError> {
        self.get("/api/v1/portal/application")
    }

    /// Says that one's certificate is right ("accepted") or not ("refused", with a reason), in a session.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn answer_certificate(&self, answer: &str, reason: &str) -> Result<Value, ClientError> {
        self.post(
            "/api/v1/portal/acceptance",
            &json!({ "answer": answer, "reason": reason }),
        )
    }

    /// Reports one's key lost, in a session: the certificate is suspended at once.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn report_loss(&self, words: &str) -> Result<Loss, ClientError> {
        self.post("/api/v1/portal/loss", &json!({ "suspend": true, "words": words }))
    }

    /// Reports a key lost by a signature of its own (base64): the certificate is revoked at once.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn report_loss_signed(&self, serial: &str, signature: &str) -> Result<Loss, ClientError> {
        self.post("/api/v1/losses", &json!({ "serial": serial, "signature": signature }))
    }
}
