//! One round: the requests of all batches that were gathered, step by step, each step for all of them.
//!
//! What may fail at which step, and what is then true:
//!
//! | step | if it fails |
//! |---|---|
//! | take in (commit 1) | nothing was accepted; the batches get an error |
//! | key centre | the pairs stay accepted; taken up again, under the same serial numbers |
//! | intents (commit 2) | likewise; the key centre gives the same keys again |
//! | sign | what is to be signed is stored; taken up again |
//! | store and record (commit 3) | likewise; nothing has left |

use std::collections::HashMap;
use std::sync::Arc;

use gm_suite::Signer;
use hefu_database::{Connection, Database};
use hefu_records::NewEntry;
use hefu_rulebook::Explain;
use jiff::Timestamp;
use registration_protocol::{Item, Outcome, Refused, Reply, RequestId};
use tokio::sync::oneshot;

use crate::acceptance::{Accepted, AcceptedBatch, Digest, FreshWithin, RegistrationAuthorities};
use crate::authority::Authorities;
use crate::changes::StatusChanges;
use crate::facts::RequestRefused;
use crate::inquiry;
use crate::intake::{Place, Taken, Task, Work, take_in};
use crate::interruption::{Interruption, Step};
use crate::issuance::{Issuance, IssuanceRefusal};
use crate::kmc_channel::{APPLICATIONS_MAX, Applied, KeyCentre, KeyCentreError, TaskNumbers};
use crate::mint::MintError;
use crate::pair::Intent;
use crate::parallel;
use crate::policy::PolicyStanding;
use crate::refusal::{self, refused};
use crate::store::{self, CertificateRow, State};
use crate::underway::Underway;

/// A batch in a lane, and who waits for its reply.
pub(crate) struct Submission {
    pub(crate) batch: AcceptedBatch,
    pub(crate) now: Timestamp,
    pub(crate) reply: oneshot::Sender<Result<Vec<u8>, MintError>>,
}

/// What rounds and recovery work with.
pub(crate) struct Hands {
    pub(crate) database: Database,
    pub(crate) authorities: Authorities,
    pub(crate) registration_authorities: RegistrationAuthorities,
    pub(crate) fresh_within: FreshWithin,
    pub(crate) policies: Arc<dyn PolicyStanding>,
    pub(crate) reply_signer: Arc<dyn Signer>,
    /// How batches name us.
    pub(crate) addressee: Digest,
    pub(crate) key_centre: Option<KeyCentre>,
    pub(crate) tasks: TaskNumbers,
    pub(crate) changes: StatusChanges,
    pub(crate) underway: Underway,
    pub(crate) interruption: Interruption,
}

/// What became of the pairs of a round at the key centre.
pub(crate) struct Paired {
    /// Their intents are stored.
    pub(crate) ready: Vec<Intent>,
    /// Refused for good, and stored so.
    pub(crate) refused: Vec<(RequestId, Refused)>,
    /// Why the others still wait.
    pub(crate) trouble: Option<KeyCentreError>,
}

impl Hands {
    /// Whether a batch has to wait for the key centre.
    pub(crate) fn wants_pairs(&self, batch: &AcceptedBatch) -> bool {
        batch.items().iter().any(|accepted| match accepted.item() {
            Item::Issue(issue) => self.authorities.is_dual(&issue.profile),
            Item::ChangeStatus(_) | Item::Inquire { .. } => false,
        })
    }

    /// Carries out a round and answers everybody in it.
    pub(crate) async fn round(&self, submissions: Vec<Submission>) {
        let mut batches = Vec::with_capacity(submissions.len());
        let mut waiting = Vec::with_capacity(submissions.len());
        for Submission { batch, now, reply } in submissions {
            batches.push((batch, now));
            waiting.push(reply);
        }
        match self.carry_out(batches).await {
            Ok(replies) => {
                for (waiting, reply) in waiting.into_iter().zip(replies) {
                    // Whoever asked may have gone; what was done stands.
                    let _ = waiting.send(reply);
                }
            }
            Err(error) => {
                tracing::error!(code = error.code(), error = %error, batches = waiting.len(), "a round failed");
                for waiting in waiting {
                    let _ = waiting.send(Err(error.clone()));
                }
            }
        }
    }

    async fn carry_out(
        &self,
        batches: Vec<(AcceptedBatch, Timestamp)>,
    ) -> Result<Vec<Result<Vec<u8>, MintError>>, MintError> {
        let now = batches.iter().map(|(_, now)| *now).max().unwrap_or_default();
        let works = self.decide(&batches).await?;
        let ids: Vec<RequestId> = works.iter().map(|work| work.accepted.id()).collect();
        let _in_hand = self.underway.take(ids.iter().copied());

        let batches: Arc<[AcceptedBatch]> = batches.into_iter().map(|(batch, _)| batch).collect();
        let Taken {
            places,
            mut ready,
            waiting,
            moved,
        } = self.take_in(Arc::clone(&batches), works, now).await?;
        for authority in &moved {
            self.changes.ring(authority);
        }
        self.interruption.at(Step::TakenIn)?;

        let mut done = HashMap::new();
        let mut trouble = None;
        if !waiting.is_empty() {
            let paired = self.pair_up(waiting, now).await?;
            ready.extend(paired.ready);
            done.extend(
                paired
                    .refused
                    .into_iter()
                    .map(|(id, refused)| (id, Outcome::Refused(refused))),
            );
            trouble = paired.trouble;
        }
        done.extend(self.sign_and_store(ready, now).await?);
        let asked = self.inquire(&batches, &places).await?;
        self.replies(&batches, places, Told { done, asked, trouble }, now).await
    }

    /// Decides everything that needs no database, on all cores when there is much of it.
    async fn decide(&self, batches: &[(AcceptedBatch, Timestamp)]) -> Result<Vec<Work>, MintError> {
        let items: Vec<(Accepted, Timestamp)> = batches
            .iter()
            .flat_map(|(batch, now)| batch.items().iter().map(|accepted| (accepted.clone(), *now)))
            .collect();
        let authorities = self.authorities.clone();
        let policies = Arc::clone(&self.policies);
        let has_key_centre = self.key_centre.is_some();
        let decided = parallel::each(items, move |(accepted, now)| {
            let task = decide_one(&accepted, (&authorities, &*policies), has_key_centre, now);
            Work { accepted, task, now }
        });
        Ok(decided.await?)
    }

    async fn take_in(
        &self,
        batches: Arc<[AcceptedBatch]>,
        works: Vec<Work>,
        now: Timestamp,
    ) -> Result<Taken, MintError> {
        if let Some(taken) = Taken::of_inquiries(&works) {
            return Ok(taken);
        }
        self.database
            .write(move |connection| Box::pin(async move { take_in(connection, &batches, works, now).await }))
            .await
    }

    /// Gets the encryption keys of pairs, drafts and lints the second halves, stores the intents or the refusals.
    ///
    /// # Errors
    /// When the database fails. A silent key centre is no error: the pairs stay as they are.
    pub(crate) async fn pair_up(&self, waiting: Vec<Issuance>, now: Timestamp) -> Result<Paired, MintError> {
        let (keyed, trouble) = self.fetch_keys(waiting, now).await;
        self.interruption.at(Step::KeysFetched)?;
        let mut paired = Paired {
            ready: Vec::with_capacity(keyed.len()),
            refused: Vec::new(),
            trouble,
        };
        for drafted in parallel::each(keyed, draft_pair).await? {
            match drafted {
                Drafted::Ready(intent) => paired.ready.push(*intent),
                Drafted::Refused(request, refused) => paired.refused.push((request, refused)),
            }
        }
        let paired = self.store_intents(paired, now).await?;
        self.interruption.at(Step::Intended)?;
        Ok(paired)
    }

    /// Asks the key centre for the keys of all these pairs. Those it is silent about are left out; the last reason is
    /// returned.
    async fn fetch_keys(
        &self,
        waiting: Vec<Issuance>,
        now: Timestamp,
    ) -> (Vec<(Issuance, Applied)>, Option<KeyCentreError>) {
        let Some(key_centre) = &self.key_centre else {
            return (Vec::new(), Some(KeyCentreError::NotConfigured));
        };
        let mut keyed = Vec::with_capacity(waiting.len());
        let mut trouble = None;
        let mut waiting = waiting.into_iter();
        while waiting.len() > 0 {
            let portion: Vec<Issuance> = waiting.by_ref().take(APPLICATIONS_MAX).collect();
            let applications: Vec<_> = portion.iter().filter_map(Issuance::application).collect();
            match key_centre.apply(&applications, &self.tasks, now).await {
                Ok(keys) => keyed.extend(portion.into_iter().zip(keys)),
                Err(error) => {
                    tracing::warn!(code = error.code(), error = %error, pairs = portion.len(), "pairs wait for their keys");
                    trouble = Some(error);
                }
            }
        }
        (keyed, trouble)
    }

    /// Commit 2: what will be signed, and what will not.
    async fn store_intents(&self, paired: Paired, now: Timestamp) -> Result<Paired, MintError> {
        if paired.ready.is_empty() && paired.refused.is_empty() {
            return Ok(paired);
        }
        self.database
            .write(move |connection| {
                Box::pin(async move {
                    let ids: Vec<RequestId> = paired.ready.iter().map(|intent| intent.warrant.request).collect();
                    store::advance(connection, &ids, (State::Accepted, State::Intended), None).await?;
                    let rows: Vec<_> = paired.ready.iter().map(Intent::row).collect();
                    store::add_intents(connection, &rows).await?;
                    refuse_all(connection, &paired.refused, State::Accepted, now).await?;
                    Ok(paired)
                })
            })
            .await
    }

    /// Signs what is stored as an intent, stores the certificates and records them: commit 3, then they may leave.
    ///
    /// What the key does not sign stays an intent and has no outcome.
    pub(crate) async fn sign_and_store(
        &self,
        ready: Vec<Intent>,
        now: Timestamp,
    ) -> Result<Vec<(RequestId, Outcome)>, MintError> {
        if ready.is_empty() {
            return Ok(Vec::new());
        }
        let mut signed = Vec::with_capacity(ready.len());
        for minted in parallel::each(ready, move |intent| mint_one(intent, now)).await? {
            match minted {
                Ok(minted) => signed.push(minted),
                Err(error) => tracing::error!(code = error.code(), error = %error, "a certificate was not signed"),
            }
        }
        self.interruption.at(Step::Signed)?;
        let outcomes = self
            .database
            .write(move |connection| Box::pin(async move { store_minted(connection, signed, now).await }))
            .await?;
        self.interruption.at(Step::Stored)?;
        Ok(outcomes)
    }

    /// What became of the requests that these batches inquire about.
    async fn inquire(
        &self,
        batches: &[AcceptedBatch],
        places: &[Place],
    ) -> Result<HashMap<RequestId, Outcome>, MintError> {
        if !places.iter().any(|place| matches!(place, Place::Inquired)) {
            return Ok(HashMap::new());
        }
        let accepted = batches.iter().flat_map(AcceptedBatch::items);
        let asked: Vec<Accepted> = accepted
            .zip(places)
            .filter(|(_, place)| matches!(place, Place::Inquired))
            .map(|(accepted, _)| accepted.clone())
            .collect();
        let mut connection = self.database.read().await?;
        inquiry::outcomes(&mut connection, &asked, &self.authorities).await
    }

    /// One signed reply for each batch.
    async fn replies(
        &self,
        batches: &[AcceptedBatch],
        places: Vec<Place>,
        mut told: Told,
        now: Timestamp,
    ) -> Result<Vec<Result<Vec<u8>, MintError>>, MintError> {
        let mut places = places.into_iter();
        let mut replies = Vec::with_capacity(batches.len());
        for batch in batches {
            let answers: Vec<(RequestId, Outcome)> = batch
                .items()
                .iter()
                .zip(places.by_ref())
                .map(|(accepted, place)| (accepted.id(), told.outcome(accepted.id(), place)))
                .collect();
            replies.push((batch.digest(), answers));
        }
        let signer = Arc::clone(&self.reply_signer);
        let trouble = told.trouble;
        let sealed = parallel::each(replies, move |(in_answer_to, answers)| {
            let all_wait = answers.iter().all(|(_, outcome)| *outcome == Outcome::Pending);
            if let Some(trouble) = trouble.clone().filter(|_| all_wait) {
                return Err(MintError::KeyCentre(trouble));
            }
            let reply = Reply {
                in_answer_to,
                at: now,
                answers,
            };
            reply
                .sign(&*signer)
                .map_err(|error| MintError::Reply(error.to_string()))
        });
        Ok(sealed.await?)
    }
}

/// What the later steps of a round have to say.
struct Told {
    /// Of requests that were under way.
    done: HashMap<RequestId, Outcome>,
    /// Of requests that were inquired about.
    asked: HashMap<RequestId, Outcome>,
    /// Why pairs wait.
    trouble: Option<KeyCentreError>,
}

impl Told {
    fn outcome(&mut self, id: RequestId, place: Place) -> Outcome {
        match place {
            Place::Answered(outcome) => outcome,
            Place::Inquired => self.asked.get(&id).cloned().unwrap_or(Outcome::Unknown),
            Place::Underway => self.done.remove(&id).unwrap_or(Outcome::Pending),
        }
    }
}

fn decide_one(
    accepted: &Accepted,
    (authorities, policies): (&Authorities, &dyn PolicyStanding),
    has_key_centre: bool,
    now: Timestamp,
) -> Task {
    match accepted.item() {
        Item::Issue(issue) if authorities.is_dual(&issue.profile) && !has_key_centre => {
            Task::Refuse(refused(&KeyCentreError::NotConfigured))
        }
        Item::Issue(issue) => match Issuance::decide(issue, accepted.ra(), authorities, policies, now) {
            Ok(issuance) => Task::Certify(Box::new(issuance)),
            Err(refusal) => Task::Refuse(refused(&refusal)),
        },
        Item::ChangeStatus(change) => Task::Move(change.clone()),
        Item::Inquire { .. } => Task::Inquire,
    }
}

/// A pair whose key has come, or has been refused.
enum Drafted {
    Ready(Box<Intent>),
    Refused(RequestId, Refused),
}

fn draft_pair((issuance, key): (Issuance, Applied)) -> Drafted {
    let request = issuance.warrant.request;
    let key = key.map_err(IssuanceRefusal::from);
    match key.and_then(|key| issuance.paired_with(key)) {
        Ok(intent) => Drafted::Ready(Box::new(intent)),
        Err(refusal) => Drafted::Refused(request, refused(&refusal)),
    }
}

/// Certificates that were signed, as rows, record and answer.
struct Signed {
    request: RequestId,
    rows: Vec<CertificateRow>,
    entry: NewEntry,
    outcome: Outcome,
}

fn mint_one(intent: Intent, now: Timestamp) -> Result<Signed, MintError> {
    let request = intent.warrant.request;
    let minted = intent.sign()?;
    Ok(Signed {
        request,
        rows: minted.rows(),
        entry: minted.entry(now)?,
        outcome: minted.into_outcome(),
    })
}

async fn store_minted(
    connection: &mut Connection,
    signed: Vec<Signed>,
    now: Timestamp,
) -> Result<Vec<(RequestId, Outcome)>, MintError> {
    let mut ids = Vec::with_capacity(signed.len());
    let mut rows = Vec::with_capacity(signed.len() * 2);
    let mut entries = Vec::with_capacity(signed.len());
    let mut outcomes = Vec::with_capacity(signed.len());
    for minted in signed {
        ids.push(minted.request);
        rows.extend(minted.rows);
        entries.push(minted.entry);
        outcomes.push((minted.request, minted.outcome));
    }
    store::add_certificates(connection, &rows).await?;
    store::remove_intents(connection, &ids).await?;
    store::advance(connection, &ids, (State::Intended, State::Issued), Some(now)).await?;
    hefu_records::append(connection, &entries).await?;
    Ok(outcomes)
}

/// Refuses requests that were accepted before, each with its record.
pub(crate) async fn refuse_all(
    connection: &mut Connection,
    refusals: &[(RequestId, Refused)],
    from: State,
    now: Timestamp,
) -> Result<(), MintError> {
    let ids: Vec<RequestId> = refusals.iter().map(|(id, _)| *id).collect();
    let rows = store::requests(connection, &ids).await?;
    let mut entries = Vec::with_capacity(refusals.len());
    for (id, refused) in refusals {
        store::refuse(connection, *id, from, &refusal::to_row(refused)?, now).await?;
        if let Some(row) = rows.get(id) {
            entries.push(RequestRefused::entry(row, refused, now)?);
        }
    }
    hefu_records::append(connection, &entries).await?;
    Ok(())
}
