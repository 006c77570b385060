//! The state of a certificate and the acts that change it.
//!
//! ```text
//!          suspend                 revoke
//! Valid ────────────▶ Suspended ───────────▶ Revoked
//!   │ ◀────────────       resume               ▲
//!   └───────────────── revoke ─────────────────┘     nothing leaves Revoked
//! ```
//!
//! Expiry is not a state: it is what the clock says of a certificate's dates.

use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use serde::{Deserialize, Serialize};

/// The state of a certificate, apart from its dates.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// In use.
    Valid,
    /// On hold; can be lifted. On CRLs and in OCSP it is revoked with reason certificateHold.
    Suspended,
    /// Ended for good.
    Revoked,
}

/// What is done to a certificate.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// Put on hold.
    Suspend,
    /// Lift the hold.
    Resume,
    /// End.
    Revoke,
}

/// A change that the state does not allow.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a certificate that is {} cannot be {}", status.as_str(), past(*change))]
pub struct StatusRefusal {
    /// The state it is in.
    pub status: Status,
    /// What was asked for.
    pub change: Change,
}

const fn past(change: Change) -> &'static str {
    match change {
        Change::Suspend => "suspended",
        Change::Resume => "resumed",
        Change::Revoke => "revoked",
    }
}

impl Status {
    /// The word used in JSON and records.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Suspended => "suspended",
            Self::Revoked => "revoked",
        }
    }

    /// The name people read.
    #[must_use]
    pub const fn name(self, language: Language) -> &'static str {
        match (language, self) {
            (Language::Chinese, Self::Valid) => "有效",
            (Language::Chinese, Self::Suspended) => "已暂停",
            (Language::Chinese, Self::Revoked) => "已撤销",
            (Language::English, _) => self.as_str(),
        }
    }

    /// The state after a change.
    ///
    /// # Errors
    /// [`StatusRefusal`] when the change is not allowed, also when it would change nothing.
    pub const fn after(self, change: Change) -> Result<Self, StatusRefusal> {
        match (self, change) {
            (Self::Valid, Change::Suspend) => Ok(Self::Suspended),
            (Self::Suspended, Change::Resume) => Ok(Self::Valid),
            (Self::Valid | Self::Suspended, Change::Revoke) => Ok(Self::Revoked),
            (Self::Valid, Change::Resume) | (Self::Suspended, Change::Suspend) | (Self::Revoked, _) => {
                Err(StatusRefusal { status: self, change })
            }
        }
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl Explain for StatusRefusal {
    fn code(&self) -> &'static str {
        match (self.status, self.change) {
            (Status::Revoked, _) => "certificate-revoked",
            (Status::Suspended, _) => "certificate-suspended",
            (Status::Valid, _) => "certificate-not-suspended",
        }
    }

    fn kind(&self) -> Kind {
        Kind::Refusal
    }

    fn blame(&self) -> Blame {
        Blame::Caller
    }

    fn citation(&self) -> Option<Citation> {
        Some(Citation::new("RFC 5280", "5.3.1"))
    }

    fn message(&self, language: Language) -> String {
        match language {
            Language::English => self.to_string(),
            Language::Chinese => {
                let change = match self.change {
                    Change::Suspend => "暂停",
                    Change::Resume => "恢复",
                    Change::Revoke => "撤销",
                };
                format!("证书{}，不能{change}", self.status.name(language))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_revoked_and_only_a_hold_can_be_lifted() {
        let all = [Status::Valid, Status::Suspended, Status::Revoked];
        let mut table = Vec::new();
        for status in all {
            for change in [Change::Suspend, Change::Resume, Change::Revoke] {
                let after = status
                    .after(change)
                    .map_or_else(|refusal| refusal.to_string(), |after| after.to_string());
                table.push(format!("{status} + {change:?} = {after}"));
            }
        }
        insta::assert_snapshot!(table.join("\n"), @r"
        valid + Suspend = suspended
        valid + Resume = a certificate that is valid cannot be resumed
        valid + Revoke = revoked
        suspended + Suspend = a certificate that is suspended cannot be suspended
        suspended + Resume = valid
        suspended + Revoke = revoked
        revoked + Suspend = a certificate that is revoked cannot be suspended
        revoked + Resume = a certificate that is revoked cannot be resumed
        revoked + Revoke = a certificate that is revoked cannot be revoked
        ");
    }

    #[test]
    fn a_refusal_speaks_chinese() {
        let refusal = StatusRefusal {
            status: Status::Revoked,
            change: Change::Resume,
        };
        assert_eq!(refusal.message(Language::Chinese), "证书已撤销，不能恢复");
        assert_eq!(refusal.code(), "certificate-revoked");
    }
}
