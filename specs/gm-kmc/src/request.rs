//! What a CA asks of a KMC, and the road from signed bytes to a verified request.

use gm_suite::{PublicKey, Signer};
use gm_syntax::{Malformed, SendError, SignedFrame};
use jiff::Timestamp;

use crate::{entity::EntityName, limits::REQUEST_BYTES_MAX, request_wire, verification::Unverified};

/// One thing that is asked for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum KeyRequest {
    /// A new encryption key pair for a certificate.
    Apply(ApplyKey),
    /// The key pair of a certificate once more, for its user.
    Restore(RestoreKey),
    /// The key pair is no longer in use.
    Revoke {
        /// Serial number of the certificate; big-endian octets.
        serial: Vec<u8>,
    },
}

impl KeyRequest {
    /// The serial number that the request is about.
    #[must_use]
    pub fn serial(&self) -> &[u8] {
        match self {
            Self::Apply(apply) => &apply.serial,
            Self::Restore(restore) => &restore.serial,
            Self::Revoke { serial } => serial,
        }
    }
}

/// A new encryption key pair. The key is SM2, always.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ApplyKey {
    /// Serial number of the encryption certificate to be; big-endian octets. Leading zeros do not
    /// survive the encoding.
    pub serial: Vec<u8>,
    /// The key that will open the envelope: the user's signing key, or the temporary one.
    pub user_key: PublicKey,
    /// Start of validity. Whole seconds.
    pub not_before: Timestamp,
    /// End of validity. Whole seconds.
    pub not_after: Timestamp,
    /// The user's name as octets, if the CA tells it.
    pub user_name: Option<Vec<u8>>,
}

/// A key pair once more.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RestoreKey {
    /// Serial number of the encryption certificate; big-endian octets.
    pub serial: Vec<u8>,
    /// The key that will open the envelope.
    pub user_key: PublicKey,
}

/// Requests of one CA under one signature (`KSRequest`).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Request {
    /// Who asks.
    pub ca: EntityName,
    /// What is asked; answered in this order. One to [`limits::REQUESTS_MAX`](crate::limits::REQUESTS_MAX).
    pub requests: Vec<KeyRequest>,
    /// When the CA signed. Whole seconds.
    pub at: Timestamp,
    /// The CA's number for this request, never used twice.
    pub task: u64,
}

impl Request {
    /// Encodes and signs.
    ///
    /// # Errors
    /// [`SendError::Outside`] when a limit or rule of the protocol is broken (the same reader checks
    /// it that the KMC uses); [`SendError::Seal`] when the key fails.
    pub fn sign(&self, signer: &dyn Signer) -> Result<Vec<u8>, SendError> {
        let body = request_wire::write(self)?;
        let der = SignedFrame::seal(&body, signer)?;
        SignedRequest::from_der(&der)?;
        Ok(der)
    }
}

/// A request as it came: well-formed, not yet believed.
#[derive(Clone, Debug)]
pub struct SignedRequest {
    frame: SignedFrame,
    request: Request,
}

impl SignedRequest {
    /// Reads signed bytes.
    ///
    /// # Errors
    /// [`Malformed`] names the field, such as `caRequest.ksRequest.requestList[3].applyKeyReq.appKeyLen`.
    pub fn from_der(der: &[u8]) -> Result<Self, Malformed> {
        let names = ("caRequest", "ksRequest");
        let (frame, request) = SignedFrame::read(der, names, REQUEST_BYTES_MAX, request_wire::read)?;
        Ok(Self { frame, request })
    }

    /// Who claims to have sent it. Only for finding the key; nothing is verified yet.
    #[must_use]
    pub fn ca(&self) -> &EntityName {
        &self.request.ca
    }

    /// Checks the CA's signature. That the request is new, and recent, is the KMC's to judge.
    ///
    /// # Errors
    /// [`Unverified::Signature`].
    pub fn verify(self, key: &PublicKey) -> Result<Request, Unverified> {
        self.frame.verify(key)?;
        Ok(self.request)
    }
}
