//! Facts about certificates that zones tell each other through the records.
//!
//! Past tense, versioned: the kind ends in a number, and a body is never given another meaning. The status zone builds
//! its view from these alone.

use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ground::RevocationGround;
use crate::profile::{LawScope, Usage};
use crate::serial::SerialNumber;
use crate::status::Status;

/// Kind of [`CertificateIssued`].
pub const CERTIFICATE_ISSUED: &str = "certificate-issued/1";
/// Kind of [`StatusChanged`].
pub const STATUS_CHANGED: &str = "status-changed/1";
/// Kind of [`AuthorityCertified`].
pub const AUTHORITY_CERTIFIED: &str = "authority-certified/1";

/// Octets written as base64 in JSON.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Base64(pub Vec<u8>);

impl Serialize for Base64 {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map(Self).map_err(serde::de::Error::custom)
    }
}

/// One certificate, or the two of a pair, were issued as one act.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CertificateIssued {
    /// Name of the authority in the settings.
    pub authority: String,
    /// Name of the profile.
    pub profile: String,
    /// Whether they are 电子签名认证证书.
    pub law_scope: LawScope,
    /// The subject's name for people.
    pub subject: String,
    /// The certificates: one with usage single, or sign and encrypt.
    pub parts: Vec<IssuedPart>,
    /// First second of validity.
    pub not_before: Timestamp,
    /// Last second of validity.
    pub not_after: Timestamp,
    /// The registration authority whose signed request this answers.
    pub registration_authority: String,
    /// The request, hexadecimal.
    pub request_id: String,
    /// SM3 of the registration authority's approval record, hexadecimal.
    pub approval: String,
    /// Serial of the certificate that these renew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
}

/// One certificate of an issuance.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct IssuedPart {
    /// Which half, or single.
    pub usage: Usage,
    /// Its serial number.
    pub serial: SerialNumber,
    /// The certificate, DER.
    pub der: Base64,
}

/// The state of certificates changed: of one, or of both of a pair together.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct StatusChanged {
    /// Name of the authority in the settings.
    pub authority: String,
    /// The certificates.
    pub serials: Vec<SerialNumber>,
    /// The state now.
    pub status: Status,
    /// Why, when revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ground: Option<RevocationGround>,
    /// Reason code for CRLs and OCSP; none for valid ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<u8>,
    /// When.
    pub at: Timestamp,
    /// Since when the key or the facts were bad, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invalidity: Option<Timestamp>,
    /// The registration authority whose signed request this answers.
    pub registration_authority: String,
    /// The request, hexadecimal.
    pub request_id: String,
    /// SM3 of the registration authority's approval record, hexadecimal.
    pub approval: String,
}

/// An authority, an OCSP signer or another certificate of the service itself was certified.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AuthorityCertified {
    /// Name of the authority in the settings.
    pub authority: String,
    /// Name of the profile: "root", "issuing", "ocsp-signer", "timestamp-signer".
    pub profile: String,
    /// The certificate, DER.
    pub der: Base64,
    /// Its issuer's certificate, DER; its own when self-signed.
    pub issuer: Base64,
    /// When.
    pub at: Timestamp,
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn an_issuance_reads_back_from_json() {
        let fact = CertificateIssued {
            authority: "sm2".to_owned(),
            profile: "person-sm2".to_owned(),
            law_scope: LawScope::Signature,
            subject: "C=CN, CN=张三".to_owned(),
            parts: vec![IssuedPart {
                usage: Usage::Sign,
                serial: SerialNumber::from_random([7; 16]),
                der: Base64(vec![0x30, 0]),
            }],
            not_before: "2026-11-22T08:00:00Z".parse().unwrap(),
            not_after: "2027-11-22T07:59:59Z".parse().unwrap(),
            registration_authority: "ra1".to_owned(),
            request_id: "00".repeat(16),
            approval: "11".repeat(32),
            replaces: None,
        };
        let json = serde_json::to_string(&fact).unwrap();
        assert!(
            json.contains(r#""parts":[{"usage":"sign","serial":"47070707070707070707070707070707","der":"MAA="}]"#)
        );
        assert_eq!(serde_json::from_str::<CertificateIssued>(&json).unwrap(), fact);
    }

    #[test]
    fn a_status_change_reads_back_from_json() {
        let fact = StatusChanged {
            authority: "sm2".to_owned(),
            serials: vec![SerialNumber::from_random([1; 16]), SerialNumber::from_random([2; 16])],
            status: Status::Revoked,
            ground: Some(RevocationGround::SecurityNotGuaranteed),
            reason: Some(1),
            at: "2026-11-22T08:00:00Z".parse().unwrap(),
            invalidity: None,
            registration_authority: "ra1".to_owned(),
            request_id: "00".repeat(16),
            approval: "11".repeat(32),
        };
        let json = serde_json::to_string(&fact).unwrap();
        assert!(json.contains(r#""status":"revoked","ground":"security-not-guaranteed","reason":1"#));
        assert_eq!(serde_json::from_str::<StatusChanged>(&json).unwrap(), fact);
    }
}
