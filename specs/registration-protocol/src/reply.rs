//! What a CA answers: the reply, its outcomes, and the road from signed bytes to a verified reply.

use gm_suite::{PublicKey, Signer};
use gm_syntax::{Malformed, SendError, SignedFrame};
use jiff::Timestamp;

use crate::{batch::RequestId, limits::REPLY_BYTES_MAX, reply_wire, seal::Unverified};

/// The CA's answer to one batch.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reply {
    /// SM3 of the signed batch ([`crate::digest`]).
    pub in_answer_to: [u8; 32],
    /// When the CA signed. Kept to the microsecond.
    pub at: Timestamp,
    /// One outcome for each request number of the batch.
    pub answers: Vec<(RequestId, Outcome)>,
}

impl Reply {
    /// Encodes and signs. Explanations longer than
    /// [`limits::MESSAGE_BYTES_MAX`](crate::limits::MESSAGE_BYTES_MAX) are cut.
    ///
    /// # Errors
    /// [`SendError::Outside`] when a limit or rule of the protocol is broken;
    /// [`SendError::Seal`] when the key fails.
    pub fn sign(&self, signer: &dyn Signer) -> Result<Vec<u8>, SendError> {
        let body = reply_wire::write(self)?;
        let der = SignedFrame::seal(&body, signer)?;
        SignedReply::from_der(&der)?;
        Ok(der)
    }

    /// The outcome of one request, if the reply has one.
    #[must_use]
    pub fn outcome(&self, request_id: &RequestId) -> Option<&Outcome> {
        let answer = self.answers.iter().find(|(id, _)| id == request_id);
        answer.map(|(_, outcome)| outcome)
    }
}

/// What became of one request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// The certificate, or the pair, is issued and stored.
    Issued(Issued),
    /// The status has changed.
    StatusChanged {
        /// Serial numbers (hexadecimal) of all certificates that moved.
        serials: Vec<String>,
        /// Since when.
        at: Timestamp,
    },
    /// It was not done, and will not be done under this request number.
    Refused(Refused),
    /// Accepted, not finished; inquire later.
    Pending,
    /// The CA never saw this request number.
    Unknown,
}

/// Issued certificates.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Issued {
    /// The signing certificate of a pair, or the single certificate; DER.
    pub signing: Vec<u8>,
    /// The encryption certificate of a pair; DER.
    pub encryption: Option<Vec<u8>>,
    /// `SM2EnvelopedKey` with the private encryption key of a pair; DER. Only the applicant opens it.
    pub enveloped_key: Option<Vec<u8>>,
    /// The CA's certificate; DER.
    pub issuer: Vec<u8>,
}

/// A refusal, ready to be shown in both languages.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Refused {
    /// Whose fault it is.
    pub kind: RefusedKind,
    /// A stable name such as `request-id-reused`.
    pub code: String,
    /// The law or rule that says no.
    pub instrument: Option<String>,
    /// Its article.
    pub article: Option<String>,
    /// What happened, in English.
    pub english: String,
    /// What happened, in Chinese.
    pub chinese: String,
}

/// The three kinds of error, never mixed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RefusedKind {
    /// The request is not what it should be.
    Malformed,
    /// A rule says no.
    Refusal,
    /// The CA failed.
    Fault,
}

/// A reply as it came: well-formed, not yet believed.
#[derive(Clone, Debug)]
pub struct SignedReply {
    frame: SignedFrame,
    reply: Reply,
}

impl SignedReply {
    /// Reads signed bytes.
    ///
    /// # Errors
    /// [`Malformed`] names the field, such as `signedReply.reply.answers[3].refused.code`.
    pub fn from_der(der: &[u8]) -> Result<Self, Malformed> {
        let names = ("signedReply", "reply");
        let (frame, reply) = SignedFrame::read(der, names, REPLY_BYTES_MAX, reply_wire::read)?;
        Ok(Self { frame, reply })
    }

    /// Checks the CA's signature, and that the reply answers the batch with this digest.
    ///
    /// # Errors
    /// [`Unverified::Signature`], or [`Unverified::OtherBatch`] for a replayed reply.
    pub fn verify(self, key: &PublicKey, batch_digest: [u8; 32]) -> Result<Reply, Unverified> {
        self.frame.verify(key)?;
        if self.reply.in_answer_to != batch_digest {
            return Err(Unverified::OtherBatch);
        }
        Ok(self.reply)
    }
}
