//! `[ra.passkeys]`: officers may log in with passkeys, at one address.

use hefu_officers::{BadOrigin, RelyingParty, Synced};
use serde::Deserialize;

/// The section; passkeys are off where it is absent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Passkeys {
    /// The address that officers' browsers show; that of the TLS door when absent, or of the TLS proxy in front.
    pub(crate) origin: Option<String>,
    /// Whether keys are taken that may be copied to other devices of their holder.
    #[serde(default)]
    pub(crate) synced: bool,
}

impl Passkeys {
    /// The relying party at `origin`, else at `door`, where officers' browsers come in.
    pub(crate) fn party(&self, door: Option<&str>) -> Result<RelyingParty, WrongPasskeys> {
        let origin = self.origin.as_deref().or(door).ok_or(WrongPasskeys::NoDoor)?;
        let synced = if self.synced { Synced::Allowed } else { Synced::Refused };
        Ok(RelyingParty::at(origin, synced)?)
    }
}

/// Why passkeys cannot be used as they are set.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum WrongPasskeys {
    /// Browsers have no address with TLS here.
    #[error(
        "[ra.passkeys] needs a [tls] door or a TLS proxy in front (`behind_tls_proxy`); on this machine alone, set `origin = \"http://localhost:PORT\"`"
    )]
    NoDoor,
    /// Not an address for passkeys.
    #[error("[ra.passkeys] origin (the door's `url` when absent): {0}")]
    Origin(#[from] BadOrigin),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, door: Option<&str>) -> String {
        let section: Passkeys = match toml::from_str(text) {
            Ok(section) => section,
            Err(why) => return why.message().to_owned(),
        };
        match section.party(door) {
            Ok(party) => format!("{} {:?}", party.origin(), party.synced()),
            Err(why) => why.to_string(),
        }
    }

    #[test]
    fn the_relying_party_is_the_door_unless_an_origin_is_set() {
        let door = Some("https://ra.example:8443");
        assert_eq!(told("", door), "https://ra.example:8443 Refused");
        assert_eq!(told("synced = true", door), "https://ra.example:8443 Allowed");
        let own = "origin = \"https://hefu.localhost:8443\"";
        assert_eq!(told(own, door), "https://hefu.localhost:8443 Refused");
    }

    #[test]
    fn what_cannot_work_stops_the_start_with_the_reason() {
        assert!(told("", None).contains("needs a [tls] door"));
        assert!(told("", Some("https://127.0.0.1:8443")).contains("names an address"));
        assert!(told("origin = \"http://ra.example\"", None).contains("neither https"));
        assert!(told("orgin = \"https://ra.example\"", None).contains("orgin"));
    }
}
