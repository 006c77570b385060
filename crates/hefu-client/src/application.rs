//! Applications for certificates: what is sent, and what comes back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A new application. The parts that are already done may come along; the rest follow one by one.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
pub struct NewApplication {
    /// Name of the certificate profile.
    pub profile: String,
    /// Subject fields by the profile's field names.
    pub subject: BTreeMap<String, String>,
    /// Number of the applicant's file; needed for certificates for electronic signatures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub applicant: Option<String>,
    /// The certification request: PEM, or DER in base64.
    pub csr: String,
    /// Wanted validity; the profile's default where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validity_days: Option<u32>,
    /// The notice that the applicant acknowledged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice: Option<Basis<Notice>>,
    /// The contract that the applicant signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contract: Option<Basis<Contract>>,
    /// How the applicant's identity was verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<Basis<Identity>>,
}

/// What a step stands on: a proof out of the applicant's file, or an officer's words.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Basis<W> {
    /// Number of a check or an agreement in the applicant's file.
    Proof {
        /// 32 hexadecimal digits.
        proof: String,
    },
    /// Words; enough only for devices and servers.
    Words(W),
}

impl<W: Default> Default for Basis<W> {
    fn default() -> Self {
        Self::Words(W::default())
    }
}

/// The notice that was acknowledged before the contract (电子签名法 20; M15 21).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// Version of the text.
    pub version: String,
}

/// The contract.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
pub struct Contract {
    /// Version of the text.
    pub version: String,
    /// Who signed on the subscriber's side.
    pub signed_by: String,
}

/// One verification of an identity.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
pub struct Identity {
    /// How: a method that the server knows, for instance `in-person`.
    pub method: String,
    /// Kind of document that was shown.
    pub document: String,
    /// Evidence kept elsewhere, by name and digest.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
    /// A remark of the officer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
}

/// A piece of evidence: its name and the SM3 digest of its content, in hexadecimal.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// What it is.
    pub name: String,
    /// SM3 of its content.
    pub sm3: String,
}

/// An application as the server tells it.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(default)]
pub struct Application {
    /// Its identifier.
    pub id: String,
    /// `entered`, `noticed`, `contracted`, `identified`, `approved`, `requested`, `issued` or `rejected`.
    pub state: String,
    /// `first`, `renewal` or `rekey`.
    pub kind: String,
    /// Name of the profile.
    pub profile: String,
    /// Number of the applicant's file.
    pub applicant: Option<String>,
    /// Number of the check of identity in it.
    pub identity_check: Option<String>,
    /// Files that are like the applicant's.
    pub look_alikes: Vec<LookAlike>,
    /// Subject fields.
    pub subject: BTreeMap<String, String>,
    /// Serial number of the certificate that is renewed.
    pub replaces: Option<String>,
    /// Number of the officer who entered it.
    pub entered_by: Option<String>,
    /// Number of the officer who verified the identity.
    pub identified_by: Option<String>,
    /// Number of the officer who approved it.
    pub approved_by: Option<String>,
    /// When it was entered (RFC 3339).
    pub created_at: String,
    /// When it last changed (RFC 3339).
    pub updated_at: String,
    /// What must happen next: `notice`, `contract`, `identity`, `approval` or `issuance`.
    pub next: Option<String>,
    /// Certificates, once issued.
    pub certificates: Vec<IssuedPart>,
    /// The issuing authority's certificate.
    pub issuer_pem: Option<String>,
    /// GM/T 0092 response (DER in base64), for a certificate pair.
    pub csr_response: Option<String>,
    /// The encryption key under the applicant's signing key (`SM2EnvelopedKey`, DER in base64), for a pair.
    pub enveloped_key: Option<String>,
    /// Why it was rejected.
    pub rejection: Option<String>,
}

/// Another applicant's file that is like this one's.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(default)]
pub struct LookAlike {
    /// Number of the other file.
    pub applicant: String,
    /// In what: `same-number`, `same-name` or `look-alike-name`.
    pub likeness: String,
}

/// One certificate of an application.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(default)]
pub struct IssuedPart {
    /// Serial number, hexadecimal.
    pub serial: String,
    /// `single`, `sign` or `encrypt`.
    pub usage: String,
    /// The certificate.
    pub pem: String,
}
