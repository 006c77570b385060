//! Practice statements, certificate policies, filings, the licence and the disclosure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::List;
use crate::client::{Client, ClientError, MAX_ANSWER_BYTES, segment};

/// An act that one officer proposes and another decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
pub enum PolicyAct {
    /// Publish a version.
    Publish {
        /// `cps` or `cp-NAME`.
        series: String,
        /// Numbers and dots.
        version: String,
        /// First day on which it holds, YYYY-MM-DD.
        effective_on: String,
        /// Policy identifiers, dotted.
        covers: Vec<String>,
        /// Markdown.
        chinese: String,
        /// Markdown.
        english: String,
    },
    /// Enter a filing.
    File {
        /// `cps` or `cp-NAME`.
        series: String,
        /// Which version.
        version: String,
        /// With whom.
        recipient: String,
        /// When, YYYY-MM-DD.
        on: String,
        /// The receipt.
        receipt: PolicyReceipt,
    },
    /// Enter the licence or a change of it.
    RecordLicence(Licence),
}

/// A receipt as it came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PolicyReceipt {
    /// Name of the file.
    pub name: String,
    /// Its octets, base64.
    pub content: String,
}

/// What a licence says; dates as YYYY-MM-DD.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Licence {
    /// The provider.
    pub name: String,
    /// Its legal representative.
    pub legal_representative: String,
    /// Its domicile.
    pub address: String,
    /// How to reach it.
    pub contact: String,
    /// The licence's number.
    pub number: String,
    /// Who issued it.
    pub issuing_authority: String,
    /// When it was issued.
    pub issued_on: String,
    /// First day.
    pub valid_from: String,
    /// Last day.
    pub valid_until: String,
}

/// A published version.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(default)]
pub struct PolicyVersion {
    /// `cps` or `cp-NAME`.
    pub series: String,
    /// Which version.
    pub version: String,
    /// First day on which it holds.
    pub effective_on: String,
    /// When it was published.
    pub published_at: String,
    /// Whether it is in force.
    pub current: bool,
    /// Whether it is the sample of the set-up.
    pub sample: bool,
    /// SM3 of the Chinese text.
    pub sm3_zh: String,
    /// SM3 of the English text.
    pub sm3_en: String,
    /// Its filing.
    pub filing: Option<PolicyFiling>,
    /// Everything else that the server tells.
    #[serde(flatten)]
    pub details: serde_json::Map<String, serde_json::Value>,
}

/// That a version was filed.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(default)]
pub struct PolicyFiling {
    /// With whom.
    pub recipient: String,
    /// When.
    pub on: String,
    /// SM3 of the receipt.
    pub receipt_sm3: String,
}

/// A proposed act.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(default)]
pub struct PolicyProposal {
    /// Its number.
    pub id: String,
    /// `publish`, `file` or `record-licence`.
    pub act: String,
    /// What it is about.
    pub subject: String,
    /// By whom.
    pub proposed_by: String,
    /// When.
    pub proposed_at: String,
    /// `approved`, `rejected`, or nothing while it is open.
    pub outcome: Option<String>,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<String>,
}

/// What a provider makes public about itself.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(default)]
pub struct Disclosure {
    /// Its items.
    pub items: Vec<DisclosureItem>,
    /// The practice statement in force.
    pub statement: Option<String>,
    /// When the licence was recorded or last changed.
    pub changed_at: Option<String>,
    /// Whether the licence is valid today; nothing without one.
    pub valid: Option<bool>,
}

/// An item of the disclosure.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(default)]
pub struct DisclosureItem {
    /// Its word for programs.
    pub id: String,
    /// Its name in Chinese.
    pub zh: String,
    /// Its name in English.
    pub en: String,
    /// What is disclosed.
    pub value: Option<String>,
    /// The articles that ask for it.
    pub sources: Vec<DisclosureSource>,
}

/// An article that asks for an item.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(default)]
pub struct DisclosureSource {
    /// Code of the instrument.
    pub instrument: String,
    /// Article.
    pub article: String,
    /// In Chinese, with a mark when it was not read.
    pub name: String,
    /// Whether its text was read.
    pub verified: bool,
}

impl Client {
    /// Everything that was published.
    ///
    /// # Errors
    /// [`ClientError`], as for every request below.
    pub fn policies(&self) -> Result<List<PolicyVersion>, ClientError> {
        self.get("/api/v1/policies")
    }

    /// The text of a version as it was published, in `zh` or `en`.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn policy_text(&self, series: &str, version: &str, tag: &str) -> Result<Vec<u8>, ClientError> {
        let name = segment(&format!("{version}.{tag}.md"));
        self.download(&format!("/policies/{}/{name}", segment(series)), MAX_ANSWER_BYTES)
    }

    /// Proposes an act.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn propose_policy(&self, act: &PolicyAct) -> Result<PolicyProposal, ClientError> {
        self.post("/api/v1/policies/proposals", act)
    }

    /// Decides a proposal of another officer: `approved` or `rejected`.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn decide_policy(&self, id: &str, outcome: &str) -> Result<PolicyProposal, ClientError> {
        let path = format!("/api/v1/policies/proposals/{}/decision", segment(id));
        self.post(&path, &serde_json::json!({ "outcome": outcome }))
    }

    /// Proposals after a number, oldest first.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn policy_proposals(&self, after: Option<&str>) -> Result<List<PolicyProposal>, ClientError> {
        let after = after.map(|after| ("after", after.to_owned()));
        self.get_with(
            "/api/v1/policies/proposals",
            &after.into_iter().collect::<BTreeMap<_, _>>(),
        )
    }

    /// The disclosure as of now.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn disclosure(&self) -> Result<Disclosure, ClientError> {
        self.get("/api/v1/disclosure")
    }
}
