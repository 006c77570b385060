//! Approval and issuance: the acts after which an application goes to the certification authority.
//!
//! A group that was approved in one transaction stays together on the whole way: one batch, one reply, one transaction
//! for the certificates. Were each member to queue again for the next stage, the groups would crumble, and what a
//! group shares (commits, signatures, visits to the database) would be paid for by each alone.

use std::sync::Arc;

use hefu_officers::{Officer, Permission};
use jiff::Timestamp;

use super::acting::{self, Act, Done, act_group};
use super::error::DeskError;
use super::issuing::{self, Open, Settled, settle_group};
use super::{Desk, Refused, Room, Then, detached, new_request_id};
use crate::application::{Application, ApplicationId, Requested};
use crate::case::{ApplicationError, Case};
use crate::stage::StepName;
use crate::store;
use crate::view::ApplicationView;

/// An application after its act, and the first answer of the authority if its request was sent.
pub(super) struct Sent {
    done: Done,
    answer: Option<Result<Settled, DeskError>>,
}

impl Desk {
    /// Approves, and asks for issuance at once if wanted: two acts with two records, in one transaction.
    ///
    /// # Errors
    /// [`DeskError`]; a refusal is recorded. When the certification authority does not answer, the approval stands
    /// and the application is `requested`; [`Desk::issue`] goes on.
    pub async fn approve(
        &self,
        officer: &Officer,
        id: ApplicationId,
        then: Then,
        now: Timestamp,
    ) -> Result<ApplicationView, DeskError> {
        let refused = Refused {
            act: StepName::Approval.as_str(),
            application: Some(id),
            by: officer.id(),
            at: now,
        };
        // Who may not approve is told that first.
        if officer.permit(Permission::Approve).is_ok() {
            self.or_refused(self.nothing_owed(id).await, refused).await?;
        }
        let good_for = self.room.good_for;
        match then {
            Then::Stop => {
                let act = Act::Approve(good_for, None);
                let done = self.act(officer, &[Permission::Approve], id, act, now).await?;
                Ok(ApplicationView::of(&done.case))
            }
            Then::Issue => {
                let act = Act::Approve(good_for, Some(new_request_id(now)?));
                let permissions = &[Permission::Approve, Permission::Issue];
                self.send(officer, permissions, id, act, now).await
            }
        }
    }

    /// Whether the applicant owes no supplement. Asked before the act queues: a question that comes in the same moment
    /// stays open, and is seen.
    async fn nothing_owed(&self, id: ApplicationId) -> Result<(), DeskError> {
        let owes = self.room.files.owes(&id.to_string()).await.map_err(DeskError::File)?;
        let Some(since) = owes else { return Ok(()) };
        let mut connection = self.room.database.read().await?;
        let case = store::load(&mut connection, &[id]).await?.remove(&id);
        let scope = case.ok_or(ApplicationError::Unknown(id))?.form().law_scope;
        Err(ApplicationError::SupplementOwed { since, scope }.into())
    }

    /// Asks for issuance, or asks again what became of it. Safe to call as often as one likes: the certification
    /// authority issues once for one request, and an application that is issued already is simply shown.
    ///
    /// # Errors
    /// [`DeskError`]; a refusal is recorded. When the certification authority does not answer, call again.
    pub async fn issue(
        &self,
        officer: &Officer,
        id: ApplicationId,
        now: Timestamp,
    ) -> Result<ApplicationView, DeskError> {
        let act = Act::Request(new_request_id(now)?);
        self.send(officer, &[Permission::Issue], id, act, now).await
    }

    /// Takes the act, sends the request that comes of it, and settles it.
    async fn send(
        &self,
        officer: &Officer,
        permissions: &[Permission],
        id: ApplicationId,
        act: Act,
        now: Timestamp,
    ) -> Result<ApplicationView, DeskError> {
        let by = self
            .permit(officer, permissions, act.name().as_str(), Some(id), now)
            .await?;
        let desk = self.clone();
        let ask = acting::Ask { id, by, at: now, act };
        detached(async move {
            let Sent { done, answer } = desk.queues.sendings.ask(ask).await??;
            match (done.case, answer) {
                (Case::Requested(application), Some(answer)) => desk.settled(application, answer, now).await,
                (Case::Issued(application), _) => desk.application(application.form.id).await,
                (case, _) => Ok(ApplicationView::of(&case)),
            }
        })
        .await
    }

    /// Shows what became of a request for issuance, asking again where the first answer does not settle it.
    async fn settled(
        &self,
        application: Application<Requested>,
        answer: Result<Settled, DeskError>,
        now: Timestamp,
    ) -> Result<ApplicationView, DeskError> {
        let id = application.form.id;
        let settled = match answer {
            Ok(answer) => {
                let open = Open::Issuance(Box::new(application));
                self.settle_from(open, answer, now).await
            }
            Err(error) => Err(error),
        };
        match settled {
            Ok(Settled::Issued(handed)) => Ok(ApplicationView::delivered(&handed.case, &handed.delivery)),
            // Somebody else settled it at the same moment.
            Ok(_) | Err(DeskError::Moved) => self.application(id).await,
            Err(error) => Err(error),
        }
    }
}

/// Does the acts of a group, and sends the requests that come of them.
pub(super) async fn send_group(room: Arc<Room>, asks: Vec<acting::Ask>) -> Vec<Result<Sent, DeskError>> {
    let times: Vec<Timestamp> = asks.iter().map(|ask| ask.at).collect();
    let done = act_group(Arc::clone(&room), asks).await;
    let requests = done.iter().zip(times).filter_map(|(done, at)| request(done, at));
    let mut answers = settle_group(room, requests.collect()).await.into_iter();
    done.into_iter()
        .map(|done| {
            done.map(|done| {
                let requested = matches!(done.case, Case::Requested(_));
                let answer = requested.then(|| answers.next().unwrap_or(Err(DeskError::Closed)));
                Sent { done, answer }
            })
        })
        .collect()
}

/// The request that came of an act, if one did.
fn request(done: &Result<Done, DeskError>, at: Timestamp) -> Option<issuing::Ask> {
    match done {
        Ok(Done {
            case: Case::Requested(application),
            how,
        }) => Some(issuing::Ask {
            open: Open::Issuance(Box::new(application.clone())),
            how: *how,
            at,
        }),
        _ => None,
    }
}
