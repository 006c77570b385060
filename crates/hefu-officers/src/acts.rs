//! Acts about officers: load, decide, record, save, one transaction per act; then the register is read again, so that
//! what was taken away is gone from open sessions before the answer leaves.

use hefu_database::{Connection, DatabaseError};
use hefu_rulebook::{Explain as _, Kind};
use jiff::Timestamp;

use crate::certificate;
use crate::change::{Change, Decision, Outcome, Proposal, may_decide, may_propose};
use crate::change_error::ChangeError;
use crate::duty::{DelegatedBody, Training};
use crate::enrolment::{self, EnrolError, checked_name, new_token};
use crate::facts;
use crate::login;
use crate::officer::{Duty, Officer, OfficerId};
use crate::register::Officers;
use crate::role::{Permission, Role};
use crate::store::{self, Known, changes, passkeys};
use crate::token::Token;

/// Longest name of a course, a body or a filing in characters.
const TEXT_CHARACTERS_MAX: usize = 200;

/// A proposal after its decision.
#[derive(Debug)]
pub struct Decided {
    /// The proposal with its decision.
    pub proposal: Proposal,
    /// Whom it was about; the new officer after an appointment. `None` after a rejected appointment.
    pub officer: Option<OfficerId>,
    /// The new access token, shown this once, where the change gave one.
    pub token: Option<Token>,
}

impl Officers {
    /// Proposes a change; another officer decides it.
    ///
    /// # Errors
    /// [`ChangeError`]; a refusal is recorded.
    pub async fn propose(&self, by: &Officer, change: Change, now: Timestamp) -> Result<Proposal, ChangeError> {
        let (by, act) = (by.id(), change.as_str());
        self.write(by, act, now, move |connection| {
            Box::pin(async move { propose(connection, by, change, now).await })
        })
        .await
    }

    /// Decides a proposal of another officer; if approved, it is done.
    ///
    /// # Errors
    /// [`ChangeError`]; a refusal is recorded.
    pub async fn decide(
        &self,
        by: &Officer,
        proposal: i64,
        outcome: Outcome,
        now: Timestamp,
    ) -> Result<Decided, ChangeError> {
        let by = by.id();
        self.write(by, "decide", now, move |connection| {
            Box::pin(async move { decide(connection, proposal, Decision { outcome, by, at: now }).await })
        })
        .await
    }

    /// Records that an officer passed a course. By whoever oversees the officer.
    ///
    /// # Errors
    /// [`ChangeError`]; a refusal is recorded.
    pub async fn record_training(&self, by: &Officer, training: Training, now: Timestamp) -> Result<(), ChangeError> {
        let by = by.id();
        self.write(by, "record-training", now, move |connection| {
            Box::pin(async move { record_training(connection, by, &training, now).await })
        })
        .await
    }

    /// Files a body that registration is delegated to, and gives its number. By whoever appoints its officers.
    ///
    /// # Errors
    /// [`ChangeError`]; a refusal is recorded.
    pub async fn file_body(&self, by: &Officer, body: DelegatedBody, now: Timestamp) -> Result<i64, ChangeError> {
        let by = by.id();
        self.write(by, "file-body", now, move |connection| {
            Box::pin(async move { file_body(connection, by, &body, now).await })
        })
        .await
    }

    /// Proposals after a number, oldest first, at most 200. For whoever may read.
    ///
    /// # Errors
    /// [`ChangeError::NotPermitted`], the database's.
    pub async fn proposals(&self, by: &Officer, after: i64) -> Result<Vec<Proposal>, ChangeError> {
        by.permit(Permission::Read)?;
        let mut connection = self.database.read().await?;
        Ok(changes::after(&mut connection, after).await?)
    }

    /// Runs an act; a refusal is recorded in the transaction that did nothing else.
    pub(crate) async fn write<T, F>(
        &self,
        by: OfficerId,
        act: &'static str,
        now: Timestamp,
        run: F,
    ) -> Result<T, ChangeError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> futures_util::future::BoxFuture<'c, Result<T, ChangeError>>
            + Send
            + 'static,
    {
        let officers = self.clone();
        self.to_its_end(async move {
            let outcome = officers.database.write(move |connection| {
                Box::pin(async move {
                    match run(&mut *connection).await {
                        Err(why) if why.kind() == Kind::Refusal => {
                            hefu_records::append(connection, &[facts::refused(act, by, now, &why)]).await?;
                            Ok(Err(why))
                        }
                        Err(why) => Err(why),
                        Ok(done) => Ok(Ok(done)),
                    }
                })
            });
            outcome.await?
        })
        .await
    }
}

/// Everybody, and the one who acts as they stand now, not as they stood when the request came.
pub(crate) struct Room {
    everybody: Vec<Known>,
    officers: Vec<Officer>,
    by: Officer,
}

pub(crate) async fn room(connection: &mut Connection, by: OfficerId) -> Result<Room, ChangeError> {
    let everybody = store::all(connection).await?;
    let officers: Vec<Officer> = everybody.iter().map(|known| known.officer.clone()).collect();
    let by = officers.iter().find(|officer| officer.id() == by).cloned();
    let by = by.ok_or_else(|| DatabaseError::Corrupt {
        detail: "an officer who acts is not on the register".to_owned(),
    })?;
    Ok(Room {
        everybody,
        officers,
        by,
    })
}

impl Room {
    fn officer(&self, id: OfficerId) -> Result<&Officer, ChangeError> {
        let found = self.officers.iter().find(|officer| officer.id() == id);
        found.ok_or(ChangeError::NoSuchOfficer(id))
    }

    /// Whether the one who acts may end a session of `holder`: one's own, or of somebody whom one oversees.
    pub(crate) fn may_end_session_of(&self, holder: OfficerId) -> Result<(), ChangeError> {
        if holder == self.by.id() {
            return Ok(());
        }
        self.by.permit(Permission::ManageOfficers)?;
        let (by, role) = (self.by.role(), self.officer(holder)?.role());
        if by.oversees(role) {
            Ok(())
        } else {
            Err(ChangeError::OutOfRank { by, role })
        }
    }

    /// What only the whole register knows: names, keys and bodies.
    async fn check(&self, connection: &mut Connection, change: &Change) -> Result<(), ChangeError> {
        if let Change::Appoint { name, .. } = change {
            let name = checked_name(name)?;
            if self.officers.iter().any(|officer| officer.name() == name) {
                return Err(EnrolError::NameTaken.into());
            }
        }
        if let Some(text) = change.key() {
            let key = login::key(text).ok_or(ChangeError::BadKey)?;
            let held = |known: &Known| known.key.as_ref().is_some_and(|held| held.spki() == key.spki());
            if self
                .everybody
                .iter()
                .any(|known| held(known) && Some(known.officer.id()) != change.subject())
            {
                return Err(ChangeError::KeyTaken);
            }
        }
        if let Some(text) = change.certificate() {
            let digest = certificate::fingerprint(text).ok_or(ChangeError::BadFingerprint)?;
            let held =
                |known: &Known| known.certificate == Some(digest) && Some(known.officer.id()) != change.subject();
            if self.everybody.iter().any(held) {
                return Err(ChangeError::CertificateTaken);
            }
        }
        check_passkey(connection, change).await?;
        if let Some((_, Some(body))) = change.post()
            && !changes::body_exists(connection, body).await?
        {
            return Err(ChangeError::BodyMismatch);
        }
        Ok(())
    }
}

/// A passkey is bound while it waits, and unbound while it is there.
async fn check_passkey(connection: &mut Connection, change: &Change) -> Result<(), ChangeError> {
    let (officer, waits) = match change {
        Change::BindPasskey { officer, .. } => (*officer, true),
        Change::UnbindPasskey { officer, .. } => (*officer, false),
        _ => return Ok(()),
    };
    let named = change
        .passkey()
        .map(|text| certificate::fingerprint(text).ok_or(ChangeError::BadFingerprint));
    let named = named.transpose()?;
    let rows = passkeys::of(connection, officer).await?;
    let fits = |row: &passkeys::Row| named.is_none_or(|named| named == row.sm3) && !(waits && row.bound_at.is_some());
    rows.iter().any(fits).then_some(()).ok_or(ChangeError::NoSuchPasskey)
}

async fn propose(
    connection: &mut Connection,
    by: OfficerId,
    change: Change,
    now: Timestamp,
) -> Result<Proposal, ChangeError> {
    let room = room(connection, by).await?;
    may_propose(&change, &room.by, &room.officers)?;
    room.check(connection, &change).await?;
    let proposal = Proposal {
        id: changes::next_proposal(connection).await?,
        change,
        proposed_by: by,
        proposed_at: now,
        decision: None,
    };
    changes::insert(connection, &proposal).await?;
    hefu_records::append(connection, &[facts::proposed(&proposal)]).await?;
    Ok(proposal)
}

async fn decide(connection: &mut Connection, number: i64, decision: Decision) -> Result<Decided, ChangeError> {
    let room = room(connection, decision.by).await?;
    let found = changes::find(connection, number).await?;
    let mut proposal = found.ok_or(ChangeError::NoSuchProposal(number))?;
    may_decide(&proposal, decision.outcome, &room.by, &room.officers)?;
    let approved = decision.outcome == Outcome::Approved;
    if approved {
        room.check(connection, &proposal.change).await?;
    }
    changes::decide(connection, number, decision).await?;
    proposal.decision = Some(decision);
    let (officer, token) = if approved {
        let (id, token) = apply(connection, &room, &proposal.change, decision).await?;
        (Some(id), token)
    } else {
        (proposal.change.subject(), None)
    };
    hefu_records::append(connection, &[facts::decided(&proposal, decision, officer)]).await?;
    Ok(Decided {
        proposal,
        officer,
        token,
    })
}

/// Does what was decided; sessions of whom it takes something from end with it.
async fn apply(
    connection: &mut Connection,
    room: &Room,
    change: &Change,
    decision: Decision,
) -> Result<(OfficerId, Option<Token>), ChangeError> {
    let at = decision.at;
    let (id, duty) = match change {
        Change::Appoint { name, role, body, .. } => {
            let id = appoint(connection, name, (*role, *body), decision).await?;
            return Ok((id, credential(connection, id, change, at).await?));
        }
        Change::RenewCredential { officer, .. } => {
            store::sessions::end(connection, *officer, None).await?;
            store::set_certificate(connection, *officer, None, at).await?;
            passkeys::remove(connection, *officer, None).await?;
            return Ok((*officer, credential(connection, *officer, change, at).await?));
        }
        Change::BindCertificate { officer, .. } | Change::UnbindCertificate { officer } => {
            let digest = change.certificate().and_then(certificate::fingerprint);
            store::sessions::end(connection, *officer, None).await?;
            store::set_certificate(connection, *officer, digest.as_ref(), at).await?;
            return Ok((*officer, None));
        }
        Change::BindPasskey { officer, .. } | Change::UnbindPasskey { officer, .. } => {
            apply_passkey(connection, *officer, change, at).await?;
            return Ok((*officer, None));
        }
        Change::ChangeRole { officer, .. } | Change::Reinstate { officer } => (*officer, Duty::On),
        Change::Suspend { officer } => (*officer, Duty::Suspended),
        Change::Dismiss { officer } => (*officer, Duty::Dismissed),
    };
    let mut officer = room.officer(id)?.clone();
    officer.duty = duty;
    if let Some((role, body)) = change.post() {
        (officer.role, officer.body) = (role, body);
    }
    store::update(connection, &officer).await?;
    store::sessions::end(connection, id, None).await?;
    if duty == Duty::Dismissed {
        store::set_token(connection, id, None, at).await?;
        store::set_key(connection, id, None).await?;
        store::set_certificate(connection, id, None, at).await?;
        passkeys::remove(connection, id, None).await?;
    }
    Ok((id, None))
}

/// A binding takes nothing away; with an unbinding the sessions end.
async fn apply_passkey(
    connection: &mut Connection,
    officer: OfficerId,
    change: &Change,
    at: Timestamp,
) -> Result<(), ChangeError> {
    let digest = change.passkey().and_then(certificate::fingerprint);
    let done = match (change, digest) {
        (Change::BindPasskey { .. }, Some(digest)) => passkeys::bind(connection, officer, &digest, at).await?,
        (Change::BindPasskey { .. }, None) => false,
        (_, digest) => {
            store::sessions::end(connection, officer, None).await?;
            passkeys::remove(connection, officer, digest.as_ref()).await? > 0
        }
    };
    done.then_some(()).ok_or(ChangeError::NoSuchPasskey)
}

async fn appoint(
    connection: &mut Connection,
    name: &str,
    (role, body): (Role, Option<i64>),
    decision: Decision,
) -> Result<OfficerId, ChangeError> {
    let number = store::next_officer(connection).await?;
    let officer = Officer {
        id: OfficerId::new(number).ok_or(EnrolError::NumbersSpent)?,
        name: checked_name(name)?.into(),
        role,
        enrolled_at: decision.at,
        duty: Duty::On,
        body,
    };
    enrolment::insert(connection, &officer).await?;
    let entry = enrolment::enrolled(&officer, decision.by.actor(), decision.at);
    hefu_records::append(connection, &[entry]).await?;
    Ok(officer.id())
}

/// A key that was named, or a new token; never both, and the old ones end.
async fn credential(
    connection: &mut Connection,
    id: OfficerId,
    change: &Change,
    at: Timestamp,
) -> Result<Option<Token>, ChangeError> {
    let key = change
        .key()
        .map(|text| login::key(text).ok_or(ChangeError::BadKey))
        .transpose()?;
    let token = if key.is_some() { None } else { Some(new_token(id)?) };
    store::set_key(connection, id, key.as_ref()).await?;
    store::set_token(connection, id, token.as_ref().map(Token::digest).as_ref(), at).await?;
    Ok(token)
}

async fn record_training(
    connection: &mut Connection,
    by: OfficerId,
    training: &Training,
    now: Timestamp,
) -> Result<(), ChangeError> {
    let room = room(connection, by).await?;
    room.by.permit(Permission::ManageOfficers)?;
    if training.officer == by {
        return Err(ChangeError::AboutOneself);
    }
    let role = room.officer(training.officer)?.role();
    if !room.by.role().oversees(role) {
        return Err(ChangeError::OutOfRank {
            by: room.by.role(),
            role,
        });
    }
    checked_text("course", &training.course)?;
    if training.passed_at > now {
        return Err(ChangeError::BadText { field: "passed_at" });
    }
    changes::insert_training(connection, training, by, now).await?;
    hefu_records::append(connection, &[facts::trained(training, by, now)]).await?;
    Ok(())
}

async fn file_body(
    connection: &mut Connection,
    by: OfficerId,
    body: &DelegatedBody,
    now: Timestamp,
) -> Result<i64, ChangeError> {
    let room = room(connection, by).await?;
    room.by.permit(Permission::ManageOfficers)?;
    if !room.by.role().oversees(Role::DELEGATED_OPERATOR) {
        return Err(ChangeError::OutOfRank {
            by: room.by.role(),
            role: Role::DELEGATED_OPERATOR,
        });
    }
    checked_text("name", &body.name)?;
    checked_text("filing", &body.filing)?;
    let number = changes::insert_body(connection, body).await.map_err(|error| {
        if error.is_unique_violation() {
            ChangeError::Enrol(EnrolError::NameTaken)
        } else {
            error.into()
        }
    })?;
    hefu_records::append(connection, &[facts::body_filed(number, body, by, now)]).await?;
    Ok(number)
}

fn checked_text(field: &'static str, text: &str) -> Result<(), ChangeError> {
    let fits =
        !text.trim().is_empty() && text.chars().count() <= TEXT_CHARACTERS_MAX && !text.chars().any(char::is_control);
    fits.then_some(()).ok_or(ChangeError::BadText { field })
}
