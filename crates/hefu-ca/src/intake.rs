//! Taking in: the first transaction of a round. Replays are told apart, refusals and accepted requests are stored,
//! single certificates leave their intent, status changes are done; all or nothing, in one commit.

use std::collections::{BTreeSet, HashMap};

use hefu_certificate::{SerialNumber, Status};
use hefu_database::Connection;
use hefu_records::NewEntry;
use jiff::Timestamp;
use registration_protocol::{ChangeStatus, Item, Outcome, Refused, RequestId, StatusAct};

use crate::acceptance::{Accepted, AcceptedBatch, Earlier};
use crate::facts::RequestRefused;
use crate::issuance::{Issuance, IssuanceRefusal};
use crate::mint::MintError;
use crate::pair::Intent;
use crate::refusal::{self, refused};
use crate::revocation::{self, Change};
use crate::store::{self, Act, RequestRow, State, StatusRow};

/// What is to be done for one request.
pub(crate) enum Task {
    /// Issue what was decided.
    Certify(Box<Issuance>),
    /// Change a status; decided here, because it depends on the status.
    Move(ChangeStatus),
    /// Say what became of another request.
    Inquire,
    /// Refuse.
    Refuse(Refused),
}

/// One request on its way through a round.
pub(crate) struct Work {
    pub(crate) accepted: Accepted,
    pub(crate) task: Task,
    pub(crate) now: Timestamp,
}

/// Where a request stands after it was taken in.
pub(crate) enum Place {
    /// Done: this is the answer.
    Answered(Outcome),
    /// The answer is what the store says at the end of the round.
    Inquired,
    /// Among the ready or the waiting.
    Underway,
}

/// What a round goes on with after its first commit.
pub(crate) struct Taken {
    /// One for each request, in order.
    pub(crate) places: Vec<Place>,
    /// To be signed.
    pub(crate) ready: Vec<Intent>,
    /// Pairs that wait for the key centre.
    pub(crate) waiting: Vec<Issuance>,
    /// Authorities some of whose certificates changed their status.
    pub(crate) moved: BTreeSet<String>,
}

/// Takes in all requests of a round.
pub(crate) async fn take_in(
    connection: &mut Connection,
    batches: &[AcceptedBatch],
    works: Vec<Work>,
    now: Timestamp,
) -> Result<Taken, MintError> {
    let mut intake = Intake::load(connection, &works).await?;
    for work in works {
        intake.take(work)?;
    }
    intake.save(connection, batches, now).await?;
    Ok(intake.taken)
}

struct Intake {
    earlier: HashMap<RequestId, Earlier>,
    statuses: HashMap<SerialNumber, StatusRow>,
    rows: Vec<RequestRow>,
    changes: Vec<Change>,
    replays: Vec<Accepted>,
    entries: Vec<NewEntry>,
    taken: Taken,
}

impl Taken {
    /// Of a round that changes nothing: there is nothing to store.
    pub(crate) fn of_inquiries(works: &[Work]) -> Option<Self> {
        let inquiries = works.iter().all(|work| matches!(work.task, Task::Inquire));
        inquiries.then(|| Self {
            places: works.iter().map(|_| Place::Inquired).collect(),
            ready: Vec::new(),
            waiting: Vec::new(),
            moved: BTreeSet::new(),
        })
    }
}

impl Intake {
    async fn load(connection: &mut Connection, works: &[Work]) -> Result<Self, MintError> {
        let acts = works.iter().filter(|work| !matches!(work.task, Task::Inquire));
        let ids: Vec<RequestId> = acts.map(|work| work.accepted.id()).collect();
        let serials: Vec<SerialNumber> = works.iter().filter_map(concerned).collect();
        Ok(Self {
            earlier: store::earlier(connection, &ids).await?,
            statuses: store::statuses(connection, &serials).await?,
            rows: Vec::with_capacity(ids.len()),
            changes: Vec::new(),
            replays: Vec::new(),
            entries: Vec::new(),
            taken: Taken {
                places: Vec::with_capacity(works.len()),
                ready: Vec::with_capacity(ids.len()),
                waiting: Vec::new(),
                moved: BTreeSet::new(),
            },
        })
    }

    fn take(&mut self, work: Work) -> Result<(), MintError> {
        let Work { accepted, task, now } = work;
        if matches!(task, Task::Inquire) {
            self.taken.places.push(Place::Inquired);
            return Ok(());
        }
        if let Err(replay) = accepted.against(self.earlier.get(&accepted.id())) {
            self.taken
                .places
                .push(Place::Answered(Outcome::Refused(refused(&replay))));
            self.replays.push(accepted);
            return Ok(());
        }
        let earlier = Earlier {
            ra: accepted.ra().to_string(),
            content: accepted.content(),
        };
        self.earlier.insert(accepted.id(), earlier);
        let place = match task {
            Task::Certify(issuance) => match self.renewal_refusal(&issuance) {
                None => self.certify(&accepted, *issuance, now),
                Some(refusal) => self.refuse(&accepted, refused(&refusal), now)?,
            },
            Task::Move(change) => match revocation::decide(&change, accepted.ra(), &self.statuses, now) {
                Ok(change) => self.change(&accepted, change, now)?,
                Err(refusal) => self.refuse(&accepted, refused(&refusal), now)?,
            },
            Task::Refuse(refused) => self.refuse(&accepted, refused, now)?,
            Task::Inquire => Place::Inquired,
        };
        self.taken.places.push(place);
        Ok(())
    }

    /// Why a renewal is refused; nothing when it is not, or when nothing is renewed.
    fn renewal_refusal(&self, issuance: &Issuance) -> Option<IssuanceRefusal> {
        let serial = issuance.warrant.replaces?;
        match self.statuses.get(&serial) {
            Some(renewed) if renewed.ra != *issuance.warrant.ra => Some(IssuanceRefusal::RenewedUnknown),
            Some(renewed) if renewed.status == Status::Revoked => Some(IssuanceRefusal::RenewedRevoked),
            Some(_) => None,
            None => Some(IssuanceRefusal::RenewedUnknown),
        }
    }

    /// Accepts a request for certificates: a single one is ready to be signed, a pair waits for its key.
    fn certify(&mut self, accepted: &Accepted, issuance: Issuance, now: Timestamp) -> Place {
        let mut row = blank(accepted, now);
        row.authority = Some(issuance.warrant.authority.name.clone());
        row.profile = Some(issuance.warrant.profile.name().to_owned());
        row.first_serial = Some(issuance.drawn.first);
        row.second_serial = issuance.drawn.second;
        row.replaces = issuance.warrant.replaces;
        row.not_before = Some(issuance.drawn.validity.not_before());
        row.not_after = Some(issuance.drawn.validity.not_after());
        match issuance.alone() {
            Ok(intent) => {
                row.state = State::Intended;
                self.taken.ready.push(intent);
            }
            Err(waiting) => self.taken.waiting.push(*waiting),
        }
        self.rows.push(row);
        Place::Underway
    }

    /// Changes a status: stored and recorded at once. A later request of the same round sees it done.
    fn change(&mut self, accepted: &Accepted, change: Change, now: Timestamp) -> Result<Place, MintError> {
        let mut row = blank(accepted, now);
        row.state = State::Changed;
        row.authority = Some(change.authority.clone());
        row.first_serial = change.serials.first().copied();
        row.second_serial = change.serials.get(1).copied();
        row.answered_at = Some(now);
        self.rows.push(row);
        for serial in &change.serials {
            if let Some(status) = self.statuses.get_mut(serial) {
                status.status = change.movement.to;
            }
        }
        self.entries.push(change.entry(accepted)?);
        self.taken.moved.insert(change.authority.clone());
        let outcome = change.outcome();
        self.changes.push(change);
        Ok(Place::Answered(outcome))
    }

    /// Refuses a request for good: stored, recorded, answered.
    fn refuse(&mut self, accepted: &Accepted, refused: Refused, now: Timestamp) -> Result<Place, MintError> {
        let mut row = blank(accepted, now);
        row.state = State::Refused;
        row.refusal = Some(refusal::to_row(&refused)?);
        row.answered_at = Some(now);
        self.entries.push(RequestRefused::entry(&row, &refused, now)?);
        self.rows.push(row);
        Ok(Place::Answered(Outcome::Refused(refused)))
    }

    async fn save(
        &mut self,
        connection: &mut Connection,
        batches: &[AcceptedBatch],
        now: Timestamp,
    ) -> Result<(), MintError> {
        let kept = |batch: &&AcceptedBatch| self.rows.iter().any(|row| row.batch == batch.digest());
        let kept: Vec<&AcceptedBatch> = batches.iter().filter(kept).collect();
        store::add_batches(connection, &kept, now).await?;
        store::add_requests(connection, &self.rows).await?;
        let intents: Vec<_> = self.taken.ready.iter().map(Intent::row).collect();
        store::add_intents(connection, &intents).await?;
        for change in &self.changes {
            store::move_status(connection, &change.serials, change.from, &change.movement).await?;
        }
        let retired: Vec<SerialNumber> = self.changes.iter().filter_map(Change::retired_key).collect();
        store::add_retirements(connection, &retired, now).await?;
        self.record_replays(connection, now).await?;
        if !self.entries.is_empty() {
            hefu_records::append(connection, &self.entries).await?;
        }
        Ok(())
    }

    /// Records each replay and each reuse once.
    async fn record_replays(&mut self, connection: &mut Connection, now: Timestamp) -> Result<(), MintError> {
        if self.replays.is_empty() {
            return Ok(());
        }
        let replays: Vec<&Accepted> = self.replays.iter().collect();
        for accepted in store::add_replays(connection, &replays, now).await? {
            if let Err(replay) = accepted.against(self.earlier.get(&accepted.id())) {
                let row = blank(accepted, now);
                self.entries.push(RequestRefused::entry(&row, &refused(&replay), now)?);
            }
        }
        Ok(())
    }
}

/// The certificate whose status decides about a request.
fn concerned(work: &Work) -> Option<SerialNumber> {
    match &work.task {
        Task::Certify(issuance) => issuance.warrant.replaces,
        Task::Move(change) => SerialNumber::from_hex(&change.serial).ok(),
        Task::Inquire | Task::Refuse(_) => None,
    }
}

/// A row for a request of which nothing is known yet but what it says.
fn blank(accepted: &Accepted, now: Timestamp) -> RequestRow {
    let (act, approval) = match accepted.item() {
        Item::Issue(issue) => (Act::Issue, issue.approval),
        Item::ChangeStatus(change) => (
            match change.act {
                StatusAct::Suspend => Act::Suspend,
                StatusAct::Resume => Act::Resume,
                StatusAct::Revoke { .. } => Act::Revoke,
            },
            change.approval,
        ),
        // Never stored: an inquiry changes nothing.
        Item::Inquire { .. } => (Act::Issue, [0; 32]),
    };
    RequestRow {
        id: accepted.id(),
        batch: accepted.batch(),
        ra: accepted.ra().to_string(),
        content: accepted.content(),
        act,
        state: State::Accepted,
        authority: None,
        profile: None,
        first_serial: None,
        second_serial: None,
        replaces: None,
        not_before: None,
        not_after: None,
        approval,
        refusal: None,
        accepted_at: now,
        answered_at: None,
    }
}
