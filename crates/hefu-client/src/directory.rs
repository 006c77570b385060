//! What the server offers and who is asking.

use serde::{Deserialize, Serialize};

/// A certificate profile as offered.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(default)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// Everything else that the server tells about it.
    #[serde(flatten)]
    pub details: serde_json::Map<String, serde_json::Value>,
}

/// The officer that a token belongs to.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(default)]
pub struct Officer {
    /// Name on duty.
    pub name: String,
    /// Everything else that the server tells.
    #[serde(flatten)]
    pub details: serde_json::Map<String, serde_json::Value>,
}
