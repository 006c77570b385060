//! A check of identity: an officer's decision that what is at hand is enough, and the proof that it was made.
//!
//! 电子签名法 20; 办法 30. The decision is pure. What comes out is a document without personal data ([`IdentityCheck`]), its
//! digest, and the [`IdentityProof`] that registration writes beside its own step: number and digest stand in both
//! zones' records, so that neither can change the check without the other. Registration needs no code of this crate: the
//! document is canonical JSON (`hefu-identity-check/1`, keys in order, no spaces), and its SM3 is the digest.

use gm_suite::sm3;
use hefu_officers::OfficerId;
use hefu_rulebook::{Blame, Citation, Language, Told, day_of, explain_by_telling};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::applicant::{Applicant, Organisation, SubjectKind};
use crate::evidence::Evidence;
use crate::id::{ApplicantId, CheckId};
use crate::policy::{Fact, Occasion, Policy, Requirement, Wanted};
use crate::verification::Verdict;
use crate::words::words;

/// Characters of the name of what a check is for: an application, a certificate's serial number.
const ABOUT_CHARACTERS_MAX: usize = 128;

const FORMAT: &str = "hefu-identity-check/1";
const ESL_20: Citation = Citation::new("ESL", "20");

/// An applicant's file, as far as a check looks at it.
#[derive(Clone, Copy, Debug)]
pub struct Dossier<'a> {
    /// The file's number.
    pub id: ApplicantId,
    /// Who.
    pub applicant: &'a Applicant,
    /// What was gathered.
    pub evidence: &'a [Evidence],
}

/// What a check is for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct For {
    occasion: Occasion,
    about: String,
}

impl For {
    /// An occasion and the application or certificate that it is about.
    ///
    /// # Errors
    /// [`CheckError::About`].
    pub fn new(occasion: Occasion, about: &str) -> Result<Self, CheckError> {
        Ok(Self {
            occasion,
            about: words(about, ABOUT_CHARACTERS_MAX).ok_or(CheckError::About)?,
        })
    }
}

/// A check of identity that was passed. Made only by [`IdentityCheck::decide`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct IdentityCheck {
    id: CheckId,
    proof: IdentityProof,
    document: String,
}

/// What registration is given: enough to hold the check to its applicant, its occasion, its officer and its time.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct IdentityProof {
    /// The check's number, 32 hexadecimal digits.
    pub id: String,
    /// SM3 of the check's document, 64 hexadecimal digits.
    pub sm3: String,
    /// Whose identity: the number of the file.
    pub applicant: String,
    /// "application", "renewal" or "revocation".
    pub occasion: &'static str,
    /// The application or serial number that it is about.
    pub about: String,
    /// Which officer checked.
    pub by: OfficerId,
    /// When.
    pub at: Timestamp,
    /// Until when it may be used; never later than the operator's setting allows.
    pub good_until: Timestamp,
}

/// A document of ours, as far as a proof is in it.
#[derive(Deserialize)]
struct Document {
    about: String,
    applicant: String,
    at: i64,
    by: String,
    good_until: i64,
    id: String,
    occasion: Occasion,
}

impl IdentityProof {
    /// The proof that a document holds; `None` when the document is none of ours.
    pub(crate) fn read(document: &str) -> Option<Self> {
        let read: Document = serde_json::from_str(document).ok()?;
        Some(Self {
            id: read.id,
            sm3: hex::encode(sm3(document.as_bytes())),
            applicant: read.applicant,
            occasion: read.occasion.as_str(),
            about: read.about,
            by: OfficerId::new(read.by.strip_prefix("officer:")?.parse().ok()?)?,
            at: Timestamp::from_microsecond(read.at).ok()?,
            good_until: Timestamp::from_microsecond(read.good_until).ok()?,
        })
    }

    /// Whether it may be used for `about` at `now`.
    #[must_use]
    pub fn holds(&self, about: &str, now: Timestamp) -> bool {
        self.about == about && self.at <= now && now <= self.good_until
    }
}

impl IdentityCheck {
    /// Decides whether what is at hand is enough.
    ///
    /// # Errors
    /// [`CheckError::Insufficient`] with each requirement that is not met; older evidence than the policy allows does not
    /// count.
    pub fn decide(
        policy: &Policy,
        dossier: Dossier<'_>,
        for_what: &For,
        officer: OfficerId,
        now: Timestamp,
        id: CheckId,
    ) -> Result<Self, CheckError> {
        let age_max = SignedDuration::from_hours(24 * i64::from(policy.evidence_days_max()));
        let fresh = |one: &&Evidence| {
            one.applicant == dossier.id && one.taken_at <= now && now.duration_since(one.taken_at) <= age_max
        };
        let evidence: Vec<&Evidence> = dossier.evidence.iter().filter(fresh).collect();
        let hand = Hand {
            applicant: dossier.applicant,
            evidence: &evidence,
            now,
        };
        let (mut used, mut met, mut missing) = (Vec::new(), Vec::new(), Vec::new());
        for requirement in policy.requirements(dossier.applicant.kind(), for_what.occasion) {
            match requirement.alternatives().find_map(|all| hand.holds_all(all)) {
                Some(pieces) => {
                    met.push(requirement.id());
                    used.extend(pieces);
                }
                None => missing.push(Missing::of(requirement)),
            }
        }
        if !missing.is_empty() || met.is_empty() {
            return Err(CheckError::Insufficient(missing));
        }
        used.sort_unstable_by_key(|one| one.id);
        used.dedup_by_key(|one| one.id);
        let oldest = used.iter().map(|one| one.taken_at).min().unwrap_or(now);
        let good_for = SignedDuration::from_hours(policy.good_for_hours().into());
        let ends = [now.checked_add(good_for), oldest.checked_add(age_max)];
        let good_until = ends.into_iter().flatten().min().unwrap_or(now);
        let proof = IdentityProof {
            id: id.to_string(),
            sm3: String::new(),
            applicant: dossier.id.to_string(),
            occasion: for_what.occasion.as_str(),
            about: for_what.about.clone(),
            by: officer,
            at: now,
            good_until,
        };
        let document = document(&proof, (policy.version(), dossier.applicant.kind()), &met, &used);
        let sm3 = hex::encode(sm3(document.as_bytes()));
        let proof = IdentityProof { sm3, ..proof };
        Ok(Self { id, proof, document })
    }

    /// Its number.
    #[must_use]
    pub fn id(&self) -> CheckId {
        self.id
    }

    /// What registration is given.
    #[must_use]
    pub fn proof(&self) -> &IdentityProof {
        &self.proof
    }

    /// The document whose SM3 is the digest: canonical JSON without personal data.
    #[must_use]
    pub fn document(&self) -> &str {
        &self.document
    }
}

/// The document of a check: canonical JSON, keys in the order of the letters, no spaces.
fn document(proof: &IdentityProof, (policy, subject): (&str, SubjectKind), met: &[&str], used: &[&Evidence]) -> String {
    let piece = |one: &&Evidence| json!({ "id": one.id, "kind": one.kind.as_str(), "sm3": hex::encode(one.sm3) });
    json!({
        "about": proof.about,
        "applicant": proof.applicant,
        "at": proof.at.as_microsecond(),
        "by": proof.by.actor(),
        "evidence": used.iter().map(piece).collect::<Vec<_>>(),
        "format": FORMAT,
        "good_until": proof.good_until.as_microsecond(),
        "id": proof.id,
        "occasion": proof.occasion,
        "policy": policy,
        "requirements": met,
        "subject": subject.as_str(),
    })
    .to_string()
}

/// What is at hand on one day.
struct Hand<'a> {
    applicant: &'a Applicant,
    evidence: &'a [&'a Evidence],
    now: Timestamp,
}

impl<'a> Hand<'a> {
    /// The pieces that meet every wish of an alternative; the newest of each kind.
    fn holds_all(&self, all: &[Wanted]) -> Option<Vec<&'a Evidence>> {
        let found: Option<Vec<Vec<&'a Evidence>>> = all.iter().map(|wanted| self.holds(*wanted)).collect();
        found.map(|found| found.into_iter().flatten().collect())
    }

    fn holds(&self, wanted: Wanted) -> Option<Vec<&'a Evidence>> {
        match wanted {
            Wanted::Evidence(kind) => self.newest(|one| one.kind == kind).map(|one| vec![one]),
            Wanted::Fact(Fact::VerificationMatched) => {
                // The newest answer decides: a later "no-match" is not outvoted by an earlier "match".
                let newest = self.newest(|one| one.verdict.is_some())?;
                (newest.verdict == Some(Verdict::Match)).then(|| vec![newest])
            }
            Wanted::Fact(Fact::AgentAuthorised) => {
                let today = day_of(self.now);
                let agent = self.applicant.organisation().and_then(Organisation::agent);
                agent.is_none_or(|agent| agent.may_act_on(today)).then(Vec::new)
            }
        }
    }

    fn newest(&self, which: impl Fn(&Evidence) -> bool) -> Option<&'a Evidence> {
        self.evidence
            .iter()
            .copied()
            .filter(|one| which(one))
            .max_by_key(|one| (one.taken_at, one.id))
    }
}

/// A requirement that is not met.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Missing {
    /// Its name in the policy.
    pub id: String,
    /// What is asked for, in Chinese.
    pub zh: String,
    /// What is asked for, in English.
    pub en: String,
    /// The rule behind it.
    pub rule: Citation,
}

impl Missing {
    fn of(requirement: &Requirement) -> Self {
        Self {
            id: requirement.id().to_owned(),
            zh: requirement.words(Language::Chinese).to_owned(),
            en: requirement.words(Language::English).to_owned(),
            rule: requirement.rule(),
        }
    }
}

/// Why a check is not passed.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum CheckError {
    /// Nothing that the check is about.
    #[error("a check names in 1 to {ABOUT_CHARACTERS_MAX} characters what it is about")]
    About,
    /// Requirements that are not met.
    #[error("identity is not sufficiently shown; asked for: {}", .0.iter().map(|one| one.en.as_str()).collect::<Vec<_>>().join("; "))]
    Insufficient(Vec<Missing>),
}

impl CheckError {
    pub(crate) fn tell(&self) -> Told {
        match self {
            Self::About => Told::malformed(
                "identity-check-about-malformed",
                Blame::Caller,
                format!("查验应以1至{ABOUT_CHARACTERS_MAX}个字符写明所针对的申请或证书"),
            ),
            Self::Insufficient(missing) => Told::refusal(
                "identity-insufficient",
                Blame::Applicant,
                missing.first().map_or(ESL_20, |one| one.rule),
                format!(
                    "身份证明不足，尚需：{}",
                    missing.iter().map(|one| one.zh.as_str()).collect::<Vec<_>>().join("；")
                ),
            ),
        }
    }
}

explain_by_telling!(CheckError);

#[cfg(test)]
mod tests;
