//! Requests to the certification authority: many under one signature, settled in one write.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::{BoxFuture, join_all};
use hefu_database::Connection;
use hefu_records::NewEntry;
use hefu_rulebook::Explain as _;
use jiff::Timestamp;
use registration_protocol::{Item, Outcome, Refused, RequestId};

use super::error::DeskError;
use super::grouping::write_group;
use super::{Desk, Room, record};
use crate::application::{Application, Requested};
use crate::case::Case;
use crate::certificate::{Delivery, Shape};
use crate::facts;
use crate::request::{RequestError, is_replay};
use crate::stage::Stage;
use crate::status_change::StatusChange;
use crate::store;

/// Answers to one request in one call: inquired and unknown, submitted and replayed, inquired, and once more over. More
/// would be an authority that contradicts itself.
const ROUNDS_MAX: usize = 5;

/// Requests asked about at once at start.
const RECOVERY_PAGE: i64 = 64;

/// How to go on with a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum How {
    /// Send it: it is new, or the authority does not know it.
    Submit,
    /// Ask what became of it.
    Inquire,
}

/// A request that is not settled.
#[derive(Clone)]
pub(super) enum Open {
    Issuance(Box<Application<Requested>>),
    Change(Box<StatusChange>),
}

impl Open {
    fn id(&self) -> RequestId {
        match self {
            Self::Issuance(application) => application.state.request.id,
            Self::Change(change) => change.request,
        }
    }

    fn item(&self, how: How) -> Item {
        match (how, self) {
            (How::Inquire, _) => Item::Inquire { request_id: self.id() },
            (How::Submit, Self::Issuance(application)) => application.item(),
            (How::Submit, Self::Change(change)) => change.item(),
        }
    }
}

/// One request in the queue.
pub(super) struct Ask {
    pub(super) open: Open,
    pub(super) how: How,
    pub(super) at: Timestamp,
}

/// What became of a request.
pub(super) enum Settled {
    Issued(Box<Handed>),
    Changed,
    Unknown,
    Replayed,
}

/// An application with what was handed over for it.
#[derive(Clone)]
pub(super) struct Handed {
    pub(super) case: Case,
    pub(super) delivery: Delivery,
}

/// What became of the requests that were open at start.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Recovery {
    /// Settled: issued, changed, or refused for good.
    pub settled: u64,
    /// Still open: the authority did not answer, or is not done.
    pub waiting: u64,
}

/// Issuers' certificates that are surely in the table, with their digests.
#[derive(Default)]
pub(super) struct KnownIssuers(Mutex<HashMap<Vec<u8>, String>>);

impl KnownIssuers {
    fn digest(&self, der: &[u8]) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(der).cloned()
    }

    fn learn(&self, delivery: &Delivery) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !known.contains_key(&delivery.issuer) {
            known.insert(delivery.issuer.clone(), delivery.issuer_digest().to_owned());
        }
    }
}

impl Desk {
    /// Settles a request, from the answer that it got first.
    pub(super) async fn settle_from(
        &self,
        open: Open,
        mut settled: Settled,
        at: Timestamp,
    ) -> Result<Settled, DeskError> {
        for _ in 1..ROUNDS_MAX {
            let how = match settled {
                Settled::Unknown => How::Submit,
                Settled::Replayed => How::Inquire,
                settled => return Ok(settled),
            };
            let open = open.clone();
            settled = self.queues.requests.ask(Ask { open, how, at }).await??;
        }
        Err(RequestError::Pending.into())
    }

    pub(super) async fn settle(&self, open: Open, how: How, at: Timestamp) -> Result<Settled, DeskError> {
        let ask = Ask {
            open: open.clone(),
            how,
            at,
        };
        let first = self.queues.requests.ask(ask).await??;
        self.settle_from(open, first, at).await
    }

    /// Asks the certification authority about every request that is open: at start, after a crash; at any other time
    /// it does no harm. Requests that the authority never saw are sent again.
    ///
    /// # Errors
    /// When our own database fails; an authority that does not answer only leaves requests waiting.
    pub async fn recover(&self, now: Timestamp) -> Result<Recovery, DeskError> {
        let mut recovery = Recovery::default();
        let mut after = String::new();
        loop {
            let mut connection = self.room.database.read().await?;
            let page = store::requested(&mut connection, &after, RECOVERY_PAGE).await?;
            drop(connection);
            let Some(last) = page.last() else { break };
            after = last.form.id.to_string();
            recovery.add(
                self.settle_page(page.into_iter().map(Box::new).map(Open::Issuance), now)
                    .await,
            );
        }
        let mut after = String::new();
        loop {
            let mut connection = self.room.database.read().await?;
            let page = store::open_changes(&mut connection, &after, RECOVERY_PAGE).await?;
            drop(connection);
            let Some(last) = page.last() else { break };
            after = last.number();
            recovery.add(
                self.settle_page(page.into_iter().map(Box::new).map(Open::Change), now)
                    .await,
            );
        }
        Ok(recovery)
    }

    async fn settle_page(&self, page: impl Iterator<Item = Open>, now: Timestamp) -> Recovery {
        let settled = join_all(page.map(|open| self.settle(open, How::Inquire, now))).await;
        let mut recovery = Recovery::default();
        for result in settled {
            match result {
                Ok(_) | Err(DeskError::Moved | DeskError::Request(RequestError::Refused { .. })) => {
                    recovery.settled += 1;
                }
                Err(error) => {
                    recovery.waiting += 1;
                    // The code only: the words of an authority may name a subscriber.
                    tracing::warn!(
                        code = error.code(),
                        "a request to the certification authority stays open"
                    );
                }
            }
        }
        recovery
    }
}

impl Recovery {
    fn add(&mut self, other: Self) {
        self.settled += other.settled;
        self.waiting += other.waiting;
    }
}

/// Settles a group. A request that two callers ask about at once goes into two batches, because a batch names each
/// request once.
pub(super) async fn settle_group(room: Arc<Room>, asks: Vec<Ask>) -> Vec<Result<Settled, DeskError>> {
    let mut answers: Vec<Option<Result<Settled, DeskError>>> = asks.iter().map(|_| None).collect();
    let mut waiting: Vec<(usize, Ask)> = asks.into_iter().enumerate().collect();
    while !waiting.is_empty() {
        let mut seen = HashSet::new();
        let (round, rest) = waiting.into_iter().partition(|(_, ask)| seen.insert(ask.open.id()));
        waiting = rest;
        let (places, asks): (Vec<usize>, Vec<Ask>) = Vec::into_iter(round).unzip();
        for (place, answer) in places.into_iter().zip(settle_batch(&room, asks).await) {
            if let Some(slot) = answers.get_mut(place) {
                *slot = Some(answer);
            }
        }
    }
    answers
        .into_iter()
        .map(|answer| answer.unwrap_or(Err(DeskError::Closed)))
        .collect()
}

/// One batch there, one reply back, one write.
async fn settle_batch(room: &Room, asks: Vec<Ask>) -> Vec<Result<Settled, DeskError>> {
    let sent_at = asks.iter().map(|ask| ask.at).max().unwrap_or_default();
    let items = asks.iter().map(|ask| ask.open.item(ask.how)).collect();
    let mut answers = match room.exchange.exchange(items, sent_at).await {
        Ok(answers) => answers,
        Err(error) => return asks.iter().map(|_| Err(error.clone().into())).collect(),
    };
    let (batch, at) = (answers.batch, answers.at);
    let mut writes = Vec::new();
    let mut verdicts = Vec::new();
    for ask in asks {
        let outcome = answers.take(&ask.open.id());
        let verdict = outcome.and_then(|outcome| judge(room, ask.open, outcome, at));
        verdicts.push(match verdict {
            Ok(Verdict::Write(write)) => {
                writes.push(Written { write, batch, at });
                None
            }
            Ok(Verdict::Ask(settled)) => Some(Ok(settled)),
            Err(error) => Some(Err(error.into())),
        });
    }
    let mut written = save(room, writes).await.into_iter();
    verdicts
        .into_iter()
        .map(|verdict| verdict.or_else(|| written.next()).unwrap_or(Err(DeskError::Closed)))
        .collect()
}

/// What is to be done about an answer.
enum Verdict {
    /// Something is to be written down.
    Write(Write),
    /// Ask or submit again.
    Ask(Settled),
}

/// An answer to be written down.
#[derive(Clone)]
enum Write {
    Issued {
        handed: Box<Handed>,
        first_of_issuer: bool,
    },
    IssuanceRefused {
        case: Box<Case>,
        was: Box<Application<Requested>>,
        refused: Box<Refused>,
    },
    Changed {
        change: Box<StatusChange>,
        serials: Vec<String>,
        since: Timestamp,
    },
    ChangeRefused {
        change: Box<StatusChange>,
        refused: Box<Refused>,
    },
}

/// An answer with the batch it came for and the time of the reply.
#[derive(Clone)]
struct Written {
    write: Write,
    batch: [u8; 32],
    at: Timestamp,
}

/// Reads an answer: pure.
fn judge(room: &Room, open: Open, outcome: Outcome, at: Timestamp) -> Result<Verdict, RequestError> {
    let write = match (open, outcome) {
        (_, Outcome::Pending) => return Err(RequestError::Pending),
        (_, Outcome::Unknown) => return Ok(Verdict::Ask(Settled::Unknown)),
        (_, Outcome::Refused(refused)) if is_replay(&refused) => return Ok(Verdict::Ask(Settled::Replayed)),
        (Open::Issuance(application), Outcome::Issued(parts)) => {
            let dual = room
                .profiles
                .get(&application.form.profile)
                .map(|profile| profile.is_dual());
            let shape = if dual.unwrap_or(parts.encryption.is_some()) {
                Shape::Pair
            } else {
                Shape::Single
            };
            let known = room.known_issuers.digest(&parts.issuer);
            let first_of_issuer = known.is_none();
            let issuer = known.unwrap_or_else(|| hex::encode(gm_suite::sm3(&parts.issuer)));
            let delivery = Delivery::check(&application, parts, shape, &issuer)?;
            let case = Case::Issued(application.issued(at));
            Write::Issued {
                handed: Box::new(Handed { case, delivery }),
                first_of_issuer,
            }
        }
        (Open::Issuance(application), Outcome::Refused(refused)) => {
            let case = Case::Approved(application.as_ref().clone().refused());
            Write::IssuanceRefused {
                case: Box::new(case),
                was: application,
                refused: Box::new(refused),
            }
        }
        (Open::Change(change), Outcome::StatusChanged { serials, at: since }) => {
            Write::Changed { change, serials, since }
        }
        (Open::Change(change), Outcome::Refused(refused)) => {
            let refused = Box::new(refused);
            Write::ChangeRefused { change, refused }
        }
        (Open::Issuance(_), Outcome::StatusChanged { .. }) | (Open::Change(_), Outcome::Issued(_)) => {
            return Err(RequestError::Wrong("the answer to another sort of request"));
        }
    };
    Ok(Verdict::Write(write))
}

/// Writes the answers of a batch in one transaction.
async fn save(room: &Room, writes: Vec<Written>) -> Vec<Result<Settled, DeskError>> {
    if writes.is_empty() {
        return Vec::new();
    }
    let writes = Arc::new(writes);
    let done = write_group(&room.database, &writes, save_all).await;
    let settled = Arc::unwrap_or_clone(writes)
        .into_iter()
        .zip(done)
        .map(|(written, done)| {
            done?;
            match written.write {
                Write::Issued { handed, .. } => {
                    room.known_issuers.learn(&handed.delivery);
                    Ok(Settled::Issued(handed))
                }
                Write::Changed { .. } => Ok(Settled::Changed),
                Write::IssuanceRefused { refused, .. } | Write::ChangeRefused { refused, .. } => {
                    Err(RequestError::Refused { refused }.into())
                }
            }
        });
    settled.collect()
}

fn save_all<'c>(
    connection: &'c mut Connection,
    writes: &'c [Written],
) -> BoxFuture<'c, Result<Vec<Result<(), DeskError>>, DeskError>> {
    Box::pin(async move {
        let moves: Vec<store::Move<'_>> = writes.iter().filter_map(Written::moved).collect();
        store::update(connection, &moves).await?;
        save_deliveries(connection, writes).await?;
        for written in writes {
            save_change(connection, written).await?;
        }
        let entries: Vec<NewEntry> = writes.iter().map(Written::entry).collect();
        record(connection, &entries).await?;
        Ok(writes.iter().map(|_| Ok(())).collect())
    })
}

async fn save_deliveries(connection: &mut Connection, writes: &[Written]) -> Result<(), DeskError> {
    let mut deliveries = Vec::new();
    let mut issuers: Vec<(String, Vec<u8>)> = Vec::new();
    for written in writes {
        let Write::Issued {
            handed,
            first_of_issuer,
        } = &written.write
        else {
            continue;
        };
        let delivery = &handed.delivery;
        deliveries.push(delivery);
        let digest = delivery.issuer_digest();
        if *first_of_issuer && !issuers.iter().any(|(known, _)| known == digest) {
            issuers.push((digest.to_owned(), delivery.issuer.clone()));
        }
    }
    Ok(store::insert_deliveries(connection, &deliveries, &issuers).await?)
}

/// Writes the outcome of a change of status: the authority must have moved the whole pair, and nothing else.
async fn save_change(connection: &mut Connection, written: &Written) -> Result<(), DeskError> {
    let (change, refusal) = match &written.write {
        Write::Changed { change, .. } => (change, None),
        Write::ChangeRefused { change, refused } => (change, Some(refused.code.as_str())),
        Write::Issued { .. } | Write::IssuanceRefused { .. } => return Ok(()),
    };
    if store::settle_change(connection, change, refusal, written.at).await? != 1 {
        return Err(DeskError::Moved);
    }
    let Write::Changed { serials, since, .. } = &written.write else {
        return Ok(());
    };
    let pair = store::pair_of(connection, &change.serial).await?;
    let ours: HashSet<&str> = pair.iter().map(|certificate| certificate.serial.as_str()).collect();
    if ours != serials.iter().map(String::as_str).collect() {
        return Err(RequestError::Wrong("other certificates moved than were asked for").into());
    }
    store::change_status(connection, serials, change.act, *since).await?;
    Ok(())
}

impl Written {
    fn moved(&self) -> Option<store::Move<'_>> {
        let case = match &self.write {
            Write::Issued { handed, .. } => &handed.case,
            Write::IssuanceRefused { case, .. } => case.as_ref(),
            Write::Changed { .. } | Write::ChangeRefused { .. } => return None,
        };
        Some(store::Move {
            from: Stage::Requested,
            case,
            at: self.at,
            changed: store::Changed::Decision,
        })
    }

    fn entry(&self) -> NewEntry {
        match &self.write {
            Write::Issued { handed, .. } => facts::issued(&handed.case, &handed.delivery, self.batch, self.at),
            Write::IssuanceRefused { was, refused, .. } => {
                facts::issuance_refused(&was.form, &was.state.request, &refused.code, self.at)
            }
            Write::Changed { change, serials, since } => facts::change_done(change, serials, *since, self.batch),
            Write::ChangeRefused { change, refused } => facts::change_refused(change, &refused.code, self.at),
        }
    }
}
