//! Word that certificates changed their status: who makes revocation lists listens.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::watch;

/// One bell for each authority. It says that something changed, not what; that stands in the table.
#[derive(Clone, Debug)]
pub struct StatusChanges(Arc<HashMap<String, watch::Sender<u64>>>);

impl StatusChanges {
    /// A bell for each of these authorities.
    pub(crate) fn of<'a>(authorities: impl Iterator<Item = &'a str>) -> Self {
        let bells = authorities.map(|name| (name.to_owned(), watch::Sender::new(0)));
        Self(Arc::new(bells.collect()))
    }

    /// Rings after a commit.
    pub(crate) fn ring(&self, authority: &str) {
        if let Some(bell) = self.0.get(authority) {
            bell.send_modify(|count| *count += 1);
        }
    }

    /// Listens from now on; nothing when there is no such authority.
    pub(crate) fn listen(&self, authority: &str) -> Option<watch::Receiver<u64>> {
        self.0.get(authority).map(watch::Sender::subscribe)
    }
}
