//! The authorities that this CA issues under, and which of them takes an application.

use std::sync::Arc;

use gm_suite::{KeyAlgorithm, Signer};
use hefu_certificate::{Issuer, Profile};

/// An issuing authority: its certificate, its key, and the profiles it issues.
#[derive(Clone)]
pub struct Authority {
    /// Its name in settings, stores, addresses and records.
    pub name: String,
    /// Its certificate and addresses.
    pub issuer: Issuer,
    /// Its key.
    pub signer: Arc<dyn Signer>,
    /// What it issues.
    pub profiles: Vec<Arc<Profile>>,
}

impl Authority {
    /// The profile with this name, if this authority issues it.
    pub(crate) fn profile(&self, name: &str) -> Option<&Arc<Profile>> {
        self.profiles.iter().find(|profile| profile.name() == name)
    }
}

/// All authorities of this CA, in the order of the settings.
#[derive(Clone)]
pub(crate) struct Authorities(Arc<[Arc<Authority>]>);

impl Authorities {
    /// Takes them over.
    pub(crate) fn new(authorities: Vec<Authority>) -> Self {
        Self(authorities.into_iter().map(Arc::new).collect())
    }

    /// By name.
    pub(crate) fn named(&self, name: &str) -> Option<&Arc<Authority>> {
        self.0.iter().find(|authority| authority.name == name)
    }

    /// Whether any authority issues a pair under this profile.
    pub(crate) fn is_dual(&self, profile: &str) -> bool {
        self.profile(profile).is_some_and(|profile| profile.is_dual())
    }

    /// A profile by name, whichever authority issues it.
    pub(crate) fn profile(&self, name: &str) -> Option<&Arc<Profile>> {
        self.0.iter().find_map(|authority| authority.profile(name))
    }

    /// Who issues under this profile to a key of this kind.
    ///
    /// Of several authorities the first whose own key is of the same family, Chinese or international, as the
    /// subscriber's: whoever can verify one can then verify the other. If there is none, the first.
    pub(crate) fn issuing(&self, profile: &str, key: KeyAlgorithm) -> Option<(&Arc<Authority>, &Arc<Profile>)> {
        let chinese = key == KeyAlgorithm::Sm2;
        let issuing = || {
            self.0
                .iter()
                .filter_map(|authority| Some((authority, authority.profile(profile)?)))
        };
        issuing()
            .find(|(authority, _)| (authority.issuer.public_key().algorithm() == KeyAlgorithm::Sm2) == chinese)
            .or_else(|| issuing().next())
    }

    /// Their names.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|authority| authority.name.as_str())
    }
}
