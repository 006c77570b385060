//! Matters: what subscribers ask of the officers, or what officers must see of them; each settled by an officer.

use hefu_officers::OfficerId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::SubscriberError;
use crate::id::MatterId;
use crate::supplement::WORDS_CHARACTERS_MAX;
use crate::telling::{named, words};

/// Characters of a certification request as PEM: an ML-DSA-87 request has some 14 000.
const CSR_CHARACTERS_MAX: usize = 32_768;

named! {
    /// What sort of matter.
    pub enum MatterKind {
        /// A key was reported lost. Identity is checked, then the certificate revoked (办法 29, 30).
        Loss = "loss",
        /// A supplement came.
        Supplement = "supplement",
        /// The holder refused the certificate.
        Refusal = "refusal",
        /// A new certificate for the same key is wanted.
        Renewal = "renewal",
        /// A new certificate for a new key is wanted.
        Rekey = "rekey",
        /// A new certificate for new facts is wanted.
        Change = "change",
        /// A certificate with new facts was accepted; the one before it, with the old facts, is to be revoked.
        Predecessor = "predecessor",
    }
}

impl MatterKind {
    /// Whether an officer settles it by another application.
    #[must_use]
    pub const fn becomes_an_application(self) -> bool {
        matches!(self, Self::Renewal | Self::Rekey | Self::Change)
    }
}

named! {
    /// How a matter was settled.
    pub enum Outcome {
        /// What had to be done was done.
        Done = "done",
        /// It is not done, for a reason.
        Declined = "declined",
    }
}

/// A new certificate that a holder wishes.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Wish {
    /// Renewal, re-key or change.
    pub kind: MatterKind,
    /// Certification request of the new key, PEM; for a re-key or a change.
    #[serde(default)]
    pub csr: Option<String>,
    /// What changes, or anything else that the officer should know.
    #[serde(default)]
    pub words: String,
}

impl Wish {
    /// Checks its shape; whether the request is good, registration says when an officer enters it.
    ///
    /// # Errors
    /// [`SubscriberError::Wish`].
    pub fn check(mut self) -> Result<Self, SubscriberError> {
        let asks_for_key = match self.kind {
            MatterKind::Renewal => false,
            MatterKind::Rekey | MatterKind::Change => true,
            _ => return Err(SubscriberError::Wish("kind: renewal, rekey or change")),
        };
        self.csr = self.csr.map(|csr| csr.trim().to_owned()).filter(|csr| !csr.is_empty());
        if asks_for_key != self.csr.is_some() {
            return Err(SubscriberError::Wish(
                "csr: a certification request for a new key or new facts, none for a renewal",
            ));
        }
        if self.csr.as_ref().is_some_and(|csr| csr.len() > CSR_CHARACTERS_MAX) {
            return Err(SubscriberError::Wish("csr: too long"));
        }
        if self.kind == MatterKind::Change || !self.words.trim().is_empty() {
            self.words = words(&self.words, WORDS_CHARACTERS_MAX).ok_or(SubscriberError::Words)?;
        }
        Ok(self)
    }
}

/// How an officer settles a matter.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Settlement {
    /// Done or declined.
    pub outcome: Outcome,
    /// What was done or why not, in the officer's words; the subscriber reads them.
    pub words: String,
    /// For a renewal or a re-key: number of the new check of identity in the applicant's file (办法 30). The application is
    /// entered with it.
    #[serde(default)]
    pub check: Option<String>,
    /// Number of the application that the officer entered for it.
    #[serde(default)]
    pub became: Option<String>,
}

/// A matter. Words and request are the subscriber's, and personal.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Matter {
    /// Number; in the order of time.
    pub id: MatterId,
    /// What sort.
    pub kind: MatterKind,
    /// Number of the application that it is about.
    pub application: String,
    /// Serial number of the certificate that it is about.
    pub serial: Option<String>,
    /// Who brought it, as records name them.
    pub opened_by: String,
    /// When.
    pub opened_at: Timestamp,
    /// What they said.
    pub words: String,
    /// The certification request that came along, PEM.
    pub csr: Option<String>,
    /// What was done at once, without an officer: "suspended", "revoked".
    pub done: Option<String>,
    /// How it was settled.
    pub outcome: Option<Outcome>,
    /// By whom.
    pub settled_by: Option<OfficerId>,
    /// When.
    pub settled_at: Option<Timestamp>,
    /// Number of the application that it became.
    pub became: Option<String>,
    /// What the officer who settled it said.
    pub said: Option<String>,
}

impl Matter {
    /// Whether an officer has still to settle it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.settled_at.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_for_a_new_key_brings_it_and_a_renewal_brings_none() {
        let wish = |kind, csr: &str, words: &str| Wish {
            kind,
            csr: Some(csr.to_owned()),
            words: words.to_owned(),
        };
        assert!(wish(MatterKind::Renewal, "", "").check().is_ok());
        assert!(wish(MatterKind::Renewal, "pem", "").check().is_err());
        assert!(wish(MatterKind::Rekey, "pem", "").check().is_ok());
        assert!(wish(MatterKind::Rekey, "", "").check().is_err());
        assert!(wish(MatterKind::Change, "pem", "new name").check().is_ok());
        assert!(
            wish(MatterKind::Change, "pem", " ").check().is_err(),
            "a change says what changes"
        );
        assert!(wish(MatterKind::Loss, "", "").check().is_err());
    }
}
