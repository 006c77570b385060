//! The two ceremonies: a key is made (§7.1), a key is used (§7.2).

use gm_suite::{PublicKey, SignatureAlgorithm};

use crate::authenticator::AuthenticatorData;
use crate::client::{Act, ClientData};
use crate::party::RelyingParty;

/// Longest credential identifier in octets (§7.1, Level 3: 1023).
pub const CREDENTIAL_ID_MAX: usize = 1023;
/// Longest ECDSA signature on P-256, DER: two integers of 33 octets with their heads.
const SIGNATURE_OCTETS_MAX: usize = 72;

/// Why a ceremony was refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum CeremonyError {
    /// Not what browsers and authenticators send; says which part.
    #[error("{0} is malformed")]
    Malformed(&'static str),
    /// The answer to the other ceremony.
    #[error("the answer is of another ceremony")]
    Type,
    /// It answers another challenge.
    #[error("the answer is to another challenge")]
    Challenge,
    /// A page of another origin asked, or one inside a frame of another site.
    #[error("a page of another origin asked for the answer")]
    Origin,
    /// The key is another relying party's.
    #[error("the key was made for another relying party")]
    Party,
    /// Nobody touched the authenticator.
    #[error("the authenticator saw nobody")]
    NotPresent,
    /// The authenticator did not verify who it was.
    #[error("the authenticator did not verify its holder")]
    NotVerified,
    /// The key may be copied to other devices, and the relying party takes no such keys.
    #[error("the key may be copied to other devices of its holder")]
    Synced,
    /// Not an ES256 key in its one form.
    #[error("the key is not ES256")]
    Algorithm,
    /// The signature is not of this key over these octets.
    #[error("the signature does not match")]
    Signature,
    /// The counter did not grow: there may be a copy of the key (§6.1.1).
    #[error("the signature counter is {given} after {stored}")]
    Counter {
        /// The counter of the last use.
        stored: u32,
        /// That of this one.
        given: u32,
    },
}

/// A key that was made, as a browser brings it; nothing is verified.
#[derive(Debug)]
pub struct Registration {
    client: ClientData,
    authenticator: AuthenticatorData,
}

/// A key that was made for this relying party, in answer to its challenge.
#[derive(Clone, Debug)]
pub struct Credential {
    /// How its authenticator finds it, at most [`CREDENTIAL_ID_MAX`] octets.
    pub id: Vec<u8>,
    /// The key: P-256.
    pub key: PublicKey,
    /// The signature counter; 0 where the authenticator has none.
    pub counter: u32,
    /// Whether the authenticator says that it may be copied to other devices.
    pub is_synced: bool,
}

impl Registration {
    /// Reads `clientDataJSON` and the result of `getAuthenticatorData()`.
    ///
    /// # Errors
    /// [`CeremonyError::Malformed`], [`CeremonyError::Algorithm`].
    pub fn parse(client_data: &[u8], authenticator_data: &[u8]) -> Result<Self, CeremonyError> {
        Ok(Self {
            client: ClientData::parse(client_data)?,
            authenticator: AuthenticatorData::parse(authenticator_data)?,
        })
    }

    /// The challenge that it answers, base64url.
    #[must_use]
    pub fn challenge(&self) -> &str {
        self.client.challenge()
    }

    /// §7.1 without attestation. That the key is registered only once, the caller sees to.
    ///
    /// # Errors
    /// [`CeremonyError`].
    pub fn verify(self, party: &RelyingParty, challenge: &str) -> Result<Credential, CeremonyError> {
        self.client.verify(Act::Create, party, challenge)?;
        self.authenticator.verify(party)?;
        let is_synced = self.authenticator.is_synced();
        let counter = self.authenticator.counter;
        let made = self.authenticator.attested;
        let made = made.ok_or(CeremonyError::Malformed("authenticatorData"))?;
        Ok(Credential {
            id: made.id,
            key: made.key,
            counter,
            is_synced,
        })
    }
}

/// A use of a key, as a browser brings it; nothing is verified.
#[derive(Debug)]
pub struct Assertion {
    client: ClientData,
    authenticator: AuthenticatorData,
    signed: Vec<u8>,
    signature: Vec<u8>,
}

impl Assertion {
    /// Reads `clientDataJSON`, `authenticatorData` and `signature` of an `AuthenticatorAssertionResponse`.
    ///
    /// # Errors
    /// [`CeremonyError::Malformed`].
    pub fn parse(client_data: &[u8], authenticator_data: &[u8], signature: &[u8]) -> Result<Self, CeremonyError> {
        if signature.len() > SIGNATURE_OCTETS_MAX {
            return Err(CeremonyError::Malformed("signature"));
        }
        let client = ClientData::parse(client_data)?;
        let authenticator = AuthenticatorData::parse(authenticator_data)?;
        if authenticator.attested.is_some() {
            return Err(CeremonyError::Malformed("authenticatorData"));
        }
        Ok(Self {
            signed: [authenticator_data, client.digest()].concat(),
            client,
            authenticator,
            signature: signature.to_vec(),
        })
    }

    /// The challenge that it answers, base64url.
    #[must_use]
    pub fn challenge(&self) -> &str {
        self.client.challenge()
    }

    /// §7.2 from step 11 on, with the registered key and the counter of its last use; the new counter comes back.
    ///
    /// # Errors
    /// [`CeremonyError`]; [`CeremonyError::Counter`] only where everything else is right.
    pub fn verify(
        &self,
        party: &RelyingParty,
        challenge: &str,
        key: &PublicKey,
        stored: u32,
    ) -> Result<u32, CeremonyError> {
        self.client.verify(Act::Get, party, challenge)?;
        self.authenticator.verify(party)?;
        key.verify(SignatureAlgorithm::EcdsaP256Sha256, &self.signed, &self.signature)
            .map_err(|_| CeremonyError::Signature)?;
        let given = self.authenticator.counter;
        if (given, stored) != (0, 0) && given <= stored {
            return Err(CeremonyError::Counter { stored, given });
        }
        Ok(given)
    }
}
