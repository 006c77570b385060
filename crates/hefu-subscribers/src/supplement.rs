//! A supplement: what an officer finds lacking in an application, and what the applicant answers.
//!
//! 电子签名法 20: applicants give true, whole and accurate particulars; the provider reviews the material. While a question is
//! open the application is not approved. The rulebook sets no clock on a subscriber's application (its clocks on supplements,
//! 办法 7, are those of a provider's own licence), so there is none to pause.

use hefu_officers::OfficerId;
use jiff::Timestamp;
use serde::Serialize;

use crate::id::SupplementId;

/// Characters of a question or an answer: two pages.
pub(crate) const WORDS_CHARACTERS_MAX: usize = 4000;

/// A question, with its answer once there is one. Its words are personal.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Supplement {
    /// Number.
    pub id: SupplementId,
    /// Number of the application.
    pub application: String,
    /// Who asked.
    pub asked_by: OfficerId,
    /// When.
    pub asked_at: Timestamp,
    /// What is lacking, in the officer's words.
    pub reason: String,
    /// What the applicant said.
    pub answer: Option<String>,
    /// Numbers of the evidence that came with it, in the applicant's file.
    pub evidence: Vec<String>,
    /// When it was answered, or taken back.
    pub closed_at: Option<Timestamp>,
}

impl Supplement {
    /// Whether the applicant has still to answer.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.closed_at.is_none()
    }
}
