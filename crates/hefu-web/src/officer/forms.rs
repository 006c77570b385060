//! What officers' programs send: JSON bodies, read strictly. Names and limits are those of `openapi.json`.

use std::collections::BTreeMap;

use hefu_ra::{Basis, ContractInput, IdentityInput, NoticeInput};
use jiff::civil::Date;
use serde::Deserialize;

/// `POST /api/v1/applications`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewApplication {
    pub(crate) profile: String,
    pub(crate) subject: BTreeMap<String, String>,
    pub(crate) applicant: Option<String>,
    pub(crate) csr: String,
    pub(crate) validity_days: Option<u32>,
    pub(crate) notice: Option<Basis<NoticeInput>>,
    pub(crate) contract: Option<Basis<ContractInput>>,
    pub(crate) identity: Option<Basis<IdentityInput>>,
}

/// `POST …/approval`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Approval {
    /// Go on to issuance in the same call.
    #[serde(default)]
    pub(crate) issue: bool,
}

/// `POST …/rejection`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rejection {
    pub(crate) reason: String,
}

/// `POST …/renewal`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Renewal {
    pub(crate) csr: Option<String>,
    pub(crate) validity_days: Option<u32>,
    pub(crate) identity: Basis<IdentityInput>,
}

/// `POST …/suspension` and `…/resumption`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StatusChange {
    pub(crate) identity: Basis<IdentityInput>,
    pub(crate) reason: String,
}

/// `POST …/revocation`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Revocation {
    pub(crate) ground: String,
    pub(crate) identity: Basis<IdentityInput>,
    pub(crate) reason: String,
}

/// Query of a list.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Page {
    pub(crate) query: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) profile: Option<String>,
    pub(crate) ends_from: Option<Date>,
    pub(crate) ends_before: Option<Date>,
    pub(crate) after: Option<String>,
    pub(crate) limit: Option<u32>,
}

/// Query of the forecast.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ahead {
    pub(crate) months: Option<u32>,
}
