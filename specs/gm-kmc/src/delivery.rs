//! Making what a KMC delivers: one SM2 encryption, one or two envelopes.

use gm_suite::{PrivateKey, PublicKey, Signer};
use gm_syntax::{ContentKey, SealError, SignedAndEnvelopedData, SignedBy, Sm2EnvelopedKey, without_leading_zeros};

use crate::{answer::Delivered, entity::EntityName};

/// Whose certificate the key is for, and who signs the envelope.
#[derive(Clone, Copy)]
pub struct Parties<'a> {
    /// The CA that asked and will issue the certificate.
    pub ca: &'a EntityName,
    /// The KMC.
    pub kmc: &'a EntityName,
    /// The KMC's signing key.
    pub signer: &'a dyn Signer,
}

/// Which envelopes are made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Envelopes {
    /// `SignedAndEnvelopedData` alone, as GM/T 0014 says.
    Signed,
    /// `SM2EnvelopedKey` beside it, for tokens and GM/T 0092.
    Both,
}

impl Delivered {
    /// Envelopes the SM2 key `key` for `user_key`; `serial` is that of the encryption certificate.
    ///
    /// The recipient is named by the CA and this serial number, the certificate being about to exist;
    /// the signer by the KMC's name and serial number as they stand in its [`EntityName`].
    ///
    /// # Errors
    /// [`SealError`]: a key that is not SM2, or the machine failed.
    pub fn seal(
        serial: &[u8],
        key: &PrivateKey,
        user_key: &PublicKey,
        parties: Parties<'_>,
        envelopes: Envelopes,
    ) -> Result<Self, SealError> {
        let content_key = ContentKey::wrap(user_key)?;
        let by = SignedBy {
            signer: parties.signer,
            name: &parties.kmc.issued(parties.kmc.serial()),
        };
        let recipient = parties.ca.issued(serial);
        let bare = match envelopes {
            Envelopes::Signed => None,
            Envelopes::Both => Some(Sm2EnvelopedKey::seal_under(&content_key, key)?),
        };
        Ok(Self {
            serial: without_leading_zeros(serial).to_vec(),
            public_key: Signer::public_key(key).clone(),
            private_key: SignedAndEnvelopedData::seal_key_under(&content_key, key, &recipient, by)?,
            enveloped: bare,
        })
    }
}
