//! What callers see of applications and certificates: plain data, ready for JSON.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gm_suite::KeyAlgorithm;
use gm_syntax::{der_writer, pem_text};
use hefu_certificate::{RevocationGround, Usage};
use hefu_officers::OfficerId;
use jiff::Timestamp;
use serde::Serialize;

use crate::application::{ApplicationId, ApplicationKind, Steps};
use crate::case::Case;
use crate::case_file::LookAlike;
use crate::certificate::{Certificate, Delivery};
use crate::list::CertificateState;
use crate::stage::{Stage, StepName};

const PEM_LABEL: &str = "CERTIFICATE";

/// An application as callers see it.
#[derive(Clone, Debug, Serialize)]
pub struct ApplicationView {
    /// Number.
    pub id: ApplicationId,
    /// State.
    pub state: Stage,
    /// First, renewal or re-key.
    pub kind: ApplicationKind,
    /// Name of the profile.
    pub profile: String,
    /// Number of the applicant's file.
    pub applicant: Option<String>,
    /// Number of the check of identity in the applicant's file.
    pub identity_check: Option<String>,
    /// Files that are like the applicant's; only where one application is shown.
    pub look_alikes: Vec<LookAlike>,
    /// Subject fields. Personal data.
    pub subject: BTreeMap<String, String>,
    /// Serial number of the certificate that is renewed.
    pub replaces: Option<String>,
    /// Who entered it.
    pub entered_by: OfficerId,
    /// Who verified the identity.
    pub identified_by: Option<OfficerId>,
    /// Who approved it.
    pub approved_by: Option<OfficerId>,
    /// When it was entered.
    pub created_at: Timestamp,
    /// When the last step was taken.
    pub updated_at: Timestamp,
    /// The next step; `None` at the end of the road.
    pub next: Option<StepName>,
    /// The certificates, signing before encryption. Empty before issuance, and in lists.
    pub certificates: Vec<CertificatePart>,
    /// The issuer's certificate, PEM.
    pub issuer_pem: Option<String>,
    /// GM/T 0092 `CSRResponse` for an SM2 key, base64 of DER.
    pub csr_response: Option<String>,
    /// `SM2EnvelopedKey` of a pair's encryption key, base64 of DER.
    pub enveloped_key: Option<String>,
    /// Why it was rejected.
    pub rejection: Option<String>,
    /// The steps that were taken, in their order. For pages; JSON names the officers above.
    #[serde(skip)]
    pub taken: Vec<Taken>,
    /// SM3 of the applicant's public key, hexadecimal. For pages.
    #[serde(skip)]
    pub key_sm3: String,
}

/// A step that was taken on an application.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Taken {
    /// Which.
    pub step: StepName,
    /// By which officer; `None` for what the certification authority did.
    pub by: Option<OfficerId>,
    /// When.
    pub at: Timestamp,
    /// The version of a text, or how identity was verified.
    pub basis: Option<String>,
    /// Number of the proof in the applicant's file.
    pub proof: Option<String>,
}

impl Taken {
    fn new(step: StepName, by: OfficerId, at: Timestamp) -> Self {
        Self {
            step,
            by: Some(by),
            at,
            basis: None,
            proof: None,
        }
    }

    /// The steps taken so far.
    fn all(steps: &Steps<'_>) -> Vec<Self> {
        let notice = steps.notice.map(|step| Self {
            basis: Some(step.what.version().to_owned()),
            proof: step.what.proof.as_ref().map(|proof| proof.number.clone()),
            ..Self::new(StepName::Notice, step.by, step.at)
        });
        let contract = steps.contract.map(|step| Self {
            basis: Some(step.what.version().to_owned()),
            proof: step.what.proof.as_ref().map(|proof| proof.number.clone()),
            ..Self::new(StepName::Contract, step.by, step.at)
        });
        let identity = steps.identity.map(|step| Self {
            basis: Some(step.what.method().to_owned()),
            proof: step.what.proof.as_ref().map(|proof| proof.number.clone()),
            ..Self::new(StepName::Identity, step.by, step.at)
        });
        let approval = steps
            .approval
            .map(|step| Self::new(StepName::Approval, step.by(), step.at()));
        let issuance = steps.issued_at.map(|at| Self {
            step: StepName::Issuance,
            by: None,
            at,
            basis: None,
            proof: None,
        });
        let rejection = steps
            .rejection
            .map(|step| Self::new(StepName::Rejection, step.by, step.at));
        let all = [notice, contract, identity, approval, issuance, rejection];
        all.into_iter().flatten().collect()
    }
}

/// One certificate of an application.
#[derive(Clone, Debug, Serialize)]
pub struct CertificatePart {
    /// Serial number, lower-case hexadecimal.
    pub serial: String,
    /// Which half of a pair, or single.
    pub usage: Usage,
    /// The certificate, PEM.
    pub pem: String,
}

/// A certificate as callers see it.
#[derive(Clone, Debug, Serialize)]
pub struct CertificateView {
    /// Serial number, lower-case hexadecimal.
    pub serial: String,
    /// The other one's, of a pair.
    pub pair_serial: Option<String>,
    /// Which half of a pair, or single.
    pub usage: Usage,
    /// Name of the profile.
    pub profile: String,
    /// Common name.
    pub name: String,
    /// Distinguished name, for people.
    pub subject: String,
    /// First moment of validity.
    pub not_before: Timestamp,
    /// Last moment of validity.
    pub not_after: Timestamp,
    /// State, expiry included.
    pub state: CertificateState,
    /// The ground of a revocation.
    pub ground: Option<&'static str>,
    /// When the state last changed; `None` since issuance.
    pub changed_at: Option<Timestamp>,
    /// The application it was issued for.
    pub application: ApplicationId,
    /// The certificate, PEM.
    pub pem: String,
}

impl ApplicationView {
    /// An application without what was handed over for it.
    pub(crate) fn of(case: &Case) -> Self {
        let form = case.form();
        let steps = case.steps();
        let times = [
            steps.notice.map(|step| step.at),
            steps.contract.map(|step| step.at),
            steps.identity.map(|step| step.at),
            steps.approval.map(crate::Approval::at),
            steps.request.map(|request| request.at),
            steps.issued_at,
            steps.rejection.map(|step| step.at),
        ];
        Self {
            id: form.id,
            state: case.stage(),
            kind: form.kind,
            profile: form.profile.clone(),
            applicant: form.applicant.clone(),
            identity_check: steps
                .identity
                .and_then(|step| step.what.proof.as_ref())
                .map(|proof| proof.number.clone()),
            look_alikes: Vec::new(),
            subject: form.fields.clone(),
            replaces: form.replaces.clone(),
            entered_by: form.entered_by,
            identified_by: steps.identity.map(|step| step.by),
            approved_by: steps.approval.map(crate::Approval::by),
            created_at: form.entered_at,
            updated_at: times.into_iter().flatten().fold(form.entered_at, Timestamp::max),
            next: case.stage().next(),
            certificates: Vec::new(),
            issuer_pem: None,
            csr_response: None,
            enveloped_key: None,
            rejection: steps.rejection.map(|step| step.what.as_str().to_owned()),
            taken: Taken::all(&steps),
            key_sm3: hex::encode(form.key_digest),
        }
    }

    /// An application with what was handed over for it.
    pub(crate) fn delivered(case: &Case, delivery: &Delivery) -> Self {
        let enveloped = delivery
            .certificates
            .iter()
            .find_map(|certificate| certificate.enveloped_key.as_deref());
        Self {
            certificates: delivery.certificates.iter().map(CertificatePart::of).collect(),
            issuer_pem: Some(pem_text::encode(PEM_LABEL, &delivery.issuer)),
            csr_response: csr_response(delivery).map(|der| STANDARD.encode(der)),
            enveloped_key: enveloped.map(|der| STANDARD.encode(der)),
            ..Self::of(case)
        }
    }
}

impl CertificatePart {
    fn of(certificate: &Certificate) -> Self {
        Self {
            serial: certificate.serial.clone(),
            usage: certificate.usage,
            pem: pem_text::encode(PEM_LABEL, &certificate.der),
        }
    }
}

impl CertificateView {
    /// A certificate as it stands at `now`.
    pub(crate) fn of(certificate: Certificate, now: Timestamp) -> Self {
        Self {
            state: certificate.state(now),
            ground: certificate.ground.map(RevocationGround::slug),
            pem: pem_text::encode(PEM_LABEL, &certificate.der),
            serial: certificate.serial,
            pair_serial: certificate.pair_serial,
            usage: certificate.usage,
            profile: certificate.profile,
            name: certificate.name,
            subject: certificate.subject,
            not_before: certificate.not_before,
            not_after: certificate.not_after,
            changed_at: certificate.changed_at,
            application: certificate.application,
        }
    }
}

/// The answer of GM/T 0092 to a certification request: for SM2 keys only, that is whom the standard is about.
///
/// The octets are those of [`gm_syntax::CsrResponse`]; its parts are at hand already encoded, and reading them only to
/// write them again would cost more than everything else in a view. A test compares.
fn csr_response(delivery: &Delivery) -> Option<Vec<u8>> {
    if delivery.key != KeyAlgorithm::Sm2 {
        return None;
    }
    let of = |encrypts: bool| {
        let wanted = delivery
            .certificates
            .iter()
            .filter(move |part| (part.usage == Usage::Encrypt) == encrypts);
        wanted.map(|part| part.der.clone()).collect::<Vec<_>>()
    };
    let (signing, encryption) = (of(false), of(true));
    let enveloped = delivery
        .certificates
        .iter()
        .find_map(|part| part.enveloped_key.as_deref());
    let written = der_writer::write(|writer| {
        writer.sequence(|response| {
            response.set_of(signing);
            if let Some(key) = enveloped {
                response.context(0, |tagged| tagged.raw(key));
            }
            if !encryption.is_empty() {
                response.context_set_of(1, encryption);
            }
        });
    });
    written.ok()
}
