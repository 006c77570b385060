//! An obligation: what one article asks of whom, in our own words, with its numbers and how surely we know it.
//!
//! The wording is a paraphrase, never the text of the law. What it does not know: whether anybody keeps it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::binding::Binding;
use crate::instruments::Provenance;
use crate::language::Language;
use crate::parameter::Parameter;

/// Whom an obligation binds, or whose rights it sets.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bound {
    /// The certification service provider.
    Provider,
    /// A body that registers in the provider's name.
    RegistrationBody,
    /// The department that licenses, inspects and punishes.
    Regulator,
    /// Whoever holds a certificate.
    Subscriber,
    /// Whoever applies for one.
    Applicant,
    /// Whoever relies on one.
    RelyingParty,
    /// The key management centre.
    KeyCentre,
    /// The department that drafts and promulgates rules.
    RuleMaker,
    /// Parties who agree to sign electronically.
    ContractingParty,
    /// All who use the law's words.
    Everyone,
}

impl Bound {
    /// The name people read.
    #[must_use]
    pub const fn name(self, language: Language) -> &'static str {
        match (language, self) {
            (Language::Chinese, Self::Provider) => "电子认证服务机构",
            (Language::Chinese, Self::RegistrationBody) => "受委托的注册机构",
            (Language::Chinese, Self::Regulator) => "主管部门",
            (Language::Chinese, Self::Subscriber) => "订户",
            (Language::Chinese, Self::Applicant) => "申请人",
            (Language::Chinese, Self::RelyingParty) => "依赖方",
            (Language::Chinese, Self::KeyCentre) => "密钥管理中心",
            (Language::Chinese, Self::RuleMaker) => "规章制定机关",
            (Language::Chinese, Self::ContractingParty) => "约定使用电子签名的当事人",
            (Language::Chinese, Self::Everyone) => "各方",
            (Language::English, Self::Provider) => "the certification service provider",
            (Language::English, Self::RegistrationBody) => "the delegated registration body",
            (Language::English, Self::Regulator) => "the competent department",
            (Language::English, Self::Subscriber) => "the subscriber",
            (Language::English, Self::Applicant) => "the applicant",
            (Language::English, Self::RelyingParty) => "the relying party",
            (Language::English, Self::KeyCentre) => "the key management centre",
            (Language::English, Self::RuleMaker) => "the rule maker",
            (Language::English, Self::ContractingParty) => "the contracting parties",
            (Language::English, Self::Everyone) => "everyone",
        }
    }
}

/// What software can do about an obligation. One obligation may be of several kinds.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ObligationKind {
    /// Code refuses what would break it.
    Enforced,
    /// A record shows that it was kept.
    Evidenced,
    /// A date is watched.
    Deadline,
    /// People judge.
    Human,
}

/// One obligation.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Obligation {
    pub(crate) id: String,
    pub(crate) instrument: String,
    pub(crate) article: String,
    pub(crate) zh: String,
    pub(crate) en: String,
    pub(crate) remark: Option<(String, String)>,
    pub(crate) bound: Vec<Bound>,
    pub(crate) kinds: Vec<ObligationKind>,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) bindings: Vec<Binding>,
    pub(crate) instead_of: Option<String>,
    pub(crate) provenance: Provenance,
    pub(crate) from: Option<Date>,
    pub(crate) until: Option<Date>,
}

impl Obligation {
    /// Stable name, such as "ESL-24". Never reused for another obligation.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Code of the instrument it stands in.
    #[must_use]
    pub fn instrument(&self) -> &str {
        &self.instrument
    }

    /// Article as the instrument counts, or a range of them: "24", "28-30".
    #[must_use]
    pub fn article(&self) -> &str {
        &self.article
    }

    /// Our paraphrase.
    #[must_use]
    pub fn text(&self, language: Language) -> &str {
        match language {
            Language::Chinese => &self.zh,
            Language::English => &self.en,
        }
    }

    /// How a doubtful word was read, and why; `None` when nothing needs saying.
    #[must_use]
    pub fn remark(&self, language: Language) -> Option<&str> {
        let (zh, en) = self.remark.as_ref()?;
        Some(match language {
            Language::Chinese => zh,
            Language::English => en,
        })
    }

    /// Whom it binds; never empty.
    #[must_use]
    pub fn bound(&self) -> &[Bound] {
        &self.bound
    }

    /// Whether it binds them.
    #[must_use]
    pub fn binds(&self, whom: Bound) -> bool {
        self.bound.contains(&whom)
    }

    /// Of which kinds; never empty.
    #[must_use]
    pub fn kinds(&self) -> &[ObligationKind] {
        &self.kinds
    }

    /// Its numbers, in the order of their names.
    #[must_use]
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// The parameter with this own name ("retention").
    #[must_use]
    pub fn parameter(&self, own_name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|one| one.own_name() == own_name)
    }

    /// By what it is kept.
    #[must_use]
    pub fn bindings(&self) -> &[Binding] {
        &self.bindings
    }

    /// The obligation of another instrument whose parameters this one answers where both could apply.
    #[must_use]
    pub fn instead_of(&self) -> Option<&str> {
        self.instead_of.as_deref()
    }

    /// How surely the text behind it is known, before any confirmation.
    #[must_use]
    pub const fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    /// First day in force; `None` when unknown, as for every draft.
    ///
    /// For an amended instrument this is the day the instrument first came into force: the data hold one edition.
    #[must_use]
    pub const fn from(&self) -> Option<Date> {
        self.from
    }

    /// Last day in force; `None` while it has no end.
    #[must_use]
    pub const fn until(&self) -> Option<Date> {
        self.until
    }

    /// Whether it is in force on this day. What has no first day is not.
    #[must_use]
    pub fn is_effective_on(&self, date: Date) -> bool {
        self.from.is_some_and(|from| from <= date) && self.until.is_none_or(|until| date <= until)
    }

    /// The whole wording that an officer confirms: both paraphrases, the remark and the numbers.
    ///
    /// A confirmation holds as long as this stays the same, letter by letter.
    #[must_use]
    pub fn wording(&self) -> String {
        let mut lines = vec![format!("{} {}", self.instrument, self.article)];
        lines.extend([self.zh.clone(), self.en.clone()]);
        lines.extend(self.remark.iter().flat_map(|(zh, en)| [zh.clone(), en.clone()]));
        let numbers = self.parameters.iter();
        lines.extend(numbers.map(|one| format!("{}: {}", one.name(), one.render(Language::Chinese))));
        lines.join("\n")
    }
}
