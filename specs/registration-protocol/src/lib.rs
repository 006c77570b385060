//! RA to CA: signed batches of registration requests, and the CA's signed replies.
//!
//! This is the only way in which a registration authority can make a certification authority act.
//! The RA has checked who applies, an officer has approved (电子签名法 20), and what leaves the RA is
//! one [`Batch`] of [`Item`]s under one signature of the RA's key. The CA answers with one [`Reply`]
//! under a signature of its own, which names the batch it answers by digest. Neither side has to
//! trust the line between them, and both can keep the signed bytes as evidence.
//!
//! An own small structure rather than CMP (RFC 9810, GB/T 19714): one signature over many requests,
//! nothing optional that nobody uses, and subject fields by their names in the profile instead of a
//! ready-made distinguished name, so that the CA alone decides how a name is written.
//!
//! ```text
//! SignedBatch ::= SEQUENCE { batch Batch, signatureAlgorithm AlgorithmIdentifier, signatureValue OCTET STRING }
//! Batch   ::= SEQUENCE {
//!     kind       UTF8String ("registration-batch/1"),   -- so that no signature serves two purposes
//!     ra         UTF8String,
//!     to         OCTET STRING (SIZE (32)),              -- SM3 of the SubjectPublicKeyInfo of the CA's reply key
//!     sentAt     Time,
//!     nonce      OCTET STRING (SIZE (16)),
//!     items      SEQUENCE SIZE (1..512) OF Item }
//! Time    ::= INTEGER                                   -- microseconds since 1970-01-01T00:00:00Z
//! Item    ::= CHOICE { issue [0] IMPLICIT Issue, changeStatus [1] IMPLICIT ChangeStatus, inquire [2] IMPLICIT Inquire }
//! Issue   ::= SEQUENCE {
//!     requestId    RequestId,
//!     profile      UTF8String,
//!     fields       SEQUENCE SIZE (0..64) OF SEQUENCE { name UTF8String, value UTF8String },  -- names ascend, no name twice
//!     publicKey    SubjectPublicKeyInfo,
//!     approval     OCTET STRING (SIZE (32)),            -- SM3 of the RA's record of the approval
//!     temporaryKey [0] EXPLICIT SubjectPublicKeyInfo OPTIONAL,
//!     validityDays [1] EXPLICIT INTEGER OPTIONAL,
//!     replaces     [2] EXPLICIT UTF8String OPTIONAL }   -- serial number of the certificate that is renewed
//! ChangeStatus ::= SEQUENCE { requestId RequestId, serial UTF8String, act StatusAct, approval OCTET STRING (SIZE (32)) }
//! StatusAct    ::= CHOICE { suspend [0] IMPLICIT NULL, resume [1] IMPLICIT NULL,
//!                           revoke  [2] IMPLICIT SEQUENCE { ground UTF8String, invalidity Time OPTIONAL } }
//! Inquire   ::= SEQUENCE { requestId RequestId }
//! RequestId ::= OCTET STRING (SIZE (16))
//!
//! SignedReply ::= SEQUENCE { reply Reply, signatureAlgorithm AlgorithmIdentifier, signatureValue OCTET STRING }
//! Reply   ::= SEQUENCE {
//!     kind        UTF8String ("registration-reply/1"),
//!     inAnswerTo  OCTET STRING (SIZE (32)),             -- SM3 of the SignedBatch
//!     at          Time,
//!     answers     SEQUENCE SIZE (1..512) OF SEQUENCE { requestId RequestId, outcome Outcome } }
//! Outcome ::= CHOICE {
//!     issued        [0] IMPLICIT SEQUENCE { signing Certificate, issuer Certificate,
//!                                           encryption [0] EXPLICIT Certificate OPTIONAL,
//!                                           envelopedKey [1] EXPLICIT SM2EnvelopedKey OPTIONAL },
//!     statusChanged [1] IMPLICIT SEQUENCE { serials SEQUENCE SIZE (0..2) OF UTF8String, at Time },
//!     refused       [2] IMPLICIT SEQUENCE { kind UTF8String ("malformed" | "refusal" | "fault"), code UTF8String,
//!                                           english UTF8String, chinese UTF8String,
//!                                           instrument [0] EXPLICIT UTF8String OPTIONAL,
//!                                           article [1] EXPLICIT UTF8String OPTIONAL },
//!     pending       [3] IMPLICIT NULL,
//!     unknown       [4] IMPLICIT NULL }
//! ```
//!
//! All of it is DER; other encodings are refused. Serial numbers are lower-case hexadecimal.
//!
//! What it does not know: transport, clocks (the CA judges whether `sentAt` is stale), replays (the
//! CA remembers request numbers), profiles, and whether a key or certificate inside is any good.

mod batch;
mod batch_wire;
#[doc(hidden)]
pub mod fuzzing;
pub mod limits;
mod reply;
mod reply_wire;
mod seal;
mod wire;

pub use batch::{Batch, ChangeStatus, Issue, Item, RequestId, SignedBatch, StatusAct, VerifiedBatch};
pub use gm_syntax::{Malformed, SendError};
pub use reply::{Issued, Outcome, Refused, RefusedKind, Reply, SignedReply};
pub use seal::{Unverified, addressee, digest};
