//! What a KMC answers, and the road from signed bytes to a verified answer.

use gm_suite::{PublicKey, Signer};
use gm_syntax::{Malformed, SendError, SignedAndEnvelopedData, SignedFrame, Sm2EnvelopedKey, without_leading_zeros};
use jiff::Timestamp;

use crate::{
    answer_wire,
    entity::EntityName,
    limits::ANSWER_BYTES_MAX,
    request::{KeyRequest, Request},
    verification::Unverified,
};

/// The answer to one request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum KeyAnswer {
    /// A new key pair.
    Applied(Delivered),
    /// The key pair once more.
    Restored(Delivered),
    /// The key pair is no longer in use.
    Revoked {
        /// Serial number of the certificate; big-endian octets without leading zeros.
        serial: Vec<u8>,
    },
    /// It was not done.
    Error {
        /// The KMC's number for what happened.
        code: i64,
        /// What happened. Longer texts than
        /// [`limits::ERROR_TEXT_BYTES_MAX`](crate::limits::ERROR_TEXT_BYTES_MAX) are cut.
        text: String,
    },
}

/// A key pair, its private key enveloped for the user.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Delivered {
    /// Serial number of the encryption certificate; big-endian octets without leading zeros.
    pub serial: Vec<u8>,
    /// The public encryption key, for the certificate.
    pub public_key: PublicKey,
    /// The private key as GM/T 0014 delivers it.
    pub private_key: SignedAndEnvelopedData,
    /// The private key as tokens and GM/T 0092 take it; a field of ours.
    pub enveloped: Option<Sm2EnvelopedKey>,
}

/// Answers under one signature (`KSRespond`).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Answer {
    /// Who answers.
    pub kmc: EntityName,
    /// One answer for each request, in their order.
    pub answers: Vec<KeyAnswer>,
    /// When the KMC signed. Whole seconds.
    pub at: Timestamp,
    /// The number of the request.
    pub task: u64,
}

impl Answer {
    /// Encodes and signs.
    ///
    /// # Errors
    /// [`SendError::Outside`] when a limit or rule of the protocol is broken; [`SendError::Seal`]
    /// when the key fails.
    pub fn sign(&self, signer: &dyn Signer) -> Result<Vec<u8>, SendError> {
        let body = answer_wire::write(self)?;
        let der = SignedFrame::seal(&body, signer)?;
        SignedAnswer::from_der(&der)?;
        Ok(der)
    }

    /// Checks that this answers `request`: its task, and one answer of the right kind about the right
    /// serial number for each element, or an error.
    ///
    /// # Errors
    /// [`Unverified::OtherTask`] or [`Unverified::Unfit`].
    pub fn fits(&self, request: &Request) -> Result<(), Unverified> {
        let (expected, found) = (request.task, self.task);
        if expected != found {
            return Err(Unverified::OtherTask { expected, found });
        }
        let pairs = request.requests.iter().zip(&self.answers);
        let all = request.requests.len() == self.answers.len();
        if all && pairs.into_iter().all(|(asked, answer)| answer.fits(asked)) {
            return Ok(());
        }
        Err(Unverified::Unfit)
    }
}

impl KeyAnswer {
    fn fits(&self, asked: &KeyRequest) -> bool {
        let serial = match (self, asked) {
            (Self::Applied(delivered), KeyRequest::Apply(_)) | (Self::Restored(delivered), KeyRequest::Restore(_)) => {
                &delivered.serial
            }
            (Self::Revoked { serial }, KeyRequest::Revoke { .. }) => serial,
            (Self::Error { .. }, _) => return true,
            _ => return false,
        };
        without_leading_zeros(serial) == without_leading_zeros(asked.serial())
    }
}

/// An answer as it came: well-formed, not yet believed.
#[derive(Clone, Debug)]
pub struct SignedAnswer {
    frame: SignedFrame,
    answer: Answer,
}

impl SignedAnswer {
    /// Reads signed bytes.
    ///
    /// # Errors
    /// [`Malformed`] names the field, such as `kmRespond.ksRespond.respondList[3].applyKeyRespond.retPubKey`.
    pub fn from_der(der: &[u8]) -> Result<Self, Malformed> {
        let names = ("kmRespond", "ksRespond");
        let (frame, answer) = SignedFrame::read(der, names, ANSWER_BYTES_MAX, answer_wire::read)?;
        Ok(Self { frame, answer })
    }

    /// Checks the KMC's signature. Whether it answers what was asked is [`Answer::fits`].
    ///
    /// # Errors
    /// [`Unverified::Signature`].
    pub fn verify(self, key: &PublicKey) -> Result<Answer, Unverified> {
        self.frame.verify(key)?;
        Ok(self.answer)
    }

    /// Checks the KMC's signature and that the answer fits `request`: a replayed one does not.
    ///
    /// # Errors
    /// [`Unverified`].
    pub fn verify_for(self, key: &PublicKey, request: &Request) -> Result<Answer, Unverified> {
        let answer = self.verify(key)?;
        answer.fits(request)?;
        Ok(answer)
    }
}
