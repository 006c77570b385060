//! Entry: what comes over the counter becomes an application, or does not.
//!
//! Checked here, before anything is stored: the profile is one for subscribers, the certification request can be read
//! and proves possession of its key (PKCS#10; also CFCA's with a second, temporary key), the profile accepts the key,
//! the subject fields are what the profile wants, the validity is within bounds. That no other application has the
//! same key is a question for the store.
//!
//! The name inside the certification request is not looked at: who the subject is, is what the officer entered and
//! verified, not what a program wrote.

use std::collections::BTreeMap;

use gm_suite::{InvalidKey, KeyAlgorithm};
use gm_syntax::{CertificationRequest, RequestError as CsrError};
use hefu_certificate::{LawScope, Profile, ProfileKind, Profiles, Subject, SubjectError};
use hefu_officers::OfficerId;
use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use jiff::Timestamp;

use crate::application::{Application, ApplicationId, ApplicationKind, Entered, Form, Issued, Salt, Step};
use crate::case::{ApplicationError, Case};
use crate::case_file::{Basis, Holder, ProofError, agreement_fits, check_fits, form_fits, subject_fits};
use crate::certificate::{Certificate, CertificateError};
use crate::contract::{Contract, ContractInput, Notice, NoticeInput};
use crate::identity::{Identity, IdentityInput};
use crate::rule;
use crate::stage::StepName;

/// Octets of a certification request, PEM or DER: an ML-DSA-87 request with every field has about 10 KiB of DER.
const CSR_BYTES_MAX: usize = 32 << 10;

/// A new application as it comes over the counter. Sections that are done already may come along, in order.
#[derive(Clone, Debug)]
pub struct NewApplication {
    /// Name of the profile.
    pub profile: String,
    /// Subject fields by the profile's names for them.
    pub subject: BTreeMap<String, String>,
    /// Number of the applicant's file; needed inside the law's scope.
    pub applicant: Option<String>,
    /// Certification request, PEM or DER.
    pub csr: Vec<u8>,
    /// Days of validity; the profile's default when absent.
    pub validity_days: Option<u32>,
    /// The notice, when it was acknowledged.
    pub notice: Option<Basis<NoticeInput>>,
    /// The contract, when it was signed.
    pub contract: Option<Basis<ContractInput>>,
    /// The verification of identity, when it was done.
    pub identity: Option<Basis<IdentityInput>>,
}

/// A renewal as it comes over the counter. Subject, profile, notice and contract are those of the old certificate;
/// the identity is verified again (办法 30).
#[derive(Clone, Debug)]
pub struct Renewal {
    /// Certification request with a new key, PEM or DER; absent for the same key.
    pub csr: Option<Vec<u8>>,
    /// Days of validity; the profile's default when absent.
    pub validity_days: Option<u32>,
    /// The verification of identity; a check in the applicant's file is about the serial number.
    pub identity: Basis<IdentityInput>,
}

/// Who enters, when, and the random parts of the new application.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entering {
    pub(crate) by: OfficerId,
    pub(crate) at: Timestamp,
    pub(crate) id: ApplicationId,
    pub(crate) salt: Salt,
}

/// What an application stands on, looked up: whose file, and the steps that came along.
pub(crate) struct Sections {
    pub(crate) holder: Option<(String, Holder)>,
    pub(crate) notice: Option<Notice>,
    pub(crate) contract: Option<Contract>,
    pub(crate) identity: Option<Identity>,
}

/// The wish for a certificate, without the steps.
pub(crate) struct Wish {
    pub(crate) profile: String,
    pub(crate) subject: BTreeMap<String, String>,
    pub(crate) csr: Vec<u8>,
    pub(crate) validity_days: Option<u32>,
}

/// The wish for a renewal, without the verification of identity.
pub(crate) struct Renewed {
    pub(crate) csr: Option<Vec<u8>>,
    pub(crate) validity_days: Option<u32>,
}

/// A key that was proven, out of a certification request.
struct ProvenKey {
    spki: Vec<u8>,
    temporary: Option<Vec<u8>>,
    csr: Vec<u8>,
}

/// Checks a new application and takes the steps that came along.
pub(crate) fn enter(
    new: Wish,
    sections: Sections,
    profiles: &Profiles,
    entering: Entering,
) -> Result<Case, EntryError> {
    let profile = subscriber_profile(profiles, &new.profile)?;
    check_validity(profile, new.validity_days)?;
    Subject::new(profile, &new.subject)?;
    if let Some((_, holder)) = &sections.holder {
        subject_fits(profile, &new.subject, holder)?;
    }
    let key = prove(&new.csr, profile)?;
    let form = Form {
        id: entering.id,
        kind: ApplicationKind::First,
        profile: new.profile,
        law_scope: profile.law_scope(),
        applicant: sections.holder.map(|(applicant, _)| applicant),
        fields: new.subject,
        key_digest: gm_suite::sm3(&key.spki),
        public_key: key.spki,
        temporary_key: key.temporary,
        csr: Some(key.csr),
        validity_days: new.validity_days,
        replaces: None,
        salt: entering.salt,
        entered_by: entering.by,
        entered_at: entering.at,
    };
    form_fits(&form)?;
    let mut case = Case::Entered(Application { form, state: Entered });
    if let Some(notice) = sections.notice {
        agreement_fits(case.form(), StepName::Notice, notice.proof.as_ref())?;
        case = Case::Noticed(case.acknowledge(step(notice, entering))?);
    }
    if let Some(contract) = sections.contract {
        agreement_fits(case.form(), StepName::Contract, contract.proof.as_ref())?;
        case = Case::Contracted(case.contract(step(contract, entering))?);
    }
    if let Some(identity) = sections.identity {
        check_fits(case.form(), identity.proof.as_ref(), entering.at)?;
        case = Case::Identified(case.identify(step(identity, entering))?);
    }
    Ok(case)
}

/// Checks a renewal: a new application for the same facts. Notice and contract go on; they were made for the service,
/// not for one certificate.
pub(crate) fn renew(
    (renewal, identity): (Renewed, Identity),
    old: &Certificate,
    application: &Application<Issued>,
    profiles: &Profiles,
    entering: Entering,
) -> Result<Case, EntryError> {
    old.may_renew(entering.at)?;
    let before = &application.form;
    let profile = subscriber_profile(profiles, &before.profile)?;
    check_validity(profile, renewal.validity_days)?;
    Subject::new(profile, &before.fields)?;
    let new_key = renewal.csr.as_deref().map(|csr| prove(csr, profile)).transpose()?;
    let new_key = new_key.filter(|key| key.spki != before.public_key);
    let identity = step(identity, entering);
    let mut form = Form {
        id: entering.id,
        kind: ApplicationKind::Renewal,
        csr: None,
        validity_days: renewal.validity_days,
        replaces: Some(old.leading_serial().to_owned()),
        salt: entering.salt,
        entered_by: entering.by,
        entered_at: entering.at,
        ..before.clone()
    };
    if let Some(key) = new_key {
        form.kind = ApplicationKind::Rekey;
        form.key_digest = gm_suite::sm3(&key.spki);
        form.public_key = key.spki;
        form.temporary_key = key.temporary;
        form.csr = Some(key.csr);
    }
    form_fits(&form)?;
    check_fits(&form, identity.what.proof.as_ref(), entering.at)?;
    let contracted = application.state.requested.approved.identified.contracted.clone();
    Ok(Case::Identified(
        Application {
            form,
            state: contracted,
        }
        .identify(identity),
    ))
}

fn step<T>(what: T, entering: Entering) -> Step<T> {
    Step {
        what,
        by: entering.by,
        at: entering.at,
    }
}

fn subscriber_profile<'p>(profiles: &'p Profiles, name: &str) -> Result<&'p Profile, EntryError> {
    match profiles.get(name) {
        None => Err(EntryError::UnknownProfile),
        Some(profile) if profile.kind() == ProfileKind::Subscriber => Ok(profile),
        Some(_) => Err(EntryError::NotForSubscribers),
    }
}

fn check_validity(profile: &Profile, days: Option<u32>) -> Result<(), EntryError> {
    let max = profile.validity_days_max();
    match days {
        Some(asked) if asked == 0 || asked > max => Err(EntryError::Validity { asked, max }),
        _ => Ok(()),
    }
}

/// Reads a certification request; its key must be proven and of a kind that the profile accepts.
fn prove(csr: &[u8], profile: &Profile) -> Result<ProvenKey, EntryError> {
    let scope = profile.law_scope();
    if csr.len() > CSR_BYTES_MAX {
        return Err(EntryError::CsrTooLarge);
    }
    let request = CertificationRequest::from_pem_or_der(csr).and_then(CertificationRequest::verify);
    let request = request.map_err(|error| EntryError::Csr { error, scope })?;
    let algorithm = request.public_key().algorithm();
    if !profile.keys().contains(&algorithm) {
        let accepted = profile
            .keys()
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", ");
        return Err(EntryError::KeyNotAccepted { algorithm, accepted });
    }
    Ok(ProvenKey {
        spki: request.public_key().spki().to_vec(),
        temporary: request.temporary_key().map(|key| key.spki().to_vec()),
        csr: request.to_der().to_vec(),
    })
}

/// Why an application was not entered.
#[derive(Clone, Debug, thiserror::Error)]
pub enum EntryError {
    /// No such profile.
    #[error("there is no such certificate profile")]
    UnknownProfile,
    /// A profile of authorities and their signers.
    #[error("certificates of this profile are made by ceremony, not applied for")]
    NotForSubscribers,
    /// More days than the profile gives.
    #[error("{asked} days were asked for, the profile gives 1 to {max}")]
    Validity {
        /// Days asked for.
        asked: u32,
        /// Most days of the profile.
        max: u32,
    },
    /// The subject fields are not what the profile wants.
    #[error(transparent)]
    Subject(#[from] SubjectError),
    /// More octets than any certification request has.
    #[error("csr: more than {CSR_BYTES_MAX} octets")]
    CsrTooLarge,
    /// The certification request cannot be read, or its key is unfit, or it does not prove possession.
    #[error("csr: {error}")]
    Csr {
        /// Which of these.
        error: CsrError,
        /// What the certificate would be in law.
        scope: LawScope,
    },
    /// A good key of the wrong kind.
    #[error("the profile does not accept {algorithm} keys; it accepts {accepted}")]
    KeyNotAccepted {
        /// What came.
        algorithm: KeyAlgorithm,
        /// What the profile accepts.
        accepted: String,
    },
    /// The same key stands in another application that was not rejected.
    #[error("this key is in another application or certificate already")]
    DuplicateKey {
        /// What the certificate would be in law.
        scope: LawScope,
    },
    /// The application does not stand on the applicant's file.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// A section came without the one before it.
    #[error(transparent)]
    Order(#[from] ApplicationError),
    /// The certificate to be renewed cannot be.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
}

impl Explain for EntryError {
    fn code(&self) -> &'static str {
        match self {
            Self::UnknownProfile => "profile-unknown",
            Self::NotForSubscribers => "profile-not-for-subscribers",
            Self::Validity { .. } => "validity-refused",
            Self::CsrTooLarge => "csr-too-large",
            Self::KeyNotAccepted { .. } => "key-not-accepted",
            Self::DuplicateKey { .. } => "duplicate-key",
            Self::Csr { error, .. } => csr_code(error),
            Self::Subject(error) => error.code(),
            Self::Proof(error) => error.code(),
            Self::Order(error) => error.code(),
            Self::Certificate(error) => error.code(),
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::UnknownProfile | Self::CsrTooLarge => Kind::Malformed,
            Self::NotForSubscribers
            | Self::Validity { .. }
            | Self::KeyNotAccepted { .. }
            | Self::DuplicateKey { .. } => Kind::Refusal,
            Self::Csr { error, .. } => csr_kind(error),
            Self::Subject(error) => error.kind(),
            Self::Proof(error) => error.kind(),
            Self::Order(error) => error.kind(),
            Self::Certificate(error) => error.kind(),
        }
    }

    fn blame(&self) -> Blame {
        match self {
            Self::UnknownProfile => Blame::Caller,
            Self::NotForSubscribers | Self::Validity { .. } => Blame::Officer,
            Self::CsrTooLarge | Self::KeyNotAccepted { .. } | Self::DuplicateKey { .. } | Self::Csr { .. } => {
                Blame::Applicant
            }
            Self::Subject(error) => error.blame(),
            Self::Proof(error) => error.blame(),
            Self::Order(error) => error.blame(),
            Self::Certificate(error) => error.blame(),
        }
    }

    fn citation(&self) -> Option<Citation> {
        match self {
            Self::DuplicateKey { scope }
            | Self::Csr {
                error: CsrError::Possession,
                scope,
            } => rule::exclusive_key(*scope),
            Self::UnknownProfile
            | Self::NotForSubscribers
            | Self::Validity { .. }
            | Self::CsrTooLarge
            | Self::KeyNotAccepted { .. }
            | Self::Csr { .. } => None,
            Self::Subject(error) => error.citation(),
            Self::Proof(error) => error.citation(),
            Self::Order(error) => error.citation(),
            Self::Certificate(error) => error.citation(),
        }
    }

    fn message(&self, language: Language) -> String {
        let chinese = match self {
            Self::UnknownProfile => "没有这种证书模板".to_owned(),
            Self::NotForSubscribers => "该模板的证书由密钥仪式产生，不接受申请".to_owned(),
            Self::Validity { asked, max } => format!("申请的有效期为{asked}天，该模板允许1至{max}天"),
            Self::CsrTooLarge => format!("csr：证书请求超过{CSR_BYTES_MAX}字节"),
            Self::Csr { error, .. } => format!("csr：{}", csr_chinese(error)),
            Self::KeyNotAccepted { algorithm, accepted } => {
                format!("该模板不接受{algorithm}密钥，可接受的有：{accepted}")
            }
            Self::DuplicateKey { .. } => "该密钥已用于另一申请或证书".to_owned(),
            Self::Subject(error) => error.message(language),
            Self::Proof(error) => error.message(language),
            Self::Order(error) => error.message(language),
            Self::Certificate(error) => error.message(language),
        };
        match language {
            Language::Chinese => chinese,
            Language::English => self.to_string(),
        }
    }
}

fn csr_code(error: &CsrError) -> &'static str {
    match error {
        CsrError::Possession => "possession-not-proven",
        CsrError::PublicKey(_) => "key-refused",
        CsrError::SignatureAlgorithm(_) => "csr-algorithm-refused",
        // Malformed, and whatever the reader of requests learns to say later.
        _ => "csr-malformed",
    }
}

fn csr_kind(error: &CsrError) -> Kind {
    let a_rule_says_no = match error {
        CsrError::Possession | CsrError::SignatureAlgorithm(_) => true,
        CsrError::PublicKey(why) => !matches!(why, InvalidKey::Malformed(_)),
        _ => false,
    };
    if a_rule_says_no { Kind::Refusal } else { Kind::Malformed }
}

fn csr_chinese(error: &CsrError) -> String {
    match error {
        CsrError::Possession => "证书请求不是用其自身的密钥签名的，未能证明持有私钥".to_owned(),
        CsrError::PublicKey(why) => format!("公钥不可接受：{why}"),
        CsrError::SignatureAlgorithm(oid) => format!("不接受用算法{oid}签名的证书请求"),
        other => format!("证书请求无法解析：{other}"),
    }
}
