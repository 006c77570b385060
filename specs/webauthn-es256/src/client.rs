//! Client data (§5.8.1): what the browser says about who asked, and for what.

use gm_suite::DigestAlgorithm;
use serde::Deserialize;

use crate::ceremony::CeremonyError;
use crate::party::RelyingParty;

/// Largest client data that are read: browsers write some 200 octets, and may add members.
const OCTETS_MAX: usize = 4096;

/// Which ceremony.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Act {
    Create,
    Get,
}

impl Act {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "webauthn.create",
            Self::Get => "webauthn.get",
        }
    }
}

/// The members that are looked at. Browsers add others; a member that comes twice is malformed.
#[derive(Debug, Deserialize)]
struct Members {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(rename = "crossOrigin")]
    cross_origin: Option<bool>,
    #[serde(rename = "tokenBinding")]
    token_binding: Option<TokenBinding>,
}

#[derive(Debug, Deserialize)]
struct TokenBinding {
    status: String,
}

/// Client data as they were read; nothing is verified.
#[derive(Debug)]
pub(crate) struct ClientData {
    members: Members,
    digest: Vec<u8>,
}

impl ClientData {
    pub(crate) fn parse(json: &[u8]) -> Result<Self, CeremonyError> {
        let malformed = CeremonyError::Malformed("clientDataJSON");
        if json.len() > OCTETS_MAX {
            return Err(malformed);
        }
        Ok(Self {
            members: serde_json::from_slice(json).map_err(|_| malformed)?,
            digest: DigestAlgorithm::Sha256.digest(json),
        })
    }

    /// The challenge that it answers, base64url.
    pub(crate) fn challenge(&self) -> &str {
        &self.members.challenge
    }

    /// SHA-256 of the octets that came: the other half of what is signed.
    pub(crate) fn digest(&self) -> &[u8] {
        &self.digest
    }

    /// §7.1 steps 7 to 10, §7.2 steps 11 to 14. No key is bound to a connection here, so token binding that a browser
    /// says was used is another connection's.
    pub(crate) fn verify(&self, act: Act, party: &RelyingParty, challenge: &str) -> Result<(), CeremonyError> {
        let said = &self.members;
        if said.kind != act.as_str() {
            return Err(CeremonyError::Type);
        }
        if said.challenge != challenge {
            return Err(CeremonyError::Challenge);
        }
        let bound = said.token_binding.as_ref().is_some_and(|it| it.status == "present");
        if said.origin != party.origin() || said.cross_origin == Some(true) || bound {
            return Err(CeremonyError::Origin);
        }
        Ok(())
    }
}
