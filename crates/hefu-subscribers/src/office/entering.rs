//! Codes made, tried and taken back; sessions opened, used and left; the texts read and agreed to.

use hefu_database::Connection;
use hefu_officers::{Officer, OfficerId, Permission};
use jiff::{SignedDuration, Timestamp};

use super::{Act, Office, random, record};
use crate::access::{Access, AccessState, Made, Purpose, Uses};
use crate::code::AccessCode;
use crate::error::SubscriberError;
use crate::facts::{self, By};
use crate::gate::Heard;
use crate::id::AccessId;
use crate::keyed::Of;
use crate::registration::Agreeing;
use crate::session::{SessionToken, Subscriber};
use crate::store::access as table;

/// Wrong tries that a code forgives: a hand on a small screen, not a program. With sixty bits of secret, five tries are
/// nothing to who guesses.
const TRIES: u32 = 5;
/// How long a use of a session need not be written down: a minute more or less of idleness matters to nobody.
const SEEN_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// What a code is made for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum AppliedFor {
    /// The application with this number.
    Application(String),
    /// The application that the certificate with this serial number came from.
    Certificate(String),
}

/// What became of a try in its transaction, with what is to be recorded of it.
enum Tried {
    In(Access),
    Wrong,
    Unknown,
}

impl Office {
    /// Makes a code at the counter. It is shown now and never again; only a keyed digest is kept.
    ///
    /// # Errors
    /// [`SubscriberError`]; a refusal is recorded. [`SubscriberError::NotIssued`] for a delivery or a loss before there is
    /// a certificate.
    pub async fn make_code(
        &self,
        officer: &Officer,
        about: &AppliedFor,
        (purpose, uses): (Purpose, Uses),
        now: Timestamp,
    ) -> Result<Made, SubscriberError> {
        let act = ("make-access-code", None);
        let by = self.permit(officer, Permission::Enter, act, now).await?;
        let registration = &self.room.registration;
        let known = match about {
            AppliedFor::Application(number) => registration.application(number).await,
            AppliedFor::Certificate(serial) => registration.application_of(serial, now).await,
        };
        let known = known.map_err(SubscriberError::elsewhere)?;
        let what = Act::new(act.0, Some(&known.application), By::officer(by, now));
        if purpose != Purpose::Portal && known.serial.is_none() {
            return Err(self.refuse(&what, SubscriberError::NotIssued).await);
        }
        let made = (known.application.as_str(), by, by.actor());
        self.made(made, (purpose, uses), now).await
    }

    /// Makes a one-time code for a delivery, in a subscriber's session: for the machine where their key is.
    ///
    /// # Errors
    /// [`SubscriberError::OtherPurpose`], [`SubscriberError::NotIssued`], or a fault.
    pub async fn make_delivery_code(&self, subscriber: &Subscriber, now: Timestamp) -> Result<Made, SubscriberError> {
        let what = Act::of("make-delivery-code", subscriber, now);
        self.or_refused(&what, subscriber.may(&[Purpose::Portal])).await?;
        if self.known(&subscriber.application).await?.serial.is_none() {
            return Err(self.refuse(&what, SubscriberError::NotIssued).await);
        }
        let made = (subscriber.application(), subscriber.vouched_by, subscriber.actor());
        self.made(made, (Purpose::Delivery, Uses::Single), now).await
    }

    async fn made(
        &self,
        (application, vouched_by, made_by): (&str, OfficerId, String),
        (purpose, uses): (Purpose, Uses),
        now: Timestamp,
    ) -> Result<Made, SubscriberError> {
        let code = AccessCode::new(random()?);
        let lasts = match purpose {
            Purpose::Portal => self.room.terms.portal,
            Purpose::Delivery => self.room.terms.delivery,
            Purpose::Loss => self.room.terms.loss,
        };
        // A delivery is one; whatever was asked for.
        let is_single = uses == Uses::Single || purpose == Purpose::Delivery;
        let access = Access {
            id: AccessId::new(random()?),
            purpose,
            application: application.to_owned(),
            vouched_by,
            made_by,
            made_at: now,
            expires_at: now.saturating_add(lasts).unwrap_or(Timestamp::MAX),
            tries_left: TRIES,
            uses_left: is_single.then_some(1),
            ended: None,
        };
        let (number, digest) = (code.number(), self.room.key.digest(Of::Code, code.octets()));
        let kept = access.clone();
        self.write(move |connection| {
            Box::pin(async move {
                table::insert(connection, &kept, &number, digest).await?;
                record(connection, &[facts::access_made(&kept)]).await
            })
        })
        .await?;
        Ok(Made { access, code })
    }

    /// The codes that were made for an application, the newest first; what is kept of them.
    ///
    /// # Errors
    /// A fault.
    pub async fn accesses(&self, application: &str) -> Result<Vec<Access>, SubscriberError> {
        Ok(table::of(&mut *self.room.database.read().await?, application).await?)
    }

    /// Takes a code back, with the sessions that it opened.
    ///
    /// # Errors
    /// [`SubscriberError::Unknown`], [`SubscriberError::Settled`] when it was over; a refusal is recorded.
    pub async fn withdraw_code(
        &self,
        officer: &Officer,
        id: AccessId,
        now: Timestamp,
    ) -> Result<Access, SubscriberError> {
        let act = "withdraw-access-code";
        let by = self.permit(officer, Permission::Enter, (act, None), now).await?;
        let by = By::officer(by, now);
        let what = Act::new(act, None, by.clone());
        self.act(what, move |connection| {
            Box::pin(async move {
                let mut access = table::one(connection, id)
                    .await?
                    .ok_or(SubscriberError::Unknown("code"))?;
                if access.state(now) != AccessState::Open {
                    return Err(SubscriberError::Settled);
                }
                access.ended = Some(AccessState::Withdrawn);
                table::update(connection, &access, now).await?;
                table::end_sessions(connection, id).await?;
                record(connection, &[facts::access_ended(id, AccessState::Withdrawn, &by)]).await?;
                Ok(access)
            })
        })
        .await
    }

    /// Opens a session for who has a code. A wrong code is counted and recorded; a used-up, expired, locked or unknown one
    /// answers alike.
    ///
    /// # Errors
    /// [`SubscriberError::WrongCode`], [`SubscriberError::TooMany`], or a fault.
    pub async fn enter(&self, text: &str, now: Timestamp) -> Result<(SessionToken, Subscriber), SubscriberError> {
        let Some(code) = AccessCode::parse(text) else {
            return Err(self.wrong(now).await?);
        };
        let token = SessionToken::new(random()?);
        let (office, digest) = (self.clone(), token.digest());
        let tried = self
            .write(move |connection| Box::pin(async move { office.try_code(connection, &code, digest, now).await }))
            .await?;
        match tried {
            Tried::In(access) => Ok((token, behind(access))),
            Tried::Wrong => Err(SubscriberError::WrongCode),
            Tried::Unknown => Err(self.wrong(now).await?),
        }
    }

    /// Finds, compares, counts and records, in one transaction: of two who use a single code at once, one comes in.
    async fn try_code(
        &self,
        connection: &mut Connection,
        code: &AccessCode,
        session: [u8; 32],
        now: Timestamp,
    ) -> Result<Tried, SubscriberError> {
        let Some(kept) = table::numbered(connection, &code.number()).await? else {
            return Ok(Tried::Unknown);
        };
        let was_open = kept.access.state(now) == AccessState::Open;
        let fits = self.room.key.matches(Of::Code, code.octets(), &kept.digest);
        let (after, let_in) = kept.access.tried(fits, now);
        if !was_open {
            // Its end is known; strangers who try it on and on are counted with the unknown ones.
            return Ok(Tried::Unknown);
        }
        table::update(connection, &after, now).await?;
        let mut entries = Vec::new();
        if let_in.is_ok() {
            let stale = now.saturating_sub(self.room.terms.absolute).unwrap_or(Timestamp::MIN);
            table::forget_sessions(connection, stale).await?;
            table::insert_session(connection, session, after.id, now).await?;
            entries.push(facts::entered(&after, now));
        } else {
            entries.push(facts::access_refused(Some(after.id), Some(after.tries_left), now));
        }
        if let Some(how) = after.ended {
            entries.push(facts::access_ended(after.id, how, &By::new(facts::VISITOR, now)));
        }
        record(connection, &entries).await?;
        Ok(if let_in.is_ok() { Tried::In(after) } else { Tried::Wrong })
    }

    /// A code that names none of ours: recorded while the gate hears, and refused.
    async fn wrong(&self, now: Timestamp) -> Result<SubscriberError, SubscriberError> {
        match self.room.codes.wrong(now) {
            Heard::Yes => {
                self.record(facts::access_refused(None, None, now)).await?;
                Ok(SubscriberError::WrongCode)
            }
            Heard::TooMany => Ok(SubscriberError::TooMany),
        }
    }

    /// Who is behind a session; it was used now.
    ///
    /// # Errors
    /// [`SubscriberError::SessionOver`], or a fault.
    pub async fn behind(&self, token: &SessionToken, now: Timestamp) -> Result<Subscriber, SubscriberError> {
        let digest = token.digest();
        let found = table::session(&mut *self.room.database.read().await?, digest).await?;
        let session = found.ok_or(SubscriberError::SessionOver)?;
        let terms = self.room.terms;
        let lasts = now.duration_since(session.seen_at) <= terms.idle
            && now.duration_since(session.opened_at) <= terms.absolute
            && session.access.ended != Some(AccessState::Withdrawn);
        if !lasts {
            return Err(SubscriberError::SessionOver);
        }
        // A session may be idle for less than a minute only in trials; it is then written down each time.
        if now.duration_since(session.seen_at) >= SEEN_EVERY.min(terms.idle / 2) {
            self.write(move |connection| Box::pin(async move { Ok(table::seen(connection, digest, now).await?) }))
                .await?;
        }
        Ok(behind(session.access))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// A fault.
    pub async fn leave(&self, token: &SessionToken) -> Result<(), SubscriberError> {
        let digest = token.digest();
        self.write(move |connection| Box::pin(async move { Ok(table::end_session(connection, digest).await?) }))
            .await
    }

    /// Takes down that the applicant acknowledges the notice or signs the contract that they were shown, as their file's
    /// rules allow it: bound to version, language and text, in the name of the officer who vouched for the code.
    ///
    /// # Errors
    /// [`SubscriberError::OtherPurpose`], or what the applicant's file and the desk say.
    pub async fn agree(
        &self,
        subscriber: &Subscriber,
        agreeing: &Agreeing,
        now: Timestamp,
    ) -> Result<String, SubscriberError> {
        let what = Act::of("agree-online", subscriber, now);
        self.or_refused(&what, subscriber.may(&[Purpose::Portal])).await?;
        let registration = &self.room.registration;
        let agreed = registration.agree(subscriber.vouched_by, &subscriber.application, agreeing, now);
        let agreement = self
            .or_refused(&what, agreed.await.map_err(SubscriberError::elsewhere))
            .await?;
        self.record(facts::agreed(&subscriber.application, agreeing, &agreement, &what.by))
            .await?;
        Ok(agreement)
    }
}

fn behind(access: Access) -> Subscriber {
    Subscriber {
        access: access.id,
        purpose: access.purpose,
        application: access.application,
        vouched_by: access.vouched_by,
    }
}
