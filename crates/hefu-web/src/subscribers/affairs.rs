//! One subscriber's affairs: how far their application is, what is asked of them, what they asked for.

use hefu_ra::{ApplicationId, ApplicationView, CertificateView, Desk, DeskError, StepName};
use hefu_rulebook::Language;
use hefu_subscribers::{Delivery, Matter, Office, SubscriberError, Supplement};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::told;
use crate::problem::Problem;

/// Something that a subscriber is asked to do.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ask {
    /// Read the notice and acknowledge it.
    Notice,
    /// Read the contract and sign it.
    Contract,
    /// Supplement the application.
    Supplement,
    /// Fetch the certificates.
    Delivery,
    /// Say whether the certificate is right.
    Acceptance,
}

/// What a subscriber sees.
#[derive(Clone, Debug)]
pub struct Affairs {
    /// The application, with what was issued.
    pub view: ApplicationView,
    /// The certificate, of a pair the signing one.
    pub certificate: Option<CertificateView>,
    /// The question that waits for them.
    pub supplement: Option<Supplement>,
    /// Whether and when the certificates were handed over, and what they said.
    pub delivery: Option<Delivery>,
    /// What they asked for, the newest first.
    pub matters: Vec<Matter>,
    /// What is asked of them, in the order in which it is best done.
    pub asks: Vec<Ask>,
}

/// Why affairs were not gathered.
#[derive(Debug)]
pub enum NotGathered {
    /// The desk says no.
    Desk(DeskError),
    /// The office says no.
    Office(SubscriberError),
}

impl NotGathered {
    /// As a problem.
    pub(super) fn problem(&self, language: Language) -> Problem {
        match self {
            Self::Desk(why) => Problem::of(why, language),
            Self::Office(why) => told(why, language),
        }
    }

    /// As what it is.
    #[must_use]
    pub fn explain(&self) -> &dyn hefu_rulebook::Explain {
        match self {
            Self::Desk(why) => why,
            Self::Office(why) => why,
        }
    }
}

impl From<DeskError> for NotGathered {
    fn from(why: DeskError) -> Self {
        Self::Desk(why)
    }
}

impl From<SubscriberError> for NotGathered {
    fn from(why: SubscriberError) -> Self {
        Self::Office(why)
    }
}

impl Affairs {
    /// Gathers the affairs around one application.
    ///
    /// # Errors
    /// What desk or office say.
    pub async fn gather(office: &Office, desk: &Desk, application: &str, now: Timestamp) -> Result<Self, NotGathered> {
        let id: ApplicationId = application.parse().map_err(DeskError::from)?;
        let view = desk.application(id).await?;
        let certificate = match view.certificates.first() {
            Some(part) => Some(desk.certificate(&part.serial, now).await?),
            None => None,
        };
        let number = id.to_string();
        let supplement = office.supplements(&number).await?.into_iter().find(Supplement::is_open);
        let delivery = office.delivery(&number).await?;
        let mut affairs = Self {
            view,
            certificate,
            supplement,
            delivery,
            matters: office.matters_of(&number).await?,
            asks: Vec::new(),
        };
        affairs.asks = affairs.asked(now);
        Ok(affairs)
    }

    fn asked(&self, now: Timestamp) -> Vec<Ask> {
        let has_file = self.view.applicant.is_some();
        let delivered = self.delivery.as_ref();
        let asks = [
            (Ask::Supplement, self.supplement.is_some()),
            (Ask::Notice, has_file && self.view.next == Some(StepName::Notice)),
            (Ask::Contract, has_file && self.view.next == Some(StepName::Contract)),
            (Ask::Delivery, self.certificate.is_some() && delivered.is_none()),
            (
                Ask::Acceptance,
                delivered.is_some_and(|delivery| delivery.may_answer(now).is_ok()),
            ),
        ];
        asks.into_iter().filter(|(_, is)| *is).map(|(ask, _)| ask).collect()
    }

    /// As programs see it: no officers by number, no subject.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let steps = self.view.taken.iter();
        let steps: Vec<Value> = steps
            .map(|taken| json!({"step": taken.step.as_str(), "at": taken.at}))
            .collect();
        let certificate = self.certificate.as_ref().map(|certificate| {
            json!({
                "serial": certificate.serial,
                "pair_serial": certificate.pair_serial,
                "state": certificate.state,
                "not_before": certificate.not_before,
                "not_after": certificate.not_after,
            })
        });
        let supplement = self.supplement.as_ref();
        let supplement = supplement.map(|asked| json!({"reason": asked.reason, "asked_at": asked.asked_at}));
        let matters = self.matters.iter().map(|matter| {
            json!({
                "id": matter.id, "kind": matter.kind, "opened_at": matter.opened_at, "done": matter.done,
                "outcome": matter.outcome, "said": matter.said, "became": matter.became,
            })
        });
        json!({
            "application": self.view.id,
            "state": self.view.state,
            "kind": self.view.kind,
            "profile": self.view.profile,
            "replaces": self.view.replaces,
            "created_at": self.view.created_at,
            "rejection": self.view.rejection,
            "steps": steps,
            "next": self.view.next,
            "certificate": certificate,
            "supplement": supplement,
            "delivery": self.delivery,
            "matters": matters.collect::<Vec<Value>>(),
            "asks": self.asks,
        })
    }
}
