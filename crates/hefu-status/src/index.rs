//! The index in memory: issuer's key → serial number → state. About forty octets a certificate.
//!
//! It is a copy of what the table says and is built from it before the first record is followed; the follower changes
//! both, the table first.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use hefu_certificate::SerialNumber;

use crate::standing::Standing;

/// What the follower learned about one certificate, for the index.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct News {
    /// The issuer's key identifier.
    pub(crate) issuer_key: Vec<u8>,
    /// The certificate.
    pub(crate) serial: SerialNumber,
    /// Its state now; `None` when it was issued, which changes nothing for one that is known already.
    pub(crate) standing: Option<Standing>,
}

/// The certificates of one issuer's key.
#[derive(Debug, Default)]
pub(crate) struct Roll(RwLock<HashMap<SerialNumber, Standing>>);

impl Roll {
    /// The state of a certificate; `None` for one that was never issued.
    pub(crate) fn standing(&self, serial: SerialNumber) -> Option<Standing> {
        // A lock is poisoned when its holder panicked; the map is whole after each of its changes, so go on.
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&serial)
            .copied()
    }

    /// Takes in certificates from the table.
    pub(crate) fn extend(&self, certificates: impl IntoIterator<Item = (SerialNumber, Standing)>) {
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(certificates);
    }

    fn note(&self, news: &News) {
        let mut roll = self.0.write().unwrap_or_else(PoisonError::into_inner);
        match news.standing {
            Some(standing) => drop(roll.insert(news.serial, standing)),
            None => drop(*roll.entry(news.serial).or_insert(Standing::VALID)),
        }
    }

    fn len(&self) -> usize {
        self.0.read().unwrap_or_else(PoisonError::into_inner).len()
    }
}

/// All rolls, by the issuer's key identifier. An issuer that nobody is answered for has a roll as well: it may be
/// added to the settings later.
#[derive(Debug, Default)]
pub(crate) struct Index(Mutex<HashMap<Vec<u8>, Arc<Roll>>>);

impl Index {
    /// The roll of an issuer's key, made when it is asked for first.
    pub(crate) fn roll(&self, issuer_key: &[u8]) -> Arc<Roll> {
        let mut rolls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(roll) = rolls.get(issuer_key) {
            return Arc::clone(roll);
        }
        let roll = Arc::<Roll>::default();
        rolls.insert(issuer_key.to_vec(), Arc::clone(&roll));
        roll
    }

    /// Takes in what the follower learned, in its order.
    pub(crate) fn note(&self, news: &[News]) {
        for news in news {
            self.roll(&news.issuer_key).note(news);
        }
    }

    /// Number of certificates known.
    pub(crate) fn len(&self) -> usize {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .values()
            .map(|roll| roll.len())
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use hefu_certificate::Status;
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn issued_twice_does_not_lift_a_revocation() {
        let serial = SerialNumber::from_random([3; 16]);
        let news = |standing| News {
            issuer_key: vec![1],
            serial,
            standing,
        };
        let revoked = Standing::new(Status::Revoked, None, Timestamp::UNIX_EPOCH);
        let index = Index::default();
        assert_eq!(index.roll(&[1]).standing(serial), None);
        index.note(&[news(None)]);
        assert_eq!(index.roll(&[1]).standing(serial), Some(Standing::VALID));
        index.note(&[news(Some(revoked)), news(None)]);
        assert_eq!(index.roll(&[1]).standing(serial), Some(revoked));
        assert_eq!(index.roll(&[2]).standing(serial), None);
        assert_eq!(index.len(), 1);
    }
}
