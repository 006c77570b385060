//! The frame around what two services send each other: body, signature algorithm, signature.
//!
//! ```text
//! SignedFrame ::= SEQUENCE { body SEQUENCE { … }, signatureAlgorithm AlgorithmIdentifier, signature OCTET STRING }
//! ```
//!
//! GM/T 0014 signs so between CA and KMC, and the registration protocol follows it. The signature
//! covers the encoded body. Who the sender is, and whether the message is new, is the body's matter.

use der::Tag;
use gm_suite::{BadSignature, PublicKey, SignatureAlgorithm, Signer};

use crate::{
    der_fields::Fields,
    der_writer,
    malformed::{Malformed, Problem},
    seal::SealError,
};

/// Octets of a signature: ML-DSA-87 needs 4,627.
const SIGNATURE_BYTES_MAX: usize = 8 << 10;

/// Why a message could not be sent. Ours, always: nothing is sent that the other side would refuse
/// to read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// It breaks a limit or rule of the protocol; the field is named.
    #[error("cannot be sent: {0}")]
    Outside(#[from] Malformed),
    /// The key did not sign, or something could not be encoded.
    #[error(transparent)]
    Seal(#[from] SealError),
}

impl From<der::Error> for SendError {
    fn from(error: der::Error) -> Self {
        Self::Seal(SealError::Encoding(error))
    }
}

/// A signed message, taken apart but not verified.
#[derive(Clone, Debug)]
pub struct SignedFrame {
    body: Vec<u8>,
    algorithm: SignatureAlgorithm,
    signature: Vec<u8>,
}

impl SignedFrame {
    /// Reads a message called `name`, and with `read` its body, called `body_name`, in errors.
    ///
    /// # Errors
    /// [`Problem::TooLong`] above `max` octets, what `read` says, or a frame that is none.
    pub fn read<'a, T>(
        der: &'a [u8],
        (name, body_name): (&str, &str),
        max: usize,
        read: impl FnOnce(&mut Fields<'a>) -> Result<T, Malformed>,
    ) -> Result<(Self, T), Malformed> {
        Fields::message(name, der, max, |fields| {
            let body = fields.tagged(body_name, Tag::Sequence)?;
            let value = body.enter(read).map_err(|error| error.within(body_name))?;
            let offset = fields.offset();
            let identifier = fields.algorithm("signatureAlgorithm")?;
            let algorithm = SignatureAlgorithm::from_identifier(&identifier).map_err(|_| {
                let problem = Problem::Algorithm(identifier.oid);
                Malformed::new("signatureAlgorithm", offset, problem)
            })?;
            let signature = fields.octets("signatureValue", SIGNATURE_BYTES_MAX)?;
            let frame = Self {
                body: body.whole.to_vec(),
                algorithm,
                signature: signature.to_vec(),
            };
            Ok((frame, value))
        })
    }

    /// Checks the signature.
    ///
    /// # Errors
    /// [`BadSignature`].
    pub fn verify(&self, key: &PublicKey) -> Result<(), BadSignature> {
        key.verify(self.algorithm, &self.body, &self.signature)
    }

    /// Signs an encoded body and puts the frame around it.
    ///
    /// # Errors
    /// [`SealError::Signature`] or [`SealError::Encoding`].
    pub fn seal(body: &[u8], signer: &dyn Signer) -> Result<Vec<u8>, SealError> {
        let signature = signer.sign(body)?;
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
}
