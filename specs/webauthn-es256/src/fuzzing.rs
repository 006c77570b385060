//! Entry points for fuzzers: each takes bytes from outside through one parser and everything that follows from it.

use crate::{Assertion, Registration, RelyingParty, Synced};

/// The first two octets say where the client data end; what is read is verified and refused, for no challenge was given.
pub fn ceremonies(data: &[u8]) {
    let Some((length, rest)) = data.split_first_chunk() else {
        return;
    };
    let at = usize::from(u16::from_be_bytes(*length)).min(rest.len());
    let (client, authenticator) = rest.split_at(at);
    let Ok(party) = RelyingParty::at("https://ca.example", Synced::Allowed) else {
        return;
    };
    if let Ok(made) = Registration::parse(client, authenticator) {
        let challenge = made.challenge().to_owned();
        if let Ok(credential) = made.verify(&party, &challenge) {
            debug_assert!((1..=crate::CREDENTIAL_ID_MAX).contains(&credential.id.len()));
        }
    }
    if let Ok(used) = Assertion::parse(client, authenticator, authenticator.get(..8).unwrap_or_default()) {
        debug_assert!(used.challenge().len() <= client.len());
    }
}
