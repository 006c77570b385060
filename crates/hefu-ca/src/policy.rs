//! The port to whoever knows what is published: asked for every certificate, so it answers from memory.
//!
//! 电子签名法 19 and 电子认证服务管理办法 15 (recalled): the practice statement and the policies are published and filed before
//! the service begins. This crate knows neither statements nor licences; it knows which policy a certificate will name.

use hefu_certificate::{LawScope, PolicyNumber, Profile, Publication};
use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use jiff::Timestamp;

/// What a certificate is about to be issued under.
#[derive(Clone, Copy, Debug)]
pub struct PolicyQuestion<'a> {
    /// The operator's own policies that it will name, dotted. Policies of others are published by others.
    pub policies: &'a [String],
    /// Whether the law's requirements for certificates of signatures bind it.
    pub scope: LawScope,
    /// When.
    pub now: Timestamp,
}

/// Says whether certificates may be issued under a policy today. Called for each of 1,500 certificates a second: no
/// implementation may visit a database or wait.
pub trait PolicyStanding: Send + Sync {
    /// Nothing, when they may.
    ///
    /// # Errors
    /// [`PolicyRefusal`].
    fn stands(&self, question: &PolicyQuestion<'_>) -> Result<(), PolicyRefusal>;
}

/// Why nothing is issued under a policy: the words of whoever answered.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{english}")]
pub struct PolicyRefusal {
    code: &'static str,
    blame: Blame,
    citation: Option<Citation>,
    english: String,
    chinese: String,
}

impl PolicyRefusal {
    /// Takes over what another capability says of its refusal.
    #[must_use]
    pub fn of(error: &dyn Explain) -> Self {
        Self {
            code: error.code(),
            blame: error.blame(),
            citation: error.citation(),
            english: error.message(Language::English),
            chinese: error.message(Language::Chinese),
        }
    }
}

impl Explain for PolicyRefusal {
    fn code(&self) -> &'static str {
        self.code
    }

    fn kind(&self) -> Kind {
        Kind::Refusal
    }

    fn blame(&self) -> Blame {
        self.blame
    }

    fn citation(&self) -> Option<Citation> {
        self.citation
    }

    fn message(&self, language: Language) -> String {
        match language {
            Language::Chinese => self.chinese.clone(),
            Language::English => self.english.clone(),
        }
    }
}

/// Asks about a profile of an issuer.
pub(crate) fn ask(
    standing: &dyn PolicyStanding,
    profile: &Profile,
    publication: &Publication,
    now: Timestamp,
) -> Result<(), PolicyRefusal> {
    let policies: Vec<String> = match publication.policy_arc() {
        Some(arc) => profile
            .policies()
            .iter()
            .filter_map(|policy| own(policy, &arc))
            .collect(),
        None => Vec::new(),
    };
    standing.stands(&PolicyQuestion {
        policies: &policies,
        scope: profile.law_scope(),
        now,
    })
}

fn own(policy: &PolicyNumber, arc: &dyn std::fmt::Display) -> Option<String> {
    match policy {
        PolicyNumber::BelowOperator(number) => Some(format!("{arc}.{number}")),
        PolicyNumber::Absolute(_) | PolicyNumber::Any => None,
    }
}
