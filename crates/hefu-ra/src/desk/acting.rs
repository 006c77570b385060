//! Steps that officers take on an application that is there.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use hefu_database::Connection;
use hefu_officers::{Officer, OfficerId, Permission};
use hefu_records::NewEntry;
use hefu_rulebook::{Explain as _, Kind};
use jiff::Timestamp;
use registration_protocol::RequestId;

use super::error::DeskError;
use super::grouping::write_group;
use super::issuing::How;
use super::{Desk, Refused, Room, record};
use crate::application::{Application, ApplicationId, Approved, Reason, Step};
use crate::approval::GoodFor;
use crate::case::{ApplicationError, Case};
use crate::case_file::{Basis, agreement_fits, check_fits};
use crate::contract::{Contract, ContractInput, Notice, NoticeInput};
use crate::facts;
use crate::identity::{Identity, IdentityInput};
use crate::request::Request;
use crate::stage::{Stage, StepName};
use crate::store::{self, Changed};
use crate::view::ApplicationView;

/// One act on one application.
pub(super) struct Ask {
    pub(super) id: ApplicationId,
    pub(super) by: OfficerId,
    pub(super) at: Timestamp,
    pub(super) act: Act,
}

/// What is to be done.
pub(super) enum Act {
    Notice(Notice),
    Contract(Contract),
    Identity(Identity),
    Approve(GoodFor, Option<RequestId>),
    Request(RequestId),
    Reject(Reason),
}

impl Act {
    pub(super) const fn name(&self) -> StepName {
        match self {
            Self::Notice(_) => StepName::Notice,
            Self::Contract(_) => StepName::Contract,
            Self::Identity(_) => StepName::Identity,
            Self::Approve(..) => StepName::Approval,
            Self::Request(_) => StepName::Issuance,
            Self::Reject(_) => StepName::Rejection,
        }
    }
}

/// An application after an act, and how to go on with its request if it has one.
#[derive(Clone)]
pub(super) struct Done {
    pub(super) case: Case,
    pub(super) how: How,
}

impl Desk {
    /// The applicant acknowledged the notice.
    ///
    /// # Errors
    /// [`DeskError`]; a refusal is recorded.
    pub async fn acknowledge_notice(
        &self,
        officer: &Officer,
        id: ApplicationId,
        notice: Basis<NoticeInput>,
        now: Timestamp,
    ) -> Result<ApplicationView, DeskError> {
        let act = async { self.notice(notice).await.map(Act::Notice) };
        self.step(officer, (id, StepName::Notice), act, now).await
    }

    /// The applicant signed the contract.
    ///
    /// # Errors
    /// [`DeskError`]; a refusal is recorded.
    pub async fn sign_contract(
        &self,
        officer: &Officer,
        id: ApplicationId,
        contract: Basis<ContractInput>,
        now: Timestamp,
    ) -> Result<ApplicationView, DeskError> {
        let act = async { self.contract(contract).await.map(Act::Contract) };
        self.step(officer, (id, StepName::Contract), act, now).await
    }

    /// An officer verified the applicant's identity; again, if the first verification grew old.
    ///
    /// # Errors
    /// [`DeskError`]; a refusal is recorded.
    pub async fn verify_identity(
        &self,
        officer: &Officer,
        id: ApplicationId,
        identity: Basis<IdentityInput>,
        now: Timestamp,
    ) -> Result<ApplicationView, DeskError> {
        let about = id.to_string();
        let act = async { self.identity(identity, &about).await.map(Act::Identity) };
        self.step(officer, (id, StepName::Identity), act, now).await
    }

    /// Takes a step whose basis may have to be looked up first.
    async fn step(
        &self,
        officer: &Officer,
        (id, step): (ApplicationId, StepName),
        act: impl Future<Output = Result<Act, DeskError>>,
        now: Timestamp,
    ) -> Result<ApplicationView, DeskError> {
        let by = self
            .permit(officer, &[Permission::Enter], step.as_str(), Some(id), now)
            .await?;
        let refused = Refused {
            act: step.as_str(),
            application: Some(id),
            by,
            at: now,
        };
        let act = self.or_refused(act.await, refused).await?;
        let done = self.queues.acts.ask(Ask { id, by, at: now, act }).await??;
        Ok(ApplicationView::of(&done.case))
    }

    /// Ends an application that has not been sent to the certification authority.
    ///
    /// # Errors
    /// [`DeskError`]; a refusal is recorded.
    pub async fn reject(
        &self,
        officer: &Officer,
        id: ApplicationId,
        reason: &str,
        now: Timestamp,
    ) -> Result<ApplicationView, DeskError> {
        let act = Act::Reject(Reason::new(reason)?);
        Ok(ApplicationView::of(
            &self.act(officer, &[Permission::Approve], id, act, now).await?.case,
        ))
    }

    pub(super) async fn act(
        &self,
        officer: &Officer,
        permissions: &[Permission],
        id: ApplicationId,
        act: Act,
        now: Timestamp,
    ) -> Result<Done, DeskError> {
        let by = self
            .permit(officer, permissions, act.name().as_str(), Some(id), now)
            .await?;
        self.queues.acts.ask(Ask { id, by, at: now, act }).await?
    }
}

/// Loads, decides and saves a group of acts.
pub(super) async fn act_group(room: Arc<Room>, asks: Vec<Ask>) -> Vec<Result<Done, DeskError>> {
    write_group(&room.database, &Arc::new(asks), act_all).await
}

fn act_all<'c>(
    connection: &'c mut Connection,
    asks: &'c [Ask],
) -> BoxFuture<'c, Result<Vec<Result<Done, DeskError>>, DeskError>> {
    Box::pin(async move {
        let ids: Vec<ApplicationId> = asks.iter().map(|ask| ask.id).collect();
        let mut desk = Group {
            cases: store::load(connection, &ids).await?,
            moved: HashMap::new(),
            entries: Vec::new(),
        };
        let answers = asks.iter().map(|ask| desk.act(ask)).collect();
        let moves: Vec<store::Move<'_>> = desk.moves().collect();
        store::update(connection, &moves).await?;
        record(connection, &desk.entries).await?;
        Ok(answers)
    })
}

/// The applications of a group while its acts are decided, one after the other.
struct Group {
    cases: HashMap<ApplicationId, Case>,
    moved: HashMap<ApplicationId, Moved>,
    entries: Vec<NewEntry>,
}

/// Where an application that moved was found, when it last moved, and what of it changed.
struct Moved {
    from: Stage,
    at: Timestamp,
    changed: Changed,
}

impl Group {
    fn act(&mut self, ask: &Ask) -> Result<Done, DeskError> {
        let case = self
            .cases
            .get(&ask.id)
            .cloned()
            .ok_or(ApplicationError::Unknown(ask.id))?;
        let found = case.stage();
        match decide(ask, case) {
            Ok((done, entries)) => {
                if !entries.is_empty() {
                    self.note(ask, found);
                    self.cases.insert(ask.id, done.case.clone());
                    self.entries.extend(entries);
                }
                Ok(done)
            }
            Err(error) => {
                if error.kind() == Kind::Refusal {
                    let act = ask.act.name().as_str();
                    self.entries
                        .push(facts::refused(act, Some(ask.id), ask.by, ask.at, &error));
                }
                Err(error)
            }
        }
    }

    fn note(&mut self, ask: &Ask, found: Stage) {
        let moved = self.moved.entry(ask.id).or_insert(Moved {
            from: found,
            at: ask.at,
            changed: Changed::Decision,
        });
        moved.at = ask.at;
        if matches!(ask.act, Act::Notice(_) | Act::Contract(_) | Act::Identity(_)) {
            moved.changed = Changed::Steps;
        }
    }

    fn moves(&self) -> impl Iterator<Item = store::Move<'_>> {
        self.moved.iter().filter_map(|(id, moved)| {
            self.cases.get(id).map(|case| store::Move {
                from: moved.from,
                case,
                at: moved.at,
                changed: moved.changed,
            })
        })
    }
}

/// One act on one application: the application afterwards and the facts, none when nothing was to be done.
fn decide(ask: &Ask, case: Case) -> Result<(Done, Vec<NewEntry>), DeskError> {
    let (by, at) = (ask.by, ask.at);
    let (case, entries) = match &ask.act {
        Act::Notice(notice) => {
            let application = case.acknowledge(Step {
                what: notice.clone(),
                by,
                at,
            })?;
            agreement_fits(&application.form, StepName::Notice, notice.proof.as_ref())?;
            let entry = facts::noticed(&application.form, &application.state.notice);
            (Case::Noticed(application), vec![entry])
        }
        Act::Contract(contract) => {
            let application = case.contract(Step {
                what: contract.clone(),
                by,
                at,
            })?;
            agreement_fits(&application.form, StepName::Contract, contract.proof.as_ref())?;
            let entry = facts::contracted(&application.form, &application.state.contract);
            (Case::Contracted(application), vec![entry])
        }
        Act::Identity(identity) => {
            let application = case.identify(Step {
                what: identity.clone(),
                by,
                at,
            })?;
            check_fits(&application.form, identity.proof.as_ref(), at)?;
            let entry = facts::identified(&application.form, &application.state.identity);
            (Case::Identified(application), vec![entry])
        }
        Act::Approve(good_for, request) => {
            let (application, approved) = case.approve(by, at, *good_for)?;
            match request {
                None => (Case::Approved(application), vec![approved]),
                Some(id) => {
                    let (case, requested) = request_issuance(application, Request { id: *id, by, at });
                    (case, vec![approved, requested])
                }
            }
        }
        Act::Request(id) => return decide_request(case, Request { id: *id, by, at }),
        Act::Reject(reason) => {
            let application = case.reject(Step {
                what: reason.clone(),
                by,
                at,
            })?;
            let entry = facts::rejected(&application.form, &application.state.rejection);
            (Case::Rejected(application), vec![entry])
        }
    };
    Ok((Done { case, how: How::Submit }, entries))
}

fn decide_request(case: Case, request: Request) -> Result<(Done, Vec<NewEntry>), DeskError> {
    match case {
        Case::Approved(application) => {
            let (case, entry) = request_issuance(application, request);
            Ok((Done { case, how: How::Submit }, vec![entry]))
        }
        // Asked before: nothing new is decided, only the authority knows what became of it.
        Case::Requested(_) | Case::Issued(_) => Ok((
            Done {
                case,
                how: How::Inquire,
            },
            Vec::new(),
        )),
        other => Err(other.out_of_order(StepName::Issuance).into()),
    }
}

fn request_issuance(application: Application<Approved>, request: Request) -> (Case, NewEntry) {
    let entry = facts::requested(&application.form, &request);
    (Case::Requested(application.request(request)), entry)
}
