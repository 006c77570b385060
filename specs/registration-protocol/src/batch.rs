//! What an RA asks of a CA: the batch, its items, and the road from signed bytes to a verified batch.

use std::{collections::BTreeMap, fmt, ops::Deref};

use gm_suite::{PublicKey, Signer};
use gm_syntax::{Malformed, SendError, SignedFrame};
use jiff::Timestamp;

use crate::{
    batch_wire,
    limits::BATCH_BYTES_MAX,
    seal::{Unverified, digest},
};

/// The number that the RA gives to one request, for ever: sixteen octets, best time first and random after.
///
/// The CA executes a request number once. Asking again with the same number is an [`Item::Inquire`].
pub type RequestId = [u8; 16];

/// Requests that one RA sends under one signature.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Batch {
    /// The RA's name, by which the CA finds its key.
    pub ra: String,
    /// The CA that it is meant for, see [`addressee`]; another CA that knows the same RA refuses it.
    pub to: [u8; 32],
    /// When the RA signed; the CA refuses stale batches. Kept to the microsecond.
    pub sent_at: Timestamp,
    /// Random, so that no two batches have the same digest.
    pub nonce: [u8; 16],
    /// One to [`limits::ITEMS_MAX`](crate::limits::ITEMS_MAX) requests, each with its own number.
    pub items: Vec<Item>,
}

impl Batch {
    /// Encodes and signs.
    ///
    /// # Errors
    /// [`SendError::Outside`] when a limit or rule of the protocol is broken (the same reader checks
    /// it that the CA uses); [`SendError::Seal`] when the key fails.
    pub fn sign(&self, signer: &dyn Signer) -> Result<Vec<u8>, SendError> {
        let body = batch_wire::write(self)?;
        let der = SignedFrame::seal(&body, signer)?;
        SignedBatch::from_der(&der)?;
        Ok(der)
    }
}

/// One request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Item {
    /// Issue a certificate, or a pair.
    Issue(Issue),
    /// Suspend, resume or revoke a certificate, or a pair.
    ChangeStatus(ChangeStatus),
    /// Ask what became of an earlier request.
    Inquire {
        /// The number of the earlier request.
        request_id: RequestId,
    },
}

impl Item {
    /// The number of the request.
    #[must_use]
    pub fn request_id(&self) -> RequestId {
        match self {
            Self::Issue(issue) => issue.request_id,
            Self::ChangeStatus(change) => change.request_id,
            Self::Inquire { request_id } => *request_id,
        }
    }
}

/// An approved application for a certificate, or for a pair when the profile is a dual one.
///
/// Its `Debug` shows the names of the subject fields, never their values.
#[derive(Clone, Eq, PartialEq)]
pub struct Issue {
    /// The number of the request.
    pub request_id: RequestId,
    /// The name of the profile.
    pub profile: String,
    /// The subject, by the field names of the profile.
    pub fields: BTreeMap<String, String>,
    /// `SubjectPublicKeyInfo` of the applicant's (signing) key, DER. The RA has checked possession.
    pub public_key: Vec<u8>,
    /// `SubjectPublicKeyInfo` of the key for the envelope, of a double-key request; DER.
    pub temporary_key: Option<Vec<u8>>,
    /// Days of validity asked for; the profile's default when absent.
    pub validity_days: Option<u32>,
    /// Serial number (hexadecimal) of the certificate that this one renews.
    pub replaces: Option<String>,
    /// SM3 of the RA's record of the approval: ties the certificate to who approved it.
    pub approval: [u8; 32],
}

impl fmt::Debug for Issue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issue")
            .field("request_id", &self.request_id)
            .field("profile", &self.profile)
            .field("fields", &self.fields.keys())
            .field("validity_days", &self.validity_days)
            .field("replaces", &self.replaces)
            .finish_non_exhaustive()
    }
}

/// An approved change of a certificate's status.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ChangeStatus {
    /// The number of the request.
    pub request_id: RequestId,
    /// Serial number (hexadecimal); either one of a pair, the pair moves together.
    pub serial: String,
    /// What is to be done.
    pub act: StatusAct,
    /// SM3 of the RA's record of the approval.
    pub approval: [u8; 32],
}

/// What is to be done with a certificate.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum StatusAct {
    /// Suspend it (certificateHold).
    Suspend,
    /// Lift the suspension.
    Resume,
    /// Revoke it for ever.
    Revoke {
        /// The name of the ground in law.
        ground: String,
        /// Since when the key is suspected to be lost (RFC 5280 5.3.2), when known.
        invalidity: Option<Timestamp>,
    },
}

/// A batch as it came: well-formed, not yet believed.
#[derive(Clone, Debug)]
pub struct SignedBatch {
    frame: SignedFrame,
    digest: [u8; 32],
    batch: Batch,
}

impl SignedBatch {
    /// Reads signed bytes.
    ///
    /// # Errors
    /// [`Malformed`] names the field, such as `signedBatch.batch.items[3].issue.profile`.
    pub fn from_der(der: &[u8]) -> Result<Self, Malformed> {
        let names = ("signedBatch", "batch");
        let (frame, batch) = SignedFrame::read(der, names, BATCH_BYTES_MAX, batch_wire::read)?;
        Ok(Self {
            frame,
            digest: digest(der),
            batch,
        })
    }

    /// Who claims to have sent it. Only for finding the key; nothing is verified yet.
    #[must_use]
    pub fn ra(&self) -> &str {
        &self.batch.ra
    }

    /// SM3 of the signed bytes.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// Checks the RA's signature.
    ///
    /// # Errors
    /// [`Unverified::Signature`].
    pub fn verify(self, key: &PublicKey) -> Result<VerifiedBatch, Unverified> {
        self.frame.verify(key)?;
        Ok(VerifiedBatch {
            digest: self.digest,
            batch: self.batch,
        })
    }
}

/// A batch whose signature was checked; only [`SignedBatch::verify`] makes one.
#[derive(Clone, Debug)]
pub struct VerifiedBatch {
    digest: [u8; 32],
    batch: Batch,
}

impl VerifiedBatch {
    /// SM3 of the signed bytes, for the reply.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// The batch.
    #[must_use]
    pub fn batch(&self) -> &Batch {
        &self.batch
    }

    /// The batch, without its proof.
    #[must_use]
    pub fn into_batch(self) -> Batch {
        self.batch
    }
}

impl Deref for VerifiedBatch {
    type Target = Batch;

    fn deref(&self) -> &Batch {
        &self.batch
    }
}
