//! Copies of agreements as they were printed: which side's, and the digest of the PDF.
//!
//! 办法 22: there is a contract, and each side has it. The PDF itself is not kept: the same description gives the same
//! octets, and the digest tells whether a paper that turns up is the one that was handed out.

use hefu_officers::OfficerId;
use jiff::Timestamp;

use crate::agreement::Side;
use crate::id::AgreementId;

/// A copy that was printed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Copy {
    /// Of which agreement.
    pub agreement: AgreementId,
    /// For which side.
    pub side: Side,
    /// SM3 of the PDF.
    pub sm3: [u8; 32],
    /// Octets of the PDF.
    pub octets: u64,
    /// Who had it made.
    pub made_by: OfficerId,
    /// When it was made first.
    pub made_at: Timestamp,
}

impl Copy {
    /// A copy of these octets.
    #[must_use]
    pub fn of(agreement: AgreementId, side: Side, pdf: &[u8], by: OfficerId, now: Timestamp) -> Self {
        Self {
            agreement,
            side,
            sm3: gm_suite::sm3(pdf),
            octets: pdf.len() as u64,
            made_by: by,
            made_at: now,
        }
    }
}
