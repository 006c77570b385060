//! The signed frame that batches and replies share: body, signature algorithm, signature.

use gm_suite::{PublicKey, SignError, SignatureAlgorithm, Signer};
use gm_syntax::{Malformed, Problem, der_fields::Fields, der_writer};

use crate::limits::SIGNATURE_BYTES_MAX;

/// Why a batch or reply could not be sent. Ours, always: what we were about to send is not signed
/// unless the other side could read it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// It breaks a limit or rule of the protocol; the field is named.
    #[error("cannot be sent: {0}")]
    Outside(#[from] Malformed),
    /// The key did not sign.
    #[error("the signature could not be made")]
    Signature(#[source] SignError),
    /// It could not be encoded.
    #[error("cannot be encoded: {0}")]
    Encoding(#[from] der::Error),
}

/// Why a well-formed batch or reply is not believed.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Unverified {
    /// The signature is not that of the expected key over these bytes.
    #[error("the signature does not verify under the expected key")]
    Signature,
    /// The reply answers another batch: replayed or misrouted.
    #[error("the reply answers another batch")]
    OtherBatch,
}

/// SM3 of the signed bytes: how a reply names the batch that it answers.
#[must_use]
pub fn digest(signed: &[u8]) -> [u8; 32] {
    gm_suite::sm3(signed)
}

/// A signed message, taken apart but not verified.
#[derive(Clone, Debug)]
pub(crate) struct Sealed {
    body: Vec<u8>,
    algorithm: SignatureAlgorithm,
    signature: Vec<u8>,
    digest: [u8; 32],
}

impl Sealed {
    /// Reads the frame `name { body_name, signatureAlgorithm, signature }` and its body.
    pub(crate) fn read<T>(
        der: &[u8],
        (name, body_name): (&str, &str),
        max: usize,
        read: impl FnOnce(&mut Fields<'_>) -> Result<T, Malformed>,
    ) -> Result<(Self, T), Malformed> {
        Fields::message(name, der, max, |fields| {
            let body = fields.tagged(body_name, der::Tag::Sequence)?;
            let value = body.enter(read).map_err(|error| error.within(body_name))?;
            let offset = fields.offset();
            let identifier = fields.algorithm("signatureAlgorithm")?;
            let algorithm = SignatureAlgorithm::from_identifier(&identifier).map_err(|_| {
                let problem = Problem::Algorithm(identifier.oid);
                Malformed::new("signatureAlgorithm", offset, problem)
            })?;
            let signature = fields.octets("signature", SIGNATURE_BYTES_MAX)?;
            let sealed = Self {
                body: body.whole.to_vec(),
                algorithm,
                signature: signature.to_vec(),
                digest: digest(der),
            };
            Ok((sealed, value))
        })
    }

    /// The digest of the whole signed message.
    pub(crate) fn digest(&self) -> [u8; 32] {
        self.digest
    }

    pub(crate) fn verify(&self, key: &PublicKey) -> Result<(), Unverified> {
        key.verify(self.algorithm, &self.body, &self.signature)
            .map_err(|_| Unverified::Signature)
    }
}

/// Signs `body` and puts the frame around it.
pub(crate) fn seal(body: &[u8], signer: &dyn Signer) -> Result<Vec<u8>, SendError> {
    let signature = signer.sign(body).map_err(SendError::Signature)?;
    let identifier = signer.signature_algorithm().identifier();
    let der = der_writer::write(|w| {
        w.sequence(|w| {
            w.raw(body);
            w.value(&identifier);
            w.octets(&signature);
        });
    })?;
    Ok(der)
}
