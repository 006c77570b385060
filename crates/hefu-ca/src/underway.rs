//! Which requests are being worked on in this process, so that nothing is taken up twice at the same time.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use registration_protocol::RequestId;

/// Requests that a round has in hand.
#[derive(Debug, Default)]
pub(crate) struct Underway(Mutex<HashSet<RequestId>>);

/// While this lives, its requests are in hand.
#[derive(Debug)]
pub(crate) struct InHand<'u> {
    underway: &'u Underway,
    ids: Vec<RequestId>,
}

impl Underway {
    /// Takes those in hand that are not yet.
    pub(crate) fn take(&self, ids: impl IntoIterator<Item = RequestId>) -> InHand<'_> {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ids = ids.into_iter().filter(|id| taken.insert(*id)).collect();
        InHand { underway: self, ids }
    }
}

impl InHand<'_> {
    /// Whether this is the hand that has it.
    pub(crate) fn has(&self, id: &RequestId) -> bool {
        self.ids.contains(id)
    }
}

impl Drop for InHand<'_> {
    fn drop(&mut self) {
        let mut taken = self.underway.0.lock().unwrap_or_else(PoisonError::into_inner);
        for id in &self.ids {
            taken.remove(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_hand_has_another_does_not_get_until_it_lets_go() {
        let underway = Underway::default();
        let first = underway.take([[1; 16], [2; 16]]);
        let second = underway.take([[2; 16], [3; 16]]);
        assert!(first.has(&[2; 16]) && !second.has(&[2; 16]) && second.has(&[3; 16]));
        drop(first);
        assert!(underway.take([[2; 16]]).has(&[2; 16]));
        assert!(!underway.take([[3; 16]]).has(&[3; 16]));
    }
}
