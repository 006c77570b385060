//! Oversight: what administrators and auditors see of officers, what they could do, and ending another's session.
//!
//! Whom somebody sees follows their branch ([`Role::sees`]); about whom they may act, their rank
//! ([`Role::oversees`]). M15 19 (internal control), 36 (training). What a page offers is asked here too
//! ([`Officers::may_propose`]), so that no page has a rule of its own; the act itself is asked again when it is done.

use jiff::Timestamp;

use crate::change::{self, Change, Decision, Outcome, Proposal};
use crate::change_error::ChangeError;
use crate::dossier::Passed;
use crate::duty::DelegatedBody;
use crate::facts;
use crate::officer::{Officer, OfficerId};
use crate::register::Officers;
use crate::role::{NotPermitted, Permission};
use crate::session::Session;
use crate::sessions::{LoginError, parse_number};
use crate::store::{self, changes};

/// Proposals on one page: what a person reads.
pub const PROPOSALS_PAGE: usize = 50;

/// By what an officer can come in, from the register in memory; [`Officers::dossier`] says since when.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct WaysIn {
    /// Whether there is an access token.
    pub token: bool,
    /// Whether there is a key to sign challenges with.
    pub key: bool,
    /// SM3 of the client certificate that is bound, hexadecimal.
    pub certificate: Option<String>,
}

/// How an officer's training stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TrainingState {
    /// The operator keeps training elsewhere, or the post needs none.
    NotAsked,
    /// No course is recorded, so the officer may not act.
    Missing,
    /// The last course is good until then.
    GoodUntil(Timestamp),
}

/// A delegated body with its number.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FiledBody {
    /// Its number, from 1.
    pub number: i64,
    /// What was filed.
    pub body: DelegatedBody,
}

/// Which proposals to show, newest first.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Show {
    /// All of them.
    #[default]
    All,
    /// Those that wait for a decision.
    Open,
    /// Those about one officer.
    About(OfficerId),
}

/// Some proposals.
#[derive(Clone, Debug, Default)]
pub struct ProposalPage {
    /// Newest first.
    pub items: Vec<Proposal>,
    /// The number before which the next page begins; none when this is the last.
    pub next: Option<i64>,
}

/// Somebody's open session.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OpenSession {
    /// Whose.
    pub officer: OfficerId,
    /// Which.
    pub session: Session,
}

impl Officers {
    /// Everybody whom `by` sees, in order of enrolment.
    ///
    /// # Errors
    /// [`NotPermitted`] for whoever may not read.
    pub fn seen_by(&self, by: &Officer) -> Result<Vec<Officer>, NotPermitted> {
        by.permit(Permission::Read)?;
        let mut everybody = self.all();
        everybody.retain(|officer| by.role().sees(officer.role()));
        Ok(everybody)
    }

    /// One officer whom `by` sees. Who is not seen is not there.
    ///
    /// # Errors
    /// [`ChangeError::NotPermitted`], [`ChangeError::NoSuchOfficer`].
    pub fn one_seen_by(&self, by: &Officer, id: OfficerId) -> Result<Officer, ChangeError> {
        let seen = self.seen_by(by)?;
        let found = seen.into_iter().find(|officer| officer.id() == id);
        found.ok_or(ChangeError::NoSuchOfficer(id))
    }

    /// By what an officer can come in; nothing for a number that nobody has.
    #[must_use]
    pub fn ways_in(&self, id: OfficerId) -> WaysIn {
        let known = self.find(id);
        let known = known.as_ref();
        WaysIn {
            token: known.is_some_and(|known| known.digest.is_some()),
            key: known.is_some_and(|known| known.key.is_some()),
            certificate: known.and_then(|known| known.certificate).map(hex::encode),
        }
    }

    /// How an officer's training stands; whether it has passed is for the reader of the time to say.
    #[must_use]
    pub fn training(&self, id: OfficerId) -> TrainingState {
        let (Some(good_for), Some(known)) = (self.settings.training.good_for, self.find(id)) else {
            return TrainingState::NotAsked;
        };
        if known.officer.role().is_head() {
            return TrainingState::NotAsked;
        }
        let until = known
            .trained_at
            .map(|at| at.saturating_add(good_for).unwrap_or(Timestamp::MAX));
        until.map_or(TrainingState::Missing, TrainingState::GoodUntil)
    }

    /// The courses of an officer whom `by` sees, newest first.
    ///
    /// # Errors
    /// As [`Officers::one_seen_by`]; the database's.
    pub async fn courses(&self, by: &Officer, id: OfficerId) -> Result<Vec<Passed>, ChangeError> {
        self.one_seen_by(by, id)?;
        let mut connection = self.database.read().await?;
        Ok(store::dossier::training(&mut connection, id).await?)
    }

    /// The delegated bodies, in order of filing. For whoever may read.
    ///
    /// # Errors
    /// [`ChangeError::NotPermitted`], the database's.
    pub async fn bodies(&self, by: &Officer) -> Result<Vec<FiledBody>, ChangeError> {
        by.permit(Permission::Read)?;
        let mut connection = self.database.read().await?;
        Ok(changes::bodies(&mut connection).await?)
    }

    /// One proposal that `by` sees.
    ///
    /// # Errors
    /// [`ChangeError::NotPermitted`], [`ChangeError::NoSuchProposal`], the database's.
    pub async fn proposal(&self, by: &Officer, number: i64) -> Result<Proposal, ChangeError> {
        by.permit(Permission::Read)?;
        let mut connection = self.database.read().await?;
        let found = changes::find(&mut connection, number).await?;
        let seen = found.filter(|proposal| self.sees(by, &proposal.change));
        seen.ok_or(ChangeError::NoSuchProposal(number))
    }

    /// Proposals that `by` sees, newest first, [`PROPOSALS_PAGE`] at most, those before a number if one is given.
    ///
    /// # Errors
    /// [`ChangeError::NotPermitted`], the database's.
    pub async fn latest_proposals(
        &self,
        by: &Officer,
        show: Show,
        before: Option<i64>,
    ) -> Result<ProposalPage, ChangeError> {
        by.permit(Permission::Read)?;
        let mut connection = self.database.read().await?;
        let mut items: Vec<Proposal> = Vec::new();
        let mut before = before.unwrap_or(i64::MAX);
        loop {
            let rows = changes::before(&mut connection, show, before, PROPOSALS_PAGE).await?;
            let Some(last) = rows.last().map(|row| row.id) else {
                return Ok(ProposalPage { items, next: None });
            };
            before = last;
            let is_last = rows.len() < PROPOSALS_PAGE;
            for proposal in rows.into_iter().filter(|proposal| self.sees(by, &proposal.change)) {
                if items.len() == PROPOSALS_PAGE {
                    let next = items.last().map(|shown| shown.id);
                    return Ok(ProposalPage { items, next });
                }
                items.push(proposal);
            }
            if is_last {
                return Ok(ProposalPage { items, next: None });
            }
        }
    }

    /// Whether `by` could propose this now, as far as ranks and posts say; names and keys are looked at when it is done.
    ///
    /// # Errors
    /// [`ChangeError`], which says why not. Nothing is recorded: nothing was asked for.
    pub fn may_propose(&self, by: &Officer, change: &Change) -> Result<(), ChangeError> {
        change::may_propose(change, by, &self.all())
    }

    /// Whether `by` could decide this now.
    ///
    /// # Errors
    /// As [`Officers::may_propose`].
    pub fn may_decide(&self, by: &Officer, proposal: &Proposal, outcome: Outcome) -> Result<(), ChangeError> {
        change::may_decide(proposal, outcome, by, &self.all())
    }

    /// Whether `by` could record a course of this officer now.
    ///
    /// # Errors
    /// As [`Officers::may_propose`].
    pub fn may_oversee(&self, by: &Officer, id: OfficerId) -> Result<(), ChangeError> {
        by.permit(Permission::ManageOfficers)?;
        if id == by.id() {
            return Err(ChangeError::AboutOneself);
        }
        let role = self.one_seen_by(by, id)?.role();
        if by.role().oversees(role) {
            Ok(())
        } else {
            Err(ChangeError::OutOfRank { by: by.role(), role })
        }
    }

    /// Open sessions that `by` sees: one's own, of those whom one oversees, and for the audit branch all. Latest
    /// log-in first.
    ///
    /// # Errors
    /// [`NotPermitted`] for whoever may not read.
    pub fn open_sessions(&self, by: &Officer, now: Timestamp) -> Result<Vec<OpenSession>, NotPermitted> {
        by.permit(Permission::Read)?;
        let audits = by.permit(Permission::Audit).is_ok();
        let mut open: Vec<OpenSession> = Vec::new();
        for officer in self.all() {
            let is_own = officer.id() == by.id();
            if is_own || audits || by.role().oversees(officer.role()) {
                let sessions = self.sessions(officer.id(), now).into_iter();
                let id = officer.id();
                open.extend(sessions.map(|session| OpenSession { officer: id, session }));
            }
        }
        open.sort_by(|one, other| {
            let key = |it: &OpenSession| (it.session.opened_at, it.session.number.clone());
            key(other).cmp(&key(one))
        });
        Ok(open)
    }

    /// Ends a session of an officer whom `by` oversees, by its number; recorded with who did it.
    ///
    /// # Errors
    /// [`ChangeError::NoSuchSession`], a refusal, which is recorded, or a fault.
    pub async fn end_session_of(&self, by: &Officer, number: &str, now: Timestamp) -> Result<OfficerId, ChangeError> {
        let number = parse_number(number).ok_or(ChangeError::NoSuchSession)?;
        let by = by.id();
        self.write(by, "end-session", now, move |connection| {
            Box::pin(async move {
                let room = crate::acts::room(connection, by).await?;
                let holder = store::sessions::holder(connection, number).await?;
                let holder = holder.ok_or(ChangeError::NoSuchSession)?;
                room.may_end_session_of(holder)?;
                store::sessions::end(connection, holder, Some(number)).await?;
                let entry = facts::session_ended_by(&format!("{number:016x}"), holder, by.actor(), now);
                hefu_records::append(connection, &[entry]).await?;
                Ok(holder)
            })
        })
        .await
    }

    /// Ends every session of the officer to whom a certificate (SM3 of its DER) is bound: it was revoked or suspended,
    /// and what it opened ends with it. How many ended; none where the certificate is bound to nobody.
    ///
    /// # Errors
    /// A fault; then nothing ended.
    pub async fn end_sessions_opened_with(&self, sm3: [u8; 32], now: Timestamp) -> Result<u64, LoginError> {
        let everybody = self.all();
        let bound = |officer: &&Officer| {
            self.find(officer.id())
                .is_some_and(|known| known.certificate == Some(sm3))
        };
        let Some(holder) = everybody.iter().find(bound).map(Officer::id) else {
            return Ok(0);
        };
        let database = self.database.clone();
        self.to_its_end(async move {
            let ended = database.write(move |connection| {
                Box::pin(async move {
                    let numbers = store::sessions::of(connection, holder).await?;
                    let count = store::sessions::end(connection, holder, None).await?;
                    let actor = || format!("certificate:{}", hex::encode(sm3));
                    let entry = |number: &i64| facts::session_ended_by(&format!("{number:016x}"), holder, actor(), now);
                    let entries: Vec<_> = numbers.iter().map(entry).collect();
                    hefu_records::append(connection, &entries).await?;
                    Ok::<_, LoginError>(count)
                })
            });
            ended.await
        })
        .await
    }

    fn sees(&self, by: &Officer, change: &Change) -> bool {
        let subject = change.subject().and_then(|id| self.find(id));
        let roles = subject.map(|known| known.officer.role()).into_iter();
        let mut roles = roles.chain(change.post().map(|(role, _)| role));
        roles.all(|role| by.role().sees(role))
    }
}

impl Proposal {
    /// Whether it waits for a decision.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.decision.is_none()
    }

    /// Who decided it, if anybody did.
    #[must_use]
    pub fn decided_by(&self) -> Option<OfficerId> {
        self.decision.map(|Decision { by, .. }| by)
    }
}

impl TrainingState {
    /// Whether it stops the officer from acting at `now`.
    #[must_use]
    pub fn stops(self, now: Timestamp) -> bool {
        match self {
            Self::NotAsked => false,
            Self::Missing => true,
            Self::GoodUntil(until) => until < now,
        }
    }
}
