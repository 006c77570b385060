//! The applicant's file: what registration asks of whoever keeps it, and whether a proof out of it fits a step.
//!
//! 电子签名法 20; 办法 21, 22, 30. For a certificate for electronic signatures an officer's word is not enough: the notice,
//! the contract and the identity are steps that were taken in the applicant's file, each with a number and the SM3 of what
//! was written down there. Registration looks them up ([`CaseFiles`]), holds them to the applicant, the occasion and the
//! time, and writes both numbers into its own table and records, so that neither side can change them alone.
//!
//! What this does not know: what a file holds, how identity was shown, and what keeps the files.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use hefu_certificate::{LawScope, Profile};
use hefu_officers::OfficerId;
use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use jiff::Timestamp;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};

use crate::application::{ApplicationKind, Form};
use crate::certificate::StatusAct;
use crate::rule;
use crate::stage::StepName;

/// Characters of the number of a file, a check or an agreement: 32 hexadecimal digits.
const NUMBER_CHARACTERS: usize = 32;

/// Fields of a subject that say who the holder is, and therefore come from the file.
const WHO: [&str; 5] = [
    "common_name",
    "organisation",
    "identity_number",
    "passport_number",
    "unified_social_credit_code",
];

/// Why the keeper of the files did not answer with what was asked: its own error, told as it tells it.
pub type FileError = Arc<dyn Explain + Send + Sync>;

/// The keeper of applicants' files, as far as registration needs it.
pub trait CaseFiles: Send + Sync {
    /// Who a file is about; an error when there is no such file or it may not be used.
    fn holder<'a>(&'a self, applicant: &'a str) -> BoxFuture<'a, Result<Holder, FileError>>;

    /// The check of identity with this number, if there is one that is about this application or serial number.
    fn check<'a>(&'a self, number: &'a str, about: &'a str) -> BoxFuture<'a, Result<Option<CheckProof>, FileError>>;

    /// The agreement with this number, if there is one.
    fn agreement<'a>(&'a self, number: &'a str) -> BoxFuture<'a, Result<Option<Agreed>, FileError>>;

    /// Notes that a public key, by its SM3, is this applicant's; an error when it is another's.
    fn note_key<'a>(
        &'a self,
        applicant: &'a str,
        key_sm3: [u8; 32],
        by: OfficerId,
        at: Timestamp,
    ) -> BoxFuture<'a, Result<(), FileError>>;

    /// Files that are like this one, for the officer to look at.
    fn look_alikes<'a>(&'a self, applicant: &'a str) -> BoxFuture<'a, Result<Vec<LookAlike>, FileError>>;

    /// Since when the applicant of an application owes a supplement; while they do, it is not approved.
    fn owes<'a>(&'a self, application: &'a str) -> BoxFuture<'a, Result<Option<Timestamp>, FileError>>;
}

/// What sort of holder a file is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum HolderKind {
    /// A natural person.
    Person,
    /// An organisation.
    Organisation,
    /// Somebody on an organisation's staff.
    Staff,
    /// A device.
    Device,
}

/// Who a file is about. Personal: compared with an application's subject, and not kept here.
#[derive(Clone, Eq, PartialEq)]
pub struct Holder {
    /// What sort.
    pub kind: HolderKind,
    /// What the file says, by the names of subject fields: `common_name`, `organisation`, `identity_number`,
    /// `passport_number`, `unified_social_credit_code`.
    pub fields: BTreeMap<&'static str, String>,
}

impl fmt::Debug for Holder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Holder({:?})", self.kind)
    }
}

/// Another file that is like the applicant's.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct LookAlike {
    /// Number of the other file.
    pub applicant: String,
    /// In what: "same-number", "same-name", "look-alike-name".
    pub likeness: &'static str,
}

/// When identity is checked (办法 30).
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckOccasion {
    /// A certificate is applied for.
    Application,
    /// A certificate is renewed.
    Renewal,
    /// A certificate is revoked, suspended or resumed.
    Revocation,
}

/// That identity was checked, as the file says it. Deserialised only from the tables.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CheckProof {
    // In the order of the letters, as commitments want it.
    /// The application or serial number that it is about.
    pub about: String,
    /// Number of the applicant's file.
    pub applicant: String,
    /// When it was checked.
    pub at: Timestamp,
    /// By which officer.
    pub by: OfficerId,
    /// Until when it may be used.
    pub good_until: Timestamp,
    /// Number of the check.
    pub number: String,
    /// On which occasion.
    pub occasion: CheckOccasion,
    /// SM3 of the check's document, 64 hexadecimal digits.
    pub sm3: String,
}

/// What was agreed to.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AgreementKind {
    /// A notice was acknowledged.
    Notice,
    /// A contract was signed.
    Contract,
}

/// That a text was agreed to, as the file says it. Deserialised only from the tables.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AgreementProof {
    // In the order of the letters, as commitments want it.
    /// Number of the applicant's file.
    pub applicant: String,
    /// What was agreed to.
    pub kind: AgreementKind,
    /// Number of the agreement.
    pub number: String,
    /// SM3 of the text that was shown, 64 hexadecimal digits.
    pub sm3: String,
    /// Version of the text.
    pub version: String,
}

/// An agreement, and whether its text is the one in force.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Agreed {
    /// The agreement.
    pub proof: AgreementProof,
    /// Whether no later version was published.
    pub in_force: bool,
}

/// What a step stands on: an officer's words, or a proof out of the applicant's file.
///
/// In JSON `{"proof": "32 hexadecimal digits"}`, or the words of the step.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Basis<W> {
    /// An officer's words; enough only where the law does not speak.
    Words(W),
    /// Number of a check or an agreement.
    Proof(String),
}

impl<'d, W: DeserializeOwned> Deserialize<'d> for Basis<W> {
    fn deserialize<D: Deserializer<'d>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct ByNumber {
            proof: String,
        }
        let value = serde_json::Value::deserialize(deserializer)?;
        if value.get("proof").is_some() {
            let ByNumber { proof } = serde_json::from_value(value).map_err(D::Error::custom)?;
            return Ok(Self::Proof(proof));
        }
        serde_json::from_value(value).map(Self::Words).map_err(D::Error::custom)
    }
}

/// Whether the text may be the number of anything in a file.
pub(crate) fn is_number(text: &str) -> bool {
    text.len() == NUMBER_CHARACTERS
        && text
            .bytes()
            .all(|octet| octet.is_ascii_digit() || (b'a'..=b'f').contains(&octet))
}

/// Whether the subject is who the file is about, and the profile is one for such a holder.
///
/// # Errors
/// [`ProofError`]: another kind of holder, or the field that differs from the file.
pub fn subject_fits(profile: &Profile, subject: &BTreeMap<String, String>, holder: &Holder) -> Result<(), ProofError> {
    let no = |why| Err(ProofError::new(why, StepName::Identity, profile.law_scope()));
    let has = |name: &str| profile.fields().iter().any(|field| field.name() == name);
    let personal = has("identity_number") || has("passport_number");
    let fits = match holder.kind {
        HolderKind::Person => !has("organisation"),
        HolderKind::Organisation => has("organisation") && !personal,
        HolderKind::Staff => has("organisation") && personal,
        HolderKind::Device => !profile.law_scope().is_inside(),
    };
    if profile.law_scope().is_inside() && !fits {
        return no(Why::OtherKind);
    }
    // A server of an organisation is not called as the organisation is.
    let is_named_by_file = profile.law_scope().is_inside() || holder.kind == HolderKind::Device;
    for field in WHO
        .into_iter()
        .filter(|field| is_named_by_file || *field != "common_name")
    {
        let said = subject.get(field).filter(|value| !value.is_empty());
        if said.is_some_and(|said| holder.fields.get(field) != Some(said)) {
            return no(Why::OtherName { field });
        }
    }
    Ok(())
}

/// Whether an application with this form may be entered: inside the law's scope it is somebody's file.
pub(crate) fn form_fits(form: &Form) -> Result<(), ProofError> {
    if form.law_scope.is_inside() && form.applicant.is_none() {
        return Err(ProofError::new(Why::NoFile, StepName::Identity, form.law_scope));
    }
    Ok(())
}

/// Whether the notice or the contract of this application stands on what its kind of certificate asks for.
pub(crate) fn agreement_fits(form: &Form, step: StepName, proof: Option<&AgreementProof>) -> Result<(), ProofError> {
    let no = |why| Err(ProofError::new(why, step, form.law_scope));
    let Some(proof) = proof else {
        return if form.law_scope.is_inside() {
            no(Why::Needed)
        } else {
            Ok(())
        };
    };
    let wanted = match step {
        StepName::Notice => AgreementKind::Notice,
        _ => AgreementKind::Contract,
    };
    if proof.kind != wanted {
        return no(Why::Unknown);
    }
    if form.applicant.as_ref() != Some(&proof.applicant) {
        return no(Why::OtherApplicant);
    }
    Ok(())
}

/// Whether the identity of this application stands on what its kind of certificate asks for.
pub(crate) fn check_fits(form: &Form, proof: Option<&CheckProof>, at: Timestamp) -> Result<(), ProofError> {
    let occasion = match form.kind {
        ApplicationKind::First => CheckOccasion::Application,
        ApplicationKind::Renewal | ApplicationKind::Rekey => CheckOccasion::Renewal,
    };
    check_holds(form, proof, occasion, at)
}

/// Whether a change of status stands on what its kind of certificate asks for.
///
/// 办法 30 asks for identity when a revocation is asked for. Where the provider itself revokes (办法 29 (2) to (5)) nobody
/// stands at the counter, so the officer's words stand; as they do for what was issued before there were files.
pub(crate) fn change_fits(
    form: &Form,
    act: StatusAct,
    proof: Option<&CheckProof>,
    at: Timestamp,
) -> Result<(), ProofError> {
    if proof.is_none() && (!act.is_asked_by_the_holder() || form.applicant.is_none()) {
        return Ok(());
    }
    check_holds(form, proof, CheckOccasion::Revocation, at)
}

fn check_holds(
    form: &Form,
    proof: Option<&CheckProof>,
    occasion: CheckOccasion,
    at: Timestamp,
) -> Result<(), ProofError> {
    let no = |why| Err(ProofError::new(why, StepName::Identity, form.law_scope));
    let Some(proof) = proof else {
        return if form.law_scope.is_inside() {
            no(Why::Needed)
        } else {
            Ok(())
        };
    };
    if form.applicant.as_ref() != Some(&proof.applicant) {
        return no(Why::OtherApplicant);
    }
    if proof.occasion != occasion {
        return no(Why::OtherOccasion);
    }
    if at < proof.at || at > proof.good_until {
        return no(Why::Expired);
    }
    Ok(())
}

/// Why a step does not stand on the file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Why {
    /// The application names no file.
    NoFile,
    /// An officer's words where a proof is asked for.
    Needed,
    /// No such proof for this matter.
    Unknown,
    /// The proof is about another applicant.
    OtherApplicant,
    /// The check was made on another occasion.
    OtherOccasion,
    /// The check's time is over.
    Expired,
    /// A later version of the text was published.
    Superseded,
    /// The subject is somebody else than the file.
    OtherName {
        /// In which field.
        field: &'static str,
    },
    /// The profile is for another sort of holder.
    OtherKind,
}

/// That a step does not stand on the applicant's file.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{}", self.english())]
pub struct ProofError {
    why: Why,
    step: StepName,
    scope: LawScope,
}

impl ProofError {
    pub(crate) const fn new(why: Why, step: StepName, scope: LawScope) -> Self {
        Self { why, step, scope }
    }

    /// Why.
    #[must_use]
    pub const fn why(&self) -> Why {
        self.why
    }

    fn english(&self) -> String {
        let step = self.step.as_str();
        match self.why {
            Why::NoFile => {
                "a certificate for electronic signatures is applied for out of an applicant's file; name it".to_owned()
            }
            Why::Needed => {
                format!("{step}: an officer's words are not enough; a proof out of the applicant's file is needed")
            }
            Why::Unknown => {
                format!("{step}: the applicant's file has no such proof for this application or certificate")
            }
            Why::OtherApplicant => format!("{step}: the proof is out of another applicant's file"),
            Why::OtherOccasion => format!("{step}: identity was checked on another occasion"),
            Why::Expired => {
                format!("{step}: the check of identity is not good at this time; identity is checked again")
            }
            Why::Superseded => format!("{step}: a later version of the text is in force and must be shown"),
            Why::OtherName { field } => format!("subject.{field}: the applicant's file says otherwise"),
            Why::OtherKind => "certificates of this profile are not for holders of this sort".to_owned(),
        }
    }

    fn chinese(&self) -> String {
        let step = self.step.name_zh();
        match self.why {
            Why::NoFile => "电子签名认证证书的申请应写明申请人档案编号".to_owned(),
            Why::Needed => format!("{step}：仅有经办人员的陈述不够，须有申请人档案中的证明"),
            Why::Unknown => format!("{step}：申请人档案中没有针对该申请或证书的此项证明"),
            Why::OtherApplicant => format!("{step}：该证明属于另一申请人的档案"),
            Why::OtherOccasion => format!("{step}：身份查验是在另一场合作出的"),
            Why::Expired => format!("{step}：身份查验此时无效，须重新查验"),
            Why::Superseded => format!("{step}：文本已有新版本生效，须重新告知或签订"),
            Why::OtherName { field } => format!("subject.{field}：与申请人档案不一致"),
            Why::OtherKind => "该模板的证书不适用于这类申请人".to_owned(),
        }
    }
}

impl Explain for ProofError {
    fn code(&self) -> &'static str {
        match self.why {
            Why::NoFile => "applicant-file-missing",
            Why::Needed => "proof-missing",
            Why::Unknown => "proof-unknown",
            Why::OtherApplicant => "proof-of-another-applicant",
            Why::OtherOccasion => "proof-of-another-occasion",
            Why::Expired => "proof-expired",
            Why::Superseded => "proof-superseded",
            Why::OtherName { .. } => "subject-not-in-file",
            Why::OtherKind => "profile-not-for-holder",
        }
    }

    fn kind(&self) -> Kind {
        Kind::Refusal
    }

    fn blame(&self) -> Blame {
        Blame::Officer
    }

    fn citation(&self) -> Option<Citation> {
        match self.why {
            Why::OtherOccasion => rule::occasion(self.scope),
            _ => self.step.citation(self.scope),
        }
    }

    fn message(&self, language: Language) -> String {
        match language {
            Language::Chinese => self.chinese(),
            Language::English => self.to_string(),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::contract::NoticeInput;

    #[test]
    fn a_step_is_read_as_words_or_as_the_number_of_a_proof() {
        let read = |text: &str| serde_json::from_str::<Basis<NoticeInput>>(text).map_err(|why| why.to_string());
        assert_eq!(read(r#"{"proof":"ab"}"#), Ok(Basis::Proof("ab".to_owned())));
        assert!(matches!(read(r#"{"version":"1"}"#), Ok(Basis::Words(words)) if words.version == "1"));
        for (text, names) in [
            (r#"{"proof":"ab","version":"1"}"#, "version"),
            (r#"{"versoin":"1"}"#, "versoin"),
        ] {
            assert!(read(text).unwrap_err().contains(names), "{text}");
        }
        assert!(is_number(&"0a".repeat(16)) && !is_number("0A") && !is_number(&"0g".repeat(16)));
    }
}
