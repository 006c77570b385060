//! Officers and their sessions: the requests of the roster, one method each.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{Client, ClientError, List, Officer};

/// Something new for an officer's key to sign.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(default)]
pub struct Challenge {
    /// A label, the server's name, a nonce, each on a line of its own; its UTF-8 octets are signed.
    pub text: String,
    /// When it stops working.
    pub expires_at: String,
}

/// A session that was opened. Its text opens the door until it ends: for a file of its owner only.
#[derive(Clone, Deserialize)]
pub struct Opened {
    /// Who came in.
    pub officer: Officer,
    /// The session's text.
    pub session: String,
}

/// One of one's own open sessions.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(default)]
pub struct Session {
    /// Sixteen hexadecimal digits.
    pub number: String,
    /// When it was opened.
    pub opened_at: String,
    /// When it was last used.
    pub seen_at: String,
}

/// A change of an officer that was proposed.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
pub struct Proposal {
    /// Its number.
    pub id: i64,
    /// What is to be done: `act` and what belongs to it.
    pub change: Value,
    /// Number of the officer who proposed it.
    pub proposed_by: String,
    /// When.
    pub proposed_at: String,
    /// `outcome`, `by`, `at`; null while it is open.
    pub decision: Value,
}

/// A proposal after its decision. Holds a secret where the change made one.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Decided {
    /// The proposal.
    pub proposal: Proposal,
    /// Number of the officer whom it was about.
    pub officer: Option<String>,
    /// The officer's new access token, told this once.
    pub token: Option<String>,
}

impl Client {
    /// Asks for a challenge.
    ///
    /// # Errors
    /// [`ClientError`], as for every request below.
    pub fn challenge(&self) -> Result<Challenge, ClientError> {
        self.post("/api/v1/challenge", &json!({}))
    }

    /// Opens a session with a signed challenge (`signature` in base64 of DER).
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn log_in(&self, officer: &str, challenge: &str, signature: &str) -> Result<Opened, ClientError> {
        let form = json!({ "officer": officer, "challenge": challenge, "signature": signature });
        self.post("/api/v1/login", &form)
    }

    /// One's own open sessions.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn sessions(&self) -> Result<List<Session>, ClientError> {
        self.get("/api/v1/sessions")
    }

    /// Ends one of one's own sessions by its number, or `current`.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn end_session(&self, number: &str) -> Result<Value, ClientError> {
        self.delete("/api/v1/sessions", number)
    }

    /// Everybody on the register.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn officers(&self) -> Result<List<Officer>, ClientError> {
        self.get("/api/v1/officers")
    }

    /// Proposals after a number, a page at a time.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn proposals(&self, after: i64) -> Result<List<Proposal>, ClientError> {
        self.get_with("/api/v1/officers/proposals", &[("after", after.to_string())].into())
    }

    /// Proposes a change of an officer.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn propose(&self, change: &Value) -> Result<Proposal, ClientError> {
        self.post("/api/v1/officers/proposals", change)
    }

    /// Decides a proposal of another officer: `approved` or `rejected`.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn decide(&self, proposal: i64, outcome: &str) -> Result<Decided, ClientError> {
        let path = format!("/api/v1/officers/proposals/{proposal}/decision");
        self.post(&path, &json!({ "outcome": outcome }))
    }

    /// Records that an officer passed a course (`passed_at` in RFC 3339).
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn record_training(&self, officer: &str, course: &str, passed_at: &str) -> Result<Value, ClientError> {
        let form = json!({ "officer": officer, "course": course, "passed_at": passed_at });
        self.post("/api/v1/officers/training", &form)
    }

    /// Files a delegated registration body (`filed_on` as a day) and gives its number.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn file_body(&self, name: &str, filing: &str, filed_on: &str) -> Result<Value, ClientError> {
        let form = json!({ "name": name, "filing": filing, "filed_on": filed_on });
        self.post("/api/v1/officers/bodies", &form)
    }
}
