//! What certification tells others through the records, besides the facts that cross zones
//! (`hefu_certificate::facts`): versioned, past tense, no names of people.

use hefu_records::NewEntry;
use jiff::Timestamp;
use registration_protocol::Refused;
use serde::{Deserialize, Serialize};

use crate::refusal::kind_word;
use crate::store::RequestRow;

/// A request was refused, once. Kind `request-refused/1`.
///
/// The words of the refusal are in the signed reply; they may hold what was written in the application, so they
/// are not here.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RequestRefused {
    /// The request's id, hexadecimal.
    pub request: String,
    /// SM3 of the signed batch it came in, hexadecimal.
    pub batch: String,
    /// What was asked: `issue`, `suspend`, `resume`, `revoke`.
    pub act: String,
    /// The refusal's code.
    pub code: String,
    /// `malformed`, `refusal` or `fault`.
    pub kind: String,
    /// The instrument that says no.
    pub instrument: Option<String>,
    /// Its article.
    pub article: Option<String>,
    /// SM3 of the RA's record of approval, hexadecimal.
    pub approval: String,
}

impl RequestRefused {
    /// The kind of the record.
    pub const KIND: &str = "request-refused/1";

    pub(crate) fn entry(row: &RequestRow, refused: &Refused, at: Timestamp) -> Result<NewEntry, serde_json::Error> {
        let fact = Self {
            request: hex::encode(row.id),
            batch: hex::encode(row.batch),
            act: row.act.as_str().to_owned(),
            code: refused.code.clone(),
            kind: kind_word(refused.kind).to_owned(),
            instrument: refused.instrument.clone(),
            article: refused.article.clone(),
            approval: hex::encode(row.approval),
        };
        Ok(NewEntry {
            at,
            kind: Self::KIND.to_owned(),
            subject: fact.request.clone(),
            actor: row.ra.clone(),
            body: serde_json::to_value(fact)?,
        })
    }
}

/// A revocation list was signed. Kind `crl-issued/1`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CrlIssued {
    /// The authority.
    pub authority: String,
    /// CRL number (RFC 5280 5.2.3).
    pub number: u64,
    /// When it was true.
    pub this_update: Timestamp,
    /// When the next comes at the latest.
    pub next_update: Timestamp,
    /// How many certificates it lists.
    pub entries: u64,
    /// SM3 of the list, hexadecimal.
    pub sm3: String,
}

impl CrlIssued {
    /// The kind of the record.
    pub const KIND: &str = "crl-issued/1";

    pub(crate) fn entry(&self) -> Result<NewEntry, serde_json::Error> {
        Ok(NewEntry {
            at: self.this_update,
            kind: Self::KIND.to_owned(),
            subject: self.authority.clone(),
            actor: self.authority.clone(),
            body: serde_json::to_value(self)?,
        })
    }
}
