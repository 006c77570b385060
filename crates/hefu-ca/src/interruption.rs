//! The points at which a process may die, by name. Tests stop a round there; outside tests this is nothing.

use crate::mint::MintError;

/// A point between two steps of a round.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Step {
    /// Commit 1 is done.
    TakenIn,
    /// The key centre has answered.
    KeysFetched,
    /// Commit 2 is done.
    Intended,
    /// The key has signed; nothing of it is stored.
    Signed,
    /// Commit 3 is done; no reply has left.
    Stored,
}

/// Where the next round is to stop.
#[derive(Debug, Default)]
pub(crate) struct Interruption {
    #[cfg(test)]
    stop_at: std::sync::Mutex<Option<Step>>,
}

impl Interruption {
    /// Passes the point, or stops there as if the process had died.
    #[cfg(not(test))]
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "only tests stop here")]
    pub(crate) fn at(&self, _step: Step) -> Result<(), MintError> {
        Ok(())
    }

    /// Passes the point, or stops there as if the process had died.
    #[cfg(test)]
    pub(crate) fn at(&self, step: Step) -> Result<(), MintError> {
        match self.stop_at.lock() {
            Ok(stop_at) if *stop_at == Some(step) => Err(MintError::Stopping),
            _ => Ok(()),
        }
    }

    /// Stops every round at `step` from now on.
    #[cfg(test)]
    pub(crate) fn stop_at(&self, step: Step) {
        if let Ok(mut stop_at) = self.stop_at.lock() {
            *stop_at = Some(step);
        }
    }
}
