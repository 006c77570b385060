//! The policy of identity checks: which evidence is enough, for whom and on which occasion, as data.
//!
//! 电子签名法 20 asks that identity be verified and material reviewed; 办法 30 asks it on application, renewal and
//! revocation. Which papers do that is the provider's to set, so it is a file (`data/policy.toml` is the default), read
//! strictly: every line names its rule, and every kind of applicant must be covered on every occasion.

use hefu_rulebook::{Blame, Citation, Language, Told, explain_by_telling, named};
use serde::Deserialize;

use crate::applicant::SubjectKind;
use crate::evidence::EvidenceKind;

/// Octets of a policy file.
pub const POLICY_OCTETS_MAX: usize = 64 * 1024;
/// Requirements of one policy.
const REQUIREMENTS_MAX: usize = 64;
/// The default.
const BUILTIN: &str = include_str!("../data/policy.toml");
/// The rules that a line may cite. A line that cites another is refused, so that no article is made up in a file.
const CITABLE: [(&str, Citation); 5] = [
    ("ESL 20", Citation::new("ESL", "20")),
    ("M15 30", Citation::new("M15", "30")),
    ("EG24 21", Citation::new("EG24", "21")),
    ("EG24 25", Citation::new("EG24", "25")),
    ("PIPL 28-30", Citation::new("PIPL", "28-30")),
];

named! {
    /// When identity is checked (办法 30).
    pub enum Occasion {
        /// A certificate is applied for.
        Application = "application",
        /// A certificate is renewed.
        Renewal = "renewal",
        /// A certificate is revoked, or suspended or resumed.
        Revocation = "revocation",
    }
}

named! {
    /// What is worked out, and not handed in.
    pub enum Fact {
        /// There is no agent, or the authorisation runs on the day.
        AgentAuthorised = "fact:agent-authorised",
        /// An outside service answered that it is the person.
        VerificationMatched = "fact:verification-matched",
    }
}

/// One thing that a requirement asks for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Wanted {
    /// A piece of evidence of this kind.
    Evidence(EvidenceKind),
    /// A fact.
    Fact(Fact),
}

/// One requirement: one of its alternatives must be complete.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Requirement {
    id: String,
    subjects: Vec<SubjectKind>,
    occasions: Vec<Occasion>,
    any: Vec<Vec<Wanted>>,
    words: [String; 2],
    rule: Citation,
}

impl Requirement {
    /// Its name in check records.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The alternatives.
    pub fn alternatives(&self) -> impl Iterator<Item = &[Wanted]> {
        self.any.iter().map(Vec::as_slice)
    }

    /// What it asks for, for people.
    #[must_use]
    pub fn words(&self, language: Language) -> &str {
        let [zh, en] = &self.words;
        match language {
            Language::Chinese => zh,
            Language::English => en,
        }
    }

    /// The rule behind it.
    #[must_use]
    pub fn rule(&self) -> Citation {
        self.rule
    }
}

/// A policy that was read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Policy {
    version: String,
    evidence_days_max: u16,
    good_for_hours: u16,
    requirements: Vec<Requirement>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: String,
    evidence_days_max: u16,
    good_for_hours: u16,
    requirement: Vec<Line>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    id: String,
    subjects: Vec<SubjectKind>,
    occasions: Vec<Occasion>,
    any: Vec<Vec<String>>,
    zh: String,
    en: String,
    rule: String,
}

impl Policy {
    /// The default that Hefu carries.
    ///
    /// # Errors
    /// [`PolicyError`], which a test keeps from happening.
    pub fn builtin() -> Result<Self, PolicyError> {
        Self::from_toml(BUILTIN)
    }

    /// Reads a policy.
    ///
    /// # Errors
    /// [`PolicyError`], with the line it is about.
    pub fn from_toml(text: &str) -> Result<Self, PolicyError> {
        if text.len() > POLICY_OCTETS_MAX {
            return Err(PolicyError::Unreadable("too large".to_owned()));
        }
        let file: File = toml::from_str(text).map_err(|error| PolicyError::Unreadable(error.to_string()))?;
        if file.evidence_days_max == 0 || file.good_for_hours == 0 || file.requirement.len() > REQUIREMENTS_MAX {
            return Err(PolicyError::Numbers);
        }
        let policy = Self {
            version: file.version,
            evidence_days_max: file.evidence_days_max,
            good_for_hours: file.good_for_hours,
            requirements: file
                .requirement
                .into_iter()
                .map(requirement)
                .collect::<Result<_, _>>()?,
        };
        for (subject, occasion) in every_case() {
            if policy.requirements(subject, occasion).next().is_none() {
                return Err(PolicyError::Uncovered { subject, occasion });
            }
        }
        Ok(policy)
    }

    /// Its version, which check records name.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// How old evidence may be, in days of 24 hours.
    #[must_use]
    pub fn evidence_days_max(&self) -> u16 {
        self.evidence_days_max
    }

    /// How long a check stays good, in hours.
    #[must_use]
    pub fn good_for_hours(&self) -> u16 {
        self.good_for_hours
    }

    /// What is asked of such an applicant on such an occasion; never nothing.
    pub fn requirements(&self, subject: SubjectKind, occasion: Occasion) -> impl Iterator<Item = &Requirement> {
        self.requirements
            .iter()
            .filter(move |one| one.subjects.contains(&subject) && one.occasions.contains(&occasion))
    }
}

fn every_case() -> impl Iterator<Item = (SubjectKind, Occasion)> {
    SubjectKind::ALL
        .iter()
        .flat_map(|subject| Occasion::ALL.iter().map(move |occasion| (*subject, *occasion)))
}

fn requirement(line: Line) -> Result<Requirement, PolicyError> {
    let rule = CITABLE
        .iter()
        .find(|(name, _)| *name == line.rule)
        .map(|(_, rule)| *rule);
    let empty = line.any.is_empty() || line.any.iter().any(Vec::is_empty);
    let (Some(rule), false) = (rule, empty || line.zh.is_empty() || line.en.is_empty()) else {
        return Err(PolicyError::Line { id: line.id });
    };
    let wanted = |name: &String| {
        let evidence = EvidenceKind::named(name).map(Wanted::Evidence);
        evidence.or_else(|| Fact::named(name).map(Wanted::Fact))
    };
    let any: Option<Vec<Vec<Wanted>>> = line.any.iter().map(|all| all.iter().map(wanted).collect()).collect();
    Ok(Requirement {
        any: any.ok_or_else(|| PolicyError::Line { id: line.id.clone() })?,
        id: line.id,
        subjects: line.subjects,
        occasions: line.occasions,
        words: [line.zh, line.en],
        rule,
    })
}

/// Why a policy is not used. Stops the start.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PolicyError {
    /// Not TOML of this shape.
    #[error("the policy of identity checks cannot be read: {0}")]
    Unreadable(String),
    /// A number that makes no sense.
    #[error("the policy's days and hours are more than 0, and its requirements at most {REQUIREMENTS_MAX}")]
    Numbers,
    /// A line that asks for nothing, for what is not known, or cites what may not be cited.
    #[error("requirement {id:?} of the policy asks for nothing known, or cites no rule that it may cite")]
    Line {
        /// Which.
        id: String,
    },
    /// Somebody could get by with nothing.
    #[error("the policy asks nothing of {} on {}", subject.as_str(), occasion.as_str())]
    Uncovered {
        /// Who.
        subject: SubjectKind,
        /// When.
        occasion: Occasion,
    },
}

impl PolicyError {
    fn tell(&self) -> Told {
        let malformed = |code, zh: String| Told::malformed(code, Blame::Operator, zh);
        match self {
            Self::Unreadable(why) => malformed("identity-policy-unreadable", format!("身份查验策略无法读取：{why}")),
            Self::Numbers => malformed(
                "identity-policy-numbers",
                format!("身份查验策略的天数和小时数应大于0，要求不超过{REQUIREMENTS_MAX}项"),
            ),
            Self::Line { id } => malformed(
                "identity-policy-line",
                format!("身份查验策略的要求“{id}”没有已知的内容，或引用了不可引用的条款"),
            ),
            Self::Uncovered { subject, occasion } => malformed(
                "identity-policy-uncovered",
                format!(
                    "身份查验策略对{}在{}时没有任何要求",
                    subject.as_str(),
                    occasion.as_str()
                ),
            ),
        }
    }
}

explain_by_telling!(PolicyError);
