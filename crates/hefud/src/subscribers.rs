//! Subscribers' affairs in role ra: the office, its doors and pages, and the port by which it reaches the desk and the
//! applicants' files.
//!
//! What applicants do through the portal is taken down in the name of the officer who gave them the code, who must still be
//! on duty for it; but a lost key is taken out of use whether anybody is on duty or not.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use gm_suite::SignatureAlgorithm;
use gm_syntax::pem_text;
use hefu_applicants::{ApplicantId, EvidenceKind, Media, NewEvidence, Registry, Shown};
use hefu_certificate::{IssuedCertificate, LawScope, Usage};
use hefu_officers::{Officer, OfficerId, Officers, Permission};
use hefu_portal::Portal;
use hefu_ra::{
    ApplicationError, ApplicationId, ApplicationView, Basis, CertificateState, Desk, DeskError, HoldersWord, Renewal,
    Stage, StepName,
};
use hefu_rulebook::Explain;
use hefu_subscribers::{
    Agreeing, Known, KnownState, Means, Office, OfficeSettings, Registration, RegistrationError, Renewing,
    SubscriberError, Terms, TextKind,
};
use hefu_web::{Site, Subscribers};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::start::{Start, StartError, about, clock};
use crate::zone::Zone;

/// `[ra.subscribers]`: how long things last; everything has a default.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// Days that a code for the portal opens it.
    portal_code_days: Option<u16>,
    /// Hours that a code for a delivery can be used.
    delivery_code_hours: Option<u16>,
    /// Days that a code to report a loss can be used.
    loss_code_days: Option<u16>,
    /// Longest time between two uses of a subscriber's session, in minutes.
    session_idle_minutes: Option<u16>,
    /// Longest life of a subscriber's session, in minutes.
    session_minutes: Option<u16>,
    /// Days after delivery in which a certificate may be accepted or refused through the portal.
    acceptance_days: Option<u16>,
}

impl Settings {
    fn terms(&self) -> Terms {
        const HOURS_OF_A_DAY: i64 = 24;
        let hours = |count: u16| SignedDuration::from_hours(i64::from(count));
        let days = |count: u16| SignedDuration::from_hours(i64::from(count) * HOURS_OF_A_DAY);
        let minutes = |count: u16| SignedDuration::from_mins(i64::from(count));
        let usual = Terms::default();
        Terms {
            portal: self.portal_code_days.map_or(usual.portal, days),
            delivery: self.delivery_code_hours.map_or(usual.delivery, hours),
            loss: self.loss_code_days.map_or(usual.loss, days),
            idle: self.session_idle_minutes.map_or(usual.idle, minutes),
            absolute: self.session_minutes.map_or(usual.absolute, minutes),
            answer: self.acceptance_days.map_or(usual.answer, days),
        }
    }
}

/// Opens the office and adds its doors.
pub(crate) async fn open(
    settings: &Settings,
    zone: &Zone,
    (desk, registry, officers): (&Desk, &Registry, &Arc<Officers>),
    provider: &hefu_post::Office,
    start: &mut Start,
) -> Result<(), StartError> {
    let office = Office::open(OfficeSettings {
        database: zone.database.clone(),
        device: Arc::clone(&zone.device),
        registration: Arc::new(Counter {
            desk: desk.clone(),
            registry: registry.clone(),
            officers: Arc::clone(officers),
        }),
        terms: settings.terms(),
    });
    let office = office.await.map_err(about("[ra.subscribers]"))?;
    let pages = Portal {
        office: office.clone(),
        desk: desk.clone(),
        registry: registry.clone(),
        clock: clock(),
        site: Arc::new(Site {
            name: provider.name.clone(),
            public_url: provider.public_url.clone(),
        }),
    };
    start.serve(pages.routes());
    let door = Subscribers {
        office,
        desk: desk.clone(),
        registry: registry.clone(),
        officers: Arc::clone(officers),
        clock: clock(),
        public_url: provider.public_url.clone(),
    };
    start.serve(door.routes());
    Ok(())
}

/// The desk, the applicants' files and the register of officers, as subscribers' affairs see them.
struct Counter {
    desk: Desk,
    registry: Registry,
    officers: Arc<Officers>,
}

fn told(error: impl Explain + Send + Sync + 'static) -> RegistrationError {
    Arc::new(error)
}

fn known(view: &ApplicationView) -> Known {
    Known {
        application: view.id.to_string(),
        state: match view.state {
            Stage::Issued => KnownState::Issued,
            Stage::Rejected => KnownState::Rejected,
            _ => KnownState::Open,
        },
        serial: view.certificates.first().map(|part| part.serial.clone()),
        has_file: view.applicant.is_some(),
    }
}

impl Counter {
    async fn view(&self, number: &str) -> Result<ApplicationView, RegistrationError> {
        let id: ApplicationId = number.parse().map_err(|why: ApplicationError| told(why))?;
        self.desk.application(id).await.map_err(told)
    }

    /// The officer in whose name something is taken down, if they may take it down now.
    fn vouching(&self, id: OfficerId) -> Result<Officer, RegistrationError> {
        let found = self.officers.all().into_iter().find(|officer| officer.id() == id);
        let officer = found.ok_or_else(|| told(SubscriberError::SessionOver))?;
        officer.permit(Permission::Enter).map_err(told)?;
        Ok(officer)
    }

    /// The number of the file that an application stands in.
    fn file(view: &ApplicationView) -> Result<ApplicantId, RegistrationError> {
        let number = view.applicant.as_deref().and_then(|number| number.parse().ok());
        number.ok_or_else(|| told(SubscriberError::NoFile))
    }

    /// Takes an agreement down in the file, then the step at the desk that stands on it.
    async fn agreed(
        &self,
        vouched_by: OfficerId,
        application: &str,
        agreeing: &Agreeing,
        now: Timestamp,
    ) -> Result<String, RegistrationError> {
        let officer = self.vouching(vouched_by)?;
        let view = self.view(application).await?;
        let step = match agreeing.kind {
            TextKind::Notice => StepName::Notice,
            TextKind::Contract => StepName::Contract,
        };
        // Asked before anything is taken down: no agreement is left that no step stands on.
        if view.next != Some(step) {
            let profile = self.desk.profiles().get(&view.profile);
            return Err(told(ApplicationError::OutOfOrder {
                step,
                stage: view.state,
                scope: profile.map_or(LawScope::Signature, |profile| profile.law_scope()),
            }));
        }
        let (file, by) = (Self::file(&view)?, officer.id());
        let shown = Shown {
            language: agreeing.language,
            sm3: agreeing.sm3,
        };
        let version = agreeing.version.as_str();
        let agreement = match agreeing.kind {
            TextKind::Notice => self.registry.acknowledge(file, (version, shown), by, now).await,
            TextKind::Contract => {
                let signed_by = agreeing.signed_by.as_str();
                self.registry.sign(file, (version, shown, signed_by), by, now).await
            }
        };
        let number = agreement.map_err(told)?.proof().id;
        let proof = number.clone();
        let taken = match agreeing.kind {
            TextKind::Notice => {
                self.desk
                    .acknowledge_notice(&officer, view.id, Basis::Proof(proof), now)
                    .await
            }
            TextKind::Contract => {
                self.desk
                    .sign_contract(&officer, view.id, Basis::Proof(proof), now)
                    .await
            }
        };
        taken.map_err(told)?;
        Ok(number)
    }

    async fn kept(
        &self,
        vouched_by: OfficerId,
        application: &str,
        content: &[u8],
        now: Timestamp,
    ) -> Result<String, RegistrationError> {
        let officer = self.vouching(vouched_by)?;
        let file = Self::file(&self.view(application).await?)?;
        // What is no picture and no paper is refused as a paper that is none.
        let told_by = Media::told_by(content).filter(|media| matches!(media, Media::Png | Media::Jpeg | Media::Pdf));
        let new = NewEvidence {
            kind: EvidenceKind::Other,
            claimed: told_by.unwrap_or(Media::Pdf),
            content,
        };
        let taken = self.registry.take_evidence(file, new, officer.id(), now).await;
        Ok(taken.map_err(told)?.id.to_string())
    }

    async fn stopped(&self, serial: &str, means: Means<'_>, now: Timestamp) -> Result<&'static str, RegistrationError> {
        let word = match means {
            Means::Code(access) => HoldersWord::Code(access.to_owned()),
            Means::Key => HoldersWord::Key,
        };
        let view = self.desk.at_holders_word(serial, word, now).await.map_err(told)?;
        Ok(match view.state {
            CertificateState::Revoked => "revoked",
            _ => "suspended",
        })
    }

    /// Signed by the key of the certificate, or of a pair by the signing one's.
    async fn signed(
        &self,
        serial: &str,
        message: &[u8],
        signature: &[u8],
        now: Timestamp,
    ) -> Result<bool, RegistrationError> {
        let mut view = self.desk.certificate(serial, now).await.map_err(told)?;
        if let (Usage::Encrypt, Some(pair)) = (view.usage, view.pair_serial.clone()) {
            view = self.desk.certificate(&pair, now).await.map_err(told)?;
        }
        let der = pem_text::decode(view.pem.as_bytes(), "CERTIFICATE").ok();
        let key = der.and_then(|der| IssuedCertificate::parse(&der).ok()?.public_key().ok());
        let algorithms = SignatureAlgorithm::ALL.into_iter();
        Ok(key.is_some_and(|key| {
            let mut fitting = algorithms.filter(|algorithm| key.algorithm().serves(*algorithm));
            fitting.any(|algorithm| key.verify(algorithm, message, signature).is_ok())
        }))
    }
}

impl Registration for Counter {
    fn application<'a>(&'a self, number: &'a str) -> BoxFuture<'a, Result<Known, RegistrationError>> {
        Box::pin(async move { Ok(known(&self.view(number).await?)) })
    }

    fn application_of<'a>(
        &'a self,
        serial: &'a str,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Known, RegistrationError>> {
        Box::pin(async move {
            let found = self.desk.certificate(serial, now).await.map_err(told)?;
            let view: Result<_, DeskError> = self.desk.application(found.application).await;
            Ok(known(&view.map_err(told)?))
        })
    }

    fn agree<'a>(
        &'a self,
        vouched_by: OfficerId,
        application: &'a str,
        agreeing: &'a Agreeing,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<String, RegistrationError>> {
        Box::pin(self.agreed(vouched_by, application, agreeing, now))
    }

    fn keep<'a>(
        &'a self,
        vouched_by: OfficerId,
        application: &'a str,
        content: &'a [u8],
        now: Timestamp,
    ) -> BoxFuture<'a, Result<String, RegistrationError>> {
        Box::pin(self.kept(vouched_by, application, content, now))
    }

    fn stop<'a>(
        &'a self,
        serial: &'a str,
        means: Means<'a>,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<&'static str, RegistrationError>> {
        Box::pin(self.stopped(serial, means, now))
    }

    fn is_signed<'a>(
        &'a self,
        serial: &'a str,
        message: &'a [u8],
        signature: &'a [u8],
        now: Timestamp,
    ) -> BoxFuture<'a, Result<bool, RegistrationError>> {
        Box::pin(self.signed(serial, message, signature, now))
    }

    fn renew<'a>(
        &'a self,
        officer: &'a Officer,
        renewing: Renewing<'a>,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<String, RegistrationError>> {
        Box::pin(async move {
            let renewal = Renewal {
                csr: renewing.csr.map(|csr| csr.as_bytes().to_vec()),
                validity_days: None,
                identity: Basis::Proof(renewing.check.to_owned()),
            };
            let entered = self.desk.renew(officer, renewing.serial, renewal, now).await;
            Ok(entered.map_err(told)?.id.to_string())
        })
    }
}

#[cfg(test)]
mod tests {
    use hefu_subscribers::Terms;

    use super::Settings;

    #[test]
    fn terms_that_are_not_set_are_the_usual_ones_and_unknown_ones_are_refused() {
        let read = |text: &str| toml::from_str::<Settings>(text);
        assert_eq!(read("").map(|settings| settings.terms()), Ok(Terms::default()));
        let ten = read("acceptance_days = 10").map(|settings| settings.terms().answer.as_hours());
        assert_eq!(ten, Ok(240));
        assert!(read("acceptance_day = 10").is_err());
    }
}
