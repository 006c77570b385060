//! Records of a zone, as they are read from outside.

use serde::{Deserialize, Serialize};

/// One record.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(default)]
pub struct Entry {
    /// Its place in the log, from 0.
    pub index: u64,
    /// When the act happened: RFC 3339, or microseconds since 1970.
    pub at: serde_json::Value,
    /// Kind and version of the fact.
    pub kind: String,
    /// What it is about.
    pub subject: String,
    /// Who acted.
    pub actor: String,
    /// The fact.
    pub body: serde_json::Value,
}
