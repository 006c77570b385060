//! Delivery and acceptance: when a certificate was handed over, until when its holder may say whether it is right, and what
//! they said.
//!
//! 电子签名法 20, 22: what stands in a certificate is complete and accurate; its holder is the one who sees first when it is
//! not. No law that is known here names a time for it or says what silence means: the time is the operator's, silence is not
//! taken for a yes, and what is not answered in time is told to the officers.

use jiff::Timestamp;
use serde::Serialize;

use crate::error::SubscriberError;
use crate::telling::named;

named! {
    /// What the holder says of a certificate.
    pub enum Answer {
        /// It is right.
        Accepted = "accepted",
        /// It is not, for a reason.
        Refused = "refused",
    }
}

/// A certificate, or a pair, that was handed over.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Delivery {
    /// Number of the application.
    pub application: String,
    /// When it was handed over first.
    pub delivered_at: Timestamp,
    /// Until when the holder may answer here.
    pub answer_until: Timestamp,
    /// What they said.
    pub answer: Option<Answer>,
    /// When.
    pub answered_at: Option<Timestamp>,
}

impl Delivery {
    /// Whether the holder may answer now.
    ///
    /// # Errors
    /// [`SubscriberError::Answered`] or [`SubscriberError::TooLate`].
    pub fn may_answer(&self, now: Timestamp) -> Result<(), SubscriberError> {
        match self.answer {
            Some(answer) => Err(SubscriberError::Answered(answer)),
            None if now > self.answer_until => Err(SubscriberError::TooLate {
                until: self.answer_until,
            }),
            None => Ok(()),
        }
    }

    /// Whether the time is over and nothing was said.
    #[must_use]
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.answer.is_none() && now > self.answer_until
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::tests::at;

    #[test]
    fn a_certificate_is_answered_once_and_in_time() {
        let mut delivery = Delivery {
            application: String::new(),
            delivered_at: at(0),
            answer_until: at(100),
            answer: None,
            answered_at: None,
        };
        assert!(delivery.may_answer(at(100)).is_ok() && !delivery.is_overdue(at(100)));
        assert!(matches!(
            delivery.may_answer(at(101)),
            Err(SubscriberError::TooLate { .. })
        ));
        assert!(delivery.is_overdue(at(101)));
        delivery.answer = Some(Answer::Refused);
        assert!(matches!(
            delivery.may_answer(at(1)),
            Err(SubscriberError::Answered(Answer::Refused))
        ));
        assert!(!delivery.is_overdue(at(101)));
    }
}
