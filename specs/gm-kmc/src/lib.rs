//! Requests and answers between a CA and a key management centre (GM/T 0014).
//!
//! The KMC makes the encryption key pair of a dual certificate, keeps it, and hands the private key
//! out in an envelope for the subscriber's signing key; the CA passes on what it cannot open. The two
//! may be different organisations (GM/T 0034), so all they share is this protocol: a signed request,
//! a signed answer. One request may ask for many keys under one signature.
//!
//! ```text
//! CARequest  ::= SEQUENCE { ksRequest KSRequest, signatureAlgorithm AlgorithmIdentifier, signatureValue OCTET STRING }
//! KSRequest  ::= SEQUENCE { version INTEGER (1), caName EntName, requestList SEQUENCE OF Request,
//!                           requestTime GeneralizedTime, taskNo INTEGER }
//! EntName    ::= SEQUENCE { hashAlgorithm AlgorithmIdentifier, entName GeneralName, entPubKeyHash OCTET STRING,
//!                           serialNumber INTEGER }
//! Request    ::= CHOICE { applyKeyReq [0] ApplyKeyReq, restoreKeyReq [1] RestoreKeyReq, revokeKeyReq [2] RevokeKeyReq }
//! ApplyKeyReq::= SEQUENCE { appKeyType AlgorithmIdentifier, appKeyLen INTEGER,
//!                           retAsymAlg, retSymAlg, retHashAlg AlgorithmIdentifier, appUserInfo AppUserInfo }
//! AppUserInfo::= SEQUENCE { userCertNo INTEGER, userPubKey SubjectPublicKeyInfo, notBefore, notAfter GeneralizedTime,
//!                           userName [0] EXPLICIT OCTET STRING OPTIONAL, dsCode [1] EXPLICIT IA5String OPTIONAL,
//!                           extendInfo [2] EXPLICIT IA5String OPTIONAL }
//! RestoreKeyReq ::= SEQUENCE { retAsymAlg, retSymAlg, retHashAlg AlgorithmIdentifier, userCertNo INTEGER,
//!                              userPubKey SubjectPublicKeyInfo }
//! RevokeKeyReq  ::= SEQUENCE { userCertNo INTEGER }
//!
//! KMRespond  ::= SEQUENCE { ksRespond KSRespond, signatureAlgorithm AlgorithmIdentifier, signatureValue OCTET STRING }
//! KSRespond  ::= SEQUENCE { version INTEGER (1), kmName EntName, respondList SEQUENCE OF Respond,
//!                           respondTime GeneralizedTime, taskNo INTEGER }
//! Respond    ::= CHOICE { applyKeyRespond [0] RetKeyRespond, restoreKeyRespond [1] RetKeyRespond,
//!                         revokeKeyRespond [2] RevokeKeyRespond, errorPkgRespond [3] ErrorPkgRespond }
//! RetKeyRespond    ::= SEQUENCE { userCertNo INTEGER, retPubKey SubjectPublicKeyInfo, retPriKey SignedAndEnvelopedData,
//!                                 envelopedKey [0] EXPLICIT SM2EnvelopedKey OPTIONAL }        -- the last field is ours
//! RevokeKeyRespond ::= SEQUENCE { userCertNo INTEGER }
//! ErrorPkgRespond  ::= SEQUENCE { errNo INTEGER, errDesc [0] EXPLICIT UTF8String OPTIONAL }   -- (unverified)
//! ```
//!
//! The standard's text was not to be had; this is its 2012 edition as open implementations write it.
//! They differ in tags: alternatives and optional fields are read both explicit and implicit, and
//! written explicit. How a subscriber's token takes the key is not said there either: the KMC may
//! make `SM2EnvelopedKey` (GB/T 35276) beside `SignedAndEnvelopedData` (GB/T 35275), both from one
//! SM2 encryption, and put it into a field of ours at the end. What `entPubKeyHash` hashes is taken
//! from OCSP, which the structure follows: the content of the key's BIT STRING, by SM3. (unverified)
//!
//! It does not know transport, clocks, storage, or whether a serial number was asked for before.

mod answer;
mod answer_wire;
mod delivery;
mod entity;
#[doc(hidden)]
pub mod fuzzing;
pub mod limits;
mod request;
mod request_wire;
mod verification;
mod wire;

pub use answer::{Answer, Delivered, KeyAnswer, SignedAnswer};
pub use delivery::{Envelopes, Parties};
pub use entity::{EntityName, EntityNameError};
pub use gm_syntax::{Malformed, SendError};
pub use request::{ApplyKey, KeyRequest, Request, RestoreKey, SignedRequest};
pub use verification::Unverified;
